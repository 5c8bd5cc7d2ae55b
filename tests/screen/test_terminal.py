"""The terminal around the program: every signal, data on standard input, tmux, and the
rules that hold in every view."""

import glob
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from terminal import PROGRAM, SANITIZED, TOP

SHOP = TOP / "assets/shop.csv"

# --- signals ---------------------------------------------------------------------------

# What ends a program that does not expect it.  SIGKILL asks nobody.
FATAL = [
    number
    for number in signal.valid_signals()
    if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN,
                      signal.SIGTTOU, signal.SIGCONT, signal.SIGCHLD, signal.SIGURG,
                      signal.SIGWINCH, signal.SIGPIPE, signal.SIGXFSZ)
    and number < signal.SIGRTMIN
]  # fmt: skip


@pytest.mark.parametrize("number", FATAL, ids=lambda number: signal.Signals(number).name)
def test_every_signal_gives_the_terminal_back(start, number):
    terminal = start(SHOP).scanned()
    terminal.kill(number)
    status = terminal.end()
    noted = number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    assert status == (128 + number if noted else -number)
    assert terminal.restored()


@pytest.mark.parametrize("number", [signal.SIGPIPE, signal.SIGXFSZ, signal.SIGWINCH,
                                    signal.SIGCHLD, signal.SIGURG])  # fmt: skip
def test_signals_that_are_no_reason_to_end(start, number):
    terminal = start(SHOP).scanned()
    terminal.kill(number)
    terminal.press("j")
    terminal.wait("2 of 16")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.restored()


@pytest.mark.parametrize("key", ["q", "Ctrl-Z"])
def test_prompt_on_a_terminal_with_one_screen(start, key):
    command = f"set -m; {PROGRAM} {SHOP}; printf prompt; read line"
    terminal = start("-c", command, program="/bin/bash", term="vt100").scanned()
    terminal.press(key)
    terminal.wait(lambda t: "prompt" in t.text and "all safe" not in t.text, "a prompt")
    terminal.press("\r")
    terminal.end()


def test_ignored_signals_stay_ignored(start):
    terminal = start("-c", f"trap '' TERM USR1; exec {PROGRAM} {SHOP}", program="/bin/sh")
    terminal.scanned()
    terminal.kill(signal.SIGTERM)
    terminal.kill(signal.SIGUSR1)
    terminal.press("j")
    terminal.wait("2 of 16")
    terminal.press("q")
    assert terminal.end() == 0


def test_terminal_lost_though_hangups_are_ignored(start):
    """As under nohup: nothing tells of it but the terminal itself."""
    terminal = start("-c", f"trap '' HUP; exec {PROGRAM} {SHOP}", program="/bin/sh")
    terminal.scanned()
    terminal.close()
    assert terminal.end(10 if SANITIZED else 2) == 128 + signal.SIGHUP


def test_mouse_is_left_to_the_shell_while_suspended(start):
    terminal = start("--norc", "--noprofile", "-i", program="/bin/bash", env={"PS1": "ready> "})
    terminal.wait("ready>")
    terminal.press(f"{PROGRAM} {SHOP}\r")
    terminal.scanned()
    terminal.press("Ctrl-Z")
    terminal.wait("Stopped")
    assert terminal.raw.rfind(b"1000l") > terminal.raw.rfind(b"1000h")
    terminal.press("fg\r")
    terminal.wait(lambda t: "all rows" in t.text and "q quit" in t.text)
    terminal.mouse(65, 5, 9)
    terminal.wait("4 of 16")
    terminal.press("q", "exit\r")
    assert terminal.end() == 0


# --- standard input is the data ----------------------------------------------------------


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_keys_come_from_the_terminal(start, name):
    terminal = start("-c", f"cat {SHOP} | {PROGRAM} {name}", program="/bin/sh")
    terminal.scanned()
    terminal.wait("12,000 rows × 16 columns")
    terminal.press("A")
    terminal.wait("13 columns changed by the plan")
    terminal.press("q", "y")
    assert terminal.end() == 0
    assert terminal.restored()


