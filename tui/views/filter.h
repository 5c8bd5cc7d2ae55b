/* Which columns the table shows: a filter as people type it, in one line.
 *
 *   id                       the name holds it; case counts only for capitals given
 *   saving>100M              a field, an operator, a value
 *   nulls>10% and dtype=str  both; "," and a blank say the same
 *   changed or warn          at least one;  not, ( ) and "quoted words" as expected
 *
 *   mt_filter_parse (every time the text changes) -> mt_filter_matches per column
 *
 * A filter is plain memory of a fixed size: it can be copied, and asks for no clean-up.
 */
#ifndef MT_TUI_FILTER_H
#define MT_TUI_FILTER_H

#include "core/session/session.h"

/* Bytes of a filter, with the terminating 0.  Every step takes at least one of them. */
#define MT_FILTER_TEXT 256

enum mt_filter_kind {
  MT_FILTER_IS_TEXT,
  MT_FILTER_IS_COUNT, /* thousands by K, M, G; or a share of the rows by % */
  MT_FILTER_IS_SIZE,  /* 1024 units; or a share by % */
  MT_FILTER_IS_CLASS,
  MT_FILTER_IS_FLAG /* yes or no; alone: yes */
};

/* id, name, kind, help */
#define MT_FILTER_FIELDS(X)                                                              \
  X(NAME, "name", TEXT, "the column's name")                                             \
  X(DTYPE, "dtype", TEXT, "dtype as the engine reads it")                                \
  X(SUGGESTED, "suggested", TEXT, "dtype that is suggested or planned; none")            \
  X(NULLS, "nulls", COUNT, "cells without a value, or % of the rows")                    \
  X(DISTINCT, "distinct", COUNT, "different values, or % of the rows")                   \
  X(SENTINELS, "sentinels", COUNT, "cells such as - among numbers")                      \
  X(NOW, "now", SIZE, "bytes reported, or % of the load")                                \
  X(RESIDENT, "resident", SIZE, "bytes that really stay, or % of the load")              \
  X(AFTER, "after", SIZE, "bytes with that dtype, or % of the load")                     \
  X(SAVING, "saving", SIZE, "bytes less than now, or % of the column")                   \
  X(CLASS, "class", CLASS, "exact, equal, rounded, review, none; safe")                  \
  X(WARN, "warn", FLAG, "the engine's default changes the data")                         \
  X(CHANGED, "changed", FLAG, "the plan changes the column")                             \
  X(PLANNED, "planned", FLAG, "the same")                                                \
  X(MARKED, "marked", FLAG, "marked with Space")

enum mt_filter_field {
#define X(id, name, kind, help) MT_FILTER_BY_##id,
  MT_FILTER_FIELDS(X)
#undef X
      MT_FILTER_FIELD_COUNT
};

enum mt_filter_op {
  MT_FILTER_EQ,
  MT_FILTER_NE,
  MT_FILTER_GE,
  MT_FILTER_GT,
  MT_FILTER_LE,
  MT_FILTER_LT,
  MT_FILTER_HOLDS, /* ~ */
  MT_FILTER_OPS
};

/* One step of the filter in postfix order: a condition, or what joins those before. */
struct mt_filter_step {
  enum { MT_FILTER_TEST, MT_FILTER_NOT, MT_FILTER_AND, MT_FILTER_OR } what;
  enum mt_filter_field field;
  enum mt_filter_op op;
  bool percent;
  uint16_t text, len; /* of the value, in text[] */
  double number;      /* class: a set of them as bits; flag: 1 = yes */
};

struct mt_filter {
  char text[MT_FILTER_TEXT]; /* as typed: not sanitised; "" lets every column through */
  struct mt_filter_step step[MT_FILTER_TEXT];
  size_t steps;
  bool asks_marks; /* it depends on which columns are marked */
  bool opens;      /* it ends in a word that may yet become a field's name */
};

/* Why a text is no filter. */
struct mt_filter_fault {
  size_t at;       /* byte of the text */
  bool unfinished; /* it may become one when more is typed */
  char text[160];  /* sanitised */
};

/* 0, or EINVAL with *fault filled in and *f unchanged. */
int mt_filter_parse(struct mt_filter *f, const char *text,
                    struct mt_filter_fault *fault) MT_MUST_CHECK;
bool mt_filter_matches(const struct mt_filter *f, const struct mt_snapshot *s,
                       size_t column, bool marked);

const char *mt_filter_field_name(enum mt_filter_field field);
enum mt_filter_kind mt_filter_field_kind(enum mt_filter_field field);
const char *mt_filter_field_help(enum mt_filter_field field);

/* Whether bytes[0..n) hold text[0..len); case counts only for capitals in text. */
bool mt_text_holds(const char *bytes, size_t n, const char *text, size_t len);

#endif
