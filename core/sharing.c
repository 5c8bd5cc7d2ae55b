#include "core/sharing.h"

#include <stdlib.h>
#include <string.h>

#include "core/code.h"

#define FIRST_SLOTS 64
#define AHEAD 16 /* texts whose slots are fetched before they are looked at */

void mt_sharing_init(struct mt_sharing *s, uint64_t seed)
{
  *s = (struct mt_sharing){.seed = seed};
}

/* Where the search for a mark begins. */
static inline uint32_t *first_slot(const struct mt_sharing *s, uint32_t mark)
{
  return &s->slot[mt_code_mix(mark ^ s->seed) & (s->cap - 1)];
}

/* The slot of a mark: where it is, or where it would be. */
static inline uint32_t *find(const struct mt_sharing *s, uint32_t mark)
{
  uint32_t *slot = first_slot(s, mark), *end = s->slot + s->cap;

  while (*slot != 0 && *slot != mark)
    slot = slot + 1 < end ? slot + 1 : s->slot;
  return slot;
}

static bool grow(struct mt_sharing *s)
{
  struct mt_sharing more = {.cap = s->cap ? s->cap * 2 : FIRST_SLOTS, .seed = s->seed};

  more.slot = calloc(more.cap, sizeof *more.slot);
  if (more.slot == NULL)
    return false;
  more.count = s->count;
  for (size_t i = 0; i < s->cap; i++)
    if (s->slot[i] != 0)
      *find(&more, s->slot[i]) = s->slot[i];
  free(s->slot);
  *s = more;
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
    uint32_t *slot = room ? find(s, t->mark) : NULL;

    if (room && i + AHEAD < n)
      __builtin_prefetch(first_slot(s, text[i + AHEAD].mark), 1);
    if (slot != NULL && *slot == t->mark)
      continue;
    if (slot != NULL) {
      *slot = t->mark;
      s->count++;
    }
    taken[0] += t->taken[0] * MT_SHARED_UNIT;
    taken[1] += t->taken[1] * MT_SHARED_UNIT;
    *utf8 += t->utf8 * MT_SHARED_UNIT;
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
  mt_sharing_init(s, s->seed);
}
