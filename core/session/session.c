#include "core/session/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/thread.h"
#include "core/session/session_private.h"

#define SAMPLE_SECONDS 0.25
#define MOST_THREADS 64

static unsigned thread_count(unsigned asked)
{
  long n = asked ? (long)asked : sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > MOST_THREADS ? MOST_THREADS : (unsigned)n;
}

static struct mt_profile *new_profile(struct mt_session *s, struct mt_error *err)
{
  struct mt_profile *p = malloc(sizeof *p);

  if (p == NULL) {
    mt_fail_memory(err);
    return NULL;
  }
  if (mt_profile_init(p, s->reader->schema.columns, &s->options.nulls, s->budget.pool,
                      err) != 0) {
    free(p);
    return NULL;
  }
  for (size_t i = 0; i < s->reader->schema.implicit_index; i++)
    p->column[i].index_levels = s->reader->schema.implicit_index;
  return p;
}

/* Each can be reset afterwards, whatever is returned. */
static int init_bells(struct mt_session *s, struct mt_error *err)
{
  int scan = mt_bell_init(&s->stop_scan), export = mt_bell_init(&s->stop_export);
  int news = mt_bell_init(&s->news), rc = scan != 0 ? scan : export != 0 ? export : news;

  return rc == 0 ? 0 : mt_fail(err, rc, "cannot make a pipe: %s", strerror(rc));
}

int mt_session_new(struct mt_session **out, struct mt_reader *reader,
                   struct mt_session_options *options, struct mt_error *err)
{
  size_t columns = reader->schema.columns;
  struct mt_budget budget;
  struct mt_session *s;
  int rc = mt_budget_make(&budget, options->memory, columns,
                          thread_count(options->threads), err);

  *out = NULL;
  s = rc == 0 ? calloc(1, sizeof *s) : NULL;
  if (s == NULL) {
    reader->ops->free(reader);
    return rc != 0 ? rc : mt_fail_memory(err);
  }
  s->budget = budget;
  s->reader = reader;
  s->options = *options;
  mt_nulls_init(&options->nulls);
  s->engine = options->engine;
  rc = init_bells(s, err);
  pthread_mutex_init(&s->lock, NULL);
  mt_cond_init(&s->rest);
  mt_marks_init(&s->marks);
  s->size_bytes = MT_UNKNOWN;
  s->start = mt_now();
  mt_tape_init(&s->tape, SAMPLE_SECONDS);
  s->twin = mt_alloc(columns, sizeof *s->twin);
  s->note = mt_alloc(columns, sizeof *s->note);
  s->profile = new_profile(s, err);
  if (rc == 0 && (s->profile == NULL || mt_plan_init(&s->plan, columns) != 0 ||
                  s->twin == NULL || s->note == NULL || mt_session_cache_init(s) != 0))
    rc = mt_fail_memory(err);
  if (rc != 0) {
    mt_session_free(s);
    return rc;
  }
  s->options.nulls.sentinels = s->plan.nulls;
  *out = s;
  return 0;
}

static void join(struct mt_session *s)
{
  if (s->joinable)
    pthread_join(s->thread, NULL);
  s->joinable = false;
}

