#include "tests/unit/fixture.h"

#include "core/plan/advice.h"
#include "core/plan/plan.h"

static struct mt_plan plan;

static int setup(void **state)
{
  (void)state;
  return mt_plan_init(&plan, 5);
}

static int teardown(void **state)
{
  (void)state;
  mt_plan_reset(&plan);
  return 0;
}

static int set(size_t column, uint8_t choice)
{
  enum mt_class agreed = choice == MT_PLAN_KEEP ? MT_CLASS_NONE : MT_CLASS_EXACT;
  return mt_plan_set(&plan, column, (struct mt_plan_choice){choice, (uint8_t)agreed});
}

static size_t agree(size_t column, uint8_t choice, enum mt_class c)
{
  mt_plan_begin(&plan);
  assert_int_equal(
      mt_plan_set(&plan, column, (struct mt_plan_choice){choice, (uint8_t)c}), 0);
  return mt_plan_commit(&plan);
}

static bool rule_out(size_t column, uint8_t choice, enum mt_class c, uint8_t instead)
{
  return mt_plan_replace(&plan, column, (struct mt_plan_choice){choice, (uint8_t)c},
                         (struct mt_plan_choice){instead, MT_CLASS_EXACT});
}

static size_t change(size_t column, uint8_t choice)
{
  mt_plan_begin(&plan);
  assert_int_equal(set(column, choice), 0);
  return mt_plan_commit(&plan);
}

static void check(uint8_t a, uint8_t b, uint8_t c)
{
  assert_int_equal(plan.choice[0], a);
  assert_int_equal(plan.choice[1], b);
  assert_int_equal(plan.choice[2], c);
}

static void test_keeps_at_first(void **state)
{
  (void)state;
  for (size_t i = 0; i < 5; i++)
    assert_int_equal(plan.choice[i], MT_PLAN_KEEP);
  assert_int_equal(mt_plan_undo(&plan), 0);
  assert_int_equal(mt_plan_redo(&plan), 0);
  assert_int_equal(plan.done, 0);
}

static void test_steps(void **state)
{
  (void)state;
  assert_int_equal(change(0, MT_INT8), 1);
  mt_plan_begin(&plan);
  assert_int_equal(set(0, MT_INT16), 0);
  assert_int_equal(set(1, MT_DROP), 0);
  assert_int_equal(set(2, MT_PLAN_KEEP), 0); /* no change */
  assert_int_equal(mt_plan_commit(&plan), 2);
  check(MT_INT16, MT_DROP, MT_PLAN_KEEP);
  assert_int_equal(plan.done, 2);

  assert_int_equal(mt_plan_undo(&plan), 2);
  check(MT_INT8, MT_PLAN_KEEP, MT_PLAN_KEEP);
  assert_int_equal(mt_plan_undo(&plan), 1);
  check(MT_PLAN_KEEP, MT_PLAN_KEEP, MT_PLAN_KEEP);
  assert_int_equal(mt_plan_undo(&plan), 0);
  assert_int_equal(mt_plan_redo(&plan), 1);
  check(MT_INT8, MT_PLAN_KEEP, MT_PLAN_KEEP);
  assert_int_equal(mt_plan_redo(&plan), 2);
  check(MT_INT16, MT_DROP, MT_PLAN_KEEP);
  assert_int_equal(mt_plan_redo(&plan), 0);
}

static void test_version(void **state)
{
  (void)state;
  uint64_t seen = plan.version;

  change(0, MT_INT8);
  assert_true(plan.version != seen);
  seen = plan.version;
  change(0, MT_INT8);
  assert_int_equal(plan.version, seen);
  mt_plan_undo(&plan);
  assert_true(plan.version != seen);
  seen = plan.version;
  mt_plan_undo(&plan);
  assert_int_equal(plan.version, seen);
  mt_plan_redo(&plan);
  assert_true(plan.version != seen);
}

static void test_empty_step_vanishes(void **state)
{
  (void)state;
  assert_int_equal(change(0, MT_INT8), 1);
  assert_int_equal(change(0, MT_INT8), 0);
  mt_plan_begin(&plan);
  assert_int_equal(mt_plan_commit(&plan), 0);
  assert_int_equal(plan.done, 1);
  assert_int_equal(plan.steps, 1);
  assert_int_equal(mt_plan_undo(&plan), 1);
  check(MT_PLAN_KEEP, MT_PLAN_KEEP, MT_PLAN_KEEP);
}

