/* Completing paths, in a folder made for it. */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tui/views/path.h"

static char folder[] = "/tmp/memtop-path-XXXXXX";

static void make(const char *name, bool is_folder)
{
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (is_folder) {
    assert_int_equal(mkdir(path, 0700), 0);
    return;
  }
  int fd = open(path, O_CREAT | O_WRONLY, 0600);
  assert_true(fd >= 0);
  close(fd);
}

static int set_up(void **state)
{
  (void)state;
  assert_non_null(mkdtemp(folder));
  make("orders.arrow", false);
  make("orders.h5", false);
  make("out", true);
  make("b\xc3\xa4r", false);
  make("b\xc3\xa5r", false);
  make(".hidden", false);
  make("bad\x1b[2J", false);
  return 0;
}

static int tear_down(void **state)
{
  static const char *const names[] = {"orders.arrow", "orders.h5",  "out",
                                      "b\xc3\xa4r",   "b\xc3\xa5r", ".hidden",
                                      "bad\x1b[2J"};
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    remove(path);
  }
  return rmdir(folder);
}

/* Completes `text` in the folder; what it became without the folder's name. */
static const char *completed(const char *text, struct mt_completion *c, bool *more)
{
  static struct mt_entry e;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", folder, text);
  mt_entry_set(&e, path);
  *more = mt_path_complete(&e, c);
  assert_int_equal(e.len, strlen(e.text));
  assert_int_equal(e.cursor, e.len);
  return e.text + strlen(folder) + 1;
}

static void test_completes(void **state)
{
  (void)state;
  struct mt_completion c;
  bool more;
  assert_string_equal(completed("ord", &c, &more), "orders.");
  assert_true(more);
  assert_int_equal(c.count, 2);
  assert_int_equal(c.len, 2);
  assert_string_equal(c.name[0], "orders.arrow");
  assert_string_equal(c.name[1], "orders.h5");
  assert_string_equal(completed("orders.", &c, &more), "orders.");
  assert_false(more);
  assert_int_equal(c.count, 2);
  assert_string_equal(completed("orders.h", &c, &more), "orders.h5");
  assert_true(more);
  assert_int_equal(c.count, 0);
  assert_string_equal(completed("ou", &c, &more), "out/");
  assert_string_equal(completed("o", &c, &more), "o");
  assert_int_equal(c.count, 3);
  assert_string_equal(c.name[2], "out/");
  assert_string_equal(completed("nothing", &c, &more), "nothing");
  assert_false(more);
  assert_int_equal(c.count, 0);
  assert_string_equal(completed("missing/x", &c, &more), "missing/x");
  assert_false(more);
}

static void test_keeps_characters_whole(void **state)
{
  (void)state;
  struct mt_completion c;
  bool more;
  assert_string_equal(completed("b", &c, &more), "b");
  assert_int_equal(c.count, 3);
  assert_string_equal(completed("b\xc3\xa4", &c, &more), "b\xc3\xa4r");
}

static void test_hides_and_sanitises(void **state)
{
  (void)state;
  struct mt_completion c;
  bool more;
  completed("", &c, &more);
  assert_int_equal(c.count, 6);
  assert_string_equal(c.name[0], "bad\\x1B[2J");
  assert_string_equal(completed(".h", &c, &more), ".hidden");
}

static void test_home(void **state)
{
  (void)state;
  char path[PATH_MAX];
  setenv("HOME", folder, 1);
  mt_path_expand(path, "~/out/x.h5");
  assert_int_equal(strncmp(path, folder, strlen(folder)), 0);
  assert_string_equal(path + strlen(folder), "/out/x.h5");
  mt_path_expand(path, "~other/x");
  assert_string_equal(path, "~other/x");
  struct mt_entry e;
  struct mt_completion c;
  mt_entry_set(&e, "~/ou");
  assert_true(mt_path_complete(&e, &c));
  assert_string_equal(e.text, "~/out/");
  assert_true(mt_path_free("~/out/x.h5") != UINT64_MAX);
  assert_true(mt_path_free("~/missing/x.h5") == UINT64_MAX);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_completes),
      cmocka_unit_test(test_keeps_characters_whole),
      cmocka_unit_test(test_hides_and_sanitises),
      cmocka_unit_test(test_home),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
