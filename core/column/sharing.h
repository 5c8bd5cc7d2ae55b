/* Which texts of a column were seen before in one pandas chunk.
 *
 *   worker:   mt_shared_clear; mt_shared_text per text, or mt_shared_cells      a block
 *   in order: mt_sharing_add, or mt_sharing_clear where a chunk is complete
 *
 * pandas' C reader makes one Python string of all cells of a column and chunk that hold
 * the same text, so what text takes depends on how many distinct ones a chunk has.  A
 * chunk has 2^20 cells at most, over all columns: the sets of all columns together stay
 * below 11 MB.  They keep 32 bits of a hash per text: in the largest chunk there is, one
 * column of 524,288 different texts, one of 16,000 is taken for another.  Which one has
 * no random in it, so that a file always gives the same figures; where it stands in the
 * table has, so that no file can make that slow.
 *
 * Texts in order byte by byte, as times often are, need no set: equal ones are
 * neighbours.  A chunk of such texts only keeps them in a list, which is no larger.  If
 * the order ends before the chunk does, they go into a set after all, and what it takes
 * for another text is no longer counted: so the figures of a chunk do not depend on how
 * it is cut into blocks. */
#ifndef MT_CORE_SHARING_H
#define MT_CORE_SHARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cells/chunk.h"

/* What a text takes, in units in which Python allocates. */
#define MT_SHARED_UNIT UINT64_C(16)
struct mt_shared_size {
  uint32_t taken[2]; /* as a Python string: CPython >= 3.12, before */
  uint32_t utf8;     /* by a copy in UTF-8 */
};

/* A text as a block hands it over. */
struct mt_shared_text {
  uint32_t mark; /* of its hash, one to one, but mixed with a seed; not 0 */
  uint32_t size; /* struct mt_shared_size in 31 bits, or the index of a large one */
};

#define MT_SHARED_SHORT 128
struct mt_shared {
  struct mt_shared_text *text; /* owned */
  size_t len, cap;
  struct mt_shared_size *large; /* owned */
  size_t large_len, large_cap;
  uint64_t seed;
  uint32_t ascii[MT_SHARED_SHORT]; /* sizes of ASCII texts by their length; 0: nothing */
};

void mt_shared_init(struct mt_shared *s, uint64_t seed);
void mt_shared_reset(struct mt_shared *s);
void mt_shared_clear(struct mt_shared *s); /* empty; keeps its memory */
/* Room for so many texts more.  0 or ENOMEM. */
int mt_shared_reserve(struct mt_shared *s, size_t more) MT_MUST_CHECK;
/* Adds a text of that hash for which there is room; one that takes nothing, as such texts
 * exist once and for all, is left out.  0 or ENOMEM. */
int mt_shared_add(struct mt_shared *s, uint64_t hash,
                  const struct mt_shared_size *size) MT_MUST_CHECK;
/* Likewise a text of that code (code.h), and what it takes; ascii: it is known to be. */
int mt_shared_add_text(struct mt_shared *s, const uint8_t *text, size_t n, bool ascii,
                       uint64_t code) MT_MUST_CHECK;
/* Likewise cells with the codes of their texts, 0: null. */
int mt_shared_add_cells(struct mt_shared *s, const uint8_t *text,
                        const struct mt_cell *cell, const uint64_t *code, size_t n,
                        bool ascii) MT_MUST_CHECK;

/* A run of cells, of one chunk, whose texts a block hands over. */
struct mt_shared_run {
  uint32_t texts; /* so many */
  uint8_t may;    /* MT_UP_BYTES, MT_DOWN_BYTES: orders in which the values are */
  bool any;       /* there are values; if not, there is no text */
  uint32_t first_len, last_len;
  const uint8_t *first, *last; /* values; borrowed from the block */
};

struct mt_sharing {
  struct mt_sharing_bucket
      *bucket;       /* of marks, in their order but for full ones; owned */
  size_t cap, count; /* buckets; marks */
  /* Instead of these, while the chunk's texts are in order: */
  struct mt_shared_text *list; /* no two neighbours are the same; owned */
  size_t list_len, list_cap;
  uint8_t *last; /* value; owned */
  size_t last_len, last_cap;
  uint8_t may; /* MT_UP_BYTES, MT_DOWN_BYTES; 0: they are in no order */
  bool any;    /* there was a value */
};
#define MT_SHARING_BUCKET 64 /* bytes */

void mt_sharing_init(struct mt_sharing *s);
/* Adds the run's texts, from that one on.  What those take that are new, in bytes, is
 * added to taken and *utf8, less what was added too much before (modulo 2^64: their sums
 * are right).  Without memory every text is new. */
void mt_sharing_add(struct mt_sharing *s, const struct mt_shared *texts, size_t from,
                    const struct mt_shared_run *run, uint64_t taken[2], uint64_t *utf8);
/* The chunk is complete: forgets its texts, keeps the room. */
void mt_sharing_clear(struct mt_sharing *s);
void mt_sharing_reset(struct mt_sharing *s);

#endif
