#include "core/column/facts.h"

#include <math.h>
#include <string.h>

#include "core/cells/parse.h"
#include "core/cells/xstrtod.h"

#define YEAR (366 * INT64_C(86400)) /* seconds by which two layouts can differ */
#define FLOAT64_INTEGERS (1ll << 53)
#define DECIMALS_FLOAT64 15 /* that many digits pandas reads right, but for zeros */
#define TWELVE_DIGITS 1e-12
#define SUBNORMAL 1e-323

void mt_facts_note(struct mt_facts *f, enum mt_place_kind k,
                   const struct mt_occurrence *o)
{
  mt_places_note(&f->places, k, o);
}

static void integer_range(struct mt_facts *f, const struct mt_occurrence *o, __int128 v)
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
      mt_facts_note(f, range[i].place, o);
  }
}

/* Whether the integer types that hold a and b are the same, as far as can be told at
 * once: so are their signs and their numbers of bits. */
static bool same_width(__int128 a, __int128 b)
{
  uint64_t x = (uint64_t)(a < 0 ? ~a : a), y = (uint64_t)(b < 0 ? ~b : b);
  return (a < 0) == (b < 0) && x != 0 && y != 0 &&
         __builtin_clzll(x) == __builtin_clzll(y);
}

static void widen_floats(struct mt_facts *f, double d)
{
  if (isinf(d))
    return;
  if (d < f->float_min)
    f->float_min = d;
  if (d > f->float_max)
    f->float_max = d;
}

static void add_float32(struct mt_facts *f, const struct mt_occurrence *o, double d,
                        const struct mt_number_text *t, uint8_t *settled)
{
  if (*settled & MT_SETTLED_FLOAT32)
    return;
  if ((double)(float)d != d)
    f->float32_inexact += o->times;
  if (!mt_float32_keeps_text(t, d)) {
    mt_facts_note(f, MT_PLACE_NOT_FLOAT32, o);
  }
}

/* An integer that may not be in its plainest form: zeros, a plus or blanks around it. */
static void add_decoration(struct mt_facts *f, const struct mt_occurrence *o)
{
  struct mt_number_text text;

  if (!mt_number_text(o->s, o->n, &text))
    return;
  if (text.leading_zero || text.plus) {
    f->identifiers += o->times;
    mt_facts_note(f, MT_PLACE_IDENTIFIER, o);
  }
  if (text.blanks)
    f->padded += o->times;
}

static void add_integer(struct mt_facts *f, const struct mt_occurrence *o,
                        const struct mt_token *t, uint8_t *settled)
{
  struct mt_number_text text;
  uint64_t u = 0;
  bool negative = false;
  __int128 v = t->i;
  size_t digit = o->s[0] == '-';

  if (t->int64 != MT_INT_OK) {
    if (mt_parse_uint64(o->s, o->n, &u, &negative) != MT_INT_OK || negative) {
      widen_floats(f, t->d);
      f->big_integers += o->times;
      f->inexact += o->times;
      f->ascending = f->steady = false;
      for (int k = MT_PLACE_NOT_INT8; k <= MT_PLACE_INEXACT; k++)
        mt_facts_note(f, (enum mt_place_kind)k, o); /* no number holds it */
      add_decoration(f, o);
      return;
    }
    v = u;
  }
  widen_floats(f, t->d);
  if (f->integers == 0 || v < f->int_min || v > f->int_max) {
    if (f->integers == 0 || !same_width(v, v < f->int_min ? f->int_min : f->int_max))
      integer_range(f, o, v);
    if (f->integers == 0 || v < f->int_min)
      f->int_min = v;
    if (f->integers == 0 || v > f->int_max)
      f->int_max = v;
  }
  if (f->integers == 0) {
    f->first_int = v;
  } else {
    if (f->integers == 1)
      f->step = v - f->last_int;
    f->ascending &= v > f->last_int;
    f->steady &= v != f->last_int && v - f->last_int == f->step;
  }
  if (o->times > 1)
    f->ascending = f->steady = false;
  f->last_int = v;
  f->integers += o->times;

  if (v == INT64_MIN)
    mt_facts_note(f, MT_PLACE_NULLED, o);
  if (v == 0 && digit)
    f->negative_zeros += o->times;
  if (o->s[digit] < '1' || o->s[digit] > '9' || o->s[o->n - 1] < '0')
    add_decoration(f, o);
  if (v > FLOAT64_INTEGERS || v < -FLOAT64_INTEGERS) {
    if ((__int128)t->d != v) {
      f->inexact += o->times;
      mt_facts_note(f, MT_PLACE_INEXACT, o);
      mt_facts_note(f, MT_PLACE_NOT_FLOAT32, o);
      return;
    }
  }
  if ((v > MT_FLOAT32_INTEGERS || v < -MT_FLOAT32_INTEGERS) &&
      mt_number_text(o->s, o->n, &text))
    add_float32(f, o, t->d, &text, settled);
}

