/* The columns view: what keys and mouse do in the dashboard. */
#include <stdio.h>

#include "core/base/text.h"
#include "tui/views/view.h"

/* The rows at once, for keys that come before the next frame. */
static unsigned arrange(struct mt_ui *ui)
{
  return mt_table_update(&ui->table, ui->snap) == 0 ? MT_REACT_DRAW : MT_REACT_NONE;
}

/* --- order and parts ------------------------------------------------------------- */

static void say_sorted(struct mt_ui *ui)
{
  const struct mt_table *t = &ui->table;
  bool relief = t->sort == MT_SORT_SAVING && ui->snap->engine == MT_PANDAS2;
  mt_ui_say(ui, MT_ROLE_TEXT, "sorted by %s%s%s", mt_sort_name(t->sort),
            t->reverse ? ", reversed" : "",
            relief ? ", as really freed: equal texts are one object" : "");
}

static unsigned sort_by(struct mt_ui *ui, enum mt_sort sort)
{
  ui->table.sort = sort;
  ui->table.reverse = false;
  say_sorted(ui);
  return arrange(ui);
}

static unsigned reverse(struct mt_ui *ui)
{
  ui->table.reverse = !ui->table.reverse;
  say_sorted(ui);
  return arrange(ui);
}

/* The next heading that is shown; after the last one, the order of the file. */
static unsigned next_sort(struct mt_ui *ui)
{
  struct mt_fit fit = mt_table_fit(ui, ui->table.skip);
  enum mt_sort now = ui->table.sort, next = MT_SORT_FILE;
  int p = MT_PART_COUNT;
  while (p > 0 && now != MT_SORT_FILE &&
         mt_table_part_info((enum mt_table_part)(p - 1))->sort != now)
    p--;
  for (p = now == MT_SORT_FILE ? 0 : p; p < MT_PART_COUNT && next == MT_SORT_FILE; p++) {
    enum mt_sort sort = mt_table_part_info((enum mt_table_part)p)->sort;
    if (fit.width[p] > 0 && sort != MT_SORT_COUNT && sort != now)
      next = sort;
  }
  return sort_by(ui, next);
}

static unsigned scroll_parts(struct mt_ui *ui, int step)
{
  struct mt_table *t = &ui->table;
  if (mt_table_fit(ui, 0).complete)
    t->skip = 0;
  else if (step < 0 && t->skip > 0)
    t->skip--;
  else if (step > 0 && t->skip < MT_PART_TARGET - MT_PART_DTYPE)
    t->skip++;
  return MT_REACT_DRAW;
}

/* --- search, filter, marks ------------------------------------------------------- */

static unsigned search_again(struct mt_ui *ui, int step)
{
  struct mt_table *t = &ui->table;
  size_t from = (t->cursor + (step > 0 ? 1 : t->len - 1)) % t->len;
  if (!mt_table_search(t, ui->snap->names, ui->search.text, from, step))
    mt_ui_say(ui, MT_ROLE_WARN, "no column of that name%s",
              t->len < t->columns ? " among those shown" : "");
  return MT_REACT_DRAW;
}

static unsigned begin_search(struct mt_ui *ui)
{
  mt_entry_set(&ui->search, "");
  ui->search_from = ui->table.cursor;
  mt_ui_push(ui, &mt_view_search);
  return MT_REACT_DRAW;
}

static unsigned begin_filter(struct mt_ui *ui)
{
  struct mt_table *t = &ui->table;
  mt_entry_set(&ui->filtering.entry, t->filter.text);
  ui->filtering.before = t->filter;
  ui->filtering.column = t->len > 0 ? mt_table_column(t) : t->last;
  mt_ui_push(ui, &mt_view_filter);
  mt_ui_say(ui, MT_ROLE_DIM,
            "a part of a name, or saving>100M  nulls>10%%  dtype=str  "
            "class=review  changed  marked  and or not");
  return MT_REACT_DRAW;
}

