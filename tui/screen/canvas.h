/* A grid of cells that the views draw into: pure memory, no terminal.
 *
 *   mt_canvas_init -> mt_canvas_resize -> drawing -> mt_canvas_print, or
 *   mt_terminal_paint (terminal.h) -> mt_canvas_reset
 *
 * Drawing never fails and clips at the edges and at the width it is given.
 * Texts are UTF-8; whatever comes from data has passed through mt_sanitise, which
 * mt_canvas_name does itself.  With an ASCII glyph table every other character is
 * drawn as '?'. */
#ifndef MT_TUI_CANVAS_H
#define MT_TUI_CANVAS_H

#include <stddef.h>
#include <stdio.h>
#include <wchar.h>

#include "core/base/error.h"
#include "tui/action.h"
#include "tui/screen/theme.h"

/* One base character, combining marks, a terminating 0. */
#define MT_CANVAS_CHARS 4

struct mt_canvas_cell {
  wchar_t text[MT_CANVAS_CHARS];
  uint8_t role;  /* enum mt_role */
  uint8_t width; /* 1 or 2; 0 = right half of the character before */
  uint8_t link;  /* 1 + the enum mt_action that a click does; 0 = none */
};

struct mt_canvas {
  int width, height;
  struct mt_canvas_cell *cells; /* height rows of width cells; owned */
  size_t cap;
  const struct mt_glyphs *glyphs;
};

struct mt_rect {
  int x, y, w, h;
};

static inline struct mt_rect mt_rect_inside(struct mt_rect r)
{
  return (struct mt_rect){r.x + 1, r.y + 1, r.w - 2, r.h - 2};
}
static inline int mt_clamp(int value, int low, int high)
{
  return value < low ? low : value > high ? high : value;
}

void mt_canvas_init(struct mt_canvas *c, bool ascii);
void mt_canvas_reset(struct mt_canvas *c);
/* Sets the size (at least 1 x 1) and blanks every cell.  0 or ENOMEM. */
int mt_canvas_resize(struct mt_canvas *c, int width, int height) MT_MUST_CHECK;

/* Each draws at most `width` columns from (x, y) and returns how many it drew.  A text
 * that does not fit ends in the ellipsis. */
int mt_canvas_text(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   const char *text);
int mt_canvas_right(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                    const char *text);
/* Bytes of data: sanitised, and shortened in the middle. */
int mt_canvas_name(struct mt_canvas *c, int x, int y, int width, enum mt_role role,
                   const char *bytes, size_t n);

/* A text in as many lines of r as it needs, broken at blanks; returns the lines. */
int mt_canvas_paragraph(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                        const char *text);

/* How many lines it needs; at least one. */
int mt_canvas_lines(const struct mt_canvas *c, const char *text, int width);

/* Bytes of text that one line of `width` columns takes, broken at a blank where there is
 * one; at least one character. */
size_t mt_canvas_line(const struct mt_canvas *c, const char *text, int width);

/* n copies of a one-column glyph; the glyph alone, without a text's ellipsis. */
void mt_canvas_repeat(struct mt_canvas *c, int x, int y, int n, enum mt_role role,
                      const char *glyph);
void mt_canvas_clear(struct mt_canvas *c, struct mt_rect r);
/* A border with a title in its upper edge (NULL: none). */
void mt_canvas_box(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                   const char *title);
/* Changes the role of n cells that are drawn already. */
void mt_canvas_restyle(struct mt_canvas *c, int x, int y, int n, enum mt_role role);

/* Makes all words dim but those under a cursor: what lies behind a dialog. */
void mt_canvas_recede(struct mt_canvas *c);

/* Lets a click on n cells that are drawn already do an action, until they are drawn
 * again. */
void mt_canvas_link(struct mt_canvas *c, int x, int y, int n, enum mt_action action);
/* What a click there does, or MT_ACTION_NONE. */
enum mt_action mt_canvas_linked(const struct mt_canvas *c, int x, int y);

/* A line written from left to right in several roles. */
struct mt_pen {
  struct mt_canvas *canvas;
  int x, y;
  int end; /* first column that is not ours */
};
void mt_pen_write(struct mt_pen *p, enum mt_role role, const char *format, ...)
    MT_PRINTF(3, 4);
/* The same for what may be left out: all of it, or nothing when it does not fit.
 * Whether it did. */
bool mt_pen_fit(struct mt_pen *p, enum mt_role role, const char *format, ...)
    MT_PRINTF(3, 4);
void mt_pen_name(struct mt_pen *p, int width, enum mt_role role, const char *bytes,
                 size_t n);

/* Plain text, one line per row, without trailing blanks. */
void mt_canvas_print(const struct mt_canvas *c, FILE *out);

/* The same with the looks of a theme, by the sequences that terminals share. */
void mt_canvas_print_styled(const struct mt_canvas *c, FILE *out,
                            const struct mt_theme *theme, enum mt_palette palette);

/* Columns that a UTF-8 text takes on this canvas. */
int mt_canvas_columns(const struct mt_canvas *c, const char *text);

#endif
