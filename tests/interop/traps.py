"""Datasets made to mislead: columns of cells, and whole files.

Everything is small, ours, and the same in every run.
"""

import csv
import io
import random

NULL_WORDS = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
    "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
]  # fmt: skip

# name -> cells.  Short columns are repeated to the height of the file.
COLUMNS = {
    "leading zeros": ["00501", "01067", "99999"],
    "leading zeros and a point": ["007.1", "1.5"],
    "leading zero and a null": ["00501", "", "7"],
    "int8 borders": ["-128", "127"],
    "int8 and one": ["-128", "128"],
    "uint8 border": ["0", "255"],
    "uint8 and one": ["0", "256"],
    "int16 borders": ["-32768", "32767"],
    "int16 and one": ["-32769", "0"],
    "uint16 border": ["65535", "1"],
    "uint16 and one": ["65536", "1"],
    "int32 borders": ["-2147483648", "2147483647"],
    "int32 and one": ["2147483648", "-1"],
    "uint32 border": ["4294967295", "0"],
    "uint32 and one": ["4294967296", "0"],
    "int64 borders": ["-9223372036854775808", "9223372036854775807"],
    "uint64 border": ["18446744073709551615", "0"],
    "uint64 and one": ["18446744073709551616", "0"],
    "2^53 + 1 with a null": ["9007199254740993", ""],
    "2^53 with a null": ["9007199254740992", ""],
    "-2^63 with a null": ["-9223372036854775808", "", "5"],
    "2^63 with a null": ["9223372036854775808", "NA", "3"],
    "2^63 with null words": ["9223372036854775808", *NULL_WORDS],
    "2^64 before 1.5": ["18446744073709551616", "1.5"],
    "1.5 before 2^64": ["1.5", "18446744073709551616"],
    "2^64 - 1 and -1": ["18446744073709551615", "-1"],
    "-1 and 2^64 - 1": ["-1", "18446744073709551615"],
    "2^63 and 1.5": ["9223372036854775808", "1.5"],
    "2^63 and text": ["9223372036854775808", "x"],
    "huge": ["1" + "0" * 40, "-" + "9" * 25, "7"],
    "huge and null": ["1" + "0" * 40, "", "7"],
    "huge and 1e5": ["1" + "0" * 40, "1e5"],
    "huge, text, null": ["337948468273945485989", "x", ""],
    "huge, float, null": ["", "2.5", "337948468273945485989"],
    "huge and text": ["337948468273945485989", "x"],
    "-2^63 - 1": ["-9223372036854775809", "1"],
    "bool": ["True", "false", "TRUE", "tRuE"],
    "bool and null": ["True", "", "False"],
    "bool and int": ["True", "0", "1"],
    "bool with blanks": [" True", "False "],
    "zero and one": ["0", "1"],
    "yes and no": ["yes", "no"],
    "yes, no, null": ["yes", "no", "", "Yes"],
    "t and f": ["t", "f"],
    "null words": NULL_WORDS,
    "null words and ints": [*NULL_WORDS, "4"],
    "almost null words": ["Null", "na", "NONE", "-", "?", ".", " "],
    "almost null word and int": ["5", "Null"],
    "Namibia": ["NA", "DE", "FR"],
    "infinities": ["inf", "-inf", "Infinity", "-INFINITY", "+inf", "iNf"],
    "inf and int": ["inf", "1"],
    "nan and infinity": ["nan", "inf"],
    "1e400": ["1e400", "1"],
    "-1e400": ["-1e400", "1.5"],
    "1e308": ["1e308", "1.7976931348623157e308"],
    "1e-50": ["1e-50", "1"],
    "1e-400": ["1e-400", "1"],
    "nearly two": ["2.000000001", "2"],
    "16777217.0": ["16777217.0", "0.5"],
    "608202549.0": ["608202549.0", "1.0"],
    "10.8": ["10.8", "0.1", "3.25"],
    "float id": ["12345.0", "54321.0"],
    "negative zero": ["-0.0", "1.0"],
    "negative zero int": ["-0", "1"],
    "both zeros": ["-0.0", "0.0", "2.5"],
    "integral floats": ["1.0", "2.0", "300.0"],
    "integral floats and null": ["1.0", "", "300.0"],
    "17 digits": ["0.10000000000000001", "2.2250738585072014e-308", "9007199254740993.5"],
    "float forms": ["1.", ".5", "1e3", "1E+3", "-1.5e-3", "+2.5"],
    "bad float forms": ["1e", "1.5"],
    "bad float forms 2": ["1.2.3", "1.5"],
    "only a sign": ["-", "1"],
    "only a point": [".", "1.5"],
    "thousands": ["1,234", "12,345,678"],
    "odd thousands": ["1,2,34", "1"],
    "underscore": ["1_000", "2"],
    "hexadecimal": ["0x1F", "1"],
    "other digits": ["١", "٢"],
    "other minus": ["−1", "2"],
    "plus": ["+1", "+2"],
    "blanks around ints": [" 1", "2 ", "\t3"],
    "blanks around floats": [" 1.5", "2.5 "],
    "blanks inside": ["1 2", "3"],
    "blanks only": [" ", "  ", "1"],
    "not dates": ["1-1-19", "T00370201", "476-09-04"],
    "ambiguous dates": ["01/02/2020", "03/04/2020"],
    "day first": ["01/02/2020", "31/12/2020"],
    "month first": ["01/02/2020", "12/31/2020"],
    "ISO dates": ["2020-02-29", "1999-12-31"],
    "ISO dates and null": ["2020-02-29", ""],
    "dates and a timestamp": ["2020-01-01", "2020-01-02 03:04:05"],
    "timestamps": ["2020-01-01T00:00:00", "2020-01-02T03:04:05"],
    "fractions": ["2020-01-01 00:00:00.123456", "2020-01-01 00:00:00.000001"],
    "nanoseconds": ["2020-01-01 00:00:00.123456789", "2021-01-01 00:00:00.000000001"],
    "offsets": ["2020-01-01T00:00:00+01:00", "2020-01-01T00:00:00+02:00"],
    "far dates": ["1066-10-14", "9999-12-31"],
    "no such date": ["2021-02-29", "2020-01-01"],
    "8-digit dates": ["20200101", "20201231"],
    "empty": [""],
    "one value": ["7"],
    "one value and null": ["7", ""],
    "one character": ["é", "a", "€", "𝄞"],
    "Latin-1": ["Málaga", "Jyväskylä"],
    "BMP": ["Łódź", "中国"],
    "beyond the BMP": ["👍", "👍👍 ok", "x"],
    "long texts": ["x" * 3000, "é" * 1000, "中" * 500, "👍" * 100],
    "controls": ["a\tb", "\x1b[31mred", "\x7f", "\u202eabc"],
    "quotes": ['say "hi"', 'a,b', "two\nlines", "cr\rlf\r\nend"],
}

