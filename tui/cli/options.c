#include "tui/cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/cli/option_table.h"
#include "tui/cli/settings.h"
#include "tui/home.h"
#include "tui/loader/loader.h"
#include "tui/screen/theme_file.h"

static int usage_error(struct mt_error *err, const char *name, const char *value,
                       const char *wants)
{
  mt_fail(err, EINVAL, "--%s: \"%s\" is not %s", name, value, wants);
  mt_error_remedy(err, "see memtop --help");
  return EINVAL;
}

static int parse_count(const char *s, uint64_t *v)
{
  char *end;
  unsigned long long n;

  if (*s < '0' || *s > '9')
    return EINVAL;
  errno = 0;
  n = strtoull(s, &end, 10);
  if (errno != 0 || *end != '\0')
    return EINVAL;
  *v = n;
  return 0;
}

/* One byte, or a word that stands for one. */
static int parse_byte(const char *s, int *v)
{
  if (strcmp(s, "tab") == 0 || strcmp(s, "\\t") == 0)
    *v = '\t';
  else if (s[0] != '\0' && s[1] == '\0' && (unsigned char)s[0] < 0x80)
    *v = s[0];
  else
    return EINVAL;
  return 0;
}

static int add_choice(struct mt_options *o, const char *column, size_t n, enum mt_dtype t,
                      struct mt_error *err)
{
  struct mt_option_choice *grown =
      realloc(o->choice, (o->choices + 1) * sizeof *o->choice);

  if (grown == NULL)
    return mt_fail_memory(err);
  o->choice = grown;
  o->choice[o->choices].column = strndup(column, n);
  o->choice[o->choices].dtype = t;
  if (o->choice[o->choices].column == NULL)
    return mt_fail_memory(err);
  o->choices++;
  return 0;
}

static int add_null(struct mt_options *o, const char *value, struct mt_error *err)
{
  const char **grown = realloc(o->null_values, (o->nulls + 1) * sizeof *grown);

  if (grown == NULL)
    return mt_fail_memory(err);
  o->null_values = grown;
  grown[o->nulls++] = value;
  return 0;
}

static int parse_set(struct mt_options *o, const char *value, struct mt_error *err)
{
  const char *eq = strrchr(value, '=');
  enum mt_dtype t = eq ? mt_dtype_find(eq + 1) : MT_DTYPE_COUNT;

  if (t == MT_DTYPE_COUNT)
    return usage_error(err, "set", value, "COLUMN=DTYPE with a dtype of memtop's own");
  return add_choice(o, value, (size_t)(eq - value), t, err);
}

static int parse_compression(struct mt_write_options *w, const char *value)
{
  const char *colon = strchr(value, ':');
  char name[16] = "";
  size_t n = colon ? (size_t)(colon - value) : strlen(value);
  uint64_t level = 0;

  if (n >= sizeof name)
    return EINVAL;
  memcpy(name, value, n);
  if ((int)(w->codec = mt_codec_find(name)) < 0)
    return EINVAL;
  if (colon != NULL && (parse_count(colon + 1, &level) != 0 || level > 22))
    return EINVAL;
  w->level = (int)level;
  return 0;
}

static int parse_apply(const char *s, enum mt_apply *v)
{
  *v = strcmp(s, "safe") == 0   ? MT_APPLY_SAFE
       : strcmp(s, "none") == 0 ? MT_APPLY_NONE
       : strcmp(s, "all") == 0  ? MT_APPLY_ALL
                                : MT_APPLY_DEFAULT;
  return *v == MT_APPLY_DEFAULT ? EINVAL : 0;
}

static int parse_color(const char *s, enum mt_color *v)
{
  *v = strcmp(s, "never") == 0 ? MT_COLOR_NEVER
       : strcmp(s, "16") == 0  ? MT_COLOR_16
       : strcmp(s, "256") == 0 ? MT_COLOR_256
                               : MT_COLOR_AUTO;
  return *v == MT_COLOR_AUTO && strcmp(s, "auto") != 0 ? EINVAL : 0;
}

/* Columns and lines of a screen. */
static int parse_dimensions(struct mt_options *o, const char *value)
{
  const char *x = strchr(value, 'x');
  char width[8];
  uint64_t w, h;

  if (x == NULL || (size_t)(x - value) >= sizeof width)
    return EINVAL;
  snprintf(width, sizeof width, "%.*s", (int)(x - value), value);
  if (parse_count(width, &w) != 0 || parse_count(x + 1, &h) != 0 || w == 0 || h == 0 ||
      w > 1000 || h > 1000)
    return EINVAL;
  o->snapshot_width = (int)w;
  o->snapshot_height = (int)h;
  return 0;
}

