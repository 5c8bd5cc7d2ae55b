/* The panes with pictures: how numbers, dates and lengths are spread, and the most
 * frequent values. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cells/datetime.h"
#include "tui/screen/plot.h"
#include "tui/views/panes.h"
#include "tui/views/view.h"

enum { LEAST_BARS = 4, MOST_BARS = 16 };

/* --- figures -------------------------------------------------------------------- */

struct figure {
  const char *label;
  char text[MT_NUMBER_TEXT + 1];
};

static void add_number(struct figure *f, size_t *n, const char *label, bool exact,
                       double v)
{
  if (isnan(v))
    return;
  f[*n].label = label;
  f[*n].text[0] = '~';
  mt_format_number(f[(*n)++].text + !exact, v);
}

/* Label and value in as many columns as there is room for, one column after the other. */
static void write_figures(struct mt_pane *p, const struct figure *f, size_t n)
{
  enum { LABEL = 8, GAP = 3 };
  int width = 0;
  for (size_t i = 0; i < n; i++) {
    int columns = LABEL + (int)strlen(f[i].text);
    width = columns > width ? columns : width;
  }
  size_t across = (size_t)mt_clamp((p->r.w + GAP) / (width + GAP), 1, 3);
  size_t lines = (n + across - 1) / across;
  for (size_t line = 0; line < lines; line++) {
    struct mt_pen pen = mt_pane_next(p);
    int x = pen.x;
    for (size_t i = line; i < n; i += lines, x += width + GAP) {
      mt_canvas_text(p->canvas, x, pen.y, LABEL, MT_ROLE_DIM, f[i].label);
      mt_canvas_right(p->canvas, x + LABEL, pen.y, width - LABEL, MT_ROLE_TEXT,
                      f[i].text);
    }
  }
}

/* --- histograms ----------------------------------------------------------------- */

struct histogram {
  const uint64_t *bin;
  size_t bins;
  const char *low, *high; /* what the ends are */
  bool exact;
};

/* Lines below the bars. */
enum { AXIS = 1 };

static int bars_height(const struct mt_pane *p, int below)
{
  return mt_clamp(mt_pane_left(p) - below, LEAST_BARS, MOST_BARS);
}

/* Where the ends of the range are, and how much the highest bar stands for. */
static void write_ends(struct mt_pane *p, int width, const struct histogram *h)
{
  struct mt_pen pen = mt_pane_next(p);
  char text[64], count[MT_COUNT_TEXT];
  uint64_t peak = 0;
  for (size_t i = 0; i < h->bins; i++)
    peak = h->bin[i] > peak ? h->bin[i] : peak;
  snprintf(text, sizeof text, "highest bar %s%s", h->exact ? "" : "about ",
           mt_format_count(count, peak));
  int left = mt_canvas_text(p->canvas, pen.x, pen.y, width, MT_ROLE_TEXT, h->low);
  int right = mt_canvas_columns(p->canvas, h->high);
  int room = width - left - right, middle = mt_canvas_columns(p->canvas, text);
  if (room > 0)
    mt_canvas_right(p->canvas, pen.x + left, pen.y, width - left, MT_ROLE_TEXT, h->high);
  if (middle + 4 <= room)
    mt_canvas_text(p->canvas, pen.x + left + (room - middle) / 2, pen.y, middle,
                   MT_ROLE_DIM, text);
}

/* The bars; returns the width of the axis below them. */
static int draw_bars(struct mt_pane *p, const struct histogram *h, int height)
{
  struct mt_rect r = mt_pane_block(p, height);
  int part = mt_plot_histogram(p->canvas, r, MT_ROLE_BAR, h->bin, h->bins);
  return part == 0 ? r.w : part * (int)h->bins - (part > 2);
}

/* From the 5th percentile to the 95th, thick where the middle half is, with a rule at
 * the median. */
static void draw_spread(struct mt_pane *p, int width, double low, double high,
                        const double quantile[MT_QUANTILE_COUNT])
{
  enum { P5 = 1, P25 = 2, P50 = 3, P75 = 4, P95 = 5 };
  const struct mt_glyphs *g = p->canvas->glyphs;
  struct mt_pen pen = mt_pane_next(p);
  int at[MT_QUANTILE_COUNT];
  for (int i = 0; i < MT_QUANTILE_COUNT; i++) {
    double part = (quantile[i] - low) / (high - low); /* no number when all are equal */
    at[i] = mt_clamp((int)((part > 0 ? fmin(part, 1) : 0) * (width - 1)), 0, width - 1);
  }
  mt_canvas_repeat(p->canvas, pen.x + at[P5], pen.y, at[P95] - at[P5] + 1, MT_ROLE_DIM,
                   g->horizontal);
  mt_canvas_repeat(p->canvas, pen.x + at[P25], pen.y, at[P75] - at[P25] + 1, MT_ROLE_BAR,
                   g->run[8]);
  mt_canvas_repeat(p->canvas, pen.x + at[P50], pen.y, 1, MT_ROLE_STRONG, g->vertical);
}

