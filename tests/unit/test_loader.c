/* Loader code, word for word; that it runs is tested with the engines themselves. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "formats/formats.h"
#include "tui/loader/loader.h"
#include "tui/loader/python.h"

/* --- literals -------------------------------------------------------------------- */

static void check_string(const char *s, size_t n, const char *wanted)
{
  struct mt_buffer b;
  struct mt_python p;

  mt_buffer_init(&b, 1 << 20);
  mt_python_init(&p, &b);
  mt_python_string(&p, s, n);
  assert_int_equal(p.error, 0);
  assert_int_equal(mt_buffer_append(&b, "", 1), 0);
  assert_string_equal((const char *)b.data, wanted);
  mt_python_reset(&p);
  mt_buffer_reset(&b);
}

#define CHECK_STRING(s, wanted) check_string(s, sizeof s - 1, wanted)

static void test_strings(void **state)
{
  (void)state;
  CHECK_STRING("", "\"\"");
  CHECK_STRING("it's", "\"it's\"");
  CHECK_STRING("say \"hi\"", "'say \"hi\"'");
  CHECK_STRING("\"it's\"", "\"\\\"it's\\\"\"");
  CHECK_STRING("a\\b\n\r\t\0{}%", "\"a\\\\b\\n\\r\\t\\x00{}%\"");
  CHECK_STRING("\x1b[31m\x7f", "\"\\x1b[31m\\x7f\"");
  CHECK_STRING("Łódź 👍", "\"Łódź 👍\"");
  CHECK_STRING("\u202e\u200b\u00a0\u3000", "\"\\u202e\\u200b\\u00a0\\u3000\"");
  CHECK_STRING("\U000e0041", "\"\\U000e0041\"");
  CHECK_STRING("\xc2\x85", "\"\\u0085\"");
  CHECK_STRING("\xff\xe9.csv", "\"\\udcff\\udce9.csv\"");
  CHECK_STRING("\xed\xa0\x80", "\"\\udced\\udca0\\udc80\""); /* a surrogate */
}

static void check_list(const char *const *items, size_t n, const char *before,
                       const char *wanted)
{
  struct mt_buffer b;
  struct mt_python p;

  mt_buffer_init(&b, 1 << 20);
  mt_python_init(&p, &b);
  mt_python_put(&p, "%s", before);
  mt_python_list_begin(&p);
  for (size_t i = 0; i < n; i++)
    mt_python_list_string(&p, items[i], strlen(items[i]));
  mt_python_list_end(&p, 4, 1);
  assert_int_equal(mt_buffer_append(&b, "", 1), 0);
  assert_string_equal((const char *)b.data, wanted);
  mt_python_reset(&p);
  mt_buffer_reset(&b);
}

static void test_lists(void **state)
{
  static const char *const some[] = {"red", "green"};
  static const char *const many[] = {"first of a few texts", "second of a few texts",
                                     "third of a few texts", "fourth of a few texts"};
  static const char *const fit[] = {"0123456789", "0123456789", "0123456789",
                                    "0123456789", "0123456789", "01234"};

  (void)state;
  check_list(NULL, 0, "x = ", "x = []");
  check_list(some, 2, "x = ", "x = [\"red\", \"green\"]");
  check_list(many, 4, "    \"x\": ",
             "    \"x\": [\n"
             "        \"first of a few texts\", \"second of a few texts\", "
             "\"third of a few texts\",\n"
             "        \"fourth of a few texts\",\n"
             "    ]");
  check_list(fit, 6, "a\n\"é\": ", /* 87 characters, and one to follow */
             "a\n\"é\": [\"0123456789\", \"0123456789\", \"0123456789\", \"0123456789\", "
             "\"0123456789\", \"01234\"]");
}

