/* Which texts of a column were seen before in one pandas chunk.
 *
 * pandas' C reader makes one Python string of all cells of a column and chunk that hold
 * the same text, so what text takes depends on how many distinct ones a chunk has.  A
 * chunk has 2^20 cells at most, over all columns: the sets of all columns together stay
 * below 11 MB.  They keep 32 bits of a hash per text: in the largest chunk there is, one
 * column of 524,288 different texts, one of 16,000 is taken for another.  Which one has
 * no random in it, so that a file always gives the same figures; where it stands in the
 * table has, so that no file can make that slow. */
#ifndef MT_CORE_SHARING_H
#define MT_CORE_SHARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mt_sharing {
  uint32_t *slot; /* 0 = free; owned */
  size_t cap, count;
  uint64_t seed;
};

/* A text as a block hands it over.  Sizes are in units in which Python allocates. */
#define MT_SHARED_UNIT UINT64_C(16)
struct mt_shared_text {
  uint32_t mark;     /* of its hash */
  uint32_t taken[2]; /* as a Python string: CPython >= 3.12, before */
  uint32_t utf8;     /* by a copy in UTF-8 */
};

static inline uint32_t mt_sharing_mark(uint64_t hash)
{
  uint32_t mark = (uint32_t)hash;
  return mark != 0 ? mark : 1;
}

void mt_sharing_init(struct mt_sharing *s, uint64_t seed);
/* Adds texts.  What those take that are new, in bytes, is added to taken and *utf8.
 * Without memory every text is new. */
void mt_sharing_add(struct mt_sharing *s, const struct mt_shared_text *text, size_t n,
                    uint64_t taken[2], uint64_t *utf8);
/* The chunk is complete: forgets its texts, keeps the room. */
void mt_sharing_clear(struct mt_sharing *s);
void mt_sharing_reset(struct mt_sharing *s);

#endif
