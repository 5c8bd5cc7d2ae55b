#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/cells/nulls.h"
#include "formats/hdf5/layout.h"

enum { MANY = MT_HDF5_COLUMNS_MAX + 1 };

static struct mt_field fields[MANY];
static struct mt_schema schema = {.fields = fields, .rows = 10};
static struct mt_hdf5_layout layout;
static struct mt_error error;

static struct mt_field *add(const char *name, enum mt_dtype dtype, uint64_t nulls)
{
  struct mt_field *f = &fields[schema.columns++];
  *f = (struct mt_field){
      .name = name, .name_len = strlen(name), .dtype = dtype, .nulls = nulls};
  return f;
}

static int setup(void **state)
{
  (void)state;
  schema.columns = 0;
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  mt_hdf5_layout_reset(&layout);
  return 0;
}

static void init(void)
{
  assert_int_equal(mt_hdf5_layout_init(&layout, &schema, &error), 0);
}

static void assert_member(size_t i, enum mt_hdf5_storage storage, size_t width,
                          const char *dtype, const char *note)
{
  const struct mt_hdf5_member *m = &layout.member[i];
  assert_int_equal(m->storage, storage);
  assert_int_equal(m->width, width);
  assert_string_equal(m->dtype, dtype);
  if (note)
    assert_non_null(strstr(m->note, note));
  else
    assert_string_equal(m->note, "");
}

static uint32_t word(const char *s)
{
  int i = mt_null_word((const uint8_t *)s, strlen(s));
  assert_true(i >= 0);
  return UINT32_C(1) << i;
}

static void test_names(void **state)
{
  (void)state;
  static const struct {
    const char *name, *member;
  } cases[] = {
      {"plain", "plain"},
      {"A_1", "A_1"},
      {"with space", "values_block_0"},
      {"index", "values_block_1"},
      {"values_block_0", "values_block_2"},
      {"", "values_block_3"},
      {"_a", "values_block_4"},
      {"1a", "values_block_5"},
      {"index_", "index_"},
      {"\xc3\xa9t\xc3\xa9", "values_block_6"},
      {"a23456789012345678901234567890123456789012345678901234567890123",
       "a23456789012345678901234567890123456789012345678901234567890123"},
      {"a234567890123456789012345678901234567890123456789012345678901234",
       "values_block_7"},
  };
  size_t n = sizeof cases / sizeof *cases;
  for (size_t i = 0; i < n; i++)
    add(cases[i].name, MT_INT8, 0);
  init();
  for (size_t i = 0; i < n; i++) {
    assert_string_equal(layout.member[i].name, cases[i].member);
    assert_int_equal(layout.member[i].block, strcmp(cases[i].name, cases[i].member) != 0);
    assert_int_equal(layout.member[i].offset, MT_HDF5_INDEX_WIDTH + i);
  }
  assert_int_equal(layout.row_size, MT_HDF5_INDEX_WIDTH + n);
}

static void test_integers_with_nulls(void **state)
{
  (void)state;
  static const struct {
    enum mt_dtype dtype;
    uint64_t nulls, max_abs;
    enum mt_hdf5_storage storage;
    size_t width;
    const char *name, *note;
  } cases[] = {
      {MT_INT8, 0, 128, MT_HDF5_SAME, 1, "int8", NULL},
      {MT_UINT64, 0, UINT64_MAX, MT_HDF5_SAME, 8, "uint64", NULL},
      {MT_INT64, 1, 1 << 24, MT_HDF5_FLOAT32, 4, "float32", "float32"},
      {MT_INT32, 1, (1 << 24) + 1, MT_HDF5_FLOAT64, 8, "float64", "float64"},
      {MT_INT64, 1, UINT64_C(1) << 53, MT_HDF5_FLOAT64, 8, "float64", "float64"},
      {MT_INT64, 1, (UINT64_C(1) << 53) + 1, MT_HDF5_DECIMAL, 17, "bytes136", "text"},
      {MT_UINT64, 1, (UINT64_C(1) << 53) + 1, MT_HDF5_DECIMAL, 16, "bytes128", "text"},
      {MT_UINT64, 1, UINT64_MAX, MT_HDF5_DECIMAL, 20, "bytes160", "text"},
      {MT_INT64, 1, UINT64_C(1) << 63, MT_HDF5_DECIMAL, 20, "bytes160", "text"},
  };
  size_t n = sizeof cases / sizeof *cases;
  for (size_t i = 0; i < n; i++)
    add("x", cases[i].dtype, cases[i].nulls)->max_abs = cases[i].max_abs;
  init();
  for (size_t i = 0; i < n; i++)
    assert_member(i, cases[i].storage, cases[i].width, cases[i].name, cases[i].note);
}

