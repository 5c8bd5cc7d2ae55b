#include "tui/loader/loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/loader/loader_private.h"

static const struct {
  void (*write)(struct mt_loader *l);
} engines[MT_ENGINE_COUNT] = {
    [MT_PANDAS3] = {mt_loader_pandas},
    [MT_PANDAS2] = {mt_loader_pandas},
    [MT_POLARS] = {mt_loader_polars},
};

bool mt_loader_has(enum mt_engine e)
{
  return e < MT_ENGINE_COUNT && engines[e].write != NULL;
}

const char *mt_loader_names(void)
{
  static char names[80];
  size_t last = 0, n = 0;

  for (size_t e = 0; e < MT_ENGINE_COUNT; e++)
    if (engines[e].write != NULL)
      last = e;
  for (size_t e = 0; e <= last; e++)
    if (engines[e].write != NULL)
      n += (size_t)snprintf(names + n, sizeof names - n, "%s%s",
                            n == 0      ? ""
                            : e == last ? " or "
                                        : ", ",
                            mt_engine_name((enum mt_engine)e));
  return names;
}

/* ---- what the columns have in common ------------------------------------- */

bool mt_loader_spell_out(struct mt_loader *l, size_t column)
{
  const struct mt_recipe_column *c = &l->recipe.column[column];

  if (c->categories == 0 || c->categories > MT_LOADER_CATEGORIES ||
      c->category_text > MT_LOADER_TEXT || l->texts + c->category_text > MT_LOADER_TEXTS)
    return false;
  l->texts += c->category_text;
  return true;
}

void mt_loader_say_inferred(struct mt_loader *l)
{
  if (l->recipe.complete)
    mt_python_comment(&l->python,
                      "Categories of more than %d values, or %d KiB, are not written out "
                      "here: %s finds them.",
                      MT_LOADER_CATEGORIES, (int)(MT_LOADER_TEXT >> 10),
                      mt_engine_is_pandas(l->engine) ? "pandas" : "polars");
  else
    mt_python_comment(&l->python, "Not all categories are known: %s finds them.",
                      mt_engine_is_pandas(l->engine) ? "pandas" : "polars");
}

