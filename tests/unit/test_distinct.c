#include "tests/unit/fixture.h"

#include <ctype.h>

#include "core/base/hash.h"
#include "core/column/distinct.h"

static void add(struct mt_distinct *d, struct mt_distinct_pool *p, const void *s,
                size_t n, uint64_t times)
{
  assert_int_equal(mt_distinct_add(d, p, s, n, times), 0);
}

static bool find(const struct mt_distinct *d, const void *s, size_t n, uint64_t *hits)
{
  struct mt_distinct_text t;
  size_t at = 0, found = 0;

  while (mt_distinct_next(d, &at, &t))
    if (t.n == n && memcmp(t.s, s, n) == 0) {
      *hits = t.hits;
      found++;
    }
  assert_true(found <= 1);
  return found == 1;
}

/* Texts that are easily taken for one another: each must stay itself. */
static const struct {
  const char *s;
  size_t n;
} tricky[] = {
#define T(s)                                                                             \
  {                                                                                      \
    s, sizeof(s) - 1                                                                     \
  }
    T(""),
    T("0"),
    T("-0"),
    T("+0"),
    T("00"),
    T("-"),
    T("."),
    T("-."),
    T("--1"),
    T("0."),
    T(".0"),
    T("0.0"),
    T("-0.0"),
    T("0.00"),
    T("-0.00"),
    T("00.0"),
    T("-00.0"),
    T("7"),
    T("-7"),
    T("+7"),
    T("07"),
    T("007"),
    T("7."),
    T("7.0"),
    T("-7.0"),
    T("7.00"),
    T("1.5"),
    T("1.50"),
    T("1.500"),
    T("01.5"),
    T(".5"),
    T("-.5"),
    T("0.5"),
    T("-0.5"),
    T("15"),
    T("1 5"),
    T("1.5.0"),
    T("1-5"),
    T("1,5"),
    T("1e5"),
    T("-1e5"),
    T(" 1"),
    T("1 "),
    T("1\n"),
    T("1\0"),
    T("\0"),
    T("\0\0"),
    T("1\0002"),
    T("a\0"),
    T("a"),
    T("99999999999999999"),
    T("999999999999999999"),
    T("-99999999999999999"),
    T("-999999999999999999"),
    T("9999999999999999999"),
    T("1152921504606846975"),
    T("1152921504606846976"),
    T("1152921504606846977"),
    T("-1152921504606846976"),
    T("18446744073709551615"),
    T("18446744073709551616"),
    T("100000000000000000"),
    T("-10000000000000000"),
    T("0.123456789012345"),
    T("0.1234567890123456"),
    T("0.12345678901234567"),
    T("1.123456789012345"),
    T("12.12345678901234"),
    T("-0.00000000000001"),
    T("0.000000000000000"),
    T("0.0000000000000000"),
    T("-0.000000000000000"),
    T("9.007199254740991"),
    T("9.007199254740992"),
    T("9.007199254740993"),
    T("9007199254740991.0"),
    T("900719925474099.1"),
    T("900719925474099.2"),
    T("900719925474099.3"),
    T("0.9007199254740991"),
    T("00000000000000001"),
    T("-00000000000000001"),
    T("0000000000000000.1"),
    T("\xd9\xa1"),
    T("\xff"),
    T("\xff\xfe"),
    T("true"),
    T("NA"),
#undef T
};

