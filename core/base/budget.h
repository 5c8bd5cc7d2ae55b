/* What memtop itself may take of the machine's memory, and on what it is spent.
 *
 * Whatever the file's size, its peak is at most
 *
 *   64 MiB + 12 MiB per worker + min(32 KiB, 4 KiB + 48 B x rows) per column
 *          + 3 x the longest record
 *
 * of which 36 MiB are a pool for exact distinct values.  Given an amount instead, all
 * that is left of it goes to the pool; where less is left there are fewer workers, and in
 * the end no pool: then a table of many columns may have too many rows. */
#ifndef MT_CORE_BUDGET_H
#define MT_CORE_BUDGET_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

struct mt_budget {
  unsigned workers;
  size_t pool;        /* bytes of exact distinct values */
  uint64_t most_rows; /* that the columns have room for; UINT64_MAX = any number */
};

/* Spends `memory` bytes, 0 = by the formula.  0, or ENOBUFS: not even the first rows have
 * room. */
int mt_budget_make(struct mt_budget *b, uint64_t memory, size_t columns, unsigned threads,
                   struct mt_error *err) MT_MUST_CHECK;
/* ENOBUFS, for more rows than b->most_rows. */
int mt_budget_fail_rows(const struct mt_budget *b, size_t columns, struct mt_error *err);
/* What to ask for so that the pool has that many bytes: a power of two. */
uint64_t mt_budget_wanted(uint64_t pool, size_t columns, unsigned workers);
/* As an option takes it: "45M", "2G".  Rounded up. */
#define MT_BUDGET_TEXT 24
char *mt_budget_text(char dst[MT_BUDGET_TEXT], uint64_t bytes);

#endif
