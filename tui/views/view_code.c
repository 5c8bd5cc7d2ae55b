/* The code that loads the dataset as planned: to read, to copy, to save. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/listing.h"
#include "tui/views/view.h"

#define STEP 8  /* columns that one key scrolls */
#define LOW 14  /* screens below which every line is for code */
#define WIDE 72 /* screens from which lines have numbers */
#define MOST_PIECE 512

/* --- a line of Python ------------------------------------------------------------ */

static bool is_word(uint8_t c)
{
  return c == '_' || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

static bool is_keyword(const uint8_t *s, size_t n)
{
  static const char *const words[] = {
      "and", "as",     "def", "else", "False", "for",    "from", "if",   "import",
      "in",  "lambda", "not", "or",   "raise", "return", "True", "with", "None"};

  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
      return true;
  return false;
}

/* A literal that begins at s[0]: to its closing quote, of which there may be three. */
static size_t string_length(const uint8_t *s, size_t n)
{
  const bool triple = n >= 6 && s[1] == s[0] && s[2] == s[0];
  size_t at = triple ? 3 : 1;

  for (; at < n; at++) {
    if (s[at] == '\\' && at + 1 < n)
      at++;
    else if (s[at] == s[0] && (!triple || (at + 2 < n && s[at + 1] == s[0])))
      return at + (triple ? 3 : 1);
  }
  return n;
}

/* Bytes of the next piece of a line that looks the same all along. */
static size_t next_piece(const uint8_t *s, size_t n, enum mt_role *role)
{
  size_t len = 1;

  *role = MT_ROLE_TEXT;
  if (s[0] == '#') {
    *role = MT_ROLE_DIM;
    return n;
  }
  if (s[0] == '"' || s[0] == '\'') {
    *role = MT_ROLE_ACCENT;
    return string_length(s, n);
  }
  if (!is_word(s[0])) {
    while (len < n && !is_word(s[len]) && s[len] != '#' && s[len] != '"' &&
           s[len] != '\'')
      len++;
    return len;
  }
  while (len < n && is_word(s[len]))
    len++;
  if (is_keyword(s, len))
    *role = MT_ROLE_STRONG;
  return len;
}

/* Draws bytes that look the same, of which *skip columns are to the left of the screen;
 * returns the columns drawn. */
static int draw_piece(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                      const uint8_t *s, size_t n, size_t *skip)
{
  char text[MOST_PIECE];
  int drawn = 0;

  while (n > 0 && drawn < width) {
    const size_t most = *skip > 0 ? *skip : (size_t)(width - drawn) + 1;
    size_t used;

    mt_sanitise_part(text, sizeof text, s, n, most, &used);
    if (used == 0 && *skip > 0) { /* a wide character across the edge */
      *skip = 0;
      continue;
    }
    if (used == 0)
      break;
    if (*skip > 0)
      *skip -= mt_text_width(text) < *skip ? mt_text_width(text) : *skip;
    else
      drawn += mt_canvas_text(c, x + drawn, y, width - drawn, role, text);
    s += used;
    n -= used;
  }
  return drawn;
}

static void draw_line(const struct mt_listing *l, struct mt_canvas *c, int x, int y,
                      int width, size_t line)
{
  const uint8_t *s = l->text.data + l->line[line];
  size_t n = l->line[line + 1] - l->line[line] - 1, skip = l->left;

  while (n > 0 && width > 0) {
    enum mt_role role;
    size_t len = next_piece(s, n, &role);
    int drawn = draw_piece(c, x, y, width, role, s, len, &skip);

    x += drawn;
    width -= drawn;
    s += len;
    n -= len;
  }
  if (n > 0 && skip == 0)
    mt_canvas_text(c, x - 1, y, 1, MT_ROLE_DIM, c->glyphs->ellipsis);
}

/* --- drawing --------------------------------------------------------------------- */

/* Of the screen, but the title, the keys and, where there is room, a line for messages;
 * elsewhere they cover the last line. */
static size_t page_rows(int height)
{
  int others = height < LOW ? 2 : 3;

  return (size_t)(height > others ? height - others : 1);
}

static size_t last_top(const struct mt_listing *l, size_t rows)
{
  return l->lines > rows ? l->lines - rows : 0;
}

static void draw_title(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_listing *l = &ui->listing;
  char count[MT_COUNT_TEXT], size[MT_SIZE_PROSE];
  struct mt_pen pen = mt_title_draw(ui, c, "code");

  mt_pen_fit(&pen, MT_ROLE_ACCENT, "   %s", mt_engine_title(ui->snap->engine));
  if (l->job != NULL || ui->snap->behind)
    mt_pen_fit(&pen, MT_ROLE_WARN, "   being written");
  if (l->error.code != 0 || l->lines == 0)
    return;
  if (mt_pen_fit(&pen, MT_ROLE_TEXT, "   %s lines", mt_format_count(count, l->lines)))
    mt_pen_fit(&pen, MT_ROLE_DIM, ", %s", mt_format_size(size, l->text.len));
  if (ui->snap->scan != MT_SCAN_DONE)
    mt_pen_fit(&pen, MT_ROLE_WARN, "   not every row has been read");
}

static void draw_lines(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_listing *l = &ui->listing;
  const size_t rows = page_rows(c->height);
  const size_t top = l->top < last_top(l, rows) ? l->top : last_top(l, rows);
  char count[MT_COUNT_TEXT];
  int gutter = 1;

  if (c->width >= WIDE)
    gutter = mt_canvas_columns(c, mt_format_count(count, l->lines)) + 3;
  for (size_t i = 0; i < rows && top + i < l->lines; i++) {
    const int y = 1 + (int)i;
    if (gutter > 1)
      mt_canvas_right(c, 0, y, gutter - 2, MT_ROLE_DIM,
                      mt_format_count(count, top + i + 1));
    draw_line(l, c, gutter, y, c->width - gutter, top + i);
  }
}

/* Above the path being typed: why it was refused, what a Tab found. */
static void draw_saving(const struct mt_listing *l, struct mt_canvas *c)
{
  enum { MOST = 4 };
  int width = c->width - 2, lines = 1;

  if (l->refused.code != 0)
    lines = mt_clamp(mt_error_lines(c, &l->refused, width), 1, MOST);
  struct mt_rect r = {1, c->height - 1 - lines, width, lines};
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  mt_canvas_clear(c, (struct mt_rect){0, r.y, c->width, lines});
  if (l->refused.code != 0) {
    mt_error_draw(c, r, MT_ROLE_BAD, &l->refused);
  } else if (l->names.count > 0) {
    mt_completion_draw(&l->names, c, r);
  } else {
    mt_pen_write(&pen, MT_ROLE_KEY, "Enter");
    mt_pen_write(&pen, MT_ROLE_DIM, " save   ");
    mt_pen_write(&pen, MT_ROLE_KEY, "Tab");
    mt_pen_write(&pen, MT_ROLE_DIM, " complete   ");
    mt_pen_write(&pen, MT_ROLE_KEY, "Esc");
    mt_pen_write(&pen, MT_ROLE_DIM, " back");
  }
}

static void code_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_listing *l = &ui->listing;
  struct mt_pen pen = {c, 1, c->height - 1, c->width};

  draw_title(ui, c);
  if (l->error.code != 0)
    mt_error_draw(c, (struct mt_rect){2, 2, c->width - 4, c->height - 5}, MT_ROLE_WARN,
                  &l->error);
  else
    draw_lines(ui, c);
  if (l->saving) {
    draw_saving(l, c);
    mt_pen_write(&pen, MT_ROLE_ACCENT, "save as ");
    mt_entry_draw(&l->path, c, pen.x, pen.y, c->width - pen.x - 1, true);
    return;
  }
  mt_message_draw(ui, c);
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_CODE);
}

