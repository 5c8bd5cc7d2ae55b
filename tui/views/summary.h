/* What the header and the footprint tell of all columns: counted when the columns have
 * changed, since there may be a hundred thousand of them, and not for every frame. */
#ifndef MT_TUI_SUMMARY_H
#define MT_TUI_SUMMARY_H

#include "core/session/session.h"

#define MT_SUMMARY_SAVINGS 32
#define MT_SUMMARY_KEPT (2 * MT_SUMMARY_SAVINGS)

struct mt_summary {
  uint64_t version; /* of the snapshot; 0: none, or one made by hand */
  size_t edited;    /* columns that the plan changes */
  int64_t safe;     /* bytes less than planned with every safe suggestion besides */
  size_t warned, last_warned;
  size_t with_sentinels, last_with_sentinels;
  /* The columns with most of what could still be saved, largest first: all there are, or
   * at least MT_SUMMARY_SAVINGS. */
  size_t saving[MT_SUMMARY_KEPT];
  size_t savings;
  bool complete;
};

void mt_summary_follow(struct mt_summary *s, const struct mt_snapshot *snap);

#endif
