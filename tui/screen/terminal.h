/* The terminal, by way of ncurses: the only file that knows it.
 *
 *   mt_terminal_start -> mt_terminal_key, mt_terminal_paint ... -> mt_terminal_stop
 *
 * While it runs, keys like Ctrl-C and Ctrl-Z arrive as keys, and what libraries write
 * to stderr is kept back and shown after the end.  There is one terminal, so its state
 * is the module's own. */
#ifndef MT_TUI_TERMINAL_H
#define MT_TUI_TERMINAL_H

#include "core/base/error.h"
#include "tui/screen/canvas.h"
#include "tui/screen/mouse.h"

/* Takes the terminal over.  color_limit: 0 (none), 16 or 256; the theme stays the
 * caller's.  0 or an errno value. */
int mt_terminal_start(int color_limit, const struct mt_theme *theme,
                      struct mt_error *err) MT_MUST_CHECK;
/* Changes to another theme, or to what the same one has become. */
void mt_terminal_theme(const struct mt_theme *theme);
/* Gives it back as it was.  May be called again. */
void mt_terminal_stop(void);

/* How many colours the terminal behind a descriptor has; 0 when it is none.  Not while
 * the terminal is taken over. */
int mt_terminal_colors(int fd);

/* Whether the terminal shows UTF-8. */
bool mt_terminal_utf8(void);
/* Where keys come from, for poll. */
int mt_terminal_fd(void);
/* The next key that is there (action.h), or MT_KEY_NONE; *mouse says what the mouse did
 * with MT_KEY_MOUSE. */
int mt_terminal_key(struct mt_mouse *mouse);
/* Whether the mouse is told of; while it is, the terminal selects text only with Shift.
 * Off at the start. */
void mt_terminal_mouse(bool on);
/* Asks the terminal to put a text into the clipboard (OSC 52): many do, none answers. */
void mt_terminal_copy(const void *text, size_t n);
void mt_terminal_size(int *width, int *height);
/* all: repaint what the terminal is thought to show already, too. */
void mt_terminal_paint(const struct mt_canvas *c, bool all);
/* Gives the terminal back, stops the process, and takes it again when it goes on. */
void mt_terminal_suspend(void);
/* Takes the terminal again after somebody else stopped and continued the process. */
void mt_terminal_resume(void);

#endif
