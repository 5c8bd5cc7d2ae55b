#include "core/session/browse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/session/browse_private.h"

#define STEP_CELLS ((size_t)256 << 10) /* decoded at a time */
#define STEP_ROWS 65536
#define PAGE_BYTES ((size_t)64 << 20)
#define PAGE_CELLS ((size_t)1 << 20)

/* --- life -------------------------------------------------------------------------- */

void mt_page_init(struct mt_page *p)
{
  *p = (struct mt_page){0};
  mt_buffer_init(&p->text, PAGE_BYTES);
}

void mt_page_reset(struct mt_page *p)
{
  free(p->at);
  free(p->cell);
  mt_buffer_reset(&p->text);
}

int mt_browser_new(struct mt_browser **out, const struct mt_reader *reader,
                   struct mt_marks *marks, struct mt_error *err)
{
  struct mt_browser *b = calloc(1, sizeof *b);
  size_t columns = reader->schema.columns > 0 ? reader->schema.columns : 1;
  int rc;

  *out = NULL;
  if (b == NULL)
    return mt_fail_memory(err);
  b->reader = reader;
  b->marks = marks;
  b->total = b->total_lines = UINT64_MAX;
  mt_block_init(&b->block);
  mt_chunk_init(&b->chunk);
  mt_page_init(&b->page);
  mt_page_init(&b->making);
  b->step_rows = STEP_CELLS / columns;
  if (b->step_rows > STEP_ROWS)
    b->step_rows = STEP_ROWS;
  if (b->step_rows == 0)
    b->step_rows = 1;
  rc = reader->ops->rows != NULL
           ? reader->ops->rows(reader, &b->rows, err)
           : mt_fail(err, ENOTSUP, "rows of this format cannot be shown");
  if (rc != 0) {
    mt_browser_free(b);
    return rc;
  }
  *out = b;
  return 0;
}

void mt_browser_free(struct mt_browser *b)
{
  if (b == NULL)
    return;
  if (b->rows != NULL)
    b->rows->ops->free(b->rows);
  mt_block_reset(&b->block);
  mt_chunk_reset(&b->chunk);
  mt_page_reset(&b->page);
  mt_page_reset(&b->making);
  free(b->raw);
  free(b->search.text);
  free(b->search.raw);
  free(b);
}

/* --- ways to a row ----------------------------------------------------------- */

void mt_browse_note(struct mt_near *n, const struct mt_mark *mark)
{
  n->mark[n->noted++ % MT_NEAR] = *mark;
}

/* The best of *best and those near that are not behind a row, or a line. */
static void find_near(const struct mt_near *n, bool by_line, uint64_t value,
                      struct mt_mark *best)
{
  for (size_t i = 0; i < MT_NEAR && i < n->noted; i++) {
    const struct mt_mark *m = &n->mark[i];
    if ((by_line ? m->line : m->row) <= value && m->byte >= best->byte)
      *best = *m;
  }
}

static void begin(struct mt_browser *b, enum mt_browse_job job)
{
  b->job = job;
  b->arrived = false;
}

void mt_browse_begin_row(struct mt_browser *b, enum mt_browse_job job, uint64_t row)
{
  b->from = b->rows->first;
  (void)mt_marks_by_row(b->marks, row, &b->from);
  find_near(&b->near, false, row, &b->from);
  begin(b, job);
}

void mt_browse_begin_line(struct mt_browser *b, enum mt_browse_job job, uint64_t line)
{
  const struct mt_mark *first = &b->rows->first;

  const bool lines = job == MT_BROWSE_LINES || job == MT_BROWSE_FIND;

  b->from = (struct mt_mark){.line = 1, .before = '\n'};
  if (!lines || first->line <= line)
    b->from = *first;
  (void)mt_marks_by_line(b->marks, line, &b->from);
  find_near(&b->near, true, line, &b->from);
  if (lines) /* where no row need begin */
    find_near(&b->near_lines, true, line, &b->from);
  begin(b, job);
}

int mt_browse_next(struct mt_browser *b, uint64_t max)
{
  struct mt_mark mark;
  int rc = b->rows->ops->next(b->rows, max < b->step_rows ? (size_t)max : b->step_rows,
                              &b->block, &b->error);

  if (rc != 0)
    return rc;
  mark =
      (struct mt_mark){b->block.first_row, b->block.byte, b->block.line, b->block.before};
  if (b->block.rows > 0) {
    mt_marks_note(b->marks, &mark, b->block.rows);
    mt_browse_note(&b->near, &mark);
  } else {
    b->total = b->rows->at.row;
  }
  return 0;
}

