/* A text as 64 bits.  Numbers and short words are in them whole, so that equal codes are
 * equal texts and the text can be had back; of other texts they are a hash.
 *
 *   mt_code_of              any text; not 0
 *   mt_code_integer ...     the same where it is known what the text is
 *   mt_code_spell           back again
 *
 * Codes have no seed: the same file gives the same ones.  Where a file must not be able
 * to make a table slow, they are mixed with one (mt_code_mix), and hashes are not used.
 */
#ifndef MT_CORE_CODE_H
#define MT_CORE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

#include "core/base/hash.h"

/* The two top bits say which, and below them are:
 *   WORD      up to ten of A-Z a-z 0-9 -, six bits each, the last one lowest
 *   INTEGER   zigzag of a value of magnitude < 2^60
 *   DECIMAL   sign (1), digits after the point (4), mantissa (57, < 2^53)
 *   HASH      of the text */
enum mt_code_kind { MT_CODE_WORD, MT_CODE_INTEGER, MT_CODE_DECIMAL, MT_CODE_HASH };
#define MT_CODE_SHIFT 62
#define MT_CODE_PAYLOAD ((1ull << MT_CODE_SHIFT) - 1)
#define MT_CODE_MANTISSA_BITS 57
#define MT_CODE_MANTISSA ((1ull << MT_CODE_MANTISSA_BITS) - 1)
#define MT_CODE_WORD_LENGTH 10

static inline enum mt_code_kind mt_code_kind(uint64_t code)
{
  return (enum mt_code_kind)(code >> MT_CODE_SHIFT);
}
static inline bool mt_code_is_whole(uint64_t code)
{
  return mt_code_kind(code) != MT_CODE_HASH;
}

/* The text of an integer of that magnitude, < 2^60; there is no -0. */
static inline uint64_t mt_code_integer(uint64_t magnitude, bool negative)
{
  return (uint64_t)MT_CODE_INTEGER << MT_CODE_SHIFT | magnitude << 1 | negative;
}
/* mantissa < 2^53, digits after the point 1 .. 15, at least one before it and no other
 * zero at the front. */
static inline uint64_t mt_code_decimal(uint64_t mantissa, unsigned decimals,
                                       bool negative)
{
  return (uint64_t)MT_CODE_DECIMAL << MT_CODE_SHIFT |
         (uint64_t)negative << (MT_CODE_MANTISSA_BITS + 4) |
         (uint64_t)decimals << MT_CODE_MANTISSA_BITS | mantissa;
}

/* 1 .. 63, or 0 for what is not in words. */
extern const uint8_t mt_code_letter[256];

/* A word that is no number, or 0: it is none. */
static inline uint64_t mt_code_word(const uint8_t *s, size_t n)
{
  uint64_t word = 0;

  if (n > MT_CODE_WORD_LENGTH)
    return 0;
  for (size_t i = 0; i < n; i++) {
    if (mt_code_letter[s[i]] == 0)
      return 0;
    word = word << 6 | mt_code_letter[s[i]];
  }
  return word;
}

/* Likewise a text of a chunk, past whose end sixteen bytes can be read, in fewer steps.
 */
static inline uint64_t mt_code_chunk_word(const uint8_t *s, size_t n)
{
#if defined(__x86_64__)
  if (n > MT_CODE_WORD_LENGTH)
    return 0;
#define FROM(c) _mm_cmpgt_epi8(v, _mm_set1_epi8((c)-1)) /* 0x80 on are negative */
  const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
  const __m128i dash = _mm_cmpeq_epi8(v, _mm_set1_epi8('-'));
  const __m128i digit = FROM('0'), upper = FROM('A'), lower = FROM('a');
  const __m128i gaps =
      _mm_or_si128(_mm_xor_si128(FROM('9' + 1), upper),
                   _mm_or_si128(_mm_xor_si128(FROM('Z' + 1), lower), FROM('z' + 1)));
  const __m128i known = _mm_andnot_si128(gaps, _mm_or_si128(digit, dash));
#undef FROM
  if ((~_mm_movemask_epi8(known) & ((1 << n) - 1)) != 0)
    return 0;
  /* mt_code_letter: from each of these on they are less by so much more */
  __m128i letters = _mm_sub_epi8(v, _mm_and_si128(digit, _mm_set1_epi8('0' - 1)));
  letters = _mm_sub_epi8(letters, _mm_and_si128(upper, _mm_set1_epi8('A' - '9' - 1)));
  letters = _mm_sub_epi8(letters, _mm_and_si128(lower, _mm_set1_epi8('a' - 'Z' - 1)));
  letters = _mm_add_epi8(letters, _mm_and_si128(dash, _mm_set1_epi8(63 - '-')));
  letters = _mm_and_si128(letters, _mm_set1_epi8(63)); /* behind the text are any */
  /* two in twelve bits, then four in 24; the first one highest */
  const __m128i twos =
      _mm_or_si128(_mm_slli_epi16(_mm_and_si128(letters, _mm_set1_epi16(63)), 6),
                   _mm_srli_epi16(letters, 8));
  const __m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(1 << 16 | 1 << 12));
  const uint64_t eight = (uint64_t)_mm_cvtsi128_si64(fours);
  const uint64_t last = (uint64_t)_mm_extract_epi16(twos, 4);
  const uint64_t word = ((eight & UINT32_MAX) << 24 | eight >> 32) << 12 | last;
  return word >> (6 * (MT_CODE_WORD_LENGTH - n));
