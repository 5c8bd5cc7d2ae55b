/* The dashboard's header: what the file is, how far the scan is, and what loading takes
 * now and as planned. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/plot.h"
#include "tui/views/view.h"

static double fraction_read(const struct mt_snapshot *s)
{
  if (s->progress.total == 0)
    return 0;
  double f = (double)s->progress.bytes / (double)s->progress.total;
  return f > 1 ? 1 : f;
}

/* "all rows", "45 %", "first 12,000 rows": the scan in a word or two. */
static enum mt_role scan_word(const struct mt_ui *ui, char *dst, size_t cap)
{
  const struct mt_snapshot *s = ui->snap;
  uint64_t faults = mt_fault_total(&s->faults);
  char count[MT_COUNT_TEXT];
  switch (s->scan) {
  case MT_SCAN_RUNNING:
    if (s->progress.total > 0)
      snprintf(dst, cap, "%.0f %%", fraction_read(s) * 100);
    else
      snprintf(dst, cap, "scanning");
    return MT_ROLE_ACCENT;
  case MT_SCAN_DONE:
    if (faults == 0) {
      snprintf(dst, cap, "all rows");
      return MT_ROLE_GOOD;
    }
    snprintf(dst, cap, "! %s fault%s", mt_format_count(count, faults),
             faults == 1 ? "" : "s");
    return MT_ROLE_WARN;
  case MT_SCAN_PARTIAL:
    snprintf(dst, cap, "! first %s rows", mt_format_count(count, s->rows));
    return MT_ROLE_WARN;
  case MT_SCAN_FAILED:
    snprintf(dst, cap, "failed");
    return MT_ROLE_BAD;
  default:
    dst[0] = '\0';
    return MT_ROLE_DIM;
  }
}

static void draw_identity(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                          bool with_state)
{
  const struct mt_snapshot *s = ui->snap;
  const struct mt_glyphs *g = c->glyphs;
  char rows[MT_COUNT_TEXT], columns[MT_COUNT_TEXT], size[MT_SIZE_PROSE], state[48];
  char format[sizeof ui->schema->format];
  const char *name = mt_base_name(ui->path);
  struct mt_pen pen = {c, r.x, r.y, r.w - 1};
  if (with_state) {
    enum mt_role role = scan_word(ui, state, sizeof state);
    int width = mt_canvas_columns(c, state);
    mt_canvas_right(c, r.w - 1 - width, r.y, width, role, state);
    pen.end -= width + 1;
  }
  mt_pen_write(&pen, MT_ROLE_BRAND, " memtop ");
  mt_pen_write(&pen, MT_ROLE_TEXT, "  ");
  mt_pen_name(&pen, mt_clamp(r.w / 3, 8, 60), MT_ROLE_STRONG, name, strlen(name));
  mt_pen_fit(&pen, MT_ROLE_TEXT, "   %s row%s %s %s column%s",
             mt_format_count(rows, s->rows), s->rows == 1 ? "" : "s", g->times,
             mt_format_count(columns, s->column_count), s->column_count == 1 ? "" : "s");
  mt_pen_fit(&pen, MT_ROLE_ACCENT, "   %s", mt_engine_title(s->engine));
  if (s->behind)
    mt_pen_fit(&pen, MT_ROLE_WARN, "   counting anew");
  if (ui->schema->size > 0)
    mt_pen_fit(&pen, MT_ROLE_TEXT, "   %s", mt_format_size(size, ui->schema->size));
  mt_sanitise(format, sizeof format, ui->schema->format, strlen(ui->schema->format), 0);
  mt_pen_fit(&pen, MT_ROLE_DIM, "   %s", format);
}

