#include "formats/arrow/writer.h"

#include <errno.h>
#include <stdlib.h>

#include "formats/arrow/body.h"
#include "formats/arrow/metadata.h"

struct arrow_writer {
  struct mt_writer base;
  struct mt_output *output; /* owned; NULL after finish and abort */
  struct mt_arrow_packing packing;
  const struct mt_schema *schema; /* borrowed from begin on */
  struct mt_buffer pandas;
  struct mt_buffer dictionaries, batches; /* arrays of struct mt_arrow_block */
};

static struct arrow_writer *self(struct mt_writer *w)
{
  return (struct arrow_writer *)w;
}

static int put_bytes(struct arrow_writer *a, const struct mt_buffer *bytes,
                     struct mt_error *err)
{
  int rc = mt_output_write(a->output, bytes->data, bytes->len, err);
  a->base.bytes_written = mt_output_position(a->output);
  return rc;
}

/* Writes a message and notes its place in `blocks`. */
static int put_message(struct arrow_writer *a, struct mt_buffer *blocks,
                       const struct mt_buffer *message, struct mt_error *err)
{
  struct mt_arrow_block block = mt_arrow_block_of(message);
  block.offset = (int64_t)mt_output_position(a->output);
  if (mt_buffer_append(blocks, &block, sizeof block))
    return mt_fail_memory(err);
  return put_bytes(a, message, err);
}

static int put_dictionaries(struct arrow_writer *a, struct mt_error *err)
{
  int64_t id = 0;
  int rc = 0;
  struct mt_buffer message;
  mt_buffer_init(&message, SIZE_MAX);
  for (size_t i = 0; i < a->schema->columns && !rc; i++) {
    const struct mt_field *field = &a->schema->fields[i];
    if (field->dtype != MT_CATEGORY)
      continue;
    message.len = 0;
    rc = mt_arrow_encode_dictionary(&message, id++, field, &a->packing, err);
    if (!rc)
      rc = put_message(a, &a->dictionaries, &message, err);
  }
  mt_buffer_reset(&message);
  return rc;
}

/* The metadata of a file can only outgrow memory, or the format's 2 GiB. */
static int fail_metadata(int code, struct mt_error *err)
{
  if (code == ENOMEM)
    return mt_fail_memory(err);
  return mt_fail(err, code, "the column names exceed the 2 GiB that an Arrow schema has");
}

static int arrow_begin(struct mt_writer *w, const struct mt_schema *schema,
                       struct mt_error *err)
{
  struct arrow_writer *a = self(w);
  struct mt_buffer head;
  mt_buffer_init(&head, SIZE_MAX);
  a->schema = schema;
  int rc = mt_arrow_put_pandas(&a->pandas, schema);
  if (!rc)
    rc = mt_arrow_put_schema(&head, schema, &a->pandas);
  rc = rc ? fail_metadata(rc, err) : put_bytes(a, &head, err);
  mt_buffer_reset(&head);
  return rc ? rc : put_dictionaries(a, err);
}

static int arrow_encode(const struct mt_writer *w, const struct mt_batch *batch,
                        struct mt_buffer *bytes, struct mt_error *err)
{
  const struct arrow_writer *a = (const struct arrow_writer *)w;
  return mt_arrow_encode_batch(bytes, a->schema, batch, &a->packing, err);
}

static int arrow_write(struct mt_writer *w, const struct mt_batch *batch,
                       const struct mt_buffer *bytes, struct mt_error *err)
{
  w->rows_written += batch->rows;
  return put_message(self(w), &self(w)->batches, bytes, err);
}

static struct mt_arrow_blocks blocks_of(const struct mt_buffer *b)
{
  return (struct mt_arrow_blocks){
      .block = (const struct mt_arrow_block *)b->data,
      .count = b->len / sizeof(struct mt_arrow_block),
  };
}

static int arrow_finish(struct mt_writer *w, struct mt_error *err)
{
  struct arrow_writer *a = self(w);
  struct mt_buffer footer;
  mt_buffer_init(&footer, SIZE_MAX);
  int rc = mt_arrow_put_footer(&footer, a->schema, &a->pandas,
                               blocks_of(&a->dictionaries), blocks_of(&a->batches));
  rc = rc ? fail_metadata(rc, err) : put_bytes(a, &footer, err);
  mt_buffer_reset(&footer);
  if (rc) {
    w->ops->abort(w);
    return rc;
  }
  struct mt_output *output = a->output;
  a->output = NULL;
  return mt_output_commit(output, &w->bytes_written, err);
}

static void arrow_abort(struct mt_writer *w)
{
  mt_output_abort(self(w)->output);
  self(w)->output = NULL;
}

static void arrow_free(struct mt_writer *w)
{
  if (!w)
    return;
  struct arrow_writer *a = self(w);
  mt_output_abort(a->output);
  mt_buffer_reset(&a->pandas);
  mt_buffer_reset(&a->dictionaries);
  mt_buffer_reset(&a->batches);
  free(a);
}

static const char *arrow_note(const struct mt_writer *w, size_t column)
{
  (void)w;
  (void)column;
  return NULL; /* every dtype is stored as planned */
}

int mt_arrow_writer_new(struct mt_writer **out, struct mt_output *output,
                        const struct mt_write_options *options, struct mt_error *err)
{
  static const struct mt_writer_ops ops = {
      .begin = arrow_begin,
      .encode = arrow_encode,
      .write = arrow_write,
      .finish = arrow_finish,
      .abort = arrow_abort,
      .free = arrow_free,
      .note = arrow_note,
  };
  *out = NULL;
  struct arrow_writer *a = mt_alloc(1, sizeof *a);
  if (!a) {
    mt_output_abort(output);
    return mt_fail_memory(err);
  }
  a->base.ops = &ops;
  a->output = output;
  a->packing.codec = options->codec == MT_CODEC_NONE  ? MT_ARROW_RAW
                     : options->codec == MT_CODEC_LZ4 ? MT_ARROW_LZ4
                                                      : MT_ARROW_ZSTD;
  a->packing.level = options->level;
  mt_buffer_init(&a->pandas, SIZE_MAX);
  mt_buffer_init(&a->dictionaries, SIZE_MAX);
  mt_buffer_init(&a->batches, SIZE_MAX);
  *out = &a->base;
  return 0;
}