/* --- numbers -------------------------------------------------------------------- */

/* Narrow panes are low ones, too: the tails are left out there. */
static void write_statistics(struct mt_pane *p, const struct mt_column_statistics *s)
{
  static const char *const names[MT_QUANTILE_COUNT] = {"1 %",  "5 %",  "25 %", "median",
                                                       "75 %", "95 %", "99 %"};
  struct figure f[MT_QUANTILE_COUNT + 4];
  size_t n = 0, tail = p->r.w < 44 ? 2 : 0;
  add_number(f, &n, "min", true, s->min);
  if (s->integers) /* all their digits */
    mt_format_integer(f[0].text, s->int_min);
  for (size_t i = tail; i < MT_QUANTILE_COUNT - tail; i++)
    add_number(f, &n, names[i], s->quantile_error == 0, s->quantile[i]);
  add_number(f, &n, "max", true, s->max);
  if (s->integers)
    mt_format_integer(f[n - 1].text, s->int_max);
  add_number(f, &n, "mean", true, s->mean);
  add_number(f, &n, "std dev", true, s->stddev);
  write_figures(p, f, n);
}

/* How many numbers the histogram leaves out, as they are far off. */
static void write_beyond(struct mt_pane *p, const struct mt_picture *h)
{
  char below[MT_COUNT_TEXT], above[MT_COUNT_TEXT];
  struct mt_pen pen = mt_pane_next(p);
  const char *about = h->exact ? "" : "about ";
  mt_pen_write(&pen, MT_ROLE_DIM, "beyond: %s%s below, %s%s above", about,
               mt_format_count(below, h->below), about, mt_format_count(above, h->above));
}

static void draw_numbers(struct mt_pane *p)
{
  const struct mt_column_statistics *s = &p->portrait->statistics;
  const struct mt_picture *picture = &s->picture;
  bool beyond = picture->below + picture->above > 0;
  char low[MT_NUMBER_TEXT], high[MT_NUMBER_TEXT];
  struct histogram h = {picture->bin, picture->bins, low, high, picture->exact};
  write_statistics(p, s);
  if (s->quantile_error > 0 && p->r.w >= 44) {
    struct mt_pen pen = mt_pane_next(p);
    mt_pen_write(&pen, MT_ROLE_DIM, "~ is right to %.2g %% of the values' ranks",
                 s->quantile_error * 100);
  }
  if (picture->bins == 0)
    return;
  mt_pane_next(p);
  mt_format_number(low, picture->low);
  mt_format_number(high, picture->high);
  int width = draw_bars(p, &h, bars_height(p, AXIS + 1 + beyond));
  draw_spread(p, width, picture->edge[0], picture->edge[picture->bins], s->quantile);
  write_ends(p, width, &h);
  if (beyond)
    write_beyond(p, picture);
}

/* --- dates ---------------------------------------------------------------------- */

static void format_date(char dst[MT_NUMBER_TEXT + 1], int64_t seconds, bool with_time)
{
  int64_t day = seconds / 86400 - (seconds % 86400 < 0), rest = seconds - day * 86400;
  int year, month, date;
  mt_civil_from_days(day, &year, &month, &date);
  int n = snprintf(dst, MT_NUMBER_TEXT, "%04d-%02d-%02d", year, month, date);
  if (with_time)
    snprintf(dst + n, MT_NUMBER_TEXT - (size_t)n, " %02d:%02d", (int)(rest / 3600),
             (int)(rest / 60 % 60));
}

/* In days, or in hours and minutes where that would say little. */
static void format_span(char dst[MT_NUMBER_TEXT + 1], int64_t seconds, bool with_time)
{
  char text[MT_SECONDS_TEXT > MT_COUNT_TEXT ? MT_SECONDS_TEXT : MT_COUNT_TEXT];
  int64_t days = seconds / 86400;
  if (with_time && seconds > 0 && days < 2)
    snprintf(dst, MT_NUMBER_TEXT + 1, "%s", mt_seconds(text, (double)seconds));
  else
    snprintf(dst, MT_NUMBER_TEXT + 1, "%s day%s", mt_format_count(text, (uint64_t)days),
             days == 1 ? "" : "s");
}