/* What a key would save, before anything is changed; whether there was room for it. */
static bool write_offer(struct mt_pen *pen, const struct mt_ui *ui)
{
  const struct mt_snapshot *s = ui->snap;
  char size[MT_SIZE_PROSE], percent[MT_PERCENT_TEXT];
  uint64_t safe = s->after_total - (uint64_t)ui->summary.safe;
  int begin = pen->x + 3;
  if (s->scan == MT_SCAN_RUNNING || ui->summary.edited > 0 || safe >= s->now_total)
    return false;
  mt_format_size(size, s->now_total - safe);
  mt_percent(percent, s->now_total, safe, pen->canvas->glyphs);
  enum mt_role role = mt_class_role(MT_CLASS_EXACT, s);
  if (!mt_pen_fit(pen, role, "   A saves %s (%s)", size, percent) &&
      !mt_pen_fit(pen, role, "   A saves %s", size))
    return false;
  mt_canvas_restyle(pen->canvas, begin, pen->y, 1, MT_ROLE_KEY);
  mt_canvas_link(pen->canvas, begin, pen->y, pen->x - begin, MT_ACTION_APPLY_ALL);
  return true;
}

/* "   ! 3 faults", and which key tells more of them; or nothing. */
static const char *fault_count(char dst[64], const struct mt_snapshot *s,
                               const struct mt_glyphs *g, bool key)
{
  char count[MT_COUNT_TEXT];
  uint64_t total = mt_fault_total(&s->faults);
  dst[0] = '\0';
  if (total > 0)
    snprintf(dst, 64, "   %s %s fault%s%s", g->warn, mt_format_count(count, total),
             total == 1 ? "" : "s",
             !key         ? ""
             : total == 1 ? ": f lists it"
                          : ": f lists them");
  return dst;
}

/* The first kind of fault in full, the others counted; or how many, and who tells. */
static void write_faults(struct mt_pen *pen, const struct mt_snapshot *s)
{
  char count[MT_COUNT_TEXT], line[MT_COUNT_TEXT], others[MT_COUNT_TEXT], text[64];
  const char *warn = pen->canvas->glyphs->warn;
  uint64_t total = mt_fault_total(&s->faults), first;
  int kind = 0;
  if (total == 0)
    return;
  while (s->faults.count[kind] == 0)
    kind++;
  first = s->faults.count[kind];
  mt_format_count(line, s->faults.first[kind][0].line);
  mt_format_count(others, total - first);
  if (mt_pen_fit(pen, MT_ROLE_WARN, "   %s %s %s, first on line %s%s%s%s", warn,
                 mt_format_count(count, first),
                 mt_fault_text((enum mt_fault_kind)kind, first), line,
                 total > first ? ", and " : "", total > first ? others : "",
                 total > first ? " more: f" : ""))
    return;
  if (!mt_pen_fit(pen, MT_ROLE_WARN, "%s",
                  fault_count(text, s, pen->canvas->glyphs, true)))
    mt_pen_write(pen, MT_ROLE_WARN, "%s",
                 fault_count(text, s, pen->canvas->glyphs, false));
}

static void write_progress(struct mt_pen *pen, const struct mt_snapshot *s)
{
  char done[MT_SIZE_PROSE], total[MT_SIZE_PROSE], rate[MT_SIZE_PROSE];
  char left[MT_SECONDS_TEXT];
  int width = mt_clamp((pen->end - pen->x) / 4, 6, 40);
  double f = fraction_read(s), seconds = s->scan_seconds;
  bool known = s->progress.total > 0; /* a pipe does not tell its length */
  mt_pen_write(pen, MT_ROLE_ACCENT, "scanning ");
  mt_format_size(done, s->progress.bytes);
  if (known) {
    mt_plot_track(pen->canvas, pen->x, pen->y, width, MT_ROLE_ACCENT, s->progress.bytes,
                  0, s->progress.total);
    pen->x += width;
    mt_pen_write(pen, MT_ROLE_STRONG, " %3.0f %%", f * 100);
  } else {
    mt_pen_write(pen, MT_ROLE_STRONG, "%s read", done);
  }
  if (seconds > 0)
    mt_pen_fit(pen, MT_ROLE_TEXT, "   %s/s",
               mt_format_size(rate, (uint64_t)((double)s->progress.bytes / seconds)));
  if (f > 0)
    mt_pen_fit(pen, MT_ROLE_TEXT, "   %s left", mt_seconds(left, seconds * (1 - f) / f));
  if (known)
    mt_pen_fit(pen, MT_ROLE_DIM, "   %s of %s", done,
               mt_format_size(total, s->progress.total));
}

