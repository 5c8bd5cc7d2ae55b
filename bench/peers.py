"""What the peers of memtop are asked to do, each task in a process of its own.

    python peers.py TASK FILE THREADS [TARGET]

A task imports only its own library, and those that find out facts print them as JSON:
{"rows": n, "columns": [{"nulls", "distinct", "min", "max"}, ...]}, where min and max are
numbers, booleans or texts; what has no equal in memtop is left out.
"""

import json
import os
import shutil
import sys

LONGEST_TEXT = 64  # bytes; pandas wants to know before it appends to an HDF5 table


# --- commands, for those who run them -----------------------------------------------------


def task(name, path, threads, *target):
    return [sys.executable, "-B", __file__, name, path, str(threads), *target]


def qsv(path, threads):
    # It has threads only with an index; -5: which is made and removed by each run.
    options = f"--everything --infer-dates --round 9999 --force --cache-threshold -5 -j {threads}"
    return ["qsv", "stats", *options.split(), path]


def xan(path, threads):
    return ["xan", "stats", "--all", "--threads", str(threads), path]


INSTALLED = {name: words for name, words in (("qsv", qsv), ("xan", xan)) if shutil.which(name)}


def environment(threads):
    return {**os.environ, "POLARS_MAX_THREADS": str(threads)}


def plain(value):
    """A value as JSON can tell it: dates and the like as text."""
    return value if isinstance(value, (bool, int, float, str, type(None))) else str(value)


# --- profiles --------------------------------------------------------------------------


def duckdb_summary(path, threads):
    import duckdb

    duckdb.sql(f"SET threads = {threads}")
    query = "SUMMARIZE SELECT * FROM read_csv(?, delim = ','{})"
    try:
        summary = duckdb.execute(query.format(""), [path]).fetchall()
    except duckdb.Error:  # too short rows, say, are found at once
        summary = duckdb.execute(query.format(", null_padding = true"), [path]).fetchall()
    columns = []
    for _name, kind, *ends, distinct, _, _, _, _, _, rows, null_percentage in summary:
        if kind in ("BIGINT", "DOUBLE", "HUGEINT") or kind.startswith("DECIMAL"):
            ends = [end and float(end) for end in ends]
        elif kind == "BOOLEAN":
            ends = [end and end == "true" for end in ends]
        elif kind != "VARCHAR":  # a date, say, is no longer the text that it was
            ends = [None, None]
        columns.append({
            # The percentage has two decimals: not always the exact count.
            "nulls": round(rows * float(null_percentage) / 100),
            "distinct": distinct,
            "min": ends[0],
            "max": ends[1],
        })
    return {"rows": rows, "columns": columns}


def polars_summary(path, _threads):
    import polars as pl

    frame = pl.read_csv(path, infer_schema_length=None)
    everything = pl.all()
    nulls = frame.null_count().row(0)
    low = frame.select(everything.min()).row(0)
    high = frame.select(everything.max()).row(0)
    distinct = frame.select(everything.n_unique()).row(0)
    return {
        "rows": frame.height,
        "columns": [
            # To polars, null is one of the distinct values.
            {"nulls": n, "distinct": d - (n > 0), "min": plain(a), "max": plain(b)}
            for n, d, a, b in zip(nulls, distinct, low, high)
        ],
    }


def pandas_memory(path, _threads):
    import pandas

    pandas.read_csv(path).memory_usage(deep=True)


def pandas_facts(path, _threads):
    import pandas
    import pyarrow.compute as pc

    frame = pandas.read_csv(path)
    columns = []
    for i in range(frame.shape[1]):
        values = frame.iloc[:, i]
        column = {"nulls": int(values.isna().sum())}
        if values.dtype != object:  # of several types, where 1 and "1" are two values
            column["distinct"] = values.nunique()
            low, high = values.min(), values.max()
            column |= {"min": plain(getattr(low, "item", lambda: low)()),
                       "max": plain(getattr(high, "item", lambda: high)())}
        if values.dtype == "str":
            lengths = pc.min_max(pc.binary_length(values.array.__arrow_array__()))
            column |= {"shortest": lengths["min"].as_py(), "longest": lengths["max"].as_py()}
        columns.append(column)
    return {
        "rows": len(frame),
        "bytes": int(frame.memory_usage(deep=True).sum()),
        "columns": columns,
    }


# --- copies ----------------------------------------------------------------------------


def polars_arrow(path, _threads, target):
    import polars as pl

    pl.scan_csv(path).sink_ipc(target, compression="zstd")


def pyarrow_arrow(path, threads, target):
    import pyarrow
    from pyarrow import csv, feather

    pyarrow.set_cpu_count(int(threads))
    with csv.open_csv(path) as reader:  # the types that it would infer, times as text
        types = {
            field.name: pyarrow.string() if pyarrow.types.is_temporal(field.type) else field.type
            for field in reader.schema
        }
    table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types))
    feather.write_feather(table, target, compression="zstd")


def pandas_hdf5(path, _threads, target):
    import pandas

    with pandas.HDFStore(target, "w", complevel=1, complib="zlib") as store:
        for chunk in pandas.read_csv(path, chunksize=100_000):
            texts = list(chunk.select_dtypes("str"))
            store.append(
                "table", chunk, index=False, data_columns=texts,
                min_itemsize=dict.fromkeys(texts, LONGEST_TEXT),
            )


TASKS = {
    "duckdb": duckdb_summary,
    "polars": polars_summary,
    "pandas": pandas_memory,
    "pandas-facts": pandas_facts,
    "polars-arrow": polars_arrow,
    "pyarrow-arrow": pyarrow_arrow,
    "pandas-hdf5": pandas_hdf5,
}

if __name__ == "__main__":
    facts = TASKS[sys.argv[1]](*sys.argv[2:])
    if facts:
        json.dump(facts, sys.stdout)
