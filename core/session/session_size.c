/* How a session learns what an export would take on disk: it writes a sample of the rows,
 * from all over the input, to a writer that keeps nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/session/rows.h"
#include "core/session/session_private.h"

/* A sample has as many rows of each of so many places, about a MiB, at most a batch. */
enum { PLACES = 8, PLACE_BYTES = 1 << 20, PLACE_ROWS = 65536 };

struct sample {
  struct mt_session *session;
  struct mt_writer *writer; /* owned */
  bool *only;               /* as mt_session_export_start's; owned */
  struct mt_conversion conversion;
  struct mt_rows *rows; /* owned */
  struct mt_block block;
  struct mt_chunk chunk;
  struct mt_batch batch;
  struct mt_buffer bytes;
  uint64_t taken; /* rows */
};

/* The rows of the block become the next ones of the sample. */
static int write_block(struct sample *m, struct mt_error *err)
{
  const struct mt_reader *reader = m->session->reader;
  struct mt_writer *writer = m->writer;
  m->block.first_row = m->taken;
  int rc = reader->ops->decode(reader, &m->block, &m->chunk, err);
  if (rc == 0)
    rc = mt_convert(&m->conversion, &m->chunk, &m->batch, NULL, err);
  m->bytes.len = 0;
  if (rc == 0)
    rc = writer->ops->encode(writer, &m->batch, &m->bytes, err);
  if (rc == 0)
    rc = writer->ops->write(writer, &m->batch, &m->bytes, err);
  m->taken += m->block.rows;
  return rc;
}

/* Moves on to a row, from the last mark before it or from where the sample ends. */
static int go_to(struct sample *m, uint64_t row, struct mt_error *err)
{
  struct mt_session *s = m->session;
  const struct mt_rows_ops *ops = m->rows->ops;
  struct mt_mark mark = m->rows->first;
  (void)mt_marks_by_row(&s->marks, row, &mark);
  bool there = m->taken > 0 && mark.row <= m->rows->at.row;
  int rc = 0;
  while (rc == 0 && !there)
    rc = atomic_load(&s->stop_size) ? ECANCELED : ops->move(m->rows, &mark, &there, err);
  while (rc == 0 && m->rows->at.row < row) {
    uint64_t left = row - m->rows->at.row;
    rc = ops->next(m->rows, left < PLACE_ROWS ? left : PLACE_ROWS, &m->block, err);
    if (rc == 0 && m->block.rows == 0)
      return mt_fail(err, EIO, "the input has become shorter");
  }
  return rc;
}

/* n rows from a row on; fewer at the end. */
static int take_rows(struct sample *m, uint64_t row, size_t n, struct mt_error *err)
{
  uint64_t until = m->taken + n;
  int rc = go_to(m, row, err);
  while (rc == 0 && m->taken < until) {
    rc = m->rows->ops->next(m->rows, (size_t)(until - m->taken), &m->block, err);
    if (rc == 0 && m->block.rows == 0)
      break;
    if (rc == 0)
      rc = write_block(m, err);
    if (rc == 0 && atomic_load(&m->session->stop_size))
      rc = ECANCELED;
  }
  return rc;
}

/* The rows of a place: as many as take its bytes on average. */
static size_t place_rows(const struct sample *m)
{
  struct mt_mark last = m->rows->first;
  (void)mt_marks_by_row(&m->session->marks, UINT64_MAX, &last);
  uint64_t rows = last.row, bytes = last.byte - m->rows->first.byte;
  if (rows == 0) /* all of them are near the first */
    return PLACE_ROWS;
  uint64_t n = PLACE_BYTES / (bytes / rows + 1) + 1;
  return n < PLACE_ROWS ? (size_t)n : PLACE_ROWS;
}

