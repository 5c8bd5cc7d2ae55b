/* The tokenizer against two others: a byte at a time machine, which is the grammar
 * written down, on every short text; and libcsv on texts that are strict CSV. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <csv.h>

#include "formats/csv/scan.h"

enum { CELLS = 64, TEXT = 512 };

/* What a tokenizer makes of one text: all fields, a row end after each record. */
struct result {
  size_t records, blanks, fields;
  size_t ends[CELLS];  /* where each record or blank line ends */
  size_t width[CELLS]; /* of each record */
  size_t len[CELLS];
  char text[CELLS][TEXT];
  bool open; /* the last record has a quote that never closes */
};

static const struct mt_csv_dialect comma = {',', '"', -1};

static void add_field(struct result *r, const uint8_t *s, size_t n)
{
  assert_true(r->fields < CELLS && n < TEXT);
  r->len[r->fields] = n;
  memcpy(r->text[r->fields], s, n);
  r->text[r->fields++][n] = '\0';
  r->width[r->records]++;
}

static bool is_blank_line(const uint8_t *s, size_t *pos, size_t n, uint8_t delimiter)
{
  size_t i = *pos;

  while (i < n && (s[i] == ' ' || s[i] == '\t') && s[i] != delimiter)
    i++;
  if (i < n && s[i] != '\n' && s[i] != '\r')
    return false;
  if (i < n && s[i++] == '\r' && i < n && (s[i] == '\n' || s[i] == delimiter))
    i++;
  *pos = i;
  return true;
}

/* One record, a byte at a time; where the next one begins. */
static size_t slow_record(struct result *r, const uint8_t *s, size_t i, size_t n,
                          uint8_t delimiter)
{
  enum { START, PLAIN, QUOTED, QUOTE } state = START;
  uint8_t out[TEXT];
  size_t k = 0;

  for (;; i++) {
    int c = i < n ? s[i] : -1;
    if (state == QUOTED) {
      if (c < 0) {
        r->open = true;
        return n;
      }
      if (c == '"')
        state = QUOTE;
      else
        out[k++] = (uint8_t)c;
    } else if (c == '"' && state == START) {
      state = QUOTED;
    } else if (c == '"' && state == QUOTE) {
      out[k++] = '"';
      state = QUOTED;
    } else if (c == delimiter) {
      add_field(r, out, k);
      k = 0;
      state = START;
    } else if (c < 0 || c == '\n' || c == '\r') {
      add_field(r, out, k);
      r->records++;
      return i + (c >= 0) + (c == '\r' && i + 1 < n && s[i + 1] == '\n');
    } else {
      out[k++] = (uint8_t)c;
      state = PLAIN;
    }
  }
}

static void slow_all(struct result *r, const uint8_t *s, size_t n, uint8_t delimiter)
{
  memset(r, 0, sizeof *r);
  for (size_t i = 0; i < n && !r->open;) {
    if (is_blank_line(s, &i, n, delimiter)) {
      r->ends[r->records + r->blanks++] = i;
      continue;
    }
    i = slow_record(r, s, i, n, delimiter);
    if (!r->open)
      r->ends[r->records - 1 + r->blanks] = i;
  }
}

static void fast_all(struct result *r, const struct mt_csv_dialect *d, uint8_t *s,
                     size_t n)
{
  struct mt_csv_cursor skim, split;
  struct mt_cell cells[CELLS];
  size_t pos = 0;

  memset(r, 0, sizeof *r);
  mt_csv_cursor_init(&skim, d, s, n, true);
  mt_csv_cursor_init(&split, d, s, n, true);
  split.fields = true;
  while (pos < n) {
    enum mt_csv_item item = mt_csv_start(&skim, &pos);
    size_t end = pos;
    if (item == MT_CSV_RECORD)
      item = mt_csv_skim(&skim, &end, n);
    r->open = item == MT_CSV_OPEN_QUOTE;
    if (r->open)
      return;
    r->ends[r->records + r->blanks] = end;
    if (item != MT_CSV_RECORD) {
      r->blanks++;
      continue;
    }
    struct mt_csv_row row = {.cells = cells, .stride = 1, .cap = CELLS, .open = SIZE_MAX};
    mt_csv_split(&split, &pos, &row);
    assert_int_equal(pos, end);
    for (size_t k = 0; k < row.count; k++)
      add_field(r, s + cells[k].off, cells[k].len);
    r->records++;
  }
}

static void assert_same(const struct result *a, const struct result *b)
{
  assert_int_equal(a->open, b->open);
  if (a->open)
    return;
  assert_int_equal(a->records, b->records);
  assert_int_equal(a->blanks, b->blanks);
  assert_int_equal(a->fields, b->fields);
  assert_memory_equal(a->ends, b->ends, sizeof a->ends);
  assert_memory_equal(a->width, b->width, sizeof a->width);
  for (size_t i = 0; i < a->fields; i++) {
    assert_int_equal(a->len[i], b->len[i]);
    assert_memory_equal(a->text[i], b->text[i], a->len[i]);
  }
}

