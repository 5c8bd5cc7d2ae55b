#include "core/distinct.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "core/hash.h"

/* A slot holds a tag in its two top bits and, below it:
 *   INTEGER   zigzag of a value of magnitude < 2^60
 *   DECIMAL   sign (1), digits after the point (4), mantissa (57, < 2^53)
 *   TEXT      22 bits of the hash, 40 bits of offset into `text` */
#define TAG_SHIFT 62
#define TAG_INTEGER 1ull
#define TAG_DECIMAL 2ull
#define TAG_TEXT 3ull
#define PAYLOAD ((1ull << TAG_SHIFT) - 1)
#define OFFSET_BITS 40
#define OFFSET_MASK ((1ull << OFFSET_BITS) - 1)
#define MANTISSA_BITS 57
#define MANTISSA_LIMIT (1ull << 53)

#define HLL_BITS 14
#define HLL_REGISTERS (1u << HLL_BITS)
#define HLL_RANKS (64 - HLL_BITS + 2)
#define FIRST_SLOTS 16

static uint64_t mix(uint64_t x)
{
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ull;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ull;
  return x ^ (x >> 32);
}

/* The slot of a canonical integer or decimal, 0 when s is neither. */
static uint64_t encode_number(const uint8_t *s, size_t n)
{
  size_t i = 0, digits_start, decimals = 0;
  bool negative = false, point = false;
  uint64_t m = 0;

  if (n == 0 || n > 18)
    return 0;
  if (s[0] == '-') {
    negative = true;
    i = 1;
  }
  digits_start = i;
  for (; i < n; i++) {
    unsigned c = s[i] - '0';
    if (c <= 9) {
      m = m * 10 + c;
      decimals += point;
    } else if (s[i] == '.' && !point && i > digits_start) {
      point = true;
    } else {
      return 0;
    }
  }
  if (i == digits_start)
    return 0;
  /* "007" and "00.5" are other texts than 7 and 0.5 */
  if (s[digits_start] == '0' && n - digits_start > 1 && s[digits_start + 1] != '.')
    return 0;
  if (!point) {
    if (m >= 1ull << 60 || (negative && m == 0))
      return 0;
    return TAG_INTEGER << TAG_SHIFT | (m << 1 | negative);
  }
  if (decimals == 0 || decimals > 15 || m >= MANTISSA_LIMIT)
    return 0;
  return TAG_DECIMAL << TAG_SHIFT | (uint64_t)negative << (MANTISSA_BITS + 4) |
         (uint64_t)decimals << MANTISSA_BITS | m;
}

static size_t put_digits(uint8_t *dst, uint64_t m, size_t least)
{
  uint8_t back[24];
  size_t n = 0;
  do {
    back[n++] = (uint8_t)('0' + m % 10);
    m /= 10;
  } while (m != 0 || n < least);
  for (size_t i = 0; i < n; i++)
    dst[i] = back[n - 1 - i];
  return n;
}

/* The reverse of encode_number. */
static size_t decode_number(uint64_t slot, uint8_t dst[32])
{
  size_t n = 0, decimals;

  if (slot >> TAG_SHIFT == TAG_INTEGER) {
    if (slot & 1)
      dst[n++] = '-';
    return n + put_digits(dst + n, (slot & PAYLOAD) >> 1, 1);
  }
  if (slot >> (MANTISSA_BITS + 4) & 1)
    dst[n++] = '-';
  decimals = slot >> MANTISSA_BITS & 15;
  n += put_digits(dst + n, slot & ((1ull << MANTISSA_BITS) - 1), decimals + 1);
  memmove(dst + n - decimals + 1, dst + n - decimals, decimals);
  dst[n - decimals] = '.';
  return n + 1;
}

void mt_distinct_pool_init(struct mt_distinct_pool *p, size_t limit)
{
  p->limit = limit;
  atomic_init(&p->used, 0);
  if (getrandom(&p->seed, sizeof p->seed, GRND_NONBLOCK) != (ssize_t)sizeof p->seed) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    p->seed = mix((uint64_t)t.tv_nsec ^ (uint64_t)t.tv_sec << 30 ^ (uintptr_t)p);
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

  if (used <= p->limit || held - old <= HLL_REGISTERS)
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
  d->slot = NULL;
  d->text = NULL;
  d->cap = d->count = d->text_len = d->text_cap = 0;
}

void mt_distinct_reset(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  free_texts(d, p);
  free(d->hll);
  mt_distinct_init(d);
}

static const uint8_t *text_at(const struct mt_distinct *d, uint64_t slot, size_t *n)
{
  const uint8_t *t = d->text + (slot & OFFSET_MASK);
  uint32_t len;
  memcpy(&len, t, sizeof len);
  *n = len;
  return t + sizeof len;
}

static uint64_t key_hash(const struct mt_distinct *d, const struct mt_distinct_pool *p,
                         uint64_t key)
{
  uint8_t small[32];
  const uint8_t *s = small;
  size_t n;

  if (key >> TAG_SHIFT == TAG_TEXT)
    s = text_at(d, key, &n);
  else
    n = decode_number(key, small);
  return mt_text_hash(s, n, mt_text_head(s, n), p->seed);
}

