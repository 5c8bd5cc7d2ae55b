#include "tests/unit/fixture.h"

#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/base/thread.h"
#include "core/engine/infer.h"
#include "core/session/session.h"

/* ---- a writer ------------------------------------------------------------ */

enum stage { STAGE_NONE, STAGE_BEGIN, STAGE_ENCODE, STAGE_WRITE, STAGE_FINISH };

/* What a writer was asked to do: outlives it. */
struct journal {
  enum stage fails; /* encode, write: of the block that begins at fail_row */
  uint64_t fail_row;
  struct gate *gate; /* before each write; may be NULL */
  size_t begun, writes, finished, aborted, freed;
  uint64_t rows, schema_rows;
  size_t columns;
  enum mt_dtype dtype[8];
  long long sum; /* of the values of int columns */
};

struct fake_writer {
  struct mt_writer writer; /* first */
  struct journal *journal;
};

static struct journal *journal_of(const struct mt_writer *w)
{
  return ((const struct fake_writer *)w)->journal;
}

static int writer_begin(struct mt_writer *w, const struct mt_schema *schema,
                        struct mt_error *err)
{
  struct journal *j = journal_of(w);

  j->begun++;
  j->columns = schema->columns;
  j->schema_rows = schema->rows;
  for (size_t i = 0; i < schema->columns; i++)
    j->dtype[i] = schema->fields[i].dtype;
  return j->fails == STAGE_BEGIN ? mt_fail(err, EACCES, "begin fails") : 0;
}

static int writer_encode(const struct mt_writer *w, const struct mt_batch *b,
                         struct mt_buffer *bytes, struct mt_error *err)
{
  const struct journal *j = journal_of(w);

  assert_int_equal(bytes->len, 0);
  if (j->fails == STAGE_ENCODE && b->first_row == j->fail_row)
    return mt_fail(err, EINVAL, "encode fails");
  return mt_buffer_printf(bytes, "%llu %zu\n", (unsigned long long)b->first_row, b->rows);
}

static int writer_write(struct mt_writer *w, const struct mt_batch *b,
                        const struct mt_buffer *bytes, struct mt_error *err)
{
  struct journal *j = journal_of(w);
  unsigned long long first;

  if (j->gate != NULL)
    gate_pass(j->gate);
  if (j->fails == STAGE_WRITE && b->first_row == j->fail_row)
    return mt_fail(err, ENOSPC, "write fails");
  assert_int_equal(sscanf((const char *)bytes->data, "%llu", &first), 1);
  assert_int_equal(first, b->first_row);
  assert_int_equal(b->first_row, j->rows); /* in order, without gaps */
  j->writes++;
  j->rows += b->rows;
  for (size_t i = 0; i < b->columns; i++)
    for (size_t r = 0; r < b->rows; r++)
      j->sum += j->dtype[i] == MT_INT8    ? ((const int8_t *)b->column[i].values)[r]
                : j->dtype[i] == MT_INT16 ? ((const int16_t *)b->column[i].values)[r]
                : j->dtype[i] == MT_INT64 ? ((const int64_t *)b->column[i].values)[r]
                                          : 0;
  w->bytes_written += bytes->len;
  return 0;
}

static int writer_finish(struct mt_writer *w, struct mt_error *err)
{
  struct journal *j = journal_of(w);

  j->finished++;
  return j->fails == STAGE_FINISH ? mt_fail(err, EIO, "finish fails") : 0;
}

static void writer_abort(struct mt_writer *w)
{
  journal_of(w)->aborted++;
}

static void writer_free(struct mt_writer *w)
{
  journal_of(w)->freed++;
  free(w);
}

static const char *writer_note(const struct mt_writer *w, size_t column)
{
  (void)w;
  return column == 0 ? "stored otherwise" : NULL;
}

static struct mt_writer *writer_new(struct journal *j)
{
  static const struct mt_writer_ops ops = {writer_begin,  writer_encode, writer_write,
                                           writer_finish, writer_abort,  writer_free,
                                           writer_note};
  struct fake_writer *w = calloc(1, sizeof *w);

  assert_non_null(w);
  w->writer.ops = &ops;
  w->journal = j;
  return &w->writer;
}

/* ---- threads -------------------------------------------------------------- */

static bool no_threads; /* none can be started */

/* In the place of core/base/thread.c. */
int mt_thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
  return no_threads ? EAGAIN : pthread_create(thread, NULL, run, arg);
}

/* ---- sessions ------------------------------------------------------------ */

enum { ROWS = 1000, BLOCK = 10 };

static struct mt_session *session;
static struct mt_snapshot snap;
static struct fake_counts counts;
static struct table table;
/* They outlive a test that fails: the session is freed after it. */
static struct journal first, second;
static struct gate gate;

static size_t undo(void)
{
  struct mt_error e = {0};
  return mt_session_undo(session, &e);
}

static size_t redo(void)
{
  struct mt_error e = {0};
  return mt_session_redo(session, &e);
}

/* c0: 0 .. ROWS-1; c1: price; c2: one of two long words; c3: yes and no */
static void fill_table(void)
{
  char s[40];

  table_init(&table, 4);
  for (int r = 0; r < ROWS; r++) {
    snprintf(s, sizeof s, "%d", r);
    table_add(&table, s);
    snprintf(s, sizeof s, "%d.%d", r, 1 + r % 9);
    table_add(&table, s);
    table_add(&table, r % 2 ? "a word for odd rows" : "a word for even rows");
    table_add(&table, r % 3 ? "yes" : "no");
  }
}

/* One column whose first `small` values fit a byte and whose last one does not. */
static void fill_growing_table(int small)
{
  table_init(&table, 1);
  for (int r = 0; r < small; r++)
    table_add(&table, "7");
  table_add(&table, "300");
}

static int setup(void **state)
{
  (void)state;
  memset(&counts, 0, sizeof counts);
  mt_snapshot_init(&snap);
  session = NULL;
  no_threads = false;
  table = (struct table){0};
  first = second = (struct journal){0};
  gate = (struct gate)GATE_SHUT;
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  gate_let(&gate, -1);
  mt_session_free(session);
  mt_snapshot_reset(&snap);
  table_free(&table);
  return 0;
}

static struct fake_reader *open_session(unsigned threads, uint64_t max_rows,
                                        struct gate *blocks)
{
  struct fake_reader *r = fake_reader_new(&table, BLOCK);
  struct mt_session_options options = {.threads = threads, .max_rows = max_rows};

  mt_nulls_init(&options.nulls);
  r->counts = &counts;
  r->gate = blocks;
  assert_int_equal(mt_session_new(&session, &r->reader, &options, NULL), 0);
  return r;
}

static void look(void)
{
  assert_int_equal(mt_session_snapshot(session, &snap), 0);
}

static void rest(void)
{
  assert_true(mt_session_wait(session, 60));
  assert_false(mt_session_busy(session));
  look();
}

static void scan(void)
{
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  rest();
}

static void start_export(struct journal *j)
{
  struct mt_error error = {0};
  assert_int_equal(mt_session_export_start(session, writer_new(j), NULL, &error), 0);
}

static void check_totals(void)
{
  uint64_t now = snap.index_bytes, after = snap.index_bytes;

  for (size_t i = 0; i < snap.column_count; i++) {
    now += snap.columns[i].now;
    after += snap.columns[i].after;
  }
  assert_int_equal(snap.now_total, now);
  assert_int_equal(snap.after_total, after);
  assert_int_equal(snap.index_bytes, mt_index_bytes(snap.engine));
}

