/* Numbers to marks: those of few are sorted; many are first told apart roughly. */
#include <math.h>
#include <string.h>

#include "core/column/quantiles_private.h"

#define BINS 512 /* twice as many as gaps: most hold few enough numbers */

/* Sorts short stretches of `step` in place. */
static void sort_stretches(struct mt_weighted *w, size_t n, size_t step)
{
  for (size_t from = 0; from < n; from += step) {
    size_t to = n - from < step ? n : from + step;
    for (size_t i = from + 1; i < to; i++) {
      struct mt_weighted x = w[i];
      size_t at = i;
      for (; at > from && w[at - 1].value > x.value; at--)
        w[at] = w[at - 1];
      w[at] = x;
    }
  }
}

/* Merges neighbouring stretches of `step`; the choice is no branch, since it would be
 * mispredicted every other time. */
static void merge_stretches(struct mt_weighted *to, const struct mt_weighted *from,
                            size_t n, size_t step)
{
  for (size_t start = 0; start < n; start += 2 * step) {
    size_t middle = n - start < step ? n : start + step;
    size_t end = n - middle < step ? n : middle + step;
    const struct mt_weighted *a = from + start, *b = from + middle;

    while (a < from + middle && b < from + end) {
      size_t second = b->value < a->value;
      const struct mt_weighted *pick = second ? b : a;
      *to++ = *pick;
      b += second;
      a += 1 - second;
    }
    memcpy(to, a, (size_t)(from + middle - a) * sizeof *to);
    to += from + middle - a;
    memcpy(to, b, (size_t)(from + end - b) * sizeof *to);
    to += from + end - b;
  }
}

#define SHORT_STRETCH 8

/* Sorts numbers, which are then in w or in `other`. */
static const struct mt_weighted *sort_numbers(struct mt_weighted *w, size_t n,
                                              struct mt_weighted *other)
{
  size_t i = 1;

  while (i < n && w[i - 1].value <= w[i].value)
    i++;
  if (i >= n)
    return w;
  sort_stretches(w, n, SHORT_STRETCH);
  for (size_t step = SHORT_STRETCH; step < n; step *= 2) {
    struct mt_weighted *swap = w;
    merge_stretches(other, w, n, step);
    w = other;
    other = swap;
  }
  return w;
}

/* Four in order, without a branch. */
static inline void sort_four(double *v)
{
#define ORDER(i, k)                                                                      \
  do {                                                                                   \
    const double least = v[k] < v[i] ? v[k] : v[i];                                      \
    v[k] = v[k] < v[i] ? v[i] : v[k];                                                    \
    v[i] = least;                                                                        \
  } while (0)
  ORDER(0, 1);
  ORDER(2, 3);
  ORDER(0, 2);
  ORDER(1, 3);
  ORDER(1, 2);
#undef ORDER
}

/* Merges two stretches of `step` that follow one another, from both ends at once: neither
 * waits for the other, and none is used up before all is done. */
static void merge_two(double *to, const double *from, size_t step)
{
  size_t a = 0, b = step, c = step - 1, d = 2 * step - 1;

  for (size_t i = 0; i < step; i++) {
    const size_t second = from[b] < from[a], first = from[d] < from[c];
    to[i] = from[a + (b - a) * second];
    b += second;
    a += 1 - second;
    to[2 * step - 1 - i] = from[d - (d - c) * first];
    c -= first;
    d -= 1 - first;
  }
}

/* As merge_stretches, of plain numbers. */
static void merge_singles(double *to, const double *from, size_t n, size_t step)
{
  for (size_t start = 0; start < n; start += 2 * step) {
    if (n - start >= 2 * step) {
      merge_two(to + start, from + start, step);
      continue;
    }
    const size_t middle = n - start < step ? n : start + step;
    size_t a = start, b = middle, i = start;
    while (a < middle && b < n) {
      const size_t second = from[b] < from[a];
      to[i++] = from[a + (b - a) * second];
      b += second;
      a += 1 - second;
    }
    memcpy(to + i, from + a, (middle - a) * sizeof *to);
    memcpy(to + i + (middle - a), from + b, (n - b) * sizeof *to);
  }
}

