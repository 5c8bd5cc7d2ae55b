/* Live memory: graphs of memtop and of the machine, beside the table and on the whole
 * screen. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/plot.h"
#include "tui/views/view.h"

struct graph {
  const char *title;
  const uint64_t *samples;
  const struct mt_tape *tape;
  uint64_t now, peak, scale;
  bool limited;      /* the scale ends where memory does ... */
  bool cgroup;       /* ... for this process */
  uint64_t forecast; /* a level to be expected; MT_UNKNOWN: none */
  enum mt_role forecast_role;
  struct mt_graph_look look;
};

/* --- what is drawn -------------------------------------------------------------- */

static const struct mt_tape *tape_of(const struct mt_ui *ui)
{
  return ui->graphs.paused ? &ui->graphs.tape : &ui->snap->tape;
}

static const struct mt_memory *memory_of(const struct mt_ui *ui)
{
  return ui->graphs.paused ? &ui->graphs.memory : &ui->snap->memory;
}

static struct graph rss_graph(const struct mt_ui *ui)
{
  const struct mt_memory *m = memory_of(ui);
  const struct mt_tape *t = tape_of(ui);
  uint64_t peak = m->rss_peak == MT_UNKNOWN ? t->rss_max : m->rss_peak;
  return (struct graph){.title = "memtop rss",
                        .samples = t->rss,
                        .tape = t,
                        .now = m->rss,
                        .peak = peak,
                        .scale = mt_plot_scale(peak, 16 << 20),
                        .forecast = MT_UNKNOWN,
                        .look = {ui->graphs.style, MT_ROLE_RSS, MT_ROLE_RSS_FILL}};
}

/* Where memory in use would rise to if the dataset were loaded now. */
static uint64_t forecast(const struct mt_snapshot *s, uint64_t used)
{
  if (used == MT_UNKNOWN || s->peak_high == MT_UNKNOWN || s->rows == 0)
    return MT_UNKNOWN;
  return used + s->base + s->peak_high;
}

/* Its colour says how near the limit is. */
static struct graph system_graph(const struct mt_ui *ui)
{
  const struct mt_memory *m = memory_of(ui);
  const struct mt_tape *t = tape_of(ui);
  uint64_t limit = m->limit, used = m->used;
  struct graph g = {.title = "system",
                    .samples = t->used,
                    .tape = t,
                    .now = used,
                    .peak = t->used_max > used ? t->used_max : used,
                    .scale = limit,
                    .limited = limit != MT_UNKNOWN,
                    .cgroup = m->cgroup,
                    .forecast = forecast(ui->snap, used),
                    .forecast_role = MT_ROLE_DIM,
                    .look = {ui->graphs.style, MT_ROLE_SYSTEM, MT_ROLE_SYSTEM_FILL}};
  if (limit != MT_UNKNOWN && used != MT_UNKNOWN && used >= limit - limit / 4)
    g.look.line = used >= limit - limit / 10 ? MT_ROLE_BAD : MT_ROLE_WARN;
  if (limit == MT_UNKNOWN)
    g.scale = mt_plot_scale(g.peak, 1 << 30);
  if (ui->snap->verdict == MT_VERDICT_NO)
    g.forecast_role = MT_ROLE_BAD;
  return g;
}

static const char *size_or_unknown(char dst[MT_SIZE_CELL], uint64_t bytes)
{
  return bytes == MT_UNKNOWN ? "?" : mt_format_size_cell(dst, bytes);
}

/* "peak 1.86G of 4.00G": the highest sample, and where the scale ends. */
static const char *caption(char dst[64], const struct graph *g, bool wide)
{
  char peak[MT_SIZE_CELL], end[MT_SIZE_CELL];
  const char *what = g->cgroup ? " cgroup limit" : " RAM";
  snprintf(dst, 64, "peak %s of %s%s", size_or_unknown(peak, g->peak),
           mt_format_size_cell(end, g->scale), g->limited && wide ? what : "");
  return dst;
}

/* --- the axis of time ----------------------------------------------------------- */

/* The column of a time, for a graph that fills `width` columns with the whole tape. */
static int column_at(const struct mt_tape *t, double at, int width)
{
  double whole = (double)t->len * t->interval;
  if (!(at < whole)) /* still going on, or later than the newest sample */
    return width - 1;
  return mt_clamp((int)(at / whole * width), 0, width - 1);
}

/* Whether n columns from x are drawn in that role alone; MT_ROLE_TEXT: not at all. */
static bool is_drawn(const struct mt_canvas *c, struct mt_rect r, int x, int n,
                     enum mt_role role)
{
  if (x < r.x || x + n > r.x + r.w)
    return false;
  for (int i = x; i < x + n; i++)
    if (c->cells[(size_t)r.y * (size_t)c->width + (size_t)i].role != role)
      return false;
  return true;
}

