#include "formats/hdf5/pack.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cells/datetime.h"

enum { RUN = 1024 }; /* rows converted at a time */

/* One column of a batch on its way into a slab. */
struct source {
  const struct mt_field *field;
  const struct mt_hdf5_member *member;
  const struct mt_column *column;
  uint64_t first_row; /* of the dataset: row 0 of the column */
};

struct mt_hdf5_slab mt_hdf5_slab(uint8_t *chunk, const struct mt_hdf5_layout *l,
                                 bool planes, size_t row)
{
  if (planes)
    return (struct mt_hdf5_slab){chunk + row, 1, l->chunk_rows};
  return (struct mt_hdf5_slab){chunk + row * l->row_size, l->row_size, 1};
}

/* --- errors ---------------------------------------------------------------- */

static int bad_value(const struct source *s, size_t row, int code, const char *why,
                     struct mt_error *err)
{
  int rc = mt_fail(err, code, "column '%.100s', data row %" PRIu64 ": %s", s->field->name,
                   s->first_row + row + 1, why);
  mt_error_remedy(err, "plan the column with another dtype, or export to an Arrow file "
                       "(.arrow)");
  return rc;
}

/* The schema comes from a complete scan, so this cannot happen unless the file
 * changed in between. */
static int unforeseen(const struct source *s, size_t row, const char *what,
                      struct mt_error *err)
{
  int rc = mt_fail(err, EINVAL,
                   "column '%.100s', data row %" PRIu64 ": %s that the scan "
                   "did not see",
                   s->field->name, s->first_row + row + 1, what);
  mt_error_remedy(err, "the input may have changed while it was read: scan it again");
  return rc;
}

/* --- values of fixed width -------------------------------------------------- */

static bool is_valid(const struct mt_column *c, size_t row)
{
  return c->null_count == 0 || (c->validity[row / 8] >> row % 8 & 1);
}

/* The integer at `row`; negative ones as their magnitude. */
static uint64_t magnitude(const struct source *s, size_t row, bool *negative)
{
  const void *v = s->column->values;
  int64_t i = 0;
  *negative = false;
  switch (s->field->dtype) {
  case MT_UINT8:
    return ((const uint8_t *)v)[row];
  case MT_UINT16:
    return ((const uint16_t *)v)[row];
  case MT_UINT32:
    return ((const uint32_t *)v)[row];
  case MT_UINT64:
    return ((const uint64_t *)v)[row];
  case MT_INT8:
    i = ((const int8_t *)v)[row];
    break;
  case MT_INT16:
    i = ((const int16_t *)v)[row];
    break;
  case MT_INT32:
    i = ((const int32_t *)v)[row];
    break;
  default:
    i = ((const int64_t *)v)[row];
    break;
  }
  *negative = i < 0;
  return i < 0 ? -(uint64_t)i : (uint64_t)i;
}

static int to_float(const struct source *s, size_t first, size_t rows, void *out,
                    struct mt_error *err)
{
  float *f32 = out;
  double *f64 = out;
  for (size_t i = 0; i < rows; i++) {
    double value = NAN;
    if (is_valid(s->column, first + i)) {
      bool negative;
      uint64_t v = magnitude(s, first + i, &negative);
      if (v > s->field->max_abs)
        return unforeseen(s, first + i, "an integer", err);
      value = negative ? -(double)v : (double)v;
    }
    if (s->member->storage == MT_HDF5_FLOAT32)
      f32[i] = (float)value;
    else
      f64[i] = value;
  }
  return 0;
}

/* The category's code at `row`; false and true count as categories 0 and 1. */
static int32_t code_at(const struct source *s, size_t row)
{
  if (s->field->dtype == MT_CATEGORY)
    return ((const int32_t *)s->column->values)[row];
  return is_valid(s->column, row) ? ((const uint8_t *)s->column->values)[row] : -1;
}

