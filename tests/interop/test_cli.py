"""The command: exit statuses, messages, options, bad input, and what it never does."""

import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pandas as pd
import pytest
from conftest import PROGRAM, TEST_DATA, TOP, run, run_json

SHOP = TOP / "assets/shop.csv"
AS_ROOT = os.geteuid() == 0


@pytest.fixture
def unprivileged():
    """A folder that everyone may use, and keywords that run memtop as one who is not root."""
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    keywords = {"user": 65534, "group": 65534, "extra_groups": []} if AS_ROOT else {}
    try:
        subprocess.run([PROGRAM, "--version"], stdout=subprocess.DEVNULL, **keywords)
        yield folder, keywords
    except PermissionError:
        pytest.skip(f"only root may run {PROGRAM}")
    finally:
        folder.chmod(0o777)
        shutil.rmtree(folder)


def refused(*arguments, status=1, **keywords):
    """memtop fails with a message of a few lines and no result; returns the message."""
    done = run(*arguments, status=status, **keywords)
    assert not done.stdout
    assert done.err.startswith("memtop: "), done.err
    assert 1 <= len(done.err.splitlines()) <= 4, done.err
    return done.err


def snapshot(folder):
    """Every file under folder with its contents and time of change."""
    return {
        path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- usage -----------------------------------------------------------------------


def test_version():
    assert run("--version").stdout.decode().startswith("memtop 0.")


def test_help_names_every_option():
    text = run("--help").stdout.decode()
    assert "--help" in text and "usage" in text.lower()
    for option in (
        "report json export format compression force apply set drop engine python rows "
        "threads memory strict delimiter quote header no-header skip comment null encoding "
        "max-field max-columns color ascii help version"
    ).split():
        assert f"--{option}" in text, option


def test_standard_input_has_a_name():
    """Data sent to memtop without a word: how it is meant to be read is told."""
    assert "memtop [OPTION]... -\n" in run(status=2).err
    assert "- for standard input" in run("--json", status=2).err
    assert "memtop [OPTION]... -\n" in run("--help").stdout.decode()


def test_manual_page_has_every_option_of_help():
    import re

    manual = (PROGRAM.parent / "assets/memtop.1").read_text()
    options = set(re.findall(r"(?<=--)[a-z][a-z0-9-]+", run("--help").stdout.decode()))
    assert len(options) > 20
    assert [option for option in sorted(options) if f"Fl -{option}" not in manual] == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--no-such-option", SHOP],
        [SHOP, "--engine", "excel"],
        [SHOP, "--apply", "some"],
        [SHOP, "--rows", "many"],
        [SHOP, "--rows", "-1"],
        [SHOP, "--threads", "0x"],
        [SHOP, "--memory", "lots"],
        [SHOP, "--python", "2.7"],
        [SHOP, "--json", "--set", "quantity"],
        [SHOP, "--json", "--set", "quantity=int7"],
        [SHOP, "--json", "--delimiter", "ab"],
        [SHOP, "--json", "--delimiter", "\n"],
        [SHOP, "--memory", "1"],
        [SHOP, "--max-columns", "0"],
        [SHOP, "--threads", "0"],
        [SHOP, "--json", "--compression", "zstd:99"],
        [SHOP, "--export", "x.arrow", "--format", "docx"],
        [SHOP, "--export", "x.arrow", "--compression", "rar"],
        [SHOP, "--export"],
        [SHOP, "--json", "--color", "perhaps"],
    ],
    ids=lambda a: " ".join(map(str, a[-2:])) or "nothing",
)
def test_wrong_usage_is_status_2(arguments, tmp_path):
    done = run(*arguments, status=2, cwd=tmp_path)
    assert not done.stdout and done.err
    assert not list(tmp_path.iterdir())


def test_unknown_encoding(tmp_path):
    done = run("--json", SHOP, "--encoding", "klingon", status=None)
    assert done.returncode in (1, 2) and "klingon" in done.err and not done.stdout


