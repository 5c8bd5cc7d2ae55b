#include "tests/unit/fixture.h"

#include <math.h>

#include "core/column/plain.h"
#include "core/column/profile.h"

/* Blocks of so few rows are added text by text; longer runs, where texts hardly repeat,
 * in bulk.  Both have to come to the same. */
#define FEW 100
#define ROWS 9000

/* ---- columns: row r of each, mostly different ----------------------------- */

static void integers(char *s, size_t cap, int r)
{
  (void)r;
  snprintf(s, cap, "%d", (int)below(500000) - (below(50) == 0 ? 600000 : 0));
}

static void ascending(char *s, size_t cap, int r)
{
  snprintf(s, cap, "%d", 1000 + 3 * r);
}

static void descending(char *s, size_t cap, int r)
{
  snprintf(s, cap, "%d", -5 - r);
}

static void unsteady(char *s, size_t cap, int r)
{
  snprintf(s, cap, "%d", 100000 + 3 * r + (r == 8000));
}

static void large(char *s, size_t cap, int r)
{
  (void)r;
  snprintf(s, cap, "%u%05u%04u", 1 + below(9), below(100000), below(10000));
}

static void any_integers(char *s, size_t cap, int r)
{
  static const char digits[] = "1234567890123456789012345678";
  (void)r;
  snprintf(s, cap, "%s%.*s", below(3) ? "" : "-", (int)(1 + below(22)),
           &digits[below(6)]);
}

static void cents(char *s, size_t cap, int r)
{
  (void)r;
  snprintf(s, cap, "%u.%02u", below(900), below(100));
}

static void any_decimals(char *s, size_t cap, int r)
{
  (void)r;
  snprintf(s, cap, "%s%u.%0*u", below(4) ? "" : "-", below(100000), (int)(1 + below(12)),
           below(1000));
}

static void mixed_numbers(char *s, size_t cap, int r)
{
  static const char *const odd[] = {"007", "-0",   "1e3", ".5", "5.",  "+4",   " 6",
                                    "inf", "-0.0", "nan", "-",  "1.0", "9e999"};
  if (below(40) == 0)
    snprintf(s, cap, "%s", odd[below(LENGTH(odd))]);
  else if (below(2))
    cents(s, cap, r);
  else
    any_integers(s, cap, r);
}

static void floats_of_integers(char *s, size_t cap, int r)
{
  (void)r;
  snprintf(s, cap, "%d.0", (int)below(40000) - 1000);
}

static void ordered_decimals(char *s, size_t cap, int r)
{
  snprintf(s, cap, "%d.%02d", 100 + r / 100, r % 100);
}

static void dates(char *s, size_t cap, int r)
{
  (void)r;
  snprintf(s, cap, "%04u-%02u-%02u", 1900 + below(200), 1 + below(12), 1 + below(28));
}

static void odd_dates(char *s, size_t cap, int r)
{
  static const char *const odd[] = {"2020-02-29", "1600-01-01", "2021-02-29",
                                    "2021-1-5",   "2021-13-01", "20210105"};
  if (below(100) == 0 && r > 3000)
    snprintf(s, cap, "%s", odd[below(r > 8000 ? LENGTH(odd) : 2)]);
  else
    dates(s, cap, r);
}

static void times(char *s, size_t cap, int r)
{
  snprintf(s, cap, "2023-%02u-%02uT%02u:%02u:%02u", 1 + r / 1000 % 12, 1 + r / 40 % 25,
           r % 40 / 2, r % 2 * 30, below(30));
}

static void random_times(char *s, size_t cap, int r)
{
  (void)r;
  snprintf(s, cap, "%u-%02u-%02u %02u:%02u:%02u%s", 2000 + below(30), 1 + below(12),
           1 + below(28), below(24), below(60), below(60), below(900) ? "" : "Z");
}

static void words(char *s, size_t cap, int r)
{
  static const char *const first[] = {"N",    "t", "PX-", "#", "a",
                                      "Zoë ", "i", "<",   "1", "9"};
  (void)r;
  snprintf(s, cap, "%s%x", first[below(LENGTH(first))], below(1 << 28));
}