static int to_codes(const struct source *s, size_t first, size_t rows, void *out,
                    struct mt_error *err)
{
  uint64_t count = s->field->dtype == MT_CATEGORY ? s->field->dictionary->count : 2;
  int8_t *i8 = out;
  int16_t *i16 = out;
  int32_t *i32 = out;
  for (size_t i = 0; i < rows; i++) {
    int32_t code = code_at(s, first + i);
    if (code < -1 || (code >= 0 && (uint64_t)code >= count))
      return unforeseen(s, first + i, "a category", err);
    if (s->member->width == 1)
      i8[i] = (int8_t)code;
    else if (s->member->width == 2)
      i16[i] = (int16_t)code;
    else
      i32[i] = code;
  }
  return 0;
}

static int to_nanoseconds(const struct source *s, size_t first, size_t rows, void *out,
                          struct mt_error *err)
{
  const int64_t *in = s->column->values;
  int64_t scale = s->field->unit == MT_UNIT_NS ? 1 : 1000;
  int64_t *ns = out;
  for (size_t i = 0; i < rows; i++) {
    ns[i] = INT64_MIN; /* not a time */
    if (is_valid(s->column, first + i) &&
        (__builtin_mul_overflow(in[first + i], scale, &ns[i]) || ns[i] == INT64_MIN))
      return bad_value(
          s, first + i, ERANGE,
          "the date is outside the years 1677 to 2262 that nanoseconds reach", err);
  }
  return 0;
}

static int no_nulls(const struct source *s, size_t first, size_t rows,
                    struct mt_error *err)
{
  if (mt_dtype_kind(s->field->dtype) == MT_KIND_FLOAT)
    return 0;
  for (size_t i = first; i < first + rows; i++)
    if (!is_valid(s->column, i))
      return unforeseen(s, i, "a null", err);
  return 0;
}

static void scatter(struct mt_hdf5_slab slab, size_t offset, const uint8_t *in,
                    size_t width, size_t rows)
{
  uint8_t *to = slab.base + offset * slab.byte_stride;
  if (slab.byte_stride == 1)
    for (size_t i = 0; i < rows; i++)
      memcpy(to + i * slab.row_stride, in + i * width, width);
  else
    for (size_t b = 0; b < width; b++)
      for (size_t i = 0; i < rows; i++)
        to[b * slab.byte_stride + i] = in[i * width + b];
}

/* Up to RUN values as the file holds them: *in points at them. */
static int convert(const struct source *s, size_t first, size_t rows,
                   uint64_t scratch[RUN], const uint8_t **in, struct mt_error *err)
{
  *in = (const uint8_t *)scratch;
  switch (s->member->storage) {
  case MT_HDF5_FLOAT32:
  case MT_HDF5_FLOAT64:
    return to_float(s, first, rows, scratch, err);
  case MT_HDF5_CODES:
    return to_codes(s, first, rows, scratch, err);
  case MT_HDF5_TIME:
    return to_nanoseconds(s, first, rows, scratch, err);
  default:
    *in = (const uint8_t *)s->column->values + first * s->member->width;
    return s->column->null_count ? no_nulls(s, first, rows, err) : 0;
  }
}

static int pack_fixed(const struct source *s, size_t first, size_t rows,
                      struct mt_hdf5_slab slab, struct mt_error *err)
{
  uint64_t scratch[RUN];
  for (size_t done = 0, n; done < rows; done += n) {
    n = rows - done < RUN ? rows - done : RUN;
    const uint8_t *in;
    int rc = convert(s, first + done, n, scratch, &in, err);
    if (rc)
      return rc;
    scatter(slab, s->member->offset, in, s->member->width, n);
    slab.base += n * slab.row_stride;
  }
  return 0;
}

static void pack_index(uint64_t row, size_t rows, struct mt_hdf5_slab slab)
{
  uint64_t scratch[RUN];
  for (size_t done = 0, n; done < rows; done += n) {
    n = rows - done < RUN ? rows - done : RUN;
    for (size_t i = 0; i < n; i++)
      scratch[i] = row + done + i;
    scatter(slab, 0, (const uint8_t *)scratch, MT_HDF5_INDEX_WIDTH, n);
    slab.base += n * slab.row_stride;
  }
}

/* --- text ------------------------------------------------------------------ */

