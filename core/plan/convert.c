#include "core/plan/convert.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cells/parse.h"
#include "core/plan/advice.h"

static uint64_t magnitude(const struct mt_facts *f)
{
  __int128 low, high;

  mt_facts_range(f, &low, &high);
  return (uint64_t)(-low > high ? -low : high);
}

static int init_column(struct mt_field *field, struct mt_conversion_column *c,
                       const struct mt_column_profile *p, uint64_t seed,
                       struct mt_error *err)
{
  const struct mt_facts *f = &p->facts;

  field->unit = mt_advice_unit(f);
  field->utc = mt_dtype_kind(field->dtype) == MT_KIND_TIME && f->date_shape.offset != 0;
  field->beyond_ns = mt_facts_has(f, MT_PLACE_NOT_NS);
  field->nulls = f->nulls;
  field->max_abs = mt_dtype_kind(field->dtype) <= MT_KIND_UINT ? magnitude(f) : 0;
  field->max_bytes = f->longest;
  field->na_words = f->na_words;
  c->layout = mt_advice_layout(f);
  c->bool_family = mt_advice_bool_family(f);
  if (field->dtype != MT_CATEGORY)
    return 0;
  if (!mt_distinct_exact(&p->distinct)) {
    mt_fail(err, EINVAL, "column \"%s\": too many distinct values for a category",
            field->name);
    mt_error_remedy(err, "choose string, or give more --memory");
    return EINVAL;
  }
  if (mt_lookup_init(&c->lookup, &p->distinct, seed) != 0)
    return mt_fail_memory(err);
  field->dictionary = &c->lookup.dictionary;
  return 0;
}

int mt_conversion_init(struct mt_conversion *v, const struct mt_profile *p,
                       const struct mt_reader_schema *reader, const uint8_t *dtype,
                       struct mt_error *err)
{
  size_t kept = 0;

  memset(v, 0, sizeof *v);
  for (size_t i = 0; i < p->columns; i++)
    kept += dtype[i] != MT_DROP;
  if (kept == 0) {
    mt_fail(err, EINVAL, "every column is dropped: there is nothing to write");
    mt_error_remedy(err, "keep at least one column");
    return EINVAL;
  }
  v->nulls = p->nulls;
  v->schema.rows = p->rows;
  v->schema.fields = mt_alloc(kept, sizeof *v->schema.fields);
  v->column = mt_alloc(kept, sizeof *v->column);
  if (v->schema.fields == NULL || v->column == NULL) {
    mt_conversion_reset(v);
    return mt_fail_memory(err);
  }
  for (size_t i = 0; i < p->columns; i++) {
    struct mt_field *field = &v->schema.fields[v->schema.columns];
    struct mt_conversion_column *c = &v->column[v->schema.columns];
    int rc;

    if (dtype[i] == MT_DROP)
      continue;
    field->name = reader->names[i].text;
    field->name_len = reader->names[i].len;
    field->dtype = (enum mt_dtype)dtype[i];
    c->source = i;
    v->schema.columns++;
    rc = init_column(field, c, &p->column[i], p->pool.seed, err);
    if (rc != 0) {
      mt_conversion_reset(v);
      return rc;
    }
  }
  return 0;
}

void mt_conversion_reset(struct mt_conversion *v)
{
  for (size_t i = 0; i < v->schema.columns; i++)
    mt_lookup_reset(&v->column[i].lookup);
  free(v->schema.fields);
  free(v->column);
  memset(v, 0, sizeof *v);
}

/* ---- one column --------------------------------------------------------- */

struct work {
  const struct mt_conversion_column *c;
  const struct mt_field *field;
  const struct mt_chunk *chunk;
  const struct mt_cell *cells;
  const struct mt_nulls *nulls;
  struct mt_column *out;
  struct mt_breach_list *breaches; /* or NULL: the first one fails */
  struct mt_error *err;
};

static int note_breach(const struct work *w, size_t r, const char *why)
{
  struct mt_breach b = {.column = w->c->source,
                        .planned = w->field->dtype,
                        .line = mt_chunk_line(w->chunk, r),
                        .byte = mt_chunk_cell_byte(w->chunk, r, &w->cells[r]),
                        .rule = why};

  mt_sanitise(b.value, sizeof b.value, w->chunk->text + w->cells[r].off, w->cells[r].len,
              40);
  return mt_breach_add(w->breaches, &b) ? mt_fail_memory(w->err) : 0;
}

/* The value in row r does not fit. */
static int refuse(const struct work *w, size_t r, const char *why)
{
  char name[80], value[80];

  if (w->breaches != NULL)
    return note_breach(w, r, why);
  mt_sanitise(name, sizeof name, w->field->name, w->field->name_len, 40);
  mt_sanitise(value, sizeof value, w->chunk->text + w->cells[r].off, w->cells[r].len, 40);
  mt_fail(w->err, ERANGE, "column \"%s\", line %llu: \"%s\" %s (planned: %s)", name,
          (unsigned long long)mt_chunk_line(w->chunk, r), value, why,
          mt_dtype_name(w->field->dtype));
  mt_error_at(w->err, mt_chunk_line(w->chunk, r),
              mt_chunk_cell_byte(w->chunk, r, &w->cells[r]));
  mt_error_remedy(w->err, "choose another dtype for this column");
  return ERANGE;
}

