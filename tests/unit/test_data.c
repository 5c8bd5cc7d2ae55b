/* The rows of a real file, its lines, single cells and its faults as screens, compared
 * with stored ones exactly.
 *
 * MEMTOP_GENERATE=1 writes the stored screens anew; look at them before keeping them. */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gate.h"
#include "tui/views/view.h"

static char folder[] = "/tmp/memtop-data-XXXXXX";
static char path[64];

/* --- a file, scanned, and its screen -------------------------------------------------
 */

struct world {
  struct mt_session *session;
  struct mt_snapshot snap;
  struct mt_ui ui;
  struct mt_canvas canvas;
};

static const char orders[] =
    "order_id,placed,zip,city,amount,note\n"
    "1001,2024-03-01 09:15,02134,Boston,19.90,\"said \"\"hello\"\", twice\"\n"
    "1002,2024-03-01 09:20,,Z\u00fcrich,7.50,\"\"\n"
    "1003,2024-03-02 10:00,10115,Berlin,NA,\"first line\nsecond line\"\n"
    "1004,,94103,\u540d\u524d\u3068\u5730\u540d,-3.25,\"tab\there, then \x1b[31mred\"\n"
    "1005,2024-03-03 00:00,75001,Paris\n"
    "1006,2024-03-03 12:30,00100,Roma,12.00,\"NA\",more,and more\n"
    "1007,2024-03-04 08:00,28001,Madrid,5,\xe9t\xe9\n"
    "1008,2024-03-05 18:45,1000-001,Lisboa,1e3,\"a rather long note that no column of a "
    "screen would have the room for, at least not beside all of the others\"\n";

static void open_world_at(struct world *w, const char *text, uint64_t max_rows,
                          bool gated)
{
  struct mt_session_options o = {.threads = 1, .max_rows = max_rows};
  struct mt_reader *reader;
  struct mt_error err = {0};
  FILE *f = fopen(path, "wb");

  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
  assert_int_equal(fclose(f), 0);
  memset(w, 0, sizeof *w);
  mt_nulls_init(&o.nulls);
  assert_int_equal(mt_format_open(&reader, path, NULL, &err), 0);
  if (gated)
    add_gate(reader);
  assert_int_equal(mt_session_new(&w->session, reader, &o, &err), 0);
  assert_int_equal(mt_session_scan_start(w->session, &err), 0);
  assert_true(mt_session_wait(w->session, 60));
  mt_snapshot_init(&w->snap);
  assert_int_equal(mt_session_snapshot(w->session, &w->snap), 0);
  mt_ui_init(&w->ui, mt_session_schema(w->session), &w->snap);
  w->ui.session = w->session;
  mt_canvas_init(&w->canvas, false);
}

static void open_world(struct world *w, const char *text, uint64_t max_rows)
{
  open_world_at(w, text, max_rows, false);
}

static void close_world(struct world *w)
{
  mt_ui_reset(&w->ui);
  mt_canvas_reset(&w->canvas);
  mt_snapshot_reset(&w->snap);
  mt_session_free(w->session);
}

/* As it is now, whatever is on its way. */
static void glance(struct world *w, int width, int height)
{
  w->ui.width = width;
  w->ui.height = height;
  assert_int_equal(mt_ui_update(&w->ui), 0);
  assert_int_equal(mt_canvas_resize(&w->canvas, width, height), 0);
  mt_ui_draw(&w->ui, &w->canvas);
}

static void draw(struct world *w, int width, int height)
{
  w->ui.width = width;
  w->ui.height = height;
  do
    assert_int_equal(mt_ui_update(&w->ui), 0);
  while (mt_ui_work(&w->ui));
  glance(w, width, height);
}

static void press(struct world *w, const char *keys)
{
  for (; *keys != '\0'; keys++) {
    unsigned r = mt_ui_key(&w->ui, *keys == '\n' ? MT_KEY_ENTER : *keys);
    assert_int_equal(r & MT_REACT_QUIT, 0);
    if (r & MT_REACT_SNAPSHOT)
      assert_int_equal(mt_session_snapshot(w->session, &w->snap), 0);
    draw(w, w->ui.width, w->ui.height);
  }
}

static char *picture(const struct world *w)
{
  char *text = NULL;
  size_t n;
  FILE *f = open_memstream(&text, &n);

  mt_canvas_print(&w->canvas, f);
  fclose(f);
  return text;
}

static bool shows(const struct world *w, const char *text)
{
  char *all = picture(w);
  bool found = strstr(all, text) != NULL;

  free(all);
  return found;
}

