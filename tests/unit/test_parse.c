#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/cells/parse.h"

#define TEXT(s) (const uint8_t *)(s), strlen(s)
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_int64(void **state)
{
  (void)state;
  const struct {
    const char *text;
    enum mt_int_result result;
    int64_t value;
  } cases[] = {
      {"0", MT_INT_OK, 0},
      {"007", MT_INT_OK, 7},
      {"-128", MT_INT_OK, -128},
      {"+5", MT_INT_OK, 5},
      {" \t\n\v\f\r12 \t", MT_INT_OK, 12},
      {"9223372036854775807", MT_INT_OK, INT64_MAX},
      {"-9223372036854775808", MT_INT_OK, INT64_MIN},
      {"9223372036854775808", MT_INT_OVERFLOW, 0},
      {"-9223372036854775809", MT_INT_OVERFLOW, 0},
      {"00000000000000000000000000009223372036854775807", MT_INT_OK, INT64_MAX},
      {"99999999999999999999999999", MT_INT_OVERFLOW, 0},
      {"18446744073709551617", MT_INT_OVERFLOW, 0},
      {"9223372036854775808 ", MT_INT_LONG, 0},
      {"99999999999999999999x", MT_INT_LONG, 0},
      {"99999999999999999999.5", MT_INT_LONG, 0},
      {"", MT_INT_INVALID, 0},
      {" ", MT_INT_INVALID, 0},
      {"-", MT_INT_INVALID, 0},
      {"+-1", MT_INT_INVALID, 0},
      {"- 1", MT_INT_INVALID, 0},
      {"1 2", MT_INT_INVALID, 0},
      {"1.0", MT_INT_INVALID, 0},
      {"0x1F", MT_INT_INVALID, 0},
      {"1_000", MT_INT_INVALID, 0},
      {"\xD9\xA1", MT_INT_INVALID, 0}, /* an Arabic digit */
      {"\xE2\x88\x92"
       "1",
       MT_INT_INVALID, 0}, /* a minus sign, not a hyphen */
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    int64_t v = 0;
    assert_int_equal(mt_parse_int64(TEXT(cases[i].text), &v), cases[i].result);
    if (cases[i].result == MT_INT_OK)
      assert_true(v == cases[i].value);
  }
  int64_t v;
  assert_int_equal(mt_parse_int64((const uint8_t *)"1\0", 2, &v), MT_INT_INVALID);
}

static void test_uint64(void **state)
{
  (void)state;
  uint64_t v;
  bool negative;
  assert_int_equal(mt_parse_uint64(TEXT("18446744073709551615"), &v, &negative),
                   MT_INT_OK);
  assert_true(v == UINT64_MAX && !negative);
  assert_int_equal(mt_parse_uint64(TEXT(" +9223372036854775808 "), &v, &negative),
                   MT_INT_OK);
  assert_true(v == (uint64_t)1 << 63);
  assert_int_equal(mt_parse_uint64(TEXT("18446744073709551616"), &v, &negative),
                   MT_INT_OVERFLOW);
  assert_int_equal(mt_parse_uint64(TEXT("1x"), &v, &negative), MT_INT_INVALID);
  assert_int_equal(mt_parse_uint64(TEXT(" -x"), &v, &negative), MT_INT_OK);
  assert_true(v == 0 && negative);
}

static void test_integers_of_any_length(void **state)
{
  (void)state;
  assert_true(mt_is_integer_text(TEXT(" -99999999999999999999999 ")));
  assert_true(mt_is_integer_text(TEXT("+0")));
  assert_false(mt_is_integer_text(TEXT("1.")));
  assert_false(mt_is_integer_text(TEXT(" - ")));
  assert_false(mt_is_integer_text(TEXT("")));
  const struct {
    const char *text;
    uint32_t size;
  } sizes[] = {
      {"0", 28},
      {"-1073741823", 28}, /* 2^30 - 1 */
      {"1073741824", 32},
      {"1152921504606846975", 32}, /* 2^60 - 1 */
      {" +1152921504606846976", 36},
      {"00018446744073709551616", 36},
      {"1237940039285380274899124223", 36}, /* 2^90 - 1 */
      {"1237940039285380274899124224", 40},
  };
  for (size_t i = 0; i < COUNT(sizes); i++)
    assert_int_equal(mt_python_int_size(TEXT(sizes[i].text)), sizes[i].size);
  char nines[100000];
  memset(nines, '9', sizeof nines); /* more than int() takes: no overrun */
  assert_true(mt_python_int_size((uint8_t *)nines, sizeof nines) > 1000);
}

static void check_float(const char *text, double expected, bool overflows)
{
  double v;
  bool overflow;
  assert_true(mt_parse_float(TEXT(text), &v, &overflow));
  assert_memory_equal(&v, &expected, sizeof v);
  assert_int_equal(overflow, overflows);
  assert_true(mt_parse_float(TEXT(text), &v, NULL));
}

