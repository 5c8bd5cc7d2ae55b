"""What is on the screen, and what each key does to it."""

import base64
import json
import os
import pathlib
import re
import subprocess
import time

import pytest

from terminal import PROGRAM, TOP

GOLDEN = pathlib.Path(__file__).with_name("golden")
SHOP = TOP / "assets/shop.csv"
NAMES = SHOP.read_text().split("\n", 1)[0].split(",")


# --- comparing -----------------------------------------------------------------------


def find_box(lines, title):
    """left, top, right and bottom of the box of that title; None when it is not there."""
    for top, line in enumerate(lines):
        left = line.find(f"╭─ {title} ─")
        right = line.find("╮", left)
        if left >= 0 and right >= 0:
            for bottom in range(top + 1, len(lines)):
                if lines[bottom][left : left + 1] == "╰":
                    return left, top, right, bottom
    return None


def blank_box(lines, title):
    """Blanks a box from the end of its title to its last line."""
    box = find_box(lines, title)
    if box is None:
        return
    left, top, right, bottom = box
    for y in range(top, bottom + 1):
        begin = left + (len(title) + 4 if y == top else 1)
        lines[y] = lines[y][:begin] + "." * (right - begin) + lines[y][right:]


def without_measurements(lines):
    """The screen without what differs from run to run: seconds, memory of the machine."""
    lines = list(lines)
    for title in ("memtop rss", "system"):
        blank_box(lines, title)
    for y, line in enumerate(lines):
        line = re.sub(r"scanned in [\d.]+ m?s", "scanned in ...", line)
        line = re.sub(r"(peak +)\S+ [━╸─┃]+", r"\1...", line)
        line = re.sub(r" +(fits in|in)? \S+ free │", " ... free │", line)
        lines[y] = re.sub(r"^( (?:load )?\S+ \S+ → (?:planned )?\S+ \S+  \S+ %).*", r"\1 ...", line)
        if " rss " in line and " system " in line:
            for graph in range(y, len(lines)):
                if lines[graph].startswith("  name"):
                    break
                lines[graph] = "..."
    return "\n".join(lines) + "\n"


def only_box(lines, title):
    box = find_box(lines, title)
    if box is None:
        return ""
    left, top, right, bottom = box
    return "\n".join(line[left : right + 1] for line in lines[top : bottom + 1]) + "\n"


def compare(terminal, name, box=None):
    """Waits until the screen, or one box of it, is the stored one."""
    picture = (lambda: only_box(terminal.lines, box)) if box else (
        lambda: without_measurements(terminal.lines)
    )
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("MEMTOP_GENERATE"):
        terminal.settle()
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture())
    wanted = path.read_text()
    terminal.wait(lambda _: picture() == wanted, f"{path}:\n{wanted}\nnow")


def at(terminal, row, rows=len(NAMES)):
    """Waits until the cursor is in that row of the table."""
    terminal.wait(re.compile(rf"(?<!\d){row} of {rows}\b"))


def order(terminal):
    """The names of the table, from the top, at a size where all are shown."""
    first = (line[1:].lstrip("● ").split() for line in terminal.lines if line[:1] == "│")
    return [words[0] for words in first if words and words[0] in NAMES][: len(NAMES)]


def cell_size(size):
    """A size as the cells of the table show it."""
    if size < 1024:
        return str(size)
    for unit in "KMGT":
        size /= 1024
        digits = 2 if size < 9.995 else 1 if size < 99.95 else 0
        if round(size) < 1024:
            return f"{size:.{digits}f}{unit}"


def ask_json(*arguments):
    return json.loads(subprocess.check_output([PROGRAM, "--json", *arguments]))


# --- looks -----------------------------------------------------------------------------


def test_first_frame_before_the_scan(start, big, record_property):
    begin = time.monotonic()
    terminal = start(big)
    terminal.wait("q quit")
    milliseconds = (time.monotonic() - begin) * 1000
    record_property("first_frame_ms", milliseconds)
    print(f"first frame after {milliseconds:.0f} ms")
    terminal.wait("scanning")