/* Every text of `alphabet` up to `longest` bytes, at an offset that puts it across
 * the edge of a window. */
static void exhaust(const char *alphabet, size_t longest, size_t offset)
{
  static struct result slow, fast;
  uint8_t text[2 * TEXT];
  size_t letters = strlen(alphabet), digit[16] = {0};

  for (size_t n = 0; n <= longest;) {
    memset(text, 'x', sizeof text);
    if (offset)
      text[offset - 1] = ',';
    for (size_t i = 0; i < n; i++)
      text[offset + i] = (uint8_t)alphabet[digit[i]];
    slow_all(&slow, text, offset + n, ',');
    fast_all(&fast, &comma, text, offset + n);
    assert_same(&slow, &fast);
    size_t i = 0;
    while (i < n && ++digit[i] == letters)
      digit[i++] = 0;
    n += i == n;
  }
}

static void test_every_short_text(void **state)
{
  (void)state;
  exhaust("a\",\n\r \t", 6, 0);
  exhaust("a\",\n\r", 6, 61);
}

struct judged {
  struct result result;
  size_t row;
};

static void judge_field(void *p, size_t n, void *data)
{
  struct judged *j = data;

  add_field(&j->result, p ? p : (const uint8_t *)"", n);
}

static void judge_row(int c, void *data)
{
  struct judged *j = data;

  (void)c;
  j->result.records++;
}

static int no_space(unsigned char c)
{
  (void)c;
  return 0;
}

/* Random texts: where libcsv in strict mode accepts one, the fields are the same. */
static void test_libcsv_agrees(void **state)
{
  static struct judged judged;
  static struct result fast;
  const char *words[] = {"a",        "bc", "\"d\"", "\"e,f\"", "\"g\n\"",
                         "\"\"\"\"", ",",  ",",     "\n"};
  unsigned seed = 1;
  size_t accepted = 0;

  (void)state;
  for (int round = 0; round < 20000; round++) {
    uint8_t text[TEXT] = {0};
    size_t n = 0;
    for (int k = 0; k < 12; k++) {
      seed = seed * 1103515245u + 12345u;
      const char *word = words[(seed >> 16) % (sizeof words / sizeof *words)];
      memcpy(text + n, word, strlen(word));
      n += strlen(word);
    }
    struct csv_parser p;
    memset(&judged, 0, sizeof judged);
    assert_int_equal(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI), 0);
    csv_set_space_func(&p, no_space);
    bool ok = csv_parse(&p, text, n, judge_field, judge_row, &judged) == n &&
              csv_fini(&p, judge_field, judge_row, &judged) == 0;
    csv_free(&p);
    if (!ok)
      continue;
    accepted++;
    fast_all(&fast, &comma, text, n);
    assert_int_equal(fast.records, judged.result.records);
    assert_int_equal(fast.fields, judged.result.fields);
    for (size_t i = 0; i < fast.fields; i++)
      assert_string_equal(fast.text[i], judged.result.text[i]);
  }
  assert_true(accepted > 2000);
}

/* A text that is cut anywhere is either decided as the whole one, or MORE. */
static void test_more(void **state)
{
  uint8_t text[128] = "  \r\n\"a\"\"\r\n,\",b\r\nc\r,d";
  size_t n = strlen((char *)text);

  (void)state;
  for (size_t cut = 0; cut <= n; cut++) {
    struct mt_csv_cursor c;
    size_t pos = 0, ends[] = {4, 16, 18};
    mt_csv_cursor_init(&c, &comma, text, cut, false);
    for (size_t k = 0; k < 3; k++) {
      enum mt_csv_item item = mt_csv_start(&c, &pos);
      if (item == MT_CSV_RECORD)
        item = mt_csv_skim(&c, &pos, 100);
      /* a CR that is the last byte may have a LF behind it */
      bool decided = cut >= ends[k] && !(k == 2 && cut == 18);
      assert_int_equal(item != MT_CSV_MORE, decided);
      if (!decided)
        break;
      assert_int_equal(pos, ends[k]);
    }
  }
}