/* ---- scans --------------------------------------------------------------- */

static void test_scan(void **state)
{
  (void)state;
  fill_table();
  for (unsigned threads = 1; threads <= 8; threads *= 2) {
    open_session(threads, 0, NULL);
    look();
    assert_int_equal(snap.scan, MT_SCAN_IDLE);
    assert_int_equal(snap.rows, 0);
    scan();
    assert_int_equal(snap.scan, MT_SCAN_DONE);
    assert_int_equal(snap.rows, ROWS);
    assert_int_equal(snap.error.code, 0);
    assert_int_equal(snap.column_count, 4);
    assert_string_equal(snap.names[3].text, "c3");
    assert_string_equal(snap.columns[0].dtype, "int64");
    assert_string_equal(snap.columns[0].suggested, "int16");
    assert_string_equal(snap.columns[0].planned, "int64");
    assert_int_equal(snap.columns[0].distinct, ROWS);
    assert_true(snap.columns[0].distinct_exact);
    assert_int_equal(snap.columns[0].now, ROWS * 8);
    assert_int_equal(snap.columns[0].after, ROWS * 8);
    assert_int_equal(snap.columns[0].suggested_bytes, ROWS * 2);
    assert_int_equal(snap.columns[1].suggested_class, MT_CLASS_ROUNDED);
    assert_int_equal(snap.columns[2].suggested_dtype, MT_CATEGORY);
    assert_int_equal(snap.columns[2].distinct, 2);
    assert_int_equal(snap.progress.bytes, ROWS);
    check_totals();
    assert_int_equal(snap.now_total, snap.after_total); /* nothing is planned */
    mt_session_free(session);
    session = NULL;
    assert_int_equal(counts.freed, 1);
    counts.freed = 0;
  }
}

/* 1.0 and 1.00 are one value of a column of floats. */
static void test_distinct_values(void **state)
{
  (void)state;
  static const char *const rows[] = {"1.0", "1.00", "1", "-0.0", "0.0", "2.5", ""};

  table_init(&table, 1);
  table_add_all(&table, rows, LENGTH(rows));
  open_session(1, 0, NULL);
  scan();
  assert_int_equal(snap.columns[0].distinct, 3);
  assert_true(snap.columns[0].distinct_exact);
}

static void test_engines(void **state)
{
  (void)state;
  uint64_t bytes[MT_ENGINE_COUNT];

  fill_table();
  open_session(2, 0, NULL);
  scan();
  for (int e = 0; e < MT_ENGINE_COUNT; e++) {
    mt_session_set_engine(session, (enum mt_engine)e);
    look();
    assert_int_equal(snap.engine, e);
    check_totals();
    bytes[e] = snap.now_total;
  }
  assert_true(bytes[MT_PANDAS2] > bytes[MT_PANDAS3]);
  assert_true(bytes[MT_POLARS] < bytes[MT_PANDAS3]);
  mt_session_set_engine(session, MT_PANDAS3);
  look();
  assert_int_equal(snap.now_total, bytes[MT_PANDAS3]);
}

static void test_rows_limit(void **state)
{
  (void)state;
  fill_table();
  open_session(2, 55, NULL);
  scan();
  assert_int_equal(snap.scan, MT_SCAN_PARTIAL); /* nothing is proven */
  assert_int_equal(snap.rows, 55);
  start_export(&first); /* reads all rows before it writes any */
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_int_equal(snap.rows, ROWS);
  assert_int_equal(first.rows, ROWS);
  assert_int_equal(first.schema_rows, ROWS);
}

static void test_stop_and_export(void **state)
{
  (void)state;
  fill_table();
  open_session(1, 0, &gate);
  gate_let(&gate, 2);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  assert_true(mt_session_busy(session));
  assert_false(mt_session_wait(session, 0.05));
  assert_int_equal(mt_session_scan_start(session, NULL), EBUSY);
  mt_session_scan_stop(session);
  gate_let(&gate, -1);
  rest();
  assert_int_equal(snap.scan, MT_SCAN_PARTIAL);
  assert_in_range(snap.rows, 1, 3 * BLOCK);
  assert_int_equal(snap.rows % BLOCK, 0);
  assert_int_equal(snap.columns[0].now, snap.rows * 8);
  check_totals();

  start_export(&first);
  rest();
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_int_equal(snap.rows, ROWS);
  assert_int_equal(snap.columns[2].distinct, 2);
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(snap.export_rows, ROWS);
  assert_int_equal(first.rows, ROWS);
  assert_int_equal(first.begun, 1);
  assert_int_equal(first.finished, 1);
  assert_int_equal(first.aborted, 0);
  assert_int_equal(counts.rewinds, 3);
}

static void test_read_error(void **state)
{
  (void)state;
  struct fake_reader *r;

  fill_table();
  r = open_session(3, 0, NULL);
  r->next_fails = 20;
  scan();
  assert_int_equal(snap.scan, MT_SCAN_FAILED);
  assert_int_equal(snap.error.code, EIO);
  assert_in_range(snap.rows, 0, 20 * BLOCK);
  assert_int_equal(snap.rows % BLOCK, 0);

  r->next_fails = -1; /* once more, and well */
  scan();
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_int_equal(snap.rows, ROWS);
  assert_int_equal(snap.error.code, 0);
}

static void test_changed_input(void **state)
{
  (void)state;
  struct fake_reader *r;

  fill_table();
  r = open_session(2, 0, NULL);
  r->check_fails = EIO;
  scan();
  assert_int_equal(snap.scan, MT_SCAN_FAILED);
  assert_int_equal(snap.error.code, EIO);
}

/* ---- plans --------------------------------------------------------------- */

static void test_plan(void **state)
{
  (void)state;
  struct mt_error error = {0};
  uint64_t before;

  fill_table();
  open_session(2, 0, NULL);
  scan();
  before = snap.after_total;
  assert_int_equal(mt_session_apply(session, 0), 1);
  assert_int_equal(mt_session_apply(session, 0), 0); /* once is enough */
  look();
  assert_string_equal(snap.columns[0].planned, "int16");
  assert_true(snap.columns[0].changed);
  assert_int_equal(snap.columns[0].planned_class, MT_CLASS_EXACT);
  assert_int_equal(snap.after_total, before - ROWS * 6);
  check_totals();
  assert_int_equal(snap.undo_depth, 1);

  assert_int_equal(mt_session_choose(session, 3, MT_DROP, &error), 0);
  assert_int_equal(mt_session_apply_all(session, false), 1); /* c2; c0 and c3 stay */
  look();
  assert_int_equal(snap.columns[3].planned_dtype, MT_DROP);
  assert_int_equal(snap.columns[3].after, 0);
  assert_int_equal(snap.columns[2].planned_dtype, MT_CATEGORY);
  assert_false(snap.columns[1].changed);
  assert_int_equal(mt_session_apply_all(session, true), 1); /* and the rounded */
  look();
  assert_int_equal(snap.columns[1].planned_dtype, MT_FLOAT32);
  assert_int_equal(snap.undo_depth, 4);
  check_totals();

  for (int i = 0; i < 4; i++)
    assert_int_equal(undo(), 1);
  assert_int_equal(undo(), 0);
  look();
  assert_int_equal(snap.after_total, before);
  assert_int_equal(snap.redo_depth, 4);
  assert_int_equal(redo(), 1);
  look();
  assert_true(snap.columns[0].changed);
  assert_int_equal(mt_session_keep(session, 0), 1);
  assert_int_equal(mt_session_keep(session, 0), 0);
  look();
  assert_false(snap.columns[0].changed);
  assert_int_equal(snap.redo_depth, 0);
}

