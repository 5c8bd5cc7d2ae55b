/* The dashboard: the loop between keys, signals, the session and the screen. */
#ifndef MT_TUI_APP_H
#define MT_TUI_APP_H

#include "core/session.h"
#include "tui/canvas.h"
#include "tui/options.h"

/* Scans and shows the session's dataset until the user leaves.  The session stays the
 * caller's.  Returns the exit status: 0, 1 when there is no screen to show it on (after
 * saying so), or 128 + n when signal n ended it. */
int mt_app_run(struct mt_session *session, const struct mt_options *options);

/* Draws one frame of the dashboard into a canvas of any size, without a terminal.  0 or
 * ENOMEM. */
int mt_snapshot_draw(struct mt_canvas *c, const struct mt_reader_schema *schema,
                     const struct mt_snapshot *snap) MT_MUST_CHECK;

#endif