static void words_and_more(char *s, size_t cap, int r)
{
  static const char *const odd[] = {"NULL",
                                    "true",
                                    "12",
                                    "\xff\xfe",
                                    "1.#IND",
                                    "inf",
                                    "N/A",
                                    "-",
                                    "1_000",
                                    "2020-01-01",
                                    "99999999999999999999x"};
  if (below(30) == 0)
    snprintf(s, cap, "%s", odd[below(LENGTH(odd))]);
  else
    words(s, cap, r);
}

static void long_words(char *s, size_t cap, int r)
{
  (void)r;
  snprintf(s, cap, "%.*s %08x", (int)below(40),
           "the quick brown fox jumps over the lazy dog", below(1 << 30));
}

static void ordered_words(char *s, size_t cap, int r)
{
  snprintf(s, cap, "item %06d", r);
}

static const struct {
  const char *name;
  void (*row)(char *s, size_t cap, int r);
} kinds[] = {{"integers", integers},
             {"ascending", ascending},
             {"descending", descending},
             {"unsteady", unsteady},
             {"large", large},
             {"any integers", any_integers},
             {"cents", cents},
             {"any decimals", any_decimals},
             {"mixed numbers", mixed_numbers},
             {"floats of integers", floats_of_integers},
             {"ordered decimals", ordered_decimals},
             {"dates", dates},
             {"odd dates", odd_dates},
             {"times", times},
             {"random times", random_times},
             {"words", words},
             {"words and more", words_and_more},
             {"long words", long_words},
             {"ordered words", ordered_words}};

/* nulls: one cell in so many is empty, now and then quoted; 0 = none. */
static void make_column(struct table *t, size_t kind, uint32_t nulls, size_t other)
{
  char s[80];

  table_init(t, 1);
  for (int r = 0; r < ROWS; r++) {
    kinds[other != SIZE_MAX && r > 5000 && below(20) == 0 ? other : kind].row(s, sizeof s,
                                                                              r);
    if (nulls > 0 && below(nulls) == 0)
      s[0] = '\0';
    table_add_bytes(t, s, strlen(s), below(200) == 0);
  }
}

/* ---- the same ------------------------------------------------------------- */

#define SAME(a, b, field)                                                                \
  do {                                                                                   \
    if ((a)->field != (b)->field)                                                        \
      fail_msg(#field " differ: %.17g and %.17g", (double)(a)->field,                    \
               (double)(b)->field);                                                      \
  } while (0)

static void same_sizes(const struct mt_text_sizes *a, const struct mt_text_sizes *b)
{
  assert_memory_equal(a, b, sizeof *a);
}

static void same_facts(const struct mt_facts *a, const struct mt_facts *b)
{
  SAME(a, b, rows);
  SAME(a, b, nulls);
  SAME(a, b, empties);
  SAME(a, b, quoted_empties);
  SAME(a, b, null_words);
  SAME(a, b, na_words);
  SAME(a, b, sentinels);
  SAME(a, b, integers);
  SAME(a, b, big_integers);
  if (a->integers > 0) {
    SAME(a, b, int_min);
    SAME(a, b, int_max);
  }
  SAME(a, b, floats);
  SAME(a, b, fractions);
  SAME(a, b, negative_zeros);
  SAME(a, b, infinities);
  SAME(a, b, overflows);
  SAME(a, b, inexact);
  if (!mt_facts_has(a, MT_PLACE_NOT_FLOAT32))
    SAME(a, b, float32_inexact);
  if (a->floats > 0) {
    SAME(a, b, decimals_min);
    SAME(a, b, decimals_max);
  }
  SAME(a, b, strays);
  SAME(a, b, rounded);
  SAME(a, b, identifiers);
  SAME(a, b, padded);
  SAME(a, b, float_min);
  SAME(a, b, float_max);
  if (a->floats > a->fractions) {
    SAME(a, b, whole_min);
    SAME(a, b, whole_max);
  }
  assert_memory_equal(a->bools, b->bools, sizeof a->bools);
  if (!mt_facts_has(a, MT_PLACE_NOT_DATE)) {
    SAME(a, b, dates);
    SAME(a, b, date_layouts);
    SAME(a, b, date_padding);
    SAME(a, b, date_low);
    SAME(a, b, date_high);
    assert_memory_equal(&a->date_shape, &b->date_shape, sizeof a->date_shape);
  }
  SAME(a, b, arrow);
  SAME(a, b, dress);
  if (!(a->polars & MT_POLARS_TEXT))
    SAME(a, b, polars);
  same_sizes(&a->sizes, &b->sizes);
  SAME(a, b, longest);
  SAME(a, b, shortest);
  SAME(a, b, not_utf8);
  SAME(a, b, nul);
  SAME(a, b, ascending);
  SAME(a, b, steady);
  if (a->ascending)
    SAME(a, b, last_int);
  for (enum mt_place_kind k = 0; k < MT_PLACE_KINDS; k++) {
    const struct mt_place *x = mt_facts_place(a, k), *y = mt_facts_place(b, k);
    if (x->line != y->line || memcmp(x->text, y->text, x->len) != 0)
      fail_msg("place %u: lines %d and %d", k, (int)x->line, (int)y->line);
  }
}

