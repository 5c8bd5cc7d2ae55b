#include "tests/unit/fixture.h"

#include "core/base/budget.h"

#define MIB ((uint64_t)1 << 20)

static struct mt_budget make(uint64_t memory, size_t columns, unsigned threads)
{
  struct mt_budget b;

  assert_int_equal(mt_budget_make(&b, memory, columns, threads, NULL), 0);
  return b;
}

/* What there may be in all, as budget.h has it. */
static uint64_t sum(const struct mt_budget *b, size_t columns)
{
  return 28 * MIB + b->workers * 12 * MIB + columns * ((uint64_t)32 << 10) + b->pool;
}

static void test_default(void **state)
{
  (void)state;
  struct mt_budget b = make(0, 14, 2);

  assert_int_equal(b.workers, 2);
  assert_int_equal(b.pool, 36 * MIB);
  assert_true(b.most_rows == UINT64_MAX);
  assert_int_equal(make(0, 4096, 8).workers, 8);
  b = make(0, 4097, 8); /* each would hold that many columns too */
  assert_int_equal(b.workers, 1);
  assert_int_equal(b.pool, 36 * MIB);
  assert_true(b.most_rows == UINT64_MAX);
}

/* All that is given is spent, and no more. */
static void test_more_memory_is_pool(void **state)
{
  (void)state;

  for (uint64_t memory = 42 * MIB; memory < 2048 * MIB; memory += 7 * MIB)
    for (unsigned threads = 1; threads < 9; threads++) {
      struct mt_budget b = make(memory, 14, threads);
      assert_int_equal(sum(&b, 14), memory);
      assert_in_range(b.workers, 1, threads);
      assert_true(b.most_rows == UINT64_MAX);
      assert_true(b.pool >= MIB);
      assert_true(b.workers == 1 || b.pool >= (b.workers - 1) * 12 * MIB);
    }
}

static void test_less_memory_is_fewer_workers(void **state)
{
  (void)state;

  assert_int_equal(make(64 * MIB, 14, 2).workers, 1);
  assert_int_equal(make(65 * MIB, 14, 2).workers, 2);
  assert_int_equal(make(100 * MIB, 14, 4).workers, 3);
  assert_int_equal(make(1024 * MIB, 14, 4).workers, 4);
}

static void check_least(size_t columns, uint64_t mib)
{
  struct mt_budget b;
  struct mt_error e = {0};
  char wanted[64];

  snprintf(wanted, sizeof wanted, "--memory %uM,", (unsigned)mib);
  assert_int_equal(mt_budget_make(&b, (mib - 1) * MIB, columns, 2, &e), ENOBUFS);
  assert_int_equal(e.code, ENOBUFS);
  assert_non_null(strstr(e.remedy, wanted));
  b = make(mib * MIB, columns, 2);
  assert_int_equal(b.workers, 1);
}

static void test_least(void **state)
{
  (void)state;

  check_least(1, 42);
  check_least(1024, 73);
  check_least(1025, 46); /* for the first rows */
  check_least(100000, 529);
}

/* Many columns: as many rows as there is room for. */
static void test_most_rows(void **state)
{
  (void)state;
  struct mt_error e = {0};
  struct mt_budget b = make(1024 * MIB, 100000, 2);

  assert_int_equal(b.workers, 1);
  assert_int_equal(b.pool, 0);
  assert_int_equal(b.most_rows, 129);
  assert_int_equal(mt_budget_fail_rows(&b, 100000, &e), ENOBUFS);
  assert_string_equal(e.what,
                      "--memory is too little for more than 129 rows of 100000 columns");
  assert_non_null(strstr(e.remedy, "3166M"));
  assert_true(make(3166 * MIB, 100000, 2).most_rows == UINT64_MAX);
}

/* What is asked for suffices, and is told as it is typed. */
static void test_wanted(void **state)
{
  (void)state;
  char text[MT_BUDGET_TEXT];

  for (uint64_t pool = MIB; pool < MIB << 12; pool *= 2) {
    uint64_t wanted = mt_budget_wanted(pool, 20, 2);
    assert_true(make(wanted, 20, 2).pool >= pool);
    assert_int_equal(wanted & (wanted - 1), 0);
  }
  assert_true(mt_budget_wanted(UINT64_MAX, SIZE_MAX, 64) == (uint64_t)1 << 60);
  assert_string_equal(mt_budget_text(text, 512 * MIB), "512M");
  assert_string_equal(mt_budget_text(text, 512 * MIB + 1), "513M");
  assert_string_equal(mt_budget_text(text, 2048 * MIB), "2G");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_default),
      cmocka_unit_test(test_more_memory_is_pool),
      cmocka_unit_test(test_less_memory_is_fewer_workers),
      cmocka_unit_test(test_least),
      cmocka_unit_test(test_most_rows),
      cmocka_unit_test(test_wanted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