static void test_other_dtypes(void **state)
{
  (void)state;
  struct mt_dictionary none = {0}, small = {.count = 126}, large = {.count = 127};
  add("f", MT_FLOAT32, 3);
  add("b", MT_BOOL, 0);
  add("bn", MT_BOOL, 1);
  add("c0", MT_CATEGORY, 10)->dictionary = &none;
  add("c1", MT_CATEGORY, 1)->dictionary = &small;
  add("c2", MT_CATEGORY, 0)->dictionary = &large;
  add("us", MT_DATETIME, 0)->unit = MT_UNIT_US;
  add("ns", MT_DATETIME, 1)->unit = MT_UNIT_NS;
  add("s", MT_STRING, 0)->max_bytes = 2;
  add("empty", MT_STRING, 0);
  add("null", MT_STRING, 10);
  init();
  assert_member(0, MT_HDF5_SAME, 4, "float32", NULL);
  assert_member(1, MT_HDF5_SAME, 1, "bool", NULL);
  assert_member(2, MT_HDF5_CODES, 1, "int8", "category");
  assert_member(3, MT_HDF5_CODES, 1, "int8", NULL);
  assert_member(4, MT_HDF5_CODES, 1, "int8", NULL);
  assert_member(5, MT_HDF5_CODES, 2, "int16", NULL);
  assert_member(6, MT_HDF5_TIME, 8, "datetime64[ns]", "datetime64[ns]");
  assert_member(7, MT_HDF5_TIME, 8, "datetime64[ns]", NULL);
  assert_member(8, MT_HDF5_TEXT, 2, "bytes16", NULL);
  assert_member(9, MT_HDF5_TEXT, 1, "bytes8", NULL);
  assert_member(10, MT_HDF5_TEXT, 3, "bytes24", NULL); /* room for "nan" */
}

static void test_nan_rep_is_no_value(void **state)
{
  (void)state;
  add("category", MT_CATEGORY, 0)->na_words = word("nan"); /* has its own */
  fields[0].dictionary = &(struct mt_dictionary){.count = 1};
  struct mt_field *a = add("a", MT_STRING, 1), *b = add("b", MT_STRING, 0);
  a->max_bytes = b->max_bytes = 4;
  init();
  assert_string_equal(layout.nan_rep, "nan");
  mt_hdf5_layout_reset(&layout);
  b->na_words = word("nan"); /* also where there are no nulls */
  init();
  assert_string_equal(layout.nan_rep, "<NA>");
  mt_hdf5_layout_reset(&layout);
  a->na_words = word("<NA>");
  init();
  assert_false((a->na_words | b->na_words) & word(layout.nan_rep));
  mt_hdf5_layout_reset(&layout);
  a->na_words = (UINT32_C(1) << MT_NULL_WORD_COUNT) - 1;
  init();
  assert_true(strlen(layout.nan_rep) > 4); /* longer than any value */
  assert_int_equal(layout.member[1].width, strlen(layout.nan_rep));
  assert_int_equal(layout.member[2].width, 4);
}

