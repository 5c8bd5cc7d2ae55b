#include "tests/unit/fixture.h"

#include <math.h>

#include "core/plan/advice.h"
#include "core/plan/convert.h"

/* One column, converted whole. */
struct result {
  struct table table;
  struct mt_profile profile;
  struct mt_conversion conversion;
  struct mt_chunk chunk;
  struct mt_batch batch;
  struct mt_error error;
  struct mt_name name;
  struct mt_reader_schema schema;
  int init_rc, rc;
};

/* Converts r->table.  other: the rows to convert, when they are not those that were
 * profiled. */
static void convert(struct result *r, enum mt_dtype t, const struct table *other)
{
  const struct table *rows = other ? other : &r->table;
  static char name[] = "price";
  uint8_t dtype = (uint8_t)t;

  r->name = (struct mt_name){name, sizeof name - 1};
  r->schema = (struct mt_reader_schema){.names = &r->name, .columns = 1};
  memset(&r->error, 0, sizeof r->error);
  profile_table(&r->profile, &r->table, SIZE_MAX);
  mt_chunk_init(&r->chunk);
  mt_batch_init(&r->batch);
  assert_int_equal(table_chunk(rows, 0, table_rows(rows), &r->chunk), 0);
  r->rc = r->init_rc =
      mt_conversion_init(&r->conversion, &r->profile, &r->schema, &dtype, &r->error);
  if (r->init_rc == 0)
    r->rc = mt_convert(&r->conversion, &r->chunk, &r->batch, NULL, &r->error);
}

static void release(struct result *r)
{
  mt_batch_reset(&r->batch);
  mt_chunk_reset(&r->chunk);
  mt_conversion_reset(&r->conversion);
  mt_profile_reset(&r->profile);
  table_free(&r->table);
}

static bool is_valid(const struct result *r, size_t row)
{
  return r->batch.column[0].validity[row / 8] >> (row % 8) & 1;
}

#define VALUES(r, type) ((const type *)(r)->batch.column[0].values)
#define CHECK_VALUES(r, type, ...)                                                       \
  do {                                                                                   \
    static const type expected_[] = {__VA_ARGS__};                                       \
    assert_int_equal((r)->rc, 0);                                                        \
    assert_int_equal((r)->batch.rows, LENGTH(expected_));                                \
    assert_memory_equal(VALUES(r, type), expected_, sizeof expected_);                   \
  } while (0)

static void test_integers(void **state)
{
  (void)state;
  struct result r;

  TABLE_OF(&r.table, "-128", "127", "", "0", " 5 ", "1.0", "1e2", "NA", "-7");
  convert(&r, MT_INT8, NULL);
  CHECK_VALUES(&r, int8_t, -128, 127, 0, 0, 5, 1, 100, 0, -7);
  assert_int_equal(r.batch.column[0].null_count, 2);
  for (size_t i = 0; i < 9; i++)
    assert_int_equal(is_valid(&r, i), i != 2 && i != 7);
  assert_int_equal(r.batch.column[0].validity[1] & 0xfe, 0); /* padding */
  assert_int_equal(r.conversion.schema.fields[0].nulls, 2);
  assert_int_equal(r.conversion.schema.fields[0].max_abs, 128);
  release(&r);

  TABLE_OF(&r.table, "-32768", "32767");
  convert(&r, MT_INT16, NULL);
  CHECK_VALUES(&r, int16_t, -32768, 32767);
  release(&r);
  TABLE_OF(&r.table, "-2147483648", "2147483647");
  convert(&r, MT_INT32, NULL);
  CHECK_VALUES(&r, int32_t, INT32_MIN, INT32_MAX);
  release(&r);
  TABLE_OF(&r.table, "-9223372036854775808", "9223372036854775807", "9007199254740993");
  convert(&r, MT_INT64, NULL);
  CHECK_VALUES(&r, int64_t, INT64_MIN, INT64_MAX, 9007199254740993);
  assert_true(r.conversion.schema.fields[0].max_abs == (uint64_t)1 << 63);
  release(&r);
  TABLE_OF(&r.table, "0", "255", "-0");
  convert(&r, MT_UINT8, NULL);
  CHECK_VALUES(&r, uint8_t, 0, 255, 0);
  release(&r);
  TABLE_OF(&r.table, "0", "65535");
  convert(&r, MT_UINT16, NULL);
  CHECK_VALUES(&r, uint16_t, 0, 65535);
  release(&r);
  TABLE_OF(&r.table, "0", "4294967295");
  convert(&r, MT_UINT32, NULL);
  CHECK_VALUES(&r, uint32_t, 0, UINT32_MAX);
  release(&r);
  TABLE_OF(&r.table, "0", "18446744073709551615", "9223372036854775808");
  convert(&r, MT_UINT64, NULL);
  CHECK_VALUES(&r, uint64_t, 0, UINT64_MAX, (uint64_t)1 << 63);
  assert_true(r.conversion.schema.fields[0].max_abs == UINT64_MAX);
  release(&r);
}

