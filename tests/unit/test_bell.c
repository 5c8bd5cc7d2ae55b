#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "core/base/bell.h"

static bool is_readable(const struct mt_bell *b)
{
  struct pollfd fd = {mt_bell_fd(b), POLLIN, 0};
  return poll(&fd, 1, 0) == 1;
}

static void test_rings_until_hushed(void **state)
{
  (void)state;
  struct mt_bell b;
  assert_int_equal(mt_bell_init(&b), 0);
  for (int i = 0; i < 3; i++) {
    assert_false(mt_bell_rings(&b) || is_readable(&b));
    mt_bell_ring(&b);
    mt_bell_ring(&b); /* it does so already */
    assert_true(mt_bell_rings(&b) && is_readable(&b));
    mt_bell_hush(&b);
    mt_bell_hush(&b);
  }
  mt_bell_reset(&b);
  assert_int_equal(mt_bell_fd(&b), -1);
}

static void *listen(void *arg)
{
  struct mt_bell *b = arg;
  struct pollfd fd = {mt_bell_fd(b), POLLIN, 0};
  while (poll(&fd, 1, -1) < 0)
    ;
  return mt_bell_rings(b) ? b : NULL;
}

static void test_wakes_all_who_wait(void **state)
{
  (void)state;
  enum { LISTENERS = 4 };
  pthread_t thread[LISTENERS];
  struct mt_bell b;
  assert_int_equal(mt_bell_init(&b), 0);
  for (int i = 0; i < LISTENERS; i++)
    assert_int_equal(pthread_create(&thread[i], NULL, listen, &b), 0);
  mt_bell_ring(&b);
  for (int i = 0; i < LISTENERS; i++) {
    void *heard = NULL;
    assert_int_equal(pthread_join(thread[i], &heard), 0);
    assert_ptr_equal(heard, &b);
  }
  mt_bell_reset(&b);
}

static void *ring_often(void *arg)
{
  for (int i = 0; i < 20000; i++)
    mt_bell_ring(arg);
  return NULL;
}

/* Whoever comes first, the pipe says what the flag says in the end. */
static void test_rung_and_hushed_at_once(void **state)
{
  (void)state;
  struct mt_bell b;
  pthread_t thread;
  assert_int_equal(mt_bell_init(&b), 0);
  assert_int_equal(pthread_create(&thread, NULL, ring_often, &b), 0);
  for (int i = 0; i < 20000; i++)
    mt_bell_hush(&b);
  assert_int_equal(pthread_join(thread, NULL), 0);
  assert_int_equal(mt_bell_rings(&b), is_readable(&b));
  mt_bell_hush(&b);
  assert_false(is_readable(&b));
  mt_bell_reset(&b);
}

static void test_flag_alone(void **state)
{
  (void)state;
  struct mt_bell b = MT_BELL_FLAG;
  mt_bell_ring(&b);
  assert_true(mt_bell_rings(&b));
  assert_int_equal(mt_bell_fd(&b), -1);
  mt_bell_hush(&b);
  assert_false(mt_bell_rings(&b));
  mt_bell_reset(&b);
}

static void test_no_descriptor_left(void **state)
{
  (void)state;
  struct rlimit was, none;
  struct mt_bell b;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
  none = was;
  none.rlim_cur = 3;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
  int rc = mt_bell_init(&b);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
  assert_int_equal(rc, EMFILE);
  assert_int_equal(mt_bell_fd(&b), -1);
  mt_bell_reset(&b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rings_until_hushed),
      cmocka_unit_test(test_wakes_all_who_wait),
      cmocka_unit_test(test_rung_and_hushed_at_once),
      cmocka_unit_test(test_flag_alone),
      cmocka_unit_test(test_no_descriptor_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
