#include "core/session/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/base/thread.h"

struct run {
  const struct mt_pipeline *p;
  pthread_mutex_t reserve_lock; /* next_seq, and reader.reserve */
  uint64_t next_seq;
  atomic_bool over; /* no block follows: the reader has ended or failed, or was stopped */
  pthread_mutex_t commit_lock; /* what follows */
  pthread_cond_t turned;
  uint64_t next_take;  /* the block whose turn it is to be taken from the reader */
  bool ended;          /* the reader has */
  uint64_t *next_pass; /* the same per lane; owned */
  uint64_t next_commit;
  uint64_t failed_at; /* the first block that failed; UINT64_MAX = none */
  int failure;
  struct mt_error error;
};

struct worker {
  struct run *run;
  void *state;
  pthread_t thread;
};

/* Notes a failure at block seq; of several, the first in order stands. */
static void fail(struct run *r, uint64_t seq, int rc, const struct mt_error *e)
{
  pthread_mutex_lock(&r->commit_lock);
  if (seq < r->failed_at) {
    r->failed_at = seq;
    r->failure = rc;
    r->error = *e;
  }
  pthread_cond_broadcast(&r->turned);
  pthread_mutex_unlock(&r->commit_lock);
}

static bool failed(struct run *r)
{
  bool yes;
  pthread_mutex_lock(&r->commit_lock);
  yes = r->failed_at != UINT64_MAX;
  pthread_mutex_unlock(&r->commit_lock);
  return yes;
}

static void note_block(struct mt_marks *marks, const struct mt_block *b)
{
  struct mt_mark mark = {b->first_row, b->byte, b->line, b->before};

  if (b->rows > 0)
    mt_marks_note(marks, &mark, b->rows);
}

static uint64_t bytes_read(const struct mt_reader *reader)
{
  struct mt_reader_progress progress;

  reader->ops->progress(reader, &progress);
  return progress.bytes;
}

/* Waits until it is block seq's turn; false when an earlier block failed. */
static bool await_turn(struct run *r, const uint64_t *next, uint64_t seq)
{
  bool go_on;

  pthread_mutex_lock(&r->commit_lock);
  while (*next != seq && seq < r->failed_at)
    pthread_cond_wait(&r->turned, &r->commit_lock);
  go_on = seq < r->failed_at; /* blocks before a failure are still committed */
  pthread_mutex_unlock(&r->commit_lock);
  return go_on;
}

static void end_turn(struct run *r, uint64_t *next)
{
  pthread_mutex_lock(&r->commit_lock);
  ++*next;
  pthread_cond_broadcast(&r->turned);
  pthread_mutex_unlock(&r->commit_lock);
}

/* A place in the order, and the part of the file that comes with it; false when there are
 * no more. */
static bool reserve_block(struct run *r, struct mt_block *block, uint64_t *seq)
{
  const struct mt_reader_ops *ops = r->p->reader->ops;

  if (atomic_load(&r->over) || failed(r) || mt_bell_rings(r->p->cancel))
    return false;
  pthread_mutex_lock(&r->reserve_lock);
  *seq = r->next_seq++;
  if (ops->reserve != NULL)
    ops->reserve(r->p->reader, block);
  pthread_mutex_unlock(&r->reserve_lock);
  if (ops->fetch != NULL)
    ops->fetch(r->p->reader, block);
  return true;
}

/* Takes a block, whose turn it is, unless none is to follow; *bytes: where the file was
 * read to for it. */
static int take_next(struct run *r, struct mt_block *block, uint64_t *bytes,
                     struct mt_error *err)
{
  struct mt_reader *reader = r->p->reader;
  int rc;

  if (atomic_load(&r->over) || mt_bell_rings(r->p->cancel)) {
    atomic_store(&r->over, true);
    return 0;
  }
  reader->cancel = r->p->cancel;
  rc = reader->ops->next_block(reader, block, &r->ended, err);
  reader->cancel = NULL;
  atomic_store(&r->over, rc != 0 || r->ended);
  *bytes = bytes_read(reader);
  if (rc == 0 && !r->ended && r->p->marks != NULL)
    note_block(r->p->marks, block);
  return rc;
}

/* The next block, its place in the order and where the file was read to for it; false
 * when there is none. */