/* Blanks do not matter to the value, however large it is. */
static void test_large_integers_with_blanks(void **state)
{
  (void)state;
  struct result r;

  TABLE_OF(&r.table, " 9223372036854775809", "18446744073709551615 ", "1 ");
  convert(&r, MT_UINT64, NULL);
  assert_string_equal(r.error.what, "");
  CHECK_VALUES(&r, uint64_t, 9223372036854775809u, UINT64_MAX, 1);
  release(&r);
}

static bool is_refused(enum mt_dtype t, const char *good, const char *bad)
{
  struct result r;
  char place[40], value[80];

  table_init(&r.table, 1);
  table_add(&r.table, good);
  table_add(&r.table, "");
  table_add(&r.table, bad);
  table_add(&r.table, bad);
  convert(&r, t, NULL);
  if (r.rc != ERANGE) {
    print_message("\"%s\" as %s: %d\n", bad, mt_dtype_name(t), r.rc);
    release(&r);
    return false;
  }
  assert_int_equal(r.error.code, ERANGE);
  if (r.error.line != LINE_OF_ROW(2))
    print_message("\"%s\", \"%s\" as %s\n", good, bad, mt_dtype_name(t));
  assert_int_equal(r.error.line, LINE_OF_ROW(2));
  assert_int_equal(r.error.byte, 1000 + strlen(good));
  snprintf(place, sizeof place, "line %llu", (unsigned long long)LINE_OF_ROW(2));
  snprintf(value, sizeof value, "\"%s\"", bad);
  assert_non_null(strstr(r.error.what, "price"));
  assert_non_null(strstr(r.error.what, place));
  assert_non_null(strstr(r.error.what, value));
  assert_non_null(strstr(r.error.what, mt_dtype_name(t)));
  assert_true(r.error.remedy[0] != '\0');
  release(&r);
  return true;
}

static void test_refusals(void **state)
{
  (void)state;
  static const struct {
    enum mt_dtype t;
    const char *good, *bad;
  } known[] = {
      {MT_INT8, "1", "128"},
      {MT_INT8, "1", "-129"},
      {MT_INT8, "1", "300.0"},
      {MT_INT8, "1", "1.5"},
      {MT_INT8, "1", "-0.0"},
      {MT_INT8, "1", "2.000000001"},
      {MT_INT8, "1", "1e-400"},
      {MT_INT8, "1", "1.00000000000000000000000001"},
      {MT_INT8, "1", "inf"},
      {MT_INT8, "1", "x"},
      {MT_INT8, "1", "0x1F"},
      {MT_INT8, "1", "1_0"},
      {MT_INT16, "1", "32768"},
      {MT_INT16, "1", "-32769"},
      {MT_INT32, "1", "2147483648"},
      {MT_INT64, "1", "9223372036854775808"},
      {MT_INT64, "1", "-9223372036854775809"},
      {MT_INT64, "1", "9223372036854775808.0"},
      {MT_UINT8, "1", "256"},
      {MT_UINT8, "1", "-1"},
      {MT_UINT16, "1", "65536"},
      {MT_UINT32, "1", "4294967296"},
      {MT_UINT64, "1", "18446744073709551616"},
      {MT_UINT64, "1", "-1"},
      {MT_FLOAT32, "1.5", "16777217"},
      {MT_FLOAT32, "1.5", "16777217.0"},
      {MT_FLOAT32, "1.5", "9007199254740993"},
      {MT_FLOAT32, "1.5", "1e-50"},
      {MT_FLOAT32, "1.5", "1e39"},
      {MT_FLOAT32, "1.5", "2.000000001"},
      {MT_FLOAT32, "1.5", "1e-40"},
      {MT_FLOAT32, "1.5", "1e400"},
      {MT_FLOAT64, "1.5", "1e400"},
      {MT_FLOAT64, "1.5", "x"},
      {MT_BOOL, "true", "yes"},
      {MT_BOOL, "true", "1"},
      {MT_BOOL, "1", "2"},
      {MT_BOOL, "true", " true"},
      {MT_DATE, "2020-01-02", "2020-02-30"},
      {MT_DATE, "2020-01-02", "02/01/2020"},
      {MT_DATE, "2020-01-02", "2020-01-02 00:00:01"},
      {MT_DATETIME, "2020-01-02 10:00:00", "10:00:00"},
  };
  size_t wrong = 0;

  for (size_t i = 0; i < LENGTH(known); i++)
    wrong += !is_refused(known[i].t, known[i].good, known[i].bad);
  assert_int_equal(wrong, 0);
}

