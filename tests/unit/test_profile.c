#include "tests/unit/random_column.h"

#include <stdatomic.h>

#include "core/column/profile.h"
#include "core/engine/infer.h"
#include "core/session/pipeline.h"

/* What must not depend on blocks or threads. */
struct outcome {
  struct mt_inferred now[MT_ENGINE_COUNT];
  uint64_t distinct, hits;
  uint64_t rows, faults;
};

static void outcome_of(struct outcome *o, const struct mt_profile *p, size_t column)
{
  const struct mt_column_profile *c = &p->column[column];
  struct mt_distinct_text t;
  size_t at = 0;

  memset(o, 0, sizeof *o);
  for (int e = 0; e < MT_ENGINE_COUNT; e++)
    mt_infer(&o->now[e], c, (enum mt_engine)e, false);
  o->distinct = mt_distinct_count(&c->distinct);
  while (mt_distinct_next(&c->distinct, &at, &t))
    o->hits += t.hits;
  o->rows = p->rows;
  o->faults = mt_fault_total(&p->faults);
}

static void check_same(const struct outcome *a, const struct outcome *b)
{
  for (int e = 0; e < MT_ENGINE_COUNT; e++) {
    if (strcmp(a->now[e].dtype, b->now[e].dtype) != 0)
      fail_msg("%s: %s and %s", mt_engine_name((enum mt_engine)e), a->now[e].dtype,
               b->now[e].dtype);
    assert_int_equal(a->now[e].bytes, b->now[e].bytes);
    assert_int_equal(a->now[e].nulls, b->now[e].nulls);
  }
  assert_int_equal(a->distinct, b->distinct);
  assert_int_equal(a->hits, b->hits);
  assert_int_equal(a->rows, b->rows);
  assert_int_equal(a->faults, b->faults);
}

/* Chunks of pandas of 1 to 9 rows against blocks of 1 to 11. */
static void test_blocks_against_chunks(void **state)
{
  (void)state;
  uint64_t x = 7;

  for (int round = 0; round < 400; round++) {
    struct table t;

    random_column(&t, &x, 30);
    for (uint64_t chunk_rows = 1; chunk_rows < 10; chunk_rows += 2) {
      struct outcome whole, o;
      struct mt_profile p;

      profile_part(&p, &t, SIZE_MAX, chunk_rows, POOL, true);
      outcome_of(&whole, &p, 0);
      mt_profile_reset(&p);
      for (size_t block = 1; block < 12; block++) {
        profile_part(&p, &t, block, chunk_rows, POOL, true);
        outcome_of(&o, &p, 0);
        mt_profile_reset(&p);
        check_same(&whole, &o);
      }
    }
    table_free(&t);
  }
}

/* Equal columns have equal fingerprints, whatever the blocks; others have others. */
static void test_fingerprints(void **state)
{
  (void)state;
  static const char *const rows[][6] = {
      {"a", "a", "b", "a", "", "a"},
      {"b", "b", "a", "b", "b", "b"},
      {"b", "b", "b", "b", "\x01", ""},
      {"long text, long text", "long text, long text", "long text, long text",
       "long text", "", "x"},
      {"b", "b", "b", "b", "b", "b"},
  };
  struct table t;

  table_init(&t, 6);
  for (size_t r = 0; r < LENGTH(rows); r++)
    table_add_all(&t, rows[r], 6);
  for (size_t block = 1; block < 7; block++) {
    struct mt_profile p;

    profile_part(&p, &t, block, 3, POOL, true);
    for (size_t i = 0; i < 6; i++)
      for (size_t k = 0; k < i; k++) {
        bool equal = p.column[i].facts.fingerprint == p.column[k].facts.fingerprint;
        if (equal != (i == 1 && k == 0))
          fail_msg("columns %zu and %zu, blocks of %zu rows", i, k, block);
      }
    mt_profile_reset(&p);
  }
  table_free(&t);
}

/* So have those where one quotes its empty cells, in a run that is counted in bulk. */
static void test_fingerprints_of_quoted_nulls(void **state)
{
  (void)state;
  struct mt_profile p;
  struct table t;
  char text[32];

  table_init(&t, 2);
  for (int r = 0; r < 1000; r++) {
    size_t n = r % 7 == 6 ? 0 : (size_t)snprintf(text, sizeof text, "text %d", r);

    table_add_bytes(&t, text, n, false);
    table_add_bytes(&t, text, n, r % 3 == 0);
  }
  profile_part(&p, &t, 400, 700, POOL, true);
  assert_int_equal(p.column[0].facts.fingerprint, p.column[1].facts.fingerprint);
  mt_profile_reset(&p);
  table_free(&t);
}

