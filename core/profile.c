#include "core/profile.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/parse.h"

/* Questions about a column whose answer more rows cannot change.  Workers read
 * them without order: asking again costs time, never a different answer. */
enum { SETTLED_DATE = 1, SETTLED_FLOAT32 = 2 };

#define PYTHON_DIGITS 4300 /* int() refuses longer texts */
#define FLOAT32_INTEGERS (1 << 24)
#define FLOAT64_INTEGERS (1ll << 53)

/* One text of a run of cells, and how often it occurs there. */
struct entry {
  uint64_t head;    /* first eight bytes, zero-padded */
  uint64_t hash;
  uint32_t off, len;
  uint32_t count;
  uint32_t quoted;  /* of those, begun with a quote */
  uint32_t row;     /* of the first */
  uint32_t slot;    /* its place in the table */
};

struct mt_part {
  size_t columns;
  uint64_t rows;
  struct mt_facts *facts;       /* one per column */
  struct mt_segment *segment;   /* segments * columns, segment-major */
  size_t segments, segments_cap;
  bool first_continues;         /* segment 0 goes on with an open pandas chunk */
  struct mt_fault_list faults;
  /* scratch of the column at hand */
  struct entry *entry;
  size_t entries, entries_cap;
  uint32_t *table; /* entry + 1, or 0 */
  size_t table_len, table_cap;
};

/* What a cell's text is, to pandas or to memtop. */
struct token {
  bool null;
  enum mt_int_result int64;
  bool integer; /* of any magnitude */
  bool is_float, overflow;
  int boolean; /* 1, 0, -1 */
  int64_t i;
  double d;
};

/* ---- texts -------------------------------------------------------------- */

static void read_token(struct token *t, const uint8_t *s, size_t n,
                       const struct mt_nulls *nulls)
{
  memset(t, 0, sizeof *t);
  t->boolean = -1;
  t->int64 = MT_INT_INVALID;
  t->null = mt_nulls_has(nulls, s, n);
  if (t->null)
    return;
  if (s[0] >= 'A' && (s[0] | 32) != 'i') {
    t->boolean = mt_parse_bool(s, n);
    return;
  }
  t->int64 = mt_parse_int64(s, n, &t->i);
  if (t->int64 == MT_INT_OK) {
    t->integer = t->is_float = true;
    t->d = (double)t->i;
    return;
  }
  t->is_float = mt_parse_float(s, n, &t->d, &t->overflow);
  t->integer = t->is_float && mt_is_integer_text(s, n);
}

