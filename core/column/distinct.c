#include "core/column/distinct_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/base/hash.h"
#include "core/column/estimate.h"

void mt_distinct_pool_init(struct mt_distinct_pool *p, size_t limit)
{
  p->limit = limit;
  atomic_init(&p->used, 0);
  p->seed = mt_hash_seed(p);
}

/* What a set would cost as an estimate anyway it may always have. */
bool mt_distinct_take(struct mt_distinct *d, struct mt_distinct_pool *p, size_t bytes,
                      size_t old)
{
  size_t held = atomic_fetch_add_explicit(&d->held, bytes, memory_order_relaxed) + bytes;
  size_t used = atomic_fetch_add_explicit(&p->used, bytes, memory_order_relaxed) + bytes;

  if (used <= p->limit || held - old <= MT_ESTIMATE_BYTES)
    return true;
  mt_distinct_give(d, p, bytes);
  return false;
}

void mt_distinct_give(struct mt_distinct *d, struct mt_distinct_pool *p, size_t bytes)
{
  atomic_fetch_sub_explicit(&p->used, bytes, memory_order_relaxed);
  atomic_fetch_sub_explicit(&d->held, bytes, memory_order_relaxed);
}

void mt_distinct_init(struct mt_distinct *d)
{
  memset(d, 0, sizeof *d);
}

size_t mt_distinct_bytes(const struct mt_distinct *d)
{
  return atomic_load_explicit(&d->held, memory_order_relaxed);
}

static void free_texts(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  mt_distinct_give(d, p, mt_distinct_bytes(d));
  mt_distinct_free_tables(d);
  d->count = 0;
}

void mt_distinct_reset(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  free_texts(d, p);
  free(d->hll);
  mt_distinct_init(d);
}

/* ---- adding -------------------------------------------------------------- */

static int grow_text(struct mt_distinct *d, struct mt_distinct_pool *p, size_t more)
{
  size_t cap = d->text_cap ? d->text_cap : 256;

  while (cap - d->text_len < more)
    cap += cap / 2;
  if (cap == d->text_cap)
    return 0;
  if (cap > MT_DISTINCT_OFFSET || !mt_distinct_take(d, p, cap - d->text_cap, 0))
    return EAGAIN;
  if (mt_distinct_resize_text(d, cap) == 0)
    return 0;
  mt_distinct_give(d, p, cap - d->text_cap);
  return ENOMEM;
}

/* Appends the text of a slot, *key gains its offset.  As grow_text. */
static int store_text(struct mt_distinct *d, struct mt_distinct_pool *p, uint64_t *key,
                      const uint8_t *s, size_t n)
{
  uint32_t len = (uint32_t)n;
  int rc = grow_text(d, p, sizeof len + n);

  assert(n <= UINT32_MAX);
  if (rc != 0)
    return rc;
  *key |= d->text_len;
  memcpy(d->text + d->text_len, &len, sizeof len);
  memcpy(d->text + d->text_len + sizeof len, s, n);
  d->text_len += sizeof len + n;
  return 0;
}

