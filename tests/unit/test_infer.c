#include "tests/unit/fixture.h"

#include "core/engine/infer.h"

#define UINT "9223372036854775808"     /* 2^63 */
#define BEYOND "18446744073709551616"  /* 2^64 */
#define INT_LOW "-9223372036854775808" /* -2^63 */

struct answer {
  const char *dtype;
  uint64_t bytes, nulls;
};

/* What pandas 2.3.3 and 3.0.6 (with pyarrow, on CPython 3.11) themselves said of
 * columns of two chunks of four rows each: dtype, memory_usage(deep=True), isna. */
static const struct {
  const char *cell[8];
  struct answer pandas2, pandas3;
} measured[] = {
    {{"1", "2", "3", "4", "5", "6", "7", "8"}, {"int64", 64, 0}, {"int64", 64, 0}},
    {{"1", "2", "3", "", "5", "6", "7", "8"}, {"float64", 64, 1}, {"float64", 64, 1}},
    {{"", "", "", "", "1", "2", "3", "4"}, {"float64", 64, 4}, {"float64", 64, 4}},
    {{"", "", "", "", "", "", "", ""}, {"float64", 64, 8}, {"float64", 64, 8}},
    {{"1.5", "2", "3", "4", "5", "6", "7", "8"}, {"float64", 64, 0}, {"float64", 64, 0}},
    {{"1", "2", "3", "4", "1.5", "inf", "", "NA"},
     {"float64", 64, 2},
     {"float64", 64, 2}},
    {{"true", "false", "True", "FALSE", "true", "true", "true", "true"},
     {"bool", 8, 0},
     {"bool", 8, 0}},
    {{"true", "", "True", "FALSE", "true", "true", "true", "true"},
     {"object", 284, 1},
     {"object", 284, 1}},
    {{"true", "", "True", "FALSE", "1", "2", "3", "4"},
     {"object", 284, 1},
     {"object", 284, 1}},
    {{"true", "false", "true", "true", "1", "2", "3", "1000000000000"},
     {"object", 292, 0},
     {"object", 292, 0}},
    {{"true", "false", "true", "true", "1.5", "2", "3", "4"},
     {"object", 256, 0},
     {"object", 272, 0}},
    {{"true", "false", "true", "true", "", "", "", ""},
     {"object", 256, 4},
     {"object", 272, 4}},
    {{"true", "false", "true", "true", "", "1", "2", "3"},
     {"object", 256, 1},
     {"object", 272, 1}},
    {{"true", "false", "true", "true", "x", "yy", "", "z"},
     {"object", 351, 1},
     {"object", 351, 1}},
    {{"1", "2", "3", "1000000000000", "x", "yy", "", "z"},
     {"object", 355, 1},
     {"object", 355, 1}},
    {{"1", "2", "", "4", "x", "yy", "", "z"}, {"object", 335, 2}, {"object", 335, 2}},
    {{"1.5", "2", "", "4", "x", "yy", "", "z"}, {"object", 335, 2}, {"object", 335, 2}},
    {{"", "", "", "", "x", "yy", "", "z"}, {"object", 335, 5}, {"str", 69, 5}},
    {{"x", "yy", "z", "w", "x", "yy", "z", "w"}, {"object", 466, 0}, {"str", 74, 0}},
    {{"x", "yy", "", "NA", "x", "yy", "z", "w"}, {"object", 414, 2}, {"str", 73, 2}},
    {{"1", "2", "3", "4", UINT, UINT, UINT, UINT},
     {"float64", 64, 0},
     {"float64", 64, 0}},
    {{UINT, UINT, UINT, UINT, UINT, UINT, UINT, UINT},
     {"uint64", 64, 0},
     {"uint64", 64, 0}},
    {{UINT, "", "NA", "1", "1", "2", "3", "4"}, {"object", 394, 0}, {"object", 394, 0}},
    {{UINT, "-1", "2", "3", "", "2", "3", "4"}, {"object", 379, 1}, {"object", 379, 1}},
    {{BEYOND, "1", "2", "3", "4", "5", "6", "7"}, {"object", 395, 0}, {"object", 296, 0}},
    {{BEYOND, "", "2", "3", "4", "5", "6", "7"}, {"object", 369, 1}, {"object", 292, 1}},
    {{BEYOND, "a", "", "NA", "4", "5", "6", "7"}, {"object", 343, 2}, {"object", 395, 0}},
    {{BEYOND, "1.5", "", "NA", "4", "5", "6", "7"},
     {"object", 345, 2},
     {"object", 397, 0}},
    {{"1.5", BEYOND, "", "NA", "4", "5", "6", "7"},
     {"float64", 64, 2},
     {"float64", 64, 2}},
    {{"1e400", "1", "2", "3", "4", "5", "6", "7"},
     {"object", 380, 0},
     {"float64", 64, 0}},
    {{INT_LOW, "", "1", "2", "3", "4", "5", "6"}, {"float64", 64, 2}, {"float64", 64, 2}},
    {{INT_LOW, "1", "2", "3", "", "1", "2", "3"}, {"float64", 64, 1}, {"float64", 64, 1}},
    {{"00501", "1", "2", "3", "4", "5", "6", "7"}, {"int64", 64, 0}, {"int64", 64, 0}},
    {{"\xc3\xa9", "\xc3\xbc", "x", "\xe2\x82\xac", "\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac",
      "\xf0\x9f\x98\x80", "x"},
     {"object", 620, 0},
     {"str", 85, 0}},
    {{"\xc3\xa9", "1", "\xc3\xa9", "2", "3", "4", "5", "6"},
     {"object", 424, 0},
     {"object", 430, 0}},
    {{"1", "2", "3", "4", "\xc3\xa9", "\xc3\xa9\xc3\xa9\xc3\xa9", "", "\xe2\x82\xac"},
     {"object", 426, 1},
     {"object", 429, 1}},
    {{"2020-01-02", "2020-01-03", "", "x", "1", "2", "3", "4"},
     {"object", 368, 1},
     {"object", 368, 1}},
    {{"1_000", BEYOND, "2", "3", "4", "5", "6", "7"},
     {"object", 399, 0},
     {"object", 399, 0}},
    {{BEYOND, "1_000", "2", "3", "4", "5", "6", "7"},
     {"object", 399, 0},
     {"object", 296, 0}},
    {{"true", "true", "true", "true", "x", "", "y", "1"},
     {"object", 350, 1},
     {"object", 350, 1}},
    {{"true", "", "", "true", "", "", "", ""}, {"object", 264, 6}, {"object", 264, 6}},
    {{BEYOND, "1", "2", "3", "true", "false", "true", "true"},
     {"object", 395, 0},
     {"object", 296, 0}},
    {{"", "", "", "", BEYOND, "1", "2", "3"}, {"object", 379, 4}, {"object", 280, 4}},
    {{"1", "2", "3", "4", "", "", "", ""}, {"float64", 64, 4}, {"float64", 64, 4}},
    {{UINT, UINT, UINT, UINT, "", "", "", ""}, {"float64", 64, 4}, {"float64", 64, 4}},
    {{UINT, UINT, UINT, UINT, "1.5", "1", "1", "1"},
     {"float64", 64, 0},
     {"float64", 64, 0}},
    {{UINT, UINT, UINT, UINT, "x", "1", "1", "1"},
     {"object", 408, 0},
     {"object", 408, 0}},
    {{"None", "null", "n/a", "x", "1", "2", "3", "4"},
     {"object", 298, 3},
     {"object", 298, 3}},
};

