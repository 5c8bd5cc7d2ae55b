/* Quick readings of the plainest texts: numbers, dates and words as most files write
 * them, eight bytes at a time.  What they do not read is not wrong, only not plain.
 *
 * Texts are those of a chunk, readable past their ends (chunk.h).  All is in this header,
 * so that it becomes part of the loops over cells; the tests hold it against parse.h and
 * datetime.h. */
#ifndef MT_CORE_QUICK_H
#define MT_CORE_QUICK_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MT_QUICK_EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

static inline uint64_t mt_quick_load(const uint8_t *s)
{
  uint64_t w;
  memcpy(&w, s, sizeof w);
  return le64toh(w);
}

/* Whether some of n bytes is no ASCII. */
static inline bool mt_quick_high_bit(const uint8_t *s, size_t n)
{
  uint64_t any;

  if (n < 8) {
    any = n > 0 ? mt_quick_load(s) << (8 * (8 - n)) : 0;
  } else {
    any = mt_quick_load(s) | mt_quick_load(s + n - 8);
    for (size_t i = 8; i + 8 < n; i += 8)
      any |= mt_quick_load(s + i);
  }
  return (any & MT_QUICK_EACH(0x80)) != 0;
}

/* Bytes of digits, as text ^ MT_QUICK_EACH('0'): non-zero in those that are none; behind
 * the first such byte it says nothing. */
static inline uint64_t mt_quick_not_digits(uint64_t w)
{
  return ((w + MT_QUICK_EACH(6)) | w) & MT_QUICK_EACH(0xf0);
}

/* The number that eight such bytes are, the first one lowest. */
static inline uint64_t mt_quick_eight_digits(uint64_t w)
{
  const uint64_t pair = 0x000000ff000000ff;

  w = w * 10 + (w >> 8);
  return ((w & pair) * (100 + ((uint64_t)1000000 << 32)) +
          (w >> 16 & pair) * (1 + ((uint64_t)10000 << 32))) >>
         32;
}

/* Closes the gap at byte `at`: those before it move behind, a zero comes first. */
static inline uint64_t mt_quick_close_gap(uint64_t w, unsigned at)
{
  uint64_t before = ((uint64_t)1 << (8 * at)) - 1, gap = before << 8 | 0xff;
  return (w & ~gap) | (w & before) << 8;
}

/* ---- numbers ------------------------------------------------------------- */

#define MT_QUICK_DIGITS 15 /* exact as float64, their quotient by 10^n rounded once */

struct mt_quick_number {
  uint64_t mantissa; /* without the point; of up to MT_QUICK_DIGITS digits */
  uint8_t decimals;  /* digits after the point; 0: there is no point */
  bool negative;
};

/* Up to eight bytes. */
static inline bool mt_quick_short(const uint8_t *s, unsigned len,
                                  struct mt_quick_number *v)
{
  uint64_t w = (mt_quick_load(s) ^ MT_QUICK_EACH('0')) << (8 * (8 - len));
  uint64_t bad = mt_quick_not_digits(w);
  unsigned at;

  v->decimals = 0;
  if (bad != 0) {
    at = (unsigned)__builtin_ctzll(bad) / 8;
    v->decimals = (uint8_t)(7 - at);
    w = mt_quick_close_gap(w, at);
    if (s[at + len - 8] != '.' || at == 7 || mt_quick_not_digits(w) != 0)
      return false;
  }
  v->mantissa = mt_quick_eight_digits(w);
  return true;
}

/* Nine to sixteen bytes, in two words. */
static inline bool mt_quick_long(const uint8_t *s, unsigned len,
                                 struct mt_quick_number *v)
{
  uint64_t first = (mt_quick_load(s) ^ MT_QUICK_EACH('0')) << (8 * (16 - len));
  uint64_t last = mt_quick_load(s + len - 8) ^ MT_QUICK_EACH('0');
  uint64_t bad = mt_quick_not_digits(first), too_long = len > MT_QUICK_DIGITS;
  unsigned at;

