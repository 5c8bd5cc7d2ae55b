/* The inside of the data view's state, shared by data.c (which page is wanted, and
 * comes), data_grid.c (where its cells are) and data_move.c (where the cursor goes). */
#ifndef MT_TUI_DATA_PRIVATE_H
#define MT_TUI_DATA_PRIVATE_H

#include "tui/views/view.h"

enum {
  MT_GRID_LEAST = 3, /* columns of the screen that one of the grid takes */
  MT_GRID_GAP = 2
};

/* Rows, or lines, that there is room for; at least 1. */
int mt_data_shown(const struct mt_ui *ui);
/* The first column such that the one under the cursor is seen as a whole, if it can be:
 * of those that the page has. */
size_t mt_data_fitting_left(const struct mt_ui *ui);
/* Whether the page has all the columns that there is room for. */
bool mt_data_fills_screen(const struct mt_ui *ui);
/* Makes the cursor one of what is shown. */
void mt_data_scroll(struct mt_ui *ui);
/* Makes the cursor, which may come from far away, one of what is shown, with something
 * around it. */
void mt_data_center(struct mt_ui *ui);

#endif