static int parse_graph(const char *s, enum mt_graph_style *v)
{
  *v = strcmp(s, "braille") == 0 ? MT_GRAPH_BRAILLE
       : strcmp(s, "ascii") == 0 ? MT_GRAPH_ASCII
                                 : MT_GRAPH_BLOCK;
  return *v == MT_GRAPH_BLOCK && strcmp(s, "block") != 0 ? EINVAL : 0;
}

/* Options about reading; -1 when it is none of them. */
static int parse_reading(struct mt_options *o, int id, const char *value,
                         struct mt_error *err)
{
  switch (id) {
  case OPT_DELIMITER:
    return parse_byte(value, &o->read.delimiter)
               ? usage_error(err, "delimiter", value, "one ASCII character")
               : 0;
  case OPT_QUOTE:
    if (strcmp(value, "none") == 0)
      o->read.quote = -1;
    else if (parse_byte(value, &o->read.quote) != 0)
      return usage_error(err, "quote", value, "one ASCII character or none");
    return 0;
  case OPT_HEADER:
    o->read.header = 1;
    return 0;
  case OPT_NO_HEADER:
    o->read.header = -1;
    return 0;
  case OPT_SKIP:
    return parse_count(value, &o->read.skip) ? usage_error(err, "skip", value, "a number")
                                             : 0;
  case OPT_COMMENT:
    return parse_byte(value, &o->read.comment)
               ? usage_error(err, "comment", value, "one ASCII character")
               : 0;
  case OPT_NULLS:
    return add_null(o, value, err);
  case OPT_ENCODING:
    o->read.encoding = value;
    return 0;
  case OPT_ROWS:
    return parse_count(value, &o->session.max_rows) || o->session.max_rows == 0
               ? usage_error(err, "rows", value, "a number above 0")
               : 0;
  case OPT_MAX_FIELD:
    return mt_parse_size(value, &o->read.max_field) || o->read.max_field == 0 ||
                   o->read.max_field > (uint64_t)1 << 30
               ? usage_error(err, "max-field", value, "a size up to 1G")
               : 0;
  case OPT_MAX_COLUMNS:
    return parse_count(value, &o->read.max_columns) || o->read.max_columns == 0 ||
                   o->read.max_columns > INT_MAX / 2
               ? usage_error(err, "max-columns", value, "a number of columns")
               : 0;
  default:
    return -1;
  }
}

static int parse_running(struct mt_options *o, int id, const char *value,
                         struct mt_error *err)
{
  uint64_t n = 0;

  switch (id) {
  case OPT_MEMORY:
    return mt_parse_size(value, &o->session.memory) || o->session.memory == 0
               ? usage_error(err, "memory", value, "a size such as 256M")
               : 0;
  case OPT_THREADS:
    if (parse_count(value, &n) != 0 || n == 0 || n > 64)
      return usage_error(err, "threads", value, "a number from 1 to 64");
    o->session.threads = (unsigned)n;
    return 0;
  case OPT_COLOR:
    return parse_color(value, &o->color)
               ? usage_error(err, "color", value, "auto, never, 16 or 256")
               : 0;
  case OPT_ASCII:
    o->ascii = true;
    return 0;
  case OPT_THEME:
    return mt_theme_load(&o->theme, value, err);
  case OPT_GRAPH:
    return parse_graph(value, &o->graph)
               ? usage_error(err, "graph", value, "block, braille or ascii")
               : 0;
  case OPT_NO_CONFIG:
    o->no_config = true;
    return 0;
  case OPT_NO_MOUSE:
    o->no_mouse = true;
    return 0;
  case OPT_HELP:
    o->help = true;
    return 0;
  default:
    o->version = true;
    return 0;
  }
}

/* Options about the plan; -1 when it is none of them. */
static int parse_planning(struct mt_options *o, int id, const char *value,
                          struct mt_error *err)
{
  uint64_t n;

