#include "tests/unit/fixture.h"

#include "core/column/segment.h"

static void add(struct mt_segment *g, const char *s)
{
  struct mt_token t;

  mt_token_read(&t, (const uint8_t *)s, strlen(s), default_nulls(), 0);
  mt_segment_add(g, &t, (const uint8_t *)s, strlen(s), 1);
}

static struct mt_segment segment_of(const char *const *s, size_t n)
{
  struct mt_segment g = {0};

  for (size_t i = 0; i < n; i++)
    add(&g, s[i]);
  return g;
}

#define OUT_OF_RANGE "9223372036854775808"   /* 2^63 */
#define BEYOND "18446744073709551616"        /* 2^64 */
#define UINT_MAX_TEXT "18446744073709551615" /* 2^64 - 1 */
#define INT_MIN_TEXT "-9223372036854775808"

/* Outcomes of pandas 2 and 3; capitals of `raw`: na_filter_off for 2 and for 3. */
static const struct row {
  const char *cell[6];
  enum mt_chunk_kind kind2, kind3;
  bool raw2, raw3;
} rows[] = {
#define K(a, b) MT_CHUNK_##a, MT_CHUNK_##b, false, false
#define RAW(a, b, x, y) MT_CHUNK_##a, MT_CHUNK_##b, x, y
    {{"", "NA", "None"}, K(NA, NA)},
    {{"1", "2"}, K(INT, INT)},
    {{" 1 ", "+2", "-3", "007"}, K(INT, INT)},
    {{"9223372036854775807", INT_MIN_TEXT}, K(INT, INT)},
    {{"1", ""}, K(FLOAT, FLOAT)},
    {{"1", "1.5"}, K(FLOAT, FLOAT)},
    {{"1.5", "", "inf", "-Infinity"}, K(FLOAT, FLOAT)},
    {{"1e400"}, K(TEXT, FLOAT)},
    {{"1e400", "true"}, K(TEXT, TEXT)},
    {{"true", "FALSE", "tRuE"}, K(BOOL, BOOL)},
    {{"true", ""}, K(BOOL_NA, BOOL_NA)},
    {{"true", "1"}, K(TEXT, TEXT)},
    {{"1", "true"}, K(TEXT, TEXT)},
    {{"true", " true"}, K(TEXT, TEXT)},
    {{"a"}, K(TEXT, TEXT)},
    {{"1", "a", ""}, K(TEXT, TEXT)},
    {{OUT_OF_RANGE}, K(UINT, UINT)},
    {{"1", UINT_MAX_TEXT}, K(UINT, UINT)},
    {{UINT_MAX_TEXT, "+1"}, K(UINT, UINT)},
    /* a null or a minus beside 2^63: text, null words and all */
    {{OUT_OF_RANGE, ""}, RAW(TEXT, TEXT, true, true)},
    {{"", OUT_OF_RANGE}, RAW(TEXT, TEXT, true, true)},
    {{OUT_OF_RANGE, "-1"}, RAW(TEXT, TEXT, true, true)},
    {{OUT_OF_RANGE, "-1", "NA"}, RAW(TEXT, TEXT, true, true)},
    /* beyond 2^64: text, since 3 Python's integers */
    {{BEYOND}, K(TEXT, PYINT)},
    {{BEYOND, "", "-5"}, K(TEXT, PYINT)},
    {{"-9223372036854775809"}, K(TEXT, PYINT)},
    {{"-9223372036854775809", "1", ""}, K(TEXT, PYINT)},
    {{BEYOND, "a"}, RAW(TEXT, TEXT, false, true)},
    {{BEYOND, "1_000"}, K(TEXT, PYINT)},
    {{BEYOND, "1__0"}, RAW(TEXT, TEXT, false, true)},
    /* the first cell that int64 does not read decides */
    {{BEYOND, "1.5"}, RAW(TEXT, TEXT, false, true)},
    {{"1.5", BEYOND}, K(FLOAT, FLOAT)},
    {{OUT_OF_RANGE, "1.5"}, K(FLOAT, FLOAT)},
    {{"1.5", OUT_OF_RANGE}, K(FLOAT, FLOAT)},
    {{OUT_OF_RANGE, "a"}, K(TEXT, TEXT)},
    {{OUT_OF_RANGE, "1.5", BEYOND}, K(FLOAT, FLOAT)},
    {{OUT_OF_RANGE, BEYOND, "1.5"}, RAW(TEXT, TEXT, false, true)},
    {{"a", OUT_OF_RANGE, ""}, K(TEXT, TEXT)},
    {{"", "1.5", OUT_OF_RANGE}, K(FLOAT, FLOAT)},
    /* pandas 2 minds digits that do not fit before what follows */
    {{BEYOND ".5", "NA"}, K(TEXT, FLOAT)},
    {{OUT_OF_RANGE ".5", "NA"}, K(FLOAT, FLOAT)},
    {{"1.5", BEYOND ".5"}, K(FLOAT, FLOAT)},
    {{OUT_OF_RANGE, BEYOND ".5"}, K(TEXT, FLOAT)},
    {{BEYOND " "}, K(TEXT, FLOAT)},
    {{"0e400"}, K(TEXT, FLOAT)},
    {{"1e 5"}, K(TEXT, FLOAT)},
    {{"1e4294967296"}, K(FLOAT, FLOAT)},
#undef K
#undef RAW
};

