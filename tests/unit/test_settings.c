/* The configuration file: what it says holds until the command line says otherwise. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tui/cli/options.h"
#include "tui/cli/settings.h"
#include "tui/home.h"

static char home[64], folder[128], file[160];

static int make_home(void **state)
{
  (void)state;
  strcpy(home, "/tmp/memtop-settings-XXXXXX");
  if (mkdtemp(home) == NULL)
    return -1;
  snprintf(folder, sizeof folder, "%s/memtop", home);
  snprintf(file, sizeof file, "%s/config", folder);
  return mkdir(folder, 0700) != 0 || setenv("XDG_CONFIG_HOME", home, 1) != 0;
}

static int remove_home(void **state)
{
  (void)state;
  unlink(file);
  return rmdir(folder) != 0 || rmdir(home) != 0;
}

static void write_bytes(const char *text, size_t n)
{
  FILE *f = fopen(file, "w");
  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static void write_config(const char *text)
{
  write_bytes(text, strlen(text));
}

/* memtop ARGUMENT... x.csv */
static int parse(struct mt_options *o, struct mt_error *err, const char *a, const char *b)
{
  char *argv[5] = {(char *)"memtop"};
  int argc = 1;
  if (a != NULL)
    argv[argc++] = (char *)a;
  if (b != NULL)
    argv[argc++] = (char *)b;
  argv[argc++] = (char *)"x.csv";
  memset(err, 0, sizeof *err);
  return mt_options_parse(o, argc, argv, err);
}

static void test_no_file_is_no_error(void **state)
{
  (void)state;
  struct mt_options o;
  struct mt_error err;
  unlink(file);
  assert_int_equal(parse(&o, &err, NULL, NULL), 0);
  assert_int_equal(o.session.engine, MT_PANDAS3);
  mt_options_reset(&o);
}

static void test_what_it_says(void **state)
{
  (void)state;
  struct mt_options o;
  struct mt_error err;
  write_config("# mine\r\n\n\t engine=polars \nno-mouse\ngraph =  braille\n"
               "theme = default\nascii\napply = safe\nheadroom = 4");
  assert_int_equal(parse(&o, &err, NULL, NULL), 0);
  assert_int_equal(o.session.engine, MT_POLARS);
  assert_true(o.no_mouse && o.ascii);
  assert_int_equal(o.graph, MT_GRAPH_BRAILLE);
  assert_int_equal(o.apply, MT_APPLY_SAFE);
  assert_int_equal(o.session.headroom, 4);
  assert_string_equal(o.path, "x.csv");
  mt_options_reset(&o);
}

static void test_command_line_wins(void **state)
{
  (void)state;
  struct mt_options o;
  struct mt_error err;
  write_config("engine = polars\ngraph = braille\n");
  assert_int_equal(parse(&o, &err, "--engine=arrow", "--graph=ascii"), 0);
  assert_int_equal(o.session.engine, MT_ARROW);
  assert_int_equal(o.graph, MT_GRAPH_ASCII);
  mt_options_reset(&o);
  assert_int_equal(parse(&o, &err, "--no-config", NULL), 0);
  assert_int_equal(o.session.engine, MT_PANDAS3);
  assert_int_equal(o.graph, MT_GRAPH_BLOCK);
  mt_options_reset(&o);
}

static void test_the_last_line_wins(void **state)
{
  (void)state;
  struct mt_options o;
  struct mt_error err;
  write_config("engine = polars\nengine = arrow\n");
  assert_int_equal(parse(&o, &err, NULL, NULL), 0);
  assert_int_equal(o.session.engine, MT_ARROW);
  mt_options_reset(&o);
}

