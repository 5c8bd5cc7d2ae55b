#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "formats/hdf5/object.h"
#include "formats/hdf5/writer.h"

enum { ROWS = 100003, COLUMNS = 3 };

/* As the file holds it: row number, an int16, a text of five bytes, a code. */
struct __attribute__((packed)) row {
  int64_t index;
  int16_t number;
  char text[5];
  int8_t code;
};

static char folder[] = "/tmp/test_hdf5_writer.XXXXXX";
static char path[sizeof folder + 16];
static struct mt_error error;

static const uint64_t offsets[] = {0, 1, 3};
static const struct mt_dictionary dictionary = {2, offsets, (const uint8_t *)"abb"};
static struct mt_field fields[COLUMNS] = {
    {.name = "number", .name_len = 6, .dtype = MT_INT16},
    {.name = "text", .name_len = 4, .dtype = MT_STRING, .max_bytes = 5, .nulls = 1},
    {.name = "c d",
     .name_len = 3,
     .dtype = MT_CATEGORY,
     .max_bytes = 2,
     .dictionary = &dictionary},
};
static struct mt_schema schema = {.fields = fields, .columns = COLUMNS, .rows = ROWS};

static struct row row_at(uint64_t i)
{
  struct row r = {
      .index = (int64_t)i, .number = (int16_t)(i * 7919), .code = (int8_t)(i % 3) - 1};
  if (i % 11 == 0)
    memcpy(r.text, "nan", 3); /* null */
  else
    for (size_t k = 0; k < i % 6; k++)
      r.text[k] = (char)('a' + (i + k) % 26);
  return r;
}

static void set_bit(uint8_t *bits, size_t i)
{
  bits[i / 8] |= (uint8_t)(1u << i % 8);
}

static void *need(size_t n, size_t size)
{
  void *p = mt_alloc(n, size);
  assert_non_null(p);
  return p;
}

/* A batch of rows of row_at(); mt_batch_reset frees it. */
static struct mt_batch make_batch(uint64_t first, size_t rows)
{
  struct mt_batch b = {.first_row = first, .rows = rows, .columns = COLUMNS};
  b.column = need(COLUMNS, sizeof *b.column);
  int16_t *number = b.column[0].values = need(rows, sizeof *number);
  int32_t *text = b.column[1].values = need(rows + 1, sizeof *text);
  int32_t *code = b.column[2].values = need(rows, sizeof *code);
  b.column[1].bytes = need(rows, 5);
  b.column[1].validity = need(rows / 8 + 1, 1);
  for (size_t i = 0; i < rows; i++) {
    struct row r = row_at(first + i);
    bool null = (first + i) % 11 == 0;
    size_t n = null ? 0 : strnlen(r.text, sizeof r.text);
    number[i] = r.number;
    code[i] = r.code;
    memcpy(b.column[1].bytes + text[i], r.text, n);
    text[i + 1] = text[i] + (int32_t)n;
    if (null)
      b.column[1].null_count++;
    else
      set_bit(b.column[1].validity, i);
  }
  return b;
}

static struct mt_writer *new_writer(enum mt_codec codec)
{
  struct mt_output *output;
  struct mt_writer *w;
  struct mt_write_options options = {.codec = codec};
  assert_int_equal(mt_output_open(&output, path, NULL, true, &error), 0);
  assert_int_equal(mt_hdf5_writer_new(&w, output, &options, &error), 0);
  return w;
}

static int put(struct mt_writer *w, uint64_t first, size_t rows)
{
  struct mt_buffer bytes;
  mt_buffer_init(&bytes, SIZE_MAX);
  struct mt_batch b = make_batch(first, rows);
  int rc = w->ops->encode(w, &b, &bytes, &error);
  if (!rc)
    rc = w->ops->write(w, &b, &bytes, &error);
  mt_batch_reset(&b);
  mt_buffer_reset(&bytes);
  return rc;
}

static size_t files_left(void)
{
  DIR *d = opendir(folder);
  assert_non_null(d);
  size_t n = 0;
  for (struct dirent *e; (e = readdir(d));)
    n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  closedir(d);
  return n;
}

/* Reads the table through libhdf5, filters and all. */
static void check_file(bool compressed)
{
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t dataset = H5Dopen2(file, "df/table", H5P_DEFAULT);
  assert_true(dataset >= 0);
  hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
  hid_t plist = H5Dget_create_plist(dataset);
  assert_int_equal(H5Sget_simple_extent_npoints(space), ROWS);
  assert_int_equal(H5Tget_size(type), sizeof(struct row));
  assert_int_equal(H5Pget_nfilters(plist), compressed ? 2 : 0);
  struct row *rows = need(ROWS, sizeof *rows);
  assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0);
  for (size_t i = 0; i < ROWS; i++) {
    struct row want = row_at(i);
    assert_memory_equal(&rows[i], &want, sizeof want);
  }
  free(rows);
  H5Pclose(plist);
  H5Tclose(type);
  H5Sclose(space);
  H5Dclose(dataset);

  struct __attribute__((packed)) {
    int64_t index;
    char values[2];
  } names[2], want[2] = {{0, "a"}, {1, "bb"}};
  dataset = H5Dopen2(file, "df/meta/values_block_0/meta/table", H5P_DEFAULT);
  type = H5Dget_type(dataset);
  assert_int_equal(H5Tget_size(type), sizeof names[0]);
  assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, names) >= 0);
  assert_memory_equal(names, want, sizeof want);
  H5Tclose(type);
  H5Dclose(dataset);
  assert_true(H5Fclose(file) >= 0);
}