def test_no_data_on_the_terminal_itself(start):
    terminal = start("-")
    assert terminal.end() == 2
    assert b"standard input is the terminal, and not data" in terminal.raw
    assert b"\x1b" not in terminal.raw


def test_no_keyboard_no_dashboard(start):
    terminal = start("-c", f"exec {PROGRAM} {SHOP} </dev/null", program="/bin/sh")
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.raw and b"order_id" in terminal.raw


@pytest.mark.parametrize("how", ["stop", "quit", "signal"])
def test_a_pipe_that_says_no_more(start, tmp_path, how):
    """Waiting for it never keeps anybody from stopping."""
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    terminal = start(pipe)
    with open(pipe, "wb", buffering=0) as end:
        end.write(b"a,b\n" + b"1,x\n" * 600_000)
        terminal.wait("scanning")
        begin = time.monotonic()
        if how == "stop":
            terminal.press("Ctrl-C")
            terminal.wait(re.compile(r"! first [\d,]+ rows, not proven"))
            print(f"stopped after {(time.monotonic() - begin) * 1000:.0f} ms")
            terminal.press("q")
            assert terminal.end() == 0
        elif how == "quit":
            terminal.press("q")
            assert terminal.end(20 if SANITIZED else 2) == 0
        else:
            terminal.kill(signal.SIGTERM)
            assert terminal.end(20 if SANITIZED else 2) == 128 + signal.SIGTERM
    assert terminal.restored()


def test_a_pipe_that_never_says_much(start, tmp_path):
    """There always is a row more, and never a block of them: Ctrl-C is heard all the same."""
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    terminal = start(pipe)
    heard = threading.Event()

    def trickle(end):
        while not heard.wait(0.002):
            end.write(b"1,x\n")

    with open(pipe, "wb", buffering=0) as end:
        end.write(b"a,b\n" + b"1,x\n" * 600_000)
        writer = threading.Thread(target=trickle, args=[end])
        writer.start()
        try:
            terminal.wait("scanning")
            terminal.press("Ctrl-C")
            terminal.wait(re.compile(r"! first [\d,]+ rows, not proven"))
        finally:
            heard.set()
            writer.join()


# --- keys ----------------------------------------------------------------------------------


def test_escape_is_answered_at_once(start):
    terminal = start(SHOP).scanned()
    terminal.press("?")
    terminal.wait("moving")
    begin = time.monotonic()
    terminal.press("Esc")
    terminal.wait("footprint")
    milliseconds = (time.monotonic() - begin) * 1000
    print(f"Esc after {milliseconds:.0f} ms")
    assert milliseconds < (3000 if SANITIZED else 500)  # ncurses would wait a second


VIEWS = {"help": ["?"], "detail": ["Enter"], "picker": ["t"], "export": ["e"],
         "palette": [":"], "search": ["/"], "filter": ["&"]}  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
def test_escape_only_closes(start, view):
    terminal = start(SHOP).scanned()
    terminal.press(*VIEWS[view])
    terminal.settle()
    assert "q quit" not in terminal.lines[29]
    terminal.press("Esc")
    terminal.wait(lambda t: "q quit" in t.lines[29])
    terminal.press("Esc", "Esc", "Esc")  # closes, and ends nothing
    terminal.press("j")
    terminal.wait("2 of 16")
    terminal.press("q")
    assert terminal.end() == 0


@pytest.mark.parametrize("view", [view for view in VIEWS if view not in ("palette", "search", "filter")])
def test_q_closes_the_top_view(start, view):
    terminal = start(SHOP).scanned()
    terminal.press(*VIEWS[view])
    terminal.settle()
    terminal.press("q")
    terminal.wait(lambda t: "q quit" in t.lines[29])
    terminal.press("q")
    assert terminal.end() == 0


@pytest.mark.parametrize("view", ["palette", "search", "filter"])
def test_text_fields_own_the_letters(start, view):
    terminal = start(SHOP).scanned()
    terminal.press(*VIEWS[view], "q?:/jA")
    terminal.wait("q?:/jA")
    assert "moving" not in terminal.text
    terminal.press("Esc", "q")
    assert terminal.end() == 0


