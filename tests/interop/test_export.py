"""Exports give back, in every reader, the values of the file and the planned dtypes.

What is expected is made here from the file's text as pandas tokenizes it, one
conversion per distinct text, in plain Python.
"""

import datetime
import decimal

import duckdb
import h5py
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pytest
import tables
from conftest import run, run_json
from datasets import BEGINNINGS, FILES, SHOP, TRAPS, named

INTEGERS = {f"{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)}
TRUE_WORDS = {"true", "yes", "t", "y", "on", "1", "1.0"}
FALSE_WORDS = {"false", "no", "f", "n", "off", "0", "0.0"}


def read_instant(text, layout):
    """A date or a time as microseconds since 1970, and the nanoseconds after them."""
    if layout:
        at, fraction = datetime.datetime.strptime(text, layout), 0
    else:
        at = datetime.datetime.fromisoformat(text)
        digits = text.partition(".")[2].partition("+")[0].partition("Z")[0]
        fraction = int(digits.ljust(9, "0")[6:9]) if len(digits) > 6 else 0
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    since = at - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return since // datetime.timedelta(microseconds=1), fraction


def number(text):
    """The text of a number: pandas 3 allows blanks behind the e."""
    return "".join(text.split())


def read_integer(text):
    value = decimal.Decimal(number(text))
    assert value == int(value), text
    return int(value)


def read_bool(text):
    word = text.strip().lower()
    assert word in TRUE_WORDS | FALSE_WORDS, text
    return word in TRUE_WORDS


def convert(texts, kind, layout):
    """The distinct texts of a column as an array of what the plan makes of them."""
    if kind in INTEGERS:
        return np.array([read_integer(t) for t in texts], dtype=kind)
    if kind in ("float32", "float64"):
        return np.array([float(number(t)) for t in texts]).astype(kind)
    if kind == "bool":
        return np.array([read_bool(t) for t in texts], dtype=bool)
    if kind in ("date", "datetime"):
        return np.array([read_instant(t, layout) for t in texts], dtype="int64").reshape(-1, 2)
    return np.array(texts, dtype=object)


class Expected:
    """A dataset as its export should be: per column a null mask and the values."""

    def __init__(self, dataset, path, planned):
        text = pd.read_csv(path, dtype=str, index_col=False, **dataset.keywords)
        self.rows = len(text)
        self.columns = {}
        assert [str(name) for name in text.columns] == [c["name"] for c in planned]
        for column, (_, cells) in zip(planned, text.items()):
            kind = column["planned"]["type"]
            if kind == "drop":
                continue
            codes, texts = pd.factorize(cells)
            layout = dataset.dates.get(column["name"])
            values = convert(list(texts), kind, layout)
            nulls = codes < 0
            assert int(nulls.sum()) == column["plan_nulls"], column["name"]
            self.columns[column["name"]] = (column["planned"], nulls, values[codes[~nulls]])

    def compare(self, read):
        """read(name, planned) -> (dtype or None, null mask, values without nulls)."""
        for name, (planned, nulls, values) in self.columns.items():
            dtype, got_nulls, got = read(name, planned)
            assert dtype is None or dtype == planned["dtype"], name
            assert np.array_equal(np.asarray(got_nulls), nulls), f"{name}: nulls"
            assert same(np.asarray(got), values), f"{name}: values"


def same(got, values):
    if values.dtype.kind == "f":  # bit for bit: -0.0 is not 0.0
        return got.dtype == values.dtype and got.tobytes() == values.tobytes()
    return np.array_equal(got, values)


def instants(array):
    """A datetime64 array as read_instant has it; nothing overflows on the way."""
    whole = array.astype("datetime64[us]")
    nanoseconds = (array - whole).astype("timedelta64[ns]")
    return np.stack([whole.astype("int64"), nanoseconds.astype("int64")], axis=1)


def from_pandas(frame):
    def read(name, planned):
        column = frame[name]
        present = column.dropna()
        if planned["type"] in ("date", "datetime"):
            present = present.dt.tz_localize(None) if present.dt.tz else present
            values = instants(present.to_numpy())
        elif planned["type"] in ("category", "string"):
            values = present.astype(object).to_numpy(object)
        else:
            values = present.to_numpy(dtype=planned["type"])
        return str(column.dtype), column.isna(), values

    return read


ARROW_TYPES = {
    **{name: getattr(pa, name)() for name in INTEGERS},
    "float32": pa.float32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "string": pa.string(),
}


def from_arrow(table):
    def read(name, planned):
        column = table.column(name)
        kind = planned["type"]
        present = column.drop_null()
        if kind in ARROW_TYPES:
            assert column.type == ARROW_TYPES[kind], name
        if kind == "category":
            assert pa.types.is_dictionary(column.type), name
            present = present.cast(pa.string())
        if kind in ("date", "datetime"):
            assert pa.types.is_timestamp(column.type), name
            unit = planned["dtype"].partition("[")[2][:2]
            assert column.type.unit == unit, name
            values = instants(present.cast(pa.timestamp(unit)).to_numpy())
        else:
            values = present.to_numpy()
        # float columns hold no NaN in place of nulls
        return None, column.is_null(nan_is_null=True).to_numpy(), values

    return read


def from_polars(frame):
    names = {n: ("UInt" + n[4:] if n[0] == "u" else "Int" + n[3:]) for n in INTEGERS}
    names |= {"float32": "Float32", "float64": "Float64", "bool": "Boolean", "string": "String"}

    def read(name, planned):
        column = frame.get_column(name)
        kind = planned["type"]
        if kind in names:
            assert str(column.dtype) == names[kind], name
        if kind in ("date", "datetime"):
            assert column.dtype.base_type() == pl.Datetime, name
            if column.dtype.time_zone:
                column = column.dt.replace_time_zone(None)
            values = instants(column.drop_nulls().to_numpy())
        elif kind == "category":
            assert column.dtype.base_type() in (pl.Categorical, pl.Enum), name
            values = column.cast(pl.String).drop_nulls().to_numpy()
        else:
            values = column.drop_nulls().to_numpy()
        return None, column.is_null().to_numpy(), values

    return read


# Microseconds around 1970 that fit as nanoseconds; a year of a margin is memtop's.
NANOSECONDS_REACH = 2**63 // 1000 - 366 * 86_400_000_000


def hdf5_dtype(planned, values, has_nulls):
    """What the pandas table layout stores a planned column as."""
    kind = planned["type"]
    if kind == "string" and len(values) == 0 and not has_nulls:
        return "object"  # of an empty table, also one that pandas wrote
    if kind in INTEGERS and has_nulls:
        largest = max((abs(int(v)) for v in values), default=0)
        return "float32" if largest <= 2**24 else "float64" if largest <= 2**53 else "str"
    if kind == "bool" and has_nulls:
        return "category"
    if kind in ("date", "datetime"):
        if any(abs(us) >= NANOSECONDS_REACH for us, _ in values):
            return "str"
        return "datetime64[ns, UTC]" if "UTC" in planned["dtype"] else "datetime64[ns]"
    return {"string": "str"}.get(kind, kind)


def from_hdf5(frame, messages):
    def read(name, planned):
        column = frame[name]
        nulls = column.isna()
        present = column[~nulls]
        dtype = str(column.dtype)
        kind = planned["type"]
        if kind in ("date", "datetime") and dtype == "str":
            return dtype, nulls, instants(np.array(list(present), dtype="datetime64[us]"))
        if kind in ("date", "datetime"):
            present = present.dt.tz_localize(None) if present.dt.tz else present
            return dtype, nulls, instants(present.to_numpy())
        if kind in INTEGERS and dtype == "str":
            values = np.array([int(v) for v in present], dtype=kind)
        elif kind == "bool":
            values = present.astype(object).to_numpy(object).astype(bool)
        elif kind in INTEGERS:
            values = present.to_numpy().astype(kind)
        elif kind in ("category", "string"):
            values = present.astype(object).to_numpy(object)
        else:
            values = present.to_numpy()
        return dtype, nulls, values

    def checked(name, planned):
        dtype, nulls, values = read(name, planned)
        wanted = hdf5_dtype(planned, values, nulls.any())
        # A column with a null-only category has no categories at all.
        assert dtype == wanted, f"{name}: {dtype}, not {wanted}"
        if dtype != planned["dtype"] and len(nulls) > 0:
            assert name in messages, f"{name}: stored as {dtype} without a word"
        return None, nulls, values

    return checked


def export(dataset, path, target, *options):
    return run(path, *dataset.options, "--export", target, *options)


def prepare(dataset, folder, *options):
    path = dataset.path(folder)
    planned = run_json(path, *dataset.options, *options)["columns"]
    return path, Expected(dataset, path, planned)


def check_arrow(dataset, expected, path, target, *options):
    export(dataset, path, target, *options)
    frame = pd.read_feather(target)
    assert len(frame) == expected.rows
    assert list(frame.columns) == list(expected.columns)
    expected.compare(from_pandas(frame))
    del frame
    with pa.OSFile(str(target)) as file:
        table = pa.ipc.open_file(file).read_all()
    table.validate(full=True)
    expected.compare(from_arrow(table))
    expected.compare(from_polars(pl.read_ipc(target)))


def check_hdf5(dataset, expected, path, target, *options):
    messages = export(dataset, path, target, *options).err
    frame = pd.read_hdf(target)
    assert len(frame) == expected.rows
    assert list(frame.columns) == list(expected.columns)
    expected.compare(from_hdf5(frame, messages))


# HDF5 objects cannot describe this many columns in the table layout.
TOO_WIDE_FOR_HDF5 = {"m4_weekly_train_wide2598.csv"}

# What the exports are compared on: a plan for every policy, each codec.
GENERATED = named([SHOP, *TRAPS, *FILES])


def check_both(dataset, folder, tmp_path):
    """What is expected takes the longest: one of it for both formats."""
    path, expected = prepare(dataset, folder)
    check_arrow(dataset, expected, path, tmp_path / "out.arrow")
    if dataset.name not in TOO_WIDE_FOR_HDF5:
        check_hdf5(dataset, expected, path, tmp_path / "out.h5")


@pytest.mark.parametrize("dataset", GENERATED)
def test_generated(dataset, folder, tmp_path):
    check_both(dataset, folder, tmp_path)


@pytest.mark.parametrize("dataset", BEGINNINGS)
def test_public(dataset, folder, tmp_path):
    check_both(dataset, folder, tmp_path)


@pytest.mark.parametrize("compression", ["none", "lz4", "zstd", "zstd:9"])
@pytest.mark.parametrize("apply", ["none", "safe", "all"])
def test_arrow_choices(compression, apply, folder, tmp_path):
    path, expected = prepare(SHOP, folder, "--apply", apply)
    target = tmp_path / "out.feather"
    check_arrow(SHOP, expected, path, target, "--apply", apply, "--compression", compression)


@pytest.mark.parametrize("compression", ["none", "gzip", "gzip:9"])
@pytest.mark.parametrize("apply", ["none", "all"])
def test_hdf5_choices(compression, apply, folder, tmp_path):
    path, expected = prepare(SHOP, folder, "--apply", apply)
    target = tmp_path / "out.h5"
    check_hdf5(SHOP, expected, path, target, "--apply", apply, "--compression", compression)


def test_chosen_dtypes_and_drops(folder, tmp_path):
    options = [
        *("--set", "newsletter=bool", "--set", "quantity=uint16", "--set", "zip=category"),
        *("--set", "rating=float32", "--drop", "comment", "--drop", "customer_id"),
    ]
    path, expected = prepare(SHOP, folder, *options)
    planned = {name: column[0]["type"] for name, column in expected.columns.items()}
    assert planned["newsletter"] == "bool" and planned["quantity"] == "uint16"
    assert planned["zip"] == "category" and planned["rating"] == "float32"
    assert "comment" not in planned and "customer_id" not in planned
    check_arrow(SHOP, expected, path, tmp_path / "out.arrow", *options)
    check_hdf5(SHOP, expected, path, tmp_path / "out.h5", *options)


def test_format_option_beats_the_extension(folder, tmp_path):
    path = SHOP.path(folder)
    target = tmp_path / "out.dat"
    run(path, "--export", target, "--format", "arrow")
    assert target.read_bytes()[:6] == b"ARROW1"
    run(path, "--export", target, "--format", "hdf5", "--force")
    assert target.read_bytes()[1:4] == b"HDF"


def test_planned_bytes_are_what_pandas_then_reports(folder, tmp_path):
    path = SHOP.path(folder)
    answer = run_json(path)
    run(path, "--export", tmp_path / "out.arrow")
    usage = pd.read_feather(tmp_path / "out.arrow").memory_usage(deep=True)
    assert answer["planned_bytes"] == usage.sum()
    for column in answer["columns"]:
        assert column["planned"]["bytes"] == usage[column["name"]], column["name"]
        assert column["suggested"]["bytes"] == usage[column["name"]] or (
            column["suggested"]["class"] not in ("exact", "equal")
        )


def test_other_libraries_open_the_exports(folder, tmp_path):
    path = SHOP.path(folder)
    run(path, "--export", tmp_path / "out.arrow")
    run(path, "--export", tmp_path / "out.h5")
    orders = pa.feather.read_table(tmp_path / "out.arrow")
    query = "SELECT count(*), sum(quantity), count(rating) FROM orders"
    (total,) = duckdb.sql(query).fetchall()
    assert orders.num_rows == total[0]
    frame = pd.read_csv(path)
    assert total == (len(frame), frame.quantity.sum(), frame.rating.count())
    with h5py.File(tmp_path / "out.h5") as file:
        rows = file["df/table"]
        assert len(rows) == len(frame)
        assert np.array_equal(rows["quantity"], frame.quantity)
    with tables.open_file(tmp_path / "out.h5") as file:
        assert file.root.df.table.nrows == len(frame)
        assert np.array_equal(file.root.df.table.col("order_id"), frame.order_id)