def test_unknown_columns_are_named(tmp_path):
    for option in (["--set", "colour=int8"], ["--drop", "colour"]):
        done = run(SHOP, "--json", *option, status=None)
        assert done.returncode in (1, 2) and "colour" in done.err


def test_double_dash_ends_options(csv, tmp_path):
    csv(b"a\n1\n", name="--json")
    assert run("--json", "--", "--json", cwd=tmp_path).stdout.startswith(b"{")


def test_report_is_the_default_without_a_terminal():
    assert run(SHOP).stdout == run("--report", SHOP).stdout
    text = run(SHOP).stdout.decode()
    assert "customer_id" in text and "newsletter" in text and "\x1b" not in text


def test_report_in_the_c_locale_is_ascii():
    done = run("--report", SHOP, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    assert done.stdout.isascii()
    assert run("--report", "--ascii", SHOP).stdout.isascii()


def test_comments_before_the_header_are_noticed(tmp_path):
    path = tmp_path / "comments.csv"
    path.write_text("# made by hand\na,b\n1,2\n")
    hint = "the file begins with a comment: --comment '#' reads past such lines"
    assert hint in run(path, "--report").err
    assert hint not in run(path, "--report", "--comment", "#").err
    path.write_text("#,b\n1,2\n")
    assert hint not in run(path, "--report").err


def test_no_progress_without_a_terminal():
    message = run("--json", SHOP).err
    assert "\r" not in message and "%" not in message and len(message.splitlines()) <= 1


# --- options ---------------------------------------------------------------------


def names_and_rows(answer):
    return [column["name"] for column in answer["columns"]], answer["rows"]


def test_rows_reads_the_first_rows_only():
    answer = run_json(SHOP, "--rows", 100)
    assert answer["rows"] == 100 and answer["scan"] == "partial"
    first = pd.read_csv(SHOP, nrows=100)
    assert answer["bytes"] == first.memory_usage(deep=True).sum()
    # Nothing is suggested on the strength of a part of the rows.
    assert run_json(SHOP, "--rows", 12_000)["rows"] == 12_000


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t", ":", "\x01"])
def test_delimiters(csv, delimiter):
    path = csv(f"a{delimiter}b\n1{delimiter}2\n3{delimiter}x\n".encode())
    answer = run_json(path, "--delimiter", delimiter)
    assert names_and_rows(answer) == (["a", "b"], 2)


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_delimiters_are_found(csv, delimiter):
    row = delimiter.join(["1,5" if delimiter == ";" else "15", '"a,b;c|d"', "x y"]) + "\n"
    path = csv(("a" + delimiter + "b" + delimiter + "c\n").encode() + row.encode() * 500)
    assert names_and_rows(run_json(path)) == (["a", "b", "c"], 500)


def test_word_for_tab(csv):
    path = csv(b"a\tb\n1\t2\n")
    for word in ("tab", "\\t"):
        assert names_and_rows(run_json(path, "--delimiter", word)) == (["a", "b"], 1)


def test_quote(csv):
    path = csv(b"a,b\n'x,y',1\n")
    assert names_and_rows(run_json(path, "--quote", "'")) == (["a", "b"], 1)
    assert run_json(path, "--quote", "'")["faults"] == []


def test_header_and_no_header(csv):
    path = csv(b"1,2\n3,4\n")
    assert names_and_rows(run_json(path)) == (["1", "2"], 1)
    assert names_and_rows(run_json(path, "--header")) == (["1", "2"], 1)
    assert names_and_rows(run_json(path, "--no-header")) == (["0", "1"], 2)


def test_skip(csv):
    path = csv(b"made by a machine\non a Monday\na,b\n1,2\n")
    assert names_and_rows(run_json(path, "--skip", 2)) == (["a", "b"], 1)


def test_comment(csv):
    path = csv(b"# one\na,b\n1,2\n# two, three, four\n3,4\n")
    assert names_and_rows(run_json(path, "--comment", "#")) == (["a", "b"], 2)


def test_null(csv):
    path = csv(b"a,b\n1,x\n-,y\n?,z\n")
    column = run_json(path, "--null", "-,?")["columns"][0]
    assert column["nulls"] == 2 and column["dtype"] == "float64"
    assert column["suggested"]["dtype"] == "Int8"


def test_null_of_a_column(csv):
    path = csv(b"a,b,c=d\n1,-,x=1\n-,2,-\n3,3,4\n")

    def nulls(*options):
        return [column["plan_nulls"] for column in run_json(path, *options)["columns"]]

    assert nulls("--null", "a=-") == [1, 0, 0]
    assert nulls("--null", "a=-,3", "--null", "c=d=-,x=1") == [2, 0, 2]
    assert nulls("--null", "-") == [1, 1, 1]
    assert nulls("--null", "=x=1") == [0, 0, 1]  # a text of all columns with an = in it


def test_null_of_no_column(csv):
    path = csv(b"a,b\n1,zz=1\n")
    done = run("--report", path, "--null", "zz=1", status=2)
    assert 'there is no column "zz"' in done.err and '--null "=zz=1"' in done.err
    assert done.stdout == b""


def test_sentinels_are_reported(csv):
    rows = "".join(f"{i if i % 9 else '-'},{-999 if i % 7 == 0 else i % 50},{i}\n" for i in range(90))
    report = run("--report", csv(("a,b,c\n" + rows).encode())).stdout.decode()
    assert 'a: numbers but for 10 sentinels: "-" (--null "a=-" makes that null)' in report
    assert "b: -999 occurs 13 times and may stand for null" in report
    assert "\nc: row numbers from 0: an index would do\n" in report


def test_report_says_what_a_load_takes(csv):
    path = csv(b"a,b\n1,x\n2,y\n")
    line = run("--report", path, "--engine", "pandas2").stdout.decode().splitlines()[2]
    assert re.fullmatch(
        r"resident \S+ B; peak [\d.]+ MiB( to [\d.]+ MiB)?, 103 MiB of it pandas 2 itself: fits", line
    )
    line = run("--report", path, "--engine", "polars").stdout.decode().splitlines()[2]
    assert re.fullmatch(r"resident \S+ B; peak unknown", line)
    line = run("--report", path, "--engine", "arrow").stdout.decode().splitlines()[2]
    assert line == "peak unknown"
    line = run("--report", path, "--rows", "1").stdout.decode().splitlines()[2]
    assert "fits" not in line


def test_report_of_a_pipe_has_no_size(csv):
    with open(csv(b"a,b\n1,x\n"), "rb") as file:
        data = file.read()
    first = run("--report", "-", stdin=None, input=data).stdout.decode().splitlines()[0]
    assert first == "/dev/stdin  1 row x 2 columns  csv, comma, utf-8"


@pytest.mark.parametrize("encoding", ["utf-8", "latin1", "ISO-8859-1", "utf-16", "UTF-16LE"])
def test_encodings(csv, encoding):
    path = csv("naïve,b\ncafé,1\n".encode(encoding))
    answer = run_json(path, "--encoding", encoding)
    assert names_and_rows(answer) == (["naïve", "b"], 1)
    assert answer["faults"] == []


@pytest.mark.parametrize("bom, encoding", [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_utf16_is_found_by_its_mark(csv, bom, encoding):
    path = csv(bom + "naïve,b\ncafé,1\n".encode(encoding))
    assert names_and_rows(run_json(path)) == (["naïve", "b"], 1)


def test_gzip(csv):
    text = SHOP.read_bytes()
    path = csv(gzip.compress(text), name="shop.csv.gz")
    plain, packed = run_json(SHOP), run_json(path)
    assert packed["file"] != plain["file"]
    del packed["file"], plain["file"]
    assert packed == plain


def test_gzip_is_found_by_content(csv):
    path = csv(gzip.compress(b"a,b\n1,2\n"), name="data.csv")
    assert names_and_rows(run_json(path)) == (["a", "b"], 1)


def test_two_gzip_members(csv):
    path = csv(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"), name="x.gz")
    assert names_and_rows(run_json(path)) == (["a", "b"], 2)


def test_little_memory_makes_estimates_that_say_so(csv):
    """... and changes nothing else: not a byte, a null, an extreme or a blocker."""
    rows = "".join(
        f"{i * 7919 % 100003:x}-{i},{i % 5},{i * 48271 % 2147483647 / 100},"
        f"{i * 16807 % 2147483647 or 'x'},{i % 7 or ''}\n"
        for i in range(100_000)
    )
    path = csv(b"a,b,c,d,e\n" + rows.encode())
    much, little = run_json(path), run_json("--memory", "42M", path)
    texts = ("a", "c", "d")
    for before, after in zip(much["columns"], little["columns"], strict=True):
        assert before["distinct_exact"]
        for key in ("dtype", "bytes", "nulls", "plan_nulls", "warnings", "notes"):
            assert after[key] == before[key]
        for key in ("count", "min", "max"):
            assert after["statistics"].get(key) == before["statistics"].get(key)
        for one, other in zip(before["candidates"], after["candidates"], strict=True):
            if one["type"] != "category":
                assert other == one
        if before["name"] in texts:
            category = next(c for c in after["candidates"] if c["type"] == "category")
            assert category["reason"] == "too many distinct values; needs --memory 64M"
            assert not after["distinct_exact"]
            assert abs(after["distinct"] / before["distinct"] - 1) < 0.03  # of 0.0081
        else:
            assert after["distinct"] == before["distinct"]
    wanted = run_json("--memory", "64M", path)["columns"]
    assert all(c["distinct_exact"] for c in wanted)


def peak(*arguments):
    """The most MiB that memtop takes, of a small process: a child begins with its parent's."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, PROGRAM, "--json", *map(str, arguments)],
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(done.stdout) / 1024


@pytest.mark.skipif(
    b"__asan_init" in PROGRAM.read_bytes(), reason="sanitizers take memory of their own"
)
@pytest.mark.parametrize("rows, columns", [(100_000, 6), (20, 5_000)])
def test_memory_is_bounded(csv, rows, columns):
    """By what README says of it, and a quarter more for what differs between machines."""
    text = [",".join(f"c{i}" for i in range(columns))]
    text += [",".join(f"{r * 7919 % 100003:x}-{c:x}" for c in range(columns)) for r in range(rows)]
    path = csv("\n".join(text).encode())
    usual = 64 + 2 * 12 + columns * min(32, 4 + rows * 48 / 1024) / 1024
    assert peak(path, "--threads", "2") < 1.25 * usual
    for memory in (72, 96):
        assert peak(path, "--threads", "2", "--memory", f"{memory}M") < 1.25 * memory


def test_too_little_memory(csv):
    why = refused("--json", SHOP, "--memory", "40M", status=2)
    assert "--memory 42M" in why
    names = ",".join(f"c{i}" for i in range(20_000))
    row = ",".join("1" * 20_000)
    path = csv(f"{names}\n{row}\n".encode())
    assert "--memory 138M" in refused("--json", path, "--memory", "64M", status=2)
    assert len(run_json(path, "--memory", "138M")["columns"]) == 20_000
    path = csv((names + "\n" + f"{row}\n" * 200).encode(), name="longer.csv")
    assert "--memory 666M" in refused("--json", path, "--memory", "138M", status=2)


def test_most_columns(csv):
    path = csv(b"a,b,c\n1,2,3\n")
    assert "--max-columns" in refused("--json", path, "--max-columns", "2")
    assert len(run_json(path, "--max-columns", "3")["columns"]) == 3


def test_engines_agree_on_the_data(csv):
    answers = [run_json(SHOP, "--engine", e) for e in ("pandas3", "pandas2", "polars", "arrow")]
    assert [a["engine"] for a in answers] == ["pandas3", "pandas2", "polars", "arrow"]
    for answer in answers:
        assert answer["rows"] == answers[0]["rows"]
        for column, first in zip(answer["columns"], answers[0]["columns"]):
            assert column["plan_nulls"] == first["plan_nulls"]
            assert column["planned"]["type"] == first["planned"]["type"]
    assert run_json(SHOP, "--engine", "pandas")["engine"] == "pandas3"


# --- bad input -------------------------------------------------------------------


def test_no_such_file(tmp_path):
    assert "nowhere.csv" in refused(tmp_path / "nowhere.csv", "--json")


def test_directory(tmp_path):
    assert "directory" in refused(tmp_path, "--json").lower()


def test_unreadable_file(unprivileged):
    folder, keywords = unprivileged
    path = folder / "in.csv"
    path.write_bytes(b"a\n1\n")
    path.chmod(0)
    assert "ermission" in refused(path, "--json", **keywords)


@pytest.mark.parametrize("data", [b"", b"\n", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_empty_file(csv, data):
    assert "empty" in refused(csv(data), "--json").lower()


def test_empty_gzip(csv):
    refused(csv(gzip.compress(b""), name="x.csv.gz"), "--json")


def test_header_only(csv):
    answer = run_json(csv(b"a,b,c\n"))
    assert names_and_rows(answer) == (["a", "b", "c"], 0)
    assert answer["index_bytes"] == 132 == answer["bytes"] == answer["planned_bytes"]
    run("--report", csv(b"a,b,c\n"))


@pytest.mark.parametrize("name", ["out.arrow", "out.h5"])
def test_header_only_export(csv, tmp_path, name):
    run(csv(b"a,b,c\n"), "--export", tmp_path / name)
    read = pd.read_feather if name.endswith("arrow") else pd.read_hdf
    frame = read(tmp_path / name)
    assert list(frame.columns) == ["a", "b", "c"] and len(frame) == 0


@pytest.mark.parametrize(
    "kind, data, count, line",
    [
        ("short_row", b"a,b,c\n1,2,3\n4,5\n6\n7,8,9\n", 2, 3),
        ("long_row", b"a,b\n1,2\n3,4\n5,6,7\n8,9\n", 1, 4),
        ("open_quote", b'a,b\n1,x\n2,"open\n3,y\n4,z\n', 1, 3),
        ("open_quote", b'a,b\n1,x\n2,"open', 1, 3),
        ("nul", b"a,b\n1,x\0y\n2,z\n", 1, 2),
        ("bad_utf8", b"a,b\n1,caf\xe9\n2,z\n", 1, 2),
        ("bad_utf8", b"a,b\n1,x\n2,z\xc3", 1, 3),
        ("bad_utf8", b"a,b\n1,\xed\xa0\x80\n", 1, 2),
    ],
)
def test_faults_are_counted_and_located(csv, kind, data, count, line):
    path = csv(data)
    answer = run_json(path)
    faults = {fault["kind"]: fault for fault in answer["faults"]}
    assert list(faults) == [kind]
    assert faults[kind]["count"] == count
    assert faults[kind]["first"][0]["line"] == line
    assert len(faults[kind]["first"]) == min(count, 4)
    assert answer["rows"] == data.count(b"\n") - (data[-1:] == b"\n")
    done = run("--report", path)
    assert f"{line}" in done.err and done.err.startswith("memtop: ")
    run("--json", "--strict", path, status=3)
    target = path.parent / "out.arrow"
    if kind == "bad_utf8":  # Arrow's text is UTF-8 by definition
        message = run(path, "--export", target, status=1).err
        assert f"line {line}" in message and "--encoding" in message
        assert not target.exists()
    else:
        run(path, "--export", target)
        assert len(pd.read_feather(target)) == answer["rows"]


def test_clean_data_is_not_a_fault_under_strict(csv):
    assert run("--json", "--strict", csv(b"a,b\n1,x\n2,y\n")).err == ""
    run("--json", "--strict", SHOP)  # null words are warned about, but are no fault


def test_null_words_are_reported():
    assert '"NA"' in run("--report", SHOP).err


def test_fault_lists_are_bounded(csv):
    answer = run_json(csv(b"a,b\n" + b"1\n" * 10_000))
    (fault,) = answer["faults"]
    assert fault["count"] == 10_000
    assert [place["line"] for place in fault["first"]] == [2, 3, 4, 5]
    assert [place["byte"] for place in fault["first"]] == [4, 6, 8, 10]


def test_open_quote_loses_one_field_only(csv):
    path = csv(b"a,b\n" + b"1,x\n" * 1000 + b'2,"open\n' + b"3,y\n" * 1000)
    answer = run_json(path)
    assert answer["rows"] == 2001 and answer["columns"][1]["distinct"] == 3


def test_duplicate_and_empty_names(csv):
    path = csv(b"a,a,,\n1,2,3,4\n")
    names = ["a", "a.1", "Unnamed: 2", "Unnamed: 3"]
    assert names_and_rows(run_json(path)) == (names, 1)
    for name, read in (("o.arrow", pd.read_feather), ("o.h5", pd.read_hdf)):
        run(path, "--export", path.parent / name)
        assert list(read(path.parent / name).columns) == names


def test_long_field(csv):
    path = csv(b'a,b\n1,"' + b"x" * 100_000 + b'"\n2,y\n')
    answer = run_json(path)
    assert answer["faults"] == [] and answer["columns"][1]["bytes"] > 100_000
    assert "--max-field" in refused("--json", path, "--max-field", "50K")
    assert run_json(path, "--max-field", "1G")["rows"] == 2


@pytest.mark.parametrize("end", [b'"\n', b"\n"])
def test_quote_that_closes_too_late(csv, end):
    """Past --max-field a quote counts as never closed: its field ends with its line."""
    path = csv(b'a,b\n1,"open\n' + b"3,y\n" * 50_000 + b"4,z" + end + b"5,y\n")
    answer = run_json(path, "--max-field", "50K")
    assert answer["rows"] == 50_003
    (fault,) = answer["faults"]
    assert fault["count"] == 1 and fault["first"][0]["line"] == 2


def test_many_columns(csv):
    header = ",".join(f"c{i}" for i in range(20_000))
    path = csv(f"{header}\n{','.join('1' * 20_000)}\n".encode())
    answer = run_json(path)
    assert len(answer["columns"]) == 20_000
    assert answer["bytes"] == pd.read_csv(path).memory_usage(deep=True).sum()


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 64,
        b"\0" * 4096,
        bytes(range(256)) * 16,
        b'"',
        b'"""',
        b",",
        b"\r",
        b'a\n"' + b"\n" * 1000,
        b"a,b\n" + b"\0" * 5000 + b"\n1,2\n",
        b'"a\n' * 300,
    ],
)
def test_garbage_never_crashes(csv, data):
    path = csv(data)
    for options in (["--json"], ["--report"], ["--json", "--encoding", "utf-16"]):
        done = run(path, *options, status=None)
        assert done.returncode in (0, 1)
        if options[0] == "--json" and done.returncode == 0:
            json.loads(done.stdout)


@pytest.mark.parametrize("cut", [1, 10, 1000, 100_000])
def test_truncated_gzip(csv, cut):
    path = csv(gzip.compress(SHOP.read_bytes())[:-cut], name="x.csv.gz")
    done = run("--json", path, status=1)
    assert "truncated" in done.err.lower() or "gzip" in done.err.lower()


@pytest.mark.skipif(not TEST_DATA, reason="MEMTOP_TEST_DATA is not set")
@pytest.mark.parametrize("name", ["flights-200k.arrow", "utf16_all.csv"])
def test_odd_public_files(name):
    done = run("--json", f"{TEST_DATA}/{name}", status=None)
    assert done.returncode in (0, 1)
    if name.endswith(".arrow"):
        assert done.returncode == 1 and "rrow" in done.err


def test_control_characters_never_reach_the_terminal(csv, tmp_path):
    evil = b"\x1b]52;c;AAAA\x07\x1b[31m\xc2\x9b31m\xe2\x80\xae"
    path = csv(b"a" + evil + b",b\n" + evil + b",1\n" * 3, name="x\x1b[31m.csv")
    done = run("--report", path)
    for text in (done.stdout, done.stderr, run(tmp_path / "no\x1b[31m", status=1).stderr):
        assert b"\x1b" not in text and b"\x07" not in text
        assert b"\xc2\x9b" not in text and b"\xe2\x80\xae" not in text
    answer = run_json(path)
    assert answer["columns"][0]["name"].encode() == b"a" + evil


# --- exports that must not happen ------------------------------------------------


@pytest.mark.parametrize("name", ["out.arrow", "out.h5"])
def test_existing_target_needs_force(tmp_path, name):
    target = tmp_path / name
    target.write_text("precious")
    assert "--force" in refused(SHOP, "--export", target)
    assert target.read_text() == "precious"
    run(SHOP, "--export", target, "--force")
    assert target.stat().st_size > 10_000
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("link", [None, os.symlink, os.link])
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_the_input_is_never_the_target(csv, tmp_path, link, force):
    path = csv(b"a,b\n1,2\n")
    target = path
    if link:
        target = tmp_path / "other.arrow"
        link(path, target)
    before = snapshot(tmp_path)
    refused(path, "--export", target, "--format", "arrow", *force)
    assert snapshot(tmp_path) == before


def test_target_in_no_folder(tmp_path):
    assert "nowhere" in refused(SHOP, "--export", tmp_path / "nowhere/out.arrow")


def test_target_is_a_folder(tmp_path):
    refused(SHOP, "--export", tmp_path, "--format", "arrow", "--force")


def test_target_without_a_known_extension(tmp_path):
    done = run(SHOP, "--export", tmp_path / "out.xyz", status=None)
    assert done.returncode in (1, 2) and "--format" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name, compression", [("o.arrow", "gzip"), ("o.h5", "lz4"), ("o.h5", "zstd")]
)
def test_compression_that_the_format_has_not(tmp_path, name, compression):
    done = run(SHOP, "--export", tmp_path / name, "--compression", compression, status=None)
    assert done.returncode in (1, 2) and compression in done.err
    assert list(tmp_path.iterdir()) == []


def test_read_only_folder(unprivileged):
    folder, keywords = unprivileged
    shutil.copy(SHOP, folder / "in.csv")
    folder.chmod(0o555)
    message = refused(folder / "in.csv", "--export", folder / "out.arrow", **keywords)
    assert "ermission" in message
    assert list(folder.iterdir()) == [folder / "in.csv"]


@pytest.mark.parametrize("name", ["out.arrow", "out.h5"])
def test_file_size_limit(tmp_path, name):
    """A disk that fills up, as every user can have it."""
    import resource

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    assert refused(SHOP, "--export", tmp_path / name, preexec_fn=limit)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not AS_ROOT, reason="only root mounts")
@pytest.mark.parametrize("name", ["out.arrow", "out.h5"])
def test_full_disk(tmp_path, name):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", tmp_path], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        message = refused(SHOP, "--export", tmp_path / name)
        assert "space" in message
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.parametrize("output", ["--json", "--report"])
def test_full_standard_output(output):
    with open("/dev/full", "wb") as full:
        assert "memtop: " in run(output, SHOP, status=1, stdout=full).err