  switch (id) {
  case OPT_APPLY:
    return parse_apply(value, &o->apply)
               ? usage_error(err, "apply", value, "safe, all or none")
               : 0;
  case OPT_SET:
    return parse_set(o, value, err);
  case OPT_DROP:
    return add_choice(o, value, strlen(value), MT_DROP, err);
  case OPT_ENGINE:
    o->session.engine = mt_engine_find(value);
    return o->session.engine == MT_ENGINE_COUNT
               ? usage_error(err, "engine", value, "pandas3, pandas2, polars or arrow")
               : 0;
  case OPT_PYTHON:
    o->session.python311 = strcmp(value, "3.11") == 0;
    return o->session.python311 || strcmp(value, "3.12") == 0
               ? 0
               : usage_error(err, "python", value, "3.11 or 3.12");
  case OPT_HEADROOM:
    if (parse_count(value, &n) != 0 || n == 0 || n > 1000000)
      return usage_error(err, "headroom", value, "a number from 1 to 1000000");
    o->session.headroom = (unsigned)n;
    return 0;
  case OPT_FIT:
    return mt_parse_size(value, &o->fit) || o->fit == 0
               ? usage_error(err, "fit", value, "a size")
               : 0;
  case OPT_PLAN:
    o->plan_path = value;
    return 0;
  case OPT_SAVE_PLAN:
    o->save_plan_path = value;
    return 0;
  case OPT_CHECK:
    o->check = true;
    return 0;
  default:
    return -1;
  }
}

/* Options about what is written; -1 when it is none of them. */
static int parse_output(struct mt_options *o, int id, const char *value,
                        struct mt_error *err)
{
  switch (id) {
  case OPT_REPORT:
    o->report = true;
    return 0;
  case OPT_JSON:
    o->json = true;
    return 0;
  case OPT_EXPORT:
    o->export_path = value;
    return 0;
  case OPT_SNAPSHOT:
    return parse_dimensions(o, value)
               ? usage_error(err, "snapshot", value,
                             "a size such as 120x30, up to 1000x1000")
               : 0;
  case OPT_CODE:
    o->code = true;
    o->code_engine = mt_engine_find(value);
    return mt_loader_has(o->code_engine)
               ? 0
               : usage_error(err, "code", value, mt_loader_names());
  case OPT_STRICT:
    o->strict = true;
    return 0;
  case OPT_FORMAT:
    o->write.format = mt_format_find(value);
    return o->write.format == MT_FORMAT_COUNT
               ? usage_error(err, "format", value, "arrow or hdf5")
               : 0;
  case OPT_COMPRESSION:
    return parse_compression(&o->write, value)
               ? usage_error(err, "compression", value, "zstd, lz4, gzip or none")
               : 0;
  case OPT_FORCE:
    o->write.force = true;
    return 0;
  default:
    return -1;
  }
}

static int apply_option(struct mt_options *o, int id, const char *value,
                        struct mt_error *err)
{
  int rc = parse_planning(o, id, value, err);
  if (rc < 0)
    rc = parse_output(o, id, value, err);
  if (rc < 0)
    rc = parse_reading(o, id, value, err);
  return rc < 0 ? parse_running(o, id, value, err) : rc;
}

static int no_file(struct mt_error *err)
{
  mt_fail(err, EINVAL, "no file given");
  mt_error_remedy(err, "name one, or - for standard input");
  return EINVAL;
}

static int check(const struct mt_options *o, struct mt_error *err)
{
  if (o->help || o->version)
    return 0;
  if (o->path == NULL)
    return no_file(err);
  if (o->export_path != NULL && o->session.max_rows != 0) {
    mt_fail(err, EINVAL, "--export needs every row, --rows reads only some");
    mt_error_remedy(err, "leave out one of them");
    return EINVAL;
  }
  const char *one = o->code ? "code" : o->snapshot_width > 0 ? "snapshot" : NULL;
  const char *other = o->json                            ? "json"
                      : o->report                        ? "report"
                      : o->code && o->snapshot_width > 0 ? "snapshot"
                                                         : NULL;
  if (one != NULL && other != NULL) {
    mt_fail(err, EINVAL, "--%s and --%s both print", one, other);
    mt_error_remedy(err, "leave out one of them");
    return EINVAL;
  }
  if (o->check && o->plan_path == NULL) {
    mt_fail(err, EINVAL, "--check needs a plan");
    mt_error_remedy(err, "give --plan FILE");
    return EINVAL;
  }
  if ((o->check || o->save_plan_path != NULL) && o->session.max_rows != 0)
    return mt_fail(err, EINVAL, "a plan is about every row, --rows reads only some");
  if (o->read.delimiter != 0 &&
      (o->read.delimiter == o->read.quote || o->read.delimiter == o->read.comment ||
       o->read.delimiter == '\n' || o->read.delimiter == '\r' ||
       (o->read.quote == 0 && o->read.delimiter == '"')))
    return mt_fail(err, EINVAL,
                   "the delimiter is also the quote, the comment or a line end");
  return 0;
}

