/* The data view's state without its looks: which rows and columns of the file are on the
 * screen, where the cursor is, what is on its way.
 *
 *   mt_data_open*      from the table, a blocked dtype, the faults
 *   mt_data_follow     with every snapshot and size: gets the page that is to be seen
 *   mt_data_work       looks again for what takes long (core/session/viewer.h)
 *   mt_data_reset
 *
 * The view shows rows as a grid of cells, or the lines of the file as they are. */
#ifndef MT_TUI_DATA_H
#define MT_TUI_DATA_H

#include "core/column/place.h"
#include "core/session/viewer.h"
#include "tui/action.h"
#include "tui/screen/entry.h"

struct mt_session;
struct mt_ui;

/* What is to be seen, and what of it is under the cursor. */
struct mt_spot {
  bool lines;        /* lines as they are, not rows */
  uint64_t row, top; /* under the cursor; the first one on the screen */
  size_t column, left;
  uint64_t line, line_top; /* the same of lines, from 1 */
  size_t skip;             /* bytes of lines to the left of the screen */
  uint64_t byte;           /* of the file: stands out among lines; UINT64_MAX = none, */
  size_t bytes;            /* and so many from there on */
};

/* What a cursor that moves far is waiting for. */
enum mt_errand { MT_ERRAND_NONE, MT_ERRAND_GO, MT_ERRAND_LOCATE, MT_ERRAND_SEARCH };

struct mt_data {
  struct mt_viewer *viewer; /* NULL: never opened; owned */
  struct mt_spot at;
  struct mt_spot back; /* where one is again when what is on its way is given up */
  enum mt_errand errand;
  struct mt_window window; /* what the page was asked for */
  bool window_lines;
  bool asking;         /* ... and has not come */
  bool has_page;       /* the page is the answer to that */
  struct mt_spot fits; /* where it was found to be all that is to be seen, */
  int fits_width, fits_height;
  uint64_t fits_rows;      /* ... on such a screen, with so many rows scanned */
  struct mt_window before; /* what the last page was asked for that came */
  bool before_lines, has_before;
  bool typing; /* what to look for */
  bool whole;  /* one whole cell is shown, not the page around it */
  size_t cell_top;
  uint64_t count;       /* digits typed before a key; 0 = none */
  struct mt_entry find; /* what is looked for */
  int step;             /* 1 or -1: where to */
};

void mt_data_reset(struct mt_data *d);

/* Opens the view, or moves it: at a column, where it was before; at a row, from 0; at a
 * value of a column; at a line and byte (UINT64_MAX: none), as they are in the file. Says
 * why where rows cannot be shown. */
unsigned mt_data_open(struct mt_ui *ui, size_t column);
unsigned mt_data_open_row(struct mt_ui *ui, size_t column, uint64_t row);
unsigned mt_data_open_at(struct mt_ui *ui, size_t column, const struct mt_place *place);
unsigned mt_data_open_lines(struct mt_ui *ui, size_t column, uint64_t line,
                            uint64_t byte);

void mt_data_follow(struct mt_ui *ui);
bool mt_data_work(struct mt_ui *ui);
/* Whether what is to be seen takes so long that a person should be told. */
bool mt_data_waits(const struct mt_data *d);
/* Gives up what is on its way; whether something was. */
bool mt_data_cancel(struct mt_ui *ui);

/* Rows of the dataset; *all: there are no more.  Else those that are known so far. */
uint64_t mt_data_rows(const struct mt_ui *ui, bool *all);
/* Moves the cursor; what it leads to is fetched by the next mt_data_follow.  Whether the
 * action was a movement. */
bool mt_data_move(struct mt_ui *ui, enum mt_action action);
/* To a row, or a line among lines, from 0. */
void mt_data_go(struct mt_ui *ui, uint64_t row);
/* Looks for the text from the cell under the cursor on, or behind it; among lines, from
 * the line, or behind what was found there. */
void mt_data_find(struct mt_ui *ui, int step, bool behind);
/* From rows to lines and back. */
void mt_data_switch(struct mt_ui *ui);

/* --- where things are on the screen ------------------------------------------------- */

/* A column of the grid. */
struct mt_grid_column {
  size_t column; /* of the dataset */
  int x, width;
  bool right; /* numbers */
};

#define MT_GRID_MOST 128
struct mt_grid {
  int gutter;  /* columns of the row numbers, with the blank behind */
  int y, rows; /* the first row, and how many fit */
  bool dtypes; /* there is a line for them */
  size_t n;
  struct mt_grid_column column[MT_GRID_MOST];
};
/* How the page, as far as it is there, is laid out from column `left` on. */
void mt_data_grid(const struct mt_ui *ui, struct mt_grid *g);
/* The page's cell of a row and column of the dataset; NULL: it is not there (yet). */
const struct mt_page_cell *mt_data_cell(const struct mt_ui *ui, uint64_t row,
                                        size_t column);

/* What a cell looks like: its text, for a screen, and how the plan of a session (NULL:
 * unknown) means it.  The column is one of the dataset. */
enum mt_cell_kind { MT_CELL_TEXT, MT_CELL_NULL };
#define MT_CELL_TEXT_SIZE 640
enum mt_cell_kind mt_cell_text(const struct mt_page *p, const struct mt_page_cell *cell,
                               const struct mt_session *session, size_t column,
                               char dst[MT_CELL_TEXT_SIZE]);
/* The same of the page that the data view shows. */
enum mt_cell_kind mt_data_text(const struct mt_ui *ui, const struct mt_page_cell *cell,
                               size_t column, char dst[MT_CELL_TEXT_SIZE]);

#endif