@pytest.mark.parametrize("size", [(200, 60), (120, 30), (80, 24), (40, 10)])
def test_dashboard(start, size):
    terminal = start(SHOP, size=size).scanned()
    compare(terminal, "shop-%dx%d" % size)
    terminal.press("A", "j")
    at(terminal, 2)
    compare(terminal, "planned-%dx%d" % size)


def test_detail(start):
    terminal = start(SHOP).scanned()
    terminal.press("/zip", "Enter", "Enter")
    compare(terminal, "detail-120x30")
    terminal.press("Esc")
    terminal.wait("footprint")
    at(terminal, NAMES.index("zip") + 1)


def test_graphs_on_the_whole_screen(start):
    terminal = start(SHOP, size=(80, 24)).scanned()
    terminal.press("z")
    terminal.wait("╭─ memtop rss ─")
    terminal.press("p")
    terminal.wait("╭─ memtop rss  paused ─")
    terminal.press("m")
    terminal.wait("memory as pandas 2 counts it")
    terminal.press("z")
    terminal.wait(lambda t: "memtop rss" in t.text and "paused" in t.text and "order_id" in t.text)
    terminal.press("p")
    terminal.wait("the graphs go on")
    terminal.press("z", "Esc")
    terminal.wait("order_id")


def test_graphs_move_while_nothing_runs(start):
    """Four samples a second, seen on the axis of time without a key being pressed."""
    terminal = start(SHOP).scanned()
    for seconds in "123":
        terminal.wait(re.compile(rf"╰─ {seconds}\.\d s ─"))


def test_help(start):
    terminal = start(SHOP).scanned()
    terminal.press("?")
    terminal.wait("moving")
    compare(terminal, "help-120x30")
    terminal.press("q")
    terminal.wait("footprint")


# --- moving ------------------------------------------------------------------------------


def test_movement(start):
    terminal = start(SHOP, size=(80, 24)).scanned()  # 13 rows are shown
    last = len(NAMES)
    steps = [
        ("j", 2), ("Down", 3), ("k", 2), ("Up", 1), ("k", 1), ("G", last), ("j", last),
        ("g", 1), ("End", last), ("Home", 1), ("Ctrl-D", 8), ("Ctrl-U", 1), ("PgDn", 14),
        ("PgDn", last), ("PgUp", 3), ("PgUp", 1),
    ]  # fmt: skip
    for key, row in steps:
        terminal.press(key)
        at(terminal, row)
        terminal.wait(lambda t, name=NAMES[row - 1]: t.lines[-3].startswith(f" {name} "))


def test_search(start):
    terminal = start(SHOP).scanned()
    terminal.press("/at")
    at(terminal, NAMES.index("ordered_at") + 1)
    terminal.press("Enter", "n")
    at(terminal, NAMES.index("category") + 1)
    terminal.press("n")
    at(terminal, NAMES.index("rating") + 1)
    terminal.press("n")
    at(terminal, NAMES.index("ordered_at") + 1)
    terminal.press("N")
    at(terminal, NAMES.index("rating") + 1)
    terminal.press("/nothing")
    terminal.wait("no column of that name")
    terminal.press("Esc")
    at(terminal, NAMES.index("rating") + 1)


def test_sort(start):
    terminal = start(SHOP).scanned()
    columns = ask_json("--apply", "none", SHOP)["columns"]
    now = {column["name"]: column["bytes"] for column in columns}
    terminal.wait(lambda t: order(t) == NAMES)
    terminal.press("s")
    terminal.wait(lambda t: order(t) == sorted(NAMES))
    terminal.press("S")
    terminal.wait(lambda t: order(t) == sorted(NAMES, reverse=True))
    terminal.press("I")
    terminal.wait(lambda t: order(t) == sorted(NAMES))
    for what in ("dtype", "nulls", "distinct", "memory now"):
        terminal.press("s")
        terminal.wait(f"sorted by {what}")
    largest = sorted(NAMES, key=lambda name: (-now[name], NAMES.index(name)))
    terminal.wait(lambda t: order(t) == largest)
    for what in ("suggested dtype", "memory after", "saving", "order in the file"):
        terminal.press("s")
        terminal.wait(f"sorted by {what}")
    terminal.wait(lambda t: order(t) == NAMES)


