#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "formats/input.h"

static char folder[] = "/tmp/memtop-input-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
  (void)state;
  if (!mkdtemp(folder))
    return -1;
  snprintf(path, sizeof path, "%s/f", folder);
  return 0;
}

static int remove_folder(void **state)
{
  (void)state;
  unlink(path);
  return rmdir(folder);
}

static void write_file(const void *p, size_t n)
{
  FILE *f = fopen(path, "wb");

  assert_non_null(f);
  assert_int_equal(fwrite(p, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

/* Reads all, `step` bytes at a time. */
static size_t read_all(struct mt_input *in, uint8_t *p, size_t cap, size_t step, int *rc)
{
  size_t len = 0, got = 1;

  while (got && len < cap) {
    *rc = mt_input_read(in, p + len, step < cap - len ? step : cap - len, &got, NULL);
    if (*rc)
      break;
    len += got;
  }
  return len;
}

static void assert_reads(const char *encoding, const void *stored, size_t n,
                         const char *expected, size_t len)
{
  struct mt_input *in;
  uint8_t text[256];
  const size_t steps[] = {1, 3, sizeof text};
  int rc;

  write_file(stored, n);
  assert_int_equal(mt_input_open(&in, path, encoding, NULL), 0);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(read_all(in, text, sizeof text, steps[i], &rc), len);
    assert_int_equal(rc, 0);
    assert_memory_equal(text, expected, len);
    assert_int_equal(mt_input_consumed(in), n);
    assert_int_equal(mt_input_rewind(in, NULL), 0);
  }
  mt_input_free(in);
}

#define READS(encoding, stored, expected)                                                \
  assert_reads(encoding, stored, sizeof(stored) - 1, expected, sizeof(expected) - 1)

static void test_encodings(void **state)
{
  (void)state;
  READS(NULL, "", "");
  READS(NULL, "a,b\n", "a,b\n");
  READS(NULL,
        "\xff\xfe"
        "a\0\xe9\0",
        "a\xc3\xa9");
  READS(NULL, "\xfe\xff\0a\0\xe9", "a\xc3\xa9");
  READS(NULL, "\xff\xfe\0\0a\0\0\0", "a");
  READS("UTF-16LE", "a\0b\0", "ab");
  READS("latin-1", "a\xe9\xff", "a\xc3\xa9\xc3\xbf");
  READS("cp1252", "\x80", "\xe2\x82\xac");
  READS("utf8", "\xe9", "\xe9");
}

/* What the encoding does not have stays visible as a byte that is not UTF-8. */
static void test_broken_sequences(void **state)
{
  (void)state;
  READS(NULL,
        "\xff\xfe"
        "a\0\0\xd8"
        "b\0",
        "a\xff"
        "b");
  READS(NULL,
        "\xff\xfe"
        "a\0b",
        "a\xff");
}

static void test_unknown_encoding(void **state)
{
  struct mt_input *in;
  struct mt_error err;

  (void)state;
  write_file("a", 1);
  assert_int_equal(mt_input_open(&in, path, "no such", &err), EINVAL);
  assert_null(in);
  assert_true(err.remedy[0]);
}

static void test_cannot_open(void **state)
{
  struct mt_input *in;
  struct mt_error err;

  (void)state;
  assert_int_equal(mt_input_open(&in, "/no/such/file", NULL, &err), ENOENT);
  assert_non_null(strstr(err.what, "/no/such/file"));
  assert_int_equal(mt_input_open(&in, folder, NULL, &err), EISDIR);
}

static size_t compress_text(const char *text, size_t n, int filter, uint8_t *to,
                            size_t cap)
{
  struct archive *a = archive_write_new();
  struct archive_entry *e = archive_entry_new();
  size_t used;

  archive_write_set_format_raw(a);
  assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
  archive_write_set_bytes_in_last_block(a, 1);
  assert_int_equal(archive_write_open_memory(a, to, cap, &used), ARCHIVE_OK);
  archive_entry_set_filetype(e, AE_IFREG);
  archive_write_header(a, e);
  assert_int_equal(archive_write_data(a, text, n), (la_ssize_t)n);
  archive_entry_free(e);
  archive_write_free(a);
  return used;
}

static void test_compressed(void **state)
{
  const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ,
                         ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_LZ4};
  uint8_t stored[4096];
  struct mt_input *in;

  (void)state;
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
    size_t n = compress_text("a,b\n1,2\n", 8, filters[i], stored, sizeof stored);
    assert_reads(NULL, stored, n, "a,b\n1,2\n", 8);
  }
  assert_int_equal(mt_input_open(&in, path, NULL, NULL), 0);
  assert_string_equal(mt_input_compression(in), "lz4");
  mt_input_free(in);
}

