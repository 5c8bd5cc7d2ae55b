/* What one pass learns about a dataset: per column the facts from which dtypes,
 * bytes and suggestions follow.  Nothing here knows an engine, except that the
 * facts pandas' inference needs are kept per pandas chunk (struct mt_segment).
 *
 *   worker:   mt_part_new once; mt_part_profile(chunk) per block      any thread
 *             mt_part_share(part, lane), a lane's blocks in row order
 *   driver:   mt_profile_merge(part) in row order, one at a time
 *   at rest:  mt_profile_finish, then read column[i]
 *
 * A part holds the facts of one block.  Exact distinct sets exist once, in the
 * profile: parts add to them as they go, under a lock per group of columns. */
#ifndef MT_CORE_PROFILE_H
#define MT_CORE_PROFILE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cells/chunk.h"
#include "core/cells/nulls.h"
#include "core/column/distinct.h"
#include "core/column/facts.h"
#include "core/column/segment.h"
#include "core/column/sharing.h"
#include "core/column/statistics.h"

struct mt_column_profile {
  struct mt_facts facts;
  struct mt_statistics statistics;
  struct mt_segment open;           /* the pandas chunk that is not complete yet */
  struct mt_sharing sharing;        /* texts of the open chunk */
  struct mt_chunk_totals totals[2]; /* pandas 2, pandas 3: complete chunks */
  struct mt_distinct distinct;
  /* Distinct values in the dtype that pandas 3 infers, counted when the scan is over
   * where they can be fewer than texts (1.0 and 1.00); and its enum mt_inferred_kind. */
  uint64_t distinct_values; /* or MT_NOT_COUNTED */
  uint8_t distinct_kind;    /* or MT_NO_KIND, before */
  /* Where the values are estimated, once the scan is over: a --memory with which those of
   * no column would be; 0 = not known. */
  uint64_t memory_wanted;
  /* Levels of the index that pandas' default load makes of the leading columns, of which
   * this is one; 0: it is none. */
  size_t index_levels;
};

#define MT_NOT_COUNTED UINT64_MAX
#define MT_NO_KIND UINT8_MAX

#define MT_LOCK_STRIPES 64

struct mt_profile {
  size_t columns;
  uint64_t rows;
  uint64_t chunk_rows;              /* rows of a pandas chunk (buffer_lines) */
  struct mt_column_profile *column; /* owned */
  struct mt_fault_list faults;
  bool irregular; /* some chunk was */
  struct mt_distinct_pool pool;
  uint64_t text_bytes; /* of all rows, about; 0 = unknown: may be set before a pass */
  atomic_bool no_large_set;     /* no use in looking for a large set to give up */
  const struct mt_nulls *nulls; /* borrowed */
  pthread_mutex_t lock[MT_LOCK_STRIPES]; /* column i's distinct set: lock[i % N] */
  atomic_uchar *settled; /* per column: questions with an answer already */
};

/* pool_bytes: budget for exact distinct values. */
int mt_profile_init(struct mt_profile *p, size_t columns, const struct mt_nulls *nulls,
                    size_t pool_bytes, struct mt_error *err) MT_MUST_CHECK;
void mt_profile_reset(struct mt_profile *p);
/* Forgets all rows, in the memory that is there.  No part may be at work. */
void mt_profile_clear(struct mt_profile *p);

struct mt_part; /* the facts of one block */
struct mt_part *mt_part_new(const struct mt_profile *p);
void mt_part_free(struct mt_part *part);
/* Profiles a chunk into *part, replacing what was there.  Adds to the distinct sets
 * of *p; otherwise leaves it alone. */
int mt_part_profile(struct mt_part *part, struct mt_profile *p, const struct mt_chunk *c,
                    struct mt_error *err) MT_MUST_CHECK;
/* Finds the texts of the block that its pandas chunks have not had before.  Each lane is
 * about other columns: all of them, before the block is merged, and while the chunk that
 * was profiled is there. */
#define MT_PROFILE_LANES 16
void mt_part_share(struct mt_part *part, struct mt_profile *p, unsigned lane);
/* Adds the facts of the block that follows the rows merged so far.  0 or ENOMEM. */
int mt_profile_merge(struct mt_profile *p, const struct mt_part *part,
                     struct mt_error *err) MT_MUST_CHECK;
/* The same a little at a time: columns [from, to), in order; with the last of them the
 * rows count as merged. */
int mt_profile_merge_some(struct mt_profile *p, const struct mt_part *part, size_t from,
                          size_t to, struct mt_error *err) MT_MUST_CHECK;
/* Closes the last pandas chunk.  Call once, when no more blocks come. */
void mt_profile_finish(struct mt_profile *p);

#endif
