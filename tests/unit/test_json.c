#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/cells/json.h"

static void expect(struct mt_json *j, const char *text)
{
  assert_int_equal(mt_json_end(j), 0);
  assert_int_equal(j->out->len, strlen(text));
  assert_memory_equal(j->out->data, text, j->out->len);
  mt_buffer_reset(j->out);
}

static void write_all(struct mt_json *j)
{
  mt_json_object(j, NULL);
  mt_json_string(j, "name", "x");
  mt_json_array(j, "list");
  mt_json_uint(j, NULL, UINT64_MAX);
  mt_json_int(j, NULL, INT64_MIN);
  mt_json_bool(j, NULL, true);
  mt_json_null(j, NULL);
  mt_json_object(j, NULL);
  mt_json_close(j);
  mt_json_close(j);
  mt_json_array(j, "none");
  mt_json_close(j);
  mt_json_close(j);
}

static void test_structure(void **state)
{
  (void)state;
  struct mt_buffer b;
  struct mt_json j;
  mt_buffer_init(&b, SIZE_MAX);
  mt_json_begin(&j, &b, false);
  write_all(&j);
  expect(&j, "{\"name\":\"x\",\"list\":[18446744073709551615,-9223372036854775808,true,"
             "null,{}],\"none\":[]}");
  mt_json_begin(&j, &b, true);
  write_all(&j);
  expect(&j, "{\n  \"name\": \"x\",\n  \"list\": [\n    18446744073709551615,\n"
             "    -9223372036854775808,\n    true,\n    null,\n    {}\n  ],\n"
             "  \"none\": []\n}");
}

static void check_string(const char *s, size_t n, const char *expected)
{
  struct mt_buffer b;
  struct mt_json j;
  mt_buffer_init(&b, SIZE_MAX);
  mt_json_begin(&j, &b, false);
  mt_json_bytes(&j, NULL, s, n);
  expect(&j, expected);
}
#define CHECK_STRING(literal, expected)                                                  \
  check_string(literal, sizeof(literal) - 1, expected)

static void test_strings(void **state)
{
  (void)state;
  CHECK_STRING("", "\"\"");
  CHECK_STRING("a\"b\\c/", "\"a\\\"b\\\\c/\"");
  CHECK_STRING("\n\r\t\0\x1B\x7F", "\"\\n\\r\\t\\u0000\\u001b\\u007f\"");
  CHECK_STRING("\xC2\x9B", "\"\\u009b\"");
  CHECK_STRING("\xE6\x9D\xB1 \xF0\x9F\x98\x80", "\"\xE6\x9D\xB1 \xF0\x9F\x98\x80\"");
  CHECK_STRING("a\xFF\xE6\x9D", "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void check_double(double v, const char *expected)
{
  struct mt_buffer b;
  struct mt_json j;
  mt_buffer_init(&b, SIZE_MAX);
  mt_json_begin(&j, &b, false);
  mt_json_double(&j, NULL, v);
  expect(&j, expected);
}

static void test_doubles(void **state)
{
  (void)state;
  check_double(0, "0");
  check_double(-0.0, "-0");
  check_double(0.1, "0.1");
  check_double(-100, "-100");
  check_double(1.0 / 3, "0.3333333333333333");
  check_double(1e20, "1e+20");
  check_double(DBL_MAX, "1.7976931348623157e+308");
  check_double(NAN, "null");
  check_double(INFINITY, "null");
  check_double(-INFINITY, "null");
}

static void test_latches(void **state)
{
  (void)state;
  struct mt_buffer b;
  struct mt_json j;
  mt_buffer_init(&b, 4);
  mt_json_begin(&j, &b, false);
  mt_json_array(&j, NULL);
  mt_json_string(&j, NULL, "does not fit");
  mt_json_uint(&j, NULL, 1);
  mt_json_close(&j);
  assert_int_equal(mt_json_end(&j), ENOMEM);
  mt_buffer_reset(&b);
}

static void test_levels(void **state)
{
  (void)state;
  struct mt_buffer b;
  struct mt_json j;
  mt_buffer_init(&b, SIZE_MAX);
  mt_json_begin(&j, &b, false);
  mt_json_array(&j, NULL);
  assert_int_not_equal(mt_json_end(&j), 0); /* still open */
  mt_buffer_reset(&b);
  mt_json_begin(&j, &b, false);
  for (int i = 0; i < 100; i++)
    mt_json_array(&j, NULL);
  for (int i = 0; i < 100; i++)
    mt_json_close(&j);
  assert_int_not_equal(mt_json_end(&j), 0); /* too deep, and no overrun */
  mt_buffer_reset(&b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_structure), cmocka_unit_test(test_strings),
      cmocka_unit_test(test_doubles),   cmocka_unit_test(test_latches),
      cmocka_unit_test(test_levels),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