static void test_truncated(void **state)
{
  static char text[200000];
  static uint8_t stored[sizeof text + 4096], back[sizeof text + 1];
  struct mt_input *in;
  struct mt_error err;
  int rc;

  (void)state;
  srand(1);
  for (size_t i = 0; i < sizeof text; i++)
    text[i] = (char)('a' + rand() % 26);
  size_t n = compress_text(text, sizeof text, ARCHIVE_FILTER_GZIP, stored, sizeof stored);
  write_file(stored, n - 100);
  assert_int_equal(mt_input_open(&in, path, NULL, NULL), 0);
  size_t len = read_all(in, back, sizeof back, 1000, &rc);
  assert_int_equal(rc, EIO);
  assert_true(len > 0 && len < sizeof text);
  assert_memory_equal(back, text, len);
  assert_int_equal(mt_input_read(in, back, 1, &len, &err), EIO);
  assert_true(err.what[0] && err.remedy[0]);
  mt_input_free(in);
}

static void test_after_the_end(void **state)
{
  uint8_t stored[4096] = {0}, text[64];
  struct mt_input *in;
  int rc;

  (void)state;
  size_t n = compress_text("a,b\n", 4, ARCHIVE_FILTER_GZIP, stored, sizeof stored);
  memset(stored + n, 0, sizeof stored - n);
  for (int garbage = 0; garbage < 2; garbage++) {
    stored[n + 99] = (uint8_t)garbage;
    write_file(stored, n + 100);
    assert_int_equal(mt_input_open(&in, path, NULL, NULL), 0);
    assert_int_equal(read_all(in, text, sizeof text, sizeof text, &rc), 4);
    assert_int_equal(rc, garbage ? EIO : 0);
    mt_input_free(in);
  }
}

/* Text whose first bytes some decompressors would take for theirs. */
static void test_not_compressed(void **state)
{
  (void)state;
  READS(NULL, "a\0\0 \0\n\n\r\" \n;,a# a,;\n", "a\0\0 \0\n\n\r\" \n;,a# a,;\n");
  READS(NULL, "begin 644 x\nfoo\nend\n", "begin 644 x\nfoo\nend\n");
}

static void assert_change_seen(void (*change)(void), int expected)
{
  struct mt_input *in;
  struct mt_error err;
  uint8_t text[8];
  size_t got;

  write_file("aaaabbbb", 8);
  assert_int_equal(mt_input_open(&in, path, NULL, NULL), 0);
  assert_int_equal(mt_input_check(in, &err), 0);
  change();
  assert_int_equal(mt_input_check(in, &err), expected);
  assert_int_equal(mt_input_read(in, text, sizeof text, &got, NULL), expected);
  mt_input_free(in);
}

static void append(void)
{
  FILE *f = fopen(path, "ab");

  assert_non_null(f);
  fputc('x', f);
  fclose(f);
}

static void cut(void)
{
  assert_int_equal(truncate(path, 4), 0);
}

static void touch(void)
{
  struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

  assert_int_equal(utimensat(0, path, times, 0), 0);
}

static void replace(void)
{
  assert_int_equal(unlink(path), 0);
  write_file("cccc", 4);
}

static void test_changes(void **state)
{
  (void)state;
  assert_change_seen(append, EIO);
  assert_change_seen(cut, EIO);
  assert_change_seen(touch, EIO);
  assert_change_seen(replace, 0); /* the open file is still there */
}

