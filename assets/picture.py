"""Pictures of memtop as it runs: a PNG of one screen, or an SVG that plays several.

    python picture.py [--size 120x30] [--keys 'A Down Enter'] [--option --ascii ...]
                      [--background light] [--term xterm-16color] [--env NO_COLOR=1 ...]
                      [--program memtop] FILE PICTURE.png|.svg

Keys are names (Enter, Esc, Down, PgDn, F1, Ctrl-R ...) or texts to type, blanks
between them.  In a PNG they are pressed one after the other and the last screen is
drawn; in an SVG every screen between them is one frame.

It drives the real program in a pseudo-terminal (tests/screen/terminal.py) and needs
pyte and Pillow, and for a PNG the font DejaVu Sans Mono.
"""

import argparse
import html
import pathlib
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests/screen"))

import pyte  # noqa: E402
import terminal  # noqa: E402

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
SIZE = 18  # of the font, in pixels
FRAME = 1.8  # seconds

# Foreground and background of the terminal, and its sixteen colours.
LOOKS = {
    "dark": ("d8dce3", "14171c"),
    "light": ("24292f", "ffffff"),
}
COLORS = {
    "black": "2e3436", "red": "cc3b3b", "green": "4e9a06", "brown": "b58900",
    "blue": "3465a4", "magenta": "8a5a9c", "cyan": "2a8a9a", "white": "d3d7cf",
    "brightblack": "777b77", "brightred": "ef5350", "brightgreen": "8ae234",
    "brightbrown": "f2d64b", "brightblue": "729fcf", "brightmagenta": "ad7fa8",
    "brightcyan": "34e2e2", "brightwhite": "ffffff",
}  # fmt: skip


# pyte forgets what is dim; italics, which memtop never uses, stand for it.
pyte.graphics.TEXT[2] = "+italics"


def colors(cell, look):
    """Foreground and background of a cell, as six hexadecimal digits."""
    ink, paper = LOOKS[look]
    front = ink if cell.fg == "default" else COLORS.get(cell.fg, cell.fg)
    back = paper if cell.bg == "default" else COLORS.get(cell.bg, cell.bg)
    if cell.italics:
        front = mixed(front, back)
    return (back, front) if cell.reverse else (front, back)


def mixed(front, back):
    """Between two colours, nearer to the first."""
    pairs = zip(bytes.fromhex(front), bytes.fromhex(back))
    return "".join(f"{(3 * a + 2 * b) // 5:02x}" for a, b in pairs)


def runs(screen, look):
    """Every stretch of cells of one look: x, y, width, text, cell, front, back."""
    for y in range(screen.lines):
        row = [screen.buffer[y][x] for x in range(screen.columns)]
        x = 0
        while x < screen.columns:
            end = x + 1
            while end < screen.columns and row[end][1:] == row[x][1:]:
                end += 1
            text = "".join(cell.data for cell in row[x:end])
            yield x, y, end - x, text, row[x], *colors(row[x], look)
            x = end


# --- PNG -----------------------------------------------------------------------------


def block(glyph, left, top, width, height):
    """The rectangle of a block element, so that neighbours meet; None for others."""
    code = ord(glyph[:1] or " ")
    if 0x2581 <= code <= 0x2588:
        part = round(height * (code - 0x2580) / 8)
        return left, top + height - part, left + width - 1, top + height - 1
    if 0x2589 <= code <= 0x258F:
        return left, top, left + round(width * (0x2590 - code) / 8) - 1, top + height - 1
    return None


