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

void mt_plan_begin(struct mt_plan *p)
{
  assert(!p->open);
  p->open = true;
  p->fresh = true;
}

/* The first change of a step: what was undone is forgotten. */
static int start_step(struct mt_plan *p)
{
  int rc = make_room((void **)&p->start, sizeof *p->start, p->done, &p->steps_cap);

  if (rc != 0)
    return rc;
  if (p->done < p->steps)
    p->changes = p->start[p->done];
  p->start[p->done] = p->changes;
  p->steps = p->done + 1;
  p->fresh = false;
  p->highest = 0;
  return 0;
}

int mt_plan_set(struct mt_plan *p, size_t column, uint8_t choice)
{
  int rc;

  assert(column < p->columns && p->open);
  if (p->choice[column] == choice)
    return 0;
  if (p->fresh && (rc = start_step(p)) != 0)
    return rc;
  for (size_t i = p->start[p->done]; column <= p->highest && i < p->changes; i++) {
    if (p->change[i].column == column) { /* again in this step */
      p->change[i].after = p->choice[column] = choice;
      return 0;
    }
  }
  rc = make_room((void **)&p->change, sizeof *p->change, p->changes, &p->changes_cap);
  if (rc != 0)
    return rc;
  p->highest = column > p->highest ? column : p->highest;
  p->change[p->changes++] = (struct mt_plan_change){
      .column = (uint32_t)column, .before = p->choice[column], .after = choice};
  p->choice[column] = choice;
  return 0;
}

size_t mt_plan_commit(struct mt_plan *p)
{
  size_t changed = p->fresh ? 0 : p->changes - p->start[p->steps - 1];

  assert(p->open);
  p->open = false;
  if (p->fresh)
    return 0;
  if (changed == 0)
    p->steps--; /* no memory for the only change */
  else
    p->version++;
  p->done = p->steps;
  return changed;
}

bool mt_plan_replace(struct mt_plan *p, size_t column, uint8_t from, uint8_t to)
{
  bool found = p->choice[column] == from;

  if (found)
    p->choice[column] = to;
  for (size_t i = 0; i < p->changes; i++) {
    struct mt_plan_change *c = &p->change[i];

    if (c->column != column || (c->before != from && c->after != from))
      continue;
    c->before = c->before == from ? to : c->before;
    c->after = c->after == from ? to : c->after;
    found = true;
  }
  p->version += found;
  return found;
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
