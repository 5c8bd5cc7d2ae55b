/* What is known of all columns once few of them have changed: the same as when all were
 * looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tui/views/summary.h"
#include "tui/views/table.h"

enum { COLUMNS = 500 };

static struct mt_column_view columns[COLUMNS];
static char name[] = "a name";
static struct mt_name names[COLUMNS];
static struct mt_snapshot snap;
static uint64_t seed;

static unsigned draw(unsigned below)
{
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(seed >> 33) % below;
}

/* Few different sizes, so that many columns save the same. */
static void make_column(struct mt_column_view *v)
{
  static const char *const dtypes[] = {"int8", "float32", "category", "str"};
  unsigned now = 100 + draw(40), after = draw(60) == 0 ? 150 : 60 + draw(40);
  *v =
      (struct mt_column_view){.now = now,
                              .resident = draw(5) == 0 ? MT_UNKNOWN : now + draw(90),
                              .suggested_bytes = 50 + draw(60),
                              .suggested = dtypes[draw(4)],
                              .planned = draw(90) == 0 ? "datetime64[ns]" : "str",
                              .dtype = draw(200) == 0 ? "Int64 and more" : "object",
                              .nulls = draw(9),
                              .distinct = draw(9),
                              .after = after,
                              .suggested_class = draw(3) ? MT_CLASS_EXACT : MT_CLASS_NONE,
                              .planned_class = MT_CLASS_EXACT,
                              .changed = draw(3) == 0,
                              .null_added = draw(40) == 0,
                              .warn = draw(400) == 0,
                              .sentinels = draw(400) == 0};
}

static void make_snapshot(unsigned from)
{
  seed = from;
  memset(&snap, 0, sizeof snap);
  snap.columns = columns;
  snap.names = names;
  snap.column_count = COLUMNS;
  snap.version = 1;
  for (size_t i = 0; i < COLUMNS; i++) {
    names[i] = (struct mt_name){.text = name, .len = 6};
    make_column(&columns[i]);
  }
}

/* The next version: some columns are others, the plan's part of them or all. */
static void renew(size_t n)
{
  snap.before = snap.version++;
  snap.renewed_len = n;
  for (size_t i = 0; i < n; i++) {
    struct mt_renewed *r = &snap.renewed[i];
    r->column =
        (i == 0 ? draw(COLUMNS) : snap.renewed[i - 1].column + 1 + draw(4)) % COLUMNS;
    r->was = columns[r->column];
    if (draw(4) == 0)
      make_column(&columns[r->column]);
    columns[r->column].changed = !r->was.changed;
  }
}

static void check_summary(const struct mt_summary *s)
{
  struct mt_summary all = {0};
  mt_summary_follow(&all, &snap);
  assert_int_equal(s->edited, all.edited);
  assert_int_equal(s->safe, all.safe);
  assert_int_equal(s->warned, all.warned);
  assert_int_equal(s->with_sentinels, all.with_sentinels);
  if (all.warned > 0)
    assert_int_equal(s->last_warned, all.last_warned);
  if (all.with_sentinels > 0)
    assert_int_equal(s->last_with_sentinels, all.last_with_sentinels);
  size_t shown = all.savings < MT_SUMMARY_SAVINGS ? all.savings : MT_SUMMARY_SAVINGS;
  assert_true(s->savings >= shown);
  if (shown < MT_SUMMARY_SAVINGS)
    assert_int_equal(s->savings, shown);
  for (size_t i = 0; i < shown; i++)
    assert_int_equal(s->saving[i], all.saving[i]);
}

static void check_extent(const struct mt_extent *e)
{
  struct mt_extent all;
  mt_extent_measure(&all, &snap);
  assert_int_equal(e->name, all.name);
  assert_int_equal(e->dtype, all.dtype);
  assert_int_equal(e->target, all.target);
  assert_int_equal(e->nulls, all.nulls);
  assert_int_equal(e->distinct, all.distinct);
  assert_int_equal(e->scale, all.scale);
  assert_int_equal(e->resident_differs, all.resident_differs);
}

static void test_few_changed(void **state)
{
  (void)state;
  for (unsigned from = 0; from < 40; from++) {
    struct mt_summary s = {0};
    struct mt_extent e;
    make_snapshot(from);
    mt_summary_follow(&s, &snap);
    mt_extent_measure(&e, &snap);
    size_t followed = 0;
    for (int i = 0; i < 60; i++) {
      renew(draw(20) == 0 ? MT_RENEWED_MOST : 1 + draw(3));
      mt_summary_follow(&s, &snap);
      check_summary(&s);
      if (mt_extent_follow(&e, &snap)) {
        check_extent(&e);
        followed++;
      }
      mt_extent_measure(&e, &snap);
    }
    assert_true(followed > 0);
  }
}

/* All are applied one after the other, the largest saving first, until none is left; and
 * taken back. */
static void test_until_none_is_left(void **state)
{
  (void)state;
  struct mt_summary s = {0};
  size_t n = 0, order[COLUMNS];
  make_snapshot(7);
  mt_summary_follow(&s, &snap);
  for (; s.savings > 0; n++) {
    order[n] = s.saving[0];
    snap.before = snap.version++;
    snap.renewed_len = 1;
    snap.renewed[0] = (struct mt_renewed){order[n], columns[order[n]]};
    columns[order[n]].changed = true;
    mt_summary_follow(&s, &snap);
    check_summary(&s);
  }
  assert_true(n > MT_SUMMARY_KEPT);
  while (n-- > 0) {
    snap.before = snap.version++;
    snap.renewed[0] = (struct mt_renewed){order[n], columns[order[n]]};
    columns[order[n]].changed = false;
    mt_summary_follow(&s, &snap);
    assert_int_equal(s.saving[0], order[n]);
    check_summary(&s);
  }
}

/* A version was missed: nothing can be followed. */
static void test_missed_version(void **state)
{
  (void)state;
  struct mt_summary s = {0};
  make_snapshot(3);
  mt_summary_follow(&s, &snap);
  renew(3);
  renew(2);
  mt_summary_follow(&s, &snap);
  check_summary(&s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_few_changed),
      cmocka_unit_test(test_until_none_is_left),
      cmocka_unit_test(test_missed_version),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
