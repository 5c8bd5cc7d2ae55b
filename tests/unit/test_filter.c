/* What a filter lets through, and what it says of a text that is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/views/filter.h"

#define MIB(n) ((uint64_t)(n) << 20)

enum { ID, TITLE, PRICE, CITY, NOTE, COLUMNS };

static char names[COLUMNS][16] = {"id", "Order title", "price", "city", "note (old)"};

static const struct mt_column_view views[COLUMNS] = {
    [ID] = {.dtype = "int64",
            .distinct = 1000,
            .now = MIB(8),
            .resident = MIB(8),
            .suggested = "int32",
            .suggested_class = MT_CLASS_EXACT,
            .suggested_bytes = MIB(4)},
    [TITLE] = {.dtype = "object",
               .nulls = 100,
               .distinct = 900,
               .now = MIB(60),
               .resident = MIB(50),
               .suggested_class = MT_CLASS_NONE},
    [PRICE] = {.dtype = "float64",
               .nulls = 1,
               .distinct = 300,
               .now = MIB(8),
               .resident = MT_UNKNOWN,
               .suggested = "float32",
               .suggested_class = MT_CLASS_ROUNDED,
               .suggested_bytes = MIB(4),
               .changed = true,
               .planned = "float32",
               .planned_class = MT_CLASS_ROUNDED,
               .after = MIB(4)},
    [CITY] = {.dtype = "object",
              .distinct = 10,
              .now = MIB(20),
              .resident = MIB(1),
              .suggested = "category",
              .suggested_class = MT_CLASS_EQUAL,
              .suggested_bytes = MIB(1)},
    [NOTE] = {.dtype = "int64",
              .nulls = 900,
              .distinct = 7,
              .now = MIB(4),
              .resident = MIB(4),
              .suggested = "str",
              .suggested_class = MT_CLASS_REVIEW,
              .suggested_bytes = MIB(9),
              .warn = true,
              .sentinels = 3},
};

/* The columns that a filter lets through, by their first letters; "i" is marked. */
static const char *let_through(const char *text)
{
  static char shown[COLUMNS + 1];
  struct mt_filter f;
  struct mt_filter_fault fault;
  struct mt_name name[COLUMNS];
  struct mt_column_view view[COLUMNS];
  struct mt_snapshot s = {.names = name, .columns = view, .column_count = COLUMNS};
  size_t n = 0;
  memcpy(view, views, sizeof view);
  s.rows = 1000;
  s.now_total = MIB(100);
  if (mt_filter_parse(&f, text, &fault) != 0)
    fail_msg("%s: %s", text, fault.text);
  for (size_t i = 0; i < COLUMNS; i++) {
    name[i] = (struct mt_name){names[i], strlen(names[i])};
    if (mt_filter_matches(&f, &s, i, i == ID))
      shown[n++] = names[i][0];
  }
  shown[n] = '\0';
  return shown;
}

#define assert_lets(text, columns) assert_string_equal(let_through(text), columns)

static void test_names(void **state)
{
  (void)state;
  assert_lets("", "iOpcn");
  assert_lets("   ", "iOpcn");
  assert_lets("ic", "p");
  assert_lets("i", "iOpc");
  assert_lets("order", "O");
  assert_lets("Order", "O");
  assert_lets("ORDER", "");        /* capitals count */
  assert_lets("order title", "O"); /* blanks are part of a name */
  assert_lets("title order", "");
  assert_lets("name=id", "i");
  assert_lets("name=ID", "");
  assert_lets("name=order", "");
  assert_lets("name~i", "iOpc");
  assert_lets("name!=id", "Opcn");
  assert_lets("\"note (old)\"", "n");
  assert_lets("name=\"note (old)\"", "n");
  assert_lets("note (old)", "n");
  assert_lets("\"and\"", "");
}

static void test_texts(void **state)
{
  (void)state;
  assert_lets("dtype=object", "Oc");
  assert_lets("DTYPE=Object", "");
  assert_lets("dtype == object", "Oc");
  assert_lets("dtype~int", "in");
  assert_lets("dtype!=int64", "Opc");
  assert_lets("suggested=float32", "p"); /* what the plan says */
  assert_lets("suggested=none", "O");
}

static void test_numbers(void **state)
{
  (void)state;
  assert_lets("nulls>0", "Opn");
  assert_lets("nulls=0", "ic");
  assert_lets("nulls>=100", "On");
  assert_lets("nulls<=1", "ipc");
  assert_lets("nulls<1", "ic");
  assert_lets("nulls!=0", "Opn");
  assert_lets("nulls>10%", "n");
  assert_lets("nulls>=10%", "On");
  assert_lets("nulls >= 9.5 %", "On");
  assert_lets("distinct=100%", "i");
  assert_lets("distinct>=1K", "i");
  assert_lets("distinct>0.5k", "iO");
  assert_lets("sentinels>0", "n");
}

