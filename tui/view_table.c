/* The table of columns: which of its own columns fit, and one row per column of the
 * dataset.  Also the actions of the dashboard, and the search in it. */
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "tui/plot.h"
#include "tui/view.h"

/* --- what fits ----------------------------------------------------------------- */

enum part { NAME, DTYPE, NULLS, DISTINCT, NOW, BAR, TARGET, AFTER, SAVING, PARTS };

static const struct {
  const char *title;
  enum mt_sort sort;
  bool right;
} headings[PARTS] = {
    [NAME] = {"name", MT_SORT_NAME, false},
    [DTYPE] = {"dtype", MT_SORT_DTYPE, false},
    [NULLS] = {"nulls", MT_SORT_NULLS, true},
    [DISTINCT] = {"distinct", MT_SORT_DISTINCT, true},
    [NOW] = {"now", MT_SORT_NOW, true},
    [BAR] = {"", MT_SORT_COUNT, false},
    [TARGET] = {"suggested", MT_SORT_TARGET, false},
    [AFTER] = {"after", MT_SORT_AFTER, true},
    [SAVING] = {"saving", MT_SORT_SAVING, true},
};

/* What yields when it gets narrow, after the bar, which says again what the numbers
 * say.  The name and the saving stay. */
static const enum part yields[] = {NULLS, DISTINCT, AFTER, DTYPE, TARGET, NOW};

enum { BAR_LEAST = 6, BAR_MOST = 60, NAME_LEAST = 12, NAME_MOST = 36, MARGIN = 2 };

struct columns {
  int width[PARTS]; /* 0: not shown */
  int gap;          /* between two of them */
  bool complete;    /* every part but the bar is shown */
};

static int at_most(int value, int limit)
{
  return value < limit ? value : limit;
}

static int at_least(int value, int limit)
{
  return value > limit ? value : limit;
}

static int text_width(const char *text)
{
  return text == NULL ? 0 : (int)strlen(text);
}

/* The widths that the whole dataset asks for, so that scrolling moves nothing. */
static void natural_widths(const struct mt_snapshot *s, enum mt_sort sort,
                           int width[PARTS])
{
  char text[MT_COUNT_TEXT];
  uint64_t nulls = 0, distinct = 0;
  size_t name = 0;
  int dtype = 0, target = 0;
  for (size_t i = 0; i < s->column_count; i++) {
    const struct mt_column_view *v = &s->columns[i];
    name = s->names[i].len > name ? s->names[i].len : name;
    nulls = v->nulls > nulls ? v->nulls : nulls;
    distinct = v->distinct > distinct ? v->distinct : distinct;
    dtype = at_least(dtype, text_width(v->dtype) + (v->warn ? 2 : 0));
    target = at_least(target, text_width(mt_column_target(v).name));
  }
  width[NAME] = at_least(name > NAME_MOST ? NAME_MOST : (int)name, NAME_LEAST);
  width[DTYPE] = at_least(at_most(dtype, 22), 7);
  width[NULLS] = at_least(text_width(mt_format_count(text, nulls)), 5);
  width[DISTINCT] = at_least(text_width(mt_format_count(text, distinct)) + 1, 8);
  width[NOW] = 6;
  width[BAR] = BAR_LEAST;
  width[TARGET] = at_least(at_most(target, 22), 9) + 2;
  width[AFTER] = 6;
  width[SAVING] = 6;
  for (int p = 0; p < PARTS; p++) /* room for the sign of the order */
    if (headings[p].sort == sort && headings[p].right)
      width[p] = at_least(width[p], text_width(headings[p].title) + 1);
}

static int total_width(const struct columns *cols)
{
  int total = 0;
  for (int p = 0; p < PARTS; p++)
    if (cols->width[p] > 0)
      total += cols->width[p] + (p == NAME ? 0 : cols->gap);
  return total;
}

