"""memtop beside its peers: the same files, the same threads, in turn.

    make bench [BENCHFLAGS='--quick --threads 4 ...']

Makes the files (once; a fixed seed), checks that memtop and the peers agree on them, then
runs each command several times, always one after the other and each as a new process, and
prints medians.  MEMTOP_BENCH_DATA may name one more file, a CSV with commas.

This program stays small: what a child reports as its peak is never less than what its
parent had when it forked.
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import typing
from importlib.metadata import version

import latency
import peers

HERE = pathlib.Path(__file__).resolve().parent

# What `generate` is told: for a full run, and for a quick one.
ORDERS = ("orders 6000000", "orders 200000")
SHAPES = (
    ORDERS,
    ("quoted 6000000", "quoted 200000"),
    ("integers 100000000", "integers 2000000"),
    ("strings 4000000", "strings 200000"),
    ("wide 10000 2598", "wide 500 520"),
    ("wide 100 100000", "wide 100 10000"),
)
COPIED = {"arrow": ORDERS, "h5": ("orders 600000", "orders 40000")}
WATCHED = ("orders 6000000", "orders 500000")  # on the dashboard
STARTS = (10, 5)  # of the dashboard
MANY = ("wide 100 100000", "wide 100 10000")  # columns on it
PRESSES = (50, 10)  # of each key
ORDERS_COLUMNS = 14


class Command(typing.NamedTuple):
    tool: str
    threads: int
    words: list
    target: pathlib.Path | None = None  # what it writes


class Run(typing.NamedTuple):
    seconds: float
    cpu: float  # seconds, user and system
    peak: float  # MiB
    written: int  # bytes


class Failed(Exception):
    pass


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- the files -----------------------------------------------------------------------------


def made(options, recipe):
    """The file of a recipe; made anew when the generator is newer."""
    path = options.data / (recipe.replace(" ", "-") + ".csv")
    if not path.exists() or path.stat().st_mtime < options.generate.stat().st_mtime:
        say(f"making {path.name}")
        part = path.with_suffix(".part")
        with open(part, "wb") as file:
            subprocess.run([options.generate, *recipe.split()], stdout=file, check=True)
        part.rename(path)
    return path


# --- what is run ---------------------------------------------------------------------------


def scan(path, options, threads=None):
    return [options.memtop, "--json", "--threads", str(threads or options.threads), path]


def profiles(path, options):
    n = options.threads
    yield Command("memtop", n, scan(path, options))
    yield Command("duckdb", n, peers.task("duckdb", path, n))
    yield Command("polars", n, peers.task("polars", path, n))
    yield Command("pandas", 1, peers.task("pandas", path, n))
    for name, words in peers.INSTALLED.items():
        yield Command(name, n, words(path, n))


def copies(kind, path, options, target):
    """With the dtypes that the peers write too, then with memtop's safe ones."""
    n = options.threads
    copy = [options.memtop, path, "--export", target, "--threads", str(n)]
    yield Command("memtop", n, [*copy, "--apply", "none"], target)
    yield Command("memtop (safe)", n, copy, target)
    if kind == "arrow":
        yield Command("polars", n, peers.task("polars-arrow", path, n, target), target)
        yield Command("pyarrow", n, peers.task("pyarrow-arrow", path, n, target), target)
    else:
        yield Command("pandas", 1, peers.task("pandas-hdf5", path, n, target), target)


def wait(child, limit):
    """Ends it after limit seconds; its exit status and what it used."""
    timer = threading.Timer(limit, child.kill)
    timer.start()
    _, status, usage = os.wait4(child.pid, 0)
    timer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage


def run(command, options):
    """Runs it, alone; what it took.  What it wrote is gone afterwards."""
    with tempfile.TemporaryFile() as errors:
        begin = time.monotonic()
        child = subprocess.Popen(
            command.words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=peers.environment(options.threads),
        )
        status, usage = wait(child, options.limit)
        seconds = time.monotonic() - begin
        written = 0
        if command.target and command.target.exists():
            written = command.target.stat().st_size
            command.target.unlink()
        if status == 0:
            cpu = usage.ru_utime + usage.ru_stime
            return Run(seconds, cpu, usage.ru_maxrss / 1024, written)
        if seconds >= options.limit:
            raise Failed(f"more than {options.limit:g} s")
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        raise Failed(last[:100] or f"exit status {status}")


