#include <math.h>

#include "core/cells/decimal.h"
#include "core/cells/form.h"
#include "core/cells/quick.h"
#include "core/column/plain_private.h"

static inline void follow_sequence(struct mt_facts *f, int64_t v)
{
  f->ascending &= v > f->last_int;
  f->steady &= v != f->last_int && v - f->last_int == f->step;
  f->last_int = v;
}

/* Sums over plain numbers. */
struct numbers {
  int64_t least, greatest; /* integers */
  uint64_t integers, small, big;
  double least_float, greatest_float; /* others */
  uint64_t floats, fractions, inexact;
  bool negative;
  uint8_t decimals; /* of the last one */
};

static inline bool add_integer(struct mt_plain *p, struct numbers *t,
                               const struct mt_quick_number *n)
{
  int64_t v = n->negative ? -(int64_t)n->mantissa : (int64_t)n->mantissa;

  if (v < p->low || v > p->high)
    return false;
  t->least = v < t->least ? v : t->least;
  t->greatest = v > t->greatest ? v : t->greatest;
  t->integers++;
  t->small += v >= MT_SMALL_INT_MIN && v <= MT_SMALL_INT_MAX;
  t->big += n->mantissa >> 30 != 0;
  if (p->facts->ascending || p->facts->steady)
    follow_sequence(p->facts, v);
  return true;
}

static inline bool add_decimal(const struct mt_plain *p, struct numbers *t,
                               const struct mt_quick_number *n, double v)
{
  bool whole = (double)(int64_t)v == v;

  if (n->decimals < p->decimals_least || n->decimals > p->decimals_most ||
      n->mantissa > p->mantissa_most)
    return false;
  if (whole ? v < p->whole_low || v > p->whole_high : !p->fractions_known)
    return false;
  t->least_float = v < t->least_float ? v : t->least_float;
  t->greatest_float = v > t->greatest_float ? v : t->greatest_float;
  t->floats++;
  t->fractions += !whole;
  t->inexact += (double)(float)v != v;
  return true;
}

static void end_numbers(struct mt_plain *p, const struct numbers *t)
{
  struct mt_facts *f = p->facts;
  double low = t->least_float, high = t->greatest_float;

  if (t->integers > 0) {
    f->int_min = t->least < f->int_min ? t->least : f->int_min;
    f->int_max = t->greatest > f->int_max ? t->greatest : f->int_max;
    low = fmin(low, (double)t->least);
    high = fmax(high, (double)t->greatest);
    f->polars |= MT_POLARS_INT64;
  }
  f->float_min = fmin(f->float_min, low);
  f->float_max = fmax(f->float_max, high);
  f->polars |= t->floats > 0 ? MT_POLARS_FLOAT : 0;
  f->integers += t->integers;
  f->floats += t->floats;
  f->fractions += t->fractions;
  f->float32_inexact += t->inexact;
  p->segment->seen_negative |= t->negative;
  mt_segment_add_integers(p->segment, t->integers, t->small, t->big);
}

/* ---- one by one ---------------------------------------------------------- */

/* Numbers from row r on, up to row `to`. */
static size_t take_each(struct mt_plain *p, struct numbers *sums, struct mt_pass *t,
                        size_t r, size_t to)
{
  double *single = p->run->single + p->run->singles;

  for (; r < to; r++) {
    const struct mt_cell cell = t->cells[r];
    struct mt_quick_number n;
    uint64_t code;
    double v;

    if (cell.len == 0) {
      if (!mt_pass_empty(t, &cell))
        break;
      continue;
    }
    if (!mt_quick_number(t->text + cell.off, cell.len, &n))
      break;
    v = n.negative ? -(double)(int64_t)n.mantissa : (double)(int64_t)n.mantissa;
    if (n.decimals == 0) {
      if (!add_integer(p, sums, &n))
        break;
      code = mt_code_integer(n.mantissa, n.negative);
    } else {
      v /= mt_tens[n.decimals];
      if (!add_decimal(p, sums, &n, v))
        break;
      code = mt_code_decimal(n.mantissa, n.decimals, n.negative);
    }
    sums->decimals = n.decimals;
    sums->negative |= n.negative;
    p->ordered &= !n.negative;
    mt_plain_follow(p, v, cell.len, n.decimals);
    p->lengths[cell.len]++;
    *single++ = v;
    mt_pass_value(t, code, r);
  }
  p->run->singles = (size_t)(single - p->run->single);
  return r;
}

