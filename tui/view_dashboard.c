/* The dashboard: where its parts lie at each size, and every part but the table.
 *
 * As the window shrinks, borders go first, then the graphs' height, then the table's
 * secondary columns (view_table.c), then the footer's labels; never the names and what
 * they save. */
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "tui/view.h"

/* --- layout -------------------------------------------------------------------- */

struct mt_layout mt_dashboard_layout(int width, int height)
{
  struct mt_layout l = {0};
  if (width < 20 || height < 5) {
    l.header = (struct mt_rect){0, 0, width, 1};
    return l;
  }
  bool side = width >= 110 && height >= 20;
  l.boxes = side;
  int header = height >= 20 ? 3 : height >= 12 ? 2 : 1;
  int graphs = side ? 0 : height >= 24 && width >= 50 ? 4 : height >= 14 && width >= 40;
  int strip = height < 8 ? 0 : side ? (height >= 28 ? 4 : 3) : height >= 24 ? 2 : 1;
  int middle = height - header - graphs - strip - 1, y = 0;
  int side_width = side ? mt_clamp(width * 28 / 100, 32, 56) : 0;
  l.header = (struct mt_rect){0, y, width, header};
  l.graphs = (struct mt_rect){0, y += header, width, graphs};
  l.table = (struct mt_rect){0, y += graphs, width - side_width, middle};
  l.side = (struct mt_rect){width - side_width, y, side_width, side ? middle : 0};
  l.strip = (struct mt_rect){0, y += middle, width, strip};
  l.footer = (struct mt_rect){0, y + strip, width, 1};
  return l;
}

int mt_table_rows(const struct mt_layout *l)
{
  int rows = l->table.h - 1 - (l->boxes ? 2 : 0);
  return rows > 0 ? rows : 0;
}

/* --- what is known of the selected column ---------------------------------------- */

static void write_facts(struct mt_pen *pen, const struct mt_snapshot *s, size_t column)
{
  const struct mt_column_view *v = &s->columns[column];
  char count[MT_COUNT_TEXT], size[MT_SIZE_PROSE];
  const char *dot = pen->canvas->glyphs->dot;
  mt_pen_write(pen, MT_ROLE_TEXT, "%s", v->dtype == NULL ? "no dtype yet" : v->dtype);
  if (v->nulls == 0)
    mt_pen_write(pen, MT_ROLE_TEXT, " %s no nulls", dot);
  else
    mt_pen_write(pen, MT_ROLE_TEXT, " %s %s null%s", dot,
                 mt_format_count(count, v->nulls), v->nulls == 1 ? "" : "s");
  mt_pen_write(pen, MT_ROLE_TEXT, " %s %s%s distinct", dot,
               v->distinct_exact ? "" : "about ", mt_format_count(count, v->distinct));
  mt_pen_write(pen, MT_ROLE_TEXT, " %s %s now", dot, mt_format_size(size, v->now));
  if (v->warn)
    mt_pen_write(pen, MT_ROLE_WARN, " %s %s reading it by default changes the data",
                 pen->canvas->glyphs->warn, mt_engine_title(s->engine));
}

static void write_proof(struct mt_pen *pen, const struct mt_snapshot *s,
                        enum mt_class class_)
{
  char rows[MT_COUNT_TEXT];
  bool proven = s->scan == MT_SCAN_DONE;
  mt_format_count(rows, s->rows);
  mt_pen_write(pen, mt_class_role(class_, s), "%s %s",
               mt_class_mark(class_, pen->canvas->glyphs->ascii), mt_class_name(class_));
  if (class_ == MT_CLASS_REVIEW)
    mt_pen_write(pen, MT_ROLE_WARN, ": you decide, Enter shows why");
  if (proven)
    mt_pen_write(pen, MT_ROLE_TEXT, ", all %s rows checked", rows);
  else
    mt_pen_write(pen, MT_ROLE_WARN, " so far, not proven: %s rows read", rows);
}

/* Texts in the way of numbers, and the key that takes them out of it. */
static void write_sentinels(struct mt_pen *pen, const struct mt_column_view *v)
{
  char texts[MT_SENTINELS_TEXT], count[MT_COUNT_TEXT];
  if (v->sentinels == 0)
    return;
  mt_pen_write(pen, MT_ROLE_KEY, "0");
  mt_pen_write(pen, MT_ROLE_WARN, " makes %s null: then numbers", mt_sentinels(texts, v));
  mt_pen_fit(pen, MT_ROLE_DIM, " (%s cell%s)", mt_format_count(count, v->sentinels),
             v->sentinels == 1 ? "" : "s");
  mt_pen_write(pen, MT_ROLE_TEXT, "   ");
}

