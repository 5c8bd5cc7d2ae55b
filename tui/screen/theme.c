#include "tui/screen/theme.h"

#include <stddef.h>

#define B MT_ATTR_BOLD
#define D MT_ATTR_DIM
#define R MT_ATTR_REVERSE
#define U MT_ATTR_UNDERLINE

/* The 256 colours have a contrast of at least 3:1 against black, white and what
 * terminals have between (test_theme.c); a background is only painted together with its
 * foreground.  assets/themes/default.theme is the same. */
const struct mt_theme mt_theme_default = {
    .backgrounds = MT_ON_DARK | MT_ON_LIGHT,
    .look = {
        /*                      mono           8 and 16        256 */
        [MT_ROLE_TEXT] = {{-1, -1, 0}, {-1, -1, 0}, {-1, -1, 0}},
        [MT_ROLE_DIM] = {{-1, -1, D}, {-1, -1, D}, {244, -1, 0}},
        [MT_ROLE_STRONG] = {{-1, -1, B}, {-1, -1, B}, {-1, -1, B}},
        [MT_ROLE_BRAND] = {{-1, -1, B | R}, {-1, -1, B | R}, {231, 25, B}},
        [MT_ROLE_ACCENT] = {{-1, -1, B}, {6, -1, B}, {32, -1, B}},
        [MT_ROLE_BORDER] = {{-1, -1, D}, {-1, -1, D}, {244, -1, 0}},
        [MT_ROLE_TITLE] = {{-1, -1, B}, {-1, -1, B}, {-1, -1, B}},
        [MT_ROLE_HEADING] = {{-1, -1, U}, {-1, -1, D | U}, {244, -1, U}},
        [MT_ROLE_SORTED] = {{-1, -1, B | U}, {6, -1, B | U}, {32, -1, B | U}},
        [MT_ROLE_GOOD] = {{-1, -1, 0}, {2, -1, 0}, {29, -1, 0}},
        [MT_ROLE_ROUNDED] = {{-1, -1, 0}, {6, -1, 0}, {32, -1, 0}},
        [MT_ROLE_WARN] = {{-1, -1, B}, {3, -1, B}, {166, -1, 0}},
        [MT_ROLE_BAD] = {{-1, -1, B | R}, {1, -1, B}, {197, -1, B}},
        [MT_ROLE_BAR] = {{-1, -1, 0}, {4, -1, 0}, {67, -1, 0}},
        [MT_ROLE_AFTER] = {{-1, -1, B}, {2, -1, 0}, {29, -1, 0}},
        [MT_ROLE_GHOST] = {{-1, -1, D}, {-1, -1, D}, {244, -1, 0}},
        [MT_ROLE_RSS] = {{-1, -1, 0}, {6, -1, 0}, {31, -1, 0}},
        [MT_ROLE_RSS_FILL] = {{-1, -1, D}, {6, -1, D}, {24, -1, 0}},
        [MT_ROLE_SYSTEM] = {{-1, -1, 0}, {5, -1, 0}, {98, -1, 0}},
        [MT_ROLE_SYSTEM_FILL] = {{-1, -1, D}, {5, -1, D}, {60, -1, 0}},
        [MT_ROLE_SELECTED] = {{-1, -1, R}, {-1, -1, R}, {231, 25, 0}},
        [MT_ROLE_KEY] = {{-1, -1, B}, {6, -1, B}, {32, -1, B}},
        [MT_ROLE_INPUT] = {{-1, -1, U}, {-1, -1, U}, {-1, -1, U}},
    }};

#undef B
#undef D
#undef R
#undef U

const char *mt_role_name(enum mt_role role)
{
  static const char *const names[MT_ROLE_COUNT] = {
#define X(id, name, kind, what) [MT_ROLE_##id] = name,
      MT_ROLES(X)
#undef X
  };
  return names[role];
}

enum mt_role_kind mt_role_kind(enum mt_role role)
{
  static const enum mt_role_kind kinds[MT_ROLE_COUNT] = {
#define X(id, name, kind, what) [MT_ROLE_##id] = MT_ROLE_IS_##kind,
      MT_ROLES(X)
#undef X
  };
  return kinds[role];
}

enum mt_palette mt_theme_palette(int colors)
{
  if (colors < 8)
    return MT_PALETTE_MONO;
  return colors < 256 ? MT_PALETTE_16 : MT_PALETTE_256;
}

static const struct mt_glyphs utf8 = {
    .ellipsis = "…",
    .arrow = "→",
    .times = "×",
    .dot = "·",
    .minus = "−",
    .dash = "–",
    .applied = "●",
    .marked = "▌",
    .cursor = "▶",
    .warn = "⚠",
    .good = "✓",
    .bad = "✗",
    .up = "▲",
    .down = "▼",
    .null = "∅",
    .horizontal = "─",
    .vertical = "│",
    .top_left = "╭",
    .top_right = "╮",
    .bottom_left = "╰",
    .bottom_right = "╯",
    .begin = "├",
    .end = "┤",
    .rule = "┄",
    .limit = "┃",
    .ghost = "╍",
    .rise = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
    .run = {" ", "╸", "╸", "╸", "╸", "━", "━", "━", "━"},
};

static const struct mt_glyphs ascii = {
    .ascii = true,
    .ellipsis = "~",
    .arrow = "->",
    .times = "x",
    .dot = "-",
    .minus = "-",
    .dash = "-",
    .applied = "*",
    .marked = "#",
    .cursor = ">",
    .warn = "X",
    .good = "+",
    .bad = "x",
    .up = "^",
    .down = "v",
    .null = "<>",
    .horizontal = "-",
    .vertical = "|",
    .top_left = "+",
    .top_right = "+",
    .bottom_left = "+",
    .bottom_right = "+",
    .begin = "[",
    .end = "]",
    .rule = "-",
    .limit = "]",
    .ghost = ".",
    .rise = {" ", ".", ":", "-", "=", "+", "*", "#", "#"},
    .run = {" ", "|", "|", "|", "=", "=", "=", "=", "#"},
};

const struct mt_glyphs *mt_theme_glyphs(bool ascii_only)
{
  return ascii_only ? &ascii : &utf8;
}
