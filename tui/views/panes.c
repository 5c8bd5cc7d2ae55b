#include "tui/views/panes.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/plot.h"
#include "tui/views/view.h"

/* Where no canvas is. */
enum { OUTSIDE = -10000, LABEL = 10 };

int mt_pane_left(const struct mt_pane *p)
{
  int left = p->r.h + p->skip - p->lines;
  return left < 0 ? 0 : left;
}

struct mt_rect mt_pane_block(struct mt_pane *p, int height)
{
  int y = p->lines - p->skip;
  p->lines += height;
  bool seen = y >= 0 && y + height <= p->r.h;
  return (struct mt_rect){p->r.x, seen ? p->r.y + y : OUTSIDE, p->r.w, height};
}

struct mt_pen mt_pane_next(struct mt_pane *p)
{
  struct mt_rect r = mt_pane_block(p, 1);
  return (struct mt_pen){p->canvas, r.x, r.y, r.x + r.w};
}

static struct mt_pen labelled(struct mt_pane *p, const char *label)
{
  struct mt_pen pen = mt_pane_next(p);
  int x = pen.x;
  mt_pen_write(&pen, MT_ROLE_DIM, "%s", label);
  pen.x = x + LABEL;
  return pen;
}

/* A text in as many lines as it needs, after a mark on the first one. */
static void paragraph(struct mt_pane *p, enum mt_role role, const char *mark,
                      const char *text)
{
  int indent = mark[0] == '\0' ? 0 : 2;
  do {
    struct mt_pen pen = mt_pane_next(p);
    size_t n = mt_canvas_line(p->canvas, text, p->r.w - indent);
    mt_pen_write(&pen, role, "%s", mark);
    pen.x = p->r.x + indent;
    mt_pen_write(&pen, role, "%.*s", (int)n, text);
    text += n;
    text += strspn(text, " ");
    mark = "";
  } while (*text != '\0');
}

/* --- evidence ------------------------------------------------------------------- */

static void write_bytes(struct mt_pane *p, const char *label, uint64_t bytes,
                        const char *what)
{
  char exact[MT_COUNT_TEXT], size[MT_SIZE_PROSE];
  struct mt_pen pen = labelled(p, label);
  mt_pen_write(&pen, MT_ROLE_STRONG, "%s", mt_format_size(size, bytes));
  if (bytes >= 1024)
    mt_pen_fit(&pen, MT_ROLE_DIM, "  %s bytes", mt_format_count(exact, bytes));
  if (what != NULL)
    mt_pen_fit(&pen, MT_ROLE_TEXT, "  %s", what);
}

static void write_memory(struct mt_pane *p)
{
  const struct mt_column_view *v = &p->portrait->detail.view;
  char size[MT_SIZE_PROSE];
  write_bytes(p, "now", v->now, v->dtype);
  if (v->resident != MT_UNKNOWN && v->resident != v->now) {
    struct mt_pen pen = labelled(p, "resident");
    mt_pen_write(&pen, MT_ROLE_STRONG, "about %s", mt_format_size(size, v->resident));
    mt_pen_fit(&pen, MT_ROLE_DIM, "  is what stays: equal texts are one object");
  }
  write_bytes(p, "planned", v->after,
              v->planned_dtype == MT_DROP ? "dropped" : v->planned);
}

static void add_kind(char *dst, size_t cap, uint64_t count, const char *what)
{
  char text[MT_COUNT_TEXT];
  size_t n = strlen(dst);
  if (count > 0)
    snprintf(dst + n, cap - n, "%s%s %s", n == 0 ? "" : ", ",
             mt_format_count(text, count), what);
}

/* How many, and what these cells hold, on a second line where the first is too short. */
static void write_nulls(struct mt_pane *p)
{
  const struct mt_null_kinds *n = &p->portrait->detail.nulls;
  uint64_t nulls = p->portrait->detail.view.plan_nulls;
  char count[MT_COUNT_TEXT], kinds[200] = "";
  struct mt_pen pen = labelled(p, "nulls");
  if (nulls == 0) {
    mt_pen_write(&pen, MT_ROLE_TEXT, "none");
    return;
  }
  mt_pen_write(&pen, MT_ROLE_STRONG, "%s", mt_format_count(count, nulls));
  if (p->snap->rows > 0)
    mt_pen_fit(&pen, MT_ROLE_TEXT, " (%.3g %%)",
               (double)nulls / (double)p->snap->rows * 100);
  add_kind(kinds, sizeof kinds, n->empty, "empty");
  add_kind(kinds, sizeof kinds, n->quoted, "empty in quotes");
  add_kind(kinds, sizeof kinds, n->words,
           n->words == 1 ? "word such as NA" : "words such as NA");
  add_kind(kinds, sizeof kinds, n->given, "made null");
  if (kinds[0] == '\0' || mt_pen_fit(&pen, MT_ROLE_DIM, ": %s", kinds))
    return;
  pen = labelled(p, "");
  mt_pen_write(&pen, MT_ROLE_DIM, "%s", kinds);
}