static void test_bijection(void **state)
{
  (void)state;
  struct mt_distinct_pool p;
  struct mt_distinct d;
  uint64_t hits = 0;

  mt_distinct_pool_init(&p, (size_t)1 << 20);
  mt_distinct_init(&d);
  for (size_t i = 0; i < LENGTH(tricky); i++)
    for (size_t j = 0; j < LENGTH(tricky); j++) /* no repeats above */
      assert_true(i == j || tricky[i].n != tricky[j].n ||
                  memcmp(tricky[i].s, tricky[j].s, tricky[i].n) != 0);
  for (int round = 1; round <= 3; round++) {
    for (size_t i = 0; i < LENGTH(tricky); i++)
      add(&d, &p, tricky[i].s, tricky[i].n, i + 1);
    assert_int_equal(mt_distinct_count(&d), LENGTH(tricky));
    for (size_t i = 0; i < LENGTH(tricky); i++) {
      if (!find(&d, tricky[i].s, tricky[i].n, &hits))
        fail_msg("\"%s\" came back as another text", tricky[i].s);
      assert_int_equal(hits, (i + 1) * (size_t)round);
    }
  }
  assert_true(mt_distinct_exact(&d));
  mt_distinct_reset(&d, &p);
  assert_int_equal(p.used, 0);
}

/* Every text of up to four of these letters. */
static void test_bijection_of_all_short_texts(void **state)
{
  (void)state;
  static const char letters[] = {'0', '1', '9', '.', '-', '+', ' ', '\0'};
  const size_t k = sizeof letters;
  struct mt_distinct_pool p;
  struct mt_distinct d;
  struct mt_distinct_text t;
  size_t all = 0, at = 0;
  static bool seen[5][8 * 8 * 8 * 8];

  mt_distinct_pool_init(&p, (size_t)8 << 20);
  mt_distinct_init(&d);
  for (size_t n = 0, count = 1; n <= 4; n++, count *= k)
    for (size_t x = 0; x < count; x++) {
      char s[4];
      for (size_t i = 0, rest = x; i < n; i++, rest /= k)
        s[i] = letters[rest % k];
      add(&d, &p, s, n, 1);
      all++;
    }
  assert_int_equal(mt_distinct_count(&d), all);
  while (mt_distinct_next(&d, &at, &t)) {
    size_t x = 0;
    assert_true(t.n <= 4);
    for (size_t i = t.n; i-- > 0;) {
      const char *letter = memchr(letters, t.s[i], k);
      assert_non_null(letter);
      x = x * k + (size_t)(letter - letters);
    }
    assert_false(seen[t.n][x]);
    seen[t.n][x] = true;
  }
  mt_distinct_reset(&d, &p);
}

static void test_sizes_count_each_text_once(void **state)
{
  (void)state;
  struct mt_distinct_pool p;
  struct mt_distinct d;

  mt_distinct_pool_init(&p, (size_t)1 << 20);
  mt_distinct_init(&d);
  add(&d, &p, "abc", 3, 100);
  add(&d, &p, "abc", 3, 100);
  add(&d, &p, "12.50", 5, 7);
  add(&d, &p, "\xc3\xa9", 2, 7);
  assert_int_equal(d.sizes.bytes, 10);
  assert_int_equal(d.sizes.count[0], 2);
  assert_int_equal(d.sizes.count[1], 1);
  assert_int_equal(d.sizes.single_latin1, 1);
  mt_distinct_reset(&d, &p);
}

/* What the set tells of its texts: how many in all, the first ones by their bytes, how
 * often the text comes that is asked for. */
static void check_walk(const struct mt_distinct *d, size_t texts, const char *text,
                       uint64_t hits)
{
  static const char *const first[] = {"7", "2001", "a long text, the 1",
                                      "a long text, the 10"};
  struct mt_distinct_text t, top[4];
  size_t at = 0, met = 0;

  while (mt_distinct_next(d, &at, &t)) {
    const bool asked = t.n == strlen(text) && memcmp(t.s, text, t.n) == 0;
    assert_int_equal(t.hits, asked ? hits : 1);
    met++;
  }
  assert_int_equal(met, texts);
  assert_int_equal(mt_distinct_top(d, top, 4), 4);
  for (size_t i = 0, k = 0; i < 4; i++) {
    const char *expected = hits > 1 && i == 0 ? text : first[k];
    k += expected == first[k];
    assert_int_equal(top[i].n, strlen(expected));
    assert_memory_equal(top[i].s, expected, top[i].n);
  }
}

