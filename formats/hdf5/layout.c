#include "formats/hdf5/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cells/nulls.h"
#include "formats/hdf5/pickle.h"

enum {
  CHUNK_BYTES = 512 << 10,
  CHUNK_ROWS_MIN = 64,
  CHUNK_ROWS_MAX = 65536,
  HEADER_MAX = 65000, /* of the row's type: a message in a header of 64 KiB */
  FLOAT32_EXACT = 1 << 24
};
#define FLOAT64_EXACT (UINT64_C(1) << 53)
#define BLOCK_PREFIX "values_block_"

/* --- names ----------------------------------------------------------------- */

static bool is_letter(char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Whether a member can bear the column's name, so that h5py and `where=` queries
 * know the column by it. */
static bool is_member_name(const char *s, size_t n)
{
  if (n == 0 || n > MT_HDF5_NAME_MAX || !is_letter(s[0]))
    return false;
  for (size_t i = 1; i < n; i++)
    if (!is_letter(s[i]) && s[i] != '_' && (s[i] < '0' || s[i] > '9'))
      return false;
  return strcmp(s, "index") != 0 && strncmp(s, BLOCK_PREFIX, strlen(BLOCK_PREFIX)) != 0;
}

static void name_members(struct mt_hdf5_layout *l)
{
  size_t blocks = 0;
  for (size_t i = 0; i < l->schema->columns; i++) {
    const struct mt_field *f = &l->schema->fields[i];
    struct mt_hdf5_member *m = &l->member[i];
    m->block = !is_member_name(f->name, f->name_len);
    if (m->block)
      snprintf(m->name, sizeof m->name, BLOCK_PREFIX "%zu", blocks++);
    else
      snprintf(m->name, sizeof m->name, "%s", f->name);
  }
}

/* --- storage --------------------------------------------------------------- */

static bool is_text(const struct mt_hdf5_member *m)
{
  return m->storage >= MT_HDF5_ISO || m->storage == MT_HDF5_DECIMAL;
}

static void note(struct mt_hdf5_member *m, const char *text)
{
  snprintf(m->note, sizeof m->note, "%s", text);
}

static size_t decimal_width(uint64_t max_abs, bool negative)
{
  char text[24];
  return (size_t)snprintf(text, sizeof text, "%ju", (uintmax_t)max_abs) + negative;
}

/* Integers with nulls: the smallest storage that keeps every value. */
static void store_nullable_integer(struct mt_hdf5_member *m, const struct mt_field *f)
{
  if (f->max_abs <= FLOAT32_EXACT) {
    m->storage = MT_HDF5_FLOAT32;
    m->width = 4;
    note(m, "float32 with NaN for nulls, because the layout has no nullable integers");
  } else if (f->max_abs <= FLOAT64_EXACT) {
    m->storage = MT_HDF5_FLOAT64;
    m->width = 8;
    note(m, "float64 with NaN for nulls, because the layout has no nullable integers");
  } else {
    m->storage = MT_HDF5_DECIMAL;
    m->width = decimal_width(f->max_abs, mt_dtype_kind(f->dtype) == MT_KIND_INT);
    note(m, "decimal text, because the layout has no nullable integers and float64 would "
            "round them");
  }
}

static void choose_storage(struct mt_hdf5_member *m, const struct mt_field *f)
{
  m->storage = MT_HDF5_SAME;
  m->width = mt_dtype_width(f->dtype);
  switch (mt_dtype_kind(f->dtype)) {
  case MT_KIND_INT:
  case MT_KIND_UINT:
    if (f->nulls > 0)
      store_nullable_integer(m, f);
    break;
  case MT_KIND_BOOL:
    if (f->nulls > 0) {
      m->storage = MT_HDF5_CODES;
      note(m, "category of False and True, because the layout has no nullable bool");
    }
    break;
  case MT_KIND_CATEGORY:
    m->storage = MT_HDF5_CODES;
    m->width = mt_category_width(f->dictionary->count);
    break;
  case MT_KIND_TIME:
    if (f->beyond_ns) {
      m->storage = MT_HDF5_ISO;
      m->width = (f->dtype == MT_DATE ? MT_HDF5_DATE_WIDTH : MT_HDF5_MOMENT_WIDTH) +
                 (f->utc ? MT_HDF5_OFFSET_WIDTH + MT_HDF5_YEAR_ROOM : 0);
      note(m, "text, because the layout has only dates of the years 1677 to 2262");
      break;
    }
    m->storage = MT_HDF5_TIME;
    if (f->unit != MT_UNIT_NS)
      note(m, "datetime64[ns], the only unit that the layout knows");
    break;
  case MT_KIND_STRING:
    m->storage = MT_HDF5_TEXT;
    m->width = f->max_bytes ? f->max_bytes : 1;
    break;
  case MT_KIND_FLOAT:
  case MT_KIND_DROP:
    break;
  }
}

static void name_dtype(struct mt_hdf5_member *m, const struct mt_field *f)
{
  switch (m->storage) {
  case MT_HDF5_SAME:
    snprintf(m->dtype, sizeof m->dtype, "%s", mt_dtype_name(f->dtype));
    break;
  case MT_HDF5_FLOAT32:
  case MT_HDF5_FLOAT64:
    snprintf(m->dtype, sizeof m->dtype, "float%zu", 8 * m->width);
    break;
  case MT_HDF5_CODES:
    snprintf(m->dtype, sizeof m->dtype, "int%zu", 8 * m->width);
    break;
  case MT_HDF5_TIME:
    /* pandas 2 appends only to the first, pandas 1 reads a zone only with the second;
     * every pandas reads either. */
    snprintf(m->dtype, sizeof m->dtype, f->utc ? "datetime64" : "datetime64[ns]");
    break;
  case MT_HDF5_DECIMAL:
  case MT_HDF5_ISO:
  case MT_HDF5_TEXT:
    snprintf(m->dtype, sizeof m->dtype, "bytes%zu", 8 * m->width);
    break;
  }
}

/* --- nulls in text --------------------------------------------------------- */

/* pandas reads every text of the table that equals nan_rep as null, so it has to
 * be one that no text column holds: a null word that is not among the values, or,
 * when all of them are, a text longer than any value. */
static char *choose_nan_rep(const struct mt_hdf5_layout *l)
{
  static const char *const preferred[] = {"nan", "<NA>"};
  uint32_t taken = 0;
  size_t longest = 0;
  for (size_t i = 0; i < l->schema->columns; i++) {
    if (!is_text(&l->member[i]))
      continue;
    if (l->member[i].storage == MT_HDF5_TEXT)
      taken |= l->schema->fields[i].na_words;
    if (l->member[i].width > longest)
      longest = l->member[i].width;
  }
  for (size_t i = 0; i < sizeof preferred / sizeof *preferred; i++) {
    int word = mt_null_word((const uint8_t *)preferred[i], strlen(preferred[i]));
    if (word >= 0 && !(taken >> word & 1))
      return strdup(preferred[i]);
  }
  for (int word = 0; word < MT_NULL_WORD_COUNT; word++)
    if (!(taken >> word & 1))
      return strdup(mt_null_word_text(word));
  char *text = mt_alloc(longest + 2, 1);
  if (text)
    memset(text, '?', longest + 1);
  return text;
}

static void widen_for_nan_rep(struct mt_hdf5_layout *l)
{
  size_t least = strlen(l->nan_rep);
  for (size_t i = 0; i < l->schema->columns; i++) {
    struct mt_hdf5_member *m = &l->member[i];
    if (is_text(m) && l->schema->fields[i].nulls > 0 && m->width < least)
      m->width = least;
  }
}

/* --- limits ---------------------------------------------------------------- */

/* Bytes of a member in the message that describes the row's type (HDF5 file
 * format, datatype message version 3). */
static size_t header_size(const struct mt_hdf5_member *m)
{
  enum { NUL = 1, OFFSET = 3, CLASS = 8, INTEGER = 4, FLOAT = 12, ARRAY = 13 };
  return strlen(m->name) + NUL + OFFSET + CLASS + (is_text(m) ? 0 : FLOAT) +
         (m->block ? ARRAY : 0);
}

static int no_columns(struct mt_error *err)
{
  int rc = mt_fail(err, EINVAL, "pandas cannot read an HDF5 table without columns");
  mt_error_remedy(err, "keep at least one column");
  return rc;
}

static int too_many_columns(const struct mt_hdf5_layout *l, struct mt_error *err)
{
  int rc = mt_fail(err, EFBIG, "%zu columns are more than pandas' HDF5 layout can hold",
                   l->schema->columns);
  mt_error_remedy(err, "export to an Arrow file (.arrow), or keep at most %d columns",
                  MT_HDF5_COLUMNS_MAX);
  return rc;
}

/* Rows are of one width, with room for the longest text. */
static int row_too_wide(const struct mt_field *f, size_t width, struct mt_error *err)
{
  char wide[MT_SIZE_PROSE], limit[MT_SIZE_PROSE];
  int rc = mt_fail(
      err, EFBIG,
      "pandas' HDF5 layout gives every row room for the longest text: column "
      "'%.100s' would take %s a row, and a row may have %s in all",
      f->name, mt_format_size(wide, width), mt_format_size(limit, MT_HDF5_ROW_MAX));
  mt_error_remedy(err, "export to an Arrow file (.arrow), or drop the column");
  return rc;
}

/* Rows of the table, and of the tables of categories. */
static int check_width(const struct mt_hdf5_layout *l, struct mt_error *err)
{
  size_t widest = 0;
  for (size_t i = 0; i < l->schema->columns; i++) {
    const struct mt_field *f = &l->schema->fields[i];
    if (l->member[i].width > l->member[widest].width)
      widest = i;
    if (f->dtype == MT_CATEGORY && f->max_bytes > MT_HDF5_ROW_MAX - MT_HDF5_INDEX_WIDTH)
      return row_too_wide(f, f->max_bytes, err);
  }
  if (l->row_size > MT_HDF5_ROW_MAX)
    return row_too_wide(&l->schema->fields[widest], l->member[widest].width, err);
  return 0;
}

/* Where each member lies in the row, and how many rows a chunk has. */
static int place_members(struct mt_hdf5_layout *l, struct mt_error *err)
{
  size_t header = 0;
  l->row_size = MT_HDF5_INDEX_WIDTH;
  for (size_t i = 0; i < l->schema->columns; i++) {
    struct mt_hdf5_member *m = &l->member[i];
    header += header_size(m);
    m->offset = l->row_size;
    if (!mt_size_add(l->row_size, m->width, &l->row_size))
      return row_too_wide(&l->schema->fields[i], m->width, err);
    name_dtype(m, &l->schema->fields[i]);
  }
  if (header > HEADER_MAX)
    return too_many_columns(l, err);
  int rc = check_width(l, err);
  if (rc)
    return rc;

  size_t rows = CHUNK_BYTES / l->row_size;
  if (rows < CHUNK_ROWS_MIN)
    rows = CHUNK_ROWS_MIN;
  if (rows > CHUNK_ROWS_MAX)
    rows = CHUNK_ROWS_MAX;
  if (rows > MT_HDF5_CHUNK_MAX / l->row_size)
    rows = MT_HDF5_CHUNK_MAX / l->row_size;
  l->chunk_rows = rows;
  return 0;
}

int mt_hdf5_layout_init(struct mt_hdf5_layout *l, const struct mt_schema *schema,
                        struct mt_error *err)
{
  *l = (struct mt_hdf5_layout){.schema = schema};
  if (schema->columns == 0)
    return no_columns(err);
  if (schema->columns > MT_HDF5_COLUMNS_MAX)
    return too_many_columns(l, err);
  l->member = mt_alloc(schema->columns, sizeof *l->member);
  if (!l->member)
    return mt_fail_memory(err);
  name_members(l);
  for (size_t i = 0; i < schema->columns; i++)
    choose_storage(&l->member[i], &schema->fields[i]);
  l->nan_rep = choose_nan_rep(l);
  if (!l->nan_rep)
    return mt_fail_memory(err);
  widen_for_nan_rep(l);
  return place_members(l, err);
}

void mt_hdf5_layout_reset(struct mt_hdf5_layout *l)
{
  free(l->member);
  free(l->nan_rep);
  *l = (struct mt_hdf5_layout){0};
}

/* --- attributes ------------------------------------------------------------ */

static void text(struct mt_pickle *p, const char *s)
{
  mt_pickle_text(p, s, strlen(s));
}

int mt_hdf5_layout_none(struct mt_buffer *out)
{
  struct mt_pickle p;
  mt_pickle_begin(&p, out);
  mt_pickle_none(&p);
  return mt_pickle_end(&p);
}

/* [(0, 'index')] */
int mt_hdf5_layout_index_cols(struct mt_buffer *out)
{
  struct mt_pickle p;
  mt_pickle_begin(&p, out);
  mt_pickle_list(&p);
  mt_pickle_tuple(&p);
  mt_pickle_int(&p, 0);
  text(&p, "index");
  mt_pickle_tuple_end(&p);
  mt_pickle_append(&p);
  return mt_pickle_end(&p);
}

static int member_names(const struct mt_hdf5_layout *l, bool blocks,
                        struct mt_buffer *out)
{
  struct mt_pickle p;
  mt_pickle_begin(&p, out);
  mt_pickle_list(&p);
  for (size_t i = 0; i < l->schema->columns; i++) {
    if (l->member[i].block && !blocks)
      continue;
    text(&p, l->member[i].name);
    mt_pickle_append(&p);
  }
  return mt_pickle_end(&p);
}

/* All members. */
int mt_hdf5_layout_values_cols(const struct mt_hdf5_layout *l, struct mt_buffer *out)
{
  return member_names(l, true, out);
}

/* Those that `where=` can name. */
int mt_hdf5_layout_data_columns(const struct mt_hdf5_layout *l, struct mt_buffer *out)
{
  return member_names(l, false, out);
}

/* [(1, [column names])] */
int mt_hdf5_layout_axes(const struct mt_hdf5_layout *l, struct mt_buffer *out)
{
  struct mt_pickle p;
  mt_pickle_begin(&p, out);
  mt_pickle_list(&p);
  mt_pickle_tuple(&p);
  mt_pickle_int(&p, 1);
  mt_pickle_list(&p);
  for (size_t i = 0; i < l->schema->columns; i++) {
    mt_pickle_text(&p, l->schema->fields[i].name, l->schema->fields[i].name_len);
    mt_pickle_append(&p);
  }
  mt_pickle_tuple_end(&p);
  mt_pickle_append(&p);
  return mt_pickle_end(&p);
}

static void info_of_column(struct mt_pickle *p, const struct mt_hdf5_member *m, bool utc)
{
  bool category = m->storage == MT_HDF5_CODES;
  if (!category && !utc)
    return;
  text(p, m->name);
  mt_pickle_dict(p);
  text(p, category ? "ordered" : "tz");
  if (category)
    mt_pickle_bool(p, false);
  else
    text(p, "UTC");
  mt_pickle_put(p);
  mt_pickle_put(p);
}

/* {1: {'names': [None], 'type': 'Index'}, 'index': {}, member: {'tz': 'UTC'}, ...} */
int mt_hdf5_layout_info(const struct mt_hdf5_layout *l, struct mt_buffer *out)
{
  struct mt_pickle p;
  mt_pickle_begin(&p, out);
  mt_pickle_dict(&p);
  mt_pickle_int(&p, 1);
  mt_pickle_dict(&p);
  text(&p, "names");
  mt_pickle_list(&p);
  mt_pickle_none(&p);
  mt_pickle_append(&p);
  mt_pickle_put(&p);
  text(&p, "type");
  text(&p, "Index");
  mt_pickle_put(&p);
  mt_pickle_put(&p);
  text(&p, "index");
  mt_pickle_dict(&p);
  mt_pickle_put(&p);
  for (size_t i = 0; i < l->schema->columns; i++)
    info_of_column(&p, &l->member[i], l->schema->fields[i].utc);
  return mt_pickle_end(&p);
}

/* [column name] */
int mt_hdf5_layout_kind(const struct mt_hdf5_layout *l, size_t column,
                        struct mt_buffer *out)
{
  struct mt_pickle p;
  mt_pickle_begin(&p, out);
  mt_pickle_list(&p);
  mt_pickle_text(&p, l->schema->fields[column].name, l->schema->fields[column].name_len);
  mt_pickle_append(&p);
  return mt_pickle_end(&p);
}
