/* Where the first values of a column stand that rule something out, or show it.
 *
 * One value is mostly the first of several kinds (the first text is no number, no truth
 * value and no date), and most kinds never occur: kept are the few values there are, and
 * per kind which of them it is.
 *
 *   mt_places_note, mt_places_keep ..., mt_places_reset       zeroed is empty
 *
 * Values are noted in row order.  Without memory a place is lost, and `lost` says so:
 * what holds the places cannot be trusted then. */
#ifndef MT_CORE_PLACE_H
#define MT_CORE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first value that does something, for messages. */
struct mt_place {
  uint64_t line; /* from 1; 0 = there is none */
  uint64_t byte; /* in the decoded file */
  uint8_t len;   /* bytes in text */
  uint8_t cut;   /* the value is longer */
  char text[30]; /* its beginning */
};

/* The first value that ... */
#define MT_PLACES(X)                                                                     \
  X(NOT_INT8)                                                                            \
  X(NOT_INT16)                                                                           \
  X(NOT_INT32)                                                                           \
  X(NOT_INT64)                                                                           \
  X(NOT_UINT8)                                                                           \
  X(NOT_UINT16)                                                                          \
  X(NOT_UINT32)                                                                          \
  X(NOT_UINT64)                                                                          \
  X(NOT_FLOAT32) /* loses its text as float32 */                                         \
  X(INEXACT)     /* an integer that float64 does not hold: 2^53 + 1 */                   \
  X(STRAY)       /* pandas' default parser is off within the first twelve digits */      \
  X(FRACTION)    /* a float that is no integer: 1.5, -0.0, inf */                        \
  X(NOT_NUMBER)                                                                          \
  X(IDENTIFIER) /* digits that a number would not give back: 007, +1 */                  \
  X(NOT_BOOL)   /* not a word for true or false */                                       \
  X(BOOL)       /* the first word for true or false */                                   \
  X(OTHER_BOOL) /* one of another pair than that */                                      \
  X(DATE)       /* the first date */                                                     \
  X(NOT_DATE)                                                                            \
  X(OTHER_SHAPE) /* a date written otherwise than the first one: with a time, a zone */  \
  X(TIME)        /* a date with a time of day */                                         \
  X(NOT_NS)      /* a date outside of what nanoseconds reach */                          \
  X(OVERFLOW)    /* 1e400 */                                                             \
  X(NULL)                                                                                \
  X(NULL_WORD) /* a default word read as null */                                         \
  X(NULLED)    /* no null, but pandas may make one of it: -2^63, "\0" */                 \
  X(BAD_UTF8)                                                                            \
  X(NUL)

enum mt_place_kind {
#define X(id) MT_PLACE_##id,
  MT_PLACES(X)
#undef X
      MT_PLACE_KINDS,
  MT_PLACE_NARROWED = MT_PLACE_KINDS /* a step between two others: see mt_facts */
};

/* A text of a column: how often it occurs in a run of rows, and where first. */
struct mt_occurrence {
  const uint8_t *s;
  size_t n;
  uint64_t times;
  uint64_t quoted;     /* of those, begun with a quote */
  uint64_t line, byte; /* of the first, in the file */
};

struct mt_places {
  struct mt_place *value;         /* owned */
  uint8_t len, cap;               /* of value */
  uint8_t at[MT_PLACE_KINDS + 1]; /* per kind: 1 + which of them it is, 0 = none */
  bool lost;
};

void mt_places_reset(struct mt_places *p);
void mt_places_clear(struct mt_places *p); /* empty; keeps its memory */

static inline bool mt_places_has(const struct mt_places *p, enum mt_place_kind k)
{
  return p->at[k] != 0;
}
/* Valid until the next value is noted; line 0 where there is none. */
const struct mt_place *mt_places_get(const struct mt_places *p, enum mt_place_kind k);
/* Notes the first of its kind, unless there is one already. */
void mt_places_note(struct mt_places *p, enum mt_place_kind k,
                    const struct mt_occurrence *o);
/* Likewise; *from may be line 0, which changes nothing. */
void mt_places_keep(struct mt_places *p, enum mt_place_kind k,
                    const struct mt_place *from);

#endif
