#include "core/session.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/infer.h"
#include "core/parse.h"
#include "core/pipeline.h"
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

/* ---- life --------------------------------------------------------------- */

static unsigned thread_count(unsigned asked)
{
  long n = asked ? (long)asked : sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > MOST_THREADS ? MOST_THREADS : (unsigned)n;
}

static int init_profile(struct mt_session *s, struct mt_error *err)
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
  if (init_profile(s, err) != 0 || mt_plan_init(&s->plan, columns) != 0 ||
      s->distinct == NULL || s->note == NULL || s->cache.view == NULL) {
    mt_session_free(s);
    return mt_fail_memory(err);
  }
  memset(s->distinct, 0xff, columns * sizeof *s->distinct);
  *out = s;
  return 0;
}

static void join(struct mt_session *s)
{
  if (s->joinable)
    pthread_join(s->thread, NULL);
  s->joinable = false;
}

static void forget_export(struct mt_session *s)
{
  if (s->writer != NULL)
    s->writer->ops->free(s->writer);
  s->writer = NULL;
  mt_conversion_reset(&s->conversion);
  for (size_t i = 0; s->note != NULL && i < s->reader->schema.columns; i++) {
    free(s->note[i]);
    s->note[i] = NULL;
  }
}

void mt_session_free(struct mt_session *s)
{
  if (s == NULL)
    return;
  mt_session_scan_stop(s);
  mt_session_export_cancel(s);
  join(s);
  forget_export(s);
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

/* ---- scan --------------------------------------------------------------- */

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

static int run_scan(struct mt_session *s, uint64_t max_rows, struct mt_error *err)
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
            : rc == 0 || rc == ECANCELED                            ? MT_SCAN_PARTIAL
                                                                    : MT_SCAN_FAILED;
  if (s->scan == MT_SCAN_FAILED && err != NULL)
    s->error = *err;
  pthread_mutex_unlock(&s->lock);
  return rc;
}

/* From the first row again, forgetting what a stopped scan learned. */
static int begin_scan(struct mt_session *s, struct mt_error *err)
{
  int rc = 0;

  pthread_mutex_lock(&s->lock);
  if (s->profile.rows > 0) {
    mt_profile_reset(&s->profile);
    rc = init_profile(s, err);
  }
  s->scan = MT_SCAN_RUNNING;
  s->scan_start = mt_session_now();
  s->scan_seconds = 0;
  s->cache.valid = false;
  pthread_mutex_unlock(&s->lock);
  atomic_store(&s->stop_scan, false);
  return rc;
}

/* ---- export ------------------------------------------------------------- */

struct export_worker {
  struct mt_batch batch;
  struct mt_buffer bytes;
};

static void *export_worker_new(void *context)
{
  struct export_worker *w = calloc(1, sizeof *w);
  (void)context;
  if (w != NULL) {
    mt_batch_init(&w->batch);
    mt_buffer_init(&w->bytes, (size_t)4 << 30);
  }
  return w;
}

static void export_worker_free(void *context, void *worker)
{
  struct export_worker *w = worker;
  (void)context;
  mt_batch_reset(&w->batch);
  mt_buffer_reset(&w->bytes);
  free(w);
}

static int export_work(void *context, void *worker, struct mt_chunk *chunk,
                       struct mt_error *err)
{
  struct mt_session *s = context;
  struct export_worker *w = worker;
  int rc = mt_convert(&s->conversion, chunk, &w->batch, err);

  w->bytes.len = 0;
  return rc ? rc : s->writer->ops->encode(s->writer, &w->batch, &w->bytes, err);
}

static int export_commit(void *context, void *worker, struct mt_error *err)
{
  struct mt_session *s = context;
  struct export_worker *w = worker;
  int rc;

  if (atomic_load(&s->stop_export))
    return mt_fail(err, ECANCELED, "the export was cancelled");
  rc = s->writer->ops->write(s->writer, &w->batch, &w->bytes, err);
  pthread_mutex_lock(&s->lock);
  s->export_rows += w->batch.rows;
  s->export_bytes = s->writer->bytes_written;
  pthread_mutex_unlock(&s->lock);
  return rc;
}

