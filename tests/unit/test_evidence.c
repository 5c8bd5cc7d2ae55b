#include "core/plan/evidence.h"
#include "tests/unit/fixture.h"

static const struct mt_finding *finding(const struct mt_findings *l,
                                        enum mt_finding_kind k)
{
  for (size_t i = 0; i < l->len; i++)
    if (l->item[i].kind == k)
      return &l->item[i];
  return NULL;
}

/* The finding of that kind is there, with its count, first line and sentence. */
static void check_finding(const struct mt_findings *l, enum mt_finding_kind k,
                          uint64_t count, uint64_t line, const char *text)
{
  const struct mt_finding *f = finding(l, k);

  if (f == NULL)
    fail_msg("no %s", mt_finding_name(k));
  assert_int_equal(f->count, count);
  assert_int_equal(f->place.line, line);
  assert_string_equal(f->text, text);
}

static void warnings_of(struct mt_findings *l, const struct table *t,
                        enum mt_engine engine)
{
  struct mt_profile p;

  l->len = 0;
  profile_table(&p, t, SIZE_MAX);
  mt_evidence_warnings(l, &p.column[0], engine);
  mt_profile_reset(&p);
}

static void notes_of(struct mt_findings *l, const struct table *t)
{
  struct mt_profile p;

  l->len = 0;
  profile_table(&p, t, SIZE_MAX);
  mt_evidence_notes(l, &p.column[0]);
  mt_profile_reset(&p);
}

static void test_warnings(void **state)
{
  (void)state;
  struct mt_findings l;
  struct table t;

  TABLE_OF(&t, "1", "2");
  warnings_of(&l, &t, MT_PANDAS3);
  assert_int_equal(l.len, 0);
  table_free(&t);

  TABLE_OF(&t, "DE", "NA", "FR", "NA", "");
  warnings_of(&l, &t, MT_PANDAS3);
  assert_int_equal(l.len, 1);
  check_finding(&l, MT_FINDING_NULL_WORDS, 2, LINE_OF_ROW(1),
                "2 texts read as null, first \"NA\" on line 3");
  table_free(&t);

  TABLE_OF(&t, "1", "007", "+5");
  warnings_of(&l, &t, MT_PANDAS2);
  check_finding(&l, MT_FINDING_LEADING_ZEROS, 2, LINE_OF_ROW(1),
                "2 numbers with leading zeros or a plus, first \"007\" on line 3");
  table_free(&t);

  TABLE_OF(&t, "1", "9007199254740993", "");
  warnings_of(&l, &t, MT_PANDAS3);
  check_finding(&l, MT_FINDING_INEXACT, 1, LINE_OF_ROW(1),
                "1 integer that float64 does not hold, first \"9007199254740993\" on "
                "line 3");
  warnings_of(&l, &t, MT_POLARS); /* reads it as Int64 */
  assert_int_equal(l.len, 0);
  table_free(&t);

  TABLE_OF(&t, "1", "", "-9223372036854775808");
  warnings_of(&l, &t, MT_PANDAS3);
  check_finding(
      &l, MT_FINDING_LOST, 1, LINE_OF_ROW(2),
      "1 value that pandas reads as null, first \"-9223372036854775808\" on line 4");
  table_free(&t);

  TABLE_OF(&t, "1.5", "1e400");
  warnings_of(&l, &t, MT_PANDAS3);
  check_finding(&l, MT_FINDING_OVERFLOW, 1, LINE_OF_ROW(1),
                "1 number too large for a float: it becomes inf, first \"1e400\" on "
                "line 3");
  table_free(&t);

  TABLE_OF(&t, "18446744073709551615", "NA", "-1");
  warnings_of(&l, &t, MT_PANDAS3);
  check_finding(&l, MT_FINDING_NULLS_KEPT, 1, LINE_OF_ROW(1),
                "1 null that pandas keeps as text, first \"NA\" on "
                "line 3");
  table_free(&t);
}

