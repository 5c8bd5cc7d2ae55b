#include "core/base/text.h"

#include <errno.h>
#include <langinfo.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* --- UTF-8 ---------------------------------------------------------------- */

static bool is_continuation(uint8_t c)
{
  return (c & 0xC0) == 0x80;
}

size_t mt_utf8_decode(const uint8_t *s, size_t n, uint32_t *code)
{
  if (n == 0)
    return 0;
  uint8_t c = s[0];
  if (c < 0x80) {
    *code = c;
    return 1;
  }
  if (c < 0xC2 || c > 0xF4 || n < 2 || !is_continuation(s[1]))
    return 0;
  if (c < 0xE0) {
    *code = (uint32_t)(c & 0x1F) << 6 | (s[1] & 0x3F);
    return 2;
  }
  if (n < 3 || !is_continuation(s[2]))
    return 0;
  if (c < 0xF0) {
    uint32_t v =
        (uint32_t)(c & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    if (v < 0x800 || (v >= 0xD800 && v <= 0xDFFF))
      return 0;
    *code = v;
    return 3;
  }
  if (n < 4 || !is_continuation(s[3]))
    return 0;
  uint32_t v = (uint32_t)(c & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 |
               (uint32_t)(s[2] & 0x3F) << 6 | (s[3] & 0x3F);
  if (v < 0x10000 || v > 0x10FFFF)
    return 0;
  *code = v;
  return 4;
}

int mt_utf8_valid(const uint8_t *s, size_t n)
{
  size_t i = 0;
  while (i < n) {
    uint64_t eight;
    if (n - i >= sizeof eight) {
      memcpy(&eight, s + i, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        i += sizeof eight;
        continue;
      }
    }
    uint32_t code;
    size_t len = mt_utf8_decode(s + i, n - i, &code);
    if (len == 0)
      return 0;
    i += len;
  }
  return 1;
}

/* --- display width -------------------------------------------------------- */

struct range {
  uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *r, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (c >= r[i].first && c <= r[i].last)
      return true;
  return false;
}
#define IN_RANGES(c, table) in_ranges(c, table, sizeof(table) / sizeof *(table))

/* Width where the locale cannot say: a terminal may speak UTF-8 all the same. */
static int own_width(uint32_t c)
{
  static const struct range zero[] = {
      {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},  {0x0610, 0x061A},
      {0x064B, 0x065F}, {0x093C, 0x093C}, {0x094D, 0x094D},  {0x0E31, 0x0E31},
      {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1160, 0x11FF},  {0x1AB0, 0x1AFF},
      {0x1DC0, 0x1DFF}, {0x200C, 0x200D}, {0x20D0, 0x20FF},  {0x3099, 0x309A},
      {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
  static const struct range wide[] = {
      {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x2E80, 0x303E},
      {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},
      {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
      {0xFFE0, 0xFFE6},   {0x16FE0, 0x18AFF}, {0x1B000, 0x1B2FF}, {0x1F300, 0x1F64F},
      {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
  if (IN_RANGES(c, zero))
    return 0;
  return IN_RANGES(c, wide) ? 2 : 1;
}

/* Columns of a code point; -1 when the locale knows no such character. */
static int width_of(uint32_t c, bool utf8_locale)
{
  if (c < 0x7F)
    return c < 0x20 ? -1 : 1;
  return utf8_locale ? wcwidth((wchar_t)c) : own_width(c);
}

static bool locale_is_utf8(void)
{
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

size_t mt_text_width(const char *s)
{
  bool utf8 = locale_is_utf8();
  size_t n = strlen(s), width = 0;
  while (n > 0) {
    uint32_t code = 0;
    size_t len = mt_utf8_decode((const uint8_t *)s, n, &code);
    int w = len ? width_of(code, utf8) : 1;
    width += w > 0 ? (size_t)w : 0;
    s += len ? len : 1;
    n -= len ? len : 1;
  }
  return width;
}

/* --- sanitising ----------------------------------------------------------- */

bool mt_text_treacherous(uint32_t c)
{
  static const struct range ranges[] = {
      {0x0000, 0x001F}, {0x007F, 0x009F},  {0x00AD, 0x00AD}, {0x034F, 0x034F},
      {0x061C, 0x061C}, {0x180E, 0x180E},  {0x200B, 0x200B}, {0x200E, 0x200F},
      {0x2028, 0x202E}, {0x2060, 0x206F},  {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF},
      {0xFFF0, 0xFFFB}, {0xE0000, 0xE007F}};
  return (c & 0xFFFE) == 0xFFFE || IN_RANGES(c, ranges);
}

enum { MAX_MARKS = 4, ZERO_WIDTH_JOINER = 0x200D };

/* One character of the output: its bytes and columns. */
struct glyph {
  char bytes[16];
  size_t len;
  int width;
};

static void escape_byte(struct glyph *g, uint8_t c)
{
  const char *name = c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
  g->len = name ? 2 : 4;
  if (name)
    memcpy(g->bytes, name, 2);
  else
    snprintf(g->bytes, sizeof g->bytes, "\\x%02X", (unsigned)c);
  g->width = (int)g->len;
}

static void escape_code(struct glyph *g, uint32_t code)
{
  g->len = (size_t)snprintf(g->bytes, sizeof g->bytes, "\\u{%04X}", (unsigned)code);
  g->width = (int)g->len;
}

/* What precedes a mark: without a base it would land on a neighbouring cell, and
 * a joiner after a wide character makes terminals disagree about columns. */
struct base {
  int width; /* 0: none */
  int marks;
};

/* Reads one character of s[0..n) into *g; returns the bytes consumed. */
static size_t next_glyph(struct glyph *g, struct base *base, const uint8_t *s, size_t n,
                         bool utf8_locale)
{
  uint32_t code = 0;
  size_t len = mt_utf8_decode(s, n, &code);
  struct base before = *base;
  *base = (struct base){0};
  if (len == 0 || code < 0x20 || code == 0x7F) {
    escape_byte(g, s[0]);
    return 1;
  }
  int width = mt_text_treacherous(code) ? -1 : width_of(code, utf8_locale);
  bool joins_wide = code == ZERO_WIDTH_JOINER && before.width == 2;
  if (width < 0 ||
      (width == 0 && (before.width == 0 || before.marks == MAX_MARKS || joins_wide))) {
    escape_code(g, code);
    return len;
  }
  memcpy(g->bytes, s, len);
  g->len = len;
  g->width = width;
  *base = width ? (struct base){width, 0} : (struct base){before.width, before.marks + 1};
  return len;
}

size_t mt_sanitise_part(char *dst, size_t cap, const void *src, size_t n, size_t columns,
                        size_t *used)
{
  bool utf8 = locale_is_utf8();
  const uint8_t *s = src;
  struct base base = {0};
  size_t len = 0, width = 0;
  *used = 0;
  while (*used < n) {
    struct glyph g;
    size_t bytes = next_glyph(&g, &base, s + *used, n - *used, utf8);
    if (g.len >= cap - len || (size_t)g.width > columns - width)
      break;
    memcpy(dst + len, g.bytes, g.len);
    len += g.len;
    width += (size_t)g.width;
    *used += bytes;
  }
  dst[len] = '\0';
  return len;
}

size_t mt_sanitise(char *dst, size_t cap, const void *src, size_t n, size_t columns)
{
  static const char dots[] = "...";
  if (cap == 0)
    return 0;
  if (columns == 0)
    columns = SIZE_MAX;
  bool utf8 = locale_is_utf8();
  const uint8_t *s = src;
  struct base base = {0};
  size_t len = 0, width = 0;
  size_t cut = 0, cut_width = 0; /* the longest prefix that leaves room for dots */
  size_t room = cap - 1;
  while (n > 0) {
    struct glyph g;
    size_t used = next_glyph(&g, &base, s, n, utf8);
    if (g.len > room - len || (size_t)g.width > columns - width) {
      size_t end = sizeof dots - 1;
      if (end > room - cut)
        end = room - cut;
      if (end > columns - cut_width)
        end = columns - cut_width;
      memcpy(dst + cut, dots, end);
      len = cut + end;
      break;
    }
    memcpy(dst + len, g.bytes, g.len);
    len += g.len;
    width += (size_t)g.width;
    s += used;
    n -= used;
    if (room - len >= sizeof dots - 1 && columns - width >= sizeof dots - 1) {
      cut = len;
      cut_width = width;
    }
  }
  dst[len] = '\0';
  return len;
}

/* --- sizes and counts ----------------------------------------------------- */

static const char units[] = "KMGTPE";

/* Three significant figures in 1024 units, rounded half up on the exact value;
 * returns the unit's index, -1 for bytes. */
static int format_scaled(char *dst, size_t cap, uint64_t bytes)
{
  if (bytes < 1024) {
    snprintf(dst, cap, "%u", (unsigned)bytes);
    return -1;
  }
  for (int unit = 0;; unit++) {
    unsigned shift = 10u * (unsigned)(unit + 1);
    unsigned __int128 half = (unsigned __int128)1 << (shift - 1);
    unsigned hundredths = (unsigned)(((unsigned __int128)bytes * 100 + half) >> shift);
    unsigned tenths = (unsigned)(((unsigned __int128)bytes * 10 + half) >> shift);
    unsigned whole = (unsigned)((bytes + half) >> shift);
    if (bytes >> shift >= 1024 || whole >= 1024)
      continue;
    if (hundredths < 1000)
      snprintf(dst, cap, "%u.%02u", hundredths / 100, hundredths % 100);
    else if (tenths < 1000)
      snprintf(dst, cap, "%u.%u", tenths / 10, tenths % 10);
    else
      snprintf(dst, cap, "%u", whole);
    return unit;
  }
}

char *mt_format_size_cell(char dst[MT_SIZE_CELL], uint64_t bytes)
{
  char number[16];
  int unit = format_scaled(number, sizeof number, bytes);
  if (unit < 0)
    snprintf(dst, MT_SIZE_CELL, "%.6s", number);
  else
    snprintf(dst, MT_SIZE_CELL, "%.6s%c", number, units[unit]);
  return dst;
}

char *mt_format_size(char dst[MT_SIZE_PROSE], uint64_t bytes)
{
  char number[16];
  int unit = format_scaled(number, sizeof number, bytes);
  if (unit < 0)
    snprintf(dst, MT_SIZE_PROSE, "%.6s B", number);
  else
    snprintf(dst, MT_SIZE_PROSE, "%.6s %ciB", number, units[unit]);
  return dst;
}

char *mt_digits_before(char *end, uint64_t v)
{
  do
    *--end = (char)('0' + v % 10);
  while ((v /= 10) > 0);
  return end;
}

char *mt_format_count(char dst[MT_COUNT_TEXT], uint64_t n)
{
  char reversed[MT_COUNT_TEXT];
  size_t len = 0;
  for (int digit = 0; digit == 0 || n > 0; digit++, n /= 10) {
    if (digit > 0 && digit % 3 == 0)
      reversed[len++] = ',';
    reversed[len++] = (char)('0' + n % 10);
  }
  for (size_t i = 0; i < len; i++)
    dst[i] = reversed[len - 1 - i];
  dst[len] = '\0';
  return dst;
}

/* Four digits are a year as often as a count, and as easy to read in one piece. */
#define LEAST_GROUPED 10000

char *mt_format_integer(char dst[MT_NUMBER_TEXT], __int128 v)
{
  char reversed[MT_NUMBER_TEXT + 16];
  unsigned __int128 rest = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
  bool grouped = rest >= LEAST_GROUPED && rest <= UINT64_MAX;
  size_t len = 0, n = 0;
  for (int digit = 0; (digit == 0 || rest > 0) && len < MT_NUMBER_TEXT - 2;
       digit++, rest /= 10) {
    if (grouped && digit > 0 && digit % 3 == 0)
      reversed[len++] = ',';
    reversed[len++] = (char)('0' + (int)(rest % 10));
  }
  if (v < 0)
    dst[n++] = '-';
  while (len > 0)
    dst[n++] = reversed[--len];
  dst[n] = '\0';
  return dst;
}

char *mt_format_number(char dst[MT_NUMBER_TEXT], double v)
{
  double size = fabs(v);
  if (isnan(v))
    snprintf(dst, MT_NUMBER_TEXT, "?");
  else if (isinf(v))
    snprintf(dst, MT_NUMBER_TEXT, "%sinf", v < 0 ? "-" : "");
  else if (size >= 1e15 || (size > 0 && size < 1e-4))
    snprintf(dst, MT_NUMBER_TEXT, "%.3e", v);
  else if (size >= 999.95)
    mt_format_integer(dst, (__int128)nearbyint(v));
  else
    snprintf(dst, MT_NUMBER_TEXT, "%.4g", v);
  return dst;
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* The shift of a unit: "", B, K, KB, KiB, ...; -1 when it is none. */
static int unit_shift(const char *s)
{
  int shift = 0;
  if (*s) {
    char letter = *s & ~0x20;
    const char *unit = strchr(units, letter);
    if (unit) {
      shift = 10 * (int)(unit - units + 1);
      s++;
      if (*s == 'i' && (s[1] & ~0x20) == 'B')
        s++;
    }
  }
  if ((*s & ~0x20) == 'B')
    s++;
  return *s ? -1 : shift;
}

int mt_parse_size(const char *s, uint64_t *bytes)
{
  if (!is_digit(*s))
    return EINVAL;
  uint64_t whole = 0;
  for (; is_digit(*s); s++)
    if (__builtin_mul_overflow(whole, 10, &whole) ||
        __builtin_add_overflow(whole, (uint64_t)(*s - '0'), &whole))
      return EINVAL;
  uint64_t fraction = 0, scale = 1;
  if (*s == '.') {
    for (s++; is_digit(*s); s++)
      if (scale < 1000000000) {
        fraction = fraction * 10 + (uint64_t)(*s - '0');
        scale *= 10;
      }
  }
  if (*s == ' ')
    s++;
  int shift = unit_shift(s);
  if (shift < 0)
    return EINVAL;
  unsigned __int128 total = (unsigned __int128)whole << shift;
  total += ((unsigned __int128)fraction << shift) / scale;
  if (total > UINT64_MAX)
    return EINVAL;
  *bytes = (uint64_t)total;
  return 0;
}
