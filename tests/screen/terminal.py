"""memtop in a pseudo-terminal, with pyte showing what a person would see.

Nothing here sleeps: wait() reads what the program paints until a condition of the
screen holds, or a deadline ends the test with the screen in its message.
"""

import errno
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import termios
import time

import pyte

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("MEMTOP", "./memtop")).resolve()
SANITIZED = bool(os.environ.get("MEMTOP_SANITIZED")) or (
    PROGRAM.exists() and b"__asan_init" in PROGRAM.read_bytes()
)
os.environ["XDG_CONFIG_HOME"] = "/nonexistent"  # a person's own file is no part of it
DEADLINE = 60 if SANITIZED else 15

KEYS = {
    "Up": "\x1bOA", "Down": "\x1bOB", "Right": "\x1bOC", "Left": "\x1bOD",
    "Home": "\x1bOH", "End": "\x1bOF", "PgUp": "\x1b[5~", "PgDn": "\x1b[6~",
    "Enter": "\r", "Esc": "\x1b", "Tab": "\t", "Space": " ", "Backspace": "\x7f", "F1": "\x1bOP",
    "F3": "\x1bOR", "F5": "\x1b[15~", "F6": "\x1b[17~", "F9": "\x1b[20~", "F10": "\x1b[21~",
    **{f"Ctrl-{letter}": chr(ord(letter) - 64) for letter in "ACDLRUZ"},
}


FRAME = 2026 << 5  # the private mode that is set while a frame is painted


class Screen(pyte.Screen):
    """pyte's, with the sequences of xterm that it lacks: REP, SU and SD."""

    last = " "

    def draw(self, data):
        super().draw(data)
        self.last = data[-1:] or self.last

    def repeat(self, count=1, **_):
        super().draw(self.last * (count or 1))

    def scroll_up(self, count=1, **_):
        self._scroll(count, self.index, (self.margins or (0, self.lines - 1))[1])

    def scroll_down(self, count=1, **_):
        self._scroll(count, self.reverse_index, (self.margins or (0, 0))[0])

    def _scroll(self, count, step, row):
        place = self.cursor.y
        self.cursor.y = row
        for _ in range(count or 1):
            step()
        self.cursor.y = place


class Stream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "b": "repeat", "S": "scroll_up", "T": "scroll_down"}


