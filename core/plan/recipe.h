/* What loader code has to know of a dataset: per column the planned dtype and how its
 * values are written, so that another program can be told to read them just so.
 *
 *   mt_session_recipe        fills one, from what the scan has seen so far
 *   mt_session_categories    the values of a category, when they are wanted
 *   mt_recipe_reset
 *
 * A recipe is a copy: it stays as it is while the session goes on. */
#ifndef MT_CORE_RECIPE_H
#define MT_CORE_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cells/datetime.h"
#include "core/cells/nulls.h"
#include "core/engine/dtype.h"
#include "core/plan/lookup.h"

struct mt_recipe_column {
  enum mt_dtype dtype; /* as planned; MT_DROP */
  bool nulls;          /* some cells are null */
  bool nul, bad_utf8;  /* some value holds a NUL, or is no UTF-8 */
  bool padded;         /* numbers: some have blanks around them */
  bool points;         /* integers: some are written as floats, 1.0 or 1e3 */
  bool beyond_int64;   /* integers: some are */
  bool beyond_float;   /* integers: float64 does not hold some */
  bool careful;        /* floats: pandas' default parser is not exact for some */
  bool rounded;        /* float32: it changes some, though not their shortest text */
  int bool_family;     /* as of mt_parse_bool_word; -1: 0 and 1 */
  enum mt_unit unit;   /* dates: */
  bool utc;            /* they are given with an offset */
  bool beyond_ns;      /* nanoseconds do not reach some */
  bool unpadded;       /* some day, month or hour has one digit */
  enum mt_date_layout layout;
  struct mt_date_shape shape;
  uint64_t categories;    /* of a category; 0: unknown, or not to be relied upon */
  uint64_t category_text; /* bytes of their texts */
};

struct mt_recipe {
  struct mt_recipe_column *column; /* columns entries; owned */
  size_t columns;
  struct mt_nulls nulls; /* what is null besides the defaults; owned */
  uint64_t rows;
  bool complete;                             /* every row was seen */
  bool irregular;                            /* of struct mt_reader_progress */
  uint64_t long_rows, open_quotes, bad_utf8; /* faults */
};

void mt_recipe_reset(struct mt_recipe *r);

#endif