static void check(const char *const *cell, const struct mt_inferred *now,
                  const struct answer *a, const char *who, size_t *wrong)
{
  if (strcmp(now->dtype, a->dtype) == 0 && now->bytes == a->bytes &&
      now->nulls == a->nulls)
    return;
  print_message("%s, %s ... %s: %s of %llu bytes, %llu nulls, not %s, %llu, %llu\n", who,
                cell[0], cell[4], now->dtype, (unsigned long long)now->bytes,
                (unsigned long long)now->nulls, a->dtype, (unsigned long long)a->bytes,
                (unsigned long long)a->nulls);
  ++*wrong;
}

static void test_pandas(void **state)
{
  (void)state;
  size_t wrong = 0;

  for (size_t i = 0; i < LENGTH(measured); i++)
    for (size_t block = 1; block <= 8; block++) {
      struct table t;
      struct mt_profile p;
      struct mt_inferred now;

      table_init(&t, 1);
      table_add_all(&t, measured[i].cell, 8);
      profile_part(&p, &t, block, 4, POOL, block % 2);
      mt_infer(&now, &p.column[0], MT_PANDAS2, true);
      check(measured[i].cell, &now, &measured[i].pandas2, "pandas 2", &wrong);
      mt_infer(&now, &p.column[0], MT_PANDAS3, true);
      check(measured[i].cell, &now, &measured[i].pandas3, "pandas 3", &wrong);
      mt_profile_reset(&p);
      table_free(&t);
    }
  assert_int_equal(wrong, 0);
}

