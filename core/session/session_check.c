/* How a session holds its dataset against a plan: the pipeline once more, converting
 * and noting what does not fit. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/session/pipeline.h"
#include "core/session/session_private.h"

struct check_worker {
  struct mt_batch batch;
  struct mt_breach_list breaches;
};

static void *worker_new(void *context)
{
  struct check_worker *w = calloc(1, sizeof *w);

  (void)context;
  if (w != NULL) {
    mt_batch_init(&w->batch);
    mt_breach_list_init(&w->breaches);
  }
  return w;
}

static void worker_free(void *context, void *worker)
{
  struct check_worker *w = worker;

  (void)context;
  mt_batch_reset(&w->batch);
  mt_breach_list_reset(&w->breaches);
  free(w);
}

static int work(void *context, void *worker, struct mt_chunk *chunk, struct mt_error *err)
{
  struct mt_session *s = context;
  struct check_worker *w = worker;

  w->breaches.count = w->breaches.len = 0;
  return mt_convert(&s->check_conversion, chunk, &w->batch, &w->breaches, err);
}

static int commit(void *context, void *worker, struct mt_error *err)
{
  struct mt_session *s = context;
  struct check_worker *w = worker;

  return mt_breach_merge(&s->breaches, &w->breaches) ? mt_fail_memory(err) : 0;
}

void mt_session_forget_check(struct mt_session *s)
{
  free(s->check_dtype);
  free(s->check_entry);
  s->check_dtype = NULL;
  s->check_entry = NULL;
  mt_conversion_reset(&s->check_conversion);
  mt_breach_list_reset(&s->breaches);
}

static int add_missing(struct mt_session *s, const struct mt_plan_entry *e)
{
  struct mt_breach b = {.column = SIZE_MAX, .planned = e->dtype, .rule = "is missing"};

  mt_sanitise(b.value, sizeof b.value, e->name, e->name_len, 40);
  return mt_breach_add(&s->breaches, &b);
}

/* What the plan says of a column; one that is not there is a breach.  0 or ENOMEM. */
static int expect(struct mt_session *s, const struct mt_plan_entry *e, size_t column)
{
  if (column == s->profile->columns)
    return e->dtype == MT_DROP ? 0 : add_missing(s, e);
  /* a category takes any text: its values are not part of a plan */
  s->check_dtype[column] = e->dtype == MT_CATEGORY ? MT_STRING : (uint8_t)e->dtype;
  s->check_entry[column] = *e;
  s->check_entry[column].name = NULL;
  return 0;
}

int mt_session_check_start(struct mt_session *s, const struct mt_plan_file *f,
                           struct mt_error *err)
{
  size_t columns = s->profile->columns;
  struct mt_name_index names;
  int rc;

  if (mt_session_busy(s) || s->scan != MT_SCAN_DONE)
    return mt_fail(err, EBUSY, "a check needs a complete scan");
  if (mt_session_can_read_again(s, err) != 0)
    return ESPIPE;
  mt_session_forget_check(s);
  s->check_dtype = mt_alloc(columns, sizeof *s->check_dtype);
  s->check_entry = mt_alloc(columns, sizeof *s->check_entry);
  if (s->check_dtype == NULL || s->check_entry == NULL)
    return mt_fail_memory(err);
  memset(s->check_dtype, MT_DROP, columns); /* what the plan does not name is free */
  rc = mt_name_index_init(&names, &s->reader->schema);
  for (size_t i = 0; i < f->len && rc == 0; i++)
    rc = expect(s, &f->entry[i],
                mt_name_index_find(&names, f->entry[i].name, f->entry[i].name_len));
  mt_name_index_reset(&names);
  if (rc != 0)
    return mt_fail_memory(err);
  s->check_done = false;
  mt_bell_hush(&s->stop_scan);
  return mt_session_want(s, MT_JOB_CHECK, err);
}

static bool names_nothing(const struct mt_session *s)
{
  for (size_t i = 0; i < s->profile->columns; i++)
    if (s->check_dtype[i] != MT_DROP)
      return false;
  return true;
}

static int check_all(struct mt_session *s, struct mt_error *err)
{
  struct mt_pipeline p = {.reader = s->reader,
                          .threads = s->budget.workers,
                          .cancel = &s->stop_scan,
                          .bytes = &s->bytes_read,
                          .context = s,
                          .worker_new = worker_new,
                          .worker_free = worker_free,
                          .work = work,
                          .commit = commit};
  int rc;

  if (names_nothing(s))
    return 0;
  mt_conversion_reset(&s->check_conversion);
  rc = mt_conversion_init(&s->check_conversion, s->profile, &s->reader->schema,
                          s->check_dtype, err);
  for (size_t i = 0; rc == 0 && i < s->check_conversion.schema.columns; i++) {
    struct mt_conversion_column *c = &s->check_conversion.column[i];
    const struct mt_plan_entry *e = &s->check_entry[c->source];

    c->no_nulls = !e->nullable;
    if (e->layout != MT_DATE_LAYOUT_COUNT)
      c->layout = e->layout;
  }
  if (rc == 0)
    rc = s->reader->ops->rewind(s->reader, 0, err);
  if (rc == 0)
    rc = mt_pipeline_run(&p, err);
  return rc ? rc : s->reader->ops->check(s->reader, err);
}

void mt_session_run_check(struct mt_session *s)
{
  struct mt_error error = {0};
  int rc = check_all(s, &error);

  pthread_mutex_lock(&s->lock);
  s->check_done = rc == 0;
  if (rc != 0)
    s->error = error;
  pthread_mutex_unlock(&s->lock);
}

const struct mt_breach_list *mt_session_breaches(struct mt_session *s)
{
  return s->check_done ? &s->breaches : NULL;
}
