"""What is suggested and planned, and what never is."""

import pytest
from conftest import TOP, header_option, run, run_json
from datasets import TRAPS

SHOP = TOP / "assets/shop.csv"
COLUMNS, CHANGING = TRAPS[:2]

TEXT = {"string", "category"}
FLOAT = {"float32", "float64"}
DATE = {"date", "datetime"}

# What each column may become, whatever the policy; see traps.py for the cells.
ALLOWED = {
    "leading zeros": TEXT,
    "leading zeros and a point": TEXT,
    "leading zero and a null": TEXT,
    "plus": TEXT,
    "int8 borders": {"int8"},
    "int8 and one": {"int16"},
    "uint8 border": {"uint8"},
    "uint8 and one": {"int16"},
    "int16 borders": {"int16"},
    "int16 and one": {"int32"},
    "uint16 border": {"uint16"},
    "uint16 and one": {"int32"},
    "int32 borders": {"int32"},
    "int32 and one": {"int64"},
    "uint32 border": {"uint32"},
    "uint32 and one": {"int64"},
    "int64 borders": {"int64"},
    "uint64 border": {"uint64"},
    "uint64 and one": TEXT,
    "2^53 + 1 with a null": {"int64"},
    "-2^63 with a null": {"int64"},
    "2^63 with a null": {"uint64"},
    "2^64 before 1.5": TEXT,
    "2^64 - 1 and -1": TEXT,
    "huge": TEXT,
    "huge and null": TEXT,
    "huge and 1e5": TEXT,
    "huge and text": TEXT,
    "bool and null": {"bool"},
    "bool and int": TEXT,
    "zero and one": {"int8"},
    "yes and no": TEXT,
    "yes, no, null": TEXT,
    "t and f": TEXT,
    "almost null words": TEXT,
    "almost null word and int": TEXT,
    "Namibia": TEXT,
    "1e-50": {"float64"},
    "1e-400": {"float64", *TEXT},
    "nearly two": {"float64"},
    "16777217.0": {"float64"},
    "608202549.0": {"int32"},
    "10.8": {"float32"},
    "negative zero": FLOAT,
    "both zeros": FLOAT,
    "inf and int": FLOAT,
    "integral floats": {"int16"},
    "integral floats and null": {"int16"},
    "17 digits": {"float64"},
    "thousands": TEXT,
    "odd thousands": TEXT,
    "underscore": TEXT,
    "hexadecimal": TEXT,
    "other digits": TEXT,
    "other minus": TEXT,
    "blanks inside": TEXT,
    "not dates": TEXT,
    "ambiguous dates": TEXT,
    "day first": DATE,
    "month first": DATE,
    "ISO dates": DATE,
    "ISO dates and null": DATE,
    "dates and a timestamp": TEXT,
    "timestamps": {"datetime"},
    "nanoseconds": {"datetime"},
    "offsets": TEXT,
    "far dates": DATE,
    "no such date": TEXT,
    "8-digit dates": {"int32"},
    "all different": {"string"},
}
ALLOWED_CHANGING = {
    "large first": {"int32"},
    "text last": TEXT,
    "float last": FLOAT,
    "null last": {"int8"},
    "timestamp last": TEXT,
    "bool > int": TEXT,
    "int > text": TEXT,
}


@pytest.mark.parametrize("dataset, allowed", [(COLUMNS, ALLOWED), (CHANGING, ALLOWED_CHANGING)])
def test_traps(dataset, allowed, folder):
    answer = run_json(dataset.path(folder), "--apply", "all", *header_option())
    got = {column["name"]: column["planned"]["type"] for column in answer["columns"]}
    assert {n: got[n] for n, kinds in allowed.items() if got[n] not in kinds} == {}


