#include "tui/screen/canvas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/base/text.h"

void mt_canvas_init(struct mt_canvas *c, bool ascii)
{
  *c = (struct mt_canvas){.glyphs = mt_theme_glyphs(ascii)};
}

void mt_canvas_reset(struct mt_canvas *c)
{
  free(c->cells);
  *c = (struct mt_canvas){.glyphs = c->glyphs};
}

static const struct mt_canvas_cell blank = {.text = L" ", .width = 1};

int mt_canvas_resize(struct mt_canvas *c, int width, int height)
{
  size_t count;
  if (width < 1)
    width = 1;
  if (height < 1)
    height = 1;
  if (!mt_size_mul((size_t)width, (size_t)height, &count))
    return ENOMEM;
  if (count > c->cap) {
    struct mt_canvas_cell *cells = mt_alloc(count, sizeof *cells);
    if (cells == NULL)
      return ENOMEM;
    free(c->cells);
    c->cells = cells;
    c->cap = count;
  }
  c->width = width;
  c->height = height;
  for (size_t i = 0; i < count; i++)
    c->cells[i] = blank;
  return 0;
}

static bool is_inside(const struct mt_canvas *c, int x, int y)
{
  return x >= 0 && y >= 0 && x < c->width && y < c->height;
}

static struct mt_canvas_cell *cell_at(struct mt_canvas *c, int x, int y)
{
  if (!is_inside(c, x, y))
    return NULL;
  return &c->cells[(size_t)y * (size_t)c->width + (size_t)x];
}

/* No text that is drawn should hold one: should one come all the same, no terminal gets
 * it. */
static bool is_control(wchar_t ch)
{
  return ch < ' ' || (ch >= 0x7f && ch < 0xa0);
}

/* The next code point of a well-formed UTF-8 text; anything else is taken byte by
 * byte as '?'.  Independent of the locale. */
static const char *next_char(const char *s, wchar_t *out)
{
  const unsigned char *p = (const unsigned char *)s;
  int more = p[0] < 0x80    ? 0
             : p[0] >= 0xf0 ? 3
             : p[0] >= 0xe0 ? 2
             : p[0] >= 0xc2 ? 1
                            : -1;
  wchar_t value = more == 0 ? p[0] : more > 0 ? p[0] & (0x3f >> more) : '?';
  for (int i = 1; i <= more; i++) {
    if ((p[i] & 0xc0) != 0x80) {
      *out = L'?';
      return s + i;
    }
    value = (value << 6) | (p[i] & 0x3f);
  }
  *out = is_control(value) ? L'?' : value;
  return s + (more > 0 ? more : 0) + 1;
}

static int char_width(const struct mt_canvas *c, wchar_t ch)
{
  int width = ch < 0x80 ? 1 : wcwidth(ch);
  return width < 0 || (c->glyphs->ascii && width == 0) ? 1 : width;
}

/* Frees a cell for something new: the other half of a wide character goes too. */
static void vacate(struct mt_canvas *c, int x, int y)
{
  struct mt_canvas_cell *cell = cell_at(c, x, y);
  struct mt_canvas_cell *other = NULL;
  if (cell == NULL)
    return;
  if (cell->width == 0)
    other = cell_at(c, x - 1, y);
  else if (cell->width == 2)
    other = cell_at(c, x + 1, y);
  if (other != NULL)
    *other = blank;
}

static void put_char(struct mt_canvas *c, int x, int y, enum mt_role role, wchar_t ch,
                     int width)
{
  struct mt_canvas_cell *cell = cell_at(c, x, y);
  if (cell == NULL || (width == 2 && cell_at(c, x + 1, y) == NULL))
    return;
  bool foreign = c->glyphs->ascii && ch >= 0x80;
  for (int i = 0; i < width; i++) {
    vacate(c, x + i, y);
    cell[i] = (struct mt_canvas_cell){.role = (uint8_t)role};
    cell[i].width = (uint8_t)(foreign ? 1 : i == 0 ? width : 0);
    cell[i].text[0] = foreign ? L'?' : i == 0 ? ch : 0;
  }
}

static void put_mark(struct mt_canvas *c, int x, int y, wchar_t mark)
{
  struct mt_canvas_cell *cell = cell_at(c, x, y);
  if (cell != NULL && cell->width == 0)
    cell = cell_at(c, x - 1, y);
  if (cell == NULL)
    return;
  size_t n = wcslen(cell->text);
  if (n > 0 && n + 1 < MT_CANVAS_CHARS) {
    cell->text[n] = mark;
    cell->text[n + 1] = 0;
  }
}

