/* Everything known about a dataset as JSON; described in docs/json.md. */
#ifndef MT_TUI_JSON_H
#define MT_TUI_JSON_H

#include <stdio.h>

#include "core/session/session.h"

/* Column by column, in little memory.  apply: "safe", "all" or "none".  0, ENOMEM, or the
 * error of a write. */
int mt_json_print(FILE *f, struct mt_session *session, const struct mt_snapshot *snap,
                  const char *apply) MT_MUST_CHECK;

#endif
