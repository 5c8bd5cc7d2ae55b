/* One cell of the file as a whole. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

enum { LINE = 2048, HEAD = 3, RESERVED = 1 };

/* One line of the text from *pos on, at most `width` columns wide; a line end in the text
 * ends it as well.  Whether there was one. */
static bool next_line(const uint8_t *s, size_t n, size_t *pos, int width, char dst[LINE])
{
  const uint8_t *end;
  size_t used, len = n - *pos;

  if (*pos >= n)
    return false;
  end = memchr(s + *pos, '\n', len);
  if (end != NULL)
    len = (size_t)(end - (s + *pos)) + 1;
  mt_sanitise_part(dst, LINE, s + *pos, len, (size_t)width, &used);
  if (used < len) { /* better at a blank, unless much would be empty then */
    const uint8_t *blank = memrchr(s + *pos, ' ', used);
    if (blank != NULL && (size_t)(blank - (s + *pos)) > used / 2)
      mt_sanitise_part(dst, LINE, s + *pos, (size_t)(blank - (s + *pos)) + 1,
                       (size_t)width, &used);
  }
  *pos += used > 0 ? used : 1;
  return true;
}

static const struct mt_page_cell *whole_cell(const struct mt_ui *ui)
{
  return mt_data_cell(ui, ui->data.at.row, ui->data.at.column);
}

static int text_width(const struct mt_ui *ui)
{
  return ui->width > 4 ? ui->width - 2 : 2;
}

static size_t lines_shown(const struct mt_ui *ui)
{
  return ui->height > HEAD + RESERVED + 1 ? (size_t)(ui->height - HEAD - RESERVED) : 1;
}

static size_t count_lines(const struct mt_ui *ui)
{
  const struct mt_page_cell *cell = whole_cell(ui);
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  char line[LINE];
  size_t n = 0, pos = 0;

  if (cell == NULL)
    return 0;
  while (next_line(p->text.data + cell->off, cell->kept, &pos, text_width(ui), line))
    n++;
  return n;
}

static size_t last_top(const struct mt_ui *ui)
{
  size_t lines = count_lines(ui), shown = lines_shown(ui);

  return lines > shown ? lines - shown : 0;
}

/* Lines are others on another screen. */
static void cell_refresh(struct mt_ui *ui)
{
  size_t *top = &ui->data.cell_top;

  if (*top > 0 && *top > last_top(ui))
    *top = last_top(ui);
}

static void draw_text(const struct mt_ui *ui, struct mt_canvas *c,
                      const struct mt_page_cell *cell)
{
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  const size_t top = ui->data.cell_top, shown = lines_shown(ui);
  char line[LINE];
  size_t pos = 0;

  if (cell->len == 0)
    mt_canvas_text(c, 1, HEAD, c->width - 2, MT_ROLE_DIM,
                   cell->quoted ? "nothing, in quotes" : "nothing");
  for (size_t i = 0; i < top + shown; i++) {
    if (!next_line(p->text.data + cell->off, cell->kept, &pos, text_width(ui), line))
      return;
    if (i >= top)
      mt_canvas_text(c, 1, HEAD + (int)(i - top), c->width - 1, MT_ROLE_TEXT, line);
  }
}

static void cell_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_data *d = &ui->data;
  const struct mt_name *name = &ui->snap->names[d->at.column];
  const struct mt_column_view *v = &ui->snap->columns[d->at.column];
  const struct mt_page_cell *cell = whole_cell(ui);
  const struct mt_page *p = mt_viewer_page(d->viewer);
  char count[MT_COUNT_TEXT], size[MT_SIZE_PROSE];
  struct mt_pen pen = {c, 0, 0, c->width - 1};

  mt_pen_write(&pen, MT_ROLE_BRAND, " cell ");
  mt_pen_write(&pen, MT_ROLE_TEXT, "  ");
  mt_pen_name(&pen, c->width / 3, MT_ROLE_STRONG, name->text, name->len);
  mt_pen_fit(&pen, MT_ROLE_TEXT, "   row %s", mt_format_count(count, d->at.row + 1));
  if (v->dtype != NULL)
    mt_pen_fit(&pen, MT_ROLE_DIM, "   in a column of %s", v->dtype);
  if (v->changed && v->planned != NULL)
    mt_pen_fit(&pen, MT_ROLE_DIM, ", planned %s", v->planned);
  pen = (struct mt_pen){c, 1, 1, c->width - 1};
  if (cell == NULL) {
    (void)mt_data_draw_progress(ui, &pen);
  } else {
    mt_data_draw_facts(ui, &pen, cell, p->at[d->at.row - p->row].line);
    if (cell->kept < cell->len && !mt_viewer_busy(d->viewer))
      mt_pen_fit(&pen, MT_ROLE_WARN, "   the first %s of it",
                 mt_format_size(size, cell->kept));
    draw_text(ui, c, cell);
  }
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_CELL);
}

static unsigned cell_act(struct mt_ui *ui, enum mt_action action)
{
  struct mt_data *d = &ui->data;

  if (mt_list_move(&d->cell_top, last_top(ui) + 1, lines_shown(ui), action))
    return MT_REACT_DRAW;
  if (action != MT_ACTION_BACK &&
      !(action == MT_ACTION_CANCEL && mt_viewer_busy(d->viewer)))
    return MT_REACT_UNHANDLED;
  mt_viewer_cancel(d->viewer);
  d->whole = d->has_page = d->asking = false;
  mt_ui_pop(ui);
  return MT_REACT_DRAW;
}

void mt_cell_open(struct mt_ui *ui)
{
  ui->data.whole = true;
  ui->data.cell_top = 0;
  mt_ui_push(ui, &mt_view_cell);
}

const struct mt_view mt_view_cell = {
    .context = MT_IN_CELL,
    .covers = true,
    .draw = cell_draw,
    .act = cell_act,
    .refresh = cell_refresh,
};
