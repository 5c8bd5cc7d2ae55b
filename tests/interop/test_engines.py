"""Under --engine polars and arrow, every figure of --json is what that engine says.

polars reads with infer_schema_length=None, Arrow with a block as large as the file, so
that both look at every row.  Columns are compared by their place: each engine has names
of its own for repeated ones.
"""

import random
import re

import pytest
import traps
from conftest import SANITIZED, TOP, ask_python, header_option, run, run_json
from datasets import BEGINNINGS, FILES, SHOP, TRAPS, Dataset, named, text_of

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
pacsv = pytest.importorskip("pyarrow.csv")
feather = pytest.importorskip("pyarrow.feather")

# --- columns for these two engines ---------------------------------------------------

TEXTS = {
    "integers": """1 0 -7 007 -007 -0 0001 +1 +007 9223372036854775807 9223372036854775808
        -9223372036854775808 -9223372036854775809 18446744073709551615
        00000000000000000000000000000009223372036854775808 1_000 1,000 - + -- --1 +-1
        170141183460469231731687303715884105727 -170141183460469231731687303715884105728
        00000000000000000000170141183460469231731687303715884105727""",
    "hexadecimal": """0x1F 0X1f 0x -0x1F +0x1F 0x1G 0xFFFFFFFFFFFFFFFF 0x10000000000000000
        0x00000000000000001 0x0000000000000001 0x8000000000000000 1x1""",
    "floats": """1.5 -1.5 +1.5 .5 5. -.5 -5. +.5 +5. . -. 1..5 5.0. 00.5 007.1 1e3 1E3 1e+3
        1e-3 1e e5 1.e5 .e1 .5e3 +5.e1 1.5e 1.5e+ 1.5E+03 1e400 -1e400 1e-400 0e0 -0.0
        1e99999999999999999999 1.0f 1d 1e3.5 1;5 inf -inf +inf INF Inf iNf infinit infinity
        Infinity +Infinity -INFINITY NAN Nan nAn +nan +NaN +NAN -NAN nan() nan(1) NAN(abc_1)
        nan( nan) -nan(a.b) -nan(a) nano infinity1""",
    "booleans": """true false True False TRUE FALSE tRuE FaLSE t f T F yes no on off 1 0 00 01
        True. true1""",
    "null words": """NA N/A n/a NULL null Null NaN nan -NaN -nan #N/A #NA 1.#IND -1.#IND
        1.#QNAN -1.#QNAN <NA> None none na""",
    "dates": """2020-01-01 2020-02-29 2021-02-29 1900-02-29 2000-02-29 2020-02-30 2020-04-31
        2020-13-01 2020-00-01 2020-01-00 2020-1-1 2020-1-01 2020/01/01 2020-01/01 01/02/2020
        1066-10-14 9999-12-31 0000-01-01 0001-01-01 10000-01-01 -001-01-01 202a-01-01 20200101
        1677-09-21 1677-09-22 2262-04-11 2262-04-12 2020-01""",
    "times": """10:00 10:00:00 23:59:59 00:00 24:00 24:00:00 10:60 10:00:60 1:00 1:00:00 10:00:
        10:00:0 10:00:00.5 10 1a:00 -1:00:00 12:34:56Z""",
    "timestamps": """2020-01-01|00 2020-01-01T00 2020-01-01|00:00 2020-01-01T00:00:00
        2020-01-01|00:00:00 2020-01-01t00:00:00 2020-01-01_00:00 2020-01-01T 2020-01-01T0000
        2020-01-01|00: 2020-01-01|0 2020-01-01|00:0 2020-01-01|00:00: 2020-01-01||00:00
        2020-01-01|24:00:00 2020-01-01|23:59:60 2020-01-01 2021-02-29|00:00 0000-01-01|00:00
        1066-10-14|00:00:00 9999-12-31T23:59:59""",
    "fractions": """2020-01-01|00:00:00.5 2020-01-01T00:00:00.123456 2020-01-01|00:00:00.0
        2020-01-01|00:00:00.123456789 2020-01-01|00:00:00.1234567890 2020-01-01|00:00:00.
        2020-01-01|00:00.5 2020-01-01|00.5 1066-10-14|00:00:00.5 9999-12-31|00:00:00.5
        1677-09-21|00:12:43.145224194 1677-09-21|00:12:43.9 1677-09-21|00:12:44.0
        2262-04-11|23:47:16.854775807 2262-04-11|23:47:16.854775808 2262-04-11|23:47:17.0
        2020-01-01 2020-01-01|00:00:00""",
    "zones": """2020-01-01T00:00:00Z 2020-01-01|00:00:00Z 2020-01-01|00:00:00|Z
        2020-01-01T00:00:00z 2020-01-01T00:00:00ZZ 2020-01-01T00Z 2020-01-01T00:00Z 2020-01-01Z
        2020-01-01TZ 2020-01-01T00:00:00+01 2020-01-01T00:00:00+0100 2020-01-01T00:00:00-01:30
        2020-01-01T00:00:00+23:59 2020-01-01T00:00:00+24:00 2020-01-01T00:00:00+23:60
        2020-01-01T00:00:00+1 2020-01-01T00:00:00+1:00 2020-01-01T00:00:00+100
        2020-01-01T00:00:00+01:00:00 2020-01-01|00-01 2020-01-01|00:00-0130
        2020-01-01T00:00:00.5Z 2020-01-01T00:00:00.5+01:00 2020-01-01T00:00:00.Z
        2020-01-01T00:00:00.1234567891Z 1066-10-14T00:00Z 1066-10-14T00:00:00.5Z
        1677-09-21T01:12:44.5+01:00 1677-09-21T01:12:43.5+01:00 1677-09-21T00:12:43.5-01:00
        2262-04-12T00:47:16.8+01:00 2262-04-11T23:47:16.8-01:00 0000-01-01T00:00:00+01:00""",
    "texts": """x Łódź 👍 é P1D 5|days 1s a"b"c # 1|2 ١ −1 x|| 100% $5 1:30""",
}
TEXTS = {kind: [t.replace("|", " ") for t in texts.split()] for kind, texts in TEXTS.items()}
BLANKS = ["", "", "", "", " ", "\t", "  ", "\v", "\f", "\u00a0"]