static int reserve(void **p, size_t *cap, size_t need)
{
  void *grown;
  if (need <= *cap)
    return 0;
  grown = realloc(*p, need);
  if (grown == NULL)
    return ENOMEM;
  *p = grown;
  *cap = need;
  return 0;
}

/* An integer in the text of a cell: also 1.0 and 1e3. */
static bool read_integer(const uint8_t *s, size_t n, __int128 *v)
{
  struct mt_number_text text;
  bool negative, overflow;
  int64_t i;
  uint64_t u;
  double d;

  if (mt_parse_int64(s, n, &i) == MT_INT_OK) {
    *v = i;
    return true;
  }
  if (mt_parse_uint64(s, n, &u, &negative) == MT_INT_OK && !negative) {
    *v = u;
    return true;
  }
  return mt_parse_float(s, n, &d, &overflow) && !overflow && !isinf(d) &&
         !(d == 0 && signbit(d)) && mt_number_text(s, n, &text) &&
         mt_number_whole(&text, v);
}

static int put_integer(const struct work *w, size_t r, const uint8_t *s, size_t n)
{
  const enum mt_dtype t = w->field->dtype;
  const int bits = (int)mt_dtype_width(t) * 8;
  const bool is_signed = mt_dtype_kind(t) == MT_KIND_INT;
  const __int128 one = 1;
  __int128 v;

  if (!read_integer(s, n, &v))
    return refuse(w, r, "is not an integer");
  if (v < (is_signed ? -(one << (bits - 1)) : 0) || v >= one << (bits - is_signed))
    return refuse(w, r, "is out of range");
  switch (bits) {
  case 8:
    ((uint8_t *)w->out->values)[r] = (uint8_t)v;
    return 0;
  case 16:
    ((uint16_t *)w->out->values)[r] = (uint16_t)v;
    return 0;
  case 32:
    ((uint32_t *)w->out->values)[r] = (uint32_t)v;
    return 0;
  default:
    ((uint64_t *)w->out->values)[r] = (uint64_t)v;
    return 0;
  }
}

static int put_float(const struct work *w, size_t r, const uint8_t *s, size_t n)
{
  struct mt_number_text text;
  bool overflow;
  double d;

  if (!mt_parse_float(s, n, &d, &overflow) || overflow)
    return refuse(w, r, "is not a float");
  if (w->field->dtype == MT_FLOAT64) {
    ((double *)w->out->values)[r] = d;
    return 0;
  }
  if (!isinf(d) && (!mt_number_text(s, n, &text) || !mt_float32_keeps_text(&text, d)))
    return refuse(w, r, "would change as float32");
  ((float *)w->out->values)[r] = (float)d;
  return 0;
}

static int put_bool(const struct work *w, size_t r, const uint8_t *s, size_t n)
{
  int family = 0, v;
  int64_t i;

  if (w->c->bool_family < 0) {
    if (mt_parse_int64(s, n, &i) != MT_INT_OK || i < 0 || i > 1)
      return refuse(w, r, "is not 0 or 1");
    v = (int)i;
  } else {
    v = mt_parse_bool_word(s, n, &family);
    if (v < 0 || family != w->c->bool_family)
      return refuse(w, r, "is not a boolean");
  }
  ((uint8_t *)w->out->values)[r] = (uint8_t)v;
  return 0;
}

static int put_time(const struct work *w, size_t r, const uint8_t *s, size_t n)
{
  struct mt_date_text t;
  int64_t seconds, v;
  uint32_t nanoseconds;

  if (!mt_date_read(s, n, &t) || !(t.layouts >> w->c->layout & 1))
    return refuse(w, r, "is not a date of the column's format");
  mt_date_value(&t, w->c->layout, &seconds, &nanoseconds);
  if (w->field->unit == MT_UNIT_NS) {
    if (!mt_fits_nanoseconds(seconds, nanoseconds))
      return refuse(w, r, "is outside of the range of nanoseconds");
    v = (int64_t)((__int128)seconds * 1000000000 + nanoseconds);
  } else {
    if (nanoseconds % 1000 != 0)
      return refuse(w, r, "has more digits than microseconds");
    v = seconds * 1000000 + nanoseconds / 1000;
  }
  if (w->field->dtype == MT_DATE && (seconds % 86400 != 0 || nanoseconds != 0))
    return refuse(w, r, "has a time of day");
  ((int64_t *)w->out->values)[r] = v;
  return 0;
}

static int put_category(const struct work *w, size_t r, const uint8_t *s, size_t n)
{
  int32_t code = mt_lookup_find(&w->c->lookup, s, n);
  if (code < 0)
    return refuse(w, r, "was not there when the file was scanned");
  ((int32_t *)w->out->values)[r] = code;
  return 0;
}