/* A narrow part may fit where a wide one had to go. */
static void take_back(struct columns *cols, const int natural[PARTS], int room,
                      size_t skip)
{
  for (size_t i = sizeof yields / sizeof *yields; i-- > 0;) {
    enum part p = yields[i];
    if (cols->width[p] > 0 || (size_t)(p - DTYPE) < skip)
      continue;
    cols->width[p] = natural[p];
    if (total_width(cols) > room)
      cols->width[p] = 0;
  }
}

/* skip: headings after the name that were scrolled out. */
static struct columns fit_columns(const struct mt_ui *ui, int room, size_t skip)
{
  struct columns cols = {.gap = 2};
  int natural[PARTS];
  natural_widths(ui->snap, ui->table.sort, natural);
  memcpy(cols.width, natural, sizeof natural);
  int name = cols.width[NAME];
  cols.width[NAME] = at_most(name, NAME_LEAST + 4);
  if (total_width(&cols) > room) {
    cols.gap = 1;
    cols.width[NAME] = at_most(name, NAME_LEAST);
  }
  if (total_width(&cols) > room)
    cols.width[BAR] = 0;
  cols.complete = total_width(&cols) <= room;
  for (size_t i = 0; !cols.complete && i < skip; i++)
    cols.width[DTYPE + i] = 0;
  for (size_t i = 0; i < sizeof yields / sizeof *yields; i++)
    if (total_width(&cols) > room)
      cols.width[yields[i]] = 0;
  take_back(&cols, natural, room, cols.complete ? 0 : skip);
  int left = room - total_width(&cols);
  if (left < 0 || cols.width[BAR] == 0) {
    cols.width[NAME] += left; /* numbers end at the right edge */
  } else {
    int more = at_most(left, name - cols.width[NAME]);
    cols.width[NAME] += more;
    cols.width[BAR] = at_most(BAR_LEAST + left - more, BAR_MOST);
  }
  return cols;
}

/* --- drawing ------------------------------------------------------------------- */

static void draw_heading(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                         const struct columns *cols)
{
  const struct mt_table *t = &ui->table;
  int x = r.x + MARGIN;
  mt_canvas_repeat(c, r.x, r.y, r.w, MT_ROLE_HEADING, " ");
  for (int p = 0; p < PARTS; p++) {
    char title[48];
    int width = cols->width[p];
    if (width == 0)
      continue;
    bool sorted = headings[p].sort == t->sort;
    bool down = t->reverse == (p == NAME || p == DTYPE || p == TARGET);
    enum mt_role role = sorted ? MT_ROLE_SORTED : MT_ROLE_HEADING;
    snprintf(title, sizeof title, "%s%s", headings[p].title,
             !sorted ? ""
             : down  ? c->glyphs->down
                     : c->glyphs->up);
    if (headings[p].right)
      mt_canvas_right(c, x, r.y, width, role, title);
    else
      mt_canvas_text(c, x + (p == TARGET ? 2 : 0), r.y, width, role, title);
    x += width + cols->gap;
  }
}

static const char *saving_text(char dst[16], const struct mt_column_view *v,
                               const struct mt_glyphs *g)
{
  char size[MT_SIZE_CELL];
  int64_t saving = mt_column_saving(v);
  if (saving == 0)
    return "";
  mt_format_size_cell(size, (uint64_t)(saving < 0 ? -saving : saving));
  snprintf(dst, 16, "%s%s", saving < 0 ? g->minus : "", size);
  return dst;
}

static void draw_dtype(struct mt_canvas *c, int x, int y, int width,
                       const struct mt_column_view *v)
{
  struct mt_pen pen = {c, x, y, x + width};
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s", v->dtype == NULL ? "" : v->dtype);
  if (v->warn)
    mt_pen_write(&pen, MT_ROLE_WARN, " %s", c->glyphs->warn);
}

