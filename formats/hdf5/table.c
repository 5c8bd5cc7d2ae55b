#include "formats/hdf5/table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "formats/hdf5/pack.h"

static size_t chunk_size(const struct mt_hdf5_table *t)
{
  return t->layout->chunk_rows * t->layout->row_size;
}

/* --- the row's type -------------------------------------------------------- */

static hid_t number_type(enum mt_dtype dtype)
{
  switch (dtype) {
  case MT_INT8:
    return H5T_STD_I8LE;
  case MT_INT16:
    return H5T_STD_I16LE;
  case MT_INT32:
    return H5T_STD_I32LE;
  case MT_UINT8:
    return H5T_STD_U8LE;
  case MT_UINT16:
    return H5T_STD_U16LE;
  case MT_UINT32:
    return H5T_STD_U32LE;
  case MT_UINT64:
    return H5T_STD_U64LE;
  case MT_FLOAT32:
    return H5T_IEEE_F32LE;
  case MT_FLOAT64:
    return H5T_IEEE_F64LE;
  case MT_BOOL:
    return H5T_STD_B8LE; /* all eight bits: h5py refuses a bitfield of one */
  default:
    return H5T_STD_I64LE;
  }
}

/* A new type, or -1. */
static hid_t member_type(const struct mt_hdf5_member *m, enum mt_dtype dtype)
{
  hid_t type = -1;
  switch (m->storage) {
  case MT_HDF5_SAME:
    type = H5Tcopy(number_type(dtype));
    break;
  case MT_HDF5_FLOAT32:
    type = H5Tcopy(H5T_IEEE_F32LE);
    break;
  case MT_HDF5_FLOAT64:
    type = H5Tcopy(H5T_IEEE_F64LE);
    break;
  case MT_HDF5_CODES:
    type = H5Tcopy(m->width == 1   ? H5T_STD_I8LE
                   : m->width == 2 ? H5T_STD_I16LE
                                   : H5T_STD_I32LE);
    break;
  case MT_HDF5_TIME:
    type = H5Tcopy(H5T_STD_I64LE);
    break;
  case MT_HDF5_DECIMAL:
  case MT_HDF5_ISO:
  case MT_HDF5_TEXT:
    /* Padded, not terminated: a text may fill its width and may hold NUL bytes. */
    type = H5Tcopy(H5T_C_S1);
    if (H5Tset_size(type, m->width) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0) {
      H5Tclose(type);
      return -1;
    }
    break;
  }
  if (!m->block || type < 0)
    return type;
  hid_t array = H5Tarray_create2(type, 1, (const hsize_t[]){1});
  H5Tclose(type);
  return array;
}

static int insert_member(hid_t row, const struct mt_hdf5_member *m, enum mt_dtype dtype,
                         struct mt_error *err)
{
  hid_t type = member_type(m, dtype);
  int rc = 0;
  if (type < 0 || H5Tinsert(row, m->name, m->offset, type) < 0)
    rc = mt_hdf5_fail(err, "describe the rows of the HDF5 file");
  H5Tclose(type);
  return rc;
}

static int row_type(const struct mt_hdf5_layout *l, hid_t *row, struct mt_error *err)
{
  *row = H5Tcreate(H5T_COMPOUND, l->row_size);
  if (*row < 0 || H5Tinsert(*row, "index", 0, H5T_STD_I64LE) < 0)
    return mt_hdf5_fail(err, "describe the rows of the HDF5 file");
  int rc = 0;
  for (size_t i = 0; !rc && i < l->schema->columns; i++)
    rc = insert_member(*row, &l->member[i], l->schema->fields[i].dtype, err);
  return rc;
}

/* --- creation -------------------------------------------------------------- */

static bool set_properties(hid_t plist, const struct mt_hdf5_layout *l, int level)
{
  hsize_t rows = l->chunk_rows;
  return H5Pset_chunk(plist, 1, &rows) >= 0 &&
         H5Pset_obj_track_times(plist, false) >= 0 &&
         (level == 0 ||
          (H5Pset_shuffle(plist) >= 0 && H5Pset_deflate(plist, (unsigned)level) >= 0));
}