static void test_float(void **state)
{
  (void)state;
  const struct {
    const char *text;
    double value;
  } cases[] = {
      {"0", 0.0},
      {"-0.0", -0.0},
      {"1.5", 1.5},
      {" +.5\t", 0.5},
      {"5.", 5.0},
      {"1e3", 1e3},
      {"1.e-3", 1e-3},
      {"1e 5", 1e5},
      {"1E+00000000000000000000000000005", 1e5},
      {"0.1", 0.1},
      {"0.30000000000000004", 0.30000000000000004},
      {"9007199254740993", 9007199254740992.0}, /* 2^53 + 1: a tie, to even */
      {"9007199254740995", 9007199254740996.0},
      {"9007199254740993.00000000000000000001", 9007199254740994.0},
      {"-73.993965148925781", -73.993965148925781},
      {"18446744073709551615", 18446744073709551616.0},
      {"1e22", 1e22},
      {"1e23", 1e23},
      {"123456789012345678e-27", 123456789012345678e-27},
      {"179769313486231580793e288", DBL_MAX},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},
      {"5e-324", 4.9406564584124654e-324},
      {"2.4703282292062327e-324", 0.0},
      {"2.4703282292062328e-324", 4.9406564584124654e-324},
      {"0.00000000000000000000000000000000000000000000123", 1.23e-45},
      {"0e99999999999999999999999", 0.0},
      {"1e-99999999999999999999999", 0.0},
      {"inf", INFINITY},
      {"-INF", -INFINITY},
      {"+Infinity", INFINITY},
  };
  for (size_t i = 0; i < COUNT(cases); i++)
    check_float(cases[i].text, cases[i].value, false);
  check_float("1e400", INFINITY, true);
  check_float("-1e99999999999999999999999", -INFINITY, true);
  check_float("1.7976931348623159e308", INFINITY, true);
}

static void test_long_floats(void **state)
{
  (void)state;
  char text[5000];
  size_t zeros = 4000;
  memset(text, '0', sizeof text); /* 1000...e-4000 */
  text[0] = '1';
  memcpy(text + 1 + zeros, "e-4000", 7);
  check_float(text, 1.0, false);
  memset(text, '0', sizeof text); /* 0.000...1e4000 */
  text[1] = '.';
  memcpy(text + 1 + zeros, "1e4000", 7);
  check_float(text, 1.0, false);
  /* A tie that only the last of a thousand digits decides. */
  memset(text, '0', sizeof text);
  memcpy(text, "9007199254740993.", 17);
  text[1000] = '\0';
  check_float(text, 9007199254740992.0, false);
  text[999] = '1';
  check_float(text, 9007199254740994.0, false);
}

static void test_not_floats(void **state)
{
  (void)state;
  const char *texts[] = {"",     " ",     ".",   "+",     "e5",    ".e5",  "1e",   "1e+",
                         "1e ",  "1e+ 5", "1 2", "--1",   "1.2.3", "1,5",  "inf ", " inf",
                         "infi", "nan",   "NaN", "0x1p3", "1d5",   "True", "1_0",  "- 1"};
  double v;
  for (size_t i = 0; i < COUNT(texts); i++)
    assert_false(mt_parse_float(TEXT(texts[i]), &v, NULL));
}

static void test_bool(void **state)
{
  (void)state;
  assert_int_equal(mt_parse_bool(TEXT("True")), 1);
  assert_int_equal(mt_parse_bool(TEXT("tRUE")), 1);
  assert_int_equal(mt_parse_bool(TEXT("FALSE")), 0);
  assert_int_equal(mt_parse_bool(TEXT("true ")), -1);
  assert_int_equal(mt_parse_bool(TEXT("T")), -1);
  assert_int_equal(mt_parse_bool(TEXT("1")), -1);
  assert_int_equal(mt_parse_bool(TEXT("")), -1);
  const char *words[][2] = {
      {"FALSE", "true"}, {"No", "YES"}, {"f", "T"}, {"n", "Y"}, {"Off", "ON"}};
  for (int i = 0; i < (int)COUNT(words); i++)
    for (int value = 0; value < 2; value++) {
      int family = -1;
      assert_int_equal(mt_parse_bool_word(TEXT(words[i][value]), &family), value);
      assert_int_equal(family, i);
    }
  int family;
  assert_int_equal(mt_parse_bool_word(TEXT("maybe"), &family), -1);
  assert_int_equal(mt_parse_bool_word(TEXT("0"), &family), -1);
}

static struct mt_number_text number(const char *text)
{
  struct mt_number_text t;
  assert_true(mt_number_text(TEXT(text), &t));
  return t;
}

static void check_digits(const char *text, uint64_t mantissa, int exponent, int digits,
                         int decimals)
{
  struct mt_number_text t = number(text);
  assert_true(t.mantissa == mantissa);
  assert_int_equal(t.exponent, exponent);
  assert_int_equal(t.digits, digits);
  assert_int_equal(t.decimals, decimals);
}

