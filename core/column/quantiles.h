/* The quantiles of any number of numbers in a few kilobytes: which numbers stand
 * about where in the sorted column.
 *
 * Kept are some of the numbers, each with the lowest and the highest rank it can
 * have (after Greenwald and Khanna, 2001).  The bounds are never wrong: whatever the
 * data, their order and their parts, an answer is off by mt_quantiles_error ranks at
 * most.  While few different numbers were added (LIMIT / 2) that is 0, after that up to
 * 0.8 % of the numbers; only orders made to defeat the method exceed that, since memory
 * has an end.  The same numbers in the same parts give the same answers.
 *
 *   mt_quantiles_init, mt_quantiles_add or _merge ..., mt_quantiles_reset
 *
 * Memory is taken as it is needed and kept; without memory the numbers are lost. */
#ifndef MT_CORE_QUANTILES_H
#define MT_CORE_QUANTILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MT_QUANTILES_LIMIT 160 /* numbers kept as a rule: 2.5 KB */
#define MT_QUANTILES_MOST 640  /* ... when their order asks for it */

/* Into how many gaps the ranks are cut.  A gap bounds the error by half of its width. */
#define MT_QUANTILES_GAPS 64       /* of what lasts */
#define MT_QUANTILES_PART_GAPS 256 /* of a part to be merged: its gaps add to others */

/* A number of the column and the ranks, from 1, that it may have. */
struct mt_rank {
  double value;
  uint32_t low, high;
};

struct mt_quantiles {
  struct mt_rank *rank; /* ascending; owned */
  uint64_t total;       /* numbers added */
  uint16_t len, cap;
  uint16_t limit; /* of len, for now */
  uint16_t gaps;
  uint8_t shift; /* ranks count in 2^shift, so that 32 bits always do */
  bool lost;     /* for want of memory: there are no answers */
};

/* A number that occurs so many times. */
struct mt_weighted {
  double value;
  uint64_t times;
};

/* Finite numbers in any order.  often and spare have room for all of them, and are
 * overwritten. */
struct mt_numbers {
  struct mt_weighted *often, *spare;
  size_t len;         /* of often */
  const double *once; /* others, each once */
  size_t singles;     /* of those */
};

void mt_quantiles_init(struct mt_quantiles *q, uint16_t gaps);
void mt_quantiles_reset(struct mt_quantiles *q);
void mt_quantiles_clear(struct mt_quantiles *q); /* empty; keeps its memory */

void mt_quantiles_add(struct mt_quantiles *q, const struct mt_numbers *n);
void mt_quantiles_merge(struct mt_quantiles *into, const struct mt_quantiles *q);

static inline bool mt_quantiles_known(const struct mt_quantiles *q)
{
  return q->total > 0 && !q->lost;
}
/* The rest wants mt_quantiles_known.  The ends are exact. */
static inline double mt_quantiles_least(const struct mt_quantiles *q)
{
  return q->rank[0].value;
}
static inline double mt_quantiles_greatest(const struct mt_quantiles *q)
{
  return q->rank[q->len - 1].value;
}
/* The number of that rank, 1 .. total. */
double mt_quantiles_at(const struct mt_quantiles *q, uint64_t rank);
/* How many numbers are less than x.  Off by less than twice mt_quantiles_error. */
uint64_t mt_quantiles_below(const struct mt_quantiles *q, double x);
/* Ranks by which mt_quantiles_at can be off at most; 0 = exact. */
uint64_t mt_quantiles_error(const struct mt_quantiles *q);

#endif
