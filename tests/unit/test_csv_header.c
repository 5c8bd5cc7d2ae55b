/* Column names against what pandas.read_csv makes of the same headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats/csv/header.h"

enum { COLUMNS = 8 };

/* Names for the fields of `header`, which commas separate, over `columns`: they are made
 * where they are others than these. */
static size_t assert_names(const char *header, size_t len, size_t columns,
                           const char *const *expected)
{
  struct mt_cell cells[COLUMNS];
  struct mt_name *names;
  size_t count = 0, bad = 0, begin = 0;
  bool made, differ = false;

  for (size_t i = 0; i <= len; i++) {
    if (i < len && header[i] != ',')
      continue;
    cells[count++] =
        (struct mt_cell){.off = (uint32_t)begin, .len = (i - begin) & 0xffff};
    begin = i + 1;
  }
  assert_int_equal(mt_csv_names_make(&names, columns, (const uint8_t *)header, cells,
                                     count, &bad, &made),
                   0);
  for (size_t i = 0; i < columns; i++) {
    assert_string_equal(names[i].text, expected[i]);
    assert_int_equal(names[i].len, strlen(expected[i]));
    differ |= i >= count || cells[i].len != names[i].len ||
              memcmp(header + cells[i].off, names[i].text, names[i].len) != 0;
  }
  if (bad == 0) /* bytes in the place of which others stand are told apart */
    assert_int_equal(made, differ);
  mt_csv_names_free(names, columns);
  return bad;
}

#define NAMES(header, columns, ...)                                                      \
  assert_names(header, sizeof(header) - 1, columns, (const char *const[]){__VA_ARGS__})

static void test_given(void **state)
{
  (void)state;
  NAMES("a,b c,\xc3\xa9", 3, "a", "b c", "\xc3\xa9");
}

static void test_duplicates(void **state)
{
  (void)state;
  NAMES("a,a,a", 3, "a", "a.1", "a.2");
  NAMES("a,a,a.1", 3, "a", "a.2", "a.1");
  NAMES("a,a.1,a", 3, "a", "a.1", "a.2");
  NAMES("a,a,a.1,a.1", 4, "a", "a.2", "a.1", "a.1.1");
  NAMES("a.1,a,a,a.1", 4, "a.1", "a", "a.2", "a.1.1");
  NAMES("a,a.1,b.1,Unnamed: 3", 4, "a", "a.1", "b.1", "Unnamed: 3"); /* as they stand */
}

static void test_empty(void **state)
{
  (void)state;
  NAMES(",,", 3, "Unnamed: 0", "Unnamed: 1", "Unnamed: 2");
  NAMES("a,,c", 3, "a", "Unnamed: 1", "c");
  /* the column that is really called so keeps its name */
  NAMES(",Unnamed: 0", 2, "Unnamed: 0.1", "Unnamed: 0");
}

static void test_rows_wider_than_header(void **state)
{
  (void)state;
  NAMES("a,b", 4, "a", "b", "Unnamed: 2", "Unnamed: 3");
}

static void test_bytes(void **state)
{
  (void)state;
  NAMES("a\0b,\0c", 2, "a", "Unnamed: 1");
  NAMES("a\0b,c", 2, "a", "c");
  assert_int_equal(
      NAMES("a\xff,\xc3,a\xfe", 3, "a\xef\xbf\xbd", "\xef\xbf\xbd", "a\xef\xbf\xbd.1"),
      3);
}

static void test_numbers(void **state)
{
  struct mt_name *names;

  (void)state;
  assert_int_equal(mt_csv_names_number(&names, 12), 0);
  assert_string_equal(names[0].text, "0");
  assert_string_equal(names[11].text, "11");
  mt_csv_names_free(names, 12);
}

/* Many equal names take no time that grows with their square. */
static void test_many(void **state)
{
  enum { MANY = 200000 };
  struct mt_cell *cells = calloc(MANY, sizeof *cells);
  struct mt_name *names;
  size_t bad;
  bool made;
  char last[16];

  (void)state;
  assert_non_null(cells);
  for (size_t i = 0; i < MANY; i++)
    cells[i].len = 1;
  assert_int_equal(
      mt_csv_names_make(&names, MANY, (const uint8_t *)"a", cells, MANY, &bad, &made), 0);
  assert_true(made);
  snprintf(last, sizeof last, "a.%d", MANY - 1);
  assert_string_equal(names[MANY - 1].text, last);
  mt_csv_names_free(names, MANY);
  free(cells);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_given), cmocka_unit_test(test_duplicates),
      cmocka_unit_test(test_empty), cmocka_unit_test(test_rows_wider_than_header),
      cmocka_unit_test(test_bytes), cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_many),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