static void test_refused_choice(void **state)
{
  (void)state;
  struct mt_error error = {0};
  uint64_t version;

  fill_table();
  open_session(2, 0, NULL);
  scan();
  version = snap.plan_version;
  assert_int_equal(mt_session_choose(session, 0, MT_INT8, &error), EINVAL);
  assert_int_equal(error.code, EINVAL);
  assert_int_equal(error.line, LINE_OF_ROW(128));
  assert_non_null(strstr(error.what, "c0"));
  assert_non_null(strstr(error.what, "int8"));
  assert_non_null(strstr(error.what, "128"));
  assert_int_equal(mt_session_choose(session, 2, MT_INT64, NULL), EINVAL);
  look();
  assert_int_equal(snap.plan_version, version);
  assert_int_equal(snap.undo_depth, 0);
  assert_int_equal(mt_session_choose(session, 0, MT_FLOAT32, &error), 0);
}

/* Snapshots that may take no time, until all is worked out; how many that were. */
static size_t look_in_steps(void)
{
  size_t steps = 0;

  do {
    assert_int_equal(mt_session_snapshot_within(session, &snap, -1), 0);
    steps++;
  } while (snap.behind);
  return steps;
}

static void check_against_all_at_once(void)
{
  struct mt_snapshot whole;

  check_totals();
  mt_snapshot_init(&whole);
  mt_session_set_engine(session, MT_ARROW);
  assert_int_equal(mt_session_snapshot(session, &whole), 0);
  mt_session_set_engine(session, snap.engine);
  assert_int_equal(mt_session_snapshot(session, &whole), 0);
  assert_int_equal(whole.engine, snap.engine);
  assert_int_equal(whole.now_total, snap.now_total);
  assert_int_equal(whole.after_total, snap.after_total);
  for (size_t i = 0; i < whole.column_count; i++)
    assert_memory_equal(&whole.columns[i], &snap.columns[i], sizeof *whole.columns);
  mt_snapshot_reset(&whole);
}

/* Many columns are worked out in steps; until that is done, a snapshot stays whole. */
static void test_many_columns_in_steps(void **state)
{
  (void)state;
  enum { COLUMNS = 5000 };
  uint64_t now, after;

  table_init(&table, COLUMNS);
  for (int i = 0; i < 3 * COLUMNS; i++)
    table_add(&table, i % 7 < 3 ? "1" : "2");
  open_session(1, 0, NULL);
  scan();
  now = snap.now_total;
  assert_int_equal(mt_session_apply_all(session, false), COLUMNS);
  assert_int_equal(mt_session_snapshot_within(session, &snap, -1), 0);
  assert_true(snap.behind);
  assert_int_equal(snap.undo_depth, 1);
  assert_false(snap.columns[0].changed);
  assert_int_equal(snap.after_total, now);
  assert_int_equal(undo(), COLUMNS); /* on the way */
  assert_int_equal(redo(), COLUMNS);
  assert_in_range(look_in_steps(), 3, COLUMNS);
  assert_true(snap.columns[0].changed && snap.columns[COLUMNS - 1].changed);
  assert_true(snap.after_total < now);
  check_against_all_at_once();

  look();
  after = snap.after_total;
  mt_session_set_engine(session, MT_POLARS);
  assert_int_equal(mt_session_engine(session), MT_POLARS);
  assert_int_equal(mt_session_snapshot_within(session, &snap, -1), 0);
  assert_true(snap.behind);
  assert_int_equal(snap.engine, MT_PANDAS3);
  assert_int_equal(snap.after_total, after);
  check_totals();
  assert_int_equal(mt_session_keep(session, COLUMNS - 1), 1); /* on the way */
  assert_in_range(look_in_steps(), 3, COLUMNS);
  assert_int_equal(snap.engine, MT_POLARS);
  assert_false(snap.columns[COLUMNS - 1].changed);
  check_against_all_at_once();
}

/* One step for all of them; the ones that cannot be are left out. */
static void test_several_columns(void **state)
{
  (void)state;
  static const size_t all[] = {0, 1, 2, 3}, numbers[] = {0, 1};
  struct mt_error error = {0};
  size_t refused;

  fill_table();
  open_session(2, 0, NULL);
  scan();
  assert_int_equal(mt_session_apply_to(session, numbers, 2), 2);
  look();
  check_totals();
  assert_int_equal(snap.undo_depth, 1);
  assert_true(snap.columns[0].changed && snap.columns[1].changed);
  assert_false(snap.columns[2].changed);
  assert_int_equal(mt_session_apply_to(session, numbers, 2), 0);
  assert_int_equal(undo(), 2);
  look();
  check_totals();
  assert_false(snap.columns[0].changed || snap.columns[1].changed);

  assert_int_equal(mt_session_choose_for(session, all, 4, MT_INT16, &refused, &error), 1);
  assert_int_equal(refused, 3);
  assert_non_null(strstr(error.what, "c1")); /* the first that refused */
  look();
  assert_int_equal(snap.columns[0].planned_dtype, MT_INT16);
  assert_int_equal(mt_session_choose_for(session, all, 4, MT_DROP, &refused, &error), 4);
  assert_int_equal(refused, 0);
  look();
  check_totals();
  assert_int_equal(snap.after_total, snap.index_bytes);
  assert_int_equal(mt_session_keep_all(session, all, 4), 4);
  assert_int_equal(undo(), 4);
  assert_int_equal(undo(), 4);
  assert_int_equal(undo(), 1);
  assert_int_equal(undo(), 0);
  assert_int_equal(mt_session_apply_to(session, all, 0), 0);
}

/* Every change is in the snapshot behind it, also when the lock is in other hands. */
static void test_changes_during_a_scan_are_seen(void **state)
{
  (void)state;
  fill_table();
  for (int round = 0; round < 20; round++) {
    open_session(4, 0, NULL);
    assert_int_equal(mt_session_scan_start(session, NULL), 0);
    for (size_t i = 0; i < 50; i++) {
      uint64_t version;
      size_t column = i % 4;
      enum mt_dtype t = i % 8 < 4 ? MT_DROP : MT_STRING;
      look();
      version = snap.plan_version;
      if (mt_session_choose(session, column, t, NULL) != 0)
        continue;
      look();
      check_totals();
      assert_int_equal(snap.columns[column].planned_dtype, t);
      if (t == MT_DROP) {
        assert_int_not_equal(snap.plan_version, version);
        assert_int_equal(snap.columns[column].after, 0);
      }
    }
    rest();
    assert_int_equal(snap.rows, ROWS);
    assert_int_equal(snap.scan, MT_SCAN_DONE);
    mt_session_free(session);
    session = NULL;
  }
}

static void test_detail(void **state)
{
  (void)state;
  static struct mt_column_detail d;
  size_t suggested = 0;

  fill_table();
  open_session(2, 0, NULL);
  scan();
  mt_session_detail(session, 0, &d);
  assert_int_equal(d.candidate[MT_INT8].class_, MT_CLASS_BLOCKED);
  assert_int_equal(d.candidate[MT_INT8].bytes, 0);
  assert_int_equal(d.candidate[MT_INT8].place.line, LINE_OF_ROW(128));
  assert_int_equal(d.candidate[MT_INT16].bytes, ROWS * 2);
  for (int t = 0; t < MT_DTYPE_COUNT; t++)
    suggested += d.candidate[t].suggested;
  assert_int_equal(suggested, 1);
  assert_true(d.candidate[MT_INT16].suggested);
  assert_in_range(d.evidence_len, 1, 12);
  assert_in_range(d.examples_len, 1, 8);
  assert_int_equal(d.view.now, ROWS * 8);
}

