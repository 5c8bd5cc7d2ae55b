/* What a session shows: snapshots. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine/footprint.h"
#include "core/engine/infer.h"
#include "core/session/session_private.h"

#define SAMPLE_SECONDS 0.25
#define PATIENCE 0.3

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
  double left = s->next_sample - mt_now();
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

const char *mt_snapshot_hint(const struct mt_snapshot *s)
{
  bool comment = s->column_count > 0 && s->names[0].len > 0 && s->names[0].text[0] == '#';
  return comment && (s->faults.count[MT_FAULT_LONG_ROW] > 0 || s->implicit_index > 0)
             ? "the file begins with a comment: --comment '#' reads past such lines"
             : NULL;
}

void mt_snapshot_reset(struct mt_snapshot *snap)
{
  free(snap->columns);
  mt_snapshot_init(snap);
}

static void copy_columns(const struct mt_session_cache *c, struct mt_snapshot *snap)
{
  const struct mt_column_view *view = c->front.view;

  snap->renewed_len = 0;
  snap->before = snap->version != 0 && snap->version == c->before ? c->before : 0;
  if (snap->before == 0 && snap->column_count > 0)
    memcpy(snap->columns, view, snap->column_count * sizeof *view);
  for (size_t i = 0; snap->before != 0 && i < c->renewed_len; i++) {
    struct mt_renewed *r = &snap->renewed[snap->renewed_len++];

    r->column = c->renewed[i];
    r->was = snap->columns[r->column];
    snap->columns[r->column] = view[r->column];
  }
}

/* The views and what follows from them.  The caller holds the lock. */
static void copy_views(const struct mt_session *s, struct mt_snapshot *snap)
{
  const struct mt_session_views *w = &s->cache.front;

  if (snap->version == s->cache.version) /* thousands of columns take their time */
    return;
  copy_columns(&s->cache, snap);
  snap->version = s->cache.version;
  snap->engine = w->engine;
  snap->rows = w->rows;
  snap->index_bytes = w->load.index;
  snap->now_total = w->load.reported;
  snap->resident_total = w->load.resident;
  snap->peak_low = w->load.peak_low;
  snap->peak_high = w->load.peak_high;
  snap->base = w->load.base;
  snap->null_words = w->null_words;
  snap->after_total = w->after;
}

/* Takes the lock.  A scan holds it while it adds a block, which may be longer than a key
 * should wait: where nothing but time went by, a snapshot may stay as it is for a while.
 * False: it does. */
static bool take_lock(struct mt_session *s, const struct mt_snapshot *snap, double now)
{
  bool may_wait = !s->changed && !mt_bell_rings(&s->news) && snap->version != 0 &&
                  snap->names == s->reader->schema.names && now < s->shown + PATIENCE;

  if (!may_wait)
    mt_session_lock(s);
  else if (pthread_mutex_trylock(&s->lock) != 0)
    return false;
  mt_bell_hush(&s->news);
  s->changed = false;
  s->shown = now;
  return true;
}

int mt_session_snapshot(struct mt_session *s, struct mt_snapshot *snap)
{
  return mt_session_snapshot_within(s, snap, INFINITY);
}

int mt_session_snapshot_within(struct mt_session *s, struct mt_snapshot *snap,
                               double seconds)
{
  size_t columns = s->reader->schema.columns;
  double now = mt_now();

  if (snap->column_cap < columns) {
    struct mt_column_view *v = realloc(snap->columns, columns * sizeof *v);
    if (v == NULL)
      return ENOMEM;
    snap->columns = v;
    snap->column_cap = columns;
    snap->version = 0;
  }
  sample_memory(s, now);
  snap->memory = s->memory;
  if (!take_lock(s, snap, now)) {
    snap->progress.bytes = atomic_load(&s->bytes_read);
    snap->tape = s->tape;
    return 0;
  }
  snap->names = s->reader->schema.names;
  snap->column_count = columns;
  snap->behind = !mt_session_refresh(s, snap->version == 0 ? INFINITY : now + seconds);
  if (!snap->behind)
    copy_views(s, snap);
  mark_changes(s, now);
  snap->tape = s->tape;
  snap->verdict = mt_verdict(snap->peak_high, snap->base, snap->memory.available);
  snap->scan = s->scan;
  snap->progress.bytes = atomic_load(&s->bytes_read);
  snap->progress.total = s->reader->schema.size;
  snap->scan_seconds = s->scan == MT_SCAN_RUNNING ? now - s->scan_start : s->scan_seconds;
  snap->faults = s->profile->faults;
  snap->implicit_index = s->reader->schema.implicit_index;
  snap->undo_depth = s->plan.done;
  snap->redo_depth = s->plan.steps - s->plan.done;
  snap->plan_version = s->plan.version;
  snap->export_state = s->export_state;
  snap->export_rows = s->export_rows;
  snap->export_bytes = s->export_bytes;
  snap->export_seconds =
      s->export_state == MT_EXPORT_RUNNING ? now - s->export_start : s->export_seconds;
  snap->size_state = s->size_state;
  snap->export_size = s->size_bytes;
  snap->size_error = s->size_error;
  snap->error = s->error;
  pthread_mutex_unlock(&s->lock);
  return 0;
}