static void write_order(struct mt_pane *p)
{
  const struct mt_column_statistics *s = &p->portrait->statistics;
  const struct mt_column_view *v = &p->portrait->detail.view;
  char count[MT_COUNT_TEXT];
  struct mt_pen pen = labelled(p, "distinct");
  mt_pen_write(&pen, MT_ROLE_STRONG, "%s%s", v->distinct_exact ? "" : "about ",
               mt_format_count(count, v->distinct));
  if (v->distinct_exact && v->distinct > 1 && s->values == v->distinct)
    mt_pen_fit(&pen, MT_ROLE_TEXT, ", each once");
  pen = labelled(p, "order");
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s",
               s->sorted == MT_SORTED_UP     ? "ascending"
               : s->sorted == MT_SORTED_DOWN ? "descending"
               : s->sorted == MT_SORTED_NONE ? "unsorted"
                                             : "unknown");
  if (s->runs > 0)
    mt_pen_fit(&pen, MT_ROLE_DIM, ", %s run%s of equal cells",
               mt_format_count(count, s->runs), s->runs == 1 ? "" : "s");
}

static void evidence(struct mt_pane *p)
{
  const struct mt_column_detail *d = &p->portrait->detail;
  const struct mt_glyphs *g = p->canvas->glyphs;
  write_memory(p);
  write_nulls(p);
  write_order(p);
  if (d->warnings.len + d->evidence_len + d->notes.len > 0)
    mt_pane_next(p);
  for (size_t i = 0; i < d->warnings.len; i++)
    paragraph(p, MT_ROLE_WARN, g->warn, d->warnings.item[i].text);
  for (size_t i = 0; i < d->notes.len; i++)
    paragraph(p, MT_ROLE_TEXT, "!", d->notes.item[i].text);
  if (d->view.sentinels > 0) {
    struct mt_pen pen = mt_pane_next(p);
    mt_pen_write(&pen, MT_ROLE_KEY, "0");
    mt_pen_write(&pen, MT_ROLE_TEXT, " makes %s null",
                 d->view.sentinels == 1 ? "it" : "them");
  }
  for (size_t i = 0; i < d->evidence_len; i++)
    paragraph(p, MT_ROLE_TEXT, g->dot, d->evidence[i]);
}

static void first_rows(struct mt_pane *p)
{
  const struct mt_sample *s = &p->portrait->sample;
  for (size_t i = 0; i < s->rows; i++) {
    struct mt_pen pen = mt_pane_next(p);
    mt_pen_write(&pen, MT_ROLE_DIM, "%2zu  ", i + 1);
    mt_pen_write(&pen, MT_ROLE_TEXT, "%s", s->text[i]);
    if (s->kind[i] == MT_CELL_NULL)
      mt_pen_write(&pen, MT_ROLE_DIM, "%s%s", s->text[i][0] == '\0' ? "" : " ",
                   p->canvas->glyphs->null);
  }
}

/* --- all of them ---------------------------------------------------------------- */

static void (*const draw_lines[MT_PANE_COUNT])(struct mt_pane *) = {
    [MT_PANE_EVIDENCE] = evidence,     [MT_PANE_DISTRIBUTION] = mt_pane_distribution,
    [MT_PANE_VALUES] = mt_pane_values, [MT_PANE_LENGTHS] = mt_pane_lengths,
    [MT_PANE_ROWS] = first_rows,
};

const char *mt_pane_title(enum mt_pane_kind kind, const struct mt_portrait *p)
{
  switch (kind) {
  case MT_PANE_EVIDENCE:
    return "evidence";
  case MT_PANE_DISTRIBUTION:
    return p->dated ? "dates" : p->statistics.count > 0 ? "numbers" : "lengths";
  case MT_PANE_VALUES:
    return "most frequent";
  case MT_PANE_ROWS:
    return "first rows";
  default:
    return "lengths";
  }
}

int mt_pane_draw(enum mt_pane_kind kind, struct mt_pane *p)
{
  char text[48];
  p->lines = 0;
  draw_lines[kind](p);
  int more = p->lines - p->skip - p->r.h;
  if (more > 0 && p->r.h > 0) {
    int y = p->r.y + p->r.h - 1;
    mt_canvas_clear(p->canvas, (struct mt_rect){p->r.x, y, p->r.w, 1});
    snprintf(text, sizeof text, "%s %d more line%s", p->canvas->glyphs->ellipsis,
             more + 1, more == 0 ? "" : "s");
    mt_canvas_text(p->canvas, p->r.x, y, p->r.w, MT_ROLE_DIM, text);
  }
  return p->lines;
}

int mt_pane_lines(enum mt_pane_kind kind, struct mt_canvas *c, int width,
                  const struct mt_snapshot *snap, const struct mt_portrait *portrait)
{
  struct mt_pane p = {.canvas = c, .snap = snap, .portrait = portrait};
  p.r = (struct mt_rect){0, 0, width, 0};
  return mt_pane_draw(kind, &p);
}