/* How far off pandas' default parser is: v is the text's value. */
static void add_deviation(struct mt_facts *f, const struct mt_occurrence *o, double v)
{
  double read;

  if (!mt_pandas_float(o->s, o->n, 3, &read) || read == v)
    return;
  if (fabs(read - v) <= TWELVE_DIGITS * fabs(v) + SUBNORMAL) {
    f->rounded += o->times;
    return;
  }
  f->strays += o->times;
  mt_facts_note(f, MT_PLACE_STRAY, o);
}

/* A float that is an integer; before it is counted. */
static void add_whole(struct mt_facts *f, const struct mt_occurrence *o, __int128 v)
{
  bool first = f->floats == f->fractions;

  if (!first && v >= f->whole_min && v <= f->whole_max)
    return;
  integer_range(f, o, v);
  if (first || v < f->whole_min)
    f->whole_min = v;
  if (first || v > f->whole_max)
    f->whole_max = v;
}

static void add_decimal(struct mt_facts *f, const struct mt_occurrence *o,
                        const struct mt_token *t, uint8_t *settled)
{
  struct mt_number_text text;
  __int128 exact;
  bool whole;

  f->ascending = f->steady = false;
  if (f->floats == 0)
    f->decimals_min = UINT32_MAX;
  if (t->overflow || isinf(t->d) || !mt_number_text(o->s, o->n, &text)) {
    widen_floats(f, t->d);
    f->floats += o->times;
    f->fractions += o->times;
    mt_facts_note(f, MT_PLACE_FRACTION, o);
    if (!t->overflow) {
      f->infinities += o->times;
      return;
    }
    f->overflows += o->times;
    mt_facts_note(f, MT_PLACE_OVERFLOW, o);
    mt_facts_note(f, MT_PLACE_NOT_FLOAT32, o);
    return;
  }
  /* by the text: 1e-400 is not 0, 1.00000000000000000001 is not 1 */
  whole = mt_number_whole(&text, &exact) && !(t->d == 0 && signbit(t->d));
  if (whole)
    add_whole(f, o, exact);
  widen_floats(f, t->d);
  f->floats += o->times;
  if (text.digits > DECIMALS_FLOAT64 ||
      !mt_pandas_float_plain(o->s, o->n, MT_PANDAS_NEAR))
    add_deviation(f, o, t->d);
  if (t->d == 0 && signbit(t->d))
    f->negative_zeros += o->times;
  if (!whole) {
    f->fractions += o->times;
    mt_facts_note(f, MT_PLACE_FRACTION, o);
  } else if ((__int128)t->d != exact) {
    f->inexact += o->times;
    mt_facts_note(f, MT_PLACE_INEXACT, o);
  }
  if (text.leading_zero || text.plus) {
    f->identifiers += o->times;
    mt_facts_note(f, MT_PLACE_IDENTIFIER, o);
  }
  f->padded += text.blanks ? o->times : 0;
  if (!text.exponent_form) {
    if (text.decimals < f->decimals_min)
      f->decimals_min = text.decimals;
    if (text.decimals > f->decimals_max)
      f->decimals_max = text.decimals;
  }
  add_float32(f, o, t->d, &text, settled);
}

