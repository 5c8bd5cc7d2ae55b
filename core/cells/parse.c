#include "core/cells/parse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cells/decimal.h"

static inline const uint8_t *skip_blanks(const uint8_t *p, const uint8_t *end)
{
  while (p < end && mt_is_blank(*p))
    p++;
  return p;
}

static inline const uint8_t *skip_digits(const uint8_t *p, const uint8_t *end)
{
  while (p < end && mt_is_digit(*p))
    p++;
  return p;
}

/* --- integers ------------------------------------------------------------- */

/* Any 18 digits fit, and 19 fit a uint64_t. */
enum { DIGITS_INT64 = 18, DIGITS_UINT64 = 19 };

/* Digits from p on; *v is exact when there are at most DIGITS_UINT64. */
static inline const uint8_t *read_digits(const uint8_t *p, const uint8_t *end,
                                         uint64_t *v)
{
  uint64_t value = 0;
  for (; p < end && mt_is_digit(*p); p++)
    value = value * 10 + (uint64_t)(*p - '0');
  *v = value;
  return p;
}

/* Whether the digits p..end fit below or at max; *v is exact then. */
static bool digits_fit(const uint8_t *p, const uint8_t *end, uint64_t max, uint64_t *v)
{
  uint64_t value = 0;
  for (; p < end; p++)
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
      return false;
  *v = value;
  return value <= max;
}

/* Digits and trailing blanks, p..end, up to max. */
static enum mt_int_result read_magnitude(const uint8_t *p, const uint8_t *end,
                                         uint64_t max, uint64_t *v)
{
  const uint8_t *after = read_digits(p, end, v);
  if (after == p)
    return MT_INT_INVALID;
  if (after - p > DIGITS_INT64 && !digits_fit(p, after, max, v))
    return after == end ? MT_INT_OVERFLOW : MT_INT_LONG;
  return after == end || skip_blanks(after, end) == end ? MT_INT_OK : MT_INT_INVALID;
}

enum mt_int_result mt_parse_int64(const uint8_t *s, size_t n, int64_t *v)
{
  const uint8_t *end = s + n, *p = skip_blanks(s, end);
  bool negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+'))
    p++;
  uint64_t magnitude;
  enum mt_int_result r =
      read_magnitude(p, end, (uint64_t)INT64_MAX + negative, &magnitude);
  if (r == MT_INT_OK)
    *v = (int64_t)(negative ? -magnitude : magnitude);
  return r;
}

enum mt_int_result mt_parse_uint64(const uint8_t *s, size_t n, uint64_t *v,
                                   bool *negative)
{
  const uint8_t *end = s + n, *p = skip_blanks(s, end);
  *negative = p < end && *p == '-';
  if (*negative) {
    *v = 0;
    return MT_INT_OK;
  }
  if (p < end && *p == '+')
    p++;
  return read_magnitude(p, end, UINT64_MAX, v);
}

bool mt_is_integer_text(const uint8_t *s, size_t n)
{
  const uint8_t *end = s + n, *p = skip_blanks(s, end);
  if (p < end && (*p == '-' || *p == '+'))
    p++;
  const uint8_t *after = skip_digits(p, end);
  return after > p && skip_blanks(after, end) == end;
}

/* int() refuses longer texts (sys.int_info.default_max_str_digits). */
enum { PYTHON_MAX_DIGITS = 4300, PYTHON_LIMBS = PYTHON_MAX_DIGITS * 10 / 90 + 2 };

/* CPython's own representation: limbs of 30 bits, 4 bytes each. */
uint32_t mt_python_int_size(const uint8_t *s, size_t n)
{
  const uint8_t *end = s + n, *p = s;
  while (p < end && (!mt_is_digit(*p) || *p == '0'))
    p++;
  end = skip_digits(p, end);
  if (end - p > PYTHON_MAX_DIGITS)
    end = p + PYTHON_MAX_DIGITS;
  uint32_t limbs[PYTHON_LIMBS], len = 0;
  while (p < end) {
    uint32_t scale = 1, carry = 0;
    for (; p < end && scale < 1000000000; p++, scale *= 10)
      carry = carry * 10 + (uint32_t)(*p - '0');
    for (uint32_t i = 0; i < len; i++) {
      uint64_t limb = (uint64_t)limbs[i] * scale + carry;
      limbs[i] = limb & 0x3FFFFFFF;
      carry = (uint32_t)(limb >> 30);
    }
    if (carry)
      limbs[len++] = carry;
  }
  return 24 + 4 * (len ? len : 1);
}

/* --- the grammar of floats ------------------------------------------------ */

/* A number's text, taken apart.  The digits are whole..whole_end and, behind
 * the point, part..part_end. */
