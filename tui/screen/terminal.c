#include "tui/screen/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#include "core/base/clock.h"
#include "tui/action.h"
#include "tui/screen/signals.h"

#define ESCAPE_DELAY 25  /* milliseconds in which the rest of a key follows its Esc */
#define MOST_EVENTS 16   /* of the mouse, at once: twice what ncurses keeps */
#define DOUBLE_CLICK 0.4 /* seconds from one click to the next */

static struct {
  SCREEN *screen; /* NULL: not started */
  FILE *keyboard; /* stdin, or the terminal itself */
  enum mt_palette palette;
  const struct mt_theme *theme;
  bool own_colors;   /* the terminal's own can be kept */
  bool synchronised; /* frames are told from their parts */
  struct termios before;
  char restore[256]; /* what ends full-screen mode, for a crash */
  size_t restore_len;
  int stderr_fd;  /* the real one */
  int noise_fd;   /* what was written to stderr meanwhile */
  double clicked; /* when, and where */
  int click_x, click_y;
  MEVENT event[MOST_EVENTS]; /* the newest first; seen next is the last of them */
  int events;
} term = {.stderr_fd = -1, .noise_fd = -1};

/* --- stderr ---------------------------------------------------------------------- */

static void hold_stderr(void)
{
  term.noise_fd = memfd_create("memtop-stderr", MFD_CLOEXEC);
  term.stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (term.noise_fd >= 0 && term.stderr_fd >= 0)
    dup2(term.noise_fd, STDERR_FILENO);
}

/* Async-signal-safe. */
static void release_stderr(void)
{
  char bytes[4096];
  off_t at = 0;
  ssize_t n;
  if (term.noise_fd < 0 || term.stderr_fd < 0)
    return;
  dup2(term.stderr_fd, STDERR_FILENO);
  while ((n = pread(term.noise_fd, bytes, sizeof bytes, at)) > 0) {
    at += n;
    if (write(STDERR_FILENO, bytes, (size_t)n) != n)
      break;
  }
  close(term.noise_fd);
  close(term.stderr_fd);
  term.noise_fd = term.stderr_fd = -1;
}

/* --- start and end ----------------------------------------------------------------- */

static int keep_byte(int byte)
{
  if (term.restore_len < sizeof term.restore)
    term.restore[term.restore_len++] = (char)byte;
  return byte;
}

/* A terminal that hides its cursor by a private mode passes over those it does not
 * know; one that knows this mode shows a frame only once all of it is there. */
static const char frame_begin[] = "\033[?2026h", frame_end[] = "\033[?2026l";

static bool knows_private_modes(void)
{
  const char *hide = tigetstr("civis");
  return hide != NULL && hide != (const char *)-1 && strstr(hide, "\033[?25l") != NULL;
}

/* Prepared at the start: a crash can no longer ask terminfo. */
static void prepare_restore(void)
{
  static const char *const names[] = {"sgr0", "rmkx", "cnorm", "rmcup"};
  const char *mouse = tigetstr("XM"), *mouse_key = tigetstr("kmous");
  term.restore_len = 0;
  if (term.synchronised)
    tputs(frame_end, 1, keep_byte);
  if (mouse != NULL && mouse != (const char *)-1)
    tputs(tparm(mouse, 0), 1, keep_byte);
  else if (mouse_key != NULL && mouse_key != (const char *)-1)
    tputs("\033[?1000l", 1, keep_byte); /* as ncurses assumes */
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *sequence = tigetstr(names[i]);
    if (sequence != NULL && sequence != (const char *)-1)
      tputs(sequence, 1, keep_byte);
  }
}

/* Async-signal-safe: after a crash. */
static void restore_after_crash(void)
{
  if (write(STDOUT_FILENO, term.restore, term.restore_len) < 0) {
    /* The terminal is gone; there is nothing to give back. */
  }
  tcsetattr(fileno(term.keyboard), TCSANOW, &term.before);
  release_stderr();
}