/* An unfinished profile answers as a finished one. */
static void test_open_chunk_counts(void **state)
{
  (void)state;
  uint64_t x = 11;

  for (int round = 0; round < 300; round++) {
    struct table t;
    struct outcome open, finished;
    struct mt_profile p;

    random_column(&t, &x, 20);
    profile_part(&p, &t, 3, 4, POOL, false);
    outcome_of(&open, &p, 0);
    mt_profile_finish(&p);
    outcome_of(&finished, &p, 0);
    check_same(&open, &finished);
    mt_profile_reset(&p);
    table_free(&t);
  }
}

static void test_chunk_borders(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;
  const uint64_t *rows;

  TABLE_OF(&t, "1", "2", "3", "a", "b", "c", "4", "5", "", "6");
  for (size_t block = 1; block <= 10; block++) {
    profile_part(&p, &t, block, 3, POOL, true);
    rows = p.column[0].totals[1].rows;
    assert_int_equal(rows[MT_CHUNK_INT], 4); /* 1 2 3, and the last row alone */
    assert_int_equal(rows[MT_CHUNK_TEXT], 3);
    assert_int_equal(rows[MT_CHUNK_FLOAT], 3);
    assert_int_equal(p.column[0].open.rows, 0);
    mt_profile_reset(&p);
  }
  table_free(&t);
}

static void test_exactly_one_chunk(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;

  TABLE_OF(&t, "1", "2", "3", "4");
  for (size_t block = 1; block <= 4; block++) {
    profile_part(&p, &t, block, 4, POOL, false);
    assert_int_equal(p.column[0].open.rows, 4);
    mt_profile_finish(&p);
    assert_int_equal(p.column[0].totals[0].rows[MT_CHUNK_INT], 4);
    assert_int_equal(p.column[0].totals[1].rows[MT_CHUNK_INT], 4);
    mt_profile_reset(&p);
  }
  table_free(&t);
}

static void test_no_rows(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;
  struct outcome o;

  table_init(&t, 3);
  profile_table(&p, &t, 5);
  for (size_t i = 0; i < 3; i++) {
    outcome_of(&o, &p, i);
    assert_int_equal(o.now[MT_PANDAS3].bytes, 0);
    assert_int_equal(o.distinct, 0);
  }
  mt_profile_reset(&p);
  table_free(&t);
}

/* pandas cuts a text at its NUL; memtop counts the fault. */
static void test_nul(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;
  struct mt_inferred now;

  table_init(&t, 1);
  table_add(&t, "1");
  table_add_bytes(&t, "2\0x", 3, false);
  table_add_bytes(&t, "\0", 1, false);
  for (size_t block = 1; block <= 3; block++) {
    profile_table(&p, &t, block);
    mt_infer(&now, &p.column[0], MT_PANDAS3, false);
    assert_string_equal(now.dtype, "float64"); /* 1, 2 and null */
    assert_int_equal(now.nulls, 1);
    assert_int_equal(p.faults.count[MT_FAULT_NUL], 2);
    assert_int_equal(p.faults.first[MT_FAULT_NUL][0].line, LINE_OF_ROW(1));
    assert_int_equal(mt_distinct_count(&p.column[0].distinct), 3);
    mt_profile_reset(&p);
  }
  table_free(&t);
}

/* Long texts that share their first eight bytes, and lengths around eight. */
static void test_texts_of_equal_heads(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;
  char s[64];

  table_init(&t, 1);
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < 2000; i++) {
      snprintf(s, sizeof s, "12345678%.*s%d", i % 5, "abcde", i / 5);
      table_add(&t, s);
      table_add_bytes(&t, "aaaaaaaaaaaaaaaa", (size_t)(i % 17), false);
      table_add_bytes(&t, "aaaaaaa\0\0\0\0", (size_t)(8 + i % 3), false);
    }
  for (size_t block = 7; block < 20000; block *= 5) {
    profile_table(&p, &t, block);
    /* aaaaaaa twice is one text: 17 of the second kind less the empty, 3 of the third */
    assert_int_equal(mt_distinct_count(&p.column[0].distinct), 2000 + 16 + 3);
    mt_profile_reset(&p);
  }
  table_free(&t);
}

/* A few texts again and again, from some row on longer ones too, which differ in few
 * places: each is counted as often as it is there. */
