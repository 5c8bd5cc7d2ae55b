/* How a table lies in pandas' HDF5 "table" format: which member of the compound
 * row each column becomes, and the attributes that tell pandas about it.
 *
 * Decides everything before a byte is written, from the schema alone: names,
 * widths, what stands for null, and what the format cannot hold as planned.  Knows
 * nothing of libhdf5.
 *
 *   mt_hdf5_layout_init(schema) -> members, attributes -> mt_hdf5_layout_reset
 *
 * Source: pandas.io.pytables (AppendableFrameTable), PyTables' table format 2.7. */
#ifndef MT_FORMATS_HDF5_LAYOUT_H
#define MT_FORMATS_HDF5_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/plan/batch.h"

enum {
  MT_HDF5_COLUMNS_MAX = 1500,  /* pandas and libhdf5 fail somewhere above */
  MT_HDF5_ROW_MAX = 1 << 20,   /* bytes */
  MT_HDF5_CHUNK_MAX = 4 << 20, /* bytes */
  MT_HDF5_INDEX_WIDTH = 8,     /* the row number that begins each row */
  MT_HDF5_NAME_MAX = 63
};

/* What the file holds for a column. */
enum mt_hdf5_storage {
  MT_HDF5_SAME,    /* the values as they are */
  MT_HDF5_FLOAT32, /* integers, NaN for nulls */
  MT_HDF5_FLOAT64, /* integers, NaN for nulls */
  MT_HDF5_DECIMAL, /* integers as text, nan_rep for nulls */
  MT_HDF5_CODES,   /* category, or bool with nulls: int8/16/32, -1 for nulls */
  MT_HDF5_TIME,    /* int64 nanoseconds, INT64_MIN for nulls */
  MT_HDF5_ISO,     /* dates as text, YYYY-MM-DD[ HH:MM:SS.ffffff], nan_rep for nulls */
  MT_HDF5_TEXT     /* bytes, zero-padded; nan_rep for nulls */
};

#define MT_HDF5_DATE_WIDTH 10   /* YYYY-MM-DD */
#define MT_HDF5_MOMENT_WIDTH 26 /* YYYY-MM-DD HH:MM:SS.ffffff */
#define MT_HDF5_OFFSET_WIDTH 6  /* +00:00 */
#define MT_HDF5_YEAR_ROOM 1     /* an offset may lead past the year 9999 */

struct mt_hdf5_member {
  char name[MT_HDF5_NAME_MAX + 1]; /* of the compound's member */
  bool block; /* an array of one value: the name cannot be a member's */
  enum mt_hdf5_storage storage;
  size_t offset, width; /* bytes in the row */
  char dtype[24];       /* pandas' "_dtype" */
  char note[120];       /* how it differs from the plan; "" = it does not */
};

struct mt_hdf5_layout {
  const struct mt_schema *schema; /* borrowed */
  struct mt_hdf5_member *member;  /* schema->columns entries; owned */
  size_t row_size, chunk_rows;
  char *nan_rep; /* text of a null: equals no value of any text column; owned */
};

/* EFBIG for a table this format cannot hold, EINVAL for one without columns; with
 * what to do. */
int mt_hdf5_layout_init(struct mt_hdf5_layout *l, const struct mt_schema *schema,
                        struct mt_error *err) MT_MUST_CHECK;
void mt_hdf5_layout_reset(struct mt_hdf5_layout *l);

/* Attributes that are pickled, into *out (emptied first).  0 or ENOMEM. */
int mt_hdf5_layout_none(struct mt_buffer *out) MT_MUST_CHECK;
int mt_hdf5_layout_index_cols(struct mt_buffer *out) MT_MUST_CHECK;
int mt_hdf5_layout_values_cols(const struct mt_hdf5_layout *l,
                               struct mt_buffer *out) MT_MUST_CHECK;
int mt_hdf5_layout_data_columns(const struct mt_hdf5_layout *l,
                                struct mt_buffer *out) MT_MUST_CHECK;
int mt_hdf5_layout_axes(const struct mt_hdf5_layout *l,
                        struct mt_buffer *out) MT_MUST_CHECK;
int mt_hdf5_layout_info(const struct mt_hdf5_layout *l,
                        struct mt_buffer *out) MT_MUST_CHECK;
int mt_hdf5_layout_kind(const struct mt_hdf5_layout *l, size_t column,
                        struct mt_buffer *out) MT_MUST_CHECK;

#endif
