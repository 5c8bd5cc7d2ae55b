#include "tests/unit/random_column.h"

#include "core/column/facts.h"
#include "core/column/profile.h"

static const char *const place_names[] = {
#define X(id) #id,
    MT_PLACES(X)
#undef X
};

/* The caller resets them. */
static struct mt_facts facts_of(const struct table *t, size_t block)
{
  struct mt_profile p;
  struct mt_facts f;

  profile_table(&p, t, block);
  f = p.column[0].facts;
  mt_facts_init(&p.column[0].facts);
  mt_profile_reset(&p);
  return f;
}

#define SAME(field)                                                                      \
  do {                                                                                   \
    if (a->field != b->field) {                                                          \
      print_message("%s differs\n", #field);                                             \
      return false;                                                                      \
    }                                                                                    \
  } while (0)

static bool same_dates(const struct mt_facts *a, const struct mt_facts *b)
{
  if (mt_facts_has(a, MT_PLACE_NOT_DATE) || a->dates == 0)
    return true; /* no question any more */
  SAME(dates);
  SAME(date_layouts);
  SAME(date_padding);
  SAME(fraction_min);
  SAME(fraction_max);
  SAME(offset_low);
  SAME(offset_high);
  SAME(date_low);
  SAME(date_high);
  if (!mt_facts_has(a, MT_PLACE_OTHER_SHAPE) &&
      memcmp(&a->date_shape, &b->date_shape, 4) != 0)
    return false;
  return true;
}

static bool same_numbers(const struct mt_facts *a, const struct mt_facts *b)
{
  SAME(integers);
  SAME(big_integers);
  SAME(floats);
  SAME(fractions);
  SAME(negative_zeros);
  SAME(infinities);
  SAME(overflows);
  SAME(inexact);
  SAME(identifiers);
  SAME(padded);
  SAME(ascending);
  SAME(steady);
  if (a->integers > 0) {
    SAME(int_min);
    SAME(int_max);
  }
  if (a->integers > 0 && a->ascending) {
    if (a->steady && a->integers > 1)
      SAME(step);
    SAME(first_int);
    SAME(last_int);
  }
  if (a->floats > 0) {
    SAME(decimals_min);
    SAME(decimals_max);
  }
  if (a->floats > a->fractions) {
    SAME(whole_min);
    SAME(whole_max);
  }
  if (a->integers + a->floats + a->big_integers > 0) {
    SAME(float_min);
    SAME(float_max);
  }
  /* counts stop once the question is settled */
  if (mt_facts_has(a, MT_PLACE_NOT_FLOAT32) != mt_facts_has(b, MT_PLACE_NOT_FLOAT32))
    return false;
  return mt_facts_has(a, MT_PLACE_NOT_FLOAT32) ||
         a->float32_inexact == b->float32_inexact;
}

static bool same_counts(const struct mt_facts *a, const struct mt_facts *b)
{
  SAME(rows);
  SAME(nulls);
  SAME(empties);
  SAME(quoted_empties);
  SAME(null_words);
  SAME(null_word_bytes);
  SAME(na_words);
  SAME(longest);
  SAME(shortest);
  SAME(not_utf8);
  SAME(nul);
  for (int i = 0; i < MT_BOOL_FAMILIES; i++)
    SAME(bools[i]);
  return memcmp(&a->sizes, &b->sizes, sizeof a->sizes) == 0;
}

static bool same_places(const struct mt_facts *a, const struct mt_facts *b)
{
  for (int i = 0; i < MT_PLACE_KINDS; i++) {
    const struct mt_place *p = mt_facts_place(a, (enum mt_place_kind)i);
    const struct mt_place *q = mt_facts_place(b, (enum mt_place_kind)i);
    if (i > MT_PLACE_NOT_DATE && i <= MT_PLACE_NOT_NS &&
        mt_facts_has(a, MT_PLACE_NOT_DATE))
      continue; /* no question any more */
    if (p->line != q->line || p->byte != q->byte || p->len != q->len ||
        p->cut != q->cut || memcmp(p->text, q->text, p->len) != 0) {
      print_message("%s: lines %llu and %llu\n", place_names[i],
                    (unsigned long long)p->line, (unsigned long long)q->line);
      return false;
    }
  }
  return true;
}

static bool same_facts(const struct mt_facts *a, const struct mt_facts *b)
{
  return same_counts(a, b) && same_numbers(a, b) && same_dates(a, b) && same_places(a, b);
}

static void test_any_split(void **state)
{
  (void)state;
  uint64_t x = 20240607;

  for (int round = 0; round < 3000; round++) {
    struct table t;
    struct mt_facts whole;

    random_column(&t, &x, 40);
    whole = facts_of(&t, SIZE_MAX);
    for (size_t block = 1; block < 9; block++) {
      struct mt_facts f = facts_of(&t, block);
      if (!same_facts(&whole, &f)) {
        print_column(&t);
        fail_msg("blocks of %zu rows", block);
      }
      mt_facts_reset(&f);
    }
    mt_facts_reset(&whole);
    table_free(&t);
  }
}

/* Each value is a date, but of no common layout: the second rules it out, in
 * whatever blocks they come. */
static void test_place_of_a_date_of_another_layout(void **state)
{
  (void)state;
  struct table t;
  struct mt_facts one, split;

  TABLE_OF(&t, "2020-01-02", "01/02/2020", "2020-01-03");
  one = facts_of(&t, 3);
  assert_int_equal(mt_facts_place(&one, MT_PLACE_NOT_DATE)->line, LINE_OF_ROW(1));
  split = facts_of(&t, 1);
  assert_int_equal(mt_facts_place(&split, MT_PLACE_NOT_DATE)->line, LINE_OF_ROW(1));
  mt_facts_reset(&one);
  mt_facts_reset(&split);
  table_free(&t);
}

/* Dates that no layout is left for: it is the one that rules out the last of them, be it
 * in the block of the others or not, and first there or not. */
static void test_place_of_a_clash_of_layouts(void **state)
{
  (void)state;
  static const struct {
    const char *cell[6];
    size_t row;
  } known[] = {
      {{"13/01/2020", "01/02/2020", "01/02/2020", "01/02/2020", "01/13/2020"}, 4},
      {{"01/02/2020", "13/01/2020", "01/02/2020", "01/13/2020", "13/01/2020"}, 3},
      {{"13/01/2020", "01/02/2020", "14/01/2020", "01/13/2020", "14/01/2020"}, 3},
      {{"13/01/2020", "01/02/2020", "01/13/2020", "14/01/2020", "2020-01-01"}, 2},
      {{"13/01/2020", "01/02/2020", "2020-01-01", "01/13/2020", "14/01/2020"}, 2},
      {{"13/01/2020", "01/02/2020", "01/02/2020", "x", "01/13/2020"}, 3},
      {{"01/02/20", "2/13/20", "1/1/20", "01.02.20", "31.12.20"}, 3},
  };

  for (size_t i = 0; i < LENGTH(known); i++)
    for (size_t block = 1; block <= 6; block++) {
      struct table t;
      struct mt_facts f;

      table_init(&t, 1);
      table_add_all(&t, known[i].cell, 5);
      f = facts_of(&t, block);
      if (mt_facts_place(&f, MT_PLACE_NOT_DATE)->line != LINE_OF_ROW(known[i].row))
        fail_msg("column %zu, blocks of %zu: line %llu", i, block,
                 (unsigned long long)mt_facts_place(&f, MT_PLACE_NOT_DATE)->line);
      assert_memory_equal(mt_facts_place(&f, MT_PLACE_NOT_DATE)->text,
                          known[i].cell[known[i].row],
                          strlen(known[i].cell[known[i].row]));
      mt_facts_reset(&f);
      table_free(&t);
    }
}

/* Integers that no double holds, written as floats. */
static void test_range_is_exact(void **state)
{
  (void)state;
  static const struct {
    const char *cell[4];
    int64_t low, high;
  } known[] = {
      {{"1", "9007199254740993.0"}, 1, 9007199254740993},
      {{"9007199254740993.0", "-9007199254740995.0", "5"},
       -9007199254740995,
       9007199254740993},
      {{"9007199254740993", "9007199254740992.0"}, 9007199254740992, 9007199254740993},
      {{"2.0", "1.5", "", "7e2"}, 2, 700}, /* whole numbers alone */
      {{"3", "4"}, 3, 4},
      {{"", "x"}, 0, 0},
  };

  for (size_t i = 0; i < LENGTH(known); i++)
    for (size_t block = 1; block <= 4; block++) {
      struct table t;
      struct mt_facts f;
      __int128 low, high;

      table_init(&t, 1);
      for (size_t k = 0; k < LENGTH(known[i].cell) && known[i].cell[k] != NULL; k++)
        table_add(&t, known[i].cell[k]);
      f = facts_of(&t, block);
      mt_facts_range(&f, &low, &high);
      if (low != known[i].low || high != known[i].high)
        fail_msg("column %zu, blocks of %zu: %lld to %lld", i, block, (long long)low,
                 (long long)high);
      mt_facts_reset(&f);
      table_free(&t);
    }
}

static void test_places_are_the_first(void **state)
{
  (void)state;
  static const struct {
    const char *text; /* the value on row 3, behind 1, 2 and a null */
    uint32_t places;  /* bits of what it is the first of */
  } known[] = {
#define P(id) 1u << MT_PLACE_##id
#define ALL_NARROW P(NOT_INT8) | P(NOT_INT16) | P(NOT_INT32)
#define ALL_NARROW_U P(NOT_UINT8) | P(NOT_UINT16) | P(NOT_UINT32)
      {"127", 0},
      {"128", P(NOT_INT8)},
      {"255", P(NOT_INT8)},
      {"256", P(NOT_INT8) | P(NOT_UINT8)},
      {"-1", ALL_NARROW_U | P(NOT_UINT64)},
      {"-129", P(NOT_INT8) | ALL_NARROW_U | P(NOT_UINT64)},
      {"32768", P(NOT_INT8) | P(NOT_INT16) | P(NOT_UINT8)},
      {"65536", P(NOT_INT8) | P(NOT_INT16) | P(NOT_UINT8) | P(NOT_UINT16)},
      {"2147483648", ALL_NARROW | P(NOT_UINT8) | P(NOT_UINT16)},
      {"16777217",
       P(NOT_INT8) | P(NOT_INT16) | P(NOT_UINT8) | P(NOT_UINT16) | P(NOT_FLOAT32)},
      {"4294967296", ALL_NARROW | ALL_NARROW_U},
      {"9007199254740993", ALL_NARROW | ALL_NARROW_U | P(INEXACT) | P(NOT_FLOAT32)},
      {"9223372036854775808", ALL_NARROW | P(NOT_INT64) | ALL_NARROW_U | P(NOT_FLOAT32)},
      {"18446744073709551616", ALL_NARROW | ALL_NARROW_U | P(NOT_INT64) | P(NOT_UINT64) |
                                   P(INEXACT) | P(NOT_FLOAT32)},
      {"1.5", P(FRACTION)},
      {"300.0", P(NOT_INT8) | P(NOT_UINT8)},
      {"-0.0", P(FRACTION)},
      {"2.000000001", P(FRACTION) | P(NOT_FLOAT32)},
      {"0.00000000000000000001", P(FRACTION) | P(STRAY)},
      {"0.1234567890123456789", P(FRACTION) | P(NOT_FLOAT32)},
      {"-9223372036854775808",
       ALL_NARROW | ALL_NARROW_U | P(NOT_UINT64) | P(NOT_FLOAT32) | P(NULLED)},
      {"1e-50", P(FRACTION) | P(NOT_FLOAT32)},
      {"007", P(IDENTIFIER)},
      {"+1", P(IDENTIFIER)},
      {"007.1", P(IDENTIFIER) | P(FRACTION)},
      {"NA", P(NULL_WORD)},
      {"x", P(NOT_NUMBER)},
#undef P
#undef ALL_NARROW
#undef ALL_NARROW_U
  };
  const uint32_t not_asked = 1u << MT_PLACE_NOT_BOOL |
                             1u << MT_PLACE_NOT_DATE | /* by row 0 */
                             1u << MT_PLACE_NULL;      /* by row 2 */
  size_t wrong = 0;

  for (size_t i = 0; i < LENGTH(known); i++)
    for (size_t block = 1; block <= 6; block++) {
      struct table t;
      struct mt_facts f;
      uint32_t places = 0;

      table_init(&t, 1);
      table_add(&t, "1");
      table_add(&t, "2");
      table_add(&t, "");
      table_add(&t, known[i].text);
      table_add(&t, "1");
      table_add(&t, known[i].text); /* too late to be the first */
      f = facts_of(&t, block);
      for (int k = 0; k < MT_PLACE_KINDS; k++) {
        const struct mt_place *p = mt_facts_place(&f, (enum mt_place_kind)k);
        if (not_asked >> k & 1 || p->line == 0)
          continue;
        places |= 1u << k;
        assert_int_equal(p->line, LINE_OF_ROW(3));
        assert_int_equal(p->len, strlen(known[i].text));
        assert_memory_equal(p->text, known[i].text, p->len);
      }
      if (places != known[i].places) {
        print_message("%s: places %x instead of %x\n", known[i].text, places,
                      known[i].places);
        wrong++;
      }
      mt_facts_reset(&f);
      table_free(&t);
    }
  assert_int_equal(wrong, 0);
}

static void test_long_values_are_cut(void **state)
{
  (void)state;
  struct table t;
  struct mt_facts f;

  TABLE_OF(&t, "a text of more than thirty bytes in length");
  f = facts_of(&t, 2);
  assert_int_equal(mt_facts_place(&f, MT_PLACE_NOT_NUMBER)->len, 30);
  assert_true(mt_facts_place(&f, MT_PLACE_NOT_NUMBER)->cut);
  assert_int_equal(f.longest, 42);
  mt_facts_reset(&f);
  table_free(&t);
}

/* Identifiers of any length: 0123 with a long tail is one too. */
static void test_leading_zeros_of_big_integers(void **state)
{
  (void)state;
  struct table t;
  struct mt_facts f;

  TABLE_OF(&t, "123456789012345678901234567890", "0123456789012345678901234567890",
           "+123456789012345678901234567890");
  f = facts_of(&t, 3);
  table_free(&t);
  assert_false(mt_facts_place(&f, MT_PLACE_NOT_INT64)->cut);
  assert_int_equal(mt_facts_place(&f, MT_PLACE_NOT_INT64)->len, 30);
  assert_int_equal(f.identifiers, 2);
  assert_int_equal(mt_facts_place(&f, MT_PLACE_IDENTIFIER)->line, LINE_OF_ROW(1));
  mt_facts_reset(&f);
}

static void test_nulls(void **state)
{
  (void)state;
  struct table t;
  struct mt_facts f;

  table_init(&t, 1);
  table_add(&t, "");
  table_add_bytes(&t, "", 0, true);
  table_add_bytes(&t, "", 0, true);
  table_add(&t, "NA");
  table_add_bytes(&t, "NA", 2, true);
  table_add(&t, "x");
  for (size_t block = 1; block < 7; block++) {
    f = facts_of(&t, block);
    assert_int_equal(f.rows, 6);
    assert_int_equal(f.nulls, 5);
    assert_int_equal(f.empties, 1);
    assert_int_equal(f.quoted_empties, 2);
    assert_int_equal(f.null_words, 2);
    assert_int_equal(f.null_word_bytes, 4);
    assert_int_equal(mt_facts_place(&f, MT_PLACE_NULL_WORD)->line, LINE_OF_ROW(3));
    mt_facts_reset(&f);
  }
  table_free(&t);
}

static void test_text_faults(void **state)
{
  (void)state;
  struct table t;
  struct mt_facts f;

  table_init(&t, 1);
  table_add(&t, "plain");
  table_add(&t, "\xff\xfe");
  table_add_bytes(&t, "a\0b", 3, false);
  table_add(&t, "\xff\xfe");
  for (size_t block = 1; block < 5; block++) {
    f = facts_of(&t, block);
    assert_int_equal(f.not_utf8, 2);
    assert_int_equal(mt_facts_place(&f, MT_PLACE_BAD_UTF8)->line, LINE_OF_ROW(1));
    assert_int_equal(f.nul, 1);
    assert_int_equal(mt_facts_place(&f, MT_PLACE_NUL)->line, LINE_OF_ROW(2));
    assert_int_equal(f.sizes.bytes, 5 + 2 + 3 + 2);
    mt_facts_reset(&f);
  }
  table_free(&t);
}

static void test_ascending(void **state)
{
  (void)state;
  static const struct {
    const char *cell[5];
    bool ascending;
    int step; /* 0: not always the same */
  } known[] = {
      {{"5", "6", "7", "8", "9"}, true, 1},
      {{"5", "6", "8", "9", "10"}, true, 0},
      {{"5", "7", "9", "11", "13"}, true, 2},
      {{"5", "2", "-1", "-4", "-7"}, false, -3},
      {{"5", "2", "-1", "-4", "-6"}, false, 0},
      {{"5", "2", "0", "-2", "-4"}, false, 0},
      {{"-2", "-1", "0", "1", "2"}, true, 1},
      {{"5", "5", "5", "5", "5"}, false, 0},
      {{"1", "01", "001", "+1", "1"}, false, 0},
      {{"5", "6", "6", "7", "8"}, false, 0},
      {{"5", "4", "6", "7", "8"}, false, 0},
      {{"1", "2", "3", "2", "1"}, false, 0},
      {{"1", "2", "1", "2", "3"}, false, 0},
      {{"1", "2", "x", "3", "4"}, false, 0},
      {{"1", "2", "2.5", "3", "4"}, false, 0},
      {{"1", "", "2", "3", "4"}, true, 1},
      {{"18446744073709551613", "18446744073709551614", "18446744073709551615", "", ""},
       true,
       1},
      {{"18446744073709551614", "18446744073709551615", "18446744073709551616", "", ""},
       false,
       0},
  };
  for (size_t i = 0; i < LENGTH(known); i++)
    for (size_t block = 1; block < 6; block++) {
      struct table t;
      struct mt_facts f;
      table_init(&t, 1);
      table_add_all(&t, known[i].cell, 5);
      f = facts_of(&t, block);
      if (f.ascending != known[i].ascending || f.steady != (known[i].step != 0) ||
          (f.steady && f.step != known[i].step))
        fail_msg("row %zu, blocks of %zu", i, block);
      mt_facts_reset(&f);
      table_free(&t);
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_any_split),
      cmocka_unit_test(test_place_of_a_date_of_another_layout),
      cmocka_unit_test(test_place_of_a_clash_of_layouts),
      cmocka_unit_test(test_range_is_exact),
      cmocka_unit_test(test_places_are_the_first),
      cmocka_unit_test(test_long_values_are_cut),
      cmocka_unit_test(test_leading_zeros_of_big_integers),
      cmocka_unit_test(test_nulls),
      cmocka_unit_test(test_text_faults),
      cmocka_unit_test(test_ascending),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
