/* Between decimal numbers and doubles, correctly rounded: the arithmetic behind
 * mt_parse_float, mt_format_double and mt_float32_keeps_text (parse.h). */
#ifndef MT_CORE_DECIMAL_H
#define MT_CORE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* The powers of ten that are exact. */
#define MT_TENS_MAX 22
extern const double mt_tens[MT_TENS_MAX + 1];

/* mantissa * 10^exponent, correctly rounded.  False where that takes more than
 * a few machine words (far exponents): the caller goes by strtod then. */
bool mt_decimal_quick(uint64_t mantissa, int64_t exponent, double *v);

#endif
