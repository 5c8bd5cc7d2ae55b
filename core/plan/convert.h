/* Cells to typed columns, following a plan.
 *
 *   mt_conversion_init    from a finished profile and the resolved dtypes
 *   mt_convert            chunk -> batch; pure: any thread, any number at once
 *   mt_conversion_reset
 *
 * Every value is checked as it is converted: one that does not fit fails with
 * column, line and value.  conversion.schema describes the batches and is what a
 * writer begins with. */
#ifndef MT_CORE_CONVERT_H
#define MT_CORE_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cells/chunk.h"
#include "core/cells/reader.h"
#include "core/column/profile.h"
#include "core/plan/batch.h"
#include "core/plan/breach.h"
#include "core/plan/lookup.h"

struct mt_conversion_column {
  size_t source;              /* column of the chunk */
  enum mt_date_layout layout; /* dates */
  int bool_family;            /* -1: 0 and 1 */
  bool no_nulls;              /* a null breaks the plan */
  struct mt_lookup lookup;    /* category; owned */
};

struct mt_conversion {
  struct mt_schema schema;             /* fields owned; names borrowed from the reader */
  struct mt_conversion_column *column; /* schema.columns entries; owned */
  const struct mt_nulls *nulls;        /* borrowed */
};

/* dtype[i]: of column i of the profile; MT_DROP leaves it out.  ENOMEM, or EINVAL
 * when nothing is left or a category's values are not known exactly. */
int mt_conversion_init(struct mt_conversion *v, const struct mt_profile *p,
                       const struct mt_reader_schema *reader, const uint8_t *dtype,
                       struct mt_error *err) MT_MUST_CHECK;
void mt_conversion_reset(struct mt_conversion *v);

/* Fills *batch from *chunk.  A value that does not fit the plan fails with ERANGE;
 * with breaches != NULL it is added there instead, and the batch is of no use. */
int mt_convert(const struct mt_conversion *v, const struct mt_chunk *chunk,
               struct mt_batch *batch, struct mt_breach_list *breaches,
               struct mt_error *err) MT_MUST_CHECK;

#endif