/* What the plan changes; or what it could, where that was not said above.  In as many
 * words as leave room for the count of faults. */
static void write_changes(struct mt_pen *pen, const struct mt_ui *ui, bool offered)
{
  char count[MT_COUNT_TEXT], faults[64];
  const struct mt_glyphs *g = pen->canvas->glyphs;
  size_t changed = ui->summary.edited;
  fault_count(faults, ui->snap, g, changed == 0);
  int reserved = mt_canvas_columns(pen->canvas, faults);
  mt_format_count(count, changed);
  pen->end -= reserved;
  if (changed == 0 && !offered)
    write_offer(pen, ui);
  if (changed > 0 &&
      !mt_pen_fit(pen, MT_ROLE_GOOD, "   %s %s column%s changed by the plan", g->applied,
                  count, changed == 1 ? "" : "s"))
    mt_pen_fit(pen, MT_ROLE_GOOD, "   %s %s changed", g->applied, count);
  pen->end += reserved;
}

/* The columns that a default load changes; a single one by name. */
static void write_warnings(struct mt_pen *pen, const struct mt_ui *ui)
{
  const struct mt_snapshot *s = ui->snap;
  char what[64], count[MT_COUNT_TEXT];
  size_t columns = ui->summary.warned, last = ui->summary.last_warned;
  if (columns == 0)
    return;
  if (columns == 1)
    mt_sanitise(what, sizeof what, s->names[last].text, s->names[last].len, 24);
  else
    snprintf(what, sizeof what, "%s columns", mt_format_count(count, columns));
  if (!mt_pen_fit(pen, MT_ROLE_WARN, "   %s %s by default changes %s",
                  pen->canvas->glyphs->warn, mt_engine_title(s->engine), what) &&
      !mt_pen_fit(pen, MT_ROLE_WARN, "   %s %s misreads %s", pen->canvas->glyphs->warn,
                  mt_engine_title(s->engine), what))
    mt_pen_fit(pen, MT_ROLE_WARN, "   %s %s misread", pen->canvas->glyphs->warn, what);
}

static void write_null_words(struct mt_pen *pen, const struct mt_snapshot *s)
{
  const struct mt_null_words *w = &s->null_words;
  char count[MT_COUNT_TEXT], text[64];
  if (w->count == 0)
    return;
  mt_sanitise(text, sizeof text, w->first.text, w->first.len, 12);
  mt_format_count(count, w->count);
  if (!mt_pen_fit(pen, MT_ROLE_DIM, "   %s text%s such as %s read as null", count,
                  w->count == 1 ? "" : "s", text))
    mt_pen_fit(pen, MT_ROLE_DIM, "   %s read as null", count);
}

/* Columns that would be numbers; a single one by name. */
static void write_sentinels(struct mt_pen *pen, const struct mt_ui *ui)
{
  const struct mt_snapshot *s = ui->snap;
  char what[64], texts[MT_SENTINELS_TEXT], count[MT_COUNT_TEXT];
  size_t columns = ui->summary.with_sentinels, last = ui->summary.last_with_sentinels;
  if (columns == 0)
    return;
  if (columns == 1) {
    mt_sanitise(what, sizeof what, s->names[last].text, s->names[last].len, 24);
    mt_pen_fit(pen, MT_ROLE_WARN, "   ! %s is numbers but for %s", what,
               mt_sentinels(texts, &s->columns[last]));
  } else {
    mt_pen_fit(pen, MT_ROLE_WARN, "   ! %s columns are numbers but for sentinels",
               mt_format_count(count, columns));
  }
}

/* What to know of the file that is no fault of it; the weightiest first, as far as
 * there is room. */
