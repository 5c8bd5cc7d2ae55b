#include "core/column/plain_private.h"

#include <math.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/cells/decimal.h"
#include "core/cells/quick.h"
#include "core/column/gather.h"

#define FLOAT32_DIGITS 1000000 /* up to six digits float32 always keeps */

static uint64_t bits_of(__int128 v)
{
  uint64_t u = (uint64_t)(v < 0 ? ~v : v);
  return u == 0 ? 0 : 64 - (unsigned)__builtin_clzll(u);
}

/* Integers that the same integer types hold as the smallest and the largest one so far,
 * and for which float32 asks nothing.  The second integer tells the step. */
static void set_range(struct mt_plain *p)
{
  const struct mt_facts *f = p->facts;
  int64_t most = p->float32 ? INT64_C(1) << 50 : MT_FLOAT32_INTEGERS;

  p->low = 1;
  p->high = 0;
  if (f->integers < 2)
    return;
  p->low = f->int_min < -most  ? -most
           : f->int_min < 0    ? -(INT64_C(1) << bits_of(f->int_min))
           : f->int_min == 0   ? 0
           : f->int_min > most ? most
                               : INT64_C(1) << (bits_of(f->int_min) - 1);
  p->high = f->int_max > most    ? most
            : f->int_max >= 0    ? (INT64_C(1) << bits_of(f->int_max)) - 1
            : f->int_max == -1   ? -1
            : f->int_max < -most ? -most
                                 : -(INT64_C(1) << (bits_of(f->int_max) - 1)) - 1;
  if (p->low < -most)
    p->low = -most;
  if (p->high > most)
    p->high = most;
}

/* Likewise decimals; none while the segment has had none. */
static void set_decimals(struct mt_plain *p)
{
  const struct mt_facts *f = p->facts;
  const struct mt_segment *g = p->segment;
  bool wholes = f->floats > f->fractions;

  p->decimals_least = f->floats > 0 ? f->decimals_min : 1;
  p->decimals_most = f->floats > 0 ? f->decimals_max : 0;
  if (!g->not_integer || g->int_event == MT_INT_OK || g->uint_error == MT_INT_OK)
    p->decimals_most = 0;
  p->mantissa_most = p->float32 ? UINT64_MAX : FLOAT32_DIGITS - 1;
  p->whole_low = wholes ? (double)f->whole_min : INFINITY;
  p->whole_high = wholes ? (double)f->whole_max : -INFINITY;
  p->fractions_known = mt_facts_has(f, MT_PLACE_FRACTION);
}

/* Whether facts and segment hold texts, so that one more changes nothing but counts; what
 * polars and Arrow make of it aside.  A text that is no float sets all that is not asked
 * for here. */
static bool knows_texts(const struct mt_facts *f, const struct mt_segment *g)
{
  return f->dress == 0 && g->not_float[1] && g->not_bool && g->not_integer &&
         g->uint_error != MT_INT_OK;
}

/* The same for dates of one shape; one of them has told polars and Arrow all. */
static bool knows_dates(const struct mt_facts *f, const struct mt_segment *g)
{
  const struct mt_date_shape *shape = &f->date_shape;

  return knows_texts(f, g) && f->dates > 0 && f->date_layouts == 1u << MT_DATE_YMD_DASH &&
         (shape->time == 0 || shape->time == 2) && shape->ampm == 0 && shape->offset == 0;
}

/* The same for numbers.  To Arrow 0 and 1 may be booleans: as long as there is nothing
 * else, no other integers are plain (set_range). */
static bool knows_numbers(const struct mt_facts *f, const struct mt_segment *g)
{
  return g->not_bool && f->integers + f->floats > (f->rows - f->nulls) / 2;
}

static enum mt_plain_kind kind_of(const struct mt_plain *p)
{
  const struct mt_facts *f = p->facts;
  const uint8_t settled = p->settled;
  bool dates = !(settled & MT_SETTLED_DATE) && !mt_facts_has(f, MT_PLACE_NOT_DATE);
  bool types =
      !(settled & MT_SETTLED_TYPES) && (f->arrow != 0 || !(f->polars & MT_POLARS_TEXT));

  if (knows_numbers(f, p->segment))
    return MT_PLAIN_NUMBER;
  if (dates)
    return knows_dates(f, p->segment) ? MT_PLAIN_DATE : MT_PLAIN_NONE;
  return !types && knows_texts(f, p->segment) ? MT_PLAIN_TEXT : MT_PLAIN_NONE;
}

/* What is plain from now on.  A cell that is not makes it known better. */
static void set_kind(struct mt_plain *p)
{
  const struct mt_facts *f = p->facts;

  if (p->odd)
    return;
  p->kind = kind_of(p);
  p->nulls = mt_facts_has(f, MT_PLACE_NULL);
  p->float32 = p->settled & MT_SETTLED_FLOAT32 || mt_facts_has(f, MT_PLACE_NOT_FLOAT32);
  p->zeros = f->date_padding & 1;
  set_range(p);
  set_decimals(p);
}

