/* Everything that is wrong in the file, and what a default load would change: how often,
 * and where first. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

enum { MOST = MT_WARNINGS_SHOWN + 8 * MT_FAULT_KINDS + 16, INDENT = 4 };

/* A line of the list. */
struct line {
  enum mt_role role;
  char count[MT_COUNT_TEXT]; /* or where it is */
  char text[400];
  bool inner;  /* belongs to the one before */
  bool target; /* one can jump to it: */
  uint64_t line, byte;
  size_t column;
};

struct page {
  struct line line[MOST];
  size_t n, targets;
};

static struct line *add(struct page *p, enum mt_role role)
{
  struct line *l = &p->line[p->n < MOST ? p->n++ : MOST - 1];

  memset(l, 0, sizeof *l);
  l->role = role;
  return l;
}

static struct line *add_target(struct page *p, uint64_t line, uint64_t byte,
                               size_t column)
{
  struct line *l = add(p, MT_ROLE_TEXT);
  char count[MT_COUNT_TEXT];

  snprintf(l->count, sizeof l->count, "line %s", mt_format_count(count, line));
  l->target = true;
  l->line = line;
  l->byte = byte;
  l->column = column;
  p->targets++;
  return l;
}

static void name_column(const struct mt_ui *ui, size_t column, char *dst, size_t cap)
{
  const struct mt_name *name = &ui->snap->names[column];

  mt_sanitise(dst, cap, name->text, name->len, 30);
}

/* --- what is in the list ----------------------------------------------------- */

static void add_failure(struct page *p, const struct mt_error *err)
{
  struct line *l =
      err->line != 0 ? add_target(p, err->line, err->byte, 0) : add(p, MT_ROLE_BAD);

  l->role = MT_ROLE_BAD;
  mt_sanitise(l->text, sizeof l->text, err->what, strlen(err->what), 0);
  if (err->remedy[0] != '\0') {
    l = add(p, MT_ROLE_TEXT);
    mt_sanitise(l->text, sizeof l->text, err->remedy, strlen(err->remedy), 0);
  }
  add(p, MT_ROLE_TEXT);
}

static void add_kind(struct page *p, const struct mt_ui *ui, enum mt_fault_kind kind)
{
  const struct mt_fault_list *f = &ui->snap->faults;
  const bool width = kind == MT_FAULT_SHORT_ROW || kind == MT_FAULT_LONG_ROW;
  struct line *l = add(p, MT_ROLE_WARN);
  char a[MT_COUNT_TEXT], b[MT_COUNT_TEXT], name[120];

  mt_format_count(l->count, f->count[kind]);
  snprintf(l->text, sizeof l->text, "%s", mt_fault_text(kind, f->count[kind]));
  const int places = mt_fault_places(f, kind);
  for (int i = 0; i < places; i++) {
    const struct mt_fault *at = &f->first[kind][i];
    const bool column = !width && at->detail < ui->snap->column_count;
    l = add_target(p, at->line, at->byte, column ? (size_t)at->detail : 0);
    if (width) {
      snprintf(l->text, sizeof l->text, "%s field%s, not %s",
               mt_format_count(a, at->detail), at->detail == 1 ? "" : "s",
               mt_format_count(b, ui->snap->column_count));
    } else if (column) {
      name_column(ui, (size_t)at->detail, name, sizeof name);
      snprintf(l->text, sizeof l->text, "column %s", name);
    }
  }
  if (f->count[kind] > (uint64_t)places) {
    l = add(p, MT_ROLE_DIM);
    l->inner = true;
    snprintf(l->text, sizeof l->text, "and %s more",
             mt_format_count(a, f->count[kind] - (uint64_t)places));
  }
  add(p, MT_ROLE_TEXT);
}

/* What the faults of the file say already is not said again. */
static bool is_said(const struct mt_finding *f)
{
  return f->kind == MT_FINDING_BAD_UTF8 || f->kind == MT_FINDING_NUL;
}