/* A colour that the terminal has, for one of a theme. */
static short fit_color(int16_t color, short fallback)
{
  if (color < 0)
    return term.own_colors ? -1 : fallback;
  return (short)(color < COLORS ? color : color % 8);
}

void mt_terminal_theme(const struct mt_theme *theme)
{
  term.theme = theme;
  if (term.palette == MT_PALETTE_MONO)
    return;
  for (int role = 0; role < MT_ROLE_COUNT; role++) {
    struct mt_look look = theme->look[role][term.palette];
    init_pair((short)(role + 1), fit_color(look.fg, COLOR_WHITE),
              fit_color(look.bg, COLOR_BLACK));
  }
}

static void start_colors(int color_limit)
{
  term.palette = MT_PALETTE_MONO;
  if (color_limit == 0 || !has_colors())
    return;
  start_color();
  term.own_colors = use_default_colors() == OK;
  term.palette = mt_theme_palette(COLORS < color_limit ? COLORS : color_limit);
}

static int refuse(struct mt_error *err, const char *what)
{
  mt_fail(err, ENOTTY, "%s", what);
  mt_error_remedy(err, "use --report or --json");
  return ENOTTY;
}

int mt_terminal_start(int color_limit, const struct mt_theme *theme, struct mt_error *err)
{
  const char *name = getenv("TERM");
  if (!isatty(STDOUT_FILENO))
    return refuse(err, "the dashboard needs a terminal");
  if (name == NULL || name[0] == '\0' || strcmp(name, "dumb") == 0)
    return refuse(err, "this terminal cannot show the dashboard");
  term.keyboard = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "re");
  if (term.keyboard == NULL || tcgetattr(fileno(term.keyboard), &term.before) != 0)
    return refuse(err, "there is no keyboard to read from");
  term.screen = newterm(NULL, stdout, term.keyboard);
  if (term.screen == NULL)
    return refuse(err, "this terminal is not in the terminfo database");
  term.synchronised = knows_private_modes();
  prepare_restore();
  hold_stderr();
  mt_signals_screen(restore_after_crash);
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  set_escdelay(ESCAPE_DELAY);
  mouseinterval(0);
  curs_set(0);
  start_colors(color_limit);
  mt_terminal_theme(theme);
  return 0;
}

/* Where the screen before does not come back, as on a console, the last frame stays: but
 * for its footer, which the prompt would be written over. */
static void leave_screen(void)
{
  move(getmaxy(stdscr) - 1, 0);
  clrtoeol();
  refresh();
  endwin();
}

void mt_terminal_stop(void)
{
  if (term.screen == NULL)
    return;
  mt_signals_screen(NULL);
  leave_screen();
  delscreen(term.screen);
  term.screen = NULL;
  tcsetattr(fileno(term.keyboard), TCSANOW, &term.before);
  if (term.keyboard != stdin)
    fclose(term.keyboard);
  release_stderr();
}

int mt_terminal_colors(int fd)
{
  int error;
  if (!isatty(fd) || setupterm(NULL, fd, &error) != OK)
    return 0;
  int colors = tigetnum("colors");
  del_curterm(cur_term);
  return colors < 0 ? 0 : colors;
}

bool mt_terminal_utf8(void)
{
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void mt_terminal_suspend(void)
{
  struct sigaction stop = {.sa_handler = SIG_DFL}, before;
  leave_screen();
  sigaction(SIGTSTP, &stop, &before);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &before, NULL);
  mt_terminal_resume();
}

void mt_terminal_resume(void)
{
  reset_prog_mode();
  raw();
  curs_set(0);
  clearok(curscr, TRUE);
}

/* --- keys -------------------------------------------------------------------- */

int mt_terminal_fd(void)
{
  return fileno(term.keyboard);
}

