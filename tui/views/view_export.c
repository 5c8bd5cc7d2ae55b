/* The export form (export_form.h) on the screen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/path.h"
#include "tui/views/view.h"

static const char *const labels[MT_FIELD_COUNT] = {"format", "file", "codec", "level",
                                                   "columns"};

/* --- opening ----------------------------------------------------------------------- */

void mt_export_open(struct mt_ui *ui)
{
  struct mt_export_form *f = &ui->export;
  if (ui->snap->export_state == MT_EXPORT_RUNNING) {
    mt_ui_push(ui, &mt_view_progress);
    return;
  }
  mt_export_form_open(f, ui->path);
  f->marked_only = f->marked_only && ui->table.marked > 0;
  mt_ui_push(ui, &mt_view_export);
}

/* Which columns are written, for the caller to free; NULL: all, or no memory. */
static bool *selection(const struct mt_ui *ui, struct mt_error *err)
{
  size_t columns = ui->snap->column_count;
  bool *only = ui->export.marked_only ? malloc(columns * sizeof *only) : NULL;
  if (ui->export.marked_only && only == NULL)
    mt_fail_memory(err);
  for (size_t i = 0; only != NULL && i < columns; i++)
    only[i] = mt_table_is_marked(&ui->table, i);
  return only;
}

/* Asks for the file's size once there is something new to ask. */
static void export_refresh(struct mt_ui *ui)
{
  struct mt_export_form *f = &ui->export;
  const struct mt_write_options *o = &f->options;
  struct mt_writer *writer;
  bool asked = f->measured && f->sized_plan == ui->snap->plan_version &&
               f->sized.format == o->format && f->sized.codec == o->codec &&
               f->sized.level == o->level && f->sized_marked == f->marked_only;
  if (asked || ui->session == NULL || ui->snap->scan != MT_SCAN_DONE)
    return;
  f->measured = true;
  f->sized = *o;
  f->sized_plan = ui->snap->plan_version;
  f->sized_marked = f->marked_only;
  f->unsized = (struct mt_error){0};
  bool *only = selection(ui, &f->unsized);
  if (f->unsized.code == 0 && mt_format_create_unnamed(&writer, o, &f->unsized) == 0)
    (void)!mt_session_size_start(ui->session, writer, only, &f->unsized);
  free(only);
}

/* --- to start it ------------------------------------------------------------------- */

static unsigned start(struct mt_ui *ui);

static unsigned replace(struct mt_ui *ui)
{
  ui->export.options.force = true;
  unsigned reaction = start(ui);
  ui->export.options.force = false;
  return reaction;
}

static unsigned start(struct mt_ui *ui)
{
  struct mt_export_form *f = &ui->export;
  struct mt_writer *writer;
  char path[PATH_MAX];
  if (ui->session == NULL)
    return MT_REACT_NONE;
  f->error.code = 0;
  mt_path_expand(path, f->path.text);
  bool *only = selection(ui, &f->error);
  if (f->error.code != 0)
    return MT_REACT_DRAW;
  int rc = mt_format_create(&writer, path, &f->options, &f->error);
  if (rc == EEXIST && !f->options.force) {
    free(only);
    f->error.code = 0;
    mt_ui_ask_replace(ui, replace, &f->path, "Replace it once the export is complete?");
    return MT_REACT_DRAW;
  }
  if (rc == 0)
    rc = mt_session_export_start(ui->session, writer, only, &f->error);
  free(only);
  if (rc != 0) {
    f->error.code = rc;
    return MT_REACT_DRAW;
  }
  f->plan_version = ui->snap->plan_version;
  f->running = true;
  f->top = 0;
  mt_ui_pop(ui);
  mt_ui_push(ui, &mt_view_progress);
  return MT_REACT_SNAPSHOT;
}

/* --- drawing ----------------------------------------------------------------------- */

/* "zstd  lz4  none" with the chosen one marked, by a glyph and by its role. */
static void write_choice(struct mt_pen *pen, const char *text, bool chosen, bool focused)
{
  enum mt_role role = !chosen ? MT_ROLE_DIM : focused ? MT_ROLE_SELECTED : MT_ROLE_STRONG;
  mt_pen_write(pen, role, "%s%s ", chosen ? pen->canvas->glyphs->cursor : " ", text);
  mt_pen_write(pen, MT_ROLE_TEXT, " ");
}

/* All choices, or the chosen one and how many there are. */
static void write_choices(struct mt_pen *pen, const char *const *text, int n, int chosen,
                          bool focused)
{
  int width = -1;
  for (int i = 0; i < n; i++)
    width += mt_canvas_columns(pen->canvas, text[i]) + 3;
  bool all = width <= pen->end - pen->x;
  for (int i = 0; i < n; i++)
    if (all || i == chosen)
      write_choice(pen, text[i], i == chosen, focused);
  if (!all && !mt_pen_fit(pen, MT_ROLE_DIM, "%d of %d", chosen + 1, n))
    mt_pen_fit(pen, MT_ROLE_DIM, "%d/%d", chosen + 1, n);
}

