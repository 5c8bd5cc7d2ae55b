/* Export: the form, and then its progress and outcome. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "tui/plot.h"
#include "tui/view.h"

/* Codecs of each format, its own default first. */
static const enum mt_codec codecs[MT_FORMAT_COUNT][3] = {
    [MT_FORMAT_ARROW] = {MT_CODEC_ZSTD, MT_CODEC_LZ4, MT_CODEC_NONE},
    [MT_FORMAT_HDF5] = {MT_CODEC_GZIP, MT_CODEC_NONE, MT_CODEC_DEFAULT},
};

static int codec_index(const struct mt_write_options *o)
{
  for (int i = 0; i < 3; i++)
    if (codecs[o->format][i] == o->codec && o->codec != MT_CODEC_DEFAULT)
      return i;
  return 0;
}

/* --- form ---------------------------------------------------------------------- */

/* Length of path without the extension of a table and of its compression. */
static size_t stem_length(const char *path)
{
  static const char *const packed[] = {".gz", ".zst", ".xz", ".bz2", ".lz4"};
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  size_t n = strlen(path);
  for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
    size_t len = strlen(packed[i]);
    if (n > len && strncasecmp(path + n - len, packed[i], len) == 0) {
      n -= len;
      break;
    }
  }
  for (size_t at = n; path + at > name + 1; at--)
    if (path[at - 1] == '.')
      return at - 1;
  return n;
}

static void propose_path(struct mt_export_form *f, const char *path)
{
  char text[sizeof f->path.text];
  int stem = (int)stem_length(path);
  snprintf(text, sizeof text, "%.*s%s", stem, path,
           mt_format_extension(f->options.format));
  mt_entry_set(&f->path, text);
}

void mt_export_open(struct mt_ui *ui)
{
  struct mt_export_form *f = &ui->export;
  if (f->options.format >= MT_FORMAT_COUNT)
    f->options.format = MT_FORMAT_ARROW;
  f->options.codec = codecs[f->options.format][codec_index(&f->options)];
  f->options.input = ui->path;
  f->error.code = 0;
  f->focus = MT_FIELD_FORMAT;
  if (f->path.len == 0)
    propose_path(f, ui->path);
  mt_ui_push(ui, &mt_view_export);
}

static unsigned start(struct mt_ui *ui);

static unsigned replace(struct mt_ui *ui)
{
  ui->export.options.force = true;
  unsigned reaction = start(ui);
  ui->export.options.force = false;
  return reaction;
}

static void ask_replace(struct mt_ui *ui)
{
  struct mt_question *q = &ui->question;
  mt_ui_ask(ui, replace, "replace");
  snprintf(q->text[0], sizeof q->text[0], "There is a file of that name already:");
  mt_sanitise(q->text[1], sizeof q->text[1], ui->export.path.text, ui->export.path.len,
              72);
  snprintf(q->text[2], sizeof q->text[2], "Replace it once the export is complete?");
}

static unsigned start(struct mt_ui *ui)
{
  struct mt_export_form *f = &ui->export;
  struct mt_writer *writer;
  if (ui->session == NULL)
    return MT_REACT_NONE;
  f->error.code = 0;
  enum mt_format named = mt_format_by_extension(f->path.text);
  if (named != MT_FORMAT_COUNT && named != f->options.format) {
    mt_fail(&f->error, EINVAL, "the name ends like %s, but the format is %s",
            mt_format_title(named), mt_format_title(f->options.format));
    mt_error_remedy(&f->error, "change one of them");
    return MT_REACT_DRAW;
  }
  int rc = mt_format_create(&writer, f->path.text, &f->options, &f->error);
  if (rc == EEXIST && !f->options.force) {
    f->error.code = 0;
    ask_replace(ui);
    return MT_REACT_DRAW;
  }
  if (rc == 0)
    rc = mt_session_export_start(ui->session, writer, &f->error);
  if (rc != 0) {
    f->error.code = rc;
    return MT_REACT_DRAW;
  }
  f->plan_version = ui->snap->plan_version;
  f->top = 0;
  mt_ui_pop(ui);
  mt_ui_push(ui, &mt_view_progress);
  return MT_REACT_SNAPSHOT;
}

