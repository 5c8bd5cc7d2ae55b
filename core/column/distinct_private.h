/* What those share who fill sets (distinct.c, distinct_table.c, distinct_cells.c) and who
 * read them (distinct_read.c). */
#ifndef MT_CORE_DISTINCT_PRIVATE_H
#define MT_CORE_DISTINCT_PRIVATE_H

#include <string.h>

#include "core/column/distinct.h"

/* A slot holds the code of the text if that is whole (code.h), else, below the same kind:
 * the 22 highest bits of its place, 40 bits of offset into `text`. */
#define MT_DISTINCT_OFFSET_BITS 40
#define MT_DISTINCT_OFFSET ((1ull << MT_DISTINCT_OFFSET_BITS) - 1)
#define MT_DISTINCT_PLACE_BITS (MT_CODE_SHIFT - MT_DISTINCT_OFFSET_BITS)

/* A text in `text`: its length, then its bytes. */
struct mt_distinct_stored {
  const uint8_t *s;
  size_t n;
};

static inline struct mt_distinct_stored mt_distinct_stored(const struct mt_distinct *d,
                                                           size_t offset)
{
  uint32_t len;
  memcpy(&len, d->text + offset, sizeof len);
  return (struct mt_distinct_stored){d->text + offset + sizeof len, len};
}

/* Whether it is that text, in the steps that texts of a few words need. */
static inline bool mt_distinct_same(const struct mt_distinct_stored *t, const uint8_t *s,
                                    size_t n)
{
  enum { WORD = sizeof(uint64_t), SHORT = 8 * WORD };
  uint64_t a, b, differ = 0;

  if (t->n != n)
    return false;
  if (n < WORD || n > SHORT)
    return memcmp(t->s, s, n) == 0;
  for (size_t i = 0; i < n; i += WORD) {
    const size_t at = i + WORD <= n ? i : n - WORD;
    memcpy(&a, t->s + at, WORD);
    memcpy(&b, s + at, WORD);
    differ |= a ^ b;
  }
  return differ == 0;
}

/* The text that the key of a slot leads to, when it is not whole. */
static inline struct mt_distinct_stored mt_distinct_text_at(const struct mt_distinct *d,
                                                            uint64_t key)
{
  return mt_distinct_stored(d, key & MT_DISTINCT_OFFSET);
}

/* Where tables have the text of a code: this part of 2^64 is how far into the table the
 * search begins.  So tables of any size are in the same order. */
static inline uint64_t mt_distinct_place(const struct mt_distinct_pool *p, uint64_t code)
{
  return mt_code_mix(code ^ p->seed);
}

static inline struct mt_distinct_slot *mt_distinct_home(const struct mt_distinct *d,
                                                        uint64_t place)
{
  return &d->slot[(unsigned __int128)(place & d->place_bits) * d->cap >> 64];
}

static inline struct mt_distinct_slot *mt_distinct_beside(const struct mt_distinct *d,
                                                          struct mt_distinct_slot *slot)
{
  return slot + 1 < d->slot + d->cap ? slot + 1 : d->slot;
}

/* What a slot is compared with, but for the offset of a text. */
static inline uint64_t mt_distinct_key(uint64_t code, uint64_t place)
{
  if (mt_code_is_whole(code))
    return code;
  return (uint64_t)MT_CODE_HASH << MT_CODE_SHIFT |
         (place >> (64 - MT_DISTINCT_PLACE_BITS)) << MT_DISTINCT_OFFSET_BITS;
}

/* One more that had `hits`. */
static inline uint32_t mt_distinct_hit(uint32_t hits)
{
  return hits + (hits != UINT32_MAX);
}

/* Takes bytes from the pool for d, in place of `old` ones that it gives back soon; false
 * when there are not enough left. */
bool mt_distinct_take(struct mt_distinct *d, struct mt_distinct_pool *p, size_t bytes,
                      size_t old);
void mt_distinct_give(struct mt_distinct *d, struct mt_distinct_pool *p, size_t bytes);

/* ---- distinct_table.c ---------------------------------------------------- */

/* Room for one more slot: numbers that lie close together move to the array, or the table
 * doubles.  0, ENOMEM, or EAGAIN: the pool has none. */
int mt_distinct_grow(struct mt_distinct *d, struct mt_distinct_pool *p);
/* So does the array, where some count goes beyond a byte. */
int mt_distinct_grow_counts(struct mt_distinct *d, struct mt_distinct_pool *p);
/* Gives `text` other room, as long as it holds what is there.  0 or ENOMEM. */
int mt_distinct_resize_text(struct mt_distinct *d, size_t cap);
/* Frees table, array and text; what they held is the caller's to give back. */
void mt_distinct_free_tables(struct mt_distinct *d);

static inline bool mt_distinct_is_filled(const struct mt_distinct *d)
{
  return d->used >= d->cap / 2 + d->cap / 4;
}

/* Where the array counts a text; not below d->span: nowhere. */
static inline uint64_t mt_distinct_neighbour(const struct mt_distinct *d, uint64_t code)
{
  int64_t v;

  if (d->form.digits > 0)
    v = (int64_t)mt_code_word_number(code, &d->form);
  else if (!mt_code_plain_number(code, &d->form, &v))
    return UINT64_MAX;
  return (uint64_t)v - (uint64_t)d->base;
}

static inline uint32_t mt_distinct_neighbour_hits(const struct mt_distinct *d, size_t at)
{
  return d->few[at] + (d->many != NULL ? d->many[at] : 0);
}

/* Where hits is beyond a byte, d->many must be there. */
static inline void mt_distinct_set_hits(struct mt_distinct *d, size_t at, uint32_t hits)
{
  d->few[at] = (uint8_t)hits;
  if (d->many != NULL)
    d->many[at] = hits - (uint8_t)hits;
}

/* ---- distinct.c ---------------------------------------------------------- */

/* Puts a text that is in no slot yet into the free one where the search for it ended; its
 * hits are the caller's.  key: without the offset of a text.  As mt_distinct_add_code. */
int mt_distinct_fill_slot(struct mt_distinct *d, struct mt_distinct_pool *p,
                          struct mt_distinct_slot *slot, uint64_t key, const uint8_t *s,
                          size_t n);

/* Adds a text of that code `times` times.  0, ENOMEM, EAGAIN: the pool has no room, or
 * ELOOP: the set cannot be kept. */
int mt_distinct_add_code(struct mt_distinct *d, struct mt_distinct_pool *p, uint64_t code,
                         const uint8_t *s, size_t n, uint64_t times);

#endif
