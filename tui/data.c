#include "tui/data.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "tui/view.h"

enum {
  KEEP = 512,     /* bytes of a cell that are wanted: more than is shown of one */
  LEAST = 3,      /* columns that one takes */
  MOST = 32,      /* where there are others, and little room */
  NAME_MOST = 16, /* of its name, where the cells are narrower */
  GAP = 2,
  RESERVED = 2 /* lines below: the status and the keys */
};
#define WHOLE_CELL ((size_t)1 << 20)
/* Seconds of work before something is shown, and at a time. */
#define AT_ONCE 0.02
#define STEP 0.015

void mt_data_reset(struct mt_data *d)
{
  mt_browser_free(d->browser);
  d->browser = NULL;
}

uint64_t mt_data_rows(const struct mt_ui *ui, bool *all)
{
  const struct mt_browser *b = ui->data.browser;
  uint64_t rows = b == NULL ? UINT64_MAX : mt_browser_rows(b);

  *all = rows != UINT64_MAX || ui->snap->scan == MT_SCAN_DONE;
  if (rows != UINT64_MAX)
    return rows;
  rows = b == NULL || *all ? ui->snap->rows : mt_browser_passed(b);
  return rows;
}

/* --- where things are ----------------------------------------------------------------
 */

static int digits(uint64_t n)
{
  char text[MT_COUNT_TEXT];

  return (int)strlen(mt_format_count(text, n));
}

static int rows_y(const struct mt_ui *ui)
{
  if (ui->data.at.lines)
    return 1;
  return ui->height >= 14 ? 3 : 2;
}

static int rows_shown(const struct mt_ui *ui)
{
  int rows = ui->height - rows_y(ui) - RESERVED;

  return rows > 1 ? rows : 1;
}

static bool is_number(const char *dtype)
{
  static const char *const names[] = {"int", "uint", "float", "double",
                                      "Int", "UInt", "Float", "decimal"};

  for (size_t i = 0; dtype != NULL && i < sizeof names / sizeof *names; i++)
    if (strncmp(dtype, names[i], strlen(names[i])) == 0)
      return true;
  return false;
}

/* What a column of the page takes at most. */
static int wanted_width(const struct mt_ui *ui, size_t column)
{
  const struct mt_page *p = mt_browser_page(ui->data.browser);
  const struct mt_name *name = &ui->snap->names[column];
  const char *dtype = ui->snap->columns[column].dtype;
  char text[MT_CELL_TEXT_SIZE];
  int width = LEAST, title;

  for (size_t r = 0; r < p->rows; r++) {
    const struct mt_page_cell *cell = mt_data_cell(ui, p->row + r, column);
    if (cell == NULL)
      continue;
    bool null = mt_data_text(ui, cell, column, text) == MT_CELL_NULL;
    int taken = (int)mt_text_width(text) + (null ? 2 + (text[0] != '\0') : 0);
    width = taken > width ? taken : width;
  }
  mt_sanitise(text, sizeof text, name->text, name->len, NAME_MOST);
  title = (int)mt_text_width(text);
  width = title > width ? title : width;
  title = dtype == NULL || ui->height < 14 ? 0 : (int)strlen(dtype);
  title += ui->snap->columns[column].warn ? 2 : 0;
  return title > width ? title : width;
}

/* What one column may take of the room: a third, or its share when there are fewer. */
static int most_width(const struct mt_ui *ui, int room)
{
  const size_t columns = ui->snap->column_count;
  const int most = room / (columns < 3 ? (int)columns : 3);

  return most > MOST ? most : MOST;
}

static bool page_is_rows(const struct mt_ui *ui)
{
  const struct mt_data *d = &ui->data;

  return d->browser != NULL && mt_browser_page(d->browser)->valid && !d->whole &&
         !mt_browser_page(d->browser)->lines;
}

void mt_data_grid(const struct mt_ui *ui, struct mt_grid *g)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p;
  size_t column = at->left;
  int room, x;

  *g = (struct mt_grid){.y = rows_y(ui), .rows = rows_shown(ui)};
  g->dtypes = g->y == 3;
  g->gutter = digits(at->top + (uint64_t)g->rows) + 2;
  if (g->gutter < 5)
    g->gutter = 5;
  if (!page_is_rows(ui))
    return;
  p = mt_browser_page(ui->data.browser);
  room = ui->width - g->gutter - 1;
  for (x = g->gutter; g->n < MT_GRID_MOST && column < p->column + p->columns; column++) {
    struct mt_grid_column *c = &g->column[g->n];
    int most = most_width(ui, room), left = ui->width - 1 - x;
    if (column < p->column || left < LEAST)
      break;
    *c = (struct mt_grid_column){column, x, wanted_width(ui, column),
                                 is_number(ui->snap->columns[column].dtype)};
    if (c->width > most && column + 1 < ui->snap->column_count)
      c->width = most; /* the last one may have what is left */
    if (c->width > left && g->n > 0 && (c->right || left < 8))
      break; /* half a number says nothing */
    if (c->width > left)
      c->width = left;
    x += c->width + GAP;
    g->n++;
  }
}