static struct mt_inferred infer(const struct table *t, enum mt_engine engine,
                                bool python311)
{
  struct mt_profile p;
  struct mt_inferred now;

  profile_table(&p, t, 3);
  mt_infer(&now, &p.column[0], engine, python311);
  mt_profile_reset(&p);
  return now;
}

/* sys.getsizeof of texts, per widest character, before CPython 3.12 and since */
static void test_text_headers(void **state)
{
  (void)state;
  static const struct {
    const char *s;
    uint64_t old, new;
  } sizes[] = {
      {"a", 50, 42},
      {"abcdefgh", 57, 49},
      {"\xc3\xa9", 74, 61}, /* one of the shared ones */
      {"\xc3\xa9t\xc3\xa9", 76, 60},
      {"\xe2\x82\xac", 76, 60},
      {"\xe2\x82\xac\xc3\xa9", 78, 62},
      {"\xf0\x9f\x98\x80", 80, 64},
      {"\xf0\x9f\x98\x80!", 84, 68},
  };
  for (size_t i = 0; i < LENGTH(sizes); i++) {
    struct table t;
    table_init(&t, 1);
    table_add(&t, sizes[i].s);
    table_add(&t, sizes[i].s);
    assert_int_equal(infer(&t, MT_PANDAS2, true).bytes, 2 * (8 + sizes[i].old));
    assert_int_equal(infer(&t, MT_PANDAS2, false).bytes, 2 * (8 + sizes[i].new));
    table_free(&t);
  }
}

static void check_engine(const struct table *t, enum mt_engine e, const char *dtype,
                         uint64_t bytes, uint64_t nulls)
{
  struct mt_inferred now = infer(t, e, false);

  assert_string_equal(now.dtype, dtype);
  assert_int_equal(now.bytes, bytes);
  assert_int_equal(now.nulls, nulls);
}

static void test_polars_and_arrow(void **state)
{
  (void)state;
  struct table t;

  TABLE_OF(&t, "1", "2", "");
  check_engine(&t, MT_POLARS, "Int64", 25, 1);
  check_engine(&t, MT_ARROW, "int64", 25, 1);
  table_free(&t);
  TABLE_OF(&t, "1", "2", "NA"); /* a word to polars, null to pyarrow */
  check_engine(&t, MT_POLARS, "String", 4, 0);
  check_engine(&t, MT_ARROW, "int64", 25, 1);
  table_free(&t);
  TABLE_OF(&t, "1.5", "2", "-0.25");
  check_engine(&t, MT_POLARS, "Float64", 24, 0);
  check_engine(&t, MT_ARROW, "double", 24, 0);
  table_free(&t);
  TABLE_OF(&t, "true", "false", "");
  check_engine(&t, MT_POLARS, "Boolean", 2, 1);
  check_engine(&t, MT_ARROW, "bool", 2, 1);
  table_free(&t);
  TABLE_OF(&t, "ab", "\xc3\xa9", "x");
  check_engine(&t, MT_POLARS, "String", 5, 0);
  check_engine(&t, MT_ARROW, "string", 12 + 5, 0); /* nbytes: offsets less one */
  table_free(&t);
  TABLE_OF(&t, "2020-01-02", "", "2021-02-03");
  check_engine(&t, MT_POLARS, "String", 20, 1);
  check_engine(&t, MT_ARROW, "date32[day]", 13, 1);
  table_free(&t);
  TABLE_OF(&t, "2020-01-02 10:00:00", "2021-02-03 11:00:00");
  check_engine(&t, MT_ARROW, "timestamp[s]", 16, 0);
  table_free(&t);
  TABLE_OF(&t, " 1", "2"); /* blanks make it text to polars */
  check_engine(&t, MT_POLARS, "String", 3, 0);
  table_free(&t);
  TABLE_OF(&t, UINT, "2");
  check_engine(&t, MT_POLARS, "Int128", 32, 0);
  table_free(&t);
}

static void test_no_rows(void **state)
{
  (void)state;
  struct table t;

  table_init(&t, 1);
  check_engine(&t, MT_PANDAS2, "object", 0, 0);
  check_engine(&t, MT_PANDAS3, "object", 0, 0);
  check_engine(&t, MT_POLARS, "String", 0, 0);
  check_engine(&t, MT_ARROW, "null", 0, 0);
  table_free(&t);
}

