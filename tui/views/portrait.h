/* One column as screens show it: what a session knows of it, asked for when it is
 * another column or may have changed, and not for every frame.
 *
 *   mt_portrait_follow (after every snapshot, for the column that is shown) -> reading */
#ifndef MT_TUI_PORTRAIT_H
#define MT_TUI_PORTRAIT_H

#include "core/session/session.h"
#include "tui/views/sample.h"

struct mt_portrait {
  bool drawn; /* there is one */
  size_t column;
  uint64_t version, rows; /* of the snapshot it was made from */
  enum mt_scan_state scan;
  struct mt_column_detail detail;
  struct mt_column_statistics statistics; /* of fewer rows than the detail, in a scan */
  bool dated;                             /* the dates are known */
  struct mt_column_dates dates;
  struct mt_sample sample; /* of the detail view alone, which follows it itself */
};

/* session may be NULL: nothing changes then. */
void mt_portrait_follow(struct mt_portrait *p, struct mt_session *session,
                        const struct mt_snapshot *snap, size_t column);

#endif
