#include "core/column/profile.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/column/gather.h"
#include "core/column/plain.h"

struct mt_part {
  size_t columns;
  uint64_t rows;
  struct mt_facts *facts;           /* one per column */
  struct mt_statistics *statistics; /* one per column */
  struct mt_segment *segment;       /* segments * columns, segment-major */
  size_t segments, segments_cap;
  /* Texts of the segments that hold text, most of them once, column by column; which are
   * a segment's, as in `segment`. */
  struct mt_shared shared;
  struct mt_shared_run *shared_run;
  size_t *shared_first; /* per column, the first of its own */
  bool first_continues; /* segment 0 goes on with an open pandas chunk */
  struct mt_fault_list faults;
  bool irregular; /* of the chunk */
  /* scratch of the column at hand: texts that repeat, and values that do not */
  struct mt_gather gather;
  uint64_t *code; /* of the cells from gather.end on; 0: null */
  size_t codes, codes_cap;
  bool ascii;        /* all these are */
  uint64_t boxes[2]; /* what they take as Python strings */
  struct mt_run run;
};

/* ---- a block ------------------------------------------------------------ */

struct mt_part *mt_part_new(const struct mt_profile *p)
{
  struct mt_part *part = calloc(1, sizeof *part);

  if (part == NULL)
    return NULL;
  part->columns = p->columns;
  mt_shared_init(&part->shared, p->pool.seed);
  part->facts = mt_alloc(p->columns, sizeof *part->facts);
  part->statistics = mt_alloc(p->columns, sizeof *part->statistics);
  part->shared_first = mt_alloc(p->columns, sizeof *part->shared_first);
  if (part->facts == NULL || part->statistics == NULL || part->shared_first == NULL) {
    mt_part_free(part);
    return NULL;
  }
  for (size_t i = 0; i < p->columns; i++)
    mt_statistics_init(&part->statistics[i], MT_QUANTILES_PART_GAPS);
  return part;
}

void mt_part_free(struct mt_part *part)
{
  if (part == NULL)
    return;
  for (size_t i = 0; part->statistics != NULL && i < part->columns; i++)
    mt_statistics_reset(&part->statistics[i]);
  for (size_t i = 0; part->facts != NULL && i < part->columns; i++)
    mt_facts_reset(&part->facts[i]);
  free(part->statistics);
  mt_run_reset(&part->run);
  free(part->facts);
  free(part->segment);
  mt_shared_reset(&part->shared);
  free(part->shared_run);
  free(part->shared_first);
  mt_gather_reset(&part->gather);
  free(part->code);
  free(part);
}

/* The pool is empty: makes room by giving up the largest set that can be had.  The
 * caller holds the lock of `column`.  A set that is itself a fair part of the pool goes
 * at once; a small one first looks for a large one. */
static int make_room(struct mt_profile *p, size_t column)
{
  const size_t large = p->pool.limit / 64;
  size_t largest = column, most = mt_distinct_bytes(&p->column[column].distinct);
  pthread_mutex_t *own = &p->lock[column % MT_LOCK_STRIPES], *lock;
  int rc;

  if (most < large && !atomic_load_explicit(&p->no_large_set, memory_order_relaxed)) {
    for (size_t i = 0; i < p->columns; i++) {
      size_t bytes = mt_distinct_bytes(&p->column[i].distinct);
      if (bytes > most) {
        largest = i;
        most = bytes;
      }
    }
    if (most < large) /* the pool is empty: none can become large any more */
      atomic_store_explicit(&p->no_large_set, true, memory_order_relaxed);
  }
  lock = &p->lock[largest % MT_LOCK_STRIPES];
  if (lock == own)
    return mt_distinct_evict(&p->column[largest].distinct, &p->pool);
  if (pthread_mutex_trylock(lock) != 0) /* waiting could deadlock */
    return mt_distinct_evict(&p->column[column].distinct, &p->pool);
  rc = mt_distinct_evict(&p->column[largest].distinct, &p->pool);
  pthread_mutex_unlock(lock);
  return rc;
}

#define MANY 1000 /* texts that tell what the others are going to be */

/* Bytes of the file that the texts of a set come from, about, and rather too few than too
 * many of them: blocks come in any order, so that others behind the chunk may be in it.
 */
static double bytes_behind(const struct mt_distinct *d, const struct mt_chunk *chunk)
{
  const double last = (double)mt_chunk_last_byte(chunk),
               row = (last - (double)(chunk->byte0 + chunk->row_byte[0])) /
                     (double)chunk->rows;

  return last > row * (double)d->total ? last : row * (double)d->total;
}

