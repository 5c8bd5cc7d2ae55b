/* Where the cursor of the data view goes. */
#include <string.h>

#include "core/base/text.h"
#include "tui/views/data_private.h"

void mt_data_scroll(struct mt_ui *ui)
{
  struct mt_spot *at = &ui->data.at;
  const uint64_t shown = (uint64_t)mt_data_shown(ui);
  uint64_t *top = at->lines ? &at->line_top : &at->top;
  uint64_t cursor = at->lines ? at->line : at->row;

  if (cursor < *top)
    *top = cursor;
  else if (cursor - *top >= shown)
    *top = cursor - shown + 1;
}

void mt_data_center(struct mt_ui *ui)
{
  struct mt_spot *at = &ui->data.at;
  const uint64_t shown = (uint64_t)mt_data_shown(ui), above = shown / 3;
  uint64_t rows;
  bool all;

  if (at->lines) {
    if (at->line < at->line_top || at->line - at->line_top >= shown)
      at->line_top = at->line > above ? at->line - above : 1;
    return;
  }
  if (at->row >= at->top && at->row - at->top < shown)
    return;
  rows = mt_data_rows(ui, &all);
  at->top = at->row > above ? at->row - above : 0;
  if (all && at->top + shown > rows)
    at->top = rows > shown ? rows - shown : 0;
}

/* --- moving ------------------------------------------------------------------------- */

static void depart(struct mt_data *d, enum mt_errand errand)
{
  if (d->has_page)
    d->back = d->at;
  d->errand = errand;
  d->asking = false;
}

void mt_data_go(struct mt_ui *ui, uint64_t row)
{
  struct mt_data *d = &ui->data;
  bool all;
  uint64_t rows = mt_data_rows(ui, &all);

  depart(d, MT_ERRAND_GO);
  mt_viewer_cancel(d->viewer);
  if (d->at.lines)
    d->at.line = row + 1;
  else
    d->at.row = !all || row < rows ? row : rows > 0 ? rows - 1 : 0;
  mt_data_center(ui);
}

/* While a scan runs, to the last row that it has passed; it is soon farther. */
static void go_last(struct mt_ui *ui)
{
  bool all;
  uint64_t rows = mt_data_rows(ui, &all);

  if (all || ui->snap->scan != MT_SCAN_RUNNING) {
    mt_data_go(ui, UINT64_MAX - (uint64_t)mt_data_shown(ui));
    return;
  }
  mt_ui_say(ui, MT_ROLE_TEXT, "the last row read so far: the scan goes on");
  mt_data_go(ui, rows > 0 ? rows - 1 : 0);
}

static bool move_among_lines(struct mt_ui *ui, enum mt_action action)
{
  struct mt_spot *at = &ui->data.at;
  size_t line = (size_t)at->line - 1, shown = (size_t)mt_data_shown(ui);
  const size_t step = (size_t)(ui->width / 3) + 1;

  switch (action) {
  case MT_ACTION_LEFT:
    at->skip = at->skip > step ? at->skip - step : 0;
    return true;
  case MT_ACTION_RIGHT:
    at->skip += step;
    return true;
  case MT_ACTION_ROW_BEGIN:
    at->skip = 0;
    return true;
  case MT_ACTION_LAST:
    depart(&ui->data, MT_ERRAND_GO);
    at->line = UINT64_MAX - shown;
    at->line_top = at->line;
    return true;
  default:
    if (!mt_list_move(&line, SIZE_MAX / 2, shown, action))
      return false;
    at->line = line + 1;
    return true;
  }
}

static bool move_among_columns(struct mt_ui *ui, enum mt_action action)
{
  struct mt_spot *at = &ui->data.at;
  const size_t last = ui->snap->column_count - 1;
  struct mt_grid g;
  size_t page;

  mt_data_grid(ui, &g);
  page = g.n > 1 ? g.n - 1 : 1;
  switch (action) {
  case MT_ACTION_LEFT:
    at->column -= at->column > 0;
    return true;
  case MT_ACTION_RIGHT:
    at->column += at->column < last;
    return true;
  case MT_ACTION_ROW_BEGIN:
    at->column = 0;
    return true;
  case MT_ACTION_ROW_END:
    at->column = last;
    return true;
  case MT_ACTION_PAGE_LEFT:
    at->column = at->column > page ? at->column - page : 0;
    return true;
  case MT_ACTION_PAGE_RIGHT:
    at->column = last - at->column > page ? at->column + page : last;
    return true;
  default:
    return false;
  }
}

