/* The stack of views, and the pieces that views share. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

#define WHEEL_ROWS 3

void mt_ui_init(struct mt_ui *ui, const struct mt_reader_schema *schema,
                const struct mt_snapshot *snap)
{
  memset(ui, 0, sizeof *ui);
  ui->schema = schema;
  ui->snap = snap;
  ui->path = schema->path;
  ui->theme = mt_theme_default;
  mt_table_init(&ui->table);
  mt_ui_push(ui, &mt_view_table);
}

void mt_ui_reset(struct mt_ui *ui)
{
  mt_table_reset(&ui->table);
  mt_data_reset(&ui->data);
  mt_sample_reset(&ui->portrait.sample);
  mt_listing_reset(&ui->listing);
}

const struct mt_view *mt_ui_top(const struct mt_ui *ui)
{
  return ui->stack[ui->depth - 1];
}

void mt_ui_push(struct mt_ui *ui, const struct mt_view *view)
{
  size_t kept = 0;
  for (size_t i = 0; i < ui->depth; i++)
    if (ui->stack[i] != view)
      ui->stack[kept++] = ui->stack[i];
  ui->stack[kept] = view;
  ui->depth = kept + 1;
}

void mt_ui_pop(struct mt_ui *ui)
{
  if (ui->depth > 1)
    ui->depth--;
}

bool mt_ui_has(const struct mt_ui *ui, const struct mt_view *view)
{
  for (size_t i = 0; i < ui->depth; i++)
    if (ui->stack[i] == view)
      return true;
  return false;
}

/* Below a view that shows a column itself nothing else is looked at. */
static void follow_selection(struct mt_ui *ui)
{
  if (!mt_ui_has(ui, &mt_view_detail) && ui->table.len > 0 &&
      mt_dashboard_layout(ui).preview.h > 0)
    mt_portrait_follow(&ui->portrait, ui->session, ui->snap, mt_table_column(&ui->table));
}

int mt_ui_update(struct mt_ui *ui)
{
  struct mt_layout layout = mt_dashboard_layout(ui);
  if (mt_table_update(&ui->table, ui->snap) != 0)
    return ENOMEM;
  mt_table_scroll(&ui->table, (size_t)mt_table_rows(&layout));
  mt_summary_follow(&ui->summary, ui->snap);
  mt_export_follow(ui);
  mt_listing_collect(&ui->listing);
  follow_selection(ui);
  for (size_t i = 0; i < ui->depth; i++)
    if (ui->stack[i]->refresh != NULL)
      ui->stack[i]->refresh(ui);
  return 0;
}

void mt_ui_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  size_t first = ui->depth - 1;
  while (first > 0 && !ui->stack[first]->covers)
    first--;
  for (size_t i = first; i < ui->depth; i++)
    ui->stack[i]->draw(ui, c);
}

bool mt_ui_work(struct mt_ui *ui)
{
  bool more = false;
  for (size_t i = 0; i < ui->depth; i++)
    if (ui->stack[i]->work != NULL)
      more |= ui->stack[i]->work(ui);
  return more;
}

unsigned mt_ui_key(struct mt_ui *ui, int key)
{
  const struct mt_view *view = mt_ui_top(ui);
  unsigned reaction = MT_REACT_UNHANDLED;
  if (view->type != NULL)
    reaction = view->type(ui, key);
  if (reaction != MT_REACT_UNHANDLED)
    return reaction;
  enum mt_action action = mt_action_find(view->context, key);
  return action == MT_ACTION_NONE ? MT_REACT_NONE : mt_ui_act(ui, action);
}

/* What is the same in every view. */
static unsigned act_everywhere(struct mt_ui *ui, enum mt_action action)
{
  if (action == MT_ACTION_HELP)
    mt_help_open(ui);
  else if (action == MT_ACTION_PALETTE)
    mt_palette_open(ui);
  else
    return MT_REACT_UNHANDLED;
  return MT_REACT_DRAW;
}

unsigned mt_ui_act(struct mt_ui *ui, enum mt_action action)
{
  const struct mt_view *view = mt_ui_top(ui);
  unsigned reaction;
  bool told = ui->message[0] != '\0';
  ui->message[0] = '\0';
  const char *why = view->why_not == NULL ? NULL : view->why_not(ui, action);
  if (why != NULL) {
    mt_ui_say(ui, MT_ROLE_DIM, "%s", why);
    return MT_REACT_DRAW;
  }
  ui->unhandled = action;
  reaction = act_everywhere(ui, action);
  if (reaction == MT_REACT_UNHANDLED)
    reaction = view->act(ui, action);
  return told ? reaction | MT_REACT_DRAW : reaction;
}