static void test_not_utf8(void **state)
{
  (void)state;
  struct result r;

  TABLE_OF(&r.table, "fine", "", "bad \xff");
  convert(&r, MT_STRING, NULL);
  assert_int_equal(r.rc, ERANGE);
  assert_int_equal(r.error.line, LINE_OF_ROW(2));
  assert_non_null(strstr(r.error.what, "\\xFF"));
  release(&r);
}

static void test_floats(void **state)
{
  (void)state;
  struct result r;
  const double *d;
  const float *f;

  TABLE_OF(&r.table, "0.1", "", "-0.0", "inf", "7", "9007199254740992", "-Infinity");
  convert(&r, MT_FLOAT64, NULL);
  assert_int_equal(r.rc, 0);
  d = VALUES(&r, double);
  assert_true(d[0] == 0.1 && isnan(d[1]) && d[2] == 0 && signbit(d[2]) && isinf(d[3]));
  assert_true(d[4] == 7 && d[5] == 9007199254740992.0 && d[6] == -INFINITY);
  assert_int_equal(r.batch.column[0].null_count, 1);
  assert_false(is_valid(&r, 1));
  release(&r);

  TABLE_OF(&r.table, "10.8", "", "-0.0", "inf", "16777216", "123.456", "3.4e38");
  convert(&r, MT_FLOAT32, NULL);
  assert_int_equal(r.rc, 0);
  f = VALUES(&r, float);
  assert_true(f[0] == 10.8f && isnan(f[1]) && f[2] == 0 && signbit(f[2]) && isinf(f[3]));
  assert_true(f[4] == 16777216.0f && f[5] == 123.456f && f[6] == 3.4e38f);
  release(&r);
}

static void test_bools(void **state)
{
  (void)state;
  struct result r;

  TABLE_OF(&r.table, "true", "FALSE", "", "True");
  convert(&r, MT_BOOL, NULL);
  CHECK_VALUES(&r, uint8_t, 1, 0, 0, 1);
  assert_int_equal(r.batch.column[0].null_count, 1);
  release(&r);
  TABLE_OF(&r.table, "no", "Yes", "YES");
  convert(&r, MT_BOOL, NULL);
  CHECK_VALUES(&r, uint8_t, 0, 1, 1);
  release(&r);
  TABLE_OF(&r.table, "f", "T", "on"); /* two vocabularies */
  convert(&r, MT_BOOL, NULL);
  assert_int_equal(r.rc, ERANGE);
  release(&r);
  TABLE_OF(&r.table, "0", "1", "", " 1");
  convert(&r, MT_BOOL, NULL);
  CHECK_VALUES(&r, uint8_t, 0, 1, 0, 1);
  release(&r);
}

#define DAY ((int64_t)86400 * 1000000)

static void test_dates(void **state)
{
  (void)state;
  struct result r;

  TABLE_OF(&r.table, "1970-01-02", "", "1969-12-31", "0001-01-01", "9999-12-31");
  convert(&r, MT_DATE, NULL);
  CHECK_VALUES(&r, int64_t, DAY, 0, -DAY, -719162 * DAY, 2932896 * DAY);
  assert_int_equal(r.conversion.schema.fields[0].unit, MT_UNIT_US);
  assert_false(r.conversion.schema.fields[0].utc);
  assert_int_equal(r.batch.column[0].null_count, 1);
  release(&r);

  TABLE_OF(&r.table, "31/01/1970", "02/01/1970"); /* day first: 31 says so */
  convert(&r, MT_DATE, NULL);
  CHECK_VALUES(&r, int64_t, 30 * DAY, DAY);
  release(&r);
  TABLE_OF(&r.table, "01/02/1970", "01/31/1970"); /* month first */
  convert(&r, MT_DATE, NULL);
  CHECK_VALUES(&r, int64_t, DAY, 30 * DAY);
  release(&r);
  TABLE_OF(&r.table, "01/01/68", "02/01/69"); /* 2068, 1969 */
  convert(&r, MT_DATE, NULL);
  CHECK_VALUES(&r, int64_t, 35794 * DAY, -364 * DAY);
  release(&r);
}