/* Sets whose texts all came once are walked in another way. */
static void test_texts_that_come_once(void **state)
{
  (void)state;
  struct mt_distinct_pool p;
  struct mt_distinct d;
  char s[40];

  mt_distinct_pool_init(&p, (size_t)1 << 20);
  mt_distinct_init(&d);
  add(&d, &p, "word", 4, 1);
  add(&d, &p, "2001", 4, 1);
  add(&d, &p, "7", 1, 1);
  add(&d, &p, "short!", 6, 1);
  for (int i = 1; i <= 500; i++)
    add(&d, &p, s, (size_t)snprintf(s, sizeof s, "a long text, the %d", i), 1);
  check_walk(&d, 504, "word", 1);
  add(&d, &p, "a long text, the 77", 19, 1);
  check_walk(&d, 504, "a long text, the 77", 2);
  mt_distinct_reset(&d, &p);
}

static void test_hits_saturate(void **state)
{
  (void)state;
  struct mt_distinct_pool p;
  struct mt_distinct d;
  uint64_t hits = 0;

  mt_distinct_pool_init(&p, (size_t)1 << 20);
  mt_distinct_init(&d);
  add(&d, &p, "x", 1, UINT32_MAX - 1);
  add(&d, &p, "x", 1, 1);
  assert_true(find(&d, "x", 1, &hits));
  assert_int_equal(hits, UINT32_MAX);
  add(&d, &p, "x", 1, UINT32_MAX);
  assert_true(find(&d, "x", 1, &hits));
  assert_int_equal(hits, UINT32_MAX);
  add(&d, &p, "5", 1, UINT64_MAX / 2);
  assert_true(find(&d, "5", 1, &hits));
  assert_int_equal(hits, UINT32_MAX);
  mt_distinct_reset(&d, &p);
}

/* Hits survive the growth of the table. */
static void test_growth(void **state)
{
  (void)state;
  struct mt_distinct_pool p;
  struct mt_distinct d;
  struct mt_distinct_text t;
  size_t at = 0;
  uint64_t sum = 0;
  char s[40];

  mt_distinct_pool_init(&p, (size_t)64 << 20);
  mt_distinct_init(&d);
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < 20000; i++)
      add(&d, &p, s, (size_t)snprintf(s, sizeof s, i % 2 ? "%d" : "name %d", i), 3);
  assert_int_equal(mt_distinct_count(&d), 20000);
  while (mt_distinct_next(&d, &at, &t)) {
    assert_int_equal(t.hits, 6);
    sum += t.n;
  }
  assert_int_equal(sum, d.sizes.bytes);
  assert_int_equal(p.used, mt_distinct_bytes(&d));
  mt_distinct_reset(&d, &p);
  assert_int_equal(p.used, 0);
}

/* Texts of one form, with their numbers in between: as many as are near one another are
 * in an array, which grows at both ends and counts beyond a byte, one by one or in cells.
 */
enum { NUMBERS = 6000, TIMES = 40000, BLOCK = 1000 };

struct formed {
  const char *format;
  int low; /* of the numbers */
  bool cells;
};

static uint32_t next_random(void)
{
  static uint64_t x = 1;
  x = x * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(x >> 33);
}

/* Some number, which lies about the middle at first; often the same. */
static int next_number(int i)
{
  int reach = 1 + i / 8 < NUMBERS / 2 ? 1 + i / 8 : NUMBERS / 2;
  return next_random() % 8 == 0
             ? NUMBERS / 2
             : NUMBERS / 2 - reach + (int)(next_random() % (2u * reach));
}

