#include "formats/csv/scan.h"

#include <string.h>

#include "core/cells/quick.h"
#include "formats/csv/regular.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define WINDOW 64

/* --- the window -------------------------------------------------------------- */

#if defined(__SSE2__)

typedef __m128i needle;
#define LANES 16

static inline needle needle_of(int byte)
{
  return _mm_set1_epi8((char)byte);
}

static inline needle lanes_load(const uint8_t *p)
{
  return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline needle lanes_equal(needle a, needle b)
{
  return _mm_cmpeq_epi8(a, b);
}

static inline needle lanes_or(needle a, needle b)
{
  return _mm_or_si128(a, b);
}

static inline uint64_t lanes_bits(needle a)
{
  return (uint32_t)_mm_movemask_epi8(a);
}

#else

typedef uint64_t needle;
#define LANES 8
#define EACH(byte) MT_QUICK_EACH(byte)

static inline needle needle_of(int byte)
{
  return EACH((uint8_t)byte);
}

static inline needle lanes_load(const uint8_t *p)
{
  return mt_quick_load(p);
}

/* 0x80 in each byte where a and b agree. */
static inline needle lanes_equal(needle a, needle b)
{
  uint64_t x = a ^ b;

  return ~(((x & EACH(0x7f)) + EACH(0x7f)) | x) & EACH(0x80);
}

static inline needle lanes_or(needle a, needle b)
{
  return a | b;
}

/* The multiplication moves the bit of byte k to bit 56 + k; no two meet. */
static inline uint64_t lanes_bits(needle a)
{
  return ((a >> 7) * 0x0102040810204080u) >> 56;
}

#endif

/* A byte that is searched for anyway stands in for those that are not wanted. */
static inline void load_window(struct mt_csv_cursor *c, size_t base)
{
  const needle lf = needle_of('\n'), cr = needle_of('\r');
  const needle delimiter = needle_of(c->fields ? c->dialect.delimiter : '\n');
  const needle quote = needle_of(c->dialect.quote < 0 ? '\n' : c->dialect.quote);
  const needle comment = needle_of(c->dialect.comment < 0 ? '\n' : c->dialect.comment);
  uint64_t stops = 0, quotes = 0, newlines = 0;

  for (unsigned i = 0; i < WINDOW; i += LANES) {
    const needle v = lanes_load(c->text + base + i);
    const needle q = lanes_equal(v, quote);
    const needle n = lanes_or(lanes_equal(v, lf), lanes_equal(v, cr));
    const needle d = lanes_or(lanes_equal(v, delimiter), lanes_equal(v, comment));
    quotes |= lanes_bits(q) << i;
    newlines |= lanes_bits(n) << i;
    stops |= lanes_bits(lanes_or(d, lanes_or(q, n))) << i;
  }
  uint64_t valid =
      c->len - base < WINDOW ? ((uint64_t)1 << (c->len - base)) - 1 : ~(uint64_t)0;
  c->base = base;
  c->stop = stops & valid;
  c->quote = quotes & valid;
  c->newline = newlines & valid;
}

/* Makes sure that the window holds pos, which is less than len. */
static inline void seek(struct mt_csv_cursor *c, size_t pos)
{
  if (pos - c->base >= WINDOW)
    load_window(c, pos & ~(size_t)(WINDOW - 1));
}

static inline uint64_t from(size_t pos)
{
  return ~(uint64_t)0 << (pos & (WINDOW - 1));
}

/* The next one of three kinds of bytes at or after pos; len = none. */
#define DEFINE_NEXT(name, mask)                                                          \
  static inline size_t name(struct mt_csv_cursor *c, size_t pos)                         \
  {                                                                                      \
    if (pos >= c->len)                                                                   \
      return c->len;                                                                     \
    seek(c, pos);                                                                        \
    uint64_t m = c->mask & from(pos);                                                    \
    while (!m) {                                                                         \
      if (c->len - c->base <= WINDOW)                                                    \
        return c->len;                                                                   \
      load_window(c, c->base + WINDOW);                                                  \
      m = c->mask;                                                                       \
    }                                                                                    \
    return c->base + (size_t)__builtin_ctzll(m);                                         \
  }

DEFINE_NEXT(next_stop, stop)
DEFINE_NEXT(next_newline, newline)

/* The next quote; notes in c->broken when it lies on a later line. */
static inline size_t next_quote(struct mt_csv_cursor *c, size_t pos)
{
  if (pos >= c->len)
    return c->len;
  seek(c, pos);
  uint64_t at = from(pos), m = c->quote & at;
  while (!m) {
    c->broken |= (c->newline & at) != 0;
    if (c->len - c->base <= WINDOW)
      return c->len;
    load_window(c, c->base + WINDOW);
    at = ~(uint64_t)0;
    m = c->quote;
  }
  c->broken |= (c->newline & at & ((m & -m) - 1)) != 0;
  return c->base + (size_t)__builtin_ctzll(m);
}

void mt_csv_cursor_init(struct mt_csv_cursor *c, const struct mt_csv_dialect *d,
                        const uint8_t *text, size_t len, bool last)
{
  memset(c, 0, sizeof *c);
  c->dialect = *d;
  c->text = text;
  c->len = len;
  c->last = last;
  c->base = (size_t)0 - WINDOW; /* no position lies in it */
}

/* --- records ----------------------------------------------------------------- */

static inline bool is_blank(const struct mt_csv_cursor *c, size_t i)
{
  return (c->text[i] == ' ' || c->text[i] == '\t') && c->text[i] != c->dialect.delimiter;
}

/* Past a CR that ends no record: a LF or a delimiter after it goes with it. */
static enum mt_csv_item pass_cr(const struct mt_csv_cursor *c, size_t i, size_t *pos)
{
  i++;
  if (i == c->len && !c->last)
    return MT_CSV_MORE;
  if (i < c->len && (c->text[i] == '\n' || c->text[i] == c->dialect.delimiter))
    i++;
  *pos = i;
  return MT_CSV_BLANK;
}

/* Past a line end that is not in a record, at text[i]. */
static enum mt_csv_item pass_line_end(const struct mt_csv_cursor *c, size_t i,
                                      size_t *pos)
{
  if (c->text[i] == '\r')
    return pass_cr(c, i, pos);
  *pos = i + 1;
  return MT_CSV_BLANK;
}

/* Past the line that text[i] lies in, whatever is on it. */
static enum mt_csv_item pass_line(const struct mt_csv_cursor *c, size_t i, size_t *pos)
{
  while (i < c->len && c->text[i] != '\n' && c->text[i] != '\r')
    i++;
  if (i < c->len)
    return pass_line_end(c, i, pos);
  if (!c->last)
    return MT_CSV_MORE;
  *pos = i;
  return MT_CSV_BLANK;
}

enum mt_csv_item mt_csv_start(const struct mt_csv_cursor *c, size_t *pos)
{
  size_t i = *pos;

  while (i < c->len && is_blank(c, i))
    i++;
  if (i == c->len) {
    if (!c->last)
      return MT_CSV_MORE;
    *pos = i;
    return MT_CSV_END;
  }
  uint8_t b = c->text[i];
  if (b == '\n' || b == '\r')
    return pass_line_end(c, i, pos);
  if (b == c->dialect.comment && i == *pos)
    return pass_line(c, i, pos);
  return MT_CSV_RECORD;
}

/* The quote that closes a field whose content starts at pos, or len.  Doubled
 * quotes are passed over and noted. */
static inline size_t find_closing(struct mt_csv_cursor *c, size_t pos, bool *doubled)
{
  for (;;) {
    size_t i = next_quote(c, pos);
    if (i == c->len || (i + 1 == c->len && !c->last))
      return c->len;
    if (i + 1 == c->len || c->text[i + 1] != c->dialect.quote)
      return i;
    *doubled = true;
    pos = i + 2;
  }
}

/* Past the end of a record whose last field ends at i: a line end, or len. */
static inline enum mt_csv_item pass_record_end(const struct mt_csv_cursor *c, size_t i,
                                               size_t *pos)
{
  if (i == c->len) {
    *pos = i;
    return c->last ? MT_CSV_RECORD : MT_CSV_MORE;
  }
  if (c->text[i] == '\r') {
    if (i + 1 == c->len && !c->last)
      return MT_CSV_MORE;
    i += i + 1 < c->len && c->text[i + 1] == '\n';
  }
  *pos = i + 1;
  return MT_CSV_RECORD;
}

/* Behind a closing quote: a comment byte right there is text, as everything is
 * up to the next delimiter, where quotes mean nothing any more. */
static inline size_t after_closing(const struct mt_csv_cursor *c, size_t closing)
{
  size_t i = closing + 1;

  return i < c->len && c->text[i] == c->dialect.comment ? i + 1 : i;
}

enum mt_csv_item mt_csv_skim(struct mt_csv_cursor *c, size_t *pos, uint64_t max_field)
{
  const size_t start = *pos;
  size_t at = start;

  for (;;) {
    size_t i = next_stop(c, at);
    if (i == c->len || c->text[i] == '\n' || c->text[i] == '\r')
      return pass_record_end(c, i, pos);
    if (c->text[i] != c->dialect.quote)
      return pass_record_end(c, next_newline(c, i), pos);
    if (i != start && c->text[i - 1] != c->dialect.delimiter) {
      at = i + 1;
      continue;
    }
    bool doubled = false;
    size_t closing = find_closing(c, i + 1, &doubled);
    /* Without the closing quote the last byte may still turn out to be it. */
    size_t content = closing - i - 1;
    if (content > max_field && (closing < c->len || c->last || content - 1 > max_field)) {
      *pos = i;
      return MT_CSV_LONG_FIELD;
    }
    if (closing == c->len) {
      if (!c->last)
        return MT_CSV_MORE;
      *pos = i;
      return MT_CSV_OPEN_QUOTE;
    }
    at = after_closing(c, closing);
  }
}

enum mt_csv_item mt_csv_end_line(struct mt_csv_cursor *c, size_t *pos)
{
  return pass_record_end(c, next_newline(c, *pos), pos);
}

/* pandas' skipped lines have a grammar of their own: a quote opens only as the
 * first byte or after a delimiter that is not the first byte, and a CR that is
 * the first byte does not end the line.  A quote that never closes is ended at
 * its line's end, as in a record. */
enum mt_csv_item mt_csv_skip_line(const struct mt_csv_cursor *c, size_t *pos,
                                  uint64_t max_field)
{
  enum { FIRST, FIELD, TEXT, QUOTED, QUOTE } state = FIRST;
  const struct mt_csv_dialect *d = &c->dialect;
  size_t open = 0;

  for (size_t i = *pos; i < c->len; i++) {
    int b = c->text[i];
    if (state == QUOTED) {
      if (b == d->quote)
        state = QUOTE;
      else if (i - open > max_field)
        return pass_line(c, open, pos);
    } else if (b == '\n' || (b == '\r' && state != FIRST)) {
      return pass_line_end(c, i, pos);
    } else if (b == d->quote && state != TEXT) {
      if (state != QUOTE)
        open = i;
      state = QUOTED;
    } else {
      state = b == d->delimiter && state != FIRST ? FIELD : TEXT;
    }
  }
  if (!c->last)
    return MT_CSV_MORE;
  if (*pos == c->len)
    return MT_CSV_END;
  return pass_line(c, state == QUOTED ? open : c->len, pos);
}

/* --- fields ------------------------------------------------------------------ */

static inline void store(struct mt_csv_row *row, size_t off, size_t len, bool quoted)
{
  if (row->count < row->cap)
    row->cells[row->count * row->stride] = (struct mt_cell){
        .off = (uint32_t)off, .len = (uint32_t)len & INT32_MAX, .quoted = quoted};
  row->count++;
}

size_t mt_csv_unescape(uint8_t *text, size_t len, int quote)
{
  size_t to = 0;

  for (size_t i = 0; i < len;) {
    const uint8_t *q = memchr(text + i, quote, len - i);
    size_t n = q ? (size_t)(q - text) + 1 - i : len - i;
    if (to < i)
      memmove(text + to, text + i, n);
    to += n;
    i += n + (q && i + n < len && text[i + n] == quote);
  }
  return to;
}

/* A field whose text is not one slice of the record. */
static void store_unescaped(const struct mt_csv_cursor *c, struct mt_csv_row *row,
                            size_t begin, size_t end, size_t tail, size_t tail_end)
{
  size_t len = 0;

  if (row->count < row->cap) { /* only then is the text ours to change */
    uint8_t *text = (uint8_t *)(uintptr_t)c->text + begin;
    len = mt_csv_unescape(text, end - begin, c->dialect.quote);
    memmove(text + len, c->text + tail, tail_end - tail);
    len += tail_end - tail;
  }
  store(row, begin, len, true);
}

/* The quoted field that opens at text[i]; returns where it ends: a delimiter, a
 * comment, a line end, or len. */
static inline size_t split_quoted(struct mt_csv_cursor *c, size_t i,
                                  struct mt_csv_row *row)
{
  const size_t begin = i + 1;
  bool doubled = false;

  if (__builtin_expect(i == row->open, 0)) {
    size_t end = next_newline(c, begin);
    row->open_column = row->count;
    store_unescaped(c, row, begin, end, end, end);
    return end;
  }
  c->broken = false;
  size_t closing = find_closing(c, begin, &doubled);
  if (c->broken)
    row->lines += mt_csv_count_lines(c->text + begin, closing - begin);
  size_t end = closing + 1 < c->len ? closing + 1 : c->len;
  uint8_t b = end < c->len ? c->text[end] : '\n';
  if (b != c->dialect.delimiter && b != '\n' && b != '\r') {
    end = next_stop(c, after_closing(c, closing));
    while (end < c->len && c->text[end] == c->dialect.quote)
      end = next_stop(c, end + 1);
    store_unescaped(c, row, begin, closing, closing + 1, end);
  } else if (doubled)
    store_unescaped(c, row, begin, closing, end, end);
  else
    store(row, begin, closing - begin, true);
  return end;
}

void mt_csv_split(struct mt_csv_cursor *cursor, size_t *pos, struct mt_csv_row *out)
{
  struct mt_csv_cursor c = *cursor; /* copies that stay in registers */
  struct mt_csv_row row = *out;
  size_t begin = *pos, at = begin, i;

  row.count = row.lines = 0;
  for (;;) {
    i = next_stop(&c, at);
    uint8_t b = i < c.len ? c.text[i] : '\n';
    if (b == c.dialect.quote) {
      if (i != begin) {
        at = i + 1;
        continue;
      }
      i = split_quoted(&c, i, &row);
      b = i < c.len ? c.text[i] : '\n';
    } else {
      store(&row, begin, i - begin, false);
    }
    if (b != c.dialect.delimiter)
      break;
    begin = at = i + 1;
  }
  pass_record_end(&c, next_newline(&c, i), pos);
  *cursor = c;
  *out = row;
}

void mt_csv_measure(const struct mt_csv_dialect *d, const uint8_t *text, size_t len,
                    size_t *fields, size_t *longest)
{
  size_t begin = 0, i = 0;

  *fields = *longest = 0;
  for (;; i++) {
    bool quoted = i == begin && i < len && text[i] == d->quote;
    if (quoted) {
      for (begin = ++i; i < len; i++)
        if (text[i] == d->quote && (i + 1 == len || text[++i] != d->quote))
          break;
    }
    while (i < len && text[i] != d->delimiter)
      i++;
    (*fields)++;
    if (i - begin > *longest)
      *longest = i - begin;
    if (i >= len)
      return;
    begin = i + 1;
  }
}
