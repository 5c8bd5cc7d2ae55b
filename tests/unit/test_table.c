/* The table's state: order, filter, marks and hidden columns together, and the cursor
 * that stays on its column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/views/table.h"

struct world {
  struct mt_snapshot snap;
  struct mt_name *names;
  struct mt_table table;
};

/* Columns c0, c1 ... with 10, 20 ... bytes; each third is text, the others are numbers.
 */
static void make_world(struct world *w, size_t columns)
{
  memset(w, 0, sizeof *w);
  w->names = calloc(columns + 1, sizeof *w->names);
  w->snap.columns = calloc(columns + 1, sizeof *w->snap.columns);
  w->snap.names = w->names;
  w->snap.column_count = columns;
  w->snap.rows = 100;
  for (size_t i = 0; i < columns; i++) {
    char name[24];
    snprintf(name, sizeof name, "c%zu", i);
    w->names[i] = (struct mt_name){strdup(name), strlen(name)};
    w->snap.columns[i] = (struct mt_column_view){.now = 10 * (i + 1),
                                                 .after = 10 * (i + 1),
                                                 .resident = 10 * (i + 1),
                                                 .nulls = i % 5,
                                                 .dtype = i % 3 == 0 ? "str" : "int64"};
  }
  mt_table_init(&w->table);
  assert_int_equal(mt_table_update(&w->table, &w->snap), 0);
}

static void free_world(struct world *w)
{
  for (size_t i = 0; i < w->snap.column_count; i++)
    free(w->names[i].text);
  free(w->names);
  free(w->snap.columns);
  mt_table_reset(&w->table);
}

static void update(struct world *w)
{
  assert_int_equal(mt_table_update(&w->table, &w->snap), 0);
}

static void filter(struct world *w, const char *text)
{
  struct mt_filter f;
  struct mt_filter_fault fault;
  assert_int_equal(mt_filter_parse(&f, text, &fault), 0);
  mt_table_filter(&w->table, &f);
  update(w);
}

static void hide(struct world *w, size_t column)
{
  mt_table_hide(&w->table, &column, 1);
  update(w);
}

/* The rows as "0 1 2", with the cursor's in brackets. */
static const char *rows(const struct world *w)
{
  static char text[400];
  size_t n = 0;
  text[0] = '\0';
  for (size_t i = 0; i < w->table.len; i++)
    n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%zu%s", i > 0 ? " " : "",
                          i == w->table.cursor ? "[" : "", w->table.order[i],
                          i == w->table.cursor ? "]" : "");
  return text;
}

#define assert_rows(w, text) assert_string_equal(rows(w), text)

static void test_filter_and_cursor(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 8);
  mt_table_move(&w.table, 4);
  assert_rows(&w, "0 1 2 3 [4] 5 6 7");
  filter(&w, "dtype=str");
  assert_rows(&w, "0 3 [6]"); /* the next one that is left */
  assert_int_equal(w.table.filtered, 5);
  filter(&w, "dtype=int64");
  assert_rows(&w, "1 2 4 5 [7]");
  filter(&w, "now<=40");
  assert_rows(&w, "0 1 2 [3]"); /* none is left behind it */
  filter(&w, "now>1K");
  assert_rows(&w, "");
  mt_table_move(&w.table, 3);
  assert_int_equal(w.table.cursor, 0);
  assert_false(mt_table_search(&w.table, w.names, "c", 0, 1));
  filter(&w, "");
  assert_rows(&w, "0 1 2 [3] 4 5 6 7"); /* and it comes back to its column */
  assert_int_equal(w.table.filtered, 0);
  free_world(&w);
}

static void test_search_stays_within_the_filter(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 13);
  filter(&w, "dtype=str");
  assert_rows(&w, "[0] 3 6 9 12");
  assert_true(mt_table_search(&w.table, w.names, "1", 0, 1));
  assert_rows(&w, "0 3 6 9 [12]");
  assert_false(mt_table_search(&w.table, w.names, "11", 0, 1));
  assert_true(mt_table_select(&w.table, 6));
  assert_false(mt_table_select(&w.table, 7));
  assert_rows(&w, "0 3 [6] 9 12");
  free_world(&w);
}

static void test_order_filter_and_hiding(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 8);
  mt_table_move(&w.table, 2);
  w.table.sort = MT_SORT_NOW;
  update(&w);
  assert_rows(&w, "7 6 5 4 3 [2] 1 0");
  filter(&w, "dtype=int64");
  assert_rows(&w, "7 5 4 [2] 1");
  hide(&w, 2);
  assert_rows(&w, "7 5 4 [1]");
  hide(&w, 6); /* which the filter keeps out already */
  assert_int_equal(w.table.hidden, 2);
  assert_int_equal(w.table.filtered, 2);
  w.table.reverse = true;
  update(&w);
  assert_rows(&w, "[1] 4 5 7");
  mt_table_show_all(&w.table);
  update(&w);
  assert_rows(&w, "[1] 2 4 5 7");
  w.snap.columns[1].now = 1000; /* what came to be known */
  w.snap.rows++;
  update(&w);
  assert_rows(&w, "2 4 5 7 [1]");
  w.snap.columns[5].dtype = "str";
  w.snap.rows++;
  update(&w);
  assert_rows(&w, "2 4 7 [1]");
  free_world(&w);
}

static void test_orders_are_stable(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 7);
  w.table.sort = MT_SORT_NULLS;
  update(&w);
  assert_rows(&w, "4 3 2 1 6 [0] 5");
  w.table.sort = MT_SORT_DTYPE;
  update(&w);
  assert_rows(&w, "1 2 4 5 [0] 3 6");
  w.table.reverse = true;
  update(&w);
  assert_rows(&w, "6 3 [0] 5 4 2 1");
  free_world(&w);
}

