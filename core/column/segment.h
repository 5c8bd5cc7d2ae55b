/* What pandas' inference needs to know of the chunks it reads a file in.
 *
 * pandas' C reader decides a dtype per chunk of rows, in row order, and joins the
 * chunks afterwards; so the facts are kept per chunk (a segment is one, or a run of
 * its rows), and the outcomes of complete chunks are added up (totals).  infer.h
 * makes a column's dtype and bytes of them.
 *
 * Source: pandas/_libs/parsers.pyx, TextReader._convert_with_dtype, _try_int64,
 * _try_uint64, _try_double, _try_bool_flex; checked against pandas 2.3 and 3.0. */
#ifndef MT_CORE_SEGMENT_H
#define MT_CORE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cells/token.h"
#include "core/column/textsize.h"

/* CPython has one object each of these. */
#define MT_SMALL_INT_MIN (-5)
#define MT_SMALL_INT_MAX 256

/* One column within one pandas chunk, or a run of its rows.  Runs merge in
 * order. */
struct mt_segment {
  uint64_t rows, nulls;
  uint64_t line;               /* of its first row */
  uint64_t null_numbers;       /* floats that are null to pandas where it reads floats */
  uint64_t int64_mins;         /* values -2^63: pandas' own sentinel for null */
  uint64_t int_object_bytes;   /* sys.getsizeof of the integers, as Python ints */
  uint64_t int_boxes;          /* what the integers take, as Python ints */
  uint64_t boxes[2];           /* what the distinct values take, as Python strings:
                                  CPython >= 3.12, before.  Its owner fills this in. */
  uint64_t utf8;               /* what copies of those in UTF-8 take: not for ASCII */
  uint8_t int_event;           /* enum mt_int_result of the first cell that is not OK */
  uint8_t uint_error;          /* same, for str_to_uint64 */
  bool seen_negative;          /* some cell begins with '-' (after blanks) */
  bool seen_uint;              /* some cell is in 2^63 .. 2^64-1 */
  bool not_integer;            /* Python's int() does not read some cell */
  bool not_float[2];           /* some cell is no float to pandas 2, to pandas 3 */
  bool not_bool;               /* some cell is not true or false */
  struct mt_text_sizes values; /* cells that are not null */
  struct mt_text_sizes nas;    /* cells that are */
};

/* How one pandas chunk came out. */
enum mt_chunk_kind {
  MT_CHUNK_NA, /* nothing but null, or what is made null: float64 */
  MT_CHUNK_INT,
  MT_CHUNK_UINT,
  MT_CHUNK_FLOAT,
  MT_CHUNK_BOOL,
  MT_CHUNK_BOOL_NA, /* object of True, False, nan */
  MT_CHUNK_PYINT,   /* object of Python ints (pandas 3) */
  MT_CHUNK_TEXT,
  MT_CHUNK_KINDS
};

/* The chunks of one column added up, per kind, for one version of pandas. */
struct mt_chunk_totals {
  uint64_t chunks;
  uint64_t rows[MT_CHUNK_KINDS];
  uint64_t nulls[MT_CHUNK_KINDS];
  uint64_t int_object_bytes; /* INT, UINT and PYINT chunks */
  uint64_t int_boxes;        /* the same, what they take */
  uint64_t boxes[2], utf8;   /* TEXT chunks: what their strings take */
  struct mt_text_sizes text; /* TEXT chunks */
  uint64_t strangers;        /* values of other Python types than the first chunk's */
  uint64_t strangers_line;   /* where the first chunk of those begins */
  uint8_t first;             /* a bit: the type of the first chunk; 0: only nulls yet */
};

/* Rows of a chunk of pandas' C reader for a file of that many columns:
 * buffer_lines = 2^floor(log2(2^20 / columns - 1)) as in TextReader.__cinit__. */
uint64_t mt_pandas_chunk_rows(size_t columns);
/* Adds `times` cells of the text s[0..n), which *t describes, in row order. */
void mt_segment_add(struct mt_segment *g, const struct mt_token *t, const uint8_t *s,
                    size_t n, uint64_t times);
/* What integers of magnitude < 2^60 take as Python objects: of `count`, `small` exist
 * once and for all (those from MT_SMALL_INT_MIN to _MAX), `big` have a magnitude of 2^30
 * or more. */
void mt_segment_add_integers(struct mt_segment *g, uint64_t count, uint64_t small,
                             uint64_t big);
/* Appends a later run of rows of the same chunk. */
void mt_segment_merge(struct mt_segment *into, const struct mt_segment *later);
/* How a pandas chunk comes out.  version: 2 or 3. */
enum mt_chunk_kind mt_segment_kind(const struct mt_segment *s, int version,
                                   bool *na_filter_off);
/* Adds a complete pandas chunk to totals. */
void mt_chunk_totals_add(struct mt_chunk_totals *t, const struct mt_segment *s,
                         int version);

#endif
