/* Signals: noted and handled in the open, never in the middle of something.
 *
 *   mt_signals_batch()    once, at start: SIGINT, SIGTERM, SIGHUP and SIGQUIT are noted,
 *                         SIGPIPE and SIGXFSZ become errors of the calls they stop,
 *                         crashes remove temporary files and restore the terminal
 *   mt_signals_caught()   whoever waits asks from time to time, in any thread
 *   mt_signals_screen()   the dashboard also wants SIGTSTP and SIGCONT, and a
 *                         descriptor to wait on
 *
 * A process that was told to end a second time, while it is still busy ending, does so
 * at once: temporary files are removed, and the signal takes its default course. */
#ifndef MT_TUI_SIGNALS_H
#define MT_TUI_SIGNALS_H

#include <stdbool.h>

void mt_signals_batch(void);

/* The first of SIGINT, SIGTERM, SIGHUP and SIGQUIT that came, or 0. */
int mt_signals_caught(void);

/* Begins (or ends) noting SIGTSTP and SIGCONT.  restore gives the terminal back; it is
 * called while the process crashes, so it may only do what is async-signal-safe. */
void mt_signals_screen(void (*restore)(void));

/* Readable when a signal was noted; -1 when there is no such descriptor. */
int mt_signals_fd(void);
/* Takes one noted signal, oldest first; 0 when there is none. */
int mt_signals_next(void);

#endif
