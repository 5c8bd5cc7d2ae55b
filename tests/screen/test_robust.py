"""What must not break it: signals, sizes, poor terminals, hostile and odd files."""

import curses
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from terminal import PROGRAM, SANITIZED, TOP

SHOP = TOP / "assets/shop.csv"

# --- signals ---------------------------------------------------------------------------

ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


@pytest.mark.parametrize("number", ENDINGS)
def test_told_to_end(start, shop, number):
    terminal = start(shop).scanned()
    terminal.kill(number)
    assert terminal.end() == 128 + number
    assert terminal.restored()
    assert os.listdir(shop.parent) == ["shop.csv"]


@pytest.mark.parametrize("number", ENDINGS[:3])
def test_told_to_end_while_scanning(start, big, number):
    terminal = start(big, "--threads", "1")
    terminal.wait("scanning")
    terminal.kill(number)
    assert terminal.end() == 128 + number
    assert terminal.restored()


@pytest.mark.parametrize("number", ENDINGS[:3])
def test_told_to_end_while_exporting(start, big, tmp_path, number):
    terminal = start(big).scanned()
    terminal.press("e", "Right")
    terminal.wait("big.h5")
    terminal.press("Tab", "Ctrl-U", str(tmp_path / "big.h5"), "Enter")
    terminal.wait(lambda _: os.listdir(tmp_path), "a temporary file")
    terminal.kill(number)
    assert terminal.end() == 128 + number
    assert terminal.restored()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
@pytest.mark.parametrize("exporting", [False, True])
def test_crash(start, big, tmp_path, number, exporting):
    terminal = start(big).scanned()
    if exporting:
        terminal.press("e", "Tab", "Ctrl-U", str(tmp_path / "big.arrow"), "Enter")
        terminal.wait(lambda _: os.listdir(tmp_path), "a temporary file")
    terminal.kill(number)
    assert terminal.end() == -number
    assert terminal.restored()
    assert [name for name in os.listdir(tmp_path) if name != "big.arrow"] == []


@pytest.mark.parametrize("scanning", [False, True])
def test_terminal_closed(start, big, scanning):
    terminal = start(big, "--threads", "1")
    terminal.wait("scanning" if scanning else "all rows")
    terminal.close()
    assert terminal.end(10 if SANITIZED else 2) == 128 + signal.SIGHUP


# --- suspending, from a shell as people do ---------------------------------------------


def test_suspend_and_continue(start, shop):
    terminal = start("--norc", "--noprofile", "-i", program="/bin/bash", env={"PS1": "ready> "})
    terminal.wait("ready>")
    terminal.press(f"{PROGRAM} {shop}\r")
    terminal.scanned()
    terminal.press("Ctrl-Z")
    terminal.wait("Stopped")
    terminal.press("echo $((6 * 7))$(stty -a | grep -o ' icanon')\r")  # the shell has it again
    terminal.wait("42 icanon")
    terminal.press("fg\r")
    terminal.wait(lambda t: "all rows" in t.text and "q quit" in t.text)
    children = pathlib.Path(f"/proc/{terminal.pid}/task/{terminal.pid}/children").read_text()
    os.kill(int(children.split()[0]), signal.SIGSTOP)  # from outside
    terminal.wait("Stopped")
    terminal.press("fg\r")
    terminal.wait(lambda t: "all rows" in t.text and "q quit" in t.text)
    terminal.press("j")
    terminal.wait("2 of 16")
    terminal.press("q")
    terminal.wait(lambda t: re.search("^ready>", t.text, re.MULTILINE))
    terminal.press("exit $?\r")
    assert terminal.end() == 0


# --- sizes -------------------------------------------------------------------------------