/* Leaves the layouts that later dates have too.  Whether this was a step, and what the
 * first of those is then a place of. */
static bool narrow_layouts(struct mt_facts *f, uint32_t layouts, enum mt_place_kind *step)
{
  uint32_t before = f->date_layouts;

  f->date_layouts &= layouts;
  if (f->date_layouts == before)
    return false;
  *step = f->date_layouts == 0 ? MT_PLACE_NOT_DATE : MT_PLACE_NARROWED;
  if (f->date_layouts != 0)
    f->narrowed_layouts = f->date_layouts;
  return true;
}

static void add_date(struct mt_facts *f, const struct mt_occurrence *o, uint8_t *settled)
{
  struct mt_date_text t;
  int64_t seconds;
  uint32_t nanoseconds;

  if (*settled & MT_SETTLED_DATE || mt_facts_has(f, MT_PLACE_NOT_DATE))
    return;
  if (!mt_date_read(o->s, o->n, &t)) {
    mt_facts_note(f, MT_PLACE_NOT_DATE, o);
    *settled |= MT_SETTLED_DATE;
    return;
  }
  mt_date_value(&t, (enum mt_date_layout)__builtin_ctz(t.layouts), &seconds,
                &nanoseconds);
  bool midnight = t.hour == 0 && t.minute == 0 && t.second == 0 && t.nanosecond == 0;
  if (f->dates == 0) {
    f->date_layouts = f->first_layouts = t.layouts;
    f->date_shape = t.shape;
    f->fraction_min = f->fraction_max = t.fraction_digits;
    f->offset_low = f->offset_high = t.offset_minutes;
    f->date_low = f->date_high = seconds;
  } else {
    enum mt_place_kind step;
    if (narrow_layouts(f, t.layouts, &step))
      mt_facts_note(f, step, o);
    if (memcmp(&f->date_shape, &t.shape, sizeof t.shape) != 0)
      mt_facts_note(f, MT_PLACE_OTHER_SHAPE, o);
    if (t.fraction_digits < f->fraction_min)
      f->fraction_min = t.fraction_digits;
    if (t.fraction_digits > f->fraction_max)
      f->fraction_max = t.fraction_digits;
    if (t.offset_minutes < f->offset_low)
      f->offset_low = t.offset_minutes;
    if (t.offset_minutes > f->offset_high)
      f->offset_high = t.offset_minutes;
    if (seconds < f->date_low)
      f->date_low = seconds;
    if (seconds > f->date_high)
      f->date_high = seconds;
  }
  if (!midnight || t.offset_minutes != 0)
    mt_facts_note(f, MT_PLACE_TIME, o);
  if (!mt_fits_nanoseconds(seconds - YEAR, 0) || !mt_fits_nanoseconds(seconds + YEAR, 0))
    mt_facts_note(f, MT_PLACE_NOT_NS, o);
  f->date_padding |= t.padding;
  f->dates += o->times;
  mt_facts_note(f, MT_PLACE_DATE, o);
}

static uint8_t types_settled(const struct mt_facts *f)
{
  return f->arrow == 0 && f->polars & MT_POLARS_TEXT ? MT_SETTLED_TYPES : 0;
}

/* What numbers mostly are: digits, perhaps a minus, perhaps (*point) a point within.  t
 * has found a number in it. */
static bool is_plain_number(const struct mt_occurrence *o, const struct mt_token *t,
                            bool *point)
{
  const uint8_t *s = o->s;
  size_t n = o->n, i = s[0] == '-';

  if (n < 2 || s[0] > '9' || s[0] < '-' || s[n - 1] > '9' || s[n - 1] < '0')
    return false;
  *point = !t->integer;
  if (t->integer)
    return t->int64 == MT_INT_OK;
  while (s[i] >= '0' && s[i] <= '9')
    i++;
  for (i += s[i] == '.'; i < n; i++)
    if (s[i] < '0' || s[i] > '9')
      return false;
  return true;
}

