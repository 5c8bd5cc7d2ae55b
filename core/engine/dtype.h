/* memtop's own types, the engines it speaks for, and what each engine calls
 * each type.  Nullability is never part of a type: it follows the data. */
#ifndef MT_CORE_DTYPE_H
#define MT_CORE_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* id, name, bytes per value in an array (0 = not fixed), kind */
#define MT_DTYPES(X)                                                                     \
  X(INT8, "int8", 1, INT)                                                                \
  X(INT16, "int16", 2, INT)                                                              \
  X(INT32, "int32", 4, INT)                                                              \
  X(INT64, "int64", 8, INT)                                                              \
  X(UINT8, "uint8", 1, UINT)                                                             \
  X(UINT16, "uint16", 2, UINT)                                                           \
  X(UINT32, "uint32", 4, UINT)                                                           \
  X(UINT64, "uint64", 8, UINT)                                                           \
  X(FLOAT32, "float32", 4, FLOAT)                                                        \
  X(FLOAT64, "float64", 8, FLOAT)                                                        \
  X(BOOL, "bool", 1, BOOL)                                                               \
  X(CATEGORY, "category", 0, CATEGORY)                                                   \
  X(DATE, "date", 8, TIME)                                                               \
  X(DATETIME, "datetime", 8, TIME)                                                       \
  X(STRING, "string", 0, STRING)                                                         \
  X(DROP, "drop", 0, DROP)

enum mt_dtype {
#define X(id, name, width, kind) MT_##id,
  MT_DTYPES(X)
#undef X
      MT_DTYPE_COUNT
};

enum mt_kind {
  MT_KIND_INT,
  MT_KIND_UINT,
  MT_KIND_FLOAT,
  MT_KIND_BOOL,
  MT_KIND_CATEGORY,
  MT_KIND_TIME,
  MT_KIND_STRING,
  MT_KIND_DROP
};

/* Unit of a datetime: since 1970-01-01T00:00:00. */
enum mt_unit { MT_UNIT_US, MT_UNIT_NS };

enum mt_engine { MT_PANDAS3, MT_PANDAS2, MT_POLARS, MT_ARROW, MT_ENGINE_COUNT };

static inline bool mt_engine_is_pandas(enum mt_engine e)
{
  return e == MT_PANDAS3 || e == MT_PANDAS2;
}

const char *mt_dtype_name(enum mt_dtype t); /* "int8" */
enum mt_kind mt_dtype_kind(enum mt_dtype t);
size_t mt_dtype_width(enum mt_dtype t);
/* The dtype called name, or MT_DTYPE_COUNT. */
enum mt_dtype mt_dtype_find(const char *name);

const char *mt_engine_name(enum mt_engine e);    /* "pandas3": options and JSON */
const char *mt_engine_title(enum mt_engine e);   /* "pandas 3": screens */
enum mt_engine mt_engine_find(const char *name); /* or MT_ENGINE_COUNT */

/* What `engine` calls a column planned as t: "Int16", "boolean",
 * "datetime64[us]", "str".  nulls: the column has some. */
const char *mt_dtype_engine_name(enum mt_engine engine, enum mt_dtype t, bool nulls,
                                 enum mt_unit unit, bool utc);

/* Bytes of a category code as pandas chooses it for k categories (1, 2 or 4):
 * k < 127, k < 32767 (pandas' coerce_indexer_dtype, strict). */
size_t mt_category_width(uint64_t k);

#endif