static void compare(const struct world *w, const char *name)
{
  const char *source = getenv("srcdir");
  char file[600], *got = picture(w), *want = calloc(1, 1 << 16);

  snprintf(file, sizeof file, "%s/tests/data/screens/%s.txt",
           source == NULL ? "." : source, name);
  if (getenv("MEMTOP_GENERATE") != NULL) {
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs(got, f);
    assert_int_equal(fclose(f), 0);
  }
  FILE *f = fopen(file, "r");
  if (f == NULL)
    fail_msg("no stored screen %s", file);
  (void)!fread(want, 1, (1 << 16) - 1, f);
  fclose(f);
  if (strcmp(got, want) != 0)
    fail_msg("%s differs; now it is:\n%s", file, got);
  free(want);
  free(got);
}

static const struct {
  int width, height;
} sizes[] = {{120, 30}, {80, 24}, {40, 10}};
#define SIZES (sizeof sizes / sizeof *sizes)

static void compare_sizes(struct world *w, const char *name)
{
  char file[80];

  for (size_t i = 0; i < SIZES; i++) {
    draw(w, sizes[i].width, sizes[i].height);
    snprintf(file, sizeof file, "%s-%dx%d", name, sizes[i].width, sizes[i].height);
    compare(w, file);
  }
}

/* --- tests
 * ------------------------------------------------------------------------------ */

static void test_rows(void **state)
{
  struct world w;

  (void)state;
  open_world(&w, orders, 0);
  mt_data_open(&w.ui, 3);
  compare_sizes(&w, "data");
  mt_canvas_reset(&w.canvas);
  mt_canvas_init(&w.canvas, true);
  draw(&w, 80, 24);
  compare(&w, "data-ascii-80x24");
  close_world(&w);
}

/* The screen lives on while a read hangs: it says so after a moment, and what was shown
 * before stays there; it is given up, or left, by any of the keys for that. */
static void test_hanging_read(void **state)
{
  static const struct {
    int key;
    bool leaves;
  } ways[] = {{MT_KEY_ESC, false}, {3, false}, {'q', true}};
  char text[8000] = "n,m\n";
  struct world w;

  (void)state;
  for (size_t i = 0, n = 4; i < 500; i++)
    n += (size_t)sprintf(text + n, "%zu,x%zu\n", i, i);
  open_world_at(&w, text, 0, true);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    w.ui.width = 80;
    w.ui.height = 24;
    mt_data_open(&w.ui, 0);
    draw(&w, 80, 24);
    press(&w, "g");
    set_gate(true);
    mt_ui_key(&w.ui, 4); /* Ctrl-D: half a page */
    mt_ui_key(&w.ui, 4);
    glance(&w, 80, 24);
    assert_true(shows(&w, "x15"));
    while (!mt_data_waits(&w.ui.data))
      assert_true(mt_ui_work(&w.ui));
    glance(&w, 80, 24);
    assert_true(shows(&w, "reading\u2026   Esc stops"));
    assert_true(shows(&w, "x15"));
    mt_ui_key(&w.ui, ways[i].key);
    assert_false(mt_viewer_busy(w.ui.data.viewer));
    assert_int_equal(mt_ui_has(&w.ui, &mt_view_data), !ways[i].leaves);
    if (!ways[i].leaves) {
      glance(&w, 80, 24);
      assert_true(shows(&w, "row 1 of 500"));
      assert_false(shows(&w, "reading"));
    }
    set_gate(false);
  }
  mt_data_open(&w.ui, 0);
  press(&w, "400G");
  assert_true(shows(&w, "x399"));
  close_world(&w);
}

static void test_lines(void **state)
{
  struct world w;

  (void)state;
  open_world(&w, orders, 0);
  w.ui.width = 80;
  w.ui.height = 24;
  mt_data_open(&w.ui, 4);
  press(&w, "jjr");
  compare_sizes(&w, "lines");
  draw(&w, 80, 24);
  press(&w, "l"); /* a third of the screen */
  assert_true(shows(&w, "the first 27 to the left"));
  assert_true(shows(&w, "Boston,19.90,\"said \"\"hello\"\", twice\""));
  close_world(&w);
}

