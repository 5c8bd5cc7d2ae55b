/* Every variant of the search for regular records, with what reads the other records:
 * on every short text, on random long ones, and on texts that libcsv accepts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <csv.h>

#include "tests/unit/csv_machine.h"

enum { TEXT = 8192 };

static const struct mt_csv_dialect comma = {',', '"', -1};
static struct machine machine;

static void print_text(const uint8_t *text, size_t n)
{
  for (size_t i = 0; i < n; i++)
    print_error(text[i] >= ' ' && text[i] < 127 ? "%c" : "\\%03o", text[i]);
  print_error("\n");
}

/* text is padded. */
static void assert_agrees(const struct mt_csv_dialect *d, const uint8_t *text, size_t n,
                          size_t step, size_t columns)
{
  machine_read(&machine, d, text, n);
  for (size_t i = 0; i < mt_csv_variants(); i++) {
    const char *name = mt_csv_use_variant(i);
    const char *what = machine_compare(&machine, step, columns);
    if (!what)
      continue;
    print_error("%s: %s differs: ", name, what);
    print_text(text, n);
    fail();
  }
}

/* Every text of `alphabet` up to `longest` bytes, behind `before`. */
static void exhaust(const struct mt_csv_dialect *d, const char *before,
                    const char *alphabet, size_t longest)
{
  uint8_t text[TEXT] = {0};
  size_t letters = strlen(alphabet), digit[16] = {0}, at = strlen(before);

  memcpy(text, before, at);
  for (size_t n = 0; n <= longest;) {
    for (size_t i = 0; i < n; i++)
      text[at + i] = (uint8_t)alphabet[digit[i]];
    assert_agrees(d, text, at + n, 1 + n % 3, 2);
    size_t i = 0;
    while (i < n && ++digit[i] == letters)
      digit[i++] = 0;
    n += i == n;
  }
}

static void test_every_short_text(void **state)
{
  (void)state;
  exhaust(&comma, "", "a\",\n\r \t", 6);
  exhaust(&(struct mt_csv_dialect){'\t', '"', '#'}, "", "a\"\t\n\r#", 5);
}

/* The same where a window of 64 bytes ends, and where one begins inside quotes. */
static void test_every_short_text_across_windows(void **state)
{
  char before[80];

  (void)state;
  for (int at = 60; at <= 64; at++) {
    snprintf(before, sizeof before, "%.*s", at,
             "1,2\n\"3\",4\r\n5,\"six, and "
             "\"\"seven\"\"\"\n\"\",8\n9,0\n1,2\n3,4\n5,6\n7,8\n9,");
    exhaust(&comma, before, "a\",\n\r", 5);
    snprintf(before, sizeof before, "a,\"%0*d", at - 3, 0);
    exhaust(&comma, before, "a\",\n\r ", 4);
  }
}

static unsigned dice;

static unsigned throw(unsigned sides)
{
  dice = dice * 1103515245u + 12345u;
  return (dice >> 8) % sides;
}

/* Texts of words, mostly regular ones, so that runs are long and end anywhere. */
static size_t make_text(uint8_t *text, size_t n, unsigned odd)
{
  static const char *const regular[] = {
      "a,b\n",    "12.5,",     "\"q\",",  "\"\",",       "x\n",
      "\"c,\n\"", "\"\"\"d\"", "0123456", "\"e\r\nf\",", "1,\"2\",3,4,5\r\n",
  };
  static const char *const strange[] = {
      "\"", "\r", "\n\n", " ", "g\"h\"", "#", "\"i\"j", "\n \t\n", "\"\r\"", "\xc3\xa9",
  };
  size_t len = 0;

  while (len < n) {
    const char *word = throw(1000) < odd ? strange[throw(10)] : regular[throw(10)];
    memcpy(text + len, word, strlen(word));
    len += strlen(word);
  }
  memset(text + len, 0, MT_CSV_PAD);
  return len;
}