/* Sorts numbers that are there once each, which are then in v or in `other`. */
static const double *sort_singles(double *v, size_t n, double *other)
{
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    sort_four(v + i);
  for (size_t k = i; k + 1 < n; k++) /* up to three are left */
    for (size_t at = k + 1; at > i && v[at] < v[at - 1]; at--) {
      const double x = v[at];
      v[at] = v[at - 1];
      v[at - 1] = x;
    }
  for (size_t step = 4; step < n; step *= 2) {
    double *swap = v;
    merge_singles(other, v, n, step);
    v = other;
    other = swap;
  }
  return v;
}

/* Of the `times` numbers that follow, the first and the last.  There is always room. */
static void mark_next(struct mt_quantile_marks *m, double first, double last,
                      uint64_t times)
{
  if (m->len + 2 > MT_QUANTILE_MARKS)
    m->len = mt_quantiles_thin(m->mark, m->len, m->total / MT_QUANTILES_PART_GAPS);
  m->mark[m->len++] = (struct mt_quantile_mark){first, m->rank + 1, m->rank + 1};
  m->rank += times;
  if (times > 1)
    m->mark[m->len++] = (struct mt_quantile_mark){last, m->rank, m->rank};
}

static void mark_sorted(struct mt_quantile_marks *m, const struct mt_weighted *w,
                        size_t n)
{
  for (size_t i = 0; i < n; i++)
    mark_next(m, w[i].value, w[i].value, w[i].times);
}

/* A part of the range of many numbers. */
struct bin {
  double least, greatest;
  uint64_t times;
  uint32_t numbers;
  uint32_t at; /* where its numbers go, if they have to be sorted */
};

/* Parts of equal width, in ascending order. */
struct bins {
  struct bin bin[BINS];
  double low, scale;
};

static inline struct bin *bin_of(struct bins *b, double v)
{
  /* the product grows with v, whatever rounding does */
  return &b->bin[(size_t)((v - b->low) * b->scale)];
}

#define LANES 4 /* that do not wait for each other */

/* The least and the greatest of them and of these two. */
static void find_range(const double *v, size_t n, double *low, double *high)
{
  double least[LANES], greatest[LANES];
  size_t i = 0;

  for (size_t k = 0; k < LANES; k++) {
    least[k] = *low;
    greatest[k] = *high;
  }
  for (; i + LANES <= n; i += LANES)
    for (size_t k = 0; k < LANES; k++) {
      least[k] = v[i + k] < least[k] ? v[i + k] : least[k];
      greatest[k] = v[i + k] > greatest[k] ? v[i + k] : greatest[k];
    }
  for (; i < n; i++) {
    least[0] = v[i] < least[0] ? v[i] : least[0];
    greatest[0] = v[i] > greatest[0] ? v[i] : greatest[0];
  }
  for (size_t k = 0; k < LANES; k++) {
    *low = least[k] < *low ? least[k] : *low;
    *high = greatest[k] > *high ? greatest[k] : *high;
  }
}

/* False when the range cannot be cut. */
static bool cut_range(struct bins *b, const struct mt_numbers *n)
{
  double low = n->len > 0 ? n->often[0].value : n->once[0], high = low;

  for (size_t i = 0; i < n->len; i++) {
    low = n->often[i].value < low ? n->often[i].value : low;
    high = n->often[i].value > high ? n->often[i].value : high;
  }
  find_range(n->once, n->singles, &low, &high);
  b->low = low;
  b->scale = (BINS - 0.5) / (high - low);
  for (size_t i = 0; i < BINS; i++)
    b->bin[i] = (struct bin){.least = INFINITY, .greatest = -INFINITY};
  return isfinite(b->scale) && (high - low) * b->scale < BINS;
}

static inline void fill_bin(struct bin *bin, double v, uint64_t times)
{
  bin->times += times;
  bin->numbers++;
  bin->least = v < bin->least ? v : bin->least;
  bin->greatest = v > bin->greatest ? v : bin->greatest;
}

static void fill_bins(struct bins *b, const struct mt_numbers *n)
{
  for (size_t i = 0; i < n->len; i++)
    fill_bin(bin_of(b, n->often[i].value), n->often[i].value, n->often[i].times);
  for (size_t i = 0; i < n->singles; i++)
    fill_bin(bin_of(b, n->once[i]), n->once[i], 1);
}

/* Whether so many numbers are too many to know only the ends of. */
static bool is_crowded(const struct bin *b, uint64_t total)
{
  return b->times > total / MT_QUANTILES_PART_GAPS && b->least < b->greatest;
}

