#include "core/session.h"

#include <errno.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/session_private.h"
#include "core/thread.h"

#define DEFAULT_POOL (32u << 20)
#define SAMPLE_SECONDS 0.25
#define MOST_THREADS 64

double mt_session_now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static unsigned thread_count(unsigned asked)
{
  long n = asked ? (long)asked : sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > MOST_THREADS ? MOST_THREADS : (unsigned)n;
}

int mt_session_init_profile(struct mt_session *s, struct mt_error *err)
{
  size_t pool = s->options.memory ? (size_t)s->options.memory : DEFAULT_POOL;
  return mt_profile_init(&s->profile, s->reader->schema.columns, &s->options.nulls, pool,
                         err);
}

int mt_session_new(struct mt_session **out, struct mt_reader *reader,
                   struct mt_session_options *options, struct mt_error *err)
{
  size_t columns = reader->schema.columns;
  struct mt_session *s = calloc(1, sizeof *s);

  *out = NULL;
  if (s == NULL) {
    reader->ops->free(reader);
    return mt_fail_memory(err);
  }
  s->reader = reader;
  s->options = *options;
  mt_nulls_init(&options->nulls);
  s->options.threads = thread_count(options->threads);
  s->engine = options->engine;
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->rest, NULL);
  s->start = mt_session_now();
  mt_tape_init(&s->tape, SAMPLE_SECONDS);
  s->distinct = mt_alloc(columns, sizeof *s->distinct);
  s->note = mt_alloc(columns, sizeof *s->note);
  s->cache.view = mt_alloc(columns, sizeof *s->cache.view);
  if (mt_session_init_profile(s, err) != 0 || mt_plan_init(&s->plan, columns) != 0 ||
      s->distinct == NULL || s->note == NULL || s->cache.view == NULL) {
    mt_session_free(s);
    return mt_fail_memory(err);
  }
  memset(s->distinct, 0xff, columns * sizeof *s->distinct);
  *out = s;
  return 0;
}

void mt_session_join(struct mt_session *s)
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
  mt_session_join(s);
  mt_session_forget_export(s);
  mt_profile_reset(&s->profile);
  mt_plan_reset(&s->plan);
  mt_nulls_reset(&s->options.nulls);
  free(s->distinct);
  free(s->note);
  free(s->cache.view);
  s->reader->ops->free(s->reader);
  pthread_cond_destroy(&s->rest);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

const struct mt_reader_schema *mt_session_schema(const struct mt_session *s)
{
  return &s->reader->schema;
}

static bool export_is_wanted(struct mt_session *s)
{
  bool wanted;
  pthread_mutex_lock(&s->lock);
  wanted = s->export_wanted;
  s->export_wanted = false;
  pthread_mutex_unlock(&s->lock);
  return wanted;
}

static void scan_then_export(struct mt_session *s)
{
  struct mt_error error = {0};
  int rc;

  if (s->scan == MT_SCAN_RUNNING) /* set by the driver: a first scan */
    (void)mt_session_run_scan(s, s->options.max_rows, &error);
  if (!export_is_wanted(s))
    return;
  if (s->scan != MT_SCAN_DONE) {
    rc = mt_session_begin_scan(s, &error);
    if (rc == 0)
      rc = mt_session_run_scan(s, 0, &error);
    if (rc != 0) {
      mt_session_drop_export(s, rc == ECANCELED ? MT_EXPORT_CANCELLED : MT_EXPORT_FAILED,
                             rc == ECANCELED ? NULL : &error);
      return;
    }
  }
  if (atomic_load(&s->stop_export))
    mt_session_drop_export(s, MT_EXPORT_CANCELLED, NULL);
  else
    mt_session_run_export(s);
}

static void *background(void *arg)
{
  struct mt_session *s = arg;

  scan_then_export(s);
  pthread_mutex_lock(&s->lock);
  s->running = false;
  pthread_cond_broadcast(&s->rest);
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

int mt_session_start_background(struct mt_session *s, struct mt_error *err)
{
  int rc;

  mt_session_join(s);
  s->running = true;
  rc = mt_thread_start(&s->thread, background, s);
  if (rc != 0) {
    s->running = false;
    return mt_fail(err, rc, "cannot start a thread: %s", strerror(rc));
  }
  s->joinable = true;
  return 0;
}

int mt_session_scan_start(struct mt_session *s, struct mt_error *err)
{
  int rc;

  if (mt_session_busy(s))
    return mt_fail(err, EBUSY, "a scan or an export is running");
  mt_session_join(s);
  rc = mt_session_begin_scan(s, err);
  return rc ? rc : mt_session_start_background(s, err);
}

void mt_session_scan_stop(struct mt_session *s)
{
  atomic_store(&s->stop_scan, true);
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
  struct timespec until;
  bool at_rest;

  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += (time_t)seconds;
  until.tv_nsec += (long)((seconds - floor(seconds)) * 1e9);
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  pthread_mutex_lock(&s->lock);
  while (s->running && pthread_cond_timedwait(&s->rest, &s->lock, &until) == 0)
    ;
  at_rest = !s->running;
  pthread_mutex_unlock(&s->lock);
  return at_rest;
}
