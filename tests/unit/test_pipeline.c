#include "tests/unit/fixture.h"

#include <stdatomic.h>

#include "core/session/pipeline.h"

enum { MOST = 4096, LANES = 3 };

/* What a run did.  Commits happen one at a time, so they need no lock; so do passes of a
 * lane. */
struct record {
  atomic_int workers, most_workers, working;
  int worker_limit;              /* worker_new gives NULL from there on */
  long work_fails, commit_fails; /* first row of the block that does; negative: none */
  struct gate *gate;             /* before each work, may be NULL */
  size_t commits;
  uint64_t first_row[MOST];
  size_t rows[MOST];
  atomic_ullong passed[LANES]; /* rows, by lane; later blocks may pass meanwhile */
  atomic_int committing;
  const atomic_ullong *bytes;       /* NULL: not looked at */
  struct mt_bell *cancel_at_commit; /* set at commit number cancel_at */
  size_t cancel_at;
};

struct state {
  uint64_t first_row;
  size_t rows;
};

static void *worker_new(void *context)
{
  struct record *r = context;
  if (r->worker_limit >= 0 && r->workers >= r->worker_limit)
    return NULL;
  r->workers++;
  r->most_workers++;
  return calloc(1, sizeof(struct state));
}

static void worker_free(void *context, void *worker)
{
  struct record *r = context;
  r->workers--;
  free(worker);
}

static int work(void *context, void *worker, struct mt_chunk *chunk, struct mt_error *err)
{
  struct record *r = context;
  struct state *s = worker;

  if (r->gate != NULL)
    gate_pass(r->gate);
  s->first_row = chunk->first_row;
  s->rows = chunk->rows;
  if (r->work_fails >= 0 && chunk->first_row == (uint64_t)r->work_fails)
    return mt_fail(err, ERANGE, "row %llu", (unsigned long long)chunk->first_row);
  return 0;
}

/* Each lane has all blocks in order. */
static void pass(void *context, void *worker, unsigned lane)
{
  struct record *r = context;
  const struct state *s = worker;

  assert_int_equal(r->passed[lane], s->first_row);
  r->passed[lane] += s->rows;
}

static int commit(void *context, void *worker, struct mt_error *err)
{
  struct record *r = context;
  const struct state *s = worker;

  for (unsigned lane = 0; lane < LANES; lane++)
    assert_true(r->passed[lane] >= s->first_row + s->rows);

  assert_int_equal(r->committing++, 0);
  if (r->bytes != NULL) /* those of the blocks before it, of which each row is one */
    assert_int_equal(*r->bytes, s->first_row);
  r->first_row[r->commits] = s->first_row;
  r->rows[r->commits++] = s->rows;
  if (r->cancel_at_commit != NULL && r->commits == r->cancel_at)
    mt_bell_ring(r->cancel_at_commit);
  r->committing--;
  if (r->commit_fails >= 0 && s->first_row == (uint64_t)r->commit_fails)
    return mt_fail(err, ENOSPC, "commit of row %llu", (unsigned long long)s->first_row);
  return 0;
}

static void record_init(struct record *r)
{
  memset(r, 0, sizeof *r);
  r->work_fails = r->commit_fails = -1;
  r->worker_limit = -1;
}

static int run(struct record *r, struct fake_reader *reader, unsigned threads,
               struct mt_bell *cancel, unsigned long long *bytes, struct mt_error *err)
{
  atomic_ullong read = 77; /* of another run */
  r->bytes = &read;
  struct mt_pipeline p = {.reader = &reader->reader,
                          .threads = threads,
                          .cancel = cancel,
                          .bytes = &read,
                          .context = r,
                          .worker_new = worker_new,
                          .worker_free = worker_free,
                          .work = work,
                          .lanes = LANES,
                          .pass = pass,
                          .commit = commit};
  int rc = mt_pipeline_run(&p, err);

  r->bytes = NULL;
  assert_int_equal(r->workers, 0); /* all were freed */
  if (bytes != NULL)
    *bytes = read;
  return rc;
}

