/* The distinct texts of one column, exact within a shared budget, then estimated.
 *
 *   struct mt_distinct_pool   one budget, shared by all columns of a dataset
 *   mt_distinct_add           a text and how often it occurred
 *   mt_distinct_evict         forget the texts, keep an estimate
 *
 * Texts that are canonical integers or short decimals ("-5", "12.50") take eight
 * bytes, others eight and their bytes.  The encoding is a bijection: two texts are
 * one entry exactly when their bytes are equal.  Adding commutes, so workers may
 * add in any order; a column's set is guarded by its owner's lock.
 *
 * The budget bounds the sets of more than 16 KiB; smaller ones, which an estimate
 * would not make smaller, may exceed it.
 *
 * Estimate: HyperLogLog with 2^14 registers, standard error 0.81 %. */
#ifndef MT_CORE_DISTINCT_H
#define MT_CORE_DISTINCT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buffer.h"
#include "core/error.h"
#include "core/textsize.h"

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
  struct mt_distinct_slot *slot; /* owned */
  size_t cap, count;             /* slots (a power of two) and texts */
  uint8_t *text;                 /* lengths and bytes of the long ones; owned */
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

/* The text of that hash will be added soon. */
static inline void mt_distinct_prefetch(const struct mt_distinct *d, uint64_t hash)
{
  if (d->cap > 0)
    __builtin_prefetch(&d->slot[hash & (d->cap - 1)], 1);
}

/* Adds `times` occurrences of s[0..n); hash: mt_text_hash (hash.h), with the pool's seed.
 * When the pool has no room the text is not added and d->full is set: evict a set (this
 * or another), then add again.  0 or ENOMEM (of the system). */
int mt_distinct_add(struct mt_distinct *d, struct mt_distinct_pool *p, const uint8_t *s,
                    size_t n, uint64_t hash, uint64_t times) MT_MUST_CHECK;
/* Gives the memory back and goes on as an estimate. */
int mt_distinct_evict(struct mt_distinct *d, struct mt_distinct_pool *p) MT_MUST_CHECK;
/* Texts, exact or estimated. */
uint64_t mt_distinct_count(const struct mt_distinct *d);
/* Bytes held: any thread, without a lock. */
size_t mt_distinct_bytes(const struct mt_distinct *d);

/* Walks all texts (exact sets only) in no particular order:
 *   size_t at = 0; struct mt_distinct_text t;
 *   while (mt_distinct_next(d, &at, &t)) ... */
struct mt_distinct_text {
  const uint8_t *s; /* valid until the next call */
  size_t n;
  uint64_t hits;
  uint8_t small[32]; /* where encoded texts are written back */
};
bool mt_distinct_next(const struct mt_distinct *d, size_t *at,
                      struct mt_distinct_text *t);

#endif