static uint64_t code_of(const uint8_t *s, size_t n)
{
  return n == 0 ? 0 : mt_code_of(s, n);
}

void mt_plain_other(struct mt_plain *p, size_t r, bool null)
{
  const struct mt_cell *cell = &p->cells[r];
  const uint8_t *s = p->chunk->text + cell->off;
  uint64_t code = code_of(s, cell->len);
  struct mt_pass t = mt_pass_begin(p, r);

  mt_pass_value(&t, code, r);
  mt_pass_end(p, &t);
  if (null) { /* of which there are others */
    p->nulls = true;
    p->code[r - p->from] = 0;
    if (code != 0) /* an empty one is known by that, be it plain or not */
      p->fingerprint +=
          mt_cell_print(mt_code_mix(code ^ p->seed), p->chunk->first_row + r);
    return;
  }
  p->wide |= p->chunk->has_non_ascii && mt_quick_high_bit(s, cell->len);
  mt_text_add_boxes(p->boxes, s, cell->len);
  p->ordered = false;
  set_kind(p);
}

/* ---- dates ----------------------------------------------------------------- */

/* The date before: times of one day mostly stand together. */
struct day {
  uint64_t text[2];
  int64_t packed; /* at midnight; negative: there is none */
};

/* Of the column's shape; negative: it is none, or padded where nothing was before. */
static inline int64_t read_date(const struct mt_plain *p, const uint8_t *s, size_t n,
                                struct day *day)
{
  const uint8_t separator = p->facts->date_shape.separator;
  const uint64_t text[2] = {mt_quick_load(s), mt_quick_load(s + 3)};
  bool padded;
  int64_t packed;

  if (day->packed >= 0 && n == 19 && text[0] == day->text[0] && text[1] == day->text[1])
    return mt_quick_time(s + 11, day->packed);
  packed = mt_quick_date(s, n, separator, &padded);
  if (packed < 0 || (padded && !p->zeros))
    return -1;
  if (separator != 0 && p->zeros)
    *day = (struct day){{text[0], text[1]}, packed - packed % 86400};
  return packed;
}

static inline __attribute__((always_inline)) uint64_t code_of_text(const uint8_t *s,
                                                                   size_t n)
{
  uint64_t word;

  if (n > MT_CODE_WORD_LENGTH && n <= 16)
    return mt_code_hash(mt_hash_9_to_16(s, n, 0));
  word = mt_code_chunk_word(s, n);
  return word != 0 ? word : mt_code_hash(mt_text_hash(s, n, mt_chunk_head(s, n), 0));
}

static inline uint64_t code_of_date(const uint8_t *s, size_t n)
{
  return n == 19 ? mt_code_hash(mt_hash_19(s, 0)) : code_of_text(s, n);
}

static void widen_dates(struct mt_facts *f, const uint8_t *s, size_t n)
{
  struct mt_date_text t;
  int64_t seconds;
  uint32_t nanoseconds;

  (void)mt_date_read(s, n, &t);
  mt_date_value(&t, MT_DATE_YMD_DASH, &seconds, &nanoseconds);
  f->date_low = seconds < f->date_low ? seconds : f->date_low;
  f->date_high = seconds > f->date_high ? seconds : f->date_high;
}

static size_t take_dates(struct mt_plain *p, size_t r)
{
  const bool known_time = mt_facts_has(p->facts, MT_PLACE_TIME);
  struct mt_pass t = mt_pass_begin(p, r);
  int64_t least = INT64_MAX, greatest = INT64_MIN, packed;
  const uint8_t *first = NULL, *last = NULL; /* texts of these */
  struct day day = {.packed = -1};
  uint64_t dates = 0;
  uint32_t length = 0;

  for (; r < p->to; r++) {
    const struct mt_cell cell = p->cells[r];
    const uint8_t *s = t.text + cell.off;
    mt_chunk_ahead(t.text, &p->cells[r]);

    if (cell.len == 0) {
      if (!mt_pass_empty(&t, &cell))
        break;
      continue;
    }
    packed = read_date(p, s, cell.len, &day);
    if (packed < 0 || (!known_time && packed % 86400 != 0))
      break;
    first = packed < least ? s : first;
    least = packed < least ? packed : least;
    last = packed > greatest ? s : last;
    greatest = packed > greatest ? packed : greatest;
    dates++;
    length = cell.len;
    mt_plain_follow(p, (double)packed, length, 0);
    mt_pass_value(&t, code_of_date(s, length), r);
  }
  mt_pass_end(p, &t);
  p->facts->dates += dates;
  if (dates > 0) {
    p->lengths[length] += dates; /* of one shape, all have it */
    widen_dates(p->facts, first, length);
    widen_dates(p->facts, last, length);
  }
  return r;
}

/* ---- texts ----------------------------------------------------------------- */