def in_turn(commands, options, failed):
    """The runs of each tool; a tool that fails is left out and said in failed."""
    runs = {command.tool: [] for command in commands}
    for _ in range(options.runs):
        for command in commands:
            if command.tool not in failed:
                try:
                    runs[command.tool].append(run(command, options))
                except Failed as reason:
                    failed[command.tool] = str(reason)
    return runs


# --- results -------------------------------------------------------------------------------

FIELDS = (
    "what file rows columns bytes tool threads runs seconds lowest highest mb_per_s "
    "cells_per_s ratio cpu_s peak_mib written_bytes failed"
).split()


def figures(size, shape, runs, base):
    """What is said of some runs; base is memtop's median."""
    rows, columns = shape
    seconds = [one.seconds for one in runs]
    median = statistics.median(seconds)
    return {
        "seconds": median,
        "lowest": min(seconds),
        "highest": max(seconds),
        "mb_per_s": size / 1e6 / median,
        "cells_per_s": rows * columns / median,
        "ratio": median / base,
        "cpu_s": statistics.median(one.cpu for one in runs),
        "peak_mib": statistics.median(one.peak for one in runs),
        "written_bytes": runs[0].written or "",
    }


def compared(what, path, shape, commands, options, failed):
    """Runs the commands in turn; a line for each, the first one's time being 1."""
    say(f"running: {what}, {path.name}")
    runs = in_turn(commands, options, failed)
    ours = commands[0].tool
    if ours in failed:
        sys.exit(f"bench: {ours} failed on {path}: {failed[ours]}")
    base = statistics.median(one.seconds for one in runs[ours])
    for command in commands:
        line = dict.fromkeys(FIELDS, "") | {
            "what": what,
            "file": path.stem,
            "rows": shape[0],
            "columns": shape[1],
            "bytes": path.stat().st_size,
            "tool": command.tool,
            "threads": command.threads,
            "runs": len(runs[command.tool]),
            "failed": failed.get(command.tool, ""),
        }
        if not line["failed"]:
            line |= figures(path.stat().st_size, shape, runs[command.tool], base)
        yield line


def text(line):
    """As the table has it."""

    def number(field, form, unit=1):
        return format(line[field] / unit, form) if line[field] != "" else ""

    spread = ""
    if line["highest"] != "":
        spread = f"{(line['highest'] - line['lowest']) / line['seconds']:.0%}"
    return [
        line["what"], line["file"], line["tool"], str(line["threads"]),
        number("seconds", ".4f"), number("mb_per_s", ".0f"), number("cells_per_s", ".1f", 1e6),
        number("ratio", ".2f"), number("cpu_s", ".4g"), number("peak_mib", ".0f"), spread,
        number("written_bytes", ".1f", 1e6), line["failed"],
    ]


TITLES = [
    "what", "file", "tool", "threads", "seconds", "MB/s", "Mcells/s", "ratio", "CPU s",
    "peak MiB", "spread", "written MB", "failed",
]


def show(lines):
    table = [TITLES, *map(text, lines)]
    widths = [max(map(len, cells)) for cells in zip(*table)]
    for cells in table:
        print("  ".join(
            cell.ljust(width) if i < 3 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths))
        ).rstrip())


def show_machine(memtop):
    with open("/proc/cpuinfo") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    print(f"{model}, {os.cpu_count()} processors, {memory:.0f} GiB, {platform.platform()}")
    versions = [f"{name} {version(name)}" for name in ("duckdb", "polars", "pandas", "pyarrow")]
    for command in (memtop, *peers.INSTALLED):
        answer = subprocess.run([command, "--version"], stdout=subprocess.PIPE, text=True).stdout
        name = pathlib.Path(command).name
        versions.append(f"{name} {answer.splitlines()[0].removeprefix(name).strip()}")
    print(", ".join(versions))


# --- the whole -----------------------------------------------------------------------------


