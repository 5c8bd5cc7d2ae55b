#include "core/plan/plan.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"

int mt_plan_init(struct mt_plan *p, size_t columns)
{
  memset(p, 0, sizeof *p);
  p->columns = columns;
  p->choice = mt_alloc(columns, sizeof *p->choice);
  p->agreed = mt_alloc(columns, sizeof *p->agreed);
  p->nulls = mt_alloc(columns, sizeof *p->nulls);
  if (p->choice == NULL || p->agreed == NULL || p->nulls == NULL) {
    mt_plan_reset(p);
    return ENOMEM;
  }
  memset(p->choice, MT_PLAN_KEEP, columns);
  return 0;
}

void mt_plan_reset(struct mt_plan *p)
{
  free(p->choice);
  free(p->agreed);
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

static struct mt_plan_choice choice_of(const struct mt_plan *p, size_t column)
{
  return (struct mt_plan_choice){p->choice[column], p->agreed[column]};
}

static void put(struct mt_plan *p, size_t column, bool nulls, union mt_plan_value value)
{
  if (nulls) {
    p->nulls[column] = value.nulls;
  } else {
    p->choice[column] = value.choice.dtype;
    p->agreed[column] = value.choice.agreed;
  }
}

/* Of a value that is another one than now. */
static int set(struct mt_plan *p, size_t column, bool nulls, union mt_plan_value value)
{
  union mt_plan_value before = {.choice = choice_of(p, column)};
  struct mt_plan_change *c;
  int rc;

  if (p->fresh && (rc = start_step(p)) != 0)
    return rc;
  for (size_t i = p->start[p->done]; column <= p->highest && i < p->changes; i++) {
    c = &p->change[i];
    if (c->column == column && c->nulls == nulls) { /* again in this step */
      c->after = value;
      put(p, column, nulls, value);
      return 0;
    }
  }
  rc = make_room((void **)&p->change, sizeof *p->change, p->changes, &p->changes_cap);
  if (rc != 0)
    return rc;
  p->highest = column > p->highest ? column : p->highest;
  if (nulls)
    before.nulls = p->nulls[column];
  p->change[p->changes++] =
      (struct mt_plan_change){(uint32_t)column, nulls, before, value};
  put(p, column, nulls, value);
  return 0;
}

int mt_plan_set(struct mt_plan *p, size_t column, struct mt_plan_choice choice)
{
  assert(column < p->columns && p->open);
  if (p->choice[column] != choice.dtype)
    return set(p, column, false, (union mt_plan_value){.choice = choice});
  if (p->agreed[column] < choice.agreed) /* looks through all changes */
    (void)mt_plan_replace(p, column, choice, choice);
  return 0;
}

int mt_plan_set_nulls(struct mt_plan *p, size_t column, uint16_t sentinels)
{
  assert(column < p->columns && p->open);
  if (p->nulls[column] == sentinels)
    return 0;
  return set(p, column, true, (union mt_plan_value){.nulls = sentinels});
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

static bool replace(struct mt_plan_choice *c, struct mt_plan_choice from,
                    struct mt_plan_choice to)
{
  if (c->dtype != from.dtype || c->agreed >= from.agreed)
    return false;
  *c = to;
  return true;
}

bool mt_plan_replace(struct mt_plan *p, size_t column, struct mt_plan_choice from,
                     struct mt_plan_choice to)
{
  size_t first = p->done < p->steps ? p->start[p->done] : p->changes, last = first;
  union mt_plan_value now = {.choice = choice_of(p, column)};
  bool found = replace(&now.choice, from, to);

  put(p, column, false, now);
  while (first > 0 && !is_nulls_of(&p->change[first - 1], column))
    first--;
  while (last < p->changes && !is_nulls_of(&p->change[last], column))
    last++;
  for (size_t i = first; i < last; i++) {
    struct mt_plan_change *c = &p->change[i];

    if (c->column != column)
      continue;
    found |= replace(&c->before.choice, from, to);
    found |= replace(&c->after.choice, from, to);
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
    put(p, p->change[i].column, p->change[i].nulls, p->change[i].before);
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
    put(p, p->change[i].column, p->change[i].nulls, p->change[i].after);
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
