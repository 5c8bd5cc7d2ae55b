#include "formats/arrow/metadata.h"

#include <errno.h>
#include <string.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#else
#define PACKAGE_VERSION "0"
#endif

#include "core/cells/json.h"

/* Numbers of Schema.fbs, Message.fbs and File.fbs. */
enum { VERSION_5 = 4 };
enum { HEADER_SCHEMA = 1, HEADER_DICTIONARY = 2, HEADER_BATCH = 3 };
enum { TYPE_INT = 2, TYPE_FLOAT = 3, TYPE_UTF8 = 5, TYPE_BOOL = 6, TYPE_TIMESTAMP = 10 };
enum { PRECISION_SINGLE = 1, PRECISION_DOUBLE = 2 };
enum { UNIT_MICROSECOND = 2, UNIT_NANOSECOND = 3 };
enum { PREFIX_SIZE = 8, NODE_SIZE = 16, BUFFER_SIZE = 16, REF_SIZE = 4 };

static const char magic[8] = "ARROW1\0";
static const uint32_t continuation = 0xFFFFFFFF;

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "batches are written as they lie");
_Static_assert(sizeof(struct mt_arrow_block) == 24, "struct Block is written as it lies");

/* ---- pandas ---------------------------------------------------------------- */

/* pandas' names: of the logical type, and of the dtype a column takes.  The latter is
 * obeyed where it names an extension dtype: without "Int8" an int8 with nulls would come
 * back as float64, and without "boolean" a bool with nulls as objects.  "str" is pandas
 * 3's text; pandas 2 reads it as object. */
static const char *pandas_type(const struct mt_field *f)
{
  switch (mt_dtype_kind(f->dtype)) {
  case MT_KIND_CATEGORY:
    return "categorical";
  case MT_KIND_TIME:
    return f->utc ? "datetimetz" : "datetime";
  case MT_KIND_STRING:
    return "unicode";
  default:
    return mt_dtype_name(f->dtype);
  }
}

static const char *pandas_dtype(const struct mt_field *f)
{
  static const char *const nullable[MT_DTYPE_COUNT] = {
      [MT_INT8] = "Int8",     [MT_INT16] = "Int16",   [MT_INT32] = "Int32",
      [MT_INT64] = "Int64",   [MT_UINT8] = "UInt8",   [MT_UINT16] = "UInt16",
      [MT_UINT32] = "UInt32", [MT_UINT64] = "UInt64", [MT_BOOL] = "boolean",
  };
  if (f->nulls > 0 && nullable[f->dtype])
    return nullable[f->dtype];
  switch (mt_dtype_kind(f->dtype)) {
  case MT_KIND_CATEGORY: {
    size_t width = mt_category_width(f->dictionary->count);
    return width == 1 ? "int8" : width == 2 ? "int16" : "int32";
  }
  case MT_KIND_TIME:
    return f->unit == MT_UNIT_NS ? "datetime64[ns]" : "datetime64[us]";
  case MT_KIND_STRING:
    return "str";
  default:
    return mt_dtype_name(f->dtype);
  }
}

static void put_pandas_column(struct mt_json *j, const struct mt_field *f)
{
  mt_json_object(j, NULL);
  mt_json_bytes(j, "name", f->name, f->name_len);
  mt_json_bytes(j, "field_name", f->name, f->name_len);
  mt_json_string(j, "pandas_type", pandas_type(f));
  mt_json_string(j, "numpy_type", pandas_dtype(f));
  if (f->dtype == MT_CATEGORY) {
    mt_json_object(j, "metadata");
    mt_json_uint(j, "num_categories", f->dictionary->count);
    mt_json_bool(j, "ordered", false);
    mt_json_close(j);
  } else if (f->utc && mt_dtype_kind(f->dtype) == MT_KIND_TIME) {
    mt_json_object(j, "metadata");
    mt_json_string(j, "timezone", "UTC");
    mt_json_close(j);
  } else {
    mt_json_null(j, "metadata");
  }
  mt_json_close(j);
}

int mt_arrow_put_pandas(struct mt_buffer *json, const struct mt_schema *schema)
{
  struct mt_json j;
  mt_json_begin(&j, json, false);
  mt_json_object(&j, NULL);
  mt_json_array(&j, "index_columns"); /* none: a RangeIndex */
  mt_json_close(&j);
  mt_json_array(&j, "column_indexes");
  mt_json_close(&j);
  mt_json_array(&j, "columns");
  for (size_t i = 0; i < schema->columns; i++)
    put_pandas_column(&j, &schema->fields[i]);
  mt_json_close(&j);
  mt_json_object(&j, "creator");
  mt_json_string(&j, "library", "memtop");
  mt_json_string(&j, "version", PACKAGE_VERSION);
  mt_json_close(&j);
  mt_json_string(&j, "pandas_version", "3.0.0"); /* whose metadata this is */
  mt_json_close(&j);
  return mt_json_end(&j);
}

