#include "core/sharing.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64
#define AHEAD 16 /* texts whose slots are fetched before they are looked at */
#define UNIT UINT64_C(16)

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

/* Room for one more; false without memory. */
static bool reserve(struct mt_sharing *s)
{
  return s->count < s->cap / 4 * 3 || grow(s);
}

void mt_sharing_add(struct mt_sharing *s, const struct mt_shared_text *text, size_t n,
                    uint64_t taken[2], uint64_t *utf8)
{
  for (size_t i = 0; i < n; i++) {
    const struct mt_shared_text *t = &text[i];
    bool room = reserve(s);
    uint32_t *slot = room ? find(s->slot, s->cap, t->mark) : NULL;

    if (room && i + AHEAD < n)
      __builtin_prefetch(&s->slot[text[i + AHEAD].mark & (s->cap - 1)], 1);
    if (slot != NULL && *slot == t->mark)
      continue;
    if (slot != NULL) {
      *slot = t->mark;
      s->count++;
    }
    taken[0] += t->taken[0] * UNIT;
    taken[1] += t->taken[1] * UNIT;
    *utf8 += t->utf8 * UNIT;
  }
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