def test_without_conversions_text_stays_text(folder):
    """Where the engine's default reader keeps text, so does --apply none."""
    for dataset in (COLUMNS, CHANGING):
        answer = run_json(dataset.path(folder), "--apply", "none", *header_option())
        text = [c for c in answer["columns"] if c["dtype"] == "str"]
        assert len(text) > 5
        changed = {c["name"]: c["planned"]["type"] for c in text if c["planned"]["type"] != "string"}
        assert changed == {}


@pytest.mark.parametrize("apply", ["none", "safe", "all"])
def test_figures_of_a_plan_belong_together(apply, folder):
    """The name, the type and the bytes of a planned column say one thing."""
    widths = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4, "float64": 8, "bool": 1}
    widths |= {f"u{name}": width for name, width in widths.items() if name.startswith("int")}
    wrong = []
    for dataset in (COLUMNS, CHANGING):
        answer = run_json(dataset.path(folder), "--apply", apply, *header_option())
        for column in answer["columns"]:
            plan = column["planned"]
            if plan["type"] in widths:
                name = plan["type"]
                nullable = column["plan_nulls"] > 0 and not name.startswith("float")
                if nullable:
                    name = {"b": "boolean", "i": "I" + name[1:], "u": "UI" + name[2:]}[name[0]]
                size = answer["rows"] * (widths[plan["type"]] + nullable)
                if (plan["dtype"], plan["bytes"]) != (name, size):
                    wrong.append((column["name"], plan, name, size))
        assert answer["planned_bytes"] == answer["index_bytes"] + sum(
            column["planned"]["bytes"] for column in answer["columns"]
        )
    assert wrong == []


def test_no_warning_without_a_cause(folder):
    """Columns that pandas' default reader keeps as they are."""
    answer = run_json(COLUMNS.path(folder), *header_option())
    warnings = {column["name"]: column["warnings"] for column in answer["columns"]}
    for name in ("int64 borders", "uint64 border", "int8 borders", "10.8", "ISO dates", "Latin-1"):
        assert warnings[name] == [], name
    for name in ("leading zeros", "2^53 + 1 with a null", "Namibia", "plus"):
        assert warnings[name], name


LOW, HIGH = -(2**63), 2**63


def warnings_of(path, *arguments):
    """(kind, count, line and text of the first) of each warning of the first column."""
    first = {"line": None, "value": None}
    return [
        (w["kind"], w["count"], *((first | w.get("first", {}))[k] for k in ("line", "value")))
        for w in run_json(path, *arguments)["columns"][0]["warnings"]
    ]


@pytest.mark.parametrize(
    "cells, warning",
    [
        ("007 8", ("leading_zeros", 1, 2, "007")),
        (f"1 {2**53 + 1} NA", ("inexact", 1, 3, f"{2**53 + 1}")),
        ("0.5 0.00000000000000000001", ("stray", 1, 3, "0.00000000000000000001")),
        (f"5 {LOW} NA", ("lost", 1, 3, f"{LOW}")),
        (f"{HIGH} NA 1 nan", ("nulls_kept", 2, 3, "NA")),
        ("DE NA FR", ("null_words", 1, 3, "NA")),
    ],
)
def test_warnings_say_how_many_and_where(csv, cells, warning):
    path = csv(("v,w\n" + "".join(f"{cell},1\n" for cell in cells.split())).encode())
    assert warning in warnings_of(path)


def test_null_numbers_come_with_a_warning(csv):
    """Where -999 is null, so are other texts of that number, in pandas alone."""
    path = csv(b"v,w\n1.5,1\n-999.0,2\n-9.99e2,3\n-999,4\n")
    column = run_json(path, "--null", "-999")["columns"][0]
    assert (column["nulls"], column["plan_nulls"]) == (3, 1)
    assert ("lost", 2, 3, "-999.0") in warnings_of(path, "--null", "-999")
    assert run_json(path, "--null", "-999", "--engine", "polars")["columns"][0]["nulls"] == 1


