/* The double that pandas' default parser makes of a number's text, which is not always
 * the nearest one: it counts the first 17 digits, leading zeros among them, drops the
 * rest, and multiplies by a power of ten.  So 0.00000000000000000001 becomes 0.
 *
 * Source: precise_xstrtod of pandas/_libs/src/parser/tokenizer.c, pandas 2.3 and 3.0,
 * against which the interop tests hold it.  mt_parse_float (parse.h) is the exact one. */
#ifndef MT_CORE_XSTRTOD_H
#define MT_CORE_XSTRTOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What pandas makes of s[0..n), which mt_parse_float accepts.  version: 2 or 3.  False:
 * it does not take the text for a float (pandas 2 only: 1e400, 0e400, "1e 5"). */
bool mt_pandas_float(const uint8_t *s, size_t n, int version, double *v);

/* Texts without an exponent, of up to so many bytes, cannot be read as another value than
 * the nearest few, and cannot be too much for pandas 2. */
enum { MT_PANDAS_NEAR = 17, MT_PANDAS2_FLOAT = 300 };

static inline bool mt_pandas_float_plain(const uint8_t *s, size_t n, size_t most)
{
  if (n > most)
    return false;
  for (size_t i = 0; i < n; i++)
    if ((s[i] | 0x20) == 'e')
      return false;
  return true;
}

#endif
