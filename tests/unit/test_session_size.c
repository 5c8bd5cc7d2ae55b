/* What an export is said to take on disk, beside what it takes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/session/session.h"
#include "formats/formats.h"
#include "tests/unit/fixture.h"

static char folder[] = "/tmp/memtop-size-XXXXXX";
static char input[64], target[64];

/* Rows whose beginning compresses far better than their end. */
static void write_input(unsigned rows)
{
  FILE *f = fopen(input, "w");
  assert_non_null(f);
  fputs("number,word,noise\n", f);
  uint32_t noise = 1;
  for (unsigned i = 0; i < rows; i++) {
    noise = noise * 1664525 + 1013904223;
    fprintf(f, "%u,%s,%x%x\n", i, i % 3 ? "yes" : "no", i < rows / 2 ? 7 : noise,
            i < rows / 2 ? 7 : noise >> 3);
  }
  assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
  (void)state;
  assert_non_null(mkdtemp(folder));
  snprintf(input, sizeof input, "%s/in.csv", folder);
  snprintf(target, sizeof target, "%s/out", folder);
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  unlink(input);
  return rmdir(folder);
}

static struct mt_session *unscanned(const char *path)
{
  struct mt_session_options options = {.threads = 2};
  struct mt_reader *reader;
  struct mt_session *s;
  mt_nulls_init(&options.nulls);
  assert_int_equal(mt_format_open(&reader, path, NULL, NULL), 0);
  assert_int_equal(mt_session_new(&s, reader, &options, NULL), 0);
  return s;
}

static struct mt_session *scanned(void)
{
  struct mt_session *s = unscanned(input);
  assert_int_equal(mt_session_scan_start(s, NULL), 0);
  assert_true(mt_session_wait(s, 60));
  mt_session_apply_all(s, false);
  return s;
}

static struct mt_snapshot look(struct mt_session *s)
{
  struct mt_snapshot snap, copy;
  mt_snapshot_init(&snap);
  assert_int_equal(mt_session_snapshot(s, &snap), 0);
  copy = snap;
  mt_snapshot_reset(&snap);
  return copy;
}

static void ask(struct mt_session *s, const struct mt_write_options *o, const bool *only)
{
  struct mt_writer *writer;
  assert_int_equal(mt_format_create_unnamed(&writer, o, NULL), 0);
  assert_int_equal(mt_session_size_start(s, writer, only, NULL), 0);
}

static uint64_t said(struct mt_session *s, const struct mt_write_options *o,
                     const bool *only)
{
  ask(s, o, only);
  assert_true(mt_session_wait(s, 60));
  return look(s).export_size;
}

static uint64_t taken(struct mt_session *s, const struct mt_write_options *o,
                      const bool *only)
{
  struct mt_writer *writer;
  assert_int_equal(mt_format_create(&writer, target, o, NULL), 0);
  assert_int_equal(mt_session_export_start(s, writer, only, NULL), 0);
  assert_true(mt_session_wait(s, 60));
  struct mt_snapshot snap = look(s);
  assert_int_equal(snap.export_state, MT_EXPORT_DONE);
  assert_true(snap.export_size == MT_UNKNOWN); /* of another time */
  assert_int_equal(unlink(target), 0);
  return snap.export_bytes;
}

static void compare(unsigned rows, double most)
{
  const bool some[] = {true, true, false};
  write_input(rows);
  struct mt_session *s = scanned();
  for (enum mt_format f = 0; f < MT_FORMAT_COUNT; f++) {
    for (const enum mt_codec *codec = mt_format_codecs(f); *codec != MT_CODEC_DEFAULT;
         codec++) {
      const struct mt_write_options o = {.format = f, .codec = *codec};
      for (int i = 0; i < 2; i++) {
        const bool *only = i == 0 ? NULL : some;
        double wrong = (double)said(s, &o, only), right = (double)taken(s, &o, only);
        assert_true(fabs(wrong - right) <= most * right + 4096);
      }
    }
  }
  mt_session_free(s);
}

static void test_estimate(void **state)
{
  (void)state;
  compare(600000, 0.05);
}

static void test_all_rows(void **state)
{
  (void)state;
  compare(2000, 0);
}

