"""Every dtype, with and without nulls, as the Arrow readers see it.

make_arrow writes a table whose values follow from the row number; the same table is
made here and compared cell by cell.

MEMTOP_BUILDDIR  where memtop was built (.)
MEMTOP_PY2       Python of the pandas 2 environment; its test is skipped without
NODE_PATH        folder with apache-arrow; the JavaScript test is skipped without
"""

import functools
import json
import math
import os
import pathlib
import shutil
import struct
import subprocess

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pytest

PROGRAM = pathlib.Path(os.environ.get("MEMTOP_BUILDDIR", "."), "tests/interop/make_arrow")
CODECS = ["none", "lz4", "zstd"]
# rows, rows per batch: no batch, one row, a short last batch, every code of every category
SIZES = [(0, 1), (1, 1), (10, 3), (34000, 16384)]
DAY = 86400_000_000
ODD_NAMES = ["", " ", '"quoted", \\ and\nmore', "\N{TURTLE}", "int8.1", "index"]
ODD_NAMES += ["__index_level_0__", "0"]
TIMES = {"date", "datetime", "datetime ns", "datetime utc"}

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason=f"{PROGRAM} is not built")


def mix(row):
    return row * 0x9E3779B97F4A7C15 % 2**64


def integer(kind, row):
    bits = int(kind.lstrip("uint"))
    signed = kind.startswith("int")
    if row == 2:
        return -(2 ** (bits - 1)) if signed else 0
    if row == 3:
        return 2 ** (bits - signed) - 1
    value = mix(row) >> (64 - bits)
    return value - 2**bits if signed and value >= 2 ** (bits - 1) else value


def real(kind, row):
    value = [0.0, -0.0, math.inf, -math.inf][row] if row < 4 else row * 0.75 - 100
    return struct.unpack("f", struct.pack("f", value))[0] if kind == "float32" else value


def instant(kind, row):
    if kind == "datetime ns":
        return mix(row) - 2**64 if mix(row) >= 2**63 else mix(row)
    days = row * 2503 % 3652059 - 719162
    return days * DAY + (0 if kind == "date" else mix(row) % DAY)


def text(row):
    forms = ["", f"text {row}", f"żółw \N{TURTLE} {row}", f'"a",\r\n\tb{row}', f"{row:0300}"]
    return forms[row % 5]


def value(kind, row):
    if "int" in kind:
        return integer(kind, row)
    if kind.startswith("float"):
        return real(kind, row)
    if kind in TIMES:
        return instant(kind, row)
    if kind.startswith("category"):
        return f"v{row % int(kind.split()[1]):05}"
    return bool(mix(row) >> 63) if kind == "bool" else text(row)


@functools.cache
def expected(name, rows):
    """The column: numbers, booleans, texts, and times as numbers in their unit."""
    if name in ODD_NAMES:
        return [integer("int8", row) for row in range(rows)]
    if name.startswith("no "):
        return [None] * rows
    kind = name.rstrip("?")
    return [
        None if name.endswith("?") and row % 3 == 1 else value(kind, row) for row in range(rows)
    ]


def assert_column(name, rows, got):
    wanted = expected(name, rows)
    assert len(got) == rows
    for row, (g, w) in enumerate(zip(got, wanted)):
        same = g == w and type(g) is type(w)
        if same and isinstance(w, float):
            same = math.copysign(1, g) == math.copysign(1, w)
        assert same, f"{name!r} row {row}: {g!r} instead of {w!r}"


def is_time(name):
    return name.rstrip("?") in TIMES or name == "no datetime"


@pytest.fixture(scope="module", params=[(c, *s) for c in CODECS for s in SIZES], ids=str)
def made(request, tmp_path_factory):
    """Path, rows and rows per batch of a file."""
    codec, rows, step = request.param
    path = tmp_path_factory.mktemp("arrow") / "table.arrow"
    subprocess.run([PROGRAM, path, codec, str(rows), str(step)], check=True)
    return path, rows, step


def pandas_dtype(name, rows, text_dtype="str"):
    """The dtype that pandas should give, by the nulls that there really are."""
    if name in ODD_NAMES:
        return "int8"
    kind = name.removeprefix("no ").rstrip("?")
    nulls = None in expected(name, rows)
    if "int" in kind:
        return kind.replace("int", "Int").replace("uI", "UI") if nulls else kind
    if kind == "bool":
        return "boolean" if nulls else "bool"
    if kind in TIMES:
        utc = ", UTC" if name in ("datetime utc", "datetime ns?") else ""
        return f"datetime64[{'ns' if 'ns' in kind else 'us'}{utc}]"
    return text_dtype if kind == "string" else kind.split()[0]


