/* How meaning looks: roles of text and the glyphs they are drawn with.
 *
 * Views name a role, never a colour.  One table gives each role its look
 * without colour, with 8 or 16 colours and with 256.  The terminal's own
 * foreground and background are kept; the colours are legible on dark and on
 * light ones, and no meaning lives in colour alone.  The glyph table is chosen
 * once, when a canvas is made. */
#ifndef MT_TUI_THEME_H
#define MT_TUI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum { MT_ATTR_BOLD = 1, MT_ATTR_DIM = 2, MT_ATTR_REVERSE = 4, MT_ATTR_UNDERLINE = 8 };

enum mt_role {
  MT_ROLE_TEXT,   /* the terminal's own colours */
  MT_ROLE_DIM,    /* what may be skipped when reading */
  MT_ROLE_STRONG, /* what is read first */
  MT_ROLE_BRAND,  /* the program's name */
  MT_ROLE_ACCENT, /* choices */
  MT_ROLE_BORDER,
  MT_ROLE_TITLE,    /* of a box */
  MT_ROLE_HEADING,  /* of a table's column */
  MT_ROLE_SORTED,   /* the heading that the rows are sorted by */
  MT_ROLE_GOOD,     /* proven, saved */
  MT_ROLE_ROUNDED,  /* within the rounding of float32 */
  MT_ROLE_WARN,     /* look at it */
  MT_ROLE_BAD,      /* failed, does not fit */
  MT_ROLE_BAR,      /* memory as it is */
  MT_ROLE_AFTER,    /* memory as planned */
  MT_ROLE_GHOST,    /* memory that the plan gives back */
  MT_ROLE_RSS,      /* graph of memtop itself: its upper edge ... */
  MT_ROLE_RSS_FILL, /* ... and what is below */
  MT_ROLE_SYSTEM,   /* graph of the machine, likewise */
  MT_ROLE_SYSTEM_FILL,
  MT_ROLE_SELECTED, /* the row under the cursor */
  MT_ROLE_KEY,      /* a key in the footer */
  MT_ROLE_INPUT,    /* text being typed */
  MT_ROLE_COUNT
};

/* fg, bg: colour numbers, or -1 for the terminal's own. */
struct mt_look {
  int16_t fg, bg;
  uint8_t attributes;
};

enum mt_palette { MT_PALETTE_MONO, MT_PALETTE_16, MT_PALETTE_256, MT_PALETTE_COUNT };

struct mt_look mt_theme_look(enum mt_palette palette, enum mt_role role);

/* The palette for so many colours (0: none). */
enum mt_palette mt_theme_palette(int colors);

/* What graphs are drawn with.  Block characters are in every font; braille is finer.  An
 * ASCII glyph table knows only its own. */
enum mt_graph_style { MT_GRAPH_BLOCK, MT_GRAPH_BRAILLE };

struct mt_glyphs {
  bool ascii;
  const char *ellipsis, *arrow, *times, *dot, *minus, *dash;
  const char *applied, *cursor, *warn, *good, *bad;
  const char *up, *down;
  const char *horizontal, *vertical, *top_left, *top_right, *bottom_left, *bottom_right;
  const char *begin, *end;  /* of a stretch on an axis */
  const char *rule, *limit; /* a level across a graph, or across a bar */
  const char *ghost;
  const char *rise[9]; /* eighths of a cell from below */
  const char *run[9];  /* the same from the left; a line, so that bars stay apart */
};

const struct mt_glyphs *mt_theme_glyphs(bool ascii);

#endif