static void add_block(struct mt_distinct *d, struct mt_distinct_pool *p,
                      const struct formed *f, int from, uint64_t *counts)
{
  static char text[BLOCK * 24 + 64];
  struct mt_cell cell[BLOCK];
  uint64_t code[BLOCK];
  size_t used = 0, done = 0;

  for (int i = 0; i < BLOCK; i++) {
    int v = next_number(from + i), n;
    bool other = next_random() % 50 == 0, null = next_random() % 20 == 0;
    n = snprintf(text + used, 24, other ? "other %d" : f->format, f->low + v);
    cell[i] = (struct mt_cell){.off = (uint32_t)used, .len = (uint32_t)n & INT32_MAX};
    code[i] = null ? 0 : mt_code_of((const uint8_t *)text + used, (size_t)n);
    used += (size_t)n;
    counts[2 * v + other] += !null;
    if (!f->cells && !null)
      add(d, p, text + cell[i].off, cell[i].len, 1);
  }
  if (f->cells) {
    const struct mt_distinct_cells c = {(const uint8_t *)text, cell, code, BLOCK};
    assert_int_equal(mt_distinct_add_cells(d, p, &c, &done), 0);
    assert_int_equal(done, BLOCK);
  }
  assert_false(d->full);
}

static void check_formed(const struct formed *f)
{
  static uint64_t counts[2 * NUMBERS];
  struct mt_distinct_pool p;
  struct mt_distinct d;
  struct mt_distinct_text t;
  size_t at = 0, texts = 0;
  uint64_t hits = 0;

  memset(counts, 0, sizeof counts);
  mt_distinct_pool_init(&p, (size_t)64 << 20);
  mt_distinct_init(&d);
  for (int i = 0; i < TIMES; i += BLOCK)
    add_block(&d, &p, f, i, counts);
  assert_true(d.span > 1000);
  while (mt_distinct_next(&d, &at, &t)) {
    char text[32] = "", again[32];
    int v = 0;
    bool other = t.s[0] == 'o';

    memcpy(text, t.s, t.n);
    assert_int_equal(sscanf(text, other ? "other %d" : f->format, &v), 1);
    snprintf(again, sizeof again, other ? "other %d" : f->format, v);
    assert_string_equal(text, again);
    assert_in_range(v - f->low, 0, NUMBERS - 1);
    if (t.hits != counts[2 * (v - f->low) + other])
      fail_msg("%s: %d and %d times", text, (int)t.hits,
               (int)counts[2 * (v - f->low) + other]);
    texts++;
    hits += t.hits;
  }
  assert_int_equal(texts, mt_distinct_count(&d));
  assert_int_equal(hits, d.total);
  for (int i = 0; i < 2 * NUMBERS; i++) {
    texts -= counts[i] > 0;
    hits -= counts[i];
  }
  assert_int_equal(texts, 0);
  assert_int_equal(hits, 0);
  mt_distinct_reset(&d, &p);
}

static void test_neighbours(void **state)
{
  (void)state;
  static const struct formed forms[] = {
      {"%d", 10, false},       {"%d", -3000, true},        {"PX-%06d", 0, true},
      {"PX-%06d", 17, false},  {"%07d", 5, true},          {"%010d", 123456, true},
      {"a%d", 100000, true},   {"abc%05d", 94000, false},  {"3.%05d", 3000, true},
      {"-0.%06d", 1000, true}, {"Q%09d", 999990000, true}, {"x%04d", 0, true}};

  for (size_t i = 0; i < LENGTH(forms); i++)
    check_formed(&forms[i]);
}

/* Long texts and words, many cells at a time, of which most are new when they are looked
 * up: some come again among the next few, some much later. */
