#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/plot.h"

static void test_every_sample_is_a_point_while_there_is_room(void **state)
{
  (void)state;
  uint64_t in[7] = {5, 1, 4, 2, 9, 3, 7}, out[10];
  for (size_t n = 0; n <= 7; n++) {
    assert_int_equal(mt_plot_resample(out, 10, in, n), n);
    assert_memory_equal(out, in, n * sizeof *in);
  }
}

static void test_no_peak_is_lost(void **state)
{
  (void)state;
  uint64_t in[513] = {0}, out[40];
  for (size_t peak = 0; peak < 513; peak++) {
    in[peak] = 77;
    assert_int_equal(mt_plot_resample(out, 40, in, 513), 40);
    size_t seen = 0;
    for (size_t i = 0; i < 40; i++)
      seen += out[i] == 77;
    assert_int_equal(seen, 1);
    in[peak] = 0;
  }
  assert_int_equal(mt_plot_resample(out, 0, in, 513), 0);
}

static void test_scale_is_one_two_five(void **state)
{
  (void)state;
  assert_int_equal(mt_plot_scale(0, 1), 1);
  assert_int_equal(mt_plot_scale(501, 0), 1024);
  assert_int_equal(mt_plot_scale(3 << 10, 0), 5 << 10);
  assert_int_equal(mt_plot_scale(5 << 10, 0), 5 << 10);
  assert_int_equal(mt_plot_scale((5 << 10) + 1, 0), 10 << 10);
  assert_int_equal(mt_plot_scale(1 << 20, 16 << 20), 20 << 20);
  assert_true(mt_plot_scale(UINT64_MAX, 0) == UINT64_MAX);
}

static void test_eighths(void **state)
{
  (void)state;
  assert_int_equal(mt_plot_eighths(0, 100, 10), 0);
  assert_int_equal(mt_plot_eighths(1, 1000000, 10), 1); /* something is never nothing */
  assert_int_equal(mt_plot_eighths(50, 100, 10), 40);
  assert_int_equal(mt_plot_eighths(100, 100, 10), 80);
  assert_int_equal(mt_plot_eighths(UINT64_MAX, 100, 10), 80);
  assert_int_equal(mt_plot_eighths(UINT64_MAX / 2, UINT64_MAX, 2), 8);
  assert_int_equal(mt_plot_eighths(5, 0, 10), 0);
  assert_int_equal(mt_plot_eighths(5, 10, 0), 0);
}

static void assert_canvas(struct mt_canvas *c, const char *want)
{
  char *got = NULL;
  size_t n;
  FILE *f = open_memstream(&got, &n);
  mt_canvas_print(c, f);
  fclose(f);
  assert_string_equal(got, want);
  free(got);
}

static void make(struct mt_canvas *c, int width, int height, bool ascii)
{
  mt_canvas_init(c, ascii);
  assert_int_equal(mt_canvas_resize(c, width, height), 0);
}

static void test_graph(void **state)
{
  (void)state;
  static const uint64_t in[] = {0, 1, 4, 8, 9, 12, 15, 16};
  struct mt_canvas c;
  make(&c, 10, 2, false);
  mt_plot_graph(&c, (struct mt_rect){1, 0, 9, 2}, MT_ROLE_RSS, in, 8, 16);
  assert_canvas(&c, "     ▁▄▇█\n"
                    "  ▁▄█████\n");
  mt_canvas_reset(&c);
  make(&c, 4, 1, true);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 4, 1}, MT_ROLE_RSS, in, 8, 16);
  assert_canvas(&c, ".=*#\n"); /* two samples a point, the larger one */
  mt_canvas_reset(&c);
}

static void test_bar(void **state)
{
  (void)state;
  struct mt_canvas c;
  make(&c, 8, 3, false);
  mt_plot_bar(&c, 0, 0, 8, MT_ROLE_BAR, 20, 48, 64);
  mt_plot_bar(&c, 0, 1, 8, MT_ROLE_BAR, 64, 0, 64);
  mt_plot_bar(&c, 0, 2, 8, MT_ROLE_BAR, 0, 0, 64);
  assert_canvas(&c, "━━╸╍╍╍\n━━━━━━━━\n\n");
  mt_canvas_reset(&c);
  make(&c, 8, 2, true);
  mt_plot_bar(&c, 0, 0, 8, MT_ROLE_BAR, 20, 48, 64);
  mt_plot_track(&c, 0, 1, 8, MT_ROLE_BAR, 20, 0, 64);
  assert_canvas(&c, "##=...\n##=-----\n");
  mt_canvas_reset(&c);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_sample_is_a_point_while_there_is_room),
      cmocka_unit_test(test_no_peak_is_lost),
      cmocka_unit_test(test_scale_is_one_two_five),
      cmocka_unit_test(test_eighths),
      cmocka_unit_test(test_graph),
      cmocka_unit_test(test_bar),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
