/* --null, once the names of the columns are known. */
#include <errno.h>
#include <string.h>

#include "tui/cli/options.h"

/* The tokens after the first '=' that a column's name ends at; NULL: there is none. */
static const char *find_null_column(const struct mt_reader_schema *schema,
                                    const char *value, size_t *column)
{
  for (const char *eq = value; (eq = strchr(eq, '=')) != NULL; eq++) {
    *column = mt_reader_find_column(schema, value, (size_t)(eq - value));
    if (*column < schema->columns)
      return eq + 1;
  }
  return NULL;
}

static int refuse_null_column(const char *value, struct mt_error *err)
{
  mt_fail(err, EINVAL, "--null: there is no column \"%.*s\"",
          (int)(strrchr(value, '=') - value), value);
  mt_error_remedy(err, "--null \"=%s\" is about that text in all columns", value);
  return EINVAL;
}

int mt_options_nulls(const struct mt_options *o, const struct mt_reader_schema *schema,
                     struct mt_nulls *nulls, struct mt_error *err)
{
  int rc = 0;

  for (size_t i = 0; i < o->nulls && rc == 0; i++) {
    const char *value = o->null_values[i], *tokens = value, *eq = strchr(value, '=');
    size_t column = MT_ALL_COLUMNS;

    if (eq == value) /* no name: of all columns, whatever follows */
      tokens = value + 1;
    else if (eq != NULL && (tokens = find_null_column(schema, value, &column)) == NULL)
      return refuse_null_column(value, err);
    rc = mt_nulls_add(nulls, column, tokens, err);
  }
  return rc;
}