def test_closed_standard_output():
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" "$@" >&-', PROGRAM, "--json", SHOP], capture_output=True
    )
    assert done.returncode == 1 and b"memtop: " in done.stderr


def test_reader_that_leaves():
    """`memtop ... | head` ends quietly or by SIGPIPE, never by a crash."""
    wide = subprocess.run(
        ["bash", "-c", '"$0" --json "$1" | head -c 10; echo "${PIPESTATUS[0]}"', PROGRAM, SHOP],
        capture_output=True,
    )
    assert wide.stdout[10:] in (b"0\n", b"1\n", b"141\n")


# --- what memtop never does ------------------------------------------------------


@pytest.mark.parametrize("name", ["out.arrow", "out.h5"])
def test_the_input_is_untouched(tmp_path, name):
    path = tmp_path / "shop.csv"
    shutil.copy(SHOP, path)
    path.chmod(0o400)
    before = snapshot(tmp_path)
    run("--json", path)
    run("--report", path)
    run(path, "--export", tmp_path / name)
    assert {p: v for p, v in snapshot(tmp_path).items() if p.name != name} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "shop.csv"])


def test_exports_have_ordinary_permissions(tmp_path):
    run(SHOP, "--export", tmp_path / "out.arrow", preexec_fn=lambda: os.umask(0o027))
    assert (tmp_path / "out.arrow").stat().st_mode & 0o777 == 0o640