/* What polars and Arrow take a value for.  Among texts they ask no further. */
static void add_types(struct mt_facts *f, const struct mt_occurrence *o,
                      const struct mt_token *t, uint8_t *settled)
{
  bool point;

  if (*settled & MT_SETTLED_TYPES)
    return;
  if (t->is_float && is_plain_number(o, t, &point)) {
    f->polars |= point ? MT_POLARS_FLOAT : MT_POLARS_INT64;
    f->arrow &= point ? MT_ARROW_DOUBLE : MT_ARROW_DOUBLE | MT_ARROW_INT64;
    return;
  }
  if (!(f->polars & MT_POLARS_TEXT))
    f->polars |= mt_token_polars(o->s, o->n);
  if (f->arrow != 0)
    f->arrow &= mt_token_arrow(o->s, o->n);
  *settled |= types_settled(f);
}

static void add_null(struct mt_facts *f, const struct mt_occurrence *o)
{
  int word;

  mt_facts_note(f, MT_PLACE_NULL, o);
  f->nulls += o->times;
  if (o->n == 0) {
    f->empties += o->times - o->quoted;
    f->quoted_empties += o->quoted;
    f->polars |= o->quoted > 0 ? MT_POLARS_TEXT : 0;
    return;
  }
  f->null_words += o->times;
  f->null_word_bytes += o->times * o->n;
  word = mt_null_word(o->s, o->n);
  if (word < 0) {
    f->given_nulls += o->times;
    f->given_null_bytes += o->times * o->n;
    return;
  }
  mt_facts_note(f, MT_PLACE_NULL_WORD, o);
  f->polars |= mt_token_polars(o->s, o->n);
  if (!mt_token_arrow_null(word))
    f->arrow = 0;
}

static void add_bool(struct mt_facts *f, const struct mt_occurrence *o)
{
  int family = -1, word = o->n <= 5 ? mt_parse_bool_word(o->s, o->n, &family) : -1;
  if (word < 0) {
    mt_facts_note(f, MT_PLACE_NOT_BOOL, o);
    return;
  }
  if (f->bools[family] == 0 && mt_facts_has(f, MT_PLACE_BOOL))
    mt_facts_note(f, MT_PLACE_OTHER_BOOL, o);
  mt_facts_note(f, MT_PLACE_BOOL, o);
  f->bools[family] += o->times;
}

static void add_text(struct mt_facts *f, const struct mt_occurrence *o, uint8_t *settled)
{
  int word = o->n <= 9 ? mt_null_word(o->s, o->n) : -1;
  int sentinel = mt_sentinel(o->s, o->n);

  if (word >= 0)
    f->na_words |= 1u << word;
  if (sentinel >= 0) {
    f->sentinel_words |= 1u << sentinel;
    f->sentinels += o->times;
  }
  f->ascending = f->steady = false;
  if (f->dress != 0)
    f->dress &= (uint8_t)mt_token_dress(o->s, o->n);
  mt_facts_note(f, MT_PLACE_NOT_NUMBER, o);
  add_bool(f, o);
  add_date(f, o, settled);
}

static void add_length(struct mt_facts *f, size_t n)
{
  if (n > f->longest)
    f->longest = (uint32_t)n;
  if (n < f->shortest)
    f->shortest = (uint32_t)n;
}

bool mt_facts_add_size(struct mt_facts *f, const uint8_t *s, size_t n, uint64_t times)
{
  add_length(f, n);
  return mt_text_sizes_add(&f->sizes, s, n, times);
}

void mt_facts_add_ascii(struct mt_facts *f, size_t n, uint64_t times)
{
  add_length(f, n);
  mt_text_sizes_add_ascii(&f->sizes, n, times);
}

