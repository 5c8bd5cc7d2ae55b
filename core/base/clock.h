/* Seconds of the clock that nobody sets, and waits that go by it. */
#ifndef MT_CORE_CLOCK_H
#define MT_CORE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>

/* Seconds since some time before the program began. */
double mt_now(void);

/* A condition for mt_cond_wait_until; pthread_cond_destroy ends it. */
void mt_cond_init(pthread_cond_t *c);
/* With the lock, as pthread_cond_wait; false: it is that time, of mt_now. */
bool mt_cond_wait_until(pthread_cond_t *c, pthread_mutex_t *lock, double time);

#endif
