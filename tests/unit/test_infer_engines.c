#include "tests/unit/fixture.h"

#include "core/cells/token.h"
#include "core/engine/footprint.h"
#include "core/engine/infer.h"

#define MAX64 "9223372036854775807"
#define BEYOND64 "9223372036854775808"
#define MAX128 "170141183460469231731687303715884105727"
#define BEYOND128 "170141183460469231731687303715884105728"

/* What polars 2.1 and pyarrow 26 said of each text. */
static const struct {
  const char *text;
  enum mt_polars_type polars;
  unsigned arrow;
} texts[] = {
    {"1", MT_POLARS_INT64, MT_ARROW_INT64 | MT_ARROW_BOOL | MT_ARROW_DOUBLE},
    {"00", MT_POLARS_INT64, MT_ARROW_INT64 | MT_ARROW_DOUBLE},
    {"-007", MT_POLARS_INT64, MT_ARROW_INT64 | MT_ARROW_DOUBLE},
    {"+1", MT_POLARS_TEXT, MT_ARROW_DOUBLE},
    {" 1", MT_POLARS_TEXT, MT_ARROW_INT64 | MT_ARROW_DOUBLE},
    {"1\t ", MT_POLARS_TEXT, MT_ARROW_INT64 | MT_ARROW_DOUBLE},
    {"1\v", MT_POLARS_TEXT, 0},
    {"-", MT_POLARS_TEXT, 0},
    {MAX64, MT_POLARS_INT64, MT_ARROW_INT64 | MT_ARROW_DOUBLE},
    {BEYOND64, MT_POLARS_INT128, MT_ARROW_DOUBLE},
    {"-" BEYOND64, MT_POLARS_INT64, MT_ARROW_INT64 | MT_ARROW_DOUBLE},
    {"000000000000000000000000000000000000000000" MAX64, MT_POLARS_INT64,
     MT_ARROW_INT64 | MT_ARROW_DOUBLE},
    {MAX128, MT_POLARS_INT128, MT_ARROW_DOUBLE},
    {BEYOND128, MT_POLARS_HUGE, MT_ARROW_DOUBLE},
    {"-" BEYOND128, MT_POLARS_INT128, MT_ARROW_DOUBLE},
    {"-" BEYOND128 "0", MT_POLARS_HUGE, MT_ARROW_DOUBLE},
    {"0x1F", MT_POLARS_TEXT, MT_ARROW_INT64},
    {"0XfFfFfFfFfFfFfFfF", MT_POLARS_TEXT, MT_ARROW_INT64},
    {"0x10000000000000000", MT_POLARS_TEXT, 0},
    {"0x", MT_POLARS_TEXT, 0},
    {"0xg", MT_POLARS_TEXT, 0},
    {"-0x1", MT_POLARS_TEXT, 0},
    {"1.5", MT_POLARS_FLOAT, MT_ARROW_DOUBLE},
    {"+.5", MT_POLARS_FLOAT, MT_ARROW_DOUBLE},
    {"5.", MT_POLARS_FLOAT, MT_ARROW_DOUBLE},
    {".", MT_POLARS_TEXT, 0},
    {"1e3", MT_POLARS_FLOAT, MT_ARROW_DOUBLE},
    {"1.5E-3", MT_POLARS_FLOAT, MT_ARROW_DOUBLE},
    {"5.e1", MT_POLARS_TEXT, MT_ARROW_DOUBLE},
    {"1e", MT_POLARS_TEXT, 0},
    {"1e+", MT_POLARS_TEXT, 0},
    {"e5", MT_POLARS_TEXT, 0},
    {".e5", MT_POLARS_TEXT, 0},
    {"1.5 ", MT_POLARS_TEXT, MT_ARROW_DOUBLE},
    {"-inf", MT_POLARS_FLOAT, MT_ARROW_DOUBLE},
    {"Inf", MT_POLARS_TEXT, MT_ARROW_DOUBLE},
    {"-Infinity", MT_POLARS_TEXT, MT_ARROW_DOUBLE},
    {"infinite", MT_POLARS_TEXT, 0},
    {"+NaN", MT_POLARS_FLOAT, MT_ARROW_DOUBLE},
    {"nAn", MT_POLARS_TEXT, MT_ARROW_DOUBLE},
    {"nan(a_1)", MT_POLARS_TEXT, MT_ARROW_DOUBLE},
    {"nan(.)", MT_POLARS_TEXT, 0},
    {"nano", MT_POLARS_TEXT, 0},
    {"true", MT_POLARS_BOOL, MT_ARROW_BOOL},
    {"FALSE", MT_POLARS_BOOL, MT_ARROW_BOOL},
    {"tRuE", MT_POLARS_BOOL, 0},
    {" true", MT_POLARS_TEXT, 0},
    {"yes", MT_POLARS_TEXT, 0},
    {"10:00", MT_POLARS_TEXT, MT_ARROW_TIME},
    {" 23:59:59", MT_POLARS_TEXT, MT_ARROW_TIME},
    {"24:00", MT_POLARS_TEXT, 0},
    {"10", MT_POLARS_INT64, MT_ARROW_INT64 | MT_ARROW_DOUBLE},
    {"10:00:00.5", MT_POLARS_TEXT, 0},
    {"1:00", MT_POLARS_TEXT, 0},
};

