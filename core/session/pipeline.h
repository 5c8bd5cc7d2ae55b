/* Blocks in order through a pool of workers: the one way a dataset is read, for
 * profiling and for exporting.
 *
 * Per block: reserve (serial) -> fetch (any worker) -> next_block (in the order of the
 * blocks, one at a time) -> decode, work (any worker) -> pass (by lane, each in the order
 * of the blocks) -> commit (as next_block).  A worker holds one block from start to end,
 * so memory is bounded by the number of workers. */
#ifndef MT_CORE_PIPELINE_H
#define MT_CORE_PIPELINE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "core/base/bell.h"
#include "core/base/error.h"
#include "core/cells/chunk.h"
#include "core/cells/reader.h"
#include "core/session/marks.h"

struct mt_pipeline {
  struct mt_reader *reader;
  unsigned threads; /* at least 1 */
  /* Heard before each block: once it rings, no new block is begun; those under way are
   * completed, so what was committed is a prefix of the rows. */
  const struct mt_bell *cancel;
  /* Out: bytes of the stored file that what was committed so far took; not those of the
   * blocks that workers hold. */
  atomic_ullong *bytes;
  struct mt_marks *marks; /* where the blocks begin is noted there; may be NULL */
  void *context;
  /* A worker's own state; NULL = out of memory.  Called before any work. */
  void *(*worker_new)(void *context);
  void (*worker_free)(void *context, void *worker);
  int (*work)(void *context, void *worker, struct mt_chunk *chunk, struct mt_error *err);
  /* What depends on the blocks before, but only in one of `lanes` parts: while a block is
   * in one lane, the block behind it can be in the one before.  Optional. */
  unsigned lanes;
  void (*pass)(void *context, void *worker, unsigned lane);
  int (*commit)(void *context, void *worker, struct mt_error *err);
};

/* Runs to the end of the reader, a failure, or a cancel.  0, an errno value, or
 * ECANCELED. */
int mt_pipeline_run(const struct mt_pipeline *p, struct mt_error *err) MT_MUST_CHECK;

#endif
