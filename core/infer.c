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

static void fixed(struct mt_inferred *out, enum mt_inferred_kind kind, const char *dtype,
                  uint64_t bytes)
{
  out->kind = kind;
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
    fixed(out, MT_INFERRED_OBJECT, "object", 0);
  } else if (numbers == rows) {
    if (t.rows[MT_CHUNK_INT] == rows)
      fixed(out, MT_INFERRED_INT, "int64", rows * 8);
    else if (t.rows[MT_CHUNK_UINT] == rows)
      fixed(out, MT_INFERRED_UINT, "uint64", rows * 8);
    else
      fixed(out, MT_INFERRED_FLOAT, "float64", rows * 8);
  } else if (t.rows[MT_CHUNK_BOOL] == rows) {
    fixed(out, MT_INFERRED_BOOL, "bool", rows);
  } else if (version >= 3 && text > 0 && text + t.rows[MT_CHUNK_NA] == rows) {
    fixed(out, MT_INFERRED_TEXT, "str",
          rows * POINTER + t.text.bytes + bitmap(rows, out->nulls));
  } else {
    fixed(out, text == rows ? MT_INFERRED_TEXT : MT_INFERRED_OBJECT, "object",
          rows * POINTER + object_bytes(&t, version, python311));
  }
}

static void infer_polars(struct mt_inferred *out, const struct mt_facts *f)
{
  /* null words are values; only an empty field is null */
  uint64_t values = f->rows - f->nulls + f->null_words;
  uint64_t numbers = f->integers + f->big_integers + f->floats;
  bool plain = f->padded == 0 && f->null_words == 0 && f->overflows == 0;

  out->nulls = f->empties + f->quoted_empties;
  if (values > 0 && plain && f->integers == values && f->int_max <= INT64_MAX)
    fixed(out, MT_INFERRED_INT, "Int64", f->rows * 8 + bitmap(f->rows, out->nulls));
  else if (values > 0 && plain && f->integers + f->big_integers == values)
    fixed(out, MT_INFERRED_INT, "Int128", f->rows * 16 + bitmap(f->rows, out->nulls));
  else if (values > 0 && plain && numbers == values)
    fixed(out, MT_INFERRED_FLOAT, "Float64", f->rows * 8 + bitmap(f->rows, out->nulls));
  else if (values > 0 && f->null_words == 0 && f->bools[0] == values)
    fixed(out, MT_INFERRED_BOOL, "Boolean",
          (f->rows + 7) / 8 + bitmap(f->rows, out->nulls));
  else
    fixed(out, MT_INFERRED_TEXT, "String", f->sizes.bytes + f->null_word_bytes);
}

static void infer_arrow(struct mt_inferred *out, const struct mt_facts *f)
{
  uint64_t values = f->rows - f->nulls;
  uint64_t numbers = f->integers + f->big_integers + f->floats;
  uint64_t eight = f->rows * 8 + bitmap(f->rows, f->nulls);
  bool iso = f->dates == values && values > 0 &&
             f->date_layouts & 1u << MT_DATE_YMD_DASH && !f->date_shapes_differ &&
             f->date_padding <= 1;

  out->nulls = f->nulls;
  if (values > 0 && f->integers == values && f->int_max <= INT64_MAX)
    fixed(out, MT_INFERRED_INT, "int64", eight);
  else if (values > 0 && numbers == values)
    fixed(out, MT_INFERRED_FLOAT, "double", eight);
  else if (values > 0 && f->bools[0] == values)
    fixed(out, MT_INFERRED_BOOL, "bool", (f->rows + 7) / 8 + bitmap(f->rows, f->nulls));
  else if (iso && f->date_shape.time == 0)
    fixed(out, MT_INFERRED_DATE, "date32[day]", f->rows * 4 + bitmap(f->rows, f->nulls));
  else if (iso && f->date_shape.offset == 0 && f->date_shape.ampm == 0)
    fixed(out, MT_INFERRED_DATETIME,
          f->fraction_max > 0 ? "timestamp[ns]" : "timestamp[s]", eight);
  else {
    /* text keeps empty fields and null words as they are */
    out->nulls = 0;
    fixed(out, MT_INFERRED_TEXT, values == 0 ? "null" : "string",
          values == 0 ? 0 : f->rows * 4 + 4 + f->sizes.bytes + f->null_word_bytes);
    if (values == 0)
      out->nulls = f->nulls;
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
  switch (i->kind) {
  case MT_INFERRED_INT:
    return t == MT_INT64;
  case MT_INFERRED_UINT:
    return t == MT_UINT64;
  case MT_INFERRED_FLOAT:
    return t == MT_FLOAT64;
  case MT_INFERRED_BOOL:
    return t == MT_BOOL;
  case MT_INFERRED_TEXT:
    return t == MT_STRING;
  case MT_INFERRED_DATE:
    return t == MT_DATE;
  case MT_INFERRED_DATETIME:
    return t == MT_DATETIME;
  default:
    return false;
  }
}