static int measure(struct sample *m, uint64_t *bytes, struct mt_error *err)
{
  struct mt_session *s = m->session;
  struct mt_writer *w = m->writer;
  uint64_t rows = s->profile->rows;
  int rc = mt_session_conversion(s, m->only, &m->conversion, err);
  if (rc == 0)
    rc = s->reader->ops->rows(s->reader, &m->rows, err);
  if (rc == 0)
    rc = w->ops->begin(w, &m->conversion.schema, err);
  uint64_t fixed = w->bytes_written;
  size_t n = rc == 0 ? place_rows(m) : 0;
  bool all = rows / PLACES < n;
  for (uint64_t i = 0; rc == 0 && !all && i < PLACES; i++)
    rc = take_rows(m, rows / PLACES * i, n, err);
  if (rc == 0 && all)
    rc = take_rows(m, 0, rows, err);
  if (rc == 0 && all)
    rc = w->ops->finish(w, err);
  else
    w->ops->abort(w);
  if (rc == 0 && !all && w->rows_written == 0)
    rc = mt_fail(err, ENODATA, "the input has no rows any more");
  if (rc != 0)
    return rc;
  double each = all ? 0 : (double)(w->bytes_written - fixed) / (double)w->rows_written;
  *bytes = all ? w->bytes_written : fixed + (uint64_t)(each * (double)rows);
  return 0;
}

static int estimate(struct sample *m, uint64_t *bytes, struct mt_error *err)
{
  if (m->session->scan != MT_SCAN_DONE)
    return mt_fail(err, EAGAIN, "not every row has been read");
  return measure(m, bytes, err);
}

/* The caller holds the lock. */
static void note_outcome(struct mt_session *s, int rc, uint64_t bytes,
                         const struct mt_error *e)
{
  s->size_state = rc == 0 ? MT_SIZE_KNOWN : MT_SIZE_FAILED;
  s->size_bytes = rc == 0 ? bytes : MT_UNKNOWN;
  if (rc == 0)
    return;
  s->size_error = *e;
  if (e->code == 0)
    mt_fail(&s->size_error, rc, "%s", strerror(rc));
}

void mt_session_run_size(struct mt_session *s)
{
  struct sample m = {.session = s};
  struct mt_error error = {0};
  uint64_t bytes = MT_UNKNOWN;
  pthread_mutex_lock(&s->lock);
  m.writer = s->size_writer;
  m.only = s->size_only;
  s->size_writer = NULL;
  s->size_only = NULL;
  atomic_store(&s->stop_size, false);
  pthread_mutex_unlock(&s->lock);
  if (m.writer == NULL)
    return;
  mt_block_init(&m.block);
  mt_chunk_init(&m.chunk);
  mt_batch_init(&m.batch);
  mt_buffer_init(&m.bytes, (size_t)4 << 30);
  int rc = estimate(&m, &bytes, &error);
  mt_buffer_reset(&m.bytes);
  mt_batch_reset(&m.batch);
  mt_chunk_reset(&m.chunk);
  mt_block_reset(&m.block);
  if (m.rows != NULL)
    m.rows->ops->free(m.rows);
  mt_conversion_reset(&m.conversion);
  m.writer->ops->free(m.writer);
  free(m.only);
  pthread_mutex_lock(&s->lock);
  if (s->size_writer == NULL && !atomic_load(&s->stop_size)) /* still wanted, not anew */
    note_outcome(s, rc, bytes, &error);
  pthread_mutex_unlock(&s->lock);
}

/* The caller holds the lock. */
static void forget_request(struct mt_session *s)
{
  if (s->size_writer != NULL)
    s->size_writer->ops->free(s->size_writer);
  free(s->size_only);
  s->size_writer = NULL;
  s->size_only = NULL;
  s->size_state = MT_SIZE_NONE;
  s->size_bytes = MT_UNKNOWN;
  s->size_error = (struct mt_error){0};
  atomic_store(&s->stop_size, true);
}

void mt_session_size_stop(struct mt_session *s)
{
  pthread_mutex_lock(&s->lock);
  forget_request(s);
  s->wanted &= ~(unsigned)MT_JOB_SIZE;
  pthread_mutex_unlock(&s->lock);
}

int mt_session_size_start(struct mt_session *s, struct mt_writer *writer,
                          const bool *only, struct mt_error *err)
{
  size_t columns = s->reader->schema.columns;
  bool *copy = only == NULL ? NULL : malloc(columns * sizeof *copy);
  if (only != NULL && copy == NULL) {
    writer->ops->free(writer);
    return mt_fail_memory(err);
  }
  if (copy != NULL)
    memcpy(copy, only, columns * sizeof *copy);
  pthread_mutex_lock(&s->lock);
  forget_request(s);
  s->size_writer = writer;
  s->size_only = copy;
  s->size_state = MT_SIZE_MEASURING;
  pthread_mutex_unlock(&s->lock);
  int rc = mt_session_want(s, MT_JOB_SIZE, err);
  if (rc != 0)
    mt_session_size_stop(s);
  return rc;
}