def test_resize_storm_while_scanning(start, big):
    terminal = start(big, "--threads", "1", size=(200, 60))
    terminal.wait("scanning")
    for step in range(40):
        terminal.resize(20 + step * 37 % 181, 5 + step * 13 % 56)
    terminal.resize(20, 5)
    terminal.wait(lambda t: "╭" not in t.text and "name" in t.lines[1])
    terminal.resize(120, 30)
    terminal.wait(lambda t: "─ footprint ─" in t.text and "q quit" in t.lines[29])
    terminal.scanned()
    for width, height in ((1, 1), (2, 2), (19, 4), (500, 3), (5, 200)):
        terminal.resize(width, height)
        terminal.settle(0.05)
    terminal.resize(80, 24)
    terminal.wait(lambda t: "q quit" in t.lines[23] and "1 of 5" in t.lines[23])
    terminal.press("q")
    assert terminal.end() == 0


# --- terminals ------------------------------------------------------------------------------

CSI = rb"\x1b\[([?>!]?)[0-9;:]*([@-~])"


def walk(start, file, **keywords):
    """Visits every view; what was written to the terminal."""
    terminal = start(file, **keywords).scanned()
    for keys, sign in (
        (["A"], "applied"), (["Enter"], "evidence"), (["Esc", "t"], "keep"), (["Esc", "?"], "help"),
        (["Esc", "e"], "codec"), (["Esc", "/x"], "/x"), (["Esc", "q"], "all the same"),
    ):  # fmt: skip
        terminal.press(*keys)
        terminal.wait(sign)
    terminal.press("y")
    assert terminal.end() == 0
    return terminal.raw


def test_no_color(start):
    assert re.search(rb"\x1b\[[0-9;]*\b[34]8?[0-9;]*m", walk(start, SHOP))  # the test can see some
    raw = walk(start, SHOP, env={"NO_COLOR": "1"})
    for codes in re.findall(rb"\x1b\[([0-9;]*)m", raw):
        for code in codes.split(b";"):
            assert int(code or 0) in (0, 1, 2, 4, 7, 22, 24, 27, 10), codes
    assert b"\x1b[7m" in raw or b";7m" in raw  # the cursor bar is still seen


@pytest.mark.parametrize("how", ["option", "locale"])
def test_ascii(start, how):
    if how == "option":
        raw = walk(start, SHOP, options=["--ascii"])
    else:
        raw = walk(start, SHOP, env={"LC_ALL": "C"})
    assert raw.isascii()
    assert b"\x0e" not in raw  # no line-drawing character set either


@pytest.mark.parametrize("term", ["linux", "vt100", "screen-256color", "xterm"])
def test_other_terminals(start, term):
    raw = walk(start, SHOP, term=term)
    assert len(raw) > 5000


@pytest.mark.parametrize("term", ["dumb", ""])
def test_poor_terminal_gets_the_report(start, term):
    terminal = start(SHOP, term=term)
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.raw
    report = subprocess.run([PROGRAM, "--report", SHOP], capture_output=True, check=True)
    for line in report.stdout.split(b"\n"):
        assert line in terminal.raw.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_progress_without_escapes(start, tmp_path, term):
    """A report that takes a while shows a line of progress, on any terminal."""
    pipe = tmp_path / "slow.csv"
    os.mkfifo(pipe)
    terminal = start(pipe, term=term, options=["--report"])
    with pipe.open("wb", buffering=0) as file:
        file.write(b"a,b\n" + b"1,2\n" * 1_000_000)
        terminal.wait("scanning")
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.raw
    assert "scanning" not in terminal.text  # the line is blank again


@pytest.mark.parametrize("term, told", [("xterm-256color", True), ("vt100", False)])
def test_a_frame_is_told_from_its_parts(start, term, told):
    terminal = start(SHOP, term=term).scanned()
    terminal.press("j")
    terminal.wait("2 of 16")
    terminal.press("q")
    assert terminal.end() == 0
    outside = re.sub(rb"\x1b\[\?2026h.*?\x1b\[\?2026l", b"", terminal.raw, flags=re.DOTALL)
    assert (b"order_id" in outside) == (not told)
    assert b"2026" not in outside


# --- hostile data -----------------------------------------------------------------------------