static void test_number_text(void **state)
{
  (void)state;
  check_digits("0", 0, 0, 0, 0);
  check_digits("-0.000e7", 0, 0, 0, 3);
  check_digits("1.50", 15, -1, 2, 2);
  check_digits("1200", 12, 2, 2, 0);
  check_digits("0.00123", 123, -5, 3, 5);
  check_digits("1.5e3", 15, 2, 2, 1);
  check_digits("9999999999999999999", 9999999999999999999u, 0, 19, 0);
  check_digits("1000000000000000000000000", 1, 24, 1, 0);
  check_digits("000000000000000000000000.50", 5, -1, 1, 2);
  check_digits("1000000000.0000000010", 1000000000000000001u, -9, 19, 10);
  assert_int_equal(number("10000000000.00000000010").digits, 21);
}

static void test_number_flags(void **state)
{
  (void)state;
  struct mt_number_text t = number("-7");
  assert_true(t.negative && !t.point && !t.exponent_form && !t.leading_zero && !t.plus &&
              !t.blanks);
  assert_true(number("007").leading_zero);
  assert_true(number("-00.5").leading_zero);
  assert_false(number("0.5").leading_zero);
  assert_false(number("0").leading_zero);
  assert_true(number("1.").point);
  assert_true(number("1E5").exponent_form);
  assert_true(number("+1").plus);
  assert_true(number(" 1").blanks);
  assert_true(number("1 ").blanks);
  assert_false(number("1").blanks);
  assert_false(mt_number_text(TEXT("inf"), &t));
  assert_false(mt_number_text(TEXT("x"), &t));
}

static bool float32_keeps(const char *text)
{
  struct mt_number_text t = number(text);
  double v;
  assert_true(mt_parse_float(TEXT(text), &v, NULL));
  return mt_float32_keeps_text(&t, v);
}

static void test_float32(void **state)
{
  (void)state;
  const char *kept[] = {"0",         "-0.0",         "0.1",      "-123.456",
                        "999999",    "16777216",     "1.5e-38",  "3.402823e38",
                        "1234567",   "0.3333333",    "73.99396", "2147483648",
                        "0.0078125", "1.1754944e-38"};
  const char *lost[] = {"16777217",     "123456.789",  "608202549.0", "1e39",
                        "1e-50",        "1e-40",       "1e-400",      "2.000000001",
                        "0.33333335",   "9314569e-19", "8589973e3",   "-73.993963",
                        "3.4028235e38", "0.1000000015"};
  for (size_t i = 0; i < COUNT(kept); i++)
    assert_true(float32_keeps(kept[i]));
  for (size_t i = 0; i < COUNT(lost); i++)
    assert_false(float32_keeps(lost[i]));
}

static void test_format(void **state)
{
  (void)state;
  const struct {
    double value;
    const char *text;
  } cases[] = {
      {0.0, "0"},
      {-0.0, "-0"},
      {100, "100"},
      {0.1, "0.1"},
      {0.1 + 0.2, "0.30000000000000004"},
      {0.0001, "0.0001"},
      {0.00001, "1e-05"},
      {-1234.5, "-1234.5"},
      {12, "12"},
      {1200000, "1200000"},
      {7, "7"},
      {-7e20, "-7e+20"},
      {1.5e-7, "1.5e-07"},
      {-0.00123, "-0.00123"},
      {1e100, "1e+100"},
      {1e14, "100000000000000"},
      {999999999999999.0, "999999999999999"},
      {1234567890123456.0, "1234567890123456"},
      {12345678901234567.0, "12345678901234568"},
      {1.0 / 3, "0.3333333333333333"},
      {200.0 / 3, "66.66666666666667"},
      {123456789012345.0, "123456789012345"},
      {1e15, "1e+15"},
      {9007199254740993.0, "9007199254740992"},
      {5e-324, "5e-324"},
      {DBL_MAX, "1.7976931348623157e+308"},
      {INFINITY, "inf"},
      {-INFINITY, "-inf"},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    char text[40];
    assert_int_equal(mt_format_double(text, sizeof text, cases[i].value),
                     strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
  char small[4];
  assert_int_equal(mt_format_double(small, sizeof small, 0.125), 5);
  assert_string_equal(small, "0.1");
}

int main(void)
{
  setlocale(LC_ALL, "");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_int64),
      cmocka_unit_test(test_uint64),
      cmocka_unit_test(test_integers_of_any_length),
      cmocka_unit_test(test_float),
      cmocka_unit_test(test_long_floats),
      cmocka_unit_test(test_not_floats),
      cmocka_unit_test(test_bool),
      cmocka_unit_test(test_number_text),
      cmocka_unit_test(test_number_flags),
      cmocka_unit_test(test_float32),
      cmocka_unit_test(test_format),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
