"""What --json says of each candidate: the first value that rules it out, found again here
from the file alone, and the findings, with their counts and places."""

import csv as csv_module
import decimal
import functools
import io
import re

import pytest
from conftest import run_json
from datasets import PUBLIC, SHOP, TRAPS, named
from traps import NULL_WORDS

INTEGER = re.compile(r"[ \t\n\v\f\r]*([+-]?)([0-9]+)[ \t\n\v\f\r]*")
FLOAT = re.compile(
    r"\s*([+-]?)(([0-9]+\.?[0-9]*|\.[0-9]+)([eE]\s*[+-]?[0-9]+)?|inf|infinity)\s*",
    re.IGNORECASE | re.ASCII,
)
RANGES = {f"int{b}": (-(2 ** (b - 1)), 2 ** (b - 1) - 1) for b in (8, 16, 32, 64)} | {
    f"uint{b}": (0, 2**b - 1) for b in (8, 16, 32, 64)
}


@functools.cache
def integer(text):
    """The value that an integer column holds for the text and can give back, or None."""
    found = FLOAT.fullmatch(text)
    if not found or found[2].lower().startswith("inf"):
        return None
    if found[1] == "+" or re.match(r"0[0-9]", found[2]):
        return None
    value = decimal.Decimal("".join(text.split()))
    if value == 0 and found[1] == "-" and not INTEGER.fullmatch(text):
        return None
    if abs(value.adjusted()) > 40 and value != 0:
        return None
    if not INTEGER.fullmatch(text) and len(value.normalize().as_tuple().digits) > 19:
        return None  # 1.0 with more digits than an integer has
    return value if value == value.to_integral_value() else None


def is_integer(text, low, high):
    value = integer(text)
    return value is not None and low <= value <= high


def records(data, options):
    """Rows of (text of the cells) with the lines they begin on."""
    text = data.decode("utf-8-sig", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    reader = csv_module.reader(io.StringIO(text, newline=""), **options)
    line = 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


@pytest.mark.parametrize("dataset", [*named([SHOP, *TRAPS]), *PUBLIC])
def test_the_first_value_that_rules_an_integer_out(dataset, tmp_path):
    path = dataset.path(tmp_path)
    if dataset.options or dataset.keywords or path.suffix == ".gz":
        pytest.skip("read with options")
    data = path.read_bytes()
    answer = run_json(path)
    if answer["faults"]:
        pytest.skip("its rows are not all alike")
    rows = [(line, row) for line, row in records(data, {}) if row and row != [""]]
    del rows[0]
    assert len(rows) == answer["rows"]
    for i, column in enumerate(answer["columns"]):
        cells = [(line, row[i]) for line, row in rows if row[i] not in NULL_WORDS and row[i]]
        candidates = {c["type"]: c for c in column["candidates"]}
        for name, (low, high) in RANGES.items():
            breaks = ((line, cell) for line, cell in cells if not is_integer(cell, low, high))
            line, cell = next(breaks, (None, None))
            if line is None:
                assert candidates[name]["class"] != "blocked", column["name"]
                continue
            assert candidates[name]["class"] == "blocked", (column["name"], name, line, cell)
            blocker = candidates[name]["blocker"]
            assert (blocker["line"], cell.encode()[:30]) == (
                line,
                blocker["value"].encode(errors="surrogateescape"),
            ), (column["name"], name)
            at = blocker["byte"]
            begun = data[at : at + 80].replace(b'""', b'"')
            assert begun.startswith(cell.encode()[:30]), (column["name"], name)


def column_of(answer, name):
    return next(c for c in answer["columns"] if c["name"] == name)


def kinds(column):
    return {f["kind"]: f for f in column["warnings"] + column["notes"]}


def test_findings(csv):
    rows = [
        f"{i},{i * 7 % 5},x,,{i * 7 % 5},{'-' if i % 3 else i},{-999 if i % 4 else i},"
        f"{i % 9},2024010{i % 9 + 1},{i * 1000:,}".replace(",", ";", 9)
        for i in range(1, 41)
    ]
    header = "row;a;constant;null;twin;odd;number;b;date;big"
    path = csv((header + "\n" + "\n".join(rows) + "\n").encode())
    answer = run_json(path, "--delimiter", ";")
    found = {c["name"]: kinds(c) for c in answer["columns"]}
    assert set(found["row"]) == {"row_number"}
    assert set(found["a"]) == set(found["b"]) == set()
    assert set(found["constant"]) == {"constant"}
    assert set(found["null"]) == {"all_null"}
    assert set(found["twin"]) == {"duplicate"} and found["twin"]["duplicate"]["of"] == "a"
    assert found["odd"]["sentinels"]["tokens"] == ["-"]
    assert found["odd"]["sentinels"]["count"] == 27
    assert found["odd"]["sentinels"]["first"] == {
        "line": 2, "byte": len(header) + 1 + rows[0].index("-"), "value": "-",
    }
    assert set(found["date"]) == {"date_numbers"}
    assert set(found["big"]) == {"thousands", "decimal_comma"}


def test_nothing_is_proven_by_some_rows(csv):
    path = csv(b"a,b\n" + b"1,2\n" * 50)
    assert all("proof" in c for c in column_of(run_json(path), "a")["candidates"][:8])
    answer = run_json(path, "--rows", "10")
    assert answer["scan"] == "partial"
    assert not any("proof" in c for c in column_of(answer, "a")["candidates"])