/* Beyond the bytes that are compared at once, and where one name begins another. */
static void test_names_are_sorted_to_their_ends(void **state)
{
  (void)state;
  static const char *const given[] = {"measurement_of_b2", "measurement_of_b1",
                                      "measurement_of_a",  "measurement_of_",
                                      "measurement_of_b1", "measurement_of_b10"};
  static const char *const long_ones[] = {"x12345678b", "x12345678a", "y",
                                          "x1234567",   "x",          ""};
  struct world w;
  make_world(&w, 6);
  w.table.sort = MT_SORT_NAME;
  for (int i = 0; i < 2; i++) {
    for (size_t k = 0; k < 6; k++) {
      free(w.names[k].text);
      w.names[k].text = strdup(i == 0 ? given[k] : long_ones[k]);
      w.names[k].len = strlen(w.names[k].text);
    }
    w.table.basis.sort = MT_SORT_COUNT; /* names of a file never change */
    update(&w);
    w.table.cursor = 0;
    assert_rows(&w, i == 0 ? "[3] 2 1 4 5 0" : "[5] 4 3 1 0 2");
  }
  free_world(&w);
}

static size_t marked(struct world *w, const size_t **columns)
{
  size_t n;
  *columns = mt_table_chosen(&w->table, &n);
  return n;
}

static void test_marks(void **state)
{
  (void)state;
  struct world w;
  const size_t *columns;
  make_world(&w, 8);
  mt_table_move(&w.table, 3);
  assert_int_equal(marked(&w, &columns), 1); /* none: the cursor's */
  assert_int_equal(columns[0], 3);
  mt_table_mark(&w.table, 5, true);
  mt_table_mark(&w.table, 2, true);
  mt_table_mark(&w.table, 2, true);
  assert_int_equal(w.table.marked, 2);
  w.table.sort = MT_SORT_NOW;
  filter(&w, "dtype=str"); /* they stay, shown or not, in the file's order */
  assert_int_equal(marked(&w, &columns), 2);
  assert_int_equal(columns[0], 2);
  assert_int_equal(columns[1], 5);
  mt_table_mark_shown(&w.table);
  assert_int_equal(w.table.marked, 5);
  mt_table_mark_shown(&w.table); /* all that is shown was marked: no more */
  assert_int_equal(w.table.marked, 2);
  mt_table_unmark_all(&w.table);
  assert_int_equal(w.table.marked, 0);
  free_world(&w);
}

static void test_filter_of_marks_follows_them(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 4);
  mt_table_mark(&w.table, 1, true);
  mt_table_mark(&w.table, 3, true);
  filter(&w, "marked");
  assert_rows(&w, "[1] 3");
  mt_table_mark(&w.table, 1, false);
  update(&w);
  assert_rows(&w, "[3]");
  hide(&w, 3); /* takes its mark with it */
  assert_int_equal(w.table.marked, 0);
  assert_rows(&w, "");
  free_world(&w);
}

static void test_nothing_at_all(void **state)
{
  (void)state;
  struct world w;
  const size_t *columns;
  make_world(&w, 0);
  w.table.sort = MT_SORT_NAME;
  filter(&w, "x");
  mt_table_mark_shown(&w.table);
  mt_table_show_all(&w.table);
  assert_int_equal(marked(&w, &columns), 0);
  assert_rows(&w, "");
  free_world(&w);
}

/* The parts: what nobody chose yields first, and the name never. */
static void test_parts_yield(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 4);
  struct mt_parts parts = {0};
  for (int room = 1; room < 240; room++) {
    struct mt_fit fit = mt_parts_fit(&parts, &w.table.extent, MT_SORT_NOW, room, 0);
    int total = 0;
    for (int p = 0; p < MT_PART_COUNT; p++)
      total += fit.width[p] + (p > 0 && fit.width[p] > 0 ? fit.gap : 0);
    assert_true(total <= room || fit.width[MT_PART_NAME] < 1);
    assert_true(room < 20 || fit.width[MT_PART_SAVING] > 0);
    assert_true(room < 70 ||
                (fit.width[MT_PART_DTYPE] > 0 && fit.width[MT_PART_NOW] > 0));
  }
  parts.wish[MT_PART_DTYPE] = MT_PART_ON;
  struct mt_fit fit = mt_parts_fit(&parts, &w.table.extent, MT_SORT_FILE, 30, 0);
  assert_true(fit.width[MT_PART_DTYPE] > 0);
  assert_int_equal(fit.width[MT_PART_NOW], 0);
  parts.wish[MT_PART_SAVING] = MT_PART_OFF;
  fit = mt_parts_fit(&parts, &w.table.extent, MT_SORT_FILE, 200, 0);
  assert_int_equal(fit.width[MT_PART_SAVING], 0);
  assert_true(fit.width[MT_PART_SHARE] > 0);
  parts.wish[MT_PART_SHARE] = MT_PART_OFF;
  fit = mt_parts_fit(&parts, &w.table.extent, MT_SORT_FILE, 200, 0);
  assert_int_equal(fit.width[MT_PART_SHARE], 0);
  free_world(&w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_filter_and_cursor),
      cmocka_unit_test(test_search_stays_within_the_filter),
      cmocka_unit_test(test_order_filter_and_hiding),
      cmocka_unit_test(test_orders_are_stable),
      cmocka_unit_test(test_names_are_sorted_to_their_ends),
      cmocka_unit_test(test_marks),
      cmocka_unit_test(test_filter_of_marks_follows_them),
      cmocka_unit_test(test_nothing_at_all),
      cmocka_unit_test(test_parts_yield),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
