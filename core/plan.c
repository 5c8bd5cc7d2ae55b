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
  p->nulls = mt_alloc(columns, sizeof *p->nulls);
  if (p->choice == NULL || p->nulls == NULL) {
    mt_plan_reset(p);
    return ENOMEM;
  }
  memset(p->choice, MT_PLAN_KEEP, columns);
  return 0;
}

void mt_plan_reset(struct mt_plan *p)
{
  free(p->choice);
  free(p->nulls);
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

static uint16_t value_of(const struct mt_plan *p, size_t column, bool nulls)
{
  return nulls ? p->nulls[column] : p->choice[column];
}

static void put(struct mt_plan *p, const struct mt_plan_change *c, uint16_t value)
{
  if (c->nulls)
    p->nulls[c->column] = value;
  else
    p->choice[c->column] = (uint8_t)value;
}

static int set(struct mt_plan *p, size_t column, bool nulls, uint16_t value)
{
  struct mt_plan_change *c;
  int rc;

  assert(column < p->columns && p->open);
  if (value_of(p, column, nulls) == value)
    return 0;
  if (p->fresh && (rc = start_step(p)) != 0)
    return rc;
  for (size_t i = p->start[p->done]; column <= p->highest && i < p->changes; i++) {
    c = &p->change[i];
    if (c->column == column && c->nulls == nulls) { /* again in this step */
      c->after = value;
      put(p, c, value);
      return 0;
    }
  }
  rc = make_room((void **)&p->change, sizeof *p->change, p->changes, &p->changes_cap);
  if (rc != 0)
    return rc;
  p->highest = column > p->highest ? column : p->highest;
  c = &p->change[p->changes++];
  *c = (struct mt_plan_change){.column = (uint32_t)column,
                               .before = value_of(p, column, nulls),
                               .after = value,
                               .nulls = nulls};
  put(p, c, value);
  return 0;
}

int mt_plan_set(struct mt_plan *p, size_t column, uint8_t choice)
{
  return set(p, column, false, choice);
}

int mt_plan_set_nulls(struct mt_plan *p, size_t column, uint16_t sentinels)
{
  return set(p, column, true, sentinels);
}

/* Columns that changes [from, to) are of: nulls and choice of one lie side by side. */
static size_t columns_of(const struct mt_plan *p, size_t from, size_t to)
{
  size_t n = 0;

  for (size_t i = from; i < to; i++)
    n += i == from || p->change[i].column != p->change[i - 1].column;
  return n;
}

size_t mt_plan_commit(struct mt_plan *p)
{
  size_t changed;

  assert(p->open);
  p->open = false;
  if (p->fresh)
    return 0;
  changed = columns_of(p, p->start[p->steps - 1], p->changes);
  if (changed == 0)
    p->steps--; /* no memory for the only change */
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

static bool is_nulls_of(const struct mt_plan_change *c, size_t column)
{
  return c->nulls && c->column == column;
}

bool mt_plan_replace(struct mt_plan *p, size_t column, uint8_t from, uint8_t to)
{
  size_t first = p->done < p->steps ? p->start[p->done] : p->changes, last = first;
  bool found = p->choice[column] == from;

  if (found)
    p->choice[column] = to;
  while (first > 0 && !is_nulls_of(&p->change[first - 1], column))
    first--;
  while (last < p->changes && !is_nulls_of(&p->change[last], column))
    last++;
  for (size_t i = first; i < last; i++) {
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

size_t mt_plan_undo(struct mt_plan *p)
{
  size_t from, to;

  if (p->done == 0)
    return 0;
  p->done--;
  from = p->start[p->done];
  to = end_of(p, p->done);
  for (size_t i = to; i-- > from;)
    put(p, &p->change[i], p->change[i].before);
  p->version++;
  return columns_of(p, from, to);
}

size_t mt_plan_redo(struct mt_plan *p)
{
  size_t from, to;

  if (p->done == p->steps)
    return 0;
  from = p->start[p->done];
  to = end_of(p, p->done);
  for (size_t i = from; i < to; i++)
    put(p, &p->change[i], p->change[i].after);
  p->done++;
  p->version++;
  return columns_of(p, from, to);
}

static bool is_of_nulls(const struct mt_plan *p, size_t step)
{
  for (size_t i = p->start[step]; i < end_of(p, step); i++)
    if (p->change[i].nulls)
      return true;
  return false;
}

bool mt_plan_undo_is_of_nulls(const struct mt_plan *p)
{
  return p->done > 0 && is_of_nulls(p, p->done - 1);
}

bool mt_plan_redo_is_of_nulls(const struct mt_plan *p)
{
  return p->done < p->steps && is_of_nulls(p, p->done);
}