def each_text():
    """A column for every text: alone with a null and, where it has any, in blanks."""
    columns = {}
    for kind, texts in TEXTS.items():
        for i, text in enumerate(texts):
            columns[f"{kind} {i}"] = [text, text, ""]
            columns[f"{kind} {i} behind"] = [" \t" + text, text, text]
            columns[f"{kind} {i} before"] = [text, text, text + "\t "]
    return columns


def random_cells(dice, height):
    """Cells that some type may hold all of, or all but a few."""
    kinds = dice.sample(list(TEXTS), dice.choice([1, 1, 1, 2]))
    if dice.random() < 0.4:
        kinds.append("null words")
    texts = [t for kind in kinds for t in dice.sample(TEXTS[kind], dice.choice([1, 2, 3]))]
    cells = [dice.choice(texts) for _ in range(height)]
    if dice.random() < 0.2:
        cells[dice.randrange(height)] = dice.choice(BLANKS) + cells[0] + dice.choice(BLANKS)
    if dice.random() < 0.4:
        cells = [dice.choice(["", cell]) for cell in cells]
    return cells


def random_columns(seed):
    dice = random.Random(seed)
    height = dice.choice([1, 2, 5, 9, 200])
    return {f"c{i}": random_cells(dice, height) for i in range(200)}


def long_columns():
    """Columns that many blocks share out, so that facts are merged."""
    dice = random.Random(7)
    columns = [random_cells(dice, 100) * 1200 for _ in range(20)]
    columns += [["5"] * 119_999 + [last] for last in ("x", "", "2.5", "true", str(2**63), "nan")]
    return {f"c{i}": cells for i, cells in enumerate(columns)}


NULL_GIVEN = b'a,b,c,d,e,f\n-,-,NA,"",X,1\n1,x,-,-,"-",X\nX,X,NaN,2.5,-,\n,"",1,,1,2\n'
QUOTED = b'"a","b","c"\n"1","","true"\n"2","x",""\n"NA","NA",""\n'