  v->decimals = 0;
  if (bad != 0) { /* the point is among the first bytes */
    at = (unsigned)__builtin_ctzll(bad) / 8;
    v->decimals = (uint8_t)(15 - at);
    first = mt_quick_close_gap(first, at);
    too_long = s[at + len - 16] != '.';
  } else if ((bad = mt_quick_not_digits(last)) != 0) {
    at = (unsigned)__builtin_ctzll(bad) / 8;
    v->decimals = (uint8_t)(7 - at);
    last = mt_quick_close_gap(last, at) | first >> 56;
    first <<= 8;
    too_long = s[at + len - 8] != '.' || at == 7;
  }
  v->mantissa = mt_quick_eight_digits(first) * 100000000 + mt_quick_eight_digits(last);
  return !too_long && (mt_quick_not_digits(first) | mt_quick_not_digits(last)) == 0;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)? of up to MT_QUICK_DIGITS digits, but for -0 and -0.0:
 * texts that the number gives back. */
static inline bool mt_quick_number(const uint8_t *s, size_t n, struct mt_quick_number *v)
{
  unsigned len;

  v->negative = s[0] == '-';
  s += v->negative;
  len = (unsigned)n - v->negative;
  if (n > MT_QUICK_DIGITS + 2 || len - 1 > MT_QUICK_DIGITS ||
      (s[0] == '0' && len > 1 && s[1] != '.') || s[0] == '.')
    return false;
  return (len <= 8 ? mt_quick_short(s, len, v) : mt_quick_long(s, len, v)) &&
         !(v->negative && v->mantissa == 0);
}

/* ---- dates --------------------------------------------------------------- */

enum { MT_QUICK_FIRST_YEAR = 1700, MT_QUICK_LAST_YEAR = 2200 };

/* A word of eight bytes, the first one lowest. */
#define MT_QUICK_WORD(a, b, c, d, e, f, g, h)                                            \
  ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 |      \
   (uint64_t)(e) << 32 | (uint64_t)(f) << 40 | (uint64_t)(g) << 48 |                     \
   (uint64_t)(h) << 56)

/* Two digits from byte i on, in a word of digits times ten plus the next. */
static inline unsigned mt_quick_pair(uint64_t tens, unsigned i)
{
  return (uint8_t)(tens >> (8 * i));
}

/* 2024-02-28, or, with a separator other than 0 behind it, 23:59:59: as a number that
 * grows with it and whose remainder by 86,400 is the second of the day.  Negative: it is
 * none, or a leap day, or beyond MT_QUICK_FIRST_YEAR .. LAST_YEAR.  *padded: the month,
 * the day or the hour is below ten. */
static inline int64_t mt_quick_date(const uint8_t *s, size_t n, uint8_t separator,
                                    bool *padded)
{
  static const uint8_t days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool timed = separator != 0;
  uint64_t a, b, c = 0, other;
  unsigned year, month, day, hour, minute, second;

  *padded = false;
  if (n != (timed ? 19 : 10))
    return -1;
  a = mt_quick_load(s) ^ MT_QUICK_WORD('0', '0', '0', '0', '-', '0', '0', '-');
  other = a & MT_QUICK_WORD(0, 0, 0, 0, 0xff, 0, 0, 0xff);
  if (timed) {
    b = mt_quick_load(s + 8) ^
        MT_QUICK_WORD('0', '0', separator, '0', '0', ':', '0', '0');
    c = mt_quick_load(s + 11) ^ MT_QUICK_WORD('0', '0', ':', '0', '0', ':', '0', '0');
    other |= (b | c) & MT_QUICK_WORD(0, 0, 0xff, 0, 0, 0xff, 0, 0);
  } else {
    b = mt_quick_load(s + 2) ^ MT_QUICK_WORD('0', '0', '-', '0', '0', '-', '0', '0');
  }
  if ((mt_quick_not_digits(a) | mt_quick_not_digits(b) | mt_quick_not_digits(c) |
       other) != 0)
    return -1;
  a = a * 10 + (a >> 8);
  b = b * 10 + (b >> 8);
  c = c * 10 + (c >> 8);
  year = mt_quick_pair(a, 0) * 100 + mt_quick_pair(a, 2);
  month = mt_quick_pair(a, 5);
  day = mt_quick_pair(b, timed ? 0 : 6);
  hour = mt_quick_pair(c, 0);
  minute = mt_quick_pair(c, 3);
  second = mt_quick_pair(c, 6);
  if (year - MT_QUICK_FIRST_YEAR > MT_QUICK_LAST_YEAR - MT_QUICK_FIRST_YEAR ||
      month - 1 > 11 || day - 1 >= days[month] || hour > 23 || minute > 59 || second > 59)
    return -1;
  *padded = month < 10 || day < 10 || (timed && hour < 10);
  return (int64_t)((year * 13 + month) * 32 + day) * 86400 + hour * 3600 + minute * 60 +
         second;
}

