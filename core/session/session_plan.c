/* How a session changes its plan. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/infer.h"
#include "core/session/session_private.h"

/* The next snapshot shows what is changed now, and waits for it. */
static void lock_for_change(struct mt_session *s)
{
  mt_session_lock(s);
  s->changed = true;
}

void mt_session_set_engine(struct mt_session *s, enum mt_engine engine)
{
  lock_for_change(s);
  s->engine = engine;
  pthread_mutex_unlock(&s->lock);
}

enum mt_engine mt_session_engine(const struct mt_session *s)
{
  return s->engine; /* only the driver sets it */
}

static struct mt_suggestion suggestion(struct mt_session *s, size_t column)
{
  pthread_mutex_t *stripe = mt_session_stripe(s, column);
  struct mt_suggestion g;

  pthread_mutex_lock(stripe);
  g = mt_advice_suggest(&s->profile->column[column], s->options.headroom);
  pthread_mutex_unlock(stripe);
  return g;
}

/* Sets a choice and the class it is agreed to as; within a step. */
static int agree(struct mt_session *s, size_t column, enum mt_dtype t, enum mt_class c)
{
  return mt_plan_set(&s->plan, column, (struct mt_plan_choice){(uint8_t)t, (uint8_t)c});
}

/* Takes a choice back to the default; within a step. */
static int keep(struct mt_session *s, size_t column)
{
  return mt_plan_set(&s->plan, column, (struct mt_plan_choice){.dtype = MT_PLAN_KEEP});
}