/* Text that stays text, and nulls that were asked for, are no warnings. */
static void test_no_warnings(void **state)
{
  (void)state;
  struct mt_findings l;
  struct mt_nulls nulls;
  struct mt_profile p;
  struct table t;

  TABLE_OF(&t, "007", "abc");
  warnings_of(&l, &t, MT_PANDAS3);
  assert_int_equal(l.len, 0);
  warnings_of(&l, &t, MT_POLARS);
  assert_int_equal(l.len, 0);
  table_free(&t);

  TABLE_OF(&t, "1", "-", "NA");
  mt_nulls_init(&nulls);
  assert_int_equal(mt_nulls_add(&nulls, 0, "-", NULL), 0);
  profile_nulls(&p, &t, &nulls, SIZE_MAX, 0, POOL, true);
  l.len = 0;
  mt_evidence_warnings(&l, &p.column[0], MT_PANDAS3);
  assert_int_equal(l.len, 1);
  check_finding(&l, MT_FINDING_NULL_WORDS, 1, LINE_OF_ROW(2),
                "1 text read as null, first \"NA\" on line 4");
  mt_profile_reset(&p);
  mt_nulls_reset(&nulls);
  table_free(&t);
}

/* What is said of numbers holds for all values, or says for how many. */
static void test_values(void **state)
{
  (void)state;
  char line[MT_VALUE_SENTENCES][MT_SENTENCE];
  struct mt_profile p;
  struct table t;

  TABLE_OF(&t, "1", "", "7");
  profile_table(&p, &t, SIZE_MAX);
  assert_int_equal(mt_evidence_values(line, &p.column[0].facts), 2);
  assert_string_equal(line[0], "2 values, 1 null");
  assert_string_equal(line[1], "integers from 1 to 7");
  mt_profile_reset(&p);
  table_free(&t);

  TABLE_OF(&t, "1", "abc", "7");
  profile_table(&p, &t, SIZE_MAX);
  assert_int_equal(mt_evidence_values(line, &p.column[0].facts), 3);
  assert_string_equal(line[1], "2 of them integers from 1 to 7");
  assert_string_equal(line[2], "text of 1 to 3 bytes");
  mt_profile_reset(&p);
  table_free(&t);

  TABLE_OF(&t, "1", "99999999999999999999999");
  profile_table(&p, &t, SIZE_MAX);
  assert_int_equal(mt_evidence_values(line, &p.column[0].facts), 2);
  assert_string_equal(line[1], "numbers, 1 integer beyond 64 bits");
  mt_profile_reset(&p);
  table_free(&t);
}

/* The first pandas chunk is text, the second numbers. */
static void test_mixed_types(void **state)
{
  (void)state;
  struct mt_findings l = {.len = 0};
  struct mt_profile p;
  struct table t;

  TABLE_OF(&t, "1", "x", "3", "4");
  profile_part(&p, &t, SIZE_MAX, 2, POOL, true);
  mt_evidence_warnings(&l, &p.column[0], MT_PANDAS3);
  check_finding(&l, MT_FINDING_MIXED, 2, LINE_OF_ROW(2),
                "2 values of another Python type than the first ones, from line 4 on");
  mt_profile_reset(&p);
  table_free(&t);
}

/* What pandas loses or keeps it decides chunk by chunk: the first one that it may treat
 * so may be in a chunk where it does not. */
static void test_first_lost_or_kept(void **state)
{
  (void)state;
  static const struct {
    const char *cell[6];
    enum mt_finding_kind kind;
    uint64_t count, line;
    const char *text;
  } known[] = {
      {{"-9223372036854775808", "1", "-9223372036854775808", ""}, /* not the first */
       MT_FINDING_LOST,
       1,
       0,
       "1 value that pandas reads as null"},
      {{"NA", "x", "18446744073709551615", "NA"},
       MT_FINDING_NULLS_KEPT,
       1,
       0,
       "1 null that pandas keeps as text"},
      {{"18446744073709551615", "NA", "NA", "9223372036854775808"},
       MT_FINDING_NULLS_KEPT,
       2,
       LINE_OF_ROW(1),
       "2 nulls that pandas keeps as text, first \"NA\" on line 3"},
  };

  for (size_t i = 0; i < LENGTH(known); i++) {
    struct mt_findings l = {.len = 0};
    struct mt_profile p;
    struct table t;

    table_init(&t, 1);
    table_add_all(&t, known[i].cell, 4);
    for (int finish = 0; finish < 2; finish++) {
      l.len = 0;
      profile_part(&p, &t, SIZE_MAX, 2, POOL, finish);
      mt_evidence_warnings(&l, &p.column[0], MT_PANDAS3);
      check_finding(&l, known[i].kind, known[i].count, known[i].line, known[i].text);
      mt_profile_reset(&p);
    }
    table_free(&t);
  }
}

