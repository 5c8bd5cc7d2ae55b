/* One PyTables table: a dataset of rows, and the attributes through which pandas
 * knows it as a frame or a series.
 *
 *   mt_hdf5_table_create          the dataset in its group, all attributes
 *   mt_hdf5_table_encode          any thread: compresses the batch's whole chunks
 *   mt_hdf5_table_append          in row order
 *   mt_hdf5_table_finish | mt_hdf5_table_discard
 *
 * Chunks are filtered here and not by libhdf5, which has one lock for everything:
 * those that lie whole in a batch by the thread that encodes it, those that batches
 * share by the one that appends. */
#ifndef MT_FORMATS_HDF5_TABLE_H
#define MT_FORMATS_HDF5_TABLE_H

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/plan/batch.h"
#include "formats/hdf5/layout.h"
#include "formats/hdf5/object.h"

enum mt_hdf5_shape { MT_HDF5_FRAME, MT_HDF5_SERIES };

struct mt_hdf5_table {
  const struct mt_hdf5_layout *layout; /* borrowed */
  int level;                           /* of deflate, after a shuffle; 0 = no filters */
  hid_t dataset;                       /* -1 = none */
  uint64_t rows;                       /* appended so far */
  uint8_t *pending; /* the chunk that holds row `rows`; zero beyond its rows; owned */
  struct mt_buffer scratch;
};

/* layout must stay until the end; its schema's rows are how many will be appended.
 * The table can be discarded (again) whatever this returns. */
int mt_hdf5_table_create(struct mt_hdf5_table *t, hid_t group, enum mt_hdf5_shape shape,
                         const struct mt_hdf5_layout *layout, int level,
                         struct mt_error *err) MT_MUST_CHECK;
int mt_hdf5_table_encode(const struct mt_hdf5_table *t, const struct mt_batch *batch,
                         struct mt_buffer *bytes, struct mt_error *err) MT_MUST_CHECK;
int mt_hdf5_table_append(struct mt_hdf5_table *t, const struct mt_batch *batch,
                         const struct mt_buffer *bytes,
                         struct mt_error *err) MT_MUST_CHECK;
/* Writes the last chunk, checks the number of rows, closes. */
int mt_hdf5_table_finish(struct mt_hdf5_table *t, struct mt_error *err) MT_MUST_CHECK;
void mt_hdf5_table_discard(struct mt_hdf5_table *t);

#endif