def test_mixed_columns_come_with_a_warning(folder):
    answer = run_json(CHANGING.path(folder), *header_option())
    said = {column["name"]: column["warnings"] for column in answer["columns"]}
    for name in ("int > text", "bool > int"):
        mixed = next(w for w in said[name] if w["kind"] == "mixed_types")
        assert (mixed["count"], mixed["first"]["line"]) == (5000 - 2048, 2050)
    assert "mixed_types" not in [w["kind"] for w in said["null > text"]]


def suggestions(answer):
    return {c["name"]: (c["suggested"]["dtype"], c["suggested"]["class"]) for c in answer["columns"]}


def test_suggestions_for_the_shop():
    wanted = {
        "order_id": ("int32", "exact"),
        "quantity": ("int8", "exact"),
        "rating": ("Int8", "exact"),
        "gift": ("bool", "none"),
        "zip": ("str", "exact"),
        "city": ("category", "exact"),
        "product": ("category", "exact"),
        "category": ("category", "exact"),
        "price": ("float32", "rounded"),
        "discount": ("float32", "rounded"),
    }
    got = suggestions(run_json(SHOP))
    assert {name: got[name] for name in wanted} == wanted
    assert got["shipped"][0].startswith("datetime64[")
    assert got["ordered_at"] == ("datetime64[us]", "equal")


def planned(answer):
    return {c["name"]: (c["planned"]["type"], c["planned"]["class"]) for c in answer["columns"]}


def test_policies():
    none, safe, all_ = (planned(run_json(SHOP, "--apply", a)) for a in ("none", "safe", "all"))
    assert run_json(SHOP)["apply"] == "safe" and planned(run_json(SHOP)) == safe
    # Zip codes stay text whatever the policy; nothing disappears; yes/no stays text.
    for plan in (none, safe, all_):
        assert plan["zip"][0] in ("string", "category")
        assert "drop" not in [kind for kind, _ in plan.values()]
        assert plan["newsletter"][0] != "bool"
    assert none["quantity"][0] == "int64" and safe["quantity"][0] == "int8"
    assert safe["price"][0] == "float64" and all_["price"] == ("float32", "rounded")
    assert {c for _, c in safe.values()} <= {"none", "exact", "equal"}
    assert {c for _, c in all_.values()} <= {"none", "exact", "equal", "rounded"}


def test_zip_codes_come_with_a_warning():
    zips = next(c for c in run_json(SHOP)["columns"] if c["name"] == "zip")
    assert zips["dtype"] == "int64" and zips["warnings"]


def test_null_words_come_with_a_warning():
    country = next(c for c in run_json(SHOP)["columns"] if c["name"] == "country")
    assert country["nulls"] > 0 and country["warnings"][0]["first"]["value"] == "NA"


@pytest.mark.parametrize(
    "cells, dtype, line",
    [
        ("1 2 300 4", "int8", 4),
        ("1 2 -1 4", "uint8", 4),
        ("1 2 3 x", "int64", 5),
        ("1.5 2 3 4", "int64", 2),
        ("0.1 0.2 1e-50 1", "float32", 4),
        ("yes no perhaps yes", "bool", 4),
        ("2020-01-01 2020-02-30 2020-01-01 2020-01-01", "datetime", 3),
    ],
)
def test_a_dtype_that_a_value_rules_out_is_refused(csv, cells, dtype, line):
    path = csv(("v,w\n" + "".join(f"{cell},1\n" for cell in cells.split())).encode())
    done = run("--json", path, "--set", f"v={dtype}", status=None)
    assert done.returncode == 1 and not done.stdout
    assert "v" in done.err and f"line {line}" in done.err
    target = path.parent / "out.arrow"
    assert run(path, "--export", target, "--set", f"v={dtype}", status=None).returncode == 1
    assert not target.exists()


def test_set_splits_at_the_last_equals_sign(csv):
    path = csv(b"a=b,c\n1,2\n")
    assert planned(run_json(path, "--set", "a=b=int16"))["a=b"][0] == "int16"