HEIGHT = 240


def to_csv(rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def table(columns):
    """A CSV file of {name: cells of one height}."""
    return to_csv([list(columns), *zip(*columns.values(), strict=True)])


def columns_file():
    height = HEIGHT
    return table(
        {name: (cells * height)[:height] for name, cells in COLUMNS.items()}
        # Counts of distinct values around the widths of category codes.
        | {f"{k} texts": [f"text {i % k:05}" for i in range(height)] for k in (126, 127, 128)}
        | {"all different": [f"{i * 7919 % 10007:x}-{i}" for i in range(height)]}
    )


# --- columns that change from one pandas chunk to the next -----------------------
# 256 columns: pandas reads chunks of 2,048 rows.

CHUNK, CHUNKED_WIDTH, CHUNKED_HEIGHT = 2048, 256, 5000

KINDS = {
    "int": ["3", "-4"],
    "int and null": ["3", ""],
    "uint": ["9223372036854775808", "3"],
    "uint and null": ["9223372036854775808", "NA"],
    "huge": ["18446744073709551616", "3"],
    "float": ["2.5", "1e3"],
    "float and null": ["2.5", ""],
    "bool": ["True", "False"],
    "bool and null": ["True", ""],
    "null": ["", "NA"],
    "text": ["x", "yy"],
    "text and null": ["x", ""],
}


def changing_columns():
    columns = {}
    for first, a in KINDS.items():
        for then, b in KINDS.items():
            columns[f"{first} > {then}"] = [
                (a if i < CHUNK else b)[i % 2] for i in range(CHUNKED_HEIGHT)
            ]
    ones = ["1"] * CHUNKED_HEIGHT
    columns["large first"] = ["70000", *ones[1:]]
    columns["text last"] = [*ones[1:], "oops"]
    columns["float last"] = [*ones[1:], "1.5"]
    columns["null last"] = [*ones[1:], ""]
    columns["timestamp last"] = ["2020-01-01"] * (CHUNKED_HEIGHT - 1) + ["2020-01-01 00:00:01"]
    while len(columns) < CHUNKED_WIDTH:
        columns[f"filler {len(columns)}"] = ones
    return columns


def changing_file():
    return table(changing_columns())


def wide_codes_file():
    """Distinct counts around the borders of 16-bit category codes."""
    height = 70_000
    return table(
        {f"{k} texts": [f"t{i % k}" for i in range(height)] for k in (32766, 32767, 32768)}
    )


# --- random columns --------------------------------------------------------------

VOCABULARY = [
    *[lambda r, n=n: str(r.randrange(-(2**n), 2**n)) for n in (3, 7, 15, 31, 53, 62, 63)],
    lambda r: str(r.randrange(2**63, 2**64)),
    lambda r: str(r.randrange(2**64, 2**70)),
    lambda r: "%.2f" % (r.random() * 1000),
    lambda r: repr(r.random() * 10 ** r.randrange(-30, 30)),
    lambda r: "%d.0" % r.randrange(1000),
    lambda r: "%de%d" % (r.randrange(100), r.randrange(-5, 5)),
    lambda r: r.choice(["inf", "-inf", "Infinity"]),
    lambda r: r.choice(NULL_WORDS),
    lambda r: "",
    lambda r: r.choice(["True", "False"]),
    lambda r: r.choice(["true", "FALSE", "True"]),
    lambda r: r.choice(["yes", "no"]),
    lambda r: "%03d" % r.randrange(1000),
    lambda r: r.choice([" 1", "2 ", "+3", "-0", "-0.0", " 2.5 "]),
    lambda r: "20%02d-%02d-%02d" % (r.randrange(100), r.randrange(1, 13), r.randrange(1, 29)),
    lambda r: r.choice(["red", "green", "blue", "Łódź", "👍", "é", 'q"q', "a,b", "x\ny"]),
    lambda r: "".join(r.choice("abcdefgh é中👍") for _ in range(r.randrange(12))),
    lambda r: odd_number(r),
    lambda r: r.choice(ODD_TEXTS),
    lambda r: r.choice(BORDERS),
    lambda r: r.choice(["1.0", "1", "1.00", "01", "1e0", "+1"]),
]

ODD_TEXTS = """0e400 1e400 -1e400 1e-400 1e|5 1e 1e+ e5 . - + -. 5. .5 00 -0 -0.0 --1 +-1 1_000 1__0 0x1F 1|2 ١
    0.00000000000000000001 00000000000000000001.5 1e4294967301 1e00000000000000000005 1.5|
    inf -Infinity INF +inf infinit NAN |nan tRuE TRUE |true 1,5 |5| x|""".split()
ODD_TEXTS = [text.replace("|", " ") for text in ODD_TEXTS]
BORDERS = [
    str(n) + tail
    for n in (2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**30)
    for tail in ("", "", "", ".5", ".0", " ", "x")
]


def digits(dice, *lengths):
    return "".join(dice.choice("0123456789") for _ in range(dice.choice(lengths)))


def odd_number(dice):
    """A number of many digits, of which many may be zeros, perhaps with an exponent."""
    text = "0" * dice.choice([0, 0, 1, 3, 17]) + digits(dice, 1, 1, 5, 15, 17, 18, 19, 20, 25)
    if dice.random() < 0.7:
        text += "." + "0" * dice.choice([0, 0, 1, 3, 10, 17]) + digits(dice, 0, 1, 5, 15, 17, 18, 25)
    if dice.random() < 0.3:
        text += dice.choice(["e", "E", "e+", "e-"]) + digits(dice, 1, 2, 3)
    return dice.choice(["", "", "", "-", "+"]) + text


def random_column(dice, height):
    """Cells of one kind mostly, with a few kinds strewn in."""
    kinds = dice.sample(VOCABULARY, dice.choice([1, 1, 2, 2, 3]))
    weights = [1, *(dice.choice([0.5, 0.05, 0.01]) for _ in kinds[1:])]
    return [kind(dice) for kind in dice.choices(kinds, weights, k=height)]


def random_file(seed):
    dice = random.Random(seed)
    height = dice.choice([1, 2, 3, 50, 300])
    return table({"i": range(height)} | {f"c{i}": random_column(dice, height) for i in range(120)})


def shifted(text, levels):
    """The same rows under a header that is shorter by `levels` names."""
    head, _, body = text.partition(b"\n")
    return b",".join(head.split(b",")[levels:]) + b"\n" + body


def random_changing_file(seed):
    """Random columns over three pandas chunks, each chunk of its own kinds."""
    dice = random.Random(seed)
    parts = [CHUNK, CHUNK, 500]
    return table(
        {
            f"c{i}": [cell for part in parts for cell in random_column(dice, part)]
            for i in range(CHUNKED_WIDTH)
        }
    )


# --- whole files -----------------------------------------------------------------

FILES = {
    "header only": b"a,b,c\n",
    "header only, no newline": b"a,b,c",
    "one row": b"a,b,c\n1,2.5,x\n",
    "no newline at the end": b"a,b\n1,2\n3,4",
    "CRLF": b"a,b\r\n1,2\r\n3,4\r\n",
    "CR": b"a,b\r1,2\r3,4\r",
    "mixed line ends": b"a,b\r\n1,2\n3,4\r5,6\n",
    "BOM": b"\xef\xbb\xbfa,b\n1,2\n",
    "BOM and quotes": b'\xef\xbb\xbf"a","b"\n1,2\n',
    "same names": b"a,a,a.1,a\n1,2,3,4\n",
    "empty names": b"a,,\n1,2,3\n",
    "short rows": b"a,b,c\n1\n2,3\n4,5,6\n",
    "one column": b"a\n1\n2\n3\n",
    "one column, blank lines": b"a\n1\n\n2\n  \n3\n",
    "one column, quoted nothing": b'a\n1\n""\n2\n',
    "blank lines": b"a,b\n\n1,2\n\n\n3,4\n\n",
    "blanks-only lines": b"a,b\n1,2\n   \n\t\n3,4\n",
    "quoted header": b'"a,1","b""2"\n1,2\n',
    "newlines in quotes": b'a,b\n"x\ny",1\n"\n\n",2\n',
    "quote after text": b'a,b\nx"y,1\n"x"y,2\n"x"y"z",3\n',
    "quoted numbers": b'a,b\n"1","2.5"\n"3","4.5"\n',
    "quoted nothing": b'a,b\n"",1\n"",2\n',
    "semicolons": b"a;b\n1,5;x\n2,5;y\n",
    "tabs": b"a\tb\n1\t2\n",
    "pipes": b"a|b\n1|2\n",
    "blanks around names": b" a , b \n1,2\n",
    "names like numbers": b"1,2.5,True\n1,2,3\n",
    "only delimiters": b",,\n,,\n",
}

# Rows longer than the header, by as many fields in all: the first ones are pandas' index.
SHIFTED = {
    "trailing delimiters": b"a,b\n1,2,\n3,4,\n",
    "trailing delimiter in one row": b"a,b\n1,2,\n3,4\n5\n",
    "row names": "a,b\nx,1,2\nŁódź,3,4\né,5,6\n".encode(),
    "uneven row numbers": b"a,b\n1,1,2\n2,3,4\n4,5,6\n",
    "row numbers downwards": b"a,b\n3,1,2\n0,3,4\n-3,5,6\n",
    "large row numbers": b"a,b\n1073741820,1,2\n1152921504606846976,3,4\n",
    "one row, one field more": b"a,b\n1,2,3\n",
    "row numbers and a null": b"a,b\n1,1,2\n,3,4\n",
    "row names and a null": b"a,b\nx,1,2\n,3,4\n",
    "two levels": "a\nx,1,2\nx,2,4\nÿ,1.0,6\n日本,,6\n".encode(),
    "levels of booleans": b"a\nTrue,true,2\nFalse,,4\n",
    "levels of nulls": b"a\n,1,2\n,9223372036854775808,4\n",
    "level of 127": "".join(["a\n", *(f"{i},t{i},{i % 2}\n" for i in range(127))]).encode(),
}