/* mixed: texts beside numbers.  What the numbers take as strings then depends on blocks.
 */
static void same_totals(const struct mt_chunk_totals *a, const struct mt_chunk_totals *b,
                        bool mixed)
{
  SAME(a, b, chunks);
  assert_memory_equal(a->rows, b->rows, sizeof a->rows);
  assert_memory_equal(a->nulls, b->nulls, sizeof a->nulls);
  SAME(a, b, int_object_bytes);
  SAME(a, b, int_boxes);
  if (!mixed)
    assert_memory_equal(a->boxes, b->boxes, sizeof a->boxes);
  SAME(a, b, utf8);
  same_sizes(&a->text, &b->text);
  SAME(a, b, strangers);
  SAME(a, b, first);
}

static void near(double a, double b)
{
  if (fabs(a - b) > 1e-9 * fmax(fabs(a), fabs(b)))
    fail_msg("%.17g and %.17g", a, b);
}

static void same_statistics(const struct mt_statistics *a, const struct mt_statistics *b)
{
  SAME(a, b, values);
  SAME(a, b, numbers);
  SAME(a, b, runs);
  assert_memory_equal(a->length, b->length, sizeof a->length);
  assert_int_equal(a->order.may & ~MT_ONLY_NUMBERS, b->order.may & ~MT_ONLY_NUMBERS);
  assert_int_equal(mt_statistics_sorted(a), mt_statistics_sorted(b));
  if (a->numbers > 1) {
    near(mt_statistics_mean(a), mt_statistics_mean(b));
    near(mt_statistics_stddev(a), mt_statistics_stddev(b));
  }
  if (a->numbers > 0) {
    assert_true(mt_quantiles_least(&a->quantiles) == mt_quantiles_least(&b->quantiles));
    assert_true(mt_quantiles_greatest(&a->quantiles) ==
                mt_quantiles_greatest(&b->quantiles));
    assert_true(mt_quantiles_error(&a->quantiles) <= a->numbers / 100);
  }
}

static void same_sets(const struct mt_distinct *a, const struct mt_distinct *b)
{
  struct mt_distinct_text t, u;
  size_t at = 0;
  uint64_t hits[2] = {0}, weights[2] = {0};

  assert_int_equal(mt_distinct_count(a), mt_distinct_count(b));
  same_sizes(&a->sizes, &b->sizes);
  for (int i = 0; i < 2; i++)
    for (at = 0; mt_distinct_next(i ? b : a, &at, i ? &u : &t);) {
      const struct mt_distinct_text *x = i ? &u : &t;
      hits[i] += x->hits;
      weights[i] += x->hits * mt_text_hash(x->s, x->n, mt_text_head(x->s, x->n), 1);
    }
  assert_int_equal(hits[0], hits[1]);
  assert_int_equal(weights[0], weights[1]);
}

