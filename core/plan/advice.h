/* What each dtype would do to a column: bytes, loss class, the value that
 * rules it out; and which one to suggest. */
#ifndef MT_CORE_ADVICE_H
#define MT_CORE_ADVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cells/datetime.h"
#include "core/column/facts.h"
#include "core/column/profile.h"
#include "core/engine/dtype.h"

/* Against the file's text.  id, name, mark, ASCII mark */
#define MT_CLASSES(X)                                                                    \
  X(NONE, "none", " ", " ")       /* nothing better than the default */                  \
  X(EXACT, "exact", "✓", "+")     /* bit for bit */                                      \
  X(EQUAL, "equal", "✓", "+")     /* same value; text restorable by one format */        \
  X(ROUNDED, "rounded", "≈", "~") /* float32 whose shortest text is the file's */        \
  X(REVIEW, "review", "!", "!")   /* a person decides */                                 \
  X(BLOCKED, "blocked", "✗", "x") /* some value rules it out */

enum mt_class {
#define X(id, name, mark, ascii) MT_CLASS_##id,
  MT_CLASSES(X)
#undef X
      MT_CLASS_COUNT
};

const char *mt_class_name(enum mt_class c);
const char *mt_class_mark(enum mt_class c, bool ascii);
static inline bool mt_class_is_safe(enum mt_class c)
{
  return c == MT_CLASS_EXACT || c == MT_CLASS_EQUAL;
}

/* One dtype as a choice for one column. */
struct mt_candidate {
  enum mt_class class_; /* BLOCKED: cannot be chosen */
  uint64_t bytes;       /* reported, in the session's engine; 0 when blocked */
  const char *name;     /* the engine's name; static text */
  bool suggested;
  char reason[120];      /* why blocked, or what review is about; sanitised */
  struct mt_place place; /* the first value that rules it out; line 0 = none */
  char proof[160];       /* what was checked (evidence.h); empty: nothing is proven */
};

/* The verdict on one dtype: class and, where it is BLOCKED or REVIEW, reason and
 * place.  Leaves bytes, name and suggested alone.  The facts may be of a part of the
 * rows: then the verdict is about those. */
void mt_advice_judge(struct mt_candidate *out, const struct mt_column_profile *c,
                     enum mt_dtype t);
/* The class alone: cheap enough for every column of every snapshot. */
enum mt_class mt_advice_class(const struct mt_column_profile *c, enum mt_dtype t);

/* What a column is when nothing is chosen: pandas' default, or text where that
 * would change the data. */
enum mt_dtype mt_advice_keep(const struct mt_column_profile *c);

struct mt_suggestion {
  enum mt_dtype dtype;  /* keep's dtype when class_ is NONE */
  enum mt_class class_; /* NONE, EXACT, EQUAL, ROUNDED or REVIEW */
};
/* The best dtype: safe ones first, decided by the bytes pandas 3 would need, so
 * that a plan is the same in every engine.  headroom: an integer type must hold that
 * many times the largest value (0 and 1: just the values). */
struct mt_suggestion mt_advice_suggest(const struct mt_column_profile *c,
                                       unsigned headroom);

/* Whether the engine's default reader changes values of this column: leading zeros
 * lost, integers beyond 2^53 through float64, mixed types. */
bool mt_advice_warns(const struct mt_column_profile *c, enum mt_engine engine);

/* Whether the column is numeric but for sentinels (nulls.h): read as null, they would
 * make it a number. */
bool mt_advice_sentinels(const struct mt_facts *f);

/* How the booleans of the column are written: a family of mt_parse_bool_word, or -1, as 0
 * and 1. */
int mt_advice_bool_family(const struct mt_facts *f);
/* How dates of the column are read when it becomes a date or datetime. */
enum mt_date_layout mt_advice_layout(const struct mt_facts *f);
/* The unit: microseconds, nanoseconds where digits demand it. */
enum mt_unit mt_advice_unit(const struct mt_facts *f);

#endif