/* A choice made early that a late row rules out does not stay. */
static void choose_too_early(void)
{
  fill_growing_table(5 * BLOCK);
  open_session(1, 0, &gate);
  gate_let(&gate, 3);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  do
    look();
  while (snap.rows < 2 * BLOCK);
  assert_int_equal(mt_session_choose(session, 0, MT_INT8, NULL), 0);
  gate_let(&gate, -1);
  rest();
  assert_int_equal(snap.scan, MT_SCAN_DONE);
}

static void test_choice_ruled_out_later(void **state)
{
  (void)state;

  choose_too_early();
  assert_int_equal(snap.columns[0].planned_dtype, MT_INT16);
}

static void test_undo_of_a_ruled_out_choice(void **state)
{
  (void)state;

  choose_too_early();
  undo();
  look();
  assert_int_not_equal(snap.columns[0].planned_class, MT_CLASS_BLOCKED);
  assert_int_not_equal(snap.columns[0].planned_dtype, MT_INT8);
}

static void test_redo_survives_the_end_of_a_scan(void **state)
{
  (void)state;
  fill_growing_table(5 * BLOCK);
  open_session(1, 0, &gate);
  gate_let(&gate, 3);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  do
    look();
  while (snap.rows < 2 * BLOCK);
  assert_int_equal(mt_session_choose(session, 0, MT_INT32, NULL), 0);
  assert_int_equal(undo(), 1);
  gate_let(&gate, -1);
  rest();
  assert_int_equal(snap.redo_depth, 1);
  assert_int_equal(redo(), 1);
}

/* Choices in effect again are what was agreed to with them, not with the last one. */
static void test_undo_of_a_choice_made_early(void **state)
{
  (void)state;

  table_init(&table, 1);
  for (int r = 0; r < 5 * BLOCK; r++)
    table_add(&table, r % 2 ? "2020-01-02" : "2020-01-03");
  table_add(&table, "2020-1-2"); /* its text cannot be restored */
  open_session(1, 0, &gate);
  gate_let(&gate, 3);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  do
    look();
  while (snap.rows < 2 * BLOCK);
  assert_int_equal(mt_session_choose(session, 0, MT_DATE, NULL), 0);
  look();
  assert_true(mt_class_is_safe((enum mt_class)snap.columns[0].planned_class));
  assert_int_equal(mt_session_choose(session, 0, MT_DROP, NULL), 0);
  assert_int_equal(undo(), 1);
  gate_let(&gate, -1);
  rest();
  assert_int_not_equal(snap.columns[0].planned_dtype, MT_DATE);
  assert_int_not_equal(snap.columns[0].planned_class, MT_CLASS_REVIEW);
  assert_int_equal(redo(), 1);
  look();
  assert_int_equal(snap.columns[0].planned_dtype, MT_DROP);
}

/* ---- nulls --------------------------------------------------------------- */

/* c0: numbers but for "-" and "N.A."; c1: numbers; c2: words, and a "-" */
static void fill_table_with_sentinels(void)
{
  char s[40];

  table_init(&table, 3);
  for (int r = 0; r < ROWS; r++) {
    snprintf(s, sizeof s, "%d", r);
    table_add(&table, r == 17 ? "-" : r == 900 ? "N.A." : s);
    table_add(&table, s);
    table_add(&table, r == 5 ? "-" : r % 2 ? "odd" : "even");
  }
}

static void check_texts(void)
{
  look();
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_string_equal(snap.columns[0].dtype, "str");
  assert_int_equal(snap.columns[0].plan_nulls, 0);
  assert_int_equal(snap.columns[0].sentinels, 2);
  assert_int_equal(snap.columns[0].sentinel_words,
                   1 << mt_sentinel((const uint8_t *)"-", 1) |
                       1 << mt_sentinel((const uint8_t *)"N.A.", 4));
  assert_false(snap.columns[0].null_added);
}

static void check_numbers(void)
{
  look();
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_string_equal(snap.columns[0].dtype, "float64");
  assert_int_equal(snap.columns[0].plan_nulls, 2);
  assert_int_equal(snap.columns[0].sentinels, 0);
  assert_int_equal(snap.columns[0].suggested_dtype, MT_INT16);
  assert_true(snap.columns[0].null_added);
  assert_false(snap.columns[1].null_added);
  assert_int_equal(snap.columns[2].plan_nulls, 0); /* its own "-" stays */
}

static void scan_sentinels(void)
{
  fill_table_with_sentinels();
  open_session(2, 0, NULL);
  scan();
}

static void test_sentinels_made_null(void **state)
{
  (void)state;
  struct mt_error e = {0};

  scan_sentinels();
  check_texts();
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), 0);
  rest();
  check_numbers();
  assert_int_equal(snap.null_words.count, 0); /* they were asked for */
  assert_int_equal(snap.undo_depth, 1);
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), EINVAL);
  assert_non_null(strstr(e.what, "already"));
}

static void test_sentinels_refused(void **state)
{
  (void)state;
  struct mt_error e = {0};

  fill_table_with_sentinels();
  open_session(2, 0, NULL)->reader.schema.size = 0; /* a pipe */
  scan();
  assert_int_equal(mt_session_null_sentinels(session, 1, &e), EINVAL);
  assert_non_null(strstr(e.what, "no sentinels"));
  assert_int_equal(mt_session_null_sentinels(session, 2, &e), EINVAL);
  assert_non_null(strstr(e.what, "other texts"));
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), ESPIPE);
  check_texts();
  assert_int_equal(snap.undo_depth, 0);
}

static void test_sentinels_of_several_columns(void **state)
{
  (void)state;
  static const size_t all[] = {0, 1, 2}, others[] = {1, 2};
  struct mt_error e = {0};
  size_t changed;

  scan_sentinels();
  assert_int_equal(mt_session_null_sentinels_of(session, others, 2, &changed, &e),
                   EINVAL);
  assert_string_equal(e.what, "none of these columns has sentinels, such as \"-\" or "
                              "\"N.A.\", that could become null");
  assert_int_equal(mt_session_null_sentinels_of(session, all, 3, &changed, &e), 0);
  assert_int_equal(changed, 1); /* only one is numbers but for them */
  rest();
  check_numbers();
  assert_int_equal(snap.undo_depth, 1);
}

/* Each null goes with the choices that were made under it. */
static void test_undo_of_nulls(void **state)
{
  (void)state;
  struct mt_error e = {0};

  scan_sentinels();
  assert_int_equal(mt_session_choose(session, 0, MT_CATEGORY, &e), 0);
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), 0);
  rest();
  check_numbers();
  assert_false(
      snap.columns[0].changed); /* a category of texts is no choice for numbers */
  assert_int_equal(mt_session_apply(session, 0), 1);
  look();
  assert_int_equal(snap.columns[0].planned_dtype, MT_INT16);

  assert_int_equal(undo(), 1);
  check_numbers();
  assert_int_equal(undo(), 1);
  rest();
  check_texts();
  assert_int_equal(snap.columns[0].planned_dtype, MT_CATEGORY);
  assert_int_equal(undo(), 1);
  check_texts();
  assert_false(snap.columns[0].changed);

  assert_int_equal(redo(), 1);
  check_texts();
  assert_int_equal(redo(), 1);
  rest();
  check_numbers();
  assert_int_equal(redo(), 1);
  check_numbers();
  assert_int_equal(snap.columns[0].planned_dtype, MT_INT16);
  assert_int_equal(redo(), 0);
}

