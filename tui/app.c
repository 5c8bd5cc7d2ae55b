#include "tui/app.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "tui/cli/batch.h"
#include "tui/cli/planning.h"
#include "tui/screen/signals.h"
#include "tui/screen/terminal.h"
#include "tui/views/view.h"

/* Seconds between snapshots while something runs; else they wait for the next sample. */
#define BUSY_TICK 0.1
/* Seconds that a snapshot may work on what changed before a key is looked for. */
#define STEP 0.002
/* A second Ctrl-C within this time asks to quit. */
#define AGAIN 2.0
/* How long an ending waits for an export to clean up after itself. */
#define FAREWELL 10.0

struct app {
  struct mt_ui ui;
  struct mt_snapshot snap;
  struct mt_canvas canvas;
  double next_tick;   /* when the next snapshot is due */
  double interrupted; /* time of the last Ctrl-C that stopped something */
  bool stopping;      /* a scan that was told to has not stopped yet */
  bool repaint;
  bool working;                /* some view has more to do */
  int signal;                  /* that ends the program */
  struct mt_planning planning; /* what the command line says */
  bool planned;                /* it was followed */
};

/* --- frames ---------------------------------------------------------------------- */

/* Once the first scan is over, the plan becomes what the command line says. */
static void follow_options(struct app *a)
{
  struct mt_error err = {0};

  if (a->planned || (a->snap.scan != MT_SCAN_DONE && a->snap.scan != MT_SCAN_PARTIAL))
    return;
  a->planned = true;
  if (mt_planning_follow(&a->planning, a->ui.session, MT_APPLY_NONE, &err) != 0)
    mt_ui_say_error(&a->ui, &err);
  (void)!mt_session_snapshot(a->ui.session, &a->snap);
}

static int take_snapshot(struct app *a)
{
  int rc = mt_session_snapshot_within(a->ui.session, &a->snap, STEP);
  if (a->stopping && a->snap.scan != MT_SCAN_RUNNING) {
    a->stopping = false;
    a->ui.message[0] = '\0'; /* the header says how far it came */
  }
  follow_options(a);
  double wait = mt_session_until_sample(a->ui.session);
  if (wait > BUSY_TICK &&
      (a->working || a->ui.listing.job != NULL || mt_session_busy(a->ui.session)))
    wait = BUSY_TICK;
  a->next_tick = mt_now() + wait;
  return rc;
}

static int paint(struct app *a)
{
  struct mt_ui *ui = &a->ui;
  mt_terminal_size(&ui->width, &ui->height);
  if (mt_ui_update(ui) != 0)
    return ENOMEM;
  if (mt_canvas_resize(&a->canvas, ui->width, ui->height) != 0)
    return ENOMEM;
  mt_ui_draw(ui, &a->canvas);
  mt_terminal_paint(&a->canvas, a->repaint);
  a->repaint = false;
  return 0;
}

/* --- keys that every view shares --------------------------------------------- */

/* Ctrl-C stops what runs; when nothing does, or soon after, it asks to quit. */
static unsigned interrupt(struct app *a)
{
  struct mt_ui *ui = &a->ui;
  bool again = mt_now() - a->interrupted < AGAIN;
  a->interrupted = mt_now();
  if (again)
    return mt_ui_quit(ui);
  if (a->snap.export_state == MT_EXPORT_RUNNING) {
    mt_session_export_cancel(ui->session);
    mt_ui_say(ui, MT_ROLE_WARN, "cancelling the export; Ctrl-C again quits");
  } else if (a->snap.scan == MT_SCAN_RUNNING) {
    mt_session_scan_stop(ui->session);
    a->stopping = true;
    mt_ui_say(ui, MT_ROLE_WARN, "stopping the scan; Ctrl-C again quits");
  } else {
    mt_ui_say(ui, MT_ROLE_DIM, "nothing runs; Ctrl-C again quits");
  }
  return MT_REACT_SNAPSHOT;
}

