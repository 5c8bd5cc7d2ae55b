/* The distinct texts of one column, exact within a shared budget, then estimated.
 *
 *   struct mt_distinct_pool   one budget, shared by all columns of a dataset
 *   mt_distinct_add           a text and how often it occurred
 *   mt_distinct_add_cells     many cells
 *   mt_distinct_evict         forget the texts, keep an estimate
 *
 * Numbers and short words, whose code is the text (code.h), take twelve bytes in a table,
 * others twelve and their bytes.  Numbers that lie close together, with as many digits
 * after the point, and words that differ by such a number at their ends, take one in an
 * array of counts, or five if any occurs often.  Two
 * texts are one entry exactly when their bytes are equal.  Adding commutes, so workers
 * may add in any order; a column's set is guarded by its owner's lock.  Tables have a
 * random seed, the estimate (estimate.h) has none: the same file gives the same one.
 * Texts made to have the same code, which no seed parts, make a set an estimate when they
 * are many.
 *
 * The budget bounds the sets of more than 16 KiB; smaller ones, which an estimate would
 * not make smaller, may exceed it. */
#ifndef MT_CORE_DISTINCT_H
#define MT_CORE_DISTINCT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/cells/chunk.h"
#include "core/column/code.h"
#include "core/column/textsize.h"

struct mt_distinct_pool {
  size_t limit; /* bytes for all sets together */
  atomic_size_t used;
  uint64_t seed; /* of the hash tables */
};

struct __attribute__((packed)) mt_distinct_slot {
  uint64_t key;  /* 0 = free, else an encoded text */
  uint32_t hits; /* saturating */
};

struct mt_distinct {
  size_t count;                  /* texts */
  uint64_t total;                /* how often they occurred */
  bool saturated;                /* some count is at its limit, UINT32_MAX */
  struct mt_distinct_slot *slot; /* owned */
  size_t cap, used;              /* slots, and those taken */
  uint64_t place_bits;           /* what of a place tells the slot */
  /* How often each of `span` neighbours occurs, base first: texts of one form, by their
   * numbers without a point.  Those are in no slot.  A count is the
   * sum of both: bytes, so that most are near, and what went beyond them, NULL while
   * nothing did.  Owned. */
  uint8_t *few;
  uint32_t *many;
  int64_t base;
  size_t span;
  struct mt_code_form form;
  uint8_t *text; /* lengths and bytes of the long ones; owned */
  size_t text_len, text_cap;
  struct mt_text_sizes sizes; /* of the texts, each once */
  uint8_t *hll;               /* registers once evicted; owned */
  atomic_size_t held; /* bytes taken from the pool; others read it without a lock */
  bool full;          /* the pool had no room: ask the owner to evict something */
};

void mt_distinct_pool_init(struct mt_distinct_pool *p, size_t limit);

void mt_distinct_init(struct mt_distinct *d);
void mt_distinct_reset(struct mt_distinct *d, struct mt_distinct_pool *p);

/* Whether every text seen is still known. */
static inline bool mt_distinct_exact(const struct mt_distinct *d)
{
  return d->hll == NULL;
}

/* Cells of a column, each with the code of its text (code.h), or 0 if it is null. */
struct mt_distinct_cells {
  const uint8_t *text; /* that the cells point into */
  const struct mt_cell *cell;
  const uint64_t *code;
  size_t n;
};

/* Adds `times` occurrences of s[0..n).  When the pool has no room the text is not added
 * and d->full is set: evict a set (this or another), then add again.  0 or ENOMEM (of the
 * system). */
int mt_distinct_add(struct mt_distinct *d, struct mt_distinct_pool *p, const uint8_t *s,
                    size_t n, uint64_t times) MT_MUST_CHECK;
/* Adds the values of cells, from the one at *done on; *done: how many cells are dealt
 * with. Full and failed as above. */
int mt_distinct_add_cells(struct mt_distinct *d, struct mt_distinct_pool *p,
                          const struct mt_distinct_cells *c, size_t *done) MT_MUST_CHECK;
/* Gives the memory back and goes on as an estimate. */
int mt_distinct_evict(struct mt_distinct *d, struct mt_distinct_pool *p) MT_MUST_CHECK;
/* Texts, exact or estimated. */
uint64_t mt_distinct_count(const struct mt_distinct *d);
/* Bytes held: any thread, without a lock. */
size_t mt_distinct_bytes(const struct mt_distinct *d);

/* Where no text came twice, walks need no slots to know how often: first come those in
 * `text`, of so many bytes, one behind the other. */
static inline size_t mt_distinct_singles(const struct mt_distinct *d)
{
  return d->count == d->total ? d->text_len : 0;
}

/* Walks all texts (exact sets only) in no particular order:
 *   size_t at = 0; struct mt_distinct_text t;
 *   while (mt_distinct_next(d, &at, &t)) ...
 * With mt_distinct_next_code they have no s and n until mt_distinct_spell is asked. */
struct mt_distinct_text {
  const uint8_t *s; /* valid until the next call */
  size_t n;
  uint64_t hits;
  uint64_t code;                  /* as of code.h if that is whole; of no use else */
  uint8_t small[MT_CODE_SPELLED]; /* where encoded texts are written back */
};
bool mt_distinct_next(const struct mt_distinct *d, size_t *at,
                      struct mt_distinct_text *t);
bool mt_distinct_next_code(const struct mt_distinct *d, size_t *at,
                           struct mt_distinct_text *t);
void mt_distinct_spell(const struct mt_distinct *d, struct mt_distinct_text *t);
/* Its value, if it is an encoded number: the nearest double. */
bool mt_distinct_number(const struct mt_distinct_text *t, double *v);
/* Numbers that lie close together are given last by mt_distinct_next, in ascending order;
 * many at a time: how often those of them occur that are less than v, or no more than v
 * (through), from number *at on, which is moved behind them.  Where *at begins with 0,
 * and mt_distinct_others is where the others end. */
uint64_t mt_distinct_pass_numbers(const struct mt_distinct *d, size_t *at, double v,
                                  bool through);
static inline size_t mt_distinct_others(const struct mt_distinct *d)
{
  const size_t slots = mt_distinct_singles(d) + d->cap;
  return d->form.digits == 0 ? slots : slots + d->span;
}
/* The most frequent texts, most frequent first, of equally frequent ones numbers by
 * value, then others by their bytes; how many there are.  Valid until the set changes,
 * and where they are. */
size_t mt_distinct_top(const struct mt_distinct *d, struct mt_distinct_text *top,
                       size_t most);

#endif