static bool take_block(struct run *r, struct mt_block *block, uint64_t *seq,
                       uint64_t *bytes)
{
  struct mt_error error = {0};
  bool over;
  int rc;

  if (!reserve_block(r, block, seq) || !await_turn(r, &r->next_take, *seq))
    return false;
  rc = take_next(r, block, bytes, &error);
  over = atomic_load(&r->over);
  if (rc != 0)
    fail(r, *seq, rc, &error);
  end_turn(r, &r->next_take);
  return !over;
}

/* Passes through the lanes and commits, in order; false when an earlier block failed, or
 * this one. */
static bool commit(struct run *r, struct worker *w, uint64_t seq, uint64_t bytes)
{
  struct mt_error error = {0};
  int rc;

  for (unsigned lane = 0; lane < r->p->lanes; lane++) {
    if (!await_turn(r, &r->next_pass[lane], seq))
      return false;
    r->p->pass(r->p->context, w->state, lane);
    end_turn(r, &r->next_pass[lane]);
  }
  if (!await_turn(r, &r->next_commit, seq))
    return false;
  rc = r->p->commit(r->p->context, w->state, &error); /* its turn: nobody else's */
  if (rc != 0) {
    fail(r, seq, rc, &error);
    return false;
  }
  atomic_store(r->p->bytes, bytes);
  end_turn(r, &r->next_commit);
  return true;
}

static void *work(void *arg)
{
  struct worker *w = arg;
  struct run *r = w->run;
  const struct mt_pipeline *p = r->p;
  struct mt_error error = {0};
  struct mt_block block;
  struct mt_chunk chunk;
  uint64_t seq = 0, bytes = 0;
  int rc = 0;

  mt_block_init(&block);
  mt_chunk_init(&chunk);
  while (take_block(r, &block, &seq, &bytes)) {
    rc = p->reader->ops->decode(p->reader, &block, &chunk, &error);
    if (rc == 0)
      rc = p->work(p->context, w->state, &chunk, &error);
    if (rc != 0) {
      fail(r, seq, rc, &error);
      break;
    }
    if (!commit(r, w, seq, bytes))
      break;
  }
  mt_chunk_reset(&chunk);
  mt_block_reset(&block);
  return NULL;
}

int mt_pipeline_run(const struct mt_pipeline *p, struct mt_error *err)
{
  struct run r = {.p = p, .failed_at = UINT64_MAX};
  struct worker *w = calloc(p->threads, sizeof *w);
  unsigned made = 0, started = 0;
  int rc;

  r.next_pass = mt_alloc(p->lanes + 1, sizeof *r.next_pass);
  if (w == NULL || r.next_pass == NULL) {
    free(w);
    free(r.next_pass);
    return mt_fail_memory(err);
  }
  atomic_store(p->bytes, 0);
  pthread_mutex_init(&r.reserve_lock, NULL);
  pthread_mutex_init(&r.commit_lock, NULL);
  pthread_cond_init(&r.turned, NULL);
  for (; made < p->threads; made++) {
    w[made].run = &r;
    w[made].state = p->worker_new(p->context);
    if (w[made].state == NULL)
      break;
  }
  while (started < made && mt_thread_start(&w[started].thread, work, &w[started]) == 0)
    started++;
  if (started == 0) { /* fewer workers than asked for will do, none will not */
    r.failed_at = 0;
    r.failure = ENOMEM;
    mt_fail_memory(&r.error);
  }
  for (unsigned i = 0; i < started; i++)
    pthread_join(w[i].thread, NULL);
  for (unsigned i = 0; i < made; i++)
    p->worker_free(p->context, w[i].state);
  free(w);
  free(r.next_pass);
  rc = r.failure;
  if (rc != 0 && err != NULL)
    *err = r.error;
  if (rc == 0 && r.ended)
    atomic_store(p->bytes, bytes_read(p->reader));
  if (rc == 0 && !r.ended && mt_bell_rings(p->cancel))
    rc = mt_fail(err, ECANCELED, "cancelled");
  pthread_cond_destroy(&r.turned);
  pthread_mutex_destroy(&r.commit_lock);
  pthread_mutex_destroy(&r.reserve_lock);
  return rc;
}
