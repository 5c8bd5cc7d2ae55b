/* What a session shows: snapshots. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/footprint.h"
#include "core/infer.h"
#include "core/session_private.h"

#define SAMPLE_SECONDS 0.25

enum mt_dtype mt_session_planned(const struct mt_session *s, size_t i)
{
  uint8_t choice = s->plan.choice[i];
  return choice != MT_PLAN_KEEP ? (enum mt_dtype)choice
                                : mt_advice_keep(&s->profile->column[i]);
}

uint64_t mt_session_bytes_as(const struct mt_session *s, size_t i, enum mt_dtype t)
{
  return mt_footprint(&s->profile->column[i], t, s->engine, s->options.python311);
}

const char *mt_session_name_as(const struct mt_session *s, size_t i, enum mt_dtype t)
{
  const struct mt_facts *f = &s->profile->column[i].facts;
  return mt_dtype_engine_name(s->engine, t, f->nulls > 0, mt_advice_unit(f),
                              f->date_shape.offset != 0);
}

/* What stays of column i stored as t: of text that is text now already the same, of all
 * else what is reported. */
static uint64_t resident_as(const struct mt_column_view *v, const struct mt_inferred *now,
                            enum mt_dtype t, uint64_t bytes)
{
  if (v->resident == MT_UNKNOWN)
    return MT_UNKNOWN;
  return t == MT_STRING && now->kind == MT_INFERRED_TEXT ? v->resident : bytes;
}

void mt_session_view_column(struct mt_session *s, size_t i, struct mt_column_view *v)
{
  const struct mt_column_profile *c = &s->profile->column[i];
  pthread_mutex_t *stripe = mt_session_stripe(s, i);
  struct mt_suggestion g;
  struct mt_inferred now;
  enum mt_dtype plan;

  pthread_mutex_lock(stripe);
  mt_infer(&now, c, s->engine, s->options.python311);
  g = mt_advice_suggest(c, s->options.headroom);
  plan = mt_session_planned(s, i);
  v->nulls = now.nulls;
  v->plan_nulls = c->facts.nulls;
  v->distinct = mt_infer_distinct(c, &now, &v->distinct_exact);
  v->now = now.reported;
  v->resident = mt_resident(c, s->engine, s->options.python311);
  v->is_index = mt_engine_is_pandas(s->engine) && c->index_levels > 0;
  v->dtype = now.dtype;
  v->suggested_dtype = (uint8_t)g.dtype;
  v->suggested_class = (uint8_t)g.class_;
  if (g.class_ == MT_CLASS_NONE) {
    v->suggested = now.dtype;
    v->suggested_bytes = now.bytes;
  } else {
    v->suggested = mt_session_name_as(s, i, g.dtype);
    v->suggested_bytes = mt_session_bytes_as(s, i, g.dtype);
  }
  v->planned_dtype = (uint8_t)plan;
  v->changed =
      s->plan.choice[i] != MT_PLAN_KEEP &&
      (plan != mt_advice_keep(c) || (g.class_ != MT_CLASS_NONE && plan == g.dtype));
  v->null_added = s->plan.nulls[i] != 0;
  v->sentinels = mt_advice_sentinels(&c->facts) ? c->facts.sentinels : 0;
  v->sentinel_words = v->sentinels > 0 ? (uint16_t)c->facts.sentinel_words : 0;
  v->planned_class = (uint8_t)(v->changed ? mt_advice_class(c, plan) : MT_CLASS_NONE);
  if (mt_inferred_is(&now, plan)) {
    v->planned = now.dtype;
    v->after = now.bytes;
  } else {
    v->planned = mt_session_name_as(s, i, plan);
    v->after = mt_session_bytes_as(s, i, plan);
  }
  v->suggested_resident = g.class_ == MT_CLASS_NONE
                              ? v->resident
                              : resident_as(v, &now, g.dtype, v->suggested_bytes);
  v->after_resident =
      mt_inferred_is(&now, plan) ? v->resident : resident_as(v, &now, plan, v->after);
  v->warn = mt_advice_warns(c, s->engine);
  pthread_mutex_unlock(stripe);
}

static bool cache_is_fresh(const struct mt_session *s, double now)
{
  const struct mt_session_cache *c = &s->cache;

  if (!c->valid || c->plan_version != s->plan.version || c->engine != s->engine ||
      c->scan != s->scan)
    return false;
  return c->rows == s->profile->rows || (s->scan == MT_SCAN_RUNNING && now < c->next);
}

