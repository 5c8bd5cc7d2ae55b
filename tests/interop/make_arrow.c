/* Writes an Arrow file of every dtype, with and without nulls, whose values follow from
 * the row number: make_arrow PATH none|lz4|zstd ROWS ROWS_PER_BATCH.
 * test_arrow_writer.py makes the same table and compares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/arrow/writer.h"

enum { NEVER, EVERY_THIRD, ALWAYS };
enum { MAX_TEXT = 400 };

/* clang-format off */
static const struct column {
  const char *name;
  enum mt_dtype dtype;
  int nulls;         /* NEVER; EVERY_THIRD: rows 1, 4, 7, ...; ALWAYS */
  uint64_t distinct; /* of a category */
  enum mt_unit unit;
  bool utc;
} columns[] = {
    {"int8", MT_INT8, .nulls = NEVER},
    {"int16", MT_INT16, .nulls = NEVER},
    {"int32", MT_INT32, .nulls = NEVER},
    {"int64", MT_INT64, .nulls = NEVER},
    {"uint8", MT_UINT8, .nulls = NEVER},
    {"uint16", MT_UINT16, .nulls = NEVER},
    {"uint32", MT_UINT32, .nulls = NEVER},
    {"uint64", MT_UINT64, .nulls = NEVER},
    {"float32", MT_FLOAT32, .nulls = NEVER},
    {"float64", MT_FLOAT64, .nulls = NEVER},
    {"bool", MT_BOOL, .nulls = NEVER},
    {"date", MT_DATE, .nulls = NEVER},
    {"datetime", MT_DATETIME, .nulls = NEVER},
    {"datetime ns", MT_DATETIME, .nulls = NEVER, .unit = MT_UNIT_NS},
    {"datetime utc", MT_DATETIME, .nulls = NEVER, .utc = true},
    {"string", MT_STRING, .nulls = NEVER},
    {"int8?", MT_INT8, .nulls = EVERY_THIRD},
    {"int16?", MT_INT16, .nulls = EVERY_THIRD},
    {"int32?", MT_INT32, .nulls = EVERY_THIRD},
    {"int64?", MT_INT64, .nulls = EVERY_THIRD},
    {"uint8?", MT_UINT8, .nulls = EVERY_THIRD},
    {"uint16?", MT_UINT16, .nulls = EVERY_THIRD},
    {"uint32?", MT_UINT32, .nulls = EVERY_THIRD},
    {"uint64?", MT_UINT64, .nulls = EVERY_THIRD},
    {"float32?", MT_FLOAT32, .nulls = EVERY_THIRD},
    {"float64?", MT_FLOAT64, .nulls = EVERY_THIRD},
    {"bool?", MT_BOOL, .nulls = EVERY_THIRD},
    {"date?", MT_DATE, .nulls = EVERY_THIRD},
    {"datetime?", MT_DATETIME, .nulls = EVERY_THIRD},
    {"datetime ns?", MT_DATETIME, .nulls = EVERY_THIRD, .unit = MT_UNIT_NS, .utc = true},
    {"string?", MT_STRING, .nulls = EVERY_THIRD},
    {"category 1", MT_CATEGORY, .nulls = NEVER, .distinct = 1},
    {"category 126", MT_CATEGORY, .nulls = NEVER, .distinct = 126},
    {"category 127", MT_CATEGORY, .nulls = NEVER, .distinct = 127},
    {"category 32766", MT_CATEGORY, .nulls = NEVER, .distinct = 32766},
    {"category 32767", MT_CATEGORY, .nulls = NEVER, .distinct = 32767},
    {"category 1?", MT_CATEGORY, .nulls = EVERY_THIRD, .distinct = 1},
    {"category 127?", MT_CATEGORY, .nulls = EVERY_THIRD, .distinct = 127},
    {"category 32767?", MT_CATEGORY, .nulls = EVERY_THIRD, .distinct = 32767},
    {"no int8", MT_INT8, .nulls = ALWAYS},
    {"no float32", MT_FLOAT32, .nulls = ALWAYS},
    {"no bool", MT_BOOL, .nulls = ALWAYS},
    {"no datetime", MT_DATETIME, .nulls = ALWAYS},
    {"no string", MT_STRING, .nulls = ALWAYS},
    {"no category", MT_CATEGORY, .nulls = ALWAYS},
    {"", MT_INT8, .nulls = NEVER},
    {" ", MT_INT8, .nulls = NEVER},
    {"\"quoted\", \\ and\nmore", MT_INT8, .nulls = NEVER},
    {"\xF0\x9F\x90\xA2", MT_INT8, .nulls = NEVER},
    {"int8.1", MT_INT8, .nulls = NEVER},
    {"index", MT_INT8, .nulls = NEVER},
    {"__index_level_0__", MT_INT8, .nulls = NEVER},
    {"0", MT_INT8, .nulls = NEVER},
};
/* clang-format on */
enum { COLUMNS = sizeof columns / sizeof *columns };

