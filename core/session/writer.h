/* What a target of an export is to core.  formats/ implements it.
 *
 *   begin(schema)                 once
 *   encode(batch, bytes)          pure apart from *bytes: any thread, any order
 *   write(batch, bytes)           in order of batch->first_row, one at a time
 *   finish() | abort()            exactly one of them, once
 *   free()
 *
 * Nothing is visible under the target's name before finish has succeeded.
 * Errors carry what to do; abort never fails and leaves no file behind. */
#ifndef MT_CORE_WRITER_H
#define MT_CORE_WRITER_H

#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/plan/batch.h"

struct mt_writer;
struct mt_writer_ops {
  /* schema stays valid and unchanged until finish or abort. */
  int (*begin)(struct mt_writer *w, const struct mt_schema *schema, struct mt_error *err);
  /* Appends to *bytes whatever write needs (the buffer is empty at the call). */
  int (*encode)(const struct mt_writer *w, const struct mt_batch *batch,
                struct mt_buffer *bytes, struct mt_error *err);
  int (*write)(struct mt_writer *w, const struct mt_batch *batch,
               const struct mt_buffer *bytes, struct mt_error *err);
  int (*finish)(struct mt_writer *w, struct mt_error *err);
  void (*abort)(struct mt_writer *w);
  void (*free)(struct mt_writer *w);
  /* How column `column` is stored where that differs from the plan, as a
   * sentence part for people ("float32, because the layout has no nullable
   * int8"); NULL where it is stored as planned.  After begin. */
  const char *(*note)(const struct mt_writer *w, size_t column);
};

struct mt_writer {
  const struct mt_writer_ops *ops;
  uint64_t bytes_written; /* so far; the file's size after finish */
  uint64_t rows_written;  /* that those bytes hold: others may wait for more of them */
};

#endif
