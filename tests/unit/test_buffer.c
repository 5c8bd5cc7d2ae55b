#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buffer.h"
#include "core/plan/batch.h"

static void test_append(void **state)
{
  (void)state;
  struct mt_buffer b;
  mt_buffer_init(&b, SIZE_MAX);
  assert_int_equal(mt_buffer_append(&b, NULL, 0), 0);
  assert_int_equal(b.len, 0);
  for (int i = 0; i < 1000; i++)
    assert_int_equal(mt_buffer_append(&b, "abc", 3), 0);
  assert_int_equal(b.len, 3000);
  assert_true(b.cap >= b.len);
  assert_memory_equal(b.data + 2997, "abc", 3);
  mt_buffer_reset(&b);
  assert_null(b.data);
  assert_int_equal(b.len + b.cap, 0);
  assert_true(b.max == SIZE_MAX);
}

static void test_ceiling(void **state)
{
  (void)state;
  struct mt_buffer b;
  mt_buffer_init(&b, 10);
  assert_int_equal(mt_buffer_append(&b, "0123456789", 10), 0);
  assert_int_equal(b.cap, 10);
  assert_int_equal(mt_buffer_append(&b, "x", 1), ENOMEM);
  assert_int_equal(mt_buffer_reserve(&b, SIZE_MAX), ENOMEM);
  assert_int_equal(b.len, 10); /* a refused append changes nothing */
  assert_memory_equal(b.data, "0123456789", 10);
  mt_buffer_reset(&b);
}

static void test_printf(void **state)
{
  (void)state;
  struct mt_buffer b;
  mt_buffer_init(&b, 1000);
  assert_int_equal(mt_buffer_printf(&b, "%d-%s", 42, "x"), 0);
  assert_int_equal(mt_buffer_printf(&b, "%0500d", 7), 0);
  assert_int_equal(b.len, 504);
  assert_memory_equal(b.data, "42-x000", 7);
  assert_int_equal(b.data[503], '7');
  assert_int_equal(mt_buffer_printf(&b, "%0500d", 7), ENOMEM);
  assert_int_equal(b.len, 504);
  mt_buffer_reset(&b);
}

static void test_sizes(void **state)
{
  (void)state;
  size_t v;
  assert_true(mt_size_mul(3, 4, &v) && v == 12);
  assert_true(mt_size_add(3, 4, &v) && v == 7);
  assert_false(mt_size_mul(SIZE_MAX / 2, 3, &v));
  assert_false(mt_size_add(SIZE_MAX, 1, &v));
  assert_null(mt_alloc(SIZE_MAX / 2, 4));
  char *p = mt_alloc(0, 8);
  assert_non_null(p);
  free(p);
  p = mt_alloc(4, 2);
  assert_memory_equal(p, "\0\0\0\0\0\0\0", 8);
  free(p);
}

static void test_error(void **state)
{
  (void)state;
  struct mt_error e;
  memset(&e, 0x55, sizeof e);
  assert_int_equal(mt_fail(&e, EINVAL, "bad %s", "thing"), EINVAL);
  assert_int_equal(e.code, EINVAL);
  assert_string_equal(e.what, "bad thing");
  assert_string_equal(e.remedy, "");
  assert_true(e.line == 0);
  mt_error_remedy(&e, "try %d", 2);
  mt_error_at(&e, 7, 99);
  assert_string_equal(e.remedy, "try 2");
  assert_true(e.line == 7 && e.byte == 99);
  assert_int_equal(mt_fail_memory(&e), ENOMEM);
  assert_true(e.line == 0);
  assert_int_equal(mt_fail(&e, EIO, "%01000d", 1), EIO);
  assert_int_equal(strlen(e.what), sizeof e.what - 1);
  /* Nobody has to ask for details. */
  assert_int_equal(mt_fail(NULL, EIO, "x"), EIO);
  mt_error_remedy(NULL, "x");
  mt_error_at(NULL, 1, 1);
}

static void test_batch(void **state)
{
  (void)state;
  struct mt_batch b;
  mt_batch_init(&b);
  b.columns = 2;
  b.column = mt_alloc(2, sizeof *b.column);
  b.column[0].values = malloc(8);
  b.column[1].bytes = malloc(8);
  b.column[1].validity = malloc(8);
  mt_batch_reset(&b); /* a sanitizer would tell of a leak */
  assert_null(b.column);
  assert_int_equal(b.columns, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_append), cmocka_unit_test(test_ceiling),
      cmocka_unit_test(test_printf), cmocka_unit_test(test_sizes),
      cmocka_unit_test(test_error),  cmocka_unit_test(test_batch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