# --- the plan -----------------------------------------------------------------------------


def test_apply_undo_redo(start):
    terminal = start(SHOP).scanned()
    kept = f"planned {cell_size(ask_json('--apply', 'none', SHOP)['planned_bytes'])[:-1]} "
    terminal.wait(kept)
    terminal.press("a")
    terminal.wait("● 1 column changed by the plan")
    terminal.wait("applied to 1 column")
    terminal.wait("● order_id")
    assert kept not in terminal.text
    terminal.press("u")
    terminal.wait(lambda t: "●" not in t.text and kept in t.text)
    terminal.press("u")
    terminal.wait("nothing to undo")
    terminal.press("Ctrl-R")
    terminal.wait("● 1 column changed")
    terminal.press("A")
    safe = [c for c in ask_json("--apply", "safe", SHOP)["columns"]
            if c["suggested"]["class"] in ("exact", "equal")]
    terminal.wait(f"● {len(safe)} columns changed by the plan")
    planned = ask_json("--apply", "safe", SHOP)["planned_bytes"]
    terminal.wait(f"planned {cell_size(planned)[:-1]} ")
    terminal.press("u")
    terminal.wait("● 1 column changed")


def test_picker(start):
    terminal = start(SHOP).scanned()
    terminal.press("t")
    terminal.wait("✗ datetime")
    compare(terminal, "picker", box="dtype")
    terminal.press("End", "Enter")  # blocked ones are last
    terminal.wait(re.compile(r"order_id.*date of one format|date of one format.*order_id"))
    terminal.press("Esc")  # from the rows, where the first such value is
    terminal.wait(lambda t: "footprint" in t.text and "●" not in t.text)
    terminal.press("t")
    terminal.wait("keep")
    terminal.press("j", "Enter")
    terminal.wait("uint32 chosen")
    terminal.wait(re.compile(r"● order_id .* uint32 "))
    terminal.press("t", "Home", "Enter")
    terminal.wait("kept as it is")
    terminal.wait(lambda t: "●" not in t.text)


def test_drop_and_bring_back(start):
    terminal = start(SHOP).scanned()
    terminal.press("t", *"j" * 8)  # after every dtype that is not blocked
    terminal.wait(lambda t: any(bar.startswith("! drop ") for bar in t.highlighted()))
    terminal.press("Enter")
    terminal.wait("dropped; u brings it back")
    terminal.wait("order_id  int64 · no nulls · 12,000 distinct")
    terminal.press("u")
    terminal.wait(lambda t: "●" not in t.text)


@pytest.mark.parametrize(
    "presses, engine, title",
    [(0, "pandas3", "pandas 3"), (1, "pandas2", "pandas 2"), (2, "polars", "polars"),
     (3, "arrow", "Arrow")],
)  # fmt: skip
def test_engines_count_as_json_does(start, presses, engine, title):
    told = ask_json("--engine", engine, "--apply", "none", SHOP)
    terminal = start(SHOP).scanned()
    terminal.press(*"m" * presses)

    def shows(column):
        words = terminal.row(f"│  {column['name']} ").split()
        wanted = [column["dtype"], cell_size(column["bytes"])]
        if column["suggested"]["class"] != "none":
            wanted += [column["suggested"]["dtype"], cell_size(column["suggested"]["bytes"])]
        return set(wanted) <= set(words)

    terminal.wait(lambda t: re.search(rf"\b{title}\b", t.lines[0]))
    for column in told["columns"]:
        terminal.wait(lambda _, column=column: shows(column), column)
    for total in ("load", told["bytes"]), ("planned", told["planned_bytes"]):
        terminal.wait(f"{total[0]} {cell_size(total[1])[:-1]} ")


def test_quit_asks_for_an_unsaved_plan(start):
    terminal = start(SHOP).scanned()
    terminal.press("a", "q")
    terminal.wait("Quit all the same?")
    terminal.press("n")
    terminal.wait(lambda t: "Quit all the same?" not in t.text)
    terminal.press("q", "y")
    assert terminal.end() == 0
    assert terminal.restored()


