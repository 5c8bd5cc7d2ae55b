#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/hdf5/pickle.h"

static void assert_pickle(struct mt_pickle *p, const char *want)
{
  assert_int_equal(mt_pickle_end(p), 0);
  assert_int_equal(p->out->len, strlen(want));
  assert_memory_equal(p->out->data, want, strlen(want));
  mt_buffer_reset(p->out);
}

static struct mt_pickle begin(struct mt_buffer *out)
{
  struct mt_pickle p;
  mt_buffer_init(out, 1 << 20);
  mt_pickle_begin(&p, out);
  return p;
}

static void test_scalars(void **state)
{
  (void)state;
  struct mt_buffer out;
  struct mt_pickle p = begin(&out);
  mt_pickle_none(&p);
  assert_pickle(&p, "N.");
  p = begin(&out);
  mt_pickle_bool(&p, true);
  assert_pickle(&p, "I01\n.");
  p = begin(&out);
  mt_pickle_bool(&p, false);
  assert_pickle(&p, "I00\n.");
  p = begin(&out);
  mt_pickle_int(&p, INT64_MIN);
  assert_pickle(&p, "I-9223372036854775808\n.");
}

static void assert_text(const char *s, size_t n, const char *want)
{
  struct mt_buffer out;
  struct mt_pickle p = begin(&out);
  mt_pickle_text(&p, s, n);
  assert_pickle(&p, want);
}

static void test_text(void **state)
{
  (void)state;
  assert_text("", 0, "V\n.");
  assert_text("a b~'\"", 6, "Va b~'\"\n.");
  assert_text("a\\\n\r\0\x7f", 6, "Va\\u005c\\u000a\\u000d\\u0000\\u007f\n.");
  assert_text("é€", 5, "V\\u00e9\\u20ac\n.");
  assert_text("\xf0\x9f\x98\x80", 4, "V\\U0001f600\n.");
  assert_text("\xef\xbf\xbf\xf0\x90\x80\x80", 7, "V\\uffff\\U00010000\n.");
  /* not UTF-8: a lone byte, a surrogate, a cut sequence */
  assert_text("\xff"
              "a",
              2, "V\\ufffda\n.");
  assert_text("\xed\xa0\x80", 3, "V\\ufffd\\ufffd\\ufffd\n.");
  assert_text("\xe2\x82", 2, "V\\ufffd\\ufffd\n.");
}

static void test_containers(void **state)
{
  (void)state;
  struct mt_buffer out;
  struct mt_pickle p = begin(&out);
  mt_pickle_list(&p); /* [(0, 'index'), {'a': []}] */
  mt_pickle_tuple(&p);
  mt_pickle_int(&p, 0);
  mt_pickle_text(&p, "index", 5);
  mt_pickle_tuple_end(&p);
  mt_pickle_append(&p);
  mt_pickle_dict(&p);
  mt_pickle_text(&p, "a", 1);
  mt_pickle_list(&p);
  mt_pickle_put(&p);
  mt_pickle_append(&p);
  assert_pickle(&p, "(l(I0\nVindex\nta(dVa\n(lsa.");
}

static void test_begin_empties(void **state)
{
  (void)state;
  struct mt_buffer out;
  struct mt_pickle p = begin(&out);
  mt_pickle_int(&p, 12345);
  assert_int_equal(mt_pickle_end(&p), 0);
  mt_pickle_begin(&p, &out);
  mt_pickle_none(&p);
  assert_pickle(&p, "N.");
}

static void test_memory_latches(void **state)
{
  (void)state;
  struct mt_buffer out;
  struct mt_pickle p;
  mt_buffer_init(&out, 8);
  mt_pickle_begin(&p, &out);
  mt_pickle_text(&p, "longer than eight", 17);
  mt_pickle_none(&p);
  assert_int_equal(mt_pickle_end(&p), ENOMEM);
  mt_buffer_reset(&out);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_scalars),        cmocka_unit_test(test_text),
      cmocka_unit_test(test_containers),     cmocka_unit_test(test_begin_empties),
      cmocka_unit_test(test_memory_latches),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
