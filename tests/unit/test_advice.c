#include "tests/unit/random_column.h"

#include <math.h>

#include "core/engine/footprint.h"
#include "core/plan/advice.h"
#include "core/plan/convert.h"

#define I63 "9223372036854775808"  /* 2^63 */
#define U64 "18446744073709551615" /* 2^64 - 1 */
#define B64 "18446744073709551616" /* 2^64 */

static const struct mt_column_profile *profile_of(struct mt_profile *p,
                                                  const struct table *t)
{
  profile_table(p, t, 2);
  return &p->column[0];
}

static struct mt_suggestion suggest(const struct mt_column_profile *c)
{
  return mt_advice_suggest(c, 1);
}

/* ---- suggestions --------------------------------------------------------- */

#define NOTHING MT_DTYPE_COUNT

static const struct {
  const char *cell[5];
  enum mt_dtype dtype; /* NOTHING: nothing better than the default */
  enum mt_class class_;
} policy[] = {
#define S(dtype, class_) MT_##dtype, MT_CLASS_##class_
#define NONE NOTHING, MT_CLASS_NONE
    /* the borders of integers; unsigned only where it is narrower */
    {{"-128", "127"}, S(INT8, EXACT)},
    {{"-129", "1"}, S(INT16, EXACT)},
    {{"0", "128"}, S(UINT8, EXACT)},
    {{"0", "255"}, S(UINT8, EXACT)},
    {{"-1", "255"}, S(INT16, EXACT)},
    {{"0", "256"}, S(INT16, EXACT)},
    {{"-32768", "32767"}, S(INT16, EXACT)},
    {{"0", "32768"}, S(UINT16, EXACT)},
    {{"0", "65535"}, S(UINT16, EXACT)},
    {{"0", "65536"}, S(INT32, EXACT)},
    {{"-2147483648", "2147483647"}, S(INT32, EXACT)},
    {{"-2147483649", "1"}, NONE},
    {{"0", "2147483648"}, S(UINT32, EXACT)},
    {{"0", "4294967295"}, S(UINT32, EXACT)},
    {{"0", "4294967296"}, NONE},
    {{"-1", "4294967295"}, NONE},
    {{"0", "9223372036854775807"}, NONE},
    {{"-9223372036854775808", "1"}, NONE},
    {{I63, "1"}, NONE},
    {{U64, "1"}, NONE},
    {{"1", "2", "3", "4", "300"}, S(INT16, EXACT)},
    /* beyond 64 bits, or across: text */
    {{B64, "1"}, S(STRING, EXACT)},
    {{B64, B64}, S(STRING, EXACT)},
    {{B64}, S(STRING, EXACT)},
    {{"-9223372036854775809", "1"}, S(STRING, EXACT)},
    {{U64, "-1"}, NONE}, /* text by itself */
    {{B64, "1.5"}, NONE},
    /* nullable integers */
    {{"127", ""}, S(INT8, EXACT)},
    {{"-129", "", "NA"}, S(INT16, EXACT)},
    {{"255", ""}, S(UINT8, EXACT)},
    {{"2147483647", ""}, S(INT32, EXACT)},
    {{"4294967295", ""}, S(UINT32, EXACT)},
    {{"4294967296", ""}, NONE}, /* nine bytes instead of eight */
    {{"9007199254740992", ""}, NONE},
    {{"9007199254740993", ""}, S(INT64, EXACT)}, /* or float64 changes it */
    {{"-9007199254740993", ""}, S(INT64, EXACT)},
    {{"-9223372036854775808", ""}, S(INT64, EXACT)}, /* pandas reads a null */
    {{I63, ""}, S(UINT64, EXACT)},
    {{U64, "", "1"}, S(UINT64, EXACT)},
    /* zeros and ones are numbers */
    {{"0", "1"}, S(INT8, EXACT)},
    {{"0", "1", ""}, S(INT8, EXACT)},
    /* floats that are integers */
    {{"1.0", "2.0"}, S(INT8, EQUAL)},
    {{"1.0", "300"}, S(INT16, EQUAL)},
    {{"1e3", "1"}, S(INT16, EQUAL)},
    {{"1.0", ""}, S(INT8, EQUAL)},
    {{" 1", "2"}, S(INT8, EQUAL)},
    {{"-0", "2"}, S(INT8, EQUAL)},
    {{"16777217.0", "1.0"}, S(INT32, EQUAL)},
    {{"9007199254740993.0", "1.5"}, MT_STRING, MT_CLASS_EXACT}, /* float64: ...992 */
    /* floats: exact, rounded, not at all */
    {{"1.5", "2.25"}, S(FLOAT32, EXACT)},
    {{"1.5", ""}, S(FLOAT32, EXACT)},
    {{"1.5", "2"}, S(FLOAT32, EQUAL)},
    {{"1.5", "16777216"}, S(FLOAT32, EQUAL)},
    {{"-0.0", "1.0"}, S(FLOAT32, EXACT)},
    {{"inf", "1.0"}, S(FLOAT32, EXACT)},
    {{"10.8", "3.14"}, S(FLOAT32, ROUNDED)},
    {{"10.8", "12345"}, S(FLOAT32, ROUNDED)},
    {{"1.5", "16777217"}, NONE},
    {{"1.5", "16777217.0"}, NONE},
    {{"1.5", "608202549.0"}, NONE},
    {{"1.5", "1e-50"}, NONE},
    {{"1.5", "1e39"}, NONE},
    {{"1.5", "2.000000001"}, NONE},
    {{"2", "2.000000001"}, NONE},
    {{"1.5", "1e400"}, S(STRING, EXACT)},
    {{"1e400", "1"}, S(STRING, EXACT)},
    /* integers beyond 2^53 among floats: no float holds them */
    {{"1.5", "9007199254740993"}, S(STRING, EXACT)},
    /* identifiers */
    {{"00501", "10001"}, S(STRING, EXACT)},
    {{"007", "7"}, S(STRING, EXACT)},
    {{"007.1", "1.5"}, S(STRING, EXACT)},
    {{"+1", "2"}, S(STRING, EXACT)},
    {{"00501", ""}, S(STRING, EXACT)},
    {{"00501", "x"}, NONE},
    {{"0", "0.5"}, S(FLOAT32, EQUAL)}, /* one zero leads nothing */
    /* booleans */
    {{"true", "false"}, NONE},
    {{"TRUE", "False", ""}, S(BOOL, EXACT)},
    {{"yes", "no"}, S(BOOL, REVIEW)},
    {{"Y", "n", ""}, S(BOOL, REVIEW)},
    {{"t", "F"}, S(BOOL, REVIEW)},
    {{"on", "off"}, S(BOOL, REVIEW)},
    {{"yes", "true"}, NONE},
    {{"yes", "f"}, NONE},
    {{"True", "0", "1"}, NONE},
    {{"yes", "maybe"}, NONE},
    /* dates */
    {{"2020-01-02", "1999-12-31"}, S(DATE, EXACT)},
    {{"2020-01-02", ""}, S(DATE, EXACT)},
    {{"1066-10-14", "9999-12-31"}, S(DATE, EXACT)},
    {{"2020-1-2", "2020-3-4"}, S(DATE, EQUAL)},
    {{"2020/01/02", "2020/03/04"}, S(DATE, EQUAL)},
    {{"13/02/2020", "01/02/2020"}, S(DATE, EQUAL)},
    {{"01/02/2020", "02/13/2020"}, S(DATE, EQUAL)},
    {{"01/02/2020", "03/04/2021"}, S(DATE, REVIEW)},
    {{"01.02.2020", "03.04.2021"}, S(DATE, EQUAL)},
    {{"01/02/20", "13/04/21"}, S(DATE, REVIEW)},
    {{"13/02/2020", "02/13/2020"}, NONE},
    {{"2020-01-02", "01/02/2020"}, NONE},
    {{"2020-01-02", "2020-02-30"}, NONE},
    {{"2020-01-02", "0000-00-00"}, NONE},
    {{"2020-01-02", "476-09-04"}, NONE},
    {{"T00370201", "T00370202"}, NONE},
    {{"2020-01-02", "2020-01-03 10:00:00"}, NONE},
    {{"5 January 2020", "17 May 2021"}, S(DATE, EQUAL)},
    {{"2020-01-02 10:00:00", "2020-01-03 11:00:00"}, S(DATETIME, EXACT)},
    {{"2020-01-02T10:00:00", "2020-01-03T11:00:00"}, S(DATETIME, EQUAL)},
    {{"2020-01-02T10:00:00Z", "2020-01-03T11:00:00Z"}, S(DATETIME, EQUAL)},
    {{"2020-01-02T10:00:00+01:00", "2020-01-03T11:00:00+02:00"}, S(DATETIME, REVIEW)},
    {{"2020-01-02T10:00:00Z", "2020-01-03T11:00:00+02:00"}, NONE},
    {{"2020-01-02 10:00:00.123456789", "2020-01-02 10:00:00.000000001"},
     S(DATETIME, EQUAL)},
    {{"1066-01-02 10:00:00.123456789", "2020-01-02 10:00:00.000000001"}, NONE},
    {{"20200102", "20210304"}, S(INT32, EXACT)},
    /* text that only looks like something */
    {{"1,234", "5,678"}, NONE},
    {{"1_000", "2_000"}, NONE},
    {{"0x1F", "0x20"}, NONE},
    {{"\xd9\xa1", "\xd9\xa2"}, NONE},
    {{"\xe2\x88\x92"
      "1",
      "2"},
     NONE},
    {{"10:00", "11:00"}, NONE},
    {{" ", "1"}, NONE},
    {{"-", "1"}, NONE},
    /* nothing at all */
    {{"", ""}, NONE},
    {{"NA", "NA"}, NONE},
#undef S
#undef NONE
};

