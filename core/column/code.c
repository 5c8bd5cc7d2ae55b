#include "core/column/code.h"

#include <string.h>

#define MANTISSA_LIMIT (1ull << 53)

const uint8_t mt_code_letter[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,
    ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14,
    ['E'] = 15, ['F'] = 16, ['G'] = 17, ['H'] = 18, ['I'] = 19, ['J'] = 20, ['K'] = 21,
    ['L'] = 22, ['M'] = 23, ['N'] = 24, ['O'] = 25, ['P'] = 26, ['Q'] = 27, ['R'] = 28,
    ['S'] = 29, ['T'] = 30, ['U'] = 31, ['V'] = 32, ['W'] = 33, ['X'] = 34, ['Y'] = 35,
    ['Z'] = 36, ['a'] = 37, ['b'] = 38, ['c'] = 39, ['d'] = 40, ['e'] = 41, ['f'] = 42,
    ['g'] = 43, ['h'] = 44, ['i'] = 45, ['j'] = 46, ['k'] = 47, ['l'] = 48, ['m'] = 49,
    ['n'] = 50, ['o'] = 51, ['p'] = 52, ['q'] = 53, ['r'] = 54, ['s'] = 55, ['t'] = 56,
    ['u'] = 57, ['v'] = 58, ['w'] = 59, ['x'] = 60, ['y'] = 61, ['z'] = 62, ['-'] = 63};

/* The code of a canonical integer or decimal, 0 when s is neither. */
static uint64_t encode_number(const uint8_t *s, size_t n)
{
  size_t i = 0, digits_start, decimals = 0;
  bool negative = false, point = false;
  uint64_t m = 0;

  if (n == 0 || n > 18)
    return 0;
  if (s[0] == '-') {
    negative = true;
    i = 1;
  }
  digits_start = i;
  for (; i < n; i++) {
    unsigned c = s[i] - '0';
    if (c <= 9) {
      m = m * 10 + c;
      decimals += point;
    } else if (s[i] == '.' && !point && i > digits_start) {
      point = true;
    } else {
      return 0;
    }
  }
  if (i == digits_start)
    return 0;
  /* "007" and "00.5" are other texts than 7 and 0.5 */
  if (s[digits_start] == '0' && n - digits_start > 1 && s[digits_start + 1] != '.')
    return 0;
  if (!point)
    return m >= 1ull << 60 || (negative && m == 0) ? 0 : mt_code_integer(m, negative);
  if (decimals == 0 || decimals > 15 || m >= MANTISSA_LIMIT)
    return 0;
  return mt_code_decimal(m, (unsigned)decimals, negative);
}

static size_t put_digits(uint8_t *dst, uint64_t m, size_t least)
{
  uint8_t back[24];
  size_t n = 0;
  do {
    back[n++] = (uint8_t)('0' + m % 10);
    m /= 10;
  } while (m != 0 || n < least);
  for (size_t i = 0; i < n; i++)
    dst[i] = back[n - 1 - i];
  return n;
}

static size_t spell_word(uint64_t code, uint8_t *dst)
{
  static const char letters[64] =
      " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
  size_t n = 0;

  for (uint64_t left = code; left != 0; left >>= 6)
    n++;
  for (size_t i = n; i > 0; i--, code >>= 6)
    dst[i - 1] = (uint8_t)letters[code & 63];
  return n;
}

static size_t spell_decimal(uint64_t code, uint8_t *dst)
{
  size_t n = 0, decimals = code >> MT_CODE_MANTISSA_BITS & 15;

  if (code >> (MT_CODE_MANTISSA_BITS + 4) & 1)
    dst[n++] = '-';
  n += put_digits(dst + n, code & MT_CODE_MANTISSA, decimals + 1);
  memmove(dst + n - decimals + 1, dst + n - decimals, decimals);
  dst[n - decimals] = '.';
  return n + 1;
}

size_t mt_code_spell(uint64_t code, uint8_t dst[MT_CODE_SPELLED])
{
  size_t n = 0;

  switch (mt_code_kind(code)) {
  case MT_CODE_WORD:
    return spell_word(code, dst);
  case MT_CODE_INTEGER:
    if (code & 1)
      dst[n++] = '-';
    return n + put_digits(dst + n, (code & MT_CODE_PAYLOAD) >> 1, 1);
  case MT_CODE_DECIMAL:
    return spell_decimal(code, dst);
  default:
    return 0;
  }
}

#define DIGIT_BITS 6

static bool is_digit(uint64_t letter)
{
  return letter - 1 < 10;
}

bool mt_code_split(uint64_t code, struct mt_code_form *form, int64_t *v)
{
  unsigned decimals, bits = 0;

  *form = (struct mt_code_form){0};
  if (mt_code_number(code, v, &decimals)) {
    form->rest =
        decimals == 0 ? mt_code_integer(0, false) : mt_code_decimal(0, decimals, false);
    return true;
  }
  if (mt_code_kind(code) != MT_CODE_WORD)
    return false;
  while (bits < MT_CODE_WORD_LENGTH * DIGIT_BITS && is_digit(code >> bits & 63))
    bits += DIGIT_BITS;
  form->digits = (uint8_t)(bits / DIGIT_BITS);
  form->rest = code >> bits << bits;
  *v = bits > 0 ? (int64_t)mt_code_word_number(code, form) : 0;
  return bits > 0;
}

uint64_t mt_code_join(const struct mt_code_form *form, int64_t v)
{
  uint64_t magnitude = v < 0 ? -(uint64_t)v : (uint64_t)v, code = form->rest;

  if (mt_code_kind(form->rest) == MT_CODE_INTEGER)
    return mt_code_integer(magnitude, v < 0);
  if (mt_code_kind(form->rest) == MT_CODE_DECIMAL)
    return mt_code_decimal(magnitude, form->rest >> MT_CODE_MANTISSA_BITS & 15, v < 0);
  for (unsigned i = 0; i < form->digits; i++, magnitude /= 10)
    code |= (magnitude % 10 + 1) << (i * DIGIT_BITS);
  return code;
}

uint64_t mt_code_of(const uint8_t *s, size_t n)
{
  uint64_t number = encode_number(s, n);
  return number != 0 ? number : mt_code_text(s, n, mt_text_head(s, n));
}
