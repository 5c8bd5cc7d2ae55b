/* Rows read behind: what comes is what a browser gives, and a read that hangs holds up
 * nobody, neither who asks for something else nor who leaves. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/session/session.h"
#include "formats/formats.h"
#include "gate.h"

#define ROWS 200000

static char folder[] = "/tmp/memtop-viewer-XXXXXX";
static char path[64];

static int set_up(void **state)
{
  (void)state;
  if (mkdtemp(folder) == NULL)
    return -1;
  snprintf(path, sizeof path, "%s/f.csv", folder);
  FILE *f = fopen(path, "w");
  if (f == NULL)
    return -1;
  fputs("id,text\n", f);
  for (int i = 0; i < ROWS; i++)
    fprintf(f, "%d,value %d\n", i, i * 7);
  return fclose(f);
}

static int tear_down(void **state)
{
  (void)state;
  unlink(path);
  return rmdir(folder);
}

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct mt_reader *slow_reader(void)
{
  struct mt_reader *reader;
  assert_int_equal(mt_format_open(&reader, path, NULL, NULL), 0);
  add_gate(reader);
  return reader;
}

struct world {
  struct mt_reader *reader;
  struct mt_marks marks;
  atomic_bool stuck;
  struct mt_viewer *viewer;
};

static void open_world(struct world *w)
{
  *w = (struct world){.reader = slow_reader()};
  mt_marks_init(&w->marks);
  assert_int_equal(mt_viewer_new(&w->viewer, w->reader, &w->marks, &w->stuck, NULL), 0);
}

static void close_world(struct world *w)
{
  mt_marks_reset(&w->marks);
  w->reader->ops->free(w->reader);
}

static void show(struct mt_viewer *v, uint64_t row)
{
  mt_viewer_show(v, &(struct mt_window){row, 5, 0, 2, 50});
}

/* The page begins with a row, and its cells are as they were written. */
static void assert_shown(struct mt_viewer *v, uint64_t row)
{
  const struct mt_page *p = mt_viewer_page(v);
  assert_true(p->valid);
  assert_int_equal(p->row, row);
  assert_int_equal(p->rows, 5);
  for (size_t r = 0; r < p->rows; r++) {
    char want[40];
    int n = snprintf(want, sizeof want, "value %d", (int)(row + r) * 7);
    const struct mt_page_cell *c = &p->cell[r * p->columns + 1];
    assert_int_equal(c->kept, n);
    assert_memory_equal(p->text.data + c->off, want, (size_t)n);
  }
}

/* --- tests -------------------------------------------------------------------------- */

static void test_answers(void **state)
{
  (void)state;
  struct world w;
  open_world(&w);
  struct mt_viewer *v = w.viewer;
  assert_false(mt_viewer_busy(v));
  assert_false(mt_viewer_wait(v, 1));
  assert_false(mt_viewer_page(v)->valid);
  for (uint64_t i = 0; i < 200; i++) {
    uint64_t row = i * 104729 % (ROWS - 5);
    show(v, row);
    assert_true(mt_viewer_busy(v));
    assert_false(mt_viewer_wait(v, 60));
    assert_shown(v, row);
  }
  assert_int_equal(mt_viewer_rows(v), UINT64_MAX);
  show(v, UINT64_MAX);
  assert_false(mt_viewer_wait(v, 60));
  assert_shown(v, ROWS - 5);
  assert_int_equal(mt_viewer_rows(v), ROWS);
  mt_viewer_locate(v, 1000);
  assert_false(mt_viewer_wait(v, 60));
  assert_int_equal(mt_viewer_found(v)->row, 998);
  assert_int_equal(mt_viewer_search(v, "value 7007", 10, 0, 0, 1), 0);
  assert_false(mt_viewer_wait(v, 60));
  assert_int_equal(mt_viewer_found(v)->row, 1001);
  assert_int_equal(mt_viewer_find(v, ",value 70147", 12, ROWS, 0, -1), 0);
  assert_false(mt_viewer_wait(v, 60));
  assert_int_equal(mt_viewer_found(v)->line, 100211 + 2);
  assert_int_equal(mt_viewer_error(v)->code, 0);
  mt_viewer_free(v);
  assert_false(w.stuck);
  close_world(&w);
}