OWN = [
    Dataset("each text", lambda: traps.table(each_text())),
    *[Dataset(f"random texts {i}", lambda i=i: traps.table(random_columns(i))) for i in range(5)],
    *([] if SANITIZED else [Dataset("long columns", lambda: traps.table(long_columns()))]),
    Dataset("null given", lambda: NULL_GIVEN, ("--null", "-,X"), {"na_values": ["-", "X"]}),
    Dataset("everything quoted", lambda: QUOTED),
]

# --- what the engines say --------------------------------------------------------------

BLANK_LINES = "a blank line is a row of nulls, in memtop and pandas it is none"
BLANKS_ONLY = "a line of blanks is a row, in memtop and pandas it is none"
NOT_PADDED = "refuses rows with too few fields, which memtop and pandas pad"

# What an engine reads otherwise than memtop, whatever the dtypes, and why.
APART = {
    ("polars", "CR"): "CR alone ends no line",
    ("polars", "mixed line ends"): "CR alone ends no line",
    ("polars", "one column, blank lines"): BLANK_LINES,
    ("polars", "blank lines"): BLANK_LINES,
    ("polars", "blanks-only lines"): BLANKS_ONLY,
    ("polars", "quote after text"): "refuses text behind a closing quote",
    ("arrow", "header only, no newline"): "refuses a header without a line end",
    ("arrow", "one column, blank lines"): BLANKS_ONLY,
    ("arrow", "blanks-only lines"): BLANKS_ONLY,
    ("arrow", "short rows"): NOT_PADDED,
    ("arrow", "planets_comments.csv"): "knows no comments",
    ("arrow", "tennis_atp_singles.csv.gz"): NOT_PADDED,
}

NOT_PARSED = re.compile("could not parse `(.*)` as dtype `(?:i128|f64)` at column '(.*)' ")


def read_polars(data, keywords, strings):
    """polars' frame.  Columns it took for numbers and cannot read are asked for as String."""
    try:
        return pl.read_csv(
            data,
            infer_schema_length=None,
            separator=keywords.get("sep", ","),
            has_header="header" not in keywords,
            encoding=keywords.get("encoding", "utf8"),
            null_values=keywords.get("na_values"),
            comment_prefix=keywords.get("comment"),
            schema_overrides={name: pl.String for name in strings},
        ).rechunk()
    except pl.exceptions.ComputeError as error:
        found = NOT_PARSED.match(str(error))
        if not found:
            raise
        text, name = found.groups()
        # These only: digits that are not ASCII, and what 128 bits cannot hold.
        assert not text.isascii() or not -(2**127) <= int(text) < 2**127
        return read_polars(data, keywords, [*strings, name])


def ask_polars(data, keywords):
    frame = read_polars(data, keywords, [])
    return [(str(s.dtype), s.null_count(), s.estimated_size()) for s in frame]


def ask_arrow(data, keywords):
    table = pacsv.read_csv(
        pa.BufferReader(data),
        pacsv.ReadOptions(
            block_size=2 * len(data) + 1,  # Latin-1 grows
            encoding=keywords.get("encoding", "utf8"),
            autogenerate_column_names="header" in keywords,
        ),
        pacsv.ParseOptions(delimiter=keywords.get("sep", ","), newlines_in_values=True),
        pacsv.ConvertOptions(
            null_values=pacsv.ConvertOptions().null_values + keywords.get("na_values", [])
        ),
    )
    assert all(column.num_chunks <= 1 for column in table.columns)
    return [(str(c.type), c.null_count, c.nbytes) for c in table.columns]


ASK = {"polars": ask_polars, "arrow": ask_arrow}


def compare(dataset, engine, folder):
    path = dataset.path(folder)
    theirs = ASK[engine](text_of(path), dataset.keywords)
    columns = run_json(path, "--engine", engine, *dataset.options)["columns"]
    names = [c["name"] for c in columns]
    ours = [(c["dtype"], c["nulls"], c["bytes"]) for c in columns]
    assert len(ours) == len(theirs)
    assert [d for d in zip(names, ours, theirs, strict=True) if d[1] != d[2]] == []


