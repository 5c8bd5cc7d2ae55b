#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/text.h"

static void check(const char *src, size_t n, const char *expected)
{
  char dst[256];
  size_t len = mt_sanitise(dst, sizeof dst, src, n, 0);
  assert_string_equal(dst, expected);
  assert_int_equal(len, strlen(expected));
}
#define CHECK(literal, expected) check(literal, sizeof(literal) - 1, expected)

static void test_sanitise_escapes(void **state)
{
  (void)state;
  CHECK("plain text", "plain text");
  CHECK("Z\xC3\xBCrich \xE6\x9D\xB1\xE4\xBA\xAC",
        "Z\xC3\xBCrich \xE6\x9D\xB1\xE4\xBA\xAC");
  CHECK("a\nb\rc\td", "a\\nb\\rc\\td");
  CHECK("\x1B[31mred", "\\x1B[31mred");
  CHECK("nul\0del\x7F", "nul\\x00del\\x7F");
  CHECK("\xC2\x9B", "\\u{009B}");           /* C1: CSI */
  CHECK("\xE2\x80\xAE", "\\u{202E}");       /* right-to-left override */
  CHECK("\xE2\x81\xA6", "\\u{2066}");       /* bidi isolate */
  CHECK("\xE2\x80\xA8", "\\u{2028}");       /* line separator */
  CHECK("\xEF\xBB\xBF", "\\u{FEFF}");       /* byte order mark */
  CHECK("\xF3\xA0\x81\x81", "\\u{E0041}");  /* tag */
  CHECK("\xEF\xBF\xBE", "\\u{FFFE}");       /* non-character */
  CHECK("\xFF\xC3", "\\xFF\\xC3");          /* never UTF-8; cut short */
  CHECK("\xC0\xAF", "\\xC0\\xAF");          /* overlong */
  CHECK("\xED\xA0\x80", "\\xED\\xA0\\x80"); /* surrogate */
  CHECK("", "");
}

static void test_sanitise_marks(void **state)
{
  (void)state;
  CHECK("e\xCC\x81", "e\xCC\x81");
  CHECK("\xCC\x81", "\\u{0301}"); /* nothing to sit on */
  CHECK("\n\xCC\x81", "\\n\\u{0301}");
  CHECK("e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81",
        "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\\u{0301}");
}

static void check_cut(const char *src, size_t cap, size_t columns, const char *expected)
{
  char dst[64];
  memset(dst, '#', sizeof dst);
  size_t len = mt_sanitise(dst, cap, src, strlen(src), columns);
  assert_string_equal(dst, expected);
  assert_int_equal(len, strlen(expected));
  assert_true(len < cap);
  assert_int_equal(dst[cap], '#');
}