int mt_canvas_columns(const struct mt_canvas *c, const char *text)
{
  int columns = 0;
  for (wchar_t ch; *text != '\0';) {
    text = next_char(text, &ch);
    columns += char_width(c, ch);
  }
  return columns;
}

/* Draws the characters of text that fit into width columns whole. */
static int put_text(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                    const char *text)
{
  int used = 0;
  while (*text != '\0') {
    wchar_t ch;
    text = next_char(text, &ch);
    int columns = char_width(c, ch);
    if (used + columns > width)
      break;
    if (columns == 0)
      put_mark(c, x + used - 1, y, ch);
    else
      put_char(c, x + used, y, role, ch, columns);
    used += columns;
  }
  return used;
}

int mt_canvas_text(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   const char *text)
{
  if (width <= 0)
    return 0;
  if (mt_canvas_columns(c, text) <= width)
    return put_text(c, x, y, width, role, text);
  int used = put_text(c, x, y, width - 1, role, text);
  return used + put_text(c, x + used, y, 1, role, c->glyphs->ellipsis);
}

int mt_canvas_right(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                    const char *text)
{
  int columns = mt_canvas_columns(c, text);
  int pad = columns < width ? width - columns : 0;
  return pad + mt_canvas_text(c, x + pad, y, width - pad, role, text);
}

/* The part of text that begins `skip` columns in, or as soon after as a whole
 * character does. */
static const char *skip_columns(const struct mt_canvas *c, const char *text, int skip)
{
  for (wchar_t ch; *text != '\0';) {
    const char *next = next_char(text, &ch);
    int columns = char_width(c, ch);
    if (skip <= 0 && columns > 0)
      break;
    skip -= columns;
    text = next;
  }
  return text;
}

int mt_canvas_name(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   const char *bytes, size_t n)
{
  /* More than any screen shows: of a monstrous name the two ends are enough. */
  enum { ENDS = 600 };
  char head[ENDS * 6], tail[ENDS * 6];
  if (width <= 0)
    return 0;
  mt_sanitise(head, sizeof head, bytes, n < ENDS ? n : ENDS, 0);
  if (n <= ENDS && mt_canvas_columns(c, head) <= width)
    return put_text(c, x, y, width, role, head);
  size_t from = n > ENDS ? n - ENDS : 0;
  while (from > 0 && from < n && ((unsigned char)bytes[from] & 0xc0) == 0x80)
    from++;
  mt_sanitise(tail, sizeof tail, bytes + from, n - from, 0);
  int right = (width - 1) / 2, columns = mt_canvas_columns(c, tail);
  int used = put_text(c, x, y, width - 1 - right, role, head);
  used += put_text(c, x + used, y, 1, role, c->glyphs->ellipsis);
  return used + put_text(c, x + used, y, width - used, role,
                         skip_columns(c, tail, columns - right));
}

size_t mt_canvas_line(const struct mt_canvas *c, const char *text, int width)
{
  const char *at = text, *blank_at = NULL;
  int used = 0;
  while (*at != '\0') {
    wchar_t ch;
    const char *next = next_char(at, &ch);
    used += char_width(c, ch);
    if (used > width && at > text)
      return (size_t)((blank_at == NULL ? at : blank_at) - text);
    if (ch == L' ')
      blank_at = at;
    at = next;
  }
  return (size_t)(at - text);
}

int mt_canvas_lines(const struct mt_canvas *c, const char *text, int width)
{
  int lines = 0;
  do {
    text += mt_canvas_line(c, text, width);
    text += strspn(text, " ");
    lines++;
  } while (*text != '\0');
  return lines;
}

int mt_canvas_paragraph(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                        const char *text)
{
  int lines = 0;
  for (; *text != '\0' && lines < r.h; lines++) {
    char line[512];
    size_t n = mt_canvas_line(c, text, r.w);
    if (lines + 1 == r.h) { /* the last line says that there is more */
      mt_canvas_text(c, r.x, r.y + lines, r.w, role, text);
    } else {
      snprintf(line, sizeof line, "%.*s", (int)n, text);
      mt_canvas_text(c, r.x, r.y + lines, r.w, role, line);
    }
    text += n;
    text += strspn(text, " ");
  }
  return lines;
}