/* --- copying and saving ------------------------------------------------------------ */

static unsigned copy(struct mt_ui *ui)
{
  char count[MT_COUNT_TEXT];

  ui->clip = ui->listing.text.data;
  ui->clip_len = ui->listing.text.len;
  mt_ui_say(ui, MT_ROLE_GOOD,
            "sent to the terminal's clipboard (%s bytes); not every terminal takes it",
            mt_format_count(count, ui->clip_len));
  return MT_REACT_DRAW | MT_REACT_COPY;
}

static unsigned save(struct mt_ui *ui, bool force);

static unsigned replace(struct mt_ui *ui)
{
  return save(ui, true);
}

static unsigned save(struct mt_ui *ui, bool force)
{
  struct mt_listing *l = &ui->listing;
  char path[160];
  int rc = mt_listing_save(l, ui->path, force);

  if (rc == EEXIST && !force) {
    l->refused.code = 0;
    mt_ui_ask_replace(ui, replace, &l->path, "Replace it by this program?");
  } else if (rc == 0) {
    l->saving = false;
    mt_sanitise(path, sizeof path, l->path.text, l->path.len, 72);
    mt_ui_say(ui, MT_ROLE_GOOD, "saved as %s", path);
  } else {
    l->refused.code = rc;
  }
  return MT_REACT_DRAW;
}

