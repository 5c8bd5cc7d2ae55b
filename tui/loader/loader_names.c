/* Names that polars takes for patterns: "*" is all columns to it, and "^a.*$" those that
 * begin with an a.  They are loaded under others, which they lose at the end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tui/loader/loader_private.h"

static bool is_pattern(const struct mt_name *n)
{
  return n->len > 0 && ((n->len == 1 && n->text[0] == '*') ||
                        (n->text[0] == '^' && n->text[n->len - 1] == '$'));
}

static bool is_renamed(const struct mt_loader *l, size_t i)
{
  return l->names[i].text != l->schema->names[i].text;
}

/* A name of no column: that one's with marks behind it, which end no pattern. */
static int rename_column(const struct mt_name_index *names, struct mt_name *n)
{
  struct mt_name other = {malloc(n->len + 1), n->len};

  if (other.text == NULL)
    return ENOMEM;
  memcpy(other.text, n->text, n->len);
  do {
    char *more = realloc(other.text, other.len + 2);
    if (more == NULL) {
      free(other.text);
      return ENOMEM;
    }
    other.text = more;
    other.text[other.len++] = '_';
    other.text[other.len] = '\0';
  } while (mt_name_index_find(names, other.text, other.len) < names->schema->columns);
  *n = other;
  return 0;
}

int mt_loader_rename(struct mt_loader *l)
{
  const struct mt_name *names = l->schema->names;
  size_t columns = l->schema->columns;
  struct mt_name_index index;
  bool any = false;
  int rc;

  MT_LOADER_EACH(l, i)
  any |= is_pattern(&names[i]);
  if (!any)
    return 0;
  l->renamed = mt_alloc(columns, sizeof *l->renamed);
  if (l->renamed == NULL)
    return ENOMEM;
  memcpy(l->renamed, names, columns * sizeof *l->renamed);
  l->names = l->renamed;
  rc = mt_name_index_init(&index, l->schema);
  MT_LOADER_EACH(l, i)
  if (rc == 0 && is_pattern(&names[i]))
    rc = rename_column(&index, &l->renamed[i]);
  mt_name_index_reset(&index);
  return rc;
}

void mt_loader_forget_names(struct mt_loader *l)
{
  for (size_t i = 0; l->renamed != NULL && i < l->schema->columns; i++)
    if (is_renamed(l, i))
      free(l->renamed[i].text);
  free(l->renamed);
}

void mt_loader_renamed(struct mt_loader *l)
{
  struct mt_python *p = &l->python;

  if (l->renamed == NULL)
    return;
  mt_python_comment(p, "What is called otherwise at first: polars would take these names "
                       "for patterns.");
  mt_python_put(p, "RENAMED = {\n");
  MT_LOADER_EACH(l, i)
  {
    if (!is_renamed(l, i))
      continue;
    mt_python_put(p, "    ");
    mt_loader_name(l, i);
    mt_python_put(p, ": ");
    mt_python_string(p, l->schema->names[i].text, l->schema->names[i].len);
    mt_python_put(p, ",\n");
  }
  mt_python_put(p, "}\n");
}