unsigned mt_ui_mouse(struct mt_ui *ui, const struct mt_canvas *c,
                     const struct mt_mouse *m)
{
  const struct mt_view *view = mt_ui_top(ui);
  bool wheel = m->what == MT_MOUSE_UP || m->what == MT_MOUSE_DOWN;
  enum mt_action action = wheel ? MT_ACTION_NONE : mt_canvas_linked(c, m->x, m->y);
  unsigned reaction = MT_REACT_UNHANDLED;
  if (action != MT_ACTION_NONE) /* of a view below, it does nothing */
    return mt_action_info(action)->contexts & view->context ? mt_ui_act(ui, action)
                                                            : MT_REACT_NONE;
  unsigned told = !wheel && ui->message[0] != '\0' ? MT_REACT_DRAW : MT_REACT_NONE;
  if (!wheel)
    ui->message[0] = '\0';
  if (view->mouse != NULL)
    reaction = view->mouse(ui, m);
  if (reaction != MT_REACT_UNHANDLED)
    return reaction | told;
  action = m->what == MT_MOUSE_UP ? MT_ACTION_UP : MT_ACTION_DOWN;
  if (!wheel || !(mt_action_info(action)->contexts & view->context))
    return told;
  reaction = MT_REACT_NONE;
  for (int i = 0; i < WHEEL_ROWS; i++)
    reaction |= mt_ui_act(ui, action);
  return reaction & ~MT_REACT_UNHANDLED;
}

void mt_ui_say(struct mt_ui *ui, enum mt_role role, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  vsnprintf(ui->message, sizeof ui->message, format, args);
  va_end(args);
  ui->message_role = role;
}

void mt_ui_say_error(struct mt_ui *ui, const struct mt_error *err)
{
  char what[160], remedy[200];
  mt_sanitise(what, sizeof what, err->what, strlen(err->what), 0);
  mt_sanitise(remedy, sizeof remedy, err->remedy, strlen(err->remedy), 0);
  mt_ui_say(ui, MT_ROLE_BAD, "%s%s%s", what, remedy[0] == '\0' ? "" : ": ", remedy);
}

void mt_ui_ask(struct mt_ui *ui, unsigned (*yes)(struct mt_ui *ui), const char *title)
{
  memset(&ui->question, 0, sizeof ui->question);
  snprintf(ui->question.title, sizeof ui->question.title, "%s", title);
  ui->question.yes = yes;
  mt_ui_push(ui, &mt_view_question);
}

bool mt_ui_unsaved(const struct mt_ui *ui)
{
  if (ui->export.saved && ui->export.saved_version == ui->snap->plan_version)
    return false;
  if (ui->snap->behind && ui->snap->undo_depth > 0)
    return true; /* what changed is not among the columns yet */
  for (size_t i = 0; i < ui->snap->column_count; i++)
    if (mt_column_edited(&ui->snap->columns[i]))
      return true;
  return false;
}

static unsigned quit_now(struct mt_ui *ui)
{
  (void)ui;
  return MT_REACT_QUIT;
}

unsigned mt_ui_quit(struct mt_ui *ui)
{
  bool exporting = ui->snap->export_state == MT_EXPORT_RUNNING;
  if (mt_ui_top(ui) == &mt_view_question)
    return MT_REACT_NONE;
  if (!exporting && !mt_ui_unsaved(ui))
    return MT_REACT_QUIT;
  mt_ui_ask(ui, quit_now, "quit");
  snprintf(ui->question.text[0], sizeof ui->question.text[0], "%s",
           exporting ? "An export is being written; quitting cancels it."
                     : "The plan has changes that no export holds.");
  snprintf(ui->question.text[1], sizeof ui->question.text[1], "Quit all the same?");
  return MT_REACT_DRAW;
}

struct mt_rect mt_dialog_place(int screen_width, int screen_height, int width, int height)
{
  struct mt_rect r = {0, 0, width + 4, height + 2};
  if (r.w > screen_width)
    r.w = screen_width;
  if (r.h >= screen_height) /* the last line has the keys */
    r.h = screen_height - 1;
  r.x = (screen_width - r.w) / 2;
  r.y = (screen_height - r.h) / 2;
  return r;
}

struct mt_rect mt_dialog_draw(struct mt_canvas *c, int width, int height,
                              const char *title)
{
  struct mt_rect r = mt_dialog_place(c->width, c->height, width, height);
  mt_canvas_recede(c);
  mt_canvas_clear(c, r);
  mt_canvas_box(c, r, MT_ROLE_ACCENT, title);
  return (struct mt_rect){r.x + 2, r.y + 1, r.w - 4, r.h - 2};
}

bool mt_list_move(size_t *position, size_t n, size_t page, enum mt_action action)
{
  size_t last = n == 0 ? 0 : n - 1, up = 0, down = 0;
  if (page == 0)
    page = 1;
  switch (action) {
  case MT_ACTION_UP:
    up = 1;
    break;
  case MT_ACTION_DOWN:
    down = 1;
    break;
  case MT_ACTION_HALF_UP:
    up = (page + 1) / 2;
    break;
  case MT_ACTION_HALF_DOWN:
    down = (page + 1) / 2;
    break;
  case MT_ACTION_PAGE_UP:
    up = page;
    break;
  case MT_ACTION_PAGE_DOWN:
    down = page;
    break;
  case MT_ACTION_FIRST:
    up = *position;
    break;
  case MT_ACTION_LAST:
    down = last;
    break;
  default:
    return false;
  }
  *position = up < *position ? *position - up : up > 0 ? 0 : *position;
  if (down > 0)
    *position = *position < last && down < last - *position ? *position + down : last;
  return true;
}

