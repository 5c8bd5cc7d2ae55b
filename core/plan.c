#include "core/plan.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"

int mt_plan_init(struct mt_plan *p, size_t columns)
{
  memset(p, 0, sizeof *p);
  p->columns = columns;
  p->choice = mt_alloc(columns, sizeof *p->choice);
  if (p->choice == NULL)
    return ENOMEM;
  memset(p->choice, MT_PLAN_KEEP, columns);
  return 0;
}

void mt_plan_reset(struct mt_plan *p)
{
  free(p->choice);
  free(p->change);
  free(p->start);
  memset(p, 0, sizeof *p);
}

/* Room for one more element in an array of *cap; 0 or ENOMEM. */
static int make_room(void **array, size_t size, size_t used, size_t *cap)
{
  size_t more = *cap ? *cap * 2 : 16, bytes;
  void *grown;

  if (used < *cap)
    return 0;
  if (!mt_size_mul(more, size, &bytes) || (grown = realloc(*array, bytes)) == NULL)
    return ENOMEM;
  *array = grown;
  *cap = more;
  return 0;
}

int mt_plan_begin(struct mt_plan *p)
{
  int rc = make_room((void **)&p->start, sizeof *p->start, p->done, &p->steps_cap);

  if (rc != 0)
    return rc;
  if (p->done < p->steps) {
    p->changes = p->start[p->done];
    p->steps = p->done;
  }
  p->start[p->steps++] = p->changes;
  return 0;
}

int mt_plan_set(struct mt_plan *p, size_t column, uint8_t choice)
{
  int rc;

  assert(column < p->columns && p->steps == p->done + 1);
  if (p->choice[column] == choice)
    return 0;
  rc = make_room((void **)&p->change, sizeof *p->change, p->changes, &p->changes_cap);
  if (rc != 0)
    return rc;
  p->change[p->changes++] = (struct mt_plan_change){
      .column = (uint32_t)column, .before = p->choice[column], .after = choice};
  p->choice[column] = choice;
  return 0;
}

size_t mt_plan_commit(struct mt_plan *p)
{
  size_t changed = p->changes - p->start[p->steps - 1];

  assert(p->steps == p->done + 1);
  if (changed == 0)
    p->steps--;
  else
    p->version++;
  p->done = p->steps;
  return changed;
}

/* The end of step i's changes. */
static size_t end_of(const struct mt_plan *p, size_t i)
{
  return i + 1 < p->steps ? p->start[i + 1] : p->changes;
}

size_t mt_plan_undo(struct mt_plan *p)
{
  size_t from, to;

  if (p->done == 0)
    return 0;
  p->done--;
  from = p->start[p->done];
  to = end_of(p, p->done);
  for (size_t i = to; i-- > from;)
    p->choice[p->change[i].column] = p->change[i].before;
  p->version++;
  return to - from;
}

size_t mt_plan_redo(struct mt_plan *p)
{
  size_t from, to;

  if (p->done == p->steps)
    return 0;
  from = p->start[p->done];
  to = end_of(p, p->done);
  for (size_t i = from; i < to; i++)
    p->choice[p->change[i].column] = p->change[i].after;
  p->done++;
  p->version++;
  return to - from;
}
