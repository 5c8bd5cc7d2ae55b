/* What is known of the column under the table's cursor: in two lines, or in one, and in
 * panes where the table leaves room. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/panes.h"
#include "tui/views/view.h"

/* --- the strip ------------------------------------------------------------------ */

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

/* The loss class and how far it was checked; never the one without the other where not
 * every row was. */
static void write_proof(struct mt_pen *pen, const struct mt_snapshot *s,
                        enum mt_class class_)
{
  char rows[MT_COUNT_TEXT];
  bool proven = s->scan == MT_SCAN_DONE;
  mt_format_count(rows, s->rows);
  if (!mt_pen_fit(pen, mt_class_role(class_, s), "  %s %s%s",
                  mt_class_mark(class_, pen->canvas->glyphs->ascii),
                  mt_class_name(class_), proven ? "" : " so far"))
    return;
  if (class_ == MT_CLASS_REVIEW)
    mt_pen_fit(pen, MT_ROLE_WARN, ": you decide, Enter shows why");
  if (!proven)
    mt_pen_fit(pen, MT_ROLE_WARN, ", not proven: %s rows read", rows);
  else if (!mt_pen_fit(pen, MT_ROLE_TEXT, ", all %s row%s checked", rows,
                       s->rows == 1 ? "" : "s"))
    mt_pen_fit(pen, MT_ROLE_TEXT, ", all rows");
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
    if (s->scan == MT_SCAN_RUNNING)
      mt_pen_fit(pen, MT_ROLE_DIM, "nothing better so far");
    else if (!mt_pen_fit(pen, MT_ROLE_DIM, "nothing better: this dtype stays"))
      mt_pen_fit(pen, MT_ROLE_DIM, "nothing better");
    return;
  }
  if (v->changed && v->planned_dtype == MT_DROP)
    mt_pen_write(pen, MT_ROLE_STRONG, "dropped ");
  else
    mt_pen_write(pen, MT_ROLE_STRONG, "%s%s ", target.name,
                 target.applied ? " applied" : "");
  mt_format_size(size, (uint64_t)(saving < 0 ? -saving : saving));
  mt_percent(percent, v->now, target.bytes, pen->canvas->glyphs);
  const char *verb = saving < 0 ? "takes" : "saves", *more = saving < 0 ? " more" : "";
  if (saving != 0 &&
      !mt_pen_fit(pen, MT_ROLE_TEXT, "%s %s%s (%s)", verb, size, more, percent) &&
      !mt_pen_fit(pen, MT_ROLE_TEXT, "%s %s%s", verb, size, more))
    mt_pen_fit(pen, MT_ROLE_TEXT, "%s%s", saving < 0 ? "+" : pen->canvas->glyphs->minus,
               size);
  write_relief(pen, v);
  if (!(v->changed && v->planned_dtype == MT_DROP))
    write_proof(pen, s, target.class_);
}

enum { MESSAGE_LINES = 3 };

void mt_strip_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  const struct mt_table *t = &ui->table;
  struct mt_pen pen = {c, r.x + 1, r.y, r.w - 1};
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
    int width = r.w - 2; /* what to do next is at its end */
    int lines = mt_clamp(mt_canvas_lines(c, ui->message, width), 1, MESSAGE_LINES);
    int y = r.y + r.h - lines; /* maybe on rows of the table */
    mt_canvas_clear(c, (struct mt_rect){r.x, y, r.w, lines});
    mt_canvas_paragraph(c, (struct mt_rect){r.x + 1, y, width, lines}, ui->message_role,
                        ui->message);
  }
}

/* --- the preview ---------------------------------------------------------------- */

/* A pane under its title. */
static void draw_pane(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                      enum mt_pane_kind kind)
{
  struct mt_pane pane = {.canvas = c, .snap = ui->snap, .portrait = &ui->portrait};
  mt_canvas_text(c, r.x, r.y, r.w, MT_ROLE_DIM, mt_pane_title(kind, &ui->portrait));
  pane.r = (struct mt_rect){r.x, r.y + 1, r.w, r.h - 1};
  mt_pane_draw(kind, &pane);
}

/* A histogram needs its height; texts say more by their values than by their lengths. */
static bool has_picture(const struct mt_portrait *p, int height)
{
  return height >= 12 && (p->dated || p->statistics.count > 0);
}

void mt_preview_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  enum { GAP = 3 };
  const struct mt_portrait *p = &ui->portrait;
  enum mt_pane_kind kinds[3] = {MT_PANE_EVIDENCE};
  int n = 1;
  mt_canvas_box(c, r, MT_ROLE_BORDER, p->drawn ? NULL : "no column");
  if (!p->drawn || p->column >= ui->snap->column_count)
    return;
  const struct mt_name *name = &ui->snap->names[p->column];
  mt_canvas_text(c, r.x + 2, r.y, 1, MT_ROLE_TITLE, " ");
  int used =
      mt_canvas_name(c, r.x + 3, r.y, r.w - 8, MT_ROLE_TITLE, name->text, name->len);
  mt_canvas_text(c, r.x + 3 + used, r.y, 1, MT_ROLE_TITLE, " ");
  r = (struct mt_rect){r.x + 2, r.y + 1, r.w - 4, r.h - 2};
  if (has_picture(p, r.h))
    kinds[n++] = MT_PANE_DISTRIBUTION;
  if (n == 1 || r.w >= 120)
    kinds[n++] = MT_PANE_VALUES;
  if (n == 2 && r.w >= 120)
    kinds[n++] = MT_PANE_LENGTHS;
  int width = (r.w - (n - 1) * GAP) / n;
  for (int i = 0; i < n; i++)
    draw_pane(ui, c, (struct mt_rect){r.x + i * (width + GAP), r.y, width, r.h},
              kinds[i]);
}
