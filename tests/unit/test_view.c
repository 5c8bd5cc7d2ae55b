/* Screens drawn from a snapshot made by hand, compared with stored ones exactly.
 *
 * MEMTOP_GENERATE=1 writes the stored screens anew; look at them before keeping
 * them.  MEMTOP_SCREENS names their folder. */
#include <errno.h>
#include <locale.h>
#include <math.h>
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

/* --- a dataset ----------------------------------------------------------------- */

#define ROWS 18000
#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)

static const struct {
  const char *name;
  struct mt_column_view view;
} shop[15] = {
#define COLUMN(name_, dtype_, nulls_, distinct_, now_, suggested_, type_, class_,        \
               bytes_)                                                                   \
  {                                                                                      \
    .name = name_, .view = {                                                             \
      .dtype = dtype_,                                                                   \
      .nulls = nulls_,                                                                   \
      .distinct = distinct_,                                                             \
      .distinct_exact = true,                                                            \
      .now = now_,                                                                       \
      .after = now_,                                                                     \
      .suggested = suggested_,                                                           \
      .suggested_dtype = type_,                                                          \
      .suggested_class = MT_CLASS_##class_,                                              \
      .suggested_bytes = bytes_,                                                         \
      .planned = dtype_                                                                  \
    }                                                                                    \
  }
    COLUMN("order_id", "int64", 0, 18000, 144000, "uint16", MT_UINT16, EXACT, 36000),
    COLUMN("ordered_at", "str", 0, 17953, 1224000, "datetime64[us]", MT_DATETIME, EQUAL,
           144000),
    COLUMN("customer_id", "int64", 0, 3210, 144000, "uint16", MT_UINT16, EXACT, 36000),
    COLUMN("city", "str", 0, 24, 1012345, "category", MT_CATEGORY, EXACT, 19422),
    COLUMN("zip", "int64", 0, 812, 144000, "string", MT_STRING, EXACT, 972000),
    COLUMN("country", "str", 0, 6, 918000, "category", MT_CATEGORY, EXACT, 18312),
    COLUMN("product", "str", 0, 140, 1208700, "category", MT_CATEGORY, EXACT, 25870),
    COLUMN("quantity", "int64", 0, 12, 144000, "uint8", MT_UINT8, EXACT, 18000),
    COLUMN("unit_price", "float64", 0, 1875, 144000, "float32", MT_FLOAT32, ROUNDED,
           72000),
    COLUMN("discount", "float64", 12411, 9, 144000, "float32", MT_FLOAT32, ROUNDED,
           72000),
    COLUMN("gift", "bool", 0, 2, 18000, "bool", MT_BOOL, NONE, 18000),
    COLUMN("newsletter", "str", 0, 2, 920250, "boolean", MT_BOOL, REVIEW, 36000),
    COLUMN("rating", "float64", 7204, 5, 144000, "Int8", MT_INT8, EXACT, 36000),
    COLUMN("a very long column name that nobody would ever type by hand", "float64",
           18000, 0, 144000, "Int8", MT_INT8, EXACT, 36000),
    COLUMN("comment\x1b[31m", "str", 9120, 8702, 1873221, NULL, 0, NONE, 1873221),
#undef COLUMN
};

struct world {
  struct mt_snapshot snap;
  struct mt_reader_schema schema;
  struct mt_name *names;
  struct mt_ui ui;
  struct mt_canvas canvas;
};

static void add_totals(struct mt_snapshot *s)
{
  s->index_bytes = 132;
  s->now_total = s->after_total = s->index_bytes;
  for (size_t i = 0; i < s->column_count; i++) {
    s->now_total += s->columns[i].now;
    s->after_total += s->columns[i].after;
  }
}

static void add_memory(struct mt_snapshot *s)
{
  s->memory = (struct mt_memory){.rss = MIB(41),
                                 .rss_peak = MIB(44),
                                 .limit = MIB(4096),
                                 .used = MIB(1900),
                                 .available = MIB(2196),
                                 .cgroup = true};
  mt_tape_init(&s->tape, 0.1);
  for (int i = 0; i < 120; i++)
    mt_tape_add(&s->tape, 0.1 * i, MIB(4) + (uint64_t)(i < 60 ? i : 60) * KIB(660),
                MIB(1200) + (uint64_t)(i * i % 700) * MIB(1));
  mt_tape_note(&s->tape, MT_EVENT_SCAN, 0.2, 4);
  mt_tape_note(&s->tape, MT_EVENT_APPLY, 6, 6);
  mt_tape_note(&s->tape, MT_EVENT_UNDO, 7, 7);
  mt_tape_note(&s->tape, MT_EVENT_EXPORT, 8, INFINITY);
}

/* What a load takes of the machine: 99 MiB before it, the peak a quarter above it. */
static void add_load(struct mt_snapshot *s, uint64_t available)
{
  s->resident_total = s->peak_low = s->now_total;
  s->peak_high = s->now_total / 4 * 5;
  s->base = MIB(99);
  s->memory.available = available;
  s->verdict = mt_verdict(s->peak_high, s->base, available);
}

static void set_resident(struct mt_column_view *v, uint64_t resident)
{
  v->resident = resident;
  v->suggested_resident =
      v->suggested_class == MT_CLASS_NONE ? resident : v->suggested_bytes;
  v->after_resident = resident;
}

/* Columns beyond the 15 are floats called V1, V2 ... */
static void make_world(struct world *w, size_t columns)
{
  memset(w, 0, sizeof *w);
  w->names = calloc(columns + 1, sizeof *w->names);
  w->snap.columns = calloc(columns + 1, sizeof *w->snap.columns);
  for (size_t i = 0; i < columns; i++) {
    char text[80];
    snprintf(text, sizeof text, "V%zu", i + 1);
    if (columns <= 15)
      snprintf(text, sizeof text, "%s", shop[i].name);
    w->names[i] = (struct mt_name){strdup(text), strlen(text)};
    w->snap.columns[i] = shop[columns <= 15 ? i : 8].view;
    set_resident(&w->snap.columns[i], w->snap.columns[i].now);
  }
  w->schema = (struct mt_reader_schema){.names = w->names,
                                        .columns = columns,
                                        .path = "data/shop.csv",
                                        .size = 2412345,
                                        .format = "csv, comma, utf-8"};
  w->snap.names = w->names;
  w->snap.column_count = columns;
  w->snap.rows = ROWS;
  w->snap.scan = MT_SCAN_DONE;
  w->snap.scan_seconds = 0.42;
  w->snap.plan_version = 1;
  add_totals(&w->snap);
  add_memory(&w->snap);
  add_load(&w->snap, w->snap.memory.available);
  mt_ui_init(&w->ui, &w->schema, &w->snap);
  mt_canvas_init(&w->canvas, false);
}

static void free_world(struct world *w)
{
  for (size_t i = 0; i < w->snap.column_count; i++)
    free(w->names[i].text);
  free(w->names);
  free(w->snap.columns);
  mt_ui_reset(&w->ui);
  mt_canvas_reset(&w->canvas);
}

static void apply(struct world *w, size_t column)
{
  struct mt_column_view *v = &w->snap.columns[column];
  v->changed = true;
  v->planned = v->suggested;
  v->planned_dtype = v->suggested_dtype;
  v->planned_class = v->suggested_class;
  v->after = v->after_resident = v->suggested_bytes;
  w->snap.plan_version++;
  add_totals(&w->snap);
}

static void draw(struct world *w, int width, int height)
{
  w->ui.width = width;
  w->ui.height = height;
  assert_int_equal(mt_ui_update(&w->ui), 0);
  assert_int_equal(mt_canvas_resize(&w->canvas, width, height), 0);
  mt_ui_draw(&w->ui, &w->canvas);
}

/* The canvas as text; free it. */
static char *picture(const struct world *w)
{
  char *text = NULL;
  size_t n;
  FILE *f = open_memstream(&text, &n);
  mt_canvas_print(&w->canvas, f);
  fclose(f);
  return text;
}

static const char *screens_folder(void)
{
  const char *folder = getenv("MEMTOP_SCREENS"), *source = getenv("srcdir");
  static char path[600];
  if (folder != NULL)
    return folder;
  snprintf(path, sizeof path, "%s/tests/data/screens", source == NULL ? "." : source);
  return path;
}

static void compare(const struct world *w, const char *name)
{
  char path[700], *got = picture(w), *want = calloc(1, 1 << 16);
  snprintf(path, sizeof path, "%s/%s.txt", screens_folder(), name);
  if (getenv("MEMTOP_GENERATE") != NULL) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(got, f);
    assert_int_equal(fclose(f), 0);
  }
  FILE *f = fopen(path, "r");
  if (f == NULL)
    fail_msg("no stored screen %s", path);
  size_t n = fread(want, 1, (1 << 16) - 1, f);
  fclose(f);
  want[n] = '\0';
  if (strcmp(got, want) != 0)
    fail_msg("%s differs; now it is:\n%s", path, got);
  free(want);
  free(got);
}

static bool shows(const struct world *w, const char *text)
{
  char *all = picture(w);
  bool found = strstr(all, text) != NULL;
  free(all);
  return found;
}

/* --- tests --------------------------------------------------------------------- */

static const struct {
  int width, height;
} sizes[] = {{200, 60}, {120, 30}, {80, 24}, {60, 16}, {40, 10}, {20, 5}};

static void test_dashboard_screens(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct world w;
    char name[64];
    make_world(&w, 15);
    w.snap.columns[4].warn = true;
    w.snap.columns[14].distinct_exact = false;
    apply(&w, 1);
    apply(&w, 3);
    apply(&w, 5);
    w.ui.table.cursor = 0;
    draw(&w, sizes[i].width, sizes[i].height);
    w.ui.table.cursor = 3;
    draw(&w, sizes[i].width, sizes[i].height);
    snprintf(name, sizeof name, "shop-%dx%d", sizes[i].width, sizes[i].height);
    compare(&w, name);
    free_world(&w);
  }
}

static void test_every_size_keeps_names_and_savings(void **state)
{
  (void)state;
  static const size_t counts[] = {0, 1, 15, 2598};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
    struct world w;
    make_world(&w, counts[k]);
    for (int width = 1; width < 210; width += width < 50 ? 1 : 17)
      for (int height = 1; height < 70; height += height < 12 ? 1 : 9)
        draw(&w, width, height);
    for (size_t i = 0; counts[k] > 0 && i < sizeof sizes / sizeof *sizes; i++) {
      draw(&w, sizes[i].width, sizes[i].height);
      assert_true(shows(&w, counts[k] > 15 ? "V1" : "order_id"));
      assert_true(shows(&w, counts[k] > 15 ? "70.3K" : "105K"));
    }
    free_world(&w);
  }
}

