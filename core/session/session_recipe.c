/* What a session tells loader code. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/session/session_private.h"

#define FLOAT_INTEGERS ((__int128)1 << 53) /* up to here float64 holds every integer */

static void describe_numbers(struct mt_recipe_column *out, const struct mt_facts *f)
{
  __int128 low, high;

  mt_facts_range(f, &low, &high);
  out->padded = f->padded > 0;
  out->points = f->floats > 0;
  out->beyond_int64 = high > INT64_MAX;
  out->beyond_float = low < -FLOAT_INTEGERS || high > FLOAT_INTEGERS;
  out->careful = f->rounded > 0 || out->beyond_float || f->big_integers > 0;
}

static void describe_dates(struct mt_recipe_column *out, const struct mt_facts *f)
{
  out->unit = mt_advice_unit(f);
  out->utc = f->date_shape.offset != 0;
  out->beyond_ns = mt_facts_has(f, MT_PLACE_NOT_NS);
  out->unpadded = (f->date_padding & 2) != 0;
  out->layout = mt_advice_layout(f);
  out->shape = f->date_shape;
}

/* The caller holds the lock and the column's stripe. */
static void describe_column(struct mt_recipe_column *out, const struct mt_session *s,
                            size_t i)
{
  const struct mt_column_profile *c = &s->profile->column[i];
  const struct mt_facts *f = &c->facts;

  out->dtype = mt_session_planned(s, i);
  out->nulls = f->nulls > 0;
  out->nul = f->nul > 0;
  out->bad_utf8 = f->not_utf8 > 0;
  out->bool_family = mt_advice_bool_family(f);
  describe_numbers(out, f);
  describe_dates(out, f);
  out->rounded =
      out->dtype == MT_FLOAT32 && mt_advice_class(c, MT_FLOAT32) == MT_CLASS_ROUNDED;
  if (out->dtype != MT_CATEGORY || s->scan != MT_SCAN_DONE ||
      !mt_distinct_exact(&c->distinct))
    return;
  out->categories = mt_distinct_count(&c->distinct);
  out->category_text = c->distinct.sizes.bytes;
}

int mt_session_recipe(struct mt_session *s, struct mt_recipe *r)
{
  struct mt_reader_progress progress = {0};
  int rc;

  memset(r, 0, sizeof *r);
  mt_nulls_init(&r->nulls);
  r->column = mt_alloc(s->profile->columns, sizeof *r->column);
  if (r->column == NULL)
    return ENOMEM;
  s->reader->ops->progress(s->reader, &progress);
  pthread_mutex_lock(&s->lock);
  r->irregular = progress.irregular || s->profile->irregular;
  r->columns = s->profile->columns;
  r->rows = s->profile->rows;
  r->complete = s->scan == MT_SCAN_DONE;
  r->long_rows = s->profile->faults.count[MT_FAULT_LONG_ROW];
  r->open_quotes = s->profile->faults.count[MT_FAULT_OPEN_QUOTE] +
                   s->profile->faults.count[MT_FAULT_LONG_FIELD];
  r->bad_utf8 = s->profile->faults.count[MT_FAULT_BAD_UTF8];
  for (size_t i = 0; i < r->columns; i++) {
    pthread_mutex_lock(mt_session_stripe(s, i));
    describe_column(&r->column[i], s, i);
    pthread_mutex_unlock(mt_session_stripe(s, i));
  }
  rc = mt_session_list_nulls(s, &r->nulls);
  pthread_mutex_unlock(&s->lock);
  if (rc != 0)
    mt_recipe_reset(r);
  return rc;
}

int mt_session_categories(struct mt_session *s, size_t column, struct mt_lookup *out)
{
  const struct mt_distinct *d;
  int rc = EINVAL;

  pthread_mutex_lock(&s->lock);
  d = &s->profile->column[column].distinct;
  pthread_mutex_lock(mt_session_stripe(s, column));
  if (mt_distinct_exact(d))
    rc = mt_lookup_init(out, d, s->profile->pool.seed);
  pthread_mutex_unlock(mt_session_stripe(s, column));
  pthread_mutex_unlock(&s->lock);
  return rc;
}

void mt_recipe_reset(struct mt_recipe *r)
{
  free(r->column);
  mt_nulls_reset(&r->nulls);
  memset(r, 0, sizeof *r);
}
