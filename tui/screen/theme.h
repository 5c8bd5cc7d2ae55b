/* How meaning looks: roles of text and the glyphs they are drawn with.
 *
 * Views name a role, never a colour.  A theme gives each role its look without
 * colour, with 8 or 16 colours and with 256.  The default one keeps the terminal's own
 * foreground and background; its colours are legible on dark and on light ones, and
 * apart for those who do not tell red from green.  No meaning lives in colour alone.
 * Others come from files (theme_file.h).  The glyph table is chosen once, when a canvas
 * is made. */
#ifndef MT_TUI_THEME_H
#define MT_TUI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum { MT_ATTR_BOLD = 1, MT_ATTR_DIM = 2, MT_ATTR_REVERSE = 4, MT_ATTR_UNDERLINE = 8 };

/* id, name in theme files, kind, what it is. */
#define MT_ROLES(X)                                                                      \
  X(TEXT, "text", WORDS, "everything else")                                              \
  X(DIM, "dim", WORDS, "what may be skipped when reading")                               \
  X(STRONG, "strong", WORDS, "what is read first")                                       \
  X(BRAND, "brand", WORDS, "the program's name")                                         \
  X(ACCENT, "accent", WORDS, "choices")                                                  \
  X(BORDER, "border", SHAPE, "lines around parts")                                       \
  X(TITLE, "title", WORDS, "of a box")                                                   \
  X(HEADING, "heading", WORDS, "of a table's column")                                    \
  X(SORTED, "sorted", WORDS, "the heading that the rows are sorted by")                  \
  X(GOOD, "good", WORDS, "proven, saved")                                                \
  X(ROUNDED, "rounded", WORDS, "within the rounding of float32")                         \
  X(WARN, "warn", WORDS, "look at it")                                                   \
  X(BAD, "bad", WORDS, "failed, does not fit")                                           \
  X(BAR, "bar", SHAPE, "memory as it is")                                                \
  X(AFTER, "after", SHAPE, "memory as planned")                                          \
  X(GHOST, "ghost", SHAPE, "memory that the plan gives back")                            \
  X(RSS, "rss", SHAPE, "graph of memtop itself")                                         \
  X(RSS_FILL, "rss-fill", FILL, "what is below its upper edge")                          \
  X(SYSTEM, "system", SHAPE, "graph of the machine")                                     \
  X(SYSTEM_FILL, "system-fill", FILL, "what is below its upper edge")                    \
  X(SELECTED, "selected", WORDS, "the row under the cursor")                             \
  X(KEY, "key", WORDS, "a key in the footer")                                            \
  X(INPUT, "input", WORDS, "text being typed")

enum mt_role {
#define X(id, name, kind, what) MT_ROLE_##id,
  MT_ROLES(X)
#undef X
      MT_ROLE_COUNT
};

/* fg, bg: colour numbers, or -1 for the terminal's own. */
struct mt_look {
  int16_t fg, bg;
  uint8_t attributes;
};

enum mt_palette { MT_PALETTE_MONO, MT_PALETTE_16, MT_PALETTE_256, MT_PALETTE_COUNT };

/* Backgrounds that a theme is legible on. */
enum { MT_ON_DARK = 1, MT_ON_LIGHT = 2 };

struct mt_theme {
  struct mt_look look[MT_ROLE_COUNT][MT_PALETTE_COUNT];
  unsigned backgrounds;
};

/* The one in the program itself. */
extern const struct mt_theme mt_theme_default;

const char *mt_role_name(enum mt_role role);
/* What is drawn in a role, which says how much it has to stand out: words most, the area
 * below a graph's edge not at all. */
enum mt_role_kind { MT_ROLE_IS_WORDS, MT_ROLE_IS_SHAPE, MT_ROLE_IS_FILL };
enum mt_role_kind mt_role_kind(enum mt_role role);

/* The palette for so many colours (0: none). */
enum mt_palette mt_theme_palette(int colors);

/* What graphs are drawn with.  Block characters are in every font; braille is finer.  An
 * ASCII glyph table knows only that. */
enum mt_graph_style { MT_GRAPH_BLOCK, MT_GRAPH_BRAILLE, MT_GRAPH_ASCII };

struct mt_glyphs {
  bool ascii;
  const char *ellipsis, *arrow, *times, *dot, *minus, *dash;
  const char *applied, *marked, *cursor, *warn, *good, *bad;
  const char *up, *down;
  const char *null; /* behind what is read as null */
  const char *horizontal, *vertical, *top_left, *top_right, *bottom_left, *bottom_right;
  const char *begin, *end;  /* of a stretch on an axis */
  const char *rule, *limit; /* a level across a graph, or across a bar */
  const char *ghost;
  const char *rise[9]; /* eighths of a cell from below */
  const char *run[9];  /* the same from the left; a line, so that bars stay apart */
};

const struct mt_glyphs *mt_theme_glyphs(bool ascii);

#endif
