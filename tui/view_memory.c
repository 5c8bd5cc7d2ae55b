/* Live memory: graphs of memtop and of the machine, and the dataset's footprint. */
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "tui/plot.h"
#include "tui/view.h"

/* --- graphs -------------------------------------------------------------------- */

struct graph {
  const char *title;
  const uint64_t *samples;
  size_t n;
  uint64_t now, peak, scale;
  bool limited; /* the scale ends where memory does */
  enum mt_role role;
};

static struct graph rss_graph(const struct mt_snapshot *s)
{
  uint64_t peak = s->memory.rss_peak == MT_UNKNOWN ? s->tape.rss_max : s->memory.rss_peak;
  return (struct graph){.title = "memtop rss",
                        .samples = s->tape.rss,
                        .n = s->tape.len,
                        .now = s->memory.rss,
                        .peak = peak,
                        .scale = mt_plot_scale(peak, 16 << 20),
                        .role = MT_ROLE_RSS};
}

/* Its colour says how near the limit is. */
static struct graph system_graph(const struct mt_snapshot *s)
{
  uint64_t limit = s->memory.limit, used = s->memory.used;
  struct graph g = {.title = "system",
                    .samples = s->tape.used,
                    .n = s->tape.len,
                    .now = used,
                    .peak = s->tape.used_max > used ? s->tape.used_max : used,
                    .scale = limit,
                    .limited = limit != MT_UNKNOWN,
                    .role = MT_ROLE_SYSTEM};
  if (limit != MT_UNKNOWN && used != MT_UNKNOWN && used >= limit - limit / 4)
    g.role = used >= limit - limit / 10 ? MT_ROLE_BAD : MT_ROLE_WARN;
  if (limit == MT_UNKNOWN)
    g.scale = mt_plot_scale(g.peak, 1 << 30);
  return g;
}

static const char *size_or_unknown(char dst[MT_SIZE_CELL], uint64_t bytes)
{
  return bytes == MT_UNKNOWN ? "?" : mt_format_size_cell(dst, bytes);
}

/* "peak 1.86G of 4.00G": the highest sample, and the limit where there is one. */
static const char *caption(char dst[64], const struct graph *g, const char *before)
{
  char peak[MT_SIZE_CELL], limit[MT_SIZE_CELL];
  snprintf(dst, 64, "%speak %s%s%s", before, size_or_unknown(peak, g->peak),
           g->limited ? " of " : "",
           g->limited ? mt_format_size_cell(limit, g->scale) : "");
  return dst;
}

static void draw_graph_box(struct mt_canvas *c, struct mt_rect r, const struct graph *g)
{
  char size[MT_SIZE_CELL], text[64];
  mt_canvas_box(c, r, MT_ROLE_BORDER, g->title);
  snprintf(text, sizeof text, " %s ", size_or_unknown(size, g->now));
  int width = mt_canvas_columns(c, text);
  mt_canvas_text(c, r.x + r.w - 2 - width, r.y, width, g->role, text);
  width = mt_canvas_columns(c, caption(text, g, " ")) + 1;
  mt_canvas_text(c, r.x + r.w - 2 - width, r.y + r.h - 1, width, MT_ROLE_DIM, text);
  mt_canvas_repeat(c, r.x + r.w - 3, r.y + r.h - 1, 1, MT_ROLE_DIM, " ");
  r = mt_rect_inside(r);
  mt_plot_graph(c, (struct mt_rect){r.x + 1, r.y, r.w - 2, r.h}, g->role, g->samples,
                g->n, g->scale);
}

/* A title line with the graph below it, or beside it in a single line. */
static void draw_graph_plain(struct mt_canvas *c, struct mt_rect r, const struct graph *g)
{
  char now[MT_SIZE_CELL], text[64];
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_TITLE, "%s ", g->title);
  mt_pen_write(&pen, g->role, "%s", size_or_unknown(now, g->now));
  if (r.h == 1) {
    pen.x++;
    r = (struct mt_rect){pen.x, r.y, pen.end - pen.x, 1};
  } else {
    mt_pen_fit(&pen, MT_ROLE_DIM, "  %s", caption(text, g, ""));
    r = (struct mt_rect){r.x, r.y + 1, r.w, r.h - 1};
  }
  mt_plot_graph(c, r, g->role, g->samples, g->n, g->scale);
}

void mt_graphs_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  struct graph rss = rss_graph(ui->snap), machine = system_graph(ui->snap);
  int half = (r.w - 4) / 2;
  if (r.h == 1)
    rss.title = "rss";
  draw_graph_plain(c, (struct mt_rect){r.x + 1, r.y, half, r.h}, &rss);
  draw_graph_plain(c, (struct mt_rect){r.x + half + 3, r.y, half, r.h}, &machine);
}

