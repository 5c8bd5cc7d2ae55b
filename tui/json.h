/* Everything known about a dataset as JSON; described in docs/json.md. */
#ifndef MT_TUI_JSON_H
#define MT_TUI_JSON_H

#include "core/buffer.h"
#include "core/session.h"

/* apply: "safe", "all" or "none".  0 or ENOMEM. */
int mt_json_print(struct mt_buffer *out, struct mt_session *session,
                  const struct mt_snapshot *snap, const char *apply) MT_MUST_CHECK;

#endif
