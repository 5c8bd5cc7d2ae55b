#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats/csv/dialect.h"

static uint8_t buffer[4096];

static char detect(const char *text, int comment, uint64_t skip, bool last)
{
  struct mt_csv_dialect d = {0, '"', comment};
  size_t n = strlen(text);

  assert_true(n + MT_CSV_PAD <= sizeof buffer);
  memcpy(buffer, text, n);
  mt_csv_dialect_detect(&d, buffer, n, last, skip);
  return (char)d.delimiter;
}

static void assert_delimiter(char expected, const char *text)
{
  assert_int_equal(detect(text, -1, 0, true), expected);
}

static void test_clean(void **state)
{
  (void)state;
  assert_delimiter(',', "a,b,c\n1,2,3\n4,5,6\n");
  assert_delimiter(';', "a;b;c\n1;2;3\n");
  assert_delimiter('\t', "a\tb\n1\t2\n");
  assert_delimiter('|', "a|b\n1|2\n");
}

static void test_others_inside(void **state)
{
  (void)state;
  assert_delimiter(';', "a;b\n1,5;2,5\n3,5;4,5\n");
  assert_delimiter('\t', "id\ttext\n1\tone, two; three\n2\tfour\n");
  assert_delimiter(';', "\"a\";\"b\"\n\"x,y\";\"z\"\n");
  assert_delimiter(',', "a,b\n\"x;y\",\"1;2\"\n");
  assert_delimiter(',', "id,tags\n1,x;y\n2,z;w\n");
}

static void test_one_column(void **state)
{
  (void)state;
  assert_delimiter(',', "name\nAnna\nBert\n");
  assert_delimiter(',', "text\none; two\nthree; four\nfive | six\n");
  assert_delimiter(',', "");
  assert_delimiter(',', "\n\n");
  assert_delimiter(',', "x");
}

static void test_ragged(void **state)
{
  (void)state;
  assert_delimiter(';', "a;b;c\n1;2;3\n1;2\n4;5;6\n7;8;9;10\n1;2;3\n");
  assert_delimiter(',', "a,b,c\n1,2,3\n4,5\n6,7,8\n9,\"x\"y,z\n");
}

static void test_options(void **state)
{
  (void)state;
  assert_int_equal(detect("made, by, hand\na;b\n1;2\n", -1, 1, true), ';');
  assert_int_equal(detect("# x, y, z\na;b\n1;2\n", '#', 0, true), ';');
  assert_int_equal(detect("a;b\n1;2\n3;4\n5,6,7", -1, 0, false), ';');
}

static int check(const char *text, size_t n, struct mt_error *err)
{
  return mt_csv_check_text("x", (const uint8_t *)text, n, err);
}

static void test_foreign(void **state)
{
  struct mt_error err;

  (void)state;
  assert_int_equal(check("ARROW1\0\0", 8, &err), EINVAL);
  assert_non_null(strstr(err.what, "Arrow"));
  assert_true(err.remedy[0]);
  assert_int_equal(check("\x89HDF\r\n\x1a\n", 8, &err), EINVAL);
  assert_int_equal(check("PAR1", 4, &err), EINVAL);
  assert_int_equal(check("PK\x03\x04", 4, &err), EINVAL);
  assert_int_equal(check("\x7f"
                         "ELF",
                         4, &err),
                   EINVAL);
  assert_int_equal(check("ARROW,1\n", 8, &err), 0);
  assert_int_equal(check("", 0, &err), 0);
}

static void test_nuls(void **state)
{
  static char text[8192];
  struct mt_error err;

  (void)state;
  memset(text, 'a', sizeof text);
  text[7] = '\0';
  assert_int_equal(check(text, sizeof text, &err), 0);
  memset(text + 1000, 0, 4096); /* a hole that a crash left */
  assert_int_equal(check(text, sizeof text, &err), 0);
  for (size_t i = 0; i < sizeof text; i += 5)
    text[i] = '\0';
  assert_int_equal(check(text, sizeof text, &err), EINVAL);
  assert_non_null(strstr(err.what, "binary"));
  memset(text, 0, sizeof text);
  assert_int_equal(check(text, sizeof text, &err), EINVAL);
  for (size_t i = 0; i < sizeof text; i += 2)
    text[i] = 'a';
  assert_int_equal(check(text, sizeof text, &err), EINVAL);
  assert_non_null(strstr(err.remedy, "UTF-16LE"));
}

static void test_name(void **state)
{
  (void)state;
  assert_string_equal(mt_csv_delimiter_name('\t'), "tab");
  assert_null(mt_csv_delimiter_name('x'));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_clean),      cmocka_unit_test(test_others_inside),
      cmocka_unit_test(test_one_column), cmocka_unit_test(test_ragged),
      cmocka_unit_test(test_options),    cmocka_unit_test(test_foreign),
      cmocka_unit_test(test_nuls),       cmocka_unit_test(test_name),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