/* Doubles the table (or makes the first one).  0, ENOMEM, or EAGAIN: no room. */
static int grow_slots(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  size_t cap = d->cap ? d->cap * 2 : FIRST_SLOTS;
  struct mt_distinct_slot *slot;

  if (!take(d, p, cap * sizeof *slot, d->cap * sizeof *slot))
    return EAGAIN;
  slot = calloc(cap, sizeof *slot);
  if (slot == NULL) {
    give(d, p, cap * sizeof *slot);
    return ENOMEM;
  }
  for (size_t i = 0; i < d->cap; i++) {
    if (d->slot[i].key == 0)
      continue;
    size_t at = key_hash(d, p, d->slot[i].key) & (cap - 1);
    while (slot[at].key != 0)
      at = (at + 1) & (cap - 1);
    slot[at] = d->slot[i];
  }
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
  if (cap > OFFSET_MASK || !take(d, p, cap - d->text_cap, 0))
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

/* The hash of the estimate has a fixed seed: the same file gives the same
 * estimate every time. */
static void hll_add(uint8_t *hll, const uint8_t *s, size_t n)
{
  uint64_t h = XXH3_64bits(s, n);
  uint64_t rest = h << HLL_BITS | 1ull << (HLL_BITS - 1);
  uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
  uint8_t *r = &hll[h >> (64 - HLL_BITS)];
  if (rank > *r)
    *r = rank;
}

static void add_hits(struct mt_distinct_slot *slot, uint64_t times)
{
  uint64_t sum = slot->hits + times;
  slot->hits = sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

/* The slot where a text is or belongs.  key: without the offset of a text. */
static struct mt_distinct_slot *find(const struct mt_distinct *d, uint64_t key,
                                     const uint8_t *s, size_t n, uint64_t hash)
{
  const size_t mask = d->cap - 1;
  size_t at = hash & mask, have;

  for (; d->slot[at].key != 0; at = (at + 1) & mask) {
    if (key >> TAG_SHIFT != TAG_TEXT) {
      if (d->slot[at].key == key)
        break;
    } else if ((d->slot[at].key & ~OFFSET_MASK) == key) {
      const uint8_t *t = text_at(d, d->slot[at].key, &have);
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

int mt_distinct_add(struct mt_distinct *d, struct mt_distinct_pool *p, const uint8_t *s,
                    size_t n, uint64_t hash, uint64_t times)
{
  struct mt_distinct_slot *slot;
  uint64_t key;
  int rc = 0;

  if (d->hll != NULL) {
    hll_add(d->hll, s, n);
    return 0;
  }
  if (d->count >= d->cap / 2 + d->cap / 4)
    rc = grow_slots(d, p);
  if (rc == 0) {
    key = encode_number(s, n);
    if (key == 0)
      key = TAG_TEXT << TAG_SHIFT | (hash >> 42) << OFFSET_BITS;
    slot = find(d, key, s, n, hash);
    if (slot->key != 0) {
      add_hits(slot, times);
      return 0;
    }
    if (key >> TAG_SHIFT == TAG_TEXT)
      rc = store_text(d, p, &key, s, n);
  }
  if (rc == EAGAIN) {
    d->full = true;
    return 0;
  }
  if (rc != 0)
    return rc;
  (void)mt_text_sizes_add(&d->sizes, s, n, 1);
  slot->key = key;
  slot->hits = 0;
  add_hits(slot, times);
  d->count++;
  return 0;
}

bool mt_distinct_next(const struct mt_distinct *d, size_t *at, struct mt_distinct_text *t)
{
  while (*at < d->cap && d->slot[*at].key == 0)
    ++*at;
  if (*at >= d->cap)
    return false;
  t->hits = d->slot[*at].hits;
  if (d->slot[*at].key >> TAG_SHIFT == TAG_TEXT) {
    t->s = text_at(d, d->slot[*at].key, &t->n);
  } else {
    t->n = decode_number(d->slot[*at].key, t->small);
    t->s = t->small;
  }
  ++*at;
  return true;
}

int mt_distinct_evict(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  struct mt_distinct_text t;
  size_t at = 0;
  uint8_t *hll;

  if (d->hll != NULL)
    return 0;
  hll = calloc(HLL_REGISTERS, 1);
  if (hll == NULL)
    return ENOMEM;
  while (mt_distinct_next(d, &at, &t))
    hll_add(hll, t.s, t.n);
  free_texts(d, p);
  d->hll = hll;
  d->full = false;
  return 0;
}

static uint64_t hll_count(const uint8_t *hll)
{
  const double m = HLL_REGISTERS, alpha = 0.7213 / (1 + 1.079 / m);
  unsigned registers[HLL_RANKS] = {0}; /* by what they hold */
  double sum = 0, estimate;

  for (unsigned i = 0; i < HLL_REGISTERS; i++)
    registers[hll[i]]++;
  for (int i = 0; i < HLL_RANKS; i++)
    sum += ldexp(registers[i], -i);
  estimate = alpha * m * m / sum;
  if (estimate <= 2.5 * m && registers[0] > 0)
    estimate = m * log(m / registers[0]);
  return (uint64_t)(estimate + 0.5);
}

uint64_t mt_distinct_count(const struct mt_distinct *d)
{
  return d->hll != NULL ? hll_count(d->hll) : d->count;
}
