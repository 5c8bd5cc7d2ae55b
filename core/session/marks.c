#include "core/session/marks.h"

#include <stdlib.h>

void mt_marks_init(struct mt_marks *m)
{
  *m = (struct mt_marks){0};
  pthread_mutex_init(&m->lock, NULL);
}

void mt_marks_reset(struct mt_marks *m)
{
  free(m->mark);
  pthread_mutex_destroy(&m->lock);
}

static void thin_out(struct mt_marks *m)
{
  const uint64_t span = m->mark[m->len - 1].byte - m->mark[0].byte;
  size_t kept = 1;

  while (m->apart < span / (MT_MARKS_MOST / 2) + 1)
    m->apart = m->apart == 0 ? 1 : 2 * m->apart;
  for (size_t i = 1; i < m->len; i++)
    if (m->mark[i].byte - m->mark[kept - 1].byte >= m->apart)
      m->mark[kept++] = m->mark[i];
  m->len = kept;
}

/* Whether there is room for one more. */
static bool make_room(struct mt_marks *m)
{
  if (m->len == MT_MARKS_MOST)
    thin_out(m);
  if (m->len < m->cap)
    return true;
  size_t cap = m->cap == 0 ? 64 : 2 * m->cap;
  struct mt_mark *p = reallocarray(m->mark, cap, sizeof *p);
  if (p == NULL)
    return false;
  m->mark = p;
  m->cap = cap;
  return true;
}

void mt_marks_note(struct mt_marks *m, const struct mt_mark *mark, uint64_t rows)
{
  const struct mt_mark *last;

  pthread_mutex_lock(&m->lock);
  if (mark->row + rows > m->rows)
    m->rows = mark->row + rows;
  last = m->len > 0 ? &m->mark[m->len - 1] : NULL;
  if (last == NULL || (mark->row > last->row && mark->byte >= last->byte + m->apart))
    if (make_room(m))
      m->mark[m->len++] = *mark;
  pthread_mutex_unlock(&m->lock);
}

static uint64_t row_of(const struct mt_mark *m)
{
  return m->row;
}

static uint64_t line_of(const struct mt_mark *m)
{
  return m->line;
}

static bool find(struct mt_marks *m, uint64_t (*key)(const struct mt_mark *),
                 uint64_t value, struct mt_mark *out)
{
  size_t low = 0, high;

  pthread_mutex_lock(&m->lock);
  high = m->len;
  while (low < high) { /* those before `low` are not behind it */
    size_t middle = low + (high - low) / 2;
    if (key(&m->mark[middle]) <= value)
      low = middle + 1;
    else
      high = middle;
  }
  if (low > 0)
    *out = m->mark[low - 1];
  pthread_mutex_unlock(&m->lock);
  return low > 0;
}

bool mt_marks_by_row(struct mt_marks *m, uint64_t row, struct mt_mark *out)
{
  return find(m, row_of, row, out);
}

bool mt_marks_by_line(struct mt_marks *m, uint64_t line, struct mt_mark *out)
{
  return find(m, line_of, line, out);
}

uint64_t mt_marks_rows(struct mt_marks *m)
{
  uint64_t rows;

  pthread_mutex_lock(&m->lock);
  rows = m->rows;
  pthread_mutex_unlock(&m->lock);
  return rows;
}