/* Whether a set has no hope: it is a fair part of the pool by now, no text of it came
 * twice, and what the rest of the rows would make of it the pool could not hold by far.
 */
static bool outgrows_pool(const struct mt_profile *p, const struct mt_distinct *d,
                          const struct mt_chunk *chunk)
{
  const double held = (double)mt_distinct_bytes(d), limit = (double)p->pool.limit;

  return d->count == d->total && d->count >= MANY && held > limit / 8 &&
         held * (double)p->text_bytes > 4 * limit * bytes_behind(d, chunk);
}

static int add_distinct(struct mt_profile *p, size_t column, const struct mt_part *part,
                        const struct mt_chunk *chunk)
{
  struct mt_distinct *d = &p->column[column].distinct;
  pthread_mutex_t *lock = &p->lock[column % MT_LOCK_STRIPES];
  const struct mt_gather *g = &part->gather;
  const struct mt_distinct_cells rest = {
      chunk->text, mt_chunk_column(chunk, column) + g->end, part->code, part->codes};
  size_t gathered = 0, done = 0;
  int rc = 0;

  pthread_mutex_lock(lock);
  while (rc == 0 && (gathered < g->entries || done < rest.n)) {
    const struct mt_gathered *e = &g->entry[gathered];
    if (gathered == g->entries)
      rc = mt_distinct_add_cells(d, &p->pool, &rest, &done);
    else if (!e->null)
      rc = mt_distinct_add(d, &p->pool, chunk->text + e->off, e->len,
                           mt_gathered_count(e));
    if (rc == 0 && d->full) {
      d->full = false;
      rc = make_room(p, column);
      continue; /* the same again */
    }
    gathered += gathered < g->entries;
  }
  if (rc == 0 && mt_distinct_exact(d) && outgrows_pool(p, d, chunk))
    rc = mt_distinct_evict(d, &p->pool);
  pthread_mutex_unlock(lock);
  return rc;
}

/* Texts of a segment of text, for its pandas chunk, whose other segments may hold the
 * same. */
static int share_texts(struct mt_part *part, const struct mt_chunk *c, size_t column,
                       struct mt_shared_run *run)
{
  const struct mt_order *order = &part->run.now.order;
  const struct mt_cell *cells = mt_chunk_column(c, column) + part->gather.end;
  struct mt_shared *shared = &part->shared;
  size_t before = shared->len;

  if (mt_shared_reserve(shared, part->gather.entries + part->codes) != 0)
    return ENOMEM;
  for (size_t i = 0; i < part->gather.entries; i++) {
    const struct mt_gathered *e = &part->gather.entry[i];
    const uint8_t *s = c->text + e->off;
    if (!e->null &&
        mt_shared_add_text(shared, s, e->len, false, mt_code_of(s, e->len)) != 0)
      return ENOMEM;
  }
  if (mt_shared_add_cells(shared, c->text, cells, part->code, part->codes, part->ascii))
    return ENOMEM;
  *run = (struct mt_shared_run){.texts = (uint32_t)(shared->len - before),
                                .may = order->may & (MT_UP_BYTES | MT_DOWN_BYTES),
                                .any = order->any,
                                .first_len = (uint32_t)order->first.n,
                                .last_len = (uint32_t)order->last.n,
                                .first = order->first.s,
                                .last = order->last.s};
  return 0;
}

/* Texts of a segment that is none of text: they are strings only where another segment
 * makes the chunk one of text, and are counted as often as they come here. */
static void box_texts(const struct mt_part *part, const struct mt_chunk *c,
                      struct mt_segment *g)
{
  for (size_t i = 0; i < part->gather.entries; i++) {
    const struct mt_gathered *e = &part->gather.entry[i];
    if (!e->null)
      mt_text_add_boxes(g->boxes, c->text + e->off, e->len);
  }
  for (int k = 0; k < 2; k++)
    g->boxes[k] += part->boxes[k];
}

static int note_strings(struct mt_part *part, const struct mt_chunk *c, size_t column,
                        struct mt_segment *g, struct mt_shared_run *run)
{
  bool raw;

  if (mt_segment_kind(g, 2, &raw) == MT_CHUNK_TEXT)
    return share_texts(part, c, column, run);
  box_texts(part, c, g);
  return 0;
}

