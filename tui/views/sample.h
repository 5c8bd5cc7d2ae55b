/* The first rows of one column, as the file has them: what its values look like.
 *
 *   mt_sample_follow (the column that is shown) -> mt_sample_work * -> reading
 *   mt_sample_reset  before the session is freed */
#ifndef MT_TUI_SAMPLE_H
#define MT_TUI_SAMPLE_H

#include "core/session/session.h"
#include "tui/views/data.h"

#define MT_SAMPLE_ROWS 12

struct mt_sample {
  struct mt_viewer *viewer; /* NULL: not opened; owned */
  bool refused;             /* rows of this input cannot be shown */
  bool asked;               /* `column` was asked for */
  size_t column;
  size_t rows; /* known of it */
  char text[MT_SAMPLE_ROWS][MT_CELL_TEXT_SIZE];
  enum mt_cell_kind kind[MT_SAMPLE_ROWS];
};

/* Asks for the column's first rows, unless they are here or asked for. */
void mt_sample_follow(struct mt_sample *s, struct mt_session *session, size_t column);
/* Waits a few milliseconds for them; whether they are still on their way. */
bool mt_sample_work(struct mt_sample *s, struct mt_session *session);
void mt_sample_reset(struct mt_sample *s);

#endif