def checked(path, options):
    """Rows and columns, and the peers that had no answer; ends the run on a mismatch."""
    say(f"checking: {path.name}")
    words = [options.memtop, path, str(options.threads), str(options.limit)]
    done = subprocess.run(
        [sys.executable, "-B", HERE / "check.py", *words], stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit("bench: memtop and its peers do not agree; nothing more was measured")
    answer = json.loads(done.stdout)
    for peer, reason in answer["failed"].items():
        say(f"  no answer from {peer}: {reason}")
    say(f"  no difference; {answer['exact']} of {answer['columns']} distinct counts exact")
    return (answer["rows"], answer["columns"]), answer["failed"]


def profiled(options):
    """Every shape of file, in memtop and its peers."""
    files = [made(options, recipes[options.quick]) for recipes in SHAPES]
    if os.environ.get("MEMTOP_BENCH_DATA"):
        files.append(pathlib.Path(os.environ["MEMTOP_BENCH_DATA"]))
    for path in files:
        shape, failed = checked(path, options)
        commands = list(profiles(path, options))
        yield from compared("profile", path, shape, commands, options, failed)


def orders(options, recipe):
    """The file, and its rows and columns."""
    return made(options, recipe), (int(recipe.split()[1]), ORDERS_COLUMNS)


def scaled(options):
    """memtop alone: with one thread, and on longer files."""
    path, (rows, columns) = orders(options, ORDERS[options.quick])
    commands = [
        Command("memtop", options.threads, scan(path, options)),
        Command("memtop (1 thread)", 1, scan(path, options, 1)),
    ]
    yield from compared("threads", path, (rows, columns), commands, options, {})
    for factor in options.times:
        path, shape = orders(options, f"orders {rows * factor}")
        commands = [Command("memtop", options.threads, scan(path, options))]
        yield from compared("length", path, shape, commands, options, {})


def copied(options):
    for kind, recipes in COPIED.items():
        path, shape = orders(options, recipes[options.quick])
        commands = list(copies(kind, path, options, options.data / f"copy.{kind}"))
        yield from compared(f"to {kind}", path, shape, commands, options, {})


def answered(options):
    """How long the dashboard lets people wait."""
    path, _ = orders(options, WATCHED[options.quick])
    say("running: the dashboard")
    alone = run(Command("memtop", options.threads, scan(path, options)), options)
    frames, keys = latency.measure(
        options.memtop, path, options.threads, 0.8 * alone.seconds, STARTS[options.quick]
    )
    keys.sort()
    for what, seconds, count in (
        ("first frame, median", statistics.median(frames), len(frames)),
        ("key to paint, median", statistics.median(keys), len(keys)),
        ("key to paint, p99", keys[len(keys) * 99 // 100], len(keys)),
    ):
        line = dict.fromkeys(FIELDS, "")
        yield line | {
            "what": what, "file": path.stem, "tool": "memtop",
            "threads": options.threads, "runs": count, "seconds": seconds,
        }


def answered_many(options):
    """The same of very many columns, key by key: to the first paint, and the CPU seconds of
    the thread that paints."""
    path = made(options, MANY[options.quick])
    say("running: the dashboard, many columns")
    words = [options.memtop, "--snapshot", "120x40", "--threads", str(options.threads), path]
    alone = run(Command("memtop", options.threads, words), options)
    keys = latency.measure_many(
        options.memtop, path, options.threads, alone.seconds, PRESSES[options.quick]
    )
    for what, pressed in keys.items():
        wall, cpu = (sorted(figure) for figure in zip(*pressed))
        for share, at in (("median", len(pressed) // 2), ("p99", len(pressed) * 99 // 100)):
            line = dict.fromkeys(FIELDS, "")
            yield line | {
                "what": f"{what}, {share}", "file": path.stem, "tool": "memtop",
                "threads": options.threads, "runs": len(pressed),
                "seconds": wall[at], "cpu_s": cpu[at],
            }


def arguments():
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true", help="small files, 3 runs")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--runs", type=int, help="of each command (5; quick: 3)")
    parser.add_argument("--limit", type=float, help="seconds for one command (300; quick: 6)")
    parser.add_argument(
        "--times", default=[], type=lambda text: list(map(int, text.split(","))),
        help="memtop alone also on orders of N,N... times the rows, for its peak",
    )
    parser.add_argument("--data", type=pathlib.Path, default="bench-data", help="folder of files")
    parser.add_argument("--csv", type=pathlib.Path, default="bench-results.csv")
    parser.add_argument("--memtop", type=pathlib.Path, default="memtop")
    parser.add_argument("--generate", type=pathlib.Path, default="bench/generate")
    options = parser.parse_args()
    options.runs = options.runs or (3 if options.quick else 5)
    options.limit = options.limit or (6 if options.quick else 300)
    options.memtop = options.memtop.resolve()
    options.generate = options.generate.resolve()
    options.data.mkdir(parents=True, exist_ok=True)
    return options


def main():
    options = arguments()
    lines = []
    with open(options.csv, "w", newline="", buffering=1) as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        for part in (profiled, scaled, copied, answered, answered_many):
            for line in part(options):
                lines.append(line)
                writer.writerow(line)
    show_machine(options.memtop)
    show(lines)
    say(f"written to {options.csv}")


if __name__ == "__main__":
    main()
