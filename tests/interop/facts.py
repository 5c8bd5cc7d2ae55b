"""What pandas says of CSV files: run by the Python of one environment.

Reads [[path, read_csv keywords], ...] as JSON from stdin; writes for each
{"rows", "bytes", "index_bytes", "columns": [{"name", "dtype", "nulls", "distinct",
"bytes"}], "index": [the same of its levels]} or {"error"}.
"""

import json
import multiprocessing
import sys
import warnings

import pandas as pd


def facts(path, keywords):
    warnings.simplefilter("ignore")
    frame = pd.read_csv(path, **keywords)
    # First of all: some of the later calls cache things inside the strings.
    usage = frame.memory_usage(deep=True)
    return {
        "rows": len(frame),
        "bytes": int(usage.sum()),
        "index_bytes": int(usage.iloc[0]),
        "index": [
            {"dtype": str(level.dtype), "nulls": int(level.isna().sum()), "distinct": level.nunique()}
            for level in map(frame.index.get_level_values, range(frame.index.nlevels))
        ],
        "columns": [
            {
                "name": str(name),
                "dtype": str(column.dtype),
                "nulls": int(column.isna().sum()),
                "distinct": int(column.nunique()),
                "bytes": int(usage.iloc[i + 1]),
            }
            for i, (name, column) in enumerate(frame.items())
        ],
    }


def answer(question):
    try:
        return facts(*question)
    except Exception as error:  # whatever pandas raises is its answer
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    # Each in a process of its own: strings that all share, like "", keep what is cached.
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        json.dump(pool.map(answer, json.load(sys.stdin), chunksize=1), sys.stdout)


main()