static void test_texts_that_get_longer(void **state)
{
  (void)state;
  static const struct {
    const char *s;
    size_t n;
  } text[] = {{"1234567", 7},
              {"12345678", 8},
              {"1234567x", 8},
              {"a", 1},
              {"12345678\0", 9},
              {"123456789", 9},
              {"1234567890123456", 16},
              {"1234567890123x56", 16},
              {"1234567\0", 8},
              {"12345678901234567", 17},
              {"12345678-12345678", 17},
              {"12345678+12345678", 17},
              {"12345678--12345678", 18},
              {"12345678-+12345678", 18}};
  enum { EACH = 1500, STAGES = 3 };
  static const size_t texts[STAGES] = {4, 9, LENGTH(text)};
  uint64_t hits[LENGTH(text)] = {0}, runs = 0, x = 7;
  size_t last = LENGTH(text), at = 0, found = 0;
  struct mt_distinct_text t;
  struct mt_profile p;
  struct table table;

  table_init(&table, 1);
  for (size_t i = 0; i < STAGES * EACH; i++) {
    size_t pick = random_next(&x) % texts[i / EACH];
    table_add_bytes(&table, text[pick].s, text[pick].n, false);
    hits[pick]++;
    runs += pick != last;
    last = pick;
  }
  profile_table(&p, &table, STAGES * EACH);
  assert_int_equal(p.column[0].statistics.runs, runs);
  while (mt_distinct_next(&p.column[0].distinct, &at, &t)) {
    size_t i = 0;
    while (i < LENGTH(text) && (t.n != text[i].n || memcmp(t.s, text[i].s, t.n) != 0))
      i++;
    assert_true(i < LENGTH(text));
    assert_int_equal(t.hits, hits[i]);
    found++;
  }
  assert_int_equal(found, LENGTH(text));
  mt_profile_reset(&p);
  table_free(&table);
}

/* ---- threads ------------------------------------------------------------- */

static void *worker_new(void *context)
{
  return mt_part_new(context);
}

static void worker_free(void *context, void *worker)
{
  (void)context;
  mt_part_free(worker);
}

static int work(void *context, void *worker, struct mt_chunk *chunk, struct mt_error *err)
{
  return mt_part_profile(worker, context, chunk, err);
}

static void pass(void *context, void *worker, unsigned lane)
{
  mt_part_share(worker, context, lane);
}

static int commit(void *context, void *worker, struct mt_error *err)
{
  return mt_profile_merge(context, worker, err);
}

static void profile_threads(struct mt_profile *p, const struct table *t, size_t block,
                            unsigned threads, uint64_t chunk_rows, size_t pool)
{
  struct fake_reader *r = fake_reader_new(t, block);
  struct mt_bell cancel = MT_BELL_FLAG;
  atomic_ullong bytes = 0;
  struct mt_pipeline run = {.reader = &r->reader,
                            .threads = threads,
                            .cancel = &cancel,
                            .bytes = &bytes,
                            .context = p,
                            .worker_new = worker_new,
                            .worker_free = worker_free,
                            .work = work,
                            .lanes = MT_PROFILE_LANES,
                            .pass = pass,
                            .commit = commit};

  assert_int_equal(mt_profile_init(p, t->columns, default_nulls(), pool, NULL), 0);
  p->chunk_rows = chunk_rows;
  assert_int_equal(mt_pipeline_run(&run, NULL), 0);
  mt_profile_finish(p);
  r->reader.ops->free(&r->reader);
}

static void wide_table(struct table *t, size_t columns, size_t rows)
{
  uint64_t x = 5;

  table_init(t, columns);
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < columns; i++) {
      char s[40];
      if (i % LENGTH(random_texts) == 19) {
        snprintf(s, sizeof s, "name %u", random_next(&x) % 5000);
        table_add(t, s);
      } else {
        table_add(t, random_text(&x, i % LENGTH(random_texts)));
      }
    }
}

static void test_threads(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile one, many;

  wide_table(&t, LENGTH(random_texts), 4000);
  profile_part(&one, &t, SIZE_MAX, 512, POOL, true);
  for (unsigned threads = 1; threads <= 8; threads *= 2) {
    profile_threads(&many, &t, 37, threads, 512, POOL);
    for (size_t i = 0; i < t.columns; i++) {
      struct outcome a, b;
      outcome_of(&a, &one, i);
      outcome_of(&b, &many, i);
      check_same(&a, &b);
      assert_int_equal(a.distinct,
                       mt_distinct_exact(&many.column[i].distinct) ? b.distinct : 0);
    }
    mt_profile_reset(&many);
  }
  mt_profile_reset(&one);
  table_free(&t);
}

/* ---- texts in order ------------------------------------------------------ */

