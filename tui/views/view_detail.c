/* One column in full: what is known of it in panes, and every dtype it may become.
 *
 * Where there is room each pane has a box.  Else one pane is shown at a time, above the
 * dtypes or in turn with them, and Tab goes to the next; a pane that is longer than its
 * place is as many steps as it needs. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/panes.h"
#include "tui/views/view.h"

static void draw_title(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_snapshot *s = ui->snap;
  size_t column = ui->choices.column;
  bool proven = s->scan == MT_SCAN_DONE, narrow = c->width < 60;
  char place[MT_COUNT_TEXT], count[MT_COUNT_TEXT];
  struct mt_pen pen = {c, 0, 0, c->width - 1};
  mt_pen_write(&pen, MT_ROLE_BRAND, " column ");
  mt_pen_write(&pen, MT_ROLE_TEXT, "  ");
  mt_pen_name(&pen, narrow && !proven ? c->width / 3 : c->width / 2, MT_ROLE_STRONG,
              s->names[column].text, s->names[column].len);
  if (narrow && !proven)
    mt_pen_write(&pen, MT_ROLE_WARN, "   not proven");
  mt_pen_fit(&pen, MT_ROLE_DIM, "   %s of %s", mt_format_count(place, column + 1),
             mt_format_count(count, s->column_count));
  mt_pen_fit(&pen, MT_ROLE_ACCENT, "   %s", mt_engine_title(s->engine));
  if (!narrow && !proven)
    mt_pen_write(&pen, MT_ROLE_WARN, "   first %s rows, not proven",
                 mt_format_count(count, s->rows));
}

/* --- layout --------------------------------------------------------------------- */

enum {
  DTYPES = MT_PANE_COUNT,
  MOST_BOXES = 6,
  ROWS_LEAST = 4,
  EVIDENCE_LEAST = 6,
  ROWS_WIDTH = 20
};

struct box {
  int kind; /* enum mt_pane_kind, or DTYPES */
  struct mt_rect r;
};

/* Lines between the title and the message. */
static int body_height(int height)
{
  return height - 3 > 0 ? height - 3 : 0;
}

static bool has_boxes(int width, int height)
{
  return width >= 100 && height >= 22;
}

/* Whether the dtypes have a place of their own. */
static bool has_both(int width, int height)
{
  return has_boxes(width, height) || height >= 18;
}

/* Whether the lengths say something that no other pane does. */
static bool has_lengths(const struct mt_portrait *p)
{
  return p->dated || p->statistics.count > 0;
}

/* Whether a pane has something to say that no other one has. */
static bool has_pane(const struct mt_portrait *p, int kind)
{
  return kind == MT_PANE_LENGTHS ? has_lengths(p)
         : kind == MT_PANE_ROWS  ? p->sample.rows > 0
                                 : true;
}

static int wanted(const struct mt_ui *ui, struct mt_canvas *c, int kind, int width)
{
  return mt_pane_lines((enum mt_pane_kind)kind, c, width - 4, ui->snap, &ui->portrait) +
         2;
}

/* Boxes above each other in the left part, what the values are: lengths of texts leave
 * room for the first rows there. */
static size_t lay_out_left(struct box *box, const struct mt_ui *ui, struct mt_canvas *c,
                           int left)
{
  const struct mt_portrait *p = &ui->portrait;
  int body = body_height(c->height), y = 1;
  int distribution = wanted(ui, c, MT_PANE_DISTRIBUTION, left);
  int most = body - distribution > EVIDENCE_LEAST ? body - distribution : EVIDENCE_LEAST;
  int evidence = mt_clamp(wanted(ui, c, MT_PANE_EVIDENCE, left), EVIDENCE_LEAST, most);
  int lengths = wanted(ui, c, MT_PANE_LENGTHS, left), rows = 0;
  size_t n = 0;
  if (!has_lengths(p) && p->sample.rows > 0)
    rows = mt_clamp(body - evidence - distribution, 0, (int)p->sample.rows + 2);
  if (!has_lengths(p) || body - evidence - lengths < 18)
    lengths = 0;
  if (rows < ROWS_LEAST)
    rows = 0;
  distribution = body - evidence - lengths - rows;
  const struct box boxes[] = {{MT_PANE_EVIDENCE, {0, 0, left, evidence}},
                              {MT_PANE_DISTRIBUTION, {0, 0, left, distribution}},
                              {MT_PANE_LENGTHS, {0, 0, left, lengths}},
                              {MT_PANE_ROWS, {0, 0, left, rows}}};
  for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
    if (boxes[i].r.h == 0)
      continue;
    box[n] = boxes[i];
    box[n].r.y = y;
    y += box[n++].r.h;
  }
  return n;
}

/* What the values are on the left, what they may become on the right, and below that
 * which ones there are. */
