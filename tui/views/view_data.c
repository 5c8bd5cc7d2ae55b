/* The rows of the file as a grid, and its keys; what else the view shows is in
 * view_lines.c and view_cell.c. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cells/token.h"
#include "tui/views/view.h"

/* --- drawing ----------------------------------------------------------------- */

bool mt_data_draw_progress(const struct mt_ui *ui, struct mt_pen *pen)
{
  const struct mt_data *d = &ui->data;
  char done[MT_SIZE_PROSE], total[MT_SIZE_PROSE];
  uint64_t bytes, all;

  if (!mt_data_waits(d))
    return false;
  mt_viewer_progress(d->viewer, &bytes, &all);
  if (bytes == 0) {
    mt_pen_write(pen, MT_ROLE_ACCENT, "reading%s", pen->canvas->glyphs->ellipsis);
  } else {
    mt_pen_write(pen, MT_ROLE_ACCENT, "%s",
                 d->errand == MT_ERRAND_SEARCH ? "searched" : "on the way: read");
    mt_pen_write(pen, MT_ROLE_TEXT, " %s", mt_format_size(done, bytes));
    if (all > 0)
      mt_pen_write(pen, MT_ROLE_TEXT, " of %s", mt_format_size(total, all));
  }
  mt_pen_write(pen, MT_ROLE_DIM, "   Esc stops");
  return true;
}

/* What pandas takes a text for. */
static const char *read_as(const struct mt_token *t)
{
  return t->null           ? "read as null"
         : t->integer      ? "an integer"
         : t->is_float     ? "a number"
         : t->boolean >= 0 ? "a truth value"
                           : "text";
}

void mt_data_draw_facts(const struct mt_ui *ui, struct mt_pen *pen,
                        const struct mt_page_cell *cell, uint64_t line)
{
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  char count[MT_COUNT_TEXT];
  struct mt_nulls nulls;
  struct mt_token token;
  bool null = cell->kept == cell->len &&
              mt_session_reads_null(ui->session, ui->data.at.column,
                                    p->text.data + cell->off, cell->len);

  mt_nulls_init(&nulls);
  mt_token_read(&token, p->text.data + cell->off, cell->kept, &nulls, ui->data.at.column);
  token.null = null;
  mt_pen_fit(pen, MT_ROLE_DIM, "line ");
  mt_pen_fit(pen, MT_ROLE_TEXT, "%s", mt_format_count(count, line));
  mt_pen_fit(pen, MT_ROLE_DIM, "   byte ");
  mt_pen_fit(pen, MT_ROLE_TEXT, "%s", mt_format_count(count, cell->byte));
  mt_pen_fit(pen, MT_ROLE_DIM, "   ");
  mt_pen_fit(pen, MT_ROLE_TEXT, "%s byte%s", mt_format_count(count, cell->len),
             cell->len == 1 ? "" : "s");
  mt_pen_fit(pen, null ? MT_ROLE_WARN : MT_ROLE_TEXT, "   %s%s",
             cell->quoted ? "quoted, " : "", read_as(&token));
}

static void draw_status(const struct mt_ui *ui, struct mt_canvas *c, int y)
{
  const struct mt_data *d = &ui->data;
  const struct mt_page *p = mt_viewer_page(d->viewer);
  const struct mt_page_cell *cell = mt_data_cell(ui, d->at.row, d->at.column);
  struct mt_pen pen = {c, 1, y, c->width - 1};
  char count[MT_COUNT_TEXT];

  if (mt_data_draw_progress(ui, &pen))
    return;
  if (d->count > 0) {
    mt_pen_write(&pen, MT_ROLE_INPUT, "%s", mt_format_count(count, d->count));
    mt_pen_write(&pen, MT_ROLE_DIM, "   G goes to that %s", d->at.lines ? "line" : "row");
  } else if (ui->message[0] != '\0') {
    mt_message_draw(ui, c);
  } else if (d->at.lines) {
    mt_lines_draw_facts(ui, &pen);
  } else if (cell != NULL) {
    mt_data_draw_facts(ui, &pen, cell, p->at[d->at.row - p->row].line);
  }
}

static void draw_title(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_data *d = &ui->data;
  char row[MT_COUNT_TEXT], rows[MT_COUNT_TEXT], column[MT_COUNT_TEXT];
  struct mt_pen pen = mt_title_draw(ui, c, d->at.lines ? "lines" : "data");
  bool all;
  uint64_t known = mt_data_rows(ui, &all);

  if (d->at.lines) {
    mt_pen_fit(&pen, MT_ROLE_TEXT, "   line %s", mt_format_count(row, d->at.line));
    return;
  }
  mt_pen_fit(&pen, MT_ROLE_TEXT, "   row %s", mt_format_count(row, d->at.row + 1));
  mt_pen_fit(&pen, all ? MT_ROLE_TEXT : MT_ROLE_WARN, " of %s%s",
             mt_format_count(rows, known), all ? "" : " so far");
  mt_pen_fit(&pen, MT_ROLE_TEXT, "   column %s of %s",
             mt_format_count(column, d->at.column + 1),
             mt_format_count(rows, ui->snap->column_count));
}

