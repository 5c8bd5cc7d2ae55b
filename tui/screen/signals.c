#include "tui/screen/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "formats/output.h"

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static const int crashing[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS, SIGTRAP};
/* Nobody should send them, and they would end the program where it stands. */
static const int strange[] = {
    SIGUSR1,   SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO, SIGPWR,
#ifdef SIGSTKFLT
    SIGSTKFLT,
#endif
};
static const int stopping[] = {SIGTSTP, SIGCONT};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Handlers have no argument of ours: what they reach is here. */
static int pipe_fds[2] = {-1, -1};
static atomic_int caught;
static void (*_Atomic restore_terminal)(void);

static void install(int sig, void (*handler)(int), int flags)
{
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigemptyset(&action.sa_mask);
  sigaction(sig, &action, NULL);
}

/* Leaves no trace, then lets the signal do what it does by default. */
static void die(int sig)
{
  void (*restore)(void) = atomic_exchange(&restore_terminal, NULL);
  mt_output_emergency_unlink();
  if (restore != NULL)
    restore();
  install(sig, SIG_DFL, 0);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, sig);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  raise(sig);
}

static void note(int sig)
{
  int saved = errno;
  unsigned char byte = (unsigned char)sig;
  if (pipe_fds[1] >= 0 && write(pipe_fds[1], &byte, 1) < 0) {
    /* A full pipe already says that there is something to see. */
  }
  errno = saved;
}

static void on_ending(int sig)
{
  int none = 0;
  if (!atomic_compare_exchange_strong(&caught, &none, sig))
    die(sig);
  note(sig);
}

/* nohup and shells without job control ignore signals on purpose. */
static bool is_ignored(int sig)
{
  struct sigaction action;
  return sigaction(sig, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void mt_signals_batch(void)
{
  if (pipe_fds[0] < 0 && pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0)
    pipe_fds[0] = pipe_fds[1] = -1;
  for (size_t i = 0; i < COUNT(ending); i++)
    if (!is_ignored(ending[i]))
      install(ending[i], on_ending, 0);
  for (size_t i = 0; i < COUNT(crashing); i++)
    install(crashing[i], die, (int)SA_RESETHAND);
  for (size_t i = 0; i < COUNT(strange); i++)
    if (!is_ignored(strange[i]))
      install(strange[i], die, (int)SA_RESETHAND);
  install(SIGPIPE, SIG_IGN, 0);
  install(SIGXFSZ, SIG_IGN, 0);
}

int mt_signals_caught(void)
{
  return atomic_load(&caught);
}

void mt_signals_screen(void (*restore)(void))
{
  atomic_store(&restore_terminal, restore);
  for (size_t i = 0; i < COUNT(stopping); i++)
    install(stopping[i], restore != NULL ? note : SIG_DFL, SA_RESTART);
}

int mt_signals_fd(void)
{
  return pipe_fds[0];
}

int mt_signals_next(void)
{
  unsigned char byte;
  if (pipe_fds[0] < 0)
    return 0; /* mt_signals_caught still tells */
  return read(pipe_fds[0], &byte, 1) == 1 ? byte : 0;
}