static void test_long_texts(void **state)
{
  static const struct mt_csv_dialect dialects[] = {
      {',', '"', -1}, {',', '"', '#'}, {',', -1, -1}, {'\t', '"', -1}, {' ', '"', '#'}};
  static const unsigned odd[] = {0, 3, 30, 300};
  uint8_t text[TEXT];

  (void)state;
  dice = 1;
  for (int round = 0; round < 4000; round++) {
    size_t n = make_text(text, throw(round % 8 ? 400 : 7000), odd[round % 4]);
    assert_agrees(&dialects[throw(5)], text, n, 1 + throw(500), 1 + throw(7));
  }
}

/* Rows that all have the table's width: more of them, and wider ones, than are looked
 * at in one go, and then one that has not. */
static void test_rows_that_fit(void **state)
{
  static uint8_t text[1 << 17];

  (void)state;
  for (size_t columns = 1; columns <= 3000; columns = 3 * columns - columns / 2) {
    size_t n = 0;
    for (size_t k = 0; k < 6000; k++) {
      bool last = k % columns == columns - 1;
      n += (size_t)sprintf((char *)text + n, k % 7 ? "%zu" : "\"%zu\"", k);
      n += (size_t)sprintf((char *)text + n, "%s", !last ? "," : k % 2 ? "\n" : "\r\n");
    }
    n += (size_t)sprintf((char *)text + n, "\nshort,\"\"\"1\"\n\"mul\nti\"\n");
    assert_agrees(&comma, text, n, 1000, columns);
  }
}

struct judged {
  size_t fields, records, used;
  size_t len[TEXT];
  uint8_t bytes[TEXT];
};

static void judge_field(void *p, size_t n, void *data)
{
  struct judged *j = data;

  j->len[j->fields++] = n;
  memcpy(j->bytes + j->used, p ? p : (const uint8_t *)"", n);
  j->used += n;
}

static void judge_row(int c, void *data)
{
  struct judged *j = data;

  (void)c;
  j->records++;
}

static int no_space(unsigned char c)
{
  (void)c;
  return 0;
}

/* What libcsv accepts as strict CSV, the machine reads alike, and so do all variants. */
static void test_libcsv_agrees(void **state)
{
  static struct judged judged;
  uint8_t text[TEXT];
  size_t accepted = 0;

  (void)state;
  dice = 2;
  for (int round = 0; round < 4000; round++) {
    struct csv_parser p;
    size_t n = make_text(text, throw(300), 0);
    judged = (struct judged){0};
    assert_int_equal(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI), 0);
    csv_set_space_func(&p, no_space);
    bool ok = csv_parse(&p, text, n, judge_field, judge_row, &judged) == n &&
              csv_fini(&p, judge_field, judge_row, &judged) == 0;
    csv_free(&p);
    if (!ok)
      continue;
    accepted++;
    assert_agrees(&comma, text, n, n, 4);
    assert_int_equal(machine.records, judged.records);
    assert_int_equal(machine.fields, judged.fields);
    assert_int_equal(machine.used, judged.used);
    assert_memory_equal(machine.bytes, judged.bytes, judged.used);
    for (size_t i = 0; i < judged.fields; i++)
      assert_int_equal(machine.field[i].len, judged.len[i]);
  }
  assert_true(accepted > 300);
}

/* Regular records are indeed found by what is quick, wherever windows end: the other way
 * would go unseen. */
static void test_regular_is_what_is_usual(void **state)
{
  const char *rows = ",\"b\"\r\n\"c \"\"d\"\" e\",f\n\"\",\"g\nh,\"\n\t,i\n";
  uint8_t text[256];

  (void)state;
  for (size_t i = 0; i < 100 * mt_csv_variants(); i++) {
    int n =
        snprintf((char *)text, sizeof text, "%0*d%sodd\",\n", 1 + (int)i % 100, 7, rows);
    struct mt_csv_run run;
    uint32_t ends[4 * MT_CSV_ENDS_MIN], quoted[4 * MT_CSV_ENDS_MIN + 1];
    size_t end = 0;
    mt_csv_use_variant(i / 100);
    mt_csv_run_begin(&run, &comma, text, (size_t)n, 0);
    assert_int_equal(mt_csv_run_count(&run, 100, &end), 4);
    assert_int_equal(end, (size_t)n - strlen("odd\",\n"));
    mt_csv_run_begin(&run, &comma, text, (size_t)n, 0);
    assert_int_equal(mt_csv_run_ends(&run, ends, quoted, 4 * MT_CSV_ENDS_MIN), 8);
    assert_int_equal(run.records, 4);
    assert_int_equal(ends[0], 1 + i % 100);
    assert_int_equal(ends[7], end - 1);
    const uint32_t in_quotes[] = {ends[1], ends[2], ends[4], ends[5], UINT32_MAX};
    assert_memory_equal(quoted, in_quotes, sizeof in_quotes);
    assert_true(run.ended && run.escapes && run.multiline);
  }
}