static void test_comments(void **state)
{
  struct mt_buffer b;
  struct mt_python p;

  (void)state;
  mt_buffer_init(&b, 1 << 20);
  mt_python_init(&p, &b);
  mt_python_comment(&p,
                    "a\nb\x1b \\ \"%s\" as planned, in more words than there is room "
                    "for in one line of a program.",
                    "c");
  assert_int_equal(mt_buffer_append(&b, "", 1), 0);
  assert_string_equal(
      (const char *)b.data,
      "# a\\nb\\x1b \\ \"c\" as planned, in more words than there is room "
      "for in one line of a\n# program.\n");
  mt_python_reset(&p);
  mt_buffer_reset(&b);
}

/* --- programs -------------------------------------------------------------------- */

struct loaded {
  struct mt_session *session;
  struct mt_snapshot snap;
  struct mt_buffer text;
};

/* Scans orders.csv of such a text and plans what is safe. */
static void load(struct loaded *w, const char *text, const struct mt_read_options *o,
                 enum mt_engine engine)
{
  struct mt_session_options options = {.threads = 1, .engine = engine};
  struct mt_reader *reader;
  FILE *f = fopen("orders.csv", "wb");

  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
  assert_int_equal(fclose(f), 0);
  mt_nulls_init(&options.nulls);
  assert_int_equal(mt_format_open(&reader, "orders.csv", o, NULL), 0);
  assert_int_equal(mt_session_new(&w->session, reader, &options, NULL), 0);
  assert_int_equal(mt_session_scan_start(w->session, NULL), 0);
  while (!mt_session_wait(w->session, 1))
    ;
  mt_session_apply_all(w->session, true);
  mt_snapshot_init(&w->snap);
  mt_buffer_init(&w->text, MT_LOADER_BYTES);
}

static void unload(struct loaded *w)
{
  mt_buffer_reset(&w->text);
  mt_snapshot_reset(&w->snap);
  mt_session_free(w->session);
}

static const char *write_code(struct loaded *w, enum mt_engine engine)
{
  assert_int_equal(mt_session_snapshot(w->session, &w->snap), 0);
  w->text.len = 0;
  assert_int_equal(mt_loader_write(&w->text, w->session, &w->snap, engine, NULL), 0);
  assert_int_equal(mt_buffer_append(&w->text, "", 1), 0);
  return (const char *)w->text.data;
}

static void test_plain(void **state)
{
  struct loaded w;

  (void)state;
  load(&w, "id,name\n3000000000,x\n-3000000000,y\n", NULL, MT_PANDAS3);
  assert_string_equal(write_code(&w, MT_PANDAS3),
                      "# orders.csv as planned with memtop: 166 B in pandas 3.\n"
                      "\n"
                      "import pandas as pd\n"
                      "\n"
                      "PATH = \"orders.csv\"\n"
                      "DTYPES = {\n"
                      "    \"id\": \"int64\",\n"
                      "    \"name\": \"str\",\n"
                      "}\n"
                      "\n"
                      "df = pd.read_csv(\n"
                      "    PATH,\n"
                      "    usecols=list(DTYPES),\n"
                      "    index_col=False,\n"
                      "    dtype=DTYPES,\n"
                      ")\n"
                      "for name, dtype in DTYPES.items():\n"
                      "    if dtype == \"int64\" and df[name].dtype != dtype:\n"
                      "        raise OverflowError(f\"{name!r}: some values do not fit "
                      "int64\")\n");
  unload(&w);
}

static const char orders[] = "id;day;city;price;note\n"
                             "1;31/12/2020;Rome;1.25;'a;b'\n"
                             "2;01/02/2021;Rome;2.1;c\n"
                             "3;02/02/2021;Paris;;d\n"
                             "300;03/02/2021;Rome;4.7;e\n"
                             "5;03/02/2021;Paris;4.7;f\n"
                             "6;03/02/2021;Rome;4.7;-\n";

