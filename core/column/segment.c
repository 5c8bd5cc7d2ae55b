#include "core/column/segment.h"

#include <string.h>

#include "core/cells/parse.h"

#define PYTHON_DIGITS 4300 /* int() refuses more of them, leading zeros included */

static bool begins_negative(const uint8_t *s, size_t n)
{
  size_t i = 0;
  while (i < n && mt_is_blank(s[i]))
    i++;
  return i < n && s[i] == '-';
}

/* What int() of Python reads though pandas' own parsers do not: 1_000.  *size is its
 * sys.getsizeof. */
static bool python_integer(const uint8_t *s, size_t n, uint32_t *size)
{
  uint8_t plain[PYTHON_DIGITS + 1];
  size_t used = 0;

  while (n > 0 && mt_is_blank(*s)) {
    s++;
    n--;
  }
  while (n > 0 && mt_is_blank(s[n - 1]))
    n--;
  if (n > 0 && (*s == '-' || *s == '+')) {
    s++;
    n--;
  }
  for (size_t i = 0; i < n && used <= PYTHON_DIGITS; i++) {
    if (mt_is_digit(s[i]))
      plain[used++] = s[i];
    else if (s[i] != '_' || i == 0 || i + 1 == n || !mt_is_digit(s[i - 1]) ||
             !mt_is_digit(s[i + 1]))
      return false;
  }
  if (used == 0 || used > PYTHON_DIGITS)
    return false;
  *size = mt_python_int_size(plain, used);
  return true;
}

void mt_segment_add(struct mt_segment *g, const struct mt_token *t, const uint8_t *s,
                    size_t n, uint64_t times)
{
  uint64_t u;
  uint32_t size = 0;
  bool negative = false;

  g->rows += times;
  if (t->null) {
    g->nulls += times;
    (void)mt_text_sizes_add(&g->nas, s, n, times);
    return;
  }
  (void)mt_text_sizes_add(&g->values, s, n, times);
  g->null_numbers += t->null_number ? times : 0;
  g->not_float[0] |= !t->pandas2_float;
  g->not_float[1] |= !t->is_float;
  g->not_bool |= t->boolean < 0;
  if (t->int64 == MT_INT_OK) {
    uint64_t magnitude = t->i < 0 ? -(uint64_t)t->i : (uint64_t)t->i;
    g->int64_mins += t->i == INT64_MIN ? times : 0;
    g->seen_negative |= begins_negative(s, n);
    size = magnitude < 1u << 30 ? 28 : magnitude < 1ull << 60 ? 32 : 36;
    g->int_object_bytes += times * size;
    if (t->i < MT_SMALL_INT_MIN || t->i > MT_SMALL_INT_MAX)
      g->int_boxes += times * mt_python_allocation(size);
    return;
  }
  if (g->int_event == MT_INT_OK)
    g->int_event = t->int64;
  enum mt_int_result r = mt_parse_uint64(s, n, &u, &negative);
  g->seen_negative |= negative;
  if (r != MT_INT_OK) {
    if (g->uint_error == MT_INT_OK)
      g->uint_error = r;
  } else if (!negative && u > INT64_MAX) {
    g->seen_uint = true;
  }
  if (!g->not_integer) {
    g->not_integer = !python_integer(s, n, &size);
    g->int_object_bytes += times * size;
    g->int_boxes += times * mt_python_allocation(size);
  }
}

void mt_segment_add_integers(struct mt_segment *g, uint64_t count, uint64_t small,
                             uint64_t big)
{
  enum { SIZE = 28, BIG_SIZE = 32 }; /* sys.getsizeof */

  g->int_object_bytes += (count - big) * SIZE + big * BIG_SIZE;
  g->int_boxes += (count - big - small) * mt_python_allocation(SIZE) +
                  big * mt_python_allocation(BIG_SIZE);
}

void mt_segment_merge(struct mt_segment *into, const struct mt_segment *later)
{
  if (into->rows == 0)
    into->line = later->line;
  into->rows += later->rows;
  into->nulls += later->nulls;
  into->null_numbers += later->null_numbers;
  into->int64_mins += later->int64_mins;
  into->int_object_bytes += later->int_object_bytes;
  into->int_boxes += later->int_boxes;
  into->utf8 += later->utf8;
  for (int i = 0; i < 2; i++)
    into->boxes[i] += later->boxes[i];
  if (into->int_event == MT_INT_OK)
    into->int_event = later->int_event;
  if (into->uint_error == MT_INT_OK)
    into->uint_error = later->uint_error;
  into->seen_negative |= later->seen_negative;
  into->seen_uint |= later->seen_uint;
  into->not_integer |= later->not_integer;
  into->not_float[0] |= later->not_float[0];
  into->not_float[1] |= later->not_float[1];
  into->not_bool |= later->not_bool;
  mt_text_sizes_merge(&into->values, &later->values);
  mt_text_sizes_merge(&into->nas, &later->nas);
}

