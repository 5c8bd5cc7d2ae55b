/* What an engine's default reader makes of a column: dtype, nulls, bytes.
 *
 * pandas 2 and 3: exact, from the outcome of every pandas chunk (profile.h).
 * Source: pandas/_libs/parsers.pyx and _concatenate_chunks of
 * pandas/io/parsers/c_parser_wrapper.py; checked against the real ones.
 * polars: exact for read_csv(path, infer_schema_length=None), which looks at every row
 * (by default it looks at the first hundred, and fails when those misled it); as one
 * chunk.  Where even that fails - integers beyond 128 bits among integers, digits that
 * are not ASCII - String, which is what is left to ask for.
 * Arrow: exact for pyarrow.csv.read_csv with a block as large as the file (by default the
 * first block decides), so as one chunk too.
 * Where their readers refuse a file, or count a blank line as a row, the prediction is
 * for the rows that memtop reads. */
#ifndef MT_CORE_INFER_H
#define MT_CORE_INFER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/column/profile.h"
#include "core/engine/dtype.h"

enum mt_inferred_kind {
  MT_INFERRED_INT, /* signed */
  MT_INFERRED_UINT,
  MT_INFERRED_FLOAT,
  MT_INFERRED_BOOL,
  MT_INFERRED_TEXT, /* str, object of str, String, string; null, binary */
  MT_INFERRED_DATE,
  MT_INFERRED_TIME, /* of day */
  MT_INFERRED_DATETIME,
  MT_INFERRED_OBJECT /* pandas: values of several Python types, or bool with null */
};

struct mt_inferred {
  enum mt_inferred_kind kind;
  enum mt_dtype same; /* what memtop calls it; MT_DTYPE_COUNT: it has no such type */
  const char *dtype;  /* static: "int64", "object", "String" */
  enum mt_engine engine;
  uint64_t nulls;    /* as the engine counts them */
  uint64_t bytes;    /* as the engine reports them, without the index */
  uint64_t reported; /* the same, or where the default load makes the column (a level of)
                        the index, what that takes */
  /* An object column of several Python types: values of others than the first chunk's,
   * and the line from which on they are. */
  uint64_t strangers, strangers_line;
};

/* Reads all of *c, its distinct set too: while a scan runs, hold its lock (profile.h).
 * The profile need not be finished. */
void mt_infer(struct mt_inferred *out, const struct mt_column_profile *c,
              enum mt_engine engine, bool python311);

/* Whether the engine's own choice is what memtop calls t. */
bool mt_inferred_is(const struct mt_inferred *i, enum mt_dtype t);

/* Distinct values, without nulls, of the dtype in *i, which mt_infer gave; *exact: they
 * are not an estimate, and not texts counted instead. */
uint64_t mt_infer_distinct(const struct mt_column_profile *c, const struct mt_inferred *i,
                           bool *exact);

/* Bytes of the index that the engine reports beside the columns where it makes none of
 * them the index: pandas' RangeIndex 132, others 0. */
uint64_t mt_index_bytes(enum mt_engine engine);

#endif
