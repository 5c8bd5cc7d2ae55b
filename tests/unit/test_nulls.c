#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/cells/nulls.h"

static bool has(const struct mt_nulls *n, const char *s)
{
  return mt_nulls_has(n, 0, (const uint8_t *)s, strlen(s));
}

static void test_words(void **state)
{
  (void)state;
  struct mt_nulls n;
  mt_nulls_init(&n);
  for (int i = 0; i < MT_NULL_WORD_COUNT; i++) {
    const char *word = mt_null_word_text(i);
    assert_int_equal(mt_null_word((const uint8_t *)word, strlen(word)), i);
    assert_true(has(&n, word)); /* the quick test lets every word through */
  }
  assert_string_equal(mt_null_word_text(11), "NA");
  assert_true(has(&n, ""));
  mt_nulls_reset(&n);
}

static void test_not_null(void **state)
{
  (void)state;
  struct mt_nulls n;
  mt_nulls_init(&n);
  const char *words[] = {" ",  "NA ",    " NA", "na",  "Null",  "NONE", "none",      "-",
                         "?",  ".",      "N",   "NAN", "Nan",   "n/A",  "#N/A N/A ", "1",
                         "-1", "1.#INF", "<NA", "nul", "NULLS", "inf"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    assert_false(has(&n, words[i]));
  assert_false(mt_nulls_has(&n, 0, (const uint8_t *)"NA\0", 3));
  mt_nulls_reset(&n);
}

static void test_added(void **state)
{
  (void)state;
  struct mt_nulls n;
  mt_nulls_init(&n);
  assert_int_equal(mt_nulls_add(&n, MT_ALL_COLUMNS, "-,missing value,,NA,-", NULL), 0);
  assert_int_equal(n.extra_len, 2); /* no repeats, no default words, no "" */
  assert_int_equal(mt_nulls_add(&n, MT_ALL_COLUMNS, "999", NULL), 0);
  assert_true(has(&n, "-"));
  assert_true(has(&n, "missing value"));
  assert_true(has(&n, "999"));
  assert_true(has(&n, "NA"));
  assert_true(has(&n, ""));
  assert_false(has(&n, "missing"));
  assert_false(has(&n, "--"));
  n.defaults = false;
  assert_false(has(&n, "NA"));
  assert_true(has(&n, "-"));
  mt_nulls_reset(&n);
  assert_false(has(&n, "-"));
}

static void test_too_long(void **state)
{
  (void)state;
  struct mt_nulls n;
  struct mt_error e;
  char token[65];
  memset(token, 'x', sizeof token);
  token[64] = '\0';
  mt_nulls_init(&n);
  assert_int_equal(mt_nulls_add(&n, MT_ALL_COLUMNS, token, &e), EINVAL);
  assert_true(e.what[0] && e.remedy[0]);
  assert_int_equal(mt_nulls_add(&n, MT_ALL_COLUMNS, token + 1, &e), 0);
  assert_true(has(&n, token + 1));
  mt_nulls_reset(&n);
}

static bool has_text(const struct mt_nulls *n, size_t column, const char *s)
{
  return mt_nulls_has_number_text(n, column, (const uint8_t *)s, strlen(s));
}

static void test_numbers(void **state)
{
  (void)state;
  struct mt_nulls n;

  mt_nulls_init(&n);
  assert_int_equal(mt_nulls_add(&n, MT_ALL_COLUMNS, "-", NULL), 0);
  assert_false(n.numbers);
  assert_int_equal(mt_nulls_add(&n, MT_ALL_COLUMNS, "-9.99e2,1.5,-0", NULL), 0);
  assert_int_equal(mt_nulls_add(&n, 2, "007,1e18,inf", NULL), 0);
  assert_true(n.numbers);
  assert_true(has_text(&n, 0, "-999"));
  assert_true(has_text(&n, 0, "-999.0"));
  assert_true(has_text(&n, 0, "0"));
  assert_true(has_text(&n, 0, "0.0"));
  assert_true(has_text(&n, 2, "7.0"));
  const char *others[] = {"-999.", "-999.00", "-0999", "-99", "-9990",
                          "1.50",  "1",       "",      "-0.0"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    assert_false(has_text(&n, 0, others[i]));
  assert_false(has_text(&n, 1, "7.0")); /* null in column 2 */
  assert_false(has_text(&n, 2, "1000000000000000000"));
  assert_true(mt_nulls_has_number(&n, 0, -999));
  assert_true(mt_nulls_has_number(&n, 0, 1.5));
  assert_true(mt_nulls_has_number(&n, 0, 0));
  assert_true(mt_nulls_has_number(&n, 2, 1e18));
  assert_true(mt_nulls_has_number(&n, 2, INFINITY));
  assert_false(mt_nulls_has_number(&n, 1, 7));
  mt_nulls_reset(&n);
  assert_false(n.numbers);
}

static bool has_in(const struct mt_nulls *n, size_t column, const char *s)
{
  return mt_nulls_has(n, column, (const uint8_t *)s, strlen(s));
}

static void test_columns(void **state)
{
  (void)state;
  struct mt_nulls n;
  char token[8];

  mt_nulls_init(&n);
  for (size_t i = 0; i < 50; i++) { /* in no order */
    size_t column = i * 7 % 50;
    snprintf(token, sizeof token, "x%zu", column);
    assert_int_equal(mt_nulls_add(&n, column, token, NULL), 0);
  }
  assert_int_equal(mt_nulls_add(&n, MT_ALL_COLUMNS, "all", NULL), 0);
  assert_int_equal(mt_nulls_add(&n, 3, "y,x3,all", NULL), 0); /* two are known */
  assert_int_equal(mt_nulls_add_token(&n, 3, "a,b", 3, NULL), 0);
  assert_int_equal(n.extra_len, 53);
  for (size_t i = 0; i < 50; i++) {
    snprintf(token, sizeof token, "x%zu", i);
    assert_true(has_in(&n, i, token));
    assert_false(has_in(&n, (i + 1) % 50, token));
    assert_true(has_in(&n, i, "all"));
    assert_int_equal(has_in(&n, i, "y"), i == 3);
    assert_int_equal(has_in(&n, i, "a,b"), i == 3);
  }
  mt_nulls_reset(&n);
}

static void test_sentinels_of_a_column(void **state)
{
  (void)state;
  const uint16_t sentinels[] = {0, 1 << 0 | 1 << 7};
  struct mt_nulls n;

  mt_nulls_init(&n);
  n.sentinels = sentinels;
  assert_string_equal(mt_sentinel_text(0), "-");
  assert_string_equal(mt_sentinel_text(7), "na");
  assert_true(has_in(&n, 1, "-"));
  assert_true(has_in(&n, 1, "na"));
  assert_true(has_in(&n, 1, "NA"));
  assert_false(has_in(&n, 1, "--"));
  assert_false(has_in(&n, 0, "-"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_not_null),
      cmocka_unit_test(test_added),
      cmocka_unit_test(test_too_long),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_columns),
      cmocka_unit_test(test_sentinels_of_a_column),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
