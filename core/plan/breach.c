#include "core/plan/breach.h"

#include <errno.h>
#include <stdlib.h>

void mt_breach_list_init(struct mt_breach_list *l)
{
  *l = (struct mt_breach_list){0};
}

void mt_breach_list_reset(struct mt_breach_list *l)
{
  free(l->item);
  mt_breach_list_init(l);
}

static int keep(struct mt_breach_list *l, const struct mt_breach *b)
{
  if (l->len == MT_BREACHES_KEPT)
    return 0;
  if (l->len == l->cap) {
    size_t cap = l->cap ? l->cap * 2 : 16;
    struct mt_breach *item = realloc(l->item, cap * sizeof *item);
    if (item == NULL)
      return ENOMEM;
    l->item = item;
    l->cap = cap;
  }
  l->item[l->len++] = *b;
  return 0;
}

int mt_breach_add(struct mt_breach_list *l, const struct mt_breach *b)
{
  l->count++;
  return keep(l, b);
}

int mt_breach_merge(struct mt_breach_list *into, const struct mt_breach_list *later)
{
  int rc = 0;

  for (size_t i = 0; i < later->len && rc == 0; i++)
    rc = keep(into, &later->item[i]);
  into->count += later->count;
  return rc;
}
