#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "formats/formats.h"

static void test_names(void **state)
{
  (void)state;
  for (enum mt_format f = 0; f < MT_FORMAT_COUNT; f++) {
    assert_int_equal(mt_format_find(mt_format_name(f)), f);
    assert_int_equal(mt_format_by_extension(mt_format_extension(f)), f);
    for (int engine = 0; engine < MT_ENGINE_COUNT; engine++)
      assert_non_null(strstr(mt_format_python(f, (enum mt_engine)engine), "%s"));
    assert_true(mt_format_title(f)[0] != '\0');
  }
  assert_int_equal(mt_format_find("parquet"), MT_FORMAT_COUNT);
  for (enum mt_codec c = MT_CODEC_NONE; c <= MT_CODEC_GZIP; c++)
    assert_int_equal(mt_codec_find(mt_codec_name(c)), c);
  assert_int_equal((int)mt_codec_find("brotli"), -1);
}

static void test_extensions(void **state)
{
  (void)state;
  assert_int_equal(mt_format_by_extension("a.b/c.FEATHER"), MT_FORMAT_ARROW);
  assert_int_equal(mt_format_by_extension("x.csv.ipc"), MT_FORMAT_ARROW);
  assert_int_equal(mt_format_by_extension("x.hdf5"), MT_FORMAT_HDF5);
  assert_int_equal(mt_format_by_extension("x.h5.csv"), MT_FORMAT_COUNT);
  assert_int_equal(mt_format_by_extension("arrow"), MT_FORMAT_COUNT);
}

static void assert_refused(struct mt_write_options o, const char *path, const char *what)
{
  struct mt_writer *w = (void *)&o;
  struct mt_error err = {0};
  assert_int_equal(mt_format_create(&w, path, &o, &err), EINVAL);
  assert_null(w);
  assert_non_null(strstr(err.what, what));
  assert_true(err.remedy[0] != '\0');
  assert_int_equal(access(path, F_OK), -1);
}

static void test_refusals(void **state)
{
  (void)state;
  const enum mt_format by_name = MT_FORMAT_COUNT;
  assert_refused((struct mt_write_options){.format = by_name}, "/tmp/memtop.xyz",
                 "format");
  assert_refused((struct mt_write_options){.format = by_name, .codec = MT_CODEC_GZIP},
                 "/tmp/memtop.arrow", "gzip");
  assert_refused((struct mt_write_options){.format = by_name, .codec = MT_CODEC_LZ4},
                 "/tmp/memtop.h5", "lz4");
  assert_refused((struct mt_write_options){.format = MT_FORMAT_ARROW,
                                           .codec = MT_CODEC_ZSTD,
                                           .level = 23},
                 "/tmp/memtop.xyz", "23");
  assert_refused((struct mt_write_options){.format = MT_FORMAT_ARROW,
                                           .codec = MT_CODEC_NONE,
                                           .level = 1},
                 "/tmp/memtop.xyz", "none");
}

static void test_create(void **state)
{
  (void)state;
  char path[64];
  snprintf(path, sizeof path, "/tmp/memtop-formats-%ld.arrow", (long)getpid());
  const struct mt_write_options o = {.format = MT_FORMAT_COUNT};
  struct mt_writer *w;
  assert_int_equal(mt_format_create(&w, path, &o, NULL), 0);
  w->ops->abort(w);
  w->ops->free(w);
  assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_extensions),
      cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_create),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