static void test_scanning(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  w.snap.scan = MT_SCAN_RUNNING;
  w.snap.rows = 8112;
  w.snap.scan_seconds = 2;
  w.snap.progress = (struct mt_reader_progress){MIB(45), MIB(100), false};
  draw(&w, 120, 30);
  compare(&w, "scanning-120x30");
  assert_true(shows(&w, "45 %"));
  assert_true(shows(&w, "22.5 MiB/s"));
  assert_true(shows(&w, "2.4 s left"));
  assert_true(shows(&w, "not proven: 8,112 rows read"));
  w.snap.scan = MT_SCAN_PARTIAL;
  draw(&w, 80, 24);
  assert_true(shows(&w, "first 8,112 rows, not proven"));
  assert_false(shows(&w, "checked"));
  free_world(&w);
}

static void test_faults_and_failure(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 3);
  mt_fault_add(&w.snap.faults, MT_FAULT_SHORT_ROW, 1207, 9000, 2);
  mt_fault_add(&w.snap.faults, MT_FAULT_NUL, 3300, 19000, 1);
  draw(&w, 120, 30);
  assert_true(shows(&w, "1 row with too few fields"));
  assert_true(shows(&w, "first on line 1,207, and 1 more: f"));
  draw(&w, 80, 24);
  assert_true(shows(&w, "2 faults: f lists them"));
  draw(&w, 40, 10); /* where there is no line for it */
  assert_true(shows(&w, "! 2 faults"));
  static const struct {
    int width, height;
  } all[] = {{200, 60}, {120, 30}, {80, 24}, {40, 10}};
  mt_help_open(&w.ui);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    draw(&w, all[i].width, all[i].height);
    assert_true(shows(&w, "faults of this file"));
    assert_true(shows(&w, "row with too few fields"));
    assert_true(shows(&w, "1,207"));
  }
  mt_ui_pop(&w.ui);
  w.snap.scan = MT_SCAN_FAILED;
  mt_fail(&w.snap.error, EIO, "the file changed while reading");
  draw(&w, 80, 24);
  assert_true(shows(&w, "the file changed while reading"));
  free_world(&w);
}

static void test_remarks(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  w.snap.null_words = (struct mt_null_words){.count = 66234, .columns = 2};
  w.snap.null_words.first = (struct mt_place){.line = 2, .len = 3, .text = "\x1bNAxxx"};
  draw(&w, 120, 30);
  assert_true(shows(&w, "66,234 texts such as \\x1BNA read as null"));
  w.snap.columns[4].warn = true;
  w.snap.implicit_index = 1;
  draw(&w, 200, 60);
  assert_true(shows(&w, "pandas would take the first column as the index"));
  assert_true(shows(&w, "pandas 3 by default changes zip"));
  w.snap.columns[0].warn = true;
  draw(&w, 200, 60);
  assert_true(shows(&w, "pandas 3 by default changes 2 columns"));
  free_world(&w);
}

static void test_verdict(void **state)
{
  (void)state;
  static const struct {
    uint64_t available;
    const char *says;
  } rooms[] = {
      {MIB(2196), "✓ fits"}, {MIB(150), "! tight"}, {MIB(100), "✗ does not fit"}};
  struct world w;
  make_world(&w, 15);
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
    add_load(&w.snap, rooms[i].available);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes - 1; k++) { /* but 20x5 */
      w.snap.scan = MT_SCAN_DONE;
      draw(&w, sizes[k].width, sizes[k].height);
      assert_true(shows(&w, rooms[i].says));
      w.snap.scan = MT_SCAN_PARTIAL; /* more rows take more */
      draw(&w, sizes[k].width, sizes[k].height);
      assert_int_equal(shows(&w, rooms[i].says), i == 2);
    }
  }
  free_world(&w);
}

static void test_peak(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  assert_true(shows(&w, "peak 107 MiB to 109 MiB of 2.14 GiB free ✓ fits"));
  draw(&w, 80, 24);
  assert_true(shows(&w, "peak 109 MiB of 2.14 GiB free ✓ fits"));
  draw(&w, 48, 16);
  assert_true(shows(&w, "peak 109 MiB ✓ fits"));
  add_load(&w.snap, MT_UNKNOWN);
  draw(&w, 120, 30);
  assert_true(shows(&w, "109 MiB"));
  assert_false(shows(&w, "fit"));
  assert_false(shows(&w, "free"));
  add_load(&w.snap, MIB(2196));
  w.snap.peak_low = w.snap.peak_high = MT_UNKNOWN;
  w.snap.verdict = MT_VERDICT_UNKNOWN;
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    draw(&w, sizes[k].width, sizes[k].height);
    assert_false(shows(&w, "fit"));
    assert_int_equal(shows(&w, "peak unknown"), sizes[k].width >= 60);
  }
  free_world(&w);
}

/* What stays is said where it is not what is reported. */
static void test_resident(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  assert_false(shows(&w, "resident"));
  w.snap.resident_total /= 2;
  draw(&w, 120, 30);
  assert_true(shows(&w, "resident "));
  w.snap.resident_total = MT_UNKNOWN;
  draw(&w, 120, 30);
  assert_false(shows(&w, "resident"));
  free_world(&w);
}

static void test_sentinels(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  w.snap.columns[0].sentinels = 1234;
  w.snap.columns[0].sentinel_words = 1 << mt_sentinel((const uint8_t *)"?", 1);
  draw(&w, 200, 60);
  assert_true(shows(&w, "! order_id is numbers but for \"?\""));
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes - 1; i++) {
    draw(&w, sizes[i].width, sizes[i].height);
    assert_true(shows(&w, "0 makes \"?\" null"));
  }
  draw(&w, 80, 24);
  assert_true(shows(&w, "(1,234 cells)"));
  w.snap.columns[0].sentinel_words |= 1 << mt_sentinel((const uint8_t *)"-", 1);
  w.snap.columns[3].sentinels = 1;
  draw(&w, 200, 60);
  assert_true(shows(&w, "0 makes \"-\" and 1 more null"));
  assert_true(shows(&w, "! 2 columns are numbers but for sentinels"));
  free_world(&w);
}

static void test_pipe(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  w.schema.size = 0;
  w.snap.scan = MT_SCAN_RUNNING;
  w.snap.scan_seconds = 2;
  w.snap.progress = (struct mt_reader_progress){MIB(45), 0, false};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    draw(&w, sizes[i].width, sizes[i].height);
    assert_false(shows(&w, " 0 %"));
    assert_false(shows(&w, " 0 B"));
  }
  draw(&w, 80, 24);
  assert_true(shows(&w, "scanning 45.0 MiB read   22.5 MiB/s"));
  w.snap.scan = MT_SCAN_PARTIAL;
  draw(&w, 120, 30);
  assert_true(shows(&w, "not proven"));
  assert_false(shows(&w, "an export reads the rest")); /* none can */
  free_world(&w);
}

/* Only letters, digits, punctuation: nothing from the data is obeyed. */
static void test_names_are_sanitised(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  w.ui.table.cursor = 14;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    draw(&w, sizes[i].width, sizes[i].height);
    char *text = picture(&w);
    assert_null(strchr(text, '\x1b'));
    free(text);
  }
  free_world(&w);
}

/* What nobody has sanitised does not act on a terminal either. */
static void test_canvas_holds_no_controls(void **state)
{
  (void)state;
  struct mt_canvas c;
  char *text = NULL;
  size_t n;
  FILE *f = open_memstream(&text, &n);
  mt_canvas_init(&c, false);
  assert_int_equal(mt_canvas_resize(&c, 20, 1), 0);
  mt_canvas_text(&c, 0, 0, 20, MT_ROLE_TEXT,
                 "a\x1b[2J\n\x7f\xc2\x9b"
                 "b");
  mt_canvas_print(&c, f);
  assert_int_equal(fclose(f), 0);
  assert_string_equal(text, "a?[2J???b\n");
  free(text);
  mt_canvas_reset(&c);
}

static void test_ascii(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  apply(&w, 3);
  w.canvas.glyphs = mt_theme_glyphs(true);
  draw(&w, 80, 24);
  compare(&w, "ascii-80x24");
  char *text = picture(&w);
  for (const char *p = text; *p != '\0'; p++)
    assert_true((unsigned char)*p < 0x80);
  free(text);
  free_world(&w);
}

static void test_sort_follows_column(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  mt_ui_key(&w.ui, 'j'); /* ordered_at */
  w.ui.table.sort = MT_SORT_SAVING;
  draw(&w, 120, 30);
  assert_int_equal(mt_table_column(&w.ui.table), 1);
  assert_int_equal(w.ui.table.cursor, 1);
  assert_int_equal(w.ui.table.order[0], 6);
  mt_ui_key(&w.ui, 'S');
  draw(&w, 120, 30);
  assert_int_equal(w.ui.table.order[0], 4);
  assert_int_equal(mt_table_column(&w.ui.table), 1);
  free_world(&w);
}

/* What counts is what is freed: equal texts are one object. */
static void test_sort_by_what_is_freed(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  w.snap.engine = MT_PANDAS2;
  set_resident(&w.snap.columns[6], w.snap.columns[6].now / 20);
  w.ui.table.sort = MT_SORT_SAVING;
  draw(&w, 120, 30);
  assert_int_not_equal(w.ui.table.order[0], 6); /* it reports the most */
  while (mt_table_column(&w.ui.table) != 6)
    mt_ui_key(&w.ui, 'j');
  draw(&w, 120, 30);
  assert_true(shows(&w, ", really "));
  free_world(&w);
}

static void type(struct world *w, const char *keys)
{
  for (; *keys != '\0'; keys++)
    mt_ui_key(&w->ui, (unsigned char)*keys);
}

static void test_search(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  type(&w, "/NO");
  assert_int_equal(w.ui.table.cursor, 0); /* capitals count */
  type(&w, "\x15"
           "dis");
  assert_int_equal(w.ui.table.cursor, 9);
  mt_ui_key(&w.ui, MT_KEY_ESC);
  assert_int_equal(w.ui.table.cursor, 0);
  type(&w, "/order");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  assert_int_equal(w.ui.table.cursor, 0);
  type(&w, "n");
  assert_int_equal(w.ui.table.cursor, 1);
  type(&w, "n");
  assert_int_equal(w.ui.table.cursor, 0);
  type(&w, "NG");
  assert_int_equal(w.ui.table.cursor, 14);
  type(&w, "g");
  assert_int_equal(w.ui.table.cursor, 0);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_TABLE);
  free_world(&w);
}

static void click(struct world *w, int x, int y, int what)
{
  mt_ui_mouse(&w->ui, &w->canvas, &(struct mt_mouse){.what = what, .x = x, .y = y});
}

/* What is typed is followed as long as it is a filter; Esc goes back to the one before.
 */
