#include "tui/views/data.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/data_private.h"

#define KEEP 512 /* bytes of a cell that are wanted: more than is shown of one */
#define WHOLE_CELL ((size_t)1 << 20)
/* Seconds that an answer may take before the screen is painted without it; how long a key
 * may have to wait for the next look at it; and when it is said that it takes long. */
#define AT_ONCE 0.012
#define STEP 0.015
#define MOMENT 0.1

void mt_data_reset(struct mt_data *d)
{
  mt_viewer_free(d->viewer);
  d->viewer = NULL;
}

uint64_t mt_data_rows(const struct mt_ui *ui, bool *all)
{
  const struct mt_viewer *v = ui->data.viewer;
  uint64_t rows = v == NULL ? UINT64_MAX : mt_viewer_rows(v);

  *all = rows != UINT64_MAX || ui->snap->scan == MT_SCAN_DONE;
  if (rows != UINT64_MAX)
    return rows;
  rows = v == NULL || *all ? ui->snap->rows : mt_viewer_passed(v);
  return rows;
}

/* --- getting the page -------------------------------------------------------- */

static void ask(struct mt_data *d, const struct mt_window *w, bool lines)
{
  d->window = *w;
  d->window_lines = lines;
  d->has_page = false;
  d->asking = true;
  if (lines)
    mt_viewer_lines(d->viewer, w);
  else
    mt_viewer_show(d->viewer, w);
}

static bool asked_for(const struct mt_data *d, const struct mt_window *w, bool lines)
{
  return d->has_page && d->window_lines == lines && d->window.row == w->row &&
         d->window.rows == w->rows && d->window.column == w->column &&
         d->window.columns == w->columns && d->window.keep == w->keep;
}

/* Widths take time to find: not again when nothing has changed. */
static bool still_fits(const struct mt_ui *ui)
{
  const struct mt_data *d = &ui->data;
  const struct mt_spot *at = &d->at, *was = &d->fits;

  return d->has_page && !d->window_lines && at->top == was->top &&
         at->left == was->left && at->column == was->column &&
         ui->width == d->fits_width && ui->height == d->fits_height &&
         ui->snap->rows == d->fits_rows;
}

static void note_fit(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  d->fits = d->at;
  d->fits_width = ui->width;
  d->fits_height = ui->height;
  d->fits_rows = ui->snap->rows;
}

static bool ask_for_rows(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  struct mt_spot *at = &d->at;
  struct mt_window w = {at->top, (size_t)mt_data_shown(ui), at->left,
                        (size_t)(ui->width / (MT_GRID_LEAST + MT_GRID_GAP)) + 1, KEEP};

  if (still_fits(ui))
    return false;
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
    at->left = mt_data_fitting_left(ui);
    w.column = at->left;
    if ((at->left >= d->window.column && mt_data_fills_screen(ui)) ||
        asked_for(d, &w, false)) {
      note_fit(ui);
      return false;
    }
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
    w = (struct mt_window){d->at.line_top, (size_t)mt_data_shown(ui), d->at.skip, 1,
                           4 * (size_t)ui->width + 4};
  else
    return ask_for_rows(ui);
  if (asked_for(d, &w, d->at.lines && !d->whole))
    return false;
  ask(d, &w, d->at.lines && !d->whole);
  return true;
}

/* A byte far to the right is seen all the same, as is one to the left. */
static void turn_to_byte(struct mt_ui *ui, const struct mt_page *p)
{
  struct mt_spot *at = &ui->data.at;
  const size_t width = (size_t)ui->width;

  if (at->byte == UINT64_MAX || at->line < p->row || at->line - p->row >= p->rows)
    return;
  const size_t r = (size_t)(at->line - p->row);
  const uint64_t begin = p->at[r].byte;
  if (at->byte < begin || at->byte > begin + p->cell[r].len)
    return;
  const size_t far = (size_t)(at->byte - begin);
  if (far > at->skip + width * 2 / 3 || far < at->skip)
    at->skip = far > width * 2 / 3 ? far - width / 3 : 0;
}