struct number {
  const uint8_t *whole, *whole_end, *part, *part_end;
  uint64_t mantissa; /* all digits; exact when at most DIGITS_UINT64 matter */
  int64_t exponent;  /* the written one, clamped; 0 without */
  bool negative, plus, blanks, point, exponent_form;
};

enum { EXPONENT_MAX = 1000000000 };

/* Behind the e: blanks (strtol's, pandas >= 3), sign, digits.  NULL: none. */
static const uint8_t *read_exponent(struct number *x, const uint8_t *p,
                                    const uint8_t *end)
{
  const uint8_t *start = skip_blanks(p, end);
  x->blanks |= start != p;
  bool negative = start < end && *start == '-';
  if (start < end && (*start == '-' || *start == '+'))
    start++;
  int64_t value = 0;
  for (p = start; p < end && mt_is_digit(*p); p++)
    if (value < EXPONENT_MAX)
      value = value * 10 + (*p - '0');
  x->exponent = negative ? -value : value;
  return p > start ? p : NULL;
}

static inline bool read_number(struct number *x, const uint8_t *s, size_t n)
{
  const uint8_t *end = s + n, *p = skip_blanks(s, end);
  x->blanks = p != s;
  x->negative = p < end && *p == '-';
  x->plus = p < end && *p == '+';
  p += x->negative || x->plus;
  x->whole = p;
  uint64_t mantissa = 0;
  for (; p < end && mt_is_digit(*p); p++)
    mantissa = mantissa * 10 + (uint64_t)(*p - '0');
  x->whole_end = x->part = x->part_end = p;
  x->point = p < end && *p == '.';
  if (x->point) {
    x->part = ++p;
    for (; p < end && mt_is_digit(*p); p++)
      mantissa = mantissa * 10 + (uint64_t)(*p - '0');
    x->part_end = p;
  }
  x->mantissa = mantissa;
  if (x->whole == x->whole_end && x->part == x->part_end)
    return false;
  x->exponent = 0;
  x->exponent_form = p < end && (*p | 0x20) == 'e';
  if (x->exponent_form && !(p = read_exponent(x, p + 1, end)))
    return false;
  if (p == end)
    return true;
  x->blanks = true;
  return skip_blanks(p, end) == end;
}

static const uint8_t *skip_zeros(const uint8_t *p, const uint8_t *end)
{
  while (p < end && *p == '0')
    p++;
  return p;
}

/* Digits from the first that is not zero. */
static inline size_t significant(const struct number *x)
{
  size_t digits = (size_t)(x->whole_end - x->whole + (x->part_end - x->part));
  if (digits <= DIGITS_UINT64)
    return digits; /* an upper bound will do */
  const uint8_t *first = skip_zeros(x->whole, x->whole_end);
  if (first < x->whole_end)
    return (size_t)(x->whole_end - first + (x->part_end - x->part));
  return (size_t)(x->part_end - skip_zeros(x->part, x->part_end));
}

/* --- the value of floats -------------------------------------------------- */

/* No double needs more digits to be rounded, given whether others follow. */
enum { DECISIVE_DIGITS = 770 };

struct digit_sink {
  char text[DECISIVE_DIGITS + 32];
  size_t len;
  int64_t dropped; /* digits behind the decisive ones */
  bool rest;       /* some of them is not zero */
};

static void sink_digits(struct digit_sink *d, const uint8_t *p, const uint8_t *end)
{
  if (d->len == 0)
    p = skip_zeros(p, end);
  for (; p < end; p++) {
    if (d->len < DECISIVE_DIGITS) {
      d->text[d->len++] = (char)*p;
    } else {
      d->dropped++;
      d->rest |= *p != '0';
    }
  }
}

/* Any number of digits in bounded memory. */
static double slow_value(const struct number *x)
{
  struct digit_sink d = {.len = 0};
  sink_digits(&d, x->whole, x->whole_end);
  sink_digits(&d, x->part, x->part_end);
  if (d.len == 0)
    return 0;
  int64_t exponent = x->exponent - (x->part_end - x->part) + d.dropped;
  if (d.rest) {
    d.text[d.len++] = '1';
    exponent--;
  }
  int64_t limit = 100000; /* far beyond any double, even times 770 digits */
  exponent = exponent > limit ? limit : exponent < -limit ? -limit : exponent;
  snprintf(d.text + d.len, sizeof d.text - d.len, "e%d", (int)exponent);
  return strtod(d.text, NULL); /* no point in it, so no locale matters */
}

static bool equals_word(const uint8_t *s, size_t n, const char *word)
{
  if (strlen(word) != n)
    return false;
  for (size_t i = 0; i < n; i++)
    if ((s[i] | 0x20) != (uint8_t)word[i])
      return false;
  return true;
}