#define DATE (MT_ARROW_DATE | MT_ARROW_TIMESTAMP)
#define SECOND (MT_ARROW_TIMESTAMP | MT_ARROW_TIMESTAMP_NS)
#define ZONED (MT_ARROW_ZONED | MT_ARROW_ZONED_NS)

/* All of them text for polars. */
static const struct {
  const char *text;
  unsigned arrow;
} times[] = {
    {"2020-02-29", DATE | MT_ARROW_TIMESTAMP_NS},
    {"2021-02-29", 0},
    {"1900-02-29", 0},
    {"2020-13-01", 0},
    {"2020-04-31", 0},
    {"2020-04-30", DATE | MT_ARROW_TIMESTAMP_NS},
    {"2020-1-1", 0},
    {"2020/01/01", 0},
    {"0000-01-01", DATE},
    {"9999-12-31", DATE},
    {"1677-09-21", DATE},
    {"1677-09-22", DATE | MT_ARROW_TIMESTAMP_NS},
    {"2262-04-12", DATE},
    {" 2020-01-01", MT_ARROW_DATE},
    {"2020-01-01T", 0},
    {"2020-01-01 00", SECOND},
    {"2020-01-01T00:00", SECOND},
    {"2020-01-01 23:59:59", SECOND},
    {"2020-01-01 23:59:60", 0},
    {"2020-01-01 00:00 ", 0},
    {"2020-01-01_00:00", 0},
    {"2020-01-01 00:00:00.", 0},
    {"2020-01-01 00:00:00.0", MT_ARROW_TIMESTAMP_NS},
    {"2020-01-01 00:00:00.123456789", MT_ARROW_TIMESTAMP_NS},
    {"2020-01-01 00:00:00.1234567890", 0},
    {"2020-01-01 00:00.5", 0},
    {"1677-09-21 00:12:43.9", 0},
    {"1677-09-21 00:12:44.0", MT_ARROW_TIMESTAMP_NS},
    {"2262-04-11 23:47:16.854775807", MT_ARROW_TIMESTAMP_NS},
    {"2262-04-11 23:47:16.854775808", 0},
    {"2020-01-01T00:00:00Z", ZONED},
    {"2020-01-01T00Z", ZONED},
    {"2020-01-01Z", 0},
    {"2020-01-01 00:00+01", ZONED},
    {"2020-01-01 00:00-0130", ZONED},
    {"2020-01-01 00:00:00-23:59", ZONED},
    {"2020-01-01 00:00:00+24:00", 0},
    {"2020-01-01 00:00:00+1:00", 0},
    {"2020-01-01 00:00:00.5Z", MT_ARROW_ZONED_NS},
    {"1066-01-01 00:00Z", MT_ARROW_ZONED},
    {"2262-04-12 00:47:16.8+01:00", MT_ARROW_ZONED_NS},
    {"2262-04-11 23:47:16.8-01:00", 0},
};

