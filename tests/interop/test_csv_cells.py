"""Cells, names and faults of the CSV reader against pandas' own tokenizer.

dump_cells prints what memtop reads; every input is also read by pandas.  The inputs are
short and made of the bytes that the grammar cares about, so that few are dull.

MEMTOP_BUILDDIR   where memtop was built (.)
MEMTOP_TEST_DATA  folder of public datasets; their test is skipped without
MEMTOP_CSV_CASES  random inputs per dialect (2000, 300 under a sanitizer); raise it for a long run
"""

import collections
import errno
import io
import itertools
import json
import os
import pathlib
import random
import struct
import subprocess

import numpy as np
import pandas as pd
import pytest
from conftest import SANITIZED
from pandas._libs.parsers import TextReader

PROGRAM = pathlib.Path(os.environ.get("MEMTOP_BUILDDIR", "."), "tests/interop/dump_cells")
TEST_DATA = os.environ.get("MEMTOP_TEST_DATA")
CASES = int(os.environ.get("MEMTOP_CSV_CASES", "300" if SANITIZED else "2000"))
ALPHABET = b'aab",,\n\n\r \t;#\0'
BLOCKS = [1, 2, 3, 7, 64]

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason=f"{PROGRAM} is not built")

Dialect = collections.namedtuple(
    "Dialect", "delimiter header quote comment skip", defaults=[",", 0, '"', None, 0]
)
DIALECTS = [
    Dialect(),
    Dialect(header=None),
    Dialect(delimiter="\t"),
    Dialect(delimiter=" "),
    Dialect(delimiter=";", quote="a"),
    Dialect(quote=None),
    Dialect(comment="#"),
    Dialect(comment="#", header=None),
    Dialect(comment="#", header=None, delimiter="\t", quote="'"),
    Dialect(skip=1),
    Dialect(skip=2, header=None),
    Dialect(skip=3, comment="#"),
    Dialect(skip=1, quote=None, delimiter="\t"),
]


def options_of(dialect, **more):
    options = {
        "delimiter": ord(dialect.delimiter),
        "header": -1 if dialect.header is None else 0,
        "quote": -1 if dialect.quote is None else ord(dialect.quote),
        "comment": ord(dialect.comment or "\0"),
        "skip": dialect.skip,
    } | more
    return [f"{key}={value}" for key, value in options.items()]


