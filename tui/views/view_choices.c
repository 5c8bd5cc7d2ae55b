/* What a column may become: the list of dtypes, with the bytes, the loss and the proof of
 * each.  The detail view and the picker show it. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

static int class_rank(const struct mt_candidate *c)
{
  static const int rank[MT_CLASS_COUNT] = {
      [MT_CLASS_EXACT] = 1,   [MT_CLASS_EQUAL] = 1,  [MT_CLASS_NONE] = 2,
      [MT_CLASS_ROUNDED] = 3, [MT_CLASS_REVIEW] = 4, [MT_CLASS_BLOCKED] = 6};
  return c->suggested ? 0 : rank[c->class_];
}

static bool goes_before(const struct mt_column_detail *d, int a, int b)
{
  const struct mt_candidate *ca = &d->candidate[a], *cb = &d->candidate[b];
  int ra = a == MT_DROP ? 5 : class_rank(ca), rb = b == MT_DROP ? 5 : class_rank(cb);
  if (ra != rb)
    return ra < rb;
  return ca->bytes != cb->bytes ? ca->bytes < cb->bytes : a < b;
}

static void sort_choices(struct mt_choices *ch)
{
  for (int i = 0; i < MT_DTYPE_COUNT; i++) {
    int at = i;
    while (at > 0 && goes_before(&ch->detail, i, ch->order[at - 1])) {
      ch->order[at] = ch->order[at - 1];
      at--;
    }
    ch->order[at] = (uint8_t)i;
  }
}

/* The row of the list that shows t; row 0 is "keep". */
static size_t row_of(const struct mt_choices *ch, enum mt_dtype t)
{
  size_t row = 0;
  while (row < MT_DTYPE_COUNT && ch->order[row] != t)
    row++;
  return row + 1;
}

/* The cursor begins on what the plan says, or on what is suggested. */
static void place_cursor(struct mt_choices *ch)
{
  const struct mt_column_view *v = &ch->detail.view;
  ch->cursor = 0;
  if (v->changed)
    ch->cursor = row_of(ch, v->planned_dtype);
  else if (ch->detail.candidate[ch->order[0]].suggested)
    ch->cursor = 1;
}

void mt_choices_open(struct mt_ui *ui, size_t column)
{
  struct mt_choices *ch = &ui->choices;
  ch->column = column;
  ch->many = 0;
  ch->cursor = 0;
  mt_choices_refresh(ui);
  place_cursor(ch);
}

/* A scan may reorder the list: the cursor stays on its dtype. */
void mt_choices_refresh(struct mt_ui *ui)
{
  struct mt_choices *ch = &ui->choices;
  enum mt_dtype t = ch->cursor == 0 ? MT_DTYPE_COUNT : ch->order[ch->cursor - 1];
  if (ui->session != NULL)
    mt_session_detail(ui->session, ch->column, &ch->detail);
  sort_choices(ch);
  if (t != MT_DTYPE_COUNT)
    ch->cursor = row_of(ch, t);
}

/* The one column, or all marked ones. */
static const size_t *taken_for(struct mt_ui *ui, size_t *n)
{
  *n = 1;
  return ui->choices.many > 0 ? mt_table_chosen(&ui->table, n) : &ui->choices.column;
}

/* The first refusal in full, after what was done all the same. */
static void say_chosen(struct mt_ui *ui, enum mt_dtype t, size_t n, size_t refused,
                       const struct mt_error *err)
{
  char taken[MT_COUNT_TEXT], all[MT_COUNT_TEXT], what[160];
  mt_format_count(taken, n - refused);
  mt_format_count(all, n);
  if (refused == n)
    mt_ui_say_error(ui, err);
  else if (refused > 0)
    mt_ui_say(ui, MT_ROLE_WARN, "%s for %s of %s columns; %s", mt_dtype_name(t), taken,
              all,
              (mt_sanitise(what, sizeof what, err->what, strlen(err->what), 0), what));
  else if (n > 1)
    mt_ui_say(ui, MT_ROLE_GOOD,
              t == MT_DROP ? "dropped %s columns; u brings them back"
                           : "chosen for %s columns",
              taken);
  else
    mt_ui_say(ui, MT_ROLE_GOOD, t == MT_DROP ? "dropped; u brings it back" : "%s chosen",
              mt_dtype_name(t));
}