static void check_nulls(const struct table *t, const struct mt_nulls *nulls,
                        uint64_t chunk_rows)
{
  struct mt_profile few, bulk;
  const struct mt_facts *f;
  bool mixed;

  profile_nulls(&few, t, nulls, FEW, chunk_rows, POOL, true);
  profile_nulls(&bulk, t, nulls, ROWS, chunk_rows, POOL, true);
  same_facts(&few.column[0].facts, &bulk.column[0].facts);
  f = &few.column[0].facts;
  mixed = f->integers + f->floats > 0 &&
          (f->big_integers > 0 || mt_facts_has(f, MT_PLACE_NOT_NUMBER));
  for (int i = 0; i < 2; i++)
    same_totals(&few.column[0].totals[i], &bulk.column[0].totals[i], mixed);
  same_statistics(&few.column[0].statistics, &bulk.column[0].statistics);
  same_sets(&few.column[0].distinct, &bulk.column[0].distinct);
  mt_profile_reset(&few);
  mt_profile_reset(&bulk);
}

static void check_column(const struct table *t, uint64_t chunk_rows)
{
  check_nulls(t, default_nulls(), chunk_rows);
}

static void test_bulk_is_one_by_one(void **unused)
{
  static const uint32_t nulls[] = {0, 5, 1000};
  static const uint64_t chunk_rows[] = {0, 3500, 700};
  struct table t;

  (void)unused;
  random_state = 1;
  for (size_t k = 0; k < LENGTH(kinds); k++) {
    print_message("%s\n", kinds[k].name);
    for (size_t i = 0; i < LENGTH(nulls); i++)
      for (size_t other = i > 0 ? 0 : LENGTH(kinds); other <= LENGTH(kinds); other += 3) {
        make_column(&t, k, nulls[i], other < LENGTH(kinds) ? other : SIZE_MAX);
        for (size_t c = 0; c < LENGTH(chunk_rows); c++)
          check_column(&t, chunk_rows[c]);
        table_free(&t);
      }
  }
}

/* So many rows are gathered before the rest of a run is taken in bulk. */
#define GATHERED 8

/* What stands before the first plain number is often in order with it as a number and not
 * as bytes, or is no number at all. */
static void test_order_behind_an_odd_value(void **unused)
{
  static const char *const odd[] = {"abcde", "5000.", "9e004", "9999 ",  " 9999",
                                    "+9999", "09999", "-9999", "1_000",  "99.5",
                                    "5000",  "50000", "inf",   "500000", "2020-01-01"};
  static const int step[] = {7, -7, 0};
  struct table t;
  char s[24];

  (void)unused;
  for (size_t i = 0; i < LENGTH(odd); i++)
    for (size_t before = 0; before < LENGTH(step); before++)
      for (size_t behind = 0; behind < LENGTH(step); behind++)
        for (int first = 10000; first < 99000; first += 40000) {
          table_init(&t, 1);
          for (int r = 0; r < 500; r++) {
            int k = r < GATHERED ? step[before] * r : step[behind] * r;
            snprintf(s, sizeof s, "%d", first + 4000 + k);
            table_add(&t, r == GATHERED - 1 ? odd[i] : s);
          }
          check_column(&t, 0);
          table_free(&t);
        }
}

/* In order as numbers and not as bytes; with equal neighbours. */
static void test_order_of_two_kinds(void **unused)
{
  struct table t;
  char s[24];

  (void)unused;
  for (int kind = 0; kind < 4; kind++) {
    table_init(&t, 1);
    for (int r = 0; r < 500; r++) {
      int even = r < 100 ? r : r - r % 5 / 4;
      if (kind == 0 && r == 0)
        snprintf(s, sizeof s, "100.5");
      else if (kind == 0 && r < 200)
        snprintf(s, sizeof s, "%d.50", 100 + r);
      else if (kind == 0)
        snprintf(s, sizeof s, "%d.5", 1000 + r);
      else if (kind == 1)
        snprintf(s, sizeof s, "%d.5", r < 200 ? 1900 - r : 100 - r);
      else
        snprintf(s, sizeof s, "%d", kind == 2 ? 9000 - even : 1000 + even);
      table_add(&t, s);
    }
    check_column(&t, 0);
    table_free(&t);
  }
}