static void test_notes(void **state)
{
  (void)state;
  struct mt_findings l;
  struct table t;

  TABLE_OF(&t, "", "NA");
  notes_of(&l, &t);
  assert_int_equal(l.len, 1);
  check_finding(&l, MT_FINDING_ALL_NULL, 2, 0, "every row is null");
  table_free(&t);

  TABLE_OF(&t, "a", "a");
  notes_of(&l, &t);
  check_finding(&l, MT_FINDING_CONSTANT, 2, 0, "the same value in every row");
  table_free(&t);

  TABLE_OF(&t, "a", "a", "");
  notes_of(&l, &t);
  assert_int_equal(l.len, 0);
  table_free(&t);

  TABLE_OF(&t, "-1", "0", "1");
  notes_of(&l, &t);
  check_finding(&l, MT_FINDING_ROW_NUMBER, 3, 0,
                "row numbers from -1: an index would do");
  table_free(&t);

  TABLE_OF(&t, "1", "-", "2.5", "?", "-");
  notes_of(&l, &t);
  check_finding(&l, MT_FINDING_SENTINELS, 3, LINE_OF_ROW(1),
                "numbers but for 3 sentinels: \"-\", \"?\"");
  table_free(&t);

  TABLE_OF(&t, "20240131", "19991231");
  notes_of(&l, &t);
  check_finding(
      &l, MT_FINDING_DATE_NUMBERS, 2, 0,
      "integers that are all dates (year, month, day) of 1900 to 2099: 20240131");
  table_free(&t);

  TABLE_OF(&t, "20240131", "20240230"); /* no such day */
  notes_of(&l, &t);
  assert_int_equal(l.len, 0);
  table_free(&t);

  TABLE_OF(&t, "961", "61,234", "1,234,567.50");
  notes_of(&l, &t);
  assert_int_equal(l.len, 1);
  check_finding(&l, MT_FINDING_THOUSANDS, 2, LINE_OF_ROW(1),
                "2 values are numbers with thousands separators, first \"61,234\" on "
                "line 3");
  table_free(&t);

  TABLE_OF(&t, "1,234", "x");
  notes_of(&l, &t);
  assert_int_equal(l.len, 0);
  table_free(&t);
}

static void check_proof(const struct mt_column_profile *c, enum mt_dtype d,
                        const char *text)
{
  char proof[MT_SENTENCE];

  mt_evidence_proof(proof, sizeof proof, c, d);
  assert_string_equal(proof, text);
}

static void test_proofs(void **state)
{
  (void)state;
  struct mt_profile p;
  struct table t;

  TABLE_OF(&t, "1", "", "-7", "300.0");
  profile_table(&p, &t, SIZE_MAX);
  check_proof(&p.column[0], MT_INT16, "all 3 values are integers from -7 to 300");
  check_proof(&p.column[0], MT_FLOAT32, "float32 holds all 3 values exactly");
  check_proof(&p.column[0], MT_CATEGORY, "3 distinct in 3 values, counted one by one");
  check_proof(&p.column[0], MT_STRING, "the text of all 3 values as it is");
  check_proof(&p.column[0], MT_DROP, "");
  mt_profile_reset(&p);
  table_free(&t);

  TABLE_OF(&t, "1", "9007199254740993.0");
  profile_table(&p, &t, SIZE_MAX);
  check_proof(&p.column[0], MT_INT64,
              "all 2 values are integers from 1 to 9007199254740993");
  mt_profile_reset(&p);
  table_free(&t);

  TABLE_OF(&t, "10.8", "0.5");
  profile_table(&p, &t, SIZE_MAX);
  check_proof(
      &p.column[0], MT_FLOAT32,
      "the shortest text of each float32 is the file's: all 2 values (1 are not the "
      "same as float64)");
  mt_profile_reset(&p);
  table_free(&t);

  TABLE_OF(&t, "01/02/2020", "03/04/2020");
  profile_table(&p, &t, SIZE_MAX);
  check_proof(&p.column[0], MT_DATE,
              "all 2 values are dates like %d/%m/%Y, or day and month swapped");
  mt_profile_reset(&p);
  table_free(&t);
}