/* Columns of text that are in order, or are until that row. */
#define ORDERLY 8
static void orderly_text(char *s, size_t size, size_t column, size_t r, size_t until)
{
  const size_t back = r < until ? r : 2 * until - r % until, fall = r < until ? r : r / 3;

  s[0] = 0;
  switch (column) {
  case 0:
    snprintf(s, size, "2024-02-28T%02zu:%02zu:%02zu", r / 3600, r / 60 % 60, r % 60);
    break;
  case 1:
    snprintf(s, size, "%05zu down", 9999 - r);
    break;
  case 2:
    snprintf(s, size, "t%0*zu", r < until ? 5 : 20, r / 3);
    break;
  case 3: /* with nulls between the same ones */
    if (r % 2 == 0)
      snprintf(s, size, "t%05zu", r / 4);
    break;
  case 4:
    snprintf(s, size, "t%05zu", back);
    break;
  case 5:
    snprintf(s, size, "%05zu down", 9999 - fall);
    break;
  case 6:
    snprintf(s, size, "2024-02-28 00:%02zu:%02zu", fall / 60, fall % 60);
    break;
  default:
    snprintf(s, size, "level %zu", r / 300);
  }
}

/* What the distinct texts of each chunk take. */
static uint64_t taken_by_texts(const struct table *t, size_t column, size_t chunk)
{
  uint64_t sum = 0;

  for (size_t r = 0; r < table_rows(t); r++) {
    const struct mt_cell *c = table_cell(t, r, column);
    size_t before = r / chunk * chunk;
    for (; before < r; before++) {
      const struct mt_cell *b = table_cell(t, before, column);
      if (b->len == c->len &&
          memcmp(t->text.data + b->off, t->text.data + c->off, c->len) == 0)
        break;
    }
    sum += before == r && c->len > 1 ? (41u + c->len + 15u) / 16 * 16 : 0;
  }
  return sum;
}

/* Wherever the order ends, and wherever blocks do. */
static void test_texts_in_order(void **state)
{
  (void)state;
  static const size_t untils[] = {1, 2, 36, 37, 38, 300, 511, 512, 513, 737, 1024},
                      blocks[] = {1, 37, 300, 511, 512, 513, 740, SIZE_MAX};
  enum { ROWS = 1100, CHUNK = 512 };

  for (size_t u = 0; u < LENGTH(untils); u++) {
    struct table t;
    uint64_t expected[ORDERLY];

    table_init(&t, ORDERLY);
    for (size_t r = 0; r < ROWS; r++)
      for (size_t i = 0; i < ORDERLY; i++) {
        char s[40];
        orderly_text(s, sizeof s, i, r, untils[u]);
        table_add(&t, s);
      }
    for (size_t i = 0; i < ORDERLY; i++)
      expected[i] = taken_by_texts(&t, i, CHUNK);
    for (size_t k = 0; k < LENGTH(blocks) + 2; k++) {
      struct mt_profile p;
      if (k < LENGTH(blocks))
        profile_part(&p, &t, blocks[k], CHUNK, POOL, true);
      else
        profile_threads(&p, &t, 61, k == LENGTH(blocks) ? 2 : 4, CHUNK, POOL);
      for (size_t i = 0; i < ORDERLY; i++)
        assert_int_equal(p.column[i].totals[0].boxes[0], expected[i]);
      mt_profile_reset(&p);
    }
    table_free(&t);
  }
}

/* Too small a pool: the largest sets go, the small ones stay exact. */
static void test_pool(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;
  char s[40];

  table_init(&t, 5);
  for (int r = 0; r < 30000; r++) {
    snprintf(s, sizeof s, "unique-%d", r);
    table_add(&t, s);
    table_add(&t, r % 2 ? "a" : "b");
    snprintf(s, sizeof s, "another %d", r * 7);
    table_add(&t, s);
    table_add(&t, s + (r % 3 ? 8 : 0));
    snprintf(s, sizeof s, "%d", r % 100);
    table_add(&t, s);
  }
  profile_threads(&p, &t, 500, 1, 65536, (size_t)128 << 10);
  assert_true(p.pool.used <= p.pool.limit);
  assert_false(mt_distinct_exact(&p.column[0].distinct));
  assert_in_range(mt_distinct_count(&p.column[0].distinct), 29100, 30900);
  assert_in_range(mt_distinct_count(&p.column[2].distinct), 29100, 30900);
  assert_true(mt_distinct_exact(&p.column[1].distinct));
  assert_int_equal(mt_distinct_count(&p.column[1].distinct), 2);
  assert_true(mt_distinct_exact(&p.column[4].distinct));
  assert_int_equal(mt_distinct_count(&p.column[4].distinct), 100);
  mt_profile_reset(&p);
  table_free(&t);
}