def check(dataset, engine, folder):
    if (engine, dataset.name) in APART:
        refusals = (AssertionError, pa.ArrowInvalid, pl.exceptions.ComputeError)
        with pytest.raises(refusals):
            compare(dataset, engine, folder)
    else:
        compare(dataset, engine, folder)


@pytest.mark.parametrize("engine", ["polars", "arrow"])
@pytest.mark.parametrize("dataset", named([SHOP, *TRAPS, *FILES, *OWN]))
def test_generated(dataset, engine, folder):
    check(dataset, engine, folder)


@pytest.mark.parametrize("engine", ["polars", "arrow"])
@pytest.mark.parametrize("dataset", BEGINNINGS)
def test_public(dataset, engine, folder):
    check(dataset, engine, folder)


def test_bytes_that_are_not_utf8(csv):
    """polars refuses them."""
    path = csv(b"a,b\n\xff,1\nx,caf\xe9\n")
    columns = run_json(path, "--engine", "arrow")["columns"]
    ours = [(c["dtype"], c["nulls"], c["bytes"]) for c in columns]
    assert ours == ask_arrow(path.read_bytes(), {})
    assert [c["dtype"] for c in columns] == ["binary", "binary"]


# --- planned dtypes, as the export gives them back ---------------------------------------

PLANNED = {
    **{f"{u}int{bits}": ["1", "2", "100"] for u in ("", "u") for bits in (8, 16, 32, 64)},
    "float32": ["0.5", "1"],
    "float64": ["0.1", "-2e300"],
    "bool": ["true", "false", "true"],
    "category": ["Łódź", "x", "yellow"],
    "date": ["2020-01-01", "2021-12-31"],
    "datetime": ["2020-01-01 10:00:00", "2021-12-31 00:00:01"],
    "string": ["1", "22", "333"],
}


def planned_file():
    """Every dtype, without and with nulls.  Numbers as string: a change in any engine."""
    height = 1003
    columns = {}
    for kind, cells in PLANNED.items():
        columns[kind] = (cells * height)[:height]
        columns[kind + " null"] = (["", *cells, *cells] * height)[:height]
    return traps.table(columns)


EVERY = Dataset(
    "planned",
    planned_file,
    tuple(o for kind in PLANNED for n in ("", " null") for o in ("--set", f"{kind}{n}={kind}")),
)
WIDE = TRAPS[2]._replace(
    options=tuple(o for k in (32766, 32767, 32768) for o in ("--set", f"{k} texts=category"))
)


FEATHER_BYTES = TOP / "tests/interop/feather_bytes.py"


def read_back(engine, path):
    if engine.startswith("pandas"):
        return ask_python(engine, FEATHER_BYTES, str(path))
    if engine == "polars":
        return {s.name: s.estimated_size() for s in pl.read_ipc(path).rechunk()}
    table = feather.read_table(path).combine_chunks()
    return {name: table[name].nbytes for name in table.column_names}


@pytest.mark.parametrize("engine", ["pandas3", "pandas2", "polars", "arrow"])
@pytest.mark.parametrize("dataset", named([EVERY, WIDE, SHOP, *TRAPS[:2], *TRAPS[3:6]]))
def test_planned(dataset, engine, folder, tmp_path):
    path, copy = dataset.path(folder), tmp_path / "copy.arrow"
    options = [*dataset.options, "--apply", "all"]
    run(path, *options, "--export", copy)
    real = read_back(engine, copy)
    answer = run_json(path, *options, *header_option(), "--engine", engine)
    columns = answer["columns"]
    # What is text for the engine already, and stays text, is shown as its reader holds it.
    ours = {
        c["name"]: c["planned"]["bytes"]
        for c in columns
        if c["planned"]["class"] != "none"
        and (c["planned"]["type"] != "string" or c["planned"]["dtype"] != c["dtype"])
    }
    assert ours
    if engine == "pandas3":  # each batch of text keeps bits for its nulls, if it has some
        for column in columns:
            name, planned = column["name"], column["planned"]
            if name in ours and planned["dtype"] == "str" and column["plan_nulls"]:
                assert abs(ours.pop(name) - real[name]) <= answer["rows"] / 8 + 1
    assert ours == {name: real[name] for name in ours}