static void test_dress(void **state)
{
  (void)state;
  const unsigned comma = MT_DRESS_DECIMAL_COMMA, groups = MT_DRESS_THOUSANDS;
  const struct {
    const char *s;
    unsigned dress;
  } known[] = {
      {"1,234", comma | groups},
      {"-12,345,678.9", groups},
      {"1,2,34", 0},
      {"1234,567", comma},
      {"3,14", comma},
      {"3,", 0},
      {",5", 0},
      {"27.4%", MT_DRESS_PERCENT},
      {"%", 0},
      {"-5%", MT_DRESS_PERCENT},
      {"$61", MT_DRESS_CURRENCY},
      {"$2.39 ", MT_DRESS_CURRENCY},
      {"\u20ac1,000.50", MT_DRESS_CURRENCY},
      {"$", 0},
      {"$61M", 0},
      {"", 0},
      {"x", 0},
  };

  for (size_t i = 0; i < LENGTH(known); i++)
    if (mt_token_dress((const uint8_t *)known[i].s, strlen(known[i].s)) != known[i].dress)
      fail_msg("%s", known[i].s);
}

static const struct {
  const char *cell[16];
  uint64_t count; /* 0: nothing is said */
  const char *text;
} null_numbers[] = {
    {{"-999", "1", "2", "-999", "3"}, 2, "-999 occurs 2 times and may stand for null"},
    {{"-999.0", "1.5", "2", "-999", "3"}, /* two texts of one number */
     2,
     "-999 occurs 2 times and may stand for null"},
    {{"9999", "1990", "1991", "", "2001", "9999", "9999"},
     3,
     "9999 occurs 3 times and may stand for null"},
    {{"-1", "1990", "1991", "2001", "-1"}, 2, "-1 occurs 2 times and may stand for null"},
    {{"-9", "-9", "1", "2", "3", "99", "99", "99"},
     5,
     "-9 occurs 2 times, 99 3 times: they may stand for null"},
    {{"-1", "-1", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
     2,
     "-1 occurs 2 times and may stand for null"},
    {{"-1", "1", "2", "3", "-1", "4"}, 2, "-1 occurs 2 times and may stand for null"},
    {.cell = {"-999", "1", "2", "3"}},                    /* once */
    {.cell = {"-999", "-999", "1", "2"}},                 /* too few others */
    {.cell = {"-999", "-999", "-500", "1", "400"}},       /* not far off */
    {.cell = {"-1", "-1", "0", "1", "2"}},                /* signs */
    {.cell = {"-1", "-1", "-2", "0", "1", "2", "3"}},     /* not the least */
    {.cell = {"-998", "-998", "1", "2", "3"}},            /* not one of the usual */
    {.cell = {"9", "9", "1", "2", "3"}},                  /* a number as any */
    {.cell = {"-999", "-999", "1", "2", "3", "a"}},       /* text */
    {.cell = {"-999", "-999", "1", "2", "3", "1000000"}}, /* no farther than these */
};

static void test_null_numbers(void **state)
{
  (void)state;
  for (size_t i = 0; i < LENGTH(null_numbers); i++) {
    struct mt_findings l;
    struct table t;
    size_t n = 0;

    while (n < LENGTH(null_numbers[i].cell) && null_numbers[i].cell[n] != NULL)
      n++;
    table_init(&t, 1);
    table_add_all(&t, null_numbers[i].cell, n);
    notes_of(&l, &t);
    if (null_numbers[i].count == 0)
      assert_null(finding(&l, MT_FINDING_NULL_NUMBERS));
    else
      check_finding(&l, MT_FINDING_NULL_NUMBERS, null_numbers[i].count, 0,
                    null_numbers[i].text);
    table_free(&t);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_warnings),
      cmocka_unit_test(test_no_warnings),
      cmocka_unit_test(test_values),
      cmocka_unit_test(test_mixed_types),
      cmocka_unit_test(test_notes),
      cmocka_unit_test(test_proofs),
      cmocka_unit_test(test_dress),
      cmocka_unit_test(test_null_numbers),
      cmocka_unit_test(test_first_lost_or_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