static size_t cells_of(const struct row *r)
{
  size_t n = 0;
  while (n < LENGTH(r->cell) && r->cell[n] != NULL)
    n++;
  return n;
}

static void check_kind(const struct row *r, const struct mt_segment *g)
{
  bool raw2, raw3;
  enum mt_chunk_kind kind2 = mt_segment_kind(g, 2, &raw2);
  enum mt_chunk_kind kind3 = mt_segment_kind(g, 3, &raw3);

  if (kind2 != r->kind2 || kind3 != r->kind3 || raw2 != r->raw2 || raw3 != r->raw3)
    fail_msg("%s, %s, %s: kinds %d and %d, raw %d and %d", r->cell[0],
             r->cell[1] ? r->cell[1] : "-", r->cell[2] ? r->cell[2] : "-", kind2, kind3,
             raw2, raw3);
}

static void test_kinds(void **state)
{
  (void)state;
  for (size_t i = 0; i < LENGTH(rows); i++) {
    struct mt_segment g = segment_of(rows[i].cell, cells_of(&rows[i]));
    check_kind(&rows[i], &g);
  }
}

/* Runs of rows merge to what one pass gives, wherever they are cut. */
static void test_merge(void **state)
{
  (void)state;
  for (size_t i = 0; i < LENGTH(rows); i++) {
    size_t n = cells_of(&rows[i]);
    struct mt_segment whole = segment_of(rows[i].cell, n);
    for (size_t a = 0; a <= n; a++)
      for (size_t b = a; b <= n; b++) {
        struct mt_segment g = segment_of(rows[i].cell, a);
        struct mt_segment middle = segment_of(rows[i].cell + a, b - a);
        struct mt_segment last = segment_of(rows[i].cell + b, n - b);
        mt_segment_merge(&g, &middle);
        mt_segment_merge(&g, &last);
        check_kind(&rows[i], &g);
        assert_int_equal(g.rows, whole.rows);
        assert_int_equal(g.nulls, whole.nulls);
        assert_int_equal(g.int_event, whole.int_event);
        assert_int_equal(g.uint_error, whole.uint_error);
        assert_memory_equal(&g.values, &whole.values, sizeof g.values);
        assert_memory_equal(&g.nas, &whole.nas, sizeof g.nas);
        if (!whole.not_integer)
          assert_int_equal(g.int_object_bytes, whole.int_object_bytes);
      }
  }
}

static void test_times(void **state)
{
  (void)state;
  struct mt_segment once = {0}, many = {0};
  struct mt_token t;

  for (int i = 0; i < 5; i++)
    add(&once, "70000000000");
  mt_token_read(&t, (const uint8_t *)"70000000000", 11, default_nulls(), 0);
  mt_segment_add(&many, &t, (const uint8_t *)"70000000000", 11, 5);
  assert_memory_equal(&once, &many, sizeof once);
  assert_int_equal(many.rows, 5);
  assert_int_equal(many.int_object_bytes, 5 * 32);
}

static void test_python_integers(void **state)
{
  (void)state;
  static const struct {
    const char *s;
    uint32_t size;
  } ints[] = {{"0", 28},
              {"1073741823", 28},
              {"1073741824", 32},
              {"-1073741823", 28},
              {"-1073741824", 32},
              {"1152921504606846975", 32},
              {"1152921504606846976", 36},
              {INT_MIN_TEXT, 36},
              {UINT_MAX_TEXT, 36},
              {BEYOND, 36},
              {"1237940039285380274899124224", 40}}; /* 2^90 */
  for (size_t i = 0; i < LENGTH(ints); i++) {
    struct mt_segment g = {0};
    add(&g, ints[i].s);
    if (g.int_object_bytes != ints[i].size)
      fail_msg("%s: %llu", ints[i].s, (unsigned long long)g.int_object_bytes);
  }
}

