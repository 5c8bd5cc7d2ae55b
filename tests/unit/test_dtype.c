#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/cells/chunk.h"
#include "core/cells/fault.h"
#include "core/engine/dtype.h"

static void test_table(void **state)
{
  (void)state;
  for (int t = 0; t < MT_DTYPE_COUNT; t++)
    assert_int_equal(mt_dtype_find(mt_dtype_name(t)), t);
  assert_int_equal(mt_dtype_find("int128"), MT_DTYPE_COUNT);
  assert_int_equal(mt_dtype_find(""), MT_DTYPE_COUNT);
  assert_int_equal(mt_dtype_width(MT_UINT16), 2);
  assert_int_equal(mt_dtype_width(MT_STRING), 0);
  assert_int_equal(mt_dtype_kind(MT_DATE), MT_KIND_TIME);
  assert_int_equal(mt_dtype_kind(MT_UINT8), MT_KIND_UINT);
}

static void test_engines(void **state)
{
  (void)state;
  for (int e = 0; e < MT_ENGINE_COUNT; e++)
    assert_int_equal(mt_engine_find(mt_engine_name(e)), e);
  assert_int_equal(mt_engine_find("pandas"), MT_PANDAS3);
  assert_int_equal(mt_engine_find("spark"), MT_ENGINE_COUNT);
  assert_string_equal(mt_engine_title(MT_PANDAS3), "pandas 3");
}

