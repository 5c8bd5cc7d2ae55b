#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/views/view.h"

static const enum mt_context contexts[] = {
    MT_IN_TABLE,    MT_IN_DETAIL,  MT_IN_PICKER,   MT_IN_HELP,   MT_IN_EXPORT,
    MT_IN_PROGRESS, MT_IN_OUTCOME, MT_IN_QUESTION, MT_IN_SEARCH, MT_IN_DATA,
    MT_IN_CODE,     MT_IN_FAULTS,  MT_IN_PARTS};
#define CONTEXTS (sizeof contexts / sizeof *contexts)

static void test_every_key_name_is_known(void **state)
{
  (void)state;
  for (int a = 0; a < MT_ACTION_COUNT; a++) {
    const struct mt_action_info *info = mt_action_info((enum mt_action)a);
    const char *keys = info->keys, *name;
    size_t n, found = 0;
    while (mt_action_next_key(&keys, &name, &n) != MT_KEY_NONE)
      found++;
    assert_int_equal(n, 0); /* the end, not an unknown name */
    assert_true(found > 0);
    assert_true(info->help[0] != '\0');
    assert_int_not_equal(info->contexts, 0);
    assert_true((info->label[0] == '\0') == (info->rank == 0));
  }
}

/* In every context each key has one meaning, and it is found. */
static void test_no_key_has_two_meanings(void **state)
{
  (void)state;
  for (size_t i = 0; i < CONTEXTS; i++) {
    for (int a = 0; a < MT_ACTION_COUNT; a++) {
      const struct mt_action_info *info = mt_action_info((enum mt_action)a);
      const char *keys = info->keys, *name;
      size_t n;
      if ((info->contexts & contexts[i]) == 0)
        continue;
      for (int key; (key = mt_action_next_key(&keys, &name, &n)) != MT_KEY_NONE;)
        assert_int_equal(mt_action_find(contexts[i], key), a);
    }
  }
}

static void test_every_context_can_be_left(void **state)
{
  (void)state;
  for (size_t i = 0; i < CONTEXTS; i++) {
    assert_int_not_equal(mt_action_find(contexts[i], MT_KEY_ESC), MT_ACTION_NONE);
    assert_int_not_equal(mt_action_find(contexts[i], MT_KEY_ESC), MT_ACTION_QUIT);
    assert_int_equal(mt_action_find(contexts[i], MT_CTRL('C')), MT_ACTION_CANCEL);
    assert_int_equal(mt_action_find(contexts[i], MT_CTRL('Z')), MT_ACTION_SUSPEND);
  }
}

static void test_unknown_keys_do_nothing(void **state)
{
  (void)state;
  assert_int_equal(mt_action_find(MT_IN_TABLE, 'd'), MT_ACTION_NONE);
  assert_int_equal(mt_action_find(MT_IN_TABLE, 'x'), MT_ACTION_NONE);
  assert_int_equal(mt_action_find(MT_IN_TABLE, MT_KEY_UNKNOWN), MT_ACTION_NONE);
  assert_int_equal(mt_action_find(MT_IN_SEARCH, 'q'), MT_ACTION_NONE);
}

static void test_footer_fits_and_keeps_what_matters(void **state)
{
  (void)state;
  for (size_t i = 0; i < CONTEXTS; i++) {
    for (int width = 0; width < 200; width++) {
      enum mt_action shown[MT_ACTION_COUNT];
      size_t n = mt_action_footer(contexts[i], width, shown);
      int used = 0;
      for (size_t k = 0; k < n; k++) {
        const struct mt_action_info *info = mt_action_info(shown[k]);
        assert_true(info->contexts & contexts[i]);
        used += (int)(strcspn(info->keys, " ") + strlen(info->label) + 3);
      }
      assert_true(used <= width);
    }
  }
  enum mt_action shown[MT_ACTION_COUNT];
  assert_int_equal(mt_action_footer(MT_IN_TABLE, 20, shown), 2);
  assert_int_equal(shown[0], MT_ACTION_APPLY);
  assert_int_equal(shown[1], MT_ACTION_HELP);
}

/* What nobody guesses is there on a screen of usual width: how to mark, to filter, to see
 * the rows, to get the code. */
static void test_footer_of_the_columns_at_120(void **state)
{
  (void)state;
  static const enum mt_action expected[] = {
      MT_ACTION_APPLY,  MT_ACTION_APPLY_ALL, MT_ACTION_UNDO, MT_ACTION_DETAIL,
      MT_ACTION_DATA,   MT_ACTION_CODE,      MT_ACTION_SORT, MT_ACTION_MARK,
      MT_ACTION_FILTER, MT_ACTION_EXPORT,    MT_ACTION_HELP, MT_ACTION_QUIT};
  enum mt_action shown[MT_ACTION_COUNT];
  assert_int_equal(mt_action_footer(MT_IN_TABLE, 119, shown),
                   sizeof expected / sizeof expected[0]);
  assert_memory_equal(shown, expected, sizeof expected);
}

static void test_help_mentions_every_action(void **state)
{
  (void)state;
  struct mt_snapshot snap;
  struct mt_reader_schema schema = {.path = "x.csv"};
  struct mt_ui *ui = calloc(1, sizeof *ui);
  struct mt_canvas c;
  char *text = NULL;
  size_t n;
  memset(&snap, 0, sizeof snap);
  mt_canvas_init(&c, true);
  mt_ui_init(ui, &schema, &snap);
  mt_help_open(ui);
  assert_int_equal(mt_canvas_resize(&c, 200, 200), 0);
  mt_ui_draw(ui, &c);
  FILE *f = open_memstream(&text, &n);
  mt_canvas_print(&c, f);
  fclose(f);
  for (int a = 0; a < MT_ACTION_COUNT; a++) {
    const struct mt_action_info *info = mt_action_info((enum mt_action)a);
    assert_non_null(strstr(text, info->keys));
    assert_non_null(strstr(text, info->help));
  }
  free(text);
  mt_canvas_reset(&c);
  mt_ui_reset(ui);
  free(ui);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_key_name_is_known),
      cmocka_unit_test(test_no_key_has_two_meanings),
      cmocka_unit_test(test_every_context_can_be_left),
      cmocka_unit_test(test_unknown_keys_do_nothing),
      cmocka_unit_test(test_footer_fits_and_keeps_what_matters),
      cmocka_unit_test(test_footer_of_the_columns_at_120),
      cmocka_unit_test(test_help_mentions_every_action),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
