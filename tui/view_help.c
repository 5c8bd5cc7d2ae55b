/* Help: the action table and the marks, laid out for people; above them the faults of
 * the file, which the header has no room for. */
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "tui/view.h"

enum { COLUMN = 58, KEYS = 12, MOST = 4 * MT_ACTION_COUNT + 5 * MT_FAULT_KINDS + 32 };

struct line {
  char key[24]; /* or a heading */
  char text[80];
  bool heading;
};

struct page {
  struct line line[MOST];
  size_t n, shown; /* lines; lines on the screen */
  int columns;     /* that they are laid out in */
  int width;       /* of the text in one */
};

static struct line *add(struct page *p, const char *key)
{
  struct line *l = &p->line[p->n < MOST ? p->n++ : MOST - 1];
  memset(l, 0, sizeof *l);
  snprintf(l->key, sizeof l->key, "%s", key);
  return l;
}

static void add_heading(struct page *p, const char *title)
{
  if (p->n > 0)
    add(p, "");
  add(p, title)->heading = true;
}

/* An explanation in as many lines as it needs, broken at blanks. */
static void add_text(struct page *p, const char *key, const char *text)
{
  do {
    size_t n = strlen(text), width = (size_t)p->width;
    if (n > width) {
      n = width;
      while (n > 1 && text[n] != ' ')
        n--;
    }
    struct line *l = add(p, key);
    snprintf(l->text, sizeof l->text, "%.*s", (int)n, text);
    text += n;
    text += strspn(text, " ");
    key = "";
  } while (*text != '\0');
}

static void add_faults(struct page *p, const struct mt_fault_list *f)
{
  char text[200], count[MT_COUNT_TEXT], line[MT_COUNT_TEXT];
  if (mt_fault_total(f) == 0)
    return;
  add_heading(p, "faults of this file");
  for (int k = 0; k < MT_FAULT_KINDS; k++) {
    if (f->count[k] == 0)
      continue;
    snprintf(text, sizeof text, "%s; first on line %s",
             mt_fault_text((enum mt_fault_kind)k, f->count[k]),
             mt_format_count(line, f->first[k][0].line));
    add_text(p, mt_format_count(count, f->count[k]), text);
  }
}

static void add_marks(struct page *p, const struct mt_glyphs *g)
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
  add_heading(p, "marks");
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
    add_text(p, mt_class_mark(classes[i].class_, g->ascii), classes[i].text);
  add_text(p, g->warn, "the engine's default changes the data");
  add_text(p, g->applied, "the plan changes this column");
  add_text(p, "~", "an estimate");
}

/* What help says on a screen of that size. */
static void make_page(struct page *p, const struct mt_ui *ui, int width, int height,
                      const struct mt_glyphs *g)
{
  p->n = 0;
  p->columns = width >= 2 * COLUMN ? 2 : 1;
  p->shown = (size_t)p->columns * (size_t)(height > 3 ? height - 2 : 1);
  p->width = mt_clamp(width / p->columns - 2 - KEYS, 10, (int)sizeof p->line->text - 1);
  add_faults(p, &ui->snap->faults);
  for (int group = 0; group < MT_GROUP_COUNT; group++) {
    add_heading(p, mt_action_group_title((enum mt_action_group)group));
    for (int a = 0; a < MT_ACTION_COUNT; a++) {
      const struct mt_action_info *info = mt_action_info((enum mt_action)a);
      if ((int)info->group == group)
        add_text(p, info->keys, info->help);
    }
  }
  add_marks(p, g);
}

static size_t last_top(const struct page *p)
{
  return p->n > p->shown ? p->n - p->shown : 0;
}

static void draw_line(struct mt_canvas *c, int x, int y, int width, const struct line *l)
{
  mt_canvas_text(c, l->heading ? x : x + 2, y, width - 2,
                 l->heading ? MT_ROLE_STRONG : MT_ROLE_KEY, l->key);
  mt_canvas_text(c, x + KEYS, y, width - KEYS, MT_ROLE_TEXT, l->text);
}

static void help_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct page p;
  make_page(&p, ui, c->width, c->height, c->glyphs);
  size_t top = ui->help_top < last_top(&p) ? ui->help_top : last_top(&p);
  size_t rows = p.shown / (size_t)p.columns;
  struct mt_pen pen = {c, 0, 0, c->width};
  mt_pen_write(&pen, MT_ROLE_BRAND, " help ");
  if (last_top(&p) > 0)
    mt_pen_write(&pen, MT_ROLE_DIM, "   %zu of %zu lines", top + p.shown, p.n);
  for (size_t i = 0; i < p.shown && top + i < p.n; i++)
    draw_line(c, 1 + (int)(i / rows) * (c->width / p.columns), 1 + (int)(i % rows),
              c->width / p.columns - 2, &p.line[top + i]);
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_HELP);
}

static unsigned help_act(struct mt_ui *ui, enum mt_action action)
{
  struct page p;
  make_page(&p, ui, ui->width, ui->height, mt_theme_glyphs(true));
  if (mt_list_move(&ui->help_top, last_top(&p) + 1, p.shown / (size_t)p.columns, action))
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
