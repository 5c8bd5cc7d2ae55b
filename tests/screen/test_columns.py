"""The columns view: filter, marks, hidden columns, parts and clicks, key by key."""

import json
import re
import subprocess

from terminal import PROGRAM, TOP

SHOP = TOP / "assets/shop.csv"
NAMES = SHOP.read_text().split("\n", 1)[0].split(",")


def shown(terminal):
    """The names of the table, from the top, at a size where all are shown."""
    rows = (line[1:].lstrip("●▌ ").split() for line in terminal.lines if line[:1] == "│")
    return [words[0] for words in rows if words and words[0] in NAMES][: len(NAMES)]


def columns(*options):
    return json.loads(subprocess.check_output([PROGRAM, "--json", *options, SHOP]))["columns"]


def wait_shown(terminal, names):
    names = list(names)
    # the strip below repeats the name under the cursor
    terminal.wait(lambda t: shown(t)[: len(names)] == names and f"of {len(names)} ─" in t.text)


def test_filter_by_predicate(start):
    texts = [c["name"] for c in columns() if c["dtype"] == "str"]
    terminal = start(SHOP).scanned()
    terminal.press("&dtype=str")
    wait_shown(terminal, texts)  # before Enter
    terminal.press("Enter")
    terminal.wait(f"& dtype=str  {len(texts)} of {len(NAMES)}")
    terminal.wait(f"{len(NAMES) - len(texts)} filtered")
    with_nulls = [c["name"] for c in columns() if c["dtype"] == "str" and c["nulls"] > 0]
    terminal.press("&,nulls>0", "Enter")  # it goes on where it was
    wait_shown(terminal, with_nulls)
    terminal.press("Esc")
    wait_shown(terminal, NAMES)


def test_filter_by_name_and_back(start):
    terminal = start(SHOP).scanned()
    terminal.press("G", "&order")
    wait_shown(terminal, [name for name in NAMES if "order" in name])
    terminal.press("Esc")
    wait_shown(terminal, NAMES)
    terminal.wait(f"{len(NAMES)} of {len(NAMES)}")  # the cursor where it was


def test_filter_says_what_is_wrong(start):
    terminal = start(SHOP).scanned()
    terminal.press("&saving>")
    terminal.wait("a size such as 100M follows saving>")
    terminal.press(">3")
    terminal.wait("& saving>: a size such as 100M was expected after >")
    terminal.press("Ctrl-U", "sving>3", "Enter")
    terminal.wait("there is no field sving, but name dtype suggested nulls")
    terminal.press("Esc")
    wait_shown(terminal, NAMES)


def test_letters_are_text_while_filtering(start):
    terminal = start(SHOP).scanned()
    terminal.press("&qaA?")
    terminal.wait("&qaA?")
    terminal.press("Esc", "q")
    assert terminal.end() == 0  # nothing was applied


def test_marked_columns_are_changed_in_one_step(start):
    terminal = start(SHOP).scanned()
    terminal.press("&dtype=str", "Enter", "*")
    texts = sum(c["dtype"] == "str" for c in columns())
    terminal.wait(f"▌ {texts} marked")
    terminal.press("Esc", "a")
    terminal.wait(f"applied to {texts} columns")
    terminal.wait(f"● {texts} columns changed by the plan")
    terminal.press("u")
    terminal.wait(f"took back the change of {texts} columns")
    terminal.press("t")
    terminal.wait(f"and {texts - 1} more marked")
    terminal.press("G", "Enter")
    terminal.wait(re.compile("for [0-9]+ of [0-9]+ columns; |cannot be|dropped"))
    terminal.press("Esc")
    terminal.wait(f"{texts} marks cleared")


def test_dropping_marked_columns(start):
    terminal = start(SHOP).scanned()
    terminal.press("Space", "Space", "t")
    terminal.wait("and 1 more marked")
    terminal.press("g")
    for _ in range(40):  # down to "drop", wherever it stands
        if any("drop " in bar for bar in terminal.highlighted()):
            break
        terminal.press("j")
        terminal.settle(0.05)
    terminal.press("Enter")
    terminal.wait("dropped 2 columns; u brings them back")
    terminal.press("u")
    terminal.wait("took back the change of 2 columns")
    terminal.press("Ctrl-R")
    terminal.wait("made again the change of 2 columns")


def test_hide_and_show(start):
    terminal = start(SHOP).scanned()
    terminal.press("j", "---")
    wait_shown(terminal, NAMES[:1] + NAMES[4:])
    terminal.wait("3 hidden")
    terminal.press("+")
    wait_shown(terminal, NAMES)
    terminal.press("+")
    terminal.wait("no column is hidden")
    assert "changed by the plan" not in terminal.text


def test_parts(start):
    terminal = start(SHOP).scanned()
    heading = lambda t: t.row(" name ")
    terminal.press("c")
    terminal.wait("the table shows")
    terminal.press("Space", "j", "Enter", "j", "Space", "Esc")
    terminal.wait(lambda t: "the table shows" not in t.text)
    terminal.wait(lambda t: "% null" in heading(t) and " dtype" not in heading(t))
    assert " nulls" not in heading(terminal)


def test_click_on_a_heading_sorts(start):
    terminal = start(SHOP).scanned()
    terminal.click("saving")
    terminal.wait("sorted by saving")
    saving = lambda c: c["bytes"] - c["suggested"]["bytes"] if c["suggested"] else 0
    largest = max(columns(), key=saving)["name"]
    terminal.wait(lambda t: shown(t)[0] == largest)
    terminal.click("saving▼")
    terminal.wait("saving▲")
    terminal.wait(lambda t: shown(t)[len(NAMES) - 1] == largest)


def test_click_on_a_row_goes_there(start):
    terminal = start(SHOP).scanned()
    y = next(y for y, line in enumerate(terminal.lines) if line.startswith("│  zip "))
    terminal.mouse(0, 6, y)
    terminal.wait(f"{NAMES.index('zip') + 1} of {len(NAMES)}")