static int check_text(const struct source *s, size_t row, const uint8_t *text, size_t n,
                      const char *nan_rep, struct mt_error *err)
{
  if (n > s->member->width || (n == strlen(nan_rep) && memcmp(text, nan_rep, n) == 0))
    return unforeseen(s, row, "a text", err);
  if (n > 0 && text[n - 1] == '\0')
    return bad_value(s, row, EINVAL,
                     "the text ends in a NUL byte, which pandas' HDF5 layout would drop",
                     err);
  if (!mt_utf8_valid(text, n))
    return bad_value(s, row, EILSEQ, "the text is not UTF-8", err);
  return 0;
}

#define MADE 48

/* A date as text; the unit is microseconds (dates in nanoseconds fit the layout). */
static size_t format_date(const struct source *s, size_t row, char made[MADE])
{
  int64_t v = ((const int64_t *)s->column->values)[row], day = INT64_C(86400000000);
  int64_t days = v / day - (v % day < 0), us = v - days * day;
  int year, month, date, n;

  mt_civil_from_days(days, &year, &month, &date);
  n = snprintf(made, MADE, "%04d-%02d-%02d", year, month, date);
  if (s->field->dtype == MT_DATETIME)
    n += snprintf(made + n, MADE - (size_t)n, " %02d:%02d:%02d.%06d",
                  (int)(us / 3600000000), (int)(us / 60000000 % 60),
                  (int)(us / 1000000 % 60), (int)(us % 1000000));
  if (s->field->utc)
    n += snprintf(made + n, MADE - (size_t)n, "+00:00");
  return (size_t)n;
}

/* The text at `row`, which is not null; made: room for one that is made here. */
static const uint8_t *text_at(const struct source *s, size_t row, char made[MADE],
                              size_t *n)
{
  if (s->member->storage == MT_HDF5_TEXT) {
    const int32_t *offsets = s->column->values;
    *n = (size_t)(offsets[row + 1] - offsets[row]);
    return *n ? s->column->bytes + offsets[row] : (const uint8_t *)"";
  }
  if (s->member->storage == MT_HDF5_ISO) {
    *n = format_date(s, row, made);
    return (const uint8_t *)made;
  }
  bool negative;
  uint64_t v = magnitude(s, row, &negative);
  *n = (size_t)snprintf(made, MADE, "%s%" PRIu64, negative ? "-" : "", v);
  return (const uint8_t *)made;
}

static int pack_text(const struct source *s, const char *nan_rep, size_t first,
                     size_t rows, struct mt_hdf5_slab slab, struct mt_error *err)
{
  uint8_t *to = slab.base + s->member->offset * slab.byte_stride;
  for (size_t i = 0; i < rows; i++, to += slab.row_stride) {
    char made[MADE];
    size_t n = strlen(nan_rep);
    const uint8_t *text = (const uint8_t *)nan_rep;
    if (is_valid(s->column, first + i)) {
      text = text_at(s, first + i, made, &n);
      int rc = check_text(s, first + i, text, n, nan_rep, err);
      if (rc)
        return rc;
    } else if (n > s->member->width) {
      return unforeseen(s, first + i, "a null", err);
    }
    for (size_t b = 0; b < n; b++)
      to[b * slab.byte_stride] = text[b];
  }
  return 0;
}

int mt_hdf5_pack(const struct mt_hdf5_layout *l, const struct mt_batch *batch,
                 size_t first, size_t rows, struct mt_hdf5_slab slab,
                 struct mt_error *err)
{
  pack_index(batch->first_row + first, rows, slab);
  for (size_t i = 0; i < l->schema->columns; i++) {
    struct source s = {&l->schema->fields[i], &l->member[i], &batch->column[i],
                       batch->first_row};
    bool text = s.member->storage >= MT_HDF5_ISO || s.member->storage == MT_HDF5_DECIMAL;
    int rc = text ? pack_text(&s, l->nan_rep, first, rows, slab, err)
                  : pack_fixed(&s, first, rows, slab, err);
    if (rc)
      return rc;
  }
  return 0;
}