/* ---- many of one form ---------------------------------------------------- */

#define LOT 64

/* Numbers of one form that follow one another, without their points. */
struct lot {
  size_t n;
  uint64_t mantissa[LOT];
  bool one_length;
};

/* As follow_sequence, integers from 0 on, as long as one of both holds. */
static void follow_integers(struct mt_facts *f, const struct lot *lot)
{
  const int64_t reach = INT64_MAX / 2;
  const bool near = f->last_int >= -reach && f->last_int <= reach && f->step >= -reach &&
                    f->step <= reach;
  int64_t last = near ? (int64_t)f->last_int : 0, step = near ? (int64_t)f->step : 0;
  bool ascending = f->ascending, steady = f->steady;

  for (size_t i = 0; i < lot->n && near; i++) {
    const int64_t v = (int64_t)lot->mantissa[i], by = v - last;
    ascending &= by > 0;
    steady &= (by == step) & (by != 0);
    last = v;
  }
  if (near) {
    f->ascending = ascending;
    f->steady = steady;
    f->last_int = last;
  }
  for (size_t i = 0; i < lot->n && !near; i++)
    follow_sequence(f, (int64_t)lot->mantissa[i]);
}

/* As mt_plain_follow, numbers of the form. */
static void follow_lot(struct mt_plain *p, const struct lot *lot, const double *v,
                       const struct mt_cell *cells, unsigned decimals)
{
  bool up = p->up, down = p->down;

  if (lot->n == 0 || !p->ordered || !(up || down))
    return;
  p->ordered = lot->one_length && cells[0].len == p->length && decimals == p->decimals;
  for (size_t i = 0; i < lot->n; i++) {
    const double last = i > 0 ? v[i - 1] : p->last_number;
    up &= v[i] >= last;
    down &= v[i] <= last;
  }
  p->up = up;
  p->down = down;
  p->last_number = v[lot->n - 1];
}

/* Whether the integers are within the range that says nothing new; sums gain them. */
static bool add_integers(const struct mt_plain *p, struct numbers *t,
                         const struct lot *lot)
{
  int64_t least = INT64_MAX, greatest = 0;
  uint64_t small = 0;

  for (size_t i = 0; i < lot->n; i++) {
    const int64_t v = (int64_t)lot->mantissa[i];
    least = v < least ? v : least;
    greatest = v > greatest ? v : greatest;
  }
  if (lot->n == 0)
    return true;
  if (least < p->low || greatest > p->high)
    return false;
  for (size_t i = 0; i < lot->n && least <= MT_SMALL_INT_MAX; i++)
    small += lot->mantissa[i] <= MT_SMALL_INT_MAX;
  if (p->facts->ascending || p->facts->steady)
    follow_integers(p->facts, lot);
  t->least = least < t->least ? least : t->least;
  t->greatest = greatest > t->greatest ? greatest : t->greatest;
  t->integers += lot->n;
  t->small += small;
  return true;
}