static void fill(struct table *t, const char *const cell[5])
{
  table_init(t, 1);
  for (size_t i = 0; i < 5 && cell[i] != NULL; i++)
    table_add(t, cell[i]);
}

static void test_policy(void **state)
{
  (void)state;
  size_t wrong = 0;

  for (size_t i = 0; i < LENGTH(policy); i++) {
    struct table t;
    struct mt_profile p;
    struct mt_suggestion s;
    const struct mt_column_profile *c;

    fill(&t, policy[i].cell);
    c = profile_of(&p, &t);
    s = suggest(c);
    if (s.class_ != policy[i].class_ ||
        s.dtype != (policy[i].dtype == NOTHING ? mt_advice_keep(c) : policy[i].dtype)) {
      print_message("%s, %s: %s, %s instead of %s, %s\n", policy[i].cell[0],
                    policy[i].cell[1] ? policy[i].cell[1] : "-", mt_dtype_name(s.dtype),
                    mt_class_name(s.class_),
                    policy[i].dtype == NOTHING ? "the default"
                                               : mt_dtype_name(policy[i].dtype),
                    mt_class_name(policy[i].class_));
      wrong++;
    }
    mt_profile_reset(&p);
    table_free(&t);
  }
  assert_int_equal(wrong, 0);
}

