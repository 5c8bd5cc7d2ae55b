#include "core/distinct_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#include "core/estimate.h"
#include "core/hash.h"

#define FIRST_SLOTS 16
#define FEWEST_NEIGHBOURS 1024
#define SPARSEST 6 /* of so many, one is there: the table would not take less */
#define AHEAD 16   /* values whose places are fetched at a time */

void mt_distinct_pool_init(struct mt_distinct_pool *p, size_t limit)
{
  p->limit = limit;
  atomic_init(&p->used, 0);
  if (getrandom(&p->seed, sizeof p->seed, GRND_NONBLOCK) != (ssize_t)sizeof p->seed) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    p->seed = mt_code_mix((uint64_t)t.tv_nsec ^ (uint64_t)t.tv_sec << 30 ^ (uintptr_t)p);
  }
}

/* Takes bytes from the pool for d, in place of `old` ones that it gives back soon; false
 * when there are not enough left.  What a set would cost as an estimate anyway it may
 * always have. */
static bool take(struct mt_distinct *d, struct mt_distinct_pool *p, size_t bytes,
                 size_t old)
{
  size_t held = atomic_fetch_add_explicit(&d->held, bytes, memory_order_relaxed) + bytes;
  size_t used = atomic_fetch_add_explicit(&p->used, bytes, memory_order_relaxed) + bytes;

  if (used <= p->limit || held - old <= MT_ESTIMATE_BYTES)
    return true;
  atomic_fetch_sub_explicit(&p->used, bytes, memory_order_relaxed);
  atomic_fetch_sub_explicit(&d->held, bytes, memory_order_relaxed);
  return false;
}

static void give(struct mt_distinct *d, struct mt_distinct_pool *p, size_t bytes)
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
  give(d, p, mt_distinct_bytes(d));
  free(d->slot);
  free(d->text);
  free(d->hits);
  d->slot = NULL;
  d->text = NULL;
  d->hits = NULL;
  d->cap = d->used = d->count = d->span = d->text_len = d->text_cap = 0;
}

void mt_distinct_reset(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  free_texts(d, p);
  free(d->hll);
  mt_distinct_init(d);
}

/* Where the table is searched for a text, s[0..n), of that code. */
static inline uint64_t place_of(const struct mt_distinct_pool *p, uint64_t code,
                                const uint8_t *s, size_t n)
{
  return mt_code_is_whole(code) ? mt_code_mix(code ^ p->seed)
                                : mt_text_hash(s, n, mt_text_head(s, n), p->seed);
}

static uint64_t place_of_slot(const struct mt_distinct *d,
                              const struct mt_distinct_pool *p, uint64_t key)
{
  size_t n = 0;
  const uint8_t *s = mt_code_is_whole(key) ? NULL : mt_distinct_text_at(d, key, &n);

  return place_of(p, key, s, n);
}

/* Puts what is in no slot yet into one of a table. */
static void put_slot(struct mt_distinct *d, const struct mt_distinct_pool *p,
                     struct mt_distinct_slot *slot, size_t cap,
                     const struct mt_distinct_slot *new)
{
  size_t at = place_of_slot(d, p, new->key) & (cap - 1);

  while (slot[at].key != 0)
    at = (at + 1) & (cap - 1);
  slot[at] = *new;
  d->used++;
}

#define HUGE_PAGE ((size_t)2 << 20)

/* Zeroed memory that is accessed here and there: in huge pages, where there are such, its
 * addresses are translated without waiting. */
