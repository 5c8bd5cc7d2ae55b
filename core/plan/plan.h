/* The plan: one choice per column, and which sentinels are null there; with undo and
 * redo.
 *
 * A choice is a dtype or MT_PLAN_KEEP: whatever the facts say is the column's
 * default (advice.h, mt_advice_keep).  With a choice goes the class (advice.h) that was
 * agreed to: later rows may make it a worse one.  Sentinels (nulls.h) are null by the
 * user's wish alone; a choice was made for the values as they were read then.  Changes
 * between mt_plan_begin and mt_plan_commit are one step. */
#ifndef MT_CORE_PLAN_H
#define MT_CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/engine/dtype.h"

#define MT_PLAN_KEEP MT_DTYPE_COUNT

struct mt_plan_choice {
  uint8_t dtype;  /* enum mt_dtype or MT_PLAN_KEEP */
  uint8_t agreed; /* enum mt_class; MT_CLASS_NONE with MT_PLAN_KEEP */
};

struct mt_plan_change {
  uint32_t column;
  bool nulls; /* of nulls[column], else of the choice */
  union mt_plan_value {
    struct mt_plan_choice choice;
    uint16_t nulls;
  } before, after;
};

struct mt_plan {
  size_t columns;
  uint8_t *choice;  /* per column: enum mt_dtype or MT_PLAN_KEEP; owned */
  uint8_t *agreed;  /* per column: enum mt_class of the choice; owned */
  uint16_t *nulls;  /* per column, bit i: sentinel i is null; owned */
  uint64_t version; /* changes with every change */
  /* All changes made, in order; step i is change[start[i] .. start[i + 1]). */
  struct mt_plan_change *change;
  size_t changes, changes_cap;
  size_t *start;
  size_t steps, steps_cap; /* steps known */
  size_t done;             /* steps in force: steps - done can be redone */
  bool open;               /* between begin and commit */
  bool fresh;              /* ... and nothing has changed yet */
  size_t highest;          /* column changed in the open step */
};

int mt_plan_init(struct mt_plan *p, size_t columns) MT_MUST_CHECK;
void mt_plan_reset(struct mt_plan *p);

/* Opens a step; its first change forgets what was undone. */
void mt_plan_begin(struct mt_plan *p);
/* Within a step.  The choice there is already, agreed to as a worse class, is no
 * change: it is agreed to as that class from now on.  0 or ENOMEM. */
int mt_plan_set(struct mt_plan *p, size_t column,
                struct mt_plan_choice choice) MT_MUST_CHECK;
/* The same for the sentinels that are null. */
int mt_plan_set_nulls(struct mt_plan *p, size_t column, uint16_t sentinels) MT_MUST_CHECK;
/* Closes the step; returns how many columns changed.  An empty step vanishes. */
size_t mt_plan_commit(struct mt_plan *p);

/* Puts `to` in the place of a column's choices of from.dtype that were agreed to as
 * better than from.agreed, now and in every step made for the nulls it has now: for a
 * choice that turned out to be worse.  Whether there was one. */
bool mt_plan_replace(struct mt_plan *p, size_t column, struct mt_plan_choice from,
                     struct mt_plan_choice to);

/* Each returns how many columns changed; 0 when there is nothing to do. */
size_t mt_plan_undo(struct mt_plan *p);
size_t mt_plan_redo(struct mt_plan *p);
/* Whether the next undo, or redo, changes what is null. */
bool mt_plan_undo_is_of_nulls(const struct mt_plan *p);
bool mt_plan_redo_is_of_nulls(const struct mt_plan *p);

#endif