static void test_converted(void **state)
{
  const struct mt_read_options o = {.quote = '\''};
  struct mt_error err = {0};
  struct loaded w;

  (void)state;
  load(&w, orders, &o, MT_PANDAS3);
  assert_int_equal(mt_session_choose(w.session, 2, MT_CATEGORY, &err), 0);
  assert_int_equal(mt_session_choose(w.session, 4, MT_DROP, &err), 0);
  assert_string_equal(
      write_code(&w, MT_PANDAS3),
      "# orders.csv as planned with memtop: 247 B in pandas 3 instead of 466 B.\n"
      "\n"
      "import pandas as pd\n"
      "\n"
      "PATH = \"orders.csv\"\n"
      "\n"
      "# What pandas reads the columns as: wide enough for any value.\n"
      "READ = {\n"
      "    \"id\": \"int64\",\n"
      "    \"day\": \"str\",\n"
      "    \"city\": \"str\",\n"
      "    \"price\": \"float64\",\n"
      "}\n"
      "# What they become.\n"
      "DTYPES = {\n"
      "    \"id\": \"int16\",\n"
      "    \"city\": pd.CategoricalDtype([\"Paris\", \"Rome\"]),\n"
      "    \"price\": \"float32\",\n"
      "}\n"
      "DATES = {\n"
      "    \"day\": \"%d/%m/%Y\",\n"
      "}\n"
      "ROUNDED = [\"price\"]\n"
      "\n"
      "\n"
      "def convert(values):\n"
      "    \"\"\"A column of a part as planned; raises where a value does not "
      "fit.\"\"\"\n"
      "    name = values.name\n"
      "    if name in DATES:\n"
      "        return pd.to_datetime(values, format=DATES[name]).dt.as_unit(\"us\")\n"
      "    result = values.astype(DTYPES[name])\n"
      "    same = (result == values) | values.isna()\n"
      "    if name in ROUNDED:\n"
      "        same |= (result - values).abs() < values.abs() * 1e-7\n"
      "    if not same.all():\n"
      "        value = values[~same].iloc[0]\n"
      "        raise ValueError(f\"{name!r}: {value!r} does not fit {result.dtype}\")\n"
      "    return result\n"
      "\n"
      "\n"
      "with pd.read_csv(\n"
      "    PATH,\n"
      "    sep=\";\",\n"
      "    quotechar=\"'\",\n"
      "    usecols=list(READ),\n"
      "    index_col=False,\n"
      "    dtype=READ,\n"
      "    chunksize=200_000,\n"
      ") as parts:\n"
      "    df = pd.concat(\n"
      "        (pd.DataFrame({name: convert(part[name]) for name in READ}) for part in "
      "parts),\n"
      "        ignore_index=True,\n"
      "    )\n");
  unload(&w);
}

