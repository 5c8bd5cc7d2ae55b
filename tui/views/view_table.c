/* How the table of columns looks: a row per column of the dataset, in a frame that tells
 * what is not shown. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/plot.h"
#include "tui/views/view.h"

enum { MARGIN = 2 }; /* the plan's sign and the mark */

/* --- where it lies --------------------------------------------------------------- */

struct mt_rect mt_table_area(const struct mt_ui *ui)
{
  struct mt_layout l = mt_dashboard_layout(ui);
  return l.boxes ? mt_rect_inside(l.table) : l.table;
}

struct mt_fit mt_table_fit(const struct mt_ui *ui, size_t skip)
{
  const struct mt_table *t = &ui->table;
  int room = mt_table_area(ui).w - MARGIN - 1;
  return mt_parts_fit(&t->parts, &t->extent, t->sort, room, skip);
}

enum mt_table_part mt_table_part_at(const struct mt_ui *ui, int x)
{
  struct mt_fit fit = mt_table_fit(ui, ui->table.skip);
  int end = mt_table_area(ui).x + MARGIN;
  for (int p = 0; p < MT_PART_COUNT && x >= end - (p == 0 ? MARGIN : 0); p++) {
    if (fit.width[p] == 0)
      continue;
    end += fit.width[p] + fit.gap;
    if (x < end)
      return (enum mt_table_part)p;
  }
  return MT_PART_COUNT;
}

/* --- cells --------------------------------------------------------------------- */

/* Texts are sorted from A to Z, numbers with the largest first. */
static bool goes_up(enum mt_sort sort)
{
  return sort == MT_SORT_NAME || sort == MT_SORT_DTYPE || sort == MT_SORT_TARGET ||
         sort == MT_SORT_CLASS;
}

static void draw_heading(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                         const struct mt_fit *fit)
{
  const struct mt_table *t = &ui->table;
  int x = r.x + MARGIN;
  mt_canvas_repeat(c, r.x, r.y, r.w, MT_ROLE_HEADING, " ");
  for (int p = 0; p < MT_PART_COUNT; p++) {
    char title[48];
    const struct mt_table_part_info *info = mt_table_part_info((enum mt_table_part)p);
    int width = fit->width[p];
    if (width == 0)
      continue;
    bool sorted = info->sort == t->sort && p != MT_PART_SHARE;
    bool down = t->reverse == goes_up(t->sort);
    enum mt_role role = sorted ? MT_ROLE_SORTED : MT_ROLE_HEADING;
    snprintf(title, sizeof title, "%s%s", p == MT_PART_BAR ? "" : info->title,
             !sorted ? ""
             : down  ? c->glyphs->down
                     : c->glyphs->up);
    if (info->right)
      mt_canvas_right(c, x, r.y, width, role, title);
    else
      mt_canvas_text(c, x + (p == MT_PART_TARGET ? 2 : 0), r.y, width, role, title);
    x += width + fit->gap;
  }
}

static const char *saving_text(char dst[16], const struct mt_column_view *v,
                               const struct mt_glyphs *g)
{
  char size[MT_SIZE_CELL];
  int64_t saving = mt_column_saving(v);
  if (saving == 0)
    return "";
  mt_format_size_cell(size, (uint64_t)(saving < 0 ? -saving : saving));
  snprintf(dst, 16, "%s%s", saving < 0 ? g->minus : "", size);
  return dst;
}

static void draw_dtype(struct mt_canvas *c, int x, int y, int width,
                       const struct mt_column_view *v)
{
  struct mt_pen pen = {c, x, y, x + width};
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s", v->dtype == NULL ? "" : v->dtype);
  if (v->warn)
    mt_pen_write(&pen, MT_ROLE_WARN, " %s", c->glyphs->warn);
}

static void draw_target(struct mt_canvas *c, int x, int y, int width,
                        const struct mt_target *target, const struct mt_snapshot *s)
{
  struct mt_pen pen = {c, x, y, x + width};
  if (target->name == NULL)
    return;
  mt_pen_write(&pen, mt_class_role(target->class_, s), "%s ",
               mt_class_mark(target->class_, c->glyphs->ascii));
  mt_pen_write(&pen, target->applied ? MT_ROLE_STRONG : MT_ROLE_TEXT, "%s", target->name);
}

