#include "core/cells/decimal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cells/parse.h"

/* --- decimal to double ---------------------------------------------------- */

const double mt_tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { FIVES_MAX = 27 };

/* 5^k, which fits 64 bits for k <= FIVES_MAX. */
/* clang-format off */
static const uint64_t fives[FIVES_MAX + 1] = {
  1u, 5u, 25u, 125u, 625u, 3125u, 15625u, 78125u, 390625u, 1953125u, 9765625u,
  48828125u, 244140625u, 1220703125u, 6103515625u, 30517578125u, 152587890625u,
  762939453125u, 3814697265625u, 19073486328125u, 95367431640625u, 476837158203125u,
  2384185791015625u, 11920928955078125u, 59604644775390625u, 298023223876953125u,
  1490116119384765625u, 7450580596923828125u};
/* clang-format on */

/* mantissa / 10^k, correctly rounded: an integer quotient of at least 62 bits
 * whose last bit also stands for the remainder is rounded once, to double. */
static double divide_by_ten_to(uint64_t mantissa, int k)
{
  int up = __builtin_clzll(mantissa);
  unsigned __int128 dividend = (unsigned __int128)(mantissa << up) << 63;
  uint64_t divisor = fives[k];
  int down = __builtin_clzll(divisor);
  divisor <<= down;
  uint64_t quotient = (uint64_t)(dividend / divisor);
  quotient |= (unsigned __int128)quotient * divisor != dividend;
  return ldexp((double)quotient, down - up - 63 - k);
}

bool mt_decimal_quick(uint64_t mantissa, int64_t exponent, double *v)
{
  if (mantissa <= (uint64_t)1 << 53 && exponent >= -MT_TENS_MAX &&
      exponent <= MT_TENS_MAX) {
    double m = (double)mantissa; /* both factors are exact: one rounding */
    *v = exponent < 0 ? m / mt_tens[-exponent] : m * mt_tens[exponent];
    return true;
  }
  if (mantissa != 0 && exponent <= 0 && exponent >= -FIVES_MAX) {
    *v = divide_by_ten_to(mantissa, (int)-exponent);
    return true;
  }
  if (mantissa == 0)
    *v = 0;
  return mantissa == 0;
}

/* --- shortest texts ------------------------------------------------------- */

/* v rounded to `digits` significant decimal digits: mantissa * 10^exponent with
 * exactly that many.  v is finite and positive. */
static uint64_t round_decimal(double v, int digits, int *exponent)
{
  char text[48];
  snprintf(text, sizeof text, "%.*e", digits - 1, v);
  uint64_t mantissa = 0;
  const char *p = text;
  for (; *p != 'e'; p++) /* passes over the locale's point */
    if (*p >= '0' && *p <= '9')
      mantissa = mantissa * 10 + (uint64_t)(*p - '0');
  *exponent = (int)strtol(p + 1, NULL, 10) - (digits - 1);
  return mantissa;
}

static double decimal_value(uint64_t mantissa, int exponent)
{
  double v;
  if (mt_decimal_quick(mantissa, exponent, &v))
    return v;
  char text[48];
  snprintf(text, sizeof text, "%llue%d", (unsigned long long)mantissa, exponent);
  return strtod(text, NULL); /* no point in it, so no locale matters */
}

/* v as m / 10^k, with as small a k as can be and fewer than sixteen digits, if it is one:
 * the quotient is rounded once, and no other number of so few digits reads back as v. */
static bool few_decimals(double v, uint64_t *mantissa, int *exponent)
{
  for (int k = 0; k <= DBL_DIG; k++) {
    double m = rint(v * mt_tens[k]);
    if (!(m < mt_tens[DBL_DIG]))
      return false;
    if (m / mt_tens[k] == v) {
      *mantissa = (uint64_t)m;
      *exponent = -k;
      return true;
    }
  }
  return false;
}

/* The fewest digits that read back as v (finite, positive). */
static uint64_t shortest(double v, int *exponent)
{
  /* Fifteen digits hold every shorter text, but for subnormals. */
  int digits = isnormal(v) ? DBL_DIG : 1;
  uint64_t mantissa;
  if (!few_decimals(v, &mantissa, exponent)) {
    mantissa = round_decimal(v, digits, exponent);
    while (digits < DBL_DECIMAL_DIG && decimal_value(mantissa, *exponent) != v)
      mantissa = round_decimal(v, ++digits, exponent);
  }
  for (; mantissa % 10 == 0; mantissa /= 10)
    ++*exponent;
  return mantissa;
}