/* Likewise decimals, whose values are v. */
static bool add_decimals(const struct mt_plain *p, struct numbers *t,
                         const struct lot *lot, const double *v)
{
  double least = INFINITY, greatest = -INFINITY;
  uint64_t fractions = 0, inexact = 0, most = 0;
  bool beyond = false;

  for (size_t i = 0; i < lot->n; i++) {
    const bool whole = (double)(int32_t)v[i] == v[i]; /* below 10^6 */
    most = lot->mantissa[i] > most ? lot->mantissa[i] : most;
    least = v[i] < least ? v[i] : least;
    greatest = v[i] > greatest ? v[i] : greatest;
    fractions += !whole;
    beyond |= whole && (v[i] < p->whole_low || v[i] > p->whole_high);
    inexact += (double)(float)v[i] != v[i];
  }
  if (beyond || most > p->mantissa_most || (fractions > 0 && !p->fractions_known))
    return false;
  t->least_float = least < t->least_float ? least : t->least_float;
  t->greatest_float = greatest > t->greatest_float ? greatest : t->greatest_float;
  t->floats += lot->n;
  t->fractions += fractions;
  t->inexact += inexact;
  return true;
}

static void add_lengths(struct mt_plain *p, const struct lot *lot,
                        const struct mt_cell *cells)
{
  if (lot->n > 0 && lot->one_length)
    p->lengths[cells[0].len] += lot->n;
  for (size_t i = 0; i < lot->n && !lot->one_length; i++)
    p->lengths[cells[i].len]++;
}

/* Numbers of a form, and nulls, from row r on; before which row the next is none, or one
 * of the next few may say something new. */
static inline __attribute__((always_inline)) size_t
take_lots(struct mt_plain *p, struct numbers *sums, struct mt_pass *t, size_t r,
          const struct mt_form *form, bool points)
{
  const uint64_t base =
      points ? mt_code_decimal(0, form->decimals, false) : mt_code_integer(0, false);
  const double ten = mt_tens[form->decimals];
  struct lot lot;

  while (r < p->to) {
    const struct mt_cell *cells = t->cells + r;
    double *v = p->run->single + p->run->singles;

    lot.n = mt_form_read(form, t->text, cells, p->to - r < LOT ? p->to - r : LOT,
                         lot.mantissa, &lot.one_length);
    for (size_t i = 0; i < lot.n; i++)
      v[i] = points ? (double)(int64_t)lot.mantissa[i] / ten
                    : (double)(int64_t)lot.mantissa[i];
    if (!(points ? add_decimals(p, sums, &lot, v) : add_integers(p, sums, &lot)))
      break;
    p->run->singles += lot.n;
    add_lengths(p, &lot, cells);
    follow_lot(p, &lot, v, cells, form->decimals);
    for (size_t i = 0; i < lot.n; i++)
      mt_pass_whole(t, base | lot.mantissa[i] << !points);
    r += lot.n;
    if (r < p->to && t->cells[r].len == 0 && mt_pass_empty(t, &t->cells[r]))
      r++;
    else if (lot.n < LOT / 4)
      break;
  }
  return r;
}

/* Numbers of the form of the one before. */
static size_t take_form(struct mt_plain *p, struct numbers *sums, struct mt_pass *t,
                        size_t r)
{
  const unsigned decimals = sums->decimals;
  struct mt_form form;

  if (decimals > MT_FORM_DECIMALS ||
      (decimals > 0 && (decimals < p->decimals_least || decimals > p->decimals_most)))
    return r;
  form = mt_form_of(decimals);
  return decimals > 0 ? take_lots(p, sums, t, r, &form, true)
                      : take_lots(p, sums, t, r, &form, false);
}

size_t mt_plain_take_numbers(struct mt_plain *p, size_t r)
{
  struct mt_pass t = mt_pass_begin(p, r);
  struct numbers sums = {.least = INT64_MAX,
                         .greatest = INT64_MIN,
                         .least_float = INFINITY,
                         .greatest_float = -INFINITY,
                         .decimals = p->form};

  while (r < p->to) {
    r = take_form(p, &sums, &t, r);
    const size_t few = p->to - r < LOT ? p->to : r + LOT, now = r;
    r = take_each(p, &sums, &t, now, few);
    if (r < few)
      break;
  }
  p->form = sums.decimals;
  mt_pass_end(p, &t);
  end_numbers(p, &sums);
  return r;
}
