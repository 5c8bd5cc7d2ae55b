/* What a default load of the dataset takes, engine by engine. */
#include "core/engine/infer.h"
#include "core/session/session_private.h"

void mt_session_load(struct mt_session *s, enum mt_engine engine, struct mt_load *load)
{
  pthread_mutex_lock(&s->lock);
  mt_load_estimate(load, s->profile, engine, s->options.python311);
  pthread_mutex_unlock(&s->lock);
}

void mt_session_column_memory(struct mt_session *s, size_t column, enum mt_engine engine,
                              struct mt_column_memory *m)
{
  const struct mt_column_profile *c;
  pthread_mutex_t *stripe;
  struct mt_inferred now;

  pthread_mutex_lock(&s->lock); /* a scan may begin anew */
  c = &s->profile->column[column];
  stripe = mt_session_stripe(s, column);
  pthread_mutex_lock(stripe);
  mt_infer(&now, c, engine, s->options.python311);
  m->dtype = now.dtype;
  m->reported = now.reported;
  m->resident = mt_resident(c, engine, s->options.python311);
  pthread_mutex_unlock(stripe);
  pthread_mutex_unlock(&s->lock);
}