static void test_filter(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  type(&w, "jjj&"); /* city */
  draw(&w, 120, 30);
  assert_true(shows(&w, "a part of a name, or saving>100M"));
  type(&w, "order");
  draw(&w, 120, 30);
  assert_int_equal(w.ui.table.len, 2);
  assert_true(shows(&w, "& order  2 of 15"));
  type(&w, "\x15saving>"); /* the last filter stays until this is one */
  draw(&w, 120, 30);
  assert_true(shows(&w, "a size such as 100M follows saving>"));
  type(&w, ">");
  draw(&w, 120, 30);
  assert_true(shows(&w, "& saving>: a size such as 100M was expected after >"));
  assert_true(shows(&w, "Enter keeps it, Esc goes back\n"));
  mt_ui_key(&w.ui, MT_KEY_ENTER); /* is no answer to that */
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_FILTER);
  mt_ui_key(&w.ui, MT_KEY_BACKSPACE);
  type(&w, "500K");
  draw(&w, 120, 30);
  compare(&w, "filtering-120x30");
  assert_int_equal(mt_table_column(&w.ui.table), 3); /* still on city */
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  draw(&w, 120, 30);
  assert_true(shows(&w, "10 filtered"));
  assert_true(shows(&w, "2 of 5"));
  type(&w, "&,nulls=0 zzz");
  draw(&w, 120, 30);
  assert_true(shows(&w, "none of 15 columns: & saving>500K,nulls=0 zzz"));
  assert_true(shows(&w, "Esc shows them again"));
  mt_ui_key(&w.ui, MT_KEY_ESC);
  draw(&w, 120, 30);
  assert_int_equal(w.ui.table.len, 5);
  assert_int_equal(mt_table_column(&w.ui.table), 3);
  type(&w, "/prod");
  mt_ui_key(&w.ui, MT_KEY_ENTER); /* a search leaves the filter alone */
  assert_int_equal(mt_table_column(&w.ui.table), 6);
  mt_ui_key(&w.ui, MT_KEY_ESC);
  draw(&w, 120, 30);
  assert_true(shows(&w, "filter cleared: 10 columns came back"));
  type(&w, "&not name=city\r");
  draw(&w, 120, 30);
  mt_ui_key(&w.ui, MT_KEY_ESC);
  draw(&w, 120, 30);
  assert_true(shows(&w, "filter cleared: 1 column came back"));
  mt_help_open(&w.ui); /* has the language */
  type(&w, "/sentinels");
  draw(&w, 80, 24);
  assert_true(shows(&w, "cells such as - among numbers"));
  mt_ui_key(&w.ui, MT_KEY_ESC);
  mt_ui_key(&w.ui, MT_KEY_ESC);
  draw(&w, 120, 30);
  assert_int_equal(mt_table_column(&w.ui.table), 6);
  assert_int_equal(w.ui.table.len, 15);
  free_world(&w);
}

/* While the name of a field is typed, the table does not go empty in between. */
/* What is wrong with a filter is told to its end, over rows of the table if need be. */
static void test_filter_in_few_columns(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 40, 10);
  type(&w, "&foo>");
  draw(&w, 40, 10);
  assert_true(shows(&w, "\n there is no field foo, but name dtype\n suggested nulls"));
  assert_false(shows(&w, "…"));
  free_world(&w);
}

static void test_filter_does_not_flicker(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  type(&w, "&");
  for (const char *key = "saving>1K"; *key != '\0'; key++) {
    mt_ui_key(&w.ui, (unsigned char)*key);
    draw(&w, 80, 24);
    assert_true(w.ui.table.len > 0);
  }
  type(&w, "\x15null");
  mt_ui_key(&w.ui, MT_KEY_ENTER); /* but what is kept is what was typed */
  draw(&w, 80, 24);
  assert_int_equal(w.ui.table.len, 0);
  assert_true(shows(&w, "0 of 0"));
  mt_ui_key(&w.ui, 'a');
  draw(&w, 80, 24);
  assert_true(shows(&w, "no column is shown: Esc clears the filter"));
  free_world(&w);
}

/* A message that one line cannot hold takes the column's, too: what to do next is at
 * its end. */
static void test_long_message(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  mt_ui_say(&w.ui, MT_ROLE_BAD, "%s",
            "orders.csv changed while it was read: it became "
            "longer: wait until it is complete, then start again");
  draw(&w, 80, 24);
  assert_true(shows(&w, "\n orders.csv changed while it was read: it became longer: wait "
                        "until it is\n complete, then start again\n"));
  mt_ui_say(&w.ui, MT_ROLE_TEXT, "short");
  draw(&w, 80, 24);
  assert_true(shows(&w, "\n order_id  int64"));
  assert_true(shows(&w, "\n short\n"));
  free_world(&w);
}

/* However much there is to tell in the status line, that there are faults stays. */
static void test_changes_and_faults_in_the_status(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  w.snap.faults.count[MT_FAULT_SHORT_ROW] = 1234;
  for (size_t i = 0; i < 15; i++)
    apply(&w, i);
  draw(&w, 100, 24);
  assert_true(shows(&w, "15 columns changed by the plan   ⚠ 1,234 faults: f lists them"));
  draw(&w, 80, 24);
  assert_true(shows(&w, "15 changed   ⚠ 1,234 faults: f lists them"));
  w.snap.scan = MT_SCAN_PARTIAL;
  draw(&w, 80, 24);
  assert_true(shows(&w, "reads the rest   ⚠ 1,234 faults\n"));
  free_world(&w);
}

/* Before anything is changed: what the safe suggestions together would save; where there
 * is no room beside the totals, beside the state of the scan. */
static void test_offer(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  assert_true(shows(&w, "free ✓ fits   A saves 3.71 MiB (−46.7 %)\n"));
  draw(&w, 80, 24);
  assert_true(shows(&w, "in 0.4 s   A saves 3.71 MiB (−46.7 %)\n"));
  w.snap.columns[4].warn = true;
  mt_ui_reset(&w.ui);
  mt_ui_init(&w.ui, &w.schema, &w.snap);
  draw(&w, 80, 24);
  assert_true(shows(&w, "(−46.7 %)   ⚠ zip misread\n"));
  w.snap.faults.count[MT_FAULT_SHORT_ROW] = 1234;
  draw(&w, 80, 24);
  assert_true(shows(&w, "A saves 3.71 MiB   ⚠ 1,234 faults: f lists them"));
  apply(&w, 3);
  draw(&w, 80, 24);
  assert_false(shows(&w, "A saves"));
  assert_true(shows(&w, "● 1 column changed by the plan"));
  free_world(&w);
  make_world(&w, 15);
  w.snap.scan = MT_SCAN_RUNNING;
  draw(&w, 120, 30);
  assert_false(shows(&w, "A saves"));
  free_world(&w);
}

/* Figures that do not fit are left out as a whole. */
static void test_strip_in_few_columns(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 66, 16);
  assert_true(
      shows(&w, "\n order_id  uint16 saves 105 KiB (−75.0 %)  ✓ exact, all rows\n"));
  draw(&w, 60, 16);
  assert_true(shows(&w, "\n order_id  uint16 saves 105 KiB (−75.0 %)  ✓ exact\n"));
  draw(&w, 40, 10);
  assert_true(shows(&w, "\n order_id  uint16 saves 105 KiB\n"));
  draw(&w, 28, 10);
  assert_true(shows(&w, "\n ord…_id  uint16 −105 KiB\n"));
  w.snap.scan = MT_SCAN_PARTIAL; /* nothing looks proven for want of room */
  draw(&w, 60, 16);
  assert_true(shows(&w, "\n order_id  uint16 saves 105 KiB (−75.0 %)  ✓ exact so far\n"));
  draw(&w, 56, 16);
  assert_true(shows(&w, "\n order_id  uint16 saves 105 KiB (−75.0 %)\n"));
  w.snap.scan = MT_SCAN_DONE;
  w.ui.table.cursor = 10;
  draw(&w, 40, 10);
  assert_true(shows(&w, "\n gift  nothing better: this dtype stays\n"));
  draw(&w, 30, 10);
  assert_true(shows(&w, "\n gift  nothing better\n"));
  free_world(&w);
}

/* The graphs make room for the table's bars. */
static void test_bars_beside_what_stays(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 12);
  draw(&w, 120, 30);
  assert_true(shows(&w, "╮╭─ memtop rss ────────── 41.0M ─╮"));
  for (size_t i = 0; i < 12; i++)
    set_resident(&w.snap.columns[i], w.snap.columns[i].now / 2);
  w.snap.plan_version++;
  draw(&w, 120, 30);
  assert_true(shows(&w, "resident"));
  assert_true(shows(&w, "━"));
  assert_true(shows(&w, "598K ━━"));
  assert_false(shows(&w, "nulls distinct"));
  for (size_t i = 0; i < 12; i++)
    if (w.snap.columns[i].suggested_dtype == MT_DATETIME)
      w.snap.columns[i].suggested = "date";
  w.snap.plan_version++;
  draw(&w, 120, 30);
  assert_true(shows(&w, "598K ━━"));
  assert_true(shows(&w, "nulls distinct"));
  free_world(&w);
}

/* Words behind a dialog are dim, but for the row that it is about. */
static void test_dialog_comes_forward(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  apply(&w, 0);
  type(&w, "c");
  draw(&w, 120, 30);
  enum { BRAND = 2, SECOND = 6 * 120 + 3 };
  assert_int_equal(w.canvas.cells[BRAND].text[0], L'e');
  assert_int_equal(w.canvas.cells[BRAND].role, MT_ROLE_DIM);
  assert_int_equal(w.canvas.cells[5 * 120 + 3].role, MT_ROLE_SELECTED);
  assert_int_equal(w.canvas.cells[SECOND].text[0], L'o');
  assert_int_equal(w.canvas.cells[SECOND].role, MT_ROLE_DIM);
  mt_ui_key(&w.ui, MT_KEY_ESC);
  draw(&w, 120, 30);
  assert_int_equal(w.canvas.cells[BRAND].role, MT_ROLE_BRAND);
  assert_int_equal(w.canvas.cells[SECOND].role, MT_ROLE_TEXT);
  free_world(&w);
}

