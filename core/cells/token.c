#include "core/cells/token.h"

#include <string.h>

#include "core/cells/datetime.h"
#include "core/cells/decimal.h"
#include "core/cells/xstrtod.h"

#define PLAIN_BYTES 17 /* 15 digits: two exact doubles, their quotient rounded once */

/* What most numbers are: digits, perhaps a minus before and a point within. */
static bool read_plain(struct mt_token *t, const uint8_t *s, size_t n)
{
  const bool negative = s[0] == '-';
  size_t i = negative, decimals = 0;
  uint64_t m = 0;

  if (n > PLAIN_BYTES || !mt_is_digit(s[i < n ? i : 0]) || !mt_is_digit(s[n - 1]))
    return false;
  for (; i < n && mt_is_digit(s[i]); i++)
    m = 10 * m + (s[i] - '0');
  t->is_float = t->pandas2_float = true;
  if (i == n) {
    t->int64 = MT_INT_OK;
    t->integer = true;
    t->i = negative ? -(int64_t)m : (int64_t)m;
    t->d = (double)t->i;
    return true;
  }
  if (s[i] != '.' || n - negative > 16)
    return t->is_float = t->pandas2_float = false;
  decimals = n - i - 1;
  for (i++; i < n; i++) {
    if (!mt_is_digit(s[i]))
      return t->is_float = t->pandas2_float = false;
    m = 10 * m + (s[i] - '0');
  }
  t->d = (double)m / mt_tens[decimals];
  t->d = negative ? -t->d : t->d;
  return true;
}

void mt_token_read(struct mt_token *t, const uint8_t *s, size_t n,
                   const struct mt_nulls *nulls, size_t column)
{
  double pandas2;

  memset(t, 0, sizeof *t);
  t->boolean = -1;
  t->int64 = MT_INT_INVALID;
  t->null = mt_nulls_has(nulls, column, s, n);
  if (t->null)
    return;
  if (s[0] >= 'A' && (s[0] | 32) != 'i') {
    t->boolean = mt_parse_bool(s, n);
    return;
  }
  if (read_plain(t, s, n))
    return;
  t->int64 = mt_parse_int64(s, n, &t->i);
  if (t->int64 == MT_INT_OK) {
    t->integer = t->is_float = t->pandas2_float = true;
    t->d = (double)t->i;
    return;
  }
  t->is_float = mt_parse_float(s, n, &t->d, &t->overflow);
  t->integer = t->is_float && mt_is_integer_text(s, n);
  t->pandas2_float = t->is_float && (mt_pandas_float_plain(s, n, MT_PANDAS2_FLOAT) ||
                                     mt_pandas_float(s, n, 2, &pandas2));
}

void mt_token_read_pandas(struct mt_token *t, const uint8_t *s, size_t n,
                          const struct mt_nulls *nulls, size_t column)
{
  double v;

  if (nulls->numbers && mt_nulls_has_number_text(nulls, column, s, n))
    n = 0;
  mt_token_read(t, s, n, nulls, column);
  if (!nulls->numbers || !t->is_float)
    return;
  (void)mt_pandas_float(s, n, 3, &v);
  t->null_number = mt_nulls_has_number(nulls, column, v);
}

/* ---- polars and Arrow ----------------------------------------------------- */

/* Where the digits from p on end. */
static const uint8_t *digits(const uint8_t *p, const uint8_t *end)
{
  while (p < end && mt_is_digit(*p))
    p++;
  return p;
}

static bool is_sign(const uint8_t *p, const uint8_t *end)
{
  return p < end && (*p == '-' || *p == '+');
}

static bool is_word(const uint8_t *s, size_t n, const char *word)
{
  return strlen(word) == n && memcmp(s, word, n) == 0;
}

/* Behind an exponent; NULL when p is no exponent. */
static const uint8_t *exponent(const uint8_t *p, const uint8_t *end)
{
  const uint8_t *first;

  if (p == end || (*p | 32) != 'e')
    return NULL;
  p++;
  first = p + is_sign(p, end);
  p = digits(first, end);
  return p > first ? p : NULL;
}

