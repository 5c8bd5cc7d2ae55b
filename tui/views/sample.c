#include "tui/views/sample.h"

/* Of one step, in seconds; and bytes of a cell. */
#define STEP 0.005
#define KEEP 128

void mt_sample_follow(struct mt_sample *s, struct mt_session *session, size_t column)
{
  const struct mt_window first = {
      .rows = MT_SAMPLE_ROWS, .column = column, .columns = 1, .keep = KEEP};
  if (session == NULL || s->refused || (s->asked && s->column == column))
    return;
  if (s->browser == NULL && mt_session_browse(session, &s->browser, NULL) != 0) {
    s->refused = true;
    return;
  }
  s->asked = true;
  s->column = column;
  s->rows = 0;
  mt_browser_show(s->browser, &first);
}

static void keep_page(struct mt_sample *s, struct mt_session *session)
{
  const struct mt_page *p = mt_browser_page(s->browser);
  if (!p->valid || p->lines || p->columns != 1 || p->column != s->column)
    return;
  for (; s->rows < p->rows && s->rows < MT_SAMPLE_ROWS; s->rows++) {
    s->kind[s->rows] =
        mt_cell_text(p, &p->cell[s->rows], session, s->column, s->text[s->rows]);
  }
}

bool mt_sample_work(struct mt_sample *s, struct mt_session *session)
{
  if (s->browser == NULL || !mt_browser_busy(s->browser))
    return false;
  if (mt_browser_work(s->browser, STEP))
    return true;
  keep_page(s, session);
  return false;
}

void mt_sample_reset(struct mt_sample *s)
{
  mt_browser_free(s->browser);
  *s = (struct mt_sample){0};
}
