/* Rows anywhere in a dataset: a second way into what a reader has open, with a place of
 * its own, which neither disturbs a scan nor is disturbed by one.  formats/ implements
 * it; browse.h is what a screen uses.
 *
 *   reader->ops->rows(reader, &rows)
 *   rows->ops->move     to a mark, in steps; then
 *   rows->ops->next *   blocks of rows, for the reader's own decode; or
 *   rows->ops->read *   the bytes as they are; move comes next
 *   rows->ops->free     before the reader is freed
 *
 * One thread at a time, which need not be that of the scan. */
#ifndef MT_CORE_ROWS_H
#define MT_CORE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cells/chunk.h"
#include "core/cells/reader.h"

/* A place where a row begins (or lines that precede one). */
struct mt_mark {
  uint64_t row;   /* from 0 */
  uint64_t byte;  /* of the decoded file */
  uint64_t line;  /* from 1 */
  uint8_t before; /* the byte before it */
};

struct mt_rows;
struct mt_rows_ops {
  /* A step on the way to a mark, of a few milliseconds: *there once it has arrived. */
  int (*move)(struct mt_rows *r, const struct mt_mark *to, bool *there,
              struct mt_error *err);
  /* The next rows, at most max_rows and about a MiB; none at the end. */
  int (*next)(struct mt_rows *r, size_t max_rows, struct mt_block *b,
              struct mt_error *err);
  /* n bytes, or all there are. */
  int (*read)(struct mt_rows *r, uint8_t *p, size_t n, size_t *got, struct mt_error *err);
  /* As the reader's (reader.h). */
  int (*check)(struct mt_rows *r, struct mt_error *err);
  void (*progress)(const struct mt_rows *r, struct mt_reader_progress *p);
  void (*free)(struct mt_rows *r);
};

struct mt_rows {
  const struct mt_rows_ops *ops;
  struct mt_mark first; /* where row 0 begins */
  struct mt_mark at;    /* where the next block begins, after move and next */
  bool direct;          /* every place is near: nothing has to be passed over */
  int quote; /* where a block holds no such byte, its cells lie in it as they are; -1 =
                they always do */
};

#endif
