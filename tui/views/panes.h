/* What is known of a column, in panes: each is a list of lines of which a window is
 * drawn.  The detail view and the preview beneath the table are made of them. */
#ifndef MT_TUI_PANES_H
#define MT_TUI_PANES_H

#include "tui/screen/canvas.h"
#include "tui/views/portrait.h"

/* Where lines go: those from `skip` on that fit into r are seen. */
struct mt_pane {
  struct mt_canvas *canvas;
  struct mt_rect r;
  int skip;
  int lines; /* written so far, seen or not */
  const struct mt_snapshot *snap;
  const struct mt_portrait *portrait;
};

enum mt_pane_kind {
  MT_PANE_EVIDENCE,     /* memory, what the values are, nulls, order, odd tokens */
  MT_PANE_DISTRIBUTION, /* of numbers or dates; of texts: of their lengths */
  MT_PANE_VALUES,       /* the most frequent ones */
  MT_PANE_LENGTHS,
  MT_PANE_ROWS, /* the first ones */
  MT_PANE_COUNT
};

const char *mt_pane_title(enum mt_pane_kind kind, const struct mt_portrait *p);
/* Draws the lines of a pane that fit, from `skip` on; the last line says how many more
 * there are.  Returns how many lines there are in all. */
int mt_pane_draw(enum mt_pane_kind kind, struct mt_pane *pane);
/* How many lines it has in a width, for a layout. */
int mt_pane_lines(enum mt_pane_kind kind, struct mt_canvas *c, int width,
                  const struct mt_snapshot *snap, const struct mt_portrait *p);

/* --- for the panes themselves (panes.c, pane_plots.c) --------------------------- */

/* The next line; outside the canvas when it is not in the window. */
struct mt_pen mt_pane_next(struct mt_pane *p);
/* `height` lines at once for a picture; y is outside the canvas unless all are seen. */
struct mt_rect mt_pane_block(struct mt_pane *p, int height);
/* Lines of the window that nothing was written to yet. */
int mt_pane_left(const struct mt_pane *p);

void mt_pane_distribution(struct mt_pane *p);
void mt_pane_values(struct mt_pane *p);
void mt_pane_lengths(struct mt_pane *p);

#endif