/* Long digits beyond what int() takes: text even in pandas 3. */
static void test_python_digit_limit(void **state)
{
  (void)state;
  static char digits[4302];
  struct mt_segment g = {0};
  bool raw;

  memset(digits, '7', 4300);
  add(&g, digits);
  assert_int_equal(mt_segment_kind(&g, 3, &raw), MT_CHUNK_PYINT);
  digits[4300] = '7';
  g = (struct mt_segment){0};
  add(&g, digits);
  assert_int_equal(mt_segment_kind(&g, 3, &raw), MT_CHUNK_TEXT);
  assert_true(raw);
}

static void test_totals(void **state)
{
  (void)state;
  static const char *const raw[] = {OUT_OF_RANGE, "NA", ""};
  static const char *const sentinel[] = {INT_MIN_TEXT, INT_MIN_TEXT, "", "1"};
  static const char *const floats[] = {"1.5", "", INT_MIN_TEXT};
  struct mt_chunk_totals t = {0};
  struct mt_segment g = segment_of(raw, LENGTH(raw));

  mt_chunk_totals_add(&t, &g, 3); /* the null words are values, and sized so */
  assert_int_equal(t.rows[MT_CHUNK_TEXT], 3);
  assert_int_equal(t.nulls[MT_CHUNK_TEXT], 0);
  assert_int_equal(t.text.bytes, strlen(OUT_OF_RANGE) + 2);
  assert_int_equal(t.text.count[0], 3);

  g = segment_of(sentinel, LENGTH(sentinel));
  mt_chunk_totals_add(&t, &g, 3); /* -2^63 becomes a null beside a null */
  assert_int_equal(t.rows[MT_CHUNK_FLOAT], 4);
  assert_int_equal(t.nulls[MT_CHUNK_FLOAT], 3);

  g = segment_of(floats, LENGTH(floats));
  mt_chunk_totals_add(&t, &g, 3); /* but not where floats are read as floats */
  assert_int_equal(t.rows[MT_CHUNK_FLOAT], 7);
  assert_int_equal(t.nulls[MT_CHUNK_FLOAT], 4);

  g = segment_of(sentinel, 2);
  mt_chunk_totals_add(&t, &g, 3); /* nor where there is no null */
  assert_int_equal(t.rows[MT_CHUNK_INT], 2);
  assert_int_equal(t.nulls[MT_CHUNK_INT], 0);
  assert_int_equal(t.int_object_bytes, 72);
}

/* Null words that stay text are values of the chunk's type, others are none. */
static void test_strangers(void **state)
{
  (void)state;
  static const char *const integers[] = {"1", "2"};
  static const char *const raw[] = {OUT_OF_RANGE, "NA", ""};
  static const char *const text[] = {"a", "NA", ""};
  struct mt_chunk_totals t = {0};
  struct mt_segment g = segment_of(integers, LENGTH(integers));

  mt_chunk_totals_add(&t, &g, 3);
  assert_int_equal(t.strangers, 0);
  g = segment_of(raw, LENGTH(raw));
  g.line = 4;
  mt_chunk_totals_add(&t, &g, 3);
  assert_int_equal(t.strangers, 3);
  g = segment_of(text, LENGTH(text));
  g.line = 7;
  mt_chunk_totals_add(&t, &g, 3);
  assert_int_equal(t.strangers, 4);
  assert_int_equal(t.strangers_line, 4);
}

static void test_chunk_rows(void **state)
{
  (void)state;
  static const struct {
    size_t columns;
    uint64_t rows;
  } known[] = {{1, 524288},   {2, 262144},   {3, 262144},     {12, 65536},
               {16, 32768},   {20, 32768},   {1000, 1024},    {1048575, 1},
               {1u << 20, 1}, {1u << 21, 1}, {(1u << 19), 1}, {0, 524288}};
  for (size_t i = 0; i < LENGTH(known); i++)
    assert_int_equal(mt_pandas_chunk_rows(known[i].columns), known[i].rows);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_kinds),
      cmocka_unit_test(test_merge),
      cmocka_unit_test(test_times),
      cmocka_unit_test(test_python_integers),
      cmocka_unit_test(test_python_digit_limit),
      cmocka_unit_test(test_totals),
      cmocka_unit_test(test_strangers),
      cmocka_unit_test(test_chunk_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