static void test_marks(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  apply(&w, 3);
  draw(&w, 120, 30);
  type(&w, "j  jj "); /* two, and one behind them */
  assert_int_equal(w.ui.table.marked, 3);
  assert_int_equal(w.ui.table.cursor, 6);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char name[64];
    draw(&w, sizes[i].width, sizes[i].height);
    if (sizes[i].width == 20)
      continue;
    snprintf(name, sizeof name, "marked-%dx%d", sizes[i].width, sizes[i].height);
    compare(&w, name);
  }
  w.canvas.glyphs = mt_theme_glyphs(true);
  type(&w, "gk"); /* marked is not applied, and neither is the cursor */
  draw(&w, 80, 24);
  assert_true(shows(&w, "\n #ordered_at "));
  assert_true(shows(&w, "\n* city "));
  assert_true(shows(&w, "# 3 marked"));
  type(&w, "-"); /* they go, and their marks */
  draw(&w, 80, 24);
  assert_true(shows(&w, "3 columns hidden from this table, not from the plan"));
  assert_true(shows(&w, "3 hidden"));
  assert_int_equal(w.ui.table.marked, 0);
  assert_int_equal(w.ui.table.len, 12);
  type(&w, "++");
  draw(&w, 80, 24);
  assert_true(shows(&w, "no column is hidden: - hides one"));
  type(&w, "&int");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  type(&w, "\x1b&dtype=int64");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  type(&w, "*\x1b"); /* marked in the filter, then without it */
  draw(&w, 80, 24);
  assert_int_equal(w.ui.table.marked, 4);
  assert_int_equal(w.ui.table.len, 15);
  type(&w, "\x1b");
  draw(&w, 80, 24);
  assert_true(shows(&w, "4 marks cleared"));
  assert_int_equal(w.ui.table.marked, 0);
  free_world(&w);
}

static void test_parts(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  type(&w, "c");
  draw(&w, 120, 30);
  compare(&w, "parts-120x30");
  type(&w, " jj "); /* no dtype, but the share of nulls */
  mt_ui_key(&w.ui, MT_KEY_ESC);
  draw(&w, 120, 30);
  assert_false(shows(&w, "dtype   "));
  assert_true(shows(&w, "% null"));
  assert_true(shows(&w, "69.0"));
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    type(&w, "cG");
    draw(&w, sizes[i].width, sizes[i].height);
    mt_ui_key(&w.ui, 'q');
    assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_TABLE);
  }
  type(&w, "cg"); /* what they are: of all, or of none */
  draw(&w, 60, 16);
  assert_true(shows(&w, "share of the rows") && shows(&w, "different values"));
  draw(&w, 40, 10);
  assert_false(shows(&w, "share of") || shows(&w, "different values"));
  type(&w, "jjjjjjj\r"); /* what does not fit says so: class, at 40x10 */
  draw(&w, 40, 10);
  assert_true(shows(&w, "suggested"));
  free_world(&w);
}

static void test_mouse_in_the_table(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  click(&w, 45, 4, MT_MOUSE_CLICK); /* "now" */
  draw(&w, 120, 30);
  assert_int_equal(w.ui.table.sort, MT_SORT_NOW);
  assert_true(shows(&w, "now▼"));
  click(&w, 45, 4, MT_MOUSE_CLICK);
  draw(&w, 120, 30);
  assert_true(w.ui.table.reverse);
  assert_true(shows(&w, "now▲"));
  click(&w, 51, 4, MT_MOUSE_CLICK); /* the bar is no order */
  assert_int_equal(w.ui.table.sort, MT_SORT_NOW);
  click(&w, 1, 4, MT_MOUSE_CLICK);
  assert_int_equal(w.ui.table.sort, MT_SORT_NAME);
  w.ui.table.sort = MT_SORT_FILE;
  draw(&w, 120, 30);
  click(&w, 30, 8, MT_MOUSE_CLICK);
  assert_int_equal(w.ui.table.cursor, 3);
  click(&w, 30, 22, MT_MOUSE_CLICK); /* below the last row */
  assert_int_equal(w.ui.table.cursor, 3);
  click(&w, 100, 8, MT_MOUSE_CLICK); /* beside the table */
  assert_int_equal(w.ui.table.cursor, 3);
  click(&w, 30, 9, MT_MOUSE_DOUBLE);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_DETAIL);
  assert_int_equal(w.ui.choices.column, 4);
  free_world(&w);
}

/* What cannot be done now says why, and is dim in the footer. */
static void test_why_not(void **state)
{
  (void)state;
  static const struct {
    size_t row;
    char key;
    const char *why;
  } cases[] = {
      {0, 'u', "nothing to undo"},
      {0, 18, "nothing to redo"},
      {0, 'n', "nothing to search for: / begins a search"},
      {0, 'N', "nothing to search for: / begins a search"},
      {10, 'a', "nothing to apply: no better dtype is known for this column"},
      {3, 'a', "applied already: u takes the last change back, t chooses another dtype"},
      {0, '+', "no column is hidden: - hides one"},
  };
  struct world w;
  make_world(&w, 15);
  apply(&w, 3);
  draw(&w, 120, 30);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    w.ui.table.cursor = cases[i].row;
    mt_ui_key(&w.ui, cases[i].key);
    draw(&w, 120, 30);
    assert_true(shows(&w, cases[i].why));
  }
  w.snap.scan = MT_SCAN_RUNNING;
  w.snap.columns[0].sentinels = 5;
  w.ui.table.cursor = 0;
  mt_ui_key(&w.ui, '0');
  draw(&w, 120, 30);
  assert_true(shows(&w, "the file has to be read again for that"));
  free_world(&w);
}

/* Wide and combining characters leave everything behind them where it is. */
static void test_names_of_any_script(void **state)
{
  (void)state;
  /* Japanese; a letter and its accent; Korean that does not fit */
  static const char wide[] =
      "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe5\x88\x97";
  static const char longer[] = "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4 "
                               "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4 "
                               "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4 \xed\x95\x9c";
  static const char *const names[] = {wide, "cafe\xcc\x81", "plain", longer};
  struct world w;
  make_world(&w, 15);
  for (size_t i = 0; i < 4; i++) {
    free(w.names[i].text);
    w.names[i] = (struct mt_name){strdup(names[i]), strlen(names[i])};
  }
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes - 1; k++) {
    int place = -1;
    draw(&w, sizes[k].width, sizes[k].height);
    for (int y = 0; y < w.canvas.height; y++) {
      const struct mt_canvas_cell *row = w.canvas.cells + y * w.canvas.width;
      for (int x = 0; x + 4 < w.canvas.width && row[x].text[0] != L'M'; x++)
        if (row[x].text[0] == L'1' && row[x + 1].text[0] == L'4' &&
            row[x + 2].text[0] == L'1' && row[x + 3].text[0] == L'K') {
          assert_true(place == -1 || place == x); /* "now" of several columns */
          place = x;
          break;
        }
    }
    assert_true(place > 0);
  }
  free_world(&w);
}

static void test_quit_asks_when_unsaved(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  assert_int_equal(mt_ui_key(&w.ui, 'q') & MT_REACT_QUIT, MT_REACT_QUIT);
  apply(&w, 3);
  assert_int_equal(mt_ui_key(&w.ui, 'q') & MT_REACT_QUIT, 0);
  draw(&w, 80, 24);
  compare(&w, "quit-80x24");
  assert_int_equal(mt_ui_key(&w.ui, 'n') & MT_REACT_QUIT, 0);
  mt_ui_key(&w.ui, 'q');
  draw(&w, 40, 10);
  assert_true(shows(&w, "holds."));
  assert_true(shows(&w, "Quit all the same?"));
  assert_true(shows(&w, "y yes"));
  assert_int_equal(mt_ui_key(&w.ui, 'y') & MT_REACT_QUIT, MT_REACT_QUIT);
  free_world(&w);
}

/* A snapshot that does not show the plan's last change yet says so, and quitting asks. */
static void test_behind(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  assert_false(shows(&w, "counting anew"));
  w.snap.behind = true;
  draw(&w, 120, 30);
  assert_true(shows(&w, "pandas 3   counting anew"));
  assert_int_equal(mt_ui_key(&w.ui, 'q') & MT_REACT_QUIT, MT_REACT_QUIT);
  w.snap.undo_depth = 1;
  assert_int_equal(mt_ui_key(&w.ui, 'q') & MT_REACT_QUIT, 0);
  draw(&w, 120, 30);
  assert_true(shows(&w, "Quit all the same?"));
  free_world(&w);
}

/* What is known of the values of "quantity": 1 to 12, small ones most often. */
static void make_numbers(struct world *w)
{
  struct mt_portrait *p = &w->ui.portrait;
  struct mt_column_statistics *s = &p->statistics;
  static const double quantiles[] = {1, 1, 2, 3, 5, 9, 12};
  p->drawn = true;
  p->column = 7;
  p->detail = w->ui.choices.detail;
  *s =
      (struct mt_column_statistics){.count = ROWS, .min = 1, .max = 12, .integers = true};
  s->int_min = 1;
  s->int_max = 12;
  s->mean = 3.70251;
  s->stddev = 2.54119;
  memcpy(s->quantile, quantiles, sizeof quantiles);
  s->picture = (struct mt_picture){.bins = 12, .low = 1, .high = 12, .exact = true};
  for (size_t i = 0; i <= 12; i++)
    s->picture.edge[i] = (double)i + 1;
  for (size_t i = 0; i < 12; i++)
    s->picture.bin[i] = 4000 / (i + 2);
  s->top_exact = true;
  s->top_len = 12;
  for (size_t i = 0; i < s->top_len; i++) {
    s->top[i].len = (uint16_t)snprintf(s->top[i].text, MT_TOP_TEXT, "%zu", i + 1);
    s->top[i].count = 7200 / (i + 2);
  }
  s->values = ROWS;
  s->length_min = 1;
  s->length_max = 2;
  s->length_mean = 1.1;
  s->length[1] = 16200;
  s->length[2] = 1800;
  s->runs = 15932;
  s->sorted = MT_SORTED_NONE;
}

static void make_choices(struct world *w)
{
  struct mt_column_detail *d = &w->ui.choices.detail;
  w->ui.choices.column = 7;
  d->view = shop[7].view;
  set_resident(&d->view, d->view.now);
  for (int i = 0; i < MT_DTYPE_COUNT; i++) {
    struct mt_candidate *c = &d->candidate[i];
    c->name = mt_dtype_name((enum mt_dtype)i);
    c->class_ = MT_CLASS_EXACT;
    c->bytes =
        ROWS *
        (mt_dtype_width((enum mt_dtype)i) == 0 ? 4 : mt_dtype_width((enum mt_dtype)i));
  }
  d->candidate[MT_UINT8].suggested = true;
  d->candidate[MT_DROP].class_ = MT_CLASS_REVIEW;
  d->candidate[MT_DROP].bytes = 0;
  d->candidate[MT_BOOL] =
      (struct mt_candidate){.class_ = MT_CLASS_BLOCKED, .place = {.line = 48215}};
  snprintf(d->candidate[MT_BOOL].reason, sizeof d->candidate[MT_BOOL].reason,
           "2 is neither 0 nor 1");
  d->evidence_len = 2;
  snprintf(d->evidence[0], sizeof d->evidence[0],
           "every value is a whole number, 1 to 12");
  snprintf(d->evidence[1], sizeof d->evidence[1],
           "no value begins with a zero, so that reading the column as numbers loses "
           "nothing of its text");
  d->examples_len = 2;
  snprintf(d->examples[0], sizeof d->examples[0], "1");
  snprintf(d->examples[1], sizeof d->examples[1], "12");
  mt_choices_open(&w->ui, 7);
  make_numbers(w);
}

