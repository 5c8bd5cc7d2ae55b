#include "core/engine/infer.h"

#include <string.h>

#include "core/engine/footprint.h"

#define RANGE_INDEX_BYTES 132
#define POINTER 8
/* sys.getsizeof */
#define PY_FLOAT 24
#define PY_BOOL 28
#define PY_NONE 16
#define PY_RANGE 48 /* without its three integers */
#define BOOL_ENGINE 80

uint64_t mt_index_bytes(enum mt_engine engine)
{
  return mt_engine_is_pandas(engine) ? RANGE_INDEX_BYTES : 0;
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

/* ---- distinct values ------------------------------------------------------- */

/* Whether all values are integers, and equal ones are equal texts.  Of objects that are
 * no booleans these alone can be counted: 1 and "1" are two values, or one, by where they
 * stand. */
static bool are_plain_integers(const struct mt_facts *f)
{
  return f->integers + f->big_integers == f->rows - f->nulls &&
         f->identifiers + f->padded + f->negative_zeros == 0;
}

/* Whether one text may be two floats: 1e4294967301 by the version, many digits by the
 * engine, and integers by what else is in their chunk, as those that are read as floats
 * lose digits. */
static bool floats_vary(const struct mt_column_profile *c, enum mt_engine engine)
{
  const struct mt_facts *f = &c->facts;
  const int64_t most = INT64_C(1) << 53;

  if (f->overflows > 0)
    return true;
  if (!mt_engine_is_pandas(engine)) /* they were counted as pandas reads them */
    return f->strays + f->rounded > 0;
  return c->totals[0].chunks + (c->open.rows > 0) > 1 && f->integers > 0 &&
         f->floats + f->big_integers > 0 &&
         (f->int_max > most || f->int_min < -most || f->identifiers > 0);
}

uint64_t mt_infer_distinct(const struct mt_column_profile *c, const struct mt_inferred *i,
                           bool *exact)
{
  const struct mt_facts *f = &c->facts;
  uint64_t values = f->rows - f->nulls, texts;

  *exact = i->nulls == f->nulls;
  if (f->ascending && f->integers == values && f->inexact == 0 && values > 0)
    return values;
  if (i->kind == MT_INFERRED_TEXT && f->nulls == 0 && i->nulls == 0 && f->nul == 0 &&
      mt_statistics_bytes_in_order(&c->statistics))
    return c->statistics.runs;
  *exact &= mt_distinct_exact(&c->distinct) && f->nul == 0 &&
            !(i->kind == MT_INFERRED_FLOAT && floats_vary(c, i->engine));
  if (c->distinct_values != MT_NOT_COUNTED && c->distinct_kind == i->kind)
    return c->distinct_values;
  if (i->kind == MT_INFERRED_OBJECT && values > 0)
    *exact &= i->strangers == 0 && are_plain_integers(f);
  if (i->kind <= MT_INFERRED_BOOL && c->distinct_kind != MT_NO_KIND)
    *exact &= c->distinct_kind == i->kind || /* else nobody has counted these */
              (i->kind == MT_INFERRED_INT && are_plain_integers(f));
  texts = mt_distinct_count(&c->distinct);
  return texts < f->rows - i->nulls ? texts : f->rows - i->nulls;
}

/* ---- pandas' index --------------------------------------------------------- */

/* sys.getsizeof of a Python integer within 64 bits. */
static uint64_t python_int(int64_t v)
{
  uint64_t magnitude = v < 0 ? -(uint64_t)v : (uint64_t)v;
  return magnitude < 1u << 30 ? 28 : magnitude < 1ull << 60 ? 32 : 36;
}

/* The RangeIndex that pandas 3 makes of integers at even steps (maybe_sequence_to_range
 * of pandas/core/indexes/base.py), wrapping around as it does; 0: they are none. */
static uint64_t range_index(const struct mt_inferred *i, const struct mt_facts *f)
{
  int64_t start = (int64_t)f->first_int, step = (int64_t)f->step;
  int64_t stop = (int64_t)(f->last_int + f->step);

  if ((i->kind != MT_INFERRED_INT && i->kind != MT_INFERRED_UINT) || f->rows < 2 ||
      !f->steady)
    return 0;
  return PY_RANGE + python_int(start) + python_int(stop) + python_int(step);
}

static bool are_bools(const struct mt_inferred *i, const struct mt_facts *f)
{
  return i->kind == MT_INFERRED_BOOL ||
         (i->kind == MT_INFERRED_OBJECT && f->bools[0] > 0 &&
          f->bools[0] == f->rows - f->nulls);
}

/* The sizes of k texts, if they are what all of the column's are on average. */
static struct mt_text_sizes sizes_of_share(const struct mt_facts *f, uint64_t k)
{
  double share = f->rows > f->nulls ? (double)k / (double)(f->rows - f->nulls) : 0;
  struct mt_text_sizes z = f->sizes;

  for (int i = 0; i < 4; i++) {
    z.count[i] = (uint64_t)(share * (double)z.count[i]);
    z.points[i] = (uint64_t)(share * (double)z.points[i]);
  }
  z.bytes = (uint64_t)(share * (double)z.bytes);
  z.single_latin1 = (uint64_t)(share * (double)z.single_latin1);
  return z;
}

/* The k values of a MultiIndex' level.  Of objects other than strings, whose distinct
 * sizes nobody counts, an estimate. */
static uint64_t level_values(const struct mt_inferred *i,
                             const struct mt_column_profile *c, uint64_t k, int version,
                             bool python311)
{
  const struct mt_text_sizes some = sizes_of_share(&c->facts, k);
  const struct mt_text_sizes *z =
      mt_distinct_exact(&c->distinct) ? &c->distinct.sizes : &some;
  uint64_t values = c->facts.rows - i->nulls;

  if (are_bools(i, &c->facts))
    return k;
  if (i->kind == MT_INFERRED_TEXT && version >= 3)
    return k * POINTER + z->bytes + (k + 7) / 8;
  if (i->kind == MT_INFERRED_TEXT)
    return k * POINTER + mt_text_sizes_python(z, python311) +
           (i->nulls == 0 ? mt_text_sizes_cached(z, python311) : 0);
  if (i->kind == MT_INFERRED_OBJECT && values > 0)
    return (i->bytes - i->nulls * (POINTER + PY_FLOAT)) / values * k;
  return k * POINTER;
}

/* What a column takes as the index, or as one of several levels of a MultiIndex: its
 * codes, its values, its name, which is None, and in pandas 2 the hash table that the
 * codes were made with. */
static uint64_t index_share(const struct mt_inferred *i,
                            const struct mt_column_profile *c, int version,
                            bool python311)
{
  uint64_t range = version >= 3 ? range_index(i, &c->facts) : 0, engine = 0, k;
  bool exact;

  if (c->index_levels == 1)
    return range > 0 ? range : i->bytes;
  k = mt_infer_distinct(c, i, &exact);
  if (version < 3)
    engine = are_bools(i, &c->facts) ? BOOL_ENGINE : mt_category_engine_bytes(k);
  return PY_NONE + c->facts.rows * mt_category_width(k) +
         level_values(i, c, k, version, python311) + engine;
}

/* ---------------------------------------------------------------------------- */

void mt_infer(struct mt_inferred *out, const struct mt_column_profile *c,
              enum mt_engine engine, bool python311)
{
  int version = engine == MT_PANDAS2 ? 2 : 3;

  memset(out, 0, sizeof *out);
  out->engine = engine;
  if (engine == MT_POLARS)
    infer_polars(out, &c->facts);
  else if (engine == MT_ARROW)
    infer_arrow(out, &c->facts);
  else
    infer_pandas(out, c, version, python311);
  out->reported = out->bytes;
  if (mt_engine_is_pandas(engine) && c->index_levels > 0)
    out->reported = index_share(out, c, version, python311);
}

bool mt_inferred_is(const struct mt_inferred *i, enum mt_dtype t)
{
  return i->same == t;
}
