/* What a session tells of the values of a column. */
#include <math.h>
#include <string.h>

#include "core/session_private.h"

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
  pthread_mutex_lock(&s->lock); /* a scan may begin anew */
  c = &s->profile->column[column];
  stripe = mt_session_stripe(s, column);
  pthread_mutex_lock(stripe);
  describe_numbers(out, &c->statistics, &c->distinct);
  describe_range(out, &c->facts);
  describe_lengths(out, &c->statistics, &c->facts);
  copy_top(out, &c->statistics, &c->distinct);
  out->runs = c->statistics.runs;
  out->sorted = mt_statistics_sorted(&c->statistics);
  pthread_mutex_unlock(stripe);
  pthread_mutex_unlock(&s->lock);
}