EVIL = [
    "\x1b]0;title\x07", "\x1b]52;c;Zm9v\x07", "\x1b[2J\x1b[31m", "\x9b31m", "\x90q\x9c",
    "\u202eabc\u2066", "\u200f\u061c", "\ufeff\u2028", "a\nb\r\tc", "\x00\x01\x08\x7f",
    "e\u0301" * 20, "\u0301\u0301", "\U000e0041", "名前" * 30, "\x0e\x0f\x05",
]  # fmt: skip
CAPABILITIES = (
    "bold civis clear cnorm cr csr cub cub1 cud cud1 cuf cuf1 cup cuu cuu1 cvvis dch dch1 dim dl "
    "dl1 ech ed el el1 enacs home hpa ich ich1 il il1 ind indn is2 op rep rev ri rin rmacs rmam "
    "rmcup rmir rmkx rmso rmul rs2 setab setaf sgr sgr0 smacs smam smcup smir smkx smso smul vpa"
)


def shape(sequence):
    """A control sequence without its numbers."""
    return re.sub(rb"[0-9;:]", b"", sequence)


def known_shapes(term):
    curses.setupterm(term)
    shapes = set()
    for name in CAPABILITIES.split():
        value = curses.tigetstr(name) or b""
        value = re.sub(rb"%'.'|%\{[0-9]+\}|%p[0-9]|%[Pg].|%[0-9.]*[dsxo]|\$<[^>]*>|%.", b"", value)
        shapes.update(map(shape, re.findall(rb"\x1b(?:\[[?>!]?[0-9;:]*[@-~]|[()].|[^\[])", value)))
    return shapes


CONTROL = re.compile(rb"\x1b(?:\[[?>!]?[0-9;:]*[@-~]|[()].|.)", re.DOTALL)


def check_stream(raw, term="xterm-256color"):
    shapes = known_shapes(term) | {b"\x1b[B", b"\x1b[A"}
    for control in CONTROL.findall(raw):
        assert shape(control) in shapes, control
    text = CONTROL.sub(b"", raw)
    for character in text.decode():  # and it is valid UTF-8
        assert character >= " " or character in "\r\n\b", repr(character)
        assert not "\x7f" <= character <= "\x9f", repr(character)
        assert not re.match("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", character)
        assert not "\U000e0000" <= character <= "\U000e0fff", repr(character)


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize("valid", [True, False], ids=["valid UTF-8", "invalid UTF-8"])
def test_hostile_file(start, tmp_path, valid):
    path = tmp_path / "\x1b]52;c;Zm9v\x07\u202e\n\x9b1m.csv"
    head = ",".join(map(quoted, EVIL))
    rows = "\n".join(",".join(map(quoted, EVIL[i:] + EVIL[:i])) for i in range(len(EVIL)))
    bad = b"" if valid else b"\xff\xfe\x1b]0;x\x07,\xc3\n"
    path.write_bytes((head + "\n" + rows + "\n").encode() + bad)
    terminal = start(path).scanned()
    for row in range(1, len(EVIL) + 1):
        at = f"{row} of {len(EVIL)}"
        terminal.wait(at)
        terminal.press("Enter")
        terminal.wait("evidence")
        terminal.press("Esc", "t")
        terminal.wait("keep")
        terminal.press("End", "Enter")  # blocked: the reason has a value in it
        terminal.wait(lambda t: t.lines[0].startswith(" data "))
        terminal.press("Enter")
        terminal.wait(lambda t: t.lines[0].startswith(" cell "))
        terminal.press("Esc", "r")
        terminal.wait(lambda t: t.lines[0].startswith(" lines "))
        terminal.press("Esc")
        terminal.wait("footprint")
        terminal.press("j")
    terminal.press("A", "e", "Enter")
    terminal.wait("open it with" if valid else "the export failed")
    terminal.press("Esc", "e", "Tab", "End", "/nowhere", "Enter")  # an error that has the path
    terminal.wait(re.compile("directory|folder"))
    terminal.press("Esc", "f")
    terminal.wait(lambda t: t.lines[0].startswith(" faults "))
    terminal.press("q", "/\u202e\u00e9")
    terminal.wait("no column of that name")
    terminal.press("Esc", ":", "goto ")
    terminal.wait(f"1 of {len(EVIL)} ─╯")
    terminal.press("名")
    terminal.wait("  名前名前")
    terminal.press("\u202e\u2066", "Enter")  # text may come from a clipboard
    terminal.wait("there is no column")
    terminal.press("Ctrl-U", "theme ./\u202e\u00e9", "Enter")
    terminal.wait("cannot read the theme")
    terminal.press("Esc", "?", "/\u202e", "Enter")
    terminal.wait("nothing here says that")
    terminal.press("Esc", "Esc", "q")
    assert terminal.end() == 0
    check_stream(terminal.raw)