/* Of many requests the newest one is answered. */
static void test_newest_wins(void **state)
{
  (void)state;
  struct world w;
  open_world(&w);
  struct mt_viewer *v = w.viewer;
  for (int round = 0; round < 50; round++) {
    for (int i = 0; i < 20; i++) {
      show(v, (uint64_t)(i * 9973 + round));
      if (i % 7 == round % 7)
        (void)mt_viewer_wait(v, 0);
      if (i % 5 == round % 5)
        mt_viewer_cancel(v);
      if (i % 3 == round % 3)
        assert_int_equal(mt_viewer_search(v, "nowhere", 7, 0, 0, 1), 0);
    }
    show(v, (uint64_t)round);
    assert_false(mt_viewer_wait(v, 60));
    assert_shown(v, (uint64_t)round);
  }
  mt_viewer_free(v);
  close_world(&w);
}

static void test_hanging_read(void **state)
{
  (void)state;
  struct world w;
  open_world(&w);
  struct mt_viewer *v = w.viewer;
  show(v, 10);
  assert_false(mt_viewer_wait(v, 60));
  set_gate(true);
  show(v, 1000);
  await(&gate.waiting, 1);
  double begun = now();
  assert_true(mt_viewer_wait(v, 0.01));
  assert_true(mt_viewer_waited(v) >= 0.01);
  assert_shown(v, 10); /* the old rows are still there */
  mt_viewer_cancel(v);
  assert_false(mt_viewer_busy(v));
  assert_false(mt_viewer_wait(v, 60));
  mt_viewer_check(v);
  show(v, 2000);
  assert_true(mt_viewer_wait(v, 0));
  assert_true(now() - begun < 5);
  set_gate(false);
  assert_false(mt_viewer_wait(v, 60));
  assert_shown(v, 2000);
  mt_viewer_free(v);
  assert_false(w.stuck);
  assert_int_equal(gate.freed, 1);
  close_world(&w);
}

/* The thread cannot be ended; it frees what it has if it does come back. */
static void test_left_in_hanging_read(void **state)
{
  (void)state;
  struct world w;
  open_world(&w);
  set_gate(true);
  show(w.viewer, 1000);
  await(&gate.waiting, 1);
  double begun = now();
  mt_viewer_free(w.viewer);
  assert_true(now() - begun < 5);
  assert_true(w.stuck);
  assert_int_equal(gate.freed, 0);
  set_gate(false);
  await(&gate.freed, 1);
  close_world(&w);
}

static void test_session_ends_in_hanging_read(void **state)
{
  (void)state;
  struct mt_session_options o = {.threads = 1};
  struct mt_session *s;
  struct mt_viewer *v;
  mt_nulls_init(&o.nulls);
  assert_int_equal(mt_session_new(&s, slow_reader(), &o, NULL), 0);
  assert_int_equal(mt_session_browse(s, &v, NULL), 0);
  set_gate(true);
  show(v, 1000);
  await(&gate.waiting, 1);
  mt_viewer_free(v);
  assert_false(mt_session_end(s, 5)); /* at once: no scan runs */
  set_gate(false);
  await(&gate.freed, 1);
  mt_session_free(s); /* as a process that ends need not do */
}

static void test_changed_file(void **state)
{
  (void)state;
  struct world w;
  open_world(&w);
  show(w.viewer, 10);
  assert_false(mt_viewer_wait(w.viewer, 60));
  struct timespec times[2] = {{.tv_sec = 5}, {.tv_sec = 5}};
  assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
  for (double end = now() + 60; mt_viewer_error(w.viewer)->code == 0 && now() < end;)
    mt_viewer_check(w.viewer); /* nothing is asked for */
  assert_non_null(strstr(mt_viewer_error(w.viewer)->what, "changed while"));
  show(w.viewer, 20);
  assert_false(mt_viewer_wait(w.viewer, 60));
  assert_shown(w.viewer, 10);
  mt_viewer_free(w.viewer);
  close_world(&w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_answers),
      cmocka_unit_test(test_newest_wins),
      cmocka_unit_test(test_hanging_read),
      cmocka_unit_test(test_left_in_hanging_read),
      cmocka_unit_test(test_session_ends_in_hanging_read),
      cmocka_unit_test(test_changed_file),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