static void change_choice(struct mt_ui *ui, int step)
{
  struct mt_export_form *f = &ui->export;
  struct mt_write_options *o = &f->options;
  if (f->focus == MT_FIELD_FORMAT) {
    o->format = (o->format + MT_FORMAT_COUNT + (unsigned)step) % MT_FORMAT_COUNT;
    o->codec = codecs[o->format][0];
    char path[sizeof f->path.text];
    memcpy(path, f->path.text, f->path.len + 1);
    propose_path(f, path);
  } else if (f->focus == MT_FIELD_CODEC) {
    int count = codecs[o->format][2] == MT_CODEC_DEFAULT ? 2 : 3;
    o->codec = codecs[o->format][(codec_index(o) + count + step) % count];
  }
}

/* "zstd  lz4  none" with the chosen one marked, by a glyph and by its role. */
static void write_choice(struct mt_pen *pen, const char *text, bool chosen, bool focused)
{
  enum mt_role role = !chosen ? MT_ROLE_DIM : focused ? MT_ROLE_SELECTED : MT_ROLE_STRONG;
  mt_pen_write(pen, role, "%s%s ", chosen ? pen->canvas->glyphs->cursor : " ", text);
  mt_pen_write(pen, MT_ROLE_TEXT, " ");
}

static void draw_field(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                       enum mt_export_field field)
{
  static const char *const labels[] = {"format", "file", "codec"};
  const struct mt_export_form *f = &ui->export;
  bool focused = f->focus == field;
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  mt_pen_write(&pen, focused ? MT_ROLE_ACCENT : MT_ROLE_TEXT, "%-8s", labels[field]);
  if (field == MT_FIELD_PATH) {
    mt_entry_draw(&f->path, c, pen.x + 1, pen.y, pen.end - pen.x - 1, focused);
  } else if (field == MT_FIELD_FORMAT) {
    for (int i = 0; i < MT_FORMAT_COUNT; i++)
      write_choice(&pen, mt_format_title((enum mt_format)i),
                   (enum mt_format)i == f->options.format, focused);
  } else {
    for (int i = 0; i < 3; i++)
      if (codecs[f->options.format][i] != MT_CODEC_DEFAULT)
        write_choice(&pen, mt_codec_name(codecs[f->options.format][i]),
                     i == codec_index(&f->options), focused);
  }
}

/* Why the last try failed, else what will be written. */
static void draw_form_note(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_export_form *f = &ui->export;
  const struct mt_snapshot *s = ui->snap;
  char text[sizeof f->error.what];
  if (f->error.code != 0) {
    mt_sanitise(text, sizeof text, f->error.what, strlen(f->error.what), 0);
    int used = mt_canvas_paragraph(c, r, MT_ROLE_BAD, text);
    mt_sanitise(text, sizeof text, f->error.remedy, strlen(f->error.remedy), 0);
    mt_canvas_paragraph(c, (struct mt_rect){r.x, r.y + used, r.w, r.h - used},
                        MT_ROLE_TEXT, text);
  } else if (s->scan == MT_SCAN_DONE) {
    mt_canvas_paragraph(
        c, r, MT_ROLE_DIM,
        "Every value is checked against the plan while it is written. The "
        "file takes its name when it is complete.");
  } else {
    mt_canvas_paragraph(c, r, MT_ROLE_WARN,
                        "Not every row has been read yet: the export reads the rest "
                        "first, then writes.");
  }
}

static void export_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct mt_rect r = mt_dialog_draw(c, 76, 10, "export");
  int gap = r.h >= 8 ? 2 : 1;
  for (int i = 0; i < MT_FIELD_COUNT && i * gap < r.h; i++)
    draw_field(ui, c, (struct mt_rect){r.x, r.y + i * gap, r.w, 1},
               (enum mt_export_field)i);
  int y = MT_FIELD_COUNT * gap;
  if (y < r.h)
    draw_form_note(ui, c, (struct mt_rect){r.x, r.y + y, r.w, r.h - y});
  mt_canvas_clear(c, (struct mt_rect){0, c->height - 1, c->width, 1});
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_EXPORT);
}