/* Copies a number to its bin's place if it is in a crowded one. */
static inline void collect(struct bins *b, double v, uint64_t times, uint64_t total,
                           struct mt_weighted *out)
{
  struct bin *bin = bin_of(b, v);

  if (is_crowded(bin, total))
    out[bin->at++] = (struct mt_weighted){v, times};
}

/* Copies the numbers of crowded bins to n->spare, bin by bin. */
static void collect_crowded(struct bins *b, const struct mt_numbers *n, uint64_t total)
{
  uint32_t room = 0;

  for (size_t i = 0; i < BINS; i++) {
    b->bin[i].at = room;
    room += is_crowded(&b->bin[i], total) ? b->bin[i].numbers : 0;
  }
  for (size_t i = 0; i < n->len && room > 0; i++)
    collect(b, n->often[i].value, n->often[i].times, total, n->spare);
  for (size_t i = 0; i < n->singles && room > 0; i++)
    collect(b, n->once[i], 1, total, n->spare);
}

static void mark_all(struct mt_quantile_marks *m, const struct mt_numbers *n)
{
  const size_t all = n->len + n->singles;

  for (size_t i = 0; i < n->singles; i++)
    n->often[n->len + i] = (struct mt_weighted){n->once[i], 1};
  mark_sorted(m, sort_numbers(n->often, all, n->spare), all);
}

/* Whether they are few, and each is there once. */
static bool are_singles(const struct mt_numbers *n)
{
  if (n->len + n->singles > 2 * BINS)
    return false;
  for (size_t i = 0; i < n->len; i++)
    if (n->often[i].times != 1)
      return false;
  return true;
}

/* As mark_all, of those. */
static void mark_singles(struct mt_quantile_marks *m, const struct mt_numbers *n)
{
  double v[2 * BINS], other[2 * BINS];
  const double *sorted;

  for (size_t i = 0; i < n->len; i++)
    v[i] = n->often[i].value;
  if (n->singles > 0)
    memcpy(v + n->len, n->once, n->singles * sizeof *v);
  sorted = sort_singles(v, n->len + n->singles, other);
  for (size_t i = 0; i < n->len + n->singles; i++)
    mark_next(m, sorted[i], sorted[i], 1);
}

static bool is_ascending(const double *v, size_t n)
{
  size_t i = 1;

  while (i < n && v[i - 1] <= v[i])
    i++;
  return i >= n;
}

/* Of numbers in order, as many as a gap has at most are told by their ends. */
static void mark_ascending(struct mt_quantile_marks *m, const double *v, size_t n)
{
  const size_t part = n / MT_QUANTILES_PART_GAPS;

  for (size_t i = 0; i < n; i += part) {
    const size_t some = n - i < part ? n - i : part;
    mark_next(m, v[i], v[i + some - 1], some);
  }
}

static void begin(struct mt_quantile_marks *m, const struct mt_numbers *n)
{
  m->mark = m->room + 1;
  m->len = 0;
  m->rank = 0;
  m->total = n->singles;
  for (size_t i = 0; i < n->len; i++)
    m->total += n->often[i].times;
}

/* Of few numbers, of those that are in order, and of those whose range cannot be cut. */
static bool mark_whole(struct mt_quantile_marks *m, const struct mt_numbers *n,
                       struct bins *b)
{
  const bool few = n->len + n->singles <= 2 * BINS;

  if (are_singles(n))
    mark_singles(m, n);
  else if (!few && n->len == 0 && is_ascending(n->once, n->singles))
    mark_ascending(m, n->once, n->singles);
  else if (few || !cut_range(b, n))
    mark_all(m, n);
  else
    return false;
  return true;
}

/* Of many, those are sorted that stand too close. */
void mt_quantiles_mark(struct mt_quantile_marks *m, const struct mt_numbers *n)
{
  struct bins b;

  begin(m, n);
  if (mark_whole(m, n, &b))
    return;
  fill_bins(&b, n);
  collect_crowded(&b, n, m->total);
  for (size_t i = 0; i < BINS; i++) {
    const struct bin *bin = &b.bin[i];
    size_t from = bin->at - bin->numbers;
    if (bin->numbers == 0)
      continue;
    if (is_crowded(bin, m->total)) /* the numbers themselves are not read any more */
      mark_sorted(m, sort_numbers(n->spare + from, bin->numbers, n->often + from),
                  bin->numbers);
    else
      mark_next(m, bin->least, bin->greatest, bin->times);
  }
}