static unsigned switch_mouse(struct mt_ui *ui)
{
  ui->mouse = !ui->mouse;
  mt_terminal_mouse(ui->mouse);
  mt_ui_say(ui, MT_ROLE_TEXT, "%s",
            ui->mouse ? "mouse on; Shift with the mouse still selects text"
                      : "mouse off: it selects and copies text again; M turns it on");
  return MT_REACT_DRAW;
}

static unsigned act_unhandled(struct app *a, enum mt_action action)
{
  struct mt_ui *ui = &a->ui;
  switch (action) {
  case MT_ACTION_CANCEL:
    return interrupt(a);
  case MT_ACTION_SUSPEND:
    return MT_REACT_SUSPEND;
  case MT_ACTION_REPAINT:
    return MT_REACT_REPAINT;
  case MT_ACTION_MOUSE:
    return switch_mouse(ui);
  case MT_ACTION_EXPORT:
    mt_export_open(ui);
    return MT_REACT_DRAW;
  default:
    return MT_REACT_NONE;
  }
}

/* A change is seen by the next key, also when several came at once. */
static int press(struct app *a, int key, const struct mt_mouse *mouse, unsigned *reaction)
{
  unsigned r = key == MT_KEY_RESIZE  ? MT_REACT_REPAINT
               : key == MT_KEY_MOUSE ? mt_ui_mouse(&a->ui, &a->canvas, mouse)
                                     : mt_ui_key(&a->ui, key);
  if (r & MT_REACT_UNHANDLED)
    r |= act_unhandled(a, a->ui.unhandled);
  if (r & MT_REACT_THEME)
    mt_terminal_theme(&a->ui.theme);
  if (r & MT_REACT_COPY)
    mt_terminal_copy(a->ui.clip, a->ui.clip_len);
  *reaction |= r;
  if ((r & MT_REACT_SNAPSHOT) && take_snapshot(a) != 0)
    return ENOMEM;
  return r & MT_REACT_SNAPSHOT ? mt_ui_update(&a->ui) : 0;
}

/* --- the loop ---------------------------------------------------------------- */

static unsigned hear_signals(struct app *a)
{
  unsigned reaction = MT_REACT_NONE;
  for (int sig; (sig = mt_signals_next()) != 0;) {
    if (sig == SIGTSTP) {
      reaction |= MT_REACT_SUSPEND;
    } else if (sig == SIGCONT) {
      mt_terminal_resume();
      reaction |= MT_REACT_REPAINT;
    }
  }
  a->signal = mt_signals_caught();
  return a->signal != 0 ? MT_REACT_QUIT : reaction;
}

/* Waits for a key, a signal, the end of a job or the next tick. */
static int wait_for_input(struct app *a, unsigned *reaction)
{
  struct pollfd fds[] = {{mt_terminal_fd(), POLLIN, 0},
                         {mt_signals_fd(), POLLIN, 0},
                         {mt_session_fd(a->ui.session), POLLIN, 0}};
  double left = a->next_tick - mt_now();
  poll(fds, 3, left <= 0 || a->working || a->snap.behind ? 0 : (int)(left * 1000) + 1);
  if (fds[2].revents)
    a->next_tick = mt_now();
  *reaction = hear_signals(a);
  if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) { /* the terminal is gone */
    a->signal = SIGHUP;
    *reaction = MT_REACT_QUIT;
  }
  struct mt_mouse mouse;
  int key, rc = 0;
  while (rc == 0 && !(*reaction & MT_REACT_QUIT) &&
         (key = mt_terminal_key(&mouse)) != MT_KEY_NONE)
    rc = press(a, key, &mouse, reaction);
  return rc;
}

/* *changed: something that took long has come to its end, or has just begun. */
static int work(struct app *a, bool *changed)
{
  bool before = a->working, behind = a->snap.behind;
  if (behind && take_snapshot(a) != 0)
    return ENOMEM;
  a->working = mt_ui_work(&a->ui);
  if (a->working && !before)
    a->next_tick = mt_now() + BUSY_TICK;
  *changed = before != a->working || behind != a->snap.behind;
  return 0;
}