def test_quit_at_once_without_changes(start):
    terminal = start(SHOP).scanned()
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.restored()


def test_detail_begins_anew(start):
    terminal = start(SHOP).scanned()
    terminal.press("jjjj", "Enter")  # country
    terminal.wait("DE              6,255")
    terminal.press("Tab")
    terminal.wait(lambda t: "FI                661" in t.text and "6,255" not in t.text, "page 2")
    terminal.press("Esc", "Enter")
    terminal.wait("DE              6,255")


# --- export -------------------------------------------------------------------------------


def test_export_arrow(start, shop):
    feather = pytest.importorskip("pyarrow.feather")
    terminal = start(shop).scanned()
    terminal.press("A", "e", "Enter")
    terminal.wait("open it with")
    table = feather.read_table(shop.with_suffix(".arrow"))
    told = ask_json(shop)
    assert table.num_rows == told["rows"]
    assert table.column_names == NAMES
    line = f'pandas.read_feather("{shop.with_suffix(".arrow")}")'
    terminal.press("y")
    terminal.wait("the line is sent to the terminal's clipboard")
    assert b"\x1b]52;c;" + base64.b64encode(line.encode()) + b"\a" in terminal.raw
    terminal.press("Esc", "q")  # the plan is saved: nothing is asked
    assert terminal.end() == 0


def test_line_that_opens_the_export_is_for_the_engine(start, shop, monkeypatch):
    polars = pytest.importorskip("polars")
    monkeypatch.chdir(shop.parent)
    terminal = start(shop.name, options=["--engine", "polars"]).scanned()
    terminal.press("e", "Enter")
    terminal.wait('polars.read_ipc("shop.arrow")')
    assert polars.read_ipc(shop.with_suffix(".arrow")).columns == NAMES
    terminal.press("Esc", "m")
    terminal.wait("memory as Arrow counts it")
    terminal.press("e", "Enter", "y")  # replaced
    terminal.wait('pyarrow.feather.read_table("shop.arrow")')


def test_export_hdf5(start, shop):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("tables")
    terminal = start(shop).scanned()
    terminal.press("A", "e", "Right")
    terminal.wait(re.compile(r"▶HDF5.*\n.*\n.*shop\.h5", re.MULTILINE))
    terminal.press("Enter")
    terminal.wait("open it with")
    frame = pandas.read_hdf(shop.with_suffix(".h5"))
    assert len(frame) == ask_json(shop)["rows"]
    assert list(frame.columns) == NAMES


def test_export_of_the_marked_columns(start, shop):
    feather = pytest.importorskip("pyarrow.feather")
    terminal = start(shop).scanned()
    terminal.press("A", "j", "Space", "Space", "e", "Up", "Right")
    terminal.wait(re.compile(r"▶2 marked(.*\n)+.*2 columns, 12,000 rows"))
    told = terminal.wait(re.compile(r"about ([\d.]+) (\w+) on disk"))
    terminal.press("Enter")
    terminal.wait("open it with")
    written = shop.with_suffix(".arrow")
    assert feather.read_table(written).column_names == NAMES[1:3]
    assert told[2] == "KiB" and abs(written.stat().st_size - float(told[1]) * 1024) < 2048
    terminal.press("Esc", "q")  # the other columns are in no export
    terminal.wait("no export holds")


def test_export_completes_paths(start, shop):
    (shop.parent / "results").mkdir()
    terminal = start(shop).scanned()
    terminal.press("e", "Tab", "Ctrl-U", f"{shop.parent}/re", "Tab", "all.h5")
    terminal.wait("results/all.h5")
    terminal.press("Enter")
    terminal.wait("open it with")
    assert (shop.parent / "results/all.h5").read_bytes()[:4] == b"\x89HDF"


def test_export_asks_before_it_replaces(start, shop):
    target = shop.with_suffix(".arrow")
    target.write_text("mine")
    terminal = start(shop).scanned()
    terminal.press("e", "Enter")
    terminal.wait("There is a file of that name already")
    terminal.press("n")
    terminal.wait("codec")
    assert target.read_text() == "mine"
    terminal.press("Enter", "y")
    terminal.wait("open it with")
    assert target.read_bytes()[:6] == b"ARROW1"
    assert sorted(os.listdir(shop.parent)) == ["shop.arrow", "shop.csv"]


