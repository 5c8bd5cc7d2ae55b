"""How fast the dashboard answers: on a pseudo-terminal, while all workers scan."""

import fcntl
import os
import pty
import random
import select
import signal
import struct
import termios
import time

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
