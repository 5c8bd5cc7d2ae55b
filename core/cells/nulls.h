/* Which texts are null.  Nulls belong to the dataset, not to an engine: the
 * default is pandas 3's list, changed by --null.
 *
 * Source of the list: pandas.io.parsers.readers.STR_NA_VALUES, plus "". */
#ifndef MT_CORE_NULLS_H
#define MT_CORE_NULLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

/* The default words except ""; the order numbers the bits of na_words. */
/* clang-format off */
#define MT_NULL_WORDS(X)                                                                 \
  X("#N/A")                                                                              \
  X("#N/A N/A")                                                                          \
  X("#NA")                                                                               \
  X("-1.#IND")                                                                           \
  X("-1.#QNAN")                                                                          \
  X("-NaN")                                                                              \
  X("-nan")                                                                              \
  X("1.#IND")                                                                            \
  X("1.#QNAN")                                                                           \
  X("<NA>")                                                                              \
  X("N/A")                                                                               \
  X("NA")                                                                                \
  X("NULL")                                                                              \
  X("NaN")                                                                               \
  X("None")                                                                              \
  X("n/a")                                                                               \
  X("nan")                                                                               \
  X("null")
/* clang-format on */
#define MT_NULL_WORD_COUNT 18

/* Index of s[0..n) among MT_NULL_WORDS, or -1. */
int mt_null_word(const uint8_t *s, size_t n);
const char *mt_null_word_text(int i);

/* Texts that often stand for null though no default list has them.  They are never
 * read as null unasked; a column that is numeric but for them says so. */
/* clang-format off */
#define MT_SENTINELS(X)                                                                  \
  X("-")                                                                                 \
  X("--")                                                                                \
  X("?")                                                                                 \
  X(".")                                                                                 \
  X(" ")                                                                                 \
  X("Null")                                                                              \
  X("NONE")                                                                              \
  X("na")                                                                                \
  X("N.A.")                                                                              \
  X("missing")                                                                           \
  X("#REF!")                                                                             \
  X("#DIV/0!")
/* clang-format on */
#define MT_SENTINEL_COUNT 12

/* Index of s[0..n) among MT_SENTINELS, or -1. */
int mt_sentinel(const uint8_t *s, size_t n);
const char *mt_sentinel_text(int i);

/* The tokens read as null.  "" is always one. */
#define MT_ALL_COLUMNS SIZE_MAX
#define MT_NULL_TOKEN 64 /* bytes of a token, with its NUL */

struct mt_null_token {
  size_t column; /* where it is null; MT_ALL_COLUMNS */
  char text[MT_NULL_TOKEN];
  bool is_number;
  double number;  /* when is_number */
  char plain[20]; /* the number as pandas writes it, when whole: -999; else "" */
};

struct mt_nulls {
  bool defaults;               /* the MT_NULL_WORDS count too */
  struct mt_null_token *extra; /* by column, those of all columns last; owned */
  size_t extra_len;
  bool numbers;              /* some of them are */
  const uint16_t *sentinels; /* per column, bit i: sentinel i is null there; borrowed,
                                NULL = none are */
};

void mt_nulls_init(struct mt_nulls *n); /* the default list */
void mt_nulls_reset(struct mt_nulls *n);
/* The place in `extra` of a column's first token, or of a later column's. */
size_t mt_nulls_find(const struct mt_nulls *n, size_t column);
/* Adds comma-separated tokens to the defaults, for one column or MT_ALL_COLUMNS.  0,
 * ENOMEM or EINVAL. */
int mt_nulls_add(struct mt_nulls *n, size_t column, const char *tokens,
                 struct mt_error *err) MT_MUST_CHECK;
/* Adds one token, s[0..len), which may hold commas. */
int mt_nulls_add_token(struct mt_nulls *n, size_t column, const char *s, size_t len,
                       struct mt_error *err) MT_MUST_CHECK;
bool mt_nulls_has_slow(const struct mt_nulls *n, size_t column, const uint8_t *s,
                       size_t len);

/* A number among the tokens is more than its text to pandas: where -999 is null, -999.0
 * is too, as is -9.99e2 in a column of floats (_stringify_na_values and
 * _floatify_na_values of pandas/io/parsers/readers.py).  Whether s[0..len) is another of
 * these texts; whether the float v is such a number. */
bool mt_nulls_has_number_text(const struct mt_nulls *n, size_t column, const uint8_t *s,
                              size_t len);
bool mt_nulls_has_number(const struct mt_nulls *n, size_t column, double v);

/* Whether s[0..len) is null in a column. */
static inline bool mt_nulls_has(const struct mt_nulls *n, size_t column, const uint8_t *s,
                                size_t len)
{
  if (len == 0)
    return true;
  if (n->extra_len == 0 && (n->sentinels == NULL || n->sentinels[column] == 0)) {
    /* every default word begins with one of # - 1 < N n */
    if (len > 8 || (s[0] != 'N' && s[0] != 'n' && s[0] != '#' && s[0] != '-' &&
                    s[0] != '1' && s[0] != '<'))
      return false;
  }
  return mt_nulls_has_slow(n, column, s, len);
}

#endif