def test_export_onto_the_input_is_refused(start, shop):
    before = shop.read_bytes()
    terminal = start(shop).scanned()
    terminal.press("e", "Tab", "Ctrl-U", str(shop), "Enter")
    terminal.wait(re.compile("input", re.IGNORECASE))
    assert shop.read_bytes() == before
    assert os.listdir(shop.parent) == ["shop.csv"]


# --- stopping ----------------------------------------------------------------------------


def test_stop_a_scan_then_export_all_of_it(start, big, tmp_path):
    feather = pytest.importorskip("pyarrow.feather")
    rows = big.read_bytes().count(b"\n") - 1
    target = tmp_path / "all.arrow"
    terminal = start(big, "--threads", "1")
    terminal.wait(re.compile(r"scanning .* [1-9]\d* %"))
    terminal.press("Ctrl-C")
    seen = terminal.wait(re.compile(r"! first ([\d,]+) rows, not proven"))
    seen = int(seen[1].replace(",", ""))
    assert 0 < seen < rows
    terminal.wait(lambda t: "so far, not proven" in t.text and "checked" not in t.text)
    terminal.press("e")
    terminal.wait("the export reads the rest")
    terminal.press("Tab", "Ctrl-U", str(target), "Enter")
    terminal.wait("open it with")
    assert feather.read_table(target, memory_map=True).num_rows == rows
    terminal.press("Esc")
    terminal.wait("all rows scanned")


def test_cancel_an_export(start, big, tmp_path):
    terminal = start(big)
    terminal.wait("q quit")
    terminal.press("e", "Tab", "Ctrl-U", str(tmp_path / "never.h5"), "Tab", "Tab", "Right", "Enter")
    terminal.wait("exporting")
    terminal.press("Ctrl-C")
    terminal.wait("cancelled: nothing half-written is left")
    assert os.listdir(tmp_path) == []
    terminal.press("Esc", "q")
    assert terminal.end() == 0


def test_an_export_goes_on_when_its_progress_is_left(start, big, tmp_path):
    target = tmp_path / "out.h5"
    terminal = start(big).scanned()
    terminal.press("e", "Tab", "Ctrl-U", str(target), "Enter")
    terminal.wait("exporting")
    terminal.press("Esc")
    terminal.wait(re.compile(r"exporting: \d+ %|the export is complete"))
    terminal.wait("the export is complete")
    assert os.listdir(tmp_path) == ["out.h5"]
    assert target.read_bytes()[:4] == b"\x89HDF"
    terminal.press("q")
    assert terminal.end() == 0


@pytest.mark.parametrize(
    ("options", "changed", "planned"),
    [
        (("--apply", "safe"), "13 columns changed", "785 KiB"),
        (("--fit", "1M"), "9 columns changed", "972 KiB"),
        (("--drop", "zip", "--set", "price=float32"), "2 columns changed", "2.23 MiB"),
    ],
)
def test_options_of_the_plan_hold_on_the_screen(start, options, changed, planned):
    terminal = start(SHOP, *options)
    terminal.wait(changed)
    terminal.wait(f"planned {planned}")


# --- nulls -------------------------------------------------------------------------------


