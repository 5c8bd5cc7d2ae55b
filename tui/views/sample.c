#include "tui/views/sample.h"

#define STEP 0.015 /* seconds that a key may have to wait */
#define KEEP 128   /* bytes of a cell */

void mt_sample_follow(struct mt_sample *s, struct mt_session *session, size_t column)
{
  const struct mt_window first = {
      .rows = MT_SAMPLE_ROWS, .column = column, .columns = 1, .keep = KEEP};
  if (session == NULL || s->refused || (s->asked && s->column == column))
    return;
  if (s->viewer == NULL && mt_session_browse(session, &s->viewer, NULL) != 0) {
    s->refused = true;
    return;
  }
  s->asked = true;
  s->column = column;
  s->rows = 0;
  mt_viewer_show(s->viewer, &first);
}

static void keep_page(struct mt_sample *s, struct mt_session *session)
{
  const struct mt_page *p = mt_viewer_page(s->viewer);
  if (!p->valid || p->lines || p->columns != 1 || p->column != s->column)
    return;
  for (; s->rows < p->rows && s->rows < MT_SAMPLE_ROWS; s->rows++) {
    s->kind[s->rows] =
        mt_cell_text(p, &p->cell[s->rows], session, s->column, s->text[s->rows]);
  }
}

bool mt_sample_work(struct mt_sample *s, struct mt_session *session)
{
  if (s->viewer == NULL || !mt_viewer_busy(s->viewer))
    return false;
  if (mt_viewer_wait(s->viewer, STEP))
    return true;
  keep_page(s, session);
  return false;
}

void mt_sample_reset(struct mt_sample *s)
{
  mt_viewer_free(s->viewer);
  *s = (struct mt_sample){0};
}