@pytest.fixture
def large(tmp_path):
    """A dataset that takes a while to export."""
    path = tmp_path / "large.csv"
    head, _, body = SHOP.read_bytes().partition(b"\n")
    path.write_bytes(head + b"\n" + body * 60)
    return path


@pytest.mark.parametrize("name", ["out.arrow", "out.h5"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_leave_nothing_behind(large, name, number):
    target = large.parent / name
    options = ["--compression", "zstd:19" if name == "out.arrow" else "gzip:9"]
    program = subprocess.Popen(
        [PROGRAM, large, "--export", target, *options], stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not list(large.parent.glob(".out.*")) and time.monotonic() < deadline:
        assert program.poll() is None, program.stderr.read()
        time.sleep(0.005)
    program.send_signal(number)
    program.communicate(timeout=60)
    assert program.returncode in (128 + number, -number)
    assert list(large.parent.iterdir()) == [large]


def test_interrupt_during_the_scan(tmp_path):
    """From a pipe that never ends, so that the scan is surely running."""
    fifo = tmp_path / "endless.csv"
    os.mkfifo(fifo)
    program = subprocess.Popen(
        [PROGRAM, "--json", fifo], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        writer = os.open(fifo, os.O_RDWR)
        os.write(writer, b"a,b\n" + b"1,2\n" * 1000)
        time.sleep(0.5)
        if program.poll() is None:
            program.send_signal(signal.SIGINT)
        out, _ = program.communicate(timeout=30)
        # Pipes may also be refused as input, with a message.
        assert program.returncode in (130, -signal.SIGINT, 1) and not out
    finally:
        program.kill()


def test_input_that_changes_is_an_error(tmp_path):
    """The file shrinks while it is being exported."""
    path = tmp_path / "shop.csv"
    head, _, body = SHOP.read_bytes().partition(b"\n")
    path.write_bytes(head + b"\n" + body * 60)
    target = tmp_path / "out.arrow"
    program = subprocess.Popen(
        [PROGRAM, path, "--export", target, "--compression", "zstd:19"], stderr=subprocess.PIPE
    )
    while not list(tmp_path.glob(".out.*")) and program.poll() is None:
        time.sleep(0.005)
    os.truncate(path, 1_000_000)
    _, err = program.communicate(timeout=120)
    assert program.returncode == 1 and b"chang" in err
    assert list(tmp_path.iterdir()) == [path]


def test_locale_does_not_matter(csv):
    path = csv(b"a,b\n1.5,x\n2.5,y\n")
    plain = run_json(path)
    environment = {**os.environ, "LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"}
    assert json.loads(run("--json", path, env=environment).stdout) == plain


def test_examples_in_the_documents_follow_the_schema():
    from conftest import SCHEMA

    text = (TOP / "docs/json.md").read_text()
    SCHEMA.validate(json.loads(text.partition("```json\n")[2].partition("```")[0]))