/* ---- what is true of any column ------------------------------------------ */

/* The value of row r says what its text says. */
static bool keeps_value(const struct mt_batch *b, const struct mt_field *f, size_t r,
                        const char *text)
{
  const void *v = b->column[0].values;
  long double x = strtold(text, NULL), y;

  switch (f->dtype) {
  case MT_INT8:
    y = ((const int8_t *)v)[r];
    break;
  case MT_INT16:
    y = ((const int16_t *)v)[r];
    break;
  case MT_INT32:
    y = ((const int32_t *)v)[r];
    break;
  case MT_INT64:
    y = ((const int64_t *)v)[r];
    break;
  case MT_UINT8:
    y = ((const uint8_t *)v)[r];
    break;
  case MT_UINT16:
    y = ((const uint16_t *)v)[r];
    break;
  case MT_UINT32:
    y = ((const uint32_t *)v)[r];
    break;
  case MT_UINT64:
    y = ((const uint64_t *)v)[r];
    break;
  case MT_FLOAT32:
    y = ((const float *)v)[r];
    if (strcspn(text, ".eEnN") != strlen(text)) /* against what a double holds */
      x = strtod(text, NULL);
    break;
  case MT_FLOAT64:
    y = ((const double *)v)[r];
    if (strcspn(text, ".eEnN") != strlen(text))
      x = strtod(text, NULL);
    break;
  default:
    return true;
  }
  return x == y;
}

