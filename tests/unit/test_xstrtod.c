#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/cells/parse.h"
#include "core/cells/xstrtod.h"

#define NO (-1.0) /* it is no float */
#define ZEROS "00000000000000000"

/* What pandas 2.3.3 and 3.0.6 say. */
static const struct {
  const char *text;
  double pandas2, pandas3;
} known[] = {
    {"1.5", 1.5, 1.5},
    {" 5. ", 5, 5},
    {"+.5", .5, .5},
    {"inf", INFINITY, INFINITY},
    {"1e5", 1e5, 1e5},
    {"1E+05", 1e5, 1e5},
    {"1e-5", 1e-5, 1e-5},
    {"5e-324", 5e-324, 5e-324},
    {"1e-320", 1e-320, 1e-320},
    {"1e-400", 0, 0},
    {"1e-700", 0, 0},
    {"1e308", 1e308, 1e308},
    /* leading zeros are among the 17 digits */
    {"0.00000000000000000001", 0, 0},
    {"0." ZEROS "1", 0, 0},
    {"0.000000000000000123456", 1e-16, 1e-16},
    {ZEROS "1.5", 0, 0},
    {"0.12345678901234561", 0x1.f9add3746f659p-4, 0x1.f9add3746f659p-4},
    /* too large */
    {"1e309", NO, INFINITY},
    {"99999999999999999e300", NO, INFINITY},
    {"0e400", NO, 0},
    {ZEROS ZEROS "1e308", NO, 0},
    /* exponents */
    {"1e 5", NO, 1e5},
    {"1e" ZEROS "5", NO, 1e5},
    {"1e4294967301", 1e5, INFINITY},
    {"1e-99999999999999999999", NO, 0},
};

static void check(const char *text, int version, double expected)
{
  double v = NO;
  bool ok = mt_pandas_float((const uint8_t *)text, strlen(text), version, &v);

  if (ok != (expected != NO) || (ok && v != expected))
    fail_msg("\"%s\" in pandas %d: %s, %.17g", text, version, ok ? "a float" : "none", v);
}

static void test_known(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    check(known[i].text, 2, known[i].pandas2);
    check(known[i].text, 3, known[i].pandas3);
  }
}

/* Short texts without an exponent are read right. */
static void test_straight(void **state)
{
  (void)state;
  const char *texts[] = {"0.1", "123456789.012345", "-99999999999999.9",
                         "0.00000000000001"};

  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const uint8_t *s = (const uint8_t *)texts[i];
    size_t n = strlen(texts[i]);
    double exact, pandas;

    assert_true(mt_pandas_float_plain(s, n, MT_PANDAS_NEAR));
    assert_true(mt_parse_float(s, n, &exact, NULL));
    assert_true(mt_pandas_float(s, n, 2, &pandas));
    assert_true(pandas == exact);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known),
      cmocka_unit_test(test_straight),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