static void draw_share(struct mt_canvas *c, int x, int y, int width,
                       const struct mt_column_view *v, uint64_t rows)
{
  char share[16];
  double percent = rows == 0 ? 0 : (double)v->nulls * 100 / (double)rows;
  if (v->nulls == 0)
    return;
  snprintf(share, sizeof share, percent < 0.1 ? "<0.1" : "%.*f", percent < 99.95,
           percent);
  mt_canvas_right(c, x, y, width, MT_ROLE_TEXT, share);
}

static void draw_distinct(struct mt_canvas *c, int x, int y, int width,
                          const struct mt_column_view *v)
{
  char count[MT_COUNT_TEXT + 1] = "~";
  mt_format_count(count + 1, v->distinct);
  mt_canvas_right(c, x, y, width, MT_ROLE_TEXT, count + (v->distinct_exact ? 1 : 0));
}

static void draw_resident(struct mt_canvas *c, int x, int y, int width,
                          const struct mt_column_view *v)
{
  char size[MT_SIZE_CELL];
  if (v->resident == MT_UNKNOWN)
    mt_canvas_right(c, x, y, width, MT_ROLE_DIM, "?");
  else
    mt_canvas_right(c, x, y, width, v->resident == v->now ? MT_ROLE_DIM : MT_ROLE_TEXT,
                    mt_format_size_cell(size, v->resident));
}

static void draw_name(const struct mt_ui *ui, struct mt_canvas *c, int x, int y,
                      int width, size_t column)
{
  const struct mt_name *name = &ui->snap->names[column];
  enum mt_role role = mt_table_is_marked(&ui->table, column) ? MT_ROLE_ACCENT
                      : ui->snap->columns[column].changed    ? MT_ROLE_STRONG
                                                             : MT_ROLE_TEXT;
  mt_canvas_name(c, x, y, width, role, name->text, name->len);
}

static void draw_part(const struct mt_ui *ui, struct mt_canvas *c,
                      enum mt_table_part part, int x, int y, int width, size_t column)
{
  const struct mt_snapshot *s = ui->snap;
  const struct mt_column_view *v = &s->columns[column];
  struct mt_target target = mt_column_target(v);
  enum mt_role class_role = mt_class_role(target.class_, s);
  char count[MT_COUNT_TEXT], size[MT_SIZE_CELL], saving[16];
  switch (part) {
  case MT_PART_NAME:
    draw_name(ui, c, x, y, width, column);
    break;
  case MT_PART_DTYPE:
    draw_dtype(c, x, y, width, v);
    break;
  case MT_PART_NULLS:
    mt_canvas_right(c, x, y, width, v->nulls == 0 ? MT_ROLE_DIM : MT_ROLE_TEXT,
                    mt_format_count(count, v->nulls));
    break;
  case MT_PART_SHARE:
    draw_share(c, x, y, width, v, s->rows);
    break;
  case MT_PART_DISTINCT:
    draw_distinct(c, x, y, width, v);
    break;
  case MT_PART_NOW:
    mt_canvas_right(c, x, y, width, MT_ROLE_TEXT, mt_format_size_cell(size, v->now));
    break;
  case MT_PART_RESIDENT:
    draw_resident(c, x, y, width, v);
    break;
  case MT_PART_BAR:
    mt_plot_bar(c, x, y, width, v->changed ? MT_ROLE_AFTER : MT_ROLE_BAR, v->after,
                v->now, ui->table.extent.scale);
    break;
  case MT_PART_TARGET:
    draw_target(c, x, y, width, &target, s);
    break;
  case MT_PART_CLASS:
    if (target.name != NULL)
      mt_canvas_text(c, x, y, width, class_role, mt_class_name(target.class_));
    break;
  case MT_PART_AFTER:
    if (target.name != NULL)
      mt_canvas_right(c, x, y, width, target.applied ? MT_ROLE_STRONG : MT_ROLE_TEXT,
                      mt_format_size_cell(size, target.bytes));
    break;
  default:
    mt_canvas_right(c, x, y, width, mt_column_saving(v) < 0 ? MT_ROLE_WARN : class_role,
                    saving_text(saving, v, c->glyphs));
  }
}

/* --- rows ---------------------------------------------------------------------- */