/* Equal texts are one object: what is reported need not be what is freed. */
static void write_relief(struct mt_pen *pen, const struct mt_column_view *v)
{
  int64_t saving = mt_column_saving(v), relief = mt_column_relief(v);
  char size[MT_SIZE_PROSE], reported[MT_SIZE_PROSE];
  if (saving <= 0)
    return;
  mt_format_size(size, (uint64_t)(relief < 0 ? -relief : relief));
  if (relief < 0)
    mt_pen_fit(pen, MT_ROLE_WARN, ", really takes %s more", size);
  else if (strcmp(size, mt_format_size(reported, (uint64_t)saving)) != 0)
    mt_pen_fit(pen, MT_ROLE_TEXT, ", really %s", size);
}

static void write_advice(struct mt_pen *pen, const struct mt_snapshot *s, size_t column)
{
  const struct mt_column_view *v = &s->columns[column];
  write_sentinels(pen, v);
  struct mt_target target = mt_column_target(v);
  int64_t saving = mt_column_saving(v);
  char size[MT_SIZE_PROSE], percent[MT_PERCENT_TEXT];
  if (target.name == NULL && v->sentinels > 0)
    return;
  if (target.name == NULL) {
    mt_pen_write(pen, MT_ROLE_DIM, "%s",
                 s->scan == MT_SCAN_RUNNING ? "nothing better so far"
                                            : "nothing better: this dtype stays");
    return;
  }
  if (v->changed && v->planned_dtype == MT_DROP)
    mt_pen_write(pen, MT_ROLE_STRONG, "dropped ");
  else
    mt_pen_write(pen, MT_ROLE_STRONG, "%s%s ", target.name,
                 target.applied ? " applied" : "");
  mt_format_size(size, (uint64_t)(saving < 0 ? -saving : saving));
  mt_percent(percent, v->now, target.bytes, pen->canvas->glyphs);
  if (saving != 0)
    mt_pen_write(pen, MT_ROLE_TEXT, "%s %s (%s)", saving < 0 ? "takes" : "saves", size,
                 percent);
  if (saving < 0)
    mt_pen_write(pen, MT_ROLE_TEXT, " more");
  write_relief(pen, v);
  mt_pen_write(pen, MT_ROLE_TEXT, "  ");
  if (!(v->changed && v->planned_dtype == MT_DROP))
    write_proof(pen, s, target.class_);
}

static void draw_strip(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                       bool boxed)
{
  const struct mt_snapshot *s = ui->snap;
  const struct mt_table *t = &ui->table;
  struct mt_pen pen = {c, r.x + 1, r.y, r.w - 1};
  if (boxed) {
    mt_canvas_box(c, r, MT_ROLE_BORDER, NULL);
    r = mt_rect_inside(r);
    pen = (struct mt_pen){c, r.x + 1, r.y, r.x + r.w - 1};
  }
  if (t->len > 0) {
    const struct mt_name *name = &s->names[mt_table_column(t)];
    int x = pen.x;
    mt_pen_name(&pen, mt_clamp(r.w / 4, 6, 32), MT_ROLE_STRONG, name->text, name->len);
    mt_pen_write(&pen, MT_ROLE_TEXT, "  ");
    if (r.h > 1) {
      write_facts(&pen, s, mt_table_column(t));
      pen.x = x;
      pen.y++;
    }
    if (ui->message[0] == '\0')
      write_advice(&pen, s, mt_table_column(t));
  }
  if (ui->message[0] != '\0') {
    pen.x = r.x + 1;
    mt_canvas_repeat(c, r.x, pen.y, r.w, MT_ROLE_TEXT, " ");
    mt_pen_write(&pen, ui->message_role, "%s", ui->message);
  }
}

/* --- all of it ------------------------------------------------------------------- */

void mt_dashboard_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct mt_layout l = mt_dashboard_layout(c->width, c->height);
  mt_header_draw(ui, c, l.header);
  if (l.graphs.h > 0)
    mt_graphs_draw(ui, c, l.graphs);
  if (l.side.h > 0)
    mt_side_draw(ui, c, l.side);
  if (l.table.h > 0 && l.boxes)
    mt_table_frame_draw(ui, c, l.table);
  else if (l.table.h > 0)
    mt_table_draw(ui, c, l.table);
  if (l.strip.h > 0)
    draw_strip(ui, c, l.strip, l.boxes);
  if (l.footer.h > 0) {
    int place =
        l.boxes || c->width < 40 ? 0 : mt_table_state_draw(ui, c, c->width, l.footer.y);
    mt_footer_draw(ui, c, l.footer.y, c->width - place, MT_IN_TABLE);
  }
}
