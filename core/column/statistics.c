#include "core/column/statistics.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/base/hash.h"
#include "core/cells/parse.h"

#define NUMBERS (MT_UP_NUMBERS | MT_DOWN_NUMBERS)
#define BYTES (MT_UP_BYTES | MT_DOWN_BYTES)
#define ORDERS (NUMBERS | BYTES)

/* ---- order --------------------------------------------------------------- */

static int compare_numbers(const struct mt_order_end *a, const struct mt_order_end *b)
{
  if (a->d == b->d && a->integer && b->integer)
    return (a->i > b->i) - (a->i < b->i);
  return (a->d > b->d) - (a->d < b->d);
}

static int compare_bytes(const uint8_t *a, size_t n, const uint8_t *b, size_t m)
{
  int c = memcmp(a, b, n < m ? n : m);
  return c != 0 ? c : (n > m) - (n < m);
}

uint8_t mt_order_left(uint8_t may, const struct mt_order_end *a,
                      const struct mt_order_end *b)
{
  int c;

  if (may & NUMBERS) {
    c = compare_numbers(a, b);
    may &= (uint8_t) ~(c > 0 ? MT_UP_NUMBERS : c < 0 ? MT_DOWN_NUMBERS : 0);
  }
  if (may & BYTES) {
    c = compare_bytes(a->s, a->n, b->s, b->n);
    may &= (uint8_t) ~(c > 0 ? MT_UP_BYTES : c < 0 ? MT_DOWN_BYTES : 0);
  }
  return may;
}

static void order_add(struct mt_order *o, const uint8_t *s, size_t n,
                      const struct mt_token *t)
{
  struct mt_order_end e = {t->d, t->i, t->int64 == MT_INT_OK, s, n};

  if (!t->is_float)
    o->may &= BYTES;
  if (o->any)
    o->may = mt_order_left(o->may, &o->last, &e);
  else
    o->first = e;
  o->last = e;
  o->any = true;
}

/* The run's values in the order of its cells. */
static void order_cells(struct mt_order *o, const struct mt_run_cells *c,
                        const struct mt_nulls *nulls)
{
  const struct mt_cell *cells = mt_chunk_column(c->chunk, c->column), *last = NULL;
  const uint8_t *text = c->chunk->text;
  struct mt_token t;

  *o = (struct mt_order){.may = ORDERS | MT_ONLY_NUMBERS};
  for (size_t r = c->from; r < c->to && o->may & ORDERS; r++) {
    const struct mt_cell *cell = &cells[r];
    if (last != NULL && last->len == cell->len &&
        memcmp(text + last->off, text + cell->off, cell->len) == 0)
      continue;
    last = cell;
    t = (struct mt_token){
        .null = mt_nulls_has(nulls, c->column, text + cell->off, cell->len)};
    if (o->may & MT_ONLY_NUMBERS && !t.null)
      mt_token_read(&t, text + cell->off, cell->len, nulls, c->column);
    if (!t.null)
      order_add(o, text + cell->off, cell->len, &t);
  }
}

/* Gives s a text of its own, where e points from then on. */
static void own_text(struct mt_statistics *s, int which, struct mt_order_end *e)
{
  if (e->n > s->text_cap[which]) {
    uint8_t *text = realloc(s->text[which], e->n);
    if (text == NULL) {
      s->lost = true;
      s->order.may = 0;
      return;
    }
    s->text[which] = text;
    s->text_cap[which] = e->n;
  }
  if (e->n > 0)
    memcpy(s->text[which], e->s, e->n);
  e->s = s->text[which];
}

static void merge_order(struct mt_statistics *into, const struct mt_statistics *later)
{
  struct mt_order *o = &into->order;
  const struct mt_order *l = &later->order;

  if (!l->any)
    return;
  o->may &= l->may;
  if (o->any)
    o->may = mt_order_left(o->may, &o->last, &l->first);
  else
    o->first = l->first;
  o->last = l->last;
  if (o->may & BYTES) {
    if (!o->any)
      own_text(into, 0, &o->first);
    own_text(into, 1, &o->last);
  }
  o->any = true;
}

