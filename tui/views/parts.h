/* The parts of the column table: what it tells of each column of the dataset, which of
 * it people want to see, and what of that fits.
 *
 * A part that nobody chose or refused is shown where there is room for it.  As it gets
 * narrow, the bar goes first, which says again what the numbers say (where there are many
 * of those, the nulls do), then part by part; chosen ones last, and the name never. */
#ifndef MT_TUI_PARTS_H
#define MT_TUI_PARTS_H

#include "core/session/session.h"

enum mt_sort {
  MT_SORT_FILE,
  MT_SORT_NAME,
  MT_SORT_DTYPE,
  MT_SORT_NULLS,
  MT_SORT_DISTINCT,
  MT_SORT_NOW,
  MT_SORT_TARGET,
  MT_SORT_AFTER,
  MT_SORT_SAVING,
  MT_SORT_RESIDENT,
  MT_SORT_CLASS,
  MT_SORT_COUNT
};

/* "memory now": for a sentence; of MT_SORT_FILE, "order in the file". */
const char *mt_sort_name(enum mt_sort sort);

/* id, heading, what it sorts by, whether it is aligned to the right, what it is.  From
 * left to right. */
#define MT_PARTS(X)                                                                      \
  X(NAME, "name", NAME, false, "of the column")                                          \
  X(DTYPE, "dtype", DTYPE, false, "as the engine reads it")                              \
  X(NULLS, "nulls", NULLS, true, "cells without a value")                                \
  X(SHARE, "% null", NULLS, true, "share of the rows without one")                       \
  X(DISTINCT, "distinct", DISTINCT, true, "different values")                            \
  X(NOW, "now", NOW, true, "bytes as the engine reports them")                           \
  X(RESIDENT, "resident", RESIDENT, true, "bytes that really stay")                      \
  X(BAR, "bar", COUNT, false, "now, and in it what the plan leaves")                     \
  X(TARGET, "suggested", TARGET, false, "the better dtype, or the plan's")               \
  X(CLASS, "class", CLASS, false, "what changing to it may lose")                        \
  X(AFTER, "after", AFTER, true, "bytes with that dtype")                                \
  X(SAVING, "saving", SAVING, true, "bytes less than now")

enum mt_table_part {
#define X(id, title, sort, right, help) MT_PART_##id,
  MT_PARTS(X)
#undef X
      MT_PART_COUNT
};

struct mt_table_part_info {
  const char *title;
  enum mt_sort sort; /* MT_SORT_COUNT: by nothing */
  bool right;
  const char *help;
};
const struct mt_table_part_info *mt_table_part_info(enum mt_table_part part);

struct mt_parts {
  enum { MT_PART_AUTO, MT_PART_ON, MT_PART_OFF } wish[MT_PART_COUNT];
};

/* The widest of everything in the dataset, so that scrolling moves nothing. */
struct mt_extent {
  int name, dtype, target; /* columns of the screen */
  uint64_t nulls, distinct;
  uint64_t scale;         /* most bytes of a column, now or planned; at least 1 */
  uint64_t now, resident; /* of all columns */
  bool resident_differs;  /* from what is reported, by more than a tenth */
};
void mt_extent_measure(struct mt_extent *e, const struct mt_snapshot *s);
/* Follows the renewed columns of a snapshot alone, from the version before it; false:
 * that is not enough. */
bool mt_extent_follow(struct mt_extent *e, const struct mt_snapshot *s);

/* Which parts are shown, and how wide. */
struct mt_fit {
  int width[MT_PART_COUNT]; /* 0: not shown */
  int gap;                  /* between two of them */
  bool complete;            /* nothing that is wanted had to go but the bar */
};
/* In `room` columns; skip: parts after the name that were scrolled out. */
struct mt_fit mt_parts_fit(const struct mt_parts *parts, const struct mt_extent *e,
                           enum mt_sort sort, int room, size_t skip);

#endif
