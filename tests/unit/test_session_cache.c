/* What snapshots are made of while a scan goes on, or ends, in the middle of it.  The
 * places where that happens are made by hand: session_private.h. */
#include "tests/unit/fixture.h"

#include <math.h>
#include <sched.h>

#include "core/session/session_private.h"

enum { COLUMNS = 200 }; /* more than the driver makes between two looks at the clock */

static struct table table;
static struct gate gate;
static struct mt_session *session;
static struct mt_snapshot snap;

/* In the first of two blocks all columns are small numbers, in the second one text. */
static int set_up(void **state)
{
  (void)state;
  struct mt_session_options options = {.threads = 1};
  struct fake_reader *r;
  table_init(&table, COLUMNS);
  for (size_t i = 0; i < COLUMNS; i++)
    table_add(&table, "7");
  for (size_t i = 0; i < COLUMNS; i++)
    table_add(&table, "a word");
  gate = (struct gate)GATE_SHUT;
  r = fake_reader_new(&table, 1);
  r->gate = &gate;
  mt_nulls_init(&options.nulls);
  mt_snapshot_init(&snap);
  assert_int_equal(mt_session_new(&session, &r->reader, &options, NULL), 0);
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  gate_let(&gate, -1);
  mt_session_free(session);
  mt_snapshot_reset(&snap);
  table_free(&table);
  return 0;
}

static void look(double seconds)
{
  assert_int_equal(mt_session_snapshot_within(session, &snap, seconds), 0);
}

/* A step of 63 columns, and no more. */
static void look_a_little(void)
{
  look(-1);
  assert_true(snap.behind);
}

/* Up to the second block; all views are of the first one. */
static void scan_first_block(void)
{
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  gate_let(&gate, 1);
  do
    look(INFINITY);
  while (snap.rows == 0);
  gate_await(&gate); /* whatever the scan's thread does after a block is done */
  look(INFINITY);
  assert_int_equal(snap.scan, MT_SCAN_RUNNING);
  assert_int_equal(snap.columns[COLUMNS - 1].suggested_dtype, MT_INT8);
}

/* As where the scan's thread made views last for another engine, which are of no use. */
static void scan_the_rest(void)
{
  atomic_store(&session->cache.wanted, false);
  gate_let(&gate, -1);
  assert_true(mt_session_wait(session, 60));
}

static void check_all_the_same(void)
{
  assert_false(snap.behind);
  for (size_t i = 1; i < COLUMNS; i++) {
    assert_string_equal(snap.columns[i].dtype, snap.columns[0].dtype);
    assert_int_equal(snap.columns[i].suggested_dtype, snap.columns[0].suggested_dtype);
    assert_int_equal(snap.columns[i].now, snap.columns[0].now);
  }
  assert_int_not_equal(snap.columns[0].suggested_dtype, MT_INT8);
}

/* Views that were made before the end are made again after it. */
static void test_scan_ends_between_steps(void **state)
{
  (void)state;
  scan_first_block();
  mt_session_set_engine(session, MT_POLARS);
  look_a_little();
  scan_the_rest();
  look(INFINITY);
  check_all_the_same();
}

/* The suggestions of those not made yet are of fewer rows: another engine needs new ones,
 * too. */
static void test_engine_changes_between_steps(void **state)
{
  (void)state;
  scan_first_block();
  scan_the_rest();
  look_a_little();
  mt_session_set_engine(session, MT_POLARS);
  look(INFINITY);
  check_all_the_same();
}

static void *apply_all(void *changed)
{
  *(size_t *)changed = mt_session_apply_all(session, true);
  return NULL;
}

/* The scan's thread gives the views that it made for those that are shown while the
 * driver waits for the lock: the new ones are applied. */
static void test_views_change_before_they_are_applied(void **state)
{
  (void)state;
  struct mt_session_views *front, *back, made;
  size_t changed = SIZE_MAX;
  pthread_t driver;
  gate_let(&gate, -1);
  assert_int_equal(mt_session_scan_start(session, NULL), 0);
  assert_true(mt_session_wait(session, 60));
  look(INFINITY);
  front = &session->cache.front;
  back = &session->cache.back;
  made = *back;
  for (size_t i = 0; i < COLUMNS; i++) {
    front->view[i].suggested_dtype = MT_INT8;
    front->view[i].suggested_class = MT_CLASS_EXACT;
    made.view[i] = front->view[i];
    made.view[i].suggested_dtype = MT_CATEGORY;
  }
  made.rows = front->rows;
  made.engine = front->engine;
  made.scan = front->scan;
  pthread_mutex_lock(&session->lock);
  assert_int_equal(pthread_create(&driver, NULL, apply_all, &changed), 0);
  while (atomic_load(&session->asked) == 0)
    sched_yield();
  *back = *front;
  *front = made;
  pthread_mutex_unlock(&session->lock);
  assert_int_equal(pthread_join(driver, NULL), 0);
  assert_int_equal(changed, COLUMNS);
  for (size_t i = 0; i < COLUMNS; i++)
    assert_int_equal(session->plan.choice[i], MT_CATEGORY);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(test_scan_ends_between_steps),
      TEST(test_engine_changes_between_steps),
      TEST(test_views_change_before_they_are_applied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
