/* What the tests of core share: tables of texts, as chunks, as profiles, and behind
 * a reader.
 *
 *   table_init, table_add (row by row), table_free
 *   table_chunk       some rows as a decoded chunk
 *   profile_table     all rows, in blocks of a given size
 *   fake_reader       the table behind core/cells/reader.h, with faults and gates
 *
 * Line numbers: the header would be line 1, so row r is on line r + 2. */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buffer.h"
#include "core/cells/chunk.h"
#include "core/cells/reader.h"
#include "core/column/profile.h"

#define UNUSED __attribute__((unused))
#define LENGTH(a) (sizeof(a) / sizeof *(a))
#define LINE_OF_ROW(r) ((uint64_t)(r) + 2)
#define TEXT_PADDING 64 /* chunk text is readable past its end */

/* ---- random numbers, from a fixed seed ------------------------------------ */

static UNUSED uint32_t random_next(uint64_t *x)
{
  *x = *x * 6364136223846793005ull + 1442695040888963407ull;
  return (uint32_t)(*x >> 33);
}

static UNUSED uint64_t random_state = 1;

static UNUSED uint32_t below(uint32_t n)
{
  return random_next(&random_state) % n;
}

/* ---- tables -------------------------------------------------------------- */

struct table {
  size_t columns;
  size_t cells;          /* added so far; rows * columns when complete */
  struct mt_buffer text; /* of all cells, and padding */
  struct mt_buffer cell; /* struct mt_cell each, row-major */
};

static UNUSED void table_init(struct table *t, size_t columns)
{
  t->columns = columns;
  t->cells = 0;
  mt_buffer_init(&t->text, (size_t)1 << 30);
  mt_buffer_init(&t->cell, (size_t)1 << 30);
  assert_int_equal(mt_buffer_reserve(&t->text, TEXT_PADDING), 0);
  memset(t->text.data, 0, TEXT_PADDING);
}

static UNUSED void table_free(struct table *t)
{
  mt_buffer_reset(&t->text);
  mt_buffer_reset(&t->cell);
}

static UNUSED size_t table_rows(const struct table *t)
{
  return t->cells / t->columns;
}

static UNUSED void table_add_bytes(struct table *t, const void *s, size_t n, bool quoted)
{
  struct mt_cell cell = {
      .off = (uint32_t)t->text.len, .len = n & 0x7fffffff, .quoted = quoted};

  assert_int_equal(mt_buffer_reserve(&t->text, n + TEXT_PADDING), 0);
  memcpy(t->text.data + t->text.len, s, n);
  t->text.len += n;
  memset(t->text.data + t->text.len, 0xaa, TEXT_PADDING);
  assert_int_equal(mt_buffer_append(&t->cell, &cell, sizeof cell), 0);
  t->cells++;
}

static UNUSED void table_add(struct table *t, const char *s)
{
  table_add_bytes(t, s, strlen(s), false);
}

static UNUSED void table_add_all(struct table *t, const char *const *s, size_t n)
{
  for (size_t i = 0; i < n; i++)
    table_add(t, s[i]);
}

/* A column of the given texts: TABLE_OF(&t, "1", "2") */
#define TABLE_OF(t, ...)                                                                 \
  do {                                                                                   \
    static const char *const texts_[] = {__VA_ARGS__};                                   \
    table_init((t), 1);                                                                  \
    table_add_all((t), texts_, LENGTH(texts_));                                          \
  } while (0)

static UNUSED const struct mt_cell *table_cell(const struct table *t, size_t row,
                                               size_t column)
{
  return (const struct mt_cell *)(const void *)t->cell.data + row * t->columns + column;
}

/* Rows [from, to) as a chunk, whose buffers are reused. */
static UNUSED int table_chunk(const struct table *t, size_t from, size_t to,
                              struct mt_chunk *c)
{
  int rc = mt_chunk_shape(c, to - from, t->columns);