/* Left or right in the column, as its cells are. */
static void draw_in(struct mt_canvas *c, const struct mt_grid_column *k, int y,
                    enum mt_role role, const char *text)
{
  if (k->right)
    mt_canvas_right(c, k->x, y, k->width, role, text);
  else
    mt_canvas_text(c, k->x, y, k->width, role, text);
}

static void draw_name(struct mt_canvas *c, const struct mt_grid_column *k, int y,
                      enum mt_role role, const struct mt_name *name)
{
  char text[MT_CELL_TEXT_SIZE];
  size_t used;
  int width;

  mt_sanitise_part(text, sizeof text, name->text, name->len, SIZE_MAX, &used);
  width = mt_canvas_columns(c, text);
  if (used == name->len && width <= k->width)
    draw_in(c, k, y, role, text);
  else
    mt_canvas_name(c, k->x, y, k->width, role, name->text, name->len);
}

static void draw_heading(const struct mt_ui *ui, struct mt_canvas *c,
                         const struct mt_grid *g)
{
  mt_canvas_repeat(c, 0, g->y - 1, c->width, MT_ROLE_HEADING, " ");
  mt_canvas_right(c, 0, g->y - 1, g->gutter - 2, MT_ROLE_HEADING, "row");
  for (size_t i = 0; i < g->n; i++) {
    const struct mt_grid_column *k = &g->column[i];
    const struct mt_column_view *v = &ui->snap->columns[k->column];
    const bool here = k->column == ui->data.at.column;
    enum mt_role role = here ? MT_ROLE_SORTED : MT_ROLE_HEADING;
    char dtype[64];
    draw_name(c, k, 1,
              !g->dtypes ? role
              : here     ? MT_ROLE_ACCENT
                         : MT_ROLE_STRONG,
              &ui->snap->names[k->column]);
    snprintf(dtype, sizeof dtype, "%s%s%s", v->dtype == NULL ? "" : v->dtype,
             v->warn ? " " : "", v->warn ? c->glyphs->warn : "");
    if (g->dtypes)
      draw_in(c, k, 2, role, dtype);
  }
}

static void draw_cell(const struct mt_ui *ui, struct mt_canvas *c,
                      const struct mt_grid_column *k, int y,
                      const struct mt_page_cell *cell)
{
  char text[MT_CELL_TEXT_SIZE + 8];
  bool null = mt_data_text(ui, cell, k->column, text) == MT_CELL_NULL;
  enum mt_role role = null ? MT_ROLE_DIM : MT_ROLE_TEXT;

  if (null && text[0] != '\0')
    strcat(text, " ");
  if (null)
    strcat(text, c->glyphs->null);
  draw_in(c, k, y, role, text);
}

static void draw_rows(const struct mt_ui *ui, struct mt_canvas *c,
                      const struct mt_grid *g)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  char count[MT_COUNT_TEXT];

  for (int i = 0; i < g->rows; i++) {
    const uint64_t row = at->top + (uint64_t)i;
    if (!p->valid || p->lines || row < p->row || row - p->row >= p->rows)
      continue;
    mt_canvas_right(c, 0, g->y + i, g->gutter - 2,
                    row == at->row ? MT_ROLE_STRONG : MT_ROLE_DIM,
                    mt_format_count(count, row + 1));
    for (size_t k = 0; k < g->n; k++) {
      const struct mt_grid_column *column = &g->column[k];
      const struct mt_page_cell *cell = mt_data_cell(ui, row, column->column);
      if (cell != NULL)
        draw_cell(ui, c, column, g->y + i, cell);
      if (row == at->row && column->column == at->column)
        mt_canvas_restyle(c, column->x, g->y + i, column->width, MT_ROLE_SELECTED);
    }
  }
}

/* Why nothing can be seen, in the place of what it would be. */
static bool draw_error(const struct mt_ui *ui, struct mt_canvas *c, int y)
{
  const struct mt_error *err = mt_viewer_error(ui->data.viewer);

  if (err->code == 0)
    return false;
  mt_error_draw(c, (struct mt_rect){2, y + 1, c->width - 4, c->height - y - 4},
                MT_ROLE_BAD, err);
  return true;
}

static void data_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct mt_grid g;

  mt_data_grid(ui, &g);
  draw_title(ui, c);
  if (!draw_error(ui, c, 1)) {
    if (ui->data.at.lines) {
      mt_lines_draw(ui, c, (struct mt_rect){0, g.y, c->width, g.rows});
    } else {
      draw_heading(ui, c, &g);
      draw_rows(ui, c, &g);
    }
    draw_status(ui, c, c->height - 2);
  }
  if (ui->data.typing) {
    mt_canvas_text(c, 1, c->height - 1, 1, MT_ROLE_KEY, "/");
    mt_entry_draw(&ui->data.find, c, 2, c->height - 1, c->width - 3, true);
  } else {
    mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_DATA);
  }
}