int mt_browse_decode(struct mt_browser *b)
{
  return b->reader->ops->decode(b->reader, &b->block, &b->chunk, &b->error);
}

/* --- pages ------------------------------------------------------------------- */

int mt_browse_page_begin(struct mt_browser *b)
{
  const struct mt_window *w = &b->window;
  struct mt_page *p = &b->making;
  size_t cells;

  if (!mt_size_mul(w->rows, w->columns, &cells) || cells > PAGE_CELLS)
    return mt_fail(&b->error, EINVAL, "a page of so many cells is too large");
  free(p->at);
  free(p->cell);
  p->at = mt_alloc(w->rows + 1, sizeof *p->at);
  p->cell = mt_alloc(cells + 1, sizeof *p->cell);
  if (p->at == NULL || p->cell == NULL)
    return mt_fail_memory(&b->error);
  p->lines = b->job == MT_BROWSE_LINES;
  p->row = w->row;
  p->column = w->column;
  p->columns = w->columns;
  p->rows = p->text.len = 0;
  return 0;
}

int mt_browse_page_text(struct mt_browser *b, struct mt_page_cell *cell, const uint8_t *s,
                        size_t n)
{
  struct mt_page *p = &b->making;

  if (n > b->window.keep - cell->kept)
    n = b->window.keep - cell->kept;
  if (n > 0 && mt_buffer_append(&p->text, s, n) != 0)
    return mt_fail_memory(&b->error);
  cell->kept += n;
  return 0;
}

void mt_browse_page_end(struct mt_browser *b, bool end)
{
  struct mt_page was = b->page;

  b->making.end = end;
  b->making.valid = true;
  b->page = b->making;
  b->making = was;
  b->making.valid = false;
  b->job = MT_BROWSE_NONE;
}

/* Puts the rows of the chunk into the page. */
static int add_rows(struct mt_browser *b)
{
  const struct mt_chunk *c = &b->chunk;
  struct mt_page *p = &b->making;
  int rc = 0;

  for (size_t r = 0; r < c->rows && rc == 0; r++, p->rows++) {
    struct mt_page_cell *cell = p->cell + p->rows * p->columns;
    p->at[p->rows] = (struct mt_page_row){mt_chunk_line(c, r), c->byte0 + c->row_byte[r]};
    for (size_t k = 0; k < p->columns && rc == 0; k++, cell++) {
      const struct mt_cell *from = mt_chunk_column(c, p->column + k) + r;
      *cell = (struct mt_page_cell){.off = p->text.len,
                                    .len = from->len,
                                    .byte = mt_chunk_cell_byte(c, r, from),
                                    .quoted = from->quoted};
      rc = mt_browse_page_text(b, cell, c->text + from->off, from->len);
    }
  }
  return rc;
}

/* The row is beyond the end, which has just been met. */
static void back_from_end(struct mt_browser *b)
{
  b->window.row = b->total > b->window.rows ? b->total - b->window.rows : 0;
  mt_browse_begin_row(b, MT_BROWSE_SHOW, b->window.row);
}

static int step_show(struct mt_browser *b)
{
  const struct mt_window *w = &b->window;
  const uint64_t at = b->rows->at.row;
  int rc;

  if (at < w->row) {
    rc = mt_browse_next(b, w->row - at);
    if (rc == 0 && b->block.rows == 0)
      back_from_end(b);
    return rc;
  }
  rc = at == w->row ? mt_browse_page_begin(b) : 0;
  if (rc == 0)
    rc = mt_browse_next(b, w->rows - b->making.rows);
  if (rc == 0 && b->block.rows == 0) {
    if (at == w->row && w->row > 0)
      back_from_end(b);
    else
      mt_browse_page_end(b, true);
    return 0;
  }
  if (rc == 0)
    rc = mt_browse_decode(b);
  if (rc == 0)
    rc = add_rows(b);
  if (rc == 0 && b->making.rows == w->rows)
    mt_browse_page_end(b, w->row + w->rows == b->total);
  return rc;
}

void mt_browser_show(struct mt_browser *b, const struct mt_window *w)
{
  const size_t columns = b->reader->schema.columns;

  b->window = *w;
  if (b->window.column > columns)
    b->window.column = columns;
  if (b->window.columns > columns - b->window.column)
    b->window.columns = columns - b->window.column;
  b->started = false;
  if (w->row >= b->total)
    back_from_end(b);
  else
    mt_browse_begin_row(b, MT_BROWSE_SHOW, w->row);
}