/* 64 or 128, the bits that an integer of these digits takes with its sign; 0: more. */
static int integer_bits(const uint8_t *p, const uint8_t *end, bool negative)
{
  const unsigned __int128 most = ((unsigned __int128)1 << 127) - 1 + negative;
  unsigned __int128 v = 0;

  while (p < end && *p == '0')
    p++;
  if (end - p > 39)
    return 0;
  for (; p < end; p++) {
    if (v > most / 10)
      return 0;
    v = v * 10 + (unsigned)(*p - '0');
  }
  return v <= (uint64_t)INT64_MAX + negative ? 64 : v <= most ? 128 : 0;
}

/* polars' expression: [-+]?(\d*\.\d+([eE][-+]?\d+)?|inf|NaN|\d+[eE][-+]?\d+|\d+\.) */
static bool is_polars_float(const uint8_t *s, const uint8_t *end)
{
  const uint8_t *p = s + is_sign(s, end), *point = digits(p, end), *after;

  if (is_word(p, (size_t)(end - p), "inf") || is_word(p, (size_t)(end - p), "NaN"))
    return true;
  if (point == end)
    return false;
  if (*point != '.')
    return point > p && exponent(point, end) == end;
  after = digits(point + 1, end);
  if (after == point + 1)
    return after == end && point > p;
  return after == end || exponent(after, end) == end;
}

enum mt_polars_type mt_token_polars(const uint8_t *s, size_t n)
{
  const uint8_t *end = s + n;
  bool negative = n > 0 && *s == '-';

  if (mt_parse_bool(s, n) >= 0)
    return MT_POLARS_BOOL;
  if (is_polars_float(s, end))
    return MT_POLARS_FLOAT;
  if (n == negative || digits(s + negative, end) != end)
    return MT_POLARS_TEXT;
  switch (integer_bits(s + negative, end, negative)) {
  case 64:
    return MT_POLARS_INT64;
  case 128:
    return MT_POLARS_INT128;
  default:
    return MT_POLARS_HUGE;
  }
}

static bool is_letter(uint8_t c)
{
  return (uint8_t)((c | 32) - 'a') < 26;
}

static bool is_arrow_int(const uint8_t *s, const uint8_t *end)
{
  bool negative = s < end && *s == '-';

  if (end - s > 2 && s[0] == '0' && (s[1] | 32) == 'x') { /* in two's complement */
    if (end - s > 18)
      return false;
    for (s += 2; s < end && (mt_is_digit(*s) || (is_letter(*s) && (*s | 32) <= 'f')); s++)
      ;
    return s == end;
  }
  s += negative;
  return s < end && digits(s, end) == end && integer_bits(s, end, negative) == 64;
}

/* inf, infinity, nan and nan(...), in any case. */
static bool is_arrow_special(const uint8_t *p, const uint8_t *end)
{
  size_t n = (size_t)(end - p);
  char word[9] = "";

  for (size_t i = 0; i < n && i < sizeof word - 1; i++)
    word[i] = is_letter(p[i]) ? (char)(p[i] | 32) : '?';
  if (n == 3 || n == 8)
    if (strcmp(word, "inf") == 0 || strcmp(word, "nan") == 0 ||
        strcmp(word, "infinity") == 0)
      return true;
  if (n < 5 || memcmp(word, "nan", 3) != 0 || p[3] != '(' || end[-1] != ')')
    return false;
  for (p += 4; p < end - 1; p++)
    if (!mt_is_digit(*p) && !is_letter(*p) && *p != '_')
      return false;
  return true;
}

static bool is_arrow_double(const uint8_t *s, const uint8_t *end)
{
  const uint8_t *p = s + is_sign(s, end), *after = digits(p, end);
  ptrdiff_t count = after - p;

  if (p < end && is_letter(*p))
    return is_arrow_special(p, end);
  if (after < end && *after == '.') {
    p = after + 1;
    after = digits(p, end);
    count += after - p;
  }
  return count > 0 && (after == end || exponent(after, end) == end);
}