static void test_nulls_wait_for_a_scan(void **state)
{
  (void)state;
  struct mt_error e = {0};

  fill_table_with_sentinels();
  open_session(1, 0, &gate);
  gate_let(&gate, ROWS / BLOCK + 1);
  scan();
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), 0);
  look();
  assert_int_equal(snap.scan, MT_SCAN_RUNNING);
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), EBUSY);
  assert_int_equal(mt_session_undo(session, &e), 0);
  assert_int_equal(e.code, EBUSY);
  assert_int_equal(mt_session_choose(session, 1, MT_INT64, &e), 0); /* as in any scan */
  gate_let(&gate, -1);
  rest();
  check_numbers();
}

static void test_undone_choice_in_a_new_scan(void **state)
{
  (void)state;
  struct mt_error e = {0};

  scan_sentinels();
  assert_int_equal(mt_session_choose(session, 1, MT_DROP, &e), 0);
  assert_int_equal(mt_session_choose(session, 1, MT_STRING, &e), 0);
  assert_int_equal(undo(), 1);
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), 0);
  rest();
  check_numbers();
  assert_int_equal(snap.columns[1].planned_dtype, MT_DROP);
}

/* What is null by the plan is null in the profile, even where no scan can start. */
static void test_nulls_without_a_scan(void **state)
{
  (void)state;
  struct mt_error e = {0};

  scan_sentinels();
  no_threads = true;
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), EAGAIN);
  check_texts();
  assert_int_equal(snap.undo_depth, 0);
  no_threads = false;
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), 0);
  rest();
  no_threads = true;
  assert_int_equal(mt_session_undo(session, &e), 0);
  assert_int_equal(e.code, EAGAIN);
  check_numbers();
  assert_int_equal(snap.undo_depth, 1);
  no_threads = false;
  assert_int_equal(undo(), 1);
  rest();
  check_texts();
  no_threads = true;
  assert_int_equal(mt_session_redo(session, &e), 0);
  check_texts();
  assert_int_equal(snap.redo_depth, 1);
}

static void test_export_with_nulls(void **state)
{
  (void)state;
  struct mt_error e = {0};

  scan_sentinels();
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), 0);
  rest();
  assert_int_equal(mt_session_apply(session, 0), 1);
  assert_int_equal(mt_session_choose(session, 1, MT_DROP, &e), 0);
  assert_int_equal(mt_session_choose(session, 2, MT_DROP, &e), 0);
  start_export(&first);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(first.dtype[0], MT_INT16);
  assert_int_equal(first.sum, ROWS * (ROWS - 1) / 2 - 17 - 900); /* a null holds 0 */
}

static void test_plan_holds_nulls(void **state)
{
  (void)state;
  struct mt_plan_file f;
  struct mt_error e = {0};

  scan_sentinels();
  assert_int_equal(mt_session_null_sentinels(session, 0, &e), 0);
  rest();
  assert_int_equal(mt_session_plan_entries(session, &f), 0);
  assert_int_equal(f.nulls.extra_len, 2);
  assert_true(f.entry[0].nullable);
  mt_session_free(session);

  open_session(2, 0, NULL); /* another file, as far as the plan knows */
  assert_int_equal(mt_session_add_nulls(session, &f, &e), 0);
  scan();
  assert_int_equal(snap.columns[0].plan_nulls, 2);
  assert_string_equal(snap.columns[0].dtype, "float64");
  assert_int_equal(snap.columns[2].plan_nulls, 0);
  assert_int_equal(mt_session_load_plan(session, &f, &e), 0);
  mt_plan_file_reset(&f);
}

/* Columns are known by their names, wherever the plan has them; what it says last counts.
 */
static void test_plan_in_another_order(void **state)
{
  (void)state;
  struct mt_plan_file f;
  struct mt_plan_entry swap;
  struct mt_error e = {0};

  fill_table();
  open_session(2, 0, NULL);
  scan();
  assert_true(mt_session_apply_all(session, true) > 0);
  assert_int_equal(mt_session_choose(session, 3, MT_DROP, &e), 0);
  look();
  assert_int_equal(mt_session_plan_entries(session, &f), 0);
  while (snap.undo_depth > 0) {
    (void)undo();
    look();
  }
  for (size_t i = 0; i < f.len / 2; i++) {
    swap = f.entry[i];
    f.entry[i] = f.entry[f.len - 1 - i];
    f.entry[f.len - 1 - i] = swap;
  }
  assert_int_equal(mt_session_load_plan(session, &f, &e), 0);
  look();
  assert_int_equal(snap.undo_depth, 1);
  for (size_t i = 0; i < f.len; i++)
    assert_int_equal(snap.columns[i].planned_dtype, f.entry[f.len - 1 - i].dtype);

  f.entry[2].name[1] = '0'; /* that of c1 is about c0, which comes after it, now */
  f.entry[2].dtype = MT_FLOAT64;
  assert_int_equal(mt_session_load_plan(session, &f, &e), 0);
  look();
  assert_int_equal(snap.columns[0].planned_dtype, f.entry[3].dtype);
  mt_plan_file_reset(&f);
}

static void test_default_chosen_by_name_is_no_change(void **state)
{
  (void)state;
  struct mt_error e = {0};

  fill_table();
  open_session(2, 0, NULL);
  scan();
  assert_int_equal(mt_session_choose(session, 0, MT_INT64, &e), 0);
  look();
  assert_false(snap.columns[0].changed);
  mt_session_apply_all(session, false); /* ... but a wish that stands */
  look();
  assert_int_equal(snap.columns[0].planned_dtype, MT_INT64);
}

/* ---- exports ------------------------------------------------------------- */

static void test_export(void **state)
{
  (void)state;
  fill_table();
  for (unsigned threads = 1; threads <= 8; threads *= 2) {
    first = (struct journal){0};
    open_session(threads, 0, NULL);
    scan();
    mt_session_apply_all(session, true);
    assert_int_equal(mt_session_choose(session, 2, MT_DROP, NULL), 0);
    start_export(&first);
    rest();
    assert_int_equal(snap.export_state, MT_EXPORT_DONE);
    assert_int_equal(snap.error.code, 0);
    assert_int_equal(snap.export_rows, ROWS);
    assert_true(snap.export_bytes > 0);
    assert_int_equal(first.columns, 3);
    assert_int_equal(first.dtype[0], MT_INT16);
    assert_int_equal(first.dtype[1], MT_FLOAT32);
    assert_int_equal(first.sum, (long long)ROWS * (ROWS - 1) / 2);
    assert_int_equal(first.writes, ROWS / BLOCK);
    assert_string_equal(mt_session_export_note(session, 0), "stored otherwise");
    assert_null(mt_session_export_note(session, 1));
    assert_int_equal(first.finished, 1);
    assert_int_equal(first.aborted, 0);
    mt_session_free(session);
    session = NULL;
    assert_int_equal(first.freed, 1);
  }
}