bool mt_data_move(struct mt_ui *ui, enum mt_action action)
{
  struct mt_data *d = &ui->data;
  bool all, moved = true;
  uint64_t rows = mt_data_rows(ui, &all);
  size_t row = (size_t)d->at.row;

  if (d->at.lines) {
    moved = move_among_lines(ui, action);
  } else if (action == MT_ACTION_LAST) {
    go_last(ui);
  } else if (!move_among_columns(ui, action)) {
    moved = mt_list_move(&row, all ? (size_t)rows : SIZE_MAX / 2,
                         (size_t)mt_data_shown(ui), action);
    d->at.row = row;
  }
  if (moved && action != MT_ACTION_LAST)
    mt_data_scroll(ui);
  return moved;
}

/* The byte of the cursor's line that a search among lines begins at: what stands out
 * there, or behind it; 0: the line's first. */
static uint64_t find_from(const struct mt_ui *ui, bool behind)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);

  if (!p->lines || at->line < p->row || at->line - p->row >= p->rows)
    return 0;
  const size_t r = (size_t)(at->line - p->row);
  const uint64_t begin = p->at[r].byte;
  const bool marked = at->byte >= begin && at->byte - begin <= p->cell[r].len;
  return marked ? at->byte + behind : 0;
}

void mt_data_find(struct mt_ui *ui, int step, bool behind)
{
  struct mt_data *d = &ui->data;
  const bool after = step > 0 && behind;
  int rc;

  depart(d, MT_ERRAND_SEARCH);
  d->step = step;
  if (d->at.lines)
    rc = mt_viewer_find(d->viewer, d->find.text, d->find.len, d->at.line,
                        find_from(ui, after), step);
  else
    rc = mt_viewer_search(d->viewer, d->find.text, d->find.len, d->at.row,
                          d->at.column + after, step);
  if (rc != 0) {
    d->errand = MT_ERRAND_NONE; /* nothing was asked for: no old answer is its answer */
    mt_ui_say(ui, MT_ROLE_BAD, "out of memory");
  }
}

static void locate(struct mt_ui *ui, uint64_t line)
{
  depart(&ui->data, MT_ERRAND_LOCATE);
  mt_viewer_locate(ui->data.viewer, line);
}

static void show_line(struct mt_ui *ui, uint64_t line, uint64_t byte)
{
  struct mt_spot *at = &ui->data.at;

  depart(&ui->data, MT_ERRAND_GO);
  mt_viewer_cancel(ui->data.viewer);
  at->lines = true;
  at->line = line;
  at->byte = byte;
  at->bytes = 1;
  at->skip = 0;
  at->line_top = UINT64_MAX;
  mt_data_center(ui);
}

void mt_data_switch(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  const struct mt_page *p = mt_viewer_page(d->viewer);
  const struct mt_page_cell *cell = mt_data_cell(ui, d->at.row, d->at.column);

  if (d->at.lines) {
    d->at.lines = false;
    locate(ui, d->at.line);
  } else if (cell != NULL) {
    show_line(ui, p->at[d->at.row - p->row].line, cell->byte);
  }
}

/* --- opening ----------------------------------------------------------------- */

/* Whether there are rows to be shown. */
static bool ready(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  struct mt_error err = {0};

  if (ui->session == NULL || ui->snap->column_count == 0)
    return false;
  if (d->viewer == NULL && mt_session_browse(ui->session, &d->viewer, &err) != 0) {
    mt_ui_say_error(ui, &err);
    return false;
  }
  d->count = 0;
  d->whole = d->has_page = d->has_before = d->asking = false;
  d->errand = MT_ERRAND_NONE;
  d->at.lines = false;
  d->at.byte = UINT64_MAX;
  mt_viewer_cancel(d->viewer);
  if (!mt_ui_has(ui, &mt_view_data))
    mt_ui_push(ui, &mt_view_data);
  while (mt_ui_top(ui) != &mt_view_data) /* a cell, its help */
    mt_ui_pop(ui);
  return true;
}

unsigned mt_data_open(struct mt_ui *ui, size_t column)
{
  if (ready(ui))
    ui->data.at.column = column;
  return MT_REACT_DRAW;
}

unsigned mt_data_open_row(struct mt_ui *ui, size_t column, uint64_t row)
{
  if (!ready(ui))
    return MT_REACT_DRAW;
  ui->data.at.column = column;
  mt_data_go(ui, row);
  return MT_REACT_DRAW;
}

unsigned mt_data_open_at(struct mt_ui *ui, size_t column, const struct mt_place *place)
{
  if (!ready(ui))
    return MT_REACT_DRAW;
  ui->data.at.column = column;
  locate(ui, place->line);
  return MT_REACT_DRAW;
}

unsigned mt_data_open_lines(struct mt_ui *ui, size_t column, uint64_t line, uint64_t byte)
{
  if (!ready(ui))
    return MT_REACT_DRAW;
  ui->data.at.column = column;
  show_line(ui, line, byte);
  return MT_REACT_DRAW;
}
