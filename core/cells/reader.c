#include "core/cells/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/base/hash.h"

static bool is_name(const struct mt_reader_schema *schema, size_t column,
                    const char *name, size_t n)
{
  const struct mt_name *own = &schema->names[column];

  return own->len == n && memcmp(own->text, name, n) == 0;
}

size_t mt_reader_find_column(const struct mt_reader_schema *schema, const char *name,
                             size_t n)
{
  size_t i = 0;

  while (i < schema->columns && !is_name(schema, i, name, n))
    i++;
  return i;
}

/* The slot of a name, or the free one where it belongs. */
static uint32_t *find_slot(const struct mt_name_index *x, const char *name, size_t n)
{
  size_t at = XXH3_64bits_withSeed(name, n, x->seed) & x->mask;

  while (x->slot[at] != 0 && !is_name(x->schema, x->slot[at] - 1, name, n))
    at = (at + 1) & x->mask;
  return &x->slot[at];
}

int mt_name_index_init(struct mt_name_index *x, const struct mt_reader_schema *schema)
{
  size_t slots = 16;

  while (slots / 2 < schema->columns)
    slots *= 2;
  *x = (struct mt_name_index){.schema = schema, .mask = slots - 1};
  x->slot = mt_alloc(slots, sizeof *x->slot);
  if (x->slot == NULL)
    return ENOMEM;
  x->seed = mt_hash_seed(x->slot);
  for (size_t i = 0; i < schema->columns; i++)
    *find_slot(x, schema->names[i].text, schema->names[i].len) = (uint32_t)i + 1;
  return 0;
}

void mt_name_index_reset(struct mt_name_index *x)
{
  free(x->slot);
  x->slot = NULL;
}

size_t mt_name_index_find(const struct mt_name_index *x, const char *name, size_t n)
{
  uint32_t found = *find_slot(x, name, n);

  return found != 0 ? found - 1 : x->schema->columns;
}
