/* The messages of an Arrow IPC file: what precedes each body, and the footer.
 *
 *   mt_arrow_put_schema()                          magic and Schema message
 *   mt_arrow_begin_batch | _begin_dictionary       a message whose body follows
 *     -> mt_arrow_put_node, mt_arrow_put_buffer    as the body grows behind it
 *     -> mt_arrow_end_body
 *   mt_arrow_put_footer()                          end marker, footer and magic
 *
 * Everything is appended to a buffer that lies at a multiple of 64 bytes in the file, so
 * every body begins at one too and the file can be mapped into memory as it is.
 * Layouts: Arrow columnar format 1.x, metadata version 5. */
#ifndef MT_FORMATS_ARROW_METADATA_H
#define MT_FORMATS_ARROW_METADATA_H

#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/plan/batch.h"
#include "formats/arrow/flatbuffer.h"

enum { MT_ARROW_ALIGNMENT = 64 };

/* Compression of the buffers of a body. */
enum mt_arrow_codec { MT_ARROW_RAW = -1, MT_ARROW_LZ4 = 0, MT_ARROW_ZSTD = 1 };

/* Where a message lies: struct Block of the footer. */
struct mt_arrow_block {
  int64_t offset;
  int32_t metadata; /* bytes before the body, with the prefix */
  int32_t padding;
  int64_t body; /* bytes of the body */
};

struct mt_arrow_blocks {
  const struct mt_arrow_block *block;
  size_t count;
};

/* The value of the schema's "pandas" key: it tells pandas' dtypes. */
int mt_arrow_put_pandas(struct mt_buffer *json,
                        const struct mt_schema *schema) MT_MUST_CHECK;

/* pandas: what mt_arrow_put_pandas gave; the same for schema and footer. */
int mt_arrow_put_schema(struct mt_buffer *out, const struct mt_schema *schema,
                        const struct mt_buffer *pandas) MT_MUST_CHECK;
int mt_arrow_put_footer(struct mt_buffer *out, const struct mt_schema *schema,
                        const struct mt_buffer *pandas,
                        struct mt_arrow_blocks dictionaries,
                        struct mt_arrow_blocks batches) MT_MUST_CHECK;

/* A message that is being written together with its body. */
struct mt_arrow_body {
  struct mt_fb fb;
  struct mt_buffer *out;
  size_t begin;                /* of the body in out */
  size_t length, node, buffer; /* what to fill in next: positions in fb */
};

/* Dictionary ids are the numbers of category columns, from 0. */
int mt_arrow_begin_batch(struct mt_arrow_body *m, struct mt_buffer *out,
                         const struct mt_schema *schema, size_t rows,
                         enum mt_arrow_codec codec) MT_MUST_CHECK;
int mt_arrow_begin_dictionary(struct mt_arrow_body *m, struct mt_buffer *out, int64_t id,
                              size_t count, enum mt_arrow_codec codec) MT_MUST_CHECK;
void mt_arrow_put_node(struct mt_arrow_body *m, uint64_t rows, uint64_t nulls);
/* Bytes [at, at + length) of the body, counted in out. */
void mt_arrow_put_buffer(struct mt_arrow_body *m, size_t at, size_t length);
void mt_arrow_end_body(struct mt_arrow_body *m);

/* Appends zeros up to the next multiple of 64. */
int mt_arrow_pad(struct mt_buffer *out) MT_MUST_CHECK;

/* Splits what end_body has finished: offset is left to the caller. */
struct mt_arrow_block mt_arrow_block_of(const struct mt_buffer *message);

#endif