static int translate(wint_t key)
{
  static const struct {
    wint_t from;
    int to;
  } keys[] = {
      {KEY_UP, MT_KEY_UP},
      {KEY_DOWN, MT_KEY_DOWN},
      {KEY_LEFT, MT_KEY_LEFT},
      {KEY_RIGHT, MT_KEY_RIGHT},
      {KEY_PPAGE, MT_KEY_PAGE_UP},
      {KEY_NPAGE, MT_KEY_PAGE_DOWN},
      {KEY_HOME, MT_KEY_HOME},
      {KEY_END, MT_KEY_END},
      {KEY_BACKSPACE, MT_KEY_BACKSPACE},
      {KEY_DC, MT_KEY_DELETE},
      {KEY_F(1), MT_KEY_F1},
      {KEY_F(3), MT_KEY_F3},
      {KEY_F(4), MT_KEY_F4},
      {KEY_F(5), MT_KEY_F5},
      {KEY_F(6), MT_KEY_F6},
      {KEY_F(9), MT_KEY_F9},
      {KEY_F(10), MT_KEY_F10},
      {KEY_ENTER, MT_KEY_ENTER},
      {KEY_RESIZE, MT_KEY_RESIZE},
  };
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (keys[i].from == key)
      return keys[i].to;
  return MT_KEY_UNKNOWN;
}