static void draw_row(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                     const struct mt_fit *fit, size_t row)
{
  size_t column = ui->table.order[row];
  int x = r.x + MARGIN;
  if (mt_column_edited(&ui->snap->columns[column]))
    mt_canvas_text(c, r.x, r.y, 1, MT_ROLE_GOOD, c->glyphs->applied);
  if (mt_table_is_marked(&ui->table, column))
    mt_canvas_text(c, r.x + 1, r.y, 1, MT_ROLE_ACCENT, c->glyphs->marked);
  for (int p = 0; p < MT_PART_COUNT; p++) {
    if (fit->width[p] == 0)
      continue;
    draw_part(ui, c, (enum mt_table_part)p, x, r.y, fit->width[p], column);
    x += fit->width[p] + fit->gap;
  }
  if (row == ui->table.cursor)
    mt_canvas_restyle(c, r.x, r.y, r.w, MT_ROLE_SELECTED);
}

/* Why there is no row, and what brings some back. */
static void draw_nothing(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_table *t = &ui->table;
  char count[MT_COUNT_TEXT], text[MT_FILTER_TEXT];
  struct mt_pen pen = {c, r.x + MARGIN, r.y + (r.h > 4), r.x + r.w - 1};
  mt_format_count(count, t->columns);
  if (t->columns == 0) {
    mt_pen_write(&pen, MT_ROLE_DIM, "the file has no columns");
    return;
  }
  mt_sanitise(text, sizeof text, t->filter.text, strlen(t->filter.text), 40);
  if (t->filtered == 0)
    mt_pen_write(&pen, MT_ROLE_WARN, "all %s columns are hidden", count);
  else
    mt_pen_write(&pen, MT_ROLE_WARN, "none of %s columns: & %s", count, text);
  pen = (struct mt_pen){c, r.x + MARGIN, pen.y + 1, pen.end};
  if (t->filtered > 0) {
    mt_pen_write(&pen, MT_ROLE_KEY, "Esc");
    mt_pen_write(&pen, MT_ROLE_DIM, " shows them again");
    int at = pen.x + 3;
    if (mt_pen_fit(&pen, MT_ROLE_DIM, "   & changes the filter"))
      mt_canvas_restyle(c, at, pen.y, 1, MT_ROLE_KEY);
    pen.x += 3;
  }
  if (t->hidden > 0) {
    mt_pen_write(&pen, MT_ROLE_KEY, "+");
    mt_pen_write(&pen, MT_ROLE_DIM, " shows the hidden ones");
  }
}

void mt_table_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_table *t = &ui->table;
  struct mt_fit fit = mt_table_fit(ui, t->skip);
  if (r.h > 1) {
    draw_heading(ui, c, r, &fit);
    r.y++;
    r.h--;
  }
  if (t->len == 0)
    draw_nothing(ui, c, r);
  for (int row = 0; row < r.h && t->top + (size_t)row < t->len; row++)
    draw_row(ui, c, (struct mt_rect){r.x, r.y + row, r.w, 1}, &fit, t->top + (size_t)row);
}

/* --- what is not shown ----------------------------------------------------------- */

/* "4 of 12": the cursor's row of those shown. */
static const char *place_text(char dst[2 * MT_COUNT_TEXT + 8], const struct mt_table *t)
{
  char row[MT_COUNT_TEXT], rows[MT_COUNT_TEXT];
  snprintf(dst, 2 * MT_COUNT_TEXT + 8, "%s of %s",
           mt_format_count(row, t->cursor + (t->len > 0)), mt_format_count(rows, t->len));
  return dst;
}

/* "3 hidden, 40 filtered"; "" when everything is shown. */
static const char *absent_text(char dst[2 * MT_COUNT_TEXT + 24], const struct mt_table *t)
{
  char hidden[MT_COUNT_TEXT], filtered[MT_COUNT_TEXT];
  mt_format_count(hidden, t->hidden);
  mt_format_count(filtered, t->filtered);
  snprintf(dst, 2 * MT_COUNT_TEXT + 24, "%s%s%s%s%s", t->hidden > 0 ? hidden : "",
           t->hidden > 0 ? " hidden" : "", t->hidden > 0 && t->filtered > 0 ? ", " : "",
           t->filtered > 0 ? filtered : "", t->filtered > 0 ? " filtered" : "");
  return dst;
}