static void table_of_rows(struct table *t, size_t rows)
{
  table_init(t, 1);
  for (size_t i = 0; i < rows; i++)
    table_add(t, "x");
}

/* The commits are the first `commits` blocks, in order. */
static void check_prefix(const struct record *r, size_t block_rows)
{
  for (size_t i = 0; i < r->commits; i++)
    assert_int_equal(r->first_row[i], i * block_rows);
}

static void test_order(void **state)
{
  (void)state;
  struct table t;
  static struct record r;

  table_of_rows(&t, 1003);
  for (unsigned threads = 1; threads <= 16; threads *= 2) {
    struct fake_reader *reader = fake_reader_new(&t, 4);
    struct mt_bell cancel = MT_BELL_FLAG;
    unsigned long long bytes;
    struct mt_error error = {0};

    record_init(&r);
    assert_int_equal(run(&r, reader, threads, &cancel, &bytes, &error), 0);
    assert_int_equal(error.code, 0);
    assert_int_equal(r.commits, 251);
    check_prefix(&r, 4);
    assert_int_equal(r.rows[250], 3);
    assert_int_equal(bytes, 1003);
    assert_int_equal(r.most_workers, threads);
    reader->reader.ops->free(&reader->reader);
  }
  table_free(&t);
}

static void test_no_rows(void **state)
{
  (void)state;
  struct table t;
  static struct record r;
  struct mt_bell cancel = MT_BELL_FLAG;
  struct fake_reader *reader;

  table_init(&t, 1);
  reader = fake_reader_new(&t, 4);
  record_init(&r);
  assert_int_equal(run(&r, reader, 3, &cancel, NULL, NULL), 0);
  assert_int_equal(r.commits, 0);
  reader->reader.ops->free(&reader->reader);
  table_free(&t);
}

/* Where: 0 next_block, 1 decode, 2 work, 3 commit. */
static void check_failure(int where, unsigned threads, struct mt_error *err)
{
  static const int codes[] = {EIO, EILSEQ, ERANGE, ENOSPC};
  struct table t;
  static struct record r;
  struct fake_reader *reader;
  struct mt_bell cancel = MT_BELL_FLAG;

  table_of_rows(&t, 400);
  reader = fake_reader_new(&t, 4);
  record_init(&r);
  reader->next_fails = where == 0 ? 50 : -1;
  reader->decode_fails = where == 1 ? 50 : -1;
  r.work_fails = where == 2 ? 200 : -1;
  r.commit_fails = where == 3 ? 200 : -1;
  assert_int_equal(run(&r, reader, threads, &cancel, NULL, err), codes[where]);
  if (err != NULL) {
    assert_int_equal(err->code, codes[where]);
    assert_true(err->what[0] != '\0');
  }
  assert_in_range(r.commits, 0, where == 3 ? 51 : 50);
  check_prefix(&r, 4);
  reader->reader.ops->free(&reader->reader);
  table_free(&t);
}

static void test_failures(void **state)
{
  (void)state;
  for (int where = 0; where < 4; where++)
    for (unsigned threads = 1; threads <= 8; threads *= 2)
      for (int again = 0; again < 10; again++) {
        struct mt_error error = {0};
        check_failure(where, threads, again == 0 ? NULL : &error);
      }
}

/* With one worker all blocks before the fault are committed. */
static void test_failure_of_one_worker(void **state)
{
  (void)state;
  struct table t;
  static struct record r;
  struct fake_reader *reader;
  struct mt_bell cancel = MT_BELL_FLAG;

  table_of_rows(&t, 400);
  reader = fake_reader_new(&t, 4);
  reader->decode_fails = 7;
  record_init(&r);
  assert_int_equal(run(&r, reader, 1, &cancel, NULL, NULL), EILSEQ);
  assert_int_equal(r.commits, 7);
  reader->reader.ops->free(&reader->reader);
  table_free(&t);
}

/* Two blocks fail: the error is the earlier one's, whichever worker is faster. */
static int work_fails_late(void *context, void *worker, struct mt_chunk *chunk,
                           struct mt_error *err)
{
  struct record *r = context;
  struct state *s = worker;