/* What is not regular is seen wherever it stands, be the rows before it plain or quoted,
 * and what only looks so is none. */
static void test_wherever_it_stands(void **state)
{
  static const struct {
    const char *row;
    bool regular, counted; /* behind a closing quote only fields are looked at */
  } odd[] = {{"\n", false, false},           {" \n", false, false},
             {" \t\n", false, false},        {"\r\n", false, false},
             {"a\rb,c\n", false, false},     {"a\"b,c\n", false, false},
             {"\"a\"b,c\n", false, true},    {"\"a\" ,c\n", false, true},
             {" a,b\n", true, true},         {"a,b\r\n", true, true},
             {"\"a\n \n\",b\n", true, true}, {"\x01,b\n", true, true},
             {"a,\"\"\n", true, true}};
  static const char *const before[] = {"", "x,y\n", "\"x\",y\n", "x,y\r\n"};
  uint8_t text[512];

  (void)state;
  for (size_t variant = 0; variant < mt_csv_variants(); variant++)
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
      for (size_t k = 0; k < 4; k++)
        for (int pad = 1; pad < 140; pad++) {
          const int to =
              snprintf((char *)text, sizeof text, "%0*d,z\n%s", pad, 7, before[k]);
          const int n = to + snprintf((char *)text + to, sizeof text - (size_t)to,
                                      "%s%0*d\n1,2\n", odd[i].row, 200, 7);
          const uint64_t rows = k == 0 ? 1 : 2;
          uint32_t ends[4 * MT_CSV_ENDS_MIN], quoted[4 * MT_CSV_ENDS_MIN + 1];
          struct mt_csv_run run;
          size_t end = 0;
          mt_csv_use_variant(variant);
          mt_csv_run_begin(&run, &comma, text, (size_t)n, 0);
          assert_int_equal(mt_csv_run_count(&run, 100, &end), rows + 3 * odd[i].counted);
          assert_int_equal(end, odd[i].counted ? n : to);
          mt_csv_run_begin(&run, &comma, text, (size_t)n, 0);
          assert_int_equal(mt_csv_run_count(&run, rows, &end), rows);
          assert_int_equal(end, to);
          mt_csv_run_begin(&run, &comma, text, (size_t)n, 0);
          while (!run.ended)
            (void)mt_csv_run_ends(&run, ends, quoted, 4 * MT_CSV_ENDS_MIN);
          assert_int_equal(run.records, rows + 3 * odd[i].regular);
        }
}

static void test_count_lines(void **state)
{
  uint8_t text[256];

  (void)state;
  for (size_t i = 0; i < mt_csv_variants(); i++) {
    mt_csv_use_variant(i);
    for (size_t at = 0; at < 140; at++) {
      memset(text, 'x', sizeof text);
      memcpy(text + at, "\r\n\r\r\n\n", 6);
      assert_int_equal(mt_csv_count_lines(text, at + 6), 4);
      assert_int_equal(mt_csv_count_lines(text, at + 1), 1);
      assert_int_equal(mt_csv_count_lines(text, 190), 4);
    }
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_short_text),
      cmocka_unit_test(test_every_short_text_across_windows),
      cmocka_unit_test(test_long_texts),
      cmocka_unit_test(test_rows_that_fit),
      cmocka_unit_test(test_libcsv_agrees),
      cmocka_unit_test(test_regular_is_what_is_usual),
      cmocka_unit_test(test_wherever_it_stands),
      cmocka_unit_test(test_count_lines),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