/* ---- schema ---------------------------------------------------------------- */

static size_t put_int(struct mt_fb *fb, size_t width, bool is_signed)
{
  const struct mt_fb_field fields[] = {{4, (int64_t)width * 8}, {1, is_signed}};
  return mt_fb_table(fb, fields, 2);
}

static size_t put_float(struct mt_fb *fb, enum mt_dtype t)
{
  const struct mt_fb_field fields[] = {
      {2, t == MT_FLOAT32 ? PRECISION_SINGLE : PRECISION_DOUBLE}};
  return mt_fb_table(fb, fields, 1);
}

static size_t put_timestamp(struct mt_fb *fb, const struct mt_field *f)
{
  const struct mt_fb_field fields[] = {
      {2, f->unit == MT_UNIT_NS ? UNIT_NANOSECOND : UNIT_MICROSECOND},
      {f->utc ? 4 : 0, 0},
  };
  size_t table = mt_fb_table(fb, fields, 2);
  if (f->utc)
    mt_fb_link(fb, mt_fb_field_at(fb, table, 1), mt_fb_string(fb, "UTC", 3));
  return table;
}

static int type_id(enum mt_kind k)
{
  switch (k) {
  case MT_KIND_INT:
  case MT_KIND_UINT:
    return TYPE_INT;
  case MT_KIND_FLOAT:
    return TYPE_FLOAT;
  case MT_KIND_BOOL:
    return TYPE_BOOL;
  case MT_KIND_TIME:
    return TYPE_TIMESTAMP;
  default: /* text; of a category: the type of its values */
    return TYPE_UTF8;
  }
}

static size_t put_type(struct mt_fb *fb, const struct mt_field *f)
{
  switch (type_id(mt_dtype_kind(f->dtype))) {
  case TYPE_INT:
    return put_int(fb, mt_dtype_width(f->dtype), mt_dtype_kind(f->dtype) == MT_KIND_INT);
  case TYPE_FLOAT:
    return put_float(fb, f->dtype);
  case TYPE_TIMESTAMP:
    return put_timestamp(fb, f);
  default: /* bool and text have no parameters */
    return mt_fb_table(fb, NULL, 0);
  }
}

static size_t put_encoding(struct mt_fb *fb, const struct mt_field *f, int64_t id)
{
  const struct mt_fb_field fields[] = {{8, id}, MT_FB_REF, {1, false}};
  size_t table = mt_fb_table(fb, fields, 3);
  mt_fb_link(fb, mt_fb_field_at(fb, table, 1),
             put_int(fb, mt_category_width(f->dictionary->count), true));
  return table;
}

/* Always nullable, as pyarrow's own: files of the same columns then have one schema,
 * whether their rows hold nulls or not. */
static size_t put_field(struct mt_fb *fb, const struct mt_field *f,
                        int64_t *dictionary_id)
{
  bool category = f->dtype == MT_CATEGORY;
  const struct mt_fb_field fields[] = {
      MT_FB_REF,
      {1, true},
      {1, type_id(mt_dtype_kind(f->dtype))},
      MT_FB_REF,
      {category ? 4 : 0, 0},
      MT_FB_REF,
  };
  size_t table = mt_fb_table(fb, fields, 6);
  mt_fb_link(fb, mt_fb_field_at(fb, table, 0), mt_fb_string(fb, f->name, f->name_len));
  mt_fb_link(fb, mt_fb_field_at(fb, table, 3), put_type(fb, f));
  if (category)
    mt_fb_link(fb, mt_fb_field_at(fb, table, 4), put_encoding(fb, f, (*dictionary_id)++));
  mt_fb_link(fb, mt_fb_field_at(fb, table, 5), mt_fb_vector(fb, 0, REF_SIZE));
  return table;
}

static size_t put_key_value(struct mt_fb *fb, const char *key,
                            const struct mt_buffer *value)
{
  const struct mt_fb_field fields[] = {MT_FB_REF, MT_FB_REF};
  size_t table = mt_fb_table(fb, fields, 2);
  mt_fb_link(fb, mt_fb_field_at(fb, table, 0), mt_fb_string(fb, key, strlen(key)));
  mt_fb_link(fb, mt_fb_field_at(fb, table, 1), mt_fb_string(fb, value->data, value->len));
  return table;
}

