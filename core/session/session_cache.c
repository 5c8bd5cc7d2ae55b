/* What is worked out of the columns for snapshots, and when: by the driver at rest, and
 * while a scan runs by the scan's thread, between two blocks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine/footprint.h"
#include "core/engine/infer.h"
#include "core/session/session_private.h"

/* Views that take longer are not for the driver to make while a scan runs, unless no
 * block has come for so long. */
#define DRIVER_SECONDS 0.002
#define STALE_SECONDS 5.0
/* Of the time of a scan, the views take at most one part in so many: where columns are
 * many it has one worker, which makes them. */
#define SHARE 20
/* Columns between two looks at the clock. */
#define STRETCH 64

/* ---- one column --------------------------------------------------------- */

/* What stays of column i stored as t: of text that is text now already the same, of all
 * else what is reported. */
static uint64_t resident_as(const struct mt_column_view *v, const struct mt_inferred *now,
                            enum mt_dtype t, uint64_t bytes)
{
  if (v->resident == MT_UNKNOWN)
    return MT_UNKNOWN;
  return t == MT_STRING && now->kind == MT_INFERRED_TEXT ? v->resident : bytes;
}

static const char *name_as(const struct mt_facts *f, enum mt_engine engine,
                           enum mt_dtype t)
{
  return mt_dtype_engine_name(engine, t, f->nulls > 0, mt_advice_unit(f),
                              f->date_shape.offset != 0);
}

static void view_now(struct mt_column_view *v, const struct mt_column_profile *c,
                     const struct mt_inferred *now, enum mt_engine engine, bool python311)
{
  v->nulls = now->nulls;
  v->plan_nulls = c->facts.nulls;
  v->distinct = mt_infer_distinct(c, now, &v->distinct_exact);
  v->now = now->reported;
  v->resident = mt_resident(c, engine, python311);
  v->is_index = mt_engine_is_pandas(engine) && c->index_levels > 0;
  v->dtype = now->dtype;
  v->sentinels = mt_advice_sentinels(&c->facts) ? c->facts.sentinels : 0;
  v->sentinel_words = v->sentinels > 0 ? (uint16_t)c->facts.sentinel_words : 0;
  v->warn = mt_advice_warns(c, engine);
}

static void view_suggestion(struct mt_column_view *v, const struct mt_column_profile *c,
                            const struct mt_inferred *now, struct mt_suggestion g,
                            enum mt_engine engine, bool python311)
{
  v->suggested_dtype = (uint8_t)g.dtype;
  v->suggested_class = (uint8_t)g.class_;
  v->suggested = now->dtype;
  v->suggested_bytes = now->bytes;
  v->suggested_resident = v->resident;
  if (g.class_ == MT_CLASS_NONE)
    return;
  v->suggested = name_as(&c->facts, engine, g.dtype);
  v->suggested_bytes = mt_footprint(c, g.dtype, engine, python311);
  v->suggested_resident = resident_as(v, now, g.dtype, v->suggested_bytes);
}

static void view_plan(struct mt_column_view *v, const struct mt_column_profile *c,
                      const struct mt_inferred *now, uint8_t choice,
                      enum mt_engine engine, bool python311)
{
  enum mt_dtype keep = mt_advice_keep(c);
  enum mt_dtype plan = choice != MT_PLAN_KEEP ? (enum mt_dtype)choice : keep;

  v->planned_dtype = (uint8_t)plan;
  v->changed = choice != MT_PLAN_KEEP &&
               (plan != keep ||
                (v->suggested_class != MT_CLASS_NONE && plan == v->suggested_dtype));
  v->planned_class = (uint8_t)(v->changed ? mt_advice_class(c, plan) : MT_CLASS_NONE);
  v->planned = now->dtype;
  v->after = now->bytes;
  v->after_resident = v->resident;
  if (mt_inferred_is(now, plan))
    return;
  v->planned = name_as(&c->facts, engine, plan);
  v->after = mt_footprint(c, plan, engine, python311);
  v->after_resident = resident_as(v, now, plan, v->after);
}

void mt_session_view_column(struct mt_session *s, size_t i, enum mt_engine engine,
                            uint8_t choice, uint16_t nulls, bool suggested,
                            struct mt_column_view *v)
{
  const struct mt_column_profile *c = &s->profile->column[i];
  bool python311 = s->options.python311;
  pthread_mutex_t *stripe = mt_session_stripe(s, i);
  struct mt_inferred now;
  struct mt_suggestion g = {(enum mt_dtype)v->suggested_dtype,
                            (enum mt_class)v->suggested_class};

