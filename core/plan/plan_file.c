#include "core/plan/plan_file.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/cells/json.h"

static const char *const layouts[] = {
#define X(id, format) format,
    MT_DATE_LAYOUTS(X)
#undef X
};

void mt_plan_file_init(struct mt_plan_file *f)
{
  *f = (struct mt_plan_file){0};
  mt_nulls_init(&f->nulls);
}

void mt_plan_file_reset(struct mt_plan_file *f)
{
  for (size_t i = 0; i < f->len; i++)
    free(f->entry[i].name);
  free(f->entry);
  mt_nulls_reset(&f->nulls);
  mt_plan_file_init(f);
}

static enum mt_date_layout find_layout(const char *format)
{
  int i = 0;
  while (i < MT_DATE_LAYOUT_COUNT && strcmp(layouts[i], format) != 0)
    i++;
  return (enum mt_date_layout)i;
}

static int refuse_file(struct mt_error *err, const char *what)
{
  mt_fail(err, EINVAL, "not a plan: %s", what);
  mt_error_remedy(err, "memtop --save-plan writes one");
  return EINVAL;
}

static int refuse(struct mt_error *err, size_t i, const char *what)
{
  mt_fail(err, EINVAL, "not a plan: column %zu %s", i + 1, what);
  mt_error_remedy(err, "memtop --save-plan writes one");
  return EINVAL;
}

static int parse_entry(struct mt_plan_entry *e, const json_t *column, size_t i,
                       struct mt_error *err)
{
  const json_t *name = json_object_get(column, "name");
  const json_t *dtype = json_object_get(column, "dtype");
  const json_t *nullable = json_object_get(column, "nullable");
  const json_t *format = json_object_get(column, "date_format");

  if (!json_is_string(name))
    return refuse(err, i, "has no name");
  if (!json_is_string(dtype) ||
      (e->dtype = mt_dtype_find(json_string_value(dtype))) == MT_DTYPE_COUNT)
    return refuse(err, i, "has no dtype that memtop knows");
  if (nullable != NULL && !json_is_boolean(nullable))
    return refuse(err, i, "has a \"nullable\" that is neither true nor false");
  e->nullable = nullable == NULL || json_is_true(nullable);
  e->layout = MT_DATE_LAYOUT_COUNT;
  if (format != NULL) {
    e->layout = json_is_string(format) ? find_layout(json_string_value(format))
                                       : MT_DATE_LAYOUT_COUNT;
    if (e->layout == MT_DATE_LAYOUT_COUNT)
      return refuse(err, i, "has a date_format that memtop does not know");
  }
  e->name_len = json_string_length(name);
  e->name = malloc(e->name_len + 1);
  if (e->name == NULL)
    return mt_fail_memory(err);
  memcpy(e->name, json_string_value(name), e->name_len);
  e->name[e->name_len] = '\0';
  return 0;
}

/* null_values: an array of texts, or nothing. */
static int parse_nulls(struct mt_nulls *nulls, size_t column, const json_t *texts,
                       struct mt_error *err)
{
  int rc = 0;

  if (texts != NULL && !json_is_array(texts))
    return refuse_file(err, "\"null_values\" is no list of texts");
  for (size_t i = 0; i < json_array_size(texts) && rc == 0; i++) {
    const json_t *text = json_array_get(texts, i);
    const char *s = json_string_value(text);

    if (s == NULL || strlen(s) != json_string_length(text))
      return refuse_file(err, "\"null_values\" is no list of texts");
    rc = mt_nulls_add_token(nulls, column, s, strlen(s), err);
  }
  return rc;
}

static int parse_columns(struct mt_plan_file *f, const json_t *columns,
                         struct mt_error *err)
{
  size_t n = json_array_size(columns);

  f->entry = mt_alloc(n + 1, sizeof *f->entry);
  if (f->entry == NULL)
    return mt_fail_memory(err);
  while (f->len < n) {
    const json_t *column = json_array_get(columns, f->len);
    int rc = parse_entry(&f->entry[f->len], column, f->len, err);

    if (rc != 0)
      return rc;
    f->len++;
    rc = parse_nulls(&f->nulls, f->len - 1, json_object_get(column, "null_values"), err);
    if (rc != 0)
      return rc;
  }
  return 0;
}

int mt_plan_file_parse(struct mt_plan_file *f, const void *json, size_t n,
                       struct mt_error *err)
{
  json_error_t e;
  json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
  const json_t *version, *columns;
  int rc;

  mt_plan_file_init(f);
  if (root == NULL) {
    mt_fail(err, EINVAL, "not a plan: %s (line %d)", e.text, e.line);
    mt_error_remedy(err, "memtop --save-plan writes one");
    return EINVAL;
  }
  version = json_object_get(root, "memtop_plan");
  columns = json_object_get(root, "columns");
  if (!json_is_integer(version) || !json_is_array(columns)) {
    rc = refuse_file(err, "\"memtop_plan\" or \"columns\" is missing");
  } else if (json_integer_value(version) != MT_PLAN_VERSION) {
    rc = mt_fail(err, EINVAL, "a plan of version %lld; this memtop knows version %d",
                 (long long)json_integer_value(version), MT_PLAN_VERSION);
  } else {
    rc =
        parse_nulls(&f->nulls, MT_ALL_COLUMNS, json_object_get(root, "null_values"), err);
    if (rc == 0)
      rc = parse_columns(f, columns, err);
  }
  json_decref(root);
  if (rc != 0)
    mt_plan_file_reset(f);
  return rc;
}

/* The tokens of one column, which begin at *at; nothing when there are none. */
static void print_nulls(struct mt_json *j, const struct mt_nulls *nulls, size_t column,
                        size_t *at)
{
  if (*at == nulls->extra_len || nulls->extra[*at].column != column)
    return;
  mt_json_array(j, "null_values");
  for (; *at < nulls->extra_len && nulls->extra[*at].column == column; ++*at)
    mt_json_bytes(j, NULL, nulls->extra[*at].text, strlen(nulls->extra[*at].text));
  mt_json_close(j);
}

int mt_plan_file_print(const struct mt_plan_file *f, struct mt_buffer *out)
{
  struct mt_json j;
  size_t null = 0; /* tokens are in the order of the columns */

  mt_json_begin(&j, out, true);
  mt_json_object(&j, NULL);
  mt_json_uint(&j, "memtop_plan", MT_PLAN_VERSION);
  mt_json_array(&j, "columns");
  for (size_t i = 0; i < f->len; i++) {
    const struct mt_plan_entry *e = &f->entry[i];
    mt_json_object(&j, NULL);
    mt_json_bytes(&j, "name", e->name, e->name_len);
    mt_json_string(&j, "dtype", mt_dtype_name(e->dtype));
    mt_json_bool(&j, "nullable", e->nullable);
    if (e->layout != MT_DATE_LAYOUT_COUNT)
      mt_json_string(&j, "date_format", layouts[e->layout]);
    print_nulls(&j, &f->nulls, i, &null);
    mt_json_close(&j);
  }
  mt_json_close(&j);
  print_nulls(&j, &f->nulls, MT_ALL_COLUMNS, &null);
  mt_json_close(&j);
  return mt_json_end(&j);
}
