/* Threads that take no signals, except those that their own faults raise. */
#ifndef MT_CORE_THREAD_H
#define MT_CORE_THREAD_H

#include <pthread.h>

#include "core/base/error.h"

/* 0 or an errno value. */
int mt_thread_start(pthread_t *thread, void *(*run)(void *), void *arg) MT_MUST_CHECK;

#endif