void mt_loader_bool_words(struct mt_loader *l, size_t column)
{
  static const char *const words[][2] = {
      {"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}, {"on", "off"}};
  const int family = l->recipe.column[column].bool_family;

  mt_python_put(&l->python, "{\"%s\": True, \"%s\": False}", words[family][0],
                words[family][1]);
}

void mt_loader_categories(struct mt_loader *l, size_t column, size_t tail)
{
  struct mt_lookup lookup;
  const struct mt_dictionary *d = &lookup.dictionary;
  int rc = mt_session_categories(l->session, column, &lookup);

  mt_python_list_begin(&l->python);
  if (rc != 0) { /* the scan began anew */
    l->python.error = l->python.error != 0 ? l->python.error : rc;
    return;
  }
  for (uint64_t i = 0; i < d->count; i++)
    mt_python_list_string(&l->python, d->bytes + d->offsets[i],
                          (size_t)(d->offsets[i + 1] - d->offsets[i]));
  mt_python_list_end(&l->python, 4, tail);
  mt_lookup_reset(&lookup);
}

bool mt_loader_any(const struct mt_loader *l, unsigned kinds)
{
  MT_LOADER_EACH(l, i)
  if (kinds >> l->how[i] & 1)
    return true;
  return false;
}

void mt_loader_name(struct mt_loader *l, size_t column)
{
  const struct mt_name *name = &l->names[column];

  mt_python_string(&l->python, name->text, name->len);
}

void mt_loader_dict(struct mt_loader *l, const char *name, unsigned kinds,
                    void (*value)(struct mt_loader *l, size_t column))
{
  if (!mt_loader_any(l, kinds))
    return;
  mt_python_put(&l->python, "%s = {\n", name);
  MT_LOADER_EACH(l, i)
  {
    if (!(kinds >> l->how[i] & 1))
      continue;
    mt_python_put(&l->python, "    ");
    mt_loader_name(l, i);
    mt_python_put(&l->python, ": ");
    value(l, i);
    mt_python_put(&l->python, ",\n");
  }
  mt_python_put(&l->python, "}\n");
}

void mt_loader_list(struct mt_loader *l, const char *name, unsigned kinds)
{
  if (!mt_loader_any(l, kinds))
    return;
  mt_python_put(&l->python, "%s = ", name);
  mt_python_list_begin(&l->python);
  MT_LOADER_EACH(l, i)
  if (kinds >> l->how[i] & 1)
    mt_python_list_string(&l->python, l->names[i].text, l->names[i].len);
  mt_python_list_end(&l->python, 0, 0);
  mt_python_put(&l->python, "\n");
}

/* ---- nulls --------------------------------------------------------------- */

/* Whether nulls were added in all columns. */
static bool has_common_nulls(const struct mt_loader *l)
{
  const struct mt_nulls *n = &l->recipe.nulls;

  return n->extra_len > 0 && n->extra[n->extra_len - 1].column == MT_ALL_COLUMNS;
}

size_t mt_loader_own_nulls(const struct mt_loader *l, size_t column, size_t *first)
{
  const struct mt_nulls *n = &l->recipe.nulls;
  size_t count = 0;

  *first = mt_nulls_find(n, column);
  while (*first + count < n->extra_len && n->extra[*first + count].column == column)
    count++;
  return count;
}

static void list_nulls(struct mt_loader *l, size_t column)
{
  size_t first, n = mt_loader_own_nulls(l, column, &first);

  for (size_t i = first; i < first + n; i++)
    mt_python_list_string(&l->python, l->recipe.nulls.extra[i].text,
                          strlen(l->recipe.nulls.extra[i].text));
}

void mt_loader_null_list(struct mt_loader *l, bool defaults, bool common, size_t column,
                         size_t indent)
{
  mt_python_list_begin(&l->python);
  if (defaults) {
    mt_python_list_string(&l->python, "", 0);
    for (int i = 0; i < MT_NULL_WORD_COUNT; i++)
      mt_python_list_string(&l->python, mt_null_word_text(i),
                            strlen(mt_null_word_text(i)));
  }
  if (column != MT_ALL_COLUMNS)
    list_nulls(l, column);
  if (common)
    list_nulls(l, MT_ALL_COLUMNS);
  mt_python_list_end(&l->python, indent, 1);
}

/* ---- the file ------------------------------------------------------------ */

bool mt_loader_is_utf8(const struct mt_loader *l)
{
  return l->schema->text.encoding == NULL ||
         strcmp(l->schema->text.encoding, "utf-8") == 0;
}

/* The name that Python has for the file's encoding. */
static const char *python_encoding(const struct mt_loader *l, char *dst, size_t cap)
{
  snprintf(dst, cap, "%s", l->schema->text.encoding);
  dst[strcspn(dst, "/")] = '\0'; /* latin1//TRANSLIT */
  if (strncmp(dst, "ucs-4", 5) == 0)
    snprintf(dst, cap, "utf-32");
  return dst;
}

static bool holds(const struct mt_name *n, const char *text)
{
  return memmem(n->text, n->len, text, strlen(text)) != NULL;
}

bool mt_loader_needs_names(const struct mt_loader *l)
{
  if (!l->schema->text.header || l->schema->implicit_index > 0 || l->renamed != NULL)
    return true;
  for (size_t i = 0; i < l->schema->columns; i++)
    if (holds(&l->schema->names[i], "\xef\xbf\xbd")) /* for what is no UTF-8 */
      return true;
  return false;
}

/* A name that would be taken for something else than that of a file here. */
static bool is_odd_path(const char *path)
{
  return path[0] == '~' || strstr(path, "://") != NULL;
}

void mt_loader_constants(struct mt_loader *l, bool names)
{
  struct mt_python *p = &l->python;
  char path[4096 + 2];

  snprintf(path, sizeof path, "%s%s", is_odd_path(l->schema->path) ? "./" : "",
           l->schema->path);
  mt_python_put(p, "PATH = ");
  mt_python_string(p, path, strlen(path));
  mt_python_put(p, "\n");
  if (!names)
    return;
  mt_python_put(p, "NAMES = ");
  if (!l->schema->text.header) {
    mt_python_put(p, "[str(i) for i in range(%zu)]\n", l->schema->columns);
    return;
  }
  mt_python_list_begin(p);
  for (size_t i = 0; i < l->schema->columns; i++)
    mt_python_list_string(p, l->names[i].text, l->names[i].len);
  mt_python_list_end(p, 0, 0);
  mt_python_put(p, "\n");
}

/* ---- pandas.read_csv ----------------------------------------------------- */

void mt_loader_pandas_nulls(struct mt_loader *l)
{
  struct mt_python *p = &l->python;
  const struct mt_nulls *n = &l->recipe.nulls;
  bool common = has_common_nulls(l);
  size_t first;

  if (n->extra_len == 0)
    return;
  if (n->numbers)
    mt_python_comment(p, "To pandas, a number that is null is so however it is written: "
                         "where -999 is, -999.0 is too.");
  mt_python_put(p, "NULLS = ");
  if (n->extra[0].column == MT_ALL_COLUMNS) {
    mt_loader_null_list(l, false, true, MT_ALL_COLUMNS, 0);
    mt_python_put(p, "\n");
    return;
  }
  mt_python_put(p, "{\n");
  MT_LOADER_EACH(l, i)
  {
    if (!common && mt_loader_own_nulls(l, i, &first) == 0)
      continue;
    mt_python_put(p, "    ");
    mt_loader_name(l, i);
    mt_python_put(p, ": ");
    mt_loader_null_list(l, false, common, i, 4);
    mt_python_put(p, ",\n");
  }
  mt_python_put(p, "}\n");
}

/* What pandas calls the compression; NULL: it has none, or none that it knows. */
static const char *pandas_compression(const char *name)
{
  static const char *const names[][2] = {
      {"gzip", "gzip"}, {"bzip2", "bz2"}, {"xz", "xz"}, {"zstd", "zstd"}};

  for (size_t i = 0; name != NULL && i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i][0]) == 0)
      return names[i][1];
  return NULL;
}