/* Counts a text that the table of lengths has no place for; false when it is no UTF-8. */
static bool add_unusual(struct mt_plain *p, const uint8_t *s, size_t n)
{
  if (!mt_utf8_valid(s, n))
    return false;
  p->wide |= mt_quick_high_bit(s, n);
  (void)mt_facts_add_size(p->facts, s, n, 1);
  (void)mt_text_sizes_add(&p->segment->values, s, n, 1);
  mt_run_add_length(p->run, n, 1);
  mt_text_add_boxes(p->boxes, s, n);
  p->unusual++;
  return true;
}

static inline bool add_text(struct mt_plain *p, const uint8_t *s, size_t n)
{
  if (n >= MT_PLAIN_LENGTHS || (p->chunk->has_non_ascii && mt_quick_high_bit(s, n)))
    return add_unusual(p, s, n);
  p->lengths[n]++;
  return true;
}

static size_t take_texts(struct mt_plain *p, size_t r)
{
  struct mt_pass t = mt_pass_begin(p, r);

  for (; r < p->to; r++) {
    const struct mt_cell cell = p->cells[r];
    const uint8_t *s = t.text + cell.off;
    mt_chunk_ahead(t.text, &p->cells[r]);

    if (cell.len == 0) {
      if (!mt_pass_empty(&t, &cell))
        break;
      continue;
    }
    if (!mt_quick_is_text(s, cell.len) || !add_text(p, s, cell.len))
      break;
    mt_pass_value(&t, code_of_text(s, cell.len), r);
  }
  mt_pass_end(p, &t);
  return r;
}

/* ---- a run --------------------------------------------------------------- */

/* What the value before the run's rest is, to see whether the rest goes on in order. */
static void begin_order(struct mt_plain *p)
{
  const struct mt_order *o = &p->run->now.order;
  struct mt_quick_number n;
  int64_t packed;

  p->ordered = o->any;
  p->up = p->down = true;
  if (!o->any)
    return;
  p->length = (uint32_t)o->last.n;
  if (p->kind == MT_PLAIN_NUMBER) {
    p->ordered = mt_quick_number(o->last.s, o->last.n, &n) && !n.negative;
    p->decimals = p->ordered ? n.decimals : 0;
    p->last_number = o->last.d;
  } else if (p->kind == MT_PLAIN_DATE) {
    packed = read_date(p, o->last.s, o->last.n, &(struct day){.packed = -1});
    p->last_number = (double)packed;
    p->ordered = packed >= 0;
  }
}

void mt_plain_begin(struct mt_plain *p, const struct mt_nulls *nulls)
{
  const struct mt_cell *before = &p->cells[p->from - 1];

  p->last = code_of(p->chunk->text + before->off, before->len);
  p->odd = p->chunk->has_nul || nulls->extra_len > 0; /* sentinels are never plain */
  p->form = p->facts->floats > p->facts->integers ? p->facts->decimals_max : 0;
  set_kind(p);
  begin_order(p);
  mt_run_begin_singles(p->run);
}

size_t mt_plain_take(struct mt_plain *p, size_t r)
{
  switch (p->kind) {
  case MT_PLAIN_NUMBER:
    return mt_plain_take_numbers(p, r);
  case MT_PLAIN_DATE:
    return take_dates(p, r);
  case MT_PLAIN_TEXT:
    return take_texts(p, r);
  default:
    return r;
  }
}

static void end_lengths(struct mt_plain *p)
{
  uint64_t rows = p->unusual + p->empties;

  for (uint32_t n = 1; n < MT_PLAIN_LENGTHS; n++) {
    uint64_t times = p->lengths[n];
    if (times == 0)
      continue;
    rows += times;
    mt_facts_add_ascii(p->facts, n, times);
    mt_text_sizes_add_ascii(&p->segment->values, n, times);
    mt_run_add_length(p->run, n, times);
    for (int i = 0; i < 2; i++)
      p->boxes[i] +=
          times * mt_text_allocation(mt_text_ascii_python_size(n), false, i == 1);
  }
  p->facts->rows += rows;
  p->facts->nulls += p->empties;
  p->facts->empties += p->empties;
  p->segment->rows += rows;
  p->segment->nulls += p->empties;
  mt_text_sizes_add_ascii(&p->segment->nas, 0, p->empties);
}

void mt_plain_end(struct mt_plain *p)
{
  const size_t n = p->to - p->from;
  const struct mt_cell *cell;
  size_t last = n;

  end_lengths(p);
  p->fingerprint += mt_hash_long(p->code, n * sizeof *p->code,
                                 p->seed + mt_code_mix(p->chunk->first_row + p->from));
  while (last > 0 && p->code[last - 1] == 0)
    last--;
  if (!p->ordered || p->kind == MT_PLAIN_TEXT || last == 0)
    return;
  cell = &p->cells[p->from + last - 1];
  mt_run_follow(p->run, p->up, p->down,
                &(struct mt_order_end){p->kind == MT_PLAIN_NUMBER ? p->last_number : 0,
                                       (int64_t)p->last_number,
                                       p->kind == MT_PLAIN_NUMBER && p->decimals == 0,
                                       p->chunk->text + cell->off, cell->len});
}
