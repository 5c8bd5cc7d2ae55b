/* What an export does: its progress, and then its outcome. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/plot.h"
#include "tui/views/view.h"

/* --- progress -------------------------------------------------------------------- */

static void draw_running(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  char rows[MT_COUNT_TEXT], all[MT_COUNT_TEXT], size[MT_SIZE_PROSE];
  char left[MT_SECONDS_TEXT];
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  if (s->scan == MT_SCAN_RUNNING) {
    mt_pen_write(&pen, MT_ROLE_WARN, "reading the rest of the rows first: %s so far",
                 mt_format_count(rows, s->rows));
    mt_plot_track(c, r.x, r.y + 2, r.w, MT_ROLE_BAR, s->progress.bytes, 0,
                  s->progress.total);
    return;
  }
  double done = s->rows == 0 ? 0 : (double)s->export_rows / (double)s->rows;
  mt_pen_write(&pen, MT_ROLE_STRONG, "%3.0f %%   ", done * 100);
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s of %s rows", mt_format_count(rows, s->export_rows),
               mt_format_count(all, s->rows));
  mt_plot_track(c, r.x, r.y + 2, r.w, MT_ROLE_AFTER, s->export_rows, 0, s->rows);
  pen = (struct mt_pen){c, r.x, r.y + 4, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_TEXT, "%s written", mt_format_size(size, s->export_bytes));
  if (done > 0)
    mt_seconds(left, s->export_seconds * (1 - done) / done);
  int reserved = done > 0 ? (int)strlen(left) + 8 : 0; /* for what is asked most */
  pen.end -= reserved;
  if (s->export_seconds > 0)
    mt_pen_fit(
        &pen, MT_ROLE_TEXT, "   %s rows/s",
        mt_format_count(rows, (uint64_t)((double)s->export_rows / s->export_seconds)));
  pen.end += reserved;
  if (done > 0)
    mt_pen_fit(&pen, MT_ROLE_TEXT, "   %s left", left);
  if (s->memory.rss != MT_UNKNOWN)
    mt_pen_fit(&pen, MT_ROLE_DIM, "   memtop takes %s",
               mt_format_size(size, s->memory.rss));
}

/* The path as it may stand between double quotes in Python. */
static void quote_path(char *dst, size_t cap, const struct mt_entry *path)
{
  char quoted[sizeof path->text * 2];
  size_t n = 0;
  for (size_t i = 0; i < path->len; i++) {
    if (path->text[i] == '"' || path->text[i] == '\\')
      quoted[n++] = '\\';
    quoted[n++] = path->text[i];
  }
  mt_sanitise(dst, cap, quoted, n, 0);
}

/* The line of Python that opens the file. */
static const char *python_line(char dst[MT_OPEN_TEXT], const struct mt_ui *ui)
{
  const struct mt_export_form *f = &ui->export;
  const char *line = mt_format_python(f->options.format, ui->snap->engine);
  const char *hole = strstr(line, "%s");
  char path[MT_OPEN_TEXT - 64];
  quote_path(path, sizeof path, &f->path);
  int before = (int)(hole == NULL ? strlen(line) : (size_t)(hole - line));
  snprintf(dst, MT_OPEN_TEXT, "%.*s%s%s", before, line, hole == NULL ? "" : path,
           hole == NULL ? "" : hole + 2);
  return dst;
}

static void draw_python(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  char line[MT_OPEN_TEXT];
  mt_canvas_paragraph(c, r, MT_ROLE_ACCENT, python_line(line, ui));
}

static size_t count_notes(const struct mt_ui *ui)
{
  size_t n = 0;
  for (size_t i = 0; ui->session != NULL && i < ui->snap->column_count; i++)
    n += mt_session_export_note(ui->session, i) != NULL;
  return n;
}