  pthread_mutex_lock(stripe);
  if (!suggested)
    g = mt_advice_suggest(c, s->options.headroom);
  mt_infer(&now, c, engine, python311);
  view_now(v, c, &now, engine, python311);
  view_suggestion(v, c, &now, g, engine, python311);
  view_plan(v, c, &now, choice, engine, python311);
  v->null_added = nulls != 0;
  pthread_mutex_unlock(stripe);
}

/* ---- all of them -------------------------------------------------------- */

static int init_views(struct mt_session_views *w, size_t columns)
{
  w->view = mt_alloc(columns, sizeof *w->view);
  w->choice = mt_alloc(columns, sizeof *w->choice);
  w->nulls = mt_alloc(columns, sizeof *w->nulls);
  return w->view == NULL || w->choice == NULL || w->nulls == NULL ? ENOMEM : 0;
}

static void reset_views(struct mt_session_views *w)
{
  free(w->view);
  free(w->choice);
  free(w->nulls);
}

int mt_session_cache_init(struct mt_session *s)
{
  size_t columns = s->reader->schema.columns;

  return init_views(&s->cache.front, columns) != 0 ||
                 init_views(&s->cache.back, columns) != 0
             ? ENOMEM
             : 0;
}

void mt_session_cache_reset(struct mt_session *s)
{
  reset_views(&s->cache.front);
  reset_views(&s->cache.back);
}

static void sum_null_words(const struct mt_profile *p, struct mt_null_words *w)
{
  memset(w, 0, sizeof *w);
  for (size_t i = 0; i < p->columns; i++) {
    const struct mt_facts *f = &p->column[i].facts;
    uint64_t words = f->null_words - f->given_nulls;

    if (words == 0)
      continue;
    if (w->columns++ == 0) {
      w->first_column = i;
      w->first = *mt_facts_place(f, MT_PLACE_NULL_WORD);
    }
    w->count += words;
  }
}

/* What the views are made for.  The caller holds the lock. */
static void aim(struct mt_session *s, struct mt_session_views *w, enum mt_scan_state scan)
{
  size_t columns = s->profile->columns;

  w->engine = s->engine;
  w->scan = scan;
  if (columns > 0) {
    memcpy(w->choice, s->plan.choice, columns * sizeof *w->choice);
    memcpy(w->nulls, s->plan.nulls, columns * sizeof *w->nulls);
  }
}

static void fill_begin(struct mt_session *s, struct mt_session_views *w)
{
  mt_load_begin(&w->load, w->engine);
  w->after = mt_index_bytes(w->engine);
  w->rows = s->profile->rows;
}

static void fill_column(struct mt_session *s, struct mt_session_views *w, size_t i,
                        bool suggested)
{
  struct mt_column_view *v = &w->view[i];

  mt_session_view_column(s, i, w->engine, w->choice[i], w->nulls[i], suggested, v);
  mt_load_add(&w->load, v->now, v->resident, v->is_index);
  w->after += v->after;
}

static void fill_end(struct mt_session *s, struct mt_session_views *w)
{
  mt_load_end(&w->load, s->profile, w->engine, s->options.python311);
  sum_null_words(s->profile, &w->null_words);
}

static void fill(struct mt_session *s, struct mt_session_views *w)
{
  fill_begin(s, w);
  for (size_t i = 0; i < s->profile->columns; i++)
    fill_column(s, w, i, false);
  fill_end(s, w);
}

/* Versions differ between sessions, too: a snapshot may be used by several. */
static atomic_ullong versions;

/* The caller holds the lock. */
static void note_made(struct mt_session *s, double begin)
{
  s->cache.made = mt_now();
  s->cache.cost = s->cache.made - begin;
  s->cache.valid = true;
  s->cache.filling = false;
  s->cache.at = 0;
  s->cache.version = atomic_fetch_add(&versions, 1) + 1;
  s->cache.before = 0;
  s->cache.listed = true;
}

void mt_session_make_views(struct mt_session *s, enum mt_scan_state scan)
{
  struct mt_session_cache *c = &s->cache;
  struct mt_session_views made;
  double begin = mt_now();
  uint64_t plan_version;
  bool due;

  if (!atomic_load(&c->wanted))
    return;
  pthread_mutex_lock(&s->lock);
  due = scan != MT_SCAN_RUNNING || begin >= c->made + (SHARE - 1) * c->cost;
  if (due)
    aim(s, &c->back, scan);
  plan_version = s->plan.version;
  pthread_mutex_unlock(&s->lock);
  if (!due)
    return;
  atomic_store(&c->wanted, false);
  fill(s, &c->back);
  pthread_mutex_lock(&s->lock);
  if (c->back.engine == s->engine) { /* else the driver makes them */
    made = c->back;
    c->back = c->front;
    c->front = made;
    c->plan_version = plan_version;
    note_made(s, begin);
  }
  pthread_mutex_unlock(&s->lock);
}

