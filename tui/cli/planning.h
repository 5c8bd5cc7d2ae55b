/* What the command line says of the plan: --plan, --set, --drop, --apply and --fit,
 * for the dashboard and for commands alike.
 *
 *   mt_planning_init     before the scan: names and the plan's file are checked
 *   mt_planning_follow   after it
 *   mt_planning_reset */
#ifndef MT_TUI_PLANNING_H
#define MT_TUI_PLANNING_H

#include "core/session/session.h"
#include "tui/cli/options.h"

struct mt_planning {
  const struct mt_options *options; /* borrowed */
  struct mt_plan_file plan;         /* of --plan */
};

/* EINVAL for a column that is not there (wrong usage), other codes for the plan's
 * file. */
int mt_planning_init(struct mt_planning *p, struct mt_session *s,
                     const struct mt_options *o, struct mt_error *err) MT_MUST_CHECK;
void mt_planning_reset(struct mt_planning *p);

/* Makes the plan.  fallback: what --apply means when none of --apply, --plan and --fit
 * was given.  An error says which value or size stands in the way. */
int mt_planning_follow(const struct mt_planning *p, struct mt_session *s,
                       enum mt_apply fallback, struct mt_error *err) MT_MUST_CHECK;

#endif