/* ---- all of it ----------------------------------------------------------- */

void mt_statistics_init(struct mt_statistics *s, uint16_t gaps)
{
  memset(s, 0, sizeof *s);
  s->order.may = ORDERS | MT_ONLY_NUMBERS;
  mt_quantiles_init(&s->quantiles, gaps);
}

void mt_statistics_reset(struct mt_statistics *s)
{
  uint16_t gaps = s->quantiles.gaps;

  mt_quantiles_reset(&s->quantiles);
  free(s->text[0]);
  free(s->text[1]);
  mt_statistics_init(s, gaps);
}

void mt_statistics_clear(struct mt_statistics *s)
{
  struct mt_statistics kept = *s;

  mt_statistics_init(s, 0);
  memcpy(s->text, kept.text, sizeof s->text);
  memcpy(s->text_cap, kept.text_cap, sizeof s->text_cap);
  s->quantiles = kept.quantiles;
  mt_quantiles_clear(&s->quantiles);
}

static void merge_moments(struct mt_statistics *into, const struct mt_statistics *later)
{
  double a = (double)into->numbers, b = (double)later->numbers;
  double distance = later->mean - into->mean;

  if (later->numbers == 0)
    return;
  if (into->numbers == 0) {
    into->mean = later->mean;
    into->m2 = later->m2;
  } else {
    into->mean += distance * (b / (a + b));
    into->m2 += later->m2 + distance * distance * (a * (b / (a + b)));
  }
  into->numbers += later->numbers;
}

static void merge_runs(struct mt_statistics *into, const struct mt_statistics *later)
{
  if (later->runs == 0)
    return;
  if (into->runs == 0)
    memcpy(into->first_cell, later->first_cell, sizeof into->first_cell);
  else if (memcmp(into->last_cell, later->first_cell, sizeof into->last_cell) == 0)
    into->runs--;
  into->runs += later->runs;
  memcpy(into->last_cell, later->last_cell, sizeof into->last_cell);
}

static void merge_most(struct mt_statistics *into, const struct mt_statistics *later)
{
  merge_order(into, later);
  merge_moments(into, later);
  merge_runs(into, later);
  into->values += later->values;
  into->lost |= later->lost;
  for (int i = 0; i < MT_LENGTH_BUCKETS; i++)
    into->length[i] += later->length[i];
}

void mt_statistics_merge(struct mt_statistics *into, const struct mt_statistics *later)
{
  merge_most(into, later);
  mt_quantiles_merge(&into->quantiles, &later->quantiles);
}

/* ---- a run of cells ------------------------------------------------------ */

void mt_run_reset(struct mt_run *r)
{
  free(r->number);
  free(r->spare);
  free(r->single);
  memset(r, 0, sizeof *r);
}

int mt_run_begin(struct mt_run *r, size_t texts)
{
  mt_statistics_init(&r->now, 0);
  r->len = r->singles = 0;
  r->order_later = false;
  if (texts <= r->cap)
    return 0;
  free(r->number);
  free(r->spare);
  free(r->single);
  r->number = mt_alloc(texts, sizeof *r->number);
  r->spare = mt_alloc(texts, sizeof *r->spare);
  r->single = mt_alloc(texts, sizeof *r->single);
  r->cap = texts;
  if (r->number != NULL && r->spare != NULL && r->single != NULL)
    return 0;
  mt_run_reset(r);
  return ENOMEM;
}

#define LANES 4