static void write_remarks(struct mt_pen *pen, const struct mt_ui *ui)
{
  const struct mt_snapshot *s = ui->snap;
  if (s->implicit_index > 0)
    mt_pen_fit(pen, MT_ROLE_WARN, "   %s pandas would take the first %s as the index",
               pen->canvas->glyphs->warn, s->implicit_index == 1 ? "column" : "columns");
  write_warnings(pen, ui);
  write_sentinels(pen, ui);
  write_null_words(pen, s);
}

static void draw_status(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                        bool offered)
{
  const struct mt_snapshot *s = ui->snap;
  char rows[MT_COUNT_TEXT], seconds[MT_SECONDS_TEXT], what[sizeof s->error.what];
  struct mt_pen pen = {c, r.x + 1, r.y, r.w - 1};
  mt_format_count(rows, s->rows);
  switch (s->scan) {
  case MT_SCAN_RUNNING:
    write_progress(&pen, s);
    return;
  case MT_SCAN_DONE:
    mt_pen_write(&pen, MT_ROLE_GOOD, "%s all rows scanned", c->glyphs->good);
    mt_pen_fit(&pen, MT_ROLE_DIM, " in %s", mt_seconds(seconds, s->scan_seconds));
    break;
  case MT_SCAN_PARTIAL:
    mt_pen_write(&pen, MT_ROLE_WARN, "! first %s rows, not proven", rows);
    if (ui->schema->size > 0) /* what is left of a pipe is read by nobody */
      mt_pen_fit(&pen, MT_ROLE_DIM, ": an export reads the rest");
    break;
  case MT_SCAN_FAILED:
    mt_sanitise(what, sizeof what, s->error.what, strlen(s->error.what), 0);
    mt_pen_write(&pen, MT_ROLE_BAD, "%s %s", c->glyphs->bad, what);
    mt_sanitise(what, sizeof what, s->error.remedy, strlen(s->error.remedy), 0);
    mt_pen_write(&pen, MT_ROLE_TEXT, "%s%s", what[0] == '\0' ? "" : ": ", what);
    break;
  default:
    mt_pen_write(&pen, MT_ROLE_DIM, "not scanned yet");
  }
  if (s->export_state == MT_EXPORT_RUNNING && s->rows > 0)
    mt_pen_fit(&pen, MT_ROLE_ACCENT, "   exporting: %.0f %%",
               (double)s->export_rows / (double)s->rows * 100);
  write_changes(&pen, ui, offered);
  write_faults(&pen, s);
  write_remarks(&pen, ui);
}

/* The most that a default load takes on its way, with the engine itself, of what is
 * free; as much of it as leaves room for the verdict. */
static void write_peak(struct mt_pen *pen, const struct mt_snapshot *s)
{
  char low[MT_SIZE_PROSE], high[MT_SIZE_PROSE], room[MT_SIZE_PROSE];
  struct mt_verdict_look v = mt_verdict_look(s, pen->canvas->glyphs);
  int width = v.text[0] == '\0' ? 0 : 3 + mt_canvas_columns(pen->canvas, v.text);
  uint64_t free = s->memory.available;
  if (free != MT_UNKNOWN)
    mt_format_size(room, free);
  if (s->peak_high == MT_UNKNOWN) {
    mt_pen_fit(pen, MT_ROLE_DIM, "   peak unknown");
    if (free != MT_UNKNOWN)
      mt_pen_fit(pen, MT_ROLE_DIM, "   %s free", room);
    return;
  }
  mt_format_size(low, s->base + s->peak_low);
  mt_format_size(high, s->base + s->peak_high);
  pen->end -= width;
  bool shown =
      free != MT_UNKNOWN && strcmp(low, high) != 0 &&
      mt_pen_fit(pen, MT_ROLE_TEXT, "   peak %s to %s of %s free", low, high, room);
  if (!shown && free != MT_UNKNOWN)
    shown = mt_pen_fit(pen, MT_ROLE_TEXT, "   peak %s of %s free", high, room);
  if (!shown)
    mt_pen_fit(pen, MT_ROLE_TEXT, "   peak %s", high);
  pen->end += width;
  if (width > 0)
    mt_pen_write(pen, v.role, " %s %s", v.mark, v.text);
}