static void add_warnings(struct page *p, const struct mt_ui *ui)
{
  const struct mt_faults *w = &ui->faults;
  const size_t before = p->n;
  char name[120], count[MT_COUNT_TEXT];

  snprintf(add(p, MT_ROLE_WARN)->text, sizeof p->line->text, "what %s changes by default",
           mt_engine_title(ui->snap->engine));
  for (size_t i = 0; i < w->warnings && i < MT_WARNINGS_SHOWN; i++) {
    const struct mt_finding *f = &w->warning[i].finding;
    if (is_said(f))
      continue;
    struct line *l = f->place.line != 0 ? add_target(p, f->place.line, f->place.byte,
                                                     w->warning[i].column)
                                        : add(p, MT_ROLE_TEXT);
    name_column(ui, w->warning[i].column, name, sizeof name);
    snprintf(l->text, sizeof l->text, "%s: %s", name, f->text);
  }
  if (p->n == before + 1)
    p->n = before;
  else if (w->warnings > MT_WARNINGS_SHOWN) {
    struct line *l = add(p, MT_ROLE_DIM);
    l->inner = true;
    snprintf(l->text, sizeof l->text, "and more, in %s columns in all",
             mt_format_count(count, w->warned));
  }
}

static void add_nothing(struct page *p)
{
  snprintf(add(p, MT_ROLE_GOOD)->text, sizeof p->line->text, "nothing was found");
  add(p, MT_ROLE_TEXT);
  snprintf(add(p, MT_ROLE_DIM)->text, sizeof p->line->text,
           "Looked for: rows with too few or too many fields, quotes that never close, "
           "NUL bytes, texts that are not UTF-8, values that a default load changes.");
}

static void make_page(struct page *p, const struct mt_ui *ui)
{
  const struct mt_snapshot *s = ui->snap;

  p->n = p->targets = 0;
  if (s->scan == MT_SCAN_FAILED && s->error.code != 0)
    add_failure(p, &s->error);
  if (mt_snapshot_hint(s) != NULL) {
    snprintf(add(p, MT_ROLE_ACCENT)->text, sizeof p->line->text, "%s",
             mt_snapshot_hint(s));
    add(p, MT_ROLE_TEXT);
  }
  for (int k = 0; k < MT_FAULT_KINDS; k++)
    if (s->faults.count[k] > 0)
      add_kind(p, ui, (enum mt_fault_kind)k);
  add_warnings(p, ui);
  if (p->n == 0)
    add_nothing(p);
}

/* --- drawing ----------------------------------------------------------------- */

static void draw_title(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_snapshot *s = ui->snap;
  char faults[MT_COUNT_TEXT], rows[MT_COUNT_TEXT];
  uint64_t total = mt_fault_total(&s->faults);
  struct mt_pen pen = mt_title_draw(ui, c, "faults");

  mt_pen_fit(&pen, MT_ROLE_TEXT, "   %s fault%s", mt_format_count(faults, total),
             total == 1 ? "" : "s");
  mt_format_count(rows, s->rows);
  if (s->scan == MT_SCAN_DONE)
    mt_pen_fit(&pen, MT_ROLE_TEXT, " in all %s row%s", rows, s->rows == 1 ? "" : "s");
  else
    mt_pen_fit(&pen, MT_ROLE_WARN, " %sin the first %s rows",
               s->scan == MT_SCAN_RUNNING ? "so far, " : "", rows);
}

/* Places stand below each other, and what is said of them behind the widest. */
static int place_width(const struct page *p)
{
  size_t width = 0;

  for (size_t i = 0; i < p->n; i++)
    if (p->line[i].target && strlen(p->line[i].count) > width)
      width = strlen(p->line[i].count);
  return (int)width + 2;
}

/* Where a line's text begins. */
static int text_begin(const struct page *p, const struct line *l)
{
  if (l->target)
    return INDENT + place_width(p);
  if (l->inner)
    return INDENT;
  return l->count[0] == '\0' ? 1 : (int)strlen(l->count) + 3;
}

/* Lines of the screen that a line of the list takes. */
static int line_height(const struct page *p, const struct line *l,
                       const struct mt_canvas *c)
{
  return mt_canvas_lines(c, l->text, c->width - 1 - text_begin(p, l));
}