def test_ordinary_stream_passes_the_same_check(start):
    check_stream(walk(start, SHOP))
    with pytest.raises(AssertionError):
        check_stream(b"\x1b]0;x\x07")


# --- shapes of files ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data, columns, rows",
    [
        (b"only\n1\n2\n", 1, 2),
        (b"a,b,c\n", 3, 0),
        (",".join(f"c{i}" for i in range(2600)).encode() + b"\n" + b"1," * 2599 + b"x\n", 2600, 1),
    ],
    ids=["one column", "no rows", "2,600 columns"],
)
@pytest.mark.parametrize("size", [(120, 30), (40, 10)])
def test_shapes(start, tmp_path, data, columns, rows, size):
    path = tmp_path / "shape.csv"
    path.write_bytes(data)
    terminal = start(path, size=size).scanned()
    terminal.wait(f"1 of {columns:,}")
    terminal.press("G")
    terminal.wait(f"{columns:,} of {columns:,}")
    if size[0] == 120:
        terminal.wait(re.compile(rf"\b{rows} rows? × {columns:,} columns?\b"))
    terminal.press(*"ssssssssss", "A", "Enter")
    terminal.wait(" column ")
    terminal.press("l", "h", "Esc", "t", "Esc", "e", "Enter")
    terminal.wait(re.compile(r"✓ \S+ \S+ written"))
    assert (tmp_path / "shape.arrow").exists()
    terminal.press("Esc", "q")
    assert terminal.end() == 0


def test_no_such_file(start, tmp_path):
    terminal = start(tmp_path / "none.csv")
    assert terminal.end() == 1
    assert b"No such file" in terminal.raw
    assert b"\x1b[?1049h" not in terminal.raw


def test_nothing_to_apply_is_not_the_last_word_of_a_scan(start, tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    terminal = start(pipe)
    with open(pipe, "wb", buffering=0) as end:
        end.write(b"a\n" + b"true\n" * 800_000)
        terminal.wait(re.compile(r"scanning.* rows", re.S))
        terminal.press("a")
        terminal.wait("nothing to apply yet: the scan has found no better dtype so far")
        terminal.press("A")
        terminal.wait("nothing to apply yet that is exact or equal")
    terminal.wait("all rows scanned")
    terminal.press("a")
    terminal.wait("nothing to apply: no better dtype is known for this column")
    terminal.press("A")
    terminal.wait("nothing left to apply that is exact or equal")


def test_keys_during_the_scan(start, big):
    terminal = start(big, "--threads", "1")
    terminal.wait("scanning")
    begin = time.monotonic()
    terminal.press("G")  # a column of few values: something is suggested from the first rows on
    terminal.wait("5 of 5")
    terminal.wait("int8")
    terminal.press("Enter")
    terminal.wait("evidence")
    terminal.press("Esc", "?")
    terminal.wait("moving")
    terminal.press("Esc", "a")
    terminal.wait("applied to 1 column")
    print(f"keys answered in {(time.monotonic() - begin) * 1000:.0f} ms")
    terminal.press("q", "y")
    assert terminal.end() == 0