static void draw_target(struct mt_canvas *c, int x, int y, int width,
                        const struct mt_target *target, const struct mt_snapshot *s)
{
  struct mt_pen pen = {c, x, y, x + width};
  if (target->name == NULL)
    return;
  mt_pen_write(&pen, mt_class_role(target->class_, s), "%s ",
               mt_class_mark(target->class_, c->glyphs->ascii));
  mt_pen_write(&pen, target->applied ? MT_ROLE_STRONG : MT_ROLE_TEXT, "%s", target->name);
}

static void draw_part(const struct mt_ui *ui, struct mt_canvas *c, enum part part, int x,
                      int y, int width, size_t column, uint64_t scale)
{
  const struct mt_snapshot *s = ui->snap;
  const struct mt_column_view *v = &s->columns[column];
  struct mt_target target = mt_column_target(v);
  char count[MT_COUNT_TEXT + 1], size[MT_SIZE_CELL], saving[16];
  enum mt_role quiet = target.applied ? MT_ROLE_STRONG : MT_ROLE_TEXT;
  switch (part) {
  case NAME:
    mt_canvas_name(c, x, y, width, quiet, s->names[column].text, s->names[column].len);
    break;
  case DTYPE:
    draw_dtype(c, x, y, width, v);
    break;
  case NULLS:
    mt_canvas_right(c, x, y, width, v->nulls == 0 ? MT_ROLE_DIM : MT_ROLE_TEXT,
                    mt_format_count(count, v->nulls));
    break;
  case DISTINCT:
    count[0] = '~';
    mt_format_count(count + 1, v->distinct);
    mt_canvas_right(c, x, y, width, MT_ROLE_TEXT, count + (v->distinct_exact ? 1 : 0));
    break;
  case NOW:
    mt_canvas_right(c, x, y, width, MT_ROLE_TEXT, mt_format_size_cell(size, v->now));
    break;
  case BAR:
    mt_plot_bar(c, x, y, width, v->changed ? MT_ROLE_AFTER : MT_ROLE_BAR, v->after,
                v->now, scale);
    break;
  case TARGET:
    draw_target(c, x, y, width, &target, s);
    break;
  case AFTER:
    if (target.name != NULL)
      mt_canvas_right(c, x, y, width, quiet, mt_format_size_cell(size, target.bytes));
    break;
  default:
    mt_canvas_right(c, x, y, width,
                    mt_column_saving(v) < 0 ? MT_ROLE_WARN
                                            : mt_class_role(target.class_, s),
                    saving_text(saving, v, c->glyphs));
  }
}

void mt_table_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  const struct mt_table *t = &ui->table;
  struct columns cols = fit_columns(ui, r.w - MARGIN - 1, t->skip);
  uint64_t scale = 1;
  for (size_t i = 0; i < s->column_count; i++) {
    uint64_t most = s->columns[i].now;
    if (s->columns[i].after > most)
      most = s->columns[i].after;
    scale = most > scale ? most : scale;
  }
  if (r.h > 1) {
    draw_heading(ui, c, r, &cols);
    r.y++;
    r.h--;
  }
  for (int row = 0; row < r.h && t->top + (size_t)row < t->len; row++) {
    size_t column = t->order[t->top + (size_t)row];
    int x = r.x + MARGIN, y = r.y + row;
    if (mt_column_edited(&s->columns[column]))
      mt_canvas_text(c, r.x, y, 1, MT_ROLE_GOOD, c->glyphs->applied);
    for (int p = 0; p < PARTS; p++) {
      if (cols.width[p] == 0)
        continue;
      draw_part(ui, c, (enum part)p, x, y, cols.width[p], column, scale);
      x += cols.width[p] + cols.gap;
    }
    if (t->top + (size_t)row == t->cursor)
      mt_canvas_restyle(c, r.x, y, r.w, MT_ROLE_SELECTED);
  }
}

/* --- actions ------------------------------------------------------------------- */

