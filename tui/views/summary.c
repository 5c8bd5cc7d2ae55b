#include "tui/views/summary.h"

#include <string.h>

#include "tui/views/table.h"

/* What a column could still save; 0: nothing. */
static uint64_t open_saving(const struct mt_column_view *v)
{
  int64_t saving = v->changed ? 0 : mt_column_saving(v);
  return saving > 0 ? (uint64_t)saving : 0;
}

/* Bytes less than planned with a safe suggestion; what keeps a text whole takes more. */
static int64_t safe_gain(const struct mt_column_view *v)
{
  return v->changed || !mt_class_is_safe(v->suggested_class)
             ? 0
             : (int64_t)(v->after - v->suggested_bytes);
}

/* Puts column i in its place, if that is among those that are kept.  Of equal ones the
 * first in the file comes first. */
static void rank(struct mt_summary *s, const struct mt_snapshot *snap, size_t i)
{
  uint64_t saving = open_saving(&snap->columns[i]);
  size_t at = s->savings;
  for (; saving > 0 && at > 0; at--) {
    size_t other = s->saving[at - 1];
    uint64_t others = open_saving(&snap->columns[other]);
    if (others > saving || (others == saving && other < i))
      break;
  }
  if (saving == 0 || (at == s->savings && !s->complete))
    return;
  if (s->savings == MT_SUMMARY_KEPT) { /* the last one goes, or this one */
    s->complete = false;
    if (at == s->savings)
      return;
    s->savings--;
  }
  memmove(s->saving + at + 1, s->saving + at, (s->savings - at) * sizeof *s->saving);
  s->saving[at] = i;
  s->savings++;
}

static void count_all(struct mt_summary *s, const struct mt_snapshot *snap)
{
  *s = (struct mt_summary){.complete = true};
  for (size_t i = 0; i < snap->column_count; i++) {
    const struct mt_column_view *v = &snap->columns[i];
    s->edited += mt_column_edited(v);
    s->safe += safe_gain(v);
    if (v->warn) {
      s->warned++;
      s->last_warned = i;
    }
    if (v->sentinels > 0) {
      s->with_sentinels++;
      s->last_with_sentinels = i;
    }
    rank(s, snap, i);
  }
}

static void drop(struct mt_summary *s, size_t column)
{
  size_t at = 0;
  while (at < s->savings && s->saving[at] != column)
    at++;
  if (at == s->savings)
    return;
  s->savings--;
  memmove(s->saving + at, s->saving + at + 1, (s->savings - at) * sizeof *s->saving);
}

/* Counts the renewed columns anew; false: the others have to be looked at as well. */
static bool count_renewed(struct mt_summary *s, const struct mt_snapshot *snap)
{
  if (snap->before == 0 || snap->before != s->version)
    return false;
  for (size_t i = 0; i < snap->renewed_len; i++)
    drop(s, snap->renewed[i].column); /* the rest has the order that it had */
  for (size_t i = 0; i < snap->renewed_len; i++) {
    const struct mt_renewed *r = &snap->renewed[i];
    const struct mt_column_view *v = &snap->columns[r->column];
    if (v->warn != r->was.warn || (v->sentinels > 0) != (r->was.sentinels > 0))
      return false;
    s->edited += (size_t)mt_column_edited(v) - (size_t)mt_column_edited(&r->was);
    s->safe += safe_gain(v) - safe_gain(&r->was);
    rank(s, snap, r->column);
  }
  return s->complete || s->savings >= MT_SUMMARY_SAVINGS;
}

void mt_summary_follow(struct mt_summary *s, const struct mt_snapshot *snap)
{
  if (s->version == snap->version && snap->version != 0)
    return;
  if (!count_renewed(s, snap))
    count_all(s, snap);
  s->version = snap->version;
}