static void test_detail_and_picker(void **state)
{
  (void)state;
  struct world w;
  char name[64];
  make_world(&w, 15);
  draw(&w, 120, 30);
  make_choices(&w);
  mt_ui_push(&w.ui, &mt_view_detail);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    draw(&w, sizes[i].width, sizes[i].height);
    snprintf(name, sizeof name, "detail-%dx%d", sizes[i].width, sizes[i].height);
    if (sizes[i].height > 5)
      compare(&w, name);
  }
  mt_ui_key(&w.ui, 'q');
  mt_ui_push(&w.ui, &mt_view_picker);
  mt_ui_key(&w.ui, 'j');
  draw(&w, 80, 24);
  compare(&w, "picker-80x24");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    draw(&w, sizes[i].width, sizes[i].height);
  mt_ui_key(&w.ui, MT_KEY_ESC);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_TABLE);
  free_world(&w);
}

/* Every class is a whole word at 40 columns; lists that go on say so. */
static void test_choices_in_few_columns(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 40, 10);
  make_choices(&w);
  w.ui.choices.detail.candidate[MT_FLOAT32].class_ = MT_CLASS_ROUNDED;
  w.snap.scan = MT_SCAN_PARTIAL;
  mt_ui_push(&w.ui, &mt_view_detail);
  draw(&w, 40, 10);
  assert_true(shows(&w, " column   quantity   not proven\n"));
  w.snap.scan = MT_SCAN_DONE;
  mt_ui_push(&w.ui, &mt_view_picker);
  draw(&w, 40, 10);
  assert_true(shows(&w, "✓ uint8     17.6K −87.5 %  exact   │"));
  assert_true(shows(&w, " 2 of 17 ─╯"));
  for (int i = 0; i < 20; i++) {
    mt_ui_key(&w.ui, 'j');
    draw(&w, 40, 10);
    for (const char *const *word =
             (const char *const[]){"exact…", "equal…", "roun…", "revi…", NULL};
         *word != NULL; word++)
      assert_false(shows(&w, *word));
  }
  free_world(&w);
}

/* What the keys of the detail cannot do, they tell; and they lead nowhere when the table
 * shows no column to go to. */
static void test_detail_says_why_not(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  apply(&w, 7);
  draw(&w, 120, 30);
  make_choices(&w);
  mt_ui_push(&w.ui, &mt_view_detail);
  mt_ui_key(&w.ui, 'u');
  draw(&w, 120, 30);
  assert_true(shows(&w, "nothing to undo"));
  mt_ui_key(&w.ui, 'a');
  draw(&w, 120, 30);
  assert_true(shows(&w, "applied already: u takes the last change back, Enter"));
  assert_int_equal(mt_ui_key(&w.ui, 'l'), MT_REACT_SNAPSHOT | MT_REACT_DRAW);
  assert_int_equal(w.ui.choices.column, 1);
  struct mt_filter none;
  struct mt_filter_fault fault;
  assert_int_equal(mt_filter_parse(&none, "no_such_column", &fault), 0);
  mt_table_filter(&w.ui.table, &none);
  draw(&w, 120, 30);
  for (const char *key = "lh"; *key != '\0'; key++) {
    mt_ui_key(&w.ui, *key);
    assert_int_equal(w.ui.choices.column, 1);
    draw(&w, 120, 30);
    assert_true(shows(&w, "the table shows no other column"));
  }
  free_world(&w);
}

/* Lengths of all sizes take many lines: the evidence keeps its place all the same. */
static void test_detail_keeps_the_evidence(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 100, 22);
  make_choices(&w);
  w.ui.portrait.statistics.count = 0; /* texts */
  for (size_t i = 0; i < MT_LENGTH_BUCKETS; i++)
    w.ui.portrait.statistics.length[i] = 100;
  mt_ui_push(&w.ui, &mt_view_detail);
  draw(&w, 100, 22);
  assert_true(shows(&w, "evidence"));
  assert_true(shows(&w, "now"));
  assert_true(shows(&w, "planned"));
  assert_true(shows(&w, "lengths"));
  assert_true(shows(&w, "1 to 2 bytes"));
  free_world(&w);
}

/* Where the table leaves room, and only there. */
static void test_preview(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  make_choices(&w);
  w.ui.table.cursor = 7;
  draw(&w, 120, 30);
  assert_false(shows(&w, "most frequent"));
  draw(&w, 80, 24);
  assert_false(shows(&w, "most frequent"));
  draw(&w, 200, 60);
  compare(&w, "preview-200x60");
  free_world(&w);
  make_world(&w, 6);
  draw(&w, 120, 30);
  make_choices(&w);
  w.ui.portrait.column = 5;
  w.ui.table.cursor = 5;
  draw(&w, 120, 30);
  compare(&w, "preview-120x30");
  for (int height = 5; height < 70; height += 3)
    draw(&w, 40 + 3 * height, height);
  free_world(&w);
}

/* Tab goes through everything, at every size, and comes back. */
static void test_panes_of_the_detail(void **state)
{
  (void)state;
  static const char *const everything[] = {
      "every value is a whole number", "median", "highest bar 2,000", "1,028", "keep",
      "1 to 2 bytes, 1.1 on average"};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct world w;
    bool seen[6] = {false};
    if (sizes[i].height < 10)
      continue;
    make_world(&w, 15);
    draw(&w, 120, 30);
    make_choices(&w);
    mt_ui_push(&w.ui, &mt_view_detail);
    for (int step = 0; step < 12; step++) {
      draw(&w, sizes[i].width, sizes[i].height);
      for (size_t k = 0; k < 6; k++)
        seen[k] = seen[k] || shows(&w, everything[k]);
      assert_int_equal(mt_ui_key(&w.ui, MT_KEY_TAB), MT_REACT_DRAW);
    }
    for (size_t k = 0; k < 5; k++)
      if (!seen[k])
        fail_msg("%dx%d never shows \"%s\"", sizes[i].width, sizes[i].height,
                 everything[k]);
    assert_true(seen[5] || sizes[i].width == 120); /* no room: it is the least of it */
    free_world(&w);
  }
}

static void test_detail_of_texts_and_dates(void **state)
{
  (void)state;
  struct world w;
  struct mt_column_statistics *s;
  make_world(&w, 15);
  draw(&w, 120, 30);
  make_choices(&w);
  s = &w.ui.portrait.statistics;
  s->count = 0;
  s->top_len = 2;
  s->top[0] = (struct mt_top_value){.count = 9000, .len = 6, .text = "B\xc3\xa2\x1b[m"};
  s->top[1] = (struct mt_top_value){.count = 3000, .len = 0};
  w.ui.portrait.detail.view.plan_nulls = 1234;
  w.ui.portrait.detail.nulls = (struct mt_null_kinds){.empty = 1200, .words = 34};
  s->values = ROWS - 1234;
  mt_ui_push(&w.ui, &mt_view_detail);
  draw(&w, 120, 30);
  assert_true(shows(&w, "╭─ lengths ─"));
  assert_true(shows(&w, "B\u00e2\\x1B[m"));
  assert_true(shows(&w, "(empty text)"));
  assert_true(
      shows(&w, "│ 2                     1,800")); /* no text is longer than that */
  assert_true(shows(&w, "50.0 %"));
  assert_true(shows(&w, "1,234 (6.86 %)"));
  assert_true(shows(&w, "1,200 empty, 34 words such as NA"));
  compare(&w, "detail-texts-120x30");
  s->length_max = 1;
  draw(&w, 120, 30);
  assert_true(shows(&w, " 1 byte each "));
  w.ui.portrait.dated = true;
  for (int i = 0; i <= MT_HISTOGRAM_BINS; i++)
    w.ui.portrait.dates.edge[i] = 1735689600 + 1576800 * i;
  for (int i = 0; i < MT_HISTOGRAM_BINS; i++)
    w.ui.portrait.dates.bin[i] = (uint64_t)(10 + i % 7);
  draw(&w, 120, 30);
  assert_true(shows(&w, "╭─ dates ─"));
  assert_true(shows(&w, "2025-01-01"));
  assert_true(shows(&w, "2026-01-01"));
  assert_true(shows(&w, "365 days"));
  w.ui.portrait.dates.edge[MT_HISTOGRAM_BINS] = 1735689600 + 86400;
  draw(&w, 120, 30);
  assert_true(shows(&w, " 1 day "));
  w.ui.portrait.dates.times = true;
  w.ui.portrait.dates.edge[MT_HISTOGRAM_BINS] = 1735689600 + 4120;
  draw(&w, 120, 30);
  assert_true(shows(&w, " 68 min 40 s "));
  w.ui.portrait.dates.edge[MT_HISTOGRAM_BINS] =
      1735689600 + 1576800 * (int64_t)MT_HISTOGRAM_BINS;
  w.ui.portrait.dates.edge[0] -= 60;
  draw(&w, 200, 60);
  assert_true(shows(&w, "2024-12-31 23:59"));
  free_world(&w);
}

static void test_memory_view(void **state)
{
  (void)state;
  struct world w;
  char name[64];
  make_world(&w, 15);
  apply(&w, 3);
  draw(&w, 80, 24);
  type(&w, "z");
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_MEMORY);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    draw(&w, sizes[i].width, sizes[i].height);
    snprintf(name, sizeof name, "memory-%dx%d", sizes[i].width, sizes[i].height);
    if (sizes[i].height > 5)
      compare(&w, name);
  }
  w.ui.graphs.style = MT_GRAPH_BRAILLE;
  draw(&w, 120, 30);
  compare(&w, "memory-braille-120x30");
  type(&w, "z");
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_TABLE);
  free_world(&w);
}

/* A dataset that can be seen on the machine's scale: all bars share it, and the rule. */
static void test_footprint_against_the_limit(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  for (size_t i = 0; i < 15; i++) {
    w.snap.columns[i].now *= 300;
    w.snap.columns[i].after *= i < 8 ? 100 : 300;
  }
  add_totals(&w.snap);
  add_load(&w.snap, w.snap.memory.available);
  type(&w, "z");
  draw(&w, 80, 24);
  compare(&w, "memory-does-not-fit-80x24");
  assert_true(shows(&w, "✗ does not fit in 2.14G free"));
  assert_true(shows(&w, " loading: 4.86G "));
  free_world(&w);
}

/* Draws the memory view with these events alone. */
static void draw_events(struct world *w, const struct mt_event *event, size_t n)
{
  struct mt_tape *t = &w->snap.tape;
  t->events = 0;
  for (size_t i = 0; i < n; i++)
    mt_tape_note(t, event[i].kind, event[i].from, event[i].to);
  draw(w, 60, 20);
}

/* Marks that lie together share a line of names; at the right end they stand before it.
 */