static double total(const double lane[LANES])
{
  return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

static unsigned length_bucket(size_t n)
{
  unsigned bits = n == 0 ? 0 : 64 - (unsigned)__builtin_clzll(n);
  return bits < MT_LENGTH_BUCKETS ? bits : MT_LENGTH_BUCKETS - 1;
}

void mt_run_add_length(struct mt_run *r, size_t n, uint64_t times)
{
  r->now.values += times;
  r->now.length[length_bucket(n)] += times;
}

void mt_run_begin_singles(struct mt_run *r)
{
  r->order_later = true;
}

void mt_run_follow(struct mt_run *r, bool up, bool down, const struct mt_order_end *last)
{
  uint8_t *may = &r->now.order.may;

  *may &= (uint8_t) ~((up ? 0 : MT_UP_NUMBERS | MT_UP_BYTES) |
                      (down ? 0 : MT_DOWN_NUMBERS | MT_DOWN_BYTES));
  r->now.order.last = *last;
  r->order_later = false;
}

void mt_run_add(struct mt_run *r, const uint8_t *s, size_t n, uint64_t times,
                const struct mt_token *t)
{
  if (t->null)
    return;
  mt_run_add_length(r, n, times);
  if (r->now.order.may & ORDERS && !r->order_later)
    order_add(&r->now.order, s, n, t);
  if (!t->is_float || !isfinite(t->d))
    return;
  if (r->order_later)
    r->single[r->singles++] = t->d;
  else
    r->number[r->len++] = (struct mt_weighted){t->d, times};
}

static void sum_weighted(const struct mt_run *r, double sum[LANES])
{
  for (size_t i = 0; i < r->len; i++)
    sum[i % LANES] += r->number[i].value * (double)r->number[i].times;
}

/* Lanes that are worked on together, where the processor can; no addition waits for the
 * one before.  Vectors are no wider than those that every processor has: a compiler keeps
 * wider ones in memory. */
typedef double two __attribute__((vector_size(2 * sizeof(double))));
struct lanes {
  two low, high;
};
_Static_assert(sizeof(struct lanes) == LANES * sizeof(double), "all lanes");

static inline struct lanes load_lanes(const double v[LANES])
{
  struct lanes l;

  memcpy(&l.low, v, sizeof l.low);
  memcpy(&l.high, v + 2, sizeof l.high);
  return l;
}

static inline void store_lanes(double v[LANES], const struct lanes *l)
{
  memcpy(v, &l->low, sizeof l->low);
  memcpy(v + 2, &l->high, sizeof l->high);
}

static void sum_singles(const struct mt_run *r, double sum[LANES])
{
  struct lanes all = load_lanes(sum);
  size_t i = 0;

  for (; i + LANES <= r->singles; i += LANES) {
    const struct lanes v = load_lanes(r->single + i);
    all.low += v.low;
    all.high += v.high;
  }
  store_lanes(sum, &all);
  for (; i < r->singles; i++)
    sum[0] += r->single[i];
}

static void deviate_weighted(const struct mt_run *r, double mean, double rest[LANES],
                             double squares[LANES])
{
  for (size_t i = 0; i < r->len; i++) {
    double d = r->number[i].value - mean, w = (double)r->number[i].times;
    rest[i % LANES] += d * w;
    squares[i % LANES] += d * d * w;
  }
}

static void deviate_singles(const struct mt_run *r, double mean, double rest[LANES],
                            double squares[LANES])
{
  struct lanes rests = load_lanes(rest), all = load_lanes(squares);
  size_t i = 0;

  for (; i + LANES <= r->singles; i += LANES) {
    const struct lanes v = load_lanes(r->single + i);
    const two low = v.low - mean, high = v.high - mean;
    rests.low += low;
    rests.high += high;
    all.low += low * low;
    all.high += high * high;
  }
  store_lanes(rest, &rests);
  store_lanes(squares, &all);
  for (; i < r->singles; i++) {
    double off = r->single[i] - mean;
    rest[0] += off;
    squares[0] += off * off;
  }
}

/* Two passes: what rounding left out of the mean is found by the second. */
static void count_moments(struct mt_run *r)
{
  double sum[LANES] = {0}, rest[LANES] = {0}, squares[LANES] = {0}, mean, n;

  if (r->len + r->singles == 0)
    return;
  r->now.numbers = r->singles;
  for (size_t i = 0; i < r->len; i++)
    r->now.numbers += r->number[i].times;
  n = (double)r->now.numbers;
  sum_weighted(r, sum);
  sum_singles(r, sum);
  mean = total(sum) / n;
  deviate_weighted(r, mean, rest, squares);
  deviate_singles(r, mean, rest, squares);
  r->now.mean = mean + total(rest) / n;
  r->now.m2 = total(squares) - total(rest) * (total(rest) / n);
}

static void hash_cell(uint64_t hash[2], const struct mt_run_cells *c, size_t row)
{
  const struct mt_cell *cell = &mt_chunk_column(c->chunk, c->column)[row];
  XXH128_hash_t h = XXH3_128bits(c->chunk->text + cell->off, cell->len);

  hash[0] = h.low64;
  hash[1] = h.high64;
}

void mt_run_end(struct mt_run *r, const struct mt_run_cells *c,
                const struct mt_nulls *nulls, struct mt_statistics *into)
{
  if (c->from == c->to)
    return;
  /* the order of first appearance is that of the cells when no text comes back */
  if (r->now.order.may & ORDERS && (r->order_later || c->repeats))
    order_cells(&r->now.order, c, nulls);
  r->now.runs = c->stretches;
  hash_cell(r->now.first_cell, c, c->from);
  hash_cell(r->now.last_cell, c, c->to - 1);
  count_moments(r);
  merge_most(into, &r->now);
  mt_quantiles_add(&into->quantiles, &(struct mt_numbers){r->number, r->spare, r->len,
                                                          r->single, r->singles});
}

/* ---- results ------------------------------------------------------------- */

double mt_statistics_mean(const struct mt_statistics *s)
{
  return s->numbers > 0 ? s->mean : NAN;
}

double mt_statistics_stddev(const struct mt_statistics *s)
{
  if (s->numbers <= 1 || !isfinite(s->m2)) /* beyond what float64 holds */
    return NAN;
  return sqrt(fmax(s->m2, 0) / (double)(s->numbers - 1));
}

double mt_statistics_quantile(const struct mt_statistics *s, double q)
{
  double place, part, low, high;
  uint64_t rank;

  if (!mt_quantiles_known(&s->quantiles))
    return NAN;
  place = q * (double)(s->numbers - 1);
  rank = (uint64_t)place + 1;
  part = place - floor(place);
  low = mt_quantiles_at(&s->quantiles, rank);
  if (part == 0 || rank >= s->numbers)
    return low;
  high = mt_quantiles_at(&s->quantiles, rank + 1);
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}

enum mt_sorted mt_statistics_sorted(const struct mt_statistics *s)
{
  uint8_t may = s->order.may;

  if (s->lost)
    return MT_SORTED_UNKNOWN;
  if (!s->order.any)
    return MT_SORTED_NONE;
  /* numbers out of order may still be in order as texts: 1, 10, 2 */
  may &= may & MT_ONLY_NUMBERS ? NUMBERS : BYTES;
  return may & (MT_UP_NUMBERS | MT_UP_BYTES) ? MT_SORTED_UP
         : may != 0                          ? MT_SORTED_DOWN
                                             : MT_SORTED_NONE;
}

bool mt_statistics_bytes_in_order(const struct mt_statistics *s)
{
  return !s->lost && s->order.any && (s->order.may & BYTES) != 0;
}

const char *mt_sorted_name(enum mt_sorted s)
{
  static const char *const name[] = {"none", "ascending", "descending", "unknown"};
  return name[s];
}

double mt_statistics_edge(const struct mt_statistics *s, size_t i, size_t bins)
{
  double low, high, part = (double)i / (double)bins;

  if (!mt_quantiles_known(&s->quantiles))
    return NAN;
  low = mt_quantiles_least(&s->quantiles);
  high = mt_quantiles_greatest(&s->quantiles);
  if (isinf(high - low)) /* -1e308 to 1e308 */
    return low * (1 - part) + high * part;
  return i == bins ? high : low + (high - low) * part;
}

static bool number_of(const struct mt_distinct *d, struct mt_distinct_text *t, double *v)
{
  if (mt_distinct_number(t, v))
    return true;
  mt_distinct_spell(d, t);
  return mt_parse_float(t->s, t->n, v, NULL) && isfinite(*v);
}

static size_t find_bin(const double *edge, size_t bins, double v)
{
  size_t low = 0, high = bins;

  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (v < edge[middle])
      high = middle;
    else
      low = middle;
  }
  return low;
}

