/* One frame of the dashboard as text: drawn as on a screen, without one. */
#ifndef MT_TUI_SNAPSHOT_H
#define MT_TUI_SNAPSHOT_H

#include <stdio.h>

#include "core/session/session.h"
#include "tui/cli/options.h"

/* Prints it in the size, the theme and the colours of the options.  0, ENOMEM, or the
 * error of a write. */
int mt_snapshot_print(FILE *out, struct mt_session *session,
                      const struct mt_snapshot *snap,
                      const struct mt_options *o) MT_MUST_CHECK;

#endif