void mt_terminal_mouse(bool on)
{
  mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

/* ncurses would hold every click back to see whether a second one follows. */
static bool is_double(const struct mt_mouse *m)
{
  double now = mt_now();
  bool same = term.click_x == m->x && term.click_y == m->y;
  bool again = same && now - term.clicked < DOUBLE_CLICK;
  term.click_x = m->x;
  term.click_y = m->y;
  term.clicked = again ? -DOUBLE_CLICK : now; /* a third one begins anew */
  return again;
}

/* The oldest event that was not seen yet.  ncurses tells once of several that came
 * together, as they do when the program was busy, and gives the newest first. */
static bool next_event(MEVENT *e)
{
  if (term.events == 0)
    while (term.events < MOST_EVENTS && getmouse(&term.event[term.events]) == OK)
      term.events++;
  if (term.events == 0)
    return false;
  *e = term.event[--term.events];
  return true;
}

static int mouse_event(struct mt_mouse *mouse)
{
  MEVENT e;
  if (!next_event(&e))
    return MT_KEY_UNKNOWN;
  *mouse = (struct mt_mouse){.x = e.x, .y = e.y};
  if (e.bstate & BUTTON4_PRESSED)
    mouse->what = MT_MOUSE_UP;
  else if (e.bstate & BUTTON5_PRESSED)
    mouse->what = MT_MOUSE_DOWN;
  else if (e.bstate & BUTTON1_PRESSED)
    mouse->what = is_double(mouse) ? MT_MOUSE_DOUBLE : MT_MOUSE_CLICK;
  else
    return MT_KEY_UNKNOWN;
  return MT_KEY_MOUSE;
}

/* The rest of "\033[1;5A" or "\033O5A", behind its third character: up to a letter or
 * another end; "\033[[A" of the console has one more. */
static void skip_sequence(wint_t first)
{
  wint_t c = first;
  int kind = c == '[' ? get_wch(&c) : OK;
  while (kind == OK && c < 0x40)
    kind = get_wch(&c);
}

/* Whether what follows an Esc at once makes it a key that this terminal's description
 * does not have, such as Ctrl-Up in many: nobody typed its single characters, which would
 * be keys of their own. */
static bool is_unknown_key(void)
{
  wint_t second, third;
  timeout(ESCAPE_DELAY);
  int kind = get_wch(&second);
  bool begun = kind == OK && (second == '[' || second == 'O');
  if (begun && get_wch(&third) == OK)
    skip_sequence(third);
  nodelay(stdscr, TRUE);
  if (kind == KEY_CODE_YES)
    ungetch((int)second);
  else if (kind == OK && !begun)
    unget_wch((wchar_t)second);
  return begun;
}

int mt_terminal_key(struct mt_mouse *mouse)
{
  wint_t key;
  if (term.events > 0)
    return mouse_event(mouse);
  int kind = get_wch(&key);
  if (kind == ERR)
    return MT_KEY_NONE;
  if (kind == KEY_CODE_YES && key == KEY_MOUSE)
    return mouse_event(mouse);
  if (kind == KEY_CODE_YES)
    return translate(key);
  if (key == MT_KEY_ESC && is_unknown_key())
    return MT_KEY_UNKNOWN;
  if (key == '\n')
    return MT_KEY_ENTER;
  if (key == 0x7f || key == 8)
    return MT_KEY_BACKSPACE;
  return key == 0 || key >= 0x110000 ? MT_KEY_UNKNOWN : (int)key;
}

/* --- the clipboard ----------------------------------------------------------- */

static void write_all(const char *p, size_t n)
{
  while (n > 0) {
    ssize_t done = write(STDOUT_FILENO, p, n);
    if (done < 0 && errno != EINTR)
      return; /* the terminal is gone: the loop will notice */
    p += done > 0 ? done : 0;
    n -= done > 0 ? (size_t)done : 0;
  }
}

/* Three bytes, or the last one or two, as four characters. */
static void encode_base64(char dst[4], const uint8_t *s, size_t n)
{
  static const char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t v = (uint32_t)s[0] << 16 | (n > 1 ? (uint32_t)s[1] << 8 : 0) |
               (n > 2 ? (uint32_t)s[2] : 0);
  dst[0] = digits[v >> 18];
  dst[1] = digits[v >> 12 & 63];
  dst[2] = n > 1 ? digits[v >> 6 & 63] : '=';
  dst[3] = n > 2 ? digits[v & 63] : '=';
}

void mt_terminal_copy(const void *text, size_t n)
{
  static const char begin[] = "\033]52;c;", end[] = "\a";
  const uint8_t *s = text;
  char part[4096];
  size_t len = 0;
  write_all(begin, sizeof begin - 1);
  for (size_t i = 0; i < n; i += 3) {
    encode_base64(part + len, s + i, n - i < 3 ? n - i : 3);
    len += 4;
    if (len == sizeof part || i + 3 >= n) {
      write_all(part, len);
      len = 0;
    }
  }
  write_all(end, sizeof end - 1);
}

/* --- painting ---------------------------------------------------------------- */

void mt_terminal_size(int *width, int *height)
{
  getmaxyx(stdscr, *height, *width);
}

static attr_t curses_attributes(uint8_t attributes)
{
  return (attributes & MT_ATTR_BOLD ? A_BOLD : 0) |
         (attributes & MT_ATTR_DIM ? A_DIM : 0) |
         (attributes & MT_ATTR_REVERSE ? A_REVERSE : 0) |
         (attributes & MT_ATTR_UNDERLINE ? A_UNDERLINE : 0);
}

void mt_terminal_paint(const struct mt_canvas *c, bool all)
{
  if (all)
    clearok(curscr, TRUE);
  for (int y = 0; y < c->height; y++) {
    for (int x = 0; x < c->width; x++) {
      const struct mt_canvas_cell *cell =
          &c->cells[(size_t)y * (size_t)c->width + (size_t)x];
      if (cell->width == 0)
        continue;
      struct mt_look look = term.theme->look[cell->role][term.palette];
      short pair = term.palette == MT_PALETTE_MONO ? 0 : (short)(cell->role + 1);
      cchar_t glyph;
      setcchar(&glyph, cell->text, curses_attributes(look.attributes), pair, NULL);
      mvadd_wch(y, x, &glyph);
    }
  }
  if (term.synchronised)
    write_all(frame_begin, sizeof frame_begin - 1);
  refresh();
  if (term.synchronised)
    write_all(frame_end, sizeof frame_end - 1);
}
