/* What the values of a column are like, beyond their types: the mean, the spread and
 * the quantiles of its numbers, the lengths of its values, the order they come in.
 *
 *   worker:   mt_run_begin; mt_run_add per distinct text; mt_run_end     a run of cells
 *   driver:   mt_statistics_merge, in row order
 *   at rest:  mt_statistics_mean ... mt_statistics_top
 *
 * Values are the cells that are not null; numbers are the values that pandas would read
 * as finite numbers, as float64.
 *
 * Exact: all counts, lengths, runs, the order, the smallest and the largest number.
 * Rounded: mean and variance, each step to float64 (Chan, Golub and LeVeque, 1979); the
 * figures are the same whatever the number of threads, not whatever the blocks.
 * Estimated: quantiles, with a bound (quantiles.h).  The histogram and the most frequent
 * values are exact while the column's distinct texts are known, and say so. */
#ifndef MT_CORE_STATISTICS_H
#define MT_CORE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cells/chunk.h"
#include "core/cells/nulls.h"
#include "core/cells/token.h"
#include "core/column/distinct.h"
#include "core/column/quantiles.h"

/* Lengths in bytes: 0, 1, 2-3, 4-7, ..., 16,384-32,767, and all that are longer. */
#define MT_LENGTH_BUCKETS 17

/* How the values can be ordered by what was seen of them; a bit goes with the first two
 * that contradict it.  Equal values contradict nothing. */
enum {
  MT_UP_NUMBERS = 1 << 0, /* the values are numbers, infinities too, and ascend */
  MT_DOWN_NUMBERS = 1 << 1,
  MT_UP_BYTES = 1 << 2, /* the texts ascend, byte by byte */
  MT_DOWN_BYTES = 1 << 3,
  MT_ONLY_NUMBERS = 1 << 4 /* no text was seen, as long as one of the above is left */
};

/* One end of a stretch of values, to be held against the value beyond it. */
struct mt_order_end {
  double d; /* of a number */
  int64_t i;
  bool integer;     /* i is what it is; d may be rounded */
  const uint8_t *s; /* while the bytes are in order */
  size_t n;
};

struct mt_order {
  uint8_t may; /* MT_UP_NUMBERS ... */
  bool any;    /* there is a value: the ends mean something */
  struct mt_order_end first, last;
};

/* What is left of `may` when b follows a. */
uint8_t mt_order_left(uint8_t may, const struct mt_order_end *a,
                      const struct mt_order_end *b);

struct mt_statistics {
  uint64_t values;  /* not null */
  uint64_t numbers; /* of those, finite */
  double mean, m2;  /* of the numbers; sum of squared deviations from the mean */
  uint64_t length[MT_LENGTH_BUCKETS];
  uint64_t runs;                        /* stretches of equal cells, nulls too */
  uint64_t first_cell[2], last_cell[2]; /* hashes, to join runs */
  struct mt_order order;
  uint8_t *text[2]; /* what the order's ends point to; owned */
  size_t text_cap[2];
  struct mt_quantiles quantiles;
  bool lost; /* for want of memory: nothing is known of the order */
};

/* gaps: as of mt_quantiles_init. */
void mt_statistics_init(struct mt_statistics *s, uint16_t gaps);
void mt_statistics_reset(struct mt_statistics *s);
void mt_statistics_clear(struct mt_statistics *s); /* empty; keeps its memory */
/* Appends the statistics of later rows. */
void mt_statistics_merge(struct mt_statistics *into, const struct mt_statistics *later);

/* ---- a run of cells ------------------------------------------------------ */

/* Gathers a run of cells of one column, text by text.  Its memory is used again by the
 * next run; begin with {0}. */
struct mt_run {
  struct mt_statistics now;
  bool order_later; /* of values that came as singles nothing is known yet */
  /* Finite numbers in order of appearance: `len` texts, and values that came as singles.
   * Each array has room for all, spare to sort them.  Owned. */
  struct mt_weighted *number, *spare;
  double *single;
  size_t len, singles, cap;
};