static void test_new_cells(void **state)
{
  (void)state;
  enum { TEXTS = 5000, CELLS = 3 * TEXTS };
  static char text[CELLS * 40];
  static struct mt_cell cell[CELLS];
  static uint64_t code[CELLS];
  const struct mt_distinct_cells cells = {(const uint8_t *)text, cell, code, CELLS};
  struct mt_distinct_pool p;
  struct mt_distinct d;
  struct mt_distinct_text t;
  size_t used = 0, done = 0, at = 0, texts = 0;

  for (int i = 0; i < CELLS; i++) { /* text k stands at 2 k, 2 k + 3 and 2 TEXTS + k */
    int k = i >= 2 * TEXTS ? i - 2 * TEXTS : i % 2 == 0 ? i / 2 : i < 3 ? 0 : (i - 3) / 2;
    int n = snprintf(text + used, 40, k % 3 ? "a text of some length %d" : "w%dx", k);
    cell[i] = (struct mt_cell){.off = (uint32_t)used, .len = (uint32_t)n};
    code[i] = mt_code_of((const uint8_t *)text + used, (size_t)n);
    used += (size_t)n;
  }
  mt_distinct_pool_init(&p, (size_t)64 << 20);
  mt_distinct_init(&d);
  assert_int_equal(mt_distinct_add_cells(&d, &p, &cells, &done), 0);
  assert_int_equal(done, CELLS);
  assert_int_equal(mt_distinct_count(&d), TEXTS);
  assert_int_equal(d.total, CELLS);
  while (mt_distinct_next(&d, &at, &t)) {
    char s[40] = "";
    int k = -1;
    memcpy(s, t.s, t.n);
    assert_int_equal(sscanf(s, s[0] == 'w' ? "w%dx" : "a text of some length %d", &k), 1);
    assert_int_equal(t.hits, k == 0 ? 4 : k == TEXTS - 1 ? 2 : 3);
    texts++;
  }
  assert_int_equal(texts, TEXTS);
  mt_distinct_reset(&d, &p);
}

/* How often numbers of an array occur below some number, and which most often: some as
 * often as a byte can tell, later one more often. */
static void test_passing_neighbours(void **state)
{
  (void)state;
  enum { SPAN = 5003, STEP = 2613, FREQUENT = SPAN - 2 };
  uint64_t hits[SPAN];
  struct mt_distinct_pool p;
  struct mt_distinct d;
  struct mt_distinct_text top[2];
  char s[16];

  mt_distinct_pool_init(&p, (size_t)64 << 20);
  mt_distinct_init(&d);
  for (int i = 0; i < SPAN; i++) {
    hits[i] =
        i == FREQUENT || i % 3 == 0 ? 255 - (i % 1000 == 0) : (uint64_t)(200 + i % 54);
    add(&d, &p, s, (size_t)snprintf(s, sizeof s, "%d", i), hits[i]);
  }
  add(&d, &p, "word", 4, 255); /* after numbers that occur as often */
  add(&d, &p, "more", 4, 255);
  for (int more = 0; more < 2; more++) {
    size_t at = 0, passed = 0;
    if (more) {
      add(&d, &p, s, (size_t)snprintf(s, sizeof s, "%d", FREQUENT), 1000);
      hits[FREQUENT] += 1000;
    }
    assert_true(d.span >= SPAN && (d.many != NULL) == more);
    for (int low = 0; low < SPAN + STEP; low += STEP) {
      uint64_t sum = 0;
      for (; passed < SPAN && passed < (size_t)low + more; passed++)
        sum += hits[passed];
      assert_int_equal(mt_distinct_pass_numbers(&d, &at, low, more), sum);
    }
    assert_int_equal(mt_distinct_top(&d, top, 2), 2);
    assert_memory_equal(top[0].s, more ? "5001" : "3", top[0].n);
    assert_int_equal(top[0].hits, more ? 1255 : 255);
    assert_memory_equal(top[1].s, more ? "3" : "6", top[1].n);
  }
  mt_distinct_reset(&d, &p);
}

