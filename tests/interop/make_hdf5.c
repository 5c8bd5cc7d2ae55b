/* Writes a table that a test describes as an HDF5 file:
 *
 *   make_hdf5 TABLE OUT BATCH_ROWS gzip|none KEY
 *
 * TABLE is binary, made by test_hdf5_writer.py: little-endian uint64 words and byte
 * runs, in the order of read_table() below.  Prints "column<TAB>note" for each column
 * that is not stored as planned; errors go to stderr, exit status 1. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/hdf5/writer.h"
#include "formats/output.h"

struct table {
  uint8_t *data;
  size_t at;
  struct mt_schema schema;
  struct mt_dictionary *dictionary;
  struct mt_column *column; /* of all rows */
};

static uint64_t word(struct table *t)
{
  uint64_t v;
  memcpy(&v, t->data + t->at, sizeof v);
  t->at += sizeof v;
  return v;
}

/* n bytes, padded to a multiple of 8 so that whatever follows is aligned. */
static void *run(struct table *t, uint64_t n)
{
  void *p = t->data + t->at;
  t->at += (n + 7) / 8 * 8;
  return p;
}

static void read_column(struct table *t, size_t i)
{
  struct mt_field *f = &t->schema.fields[i];
  struct mt_dictionary *d = &t->dictionary[i];
  struct mt_column *c = &t->column[i];
  f->dtype = (enum mt_dtype)word(t);
  f->unit = (enum mt_unit)word(t);
  f->utc = word(t) != 0;
  c->null_count = f->nulls = word(t);
  f->max_abs = word(t);
  f->max_bytes = (uint32_t)word(t);
  f->na_words = (uint32_t)word(t);
  f->name_len = word(t);
  f->name = run(t, f->name_len + 1);
  d->count = word(t);
  d->offsets = run(t, 8 * (d->count + 1));
  d->bytes = run(t, d->offsets[d->count]);
  f->dictionary = f->dtype == MT_CATEGORY ? d : NULL;
  c->values_cap = word(t);
  c->values = run(t, c->values_cap);
  c->bytes_cap = word(t);
  c->bytes = run(t, c->bytes_cap);
  c->validity = run(t, (t->schema.rows + 7) / 8);
}

static void read_table(struct table *t, const char *path)
{
  FILE *f = fopen(path, "rb");
  if (!f || fseek(f, 0, SEEK_END) != 0)
    abort();
  long size = ftell(f);
  rewind(f);
  t->data = malloc((size_t)size);
  if (!t->data || fread(t->data, 1, (size_t)size, f) != (size_t)size)
    abort();
  fclose(f);
  t->schema.columns = word(t);
  t->schema.rows = word(t);
  t->schema.fields = mt_alloc(t->schema.columns, sizeof *t->schema.fields);
  t->dictionary = mt_alloc(t->schema.columns, sizeof *t->dictionary);
  t->column = mt_alloc(t->schema.columns, sizeof *t->column);
  if (!t->schema.fields || !t->dictionary || !t->column)
    abort();
  for (size_t i = 0; i < t->schema.columns; i++)
    read_column(t, i);
}

static size_t value_width(enum mt_dtype dtype)
{
  return mt_dtype_width(dtype) ? mt_dtype_width(dtype) : sizeof(int32_t);
}

/* Rows of one column, in place; validity is copied so that it begins at a byte. */
static struct mt_column slice(const struct table *t, size_t i, size_t first, size_t rows)
{
  const struct mt_column *all = &t->column[i];
  struct mt_column c = {0};
  c.values = (uint8_t *)all->values + first * value_width(t->schema.fields[i].dtype);
  c.bytes = all->bytes;
  c.validity = mt_alloc(rows / 8 + 1, 1);
  if (!c.validity)
    abort();
  for (size_t row = 0; row < rows; row++) {
    if (all->validity[(first + row) / 8] >> (first + row) % 8 & 1)
      c.validity[row / 8] |= (uint8_t)(1u << row % 8);
    else
      c.null_count++;
  }
  return c;
}

static int write_rows(struct table *t, struct mt_writer *w, size_t batch_rows,
                      struct mt_error *err)
{
  struct mt_buffer bytes;
  mt_buffer_init(&bytes, SIZE_MAX);
  struct mt_batch b = {.columns = t->schema.columns};
  b.column = mt_alloc(b.columns, sizeof *b.column);
  if (!b.column)
    abort();
  int rc = 0;
  for (; !rc && b.first_row < t->schema.rows; b.first_row += b.rows, b.seq++) {
    b.rows = t->schema.rows - b.first_row < batch_rows ? t->schema.rows - b.first_row
                                                       : batch_rows;
    for (size_t i = 0; i < b.columns; i++)
      b.column[i] = slice(t, i, b.first_row, b.rows);
    bytes.len = 0;
    rc = w->ops->encode(w, &b, &bytes, err);
    if (!rc)
      rc = w->ops->write(w, &b, &bytes, err);
    for (size_t i = 0; i < b.columns; i++)
      free(b.column[i].validity);
  }
  mt_buffer_reset(&bytes);
  free(b.column);
  return rc;
}

static int make(struct table *t, const char *const *arg, struct mt_error *err)
{
  struct mt_write_options options = {.codec = strcmp(arg[2], "none") == 0 ? MT_CODEC_NONE
                                                                          : MT_CODEC_GZIP,
                                     .key = arg[3]};
  struct mt_output *output;
  struct mt_writer *w;
  int rc = mt_output_open(&output, arg[0], NULL, true, err);
  if (!rc)
    rc = mt_hdf5_writer_new(&w, output, &options, err);
  if (rc)
    return rc;
  rc = w->ops->begin(w, &t->schema, err);
  for (size_t i = 0; !rc && i < t->schema.columns; i++)
    if (w->ops->note(w, i))
      printf("%zu\t%s\n", i, w->ops->note(w, i));
  if (!rc)
    rc = write_rows(t, w, strtoul(arg[1], NULL, 10), err);
  if (rc)
    w->ops->abort(w);
  else
    rc = w->ops->finish(w, err);
  w->ops->free(w);
  return rc;
}

int main(int argc, char **argv)
{
  if (argc != 6) {
    fprintf(stderr, "usage: make_hdf5 TABLE OUT BATCH_ROWS gzip|none KEY\n");
    return 2;
  }
  struct table t = {0};
  struct mt_error err = {0};
  read_table(&t, argv[1]);
  int rc = make(&t, (const char *const *)argv + 2, &err);
  if (rc)
    fprintf(stderr, "%d: %s\n%s\n", rc, err.what, err.remedy);
  free(t.schema.fields);
  free(t.dictionary);
  free(t.column);
  free(t.data);
  return rc ? 1 : 0;
}