static const char *text_of(const struct table *t, size_t r, char buffer[64])
{
  const struct mt_cell *c = table_cell(t, r, 0);

  memcpy(buffer, t->text.data + c->off, c->len);
  buffer[c->len] = '\0';
  return buffer;
}

/* Converts the whole column; false when a row is refused, or one that class_ says is
 * the same is not. */
static bool converts(const struct table *t, const struct mt_profile *p, enum mt_dtype d,
                     enum mt_class class_)
{
  static char name[] = "c";
  struct mt_name names = {name, 1};
  struct mt_reader_schema schema = {.names = &names, .columns = 1};
  const uint8_t dtype = (uint8_t)d;
  struct mt_conversion v;
  struct mt_chunk chunk;
  struct mt_batch b;
  struct mt_error error = {0};
  char text[64];
  bool ok;

  assert_int_equal(mt_conversion_init(&v, p, &schema, &dtype, &error), 0);
  mt_chunk_init(&chunk);
  mt_batch_init(&b);
  assert_int_equal(table_chunk(t, 0, table_rows(t), &chunk), 0);
  ok = mt_convert(&v, &chunk, &b, NULL, &error) == 0;
  if (!ok)
    print_message("%s\n", error.what);
  for (size_t r = 0; ok && mt_class_is_safe(class_) && r < table_rows(t); r++)
    if ((b.column[0].null_count == 0 || b.column[0].validity[r / 8] >> (r % 8) & 1) &&
        !keeps_value(&b, &v.schema.fields[0], r, text_of(t, r, text))) {
      print_message("%s changes as %s\n", text, mt_dtype_name(d));
      ok = false;
    }
  mt_batch_reset(&b);
  mt_chunk_reset(&chunk);
  mt_conversion_reset(&v);
  return ok;
}

/* What is not blocked can be exported, and what is safe keeps its values. */
static void check_column(const struct table *t, size_t *wrong)
{
  struct mt_profile p;
  const struct mt_column_profile *c = profile_of(&p, t);
  struct mt_suggestion s = suggest(c);
  enum mt_dtype keep = mt_advice_keep(c);
  bool ok = true;

  for (int d = 0; d < MT_DROP; d++) {
    struct mt_candidate k = {0};
    mt_advice_judge(&k, c, (enum mt_dtype)d);
    if (k.class_ != mt_advice_class(c, (enum mt_dtype)d)) {
      print_message("%s: two verdicts\n", mt_dtype_name((enum mt_dtype)d));
      ok = false;
    }
    if ((k.class_ == MT_CLASS_BLOCKED || k.class_ == MT_CLASS_REVIEW) &&
        k.reason[0] == '\0') {
      print_message("%s: no reason\n", mt_dtype_name((enum mt_dtype)d));
      ok = false;
    }
    if (k.class_ == MT_CLASS_BLOCKED || c->facts.not_utf8 > 0)
      continue;
    if (!converts(t, &p, (enum mt_dtype)d, k.class_)) {
      print_message("judged %s as %s\n", mt_class_name(k.class_),
                    mt_dtype_name((enum mt_dtype)d));
      ok = false;
    }
  }
  if (s.class_ == MT_CLASS_BLOCKED || mt_advice_class(c, s.dtype) == MT_CLASS_BLOCKED) {
    print_message("suggests %s, which is blocked\n", mt_dtype_name(s.dtype));
    ok = false;
  }
  if (mt_advice_class(c, keep) == MT_CLASS_BLOCKED) {
    print_message("keeps %s, which is blocked\n", mt_dtype_name(keep));
    ok = false;
  }
  if (s.class_ != MT_CLASS_NONE && s.class_ != mt_advice_class(c, s.dtype)) {
    print_message("suggests %s as %s\n", mt_dtype_name(s.dtype), mt_class_name(s.class_));
    ok = false;
  }
  if (!ok) {
    print_column(t);
    ++*wrong;
  }
  mt_profile_reset(&p);
}

