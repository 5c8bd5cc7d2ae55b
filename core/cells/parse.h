/* Text to numbers and booleans, as pandas' C parser accepts them, free of any
 * locale.  What is accepted is exactly what pandas 3 accepts (its
 * _libs/src/parser/tokenizer.c: str_to_int64, str_to_uint64, precise_xstrtod,
 * and the infinity words of parsers.pyx); the value of a float is the correctly
 * rounded one, which pandas' own is not always (xstrtod.h).
 *
 * Texts are s[0..n), never NUL-terminated; a NUL byte is an ordinary bad byte. */
#ifndef MT_CORE_PARSE_H
#define MT_CORE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool mt_is_blank(uint8_t c)
{
  return c == ' ' || (uint8_t)(c - '\t') < 5;
}

static inline bool mt_is_digit(uint8_t c)
{
  return (uint8_t)(c - '0') < 10;
}

enum mt_int_result {
  MT_INT_OK,
  MT_INT_INVALID,  /* not an integer's text */
  MT_INT_OVERFLOW, /* an integer's text that does not fit */
  MT_INT_LONG      /* digits that do not fit, and more, if only a blank, behind them:
                      pandas 2 minds the digits, pandas 3 what follows */
};

/* str_to_int64: blanks (space \t \n \v \f \r) on both sides, one sign, digits. */
enum mt_int_result mt_parse_int64(const uint8_t *s, size_t n, int64_t *v);
/* str_to_uint64: a leading '-' sets *negative and is OK with *v = 0, whatever
 * follows; leading '+' allowed. */
enum mt_int_result mt_parse_uint64(const uint8_t *s, size_t n, uint64_t *v,
                                   bool *negative);
/* The whole text is blanks, a sign or none, digits, blanks: any magnitude. */
bool mt_is_integer_text(const uint8_t *s, size_t n);
/* sys.getsizeof(int(text)) for an integer text of any length:
 * 24 + 4 * max(1, ceil(bits / 30)). */
uint32_t mt_python_int_size(const uint8_t *s, size_t n);

/* precise_xstrtod and the infinity words ("inf", "+Infinity", any case).  nan is
 * not among them (it is a null word).  *overflow (may be NULL): the text is
 * finite and *v is +-inf (1e400), which pandas < 3 does not take for a number. */
bool mt_parse_float(const uint8_t *s, size_t n, double *v, bool *overflow);

/* 1 or 0 for any-case true or false, exactly; -1 otherwise. */
int mt_parse_bool(const uint8_t *s, size_t n);
/* Words that a person would read as a boolean, any case: *family becomes 0
 * true/false, 1 yes/no, 2 t/f, 3 y/n, 4 on/off.  1, 0, or -1. */
int mt_parse_bool_word(const uint8_t *s, size_t n, int *family);

/* What the text of a number says beyond its value.  Only for texts that
 * mt_parse_float accepts and that are not infinities. */
struct mt_number_text {
  uint64_t mantissa; /* the significant digits as an integer; exact when digits <= 19 */
  int32_t exponent;  /* value = mantissa * 10^exponent (when exact) */
  uint16_t digits; /* significant digits, leading and trailing zeros stripped; 0 for 0 */
  uint16_t decimals; /* digits written after the point */
  bool negative;
  bool point;         /* has a '.' */
  bool exponent_form; /* has an e or E */
  bool leading_zero;  /* '0' and another digit at the front: 007, 00.5 */
  bool plus;          /* leading '+' */
  bool blanks;        /* blanks around it or behind the e */
};
bool mt_number_text(const uint8_t *s, size_t n, struct mt_number_text *t);
/* The whole number that the text is, exactly: 1.0 and 1e3 are whole, 1e-400 is not.
 * False when it is none, or beyond 2^70 or 19 significant digits. */
bool mt_number_whole(const struct mt_number_text *t, __int128 *v);

/* Whether float32 keeps the text: the shortest decimal that reads back as
 * (float)v has the same value as the file's decimal.  v: what mt_parse_float gave.
 * D significant digits: D <= 6 in the normal range always; 7 to 9 as it turns out;
 * up to 17 also when (double)(float)v == v and v prints as the text; overflow and
 * subnormals never. */
bool mt_float32_keeps_text(const struct mt_number_text *t, double v);

/* The shortest text that reads back as v, laid out as by "%.15g" ("0.1", "100",
 * "1e+20"); returns its length. */
size_t mt_format_double(char *dst, size_t cap, double v);

#endif
