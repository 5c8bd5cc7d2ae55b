/* What a session shows: snapshots and the details of one column. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/footprint.h"
#include "core/infer.h"
#include "core/session_private.h"
#include "core/text.h"

#define EXAMPLES 8 /* as many as a detail has room for */
#define SAMPLE_SECONDS 0.25

static enum mt_dtype planned(const struct mt_session *s, size_t i)
{
  uint8_t choice = s->plan.choice[i];
  return choice != MT_PLAN_KEEP ? (enum mt_dtype)choice
                                : mt_advice_keep(&s->profile->column[i]);
}

uint64_t mt_session_bytes_as(const struct mt_session *s, size_t i, enum mt_dtype t)
{
  return mt_footprint(&s->profile->column[i], t, s->engine, s->options.python311);
}

static const char *name_as(const struct mt_session *s, size_t i, enum mt_dtype t)
{
  const struct mt_facts *f = &s->profile->column[i].facts;
  return mt_dtype_engine_name(s->engine, t, f->nulls > 0, mt_advice_unit(f),
                              f->date_shape.offset != 0);
}

/* Whether all values are integers, and equal ones are equal texts.  Of objects, which
 * else are of several types, these alone can be counted: 1 and "1" are two values, or
 * one, by where they stand. */
static bool are_plain_integers(const struct mt_facts *f)
{
  return f->integers + f->big_integers == f->rows - f->nulls &&
         f->identifiers + f->padded + f->negative_zeros == 0;
}

/* Distinct values of the column's dtype; *exact as the name says. */
static uint64_t distinct_of(const struct mt_session *s, size_t i,
                            const struct mt_inferred *now, bool *exact)
{
  const struct mt_column_profile *c = &s->profile->column[i];
  const struct mt_facts *f = &c->facts;
  uint64_t values = f->rows - f->nulls;

  if (f->ascending && f->integers == values && values > 0) {
    *exact = now->nulls == f->nulls;
    return values;
  }
  *exact = mt_distinct_exact(&c->distinct) && now->nulls == f->nulls && f->nul == 0;
  if (now->kind == MT_INFERRED_OBJECT && s->distinct[i] == UINT64_MAX && values > 0)
    *exact &= now->strangers == 0 && are_plain_integers(f);
  return s->distinct[i] != UINT64_MAX ? s->distinct[i] : mt_distinct_count(&c->distinct);
}

/* The caller holds the lock. */
static void view_column(struct mt_session *s, size_t i, struct mt_column_view *v)
{
  const struct mt_column_profile *c = &s->profile->column[i];
  pthread_mutex_t *stripe = &s->profile->lock[i % MT_LOCK_STRIPES];
  struct mt_suggestion g;
  struct mt_inferred now;
  enum mt_dtype plan;

  pthread_mutex_lock(stripe);
  mt_infer(&now, c, s->engine, s->options.python311);
  g = mt_advice_suggest(c, s->options.headroom);
  plan = planned(s, i);
  v->nulls = now.nulls;
  v->plan_nulls = c->facts.nulls;
  v->distinct = distinct_of(s, i, &now, &v->distinct_exact);
  v->now = now.bytes;
  v->resident = mt_resident(c, s->engine, s->options.python311);
  v->dtype = now.dtype;
  v->suggested_dtype = (uint8_t)g.dtype;
  v->suggested_class = (uint8_t)g.class_;
  if (g.class_ == MT_CLASS_NONE) {
    v->suggested = now.dtype;
    v->suggested_bytes = now.bytes;
  } else {
    v->suggested = name_as(s, i, g.dtype);
    v->suggested_bytes = mt_session_bytes_as(s, i, g.dtype);
  }
  v->planned_dtype = (uint8_t)plan;
  v->changed = s->plan.choice[i] != MT_PLAN_KEEP;
  v->planned_class = (uint8_t)(v->changed ? mt_advice_class(c, plan) : MT_CLASS_NONE);
  if (mt_inferred_is(&now, plan)) {
    v->planned = now.dtype;
    v->after = now.bytes;
  } else {
    v->planned = name_as(s, i, plan);
    v->after = mt_session_bytes_as(s, i, plan);
  }
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

/* Works the columns out again when something changed, and during a scan not more
 * often than costs a fifth of the time. */
static void refresh_cache(struct mt_session *s)
{
  double start = mt_session_now();

  if (cache_is_fresh(s, start))
    return;
  for (size_t i = 0; i < s->profile->columns; i++)
    view_column(s, i, &s->cache.view[i]);
  mt_load_estimate(&s->cache.load, s->profile, s->engine, s->options.python311);
  s->cache.rows = s->profile->rows;
  s->cache.plan_version = s->plan.version;
  s->cache.engine = s->engine;
  s->cache.scan = s->scan;
  s->cache.valid = true;
  s->cache.next = mt_session_now() + 4 * (mt_session_now() - start);
}

static void sample_memory(struct mt_session *s, double now)
{
  if (now < s->next_sample)
    return;
  mt_memory_sample(&s->memory, "");
  mt_tape_add(&s->tape, now - s->start, s->memory.rss, s->memory.used);
  s->next_sample = now + SAMPLE_SECONDS;
}

/* The caller holds the lock. */
static void sum_null_words(const struct mt_session *s, struct mt_null_words *w)
{
  memset(w, 0, sizeof *w);
  for (size_t i = 0; i < s->profile->columns; i++) {
    const struct mt_facts *f = &s->profile->column[i].facts;

    if (f->null_words == 0)
      continue;
    if (w->columns++ == 0) {
      w->first_column = i;
      w->first = f->place[MT_PLACE_NULL_WORD];
    }
    w->count += f->null_words;
  }
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
  }
  sample_memory(s, now);
  snap->names = s->reader->schema.names;
  snap->column_count = columns;
  snap->memory = s->memory;
  snap->tape = s->tape;
  snap->engine = s->engine;
  snap->index_bytes = mt_index_bytes(s->engine);

  pthread_mutex_lock(&s->lock);
  refresh_cache(s);
  snap->rows = s->cache.rows;
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
  sum_null_words(s, &snap->null_words);
  snap->implicit_index = s->reader->schema.implicit_index;
  snap->undo_depth = s->plan.done;
  snap->redo_depth = s->plan.steps - s->plan.done;
  snap->plan_version = s->plan.version;
  snap->export_state = s->export_state;
  snap->export_rows = s->export_rows;
  snap->export_bytes = s->export_bytes;
  snap->export_seconds =
      s->export_state == MT_EXPORT_RUNNING ? now - s->export_start : s->export_seconds;
  snap->error = s->error;
  pthread_mutex_unlock(&s->lock);

  memcpy(snap->columns, s->cache.view, columns * sizeof *snap->columns);
  snap->now_total = snap->after_total = snap->index_bytes;
  for (size_t i = 0; i < columns; i++) {
    snap->now_total += snap->columns[i].now;
    snap->after_total += snap->columns[i].after;
  }
  return 0;
}