def memtop(inputs, options):
    """What memtop makes of each input."""
    framed = b"".join(struct.pack("<I", len(x)) + x for x in inputs)
    done = subprocess.run(
        [PROGRAM, *options, "-"], input=framed, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stdout.splitlines()
    assert len(lines) == len(inputs)
    return lines


def pandas(x, dialect, names=None):
    """(names, rows) as pandas reads x, "empty", or the text of its error."""
    try:
        reader = TextReader(
            io.BytesIO(x),
            delimiter=dialect.delimiter.encode(),
            header=dialect.header,
            names=names,
            quotechar=dialect.quote or '"',
            quoting=3 if dialect.quote is None else 0,
            doublequote=True,
            comment=dialect.comment,
            skiprows=dialect.skip or None,
            dtype=np.dtype(object),
            na_filter=False,
            na_values=set(),
            na_fvalues=set(),
        )
        header = reader.header[0] if reader.header else None
        width = reader.table_width
        try:
            columns = reader.read()
        except StopIteration:
            columns = {i: [] for i in range(width)}
    except pd.errors.EmptyDataError:
        return "empty"
    except pd.errors.ParserError as error:
        return str(error)
    return header, list(zip(*(columns[i] for i in range(width))))


def cut(text):
    """pandas ends a text at its first NUL."""
    return bytes.fromhex(text).split(b"\0")[0].decode()


def compare(x, dialect, line):
    """Asserts that memtop's answer is pandas'; what kind of input it was."""
    mine = json.loads(line)
    faults = mine.get("faults", {})
    if faults.get("cr_blank"):
        return "misread by pandas"  # and sometimes read for ever
    theirs = pandas(x, dialect)
    if mine["error"]:
        assert mine["error"] == errno.ENODATA
        assert theirs == "empty"
        return "empty"
    if "Buffer overflow caught" in theirs:
        return "pandas ran over its buffer"  # one in a million, with lone CRs
    if theirs == "empty" and dialect.skip:
        # pandas skips all of a file whose skipped lines hold an open quote
        assert dialect.quote.encode() in x
        return "open quote in skipped lines"
    if faults["open_quote"]:
        assert "EOF inside string" in theirs or "Expected" in theirs
        return "open quote"
    rows = [tuple(map(cut, row[1:])) for row in mine["rows"]]
    if faults["long_row"]:
        assert "Expected" in theirs
        if dialect.header is None:  # its rows, when told to expect that many fields
            wide = pandas(x, dialect, names=list(range(100)))[1]
            assert rows == [row[: len(mine["names"])] for row in wide]
        return "long row"
    assert not isinstance(theirs, str), theirs
    names, cells = theirs
    if names is None:
        names = [str(i) for i in range(len(mine["names"]))]
    assert list(map(cut, mine["names"]))[: len(names)] == names
    assert mine["index"] == len(mine["names"]) - len(names)
    assert rows == cells
    return "equal"


def check(inputs, dialect, blocks=BLOCKS):
    kinds = collections.Counter()
    whole = memtop(inputs, options_of(dialect, block=4096))
    for x, line in zip(inputs, whole):
        try:
            kinds[compare(x, dialect, line)] += 1
        except AssertionError as error:
            raise AssertionError(f"{x!r} {dialect} {line!r}") from error
    for variant, block in enumerate(blocks):  # and each variant of the scan in turn
        lines = memtop(inputs, options_of(dialect, block=block, variant=variant))
        for x, a, b in zip(inputs, whole, lines):
            assert a == b, (x, dialect, block)
    return kinds


def make_random(count, seed, longest=40):
    dice = random.Random(seed)
    return [
        bytes(dice.choices(ALPHABET, k=dice.randint(0, longest))) for _ in range(count)
    ]


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
def test_random(dialect):
    kinds = check(make_random(CASES, str(dialect)), dialect)
    assert kinds["equal"] > CASES // 20, kinds
    print(kinds)


@pytest.mark.parametrize("header", [0, None])
def test_exhaustive(header):
    most = 4 if SANITIZED else 5
    inputs = [
        bytes(x) for n in range(most + 1) for x in itertools.product(b'a",\n\r ', repeat=n)
    ]
    check(inputs, Dialect(header=header), blocks=[1])


@pytest.mark.parametrize("dialect", [Dialect(), Dialect(comment="#")], ids=str)
def test_long(dialect):
    """Records longer than one step of the scan."""
    dice = random.Random(1)
    words = [b"a" * 30, b"b,", b'"c,\n', b'""', b'",', b"\n", b"\r\n", b",", b"d" * 70, b"#"]
    inputs = [
        b"".join(dice.choices(words, k=dice.randint(1, 40))) for _ in range(CASES // 3)
    ]
    check(inputs, dialect)


def test_read_csv_agrees():
    """The tokenizer driven here is the one behind read_csv."""
    inputs = make_random(500, "read_csv")
    for x, line in zip(inputs, memtop(inputs, options_of(Dialect(header=None)))):
        if json.loads(line).get("faults", {}).get("cr_blank"):
            continue
        theirs = pandas(x, Dialect(header=None))
        keywords = {"header": None, "dtype": object, "keep_default_na": False}
        try:
            frame = pd.read_csv(io.BytesIO(x), **keywords)
        except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
            assert isinstance(theirs, str), error
        else:
            assert theirs[1] == list(frame.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "header", ["a,a,a.1", "a,a.1,a", ",,", "Unnamed: 1,,x", ",Unnamed: 0,a,a,a,a.2,a.2", "a"]
)
def test_names(header):
    x = header.encode() + b"\n" + b"1," * header.count(",") + b"1\n"
    line = json.loads(memtop([x], options_of(Dialect()))[0])
    assert list(map(cut, line["names"])) == list(pd.read_csv(io.BytesIO(x)).columns)


def test_random_names():
    dice = random.Random(2)
    words = ["a", "a.1", "a.2", "a.1.1", "b", "", "Unnamed: 1", "Unnamed: 2", "Unnamed: 1.1"]
    inputs = [
        ",".join(dice.choices(words, k=dice.randint(2, 9))).encode() + b"\n"
        for _ in range(CASES)
    ]
    kinds = check(inputs, Dialect(), blocks=[])
    assert kinds["equal"] > CASES // 2


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_first_rows(limit):
    inputs = make_random(CASES // 3, "rows")
    whole = memtop(inputs, options_of(Dialect(header=None)))
    for block in (0, 1):
        first = memtop(inputs, options_of(Dialect(header=None), rows=limit, block=block))
        for a, b in zip(map(json.loads, whole), map(json.loads, first)):
            assert a["error"] == b["error"]
            assert a.get("rows", [])[:limit] == b.get("rows", [])


SHOP = pathlib.Path(__file__).parents[2] / "assets/shop.csv"


@pytest.mark.parametrize("block", [1, 63, 1000, 65536])
def test_blocks_of_a_file(block):
    """Cells, places and faults do not depend on where blocks end, nor on the variant."""
    whole = subprocess.run([PROGRAM, SHOP], stdout=subprocess.PIPE, check=True).stdout
    for variant in range(4):
        options = [f"block={block}", f"variant={variant}"]
        done = subprocess.run([PROGRAM, *options, SHOP], stdout=subprocess.PIPE, check=True)
        assert done.stdout == whole


DATASETS = {
    "bank-additional.csv": {"sep": ";"},
    "biopics_latin1.csv": {"encoding": "latin-1"},
    "birdstrikes_crlf.csv": {},
    "brain_networks_multiheader.csv": {},
    "china_streets.csv": {},
    "chipotle.tsv": {"sep": "\t"},
    "cran_log_2013-06-15.csv.gz": {},
    "m4_weekly_train_wide2598.csv": {},
    "mayweather_tweets.csv": {},
    "movielens_u.item_pipe_latin1": {"sep": "|", "header": None, "encoding": "latin-1"},
    "movielens_u.user_pipe.csv": {"sep": "|"},
    "nonvoters_data.csv": {},
    "openflights_airports.dat": {"header": None},
    "planets_comments.csv": {"comment": "#"},
    "rep_candidates_crlf.csv": {},
    "taxis.csv": {},
    "titanic.csv": {},
    "ufo.csv": {},
    "zipcodes.csv": {},
}


@pytest.mark.skipif(not TEST_DATA, reason="MEMTOP_TEST_DATA is not set")
@pytest.mark.parametrize("name", DATASETS)
def test_dataset(name):
    path = pathlib.Path(TEST_DATA, name)
    if not path.exists():
        pytest.skip(f"{path} is missing")
    keywords = DATASETS[name]
    options = []
    if "comment" in keywords:
        options += ["comment=35"]
    if "header" in keywords:
        options += ["header=-1"]
    if "encoding" in keywords:
        options += ["encoding=latin-1"]
    done = subprocess.run([PROGRAM, *options, path], stdout=subprocess.PIPE, check=True)
    for block in (1, 4097) if path.stat().st_size < 1 << 20 else (4097,):
        again = [PROGRAM, *options, f"block={block}", path]
        assert subprocess.run(again, stdout=subprocess.PIPE).stdout == done.stdout
    mine = json.loads(done.stdout)
    frame = pd.read_csv(path, dtype=object, keep_default_na=False, **keywords)
    assert mine["error"] == 0 and not any(mine["faults"].values())
    assert chr(mine["delimiter"]) == keywords.get("sep", ",")
    assert [bytes.fromhex(n).decode() for n in mine["names"]] == list(map(str, frame.columns))
    assert len(mine["rows"]) == len(frame)
    for row, theirs in zip(mine["rows"], frame.itertuples(index=False, name=None)):
        assert [bytes.fromhex(cell).decode() for cell in row[1:]] == list(theirs)
