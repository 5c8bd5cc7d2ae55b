#include "tui/theme.h"

#include <stddef.h>

#define B MT_ATTR_BOLD
#define D MT_ATTR_DIM
#define R MT_ATTR_REVERSE
#define U MT_ATTR_UNDERLINE

/* The 256 colours were chosen for a contrast of about 3:1 or more against both
 * black and white; a background is only painted together with its foreground. */
static const struct mt_look looks[MT_ROLE_COUNT][MT_PALETTE_COUNT] = {
    /*                      mono           8 and 16        256 */
    [MT_ROLE_TEXT] = {{-1, -1, 0}, {-1, -1, 0}, {-1, -1, 0}},
    [MT_ROLE_DIM] = {{-1, -1, D}, {-1, -1, D}, {244, -1, 0}},
    [MT_ROLE_STRONG] = {{-1, -1, B}, {-1, -1, B}, {-1, -1, B}},
    [MT_ROLE_BRAND] = {{-1, -1, B | R}, {-1, -1, B | R}, {231, 25, B}},
    [MT_ROLE_ACCENT] = {{-1, -1, B}, {6, -1, B}, {32, -1, B}},
    [MT_ROLE_BORDER] = {{-1, -1, D}, {-1, -1, D}, {242, -1, 0}},
    [MT_ROLE_TITLE] = {{-1, -1, B}, {-1, -1, B}, {-1, -1, B}},
    [MT_ROLE_HEADING] = {{-1, -1, U}, {-1, -1, D | U}, {244, -1, U}},
    [MT_ROLE_SORTED] = {{-1, -1, B | U}, {6, -1, B | U}, {32, -1, B | U}},
    [MT_ROLE_GOOD] = {{-1, -1, 0}, {2, -1, 0}, {34, -1, 0}},
    [MT_ROLE_ROUNDED] = {{-1, -1, 0}, {6, -1, 0}, {32, -1, 0}},
    [MT_ROLE_WARN] = {{-1, -1, B}, {3, -1, B}, {172, -1, 0}},
    [MT_ROLE_BAD] = {{-1, -1, B | R}, {1, -1, B}, {160, -1, B}},
    [MT_ROLE_BAR] = {{-1, -1, 0}, {4, -1, 0}, {67, -1, 0}},
    [MT_ROLE_AFTER] = {{-1, -1, B}, {2, -1, 0}, {34, -1, 0}},
    [MT_ROLE_GHOST] = {{-1, -1, D}, {-1, -1, D}, {244, -1, 0}},
    [MT_ROLE_RSS] = {{-1, -1, 0}, {6, -1, 0}, {31, -1, 0}},
    [MT_ROLE_RSS_FILL] = {{-1, -1, D}, {6, -1, D}, {24, -1, 0}},
    [MT_ROLE_SYSTEM] = {{-1, -1, 0}, {5, -1, 0}, {97, -1, 0}},
    [MT_ROLE_SYSTEM_FILL] = {{-1, -1, D}, {5, -1, D}, {60, -1, 0}},
    [MT_ROLE_SELECTED] = {{-1, -1, R}, {-1, -1, R}, {231, 25, 0}},
    [MT_ROLE_KEY] = {{-1, -1, B}, {6, -1, B}, {32, -1, B}},
    [MT_ROLE_INPUT] = {{-1, -1, U}, {-1, -1, U}, {-1, -1, U}},
};

#undef B
#undef D
#undef R
#undef U

struct mt_look mt_theme_look(enum mt_palette palette, enum mt_role role)
{
  return looks[role][palette];
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
    .cursor = "▶",
    .warn = "⚠",
    .good = "✓",
    .bad = "✗",
    .up = "▲",
    .down = "▼",
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
    .cursor = ">",
    .warn = "X",
    .good = "+",
    .bad = "x",
    .up = "^",
    .down = "v",
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