static void test_what_is_wrong(void **state)
{
  (void)state;
  static const struct {
    const char *text, *says;
  } cases[] = {
      {"\n\nengin = polars\n", "line 3: there is no option \"engin\""},
      {"--engine = polars", "line 1: there is no option \"--engine\""},
      {"engine = spark", "line 1: --engine: \"spark\" is not pandas3, pandas2, polars or "
                         "arrow"},
      {"ascii\nengine\n", "line 2: \"engine\" needs a value"},
      {"engine = \n", "line 1: \"engine\" needs a value"},
      {"ascii = yes", "line 1: \"ascii\" takes no value"},
      {"delimiter = ;", "line 1: \"delimiter\" is for the command line"},
      {"theme = nosuch", "line 1: there is no theme \"nosuch\""},
      {"= x", "line 1: there is no option \"\""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct mt_options o;
    struct mt_error err;
    char wanted[400];
    write_config(cases[i].text);
    assert_int_not_equal(parse(&o, &err, NULL, NULL), 0);
    snprintf(wanted, sizeof wanted, "%s: %s", file, cases[i].says);
    assert_string_equal(err.what, wanted);
    assert_true(err.remedy[0] != '\0');
    mt_options_reset(&o);
    assert_int_equal(parse(&o, &err, "--help", NULL), 0); /* where help is needed most */
    mt_options_reset(&o);
    assert_int_equal(parse(&o, &err, "--no-config", NULL), 0);
    mt_options_reset(&o);
  }
}

static void test_what_is_no_text(void **state)
{
  (void)state;
  struct mt_options o;
  struct mt_error err;
  write_bytes("ascii\n\0", 7);
  assert_int_equal(parse(&o, &err, NULL, NULL), EINVAL);
  assert_non_null(strstr(err.what, "holds a NUL byte"));
  assert_string_equal(err.remedy, "--no-config ignores it");
  mt_options_reset(&o);
  char *long_text = malloc((64 << 10) + 1);
  memset(long_text, '\n', (64 << 10) + 1);
  write_bytes(long_text, 64 << 10);
  assert_int_equal(parse(&o, &err, NULL, NULL), 0);
  mt_options_reset(&o);
  write_bytes(long_text, (64 << 10) + 1);
  assert_int_equal(parse(&o, &err, NULL, NULL), EFBIG);
  mt_options_reset(&o);
  free(long_text);
  unlink(file);
  assert_int_equal(mkdir(file, 0700), 0);
  assert_int_equal(parse(&o, &err, NULL, NULL), EISDIR);
  assert_non_null(strstr(err.what, "cannot read"));
  mt_options_reset(&o);
  assert_int_equal(rmdir(file), 0);
  assert_int_equal(mkfifo(file, 0600), 0); /* nobody will ever write to it */
  assert_int_equal(parse(&o, &err, NULL, NULL), ENODEV);
  assert_non_null(strstr(err.what, "config is a pipe, and not a file"));
  assert_string_equal(err.remedy, "--no-config ignores it");
  mt_options_reset(&o);
  unlink(file);
}

/* What nobody here may look at is not there; what may be known of has to be read. */
static void test_what_may_not_be_read(void **state)
{
  (void)state;
  struct mt_options o;
  struct mt_error err;
  uid_t user = geteuid();
  write_config("engine = spark\n");
  assert_int_equal(chmod(file, 0), 0);
  assert_int_equal(chmod(home, 0), 0);
  if (user == 0) /* who may read everything */
    assert_int_equal(seteuid(65534), 0);
  int hidden = parse(&o, &err, NULL, NULL);
  mt_options_reset(&o);
  assert_int_equal(seteuid(user), 0);
  assert_int_equal(chmod(home, 0755), 0);
  assert_int_equal(chmod(folder, 0755), 0);
  if (user == 0)
    assert_int_equal(seteuid(65534), 0);
  int closed = parse(&o, &err, NULL, NULL);
  mt_options_reset(&o);
  assert_int_equal(seteuid(user), 0);
  unlink(file);
  assert_int_equal(hidden, 0);
  assert_int_equal(closed, EACCES);
  assert_non_null(strstr(err.what, "cannot read"));
}

/* The table decides, option by option. */
static void test_which_options_it_may_have(void **state)
{
  (void)state;
  const struct mt_option_info *info;
  for (size_t i = 0; (info = mt_option_info(i)) != NULL; i++) {
    char text[128];
    struct mt_options o;
    struct mt_error err;
    size_t first = strcspn(info->values, " ");
    snprintf(text, sizeof text, info->argument[0] == '\0' ? "%s" : "%s = %.*s",
             info->name, first > 0 ? (int)first : 1, first > 0 ? info->values : "4");
    write_config(text);
    int rc = parse(&o, &err, NULL, NULL);
    assert_int_equal(rc, info->place == MT_OPTION_KEPT ? 0 : EINVAL);
    assert_true(rc == 0 || strstr(err.what, "is for the command line") != NULL);
    mt_options_reset(&o);
  }
}

static void test_where_it_is(void **state)
{
  (void)state;
  char path[PATH_MAX];
  setenv("XDG_CONFIG_HOME", "/x", 1);
  assert_true(mt_home_path(path, "config"));
  assert_string_equal(path, "/x/memtop/config");
  setenv("HOME", "/home/me", 1);
  setenv("XDG_CONFIG_HOME", "relative", 1); /* to be ignored */
  assert_true(mt_home_path(path, "config"));
  assert_string_equal(path, "/home/me/.config/memtop/config");
  unsetenv("XDG_CONFIG_HOME");
  assert_true(mt_home_path(path, "themes"));
  assert_string_equal(path, "/home/me/.config/memtop/themes");
  unsetenv("HOME");
  assert_false(mt_home_path(path, "config"));
  setenv("XDG_CONFIG_HOME", home, 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_file_is_no_error),
      cmocka_unit_test(test_what_it_says),
      cmocka_unit_test(test_command_line_wins),
      cmocka_unit_test(test_the_last_line_wins),
      cmocka_unit_test(test_what_is_wrong),
      cmocka_unit_test(test_what_is_no_text),
      cmocka_unit_test(test_what_may_not_be_read),
      cmocka_unit_test(test_which_options_it_may_have),
      cmocka_unit_test(test_where_it_is),
  };
  return cmocka_run_group_tests(tests, make_home, remove_home);
}