static int loop(struct app *a)
{
  for (;;) {
    unsigned reaction = MT_REACT_NONE;
    bool worked = false;
    int rc = work(a, &worked);
    if (rc == 0)
      rc = wait_for_input(a, &reaction);
    if (rc != 0 || (reaction & MT_REACT_QUIT))
      return rc;
    if (reaction & MT_REACT_SUSPEND) {
      mt_terminal_suspend();
      reaction |= MT_REACT_REPAINT;
    }
    a->repaint = reaction & MT_REACT_REPAINT;
    if (worked)
      reaction |= MT_REACT_DRAW;
    bool due = mt_now() >= a->next_tick;
    if (due && take_snapshot(a) != 0)
      return ENOMEM;
    if ((due || reaction != MT_REACT_NONE) && paint(a) != 0)
      return ENOMEM;
  }
}

static int show(struct app *a, struct mt_session *session, const struct mt_options *o,
                struct mt_error *err)
{
  a->ui.session = session;
  a->ui.export.options = o->write;
  a->ui.graphs.style = o->graph;
  a->ui.mouse = !o->no_mouse;
  mt_terminal_mouse(a->ui.mouse);
  int rc = take_snapshot(a);
  if (rc == 0)
    rc = paint(a); /* at once, before anything is read */
  if (rc == 0 && a->snap.scan == MT_SCAN_IDLE)
    rc = mt_session_scan_start(session, err);
  if (rc == 0) {
    a->next_tick = mt_now();
    rc = loop(a);
  }
  return rc != 0 && err->code == 0 ? mt_fail_memory(err) : rc;
}

/* An export is told to end, and given the time to leave nothing behind. */
static void end_work(const struct app *a, struct mt_session *session)
{
  mt_session_export_cancel(session);
  mt_session_scan_stop(session);
  if (a->snap.export_state == MT_EXPORT_RUNNING)
    mt_session_wait(session, FAREWELL);
}

/* What can go wrong before there is a screen.  EINVAL: the command line is wrong. */
static int prepare(struct app *a, struct mt_session *session, const struct mt_options *o,
                   struct mt_error *err)
{
  mt_snapshot_init(&a->snap);
  mt_canvas_init(&a->canvas, o->ascii || !mt_terminal_utf8());
  mt_ui_init(&a->ui, mt_session_schema(session), &a->snap);
  a->interrupted = -AGAIN;
  a->ui.theme = o->theme;
  return mt_planning_init(&a->planning, session, o, err);
}

static void finish(struct app *a)
{
  mt_ui_reset(&a->ui);
  mt_canvas_reset(&a->canvas);
  mt_snapshot_reset(&a->snap);
  mt_planning_reset(&a->planning);
  free(a);
}

int mt_app_run(struct mt_session *session, const struct mt_options *options)
{
  struct mt_error err = {0};
  struct app *a = calloc(1, sizeof *a);
  if (a == NULL) {
    mt_fail_memory(&err);
    mt_batch_complain(&err);
    return MT_EXIT_FAILED;
  }
  int rc = prepare(a, session, options, &err);
  int status = rc == EINVAL ? MT_EXIT_USAGE : MT_EXIT_FAILED;
  if (rc == 0) {
    status = MT_EXIT_FAILED;
    rc = mt_terminal_start(mt_options_colors(options), &a->ui.theme, &err);
  }
  if (rc == 0) {
    rc = show(a, session, options, &err);
    mt_terminal_stop();
    end_work(a, session);
  }
  int signal = a->signal;
  finish(a);
  if (signal != 0)
    return 128 + signal;
  if (rc != 0)
    mt_batch_complain(&err);
  return rc == 0 ? MT_EXIT_OK : status;
}
