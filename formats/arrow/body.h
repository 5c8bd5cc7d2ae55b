/* The data of an Arrow IPC file: batches and dictionaries as complete messages.
 *
 * Both functions append one message, metadata and body, to an empty buffer that will lie
 * at a multiple of 64 bytes in the file.  They share nothing: any thread may call them.
 * Everything that is not data is zero: padding, and the values under nulls. */
#ifndef MT_FORMATS_ARROW_BODY_H
#define MT_FORMATS_ARROW_BODY_H

#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/plan/batch.h"
#include "formats/arrow/metadata.h"

struct mt_arrow_packing {
  enum mt_arrow_codec codec;
  int level; /* 0 = the codec's default */
};

int mt_arrow_encode_batch(struct mt_buffer *out, const struct mt_schema *schema,
                          const struct mt_batch *batch,
                          const struct mt_arrow_packing *packing,
                          struct mt_error *err) MT_MUST_CHECK;
/* EOVERFLOW when the values together exceed the 2 GiB that the format can address. */
int mt_arrow_encode_dictionary(struct mt_buffer *out, int64_t id,
                               const struct mt_field *field,
                               const struct mt_arrow_packing *packing,
                               struct mt_error *err) MT_MUST_CHECK;

#endif