/* "├─────┤" or "│", "├─────" of what still goes on, or "▲" of a change of the plan. */
static void draw_event(struct mt_canvas *c, struct mt_rect r, const struct mt_event *m,
                       int from, int to)
{
  const struct mt_glyphs *g = c->glyphs;
  if (m->kind >= MT_EVENT_APPLY) {
    mt_canvas_repeat(c, r.x + from, r.y, 1, MT_ROLE_KEY,
                     m->kind == MT_EVENT_APPLY ? g->up : g->down);
    return;
  }
  mt_canvas_repeat(c, r.x + from, r.y, to - from + 1, MT_ROLE_ACCENT, g->horizontal);
  mt_canvas_repeat(c, r.x + from, r.y, 1, MT_ROLE_ACCENT,
                   isinf(m->to) || to > from ? g->begin : g->vertical);
  if (!isinf(m->to) && to > from)
    mt_canvas_repeat(c, r.x + to, r.y, 1, MT_ROLE_ACCENT, g->end);
}

/* In its stretch where that is long enough: "├─ scan ─┤". */
static bool name_within(struct mt_canvas *c, struct mt_rect r, int from, int to,
                        bool open, const char *label)
{
  int n = (int)strlen(label), x = r.x + (from + to - n) / 2;
  struct mt_pen pen = {c, x, r.y, r.x + to + 1};
  if (to - from < n + 3 - open || !is_drawn(c, r, x, n + 2, MT_ROLE_ACCENT))
    return false;
  mt_pen_write(&pen, MT_ROLE_DIM, " %s ", label);
  return true;
}

/* Behind it: "├┤ scan", with a blank before whatever follows. */
static bool name_behind(struct mt_canvas *c, struct mt_rect r, int to, const char *label)
{
  int n = (int)strlen(label), x = r.x + to + 1;
  bool last = x + n + 1 == r.x + r.w;
  if (!is_drawn(c, r, x, n + 2 - last, MT_ROLE_TEXT))
    return false;
  mt_canvas_text(c, x + 1, r.y, n, MT_ROLE_DIM, label);
  return true;
}

/* "apply ▲", where the graph ends too soon behind it. */
static bool name_before(struct mt_canvas *c, struct mt_rect r, int from,
                        const char *label)
{
  int n = (int)strlen(label), x = r.x + from - n - 2;
  if (!is_drawn(c, r, x, n + 2, MT_ROLE_TEXT))
    return false;
  mt_canvas_text(c, x + 1, r.y, n, MT_ROLE_DIM, label);
  return true;
}

/* "scan, apply", of marks that are too near to each other for a name each; an equal name
 * is not said twice in a row. */
static void join_names(char names[64], const char *label)
{
  char before[64];
  size_t n = strlen(names), len = strlen(label);
  if (n >= len && strcmp(names + n - len, label) == 0)
    return;
  snprintf(before, sizeof before, "%s", names);
  snprintf(names, 64, "%.48s%s%s", before, n > 0 ? ", " : "", label);
}

/* The names of all events, from left to right.  What finds no room goes to the mark that
 * follows at once. */
static void draw_names(struct mt_canvas *c, struct mt_rect r, const struct mt_tape *t)
{
  static const char *const labels[] = {[MT_EVENT_SCAN] = "scan",
                                       [MT_EVENT_EXPORT] = "export",
                                       [MT_EVENT_APPLY] = "apply",
                                       [MT_EVENT_UNDO] = "undo"};
  char names[64] = "";
  for (size_t i = 0; i < t->events; i++) {
    const struct mt_event *m = &t->event[i];
    const char *label = labels[m->kind];
    int from = column_at(t, m->from, r.w), to = column_at(t, m->to, r.w);
    if (name_within(c, r, from, to, isinf(m->to), label)) {
      names[0] = '\0';
      continue;
    }
    join_names(names, label);
    int next = i + 1 < t->events ? column_at(t, t->event[i + 1].from, r.w) : r.w;
    if (next <= to)
      continue;
    bool named = name_behind(c, r, to, names) || name_behind(c, r, to, label) ||
                 (next == r.w &&
                  (name_before(c, r, from, names) || name_before(c, r, from, label)));
    if (named || next > to + (int)strlen(label) + 2)
      names[0] = '\0';
  }
}

/* What happened when, on a line below a graph: scans and exports from their start to
 * their end, and changes of the plan. */
static void draw_axis(struct mt_canvas *c, struct mt_rect r, const struct mt_tape *t)
{
  for (int marks = 0; marks < 2; marks++) /* over the stretches that they fall into */
    for (size_t i = 0; i < t->events; i++) {
      const struct mt_event *m = &t->event[i];
      if ((m->kind >= MT_EVENT_APPLY) == (marks == 1))
        draw_event(c, r, m, column_at(t, m->from, r.w), column_at(t, m->to, r.w));
    }
  draw_names(c, r, t);
}