/* ---- details ------------------------------------------------------------ */

/* A list of sentences in a detail. */
struct lines {
  char (*text)[160];
  size_t *len, cap;
};

static void say(struct lines l, const char *fmt, ...) MT_PRINTF(2, 3);
static void say(struct lines l, const char *fmt, ...)
{
  va_list args;

  if (*l.len == l.cap)
    return;
  va_start(args, fmt);
  vsnprintf(l.text[(*l.len)++], sizeof l.text[0], fmt, args);
  va_end(args);
}

static const char *count(char dst[MT_COUNT_TEXT], uint64_t n)
{
  return mt_format_count(dst, n);
}

static const char *wide(char dst[48], __int128 v)
{
  char back[48];
  size_t n = 0, at = 0;
  unsigned __int128 u = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;

  do {
    back[n++] = (char)('0' + (int)(u % 10));
    u /= 10;
  } while (u != 0);
  if (v < 0)
    dst[at++] = '-';
  while (n > 0)
    dst[at++] = back[--n];
  dst[at] = '\0';
  return dst;
}

static void say_place(struct lines d, const char *what, uint64_t times,
                      const struct mt_place *p)
{
  char n[MT_COUNT_TEXT], line[MT_COUNT_TEXT], value[64];

  if (times == 0 || p->line == 0)
    return;
  mt_sanitise(value, sizeof value, p->text, p->len, 24);
  say(d, "%s %s, first \"%s%s\" on line %s", count(n, times), what, value,
      p->cut ? "..." : "", count(line, p->line));
}

/* Columns that hold less than they seem to. */
static void explain_shape(struct lines d, const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;
  uint64_t values = f->rows - f->nulls;
  char n[MT_COUNT_TEXT], first[48];

  if (f->rows > 1 && values == 0)
    say(d, "every row is null");
  else if (f->rows > 1 && values == f->rows && mt_distinct_exact(&c->distinct) &&
           mt_distinct_count(&c->distinct) == 1)
    say(d, "the same value in every row");
  else if (f->rows > 1 && f->integers == f->rows && f->ascending && f->step_one)
    say(d, "row numbers from %s: an index would do", wide(first, f->first_int));
  if (!mt_advice_sentinels(f))
    return;
  say(d, "numbers but for %s values:", count(n, f->sentinels));
  for (int i = 0; i < MT_SENTINEL_COUNT; i++)
    if (f->sentinel_words >> i & 1)
      say(d, "  \"%s\" (--null makes it null)", mt_sentinel_text(i));
}

static void explain_values(struct lines d, const struct mt_facts *f)
{
  char a[48], b[48], n[MT_COUNT_TEXT], m[MT_COUNT_TEXT];
  uint64_t values = f->rows - f->nulls;

  say(d, "%s values, %s nulls", count(n, values), count(m, f->nulls));
  if (f->integers > 0 && f->floats == 0)
    say(d, "integers from %s to %s", wide(a, f->int_min), wide(b, f->int_max));
  else if (f->floats > f->infinities)
    say(d, "numbers from %.9g to %.9g, %u to %u digits after the point", f->float_min,
        f->float_max, f->decimals_min == UINT32_MAX ? 0 : f->decimals_min,
        f->decimals_max);
  if (f->rounded > 0)
    say(d, "%s numbers that pandas rounds only nearly right", count(n, f->rounded));
  if (f->integers + f->floats + f->big_integers < values && values > 0)
    say(d, "text of %u to %u bytes", f->shortest, f->longest);
  if (f->dates == values && values > 0 && f->date_layouts != 0) {
    char format[64];
    mt_date_format(format, sizeof format, mt_advice_layout(f), &f->date_shape);
    say(d, "dates like %s", format);
  }
}