static uint32_t add_hits(struct mt_distinct *d, uint32_t hits, uint64_t times)
{
  uint64_t sum = hits + times;

  d->total += times;
  d->saturated |= sum >= UINT32_MAX;
  return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

/* Texts with the same key, that many more than chance allows in a table of any size, were
 * made to have it: their codes are equal, and searching them would take for ever. */
#define MOST_ALIKE(cap) (128 + ((cap) >> 16))

/* The slot where a text is or belongs; NULL: too many are like it.  key: without the
 * offset of a text. */
static struct mt_distinct_slot *find(const struct mt_distinct *d, uint64_t key,
                                     const uint8_t *s, size_t n, uint64_t place)
{
  const bool whole = mt_code_is_whole(key);
  struct mt_distinct_slot *slot = mt_distinct_home(d, place);
  size_t alike = 0;

  for (; slot->key != 0; slot = mt_distinct_beside(d, slot)) {
    if (whole ? slot->key != key : (slot->key & ~MT_DISTINCT_OFFSET) != key)
      continue;
    if (whole)
      break;
    struct mt_distinct_stored t = mt_distinct_text_at(d, slot->key);
    if (mt_distinct_same(&t, s, n))
      break;
    if (++alike > MOST_ALIKE(d->cap))
      return NULL;
  }
  return slot;
}

/* Counts a number in the array.  As mt_distinct_grow. */
static int count_neighbour(struct mt_distinct *d, struct mt_distinct_pool *p, size_t at,
                           size_t n, uint64_t times)
{
  uint32_t hits = mt_distinct_neighbour_hits(d, at);
  int rc = 0;

  if (d->many == NULL && times > UINT8_MAX - hits)
    rc = mt_distinct_grow_counts(d, p);
  if (rc != 0)
    return rc;
  if (hits == 0) {
    mt_text_sizes_add_ascii(&d->sizes, n, 1);
    d->count++;
  }
  mt_distinct_set_hits(d, at, add_hits(d, hits, times));
  return 0;
}

int mt_distinct_fill_slot(struct mt_distinct *d, struct mt_distinct_pool *p,
                          struct mt_distinct_slot *slot, uint64_t key, const uint8_t *s,
                          size_t n)
{
  int rc = mt_code_is_whole(key) ? 0 : store_text(d, p, &key, s, n);

  if (rc != 0)
    return rc;
  (void)mt_text_sizes_add(&d->sizes, s, n, 1);
  slot->key = key;
  d->used++;
  d->count++;
  return 0;
}

int mt_distinct_add_code(struct mt_distinct *d, struct mt_distinct_pool *p, uint64_t code,
                         const uint8_t *s, size_t n, uint64_t times)
{
  const uint64_t place = mt_distinct_place(p, code);
  const uint64_t key = mt_distinct_key(code, place);
  const uint64_t neighbour = mt_distinct_neighbour(d, code);
  struct mt_distinct_slot *slot;
  int rc;

  if (neighbour < d->span)
    return count_neighbour(d, p, neighbour, n, times);
  if (mt_distinct_is_filled(d)) {
    rc = mt_distinct_grow(d, p);
    return rc != 0 ? rc : mt_distinct_add_code(d, p, code, s, n, times);
  }
  slot = find(d, key, s, n, place);
  if (slot == NULL)
    return ELOOP;
  if (slot->key == 0 && (rc = mt_distinct_fill_slot(d, p, slot, key, s, n)) != 0)
    return rc;
  slot->hits = add_hits(d, slot->hits, times);
  return 0;
}

int mt_distinct_add(struct mt_distinct *d, struct mt_distinct_pool *p, const uint8_t *s,
                    size_t n, uint64_t times)
{
  uint64_t code = mt_code_of(s, n);
  int rc = d->hll != NULL ? ELOOP : mt_distinct_add_code(d, p, code, s, n, times);

  if (rc == ELOOP) {
    rc = mt_distinct_evict(d, p);
    if (rc == 0)
      mt_estimate_add(d->hll, code);
  }
  d->full = rc == EAGAIN;
  return d->full ? 0 : rc;
}

/* ---- giving up ----------------------------------------------------------- */

/* Texts that are not in their codes: all of them one after another, which is faster than
 * through the table. */
static void estimate_stored(const struct mt_distinct *d, uint8_t *hll)
{
  struct mt_distinct_stored t;

  for (size_t at = 0; at < d->text_len; at = (size_t)(t.s + t.n - d->text)) {
    t = mt_distinct_stored(d, at);
    mt_estimate_add(hll, mt_code_text(t.s, t.n, mt_text_head(t.s, t.n)));
  }
}

int mt_distinct_evict(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  struct mt_distinct_text t;
  size_t at = 0;
  uint8_t *hll;

  if (d->hll != NULL)
    return 0;
  hll = calloc(MT_ESTIMATE_BYTES, 1);
  if (hll == NULL)
    return ENOMEM;
  while (mt_distinct_next_code(d, &at, &t))
    if (mt_code_is_whole(t.code))
      mt_estimate_add(hll, t.code);
  estimate_stored(d, hll);
  free_texts(d, p);
  d->hll = hll;
  d->full = false;
  return 0;
}

uint64_t mt_distinct_count(const struct mt_distinct *d)
{
  return d->hll != NULL ? mt_estimate_count(d->hll) : d->count;
}