/* --- graphs --------------------------------------------------------------------- */

/* The cell of a column that a level ends in. */
static int top_cell(uint64_t level, const struct graph *g, int height)
{
  return (mt_plot_eighths(level, g->scale, height) - 1) / 8;
}

static void draw_plot(struct mt_canvas *c, struct mt_rect r, const struct graph *g)
{
  char label[32], size[MT_SIZE_CELL];
  mt_plot_graph(c, r, g->look, g->samples, g->tape->len, g->scale);
  if (g->forecast == MT_UNKNOWN || r.h < 3 ||
      top_cell(g->forecast, g, r.h) <= top_cell(g->tape->used_max, g, r.h))
    return; /* nothing to be told from what is in use already */
  snprintf(label, sizeof label, " loading: %s ", mt_format_size_cell(size, g->forecast));
  mt_plot_rule(c, r, g->forecast_role, label, g->forecast, g->scale);
}

/* The scale on the left of what is left of r. */
static struct mt_rect draw_scale(struct mt_canvas *c, struct mt_rect r,
                                 const struct graph *g)
{
  enum { WIDTH = 6 };
  char size[MT_SIZE_CELL];
  mt_canvas_right(c, r.x, r.y, WIDTH - 1, MT_ROLE_DIM,
                  mt_format_size_cell(size, g->scale));
  if (r.h >= 7)
    mt_canvas_right(c, r.x, r.y + r.h / 2, WIDTH - 1, MT_ROLE_DIM,
                    mt_format_size_cell(size, g->scale / 2));
  mt_canvas_right(c, r.x, r.y + r.h - 1, WIDTH - 1, MT_ROLE_DIM, "0");
  return (struct mt_rect){r.x + WIDTH, r.y, r.w - WIDTH, r.h};
}

/* A text in the border of a box, at x or right-aligned to end there. */
static void draw_in_border(struct mt_canvas *c, int x, int y, bool right,
                           enum mt_role role, const char *text)
{
  int width = mt_canvas_columns(c, text) + 2;
  struct mt_pen pen = {c, right ? x - width : x, y, right ? x : x + width};
  mt_pen_write(&pen, role, " %s ", text);
}

/* For how long there are samples, at x: "2 min 44 s", or "2 min" where a caption of the
 * graph leaves no more room. */
static void draw_time(struct mt_canvas *c, int x, int y, int room, double seconds)
{
  char text[MT_SECONDS_TEXT];
  mt_seconds(text, seconds);
  if ((int)strlen(text) + 2 > room) {
    char *rest = strchr(text, ' ');
    rest = rest == NULL ? NULL : strchr(rest + 1, ' ');
    if (rest != NULL)
      *rest = '\0';
  }
  if ((int)strlen(text) + 2 <= room)
    draw_in_border(c, x, y, false, MT_ROLE_DIM, text);
}

static void draw_graph_box(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                           const struct graph *g)
{
  char text[64], size[MT_SIZE_CELL];
  int bottom = r.y + r.h - 1, right = r.x + r.w - 2;
  bool wide = r.w >= 44;
  mt_canvas_box(c, r, MT_ROLE_BORDER, g->title);
  if (ui->graphs.paused)
    draw_in_border(c, r.x + 4 + (int)strlen(g->title), r.y, false, MT_ROLE_WARN,
                   "paused");
  draw_in_border(c, right, r.y, true, g->look.line, size_or_unknown(size, g->now));
  draw_in_border(c, right, bottom, true, MT_ROLE_DIM, caption(text, g, wide));
  draw_time(c, r.x + 2, bottom, r.w - 6 - mt_canvas_columns(c, text), g->tape->last);
  r = (struct mt_rect){r.x + 2, r.y + 1, r.w - 4, r.h - 2};
  if (r.h >= 4)
    r.h--;
  if (wide)
    r = draw_scale(c, r, g);
  draw_plot(c, r, g);
  if (r.y + r.h < bottom)
    draw_axis(c, (struct mt_rect){r.x, r.y + r.h, r.w, 1}, g->tape);
}

/* A title line with the graph below it, or beside it in a single line. */
static void draw_graph_plain(const struct mt_ui *ui, struct mt_canvas *c,
                             struct mt_rect r, const struct graph *g)
{
  char now[MT_SIZE_CELL], text[64];
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_TITLE, "%s ", g->title);
  mt_pen_write(&pen, g->look.line, "%s", size_or_unknown(now, g->now));
  if (r.h == 1) {
    pen.x++;
    r = (struct mt_rect){pen.x, r.y, pen.end - pen.x, 1};
    mt_plot_graph(c, r, g->look, g->samples, g->tape->len, g->scale);
    return;
  }
  if (ui->graphs.paused)
    mt_pen_write(&pen, MT_ROLE_WARN, "  paused");
  mt_pen_fit(&pen, MT_ROLE_DIM, "  %s", caption(text, g, false));
  mt_pen_fit(&pen, MT_ROLE_DIM, "  %s", mt_seconds(text, g->tape->last));
  r = (struct mt_rect){r.x, r.y + 1, r.w, r.h - 1};
  if (r.h >= 3)
    draw_axis(c, (struct mt_rect){r.x, r.y + --r.h, r.w, 1}, g->tape);
  draw_plot(c, r, g);
}

