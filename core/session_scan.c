/* How a session scans: the pipeline that profiles, and what is worked out at its
 * end. */
#include <errno.h>
#include <stdlib.h>

#include "core/infer.h"
#include "core/parse.h"
#include "core/pipeline.h"
#include "core/session_private.h"

static void *scan_worker_new(void *context)
{
  struct mt_session *s = context;
  return mt_part_new(&s->profile);
}

static void scan_worker_free(void *context, void *worker)
{
  (void)context;
  mt_part_free(worker);
}

static int scan_work(void *context, void *worker, struct mt_chunk *chunk,
                     struct mt_error *err)
{
  struct mt_session *s = context;
  return mt_part_profile(worker, &s->profile, chunk, err);
}

static int scan_commit(void *context, void *worker, struct mt_error *err)
{
  struct mt_session *s = context;
  (void)err;
  pthread_mutex_lock(&s->lock);
  mt_profile_merge(&s->profile, worker);
  pthread_mutex_unlock(&s->lock);
  return 0;
}

static int compare_doubles(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Distinct numbers among the texts of a set: 1.0 and 1.00 are one. */
static uint64_t distinct_numbers(const struct mt_distinct *d, enum mt_inferred_kind kind)
{
  size_t n = 0, at = 0;
  uint64_t count = 0;
  double *v = malloc((d->count + 1) * sizeof *v);
  struct mt_distinct_text t;

  if (v == NULL)
    return UINT64_MAX;
  while (mt_distinct_next(d, &at, &t)) {
    if (kind == MT_INFERRED_BOOL)
      v[n++] = mt_parse_bool(t.s, t.n);
    else if (mt_parse_float(t.s, t.n, &v[n], NULL))
      v[n] += 0.0, n++; /* -0.0 is 0.0 */
  }
  qsort(v, n, sizeof *v, compare_doubles);
  for (size_t i = 0; i < n; i++)
    count += i == 0 || v[i] != v[i - 1];
  free(v);
  return count;
}

/* Whether two texts of the column can be one value of its dtype. */
static bool texts_collapse(const struct mt_facts *f, enum mt_inferred_kind kind)
{
  if (kind == MT_INFERRED_BOOL || kind == MT_INFERRED_OBJECT)
    return f->bools[0] > 0 && f->bools[0] == f->rows - f->nulls;
  if (kind > MT_INFERRED_FLOAT)
    return false;
  if (f->identifiers + f->padded + f->negative_zeros + f->infinities > 0)
    return true;
  if (kind != MT_INFERRED_FLOAT)
    return false;
  return f->floats > 0 || f->inexact > 0;
}

static void count_distinct(struct mt_session *s)
{
  for (size_t i = 0; i < s->profile.columns; i++) {
    const struct mt_column_profile *c = &s->profile.column[i];
    struct mt_inferred now;

    mt_infer(&now, c, MT_PANDAS3, false);
    s->distinct[i] = UINT64_MAX;
    if (mt_distinct_exact(&c->distinct) && texts_collapse(&c->facts, now.kind))
      s->distinct[i] = distinct_numbers(
          &c->distinct, now.kind == MT_INFERRED_OBJECT ? MT_INFERRED_BOOL : now.kind);
  }
}

/* Choices made while the scan ran that a later row ruled out: the suggestion takes
 * their place where it is safe, else the default. */
static void settle_plan(struct mt_session *s)
{
  if (mt_plan_begin(&s->plan) != 0)
    return;
  for (size_t i = 0; i < s->profile.columns; i++) {
    const struct mt_column_profile *c = &s->profile.column[i];
    uint8_t choice = s->plan.choice[i];
    struct mt_suggestion g;

    if (choice == MT_PLAN_KEEP ||
        mt_advice_class(c, (enum mt_dtype)choice) != MT_CLASS_BLOCKED)
      continue;
    g = mt_advice_suggest(c);
    (void)!mt_plan_set(&s->plan, i,
                       mt_class_is_safe(g.class_) ? (uint8_t)g.dtype : MT_PLAN_KEEP);
  }
  (void)mt_plan_commit(&s->plan);
}

int mt_session_run_scan(struct mt_session *s, uint64_t max_rows, struct mt_error *err)
{
  struct mt_pipeline p = {.reader = s->reader,
                          .threads = s->options.threads,
                          .cancel = &s->stop_scan,
                          .bytes = &s->bytes_read,
                          .context = s,
                          .worker_new = scan_worker_new,
                          .worker_free = scan_worker_free,
                          .work = scan_work,
                          .commit = scan_commit};
  int rc = s->reader->ops->rewind(s->reader, max_rows, err);

  if (rc == 0)
    rc = mt_pipeline_run(&p, err);
  if (rc == 0)
    rc = s->reader->ops->check(s->reader, err);
  pthread_mutex_lock(&s->lock);
  if (rc == 0 || rc == ECANCELED) {
    mt_profile_finish(&s->profile);
    count_distinct(s);
    settle_plan(s);
  }
  s->scan_seconds = mt_session_now() - s->scan_start;
  s->scan = rc == 0 && (max_rows == 0 || s->profile.rows < max_rows) ? MT_SCAN_DONE
            : rc == 0 || rc == ECANCELED                             ? MT_SCAN_PARTIAL
                                                                     : MT_SCAN_FAILED;
  if (s->scan == MT_SCAN_FAILED && err != NULL)
    s->error = *err;
  pthread_mutex_unlock(&s->lock);
  return rc;
}

/* From the first row again, forgetting what a stopped scan learned. */
int mt_session_begin_scan(struct mt_session *s, struct mt_error *err)
{
  int rc = 0;

  pthread_mutex_lock(&s->lock);
  if (s->profile.rows > 0) {
    mt_profile_reset(&s->profile);
    rc = mt_session_init_profile(s, err);
  }
  s->scan = MT_SCAN_RUNNING;
  s->scan_start = mt_session_now();
  s->scan_seconds = 0;
  s->cache.valid = false;
  pthread_mutex_unlock(&s->lock);
  atomic_store(&s->stop_scan, false);
  return rc;
}
