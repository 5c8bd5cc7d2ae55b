/* What a session tells of the values of a column. */
#include <math.h>
#include <string.h>

#include "core/cells/datetime.h"

#include "core/session/session_private.h"

const double mt_quantile_shares[MT_QUANTILE_COUNT] = {0.01, 0.05, 0.25, 0.5,
                                                      0.75, 0.95, 0.99};

static void describe_numbers(struct mt_column_statistics *out,
                             const struct mt_statistics *s, const struct mt_distinct *d)
{
  out->count = s->numbers;
  out->mean = mt_statistics_mean(s);
  out->stddev = mt_statistics_stddev(s);
  for (size_t i = 0; i < MT_QUANTILE_COUNT; i++)
    out->quantile[i] = mt_statistics_quantile(s, mt_quantile_shares[i]);
  out->histogram_exact = s->numbers == 0;
  if (!mt_quantiles_known(&s->quantiles))
    return;
  out->quantile_error = (double)mt_quantiles_error(&s->quantiles) / (double)s->numbers;
  out->bins = MT_HISTOGRAM_BINS;
  if (mt_statistics_edge(s, 0, 1) == mt_statistics_edge(s, 1, 1))
    out->bins = 1; /* one number all along */
  for (size_t i = 0; i <= out->bins; i++)
    out->edge[i] = mt_statistics_edge(s, i, out->bins);
  out->histogram_exact = mt_statistics_histogram(s, d, out->bin, out->bins);
}

static void describe_range(struct mt_column_statistics *out, const struct mt_facts *f)
{
  bool any = f->float_min <= f->float_max;

  out->min = any ? f->float_min : NAN;
  out->max = any ? f->float_max : NAN;
  out->integers = f->integers > 0 && f->floats + f->big_integers == 0;
  out->int_min = f->int_min;
  out->int_max = f->int_max;
}

/* A range that is so much wider than its middle has little to show. */
#define FAR 3

/* Parts of whole numbers, as many of them in each. */
static void split_integers(struct mt_picture *p)
{
  double width = ceil((p->high - p->low + 1) / MT_HISTOGRAM_BINS);

  p->bins = (size_t)ceil((p->high - p->low + 1) / width);
  for (size_t i = 0; i <= p->bins; i++)
    p->edge[i] = p->low + width * (double)i;
}

static void split(struct mt_picture *p)
{
  p->bins = MT_HISTOGRAM_BINS;
  for (size_t i = 0; i < p->bins; i++)
    p->edge[i] = p->low + (p->high - p->low) * (double)i / MT_HISTOGRAM_BINS;
  p->edge[p->bins] = p->high;
}

static void draw_picture(struct mt_column_statistics *out, const struct mt_statistics *s,
                         const struct mt_distinct *d)
{
  struct mt_picture *p = &out->picture;
  double low = out->quantile[0], high = out->quantile[MT_QUANTILE_COUNT - 1];
  bool far;

  if (out->bins < 2 || isinf(out->max - out->min))
    return;
  far = high > low && out->max - out->min > FAR * (high - low);
  p->low = far ? low : out->min;
  p->high = far ? high : out->max;
  if (out->integers && p->high - p->low < 1e15) {
    p->low = floor(p->low);
    p->high = ceil(p->high);
    split_integers(p);
  } else {
    split(p);
  }
  p->exact = mt_statistics_histogram_between(s, d, p->edge, p->bin, p->bins, &p->below,
                                             &p->above);
}

static void describe_lengths(struct mt_column_statistics *out,
                             const struct mt_statistics *s, const struct mt_facts *f)
{
  out->values = s->values;
  memcpy(out->length, s->length, sizeof out->length);
  out->length_mean = NAN;
  if (s->values == 0)
    return;
  out->length_min = f->shortest;
  out->length_max = f->longest;
  out->length_mean = (double)f->sizes.bytes / (double)s->values;
}

static void copy_top(struct mt_column_statistics *out, const struct mt_statistics *s,
                     const struct mt_distinct *d)
{
  struct mt_distinct_text top[MT_TOP_VALUES];

  out->top_len = mt_statistics_top(s, d, top, MT_TOP_VALUES, &out->top_exact);
  for (size_t i = 0; i < out->top_len; i++) {
    struct mt_top_value *v = &out->top[i];
    v->count = top[i].hits;
    v->cut = top[i].n > sizeof v->text;
    v->len = v->cut ? sizeof v->text : (uint16_t)top[i].n;
    while (v->cut && v->len > 0 && (top[i].s[v->len] & 0xc0) == 0x80)
      v->len--; /* not within a character */
    memcpy(v->text, top[i].s, v->len);
  }
}