static void test_rows_come_back(void **state)
{
  (void)state;
  static const size_t sizes[] = {97, 12345, 65536};
  for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
    bool compressed = i % 2 == 0;
    struct mt_writer *w = new_writer(compressed ? MT_CODEC_DEFAULT : MT_CODEC_NONE);
    assert_int_equal(w->ops->begin(w, &schema, &error), 0);
    size_t size = sizes[i / 2];
    for (uint64_t row = 0; row < ROWS; row += size)
      assert_int_equal(put(w, row, ROWS - row < size ? ROWS - row : size), 0);
    assert_int_equal(w->ops->finish(w, &error), 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(w->bytes_written, st.st_size);
    assert_null(w->ops->note(w, 0));
    w->ops->free(w);
    check_file(compressed);
    unlink(path);
    assert_int_equal(files_left(), 0);
  }
}

static void test_abort_leaves_nothing(void **state)
{
  (void)state;
  for (int step = 0; step < 4; step++) {
    struct mt_writer *w = new_writer(MT_CODEC_DEFAULT);
    if (step > 0)
      assert_int_equal(w->ops->begin(w, &schema, &error), 0);
    if (step > 1)
      assert_int_equal(put(w, 0, 65536), 0);
    if (step < 3)
      w->ops->abort(w);
    w->ops->free(w); /* alone: as abort */
    assert_int_equal(files_left(), 0);
    assert_int_equal(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
  }
}

static void test_rows_must_follow(void **state)
{
  (void)state;
  struct mt_writer *w = new_writer(MT_CODEC_DEFAULT);
  assert_int_equal(w->ops->begin(w, &schema, &error), 0);
  assert_int_equal(put(w, 5, 10), EINVAL);
  assert_int_equal(put(w, 0, 10), 0);
  assert_int_equal(put(w, 0, 10), EINVAL);
  assert_int_equal(w->ops->finish(w, &error), EINVAL); /* rows are missing */
  w->ops->free(w);
  assert_int_equal(files_left(), 0);
}

/* What the scan did not announce is an error, never a changed value. */
static void test_surprises(void **state)
{
  (void)state;
  for (int what = 0; what < 5; what++) {
    struct mt_writer *w = new_writer(MT_CODEC_DEFAULT);
    struct mt_buffer bytes;
    mt_buffer_init(&bytes, SIZE_MAX);
    struct mt_batch b = make_batch(0, 100);
    uint8_t none[13] = {0};
    if (what == 0)
      ((int32_t *)b.column[2].values)[7] = 2; /* no such category */
    else if (what == 1)
      ((int32_t *)b.column[2].values)[7] = -2;
    else if (what == 2)
      fields[1].max_bytes = 4; /* a longer text comes */
    else if (what == 3) {
      b.column[0].null_count = 100;
      b.column[0].validity = none;
    } else
      memcpy(b.column[1].bytes + ((int32_t *)b.column[1].values)[3], "nan", 3);
    assert_int_equal(w->ops->begin(w, &schema, &error), 0);
    int rc = w->ops->encode(w, &b, &bytes, &error);
    if (!rc)
      rc = w->ops->write(w, &b, &bytes, &error);
    assert_int_equal(rc, EINVAL);
    assert_non_null(strstr(error.what, "did not see"));
    assert_true(strlen(error.remedy) > 0);
    w->ops->abort(w);
    w->ops->free(w);
    fields[1].max_bytes = 5;
    if (b.column[0].validity == none)
      b.column[0].validity = NULL;
    mt_batch_reset(&b);
    mt_buffer_reset(&bytes);
    assert_int_equal(files_left(), 0);
  }
}

/* A file size limit stands in for a full disk. */
static void test_failed_write(void **state)
{
  (void)state;
  struct rlimit old, small;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
  small = old;
  for (rlim_t limit = 1000; limit < 400000; limit += 30011) {
    struct mt_writer *w = new_writer(MT_CODEC_NONE);
    small.rlim_cur = limit;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = w->ops->begin(w, &schema, &error);
    for (uint64_t row = 0; !rc && row + 5000 < ROWS; row += 5000)
      rc = put(w, row, 5000);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(rc, EFBIG);
    assert_non_null(strstr(error.what, "File too large"));
    w->ops->abort(w);
    w->ops->free(w);
    assert_int_equal(files_left(), 0);
  }
}

static void refuse(struct mt_write_options options)
{
  struct mt_output *output;
  struct mt_writer *w = NULL;
  assert_int_equal(mt_output_open(&output, path, NULL, true, &error), 0);
  assert_int_equal(mt_hdf5_writer_new(&w, output, &options, &error), EINVAL);
  assert_null(w);
  assert_int_equal(files_left(), 0);
}

static void test_options(void **state)
{
  (void)state;
  refuse((struct mt_write_options){.codec = MT_CODEC_LZ4});
  refuse((struct mt_write_options){.codec = MT_CODEC_ZSTD});
  refuse((struct mt_write_options){.codec = MT_CODEC_GZIP, .level = 10});
  static const char *const keys[] = {"", "/", "a b", "1", "a//b", "a/", "..", "_i"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    refuse((struct mt_write_options){.key = keys[i]});
}

static int make_folder(void **state)
{
  (void)state;
  signal(SIGXFSZ, SIG_IGN);
  if (!mkdtemp(folder))
    return -1;
  snprintf(path, sizeof path, "%s/out.h5", folder);
  return 0;
}

static int remove_folder(void **state)
{
  (void)state;
  return rmdir(folder);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rows_come_back),
      cmocka_unit_test(test_abort_leaves_nothing),
      cmocka_unit_test(test_rows_must_follow),
      cmocka_unit_test(test_surprises),
      cmocka_unit_test(test_failed_write),
      cmocka_unit_test(test_options),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