struct bins {
  const double *edge;
  uint64_t *bin;
  size_t count;
  uint64_t below, above;
};

/* Counts the numbers of the set that come in order; how many. */
static uint64_t count_neighbours(const struct mt_distinct *d, struct bins *b)
{
  size_t at = 0;
  uint64_t below = mt_distinct_pass_numbers(d, &at, b->edge[0], false), all = below,
           above;

  for (size_t i = 0; i < b->count; i++) {
    const bool last = i + 1 == b->count;
    uint64_t hits = mt_distinct_pass_numbers(d, &at, b->edge[i + 1], last);
    b->bin[i] += hits;
    all += hits;
  }
  above = mt_distinct_pass_numbers(d, &at, INFINITY, true);
  b->below += below;
  b->above += above;
  return all + above;
}

/* Counts the numbers of the set; false when they are not those of the statistics. */
static bool count_bins(const struct mt_statistics *s, const struct mt_distinct *d,
                       struct bins *b)
{
  const double *edge = b->edge;
  struct mt_distinct_text t;
  uint64_t numbers = 0;
  size_t at = 0, i = 0;
  double v;

  while (at < mt_distinct_others(d) && mt_distinct_next_code(d, &at, &t)) {
    if (at > mt_distinct_others(d) || !number_of(d, &t, &v))
      continue;
    numbers += t.hits;
    if (v < edge[0]) {
      b->below += t.hits;
    } else if (v > edge[b->count]) {
      b->above += t.hits;
    } else {
      /* edge[i] <= v < edge[i + 1], the last one closed */
      if (v < edge[i] || (v >= edge[i + 1] && i + 1 < b->count))
        i = find_bin(edge, b->count, v);
      b->bin[i] += t.hits;
    }
  }
  return numbers + count_neighbours(d, b) == s->numbers;
}