/* The columns asked for and not dropped; what was given need not stay. */
static void test_export_of_some_columns(void **state)
{
  (void)state;
  bool only[] = {true, false, true, true};
  fill_table();
  open_session(2, 0, NULL);
  scan();
  mt_session_apply_all(session, false);
  assert_int_equal(mt_session_choose(session, 3, MT_DROP, NULL), 0);
  assert_int_equal(mt_session_export_start(session, writer_new(&first), only, NULL), 0);
  memset(only, true, sizeof only);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(first.columns, 2);
  assert_int_equal(first.dtype[0], MT_INT16);
  assert_int_equal(first.dtype[1], MT_CATEGORY);
  start_export(&second); /* all of them again */
  rest();
  assert_int_equal(second.columns, 3);
  memset(only, false, sizeof only);
  second = (struct journal){0};
  assert_int_equal(mt_session_export_start(session, writer_new(&second), only, NULL), 0);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_FAILED);
  assert_string_equal(snap.error.what,
                      "every column is dropped: there is nothing to write");
}

static void check_mark(size_t i, enum mt_event_kind kind, bool goes_on)
{
  const struct mt_event *m = &snap.tape.event[i];
  assert_true(i < snap.tape.events);
  assert_int_equal(m->kind, kind);
  assert_true(m->from >= 0 && m->to >= m->from);
  assert_int_equal(isinf(m->to) != 0, goes_on);
}

/* What happened is on the tape, be it over before anybody looked or not. */
static void test_marks(void **state)
{
  (void)state;
  fill_table();
  open_session(2, 0, &gate);
  look();
  assert_int_equal(snap.tape.events, 0);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  look();
  check_mark(0, MT_EVENT_SCAN, true);
  gate_let(&gate, -1);
  rest();
  check_mark(0, MT_EVENT_SCAN, false);
  assert_int_equal(snap.tape.events, 1);
  mt_session_apply(session, 0);
  look();
  look();
  undo();
  look();
  redo();
  start_export(&first);
  rest();
  assert_int_equal(snap.tape.events, 5);
  check_mark(1, MT_EVENT_APPLY, false);
  check_mark(2, MT_EVENT_UNDO, false);
  check_mark(3, MT_EVENT_EXPORT, false);
  check_mark(4, MT_EVENT_APPLY, false);
  scan();
  check_mark(5, MT_EVENT_SCAN, false);
  assert_int_equal(snap.tape.events, 6);
}

/* The columns are not copied again while they are the same. */
static void test_version_of_a_snapshot(void **state)
{
  (void)state;
  uint64_t version;
  fill_table();
  open_session(1, 0, NULL);
  scan();
  version = snap.version;
  look();
  assert_int_equal(snap.version, version);
  mt_session_apply(session, 0);
  look();
  assert_true(snap.version != version);
  assert_true(snap.columns[0].changed);
  version = snap.version;
  mt_session_set_engine(session, MT_POLARS);
  look();
  assert_true(snap.version != version);
  check_totals();
  assert_true(mt_session_until_sample(session) <= 0.25);
}

/* What a second snapshot, taken from nothing, has; and the first one had before. */
static void check_renewed(const struct mt_column_view *old, size_t column)
{
  struct mt_snapshot other;
  mt_snapshot_init(&other);
  assert_int_equal(mt_session_snapshot(session, &other), 0);
  assert_int_equal(other.before, 0);
  assert_int_equal(snap.version, other.version);
  assert_int_equal(snap.after_total, other.after_total);
  assert_memory_equal(snap.columns, other.columns,
                      snap.column_count * sizeof *snap.columns);
  assert_int_equal(snap.renewed_len, 1);
  assert_int_equal(snap.renewed[0].column, column);
  assert_memory_equal(&snap.renewed[0].was, &old[column], sizeof *old);
  check_totals();
  mt_snapshot_reset(&other);
}

/* A change of one column is told as such; and where a snapshot missed a version, or all
 * columns are others, it is not. */
static void test_renewed_columns(void **state)
{
  (void)state;
  struct mt_column_view old[4];
  struct mt_snapshot late;
  uint64_t version;
  fill_table();
  open_session(1, 0, NULL);
  scan();
  assert_int_equal(snap.before, 0);
  mt_snapshot_init(&late);
  assert_int_equal(mt_session_snapshot(session, &late), 0);
  for (size_t i = 0; i < 4; i++) {
    version = snap.version;
    memcpy(old, snap.columns, sizeof old);
    assert_int_equal(mt_session_apply(session, i), 1);
    look();
    assert_int_equal(snap.before, version);
    check_renewed(old, i);
  }
  memcpy(old, snap.columns, sizeof old);
  assert_int_equal(undo(), 1);
  look();
  check_renewed(old, 3);
  assert_int_equal(mt_session_snapshot(session, &late), 0);
  assert_int_equal(late.before, 0);
  assert_memory_equal(late.columns, snap.columns, sizeof old);
  mt_snapshot_reset(&late);
  assert_int_equal(undo(), 1);
  assert_int_equal(redo(), 1); /* nothing is another in the end */
  version = snap.version;
  look();
  assert_true(snap.before == version && snap.renewed_len == 0);
  mt_session_set_engine(session, MT_POLARS);
  look();
  assert_int_equal(snap.before, 0);
}

static uint64_t sum(const uint64_t *bin, size_t n)
{
  uint64_t all = 0;
  for (size_t i = 0; i < n; i++)
    all += bin[i];
  return all;
}

/* Numbers of few values, some far off, and dates. */
static void test_pictures(void **state)
{
  (void)state;
  struct mt_column_statistics *st = calloc(1, sizeof *st);
  struct mt_column_dates dates;
  char s[40];
  table_init(&table, 4);
  for (int r = 0; r < ROWS; r++) {
    snprintf(s, sizeof s, "%d", r % 31 + 1);
    table_add(&table, s);
    snprintf(s, sizeof s, "%d.5", r == 7 ? 1000000 : r == 8 ? -1000000 : r % 100);
    table_add(&table, s);
    snprintf(s, sizeof s, "2024-02-%02d", r % 20 + 1);
    table_add(&table, s);
    table_add(&table, r == ROWS - 1 ? "2024-02-30" : "2024-02-28");
  }
  open_session(2, 0, NULL);
  scan();
  mt_session_statistics(session, 0, st);
  assert_int_equal(st->picture.bins, 16); /* two integers each, 31 alone */
  assert_true(st->picture.edge[0] == 1 && st->picture.edge[15] == 31);
  assert_true(st->picture.low == 1 && st->picture.high == 31 && st->picture.exact);
  assert_int_equal(st->picture.bin[0], 66);
  assert_int_equal(st->picture.bin[15], ROWS / 31);
  mt_session_statistics(session, 1, st);
  assert_int_equal(st->picture.below + st->picture.above +
                       sum(st->picture.bin, st->picture.bins),
                   ROWS);
  assert_true(st->picture.below >= 1 && st->picture.above >= 1);
  assert_true(st->picture.low >= 0 && st->picture.high < 100);
  mt_session_statistics(session, 2, st);
  assert_int_equal(st->picture.bins, 0);
  assert_true(mt_session_dates(session, 2, &dates));
  assert_true(dates.edge[0] == 1706745600 && dates.edge[20] == 1706745600 + 19 * 86400);
  assert_false(dates.times);
  assert_int_equal(sum(dates.bin, MT_HISTOGRAM_BINS), ROWS);
  assert_int_equal(dates.bin[0], ROWS / 20);
  assert_int_equal(dates.bin[19], ROWS / 20);
  assert_false(mt_session_dates(session, 0, &dates));
  assert_false(mt_session_dates(session, 3, &dates)); /* no 30th of February */
  free(st);
}