/* The page may end before the cursor, where it is not known what the file's end is. */
static void page_came(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  const struct mt_page *p = mt_viewer_page(d->viewer);
  uint64_t *top = d->at.lines ? &d->at.line_top : &d->at.top;
  uint64_t *cursor = d->at.lines ? &d->at.line : &d->at.row;

  d->has_page = true;
  d->asking = false;
  d->fits_width = 0;
  if (d->whole)
    return;
  if (d->at.lines && d->errand == MT_ERRAND_GO)
    turn_to_byte(ui, p);
  d->errand = MT_ERRAND_NONE;
  if (p->row < d->window.row)
    d->window.row = *top = p->row;
  if (p->end && p->rows > 0 && *cursor - p->row >= p->rows)
    *cursor = p->row + p->rows - 1;
  d->before = d->window;
  d->before_lines = d->window_lines;
  d->has_before = true;
  d->back = d->at;
}

/* The page may have it already, and then none comes. */
static void show_found_line(struct mt_ui *ui, const struct mt_found *f)
{
  struct mt_data *d = &ui->data;
  const struct mt_page *p = mt_viewer_page(d->viewer);

  d->at.line = f->line;
  d->at.byte = f->byte;
  d->at.bytes = d->find.len;
  mt_data_center(ui);
  d->errand = MT_ERRAND_GO;
  if (p->valid && p->lines)
    turn_to_byte(ui, p);
}

static void search_ended(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;
  const struct mt_found *f = mt_viewer_found(d->viewer);
  char text[120];

  d->errand = MT_ERRAND_NONE;
  if (f->found && d->at.lines) {
    show_found_line(ui, f);
    return;
  }
  if (f->found) {
    d->at.row = f->row;
    d->at.column = f->column;
    mt_data_center(ui);
    return;
  }
  mt_sanitise(text, sizeof text, d->find.text, d->find.len, 30);
  mt_ui_say(ui, MT_ROLE_WARN, "\"%s\" is not %s; %s looks the other way", text,
            d->step > 0   ? "between here and the end of the file"
            : d->at.lines ? "between the first line and here"
                          : "between the first row and here",
            d->step > 0 ? "N" : "n");
}

static void located(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  d->errand = MT_ERRAND_NONE;
  d->at.row = mt_viewer_found(d->viewer)->row;
  mt_data_center(ui);
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
  if (mt_viewer_error(d->viewer)->code == 0)
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

/* Whether what is wanted is still on its way, when it has had its time to come. */
static bool must_wait(struct mt_viewer *v)
{
  double left = AT_ONCE - mt_viewer_waited(v);

  return mt_viewer_wait(v, left > 0 ? left : 0);
}

void mt_data_follow(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  if (d->errand == MT_ERRAND_NONE)
    mt_data_scroll(ui); /* on a smaller screen */
  if (!mt_viewer_busy(d->viewer) ? d->errand <= MT_ERRAND_GO : outdated(d))
    (void)!ask_for_page(ui);
  for (int i = 0; i < 4; i++) { /* a page, and others that its widths ask for */
    if (must_wait(d->viewer) || failed(d))
      return;
    settle(ui);
    if (!ask_for_page(ui))
      break;
  }
  mt_viewer_check(d->viewer); /* for the next time */
}

bool mt_data_work(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  if (!mt_viewer_busy(d->viewer))
    return false;
  if (!mt_viewer_wait(d->viewer, STEP))
    mt_data_follow(ui);
  return mt_viewer_busy(d->viewer);
}

bool mt_data_waits(const struct mt_data *d)
{
  return mt_viewer_waited(d->viewer) >= MOMENT;
}

bool mt_data_cancel(struct mt_ui *ui)
{
  struct mt_data *d = &ui->data;

  if (d->viewer == NULL || !mt_viewer_busy(d->viewer))
    return false;
  mt_viewer_cancel(d->viewer);
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