static void draw_dates(struct mt_pane *p)
{
  const struct mt_column_dates *d = &p->portrait->dates;
  int64_t first = d->edge[0], last = d->edge[MT_HISTOGRAM_BINS];
  struct figure f[3] = {{.label = "first"}, {.label = "last"}, {.label = "span"}};
  struct histogram h = {d->bin, MT_HISTOGRAM_BINS, f[0].text, f[1].text, true};
  format_date(f[0].text, first, d->times);
  format_date(f[1].text, last, d->times);
  format_span(f[2].text, last - first, d->times);
  write_figures(p, f, 3);
  if (first == last)
    return;
  mt_pane_next(p);
  int width = draw_bars(p, &h, bars_height(p, AXIS));
  write_ends(p, width, &h);
}

/* --- lengths -------------------------------------------------------------------- */

static void write_length_row(struct mt_pane *p, size_t i, uint64_t peak)
{
  const struct mt_column_statistics *s = &p->portrait->statistics;
  enum { LABEL = 14, COUNT = 13 };
  char label[48], low[MT_COUNT_TEXT], high[MT_COUNT_TEXT], count[MT_COUNT_TEXT];
  struct mt_pen pen = mt_pane_next(p);
  uint64_t from = mt_length_bucket_low((unsigned)i), to = s->length_max;
  if (i + 1 < MT_LENGTH_BUCKETS && mt_length_bucket_low((unsigned)i + 1) <= to)
    to = mt_length_bucket_low((unsigned)i + 1) - 1;
  if (from < s->length_min) /* a bucket is told as far as there are texts in it */
    from = s->length_min;
  mt_format_count(low, from);
  if (to == from)
    snprintf(label, sizeof label, "%s", low);
  else
    snprintf(label, sizeof label, "%s %s %s", low, p->canvas->glyphs->dash,
             mt_format_count(high, to));
  mt_canvas_text(p->canvas, pen.x, pen.y, LABEL, MT_ROLE_TEXT, label);
  mt_canvas_right(p->canvas, pen.x + LABEL, pen.y, COUNT, MT_ROLE_TEXT,
                  mt_format_count(count, s->length[i]));
  mt_plot_bar(p->canvas, pen.x + LABEL + COUNT + 2, pen.y, p->r.w - LABEL - COUNT - 2,
              MT_ROLE_BAR, s->length[i], 0, peak);
}

void mt_pane_lengths(struct mt_pane *p)
{
  const struct mt_column_statistics *s = &p->portrait->statistics;
  char low[MT_COUNT_TEXT], high[MT_COUNT_TEXT], mean[MT_NUMBER_TEXT];
  uint64_t peak = 0;
  size_t first = MT_LENGTH_BUCKETS, last = 0;
  struct mt_pen pen = mt_pane_next(p);
  if (s->values == 0) {
    mt_pen_write(&pen, MT_ROLE_DIM, "no values");
    return;
  }
  mt_format_count(low, s->length_min);
  if (s->length_min == s->length_max)
    mt_pen_write(&pen, MT_ROLE_TEXT, "%s byte%s each", low,
                 s->length_min == 1 ? "" : "s");
  else {
    mt_pen_write(&pen, MT_ROLE_TEXT, "%s to %s bytes", low,
                 mt_format_count(high, s->length_max));
    mt_pen_fit(&pen, MT_ROLE_TEXT, ", %s on average",
               mt_format_number(mean, s->length_mean));
  }
  for (size_t i = 0; i < MT_LENGTH_BUCKETS; i++) {
    if (s->length[i] == 0)
      continue;
    first = first == MT_LENGTH_BUCKETS ? i : first;
    last = i;
    peak = s->length[i] > peak ? s->length[i] : peak;
  }
  for (size_t i = first; i <= last; i++)
    write_length_row(p, i, peak);
}

void mt_pane_distribution(struct mt_pane *p)
{
  if (p->portrait->dated)
    draw_dates(p);
  else if (p->portrait->statistics.count > 0)
    draw_numbers(p);
  else
    mt_pane_lengths(p);
}

/* --- the most frequent values --------------------------------------------------- */

struct share {
  const char *text; /* bytes of the file, or words of ours */
  size_t len;
  bool ours;
  uint64_t count;
  enum mt_role role, bar;
};

