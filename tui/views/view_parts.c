/* Which parts the column table has: a list to switch them on and off. */
#include "tui/views/view.h"

/* The name is always there. */
enum { FIRST = MT_PART_NAME + 1, ROWS = MT_PART_COUNT - FIRST, WIDTH = 54 };

static void draw_part(const struct mt_ui *ui, struct mt_canvas *c, int x, int y,
                      int width, enum mt_table_part p, bool shown)
{
  const struct mt_table_part_info *info = mt_table_part_info(p);
  struct mt_pen pen = {c, x, y, x + width};
  bool wanted = shown || ui->table.parts.wish[p] == MT_PART_ON;
  mt_pen_write(&pen, wanted ? MT_ROLE_GOOD : MT_ROLE_DIM, "[%s] ",
               wanted ? c->glyphs->good : " ");
  mt_pen_write(&pen, wanted ? MT_ROLE_STRONG : MT_ROLE_TEXT, "%-10s", info->title);
  if (wanted && !shown)
    mt_pen_write(&pen, MT_ROLE_WARN, "  no room for it now");
  else if (width >= WIDTH) /* all of them, or none */
    mt_pen_write(&pen, MT_ROLE_DIM, "  %s", info->help);
}

static void parts_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct mt_fit fit = mt_table_fit(ui, ui->table.skip);
  struct mt_rect r = mt_dialog_draw(c, WIDTH, ROWS, "the table shows");
  if (r.h < ROWS)
    mt_place_draw(c, (struct mt_rect){r.x - 2, r.y - 1, r.w + 4, r.h + 2},
                  ui->parts_cursor + 1, ROWS);
  int top = mt_clamp((int)ui->parts_cursor - r.h + 1, 0, ROWS);
  for (int row = 0; row < r.h && top + row < ROWS; row++) {
    enum mt_table_part p = (enum mt_table_part)(FIRST + top + row);
    draw_part(ui, c, r.x, r.y + row, r.w, p, fit.width[p] > 0);
    if ((size_t)(top + row) == ui->parts_cursor)
      mt_canvas_restyle(c, r.x - 1, r.y + row, r.w + 2, MT_ROLE_SELECTED);
  }
  mt_canvas_clear(c, (struct mt_rect){0, c->height - 1, c->width, 1});
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_PARTS);
}

static unsigned toggle(struct mt_ui *ui)
{
  enum mt_table_part p = (enum mt_table_part)(FIRST + ui->parts_cursor);
  bool wanted = mt_table_fit(ui, ui->table.skip).width[p] > 0 ||
                ui->table.parts.wish[p] == MT_PART_ON;
  ui->table.parts.wish[p] = wanted ? MT_PART_OFF : MT_PART_ON;
  return MT_REACT_DRAW;
}

static unsigned parts_act(struct mt_ui *ui, enum mt_action action)
{
  if (mt_list_move(&ui->parts_cursor, ROWS, 5, action))
    return MT_REACT_DRAW;
  switch (action) {
  case MT_ACTION_TOGGLE:
    return toggle(ui);
  case MT_ACTION_BACK:
    mt_ui_pop(ui);
    return MT_REACT_DRAW;
  default:
    return MT_REACT_UNHANDLED;
  }
}

const struct mt_view mt_view_parts = {
    .context = MT_IN_PARTS,
    .draw = parts_draw,
    .act = parts_act,
};
