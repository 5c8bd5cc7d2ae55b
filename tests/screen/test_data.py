"""The rows of the file, its lines, single cells, and what is wrong in it."""

import bz2
import gzip
import os
import re
import time

import pytest

from terminal import TOP

SHOP = TOP / "assets/shop.csv"
ROWS = SHOP.read_text().splitlines()


def title(terminal, *words):
    """Waits until the first line begins like that."""
    terminal.wait(lambda t: re.sub(r"\s+", " ", t.lines[0]).strip().startswith(" ".join(words)))


def cell(terminal):
    """What is under the cursor."""
    for line in range(2, terminal.screen.lines - 2):
        cells = [terminal.screen.buffer[line][x] for x in range(terminal.screen.columns)]
        text = "".join(c.data for c in cells if c.bg != "default").strip()
        if text:
            return text
    return ""


def on(terminal, text):
    terminal.wait(lambda t: cell(t) == text, f"the cursor on {text!r}")


def found(terminal, text):
    """Among lines: the number of the line stands out, and what was found."""
    terminal.wait(lambda t: re.fullmatch(rf"[\d,]+{re.escape(text)}", cell(t)), f"found {text!r}")


@pytest.fixture(scope="module")
def tall(tmp_path_factory):
    """1,200,000 rows, 40 MB: far more than one screen, or one block."""
    path = tmp_path_factory.mktemp("tall") / "tall.csv"
    with open(path, "w") as file:
        file.write("id,name,double\n")
        for i in range(1_200_000):
            file.write(f"{i},name {i * 7919 % 1200007},{2 * i}\n")
    yield path
    path.unlink()


def name_of(row):
    return f"name {(row - 1) * 7919 % 1200007}"


def test_rows_begin_at_the_column(start):
    terminal = start(SHOP, size=(80, 24)).scanned()
    terminal.press("/zip", "Enter", "v")
    title(terminal, "data shop.csv row 1 of 12,000 column 6 of 16")
    on(terminal, ROWS[1].split(",")[5])
    terminal.press("q")
    terminal.wait("all safe")


def test_from_the_detail(start):
    terminal = start(SHOP).scanned()
    terminal.press("j", "Enter")
    terminal.wait("evidence")
    terminal.press("v")
    title(terminal, "data shop.csv row 1 of 12,000 column 2")
    terminal.press("Esc")
    terminal.wait("evidence")


def test_moving(start, tall):
    terminal = start(tall).scanned()
    terminal.press("j", "v")
    on(terminal, name_of(1))
    for keys, row in [("j", 2), ("G", 1_200_000), ("k", 1_199_999), ("777777G", 777_777)]:
        terminal.press(keys)
        title(terminal, f"data tall.csv row {row:,} of 1,200,000 column 2 of 3")
        on(terminal, name_of(row))
    for key, step in [("PgUp", -25), ("PgDn", 25), ("Ctrl-D", 13), ("Ctrl-U", -13)]:
        terminal.press(key)
        row += step
        on(terminal, name_of(row))
    terminal.press("l")
    on(terminal, str(2 * (row - 1)))
    terminal.press("^")
    on(terminal, str(row - 1))
    terminal.press("$", "Left", "g")
    on(terminal, name_of(1))
    terminal.press("9999999G")
    title(terminal, "data tall.csv row 1,200,000 of 1,200,000")
    on(terminal, name_of(1_200_000))


def test_mouse(start, tall):
    terminal = start(tall).scanned()
    terminal.press("v")
    on(terminal, "0")
    terminal.click(name_of(5))
    on(terminal, name_of(5))
    title(terminal, "data tall.csv row 5 of")
    terminal.mouse(65, 10, 10)  # the wheel, away from the person
    title(terminal, "data tall.csv row 8 of")
    terminal.click("rows or lines")
    title(terminal, "lines tall.csv line 9")
    terminal.click("4,")
    title(terminal, "lines tall.csv line 6")


def test_resized(start, tall):
    terminal = start(tall).scanned()
    terminal.press("v", "l", "600000G")
    for size in (40, 10), (200, 60), (80, 24), (20, 5), (120, 30):
        terminal.resize(*size)
        terminal.wait(re.compile(rf"600,000 .*{name_of(600_000)[:9]}"))
        terminal.wait(lambda t: cell(t).startswith(name_of(600_000)[:9]))
    terminal.press("Enter")
    title(terminal, "cell name row 600,000")


def test_digits_are_shown_and_given_up(start):
    terminal = start(SHOP).scanned()
    terminal.press("v", "4321")
    terminal.wait("4,321   G goes to that row")
    terminal.press("Backspace")
    terminal.wait(re.compile(r"^ 432 +G goes to that row", re.M))
    terminal.press("Esc")
    terminal.wait(lambda t: "goes to" not in t.text)
    title(terminal, "data shop.csv row 1 of")
    terminal.press("12G")
    title(terminal, "data shop.csv row 12 of")