/* --- footprint ----------------------------------------------------------------- */

static void draw_footprint_bar(struct mt_canvas *c, struct mt_rect r, const char *label,
                               enum mt_role role, uint64_t solid, uint64_t ghost,
                               uint64_t scale)
{
  char size[MT_SIZE_CELL];
  mt_canvas_text(c, r.x, r.y, 8, MT_ROLE_TEXT, label);
  mt_canvas_right(c, r.x + 8, r.y, 6, MT_ROLE_STRONG, mt_format_size_cell(size, solid));
  mt_plot_bar(c, r.x + 15, r.y, r.w - 15, role, solid, ghost, scale);
}

/* What stays, where that is another size than what is reported: equal texts may be one
 * object. */
static bool differs(uint64_t reported, uint64_t resident)
{
  char a[MT_SIZE_CELL], b[MT_SIZE_CELL];
  return resident != MT_UNKNOWN &&
         strcmp(mt_format_size_cell(a, reported), mt_format_size_cell(b, resident)) != 0;
}

/* The columns that hold most of what could still be saved, largest first. */
static size_t best_savings(const struct mt_snapshot *s, size_t best[], size_t room)
{
  size_t n = 0;
  for (size_t i = 0; i < s->column_count; i++) {
    const struct mt_column_view *v = &s->columns[i];
    int64_t saving = mt_column_saving(v);
    if (v->changed || saving <= 0)
      continue;
    size_t at = n;
    while (at > 0 && mt_column_saving(&s->columns[best[at - 1]]) < saving)
      at--;
    if (at >= room)
      continue;
    n = n < room ? n + 1 : room;
    memmove(best + at + 1, best + at, (n - 1 - at) * sizeof *best);
    best[at] = i;
  }
  return n;
}

static void draw_savings(const struct mt_snapshot *s, struct mt_canvas *c,
                         struct mt_rect r)
{
  enum { MOST = 32 };
  size_t best[MOST + 1];
  char size[MT_SIZE_CELL];
  size_t n = best_savings(s, best, (size_t)mt_clamp(r.h - 1, 0, MOST));
  if (n == 0)
    return;
  mt_canvas_text(c, r.x, r.y, r.w, MT_ROLE_DIM, "largest savings not applied");
  uint64_t scale = (uint64_t)mt_column_saving(&s->columns[best[0]]);
  int name = mt_clamp(r.w / 3, 8, 20);
  for (size_t i = 0; i < n; i++) {
    const struct mt_column_view *v = &s->columns[best[i]];
    uint64_t saving = (uint64_t)mt_column_saving(v);
    int y = r.y + 1 + (int)i;
    mt_canvas_name(c, r.x, y, name, MT_ROLE_TEXT, s->names[best[i]].text,
                   s->names[best[i]].len);
    mt_canvas_right(c, r.x + name + 1, y, 6, mt_class_role(v->suggested_class, s),
                    mt_format_size_cell(size, saving));
    mt_plot_bar(c, r.x + name + 8, y, r.w - name - 8, MT_ROLE_BAR, saving, 0, scale);
  }
}

static void draw_footprint(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  uint64_t now = s->now_total, after = s->after_total, scale = now > after ? now : after;
  mt_canvas_box(c, r, MT_ROLE_BORDER, "footprint");
  r = mt_rect_inside(r);
  r = (struct mt_rect){r.x + 1, r.y, r.w - 2, r.h};
  draw_footprint_bar(c, r, "now", MT_ROLE_BAR, now, 0, scale);
  r.y++;
  r.h--;
  if (r.h >= 2 && differs(now, s->resident_total)) {
    draw_footprint_bar(c, r, "resident", MT_ROLE_BAR, s->resident_total, 0, scale);
    r.y++;
    r.h--;
  }
  draw_footprint_bar(c, r, "planned", after == now ? MT_ROLE_BAR : MT_ROLE_AFTER, after,
                     now, scale);
  if (r.h >= 5)
    draw_savings(s, c, (struct mt_rect){r.x, r.y + 2, r.w, r.h - 2});
}

void mt_side_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  struct graph rss = rss_graph(ui->snap), machine = system_graph(ui->snap);
  int bars = differs(ui->snap->now_total, ui->snap->resident_total) ? 3 : 2;
  int height = mt_clamp((r.h - 2 - bars) / 2, 4, 12);
  draw_graph_box(c, (struct mt_rect){r.x, r.y, r.w, height}, &rss);
  draw_graph_box(c, (struct mt_rect){r.x, r.y + height, r.w, height}, &machine);
  draw_footprint(ui, c, (struct mt_rect){r.x, r.y + 2 * height, r.w, r.h - 2 * height});
}