void mt_facts_add(struct mt_facts *f, const struct mt_occurrence *o,
                  const struct mt_token *t, uint8_t *settled)
{
  f->rows += o->times;
  if (t->null) {
    add_null(f, o);
    return;
  }
  if (!mt_facts_add_size(f, o->s, o->n, o->times)) {
    f->not_utf8 += o->times;
    mt_facts_note(f, MT_PLACE_BAD_UTF8, o);
  }
  add_types(f, o, t, settled);
  if (!t->is_float) {
    add_text(f, o, settled);
    return;
  }
  mt_facts_note(f, MT_PLACE_NOT_BOOL, o);
  mt_facts_note(f, MT_PLACE_NOT_DATE, o);
  *settled |= MT_SETTLED_DATE;
  if (t->integer)
    add_integer(f, o, t, settled);
  else
    add_decimal(f, o, t, settled);
}

void mt_facts_reset(struct mt_facts *f)
{
  mt_places_reset(&f->places);
}

void mt_facts_init(struct mt_facts *f)
{
  f->places = (struct mt_places){0};
  mt_facts_clear(f);
}

void mt_facts_clear(struct mt_facts *f)
{
  struct mt_places places = f->places;

  mt_places_clear(&places);
  memset(f, 0, sizeof *f);
  f->places = places;
  f->ascending = f->steady = true;
  f->shortest = UINT32_MAX;
  f->float_min = INFINITY;
  f->float_max = -INFINITY;
  f->arrow = MT_ARROW_ALL;
  f->dress = MT_DRESS_ALL;
}

static void merge_integers(struct mt_facts *into, const struct mt_facts *f)
{
  bool both = into->integers > 0 && f->integers > 0;

  into->ascending &= f->ascending && (!both || f->first_int > into->last_int);
  into->steady &= f->steady;
  if (both) {
    __int128 step = f->first_int - into->last_int;
    if (into->integers == 1)
      into->step = step;
    into->steady &=
        step != 0 && step == into->step && (f->integers == 1 || f->step == step);
  } else if (f->integers > 0) {
    into->step = f->step;
  }
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
  if (f->float_min < into->float_min)
    into->float_min = f->float_min;
  if (f->float_max > into->float_max)
    into->float_max = f->float_max;
  if (f->floats > f->fractions) {
    bool first = into->floats == into->fractions;
    if (first || f->whole_min < into->whole_min)
      into->whole_min = f->whole_min;
    if (first || f->whole_max > into->whole_max)
      into->whole_max = f->whole_max;
  }
  if (f->floats > 0) {
    if (into->floats == 0 || f->decimals_min < into->decimals_min)
      into->decimals_min = f->decimals_min;
    if (f->decimals_max > into->decimals_max)
      into->decimals_max = f->decimals_max;
  }
}

static void merge_bools(struct mt_facts *into, const struct mt_facts *f)
{
  const struct mt_place *first = mt_facts_place(f, MT_PLACE_BOOL);
  int family = 0;

  if (mt_facts_has(into, MT_PLACE_BOOL) && first->line != 0 &&
      !mt_facts_has(into, MT_PLACE_OTHER_BOOL) &&
      mt_parse_bool_word((const uint8_t *)first->text, first->len, &family) >= 0 &&
      into->bools[family] == 0)
    mt_places_keep(&into->places, MT_PLACE_OTHER_BOOL, first);
  for (int i = 0; i < MT_BOOL_FAMILIES; i++)
    into->bools[i] += f->bools[i];
}

/* A step of later dates, taken at *p. */
static void merge_layouts(struct mt_facts *into, uint32_t layouts,
                          const struct mt_place *p)
{
  enum mt_place_kind step;

  if (narrow_layouts(into, layouts, &step))
    mt_places_keep(&into->places, step, p);
}