static void test_cell(void **state)
{
  struct world w;

  (void)state;
  open_world(&w, orders, 0);
  w.ui.width = 80;
  w.ui.height = 24;
  mt_data_open(&w.ui, 5);
  press(&w, "G\n");
  compare_sizes(&w, "cell");
  assert_true(mt_ui_top(&w.ui) == &mt_view_cell);
  press(&w, "q");
  draw(&w, 80, 24);
  press(&w, "3G\n");
  assert_true(shows(&w, "first line\\n"));
  assert_true(shows(&w, "quoted, text"));
  close_world(&w);
}

/* On a wider screen there are fewer lines: the last ones are shown then. */
static void test_cell_on_another_screen(void **state)
{
  char text[4000] = "a,b\n1,begin";
  struct world w;

  (void)state;
  for (size_t n = strlen(text); n + 40 < sizeof text; n = strlen(text))
    snprintf(text + n, sizeof text - n, " word");
  strcat(text, " the end\n");
  open_world(&w, text, 0);
  w.ui.width = 40;
  w.ui.height = 10;
  mt_data_open(&w.ui, 1);
  press(&w, "\nG");
  assert_true(shows(&w, "the end"));
  draw(&w, 200, 20);
  assert_true(shows(&w, "the end"));
  draw(&w, 200, 60);
  assert_true(shows(&w, "begin"));
  close_world(&w);
}

/* However one goes from help to rows and back, each view is there once. */
static void test_views_do_not_pile_up(void **state)
{
  struct world w;

  (void)state;
  open_world(&w, orders, 0);
  draw(&w, 80, 24);
  for (int i = 0; i < 10; i++) {
    press(&w, "v?:row 3\n");
    assert_true(mt_ui_top(&w.ui) == &mt_view_data);
    assert_int_equal(w.ui.data.at.row, 2);
    press(&w, "\n");
    assert_true(mt_ui_top(&w.ui) == &mt_view_cell);
    press(&w, "?");
    assert_true(mt_ui_top(&w.ui) == &mt_view_help);
    press(&w, ":row 4\n");
    assert_true(mt_ui_top(&w.ui) == &mt_view_data);
    assert_true(shows(&w, "row 4 of 8"));
    assert_true(shows(&w, "94103"));
  }
  press(&w, "?");
  assert_int_equal(w.ui.depth, 3);
  press(&w, "qq");
  assert_true(mt_ui_top(&w.ui) == &mt_view_table);
  close_world(&w);
}

static void test_faults(void **state)
{
  struct world w;

  (void)state;
  open_world(&w, orders, 0);
  mt_faults_open(&w.ui);
  compare_sizes(&w, "faults");
  draw(&w, 80, 24);
  press(&w, "j\n");
  assert_true(shows(&w, "1006,2024-03-03 12:30,00100,Roma,12.00,\"NA\",more,and more"));
  press(&w, "r");
  assert_true(shows(&w, "row 6 of 8"));
  close_world(&w);
  open_world(&w, "a,b\n1,2\n3,4\n", 0);
  mt_faults_open(&w.ui);
  draw(&w, 80, 24);
  compare(&w, "faults-none-80x24");
  close_world(&w);
  open_world(&w, "a,b\n1,2\n3,4\n", 1);
  mt_faults_open(&w.ui);
  draw(&w, 80, 24);
  assert_true(shows(&w, "0 faults in the first 1 row"));
  close_world(&w);
}

/* Words that are too long for a line go on in the next one; places that are not known are
 * not told. */
static void test_faults_in_few_columns(void **state)
{
  struct world w;

  (void)state;
  open_world(&w, "a,b\n1,2\n3,4\n", 0);
  mt_faults_open(&w.ui);
  for (int width = 40; width <= 60; width += 20) {
    draw(&w, width, width / 4);
    assert_true(shows(&w, "Looked for: rows with too few or too"));
    assert_true(shows(&w, "load changes."));
    assert_false(shows(&w, "…"));
  }
  close_world(&w);
  open_world(&w, "a,b\nx,\xe9\nx,\xe9\nx,\xe9\nx,\xe9\n\xe9,y\n", 0);
  mt_faults_open(&w.ui);
  draw(&w, 40, 24);
  assert_true(shows(&w, "5  fields that are not UTF-8 (pandas"));
  assert_true(shows(&w, "    would fail; try --encoding latin1)"));
  assert_true(shows(&w, "    line 2  column b"));
  assert_true(shows(&w, "    line 6  column a"));
  assert_true(shows(&w, "    and 3 more"));
  assert_false(shows(&w, "line 0"));
  close_world(&w);
}