static size_t put_schema(struct mt_fb *fb, const struct mt_schema *schema,
                         const struct mt_buffer *pandas)
{
  const struct mt_fb_field fields[] = {{2, 0}, MT_FB_REF, MT_FB_REF};
  size_t table = mt_fb_table(fb, fields, 3);
  size_t vector = mt_fb_vector(fb, schema->columns, REF_SIZE);
  mt_fb_link(fb, mt_fb_field_at(fb, table, 1), vector);
  int64_t dictionary_id = 0;
  for (size_t i = 0; i < schema->columns; i++)
    mt_fb_link(fb, mt_fb_element_at(vector, i, REF_SIZE),
               put_field(fb, &schema->fields[i], &dictionary_id));
  vector = mt_fb_vector(fb, 1, REF_SIZE);
  mt_fb_link(fb, mt_fb_field_at(fb, table, 2), vector);
  mt_fb_link(fb, mt_fb_element_at(vector, 0, REF_SIZE),
             put_key_value(fb, "pandas", pandas));
  return table;
}

/* ---- messages -------------------------------------------------------------- */

/* Begins a message in out: its prefix and its Message table, whose header the caller
 * writes and links next.  Returns that table. */
static size_t begin_message(struct mt_fb *fb, struct mt_buffer *out, int header_type)
{
  *fb = (struct mt_fb){.error = mt_buffer_append(out, magic, PREFIX_SIZE)};
  if (fb->error)
    return 0;
  mt_fb_begin(fb, out);
  const struct mt_fb_field fields[] = {
      {2, VERSION_5}, {1, header_type}, MT_FB_REF, {8, 0}};
  return mt_fb_table(fb, fields, 4);
}

static void link_header(struct mt_fb *fb, size_t message, size_t header)
{
  mt_fb_link(fb, mt_fb_field_at(fb, message, 2), header);
}

int mt_arrow_pad(struct mt_buffer *out)
{
  static const uint8_t zeros[MT_ARROW_ALIGNMENT];
  return mt_buffer_append(out, zeros, -out->len % MT_ARROW_ALIGNMENT);
}

/* Ends the metadata where a body may begin, and fills the prefix in. */
static int end_message(struct mt_fb *fb)
{
  int rc = mt_fb_end(fb);
  if (!rc)
    rc = mt_arrow_pad(fb->out);
  if (rc)
    return rc;
  uint8_t *prefix = fb->out->data + fb->base - PREFIX_SIZE;
  uint32_t size = (uint32_t)(fb->out->len - fb->base);
  memcpy(prefix, &continuation, 4);
  memcpy(prefix + 4, &size, 4);
  return 0;
}

int mt_arrow_put_schema(struct mt_buffer *out, const struct mt_schema *schema,
                        const struct mt_buffer *pandas)
{
  int rc = mt_buffer_append(out, magic, sizeof magic);
  if (rc)
    return rc;
  struct mt_fb fb;
  size_t message = begin_message(&fb, out, HEADER_SCHEMA);
  link_header(&fb, message, put_schema(&fb, schema, pandas));
  return end_message(&fb);
}

static size_t put_blocks(struct mt_fb *fb, struct mt_arrow_blocks b)
{
  size_t vector = mt_fb_vector(fb, b.count, sizeof *b.block);
  mt_fb_put(fb, mt_fb_element_at(vector, 0, sizeof *b.block), b.block,
            b.count * sizeof *b.block);
  return vector;
}

int mt_arrow_put_footer(struct mt_buffer *out, const struct mt_schema *schema,
                        const struct mt_buffer *pandas,
                        struct mt_arrow_blocks dictionaries,
                        struct mt_arrow_blocks batches)
{
  const uint32_t end_marker[2] = {continuation, 0};
  int rc = mt_buffer_append(out, end_marker, sizeof end_marker);
  if (rc)
    return rc;
  struct mt_fb fb;
  mt_fb_begin(&fb, out);
  const struct mt_fb_field fields[] = {{2, VERSION_5}, MT_FB_REF, MT_FB_REF, MT_FB_REF};
  size_t footer = mt_fb_table(&fb, fields, 4);
  mt_fb_link(&fb, mt_fb_field_at(&fb, footer, 1), put_schema(&fb, schema, pandas));
  mt_fb_link(&fb, mt_fb_field_at(&fb, footer, 2), put_blocks(&fb, dictionaries));
  mt_fb_link(&fb, mt_fb_field_at(&fb, footer, 3), put_blocks(&fb, batches));
  rc = mt_fb_end(&fb);
  uint32_t size = (uint32_t)(out->len - fb.base);
  if (!rc)
    rc = mt_buffer_append(out, &size, sizeof size);
  if (!rc)
    rc = mt_buffer_append(out, magic, 6);
  return rc;
}

