"""Every figure of --json is what pandas itself says of the same file."""

import pathlib
import subprocess
import sys

import pytest
from conftest import SANITIZED, TOP, ask_python, header_option, run, run_json
from datasets import FILES, PUBLIC, SHIFTED, SHOP, TRAPS, named

FACTS = pathlib.Path(__file__).with_name("facts.py")


GENERATED = [SHOP, *TRAPS, *FILES, *SHIFTED]
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
    names = [column["name"] for column in theirs["columns"]]
    # Where columns are the index, pandas shifts the names and memtop does not.
    pairs.append(("names", [column["name"] for column in ours["columns"]][: len(names)], names))
    index = [column for column in ours["columns"] if column["index"]]
    columns = [column for column in ours["columns"] if not column["index"]]
    assert len(columns) == len(names)
    real = [*theirs["columns"], *(theirs["index"] if index else [])]
    for i, (mine, real) in enumerate(zip(columns + index, real, strict=True)):
        for what in ("dtype", "nulls", "bytes", "distinct"):
            # An estimate says that it is one; the parts of an index are in index_bytes.
            if what in real and (what != "distinct" or mine["distinct_exact"]):
                pairs.append((f"{i}, {mine['name']}: {what}", mine[what], real[what]))
    return [pair for pair in pairs if pair[1] != pair[2]]


def check(dataset, engine, folder):
    path = dataset.path(folder)
    ours = run_json(path, "--engine", engine, *header_option(), *dataset.options)
    assert ours["scan"] == "complete"
    if SANITIZED:
        pytest.skip("what pandas says is compared without a sanitizer")
    theirs = facts(dataset, engine, folder)
    assert "error" not in theirs
    assert differences(ours, theirs) == []


def test_an_index_that_pandas_would_make_is_announced(folder):
    dataset = next(d for d in GENERATED if d.name == "trailing delimiters")
    said = run("--json", dataset.path(folder)).err
    assert "rows have 1 more field than the header" in said
    assert "pandas would take the first column as the index" in said


@pytest.mark.parametrize("engine", ["pandas3", "pandas2"])
@pytest.mark.parametrize("dataset", named(GENERATED))
def test_generated(dataset, engine, folder):
    check(dataset, engine, folder)


@pytest.mark.parametrize("engine", ["pandas3", "pandas2"])
@pytest.mark.parametrize("dataset", PUBLIC)
def test_public(dataset, engine, folder):
    if dataset.large and engine == "pandas2":
        pytest.skip("takes long, and is tested on the other files")
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
