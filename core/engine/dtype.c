#include "core/engine/dtype.h"

#include <string.h>

struct dtype {
  const char *name;
  size_t width;
  enum mt_kind kind;
};

static const struct dtype dtypes[MT_DTYPE_COUNT] = {
#define X(id, name, width, kind) {name, width, MT_KIND_##kind},
    MT_DTYPES(X)
#undef X
};

const char *mt_dtype_name(enum mt_dtype t)
{
  return dtypes[t].name;
}

enum mt_kind mt_dtype_kind(enum mt_dtype t)
{
  return dtypes[t].kind;
}

size_t mt_dtype_width(enum mt_dtype t)
{
  return dtypes[t].width;
}

enum mt_dtype mt_dtype_find(const char *name)
{
  enum mt_dtype t = 0;
  while (t < MT_DTYPE_COUNT && strcmp(dtypes[t].name, name) != 0)
    t++;
  return t;
}

static const struct {
  const char *name, *title;
} engines[MT_ENGINE_COUNT] = {
    [MT_PANDAS3] = {"pandas3", "pandas 3"},
    [MT_PANDAS2] = {"pandas2", "pandas 2"},
    [MT_POLARS] = {"polars", "polars"},
    [MT_ARROW] = {"arrow", "Arrow"},
};

const char *mt_engine_name(enum mt_engine e)
{
  return engines[e].name;
}

const char *mt_engine_title(enum mt_engine e)
{
  return engines[e].title;
}

enum mt_engine mt_engine_find(const char *name)
{
  if (strcmp(name, "pandas") == 0)
    return MT_PANDAS3;
  enum mt_engine e = 0;
  while (e < MT_ENGINE_COUNT && strcmp(engines[e].name, name) != 0)
    e++;
  return e;
}

static const char *pandas_time(enum mt_unit unit, bool utc)
{
  if (unit == MT_UNIT_NS)
    return utc ? "datetime64[ns, UTC]" : "datetime64[ns]";
  return utc ? "datetime64[us, UTC]" : "datetime64[us]";
}

static const char *pandas_name(enum mt_engine engine, enum mt_dtype t, bool nulls)
{
  static const char *const nullable[MT_DTYPE_COUNT] = {
      [MT_INT8] = "Int8",     [MT_INT16] = "Int16",   [MT_INT32] = "Int32",
      [MT_INT64] = "Int64",   [MT_UINT8] = "UInt8",   [MT_UINT16] = "UInt16",
      [MT_UINT32] = "UInt32", [MT_UINT64] = "UInt64", [MT_BOOL] = "boolean",
  };
  if (t == MT_STRING)
    return engine == MT_PANDAS2 ? "object" : "str";
  return nulls && nullable[t] ? nullable[t] : dtypes[t].name;
}

static const char *polars_name(enum mt_dtype t)
{
  static const char *const names[MT_DTYPE_COUNT] = {
      [MT_INT8] = "Int8",       [MT_INT16] = "Int16",       [MT_INT32] = "Int32",
      [MT_INT64] = "Int64",     [MT_UINT8] = "UInt8",       [MT_UINT16] = "UInt16",
      [MT_UINT32] = "UInt32",   [MT_UINT64] = "UInt64",     [MT_FLOAT32] = "Float32",
      [MT_FLOAT64] = "Float64", [MT_BOOL] = "Boolean",      [MT_CATEGORY] = "Categorical",
      [MT_DATE] = "Datetime",   [MT_DATETIME] = "Datetime", [MT_STRING] = "String",
      [MT_DROP] = "drop",
  };
  return names[t];
}

static const char *arrow_time(enum mt_unit unit, bool utc)
{
  if (unit == MT_UNIT_NS)
    return utc ? "timestamp[ns, tz=UTC]" : "timestamp[ns]";
  return utc ? "timestamp[us, tz=UTC]" : "timestamp[us]";
}

/* As pyarrow prints its types. */
static const char *arrow_name(enum mt_dtype t)
{
  switch (t) {
  case MT_FLOAT32:
    return "float";
  case MT_FLOAT64:
    return "double";
  case MT_CATEGORY:
    return "dictionary";
  default:
    return dtypes[t].name;
  }
}

const char *mt_dtype_engine_name(enum mt_engine engine, enum mt_dtype t, bool nulls,
                                 enum mt_unit unit, bool utc)
{
  switch (engine) {
  case MT_POLARS:
    return polars_name(t);
  case MT_ARROW:
    return mt_dtype_kind(t) == MT_KIND_TIME ? arrow_time(unit, utc) : arrow_name(t);
  default:
    if (mt_dtype_kind(t) == MT_KIND_TIME)
      return pandas_time(unit, utc);
    return pandas_name(engine, t, nulls);
  }
}

size_t mt_category_width(uint64_t k)
{
  return k < 127 ? 1 : k < 32767 ? 2 : 4;
}