/* Started while the scan runs, or instead of one: the scan comes first. */
static void test_export_before_the_scan(void **state)
{
  (void)state;
  fill_table();
  open_session(2, 0, NULL);
  start_export(&first);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(first.rows, ROWS);
  mt_session_free(session);

  open_session(2, 0, &gate);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  gate_await(&gate);
  start_export(&second);
  look();
  assert_int_equal(snap.export_state, MT_EXPORT_RUNNING);
  gate_let(&gate, -1);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(second.rows, ROWS);
}

static void check_failing(enum stage stage, unsigned threads)
{
  first = (struct journal){.fails = stage, .fail_row = ROWS / 2};
  second = (struct journal){0};
  open_session(threads, 0, NULL);
  scan();
  start_export(&first);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_FAILED);
  assert_true(snap.error.code != 0);
  assert_true(snap.error.what[0] != '\0');
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_in_range(first.rows, 0, stage == STAGE_FINISH ? ROWS : ROWS / 2);
  /* exactly one of the two, once */
  assert_int_equal(first.finished, stage == STAGE_FINISH);
  assert_int_equal(first.aborted, stage != STAGE_FINISH);

  start_export(&second); /* the next one is not harmed */
  rest();
  assert_int_equal(first.freed, 1);
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(snap.error.code, 0);
  assert_int_equal(second.rows, ROWS);
  mt_session_free(session);
  session = NULL;
  assert_int_equal(second.freed, 1);
}

static void test_failing_writer(void **state)
{
  (void)state;
  fill_table();
  for (int stage = STAGE_BEGIN; stage <= STAGE_FINISH; stage++)
    for (unsigned threads = 1; threads <= 4; threads *= 4)
      check_failing((enum stage)stage, threads);
}

/* The input is another one by the time of the export. */
static void test_input_changes_before_export(void **state)
{
  (void)state;
  struct table other;
  struct fake_reader *r;

  fill_growing_table(30);
  table_init(&other, 1);
  for (int i = 0; i < 30; i++)
    table_add(&other, i == 25 ? "70000" : "1");
  table_add(&other, "2");
  r = open_session(2, 0, NULL);
  scan();
  assert_int_equal(mt_session_apply(session, 0), 1);
  r->table = &other; /* a value that does not fit */
  start_export(&first);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_FAILED);
  assert_int_equal(snap.error.line, LINE_OF_ROW(25));
  assert_non_null(strstr(snap.error.what, "70000"));
  assert_int_equal(first.aborted, 1);
  assert_int_equal(first.finished, 0);

  table_free(&other); /* a row less */
  table_init(&other, 1);
  for (int i = 0; i < 30; i++)
    table_add(&other, "7");
  start_export(&second);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_FAILED);
  assert_int_equal(second.aborted, 1);
  assert_int_equal(second.finished, 0);
  table_free(&other);
}

static void test_cancelled_export(void **state)
{
  (void)state;
  fill_table();
  first.gate = &gate;
  open_session(2, 0, NULL);
  scan();
  gate_let(&gate, 3);
  start_export(&first);
  gate_await(&gate);
  mt_session_export_cancel(session);
  gate_let(&gate, -1);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_CANCELLED);
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_int_equal(snap.error.code, 0);
  assert_in_range(first.rows, 0, 5 * BLOCK);
  assert_int_equal(first.aborted, 1);
  assert_int_equal(first.finished, 0);
  mt_session_export_cancel(session); /* nothing runs: nothing happens */
  start_export(&second);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
}

static bool has_news(void)
{
  struct pollfd fd = {mt_session_fd(session), POLLIN, 0};
  return poll(&fd, 1, 0) == 1;
}

/* Whoever waits for keys hears of the end of a job too, until it was seen. */
static void test_end_is_told(void **state)
{
  (void)state;
  fill_table();
  open_session(2, 0, &gate);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  gate_await(&gate);
  assert_false(has_news());
  gate_let(&gate, -1);
  struct pollfd fd = {mt_session_fd(session), POLLIN, 0};
  assert_int_equal(poll(&fd, 1, 60000), 1);
  look();
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_false(has_news());
  start_export(&first);
  assert_int_equal(poll(&fd, 1, 60000), 1);
  look();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_false(has_news());
}

static void test_second_export_is_refused(void **state)
{
  (void)state;
  struct mt_error error = {0};

  fill_table();
  first.gate = &gate;
  open_session(2, 0, NULL);
  scan();
  start_export(&first);
  gate_await(&gate);
  assert_int_equal(mt_session_export_start(session, writer_new(&second), NULL, &error),
                   EBUSY);
  assert_int_equal(second.begun, 0);
  assert_int_equal(second.aborted, 1);
  assert_int_equal(second.freed, 1);
  gate_let(&gate, -1);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(first.rows, ROWS);
}

/* Cancelled while the scan that it waits for runs: at once; the scan goes on. */
static void test_export_cancelled_during_the_scan(void **state)
{
  (void)state;
  fill_table();
  open_session(1, 0, &gate);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  gate_await(&gate);
  start_export(&first);
  mt_session_export_cancel(session);
  gate_let(&gate, -1);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_CANCELLED);
  assert_int_equal(first.begun, 0);
  assert_int_equal(first.aborted, 1);
  assert_int_equal(snap.scan, MT_SCAN_DONE);
}

static void test_everything_dropped(void **state)
{
  (void)state;
  fill_growing_table(3);
  open_session(1, 0, NULL);
  scan();
  assert_int_equal(mt_session_choose(session, 0, MT_DROP, NULL), 0);
  start_export(&first);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_FAILED);
  assert_int_equal(first.begun, 0);
  assert_int_equal(first.aborted, 1);
}

static void test_no_rows(void **state)
{
  (void)state;

  table_init(&table, 2);
  open_session(2, 0, NULL);
  scan();
  assert_int_equal(snap.scan, MT_SCAN_DONE);
  assert_int_equal(snap.now_total, 132);
  start_export(&first);
  rest();
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_int_equal(first.columns, 2);
  assert_int_equal(first.writes, 0);
  assert_int_equal(first.finished, 1);
}

/* As soon as a scan or an export shows as done, the next export can start, though the
 * thread behind may not have ended: none gets lost. */
static void test_export_at_the_end_of_another(void **state)
{
  (void)state;
  fill_growing_table(20);
  for (int i = 0; i < 200; i++) {
    first = second = (struct journal){0};
    open_session(1, 0, NULL);
    assert_int_equal(mt_session_scan_start(session, NULL), 0);
    do
      look();
    while (snap.scan != MT_SCAN_DONE);
    start_export(&first);
    do {
      bool at_rest = mt_session_wait(session, 0);
      look();
      assert_true(!at_rest || snap.export_state != MT_EXPORT_RUNNING); /* lost */
    } while (snap.export_state != MT_EXPORT_DONE);
    start_export(&second);
    rest();
    assert_int_equal(snap.export_state, MT_EXPORT_DONE);
    assert_int_equal(first.rows, 21);
    assert_int_equal(second.rows, 21);
    mt_session_free(session);
    session = NULL;
  }
}

/* ---- ends ---------------------------------------------------------------- */

static void *open_gate(void *arg)
{
  struct timespec t = {0, 2000000};
  nanosleep(&t, NULL); /* free may have asked for the end by then, or not */
  gate_let(arg, -1);
  return NULL;
}