class Terminal:
    """memtop running on a screen of width x height cells."""

    def __init__(
        self,
        *arguments,
        size=(120, 30),
        term="xterm-256color",
        env=None,
        options=(),
        program=PROGRAM,
    ):
        assert PROGRAM.exists(), f"{PROGRAM} is missing: build memtop, or set MEMTOP"
        self.screen = Screen(*size)
        self.stream = Stream(self.screen)
        self.raw = b""
        self.status = None
        self.closed = False
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("LC_") and key not in ("LANG", "NO_COLOR", "LINES", "COLUMNS")
        }
        environment.update({"TERM": term, "LC_ALL": "C.UTF-8", **(env or {})})
        # A crash must reach memtop's own handlers, as it does without a sanitizer.
        environment["ASAN_OPTIONS"] = "handle_segv=0:handle_sigbus=0:handle_abort=0"
        if SANITIZED:  # libgpm, which ncurses loads on a console, leaks where no gpm runs
            environment["NCURSES_GPM_TERMS"] = "none"
        self.fd, keyboard = pty.openpty()
        self._set_size(*size)
        self.modes = termios.tcgetattr(self.fd)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.fd)
                os.login_tty(keyboard)
                for ignored in (signal.SIGINT, signal.SIGQUIT):  # by a background job's shell
                    signal.signal(ignored, signal.SIG_DFL)
                os.execve(program, [program, *options, *map(str, arguments)], environment)
            finally:
                os._exit(127)
        os.close(keyboard)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.close()

    # --- what the person does --------------------------------------------------

    def press(self, *keys):
        """Each is a name of KEYS, or text to type."""
        for key in keys:
            os.write(self.fd, KEYS.get(key, key).encode())

    def mouse(self, button, x, y):
        """Presses and releases a button (64 and 65 are the wheel) on a cell, counted from 0."""
        for release in "Mm":
            self.press(f"\x1b[<{button};{x + 1};{y + 1}{release}")

    def click(self, text, lowest=False, times=1):
        """Clicks the middle of a text on the screen: of the first one, or the lowest.
        Two times is a double click, which comes at once, however busy the machine is."""
        self.wait(text)
        places = [y for y, line in enumerate(self.lines) if text in line]
        y = places[-1 if lowest else 0]
        x = self.lines[y].index(text) + len(text) // 2
        self.press("".join(f"\x1b[<0;{x + 1};{y + 1}{release}" for release in "Mm") * times)

    def _set_size(self, width, height):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width, height):
        self.screen.resize(height, width)
        self._set_size(width, height)

    def kill(self, number):
        os.kill(self.pid, number)

    def close(self):
        """The terminal is gone, as when its window is closed."""
        if not self.closed:
            os.close(self.fd)
            self.closed = True

    # --- what the person sees -----------------------------------------------------

    def _read(self, seconds):
        """Feeds what was painted to the screen; False at the end of the program."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        self.raw += data
        self.stream.feed(data)
        return data != b""

    @property
    def lines(self):
        rows = range(self.screen.lines)
        columns = range(self.screen.columns)
        return ["".join(self.screen.buffer[y][x].data for x in columns).rstrip() for y in rows]

    @property
    def text(self):
        return "\n".join(self.lines)

    def wait(self, wanted, what=None):
        """Until `wanted` is on the screen: a text, a pattern, or a function of self."""
        if isinstance(wanted, str):
            holds = lambda: wanted in self.text
        elif isinstance(wanted, re.Pattern):
            holds = lambda: wanted.search(self.text)
        else:
            holds = lambda: wanted(self)
        end = time.monotonic() + DEADLINE
        while FRAME in self.screen.mode or not (found := holds()):
            left = end - time.monotonic()
            if left <= 0 or not self._read(min(left, 0.5)):
                raise AssertionError(f"never seen: {what or wanted}\n{self.text}")
        return found

    def settle(self, quiet=0.15):
        """Until nothing was painted for a while: only to look, never to be sure."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and select.select([self.fd], [], [], quiet)[0]:
            if not self._read(0):
                break

    def scanned(self):
        """Until every row was read."""
        self.wait(re.compile("all rows|[✓+!] (fits|tight)"))  # the verdict comes last
        return self

    def row(self, text):
        """The first line that holds text, or nothing."""
        return next((line for line in self.lines if text in line), "")

    def highlighted(self):
        """What stands under each cursor bar."""
        bars = []
        for line in range(self.screen.lines):
            cells = [self.screen.buffer[line][x] for x in range(self.screen.columns)]
            if sum(cell.bg != "default" for cell in cells) > 12:
                bars.append("".join(c.data for c in cells if c.bg != "default").strip())
        return bars

    # --- the end --------------------------------------------------------------------

    def end(self, seconds=DEADLINE):
        """Reads until the program ends; its exit status, or minus a signal."""
        end = time.monotonic() + seconds
        while self.status is None:
            assert time.monotonic() < end, f"still running after {seconds} s\n{self.text}"
            if not self.closed:
                self._read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid == self.pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif self.closed:
                select.select([], [], [], 0.01)
        while not self.closed and select.select([self.fd], [], [], 0)[0] and self._read(0):
            pass
        assert b"Sanitizer" not in self.raw and b"runtime error" not in self.raw, self.raw[-3000:]
        return self.status

    def restored(self):
        """Whether the terminal is as it was: its modes, its first page, its cursor."""
        return (
            termios.tcgetattr(self.fd) == self.modes
            and self.raw.rfind(b"\x1b[?1049l") > self.raw.rfind(b"\x1b[?1049h") >= 0
            and self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l")
            and self.raw.rfind(b"1000l") >= self.raw.rfind(b"1000h")
        )