static void estimate_bins(const struct mt_statistics *s, struct bins *b)
{
  const struct mt_quantiles *q = &s->quantiles;
  uint64_t before =
      b->edge[0] > mt_quantiles_least(q) ? mt_quantiles_below(q, b->edge[0]) : 0;

  b->below = before;
  for (size_t i = 0; i < b->count; i++) {
    bool last = i + 1 == b->count && b->edge[i + 1] >= mt_quantiles_greatest(q);
    uint64_t until = last ? s->numbers : mt_quantiles_below(q, b->edge[i + 1]);

    b->bin[i] = until - before;
    before = until;
  }
  b->above = s->numbers - before;
}

bool mt_statistics_histogram_between(const struct mt_statistics *s,
                                     const struct mt_distinct *d, const double *edge,
                                     uint64_t *bin, size_t bins, uint64_t *below,
                                     uint64_t *above)
{
  struct bins b = {.edge = edge, .bin = bin, .count = bins};
  bool exact;

  memset(bin, 0, bins * sizeof *bin);
  *below = *above = 0;
  if (!mt_quantiles_known(&s->quantiles))
    return s->numbers == 0;
  exact = mt_distinct_exact(d) && count_bins(s, d, &b);
  if (!exact) {
    estimate_bins(s, &b);
    exact = mt_quantiles_error(&s->quantiles) == 0;
  }
  *below = b.below;
  *above = b.above;
  return exact;
}

#define MOST_BINS 64

bool mt_statistics_histogram(const struct mt_statistics *s, const struct mt_distinct *d,
                             uint64_t *bin, size_t bins)
{
  double edge[MOST_BINS + 1] = {0};
  uint64_t below, above;

  assert(bins > 0 && bins <= MOST_BINS);
  for (size_t i = 0; i <= bins; i++)
    edge[i] = mt_statistics_edge(s, i, bins);
  return mt_statistics_histogram_between(s, d, edge, bin, bins, &below, &above);
}

size_t mt_statistics_top(const struct mt_statistics *s, const struct mt_distinct *d,
                         struct mt_distinct_text *top, size_t most, bool *exact)
{
  *exact = mt_distinct_exact(d) && !d->saturated && d->total == s->values;
  return mt_distinct_exact(d) ? mt_distinct_top(d, top, most) : 0;
}