/* What pandas would take the file for by its name. */
static const char *inferred_compression(const char *path)
{
  static const char *const ends[][2] = {{".gz", "gzip"},  {".bz2", "bz2"},
                                        {".zip", "zip"},  {".xz", "xz"},
                                        {".zst", "zstd"}, {".tar", "tar"}};
  size_t n = strlen(path);

  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (n >= strlen(ends[i][0]) &&
        strcasecmp(path + n - strlen(ends[i][0]), ends[i][0]) == 0)
      return ends[i][1];
  return NULL;
}

static void put_compression(struct mt_loader *l, int indent)
{
  const char *is = pandas_compression(l->schema->text.compression);
  const char *looks = inferred_compression(l->schema->path);

  if (is == NULL && looks != NULL)
    mt_python_put(&l->python, "%*scompression=None,\n", indent, "");
  else if (is != NULL && (looks == NULL || strcmp(is, looks) != 0))
    mt_python_put(&l->python, "%*scompression=\"%s\",\n", indent, "", is);
}

static void put_byte(struct mt_loader *l, int indent, const char *name, char byte)
{
  mt_python_put(&l->python, "%*s%s=", indent, "", name);
  mt_python_string(&l->python, &byte, 1);
  mt_python_put(&l->python, ",\n");
}

static void put_dialect(struct mt_loader *l, int indent)
{
  const struct mt_reader_text *t = &l->schema->text;

  if (l->schema->delimiter != ',')
    put_byte(l, indent, "sep", l->schema->delimiter);
  if (t->quote < 0)
    mt_python_put(&l->python, "%*squoting=3,  # no quotes\n", indent, "");
  else if (t->quote != '"')
    put_byte(l, indent, "quotechar", (char)t->quote);
  if (t->comment >= 0)
    put_byte(l, indent, "comment", (char)t->comment);
  if (t->skip > 0)
    mt_python_put(&l->python, "%*sskiprows=%llu,\n", indent, "",
                  (unsigned long long)t->skip);
}

void mt_loader_read_csv(struct mt_loader *l, size_t deep)
{
  struct mt_python *p = &l->python;
  int indent = (int)deep;
  char encoding[32];

  mt_python_put(p, "%*s%s,\n", indent, "",
                l->schema->text.compression != NULL &&
                        strcmp(l->schema->text.compression, "lz4") == 0
                    ? "lz4.frame.open(PATH)"
                    : "PATH");
  put_dialect(l, indent);
  if (!l->schema->text.header)
    mt_python_put(p, "%*sheader=None,\n", indent, "");
  else if (mt_loader_needs_names(l))
    mt_python_put(p, "%*sheader=0,\n", indent, "");
  if (mt_loader_needs_names(l))
    mt_python_put(p, "%*snames=NAMES,\n", indent, "");
  if (!mt_loader_is_utf8(l))
    mt_python_put(p, "%*sencoding=\"%s\",\n", indent, "",
                  python_encoding(l, encoding, sizeof encoding));
  if (l->recipe.bad_utf8 > 0)
    mt_python_put(p, "%*sencoding_errors=\"replace\",\n", indent, "");
  put_compression(l, indent);
  if (l->recipe.nulls.extra_len > 0)
    mt_python_put(p, "%*sna_values=NULLS,\n", indent, "");
  MT_LOADER_EACH(l, i)
  if (l->recipe.column[i].nul) { /* the C engine cuts texts there */
    mt_python_put(p, "%*sengine=\"python\",\n", indent, "");
    break;
  }
}

