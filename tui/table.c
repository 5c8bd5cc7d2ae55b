#include "tui/table.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"

void mt_table_init(struct mt_table *t)
{
  *t = (struct mt_table){0};
}

void mt_table_reset(struct mt_table *t)
{
  free(t->order);
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

struct sort_context {
  const struct mt_snapshot *snapshot;
  enum mt_sort sort;
  bool reverse;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
  return (a > b) - (a < b);
}

static int compare_names(const struct mt_name *a, const struct mt_name *b)
{
  size_t n = a->len < b->len ? a->len : b->len;
  int order = n == 0 ? 0 : memcmp(a->text, b->text, n);
  return order != 0 ? order : compare_numbers(a->len, b->len);
}

static int compare_texts(const char *a, const char *b)
{
  return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

/* Numbers sort largest first, texts from A to Z. */
static int compare_by(const struct sort_context *c, size_t a, size_t b)
{
  const struct mt_column_view *va = &c->snapshot->columns[a];
  const struct mt_column_view *vb = &c->snapshot->columns[b];
  int64_t sa, sb;
  switch (c->sort) {
  case MT_SORT_NAME:
    return compare_names(&c->snapshot->names[a], &c->snapshot->names[b]);
  case MT_SORT_DTYPE:
    return compare_texts(va->dtype, vb->dtype);
  case MT_SORT_NULLS:
    return compare_numbers(vb->nulls, va->nulls);
  case MT_SORT_DISTINCT:
    return compare_numbers(vb->distinct, va->distinct);
  case MT_SORT_NOW:
    return compare_numbers(vb->now, va->now);
  case MT_SORT_TARGET:
    return compare_texts(mt_column_target(va).name, mt_column_target(vb).name);
  case MT_SORT_AFTER:
    return compare_numbers(mt_column_target(vb).bytes, mt_column_target(va).bytes);
  case MT_SORT_SAVING:
    sa = mt_column_relief(va);
    sb = mt_column_relief(vb);
    return (sb > sa) - (sb < sa);
  default:
    return 0;
  }
}

static int compare_columns(const void *a, const void *b, void *context)
{
  const struct sort_context *c = context;
  size_t ca = *(const size_t *)a, cb = *(const size_t *)b;
  int order = compare_by(c, ca, cb);
  if (order == 0)
    order = compare_numbers(ca, cb);
  return c->reverse ? -order : order;
}

static int grow(struct mt_table *t, size_t columns)
{
  if (columns > t->cap) {
    size_t *order = mt_alloc(columns, sizeof *order);
    if (order == NULL)
      return ENOMEM;
    free(t->order);
    t->order = order;
    t->cap = columns;
  }
  t->len = columns;
  for (size_t i = 0; i < columns; i++)
    t->order[i] = i;
  t->cursor = 0;
  return 0;
}

static bool is_current(const struct mt_table *t, const struct mt_snapshot *s)
{
  if (t->sorted_by != t->sort || t->sorted_reverse != t->reverse)
    return false;
  return t->sort == MT_SORT_FILE || t->sort == MT_SORT_NAME ||
         (t->sorted_rows == s->rows && t->sorted_plan == s->plan_version &&
          t->sorted_engine == s->engine);
}

int mt_table_update(struct mt_table *t, const struct mt_snapshot *s)
{
  if (t->len != s->column_count) {
    if (grow(t, s->column_count) != 0)
      return ENOMEM;
    t->sorted_by = MT_SORT_COUNT;
  }
  if (is_current(t, s) || t->len == 0)
    return 0;
  size_t column = mt_table_column(t);
  struct sort_context context = {s, t->sort, t->reverse};
  qsort_r(t->order, t->len, sizeof *t->order, compare_columns, &context);
  t->cursor = 0;
  while (t->order[t->cursor] != column)
    t->cursor++;
  t->sorted_by = t->sort;
  t->sorted_reverse = t->reverse;
  t->sorted_rows = s->rows;
  t->sorted_plan = s->plan_version;
  t->sorted_engine = s->engine;
  return 0;
}

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

void mt_table_scroll(struct mt_table *t, size_t rows)
{
  if (rows == 0 || t->cursor < t->top)
    t->top = t->cursor;
  else if (t->cursor - t->top >= rows)
    t->top = t->cursor - rows + 1;
  if (t->top + rows > t->len)
    t->top = t->len > rows ? t->len - rows : 0;
}

static bool same_letter(char given, char found)
{
  return given == found ||
         (islower((unsigned char)given) && given == tolower((unsigned char)found));
}

static bool name_holds(const struct mt_name *name, const char *text)
{
  size_t n = strlen(text);
  for (size_t from = 0; from + n <= name->len; from++) {
    size_t i = 0;
    while (i < n && same_letter(text[i], name->text[from + i]))
      i++;
    if (i == n)
      return true;
  }
  return false;
}

bool mt_table_search(struct mt_table *t, const struct mt_name *names, const char *text,
                     size_t from, int step)
{
  if (text[0] == '\0')
    return false;
  for (size_t i = 0; i < t->len; i++) {
    size_t row = (from + (step > 0 ? i : t->len - i)) % t->len;
    if (name_holds(&names[t->order[row]], text)) {
      t->cursor = row;
      return true;
    }
  }
  return false;
}
