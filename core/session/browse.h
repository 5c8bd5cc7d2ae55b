/* What a person looks at in a dataset: pages of rows or of lines anywhere in it, the row
 * at a place, texts looked for in cells and in lines.
 *
 *   mt_browser_new
 *   mt_browser_show, _lines, _locate, _search, _find
 *                              what is wanted; what was is given up
 *   mt_browser_work            a few milliseconds at a time, until it is done
 *   mt_browser_page, _found    what came of it
 *   mt_browser_free            before its session or reader
 *
 * One thread, which is that of a viewer (viewer.h) where a person waits; a scan may run
 * behind.  Memory is bounded by the page that was asked for and by one block of rows. */
#ifndef MT_CORE_BROWSE_H
#define MT_CORE_BROWSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/cells/reader.h"
#include "core/session/marks.h"

/* What is to be seen.  Of lines, `row` is the number of the first one, and `column` the
 * bytes of each that lie to the left of the window. */
struct mt_window {
  uint64_t row; /* beyond the end: the last `rows` ones */
  size_t rows;
  size_t column, columns;
  size_t keep; /* bytes of each cell, or line */
};

struct mt_page_cell {
  size_t off, kept; /* its beginning: page.text.data[off .. off + kept) */
  size_t len;       /* all of it */
  uint64_t byte;    /* where it is in the decoded file (chunk.h says how exactly) */
  bool quoted;
};

struct mt_page_row {
  uint64_t line, byte; /* where it begins */
};

struct mt_page {
  bool valid;
  bool lines;   /* of lines: cells are lines, one column */
  uint64_t row; /* of the dataset, from 0; or the first line, from 1 */
  size_t rows;
  size_t column, columns;
  bool end;                  /* nothing is behind the last one */
  struct mt_page_row *at;    /* rows entries; owned */
  struct mt_page_cell *cell; /* cell[row * columns + column]; owned */
  struct mt_buffer text;
};

void mt_page_init(struct mt_page *p);
void mt_page_reset(struct mt_page *p);

struct mt_found {
  bool found;
  uint64_t row;
  /* Of a search alone: where the row begins, and the cell.  Among lines: the line, and
   * where in the file the text is. */
  size_t column;
  uint64_t line, byte;
};

struct mt_browser;

/* Borrows both.  ESPIPE where the rows of a pipe are gone, and what reading gives. */
int mt_browser_new(struct mt_browser **out, const struct mt_reader *reader,
                   struct mt_marks *marks, struct mt_error *err) MT_MUST_CHECK;
void mt_browser_free(struct mt_browser *b);

void mt_browser_show(struct mt_browser *b, const struct mt_window *w);
void mt_browser_lines(struct mt_browser *b, const struct mt_window *w);
/* The row that a line belongs to: the last one that begins there or before. */
void mt_browser_locate(struct mt_browser *b, uint64_t line);
/* In reading order, the first cell that holds the text, from a cell on (step 1), or the
 * last one before a cell (-1); column: up to one behind the last, where a row ends.  Case
 * counts only for letters given in capitals, of ASCII.  0 or ENOMEM. */
int mt_browser_search(struct mt_browser *b, const char *text, size_t n, uint64_t row,
                      size_t column, int step) MT_MUST_CHECK;
/* The same in the lines of the file as they are: the first place of the text from a byte
 * of a line on, or the last one before it; byte 0: the line's beginning. */
int mt_browser_find(struct mt_browser *b, const char *text, size_t n, uint64_t line,
                    uint64_t byte, int step) MT_MUST_CHECK;

/* Works for about so many seconds; whether there is more to do. */
bool mt_browser_work(struct mt_browser *b, double seconds);
bool mt_browser_busy(const struct mt_browser *b);
/* Gives up what was wanted. */
void mt_browser_cancel(struct mt_browser *b);
/* Bytes of the stored file gone through for it, and how many there are at most. */
void mt_browser_progress(const struct mt_browser *b, uint64_t *done, uint64_t *total);

/* The page that was completed last. */
const struct mt_page *mt_browser_page(const struct mt_browser *b);
/* Takes that page, for another one whose room is used again. */
void mt_browser_swap_page(struct mt_browser *b, struct mt_page *other);
/* Of the last locate, search or find that was completed. */
const struct mt_found *mt_browser_found(const struct mt_browser *b);
/* Rows of the dataset, once its end has been met here; else UINT64_MAX. */
uint64_t mt_browser_rows(const struct mt_browser *b);
/* Rows that are known to be there. */
uint64_t mt_browser_passed(const struct mt_browser *b);
/* Why nothing more can be seen, for one because the file has changed; code 0: nothing is
 * wrong.  Looks at the file anew. */
const struct mt_error *mt_browser_error(struct mt_browser *b);

#endif
