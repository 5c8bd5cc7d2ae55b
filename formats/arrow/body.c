#include "formats/arrow/body.h"

#include <errno.h>
#include <lz4frame.h>
#include <string.h>
#include <zstd.h>

/* What one call of an encode function works with. */
struct encoder {
  struct mt_arrow_body message;
  struct mt_buffer *out;
  struct mt_buffer scratch; /* one column in the form of the file */
  const struct mt_arrow_packing *packing;
  ZSTD_CCtx *zstd; /* made at the first use, for all columns */
};

static void encoder_init(struct encoder *e, struct mt_buffer *out,
                         const struct mt_arrow_packing *packing)
{
  *e = (struct encoder){.out = out, .packing = packing};
  mt_buffer_init(&e->scratch, SIZE_MAX);
}

static void encoder_reset(struct encoder *e)
{
  mt_buffer_reset(&e->scratch);
  ZSTD_freeCCtx(e->zstd);
}

/* n zeroed bytes that stay until the next call; NULL when there is no memory. */
static void *scratch_zeroed(struct encoder *e, size_t n)
{
  e->scratch.len = 0;
  if (mt_buffer_reserve(&e->scratch, n ? n : 1))
    return NULL;
  memset(e->scratch.data, 0, n);
  return e->scratch.data;
}

/* ---- buffers --------------------------------------------------------------- */

/* Appends p[0..n) as one zstd frame. */
static int append_zstd(struct encoder *e, const void *p, size_t n)
{
  int level = e->packing->level ? e->packing->level : 1;
  size_t bound = ZSTD_compressBound(n);
  if (!e->zstd)
    e->zstd = ZSTD_createCCtx();
  if (!e->zstd || mt_buffer_reserve(e->out, bound))
    return ENOMEM;
  size_t size =
      ZSTD_compressCCtx(e->zstd, e->out->data + e->out->len, bound, p, n, level);
  if (ZSTD_isError(size))
    return ENOMEM; /* the only thing left to fail: its tables */
  e->out->len += size;
  return 0;
}

/* Appends p[0..n) as one LZ4 frame. */
static int append_lz4(struct encoder *e, const void *p, size_t n)
{
  const LZ4F_preferences_t how = {.frameInfo.contentSize = n,
                                  .compressionLevel = e->packing->level};
  size_t bound = LZ4F_compressFrameBound(n, &how);
  if (mt_buffer_reserve(e->out, bound))
    return ENOMEM;
  size_t size = LZ4F_compressFrame(e->out->data + e->out->len, bound, p, n, &how);
  if (LZ4F_isError(size))
    return ENOMEM;
  e->out->len += size;
  return 0;
}

/* Adds one buffer of the body: as it is, or its length and then a compressed frame.
 * Frames are kept even where they gain nothing, as Arrow below 12 expects. */
static int add_buffer(struct encoder *e, const void *p, size_t n)
{
  size_t at = e->out->len;
  int64_t length = (int64_t)n;
  int rc = 0;
  if (n > 0 && e->packing->codec == MT_ARROW_RAW) {
    rc = mt_buffer_append(e->out, p, n);
  } else if (n > 0) {
    rc = mt_buffer_append(e->out, &length, sizeof length);
    if (!rc)
      rc = e->packing->codec == MT_ARROW_LZ4 ? append_lz4(e, p, n) : append_zstd(e, p, n);
  }
  if (rc)
    return rc;
  mt_arrow_put_buffer(&e->message, at, e->out->len - at);
  return mt_arrow_pad(e->out);
}

/* ---- columns --------------------------------------------------------------- */

static bool is_valid(const struct mt_column *c, size_t row)
{
  return c->null_count == 0 || c->validity[row / 8] >> row % 8 & 1;
}

static int add_floats(struct encoder *e, const struct mt_column *c, size_t rows,
                      size_t width)
{
  if (c->null_count == 0)
    return add_buffer(e, c->values, rows * width);
  uint8_t *out = scratch_zeroed(e, rows * width);
  if (!out)
    return ENOMEM;
  for (size_t i = 0; i < rows; i++)
    if (is_valid(c, i))
      memcpy(out + i * width, (const uint8_t *)c->values + i * width, width);
  return add_buffer(e, out, rows * width);
}

static int add_bools(struct encoder *e, const struct mt_column *c, size_t rows)
{
  size_t size = (rows + 7) / 8;
  const uint8_t *values = c->values;
  uint8_t *out = scratch_zeroed(e, size);
  if (!out)
    return ENOMEM;
  for (size_t i = 0; i < rows; i++)
    out[i / 8] |= (uint8_t)((values[i] & 1) << i % 8);
  if (c->null_count > 0)
    for (size_t i = 0; i < size; i++)
      out[i] &= c->validity[i];
  return add_buffer(e, out, size);
}

