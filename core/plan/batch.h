/* A typed table on its way out: schema and batches, independent of any format.
 *
 * convert.h makes batches from chunks; writers (writer.h) encode them. */
#ifndef MT_CORE_BATCH_H
#define MT_CORE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/engine/dtype.h"

/* The distinct values of a category column, sorted by bytes (which is code
 * point order), without nulls or duplicates. */
struct mt_dictionary {
  uint64_t count;
  const uint64_t *offsets; /* count + 1 entries into bytes */
  const uint8_t *bytes;
};

struct mt_field {
  const char *name; /* NUL-terminated UTF-8, unique */
  size_t name_len;
  enum mt_dtype dtype; /* never MT_DROP */
  enum mt_unit unit;   /* MT_DATETIME, MT_DATE */
  bool utc;            /* datetimes were given with an offset; stored in UTC */
  bool beyond_ns;      /* dates: some lie outside of what nanoseconds reach */
  uint64_t nulls;      /* exact */
  uint64_t max_abs;    /* integers: the largest magnitude */
  uint32_t max_bytes;  /* string, category: longest value in bytes (0 if none) */
  uint32_t na_words;   /* bit i: the i-th null word (nulls.h) occurs as a value */
  const struct mt_dictionary *dictionary; /* category only; borrowed */
};

struct mt_schema {
  struct mt_field *fields;
  size_t columns;
  uint64_t rows; /* exact: exports follow a complete scan */
};

/* One column of a batch, little-endian native arrays of `rows` values:
 *   intN, uintN, floatN   values of that width; 0 (floats: NaN) under a null
 *   bool                  one byte, 0 or 1
 *   date, datetime        int64 in field.unit since 1970; 0 under a null
 *   category              int32 codes into the dictionary; -1 under a null
 *   string                int32 offsets (rows + 1) and bytes */
struct mt_column {
  void *values;
  uint8_t *bytes;    /* string only */
  uint8_t *validity; /* bit 1 = valid, LSB first, (rows + 7) / 8 bytes, padding
                        zero; contents undefined when null_count == 0 */
  uint64_t null_count;
  size_t values_cap, bytes_cap, validity_cap; /* bytes allocated */
};

struct mt_batch {
  uint64_t seq;       /* of the block it came from */
  uint64_t first_row; /* of the dataset */
  size_t rows;        /* at most 65,536 */
  size_t columns;
  struct mt_column *column; /* owned, reused */
};

void mt_batch_init(struct mt_batch *b);
void mt_batch_reset(struct mt_batch *b);

#endif
