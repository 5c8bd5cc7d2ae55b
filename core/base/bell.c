#include "core/base/bell.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int mt_bell_init(struct mt_bell *b)
{
  *b = MT_BELL_FLAG;
  return pipe2(b->fd, O_CLOEXEC) == 0 ? 0 : errno;
}

void mt_bell_reset(struct mt_bell *b)
{
  for (int i = 0; i < 2; i++)
    if (b->fd[i] >= 0)
      close(b->fd[i]);
  *b = MT_BELL_FLAG;
}

void mt_bell_ring(struct mt_bell *b)
{
  if (atomic_exchange(&b->rings, true) || b->fd[1] < 0)
    return;
  while (write(b->fd[1], "", 1) < 0 && errno == EINTR)
    ;
}

/* The byte of whoever began to ring may still be on its way. */
void mt_bell_hush(struct mt_bell *b)
{
  char byte;

  if (!atomic_exchange(&b->rings, false) || b->fd[0] < 0)
    return;
  while (read(b->fd[0], &byte, 1) < 0 && errno == EINTR)
    ;
}
