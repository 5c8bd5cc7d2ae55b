/* How a session exports: the same pipeline, converting and writing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/session/pipeline.h"
#include "core/session/session_private.h"

void mt_session_forget_export(struct mt_session *s)
{
  if (s->writer != NULL)
    s->writer->ops->free(s->writer);
  s->writer = NULL;
  free(s->export_only);
  s->export_only = NULL;
  mt_conversion_reset(&s->conversion);
  for (size_t i = 0; s->note != NULL && i < s->reader->schema.columns; i++) {
    free(s->note[i]);
    s->note[i] = NULL;
  }
}

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
  int rc = mt_convert(&s->conversion, chunk, &w->batch, NULL, err);

  w->bytes.len = 0;
  return rc ? rc : s->writer->ops->encode(s->writer, &w->batch, &w->bytes, err);
}

static int export_commit(void *context, void *worker, struct mt_error *err)
{
  struct mt_session *s = context;
  struct export_worker *w = worker;
  int rc;

  if (mt_bell_rings(&s->stop_export))
    return mt_fail(err, ECANCELED, "the export was cancelled");
  rc = s->writer->ops->write(s->writer, &w->batch, &w->bytes, err);
  pthread_mutex_lock(&s->lock);
  s->export_rows += w->batch.rows;
  s->export_bytes = s->writer->bytes_written;
  pthread_mutex_unlock(&s->lock);
  return rc;
}

int mt_session_conversion(struct mt_session *s, const bool *only, struct mt_conversion *v,
                          struct mt_error *err)
{
  size_t columns = s->profile->columns;
  uint8_t *dtype = malloc(columns + 1);
  int rc;

  if (dtype == NULL)
    return mt_fail_memory(err);
  pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < columns; i++)
    dtype[i] = only != NULL && !only[i] ? MT_DROP
               : s->plan.choice[i] != MT_PLAN_KEEP
                   ? s->plan.choice[i]
                   : (uint8_t)mt_advice_keep(&s->profile->column[i]);
  pthread_mutex_unlock(&s->lock);
  rc = mt_conversion_init(v, s->profile, &s->reader->schema, dtype, err);
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
                          .threads = s->budget.workers,
                          .cancel = &s->stop_export,
                          .bytes = &s->bytes_read,
                          .context = s,
                          .worker_new = export_worker_new,
                          .worker_free = export_worker_free,
                          .work = export_work,
                          .commit = export_commit};
  int rc = mt_session_conversion(s, s->export_only, &s->conversion, err);

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
  if (rc == 0 && s->export_rows != s->profile->rows)
    rc = mt_fail(err, EIO, "the input changed between scan and export");
  if (rc == 0)
    rc = s->writer->ops->finish(s->writer, err);
  else
    s->writer->ops->abort(s->writer);
  return rc;
}

void mt_session_run_export(struct mt_session *s)
{
  struct mt_error error = {0};
  int rc = write_all(s, &error);

  pthread_mutex_lock(&s->lock);
  s->export_bytes = s->writer->bytes_written;
  s->export_seconds = mt_now() - s->export_start;
  s->export_state = rc == 0           ? MT_EXPORT_DONE
                    : rc == ECANCELED ? MT_EXPORT_CANCELLED
                                      : MT_EXPORT_FAILED;
  if (s->export_state == MT_EXPORT_FAILED)
    s->error = error;
  pthread_mutex_unlock(&s->lock);
}

/* An export that cannot begin: gives the writer's file back. */
void mt_session_drop_export(struct mt_session *s, enum mt_export_state state,
                            const struct mt_error *e)
{
  s->writer->ops->abort(s->writer);
  pthread_mutex_lock(&s->lock);
  s->export_state = state;
  if (e != NULL)
    s->error = *e;
  pthread_mutex_unlock(&s->lock);
}

static void refuse_writer(struct mt_writer *writer)
{
  writer->ops->abort(writer);
  writer->ops->free(writer);
}

int mt_session_can_read_again(const struct mt_session *s, struct mt_error *err)
{
  if (s->reader->schema.size != 0)
    return 0;
  mt_fail(err, ESPIPE, "the input is a pipe, which can be read only once");
  mt_error_remedy(err, "save it to a file first");
  return ESPIPE;
}

int mt_session_export_start(struct mt_session *s, struct mt_writer *writer,
                            const bool *only, struct mt_error *err)
{
  size_t columns = s->reader->schema.columns;
  bool running, *copy = NULL;
  int rc;

  pthread_mutex_lock(&s->lock);
  running = s->export_state == MT_EXPORT_RUNNING;
  pthread_mutex_unlock(&s->lock);
  if (running) {
    refuse_writer(writer);
    return mt_fail(err, EBUSY, "an export is running already");
  }
  rc = mt_session_can_read_again(s, err);
  if (rc == 0 && only != NULL && (copy = malloc(columns * sizeof *copy)) == NULL)
    rc = mt_fail_memory(err);
  if (rc != 0) {
    refuse_writer(writer);
    return rc;
  }
  if (copy != NULL)
    memcpy(copy, only, columns * sizeof *copy);
  mt_session_size_stop(s);
  pthread_mutex_lock(&s->lock);
  mt_session_forget_export(s);
  s->writer = writer;
  s->export_only = copy;
  s->export_state = MT_EXPORT_RUNNING;
  s->export_rows = s->export_bytes = 0;
  s->export_start = mt_now();
  s->export_seconds = 0;
  memset(&s->error, 0, sizeof s->error);
  mt_bell_hush(&s->stop_export);
  pthread_mutex_unlock(&s->lock);
  rc = mt_session_want(s, MT_JOB_EXPORT, err);
  if (rc != 0)
    mt_session_drop_export(s, MT_EXPORT_FAILED, err);
  return rc;
}

void mt_session_export_cancel(struct mt_session *s)
{
  bool waiting;

  pthread_mutex_lock(&s->lock);
  waiting = s->wanted & MT_JOB_EXPORT; /* behind a scan: it has not begun */
  s->wanted &= ~(unsigned)MT_JOB_EXPORT;
  if (s->export_state == MT_EXPORT_RUNNING)
    mt_bell_ring(&s->stop_export);
  pthread_mutex_unlock(&s->lock);
  if (waiting)
    mt_session_drop_export(s, MT_EXPORT_CANCELLED, NULL);
}

const char *mt_session_export_note(struct mt_session *s, size_t column)
{
  return s->note[column];
}