/* Where values pass from what one type holds to what it does not. */
static void test_ranges(void **unused)
{
  static const int bits[] = {0, 1, 3, 7, 8, 15, 16, 24, 25, 31, 32, 40, 49};
  struct table t;
  char s[24];

  (void)unused;
  for (size_t i = 0; i < LENGTH(bits); i++)
    for (int sign = -1; sign <= 1; sign += 2)
      for (int step = -1; step <= 1; step += 2) {
        table_init(&t, 1);
        for (int r = 0; r < 500; r++) {
          snprintf(s, sizeof s, "%lld%s", sign * ((1ll << bits[i]) + step * (r - 300ll)),
                   i % 3 ? "" : ".0");
          table_add(&t, s);
        }
        check_column(&t, 0);
        table_free(&t);
      }
}

/* Where cells are of another kind from some row on, which nothing before told. */
static void test_changes(void **unused)
{
  static const struct {
    const char *first, *before[2], *behind[2];
  } change[] = {
      {"0.5", {"", ".0"}, {"", ".5"}},
      {"5.0", {"", ".0"}, {"", ".5"}},
      {"5.0", {"", ".5"}, {"9", ".0"}},
      {"5", {"", ".25"}, {"9", "7.17"}},
      {"5", {"", ".25"}, {"9", "7.123456789"}},
      {"5.0", {"", ".25"}, {"", ".5"}},
      {"5.0", {"", ".25"}, {"", ".125"}},
      {"$1", {"$", ""}, {"about ", ""}},
      {"5%", {"", "%"}, {"x", ""}},
      {"1,5", {"1,", ""}, {"1;", ""}},
      {"10000000000000000000", {"-", ".5"}, {"", ".5"}},
      {"10000000000000000000", {"-x", ""}, {"x", ""}},
      {"1_000", {"", "_000"}, {"", "_"}},
      {"99999999999999999999", {"", "_000"}, {"x", ""}},
      {"1_000", {"1", "_000"}, {"-", "_000"}},
      {"true", {"", ""}, {"x", ""}},
      {"true", {"", ""}, {"tr", ""}},
      {"x", {"12:34:", ""}, {"y", ""}},
      {"0012-11-11", {"", "-11-11"}, {"", "-12-12"}},
      {"1999-11-11", {"", "-11-11"}, {"", "-01-12"}},
      {"1999-11-11", {"", "-11-11"}, {"", "-11-01"}},
      {"1999-11-11", {"", "-11-11"}, {"", "/11/11"}},
      {"1999-11-11", {"", "-11-11"}, {"", "-11-11T11:11:11"}},
      {"1999-11-11 11:11", {"", "-11-11 12:12"}, {"", "-11-12 12:12:00"}},
      {"1999-11-11 00:00:00", {"", "-11-11 00:00:00"}, {"", "-11-11 00:00:01"}},
      {"1999-11-11 11:11:11", {"", "-11-11 12:12:12"}, {"", "-11-11T12:12:12"}},
      {"1999-11-11 11:11:11", {"", "-11-11 12:12:12"}, {"", "-11-11 09:12:12"}},
      {"1999-11-11 11:11:11Z", {"", "-11-11 12:12:12Z"}, {"", "-11-12 12:12:12"}},
      {"1999-11-11 11:11:11 AM", {"", "-11-11 12:12:12 AM"}, {"", "-11-12 12:12:12"}},
      {"1999/11/11", {"", "/11/11"}, {"", "-11-12"}},
      {"1999-11-11", {"", "-11-11"}, {"x", "-11-12"}},
      {"12:34:56", {"12:34:", ""}, {"", ""}},
      {"x", {"x", ""}, {"x", "\xc3\xab"}},
      {"x", {"x", ""}, {"x", "\xc3"}},
      {"x", {"x", ""}, {"x", " 34567890123456789012345"}},
      {"x", {"x", ""}, {"x", " 345678901234567890123456"}},
      {"x", {"x", ""}, {"x", " 3456789012345678901234567"}},
      {"x", {"x", ""}, {"x", " 34567890123456789012345678"}},
  };
  static const int last_empty[] = {0, GATHERED - 1, GATHERED - 2};
  struct table t;
  char s[80];

  (void)unused;
  for (size_t i = 0; i < LENGTH(change); i++)
    for (size_t empty = 0; empty < LENGTH(last_empty); empty++)
      for (int at = GATHERED - 2; at < 300; at += 130) {
        table_init(&t, 1);
        for (int r = 0; r < 600; r++) {
          const char *const *text = r < at ? change[i].before : change[i].behind;
          snprintf(s, sizeof s, "%s%d%s", text[0], 1800 + r % 390, text[1]);
          if (r == last_empty[empty])
            snprintf(s, sizeof s, "%s", change[i].first);
          table_add(&t, r < last_empty[empty] ? "" : s);
        }
        check_column(&t, 0);
        check_column(&t, 200);
        table_free(&t);
      }
}