static void merge_dates(struct mt_facts *into, const struct mt_facts *f)
{
  if (f->dates == 0)
    return;
  if (into->dates == 0) {
    into->date_layouts = f->date_layouts;
    into->first_layouts = f->first_layouts;
    into->narrowed_layouts = f->narrowed_layouts;
    mt_places_keep(&into->places, MT_PLACE_NARROWED,
                   mt_facts_place(f, MT_PLACE_NARROWED));
    into->date_shape = f->date_shape;
    into->fraction_min = f->fraction_min;
    into->fraction_max = f->fraction_max;
    into->date_low = f->date_low;
    into->date_high = f->date_high;
    into->offset_low = f->offset_low;
    into->offset_high = f->offset_high;
  } else {
    merge_layouts(into, f->first_layouts, mt_facts_place(f, MT_PLACE_DATE));
    if (mt_facts_has(f, MT_PLACE_NARROWED))
      merge_layouts(into, f->narrowed_layouts, mt_facts_place(f, MT_PLACE_NARROWED));
    merge_layouts(into, f->date_layouts, mt_facts_place(f, MT_PLACE_NOT_DATE));
    if (!mt_facts_has(into, MT_PLACE_OTHER_SHAPE) &&
        memcmp(&into->date_shape, &f->date_shape, sizeof f->date_shape) != 0)
      mt_places_keep(&into->places, MT_PLACE_OTHER_SHAPE,
                     mt_facts_place(f, MT_PLACE_DATE));
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

void mt_facts_merge(struct mt_facts *into, const struct mt_facts *f)
{
  merge_integers(into, f); /* before the counts they look at change */
  merge_floats(into, f);
  merge_dates(into, f);
  merge_bools(into, f);
  into->rows += f->rows;
  into->nulls += f->nulls;
  into->empties += f->empties;
  into->quoted_empties += f->quoted_empties;
  into->null_words += f->null_words;
  into->null_word_bytes += f->null_word_bytes;
  into->given_nulls += f->given_nulls;
  into->given_null_bytes += f->given_null_bytes;
  into->na_words |= f->na_words;
  into->sentinel_words |= f->sentinel_words;
  into->sentinels += f->sentinels;
  into->integers += f->integers;
  into->big_integers += f->big_integers;
  into->floats += f->floats;
  into->fractions += f->fractions;
  into->negative_zeros += f->negative_zeros;
  into->infinities += f->infinities;
  into->overflows += f->overflows;
  into->inexact += f->inexact;
  into->float32_inexact += f->float32_inexact;
  into->strays += f->strays;
  into->rounded += f->rounded;
  into->identifiers += f->identifiers;
  into->padded += f->padded;
  into->arrow &= f->arrow;
  into->polars |= f->polars;
  into->dress &= f->dress;
  mt_text_sizes_merge(&into->sizes, &f->sizes);
  if (f->longest > into->longest)
    into->longest = f->longest;
  if (f->shortest < into->shortest)
    into->shortest = f->shortest;
  into->fingerprint += f->fingerprint;
  into->not_utf8 += f->not_utf8;
  into->nul += f->nul;
  for (int i = 0; i < MT_PLACE_KINDS; i++)
    if (mt_facts_has(f, (enum mt_place_kind)i))
      mt_places_keep(&into->places, (enum mt_place_kind)i,
                     mt_facts_place(f, (enum mt_place_kind)i));
}

uint8_t mt_facts_settled(const struct mt_facts *f)
{
  uint8_t settled = 0;

  if (mt_facts_has(f, MT_PLACE_NOT_DATE))
    settled |= MT_SETTLED_DATE;
  if (mt_facts_has(f, MT_PLACE_NOT_FLOAT32))
    settled |= MT_SETTLED_FLOAT32;
  return settled | types_settled(f);
}

void mt_facts_range(const struct mt_facts *f, __int128 *low, __int128 *high)
{
  bool whole = f->floats > f->fractions;

  *low = f->integers > 0 ? f->int_min : whole ? f->whole_min : 0;
  *high = f->integers > 0 ? f->int_max : whole ? f->whole_max : 0;
  if (whole && f->whole_min < *low)
    *low = f->whole_min;
  if (whole && f->whole_max > *high)
    *high = f->whole_max;
}