/* In exactly as much memory as it takes, so that a sanitizer sees what is read. */
static unsigned arrow_of(const char *text)
{
  size_t n = strlen(text);
  uint8_t *s = malloc(n);
  unsigned types;

  assert_non_null(s);
  memcpy(s, text, n);
  types = mt_token_arrow(s, n);
  free(s);
  return types;
}

static void test_texts(void **state)
{
  (void)state;
  for (size_t i = 0; i < LENGTH(texts); i++) {
    const uint8_t *s = (const uint8_t *)texts[i].text;
    if (mt_token_polars(s, strlen(texts[i].text)) != texts[i].polars ||
        arrow_of(texts[i].text) != texts[i].arrow)
      fail_msg("'%s': polars %x, Arrow %x", texts[i].text,
               mt_token_polars(s, strlen(texts[i].text)), arrow_of(texts[i].text));
  }
}

static void test_times(void **state)
{
  (void)state;
  for (size_t i = 0; i < LENGTH(times); i++) {
    const uint8_t *s = (const uint8_t *)times[i].text;
    if (arrow_of(times[i].text) != times[i].arrow)
      fail_msg("'%s': %x", times[i].text, arrow_of(times[i].text));
    assert_int_equal(mt_token_polars(s, strlen(times[i].text)), MT_POLARS_TEXT);
  }
}

static void test_null_words(void **state)
{
  (void)state;
  for (int i = 0; i < MT_NULL_WORD_COUNT; i++) {
    const char *word = mt_null_word_text(i);
    bool value = strcmp(word, "None") == 0 || strcmp(word, "<NA>") == 0;
    assert_int_equal(mt_token_arrow_null(i), !value);
  }
}

/* ---- columns -------------------------------------------------------------- */

struct answer {
  const char *dtype;
  uint64_t nulls, bytes;
};

#define QUOTED_NOTHING "\"\""

