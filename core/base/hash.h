/* The hash of texts in tables: gathering them, counting distinct ones, comparing columns.
 * With a random seed (mt_hash_seed) no file can make a table slow. */
#ifndef MT_CORE_HASH_H
#define MT_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* A seed for a table of texts that come from a file: another one each time. */
uint64_t mt_hash_seed(const void *table);

/* XXH3 of many bytes: in the fastest way that the processor has, all of which give the
 * same. */
uint64_t mt_hash_long(const void *s, size_t n, uint64_t seed);

/* The first eight bytes of s[0..n), as a little-endian number; fewer are padded with
 * zeros. */
static inline uint64_t mt_text_head(const uint8_t *s, size_t n)
{
  uint64_t w = 0;
  uint32_t low, high;

  if (n >= 8) {
    memcpy(&w, s, sizeof w);
  } else if (n >= 4) {
    memcpy(&low, s, sizeof low);
    memcpy(&high, s + n - 4, sizeof high);
    w = low | (uint64_t)high << (8 * (n - 4));
  } else if (n > 0) {
    w = s[0] | (uint64_t)s[n / 2] << (8 * (n / 2)) | (uint64_t)s[n - 1] << (8 * (n - 1));
  }
  return w;
}

/* XXH3 of a text of known length, or almost: all of it where it is called, with what
 * other lengths need left out. */
static inline __attribute__((flatten)) uint64_t mt_hash_9_to_16(const uint8_t *s,
                                                                size_t n, uint64_t seed)
{
  if (n < 9 || n > 16)
    __builtin_unreachable();
  return XXH3_64bits_withSeed(s, n, seed);
}
static inline __attribute__((flatten)) uint64_t mt_hash_19(const uint8_t *s,
                                                           uint64_t seed)
{
  return XXH3_64bits_withSeed(s, 19, seed);
}

/* head: as mt_text_head */
static inline uint64_t mt_text_hash(const uint8_t *s, size_t n, uint64_t head,
                                    uint64_t seed)
{
  if (n > 8)
    return XXH3_64bits_withSeed(s, n, seed);
  head = (head ^ seed ^ n) * 0x9fb21c651e98df25ull;
  head ^= head >> 35;
  head *= 0x9fb21c651e98df25ull;
  return head ^ head >> 28;
}

#endif