static void test_nothing_that_a_row_contradicts(void **state)
{
  (void)state;
  uint64_t x = 42;
  size_t wrong = 0;

  for (size_t i = 0; i < LENGTH(policy); i++) {
    struct table t;
    fill(&t, policy[i].cell);
    check_column(&t, &wrong);
    table_free(&t);
  }
  for (int i = 0; i < 3000 && wrong < 10; i++) {
    struct table t;
    random_column(&t, &x, 12);
    check_column(&t, &wrong);
    table_free(&t);
  }
  assert_int_equal(wrong, 0);
}

/* Integers of any size with blanks behind them. */
static void test_padded_integers(void **state)
{
  (void)state;
  struct table t;
  size_t wrong = 0;

  TABLE_OF(&t, "9223372036854775809 ", "1");
  check_column(&t, &wrong);
  table_free(&t);
  TABLE_OF(&t, " 9223372036854775809", "");
  check_column(&t, &wrong);
  table_free(&t);
  assert_int_equal(wrong, 0);
}

/* pandas sees 1 and 2; the export is of what the file holds. */
static void test_numbers_with_nul(void **state)
{
  (void)state;
  static const char *const texts[] = {"2", "2.5", "true", I63};
  size_t wrong = 0;

  for (size_t i = 0; i < LENGTH(texts); i++) {
    struct table t;
    char s[32] = "";
    table_init(&t, 1);
    table_add(&t, texts[i]);
    memcpy(s, texts[i], strlen(texts[i]));
    table_add_bytes(&t, s, strlen(texts[i]) + 1, false);
    check_column(&t, &wrong);
    table_free(&t);
  }
  assert_int_equal(wrong, 0);
}

/* ---- verdicts ------------------------------------------------------------ */

static void check_verdict(const struct table *t, enum mt_dtype d, enum mt_class class_,
                          uint64_t line, const char *in_reason)
{
  struct mt_profile p;
  struct mt_candidate k = {0};

  mt_advice_judge(&k, profile_of(&p, t), d);
  if (k.class_ != class_)
    fail_msg("%s: %s", mt_dtype_name(d), mt_class_name(k.class_));
  assert_int_equal(k.place.line, line);
  if (strstr(k.reason, in_reason) == NULL)
    fail_msg("%s: \"%s\" is not in \"%s\"", mt_dtype_name(d), in_reason, k.reason);
  mt_profile_reset(&p);
}