static void test_polars(void **state)
{
  const struct mt_read_options o = {.quote = '\''};
  struct mt_error err = {0};
  struct loaded w;

  (void)state;
  load(&w, orders, &o, MT_POLARS);
  assert_int_equal(mt_session_choose(w.session, 2, MT_CATEGORY, &err), 0);
  assert_int_equal(mt_session_choose(w.session, 4, MT_DROP, &err), 0);
  assert_string_equal(
      write_code(&w, MT_POLARS),
      "# orders.csv as planned with memtop: 109 B in polars instead of 191 B.\n"
      "\n"
      "import polars as pl\n"
      "\n"
      "PATH = \"orders.csv\"\n"
      "NULLS = [\n"
      "    \"\", \"#N/A\", \"#N/A N/A\", \"#NA\", \"-1.#IND\", \"-1.#QNAN\", \"-NaN\", "
      "\"-nan\", \"1.#IND\",\n"
      "    \"1.#QNAN\", \"<NA>\", \"N/A\", \"NA\", \"NULL\", \"NaN\", \"None\", \"n/a\", "
      "\"nan\", \"null\",\n"
      "]\n"
      "\n"
      "# What the columns are read as; what does not fit is an error.\n"
      "READ = {\n"
      "    \"id\": pl.Int16,\n"
      "    \"day\": pl.String,\n"
      "    \"city\": pl.Enum([\"Paris\", \"Rome\"]),\n"
      "    \"price\": pl.Float64,\n"
      "}\n"
      "NARROW = {\n"
      "    \"price\": pl.Float32,\n"
      "}\n"
      "DATES = {\n"
      "    \"day\": \"%d/%m/%Y\",\n"
      "}\n"
      "CATEGORIES = [\"city\"]\n"
      "ROUNDED = [\"price\"]\n"
      "\n"
      "\n"
      "def narrow(name, dtype):\n"
      "    \"\"\"The column as dtype; raises where a value does not fit.\"\"\"\n"
      "\n"
      "    def convert(values):\n"
      "        result = values.cast(dtype)\n"
      "        changed = result.cast(values.dtype) != values\n"
      "        if name in ROUNDED:\n"
      "            changed &= ~((result - values).abs() < values.abs() * 1e-7)\n"
      "        if changed.any():\n"
      "            value = values.filter(changed)[0]\n"
      "            raise ValueError(f\"{name!r}: {value!r} does not fit {dtype}\")\n"
      "        return result\n"
      "\n"
      "    return pl.col(name).map_batches(convert, return_dtype=dtype)\n"
      "\n"
      "\n"
      "df = (\n"
      "    pl.scan_csv(\n"
      "        PATH,\n"
      "        separator=\";\",\n"
      "        quote_char=\"'\",\n"
      "        infer_schema=False,\n"
      "        schema_overrides=READ,\n"
      "        null_values=NULLS,\n"
      "    )\n"
      "    .select(list(READ))\n"
      "    .with_columns(\n"
      "        pl.col(name).str.to_datetime(layout, time_unit=\"us\")\n"
      "        for name, layout in DATES.items()\n"
      "    )\n"
      "    .with_columns(\n"
      "        narrow(name, dtype) for name, dtype in NARROW.items()\n"
      "    )\n"
      "    .cast(dict.fromkeys(CATEGORIES, pl.Categorical))\n"
      "    .collect()\n"
      ")\n");
  unload(&w);
}

static void test_faults_are_told(void **state)
{
  struct loaded w;
  const char *code;

  (void)state;
  load(&w, "a,b\n1,x\n2,y,z\n3,\xff\n4,\"open\n", NULL, MT_PANDAS2);
  code = write_code(&w, MT_PANDAS2);
  assert_non_null(strstr(code, "# 1 quote never closes: this will fail there.\n"
                               "# 1 row has too many fields: the extra ones are "
                               "ignored.\n"
                               "# 1 field is no UTF-8: what is none is read as "
                               "U+FFFD.\n"));
  assert_non_null(strstr(code, "    encoding_errors=\"replace\",\n"));
  unload(&w);
}

static void test_polars_reads_irregular_lines_with_pandas(void **state)
{
  static const struct {
    const char *text;
    bool pandas;
  } files[] = {
      {"a,b\n1,x\n2,y\n", false},     {"a,b\r\n1,\"x\"\r\n2,y\r\n", false},
      {"a,b\n1,x\n2,y", false},       {"a,b\n1,x\n\n2,y\n", true},
      {"a,b\n1,x\n2,y\n\n", true},    {"a,b\r1,x\r2,y\r", true},
      {"a,b\n1,x\"\"\n2,y\n", true},  {"a,b\n1,\"x\ny\"\n2,y\n", false},
      {"a,b\n1,x,\n2,y,\n", true},    {"a\n1\n2\n", false},
      {"a,b\n1,\"x\"y\n2,y\n", true}, {"a,b\n1\n2,y,z\n", false},
  };
  struct loaded w;

  (void)state;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    load(&w, files[i].text, NULL, MT_POLARS);
    assert_int_equal(strstr(write_code(&w, MT_POLARS), "pd.read_csv(") != NULL,
                     files[i].pandas);
    unload(&w);
  }
}

