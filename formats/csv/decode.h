/* From a block of records to columns of cells.  Pure: any thread, any order. */
#ifndef MT_FORMATS_CSV_DECODE_H
#define MT_FORMATS_CSV_DECODE_H

#include <stddef.h>

#include "core/cells/chunk.h"
#include "formats/csv/scan.h"

/* Unescapes in place, so a filled block can be decoded once.  0 or ENOMEM. */
int mt_csv_decode(const struct mt_csv_dialect *d, struct mt_block *b, size_t columns,
                  struct mt_chunk *chunk) MT_MUST_CHECK;

#endif
