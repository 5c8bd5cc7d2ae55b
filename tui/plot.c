#include "tui/plot.h"

#include <assert.h>

/* Graphs wider than this leave their right end empty. */
#define MAX_POINTS 1024

size_t mt_plot_resample(uint64_t *points, size_t width, const uint64_t *samples, size_t n)
{
  if (width == 0)
    return 0;
  size_t count = n < width ? n : width;
  for (size_t i = 0; i < count; i++) {
    size_t from = i * n / count, to = (i + 1) * n / count;
    points[i] = 0;
    for (size_t k = from; k < to; k++)
      if (samples[k] > points[i])
        points[i] = samples[k];
  }
  return count;
}

uint64_t mt_plot_scale(uint64_t peak, uint64_t floor)
{
  static const unsigned steps[] = {1, 2, 5, 10, 20, 50, 100, 200, 500};
  if (peak < floor)
    peak = floor;
  for (int shift = 0; shift <= 50; shift += 10)
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
      if ((uint64_t)steps[i] << shift >= peak)
        return (uint64_t)steps[i] << shift;
  return UINT64_MAX;
}

int mt_plot_eighths(uint64_t value, uint64_t scale, int cells)
{
  assert(cells >= 0);
  if (value == 0 || scale == 0)
    return 0;
  if (value >= scale)
    return cells * 8;
  int eighths = (int)((double)value / (double)scale * cells * 8 + 0.5);
  return eighths > 0 || cells == 0 ? eighths : 1;
}

static int clamp8(int eighths)
{
  return eighths < 0 ? 0 : eighths > 8 ? 8 : eighths;
}

void mt_plot_graph(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                   const uint64_t *samples, size_t n, uint64_t scale)
{
  uint64_t points[MAX_POINTS];
  if (r.w <= 0 || r.h <= 0)
    return;
  size_t width = r.w < MAX_POINTS ? (size_t)r.w : MAX_POINTS;
  size_t count = mt_plot_resample(points, width, samples, n);
  for (size_t i = 0; i < count; i++) {
    int eighths = mt_plot_eighths(points[i], scale, r.h);
    for (int row = 0; row < r.h; row++)
      mt_canvas_repeat(c, r.x + (int)i, r.y + r.h - 1 - row, 1, role,
                       c->glyphs->rise[clamp8(eighths - row * 8)]);
  }
}

void mt_plot_bar(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                 uint64_t solid, uint64_t ghost, uint64_t scale)
{
  int full = mt_plot_eighths(solid, scale, width);
  int end = (mt_plot_eighths(ghost, scale, width) + 7) / 8;
  for (int i = 0; i < width; i++) {
    int eighths = clamp8(full - i * 8);
    if (eighths > 0)
      mt_canvas_repeat(c, x + i, y, 1, role, c->glyphs->run[eighths]);
    else if (i < end)
      mt_canvas_repeat(c, x + i, y, 1, MT_ROLE_GHOST, c->glyphs->ghost);
  }
}

void mt_plot_track(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   uint64_t solid, uint64_t ghost, uint64_t scale)
{
  mt_canvas_repeat(c, x, y, width, MT_ROLE_BORDER, c->glyphs->horizontal);
  mt_plot_bar(c, x, y, width, role, solid, ghost, scale);
}
