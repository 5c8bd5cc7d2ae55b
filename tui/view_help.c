/* Help: the action table and the marks, laid out for people. */
#include <stdio.h>
#include <string.h>

#include "tui/view.h"

enum { COLUMN = 58, MOST = MT_ACTION_COUNT + 2 * MT_GROUP_COUNT + 16 };

struct line {
  char key[24];
  const char *text; /* NULL: key is a heading */
};

static struct line *add(struct line lines[MOST], size_t *n, const char *key,
                        const char *text)
{
  struct line *l = &lines[(*n)++];
  snprintf(l->key, sizeof l->key, "%s", key);
  l->text = text;
  return l;
}

static void add_marks(struct line lines[MOST], size_t *n, const struct mt_glyphs *g)
{
  static const struct {
    enum mt_class class_;
    const char *text;
  } classes[] = {
      {MT_CLASS_EXACT, "exact or equal: no value changes, on every row"},
      {MT_CLASS_ROUNDED, "rounded: float32 with the same shortest text"},
      {MT_CLASS_REVIEW, "review: you decide"},
      {MT_CLASS_BLOCKED, "blocked: some value rules it out"},
  };
  add(lines, n, "", "");
  add(lines, n, "marks", NULL);
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
    add(lines, n, mt_class_mark(classes[i].class_, g->ascii), classes[i].text);
  add(lines, n, g->warn, "the engine's default changes the data");
  add(lines, n, g->applied, "the plan changes this column");
  add(lines, n, "~", "an estimate");
}

static size_t help_lines(struct line lines[MOST], const struct mt_glyphs *g)
{
  size_t n = 0;
  for (int group = 0; group < MT_GROUP_COUNT; group++) {
    if (group > 0)
      add(lines, &n, "", "");
    add(lines, &n, mt_action_group_title((enum mt_action_group)group), NULL);
    for (int a = 0; a < MT_ACTION_COUNT; a++) {
      const struct mt_action_info *info = mt_action_info((enum mt_action)a);
      if ((int)info->group == group)
        add(lines, &n, info->keys, info->help);
    }
  }
  add_marks(lines, &n, g);
  return n;
}

/* Lines that one screen shows, and how many columns of them. */
static size_t page_lines(int width, int height, int *columns)
{
  *columns = width >= 2 * COLUMN ? 2 : 1;
  return height > 3 ? (size_t)(height - 2) : 1; /* title, footer */
}

static void draw_line(struct mt_canvas *c, int x, int y, int width, const struct line *l)
{
  if (l->text == NULL) {
    mt_canvas_text(c, x, y, width, MT_ROLE_STRONG, l->key);
    return;
  }
  mt_canvas_text(c, x + 2, y, width - 2, MT_ROLE_KEY, l->key);
  mt_canvas_text(c, x + 12, y, width - 12, MT_ROLE_TEXT, l->text);
}

static size_t last_top(size_t lines, size_t page, int columns)
{
  size_t shown = page * (size_t)columns;
  return lines > shown ? lines - shown : 0;
}

static void help_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct line lines[MOST];
  int columns;
  size_t n = help_lines(lines, c->glyphs),
         page = page_lines(c->width, c->height, &columns);
  size_t top = ui->help_top, last = last_top(n, page, columns);
  if (top > last)
    top = last;
  struct mt_pen pen = {c, 0, 0, c->width};
  mt_pen_write(&pen, MT_ROLE_BRAND, " help ");
  if (last > 0)
    mt_pen_write(&pen, MT_ROLE_DIM, "   %zu of %zu lines", top + page * (size_t)columns,
                 n);
  for (size_t i = 0; i < page * (size_t)columns && top + i < n; i++)
    draw_line(c, 1 + (int)(i / page) * (c->width / columns), 1 + (int)(i % page),
              c->width / columns - 2, &lines[top + i]);
  mt_footer_draw(c, c->height - 1, c->width, MT_IN_HELP);
}

static unsigned help_act(struct mt_ui *ui, enum mt_action action)
{
  struct line lines[MOST];
  int columns;
  size_t n = help_lines(lines, mt_theme_glyphs(true));
  size_t page = page_lines(ui->width, ui->height, &columns);
  if (mt_list_move(&ui->help_top, last_top(n, page, columns) + 1, page, action))
    return MT_REACT_DRAW;
  if (action != MT_ACTION_BACK)
    return MT_REACT_UNHANDLED;
  mt_ui_pop(ui);
  return MT_REACT_DRAW;
}

const struct mt_view mt_view_help = {
    .context = MT_IN_HELP,
    .covers = true,
    .draw = help_draw,
    .act = help_act,
};