static bool begins_negative(const uint8_t *s, size_t n)
{
  size_t i = 0;
  while (i < n && (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r')))
    i++;
  return i < n && s[i] == '-';
}

/* ---- a pandas chunk ----------------------------------------------------- */

/* What int() of Python reads though pandas' own parsers do not: 1_000.  *size is its
 * sys.getsizeof. */
static bool python_integer(const uint8_t *s, size_t n, uint32_t *size)
{
  uint8_t plain[PYTHON_DIGITS];
  size_t used = 0;

  if (n > sizeof plain)
    return false;
  for (size_t i = 0; i < n; i++) {
    if (s[i] != '_')
      plain[used++] = s[i];
    else if (i == 0 || i + 1 == n || (unsigned)(s[i - 1] - '0') > 9 ||
             (unsigned)(s[i + 1] - '0') > 9)
      return false;
  }
  if (!mt_is_integer_text(plain, used))
    return false;
  *size = mt_python_int_size(plain, used);
  return true;
}

static void segment_add(struct mt_segment *g, const struct token *t, const uint8_t *s,
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
  g->not_float |= !t->is_float;
  g->float_overflow |= t->overflow;
  g->not_bool |= t->boolean < 0;
  if (t->int64 == MT_INT_OK) {
    uint64_t magnitude = t->i < 0 ? -(uint64_t)t->i : (uint64_t)t->i;
    g->int64_mins += t->i == INT64_MIN ? times : 0;
    g->zeros += t->i == 0 ? times : 0;
    g->seen_negative |= begins_negative(s, n);
    g->int_object_bytes +=
        times * (magnitude < 1u << 30 ? 28 : magnitude < 1ull << 60 ? 32 : 36);
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
  }
}

static void segment_merge(struct mt_segment *into, const struct mt_segment *g)
{
  into->rows += g->rows;
  into->nulls += g->nulls;
  into->int64_mins += g->int64_mins;
  into->int_object_bytes += g->int_object_bytes;
  into->zeros += g->zeros;
  if (into->int_event == MT_INT_OK)
    into->int_event = g->int_event;
  if (into->uint_error == MT_INT_OK)
    into->uint_error = g->uint_error;
  into->seen_negative |= g->seen_negative;
  into->seen_uint |= g->seen_uint;
  into->not_integer |= g->not_integer;
  into->not_float |= g->not_float;
  into->float_overflow |= g->float_overflow;
  into->not_bool |= g->not_bool;
  mt_text_sizes_merge(&into->values, &g->values);
  mt_text_sizes_merge(&into->nas, &g->nas);
}

/* int64 gave up on an overflow: what the uint64 pass makes of the chunk, or
 * MT_CHUNK_KINDS when it goes on to float64. */
static enum mt_chunk_kind uint_kind(const struct mt_segment *s, int version, bool *raw)
{
  bool overflow = s->uint_error == MT_INT_OVERFLOW;

  if (s->uint_error == MT_INT_INVALID)
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

enum mt_chunk_kind mt_segment_kind(const struct mt_segment *s, int version,
                                   bool *na_filter_off)
{
  *na_filter_off = false;
  if (s->nulls == s->rows)
    return MT_CHUNK_NA;
  if (s->int_event == MT_INT_OK)
    return s->nulls > 0 ? MT_CHUNK_FLOAT : MT_CHUNK_INT;
  if (s->int_event == MT_INT_OVERFLOW) {
    enum mt_chunk_kind k = uint_kind(s, version, na_filter_off);
    if (k != MT_CHUNK_KINDS)
      return k;
  }
  if (!s->not_float && (version >= 3 || !s->float_overflow))
    return MT_CHUNK_FLOAT;
  if (!s->not_bool)
    return s->nulls > 0 ? MT_CHUNK_BOOL_NA : MT_CHUNK_BOOL;
  return MT_CHUNK_TEXT;
}

void mt_chunk_totals_add(struct mt_chunk_totals *t, const struct mt_segment *s, int version)
{
  bool raw;
  enum mt_chunk_kind k = mt_segment_kind(s, version, &raw);

  t->rows[k] += s->rows;
  t->nulls[k] += raw ? 0 : s->nulls;
  switch (k) {
  case MT_CHUNK_FLOAT:
    /* integers with nulls go through int64, where -2^63 means null */
    if (s->int_event == MT_INT_OK)
      t->nulls[k] += s->int64_mins;
    break;
  case MT_CHUNK_INT:
  case MT_CHUNK_UINT:
  case MT_CHUNK_PYINT:
    t->int_object_bytes += s->int_object_bytes;
    break;
  case MT_CHUNK_TEXT:
    mt_text_sizes_merge(&t->text, &s->values);
    if (raw)
      mt_text_sizes_merge(&t->text, &s->nas);
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

/* ---- facts of a column -------------------------------------------------- */

struct cursor {
  struct mt_facts *f;
  const struct mt_chunk *c;
  const struct mt_cell *cells;
  uint8_t settled;
};

static void note_place(struct cursor *x, enum mt_place_kind k, const struct entry *e,
                       const uint8_t *s)
{
  struct mt_place *p = &x->f->place[k];
  if (p->line != 0)
    return;
  p->line = mt_chunk_line(x->c, e->row);
  p->byte = mt_chunk_cell_byte(x->c, e->row, &x->cells[e->row]);
  p->len = e->len > sizeof p->text ? sizeof p->text : (uint8_t)e->len;
  p->cut = e->len > sizeof p->text;
  memcpy(p->text, s, p->len);
}

static void integer_range(struct cursor *x, __int128 v, const struct entry *e,
                          const uint8_t *s)
{
  static const struct {
    enum mt_place_kind place;
    int bits;
    bool is_signed;
  } range[] = {
      {MT_PLACE_NOT_INT8, 8, true},     {MT_PLACE_NOT_INT16, 16, true},
      {MT_PLACE_NOT_INT32, 32, true},   {MT_PLACE_NOT_INT64, 64, true},
      {MT_PLACE_NOT_UINT8, 8, false},   {MT_PLACE_NOT_UINT16, 16, false},
      {MT_PLACE_NOT_UINT32, 32, false}, {MT_PLACE_NOT_UINT64, 64, false},
  };

  for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
    __int128 one = 1;
    __int128 low = range[i].is_signed ? -(one << (range[i].bits - 1)) : 0;
    __int128 high = (one << (range[i].bits - range[i].is_signed)) - 1;
    if (v < low || v > high)
      note_place(x, range[i].place, e, s);
  }
}

static void facts_float(struct cursor *x, double d)
{
  struct mt_facts *f = x->f;
  if (f->integers + f->floats + f->big_integers == 0) {
    f->float_min = f->float_max = d;
  } else {
    if (d < f->float_min)
      f->float_min = d;
    if (d > f->float_max)
      f->float_max = d;
  }
}

static void facts_float32(struct cursor *x, const struct entry *e, const uint8_t *s,
                          double d, const struct mt_number_text *t)
{
  if (x->settled & SETTLED_FLOAT32)
    return;
  if ((double)(float)d != d)
    x->f->float32_inexact += e->count;
  if (!mt_float32_keeps_text(t, d)) {
    x->f->float32_text += e->count;
    note_place(x, MT_PLACE_NOT_FLOAT32, e, s);
  }
}

static void facts_integer(struct cursor *x, const struct entry *e, const uint8_t *s,
                          const struct token *t)
{
  struct mt_facts *f = x->f;
  struct mt_number_text text;
  uint64_t u = 0;
  bool negative = false;
  __int128 v = t->i;
  size_t digit = s[0] == '-';

  if (t->int64 != MT_INT_OK) {
    if (mt_parse_uint64(s, e->len, &u, &negative) != MT_INT_OK || negative) {
      facts_float(x, t->d);
      f->big_integers += e->count;
      f->ascending = false;
      note_place(x, MT_PLACE_NOT_INT64, e, s);
      note_place(x, MT_PLACE_NOT_UINT64, e, s);
      note_place(x, MT_PLACE_NOT_FLOAT64, e, s);
      note_place(x, MT_PLACE_NOT_FLOAT32, e, s);
      f->float32_text += e->count;
      f->inexact += e->count;
      return;
    }
    v = u;
  }
  facts_float(x, t->d);
  if (f->integers == 0 || v < f->int_min || v > f->int_max) {
    integer_range(x, v, e, s);
    if (f->integers == 0 || v < f->int_min)
      f->int_min = v;
    if (f->integers == 0 || v > f->int_max)
      f->int_max = v;
  }
  if (f->integers == 0)
    f->first_int = v;
  else if (f->ascending && v <= f->last_int)
    f->ascending = false;
  else if (v != f->last_int + 1)
    f->step_one = false;
  if (e->count > 1)
    f->ascending = false;
  f->last_int = v;
  f->integers += e->count;

  if (v == 0 && digit)
    f->negative_zeros += e->count;
  if (s[digit] < '1' || s[digit] > '9' || s[e->len - 1] < '0') {
    /* not in its plainest form: zeros, a plus or blanks around it */
    if (mt_number_text(s, e->len, &text)) {
      if (text.leading_zero || text.plus) {
        f->identifiers += e->count;
        note_place(x, MT_PLACE_IDENTIFIER, e, s);
      }
      if (text.blanks)
        f->padded += e->count;
    }
  }
  if (v > FLOAT64_INTEGERS || v < -FLOAT64_INTEGERS) {
    if ((__int128)t->d != v) {
      f->inexact += e->count;
      note_place(x, MT_PLACE_NOT_FLOAT64, e, s);
    }
  }
  if ((v > FLOAT32_INTEGERS || v < -FLOAT32_INTEGERS) &&
      mt_number_text(s, e->len, &text))
    facts_float32(x, e, s, t->d, &text);
}

static void facts_decimal(struct cursor *x, const struct entry *e, const uint8_t *s,
                          const struct token *t)
{
  struct mt_facts *f = x->f;
  struct mt_number_text text;
  bool whole;

  f->ascending = false;
  if (f->floats == 0)
    f->decimals_min = UINT32_MAX;
  if (t->overflow || isinf(t->d) || !mt_number_text(s, e->len, &text)) {
    facts_float(x, t->d);
    f->floats += e->count;
    f->fractions += e->count;
    note_place(x, MT_PLACE_FRACTION, e, s);
    if (!t->overflow) {
      f->infinities += e->count;
      return;
    }
    f->overflows += e->count;
    f->float32_text += e->count;
    note_place(x, MT_PLACE_NOT_FLOAT64, e, s);
    note_place(x, MT_PLACE_NOT_FLOAT32, e, s);
    return;
  }
  /* by the text: 1e-400 is not 0, 1.00000000000000000001 is not 1 */
  whole = mt_number_is_whole(&text);
  if (whole && fabs(t->d) < 1e30 &&
      (f->floats == 0 || t->d < f->float_min || t->d > f->float_max))
    integer_range(x, (__int128)t->d, e, s);
  facts_float(x, t->d);
  f->floats += e->count;
  if (t->d == 0 && signbit(t->d)) {
    f->negative_zeros += e->count;
    whole = false;
  }
  if (!whole) {
    f->fractions += e->count;
    note_place(x, MT_PLACE_FRACTION, e, s);
  }
  if (text.leading_zero || text.plus) {
    f->identifiers += e->count;
    note_place(x, MT_PLACE_IDENTIFIER, e, s);
  }
  f->padded += text.blanks ? e->count : 0;
  if (text.exponent_form) {
    f->exponents += e->count;
  } else {
    if (text.decimals < f->decimals_min)
      f->decimals_min = text.decimals;
    if (text.decimals > f->decimals_max)
      f->decimals_max = text.decimals;
  }
  facts_float32(x, e, s, t->d, &text);
}

static void facts_date(struct cursor *x, const struct entry *e, const uint8_t *s)
{
  struct mt_facts *f = x->f;
  struct mt_date_text t;
  int64_t seconds;
  uint32_t nanoseconds;

  if (x->settled & SETTLED_DATE)
    return;
  if (!mt_date_read(s, e->len, &t)) {
    note_place(x, MT_PLACE_NOT_DATE, e, s);
    x->settled |= SETTLED_DATE;
    return;
  }
  mt_date_value(&t, (enum mt_date_layout)__builtin_ctz(t.layouts), &seconds, &nanoseconds);
  bool midnight = t.hour == 0 && t.minute == 0 && t.second == 0 && t.nanosecond == 0;
  if (f->dates == 0) {
    f->date_layouts = t.layouts;
    f->date_shape = t.shape;
    f->fraction_min = f->fraction_max = t.fraction_digits;
    f->date_midnight = midnight;
    f->offset_low = f->offset_high = t.offset_minutes;
    f->date_low = f->date_high = seconds;
  } else {
    f->date_layouts &= t.layouts;
    f->date_shapes_differ |= memcmp(&f->date_shape, &t.shape, sizeof t.shape) != 0;
    if (t.fraction_digits < f->fraction_min)
      f->fraction_min = t.fraction_digits;
    if (t.fraction_digits > f->fraction_max)
      f->fraction_max = t.fraction_digits;
    f->date_midnight &= midnight;
    if (t.offset_minutes < f->offset_low)
      f->offset_low = t.offset_minutes;
    if (t.offset_minutes > f->offset_high)
      f->offset_high = t.offset_minutes;
    if (seconds < f->date_low)
      f->date_low = seconds;
    if (seconds > f->date_high)
      f->date_high = seconds;
  }
  if (f->date_layouts == 0)
    note_place(x, MT_PLACE_NOT_DATE, e, s);
  f->date_padding |= t.padding;
  f->dates += e->count;
}

static void facts_null(struct mt_facts *f, const struct entry *e)
{
  f->nulls += e->count;
  if (e->len == 0) {
    f->empties += e->count - e->quoted;
    f->quoted_empties += e->quoted;
  } else {
    f->null_words += e->count;
    f->null_word_bytes += (uint64_t)e->count * e->len;
  }
}

static void facts_bool(struct cursor *x, const struct entry *e, const uint8_t *s)
{
  int family = -1, word = e->len <= 5 ? mt_parse_bool_word(s, e->len, &family) : -1;
  if (word >= 0)
    x->f->bools[family] += e->count;
  else
    note_place(x, MT_PLACE_NOT_BOOL, e, s);
}

static void facts_text(struct cursor *x, const struct entry *e, const uint8_t *s)
{
  int word = e->len <= 9 ? mt_null_word(s, e->len) : -1;

  if (word >= 0)
    x->f->na_words |= 1u << word;
  x->f->ascending = false;
  note_place(x, MT_PLACE_NOT_NUMBER, e, s);
  facts_bool(x, e, s);
  facts_date(x, e, s);
}

static void facts_add(struct cursor *x, const struct entry *e, const struct token *t,
                      const uint8_t *s)
{
  struct mt_facts *f = x->f;

  f->rows += e->count;
  if (t->null) {
    if (e->len > 0)
      note_place(x, MT_PLACE_NULL_WORD, e, s);
    facts_null(f, e);
    return;
  }
  if (!mt_text_sizes_add(&f->sizes, s, e->len, e->count)) {
    f->not_utf8 += e->count;
    note_place(x, MT_PLACE_BAD_UTF8, e, s);
  }
  if (e->len > f->longest)
    f->longest = e->len;
  if (e->len < f->shortest)
    f->shortest = e->len;
  if (!t->is_float) {
    facts_text(x, e, s);
    return;
  }
  note_place(x, MT_PLACE_NOT_BOOL, e, s);
  note_place(x, MT_PLACE_NOT_DATE, e, s);
  x->settled |= SETTLED_DATE;
  if (t->integer)
    facts_integer(x, e, s, t);
  else
    facts_decimal(x, e, s, t);
}

static void facts_init(struct mt_facts *f)
{
  memset(f, 0, sizeof *f);
  f->ascending = f->step_one = true;
  f->shortest = UINT32_MAX;
}

static void merge_integers(struct mt_facts *into, const struct mt_facts *f)
{
  bool both = into->integers > 0 && f->integers > 0;

  into->ascending &= f->ascending && (!both || f->first_int > into->last_int);
  into->step_one &= f->step_one && (!both || f->first_int == into->last_int + 1);
  if (f->integers > 0) {
    if (!both) {
      into->int_min = f->int_min;
      into->int_max = f->int_max;
      into->first_int = f->first_int;
    } else {
      if (f->int_min < into->int_min)
        into->int_min = f->int_min;
      if (f->int_max > into->int_max)
        into->int_max = f->int_max;
    }
    into->last_int = f->last_int;
  }
}

static void merge_floats(struct mt_facts *into, const struct mt_facts *f)
{
  bool had = into->integers + into->floats + into->big_integers > 0;
  bool has = f->integers + f->floats + f->big_integers > 0;

  if (has && (!had || f->float_min < into->float_min))
    into->float_min = f->float_min;
  if (has && (!had || f->float_max > into->float_max))
    into->float_max = f->float_max;
  if (f->floats > 0) {
    if (into->floats == 0 || f->decimals_min < into->decimals_min)
      into->decimals_min = f->decimals_min;
    if (f->decimals_max > into->decimals_max)
      into->decimals_max = f->decimals_max;
  }
}

static void merge_dates(struct mt_facts *into, const struct mt_facts *f)
{
  if (f->dates == 0)
    return;
  if (into->dates == 0) {
    into->date_layouts = f->date_layouts;
    into->date_shape = f->date_shape;
    into->date_shapes_differ = f->date_shapes_differ;
    into->date_midnight = f->date_midnight;
    into->fraction_min = f->fraction_min;
    into->fraction_max = f->fraction_max;
    into->date_low = f->date_low;
    into->date_high = f->date_high;
    into->offset_low = f->offset_low;
    into->offset_high = f->offset_high;
  } else {
    into->date_layouts &= f->date_layouts;
    into->date_shapes_differ |=
        f->date_shapes_differ ||
        memcmp(&into->date_shape, &f->date_shape, sizeof f->date_shape) != 0;
    into->date_midnight &= f->date_midnight;
    if (f->offset_low < into->offset_low)
      into->offset_low = f->offset_low;
    if (f->offset_high > into->offset_high)
      into->offset_high = f->offset_high;
    if (f->fraction_min < into->fraction_min)
      into->fraction_min = f->fraction_min;
    if (f->fraction_max > into->fraction_max)
      into->fraction_max = f->fraction_max;
    if (f->date_low < into->date_low)
      into->date_low = f->date_low;
    if (f->date_high > into->date_high)
      into->date_high = f->date_high;
  }
  into->date_padding |= f->date_padding;
  into->dates += f->dates;
}

static void facts_merge(struct mt_facts *into, const struct mt_facts *f)
{
  merge_integers(into, f); /* before the counts they look at change */
  merge_floats(into, f);
  merge_dates(into, f);
  into->rows += f->rows;
  into->nulls += f->nulls;
  into->empties += f->empties;
  into->quoted_empties += f->quoted_empties;
  into->null_words += f->null_words;
  into->null_word_bytes += f->null_word_bytes;
  into->na_words |= f->na_words;
  into->integers += f->integers;
  into->big_integers += f->big_integers;
  into->floats += f->floats;
  into->fractions += f->fractions;
  into->negative_zeros += f->negative_zeros;
  into->infinities += f->infinities;
  into->overflows += f->overflows;
  into->inexact += f->inexact;
  into->float32_text += f->float32_text;
  into->float32_inexact += f->float32_inexact;
  into->exponents += f->exponents;
  into->identifiers += f->identifiers;
  into->padded += f->padded;
  for (int i = 0; i < MT_BOOL_FAMILIES; i++)
    into->bools[i] += f->bools[i];
  mt_text_sizes_merge(&into->sizes, &f->sizes);
  if (f->longest > into->longest)
    into->longest = f->longest;
  if (f->shortest < into->shortest)
    into->shortest = f->shortest;
  into->not_utf8 += f->not_utf8;
  into->nul += f->nul;
  for (int i = 0; i < MT_PLACE_KINDS; i++)
    if (into->place[i].line == 0)
      into->place[i] = f->place[i];
}

/* ---- a block ------------------------------------------------------------ */

struct mt_part *mt_part_new(const struct mt_profile *p)
{
  struct mt_part *part = calloc(1, sizeof *part);

  if (part == NULL)
    return NULL;
  part->columns = p->columns;
  part->facts = mt_alloc(p->columns, sizeof *part->facts);
  if (part->facts == NULL) {
    free(part);
    return NULL;
  }
  return part;
}

void mt_part_free(struct mt_part *part)
{
  if (part == NULL)
    return;
  free(part->facts);
  free(part->segment);
  free(part->entry);
  free(part->table);
  free(part);
}

static inline uint64_t load_head(const uint8_t *s, size_t n)
{
  uint64_t w;
  memcpy(&w, s, sizeof w); /* chunk text is readable past its end */
  return n >= 8 ? w : w & ((1ull << (8 * n)) - 1);
}

static inline uint64_t hash_text(const uint8_t *s, size_t n, uint64_t head, uint64_t seed)
{
  if (n > 8)
    return XXH3_64bits_withSeed(s, n, seed);
  head = (head ^ seed ^ n) * 0x9fb21c651e98df25ull;
  head ^= head >> 35;
  head *= 0x9fb21c651e98df25ull;
  return head ^ head >> 28;
}

static int grow_table(struct mt_part *part)
{
  size_t len = part->table_len ? part->table_len * 4 : 256;
  uint32_t *table;

  if (len > part->table_cap) {
    table = realloc(part->table, len * sizeof *table);
    if (table == NULL)
      return ENOMEM;
    part->table = table;
    part->table_cap = len;
  }
  memset(part->table, 0, len * sizeof *part->table);
  part->table_len = len;
  for (size_t i = 0; i < part->entries; i++) {
    size_t at = part->entry[i].hash & (len - 1);
    while (part->table[at] != 0)
      at = (at + 1) & (len - 1);
    part->table[at] = (uint32_t)i + 1;
    part->entry[i].slot = (uint32_t)at;
  }
  return 0;
}

static void clear_table(struct mt_part *part)
{
  if (part->table_len > 256) {
    part->table_len = 256;
    memset(part->table, 0, part->table_len * sizeof *part->table);
  } else {
    for (size_t i = 0; i < part->entries; i++)
      part->table[part->entry[i].slot] = 0;
  }
  part->entries = 0;
}

/* Gathers the distinct texts of cells[from .. to) in order of appearance. */
static int gather(struct mt_part *part, const struct mt_chunk *c,
                  const struct mt_cell *cells, size_t from, size_t to, uint64_t seed)
{
  struct entry *last = NULL;

  if (part->entries_cap < to - from) {
    struct entry *entry = realloc(part->entry, (to - from) * sizeof *entry);
    if (entry == NULL)
      return ENOMEM;
    part->entry = entry;
    part->entries_cap = to - from;
  }
  for (size_t r = from; r < to; r++) {
    const uint8_t *s = c->text + cells[r].off;
    size_t n = cells[r].len, at;
    uint64_t head = load_head(s, n), hash;
    struct entry *e;

    if (last != NULL && last->head == head && last->len == n &&
        (n <= 8 || memcmp(c->text + last->off, s, n) == 0)) {
      last->count++;
      last->quoted += cells[r].quoted;
      continue;
    }
    if (part->entries * 2 >= part->table_len && grow_table(part) != 0)
      return ENOMEM;
    hash = hash_text(s, n, head, seed);
    for (at = hash & (part->table_len - 1);; at = (at + 1) & (part->table_len - 1)) {
      if (part->table[at] == 0) {
        e = &part->entry[part->entries++];
        *e = (struct entry){.head = head, .hash = hash, .off = cells[r].off,
                            .len = (uint32_t)n, .row = (uint32_t)r, .slot = (uint32_t)at};
        part->table[at] = (uint32_t)part->entries;
        break;
      }
      e = &part->entry[part->table[at] - 1];
      if (e->head == head && e->len == n &&
          (n <= 8 || (e->hash == hash && memcmp(c->text + e->off, s, n) == 0)))
        break;
    }
    e->count++;
    e->quoted += cells[r].quoted;
    last = e;
  }
  return 0;
}

/* The pool is empty: makes room by giving up the largest set that can be had.  The
 * caller holds the lock of `column`. */
static int make_room(struct mt_profile *p, size_t column)
{
  size_t largest = column, most = mt_distinct_bytes(&p->column[column].distinct);
  pthread_mutex_t *lock;
  int rc;

  for (size_t i = 0; i < p->columns; i++) {
    size_t bytes = mt_distinct_bytes(&p->column[i].distinct);
    if (bytes > most) {
      largest = i;
      most = bytes;
    }
  }
  lock = &p->lock[largest % MT_LOCK_STRIPES];
  if (lock == &p->lock[column % MT_LOCK_STRIPES])
    return mt_distinct_evict(&p->column[largest].distinct, &p->pool);
  if (pthread_mutex_trylock(lock) != 0) /* waiting could deadlock */
    return mt_distinct_evict(&p->column[column].distinct, &p->pool);
  rc = mt_distinct_evict(&p->column[largest].distinct, &p->pool);
  pthread_mutex_unlock(lock);
  return rc;
}

static int add_distinct(struct mt_profile *p, size_t column, const struct mt_part *part,
                        const uint8_t *text, const uint8_t *is_null)
{
  struct mt_distinct *d = &p->column[column].distinct;
  pthread_mutex_t *lock = &p->lock[column % MT_LOCK_STRIPES];
  int rc = 0;

  pthread_mutex_lock(lock);
  for (size_t i = 0; i < part->entries && rc == 0;) {
    const struct entry *e = &part->entry[i];
    if (!is_null[i])
      rc = mt_distinct_add(d, &p->pool, text + e->off, e->len, e->count);
    if (rc == 0 && d->full) {
      d->full = false;
      rc = make_room(p, column);
      continue; /* this entry again */
    }
    i++;
  }
  pthread_mutex_unlock(lock);
  return rc;
}

/* One column of one segment: cells [from, to) of the chunk. */
static int profile_cells(struct mt_part *part, struct mt_profile *p,
                         const struct mt_chunk *c, size_t column, struct mt_segment *g,
                         size_t from, size_t to)
{
  struct cursor x = {.f = &part->facts[column], .c = c,
                     .cells = mt_chunk_column(c, column)};
  uint8_t *is_null;
  int rc = gather(part, c, x.cells, from, to, p->pool.seed);

  x.settled = atomic_load_explicit(&p->settled[column], memory_order_relaxed);
  is_null = rc == 0 ? malloc(part->entries + 1) : NULL;
  if (is_null == NULL)
    return ENOMEM;
  for (size_t i = 0; i < part->entries; i++) {
    const struct entry *e = &part->entry[i];
    const uint8_t *s = c->text + e->off, *nul = NULL;
    struct token t;

    read_token(&t, s, e->len, p->nulls);
    is_null[i] = t.null;
    if (c->has_nul)
      nul = memchr(s, 0, e->len);
    facts_add(&x, e, &t, s);
    if (nul != NULL) { /* pandas sees the text up to the NUL */
      size_t n = (size_t)(nul - s);
      note_place(&x, MT_PLACE_NUL, e, s);
      x.f->nul += e->count;
      read_token(&t, s, n, p->nulls);
      segment_add(g, &t, s, n, e->count);
    } else {
      segment_add(g, &t, s, e->len, e->count);
    }
  }
  rc = add_distinct(p, column, part, c->text, is_null);
  free(is_null);
  clear_table(part);
  return rc;
}

static int shape_segments(struct mt_part *part, const struct mt_profile *p,
                          const struct mt_chunk *c)
{
  uint64_t into = c->first_row % p->chunk_rows;
  size_t segments = (size_t)((into + c->rows + p->chunk_rows - 1) / p->chunk_rows);
  size_t need;

  if (c->rows == 0)
    segments = 0;
  if (!mt_size_mul(segments, part->columns, &need))
    return ENOMEM;
  if (segments > part->segments_cap) {
    struct mt_segment *s = mt_alloc(need, sizeof *s);
    if (s == NULL)
      return ENOMEM;
    free(part->segment);
    part->segment = s;
    part->segments_cap = segments;
  } else if (need > 0) {
    memset(part->segment, 0, need * sizeof *part->segment);
  }
  part->segments = segments;
  part->first_continues = into != 0;
  return 0;
}

static void count_text_faults(struct mt_part *part, const struct mt_chunk *c)
{
  for (size_t i = 0; i < part->columns && (c->has_nul || c->has_non_ascii); i++) {
    const struct mt_facts *f = &part->facts[i];
    const struct {
      enum mt_fault_kind kind;
      uint64_t count;
      const struct mt_place *place;
    } fault[] = {{MT_FAULT_NUL, f->nul, &f->place[MT_PLACE_NUL]},
                 {MT_FAULT_BAD_UTF8, f->not_utf8, &f->place[MT_PLACE_BAD_UTF8]}};
    for (size_t k = 0; k < 2; k++) {
      if (fault[k].count == 0)
        continue;
      mt_fault_add(&part->faults, fault[k].kind, fault[k].place->line,
                   fault[k].place->byte, i);
      part->faults.count[fault[k].kind] += fault[k].count - 1;
    }
  }
}

int mt_part_profile(struct mt_part *part, struct mt_profile *p, const struct mt_chunk *c,
                    struct mt_error *err)
{
  assert(c->columns == part->columns);
  if (shape_segments(part, p, c) != 0)
    return mt_fail_memory(err);
  part->rows = c->rows;
  part->faults = c->faults;
  for (size_t col = 0; col < part->columns; col++) {
    size_t from = 0, room = (size_t)(p->chunk_rows - c->first_row % p->chunk_rows);

    facts_init(&part->facts[col]);
    for (size_t s = 0; s < part->segments; s++) {
      size_t to = c->rows - from < room ? c->rows : from + room;
      if (profile_cells(part, p, c, col, &part->segment[s * part->columns + col], from,
                        to) != 0)
        return mt_fail_memory(err);
      from = to;
      room = (size_t)p->chunk_rows;
    }
  }
  count_text_faults(part, c);
  return 0;
}

/* ---- the dataset -------------------------------------------------------- */

int mt_profile_init(struct mt_profile *p, size_t columns, const struct mt_nulls *nulls,
                    size_t pool_bytes, struct mt_error *err)
{
  memset(p, 0, sizeof *p);
  p->columns = columns;
  p->chunk_rows = mt_pandas_chunk_rows(columns);
  p->nulls = nulls;
  mt_distinct_pool_init(&p->pool, pool_bytes);
  for (int i = 0; i < MT_LOCK_STRIPES; i++)
    pthread_mutex_init(&p->lock[i], NULL);
  p->column = mt_alloc(columns, sizeof *p->column);
  p->settled = mt_alloc(columns, sizeof *p->settled);
  if (p->column == NULL || p->settled == NULL) {
    mt_profile_reset(p);
    return mt_fail_memory(err);
  }
  for (size_t i = 0; i < columns; i++) {
    facts_init(&p->column[i].facts);
    mt_distinct_init(&p->column[i].distinct);
  }
  return 0;
}

void mt_profile_reset(struct mt_profile *p)
{
  if (p->column != NULL)
    for (size_t i = 0; i < p->columns; i++)
      mt_distinct_reset(&p->column[i].distinct, &p->pool);
  free(p->column);
  free(p->settled);
  for (int i = 0; i < MT_LOCK_STRIPES; i++)
    pthread_mutex_destroy(&p->lock[i]);
  memset(p, 0, sizeof *p);
}

static void close_chunk(struct mt_column_profile *c)
{
  if (c->open.rows == 0)
    return;
  mt_chunk_totals_add(&c->totals[0], &c->open, 2);
  mt_chunk_totals_add(&c->totals[1], &c->open, 3);
  memset(&c->open, 0, sizeof c->open);
}

void mt_profile_merge(struct mt_profile *p, const struct mt_part *part)
{
  for (size_t i = 0; i < p->columns; i++) {
    struct mt_column_profile *c = &p->column[i];
    uint8_t settled = 0;

    for (size_t s = 0; s < part->segments; s++) {
      if (s > 0 || !part->first_continues)
        close_chunk(c);
      segment_merge(&c->open, &part->segment[s * part->columns + i]);
    }
    facts_merge(&c->facts, &part->facts[i]);
    if (c->facts.place[MT_PLACE_NOT_DATE].line != 0)
      settled |= SETTLED_DATE;
    if (c->facts.place[MT_PLACE_NOT_FLOAT32].line != 0)
      settled |= SETTLED_FLOAT32;
    atomic_store_explicit(&p->settled[i], settled, memory_order_relaxed);
  }
  mt_fault_merge(&p->faults, &part->faults);
  p->rows += part->rows;
}

void mt_profile_finish(struct mt_profile *p)
{
  for (size_t i = 0; i < p->columns; i++)
    close_chunk(&p->column[i]);
}