static size_t lay_out(struct box box[MOST_BOXES], const struct mt_ui *ui,
                      struct mt_canvas *c)
{
  int body = body_height(c->height), left = c->width * 9 / 20, right = c->width - left;
  int dtypes = mt_clamp(MT_DTYPE_COUNT + 3, 0, body - 8); /* and some values */
  size_t n = lay_out_left(box, ui, c, left);
  bool rows_left = box[n - 1].kind == MT_PANE_ROWS;
  int y = 1 + dtypes, height = body - dtypes;
  int rows = rows_left || ui->portrait.sample.rows == 0 || right < ROWS_WIDTH * 3
                 ? 0
                 : mt_clamp(right / 4, ROWS_WIDTH, 2 * ROWS_WIDTH);
  box[n++] = (struct box){DTYPES, {left, 1, right, dtypes}};
  box[n++] = (struct box){MT_PANE_VALUES, {left, y, right - rows, height}};
  if (rows > 0)
    box[n++] = (struct box){MT_PANE_ROWS, {left + right - rows, y, rows, height}};
  return n;
}

/* --- panes in a window ---------------------------------------------------------- */

/* Windows that `lines` take; each but the last one gives a line to the count of what
 * follows. */
static int windows(int lines, int height)
{
  if (lines <= height || height < 2)
    return 1;
  return 1 + (lines - height + height - 2) / (height - 1);
}

static void draw_window(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                        int kind, int window)
{
  struct mt_pane pane = {
      .canvas = c, .r = r, .snap = ui->snap, .portrait = &ui->portrait};
  pane.skip = window * (r.h - 1);
  mt_pane_draw((enum mt_pane_kind)kind, &pane);
}

static void draw_dtypes_box(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  mt_canvas_box(c, r, MT_ROLE_BORDER, "dtypes");
  mt_place_draw(c, r, ui->choices.cursor + 1, MT_DTYPE_COUNT + 1);
  mt_choices_draw(ui, c, mt_rect_inside(r));
}

/* Tab turns all panes that are too long at once. */
static void draw_boxes(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct box box[MOST_BOXES];
  size_t n = lay_out(box, ui, c);
  int most = 1;
  for (size_t i = 0; i < n; i++)
    if (box[i].kind != DTYPES) {
      int w = windows(wanted(ui, c, box[i].kind, box[i].r.w), box[i].r.h);
      most = w > most ? w : most;
    }
  for (size_t i = 0; i < n; i++) {
    struct mt_rect r = box[i].r;
    if (box[i].kind == DTYPES) {
      draw_dtypes_box(ui, c, r);
      continue;
    }
    int last = windows(wanted(ui, c, box[i].kind, r.w) - 2, r.h - 2);
    int window = (int)(ui->detail_step % (size_t)most);
    window = window < last ? window : last - 1;
    mt_canvas_box(c, r, MT_ROLE_BORDER,
                  mt_pane_title((enum mt_pane_kind)box[i].kind, &ui->portrait));
    if (last > 1)
      mt_place_draw(c, r, (size_t)window + 1, (size_t)last);
    draw_window(ui, c, (struct mt_rect){r.x + 2, r.y + 1, r.w - 4, r.h - 2}, box[i].kind,
                window);
  }
}

/* --- one pane at a time --------------------------------------------------------- */

struct step {
  int kind;
  int window, windows; /* of this pane */
};

/* Whether the evidence has the left half to itself. */
static bool has_halves(int width, int height)
{
  return width >= 72 && has_both(width, height);
}

/* What Tab goes through, and which of it is shown.  Returns the number of panes. */
static size_t find_step(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                        int kinds[MT_PANE_COUNT + 1], struct step *shown)
{
  size_t n = 0, steps = 0;
  int count[MT_PANE_COUNT + 1];
  if (!has_both(c->width, c->height))
    kinds[n++] = DTYPES;
  for (int kind = has_halves(c->width, c->height); kind < MT_PANE_COUNT; kind++)
    if (has_pane(&ui->portrait, kind))
      kinds[n++] = kind;
  for (size_t i = 0; i < n; i++) {
    count[i] =
        kinds[i] == DTYPES ? 1 : windows(wanted(ui, c, kinds[i], r.w + 4) - 2, r.h);
    steps += (size_t)count[i];
  }
  int at = (int)(ui->detail_step % steps);
  size_t i = 0;
  for (; at >= count[i]; i++)
    at -= count[i];
  *shown = (struct step){kinds[i], at, count[i]};
  return n;
}

/* The names of the panes, the one that is shown marked. */
static void draw_names(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                       const int *kinds, size_t n, const struct step *shown)
{
  struct mt_pen pen = {c, r.x - 1, r.y, r.x + r.w};
  for (size_t i = 0; i < n; i++) {
    const char *name = kinds[i] == DTYPES
                           ? "dtypes"
                           : mt_pane_title((enum mt_pane_kind)kinds[i], &ui->portrait);
    if (kinds[i] != shown->kind)
      mt_pen_fit(&pen, MT_ROLE_DIM, " %s ", name);
    else if (shown->windows > 1)
      mt_pen_fit(&pen, MT_ROLE_SELECTED, " %s %d of %d ", name, shown->window + 1,
                 shown->windows);
    else
      mt_pen_fit(&pen, MT_ROLE_SELECTED, " %s ", name);
  }
}