static void test_sizes(void **state)
{
  (void)state;
  assert_lets("now>10M", "Oc");
  assert_lets("now>=8M", "iOpc");
  assert_lets("now=8MiB", "ip");
  assert_lets("now=8mb", "ip");
  assert_lets("now=8388608", "ip");
  assert_lets("now>=1G", "");
  assert_lets("now>19.5M", "Oc");
  assert_lets("now>=60%", "O"); /* of the load */
  assert_lets("after<=4M", "ipc");
  assert_lets("saving>3M", "ipc");
  assert_lets("saving>=50%", "ipc"); /* of the column */
  assert_lets("saving>90%", "c");
  assert_lets("saving<0", "n");
  assert_lets("saving<-4M", "n");
  assert_lets("saving<-6M", "");
  assert_lets("resident<2M", "c"); /* what is not known is neither */
  assert_lets("resident>=2M", "iOn");
}

static void test_words(void **state)
{
  (void)state;
  assert_lets("class=review", "n");
  assert_lets("class=safe", "ic");
  assert_lets("class!=safe", "Opn");
  assert_lets("class=none", "O");
  assert_lets("warn", "n");
  assert_lets("warn=no", "iOpc");
  assert_lets("changed", "p");
  assert_lets("planned!=yes", "iOcn");
  assert_lets("marked", "i");
  assert_lets("not marked", "Opcn");
}

static void test_joints(void **state)
{
  (void)state;
  assert_lets("dtype=object and nulls=0", "c");
  assert_lets("dtype=object,nulls=0", "c");
  assert_lets("dtype=object & nulls=0", "c");
  assert_lets("dtype=object && nulls=0", "c");
  assert_lets("dtype=object nulls=0", "c");
  assert_lets("i nulls=0", "ic");
  assert_lets("warn or changed", "pn");
  assert_lets("warn | changed || marked", "ipn");
  assert_lets("marked or dtype=object and nulls=0", "ic"); /* "and" binds more */
  assert_lets("(marked or dtype=object) and nulls=0", "ic");
  assert_lets("(marked or dtype=object) nulls>0", "O");
  assert_lets("not (warn or changed)", "iOc");
  assert_lets("!warn !changed", "iOc");
  assert_lets("not not warn", "n");
  assert_lets("NOT warn AND NOT changed", "iOc");
}

/* What is said, and where. */
static void assert_refuses(const char *text, size_t at, const char *why)
{
  struct mt_filter f = {.steps = 77};
  struct mt_filter_fault fault;
  assert_int_equal(mt_filter_parse(&f, text, &fault), EINVAL);
  assert_int_equal(f.steps, 77);
  assert_int_equal(fault.at, at);
  assert_int_equal(fault.unfinished, text[at] == '\0');
  assert_string_equal(fault.text, why);
}

static void test_faults_are_located(void **state)
{
  (void)state;
  assert_refuses("saving>>3", 7, "a size such as 100M was expected after >");
  assert_refuses("saving>big", 7, "a size such as 100M was expected after >, not big");
  assert_refuses("saving>=3Q", 8, "a size such as 100M was expected after >=, not 3Q");
  assert_refuses("nulls<3KB", 6,
                 "a number such as 10 or 5% was expected after <, not 3KB");
  assert_refuses("saving~3", 6, "saving is a number: = != > >= < <=");
  assert_refuses("dtype>int", 5, "dtype is text, which = != and ~ compare");
  assert_refuses(
      "class=good", 6,
      "exact, equal, rounded, review, none or safe was expected after =, not good");
  assert_refuses("class>exact", 5, "class is a word, which = and != compare");
  assert_refuses("warn=maybe", 5, "yes or no was expected after =, not maybe");
  assert_refuses("price and sving>3", 10,
                 "there is no field sving, but name dtype suggested nulls distinct now "
                 "after saving class warn changed marked");
  assert_refuses("id)", 2, "a ) without its (");
  assert_refuses("and id", 0, "a name or a condition was expected before a");
  assert_refuses("(id,)", 4, "a name or a condition was expected before )");
  assert_refuses(">3", 0, "a name or a condition was expected before >");
}

