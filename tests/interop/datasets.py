"""The datasets of the tests: what to give memtop, what to give pandas."""

import gzip
import itertools
import pathlib
import typing

import pytest
import traps
from conftest import SANITIZED, TEST_DATA, TOP


class Dataset(typing.NamedTuple):
    name: str
    source: typing.Callable[[], bytes] | pathlib.Path  # the bytes, or where they are
    options: tuple = ()  # of memtop
    keywords: dict = {}  # of pandas.read_csv
    dates: dict = {}  # column -> strptime format, where not ISO
    large: bool = False  # and a .gz; see BEGINNINGS

    def path(self, folder):
        if isinstance(self.source, pathlib.Path):
            return self.source
        path = folder / (self.name.replace(" ", "_").replace(",", "") + ".csv")
        if not path.exists():
            path.write_bytes(self.source())
        return path


SHOP = Dataset("shop", TOP / "assets/shop.csv")

TRAPS = [
    Dataset(
        "columns",
        traps.columns_file,
        dates={"day first": "%d/%m/%Y", "month first": "%m/%d/%Y"},
    ),
    Dataset("changing", traps.changing_file),
    Dataset("wide codes", traps.wide_codes_file),
    *[Dataset(f"random {i}", lambda i=i: traps.random_file(i)) for i in range(20)],
    *([] if SANITIZED else [Dataset("random changing", lambda: traps.random_changing_file(0))]),
]

DELIMITERS = {"semicolons": ";", "tabs": "\t", "pipes": "|"}
FILES = [
    Dataset(
        name,
        lambda text=text: text,
        keywords={"sep": DELIMITERS[name]} if name in DELIMITERS else {},
    )
    for name, text in traps.FILES.items()
]

SHIFTED = [
    *[Dataset(name, lambda text=text: text) for name, text in traps.SHIFTED.items()],
    *[
        Dataset(f"random shifted {i}", lambda i=i: traps.shifted(traps.random_file(i), i % 4 + 1))
        for i in range(8)
    ],
    Dataset("random changing shifted", lambda: traps.shifted(traps.random_changing_file(0), 1)),
]


SMALL = 600_000  # bytes: what a program with a sanitizer reads soon enough


def public(name, options=(), keywords={}, **more):
    """One file of the folder of public datasets; without it, a test that skips."""
    source = pathlib.Path(TEST_DATA or ".") / name
    if not TEST_DATA:
        obstacle = "MEMTOP_TEST_DATA is not set"
    elif not source.exists():
        obstacle = f"{source} is missing"
    elif SANITIZED and source.stat().st_size > SMALL:
        obstacle = "too slow under a sanitizer"
    else:
        obstacle = ""
    return pytest.param(
        Dataset(name, source, options, keywords, **more),
        id=name,
        marks=pytest.mark.skipif(bool(obstacle), reason=obstacle),
    )


PUBLIC = [
    public("bank-additional.csv", keywords={"sep": ";"}),
    public("biopics_latin1.csv", ("--encoding", "latin1"), {"encoding": "latin-1"}),
    public("birdstrikes_crlf.csv"),
    public("brain_networks_multiheader.csv"),
    public("china_streets.csv"),
    public("chipotle.tsv", keywords={"sep": "\t"}),
    public("cran_log_2013-06-15.csv.gz"),
    public("m4_weekly_train_wide2598.csv"),
    public("mayweather_tweets.csv"),
    public(
        "movielens_u.item_pipe_latin1",
        ("--no-header", "--encoding", "latin1"),
        {"sep": "|", "header": None, "encoding": "latin-1"},
        dates={"2": "%d-%b-%Y"},
    ),
    public("movielens_u.user_pipe.csv", keywords={"sep": "|"}),
    public("nonvoters_data.csv"),
    public(
        "openflights_airports.dat",
        ("--no-header", "--null", r"\N"),
        {"header": None, "na_values": [r"\N"]},
    ),
    public("planets_comments.csv", ("--comment", "#"), {"comment": "#"}),
    public("rep_candidates_crlf.csv"),
    public("taxis.csv"),
    public("tennis_atp_singles.csv.gz", large=True),
    public("titanic.csv"),
    public("ufo.csv", dates={"Time": "%m/%d/%Y %H:%M"}),
    public("zipcodes.csv"),
]


LINES = 30_000


def beginning(public):
    """The same, but of a large file its first lines: for tests that take long."""
    (dataset,) = public.values
    if not dataset.large:
        return public

    def lines():
        with gzip.open(dataset.source) as file:
            return b"".join(itertools.islice(file, LINES))

    return pytest.param(
        dataset._replace(source=lines, large=False), id=public.id, marks=public.marks
    )


BEGINNINGS = [beginning(public) for public in PUBLIC]


def text_of(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def named(datasets):
    return [pytest.param(d, id=d.name) for d in datasets]