/* A step without effect is none: what was undone can still be redone. */
static void test_empty_step_keeps_redo(void **state)
{
  (void)state;
  change(0, MT_INT8);
  mt_plan_undo(&plan);
  assert_int_equal(change(1, MT_PLAN_KEEP), 0);
  assert_int_equal(mt_plan_redo(&plan), 1);
  check(MT_INT8, MT_PLAN_KEEP, MT_PLAN_KEEP);
}

static void test_new_step_forgets_redo(void **state)
{
  (void)state;
  change(0, MT_INT8);
  change(1, MT_INT16);
  change(2, MT_INT32);
  mt_plan_undo(&plan);
  mt_plan_undo(&plan);
  change(2, MT_FLOAT32);
  assert_int_equal(mt_plan_redo(&plan), 0);
  check(MT_INT8, MT_PLAN_KEEP, MT_FLOAT32);
  assert_int_equal(mt_plan_undo(&plan), 1);
  check(MT_INT8, MT_PLAN_KEEP, MT_PLAN_KEEP);
  assert_int_equal(mt_plan_undo(&plan), 1);
  assert_int_equal(mt_plan_undo(&plan), 0);
  assert_int_equal(mt_plan_redo(&plan), 1);
  assert_int_equal(mt_plan_redo(&plan), 1);
  check(MT_INT8, MT_PLAN_KEEP, MT_FLOAT32);
}

/* "Returns how many columns changed": a column set twice is one. */
static void test_column_set_twice_in_a_step(void **state)
{
  (void)state;
  mt_plan_begin(&plan);
  assert_int_equal(set(0, MT_INT8), 0);
  assert_int_equal(set(0, MT_INT16), 0);
  assert_int_equal(mt_plan_commit(&plan), 1);
  assert_int_equal(mt_plan_undo(&plan), 1);
  check(MT_PLAN_KEEP, MT_PLAN_KEEP, MT_PLAN_KEEP);
  assert_int_equal(mt_plan_redo(&plan), 1);
  check(MT_INT16, MT_PLAN_KEEP, MT_PLAN_KEEP);
}

/* A random walk against a list of whole plans. */
static void test_random_walk(void **state)
{
  (void)state;
  enum { STEPS = 3000 };
  static uint8_t history[STEPS + 1][5];
  size_t at = 0, last = 0;
  uint32_t x = 12345;

  memcpy(history[0], plan.choice, 5);
  for (int i = 0; i < STEPS; i++) {
    x = x * 1664525 + 1013904223;
    switch (x >> 30) {
    case 0:
      assert_int_equal(mt_plan_undo(&plan) > 0, at > 0);
      at -= at > 0;
      break;
    case 1:
      assert_int_equal(mt_plan_redo(&plan) > 0, at < last);
      at += at < last;
      break;
    default: {
      size_t first = x >> 8 & 3;
      uint8_t choice = (uint8_t)((plan.choice[first] + 1 + (x >> 12 & 7)) % MT_DROP);
      mt_plan_begin(&plan);
      assert_int_equal(set(first, choice), 0);
      assert_int_equal(set(4, (uint8_t)(x >> 16 & 7)), 0);
      assert_true(mt_plan_commit(&plan) > 0);
      at++;
      last = at;
      memcpy(history[at], plan.choice, 5);
    }
    }
    assert_memory_equal(plan.choice, history[at], 5);
    assert_int_equal(plan.done, at);
    assert_int_equal(plan.steps, last);
  }
}

static size_t change_nulls(size_t column, uint8_t choice, uint16_t sentinels)
{
  mt_plan_begin(&plan);
  assert_int_equal(set(column, choice), 0);
  assert_int_equal(mt_plan_set_nulls(&plan, column, sentinels), 0);
  return mt_plan_commit(&plan);
}

static void test_nulls(void **state)
{
  (void)state;
  change(1, MT_CATEGORY);
  assert_false(mt_plan_undo_is_of_nulls(&plan));
  assert_int_equal(change_nulls(1, MT_PLAN_KEEP, 0x801), 1); /* one column */
  assert_true(mt_plan_undo_is_of_nulls(&plan));
  assert_false(mt_plan_redo_is_of_nulls(&plan));
  assert_int_equal(plan.nulls[1], 0x801);
  assert_int_equal(plan.choice[1], MT_PLAN_KEEP);
  assert_int_equal(mt_plan_undo(&plan), 1);
  assert_int_equal(plan.nulls[1], 0);
  assert_int_equal(plan.choice[1], MT_CATEGORY);
  assert_true(mt_plan_redo_is_of_nulls(&plan));
  assert_int_equal(mt_plan_redo(&plan), 1);
  assert_int_equal(plan.nulls[1], 0x801);
}

