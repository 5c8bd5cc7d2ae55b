/* What one pass learns about a dataset: per column the facts from which dtypes,
 * bytes and suggestions follow.  Nothing here knows an engine, except that the
 * facts pandas' inference needs are kept per pandas chunk (struct mt_segment).
 *
 *   worker:   mt_part_init once; mt_part_profile(chunk) per block    any thread
 *   driver:   mt_profile_merge(part) in row order, one at a time
 *   at rest:  mt_profile_finish, then read column[i]
 *
 * A part holds the facts of one block.  Exact distinct sets exist once, in the
 * profile: parts add to them as they go, under a lock per group of columns. */
#ifndef MT_CORE_PROFILE_H
#define MT_CORE_PROFILE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/chunk.h"
#include "core/datetime.h"
#include "core/distinct.h"
#include "core/error.h"
#include "core/nulls.h"
#include "core/textsize.h"

/* One column within one pandas chunk, or a run of its rows.  Runs merge in order.
 * Source: pandas/_libs/parsers.pyx, _try_int64, _try_uint64, _try_double,
 * _try_bool_flex. */
struct mt_segment {
  uint64_t rows, nulls;
  uint64_t int64_mins;       /* values -2^63: pandas' own sentinel for null */
  uint64_t int_object_bytes; /* sys.getsizeof of the integers, as Python ints */
  uint64_t zeros;            /* integers 0: 24 bytes on CPython <= 3.10 only */
  uint8_t int_event;         /* enum mt_int_result of the first cell that is not OK */
  uint8_t uint_error;        /* same, for str_to_uint64 */
  bool seen_negative;        /* some cell begins with '-' (after blanks) */
  bool seen_uint;            /* some cell is in 2^63 .. 2^64-1 */
  bool not_integer;          /* Python's int() does not read some cell */
  bool not_float;            /* some cell is no float, overflow allowed */
  bool float_overflow;       /* some cell is like 1e400 */
  bool not_bool;             /* some cell is not true or false */
  struct mt_text_sizes values; /* cells that are not null */
  struct mt_text_sizes nas;    /* cells that are */
};

/* How one pandas chunk came out. */
enum mt_chunk_kind {
  MT_CHUNK_NA,      /* all null: float64 */
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
  uint64_t rows[MT_CHUNK_KINDS];
  uint64_t nulls[MT_CHUNK_KINDS];
  uint64_t int_object_bytes;   /* INT, UINT and PYINT chunks */
  struct mt_text_sizes text;   /* TEXT chunks */
};

/* The first value that does something, for messages. */
struct mt_place {
  uint64_t line;      /* from 1; 0 = there is none */
  uint64_t byte;      /* in the decoded file */
  uint8_t len;        /* bytes in text */
  uint8_t cut;        /* the value is longer */
  char text[30];      /* its beginning */
};

/* The first value that ... */
#define MT_PLACES(X)                                                                     \
  X(NOT_INT8)                                                                            \
  X(NOT_INT16)                                                                           \
  X(NOT_INT32)                                                                           \
  X(NOT_INT64)                                                                           \
  X(NOT_UINT8)                                                                           \
  X(NOT_UINT16)                                                                          \
  X(NOT_UINT32)                                                                          \
  X(NOT_UINT64)                                                                          \
  X(NOT_FLOAT32)      /* loses its text as float32 */                                    \
  X(NOT_FLOAT64)      /* an integer beyond 2^53 that float64 does not hold, or 1e400 */  \
  X(FRACTION)         /* a float that is no integer: 1.5, -0.0, inf */                   \
  X(NOT_NUMBER)                                                                          \
  X(IDENTIFIER)       /* digits that a number would not give back: 007, +1 */            \
  X(NOT_BOOL)         /* not a word for true or false */                                 \
  X(NOT_DATE)                                                                            \
  X(NULL_WORD)        /* non-empty text read as null */                                  \
  X(BAD_UTF8)                                                                            \
  X(NUL)

enum mt_place_kind {
#define X(id) MT_PLACE_##id,
  MT_PLACES(X)
#undef X
      MT_PLACE_KINDS
};

#define MT_BOOL_FAMILIES 5 /* true/false, yes/no, t/f, y/n, on/off (parse.h) */

/* One column, or a part of its rows.  Counts are of rows unless said otherwise. */
struct mt_facts {
  uint64_t rows, nulls;
  uint64_t empties, quoted_empties; /* among nulls: , and "" */
  uint64_t null_words;       /* among nulls: the rest */
  uint64_t null_word_bytes;
  uint32_t na_words;         /* bit i: null word i occurs as a value */

