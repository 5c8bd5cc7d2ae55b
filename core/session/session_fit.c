/* A plan that fits in so many bytes, or why there is none. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/infer.h"
#include "core/session/session_private.h"

#define COLUMNS_NAMED 4

struct saving {
  size_t column;
  uint64_t bytes;
  enum mt_dtype dtype;
  enum mt_class class_;
};

static int compare_savings(const void *a, const void *b)
{
  const struct saving *x = a, *y = b;
  if (x->bytes != y->bytes)
    return x->bytes < y->bytes ? 1 : -1;
  return (x->column > y->column) - (x->column < y->column);
}

/* Safe savings not in the plan yet, largest first; *total: bytes under the plan. */
static size_t list_savings(struct mt_session *s, struct saving *list, uint64_t *total)
{
  size_t n = 0;

  *total = mt_index_bytes(s->engine);
  for (size_t i = 0; i < s->profile->columns; i++) {
    const struct mt_column_profile *c = &s->profile->column[i];
    struct mt_suggestion g;
    uint64_t now, then;

    pthread_mutex_lock(mt_session_stripe(s, i));
    g = mt_advice_suggest(c, s->options.headroom);
    now = mt_session_bytes_as(s, i, mt_session_planned(s, i));
    then = mt_session_bytes_as(s, i, g.dtype);
    pthread_mutex_unlock(mt_session_stripe(s, i));
    *total += now;
    if (s->plan.choice[i] == MT_PLAN_KEEP && mt_class_is_safe(g.class_) && then < now)
      list[n++] = (struct saving){i, now - then, g.dtype, g.class_};
  }
  qsort(list, n, sizeof *list, compare_savings);
  return n;
}

/* Chooses savings until that is enough, as one step; whether it is.  0 or ENOMEM. */
static int choose_savings(struct mt_session *s, uint64_t bytes, bool *enough)
{
  struct saving *list = mt_alloc(s->profile->columns, sizeof *list);
  uint64_t total;
  size_t n;

  if (list == NULL)
    return ENOMEM;
  pthread_mutex_lock(&s->lock);
  s->changed = true;
  n = list_savings(s, list, &total);
  mt_plan_begin(&s->plan);
  for (size_t i = 0; i < n && total > bytes; i++) {
    (void)!mt_plan_set(
        &s->plan, list[i].column,
        (struct mt_plan_choice){(uint8_t)list[i].dtype, (uint8_t)list[i].class_});
    total -= list[i].bytes;
  }
  (void)mt_plan_commit(&s->plan);
  pthread_mutex_unlock(&s->lock);
  free(list);
  *enough = total <= bytes;
  return 0;
}

/* The columns that take most, in *err's remedy. */
static void name_the_largest(struct mt_snapshot *snap, struct mt_error *err)
{
  char list[sizeof err->remedy] = "", bytes[MT_SIZE_PROSE], name[64];

  for (int round = 0; round < COLUMNS_NAMED && round < (int)snap->column_count; round++) {
    size_t most = 0, used = strlen(list);

    for (size_t i = 1; i < snap->column_count; i++)
      if (snap->columns[i].after > snap->columns[most].after)
        most = i;
    mt_sanitise(name, sizeof name, snap->names[most].text, snap->names[most].len, 30);
    snprintf(list + used, sizeof list - used, "%scolumn \"%s\" takes %s",
             round > 0 ? ", " : "", name,
             mt_format_size(bytes, snap->columns[most].after));
    snap->columns[most].after = 0; /* named: look for the next */
  }
  mt_error_remedy(err, "%s", list);
}

int mt_session_fit(struct mt_session *s, uint64_t bytes, struct mt_error *err)
{
  char asked[MT_SIZE_PROSE], total[MT_SIZE_PROSE];
  struct mt_snapshot snap;
  bool enough;

  if (choose_savings(s, bytes, &enough) != 0)
    return mt_fail_memory(err);
  if (enough)
    return 0;
  mt_snapshot_init(&snap);
  if (mt_session_snapshot(s, &snap) != 0)
    return mt_fail_memory(err);
  mt_fail(err, ENOSPC, "no safe plan fits in %s: the least is %s",
          mt_format_size(asked, bytes), mt_format_size(total, snap.after_total));
  name_the_largest(&snap, err);
  mt_snapshot_reset(&snap);
  return ENOSPC;
}
