"""memtop's own memory has a bound, whatever the size of the file."""

import gzip
import itertools
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import time

import pyte
import pytest
from conftest import PROGRAM, SANITIZED, TEST_DATA

MIB = 1 << 20
LIMIT = 100 * MIB

TENNIS = pathlib.Path(TEST_DATA or ".", "tennis_atp_singles.csv.gz")

pytestmark = [
    pytest.mark.skipif(SANITIZED, reason="a sanitizer's own memory is in the figure"),
    pytest.mark.skipif(not TENNIS.exists(), reason="the tennis dataset is not there"),
]

# A small process: the peak of a child counts what its parent held when it began.
PEAK_OF_CHILD = """
import os, resource, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ,
                     file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
assert status == 0, status
print(usage.ru_maxrss * 1024)
"""


def peak_of_command(*arguments):
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PEAK_OF_CHILD, PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def peak_of_dashboard(path):
    """VmHWM once the dashboard says that all rows were scanned; then q."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LINES="30", COLUMNS="120", LC_ALL="C.UTF-8")
        os.execv(PROGRAM, [PROGRAM, path])
    screen = pyte.Screen(120, 30)
    stream = pyte.ByteStream(screen)
    deadline = time.monotonic() + 120
    try:
        while "all rows scanned" not in "\n".join(screen.display):
            assert time.monotonic() < deadline, "\n".join(screen.display)
            if select.select([terminal], [], [], 1)[0]:
                stream.feed(os.read(terminal, 65536))
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
        os.write(terminal, b"q")
        while select.select([terminal], [], [], 10)[0]:
            try:
                if not os.read(terminal, 65536):
                    break
            except OSError:  # the program has left its terminal
                break
    finally:
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(terminal)
    assert code == 0
    return peak


WAYS = {
    "json": lambda path, folder: peak_of_command(path, "--json"),
    "dashboard": lambda path, folder: peak_of_dashboard(path),
    "arrow": lambda path, folder: peak_of_command(
        path, "--force", "--export", folder / "out.arrow"
    ),
    "hdf5": lambda path, folder: peak_of_command(path, "--force", "--export", folder / "out.h5"),
}


@pytest.fixture(scope="module")
def tennis(tmp_path_factory):
    """The first third of the dataset, and all of it."""
    folder = tmp_path_factory.mktemp("tennis")
    third, whole = folder / "third.csv", folder / "whole.csv"
    with gzip.open(TENNIS) as source, whole.open("wb") as target:
        shutil.copyfileobj(source, target, MIB)
    with whole.open("rb") as source, third.open("wb") as target:
        for line in itertools.islice(source, 314_000):
            target.write(line)
    yield third, whole
    shutil.rmtree(folder)


@pytest.mark.parametrize("way", WAYS)
def test_peak_is_bounded(way, tennis, tmp_path):
    third, whole = tennis
    # The peak is what a run can reach: on a busy machine one worker may do it all.
    once = max(WAYS[way](third, tmp_path) for _ in range(3))
    thrice = WAYS[way](whole, tmp_path)
    assert once < LIMIT
    assert thrice <= once * 1.1 + 4 * MIB