static void test_pipe(void **state)
{
  struct mt_input *in;
  uint8_t text[16];
  int rc;

  (void)state;
  unlink(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  pid_t writer = fork();
  assert_true(writer >= 0);
  if (writer == 0) {
    int fd = open(path, O_WRONLY);
    _exit(write(fd, "a,b\n1,2\n", 8) != 8);
  }
  assert_int_equal(mt_input_open(&in, path, NULL, NULL), 0);
  assert_int_equal(read_all(in, text, sizeof text, 3, &rc), 8);
  assert_int_equal(rc, 0);
  assert_memory_equal(text, "a,b\n1,2\n", 8);
  assert_int_equal(mt_input_size(in), 0);
  assert_int_equal(mt_input_rewind(in, NULL), ESPIPE);
  mt_input_free(in);
  assert_int_equal(waitpid(writer, &rc, 0), writer);
  assert_int_equal(rc, 0);
}

struct reading {
  struct mt_input *in;
  int rc;
};

static void *read_more(void *arg)
{
  struct reading *r = arg;
  char text[64];
  size_t got;

  r->rc = mt_input_read(r->in, text, sizeof text, &got, NULL);
  return NULL;
}

/* What a pipe has is read; for what it does not have nobody waits once told not to, also
 * who waits already. */
static void test_silent_pipe(void **state)
{
  (void)state;
  static const char row[] = "1,2,3,4,5,6,7,8\n";
  char text[512];
  struct mt_bell cancel;
  struct reading r;
  struct mt_error err = {0};
  pthread_t thread;
  size_t got, all = 0;
  assert_int_equal(mt_bell_init(&cancel), 0);
  unlink(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  int end = open(path, O_RDWR); /* which stays open */
  assert_true(end >= 0);
  for (int i = 0; i < 32; i++)
    assert_int_equal(write(end, row, 16), 16);
  assert_int_equal(mt_input_open(&r.in, path, NULL, NULL), 0);
  mt_input_heed(r.in, &cancel);
  while (all < 32 * 16) {
    assert_int_equal(mt_input_read(r.in, text + all, sizeof text - all, &got, &err), 0);
    all += got;
  }
  assert_int_equal(pthread_create(&thread, NULL, read_more, &r), 0);
  mt_bell_ring(&cancel);
  assert_int_equal(pthread_join(thread, NULL), 0);
  assert_int_equal(r.rc, ECANCELED);
  assert_int_equal(mt_input_read(r.in, text, sizeof text, &got, &err), ECANCELED);
  mt_input_free(r.in);
  mt_bell_reset(&cancel);
  close(end);
}

/* A pipe that always has a little more would keep a reader that wants much from ever
 * coming to an end. */
static void test_pipe_that_trickles(void **state)
{
  (void)state;
  static const char rows[512];
  char text[512];
  struct mt_bell cancel;
  struct mt_input *in;
  struct mt_error err = {0};
  size_t got, all = 0;
  assert_int_equal(mt_bell_init(&cancel), 0);
  unlink(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  int end = open(path, O_RDWR);
  assert_true(end >= 0);
  assert_int_equal(write(end, rows, sizeof rows), sizeof rows);
  assert_int_equal(mt_input_open(&in, path, NULL, NULL), 0);
  mt_input_heed(in, &cancel);
  for (; all < sizeof rows; all += got)
    assert_int_equal(mt_input_read(in, text, sizeof text - all, &got, &err), 0);
  mt_bell_ring(&cancel);
  assert_int_equal(write(end, "3,4\n", 4), 4);
  assert_int_equal(mt_input_read(in, text, sizeof text, &got, &err), ECANCELED);
  mt_input_free(in);
  mt_bell_reset(&cancel);
  close(end);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_encodings),        cmocka_unit_test(test_broken_sequences),
      cmocka_unit_test(test_unknown_encoding), cmocka_unit_test(test_cannot_open),
      cmocka_unit_test(test_compressed),       cmocka_unit_test(test_truncated),
      cmocka_unit_test(test_after_the_end),    cmocka_unit_test(test_not_compressed),
      cmocka_unit_test(test_changes),          cmocka_unit_test(test_pipe),
      cmocka_unit_test(test_silent_pipe),      cmocka_unit_test(test_pipe_that_trickles),
  };

  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