static int prepare_export(struct mt_session *s, struct mt_error *err)
{
  size_t columns = s->profile.columns;
  uint8_t *dtype = malloc(columns + 1);
  int rc;

  if (dtype == NULL)
    return mt_fail_memory(err);
  pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < columns; i++)
    dtype[i] = s->plan.choice[i] != MT_PLAN_KEEP
                   ? s->plan.choice[i]
                   : (uint8_t)mt_advice_keep(&s->profile.column[i]);
  pthread_mutex_unlock(&s->lock);
  rc = mt_conversion_init(&s->conversion, &s->profile, &s->reader->schema, dtype, err);
  free(dtype);
  return rc;
}

static void keep_notes(struct mt_session *s)
{
  pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < s->conversion.schema.columns; i++) {
    const char *note =
        s->writer->ops->note != NULL ? s->writer->ops->note(s->writer, i) : NULL;
    s->note[s->conversion.column[i].source] = note != NULL ? strdup(note) : NULL;
  }
  pthread_mutex_unlock(&s->lock);
}

static int write_all(struct mt_session *s, struct mt_error *err)
{
  struct mt_pipeline p = {.reader = s->reader,
                          .threads = s->options.threads,
                          .cancel = &s->stop_export,
                          .bytes = &s->bytes_read,
                          .context = s,
                          .worker_new = export_worker_new,
                          .worker_free = export_worker_free,
                          .work = export_work,
                          .commit = export_commit};
  int rc = prepare_export(s, err);

  if (rc == 0)
    rc = s->reader->ops->rewind(s->reader, 0, err);
  if (rc == 0)
    rc = s->writer->ops->begin(s->writer, &s->conversion.schema, err);
  if (rc == 0) {
    keep_notes(s);
    rc = mt_pipeline_run(&p, err);
  }
  if (rc == 0)
    rc = s->reader->ops->check(s->reader, err);
  if (rc == 0 && s->export_rows != s->profile.rows)
    rc = mt_fail(err, EIO, "the input changed between scan and export");
  if (rc == 0)
    rc = s->writer->ops->finish(s->writer, err);
  else
    s->writer->ops->abort(s->writer);
  return rc;
}

static void run_export(struct mt_session *s)
{
  struct mt_error error = {0};
  int rc = write_all(s, &error);

  pthread_mutex_lock(&s->lock);
  s->export_bytes = s->writer->bytes_written;
  s->export_seconds = mt_session_now() - s->export_start;
  s->export_state = rc == 0           ? MT_EXPORT_DONE
                    : rc == ECANCELED ? MT_EXPORT_CANCELLED
                                      : MT_EXPORT_FAILED;
  if (s->export_state == MT_EXPORT_FAILED)
    s->error = error;
  pthread_mutex_unlock(&s->lock);
}

/* An export that cannot begin: gives the writer's file back. */
static void drop_export(struct mt_session *s, enum mt_export_state state,
                        const struct mt_error *e)
{
  s->writer->ops->abort(s->writer);
  pthread_mutex_lock(&s->lock);
  s->export_state = state;
  if (e != NULL)
    s->error = *e;
  pthread_mutex_unlock(&s->lock);
}

/* ---- the background thread ---------------------------------------------- */

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
    (void)run_scan(s, s->options.max_rows, &error);
  if (!export_is_wanted(s))
    return;
  if (s->scan != MT_SCAN_DONE) {
    rc = begin_scan(s, &error);
    if (rc == 0)
      rc = run_scan(s, 0, &error);
    if (rc != 0) {
      drop_export(s, rc == ECANCELED ? MT_EXPORT_CANCELLED : MT_EXPORT_FAILED,
                  rc == ECANCELED ? NULL : &error);
      return;
    }
  }
  if (atomic_load(&s->stop_export))
    drop_export(s, MT_EXPORT_CANCELLED, NULL);
  else
    run_export(s);
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

