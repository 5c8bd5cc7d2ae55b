#include "core/column/quantiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* While it is worked on.  A number that repeats has two marks, for the first and the
 * last time it occurs: what stands between equal marks is known. */
struct mark {
  double value;
  uint64_t low, high;
};

struct side {
  const struct mark *mark;
  size_t len;
  uint64_t total;
};

#define MOST_ADDED (3 * MT_QUANTILES_PART_GAPS)
#define MOST_KEPT MT_QUANTILES_MOST
#define BINS 512 /* twice as many as gaps: most hold few enough numbers */

void mt_quantiles_init(struct mt_quantiles *q, uint16_t gaps)
{
  *q = (struct mt_quantiles){.limit = MT_QUANTILES_LIMIT, .gaps = gaps};
}

void mt_quantiles_reset(struct mt_quantiles *q)
{
  free(q->rank);
  mt_quantiles_init(q, q->gaps);
}

void mt_quantiles_clear(struct mt_quantiles *q)
{
  q->total = 0;
  q->len = 0;
  q->limit = MT_QUANTILES_LIMIT; /* what comes does not depend on what was */
  q->shift = 0;
  q->lost = false;
}

/* Ranks between two neighbours that nothing is known of, and one. */
static uint64_t gap(const struct mark *a, const struct mark *b)
{
  return a->value == b->value ? 0 : b->high - a->low;
}

/* Drops marks as long as no gap grows beyond `room`: 0 drops what tells nothing. */
static size_t thin(struct mark *m, size_t n, uint64_t room)
{
  size_t kept = 1;

  if (n < 3)
    return n;
  for (size_t i = 1; i + 1 < n; i++)
    if (gap(&m[kept - 1], &m[i + 1]) > room)
      m[kept++] = m[i];
  m[kept++] = m[n - 1];
  return kept;
}

/* ---- numbers to marks ---------------------------------------------------- */

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

/* The marks of numbers whose ranks are known. */
struct marks {
  struct mark mark[MOST_ADDED];
  size_t len;
  uint64_t rank;  /* of the last number, marked or not */
  uint64_t total; /* of the numbers */
};

/* Of the `times` numbers that follow, the first and the last.  There is always room. */
static void mark_next(struct marks *m, double first, double last, uint64_t times)
{
  if (m->len + 2 > MOST_ADDED)
    m->len = thin(m->mark, m->len, m->total / MT_QUANTILES_PART_GAPS);
  m->mark[m->len++] = (struct mark){first, m->rank + 1, m->rank + 1};
  m->rank += times;
  if (times > 1)
    m->mark[m->len++] = (struct mark){last, m->rank, m->rank};
}

static void mark_sorted(struct marks *m, const struct mt_weighted *w, size_t n)
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

static void mark_all(struct marks *m, const struct mt_numbers *n)
{
  const size_t all = n->len + n->singles;

  for (size_t i = 0; i < n->singles; i++)
    n->often[n->len + i] = (struct mt_weighted){n->once[i], 1};
  mark_sorted(m, sort_numbers(n->often, all, n->spare), all);
}

static bool is_ascending(const double *v, size_t n)
{
  size_t i = 1;

  while (i < n && v[i - 1] <= v[i])
    i++;
  return i >= n;
}

/* Of numbers in order, as many as a gap has at most are told by their ends. */
static void mark_ascending(struct marks *m, const double *v, size_t n)
{
  const size_t part = n / MT_QUANTILES_PART_GAPS;

  for (size_t i = 0; i < n; i += part) {
    const size_t some = n - i < part ? n - i : part;
    mark_next(m, v[i], v[i + some - 1], some);
  }
}

/* The marks of numbers in any order: few are sorted; of many, those are that stand too
 * close. */