static int put_null(const struct work *w, size_t r)
{
  struct mt_column *out = w->out;

  out->validity[r / 8] &= (uint8_t) ~(1u << (r % 8));
  out->null_count++;
  switch (w->field->dtype) {
  case MT_FLOAT32:
    ((float *)out->values)[r] = NAN;
    break;
  case MT_FLOAT64:
    ((double *)out->values)[r] = NAN;
    break;
  case MT_CATEGORY:
    ((int32_t *)out->values)[r] = -1;
    break;
  default:
    break; /* the array was zeroed */
  }
  return w->c->no_nulls ? refuse(w, r, "is null") : 0;
}

static int convert_values(const struct work *w,
                          int (*put)(const struct work *, size_t, const uint8_t *,
                                     size_t),
                          size_t width)
{
  const struct mt_chunk *chunk = w->chunk;

  if (reserve(&w->out->values, &w->out->values_cap, chunk->rows * width + 8) != 0)
    return mt_fail_memory(w->err);
  memset(w->out->values, 0, chunk->rows * width);
  for (size_t r = 0; r < chunk->rows; r++) {
    const uint8_t *s = chunk->text + w->cells[r].off;
    size_t n = w->cells[r].len;
    int rc =
        mt_nulls_has(w->nulls, w->c->source, s, n) ? put_null(w, r) : put(w, r, s, n);

    if (rc != 0)
      return rc;
  }
  return 0;
}

static int convert_strings(const struct work *w)
{
  const struct mt_chunk *chunk = w->chunk;
  struct mt_column *out = w->out;
  size_t used = 0;
  int32_t *offsets;

  for (size_t r = 0; r < chunk->rows; r++)
    used += w->cells[r].len;
  if (used > INT32_MAX)
    return mt_fail(w->err, EFBIG, "more than 2 GiB of text in one batch");
  if (reserve(&out->values, &out->values_cap, (chunk->rows + 1) * sizeof *offsets) != 0 ||
      reserve((void **)&out->bytes, &out->bytes_cap, used + 8) != 0)
    return mt_fail_memory(w->err);
  offsets = out->values;
  offsets[0] = 0;
  used = 0;
  for (size_t r = 0; r < chunk->rows; r++) {
    const uint8_t *s = chunk->text + w->cells[r].off;
    size_t n = w->cells[r].len;

    if (mt_nulls_has(w->nulls, w->c->source, s, n)) {
      int rc = put_null(w, r);
      if (rc != 0)
        return rc;
    } else {
      if (chunk->has_non_ascii && !mt_utf8_valid(s, n)) {
        int rc = refuse(w, r, "is not valid UTF-8");
        if (rc != 0) {
          mt_error_remedy(w->err, "try --encoding latin1, or drop the column");
          return rc;
        }
      }
      memcpy(out->bytes + used, s, n);
      used += n;
    }
    offsets[r + 1] = (int32_t)used;
  }
  return 0;
}

static int convert_column(const struct work *w)
{
  size_t mask = (w->chunk->rows + 7) / 8;

  if (reserve((void **)&w->out->validity, &w->out->validity_cap, mask + 8) != 0)
    return mt_fail_memory(w->err);
  memset(w->out->validity, 0xff, mask);
  if (w->chunk->rows % 8 != 0)
    w->out->validity[mask - 1] = (uint8_t)((1u << (w->chunk->rows % 8)) - 1);
  w->out->null_count = 0;
  switch (mt_dtype_kind(w->field->dtype)) {
  case MT_KIND_FLOAT:
    return convert_values(w, put_float, mt_dtype_width(w->field->dtype));
  case MT_KIND_BOOL:
    return convert_values(w, put_bool, 1);
  case MT_KIND_TIME:
    return convert_values(w, put_time, sizeof(int64_t));
  case MT_KIND_CATEGORY:
    return convert_values(w, put_category, sizeof(int32_t));
  case MT_KIND_STRING:
    return convert_strings(w);
  default:
    return convert_values(w, put_integer, mt_dtype_width(w->field->dtype));
  }
}

static int shape_batch(struct mt_batch *b, size_t columns)
{
  if (b->columns == columns)
    return 0;
  mt_batch_reset(b);
  b->column = mt_alloc(columns, sizeof *b->column);
  if (b->column == NULL)
    return ENOMEM;
  b->columns = columns;
  return 0;
}

int mt_convert(const struct mt_conversion *v, const struct mt_chunk *chunk,
               struct mt_batch *batch, struct mt_breach_list *breaches,
               struct mt_error *err)
{
  if (shape_batch(batch, v->schema.columns) != 0)
    return mt_fail_memory(err);
  batch->rows = chunk->rows;
  batch->first_row = chunk->first_row;
  for (size_t i = 0; i < v->schema.columns; i++) {
    struct work w = {.c = &v->column[i],
                     .field = &v->schema.fields[i],
                     .chunk = chunk,
                     .cells = mt_chunk_column(chunk, v->column[i].source),
                     .nulls = v->nulls,
                     .out = &batch->column[i],
                     .breaches = breaches,
                     .err = err};
    int rc = convert_column(&w);
    if (rc != 0)
      return rc;
  }
  return 0;
}
