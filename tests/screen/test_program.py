"""The program around the views: the mouse, and what is the same everywhere."""

import os
import pathlib
import re
import subprocess

import pytest

from terminal import PROGRAM, TOP, Screen, Stream
from test_screen import without_measurements

SHOP = TOP / "assets/shop.csv"

# --- the mouse -------------------------------------------------------------------------


def test_wheel_moves(start):
    terminal = start(SHOP).scanned()
    terminal.wait("1 of 16")
    terminal.mouse(65, 5, 9)
    terminal.wait("4 of 16")
    terminal.mouse(65, 5, 9)
    terminal.wait("7 of 16")
    terminal.mouse(64, 5, 9)
    terminal.wait("4 of 16")


def test_wheel_turned_faster_than_the_program_looks(start):
    terminal = start(SHOP).scanned()
    terminal.wait("1 of 16")
    terminal.press("\x1b[<65;5;9M" * 4 + "\x1b[<64;5;9M")
    terminal.wait("10 of 16")


def test_footer_can_be_clicked(start):
    terminal = start(SHOP).scanned()
    terminal.click("all safe", lowest=True)
    terminal.wait("applied to 1")
    terminal.click("? help", lowest=True)
    terminal.wait(lambda t: "moving" in t.text and "Esc back" in t.lines[29])
    terminal.click("Esc back", lowest=True)
    terminal.wait(lambda t: "q quit" in t.lines[29])
    terminal.click("q quit", lowest=True)
    terminal.wait("Quit all the same?")
    terminal.click("n no", lowest=True)
    terminal.wait(lambda t: "Quit all the same?" not in t.text)
    terminal.click("q quit", lowest=True)
    terminal.click("y yes", lowest=True)
    assert terminal.end() == 0
    assert terminal.restored()


def test_mouse_can_be_switched_off(start):
    terminal = start(SHOP).scanned()
    reports = re.compile(rb"\x1b\[\?1006;1000([hl])")
    terminal.wait(lambda t: reports.findall(t.raw) == [b"h"])
    terminal.press("M")
    terminal.wait("mouse off: it selects and copies text again")
    assert reports.findall(terminal.raw) == [b"h", b"l"]
    terminal.press("M")
    terminal.wait("Shift with the mouse still selects text")
    assert reports.findall(terminal.raw) == [b"h", b"l", b"h"]
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.restored()


def test_no_mouse(start):
    terminal = start(SHOP, "--no-mouse").scanned()
    terminal.press("q")
    assert terminal.end() == 0
    assert b"1000h" not in terminal.raw


# --- the palette -----------------------------------------------------------------------


def test_fit_from_the_palette(start):
    terminal = start(SHOP).scanned()
    terminal.press(":", "fit 1M", "Enter")
    terminal.wait("the plan fits in 1.00 MiB; u takes it back")
    terminal.wait("planned 972 KiB")
    terminal.press("u")
    terminal.wait(lambda t: "●" not in t.text)
    terminal.press(":", "Up")
    terminal.wait(":fit 1M")
    terminal.press("Backspace", "Backspace", "1K", "Enter")
    terminal.wait("no safe plan fits in 1.00 KiB")


def test_palette_over_another_view(start):
    terminal = start(SHOP).scanned()
    terminal.press("Enter")
    terminal.wait("evidence")
    terminal.press(":", "apply-all", "Enter")
    terminal.wait("apply-all is for the columns; this is the detail of a column")
    terminal.press("Ctrl-U", "engine pol", "Enter")
    terminal.wait(re.compile("evidence.*", re.DOTALL))
    terminal.wait("polars")
    terminal.press(":", "goto zip", "Enter")
    terminal.wait("q quit")
    terminal.wait(re.compile(r"^ zip  ", re.MULTILINE))
    terminal.press(":", "Esc", ":", "quit", "Enter")
    assert terminal.end() == 0


def test_palette_by_mouse(start):
    terminal = start(SHOP).scanned()
    terminal.press(":", "quit")
    terminal.wait("q F10")
    terminal.click("q F10", times=2)
    assert terminal.end() == 0


# --- colours ---------------------------------------------------------------------------


