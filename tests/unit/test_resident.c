/* core/engine/resident.h: what stays of a load, its peak, and whether it fits. */
#include "core/engine/resident.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/random_column.h"

#define MIB (UINT64_C(1) << 20)

/* Profiles one column of texts, `rows` of them, that next(row) writes, in blocks of
 * `block` rows. */
static void profile_column(struct mt_profile *p, size_t rows, size_t block,
                           void (*next)(char *dst, size_t size, size_t row))
{
  static struct mt_nulls nulls;
  struct mt_part *part;
  struct mt_chunk c;
  struct mt_error err;
  char *text = malloc(block * 80 + 64);

  mt_nulls_init(&nulls);
  assert_int_equal(mt_profile_init(p, 1, &nulls, MIB, &err), 0);
  p->pool.seed = 1; /* sharing goes by hashes: always the same */
  part = mt_part_new(p);
  mt_chunk_init(&c);
  assert_non_null(part);
  assert_non_null(text);
  for (size_t from = 0; from < rows; from += block) {
    size_t n = rows - from < block ? rows - from : block, used = 0;
    assert_int_equal(mt_chunk_shape(&c, n, 1), 0);
    c.first_row = from;
    c.has_non_ascii = true;
    for (size_t r = 0; r < n; r++) {
      next(text + used, 80, from + r);
      c.cells[r] = (struct mt_cell){.off = (uint32_t)used, .len = strlen(text + used)};
      c.row_byte[r] = (uint32_t)used;
      c.row_line[r] = (uint32_t)r;
      used += c.cells[r].len;
    }
    c.text = (const uint8_t *)text;
    assert_int_equal(mt_part_profile(part, p, &c, &err), 0);
    for (unsigned lane = 0; lane < MT_PROFILE_LANES; lane++)
      mt_part_share(part, p, lane);
    assert_int_equal(mt_profile_merge(p, part, &err), 0);
  }
  mt_chunk_reset(&c);
  mt_part_free(part);
  free(text);
}

static uint64_t resident_of(size_t rows, size_t block, enum mt_engine engine,
                            bool python311, void (*next)(char *, size_t, size_t))
{
  struct mt_profile p;
  uint64_t open, closed;

  profile_column(&p, rows, block, next);
  open = mt_resident(&p.column[0], engine, python311);
  mt_profile_finish(&p);
  closed = mt_resident(&p.column[0], engine, python311);
  assert_int_equal(open, closed);
  mt_profile_reset(&p);
  return closed;
}

static void unique(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, "u%07zu", row);
}

static void of_ten(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, "level%zu", row % 10);
}

static void letters(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, "%c", (int)('a' + row % 26));
}

static void latin(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, row % 2 ? "\xc3\xa9" : "\xc3\xa9t\xc3\xa9");
}

static void numbers(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, "%zu", row);
}

static void long_texts(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, "thirteen.....%zu", row % 2);
}

static void half_null(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, "%s", row % 2 ? "x" : "");
}

/* A chunk of numbers (524,288 rows), then text: the numbers become Python's. */
static void changing(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, row < 524288 ? "%zu" : "t%zu", row < 524288 ? row % 1000 : row % 2);
}

static void test_strings_are_shared(void **state)
{
  (void)state;
  /* 41 + 8 bytes, as 64; on CPython 3.11 49 + 8, as 64 too */
  assert_int_equal(resident_of(1000, 300, MT_PANDAS2, false, unique), 8000 + 64 * 1000);
  assert_int_equal(resident_of(1000, 300, MT_PANDAS2, true, unique), 8000 + 64 * 1000);
  /* 41 + 6 bytes, as 48; 49 + 6, as 64: however the rows are cut into blocks */
  for (size_t block = 7; block <= 1000; block += 331) {
    assert_int_equal(resident_of(1000, block, MT_PANDAS2, false, of_ten), 8000 + 480);
    assert_int_equal(resident_of(1000, block, MT_PANDAS2, true, of_ten), 8000 + 640);
  }
  /* single characters exist once and for all, in Latin-1 too: 57 + 3, as 64 */
  assert_int_equal(resident_of(1000, 300, MT_PANDAS2, false, letters), 8000);
  assert_int_equal(resident_of(1000, 300, MT_PANDAS2, false, latin), 8000 + 64);
  assert_int_equal(resident_of(1000, 300, MT_PANDAS2, true, latin), 8000 + 80);
}

static void test_each_chunk_has_its_own(void **state)
{
  (void)state;
  /* one column: chunks of 524,288 rows */
  assert_int_equal(resident_of(524288, 65536, MT_PANDAS2, false, of_ten),
                   524288 * 8 + 480);
  assert_int_equal(resident_of(524289, 65536, MT_PANDAS2, false, of_ten),
                   524289 * 8 + 480 + 48);
}

