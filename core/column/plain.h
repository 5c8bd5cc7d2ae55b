/* Cells of a run whose texts hardly repeat.  Most of them say nothing new: one more
 * integer within the range, one more decimal, date or text.  Such a cell, a plain one,
 * only adds to counts, in a few steps.
 *
 *   mt_plain_begin   when the first texts of the run have been added, text by text, and
 *                    what is given is set; the rest is zero
 *   mt_plain_take    row after row, up to the first cell that is not plain ...
 *   mt_plain_other   ... which the caller adds like any text, and tells here
 *   mt_plain_end     adds what was counted
 *
 * Facts, segment and run are then what mt_facts_add, mt_segment_add and mt_run_add would
 * have made of every cell by itself. */
#ifndef MT_CORE_PLAIN_H
#define MT_CORE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cells/chunk.h"
#include "core/cells/nulls.h"
#include "core/column/distinct.h"
#include "core/column/facts.h"
#include "core/column/segment.h"
#include "core/column/statistics.h"

enum mt_plain_kind {
  MT_PLAIN_NONE, /* no cell is */
  MT_PLAIN_NUMBER,
  MT_PLAIN_DATE, /* 2024-02-28, perhaps with 23:59:59 behind a T or a blank */
  MT_PLAIN_TEXT
};

/* Lengths that are counted one by one. */
#define MT_PLAIN_LENGTHS 64

struct mt_plain {
  /* given: the cells of a column, of which those before row `from` of the run have been
   * added, and where */
  const struct mt_chunk *chunk;
  const struct mt_cell *cells;
  size_t from, to; /* to: the run's end */
  struct mt_facts *facts;
  struct mt_segment *segment;
  struct mt_run *run;
  uint8_t settled; /* of the column (facts.h) */
  uint64_t seed;
  uint64_t *code; /* room for one per row; filled: that of its text (code.h), 0: null */
  /* in the end */
  uint64_t fingerprint; /* of the cells (gather.h) */
  size_t stretches;     /* of equal cells, as far as they begin here */
  uint64_t boxes[2];    /* of all values, as mt_segment has them for distinct ones */
  bool wide;            /* some value is not ASCII */
  /* what is plain now */
  enum mt_plain_kind kind;
  bool odd;          /* nothing is, ever */
  bool nulls;        /* a null that is no more than another one */
  bool float32;      /* it is known what float32 would change */
  bool zeros;        /* what numbers below ten in dates are padded with is known */
  int64_t low, high; /* integers */
  uint32_t decimals_least, decimals_most;
  uint64_t mantissa_most; /* of decimals */
  double whole_low, whole_high;
  bool fractions_known;
  /* the order, as long as it is the same for numbers and for bytes */
  bool ordered;
  bool up, down; /* they are, so far */
  double last_number;
  uint32_t length; /* of them all */
  uint8_t decimals;
  uint8_t form; /* digits after the point of the number before */
  /* counts */
  uint64_t last; /* code of the cell before, a null's too */
  uint64_t empties;
  uint64_t lengths[MT_PLAIN_LENGTHS]; /* values of so many bytes, all ASCII */
  uint64_t unusual;                   /* other values */
};

void mt_plain_begin(struct mt_plain *p, const struct mt_nulls *nulls);
/* From row r on: the first that is not plain, or the end. */
size_t mt_plain_take(struct mt_plain *p, size_t r);
/* Row r was added by the caller. */
void mt_plain_other(struct mt_plain *p, size_t r, bool null);
void mt_plain_end(struct mt_plain *p);

#endif
