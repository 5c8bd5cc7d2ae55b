/* Every view at the five sizes: in UTF-8, in ASCII and without colour, where bold, dim,
 * underlined and reversed cells have to say what colours say else.  A stored file holds
 * all screens of one view; those without colour have the sequences of a terminal, so that
 * cat shows them as they are.
 *
 * The file is real, and so is what is known of it; the machine and the clock are fixed.
 * MEMTOP_GENERATE=1 writes the stored screens anew; look at the difference. */
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

#include "tui/views/view.h"

#define ORDERS "orders.csv"
#define MIB(n) ((uint64_t)(n) << 20)

static char folder[] = "/tmp/memtop-screens-XXXXXX";
static char stored[600]; /* where the stored screens are */

/* --- a file ---------------------------------------------------------------------- */

static void write_orders(void)
{
  static const char *const cities[] = {"Łódź", "Berlin", "São Paulo", "東京", "Nîmes"};
  FILE *f = fopen(ORDERS, "w");
  assert_non_null(f);
  fputs("order_id,placed,zip,city,amount,rating,gift,a very long name of a column,note\n",
        f);
  for (int i = 0; i < 600; i++) {
    fprintf(f, "%d,2025-%02d-%02d,%05d,%s,%d.%02d,%s,%s,%d", 40000 + 3 * i, 1 + i / 60,
            1 + i % 28, 501 + i * 137 % 99000, cities[i * i % 5], 5 + i * 37 % 400,
            i * 61 % 100,
            i % 3 == 0  ? ""
            : i % 7 < 3 ? "4"
                        : "5",
            i % 4 == 0 ? "True" : "False", i % 12);
    if (i == 300)
      fputs("\n", f); /* too few fields */
    else if (i == 450)
      fputs(",gone,astray\n", f); /* too many */
    else if (i % 50 == 7)
      fputs(",\"two\nlines, \"\"quoted\"\"\"\n", f);
    else
      fputs(i % 9 == 0 ? ",NA\n" : i % 2 == 0 ? ",as agreed\n" : ",\n", f);
  }
  assert_int_equal(fclose(f), 0);
}

/* --- its screens ------------------------------------------------------------------ */

struct world {
  struct mt_session *session;
  struct mt_snapshot snap;
  struct mt_ui ui;
  struct mt_canvas canvas;
};

/* What would be another one with every run. */
static void fix_machine(struct mt_snapshot *s)
{
  s->memory = (struct mt_memory){.rss = MIB(14),
                                 .rss_peak = MIB(17),
                                 .limit = MIB(8192),
                                 .used = MIB(3000),
                                 .available = MIB(5192)};
  mt_tape_init(&s->tape, 0.25);
  for (int i = 0; i < 80; i++)
    mt_tape_add(&s->tape, 0.25 * i,
                MIB(6 + (i < 11   ? i
                         : i < 40 ? 11
                                  : 8)),
                MIB(2900 + i * 7 % 100));
  mt_tape_note(&s->tape, MT_EVENT_SCAN, 0, 8);
  mt_tape_note(&s->tape, MT_EVENT_APPLY, 12, 12);
  s->scan_seconds = 0.42;
  s->verdict = mt_verdict(s->peak_high, s->base, s->memory.available);
  s->export_size = 23456;
  s->size_state = MT_SIZE_KNOWN;
}

static void take_snapshot(struct world *w)
{
  assert_int_equal(mt_session_snapshot(w->session, &w->snap), 0);
  fix_machine(&w->snap);
}

static void open_world(struct world *w, bool ascii)
{
  struct mt_session_options o = {.threads = 1};
  struct mt_reader *reader;
  memset(w, 0, sizeof *w);
  mt_nulls_init(&o.nulls);
  assert_int_equal(mt_format_open(&reader, ORDERS, NULL, NULL), 0);
  assert_int_equal(mt_session_new(&w->session, reader, &o, NULL), 0);
  assert_int_equal(mt_session_scan_start(w->session, NULL), 0);
  assert_true(mt_session_wait(w->session, 60));
  mt_snapshot_init(&w->snap);
  mt_ui_init(&w->ui, mt_session_schema(w->session), &w->snap);
  take_snapshot(w);
  w->ui.session = w->session;
  mt_canvas_init(&w->canvas, ascii);
}

static void close_world(struct world *w)
{
  mt_ui_reset(&w->ui);
  mt_canvas_reset(&w->canvas);
  mt_snapshot_reset(&w->snap);
  mt_session_free(w->session);
}