static void write_level(struct mt_pen *pen, const struct mt_write_options *o,
                        bool focused)
{
  int most = mt_codec_max_level(o->codec);
  if (most == 0) {
    mt_pen_write(pen, MT_ROLE_DIM, " %s has no levels", mt_codec_name(o->codec));
    return;
  }
  char text[16];
  snprintf(text, sizeof text, "%d", o->level);
  write_choice(pen, text, true, focused);
  mt_pen_fit(pen, MT_ROLE_DIM, "1 is the fastest, %d takes the least room", most);
}

static void write_columns(struct mt_pen *pen, const struct mt_ui *ui, bool focused)
{
  char n[MT_COUNT_TEXT], text[MT_COUNT_TEXT + 8];
  write_choice(pen, "all", !ui->export.marked_only, focused);
  if (ui->table.marked == 0) {
    mt_pen_fit(pen, MT_ROLE_DIM,
               "but those the plan drops; Space marks some in the table");
    return;
  }
  snprintf(text, sizeof text, "%s marked", mt_format_count(n, ui->table.marked));
  write_choice(pen, text, ui->export.marked_only, focused);
}

#define MOST_CHOICES 8
_Static_assert((int)MT_FORMAT_COUNT <= MOST_CHOICES && (int)MT_CODEC_GZIP < MOST_CHOICES,
               "room for the choices of a field");

static void draw_field(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r,
                       enum mt_export_field field)
{
  const struct mt_export_form *f = &ui->export;
  const struct mt_write_options *o = &f->options;
  bool focused = f->focus == field;
  const char *text[MOST_CHOICES];
  int n = 0;
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  mt_pen_write(&pen, focused ? MT_ROLE_ACCENT : MT_ROLE_TEXT, "%-8s", labels[field]);
  switch (field) {
  case MT_FIELD_FORMAT:
    for (enum mt_format i = 0; i < MT_FORMAT_COUNT; i++)
      text[n++] = mt_format_title(i);
    write_choices(&pen, text, n, (int)o->format, focused);
    break;
  case MT_FIELD_PATH:
    mt_entry_draw(&f->path, c, pen.x + 1, pen.y, pen.end - pen.x - 1, focused);
    break;
  case MT_FIELD_CODEC:
    for (; n < mt_export_codec_count(o); n++)
      text[n] = mt_codec_name(mt_format_codecs(o->format)[n]);
    write_choices(&pen, text, n, mt_export_codec_index(o), focused);
    break;
  case MT_FIELD_LEVEL:
    write_level(&pen, o, focused);
    break;
  default:
    write_columns(&pen, ui, focused);
  }
}

/* Why the size of the file is not known; NULL: it is, or may yet be. */
static const struct mt_error *unsized(const struct mt_ui *ui)
{
  if (ui->export.unsized.code != 0)
    return &ui->export.unsized;
  return ui->snap->size_state == MT_SIZE_FAILED ? &ui->snap->size_error : NULL;
}

/* In as many lines as the reason needs; returns them. */
static int draw_unsized(struct mt_canvas *c, struct mt_rect r, const struct mt_error *why)
{
  char what[sizeof why->what], text[sizeof what + 32];
  mt_sanitise(what, sizeof what, why->what, strlen(why->what), 0);
  snprintf(text, sizeof text, "size on disk unknown: %s", what);
  return mt_canvas_paragraph(c, r, MT_ROLE_WARN, text);
}

/* "about 3.00 MiB on disk, 12.0 GiB free there" */
static void draw_file_size(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  const uint64_t room = ui->export.free_bytes;
  const bool known = s->size_state == MT_SIZE_KNOWN;
  char size[MT_SIZE_PROSE];
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  if (known)
    mt_pen_write(&pen, MT_ROLE_STRONG, "about %s on disk",
                 mt_format_size(size, s->export_size));
  else
    mt_pen_write(&pen, MT_ROLE_DIM, "size on disk: %s",
                 s->size_state == MT_SIZE_MEASURING ? "being measured"
                 : s->scan == MT_SCAN_DONE          ? "not measured"
                 : s->scan == MT_SCAN_RUNNING       ? "known after the scan"
                                                    : "known once every row is read");
  if (room != UINT64_MAX)
    mt_pen_fit(&pen, known && s->export_size > room ? MT_ROLE_BAD : MT_ROLE_DIM,
               ", %s free there", mt_format_size(size, room));
}

/* What will be written: columns and rows, and the room there is for it; returns the
 * lines. */