static int start_background(struct mt_session *s, struct mt_error *err)
{
  int rc;

  join(s);
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
  join(s);
  rc = begin_scan(s, err);
  return rc ? rc : start_background(s, err);
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

int mt_session_export_start(struct mt_session *s, struct mt_writer *writer,
                            struct mt_error *err)
{
  bool running;

  pthread_mutex_lock(&s->lock);
  running = s->running;
  if (s->export_state == MT_EXPORT_RUNNING) {
    pthread_mutex_unlock(&s->lock);
    writer->ops->abort(writer);
    writer->ops->free(writer);
    return mt_fail(err, EBUSY, "an export is running already");
  }
  pthread_mutex_unlock(&s->lock);
  if (!running)
    join(s);
  pthread_mutex_lock(&s->lock);
  forget_export(s);
  s->writer = writer;
  s->export_state = MT_EXPORT_RUNNING;
  s->export_wanted = true;
  s->export_rows = s->export_bytes = 0;
  s->export_start = mt_session_now();
  s->export_seconds = 0;
  memset(&s->error, 0, sizeof s->error);
  atomic_store(&s->stop_export, false);
  running = s->running; /* a scan under way goes on to the export by itself */
  pthread_mutex_unlock(&s->lock);
  return running ? 0 : start_background(s, err);
}

void mt_session_export_cancel(struct mt_session *s)
{
  pthread_mutex_lock(&s->lock);
  if (s->export_state == MT_EXPORT_RUNNING) {
    atomic_store(&s->stop_export, true);
    atomic_store(&s->stop_scan, true);
  }
  pthread_mutex_unlock(&s->lock);
}

const char *mt_session_export_note(struct mt_session *s, size_t column)
{
  return s->note[column];
}

/* ---- plan --------------------------------------------------------------- */

void mt_session_set_engine(struct mt_session *s, enum mt_engine engine)
{
  s->engine = engine;
}

static struct mt_suggestion suggestion(struct mt_session *s, size_t column)
{
  pthread_mutex_t *stripe = &s->profile.lock[column % MT_LOCK_STRIPES];
  struct mt_suggestion g;

  pthread_mutex_lock(stripe);
  g = mt_advice_suggest(&s->profile.column[column]);
  pthread_mutex_unlock(stripe);
  return g;
}

size_t mt_session_apply(struct mt_session *s, size_t column)
{
  struct mt_suggestion g;
  size_t changed = 0;

  pthread_mutex_lock(&s->lock);
  g = suggestion(s, column);
  if (g.class_ != MT_CLASS_NONE && mt_plan_begin(&s->plan) == 0) {
    (void)!mt_plan_set(&s->plan, column, (uint8_t)g.dtype);
    changed = mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  return changed;
}

size_t mt_session_apply_all(struct mt_session *s, bool rounded)
{
  size_t changed = 0;

  pthread_mutex_lock(&s->lock);
  if (mt_plan_begin(&s->plan) == 0) {
    for (size_t i = 0; i < s->profile.columns; i++) {
      struct mt_suggestion g = suggestion(s, i);
      if (s->plan.choice[i] != MT_PLAN_KEEP) /* the user's own choice stays */
        continue;
      if (mt_class_is_safe(g.class_) || (rounded && g.class_ == MT_CLASS_ROUNDED))
        (void)!mt_plan_set(&s->plan, i, (uint8_t)g.dtype);
    }
    changed = mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  return changed;
}

int mt_session_choose(struct mt_session *s, size_t column, enum mt_dtype t,
                      struct mt_error *err)
{
  struct mt_candidate c = {0};
  int rc = 0;

  pthread_mutex_lock(&s->lock);
  pthread_mutex_lock(&s->profile.lock[column % MT_LOCK_STRIPES]);
  mt_advice_judge(&c, &s->profile.column[column], t);
  pthread_mutex_unlock(&s->profile.lock[column % MT_LOCK_STRIPES]);
  if (c.class_ == MT_CLASS_BLOCKED) {
    const struct mt_name *name = &s->reader->schema.names[column];
    rc = mt_fail(err, EINVAL, "column \"%.*s\" cannot be %s: %s",
                 (int)(name->len > 80 ? 80 : name->len), name->text, mt_dtype_name(t),
                 c.reason);
    mt_error_at(err, c.line, 0);
  } else if (mt_plan_begin(&s->plan) != 0 ||
             mt_plan_set(&s->plan, column, (uint8_t)t) != 0) {
    rc = mt_fail_memory(err);
  } else {
    (void)mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  return rc;
}

size_t mt_session_keep(struct mt_session *s, size_t column)
{
  size_t changed = 0;

  pthread_mutex_lock(&s->lock);
  if (mt_plan_begin(&s->plan) == 0) {
    (void)!mt_plan_set(&s->plan, column, MT_PLAN_KEEP);
    changed = mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  return changed;
}

size_t mt_session_undo(struct mt_session *s)
{
  size_t n;
  pthread_mutex_lock(&s->lock);
  n = mt_plan_undo(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return n;
}

size_t mt_session_redo(struct mt_session *s)
{
  size_t n;
  pthread_mutex_lock(&s->lock);
  n = mt_plan_redo(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return n;
}