/* 23:59:59 on a day: as mt_quick_date gives it, which gave that day with the same
 * separator.  Negative: it is no time. */
static inline int64_t mt_quick_time(const uint8_t *s, int64_t day)
{
  uint64_t w = mt_quick_load(s) ^ MT_QUICK_WORD('0', '0', ':', '0', '0', ':', '0', '0');
  uint64_t other = w & MT_QUICK_WORD(0, 0, 0xff, 0, 0, 0xff, 0, 0);
  unsigned hour, minute, second;

  if ((mt_quick_not_digits(w) | other) != 0)
    return -1;
  w = w * 10 + (w >> 8);
  hour = mt_quick_pair(w, 0);
  minute = mt_quick_pair(w, 3);
  second = mt_quick_pair(w, 6);
  if (hour > 23 || minute > 59 || second > 59)
    return -1;
  return day + hour * 3600 + minute * 60 + second;
}

/* ---- texts --------------------------------------------------------------- */

/* What a byte tells of a text that begins with it (the first three) or goes on with it.
 */
enum {
  MT_QUICK_MAYBE_WORD = 1 << 0, /* may be a null, a boolean, a sentinel, if short */
  MT_QUICK_DIGIT = 1 << 1,      /* may be a number, unless something is no part of one */
  MT_QUICK_ASK = 1 << 2,        /* may be too much to tell */
  MT_QUICK_PART = 1 << 3        /* of a number */
};
#define MT_QUICK_LONGEST_WORD 8 /* "#N/A N/A" */
extern const uint8_t mt_quick_byte[256];

/* Whether eight bytes of ASCII have a letter that is in no number, and no '#': together
 * with a digit before them they are text.  False is no answer. */
static inline bool mt_quick_spells(uint64_t w)
{
  const uint64_t high = MT_QUICK_EACH(0x80);
  uint64_t lower = w | MT_QUICK_EACH(0x20), e = lower ^ MT_QUICK_EACH('e');
  uint64_t hash = w ^ MT_QUICK_EACH('#');
  uint64_t letters = (lower + MT_QUICK_EACH(0x80 - 'a')) &
                     ~(lower + MT_QUICK_EACH(0x7f - 'z')) & (e + MT_QUICK_EACH(0x7f));

  return ((w | (hash - MT_QUICK_EACH(1))) & high) == 0 && (letters & high) != 0;
}

/* Whether s[0..n), n > 0, is nothing but text: no null, boolean, sentinel or number to
 * anyone. */
static inline bool mt_quick_is_text(const uint8_t *s, size_t n)
{
  uint8_t kind = mt_quick_byte[s[0]];

  if (n > MT_QUICK_LONGEST_WORD) { /* without a branch for what texts begin with */
    bool spells = mt_quick_spells(mt_quick_load(s));
    bool digit = kind & MT_QUICK_DIGIT, ask = kind & MT_QUICK_ASK;
    if ((!ask) & (spells | !digit))
      return true;
  }
  if (kind == (MT_QUICK_DIGIT | MT_QUICK_PART)) {
    for (size_t i = 1; i < n; i++)
      if (!(mt_quick_byte[s[i]] & MT_QUICK_PART))
        return s[i] != '#'; /* 1.#IND */
    return false;
  }
  return !(kind & MT_QUICK_ASK) &&
         (!(kind & MT_QUICK_MAYBE_WORD) || n > MT_QUICK_LONGEST_WORD);
}

#endif
