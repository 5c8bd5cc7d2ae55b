#include "tui/screen/plot.h"

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

/* Fills `width` points: the largest of each run of samples, or a sample several times
 * while there are few. */
static void spread(uint64_t *points, size_t width, const uint64_t *samples, size_t n)
{
  uint64_t few[MAX_POINTS];
  size_t count = mt_plot_resample(few, width, samples, n);
  for (size_t i = 0; i < width; i++)
    points[i] = count == 0 ? UINT64_MAX : few[i * count / width];
}

/* Eighths, or quarters of a braille cell, that a point rises; nothing when unknown. */
static int rise(uint64_t point, uint64_t scale, int cells)
{
  return point == UINT64_MAX ? 0 : mt_plot_eighths(point, scale, cells);
}

static void draw_blocks(struct mt_canvas *c, struct mt_rect r, struct mt_graph_look look,
                        const uint64_t *points, uint64_t scale)
{
  const struct mt_glyphs *glyphs =
      look.style == MT_GRAPH_ASCII ? mt_theme_glyphs(true) : c->glyphs;
  for (int x = 0; x < r.w; x++) {
    int eighths = rise(points[x], scale, r.h);
    for (int row = 0; row * 8 < eighths; row++)
      mt_canvas_repeat(c, r.x + x, r.y + r.h - 1 - row, 1,
                       eighths > row * 8 + 8 ? look.fill : look.line,
                       glyphs->rise[clamp8(eighths - row * 8)]);
  }
}

/* Two points a cell, four dots each. */
static void draw_braille(struct mt_canvas *c, struct mt_rect r, struct mt_graph_look look,
                         const uint64_t *points, uint64_t scale)
{
  static const unsigned char left[] = {0, 0x40, 0x44, 0x46, 0x47};
  static const unsigned char right[] = {0, 0x80, 0xa0, 0xb0, 0xb8};
  for (int x = 0; x < r.w; x++) {
    int a = (rise(points[2 * x], scale, r.h) + 1) / 2;
    int b = (rise(points[2 * x + 1], scale, r.h) + 1) / 2;
    for (int row = 0; row * 4 < a || row * 4 < b; row++) {
      unsigned dots =
          left[mt_clamp(a - row * 4, 0, 4)] | right[mt_clamp(b - row * 4, 0, 4)];
      char glyph[4] = {'\xe2', (char)(0xa0 | dots >> 6), (char)(0x80 | (dots & 0x3f))};
      mt_canvas_repeat(c, r.x + x, r.y + r.h - 1 - row, 1,
                       a > row * 4 + 4 && b > row * 4 + 4 ? look.fill : look.line, glyph);
    }
  }
}

void mt_plot_graph(struct mt_canvas *c, struct mt_rect r, struct mt_graph_look look,
                   const uint64_t *samples, size_t n, uint64_t scale)
{
  uint64_t points[MAX_POINTS];
  bool braille = look.style == MT_GRAPH_BRAILLE && !c->glyphs->ascii;
  int most = braille ? MAX_POINTS / 2 : MAX_POINTS;
  if (r.w <= 0 || r.h <= 0)
    return;
  r.w = r.w < most ? r.w : most;
  spread(points, (size_t)r.w * (braille ? 2 : 1), samples, n);
  if (braille)
    draw_braille(c, r, look, points, scale);
  else
    draw_blocks(c, r, look, points, scale);
}

static bool is_blank(const struct mt_canvas *c, int x, int y)
{
  if (x < 0 || y < 0 || x >= c->width || y >= c->height)
    return false;
  return c->cells[(size_t)y * (size_t)c->width + (size_t)x].text[0] == L' ';
}

void mt_plot_rule(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                  const char *label, uint64_t value, uint64_t scale)
{
  int y = r.y + r.h - 1 - (mt_plot_eighths(value, scale, r.h) - 1) / 8;
  int room = 0;
  while (room < r.w && is_blank(c, r.x + room, y))
    room++;
  for (int x = r.x; x < r.x + r.w; x++)
    if (is_blank(c, x, y))
      mt_canvas_repeat(c, x, y, 1, role, c->glyphs->rule);
  if (label != NULL && mt_canvas_columns(c, label) + 2 <= room)
    mt_canvas_text(c, r.x + 1, y, room, role, label);
}

int mt_plot_histogram(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                      const uint64_t *bin, size_t bins)
{
  uint64_t column[MAX_POINTS] = {0}, peak = 0;
  int width = bins == 0 ? 0 : r.w / (int)bins;
  size_t columns = width > 0 ? bins : (size_t)mt_clamp(r.w, 0, MAX_POINTS);
  if (r.h <= 0 || bins == 0 || bins > MAX_POINTS || columns == 0)
    return 0;
  for (size_t i = 0; i < bins; i++)
    column[i * columns / bins] += bin[i];
  for (size_t i = 0; i < columns; i++)
    peak = column[i] > peak ? column[i] : peak;
  int step = width > 0 ? width : 1, ink = step > 2 ? step - 1 : step;
  for (size_t i = 0; i < columns; i++) {
    int eighths = mt_plot_eighths(column[i], peak, r.h);
    for (int row = 0; row * 8 < eighths; row++)
      mt_canvas_repeat(c, r.x + (int)i * step, r.y + r.h - 1 - row, ink, role,
                       c->glyphs->rise[clamp8(eighths - row * 8)]);
  }
  return width;
}

void mt_plot_bar(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                 uint64_t solid, uint64_t ghost, uint64_t scale)
{
  if (width <= 0)
    return;
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

void mt_plot_limit(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   uint64_t value, uint64_t scale)
{
  if (width <= 0)
    return;
  int cell = (mt_plot_eighths(value, scale, width) + 7) / 8;
  mt_canvas_repeat(c, x + mt_clamp(cell, 0, width - 1), y, 1, role, c->glyphs->limit);
}