const struct mt_page_cell *mt_data_cell(const struct mt_ui *ui, uint64_t row,
                                        size_t column)
{
  const struct mt_page *p = mt_browser_page(ui->data.browser);

  if (!p->valid || p->lines || row < p->row || row - p->row >= p->rows ||
      column < p->column || column - p->column >= p->columns)
    return NULL;
  return &p->cell[(size_t)(row - p->row) * p->columns + (column - p->column)];
}

enum mt_cell_kind mt_data_text(const struct mt_ui *ui, const struct mt_page_cell *cell,
                               size_t column, char dst[MT_CELL_TEXT_SIZE])
{
  const struct mt_page *p = mt_browser_page(ui->data.browser);
  const uint8_t *text = p->text.data + cell->off;
  bool null = cell->kept == cell->len && ui->session != NULL &&
              mt_session_reads_null(ui->session, column, text, cell->len);
  size_t n;

  if (null && cell->quoted) { /* pandas takes it for null all the same */
    dst[0] = '"';
    n = 1 + mt_sanitise(dst + 1, MT_CELL_TEXT_SIZE - 2, text, cell->kept, 0);
    memcpy(dst + n, "\"", 2);
  } else {
    mt_sanitise_part(dst, MT_CELL_TEXT_SIZE - 3, text, cell->kept, SIZE_MAX, &n);
    if (n < cell->len)
      strcat(dst, "...");
  }
  return null ? MT_CELL_NULL : MT_CELL_TEXT;
}

/* --- getting the page ----------------------------------------------------------------
 */

static void ask(struct mt_data *d, const struct mt_window *w, bool lines)
{
  d->window = *w;
  d->window_lines = lines;
  d->has_page = false;
  d->asking = true;
  if (lines)
    mt_browser_lines(d->browser, w);
  else
    mt_browser_show(d->browser, w);
}

static bool asked_for(const struct mt_data *d, const struct mt_window *w, bool lines)
{
  return d->has_page && d->window_lines == lines && d->window.row == w->row &&
         d->window.rows == w->rows && d->window.column == w->column &&
         d->window.columns == w->columns && d->window.keep == w->keep;
}

/* The first column such that the one under the cursor is seen as a whole, if it can be.
 */
static size_t fitting_left(const struct mt_ui *ui, const struct mt_grid *g)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p = mt_browser_page(ui->data.browser);
  int room = ui->width - g->gutter - 1;
  const int most = most_width(ui, room);
  size_t left = at->column;

  if (at->column <= at->left)
    return at->column;
  for (size_t k = at->column;; k--) {
    int width = wanted_width(ui, k);
    room -= (width < most ? width : most) + (k < at->column ? GAP : 0);
    if (room < 0 && k < at->column)
      break;
    left = k;
    if (k == p->column || k == at->left)
      break;
  }
  return left;
}

/* Whether the page has all the columns that there is room for. */
static bool fills_screen(const struct mt_ui *ui, const struct mt_grid *g)
{
  const struct mt_page *p = mt_browser_page(ui->data.browser);
  const size_t end = p->column + p->columns;
  const struct mt_grid_column *last = g->n > 0 ? &g->column[g->n - 1] : NULL;

  if (last == NULL || g->column[0].column != ui->data.at.left)
    return false;
  return last->column + 1 < end || end == ui->snap->column_count ||
         last->x + last->width + GAP + LEAST > ui->width - 1;
}

static bool ask_for_rows(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  struct mt_spot *at = &d->at;
  struct mt_window w = {at->top, (size_t)rows_shown(ui), at->left,
                        (size_t)(ui->width / (LEAST + GAP)) + 1, KEEP};
  struct mt_grid g;

  if (w.columns > MT_GRID_MOST)
    w.columns = MT_GRID_MOST;
  if (at->column < at->left)
    w.column = at->column;
  else if (at->column - at->left >= w.columns)
    w.column = at->column - (w.columns - 1);
  if (d->has_page && !d->window_lines && d->window.row == w.row &&
      d->window.rows == w.rows && d->window.keep == w.keep &&
      d->window.columns == w.columns && at->column >= d->window.column &&
      at->column - d->window.column < w.columns) {
    mt_data_grid(ui, &g);
    at->left = fitting_left(ui, &g);
    mt_data_grid(ui, &g);
    if (at->left >= d->window.column && fills_screen(ui, &g))
      return false;
    w.column = at->left;
    if (asked_for(d, &w, false))
      return false;
  }
  ask(d, &w, false);
  return true;
}