/* A run of cells of one column. */
struct cells {
  const struct mt_chunk *chunk;
  size_t column, from, to;
  const struct mt_nulls *nulls;
  struct mt_facts *facts;
  struct mt_segment *segment;
  uint8_t settled;
};

/* Adds a text that occurs so often, first at that row; whether it is null. */
static bool add_text(struct mt_part *part, struct cells *c, const struct mt_cell *cell,
                     size_t row, uint64_t times, uint64_t quoted)
{
  struct mt_occurrence o = {.s = c->chunk->text + cell->off,
                            .n = cell->len,
                            .times = times,
                            .quoted = quoted,
                            .line = mt_chunk_line(c->chunk, row),
                            .byte = mt_chunk_cell_byte(c->chunk, row, cell)};
  const uint8_t *nul = c->chunk->has_nul ? memchr(o.s, 0, o.n) : NULL;
  struct mt_token t;
  bool null;

  mt_token_read(&t, o.s, o.n, c->nulls, c->column);
  null = t.null;
  mt_facts_add(c->facts, &o, &t, &c->settled);
  mt_run_add(&part->run, o.s, o.n, o.times, &t);
  if (nul != NULL) {
    mt_facts_note(c->facts, MT_PLACE_NUL, &o);
    c->facts->nul += o.times;
    o.n = (size_t)(nul - o.s); /* pandas sees no more of it */
  }
  if (nul != NULL || c->nulls->numbers)
    mt_token_read_pandas(&t, o.s, o.n, c->nulls, c->column);
  if (!null && (t.null || t.null_number))
    mt_facts_note(c->facts, MT_PLACE_NULLED, &o);
  mt_segment_add(c->segment, &t, o.s, o.n, o.times);
  return null;
}

/* The cells behind those that were gathered. */
static void add_rest(struct mt_part *part, struct cells *c, struct mt_plain *plain,
                     uint64_t seed)
{
  const struct mt_cell *cells = mt_chunk_column(c->chunk, c->column);
  size_t r = part->gather.end;

  *plain = (struct mt_plain){.chunk = c->chunk,
                             .cells = cells,
                             .from = r,
                             .to = c->to,
                             .facts = c->facts,
                             .segment = c->segment,
                             .run = &part->run,
                             .settled = c->settled,
                             .seed = seed,
                             .code = part->code};
  mt_plain_begin(plain, c->nulls);
  while ((r = mt_plain_take(plain, r)) < c->to) {
    bool null = add_text(part, c, &cells[r], r, 1, cells[r].quoted);
    mt_plain_other(plain, r++, null);
  }
  mt_plain_end(plain);
  part->codes = c->to - part->gather.end;
  part->ascii = !plain->wide;
  memcpy(part->boxes, plain->boxes, sizeof part->boxes);
}

static int add_cells(struct mt_part *part, struct cells *c, uint64_t seed)
{
  const struct mt_cell *cells = mt_chunk_column(c->chunk, c->column);
  struct mt_gather *g = &part->gather;
  struct mt_plain plain = {0};

  part->codes = 0;
  memset(part->boxes, 0, sizeof part->boxes);
  if (mt_gather_cells(g, c->chunk, cells, c->from, c->to, seed) != 0 ||
      mt_run_begin(&part->run, g->entries + c->to - g->end) != 0)
    return ENOMEM;
  if (c->to - g->end > part->codes_cap) {
    free(part->code);
    part->codes_cap = 0;
    part->code = mt_alloc(c->to - g->end, sizeof *part->code);
    if (part->code == NULL)
      return ENOMEM;
    part->codes_cap = c->to - g->end;
  }
  for (size_t i = 0; i < g->entries; i++) {
    struct mt_gathered *e = &g->entry[i];
    e->null = add_text(part, c, &cells[e->row], e->row, mt_gathered_count(e),
                       mt_gathered_quoted(e));
  }
  if (g->end < c->to)
    add_rest(part, c, &plain, seed);
  c->facts->fingerprint += g->fingerprint + plain.fingerprint;
  mt_run_end(&part->run,
             &(struct mt_run_cells){c->chunk, c->column, c->from, c->to,
                                    g->stretches + plain.stretches,
                                    g->stretches > g->entries},
             c->nulls, &part->statistics[c->column]);
  return 0;
}