unsigned mt_choices_take(struct mt_ui *ui)
{
  struct mt_choices *ch = &ui->choices;
  struct mt_error err = {0};
  size_t n, refused;
  if (ui->session == NULL)
    return MT_REACT_NONE;
  const size_t *columns = taken_for(ui, &n);
  if (ch->cursor == 0) {
    mt_session_keep_all(ui->session, columns, n);
    mt_ui_say(ui, MT_ROLE_GOOD, n == 1 ? "kept as it is" : "kept as they are");
    return MT_REACT_SNAPSHOT;
  }
  enum mt_dtype t = ch->order[ch->cursor - 1];
  mt_session_choose_for(ui->session, columns, n, t, &refused, &err);
  if (n == 1 && refused == 1 && ch->detail.candidate[t].place.line != 0)
    (void)mt_data_open_at(ui, columns[0], &ch->detail.candidate[t].place);
  say_chosen(ui, t, n, refused, &err);
  return MT_REACT_SNAPSHOT;
}

/* Columns of the list, with the blanks behind them: as few as can be where a loss class
 * would not fit else. */
struct columns {
  int name, change;
};
enum { BYTES = 7, NARROW = 44 };

static struct columns columns_in(const struct mt_pen *pen)
{
  return pen->end - pen->x < NARROW ? (struct columns){8, 10} : (struct columns){9, 12};
}

void mt_choices_heading_draw(struct mt_canvas *c, int y)
{
  struct mt_pen pen = {c, 1, y, c->width - 1};
  struct columns w = columns_in(&pen);
  mt_pen_write(&pen, MT_ROLE_HEADING, "    %-*s%*s%*s  why", w.name, "dtype", BYTES,
               "bytes", w.change - 2, "change");
}

static void draw_keep(const struct mt_ui *ui, struct mt_pen *pen, bool chosen)
{
  const struct mt_column_view *v = &ui->choices.detail.view;
  struct columns w = columns_in(pen);
  char size[MT_SIZE_CELL];
  mt_pen_write(pen, MT_ROLE_GOOD, "%s ", chosen ? pen->canvas->glyphs->applied : " ");
  mt_pen_write(pen, MT_ROLE_TEXT, "  %-*s", w.name, "keep");
  if (!v->warn || !v->changed) /* else its bytes are not known now */
    mt_canvas_right(pen->canvas, pen->x, pen->y, BYTES, MT_ROLE_TEXT,
                    mt_format_size_cell(size, v->changed ? v->now : v->after));
  pen->x += BYTES + w.change;
  if (v->warn) {
    if (!mt_pen_fit(pen, MT_ROLE_DIM, "as in the file; %s changes it",
                    mt_engine_title(ui->snap->engine)))
      mt_pen_fit(pen, MT_ROLE_DIM, "as in the file");
  } else if (v->dtype != NULL) {
    if (!mt_pen_fit(pen, MT_ROLE_DIM, "%s, as %s reads it", v->dtype,
                    mt_engine_title(ui->snap->engine)))
      mt_pen_fit(pen, MT_ROLE_DIM, "%s", v->dtype);
  }
}

/* Less of a reason than this says nothing. */
enum { REASON_LEAST = 12 };

/* "equal", or "out of range: 130 (line 48,215)"; the mark says that it is blocked. */
static void write_reason(struct mt_pen *pen, const struct mt_candidate *cand,
                         const struct mt_snapshot *s)
{
  char line[MT_COUNT_TEXT];
  bool named = cand->class_ != MT_CLASS_NONE && cand->class_ != MT_CLASS_BLOCKED;
  if (named)
    mt_pen_write(pen, mt_class_role(cand->class_, s), "%s", mt_class_name(cand->class_));
  if (cand->reason[0] != '\0' && (!named || pen->end - pen->x >= REASON_LEAST))
    mt_pen_write(pen, MT_ROLE_DIM, "%s%s", named ? ": " : "", cand->reason);
  if (cand->place.line != 0)
    mt_pen_write(pen, MT_ROLE_DIM, " (line %s)", mt_format_count(line, cand->place.line));
}

