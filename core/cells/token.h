/* What the text of one cell is: null, an integer, a float, a boolean, or text, as pandas
 * reads it; and what the type inference of polars and of Arrow makes of it. */
#ifndef MT_CORE_TOKEN_H
#define MT_CORE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cells/nulls.h"
#include "core/cells/parse.h"

struct mt_token {
  bool null;
  enum mt_int_result int64;
  bool integer;       /* of any magnitude */
  bool is_float;      /* integers too */
  bool pandas2_float; /* pandas 2 takes it for one; where it does, is_float */
  bool overflow;      /* finite, but too large for a float */
  bool null_number;   /* pandas takes the float for null: mt_nulls_has_number */
  int boolean;        /* 1 true, 0 false, -1 neither */
  int64_t i;          /* when int64 is MT_INT_OK */
  double d;           /* when is_float */
};

void mt_token_read(struct mt_token *t, const uint8_t *s, size_t n,
                   const struct mt_nulls *nulls, size_t column);

/* The same, with what else pandas takes for null where --null gives numbers. */
void mt_token_read_pandas(struct mt_token *t, const uint8_t *s, size_t n,
                          const struct mt_nulls *nulls, size_t column);

/* How a text that is no number would be one. */
enum mt_dress {
  MT_DRESS_THOUSANDS = 1 << 0,     /* 1,234 or -12,345,678.9: groups of three */
  MT_DRESS_DECIMAL_COMMA = 1 << 1, /* 3,14 */
  MT_DRESS_PERCENT = 1 << 2,       /* 27.4% */
  MT_DRESS_CURRENCY = 1 << 3,      /* $61 or $2,345.67, perhaps with blanks around it */
  MT_DRESS_ALL = 15
};
/* All that s[0..n) may be. */
unsigned mt_token_dress(const uint8_t *s, size_t n);

/* What polars takes a text for: the first of these that it looks like. */
enum mt_polars_type {
  MT_POLARS_INT64 = 1 << 0,
  MT_POLARS_INT128 = 1 << 1,
  MT_POLARS_HUGE = 1 << 2, /* an integer beyond 128 bits: fine among floats only */
  MT_POLARS_FLOAT = 1 << 3,
  MT_POLARS_BOOL = 1 << 4,
  MT_POLARS_TEXT = 1 << 5
};
enum mt_polars_type mt_token_polars(const uint8_t *s, size_t n);

/* The types that Arrow tries in turn; a column gets the first that all its values can be
 * read as.  (1 and 0 are booleans too, a date is a timestamp too.) */
enum mt_arrow_type {
  MT_ARROW_INT64 = 1 << 0,
  MT_ARROW_BOOL = 1 << 1,
  MT_ARROW_DOUBLE = 1 << 2,
  MT_ARROW_DATE = 1 << 3,
  MT_ARROW_TIME = 1 << 4,
  MT_ARROW_TIMESTAMP = 1 << 5, /* in whole seconds */
  MT_ARROW_TIMESTAMP_NS = 1 << 6,
  MT_ARROW_ZONED = 1 << 7,
  MT_ARROW_ZONED_NS = 1 << 8,
  MT_ARROW_TYPES = 9,
  MT_ARROW_ALL = (1 << MT_ARROW_TYPES) - 1 /* what no text is */
};
/* All the types that s[0..n) can be read as; 0: only text. */
unsigned mt_token_arrow(const uint8_t *s, size_t n);
/* Whether Arrow reads a null word (mt_null_word) as null: all but <NA> and None. */
bool mt_token_arrow_null(int word);

#endif
