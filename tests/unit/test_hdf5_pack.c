#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats/hdf5/pack.h"

enum { ROWS = 3, FIRST_ROW = 1000 };

static struct mt_field field;
static const struct mt_schema schema = {.fields = &field, .columns = 1, .rows = 2000};
static struct mt_hdf5_layout layout;
static uint8_t chunk[1 << 22];
static struct mt_error error;

/* Packs ROWS values as row by row, or as byte planes and turned back into rows, to
 * the front of chunk. */
static int pack(struct mt_field f, struct mt_column column, bool planes)
{
  field = f;
  field.name = "x";
  field.name_len = 1;
  mt_hdf5_layout_reset(&layout);
  assert_int_equal(mt_hdf5_layout_init(&layout, &schema, &error), 0);
  struct mt_batch b = {
      .first_row = FIRST_ROW, .rows = ROWS, .columns = 1, .column = &column};
  memset(chunk, 0, sizeof chunk);
  int rc =
      mt_hdf5_pack(&layout, &b, 0, ROWS, mt_hdf5_slab(chunk, &layout, planes, 0), &error);
  if (rc || !planes)
    return rc;
  uint8_t rows[ROWS * 256];
  for (size_t i = 0; i < ROWS; i++)
    for (size_t byte = 0; byte < layout.row_size; byte++)
      rows[i * layout.row_size + byte] = chunk[byte * layout.chunk_rows + i];
  memcpy(chunk, rows, ROWS * layout.row_size);
  return 0;
}

/* Checks the rows in both forms: row number, then `width` bytes of want. */
static void check(struct mt_field f, struct mt_column column, const void *want,
                  size_t width)
{
  for (int planes = 0; planes < 2; planes++) {
    assert_int_equal(pack(f, column, planes), 0);
    assert_int_equal(layout.row_size, MT_HDF5_INDEX_WIDTH + width);
    for (size_t i = 0; i < ROWS; i++) {
      const uint8_t *row = chunk + i * layout.row_size;
      uint64_t index = FIRST_ROW + i;
      assert_memory_equal(row, &index, sizeof index);
      assert_memory_equal(row + sizeof index, (const uint8_t *)want + i * width, width);
    }
  }
}

static void fails(struct mt_field f, struct mt_column column, int code, const char *what)
{
  for (int planes = 0; planes < 2; planes++) {
    assert_int_equal(pack(f, column, planes), code);
    assert_non_null(strstr(error.what, what));
    assert_non_null(strstr(error.what, "column 'x', data row 1002"));
    assert_true(error.remedy[0]);
  }
}

static uint8_t second_is_null[] = {0x5};

static void test_numbers(void **state)
{
  (void)state;
  int16_t i16[] = {-2, 0, 32767};
  check((struct mt_field){.dtype = MT_INT16}, (struct mt_column){.values = i16}, i16, 2);
  double f64[] = {-0.0, NAN, 5e-324};
  check((struct mt_field){.dtype = MT_FLOAT64, .nulls = 1},
        (struct mt_column){.values = f64, .validity = second_is_null, .null_count = 1},
        f64, 8);
  uint8_t flags[] = {1, 0, 1};
  check((struct mt_field){.dtype = MT_BOOL}, (struct mt_column){.values = flags}, flags,
        1);
}

