#include "tests/unit/fixture.h"

#include "core/cells/datetime.h"
#include "core/cells/nulls.h"
#include "core/cells/parse.h"
#include "core/cells/quick.h"

/* ---- numbers ------------------------------------------------------------- */

/* What the header says, byte by byte. */
static bool is_plain_number(const char *s, size_t n, struct mt_quick_number *v)
{
  size_t i = n > 0 && s[0] == '-', first = i, digits = 0, point = 0;

  *v = (struct mt_quick_number){.negative = i == 1};
  for (; i < n; i++) {
    if (s[i] == '.' && point == 0 && digits > 0) {
      point = i;
      continue;
    }
    if (s[i] < '0' || s[i] > '9' || ++digits > MT_QUICK_DIGITS)
      return false;
    v->mantissa = v->mantissa * 10 + (uint64_t)(s[i] - '0');
  }
  v->decimals = (uint8_t)(point == 0 ? 0 : n - 1 - point);
  if (digits == 0 || (point != 0 && v->decimals == 0))
    return false;
  if (s[first] == '0' && first + 1 < n && s[first + 1] != '.')
    return false;
  return v->mantissa != 0 || !v->negative;
}

static void check_number(const char *s, size_t n)
{
  struct mt_quick_number v, expected;
  uint8_t text[128];

  memset(text, '7', sizeof text); /* what lies behind does not matter */
  memcpy(text, s, n);
  if (mt_quick_number(text, n, &v) != is_plain_number(s, n, &expected))
    fail_msg("\"%.*s\"", (int)n, s);
  if (!is_plain_number(s, n, &expected))
    return;
  if (v.mantissa != expected.mantissa || v.decimals != expected.decimals ||
      v.negative != expected.negative)
    fail_msg("\"%.*s\" is %llu, %u decimals", (int)n, s, (unsigned long long)v.mantissa,
             v.decimals);
}

static void test_all_short_numbers(void **unused)
{
  static const char letters[] = "0159.-+eE ,\xb0";
  char s[6];

  (void)unused;
  for (size_t n = 1; n <= 6; n++) {
    size_t texts = 1;
    for (size_t i = 0; i < n; i++)
      texts *= n < 6 ? sizeof letters - 1 : 6; /* the long ones of the first six */
    for (size_t k = 0; k < texts; k++) {
      size_t left = k, base = n < 6 ? sizeof letters - 1 : 6;
      for (size_t i = 0; i < n; i++, left /= base)
        s[i] = letters[left % base];
      check_number(s, n);
    }
  }
}

static void test_long_numbers(void **unused)
{
  char s[24];

  (void)unused;
  for (int round = 0; round < 400000; round++) {
    size_t n = 1 + below(20);
    for (size_t i = 0; i < n; i++)
      s[i] = (char)('0' + below(10));
    if (below(2))
      s[below((uint32_t)n)] = '.';
    if (below(4) == 0)
      s[0] = '-';
    if (below(8) == 0)
      s[below((uint32_t)n)] = (char)below(256);
    check_number(s, n);
  }
}

/* ---- dates --------------------------------------------------------------- */

/* A plain date is one to mt_date_read too, and they are in the same order. */
static void check_date(const char *s, char separator, int64_t *last_packed,
                       int64_t *last_seconds)
{
  uint8_t text[64] = {0};
  struct mt_date_text t;
  int64_t packed, seconds;
  uint32_t nanoseconds;
  bool padded, leap, valid;

  memcpy(text, s, strlen(s));
  packed = mt_quick_date(text, strlen(s), (uint8_t)separator, &padded);
  valid = mt_date_read(text, strlen(s), &t) && t.layouts == 1u << MT_DATE_YMD_DASH &&
          t.field[0] >= MT_QUICK_FIRST_YEAR && t.field[0] <= MT_QUICK_LAST_YEAR &&
          (strlen(s) == 10 || strlen(s) == 19) && t.shape.ampm == 0 &&
          t.shape.offset == 0 && t.shape.separator == separator &&
          t.shape.time == (separator != 0 ? 2 : 0) && s[4] == '-';
  leap = valid && t.field[1] == 2 && t.field[2] == 29;
  if ((packed >= 0) != (valid && !leap))
    fail_msg("\"%s\" is %lld", s, (long long)packed);
  if (packed < 0)
    return;
  assert_int_equal(padded, t.padding & 1);
  mt_date_value(&t, MT_DATE_YMD_DASH, &seconds, &nanoseconds);
  assert_int_equal(packed % 86400 == 0, seconds % 86400 == 0);
  if ((packed < *last_packed) != (seconds < *last_seconds))
    fail_msg("\"%s\" is out of order", s);
  *last_packed = packed;
  *last_seconds = seconds;
}