static void test_datetimes(void **state)
{
  (void)state;
  struct result r;

  TABLE_OF(&r.table, "1970-01-01 00:00:00.000001", "1969-12-31 23:59:59.999999", "");
  convert(&r, MT_DATETIME, NULL);
  CHECK_VALUES(&r, int64_t, 1, -1, 0);
  release(&r);
  TABLE_OF(&r.table, "1970-01-01T01:00:00+01:00", "1970-01-01T00:00:00-01:30");
  convert(&r, MT_DATETIME, NULL);
  CHECK_VALUES(&r, int64_t, 0, (int64_t)5400 * 1000000);
  assert_true(r.conversion.schema.fields[0].utc);
  release(&r);
  TABLE_OF(&r.table, "1970-01-01 00:00:00.000000001", "1969-12-31 23:59:59.999999999",
           "2262-04-11 23:47:16.854775807", "1677-09-21 00:12:43.145224193");
  convert(&r, MT_DATETIME, NULL);
  CHECK_VALUES(&r, int64_t, 1, -1, INT64_MAX, -INT64_MAX);
  assert_int_equal(r.conversion.schema.fields[0].unit, MT_UNIT_NS);
  release(&r);
  TABLE_OF(&r.table, "1970-01-01 00:00:00.000000001", "2262-04-11 23:47:16.854775808");
  convert(&r, MT_DATETIME, NULL);
  assert_int_equal(r.rc, ERANGE);
  assert_int_equal(r.error.line, LINE_OF_ROW(1));
  release(&r);
  TABLE_OF(&r.table, "Jan 5, 1970 1:02:03 PM", "Jan 5, 1970 12:00:00 AM");
  convert(&r, MT_DATETIME, NULL);
  CHECK_VALUES(&r, int64_t, 4 * DAY + (int64_t)(13 * 3600 + 2 * 60 + 3) * 1000000,
               4 * DAY);
  release(&r);
}

static void test_category(void **state)
{
  (void)state;
  struct result r;
  const struct mt_dictionary *d;
  struct table other;

  TABLE_OF(&r.table, "pear", "apple", "", "pear", "\xc3\xa9", "app", "7", "07", "7.0");
  convert(&r, MT_CATEGORY, NULL);
  CHECK_VALUES(&r, int32_t, 5, 4, -1, 5, 6, 3, 1, 0, 2);
  d = r.conversion.schema.fields[0].dictionary;
  assert_non_null(d);
  assert_int_equal(d->count, 7);
  assert_int_equal(d->offsets[0], 0);
  assert_int_equal(d->offsets[7], 2 + 1 + 3 + 3 + 5 + 4 + 2);
  assert_memory_equal(d->bytes, "0777.0appapplepear\xc3\xa9", d->offsets[7]);
  assert_int_equal(r.batch.column[0].null_count, 1);
  assert_int_equal(r.conversion.schema.fields[0].max_bytes, 5);
  release(&r);

  TABLE_OF(&r.table, "a", "b"); /* a file that changed since the scan */
  TABLE_OF(&other, "a", "c");
  convert(&r, MT_CATEGORY, &other);
  assert_int_equal(r.rc, ERANGE);
  assert_int_equal(r.error.line, LINE_OF_ROW(1));
  table_free(&other);
  release(&r);

  TABLE_OF(&r.table, "", "NA"); /* no value at all */
  convert(&r, MT_CATEGORY, NULL);
  CHECK_VALUES(&r, int32_t, -1, -1);
  assert_int_equal(r.conversion.schema.fields[0].dictionary->count, 0);
  release(&r);
}

