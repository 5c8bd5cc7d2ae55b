/* memtop: options, the session, and either the dashboard or output. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "formats/output.h"
#include "tui/app.h"
#include "tui/cli/batch.h"
#include "tui/cli/option_table.h"
#include "tui/cli/options.h"
#include "tui/screen/signals.h"

#define LARGE (256 << 10)

static bool reads_stdin(const struct mt_options *o)
{
  return strcmp(o->path, "/dev/stdin") == 0;
}

/* Whether keys can come from somewhere: from the terminal itself where standard input is
 * the data. */
static bool has_keyboard(const struct mt_options *o)
{
  int fd;

  if (isatty(STDIN_FILENO))
    return true;
  if (!reads_stdin(o) || (fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)) < 0)
    return false;
  close(fd);
  return true;
}

static bool wants_dashboard(const struct mt_options *o)
{
  const char *term = getenv("TERM");

  return !mt_options_batch(o) && isatty(STDOUT_FILENO) && has_keyboard(o) &&
         term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static int open_session(struct mt_session **session, struct mt_options *o)
{
  struct mt_reader *reader = NULL;
  struct mt_error e = {0};

  if (mt_format_open(&reader, o->path, &o->read, &e) != 0) {
    mt_batch_complain(&e);
    return MT_EXIT_FAILED;
  }
  if (mt_options_nulls(o, &reader->schema, &o->session.nulls, &e) != 0) {
    reader->ops->free(reader);
    mt_batch_complain(&e);
    return MT_EXIT_USAGE;
  }
  if (mt_session_new(session, reader, &o->session, &e) != 0) {
    mt_batch_complain(&e);
    return mt_batch_status(&e);
  }
  return MT_EXIT_OK;
}

static int run(struct mt_options *o)
{
  struct mt_session *session = NULL;
  struct mt_error e = {0};
  int rc;

  if (reads_stdin(o) && isatty(STDIN_FILENO)) {
    mt_fail(&e, EINVAL, "standard input is the terminal, and not data");
    mt_error_remedy(&e, "give a file, or send one through a pipe");
    mt_batch_complain(&e);
    return MT_EXIT_USAGE;
  }
  rc = open_session(&session, o);
  if (rc != 0)
    return rc;
  mt_signals_batch(); /* from here on there is something to clean up */
  rc = wants_dashboard(o) ? mt_app_run(session, o) : mt_batch_run(session, o);
  if (!mt_session_end(session, MT_PATIENCE_SECONDS)) {
    mt_output_emergency_unlink();
    _exit(rc); /* exit would run what the threads that are left may still use */
  }
  return rc;
}

/* Workers take turns in making the same tables grow: with a heap each, as glibc would
 * have it, every heap keeps the holes that they leave.  Large tables are mapped, so that
 * those outgrown are given back. */
static void tame_allocator(void)
{
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, LARGE);
#endif
}

int main(int argc, char **argv)
{
  struct mt_options o;
  struct mt_error e = {0};
  int rc = MT_EXIT_OK;

  tame_allocator();
  setlocale(LC_ALL, "");
  setlocale(LC_NUMERIC, "C"); /* numbers in data have a point */
  if (argc < 2) {
    mt_options_usage(stderr);
    return MT_EXIT_USAGE;
  }
  if (mt_options_parse(&o, argc, argv, &e) != 0) {
    mt_batch_complain(&e);
    rc = MT_EXIT_USAGE;
  } else if (o.help) {
    mt_options_help(stdout);
  } else if (o.version) {
    printf("memtop %s\n", PACKAGE_VERSION);
  } else {
    rc = run(&o);
  }
  mt_options_reset(&o);
  if (fflush(stdout) != 0 && rc == MT_EXIT_OK) {
    fputs("memtop: cannot write to standard output\n", stderr);
    rc = MT_EXIT_FAILED;
  }
  return rc;
}