/* Esc clears one thing at a time: the filter, then the marks. */
static unsigned clear(struct mt_ui *ui)
{
  static const struct mt_filter everything;
  struct mt_table *t = &ui->table;
  char count[MT_COUNT_TEXT];
  if (t->filter.steps > 0) {
    mt_ui_say(ui, MT_ROLE_TEXT, "filter cleared: %s column%s came back",
              mt_format_count(count, t->filtered), t->filtered == 1 ? "" : "s");
    mt_table_filter(t, &everything);
  } else if (t->marked > 0) {
    mt_ui_say(ui, MT_ROLE_TEXT, "%s mark%s cleared", mt_format_count(count, t->marked),
              t->marked == 1 ? "" : "s");
    mt_table_unmark_all(t);
  }
  return arrange(ui);
}

static unsigned mark(struct mt_ui *ui)
{
  struct mt_table *t = &ui->table;
  size_t column = mt_table_column(t);
  mt_table_mark(t, column, !mt_table_is_marked(t, column));
  mt_table_move(t, 1);
  return arrange(ui);
}

static unsigned mark_all(struct mt_ui *ui)
{
  struct mt_table *t = &ui->table;
  char count[MT_COUNT_TEXT];
  mt_table_mark_shown(t);
  mt_ui_say(ui, MT_ROLE_TEXT, "%s marked", mt_format_count(count, t->marked));
  return arrange(ui);
}

static unsigned hide(struct mt_ui *ui)
{
  size_t n;
  const size_t *columns = mt_table_chosen(&ui->table, &n);
  char count[MT_COUNT_TEXT];
  mt_table_hide(&ui->table, columns, n);
  mt_ui_say(ui, MT_ROLE_TEXT,
            "%s column%s hidden from this table, not from the plan; + shows all again",
            mt_format_count(count, n), n == 1 ? "" : "s");
  return arrange(ui);
}

static unsigned show_all(struct mt_ui *ui)
{
  char count[MT_COUNT_TEXT];
  mt_ui_say(ui, MT_ROLE_TEXT, "%s hidden column%s shown again",
            mt_format_count(count, ui->table.hidden), ui->table.hidden == 1 ? "" : "s");
  mt_table_show_all(&ui->table);
  return arrange(ui);
}

/* --- what is done to columns ------------------------------------------------------- */

static unsigned open_column(struct mt_ui *ui, const struct mt_view *view)
{
  size_t n, column = ui->table.last;
  const size_t *columns = mt_table_chosen(&ui->table, &n);
  if (ui->table.len > 0)
    column = mt_table_column(&ui->table);
  if (view == &mt_view_picker && n > 0 && !mt_table_is_marked(&ui->table, column))
    column = columns[0];
  mt_choices_open(ui, column);
  ui->choices.many = view == &mt_view_picker && ui->table.marked > 0 ? n : 0;
  ui->detail_step = 0; /* how far another column was looked at */
  mt_ui_push(ui, view);
  return MT_REACT_DRAW;
}

static unsigned act_on_plan(struct mt_ui *ui, enum mt_action action)
{
  size_t n;
  const size_t *columns = mt_table_chosen(&ui->table, &n);
  return mt_plan_act_on(ui, action, columns, n);
}

static unsigned table_act(struct mt_ui *ui, enum mt_action action)
{
  struct mt_layout layout = mt_dashboard_layout(ui);
  size_t rows = (size_t)mt_table_rows(&layout);
  if (mt_list_move(&ui->table.cursor, ui->table.len, rows, action))
    return MT_REACT_DRAW;
  switch (action) {
  case MT_ACTION_LEFT:
    return scroll_parts(ui, -1);
  case MT_ACTION_RIGHT:
    return scroll_parts(ui, 1);
  case MT_ACTION_SORT:
    return next_sort(ui);
  case MT_ACTION_REVERSE:
    return reverse(ui);
  case MT_ACTION_SEARCH:
    return begin_search(ui);
  case MT_ACTION_NEXT:
    return search_again(ui, 1);
  case MT_ACTION_PREVIOUS:
    return search_again(ui, -1);
  case MT_ACTION_FILTER:
    return begin_filter(ui);
  case MT_ACTION_MARK:
    return mark(ui);
  case MT_ACTION_MARK_ALL:
    return mark_all(ui);
  case MT_ACTION_HIDE:
    return hide(ui);
  case MT_ACTION_SHOW_ALL:
    return show_all(ui);
  case MT_ACTION_PARTS:
    mt_ui_push(ui, &mt_view_parts);
    return MT_REACT_DRAW;
  case MT_ACTION_DETAIL:
    return open_column(ui, &mt_view_detail);
  case MT_ACTION_DTYPE:
    return open_column(ui, &mt_view_picker);
  case MT_ACTION_DATA:
    return mt_data_open(ui, ui->table.len > 0 ? mt_table_column(&ui->table) : 0);
  case MT_ACTION_CODE:
    return mt_code_open(ui);
  case MT_ACTION_FAULTS:
    return mt_faults_open(ui);
  case MT_ACTION_PAUSE:
    return mt_graphs_pause(ui);
  case MT_ACTION_ZOOM:
    mt_ui_push(ui, &mt_view_memory);
    return MT_REACT_DRAW;
  case MT_ACTION_QUIT:
    return mt_ui_quit(ui);
  case MT_ACTION_LEAVE:
    return clear(ui);
  default:
    return act_on_plan(ui, action);
  }
}

