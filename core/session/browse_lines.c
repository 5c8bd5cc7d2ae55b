/* Lines of the file as they are: LF, CR and CR LF end one. */
#include <stdlib.h>

#include "core/session/browse_private.h"

#define RAW_STEP ((size_t)256 << 10)

/* Adds text[0..n) of the line that is being walked over to the page. */
static int add_text(struct mt_browser *b, const uint8_t *text, size_t n)
{
  struct mt_page *p = &b->making;
  struct mt_page_cell *cell = &p->cell[p->rows];
  size_t left = b->window.column; /* bytes that are not seen */

  if (cell->len < left) {
    left -= cell->len;
    if (left > n)
      left = n;
  } else {
    left = 0;
  }
  cell->len += n;
  return mt_browse_page_text(b, cell, text + left, n - left);
}

/* The line that has begun, or goes on, gets its place in the page. */
static void begin_line(struct mt_browser *b)
{
  struct mt_page *p = &b->making;

  p->at[p->rows] = (struct mt_page_row){b->walk.line, b->walk.start};
  p->cell[p->rows] = (struct mt_page_cell){.off = p->text.len, .byte = b->walk.start};
}

/* What comes next begins a line. */
static void end_line(struct mt_browser *b, bool cr)
{
  struct mt_line_walk *w = &b->walk;

  if (w->line >= b->window.row)
    b->making.rows++;
  w->line++;
  w->start = w->byte;
  w->after_cr = cr;
}

/* Walks over text[0..n), as far as the page goes. */
static int walk(struct mt_browser *b, const uint8_t *text, size_t n)
{
  struct mt_line_walk *w = &b->walk;
  size_t i = 0;

  while (i < n && b->making.rows < b->window.rows) {
    if (w->after_cr) {
      w->after_cr = false;
      if (text[i] == '\n') {
        w->start = ++w->byte;
        i++;
        continue;
      }
    }
    size_t end = i;
    while (end < n && text[end] != '\n' && text[end] != '\r')
      end++;
    if (w->line >= b->window.row) {
      if (w->byte == w->start)
        begin_line(b);
      int rc = add_text(b, text + i, end - i);
      if (rc != 0)
        return rc;
    }
    w->byte += end - i;
    if (end < n) {
      w->byte++;
      end_line(b, text[end] == '\r');
      end++;
    }
    i = end;
  }
  return 0;
}

/* No bytes are left.  A last line need not end. */
static void at_end(struct mt_browser *b)
{
  struct mt_line_walk *w = &b->walk;
  const bool open = w->byte > w->start;

  b->total_lines = w->line - 1 + open;
  if (w->line + open <= b->window.row && b->window.row > 1) { /* beyond the end */
    b->window.row =
        b->total_lines > b->window.rows ? b->total_lines - b->window.rows + 1 : 1;
    mt_browse_begin_line(b, MT_BROWSE_LINES, b->window.row);
    return;
  }
  if (open)
    b->making.rows++;
  mt_browse_page_end(b, true);
}

int mt_browse_step_lines(struct mt_browser *b)
{
  const struct mt_line_walk *w = &b->walk;
  size_t got = 0;
  int rc = 0;

  if (b->raw == NULL)
    b->raw = malloc(RAW_STEP);
  if (b->raw == NULL)
    return mt_fail_memory(&b->error);
  if (w->byte == b->from.byte) /* the first step */
    rc = mt_browse_page_begin(b);
  if (rc == 0)
    rc = b->rows->ops->read(b->rows, b->raw, RAW_STEP, &got, &b->error);
  if (rc == 0 && got > 0)
    rc = walk(b, b->raw, got);
  if (rc != 0)
    return rc;
  if (b->making.rows == b->window.rows)
    mt_browse_page_end(b, b->window.row - 1 + b->window.rows == b->total_lines);
  else if (got == 0)
    at_end(b);
  else if (!w->after_cr && w->line <= b->window.row)
    mt_browse_note(&b->near_lines,
                   &(struct mt_mark){.byte = w->start, .line = w->line, .before = '\n'});
  return 0;
}

void mt_browser_lines(struct mt_browser *b, const struct mt_window *w)
{
  b->window = *w;
  b->window.columns = 1;
  if (b->window.row == 0)
    b->window.row = 1;
  b->started = false;
  mt_browse_begin_line(b, MT_BROWSE_LINES, b->window.row);
}