static void draw_choice(const struct mt_ui *ui, struct mt_pen *pen, enum mt_dtype t)
{
  const struct mt_column_detail *d = &ui->choices.detail;
  const struct mt_candidate *cand = &d->candidate[t];
  const struct mt_glyphs *g = pen->canvas->glyphs;
  bool blocked = cand->class_ == MT_CLASS_BLOCKED;
  bool chosen = d->view.changed && d->view.planned_dtype == t;
  struct columns w = columns_in(pen);
  char size[MT_SIZE_CELL], percent[MT_PERCENT_TEXT];
  mt_pen_write(pen, MT_ROLE_GOOD, "%s ", chosen ? g->applied : " ");
  mt_pen_write(pen, mt_class_role(cand->class_, ui->snap), "%s ",
               mt_class_mark(cand->class_, g->ascii));
  enum mt_role role = blocked           ? MT_ROLE_DIM
                      : cand->suggested ? MT_ROLE_STRONG
                                        : MT_ROLE_TEXT;
  mt_pen_write(pen, role, "%-*s", w.name, mt_dtype_name(t));
  if (!blocked) {
    mt_canvas_right(pen->canvas, pen->x, pen->y, BYTES, role,
                    mt_format_size_cell(size, cand->bytes));
    mt_canvas_right(pen->canvas, pen->x + BYTES, pen->y, w.change - 2, MT_ROLE_TEXT,
                    mt_percent(percent, d->view.now, cand->bytes, g));
    pen->x += BYTES + w.change;
  } else {
    pen->x += 2;
  }
  write_reason(pen, cand, ui->snap);
  if (cand->suggested)
    mt_pen_fit(pen, MT_ROLE_ACCENT, "  suggested");
  if (cand->name != NULL && !blocked && strcmp(cand->name, mt_dtype_name(t)) != 0)
    mt_pen_fit(pen, MT_ROLE_DIM, "  (%s)", cand->name);
}

void mt_choices_explain(const struct mt_ui *ui, char *dst, size_t cap)
{
  const struct mt_choices *ch = &ui->choices;
  const struct mt_candidate *k;
  char line[MT_COUNT_TEXT];
  int n;
  dst[0] = '\0';
  if (ch->cursor == 0)
    return;
  k = &ch->detail.candidate[ch->order[ch->cursor - 1]];
  if (k->class_ == MT_CLASS_ROUNDED && k->proof[0] != '\0')
    n = 0; /* the proof says it again */
  else if (k->place.line != 0)
    n = snprintf(dst, cap, "%s (line %s)", k->reason,
                 mt_format_count(line, k->place.line));
  else
    n = snprintf(dst, cap, "%s", k->reason);
  if (k->proof[0] != '\0' && n >= 0 && (size_t)n < cap)
    snprintf(dst + n, cap - (size_t)n, "%s%s", n > 0 ? "; " : "", k->proof);
}

void mt_choices_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_choices *ch = &ui->choices;
  size_t rows = r.h > 0 ? (size_t)r.h : 0, top = 0;
  if (ch->cursor >= rows && rows > 0)
    top = ch->cursor - rows + 1;
  for (size_t i = 0; i < rows && top + i <= MT_DTYPE_COUNT; i++) {
    struct mt_pen pen = {c, r.x + 1, r.y + (int)i, r.x + r.w - 1};
    if (top + i == 0)
      draw_keep(ui, &pen, !ch->detail.view.changed);
    else
      draw_choice(ui, &pen, ch->order[top + i - 1]);
    if (top + i == ch->cursor)
      mt_canvas_restyle(c, r.x, r.y + (int)i, r.w, MT_ROLE_SELECTED);
  }
}
