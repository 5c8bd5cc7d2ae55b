/* The live memory graphs: what is drawn of the tape, and the view that shows them on
 * the whole screen.
 *
 * Sampling goes on in core whatever is drawn (session.h).  A paused view keeps the tape
 * as it was. */
#ifndef MT_TUI_GRAPHS_H
#define MT_TUI_GRAPHS_H

#include "core/session/session.h"
#include "tui/screen/canvas.h"

struct mt_ui;

struct mt_graphs {
  enum mt_graph_style style;
  bool paused;
  /* What was to be seen when it was paused. */
  struct mt_tape tape;
  struct mt_memory memory;
};

extern const struct mt_view mt_view_memory;

/* Pauses the graphs of the screen, or lets them go on; says which. */
unsigned mt_graphs_pause(struct mt_ui *ui);

/* Two graphs beside each other, as high as there is room for, without borders. */
void mt_graphs_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
/* Graphs and footprint above each other in boxes. */
void mt_side_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);

/* The footprint of the dataset in a box (footprint.c), and the least height of its
 * inside that shows whether a load fits. */
void mt_footprint_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
int mt_footprint_height(const struct mt_snapshot *s);

#endif
