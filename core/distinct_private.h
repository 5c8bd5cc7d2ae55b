/* What those share who fill sets (distinct.c) and who read them (distinct_read.c). */
#ifndef MT_CORE_DISTINCT_PRIVATE_H
#define MT_CORE_DISTINCT_PRIVATE_H

#include <string.h>

#include "core/distinct.h"

/* A slot holds the code of the text if that is whole (code.h), else, below the same kind:
 * 22 bits of the table's hash, 40 bits of offset into `text`. */
#define MT_DISTINCT_OFFSET_BITS 40
#define MT_DISTINCT_OFFSET ((1ull << MT_DISTINCT_OFFSET_BITS) - 1)

/* The text that the key of a slot leads to, when it is not whole. */
static inline const uint8_t *mt_distinct_text_at(const struct mt_distinct *d,
                                                 uint64_t key, size_t *n)
{
  const uint8_t *t = d->text + (key & MT_DISTINCT_OFFSET);
  uint32_t len;
  memcpy(&len, t, sizeof len);
  *n = len;
  return t + sizeof len;
}

#endif