/* Where a pandas chunk begins in the block, or with other things than the one before. */
static void test_chunks(void **unused)
{
  enum { CHUNK = 300 };
  static const struct {
    const char *before, *first, *then[2], *last;
  } chunk[] = {{"None", "true", {"word ", ""}, "true"},
               {"None", "", {"word ", ""}, "true"},
               {"12", "", {"1", ""}, "true"},
               {"12", "", {"1", ".5"}, "true"},
               {"1.5", "", {"1", ".5"}, "99999999999999999999"},
               {"word", "5.5", {"word ", ""}, "5.5"},
               {"word", "10000000000000000000", {"-word ", ""}, "word"},
               {"2020-01-01", "", {"2020-01-1", ""}, "true"},
               {"1", "0", {"", ""}, "1"}};
  struct table t;
  char s[40];

  (void)unused;
  for (size_t i = 0; i < LENGTH(chunk); i++)
    for (int texts = 0; texts <= GATHERED; texts += 4) {
      table_init(&t, 1);
      for (int r = 0; r < 3 * ROWS; r++) {
        int in = r % CHUNK;
        if (r < ROWS) /* of which the next block knows */
          snprintf(s, sizeof s, "%s", in % 2 ? chunk[i].before : "true");
        else if (in < GATHERED)
          snprintf(s, sizeof s, "%s", in < texts ? chunk[i].first : "");
        else
          snprintf(s, sizeof s, "%s%d%s", chunk[i].then[0], in % 7 ? in : r,
                   chunk[i].then[1]);
        table_add(&t, in == CHUNK - 1 ? chunk[i].last : s);
      }
      check_column(&t, CHUNK);
      table_free(&t);
    }
}

/* Texts and numbers that are null here, and texts with a NUL in them. */
static void test_odd_cells(void **unused)
{
  static const char *const prefix[] = {"", "word "};
  static const uint16_t dash = 1;
  struct mt_nulls nulls[3];
  struct table t;
  char s[24];

  (void)unused;
  for (int i = 0; i < 3; i++)
    mt_nulls_init(&nulls[i]);
  assert_int_equal(mt_nulls_add(&nulls[1], 0, "word 700,word 100,700", NULL), 0);
  nulls[2].sentinels = &dash;
  for (size_t k = 0; k < LENGTH(prefix); k++)
    for (int i = 0; i < 3; i++) {
      table_init(&t, 1);
      for (int r = 0; r < 1000; r++) {
        int n = snprintf(s, sizeof s, "%s%d", prefix[k], r);
        if (i == 2 && r % 100 == 99)
          n = snprintf(s, sizeof s, "-");
        if (i == 0 && r > 500 && r % 100 == 99)
          s[--n] = '\0';
        table_add_bytes(&t, s, (size_t)n + (i == 0 && r > 500 && r % 100 == 99), false);
      }
      check_nulls(&t, &nulls[i], 0);
      table_free(&t);
    }
  for (int i = 0; i < 3; i++)
    mt_nulls_reset(&nulls[i]);
}

