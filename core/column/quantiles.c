#include "core/column/quantiles_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Marks of so many numbers.  There is room in front of them, and behind. */
struct side {
  struct mt_quantile_mark *mark;
  size_t len;
  uint64_t total;
};

#define MOST_KEPT MT_QUANTILES_MOST

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

size_t mt_quantiles_thin(struct mt_quantile_mark *m, size_t n, uint64_t room)
{
  size_t kept = 1;

  if (n < 3)
    return n;
  for (size_t i = 1; i + 1 < n; i++)
    if (mt_quantile_gap(&m[kept - 1], &m[i + 1]) > room)
      m[kept++] = m[i];
  m[kept++] = m[n - 1];
  return kept;
}

/* What stands before the first mark and behind the last one. */
static void set_ends(const struct side *s)
{
  s->mark[-1] = (struct mt_quantile_mark){-INFINITY, 0, 0};
  s->mark[s->len] = (struct mt_quantile_mark){INFINITY, s->total + 1, s->total + 1};
}

/* Both in order; of equal numbers those of a come first.  Which is next cannot be
 * foreseen: it is no branch. */
static size_t join(struct mt_quantile_mark *out, const struct side *a,
                   const struct side *b)
{
  const size_t n = a->len + b->len;
  const struct mt_quantile_mark *first = a->mark, *second = b->mark;

  set_ends(a);
  set_ends(b);
  for (size_t i = 0; i < n; i++) {
    const bool take_second = second->value < first->value;
    const struct mt_quantile_mark *m = take_second ? second : first;
    const struct mt_quantile_mark *other = take_second ? first : second;
    out[i] = (struct mt_quantile_mark){m->value, m->low + other[-1].low,
                                       m->high + other->high - 1};
    first += !take_second;
    second += take_second;
  }
  return n;
}

static size_t unpack(const struct mt_quantiles *q, struct mt_quantile_mark *m)
{
  for (size_t i = 0; i < q->len; i++) {
    uint64_t low = q->rank[i].low, high = (uint64_t)q->rank[i].high << q->shift;
    m[i] = (struct mt_quantile_mark){q->rank[i].value, low << q->shift,
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
static size_t reduce(struct mt_quantiles *q, struct mt_quantile_mark *m, size_t n,
                     uint64_t total)
{
  uint64_t room = total / q->gaps;

  n = mt_quantiles_thin(m, n, 0);
  if (n <= q->limit)
    return n;
  n = mt_quantiles_thin(m, n, room);
  while (n > (size_t)q->limit * 7 / 8 && q->limit < MT_QUANTILES_MOST)
    q->limit *= 2;
  while (n > q->limit) {
    room += room / 8 + 1;
    n = mt_quantiles_thin(m, n, room);
  }
  return n;
}

static void pack(struct mt_quantiles *q, struct mt_quantile_mark *m, size_t n,
                 uint64_t total)
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
  struct mt_quantile_mark old[1 + MOST_KEPT + 1], both[MOST_KEPT + MT_QUANTILE_MARKS];
  struct side before = {old + 1, 0, q->total};

  if (q->total == 0) {
    pack(q, later->mark, later->len, later->total);
    return;
  }
  before.len = unpack(q, before.mark);
  pack(q, both, join(both, &before, later), q->total + later->total);
}

void mt_quantiles_add(struct mt_quantiles *q, const struct mt_numbers *n)
{
  struct mt_quantile_marks m;

  if (q->lost || n->len + n->singles == 0)
    return;
  mt_quantiles_mark(&m, n);
  append(q, &(struct side){m.mark, m.len, m.total});
}

void mt_quantiles_merge(struct mt_quantiles *into, const struct mt_quantiles *q)
{
  struct mt_quantile_mark m[1 + MOST_KEPT + 1];
  struct side later = {m + 1, 0, q->total};

  into->lost |= q->lost;
  if (into->lost || q->total == 0)
    return;
  later.len = unpack(q, later.mark);
  append(into, &later);
}

double mt_quantiles_at(const struct mt_quantiles *q, uint64_t rank)
{
  struct mt_quantile_mark m[MOST_KEPT];
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
  struct mt_quantile_mark m[MOST_KEPT];
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
  struct mt_quantile_mark m[MOST_KEPT];
  size_t n = unpack(q, m);
  uint64_t widest = 0;

  for (size_t i = 1; i < n; i++)
    if (mt_quantile_gap(&m[i - 1], &m[i]) > widest)
      widest = mt_quantile_gap(&m[i - 1], &m[i]);
  return widest / 2;
}
