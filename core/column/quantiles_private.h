/* What those share who make marks of numbers (quantiles_mark.c) and who keep them
 * (quantiles.c). */
#ifndef MT_CORE_QUANTILES_PRIVATE_H
#define MT_CORE_QUANTILES_PRIVATE_H

#include "core/column/quantiles.h"

/* While it is worked on.  A number that repeats has two marks, for the first and the
 * last time it occurs: what stands between equal marks is known. */
struct mt_quantile_mark {
  double value;
  uint64_t low, high;
};

#define MT_QUANTILE_MARKS (3 * MT_QUANTILES_PART_GAPS)

/* The marks of numbers whose ranks are known. */
struct mt_quantile_marks {
  struct mt_quantile_mark *mark; /* in `room`, with one free before and one behind */
  struct mt_quantile_mark room[1 + MT_QUANTILE_MARKS + 1];
  size_t len;
  uint64_t rank;  /* of the last number, marked or not */
  uint64_t total; /* of the numbers */
};

/* Ranks between two neighbours that nothing is known of, and one. */
static inline uint64_t mt_quantile_gap(const struct mt_quantile_mark *a,
                                       const struct mt_quantile_mark *b)
{
  return a->value == b->value ? 0 : b->high - a->low;
}

/* Drops marks as long as no gap grows beyond `room`: 0 drops what tells nothing.  How
 * many are left. */
size_t mt_quantiles_thin(struct mt_quantile_mark *m, size_t n, uint64_t room);

/* The marks of numbers in any order, at least one. */
void mt_quantiles_mark(struct mt_quantile_marks *m, const struct mt_numbers *n);

#endif