/* What they said of columns. */
static const struct {
  const char *cell[4]; /* up to NULL */
  struct answer polars, arrow;
} columns[] = {
    {{"1", "2", "3"}, {"Int64", 0, 24}, {"int64", 0, 24}},
    {{"1", "", "3"}, {"Int64", 1, 25}, {"int64", 1, 25}},
    {{"1", QUOTED_NOTHING, ""}, {"String", 1, 1}, {"int64", 2, 25}},
    {{"1", "NA"}, {"String", 0, 3}, {"int64", 1, 17}},
    {{"1", "NaN"}, {"Float64", 0, 16}, {"int64", 1, 17}},
    {{"1", "None"}, {"String", 0, 5}, {"string", 0, 13}},
    {{"1", "<NA>", ""}, {"String", 1, 5}, {"string", 0, 17}},
    {{"1", "2.5"}, {"Float64", 0, 16}, {"double", 0, 16}},
    {{"1", "true"}, {"String", 0, 5}, {"bool", 0, 1}},
    {{"true", "2"}, {"String", 0, 5}, {"string", 0, 13}},
    {{"true", "", "FALSE"}, {"Boolean", 1, 2}, {"bool", 1, 2}},
    {{"true", "tRuE"}, {"Boolean", 0, 1}, {"string", 0, 16}},
    {{"1", BEYOND64}, {"Int128", 0, 32}, {"double", 0, 16}},
    {{BEYOND64, ""}, {"Int128", 1, 33}, {"double", 1, 17}},
    {{BEYOND64, "1.5"}, {"Float64", 0, 16}, {"double", 0, 16}},
    {{BEYOND128, "1.5"}, {"Float64", 0, 16}, {"double", 0, 16}},
    {{BEYOND64, "1.5", "1"}, {"String", 0, 23}, {"double", 0, 24}},
    {{BEYOND128, "x"}, {"String", 0, 40}, {"string", 0, 48}},
    {{BEYOND128, "1"}, {"String", 0, 40}, {"double", 0, 16}}, /* polars: refused */
    {{" 1", "2"}, {"String", 0, 3}, {"int64", 0, 16}},
    {{"0x1F", "1.5"}, {"String", 0, 7}, {"string", 0, 15}},
    {{"x", ""}, {"String", 1, 1}, {"string", 0, 9}},
    {{"", ""}, {"String", 2, 0}, {"null", 2, 0}},
    {{"", "NA"}, {"String", 1, 2}, {"null", 2, 0}},
    {{"caf\xe9", ""}, {"String", 1, 4}, {"binary", 0, 12}}, /* polars: refused */
    {{"2020-01-01", ""}, {"String", 1, 10}, {"date32[day]", 1, 9}},
    {{"2020-01-01", "2020-01-01 00:00"}, {"String", 0, 26}, {"timestamp[s]", 0, 16}},
    {{"2020-01-01", "2020-01-01 00:00:00.5"},
     {"String", 0, 31},
     {"timestamp[ns]", 0, 16}},
    {{"1066-01-01", "2020-01-01 00:00:00.5"}, {"String", 0, 31}, {"string", 0, 39}},
    {{"2020-01-01", "2020-01-01 00:00Z"}, {"String", 0, 27}, {"string", 0, 35}},
    {{"2020-01-01 00:00Z", "2020-01-01 00+01"},
     {"String", 0, 33},
     {"timestamp[s, tz=UTC]", 0, 16}},
    {{"2020-01-01 00:00:00.5Z", ""}, {"String", 1, 22}, {"timestamp[ns, tz=UTC]", 1, 17}},
    {{"10:00", "10:00:01"}, {"String", 0, 13}, {"time32[s]", 0, 8}},
    {{"10:00", "2020-01-01"}, {"String", 0, 15}, {"string", 0, 23}},
};

static void expect(const struct mt_column_profile *c, enum mt_engine engine,
                   const struct answer *a, const char *first)
{
  struct mt_inferred i;

  mt_infer(&i, c, engine, false);
  if (strcmp(i.dtype, a->dtype) != 0 || i.nulls != a->nulls || i.bytes != a->bytes)
    fail_msg("%s, %s ...: %s, %llu nulls, %llu bytes", mt_engine_name(engine), first,
             i.dtype, (unsigned long long)i.nulls, (unsigned long long)i.bytes);
}

/* block: rows of a block, so that facts are merged too. */
static void check_columns(size_t block)
{
  for (size_t i = 0; i < LENGTH(columns); i++) {
    struct mt_profile p;
    struct table t;

    table_init(&t, 1);
    for (size_t r = 0; r < LENGTH(columns[i].cell) && columns[i].cell[r]; r++) {
      bool quoted = strcmp(columns[i].cell[r], QUOTED_NOTHING) == 0;
      table_add_bytes(&t, columns[i].cell[r], quoted ? 0 : strlen(columns[i].cell[r]),
                      quoted);
    }
    profile_table(&p, &t, block);
    expect(&p.column[0], MT_POLARS, &columns[i].polars, columns[i].cell[0]);
    expect(&p.column[0], MT_ARROW, &columns[i].arrow, columns[i].cell[0]);
    mt_profile_reset(&p);
    table_free(&t);
  }
}

static void test_columns(void **state)
{
  (void)state;
  check_columns(4);
}

static void test_columns_in_blocks(void **state)
{
  (void)state;
  check_columns(1);
}

static void test_no_rows(void **state)
{
  static const struct answer polars = {"String", 0, 0}, arrow = {"null", 0, 0};
  struct mt_profile p;
  struct table t;

  (void)state;
  table_init(&t, 1);
  profile_table(&p, &t, 1);
  expect(&p.column[0], MT_POLARS, &polars, "nothing");
  expect(&p.column[0], MT_ARROW, &arrow, "nothing");
  mt_profile_reset(&p);
  table_free(&t);
}