static int draw_amount(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_snapshot *s = ui->snap;
  char n[MT_COUNT_TEXT], size[MT_SIZE_PROSE];
  size_t columns = 0, asked = 0;
  uint64_t bytes = s->after_total; /* with the index */
  for (size_t i = 0; i < s->column_count; i++) {
    bool meant = !ui->export.marked_only || mt_table_is_marked(&ui->table, i);
    asked += meant;
    columns += meant && s->columns[i].planned_dtype != MT_DROP;
    bytes -= meant ? 0 : s->columns[i].after;
  }
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  mt_pen_write(&pen, MT_ROLE_STRONG, "%s column%s", mt_format_count(n, columns),
               columns == 1 ? "" : "s");
  if (columns < asked)
    mt_pen_fit(&pen, MT_ROLE_DIM, " (%s dropped)", mt_format_count(n, asked - columns));
  mt_pen_fit(&pen, MT_ROLE_STRONG, ", %s row%s", mt_format_count(n, s->rows),
             s->rows == 1 ? "" : "s");
  mt_pen_fit(&pen, MT_ROLE_TEXT, ", %s in memory", mt_format_size(size, bytes));
  r = (struct mt_rect){r.x, r.y + 1, r.w, r.h - 1};
  if (unsized(ui) != NULL)
    return 1 + draw_unsized(c, r, unsized(ui));
  draw_file_size(ui, c, r);
  return 2;
}

/* Why the last try failed, below the fields; where there is no room for all of it, over
 * those that follow the path. */
static void draw_failure(const struct mt_error *err, struct mt_canvas *c,
                         struct mt_rect form, int below)
{
  enum { KEPT = MT_FIELD_PATH + 1 };
  int y = mt_clamp(form.h - mt_error_lines(c, err, form.w), KEPT, below);
  struct mt_rect r = {form.x, form.y + y, form.w, form.h - y};
  mt_canvas_clear(c, r);
  mt_error_draw(c, r, MT_ROLE_BAD, err);
}

/* What will be written, or what Tab found. */
static void draw_form_note(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r)
{
  const struct mt_export_form *f = &ui->export;
  if (f->focus == MT_FIELD_PATH && f->completion.count > 0) {
    mt_completion_draw(&f->completion, c, r);
    return;
  }
  int used = draw_amount(ui, c, r);
  r = (struct mt_rect){r.x, r.y + used, r.w, r.h - used};
  if (ui->snap->scan == MT_SCAN_DONE)
    mt_canvas_paragraph(c, r, MT_ROLE_DIM,
                        "Every value is checked against the plan while it is written. "
                        "The file takes its name when it is complete.");
  else
    mt_canvas_paragraph(c, r, MT_ROLE_WARN,
                        "Not every row has been read yet: the export reads the rest "
                        "first, then writes.");
}

static void export_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_export_form *f = &ui->export;
  struct mt_rect r = mt_dialog_draw(c, 76, 14, "export");
  int gap = r.h >= 14 ? 2 : 1;
  for (int i = 0; i < MT_FIELD_COUNT && i * gap < r.h; i++)
    draw_field(ui, c, (struct mt_rect){r.x, r.y + i * gap, r.w, 1},
               (enum mt_export_field)i);
  int y = MT_FIELD_COUNT * gap;
  if (f->error.code != 0)
    draw_failure(&f->error, c, r, y);
  else if (y < r.h)
    draw_form_note(ui, c, (struct mt_rect){r.x, r.y + y, r.w, r.h - y});
  mt_canvas_clear(c, (struct mt_rect){0, c->height - 1, c->width, 1});
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_EXPORT);
}

/* --- keys -------------------------------------------------------------------------- */

static unsigned export_type(struct mt_ui *ui, int key)
{
  return mt_export_form_type(&ui->export, key) ? MT_REACT_DRAW : MT_REACT_UNHANDLED;
}

static unsigned export_act(struct mt_ui *ui, enum mt_action action)
{
  struct mt_export_form *f = &ui->export;
  switch (action) {
  case MT_ACTION_UP:
    mt_export_form_focus(f, -1);
    return MT_REACT_DRAW;
  case MT_ACTION_DOWN:
    mt_export_form_focus(f, 1);
    return MT_REACT_DRAW;
  case MT_ACTION_FIELD:
    mt_export_form_tab(f);
    return MT_REACT_DRAW;
  case MT_ACTION_LEFT:
    mt_export_form_change(f, -1, ui->table.marked > 0);
    return MT_REACT_DRAW;
  case MT_ACTION_RIGHT:
    mt_export_form_change(f, 1, ui->table.marked > 0);
    return MT_REACT_DRAW;
  case MT_ACTION_START:
    return start(ui);
  case MT_ACTION_BACK:
    if (ui->session != NULL)
      mt_session_size_stop(ui->session);
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
    .refresh = export_refresh,
};