/* Two digits below `limit`, or -1. */
static int two(const uint8_t *p, int limit)
{
  int v;

  if (!mt_is_digit(p[0]) || !mt_is_digit(p[1]))
    return -1;
  v = (p[0] - '0') * 10 + (p[1] - '0');
  return v < limit ? v : -1;
}

/* The time of day, hh[:mm[:ss]], at *p in seconds; *p moves behind it.  -1: none. */
static int clock(const uint8_t **p, const uint8_t *end)
{
  int seconds = 0, unit = 3600;

  for (int i = 0; i < 3; i++, unit /= 60) {
    int v;
    if (i > 0 && (*p == end || **p != ':'))
      break;
    *p += i > 0;
    if (end - *p < 2 || (v = two(*p, i > 0 ? 60 : 24)) < 0)
      return -1;
    *p += 2;
    seconds += v * unit;
  }
  return seconds;
}

/* A date, YYYY-MM-DD, as days. */
static bool civil(const uint8_t *s, size_t n, int64_t *days)
{
  static const uint8_t length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int century, year, month, day;

  if (n < 10 || s[4] != '-' || s[7] != '-')
    return false;
  century = two(s, 100);
  year = two(s + 2, 100);
  month = two(s + 5, 13);
  day = two(s + 8, 32);
  if (century < 0 || year < 0 || month < 1 || day < 1 || day > length[month - 1])
    return false;
  year += century * 100;
  if (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400)))
    return false;
  *days = mt_days_from_civil(year, month, day);
  return true;
}

/* A zone, Z or +-hh[[:]mm], up to the end; *offset in seconds. */
static bool zone(const uint8_t *p, const uint8_t *end, int *offset)
{
  int hours, minutes = 0;
  size_t n = (size_t)(end - p);

  *offset = 0;
  if (n == 1)
    return *p == 'Z';
  if (!is_sign(p, end) || (n != 3 && n != 5 && !(n == 6 && p[3] == ':')))
    return false;
  hours = two(p + 1, 24);
  if (n > 3)
    minutes = two(end - 2, 60);
  *offset = (hours * 60 + minutes) * (*p == '-' ? -60 : 60);
  return hours >= 0 && minutes >= 0;
}

/* The fraction of a second, at most nine digits behind the point at *p; *p moves behind
 * it.  Its places; 0: it is none. */
static int fraction(const uint8_t **p, const uint8_t *end, uint32_t *nanoseconds)
{
  int places = 0;

  for (++*p; *p < end && mt_is_digit(**p) && places < 9; ++*p, places++)
    *nanoseconds = *nanoseconds * 10 + (uint32_t)(**p - '0');
  for (int i = places; i < 9; i++)
    *nanoseconds *= 10;
  return places;
}

/* YYYY-MM-DD[( |T)hh[:mm[:ss[.f]]][zone]] */
static unsigned arrow_timestamp(const uint8_t *s, size_t n)
{
  const uint8_t *end = s + n, *p;
  uint32_t nanoseconds = 0;
  int64_t seconds;
  int of_day = 0, offset = 0, places = 0;
  bool zoned = false, ns;

  if (!civil(s, n, &seconds))
    return 0;
  if (n > 10) {
    p = s + 11;
    if ((s[10] != ' ' && s[10] != 'T') || (of_day = clock(&p, end)) < 0)
      return 0;
    if (p == s + 19 && p < end && *p == '.' &&
        (places = fraction(&p, end, &nanoseconds)) == 0)
      return 0;
    zoned = p < end;
    if (zoned && !zone(p, end, &offset))
      return 0;
  }
  seconds = seconds * 86400 + of_day - offset;
  /* Arrow multiplies the second, then adds the fraction: both have to fit */
  ns = mt_fits_nanoseconds(seconds, 0) && mt_fits_nanoseconds(seconds, nanoseconds);
  if (zoned)
    return (places == 0 ? MT_ARROW_ZONED : 0u) | (ns ? MT_ARROW_ZONED_NS : 0u);
  return (places == 0 ? MT_ARROW_TIMESTAMP : 0u) | (ns ? MT_ARROW_TIMESTAMP_NS : 0u);
}