/* The columns that the file cannot hold as planned. */
static void draw_notes(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  char count[MT_COUNT_TEXT];
  size_t n = count_notes(ui), seen = 0;
  if (n == 0 || r.h < 2)
    return;
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_WARN, "! %s column%s stored differently from the plan",
               mt_format_count(count, n), n == 1 ? "" : "s");
  size_t rows = (size_t)r.h - 1, top = n > rows ? n - rows : 0;
  if (ui->export.top < top)
    top = ui->export.top;
  for (size_t i = 0; i < s->column_count && seen < top + rows; i++) {
    const char *note = mt_session_export_note(ui->session, i);
    if (note == NULL || seen++ < top)
      continue;
    pen = (struct mt_pen){c, r.x + 2, pen.y + 1, r.x + r.w};
    mt_pen_name(&pen, r.w / 3, MT_ROLE_STRONG, s->names[i].text, s->names[i].len);
    mt_pen_write(&pen, MT_ROLE_TEXT, "  %s", note);
  }
}

static void draw_done(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  char size[MT_SIZE_PROSE], rows[MT_COUNT_TEXT], seconds[MT_SECONDS_TEXT];
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_GOOD, "%s %s written", c->glyphs->good,
               mt_format_size(size, s->export_bytes));
  mt_pen_fit(&pen, MT_ROLE_TEXT, "   %s row%s", mt_format_count(rows, s->export_rows),
             s->export_rows == 1 ? "" : "s");
  mt_pen_fit(&pen, MT_ROLE_TEXT, " in %s", mt_seconds(seconds, s->export_seconds));
  mt_canvas_name(c, r.x, r.y + 1, r.w, MT_ROLE_TEXT, ui->export.path.text,
                 ui->export.path.len);
  mt_canvas_text(c, r.x, r.y + 3, r.w, MT_ROLE_DIM, "open it with");
  draw_python(ui, c, (struct mt_rect){r.x, r.y + 4, r.w, 2});
  draw_notes(ui, c, (struct mt_rect){r.x, r.y + 7, r.w, r.h - 7});
}

static void draw_failed(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_error *e = &ui->snap->error;
  char text[sizeof e->what], line[MT_COUNT_TEXT];
  mt_canvas_text(c, r.x, r.y, r.w, MT_ROLE_BAD, "the export failed");
  mt_sanitise(text, sizeof text, e->what, strlen(e->what), 0);
  int y = 1;
  y += mt_canvas_paragraph(c, (struct mt_rect){r.x, r.y + y, r.w, r.h - y}, MT_ROLE_TEXT,
                           text);
  if (e->line != 0 && strstr(e->what, "line ") == NULL) {
    struct mt_pen pen = {c, r.x, r.y + y++, r.x + r.w};
    mt_pen_write(&pen, MT_ROLE_TEXT, "on line %s", mt_format_count(line, e->line));
  }
  mt_sanitise(text, sizeof text, e->remedy, strlen(e->remedy), 0);
  y += mt_canvas_paragraph(c, (struct mt_rect){r.x, r.y + y, r.w, r.h - y},
                           MT_ROLE_ACCENT, text);
  mt_canvas_text(c, r.x, r.y + y, y < r.h ? r.w : 0, MT_ROLE_DIM,
                 "nothing half-written is left; an older file of that name is untouched");
}

static void draw_last_line(const struct mt_ui *ui, struct mt_canvas *c,
                           enum mt_context context)
{
  mt_canvas_clear(c, (struct mt_rect){0, c->height - 1, c->width, 1});
  if (ui->message[0] != '\0')
    mt_canvas_text(c, 1, c->height - 1, c->width - 2, ui->message_role, ui->message);
  else
    mt_footer_draw(ui, c, c->height - 1, c->width, context);
}

static void progress_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct mt_rect r = mt_dialog_draw(c, 76, 7, "exporting");
  draw_running(ui, c, r);
  if (r.h >= 7)
    mt_canvas_text(c, r.x, r.y + 6, r.w, MT_ROLE_DIM,
                   "Ctrl-C cancels it; Esc only closes this, and the export goes on");
  draw_last_line(ui, c, MT_IN_PROGRESS);
}