static void test_given_up(void **state)
{
  (void)state;
  const struct mt_write_options arrow = {.format = MT_FORMAT_ARROW},
                                hdf5 = {.format = MT_FORMAT_HDF5};
  write_input(300000);
  struct mt_session *s = scanned();
  uint64_t size = said(s, &hdf5, NULL);
  for (int i = 0; i < 20; i++)
    ask(s, i % 2 ? &hdf5 : &arrow, NULL);
  assert_true(mt_session_wait(s, 60));
  assert_int_equal(look(s).export_size, size); /* the newest request's */
  ask(s, &arrow, NULL);
  mt_session_size_stop(s);
  assert_true(mt_session_wait(s, 60));
  assert_true(look(s).export_size == MT_UNKNOWN);
  ask(s, &arrow, NULL);
  mt_session_free(s);
}

static const struct mt_writer_ops *real;
static struct gate gate = GATE_SHUT;

static int finish_with_leave(struct mt_writer *w, struct mt_error *err)
{
  int rc = real->finish(w, err);
  gate_pass(&gate);
  return rc;
}

/* A request that was given up when its file was complete has no outcome any more. */
static void test_given_up_at_its_end(void **state)
{
  (void)state;
  const struct mt_write_options arrow = {.format = MT_FORMAT_ARROW};
  struct mt_writer *writer;
  write_input(2000);
  struct mt_session *s = scanned();
  assert_int_equal(mt_format_create_unnamed(&writer, &arrow, NULL), 0);
  real = writer->ops;
  struct mt_writer_ops held = *real;
  held.finish = finish_with_leave;
  writer->ops = &held;
  assert_int_equal(mt_session_size_start(s, writer, NULL, NULL), 0);
  gate_await(&gate);
  assert_int_equal(look(s).size_state, MT_SIZE_MEASURING);
  mt_session_size_stop(s);
  gate_let(&gate, -1);
  assert_true(mt_session_wait(s, 60));
  assert_int_equal(look(s).size_state, MT_SIZE_NONE);
  assert_true(look(s).export_size == MT_UNKNOWN);
  mt_session_free(s);
}

/* Measuring that fails says so, and why: here of an input that is no longer the same, of
 * one that was not read to its end, of one that can be read only once. */
static void test_fails(void **state)
{
  (void)state;
  const struct mt_write_options arrow = {.format = MT_FORMAT_ARROW};
  write_input(300000);
  struct mt_session *s = scanned();
  assert_int_equal(look(s).size_state, MT_SIZE_NONE);
  assert_true(said(s, &arrow, NULL) != MT_UNKNOWN);
  assert_int_equal(look(s).size_state, MT_SIZE_KNOWN);
  assert_int_equal(truncate(input, 1000), 0);
  assert_true(said(s, &arrow, NULL) == MT_UNKNOWN);
  assert_int_equal(look(s).size_state, MT_SIZE_FAILED);
  assert_non_null(strstr(look(s).size_error.what, "changed while"));
  mt_session_size_stop(s);
  assert_int_equal(look(s).size_state, MT_SIZE_NONE);
  assert_int_equal(look(s).size_error.code, 0);
  mt_session_free(s);

  write_input(2000);
  s = unscanned(input);
  assert_true(said(s, &arrow, NULL) == MT_UNKNOWN);
  assert_int_equal(look(s).size_state, MT_SIZE_FAILED);
  assert_string_equal(look(s).size_error.what, "not every row has been read");
  mt_session_free(s);
}

static void test_pipe(void **state)
{
  (void)state;
  const struct mt_write_options arrow = {.format = MT_FORMAT_ARROW};
  char path[32];
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], "a,b\n1,2\n3,4\n", 12), 12);
  close(ends[1]);
  snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  struct mt_session *s = unscanned(path);
  close(ends[0]);
  assert_int_equal(mt_session_scan_start(s, NULL), 0);
  assert_true(mt_session_wait(s, 60));
  assert_true(said(s, &arrow, NULL) == MT_UNKNOWN);
  assert_int_equal(look(s).size_state, MT_SIZE_FAILED);
  assert_non_null(strstr(look(s).size_error.what, "pipe"));
  mt_session_free(s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_estimate), cmocka_unit_test(test_all_rows),
      cmocka_unit_test(test_given_up), cmocka_unit_test(test_given_up_at_its_end),
      cmocka_unit_test(test_fails),    cmocka_unit_test(test_pipe),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
