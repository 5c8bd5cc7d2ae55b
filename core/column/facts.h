/* What is known of one column whatever the engine: counts, ranges, formats, and the
 * first value that rules each dtype out.
 *
 * Facts are gathered per block (mt_facts_add, over distinct texts in the order of
 * their first appearance) and merged in row order. */
#ifndef MT_CORE_FACTS_H
#define MT_CORE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cells/datetime.h"
#include "core/cells/token.h"
#include "core/column/place.h"
#include "core/column/textsize.h"

#define MT_FLOAT32_INTEGERS (1 << 24) /* up to here float32 holds every integer */
#define MT_BOOL_FAMILIES 5            /* true/false, yes/no, t/f, y/n, on/off (parse.h) */

/* One column, or a part of its rows.  Counts are of rows unless said otherwise. */
struct mt_facts {
  uint64_t rows, nulls;
  uint64_t empties, quoted_empties; /* among nulls: , and "" */
  uint64_t null_words;              /* among nulls: the rest */
  uint64_t null_word_bytes;
  uint64_t given_nulls, given_null_bytes; /* among null words: those of --null */
  uint32_t na_words;                      /* bit i: null word i occurs as a value */
  uint32_t sentinel_words;                /* bit i: sentinel i (nulls.h) occurs */
  uint64_t sentinels;                     /* values that are sentinels */

  uint64_t integers;         /* texts of integers within int64 or uint64 */
  uint64_t big_integers;     /* integers beyond that */
  __int128 int_min, int_max; /* over `integers`; valid when there are some */
  uint64_t floats;           /* texts of floats that are no integers */
  uint64_t fractions;        /* among floats: not integral */
  uint64_t negative_zeros;   /* -0, -0.0 */
  uint64_t infinities;
  uint64_t overflows;                  /* 1e400 */
  uint64_t inexact;                    /* integers that float64 does not hold */
  uint64_t float32_inexact;            /* numbers that float32 does not hold exactly */
  uint32_t decimals_min, decimals_max; /* digits after the point, plain floats */
  uint64_t strays;      /* floats that pandas gets wrong within the first twelve digits */
  uint64_t rounded;     /* those that it does not round to the nearest double */
  uint64_t identifiers; /* leading zeros, leading plus */
  uint64_t padded;      /* numbers with blanks around them */
  double float_min, float_max;   /* over finite numbers; +inf, -inf when there are none */
  __int128 whole_min, whole_max; /* over the floats that are no fractions; valid when
                                    there are some */

  uint64_t bools[MT_BOOL_FAMILIES];

  uint64_t dates;
  uint32_t date_layouts; /* AND over the dates */
  /* The steps in which it shrank: the first date's, at MT_PLACE_DATE, those left by a
   * later one, at MT_PLACE_NARROWED, and none, at MT_PLACE_NOT_DATE.  No text is a date
   * of three layouts, so that there are no more steps. */
  uint32_t first_layouts, narrowed_layouts;
  struct mt_date_shape date_shape;
  uint8_t date_padding;               /* OR over the dates */
  uint8_t fraction_min, fraction_max; /* digits */
  int16_t offset_low, offset_high;    /* minutes */
  int64_t date_low, date_high;        /* seconds, over the layouts left (loose) */

  uint16_t arrow; /* AND of mt_token_arrow over what Arrow takes for values */
  uint8_t polars; /* OR of mt_token_polars likewise */
  uint8_t dress;  /* AND of mt_token_dress over the values that are no numbers */

  struct mt_text_sizes sizes; /* of all values */
  uint32_t longest, shortest; /* bytes of a value */
  uint64_t not_utf8, nul;

  uint64_t fingerprint; /* of all cells and their rows.  Columns of one scan with other
                           texts have another one, but for a chance of 2^-62.  Not set by
                           mt_facts_add */

  bool ascending; /* integers, each larger than the one before */
  __int128 first_int, last_int;
  bool steady; /* ... or smaller, always by `step` (when there are two), which is not 0 */
  __int128 step;

  struct mt_places places;
};

/* Questions whose answer more rows cannot change: asking them again costs time but
 * never gives another answer, so `settled` may be out of date. */
enum { MT_SETTLED_DATE = 1, MT_SETTLED_FLOAT32 = 2, MT_SETTLED_TYPES = 4 };

void mt_facts_init(struct mt_facts *f);
void mt_facts_reset(struct mt_facts *f);
void mt_facts_clear(struct mt_facts *f); /* as initialised; keeps its memory */
/* Adds an occurrence; *settled gains what it settles. */
void mt_facts_add(struct mt_facts *f, const struct mt_occurrence *o,
                  const struct mt_token *t, uint8_t *settled);
/* The part of it that is about lengths; false when s is no UTF-8. */
bool mt_facts_add_size(struct mt_facts *f, const uint8_t *s, size_t n, uint64_t times);
/* Likewise for texts of n bytes that are ASCII. */
void mt_facts_add_ascii(struct mt_facts *f, size_t n, uint64_t times);
/* The first of its kind, line 0 where there is none; valid until *f changes. */
static inline const struct mt_place *mt_facts_place(const struct mt_facts *f,
                                                    enum mt_place_kind k)
{
  return mt_places_get(&f->places, k);
}
static inline bool mt_facts_has(const struct mt_facts *f, enum mt_place_kind k)
{
  return mt_places_has(&f->places, k);
}
/* Notes the place of o as the first of its kind, unless there is one already. */
void mt_facts_note(struct mt_facts *f, enum mt_place_kind k,
                   const struct mt_occurrence *o);
/* Appends the facts of later rows.  Here and in mt_facts_note: places.lost when there is
 * no memory. */
void mt_facts_merge(struct mt_facts *into, const struct mt_facts *later);
uint8_t mt_facts_settled(const struct mt_facts *f);
/* The exact range of the integers within 64 bits and of the whole floats (3.0, 1e3): 0
 * and 0 when there are none. */
void mt_facts_range(const struct mt_facts *f, __int128 *low, __int128 *high);

#endif
