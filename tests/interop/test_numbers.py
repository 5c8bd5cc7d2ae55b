"""Every figure of --json is what pandas itself says of the same file."""

import pathlib
import subprocess
import sys

import pytest
from conftest import SANITIZED, TOP, ask_python, header_option, run, run_json
from datasets import FILES, PUBLIC, SHOP, TRAPS, named

FACTS = pathlib.Path(__file__).with_name("facts.py")


GENERATED = [SHOP, *TRAPS, *FILES]
answers = {}  # (engine, dataset's name) -> what pandas says


def facts(dataset, engine, folder):
    """What pandas says; of the generated datasets all at once, which is quicker."""
    if (engine, dataset.name) not in answers:
        batch = GENERATED if dataset in GENERATED else [dataset]
        questions = [[str(d.path(folder)), d.keywords] for d in batch]
        for d, answer in zip(batch, ask_python(engine, FACTS, questions), strict=True):
            answers[engine, d.name] = answer
    return answers[engine, dataset.name]


def differences(ours, theirs):
    """Each figure that differs, as (what, ours, theirs)."""
    pairs = [(what, ours[what], theirs[what]) for what in ("rows", "index_bytes", "bytes")]
    names = [column["name"] for column in ours["columns"]]
    pairs.append(("names", names, [column["name"] for column in theirs["columns"]]))
    for mine, real in zip(ours["columns"], theirs["columns"]):
        for what in ("dtype", "nulls", "bytes"):
            pairs.append((f"{real['name']}: {what}", mine[what], real[what]))
        # An estimate says that it is one.
        if mine["distinct_exact"]:
            pairs.append((f"{real['name']}: distinct", mine["distinct"], real["distinct"]))
    return [pair for pair in pairs if pair[1] != pair[2]]


def check(dataset, engine, folder):
    if dataset.large and SANITIZED:
        pytest.skip("too slow under a sanitizer")
    path = dataset.path(folder)
    theirs = facts(dataset, engine, folder)
    assert "error" not in theirs
    ours = run_json(path, "--engine", engine, *header_option(), *dataset.options)
    assert ours["scan"] == "complete"
    assert differences(ours, theirs) == []


# Rows longer than the header: pandas takes the first column for the index and shifts the
# names; memtop shows the columns as they stand in the file, and says so.
SHIFTED = "trailing delimiters"


def test_an_index_that_pandas_would_make_is_announced(folder):
    dataset = next(d for d in GENERATED if d.name == SHIFTED)
    said = run("--json", dataset.path(folder)).err
    assert "rows have 1 more field than the header" in said
    assert "pandas would take the first column as the index" in said


@pytest.mark.parametrize("engine", ["pandas3", "pandas2"])
@pytest.mark.parametrize("dataset", named([d for d in GENERATED if d.name != SHIFTED]))
def test_generated(dataset, engine, folder):
    check(dataset, engine, folder)


@pytest.mark.parametrize("engine", ["pandas3", "pandas2"])
@pytest.mark.parametrize("dataset", PUBLIC)
def test_public(dataset, engine, folder):
    check(dataset, engine, folder)


def test_small_columns_are_counted_exactly(folder):
    """Nothing above passes because every count was called an estimate."""
    answer = run_json(SHOP.path(folder))
    assert all(column["distinct_exact"] for column in answer["columns"])


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_do_not_matter(threads, folder):
    for dataset in TRAPS[:2]:
        path = dataset.path(folder)
        one = run_json(path, "--threads", "1")
        assert run_json(path, "--threads", threads) == one


def test_shop_is_what_its_program_makes():
    made = subprocess.run(
        [sys.executable, TOP / "assets/make_shop.py"], capture_output=True, check=True
    )
    assert made.stdout == (TOP / "assets/shop.csv").read_bytes()