static void test_engine_names(void **state)
{
  (void)state;
  static const struct {
    enum mt_dtype dtype;
    bool nulls;
    enum mt_unit unit;
    bool utc;
    const char *names[MT_ENGINE_COUNT]; /* pandas 3, pandas 2, polars, Arrow */
  } cases[] = {
      {MT_INT8, false, 0, false, {"int8", "int8", "Int8", "int8"}},
      {MT_INT8, true, 0, false, {"Int8", "Int8", "Int8", "int8"}},
      {MT_UINT64, true, 0, false, {"UInt64", "UInt64", "UInt64", "uint64"}},
      {MT_FLOAT32, true, 0, false, {"float32", "float32", "Float32", "float"}},
      {MT_FLOAT64, false, 0, false, {"float64", "float64", "Float64", "double"}},
      {MT_BOOL, false, 0, false, {"bool", "bool", "Boolean", "bool"}},
      {MT_BOOL, true, 0, false, {"boolean", "boolean", "Boolean", "bool"}},
      {MT_CATEGORY,
       true,
       0,
       false,
       {"category", "category", "Categorical", "dictionary"}},
      {MT_DATE,
       true,
       MT_UNIT_US,
       false,
       {"datetime64[us]", "datetime64[us]", "Datetime", "timestamp[us]"}},
      {MT_DATETIME,
       false,
       MT_UNIT_NS,
       false,
       {"datetime64[ns]", "datetime64[ns]", "Datetime", "timestamp[ns]"}},
      {MT_DATETIME,
       false,
       MT_UNIT_US,
       true,
       {"datetime64[us, UTC]", "datetime64[us, UTC]", "Datetime",
        "timestamp[us, tz=UTC]"}},
      {MT_STRING, true, 0, false, {"str", "object", "String", "string"}},
      {MT_DROP, false, 0, false, {"drop", "drop", "drop", "drop"}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int e = 0; e < MT_ENGINE_COUNT; e++)
      assert_string_equal(mt_dtype_engine_name(e, cases[i].dtype, cases[i].nulls,
                                               cases[i].unit, cases[i].utc),
                          cases[i].names[e]);
  for (int t = 0; t < MT_DTYPE_COUNT; t++)
    for (int e = 0; e < MT_ENGINE_COUNT; e++)
      assert_non_null(mt_dtype_engine_name(e, t, true, MT_UNIT_NS, true));
}

static void test_category_width(void **state)
{
  (void)state;
  assert_int_equal(mt_category_width(0), 1);
  assert_int_equal(mt_category_width(126), 1);
  assert_int_equal(mt_category_width(127), 2);
  assert_int_equal(mt_category_width(32766), 2);
  assert_int_equal(mt_category_width(32767), 4);
}

/* Some faults are counted without their places: those that are known have no gaps. */
static void test_places_of_faults(void **state)
{
  (void)state;
  struct mt_fault_list first = {0}, second = {0};
  mt_fault_add(&first, MT_FAULT_BAD_UTF8, 156, 9000, 3);
  first.count[MT_FAULT_BAD_UTF8] += 6;
  mt_fault_add(&first, MT_FAULT_BAD_UTF8, 21, 700, 5);
  mt_fault_add(&second, MT_FAULT_BAD_UTF8, 210, 12000, 3);
  second.count[MT_FAULT_BAD_UTF8] += 2;
  mt_fault_merge(&first, &second);
  assert_int_equal(first.count[MT_FAULT_BAD_UTF8], 11);
  assert_int_equal(mt_fault_places(&first, MT_FAULT_BAD_UTF8), 3);
  assert_int_equal(first.first[MT_FAULT_BAD_UTF8][0].line, 21);
  assert_int_equal(first.first[MT_FAULT_BAD_UTF8][1].line, 156);
  assert_int_equal(first.first[MT_FAULT_BAD_UTF8][2].line, 210);
  for (uint64_t i = 1; i <= 9; i++) /* earlier ones come first, and the last ones go */
    mt_fault_add(&first, MT_FAULT_BAD_UTF8, i, i, 0);
  assert_int_equal(mt_fault_places(&first, MT_FAULT_BAD_UTF8), MT_FAULT_KEPT);
  assert_int_equal(first.first[MT_FAULT_BAD_UTF8][3].line, 4);
}

static void test_faults(void **state)
{
  (void)state;
  struct mt_fault_list first = {0}, second = {0}, third = {0};
  for (uint64_t i = 1; i <= 3; i++)
    mt_fault_add(&first, MT_FAULT_SHORT_ROW, i, i * 10, 2);
  for (uint64_t i = 11; i <= 16; i++)
    mt_fault_add(&second, MT_FAULT_SHORT_ROW, i, i * 10, 2);
  mt_fault_add(&second, MT_FAULT_NUL, 12, 125, 3);
  mt_fault_merge(&first, &second);
  mt_fault_merge(&first, &third);
  assert_true(first.count[MT_FAULT_SHORT_ROW] == 9);
  assert_true(first.first[MT_FAULT_SHORT_ROW][2].line == 3);
  assert_true(first.first[MT_FAULT_SHORT_ROW][3].line == 11);
  assert_true(first.first[MT_FAULT_NUL][0].byte == 125);
  assert_true(first.first[MT_FAULT_NUL][0].detail == 3);
  assert_true(mt_fault_total(&first) == 10);
  assert_string_equal(mt_fault_name(MT_FAULT_SHORT_ROW), "short_row");
  for (int k = 0; k < MT_FAULT_KINDS; k++)
    assert_true(*mt_fault_name(k) && *mt_fault_text(k, 1) && *mt_fault_text(k, 2));
}

static void test_chunk(void **state)
{
  (void)state;
  struct mt_chunk c;
  mt_chunk_init(&c);
  assert_int_equal(mt_chunk_shape(&c, 3, 2), 0);
  assert_int_equal(c.rows, 3);
  assert_int_equal(c.columns, 2);
  assert_ptr_equal(mt_chunk_column(&c, 1), c.cells + 3);
  const struct mt_cell *cells = c.cells;
  assert_int_equal(mt_chunk_shape(&c, 2, 2), 0); /* room is reused */
  assert_ptr_equal(c.cells, cells);
  c.byte0 = 1000;
  c.line0 = 50;
  c.row_byte[0] = 0;
  c.row_byte[1] = 20;
  c.row_line[0] = 0;
  c.row_line[1] = 3;
  assert_true(mt_chunk_line(&c, 1) == 53);
  assert_true(mt_chunk_cell_byte(&c, 0, &(struct mt_cell){.off = 7}) == 1007);
  assert_true(mt_chunk_cell_byte(&c, 1, &(struct mt_cell){.off = 25}) == 1025);
  /* A cell that was moved elsewhere: its record. */
  assert_true(mt_chunk_cell_byte(&c, 0, &(struct mt_cell){.off = 400}) == 1000);
  assert_true(mt_chunk_cell_byte(&c, 1, &(struct mt_cell){.off = 7}) == 1020);
  assert_int_equal(mt_chunk_shape(&c, SIZE_MAX / 2, 3), ENOMEM);
  assert_int_equal(c.rows, 0);
  mt_chunk_reset(&c);
  struct mt_block b;
  mt_block_init(&b);
  mt_block_reset(&b);
  assert_null(b.text);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),        cmocka_unit_test(test_engines),
      cmocka_unit_test(test_engine_names), cmocka_unit_test(test_category_width),
      cmocka_unit_test(test_faults),       cmocka_unit_test(test_places_of_faults),
      cmocka_unit_test(test_chunk),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