/* A column of 3,000 texts, of which `again` are that of the first row, in blocks that
 * come from the first on, or the last; all rows of the file are said to take that many
 * bytes. */
static uint64_t count_texts(uint64_t text_bytes, size_t again, bool backwards,
                            bool *exact)
{
  const size_t rows = 3000, block = 100;
  struct mt_profile p;
  struct mt_chunk c;
  struct mt_part *part;
  struct table t;
  uint64_t count;
  char s[40];

  table_init(&t, 1);
  for (size_t r = 0; r < rows; r++) {
    snprintf(s, sizeof s, "a text like no other %zu", r >= again ? r : 0);
    table_add(&t, s);
  }
  assert_int_equal(mt_profile_init(&p, 1, default_nulls(), (size_t)256 << 10, NULL), 0);
  p.text_bytes = text_bytes;
  part = mt_part_new(&p);
  assert_non_null(part);
  mt_chunk_init(&c);
  for (size_t i = 0; i < rows; i += block) {
    const size_t from = backwards ? rows - block - i : i;
    assert_int_equal(table_chunk(&t, from, from + block, &c), 0);
    assert_int_equal(mt_part_profile(part, &p, &c, NULL), 0);
  }
  count = mt_distinct_count(&p.column[0].distinct);
  *exact = mt_distinct_exact(&p.column[0].distinct);
  mt_chunk_reset(&c);
  mt_part_free(part);
  mt_profile_reset(&p);
  table_free(&t);
  return count;
}

/* Texts that all differ are not kept where the file will have far too many of them. */
static void test_set_that_outgrows_the_pool(void **state)
{
  (void)state;
  const uint64_t own = 3000 * 24; /* about */
  bool exact;

  assert_int_equal(count_texts(own, 0, false, &exact), 3000);
  assert_true(exact);
  assert_int_equal(count_texts(4 * own, 0, false, &exact), 3000);
  assert_true(exact);
  assert_in_range(count_texts(100 * own, 0, false, &exact), 2940, 3060);
  assert_false(exact);
  assert_int_equal(count_texts(own, 0, true, &exact), 3000);
  assert_true(exact);
  assert_in_range(count_texts(100 * own, 0, true, &exact), 2940, 3060);
  assert_false(exact);
  assert_int_equal(count_texts(0, 0, false, &exact), 3000); /* who knows how many come */
  assert_true(exact);
  assert_int_equal(count_texts(100 * own, 2, false, &exact), 2999); /* some come twice */
  assert_true(exact);
}

/* The same with threads that want room at the same time: which sets go may differ,
 * what they count may not. */
static void test_pool_with_threads(void **state)
{
  (void)state;
  enum { COLUMNS = 80, ROWS = 3000 }; /* more than there are locks */
  struct table t;
  struct mt_profile p;
  char s[40];

  table_init(&t, COLUMNS);
  for (int r = 0; r < ROWS; r++)
    for (int i = 0; i < COLUMNS; i++) {
      snprintf(s, sizeof s, "text %d", r % (30 * i + 1));
      table_add(&t, s);
    }
  profile_threads(&p, &t, 40, 4, 65536, (size_t)256 << 10);
  assert_true(p.pool.used <= p.pool.limit);
  for (int i = 0; i < COLUMNS; i++) {
    uint64_t k = mt_distinct_count(&p.column[i].distinct),
             expected = 30 * (uint64_t)i + 1;
    if (mt_distinct_exact(&p.column[i].distinct))
      assert_int_equal(k, expected);
    else
      assert_in_range(k, expected - expected / 20 - 1, expected + expected / 20 + 1);
  }
  mt_profile_reset(&p);
  table_free(&t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_blocks_against_chunks),
      cmocka_unit_test(test_fingerprints),
      cmocka_unit_test(test_fingerprints_of_quoted_nulls),
      cmocka_unit_test(test_open_chunk_counts),
      cmocka_unit_test(test_chunk_borders),
      cmocka_unit_test(test_exactly_one_chunk),
      cmocka_unit_test(test_no_rows),
      cmocka_unit_test(test_nul),
      cmocka_unit_test(test_texts_of_equal_heads),
      cmocka_unit_test(test_texts_that_get_longer),
      cmocka_unit_test(test_threads),
      cmocka_unit_test(test_texts_in_order),
      cmocka_unit_test(test_pool),
      cmocka_unit_test(test_set_that_outgrows_the_pool),
      cmocka_unit_test(test_pool_with_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