static void test_sanitise_cuts(void **state)
{
  (void)state;
  check_cut("abcdefgh", 9, 0, "abcdefgh");
  check_cut("abcdefgh", 8, 0, "abcd...");
  check_cut("abcdefgh", 40, 8, "abcdefgh");
  check_cut("abcdefgh", 40, 7, "abcd...");
  check_cut("abcdefgh", 40, 2, "..");
  check_cut("abcdefgh", 3, 0, "..");
  check_cut("abcdefgh", 1, 0, "");
  check_cut("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 8, 0, "\xC3\xA9\xC3\xA9...");
  check_cut("\xE6\x9D\xB1\xE4\xBA\xAC\xE6\x9D\xB1", 40, 6,
            "\xE6\x9D\xB1\xE4\xBA\xAC\xE6\x9D\xB1");
  check_cut("\xE6\x9D\xB1\xE4\xBA\xAC\xE6\x9D\xB1", 40, 5, "\xE6\x9D\xB1...");
  check_cut("ab\n\n", 40, 5, "ab..."); /* an escape is never split */
  assert_int_equal(mt_sanitise(NULL, 0, "x", 1, 0), 0);
}

static void test_width(void **state)
{
  (void)state;
  assert_int_equal(mt_text_width(""), 0);
  assert_int_equal(mt_text_width("abc"), 3);
  assert_int_equal(mt_text_width("e\xCC\x81"), 1);
  assert_int_equal(mt_text_width("\xE6\x9D\xB1\xE4\xBA\xAC"), 4);
  assert_int_equal(mt_text_width("\\x1B"), 4);
}

/* The same must hold where the locale knows no UTF-8. */
static void test_without_utf8_locale(void **state)
{
  setlocale(LC_CTYPE, "C");
  test_sanitise_escapes(state);
  test_sanitise_marks(state);
  test_sanitise_cuts(state);
  test_width(state);
  setlocale(LC_CTYPE, "C.UTF-8");
}

static void test_utf8(void **state)
{
  (void)state;
  const struct {
    const char *text;
    int valid;
  } cases[] = {
      {"", 1},
      {"long enough for the quick way \xC3\xA9 and on and on and on", 1},
      {"\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 1},
      {"12345678\x80", 0},
      {"\xC1\xBF", 0},
      {"\xE0\x9F\xBF", 0},
      {"\xED\xBF\xBF", 0},
      {"\xF0\x8F\xBF\xBF", 0},
      {"\xF4\x90\x80\x80", 0},
      {"\xE2\x82", 0},
      {"\xF5\x80\x80\x80", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(mt_utf8_valid((const uint8_t *)cases[i].text, strlen(cases[i].text)),
                     cases[i].valid);
}

static void test_sizes(void **state)
{
  (void)state;
  const struct {
    uint64_t bytes;
    const char *cell, *prose;
  } cases[] = {
      {0, "0", "0 B"},
      {512, "512", "512 B"},
      {1023, "1023", "1023 B"},
      {1024, "1.00K", "1.00 KiB"},
      {10234, "9.99K", "9.99 KiB"},
      {10235, "10.0K", "10.0 KiB"},
      {48000000, "45.8M", "45.8 MiB"},
      {1023 * 1024, "1023K", "1023 KiB"},
      {1024 * 1024 - 1, "1.00M", "1.00 MiB"},
      {1438814044, "1.34G", "1.34 GiB"},
      {UINT64_MAX, "16.0E", "16.0 EiB"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char cell[MT_SIZE_CELL], prose[MT_SIZE_PROSE];
    assert_string_equal(mt_format_size_cell(cell, cases[i].bytes), cases[i].cell);
    assert_string_equal(mt_format_size(prose, cases[i].bytes), cases[i].prose);
  }
}

static void test_numbers(void **state)
{
  (void)state;
  static const struct {
    double v;
    const char *text;
  } numbers[] = {{0, "0"},
                 {1, "1"},
                 {-2.5, "-2.5"},
                 {3.14159, "3.142"},
                 {99.97, "99.97"},
                 {999.94, "999.9"},
                 {999.96, "1000"},
                 {1024, "1024"},
                 {12345.6, "12,346"},
                 {-1234567, "-1,234,567"},
                 {1e14, "100,000,000,000,000"},
                 {1.5e15, "1.500e+15"},
                 {0.00123456, "0.001235"},
                 {1.5e-7, "1.500e-07"},
                 {NAN, "?"},
                 {-INFINITY, "-inf"}};
  char text[MT_NUMBER_TEXT];
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    assert_string_equal(mt_format_number(text, numbers[i].v), numbers[i].text);
  assert_string_equal(mt_format_integer(text, 2024), "2024");
  assert_string_equal(mt_format_integer(text, -12345), "-12,345");
  assert_string_equal(mt_format_integer(text, (__int128)UINT64_MAX),
                      "18,446,744,073,709,551,615");
  assert_string_equal(mt_format_integer(text, (__int128)((unsigned __int128)1 << 127)),
                      "-170141183460469231731687303715884105728");
}

static void test_counts(void **state)
{
  (void)state;
  char text[MT_COUNT_TEXT];
  assert_string_equal(mt_format_count(text, 0), "0");
  assert_string_equal(mt_format_count(text, 999), "999");
  assert_string_equal(mt_format_count(text, 1000), "1,000");
  assert_string_equal(mt_format_count(text, 6000000), "6,000,000");
  assert_string_equal(mt_format_count(text, UINT64_MAX), "18,446,744,073,709,551,615");
}

static void test_parse_size(void **state)
{
  (void)state;
  const struct {
    const char *text;
    uint64_t bytes;
  } good[] = {
      {"0", 0},           {"1000", 1000},         {"64MiB", 64u << 20},
      {"1.5G", 3u << 29}, {"2 GiB", 2ull << 30},  {"10k", 10240},
      {"7B", 7},          {"0.5K", 512},          {"18446744073709551615", UINT64_MAX},
      {"1KB", 1024},      {"15.5E", 31ull << 59},
  };
  const char *bad[] = {"",    "G",     "-1",  "1.5X",
                       "1GG", "1 G x", "16E", "18446744073709551616",
                       ".5G", "1e9",   "1Gi", "0x10"};
  uint64_t bytes;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_int_equal(mt_parse_size(good[i].text, &bytes), 0);
    assert_true(bytes == good[i].bytes);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_not_equal(mt_parse_size(bad[i], &bytes), 0);
}

/* A long text in parts: whole characters, no dots, and every byte in just one of them. */
static void test_parts(void **state)
{
  static const char text[] = "ab\u540d\u524d e\u0301x\x1b[m\xff\tz";
  static const struct {
    size_t columns;
    const char *part[12];
  } cases[] = {
      {3, {"ab", "\u540d", "\u524d ", "e\u0301x"}}, /* an escape needs four */
      {4, {"ab\u540d", "\u524d e\u0301", "x", "\\x1B", "[m", "\\xFF", "\\tz"}},
      {80, {"ab\u540d\u524d e\u0301x\\x1B[m\\xFF\\tz"}},
  };

  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *s = text, *end = text + sizeof text - 1;
    char dst[100];
    size_t used;
    for (const char *const *want = cases[i].part; *want != NULL; want++, s += used) {
      size_t n = mt_sanitise_part(dst, sizeof dst, s, (size_t)(end - s), cases[i].columns,
                                  &used);
      assert_string_equal(dst, *want);
      assert_int_equal(n, strlen(*want));
    }
    mt_sanitise_part(dst, sizeof dst, s, (size_t)(end - s), cases[i].columns, &used);
    assert_int_equal(used, 0);
    assert_int_equal(s == end, cases[i].columns > 3);
  }
  size_t used;
  char dst[4];
  assert_int_equal(mt_sanitise_part(dst, sizeof dst, "abcdef", 6, 80, &used), 3);
  assert_string_equal(dst, "abc");
  assert_int_equal(used, 3);
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sanitise_escapes),
      cmocka_unit_test(test_sanitise_marks),
      cmocka_unit_test(test_sanitise_cuts),
      cmocka_unit_test(test_parts),
      cmocka_unit_test(test_width),
      cmocka_unit_test(test_without_utf8_locale),
      cmocka_unit_test(test_utf8),
      cmocka_unit_test(test_sizes),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_counts),
      cmocka_unit_test(test_parse_size),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