/* One column of one segment: cells [from, to) of the chunk. */
static int profile_cells(struct mt_part *part, struct mt_profile *p,
                         const struct mt_chunk *chunk, size_t column,
                         struct mt_segment *g, struct mt_shared_run *shared, size_t from,
                         size_t to)
{
  struct cells c = {chunk, column, from, to, p->nulls, &part->facts[column], g, 0};

  c.settled = atomic_load_explicit(&p->settled[column], memory_order_relaxed);
  g->line = mt_chunk_line(chunk, from);
  if (add_cells(part, &c, p->pool.seed) != 0 ||
      note_strings(part, chunk, column, g, shared) != 0 ||
      add_distinct(p, column, part, chunk) != 0)
    return ENOMEM;
  return 0;
}

static int shape_segments(struct mt_part *part, const struct mt_profile *p,
                          const struct mt_chunk *c)
{
  uint64_t into = c->first_row % p->chunk_rows;
  size_t segments = (size_t)((into + c->rows + p->chunk_rows - 1) / p->chunk_rows);
  size_t need;

  if (c->rows == 0)
    segments = 0;
  if (!mt_size_mul(segments, part->columns, &need))
    return ENOMEM;
  if (segments > part->segments_cap) {
    struct mt_segment *s = mt_alloc(need, sizeof *s);
    struct mt_shared_run *run = mt_alloc(need, sizeof *run);
    if (s == NULL || run == NULL) {
      free(s);
      free(run);
      return ENOMEM;
    }
    free(part->segment);
    free(part->shared_run);
    part->segment = s;
    part->shared_run = run;
    part->segments_cap = segments;
  } else if (need > 0) {
    memset(part->segment, 0, need * sizeof *part->segment);
    memset(part->shared_run, 0, need * sizeof *part->shared_run);
  }
  part->segments = segments;
  mt_shared_clear(&part->shared);
  part->first_continues = into != 0;
  return 0;
}

static void count_text_faults(struct mt_part *part, const struct mt_chunk *c)
{
  for (size_t i = 0; i < part->columns && (c->has_nul || c->has_non_ascii); i++) {
    const struct mt_facts *f = &part->facts[i];
    const struct {
      enum mt_fault_kind kind;
      uint64_t count;
      const struct mt_place *place;
    } fault[] = {{MT_FAULT_NUL, f->nul, mt_facts_place(f, MT_PLACE_NUL)},
                 {MT_FAULT_BAD_UTF8, f->not_utf8, mt_facts_place(f, MT_PLACE_BAD_UTF8)}};
    for (size_t k = 0; k < 2; k++) {
      if (fault[k].count == 0)
        continue;
      mt_fault_add(&part->faults, fault[k].kind, fault[k].place->line,
                   fault[k].place->byte, i);
      part->faults.count[fault[k].kind] += fault[k].count - 1;
    }
  }
}

int mt_part_profile(struct mt_part *part, struct mt_profile *p, const struct mt_chunk *c,
                    struct mt_error *err)
{
  assert(c->columns == part->columns);
  if (shape_segments(part, p, c) != 0)
    return mt_fail_memory(err);
  part->rows = c->rows;
  part->faults = c->faults;
  part->irregular = c->irregular;
  for (size_t col = 0; col < part->columns; col++) {
    size_t from = 0, room = (size_t)(p->chunk_rows - c->first_row % p->chunk_rows);

    part->shared_first[col] = part->shared.len;
    mt_facts_clear(&part->facts[col]);
    mt_statistics_clear(&part->statistics[col]);
    for (size_t s = 0; s < part->segments; s++) {
      size_t to = c->rows - from < room ? c->rows : from + room;
      size_t at = s * part->columns + col;
      if (profile_cells(part, p, c, col, &part->segment[at], &part->shared_run[at], from,
                        to) != 0)
        return mt_fail_memory(err);
      from = to;
      room = (size_t)p->chunk_rows;
    }
    if (part->facts[col].places.lost)
      return mt_fail_memory(err);
  }
  count_text_faults(part, c);
  return 0;
}

/* ---- the dataset -------------------------------------------------------- */

static void init_column(struct mt_column_profile *c, size_t index_levels)
{
  *c = (struct mt_column_profile){.distinct_values = MT_NOT_COUNTED,
                                  .distinct_kind = MT_NO_KIND,
                                  .index_levels = index_levels};
  mt_facts_init(&c->facts);
  mt_statistics_init(&c->statistics, MT_QUANTILES_GAPS);
  mt_distinct_init(&c->distinct);
  mt_sharing_init(&c->sharing);
}

