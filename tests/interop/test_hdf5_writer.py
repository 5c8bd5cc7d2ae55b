"""The HDF5 writer against pandas, PyTables and h5py: every dtype, cell by cell.

make_hdf5 (see make_hdf5.c) writes the tables described here; it is looked for under
$MEMTOP_BUILDDIR, by default the current directory.
"""

import os
import pathlib
import struct
import subprocess
import warnings
import zlib

import numpy as np
import pandas as pd
import pytest

h5py = pytest.importorskip("h5py")
tables = pytest.importorskip("tables")

PROGRAM = pathlib.Path(os.environ.get("MEMTOP_BUILDDIR", "."), "tests/interop/make_hdf5")
if not PROGRAM.exists():
    pytest.skip(f"{PROGRAM} is not built", allow_module_level=True)

DTYPES = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float32", "float64", "bool", "category", "date", "datetime", "string"]
NULL_WORDS = ["#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
              "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]
US, NS = 0, 1


def padded(data):
    return data + b"\0" * (-len(data) % 8)


class Column:
    """values: a list; None is null.  Categories are sorted texts, values indices."""

    def __init__(self, name, dtype, values, unit=US, utc=False, categories=()):
        self.name, self.dtype, self.values = name, dtype, values
        self.unit, self.utc, self.categories = unit, utc, [as_bytes(c) for c in categories]

    def texts(self):
        if self.dtype == "category":
            return self.categories
        return [as_bytes(v) for v in self.values if v is not None]

    def arrays(self):
        """The column as mt_column keeps it: values, bytes."""
        if self.dtype == "string":
            parts = [b"" if v is None else as_bytes(v) for v in self.values]
            offsets = np.cumsum([0] + [len(p) for p in parts]).astype("<i4")
            return offsets.tobytes(), b"".join(parts)
        kind = {"bool": "u1", "category": "i4", "date": "i8", "datetime": "i8"}
        null = {"category": -1, "float32": np.nan, "float64": np.nan}.get(self.dtype, 0)
        values = [null if v is None else v for v in self.values]
        return np.array(values, dtype=kind.get(self.dtype, self.dtype)).tobytes(), b""

    def encode(self):
        text = self.dtype in ("string", "category")
        texts = self.texts() if text else []
        words = sum(1 << i for i, w in enumerate(NULL_WORDS) if w.encode() in set(texts))
        largest = max([abs(int(v)) for v in self.values if v is not None], default=0) \
            if "int" in self.dtype else 0
        nulls = sum(v is None for v in self.values)
        name = self.name.encode()
        out = struct.pack("<8Q", DTYPES.index(self.dtype), self.unit, self.utc, nulls,
                          largest, max(map(len, texts), default=0), words, len(name))
        out += padded(name + b"\0")
        offsets = np.cumsum([0] + [len(c) for c in self.categories]).astype("<u8")
        out += struct.pack("<Q", len(self.categories)) + offsets.tobytes()
        out += padded(b"".join(self.categories))
        for part in self.arrays():
            out += struct.pack("<Q", len(part)) + padded(part)
        valid = np.array([v is not None for v in self.values], dtype=bool)
        return out + padded(np.packbits(valid, bitorder="little").tobytes())

    def expected(self):
        """What pandas should read, as a list with None, and the dtype's name."""
        if self.dtype == "category":
            texts = [c.decode() for c in self.categories]
            return [None if v is None else texts[v] for v in self.values], "category"
        if self.dtype in ("date", "datetime"):
            scale = 1 if self.unit == NS else 1000
            tz = "UTC" if self.utc else None
            name = "datetime64[ns, UTC]" if self.utc else "datetime64[ns]"
            return [None if v is None else pd.Timestamp(v * scale, unit="ns", tz=tz)
                    for v in self.values], name
        if self.dtype == "string":
            return [None if v is None else as_bytes(v).decode() for v in self.values], "text"
        if None not in self.values or self.dtype.startswith("float"):
            return self.values, self.dtype
        if self.dtype == "bool":
            return self.values, "category"
        largest = max([abs(v) for v in self.values if v is not None], default=0)
        if largest <= 2**24:
            return self.values, "float32"
        if largest <= 2**53:
            return self.values, "float64"
        return [None if v is None else str(v) for v in self.values], "text"


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


class Result:
    def __init__(self, path, process):
        self.path, self.stderr, self.status = path, process.stderr, process.returncode
        self.notes = dict(line.split("\t", 1) for line in process.stdout.splitlines())


def write(folder, columns, batch=1000, codec="gzip", key="df", rows=None):
    rows = len(columns[0].values) if rows is None else rows
    description = folder / "table.bin"
    description.write_bytes(struct.pack("<2Q", len(columns), rows) +
                            b"".join(c.encode() for c in columns))
    path = folder / "out.h5"
    process = subprocess.run([PROGRAM, description, path, str(batch), codec, key],
                             capture_output=True, text=True, errors="replace")
    assert process.returncode in (0, 1), process.stderr
    return Result(path, process)


def same(got, want):
    if want is None or want != want:
        return got is None or got is pd.NaT or got != got
    return got == want and isinstance(got, bool) == isinstance(want, bool)


def check_column(got, column):
    want, dtype = column.expected()
    if dtype == "text":
        assert got.dtype in ("str", "object"), column.name
    else:
        assert str(got.dtype) == dtype, column.name
    assert len(got) == len(want)
    for row, (g, w) in enumerate(zip(got.tolist(), want)):
        assert same(g, w), (column.name, row, g, w)
    if column.dtype == "category":
        assert list(got.cat.categories) == [c.decode() for c in column.categories]
        assert not got.cat.ordered


def check(result, columns):
    assert result.status == 0, result.stderr
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", tables.PerformanceWarning)
        frame = pd.read_hdf(result.path)
    assert list(frame.columns) == [c.name for c in columns]
    assert list(frame.index) == list(range(len(columns[0].values)))
    for i, column in enumerate(columns):
        check_column(frame.iloc[:, i], column)
    return frame


def every(rows, nulls):
    """A column of each dtype; with nulls, every fifth row and the last are null."""
    def column(name, dtype, f, **kw):
        gone = [nulls and (r % 5 == 2 or r == rows - 1) for r in range(rows)]
        return Column(name, dtype, [None if gone[r] else f(r) for r in range(rows)], **kw)

    out = []
    for bits in (8, 16, 32, 64):
        low, high = -2**(bits - 1), 2**(bits - 1) - 1
        out.append(column(f"i{bits}", f"int{bits}", lambda r: [low, high, r % 100, -r % 7][r % 4]))
        out.append(column(f"u{bits}", f"uint{bits}", lambda r: [2 * high + 1, 0, r % 200][r % 3]))
    out.append(column("f32", "float32", lambda r: float(np.float32(r / 3))))
    out.append(column("f64", "float64", lambda r: [r / 7, -0.0, float("inf"), 5e-324][r % 4]))
    out.append(column("b", "bool", lambda r: r % 3 == 0))
    out.append(column("date", "date", lambda r: (r - 300) * 86_400_000_000))
    out.append(column("us", "datetime", lambda r: (r - 300) * 3_723_004_005))
    out.append(column("ns", "datetime", lambda r: (r - 300) * 10**13 + r, unit=NS))
    out.append(column("utc", "datetime", lambda r: (r - 300) * 10**13 + r, unit=NS, utc=True))
    out.append(column("text", "string", lambda r: ["", "é" * (r % 9), "a\0b", "x y\n\"z\""][r % 4]))
    out.append(column("m53", "int64", lambda r: (-1) ** r * (2**53 - r)))
    out.append(column("m24", "int32", lambda r: (-1) ** r * (2**24 - r)))
    for count in (1, 126, 127, 32766, 32767):
        out.append(column(f"c{count}", "category", lambda r: r * 31 % count,
                          categories=[f"{i:05d}é" for i in range(count)]))
    return out


@pytest.mark.parametrize("nulls", [False, True])
@pytest.mark.parametrize("rows, batch, codec", [
    (0, 1, "gzip"), (1, 1, "gzip"), (1, 1, "none"), (13, 5, "none"), (6001, 7, "gzip"),
    (20011, 65536, "gzip"), (20011, 1999, "gzip"), (20011, 4001, "none")])
def test_every_dtype(tmp_path, rows, batch, codec, nulls):
    columns = every(rows, nulls)
    result = write(tmp_path, columns, batch, codec)
    check(result, columns)
    noted = {columns[int(i)].name for i in result.notes}
    assert {"date", "us"} <= noted and not noted & {"f32", "text", "c1", "ns", "utc"}
    with tables.open_file(result.path) as f:  # the filters libhdf5 would have used
        filters = f.root.df.table.filters
        assert (filters.complib, filters.complevel, filters.shuffle) == \
            (("zlib", 1, True) if codec == "gzip" else (None, 0, False))


def test_chunks_are_what_libhdf5_makes(tmp_path):
    """Inflated, that is: h5py may bring another zlib."""
    columns = every(20011, True)
    result = write(tmp_path, columns, 777)
    with h5py.File(result.path) as f, h5py.File(tmp_path / "ref.h5", "w") as ref:
        ours = f["df/table"]
        theirs = ref.create_dataset("t", data=ours[:], dtype=ours.dtype, chunks=ours.chunks,
                                    shuffle=True, compression="gzip", compression_opts=1)
        assert ours.id.get_num_chunks() == theirs.id.get_num_chunks() > 3
        for at in range(0, len(ours), ours.chunks[0]):
            mask, chunk = ours.id.read_direct_chunk((at,))
            want_mask, want = theirs.id.read_direct_chunk((at,))
            assert (mask, zlib.decompress(chunk)) == (want_mask, zlib.decompress(want))
        assert np.array_equal(ours["f64"], theirs["f64"], equal_nan=True)
        assert list(ours["index"]) == list(range(len(ours)))


def test_same_table_same_bytes(tmp_path):
    columns = every(5000, True)
    first = write(tmp_path, columns, 100).path.read_bytes()
    assert write(tmp_path, columns, 100).path.read_bytes() == first


NAMES = ["a b", "sl/ash", "back\\slash", "ключ", "😀", "index", "values_block_0", "",
         "x" * 63, "x" * 64, "long " * 100, "new\nline", "quote'\"", "1st", "_hidden", "class",
         "values", "table", "CLASS", "NROWS", "kind", "a_kind", "a", "A", "\x7f", "\u0085é", "."]


def test_names(tmp_path):
    rows = 50
    columns = []
    for i, name in enumerate(NAMES):
        kind = i % 6
        if kind == 0:
            c = Column(name, "int16", [r * i for r in range(rows)])
        elif kind == 1:
            texts = [None if r % 4 == 0 else f"{name}{r}" for r in range(rows)]
            c = Column(name, "string", texts)
        elif kind == 2:
            c = Column(name, "category", [r % 3 if r % 7 else None for r in range(rows)],
                       categories=[name + "1", name + "2", name + "3"])
        elif kind == 3:
            c = Column(name, "datetime", [r * 10**12 for r in range(rows)], utc=True)
        elif kind == 4:
            c = Column(name, "bool", [None if r % 5 == 0 else r % 2 == 0 for r in range(rows)])
        else:
            c = Column(name, "float32", [float(r) for r in range(rows)])
        columns.append(c)
    for shift in range(6):  # every name in every role
        renamed = [Column(n.name, c.dtype, c.values, c.unit, c.utc, c.categories)
                   for n, c in zip(columns, columns[shift:] + columns[:shift])]
        check(write(tmp_path, renamed), renamed)


def test_null_words_as_values(tmp_path):
    some = ["nan", "<NA>", None, "x", "NaN"]
    everything = NULL_WORDS + [None, "?"]
    for words in (some, everything, ["nan", None], [None, None], ["<NA>", None]):
        columns = [Column("s", "string", words),
                   Column("t", "string", ["plain"] * len(words)),
                   Column("big", "int64", [None] + [2**60] * (len(words) - 1)),
                   Column("c", "category", [i if w else None for i, w in
                                            enumerate(sorted(filter(None, words)))] +
                          [None] * words.count(None),
                          categories=sorted(filter(None, words)))]
        check(write(tmp_path, columns), columns)


def test_all_null(tmp_path):
    n = 10
    columns = [Column(d, d, [None] * n) for d in DTYPES]
    frame = check(write(tmp_path, columns), columns)
    assert list(frame["category"].cat.categories) == []
    assert list(frame["bool"].cat.categories) == [False, True]


def test_integers_with_nulls_keep_every_value(tmp_path):
    for edge in (2**24, 2**24 + 1, 2**53, 2**53 + 1, 2**63 - 1):
        columns = [Column("i", "int64", [edge, -edge, None, 0]),
                   Column("u", "uint64", [edge, 2 * edge, None, 0])]
        result = write(tmp_path, columns)
        check(result, columns)
        assert set(result.notes) == {"0", "1"}
    columns = [Column("u", "uint64", [2**64 - 1, None]), Column("i", "int64", [-2**63, None])]
    result = write(tmp_path, columns)
    check(result, columns)
    assert "text" in result.notes["0"]


@pytest.mark.parametrize("column, row, reason", [
    (Column("s", "string", ["a", "b\0"]), 2, "NUL"),
    (Column("s", "string", ["a", "b", b"\xff"]), 3, "UTF-8"),
    (Column("d", "datetime", [0] * 5000 + [2**62]), 5001, "1677"),
    (Column("d", "datetime", [-2**63], unit=NS), 1, "1677"),
    (Column("c", "category", [0], categories=["a\0"]), None, "NUL"),
    (Column("c", "category", [0], categories=[b"\xff"]), None, "UTF-8"),
    (Column("s", "string", ["x" * 2**21]), None, "Arrow"),
    (Column("c", "category", [0], categories=["x" * 2**21]), None, "Arrow")])
@pytest.mark.parametrize("codec", ["gzip", "none"])
def test_what_cannot_be_stored_is_an_error(tmp_path, column, row, reason, codec):
    result = write(tmp_path, [column], codec=codec)
    assert result.status == 1
    assert reason in result.stderr and "Arrow" in result.stderr
    assert row is None or f"data row {row}:" in result.stderr
    assert f"column '{column.name}'" in result.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["table.bin"]


def test_wide_tables(tmp_path):
    columns = [Column(f"column {i}" if i % 2 else f"c{i}", ["int8", "float64", "string"][i % 3],
                      [i % 100, 3, 4] if i % 3 < 2 else ["a", "b", None]) for i in range(1500)]
    check(write(tmp_path, columns), columns)
    columns.append(Column("more", "int8", [1, 2, 3]))
    result = write(tmp_path, columns)
    assert result.status == 1 and "1501 columns" in result.stderr and "Arrow" in result.stderr
    # longest names: what fits is written, what does not is refused
    seen = set()
    for n in range(600, 1000, 57):
        columns = [Column(f"c{i:062d}", "float64", [1.5]) for i in range(n)]
        result = write(tmp_path, columns)
        seen.add(result.status)
        assert "columns are more" in result.stderr if result.status else not result.stderr
    assert seen == {0, 1}


def test_long_text(tmp_path):
    columns = [Column("s", "string", ["x" * (i * 97 % 70000) for i in range(300)]),
               Column("i", "int8", [1] * 300)]
    check(write(tmp_path, columns, batch=70), columns)
    check(write(tmp_path, columns, batch=70, codec="none"), columns)


def test_append_and_query(tmp_path):
    columns = every(3000, False) + [
        Column("word", "string", [None if r % 3 == 0 else f"w{r % 10}" for r in range(3000)])]
    # pandas wants another form of the zone, and PyTables has no index of uint64
    columns = [c for c in columns if c.name not in ("utc", "u64")]
    result = write(tmp_path, columns)
    frame = check(result, columns)
    with pd.HDFStore(result.path) as store:
        assert store.keys()[0] == "/df"
        some = store.select("df", where="i8 > 50 & word == 'w1'")
        want = frame[(frame["i8"] > 50) & (frame["word"] == "w1")]
        pd.testing.assert_frame_equal(some, want)
        one = store.select("df", where="c126 == '00031é'", columns=["c126", "f64"])
        assert len(one) and set(one["c126"]) == {"00031é"}
        assert len(store.select("df", start=10, stop=20)) == 10
        store.append("df", frame.iloc[:10])
        assert store.get_storer("df").nrows == 3010
        store.create_table_index("df", columns=["i8"])
        assert len(store.select("df", where="index >= 2999")) == 1
        pd.testing.assert_frame_equal(store["df"].iloc[3000:], frame.iloc[:10])


def test_keys(tmp_path):
    columns = [Column("c", "category", [0, 1], categories=["a", "b"])]
    for key in ("df", "/a", "a/b/c_1"):
        result = write(tmp_path, columns, key=key)
        assert result.status == 0, result.stderr
        assert list(pd.read_hdf(result.path, key)["c"]) == ["a", "b"]
        check(result, columns)
    for key in ("", "/", "a//b", "a/", "1", "a b", "../x", "_v"):
        result = write(tmp_path, columns, key=key)
        assert result.status == 1 and "letters" in result.stderr


def test_pytables_and_h5py(tmp_path):
    columns = every(100, True)
    result = write(tmp_path, columns)
    with tables.open_file(result.path) as f:
        assert f.root.df.table.nrows == 100
        assert f.root.df.table.cols.i8[0] == -128
        assert f.format_version == "2.1"
        for node in f.walk_nodes("/"):
            assert not isinstance(node, tables.UnImplemented)
    with h5py.File(result.path) as f:
        table = f["df/table"]
        assert np.isnan(table["i8"][2]) and table["i8"][0] == -128
        assert table["text"][1] == "é".encode()
        assert table["b"].dtype == np.int8


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
@pytest.mark.parametrize("size", ["64k", "300k", "1m"])
def test_full_disk(tmp_path, size):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk]).returncode:
        pytest.skip("cannot mount")
    try:
        random = np.random.default_rng(1)
        columns = [Column("f", "float64", random.random(400_000).tolist())]
        result = write(tmp_path, columns)
        description = tmp_path / "table.bin"
        process = subprocess.run([PROGRAM, description, disk / "out.h5", "5000", "gzip", "df"],
                                 capture_output=True, text=True, errors="replace")
        assert process.returncode == 1
        assert "No space left" in process.stderr and "free some space" in process.stderr
        assert list(disk.iterdir()) == []
        assert os.statvfs(disk).f_bfree == os.statvfs(disk).f_blocks
        check(result, columns)
    finally:
        subprocess.run(["umount", disk], check=True)