static void test_python_integers(void **state)
{
  (void)state;
  /* 0 to 256 exist once and for all; 1000 does not divide 524,288 */
  uint64_t small = 524 * 257 + 257, boxes = (524288 - small) * 32;
  for (int e = MT_PANDAS3; e <= MT_PANDAS2; e++)
    assert_int_equal(resident_of(524288 + 10, 65536, (enum mt_engine)e, false, changing),
                     (524288 + 10) * 8 + boxes + 2 * 48);
}

static void test_arrays(void **state)
{
  (void)state;
  assert_int_equal(resident_of(1000, 300, MT_PANDAS2, false, numbers), 8000);
  assert_int_equal(resident_of(1000, 300, MT_PANDAS3, false, numbers), 8000);
  assert_int_equal(resident_of(1000, 300, MT_POLARS, false, numbers), 8000);
  /* offsets and text, each to 64 bytes; then the bits of validity */
  assert_int_equal(resident_of(1000, 300, MT_PANDAS3, false, unique), 8064 + 8000);
  assert_int_equal(resident_of(1000, 300, MT_PANDAS3, false, half_null),
                   8064 + 512 + 128);
  /* a view of 16 bytes, and the text when it is longer than 12 */
  assert_int_equal(resident_of(1000, 300, MT_POLARS, false, unique), 16000);
  assert_int_equal(resident_of(1000, 300, MT_POLARS, false, long_texts), 16000 + 14000);
  assert_true(resident_of(1000, 300, MT_ARROW, false, numbers) == MT_UNKNOWN);
}

/* One text, then numbers: a column of Python objects. */
static void text_first(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, row < 524288 ? "t%zu" : "%zu", row < 524288 ? row % 2 : row % 1000);
}

static void long_unique(char *dst, size_t size, size_t row)
{
  snprintf(dst, size, "u%059zu", row);
}

static struct mt_load load_of(size_t rows, enum mt_engine engine,
                              void (*next)(char *, size_t, size_t))
{
  struct mt_profile p;
  struct mt_load l;

  profile_column(&p, rows, 65536, next);
  mt_profile_finish(&p);
  mt_load_estimate(&l, &p, engine, false);
  mt_profile_reset(&p);
  assert_true(l.peak_low <= l.peak_high);
  return l;
}

static void test_peak(void **state)
{
  (void)state;
  const uint64_t rows = 300000, strings = 64 * rows, array = 8 * rows;
  struct mt_load two = load_of(rows, MT_PANDAS2, unique);
  struct mt_load three = load_of(rows, MT_PANDAS3, unique);
  struct mt_load other = load_of(rows, MT_POLARS, unique);

  assert_in_range(two.resident, strings + array - 50 * 64, strings + array);
  assert_int_equal(three.resident, 2 * array + 64);
  /* with the tokens: 33 bytes a row, and the text; before a table of the strings, and
   * what allocators keep */
  assert_in_range(two.peak_low, strings + array + 39 * rows, strings + array + 41 * rows);
  assert_in_range(two.peak_high, two.peak_low + 16 * MIB, two.peak_low + 24 * MIB);
  /* pandas 3 makes the same strings before it makes Arrow's text of them */
  assert_in_range(three.peak_low, two.peak_low, two.peak_low + 5 * MIB);
  assert_true(three.peak_high > two.peak_high);
  assert_true(two.base > 50 * MIB && two.base < 200 * MIB);
  assert_int_equal(other.resident, 2 * array);
  assert_true(other.peak_low == MT_UNKNOWN && other.peak_high == MT_UNKNOWN);
}

/* A column of 1,000,000 integers and the tokens of 524,288 are more than the column and
 * the block that pandas 2 makes of it; there is nothing that allocators keep. */
static void test_peak_of_numbers(void **state)
{
  (void)state;
  const uint64_t tokens = UINT64_C(39) * 524288, array = 8 * 1000000;
  struct mt_load two = load_of(1000000, MT_PANDAS2, numbers);
  struct mt_load three = load_of(1000000, MT_PANDAS3, numbers);

  assert_in_range(two.peak_low, (array + tokens) / 64 * 62, array + tokens);
  assert_in_range(two.peak_high, array + tokens - MIB, array + tokens + 4 * MIB);
  assert_int_equal(three.peak_low, two.peak_low);
  assert_int_equal(three.peak_high, two.peak_high);
}

/* Objects that are made of numbers when chunks are joined do not live with the tokens of
 * the last chunk; in pandas 3 there is no Arrow text of such a column. */