static void draw_line(struct mt_canvas *c, struct mt_rect r, const struct page *p,
                      const struct line *l)
{
  int x = text_begin(p, l);

  mt_canvas_text(c, l->target ? INDENT : 1, r.y, r.w - x,
                 l->target ? MT_ROLE_KEY : MT_ROLE_STRONG, l->count);
  mt_canvas_paragraph(c, (struct mt_rect){x, r.y, c->width - 1 - x, r.h}, l->role,
                      l->text);
}

static size_t rows_shown(int height)
{
  return height > 5 ? (size_t)height - 4 : 1;
}

/* The line that the cursor is on; the number of lines when one cannot jump anywhere. */
static size_t cursor_line(const struct page *p, size_t cursor)
{
  size_t i = 0;

  for (; i < p->n; i++)
    if (p->line[i].target && cursor-- == 0)
      break;
  return i;
}

/* The first line of the list that is drawn, so that the cursor's is, and what follows the
 * last one that one can jump to. */
static size_t first_shown(const struct page *p, size_t at, const struct mt_canvas *c)
{
  size_t top = at < p->n ? at : 0;
  int left = (int)rows_shown(c->height);

  for (size_t i = at; i < p->n && i < at + 2; i++)
    left -= line_height(p, &p->line[i], c);
  while (top > 0 && line_height(p, &p->line[top - 1], c) <= left)
    left -= line_height(p, &p->line[--top], c);
  return top;
}

static void faults_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct page p;
  int y = 2, end = y + (int)rows_shown(c->height);

  make_page(&p, ui);
  const size_t at = cursor_line(&p, ui->faults.cursor);
  draw_title(ui, c);
  for (size_t i = first_shown(&p, at, c); i < p.n && y < end; i++) {
    int height = mt_clamp(line_height(&p, &p.line[i], c), 1, end - y);
    draw_line(c, (struct mt_rect){1, y, c->width - 2, height}, &p, &p.line[i]);
    for (int k = 0; i == at && k < height; k++)
      mt_canvas_restyle(c, 1, y + k, c->width - 2, MT_ROLE_SELECTED);
    y += height;
  }
  mt_message_draw(ui, c);
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_FAULTS);
}

/* --- keys -------------------------------------------------------------------- */

static void faults_refresh(struct mt_ui *ui)
{
  struct mt_faults *f = &ui->faults;
  const struct mt_snapshot *s = ui->snap;
  struct page p;

  if (ui->session != NULL && (f->rows != s->rows || f->plan_version != s->plan_version ||
                              f->engine != s->engine)) {
    f->warnings =
        mt_session_warnings(ui->session, f->warning, MT_WARNINGS_SHOWN, &f->warned);
    f->rows = s->rows;
    f->plan_version = s->plan_version;
    f->engine = s->engine;
  }
  make_page(&p, ui);
  if (f->cursor >= p.targets)
    f->cursor = p.targets > 0 ? p.targets - 1 : 0;
}

unsigned mt_faults_open(struct mt_ui *ui)
{
  ui->faults.cursor = 0;
  ui->faults.rows = UINT64_MAX;
  mt_ui_push(ui, &mt_view_faults);
  return MT_REACT_DRAW;
}

static unsigned faults_act(struct mt_ui *ui, enum mt_action action)
{
  struct page p;

  make_page(&p, ui);
  if (mt_list_move(&ui->faults.cursor, p.targets, rows_shown(ui->height), action))
    return MT_REACT_DRAW;
  if (action == MT_ACTION_JUMP) {
    const struct line *l = &p.line[cursor_line(&p, ui->faults.cursor)];
    return mt_data_open_lines(ui, l->column, l->line, l->byte);
  }
  if (action != MT_ACTION_BACK)
    return MT_REACT_UNHANDLED;
  mt_ui_pop(ui);
  return MT_REACT_DRAW;
}

static const char *faults_why_not(const struct mt_ui *ui, enum mt_action action)
{
  struct page p;

  if (action != MT_ACTION_JUMP)
    return NULL;
  make_page(&p, ui);
  return p.targets == 0 ? "there is no line to go to" : NULL;
}

const struct mt_view mt_view_faults = {
    .context = MT_IN_FAULTS,
    .covers = true,
    .draw = faults_draw,
    .act = faults_act,
    .why_not = faults_why_not,
    .refresh = faults_refresh,
};