size_t mt_session_apply_to(struct mt_session *s, const size_t *columns, size_t n)
{
  size_t changed;

  lock_for_change(s);
  mt_plan_begin(&s->plan);
  for (size_t i = 0; i < n; i++) {
    struct mt_suggestion g = suggestion(s, columns[i]);

    if (g.class_ != MT_CLASS_NONE)
      (void)!agree(s, columns[i], g.dtype, g.class_);
  }
  changed = mt_plan_commit(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return changed;
}

size_t mt_session_apply(struct mt_session *s, size_t column)
{
  return mt_session_apply_to(s, &column, 1);
}

size_t mt_session_apply_all(struct mt_session *s, bool rounded)
{
  const struct mt_column_view *view;
  size_t changed = 0;
  bool known;

  lock_for_change(s);
  view = s->cache.front.view; /* the scan's thread may give it another */
  known = mt_session_views_hold(s);
  mt_plan_begin(&s->plan);
  for (size_t i = 0; i < s->profile->columns; i++) {
    struct mt_suggestion g;
    if (s->plan.choice[i] != MT_PLAN_KEEP) /* the user's own choice stays */
      continue;
    g = known ? (struct mt_suggestion){(enum mt_dtype)view[i].suggested_dtype,
                                       (enum mt_class)view[i].suggested_class}
              : suggestion(s, i);
    if (mt_class_is_safe(g.class_) || (rounded && g.class_ == MT_CLASS_ROUNDED))
      (void)!agree(s, i, g.dtype, g.class_);
  }
  changed = mt_plan_commit(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return changed;
}

/* Within a step. */
static int choose(struct mt_session *s, size_t column, enum mt_dtype t,
                  struct mt_error *err)
{
  const struct mt_name *name = &s->reader->schema.names[column];
  struct mt_candidate c = {0};
  char line[40] = "";

  pthread_mutex_lock(mt_session_stripe(s, column));
  mt_advice_judge(&c, &s->profile->column[column], t);
  pthread_mutex_unlock(mt_session_stripe(s, column));
  if (c.class_ != MT_CLASS_BLOCKED)
    return agree(s, column, t, c.class_) != 0 ? mt_fail_memory(err) : 0;
  if (c.place.line != 0)
    snprintf(line, sizeof line, " (line %llu)", (unsigned long long)c.place.line);
  mt_fail(err, EINVAL, "column \"%.*s\" cannot be %s: %s%s",
          (int)(name->len > 80 ? 80 : name->len), name->text, mt_dtype_name(t), c.reason,
          line);
  mt_error_at(err, c.place.line, 0);
  return EINVAL;
}

size_t mt_session_choose_for(struct mt_session *s, const size_t *columns, size_t n,
                             enum mt_dtype t, size_t *refused, struct mt_error *err)
{
  struct mt_error other;
  size_t changed;

  *refused = 0;
  lock_for_change(s);
  mt_plan_begin(&s->plan);
  for (size_t i = 0; i < n; i++)
    *refused += choose(s, columns[i], t, *refused == 0 ? err : &other) != 0;
  changed = mt_plan_commit(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return changed;
}

int mt_session_choose(struct mt_session *s, size_t column, enum mt_dtype t,
                      struct mt_error *err)
{
  int rc;

  lock_for_change(s);
  mt_plan_begin(&s->plan);
  rc = choose(s, column, t, err);
  (void)mt_plan_commit(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return rc;
}

size_t mt_session_keep_all(struct mt_session *s, const size_t *columns, size_t n)
{
  size_t changed;

  lock_for_change(s);
  mt_plan_begin(&s->plan);
  for (size_t i = 0; i < n; i++)
    (void)!keep(s, columns[i]);
  changed = mt_plan_commit(&s->plan);
  pthread_mutex_unlock(&s->lock);
  return changed;
}

size_t mt_session_keep(struct mt_session *s, size_t column)
{
  return mt_session_keep_all(s, &column, 1);
}

/* ---- nulls -------------------------------------------------------------- */

static int refuse_sentinels(struct mt_session *s, size_t column, struct mt_error *err)
{
  const struct mt_name *name = &s->reader->schema.names[column];
  char text[100];

  mt_sanitise(text, sizeof text, name->text, name->len, 40);
  if (s->plan.nulls[column] != 0)
    return mt_fail(err, EINVAL, "the sentinels of column \"%s\" are null already", text);
  if (s->profile->column[column].facts.sentinels > 0)
    return mt_fail(
        err, EINVAL,
        "column \"%s\" has sentinels, but its other texts are no numbers either", text);
  return mt_fail(err, EINVAL, "column \"%s\" has no sentinels such as \"-\" or \"N.A.\"",
                 text);
}

typedef size_t plan_move(struct mt_plan *);

/* The scan that other nulls ask for; where it cannot start, the plan moves back. */
static int scan_or_move(struct mt_session *s, plan_move *back, struct mt_error *err)
{
  int rc = mt_session_scan_start(s, err);

  if (rc != 0)
    (void)back(&s->plan); /* nothing runs: no lock */
  return rc;
}

/* Within a step. */
static int null_sentinels(struct mt_session *s, size_t column)
{
  uint16_t words = (uint16_t)s->profile->column[column].facts.sentinel_words;
  int rc = keep(s, column);

  return rc != 0 ? rc
                 : mt_plan_set_nulls(&s->plan, column, s->plan.nulls[column] | words);
}

int mt_session_null_sentinels_of(struct mt_session *s, const size_t *columns, size_t n,
                                 size_t *changed, struct mt_error *err)
{
  int rc;

  *changed = 0;
  if (mt_session_busy(s)) /* at rest nothing but the driver changes the profile */
    return mt_session_fail_busy(err);
  for (size_t i = 0; i < n; i++)
    *changed += mt_advice_sentinels(&s->profile->column[columns[i]].facts);
  if (*changed == 0)
    return n == 0   ? 0
           : n == 1 ? refuse_sentinels(s, columns[0], err)
                    : mt_fail(err, EINVAL,
                              "none of these columns has sentinels, such as \"-\" or "
                              "\"N.A.\", that could become null");
  rc = mt_session_can_read_again(s, err);
  if (rc != 0)
    return rc;
  lock_for_change(s);
  mt_plan_begin(&s->plan);
  for (size_t i = 0; i < n && rc == 0; i++)
    if (mt_advice_sentinels(&s->profile->column[columns[i]].facts))
      rc = null_sentinels(s, columns[i]);
  if (mt_plan_commit(&s->plan) > 0 && rc != 0)
    (void)mt_plan_undo(&s->plan); /* not half of it */
  pthread_mutex_unlock(&s->lock);
  if (rc != 0)
    return mt_fail_memory(err);
  return scan_or_move(s, mt_plan_undo, err);
}

int mt_session_null_sentinels(struct mt_session *s, size_t column, struct mt_error *err)
{
  size_t changed;

  return mt_session_null_sentinels_of(s, &column, 1, &changed, err);
}

/* ---- undo --------------------------------------------------------------- */

/* One step back or forth, and the new scan that it may ask for. */
static size_t step(struct mt_session *s, bool (*is_of_nulls)(const struct mt_plan *),
                   plan_move *move, plan_move *back, struct mt_error *err)
{
  bool again;
  size_t n;

  err->code = 0;
  lock_for_change(s);
  again = is_of_nulls(&s->plan);
  pthread_mutex_unlock(&s->lock);
  if (again && mt_session_busy(s)) {
    mt_session_fail_busy(err);
    return 0;
  }
  lock_for_change(s);
  n = move(&s->plan);
  pthread_mutex_unlock(&s->lock);
  if (again && scan_or_move(s, back, err) != 0)
    return 0;
  return n;
}

size_t mt_session_undo(struct mt_session *s, struct mt_error *err)
{
  return step(s, mt_plan_undo_is_of_nulls, mt_plan_undo, mt_plan_redo, err);
}

size_t mt_session_redo(struct mt_session *s, struct mt_error *err)
{
  return step(s, mt_plan_redo_is_of_nulls, mt_plan_redo, mt_plan_undo, err);
}

/* ---- plans in files ----------------------------------------------------- */

int mt_session_list_nulls(const struct mt_session *s, struct mt_nulls *out)
{
  const struct mt_nulls *given = &s->options.nulls;
  int rc = 0;

  for (size_t i = 0; i < given->extra_len && rc == 0; i++)
    rc = mt_nulls_add_token(out, given->extra[i].column, given->extra[i].text,
                            strlen(given->extra[i].text), NULL);
  for (size_t i = 0; i < s->plan.columns && rc == 0; i++)
    for (int k = 0; k < MT_SENTINEL_COUNT && rc == 0; k++)
      if (s->plan.nulls[i] >> k & 1)
        rc = mt_nulls_add_token(out, i, mt_sentinel_text(k), strlen(mt_sentinel_text(k)),
                                NULL);
  return rc;
}

int mt_session_add_nulls(struct mt_session *s, const struct mt_plan_file *f,
                         struct mt_error *err)
{
  const struct mt_reader_schema *schema = &s->reader->schema;
  struct mt_name_index names;
  int rc = mt_name_index_init(&names, schema);

  if (rc != 0)
    mt_fail_memory(err);
  for (size_t i = 0; i < f->nulls.extra_len && rc == 0; i++) {
    const struct mt_null_token *t = &f->nulls.extra[i];
    size_t column = MT_ALL_COLUMNS;

    if (t->column != MT_ALL_COLUMNS) {
      const struct mt_plan_entry *e = &f->entry[t->column];
      column = mt_name_index_find(&names, e->name, e->name_len);
      if (column == schema->columns)
        continue;
    }
    rc = mt_nulls_add_token(&s->options.nulls, column, t->text, strlen(t->text), err);
  }
  mt_name_index_reset(&names);
  return rc;
}

int mt_session_plan_entries(struct mt_session *s, struct mt_plan_file *f)
{
  const struct mt_reader_schema *schema = &s->reader->schema;
  int rc = 0;

  mt_plan_file_init(f);
  f->entry = mt_alloc(schema->columns, sizeof *f->entry);
  if (f->entry == NULL)
    return ENOMEM;
  lock_for_change(s);
  rc = mt_session_list_nulls(s, &f->nulls);
  for (size_t i = 0; i < schema->columns && rc == 0; i++) {
    const struct mt_column_profile *c = &s->profile->column[i];
    struct mt_plan_entry *e = &f->entry[f->len++];

    pthread_mutex_lock(mt_session_stripe(s, i));
    e->dtype = mt_session_planned(s, i);
    pthread_mutex_unlock(mt_session_stripe(s, i));
    e->nullable = c->facts.nulls > 0;
    e->layout = mt_dtype_kind(e->dtype) == MT_KIND_TIME ? mt_advice_layout(&c->facts)
                                                        : MT_DATE_LAYOUT_COUNT;
    e->name_len = schema->names[i].len;
    e->name = malloc(e->name_len + 1);
    if (e->name == NULL)
      rc = ENOMEM;
    else
      memcpy(e->name, schema->names[i].text, e->name_len + 1);
  }
  pthread_mutex_unlock(&s->lock);
  if (rc != 0)
    mt_plan_file_reset(f);
  return rc;
}

/* Whether an entry can be followed for that column; the caller holds the lock. */
static int judge_entry(struct mt_session *s, const struct mt_plan_entry *e, size_t column,
                       struct mt_error *err)
{
  struct mt_candidate c = {0};
  char name[100];

  mt_sanitise(name, sizeof name, e->name, e->name_len, 40);
  if (column == s->profile->columns)
    return mt_fail(err, EINVAL, "the plan has a column \"%s\" that the file has not",
                   name);
  mt_advice_judge(&c, &s->profile->column[column], e->dtype);
  if (c.class_ != MT_CLASS_BLOCKED ||
      e->dtype == mt_advice_keep(&s->profile->column[column]))
    return 0;
  mt_fail(err, EINVAL, "column \"%s\" cannot be %s as planned: %s (line %llu)", name,
          mt_dtype_name(e->dtype), c.reason, (unsigned long long)c.place.line);
  mt_error_remedy(err, "--check lists every value that breaks the plan");
  return EINVAL;
}

/* Finds what the plan says of each column: its last entry, or NULL. */
static int assign_entries(struct mt_session *s, const struct mt_plan_file *f,
                          const struct mt_plan_entry **entry, struct mt_error *err)
{
  struct mt_name_index names;
  int rc = mt_name_index_init(&names, &s->reader->schema);

  if (rc != 0)
    mt_fail_memory(err);
  for (size_t i = 0; i < f->len && rc == 0; i++) {
    const struct mt_plan_entry *e = &f->entry[i];
    size_t column = mt_name_index_find(&names, e->name, e->name_len);

    rc = judge_entry(s, e, column, err);
    if (rc == 0)
      entry[column] = e;
  }
  mt_name_index_reset(&names);
  return rc;
}

/* Within a step. */
static void follow_entry(struct mt_session *s, size_t column, enum mt_dtype t)
{
  const struct mt_column_profile *c = &s->profile->column[column];

  if (mt_advice_keep(c) == t)
    (void)!keep(s, column);
  else
    (void)!agree(s, column, t, mt_advice_class(c, t));
}

int mt_session_load_plan(struct mt_session *s, const struct mt_plan_file *f,
                         struct mt_error *err)
{
  const struct mt_plan_entry **entry = mt_alloc(s->profile->columns, sizeof(void *));
  int rc;

  if (entry == NULL)
    return mt_fail_memory(err);
  lock_for_change(s);
  rc = assign_entries(s, f, entry, err);
  if (rc == 0) {
    mt_plan_begin(&s->plan);
    /* In the order of the columns, which plan.c need not look back for. */
    for (size_t i = 0; i < s->profile->columns; i++)
      if (entry[i] != NULL)
        follow_entry(s, i, entry[i]->dtype);
    (void)mt_plan_commit(&s->plan);
  }
  pthread_mutex_unlock(&s->lock);
  free(entry);
  return rc;
}
