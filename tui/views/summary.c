#include "tui/views/summary.h"

#include <string.h>

#include "tui/views/table.h"

static void add_saving(struct mt_summary *s, const struct mt_snapshot *snap, size_t i)
{
  int64_t saving = mt_column_saving(&snap->columns[i]);
  size_t at = s->savings;
  if (snap->columns[i].changed || saving <= 0)
    return;
  while (at > 0 && mt_column_saving(&snap->columns[s->saving[at - 1]]) < saving)
    at--;
  if (at == MT_SUMMARY_SAVINGS)
    return;
  if (s->savings < MT_SUMMARY_SAVINGS)
    s->savings++;
  memmove(s->saving + at + 1, s->saving + at, (s->savings - 1 - at) * sizeof *s->saving);
  s->saving[at] = i;
}

void mt_summary_follow(struct mt_summary *s, const struct mt_snapshot *snap)
{
  if (s->version == snap->version && snap->version != 0)
    return;
  memset(s, 0, sizeof *s);
  s->version = snap->version;
  for (size_t i = 0; i < snap->column_count; i++) {
    const struct mt_column_view *v = &snap->columns[i];
    s->edited += mt_column_edited(v);
    if (v->warn) {
      s->warned++;
      s->last_warned = i;
    }
    if (v->sentinels > 0) {
      s->with_sentinels++;
      s->last_with_sentinels = i;
    }
    add_saving(s, snap, i);
  }
}