static void test_peak_of_objects(void **state)
{
  (void)state;
  struct mt_load two = load_of(900000, MT_PANDAS2, text_first);
  struct mt_load three = load_of(900000, MT_PANDAS3, text_first);
  uint64_t first = 16 * MIB; /* at most, of a first load */

  assert_true(two.peak_low >= two.resident + 8 * 900000 - two.resident / 16);
  assert_in_range(three.peak_high, two.peak_high - first, two.peak_high + first);
}

/* The bytes of a text outgrow buffer after buffer of Arrow's. */
static void test_peak_of_long_text(void **state)
{
  (void)state;
  const uint64_t rows = 300000, text = 60 * rows;
  struct mt_load three = load_of(rows, MT_PANDAS3, long_unique);

  assert_int_equal(three.resident, 8 * rows + 64 + text);
  assert_true(three.peak_low >= rows * 112 + three.resident);
  assert_true(three.peak_high >= three.peak_low + 32 * MIB + text / 2);
}

static void test_nothing(void **state)
{
  (void)state;
  struct mt_load two = load_of(0, MT_PANDAS2, unique);
  struct mt_load three = load_of(0, MT_PANDAS3, unique);

  assert_int_equal(two.resident, 0);
  assert_int_equal(two.peak_low, 0);
  /* what a first load imports, whatever the file */
  assert_in_range(two.peak_high, 1, 8 * MIB);
  assert_in_range(three.peak_high, three.peak_low + 1, 16 * MIB);
}

static void test_verdict(void **state)
{
  (void)state;
  assert_int_equal(mt_verdict(50 * MIB, 9 * MIB, 100 * MIB), MT_VERDICT_FITS);
  assert_int_equal(mt_verdict(51 * MIB, 9 * MIB, 100 * MIB), MT_VERDICT_TIGHT);
  assert_int_equal(mt_verdict(80 * MIB, 9 * MIB, 100 * MIB), MT_VERDICT_TIGHT);
  assert_int_equal(mt_verdict(81 * MIB, 9 * MIB, 100 * MIB), MT_VERDICT_NO);
  assert_int_equal(mt_verdict(UINT64_MAX - 1, UINT64_MAX - 1, MIB), MT_VERDICT_NO);
  assert_int_equal(mt_verdict(MT_UNKNOWN, MIB, MIB), MT_VERDICT_UNKNOWN);
  assert_int_equal(mt_verdict(MIB, MT_UNKNOWN, MIB), MT_VERDICT_UNKNOWN);
  assert_int_equal(mt_verdict(MIB, MIB, MT_UNKNOWN), MT_VERDICT_UNKNOWN);
  assert_string_equal(mt_verdict_name(MT_VERDICT_TIGHT), "tight");
}

/* A run of texts of which nothing is known. */
static struct mt_shared_run unordered(size_t texts)
{
  return (struct mt_shared_run){.texts = (uint32_t)texts, .any = true};
}

/* Bytes that the texts 1 .. n take that are new, each 32 and a copy of 16. */
static uint64_t share(struct mt_sharing *s, uint32_t n)
{
  const struct mt_shared_size size = {{2, 3}, 1};
  const struct mt_shared_run run = unordered(10);
  uint64_t taken[2] = {0}, utf8 = 0;
  struct mt_shared texts;

  mt_shared_init(&texts, 1);
  for (uint32_t i = 1; i <= n; i += 10) {
    mt_shared_clear(&texts);
    assert_int_equal(mt_shared_reserve(&texts, 10), 0);
    for (uint32_t k = 0; k < 10; k++)
      assert_int_equal(mt_shared_add(&texts, (i + k) * 2654435761u, &size), 0);
    mt_sharing_add(s, &texts, 0, &run, taken, &utf8);
  }
  mt_shared_reset(&texts);
  assert_int_equal(taken[1] * 2, taken[0] * 3);
  assert_int_equal(utf8 * 2, taken[0]);
  return taken[0];
}

static void test_sharing(void **state)
{
  (void)state;
  struct mt_sharing s;

  mt_sharing_init(&s);
  for (int round = 0; round < 2; round++) {
    assert_int_equal(share(&s, 100000), 100000 * 32);
    assert_int_equal(share(&s, 100000), 0);
    assert_int_equal(s.count, 100000);
    assert_true(s.cap * MT_SHARING_BUCKET <= 2 * MIB);
    mt_sharing_clear(&s);
    assert_int_equal(s.count, 0);
  }
  mt_sharing_reset(&s);
}

