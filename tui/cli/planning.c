#include "tui/cli/planning.h"

#include <errno.h>
#include <string.h>

#include "tui/cli/plan_io.h"

static int find_column(struct mt_session *s, const char *name, size_t *column,
                       struct mt_error *err)
{
  *column = mt_reader_find_column(mt_session_schema(s), name, strlen(name));
  if (*column < mt_session_schema(s)->columns)
    return 0;
  mt_fail(err, EINVAL, "there is no column \"%s\"", name);
  mt_error_remedy(err, "memtop --report lists the columns");
  return EINVAL;
}

int mt_planning_init(struct mt_planning *p, struct mt_session *s,
                     const struct mt_options *o, struct mt_error *err)
{
  size_t column;
  int rc = 0;

  p->options = o;
  mt_plan_file_init(&p->plan);
  for (size_t i = 0; i < o->choices && rc == 0; i++)
    rc = find_column(s, o->choice[i].column, &column, err);
  if (rc != 0 || o->plan_path == NULL)
    return rc;
  rc = mt_plan_load(&p->plan, o->plan_path, err);
  if (rc == 0)
    rc = mt_session_add_nulls(s, &p->plan, err);
  return rc == EINVAL ? EBADMSG : rc; /* no wrong usage: the file is no plan */
}

void mt_planning_reset(struct mt_planning *p)
{
  mt_plan_file_reset(&p->plan);
}

int mt_planning_follow(const struct mt_planning *p, struct mt_session *s,
                       enum mt_apply fallback, struct mt_error *err)
{
  const struct mt_options *o = p->options;
  bool chosen = o->plan_path != NULL || o->fit != 0;
  enum mt_apply apply = o->apply != MT_APPLY_DEFAULT ? o->apply
                        : chosen                     ? MT_APPLY_NONE
                                                     : fallback;
  int rc = o->plan_path != NULL ? mt_session_load_plan(s, &p->plan, err) : 0;

  if (rc != 0 && !o->check) /* a check lists what breaks the plan, and goes on */
    return rc;
  for (size_t i = 0; i < o->choices; i++) {
    size_t column = 0;

    rc = find_column(s, o->choice[i].column, &column, err);
    if (rc == 0)
      rc = mt_session_choose(s, column, o->choice[i].dtype, err);
    if (rc != 0) {
      mt_error_remedy(err, "choose another dtype for this column");
      return rc;
    }
  }
  if (apply == MT_APPLY_SAFE || apply == MT_APPLY_ALL)
    (void)mt_session_apply_all(s, apply == MT_APPLY_ALL);
  return o->fit != 0 ? mt_session_fit(s, o->fit, err) : 0;
}
