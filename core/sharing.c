#include "core/sharing.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64

/* The slot of a mark: where it is, or where it would be. */
static uint32_t *find(uint32_t *slot, size_t cap, uint32_t mark)
{
  size_t at = mark & (cap - 1);

  while (slot[at] != 0 && slot[at] != mark)
    at = (at + 1) & (cap - 1);
  return &slot[at];
}

static bool grow(struct mt_sharing *s)
{
  size_t cap = s->cap ? s->cap * 2 : FIRST_SLOTS;
  uint32_t *slot = calloc(cap, sizeof *slot);

  if (slot == NULL)
    return false;
  for (size_t i = 0; i < s->cap; i++)
    if (s->slot[i] != 0)
      *find(slot, cap, s->slot[i]) = s->slot[i];
  free(s->slot);
  s->slot = slot;
  s->cap = cap;
  return true;
}

bool mt_sharing_add(struct mt_sharing *s, uint32_t mark)
{
  uint32_t *slot;

  if (s->count >= s->cap / 4 * 3 && !grow(s))
    return true;
  slot = find(s->slot, s->cap, mark);
  if (*slot == mark)
    return false;
  *slot = mark;
  s->count++;
  return true;
}

void mt_sharing_clear(struct mt_sharing *s)
{
  if (s->count > 0)
    memset(s->slot, 0, s->cap * sizeof *s->slot);
  s->count = 0;
}

void mt_sharing_reset(struct mt_sharing *s)
{
  free(s->slot);
  memset(s, 0, sizeof *s);
}
