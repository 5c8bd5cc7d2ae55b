/* The last bytes of a text that can only be read forward: going back a little is then
 * no reason to begin anew. */
#ifndef MT_FORMATS_RECENT_H
#define MT_FORMATS_RECENT_H

#include <stddef.h>
#include <stdint.h>

#define MT_RECENT_SIZE ((size_t)8 << 20)

struct mt_recent {
  uint64_t end; /* of the text so far: where the next bytes belong */
  uint8_t ring[MT_RECENT_SIZE];
};

/* NULL: no memory.  The caller frees it. */
struct mt_recent *mt_recent_new(void);
/* The first byte that is still there. */
static inline uint64_t mt_recent_begin(const struct mt_recent *r)
{
  return r->end > MT_RECENT_SIZE ? r->end - MT_RECENT_SIZE : 0;
}
/* Adds what follows. */
void mt_recent_add(struct mt_recent *r, const uint8_t *p, size_t n);
/* Copies at most n bytes from `at` on, which is not before the first one; returns how
 * many, 0 at the end. */
size_t mt_recent_get(const struct mt_recent *r, uint64_t at, uint8_t *p, size_t n);

#endif
