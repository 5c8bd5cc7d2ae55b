/* memtop without a screen: scan, plan, report, JSON, export. */
#ifndef MT_TUI_BATCH_H
#define MT_TUI_BATCH_H

#include "core/session/session.h"
#include "tui/cli/options.h"

/* Exit statuses. */
enum { MT_EXIT_OK = 0, MT_EXIT_FAILED = 1, MT_EXIT_USAGE = 2, MT_EXIT_FAULTS = 3 };

/* How long what runs may take to notice that it was cancelled: then it is left. */
#define MT_PATIENCE_SECONDS 3

/* Prints "memtop: what (line N, byte M); remedy" to stderr, sanitised. */
void mt_batch_complain(const struct mt_error *e);

/* The exit status of an error: MT_EXIT_USAGE where more --memory would help. */
int mt_batch_status(const struct mt_error *e);

/* Does what the options ask; returns the exit status. */
int mt_batch_run(struct mt_session *s, const struct mt_options *o);

#endif
