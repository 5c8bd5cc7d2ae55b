#include "core/base/hash.h"

#include <sys/random.h>
#include <time.h>

#include "config.h"

/* Early in a machine's life the kernel has no random bytes yet, and is not waited for. */
uint64_t mt_hash_seed(const void *table)
{
  struct timespec t;
  uint64_t seed;

  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed)
    return seed;
  clock_gettime(CLOCK_REALTIME, &t);
  seed = (uint64_t)t.tv_nsec ^ (uint64_t)t.tv_sec << 30 ^ (uintptr_t)table;
  return XXH3_64bits(&seed, sizeof seed);
}

#if HAVE_XXH3_64BITS_WITHSEED_DISPATCH
/* Its header does not go with XXH_INLINE_ALL. */
XXH64_hash_t XXH3_64bits_withSeed_dispatch(const void *s, size_t n, XXH64_hash_t seed);
#else
#define XXH3_64bits_withSeed_dispatch XXH3_64bits_withSeed
#endif

uint64_t mt_hash_long(const void *s, size_t n, uint64_t seed)
{
  return XXH3_64bits_withSeed_dispatch(s, n, seed);
}