/* The part of it that is no data, and a bar of the rest, where there is room for more. */
static void draw_peak(struct mt_pen *pen, const struct mt_snapshot *s)
{
  char base[MT_SIZE_PROSE];
  uint64_t free = s->memory.available;
  if (s->peak_high == MT_UNKNOWN)
    return;
  if (pen->end - pen->x > 60)
    mt_pen_write(pen, MT_ROLE_DIM, "   %s of it %s itself", mt_format_size(base, s->base),
                 mt_engine_title(s->engine));
  int width = mt_clamp(pen->end - pen->x - 3, 0, 40);
  if (free != MT_UNKNOWN && width >= 10)
    mt_plot_track(pen->canvas, pen->x + 3, pen->y, width,
                  mt_verdict_look(s, pen->canvas->glyphs).role, s->base + s->peak_high, 0,
                  free);
}

/* Whether it says what could be saved. */
static bool draw_totals(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  const struct mt_glyphs *g = c->glyphs;
  char size[MT_SIZE_PROSE], percent[MT_PERCENT_TEXT];
  struct mt_pen pen = {c, r.x + 1, r.y, r.w - 1};
  bool wide = r.w >= 70;
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s", wide ? "load " : "");
  mt_pen_write(&pen, MT_ROLE_STRONG, "%s", mt_format_size(size, s->now_total));
  mt_pen_write(&pen, MT_ROLE_DIM, " %s ", g->arrow);
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s", wide ? "planned " : "");
  mt_pen_write(&pen, MT_ROLE_STRONG, "%s", mt_format_size(size, s->after_total));
  mt_percent(percent, s->now_total, s->after_total, g);
  if (percent[0] != '\0')
    mt_pen_write(&pen, s->after_total < s->now_total ? MT_ROLE_GOOD : MT_ROLE_WARN,
                 "  %s", percent);
  write_peak(&pen, s);
  bool offered = write_offer(&pen, ui);
  draw_peak(&pen, s);
  return offered;
}

/* All that fits on one line: "1.03G -> 256M  -75.2 %  fits". */
static void draw_one_line(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  char size[MT_SIZE_CELL], percent[MT_PERCENT_TEXT], state[48];
  struct mt_pen pen = {c, r.x, r.y, r.w};
  const char *name = mt_base_name(ui->path);
  if (r.w >= 30) {
    mt_pen_name(&pen, r.w - 24, MT_ROLE_BRAND, name, strlen(name));
    mt_pen_write(&pen, MT_ROLE_TEXT, " ");
  }
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s%s", mt_format_size_cell(size, s->now_total),
               c->glyphs->arrow);
  mt_pen_write(&pen, MT_ROLE_STRONG, "%s ", mt_format_size_cell(size, s->after_total));
  mt_pen_write(&pen, s->after_total < s->now_total ? MT_ROLE_GOOD : MT_ROLE_WARN, "%s",
               mt_percent(percent, s->now_total, s->after_total, c->glyphs));
  struct mt_verdict_look v = mt_verdict_look(s, c->glyphs);
  if (v.text[0] != '\0')
    mt_pen_fit(&pen, v.role, " %s %s", v.mark, v.text);
  enum mt_role role = scan_word(ui, state, sizeof state);
  int width = mt_canvas_columns(c, state);
  if (width < pen.end - pen.x)
    mt_canvas_right(c, pen.x, pen.y, pen.end - pen.x, role, state);
}

void mt_header_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  if (r.h == 1) {
    draw_one_line(ui, c, r);
    return;
  }
  draw_identity(ui, c, r, r.h == 2);
  r.y++;
  bool offered = draw_totals(ui, c, r);
  r.y++;
  if (r.h > 2)
    draw_status(ui, c, r, offered);
}
