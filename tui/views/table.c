#include "tui/views/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"

void mt_table_init(struct mt_table *t)
{
  *t = (struct mt_table){0};
}

void mt_table_reset(struct mt_table *t)
{
  free(t->order);
  free(t->flags);
  free(t->sorted);
  free(t->spare);
  free(t->chosen);
  *t = (struct mt_table){0};
}

struct mt_target mt_column_target(const struct mt_column_view *v)
{
  if (v->changed)
    return (struct mt_target){v->planned, v->after, v->after_resident, v->planned_class,
                              true};
  if (v->suggested_class == MT_CLASS_NONE)
    return (struct mt_target){NULL, v->now, v->resident, MT_CLASS_NONE, false};
  return (struct mt_target){v->suggested, v->suggested_bytes, v->suggested_resident,
                            v->suggested_class, false};
}

int64_t mt_column_saving(const struct mt_column_view *v)
{
  return (int64_t)(v->now - mt_column_target(v).bytes);
}

int64_t mt_column_relief(const struct mt_column_view *v)
{
  if (v->resident == MT_UNKNOWN)
    return mt_column_saving(v);
  return (int64_t)(v->resident - mt_column_target(v).resident);
}

/* --- following the snapshot ---------------------------------------------------- */

/* Room for so many columns, in the file's order, none of them marked or hidden. */
static int grow(struct mt_table *t, size_t columns)
{
  struct mt_table fresh = {.sort = t->sort, .reverse = t->reverse, .parts = t->parts};
  fresh.filter = t->filter;
  fresh.columns = columns;
  fresh.edits = t->edits + 1;
  fresh.basis.sort = MT_SORT_COUNT;
  fresh.order = mt_alloc(columns + 1, sizeof *fresh.order);
  fresh.flags = mt_alloc(columns + 1, sizeof *fresh.flags);
  fresh.sorted = mt_alloc(columns + 1, sizeof *fresh.sorted);
  fresh.spare = mt_alloc(columns + 1, sizeof *fresh.spare);
  fresh.chosen = mt_alloc(columns + 1, sizeof *fresh.chosen);
  bool enough = fresh.order != NULL && fresh.flags != NULL && fresh.sorted != NULL &&
                fresh.spare != NULL && fresh.chosen != NULL;
  mt_table_reset(enough ? t : &fresh);
  if (!enough)
    return ENOMEM;
  *t = fresh;
  return 0;
}

static bool asks_for_data(enum mt_sort sort)
{
  return sort != MT_SORT_FILE && sort != MT_SORT_NAME;
}

/* Which of the sorted columns are shown, and where the cursor is then. */
static void fill_rows(struct mt_table *t, const struct mt_snapshot *s)
{
  size_t row = 0;
  t->len = t->hidden = t->filtered = 0;
  for (size_t i = 0; i < t->columns; i++) {
    size_t column = t->sorted[t->reverse ? t->columns - 1 - i : i].column;
    if (column == t->last)
      row = t->len;
    if (t->flags[column] & MT_COLUMN_HIDDEN)
      t->hidden++;
    else if (t->filter.steps > 0 &&
             !mt_filter_matches(&t->filter, s, column, mt_table_is_marked(t, column)))
      t->filtered++;
    else
      t->order[t->len++] = column;
  }
  t->cursor = row < t->len ? row : t->len == 0 ? 0 : t->len - 1;
}

int mt_table_update(struct mt_table *t, const struct mt_snapshot *s)
{
  const struct mt_table_basis *b = &t->basis;
  if ((t->columns != s->column_count || t->flags == NULL) &&
      grow(t, s->column_count) != 0)
    return ENOMEM;
  if (t->len > 0)
    t->last = mt_table_column(t);
  bool unversioned = s->version == 0 && (b->rows != s->rows || b->engine != s->engine ||
                                         b->plan != s->plan_version);
  bool data = b->version != s->version || unversioned || t->extent.scale == 0;
  bool few = data && s->before != 0 && s->before == b->version;
  bool sort = b->sort != t->sort || (data && asks_for_data(t->sort));
  if (data && !(few && mt_extent_follow(&t->extent, s)))
    mt_extent_measure(&t->extent, s);
  if (sort)
    mt_table_sort(t, s);
  if (sort || b->reverse != t->reverse || b->edits != t->edits ||
      (data && t->filter.steps > 0))
    fill_rows(t, s);
  t->basis = (struct mt_table_basis){.version = s->version,
                                     .rows = s->rows,
                                     .plan = s->plan_version,
                                     .engine = s->engine,
                                     .sort = t->sort,
                                     .reverse = t->reverse,
                                     .edits = t->edits};
  return 0;
}