/* All sizes there are, small and large, come out as they went in; so do the texts whose
 * marks are 0, before or after they are mixed with some seed, each as itself. */
static void test_sharing_sizes_and_marks(void **state)
{
  (void)state;
  static const struct mt_shared_size sizes[] = {
      {{3, 4}, 0},       {{3, 5}, 0},        {{8191, 8194}, 8191},    {{8191, 8195}, 1},
      {{8192, 8193}, 0}, {{100, 101}, 8192}, {{99999, 100000}, 70000}};

  for (size_t i = 0; i < LENGTH(sizes); i++) {
    const struct mt_shared_run run = unordered(3);
    uint64_t taken[2] = {0}, utf8 = 0;
    struct mt_shared texts;
    struct mt_sharing s;

    mt_shared_init(&texts, i);
    mt_sharing_init(&s);
    assert_int_equal(mt_shared_reserve(&texts, 3), 0);
    for (uint64_t hash = 1; hash < 4; hash++) /* with seed 1 to 3, one would become 0 */
      assert_int_equal(mt_shared_add(&texts, hash, &sizes[i]), 0);
    assert_int_equal(texts.len, 3);
    for (size_t k = 0; k < 3; k++)
      assert_int_not_equal(texts.text[k].mark, 0);
    mt_sharing_add(&s, &texts, 0, &run, taken, &utf8);
    assert_int_equal(taken[0], 3 * 16 * (uint64_t)sizes[i].taken[0]);
    assert_int_equal(taken[1], 3 * 16 * (uint64_t)sizes[i].taken[1]);
    assert_int_equal(utf8, 3 * 16 * (uint64_t)sizes[i].utf8);
    mt_sharing_add(&s, &texts, 0, &run, taken, &utf8);
    assert_int_equal(taken[0], 3 * 16 * (uint64_t)sizes[i].taken[0]);
    mt_sharing_reset(&s);
    mt_shared_reset(&texts);
  }
}

/* Marks as a file can choose them, all that a chunk holds: their lowest bits would put
 * them into the same few places of a table, and this would take a minute. */
static void test_sharing_a_crowd(void **state)
{
  (void)state;
  enum { CROWD = 128, TEXTS = CROWD << 12 };
  const struct mt_shared_size size = {{2, 3}, 0};
  const struct mt_shared_run run = unordered(TEXTS);
  uint64_t taken[2] = {0}, utf8 = 0;
  struct mt_shared texts;
  struct mt_sharing s;

  mt_shared_init(&texts, 0x1234567890abcdef);
  assert_int_equal(mt_shared_reserve(&texts, TEXTS), 0);
  for (uint32_t i = 0; i < TEXTS; i++)
    assert_int_equal(mt_shared_add(&texts, (i % 4096 << 20 | i / 4096) + 1, &size), 0);
  mt_sharing_init(&s);
  mt_sharing_add(&s, &texts, 0, &run, taken, &utf8);
  mt_sharing_add(&s, &texts, 0, &run, taken, &utf8);
  assert_int_equal(taken[0], 2 * 16 * TEXTS);
  mt_sharing_reset(&s);
  mt_shared_reset(&texts);
}

/* ---- texts in order ------------------------------------------------------ */

/* Cells of a chunk, a letter each, which is the text; '-' is null. */
#define CELLS 8

/* c and f, which are no neighbours, have the same mark, and so have d and e. */
static uint64_t hash_of(char letter)
{
  return letter == 'f' ? 'c' : letter == 'e' ? 'd' : (uint64_t)letter;
}

/* g takes nothing, h is long, i is very long. */
static struct mt_shared_size size_of(char letter)
{
  uint32_t taken = letter == 'g'   ? 0
                   : letter == 'h' ? 16
                   : letter == 'i' ? 9999
                                   : 3 + (uint32_t)letter % 13;
  return (struct mt_shared_size){{taken, taken + (letter & 1)}, letter % 3 ? 0 : 5};
}

static uint8_t order_of(const char *cell, size_t n)
{
  uint8_t may = MT_UP_BYTES | MT_DOWN_BYTES;
  char last = '-';

  for (size_t i = 0; i < n; i++) {
    if (last != '-' && cell[i] != '-')
      may &= (uint8_t) ~(cell[i] < last   ? MT_UP_BYTES
                         : cell[i] > last ? MT_DOWN_BYTES
                                          : 0);
    last = cell[i] != '-' ? cell[i] : last;
  }
  return may;
}

/* What the cells take: of those in order, each that is not like the one before; of
 * others, each whose mark is new. */
