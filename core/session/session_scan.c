/* How a session scans: the pipeline that profiles, and what is worked out at its
 * end. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "core/cells/parse.h"
#include "core/cells/xstrtod.h"
#include "core/engine/infer.h"
#include "core/session/pipeline.h"
#include "core/session/session_private.h"

static void *scan_worker_new(void *context)
{
  struct mt_session *s = context;
  return mt_part_new(s->profile);
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
  return mt_part_profile(worker, s->profile, chunk, err);
}

static void scan_pass(void *context, void *worker, unsigned lane)
{
  struct mt_session *s = context;
  mt_part_share(worker, s->profile, lane);
}

/* Of very many columns a block takes longer to add than a key may wait. */
static int merge(struct mt_session *s, const struct mt_part *part, struct mt_error *err)
{
  enum { STRETCH = 2048 };
  size_t columns = s->profile->columns, from = 0, to;
  int rc;

  do {
    to = columns - from < STRETCH ? columns : from + STRETCH;
    while (atomic_load(&s->asked) > 0) /* whoever unlocks is quicker than who waits */
      sched_yield();
    pthread_mutex_lock(&s->lock);
    rc = mt_profile_merge_some(s->profile, part, from, to, err);
    pthread_mutex_unlock(&s->lock);
    from = to;
  } while (rc == 0 && from < columns);
  return rc;
}

static int scan_commit(void *context, void *worker, struct mt_error *err)
{
  struct mt_session *s = context;
  int rc = merge(s, worker, err);

  mt_session_make_views(s, MT_SCAN_RUNNING);
  if (rc == 0 && s->profile->rows > s->budget.most_rows)
    rc = mt_budget_fail_rows(&s->budget, s->profile->columns, err);
  return rc;
}

/* A number as 64 bits that are equal exactly when the numbers are, as a column of that
 * kind holds them.  False when it is none. */
static bool number_bits(const struct mt_distinct_text *t, enum mt_inferred_kind kind,
                        bool as_pandas, uint64_t *bits)
{
  int64_t i;
  double d;
  bool negative;

  switch (kind) {
  case MT_INFERRED_BOOL:
    *bits = mt_parse_bool(t->s, t->n) == 1;
    return true;
  case MT_INFERRED_INT:
    if (mt_parse_int64(t->s, t->n, &i) != MT_INT_OK)
      return false;
    *bits = (uint64_t)i;
    return true;
  case MT_INFERRED_UINT:
    return mt_parse_uint64(t->s, t->n, bits, &negative) == MT_INT_OK;
  default:
    if (!mt_parse_float(t->s, t->n, &d, NULL))
      return false;
    if (as_pandas && !mt_pandas_float_plain(t->s, t->n, MT_PANDAS_NEAR))
      (void)mt_pandas_float(t->s, t->n, 3, &d);
    d += 0.0; /* -0.0 is 0.0 */
    memcpy(bits, &d, sizeof d);
    return true;
  }
}

/* How many different ones there are.  Sorts them on the way, from the first bit in which
 * they differ on, since for more memory than theirs there may be no room. */
static uint64_t count_different(uint64_t *v, size_t n)
{
  uint64_t differ = 0, bit;
  size_t zeros = 0, ones = n;

  for (size_t i = 1; i < n; i++)
    differ |= v[i] ^ v[0];
  if (differ == 0)
    return n > 0;
  bit = (uint64_t)1 << (63 - __builtin_clzll(differ));
  while (zeros < ones) {
    uint64_t x = v[zeros];
    if (x & bit) {
      v[zeros] = v[--ones];
      v[ones] = x;
    } else {
      zeros++;
    }
  }
  return count_different(v, zeros) + count_different(v + zeros, n - zeros);
}