static void mark_numbers(struct marks *m, const struct mt_numbers *n)
{
  struct bins b;

  if (n->len == 0 && n->singles > 2 * BINS && is_ascending(n->once, n->singles)) {
    mark_ascending(m, n->once, n->singles);
    return;
  }
  if (n->len + n->singles <= 2 * BINS || !cut_range(&b, n)) {
    mark_all(m, n);
    return;
  }
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

/* ---- marks with marks ---------------------------------------------------- */

/* Both in order; of equal numbers those of a come first. */
static size_t join(struct mark *out, const struct side *a, const struct side *b)
{
  size_t at[2] = {0, 0}, n = 0;
  const struct side *side[2] = {a, b};

  while (at[0] < a->len || at[1] < b->len) {
    bool second = at[0] == a->len ||
                  (at[1] < b->len && b->mark[at[1]].value < a->mark[at[0]].value);
    const struct side *other = side[!second];
    size_t passed = at[!second];
    struct mark m = side[second]->mark[at[second]++];

    if (passed > 0)
      m.low += other->mark[passed - 1].low;
    m.high += passed < other->len ? other->mark[passed].high - 1 : other->total;
    out[n++] = m;
  }
  return n;
}

static size_t unpack(const struct mt_quantiles *q, struct mark *m)
{
  for (size_t i = 0; i < q->len; i++) {
    uint64_t low = q->rank[i].low, high = (uint64_t)q->rank[i].high << q->shift;
    m[i] = (struct mark){q->rank[i].value, low << q->shift,
                         high < q->total ? high : q->total};
  }
  if (q->shift > 0 && q->len > 0) { /* the ends are known */
    m[0].low = m[0].high = 1;
    m[q->len - 1].low = m[q->len - 1].high = q->total;
  }
  return q->len;
}

static bool reserve(struct mt_quantiles *q, size_t n)
{
  size_t cap = q->cap ? q->cap : 4;
  struct mt_rank *rank;

  while (cap < n)
    cap *= 2;
  if (cap > q->limit)
    cap = q->limit;
  if (cap <= q->cap)
    return true;
  rank = realloc(q->rank, cap * sizeof *rank);
  if (rank == NULL)
    return false;
  q->rank = rank;
  q->cap = (uint16_t)cap;
  return true;
}

/* Keeps marks of `total` numbers: with gaps as wide as is allowed, in more memory when
 * that takes more, and at the end of memory with wider gaps. */
static size_t reduce(struct mt_quantiles *q, struct mark *m, size_t n, uint64_t total)
{
  uint64_t room = total / q->gaps;

  n = thin(m, n, 0);
  if (n <= q->limit)
    return n;
  n = thin(m, n, room);
  while (n > (size_t)q->limit * 7 / 8 && q->limit < MT_QUANTILES_MOST)
    q->limit *= 2;
  while (n > q->limit) {
    room += room / 8 + 1;
    n = thin(m, n, room);
  }
  return n;
}

static void pack(struct mt_quantiles *q, struct mark *m, size_t n, uint64_t total)
{
  uint64_t unit;

  n = reduce(q, m, n, total);
  q->total = total;
  if (!reserve(q, n)) {
    q->lost = true;
    n = 0;
  }
  q->len = (uint16_t)n;
  while (total >> q->shift >= UINT32_MAX)
    q->shift++;
  unit = ((uint64_t)1 << q->shift) - 1;
  for (size_t i = 0; i < n; i++)
    q->rank[i] = (struct mt_rank){m[i].value, (uint32_t)(m[i].low >> q->shift),
                                  (uint32_t)((m[i].high + unit) >> q->shift)};
}

static void append(struct mt_quantiles *q, const struct side *later)
{
  struct mark old[MOST_KEPT], both[MOST_KEPT + MOST_ADDED];
  struct side before = {old, unpack(q, old), q->total};

  pack(q, both, join(both, &before, later), q->total + later->total);
}

void mt_quantiles_add(struct mt_quantiles *q, const struct mt_numbers *n)
{
  struct marks m = {.len = 0, .total = n->singles};
  struct side later;

  if (q->lost || n->len + n->singles == 0)
    return;
  for (size_t i = 0; i < n->len; i++)
    m.total += n->often[i].times;
  mark_numbers(&m, n);
  later = (struct side){m.mark, m.len, m.total};
  append(q, &later);
}

void mt_quantiles_merge(struct mt_quantiles *into, const struct mt_quantiles *q)
{
  struct mark m[MOST_KEPT];
  struct side later = {m, 0, q->total};

  into->lost |= q->lost;
  if (into->lost || q->total == 0)
    return;
  later.len = unpack(q, m);
  append(into, &later);
}

double mt_quantiles_at(const struct mt_quantiles *q, uint64_t rank)
{
  struct mark m[MOST_KEPT];
  size_t n = unpack(q, m), best = 0;
  uint64_t least = UINT64_MAX;

  for (size_t i = 0, last; i < n; i = last + 1) {
    uint64_t off = 0;
    last = i;
    while (last + 1 < n && m[last + 1].value == m[i].value)
      last++;
    if (rank < m[i].high)
      off = m[i].high - rank;
    if (rank > m[last].low && rank - m[last].low > off)
      off = rank - m[last].low;
    if (off < least) {
      least = off;
      best = i;
    }
  }
  return m[best].value;
}

uint64_t mt_quantiles_below(const struct mt_quantiles *q, double x)
{
  struct mark m[MOST_KEPT];
  size_t n = unpack(q, m), i = 0;
  double part;
  uint64_t least, most;

  while (i < n && m[i].value < x)
    i++;
  if (i == 0)
    return 0;
  if (i == n)
    return q->total;
  least = m[i - 1].low;
  most = m[i].high - 1;
  /* halves: the distance may be more than the largest number */
  part = (x / 2 - m[i - 1].value / 2) / (m[i].value / 2 - m[i - 1].value / 2);
  return most <= least ? least : least + (uint64_t)(part * (double)(most - least));
}

uint64_t mt_quantiles_error(const struct mt_quantiles *q)
{
  struct mark m[MOST_KEPT];
  size_t n = unpack(q, m);
  uint64_t widest = 0;

  for (size_t i = 1; i < n; i++)
    if (gap(&m[i - 1], &m[i]) > widest)
      widest = gap(&m[i - 1], &m[i]);
  return widest / 2;
}
