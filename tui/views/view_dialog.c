/* Small dialogs over the table: the dtype picker, and a question. */
#include "core/base/text.h"
#include "tui/views/view.h"

/* --- dtype picker -------------------------------------------------------------- */

static void picker_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct mt_rect r = mt_dialog_draw(c, 76, MT_DTYPE_COUNT + 5, "dtype");
  struct mt_rect box = {r.x - 2, r.y - 1, r.w + 4, r.h + 2};
  const struct mt_name *name = &ui->snap->names[ui->choices.column];
  char rows[MT_COUNT_TEXT];
  if (r.h > 5) {
    struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
    mt_pen_name(&pen, r.w / 2, MT_ROLE_STRONG, name->text, name->len);
    if (ui->choices.many > 1)
      mt_pen_write(&pen, MT_ROLE_ACCENT, " and %s more marked",
                   mt_format_count(rows, ui->choices.many - 1));
    if (ui->snap->scan != MT_SCAN_DONE)
      mt_pen_write(&pen, MT_ROLE_WARN, "   first %s rows, not proven",
                   mt_format_count(rows, ui->snap->rows));
    int used = r.h < 12 ? 1 : 2;
    r.y += used;
    r.h -= used;
  }
  if (r.h - 2 * (r.h >= 5) <= MT_DTYPE_COUNT)
    mt_place_draw(c, box, ui->choices.cursor + 1, MT_DTYPE_COUNT + 1);
  if (r.h >= 5) {
    char text[MT_CHOICE_TEXT];
    r.h -= 2;
    mt_choices_explain(ui, text, sizeof text);
    mt_canvas_paragraph(c, (struct mt_rect){r.x, r.y + r.h, r.w, 2}, MT_ROLE_TEXT, text);
  }
  mt_choices_draw(ui, c, (struct mt_rect){r.x - 1, r.y, r.w + 2, r.h});
  mt_canvas_clear(c, (struct mt_rect){0, c->height - 1, c->width, 1});
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_PICKER);
}

static unsigned picker_act(struct mt_ui *ui, enum mt_action action)
{
  unsigned reaction = MT_REACT_DRAW;
  if (mt_list_move(&ui->choices.cursor, MT_DTYPE_COUNT + 1, 8, action))
    return reaction;
  if (action != MT_ACTION_CHOOSE && action != MT_ACTION_BACK)
    return MT_REACT_UNHANDLED;
  mt_ui_pop(ui);
  if (action == MT_ACTION_CHOOSE) /* may open the rows */
    reaction = mt_choices_take(ui);
  return reaction;
}

const struct mt_view mt_view_picker = {
    .context = MT_IN_PICKER,
    .draw = picker_draw,
    .act = picker_act,
    .refresh = mt_choices_refresh,
};

/* --- question ------------------------------------------------------------------ */

static void question_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_question *q = &ui->question;
  enum { LINES = sizeof q->text / sizeof *q->text };
  int width = 30, wrapped = 0;
  for (int i = 0; i < LINES; i++) {
    int columns = mt_canvas_columns(c, q->text[i]);
    width = columns > width ? columns : width;
    wrapped += columns > c->width - 4; /* takes a second line */
  }
  struct mt_rect r = mt_dialog_draw(c, width, LINES + 2 + wrapped, q->title);
  int y = r.y, end = r.y + r.h - 1;
  for (int i = 0; i < LINES && q->text[i][0] != '\0'; i++)
    y += mt_canvas_paragraph(c, (struct mt_rect){r.x, y, r.w, end - y}, MT_ROLE_TEXT,
                             q->text[i]);
  struct mt_pen pen = {c, r.x, r.y + r.h - 1, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_KEY, "y");
  mt_pen_write(&pen, MT_ROLE_TEXT, " yes");
  mt_canvas_link(c, r.x, pen.y, pen.x - r.x, MT_ACTION_YES);
  int no = pen.x += 4;
  mt_pen_write(&pen, MT_ROLE_KEY, "n");
  mt_pen_write(&pen, MT_ROLE_TEXT, " no");
  mt_canvas_link(c, no, pen.y, pen.x - no, MT_ACTION_NO);
  mt_canvas_clear(c, (struct mt_rect){0, c->height - 1, c->width, 1});
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_QUESTION);
}

static unsigned question_act(struct mt_ui *ui, enum mt_action action)
{
  if (action != MT_ACTION_YES && action != MT_ACTION_NO)
    return MT_REACT_UNHANDLED;
  mt_ui_pop(ui);
  return action == MT_ACTION_YES ? ui->question.yes(ui) : MT_REACT_DRAW;
}

const struct mt_view mt_view_question = {
    .context = MT_IN_QUESTION,
    .draw = question_draw,
    .act = question_act,
};