  if (rc != 0)
    return rc;
  c->first_row = from;
  c->text = t->text.data;
  c->byte0 = 1000;
  c->line0 = LINE_OF_ROW(from);
  c->has_nul = c->has_non_ascii = false;
  memset(&c->faults, 0, sizeof c->faults);
  for (size_t r = from; r < to; r++) {
    c->row_byte[r - from] = table_cell(t, r, 0)->off;
    c->row_line[r - from] = (uint32_t)(r - from);
    for (size_t i = 0; i < t->columns; i++) {
      const struct mt_cell *cell = table_cell(t, r, i);
      c->cells[i * c->stride + r - from] = *cell;
      for (size_t b = cell->off; b < cell->off + cell->len; b++) {
        c->has_nul |= t->text.data[b] == 0;
        c->has_non_ascii |= t->text.data[b] >= 0x80;
      }
    }
  }
  return 0;
}

/* ---- profiles ------------------------------------------------------------ */

static UNUSED const struct mt_nulls *default_nulls(void)
{
  static const struct mt_nulls nulls = {.defaults = true};
  return &nulls;
}

/* chunk_rows: rows of a pandas chunk, 0 = pandas' own number; finish: close the last
 * one. */
static UNUSED void profile_nulls(struct mt_profile *p, const struct table *t,
                                 const struct mt_nulls *nulls, size_t block,
                                 uint64_t chunk_rows, size_t pool, bool finish)
{
  struct mt_chunk c;
  struct mt_part *part;
  size_t rows = table_rows(t);

  assert_int_equal(mt_profile_init(p, t->columns, nulls, pool, NULL), 0);
  if (chunk_rows != 0)
    p->chunk_rows = chunk_rows;
  part = mt_part_new(p);
  assert_non_null(part);
  mt_chunk_init(&c);
  for (size_t from = 0; from < rows; from += block) {
    size_t to = rows - from < block ? rows : from + block;
    assert_int_equal(table_chunk(t, from, to, &c), 0);
    assert_int_equal(mt_part_profile(part, p, &c, NULL), 0);
    for (unsigned lane = 0; lane < MT_PROFILE_LANES; lane++)
      mt_part_share(part, p, lane);
    assert_int_equal(mt_profile_merge(p, part, NULL), 0);
  }
  if (finish)
    mt_profile_finish(p);
  mt_chunk_reset(&c);
  mt_part_free(part);
}

static UNUSED void profile_part(struct mt_profile *p, const struct table *t, size_t block,
                                uint64_t chunk_rows, size_t pool, bool finish)
{
  profile_nulls(p, t, default_nulls(), block, chunk_rows, pool, finish);
}

#define POOL ((size_t)16 << 20)

static UNUSED void profile_table(struct mt_profile *p, const struct table *t,
                                 size_t block)
{
  profile_part(p, t, block, 0, POOL, true);
}

/* ---- a reader ------------------------------------------------------------ */

/* A point that a thread passes only with leave. */
struct gate {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  long leave;   /* passes left; negative: open */
  long waiting; /* threads at the gate */
};

#define GATE_OPEN                                                                        \
  {                                                                                      \
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, -1, 0                           \
  }
#define GATE_SHUT                                                                        \
  {                                                                                      \
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0                            \
  }

static UNUSED void gate_pass(struct gate *g)
{
  pthread_mutex_lock(&g->lock);
  g->waiting++;
  pthread_cond_broadcast(&g->changed);
  while (g->leave == 0)
    pthread_cond_wait(&g->changed, &g->lock);
  if (g->leave > 0)
    g->leave--;
  g->waiting--;
  pthread_mutex_unlock(&g->lock);
}

/* passes: how many more may go through; negative: all from now on. */
static UNUSED void gate_let(struct gate *g, long passes)
{
  pthread_mutex_lock(&g->lock);
  g->leave = passes < 0 ? -1 : g->leave + passes;
  pthread_cond_broadcast(&g->changed);
  pthread_mutex_unlock(&g->lock);
}

/* Waits until a thread stands at the gate. */
static UNUSED void gate_await(struct gate *g)
{
  pthread_mutex_lock(&g->lock);
  while (g->waiting == 0)
    pthread_cond_wait(&g->changed, &g->lock);
  pthread_mutex_unlock(&g->lock);
}

/* What outlives a reader. */
struct fake_counts {
  size_t rewinds, blocks, freed; /* blocks: given out over all passes */
};

