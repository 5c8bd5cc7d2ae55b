#include "tui/cli/batch.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tui/cli/json.h"
#include "tui/cli/plan_io.h"
#include "tui/cli/planning.h"
#include "tui/cli/report.h"
#include "tui/cli/snapshot.h"
#include "tui/loader/loader.h"
#include "tui/screen/signals.h"

#define TICK_SECONDS 0.1
#define PROGRESS_WIDTH 78 /* of the line on stderr; the usual terminal has 80 */
#define MOST_REPORT ((size_t)2 << 30)

void mt_batch_complain(const struct mt_error *e)
{
  char what[sizeof e->what * 2], remedy[sizeof e->remedy * 2];

  mt_sanitise(what, sizeof what, e->what, strlen(e->what), 0);
  mt_sanitise(remedy, sizeof remedy, e->remedy, strlen(e->remedy), 0);
  fprintf(stderr, "memtop: %s%s%s\n", what, remedy[0] ? "; " : "", remedy);
}

int mt_batch_status(const struct mt_error *e)
{
  return e->code == ENOBUFS ? MT_EXIT_USAGE : MT_EXIT_FAILED;
}

/* ---- progress ----------------------------------------------------------- */

/* Overwrites the line with blanks, not with an escape sequence: any terminal can. */
static void print_progress(const char *line)
{
  fprintf(stderr, "\r%-*s", PROGRESS_WIDTH, line);
}

static void show_progress(const struct mt_snapshot *snap)
{
  char done[MT_SIZE_PROSE], rows[MT_COUNT_TEXT], line[PROGRESS_WIDTH + 1];
  double seconds = snap->scan_seconds, share = 0;
  int n;

  if (snap->export_state == MT_EXPORT_RUNNING && snap->scan != MT_SCAN_RUNNING) {
    seconds = snap->export_seconds;
    share = snap->rows ? (double)snap->export_rows / (double)snap->rows : 1;
    n = snprintf(line, sizeof line, "exporting  %3.0f %%  %s rows  %s written",
                 share * 100, mt_format_count(rows, snap->export_rows),
                 mt_format_size(done, snap->export_bytes));
  } else {
    if (snap->progress.total > 0) {
      share = (double)snap->progress.bytes / (double)snap->progress.total;
      snprintf(done, sizeof done, "%3.0f %%", share * 100);
    } else { /* a pipe does not tell its length */
      mt_format_size(done, snap->progress.bytes);
    }
    n = snprintf(line, sizeof line, "scanning  %s  %s rows  %.0f MiB/s", done,
                 mt_format_count(rows, snap->rows),
                 seconds > 0 ? (double)snap->progress.bytes / seconds / (1 << 20) : 0);
  }
  if (share > 0.01 && seconds > 1 && n >= 0 && (size_t)n < sizeof line)
    snprintf(line + n, sizeof line - (size_t)n, "  %.0f s left",
             seconds / share - seconds);
  print_progress(line);
}

/* Waits for scan or export; returns the signal that ended it early, or 0. */
static int wait_for(struct mt_session *s)
{
  bool terminal = isatty(STDERR_FILENO), shown = false;
  struct mt_snapshot snap;
  int signal = 0, patience = 0;

  mt_snapshot_init(&snap);
  while (!mt_session_wait(s, TICK_SECONDS)) {
    if (signal == 0 && (signal = mt_signals_caught()) != 0) {
      mt_session_export_cancel(s);
      mt_session_scan_stop(s);
    }
    if (signal != 0 && ++patience * TICK_SECONDS > MT_PATIENCE_SECONDS)
      break; /* main gives up on it */
    if (terminal && mt_session_snapshot(s, &snap) == 0) {
      show_progress(&snap);
      shown = true;
    }
  }
  if (shown) {
    print_progress("");
    fputc('\r', stderr);
  }
  mt_snapshot_reset(&snap);
  return signal != 0 ? signal : mt_signals_caught();
}

/* ---- output ------------------------------------------------------------- */

/* rc: 0, ENOMEM, or the error of a write; the exit status. */
static int say_printed(int rc)
{
  if (rc == 0)
    return MT_EXIT_OK;
  if (rc == ENOMEM)
    fputs("memtop: out of memory\n", stderr);
  else if (rc != EPIPE)
    fprintf(stderr, "memtop: cannot write to standard output: %s\n", strerror(rc));
  return MT_EXIT_FAILED;
}

static int print_all(const struct mt_buffer *out)
{
  return fwrite(out->data, 1, out->len, stdout) != out->len || fflush(stdout) != 0 ? errno
                                                                                   : 0;
}