/* --- the cursor ---------------------------------------------------------------- */

void mt_table_move(struct mt_table *t, long delta)
{
  size_t steps = delta < 0 ? (size_t)-delta : (size_t)delta;
  if (t->len == 0)
    return;
  if (delta < 0)
    t->cursor = steps < t->cursor ? t->cursor - steps : 0;
  else
    t->cursor = steps < t->len - 1 - t->cursor ? t->cursor + steps : t->len - 1;
}

bool mt_table_select(struct mt_table *t, size_t column)
{
  for (size_t row = 0; row < t->len; row++)
    if (t->order[row] == column) {
      t->cursor = row;
      return true;
    }
  return false;
}

void mt_table_scroll(struct mt_table *t, size_t rows)
{
  if (rows == 0 || t->cursor < t->top)
    t->top = t->cursor;
  else if (t->cursor - t->top >= rows)
    t->top = t->cursor - rows + 1;
  if (t->top + rows > t->len)
    t->top = t->len > rows ? t->len - rows : 0;
}

bool mt_table_search(struct mt_table *t, const struct mt_name *names, const char *text,
                     size_t from, int step)
{
  size_t n = strlen(text);
  if (n == 0)
    return false;
  for (size_t i = 0; i < t->len; i++) {
    size_t row = (from + (step > 0 ? i : t->len - i)) % t->len;
    const struct mt_name *name = &names[t->order[row]];
    if (mt_text_holds(name->text, name->len, text, n)) {
      t->cursor = row;
      return true;
    }
  }
  return false;
}

/* --- what is shown, and marked ------------------------------------------------- */

void mt_table_filter(struct mt_table *t, const struct mt_filter *f)
{
  t->filter = *f;
  t->edits++;
}

void mt_table_mark(struct mt_table *t, size_t column, bool on)
{
  if (mt_table_is_marked(t, column) == on)
    return;
  t->flags[column] ^= MT_COLUMN_MARKED;
  t->marked += on ? 1 : (size_t)-1;
  t->edits += t->filter.asks_marks;
}

void mt_table_mark_shown(struct mt_table *t)
{
  bool all = true;
  for (size_t row = 0; row < t->len; row++)
    all = all && mt_table_is_marked(t, t->order[row]);
  for (size_t row = 0; row < t->len; row++)
    mt_table_mark(t, t->order[row], !all);
}

void mt_table_unmark_all(struct mt_table *t)
{
  for (size_t i = 0; t->marked > 0 && i < t->columns; i++)
    mt_table_mark(t, i, false);
}

const size_t *mt_table_chosen(struct mt_table *t, size_t *n)
{
  *n = 0;
  for (size_t i = 0; t->marked > 0 && i < t->columns; i++)
    if (mt_table_is_marked(t, i))
      t->chosen[(*n)++] = i;
  if (*n == 0 && t->len > 0)
    t->chosen[(*n)++] = mt_table_column(t);
  return t->chosen;
}

void mt_table_hide(struct mt_table *t, const size_t *columns, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    mt_table_mark(t, columns[i], false);
    t->flags[columns[i]] |= MT_COLUMN_HIDDEN;
  }
  t->edits++;
}

void mt_table_show_all(struct mt_table *t)
{
  for (size_t i = 0; i < t->columns; i++)
    t->flags[i] &= (uint8_t)~MT_COLUMN_HIDDEN;
  t->edits++;
}
