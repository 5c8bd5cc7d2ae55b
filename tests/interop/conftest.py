"""Finds the program under test, the other Python and the datasets.

MEMTOP            the program (./memtop)
MEMTOP_PY2        Python of the pandas 2 environment; its tests are skipped without
MEMTOP_TEST_DATA  folder of public datasets; their tests are skipped without
"""

import json
import os
import pathlib
import subprocess
import sys

import jsonschema_rs
import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("MEMTOP", "./memtop")).resolve()
SANITIZED = b"__asan_init" in PROGRAM.read_bytes() if PROGRAM.exists() else False
TEST_DATA = os.environ.get("MEMTOP_TEST_DATA")
os.environ.setdefault(
    "LSAN_OPTIONS", f"suppressions={TOP}/tests/lsan.supp:print_suppressions=0"
)
os.environ["XDG_CONFIG_HOME"] = "/nonexistent"  # a person's own file is no part of it
SCHEMA = jsonschema_rs.validator_for(json.loads((TOP / "docs/memtop.schema.json").read_text()))


def run(*arguments, status=0, **keywords):
    """Runs memtop; its exit status must be `status` (None: any)."""
    assert PROGRAM.exists(), f"{PROGRAM} is missing: build memtop, or set MEMTOP"
    keywords.setdefault("stdin", subprocess.DEVNULL)
    keywords.setdefault("timeout", 300)
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        stdout=keywords.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        **keywords,
    )
    done.err = done.stderr.decode()
    assert "runtime error" not in done.err and "AddressSanitizer" not in done.err, done.err
    assert status is None or done.returncode == status, done.err
    return done


def run_json(*arguments, status=0):
    """The parsed output of memtop --json, which must follow the schema."""
    answer = json.loads(run("--json", *arguments, status=status).stdout)
    SCHEMA.validate(answer)
    return answer


def python_of(engine):
    if engine == "pandas3":
        return sys.executable
    python = os.environ.get("MEMTOP_PY2")
    if not python:
        pytest.skip("MEMTOP_PY2 is not set")
    return python


ready = {}  # engine -> its Python, which has imported pandas


def ask_python(engine, script, question):
    """Runs script with the engine's Python: JSON in, JSON out."""
    if engine not in ready:
        command = [python_of(engine), TOP / "tests/interop/ready.py"]
        ready[engine] = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    python = ready[engine]
    print(json.dumps([str(script), json.dumps(question)]), file=python.stdin, flush=True)
    status, out, err = json.loads(python.stdout.readline())
    assert status == 0, err
    return json.loads(out)


def header_option():
    """Which CPython's string headers memtop should count: those of the tests' own."""
    return ["--python", "3.11" if sys.version_info < (3, 12) else "3.12"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A folder for generated datasets, for the whole run."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def csv(tmp_path):
    """csv(bytes) writes a file and returns its path."""

    def write(data, name="in.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