/* Asks for what is to be seen; whether that is not there yet. */
static bool ask_for_page(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  struct mt_window w;

  if (d->whole)
    w = (struct mt_window){d->at.row, 1, d->at.column, 1, WHOLE_CELL};
  else if (d->at.lines)
    w = (struct mt_window){d->at.line_top, (size_t)rows_shown(ui), d->at.skip, 1,
                           4 * (size_t)ui->width + 4};
  else
    return ask_for_rows(ui);
  if (asked_for(d, &w, d->at.lines && !d->whole))
    return false;
  ask(d, &w, d->at.lines && !d->whole);
  return true;
}

/* Makes the cursor one of what is shown. */
static void scroll(struct mt_ui *ui)
{
  struct mt_spot *at = &ui->data.at;
  const uint64_t shown = (uint64_t)rows_shown(ui);
  uint64_t *top = at->lines ? &at->line_top : &at->top;
  uint64_t cursor = at->lines ? at->line : at->row;

  if (cursor < *top)
    *top = cursor;
  else if (cursor - *top >= shown)
    *top = cursor - shown + 1;
}

/* The same for a cursor that came from far away: what is around it is seen too. */
static void center(struct mt_ui *ui)
{
  struct mt_spot *at = &ui->data.at;
  const uint64_t shown = (uint64_t)rows_shown(ui), above = shown / 3;
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

/* A byte far to the right is seen all the same. */
static void turn_to_byte(struct mt_ui *ui, const struct mt_page *p)
{
  struct mt_spot *at = &ui->data.at;
  const size_t width = (size_t)ui->width;

  if (at->byte == UINT64_MAX || at->line < p->row || at->line - p->row >= p->rows)
    return;
  const size_t r = (size_t)(at->line - p->row);
  const uint64_t begin = p->at[r].byte;
  if (at->byte <= begin + p->cell[r].len && at->byte > begin + at->skip + width * 2 / 3)
    at->skip = (size_t)(at->byte - begin) - width / 3;
}

/* The page may end before the cursor, where it is not known what the file's end is. */
static void page_came(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  const struct mt_page *p = mt_browser_page(d->browser);
  uint64_t *top = d->at.lines ? &d->at.line_top : &d->at.top;
  uint64_t *cursor = d->at.lines ? &d->at.line : &d->at.row;

  d->has_page = true;
  d->asking = false;
  if (d->whole)
    return;
  if (d->at.lines && d->errand == MT_ERRAND_GO)
    turn_to_byte(ui, p);
  d->errand = MT_ERRAND_NONE;
  if (p->row < d->window.row)
    d->window.row = *top = p->row;
  if (p->rows > 0 && *cursor - p->row >= p->rows)
    *cursor = p->row + p->rows - 1;
  d->before = d->window;
  d->before_lines = d->window_lines;
  d->has_before = true;
  d->back = d->at;
}

static void search_ended(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  const struct mt_found *f = mt_browser_found(d->browser);
  char text[120];

  d->errand = MT_ERRAND_NONE;
  if (f->found) {
    d->at.row = f->row;
    d->at.column = f->column;
    center(ui);
    return;
  }
  mt_sanitise(text, sizeof text, d->find.text, d->find.len, 30);
  mt_ui_say(ui, MT_ROLE_WARN, "\"%s\" is not %s; %s looks the other way", text,
            d->step > 0 ? "between here and the end of the file"
                        : "between the first row and here",
            d->step > 0 ? "N" : "n");
}

static void located(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  d->errand = MT_ERRAND_NONE;
  d->at.row = mt_browser_found(d->browser)->row;
  center(ui);
}

static void settle(struct mt_ui *ui)
{
  switch (ui->data.errand) {
  case MT_ERRAND_LOCATE:
    located(ui);
    break;
  case MT_ERRAND_SEARCH:
    search_ended(ui);
    break;
  default:
    if (ui->data.asking)
      page_came(ui);
  }
}

static bool failed(struct mt_data *d)
{
  if (mt_browser_error(d->browser)->code == 0)
    return false;
  d->errand = MT_ERRAND_NONE;
  return true;
}

/* Whether the page that is on its way is no longer what is to be seen. */
static bool outdated(const struct mt_data *d)
{
  return d->asking && !d->whole &&
         d->window.row != (d->at.lines ? d->at.line_top : d->at.top);
}

void mt_data_follow(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  if (!mt_browser_busy(d->browser) ? d->errand <= MT_ERRAND_GO : outdated(d))
    (void)!ask_for_page(ui);
  for (int i = 0; i < 4; i++) { /* a page, and others that its widths ask for */
    if (mt_browser_work(d->browser, AT_ONCE) || failed(d))
      return;
    settle(ui);
    if (!ask_for_page(ui))
      return;
  }
}

bool mt_data_work(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  if (!mt_browser_busy(d->browser))
    return false;
  if (!mt_browser_work(d->browser, STEP))
    mt_data_follow(ui);
  return mt_browser_busy(d->browser);
}

bool mt_data_cancel(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  if (d->browser == NULL || !mt_browser_busy(d->browser))
    return false;
  mt_browser_cancel(d->browser);
  d->errand = MT_ERRAND_NONE;
  d->asking = false;
  if (!d->has_before) {
    mt_ui_pop(ui);
    return true;
  }
  d->at = d->back;
  d->window = d->before;
  d->window_lines = d->before_lines;
  d->has_page = true;
  return true;
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
  mt_browser_cancel(d->browser);
  if (d->at.lines)
    d->at.line = row + 1;
  else
    d->at.row = !all || row < rows ? row : rows > 0 ? rows - 1 : 0;
  center(ui);
}

/* While a scan runs, to the last row that it has passed; it is soon farther. */
static void go_last(struct mt_ui *ui)
{
  bool all;
  uint64_t rows = mt_data_rows(ui, &all);

  if (all || ui->snap->scan != MT_SCAN_RUNNING) {
    mt_data_go(ui, UINT64_MAX - (uint64_t)rows_shown(ui));
    return;
  }
  mt_ui_say(ui, MT_ROLE_TEXT, "the last row read so far: the scan goes on");
  mt_data_go(ui, rows > 0 ? rows - 1 : 0);
}

static bool move_among_lines(struct mt_ui *ui, enum mt_action action)
{
  struct mt_spot *at = &ui->data.at;
  size_t line = (size_t)at->line - 1, shown = (size_t)rows_shown(ui);
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
    moved = mt_list_move(&row, all ? (size_t)rows : SIZE_MAX / 2, (size_t)rows_shown(ui),
                         action);
    d->at.row = row;
  }
  if (moved && action != MT_ACTION_LAST)
    scroll(ui);
  return moved;
}

