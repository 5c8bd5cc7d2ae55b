"""The memory a load really takes: what stays, and the peak, against real pandas.

Each load runs in a fresh process, which reports the bytes of the objects that are alive,
the rise of its resident set once everything free was given back, and the peak on the way.
"""

import json
import os
import pathlib
import random
import subprocess

import pytest
from conftest import SANITIZED, header_option, python_of, run_json

pytestmark = [
    pytest.mark.skipif(SANITIZED, reason="a sanitizer's program is too slow for these files"),
    pytest.mark.skipif(
        not os.access("/proc/self/clear_refs", os.W_OK), reason="the peak cannot be measured"
    ),
]

LOAD = r"""
import ctypes, gc, json, os, sys
import numpy as np
import pandas as pd
import pyarrow as pa


def status(key):
    for line in open("/proc/self/status"):
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024


def settle():
    gc.collect()
    pa.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)


def allocated(size):
    return (size + (8 if size > 512 else 0) + 15) // 16 * 16


def alive(column):
    if column.dtype == object:
        objects = {id(value): value for value in column.array}
        for value in [True, False, np.nan, *range(-5, 257)]:
            objects.pop(id(value), None)
        return 8 * len(column) + sum(
            allocated(sys.getsizeof(value))
            for value in objects.values()
            if not (isinstance(value, str) and len(value) < 2 and value < "\u0100")
        )
    if str(column.dtype) == "str":
        buffers = [b for chunk in column.array._pa_array.chunks for b in chunk.buffers() if b]
        return sum((b.size + 63) // 64 * 64 for b in buffers)
    return int(column.memory_usage(index=False))


path, tiny = sys.argv[1:]
for _ in range(2):  # what a first load imports and caches is not the dataset's
    pd.read_csv(tiny)
settle()
settle()
before = status("VmRSS")
open("/proc/self/clear_refs", "w").write("5")
frame = pd.read_csv(path)
peak = status("VmHWM") - before
settle()
rise = status("VmRSS") - before
json.dump(
    {
        "peak": peak,
        "rise": rise,
        "alive": [alive(frame[name]) for name in frame],
        "pool": pa.default_memory_pool().bytes_allocated(),
        "text": sum(alive(frame[name]) for name in frame if str(frame[name].dtype) == "str"),
    },
    sys.stdout,
)
"""


def unique(random):
    yield "a,b"
    for i in range(800_000):
        yield f"k{i:07d},v{i * 7 % 10**7:07d}"


def few(random):
    yield "a,b,c"
    for i in range(2_000_000):
        yield f"level{i % 10},name{i % 1000:04d},{'NSEW'[i % 4]}"


def integers(random):
    yield ",".join("abcdefghij")
    for i in range(500_000):
        yield ",".join(str(i * j) for j in range(1, 11))


def floats(random):
    yield ",".join("abcdefghij")
    for i in range(500_000):
        yield ",".join("" if (i + j) % 11 == 0 else f"{i * j % 9973}.5" for j in range(10))


def wide(random):
    yield ",".join(f"c{j}" for j in range(1000))
    for i in range(6_000):
        yield ",".join(str(i * j % 997) for j in range(1000))


def long_text(random):
    yield "a,b"
    for i in range(400_000):
        yield f"{'x' * random.randrange(120)}{i},{i}"


def not_ascii(random):
    yield "a,b"
    for i in range(700_000):
        yield f"{'é中'[i % 2]}{i:07d},{i}"


def mixed(random):
    """Blocks of several dtypes, between each other: pandas 2 puts them together."""
    yield ",".join(f"c{j}" for j in range(16))
    for i in range(300_000):
        yield ",".join(
            str(i + j) if j % 3 == 0 else f"{i % 1000}.25" if j % 3 == 1 else f"t{i * j % 500}"
            for j in range(16)
        )


def changing(random):
    yield "a,b"
    for i in range(1_000_000):
        yield f"{i if i < 600_000 else f'x{i}'},{i}"


