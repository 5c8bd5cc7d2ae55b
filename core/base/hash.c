#include "core/base/hash.h"

#include <sys/random.h>
#include <time.h>

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
