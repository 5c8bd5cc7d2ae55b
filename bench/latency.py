"""How fast the dashboard answers: on a pseudo-terminal, while all workers scan, and with very
many columns."""

import fcntl
import os
import pty
import random
import select
import signal
import struct
import termios
import time

QUIET = 0.03  # seconds without output after which a key is taken to be painted
SIZE = struct.pack("HHHH", 40, 120, 0, 0)
DEADLINE = 10


class Dashboard:
    def __init__(self, memtop, path, threads):
        self.begin = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, SIZE)
                environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
                command = [memtop, "--threads", str(threads), path]
                os.execve(memtop, command, environment)
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def painted(self, text):
        """Until text was painted; the seconds that took."""
        begin, seen = time.monotonic(), b""
        while text not in seen:
            if not select.select([self.fd], [], [], DEADLINE)[0]:
                raise RuntimeError(f"the dashboard did not paint {text}")
            seen += os.read(self.fd, 65536)
        return time.monotonic() - begin

    def rest(self, seconds):
        """Reads what is painted meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.fd], [], [], left)[0]:
                os.read(self.fd, 65536)

    def press(self, key, text):
        """The seconds until text, which only this key paints, is there."""
        os.write(self.fd, key)
        return self.painted(text)

    def cpu(self):
        """Seconds that the thread which paints has worked."""
        with open(f"/proc/{self.pid}/task/{self.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9

    def answered(self, key):
        """The seconds until a key paints anything, and those of work that followed from it."""
        before, begin, first = self.cpu(), time.monotonic(), None
        os.write(self.fd, key)
        while select.select([self.fd], [], [], QUIET if first else DEADLINE)[0]:
            os.read(self.fd, 65536)
            first = first or time.monotonic() - begin
            if time.monotonic() - begin > 10 * QUIET:  # something else is painted, too
                break
        return first, self.cpu() - before


# Keys of the columns view, in an order in which each of them paints.
MANY = (
    ("j", b"j"), ("page down", b"\x1b[6~"), ("last", b"G"), ("first", b"g"), ("sort", b"s"),
    ("reverse", b"S"), ("mark", b" "), ("unmark", b"k "), ("apply", b"a"), ("undo", b"u"),
    ("apply all", b"A"), ("undo all", b"u"), ("engine", b"m"), ("filter", b"&"),
    ("filter: c", b"c"), ("filter: c9", b"9"), ("filter: c99", b"9"), ("filter off", b"\r&\x15\r"),
)


def press_all(dashboard, times, result, when, until=None):
    while times > 0 and (until is None or until > time.monotonic()):
        times -= 1
        for name, key in MANY:
            result.setdefault(f"{name}, {when}", []).append(dashboard.answered(key))
            dashboard.rest(random.uniform(0.02, 0.1))


def measure_many(memtop, path, threads, scan_seconds, times):
    """Per key, during the scan and after it: (seconds to its first paint, of CPU)."""
    result = {}
    with Dashboard(memtop, path, threads) as dashboard:
        dashboard.painted(b"quit")
        press_all(dashboard, times, result, "scanning", dashboard.begin + 0.8 * scan_seconds)
        dashboard.rest(2)
        while len(os.listdir(f"/proc/{dashboard.pid}/task")) > 1:
            dashboard.rest(0.5)
        press_all(dashboard, times, result, "scanned")
    return result


def measure(memtop, path, threads, scan_seconds, starts):
    """The first frame of each start, and each key's paint during the scan: seconds.

    The cursor goes between the first two columns; the name of the one that it comes to
    is painted anew."""
    with open(path, "rb") as file:
        names = file.readline().replace(b'"', b"").strip().split(b",")[:2]
    frames, keys = [], []
    for _ in range(starts):
        with Dashboard(memtop, path, threads) as dashboard:
            dashboard.painted(b"quit")  # the last line
            frames.append(time.monotonic() - dashboard.begin)
            at = 0
            while True:
                at = 1 - at
                keys.append(dashboard.press(b"j" if at else b"k", names[at]))
                if time.monotonic() - dashboard.begin > scan_seconds:
                    break
                dashboard.rest(random.uniform(0.002, 0.02))
    return frames, keys