@pytest.fixture
def survey(tmp_path):
    path = tmp_path / "survey.csv"
    rows = [f"{i},{'-' if i == 3 else 'N.A.' if i == 40 else i},w{i % 3}" for i in range(60)]
    path.write_text("id,answer,word\n" + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize("size", [(120, 30), (80, 24), (40, 10)])
def test_sentinels_made_null_and_back(start, survey, size):
    terminal = start(survey, size=size).scanned()
    terminal.press("j")
    terminal.wait('0 makes "-" and 1 more null')
    terminal.press("0")
    terminal.wait("its sentinels are null now")
    terminal.wait(re.compile(r"● answer +float64"))
    at(terminal, 2, rows=3)
    terminal.press("u")
    terminal.wait(lambda t: re.search(r"answer +str", t.text) and "●" not in t.text)
    terminal.press("Ctrl-R")
    terminal.wait(re.compile(r"● answer +float64"))
    terminal.press("q")  # it is a change that no export holds
    terminal.wait("Quit all the same?")


def test_sentinels_in_the_detail(start, survey):
    terminal = start(survey).scanned()
    terminal.press("j", "Enter")
    terminal.wait('numbers but for 2 sentinels: "-", "N.A."')
    terminal.wait("0 makes them null")
    terminal.press("0")
    terminal.wait("58 values, 2 nulls")
    terminal.wait("2 made null")
    terminal.wait(lambda t: "0 makes" not in t.text)
    terminal.wait(re.compile(r"Int8 .*suggested|int8 .*suggested"))


def test_nulls_of_a_key_are_those_of_the_option(start, survey, tmp_path):
    feather = pytest.importorskip("pyarrow.feather")
    by_key, by_option = tmp_path / "key.arrow", tmp_path / "option.arrow"
    terminal = start(survey).scanned()
    terminal.press("j", "0")
    terminal.wait(re.compile(r"● answer +float64"))
    terminal.press("A", "e", "Tab", "Ctrl-U", str(by_key), "Enter")
    terminal.wait("open it with")
    subprocess.check_call(
        [PROGRAM, survey, "--null", "answer=-,N.A.", "--export", by_option],
        stderr=subprocess.DEVNULL,
    )
    assert feather.read_table(by_key).equals(feather.read_table(by_option))
    assert feather.read_table(by_key)["answer"].null_count == 2


def test_why_there_is_nothing_to_make_null(start, survey):
    terminal = start(survey).scanned()
    terminal.press("0")
    terminal.wait('column "id" has no sentinels such as "-" or "N.A."')
    terminal.press("j", "0")
    terminal.wait(re.compile(r"● answer +float64"))
    terminal.press("0")
    terminal.wait('the sentinels of column "answer" are null already')


# --- what a load takes -------------------------------------------------------------------


def test_peak_and_verdict(start):
    terminal = start(SHOP).scanned()
    terminal.wait(re.compile(r"peak [\d.]+ MiB (to [\d.]+ MiB )?of [\d.]+ GiB free ✓ fits"))
    terminal.press("m", "m")  # polars, whose peak is not known
    terminal.wait(lambda t: "peak unknown" in t.text and "fits" not in t.text)


def test_resident_beside_reported(start):
    terminal = start(SHOP, "--engine", "pandas2").scanned()
    terminal.wait("resident ")
    terminal.press("/city", "Enter", "Enter")
    terminal.wait(re.compile(r"resident  about [\d.]+ KiB"))


def test_the_default_chosen_is_no_change(start):
    terminal = start(SHOP).scanned()
    terminal.press("t")
    terminal.wait("keep")
    terminal.press("j", "j", "j")  # from the suggestion
    terminal.wait(lambda t: any(bar.startswith("✓ int64") for bar in t.highlighted()))
    terminal.press("Enter")
    terminal.wait("int64 chosen")
    assert "●" not in terminal.text
    terminal.press("q")
    assert terminal.end() == 0


def test_narrow_picker_says_why_in_full(start):
    terminal = start(SHOP, size=(40, 10)).scanned()
    terminal.press("t", "End")
    terminal.wait("not a date of one format: 1048304")
    terminal.wait("(line 2)")


def test_faults_are_listed_by_help(start, tmp_path):
    path = tmp_path / "faults.csv"
    path.write_bytes(b"alpha,b,c\n1,2\n3,4,5\nu,v,w,z\n1,2,\xff\n")
    terminal = start(path, size=(80, 24)).scanned()
    terminal.wait("3 faults: f lists them")
    terminal.press("?")
    terminal.wait("faults of this file")
    for text in "too few fields", "too many fields", "that is not UTF-8", "first on line 5":
        terminal.wait(text)


def test_a_size_that_nothing_fits_is_said_on_the_screen(start):
    start(SHOP, "--fit", "1K").wait("no safe plan fits in 1.00 KiB")
