/* A flag that can be waited for together with other descriptors: what is told to stop
 * hears it at once, whatever it waits for, and looks at no clock meanwhile.
 *
 *   mt_bell_init -> mt_bell_ring (any thread) -> mt_bell_hush -> ... -> mt_bell_reset
 *
 * It goes on ringing, for whoever listens, until it is hushed. */
#ifndef MT_CORE_BELL_H
#define MT_CORE_BELL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "core/base/error.h"

struct mt_bell {
  atomic_bool rings;
  int fd[2]; /* a pipe with a byte in it while it rings */
};

/* A bell that nobody can wait for; reset does nothing to it. */
#define MT_BELL_FLAG ((struct mt_bell){.fd = {-1, -1}})

/* 0, or an errno value: EMFILE, ENFILE; then it is MT_BELL_FLAG. */
int mt_bell_init(struct mt_bell *b) MT_MUST_CHECK;
void mt_bell_reset(struct mt_bell *b);

void mt_bell_ring(struct mt_bell *b);
void mt_bell_hush(struct mt_bell *b);

static inline bool mt_bell_rings(const struct mt_bell *b)
{
  return atomic_load(&b->rings);
}

/* Readable while it rings; not to be read from.  -1, which poll passes over: none. */
static inline int mt_bell_fd(const struct mt_bell *b)
{
  return b->fd[0];
}

#endif