/* What values rule out now says nothing of choices made when others were null. */
static void test_replace_stays_among_the_same_nulls(void **state)
{
  (void)state;
  change(0, MT_INT8);
  change_nulls(0, MT_PLAN_KEEP, 1);
  change(0, MT_INT8);
  change_nulls(1, MT_PLAN_KEEP, 1); /* another column's */
  change(0, MT_INT16);
  change_nulls(0, MT_PLAN_KEEP, 3);
  change(0, MT_INT8);
  mt_plan_undo(&plan);
  mt_plan_undo(&plan); /* int16 is in force, int8 was before */
  assert_true(rule_out(0, MT_INT8, MT_CLASS_BLOCKED, MT_INT64));
  check(MT_INT16, MT_PLAN_KEEP, MT_PLAN_KEEP);
  mt_plan_undo(&plan);
  check(MT_INT64, MT_PLAN_KEEP, MT_PLAN_KEEP);
  mt_plan_undo(&plan);
  mt_plan_undo(&plan);
  check(MT_PLAN_KEEP, MT_PLAN_KEEP, MT_PLAN_KEEP);
  mt_plan_undo(&plan);
  check(MT_INT8, MT_PLAN_KEEP, MT_PLAN_KEEP);
  while (mt_plan_redo(&plan) > 0)
    ;
  check(MT_INT8, MT_PLAN_KEEP, MT_PLAN_KEEP);
}

/* The class that was agreed to goes with the choice, back and forth. */
static void test_undo_restores_what_was_agreed_to(void **state)
{
  (void)state;
  agree(0, MT_DROP, MT_CLASS_REVIEW);
  agree(0, MT_STRING, MT_CLASS_EXACT);
  assert_int_equal(plan.agreed[0], MT_CLASS_EXACT);
  mt_plan_undo(&plan);
  assert_int_equal(plan.agreed[0], MT_CLASS_REVIEW);
  assert_false(rule_out(0, MT_DROP, MT_CLASS_REVIEW, MT_INT16)); /* that was agreed to */
  check(MT_DROP, MT_PLAN_KEEP, MT_PLAN_KEEP);
  assert_true(rule_out(0, MT_STRING, MT_CLASS_REVIEW, MT_INT16)); /* undone: exact only */
  mt_plan_redo(&plan);
  check(MT_INT16, MT_PLAN_KEEP, MT_PLAN_KEEP);
  mt_plan_undo(&plan);
  mt_plan_undo(&plan);
  check(MT_PLAN_KEEP, MT_PLAN_KEEP, MT_PLAN_KEEP);
  assert_int_equal(plan.agreed[0], MT_CLASS_NONE);
}

/* The same choice, which is a worse one by now: no step, and agreed to. */
static void test_agreeing_anew_is_no_step(void **state)
{
  (void)state;
  agree(0, MT_DATE, MT_CLASS_EXACT);
  assert_int_equal(agree(0, MT_DATE, MT_CLASS_REVIEW), 0);
  assert_int_equal(plan.done, 1);
  mt_plan_undo(&plan);
  mt_plan_redo(&plan);
  assert_false(rule_out(0, MT_DATE, MT_CLASS_REVIEW, MT_STRING));
  check(MT_DATE, MT_PLAN_KEEP, MT_PLAN_KEEP);
  assert_true(rule_out(0, MT_DATE, MT_CLASS_BLOCKED, MT_STRING));
  check(MT_STRING, MT_PLAN_KEEP, MT_PLAN_KEEP);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(test_keeps_at_first),
      TEST(test_steps),
      TEST(test_version),
      TEST(test_empty_step_vanishes),
      TEST(test_empty_step_keeps_redo),
      TEST(test_new_step_forgets_redo),
      TEST(test_column_set_twice_in_a_step),
      TEST(test_random_walk),
      TEST(test_nulls),
      TEST(test_replace_stays_among_the_same_nulls),
      TEST(test_undo_restores_what_was_agreed_to),
      TEST(test_agreeing_anew_is_no_step),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
