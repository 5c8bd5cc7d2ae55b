/* Where the cells of the page are on the screen, and what they look like. */
#include <string.h>

#include "core/base/text.h"
#include "tui/views/data_private.h"

enum {
  MOST = 32,      /* columns that one takes where there are others, and little room */
  NAME_MOST = 16, /* of its name, where the cells are narrower */
  RESERVED = 2    /* lines below: the status and the keys */
};

static int rows_y(const struct mt_ui *ui)
{
  if (ui->data.at.lines)
    return 1;
  return ui->height >= 14 ? 3 : 2;
}

int mt_data_shown(const struct mt_ui *ui)
{
  int rows = ui->height - rows_y(ui) - RESERVED;

  return rows > 1 ? rows : 1;
}

/* Of the row numbers, with the blanks behind. */
static int gutter_width(const struct mt_ui *ui)
{
  char text[MT_COUNT_TEXT];
  int width =
      (int)strlen(mt_format_count(text, ui->data.at.top + (uint64_t)mt_data_shown(ui)));

  return (width > 3 ? width : 3) + 2;
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
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  const struct mt_name *name = &ui->snap->names[column];
  const char *dtype = ui->snap->columns[column].dtype;
  char text[MT_CELL_TEXT_SIZE];
  int width = MT_GRID_LEAST, title;

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

  return d->viewer != NULL && mt_viewer_page(d->viewer)->valid && !d->whole &&
         !mt_viewer_page(d->viewer)->lines;
}

void mt_data_grid(const struct mt_ui *ui, struct mt_grid *g)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p;
  size_t column = at->left;
  int room, x;

  *g = (struct mt_grid){.y = rows_y(ui), .rows = mt_data_shown(ui)};
  g->dtypes = g->y == 3;
  g->gutter = gutter_width(ui);
  if (!page_is_rows(ui))
    return;
  p = mt_viewer_page(ui->data.viewer);
  room = ui->width - g->gutter - 1;
  for (x = g->gutter; g->n < MT_GRID_MOST && column < p->column + p->columns; column++) {
    struct mt_grid_column *c = &g->column[g->n];
    int most = most_width(ui, room), left = ui->width - 1 - x;
    if (column < p->column || left < MT_GRID_LEAST)
      break;
    *c = (struct mt_grid_column){column, x, wanted_width(ui, column),
                                 is_number(ui->snap->columns[column].dtype)};
    if (c->width > most && column + 1 < ui->snap->column_count)
      c->width = most; /* the last one may have what is left */
    if (c->width > left && g->n > 0 && (c->right || left < 8))
      break; /* half a number says nothing */
    if (c->width > left)
      c->width = left;
    x += c->width + MT_GRID_GAP;
    g->n++;
  }
}

const struct mt_page_cell *mt_data_cell(const struct mt_ui *ui, uint64_t row,
                                        size_t column)
{
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);

  if (!p->valid || p->lines || row < p->row || row - p->row >= p->rows ||
      column < p->column || column - p->column >= p->columns)
    return NULL;
  return &p->cell[(size_t)(row - p->row) * p->columns + (column - p->column)];
}

enum mt_cell_kind mt_data_text(const struct mt_ui *ui, const struct mt_page_cell *cell,
                               size_t column, char dst[MT_CELL_TEXT_SIZE])
{
  return mt_cell_text(mt_viewer_page(ui->data.viewer), cell, ui->session, column, dst);
}

enum mt_cell_kind mt_cell_text(const struct mt_page *p, const struct mt_page_cell *cell,
                               const struct mt_session *session, size_t column,
                               char dst[MT_CELL_TEXT_SIZE])
{
  const uint8_t *text = p->text.data + cell->off;
  bool null = cell->kept == cell->len && session != NULL &&
              mt_session_reads_null(session, column, text, cell->len);
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

/* The first column such that the one under the cursor is seen as a whole, if it can be.
 */
size_t mt_data_fitting_left(const struct mt_ui *ui)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  int room = ui->width - gutter_width(ui) - 1;
  const int most = most_width(ui, room);
  size_t left = at->column;

  if (at->column <= at->left)
    return at->column;
  for (size_t k = at->column;; k--) {
    int width = wanted_width(ui, k);
    room -= (width < most ? width : most) + (k < at->column ? MT_GRID_GAP : 0);
    if (room < 0 && k < at->column)
      break;
    left = k;
    if (k == p->column || k == at->left)
      break;
  }
  return left;
}

bool mt_data_fills_screen(const struct mt_ui *ui)
{
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  const size_t end = p->column + p->columns;
  const struct mt_grid_column *last;
  struct mt_grid g;

  mt_data_grid(ui, &g);
  last = g.n > 0 ? &g.column[g.n - 1] : NULL;
  if (last == NULL || g.column[0].column != ui->data.at.left)
    return false;
  return last->column + 1 < end || end == ui->snap->column_count ||
         last->x + last->width + MT_GRID_GAP + MT_GRID_LEAST > ui->width - 1;
}
