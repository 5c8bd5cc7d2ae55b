#include "core/infer.h"

#include <string.h>

#define RANGE_INDEX_BYTES 132
#define POINTER 8
/* sys.getsizeof */
#define PY_FLOAT 24
#define PY_BOOL 28

uint64_t mt_index_bytes(enum mt_engine engine)
{
  return engine == MT_PANDAS3 || engine == MT_PANDAS2 ? RANGE_INDEX_BYTES : 0;
}

static uint64_t bitmap(uint64_t rows, uint64_t nulls)
{
  return nulls > 0 ? (rows + 7) / 8 : 0;
}

static void decide(struct mt_inferred *out, enum mt_inferred_kind kind,
                   enum mt_dtype same, const char *dtype, uint64_t bytes)
{
  out->kind = kind;
  out->same = same;
  out->dtype = dtype;
  out->bytes = bytes;
}

/* The Python objects of an object column, without the pointers to them. */
static uint64_t object_bytes(const struct mt_chunk_totals *t, int version, bool python311)
{
  const uint64_t *rows = t->rows, *nulls = t->nulls;
  uint64_t numbers =
      rows[MT_CHUNK_INT] + rows[MT_CHUNK_UINT] + rows[MT_CHUNK_FLOAT] + rows[MT_CHUNK_NA];
  bool objects = rows[MT_CHUNK_BOOL_NA] + rows[MT_CHUNK_PYINT] + rows[MT_CHUNK_TEXT] > 0;
  bool floats = rows[MT_CHUNK_FLOAT] + rows[MT_CHUNK_NA] > 0 ||
                (rows[MT_CHUNK_INT] > 0 && rows[MT_CHUNK_UINT] > 0);

  uint64_t text = mt_text_sizes_python(&t->text, python311);

  /* On the way through pandas 3's str the one-character Latin-1 texts, which CPython
   * shares, were given their UTF-8; since 3.12 they have it from the start. */
  if (version >= 3 && python311)
    text += 3 * t->text.single_latin1;
  /* pandas 2 joins booleans and numbers as numbers, then makes them objects */
  if (version < 3 && !objects && floats)
    return (numbers + rows[MT_CHUNK_BOOL]) * PY_FLOAT;
  return t->int_object_bytes + nulls[MT_CHUNK_PYINT] * PY_FLOAT +
         (rows[MT_CHUNK_FLOAT] + rows[MT_CHUNK_NA]) * PY_FLOAT +
         (rows[MT_CHUNK_BOOL] + rows[MT_CHUNK_BOOL_NA] - nulls[MT_CHUNK_BOOL_NA]) *
             PY_BOOL +
         nulls[MT_CHUNK_BOOL_NA] * PY_FLOAT + text + nulls[MT_CHUNK_TEXT] * PY_FLOAT;
}

static void infer_pandas(struct mt_inferred *out, const struct mt_column_profile *c,
                         int version, bool python311)
{
  struct mt_chunk_totals t = c->totals[version - 2];
  uint64_t rows = 0, numbers, text;

  if (c->open.rows > 0)
    mt_chunk_totals_add(&t, &c->open, version);
  for (int k = 0; k < MT_CHUNK_KINDS; k++) {
    rows += t.rows[k];
    out->nulls += t.nulls[k];
  }
  numbers = t.rows[MT_CHUNK_INT] + t.rows[MT_CHUNK_UINT] + t.rows[MT_CHUNK_FLOAT] +
            t.rows[MT_CHUNK_NA];
  text = t.rows[MT_CHUNK_TEXT];
  if (rows == 0) { /* a header alone */
    decide(out, MT_INFERRED_OBJECT, MT_DTYPE_COUNT, "object", 0);
  } else if (numbers == rows) {
    if (t.rows[MT_CHUNK_INT] == rows)
      decide(out, MT_INFERRED_INT, MT_INT64, "int64", rows * 8);
    else if (t.rows[MT_CHUNK_UINT] == rows)
      decide(out, MT_INFERRED_UINT, MT_UINT64, "uint64", rows * 8);
    else
      decide(out, MT_INFERRED_FLOAT, MT_FLOAT64, "float64", rows * 8);
  } else if (t.rows[MT_CHUNK_BOOL] == rows) {
    decide(out, MT_INFERRED_BOOL, MT_BOOL, "bool", rows);
  } else if (version >= 3 && text > 0 && text + t.rows[MT_CHUNK_NA] == rows) {
    decide(out, MT_INFERRED_TEXT, MT_STRING, "str",
           rows * POINTER + t.text.bytes + bitmap(rows, out->nulls));
  } else {
    bool texts = text > 0 && text + t.rows[MT_CHUNK_NA] == rows;
    out->strangers = t.strangers;
    out->strangers_line = t.strangers_line;
    decide(out, texts ? MT_INFERRED_TEXT : MT_INFERRED_OBJECT,
           texts ? MT_STRING : MT_DTYPE_COUNT, "object",
           rows * POINTER + object_bytes(&t, version, python311));
  }
}

