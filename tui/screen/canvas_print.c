/* A canvas as text. */
#include "tui/screen/canvas.h"

/* UTF-8 whatever the locale is: a canvas holds nothing else. */
static void print_char(wchar_t ch, FILE *out)
{
  unsigned long u = (unsigned long)ch;
  if (u < 0x80) {
    fputc((int)u, out);
    return;
  }
  int more = u < 0x800 ? 1 : u < 0x10000 ? 2 : 3;
  static const unsigned lead[] = {0, 0xc0, 0xe0, 0xf0};
  fputc((int)(lead[more] | (u >> (6 * more))), out);
  while (more-- > 0)
    fputc((int)(0x80 | ((u >> (6 * more)) & 0x3f)), out);
}

static bool is_blank(const struct mt_canvas_cell *cell)
{
  return cell->text[0] == L' ' && cell->text[1] == 0;
}

static void print_cell(const struct mt_canvas_cell *cell, FILE *out)
{
  for (const wchar_t *ch = cell->text; *ch != 0; ch++)
    print_char(*ch, out);
}

void mt_canvas_print(const struct mt_canvas *c, FILE *out)
{
  for (int y = 0; y < c->height; y++) {
    const struct mt_canvas_cell *row = c->cells + (size_t)y * (size_t)c->width;
    int end = c->width;
    while (end > 0 && is_blank(&row[end - 1]))
      end--;
    for (int x = 0; x < end; x++)
      print_cell(&row[x], out);
    fputc('\n', out);
  }
}

/* --- with colours ------------------------------------------------------------ */

static void print_color(FILE *out, int color, enum mt_palette palette, int base)
{
  if (color < 0)
    return;
  if (palette == MT_PALETTE_256)
    fprintf(out, ";%d;5;%d", base + 8, color);
  else
    fprintf(out, ";%d", color < 8 ? base + color : base + 60 + color - 8);
}

static void print_look(FILE *out, struct mt_look look, enum mt_palette palette)
{
  fputs("\033[0", out);
  if (look.attributes & MT_ATTR_BOLD)
    fputs(";1", out);
  if (look.attributes & MT_ATTR_DIM)
    fputs(";2", out);
  if (look.attributes & MT_ATTR_UNDERLINE)
    fputs(";4", out);
  if (look.attributes & MT_ATTR_REVERSE)
    fputs(";7", out);
  print_color(out, look.fg, palette, 30);
  print_color(out, look.bg, palette, 40);
  fputc('m', out);
}

/* Whether a blank shows. */
static bool is_seen(struct mt_look look)
{
  return look.bg >= 0 || (look.attributes & (MT_ATTR_REVERSE | MT_ATTR_UNDERLINE)) != 0;
}

void mt_canvas_print_styled(const struct mt_canvas *c, FILE *out,
                            const struct mt_theme *theme, enum mt_palette palette)
{
  for (int y = 0; y < c->height; y++) {
    const struct mt_canvas_cell *row = c->cells + (size_t)y * (size_t)c->width;
    int end = c->width, role = -1;
    while (end > 0 && is_blank(&row[end - 1]) &&
           !is_seen(theme->look[row[end - 1].role][palette]))
      end--;
    for (int x = 0; x < end; x++) {
      if (row[x].role != role && row[x].width > 0)
        print_look(out, theme->look[role = row[x].role][palette], palette);
      print_cell(&row[x], out);
    }
    fputs(role < 0 ? "\n" : "\033[0m\n", out);
  }
}
