/* Help: the action table and the marks, laid out for people; above them the faults of
 * the file, which the header has no room for. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

enum { COLUMN = 58, KEYS = 14, MOST = 5 * MT_ACTION_COUNT + 5 * MT_FAULT_KINDS + 64 };

struct line {
  char key[24];
  char text[80]; /* or a heading */
  bool heading;
};

struct page {
  struct line line[MOST];
  size_t n, shown;  /* lines; lines on the screen */
  int columns;      /* that they are laid out in */
  int width;        /* of the text in one */
  const char *find; /* what an explanation has to hold; "" = nothing */
  char heading[80]; /* of what comes next; "" once it has been written */
};

static struct line *add(struct page *p)
{
  struct line *l = &p->line[p->n < MOST ? p->n++ : MOST - 1];
  memset(l, 0, sizeof *l);
  return l;
}

static void begin(struct page *p, const char *heading)
{
  snprintf(p->heading, sizeof p->heading, "%s", heading);
}

static void add_heading(struct page *p)
{
  if (p->heading[0] == '\0')
    return;
  if (p->n > 0)
    add(p);
  struct line *l = add(p);
  l->heading = true;
  snprintf(l->text, sizeof l->text, "%s", p->heading);
  p->heading[0] = '\0';
}

static bool is_sought(const struct page *p, const char *text)
{
  return strcasestr(text, p->find) != NULL;
}

/* An explanation in as many lines as it needs, broken at blanks. */
static void add_lines(struct page *p, const char *key, const char *text)
{
  add_heading(p);
  do {
    size_t n = strlen(text), width = (size_t)p->width;
    if (n > width) {
      n = width;
      while (n > 1 && text[n] != ' ')
        n--;
    }
    struct line *l = add(p);
    snprintf(l->key, sizeof l->key, "%s", key);
    snprintf(l->text, sizeof l->text, "%.*s", (int)n, text);
    text += n;
    text += strspn(text, " ");
    key = "";
  } while (*text != '\0');
}

static void add_text(struct page *p, const char *key, const char *text)
{
  if (is_sought(p, key) || is_sought(p, text))
    add_lines(p, key, text);
}

/* An action is found by its name and by the footer's word for it as well. */
static void add_action(struct page *p, const struct mt_action_info *info)
{
  if (is_sought(p, info->keys) || is_sought(p, info->help) || is_sought(p, info->name) ||
      is_sought(p, info->label))
    add_lines(p, info->keys, info->help);
}

/* --- what there is to say ------------------------------------------------------- */

static void add_faults(struct page *p, const struct mt_fault_list *f)
{
  char text[200], count[MT_COUNT_TEXT], line[MT_COUNT_TEXT];
  if (mt_fault_total(f) == 0)
    return;
  begin(p, "faults of this file");
  for (int k = 0; k < MT_FAULT_KINDS; k++) {
    if (f->count[k] == 0)
      continue;
    snprintf(text, sizeof text, "%s; first on line %s",
             mt_fault_text((enum mt_fault_kind)k, f->count[k]),
             mt_format_count(line, f->first[k][0].line));
    add_text(p, mt_format_count(count, f->count[k]), text);
  }
}

static void add_actions(struct page *p, enum mt_context here)
{
  for (int group = 0; group < MT_GROUP_COUNT; group++) {
    begin(p, mt_action_group_title((enum mt_action_group)group));
    for (int a = 0; a < MT_ACTION_COUNT; a++) {
      const struct mt_action_info *info = mt_action_info((enum mt_action)a);
      if ((int)info->group == group && (info->contexts & here))
        add_action(p, info);
    }
  }
}

