#include <math.h>

#include "tests/unit/fixture.h"

#include "core/column/statistics.h"

/* ---- quantiles ----------------------------------------------------------- */

#define NUMBERS ((size_t)1000000)

static int compare_doubles(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double of_random(size_t i, uint64_t *state)
{
  (void)i;
  return (double)random_next(state);
}

static double of_ascending(size_t i, uint64_t *state)
{
  (void)state;
  return (double)i;
}

static double of_descending(size_t i, uint64_t *state)
{
  (void)state;
  return -(double)i / 3;
}

static double of_saw(size_t i, uint64_t *state)
{
  (void)state;
  return (double)(i % 1000);
}

static double of_zipf(size_t i, uint64_t *state)
{
  (void)i;
  return floor(2147483648.0 / (double)(random_next(state) + 1));
}

static double of_walk(size_t i, uint64_t *state)
{
  static double at;
  at = i == 0 ? 0 : at + (double)random_next(state) - 1073741824.0;
  return at;
}

static void add_numbers(struct mt_quantiles *q, const double *v, size_t n)
{
  struct mt_weighted *w = calloc(2 * n, sizeof *w);

  assert_non_null(w);
  for (size_t i = 0; i < n; i++)
    w[i] = (struct mt_weighted){v[i], 1};
  mt_quantiles_add(q, &(struct mt_numbers){w, w + n, n, NULL, 0});
  free(w);
}

/* Ranks by which the answers are off, at most. */
static uint64_t worst_rank(const struct mt_quantiles *q, const double *sorted, size_t n)
{
  uint64_t worst = 0;

  for (uint64_t rank = 1; rank <= n; rank += rank < 10 ? 1 : 1009) {
    double x = mt_quantiles_at(q, rank);
    size_t low = 0, high = n;
    uint64_t off = 0, first, last;

    while (low < high) {
      size_t middle = (low + high) / 2;
      if (sorted[middle] < x)
        low = middle + 1;
      else
        high = middle;
    }
    assert_true(low < n && sorted[low] == x);
    first = low + 1;
    for (high = n; low < high;) {
      size_t middle = (low + high) / 2;
      if (sorted[middle] <= x)
        low = middle + 1;
      else
        high = middle;
    }
    last = low;
    if (rank < first)
      off = first - rank;
    else if (rank > last)
      off = rank - last;
    if (off > worst)
      worst = off;
  }
  return worst;
}

static void test_rank_error(void **state)
{
  static double (*const kind[])(size_t, uint64_t *) = {
      of_random, of_ascending, of_descending, of_saw, of_zipf, of_walk};
  static const size_t blocks[] = {100, 997, 11000, 65536, NUMBERS};
  double *v = malloc(NUMBERS * sizeof *v), *sorted = malloc(NUMBERS * sizeof *sorted);

  (void)state;
  assert_true(v != NULL && sorted != NULL);
  for (size_t k = 0; k < LENGTH(kind); k++) {
    uint64_t seed = 7;
    for (size_t i = 0; i < NUMBERS; i++)
      v[i] = sorted[i] = kind[k](i, &seed);
    qsort(sorted, NUMBERS, sizeof *sorted, compare_doubles);
    for (size_t b = 0; b < LENGTH(blocks); b++) {
      struct mt_quantiles all, part;
      mt_quantiles_init(&all, MT_QUANTILES_GAPS);
      mt_quantiles_init(&part, MT_QUANTILES_PART_GAPS);
      for (size_t i = 0; i < NUMBERS; i += blocks[b]) {
        mt_quantiles_clear(&part);
        add_numbers(&part, v + i, NUMBERS - i < blocks[b] ? NUMBERS - i : blocks[b]);
        mt_quantiles_merge(&all, &part);
      }
      assert_int_equal(all.total, NUMBERS);
      assert_true(all.len <= MT_QUANTILES_MOST);
      assert_true(mt_quantiles_error(&all) <= NUMBERS / 100);
      assert_true(worst_rank(&all, sorted, NUMBERS) <= mt_quantiles_error(&all));
      assert_true(mt_quantiles_at(&all, 1) == sorted[0]);
      assert_true(mt_quantiles_at(&all, NUMBERS) == sorted[NUMBERS - 1]);
      mt_quantiles_reset(&part);
      mt_quantiles_reset(&all);
    }
  }
  free(sorted);
  free(v);
}

/* Few different numbers: nothing is lost, however many there are of each. */
static void test_few_numbers(void **state)
{
  struct mt_quantiles q;
  struct mt_weighted w[80], spare[80];

  (void)state;
  mt_quantiles_init(&q, MT_QUANTILES_GAPS);
  assert_false(mt_quantiles_known(&q));
  for (size_t i = 0; i < LENGTH(w); i++)
    w[i] = (struct mt_weighted){(double)i, i + 1};
  for (int times = 0; times < 1000; times++)
    mt_quantiles_add(&q, &(struct mt_numbers){w, spare, LENGTH(w), NULL, 0});
  assert_int_equal(mt_quantiles_error(&q), 0);
  assert_int_equal(q.total, 80 * 81 / 2 * 1000);
  for (uint64_t i = 0; i < LENGTH(w); i++) {
    uint64_t below = i * (i + 1) / 2 * 1000;
    assert_int_equal(mt_quantiles_below(&q, (double)i), below);
    assert_true(mt_quantiles_at(&q, below + 1) == (double)i);
    assert_true(mt_quantiles_at(&q, below + (i + 1) * 1000) == (double)i);
  }
  mt_quantiles_reset(&q);
}

/* More than 2^32 numbers: ranks are kept in larger units, the bounds still hold. */
static void test_many_numbers(void **state)
{
  struct mt_quantiles q, part;
  struct mt_weighted w[3] = {{-1, 1}, {0, 4000000000u}, {1, 2}}, spare[3];

  (void)state;
  mt_quantiles_init(&q, MT_QUANTILES_GAPS);
  mt_quantiles_init(&part, MT_QUANTILES_PART_GAPS);
  mt_quantiles_add(&part, &(struct mt_numbers){w, spare, LENGTH(w), NULL, 0});
  for (int i = 0; i < 10; i++)
    mt_quantiles_merge(&q, &part);
  assert_int_equal(q.total, 40000000030);
  assert_true(mt_quantiles_at(&q, 1) == -1);
  assert_true(mt_quantiles_at(&q, q.total) == 1);
  assert_true(mt_quantiles_at(&q, q.total / 2) == 0);
  assert_true(mt_quantiles_error(&q) < 1000);
  mt_quantiles_reset(&part);
  mt_quantiles_reset(&q);
}

/* ---- whole columns ------------------------------------------------------- */

static const struct mt_statistics *of(const struct mt_profile *p)
{
  return &p->column[0].statistics;
}

static void assert_near(double a, double b)
{
  assert_true(fabs(a - b) <= 1e-13 * fabs(b));
}

static void test_numbers(void **state)
{
  struct mt_profile p;
  struct table t;
  uint64_t bin[4];

  (void)state;
  TABLE_OF(&t, "2", "4", "", "4.0", "4", "x", "5", "5", "NA", "7", "9", "inf", "1e400");
  profile_table(&p, &t, 4);
  assert_int_equal(of(&p)->values, 11);
  assert_int_equal(of(&p)->numbers, 8);
  assert_near(mt_statistics_mean(of(&p)), 5);
  assert_near(mt_statistics_stddev(of(&p)), sqrt(32.0 / 7));
  assert_near(mt_statistics_quantile(of(&p), 0), 2);
  assert_near(mt_statistics_quantile(of(&p), 0.25), 4);
  assert_near(mt_statistics_quantile(of(&p), 0.5), 4.5);
  assert_near(mt_statistics_quantile(of(&p), 0.9), 7.6);
  assert_near(mt_statistics_quantile(of(&p), 1), 9);
  assert_true(mt_statistics_histogram(of(&p), &p.column[0].distinct, bin, 4));
  assert_int_equal(bin[0], 1); /* 2 <= x < 3.75 */
  assert_int_equal(bin[1], 5);
  assert_int_equal(bin[2], 1);
  assert_int_equal(bin[3], 1);
  assert_near(mt_statistics_edge(of(&p), 1, 4), 3.75);
  mt_profile_reset(&p);
  table_free(&t);
}

static void test_no_numbers(void **state)
{
  struct mt_profile p;
  struct table t;
  uint64_t bin[4];

  (void)state;
  TABLE_OF(&t, "", "a", "");
  profile_table(&p, &t, 2);
  assert_int_equal(of(&p)->numbers, 0);
  assert_true(isnan(mt_statistics_mean(of(&p))));
  assert_true(isnan(mt_statistics_stddev(of(&p))));
  assert_true(isnan(mt_statistics_quantile(of(&p), 0.5)));
  assert_true(mt_statistics_histogram(of(&p), &p.column[0].distinct, bin, 4));
  assert_int_equal(bin[0] + bin[1] + bin[2] + bin[3], 0);
  mt_profile_reset(&p);
  table_free(&t);

  TABLE_OF(&t, "3");
  profile_table(&p, &t, 1);
  assert_near(mt_statistics_mean(of(&p)), 3);
  assert_true(isnan(mt_statistics_stddev(of(&p))));
  mt_profile_reset(&p);
  table_free(&t);
}

/* A large offset, which a sum of squares would not survive. */
static void test_offset(void **state)
{
  struct mt_profile p;
  struct table t;

  (void)state;
  TABLE_OF(&t, "1000000000000004", "1000000000000007", "1000000000000013",
           "1000000000000016");
  for (size_t block = 1; block <= 4; block++) {
    profile_table(&p, &t, block);
    assert_true(mt_statistics_mean(of(&p)) == 1000000000000010);
    assert_near(mt_statistics_stddev(of(&p)), sqrt(30));
    mt_profile_reset(&p);
  }
  table_free(&t);
}

static void test_lengths(void **state)
{
  struct mt_profile p;
  struct table t;
  char *text = malloc(40000);

  (void)state;
  assert_non_null(text);
  memset(text, 'x', 40000);
  table_init(&t, 1);
  for (size_t n = 1; n <= 8; n++)
    table_add_bytes(&t, text, n, false);
  table_add_bytes(&t, text, 16384, false);
  table_add_bytes(&t, text, 32767, false);
  table_add_bytes(&t, text, 32768, false);
  table_add_bytes(&t, text, 40000, false);
  table_add(&t, "");
  profile_table(&p, &t, 5);
  assert_int_equal(of(&p)->length[0], 0);
  assert_int_equal(of(&p)->length[1], 1);
  assert_int_equal(of(&p)->length[2], 2);
  assert_int_equal(of(&p)->length[3], 4);
  assert_int_equal(of(&p)->length[4], 1);
  assert_int_equal(of(&p)->length[15], 2);
  assert_int_equal(of(&p)->length[16], 2);
  assert_int_equal(mt_length_bucket_low(0), 0);
  assert_int_equal(mt_length_bucket_low(1), 1);
  assert_int_equal(mt_length_bucket_low(16), 32768);
  mt_profile_reset(&p);
  table_free(&t);
  free(text);
}

/* ---- order --------------------------------------------------------------- */

static const struct {
  enum mt_sorted sorted;
  uint64_t runs;
  const char *cell[9]; /* to the first NULL */
} orders[] = {
    {MT_SORTED_NONE, 1, {"", ""}},
    {MT_SORTED_UP, 1, {"5"}},
    {MT_SORTED_UP, 1, {"5", "5", "5"}},
    {MT_SORTED_UP, 4, {"1", "2", "2", "10", "11"}},
    {MT_SORTED_DOWN, 3, {"11", "10", "10", "2"}},
    {MT_SORTED_NONE, 3, {"1", "2", "1"}},
    {MT_SORTED_NONE, 3, {"1", "10", "2"}}, /* numbers, so not by their bytes */
    {MT_SORTED_UP, 4, {"1", "10", "2", "x"}},
    {MT_SORTED_NONE, 3, {"2", "10", "x"}},
    {MT_SORTED_UP, 5, {"1", "", "1", "", "2"}},
    {MT_SORTED_UP, 7, {"a", "", "a", "", "b", "", "b"}},
    {MT_SORTED_NONE, 5, {"a", "", "b", "", "a"}},
    {MT_SORTED_UP, 4, {"1.0", "1.00", "1.0", "2"}}, /* one number, several texts */
    {MT_SORTED_NONE, 5, {"1.0", "1.00", "1.0", "2", "1"}},
    {MT_SORTED_DOWN, 4, {"b", "ab", "aa", "a"}},
    {MT_SORTED_UP, 4, {"a", "aa", "ab", "\xc3\xa4"}},
    {MT_SORTED_UP, 3, {"-inf", "0", "inf"}},
    {MT_SORTED_DOWN, 2, {"9007199254740993", "9007199254740992"}},
    {MT_SORTED_UP, 2, {"9007199254740992", "9007199254740993"}},
};

static void test_order(void **state)
{
  (void)state;
  for (size_t i = 0; i < LENGTH(orders); i++) {
    struct table t;
    table_init(&t, 1);
    for (size_t k = 0; orders[i].cell[k] != NULL; k++)
      table_add(&t, orders[i].cell[k]);
    for (size_t block = 1; block <= table_rows(&t); block++)
      for (uint64_t chunk = 1; chunk <= 4; chunk++) {
        struct mt_profile p;
        profile_part(&p, &t, block, chunk, POOL, true);
        assert_int_equal(mt_statistics_sorted(of(&p)), orders[i].sorted);
        assert_int_equal(of(&p)->runs, orders[i].runs);
        mt_profile_reset(&p);
      }
    table_free(&t);
  }
}

/* ---- any split is one pass ----------------------------------------------- */

static void test_split(void **state)
{
  struct table t;
  struct mt_profile whole;
  uint64_t seed = 3, bin[20], other[20];
  char text[32];

  (void)state;
  table_init(&t, 1);
  for (int i = 0; i < 3000; i++) {
    unsigned r = (unsigned)random_next(&seed);
    text[0] = '\0';
    if (r % 11 != 0)
      snprintf(text, sizeof text, "%u%s", r % 1999, r % 7 == 0 ? ".5" : "");
    table_add(&t, text);
  }
  profile_table(&whole, &t, 3000);
  assert_true(mt_statistics_histogram(of(&whole), &whole.column[0].distinct, bin, 20));
  for (size_t block = 1; block < 3000; block = block * 3 + 1) {
    struct mt_profile p;
    profile_table(&p, &t, block);
    assert_int_equal(of(&p)->values, of(&whole)->values);
    assert_int_equal(of(&p)->numbers, of(&whole)->numbers);
    assert_int_equal(of(&p)->runs, of(&whole)->runs);
    assert_memory_equal(of(&p)->length, of(&whole)->length, sizeof of(&p)->length);
    assert_near(mt_statistics_mean(of(&p)), mt_statistics_mean(of(&whole)));
    assert_near(mt_statistics_stddev(of(&p)), mt_statistics_stddev(of(&whole)));
    assert_true(mt_quantiles_error(&of(&p)->quantiles) <= of(&p)->numbers / 100);
    assert_true(mt_statistics_histogram(of(&p), &p.column[0].distinct, other, 20));
    assert_memory_equal(bin, other, sizeof bin);
    mt_profile_reset(&p);
  }
  mt_profile_reset(&whole);
  table_free(&t);
}

/* ---- the most frequent --------------------------------------------------- */

static void test_top(void **state)
{
  struct mt_distinct_text top[3];
  struct mt_profile p;
  struct table t;
  bool exact;

  (void)state;
  TABLE_OF(&t, "b", "7", "a", "b", "", "7", "1.50", "c", "b", "1.50");
  profile_table(&p, &t, 4);
  assert_int_equal(mt_statistics_top(of(&p), &p.column[0].distinct, top, 3, &exact), 3);
  assert_true(exact);
  assert_int_equal(top[0].hits, 3);
  assert_memory_equal(top[0].s, "b", 1);
  assert_int_equal(top[1].hits, 2); /* of two with 2, the lesser number first */
  assert_int_equal(top[1].n, 4);
  assert_memory_equal(top[1].s, "1.50", 4);
  assert_int_equal(top[2].n, 1);
  assert_memory_equal(top[2].s, "7", 1);
  mt_profile_reset(&p);

  profile_table(&p, &t, 4);
  assert_int_equal(mt_distinct_evict(&p.column[0].distinct, &p.pool), 0);
  assert_int_equal(mt_statistics_top(of(&p), &p.column[0].distinct, top, 3, &exact), 0);
  assert_false(exact);
  mt_profile_reset(&p);
  table_free(&t);
}

/* Of neighbours, which are counted in an array, and of others. */
static void test_top_of_neighbours(void **state)
{
  static const char *const more[] = {"zz", "2000", "zz", "a text of more than ten bytes",
                                     "Zz", "-1.50"};
  struct mt_distinct_text top[5];
  struct mt_profile p;
  struct table t;
  char s[16];
  bool exact;

  (void)state;
  table_init(&t, 1);
  for (int r = 2999; r >= 0; r--) {
    snprintf(s, sizeof s, "%d", r);
    table_add(&t, s);
  }
  table_add_all(&t, more, LENGTH(more));
  profile_table(&p, &t, 700);
  assert_true(p.column[0].distinct.span > 0);
  assert_int_equal(mt_statistics_top(of(&p), &p.column[0].distinct, top, 5, &exact), 5);
  assert_true(exact);
  assert_int_equal(top[0].hits, 2);
  assert_memory_equal(top[0].s, "2000", top[0].n);
  assert_int_equal(top[1].hits, 2);
  assert_memory_equal(top[1].s, "zz", top[1].n);
  assert_int_equal(top[2].hits, 1);
  assert_memory_equal(top[2].s, "-1.50", top[2].n);
  assert_memory_equal(top[3].s, "0", top[3].n);
  assert_memory_equal(top[4].s, "1", top[4].n);
  assert_int_equal(mt_distinct_count(&p.column[0].distinct), 3004);
  mt_profile_reset(&p);
  table_free(&t);
}

/* Without the set: estimates that sum up. */
static void test_estimated_histogram(void **state)
{
  struct mt_profile p;
  struct table t;
  uint64_t bin[10], sum = 0, error;
  char text[32];

  (void)state;
  table_init(&t, 1);
  for (unsigned i = 0; i < 20000; i++) {
    snprintf(text, sizeof text, "%u", i * 7919 % 20000);
    table_add(&t, text);
  }
  profile_part(&p, &t, 1000, 0, 0, true);
  assert_false(mt_statistics_histogram(of(&p), &p.column[0].distinct, bin, 10));
  error = mt_quantiles_error(&of(&p)->quantiles);
  assert_true(error > 0 && error <= 200);
  for (int i = 0; i < 10; i++) {
    sum += bin[i];
    assert_true(bin[i] + 4 * error >= 2000 && bin[i] <= 2000 + 4 * error);
  }
  assert_int_equal(sum, 20000);
  mt_profile_reset(&p);
  table_free(&t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rank_error),
      cmocka_unit_test(test_few_numbers),
      cmocka_unit_test(test_many_numbers),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_no_numbers),
      cmocka_unit_test(test_offset),
      cmocka_unit_test(test_lengths),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_split),
      cmocka_unit_test(test_top),
      cmocka_unit_test(test_top_of_neighbours),
      cmocka_unit_test(test_estimated_histogram),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