static bool is_null(const struct column *c, uint64_t row)
{
  return c->nulls == ALWAYS || (c->nulls == EVERY_THIRD && row % 3 == 1);
}

static uint64_t mix(uint64_t row)
{
  return row * UINT64_C(0x9E3779B97F4A7C15);
}

/* Row 2 has the smallest value, row 3 the largest. */
static uint64_t integer(const struct column *c, uint64_t row)
{
  unsigned bits = 8 * (unsigned)mt_dtype_width(c->dtype);
  bool is_signed = mt_dtype_kind(c->dtype) == MT_KIND_INT;
  if (row == 2)
    return is_signed ? UINT64_C(1) << (bits - 1) : 0;
  if (row == 3)
    return UINT64_MAX >> (64 - bits + is_signed);
  return mix(row) >> (64 - bits);
}

static double real(uint64_t row)
{
  static const double special[] = {0.0, -0.0, __builtin_inf(), -__builtin_inf()};
  return row < 4 ? special[row] : (double)row * 0.75 - 100;
}

/* Between the years 1677 and 2262 in nanoseconds, 1 and 9999 in microseconds. */
static int64_t instant(const struct column *c, uint64_t row)
{
  if (c->unit == MT_UNIT_NS)
    return (int64_t)mix(row);
  const int64_t day = INT64_C(86400000000);
  int64_t days = (int64_t)(row * 2503 % 3652059) - 719162;
  return days * day + (c->dtype == MT_DATE ? 0 : (int64_t)(mix(row) % (uint64_t)day));
}

/* Returns the length of row's text. */
static size_t text(char dst[MAX_TEXT], uint64_t row)
{
  unsigned long long n = row;
  switch (row % 5) {
  case 0:
    return 0;
  case 1:
    return (size_t)snprintf(dst, MAX_TEXT, "text %llu", n);
  case 2:
    return (size_t)snprintf(dst, MAX_TEXT,
                            "\xC5\xBC\xC3\xB3\xC5\x82w \xF0\x9F\x90\xA2 %llu", n);
  case 3:
    return (size_t)snprintf(dst, MAX_TEXT, "\"a\",\r\n\tb%llu", n);
  default:
    return (size_t)snprintf(dst, MAX_TEXT, "%0300llu", n);
  }
}

static void need(bool ok, const char *what)
{
  if (ok)
    return;
  fprintf(stderr, "make_arrow: %s\n", what);
  exit(1);
}

static void fill_strings(struct mt_column *out, const struct column *c, uint64_t first,
                         size_t rows)
{
  int32_t *offsets = out->values = mt_alloc(rows + 1, sizeof *offsets);
  out->bytes = mt_alloc(rows, MAX_TEXT);
  need(offsets && out->bytes, "out of memory");
  for (size_t i = 0; i < rows; i++) {
    char buffer[MAX_TEXT];
    size_t n = is_null(c, first + i) ? 0 : text(buffer, first + i);
    memcpy(out->bytes + offsets[i], buffer, n);
    offsets[i + 1] = offsets[i] + (int32_t)n;
  }
}

static void fill_value(struct mt_column *out, const struct column *c, size_t i,
                       uint64_t row)
{
  bool null = is_null(c, row);
  switch (mt_dtype_kind(c->dtype)) {
  case MT_KIND_BOOL:
    ((uint8_t *)out->values)[i] = null || mix(row) >> 63;
    break;
  case MT_KIND_TIME:
    ((int64_t *)out->values)[i] = null ? 0 : instant(c, row);
    break;
  case MT_KIND_CATEGORY:
    ((int32_t *)out->values)[i] = null ? -1 : (int32_t)(row % c->distinct);
    break;
  case MT_KIND_FLOAT:
    if (c->dtype == MT_FLOAT32)
      ((float *)out->values)[i] = null ? __builtin_nanf("") : (float)real(row);
    else
      ((double *)out->values)[i] = null ? __builtin_nan("") : real(row);
    break;
  default: {
    size_t width = mt_dtype_width(c->dtype);
    uint64_t v = null ? 0 : integer(c, row);
    memcpy((uint8_t *)out->values + i * width, &v, width);
  }
  }
}