static void test_chunk_rows(void **state)
{
  (void)state;
  struct mt_field *s = add("s", MT_STRING, 0);
  static const struct {
    uint32_t text;
    size_t rows;
  } cases[] = {{1, 58254},
               {0, 58254},
               {92, 5242},
               {8184, 64},
               {65528, 64},
               {131064, 32},
               {MT_HDF5_ROW_MAX - 8, 4}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    s->max_bytes = cases[i].text;
    init();
    assert_int_equal(layout.chunk_rows, cases[i].rows);
    assert_true(layout.chunk_rows * layout.row_size <= MT_HDF5_CHUNK_MAX);
    mt_hdf5_layout_reset(&layout);
  }
}

static void refused(const char *what)
{
  assert_int_equal(mt_hdf5_layout_init(&layout, &schema, &error), EFBIG);
  assert_non_null(strstr(error.what, what));
  assert_non_null(strstr(error.remedy, "Arrow"));
  mt_hdf5_layout_reset(&layout);
}

static void test_limits(void **state)
{
  (void)state;
  assert_int_equal(mt_hdf5_layout_init(&layout, &schema, &error), EINVAL);
  mt_hdf5_layout_reset(&layout);
  struct mt_field *s = add("long", MT_STRING, 0);
  s->max_bytes = MT_HDF5_ROW_MAX - MT_HDF5_INDEX_WIDTH + 1;
  refused("'long'");
  s->max_bytes = UINT32_MAX;
  refused("'long'");
  s->dtype = MT_CATEGORY;
  s->dictionary = &(struct mt_dictionary){.count = 1};
  refused("'long'");
  schema.columns = 0;
  for (int i = 0; i < MT_HDF5_COLUMNS_MAX; i++)
    add("x", MT_INT8, 0);
  init();
  mt_hdf5_layout_reset(&layout);
  add("x", MT_INT8, 0);
  refused("1501 columns");
  schema.columns = 0;
  for (int i = 0; i < 1000; i++)
    add("a23456789012345678901234567890123456789012345678901234567890123", MT_INT8, 0);
  refused("1000 columns");
}

static void assert_attribute(int rc, struct mt_buffer *b, const char *want)
{
  assert_int_equal(rc, 0);
  assert_int_equal(b->len, strlen(want));
  assert_memory_equal(b->data, want, b->len);
}

static void test_attributes(void **state)
{
  (void)state;
  struct mt_buffer b;
  mt_buffer_init(&b, 1 << 20);
  add("a", MT_BOOL, 1);
  add("b c", MT_DATETIME, 0)->utc = true;
  init();
  assert_attribute(mt_hdf5_layout_index_cols(&b), &b, "(l(I0\nVindex\nta.");
  assert_attribute(mt_hdf5_layout_values_cols(&layout, &b), &b,
                   "(lVa\naVvalues_block_0\na.");
  assert_attribute(mt_hdf5_layout_data_columns(&layout, &b), &b, "(lVa\na.");
  assert_attribute(mt_hdf5_layout_axes(&layout, &b), &b, "(l(I1\n(lVa\naVb c\nata.");
  assert_attribute(mt_hdf5_layout_kind(&layout, 1, &b), &b, "(lVb c\na.");
  assert_attribute(mt_hdf5_layout_none(&b), &b, "N.");
  assert_attribute(mt_hdf5_layout_info(&layout, &b), &b,
                   "(dI1\n(dVnames\n(lNasVtype\nVIndex\nssVindex\n(ds"
                   "Va\n(dVordered\nI00\nssVvalues_block_0\n(dVtz\nVUTC\nss.");
  mt_buffer_reset(&b);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(test_names),        TEST(test_integers_with_nulls),
      TEST(test_other_dtypes), TEST(test_nan_rep_is_no_value),
      TEST(test_chunk_rows),   TEST(test_limits),
      TEST(test_attributes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