static unsigned code_type(struct mt_ui *ui, int key)
{
  struct mt_listing *l = &ui->listing;

  if (!l->saving)
    return MT_REACT_UNHANDLED;
  if (key == MT_KEY_ENTER)
    return save(ui, false);
  if (key == MT_KEY_ESC) {
    l->saving = false;
  } else if (key == MT_KEY_TAB) {
    (void)mt_path_complete(&l->path, &l->names);
  } else if (mt_entry_key(&l->path, key)) {
    l->refused.code = 0;
    l->names.count = l->names.len = 0;
  } else {
    return MT_REACT_UNHANDLED;
  }
  return MT_REACT_DRAW;
}

/* --- keys -------------------------------------------------------------------- */

/* Columns of the longest line on the page, and a few more: as far as one can scroll. */
static size_t widest(const struct mt_listing *l, size_t rows)
{
  size_t most = 0;

  for (size_t i = l->top; i < l->top + rows && i < l->lines; i++)
    if (l->line[i + 1] - l->line[i] > most)
      most = l->line[i + 1] - l->line[i];
  return most;
}

static bool move(struct mt_ui *ui, enum mt_action action)
{
  struct mt_listing *l = &ui->listing;
  const size_t rows = page_rows(ui->height);

  if (action == MT_ACTION_LEFT)
    l->left -= l->left < STEP ? l->left : STEP;
  else if (action == MT_ACTION_RIGHT)
    l->left += l->left + (size_t)ui->width / 2 < widest(l, rows) ? STEP : 0;
  else
    return mt_list_move(&l->top, last_top(l, rows) + 1, rows, action);
  return true;
}

static unsigned code_act(struct mt_ui *ui, enum mt_action action)
{
  struct mt_listing *l = &ui->listing;

  switch (action) {
  case MT_ACTION_COPY:
    return copy(ui);
  case MT_ACTION_SAVE:
    mt_listing_propose(l, ui->path);
    l->refused.code = 0;
    l->names.count = l->names.len = 0;
    l->saving = true;
    return MT_REACT_DRAW;
  case MT_ACTION_ENGINE:
    return mt_plan_act(ui, action, 0);
  case MT_ACTION_BACK:
    mt_ui_pop(ui);
    return MT_REACT_DRAW;
  default:
    return move(ui, action) ? MT_REACT_DRAW : MT_REACT_UNHANDLED;
  }
}

static const char *code_why_not(const struct mt_ui *ui, enum mt_action action)
{
  const struct mt_listing *l = &ui->listing;

  if (action != MT_ACTION_COPY && action != MT_ACTION_SAVE)
    return NULL;
  if (l->job != NULL || ui->snap->behind)
    return "the code is being written: wait until it is there";
  if (l->error.code != 0)
    return "there is no code to copy or save";
  return action == MT_ACTION_COPY && l->text.len > MT_COPY_MOST
             ? "this is more than terminals take for the clipboard: w saves it to a file"
             : NULL;
}

unsigned mt_code_open(struct mt_ui *ui)
{
  if (ui->session == NULL)
    return MT_REACT_NONE;
  ui->listing.saving = false;
  mt_ui_push(ui, &mt_view_code);
  mt_listing_refresh(ui);
  return MT_REACT_DRAW;
}

const struct mt_view mt_view_code = {
    .context = MT_IN_CODE,
    .covers = true,
    .draw = code_draw,
    .act = code_act,
    .type = code_type,
    .why_not = code_why_not,
    .refresh = mt_listing_refresh,
};