def test_pyarrow(made):
    path, rows, step = made
    with pa.memory_map(str(path)) as file:
        reader = pa.ipc.open_file(file)
        assert reader.num_record_batches == -(-rows // step)
        table = reader.read_all()
        table.validate(full=True)
    for name in table.column_names:
        column = table[name]
        assert column.null_count == expected(name, rows).count(None)
        if is_time(name):
            column = column.cast(pa.int64())
        assert_column(name, rows, column.to_pylist())
    with open(path, "rb") as file:
        file.read(8)
        assert pa.ipc.open_stream(file).read_all().equals(table)


def test_buffers_are_aligned_and_zeroed(made):
    """Buffers begin at multiples of 64 in the file, and nothing lies under a null."""
    with pa.memory_map(str(made[0])) as file:
        reader = pa.ipc.open_file(file)
        for i in range(min(reader.num_record_batches, 2)):
            for column in reader.get_batch(i).columns:
                for buffer in filter(None, column.buffers()):
                    assert buffer.address % 64 == 0 or buffer.size == 0
                codes = column.indices if pa.types.is_dictionary(column.type) else column
                if codes.null_count and not pa.types.is_string(codes.type):
                    whole = pa.Array.from_buffers(
                        codes.type, len(codes), [None, codes.buffers()[1]]
                    )
                    assert not any(whole.filter(codes.is_null()).to_numpy(False).view("u1"))


def test_pandas(made):
    path, rows, _ = made
    frame = pd.read_feather(path)
    assert type(frame.index) is pd.RangeIndex
    for name in frame:
        column = frame[name]
        assert str(column.dtype) == pandas_dtype(name, rows)
        if is_time(name):
            numbers = column.to_numpy(f"datetime64[{column.dt.unit}]").view("int64").tolist()
        else:
            numbers = column.astype(object).tolist()
        nulls = column.isna()
        assert_column(name, rows, [None if n else v for v, n in zip(numbers, nulls)])
        if column.dtype == "category" and rows > 0:
            distinct = int(name.split()[1].rstrip("?")) if name != "no category" else 0
            assert len(column.cat.categories) == distinct and not column.cat.ordered


def test_pandas_2(made):
    python = os.environ.get("MEMTOP_PY2")
    if not python:
        pytest.skip("MEMTOP_PY2 is not set")
    script = (
        "import json, sys, pandas; d = pandas.read_feather(sys.argv[1]);"
        "print(json.dumps([[n, str(t)] for n, t in d.dtypes.items()]))"
    )
    done = subprocess.run([python, "-c", script, made[0]], stdout=subprocess.PIPE, check=True)
    for name, dtype in json.loads(done.stdout):
        assert dtype == pandas_dtype(name, made[1], text_dtype="object")


@pytest.mark.parametrize("mapped", [True, False])
def test_polars(made, mapped):
    path, rows, _ = made
    for column in pl.read_ipc(path if mapped else path.read_bytes()):
        numbers = column.to_physical() if is_time(column.name) else column
        assert_column(column.name, rows, numbers.to_list())


JAVASCRIPT = """
const {tableFromIPC} = require('apache-arrow');
const table = tableFromIPC(require('fs').readFileSync(process.argv[1]));
const plain = v => typeof v == 'bigint' || typeof v == 'number'
    ? (Object.is(v, -0) ? '-0' : String(v)) : v;
const raw = c => c.data.flatMap(d =>
    Array.from({length: d.length}, (_, i) => d.getValid(i) ? plain(d.values[i]) : null));
console.log(JSON.stringify(table.schema.fields.map((f, i) => {
    const column = table.getChildAt(i);
    return [f.name, f.typeId == 10 ? raw(column) : Array.from(column, plain)];
})));
"""


def test_javascript(made):
    path, rows, _ = made
    node = shutil.which("node")
    if not node:
        pytest.skip("no node")
    done = subprocess.run([node, "-e", JAVASCRIPT, path], capture_output=True)
    if b"Cannot find module" in done.stderr:
        pytest.skip("no apache-arrow in NODE_PATH")
    if b"codec not found" in done.stderr:
        pytest.skip("apache-arrow reads no compressed files by itself")
    assert done.returncode == 0, done.stderr.decode()
    for name, got in json.loads(done.stdout):
        kind = type(next((w for w in expected(name, rows) if w is not None), None))
        if kind in (int, float):
            got = [None if g is None else kind(g.replace("Infinity", "inf")) for g in got]
        assert_column(name, rows, got)
