/* The column table's state without its looks: which row shows which column, where
 * the cursor is, what is searched.
 *
 *   mt_table_init -> mt_table_update (after every snapshot) -> moves, searches ->
 *   mt_table_reset
 *
 * The cursor stays on its column when the order changes. */
#ifndef MT_TUI_TABLE_H
#define MT_TUI_TABLE_H

#include "core/session.h"

enum mt_sort {
  MT_SORT_FILE,
  MT_SORT_NAME,
  MT_SORT_DTYPE,
  MT_SORT_NULLS,
  MT_SORT_DISTINCT,
  MT_SORT_NOW,
  MT_SORT_TARGET,
  MT_SORT_AFTER,
  MT_SORT_SAVING,
  MT_SORT_COUNT
};

struct mt_table {
  enum mt_sort sort;
  bool reverse;
  size_t *order; /* column shown in each row; owned */
  size_t len, cap;
  size_t cursor; /* row */
  size_t top;    /* first row shown */
  size_t skip;   /* table headings scrolled out to the left */
  /* What the order was made from. */
  uint64_t sorted_rows, sorted_plan;
  enum mt_engine sorted_engine;
  enum mt_sort sorted_by;
  bool sorted_reverse;
};

void mt_table_init(struct mt_table *t);
void mt_table_reset(struct mt_table *t);
/* Follows the snapshot.  0 or ENOMEM. */
int mt_table_update(struct mt_table *t, const struct mt_snapshot *s) MT_MUST_CHECK;
/* The column under the cursor; only with len > 0. */
static inline size_t mt_table_column(const struct mt_table *t)
{
  return t->order[t->cursor];
}
/* Moves the cursor by delta rows, as far as there are rows. */
void mt_table_move(struct mt_table *t, long delta);
/* Makes the cursor's row one of the `rows` that are shown. */
void mt_table_scroll(struct mt_table *t, size_t rows);
/* Moves to the next row (step 1) or the previous one (step -1) whose column's name
 * holds text, beginning with the row `from`, around the ends.  Case counts only for
 * letters given in capitals.  Whether there is one. */
bool mt_table_search(struct mt_table *t, const struct mt_name *names, const char *text,
                     size_t from, int step);

/* What the row offers: the plan's choice when it was changed, else the suggestion. */
struct mt_target {
  const char *name;  /* engine's name of the dtype; NULL = nothing better */
  uint64_t bytes;    /* reported */
  uint64_t resident; /* MT_UNKNOWN */
  enum mt_class class_;
  bool applied;
};
struct mt_target mt_column_target(const struct mt_column_view *v);
/* Whether the plan does something to the column: its dtype, or what is null. */
static inline bool mt_column_edited(const struct mt_column_view *v)
{
  return v->changed || v->null_added;
}
/* Bytes that the target saves; negative when it takes more. */
int64_t mt_column_saving(const struct mt_column_view *v);
/* What it saves of the memory that is really taken, where that is known: columns are
 * ranked by it. */
int64_t mt_column_relief(const struct mt_column_view *v);

#endif