static bool parse_infinity(const uint8_t *s, size_t n, double *v)
{
  size_t sign = n > 0 && (s[0] == '-' || s[0] == '+');
  if (!equals_word(s + sign, n - sign, "inf") &&
      !equals_word(s + sign, n - sign, "infinity"))
    return false;
  *v = s[0] == '-' ? -INFINITY : INFINITY;
  return true;
}

bool mt_parse_float(const uint8_t *s, size_t n, double *v, bool *overflow)
{
  struct number x;
  if (overflow)
    *overflow = false;
  if (!read_number(&x, s, n))
    return parse_infinity(s, n, v);
  double value;
  if (significant(&x) > DIGITS_UINT64 ||
      !mt_decimal_quick(x.mantissa, x.exponent - (x.part_end - x.part), &value))
    value = slow_value(&x);
  if (overflow)
    *overflow = isinf(value);
  *v = x.negative ? -value : value;
  return true;
}

/* --- booleans ------------------------------------------------------------- */

int mt_parse_bool(const uint8_t *s, size_t n)
{
  if (n == 4 && equals_word(s, n, "true"))
    return 1;
  if (n == 5 && equals_word(s, n, "false"))
    return 0;
  return -1;
}

int mt_parse_bool_word(const uint8_t *s, size_t n, int *family)
{
  static const char *const words[][2] = {
      {"false", "true"}, {"no", "yes"}, {"f", "t"}, {"n", "y"}, {"off", "on"}};
  if (n > 5)
    return -1;
  for (int i = 0; i < (int)(sizeof words / sizeof *words); i++)
    for (int value = 0; value < 2; value++)
      if (equals_word(s, n, words[i][value])) {
        *family = i;
        return value;
      }
  return -1;
}

/* --- what a number's text says -------------------------------------------- */

/* The significant digits of x, when there may be too many for x->mantissa. */
static void long_digits(struct mt_number_text *t, const struct number *x,
                        int64_t *exponent)
{
  uint64_t mantissa = 0;
  size_t seen = 0, zeros = 0; /* digits so far; zeros that may be trailing */
  const uint8_t *p = x->whole;
  for (;;) {
    if (p == x->whole_end)
      p = x->part;
    if (p == x->part_end)
      break;
    uint64_t digit = (uint64_t)(*p++ - '0');
    if (digit == 0) {
      zeros += seen > 0;
      continue;
    }
    for (; zeros > 0; zeros--, seen++)
      if (seen < DIGITS_UINT64)
        mantissa *= 10;
    if (seen++ < DIGITS_UINT64)
      mantissa = mantissa * 10 + digit;
  }
  t->mantissa = mantissa;
  t->digits = seen < UINT16_MAX ? (uint16_t)seen : UINT16_MAX;
  *exponent += (int64_t)zeros;
}

static void short_digits(struct mt_number_text *t, uint64_t mantissa, int64_t *exponent)
{
  while (mantissa != 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    ++*exponent;
  }
  t->mantissa = mantissa;
  t->digits = 0;
  for (; mantissa != 0; mantissa /= 10)
    t->digits++;
}

bool mt_number_text(const uint8_t *s, size_t n, struct mt_number_text *t)
{
  struct number x;
  if (!read_number(&x, s, n))
    return false;
  ptrdiff_t whole = x.whole_end - x.whole, part = x.part_end - x.part;
  int64_t exponent = x.exponent - part;
  if (whole + part > DIGITS_UINT64)
    long_digits(t, &x, &exponent);
  else
    short_digits(t, x.mantissa, &exponent);
  if (t->digits == 0)
    exponent = 0;
  t->exponent = exponent > INT32_MAX   ? INT32_MAX
                : exponent < INT32_MIN ? INT32_MIN
                                       : (int32_t)exponent;
  t->decimals = part < UINT16_MAX ? (uint16_t)part : UINT16_MAX;
  t->negative = x.negative;
  t->point = x.point;
  t->exponent_form = x.exponent_form;
  t->leading_zero = whole >= 2 && *x.whole == '0';
  t->plus = x.plus;
  t->blanks = x.blanks;
  return true;
}

bool mt_number_whole(const struct mt_number_text *t, __int128 *v)
{
  __int128 whole = (__int128)t->mantissa;

  *v = 0;
  if (t->digits == 0)
    return true;
  if (t->digits > 19 || t->exponent < 0 || t->digits + t->exponent > 21)
    return false;
  for (int i = 0; i < t->exponent; i++)
    whole *= 10;
  *v = t->negative ? -whole : whole;
  return true;
}