/* Codes in the width of the dictionary; 0 for the -1 under a null. */
static int add_codes(struct encoder *e, const struct mt_column *c, size_t rows,
                     uint64_t count)
{
  size_t width = mt_category_width(count);
  const int32_t *codes = c->values;
  void *out = scratch_zeroed(e, rows * width);
  if (!out)
    return ENOMEM;
  switch (width) {
  case 1:
    for (size_t i = 0; i < rows; i++)
      ((int8_t *)out)[i] = (int8_t)(codes[i] < 0 ? 0 : codes[i]);
    break;
  case 2:
    for (size_t i = 0; i < rows; i++)
      ((int16_t *)out)[i] = (int16_t)(codes[i] < 0 ? 0 : codes[i]);
    break;
  default:
    for (size_t i = 0; i < rows; i++)
      ((int32_t *)out)[i] = codes[i] < 0 ? 0 : codes[i];
  }
  return add_buffer(e, out, rows * width);
}

static int add_strings(struct encoder *e, const int32_t *offsets, const uint8_t *bytes,
                       size_t rows)
{
  static const int32_t no_rows[1];
  if (rows == 0)
    offsets = no_rows;
  int rc = add_buffer(e, offsets, (rows + 1) * sizeof *offsets);
  return rc ? rc : add_buffer(e, bytes, (size_t)offsets[rows]);
}

static int add_column(struct encoder *e, const struct mt_field *f,
                      const struct mt_column *c, size_t rows)
{
  mt_arrow_put_node(&e->message, rows, c->null_count);
  int rc = add_buffer(e, c->validity, c->null_count > 0 ? (rows + 7) / 8 : 0);
  if (rc)
    return rc;
  switch (mt_dtype_kind(f->dtype)) {
  case MT_KIND_FLOAT:
    return add_floats(e, c, rows, mt_dtype_width(f->dtype));
  case MT_KIND_BOOL:
    return add_bools(e, c, rows);
  case MT_KIND_CATEGORY:
    return add_codes(e, c, rows, f->dictionary->count);
  case MT_KIND_STRING:
    return add_strings(e, c->values, c->bytes, rows);
  default: /* integers and times are stored as they lie */
    return add_buffer(e, c->values, rows * mt_dtype_width(f->dtype));
  }
}

/* ---- messages -------------------------------------------------------------- */

int mt_arrow_encode_batch(struct mt_buffer *out, const struct mt_schema *schema,
                          const struct mt_batch *batch,
                          const struct mt_arrow_packing *packing, struct mt_error *err)
{
  struct encoder e;
  encoder_init(&e, out, packing);
  int rc = mt_arrow_begin_batch(&e.message, out, schema, batch->rows, packing->codec);
  for (size_t i = 0; i < schema->columns && !rc; i++)
    rc = add_column(&e, &schema->fields[i], &batch->column[i], batch->rows);
  if (!rc)
    mt_arrow_end_body(&e.message);
  encoder_reset(&e);
  return rc ? mt_fail_memory(err) : 0;
}

/* The dictionary's offsets in the 32 bits of the format; NULL without memory. */
static const int32_t *narrow_offsets(struct encoder *e, const struct mt_dictionary *d)
{
  int32_t *offsets = scratch_zeroed(e, (d->count + 1) * sizeof *offsets);
  for (uint64_t i = 0; offsets && i < d->count; i++)
    offsets[i + 1] = (int32_t)d->offsets[i + 1];
  return offsets;
}

int mt_arrow_encode_dictionary(struct mt_buffer *out, int64_t id,
                               const struct mt_field *field,
                               const struct mt_arrow_packing *packing,
                               struct mt_error *err)
{
  const struct mt_dictionary *d = field->dictionary;
  uint64_t bytes = d->count ? d->offsets[d->count] : 0;
  if (d->count >= INT32_MAX || bytes > INT32_MAX) {
    int rc = mt_fail(err, EOVERFLOW,
                     "column \"%s\": its distinct values exceed the 2 GiB that a category"
                     " can have in an Arrow file",
                     field->name);
    mt_error_remedy(err, "export this column as string");
    return rc;
  }
  struct encoder e;
  encoder_init(&e, out, packing);
  int rc = mt_arrow_begin_dictionary(&e.message, out, id, d->count, packing->codec);
  const int32_t *offsets = rc ? NULL : narrow_offsets(&e, d);
  if (offsets) {
    mt_arrow_put_node(&e.message, d->count, 0);
    rc = add_buffer(&e, NULL, 0);
    if (!rc)
      rc = add_strings(&e, offsets, d->bytes, d->count);
    if (!rc)
      mt_arrow_end_body(&e.message);
  }
  encoder_reset(&e);
  return rc || !offsets ? mt_fail_memory(err) : 0;
}