static void test_integers_with_nulls(void **state)
{
  (void)state;
  int64_t small[] = {-5, 0, 1 << 24};
  float f32[] = {-5, NAN, 1 << 24};
  struct mt_column c = {.values = small, .validity = second_is_null, .null_count = 1};
  struct mt_field f = {.dtype = MT_INT64, .nulls = 1, .max_abs = 1 << 24};
  check(f, c, f32, 4);
  int64_t middle[] = {-(INT64_C(1) << 53), 0, 7};
  double f64[] = {-0x1p53, NAN, 7};
  c.values = middle;
  f.max_abs = UINT64_C(1) << 53;
  check(f, c, f64, 8);
  int64_t large[] = {INT64_MIN, 0, 7};
  c.values = large;
  f.max_abs = UINT64_C(1) << 63;
  check(f, c,
        "-9223372036854775808"
        "nan\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        20);
  uint64_t largest[] = {UINT64_MAX, 0, 7};
  c.values = largest;
  f.dtype = MT_UINT64;
  f.max_abs = UINT64_MAX;
  check(f, c,
        "18446744073709551615"
        "nan\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        20);
}

static void test_codes(void **state)
{
  (void)state;
  struct mt_dictionary d = {.count = 400};
  int32_t codes[] = {399, -1, 0};
  int16_t i16[] = {399, -1, 0};
  check((struct mt_field){.dtype = MT_CATEGORY, .dictionary = &d},
        (struct mt_column){.values = codes}, i16, 2);
  d.count = 32767;
  check((struct mt_field){.dtype = MT_CATEGORY, .dictionary = &d},
        (struct mt_column){.values = codes}, codes, 4);
  uint8_t flags[] = {1, 0, 0};
  int8_t i8[] = {1, -1, 0};
  check((struct mt_field){.dtype = MT_BOOL, .nulls = 1},
        (struct mt_column){.values = flags, .validity = second_is_null, .null_count = 1},
        i8, 1);
}

static void test_times(void **state)
{
  (void)state;
  struct mt_field us = {.dtype = MT_DATETIME, .unit = MT_UNIT_US, .nulls = 1};
  struct mt_field ns = {.dtype = MT_DATETIME, .unit = MT_UNIT_NS, .nulls = 1};
  int64_t times[] = {-1, 0, 1700000000000000};
  int64_t from_us[] = {-1000, INT64_MIN, 1700000000000000000};
  int64_t from_ns[] = {-1, INT64_MIN, 1700000000000000};
  struct mt_column c = {.values = times, .validity = second_is_null, .null_count = 1};
  check(us, c, from_us, 8);
  check(ns, c, from_ns, 8);
  c.null_count = 0;
  times[1] = INT64_MAX / 1000 + 1;
  fails(us, c, ERANGE, "1677");
  times[1] = INT64_MIN / 1000 - 1;
  fails(us, c, ERANGE, "1677");
  times[1] = INT64_MIN; /* means null */
  fails(ns, c, ERANGE, "1677");
  times[0] = INT64_MIN + 1;
  times[1] = times[2] = INT64_MAX;
  check(ns, c, times, 8);
}

static void test_text(void **state)
{
  (void)state;
  struct mt_field f = {.dtype = MT_STRING, .nulls = 1, .max_bytes = 3};
  int32_t offsets[] = {0, 3, 3, 4};
  uint8_t bytes[] = "a\0bc";
  struct mt_column c = {
      .values = offsets, .bytes = bytes, .validity = second_is_null, .null_count = 1};
  check(f, c, "a\0bnanc\0", 3);
  c.null_count = 0;
  check(f, c, "a\0b\0\0\0c\0", 3);
}

static void test_text_that_cannot_be_kept(void **state)
{
  (void)state;
  struct mt_field f = {.dtype = MT_STRING, .max_bytes = 3};
  int32_t offsets[] = {0, 1, 3, 4};
  struct mt_column c = {.values = offsets, .bytes = (uint8_t[]){'a', 'b', 0, 'c'}};
  fails(f, c, EINVAL, "NUL");
  c.bytes = (uint8_t[]){'a', 0xc3, 0x28, 'c'};
  fails(f, c, EILSEQ, "UTF-8");
  f.max_bytes = 1;
  c.bytes = (uint8_t[]){'a', 'b', 'b', 'c'};
  fails(f, c, EINVAL, "did not see");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_numbers), cmocka_unit_test(test_integers_with_nulls),
      cmocka_unit_test(test_codes),   cmocka_unit_test(test_times),
      cmocka_unit_test(test_text),    cmocka_unit_test(test_text_that_cannot_be_kept),
  };
  int rc = cmocka_run_group_tests(tests, NULL, NULL);
  mt_hdf5_layout_reset(&layout);
  return rc;
}
