/* The lines of the file as they are: every byte can be seen, and which ones part fields.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

enum { PIECE = 1024 };

static int gutter_width(const struct mt_ui *ui, int rows)
{
  char text[MT_COUNT_TEXT];
  int width = (int)strlen(
      mt_format_count(text, ui->data.at.line_top + (uint64_t)(rows > 0 ? rows : 1)));

  return (width < 3 ? 3 : width) + 2;
}

/* What of the line stands out. */
static bool is_marked(const struct mt_spot *at, uint64_t byte)
{
  return byte >= at->byte && byte - at->byte < at->bytes;
}

/* Writes s[0..n), which lies at byte `begin` of the file; whether all of it fits. */
static bool write_bytes(struct mt_pen *pen, const uint8_t *s, size_t n, uint64_t begin,
                        uint8_t delimiter, const struct mt_spot *at)
{
  char text[PIECE];
  size_t used;

  for (size_t i = 0; i < n; i += used) {
    const bool mark = is_marked(at, begin + i), part = !mark && s[i] == delimiter;
    size_t end = i + 1;
    while (!part && end < n && is_marked(at, begin + end) == mark &&
           (mark || s[end] != delimiter))
      end++;
    mt_sanitise_part(text, sizeof text, s + i, end - i, (size_t)(pen->end - pen->x),
                     &used);
    mt_pen_write(pen,
                 mark   ? MT_ROLE_SELECTED
                 : part ? MT_ROLE_KEY
                        : MT_ROLE_TEXT,
                 "%s", text);
    if (used < end - i && strlen(text) + 16 < sizeof text)
      return false;
  }
  return true;
}

static void draw_line(const struct mt_ui *ui, struct mt_pen *pen, size_t r)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  const struct mt_page_cell *cell = &p->cell[r];
  const uint8_t *s = p->text.data + cell->off;
  size_t n = cell->kept;
  uint64_t begin = cell->byte + p->column;

  for (int i = 0; i < 3 && p->column > 0 && n > 0 && (*s & 0xc0) == 0x80; i++) {
    s++; /* the rest of a character that begins to the left */
    n--;
    begin++;
  }
  if (pen->x >= pen->end)
    return;
  if (!write_bytes(pen, s, n, begin, (uint8_t)ui->schema->delimiter, at) ||
      cell->len > p->column + cell->kept)
    mt_canvas_text(pen->canvas, pen->end, pen->y, 1, MT_ROLE_DIM,
                   pen->canvas->glyphs->ellipsis);
}

void mt_lines_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  int gutter = gutter_width(ui, r.h);
  char count[MT_COUNT_TEXT];

  for (int i = 0; i < r.h; i++) {
    const uint64_t line = at->line_top + (uint64_t)i;
    if (!p->valid || !p->lines || line < p->row || line - p->row >= p->rows)
      continue;
    struct mt_pen pen = {c, gutter, r.y + i, c->width - 1}; /* and room for dots */
    mt_canvas_right(c, 0, r.y + i, gutter - 2,
                    line == at->line ? MT_ROLE_SELECTED : MT_ROLE_DIM,
                    mt_format_count(count, line));
    draw_line(ui, &pen, (size_t)(line - p->row));
  }
}

void mt_lines_draw_facts(const struct mt_ui *ui, struct mt_pen *pen)
{
  const struct mt_spot *at = &ui->data.at;
  const struct mt_page *p = mt_viewer_page(ui->data.viewer);
  char count[MT_COUNT_TEXT];

  if (!p->valid || !p->lines || at->line < p->row || at->line - p->row >= p->rows)
    return;
  const struct mt_page_cell *cell = &p->cell[at->line - p->row];
  mt_pen_fit(pen, MT_ROLE_DIM, "begins at byte ");
  mt_pen_fit(pen, MT_ROLE_TEXT, "%s", mt_format_count(count, cell->byte));
  mt_pen_fit(pen, MT_ROLE_TEXT, "   %s byte%s", mt_format_count(count, cell->len),
             cell->len == 1 ? "" : "s");
  if (at->skip > 0)
    mt_pen_fit(pen, MT_ROLE_DIM, "   the first %s to the left",
               mt_format_count(count, at->skip));
  if (at->byte != UINT64_MAX)
    mt_pen_fit(pen, MT_ROLE_DIM, "   marked: byte %s", mt_format_count(count, at->byte));
}
