/* What can be said of a column: the proof of a candidate dtype, how a default load
 * changes the data (warnings), and what its values are as a whole (notes).
 *
 * Sentences are for people and sanitised; kinds, counts and places are for programs.  All
 * of it is about the rows read so far: whether that is all of them, the caller knows. */
#ifndef MT_CORE_EVIDENCE_H
#define MT_CORE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/column/facts.h"
#include "core/column/profile.h"
#include "core/engine/dtype.h"
#include "core/plan/advice.h"

#define MT_SENTENCE 160

/* id, name in JSON */
#define MT_FINDINGS(X)                                                                   \
  /* warnings */                                                                         \
  X(NULL_WORDS, "null_words")       /* texts such as NA, read as null */                 \
  X(LEADING_ZEROS, "leading_zeros") /* 007, +1: numbers would not keep it */             \
  X(INEXACT, "inexact")             /* integers that float64 does not hold */            \
  X(OVERFLOW, "overflow")           /* 1e400, read as infinity */                        \
  X(STRAY, "stray")                 /* floats that pandas reads as others */             \
  X(LOST, "lost")                   /* -2^63 beside nulls, say, read as null */          \
  X(NULLS_KEPT, "nulls_kept")       /* nulls kept as text beside huge integers */        \
  X(MIXED, "mixed_types")           /* one column, several Python types */               \
  X(BAD_UTF8, "bad_utf8")                                                                \
  X(NUL, "nul")                                                                          \
  /* notes */                                                                            \
  X(ALL_NULL, "all_null")                                                                \
  X(CONSTANT, "constant")         /* the same value in every row */                      \
  X(ROW_NUMBER, "row_number")     /* integers, each one more than the one before */      \
  X(DUPLICATE, "duplicate")       /* of a column before it */                            \
  X(SENTINELS, "sentinels")       /* numbers but for texts that may stand for null */    \
  X(NULL_NUMBERS, "null_numbers") /* -999 and the like, far off the others */            \
  X(DATE_NUMBERS, "date_numbers") /* integers that are dates: 20240131 */                \
  /* numbers but for how they are written (token.h): what they could be */               \
  X(THOUSANDS, "thousands")                                                              \
  X(DECIMAL_COMMA, "decimal_comma")                                                      \
  X(PERCENT, "percent")                                                                  \
  X(CURRENCY, "currency")

enum mt_finding_kind {
#define X(id, name) MT_FINDING_##id,
  MT_FINDINGS(X)
#undef X
      MT_FINDING_KINDS
};
#define MT_WARNING_KINDS MT_FINDING_ALL_NULL /* the notes come after them */

struct mt_finding {
  enum mt_finding_kind kind;
  uint64_t count;          /* values it is about */
  struct mt_place place;   /* the first of them; line 0 = none in particular */
  uint32_t sentinel_words; /* SENTINELS: as in the facts */
  size_t column;           /* DUPLICATE: of this one */
  char text[MT_SENTENCE];
};

/* Room for one of each kind. */
struct mt_findings {
  struct mt_finding item[MT_FINDING_KINDS];
  size_t len;
};

/* "null_words" ... */
const char *mt_finding_name(enum mt_finding_kind k);

/* A new finding at the end of the list. */
struct mt_finding *mt_findings_add(struct mt_findings *l, enum mt_finding_kind k,
                                   uint64_t count, const struct mt_place *place,
                                   const char *fmt, ...) MT_PRINTF(5, 6);
/* Warnings are what the engine's default reader does; most engines keep most texts. */
void mt_evidence_warnings(struct mt_findings *l, const struct mt_column_profile *c,
                          enum mt_engine engine);
void mt_evidence_notes(struct mt_findings *l, const struct mt_column_profile *c);

/* What was checked, and on how many values, for a dtype that no value rules out:
 * "all 12,000 values are integers from 1 to 12".  Empty for MT_DROP. */
void mt_evidence_proof(char *dst, size_t cap, const struct mt_column_profile *c,
                       enum mt_dtype t);

/* What the values are; how many sentences, at most MT_VALUE_SENTENCES. */
#define MT_VALUE_SENTENCES 5
size_t mt_evidence_values(char (*line)[MT_SENTENCE], const struct mt_facts *f);

#endif
