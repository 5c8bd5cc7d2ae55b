#include "core/cells/reader.h"

#include <string.h>

size_t mt_reader_find_column(const struct mt_reader_schema *schema, const char *name,
                             size_t n, size_t guess)
{
  for (size_t k = 0; k < schema->columns; k++) {
    size_t i = (guess + k) % schema->columns;
    if (schema->names[i].len == n && memcmp(schema->names[i].text, name, n) == 0)
      return i;
  }
  return schema->columns;
}