/* ---- bodies ---------------------------------------------------------------- */

static size_t put_batch(struct mt_arrow_body *m, size_t rows, size_t nodes,
                        size_t buffers, enum mt_arrow_codec codec)
{
  struct mt_fb *fb = &m->fb;
  bool packed = codec != MT_ARROW_RAW;
  const struct mt_fb_field fields[] = {
      {8, (int64_t)rows}, MT_FB_REF, MT_FB_REF, {packed ? 4 : 0, 0}};
  size_t table = mt_fb_table(fb, fields, 4);
  size_t vector = mt_fb_vector(fb, nodes, NODE_SIZE);
  mt_fb_link(fb, mt_fb_field_at(fb, table, 1), vector);
  m->node = mt_fb_element_at(vector, 0, NODE_SIZE);
  vector = mt_fb_vector(fb, buffers, BUFFER_SIZE);
  mt_fb_link(fb, mt_fb_field_at(fb, table, 2), vector);
  m->buffer = mt_fb_element_at(vector, 0, BUFFER_SIZE);
  if (packed) {
    const struct mt_fb_field compression[] = {{1, codec}, {1, 0}};
    mt_fb_link(fb, mt_fb_field_at(fb, table, 3), mt_fb_table(fb, compression, 2));
  }
  return table;
}

static int begin_body(struct mt_arrow_body *m, size_t message, size_t header)
{
  link_header(&m->fb, message, header);
  m->length = mt_fb_field_at(&m->fb, message, 3);
  int rc = end_message(&m->fb);
  m->begin = m->out->len;
  return rc;
}

int mt_arrow_begin_batch(struct mt_arrow_body *m, struct mt_buffer *out,
                         const struct mt_schema *schema, size_t rows,
                         enum mt_arrow_codec codec)
{
  size_t buffers = 0;
  for (size_t i = 0; i < schema->columns; i++)
    buffers += schema->fields[i].dtype == MT_STRING ? 3 : 2;
  *m = (struct mt_arrow_body){.out = out};
  size_t message = begin_message(&m->fb, out, HEADER_BATCH);
  return begin_body(m, message, put_batch(m, rows, schema->columns, buffers, codec));
}

int mt_arrow_begin_dictionary(struct mt_arrow_body *m, struct mt_buffer *out, int64_t id,
                              size_t count, enum mt_arrow_codec codec)
{
  *m = (struct mt_arrow_body){.out = out};
  size_t message = begin_message(&m->fb, out, HEADER_DICTIONARY);
  const struct mt_fb_field fields[] = {{8, id}, MT_FB_REF, {1, false}};
  size_t table = mt_fb_table(&m->fb, fields, 3);
  mt_fb_link(&m->fb, mt_fb_field_at(&m->fb, table, 1), put_batch(m, count, 1, 3, codec));
  return begin_body(m, message, table);
}

void mt_arrow_put_node(struct mt_arrow_body *m, uint64_t rows, uint64_t nulls)
{
  const uint64_t node[2] = {rows, nulls};
  mt_fb_put(&m->fb, m->node, node, sizeof node);
  m->node += sizeof node;
}

void mt_arrow_put_buffer(struct mt_arrow_body *m, size_t at, size_t length)
{
  const uint64_t buffer[2] = {at - m->begin, length};
  mt_fb_put(&m->fb, m->buffer, buffer, sizeof buffer);
  m->buffer += sizeof buffer;
}

void mt_arrow_end_body(struct mt_arrow_body *m)
{
  uint64_t length = m->out->len - m->begin;
  mt_fb_put(&m->fb, m->length, &length, sizeof length);
}

struct mt_arrow_block mt_arrow_block_of(const struct mt_buffer *message)
{
  struct mt_arrow_block b = {0};
  memcpy(&b.metadata, message->data + 4, 4);
  b.metadata += PREFIX_SIZE;
  b.body = (int64_t)message->len - b.metadata;
  return b;
}