/* --- the row of a line ------------------------------------------------------- */

static int step_locate(struct mt_browser *b)
{
  const struct mt_chunk *c = &b->chunk;
  size_t r = 0;
  int rc = mt_browse_next(b, b->step_rows);

  if (rc != 0)
    return rc;
  if (b->block.rows == 0) { /* the line is in what follows the last row, or before all */
    b->found = (struct mt_found){.found = b->total > 0};
    b->found.row = b->total > 0 ? b->total - 1 : 0;
    b->job = MT_BROWSE_NONE;
    return 0;
  }
  if (b->rows->at.line <= b->line)
    return 0;
  rc = mt_browse_decode(b);
  if (rc != 0)
    return rc;
  while (r + 1 < c->rows && mt_chunk_line(c, r + 1) <= b->line)
    r++;
  b->found = (struct mt_found){.found = true, .row = c->first_row + r};
  if (mt_chunk_line(c, r) > b->line && b->found.row > 0)
    b->found.row--; /* the block begins with the blank lines between the two */
  b->job = MT_BROWSE_NONE;
  return 0;
}

void mt_browser_locate(struct mt_browser *b, uint64_t line)
{
  b->line = line;
  b->found = (struct mt_found){0};
  b->started = false;
  mt_browse_begin_line(b, MT_BROWSE_LOCATE, line);
}

/* --- work -------------------------------------------------------------------- */

static uint64_t consumed(const struct mt_browser *b)
{
  struct mt_reader_progress p = {0};

  b->rows->ops->progress(b->rows, &p);
  return p.bytes;
}

static int step(struct mt_browser *b)
{
  if (!b->arrived) {
    int rc = b->rows->ops->move(b->rows, &b->from, &b->arrived, &b->error);
    if (rc == 0 && (!b->started || consumed(b) < b->begin)) {
      b->started = true;
      b->begin = consumed(b);
    }
    if (rc == 0 && b->arrived)
      b->walk = (struct mt_line_walk){b->from.byte, b->from.line, b->from.byte,
                                      b->from.before == '\r'};
    return rc;
  }
  switch (b->job) {
  case MT_BROWSE_SHOW:
    return step_show(b);
  case MT_BROWSE_LINES:
    return mt_browse_step_lines(b);
  case MT_BROWSE_LOCATE:
    return step_locate(b);
  case MT_BROWSE_FIND:
    return mt_browse_step_find(b);
  default:
    return mt_browse_step_search(b);
  }
}

bool mt_browser_work(struct mt_browser *b, double seconds)
{
  const double end = mt_now() + seconds;

  while (b->job != MT_BROWSE_NONE) {
    if (step(b) != 0)
      mt_browser_cancel(b);
    if (mt_now() >= end)
      break;
  }
  return b->job != MT_BROWSE_NONE;
}

bool mt_browser_busy(const struct mt_browser *b)
{
  return b->job != MT_BROWSE_NONE;
}

void mt_browser_cancel(struct mt_browser *b)
{
  b->job = MT_BROWSE_NONE;
}

void mt_browser_progress(const struct mt_browser *b, uint64_t *done, uint64_t *total)
{
  struct mt_reader_progress p = {0};

  *done = *total = 0;
  if (!b->started)
    return;
  b->rows->ops->progress(b->rows, &p);
  *done = p.bytes > b->begin ? p.bytes - b->begin : 0;
  *total = p.total > b->begin ? p.total - b->begin : 0;
  if (b->job >= MT_BROWSE_SEARCH && b->search.backward && b->rows->direct) {
    *total = b->search.origin;
    *done = *total > b->from.byte ? *total - b->from.byte : 0;
  }
}

const struct mt_page *mt_browser_page(const struct mt_browser *b)
{
  return &b->page;
}

void mt_browser_swap_page(struct mt_browser *b, struct mt_page *other)
{
  struct mt_page page = b->page;

  b->page = *other;
  *other = page;
}

const struct mt_found *mt_browser_found(const struct mt_browser *b)
{
  return &b->found;
}

uint64_t mt_browser_rows(const struct mt_browser *b)
{
  return b->total;
}

uint64_t mt_browser_passed(const struct mt_browser *b)
{
  return mt_marks_rows(b->marks);
}

const struct mt_error *mt_browser_error(struct mt_browser *b)
{
  struct mt_error err = {0};

  if (b->error.code == 0 && b->rows->ops->check(b->rows, &err) != 0)
    b->error = err;
  return &b->error;
}