unsigned mt_loader_part_rows(const struct mt_loader *l)
{
  static const unsigned rows[] = {200000, 100000, 50000, 20000, 10000, 5000, 2000};
  size_t columns = 0;

  MT_LOADER_EACH(l, i)
  columns++;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (columns * rows[i] <= (size_t)4 << 20)
      return rows[i];
  return 1000;
}

/* ---- the whole ----------------------------------------------------------- */

static const char *base_name(const char *path)
{
  const char *slash = strrchr(path, '/');

  return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static void put_title(struct mt_loader *l, const struct mt_snapshot *snap)
{
  struct mt_python *p = &l->python;
  const char *name = base_name(l->schema->path), *engine = mt_engine_title(l->engine);
  char now[MT_SIZE_PROSE], after[MT_SIZE_PROSE], rows[MT_COUNT_TEXT];

  mt_format_size(now, snap->now_total);
  mt_format_size(after, snap->after_total);
  if (snap->after_total < snap->now_total)
    mt_python_comment(p, "%.200s as planned with memtop: %s in %s instead of %s.", name,
                      after, engine, now);
  else
    mt_python_comment(p, "%.200s as planned with memtop: %s in %s.", name, after, engine);
  if (!l->recipe.complete)
    mt_python_comment(p,
                      "Made from the first %s rows alone: nothing is proven for the "
                      "others, which raise an error where they do not fit.",
                      mt_format_count(rows, l->recipe.rows));
}

/* What no reader can be told. */
static void put_faults(struct mt_loader *l)
{
  struct mt_python *p = &l->python;
  char count[MT_COUNT_TEXT];
  uint64_t n;

  if ((n = l->recipe.open_quotes) > 0)
    mt_python_comment(p, "%s quote%s never close%s: this will fail there.",
                      mt_format_count(count, n), n == 1 ? "" : "s", n == 1 ? "s" : "");
  if ((n = l->recipe.long_rows) > 0)
    mt_python_comment(p, "%s row%s too many fields: the extra ones are ignored.",
                      mt_format_count(count, n), n == 1 ? " has" : "s have");
  if ((n = l->recipe.bad_utf8) > 0)
    mt_python_comment(p, "%s field%s no UTF-8: what is none is read as U+FFFD.",
                      mt_format_count(count, n), n == 1 ? " is" : "s are");
}

static int check(const struct mt_loader *l, struct mt_error *err)
{
  MT_LOADER_EACH(l, i)
  return 0;
  mt_fail(err, EINVAL, "every column is dropped: there is nothing to load");
  mt_error_remedy(err, "keep at least one column");
  return EINVAL;
}

int mt_loader_write(struct mt_buffer *out, struct mt_session *s,
                    const struct mt_snapshot *snap, enum mt_engine engine,
                    struct mt_error *err)
{
  const struct mt_reader_schema *schema = mt_session_schema(s);
  struct mt_loader l = {
      .session = s, .schema = schema, .names = schema->names, .engine = engine};
  int rc = mt_session_recipe(s, &l.recipe);

  if (rc == 0) {
    l.how = mt_alloc(l.recipe.columns, 1);
    rc = l.how == NULL ? ENOMEM : check(&l, err);
  }
  mt_python_init(&l.python, out);
  if (rc == 0) {
    put_title(&l, snap);
    put_faults(&l);
    mt_python_put(&l.python, "\n");
    engines[engine].write(&l);
    rc = l.python.error;
  }
  mt_python_reset(&l.python);
  mt_loader_forget_names(&l);
  mt_recipe_reset(&l.recipe);
  free(l.how);
  return rc == ENOMEM ? mt_fail_memory(err) : rc;
}