static void outcome_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  size_t notes = count_notes(ui);
  int height = notes == 0 ? 6 : mt_clamp((int)notes + 8, 9, c->height - 6);
  struct mt_rect r = mt_dialog_draw(c, 76, height, "export");
  if (ui->snap->export_state == MT_EXPORT_DONE)
    draw_done(ui, c, r);
  else if (ui->snap->export_state == MT_EXPORT_FAILED)
    draw_failed(ui, c, r);
  else
    mt_canvas_text(c, r.x, r.y, r.w, MT_ROLE_WARN,
                   "cancelled: nothing half-written is left");
  draw_last_line(ui, c, MT_IN_OUTCOME);
}

/* Leaving it leaves the export alone. */
static unsigned progress_act(struct mt_ui *ui, enum mt_action action)
{
  if (action != MT_ACTION_BACK)
    return MT_REACT_UNHANDLED;
  mt_ui_pop(ui);
  mt_ui_say(ui, MT_ROLE_TEXT, "the export goes on; e shows it, Ctrl-C cancels it");
  return MT_REACT_DRAW;
}

static void say_outcome(struct mt_ui *ui)
{
  char path[160];
  mt_sanitise(path, sizeof path, ui->export.path.text, ui->export.path.len, 60);
  if (ui->snap->export_state == MT_EXPORT_DONE)
    mt_ui_say(ui, MT_ROLE_GOOD, "the export is complete: %s", path);
  else if (ui->snap->export_state == MT_EXPORT_FAILED)
    mt_ui_say_error(ui, &ui->snap->error);
  else
    mt_ui_say(ui, MT_ROLE_WARN, "the export was cancelled: nothing half-written is left");
}

/* The outcome takes the place of the progress; where that was left it is a message. */
void mt_export_follow(struct mt_ui *ui)
{
  bool shown = false;
  if (!ui->export.running || ui->snap->export_state == MT_EXPORT_RUNNING)
    return;
  ui->export.running = false;
  for (size_t i = 0; i < ui->depth; i++)
    if (ui->stack[i] == &mt_view_progress) {
      ui->stack[i] = &mt_view_outcome;
      shown = true;
    }
  if (shown)
    ui->message[0] = '\0';
  else
    say_outcome(ui);
  if (ui->snap->export_state != MT_EXPORT_DONE || ui->export.marked_only)
    return;
  ui->export.saved = true;
  ui->export.saved_version = ui->export.plan_version;
}

const struct mt_view mt_view_progress = {
    .context = MT_IN_PROGRESS,
    .draw = progress_draw,
    .act = progress_act,
};

static unsigned copy_python(struct mt_ui *ui)
{
  ui->clip = (const uint8_t *)python_line(ui->export.open, ui);
  ui->clip_len = strlen(ui->export.open);
  mt_ui_say(ui, MT_ROLE_GOOD,
            "the line is sent to the terminal's clipboard; not every terminal takes it");
  return MT_REACT_DRAW | MT_REACT_COPY;
}

static const char *outcome_why_not(const struct mt_ui *ui, enum mt_action action)
{
  return action == MT_ACTION_COPY && ui->snap->export_state != MT_EXPORT_DONE
             ? "nothing to copy: no file was written"
             : NULL;
}

static unsigned outcome_act(struct mt_ui *ui, enum mt_action action)
{
  if (action == MT_ACTION_COPY)
    return copy_python(ui);
  if (mt_list_move(&ui->export.top, count_notes(ui), 4, action))
    return MT_REACT_DRAW;
  if (action != MT_ACTION_BACK)
    return MT_REACT_UNHANDLED;
  mt_ui_pop(ui);
  return MT_REACT_DRAW;
}

const struct mt_view mt_view_outcome = {
    .context = MT_IN_OUTCOME,
    .draw = outcome_draw,
    .act = outcome_act,
    .why_not = outcome_why_not,
};
