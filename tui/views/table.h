/* The column table's state without its looks: which row shows which column, where
 * the cursor is, what is searched, marked, hidden and kept out by a filter.
 *
 *   mt_table_init -> mt_table_update (after every snapshot) -> moves, searches, marks,
 *   filters -> mt_table_reset
 *
 * The cursor stays on its column when the order changes; when its column goes, it is on
 * the next one that is left. */
#ifndef MT_TUI_TABLE_H
#define MT_TUI_TABLE_H

#include "core/session/session.h"
#include "tui/views/filter.h"
#include "tui/views/parts.h"

enum { MT_COLUMN_MARKED = 1, MT_COLUMN_HIDDEN = 2 };

/* A column and what it is sorted by (table_order.c). */
struct mt_table_key {
  uint64_t key;
  size_t column;
};

/* What an order, a filter's outcome and an extent were made from. */
struct mt_table_basis {
  uint64_t version, rows, plan; /* of the snapshot */
  enum mt_engine engine;
  enum mt_sort sort;
  bool reverse;
  uint64_t edits; /* of the table itself */
};

struct mt_table {
  enum mt_sort sort;
  bool reverse;
  size_t *order; /* column shown in each row; owned */
  size_t len;    /* rows */
  size_t cursor; /* row */
  size_t top;    /* first row shown */
  size_t skip;   /* table headings scrolled out to the left */
  struct mt_parts parts;
  struct mt_extent extent;
  struct mt_filter filter;
  size_t columns; /* of the dataset: len + hidden + filtered */
  size_t marked;  /* columns, shown or not */
  size_t hidden, filtered;
  uint8_t *flags;                      /* per column: MT_COLUMN_ bits; owned */
  struct mt_table_key *sorted, *spare; /* every column; owned */
  size_t *chosen;                      /* mt_table_chosen's; owned */
  size_t last;                         /* the column that the cursor was on */
  uint64_t edits; /* changes with filter, marks it asks for, hiding */
  struct mt_table_basis basis;
};

void mt_table_init(struct mt_table *t);
void mt_table_reset(struct mt_table *t);
/* Follows the snapshot, a new order and a new filter.  0 or ENOMEM, which is only
 * possible when the number of columns changes. */
int mt_table_update(struct mt_table *t, const struct mt_snapshot *s) MT_MUST_CHECK;
/* The column under the cursor; only with len > 0. */
static inline size_t mt_table_column(const struct mt_table *t)
{
  return t->order[t->cursor];
}
/* Moves the cursor by delta rows, as far as there are rows. */
void mt_table_move(struct mt_table *t, long delta);
/* Moves it to a column; whether that is shown. */
bool mt_table_select(struct mt_table *t, size_t column);
/* Makes the cursor's row one of the `rows` that are shown. */
void mt_table_scroll(struct mt_table *t, size_t rows);
/* Moves to the next row (step 1) or the previous one (step -1) whose column's name
 * holds text, beginning with the row `from`, around the ends.  Case counts only for
 * letters given in capitals.  Whether there is one. */
bool mt_table_search(struct mt_table *t, const struct mt_name *names, const char *text,
                     size_t from, int step);

/* Shows only what the filter lets through, from the next update on. */
void mt_table_filter(struct mt_table *t, const struct mt_filter *f);

static inline bool mt_table_is_marked(const struct mt_table *t, size_t column)
{
  return t->flags[column] & MT_COLUMN_MARKED;
}
void mt_table_mark(struct mt_table *t, size_t column, bool on);
/* Marks every column that is shown; when they all are, unmarks them. */
void mt_table_mark_shown(struct mt_table *t);
void mt_table_unmark_all(struct mt_table *t);
/* The columns that an action is for, in the file's order: the marked ones, else the one
 * under the cursor.  Valid until the next call. */
const size_t *mt_table_chosen(struct mt_table *t, size_t *n);
/* Hides columns from the next update on; their marks go.  Or shows all again. */
void mt_table_hide(struct mt_table *t, const size_t *columns, size_t n);
void mt_table_show_all(struct mt_table *t);

/* Sorts t->sorted by t->sort, both ways stable in the file's order (table_order.c). */
void mt_table_sort(struct mt_table *t, const struct mt_snapshot *s);

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