  s->first_row = chunk->first_row;
  if (chunk->first_row == 0) {
    gate_pass(r->gate); /* the other one has failed by then, or waits its turn */
    return mt_fail(err, ERANGE, "the first");
  }
  if (chunk->first_row == 1) {
    gate_let(r->gate, 1);
    return mt_fail(err, ERANGE, "the second");
  }
  return 0;
}

static void test_first_error_in_order(void **state)
{
  (void)state;
  for (int i = 0; i < 50; i++) {
    struct table t;
    static struct record r;
    struct gate gate = GATE_SHUT;
    struct fake_reader *reader;
    struct mt_bell cancel = MT_BELL_FLAG;
    atomic_ullong read = 0;
    struct mt_error error = {0};

    table_of_rows(&t, 2);
    reader = fake_reader_new(&t, 1);
    record_init(&r);
    r.gate = &gate;
    struct mt_pipeline p = {.reader = &reader->reader,
                            .threads = 2,
                            .cancel = &cancel,
                            .bytes = &read,
                            .context = &r,
                            .worker_new = worker_new,
                            .worker_free = worker_free,
                            .work = work_fails_late,
                            .commit = commit};
    assert_int_equal(mt_pipeline_run(&p, &error), ERANGE);
    assert_string_equal(error.what, "the first");
    reader->reader.ops->free(&reader->reader);
    table_free(&t);
  }
}

static void test_cancel(void **state)
{
  (void)state;
  struct table t;
  static struct record r;

  table_of_rows(&t, 4000);
  for (unsigned threads = 1; threads <= 8; threads *= 2)
    for (size_t at = 1; at < 200; at += 37) {
      struct fake_reader *reader = fake_reader_new(&t, 4);
      struct mt_bell cancel = MT_BELL_FLAG;
      struct mt_error error = {0};

      record_init(&r);
      r.cancel_at_commit = &cancel;
      r.cancel_at = at;
      assert_int_equal(run(&r, reader, threads, &cancel, NULL, &error), ECANCELED);
      assert_int_equal(error.code, ECANCELED);
      /* those under way are completed: at most one per worker */
      assert_in_range(r.commits, at, at + threads);
      check_prefix(&r, 4);
      reader->reader.ops->free(&reader->reader);
    }
  table_free(&t);
}

static void test_cancelled_before(void **state)
{
  (void)state;
  struct table t;
  static struct record r;
  struct fake_reader *reader;
  struct mt_bell cancel = MT_BELL_FLAG;
  struct mt_error error = {0};

  table_of_rows(&t, 10);
  reader = fake_reader_new(&t, 4);
  record_init(&r);
  mt_bell_ring(&cancel);
  assert_int_equal(run(&r, reader, 2, &cancel, NULL, &error), ECANCELED);
  assert_int_equal(r.commits, 0);
  reader->reader.ops->free(&reader->reader);
  table_free(&t);
}

/* Fewer workers than asked for will do; none will not. */
static void test_too_few_workers(void **state)
{
  (void)state;
  struct table t;
  static struct record r;

  table_of_rows(&t, 40);
  for (int limit = 0; limit < 3; limit++) {
    struct fake_reader *reader = fake_reader_new(&t, 4);
    struct mt_bell cancel = MT_BELL_FLAG;
    struct mt_error error = {0};

    record_init(&r);
    r.worker_limit = limit;
    assert_int_equal(run(&r, reader, 4, &cancel, NULL, &error), limit ? 0 : ENOMEM);
    assert_int_equal(r.commits, limit ? 10 : 0);
    reader->reader.ops->free(&reader->reader);
  }
  table_free(&t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_no_rows),
      cmocka_unit_test(test_failures),
      cmocka_unit_test(test_failure_of_one_worker),
      cmocka_unit_test(test_first_error_in_order),
      cmocka_unit_test(test_cancel),
      cmocka_unit_test(test_cancelled_before),
      cmocka_unit_test(test_too_few_workers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