void mt_graphs_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  struct graph rss = rss_graph(ui), machine = system_graph(ui);
  int half = (r.w - 4) / 2;
  if (r.h == 1)
    rss.title = "rss";
  draw_graph_plain(ui, c, (struct mt_rect){r.x + 1, r.y, half, r.h}, &rss);
  draw_graph_plain(ui, c, (struct mt_rect){r.x + half + 3, r.y, half, r.h}, &machine);
}

static void draw_footprint_box(const struct mt_ui *ui, struct mt_canvas *c,
                               struct mt_rect r)
{
  mt_canvas_box(c, r, MT_ROLE_BORDER, "footprint");
  draw_in_border(c, r.x + r.w - 2, r.y, true, MT_ROLE_ACCENT,
                 mt_engine_title(ui->snap->engine));
  mt_footprint_draw(ui, c, (struct mt_rect){r.x + 2, r.y + 1, r.w - 4, r.h - 2});
}

void mt_side_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  struct graph rss = rss_graph(ui), machine = system_graph(ui);
  int height = mt_clamp((r.h - 2 - mt_footprint_height(ui->snap)) / 2, 4, 16);
  draw_graph_box(ui, c, (struct mt_rect){r.x, r.y, r.w, height}, &rss);
  draw_graph_box(ui, c, (struct mt_rect){r.x, r.y + height, r.w, height}, &machine);
  draw_footprint_box(ui, c,
                     (struct mt_rect){r.x, r.y + 2 * height, r.w, r.h - 2 * height});
}

/* --- on the whole screen -------------------------------------------------------- */

static void memory_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct graph rss = rss_graph(ui), machine = system_graph(ui);
  bool boxes = c->width >= 60 && c->height >= 20;
  int foot = mt_footprint_height(ui->snap) + 2;
  int graphs = c->height - 3 - (boxes ? foot : 0), upper = (graphs + 1) / 2;
  struct mt_rect r = {0, 1, c->width, upper};
  struct mt_pen pen = mt_title_draw(ui, c, "memory");
  mt_pen_fit(&pen, MT_ROLE_ACCENT, "   %s", mt_engine_title(ui->snap->engine));
  if (ui->graphs.paused)
    mt_pen_fit(&pen, MT_ROLE_WARN, "   paused: p goes on");
  struct mt_rect below = {0, 1 + upper, c->width, graphs - upper};
  if (boxes) {
    draw_graph_box(ui, c, r, &rss);
    draw_graph_box(ui, c, below, &machine);
    draw_footprint_box(ui, c, (struct mt_rect){0, 1 + graphs, c->width, foot});
  } else {
    draw_graph_plain(ui, c, (struct mt_rect){1, r.y, r.w - 2, r.h}, &rss);
    draw_graph_plain(ui, c, (struct mt_rect){1, below.y, r.w - 2, below.h}, &machine);
  }
  mt_message_draw(ui, c);
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_MEMORY);
}

unsigned mt_graphs_pause(struct mt_ui *ui)
{
  struct mt_graphs *g = &ui->graphs;
  g->paused = !g->paused;
  if (g->paused) {
    g->tape = ui->snap->tape;
    g->memory = ui->snap->memory;
  }
  mt_ui_say(ui, MT_ROLE_TEXT, "%s",
            g->paused ? "the graphs hold still; memory is sampled all the same"
                      : "the graphs go on");
  return MT_REACT_DRAW;
}

static unsigned memory_act(struct mt_ui *ui, enum mt_action action)
{
  switch (action) {
  case MT_ACTION_PAUSE:
    return mt_graphs_pause(ui);
  case MT_ACTION_ZOOM:
  case MT_ACTION_BACK:
    mt_ui_pop(ui);
    return MT_REACT_DRAW;
  default:
    return mt_plan_act(ui, action, 0);
  }
}

/* None of its actions is for one column. */
static const char *memory_why_not(const struct mt_ui *ui, enum mt_action action)
{
  return mt_plan_why_not(ui, action, 0);
}

const struct mt_view mt_view_memory = {
    .context = MT_IN_MEMORY,
    .covers = true,
    .draw = memory_draw,
    .act = memory_act,
    .why_not = memory_why_not,
};