/* --- why not ----------------------------------------------------------------------- */

static const char *why_not_among_rows(const struct mt_ui *ui, enum mt_action action)
{
  const struct mt_table *t = &ui->table;
  bool searches = action == MT_ACTION_NEXT || action == MT_ACTION_PREVIOUS;
  if (t->len == 0 && (t->marked == 0 || searches || action == MT_ACTION_MARK))
    return t->columns == 0    ? "the file has no columns"
           : t->filtered == 0 ? "every column is hidden: + shows them"
                              : "no column is shown: Esc clears the filter";
  if (searches && ui->search.len == 0)
    return "nothing to search for: / begins a search";
  return NULL;
}

static const char *table_why_not(const struct mt_ui *ui, enum mt_action action)
{
  const struct mt_table *t = &ui->table;
  const char *why = NULL;
  switch (action) {
  case MT_ACTION_SHOW_ALL:
    return t->hidden == 0 ? "no column is hidden: - hides one" : NULL;
  case MT_ACTION_NEXT:
  case MT_ACTION_PREVIOUS:
  case MT_ACTION_MARK:
  case MT_ACTION_MARK_ALL:
  case MT_ACTION_HIDE:
  case MT_ACTION_DETAIL:
  case MT_ACTION_DTYPE:
  case MT_ACTION_SEARCH:
    return why_not_among_rows(ui, action);
  case MT_ACTION_APPLY:
  case MT_ACTION_NULLS:
    why = why_not_among_rows(ui, action);
    if (why != NULL || t->marked > 0) /* several of them: the outcome tells */
      return why;
    return mt_plan_why_not(ui, action, mt_table_column(t));
  default:
    return mt_plan_why_not(ui, action, 0);
  }
}

/* --- the mouse --------------------------------------------------------------------- */

static unsigned click_heading(struct mt_ui *ui, int x)
{
  enum mt_table_part p = mt_table_part_at(ui, x);
  if (p == MT_PART_COUNT || mt_table_part_info(p)->sort == MT_SORT_COUNT)
    return MT_REACT_NONE;
  return mt_table_part_info(p)->sort == ui->table.sort
             ? reverse(ui)
             : sort_by(ui, mt_table_part_info(p)->sort);
}

static unsigned table_mouse(struct mt_ui *ui, const struct mt_mouse *m)
{
  struct mt_rect r = mt_table_area(ui);
  struct mt_table *t = &ui->table;
  size_t row = t->top + (size_t)(m->y - r.y - 1);
  if (m->x < r.x || m->x >= r.x + r.w || m->y < r.y || m->y >= r.y + r.h || t->len == 0)
    return MT_REACT_NONE;
  if (m->what == MT_MOUSE_UP || m->what == MT_MOUSE_DOWN)
    return MT_REACT_UNHANDLED;
  if (m->y == r.y)
    return m->what == MT_MOUSE_CLICK ? click_heading(ui, m->x) : MT_REACT_NONE;
  if (row >= t->len)
    return MT_REACT_NONE;
  t->cursor = row;
  return m->what == MT_MOUSE_DOUBLE ? open_column(ui, &mt_view_detail) : MT_REACT_DRAW;
}

const struct mt_view mt_view_table = {
    .context = MT_IN_TABLE,
    .covers = true,
    .draw = mt_dashboard_draw,
    .act = table_act,
    .mouse = table_mouse,
    .why_not = table_why_not,
};
