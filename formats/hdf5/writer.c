#include "formats/hdf5/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "formats/hdf5/layout.h"
#include "formats/hdf5/object.h"
#include "formats/hdf5/table.h"

enum { DEFAULT_LEVEL = 1 };

struct hdf5_writer {
  struct mt_writer base;
  struct mt_output *output; /* NULL after finish or abort */
  char *key;
  int level;  /* of deflate; 0 = no filters */
  hid_t file; /* -1 = closed */
  struct mt_hdf5_layout layout;
  struct mt_hdf5_table table;
};

static struct hdf5_writer *self(struct mt_writer *w)
{
  return (struct hdf5_writer *)w;
}

static const struct hdf5_writer *const_self(const struct mt_writer *w)
{
  return (const struct hdf5_writer *)w;
}

/* --- categories ------------------------------------------------------------- */

/* A category column's values are a series of their own, in meta/<member>/meta. */
static int append_dictionary(struct mt_hdf5_table *t, const struct mt_dictionary *d,
                             struct mt_error *err)
{
  size_t most = t->layout->chunk_rows;
  int32_t *offsets = mt_alloc(most + 1, sizeof *offsets);
  if (!offsets)
    return mt_fail_memory(err);
  struct mt_buffer bytes;
  mt_buffer_init(&bytes, SIZE_MAX);
  int rc = 0;
  for (uint64_t first = 0; !rc && first < d->count; first += most) {
    size_t n = d->count - first < most ? (size_t)(d->count - first) : most;
    for (size_t i = 0; i <= n; i++) /* a chunk is a few MiB at most */
      offsets[i] = (int32_t)(d->offsets[first + i] - d->offsets[first]);
    struct mt_column column = {.values = offsets,
                               .bytes = (uint8_t *)d->bytes + d->offsets[first]};
    struct mt_batch batch = {
        .first_row = first, .rows = n, .columns = 1, .column = &column};
    bytes.len = 0;
    rc = mt_hdf5_table_encode(t, &batch, &bytes, err);
    if (!rc)
      rc = mt_hdf5_table_append(t, &batch, &bytes, err);
  }
  mt_buffer_reset(&bytes);
  free(offsets);
  return rc;
}

/* The values of a bool that is stored as a category. */
static int append_booleans(struct mt_hdf5_table *t, struct mt_error *err)
{
  uint8_t values[] = {0, 1};
  struct mt_column column = {.values = values};
  struct mt_batch batch = {.rows = 2, .columns = 1, .column = &column};
  struct mt_buffer none = {0};
  return mt_hdf5_table_append(t, &batch, &none, err);
}

static int write_series(hid_t group, const struct mt_field *column, int level,
                        struct mt_error *err)
{
  const struct mt_dictionary *d = column->dictionary;
  bool text = column->dtype == MT_CATEGORY;
  struct mt_field values = {.name = "values",
                            .name_len = strlen("values"),
                            .dtype = text ? MT_STRING : MT_BOOL,
                            .max_bytes = column->max_bytes,
                            .na_words = column->na_words};
  struct mt_schema schema = {
      .fields = &values, .columns = 1, .rows = text ? d->count : 2};
  struct mt_hdf5_layout layout;
  struct mt_hdf5_table table = {.dataset = -1};
  int rc = mt_hdf5_layout_init(&layout, &schema, err);
  if (!rc)
    rc = mt_hdf5_table_create(&table, group, MT_HDF5_SERIES, &layout, level, err);
  if (!rc)
    rc = text ? append_dictionary(&table, d, err) : append_booleans(&table, err);
  if (!rc)
    rc = mt_hdf5_table_finish(&table, err);
  mt_hdf5_table_discard(&table);
  mt_hdf5_layout_reset(&layout);
  return rc;
}

static int check_category_names(const struct mt_field *f, struct mt_error *err)
{
  const struct mt_dictionary *d = f->dictionary;
  for (uint64_t i = 0; i < d->count; i++) {
    const uint8_t *name = d->bytes + d->offsets[i];
    size_t n = (size_t)(d->offsets[i + 1] - d->offsets[i]);
    bool nul = n > 0 && name[n - 1] == '\0';
    if (!nul && mt_utf8_valid(name, n))
      continue;
    int rc =
        mt_fail(err, nul ? EINVAL : EILSEQ, "column '%.100s': the category '%.*s' %s",
                f->name, n < 100 ? (int)n : 100, (const char *)name,
                nul ? "ends in a NUL byte, which pandas' HDF5 layout would drop"
                    : "is not UTF-8");
    mt_error_remedy(err, "plan the column as string, drop it, or export to an Arrow file "
                         "(.arrow)");
    return rc;
  }
  return 0;
}

/* A column of nulls alone has no values: pandas takes a missing series for that. */
static bool has_categories(const struct hdf5_writer *w, size_t column)
{
  const struct mt_field *f = &w->layout.schema->fields[column];
  return w->layout.member[column].storage == MT_HDF5_CODES &&
         (f->dtype != MT_CATEGORY || f->dictionary->count > 0);
}