static void test_names_of_marks(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  type(&w, "z");
  draw_events(
      &w, (const struct mt_event[]){{MT_EVENT_SCAN, 0, 1}, {MT_EVENT_APPLY, 1, 1}}, 2);
  assert_true(shows(&w, "├───▲ scan, apply  "));
  draw_events(
      &w, (const struct mt_event[]){{MT_EVENT_SCAN, 0, 1}, {MT_EVENT_APPLY, 1.3, 1.3}},
      2);
  assert_true(shows(&w, "├───┤▲ scan, apply  "));
  draw_events(
      &w, (const struct mt_event[]){{MT_EVENT_SCAN, 0, 1}, {MT_EVENT_APPLY, 3, 3}}, 2);
  assert_true(shows(&w, "├───┤ scan  ▲ apply  "));
  draw_events(
      &w, (const struct mt_event[]){{MT_EVENT_SCAN, 0, 4}, {MT_EVENT_APPLY, 4, 4}}, 2);
  assert_true(shows(&w, " scan ──"));
  assert_true(shows(&w, "▲ apply  "));
  assert_false(shows(&w, "scan, apply"));
  draw_events(
      &w, (const struct mt_event[]){{MT_EVENT_SCAN, 0, 4}, {MT_EVENT_APPLY, 11.9, 11.9}},
      2);
  assert_true(shows(&w, " apply ▲\n") || shows(&w, " apply ▲ │"));
  draw_events(&w,
              (const struct mt_event[]){{MT_EVENT_APPLY, 5, 5},
                                        {MT_EVENT_APPLY, 5.4, 5.4},
                                        {MT_EVENT_UNDO, 5.8, 5.8}},
              3);
  assert_true(shows(&w, " apply, undo  "));
  free_world(&w);
}

static void test_pause(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 30);
  type(&w, "p");
  draw(&w, 120, 30);
  assert_true(shows(&w, "memory is sampled all the same"));
  assert_true(shows(&w, "memtop rss  paused"));
  assert_true(shows(&w, "system  paused"));
  for (int i = 120; i < 500; i++)
    mt_tape_add(&w.snap.tape, 0.1 * i, MIB(60), MIB(1000));
  w.snap.memory.rss = w.snap.memory.rss_peak = MIB(60);
  draw(&w, 120, 30);
  assert_true(shows(&w, "╰─ 12 s"));
  assert_true(shows(&w, "41.0M ─╮"));
  type(&w, "p");
  draw(&w, 120, 30);
  assert_false(shows(&w, "paused"));
  assert_true(shows(&w, "╰─ 50 s"));
  assert_true(shows(&w, "60.0M ─╮"));
  free_world(&w);
}

/* However long it takes, time and peak stand in the edge as a whole, or not at all. */
static void test_time_of_the_graphs(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  w.snap.memory.rss_peak = MIB(123);
  for (int i = 120; i < 1640; i++)
    mt_tape_add(&w.snap.tape, 0.1 * i, MIB(60), MIB(1000));
  draw(&w, 120, 30);
  assert_true(shows(&w, "╰─ 2 min ─"));
  draw(&w, 200, 60);
  assert_true(shows(&w, "╰─ 2 min 44 s ─"));
  for (int width = 60; width <= 200; width++) {
    draw(&w, width, 30);
    assert_false(shows(&w, "min 44 s eak") || shows(&w, "min 44 s ak") ||
                 shows(&w, "min 44 s k"));
  }
  free_world(&w);
}

static void test_help(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 1);
  mt_help_open(&w.ui);
  draw(&w, 120, 40);
  compare(&w, "help-120x40");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    draw(&w, sizes[i].width, sizes[i].height);
    mt_ui_key(&w.ui, 'G');
    draw(&w, sizes[i].width, sizes[i].height);
    assert_true(sizes[i].height < 10 || shows(&w, "man memtop"));
  }
  free_world(&w);
}

/* Where it was asked for decides what comes first, and a search what is left. */
static void test_help_knows_where_and_what(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  mt_export_open(&w.ui);
  mt_help_open(&w.ui);
  draw(&w, 120, 40);
  compare(&w, "help-export-120x40");
  type(&w, "/SENTINELS");
  draw(&w, 120, 40);
  assert_true(shows(&w, "make sentinels such as"));
  assert_true(shows(&w, "in the columns"));
  assert_false(shows(&w, "one row up"));
  assert_false(shows(&w, "marks"));
  type(&w, "q");
  draw(&w, 120, 40);
  assert_true(shows(&w, "nothing here says that"));
  mt_ui_key(&w.ui, MT_KEY_BACKSPACE);
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  draw(&w, 120, 40);
  assert_true(shows(&w, "only what holds SENTINELS"));
  mt_ui_key(&w.ui, MT_KEY_ESC);
  draw(&w, 120, 40);
  assert_true(shows(&w, "one row up"));
  mt_ui_key(&w.ui, MT_KEY_ESC);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_EXPORT);
  free_world(&w);
}

/* People look for the word that the footer has. */
static void test_help_finds_names_of_actions(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 120, 40);
  mt_help_open(&w.ui);
  type(&w, "/export");
  draw(&w, 120, 40);
  assert_true(shows(&w, "e F9        write the planned dataset to a file"));
  assert_true(shows(&w, "Ctrl-C      stop the scan or the export; twice: quit"));
  assert_false(shows(&w, "one row up"));
  free_world(&w);
}

/* --- palette --------------------------------------------------------------------- */

static void open_palette(struct world *w)
{
  assert_int_equal(mt_ui_key(&w->ui, ':'), MT_REACT_DRAW);
  assert_int_equal(mt_ui_top(&w->ui)->context, MT_IN_PALETTE);
}

static void test_palette_screens(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  open_palette(&w);
  draw(&w, 120, 30);
  compare(&w, "palette-120x30");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    draw(&w, sizes[i].width, sizes[i].height);
  type(&w, "sort sav ");
  mt_ui_key(&w.ui, MT_KEY_BACKSPACE);
  draw(&w, 40, 10);
  assert_true(shows(&w, ":sort sav"));
  assert_true(shows(&w, "saving"));
  type(&w, "\x15goto com");
  draw(&w, 80, 24);
  assert_true(shows(&w, "comment\\x1B[31m"));
  type(&w, "\x15"
           "fit 2Q");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  draw(&w, 80, 24);
  compare(&w, "palette-fault-80x24");
  free_world(&w);
}

static void test_palette_runs(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  open_palette(&w);
  type(&w, "sort saving");
  assert_int_equal(mt_ui_key(&w.ui, MT_KEY_ENTER), MT_REACT_DRAW);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_TABLE);
  assert_int_equal(w.ui.table.sort, MT_SORT_SAVING);
  open_palette(&w);
  type(&w, "goto pro");
  mt_ui_key(&w.ui, MT_KEY_TAB);
  assert_string_equal(w.ui.prompt.line.text, "goto product");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  draw(&w, 80, 24);
  assert_int_equal(mt_table_column(&w.ui.table), 6);
  open_palette(&w);
  type(&w, "filter dtype=str saving>1M");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  draw(&w, 80, 24);
  assert_int_equal(w.ui.table.len, 2);
  open_palette(&w);
  type(&w, "goto zip");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  assert_string_equal(w.ui.prompt.fault.text,
                      "that column is not shown: hidden, or filtered out");
  mt_ui_key(&w.ui, MT_KEY_ESC);
  open_palette(&w);
  type(&w, "rev"); /* the only one that begins so */
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  assert_true(w.ui.table.reverse);
  open_palette(&w);
  type(&w, "quit");
  assert_int_equal(mt_ui_key(&w.ui, MT_KEY_ENTER) & MT_REACT_QUIT, MT_REACT_QUIT);
  open_palette(&w);
  type(&w, "help");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_HELP);
  assert_int_equal(w.ui.help.context, MT_IN_TABLE);
  free_world(&w);
}

static void test_palette_completes_and_remembers(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  open_palette(&w);
  const struct mt_prompt *p = &w.ui.prompt;
  type(&w, "app");
  mt_ui_key(&w.ui, MT_KEY_TAB); /* as far as apply and apply-all agree */
  assert_string_equal(p->line.text, "apply");
  mt_ui_key(&w.ui, MT_KEY_DOWN);
  mt_ui_key(&w.ui, MT_KEY_TAB);
  assert_string_equal(p->line.text, "apply-all");
  type(&w, "\x15"
           "fi");
  mt_ui_key(&w.ui, MT_KEY_ENTER); /* it needs to know the size */
  assert_string_equal(p->line.text, "fit ");
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_PALETTE);
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  assert_string_equal(p->fault.text, "fit needs a SIZE");
  type(&w, "\x15sort name");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  open_palette(&w);
  type(&w, "sort after");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  open_palette(&w);
  mt_ui_key(&w.ui, MT_KEY_UP);
  assert_string_equal(p->line.text, "sort after");
  mt_ui_key(&w.ui, MT_KEY_UP);
  assert_string_equal(p->line.text, "sort name");
  mt_ui_key(&w.ui, MT_KEY_UP); /* there is nothing before it */
  assert_string_equal(p->line.text, "sort name");
  mt_ui_key(&w.ui, MT_KEY_DOWN);
  mt_ui_key(&w.ui, MT_KEY_DOWN);
  assert_string_equal(p->line.text, "");
  mt_ui_key(&w.ui, MT_KEY_ESC);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_TABLE);
  assert_int_equal(w.ui.table.sort, MT_SORT_AFTER);
  free_world(&w);
}

/* Tab goes through what fits the text, and around; Enter takes what is there. */
static void test_palette_cycles(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  open_palette(&w);
  const struct mt_prompt *p = &w.ui.prompt;
  type(&w, "goto c");
  mt_ui_key(&w.ui, MT_KEY_TAB);
  assert_string_equal(p->line.text, "goto customer_id");
  mt_ui_key(&w.ui, MT_KEY_TAB);
  assert_string_equal(p->line.text, "goto city");
  draw(&w, 80, 24);
  assert_true(shows(&w, "customer_id")); /* the others can be seen all the while */
  mt_ui_key(&w.ui, MT_KEY_DOWN);
  assert_string_equal(p->line.text, "goto country");
  mt_ui_key(&w.ui, MT_KEY_UP);
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_TABLE);
  assert_int_equal(mt_table_column(&w.ui.table), 3);
  open_palette(&w);
  type(&w, "goto zi");
  mt_ui_key(&w.ui, MT_KEY_TAB);
  mt_ui_key(&w.ui, MT_KEY_TAB); /* there is no other one */
  assert_string_equal(p->line.text, "goto zip");
  type(&w, "\x15sort n");
  mt_ui_key(&w.ui, MT_KEY_TAB);
  assert_string_equal(p->line.text, "sort name");
  mt_ui_key(&w.ui, MT_KEY_TAB);
  assert_string_equal(p->line.text, "sort nulls");
  mt_ui_key(&w.ui, MT_KEY_BACKSPACE); /* now it is a text like any other */
  assert_string_equal(p->line.text, "sort null");
  mt_ui_key(&w.ui, MT_KEY_TAB);
  mt_ui_key(&w.ui, MT_KEY_TAB);
  assert_string_equal(p->line.text, "sort nulls");
  free_world(&w);
}

