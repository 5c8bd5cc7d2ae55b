/* The dataset's footprint: what a load takes now and as planned, the most that it takes
 * on its way, and the memory that is there for it. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/plot.h"
#include "tui/views/view.h"

/* Label and size before a bar. */
enum { LABEL = 8, BEFORE = LABEL + 7 };

/* What stays, where that is another size than what is reported: equal texts may be one
 * object. */
static bool differs(uint64_t reported, uint64_t resident)
{
  char a[MT_SIZE_CELL], b[MT_SIZE_CELL];
  return resident != MT_UNKNOWN &&
         strcmp(mt_format_size_cell(a, reported), mt_format_size_cell(b, resident)) != 0;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
  return a > b ? a : b;
}

/* The figures of a load, and the scales that they are drawn on. */
struct load {
  uint64_t now, after, peak, free; /* peak and free: MT_UNKNOWN */
  uint64_t bars;                   /* scale of now and after */
  uint64_t machine;                /* scale that holds peak and free */
};

/* One scale for all while the dataset can be seen on the machine's; a small dataset gets
 * a scale of its own. */
static struct load load_of(const struct mt_snapshot *s)
{
  struct load l = {.now = s->now_total, .after = s->after_total, .peak = MT_UNKNOWN};
  l.free = s->memory.available;
  if (s->peak_high != MT_UNKNOWN)
    l.peak = s->base + s->peak_high;
  l.bars = larger(l.now, l.after);
  l.machine =
      larger(l.peak == MT_UNKNOWN ? 0 : l.peak, l.free == MT_UNKNOWN ? 0 : l.free);
  l.machine = larger(l.machine, l.bars);
  if (l.free != MT_UNKNOWN && l.bars >= l.free / 8)
    l.bars = l.machine;
  return l;
}

/* The rule where memory ends, and what lies beyond it. */
static void draw_limit(struct mt_canvas *c, struct mt_rect bar, uint64_t solid,
                       const struct load *l)
{
  int end = (mt_plot_eighths(l->free, l->machine, bar.w) + 7) / 8;
  int last = (mt_plot_eighths(solid, l->machine, bar.w) + 7) / 8;
  if (solid > l->free)
    mt_canvas_restyle(c, bar.x + end, bar.y, last - end, MT_ROLE_BAD);
  mt_plot_limit(c, bar.x, bar.y, bar.w, MT_ROLE_TEXT, l->free, l->machine);
}

static void draw_bar(struct mt_canvas *c, struct mt_rect r, const char *label,
                     enum mt_role role, uint64_t solid, uint64_t ghost,
                     const struct load *l)
{
  char size[MT_SIZE_CELL];
  struct mt_rect bar = {r.x + BEFORE, r.y, r.w - BEFORE, 1};
  mt_canvas_text(c, r.x, r.y, LABEL, MT_ROLE_TEXT, label);
  mt_canvas_right(c, r.x + LABEL, r.y, 6, MT_ROLE_STRONG,
                  mt_format_size_cell(size, solid));
  if (l->bars == l->machine && l->free != MT_UNKNOWN) {
    mt_plot_track(c, bar.x, bar.y, bar.w, role, solid, ghost, l->bars);
    draw_limit(c, bar, solid, l);
  } else {
    mt_plot_bar(c, bar.x, bar.y, bar.w, role, solid, ghost, l->bars);
  }
}

static void draw_peak(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                      const struct load *l)
{
  char size[MT_SIZE_CELL];
  struct mt_rect bar = {r.x + BEFORE, r.y, r.w - BEFORE, 1};
  mt_canvas_text(c, r.x, r.y, LABEL, MT_ROLE_TEXT, "peak");
  mt_canvas_right(c, r.x + LABEL, r.y, 6, MT_ROLE_STRONG,
                  mt_format_size_cell(size, l->peak));
  if (l->free == MT_UNKNOWN) {
    mt_plot_bar(c, bar.x, bar.y, bar.w, role, l->peak, 0, l->machine);
    return;
  }
  mt_plot_track(c, bar.x, bar.y, bar.w, role, l->peak, 0, l->machine);
  draw_limit(c, bar, l->peak, l);
}

/* "+ fits in 2.14G free", below the end of the bars. */
static void draw_verdict(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                         const struct load *l)
{
  struct mt_verdict_look v = mt_verdict_look(ui->snap, c->glyphs);
  char size[MT_SIZE_CELL], text[48];
  if (l->free == MT_UNKNOWN)
    return;
  snprintf(text, sizeof text, "%s%s free", v.text[0] == '\0' ? "" : " in ",
           mt_format_size_cell(size, l->free));
  int width = mt_canvas_columns(c, text), mark = v.text[0] == '\0' ? 0 : 2;
  int x = r.x + r.w - width - mt_canvas_columns(c, v.text) - mark;
  struct mt_pen pen = {c, x < r.x ? r.x : x, r.y, r.x + r.w};
  if (mark > 0)
    mt_pen_write(&pen, v.role, "%s %s", v.mark, v.text);
  mt_pen_write(&pen, MT_ROLE_DIM, "%s", text);
}

/* The columns that hold most of what could still be saved, largest first. */
static void draw_savings(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  const size_t *best = ui->summary.saving;
  char size[MT_SIZE_CELL];
  size_t n = ui->summary.savings, room = (size_t)(r.h - 1);
  n = n < MT_SUMMARY_SAVINGS ? n : MT_SUMMARY_SAVINGS;
  n = n < room ? n : room;
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

int mt_footprint_height(const struct mt_snapshot *s)
{
  return 2 + differs(s->now_total, s->resident_total) + (s->peak_high != MT_UNKNOWN) +
         (s->memory.available != MT_UNKNOWN);
}

void mt_footprint_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  struct load l = load_of(s);
  enum mt_role planned = l.after == l.now ? MT_ROLE_BAR : MT_ROLE_AFTER;
  int end = r.y + r.h;
  draw_bar(c, r, "now", MT_ROLE_BAR, l.now, 0, &l);
  r.y++;
  if (differs(l.now, s->resident_total) && end - r.y > 1) {
    draw_bar(c, r, "resident", MT_ROLE_BAR, s->resident_total, 0, &l);
    r.y++;
  }
  if (r.y < end)
    draw_bar(c, r, "planned", planned, l.after, l.now, &l);
  r.y++;
  if (l.peak != MT_UNKNOWN && r.y < end) {
    draw_peak(c, r, mt_verdict_look(s, c->glyphs).role, &l);
    r.y++;
  }
  if (r.y < end)
    draw_verdict(ui, c, r, &l);
  r.y += 2;
  r.h = end - r.y;
  if (r.h >= 2)
    draw_savings(ui, c, r);
}