/* Nulls that pandas does not see, or sees where there are none. */
static void explain_nulls(struct lines d, const struct mt_facts *f,
                          const struct mt_inferred *now, bool pandas)
{
  if (pandas && now->nulls < f->nulls)
    say_place(d, "nulls that pandas keeps as text", f->nulls - now->nulls,
              &f->place[MT_PLACE_NULL]);
  else
    say_place(d, "texts read as null", f->null_words, &f->place[MT_PLACE_NULL_WORD]);
  if (pandas && now->nulls > f->nulls)
    say_place(d, "values that pandas reads as null", now->nulls - f->nulls,
              &f->place[MT_PLACE_NULLED]);
}

static void explain_objects(struct lines d, const struct mt_facts *f,
                            const struct mt_inferred *now)
{
  char n[MT_COUNT_TEXT], line[MT_COUNT_TEXT];

  if (now->strangers > 0)
    say(d, "%s values of another Python type than the first ones, from line %s on",
        count(n, now->strangers), count(line, now->strangers_line));
  else if (f->big_integers > 0)
    say(d, "%s integers beyond 64 bits, which make all of them Python objects",
        count(n, f->big_integers));
}

static void explain_warnings(struct lines d, const struct mt_facts *f,
                             const struct mt_inferred *now, bool pandas)
{
  explain_nulls(d, f, now, pandas);
  if (f->integers + f->floats > 0)
    say_place(d, "numbers with leading zeros or a plus", f->identifiers,
              &f->place[MT_PLACE_IDENTIFIER]);
  if (now->kind == MT_INFERRED_FLOAT)
    say_place(d, "integers that float64 does not hold", f->inexact,
              &f->place[MT_PLACE_NOT_FLOAT64]);
  if (now->kind == MT_INFERRED_FLOAT && pandas)
    say_place(d, "numbers that pandas reads as others", f->strays,
              &f->place[MT_PLACE_STRAY]);
  if (now->kind == MT_INFERRED_OBJECT)
    explain_objects(d, f, now);
  say_place(d, "values that are not valid UTF-8", f->not_utf8,
            &f->place[MT_PLACE_BAD_UTF8]);
  say_place(d, "values with NUL bytes", f->nul, &f->place[MT_PLACE_NUL]);
}

/* The most frequent values, which are the same ones every time. */
static void find_examples(struct mt_column_detail *d, const struct mt_column_profile *c)
{
  struct mt_frequent top[EXAMPLES];
  char value[100], times[MT_COUNT_TEXT];
  bool exact;

  d->examples_len =
      mt_statistics_top(&c->statistics, &c->distinct, top, EXAMPLES, &exact);
  for (size_t i = 0; i < d->examples_len; i++) {
    mt_sanitise(value, sizeof value, top[i].s, top[i].n, 24);
    snprintf(d->examples[i], sizeof d->examples[i], "%s  \u00d7 %s", value,
             mt_format_count(times, top[i].count));
  }
}

void mt_session_detail(struct mt_session *s, size_t column, struct mt_column_detail *d)
{
  const struct mt_column_profile *c;
  pthread_mutex_t *stripe;

  struct mt_inferred now;

  memset(d, 0, sizeof *d);
  pthread_mutex_lock(&s->lock); /* a scan may put a new profile in place */
  c = &s->profile->column[column];
  stripe = &s->profile->lock[column % MT_LOCK_STRIPES];
  view_column(s, column, &d->view);
  pthread_mutex_lock(stripe);
  mt_infer(&now, c, s->engine, s->options.python311);
  for (int t = 0; t < MT_DTYPE_COUNT; t++) {
    struct mt_candidate *k = &d->candidate[t];
    mt_advice_judge(k, c, (enum mt_dtype)t);
    k->name = name_as(s, column, (enum mt_dtype)t);
    k->bytes = k->class_ == MT_CLASS_BLOCKED
                   ? 0
                   : mt_session_bytes_as(s, column, (enum mt_dtype)t);
    k->suggested =
        d->view.suggested_class != MT_CLASS_NONE && t == d->view.suggested_dtype;
  }
  explain_values((struct lines){d->evidence, &d->evidence_len, 12}, &c->facts);
  explain_shape((struct lines){d->evidence, &d->evidence_len, 12}, c);
  explain_warnings((struct lines){d->warnings, &d->warnings_len, 8}, &c->facts, &now,
                   mt_engine_is_pandas(s->engine));
  find_examples(d, c);
  pthread_mutex_unlock(stripe);
  pthread_mutex_unlock(&s->lock);
}