static unsigned export_type(struct mt_ui *ui, int key)
{
  struct mt_export_form *f = &ui->export;
  if (f->focus != MT_FIELD_PATH || !mt_entry_key(&f->path, key))
    return MT_REACT_UNHANDLED;
  f->error.code = 0;
  return MT_REACT_DRAW;
}

static unsigned export_act(struct mt_ui *ui, enum mt_action action)
{
  struct mt_export_form *f = &ui->export;
  switch (action) {
  case MT_ACTION_UP:
    f->focus = (f->focus + MT_FIELD_COUNT - 1) % MT_FIELD_COUNT;
    return MT_REACT_DRAW;
  case MT_ACTION_DOWN:
  case MT_ACTION_FIELD:
    f->focus = (f->focus + 1) % MT_FIELD_COUNT;
    return MT_REACT_DRAW;
  case MT_ACTION_LEFT:
    change_choice(ui, -1);
    return MT_REACT_DRAW;
  case MT_ACTION_RIGHT:
    change_choice(ui, 1);
    return MT_REACT_DRAW;
  case MT_ACTION_START:
    return start(ui);
  case MT_ACTION_BACK:
    mt_ui_pop(ui);
    return MT_REACT_DRAW;
  default:
    return MT_REACT_UNHANDLED;
  }
}

const struct mt_view mt_view_export = {
    .context = MT_IN_EXPORT,
    .draw = export_draw,
    .act = export_act,
    .type = export_type,
};

/* --- progress and outcome -------------------------------------------------------- */

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
  if (s->export_seconds > 0)
    mt_pen_write(
        &pen, MT_ROLE_TEXT, "   %s rows/s",
        mt_format_count(rows, (uint64_t)((double)s->export_rows / s->export_seconds)));
  if (done > 0)
    mt_pen_write(&pen, MT_ROLE_TEXT, "   %s left",
                 mt_seconds(left, s->export_seconds * (1 - done) / done));
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
static void draw_python(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_export_form *f = &ui->export;
  const char *line = mt_format_python(f->options.format), *hole = strstr(line, "%s");
  char path[2048], text[4096];
  quote_path(path, sizeof path, &f->path);
  int before = (int)(hole == NULL ? strlen(line) : (size_t)(hole - line));
  snprintf(text, sizeof text, "%.*s%s%s", before, line, hole == NULL ? "" : path,
           hole == NULL ? "" : hole + 2);
  mt_canvas_paragraph(c, r, MT_ROLE_ACCENT, text);
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
  mt_pen_write(&pen, MT_ROLE_TEXT, "   %s rows in %s",
               mt_format_count(rows, s->export_rows),
               mt_seconds(seconds, s->export_seconds));
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
  draw_running(ui, c, mt_dialog_draw(c, 76, 5, "exporting"));
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

static unsigned progress_act(struct mt_ui *ui, enum mt_action action)
{
  if (action != MT_ACTION_STOP)
    return MT_REACT_UNHANDLED;
  mt_session_export_cancel(ui->session);
  mt_ui_say(ui, MT_ROLE_WARN, "cancelling the export");
  return MT_REACT_SNAPSHOT;
}

/* The outcome takes the place of the progress. */
static void progress_refresh(struct mt_ui *ui)
{
  enum mt_export_state state = ui->snap->export_state;
  if (state == MT_EXPORT_RUNNING)
    return;
  for (size_t i = 0; i < ui->depth; i++)
    if (ui->stack[i] == &mt_view_progress)
      ui->stack[i] = &mt_view_outcome;
  ui->message[0] = '\0';
  if (state != MT_EXPORT_DONE)
    return;
  ui->export.saved = true;
  ui->export.saved_version = ui->export.plan_version;
}

const struct mt_view mt_view_progress = {
    .context = MT_IN_PROGRESS,
    .draw = progress_draw,
    .act = progress_act,
    .refresh = progress_refresh,
};

static unsigned outcome_act(struct mt_ui *ui, enum mt_action action)
{
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
};