/* Codes fall into forms and numbers, and come back from them. */
static void test_forms(void **state)
{
  (void)state;
  static const char *const texts[] = {"7",   "-7",     "0.50",       "-0.50", "PX-000815",
                                      "007", "000000", "0123456789", "A1",    "1A23"};
  static const char *const none[] = {"A", "A1A", "-0.0", "A 1", "one text, 12345"};
  struct mt_code_form form;
  int64_t v;

  for (size_t i = 0; i < LENGTH(texts); i++) {
    uint64_t code = mt_code_of((const uint8_t *)texts[i], strlen(texts[i]));
    assert_true(mt_code_split(code, &form, &v));
    assert_true(mt_code_join(&form, v) == code);
    for (size_t k = 0; k < LENGTH(texts); k++) { /* no other text has this number */
      uint64_t other = mt_code_of((const uint8_t *)texts[k], strlen(texts[k]));
      int64_t w = -1;
      bool has = form.digits > 0 ? (w = (int64_t)mt_code_word_number(other, &form)) >= 0
                                 : mt_code_plain_number(other, &form, &w);
      assert_true(!has || mt_code_join(&form, w) == other);
      assert_true(k != i || (has && w == v));
    }
  }
  for (size_t i = 0; i < LENGTH(none); i++)
    assert_false(
        mt_code_split(mt_code_of((const uint8_t *)none[i], strlen(none[i])), &form, &v));
}

/* Words of any letters and length, whatever stands behind them; and what is none. */
static void test_words(void **state)
{
  uint8_t text[16] = "x-Zz09aAy8;\x80\"\xff";
  char spelled[MT_CODE_SPELLED];

  (void)state;
  for (size_t n = 1; n <= MT_CODE_WORD_LENGTH; n++)
    for (size_t at = 0; at < n; at++) {
      const uint8_t before = text[at];
      for (int b = 0; b < 256; b++) {
        text[at] = (uint8_t)b;
        const uint64_t word = mt_code_chunk_word(text, n);
        assert_int_equal(word != 0, isalnum(b) || b == '-');
        assert_true(mt_code_word(text, n) == word);
        if (word == 0)
          continue;
        assert_int_equal(mt_code_spell(word, (uint8_t *)spelled), n);
        assert_memory_equal(spelled, text, n);
        if (isalpha(text[0])) /* others may be numbers */
          assert_true(mt_code_of(text, n) == word);
      }
      text[at] = before;
    }
  assert_int_equal(mt_code_chunk_word((const uint8_t *)"ABCDEFGHIJKLMNOP", 11), 0);
}

/* Whatever the processor has gives the same hash. */
static void test_long_hash(void **state)
{
  static uint8_t text[5000];

  (void)state;
  for (size_t i = 0; i < sizeof text; i++)
    text[i] = (uint8_t)(i * i >> 3);
  for (size_t n = 0; n < sizeof text; n += 1 + n / 16)
    for (uint64_t seed = 0; seed < 3; seed++)
      assert_true(mt_hash_long(text, n, seed * 0x9e3779b97f4a7c15ull) ==
                  XXH3_64bits_withSeed(text, n, seed * 0x9e3779b97f4a7c15ull));
}

#define SMALL 16384 /* what any set may hold, whatever the pool */

/* A pool without room: nothing is added, nothing is lost, nothing leaks. */
static void test_exhaustion(void **state)
{
  (void)state;
  struct mt_distinct_pool p;
  struct mt_distinct d, other;
  size_t before = 0;
  uint64_t hits;
  char s[40];
  int i = 0;

  mt_distinct_pool_init(&p, SMALL + 4096);
  mt_distinct_init(&d);
  mt_distinct_init(&other);
  while (!d.full) {
    before = mt_distinct_count(&d);
    add(&d, &p, s, (size_t)snprintf(s, sizeof s, "value %d", i++), 1);
    assert_true(i < 65536);
  }
  assert_int_equal(mt_distinct_count(&d), before);
  assert_false(find(&d, s, strlen(s), &hits));
  assert_true(p.used <= p.limit);
  assert_int_equal(p.used, mt_distinct_bytes(&d));

  add(&other, &p, "17", 2, 1); /* a small set always finds room */
  assert_int_equal(mt_distinct_count(&other), 1);
  assert_true(p.used <= p.limit + SMALL);

  assert_int_equal(mt_distinct_evict(&d, &p), 0);
  assert_false(mt_distinct_exact(&d));
  assert_false(d.full);
  assert_int_equal(mt_distinct_bytes(&d), 0);
  assert_int_equal(p.used, mt_distinct_bytes(&other));
  assert_in_range(mt_distinct_count(&d), before - before / 30, before + before / 30);
  add(&d, &p, s, strlen(s), 1); /* goes on as an estimate */
  assert_false(d.full);
  assert_in_range(mt_distinct_count(&d), before - before / 30, before + before / 30);
  assert_int_equal(mt_distinct_evict(&d, &p), 0); /* twice is once */
  assert_false(other.full);
  mt_distinct_reset(&d, &p);
  mt_distinct_reset(&other, &p);
  assert_int_equal(p.used, 0);
}