struct fake_reader {
  struct mt_reader reader; /* first */
  const struct table *table;
  size_t block_rows;
  size_t limit, next; /* rows of this pass, next row */
  uint64_t seq;
  struct gate *gate; /* passed before each block; may be NULL */
  /* Faults: the block that fails, from 0; negative = none.  Of every pass. */
  long next_fails, decode_fails;
  int check_fails;            /* errno value */
  struct fake_counts *counts; /* may be NULL */
};

static int fake_next_block(struct mt_reader *reader, struct mt_block *block, bool *end,
                           struct mt_error *err)
{
  struct fake_reader *r = (struct fake_reader *)reader;
  size_t left = r->limit - r->next;

  if (r->gate != NULL)
    gate_pass(r->gate);
  if (r->next_fails >= 0 && r->seq == (uint64_t)r->next_fails)
    return mt_fail(err, EIO, "cannot read block %llu", (unsigned long long)r->seq);
  *end = left == 0;
  block->rows = left < r->block_rows ? left : r->block_rows;
  block->seq = r->seq;
  block->first_row = r->next;
  if (*end)
    return 0;
  r->seq++;
  r->next += block->rows;
  if (r->counts != NULL)
    r->counts->blocks++;
  return 0;
}

static int fake_decode(const struct mt_reader *reader, struct mt_block *block,
                       struct mt_chunk *chunk, struct mt_error *err)
{
  const struct fake_reader *r = (const struct fake_reader *)reader;

  if (r->decode_fails >= 0 && block->seq == (uint64_t)r->decode_fails)
    return mt_fail(err, EILSEQ, "cannot decode block %llu",
                   (unsigned long long)block->seq);
  return table_chunk(r->table, block->first_row, block->first_row + block->rows, chunk);
}

static int fake_rewind(struct mt_reader *reader, uint64_t max_rows, struct mt_error *err)
{
  struct fake_reader *r = (struct fake_reader *)reader;
  size_t rows = table_rows(r->table);

  (void)err;
  r->limit = max_rows != 0 && max_rows < rows ? (size_t)max_rows : rows;
  r->next = 0;
  r->seq = 0;
  if (r->counts != NULL)
    r->counts->rewinds++;
  return 0;
}

static int fake_check(struct mt_reader *reader, struct mt_error *err)
{
  struct fake_reader *r = (struct fake_reader *)reader;
  return r->check_fails ? mt_fail(err, r->check_fails, "changed while reading") : 0;
}

static void fake_progress(const struct mt_reader *reader, struct mt_reader_progress *p)
{
  const struct fake_reader *r = (const struct fake_reader *)reader;
  p->bytes = r->next;
  p->total = table_rows(r->table);
}

static void fake_free(struct mt_reader *reader)
{
  struct fake_reader *r = (struct fake_reader *)reader;

  if (r->counts != NULL)
    r->counts->freed++;
  for (size_t i = 0; i < reader->schema.columns; i++)
    free(reader->schema.names[i].text);
  free(reader->schema.names);
  free(r);
}

/* Columns are called c0, c1, ... */
static UNUSED struct fake_reader *fake_reader_new(const struct table *t,
                                                  size_t block_rows)
{
  static const struct mt_reader_ops ops = {.next_block = fake_next_block,
                                           .decode = fake_decode,
                                           .rewind = fake_rewind,
                                           .check = fake_check,
                                           .progress = fake_progress,
                                           .free = fake_free};
  struct fake_reader *r = calloc(1, sizeof *r);

  assert_non_null(r);
  r->reader.ops = &ops;
  r->reader.schema.columns = t->columns;
  r->reader.schema.path = "fake.csv";
  r->reader.schema.size = 1000; /* 0 would be a pipe */
  r->reader.schema.names = calloc(t->columns, sizeof *r->reader.schema.names);
  assert_non_null(r->reader.schema.names);
  for (size_t i = 0; i < t->columns; i++) {
    struct mt_name *name = &r->reader.schema.names[i];
    name->len = (size_t)asprintf(&name->text, "c%zu", i);
  }
  r->table = t;
  r->block_rows = block_rows;
  r->limit = table_rows(t);
  r->next_fails = r->decode_fails = -1;
  return r;
}

#endif
