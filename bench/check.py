"""Whether memtop and its peers agree on a file.

    python check.py MEMTOP FILE THREADS SECONDS

Compares rows and, per column, nulls, distinct values, the smallest and the largest; with
pandas also the bytes in memory and how long texts are.  Exits with 1 after naming each
column and both figures where they differ.  Prints {"rows", "columns", "failed"}: the last
one says why a peer had no answer (within SECONDS).

memtop's JSON has the ends of numbers, and of other values only where all of them are
among the most frequent: no more than that can be compared.
"""

import csv
import io
import json
import math
import subprocess
import sys

import peers

SHOWN = 20  # differences

# How far a distinct count that is an estimate may be off, as a share.
ESTIMATE = {"memtop": 0.04, "duckdb": 0.2}


class NoAnswer(Exception):
    pass


def ask(command, threads, seconds):
    try:
        environment = peers.environment(threads)
        done = subprocess.run(command, capture_output=True, timeout=seconds, env=environment)
    except subprocess.TimeoutExpired:
        raise NoAnswer(f"more than {seconds:g} s") from None
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise NoAnswer(last[:100] or f"exit status {done.returncode}")
    return done.stdout


# --- what each one says -------------------------------------------------------------------


def facts_of_memtop(answer):
    columns = []
    for column in answer["columns"]:
        statistics = column["statistics"]
        facts = {key: column[key] for key in ("name", "nulls", "distinct", "distinct_exact")}
        if statistics["min"] is not None:
            facts["numbers"] = [statistics["min"], statistics["max"]]
        top = [entry["value"] for entry in statistics["top"]]
        if 0 < len(top) == column["distinct"] and statistics["top_exact"]:
            facts["texts"] = [min(top), max(top)]
        if statistics["lengths"]:
            facts["lengths"] = [statistics["lengths"]["min"], statistics["lengths"]["max"]]
        columns.append(facts)
    return {"rows": answer["rows"], "bytes": answer["bytes"], "columns": columns}


def facts_of_table(nulls, low, high, texts_low, texts_high):
    """What reads a peer's table of columns, given its headings.

    Distinct values are texts there, so that 1 and 1.0 are two; ends are compared where
    its type says that they are those of all values."""

    def read(table):
        columns = []
        for row in csv.DictReader(io.StringIO(table.decode())):
            kind = row["type"].lower()
            column = {"nulls": int(row[nulls]), "distinct": int(row["cardinality"])}
            if kind in ("int", "integer", "float"):
                column |= {"min": float(row[low]), "max": float(row[high])}
            elif kind == "string":
                column |= {"min": row[texts_low], "max": row[texts_high]}
            if kind == "float":
                del column["distinct"]
            columns.append(column)
        return {"columns": columns}

    return read


def facts_of_qsv(table):
    facts = facts_of_table("nullcount", "min", "max", "min", "max")(table)
    for column in facts["columns"]:
        if "distinct" in column and column["nulls"]:
            column["distinct"] -= 1  # the empty text
    return facts


READERS = {
    "qsv": facts_of_qsv,
    "xan": facts_of_table("count_empty", "min", "max", "lex_first", "lex_last"),
}


def questions(path, threads):
    """Peer, what to run, what makes facts of its output, memtop's engine to compare with.

    To all but pandas, only the empty field is null, as in memtop's engine polars."""
    yield "pandas", peers.task("pandas-facts", path, threads), json.loads, "pandas3"
    yield "polars", peers.task("polars", path, threads), json.loads, "polars"
    yield "duckdb", peers.task("duckdb", path, threads), json.loads, "polars"
    for name, words in peers.INSTALLED.items():
        yield name, words(path, threads), READERS[name], "polars"


# --- comparing ----------------------------------------------------------------------------


def distinct_agrees(ours, theirs, peer):
    share = ESTIMATE.get(peer, 0) + (0 if ours["distinct_exact"] else ESTIMATE["memtop"])
    return abs(ours["distinct"] - theirs["distinct"]) <= share * theirs["distinct"]


def ends_agree(ours, theirs):
    # The last of 17 digits is not always right in pandas' own parser.
    return all(
        math.isclose(a, b, rel_tol=1e-15) if isinstance(a, (int, float)) else a == b
        for a, b in zip(ours, theirs)
    )


def compare_column(ours, theirs, peer, rows):
    """What differs: its name, memtop's figure, the peer's."""
    rounded = rows // 20_000 + 1 if peer == "duckdb" else 0  # a percentage, two decimals
    if abs(ours["nulls"] - theirs["nulls"]) > rounded:
        yield "nulls", ours["nulls"], theirs["nulls"]
    if "distinct" in theirs and not distinct_agrees(ours, theirs, peer):
        yield "distinct", ours["distinct"], theirs["distinct"]
    ends = [theirs.get("min"), theirs.get("max")]
    mine = ours.get("texts" if isinstance(ends[0], str) else "numbers")
    if isinstance(ends[0], bool):  # its text may have been True, or yes
        ends = [str(end).lower() for end in ends]
        mine = [end.lower() for end in ours.get("texts", ())]
        mine = mine if set(mine) <= {"true", "false"} else None
    if mine and ends[0] is not None and not ends_agree(mine, ends):
        yield "min and max", mine, ends
    if "longest" in theirs and "lengths" in ours:
        lengths = [theirs["shortest"], theirs["longest"]]
        if ours["lengths"] != lengths:
            yield "shortest and longest", ours["lengths"], lengths


def compare(ours, theirs, peer):
    for key in ("rows", "bytes"):
        if key in theirs and ours[key] != theirs[key]:
            yield f"{key}: memtop {ours[key]}, {peer} {theirs[key]}"
    if len(ours["columns"]) != len(theirs["columns"]):
        yield f"columns: memtop {len(ours['columns'])}, {peer} {len(theirs['columns'])}"
        return
    for i, (mine, column) in enumerate(zip(ours["columns"], theirs["columns"])):
        for what, one, other in compare_column(mine, column, peer, ours["rows"]):
            yield f"column {i + 1}, {mine['name']}: {what}: memtop {one}, {peer} {other}"


def main(memtop, path, threads, seconds):
    python = "3.12" if sys.version_info >= (3, 12) else "3.11"  # for the bytes of objects
    ours = {
        engine: facts_of_memtop(json.loads(subprocess.check_output(
            [memtop, "--json", "--engine", engine, "--python", python, "--threads", threads, path],
            stderr=subprocess.DEVNULL,
        )))
        for engine in ("pandas3", "polars")
    }
    failed, different = {}, []
    for peer, command, read, engine in questions(path, threads):
        try:
            theirs = read(ask(command, threads, float(seconds)))
        except NoAnswer as reason:
            failed[peer] = str(reason)
        else:
            different += compare(ours[engine], theirs, peer)
    for line in different[:SHOWN]:
        print(f"{path}: {line}", file=sys.stderr)
    if len(different) > SHOWN:
        print(f"{path}: {len(different) - SHOWN} more", file=sys.stderr)
    rows, columns = ours["pandas3"]["rows"], ours["pandas3"]["columns"]
    exact = sum(column["distinct_exact"] for column in columns)
    print(json.dumps({"rows": rows, "columns": len(columns), "exact": exact, "failed": failed}))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