static void *new_table(size_t n, size_t size)
{
  size_t bytes;
  void *table;

  if (!mt_size_mul(n, size, &bytes) || bytes < HUGE_PAGE)
    return mt_alloc(n, size);
  if (posix_memalign(&table, HUGE_PAGE, bytes) != 0)
    return NULL;
  (void)madvise(table, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
  return memset(table, 0, bytes);
}

/* ---- neighbours ---------------------------------------------------------- */

/* Where the array counts a number; NULL: nowhere. */
static inline uint32_t *hits_of(const struct mt_distinct *d, uint64_t code)
{
  unsigned decimals;
  int64_t v;

  if (!mt_code_number(code, &v, &decimals) || decimals != d->decimals ||
      (uint64_t)v - (uint64_t)d->base >= d->span)
    return NULL;
  return &d->hits[v - d->base];
}

/* Numbers of one form, in the table or in the array. */
struct neighbours {
  unsigned decimals;
  int64_t least, greatest;
  size_t count;
};

static void meet(struct neighbours *n, int64_t v, size_t count)
{
  if (n->count == 0 || v < n->least)
    n->least = v;
  if (n->count == 0 || v > n->greatest)
    n->greatest = v;
  n->count += count;
}

/* The form that most numbers of the table have. */
static unsigned frequent_form(const struct mt_distinct *d)
{
  size_t count[16] = {0};
  unsigned decimals, most = 0;
  int64_t v;

  for (size_t i = 0; i < d->cap; i++)
    if (d->slot[i].key != 0 && mt_code_number(d->slot[i].key, &v, &decimals))
      count[decimals]++;
  for (unsigned i = 1; i < 16; i++)
    most = count[i] > count[most] ? i : most;
  return most;
}

/* All of the form of the array, or of the most frequent form when there is none yet. */
static struct neighbours find_neighbours(const struct mt_distinct *d)
{
  struct neighbours n = {.decimals = d->span > 0 ? d->decimals : frequent_form(d)};
  unsigned decimals;
  int64_t v;

  if (d->span > 0) {
    meet(&n, d->base, d->count - d->used);
    meet(&n, d->base + (int64_t)d->span - 1, 0);
  }
  for (size_t i = 0; i < d->cap; i++)
    if (d->slot[i].key != 0 && mt_code_number(d->slot[i].key, &v, &decimals) &&
        decimals == n.decimals)
      meet(&n, v, 1);
  return n;
}

/* Room for neighbours of the same form: an array that has grown goes on to grow. */
static bool plan_array(const struct mt_distinct *d, const struct neighbours *n,
                       int64_t *base, size_t *span)
{
  const int64_t reach = INT64_C(1) << 40;
  int64_t least = n->least, greatest = n->greatest, old = (int64_t)d->span;

  if (n->count < FEWEST_NEIGHBOURS || least < -reach || greatest > reach)
    return false;
  if (old > 0 && least < d->base)
    least -= old / 4;
  if (old > 0 && greatest >= d->base + old)
    greatest += old / 4;
  *base = least;
  *span = (size_t)(greatest - least) + 1;
  return *span / SPARSEST <= n->count;
}

/* Moves numbers that lie close together from the table to the array.  0, ENOMEM, or
 * EAGAIN: there is no room, or nothing to move. */
static int move_neighbours(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  struct neighbours n = find_neighbours(d);
  struct mt_distinct_slot *old = d->slot, *slot;
  size_t span, old_cap = d->cap, cap = FIRST_SLOTS, left = d->count - n.count;
  size_t bytes, old_bytes = d->span * sizeof *d->hits + old_cap * sizeof *old;
  uint32_t *hits, *at;
  int64_t base;

  if (!plan_array(d, &n, &base, &span))
    return EAGAIN;
  while (cap / 2 < left)
    cap *= 2;
  bytes = span * sizeof *hits + cap * sizeof *slot;
  if (!take(d, p, bytes, old_bytes))
    return EAGAIN;
  hits = new_table(span, sizeof *hits);
  slot = new_table(cap, sizeof *slot);
  if (hits == NULL || slot == NULL) {
    free(hits);
    free(slot);
    give(d, p, bytes);
    return ENOMEM;
  }
  if (d->span > 0)
    memcpy(hits + (d->base - base), d->hits, d->span * sizeof *hits);
  give(d, p, old_bytes);
  free(d->hits);
  d->hits = hits;
  d->base = base;
  d->span = span;
  d->decimals = (uint8_t)n.decimals;
  d->slot = slot;
  d->cap = cap;
  d->used = 0;
  for (size_t i = 0; i < old_cap; i++) {
    if (old[i].key == 0)
      continue;
    at = hits_of(d, old[i].key);
    if (at != NULL)
      *at = old[i].hits;
    else
      put_slot(d, p, slot, cap, &old[i]);
  }
  free(old);
  return 0;
}

/* ---- the table ----------------------------------------------------------- */

/* Room for one more slot: neighbours move to the array, or the table doubles.  0, ENOMEM,
 * or EAGAIN: no room. */
static int grow_slots(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  size_t cap = d->cap ? d->cap * 2 : FIRST_SLOTS;
  struct mt_distinct_slot *slot;
  int rc = move_neighbours(d, p);

  if (rc != EAGAIN)
    return rc;

  if (!take(d, p, cap * sizeof *slot, d->cap * sizeof *slot))
    return EAGAIN;
  slot = new_table(cap, sizeof *slot);
  if (slot == NULL) {
    give(d, p, cap * sizeof *slot);
    return ENOMEM;
  }
  d->used = 0;
  for (size_t i = 0; i < d->cap; i++)
    if (d->slot[i].key != 0)
      put_slot(d, p, slot, cap, &d->slot[i]);
  free(d->slot);
  give(d, p, d->cap * sizeof *slot);
  d->slot = slot;
  d->cap = cap;
  return 0;
}

static int grow_text(struct mt_distinct *d, struct mt_distinct_pool *p, size_t more)
{
  size_t cap = d->text_cap ? d->text_cap : 256;
  uint8_t *text;

  while (cap - d->text_len < more)
    cap += cap / 2;
  if (cap == d->text_cap)
    return 0;
  if (cap > MT_DISTINCT_OFFSET || !take(d, p, cap - d->text_cap, 0))
    return EAGAIN;
  text = realloc(d->text, cap);
  if (text == NULL) {
    give(d, p, cap - d->text_cap);
    return ENOMEM;
  }
  d->text = text;
  d->text_cap = cap;
  return 0;
}

static inline uint32_t add_hits(struct mt_distinct *d, uint32_t hits, uint64_t times)
{
  uint64_t sum = hits + times;

  d->total += times;
  d->saturated |= sum >= UINT32_MAX;
  return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

/* The slot where a text is or belongs.  key: without the offset of a text. */
static struct mt_distinct_slot *find(const struct mt_distinct *d, uint64_t key,
                                     const uint8_t *s, size_t n, uint64_t hash)
{
  const size_t mask = d->cap - 1;
  size_t at = hash & mask, have;

  for (; d->slot[at].key != 0; at = (at + 1) & mask) {
    if (mt_code_is_whole(key)) {
      if (d->slot[at].key == key)
        break;
    } else if ((d->slot[at].key & ~MT_DISTINCT_OFFSET) == key) {
      const uint8_t *t = mt_distinct_text_at(d, d->slot[at].key, &have);
      if (have == n && memcmp(t, s, n) == 0)
        break;
    }
  }
  return &d->slot[at];
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

/* Counts a number, n digits and signs long, if it has a place in the array. */
static inline bool count_neighbour(struct mt_distinct *d, uint64_t key, size_t n,
                                   uint64_t times)
{
  uint32_t *hits = hits_of(d, key);

  if (hits == NULL)
    return false;
  if (*hits == 0) {
    mt_text_sizes_add_ascii(&d->sizes, n, 1);
    d->count++;
  }
  *hits = add_hits(d, *hits, times);
  return true;
}

/* Adds to the table, or to the array if the number has a place there.  key: of a number,
 * or of a text without its offset.  0, ENOMEM, or EAGAIN: no room. */
static int add_key(struct mt_distinct *d, struct mt_distinct_pool *p, uint64_t key,
                   uint64_t hash, const uint8_t *s, size_t n, uint64_t times)
{
  struct mt_distinct_slot *slot;
  int rc;

  if (count_neighbour(d, key, n, times))
    return 0;
  if (d->used >= d->cap / 2 + d->cap / 4) {
    rc = grow_slots(d, p);
    return rc != 0 ? rc : add_key(d, p, key, hash, s, n, times);
  }
  slot = find(d, key, s, n, hash);
  if (slot->key != 0) {
    slot->hits = add_hits(d, slot->hits, times);
    return 0;
  }
  if (!mt_code_is_whole(key) && (rc = store_text(d, p, &key, s, n)) != 0)
    return rc;
  (void)mt_text_sizes_add(&d->sizes, s, n, 1);
  slot->key = key;
  slot->hits = add_hits(d, 0, times);
  d->used++;
  d->count++;
  return 0;
}

/* What a slot is compared with, but for the offset. */
static inline uint64_t key_of(uint64_t code, uint64_t hash)
{
  return mt_code_is_whole(code) ? code
                                : (uint64_t)MT_CODE_HASH << MT_CODE_SHIFT |
                                      (hash >> 42) << MT_DISTINCT_OFFSET_BITS;
}

int mt_distinct_add(struct mt_distinct *d, struct mt_distinct_pool *p, const uint8_t *s,
                    size_t n, uint64_t times)
{
  uint64_t code = mt_code_of(s, n), hash;
  int rc;

  if (d->hll != NULL) {
    mt_estimate_add(d->hll, code);
    return 0;
  }
  hash = place_of(p, code, s, n);
  rc = add_key(d, p, key_of(code, hash), hash, s, n, times);
  d->full = rc == EAGAIN;
  return d->full ? 0 : rc;
}

/* Adds the next values to the table until it is full: slots are fetched before they are
 * looked at, and so are the texts they lead to. */
static int add_ahead(struct mt_distinct *d, struct mt_distinct_pool *p,
                     const struct mt_distinct_cells *c, size_t *done)
{
  uint64_t hash[AHEAD], key;
  size_t at[AHEAD], n = 0, i = *done;
  int rc = 0;

  for (; i < c->n && n < AHEAD; i++) {
    if (c->code[i] == 0)
      continue;
    hash[n] = place_of(p, c->code[i], c->text + c->cell[i].off, c->cell[i].len);
    if (d->cap > 0)
      __builtin_prefetch(&d->slot[hash[n] & (d->cap - 1)], 1);
    at[n++] = i;
  }
  *done = i;
  for (i = 0; i < n && d->cap > 0 && d->text_len > 0; i++) {
    key = d->slot[hash[i] & (d->cap - 1)].key;
    if (!mt_code_is_whole(key))
      __builtin_prefetch(d->text + (key & MT_DISTINCT_OFFSET));
  }
  for (i = 0; i < n; i++) {
    const struct mt_cell *cell = &c->cell[at[i]];
    rc = add_key(d, p, key_of(c->code[at[i]], hash[i]), hash[i], c->text + cell->off,
                 cell->len, 1);
    if (rc != 0) {
      *done = at[i];
      break;
    }
  }
  return rc;
}

/* Counts numbers that have a place in the array, up to the first value that has none. */
static void count_neighbours(struct mt_distinct *d, const struct mt_distinct_cells *c,
                             size_t *done)
{
  size_t i = *done;

  for (; i < c->n && d->span > 0; i++) {
    uint32_t *ahead = i + AHEAD < c->n ? hits_of(d, c->code[i + AHEAD]) : NULL;
    if (ahead != NULL)
      __builtin_prefetch(ahead, 1);
    if (c->code[i] != 0 && !count_neighbour(d, c->code[i], c->cell[i].len, 1))
      break;
  }
  *done = i;
}

int mt_distinct_add_cells(struct mt_distinct *d, struct mt_distinct_pool *p,
                          const struct mt_distinct_cells *c, size_t *done)
{
  int rc = 0;

  if (d->hll != NULL) {
    for (; *done < c->n; ++*done)
      if (c->code[*done] != 0)
        mt_estimate_add(d->hll, c->code[*done]);
    return 0;
  }
  while (*done < c->n && rc == 0) {
    count_neighbours(d, c, done);
    rc = add_ahead(d, p, c, done);
  }
  d->full = rc == EAGAIN;
  return d->full ? 0 : rc;
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
  while (mt_distinct_next_code(d, &at, &t)) {
    if (mt_code_is_whole(t.code)) {
      mt_estimate_add(hll, t.code);
      continue;
    }
    mt_distinct_spell(d, &t);
    mt_estimate_add(hll, mt_code_text(t.s, t.n, mt_text_head(t.s, t.n)));
  }
  free_texts(d, p);
  d->hll = hll;
  d->full = false;
  return 0;
}

uint64_t mt_distinct_count(const struct mt_distinct *d)
{
  return d->hll != NULL ? mt_estimate_count(d->hll) : d->count;
}