static unsigned say_changed(struct mt_ui *ui, size_t columns, const char *done,
                            const char *nothing)
{
  char count[MT_COUNT_TEXT];
  if (columns == 0)
    mt_ui_say(ui, MT_ROLE_DIM, "%s", nothing);
  else
    mt_ui_say(ui, MT_ROLE_GOOD, "%s %s column%s", done, mt_format_count(count, columns),
              columns == 1 ? "" : "s");
  return MT_REACT_SNAPSHOT;
}

static unsigned step(struct mt_ui *ui,
                     size_t (*move)(struct mt_session *, struct mt_error *),
                     const char *done, const char *nothing)
{
  struct mt_error err = {0};
  size_t columns = move(ui->session, &err);
  if (err.code == 0)
    return say_changed(ui, columns, done, nothing);
  mt_ui_say_error(ui, &err);
  return MT_REACT_SNAPSHOT;
}

static unsigned null_sentinels(struct mt_ui *ui, size_t column)
{
  struct mt_error err = {0};
  if (mt_session_null_sentinels(ui->session, column, &err) != 0)
    mt_ui_say_error(ui, &err);
  else
    mt_ui_say(ui, MT_ROLE_GOOD, "its sentinels are null now; u takes it back");
  return MT_REACT_SNAPSHOT;
}

/* Actions that change the plan; they are the same in the table and in the detail
 * view. */
unsigned mt_plan_act(struct mt_ui *ui, enum mt_action action, size_t column)
{
  if (ui->session == NULL)
    return MT_REACT_NONE;
  switch (action) {
  case MT_ACTION_APPLY:
    return say_changed(ui, mt_session_apply(ui->session, column), "applied to",
                       "nothing to apply: no better dtype is known for this column");
  case MT_ACTION_APPLY_ALL:
    return say_changed(ui, mt_session_apply_all(ui->session, false), "applied to",
                       "nothing left to apply that is exact or equal");
  case MT_ACTION_NULLS:
    return null_sentinels(ui, column);
  case MT_ACTION_UNDO:
    return step(ui, mt_session_undo, "took back the change of", "nothing to undo");
  case MT_ACTION_REDO:
    return step(ui, mt_session_redo, "changed again", "nothing to redo");
  case MT_ACTION_ENGINE: {
    enum mt_engine next = (ui->snap->engine + 1) % MT_ENGINE_COUNT;
    mt_session_set_engine(ui->session, next);
    mt_ui_say(ui, MT_ROLE_TEXT, "memory as %s counts it", mt_engine_title(next));
    return MT_REACT_SNAPSHOT;
  }
  default:
    return MT_REACT_UNHANDLED;
  }
}

static unsigned next_sort(struct mt_ui *ui)
{
  static const char *const names[MT_SORT_COUNT] = {
      "order in the file", "name",         "dtype", "nulls", "distinct", "memory now",
      "suggested dtype",   "memory after", "saving"};
  struct mt_table *t = &ui->table;
  t->sort = (t->sort + 1) % MT_SORT_COUNT;
  t->reverse = false;
  mt_ui_say(ui, MT_ROLE_TEXT, "sorted by %s%s", names[t->sort],
            t->sort == MT_SORT_SAVING && ui->snap->engine == MT_PANDAS2
                ? ", as really freed: equal texts are one object"
                : "");
  return MT_REACT_DRAW;
}

static unsigned scroll_parts(struct mt_ui *ui, int step)
{
  struct mt_layout layout = mt_dashboard_layout(ui->width, ui->height);
  struct mt_table *t = &ui->table;
  int room = layout.table.w - (layout.boxes ? 2 : 0) - MARGIN - 1;
  if (fit_columns(ui, room, 0).complete)
    t->skip = 0;
  else if (step < 0 && t->skip > 0)
    t->skip--;
  else if (step > 0 && t->skip < TARGET - DTYPE)
    t->skip++;
  return MT_REACT_DRAW;
}