static void draw_heading(const struct mt_ui *ui, struct mt_canvas *c, int y)
{
  char text[32];
  mt_canvas_repeat(c, 0, y, c->width, MT_ROLE_HEADING, " ");
  mt_choices_heading_draw(c, y);
  snprintf(text, sizeof text, "%zu of %d", ui->choices.cursor + 1, MT_DTYPE_COUNT + 1);
  mt_canvas_right(c, c->width / 2, y, c->width - c->width / 2 - 1, MT_ROLE_HEADING, text);
}

static void draw_evidence(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  int last = windows(wanted(ui, c, MT_PANE_EVIDENCE, r.w + 4) - 2, r.h);
  draw_window(ui, c, r, MT_PANE_EVIDENCE, (int)(ui->detail_step % (size_t)last));
}

static void draw_in_turn(const struct mt_ui *ui, struct mt_canvas *c)
{
  bool both = has_both(c->width, c->height);
  int body = body_height(c->height) - 1, upper = both ? body - (body * 2 / 5) : body;
  struct mt_rect r = {1, 2, c->width - 2, upper};
  int kinds[MT_PANE_COUNT + 1];
  struct step shown;
  if (has_halves(c->width, c->height)) {
    int left = c->width / 2 - 2;
    draw_evidence(ui, c, (struct mt_rect){1, 1, left, upper + 1});
    r = (struct mt_rect){left + 3, 2, c->width - left - 4, upper};
  }
  size_t n = find_step(ui, c, r, kinds, &shown);
  draw_names(ui, c, (struct mt_rect){r.x, 1, r.w, 1}, kinds, n, &shown);
  if (shown.kind == DTYPES)
    mt_choices_draw(ui, c, (struct mt_rect){0, r.y, c->width, r.h});
  else
    draw_window(ui, c, r, shown.kind, shown.window);
  if (both) {
    int y = r.y + upper;
    draw_heading(ui, c, y);
    mt_choices_draw(ui, c, (struct mt_rect){0, y + 1, c->width, body - upper - 1});
  }
}

/* --- the view ------------------------------------------------------------------- */

static void detail_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  char why[MT_CHOICE_TEXT];
  draw_title(ui, c);
  if (has_boxes(c->width, c->height))
    draw_boxes(ui, c);
  else if (body_height(c->height) > 1)
    draw_in_turn(ui, c);
  mt_choices_explain(ui, why, sizeof why);
  mt_canvas_text(c, 1, c->height - 2, c->width - 2, MT_ROLE_DIM, why);
  mt_message_draw(ui, c);
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_DETAIL);
}

/* The next column of the table, not of the file: rows keep their order. */
static unsigned other_column(struct mt_ui *ui, long step)
{
  mt_table_move(&ui->table, step);
  mt_choices_open(ui, mt_table_column(&ui->table));
  return MT_REACT_SNAPSHOT;
}

static void detail_refresh(struct mt_ui *ui)
{
  mt_choices_refresh(ui);
  mt_portrait_follow(&ui->portrait, ui->session, ui->snap, ui->choices.column);
  mt_sample_follow(&ui->portrait.sample, ui->session, ui->choices.column);
}

static bool detail_work(struct mt_ui *ui)
{
  return mt_sample_work(&ui->portrait.sample, ui->session);
}

static unsigned detail_act(struct mt_ui *ui, enum mt_action action)
{
  size_t page = (size_t)mt_clamp(body_height(ui->height) / 2, 1, MT_DTYPE_COUNT);
  if (mt_list_move(&ui->choices.cursor, MT_DTYPE_COUNT + 1, page, action)) {
    if (!has_both(ui->width, ui->height))
      ui->detail_step = 0; /* to where the list is */
    return MT_REACT_DRAW;
  }
  switch (action) {
  case MT_ACTION_LEFT:
    return other_column(ui, -1);
  case MT_ACTION_RIGHT:
    return other_column(ui, 1);
  case MT_ACTION_PANE:
    ui->detail_step++;
    return MT_REACT_DRAW;
  case MT_ACTION_CHOOSE:
    return mt_choices_take(ui);
  case MT_ACTION_BACK:
    mt_ui_pop(ui);
    return MT_REACT_DRAW;
  case MT_ACTION_DATA:
    return mt_data_open(ui, ui->choices.column);
  case MT_ACTION_CODE:
    return mt_code_open(ui);
  case MT_ACTION_FAULTS:
    return mt_faults_open(ui);
  default:
    return mt_plan_act(ui, action, ui->choices.column);
  }
}

static const char *detail_why_not(const struct mt_ui *ui, enum mt_action action)
{
  if (ui->table.len == 0 && (action == MT_ACTION_LEFT || action == MT_ACTION_RIGHT))
    return "the table shows no other column";
  return mt_plan_why_not(ui, action, ui->choices.column);
}

const struct mt_view mt_view_detail = {
    .context = MT_IN_DETAIL,
    .covers = true,
    .draw = detail_draw,
    .act = detail_act,
    .work = detail_work,
    .why_not = detail_why_not,
    .refresh = detail_refresh,
};
