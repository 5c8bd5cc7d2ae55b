/* Rows of a batch as the bytes of a chunk.
 *
 * A chunk is filled in place, either row by row (as HDF5 keeps it without filters)
 * or byte plane by byte plane: all first bytes of the rows, then all second ones...
 * which is what HDF5's shuffle filter makes of rows.  Columns are read one after the
 * other either way, and every value is checked against what the layout promised. */
#ifndef MT_FORMATS_HDF5_PACK_H
#define MT_FORMATS_HDF5_PACK_H

#include "core/base/error.h"
#include "core/plan/batch.h"
#include "formats/hdf5/layout.h"

/* Where rows go: byte b of row i is at base[i * row_stride + b * byte_stride], and
 * one of the strides is 1.  All of it must be zero. */
struct mt_hdf5_slab {
  uint8_t *base;
  size_t row_stride, byte_stride;
};

/* The slab that begins at row `row` of a chunk. */
struct mt_hdf5_slab mt_hdf5_slab(uint8_t *chunk, const struct mt_hdf5_layout *l,
                                 bool planes, size_t row);

/* Rows [first, first + rows) of the batch.  ERANGE, EINVAL or EILSEQ for a value
 * that cannot be stored; the error names column, row and value. */
int mt_hdf5_pack(const struct mt_hdf5_layout *l, const struct mt_batch *batch,
                 size_t first, size_t rows, struct mt_hdf5_slab slab,
                 struct mt_error *err) MT_MUST_CHECK;

#endif