/* Digits that do not fit, and something behind them: see MT_INT_LONG. */
static enum mt_int_result as_seen_by(int version, uint8_t r)
{
  if (r == MT_INT_LONG)
    return version >= 3 ? MT_INT_INVALID : MT_INT_OVERFLOW;
  return r;
}

/* int64 gave up on an overflow: what the uint64 pass makes of the chunk, or
 * MT_CHUNK_KINDS when it goes on to float64. */
static enum mt_chunk_kind uint_kind(const struct mt_segment *s, int version, bool *raw)
{
  enum mt_int_result error = as_seen_by(version, s->uint_error);
  bool overflow = error == MT_INT_OVERFLOW;

  if (error == MT_INT_INVALID)
    return MT_CHUNK_KINDS;
  if (!overflow && s->seen_uint && (s->seen_negative || s->nulls > 0)) {
    *raw = true; /* uint64_conflict: object, and null words stay as text */
    return MT_CHUNK_TEXT;
  }
  if (!overflow && !s->seen_negative)
    return MT_CHUNK_UINT;
  if (version >= 3 && !s->not_integer)
    return MT_CHUNK_PYINT;
  *raw = version >= 3; /* _try_pylong gave up: object, without the null words */
  return MT_CHUNK_TEXT;
}

/* Nulls among floats.  Integers with nulls go through int64, where -2^63 means null. */
static uint64_t float_nulls(const struct mt_segment *s)
{
  return s->nulls + (s->int_event == MT_INT_OK ? s->int64_mins : s->null_numbers);
}

enum mt_chunk_kind mt_segment_kind(const struct mt_segment *s, int version,
                                   bool *na_filter_off)
{
  *na_filter_off = false;
  if (s->nulls == s->rows)
    return MT_CHUNK_NA;
  if (s->int_event == MT_INT_OK)
    return s->nulls == 0              ? MT_CHUNK_INT
           : float_nulls(s) < s->rows ? MT_CHUNK_FLOAT
                                      : MT_CHUNK_NA;
  if (as_seen_by(version, s->int_event) == MT_INT_OVERFLOW) {
    enum mt_chunk_kind k = uint_kind(s, version, na_filter_off);
    if (k != MT_CHUNK_KINDS)
      return k;
  }
  if (!s->not_float[version - 2])
    return float_nulls(s) < s->rows ? MT_CHUNK_FLOAT : MT_CHUNK_NA;
  if (!s->not_bool)
    return s->nulls > 0 ? MT_CHUNK_BOOL_NA : MT_CHUNK_BOOL;
  return MT_CHUNK_TEXT;
}

/* The Python type of a chunk's values, as a bit; 0: it has none. */
static uint8_t python_type(enum mt_chunk_kind k)
{
  enum { INT = 1, FLOAT = 2, BOOL = 4, STR = 8 };
  static const uint8_t types[MT_CHUNK_KINDS] = {
      [MT_CHUNK_INT] = INT,     [MT_CHUNK_UINT] = INT,  [MT_CHUNK_PYINT] = INT,
      [MT_CHUNK_FLOAT] = FLOAT, [MT_CHUNK_BOOL] = BOOL, [MT_CHUNK_BOOL_NA] = BOOL,
      [MT_CHUNK_TEXT] = STR};
  return types[k];
}

/* values: how many of the chunk's rows pandas does not take for null. */
static void note_stranger(struct mt_chunk_totals *t, const struct mt_segment *s,
                          enum mt_chunk_kind k, uint64_t values)
{
  uint8_t type = python_type(k);

  if (t->first == 0)
    t->first = type;
  if (type == 0 || type == t->first)
    return;
  if (t->strangers == 0)
    t->strangers_line = s->line;
  t->strangers += values;
}

void mt_chunk_totals_add(struct mt_chunk_totals *t, const struct mt_segment *s,
                         int version)
{
  bool raw;
  enum mt_chunk_kind k = mt_segment_kind(s, version, &raw);
  uint64_t nulls = raw                                       ? 0
                   : k == MT_CHUNK_FLOAT || k == MT_CHUNK_NA ? float_nulls(s)
                                                             : s->nulls;

  note_stranger(t, s, k, s->rows - nulls);
  t->rows[k] += s->rows;
  t->chunks++;
  t->nulls[k] += nulls;
  switch (k) {
  case MT_CHUNK_INT:
  case MT_CHUNK_UINT:
  case MT_CHUNK_PYINT:
    t->int_object_bytes += s->int_object_bytes;
    t->int_boxes += s->int_boxes;
    break;
  case MT_CHUNK_TEXT:
    mt_text_sizes_merge(&t->text, &s->values);
    if (raw)
      mt_text_sizes_merge(&t->text, &s->nas);
    for (int i = 0; i < 2; i++)
      t->boxes[i] += s->boxes[i];
    t->utf8 += s->utf8;
    break;
  default:
    break;
  }
}

uint64_t mt_pandas_chunk_rows(size_t columns)
{
  uint64_t heuristic = (1u << 20) / (columns ? columns : 1), rows = 1;
  while (rows * 2 < heuristic)
    rows *= 2;
  return rows;
}