void mt_data_find(struct mt_ui *ui, int step, bool behind)
{
  struct mt_data *d = &ui->data;

  depart(d, MT_ERRAND_SEARCH);
  d->step = step;
  if (mt_browser_search(d->browser, d->find.text, d->find.len, d->at.row,
                        d->at.column + (step > 0 && behind), step) != 0)
    mt_ui_say(ui, MT_ROLE_BAD, "out of memory");
}

static void locate(struct mt_ui *ui, uint64_t line)
{
  depart(&ui->data, MT_ERRAND_LOCATE);
  mt_browser_locate(ui->data.browser, line);
}

static void show_line(struct mt_ui *ui, uint64_t line, uint64_t byte)
{
  struct mt_spot *at = &ui->data.at;

  depart(&ui->data, MT_ERRAND_GO);
  mt_browser_cancel(ui->data.browser);
  at->lines = true;
  at->line = line;
  at->byte = byte;
  at->skip = 0;
  at->line_top = UINT64_MAX;
  center(ui);
}

void mt_data_switch(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  const struct mt_page *p = mt_browser_page(d->browser);
  const struct mt_page_cell *cell = mt_data_cell(ui, d->at.row, d->at.column);

  if (d->at.lines) {
    d->at.lines = false;
    locate(ui, d->at.line);
  } else if (cell != NULL) {
    show_line(ui, p->at[d->at.row - p->row].line, cell->byte);
  }
}

/* --- opening -------------------------------------------------------------------------
 */

/* Whether there are rows to be shown. */
static bool ready(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  struct mt_error err = {0};

  if (ui->session == NULL || ui->snap->column_count == 0)
    return false;
  if (d->browser == NULL && mt_session_browse(ui->session, &d->browser, &err) != 0) {
    mt_ui_say_error(ui, &err);
    return false;
  }
  d->count = 0;
  d->whole = d->has_page = d->has_before = d->asking = false;
  d->errand = MT_ERRAND_NONE;
  d->at.lines = false;
  d->at.byte = UINT64_MAX;
  mt_browser_cancel(d->browser);
  if (mt_ui_top(ui) != &mt_view_data)
    mt_ui_push(ui, &mt_view_data);
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