void mt_session_free(struct mt_session *s)
{
  if (s == NULL)
    return;
  mt_session_scan_stop(s);
  mt_session_export_cancel(s);
  mt_session_size_stop(s);
  join(s);
  mt_session_forget_export(s);
  mt_session_forget_check(s);
  if (s->profile != NULL)
    mt_profile_reset(s->profile);
  free(s->profile);
  mt_plan_reset(&s->plan);
  mt_nulls_reset(&s->options.nulls);
  free(s->twin);
  free(s->note);
  mt_session_cache_reset(s);
  mt_marks_reset(&s->marks);
  s->reader->ops->free(s->reader);
  mt_bell_reset(&s->stop_scan);
  mt_bell_reset(&s->stop_export);
  mt_bell_reset(&s->news);
  pthread_cond_destroy(&s->rest);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

const struct mt_reader_schema *mt_session_schema(const struct mt_session *s)
{
  return &s->reader->schema;
}

bool mt_session_end(struct mt_session *s, double seconds)
{
  mt_session_scan_stop(s);
  mt_session_export_cancel(s);
  mt_session_size_stop(s);
  if (!mt_session_wait(s, seconds) || atomic_load(&s->stuck))
    return false;
  mt_session_free(s);
  return true;
}

int mt_session_browse(struct mt_session *s, struct mt_viewer **out, struct mt_error *err)
{
  *out = NULL;
  if (s->reader->schema.size == 0) { /* known at once, and not only behind */
    mt_fail(err, ESPIPE, "the rows of a pipe are gone once they are read");
    mt_error_remedy(err, "store it in a file first");
    return ESPIPE;
  }
  return mt_viewer_new(out, s->reader, &s->marks, &s->stuck, err);
}

bool mt_session_reads_null(const struct mt_session *s, size_t column, const uint8_t *text,
                           size_t n)
{
  return mt_nulls_has(&s->options.nulls, column, text, n);
}

static void export_job(struct mt_session *s)
{
  struct mt_error error = {0};
  int rc = 0;

  if (mt_bell_rings(&s->stop_export))
    rc = ECANCELED;
  else if (s->scan != MT_SCAN_DONE)
    rc = mt_session_run_scan(s, 0, &s->stop_export, &error);
  if (rc == 0)
    mt_session_run_export(s);
  else
    mt_session_drop_export(s, rc == ECANCELED ? MT_EXPORT_CANCELLED : MT_EXPORT_FAILED,
                           rc == ECANCELED ? NULL : &error);
}

static void do_job(struct mt_session *s, unsigned job)
{
  struct mt_error error = {0};

  if (job == MT_JOB_SCAN)
    (void)mt_session_run_scan(s, s->options.max_rows, &s->stop_scan, &error);
  else if (job == MT_JOB_CHECK)
    mt_session_run_check(s);
  else if (job == MT_JOB_SIZE)
    mt_session_run_size(s);
  else
    export_job(s);
}

static void *background(void *arg)
{
  struct mt_session *s = arg;

  pthread_mutex_lock(&s->lock);
  while (s->wanted != 0) {
    unsigned job = s->wanted & -s->wanted;

    s->wanted &= ~job;
    pthread_mutex_unlock(&s->lock);
    do_job(s, job);
    pthread_mutex_lock(&s->lock);
    mt_bell_ring(&s->news);
  }
  s->running = false;
  pthread_cond_broadcast(&s->rest);
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

int mt_session_want(struct mt_session *s, unsigned job, struct mt_error *err)
{
  bool running;
  int rc;

  pthread_mutex_lock(&s->lock);
  s->changed = true;
  s->wanted |= job;
  running = s->running;
  s->running = true;
  pthread_mutex_unlock(&s->lock);
  if (running)
    return 0;
  join(s);
  rc = mt_thread_start(&s->thread, background, s);
  s->joinable = rc == 0;
  if (rc != 0) {
    pthread_mutex_lock(&s->lock);
    s->wanted = 0;
    s->running = false;
    pthread_mutex_unlock(&s->lock);
    mt_fail(err, rc, "cannot start a thread: %s", strerror(rc));
  }
  return rc;
}

int mt_session_fail_busy(struct mt_error *err)
{
  mt_fail(err, EBUSY, "a scan or an export is running");
  mt_error_remedy(err, "wait for its end, or stop it");
  return EBUSY;
}

int mt_session_scan_start(struct mt_session *s, struct mt_error *err)
{
  enum mt_scan_state before;
  int rc;

  if (mt_session_busy(s))
    return mt_session_fail_busy(err);
  before = s->scan; /* at rest nothing but the driver changes it */
  mt_bell_hush(&s->stop_scan);
  s->scan = MT_SCAN_RUNNING;
  s->scan_start = mt_now();
  rc = mt_session_want(s, MT_JOB_SCAN, err);
  if (rc != 0)
    s->scan = before;
  return rc;
}

void mt_session_scan_stop(struct mt_session *s)
{
  mt_bell_ring(&s->stop_scan);
}

int mt_session_fd(const struct mt_session *s)
{
  return mt_bell_fd(&s->news);
}

bool mt_session_busy(struct mt_session *s)
{
  bool busy;
  pthread_mutex_lock(&s->lock);
  busy = s->running;
  pthread_mutex_unlock(&s->lock);
  return busy;
}

bool mt_session_wait(struct mt_session *s, double seconds)
{
  const double end = mt_now() + seconds;
  bool at_rest;

  pthread_mutex_lock(&s->lock);
  while (s->running && mt_cond_wait_until(&s->rest, &s->lock, end))
    ;
  at_rest = !s->running;
  pthread_mutex_unlock(&s->lock);
  return at_rest;
}