/* What cannot be done is told to its end, above the last line. */
static void test_message_in_few_columns(void **state)
{
  struct world w;

  (void)state;
  open_world(&w, orders, 0);
  w.ui.width = 40;
  w.ui.height = 10;
  mt_data_open(&w.ui, 3);
  mt_ui_say(&w.ui, MT_ROLE_BAD,
            "column \"city\" cannot be datetime: not a date of one format: (line 3)");
  draw(&w, 40, 10);
  assert_true(shows(&w, "\n column \"city\" cannot be datetime: not\n a date of one "
                        "format: (line 3)\n Enter"));
  close_world(&w);
}

/* Every size draws, and the cursor's cell is there from 12 columns on. */
static void test_every_size(void **state)
{
  struct world w;

  (void)state;
  open_world(&w, orders, 0);
  w.ui.width = w.ui.height = 10;
  mt_data_open(&w.ui, 2);
  for (int width = 1; width < 210; width += width < 30 ? 1 : 17) {
    for (int height = 1; height < 60; height += height < 12 ? 1 : 9) {
      draw(&w, width, height);
      if (width >= 14 && height >= 5)
        assert_true(shows(&w, "02134"));
    }
  }
  press(&w, "r");
  for (int width = 1; width < 60; width++)
    draw(&w, width, 9);
  press(&w, "q");
  mt_faults_open(&w.ui);
  for (int width = 1; width < 60; width++)
    draw(&w, width, width);
  close_world(&w);
}

/* The column under the cursor is seen, wherever it is. */
static void test_columns_scroll(void **state)
{
  enum { COLUMNS = 300 };
  char text[COLUMNS * 20], *end = text;
  struct world w;

  (void)state;
  for (int r = 0; r < 2; r++)
    for (int k = 0; k < COLUMNS; k++)
      end += sprintf(end, r == 0 ? "name%d%c" : "%d%c", r == 0 ? k : 7000 + k * 3,
                     k + 1 == COLUMNS ? '\n' : ',');
  open_world(&w, text, 0);
  w.ui.width = 80;
  w.ui.height = 24;
  mt_data_open(&w.ui, 0);
  draw(&w, 80, 24);
  for (int k = 0; k + 1 < COLUMNS; k++) {
    char cell[20];
    press(&w, "l");
    sprintf(cell, " %d", 7000 + (k + 1) * 3);
    assert_int_equal(w.ui.data.at.column, k + 1);
    assert_true(shows(&w, cell));
  }
  press(&w, "^");
  assert_true(shows(&w, " 7000"));
  press(&w, "$");
  assert_true(shows(&w, " 7897"));
  assert_true(shows(&w, " 7879")); /* with as many before it as there is room for */
  press(&w, "H");
  assert_true(w.ui.data.at.column < COLUMNS - 5);
  close_world(&w);
}

/* What the plan makes null is shown so, in the rows that were there before. */
static void test_nulls_of_the_plan(void **state)
{
  struct world w;
  struct mt_error err = {0};

  (void)state;
  open_world(&w, "n,m\n1,-\n-,-\n3,-\n4,-\n", 0);
  mt_data_open(&w.ui, 0);
  draw(&w, 60, 12);
  assert_true(shows(&w, "\n  2  -  "));
  assert_int_equal(mt_session_null_sentinels(w.session, 0, &err), 0);
  assert_true(mt_session_wait(w.session, 60));
  assert_int_equal(mt_session_snapshot(w.session, &w.snap), 0);
  draw(&w, 60, 12);
  assert_true(shows(&w, "- \u2205  -\n")); /* in that column alone */
  press(&w, "jj");
  assert_true(shows(&w, "row 3 of 4"));
  close_world(&w);
}

static int make_folder(void **state)
{
  (void)state;
  if (setlocale(LC_ALL, "C.UTF-8") == NULL || mkdtemp(folder) == NULL)
    return -1;
  snprintf(path, sizeof path, "%s/orders.csv", folder);
  return 0;
}

static int remove_folder(void **state)
{
  (void)state;
  unlink(path);
  return rmdir(folder);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rows),
      cmocka_unit_test(test_hanging_read),
      cmocka_unit_test(test_lines),
      cmocka_unit_test(test_cell),
      cmocka_unit_test(test_cell_on_another_screen),
      cmocka_unit_test(test_views_do_not_pile_up),
      cmocka_unit_test(test_faults),
      cmocka_unit_test(test_faults_in_few_columns),
      cmocka_unit_test(test_message_in_few_columns),
      cmocka_unit_test(test_every_size),
      cmocka_unit_test(test_columns_scroll),
      cmocka_unit_test(test_nulls_of_the_plan),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