#else
  return mt_code_word(s, n);
#endif
}

/* A text that is in no code. */
static inline uint64_t mt_code_hash(uint64_t hash)
{
  return (uint64_t)MT_CODE_HASH << MT_CODE_SHIFT | hash;
}

/* Of a text that is no number; head: mt_text_head. */
static inline uint64_t mt_code_text(const uint8_t *s, size_t n, uint64_t head)
{
  const uint64_t word = mt_code_word(s, n);

  return word != 0 ? word : mt_code_hash(mt_text_hash(s, n, head, 0));
}

uint64_t mt_code_of(const uint8_t *s, size_t n);

#define MT_CODE_SPELLED 24 /* bytes of the longest text that is in a code */
/* The text of a code that is whole; its length. */
size_t mt_code_spell(uint64_t code, uint8_t dst[MT_CODE_SPELLED]);
/* The number, without the point and the digits after it: false for words and -0.0. */
static inline bool mt_code_number(uint64_t code, int64_t *v, unsigned *decimals)
{
  const uint64_t mantissa = code & MT_CODE_MANTISSA;
  const bool negative = code >> (MT_CODE_MANTISSA_BITS + 4) & 1;

  *decimals = 0;
  switch (mt_code_kind(code)) {
  case MT_CODE_INTEGER:
    *v = (int64_t)((code & MT_CODE_PAYLOAD) >> 1);
    *v = code & 1 ? -*v : *v;
    return true;
  case MT_CODE_DECIMAL:
    *decimals = code >> MT_CODE_MANTISSA_BITS & 15;
    *v = negative ? -(int64_t)mantissa : (int64_t)mantissa;
    return mantissa != 0 || !negative;
  default:
    return false;
  }
}

/* What is left of a number, or of a word that ends in digits (PX-0815), without the
 * number: both together are the text. */
struct mt_code_form {
  uint64_t rest;  /* of the code */
  uint8_t digits; /* of a word's number; 0: the text is a number */
};
/* False for texts that have no number at their end, and -0.0. */
bool mt_code_split(uint64_t code, struct mt_code_form *form, int64_t *v);
uint64_t mt_code_join(const struct mt_code_form *form, int64_t v);

/* Words have the letter of the digit 0 in these places, or a digit's bits in every second
 * one. */
#define MT_CODE_ZEROS UINT64_C(0x041041041041041)
#define MT_CODE_SECOND UINT64_C(0x03f03f03f03f03f)

/* The number of a text of a form, where that is a word; SIZE_MAX for another one.  First
 * digits are put together in twos, then these, and so on. */
static inline uint64_t mt_code_word_number(uint64_t code, const struct mt_code_form *form)
{
  const uint64_t number = ((uint64_t)1 << (6 * form->digits)) - 1;
  const uint64_t not_digits = MT_CODE_ZEROS * 54 & MT_CODE_SECOND; /* + 10 is 64 */
  uint64_t w = (code & number) - (MT_CODE_ZEROS & number);
  uint64_t low = w & MT_CODE_SECOND, high = w >> 6 & MT_CODE_SECOND;
  uint64_t bad = ((low + not_digits) | (high + not_digits)) & ~MT_CODE_SECOND;

  if (((code & ~number) ^ form->rest) != 0 || bad != 0)
    return UINT64_MAX;
  w = low + 10 * high;
  w = (w & UINT64_C(0xfff000fff000fff)) + 100 * (w >> 12 & UINT64_C(0xfff000fff));
  return (w & 0xffffff) + 10000 * (w >> 24 & 0xffffff) + 100000000 * (w >> 48);
}
/* Likewise where it is a number, which may be negative. */
static inline bool mt_code_plain_number(uint64_t code, const struct mt_code_form *form,
                                        int64_t *v)
{
  const bool integer = mt_code_kind(form->rest) == MT_CODE_INTEGER;
  const uint64_t sign = integer ? 1 : (uint64_t)1 << (MT_CODE_MANTISSA_BITS + 4);
  const uint64_t number = integer ? MT_CODE_PAYLOAD : MT_CODE_MANTISSA | sign;
  const int64_t magnitude =
      (int64_t)(integer ? (code & number) >> 1 : code & MT_CODE_MANTISSA);

  *v = code & sign ? -magnitude : magnitude;
  return (code & ~number) == form->rest && (magnitude != 0 || !(code & sign));
}

/* All bits of a code in all bits of a hash. */
static inline uint64_t mt_code_mix(uint64_t code)
{
  code ^= code >> 32;
  code *= 0xd6e8feb86659fd93ull;
  code ^= code >> 32;
  code *= 0xd6e8feb86659fd93ull;
  return code ^ code >> 32;
}

#endif