/* On the way to a filter nothing is wrong yet. */
static void test_unfinished(void **state)
{
  (void)state;
  assert_refuses("saving>", 7, "a size such as 100M follows saving>");
  assert_refuses("saving>-", 8, "a size such as 100M follows saving>");
  assert_refuses("dtype=", 6, "a word follows dtype=");
  assert_refuses("class=re", 8,
                 "exact, equal, rounded, review, none or safe follows class=");
  assert_refuses("id and ", 7, "a name or a condition such as saving>100M follows");
  assert_refuses("not", 3, "a name or a condition such as saving>100M follows");
  assert_refuses("(id", 3, "the ( is not closed yet");
  assert_refuses("\"id", 3, "the quote is not closed yet");
}

/* A word at the end that may become a field is known for it. */
static void test_beginnings(void **state)
{
  (void)state;
  struct mt_filter f;
  struct mt_filter_fault fault;
  assert_int_equal(mt_filter_parse(&f, "sav", &fault), 0);
  assert_true(f.opens);
  assert_int_equal(mt_filter_parse(&f, "id, NUL", &fault), 0);
  assert_true(f.opens);
  assert_int_equal(mt_filter_parse(&f, "zz", &fault), 0);
  assert_false(f.opens);
  assert_int_equal(mt_filter_parse(&f, "sav ", &fault), 0);
  assert_false(f.opens);
  assert_int_equal(mt_filter_parse(&f, "id", &fault), 0);
  assert_false(f.asks_marks);
  assert_int_equal(mt_filter_parse(&f, "id or marked=no", &fault), 0);
  assert_true(f.asks_marks);
}

static void test_hostile(void **state)
{
  (void)state;
  struct mt_filter f;
  struct mt_filter_fault fault;
  char text[400];
  memset(text, '(', sizeof text);
  text[MT_FILTER_TEXT - 1] = '\0';
  assert_int_equal(mt_filter_parse(&f, text, &fault), EINVAL);
  memset(text, '!', sizeof text);
  text[MT_FILTER_TEXT - 1] = '\0';
  assert_int_equal(mt_filter_parse(&f, text, &fault), EINVAL);
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  assert_int_equal(mt_filter_parse(&f, text, &fault), EINVAL);
  assert_string_equal(fault.text, "a filter has at most 255 bytes");
  for (size_t i = 0; i + 1 < MT_FILTER_TEXT; i++)
    text[i] = i % 2 == 0 ? 'i' : ',';
  text[MT_FILTER_TEXT - 1] = '\0';
  assert_lets(text, "iOpc"); /* as many steps as there are bytes */
  assert_int_equal(mt_filter_parse(&f, "now>99999999999999999999999999999T", &fault), 0);
  assert_int_equal(mt_filter_parse(&f, "now>1.2.3", &fault), EINVAL);
  assert_int_equal(mt_filter_parse(&f, "zip=\x1b[31m", &fault), EINVAL);
  assert_null(strchr(fault.text, '\x1b'));
  assert_int_equal(mt_filter_parse(&f, "now>\x1b[31m", &fault), EINVAL);
  assert_null(strchr(fault.text, '\x1b'));
  assert_lets("\xff\xfe", "");
}

/* Any text is a filter or is not; what it is cannot depend on what came before. */
static void test_any_text(void **state)
{
  (void)state;
  static const char *const pieces[] = {
      "id",  "saving", ">", "=",   "!",     "10%",  "100M", "(",      ")",    ",",
      "and", "or",     "~", "not", "dtype", "<",    "\"",   "marked", " ",    "\xc3\xa9",
      "&",   "|",      "-", ".",   "class", "safe", "no",   "\x01",   "nulls"};
  uint32_t seed = 7;
  size_t good = 0;
  for (int round = 0; round < 200000; round++) {
    char text[MT_FILTER_TEXT] = "";
    struct mt_filter f = {.steps = 0}, again = {.steps = 3};
    struct mt_filter_fault fault;
    int count = round % 12;
    for (int i = 0; i < count; i++) {
      seed = seed * 1664525 + 1013904223;
      strcat(text, pieces[(seed >> 10) % (sizeof pieces / sizeof *pieces)]);
    }
    int rc = mt_filter_parse(&f, text, &fault);
    assert_int_equal(rc, mt_filter_parse(&again, text, &fault));
    if (rc != 0) {
      assert_true(fault.at <= strlen(text));
      assert_true(fault.text[0] != '\0');
      continue;
    }
    good++;
    assert_memory_equal(&f, &again, sizeof f);
    let_through(text);
  }
  assert_true(good > 10000);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_sizes),
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_joints),
      cmocka_unit_test(test_faults_are_located),
      cmocka_unit_test(test_unfinished),
      cmocka_unit_test(test_beginnings),
      cmocka_unit_test(test_hostile),
      cmocka_unit_test(test_any_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