static void test_reasons(void **state)
{
  (void)state;
  struct table t;

  TABLE_OF(&t, "1", "", "200", "-7", "40000", "5000000000");
  check_verdict(&t, MT_INT8, MT_CLASS_BLOCKED, LINE_OF_ROW(2), "200");
  check_verdict(&t, MT_UINT8, MT_CLASS_BLOCKED, LINE_OF_ROW(3), "-7");
  check_verdict(&t, MT_UINT64, MT_CLASS_BLOCKED, LINE_OF_ROW(3), "-7");
  check_verdict(&t, MT_INT16, MT_CLASS_BLOCKED, LINE_OF_ROW(4), "40000");
  check_verdict(&t, MT_INT32, MT_CLASS_BLOCKED, LINE_OF_ROW(5), "5000000000");
  check_verdict(&t, MT_INT64, MT_CLASS_EXACT, 0, "");
  check_verdict(&t, MT_FLOAT64, MT_CLASS_EQUAL, 0, "");
  check_verdict(&t, MT_STRING, MT_CLASS_EXACT, 0, "");
  check_verdict(&t, MT_DROP, MT_CLASS_REVIEW, 0, "");
  check_verdict(&t, MT_BOOL, MT_CLASS_BLOCKED, LINE_OF_ROW(0), "1");
  check_verdict(&t, MT_DATE, MT_CLASS_BLOCKED, LINE_OF_ROW(0), "1");
  table_free(&t);
  TABLE_OF(&t, "1", "x\x1b[31m", "1.5", "007");
  check_verdict(&t, MT_INT64, MT_CLASS_BLOCKED, LINE_OF_ROW(1), "x\\x1B[31m");
  table_free(&t);
  TABLE_OF(&t, "1", "2", "1.5", "007");
  check_verdict(&t, MT_INT64, MT_CLASS_BLOCKED, LINE_OF_ROW(2), "1.5");
  check_verdict(&t, MT_FLOAT64, MT_CLASS_BLOCKED, LINE_OF_ROW(3), "007");
  table_free(&t);
  TABLE_OF(&t, "1", "2", "1.5", "2.000000001");
  check_verdict(&t, MT_INT64, MT_CLASS_BLOCKED, LINE_OF_ROW(2), "1.5");
  check_verdict(&t, MT_FLOAT32, MT_CLASS_BLOCKED, LINE_OF_ROW(3), "2.000000001");
  table_free(&t);
  TABLE_OF(&t, "9007199254740993", "");
  check_verdict(&t, MT_FLOAT64, MT_CLASS_BLOCKED, LINE_OF_ROW(0), "9007199254740993");
  table_free(&t);
  TABLE_OF(&t, "0", "1", "");
  check_verdict(&t, MT_BOOL, MT_CLASS_REVIEW, 0, "0 and 1");
  table_free(&t);
  TABLE_OF(&t, "2020-01-02 10:00:00", "2020-01-02 00:00:00");
  check_verdict(&t, MT_DATE, MT_CLASS_BLOCKED, LINE_OF_ROW(0), "time");
  table_free(&t);
  TABLE_OF(&t, "2020-01-02", "2020-01-03", "2020-01-02 10:00", "2020-01-02T10:00");
  check_verdict(&t, MT_DATETIME, MT_CLASS_BLOCKED, LINE_OF_ROW(2), "several ways");
  table_free(&t);
  TABLE_OF(&t, "2020-01-02 00:00:00.123456789", "1066-10-14 00:00:00.0");
  check_verdict(&t, MT_DATETIME, MT_CLASS_BLOCKED, LINE_OF_ROW(1), "nanoseconds");
  table_free(&t);
  TABLE_OF(&t, "yes", "no", "true", "t");
  check_verdict(&t, MT_BOOL, MT_CLASS_BLOCKED, LINE_OF_ROW(2), "several ways");
  table_free(&t);
}

static void test_two_to_the_64_fits_no_integer(void **state)
{
  (void)state;
  struct table t;

  TABLE_OF(&t, B64, "-9223372036854775809");
  for (int d = MT_INT8; d <= MT_UINT64; d++)
    check_verdict(&t, (enum mt_dtype)d, MT_CLASS_BLOCKED, LINE_OF_ROW(0), B64);
  table_free(&t);
}

/* ---- categories ---------------------------------------------------------- */