void mt_session_statistics(struct mt_session *s, size_t column,
                           struct mt_column_statistics *out)
{
  const struct mt_column_profile *c;
  pthread_mutex_t *stripe;

  memset(out, 0, sizeof *out);
  mt_session_lock(s); /* a scan may begin anew */
  c = &s->profile->column[column];
  stripe = mt_session_stripe(s, column);
  pthread_mutex_lock(stripe);
  describe_numbers(out, &c->statistics, &c->distinct);
  describe_range(out, &c->facts);
  draw_picture(out, &c->statistics, &c->distinct);
  describe_lengths(out, &c->statistics, &c->facts);
  copy_top(out, &c->statistics, &c->distinct);
  out->runs = c->statistics.runs;
  out->sorted = mt_statistics_sorted(&c->statistics);
  pthread_mutex_unlock(stripe);
  pthread_mutex_unlock(&s->lock);
}

/* ---- dates ----------------------------------------------------------------- */

/* Distinct texts whose dates are read for a picture. */
#define MOST_DATES 100000

struct dates {
  const struct mt_distinct *distinct;
  enum mt_date_layout layout;
  int64_t low, high;
  struct mt_column_dates *out;
};

static void widen(struct dates *d, int64_t seconds, uint64_t hits)
{
  (void)hits;
  d->low = seconds < d->low ? seconds : d->low;
  d->high = seconds > d->high ? seconds : d->high;
  d->out->times = d->out->times || seconds % 86400 != 0;
}

static void count_date(struct dates *d, int64_t seconds, uint64_t hits)
{
  const int64_t *edge = d->out->edge;
  double part =
      (double)(seconds - d->low) / (double)(d->high - d->low + (d->low == d->high));
  size_t i = (size_t)(part * MT_HISTOGRAM_BINS);

  if (i >= MT_HISTOGRAM_BINS)
    i = MT_HISTOGRAM_BINS - 1;
  while (i > 0 && seconds < edge[i]) /* edges are rounded */
    i--;
  while (i + 1 < MT_HISTOGRAM_BINS && seconds >= edge[i + 1])
    i++;
  d->out->bin[i] += hits;
}

static bool each_date(struct dates *d, void (*take)(struct dates *, int64_t, uint64_t))
{
  struct mt_distinct_text t;
  struct mt_date_text text;
  uint32_t nanoseconds;
  int64_t seconds;
  size_t at = 0;

  while (mt_distinct_next(d->distinct, &at, &t)) {
    if (!mt_date_read(t.s, t.n, &text) || !(text.layouts >> d->layout & 1))
      return false;
    mt_date_value(&text, d->layout, &seconds, &nanoseconds);
    take(d, seconds, t.hits);
  }
  return at > 0;
}

static bool find_dates(struct mt_column_dates *out, const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;
  struct dates d = {&c->distinct, mt_advice_layout(f), INT64_MAX, INT64_MIN, out};

  memset(out, 0, sizeof *out);
  if (f->dates == 0 || f->dates != f->rows - f->nulls || f->date_layouts == 0 ||
      !mt_distinct_exact(&c->distinct) || mt_distinct_count(&c->distinct) > MOST_DATES)
    return false;
  if (!each_date(&d, widen))
    return false;
  for (int64_t i = 0; i <= MT_HISTOGRAM_BINS; i++)
    out->edge[i] = d.low + (d.high - d.low) / MT_HISTOGRAM_BINS * i +
                   (d.high - d.low) % MT_HISTOGRAM_BINS * i / MT_HISTOGRAM_BINS;
  return each_date(&d, count_date);
}

bool mt_session_dates(struct mt_session *s, size_t column, struct mt_column_dates *out)
{
  bool known;

  mt_session_lock(s); /* a scan may begin anew */
  pthread_mutex_lock(mt_session_stripe(s, column));
  known = find_dates(out, &s->profile->column[column]);
  pthread_mutex_unlock(mt_session_stripe(s, column));
  pthread_mutex_unlock(&s->lock);
  return known;
}