/* polars does not see where pandas' skipped lines end when there are quotes in them. */
static void test_polars_and_skipped_lines(void **state)
{
  static const struct {
    const char *text;
    bool pandas;
  } files[] = {
      {"made\na,b\n1,x\n", false},       {"\na,b\n1,x\n", false},
      {"made\r\na,b\r\n1,x\r\n", false}, {"\r\na,b\r\n1,x\r\n", false},
      {"\"m\na\"\na,b\n1,x\n", true},    {"m \"\na,b\n1,x\n", true},
      {"made\ra,b\n1,x\n", true},
  };
  const struct mt_read_options o = {.skip = 1, .quote = '"'};
  struct loaded w;

  (void)state;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    load(&w, files[i].text, &o, MT_POLARS);
    const char *code = write_code(&w, MT_POLARS);
    assert_int_equal(strstr(code, "pd.read_csv(") != NULL, files[i].pandas);
    assert_int_equal(strstr(code, "        skip_lines=1,\n") == NULL, files[i].pandas);
    unload(&w);
  }
}

/* Only names that the file has otherwise are given: a.1 may be the second a, or stand
 * there so. */
static void test_polars_and_names_that_were_made(void **state)
{
  static const struct {
    const char *text;
    bool given;
  } files[] = {
      {"a,a.1,b.2,Unnamed: 3\n1,2,3,4\n", false},
      {"b.1,Unnamed: 0\n1,2\n", false},
      {"a,a\n1,2\n", true},
      {"a,a,a.1\n1,2,3\n", true},
      {"a,\n1,2\n", true},
  };
  struct loaded w;

  (void)state;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    load(&w, files[i].text, NULL, MT_POLARS);
    assert_int_equal(strstr(write_code(&w, MT_POLARS), "NAMES = [") != NULL,
                     files[i].given);
    unload(&w);
  }
}

static void test_polars_takes_names_for_patterns(void **state)
{
  struct mt_error err = {0};
  struct loaded w;
  const char *code;

  (void)state;
  load(&w, "*,*_,^a$,^,^b$,$\n1,x,2,3,4,5\n", NULL, MT_POLARS);
  assert_int_equal(mt_session_choose(w.session, 4, MT_DROP, &err), 0);
  code = write_code(&w, MT_POLARS);
  assert_non_null(
      strstr(code, "NAMES = [\"*__\", \"*_\", \"^a$_\", \"^\", \"^b$\", \"$\"]\n"));
  assert_non_null(
      strstr(code, "RENAMED = {\n    \"*__\": \"*\",\n    \"^a$_\": \"^a$\",\n}\n"));
  assert_non_null(strstr(code, "    .collect()\n    .rename(RENAMED)\n)\n"));
  unload(&w);
}

static void test_nothing_left(void **state)
{
  struct mt_error err = {0};
  struct loaded w;

  (void)state;
  load(&w, "a\n1\n", NULL, MT_PANDAS3);
  assert_int_equal(mt_session_choose(w.session, 0, MT_DROP, &err), 0);
  assert_int_equal(mt_session_snapshot(w.session, &w.snap), 0);
  assert_int_equal(mt_loader_write(&w.text, w.session, &w.snap, MT_PANDAS3, &err),
                   EINVAL);
  assert_string_equal(err.what, "every column is dropped: there is nothing to load");
  unload(&w);
  assert_true(mt_loader_has(MT_POLARS));
  assert_false(mt_loader_has(MT_ARROW));
  assert_string_equal(mt_loader_names(), "pandas3, pandas2 or polars");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_strings),
      cmocka_unit_test(test_lists),
      cmocka_unit_test(test_comments),
      cmocka_unit_test(test_plain),
      cmocka_unit_test(test_converted),
      cmocka_unit_test(test_polars),
      cmocka_unit_test(test_faults_are_told),
      cmocka_unit_test(test_polars_reads_irregular_lines_with_pandas),
      cmocka_unit_test(test_polars_and_skipped_lines),
      cmocka_unit_test(test_polars_and_names_that_were_made),
      cmocka_unit_test(test_polars_takes_names_for_patterns),
      cmocka_unit_test(test_nothing_left),
  };
  char folder[] = "/tmp/memtop-loader-XXXXXX";
  int failed;

  if (mkdtemp(folder) == NULL || chdir(folder) != 0)
    return 99;
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink("orders.csv");
  rmdir(folder);
  return failed;
}