void mt_run_reset(struct mt_run *r);
/* Room for so many texts.  0 or ENOMEM. */
int mt_run_begin(struct mt_run *r, size_t texts) MT_MUST_CHECK;
/* The next text by first appearance, and how often it occurs in the run. */
void mt_run_add(struct mt_run *r, const uint8_t *s, size_t n, uint64_t times,
                const struct mt_token *t);

/* Only their lengths. */
void mt_run_add_length(struct mt_run *r, size_t n, uint64_t times);
/* What comes now is added cell by cell, partly in other ways: the order is found out at
 * the end ... */
void mt_run_begin_singles(struct mt_run *r);
/* ... unless it is told: whether all values since then, of which there are some, ascend,
 * or descend, as numbers (if they are) and as bytes alike; and the last one. */
void mt_run_follow(struct mt_run *r, bool up, bool down, const struct mt_order_end *last);

/* The same run as cells.  stretches: of equal cells, each as long as can be. */
struct mt_run_cells {
  const struct mt_chunk *chunk;
  size_t column, from, to;
  size_t stretches;
  bool repeats; /* some text was added for cells that are no neighbours */
};
/* Appends the run to the statistics of the rows before. */
void mt_run_end(struct mt_run *r, const struct mt_run_cells *c,
                const struct mt_nulls *nulls, struct mt_statistics *into);

/* ---- results ------------------------------------------------------------- */

/* NaN where there are not enough numbers, or float64 does not hold it; the deviation is
 * that of a sample (n - 1). */
double mt_statistics_mean(const struct mt_statistics *s);
double mt_statistics_stddev(const struct mt_statistics *s);
/* As pandas: linear between the two numbers nearest to q * (count - 1).  NaN when there
 * is none.  Each of the two may be off by mt_quantiles_error ranks. */
double mt_statistics_quantile(const struct mt_statistics *s, double q);

enum mt_sorted { MT_SORTED_NONE, MT_SORTED_UP, MT_SORTED_DOWN, MT_SORTED_UNKNOWN };
/* The order of the values, by number when all are numbers (beyond int64 as float64),
 * else by bytes.  Equal values all along are ascending. */
enum mt_sorted mt_statistics_sorted(const struct mt_statistics *s);
/* Whether the values ascend, or descend, byte by byte: then equal ones are neighbours,
 * but for nulls between them. */
bool mt_statistics_bytes_in_order(const struct mt_statistics *s);
const char *mt_sorted_name(enum mt_sorted s);

/* Smallest length of a bucket. */
static inline uint32_t mt_length_bucket_low(unsigned i)
{
  return i == 0 ? 0 : (uint32_t)1 << (i - 1);
}

/* Counts the numbers in `bins` equal parts of their range: part i is [edge i, edge
 * i + 1), the last one with its end.  Returns whether the counts are exact; otherwise
 * they are estimates that sum up to the count, each edge misplaced by less than twice
 * mt_quantiles_error ranks.  All 0 when nothing is known. */
bool mt_statistics_histogram(const struct mt_statistics *s, const struct mt_distinct *d,
                             uint64_t *bin, size_t bins);
/* The same between edges that are given, of which there are bins + 1, ascending; below
 * and above: the numbers that are left out. */
bool mt_statistics_histogram_between(const struct mt_statistics *s,
                                     const struct mt_distinct *d, const double *edge,
                                     uint64_t *bin, size_t bins, uint64_t *below,
                                     uint64_t *above);
double mt_statistics_edge(const struct mt_statistics *s, size_t i, size_t bins);

/* mt_distinct_top, or 0 when texts were only estimated.  *exact: no count is at its
 * limit, and the set holds what the statistics hold, no less and no more (blocks that
 * were not merged). */
size_t mt_statistics_top(const struct mt_statistics *s, const struct mt_distinct *d,
                         struct mt_distinct_text *top, size_t most, bool *exact);

#endif
