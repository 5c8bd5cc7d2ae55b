#include "core/base/thread.h"

#include <signal.h>

int mt_thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
  static const int own_fault[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  sigset_t mask, old;
  int rc;

  sigfillset(&mask);
  for (size_t i = 0; i < sizeof own_fault / sizeof *own_fault; i++)
    sigdelset(&mask, own_fault[i]);
  pthread_sigmask(SIG_SETMASK, &mask, &old);
  rc = pthread_create(thread, NULL, run, arg);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  return rc;
}
