"""Tall columns whose values hardly repeat, with a few cells of another kind in them.

memtop takes such columns in bulk and looks closely only at the cells that do not fit in.
Each kind of cell below is one that it may take for another.
"""

import datetime
import string

import traps

HEX = string.hexdigits[:16]


def some(dice, alphabet, length):
    return "".join(dice.choices(alphabet, k=length))


def whole(bits):
    return lambda r: str(r.randrange(-(2**bits), 2**bits))


def decimal(places, below=10_000):
    return lambda r: "%s%d.%0*d" % (
        r.choice(["", "-"]), r.randrange(below), places, r.randrange(10**places)
    )  # fmt: skip


def date(r):
    return "%d-%02d-%02d" % (r.randrange(1650, 2250), r.randrange(1, 13), r.randrange(1, 29))


def time(r):
    return "%02d:%02d:%02d" % (r.randrange(24), r.randrange(60), r.randrange(60))


NUMBERS = [
    *[whole(bits) for bits in (7, 12, 16, 24, 25, 31, 32, 50, 51, 53, 60, 62, 63)],
    *[decimal(places) for places in (1, 2, 3, 4, 6, 7, 9, 12)],
    *[decimal(places, 10**9) for places in (2, 6, 7)],
    lambda r: str(r.randrange(2**63, 2**64)),
    lambda r: decimal(r.randrange(1, 4))(r),
    lambda r: r.choice(["%d.0", "%d", "%d.5", "%d.50"]) % r.randrange(10**5),
    lambda r: "%d.0" % r.randrange(10**6),
    lambda r: repr(r.random() * 10 ** r.randrange(-9, 9)),
    lambda r: str(r.randrange(10**6) / 8),
    lambda r: "%.7g" % (r.random() * 100),
    lambda r: "%.4e" % (r.random() * 1e9),
    lambda r: "%08.2f" % (r.random() * 1e4),
]
TEXTS = [
    date,
    lambda r: f"{date(r)} {time(r)}",
    lambda r: f"{date(r)}T{time(r)}",
    lambda r: f"{date(r)} {time(r)[:5]}",
    lambda r: f"{date(r)}T{time(r)}Z",
    lambda r: "20%02d-%02d-%02d" % (r.randrange(100), r.randrange(1, 13), r.randrange(28, 31)),
    lambda r: "%02d/%02d/%d" % (r.randrange(1, 29), r.randrange(1, 13), r.randrange(1990, 2030)),
    time,
    lambda r: "%05d" % r.randrange(10**5),
    lambda r: "%018d" % r.randrange(10**17),
    lambda r: "%8d" % r.randrange(10**6),
    lambda r: "%+d" % r.randrange(10**6),
    lambda r: "-".join(some(r, HEX, n) for n in (8, 4, 4, 4, 12)),
    lambda r: some(r, HEX, 8),
    lambda r: some(r, HEX, 4),
    lambda r: some(r, "0123456789e", 6),
    lambda r: some(r, string.ascii_letters + "-", 10),
    lambda r: some(r, string.ascii_lowercase + "-_ 0123", r.randrange(1, 13)),
    lambda r: some(r, string.ascii_lowercase, r.randrange(25, 45)),
    lambda r: some(r, string.ascii_lowercase + "é", 7),
    lambda r: some(r, string.ascii_lowercase * 9 + "é", r.randrange(26, 40)),
    lambda r: some(r, "ab中国👍𝄞é", 5),
    lambda r: r.choice("NTFYIOMintf") + some(r, string.ascii_lowercase, r.randrange(12)),
    lambda r: f"{r.randrange(10**7):,}",
    lambda r: "%d.%d.%d" % (r.randrange(9), r.randrange(99), r.randrange(99)),
    lambda r: "line %d\nnext" % r.randrange(10**6),
    lambda r: str(r.randrange(2**64, 2**70)),
]
WORDS = "True False yes no ? - . None none missing # N Null #REF! null NA nan -- inf t f Y".split()
STRAY = """-0 -0.0 0.0 +5 007 00.5 1e5 5. .5 12345678901234567 123456789012345678901
    9007199254740993 9007199254740993.5 16777217 16777217.0 1125899906842625 0.1234567
    0.12345678901234567 -1 256 65536 2.50 2.5 3.000 1.0 1,000 1.2.3 --1 1-2 0x1F abc é 👍
    2020-02-29 2021-02-29 2020-01-01 2020-1-1 1066-10-14 9999-12-31 10:00:00 1.#IND -nan
    4294967296 999999 9999999 8388608.5 0.333333 99999999999999.9 -5 -0.5""".split()
