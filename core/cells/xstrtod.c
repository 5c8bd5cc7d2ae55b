#include "core/cells/xstrtod.h"

#include <math.h>

#include "core/cells/parse.h"

enum { DIGITS = 17, EXPONENT = 308, FAR = 100000000 };

/* clang-format off */
#define TEN(d)                                                                           \
  1e##d##0, 1e##d##1, 1e##d##2, 1e##d##3, 1e##d##4, 1e##d##5, 1e##d##6, 1e##d##7,        \
  1e##d##8, 1e##d##9
/* clang-format on */
static const double power[EXPONENT + 1] = {
    TEN(0),  TEN(1),  TEN(2),  TEN(3),  TEN(4),  TEN(5),  TEN(6),  TEN(7),
    TEN(8),  TEN(9),  TEN(10), TEN(11), TEN(12), TEN(13), TEN(14), TEN(15),
    TEN(16), TEN(17), TEN(18), TEN(19), TEN(20), TEN(21), TEN(22), TEN(23),
    TEN(24), TEN(25), TEN(26), TEN(27), TEN(28), TEN(29), 1e300,   1e301,
    1e302,   1e303,   1e304,   1e305,   1e306,   1e307,   1e308};

/* Digits, and behind a point more of them: the first DIGITS as *number, which
 * 10^*exponent goes with. */
static const uint8_t *read_digits(const uint8_t *p, const uint8_t *end, double *number,
                                  int64_t *exponent)
{
  int digits = 0;

  *number = 0;
  *exponent = 0;
  for (; p < end && mt_is_digit(*p); p++) {
    if (digits < DIGITS) {
      *number = *number * 10 + (*p - '0');
      digits++;
    } else {
      ++*exponent;
    }
  }
  if (p == end || *p != '.')
    return p;
  for (p++; p < end && mt_is_digit(*p); p++) {
    if (digits == DIGITS)
      continue;
    *number = *number * 10 + (*p - '0');
    digits++;
    --*exponent;
  }
  return p;
}

/* What stands behind the e, added to *exponent.  pandas 2 reads DIGITS digits into an
 * int; pandas 3 has strtol, which passes over blanks. */
static const uint8_t *read_exponent(const uint8_t *p, const uint8_t *end, int version,
                                    int64_t *exponent)
{
  int64_t e = 0;
  bool negative;

  while (version >= 3 && p < end && mt_is_blank(*p))
    p++;
  negative = p < end && *p == '-';
  p += p < end && (*p == '-' || *p == '+');
  if (version >= 3) {
    for (; p < end && mt_is_digit(*p); p++)
      e = e < FAR ? e * 10 + (*p - '0') : e;
    *exponent += negative ? -e : e;
    return p;
  }
  for (int digits = 0; digits < DIGITS && p < end && mt_is_digit(*p); digits++, p++)
    e = e * 10 + (*p - '0');
  *exponent = (int32_t)(uint32_t)(negative ? *exponent - e : *exponent + e);
  return p;
}

static double scale(double number, int64_t exponent)
{
  if (exponent > EXPONENT)
    return number == 0 ? 0 : copysign(HUGE_VAL, number);
  if (exponent > 0)
    return number * power[exponent];
  if (exponent >= -EXPONENT)
    return number / power[-exponent];
  if (exponent < -2 * EXPONENT)
    return 0;
  return number / power[-EXPONENT - exponent] / power[EXPONENT];
}

bool mt_pandas_float(const uint8_t *s, size_t n, int version, double *v)
{
  const uint8_t *p = s, *end = s + n;
  double number;
  int64_t exponent;
  bool negative;

  while (p < end && mt_is_blank(*p))
    p++;
  negative = p < end && *p == '-';
  p += p < end && (*p == '-' || *p == '+');
  if (!(p < end && mt_is_digit(*p)) && !(p < end && *p == '.'))
    return mt_parse_float(s, n, v, NULL); /* an infinity's word */
  p = read_digits(p, end, &number, &exponent);
  if (p < end && (*p | 0x20) == 'e')
    p = read_exponent(p + 1, end, version, &exponent);
  while (p < end && mt_is_blank(*p))
    p++;
  *v = scale(negative ? -number : number, exponent);
  return p == end && (version >= 3 || (exponent <= EXPONENT && !isinf(*v)));
}
