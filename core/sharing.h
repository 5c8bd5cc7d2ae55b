/* Which texts of a column were seen before in one pandas chunk.
 *
 * pandas' C reader makes one Python string of all cells of a column and chunk that hold
 * the same text, so what text takes depends on how many distinct ones a chunk has.  A
 * chunk has 2^20 cells at most, over all columns: the sets of all columns together stay
 * below 11 MB.  They keep 32 bits of a hash per text: in the largest chunk there is, one
 * column of 524,288 different texts, one of 16,000 is taken for another. */
#ifndef MT_CORE_SHARING_H
#define MT_CORE_SHARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. */
struct mt_sharing {
  uint32_t *slot; /* 0 = free; owned */
  size_t cap, count;
};

/* A text as a block hands it over. */
struct mt_shared_text {
  uint32_t mark;      /* of its hash */
  uint32_t size : 31; /* sys.getsizeof on CPython >= 3.12 */
  uint32_t wide : 1;  /* not ASCII */
  uint32_t len;       /* bytes */
};

static inline uint32_t mt_sharing_mark(uint64_t hash)
{
  uint32_t mark = (uint32_t)hash;
  return mark != 0 ? mark : 1;
}

/* The text of that mark will be added soon. */
static inline void mt_sharing_prefetch(const struct mt_sharing *s, uint32_t mark)
{
  if (s->cap > 0)
    __builtin_prefetch(&s->slot[mark & (s->cap - 1)], 1);
}
/* Adds a text by its mark; whether it is new.  Without memory every text is. */
bool mt_sharing_add(struct mt_sharing *s, uint32_t mark);
/* The chunk is complete: forgets its texts, keeps the room. */
void mt_sharing_clear(struct mt_sharing *s);
void mt_sharing_reset(struct mt_sharing *s);

#endif