static unsigned search_again(struct mt_ui *ui, int step)
{
  struct mt_table *t = &ui->table;
  if (t->len == 0)
    return MT_REACT_NONE;
  size_t from = (t->cursor + (step > 0 ? 1 : t->len - 1)) % t->len;
  if (ui->search.len == 0)
    mt_ui_say(ui, MT_ROLE_DIM, "nothing to search for: / begins a search");
  else if (!mt_table_search(t, ui->snap->names, ui->search.text, from, step))
    mt_ui_say(ui, MT_ROLE_WARN, "no column of that name");
  return MT_REACT_DRAW;
}

static unsigned act_on_column(struct mt_ui *ui, enum mt_action action)
{
  if (ui->table.len == 0)
    return MT_REACT_NONE;
  if (action == MT_ACTION_DETAIL || action == MT_ACTION_DTYPE) {
    mt_choices_open(ui, mt_table_column(&ui->table));
    mt_ui_push(ui, action == MT_ACTION_DETAIL ? &mt_view_detail : &mt_view_picker);
    return MT_REACT_DRAW;
  }
  return mt_plan_act(ui, action, mt_table_column(&ui->table));
}

static unsigned table_act(struct mt_ui *ui, enum mt_action action)
{
  struct mt_layout layout = mt_dashboard_layout(ui->width, ui->height);
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
    ui->table.reverse = !ui->table.reverse;
    return MT_REACT_DRAW;
  case MT_ACTION_SEARCH:
    mt_entry_set(&ui->search, "");
    ui->search_from = ui->table.cursor;
    mt_ui_push(ui, &mt_view_search);
    return MT_REACT_DRAW;
  case MT_ACTION_NEXT:
    return search_again(ui, 1);
  case MT_ACTION_PREVIOUS:
    return search_again(ui, -1);
  case MT_ACTION_PAUSE:
    return mt_graphs_pause(ui);
  case MT_ACTION_ZOOM:
    mt_ui_push(ui, &mt_view_memory);
    return MT_REACT_DRAW;
  case MT_ACTION_QUIT:
    return mt_ui_quit(ui);
  case MT_ACTION_LEAVE:
    return MT_REACT_DRAW;
  default:
    return act_on_column(ui, action);
  }
}

const struct mt_view mt_view_table = {
    .context = MT_IN_TABLE,
    .covers = true,
    .draw = mt_dashboard_draw,
    .act = table_act,
};

/* --- search -------------------------------------------------------------------- */

static void search_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  int y = c->height - 1;
  mt_canvas_repeat(c, 0, y, c->width, MT_ROLE_TEXT, " ");
  mt_canvas_text(c, 1, y, 1, MT_ROLE_KEY, "/");
  mt_entry_draw(&ui->search, c, 2, y, c->width - 3, true);
}

/* The cursor follows while the text grows. */
static unsigned search_type(struct mt_ui *ui, int key)
{
  if (!mt_entry_key(&ui->search, key))
    return MT_REACT_UNHANDLED;
  ui->table.cursor = ui->search_from < ui->table.len ? ui->search_from : 0;
  ui->message[0] = '\0';
  if (ui->search.len > 0 &&
      !mt_table_search(&ui->table, ui->snap->names, ui->search.text, ui->table.cursor, 1))
    mt_ui_say(ui, MT_ROLE_WARN, "no column of that name");
  return MT_REACT_DRAW;
}

static unsigned search_act(struct mt_ui *ui, enum mt_action action)
{
  if (action == MT_ACTION_LEAVE && ui->table.len > 0)
    ui->table.cursor = ui->search_from < ui->table.len ? ui->search_from : 0;
  if (action != MT_ACTION_LEAVE && action != MT_ACTION_ACCEPT)
    return MT_REACT_UNHANDLED;
  mt_ui_pop(ui);
  return MT_REACT_DRAW;
}

const struct mt_view mt_view_search = {
    .context = MT_IN_SEARCH,
    .draw = search_draw,
    .act = search_act,
    .type = search_type,
};