/* Once, also where the plan changed again before it was followed. */
static void list(struct mt_session_cache *c, size_t column)
{
  size_t at = 0;

  if (c->listed)
    c->renewed_len = 0;
  c->listed = false;
  while (at < c->renewed_len && at < MT_RENEWED_MOST && c->renewed[at] != column)
    at++;
  if (at < MT_RENEWED_MOST)
    c->renewed[at] = column;
  if (at == c->renewed_len)
    c->renewed_len++; /* one too many at most */
}

/* What was listed since the last version is what the new one has. */
static void publish(struct mt_session_cache *c)
{
  if (c->listed)
    c->renewed_len = 0;
  c->listed = true;
  c->before = c->renewed_len <= MT_RENEWED_MOST ? c->version : 0;
  c->version = atomic_fetch_add(&versions, 1) + 1;
}

/* Makes the view of one column anew; the totals follow. */
static void renew(struct mt_session *s, struct mt_session_views *w, size_t i)
{
  struct mt_column_view *v = &w->view[i], old = *v;

  w->choice[i] = s->plan.choice[i];
  w->nulls[i] = s->plan.nulls[i];
  mt_session_view_column(s, i, w->engine, w->choice[i], w->nulls[i], false, v);
  w->after += v->after - old.after;
  w->load.reported += v->now - old.now;
  w->load.index += v->is_index ? v->now - old.now : 0;
  if (w->load.resident != MT_UNKNOWN)
    w->load.resident = v->resident == MT_UNKNOWN
                           ? MT_UNKNOWN
                           : w->load.resident + v->resident - old.resident;
}

/* ---- in steps ------------------------------------------------------------
 *
 * A hundred thousand columns take the driver longer than a key may wait.  It works on the
 * front a little at a time; until that is done snapshots keep what they were given, for
 * they are copies. */

/* Only the columns for which the plan says something else. */
static bool follow_plan(struct mt_session *s, double until)
{
  struct mt_session_cache *c = &s->cache;
  const struct mt_session_views *w = &c->front;
  size_t renewed = 0;

  if (c->plan_version == s->plan.version)
    return true;
  if (c->following != s->plan.version)
    c->at = 0;
  c->following = s->plan.version;
  for (; c->at < s->profile->columns; c->at++) {
    if (w->choice[c->at] == s->plan.choice[c->at] &&
        w->nulls[c->at] == s->plan.nulls[c->at])
      continue;
    if (++renewed % STRETCH == 0 && mt_now() > until)
      return false;
    renew(s, &c->front, c->at);
    list(c, c->at);
  }
  c->at = 0;
  c->plan_version = s->plan.version;
  publish(c);
  return true;
}

static void begin_filling(struct mt_session *s, double now)
{
  struct mt_session_cache *c = &s->cache;

  c->suggested = c->valid && (!c->filling || c->suggested) &&
                 c->front.rows == s->profile->rows && c->front.scan == s->scan &&
                 s->scan != MT_SCAN_RUNNING;
  aim(s, &c->front, s->scan);
  fill_begin(s, &c->front);
  c->plan_version = s->plan.version;
  c->filling = true;
  c->at = 0;
  c->begun = now;
}

static bool go_on_filling(struct mt_session *s, double until)
{
  struct mt_session_cache *c = &s->cache;
  size_t filled = 0;

  for (; c->at < s->profile->columns; c->at++) {
    if (++filled % STRETCH == 0 && mt_now() > until)
      return false;
    fill_column(s, &c->front, c->at, c->suggested);
  }
  fill_end(s, &c->front);
  note_made(s, c->begun);
  return true;
}

bool mt_session_views_hold(const struct mt_session *s)
{
  const struct mt_session_cache *c = &s->cache;

  return c->valid && (!c->filling || c->suggested) && c->front.rows > 0 &&
         (c->front.rows == s->profile->rows || s->scan == MT_SCAN_RUNNING);
}

static bool is_fresh(const struct mt_session *s, double now)
{
  const struct mt_session_cache *c = &s->cache;

  if (!c->valid || c->front.engine != s->engine)
    return false;
  if (c->front.rows == s->profile->rows)
    return s->scan == MT_SCAN_RUNNING || c->front.scan == s->scan;
  return s->scan == MT_SCAN_RUNNING &&
         now < c->made + (c->cost > DRIVER_SECONDS ? STALE_SECONDS : SHARE * c->cost);
}

bool mt_session_refresh(struct mt_session *s, double until)
{
  struct mt_session_cache *c = &s->cache;
  double now = mt_now();

  atomic_store(&c->wanted, true);
  if (c->filling ? c->front.engine != s->engine || c->front.scan != s->scan
                 : !is_fresh(s, now))
    begin_filling(s, now);
  if (c->filling && !go_on_filling(s, until))
    return false;
  return follow_plan(s, until);
}