@pytest.mark.parametrize("view", [None, *VIEWS])
def test_ctrl_c_twice_asks_and_quits_in_every_view(start, view):
    terminal = start(SHOP).scanned()
    terminal.press("a")
    terminal.wait("1 column changed")
    terminal.press(*VIEWS.get(view, []))
    terminal.settle()
    terminal.press("Ctrl-C", "Ctrl-C")
    terminal.wait("Quit all the same?")
    terminal.press("y")
    assert terminal.end() == 0
    assert terminal.restored()


# --- colours -------------------------------------------------------------------------------


@pytest.mark.parametrize("term, options, most", [
    ("xterm-256color", [], 256), ("xterm-256color", ["--color", "16"], 16), ("xterm", [], 8),
])  # fmt: skip
def test_no_more_colours_than_the_terminal_has(start, term, options, most):
    dark = TOP / "assets/themes/dark.theme"  # bright ones where there are 16
    terminal = start(SHOP, "--theme", dark, *options, term=term).scanned()
    terminal.press("?")
    terminal.wait("moving")
    found = {int(n) for n in re.findall(rb"\x1b\[[0-9;]*?[34]8;5;(\d+)", terminal.raw)}
    bright = re.findall(rb"\x1b\[(?:[0-9;]*;)?(?:9|10)[0-7][;m]", terminal.raw)
    assert (max(found, default=0) > 15) == (most == 256)
    assert most == 16 or not bright
    assert most != 8 or not found
    assert re.search(rb"\x1b\[[0-9;]*3[0-7;m]", terminal.raw)


# --- what it costs ---------------------------------------------------------------------------


def processor_seconds(pid):
    """Of all its threads, to the nanosecond."""
    files = glob.glob(f"/proc/{pid}/task/*/schedstat")
    return sum(int(open(file).read().split()[0]) for file in files) / 1e9


@pytest.mark.skipif(SANITIZED, reason="sanitizers cost time")
@pytest.mark.parametrize("size", [(120, 30), (200, 60)])
def test_idle_costs_nothing(start, size):
    """Some 0.5 % at 200x60; the rest is for a machine that does much else."""
    terminal = start(SHOP, size=size).scanned()
    terminal.wait("fits")
    before, begin = processor_seconds(terminal.pid), time.monotonic()
    while time.monotonic() - begin < 2:
        terminal._read(0.5)
    share = (processor_seconds(terminal.pid) - before) / (time.monotonic() - begin)
    print(f"idle: {share * 100:.2f} % of a processor")
    assert share < 0.04


# --- tmux ------------------------------------------------------------------------------------


@pytest.fixture
def tmux(tmp_path):
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    socket = str(tmp_path / "tmux")

    def run(*arguments):
        return subprocess.run(
            ["tmux", "-S", socket, "-f", "/dev/null", *arguments],
            capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8", "TMUX": ""},
        )  # fmt: skip

    yield run
    run("kill-server")


def test_tmux(tmux, tmp_path):
    """Start, keys, a storm of sizes and the end, as tmux sees them."""

    def shown():
        return tmux("capture-pane", "-p", "-t", "m").stdout

    def wait(holds):
        end = time.monotonic() + 20
        while not holds(shown()):
            assert time.monotonic() < end, shown()
            time.sleep(0.02)

    command = f"{PROGRAM} {SHOP}; echo ended $?; exec cat"
    assert tmux("new-session", "-d", "-s", "m", "-x", "120", "-y", "30", command).returncode == 0
    wait(lambda text: "all rows scanned" in text and "q quit" in text)
    for step in range(40):
        width, height = 20 + step * 37 % 181, 5 + step * 13 % 56
        tmux("resize-window", "-t", "m", "-x", str(width), "-y", str(height))
    tmux("resize-window", "-t", "m", "-x", "80", "-y", "24")
    wait(lambda text: len(text.split("\n")) == 25 and "1 of 16" in text and "q quit" in text)
    tmux("send-keys", "-t", "m", "?")
    wait(lambda text: "moving" in text)
    tmux("send-keys", "-t", "m", "Escape")
    wait(lambda text: "q quit" in text)
    tmux("send-keys", "-t", "m", "q")
    wait(lambda text: "ended 0" in text)
    assert "order_id" not in shown()