static void reset_column(struct mt_column_profile *c, struct mt_distinct_pool *pool)
{
  mt_facts_reset(&c->facts);
  mt_distinct_reset(&c->distinct, pool);
  mt_sharing_reset(&c->sharing);
  mt_statistics_reset(&c->statistics);
}

int mt_profile_init(struct mt_profile *p, size_t columns, const struct mt_nulls *nulls,
                    size_t pool_bytes, struct mt_error *err)
{
  memset(p, 0, sizeof *p);
  p->columns = columns;
  p->chunk_rows = mt_pandas_chunk_rows(columns);
  p->nulls = nulls;
  mt_distinct_pool_init(&p->pool, pool_bytes);
  for (int i = 0; i < MT_LOCK_STRIPES; i++)
    pthread_mutex_init(&p->lock[i], NULL);
  p->column = mt_alloc(columns, sizeof *p->column);
  p->settled = mt_alloc(columns, sizeof *p->settled);
  if (p->column == NULL || p->settled == NULL) {
    mt_profile_reset(p);
    return mt_fail_memory(err);
  }
  for (size_t i = 0; i < columns; i++)
    init_column(&p->column[i], 0);
  return 0;
}

void mt_profile_clear(struct mt_profile *p)
{
  for (size_t i = 0; i < p->columns; i++) {
    size_t levels = p->column[i].index_levels;
    reset_column(&p->column[i], &p->pool);
    init_column(&p->column[i], levels);
    atomic_store(&p->settled[i], 0);
  }
  p->rows = 0;
  p->faults = (struct mt_fault_list){0};
  p->irregular = false;
  atomic_store(&p->no_large_set, false);
}

void mt_profile_reset(struct mt_profile *p)
{
  if (p->column != NULL)
    for (size_t i = 0; i < p->columns; i++)
      reset_column(&p->column[i], &p->pool);
  free(p->column);
  free(p->settled);
  for (int i = 0; i < MT_LOCK_STRIPES; i++)
    pthread_mutex_destroy(&p->lock[i]);
  memset(p, 0, sizeof *p);
}

static void close_chunk(struct mt_column_profile *c)
{
  if (c->open.rows == 0)
    return;
  mt_chunk_totals_add(&c->totals[0], &c->open, 2);
  mt_chunk_totals_add(&c->totals[1], &c->open, 3);
  memset(&c->open, 0, sizeof c->open);
}

static void share_column(struct mt_part *part, struct mt_profile *p, size_t column)
{
  struct mt_sharing *sharing = &p->column[column].sharing;
  size_t first = part->shared_first[column];

  for (size_t s = 0; s < part->segments; s++) {
    size_t at = s * part->columns + column;
    struct mt_segment *g = &part->segment[at];

    if (s > 0 || !part->first_continues)
      mt_sharing_clear(sharing);
    mt_sharing_add(sharing, &part->shared, first, &part->shared_run[at], g->boxes,
                   &g->utf8);
    first += part->shared_run[at].texts;
  }
}

void mt_part_share(struct mt_part *part, struct mt_profile *p, unsigned lane)
{
  for (size_t i = lane; i < part->columns; i += MT_PROFILE_LANES)
    share_column(part, p, i);
}

int mt_profile_merge_some(struct mt_profile *p, const struct mt_part *part, size_t from,
                          size_t to, struct mt_error *err)
{
  bool lost = false;

  for (size_t i = from; i < to; i++) {
    struct mt_column_profile *c = &p->column[i];

    for (size_t s = 0; s < part->segments; s++) {
      if (s > 0 || !part->first_continues)
        close_chunk(c);
      mt_segment_merge(&c->open, &part->segment[s * part->columns + i]);
    }
    mt_facts_merge(&c->facts, &part->facts[i]);
    lost |= c->facts.places.lost;
    mt_statistics_merge(&c->statistics, &part->statistics[i]);
    atomic_store_explicit(&p->settled[i], mt_facts_settled(&c->facts),
                          memory_order_relaxed);
  }
  if (to == p->columns) {
    mt_fault_merge(&p->faults, &part->faults);
    p->irregular |= part->irregular;
    p->rows += part->rows;
  }
  return lost ? mt_fail_memory(err) : 0;
}

int mt_profile_merge(struct mt_profile *p, const struct mt_part *part,
                     struct mt_error *err)
{
  return mt_profile_merge_some(p, part, 0, p->columns, err);
}

void mt_profile_finish(struct mt_profile *p)
{
  for (size_t i = 0; i < p->columns; i++)
    close_chunk(&p->column[i]);
}