/* Distinct numbers among the texts of a set: 1.0 and 1.00 are one. */
static uint64_t distinct_numbers(const struct mt_distinct *d, enum mt_inferred_kind kind,
                                 bool as_pandas)
{
  uint64_t count, *bits = malloc((d->count + 1) * sizeof *bits);
  struct mt_distinct_text t;
  size_t n = 0, at = 0;

  if (bits == NULL)
    return MT_NOT_COUNTED;
  while (mt_distinct_next(d, &at, &t))
    n += number_bits(&t, kind, as_pandas, &bits[n]);
  count = count_different(bits, n);
  free(bits);
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

/* No worker is left, so that only the driver reads: the lock is for what it may see. */
static void count_distinct(struct mt_session *s, struct mt_column_profile *c)
{
  struct mt_inferred now;
  uint64_t values = MT_NOT_COUNTED;

  mt_infer(&now, c, MT_PANDAS3, false);
  if (mt_distinct_exact(&c->distinct) && texts_collapse(&c->facts, now.kind))
    values = distinct_numbers(
        &c->distinct, now.kind == MT_INFERRED_OBJECT ? MT_INFERRED_BOOL : now.kind,
        c->facts.floats + c->facts.big_integers > 0);
  pthread_mutex_lock(&s->lock);
  c->distinct_kind = (uint8_t)now.kind;
  c->distinct_values = values;
  pthread_mutex_unlock(&s->lock);
}

/* Bytes of a set with all texts of a column that is only estimated: half of its slots may
 * be free, there are two tables while one grows, and text buffers grow by half. */
static uint64_t set_bytes(const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;
  uint64_t values = f->rows - f->nulls, n = mt_distinct_count(&c->distinct);
  double text = values > 0 ? (double)f->sizes.bytes / (double)values : 0;

  return (uint64_t)((double)n * (4 * sizeof(struct mt_distinct_slot) + 1.5 * (text + 4)));
}

/* What to say to those who want exact values of all columns. */
static void find_memory_wanted(struct mt_session *s)
{
  struct mt_profile *p = s->profile;
  uint64_t pool = 0, wanted;

  for (size_t i = 0; i < p->columns; i++)
    pool += mt_distinct_exact(&p->column[i].distinct)
                ? mt_distinct_bytes(&p->column[i].distinct)
                : set_bytes(&p->column[i]);
  wanted = mt_budget_wanted(pool, p->columns, s->budget.workers);
  for (size_t i = 0; i < p->columns; i++)
    if (!mt_distinct_exact(&p->column[i].distinct))
      p->column[i].memory_wanted = wanted;
}

struct print {
  uint64_t fingerprint;
  size_t column;
};

static int compare_prints(const void *a, const void *b)
{
  const struct print *x = a, *y = b;
  int order = (x->fingerprint > y->fingerprint) - (x->fingerprint < y->fingerprint);
  return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

/* For each column whether one before it has the same cells.  Without memory, none has. */
static void find_twins(const struct mt_profile *p, size_t *twin)
{
  struct print *print = mt_alloc(p->columns, sizeof *print);
  size_t first = 0;

  if (print == NULL)
    return;
  for (size_t i = 0; i < p->columns; i++)
    print[i] = (struct print){p->column[i].facts.fingerprint, i};
  qsort(print, p->columns, sizeof *print, compare_prints);
  for (size_t i = 1; i < p->columns; i++) {
    if (print[i].fingerprint == print[first].fingerprint)
      twin[print[i].column] = 1 + print[first].column;
    else
      first = i;
  }
  free(print);
}

/* Choices of which the rows make more than was agreed to: the suggestion takes their
 * place where it is safe, else the default.  Each was once what a change led to. */
static void settle_plan(struct mt_session *s)
{
  for (size_t i = 0; i < s->plan.changes; i++) {
    const struct mt_plan_change *change = &s->plan.change[i];
    const struct mt_column_profile *c = &s->profile->column[change->column];
    struct mt_plan_choice was = change->after.choice, instead = {.dtype = MT_PLAN_KEEP};
    struct mt_suggestion g;
    enum mt_class now;

    if (change->nulls || was.dtype == MT_PLAN_KEEP)
      continue;
    now = mt_advice_class(c, (enum mt_dtype)was.dtype);
    if (mt_class_is_safe(now) || now <= (enum mt_class)was.agreed)
      continue;
    g = mt_advice_suggest(c, s->options.headroom);
    if (mt_class_is_safe(g.class_))
      instead = (struct mt_plan_choice){(uint8_t)g.dtype, (uint8_t)g.class_};
    was.agreed = (uint8_t)now;
    (void)mt_plan_replace(&s->plan, change->column, was, instead);
  }
}

/* Back to the first row, with nothing known. */
static int begin(struct mt_session *s, uint64_t max_rows, struct mt_error *err)
{
  const struct mt_reader_schema *schema = &s->reader->schema;
  int rc = s->reader->ops->rewind(s->reader, max_rows, err);

  if (rc != 0)
    return rc;
  pthread_mutex_lock(&s->lock);
  mt_profile_clear(s->profile);
  s->profile->text_bytes =
      max_rows == 0 && schema->text.compression == NULL ? schema->size : 0;
  memset(s->twin, 0, s->profile->columns * sizeof *s->twin);
  s->scan = MT_SCAN_RUNNING;
  s->scan_start = mt_now();
  s->scan_seconds = 0;
  memset(&s->error, 0, sizeof s->error);
  s->cache.valid = s->cache.valid && !s->cache.filling &&
                   s->cache.front.rows == 0; /* else of old rows */
  s->cache.filling = false;
  pthread_mutex_unlock(&s->lock);
  return 0;
}

static void end(struct mt_session *s, int rc, uint64_t max_rows,
                const struct mt_error *error)
{
  enum mt_scan_state state = MT_SCAN_FAILED;

  for (size_t i = 0; i < s->profile->columns && (rc == 0 || rc == ECANCELED); i++)
    count_distinct(s, &s->profile->column[i]);
  pthread_mutex_lock(&s->lock);
  if (rc == 0 || rc == ECANCELED) {
    mt_profile_finish(s->profile);
    find_twins(s->profile, s->twin);
    find_memory_wanted(s);
    settle_plan(s);
    state = rc == 0 && (max_rows == 0 || s->profile->rows < max_rows) ? MT_SCAN_DONE
                                                                      : MT_SCAN_PARTIAL;
  }
  pthread_mutex_unlock(&s->lock);
  mt_session_make_views(s, state);
  pthread_mutex_lock(&s->lock);
  s->scan_seconds = mt_now() - s->scan_start;
  s->scan = state;
  if (state == MT_SCAN_FAILED)
    s->error = *error;
  pthread_mutex_unlock(&s->lock);
}

int mt_session_run_scan(struct mt_session *s, uint64_t max_rows,
                        const struct mt_bell *cancel, struct mt_error *err)
{
  int rc = begin(s, max_rows, err);

  if (rc == 0) {
    struct mt_pipeline p = {.reader = s->reader,
                            .threads = s->budget.workers,
                            .cancel = cancel,
                            .bytes = &s->bytes_read,
                            .marks = &s->marks,
                            .context = s,
                            .worker_new = scan_worker_new,
                            .worker_free = scan_worker_free,
                            .work = scan_work,
                            .lanes = MT_PROFILE_LANES,
                            .pass = scan_pass,
                            .commit = scan_commit};
    rc = mt_pipeline_run(&p, err);
    if (rc == 0)
      rc = s->reader->ops->check(s->reader, err);
  }
  end(s, rc, max_rows, err);
  return rc;
}