static int create_dataset(struct mt_hdf5_table *t, hid_t group, struct mt_error *err)
{
  hsize_t rows = t->layout->schema->rows, most = H5S_UNLIMITED;
  hid_t space = H5Screate_simple(1, &rows, &most), type = -1;
  hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
  int rc = row_type(t->layout, &type, err);
  if (!rc && set_properties(plist, t->layout, t->level))
    t->dataset = H5Dcreate2(group, "table", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
  if (!rc && t->dataset < 0)
    rc = mt_hdf5_fail(err, "make the table in the HDF5 file");
  H5Pclose(plist);
  H5Tclose(type);
  H5Sclose(space);
  return rc;
}

static void put_group_attributes(struct mt_hdf5_attributes *a, enum mt_hdf5_shape shape,
                                 const struct mt_hdf5_layout *l, struct mt_buffer *pickle)
{
  bool frame = shape == MT_HDF5_FRAME;
  mt_hdf5_put_text(a, "pandas_type", frame ? "frame_table" : "series_table");
  mt_hdf5_put_text(a, "table_type", frame ? "appendable_frame" : "appendable_series");
  mt_hdf5_put_text(a, "pandas_version", "0.15.2"); /* of the layout */
  mt_hdf5_put_text(a, "encoding", "UTF-8");
  mt_hdf5_put_text(a, "errors", "strict");
  mt_hdf5_put_text(a, "nan_rep", l->nan_rep);
  mt_hdf5_put_int(a, "levels", 1);
  mt_hdf5_put_pickle(a, "index_cols", mt_hdf5_layout_index_cols(pickle), pickle);
  mt_hdf5_put_pickle(a, "values_cols", mt_hdf5_layout_values_cols(l, pickle), pickle);
  mt_hdf5_put_pickle(a, "data_columns", mt_hdf5_layout_data_columns(l, pickle), pickle);
  mt_hdf5_put_pickle(a, "non_index_axes", mt_hdf5_layout_axes(l, pickle), pickle);
  mt_hdf5_put_pickle(a, "info", mt_hdf5_layout_info(l, pickle), pickle);
}

static void put_column_attributes(struct mt_hdf5_attributes *a,
                                  const struct mt_hdf5_layout *l, size_t column,
                                  struct mt_buffer *pickle)
{
  const struct mt_hdf5_member *m = &l->member[column];
  char name[MT_HDF5_NAME_MAX + 16];
  snprintf(name, sizeof name, "FIELD_%zu_NAME", column + 1);
  mt_hdf5_put_text(a, name, m->name);
  snprintf(name, sizeof name, "%s_kind", m->name);
  mt_hdf5_put_pickle(a, name, mt_hdf5_layout_kind(l, column, pickle), pickle);
  snprintf(name, sizeof name, "%s_dtype", m->name);
  mt_hdf5_put_text(a, name, m->dtype);
  snprintf(name, sizeof name, "%s_meta", m->name);
  if (m->storage == MT_HDF5_CODES)
    mt_hdf5_put_text(a, name, "category");
  else
    mt_hdf5_put_pickle(a, name, mt_hdf5_layout_none(pickle), pickle);
}

static void put_table_attributes(struct mt_hdf5_attributes *a,
                                 const struct mt_hdf5_layout *l, struct mt_buffer *pickle)
{
  mt_hdf5_put_class(a, "TABLE", "2.7");
  mt_hdf5_put_int(a, "NROWS", (int64_t)l->schema->rows);
  mt_hdf5_put_text(a, "FIELD_0_NAME", "index");
  mt_hdf5_put_text(a, "index_kind", "integer");
  for (size_t i = 0; i < l->schema->columns && !a->rc; i++)
    put_column_attributes(a, l, i, pickle);
}

int mt_hdf5_table_create(struct mt_hdf5_table *t, hid_t group, enum mt_hdf5_shape shape,
                         const struct mt_hdf5_layout *layout, int level,
                         struct mt_error *err)
{
  *t = (struct mt_hdf5_table){.layout = layout, .level = level, .dataset = -1};
  mt_buffer_init(&t->scratch, SIZE_MAX);
  t->pending = mt_alloc(layout->chunk_rows, layout->row_size);
  if (!t->pending)
    return mt_fail_memory(err);
  int rc = create_dataset(t, group, err);
  if (rc)
    return rc;

  struct mt_buffer pickle;
  mt_buffer_init(&pickle, SIZE_MAX);
  struct mt_hdf5_attributes a = {.object = group, .err = err};
  put_group_attributes(&a, shape, layout, &pickle);
  a.object = t->dataset;
  put_table_attributes(&a, layout, &pickle);
  mt_buffer_reset(&pickle);
  return a.rc;
}

/* --- chunks ---------------------------------------------------------------- */

/* A compressed chunk in a buffer: its size, then its bytes. */
typedef uint64_t chunk_header;

/* Appends the chunk (as byte planes) to *out. */
static int deflate_chunk(const struct mt_hdf5_table *t, const uint8_t *planes,
                         struct mt_buffer *out, struct mt_error *err)
{
  uLongf n = compressBound(chunk_size(t));
  if (mt_buffer_reserve(out, sizeof(chunk_header) + n))
    return mt_fail_memory(err);
  uint8_t *to = out->data + out->len;
  if (compress2(to + sizeof(chunk_header), &n, planes, chunk_size(t), t->level) != Z_OK)
    return mt_fail_memory(err);
  chunk_header size = n;
  memcpy(to, &size, sizeof size);
  out->len += sizeof size + n;
  return 0;
}

static int store_chunk(const struct mt_hdf5_table *t, uint64_t first_row,
                       const uint8_t *bytes, size_t n, struct mt_error *err)
{
  hsize_t offset = first_row;
  if (H5Dwrite_chunk(t->dataset, H5P_DEFAULT, 0, &offset, n, bytes) < 0)
    return mt_hdf5_fail(err, "write the HDF5 file");
  return 0;
}

/* Stores the pending chunk, which begins at first_row, and clears it. */
static int store_pending(struct mt_hdf5_table *t, uint64_t first_row,
                         struct mt_error *err)
{
  const uint8_t *bytes = t->pending;
  size_t n = chunk_size(t);
  if (t->level) {
    t->scratch.len = 0;
    int rc = deflate_chunk(t, t->pending, &t->scratch, err);
    if (rc)
      return rc;
    bytes = t->scratch.data + sizeof(chunk_header);
    n = t->scratch.len - sizeof(chunk_header);
  }
  int rc = store_chunk(t, first_row, bytes, n, err);
  memset(t->pending, 0, chunk_size(t));
  return rc;
}

/* How many of the batch's rows from `done` on go into one chunk. */
static size_t rows_in_chunk(const struct mt_hdf5_table *t, const struct mt_batch *batch,
                            size_t done)
{
  size_t room = t->layout->chunk_rows;
  room -= (size_t)((batch->first_row + done) % room);
  return batch->rows - done < room ? batch->rows - done : room;
}

int mt_hdf5_table_encode(const struct mt_hdf5_table *t, const struct mt_batch *batch,
                         struct mt_buffer *bytes, struct mt_error *err)
{
  if (t->level == 0)
    return 0;
  uint8_t *planes = NULL;
  int rc = 0;
  for (size_t done = 0, n; !rc && done < batch->rows; done += n) {
    n = rows_in_chunk(t, batch, done);
    if (n < t->layout->chunk_rows)
      continue;
    if (!planes && !(planes = malloc(chunk_size(t))))
      return mt_fail_memory(err);
    memset(planes, 0, chunk_size(t));
    rc = mt_hdf5_pack(t->layout, batch, done, n, mt_hdf5_slab(planes, t->layout, true, 0),
                      err);
    if (!rc)
      rc = deflate_chunk(t, planes, bytes, err);
  }
  free(planes);
  return rc;
}

/* Adds rows to the pending chunk; stores it when it is full. */
static int append_rows(struct mt_hdf5_table *t, const struct mt_batch *batch,
                       size_t first, size_t rows, struct mt_error *err)
{
  size_t at = (size_t)(t->rows % t->layout->chunk_rows);
  struct mt_hdf5_slab slab = mt_hdf5_slab(t->pending, t->layout, t->level > 0, at);
  int rc = mt_hdf5_pack(t->layout, batch, first, rows, slab, err);
  if (rc || at + rows < t->layout->chunk_rows)
    return rc;
  return store_pending(t, t->rows - at, err);
}

int mt_hdf5_table_append(struct mt_hdf5_table *t, const struct mt_batch *batch,
                         const struct mt_buffer *bytes, struct mt_error *err)
{
  if (batch->first_row != t->rows || batch->rows > t->layout->schema->rows - t->rows)
    return mt_fail(err, EINVAL,
                   "rows %" PRIu64 " to %" PRIu64 " do not follow row %" PRIu64
                   " of %" PRIu64,
                   batch->first_row, batch->first_row + batch->rows, t->rows,
                   t->layout->schema->rows);
  size_t at = 0;
  int rc = 0;
  for (size_t done = 0, n; !rc && done < batch->rows; done += n) {
    n = rows_in_chunk(t, batch, done);
    if (t->level > 0 && n == t->layout->chunk_rows) {
      chunk_header size;
      memcpy(&size, bytes->data + at, sizeof size);
      rc = store_chunk(t, t->rows, bytes->data + at + sizeof size, size, err);
      at += sizeof size + size;
    } else {
      rc = append_rows(t, batch, done, n, err);
    }
    t->rows += n;
  }
  return rc;
}

int mt_hdf5_table_finish(struct mt_hdf5_table *t, struct mt_error *err)
{
  int rc = 0;
  uint64_t over = t->rows % t->layout->chunk_rows;
  if (t->rows != t->layout->schema->rows)
    rc = mt_fail(err, EINVAL, "%" PRIu64 " rows came where the scan saw %" PRIu64,
                 t->rows, t->layout->schema->rows);
  else if (over > 0)
    rc = store_pending(t, t->rows - over, err);
  if (H5Dclose(t->dataset) < 0 && !rc)
    rc = mt_hdf5_fail(err, "write the HDF5 file");
  t->dataset = -1;
  mt_hdf5_table_discard(t);
  return rc;
}

void mt_hdf5_table_discard(struct mt_hdf5_table *t)
{
  if (t->dataset >= 0)
    H5Dclose(t->dataset);
  t->dataset = -1;
  free(t->pending);
  t->pending = NULL;
  mt_buffer_reset(&t->scratch);
}
