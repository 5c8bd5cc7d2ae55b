/* How a session changes its plan. */
#include <errno.h>

#include "core/session_private.h"

void mt_session_set_engine(struct mt_session *s, enum mt_engine engine)
{
  s->engine = engine;
}

static struct mt_suggestion suggestion(struct mt_session *s, size_t column)
{
  pthread_mutex_t *stripe = &s->profile.lock[column % MT_LOCK_STRIPES];
  struct mt_suggestion g;

  pthread_mutex_lock(stripe);
  g = mt_advice_suggest(&s->profile.column[column]);
  pthread_mutex_unlock(stripe);
  return g;
}

size_t mt_session_apply(struct mt_session *s, size_t column)
{
  struct mt_suggestion g;
  size_t changed = 0;

  pthread_mutex_lock(&s->lock);
  g = suggestion(s, column);
  if (g.class_ != MT_CLASS_NONE && mt_plan_begin(&s->plan) == 0) {
    (void)!mt_plan_set(&s->plan, column, (uint8_t)g.dtype);
    changed = mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  return changed;
}

size_t mt_session_apply_all(struct mt_session *s, bool rounded)
{
  size_t changed = 0;

  pthread_mutex_lock(&s->lock);
  if (mt_plan_begin(&s->plan) == 0) {
    for (size_t i = 0; i < s->profile.columns; i++) {
      struct mt_suggestion g = suggestion(s, i);
      if (s->plan.choice[i] != MT_PLAN_KEEP) /* the user's own choice stays */
        continue;
      if (mt_class_is_safe(g.class_) || (rounded && g.class_ == MT_CLASS_ROUNDED))
        (void)!mt_plan_set(&s->plan, i, (uint8_t)g.dtype);
    }
    changed = mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  return changed;
}

int mt_session_choose(struct mt_session *s, size_t column, enum mt_dtype t,
                      struct mt_error *err)
{
  struct mt_candidate c = {0};
  int rc = 0;

  pthread_mutex_lock(&s->lock);
  pthread_mutex_lock(&s->profile.lock[column % MT_LOCK_STRIPES]);
  mt_advice_judge(&c, &s->profile.column[column], t);
  pthread_mutex_unlock(&s->profile.lock[column % MT_LOCK_STRIPES]);
  if (c.class_ == MT_CLASS_BLOCKED) {
    const struct mt_name *name = &s->reader->schema.names[column];
    rc = mt_fail(err, EINVAL, "column \"%.*s\" cannot be %s: %s",
                 (int)(name->len > 80 ? 80 : name->len), name->text, mt_dtype_name(t),
                 c.reason);
    mt_error_at(err, c.line, 0);
  } else if (mt_plan_begin(&s->plan) != 0 ||
             mt_plan_set(&s->plan, column, (uint8_t)t) != 0) {
    rc = mt_fail_memory(err);
  } else {
    (void)mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  return rc;
}

size_t mt_session_keep(struct mt_session *s, size_t column)
{
  size_t changed = 0;

  pthread_mutex_lock(&s->lock);
  if (mt_plan_begin(&s->plan) == 0) {
    (void)!mt_plan_set(&s->plan, column, MT_PLAN_KEEP);
    changed = mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  return changed;
}

size_t mt_session_undo(struct mt_session *s)
{
  size_t n;
  pthread_mutex_lock(&s->lock);
  n = mt_plan_undo(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return n;
}

size_t mt_session_redo(struct mt_session *s)
{
  size_t n;
  pthread_mutex_lock(&s->lock);
  n = mt_plan_redo(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return n;
}
