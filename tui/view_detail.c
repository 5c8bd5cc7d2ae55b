/* One column in full: the evidence, and every dtype it may become. */
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "tui/view.h"

static int draw_evidence(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_column_detail *d = &ui->choices.detail;
  char exact[MT_COUNT_TEXT], size[MT_SIZE_PROSE];
  int y = r.y, end = r.y + r.h;
  struct mt_pen pen = {c, r.x, y++, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_DIM, "now    ");
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s bytes", mt_format_count(exact, d->view.now));
  mt_pen_write(&pen, MT_ROLE_DIM, " (%s)", mt_format_size(size, d->view.now));
  if (d->view.resident != MT_UNKNOWN && d->view.resident != d->view.now && r.h > 3) {
    pen = (struct mt_pen){c, r.x, y++, r.x + r.w};
    mt_pen_write(&pen, MT_ROLE_DIM, "stays  ");
    mt_pen_write(&pen, MT_ROLE_TEXT, "about %s", mt_format_size(size, d->view.resident));
    mt_pen_fit(&pen, MT_ROLE_DIM, " resident");
  }
  pen = (struct mt_pen){c, r.x, y++, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_DIM, "after  ");
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s bytes", mt_format_count(exact, d->view.after));
  mt_pen_write(&pen, MT_ROLE_DIM, " (%s)", mt_format_size(size, d->view.after));
  if (y < end)
    y++;
  for (size_t i = 0; i < d->warnings.len && y < end; i++) {
    mt_canvas_text(c, r.x, y, 2, MT_ROLE_WARN, c->glyphs->warn);
    y += mt_canvas_paragraph(c, (struct mt_rect){r.x + 2, y, r.w - 2, end - y},
                             MT_ROLE_WARN, d->warnings.item[i].text);
  }
  if (d->warnings.len > 0 && y < end)
    y++;
  for (size_t i = 0; i < d->evidence_len && y < end; i++)
    y += mt_canvas_paragraph(c, (struct mt_rect){r.x, y, r.w, end - y}, MT_ROLE_TEXT,
                             d->evidence[i]);
  for (size_t i = 0; i < d->notes.len && y < end; i++)
    y += mt_canvas_paragraph(c, (struct mt_rect){r.x, y, r.w, end - y}, MT_ROLE_TEXT,
                             d->notes.item[i].text);
  if (d->view.sentinels > 0 && y < end) {
    pen = (struct mt_pen){c, r.x, y++, r.x + r.w};
    mt_pen_write(&pen, MT_ROLE_KEY, "0");
    mt_pen_write(&pen, MT_ROLE_TEXT, " makes %s null",
                 d->view.sentinels == 1 ? "it" : "them");
  }
  if (d->examples_len > 0 && y + 2 < end) {
    mt_canvas_text(c, r.x, ++y, r.w, MT_ROLE_DIM, "most frequent");
    y++;
  }
  for (size_t i = 0; i < d->examples_len && y < end; i++)
    mt_canvas_text(c, r.x + 2, y++, r.w - 2, MT_ROLE_TEXT, d->examples[i]);
  return y - r.y;
}

static void draw_title(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_snapshot *s = ui->snap;
  size_t column = ui->choices.column;
  char place[MT_COUNT_TEXT], count[MT_COUNT_TEXT];
  struct mt_pen pen = {c, 0, 0, c->width - 1};
  mt_pen_write(&pen, MT_ROLE_BRAND, " column ");
  mt_pen_write(&pen, MT_ROLE_TEXT, "  ");
  mt_pen_name(&pen, c->width / 2, MT_ROLE_STRONG, s->names[column].text,
              s->names[column].len);
  mt_pen_write(&pen, MT_ROLE_DIM, "   %s of %s", mt_format_count(place, column + 1),
               mt_format_count(count, s->column_count));
  mt_pen_fit(&pen, MT_ROLE_ACCENT, "   %s", mt_engine_title(s->engine));
  if (s->scan != MT_SCAN_DONE)
    mt_pen_write(&pen, MT_ROLE_WARN, "   first %s rows, not proven",
                 mt_format_count(count, s->rows));
}

struct detail_layout {
  struct mt_rect facts, choices;
  bool boxes;
};

static struct detail_layout detail_layout(int width, int height)
{
  struct detail_layout l = {.boxes = width >= 100 && height >= 16};
  int middle = height - 3; /* title, message, footer */
  if (l.boxes) {
    int left = width * 2 / 5;
    l.facts = (struct mt_rect){0, 1, left, middle};
    l.choices = (struct mt_rect){left, 1, width - left, middle};
  } else {
    int facts = middle > 18 ? middle - 10 : middle / 3;
    l.facts = (struct mt_rect){1, 1, width - 2, facts};
    l.choices = (struct mt_rect){0, 1 + facts, width, middle - facts};
  }
  return l;
}

static void detail_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  char why[MT_CHOICE_TEXT];
  struct detail_layout l = detail_layout(c->width, c->height);
  draw_title(ui, c);
  if (l.boxes) {
    mt_canvas_box(c, l.facts, MT_ROLE_BORDER, "evidence");
    mt_canvas_box(c, l.choices, MT_ROLE_BORDER, "dtypes");
    l.facts =
        (struct mt_rect){l.facts.x + 2, l.facts.y + 1, l.facts.w - 4, l.facts.h - 2};
    l.choices = (struct mt_rect){l.choices.x + 1, l.choices.y + 1, l.choices.w - 2,
                                 l.choices.h - 2};
  }
  draw_evidence(ui, c, l.facts);
  mt_choices_draw(ui, c, l.choices);
  if (ui->message[0] != '\0') {
    mt_canvas_text(c, 1, c->height - 2, c->width - 2, ui->message_role, ui->message);
  } else {
    mt_choices_explain(ui, why, sizeof why);
    mt_canvas_text(c, 1, c->height - 2, c->width - 2, MT_ROLE_DIM, why);
  }
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_DETAIL);
}

/* The next column of the table, not of the file: rows keep their order. */
static unsigned other_column(struct mt_ui *ui, long step)
{
  mt_table_move(&ui->table, step);
  mt_choices_open(ui, mt_table_column(&ui->table));
  return MT_REACT_SNAPSHOT;
}

static unsigned detail_act(struct mt_ui *ui, enum mt_action action)
{
  struct detail_layout l = detail_layout(ui->width, ui->height);
  size_t page = (size_t)(l.choices.h > 0 ? l.choices.h : 1);
  if (mt_list_move(&ui->choices.cursor, MT_DTYPE_COUNT + 1, page, action))
    return MT_REACT_DRAW;
  switch (action) {
  case MT_ACTION_LEFT:
    return other_column(ui, -1);
  case MT_ACTION_RIGHT:
    return other_column(ui, 1);
  case MT_ACTION_CHOOSE:
    return mt_choices_take(ui);
  case MT_ACTION_BACK:
    mt_ui_pop(ui);
    return MT_REACT_DRAW;
  case MT_ACTION_DATA:
    return mt_data_open(ui, ui->choices.column);
  case MT_ACTION_FAULTS:
    return mt_faults_open(ui);
  default:
    return mt_plan_act(ui, action, ui->choices.column);
  }
}

const struct mt_view mt_view_detail = {
    .context = MT_IN_DETAIL,
    .covers = true,
    .draw = detail_draw,
    .act = detail_act,
    .refresh = mt_choices_refresh,
};