/* The engine's own type is one of memtop's, or not. */
static void test_same(void **state)
{
  static const struct {
    const char *text;
    enum mt_engine engine;
    enum mt_dtype same;
  } cases[] = {
      {"1", MT_POLARS, MT_INT64},
      {"1", MT_ARROW, MT_INT64},
      {BEYOND64, MT_POLARS, MT_DTYPE_COUNT},
      {BEYOND64, MT_ARROW, MT_FLOAT64},
      {"2020-01-01", MT_POLARS, MT_STRING},
      {"2020-01-01", MT_ARROW, MT_DTYPE_COUNT},
      {"10:00", MT_ARROW, MT_DTYPE_COUNT},
      {"2020-01-01 00:00", MT_ARROW, MT_DATETIME},
      {"", MT_ARROW, MT_DTYPE_COUNT},
      {"\xff", MT_ARROW, MT_DTYPE_COUNT},
  };

  (void)state;
  for (size_t i = 0; i < LENGTH(cases); i++) {
    struct mt_inferred now;
    struct mt_profile p;
    struct table t;

    table_init(&t, 1);
    table_add(&t, cases[i].text);
    profile_table(&p, &t, 1);
    mt_infer(&now, &p.column[0], cases[i].engine, false);
    for (enum mt_dtype k = 0; k < MT_DTYPE_COUNT; k++)
      assert_int_equal(mt_inferred_is(&now, k), k == cases[i].same);
    mt_profile_reset(&p);
    table_free(&t);
  }
}

/* ---- planned dtypes ------------------------------------------------------- */

static void test_footprint(void **state)
{
  static const struct {
    enum mt_dtype dtype;
    uint64_t polars, arrow, polars_null, arrow_null;
  } cases[] = {
      {MT_INT8, 9, 9, 11, 11},
      {MT_UINT16, 18, 18, 20, 20},
      {MT_INT32, 36, 36, 38, 38},
      {MT_UINT64, 72, 72, 74, 74},
      {MT_FLOAT32, 36, 36, 38, 38},
      {MT_FLOAT64, 72, 72, 74, 74},
      {MT_BOOL, 2, 2, 4, 4},
      {MT_DATE, 72, 72, 74, 74},
      {MT_DATETIME, 72, 72, 74, 74},
      {MT_DROP, 0, 0, 0, 0},
      /* "é" and "bc": two distinct, four bytes; 18 in all, 16 with a null */
      {MT_CATEGORY, 36, 9 + 2 * 4 + 4, 38, 9 + 2 + 2 * 4 + 4},
      {MT_STRING, 18, 36 + 18, 16, 36 + 16 + 2},
  };
  struct mt_profile p;
  struct table t;

  (void)state;
  table_init(&t, 2);
  for (int r = 0; r < 9; r++) {
    table_add(&t, r % 2 ? "\xc3\xa9" : "bc");
    table_add(&t, r == 4 ? "" : r % 2 ? "\xc3\xa9" : "bc");
  }
  profile_table(&p, &t, 9);
  for (size_t i = 0; i < LENGTH(cases); i++) {
    const struct mt_column_profile *c = p.column;
    enum mt_dtype k = cases[i].dtype;
    assert_int_equal(mt_footprint(&c[0], k, MT_POLARS, false), cases[i].polars);
    assert_int_equal(mt_footprint(&c[0], k, MT_ARROW, false), cases[i].arrow);
    assert_int_equal(mt_footprint(&c[1], k, MT_POLARS, false), cases[i].polars_null);
    assert_int_equal(mt_footprint(&c[1], k, MT_ARROW, false), cases[i].arrow_null);
  }
  mt_profile_reset(&p);
  table_free(&t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_times),
      cmocka_unit_test(test_null_words),
      cmocka_unit_test(test_columns),
      cmocka_unit_test(test_columns_in_blocks),
      cmocka_unit_test(test_no_rows),
      cmocka_unit_test(test_same),
      cmocka_unit_test(test_footprint),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