SHAPES = [unique, few, integers, floats, wide, long_text, not_ascii, mixed, changing]

FIRST_LOAD = 2 << 20  # what a first large load imports and caches, whatever its size

LOADS = {}


def predicted(path):
    if path not in LOADS:
        LOADS[path] = run_json(*header_option(), path)
    return LOADS[path]


def load(path, engine, **environment):
    tiny = path.parent / "tiny.csv"
    tiny.write_text("a,b,c,d,e\n1,1.5,x,True,\n2,,,False,x\n")
    done = subprocess.run(
        [python_of(engine), "-c", LOAD, path, tiny],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def shape(request, tmp_path_factory):
    """A file of one shape, removed once its tests are over."""
    path = tmp_path_factory.mktemp("load") / f"{request.param.__name__}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in request.param(random.Random(1)))
    yield path
    path.unlink()


@pytest.mark.parametrize("shape", SHAPES, indirect=True, ids=lambda f: f.__name__)
@pytest.mark.parametrize("engine", ["pandas2", "pandas3"])
def test_load(shape, engine):
    answer = predicted(shape)
    memory = answer["memory"][engine]
    real = load(shape, engine)
    columns = [column["memory"][engine]["resident"] for column in answer["columns"]]
    assert memory["resident"] == sum(columns)
    # The objects that are alive: all but exact, for the 32 bits kept of a text's hash.
    for mine, theirs in zip(columns, real["alive"], strict=True):
        assert mine == pytest.approx(theirs, rel=0.001, abs=64)
    assert real["pool"] == pytest.approx(real["text"], abs=64 * len(columns))
    # The resident set holds them.  What else it holds are pages that the allocators of
    # Python and Arrow do not give back for one object that is still there: next to
    # nothing, but for pandas 3, which makes each text a Python string first.
    assert real["rise"] >= 0.98 * memory["resident"]
    if not real["text"]:
        assert real["rise"] <= 1.05 * memory["resident"] + FIRST_LOAD
    low, high = memory["peak"]
    assert low <= real["peak"] <= high
    assert high <= 1.25 * real["peak"]


@pytest.mark.parametrize("shape", [unique, few, mixed], indirect=True, ids=lambda f: f.__name__)
def test_text_of_pandas3_with_allocators_that_give_back(shape):
    """glibc's does: then the resident set is what the prediction says."""
    memory = predicted(shape)["memory"]["pandas3"]
    real = load(
        shape, "pandas3", PYTHONMALLOC="malloc", ARROW_DEFAULT_MEMORY_POOL="system"
    )
    assert real["rise"] == pytest.approx(memory["resident"], rel=0.05)


@pytest.mark.parametrize("engine", ["pandas2", "pandas3"])
def test_base(engine):
    """The interpreter with pandas imported, before any load; what else is installed
    beside pandas (numexpr, bottleneck) is imported too, hence the margin."""
    memory = predicted(pathlib.Path(__file__).parents[2] / "assets/shop.csv")["memory"][engine]
    code = "import pandas; print(open('/proc/self/status').read())"
    done = subprocess.run(
        [python_of(engine), "-c", code], capture_output=True, text=True, check=True
    )
    rss = int(done.stdout.partition("VmRSS:")[2].split()[0]) * 1024
    assert memory["base"] == pytest.approx(rss, rel=0.2)


def test_what_is_not_known():
    answer = predicted(pathlib.Path(__file__).parents[2] / "assets/shop.csv")
    memory = answer["memory"]
    assert memory["polars"]["peak"] is None and memory["arrow"]["peak"] is None
    assert memory["arrow"]["resident"] is None
    assert memory["polars"]["verdict"] == memory["arrow"]["verdict"] == "unknown"
    assert {memory[e]["verdict"] for e in ("pandas2", "pandas3")} <= {"fits", "tight", "no"}
