"""Runs loader code and holds what it loads against an export of the same plan.

JSON in: a list of {"code", "export", "engine"}; out: per program what is different
("": nothing), and the bytes that pandas says each column takes.
"""

import json
import sys
import traceback
import warnings


def run(code):
    """The frame that a program loads."""
    names = {}
    exec(compile(code, "<loader code>", "exec"), names)
    return names["df"]


def difference_pandas(frame, export):
    import numpy as np
    import pandas as pd

    expected = pd.read_feather(export)
    if list(frame.columns) != list(expected.columns):
        return f"columns: {list(frame.columns)}, not {list(expected.columns)}"
    if not frame.index.equals(expected.index) or not isinstance(frame.index, pd.RangeIndex):
        return f"index: {frame.index}"
    for name in frame:
        got, wanted = frame[name], expected[name]
        if str(got.dtype) != str(wanted.dtype):
            return f"{name}: {got.dtype}, not {wanted.dtype}"
        if not np.array_equal(got.isna(), wanted.isna()):
            return f"{name}: nulls"
        if str(got.dtype) == "category":
            if list(got.cat.categories) != list(wanted.cat.categories):
                return f"{name}: categories"
            if not np.array_equal(got.cat.codes, wanted.cat.codes):
                return f"{name}: codes"
            continue
        got, wanted = got.dropna(), wanted.dropna()
        if str(got.dtype) in ("str", "object"):
            same = got.tolist() == wanted.tolist()
        elif str(got.dtype).startswith("datetime64"):
            same = np.array_equal(got.astype("int64"), wanted.astype("int64"))
        else:  # bit for bit: -0.0 is not 0.0
            plain = str(got.dtype).lower().replace("boolean", "bool")
            same = got.to_numpy(plain).tobytes() == wanted.to_numpy(plain).tobytes()
        if not same:
            return f"{name}: values: {got.head().tolist()}, not {wanted.head().tolist()}"
    return ""


def difference_polars(frame, export):
    import polars as pl

    expected = pl.read_ipc(export)
    if frame.columns != expected.columns:
        return f"columns: {frame.columns}, not {expected.columns}"
    if frame.height != expected.height:
        return f"rows: {frame.height}, not {expected.height}"
    for name in frame.columns:
        # A series of a name such as ^a$ cannot be asked everything.
        got, wanted = frame[name].rename(""), expected[name].rename("")
        if got.dtype != wanted.dtype:
            return f"{name}: {got.dtype}, not {wanted.dtype}"
        if not (got.is_null() == wanted.is_null()).all():
            return f"{name}: nulls"
        if got.dtype.is_float():  # pandas' NaN is no null here
            kind = {pl.Float32: pl.UInt32, pl.Float64: pl.UInt64}[got.dtype]
            got, wanted = got.reinterpret(dtype=kind), wanted.reinterpret(dtype=kind)
        if isinstance(got.dtype, pl.Categorical):
            got, wanted = got.cast(pl.String), wanted.cast(pl.String)
        if not got.equals(wanted):
            return f"{name}: values: {got.head().to_list()}, not {wanted.head().to_list()}"
    return ""


def examine(question):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            frame = run(question["code"])
    except Exception as e:
        where = traceback.extract_tb(e.__traceback__)[1].lineno
        return {"difference": f"line {where}: {type(e).__name__}: {e}"}
    difference = difference_polars if question["engine"] == "polars" else difference_pandas
    answer = {"difference": ""}
    if "export" in question:
        answer["difference"] = difference(frame, question["export"])
    if question["engine"] != "polars":
        usage = frame.memory_usage(deep=True)
        answer["bytes"] = {str(name): int(size) for name, size in usage.items()}
    return answer


if __name__ == "__main__":
    json.dump([examine(question) for question in json.load(sys.stdin)], sys.stdout)