static void test_pool_of_nothing(void **state)
{
  (void)state;
  struct mt_distinct_pool p;
  struct mt_distinct d;
  char s[40];
  int i = 0;

  mt_distinct_pool_init(&p, 0);
  mt_distinct_init(&d);
  for (; !d.full && i < 65536; i++)
    add(&d, &p, s, (size_t)snprintf(s, sizeof s, "value %d", i), 1);
  assert_true(d.full);
  assert_in_range(mt_distinct_bytes(&d), SMALL / 4, SMALL);
  assert_int_equal(mt_distinct_count(&d), i - 1);
  assert_int_equal(mt_distinct_evict(&d, &p), 0);
  assert_int_equal(p.used, 0);
  assert_false(mt_distinct_exact(&d));
  mt_distinct_reset(&d, &p);
}

static void check_estimate(const char *format, int count, bool evict_first)
{
  struct mt_distinct_pool p;
  struct mt_distinct d;
  char s[40];
  double estimate;

  mt_distinct_pool_init(&p, (size_t)64 << 20);
  mt_distinct_init(&d);
  if (evict_first)
    assert_int_equal(mt_distinct_evict(&d, &p), 0);
  for (int i = 0; i < count; i++)
    add(&d, &p, s, (size_t)snprintf(s, sizeof s, format, i), 1);
  if (!evict_first)
    assert_int_equal(mt_distinct_evict(&d, &p), 0);
  estimate = (double)mt_distinct_count(&d);
  for (int i = 0; i < count; i += 7) /* repeats change nothing */
    add(&d, &p, s, (size_t)snprintf(s, sizeof s, format, i), 1);
  assert_true((double)mt_distinct_count(&d) == estimate);
  if (estimate < count * 0.97 || estimate > count * 1.03)
    fail_msg("%s: %g for %d", format, estimate, count);
  mt_distinct_reset(&d, &p);
}

static void test_estimate(void **state)
{
  (void)state;
  static const char *const formats[] = {"%d", "%d.25", "user-%08x", "%d\xc3\xa9"};
  static const int counts[] = {10, 1000, 20000, 41000, 100000};

  for (size_t f = 0; f < LENGTH(formats); f++)
    for (size_t n = 0; n < LENGTH(counts); n++) {
      check_estimate(formats[f], counts[n], false);
      check_estimate(formats[f], counts[n], true);
    }
}

/* No file can be made for a seed that is another one each time. */
static void test_seed(void **state)
{
  uint64_t seed = mt_hash_seed(state);

  assert_true(mt_hash_seed(state) != seed);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_seed),
      cmocka_unit_test(test_bijection),
      cmocka_unit_test(test_bijection_of_all_short_texts),
      cmocka_unit_test(test_sizes_count_each_text_once),
      cmocka_unit_test(test_texts_that_come_once),
      cmocka_unit_test(test_hits_saturate),
      cmocka_unit_test(test_growth),
      cmocka_unit_test(test_neighbours),
      cmocka_unit_test(test_new_cells),
      cmocka_unit_test(test_passing_neighbours),
      cmocka_unit_test(test_forms),
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_long_hash),
      cmocka_unit_test(test_exhaustion),
      cmocka_unit_test(test_pool_of_nothing),
      cmocka_unit_test(test_estimate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