/* What the commands do is told to its end at 80 columns; where it is not, the line below
 * what is typed has more room. */
static void test_palette_in_few_columns(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  open_palette(&w);
  for (int i = 0; i < 60; i++) {
    draw(&w, 80, 24);
    for (int at = 80 * 5; at < 80 * 19; at++) /* the dialog */
      assert_true(w.canvas.cells[at].text[0] != L'…');
    mt_ui_key(&w.ui, MT_KEY_DOWN);
  }
  assert_true(shows(&w, " of 47 ─╯"));
  type(&w, "half-page-up");
  draw(&w, 40, 10);
  assert_true(shows(&w, "│ half a page up "));
  type(&w, "\x15"
           "goto \"no such column\"");
  mt_ui_key(&w.ui, MT_KEY_ENTER);
  draw(&w, 40, 10);
  assert_true(shows(&w, "│ there is no column \"\"no such         │\n"
                        "│ column\"\"                             │"));
  free_world(&w);
}

static void test_palette_says_what_is_wrong(void **state)
{
  (void)state;
  static const struct {
    const char *line, *says;
    size_t at;
  } cases[] = {
      {"nosuch", "there is no command \"nosuch\"", 0},
      {"  sort size", "there is no heading \"size\"", 7},
      {"fit lots", "\"lots\" is not a size such as 800M or 2G", 4},
      {"engine spark", "\"spark\" is not one of pandas3, pandas2, polars, arrow", 7},
      {"goto nowhere", "there is no column \"nowhere\"", 5},
      {"filter saving>lots", "a size such as 100M was expected after >, not lots", 14},
      {"undo twice", "undo takes no argument", 5},
      {"write", "write is for the export form; this is the columns", 0},
      {"goto \x1b[31m", "there is no column \"\\x1B[31m\"", 5},
  };
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  open_palette(&w);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct mt_command_fault fault = {0};
    mt_command_run(&w.ui, cases[i].line, &fault);
    assert_string_equal(fault.text, cases[i].says);
    assert_int_equal(fault.at, cases[i].at);
    assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_PALETTE);
  }
  free_world(&w);
}

/* The name of a file is no text of ours. */
static void test_theme_is_named_harmlessly(void **state)
{
  static const char path[] = "./a\xe2\x80\xae"
                             "b.theme"; /* text from right to left */
  static const int keys[] = {'.', '/', 'a', 0x202e, 'b', '.', 't', 'h', 'e', 'm', 'e'};
  (void)state;
  struct world w;
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  assert_int_equal(fclose(f), 0);
  make_world(&w, 15);
  draw(&w, 120, 30);
  open_palette(&w);
  type(&w, "theme ");
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    mt_ui_key(&w.ui, keys[i]);
  assert_int_equal(mt_ui_key(&w.ui, MT_KEY_ENTER), MT_REACT_THEME | MT_REACT_REPAINT);
  assert_string_equal(w.ui.message, "theme ./a\\u{202E}b.theme");
  assert_int_equal(unlink(path), 0);
  free_world(&w);
}

static void test_palette_says_why_not(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  open_palette(&w);
  type(&w, "undo");
  draw(&w, 120, 30);
  struct mt_offers o;
  mt_command_list(&w.ui, "undo", &o);
  assert_true(o.offer[0].here);
  assert_non_null(o.offer[0].why_not); /* nothing was changed */
  assert_true(shows(&w, o.offer[0].why_not));
  assert_false(shows(&w, "take the last change back"));
  w.snap.undo_depth = 1;
  draw(&w, 120, 30);
  assert_true(shows(&w, "take the last change back"));
  free_world(&w);
}

/* Every action that a view has can be run in it by its name. */
static void test_palette_offers_every_action(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  open_palette(&w);
  for (int a = 0; a < MT_ACTION_COUNT; a++) {
    const struct mt_action_info *info = mt_action_info((enum mt_action)a);
    struct mt_offers o;
    size_t found = 0;
    assert_int_equal(mt_action_named(info->name, strlen(info->name)), a);
    mt_command_list(&w.ui, info->name, &o);
    for (size_t i = 0; i < o.len; i++)
      found += strcmp(o.offer[i].text, info->name) == 0;
    assert_int_equal(found, (info->contexts & MT_IN_TABLE) && a != MT_ACTION_PALETTE);
  }
  free_world(&w);
}

static void test_export(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  w.snap.size_state = MT_SIZE_KNOWN;
  w.snap.export_size = MIB(3);
  mt_export_open(&w.ui);
  assert_string_equal(w.ui.export.path.text, "data/shop.arrow");
  mt_ui_key(&w.ui, 'l');
  assert_string_equal(w.ui.export.path.text, "data/shop.h5");
  mt_ui_key(&w.ui, MT_KEY_TAB);
  type(&w, "q");
  mt_ui_key(&w.ui, MT_KEY_BACKSPACE);
  type(&w, "5x");
  assert_string_equal(w.ui.export.path.text, "data/shop.h55x");
  draw(&w, 80, 24);
  compare(&w, "export-80x24");
  mt_ui_key(&w.ui, MT_KEY_ESC);
  mt_ui_push(&w.ui, &mt_view_progress);
  w.ui.export.running = true;
  w.snap.export_state = MT_EXPORT_RUNNING;
  w.snap.export_rows = 4500;
  w.snap.export_bytes = MIB(3);
  w.snap.export_seconds = 2;
  draw(&w, 80, 24);
  compare(&w, "exporting-80x24");
  w.snap.export_state = MT_EXPORT_DONE;
  w.snap.export_rows = ROWS;
  draw(&w, 80, 24);
  compare(&w, "exported-80x24");
  assert_false(mt_ui_unsaved(&w.ui));
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    draw(&w, sizes[i].width, sizes[i].height);
  free_world(&w);
}

/* Choices that do not fit beside each other are counted. */
static void test_export_in_few_columns(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 40, 10);
  mt_export_open(&w.ui);
  draw(&w, 40, 10);
  assert_true(shows(&w, "format  ▶Arrow IPC (Feather V2)  1/2 "));
  mt_ui_key(&w.ui, 'l');
  draw(&w, 40, 10);
  assert_true(shows(&w, "format  ▶HDF5 (pandas table)  2 of 2 "));
  mt_fail(&w.ui.export.error, ENOENT,
          "cannot write \"/nowhere/out.h5\": No such file or directory");
  mt_error_remedy(&w.ui.export.error, "create the folder first");
  draw(&w, 40, 10);
  assert_true(shows(&w, "file "));
  assert_true(shows(&w, "│ cannot write \"/nowhere/out.h5\": No   │\n"
                        "│ such file or directory               │\n"
                        "│ create the folder first              │\n"));
  mt_ui_key(&w.ui, MT_KEY_ESC);
  mt_ui_push(&w.ui, &mt_view_progress);
  w.snap.export_state = MT_EXPORT_RUNNING;
  w.snap.export_rows = ROWS / 4;
  w.snap.export_bytes = MIB(3);
  w.snap.export_seconds = 2;
  draw(&w, 40, 10);
  assert_true(shows(&w, "│ 3.00 MiB written   6.0 s left        │"));
  w.snap.export_state = MT_EXPORT_DONE;
  w.snap.export_rows = ROWS;
  w.ui.export.running = true;
  draw(&w, 40, 10);
  draw(&w, 40, 10);
  assert_true(shows(&w, "│ ✓ 3.00 MiB written   18,000 rows     │"));
  free_world(&w);
}

/* Whatever becomes of measuring the file's size, the form has words for it. */
static void test_export_says_why_size_is_unknown(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  mt_export_open(&w.ui);
  draw(&w, 80, 24);
  assert_true(shows(&w, "size on disk: not measured"));
  w.snap.size_state = MT_SIZE_MEASURING;
  draw(&w, 80, 24);
  assert_true(shows(&w, "size on disk: being measured"));
  w.snap.size_state = MT_SIZE_FAILED;
  mt_fail(&w.snap.size_error, EIO,
          "/a/folder/with/a/long/name/shop.csv changed while it "
          "was read: it became shorter");
  draw(&w, 80, 24);
  assert_true(shows(&w, "size on disk unknown: /a/folder/with/a/long/name/shop.csv"));
  assert_true(shows(&w, "became shorter"));
  mt_fail(&w.ui.export.unsized, ENOMEM, "out of memory");
  draw(&w, 80, 24);
  assert_true(shows(&w, "size on disk unknown: out of memory"));
  w.ui.export.unsized.code = 0;
  w.snap.size_state = MT_SIZE_NONE;
  w.snap.scan = MT_SCAN_RUNNING;
  draw(&w, 80, 24);
  assert_true(shows(&w, "size on disk: known after the scan"));
  w.snap.scan = MT_SCAN_PARTIAL;
  draw(&w, 80, 24);
  assert_true(shows(&w, "size on disk: known once every row is read"));
  free_world(&w);
}

/* Esc closes the progress and leaves the export alone. */
static void test_export_goes_on_behind(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  mt_entry_set(&w.ui.export.path, "out.h5");
  mt_ui_push(&w.ui, &mt_view_progress);
  w.ui.export.running = true;
  w.snap.export_state = MT_EXPORT_RUNNING;
  w.snap.export_rows = ROWS / 4;
  draw(&w, 120, 30);
  assert_true(shows(&w, "Ctrl-C cancels it"));
  mt_ui_key(&w.ui, MT_KEY_ESC);
  assert_int_equal(mt_ui_top(&w.ui)->context, MT_IN_TABLE);
  draw(&w, 120, 30);
  assert_true(shows(&w, "exporting: 25 %"));
  assert_true(shows(&w, "the export goes on"));
  mt_export_open(&w.ui);
  assert_ptr_equal(mt_ui_top(&w.ui), &mt_view_progress);
  mt_ui_key(&w.ui, 'q');
  w.snap.export_state = MT_EXPORT_DONE;
  draw(&w, 120, 30);
  assert_true(shows(&w, "the export is complete: out.h5"));
  assert_false(mt_ui_unsaved(&w.ui));
  mt_export_open(&w.ui);
  assert_ptr_equal(mt_ui_top(&w.ui), &mt_view_export);
  free_world(&w);
}