static void test_dates(void **unused)
{
  int64_t packed = 0, seconds = 0;
  char s[64];

  (void)unused;
  packed = mt_quick_date((const uint8_t *)"1970-01-01      ", 10, 0, &(bool){false});
  for (int round = 0; round < 300000; round++) {
    int n =
        snprintf(s, sizeof s, "%04u-%02u-%02u", 1690 + below(520), below(14), below(33));
    char separator = " T\0"[below(3)];
    if (separator != 0)
      n += snprintf(s + n, sizeof s - (size_t)n, "%c%02u:%02u:%02u", separator, below(25),
                    below(61), below(61));
    if (below(4) == 0)
      s[below((uint32_t)n)] = "0123456789-:T /Z."[below(17)];
    check_date(s, separator, &packed, &seconds);
  }
}

/* On a day that is known, a text is a time exactly when it is one behind that day. */
static void test_times(void **unused)
{
  const int64_t day =
      mt_quick_date((const uint8_t *)"2024-03-05T00:00:00     ", 19, 'T', &(bool){false});

  (void)unused;
  assert_true(day > 0 && day % 86400 == 0);
  for (int round = 0; round < 300000; round++) {
    char s[40] = "2024-03-05T";
    bool padded;
    snprintf(s + 11, sizeof s - 11, "%02u:%02u:%02u      ", below(25), below(61),
             below(61));
    if (below(4) == 0)
      s[11 + below(8)] = "0123456789-:T /Z."[below(17)];
    assert_int_equal(mt_quick_time((const uint8_t *)s + 11, day),
                     mt_quick_date((const uint8_t *)s, 19, 'T', &padded));
  }
}

/* ---- texts --------------------------------------------------------------- */

static void check_text(const char *s, size_t n)
{
  const uint8_t *t = (const uint8_t *)s;
  int family;
  int64_t i;
  uint64_t u;
  double d;
  bool negative;

  if (!mt_quick_is_text(t, n))
    return;
  if (mt_null_word(t, n) >= 0 || mt_sentinel(t, n) >= 0 || mt_parse_bool(t, n) >= 0 ||
      mt_parse_bool_word(t, n, &family) >= 0 || mt_parse_int64(t, n, &i) == MT_INT_OK ||
      mt_parse_uint64(t, n, &u, &negative) == MT_INT_OK || mt_parse_float(t, n, &d, NULL))
    fail_msg("\"%.*s\" is more than a text", (int)n, s);
}

static void test_texts(void **unused)
{
  static const char letters[] = "019+-. eEinfINFatyTYox#N/A<?_\xc3";
  static const char *const words[] = {"1.#IND",   "-1.#QNAN", "infinity", "-Infinity",
                                      "#N/A N/A", "#DIV/0!",  "missing",  "false",
                                      "None",     "<NA>",     "on",       "off",
                                      "yes",      "1e5",      "0x1F"};
  char s[16];

  (void)unused;
  for (size_t k = 0; k < LENGTH(words); k++)
    check_text(words[k], strlen(words[k]));
  for (int i = 0; i < MT_NULL_WORD_COUNT; i++)
    assert_false(mt_quick_is_text((const uint8_t *)mt_null_word_text(i),
                                  strlen(mt_null_word_text(i))));
  for (int i = 0; i < MT_SENTINEL_COUNT; i++)
    assert_false(mt_quick_is_text((const uint8_t *)mt_sentinel_text(i),
                                  strlen(mt_sentinel_text(i))));
  for (int round = 0; round < 500000; round++) {
    size_t n = 1 + below(10);
    for (size_t i = 0; i < n; i++)
      s[i] = letters[below(sizeof letters - 1)];
    check_text(s, n);
  }
  for (int round = 0; round < 500000; round++) { /* longer than any word, mostly digits */
    size_t n = 9 + below(6);
    for (size_t i = 0; i < n; i++)
      s[i] = below(8) ? (char)('0' + below(10)) : letters[below(sizeof letters - 1)];
    check_text(s, n);
  }
  assert_true(mt_quick_is_text((const uint8_t *)"PX-000123", 9));
  assert_true(mt_quick_is_text((const uint8_t *)"3f2504e0-4f89", 13));
  assert_false(mt_quick_is_text((const uint8_t *)"12345e10", 8));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_all_short_numbers),
      cmocka_unit_test(test_long_numbers),
      cmocka_unit_test(test_dates),
      cmocka_unit_test(test_times),
      cmocka_unit_test(test_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