static int print_report(struct mt_session *s, const struct mt_snapshot *snap, bool ascii)
{
  struct mt_buffer out;
  int rc;

  mt_buffer_init(&out, MOST_REPORT);
  rc = mt_report_print(&out, s, snap, ascii);
  if (rc == 0)
    rc = print_all(&out);
  mt_buffer_reset(&out);
  return rc;
}

static const char *apply_name(const struct mt_options *o)
{
  return o->apply == MT_APPLY_NONE ? "none" : o->apply == MT_APPLY_ALL ? "all" : "safe";
}

static bool is_utf8(void)
{
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int print_code(struct mt_session *s, const struct mt_options *o,
                      const struct mt_snapshot *snap)
{
  struct mt_error e = {0};
  struct mt_buffer out;
  int rc;

  mt_buffer_init(&out, MT_LOADER_BYTES);
  rc = mt_loader_write(&out, s, snap, o->code_engine, &e);
  if (rc != 0)
    mt_batch_complain(&e);
  else
    rc = say_printed(print_all(&out));
  mt_buffer_reset(&out);
  return rc == 0 ? MT_EXIT_OK : MT_EXIT_FAILED;
}

static int print_results(struct mt_session *s, const struct mt_options *o,
                         const struct mt_snapshot *snap)
{
  bool report =
      o->report || (o->export_path == NULL && o->save_plan_path == NULL && !o->check);

  if (o->snapshot_width > 0)
    return say_printed(mt_snapshot_print(stdout, s, snap, o));
  if (o->code)
    return print_code(s, o, snap);
  if (o->json)
    return say_printed(mt_json_print(stdout, s, snap, apply_name(o)));
  return report ? say_printed(print_report(s, snap, o->ascii || !is_utf8())) : MT_EXIT_OK;
}

/* Column i's note, with all the columns that have the same one; said once. */
static void say_note(struct mt_session *s, size_t i)
{
  const struct mt_reader_schema *schema = mt_session_schema(s);
  const char *note = mt_session_export_note(s, i), *other;
  const char *between = ": ";
  char name[200];

  for (size_t k = 0; k < i; k++)
    if ((other = mt_session_export_note(s, k)) != NULL && strcmp(other, note) == 0)
      return;
  fprintf(stderr, "memtop: stored as %s", note);
  for (size_t k = i; k < schema->columns; k++) {
    other = mt_session_export_note(s, k);
    if (other == NULL || strcmp(other, note) != 0)
      continue;
    mt_sanitise(name, sizeof name, schema->names[k].text, schema->names[k].len, 40);
    fprintf(stderr, "%s\"%s\"", between, name);
    between = ", ";
  }
  fputc('\n', stderr);
}

static void say_exported(struct mt_session *s, const struct mt_options *o,
                         const struct mt_snapshot *snap)
{
  char path[512], size[MT_SIZE_PROSE];

  mt_sanitise(path, sizeof path, o->export_path, strlen(o->export_path), 0);
  fprintf(stderr, "memtop: wrote %s, %s\n", path,
          mt_format_size(size, snap->export_bytes));
  for (size_t i = 0; i < mt_session_schema(s)->columns; i++)
    if (mt_session_export_note(s, i) != NULL)
      say_note(s, i);
}

static int export(struct mt_session *s, const struct mt_options *o,
                  struct mt_writer *writer, int *signal)
{
  struct mt_error e = {0};
  struct mt_snapshot snap;
  int rc = MT_EXIT_OK;

  if (mt_session_export_start(s, writer, NULL, &e) != 0) {
    mt_batch_complain(&e);
    return MT_EXIT_FAILED;
  }
  *signal = wait_for(s);
  mt_snapshot_init(&snap);
  if (mt_session_snapshot(s, &snap) != 0) {
    rc = MT_EXIT_FAILED;
  } else if (snap.export_state == MT_EXPORT_DONE) {
    say_exported(s, o, &snap);
    *signal = 0; /* it came too late to matter */
  } else {
    if (snap.export_state == MT_EXPORT_FAILED)
      mt_batch_complain(&snap.error);
    rc = MT_EXIT_FAILED;
  }
  mt_snapshot_reset(&snap);
  return rc;
}

static int save_plan(struct mt_session *s, const struct mt_options *o)
{
  struct mt_error e = {0};

  if (o->save_plan_path == NULL ||
      mt_plan_save(s, o->save_plan_path, o->write.force, &e) == 0)
    return 0;
  mt_batch_complain(&e);
  return MT_EXIT_FAILED;
}

static int report_scan(struct mt_session *s, const struct mt_options *o,
                       const struct mt_planning *planning)
{
  enum mt_apply fallback = o->snapshot_width > 0 ? MT_APPLY_NONE : MT_APPLY_SAFE;
  struct mt_error e = {0};
  struct mt_snapshot snap;
  int rc;

  if (o->code)
    mt_session_set_engine(s, o->code_engine); /* whose figures go with it */
  if (mt_planning_follow(planning, s, fallback, &e) != 0) {
    mt_batch_complain(&e);
    return MT_EXIT_FAILED;
  }
  rc = save_plan(s, o);
  if (rc != 0)
    return rc;
  mt_snapshot_init(&snap);
  if (mt_session_snapshot(s, &snap) != 0) {
    fputs("memtop: out of memory\n", stderr);
    return MT_EXIT_FAILED;
  }
  if (snap.scan == MT_SCAN_FAILED) {
    mt_batch_complain(&snap.error);
    rc = mt_batch_status(&snap.error);
  } else {
    mt_report_faults(stderr, &snap);
    mt_report_notes(stderr, &snap);
    rc = print_results(s, o, &snap);
    if (rc == 0 && o->strict && mt_fault_total(&snap.faults) > 0)
      rc = MT_EXIT_FAULTS;
  }
  mt_snapshot_reset(&snap);
  return rc;
}

static int check(struct mt_session *s, const struct mt_options *o,
                 const struct mt_plan_file *plan, int *signal)
{
  const struct mt_breach_list *breaches;
  struct mt_snapshot snap;
  struct mt_error e = {0};

  if (mt_session_check_start(s, plan, &e) != 0) {
    mt_batch_complain(&e);
    return MT_EXIT_FAILED;
  }
  *signal = wait_for(s);
  breaches = mt_session_breaches(s);
  if (breaches == NULL) {
    mt_snapshot_init(&snap);
    if (*signal == 0 && mt_session_snapshot(s, &snap) == 0)
      mt_batch_complain(&snap.error);
    mt_snapshot_reset(&snap);
    return MT_EXIT_FAILED;
  }
  mt_plan_print_breaches(o->json || o->code ? stderr : stdout, s, breaches);
  return breaches->count > 0 ? MT_EXIT_FAULTS : MT_EXIT_OK;
}

/* The writer of an export, before a long scan and not after it; NULL: none wanted. */
static int make_writer(struct mt_writer **writer, struct mt_session *s,
                       const struct mt_options *o)
{
  struct mt_write_options write = o->write;
  struct mt_error e = {0};

  write.input = mt_session_schema(s)->path;
  if ((o->export_path != NULL || o->check) && mt_session_can_read_again(s, &e) != 0) {
    mt_batch_complain(&e);
    return MT_EXIT_FAILED;
  }
  if (o->export_path == NULL || mt_format_create(writer, o->export_path, &write, &e) == 0)
    return 0;
  mt_batch_complain(&e);
  return e.code == EINVAL ? MT_EXIT_USAGE : MT_EXIT_FAILED;
}

static void drop_writer(struct mt_writer *w)
{
  if (w == NULL)
    return;
  w->ops->abort(w);
  w->ops->free(w);
}

static int scan(struct mt_session *s, int *signal)
{
  struct mt_error e = {0};

  if (mt_session_scan_start(s, &e) != 0) {
    mt_batch_complain(&e);
    return MT_EXIT_FAILED;
  }
  *signal = wait_for(s);
  return 0;
}

static int run(struct mt_session *s, const struct mt_options *o,
               const struct mt_planning *planning, int *signal)
{
  struct mt_writer *writer = NULL;
  int rc = make_writer(&writer, s, o), later = MT_EXIT_OK;

  if (rc == 0)
    rc = scan(s, signal);
  if (rc == 0 && *signal == 0)
    rc = report_scan(s, o, planning);
  if (*signal == 0 && o->check && (rc == MT_EXIT_OK || rc == MT_EXIT_FAULTS))
    later = check(s, o, &planning->plan, signal);
  if (writer != NULL && *signal == 0 && later == MT_EXIT_FAULTS)
    fputs("memtop: nothing was exported: values break the plan\n", stderr);
  if (*signal != 0 || later != MT_EXIT_OK || (rc != MT_EXIT_OK && rc != MT_EXIT_FAULTS))
    drop_writer(writer);
  else if (writer != NULL)
    later = export(s, o, writer, signal);
  return later != MT_EXIT_OK ? later : rc;
}

int mt_batch_run(struct mt_session *s, const struct mt_options *o)
{
  struct mt_planning planning;
  struct mt_error e = {0};
  int rc = mt_planning_init(&planning, s, o, &e), signal = 0;

  if (rc != 0) {
    mt_batch_complain(&e);
    rc = rc == EINVAL ? MT_EXIT_USAGE : MT_EXIT_FAILED;
  } else {
    rc = run(s, o, &planning, &signal);
  }
  mt_planning_reset(&planning);
  return signal != 0 ? 128 + signal : rc;
}