static void fill_column(struct mt_column *out, const struct column *c, uint64_t first,
                        size_t rows)
{
  *out = (struct mt_column){.validity = mt_alloc(rows / 8 + 1, 1)};
  need(out->validity, "out of memory");
  for (size_t i = 0; i < rows; i++) {
    if (is_null(c, first + i))
      out->null_count++;
    else
      out->validity[i / 8] |= (uint8_t)(1 << i % 8);
  }
  if (c->dtype == MT_STRING) {
    fill_strings(out, c, first, rows);
    return;
  }
  out->values = mt_alloc(rows, 8);
  need(out->values, "out of memory");
  for (size_t i = 0; i < rows; i++)
    fill_value(out, c, i, first + i);
}

static struct mt_dictionary make_dictionary(uint64_t count)
{
  uint64_t *offsets = mt_alloc(count + 1, sizeof *offsets);
  uint8_t *bytes = mt_alloc(count, 8);
  need(offsets && bytes, "out of memory");
  for (uint64_t i = 0; i < count; i++) {
    char word[32];
    offsets[i + 1] = (i + 1) * 6;
    snprintf(word, sizeof word, "v%05u", (unsigned)i);
    memcpy(bytes + i * 6, word, 6);
  }
  return (struct mt_dictionary){count, offsets, bytes};
}

static void write_batch(struct mt_writer *w, uint64_t seq, uint64_t first, size_t rows)
{
  struct mt_column column[COLUMNS];
  struct mt_batch batch = {seq, first, rows, COLUMNS, column};
  struct mt_buffer bytes;
  struct mt_error err;
  mt_buffer_init(&bytes, SIZE_MAX);
  for (size_t i = 0; i < COLUMNS; i++)
    fill_column(&column[i], &columns[i], first, rows);
  need(!w->ops->encode(w, &batch, &bytes, &err), err.what);
  need(!w->ops->write(w, &batch, &bytes, &err), err.what);
  mt_buffer_reset(&bytes);
  for (size_t i = 0; i < COLUMNS; i++) {
    free(column[i].values);
    free(column[i].bytes);
    free(column[i].validity);
  }
}

int main(int argc, char **argv)
{
  need(argc == 5, "usage: make_arrow PATH none|lz4|zstd ROWS ROWS_PER_BATCH");
  uint64_t rows = strtoull(argv[3], NULL, 10), step = strtoull(argv[4], NULL, 10);
  struct mt_write_options options = {.codec = strcmp(argv[2], "none") == 0 ? MT_CODEC_NONE
                                              : strcmp(argv[2], "lz4") == 0
                                                  ? MT_CODEC_LZ4
                                                  : MT_CODEC_ZSTD};
  struct mt_field fields[COLUMNS];
  struct mt_dictionary dictionary[COLUMNS];
  for (size_t i = 0; i < COLUMNS; i++) {
    const struct column *c = &columns[i];
    fields[i] = (struct mt_field){.name = c->name,
                                  .name_len = strlen(c->name),
                                  .dtype = c->dtype,
                                  .unit = c->unit,
                                  .utc = c->utc,
                                  .dictionary = &dictionary[i]};
    dictionary[i] = make_dictionary(c->distinct);
    for (uint64_t row = 0; row < rows; row++)
      fields[i].nulls += is_null(c, row);
  }
  struct mt_schema schema = {fields, COLUMNS, rows};
  struct mt_output *output;
  struct mt_writer *w;
  struct mt_error err;
  need(!mt_output_open(&output, argv[1], NULL, true, &err), err.what);
  need(!mt_arrow_writer_new(&w, output, &options, &err), err.what);
  need(!w->ops->begin(w, &schema, &err), err.what);
  for (uint64_t first = 0; first < rows; first += step)
    write_batch(w, first / step, first, rows - first < step ? rows - first : step);
  need(!w->ops->finish(w, &err), err.what);
  w->ops->free(w);
  for (size_t i = 0; i < COLUMNS; i++) {
    free((void *)(uintptr_t)dictionary[i].offsets);
    free((void *)(uintptr_t)dictionary[i].bytes);
  }
  return 0;
}