static void draw(struct world *w, int width, int height)
{
  w->ui.width = width;
  w->ui.height = height;
  do
    assert_int_equal(mt_ui_update(&w->ui), 0);
  while (mt_ui_work(&w->ui));
  w->ui.export.free_bytes = MIB(70000);
  assert_int_equal(mt_canvas_resize(&w->canvas, width, height), 0);
  mt_ui_draw(&w->ui, &w->canvas);
}

/* "\n" is Enter, "\t" is Tab. */
static void press(struct world *w, const char *keys)
{
  for (; *keys != '\0'; keys++) {
    unsigned reaction = mt_ui_key(&w->ui, *keys == '\n' ? MT_KEY_ENTER : *keys);
    if (reaction & MT_REACT_SNAPSHOT)
      take_snapshot(w);
    if ((reaction & MT_REACT_UNHANDLED) && w->ui.unhandled == MT_ACTION_EXPORT)
      mt_export_open(&w->ui); /* as the loop does it */
    draw(w, w->ui.width, w->ui.height);
  }
}

enum mode { UTF8, ASCII, MONO, MODES };

/* What differs from the columns' view by a few lines is not stored at its largest. */
static void print_sizes(struct world *w, FILE *f, enum mode mode, bool largest)
{
  static const char *const names[MODES] = {"", " in ASCII", " without colour"};
  static const struct {
    int width, height;
  } sizes[] = {{200, 60}, {120, 30}, {80, 24}, {60, 16}, {40, 10}};
  for (size_t i = !largest; i < sizeof sizes / sizeof *sizes; i++) {
    draw(w, sizes[i].width, sizes[i].height);
    fprintf(f, "=== %dx%d%s\n", sizes[i].width, sizes[i].height, names[mode]);
    if (mode == MONO)
      mt_canvas_print_styled(&w->canvas, f, &w->ui.theme, MT_PALETTE_MONO);
    else
      mt_canvas_print(&w->canvas, f);
  }
}

static void compare(const char *got, const char *view)
{
  enum { MOST = 1 << 18 };
  char path[700], *want = calloc(1, MOST);
  snprintf(path, sizeof path, "%s/every-%s.txt", stored, view);
  FILE *f;
  if (getenv("MEMTOP_GENERATE") != NULL) {
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(got, f);
    assert_int_equal(fclose(f), 0);
  }
  f = fopen(path, "r");
  if (f == NULL)
    fail_msg("no stored screens %s", path);
  (void)!fread(want, 1, MOST - 1, f);
  fclose(f);
  if (strcmp(got, want) != 0)
    fail_msg("%s differs; now it is:\n%s", path, got);
  free(want);
}

/* --- tests ------------------------------------------------------------------------ */

static const struct {
  const char *name, *keys;
  bool largest;
} views[] = {
    {"columns", "Ajjj", true},
    {"marked", "j  ", false},
    {"filter", "&nulls>0", false},
    {"search", "/am", false},
    {"parts", "cj", false},
    {"memory", "Az", true},
    {"detail-int", "\n", true},
    {"detail-date", "j\n", true},
    {"detail-text", "jjj\n", true},
    {"dtype", "jjt", true},
    {"data", "jjv", true},
    {"lines", "jv7Gr", true},
    {"cell", "Gv8G\n", true},
    {"faults", "f", true},
    {"code", "Ay", true},
    {"export", "Ae", true},
    {"help", "?", true},
    {"palette", ":", true},
    {"quit", "Aq", false},
    {"message", "jau", false},
};

static void test_every_view(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
    char *got = NULL;
    size_t n;
    FILE *f = open_memstream(&got, &n);
    for (int mode = 0; mode < MODES; mode++) {
      struct world w;
      open_world(&w, mode == ASCII);
      draw(&w, 80, 24);
      press(&w, views[i].keys);
      print_sizes(&w, f, (enum mode)mode, views[i].largest);
      close_world(&w);
    }
    fclose(f);
    compare(got, views[i].name);
    free(got);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_view)};
  const char *source = getenv("srcdir");
  char here[400];
  if (setlocale(LC_ALL, "C.UTF-8") == NULL)
    return 77;
  setlocale(LC_NUMERIC, "C");
  if (getcwd(here, sizeof here) == NULL || mkdtemp(folder) == NULL)
    return 1;
  source = source == NULL ? "." : source;
  snprintf(stored, sizeof stored, "%s%s%s/tests/data/screens",
           source[0] == '/' ? "" : here, source[0] == '/' ? "" : "/", source);
  if (chdir(folder) != 0)
    return 1;
  write_orders();
  int rc = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(ORDERS);
  return chdir("/") == 0 && rmdir(folder) == 0 ? rc : 1;
}