/* Whether s[0..n) is a word that Arrow reads as a boolean. */
static bool is_arrow_bool(const uint8_t *s, size_t n)
{
  static const char words[][6] = {"true", "false", "True", "False", "TRUE", "FALSE"};

  if (n == 1)
    return *s == '0' || *s == '1';
  for (size_t i = 0; i < sizeof words / sizeof *words && n <= 5; i++)
    if (is_word(s, n, words[i]))
      return true;
  return false;
}

unsigned mt_token_arrow(const uint8_t *s, size_t n)
{
  const uint8_t *end = s + n, *p = s, *behind;
  unsigned types = arrow_timestamp(s, n);
  int64_t days;

  if (types != 0 && n > 10) /* more than a date: nothing else */
    return types;
  types |= is_arrow_bool(s, n) ? MT_ARROW_BOOL : 0u;
  /* blanks around the others do not matter */
  while (p < end && (*p == ' ' || *p == '\t'))
    p++;
  while (p < end && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  types |= is_arrow_int(p, end) ? MT_ARROW_INT64 : 0u;
  types |= is_arrow_double(p, end) ? MT_ARROW_DOUBLE : 0u;
  types |= end - p == 10 && civil(p, 10, &days) ? MT_ARROW_DATE : 0u;
  behind = p;
  if (end - p >= 5 && clock(&behind, end) >= 0 && behind == end)
    types |= MT_ARROW_TIME;
  return types;
}

bool mt_token_arrow_null(int word)
{
  const char *text = mt_null_word_text(word);
  return strcmp(text, "<NA>") != 0 && strcmp(text, "None") != 0;
}

/* ---- numbers in disguise ------------------------------------------------- */

/* Groups of three digits with commas between them, and decimals; *commas: how many. */
static bool is_grouped(const uint8_t *p, const uint8_t *end, size_t *commas)
{
  const uint8_t *q = digits(p, end);

  *commas = 0;
  if (q == p || (q - p > 3 && q < end && *q == ','))
    return false;
  while (end - q >= 4 && *q == ',' && digits(q + 1, end) == q + 4) {
    q += 4;
    ++*commas;
  }
  if (q < end && *q == '.')
    q = digits(q + 1, end);
  return q == end;
}

/* Past a currency's sign; p itself where there is none. */
static const uint8_t *past_currency(const uint8_t *p, const uint8_t *end)
{
  static const char *const signs[] = {"$", "\u20ac", "\u00a3", "\u00a5"};

  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    size_t len = strlen(signs[i]);
    if ((size_t)(end - p) > len && memcmp(p, signs[i], len) == 0)
      return p + len;
  }
  return p;
}

unsigned mt_token_dress(const uint8_t *s, size_t n)
{
  const uint8_t *p = s, *end = s + n, *q;
  unsigned dress = 0;
  size_t commas;

  if (p < end && (*p == '-' || *p == '+'))
    p++;
  if (is_grouped(p, end, &commas) && commas > 0)
    dress |= MT_DRESS_THOUSANDS;
  q = digits(p, end);
  if (q > p && end - q >= 2 && *q == ',' && digits(q + 1, end) == end)
    dress |= MT_DRESS_DECIMAL_COMMA;
  if (end - p > 1 && end[-1] == '%' && is_grouped(p, end - 1, &commas))
    dress |= MT_DRESS_PERCENT;
  while (end > p && end[-1] == ' ')
    end--;
  q = past_currency(p, end);
  if (q > p && is_grouped(q, end, &commas))
    dress |= MT_DRESS_CURRENCY;
  return dress;
}