/* Where nearly all that was gathered is null. */
static void test_first_integer(void **unused)
{
  struct table t;
  char s[24];

  (void)unused;
  for (int step = -3; step <= 3; step += 3)
    for (int nulls = GATHERED - 3; nulls <= GATHERED; nulls++) {
      table_init(&t, 1);
      for (int r = 0; r < 500; r++) {
        snprintf(s, sizeof s, "%d", 5000 + step * r);
        table_add(&t, r < nulls ? "" : s);
      }
      check_column(&t, 0);
      table_free(&t);
    }
}

/* Texts that end alike are strings of their own. */
static void test_strings(void **unused)
{
  struct mt_profile p;
  struct table t;
  char s[24];

  (void)unused;
  table_init(&t, 1);
  for (int r = 0; r < 900; r++) {
    snprintf(s, sizeof s, "w%03d000000", r);
    table_add(&t, s);
  }
  profile_part(&p, &t, 900, 0, POOL, true);
  assert_int_equal(p.column[0].totals[0].boxes[0], 900 * 64);
  mt_profile_reset(&p);
  table_free(&t);
}

/* Columns have the same fingerprint if they have the same texts, whatever else is known
 * of them, and only then. */
static void test_fingerprints(void **unused)
{
  struct mt_profile p;
  struct mt_part *part;
  struct mt_chunk c;
  struct table t;
  char s[24];

  (void)unused;
  table_init(&t, 5);
  for (int r = 0; r < ROWS; r++) {
    snprintf(s, sizeof s, "%02d:%02d:%02d", r / 3600, r / 60 % 60, r % 60);
    if (r % 7 == 0)
      s[0] = '\0';
    for (size_t i = 0; i < 4; i++)
      table_add_bytes(&t, s, strlen(s), i == 1);
    table_add(&t, r == ROWS - 1 ? "" : s);
  }
  ((struct mt_cell *)(void *)t.cell.data)[5 * 5000 + 3] = *table_cell(&t, 5001, 0);
  ((struct mt_cell *)(void *)t.cell.data)[5 * 5001 + 3] = *table_cell(&t, 5000, 0);
  assert_int_equal(mt_profile_init(&p, 5, default_nulls(), POOL, NULL), 0);
  part = mt_part_new(&p);
  assert_non_null(part);
  mt_chunk_init(&c);
  assert_int_equal(table_chunk(&t, 0, ROWS, &c), 0);
  atomic_store(&p.settled[2], MT_SETTLED_DATE | MT_SETTLED_TYPES); /* merged just now */
  assert_int_equal(mt_part_profile(part, &p, &c, NULL), 0);
  assert_int_equal(mt_profile_merge(&p, part, NULL), 0);
  assert_int_equal(p.column[0].facts.fingerprint, p.column[1].facts.fingerprint);
  assert_int_equal(p.column[0].facts.fingerprint, p.column[2].facts.fingerprint);
  assert_int_not_equal(p.column[0].facts.fingerprint, p.column[3].facts.fingerprint);
  assert_int_not_equal(p.column[0].facts.fingerprint, p.column[4].facts.fingerprint);
  assert_int_not_equal(p.column[3].facts.fingerprint, p.column[4].facts.fingerprint);
  mt_chunk_reset(&c);
  mt_part_free(part);
  mt_profile_reset(&p);
  table_free(&t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bulk_is_one_by_one),
      cmocka_unit_test(test_order_behind_an_odd_value),
      cmocka_unit_test(test_order_of_two_kinds),
      cmocka_unit_test(test_ranges),
      cmocka_unit_test(test_changes),
      cmocka_unit_test(test_chunks),
      cmocka_unit_test(test_odd_cells),
      cmocka_unit_test(test_first_integer),
      cmocka_unit_test(test_strings),
      cmocka_unit_test(test_fingerprints),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
