/* Graphs and bars of block characters: pure functions from numbers to cells. */
#ifndef MT_TUI_PLOT_H
#define MT_TUI_PLOT_H

#include <stddef.h>
#include <stdint.h>

#include "tui/canvas.h"

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

/* The whole run as a block graph that fills r: oldest sample on the left. */
void mt_plot_graph(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                   const uint64_t *samples, size_t n, uint64_t scale);

/* A horizontal bar in `width` cells: solid up to `solid`, ghostly from there to
 * `ghost` (no ghost when that is not more). */
void mt_plot_bar(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                 uint64_t solid, uint64_t ghost, uint64_t scale);

/* The same on a thin line that shows how far `scale` is. */
void mt_plot_track(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   uint64_t solid, uint64_t ghost, uint64_t scale);

#endif