/* Rows of k texts of `width` bytes. */
static void repeat_texts(struct table *t, size_t rows, size_t k, int width)
{
  char s[128];

  table_init(t, 1);
  for (size_t r = 0; r < rows; r++) {
    snprintf(s, sizeof s, "%c%0*zu", 'a', width - 1, r % k);
    table_add(t, s);
  }
}

static bool suggests_category(size_t rows, size_t k, int width)
{
  struct table t;
  struct mt_profile p;
  bool yes;

  repeat_texts(&t, rows, k, width);
  yes = suggest(profile_of(&p, &t)).dtype == MT_CATEGORY;
  mt_profile_reset(&p);
  table_free(&t);
  return yes;
}

static void test_category_must_pay(void **state)
{
  (void)state;
  /* two texts of eight bytes: codes, pointers, texts and the index against 16 N;
   * N + 16 + 16 + 108 < 0.8 * 16 N from N = 12 on */
  assert_false(suggests_category(11, 2, 8));
  assert_true(suggests_category(12, 2, 8));
  /* at most half as many as rows, however well it pays */
  assert_true(suggests_category(40, 20, 100));
  assert_false(suggests_category(41, 21, 100));
  assert_false(suggests_category(40, 40, 100));
}

static void test_category_widths(void **state)
{
  (void)state;
  static const struct {
    size_t k, width;
  } known[] = {{126, 1}, {127, 2}, {32766, 2}, {32767, 4}};

  for (size_t i = 0; i < LENGTH(known); i++) {
    struct table t;
    struct mt_profile p;
    size_t rows = known[i].k * 2, k = known[i].k;
    repeat_texts(&t, rows, k, 8);
    profile_table(&p, &t, 4096);
    assert_int_equal(mt_footprint(&p.column[0], MT_CATEGORY, MT_PANDAS3, false),
                     rows * known[i].width + 8 * k + 8 * k);
    mt_profile_reset(&p);
    table_free(&t);
  }
}

static void test_category_needs_exact_values(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;

  repeat_texts(&t, 100, 2, 8);
  profile_part(&p, &t, 10, 0, 0, true);
  assert_int_equal(mt_distinct_evict(&p.column[0].distinct, &p.pool), 0);
  assert_int_equal(mt_advice_class(&p.column[0], MT_CATEGORY), MT_CLASS_BLOCKED);
  assert_int_equal(suggest(&p.column[0]).class_, MT_CLASS_NONE);
  mt_profile_reset(&p);
  table_free(&t);
}

/* Zip codes: text that the default would make numbers, and category where that
 * pays. */
static void test_identifiers_as_category(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;
  struct mt_suggestion s;
  char text[8];

  table_init(&t, 1);
  for (int r = 0; r < 1000; r++) {
    snprintf(text, sizeof text, "0050%d", r % 10);
    table_add(&t, text);
  }
  s = suggest(profile_of(&p, &t));
  assert_int_equal(s.dtype, MT_CATEGORY);
  assert_int_equal(s.class_, MT_CLASS_EXACT);
  assert_int_equal(mt_advice_keep(&p.column[0]), MT_STRING);
  mt_profile_reset(&p);
  table_free(&t);
}

/* ---- keep and warnings --------------------------------------------------- */