static void expect_taken(const char cell[CELLS], uint64_t sum[3])
{
  bool in_order = order_of(cell, CELLS) != 0, seen[256] = {false};
  uint64_t last = 0;

  memset(sum, 0, 3 * sizeof *sum);
  for (size_t i = 0; i < CELLS; i++)
    in_order &= cell[i] != 'h' && cell[i] != 'i';
  for (size_t i = 0; i < CELLS; i++) {
    const struct mt_shared_size size = size_of(cell[i]);
    const uint64_t hash = hash_of(cell[i]);
    if (cell[i] == '-' || size.taken[0] == 0)
      continue;
    if (in_order ? hash != last : !seen[hash]) {
      sum[0] += size.taken[0] * MT_SHARED_UNIT;
      sum[1] += size.taken[1] * MT_SHARED_UNIT;
      sum[2] += size.utf8 * MT_SHARED_UNIT;
    }
    seen[hash] = true;
    last = hash;
  }
}

/* Adds some of the cells; once: texts that come again in these are left out. */
static void add_run(struct mt_sharing *s, const char *cell, size_t n, bool once,
                    uint64_t sum[3])
{
  struct mt_shared_run run = {.may = order_of(cell, n), .first_len = 1, .last_len = 1};
  struct mt_shared texts;

  mt_shared_init(&texts, 5);
  assert_int_equal(mt_shared_reserve(&texts, n), 0);
  for (size_t i = 0; i < n; i++) {
    const struct mt_shared_size size = size_of(cell[i]);
    if (cell[i] == '-')
      continue;
    run.last = (const uint8_t *)&cell[i];
    run.first = run.any ? run.first : run.last;
    run.any = true;
    if (!once || memchr(cell, cell[i], i) == NULL)
      assert_int_equal(mt_shared_add(&texts, hash_of(cell[i]), &size), 0);
  }
  run.texts = (uint32_t)texts.len;
  mt_sharing_add(s, &texts, 0, &run, sum, &sum[2]);
  mt_shared_reset(&texts);
}

/* The figures are those of the cells, wherever these are cut into runs. */
static void check_every_cut(struct mt_sharing *s, const char cell[CELLS])
{
  uint64_t expected[3];

  expect_taken(cell, expected);
  for (unsigned cuts = 0; cuts < 2u << (CELLS - 1); cuts++) {
    uint64_t sum[3] = {0};
    size_t from = 0;
    for (size_t to = 1; to <= CELLS; to++) {
      if (to < CELLS && !(cuts >> to & 1))
        continue;
      add_run(s, cell + from, to - from, cuts & 1, sum);
      from = to;
    }
    mt_sharing_clear(s);
    for (size_t i = 0; i < 3; i++)
      assert_int_equal(sum[i], expected[i]);
  }
}

static void test_sharing_in_order(void **state)
{
  (void)state;
  static const char *const columns[] = {
      "abcdefkl", "lkfedcba", "abbbccfk", "aaaaaaaa", "--a-bcfk", "cfcfcfcf", "abcfagkl",
      "lkjfdcff", "abcdfggh", "abcdefga", "abccfhhi", "gggggggg", "abcgf---", "--------",
      "dededede", "ccddeeff", "ffeeddcc", "fe-d-c-c", "ihgfedcb", "b-caaaaa", "acbfcfcf"};
  struct mt_sharing s;
  uint64_t x = 7;

  mt_sharing_init(&s);
  for (size_t i = 0; i < LENGTH(columns); i++)
    check_every_cut(&s, columns[i]);
  for (size_t i = 0; i < 500; i++) { /* in order, but for a cell or two */
    char cell[CELLS];
    for (size_t k = 0; k < CELLS; k++)
      cell[k] = (char)('a' + (i & 1 ? k : CELLS - k) * (1 + i % 3) / 2);
    for (size_t k = 0; k < i / 2 % 3; k++)
      cell[random_next(&x) % CELLS] = "-abcdefghk"[random_next(&x) % 10];
    check_every_cut(&s, cell);
  }
  mt_sharing_reset(&s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_strings_are_shared),
      cmocka_unit_test(test_each_chunk_has_its_own),
      cmocka_unit_test(test_python_integers),
      cmocka_unit_test(test_arrays),
      cmocka_unit_test(test_peak),
      cmocka_unit_test(test_peak_of_numbers),
      cmocka_unit_test(test_peak_of_objects),
      cmocka_unit_test(test_peak_of_long_text),
      cmocka_unit_test(test_nothing),
      cmocka_unit_test(test_verdict),
      cmocka_unit_test(test_sharing),
      cmocka_unit_test(test_sharing_sizes_and_marks),
      cmocka_unit_test(test_sharing_a_crowd),
      cmocka_unit_test(test_sharing_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
