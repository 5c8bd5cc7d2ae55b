/* A file whose rows can be read only while a gate is open: reads that hang, for tests.
 * Included once in a test. */
#ifndef MT_TESTS_GATE_H
#define MT_TESTS_GATE_H

#include <pthread.h>
#include <stdbool.h>

#include "core/session/rows.h"

static struct {
  pthread_mutex_t lock;
  pthread_cond_t moved;
  bool closed;
  unsigned waiting, freed;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};

static void set_gate(bool closed)
{
  pthread_mutex_lock(&gate.lock);
  gate.closed = closed;
  pthread_cond_broadcast(&gate.moved);
  pthread_mutex_unlock(&gate.lock);
}

static void pass_gate(void)
{
  pthread_mutex_lock(&gate.lock);
  gate.waiting++;
  pthread_cond_broadcast(&gate.moved);
  while (gate.closed)
    pthread_cond_wait(&gate.moved, &gate.lock);
  gate.waiting--;
  pthread_mutex_unlock(&gate.lock);
}

/* Until so many wait at the gate, or were freed. */
static inline void await(const unsigned *count, unsigned least)
{
  pthread_mutex_lock(&gate.lock);
  while (*count < least)
    pthread_cond_wait(&gate.moved, &gate.lock);
  pthread_mutex_unlock(&gate.lock);
}

static const struct mt_reader_ops *reader_ops;
static const struct mt_rows_ops *rows_ops;

static int slow_next(struct mt_rows *r, size_t max, struct mt_block *b,
                     struct mt_error *err)
{
  pass_gate();
  return rows_ops->next(r, max, b, err);
}

static void counted_free(struct mt_rows *r)
{
  rows_ops->free(r);
  pthread_mutex_lock(&gate.lock);
  gate.freed++;
  pthread_cond_broadcast(&gate.moved);
  pthread_mutex_unlock(&gate.lock);
}

static int slow_rows(const struct mt_reader *reader, struct mt_rows **out,
                     struct mt_error *err)
{
  static struct mt_rows_ops slow;
  int rc = reader_ops->rows(reader, out, err);
  if (rc != 0)
    return rc;
  rows_ops = (*out)->ops;
  slow = *rows_ops;
  slow.next = slow_next;
  slow.free = counted_free;
  (*out)->ops = &slow;
  return 0;
}

/* Whoever reads rows of it waits at the gate, which is open. */
static void add_gate(struct mt_reader *reader)
{
  static struct mt_reader_ops slow;
  reader_ops = reader->ops;
  slow = *reader_ops;
  slow.rows = slow_rows;
  reader->ops = &slow;
  set_gate(false);
  gate.freed = 0;
}

#endif