static void test_export_choices(void **state)
{
  (void)state;
  struct world w;
  make_world(&w, 15);
  draw(&w, 80, 24);
  mt_export_open(&w.ui);
  mt_ui_key(&w.ui, MT_KEY_DOWN);
  mt_ui_key(&w.ui, MT_CTRL('U')); /* the format follows the name */
  type(&w, "x.h5");
  assert_int_equal(w.ui.export.options.format, MT_FORMAT_HDF5);
  assert_int_equal(w.ui.export.options.codec, MT_CODEC_GZIP);
  mt_ui_key(&w.ui, MT_KEY_DOWN);
  mt_ui_key(&w.ui, MT_KEY_DOWN);
  for (int i = 1; i < 30; i++)
    mt_ui_key(&w.ui, 'l');
  assert_int_equal(w.ui.export.options.level, 9);
  mt_ui_key(&w.ui, 'h');
  assert_int_equal(w.ui.export.options.level, 8);
  mt_ui_key(&w.ui, 'k');
  type(&w, "l");
  assert_int_equal(w.ui.export.options.codec, MT_CODEC_NONE);
  assert_int_equal(w.ui.export.options.level, 0);
  draw(&w, 80, 24);
  assert_true(shows(&w, "none has no levels"));
  free_world(&w);
}

/* --- code ---------------------------------------------------------------------- */

#define ORDERS "view-orders.csv" /* in the folder of the build */

struct code_world {
  struct mt_session *session;
  struct mt_snapshot snap;
  struct world w; /* ui and canvas alone */
};

static void take_snapshot(struct code_world *c)
{
  assert_int_equal(mt_session_snapshot(c->session, &c->snap), 0);
}

static void make_code_world(struct code_world *c)
{
  struct mt_session_options options = {.threads = 1};
  struct mt_reader *reader;
  FILE *f = fopen(ORDERS, "w");

  assert_non_null(f);
  fputs("order_id,day,city,price,\"a \"\"name\"\"\"\n", f);
  for (int i = 0; i < 400; i++)
    fprintf(f, "%d,2025-03-%02d,%s,%d.25,%s\n", 1000 + i, 1 + i % 28,
            i % 3 != 0   ? "Łódź"
            : i % 2 != 0 ? "\x1b[31m"
                         : "São Paulo",
            i,
            i % 2 != 0 ? "yes"
                       : "a rather long text that is a category all the same "
                         "and wider than a terminal of eighty columns");
  assert_int_equal(fclose(f), 0);
  memset(c, 0, sizeof *c);
  mt_nulls_init(&options.nulls);
  assert_int_equal(mt_format_open(&reader, ORDERS, NULL, NULL), 0);
  assert_int_equal(mt_session_new(&c->session, reader, &options, NULL), 0);
  assert_int_equal(mt_session_scan_start(c->session, NULL), 0);
  while (!mt_session_wait(c->session, 1))
    ;
  mt_session_apply_all(c->session, false);
  mt_snapshot_init(&c->snap);
  take_snapshot(c);
  mt_canvas_init(&c->w.canvas, false);
  mt_ui_init(&c->w.ui, mt_session_schema(c->session), &c->snap);
  c->w.ui.session = c->session;
}

static void free_code_world(struct code_world *c)
{
  mt_ui_reset(&c->w.ui);
  mt_canvas_reset(&c->w.canvas);
  mt_snapshot_reset(&c->snap);
  mt_session_free(c->session);
  unlink(ORDERS);
}

static void test_code_screens(void **state)
{
  static const struct {
    int width, height;
  } shown[] = {{120, 30}, {80, 24}, {40, 10}};
  struct code_world c;
  char name[64];

  (void)state;
  make_code_world(&c);
  draw(&c.w, 120, 30);
  assert_int_equal(mt_ui_key(&c.w.ui, 'y'), MT_REACT_DRAW);
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
    c.w.ui.listing.top = 6 * i;
    draw(&c.w, shown[i].width, shown[i].height);
    snprintf(name, sizeof name, "code-%dx%d", shown[i].width, shown[i].height);
    compare(&c.w, name);
  }
  mt_ui_key(&c.w.ui, 'G');
  draw(&c.w, 80, 24);
  assert_true(shows(&c.w, "ignore_index=True"));
  mt_ui_key(&c.w.ui, 'l');
  draw(&c.w, 80, 24);
  assert_false(shows(&c.w, "with pd.read_csv("));
  assert_true(shows(&c.w, "read_csv("));
  mt_ui_key(&c.w.ui, 'h');
  mt_ui_key(&c.w.ui, 'w');
  draw(&c.w, 80, 24);
  assert_true(shows(&c.w, "save as load_view-orders.py"));
  mt_ui_key(&c.w.ui, MT_KEY_ESC);
  mt_ui_key(&c.w.ui, 'q');
  assert_ptr_equal(mt_ui_top(&c.w.ui), &mt_view_table);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    mt_ui_key(&c.w.ui, 'y');
    draw(&c.w, sizes[i].width, sizes[i].height);
    mt_ui_key(&c.w.ui, 'w');
    draw(&c.w, sizes[i].width, sizes[i].height);
    mt_ui_key(&c.w.ui, MT_KEY_ESC);
    mt_ui_key(&c.w.ui, MT_KEY_ESC);
  }
  free_code_world(&c);
}

static void test_code_follows_engine_and_plan(void **state)
{
  struct code_world c;

  (void)state;
  make_code_world(&c);
  draw(&c.w, 120, 60);
  mt_ui_key(&c.w.ui, 'y');
  draw(&c.w, 120, 60);
  assert_true(shows(&c.w, "import pandas as pd"));
  assert_true(shows(&c.w, "\"order_id\": \"int16\""));
  mt_session_undo(c.session, &(struct mt_error){0});
  take_snapshot(&c);
  draw(&c.w, 120, 60);
  assert_false(shows(&c.w, "int16"));
  for (int i = 0; i < 2; i++) {
    assert_true(mt_ui_key(&c.w.ui, 'm') & MT_REACT_SNAPSHOT);
    take_snapshot(&c);
    draw(&c.w, 120, 60);
  }
  assert_true(shows(&c.w, "import polars as pl"));
  mt_ui_key(&c.w.ui, 'm');
  take_snapshot(&c);
  draw(&c.w, 120, 60);
  assert_true(shows(&c.w, "there is no code for Arrow yet"));
  assert_true(shows(&c.w, "m shows that for pandas 3"));
  mt_ui_key(&c.w.ui, 'c');
  draw(&c.w, 120, 60);
  assert_true(shows(&c.w, "there is no code to copy or save"));
  mt_ui_key(&c.w.ui, 'm');
  take_snapshot(&c);
  draw(&c.w, 120, 60);
  assert_true(shows(&c.w, "import pandas as pd"));
  free_code_world(&c);
}

static void test_code_is_copied(void **state)
{
  struct code_world c;

  (void)state;
  make_code_world(&c);
  draw(&c.w, 80, 24);
  mt_ui_key(&c.w.ui, 'y');
  assert_int_equal(mt_ui_key(&c.w.ui, 'y'), MT_REACT_DRAW | MT_REACT_COPY);
  assert_int_equal(c.w.ui.clip_len, c.w.ui.listing.text.len);
  assert_memory_equal(c.w.ui.clip, "# view-orders.csv as planned", 28);
  draw(&c.w, 80, 24);
  assert_true(shows(&c.w, "bytes); not every terminal takes it"));
  c.w.ui.listing.text.len = MT_COPY_MOST + 1; /* as if it were so long */
  assert_int_equal(mt_ui_key(&c.w.ui, 'c'), MT_REACT_DRAW);
  draw(&c.w, 80, 24);
  assert_true(shows(&c.w, "w saves it to a file"));
  free_code_world(&c);
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_dashboard_screens),
      cmocka_unit_test(test_every_size_keeps_names_and_savings),
      cmocka_unit_test(test_scanning),
      cmocka_unit_test(test_faults_and_failure),
      cmocka_unit_test(test_remarks),
      cmocka_unit_test(test_verdict),
      cmocka_unit_test(test_peak),
      cmocka_unit_test(test_resident),
      cmocka_unit_test(test_sentinels),
      cmocka_unit_test(test_pipe),
      cmocka_unit_test(test_names_are_sanitised),
      cmocka_unit_test(test_canvas_holds_no_controls),
      cmocka_unit_test(test_ascii),
      cmocka_unit_test(test_sort_follows_column),
      cmocka_unit_test(test_sort_by_what_is_freed),
      cmocka_unit_test(test_search),
      cmocka_unit_test(test_filter),
      cmocka_unit_test(test_filter_in_few_columns),
      cmocka_unit_test(test_filter_does_not_flicker),
      cmocka_unit_test(test_long_message),
      cmocka_unit_test(test_changes_and_faults_in_the_status),
      cmocka_unit_test(test_offer),
      cmocka_unit_test(test_strip_in_few_columns),
      cmocka_unit_test(test_bars_beside_what_stays),
      cmocka_unit_test(test_dialog_comes_forward),
      cmocka_unit_test(test_marks),
      cmocka_unit_test(test_parts),
      cmocka_unit_test(test_mouse_in_the_table),
      cmocka_unit_test(test_why_not),
      cmocka_unit_test(test_names_of_any_script),
      cmocka_unit_test(test_quit_asks_when_unsaved),
      cmocka_unit_test(test_behind),
      cmocka_unit_test(test_detail_and_picker),
      cmocka_unit_test(test_choices_in_few_columns),
      cmocka_unit_test(test_detail_says_why_not),
      cmocka_unit_test(test_detail_keeps_the_evidence),
      cmocka_unit_test(test_preview),
      cmocka_unit_test(test_panes_of_the_detail),
      cmocka_unit_test(test_detail_of_texts_and_dates),
      cmocka_unit_test(test_memory_view),
      cmocka_unit_test(test_footprint_against_the_limit),
      cmocka_unit_test(test_names_of_marks),
      cmocka_unit_test(test_pause),
      cmocka_unit_test(test_time_of_the_graphs),
      cmocka_unit_test(test_help),
      cmocka_unit_test(test_help_knows_where_and_what),
      cmocka_unit_test(test_help_finds_names_of_actions),
      cmocka_unit_test(test_palette_screens),
      cmocka_unit_test(test_palette_runs),
      cmocka_unit_test(test_palette_completes_and_remembers),
      cmocka_unit_test(test_palette_cycles),
      cmocka_unit_test(test_palette_in_few_columns),
      cmocka_unit_test(test_palette_says_what_is_wrong),
      cmocka_unit_test(test_theme_is_named_harmlessly),
      cmocka_unit_test(test_palette_says_why_not),
      cmocka_unit_test(test_palette_offers_every_action),
      cmocka_unit_test(test_export),
      cmocka_unit_test(test_export_in_few_columns),
      cmocka_unit_test(test_export_says_why_size_is_unknown),
      cmocka_unit_test(test_export_goes_on_behind),
      cmocka_unit_test(test_export_choices),
      cmocka_unit_test(test_code_screens),
      cmocka_unit_test(test_code_follows_engine_and_plan),
      cmocka_unit_test(test_code_is_copied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