def test_commands(start, tall):
    terminal = start(tall).scanned()
    terminal.press(":row 654,321", "Enter")
    title(terminal, "data tall.csv row 654,321 of 1,200,000 column 1 of 3")
    on(terminal, "654320")
    terminal.press(":goto name", "Enter")
    on(terminal, name_of(654_321))
    terminal.press(":line 1", "Enter")
    terminal.wait("1  id,name,double")
    terminal.press(":row x", "Enter")
    terminal.wait('"x" is not a number from 1 on')
    terminal.press("Esc", "q")
    terminal.wait("footprint")


def test_beyond_what_the_scan_has_read(start, big):
    terminal = start(big, options=("--threads", "1"))
    terminal.wait("scanning")
    terminal.press("v")
    title(terminal, "data big.csv row 1 of")
    terminal.press("900000G")
    title(terminal, "data big.csv row 900,000 of")
    on(terminal, str(899_999 % 20_000))
    terminal.press("G")
    terminal.wait(lambda t: "scan goes on" in t.text or "so far" not in t.lines[0])


def test_after_a_stopped_scan(start, big):
    terminal = start(big, options=("--rows", "1000"))
    terminal.wait("first 1,000 rows")
    rows = sum(1 for _ in open(big)) - 1
    terminal.press("v", "G")
    title(terminal, f"data big.csv row {rows:,} of {rows:,}")
    on(terminal, str((rows - 1) % 20_000))


def test_search(start, tall):
    terminal = start(tall).scanned()
    wanted = [r for r in range(1, 1_200_001) if "99999" in f"{r - 1},{name_of(r)},{2 * r - 2}"]
    terminal.press("v", "/99999", "Enter")
    title(terminal, f"data tall.csv row {wanted[0]:,} of")
    terminal.press("G", "N")
    title(terminal, f"data tall.csv row {wanted[-1]:,} of")
    terminal.press("g", "/NAME", "Enter")
    terminal.wait('"NAME" is not between here and the end of the file; N looks the other way')
    terminal.press("/name 7919", "Enter")
    title(terminal, "data tall.csv row 2 of 1,200,000 column 2 of 3")
    on(terminal, "name 7919")


def test_search_among_lines(start, tall):
    terminal = start(tall).scanned()
    lines = tall.read_text().splitlines()
    terminal.press("v", "r", "g", "/9,name", "Enter")  # no cell holds that
    wanted = [i for i, line in enumerate(lines, 1) if "9,name" in line]
    title(terminal, f"lines tall.csv line {wanted[0]}")
    terminal.press("n")
    title(terminal, f"lines tall.csv line {wanted[1]}")
    terminal.press("n", "N", "N")
    title(terminal, f"lines tall.csv line {wanted[0]}")
    terminal.press("N")
    terminal.wait('"9,name" is not between the first line and here; n looks the other way')
    terminal.press("G")
    title(terminal, "lines tall.csv line 1,200,001")
    terminal.press("N")
    title(terminal, f"lines tall.csv line {wanted[-2]:,}")
    found(terminal, "9,name")
    terminal.press("r")
    title(terminal, f"data tall.csv row {wanted[-2] - 1:,} of 1,200,000")
    terminal.press("n")  # among cells again
    terminal.wait('"9,name" is not between here and the end of the file; N looks the other way')