static void test_open_quote(void **state)
{
  uint8_t text[128] = "a,\"b\"\"c,d\ne,f\n";
  size_t n = strlen((char *)text), pos = 0;
  struct mt_csv_cursor c;
  struct mt_cell cells[4];
  struct mt_csv_row row = {.cells = cells, .stride = 1, .cap = 4, .open = 2};

  (void)state;
  mt_csv_cursor_init(&c, &comma, text, n, false);
  assert_int_equal(mt_csv_skim(&c, &pos, 100), MT_CSV_MORE);
  assert_int_equal(mt_csv_skim(&c, &pos, 9), MT_CSV_LONG_FIELD);
  mt_csv_cursor_init(&c, &comma, text, n, true);
  pos = 0;
  assert_int_equal(mt_csv_skim(&c, &pos, 100), MT_CSV_OPEN_QUOTE);
  assert_int_equal(pos, 2);
  assert_int_equal(mt_csv_end_line(&c, &pos), MT_CSV_RECORD);
  assert_int_equal(pos, 10);
  c.fields = true;
  mt_csv_cursor_init(&c, &comma, text, 10, true);
  c.fields = true;
  pos = 0;
  mt_csv_split(&c, &pos, &row);
  assert_int_equal(row.count, 2);
  assert_int_equal(row.open_column, 1);
  assert_int_equal(cells[1].len, 5);
  assert_memory_equal(text + cells[1].off, "b\"c,d", 5);
}

static void test_count_only(void **state)
{
  uint8_t text[128] = "\"a\"\"b\",\"c\"d,e\n", copy[128];
  struct mt_csv_cursor c;
  struct mt_csv_row row = {.open = SIZE_MAX};
  size_t pos = 0;

  (void)state;
  memcpy(copy, text, sizeof copy);
  mt_csv_cursor_init(&c, &comma, text, strlen((char *)text), true);
  c.fields = true;
  mt_csv_split(&c, &pos, &row);
  assert_int_equal(row.count, 3);
  assert_memory_equal(text, copy, sizeof copy);
}

static void test_comment(void **state)
{
  const struct mt_csv_dialect d = {',', '"', '#'};
  static struct result r;
  uint8_t text[256] = "# x\na,b#\"\n\"c\"#d,\"#\"\n #\n";

  (void)state;
  fast_all(&r, &d, text, strlen((char *)text));
  assert_int_equal(r.blanks, 1);
  assert_int_equal(r.records, 3);
  assert_string_equal(r.text[1], "b");
  assert_string_equal(r.text[2], "c#d"); /* right behind a quote it is text */
  assert_string_equal(r.text[3], "#");
  assert_string_equal(r.text[4], " ");
}

static void test_no_quote(void **state)
{
  const struct mt_csv_dialect d = {'\t', -1, -1};
  static struct result r;
  uint8_t text[128] = "\"a\tb\"\n";

  (void)state;
  fast_all(&r, &d, text, strlen((char *)text));
  assert_int_equal(r.fields, 2);
  assert_string_equal(r.text[0], "\"a");
  assert_string_equal(r.text[1], "b\"");
}

static void assert_skips(const char *s, size_t end)
{
  uint8_t text[128] = {0};
  struct mt_csv_cursor c;
  size_t pos = 0;

  memcpy(text, s, strlen(s));
  mt_csv_cursor_init(&c, &comma, text, strlen(s), true);
  assert_int_equal(mt_csv_skip_line(&c, &pos, 100), MT_CSV_BLANK);
  assert_int_equal(pos, end);
}

static void test_skip_line(void **state)
{
  (void)state;
  assert_skips("ab\ncd", 3);
  assert_skips("\ncd", 1);
  assert_skips("ab\r\ncd", 4);
  assert_skips("ab\r,cd", 4);  /* the delimiter goes with the CR */
  assert_skips("\rab\ncd", 4); /* a CR that comes first ends nothing */
  assert_skips("\"a\nb\"\nc", 6);
  assert_skips("a\"\nb\"\nc", 3); /* no quote in the middle of a field */
  assert_skips(",\"\nb\"\nc", 3); /* nor behind a delimiter that comes first */
  assert_skips("a,\"\nb\"\nc", 7);
  assert_skips("\"a\nb,\"\n\nc", 7);
  assert_skips("x,\"a\nb\n", 5); /* never closes */
  assert_skips("ab", 2);
}

static void test_measure(void **state)
{
  const char *s = "aa,\"b,\"\"bb\",cccc,";
  size_t fields, longest;

  (void)state;
  mt_csv_measure(&comma, (const uint8_t *)s, strlen(s), &fields, &longest);
  assert_int_equal(fields, 4);
  assert_int_equal(longest, 7); /* with its closing quote */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_short_text),
      cmocka_unit_test(test_libcsv_agrees),
      cmocka_unit_test(test_more),
      cmocka_unit_test(test_open_quote),
      cmocka_unit_test(test_count_only),
      cmocka_unit_test(test_comment),
      cmocka_unit_test(test_no_quote),
      cmocka_unit_test(test_skip_line),
      cmocka_unit_test(test_measure),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