enum { PERCENT = 8, SHORTEST_BAR = 6 }; /* columns of a share */

/* As wide as the longest value, as long as a short bar is left. */
static int name_width(const struct mt_pane *p, int digits)
{
  const struct mt_column_statistics *s = &p->portrait->statistics;
  int whole = p->r.w - digits - PERCENT - 2 - SHORTEST_BAR, part = p->r.w * 2 / 5;
  int most = mt_clamp(whole > part ? whole : part, 8, 40), width = 14;
  for (size_t i = 0; i < s->top_len; i++)
    width = s->top[i].len > width ? s->top[i].len : width;
  return width < most ? width : most;
}

/* peak: what a whole bar stands for; 0: no bar. */
static void write_share(struct mt_pane *p, const struct share *v, uint64_t rows,
                        uint64_t peak)
{
  struct mt_pen pen = mt_pane_next(p);
  struct mt_canvas *c = p->canvas;
  char count[MT_COUNT_TEXT], percent[16];
  int digits = mt_clamp((int)strlen(mt_format_count(count, rows)), 5, MT_COUNT_TEXT) + 1;
  int name = name_width(p, digits), x = pen.x + name;
  if (v->ours)
    mt_canvas_text(c, pen.x, pen.y, name, v->role, v->text);
  else
    mt_canvas_name(c, pen.x, pen.y, name, v->role, v->text, v->len);
  mt_canvas_right(c, x, pen.y, digits, MT_ROLE_TEXT, mt_format_count(count, v->count));
  if (x + digits + PERCENT > pen.end)
    return;
  double share = rows == 0 ? 0 : (double)v->count / (double)rows * 100;
  snprintf(percent, sizeof percent, "%.*f %%", share < 9.995 ? 2 : 1, share);
  mt_canvas_right(c, x + digits, pen.y, PERCENT, MT_ROLE_DIM, percent);
  x += digits + PERCENT + 2;
  if (pen.end - x >= SHORTEST_BAR && peak > 0)
    mt_plot_bar(c, x, pen.y, pen.end - x, v->bar, v->count, 0, peak);
}

static void write_top(struct mt_pane *p, uint64_t rows, uint64_t peak)
{
  const struct mt_column_statistics *s = &p->portrait->statistics;
  for (size_t i = 0; i < s->top_len; i++) {
    const struct mt_top_value *t = &s->top[i];
    struct share v = {t->text, t->len, false, t->count, MT_ROLE_TEXT, MT_ROLE_BAR};
    if (t->len == 0)
      v = (struct share){"(empty text)", 0, true, t->count, MT_ROLE_DIM, MT_ROLE_BAR};
    write_share(p, &v, rows, peak);
  }
}

void mt_pane_values(struct mt_pane *p)
{
  const struct mt_column_statistics *s = &p->portrait->statistics;
  const struct mt_column_view *view = &p->portrait->detail.view;
  uint64_t nulls = view->plan_nulls, rows = s->values + nulls, sum = 0;
  uint64_t peak = s->top_len > 0 ? s->top[0].count : 0;
  char text[64], count[MT_COUNT_TEXT];
  for (size_t i = 0; i < s->top_len; i++)
    sum += s->top[i].count;
  uint64_t rest = s->values > sum ? s->values - sum : 0;
  peak = nulls > peak ? nulls : peak;
  if (nulls > 0) {
    struct share v = {"null", 0, true, nulls, MT_ROLE_DIM, MT_ROLE_GHOST};
    write_share(p, &v, rows, peak);
  }
  if (s->top_len == 0 && s->values > 0) {
    struct mt_pen pen = mt_pane_next(p);
    mt_pen_write(&pen, MT_ROLE_DIM, "too many distinct values to count each");
    return;
  }
  if (peak == 1 && s->values > 1) {
    struct mt_pen pen = mt_pane_next(p);
    mt_pen_write(&pen, MT_ROLE_DIM, "every value is there once, such as");
    peak = 0; /* bars would say no more */
  }
  write_top(p, rows, peak);
  if (rest > 0 && view->distinct > s->top_len) {
    snprintf(text, sizeof text, "%s%s others", view->distinct_exact ? "" : "about ",
             mt_format_count(count, view->distinct - s->top_len));
    struct share v = {text, 0, true, rest, MT_ROLE_DIM, MT_ROLE_GHOST};
    write_share(p, &v, rows, 0);
  }
}
