/* Bytes that an engine reports for a column stored as a given dtype, as the export
 * gives it back (read_feather, read_ipc, pyarrow).
 *
 * pandas: Series.memory_usage(deep=True, index=False); polars: estimated_size();
 * Arrow: nbytes.  Formulas: see docs/memory-model.md. */
#ifndef MT_CORE_FOOTPRINT_H
#define MT_CORE_FOOTPRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/column/profile.h"
#include "core/engine/dtype.h"

/* MT_DROP gives 0. */
uint64_t mt_footprint(const struct mt_column_profile *c, enum mt_dtype t,
                      enum mt_engine engine, bool python311);

/* Bytes of the hash engine of an index of k values, which pandas builds at the
 * first lookup in a categorical: part of the cost of using one. */
uint64_t mt_category_engine_bytes(uint64_t k);

#endif
