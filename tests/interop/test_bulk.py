"""Tall columns of many different values: what the engines say, whoever counts."""

import random

import bulk
import pytest
import test_engines
import test_numbers
import test_statistics
from conftest import SANITIZED, ask_python, header_option, run_json
from datasets import Dataset

SHAPES = {1: (40, 3000), 2: (40, 3000), 3: (6, 30_000)}  # seed -> columns and rows

pytestmark = pytest.mark.skipif(SANITIZED, reason="too slow under a sanitizer")


@pytest.fixture(scope="module", params=SHAPES)
def made(request, tmp_path_factory):
    """The columns, and the file."""
    dice = random.Random(request.param)
    columns = bulk.columns(dice, *SHAPES[request.param])
    data = bulk.written(dice, columns)
    return columns, Dataset(f"bulk {request.param}", lambda: data), tmp_path_factory.mktemp("bulk")


@pytest.mark.parametrize("engine", ["pandas3", "pandas2"])
def test_pandas(engine, made):
    _, dataset, folder = made
    path = dataset.path(folder)
    [theirs] = ask_python(engine, test_numbers.FACTS, [[str(path), {}]])
    ours = run_json(path, "--engine", engine, *header_option())
    assert test_numbers.differences(ours, theirs) == []


@pytest.mark.parametrize("engine", ["polars", "arrow"])
def test_engines_of_their_own(engine, made):
    _, dataset, folder = made
    test_engines.compare(dataset, engine, folder)


@pytest.mark.filterwarnings("ignore:overflow encountered in square")
def test_the_statistics(made):
    _, dataset, folder = made
    test_statistics.check(dataset.path(folder))


def test_the_same_columns_are_noted_and_no_others(made):
    columns, dataset, folder = made
    first = {}
    expected = [first.setdefault(tuple(cells), name) for name, cells in columns.items()]
    for mine, name in zip(run_json(dataset.path(folder))["columns"], expected, strict=True):
        of = [note["of"] for note in mine["notes"] if note["kind"] == "duplicate"]
        assert of == ([name] if name != mine["name"] else [])


def test_threads_change_nothing(made):
    _, dataset, folder = made
    one, four = (run_json(dataset.path(folder), "--threads", n)["columns"] for n in (1, 4))
    assert one == four