static int write_category(const struct hdf5_writer *w, hid_t meta, size_t column,
                          struct mt_error *err)
{
  const struct mt_field *f = &w->layout.schema->fields[column];
  hid_t outer = -1, inner = -1;
  int rc = f->dtype == MT_CATEGORY ? check_category_names(f, err) : 0;
  if (!rc)
    rc = mt_hdf5_group_create(meta, w->layout.member[column].name, &outer, err);
  if (!rc)
    rc = mt_hdf5_group_create(outer, "meta", &inner, err);
  if (!rc)
    rc = write_series(inner, f, w->level, err);
  H5Gclose(inner);
  H5Gclose(outer);
  return rc;
}

static int write_categories(const struct hdf5_writer *w, hid_t group,
                            struct mt_error *err)
{
  hid_t meta = -1;
  int rc = 0;
  for (size_t i = 0; !rc && i < w->layout.schema->columns; i++) {
    if (!has_categories(w, i))
      continue;
    if (meta < 0)
      rc = mt_hdf5_group_create(group, "meta", &meta, err);
    if (!rc)
      rc = write_category(w, meta, i, err);
  }
  H5Gclose(meta);
  return rc;
}

static void note_size(struct hdf5_writer *w)
{
  hsize_t size;
  if (H5Fget_filesize(w->file, &size) >= 0)
    w->base.bytes_written = size;
  w->base.rows_written = w->table.rows - w->table.rows % w->layout.chunk_rows;
}

/* --- begin ------------------------------------------------------------------ */

/* libhdf5 looks for a file of the name also where it is to make one in memory. */
#define NO_FILE "/dev/null/memtop"

static int create_file(struct hdf5_writer *w, struct mt_error *err)
{
  const char *name = mt_output_temporary(w->output);
  bool unnamed = name == NULL; /* in memory then, and gone with it */
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
  int rc = 0;
  /* V18 allows more columns and longer attributes than the oldest form, and whatever
   * came after 2008 reads it.  No times: the same table gives the same file.  No lock:
   * the name is ours alone, and some network disks know none. */
  if (H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
      H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
      H5Pset_file_locking(access, false, true) >= 0 &&
      H5Pset_obj_track_times(creation, false) >= 0 &&
      (!unnamed || H5Pset_fapl_core(access, 512, false) >= 0))
    w->file = H5Fcreate(unnamed ? NO_FILE : name, H5F_ACC_TRUNC, creation, access);
  if (w->file < 0)
    rc = mt_hdf5_fail(err, "create the HDF5 file");
  H5Pclose(creation);
  H5Pclose(access);
  return rc;
}

static int put_root_attributes(hid_t file, struct mt_error *err)
{
  hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
  if (root < 0)
    return mt_hdf5_fail(err, "open the HDF5 file");
  struct mt_hdf5_attributes a = {.object = root, .err = err};
  mt_hdf5_put_class(&a, "GROUP", "1.0");
  mt_hdf5_put_text(&a, "PYTABLES_FORMAT_VERSION", "2.1");
  H5Gclose(root);
  return a.rc;
}

/* The group that key names, with those above it. */
static int create_groups(const struct hdf5_writer *w, hid_t *group, struct mt_error *err)
{
  char *names = strdup(w->key), *rest = NULL;
  if (!names)
    return mt_fail_memory(err);
  hid_t parent = w->file;
  int rc = 0;
  for (char *name = strtok_r(names, "/", &rest); name && !rc;
       name = strtok_r(NULL, "/", &rest)) {
    rc = mt_hdf5_group_create(parent, name, group, err);
    if (parent != w->file)
      H5Gclose(parent);
    parent = *group;
  }
  free(names);
  return rc;
}

static int begin(struct mt_writer *base, const struct mt_schema *schema,
                 struct mt_error *err)
{
  struct hdf5_writer *w = self(base);
  mt_hdf5_enter();
  int rc = mt_hdf5_layout_init(&w->layout, schema, err);
  if (!rc)
    rc = create_file(w, err);
  if (!rc)
    rc = put_root_attributes(w->file, err);
  hid_t group = -1;
  if (!rc)
    rc = create_groups(w, &group, err);
  if (!rc)
    rc = mt_hdf5_table_create(&w->table, group, MT_HDF5_FRAME, &w->layout, w->level, err);
  if (!rc)
    rc = write_categories(w, group, err);
  H5Gclose(group);
  if (!rc)
    note_size(w);
  return rc;
}

/* --- rows ------------------------------------------------------------------- */

static int encode(const struct mt_writer *base, const struct mt_batch *batch,
                  struct mt_buffer *bytes, struct mt_error *err)
{
  return mt_hdf5_table_encode(&const_self(base)->table, batch, bytes, err);
}

