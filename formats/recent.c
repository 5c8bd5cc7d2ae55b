#include "formats/recent.h"

#include <stdlib.h>
#include <string.h>

struct mt_recent *mt_recent_new(void)
{
  struct mt_recent *r = malloc(sizeof *r);

  if (r)
    r->end = 0;
  return r;
}

/* Bytes from `at` on that lie together in the ring, at most n. */
static size_t together(uint64_t at, size_t n)
{
  const size_t left = MT_RECENT_SIZE - (size_t)(at % MT_RECENT_SIZE);

  return n < left ? n : left;
}

void mt_recent_add(struct mt_recent *r, const uint8_t *p, size_t n)
{
  while (n) {
    const size_t m = together(r->end, n);
    memcpy(r->ring + r->end % MT_RECENT_SIZE, p, m);
    r->end += m;
    p += m;
    n -= m;
  }
}

size_t mt_recent_get(const struct mt_recent *r, uint64_t at, uint8_t *p, size_t n)
{
  if (at >= r->end)
    return 0;
  if (n > r->end - at)
    n = (size_t)(r->end - at);
  n = together(at, n);
  memcpy(p, r->ring + at % MT_RECENT_SIZE, n);
  return n;
}
