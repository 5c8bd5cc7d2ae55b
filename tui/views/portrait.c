#include "tui/views/portrait.h"

/* Statistics walk over all distinct values, and hold a scan up for so long: while one
 * runs they are of use again when an eighth more was read. */
static bool is_stale(const struct mt_portrait *p, const struct mt_snapshot *snap)
{
  return snap->scan != MT_SCAN_RUNNING || p->scan != snap->scan || snap->rows < p->rows ||
         snap->rows - p->rows > p->rows / 8;
}

void mt_portrait_follow(struct mt_portrait *p, struct mt_session *session,
                        const struct mt_snapshot *snap, size_t column)
{
  bool another = !p->drawn || p->column != column;
  if (session == NULL || (!another && p->version == snap->version))
    return;
  p->version = snap->version;
  mt_session_detail(session, column, &p->detail);
  if (another || (p->rows != snap->rows && is_stale(p, snap)) || p->scan != snap->scan) {
    mt_session_statistics(session, column, &p->statistics);
    p->dated = mt_session_dates(session, column, &p->dates);
    p->rows = snap->rows;
    p->scan = snap->scan;
  }
  p->column = column;
  p->drawn = true;
}