/* What else there is, each action where it is first met. */
static void add_others(struct page *p, enum mt_context here)
{
  unsigned told = here;
  for (unsigned context = 1; context & MT_IN_ALL; context <<= 1) {
    char heading[sizeof p->heading];
    snprintf(heading, sizeof heading, "in %s", mt_context_title(context));
    begin(p, heading);
    for (int a = 0; a < MT_ACTION_COUNT; a++) {
      const struct mt_action_info *info = mt_action_info((enum mt_action)a);
      if ((info->contexts & context) && !(info->contexts & told))
        add_action(p, info);
    }
    told |= context;
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
  begin(p, "marks");
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
    add_text(p, mt_class_mark(classes[i].class_, g->ascii), classes[i].text);
  add_text(p, g->warn, "the engine's default changes the data");
  add_text(p, g->applied, "the plan changes this column");
  add_text(p, g->marked, "marked: a t 0 - are for all marked ones");
  add_text(p, "~", "an estimate");
}

static void add_words(struct page *p)
{
  begin(p, "words");
  add_text(p, "now", "memory of the column as the engine loads it by default");
  add_text(p, "after", "memory once it has the dtype that is suggested or chosen");
  add_text(p, "reported", "what memory_usage(deep=True) and its like say");
  add_text(p, "resident", "what is really taken: equal texts can be one object");
  add_text(p, "peak", "the most that a load takes on its way");
  add_text(p, "rss", "what memtop itself takes");
}

static void add_filters(struct page *p)
{
  begin(p, "filters, after &");
  add_text(p, "id", "a part of a name; capitals count where they are given");
  add_text(p, "= != ~", "after a field: is, is not, holds: dtype=str name~id");
  add_text(p, "> >= < <=", "numbers: saving>100M nulls>10% distinct<1K");
  add_text(p, "and or not", "join them; , and a blank are and; ( ) as usual");
  for (int i = 0; i < MT_FILTER_FIELD_COUNT; i++)
    add_text(p, mt_filter_field_name((enum mt_filter_field)i),
             mt_filter_field_help((enum mt_filter_field)i));
}

/* --- the page --------------------------------------------------------------------- */

/* What help says on a screen of that size. */
static void make_page(struct page *p, const struct mt_ui *ui, int width, int height,
                      const struct mt_glyphs *g)
{
  p->n = 0;
  p->heading[0] = '\0';
  p->find = ui->help.find.text;
  p->columns = width >= 2 * COLUMN ? 2 : 1;
  p->shown = (size_t)p->columns * (size_t)(height > 3 ? height - 2 : 1);
  p->width = mt_clamp(width / p->columns - 2 - KEYS, 10, (int)sizeof p->line->text - 1);
  add_faults(p, &ui->snap->faults);
  add_actions(p, ui->help.context);
  add_marks(p, g);
  add_words(p);
  if (ui->help.context == MT_IN_TABLE)
    add_filters(p);
  add_others(p, ui->help.context);
  begin(p, "more");
  add_text(p, "man memtop", "options, themes, the configuration file");
}

static size_t last_top(const struct page *p)
{
  return p->n > p->shown ? p->n - p->shown : 0;
}

static void draw_line(struct mt_canvas *c, int x, int y, int width, const struct line *l)
{
  mt_canvas_text(c, x + 2, y, width - 2, MT_ROLE_KEY, l->key);
  mt_canvas_text(c, l->heading ? x : x + KEYS, y, l->heading ? width : width - KEYS,
                 l->heading ? MT_ROLE_STRONG : MT_ROLE_TEXT, l->text);
}

static void draw_find(const struct mt_ui *ui, struct mt_canvas *c, int y)
{
  mt_canvas_text(c, 1, y, 1, MT_ROLE_KEY, "/");
  mt_entry_draw(&ui->help.find, c, 2, y, c->width - 3, true);
}

static void help_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct page p;
  make_page(&p, ui, c->width, c->height, c->glyphs);
  size_t top = ui->help.top < last_top(&p) ? ui->help.top : last_top(&p);
  size_t rows = p.shown / (size_t)p.columns;
  struct mt_pen pen = {c, 0, 0, c->width};
  mt_pen_write(&pen, MT_ROLE_BRAND, " help ");
  mt_pen_write(&pen, MT_ROLE_DIM, "  ");
  if (ui->help.find.len > 0 && !ui->help.typing) {
    mt_pen_write(&pen, MT_ROLE_DIM, "only what holds ");
    mt_pen_name(&pen, 30, MT_ROLE_ACCENT, ui->help.find.text, ui->help.find.len);
  } else {
    mt_pen_write(&pen, MT_ROLE_TEXT, "the keys of %s first",
                 mt_context_title(ui->help.context));
  }
  if (last_top(&p) > 0)
    mt_pen_fit(&pen, MT_ROLE_DIM, "   %zu of %zu lines", top + p.shown, p.n);
  if (p.n == 0)
    mt_canvas_text(c, 1, 1, c->width - 2, MT_ROLE_WARN, "nothing here says that");
  for (size_t i = 0; i < p.shown && top + i < p.n; i++)
    draw_line(c, 1 + (int)(i / rows) * (c->width / p.columns), 1 + (int)(i % rows),
              c->width / p.columns - 2, &p.line[top + i]);
  if (ui->help.typing)
    draw_find(ui, c, c->height - 1);
  else
    mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_HELP);
}

/* --- keys --------------------------------------------------------------------------- */

void mt_help_open(struct mt_ui *ui)
{
  memset(&ui->help, 0, sizeof ui->help);
  ui->help.context = mt_ui_top(ui)->context;
  mt_ui_push(ui, &mt_view_help);
}

static unsigned help_type(struct mt_ui *ui, int key)
{
  struct mt_help *h = &ui->help;
  if (!h->typing)
    return MT_REACT_UNHANDLED;
  if (key == MT_KEY_ESC)
    mt_entry_set(&h->find, "");
  if (key == MT_KEY_ESC || key == MT_KEY_ENTER)
    h->typing = false;
  else if (!mt_entry_key(&h->find, key))
    return MT_REACT_UNHANDLED;
  h->top = 0;
  return MT_REACT_DRAW;
}

/* Back first shows again what a search hid. */
static unsigned help_back(struct mt_ui *ui)
{
  if (ui->help.find.len > 0)
    mt_entry_set(&ui->help.find, "");
  else
    mt_ui_pop(ui);
  return MT_REACT_DRAW;
}

static unsigned help_act(struct mt_ui *ui, enum mt_action action)
{
  struct page p;
  make_page(&p, ui, ui->width, ui->height, mt_theme_glyphs(true));
  if (mt_list_move(&ui->help.top, last_top(&p) + 1, p.shown / (size_t)p.columns, action))
    return MT_REACT_DRAW;
  switch (action) {
  case MT_ACTION_SEARCH:
    ui->help.typing = true;
    return MT_REACT_DRAW;
  case MT_ACTION_BACK:
    return help_back(ui);
  default:
    return MT_REACT_UNHANDLED;
  }
}

const struct mt_view mt_view_help = {
    .context = MT_IN_HELP,
    .covers = true,
    .draw = help_draw,
    .act = help_act,
    .type = help_type,
};