POOLS = [WORDS, STRAY, [*STRAY, "", " 5", "5 ", "x" * 40, "é" * 20], traps.ODD_TEXTS, traps.BORDERS]


def sequence(dice, height):
    first = dice.choice([0, 1, -5, 1000, 2**24 - 1000, 2**31 - 50, 2**50 - 100, 2**63 - 5000])
    form = dice.choice(["%d", "%d", "%09d", "%d.0", "%d.5", "%d0.25", "ID-%d", "ID-%07d"])
    step = dice.choice([1, 1, 2, -1, 1000])
    gap = dice.choice([0, dice.randrange(height)])
    return [form % (first + step * (i + (i < gap))) for i in range(height)]


def days(dice, height):
    first = datetime.datetime(dice.choice([1699, 1969, 2199]), 1, 1)
    step = datetime.timedelta(hours=dice.choice([1, 2]))
    form = dice.choice(["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])
    return [(first + i * step).strftime(form) for i in range(height)]


def two_kinds(dice, height):
    """One kind, then the other; or a few cells of the other."""
    at = dice.choice([0, 31, 32, 33, dice.randrange(height)])
    share = dice.choice([1, 1, 0.3, 0.01])
    kinds = [dice.choice(NUMBERS + TEXTS), dice.choice(NUMBERS + TEXTS)]
    return [kinds[i >= at and dice.random() < share](dice) for i in range(height)]


def one_kind(dice, height):
    kind = dice.choice(NUMBERS + TEXTS)
    return [kind(dice) for _ in range(height)]


def few_values(dice, height):
    """From some row on."""
    values, at = one_kind(dice, 5), dice.randrange(height)
    return [*one_kind(dice, at), *dice.choices(values, k=height - at)]


def column(dice, height):
    makers = [one_kind, one_kind, two_kinds, two_kinds, sequence, days, few_values]
    cells = dice.choice(makers)(dice, height)
    if dice.random() < 0.4:
        null, share = dice.choice(["", "", "NA", "nan"]), dice.choice([0.5, 0.1, 0.001])
        cells = [null if dice.random() < share else cell for cell in cells]
    if dice.random() < 0.5:
        pool = dice.choice(POOLS)
        for _ in range(dice.choice([1, 1, 2, 10, 200])):
            cells[dice.choice([0, 31, 32, height - 1, *dice.choices(range(height), k=5)])] = (
                dice.choice(pool)
            )
    if dice.random() < 0.1:
        cells.sort(key=str.encode, reverse=dice.random() < 0.5)
    return cells


def changed(dice, cells):
    """A copy of a column, or nearly."""
    i, j = dice.randrange(len(cells)), dice.randrange(len(cells))
    cells = list(cells)
    change = dice.choice(["none", "swap", "rotate", "0", " ", "x"])
    if change == "swap":
        cells[i], cells[j] = cells[j], cells[i]
    elif change == "rotate":
        cells = cells[1:] + cells[:1]
    elif change != "none":
        cells[i] += change
    return cells


def columns(dice, width, height):
    """name -> cells"""
    made = [column(dice, height) for _ in range(width)]
    made += [changed(dice, dice.choice(made)) for _ in range(width // 4)]
    return {f"c{i}": cells for i, cells in enumerate(made)}


def written(dice, columns):
    """A CSV file of them, in which some columns are quoted, or some of their cells."""
    shares = [dice.choice([0, 0, 0, 1, 0.01, 0.5]) for _ in columns]

    def cell(text, share):
        quoted = dice.random() < share or any(c in text for c in ',"\n')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    rows = [list(columns), *zip(*columns.values(), strict=True)]
    return "".join(",".join(map(cell, row, shares)) + "\n" for row in rows).encode()