/* The caller holds the lock. */
static void sum_null_words(const struct mt_session *s, struct mt_null_words *w)
{
  memset(w, 0, sizeof *w);
  for (size_t i = 0; i < s->profile->columns; i++) {
    const struct mt_facts *f = &s->profile->column[i].facts;

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

/* Versions differ between sessions, too: a snapshot may be used by several. */
static atomic_ullong versions;

/* Works the columns out again when something changed, and during a scan not more
 * often than costs a fifth of the time. */
static void refresh_cache(struct mt_session *s)
{
  double start = mt_session_now();

  if (cache_is_fresh(s, start))
    return;
  for (size_t i = 0; i < s->profile->columns; i++)
    mt_session_view_column(s, i, &s->cache.view[i]);
  mt_load_estimate(&s->cache.load, s->profile, s->engine, s->options.python311);
  s->cache.rows = s->profile->rows;
  s->cache.plan_version = s->plan.version;
  s->cache.engine = s->engine;
  s->cache.scan = s->scan;
  sum_null_words(s, &s->cache.null_words);
  s->cache.valid = true;
  s->cache.version = atomic_fetch_add(&versions, 1) + 1;
  s->cache.next = mt_session_now() + 4 * (mt_session_now() - start);
}

static void sample_memory(struct mt_session *s, double now)
{
  if (now < s->next_sample)
    return;
  mt_memory_sample(&s->memory, "");
  mt_tape_add(&s->tape, now - s->start, s->memory.rss, s->memory.used);
  s->next_sample =
      s->start + (floor((now - s->start) / SAMPLE_SECONDS) + 1) * SAMPLE_SECONDS;
}

double mt_session_until_sample(const struct mt_session *s)
{
  double left = s->next_sample - mt_session_now();
  return left > 0 ? left : 0;
}

/* Marks a job that started since the last snapshot, or ended.  Short ones may have done
 * both. */
static void mark_job(struct mt_session *s, enum mt_event_kind kind, bool runs,
                     double start, double seconds, double *seen, bool *open)
{
  if (start == 0 || (start == *seen && runs == *open))
    return;
  mt_tape_note(&s->tape, kind, start - s->start,
               runs ? INFINITY : start - s->start + seconds);
  *seen = start;
  *open = runs;
}

/* The caller holds the lock. */
static void mark_changes(struct mt_session *s, double now)
{
  struct mt_session_marked *m = &s->marked;

  mark_job(s, MT_EVENT_SCAN, s->scan == MT_SCAN_RUNNING, s->scan_start, s->scan_seconds,
           &m->scan, &m->scanning);
  mark_job(s, MT_EVENT_EXPORT, s->export_state == MT_EXPORT_RUNNING, s->export_start,
           s->export_seconds, &m->export, &m->exporting);
  if (m->plan_version != s->plan.version) {
    mt_tape_note(&s->tape, s->plan.done < m->plan_done ? MT_EVENT_UNDO : MT_EVENT_APPLY,
                 now - s->start, now - s->start);
    m->plan_version = s->plan.version;
  }
  m->plan_done = s->plan.done;
}

void mt_snapshot_init(struct mt_snapshot *snap)
{
  memset(snap, 0, sizeof *snap);
}

void mt_snapshot_reset(struct mt_snapshot *snap)
{
  free(snap->columns);
  mt_snapshot_init(snap);
}

int mt_session_snapshot(struct mt_session *s, struct mt_snapshot *snap)
{
  size_t columns = s->reader->schema.columns;
  double now = mt_session_now();

  if (snap->column_cap < columns) {
    struct mt_column_view *v = realloc(snap->columns, columns * sizeof *v);
    if (v == NULL)
      return ENOMEM;
    snap->columns = v;
    snap->column_cap = columns;
    snap->version = 0;
  }
  sample_memory(s, now);
  snap->names = s->reader->schema.names;
  snap->column_count = columns;
  snap->memory = s->memory;
  snap->engine = s->engine;

  pthread_mutex_lock(&s->lock);
  refresh_cache(s);
  mark_changes(s, now);
  snap->tape = s->tape;
  snap->rows = s->cache.rows;
  snap->index_bytes = s->cache.load.index;
  snap->now_total = s->cache.load.reported;
  snap->resident_total = s->cache.load.resident;
  snap->peak_low = s->cache.load.peak_low;
  snap->peak_high = s->cache.load.peak_high;
  snap->base = s->cache.load.base;
  snap->verdict = mt_verdict(snap->peak_high, snap->base, snap->memory.available);
  snap->scan = s->scan;
  snap->progress.bytes = atomic_load(&s->bytes_read);
  snap->progress.total = s->reader->schema.size;
  snap->scan_seconds = s->scan == MT_SCAN_RUNNING ? now - s->scan_start : s->scan_seconds;
  snap->faults = s->profile->faults;
  snap->null_words = s->cache.null_words;
  snap->implicit_index = s->reader->schema.implicit_index;
  snap->undo_depth = s->plan.done;
  snap->redo_depth = s->plan.steps - s->plan.done;
  snap->plan_version = s->plan.version;
  snap->export_state = s->export_state;
  snap->export_rows = s->export_rows;
  snap->export_bytes = s->export_bytes;
  snap->export_seconds =
      s->export_state == MT_EXPORT_RUNNING ? now - s->export_start : s->export_seconds;
  snap->export_size = s->size_bytes;
  snap->error = s->error;
  pthread_mutex_unlock(&s->lock);

  if (snap->version == s->cache.version) /* thousands of columns take their time */
    return 0;
  snap->version = s->cache.version;
  memcpy(snap->columns, s->cache.view, columns * sizeof *snap->columns);
  snap->after_total = mt_index_bytes(s->engine);
  for (size_t i = 0; i < columns; i++)
    snap->after_total += snap->columns[i].after;
  return 0;
}