static void test_keep_and_warnings(void **state)
{
  (void)state;
  static const struct {
    const char *cell[5];
    enum mt_dtype keep;
    bool warns2, warns3;
  } known[] = {
      {{"1", "2"}, MT_INT64, false, false},
      {{"1", ""}, MT_FLOAT64, false, false},
      {{"1.5", "x"}, MT_STRING, false, false},
      {{"00501", "1"}, MT_STRING, true, true},
      {{"00501", "x"}, MT_STRING, false, false},
      {{I63, "1"}, MT_UINT64, false, false},
      {{"9007199254740993", "1"}, MT_INT64, false, false},
      {{"9007199254740993", ""}, MT_INT64, true, true},
      {{"9007199254740992", ""}, MT_FLOAT64, false, false},
      {{"-9223372036854775808", ""}, MT_FLOAT64, true, true},
      {{"1.5", "9007199254740993"}, MT_STRING, true, true},
      {{I63, "", "NA"}, MT_STRING, true, true}, /* nulls become text */
      {{B64, "1"}, MT_STRING, false, true},     /* Python's integers since 3 */
      {{"1e400", "1"}, MT_STRING, false, true},
      {{"true", ""}, MT_BOOL, false, false},
      {{"true", "1"}, MT_STRING, false, false},
      {{"", "NA"}, MT_FLOAT64, false, false},
      {{"inf", "1"}, MT_FLOAT64, false, false},
  };
  size_t wrong = 0;

  for (size_t i = 0; i < LENGTH(known); i++) {
    struct table t;
    struct mt_profile p;
    const struct mt_column_profile *c;
    enum mt_dtype keep;
    bool warns2, warns3;

    fill(&t, known[i].cell);
    c = profile_of(&p, &t);
    keep = mt_advice_keep(c);
    warns2 = mt_advice_warns(c, MT_PANDAS2);
    warns3 = mt_advice_warns(c, MT_PANDAS3);
    if (keep != known[i].keep || warns2 != known[i].warns2 || warns3 != known[i].warns3) {
      print_message("%s, %s: keeps %s, warnings %d and %d\n", known[i].cell[0],
                    known[i].cell[1], mt_dtype_name(keep), warns2, warns3);
      wrong++;
    }
    mt_profile_reset(&p);
    table_free(&t);
  }
  assert_int_equal(wrong, 0);
}

static void test_class_names(void **state)
{
  (void)state;
  static const char *const names[] = {"none",    "exact",  "equal",
                                      "rounded", "review", "blocked"};
  for (int c = 0; c < MT_CLASS_COUNT; c++) {
    assert_string_equal(mt_class_name((enum mt_class)c), names[c]);
    assert_int_equal(strlen(mt_class_mark((enum mt_class)c, true)), 1);
    assert_int_equal(mt_class_is_safe((enum mt_class)c),
                     c == MT_CLASS_EXACT || c == MT_CLASS_EQUAL);
  }
  assert_string_equal(mt_class_mark(MT_CLASS_ROUNDED, false), "≈");
  assert_string_equal(mt_class_mark(MT_CLASS_ROUNDED, true), "~");
}

static void test_units_and_layouts(void **state)
{
  (void)state;
  struct table t;
  struct mt_profile p;
  const struct mt_facts *f;

  TABLE_OF(&t, "2020-01-02 10:00:00.123456", "2020-01-02 10:00:00.1");
  f = &profile_of(&p, &t)->facts;
  assert_int_equal(mt_advice_unit(f), MT_UNIT_US);
  assert_int_equal(mt_advice_layout(f), MT_DATE_YMD_DASH);
  mt_profile_reset(&p);
  table_free(&t);
  TABLE_OF(&t, "13/02/2020 10:00:00.1234567", "01/02/2020 10:00:00.1");
  f = &profile_of(&p, &t)->facts;
  assert_int_equal(mt_advice_unit(f), MT_UNIT_NS);
  assert_int_equal(mt_advice_layout(f), MT_DATE_DMY_SLASH);
  mt_profile_reset(&p);
  table_free(&t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_policy),
      cmocka_unit_test(test_nothing_that_a_row_contradicts),
      cmocka_unit_test(test_padded_integers),
      cmocka_unit_test(test_numbers_with_nul),
      cmocka_unit_test(test_reasons),
      cmocka_unit_test(test_two_to_the_64_fits_no_integer),
      cmocka_unit_test(test_category_must_pay),
      cmocka_unit_test(test_category_widths),
      cmocka_unit_test(test_category_needs_exact_values),
      cmocka_unit_test(test_identifiers_as_category),
      cmocka_unit_test(test_keep_and_warnings),
      cmocka_unit_test(test_class_names),
      cmocka_unit_test(test_units_and_layouts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