/* Sets what the configuration file says and the command line (`given`) does not. */
static int apply_config(struct mt_options *o, const bool given[MT_OPTION_COUNT],
                        struct mt_error *err)
{
  char path[PATH_MAX];
  struct mt_setting setting;
  struct mt_settings_reader reader;
  int rc = mt_home_path(path, "config") ? mt_settings_read(&o->config, path, err) : 0;
  if (rc != 0 || o->config == NULL)
    return rc;
  mt_settings_begin(&reader, o->config, path);
  while (rc == 0 && (rc = mt_settings_next(&reader, &setting, err)) == 0 &&
         setting.option != NULL) {
    size_t i = (size_t)(setting.option->id - MT_FIRST_OPTION - 1);
    if (!given[i])
      rc = apply_option(o, setting.option->id, setting.value, err);
    if (rc != 0)
      mt_settings_locate(&reader, err);
  }
  return rc;
}

static int parse_arguments(struct mt_options *o, int argc, char **argv,
                           bool given[MT_OPTION_COUNT], struct mt_error *err)
{
  struct option longs[MT_OPTION_COUNT + 1] = {0};
  int id, rc = 0;

  for (size_t i = 0; i < MT_OPTION_COUNT; i++) {
    const struct mt_option_info *info = mt_option_info(i);
    longs[i] =
        (struct option){.name = info->name,
                        .has_arg = info->argument[0] ? required_argument : no_argument,
                        .val = info->id};
  }
  opterr = 0;
  optind = 1;
  while (rc == 0 && (id = getopt_long(argc, argv, ":hV", longs, NULL)) != -1) {
    if (id == 'h' || id == 'V') {
      id = id == 'h' ? OPT_HELP : OPT_VERSION;
    } else if (id == '?' || id == ':') {
      mt_fail(err, EINVAL,
              id == '?' ? "unknown or ambiguous option \"%s\""
                        : "option \"%s\" needs a value",
              argv[optind - 1]);
      mt_error_remedy(err, "see memtop --help");
      return EINVAL;
    }
    given[id - MT_FIRST_OPTION - 1] = true;
    rc = apply_option(o, id, optarg, err);
  }
  return rc;
}

int mt_options_parse(struct mt_options *o, int argc, char **argv, struct mt_error *err)
{
  bool given[MT_OPTION_COUNT] = {false};

  memset(o, 0, sizeof *o);
  mt_nulls_init(&o->session.nulls);
  o->write.format = MT_FORMAT_COUNT;
  o->theme = mt_theme_default;
  int rc = parse_arguments(o, argc, argv, given, err);
  if (rc != 0)
    return rc;
  if (optind < argc)
    o->path = strcmp(argv[optind], "-") == 0 ? "/dev/stdin" : argv[optind], optind++;
  if (optind < argc) {
    mt_fail(err, EINVAL, "more than one file given: \"%s\"", argv[optind]);
    mt_error_remedy(err, "memtop reads one file at a time");
    return EINVAL;
  }
  if (!o->help && !o->version && !o->no_config)
    rc = apply_config(o, given, err);
  return rc != 0 ? rc : check(o, err);
}

void mt_options_reset(struct mt_options *o)
{
  for (size_t i = 0; i < o->choices; i++)
    free(o->choice[i].column);
  free(o->choice);
  free(o->null_values);
  free(o->config);
  mt_nulls_reset(&o->session.nulls);
  memset(o, 0, sizeof *o);
}

int mt_options_colors(const struct mt_options *o)
{
  const char *no_color = getenv("NO_COLOR");

  if (o->color == MT_COLOR_NEVER)
    return 0;
  if (o->color == MT_COLOR_AUTO && no_color != NULL && no_color[0] != '\0')
    return 0;
  return o->color == MT_COLOR_16 ? 16 : 256;
}

bool mt_options_batch(const struct mt_options *o)
{
  return o->snapshot_width > 0 || o->report || o->json || o->code || o->check ||
         o->export_path != NULL || o->save_plan_path != NULL;
}
