/* Graphs and bars of block characters: pure functions from numbers to cells. */
#ifndef MT_TUI_PLOT_H
#define MT_TUI_PLOT_H

#include <stddef.h>
#include <stdint.h>

#include "tui/screen/canvas.h"

/* Brings n samples into at most `width` points, the largest of each run, so that no
 * peak is lost; with n <= width every sample is one point.  Returns the points. */
size_t mt_plot_resample(uint64_t *points, size_t width, const uint64_t *samples,
                        size_t n);

/* The end of an axis that holds peak and at least floor: 1, 2 or 5 times a power of
 * ten bytes, KiB, MiB ... */
uint64_t mt_plot_scale(uint64_t peak, uint64_t floor);

/* value of scale in eighths of `cells` cells, rounded; at least 1 for a value
 * above 0. */
int mt_plot_eighths(uint64_t value, uint64_t scale, int cells);

/* How a graph looks: `line` is the role of its upper edge, `fill` of what is below. */
struct mt_graph_look {
  enum mt_graph_style style;
  enum mt_role line, fill;
};

/* The whole run in the width of r: the oldest sample on the left, the newest on the
 * right, each as wide as there is room for.  A sample of UINT64_MAX is not known and
 * leaves a gap. */
void mt_plot_graph(struct mt_canvas *c, struct mt_rect r, struct mt_graph_look look,
                   const uint64_t *samples, size_t n, uint64_t scale);

/* A dashed line at a level of that graph, where nothing is drawn, with a label (NULL:
 * none) where there is room for it. */
void mt_plot_rule(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                  const char *label, uint64_t value, uint64_t scale);

/* Counts of equal parts of a range as columns that fill r, with gaps where there is
 * room for them; neighbours share a column where there is none for each.  Returns the
 * width of a part, gap included, or 0 when parts share columns. */
int mt_plot_histogram(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                      const uint64_t *bin, size_t bins);

/* A horizontal bar in `width` cells: solid up to `solid`, ghostly from there to
 * `ghost` (no ghost when that is not more). */
void mt_plot_bar(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                 uint64_t solid, uint64_t ghost, uint64_t scale);

/* The same on a thin line that shows how far `scale` is. */
void mt_plot_track(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   uint64_t solid, uint64_t ghost, uint64_t scale);

/* A rule across such a bar, at a value of its scale. */
void mt_plot_limit(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   uint64_t value, uint64_t scale);

#endif