static void test_category_needs_exact_values(void **state)
{
  (void)state;
  struct result r;
  uint8_t dtype = MT_CATEGORY;
  static char name[] = "c";

  TABLE_OF(&r.table, "a", "b");
  profile_part(&r.profile, &r.table, 1, 0, 0, true);
  assert_int_equal(mt_distinct_evict(&r.profile.column[0].distinct, &r.profile.pool), 0);
  r.name = (struct mt_name){name, 1};
  r.schema = (struct mt_reader_schema){.names = &r.name, .columns = 1};
  assert_int_equal(
      mt_conversion_init(&r.conversion, &r.profile, &r.schema, &dtype, &r.error), EINVAL);
  assert_true(r.error.what[0] && r.error.remedy[0]);
  mt_profile_reset(&r.profile);
  table_free(&r.table);
}

static void test_strings(void **state)
{
  (void)state;
  struct result r;

  table_init(&r.table, 1);
  table_add(&r.table, "ab");
  table_add(&r.table, "");
  table_add_bytes(&r.table, "c\0d", 3, false);
  table_add(&r.table, "NA");
  table_add(&r.table, " ");
  table_add(&r.table, "\xc3\xa9");
  convert(&r, MT_STRING, NULL);
  assert_int_equal(r.rc, 0);
  assert_memory_equal(VALUES(&r, int32_t), ((int32_t[]){0, 2, 2, 5, 5, 6, 8}), 7 * 4);
  assert_memory_equal(r.batch.column[0].bytes, "abc\0d \xc3\xa9", 8);
  release(&r);

  TABLE_OF(&r.table, "ab", "", "c", "null", "007");
  convert(&r, MT_STRING, NULL);
  assert_int_equal(r.rc, 0);
  assert_memory_equal(r.batch.column[0].bytes, "abc007", 6);
  assert_int_equal(r.batch.column[0].null_count, 2);
  assert_int_equal(r.batch.column[0].validity[0], 0x15);
  release(&r);
}

static void test_dropped_columns(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;
  struct mt_conversion v;
  struct mt_chunk chunk;
  struct mt_batch batch;
  struct mt_error error = {0};
  static char names[3][2] = {"a", "b", "c"};
  struct mt_name name[3] = {{names[0], 1}, {names[1], 1}, {names[2], 1}};
  struct mt_reader_schema schema = {.names = name, .columns = 3};
  const uint8_t some[] = {MT_INT8, MT_DROP, MT_STRING},
                none[] = {MT_DROP, MT_DROP, MT_DROP};
  table_init(&t, 3);
  for (int i = 0; i < 4; i++) {
    table_add(&t, "1");
    table_add(&t, "x");
    table_add(&t, "yy");
  }
  profile_table(&p, &t, 3);
  assert_int_equal(mt_conversion_init(&v, &p, &schema, none, &error), EINVAL);
  assert_true(error.what[0] && error.remedy[0]);
  assert_int_equal(mt_conversion_init(&v, &p, &schema, some, &error), 0);
  assert_int_equal(v.schema.columns, 2);
  assert_string_equal(v.schema.fields[1].name, "c");
  assert_int_equal(v.schema.rows, 4);
  mt_chunk_init(&chunk);
  mt_batch_init(&batch);
  for (size_t from = 0; from < 4; from += 2) { /* the batch is reused */
    assert_int_equal(table_chunk(&t, from, from + 2, &chunk), 0);
    assert_int_equal(mt_convert(&v, &chunk, &batch, NULL, &error), 0);
    assert_int_equal(batch.rows, 2);
    assert_int_equal(batch.first_row, from);
    assert_int_equal(batch.columns, 2);
    assert_memory_equal(batch.column[1].bytes, "yyyy", 4);
  }
  mt_batch_reset(&batch);
  mt_chunk_reset(&chunk);
  mt_conversion_reset(&v);
  mt_profile_reset(&p);
  table_free(&t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_integers), cmocka_unit_test(test_large_integers_with_blanks),
      cmocka_unit_test(test_refusals), cmocka_unit_test(test_not_utf8),
      cmocka_unit_test(test_floats),   cmocka_unit_test(test_bools),
      cmocka_unit_test(test_dates),    cmocka_unit_test(test_datetimes),
      cmocka_unit_test(test_category), cmocka_unit_test(test_category_needs_exact_values),
      cmocka_unit_test(test_strings),  cmocka_unit_test(test_dropped_columns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
