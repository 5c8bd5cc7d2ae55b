"""The statistics of --json are what pandas says of the same file."""

import collections
import csv as csv_module
import math
import random

import pandas as pd
import pytest
from conftest import run_json
from datasets import PUBLIC, SHOP
from traps import NULL_WORDS

QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
ROWS = 60_000


def columns(random):
    """name -> cells; what is hard for a mean, a quantile or an order."""
    walk, at = [], 0.0
    for _ in range(ROWS):
        at += random.uniform(-1, 1)
        walk.append(f"{at:.6f}")
    words = [f"word {i}" for i in range(500)]
    return {
        "uniform": [f"{random.uniform(-5, 5):.12f}" for _ in range(ROWS)],
        "offset": [str(10**12 + random.randrange(1000)) for _ in range(ROWS)],
        "zipf": [str(int(random.paretovariate(0.8))) for _ in range(ROWS)],
        "constant": ["7"] * ROWS,
        "few": [random.choice(["1", "2.5", "", "3"]) for _ in range(ROWS)],
        "ascending": [str(i) for i in range(ROWS)],
        "descending": [str(-i / 4) for i in range(ROWS)],
        "ascending with nulls": ["" if i % 3 else str(i) for i in range(ROWS)],
        "walk": walk,
        "words": [random.choice(words) for _ in range(ROWS)],
        "sorted words": sorted(random.choice(words) for _ in range(ROWS)),
        "lengths": ["é" * int(random.paretovariate(0.9) % 900) + "x" for _ in range(ROWS)],
        "empty": [""] * ROWS,
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("statistics") / "made.csv"
    cells = columns(random.Random(5))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv_module.writer(file)
        writer.writerow(cells)
        writer.writerows(zip(*cells.values(), strict=True))
    return path


def near(ours, theirs, scale=0.0):
    return math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12 * scale)


def check_numbers(ours, numbers):
    """numbers: a Series of finite floats, without nulls."""
    assert ours["count"] == len(numbers)
    if numbers.empty:
        assert ours["mean"] is None and ours["histogram"] == []
        assert ours["min"] is None and ours["max"] is None
        assert set(ours["quantiles"].values()) == {None}
        return
    assert (ours["min"], ours["max"]) == (numbers.min(), numbers.max())
    # a mean near zero is known as well as the numbers that make it up
    assert near(ours["mean"], math.fsum(numbers) / len(numbers), numbers.abs().mean())
    if len(numbers) > 1:
        deviation = numbers.std()
        if math.isfinite(deviation):
            assert near(ours["stddev"], deviation, 1e-3 * numbers.abs().mean())
        else:
            assert ours["stddev"] is None
    ordered = numbers.sort_values(ignore_index=True)
    room = ours["quantile_error"] * len(ordered)
    assert room <= 0.01 * len(ordered)
    for q in QUANTILES:
        mine = ours["quantiles"][str(q)]
        place = q * (len(ordered) - 1)
        if room == 0:
            assert math.isclose(mine, ordered.quantile(q), rel_tol=1e-12), q
        low, high = (ordered.searchsorted(mine, side) for side in ("left", "right"))
        assert low - room - 1 <= place <= high + room + 1, q
    bins = ours["histogram"]
    assert (bins[0]["low"], bins[-1]["high"]) == (ordered.iloc[0], ordered.iloc[-1])
    assert sum(part["count"] for part in bins) == len(ordered)
    for part in bins if ours["histogram_exact"] else []:
        last = part is bins[-1]
        below = ordered.searchsorted(part["high"], "right" if last else "left")
        assert part["count"] == below - ordered.searchsorted(part["low"], "left")


def check_texts(ours, texts):
    """texts: a Series of the values as they are in the file, without nulls."""
    if texts.empty:
        assert ours["lengths"] is None and ours["top"] == []
        return
    lengths = texts.map(lambda text: len(text.encode()))
    assert ours["lengths"]["min"] == lengths.min()
    assert ours["lengths"]["max"] == lengths.max()
    assert near(ours["lengths"]["mean"], lengths.mean())
    assert sum(part["count"] for part in ours["lengths"]["buckets"]) == len(texts)
    for part in ours["lengths"]["buckets"]:
        assert part["count"] == lengths.between(part["low"], part["high"]).sum()
    if not ours["top_exact"]:
        return
    counts = texts.value_counts()
    assert [top["count"] for top in ours["top"]] == counts.head(20).tolist()
    assert len({top["value"] for top in ours["top"]}) == len(ours["top"])
    for top in ours["top"]:
        if "cut" not in top:
            assert counts[top["value"]] == top["count"]


def check_order(ours, texts, numbers):
    if texts.empty:
        assert ours["sorted"] == "none"
        return
    values = numbers if len(numbers) == len(texts) else texts.map(str.encode)
    expected = (
        "ascending"
        if values.is_monotonic_increasing
        else "descending" if values.is_monotonic_decreasing else "none"
    )
    assert ours["sorted"] == expected


def number(text):
    """Python's float rounds correctly; some texts are numbers to pandas alone."""
    try:
        return float(text)
    except ValueError:
        return float(pd.to_numeric(text))


def check(path, *options):
    answer = run_json(path, *options)
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert len(answer["columns"]) == len(frame.columns)
    few = 1 + len(frame.columns) // 500  # of very many columns each such one
    for mine, (name, column) in list(zip(answer["columns"], frame.items()))[::few]:
        ours, texts = mine["statistics"], column[~column.isin(NULL_WORDS)]
        # what is a number is what pandas takes for one
        numbers = texts[pd.to_numeric(texts, errors="coerce").notna()].map(number).astype(float)
        check_numbers(ours, numbers[numbers.map(math.isfinite)])
        check_texts(ours, texts)
        check_order(ours, texts, numbers)
        assert ours["runs"] == (column != column.shift()).sum(), name
    return answer


def test_made(made):
    answer = check(made)
    exact = collections.Counter(c["statistics"]["histogram_exact"] for c in answer["columns"])
    assert exact[True] == len(answer["columns"])


def test_made_with_little_memory(made):
    answer = check(made, "--memory", "42M")
    assert not all(c["statistics"]["top_exact"] for c in answer["columns"])


def test_shop():
    check(SHOP.source)


def test_threads_change_nothing(made):
    one, four = (run_json(made, "--threads", str(n))["columns"] for n in (1, 4))
    assert one == four


@pytest.mark.parametrize("dataset", PUBLIC)
def test_public(dataset, folder):
    if dataset.large or dataset.options or dataset.keywords:
        pytest.skip("too slow here, or read with options")
    check(dataset.path(folder))


def test_the_range_of_large_integers(csv):
    path = csv(b"a,b,c\n9007199254740993,-9223372036854775808,18446744073709551615\n5,7,1\n")
    columns = run_json(path)["columns"]
    ranges = [(c["statistics"]["min"], c["statistics"]["max"]) for c in columns]
    assert ranges == [(5, 2**53 + 1), (-(2**63), 7), (1, 2**64 - 1)]


def test_a_deviation_beyond_float64_is_not_known(csv):
    path = csv(b"a\n7.362e245\n5\n3e245\n")
    [column] = run_json(path)["columns"]
    assert column["statistics"]["mean"] == pytest.approx(3.454e245)
    assert column["statistics"]["stddev"] is None