static int write_batch(struct mt_writer *base, const struct mt_batch *batch,
                       const struct mt_buffer *bytes, struct mt_error *err)
{
  struct hdf5_writer *w = self(base);
  mt_hdf5_enter();
  int rc = mt_hdf5_table_append(&w->table, batch, bytes, err);
  if (!rc)
    note_size(w);
  return rc;
}

/* --- end -------------------------------------------------------------------- */

static int close_file(struct hdf5_writer *w, struct mt_error *err)
{
  if (H5Fflush(w->file, H5F_SCOPE_GLOBAL) < 0)
    return mt_hdf5_fail(err, "write the HDF5 file");
  if (H5Fget_obj_count(w->file, H5F_OBJ_ALL) != 1) /* the file would stay open */
    return mt_fail(err, EIO, "cannot close the HDF5 file: part of it is still open");
  note_size(w);
  if (H5Fclose(w->file) < 0)
    return mt_hdf5_fail(err, "write the HDF5 file");
  w->file = -1;
  return 0;
}

/* Ends without a file.  Emptying it first gives libhdf5 the room to close it after a
 * full disk. */
static void discard(struct hdf5_writer *w)
{
  if (!w->output)
    return;
  mt_hdf5_enter();
  const char *name = mt_output_temporary(w->output);
  if (w->file >= 0 && name != NULL) {
    int emptied = truncate(name, 0);
    (void)emptied; /* at worst libhdf5 fails to close what is removed below */
  }
  mt_hdf5_table_discard(&w->table);
  if (w->file >= 0)
    H5Fclose(w->file);
  w->file = -1;
  mt_output_abort(w->output);
  w->output = NULL;
}

static int finish(struct mt_writer *base, struct mt_error *err)
{
  struct hdf5_writer *w = self(base);
  mt_hdf5_enter();
  int rc = mt_hdf5_table_finish(&w->table, err);
  if (!rc)
    rc = close_file(w, err);
  if (rc) {
    discard(w);
    return rc;
  }
  struct mt_output *output = w->output;
  bool unnamed = mt_output_temporary(output) == NULL;
  w->output = NULL;
  return mt_output_commit(output, unnamed ? NULL : &base->bytes_written, err);
}

static void abort_writer(struct mt_writer *base)
{
  discard(self(base));
}

static void free_writer(struct mt_writer *base)
{
  struct hdf5_writer *w = self(base);
  discard(w);
  mt_hdf5_layout_reset(&w->layout);
  free(w->key);
  free(w);
}

static const char *note(const struct mt_writer *base, size_t column)
{
  const char *text = const_self(base)->layout.member[column].note;
  return text[0] ? text : NULL;
}

/* --- options ---------------------------------------------------------------- */

/* Names as Python's, so that `store.root.<key>` works, with slashes between. */
static bool is_key(const char *s)
{
  if (*s == '/')
    s++;
  bool start = true;
  for (; *s; s++) {
    bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
    bool more = *s == '_' || (*s >= '0' && *s <= '9');
    if (*s == '/' ? start : !letter && (start || !more))
      return false;
    start = *s == '/';
  }
  return !start;
}

static int set_options(struct hdf5_writer *w, const struct mt_write_options *o,
                       struct mt_error *err)
{
  if (o->codec != MT_CODEC_DEFAULT && o->codec != MT_CODEC_NONE &&
      o->codec != MT_CODEC_GZIP) {
    mt_fail(err, EINVAL, "HDF5 files are compressed with gzip or not at all");
    mt_error_remedy(err, "choose gzip or none, or export to an Arrow file (.arrow)");
    return EINVAL;
  }
  if (o->level < 0 || o->level > 9)
    return mt_fail(err, EINVAL, "gzip has levels 1 to 9, not %d", o->level);
  const char *key = o->key ? o->key : "df";
  if (!is_key(key)) {
    mt_fail(err, EINVAL, "'%.100s' cannot be the name of a table in an HDF5 file", key);
    mt_error_remedy(err, "use letters, digits and _, beginning with a letter");
    return EINVAL;
  }
  w->level = o->codec == MT_CODEC_NONE ? 0 : o->level ? o->level : DEFAULT_LEVEL;
  w->key = strdup(key);
  return w->key ? 0 : mt_fail_memory(err);
}

int mt_hdf5_writer_new(struct mt_writer **out, struct mt_output *output,
                       const struct mt_write_options *options, struct mt_error *err)
{
  static const struct mt_writer_ops ops = {.begin = begin,
                                           .encode = encode,
                                           .write = write_batch,
                                           .finish = finish,
                                           .abort = abort_writer,
                                           .free = free_writer,
                                           .note = note};
  *out = NULL;
  struct hdf5_writer *w = calloc(1, sizeof *w);
  if (!w) {
    mt_output_abort(output);
    return mt_fail_memory(err);
  }
  w->base.ops = &ops;
  w->output = output;
  w->file = -1;
  w->table.dataset = -1;
  int rc = set_options(w, options, err);
  if (rc) {
    free_writer(&w->base);
    return rc;
  }
  *out = &w->base;
  return 0;
}
