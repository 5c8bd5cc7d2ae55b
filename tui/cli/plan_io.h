/* Plans in files, and what a check prints. */
#ifndef MT_TUI_PLAN_IO_H
#define MT_TUI_PLAN_IO_H

#include <stdio.h>

#include "core/session/session.h"

/* Reads and parses a plan.  0 or an errno value. */
int mt_plan_load(struct mt_plan_file *f, const char *path,
                 struct mt_error *err) MT_MUST_CHECK;
/* Writes the session's plan under path, all or nothing; force: replaces a file. */
int mt_plan_save(struct mt_session *s, const char *path, bool force,
                 struct mt_error *err) MT_MUST_CHECK;
/* One line per breach kept, and how many there are in all. */
void mt_plan_print_breaches(FILE *f, struct mt_session *s,
                            const struct mt_breach_list *l);

#endif