/* mantissa * 10^exponent (not 0) as %g with as many digits as the mantissa has would
 * write it, which takes the exponent form beyond them; returns the end. */
static char *lay_out(char *p, uint64_t mantissa, int exponent)
{
  char digit[24], *d = mt_digits_before(digit + sizeof digit, mantissa);
  int n = (int)(digit + sizeof digit - d);
  int first = n - 1 + exponent; /* power of ten of the first digit */
  bool scientific = first < -4 || first >= (n > DBL_DIG ? n : DBL_DIG);
  int before = scientific ? 1 : first < 0 ? 0 : first < n ? first + 1 : n;
  if (before == 0)
    *p++ = '0';
  memcpy(p, d, (size_t)before);
  p += before;
  if (!scientific && exponent > 0) {
    memset(p, '0', (size_t)exponent);
    p += exponent;
  }
  if (before < n)
    *p++ = '.';
  if (before == 0) {
    memset(p, '0', (size_t)(-first - 1));
    p += -first - 1;
  }
  memcpy(p, d + before, (size_t)(n - before));
  p += n - before;
  return scientific ? p + snprintf(p, 8, "e%+03d", first) : p;
}

size_t mt_format_double(char *dst, size_t cap, double v)
{
  char text[64], *end = text;
  int exponent = 0;
  if (signbit(v))
    *end++ = '-';
  if (!isfinite(v) || v == 0) {
    end = stpcpy(end, isnan(v) ? "nan" : v == 0 ? "0" : "inf");
  } else {
    uint64_t mantissa = shortest(fabs(v), &exponent);
    end = lay_out(end, mantissa, exponent);
  }
  size_t len = (size_t)(end - text), room = cap == 0 ? 0 : len < cap ? len : cap - 1;
  memcpy(dst, text, room);
  if (cap > 0)
    dst[room] = '\0';
  return len;
}

/* --- float32 -------------------------------------------------------------- */

/* The shortest decimal that reads back as f (positive, normal), by trial. */
static bool is_shortest_by_trial(const struct mt_number_text *t, float f)
{
  for (int digits = FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
    int exponent;
    uint64_t mantissa = round_decimal((double)f, digits, &exponent);
    char text[48];
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)mantissa, exponent);
    if (strtof(text, NULL) != f)
      continue;
    for (; mantissa % 10 == 0; mantissa /= 10)
      exponent++;
    return mantissa == t->mantissa && exponent == t->exponent;
  }
  return false;
}

/* The same by arithmetic: f, in units of the text's last digit, must round to
 * the text, and one digit less must miss f by more than half its spacing.
 * Whatever is too close to call goes to the trial. */
static bool is_shortest(const struct mt_number_text *t, float f)
{
  int fraction_exponent;
  bool power_of_two = frexpf(f, &fraction_exponent) == 0.5f;
  if (power_of_two || t->exponent < -MT_TENS_MAX || t->exponent > MT_TENS_MAX)
    return is_shortest_by_trial(t, f);
  double unit = mt_tens[abs(t->exponent)];
  double scaled = t->exponent < 0 ? (double)f * unit : (double)f / unit;
  double off = fabs(scaled - (double)t->mantissa);
  if (off > 0.51)
    return false;
  double half = ldexp(0.5, fraction_exponent - FLT_MANT_DIG);
  half = t->exponent < 0 ? half * unit : half / unit;
  double coarse = fabs(scaled - 10 * floor(scaled / 10 + 0.5));
  if (off > 0.49 || fabs(coarse - half) < 1e-6 * half)
    return is_shortest_by_trial(t, f);
  return coarse > half;
}

/* Whether v prints as the text, given as many digits as the text has. */
static bool prints_as(const struct mt_number_text *t, double v)
{
  int exponent;

  if (t->digits > DBL_DECIMAL_DIG)
    return false;
  return round_decimal(v, t->digits, &exponent) == t->mantissa && exponent == t->exponent;
}

bool mt_float32_keeps_text(const struct mt_number_text *t, double v)
{
  if (t->digits == 0)
    return true;
  v = fabs(v);
  if (!(v <= FLT_MAX) || v < FLT_MIN)
    return false;
  float f = (float)v;
  if (t->digits <= FLT_DIG)
    return true;
  /* with more digits than a double is sure to keep, v need not be the text's value */
  if ((double)f == v && (t->digits <= DBL_DIG || prints_as(t, v)))
    return true;
  return t->digits <= FLT_DECIMAL_DIG && is_shortest(t, f);
}