  uint64_t integers;         /* texts of integers within int64 or uint64 */
  uint64_t big_integers;     /* integers beyond that */
  __int128 int_min, int_max; /* over `integers`; valid when there are some */
  uint64_t floats;           /* texts of floats that are no integers */
  uint64_t fractions;        /* among floats: not integral */
  uint64_t negative_zeros;   /* -0, -0.0 */
  uint64_t infinities;
  uint64_t overflows;        /* 1e400 */
  uint64_t inexact;          /* integers that float64 does not hold */
  uint64_t float32_text;     /* numbers that do not keep their text as float32 */
  uint64_t float32_inexact;  /* numbers that float32 does not hold exactly */
  uint32_t decimals_min, decimals_max; /* digits after the point, plain floats */
  uint64_t exponents;        /* floats in exponent notation */
  uint64_t identifiers;      /* leading zeros, leading plus */
  uint64_t padded;           /* numbers with blanks around them */
  double float_min, float_max; /* over integers, floats and big integers */

  uint64_t bools[MT_BOOL_FAMILIES];

  uint64_t dates;
  uint32_t date_layouts;     /* AND over the dates */
  struct mt_date_shape date_shape;
  bool date_shapes_differ;
  uint8_t date_padding;      /* OR over the dates */
  uint8_t fraction_min, fraction_max; /* digits */
  bool date_midnight;        /* every time is 00:00:00 */
  int16_t offset_low, offset_high; /* minutes */
  int64_t date_low, date_high; /* seconds, over the layouts left (loose) */

  struct mt_text_sizes sizes; /* of all values */
  uint32_t longest, shortest; /* bytes of a value */
  uint64_t not_utf8, nul;

  bool ascending;            /* integers, each larger than the one before */
  __int128 first_int, last_int;
  bool step_one;             /* ... by exactly one */

  struct mt_place place[MT_PLACE_KINDS];
};

struct mt_column_profile {
  struct mt_facts facts;
  struct mt_segment open;          /* the pandas chunk that is not complete yet */
  struct mt_chunk_totals totals[2]; /* pandas 2, pandas 3: complete chunks */
  struct mt_distinct distinct;
};

#define MT_LOCK_STRIPES 64

struct mt_profile {
  size_t columns;
  uint64_t rows;
  uint64_t chunk_rows;  /* rows of a pandas chunk (buffer_lines) */
  struct mt_column_profile *column; /* owned */
  struct mt_fault_list faults;
  struct mt_distinct_pool pool;
  const struct mt_nulls *nulls;     /* borrowed */
  pthread_mutex_t lock[MT_LOCK_STRIPES]; /* column i's distinct set: lock[i % N] */
  atomic_uchar *settled;            /* per column: questions with an answer already */
};

/* pool_bytes: budget for exact distinct values. */
int mt_profile_init(struct mt_profile *p, size_t columns, const struct mt_nulls *nulls,
                    size_t pool_bytes, struct mt_error *err) MT_MUST_CHECK;
void mt_profile_reset(struct mt_profile *p);

struct mt_part; /* the facts of one block */
struct mt_part *mt_part_new(const struct mt_profile *p);
void mt_part_free(struct mt_part *part);
/* Profiles a chunk into *part, replacing what was there.  Adds to the distinct sets
 * of *p; otherwise leaves it alone. */
int mt_part_profile(struct mt_part *part, struct mt_profile *p, const struct mt_chunk *c,
                    struct mt_error *err) MT_MUST_CHECK;
/* Adds the facts of the block that follows the rows merged so far. */
void mt_profile_merge(struct mt_profile *p, const struct mt_part *part);
/* Closes the last pandas chunk.  Call once, when no more blocks come. */
void mt_profile_finish(struct mt_profile *p);

/* Rows of a chunk of pandas' C reader for a file of that many columns:
 * buffer_lines = 2^floor(log2(2^20 / columns - 1)) as in TextReader.__cinit__. */
uint64_t mt_pandas_chunk_rows(size_t columns);
/* How a pandas chunk comes out.  version: 2 or 3. */
enum mt_chunk_kind mt_segment_kind(const struct mt_segment *s, int version,
                                   bool *na_filter_off);
/* Adds a complete pandas chunk to totals. */
void mt_chunk_totals_add(struct mt_chunk_totals *t, const struct mt_segment *s, int version);

#endif
