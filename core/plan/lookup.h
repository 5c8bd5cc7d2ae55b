/* The categories of a column: its distinct texts, sorted, and the code of each.
 *
 *   mt_lookup_init   from an exact distinct set
 *   mt_lookup_find   any number of threads
 *   mt_lookup_reset */
#ifndef MT_CORE_LOOKUP_H
#define MT_CORE_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "core/column/distinct.h"
#include "core/plan/batch.h"

struct mt_lookup {
  struct mt_dictionary dictionary;
  uint64_t *offsets; /* of the dictionary; owned */
  uint8_t *bytes;    /* of the dictionary; owned */
  uint32_t *slot;    /* code + 1, or 0; mask + 1 entries; owned */
  size_t mask;
  uint64_t seed;
};

/* 0, or ENOMEM. */
int mt_lookup_init(struct mt_lookup *l, const struct mt_distinct *d,
                   uint64_t seed) MT_MUST_CHECK;
void mt_lookup_reset(struct mt_lookup *l);
/* The code of a text, or -1 when it is not a category. */
int32_t mt_lookup_find(const struct mt_lookup *l, const uint8_t *s, size_t n);

#endif
