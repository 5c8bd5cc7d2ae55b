#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/screen/plot.h"

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

static const struct mt_graph_look blocks = {MT_GRAPH_BLOCK, MT_ROLE_RSS,
                                            MT_ROLE_RSS_FILL};
static const struct mt_graph_look braille = {MT_GRAPH_BRAILLE, MT_ROLE_RSS,
                                             MT_ROLE_RSS_FILL};

static void test_graph(void **state)
{
  (void)state;
  static const uint64_t in[] = {0, 1, 4, 8, 9, 12, 15, 16};
  struct mt_canvas c;
  make(&c, 10, 2, false);
  mt_plot_graph(&c, (struct mt_rect){1, 0, 8, 2}, blocks, in, 8, 16);
  assert_canvas(&c, "     ▁▄▇█\n"
                    "  ▁▄█████\n");
  mt_canvas_reset(&c);
  make(&c, 4, 1, true);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 4, 1}, blocks, in, 8, 16);
  assert_canvas(&c, ".=*#\n"); /* two samples a point, the larger one */
  assert_int_equal(mt_canvas_resize(&c, 4, 1), 0);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 4, 1}, braille, in, 8, 16);
  assert_canvas(&c, ".=*#\n");
  mt_canvas_reset(&c);
}

static enum mt_role role_at(const struct mt_canvas *c, int x, int y)
{
  return c->cells[y * c->width + x].role;
}

static void test_upper_edge_of_a_graph(void **state)
{
  (void)state;
  static const uint64_t in[] = {16, 9, 8};
  struct mt_canvas c;
  make(&c, 3, 2, false);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 3, 2}, blocks, in, 3, 16);
  assert_int_equal(role_at(&c, 0, 0), MT_ROLE_RSS);
  assert_int_equal(role_at(&c, 0, 1), MT_ROLE_RSS_FILL);
  assert_int_equal(role_at(&c, 1, 1), MT_ROLE_RSS_FILL);
  assert_int_equal(role_at(&c, 2, 1), MT_ROLE_RSS);
  mt_canvas_reset(&c);
}

/* A young run fills the box as an old one does: no sample is left out, none is more than
 * a cell wider than another. */
static void test_few_samples(void **state)
{
  (void)state;
  static const uint64_t in[] = {2, 8, 4, 6, 1, 7, 3, 5};
  static const char *const rise[] = {"", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  struct mt_canvas c;
  make(&c, 30, 1, false);
  for (size_t n = 1; n <= 8; n++)
    for (int width = (int)n; width <= 30; width++) {
      char want[128] = "";
      for (int x = 0; x < width; x++)
        strcat(want, rise[in[(size_t)x * n / (size_t)width]]);
      assert_int_equal(mt_canvas_resize(&c, 30, 1), 0);
      mt_plot_graph(&c, (struct mt_rect){0, 0, width, 1}, blocks, in, n, 8);
      assert_canvas(&c, strcat(want, "\n"));
    }
  assert_int_equal(mt_canvas_resize(&c, 30, 1), 0);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 30, 1}, blocks, in, 0, 8);
  assert_canvas(&c, "\n");
  mt_canvas_reset(&c);
}

static void test_unknown_samples_leave_a_gap(void **state)
{
  (void)state;
  static const uint64_t in[] = {4, UINT64_MAX, 8};
  struct mt_canvas c;
  make(&c, 3, 1, false);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 3, 1}, blocks, in, 3, 8);
  assert_canvas(&c, "▄ █\n");
  mt_canvas_reset(&c);
}

static void test_braille(void **state)
{
  (void)state;
  static const uint64_t in[] = {0, 1, 2, 3, 4, 5, 6, 8};
  struct mt_canvas c;
  make(&c, 4, 2, false);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 4, 2}, braille, in, 8, 8);
  assert_canvas(&c, "  ⢀⣼\n"
                    "⢀⣴⣿⣿\n");
  assert_int_equal(role_at(&c, 3, 1), MT_ROLE_RSS_FILL);
  assert_int_equal(role_at(&c, 2, 1), MT_ROLE_RSS); /* one of its two ends here */
  assert_int_equal(mt_canvas_resize(&c, 4, 1), 0);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 4, 1}, braille, in, 3, 4); /* spread */
  assert_canvas(&c, " ⢀⣀⣤\n");
  mt_canvas_reset(&c);
}

static void test_rule(void **state)
{
  (void)state;
  static const uint64_t in[] = {2, 16};
  struct mt_canvas c;
  make(&c, 4, 2, false);
  mt_plot_graph(&c, (struct mt_rect){0, 0, 4, 2}, blocks, in, 2, 16);
  mt_plot_rule(&c, (struct mt_rect){0, 0, 4, 2}, MT_ROLE_DIM, "a", 12, 16);
  assert_canvas(&c, "┄┄██\n▂▂██\n"); /* no room for the label */
  assert_int_equal(mt_canvas_resize(&c, 4, 2), 0);
  mt_plot_rule(&c, (struct mt_rect){0, 0, 4, 2}, MT_ROLE_DIM, "a", 8, 16);
  assert_canvas(&c, "\n┄a┄┄\n");
  mt_canvas_reset(&c);
}

static void test_histogram(void **state)
{
  (void)state;
  static const uint64_t bin[] = {8, 16, 0, 4};
  struct mt_canvas c;
  make(&c, 13, 2, false);
  assert_int_equal(
      mt_plot_histogram(&c, (struct mt_rect){0, 0, 13, 2}, MT_ROLE_BAR, bin, 4), 3);
  assert_canvas(&c, "   ██\n██ ██    ▄▄\n");
  assert_int_equal(mt_canvas_resize(&c, 13, 2), 0);
  assert_int_equal(
      mt_plot_histogram(&c, (struct mt_rect){0, 0, 9, 2}, MT_ROLE_BAR, bin, 4), 2);
  assert_canvas(&c, "  ██\n████  ▄▄\n");
  assert_int_equal(mt_canvas_resize(&c, 13, 2), 0);
  assert_int_equal(
      mt_plot_histogram(&c, (struct mt_rect){0, 0, 2, 2}, MT_ROLE_BAR, bin, 4), 0);
  assert_canvas(&c, "█\n█▃\n"); /* 24 and 4 */
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
  mt_plot_limit(&c, 0, 0, 8, MT_ROLE_BAR, 56, 64);
  mt_plot_limit(&c, 0, 1, 8, MT_ROLE_BAR, 64, 64);
  assert_canvas(&c, "##=... ]\n##=----]\n");
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
      cmocka_unit_test(test_upper_edge_of_a_graph),
      cmocka_unit_test(test_few_samples),
      cmocka_unit_test(test_unknown_samples_leave_a_gap),
      cmocka_unit_test(test_braille),
      cmocka_unit_test(test_rule),
      cmocka_unit_test(test_histogram),
      cmocka_unit_test(test_bar),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
