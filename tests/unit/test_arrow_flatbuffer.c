#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "formats/arrow/flatbuffer.h"

static struct mt_buffer out;

static int setup(void **state)
{
  (void)state;
  mt_buffer_init(&out, SIZE_MAX);
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  mt_buffer_reset(&out);
  return 0;
}

static uint32_t u32(size_t at)
{
  uint32_t v;
  memcpy(&v, out.data + at, sizeof v);
  return v;
}

/* The bytes that the FlatBuffers specification asks for. */
static void test_table_bytes(void **state)
{
  (void)state;
  /* clang-format off */
  static const uint8_t wanted[] = {
      16, 0, 0, 0,                           /* root */
      12, 0, 16, 0, 4, 0, 6, 0, 0, 0, 8, 0,  /* vtable: its size, the table's, fields */
      12, 0, 0, 0,                           /* back to the vtable */
      4, 0,                                  /* field 0: 2 bytes */
      3, 0,                                  /* field 1: 1 byte; field 2 is absent */
      1, 2, 0, 0, 0, 0, 0, 0,                /* field 3: 8 bytes, aligned */
  };
  /* clang-format on */
  struct mt_fb fb;
  mt_fb_begin(&fb, &out);
  const struct mt_fb_field fields[] = {{2, 4}, {1, 3}, MT_FB_ABSENT, {8, 0x201}};
  size_t table = mt_fb_table(&fb, fields, 4);
  assert_int_equal(mt_fb_end(&fb), 0);
  assert_int_equal(table, 16);
  assert_int_equal(mt_fb_field_at(&fb, table, 3), 24);
  assert_int_equal(out.len, sizeof wanted);
  assert_memory_equal(out.data, wanted, sizeof wanted);
}

/* Positions count from the flatbuffer, not from the buffer that it is appended to. */
static void test_references(void **state)
{
  (void)state;
  assert_int_equal(mt_buffer_append(&out, "12345678", 8), 0);
  struct mt_fb fb;
  mt_fb_begin(&fb, &out);
  const struct mt_fb_field fields[] = {MT_FB_REF, MT_FB_REF};
  size_t table = mt_fb_table(&fb, fields, 2);
  size_t string = mt_fb_string(&fb, "h\xC3\xA9", 3);
  size_t vector = mt_fb_vector(&fb, 2, 16);
  mt_fb_link(&fb, mt_fb_field_at(&fb, table, 0), string);
  mt_fb_link(&fb, mt_fb_field_at(&fb, table, 1), vector);
  const uint64_t element[2] = {7, 9};
  mt_fb_put(&fb, mt_fb_element_at(vector, 1, 16), element, sizeof element);
  assert_int_equal(mt_fb_end(&fb), 0);

  const size_t base = 8;
  assert_memory_equal(out.data, "12345678", 8);
  assert_int_equal(u32(base), table);
  size_t slot = mt_fb_field_at(&fb, table, 0);
  assert_int_equal(slot + u32(base + slot), string);
  assert_int_equal(u32(base + string), 3);
  assert_memory_equal(out.data + base + string + 4, "h\xC3\xA9", 4); /* and a NUL */
  slot = mt_fb_field_at(&fb, table, 1);
  assert_int_equal(slot + u32(base + slot), vector);
  assert_int_equal(u32(base + vector), 2);
  assert_int_equal((vector + 4) % 8, 0);
  assert_memory_equal(out.data + base + vector + 4 + 16, element, sizeof element);
  assert_int_equal((out.len - base) % 8, 0);
}

static void test_empty(void **state)
{
  (void)state;
  struct mt_fb fb;
  mt_fb_begin(&fb, &out);
  size_t table = mt_fb_table(&fb, NULL, 0);
  size_t vector = mt_fb_vector(&fb, 0, 4);
  size_t string = mt_fb_string(&fb, NULL, 0);
  assert_int_equal(mt_fb_end(&fb), 0);
  assert_int_equal(u32(0), table);
  assert_int_equal(u32(vector), 0);
  assert_int_equal(u32(string), 0);
  assert_int_equal(out.data[string + 4], 0);
}

/* Without memory every later call is harmless, at whatever byte it runs out. */
static void test_failure_latches(void **state)
{
  (void)state;
  const struct mt_fb_field fields[] = {MT_FB_REF, {8, 1}};
  for (size_t max = 0;; max++) {
    struct mt_buffer small;
    mt_buffer_init(&small, max);
    struct mt_fb fb;
    mt_fb_begin(&fb, &small);
    size_t table = mt_fb_table(&fb, fields, 2);
    mt_fb_link(&fb, mt_fb_field_at(&fb, table, 0), mt_fb_string(&fb, "text", 4));
    mt_fb_put(&fb, mt_fb_element_at(mt_fb_vector(&fb, 1, 8), 0, 8), &max, 8);
    int rc = mt_fb_end(&fb);
    mt_buffer_reset(&small);
    if (rc == 0) {
      assert_true(max > 40);
      break;
    }
    assert_int_equal(rc, ENOMEM);
  }
}

static void test_too_large(void **state)
{
  (void)state;
  struct mt_fb fb;
  mt_fb_begin(&fb, &out);
  assert_int_equal(mt_fb_vector(&fb, SIZE_MAX / 4, 16), 0);
  assert_int_equal(mt_fb_end(&fb), EOVERFLOW);
  mt_fb_begin(&fb, &out);
  assert_int_equal(mt_fb_string(&fb, "", SIZE_MAX - 2), 0);
  assert_int_equal(mt_fb_end(&fb), EOVERFLOW);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_table_bytes, setup, teardown),
      cmocka_unit_test_setup_teardown(test_references, setup, teardown),
      cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
      cmocka_unit_test_setup_teardown(test_failure_latches, setup, teardown),
      cmocka_unit_test_setup_teardown(test_too_large, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