static void check_free_while_running(bool export_waits)
{
  pthread_t opener;

  memset(&counts, 0, sizeof counts);
  open_session(2, 0, &gate);
  gate_let(&gate, 3);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  gate_await(&gate);
  if (export_waits)
    start_export(&first);
  assert_int_equal(pthread_create(&opener, NULL, open_gate, &gate), 0);
  mt_session_free(session);
  session = NULL;
  assert_int_equal(pthread_join(opener, NULL), 0);
  assert_int_equal(counts.freed, 1);
  assert_int_equal(first.freed, export_waits);
  assert_int_equal(first.aborted, export_waits);
  assert_int_equal(first.begun, 0);
  assert_in_range(counts.blocks, 0, table_rows(&table) / BLOCK / 2); /* no reading on */
}

static void test_free_while_scanning(void **state)
{
  (void)state;
  table_init(&table, 1);
  for (int i = 0; i < 200000; i++)
    table_add(&table, "x");
  check_free_while_running(false);
}

static void test_free_while_an_export_waits(void **state)
{
  (void)state;
  table_init(&table, 1);
  for (int i = 0; i < 200000; i++)
    table_add(&table, "x");
  check_free_while_running(true);
}

static void test_free_while_exporting(void **state)
{
  (void)state;
  pthread_t opener;

  fill_table();
  first.gate = &gate;
  open_session(2, 0, NULL);
  scan();
  start_export(&first);
  gate_await(&gate);
  assert_int_equal(pthread_create(&opener, NULL, open_gate, &gate), 0);
  mt_session_free(session);
  session = NULL;
  assert_int_equal(pthread_join(opener, NULL), 0);
  assert_int_equal(first.freed, 1);
  assert_int_equal(first.aborted + first.finished, 1);
}

static void test_free_at_once(void **state)
{
  (void)state;
  fill_table();
  open_session(0, 0, NULL);
  mt_session_free(session);
  session = NULL;
  assert_int_equal(counts.freed, 1);
  mt_session_free(NULL);
}

/* Asks all that can be asked of a column while a scan runs. */
static void ask_everything(size_t column)
{
  static struct mt_column_detail detail;
  static struct mt_column_statistics statistics;
  struct mt_column_memory memory;
  struct mt_load load;
  struct mt_plan_file f;

  mt_session_detail(session, column, &detail);
  mt_session_statistics(session, column, &statistics);
  mt_session_column_memory(session, column, MT_PANDAS3, &memory);
  mt_session_load(session, MT_PANDAS2, &load);
  assert_int_equal(mt_session_plan_entries(session, &f), 0);
  mt_plan_file_reset(&f);
}

/* The driver does all it can while scan and export run; a race detector looks on. */
static void test_busy_driver(void **state)
{
  (void)state;
  fill_table();
  for (int round = 0; round < 10; round++) {
    first = (struct journal){0};
    open_session(4, 0, NULL);
    assert_int_equal(mt_session_scan_start(session, NULL), 0);
    if (round % 2) { /* so that the export scans anew */
      mt_session_scan_stop(session);
      rest();
    }
    start_export(&first);
    for (size_t i = 0; !mt_session_wait(session, 0); i++) {
      look();
      assert_int_equal(snap.column_count, 4);
      ask_everything(i % 4);
      mt_session_set_engine(session, (enum mt_engine)(i % MT_ENGINE_COUNT));
      if (i % 3 == 0)
        mt_session_apply(session, i % 4);
      if (i % 5 == 0)
        undo();
      if (i % 7 == 0)
        (void)!mt_session_choose(session, i % 4, MT_INT8, NULL);
      check_totals();
    }
    look();
    assert_int_not_equal(snap.export_state, MT_EXPORT_RUNNING);
    mt_session_free(session);
    session = NULL;
  }
}

/* An export scans anew what a limited scan left: meanwhile details and snapshots are
 * those of the old profile or of the new one. */
static void test_detail_while_a_scan_begins_again(void **state)
{
  (void)state;
  fill_table();
  for (int round = 0; round < 300; round++) {
    first = (struct journal){0};
    open_session(1, 2 * BLOCK, NULL);
    scan();
    start_export(&first);
    for (size_t i = 0; i < 30; i++) {
      ask_everything(i % 4);
      look();
      assert_int_equal(snap.column_count, 4);
    }
    mt_session_free(session);
    session = NULL;
  }
}

/* A session's bells take two each: whichever of them finds none, nothing is kept. */
static void test_no_descriptor_left(void **state)
{
  struct rlimit was, few;
  int next = dup(0);

  (void)state;
  fill_growing_table(1);
  assert_true(next > 0);
  close(next);
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
  for (int pipes = 0; pipes < 3; pipes++) {
    struct mt_session_options options = {.threads = 1};
    struct fake_reader *r = fake_reader_new(&table, BLOCK);
    struct mt_error err = {0};

    mt_nulls_init(&options.nulls);
    few = was;
    few.rlim_cur = (rlim_t)(next + 2 * pipes + 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    int rc = mt_session_new(&session, &r->reader, &options, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
    assert_int_equal(rc, EMFILE);
    assert_null(session);
    assert_string_equal(err.what, "cannot make a pipe: Too many open files");
  }
  int after = dup(0);
  assert_int_equal(after, next); /* none was kept */
  close(after);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(test_scan),
      TEST(test_distinct_values),
      TEST(test_engines),
      TEST(test_rows_limit),
      TEST(test_stop_and_export),
      TEST(test_read_error),
      TEST(test_no_descriptor_left),
      TEST(test_changed_input),
      TEST(test_plan),
      TEST(test_refused_choice),
      TEST(test_many_columns_in_steps),
      TEST(test_several_columns),
      TEST(test_changes_during_a_scan_are_seen),
      TEST(test_detail),
      TEST(test_choice_ruled_out_later),
      TEST(test_undo_of_a_ruled_out_choice),
      TEST(test_undo_of_a_choice_made_early),
      TEST(test_redo_survives_the_end_of_a_scan),
      TEST(test_sentinels_made_null),
      TEST(test_sentinels_refused),
      TEST(test_sentinels_of_several_columns),
      TEST(test_undo_of_nulls),
      TEST(test_nulls_wait_for_a_scan),
      TEST(test_undone_choice_in_a_new_scan),
      TEST(test_nulls_without_a_scan),
      TEST(test_export_with_nulls),
      TEST(test_plan_holds_nulls),
      TEST(test_plan_in_another_order),
      TEST(test_default_chosen_by_name_is_no_change),
      TEST(test_export),
      TEST(test_export_of_some_columns),
      TEST(test_marks),
      TEST(test_pictures),
      TEST(test_version_of_a_snapshot),
      TEST(test_renewed_columns),
      TEST(test_export_before_the_scan),
      TEST(test_failing_writer),
      TEST(test_input_changes_before_export),
      TEST(test_cancelled_export),
      TEST(test_end_is_told),
      TEST(test_second_export_is_refused),
      TEST(test_export_cancelled_during_the_scan),
      TEST(test_everything_dropped),
      TEST(test_no_rows),
      TEST(test_export_at_the_end_of_another),
      TEST(test_free_while_scanning),
      TEST(test_free_while_an_export_waits),
      TEST(test_free_while_exporting),
      TEST(test_free_at_once),
      TEST(test_busy_driver),
      TEST(test_detail_while_a_scan_begins_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