static void test_index(void **state)
{
  (void)state;
  assert_int_equal(mt_index_bytes(MT_PANDAS3), 132);
  assert_int_equal(mt_index_bytes(MT_PANDAS2), 132);
  assert_int_equal(mt_index_bytes(MT_POLARS), 0);
  assert_int_equal(mt_index_bytes(MT_ARROW), 0);
}

/* What a column takes as the only level of the index, and as one of two: memory_usage of
 * pandas 2.3.3 and 3.0.6 on CPython 3.11. */
static void test_index_levels(void **state)
{
  (void)state;
  static const struct {
    const char *cell[3];
    uint64_t only[2], one_of_two[2]; /* pandas 2, pandas 3 */
  } known[] = {
      {{"3", "1", "2"}, {24, 24}, {151, 43}},
      {{"1", "2", "3"}, {24, 132}, {151, 43}},
      {{"5", "7", "9"}, {24, 132}, {151, 43}},
      {{"3", "2", "1"}, {24, 132}, {151, 43}},
      {{"4", "4", "4"}, {24, 24}, {135, 27}},
      {{"0", "1099511627776", "2199023255552"}, {24, 140}, {151, 43}},
      {{"1.0", "2.0", "3.0"}, {24, 24}, {151, 43}},
      {{"1.5", "2", "2"}, {24, 24}, {143, 35}},
      {{"1", "", "3"}, {24, 24}, {143, 35}},
      {{"", "", ""}, {24, 24}, {127, 19}},
      {{"True", "False", "True"}, {3, 3}, {101, 21}},
      {{"True", "", "True"}, {104, 104}, {100, 20}},
      {{"a", "bb", "a"}, {175, 28}, {244, 39}},
      {{"a", "", "b"}, {148, 27}, {243, 38}},
      {{"\xc3\xa9"
        "a",
        "x", "\xe6\x97\xa5\xe6\x9c\xac"},
       {227, 34},
       {365, 54}},
  };
  for (size_t i = 0; i < LENGTH(known); i++)
    for (int k = 0; k < 2; k++) {
      struct table t;
      struct mt_profile p;
      struct mt_inferred alone, level;

      table_init(&t, 1);
      table_add_all(&t, known[i].cell, 3);
      profile_table(&p, &t, 2);
      p.column[0].index_levels = 1;
      mt_infer(&alone, &p.column[0], k ? MT_PANDAS3 : MT_PANDAS2, true);
      p.column[0].index_levels = 2;
      mt_infer(&level, &p.column[0], k ? MT_PANDAS3 : MT_PANDAS2, true);
      if (alone.reported != known[i].only[k] || level.reported != known[i].one_of_two[k])
        fail_msg("%s, %s, %s in pandas %d: %llu alone, %llu as a level", known[i].cell[0],
                 known[i].cell[1], known[i].cell[2], k + 2,
                 (unsigned long long)alone.reported, (unsigned long long)level.reported);
      mt_infer(&level, &p.column[0], MT_POLARS, true);
      assert_int_equal(level.reported, level.bytes);
      mt_profile_reset(&p);
      table_free(&t);
    }
}

static void test_is(void **state)
{
  (void)state;
  static const struct {
    const char *cell;
    enum mt_dtype t;
  } known[] = {{"1", MT_INT64},   {UINT, MT_UINT64}, {"1.5", MT_FLOAT64},
               {"true", MT_BOOL}, {"x", MT_STRING},  {BEYOND, MT_DTYPE_COUNT}};
  for (size_t i = 0; i < LENGTH(known); i++) {
    struct table t;
    struct mt_inferred now;
    table_init(&t, 1);
    table_add(&t, known[i].cell);
    now = infer(&t, MT_PANDAS3, false);
    for (int d = 0; d < MT_DTYPE_COUNT; d++)
      assert_int_equal(mt_inferred_is(&now, (enum mt_dtype)d), d == (int)known[i].t);
    table_free(&t);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pandas),
      cmocka_unit_test(test_text_headers),
      cmocka_unit_test(test_polars_and_arrow),
      cmocka_unit_test(test_no_rows),
      cmocka_unit_test(test_index),
      cmocka_unit_test(test_index_levels),
      cmocka_unit_test(test_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