def draw_png(screen, look, path):
    from PIL import Image, ImageDraw, ImageFont

    plain = ImageFont.truetype(FONT.format(""), SIZE)
    bold = ImageFont.truetype(FONT.format("-Bold"), SIZE)
    width = round(plain.getlength("M"))
    height = sum(plain.getmetrics())
    margin = width
    picture = Image.new(
        "RGB",
        (screen.columns * width + 2 * margin, screen.lines * height + 2 * margin),
        "#" + LOOKS[look][1],
    )
    draw = ImageDraw.Draw(picture)
    for x, y, cells, text, cell, front, back in runs(screen, look):
        left, top = margin + x * width, margin + y * height
        draw.rectangle((left, top, left + cells * width - 1, top + height - 1), "#" + back)
        for i in range(cells):
            glyph = screen.buffer[y][x + i].data
            shape = block(glyph, left + i * width, top, width, height)
            if shape:
                draw.rectangle(shape, "#" + front)
            elif glyph.strip():
                font = bold if cell.bold else plain
                draw.text((left + i * width, top), glyph, "#" + front, font)
        if cell.underscore:
            line = top + height - 3
            draw.line((left, line, left + cells * width - 1, line), "#" + front)
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


# --- SVG -----------------------------------------------------------------------------


def svg_frame(screen, look):
    lines = []
    for x, y, cells, text, cell, front, back in runs(screen, look):
        if back != LOOKS[look][1]:
            lines.append(
                f'<rect x="{x * 9}" y="{y * 20}" width="{cells * 9}" height="20" fill="#{back}"/>'
            )
        if not text.strip():
            continue
        style = ' font-weight="bold"' if cell.bold else ""
        style += ' text-decoration="underline"' if cell.underscore else ""
        lines.append(
            f'<text x="{x * 9}" y="{y * 20 + 15}" textLength="{cells * 9}" fill="#{front}"'
            f"{style}>{html.escape(text)}</text>"
        )
    return "\n".join(lines)


def draw_svg(frames, columns, lines, look, path):
    """Shows the frames one after the other, for ever."""
    total = FRAME * len(frames)
    width, height = columns * 9, lines * 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="15"'
        ' xml:space="preserve">',
        f'<rect width="{width}" height="{height}" fill="#{LOOKS[look][1]}"/>',
    ]
    for i, frame in enumerate(frames):
        begin, end = i / len(frames), (i + 1) / len(frames)
        times = f"0;{begin:.4f};{end:.4f}" if i else f"0;{end:.4f}"
        values = "none;inline;none" if i else "inline;none"
        parts.append(
            f'<g display="{"none" if i else "inline"}"><animate attributeName="display"'
            f' calcMode="discrete" dur="{total:g}s" repeatCount="indefinite"'
            f' keyTimes="{times}" values="{values}"/>\n{frame}</g>'
        )
    path.write_text("\n".join(parts) + "\n</svg>\n")


# --- the program ---------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file")
    parser.add_argument("picture", type=pathlib.Path)
    parser.add_argument("--size", default="120x30")
    parser.add_argument("--keys", default="")
    parser.add_argument("--option", action="append", default=[], help="of memtop, repeatable")
    parser.add_argument("--background", choices=LOOKS, default="dark")
    parser.add_argument("--term", default="xterm-256color")
    parser.add_argument("--env", action="append", default=[], help="NAME=VALUE, repeatable")
    parser.add_argument("--program", type=pathlib.Path, default=TOP / "build/memtop")
    given = parser.parse_args()
    size = tuple(map(int, given.size.split("x")))
    terminal.PROGRAM = given.program.resolve()
    with terminal.Terminal(
        given.file,
        size=size,
        term=given.term,
        options=given.option,
        program=terminal.PROGRAM,
        env={"XDG_CONFIG_HOME": "/nonexistent", **dict(e.split("=", 1) for e in given.env)},
    ) as t:
        time.sleep(1)  # for the scan; the graphs move, so that no screen stays as it is
        t.settle()
        frames = [svg_frame(t.screen, given.background)]
        for key in given.keys.split():
            t.press(key)
            time.sleep(0.4)
            t.settle()
            frames.append(svg_frame(t.screen, given.background))
        if given.picture.suffix == ".svg":
            draw_svg(frames, *size, given.background, given.picture)
        else:
            draw_png(t.screen, given.background, given.picture)


if __name__ == "__main__":
    main()