void mt_canvas_repeat(struct mt_canvas *c, int x, int y, int n, enum mt_role role,
                      const char *glyph)
{
  for (int i = 0; i < n; i++)
    put_text(c, x + i, y, 1, role, glyph);
}

void mt_canvas_clear(struct mt_canvas *c, struct mt_rect r)
{
  for (int y = r.y; y < r.y + r.h; y++)
    mt_canvas_repeat(c, r.x, y, r.w, MT_ROLE_TEXT, " ");
}

void mt_canvas_box(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                   const char *title)
{
  const struct mt_glyphs *g = c->glyphs;
  if (r.w < 2 || r.h < 2)
    return;
  int right = r.x + r.w - 1, bottom = r.y + r.h - 1;
  mt_canvas_repeat(c, r.x + 1, r.y, r.w - 2, role, g->horizontal);
  mt_canvas_repeat(c, r.x + 1, bottom, r.w - 2, role, g->horizontal);
  for (int y = r.y + 1; y < bottom; y++) {
    mt_canvas_repeat(c, r.x, y, 1, role, g->vertical);
    mt_canvas_repeat(c, right, y, 1, role, g->vertical);
  }
  mt_canvas_repeat(c, r.x, r.y, 1, role, g->top_left);
  mt_canvas_repeat(c, right, r.y, 1, role, g->top_right);
  mt_canvas_repeat(c, r.x, bottom, 1, role, g->bottom_left);
  mt_canvas_repeat(c, right, bottom, 1, role, g->bottom_right);
  if (title != NULL && r.w > 6) {
    struct mt_pen pen = {c, r.x + 2, r.y, right - 1};
    mt_pen_write(&pen, MT_ROLE_TITLE, " %s ", title);
  }
}

void mt_canvas_restyle(struct mt_canvas *c, int x, int y, int n, enum mt_role role)
{
  for (int i = 0; i < n; i++) {
    struct mt_canvas_cell *cell = cell_at(c, x + i, y);
    if (cell != NULL)
      cell->role = (uint8_t)role;
  }
}

_Static_assert(MT_ACTION_COUNT < UINT8_MAX, "a cell has one byte for its link");

void mt_canvas_recede(struct mt_canvas *c)
{
  for (int i = 0; i < c->width * c->height; i++) {
    struct mt_canvas_cell *cell = &c->cells[i];
    if (mt_role_kind((enum mt_role)cell->role) == MT_ROLE_IS_WORDS &&
        cell->role != MT_ROLE_SELECTED)
      cell->role = MT_ROLE_DIM;
  }
}

void mt_canvas_link(struct mt_canvas *c, int x, int y, int n, enum mt_action action)
{
  for (int i = 0; i < n; i++) {
    struct mt_canvas_cell *cell = cell_at(c, x + i, y);
    if (cell != NULL)
      cell->link = (uint8_t)(1 + action);
  }
}

enum mt_action mt_canvas_linked(const struct mt_canvas *c, int x, int y)
{
  if (!is_inside(c, x, y))
    return MT_ACTION_NONE;
  unsigned link = c->cells[(size_t)y * (size_t)c->width + (size_t)x].link;
  return link == 0 ? MT_ACTION_NONE : (enum mt_action)(link - 1);
}

/* Whether all of it fits; with `whole`, nothing is written when it does not. */
MT_PRINTF(4, 0)
static bool write_args(struct mt_pen *p, bool whole, enum mt_role role,
                       const char *format, va_list args)
{
  char text[1024];
  vsnprintf(text, sizeof text, format, args);
  bool fits = mt_canvas_columns(p->canvas, text) <= p->end - p->x;
  if (fits || !whole)
    p->x += mt_canvas_text(p->canvas, p->x, p->y, p->end - p->x, role, text);
  return fits;
}

void mt_pen_write(struct mt_pen *p, enum mt_role role, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  (void)write_args(p, false, role, format, args);
  va_end(args);
}

bool mt_pen_fit(struct mt_pen *p, enum mt_role role, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  bool fits = write_args(p, true, role, format, args);
  va_end(args);
  return fits;
}

void mt_pen_name(struct mt_pen *p, int width, enum mt_role role, const char *bytes,
                 size_t n)
{
  int room = p->end - p->x;
  p->x +=
      mt_canvas_name(p->canvas, p->x, p->y, width < room ? width : room, role, bytes, n);
}
