#include "core/base/clock.h"

#include <time.h>

double mt_now(void)
{
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void mt_cond_init(pthread_cond_t *c)
{
  pthread_condattr_t monotonic;

  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(c, &monotonic);
  pthread_condattr_destroy(&monotonic);
}

bool mt_cond_wait_until(pthread_cond_t *c, pthread_mutex_t *lock, double time)
{
  struct timespec t = {.tv_sec = (time_t)time};

  t.tv_nsec = (long)((time - (double)t.tv_sec) * 1e9);
  return pthread_cond_timedwait(c, lock, &t) == 0;
}