enum mt_role mt_class_role(enum mt_class c, const struct mt_snapshot *s)
{
  if (s->scan != MT_SCAN_DONE) /* nothing is proven yet */
    return c == MT_CLASS_REVIEW ? MT_ROLE_WARN : MT_ROLE_DIM;
  switch (c) {
  case MT_CLASS_EXACT:
  case MT_CLASS_EQUAL:
    return MT_ROLE_GOOD;
  case MT_CLASS_ROUNDED:
    return MT_ROLE_ROUNDED;
  case MT_CLASS_REVIEW:
    return MT_ROLE_WARN;
  default:
    return MT_ROLE_DIM;
  }
}

/* Before all rows are read only one thing is certain, for more of them take more. */
struct mt_verdict_look mt_verdict_look(const struct mt_snapshot *s,
                                       const struct mt_glyphs *g)
{
  if (s->verdict == MT_VERDICT_NO)
    return (struct mt_verdict_look){MT_ROLE_BAD, g->bad, "does not fit"};
  if (s->scan == MT_SCAN_DONE && s->verdict == MT_VERDICT_TIGHT)
    return (struct mt_verdict_look){MT_ROLE_WARN, "!", "tight"};
  if (s->scan == MT_SCAN_DONE && s->verdict == MT_VERDICT_FITS)
    return (struct mt_verdict_look){MT_ROLE_GOOD, g->good, "fits"};
  return (struct mt_verdict_look){MT_ROLE_BAR, "", ""};
}

const char *mt_percent(char dst[MT_PERCENT_TEXT], uint64_t before, uint64_t after,
                       const struct mt_glyphs *g)
{
  dst[0] = '\0';
  if (before == after || before == 0)
    return dst;
  double percent = ((double)after - (double)before) / (double)before * 100;
  snprintf(dst, MT_PERCENT_TEXT, "%s%.*f %%", percent < 0 ? g->minus : "+",
           percent > -99.95 && percent < 100 ? 1 : 0, percent < 0 ? -percent : percent);
  return dst;
}

const char *mt_sentinels(char dst[MT_SENTINELS_TEXT], const struct mt_column_view *v)
{
  unsigned words = v->sentinel_words;
  int others = __builtin_popcount(words) - 1;
  int n = snprintf(dst, MT_SENTINELS_TEXT, "\"%s\"",
                   words == 0 ? "" : mt_sentinel_text(__builtin_ctz(words)));
  if (others > 0)
    snprintf(dst + n, MT_SENTINELS_TEXT - (size_t)n, " and %d more", others);
  return dst;
}

const char *mt_seconds(char dst[MT_SECONDS_TEXT], double seconds)
{
  if (!(seconds > 0))
    seconds = 0;
  if (seconds > 360000000)
    seconds = 360000000;
  long s = (long)(seconds + 0.5);
  if (seconds < 0.0995)
    snprintf(dst, MT_SECONDS_TEXT, "%.0f ms", seconds * 1000);
  else if (seconds < 9.95)
    snprintf(dst, MT_SECONDS_TEXT, "%.1f s", seconds);
  else if (s < 100)
    snprintf(dst, MT_SECONDS_TEXT, "%ld s", s);
  else if (s < 6000)
    snprintf(dst, MT_SECONDS_TEXT, "%ld min %02ld s", s / 60, s % 60);
  else
    snprintf(dst, MT_SECONDS_TEXT, "%ld h %02ld min", s / 3600, s % 3600 / 60);
  return dst;
}

/* The view on the stack that reads its keys in `context`. */
static const struct mt_view *find_view(const struct mt_ui *ui, enum mt_context context)
{
  for (size_t i = ui->depth; i-- > 0;)
    if (ui->stack[i]->context == context)
      return ui->stack[i];
  return mt_ui_top(ui);
}

void mt_footer_draw(const struct mt_ui *ui, struct mt_canvas *c, int y, int width,
                    enum mt_context context)
{
  const struct mt_view *view = find_view(ui, context);
  enum mt_action shown[MT_ACTION_COUNT];
  size_t n = mt_action_footer(context, width - 1, shown);
  struct mt_pen pen = {c, 1, y, width};
  for (size_t i = 0; i < n; i++) {
    const struct mt_action_info *info = mt_action_info(shown[i]);
    const char *keys = info->keys, *name;
    size_t len;
    mt_action_next_key(&keys, &name, &len);
    bool idle = view->why_not != NULL && view->why_not(ui, shown[i]) != NULL;
    int begin = pen.x;
    mt_pen_write(&pen, idle ? MT_ROLE_DIM : MT_ROLE_KEY, "%.*s", (int)len, name);
    mt_pen_write(&pen, MT_ROLE_DIM, " %s", info->label);
    mt_canvas_link(c, begin, y, pen.x - begin, shown[i]);
    mt_pen_write(&pen, MT_ROLE_DIM, "  ");
  }
}