/* --- keys -------------------------------------------------------------------- */

static unsigned type_search(struct mt_ui *ui, int key)
{
  struct mt_data *d = &ui->data;

  if (key == MT_KEY_ENTER) {
    d->typing = false;
    if (d->find.len > 0)
      mt_data_find(ui, 1, false);
  } else if (key == MT_KEY_ESC) {
    d->typing = false;
  } else if (!mt_entry_key(&d->find, key)) {
    return MT_REACT_UNHANDLED;
  }
  return MT_REACT_DRAW;
}

/* Digits are the number of a row, or a line, until a key says what for. */
static unsigned data_type(struct mt_ui *ui, int key)
{
  struct mt_data *d = &ui->data;
  const uint64_t count = d->count;

  mt_data_follow(ui); /* several keys may have come at once */
  if (d->typing)
    return type_search(ui, key);
  if (key >= '0' && key <= '9' && (key != '0' || count > 0)) {
    if (count < UINT64_MAX / 100)
      d->count = 10 * count + (uint64_t)(key - '0');
    ui->message[0] = '\0';
    return MT_REACT_DRAW;
  }
  if (key == MT_KEY_BACKSPACE && count > 0) {
    d->count = count / 10;
    return MT_REACT_DRAW;
  }
  d->count = 0;
  if (key == MT_KEY_ESC && (count > 0 || mt_data_cancel(ui)))
    return MT_REACT_DRAW;
  if (count > 0 && mt_action_find(MT_IN_DATA, key) == MT_ACTION_LAST) {
    mt_data_go(ui, count - 1);
    return MT_REACT_DRAW;
  }
  return MT_REACT_UNHANDLED;
}

static unsigned find_again(struct mt_ui *ui, int step)
{
  mt_data_find(ui, step, true);
  return MT_REACT_DRAW;
}

static unsigned data_act(struct mt_ui *ui, enum mt_action action)
{
  struct mt_data *d = &ui->data;

  switch (action) {
  case MT_ACTION_SEARCH:
    mt_entry_set(&d->find, "");
    d->typing = true;
    return MT_REACT_DRAW;
  case MT_ACTION_NEXT:
    return find_again(ui, 1);
  case MT_ACTION_PREVIOUS:
    return find_again(ui, -1);
  case MT_ACTION_EXPAND:
    mt_cell_open(ui);
    return MT_REACT_DRAW;
  case MT_ACTION_RAW:
    mt_data_switch(ui);
    return MT_REACT_DRAW;
  case MT_ACTION_BACK:
    mt_viewer_cancel(d->viewer);
    mt_ui_pop(ui);
    return MT_REACT_DRAW;
  case MT_ACTION_CANCEL:
    return mt_data_cancel(ui) ? MT_REACT_DRAW : MT_REACT_UNHANDLED;
  default:
    return mt_data_move(ui, action) ? MT_REACT_DRAW : MT_REACT_UNHANDLED;
  }
}

static const char *data_why_not(const struct mt_ui *ui, enum mt_action action)
{
  const struct mt_data *d = &ui->data;
  const bool again = action == MT_ACTION_NEXT || action == MT_ACTION_PREVIOUS;

  if (d->at.lines && action == MT_ACTION_EXPAND)
    return "a line has no cells: r shows the rows";
  if (again && d->find.len == 0)
    return "nothing to search for: / begins a search";
  if (action == MT_ACTION_EXPAND && mt_data_cell(ui, d->at.row, d->at.column) == NULL)
    return "this cell has not been read yet";
  return NULL;
}

/* A click takes the cell, two open it. */
static unsigned data_mouse(struct mt_ui *ui, const struct mt_mouse *m)
{
  struct mt_spot *at = &ui->data.at;
  struct mt_grid g;

  mt_data_grid(ui, &g);
  if ((m->what != MT_MOUSE_CLICK && m->what != MT_MOUSE_DOUBLE) || m->y < g.y ||
      m->y >= g.y + g.rows)
    return MT_REACT_UNHANDLED;
  if (at->lines) {
    at->line = at->line_top + (uint64_t)(m->y - g.y);
    return MT_REACT_DRAW;
  }
  for (size_t k = 0; k < g.n; k++) {
    const struct mt_grid_column *column = &g.column[k];
    const uint64_t row = at->top + (uint64_t)(m->y - g.y);
    if (m->x < column->x || m->x >= column->x + column->width ||
        mt_data_cell(ui, row, column->column) == NULL)
      continue;
    at->row = row;
    at->column = column->column;
    return m->what == MT_MOUSE_DOUBLE ? mt_ui_act(ui, MT_ACTION_EXPAND) : MT_REACT_DRAW;
  }
  return MT_REACT_NONE;
}

const struct mt_view mt_view_data = {
    .context = MT_IN_DATA,
    .covers = true,
    .draw = data_draw,
    .act = data_act,
    .type = data_type,
    .mouse = data_mouse,
    .why_not = data_why_not,
    .refresh = mt_data_follow,
    .work = mt_data_work,
};
