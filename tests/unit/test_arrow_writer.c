#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <lz4frame.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "formats/arrow/writer.h"

enum { ROWS = 10, COLUMNS = 6 };
enum { INT16, BOOL, FLOAT, CATEGORY, STRING, TIME };

/* Ten rows of which the second and the ninth are null. */
static uint8_t validity[2] = {0xFD, 0x02};
static int16_t shorts[ROWS] = {1, 0, -3, 4, 5, 6, 7, 8, 0, INT16_MIN};
static uint8_t bools[ROWS] = {1, 1, 0, 1, 0, 0, 0, 1, 1, 1};
static float floats[ROWS] = {0.5f, 0, 2, 3, 4, 5, 6, 7, 0, -0.0f};
static int32_t codes[ROWS] = {0, -1, 1, 1, 0, 1, 0, 1, -1, 1};
static int32_t offsets[ROWS + 1] = {0, 1, 1, 3, 3, 4, 5, 6, 7, 7, 10};
static int64_t times[ROWS] = {1, 0, 2, 3, 4, 5, 6, 7, 0, 8};
static const uint64_t word_offsets[] = {0, 2, 5};
static const struct mt_dictionary words = {2, word_offsets, (const uint8_t *)"nosim"};

static struct mt_field fields[COLUMNS] = {
    [INT16] = {.name = "i", .name_len = 1, .dtype = MT_INT16, .nulls = 2},
    [BOOL] = {.name = "b", .name_len = 1, .dtype = MT_BOOL, .nulls = 2},
    [FLOAT] = {.name = "f", .name_len = 1, .dtype = MT_FLOAT32, .nulls = 2},
    [CATEGORY] = {.name = "c",
                  .name_len = 1,
                  .dtype = MT_CATEGORY,
                  .nulls = 2,
                  .dictionary = &words},
    [STRING] = {.name = "s", .name_len = 1, .dtype = MT_STRING},
    [TIME] = {.name = "t", .name_len = 1, .dtype = MT_DATETIME, .nulls = 2, .utc = true},
};
static struct mt_schema schema = {fields, COLUMNS, ROWS};
static struct mt_column columns[COLUMNS] = {
    [INT16] = {.values = shorts, .validity = validity, .null_count = 2},
    [BOOL] = {.values = bools, .validity = validity, .null_count = 2},
    [FLOAT] = {.values = floats, .validity = validity, .null_count = 2},
    [CATEGORY] = {.values = codes, .validity = validity, .null_count = 2},
    [STRING] = {.values = offsets, .bytes = (uint8_t *)"abcdefghij"},
    [TIME] = {.values = times, .validity = validity, .null_count = 2},
};
static struct mt_batch batch = {.rows = ROWS, .columns = COLUMNS, .column = columns};

/* ---- reading back ---------------------------------------------------------- */

static char folder[64], path[96];
static uint8_t file[1 << 16];
static size_t file_len;

static int setup(void **state)
{
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/memtop-arrow-XXXXXX");
  if (!mkdtemp(folder))
    return -1;
  snprintf(path, sizeof path, "%s/t.arrow", folder);
  floats[1] = floats[8] = __builtin_nanf("");
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  unlink(path);
  return rmdir(folder); /* which fails where a temporary file was left */
}

static struct mt_writer *new_writer(enum mt_codec codec)
{
  struct mt_output *output;
  struct mt_writer *w;
  const struct mt_write_options options = {.codec = codec};
  assert_int_equal(mt_output_open(&output, path, NULL, true, NULL), 0);
  assert_int_equal(mt_arrow_writer_new(&w, output, &options, NULL), 0);
  return w;
}