static bool sort_is_seen(const struct mt_ui *ui)
{
  struct mt_fit fit = mt_table_fit(ui, ui->table.skip);
  for (int p = 0; p < MT_PART_COUNT; p++)
    if (fit.width[p] > 0 &&
        mt_table_part_info((enum mt_table_part)p)->sort == ui->table.sort)
      return true;
  return ui->table.sort == MT_SORT_FILE;
}

/* The filter, and the order where no heading shows it, behind the title. */
static void draw_upper_edge(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_table *t = &ui->table;
  struct mt_pen pen = {c, r.x + 13, r.y, r.x + r.w - 2};
  char shown[MT_COUNT_TEXT], all[MT_COUNT_TEXT];
  if (t->filter.steps > 0) {
    mt_pen_write(&pen, MT_ROLE_KEY, " & ");
    mt_pen_name(&pen, r.w / 3, MT_ROLE_ACCENT, t->filter.text, strlen(t->filter.text));
    mt_pen_write(&pen, MT_ROLE_TEXT, "  %s of %s ",
                 mt_format_count(shown, t->columns - t->hidden - t->filtered),
                 mt_format_count(all, t->columns));
    pen.x += 2;
  }
  if (!sort_is_seen(ui))
    mt_pen_fit(&pen, MT_ROLE_DIM, " by %s ", mt_sort_name(t->sort));
}

/* What is marked, what is not shown, and where the cursor is. */
static void draw_lower_edge(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_table *t = &ui->table;
  char place[2 * MT_COUNT_TEXT + 8], absent[2 * MT_COUNT_TEXT + 24], count[MT_COUNT_TEXT];
  int y = r.y + r.h - 1, end = r.x + r.w - 2;
  struct mt_pen pen = {c, r.x + 2, y, end};
  if (t->columns == 0)
    return;
  place_text(place, t);
  pen.x = end - mt_canvas_columns(c, place) - 2;
  int left = pen.x;
  mt_pen_write(&pen, MT_ROLE_DIM, " %s ", place);
  if (absent_text(absent, t)[0] != '\0') {
    left -= mt_canvas_columns(c, absent) + 4;
    pen.x = left;
    mt_pen_write(&pen, MT_ROLE_TEXT, " %s ", absent);
  }
  pen = (struct mt_pen){c, r.x + 2, y, left};
  if (t->marked > 0)
    mt_pen_fit(&pen, MT_ROLE_ACCENT, " %s %s marked ", c->glyphs->marked,
               mt_format_count(count, t->marked));
}

void mt_table_frame_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  mt_canvas_box(c, r, MT_ROLE_BORDER, "columns");
  draw_upper_edge(ui, c, r);
  draw_lower_edge(ui, c, r);
  mt_table_draw(ui, c, mt_rect_inside(r));
}

/* From the right, as much as two thirds of the line hold. */
int mt_table_state_draw(const struct mt_ui *ui, struct mt_canvas *c, int x, int y)
{
  const struct mt_table *t = &ui->table;
  enum { PLACE, FILTER, MARKED, ABSENT, PIECES };
  static const enum mt_role roles[PIECES] = {MT_ROLE_DIM, MT_ROLE_ACCENT, MT_ROLE_ACCENT,
                                             MT_ROLE_TEXT};
  char piece[PIECES][2 * MT_COUNT_TEXT + 24] = {"", "", "", ""}, count[MT_COUNT_TEXT];
  int used = 0;
  if (t->columns == 0)
    return 0;
  place_text(piece[PLACE], t);
  if (t->filter.steps > 0) {
    memcpy(piece[FILTER], "& ", 3);
    mt_sanitise(piece[FILTER] + 2, sizeof piece[FILTER] - 2, t->filter.text,
                strlen(t->filter.text), 24);
  }
  if (t->marked > 0)
    snprintf(piece[MARKED], sizeof piece[MARKED], "%s %s marked", c->glyphs->marked,
             mt_format_count(count, t->marked));
  absent_text(piece[ABSENT], t);
  for (int i = 0; i < PIECES; i++) {
    int width = mt_canvas_columns(c, piece[i]) + 2;
    if (piece[i][0] == '\0' || (i > 0 && used + width > x * 2 / 3))
      continue;
    used += width - (i == 0);
    mt_canvas_text(c, x - used, y, width, roles[i], piece[i]);
  }
  return used + 1;
}
