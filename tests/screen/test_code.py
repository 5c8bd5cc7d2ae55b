"""The code view: what it shows, what it sends to the clipboard, what it saves."""

import base64
import re
import subprocess

import pytest

from terminal import PROGRAM, TOP

SHOP = TOP / "assets/shop.csv"


def printed(*options, path=SHOP, folder=None):
    """What --code prints of the same plan."""
    done = subprocess.run(
        [PROGRAM, path, *options], capture_output=True, timeout=60, check=True, cwd=folder
    )
    return done.stdout


def copied(terminal):
    """The texts that were sent to the clipboard."""
    return [
        base64.b64decode(text, validate=True)
        for text in re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", terminal.raw)
    ]


def opened(start, *keys, **how):
    terminal = start(SHOP, **how).scanned()
    terminal.press(*keys, "y")
    terminal.wait("import p")
    return terminal


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the program runs, and saves."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_copy_is_what_the_option_prints(start):
    terminal = opened(start, "A")
    for key in "yc":
        terminal.press(key)
        terminal.wait("sent to the terminal's clipboard (")
        terminal.press("j")
        terminal.wait(lambda t: "clipboard" not in t.text)
    assert copied(terminal) == 2 * [printed("--code", "pandas")]


def test_engines(start):
    terminal = opened(start)
    for i, engine in enumerate(["pandas 2", "polars"]):
        terminal.press("m")
        terminal.wait(lambda t: engine in t.lines[0])
        terminal.wait("import p")
        name = engine.replace(" ", "")
        terminal.press("c")
        terminal.wait(lambda t: len(copied(t)) > i)
        assert copied(terminal)[i] == printed("--code", name, "--apply", "none")
    terminal.press("m")
    terminal.wait("there is no code for Arrow yet")
    terminal.wait("m shows that for pandas 3")
    terminal.press("w")
    terminal.wait("there is no code to copy or save")
    terminal.press("m")
    terminal.wait("import pandas as pd")
    terminal.press("q")
    terminal.wait("all safe")


def test_many_columns(start, tmp_path):
    """What takes long is written behind: of the newest plan and engine in the end."""
    path = tmp_path / "wide.csv"
    columns = 30_000
    rows = [",".join(f"c{k}" for k in range(columns)), ",".join("7" for _ in range(columns))]
    path.write_text("\n".join(rows) + "\n")
    terminal = start(path).scanned()
    terminal.press("A", "m", "y", "m", "w")
    terminal.wait("the code is being written: wait until it is there")
    terminal.wait(lambda t: "polars" in t.lines[0] and "being written" not in t.lines[0])
    terminal.wait("import polars as pl")
    terminal.press("w")
    terminal.wait("save as load_wide.py")
    terminal.press("Ctrl-U", f"{tmp_path}/load.py", "Enter")
    terminal.wait("saved as")
    written = (tmp_path / "load.py").read_bytes()
    assert written == printed("--code", "polars", path=path)
    terminal.press("m", "m", "m", "q", "u")
    terminal.wait("took back the change of 30,000 columns")


def test_save(start, folder):
    terminal = opened(start, "A")
    terminal.press("w")
    terminal.wait("save as load_shop.py")
    terminal.press("Enter")
    terminal.wait("saved as load_shop.py")
    code = (folder / "load_shop.py").read_bytes()
    assert code == printed("--code", "pandas")
    (folder / "load_shop.py").write_bytes(b"mine")
    terminal.press("w", "Enter")
    terminal.wait("There is a file of that name already:")
    terminal.press("n")
    terminal.wait("save as load_shop.py")
    assert (folder / "load_shop.py").read_bytes() == b"mine"
    terminal.press("Enter")
    terminal.wait("Replace it by this program?")
    terminal.press("y")
    terminal.wait("saved as load_shop.py")
    assert (folder / "load_shop.py").read_bytes() == code
    assert [path.name for path in folder.iterdir()] == ["load_shop.py"]


def test_save_elsewhere(start, folder):
    (folder / "programs").mkdir()
    terminal = opened(start)
    terminal.press("w", "Ctrl-U", "pro", "Tab")
    terminal.wait("save as programs/")
    terminal.press("qy w.py", "Enter")
    terminal.wait("saved as programs/qy w.py")
    assert (folder / "programs/qy w.py").read_bytes().startswith(b"# shop.csv as planned")
    terminal.press("w", "Ctrl-U", "nowhere/x.py", "Enter")
    terminal.wait(re.compile("nowhere.*No such file|No such file.*nowhere"))
    terminal.press("Esc")
    terminal.wait(lambda t: "save as" not in t.text)
    terminal.press("Esc")
    terminal.wait("all safe")


def test_never_over_the_input(start, folder):
    data = folder / "data.csv"
    data.write_bytes(b"a,b\n1,x\n2,y\n")
    terminal = start(data).scanned()
    terminal.press("y")
    terminal.wait("import pandas as pd")
    terminal.press("w", "Ctrl-U", "data.csv", "Enter")
    terminal.settle()
    terminal.press("y")
    terminal.settle()
    assert data.read_bytes() == b"a,b\n1,x\n2,y\n"


def test_scrolling(start):
    terminal = opened(start, "A", size=(60, 16))
    terminal.press("G")
    terminal.wait('df[name] = df[name].astype("category")')
    terminal.press("l", "l")
    terminal.wait(lambda t: "astype" in t.text and "df[name] = df" not in t.text)
    terminal.press("h", "h", "g")
    terminal.wait("# shop.csv as planned with memtop")


def test_from_the_detail(start):
    terminal = start(SHOP).scanned()
    terminal.press("Enter")
    terminal.wait("evidence")
    terminal.press("y")
    terminal.wait("import pandas as pd")
    terminal.press("Esc")
    terminal.wait("evidence")


def test_nothing_of_the_file_is_a_control_code(start, tmp_path):
    path = tmp_path / "a\x1b[31m\nb.csv"
    path.write_bytes("a\x1b]0;owned\x07,b\u202ec\n".encode() + b"x\x1b[5m,y\n" * 40)
    terminal = start(path).scanned()
    terminal.press("A", "y")
    terminal.wait("CategoricalDtype")
    terminal.press("G", "y")
    terminal.wait("clipboard")
    assert b"owned\x07" not in terminal.raw and b"\x1b[5m" not in terminal.raw
    assert "\u202e".encode() not in terminal.raw
    assert b"\x1b" not in copied(terminal)[0]