def test_search_in_a_long_line(start, tmp_path):
    path = tmp_path / "long.csv"
    long = " ".join(f"word{i}" for i in range(30_000))
    path.write_text(f"a,b\n1,{long}\n2,word12345\n")
    terminal = start(path).scanned()
    terminal.press("v", "r", "g", "/word12345", "Enter")
    title(terminal, "lines long.csv line 2")
    terminal.wait("word12344 word12345 word12346")
    found(terminal, "word12345")
    terminal.press("n")
    title(terminal, "lines long.csv line 3")
    terminal.wait("2,word12345")
    terminal.press("N", "/word12347", "Enter")
    found(terminal, "word12347")
    terminal.press("/word2 ", "Enter", "N")
    terminal.wait("1,word0 word1 word2 word3")
    found(terminal, "word2")


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """3 MB that bzip2 takes 300 out of, at a few dozen a second: no machine searches them
    before a key comes."""
    path = tmp_path_factory.mktemp("slow") / "slow.csv.bz2"
    rows = b"".join(b"%d,name %d,%d\n" % (i, i * 7919 % 100003, i % 7) for i in range(400))
    member = bz2.compress(rows * ((1 << 20) // len(rows)))
    path.write_bytes(bz2.compress(b"id,name,kind\n") + 300 * member)
    yield path
    path.unlink()


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("key", ["Esc", "Ctrl-C"])
def test_search_is_cancelled(start, slow, key, lines):
    terminal = start(slow, options=("--rows", "1000"))
    terminal.wait("first 1,000 rows")
    terminal.press("v", "j")
    on(terminal, "1")
    terminal.press(*["r"][: int(lines)])
    title(terminal, "lines slow.csv.bz2 line 3" if lines else "data slow.csv.bz2 row 2 of")
    terminal.press("/not in there", "Enter")
    terminal.wait(re.compile(r"searched [\d.]+ \S+ of [\d.]+ MiB   Esc stops"))
    begin = time.monotonic()
    terminal.press(key)
    terminal.wait(lambda t: "searched" not in t.text)
    assert time.monotonic() - begin < 0.5
    if lines:
        title(terminal, "lines slow.csv.bz2 line 3")
        terminal.press("r")
    title(terminal, "data slow.csv.bz2 row 2 of")
    on(terminal, "1")
    terminal.press("q", "q")
    assert terminal.end() == 0


def test_compressed(start, tall, tmp_path):
    path = tmp_path / "tall.csv.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(tall.read_bytes())
    terminal = start(path).scanned()
    terminal.press("j", "v")
    for row in (1_200_000, 600_000, 599_990, 3):
        terminal.press(f"{row}G")
        title(terminal, f"data tall.csv.gz row {row:,} of")
        on(terminal, name_of(row))


def test_lines_and_back(start, tall):
    terminal = start(tall).scanned()
    terminal.press("v", "l", "500000G")
    on(terminal, name_of(500_000))
    terminal.press("r")
    title(terminal, "lines tall.csv line 500,001")
    terminal.wait(f"500,001  499999,{name_of(500_000)},999998")
    terminal.press("k", "k")
    title(terminal, "lines tall.csv line 499,999")
    terminal.press("G")
    title(terminal, "lines tall.csv line 1,200,001")
    terminal.press("r")
    title(terminal, "data tall.csv row 1,200,000 of 1,200,000 column 2 of 3")
    terminal.press("r", "7G")
    title(terminal, "lines tall.csv line 7")
    terminal.press("g")
    terminal.wait("1  id,name,double")


def test_whole_cell(start, tmp_path):
    path = tmp_path / "notes.csv"
    words = " ".join(f"word{i}" for i in range(4000))
    path.write_text(f'id,note\n1,short\n2,"first\nsecond ""x""\n{words}"\n3,\n4,""\n5,NA\n')
    terminal = start(path, size=(80, 24)).scanned()
    terminal.press("v", "l", "Enter")
    title(terminal, "cell note row 1 in a column of")
    terminal.wait(re.compile(r"line 2 +byte 10 +5 bytes +text"))
    terminal.press("Esc", "j", "Enter")
    terminal.wait('second "x"\\n')
    terminal.wait(f"{len(words) + 17:,} bytes   quoted, text")
    terminal.wait("word0 word1")
    terminal.press("G")
    terminal.wait("word3999")
    terminal.press("q", "j", "Enter")
    terminal.wait("0 bytes   read as null")
    terminal.press("q", "j", "Enter")
    terminal.wait("0 bytes   quoted, read as null")
    terminal.press("q", "j", "Enter")
    terminal.wait("2 bytes   read as null")


@pytest.mark.parametrize("ascii", [False, True])
def test_nulls_are_told_apart(start, tmp_path, ascii):
    path = tmp_path / "nulls.csv"
    path.write_text('a,b,c,d\nNAN,,NA,""\nx,y,z,"NULL"\n')
    terminal = start(path, options=("--ascii",) if ascii else ()).scanned()
    terminal.press("v")
    null = "<>" if ascii else "∅"
    terminal.wait(re.compile(rf'1 +NAN +{null} +NA {null} +"" {null}\n'))
    terminal.wait(re.compile(rf'2 +x +y +z +"NULL" {null}\n'))


def test_blocked_dtype_leads_to_its_value(start, tmp_path):
    path = tmp_path / "blocked.csv"
    path.write_text("id,n\n" + "".join(f"{i},{130 if i == 900 else i % 100}\n" for i in range(2000)))
    terminal = start(path).scanned()
    terminal.press("j", "Enter")
    terminal.wait("evidence")
    terminal.wait("✗ int8")
    while not any("int8" in bar and "uint8" not in bar for bar in terminal.highlighted()):
        bars = terminal.highlighted()
        terminal.press("j")
        terminal.wait(lambda t: len(t.highlighted()) == 1 and t.highlighted() != bars)
        terminal.settle()  # the rest of a frame that came in parts
    terminal.press("Enter")
    title(terminal, "data blocked.csv row 901 of 2,000 column 2 of 2")
    on(terminal, "130")
    terminal.wait("cannot be int8: ")
    terminal.press("Esc")
    terminal.wait("evidence")


def test_changed_file(start, tmp_path):
    path = tmp_path / "changing.csv"
    path.write_text("a,b\n" + "1,2\n" * 100_000)
    terminal = start(path).scanned()
    terminal.press("v")
    on(terminal, "1")
    os.truncate(path, 300_000)
    terminal.press("G")
    wanted = "changed while it was read: it became shorter wait until it is complete"
    terminal.wait(lambda t: wanted in " ".join(t.text.split()), wanted)
    terminal.press("q")
    terminal.wait("footprint")


def test_pipe_says_why_not(start, tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    terminal = start(path)
    with open(path, "wb") as pipe:
        pipe.write(b"a,b\n1,2\n")
    terminal.wait("1 row × 2 columns")
    terminal.press("v")
    terminal.wait("the rows of a pipe are gone once they are read: store it in a file first")
    terminal.press("e")
    terminal.wait("an export reads the rows again, and those of a pipe are gone: store it in a file")
    assert "format" not in terminal.text  # no form that cannot be sent


def test_wide_file(start, tmp_path):
    path = tmp_path / "wide.csv"
    columns = 30_000
    path.write_text(
        ",".join(f"c{k}" for k in range(columns)) + "\n"
        + "".join(",".join(str(r * k) for k in range(columns)) + "\n" for r in range(60))
    )
    terminal = start(path, options=("--memory", "1G"))
    terminal.wait(re.compile("all rows|fits|tight"))
    terminal.press("v", "$", "G")
    title(terminal, "data wide.csv row 60 of 60 column 30,000 of 30,000")
    on(terminal, str(59 * 29_999))
    terminal.press("H", "k")
    terminal.wait(lambda t: cell(t) != str(59 * 29_999))
    terminal.press("r")
    title(terminal, "lines wide.csv line")
    terminal.press("^")
    terminal.wait("60  0,58,116,174")


# --- faults ---------------------------------------------------------------------------------


def test_no_faults(start, tmp_path):
    path = tmp_path / "clean.csv"
    path.write_text("a,b\n1,x\n2,y\n")
    terminal = start(path).scanned()
    terminal.press("f")
    title(terminal, "faults clean.csv 0 faults in all 2 rows")
    terminal.wait("nothing was found")
    terminal.press("Enter")
    terminal.wait("there is no line to go to")
    terminal.press("q")
    terminal.wait("footprint")


def test_faults_lead_to_their_lines(start, tmp_path):
    path = tmp_path / "faulty.csv"
    lines = [f"{i},0{i},text {i}" for i in range(3000)]
    lines[700] = "700,0700"
    lines[800] += ",one,more"
    lines[900] = "900,0900,\x00x"
    path.write_text("id,zip,note\n" + "\n".join(lines) + "\n")
    terminal = start(path).scanned()
    terminal.press("f")
    title(terminal, "faults faulty.csv 3 faults in all 3,000 rows")
    for line in (702, 802, 902):
        terminal.press("Enter")
        title(terminal, f"lines faulty.csv line {line}")
        terminal.wait(lines[line - 2].replace("\x00", "\\x00"))
        terminal.press("q")
        title(terminal, "faults")
        terminal.press("j")
    terminal.wait(re.compile(r"line 2 +zip: 3,000 numbers with leading zeros"))
    terminal.press("Enter")
    title(terminal, "lines faulty.csv line 2")
    terminal.press("r")
    title(terminal, "data faulty.csv row 1 of 3,000 column 2 of 3")


def test_faults_while_they_are_found(start, big):
    terminal = start(big, options=("--rows", "2000"))
    terminal.wait("first 2,000 rows")
    terminal.press("f")
    title(terminal, "faults big.csv 0 faults in the first 2,000 rows")


# --- the first rows, in the detail view -----------------------------------------------------


def test_first_rows_of_a_column(start, tmp_path):
    path = tmp_path / "few.csv"
    path.write_text('a,b\nfirst,1\nNA,2\n"",3\nlast\x1b[2J,4\n')
    terminal = start(path).scanned()
    terminal.press("Enter")
    terminal.wait(
        re.compile(
            r'first rows ─(.*\n)+.* 1  first .*\n.* 2  NA ∅ .*\n.* 3  "" ∅ .*\n'
            r".* 4  last\\x1B\[2J "
        )
    )
    terminal.press("Right")
    terminal.wait(re.compile(r"first rows ─(.*\n)+.* 1  1 .*\n.* 2  2 "))


def test_first_rows_where_there_is_little_room(start, shop):
    terminal = start(shop, size=(80, 24)).scanned()
    terminal.press("j", "j", "j", "j", "Enter", "Tab", "Tab")
    terminal.wait(re.compile(r" 1  PL\b"))
