/* The column table as text, for people and logs. */
#ifndef MT_TUI_REPORT_H
#define MT_TUI_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/buffer.h"
#include "core/session/session.h"

/* Appends the table to *out.  0 or ENOMEM. */
int mt_report_print(struct mt_buffer *out, struct mt_session *session,
                    const struct mt_snapshot *snap, bool ascii) MT_MUST_CHECK;

/* What a reader should know before trusting nulls and names: null words, an index
 * that pandas would make of the first column.  To stderr. */
void mt_report_notes(FILE *f, const struct mt_snapshot *snap);

/* One line per kind of fault: "memtop: 3 rows with too few fields ..., first on line
 * 7".  To stderr, whatever else is printed. */
void mt_report_faults(FILE *f, const struct mt_snapshot *snap);

#endif