/* Writes the table in `batches` equal batches and reads the file. */
static void write_file(enum mt_codec codec, int batches)
{
  struct mt_writer *w = new_writer(codec);
  struct mt_buffer bytes;
  mt_buffer_init(&bytes, SIZE_MAX);
  assert_int_equal(w->ops->begin(w, &schema, NULL), 0);
  for (int i = 0; i < batches; i++) {
    bytes.len = 0;
    assert_int_equal(w->ops->encode(w, &batch, &bytes, NULL), 0);
    assert_int_equal(w->ops->write(w, &batch, &bytes, NULL), 0);
    assert_null(w->ops->note(w, 0));
  }
  assert_int_equal(w->ops->finish(w, NULL), 0);
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  file_len = fread(file, 1, sizeof file, f);
  fclose(f);
  assert_int_equal(w->bytes_written, file_len);
  w->ops->free(w);
  mt_buffer_reset(&bytes);
}

static int32_t i32(const uint8_t *p)
{
  int32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static int64_t i64(const uint8_t *p)
{
  int64_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static const uint8_t *follow(const uint8_t *ref)
{
  return ref + i32(ref);
}

/* A field of a FlatBuffers table; NULL when it is absent. */
static const uint8_t *field(const uint8_t *table, int i)
{
  uint16_t size, at;
  const uint8_t *vtable = table - i32(table);
  memcpy(&size, vtable, 2);
  if (4 + 2 * i >= size)
    return NULL;
  memcpy(&at, vtable + 4 + 2 * i, 2);
  return at ? table + at : NULL;
}

static const uint8_t *footer(void)
{
  return follow(file + file_len - 10 - i32(file + file_len - 10));
}

/* Block i of the footer's dictionaries (2) or record batches (3). */
static const uint8_t *block(int which, int i)
{
  const uint8_t *vector = follow(field(footer(), which));
  assert_true(i < i32(vector));
  return vector + 4 + 24 * i;
}

static const uint8_t *body(const uint8_t *b)
{
  return file + i64(b) + i32(b + 8);
}

/* The RecordBatch table of a block. */
static const uint8_t *record_batch(const uint8_t *b)
{
  const uint8_t *message = follow(file + i64(b) + 8);
  const uint8_t *header = follow(field(message, 2));
  return *field(message, 1) == 3 ? header : follow(field(header, 1));
}

struct piece {
  const uint8_t *at;
  int64_t len;
};

/* Buffer i of the batch in block b. */
static struct piece buffer(const uint8_t *b, int i)
{
  const uint8_t *vector = follow(field(record_batch(b), 2));
  assert_true(i < i32(vector));
  const uint8_t *entry = vector + 4 + 16 * i;
  assert_int_equal(i64(entry) % 64, 0);
  assert_true(i64(entry) + i64(entry + 8) <= i64(b + 16));
  return (struct piece){body(b) + i64(entry), i64(entry + 8)};
}

static void assert_bytes(struct piece p, const void *wanted, size_t n)
{
  assert_int_equal(p.len, n);
  assert_memory_equal(p.at, wanted, n);
}

/* ---- tests ----------------------------------------------------------------- */

static void test_layout(void **state)
{
  (void)state;
  write_file(MT_CODEC_NONE, 2);
  assert_memory_equal(file, "ARROW1\0\0\xFF\xFF\xFF\xFF", 12);
  assert_memory_equal(file + file_len - 6, "ARROW1", 6);
  const uint8_t *last = NULL;
  for (int i = 0; i < 3; i++) {
    const uint8_t *b = i == 0 ? block(2, 0) : block(3, i - 1);
    const uint8_t *message = file + i64(b);
    assert_memory_equal(message, "\xFF\xFF\xFF\xFF", 4);
    assert_int_equal(i64(b) % 64, 0);
    assert_int_equal(i32(b + 8), i32(message + 4) + 8);
    assert_int_equal(i32(b + 8) % 64, 0);
    assert_int_equal(i64(b + 16) % 64, 0);
    const uint8_t *table = follow(message + 8);
    assert_int_equal(*field(table, 0), 4); /* version 5 */
    assert_int_equal(i64(field(table, 3)), i64(b + 16));
    if (last)
      assert_ptr_equal(message, last);
    last = body(b) + i64(b + 16);
  }
  assert_memory_equal(last, "\xFF\xFF\xFF\xFF\0\0\0\0", 8);
  assert_int_equal(i32(follow(field(footer(), 2))), 1);
  assert_int_equal(i32(follow(field(footer(), 3))), 2);
}

static void test_values(void **state)
{
  (void)state;
  write_file(MT_CODEC_NONE, 1);
  const uint8_t *b = block(3, 0);
  const uint8_t *nodes = follow(field(record_batch(b), 1)) + 4;
  assert_int_equal(i64(field(record_batch(b), 0)), ROWS);
  for (int i = 0; i < COLUMNS; i++) {
    assert_int_equal(i64(nodes + 16 * i), ROWS);
    assert_int_equal(i64(nodes + 16 * i + 8), i == STRING ? 0 : 2);
  }
  const float zeroed[ROWS] = {0.5f, 0, 2, 3, 4, 5, 6, 7, 0, -0.0f};
  assert_bytes(buffer(b, 0), validity, 2);
  assert_bytes(buffer(b, 1), shorts, sizeof shorts);
  assert_bytes(buffer(b, 3), "\x89\x02", 2); /* packed; 0 under nulls */
  assert_bytes(buffer(b, 5), zeroed, sizeof zeroed);
  assert_bytes(buffer(b, 7), "\0\0\1\1\0\1\0\1\0\1", ROWS);
  assert_int_equal(buffer(b, 8).len, 0); /* no nulls, no bitmap */
  assert_bytes(buffer(b, 9), offsets, sizeof offsets);
  assert_bytes(buffer(b, 10), "abcdefghij", 10);
  assert_bytes(buffer(b, 12), times, sizeof times);
  struct piece packed = buffer(b, 3);
  for (int i = 2; i < 64; i++)
    assert_int_equal(packed.at[i], 0);
}

static void test_dictionary(void **state)
{
  (void)state;
  const int32_t wanted[] = {0, 2, 5};
  write_file(MT_CODEC_NONE, 0);
  const uint8_t *b = block(2, 0);
  assert_bytes(buffer(b, 1), wanted, sizeof wanted);
  assert_bytes(buffer(b, 2), "nosim", 5);
  assert_int_equal(i32(follow(field(footer(), 3))), 0);
}

static void unpack(enum mt_codec codec, struct piece p, void *out, size_t n)
{
  assert_int_equal(i64(p.at), n);
  size_t in_size = (size_t)p.len - 8, out_size = n;
  if (codec == MT_CODEC_ZSTD) {
    assert_int_equal(ZSTD_decompress(out, n, p.at + 8, in_size), n);
    return;
  }
  LZ4F_dctx *d;
  assert_false(LZ4F_isError(LZ4F_createDecompressionContext(&d, LZ4F_VERSION)));
  assert_int_equal(LZ4F_decompress(d, out, &out_size, p.at + 8, &in_size, NULL), 0);
  LZ4F_freeDecompressionContext(d);
  assert_int_equal(out_size, n);
}

static void check_codec(enum mt_codec codec, int id)
{
  int64_t got[ROWS];
  write_file(codec, 1);
  const uint8_t *b = block(3, 0);
  const uint8_t *compression = follow(field(record_batch(b), 3));
  assert_int_equal(*field(compression, 0), id);
  assert_int_equal(*field(compression, 1), 0);
  unpack(codec, buffer(b, 12), got, sizeof got);
  assert_memory_equal(got, times, sizeof times);
  assert_int_equal(buffer(b, 8).len, 0); /* empty buffers stay empty */
}

static void test_codecs(void **state)
{
  (void)state;
  check_codec(MT_CODEC_LZ4, 0);
  check_codec(MT_CODEC_ZSTD, 1);
  write_file(MT_CODEC_NONE, 1);
  assert_null(field(record_batch(block(3, 0)), 3));
}

static void test_default_codec_is_zstd(void **state)
{
  (void)state;
  write_file(MT_CODEC_DEFAULT, 1);
  assert_int_equal(*field(follow(field(record_batch(block(3, 0)), 3)), 0), 1);
}

static const char *metadata(void)
{
  const uint8_t *vector = follow(field(follow(field(footer(), 1)), 2));
  const uint8_t *pair = follow(vector + 4);
  assert_int_equal(i32(vector), 1);
  assert_string_equal((const char *)follow(field(pair, 0)) + 4, "pandas");
  return (const char *)follow(field(pair, 1)) + 4;
}

static void test_pandas_metadata(void **state)
{
  (void)state;
  write_file(MT_CODEC_NONE, 0);
  const char *json = metadata();
  assert_non_null(strstr(json, "\"index_columns\":[]"));
  assert_non_null(strstr(json, "\"pandas_type\":\"int16\",\"numpy_type\":\"Int16\""));
  assert_non_null(strstr(json, "\"pandas_type\":\"bool\",\"numpy_type\":\"boolean\""));
  assert_non_null(strstr(json, "\"pandas_type\":\"unicode\",\"numpy_type\":\"str\""));
  assert_non_null(strstr(json, "\"num_categories\":2,\"ordered\":false"));
  assert_non_null(strstr(json, "\"datetime64[us]\",\"metadata\":{\"timezone\":\"UTC\"}"));
  fields[INT16].nulls = 0;
  write_file(MT_CODEC_NONE, 0);
  fields[INT16].nulls = 2;
  assert_non_null(strstr(metadata(), "\"numpy_type\":\"int16\""));
}

static void test_dictionary_too_large(void **state)
{
  (void)state;
  const uint64_t huge[] = {0, (uint64_t)INT32_MAX + 1};
  const struct mt_dictionary d = {1, huge, NULL};
  struct mt_error err = {0};
  struct mt_writer *w = new_writer(MT_CODEC_NONE);
  fields[CATEGORY].dictionary = &d;
  assert_int_equal(w->ops->begin(w, &schema, &err), EOVERFLOW);
  fields[CATEGORY].dictionary = &words;
  assert_non_null(strstr(err.what, "\"c\""));
  assert_non_null(strstr(err.remedy, "string"));
  w->ops->abort(w);
  w->ops->free(w);
  assert_int_equal(access(path, F_OK), -1);
}

static void test_no_rows(void **state)
{
  (void)state;
  struct mt_batch empty = batch;
  struct mt_column none[COLUMNS] = {{0}};
  struct mt_buffer bytes;
  empty.rows = 0;
  empty.column = none;
  mt_buffer_init(&bytes, SIZE_MAX);
  struct mt_writer *w = new_writer(MT_CODEC_ZSTD);
  assert_int_equal(w->ops->begin(w, &schema, NULL), 0);
  assert_int_equal(w->ops->encode(w, &empty, &bytes, NULL), 0);
  assert_int_equal(w->ops->write(w, &empty, &bytes, NULL), 0);
  assert_int_equal(w->ops->finish(w, NULL), 0);
  w->ops->abort(w); /* harmless by now */
  w->ops->free(w);
  mt_buffer_reset(&bytes);
}

/* Memory may run out at any byte of a message. */
static void test_encode_without_memory(void **state)
{
  (void)state;
  struct mt_writer *w = new_writer(MT_CODEC_NONE);
  assert_int_equal(w->ops->begin(w, &schema, NULL), 0);
  struct mt_buffer bytes;
  size_t max = 0;
  int rc;
  do {
    struct mt_error err = {0};
    mt_buffer_init(&bytes, max);
    rc = w->ops->encode(w, &batch, &bytes, &err);
    assert_int_equal(err.code, rc);
    assert_true(rc == 0 || rc == ENOMEM);
    max = rc ? max + 8 : bytes.len;
    mt_buffer_reset(&bytes);
  } while (rc);
  assert_true(max > 12 * 64);
  w->ops->free(w); /* without finish: as abort */
  assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(test_layout),
      TEST(test_values),
      TEST(test_dictionary),
      TEST(test_codecs),
      TEST(test_default_codec_is_zstd),
      TEST(test_pandas_metadata),
      TEST(test_dictionary_too_large),
      TEST(test_no_rows),
      TEST(test_encode_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
