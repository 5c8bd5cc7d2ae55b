/* The dashboard: the loop between keys, signals, the session and the screen. */
#ifndef MT_TUI_APP_H
#define MT_TUI_APP_H

#include "core/session/session.h"
#include "tui/cli/options.h"

/* Scans and shows the session's dataset until the user leaves.  The session stays the
 * caller's.  Returns the exit status: 0, 1 when there is no screen to show it on (after
 * saying so), or 128 + n when signal n ended it. */
int mt_app_run(struct mt_session *session, const struct mt_options *options);

#endif