static void infer_polars(struct mt_inferred *out, const struct mt_facts *f)
{
  const unsigned wide = MT_POLARS_INT128 | MT_POLARS_HUGE;
  unsigned seen = f->polars;
  uint64_t rows = f->rows, mask;

  /* null words are values, and "" is a text; --null is polars' null_values */
  out->nulls = f->empties + f->given_nulls;
  mask = bitmap(rows, out->nulls);
  if (seen == MT_POLARS_BOOL)
    decide(out, MT_INFERRED_BOOL, MT_BOOL, "Boolean", (rows + 7) / 8 + mask);
  else if (seen == MT_POLARS_INT64)
    decide(out, MT_INFERRED_INT, MT_INT64, "Int64", rows * 8 + mask);
  else if (seen == MT_POLARS_INT128 || seen == (MT_POLARS_INT64 | MT_POLARS_INT128))
    decide(out, MT_INFERRED_INT, MT_DTYPE_COUNT, "Int128", rows * 16 + mask);
  else if (seen == (MT_POLARS_FLOAT | MT_POLARS_INT64) ||
           (seen & ~wide) == MT_POLARS_FLOAT)
    decide(out, MT_INFERRED_FLOAT, MT_FLOAT64, "Float64", rows * 8 + mask);
  else /* polars reconciles two numeric types, not three; it counts neither the views
        * nor the validity of text */
    decide(out, MT_INFERRED_TEXT, MT_STRING, "String",
           f->sizes.bytes + f->null_word_bytes - f->given_null_bytes);
}

static void infer_arrow(struct mt_inferred *out, const struct mt_facts *f)
{
  /* in the order of enum mt_arrow_type; bits of a value.  A date's export is a
   * timestamp, so that date32 is no type of memtop's. */
  static const struct {
    enum mt_inferred_kind kind;
    enum mt_dtype same;
    uint8_t bits;
    const char *dtype;
  } types[MT_ARROW_TYPES] = {
      {MT_INFERRED_INT, MT_INT64, 64, "int64"},
      {MT_INFERRED_BOOL, MT_BOOL, 1, "bool"},
      {MT_INFERRED_FLOAT, MT_FLOAT64, 64, "double"},
      {MT_INFERRED_DATE, MT_DTYPE_COUNT, 32, "date32[day]"},
      {MT_INFERRED_TIME, MT_DTYPE_COUNT, 32, "time32[s]"},
      {MT_INFERRED_DATETIME, MT_DATETIME, 64, "timestamp[s]"},
      {MT_INFERRED_DATETIME, MT_DATETIME, 64, "timestamp[ns]"},
      {MT_INFERRED_DATETIME, MT_DATETIME, 64, "timestamp[s, tz=UTC]"},
      {MT_INFERRED_DATETIME, MT_DATETIME, 64, "timestamp[ns, tz=UTC]"},
  };
  uint64_t rows = f->rows;

  out->nulls = f->nulls;
  if (f->arrow == MT_ARROW_ALL) {
    decide(out, MT_INFERRED_TEXT, MT_DTYPE_COUNT, "null", 0);
  } else if (f->arrow != 0) {
    int t = __builtin_ctz(f->arrow);
    decide(out, types[t].kind, types[t].same, types[t].dtype,
           (rows * types[t].bits + 7) / 8 + bitmap(rows, f->nulls));
  } else { /* text keeps empty fields and null words as they are */
    out->nulls = 0;
    decide(out, MT_INFERRED_TEXT, f->not_utf8 > 0 ? MT_DTYPE_COUNT : MT_STRING,
           f->not_utf8 > 0 ? "binary" : "string",
           rows * 4 + f->sizes.bytes + f->null_word_bytes);
  }
}

void mt_infer(struct mt_inferred *out, const struct mt_column_profile *c,
              enum mt_engine engine, bool python311)
{
  memset(out, 0, sizeof *out);
  switch (engine) {
  case MT_PANDAS2:
    infer_pandas(out, c, 2, python311);
    break;
  case MT_POLARS:
    infer_polars(out, &c->facts);
    break;
  case MT_ARROW:
    infer_arrow(out, &c->facts);
    break;
  default:
    infer_pandas(out, c, 3, python311);
    break;
  }
}

bool mt_inferred_is(const struct mt_inferred *i, enum mt_dtype t)
{
  return i->same == t;
}