def colours(terminal, text):
    """Foreground and background of the first cell of a text on the screen."""
    y = next(y for y, line in enumerate(terminal.lines) if text in line)
    cell = terminal.screen.buffer[y][terminal.lines[y].index(text)]
    return cell.fg, cell.bg


def test_theme_by_option_and_from_the_palette(start, tmp_path):
    mine = tmp_path / "mine.theme"
    mine.write_text("brand = 16 226 | red blue\n")
    terminal = start(SHOP, "--theme", mine).scanned()
    assert colours(terminal, "memtop") == ("000000", "ffff00")
    terminal.press(":", "theme default", "Enter")
    terminal.wait("theme default")
    terminal.wait(lambda t: colours(t, "memtop") == ("ffffff", "005faf"))
    mine.write_text("brand = 16 226\ncolour = 3\n")
    terminal.press(":", f"theme {mine}", "Enter")
    terminal.wait('line 2: there is no role "colour"')


def test_theme_that_is_a_pipe_holds_nothing_up(start, tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")  # nobody will ever write to it
    monkeypatch.chdir(tmp_path)
    terminal = start(SHOP).scanned()
    terminal.press(":", "theme ./pipe", "Enter")
    terminal.wait("pipe is a pipe, and not a file")
    terminal.press("Esc", "q")
    assert terminal.end() == 0


def test_theme_in_16_and_no_colours(start, tmp_path):
    mine = tmp_path / "mine.theme"
    mine.write_text("brand = 16 226 | red blue | - - underline\n")
    terminal = start(SHOP, "--theme", mine, "--color", "16").scanned()
    assert colours(terminal, "memtop") == ("red", "blue")
    terminal = start(SHOP, "--theme", mine, env={"NO_COLOR": "1"}).scanned()
    assert colours(terminal, "memtop") == ("default", "default")


@pytest.mark.skipif(
    TOP not in (PROGRAM.parent, PROGRAM.parent.parent), reason="built elsewhere"
)
def test_themes_of_the_source_tree(start):
    terminal = start(SHOP).scanned()
    for path in (TOP / "assets/themes").glob("*.theme"):
        terminal.press(":", f"theme {path.stem}", "Enter")
        terminal.wait(f"theme {path.stem}")


def test_no_such_theme(start):
    terminal = start(SHOP, "--theme", "nosuch")
    assert terminal.end() == 2
    assert b'there is no theme "nosuch"' in terminal.raw
    assert b"\x1b[" not in terminal.raw


# --- the configuration file ------------------------------------------------------------


def config(tmp_path, text):
    (tmp_path / "memtop").mkdir(exist_ok=True)
    (tmp_path / "memtop/config").write_text(text)
    return {"XDG_CONFIG_HOME": str(tmp_path)}


def test_configuration_file(start, tmp_path):
    env = config(tmp_path, "engine = polars\nno-mouse\n# ascii\ngraph = ascii\n")
    before = (tmp_path / "memtop/config").stat()
    terminal = start(SHOP, env=env).scanned()
    assert "polars" in terminal.lines[0]
    terminal.wait(lambda t: "#" in t.text and "█" not in t.text)
    terminal.press("m", "q")
    assert terminal.end() == 0
    assert b"1000h" not in terminal.raw
    after = (tmp_path / "memtop/config").stat()
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
    assert os.listdir(tmp_path / "memtop") == ["config"]


def test_wrong_configuration_file(start, tmp_path):
    env = config(tmp_path, "ascii\nengine = spark\n")
    terminal = start(SHOP, env=env)
    assert terminal.end() == 2
    assert b"config: line 2: --engine:" in terminal.raw.replace(b"\r\n", b"")
    terminal = start(SHOP, "--no-config", env=env).scanned()
    assert "│" in terminal.text


# --- snapshots -------------------------------------------------------------------------


def snapshot(*arguments, env=None):
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize("size", [(200, 60), (120, 30), (80, 24), (40, 10)])
def test_snapshot_is_the_screen(size):
    told = snapshot("--snapshot", "%dx%d" % size, SHOP).decode()
    lines = told.split("\n")[:-1]
    assert len(lines) == size[1] and max(map(len, lines)) <= size[0]
    golden = pathlib.Path(__file__).with_name("golden") / ("shop-%dx%d.txt" % size)
    assert without_measurements(lines) == golden.read_text()


def test_snapshot_follows_the_plan():
    told = snapshot("--snapshot", "120x30", "--apply", "safe", SHOP).decode()
    assert "13 columns changed by the plan" in told
    assert "columns changed" not in snapshot("--snapshot", "120x30", SHOP).decode()


def test_snapshot_in_ascii_and_braille():
    assert snapshot("--snapshot", "80x24", "--ascii", SHOP).isascii()
    assert snapshot("--snapshot", "80x24", SHOP, env={"LC_ALL": "C"}).isascii()
    told = snapshot("--snapshot", "80x24", "--graph", "braille", SHOP).decode()
    assert re.search("[\u2801-\u28ff]", told)


@pytest.mark.parametrize("colors", ["16", "256"])
def test_snapshot_in_colours(start, colors):
    told = snapshot("--snapshot", "120x30", "--color", colors, SHOP)
    screen = Screen(120, 30)
    Stream(screen).feed(told[:-1].replace(b"\n", b"\r\n"))
    terminal = start(SHOP, "--color", colors).scanned()
    terminal.wait("footprint")
    terminal.settle()
    for y in (0, *range(4, 20), 27, 29):  # what no measurement is in
        for x in range(86):
            told, shown = screen.buffer[y][x], terminal.screen.buffer[y][x]
            assert (told.data, told.fg, told.bg, told.bold) == (
                shown.data, shown.fg, shown.bg, shown.bold,
            ), (x, y)  # fmt: skip


def test_snapshot_without_colours(start):
    assert b"\x1b" not in snapshot("--snapshot", "80x24", SHOP)
    terminal = start("--snapshot", "80x24", SHOP)  # on a terminal
    assert terminal.end() == 0
    assert b"\x1b[0;1;38;5;231;48;5;25m" in terminal.raw
    terminal = start("--snapshot", "80x24", SHOP, env={"NO_COLOR": "1"})
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.raw


@pytest.mark.parametrize("size", ["80", "0x24", "80x", "x", "80x2000", "80x24x", "-1x5"])
def test_snapshot_of_no_size(size):
    done = subprocess.run([PROGRAM, "--snapshot", size, SHOP], capture_output=True)
    assert done.returncode == 2 and b"is not a size such as 120x30" in done.stderr


# --- help ------------------------------------------------------------------------------


def test_help_is_searched(start):
    terminal = start(SHOP).scanned()
    terminal.press("Enter")
    terminal.wait("evidence")
    terminal.press("?")
    terminal.wait("the keys of the detail of a column first")
    terminal.press("/", "undo", "Backspace", "Backspace", "Backspace", "Backspace", "resident")
    terminal.wait(lambda t: "equal texts can be one" in t.text and "moving" not in t.text)
    terminal.press("Esc")
    terminal.wait("moving")
    terminal.press("/", "q", "Enter", "Esc")  # what is typed is text
    terminal.wait(lambda t: "moving" in t.text and "/ search" in t.text)
    terminal.press("Esc")
    terminal.wait("evidence")


@pytest.mark.parametrize("term", ["screen", "vt100", "linux", "xterm-256color"])
def test_keys_that_the_terminal_does_not_describe(start, term):
    terminal = start(SHOP, term=term).scanned()
    for key in ("[1;5A", "[1;2B", "[1;3C", "O5A", "[[Z", "[I", "[O", "[20;5~", "[?1;2c"):
        terminal.press("\x1b" + key, "j")
        terminal.press("k")
    terminal.press("j")
    terminal.wait("customer_id  int64 · no nulls")
    assert "planned 2.42 MiB" in terminal.text and "sorted by" not in terminal.text
    terminal.press("\x1ba")  # two keys
    terminal.wait("applied to 1 column")


def test_function_keys(start):
    terminal = start(SHOP).scanned()
    terminal.press("F6")
    terminal.wait("sorted by name")
    terminal.press("F3", "city", "Enter", "F5")
    terminal.wait(re.compile("● city"))
    terminal.press("F1")
    terminal.wait("moving")
    terminal.press("Esc", "F9")
    terminal.wait("codec")
    terminal.press("Esc", "F10")
    terminal.wait("Quit all the same?")
