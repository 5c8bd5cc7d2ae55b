#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/output.h"

/* Every test works in a new folder, which is also the working directory. */
static char folder[64];

static int setup(void **state)
{
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/memtop-output-XXXXXX");
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static size_t entries(const char *path, bool remove_them)
{
  size_t n = 0;
  DIR *d = opendir(path);
  assert_non_null(d);
  for (struct dirent *e; (e = readdir(d));) {
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
      continue;
    n++;
    if (remove_them)
      assert_int_equal(
          unlinkat(dirfd(d), e->d_name, e->d_type == DT_DIR ? AT_REMOVEDIR : 0), 0);
  }
  closedir(d);
  return n;
}

static int teardown(void **state)
{
  (void)state;
  entries(folder, true);
  return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void put_file(const char *name, const char *text)
{
  FILE *f = fopen(name, "w");
  assert_non_null(f);
  assert_true(fputs(text, f) >= 0);
  assert_int_equal(fclose(f), 0);
}

static void assert_file(const char *name, const char *text)
{
  char got[256] = "";
  FILE *f = fopen(name, "r");
  assert_non_null(f);
  size_t n = fread(got, 1, sizeof got - 1, f);
  fclose(f);
  got[n] = '\0';
  assert_string_equal(got, text);
}

static struct mt_output *open_output(const char *path, bool force)
{
  struct mt_output *o;
  struct mt_error err = {0};
  if (mt_output_open(&o, path, NULL, force, &err) != 0)
    fail_msg("%s", err.what);
  return o;
}

static void assert_refused(const char *path, const char *input, bool force, int code)
{
  struct mt_output *o = (void *)folder;
  struct mt_error err = {0};
  assert_int_equal(mt_output_open(&o, path, input, force, &err), code);
  assert_null(o);
  assert_int_equal(err.code, code);
  assert_non_null(strstr(err.what, path));
  assert_true(err.remedy[0] != '\0');
}

static void test_commit(void **state)
{
  (void)state;
  struct stat s;
  uint64_t size = 0;
  mode_t mask = umask(027);
  struct mt_output *o = open_output("out", false);
  assert_int_equal(mt_output_write(o, "hello, ", 7, NULL), 0);
  assert_int_equal(mt_output_write(o, "world", 5, NULL), 0);
  assert_int_equal(mt_output_position(o), 12);
  assert_int_equal(access("out", F_OK), -1);
  assert_int_equal(stat(mt_output_temporary(o), &s), 0);
  assert_int_equal(s.st_mode & 07777, 0600);
  assert_int_equal(mt_output_temporary(o)[0], '/');
  assert_int_equal(mt_output_commit(o, &size, NULL), 0);
  umask(mask);
  assert_int_equal(size, 12);
  assert_file("out", "hello, world");
  assert_int_equal(stat("out", &s), 0);
  assert_int_equal(s.st_mode & 07777, 0640);
  assert_int_equal(entries(".", false), 1);
}

static void test_abort(void **state)
{
  (void)state;
  struct mt_output *o = open_output("out", false);
  assert_int_equal(mt_output_write(o, "hello", 5, NULL), 0);
  mt_output_abort(o);
  mt_output_abort(NULL);
  assert_int_equal(entries(".", false), 0);
}

static void test_many_writes(void **state)
{
  (void)state;
  enum { PIECE = 300007, PIECES = 9 };
  char *piece = malloc(PIECE);
  assert_non_null(piece);
  struct mt_output *o = open_output("out", false);
  for (int i = 0; i < PIECES; i++) {
    memset(piece, 'a' + i, PIECE);
    /* all sizes around the buffer: small, and everything at once */
    size_t first = i % 3 == 0 ? 1 : PIECE;
    assert_int_equal(mt_output_write(o, piece, first, NULL), 0);
    assert_int_equal(mt_output_write(o, piece + first, PIECE - first, NULL), 0);
  }
  char *large = calloc(1, 3 << 20);
  assert_non_null(large);
  assert_int_equal(mt_output_write(o, large, 3 << 20, NULL), 0);
  free(large);
  uint64_t size;
  assert_int_equal(mt_output_commit(o, &size, NULL), 0);
  assert_int_equal(size, PIECE * PIECES + (3 << 20));
  FILE *f = fopen("out", "r");
  for (int i = 0; i < PIECES; i++) {
    assert_int_equal(fread(piece, 1, PIECE, f), PIECE);
    for (size_t k = 0; k < PIECE; k++)
      assert_int_equal(piece[k], 'a' + i);
  }
  fclose(f);
  free(piece);
}

static void test_existing_target(void **state)
{
  (void)state;
  struct mt_error err = {0};
  struct mt_output *o;
  put_file("out", "old");
  assert_int_equal(mt_output_open(&o, "out", NULL, false, &err), EEXIST);
  assert_non_null(strstr(err.remedy, "--force"));
  assert_refused("out", NULL, false, EEXIST);
  o = open_output("out", true);
  assert_int_equal(mt_output_write(o, "new", 3, NULL), 0);
  assert_file("out", "old");
  assert_int_equal(mt_output_commit(o, NULL, NULL), 0);
  assert_file("out", "new");
  assert_int_equal(entries(".", false), 1);
}

static void test_target_appears(void **state)
{
  (void)state;
  struct mt_error err = {0};
  struct mt_output *o = open_output("out", false);
  assert_int_equal(mt_output_write(o, "mine", 4, NULL), 0);
  put_file("out", "theirs");
  assert_int_equal(mt_output_commit(o, NULL, &err), EEXIST);
  assert_non_null(strstr(err.remedy, "--force"));
  assert_file("out", "theirs");
  assert_int_equal(entries(".", false), 1);
}

static void test_input_is_refused(void **state)
{
  (void)state;
  put_file("in", "data");
  assert_int_equal(symlink("in", "symbolic"), 0);
  assert_int_equal(link("in", "hard"), 0);
  char absolute[128];
  snprintf(absolute, sizeof absolute, "%s/./in", folder);
  for (int force = 0; force < 2; force++) {
    assert_refused("in", "in", force, EPERM);
    assert_refused("./in", "in", force, EPERM);
    assert_refused(absolute, "in", force, EPERM);
    assert_refused("symbolic", "in", force, EPERM);
    assert_refused("hard", "in", force, EPERM);
    assert_refused("in", "symbolic", force, EPERM);
  }
  assert_file("in", "data");
  assert_int_equal(entries(".", false), 3);
}

/* The target becomes the input while the export runs. */
static void test_input_at_commit(void **state)
{
  (void)state;
  struct mt_output *o;
  put_file("in", "data");
  assert_int_equal(mt_output_open(&o, "out", "in", true, NULL), 0);
  assert_int_equal(mt_output_write(o, "new", 3, NULL), 0);
  assert_int_equal(link("in", "out"), 0);
  assert_int_equal(mt_output_commit(o, NULL, NULL), EPERM);
  assert_file("out", "data");
  assert_int_equal(entries(".", false), 2);
}

static void test_not_a_file(void **state)
{
  (void)state;
  assert_int_equal(mkdir("sub", 0700), 0);
  assert_int_equal(mkfifo("fifo", 0600), 0);
  assert_int_equal(symlink("sub", "to_sub"), 0);
  assert_refused("sub", NULL, true, EISDIR);
  assert_refused("sub/", NULL, true, EISDIR);
  assert_refused("to_sub", NULL, true, EISDIR);
  assert_refused(".", NULL, true, EISDIR);
  assert_refused("sub/..", NULL, true, EISDIR);
  assert_refused("", NULL, true, EISDIR);
  assert_refused("fifo", NULL, true, EPERM);
  assert_refused("/dev/null", NULL, true, EPERM);
  assert_refused("/dev/full", NULL, true, EPERM);
  assert_refused("missing/out", NULL, false, ENOENT);
  assert_refused("fifo/out", NULL, false, ENOTDIR);
}

/* With force a link is replaced, not followed. */
static void test_link_target(void **state)
{
  (void)state;
  struct stat s;
  put_file("precious", "old");
  assert_int_equal(symlink("precious", "out"), 0);
  assert_int_equal(symlink("nowhere", "dangling"), 0);
  assert_refused("out", NULL, false, EEXIST);
  assert_refused("dangling", NULL, false, EEXIST);
  struct mt_output *o = open_output("out", true);
  assert_int_equal(mt_output_write(o, "new", 3, NULL), 0);
  assert_int_equal(mt_output_commit(o, NULL, NULL), 0);
  assert_file("precious", "old");
  assert_file("out", "new");
  assert_int_equal(lstat("out", &s), 0);
  assert_true(S_ISREG(s.st_mode));
}

static void test_size_limit(void **state)
{
  (void)state;
  struct rlimit old, small;
  struct mt_error err = {0};
  static const char block[1 << 20];
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = (1 << 20) + 1000; /* the second write comes out short */
  struct mt_output *o = open_output("out", false);
  setrlimit(RLIMIT_FSIZE, &small);
  assert_int_equal(mt_output_write(o, block, sizeof block, &err), 0);
  assert_int_equal(mt_output_write(o, block, sizeof block, &err), EFBIG);
  setrlimit(RLIMIT_FSIZE, &old);
  assert_non_null(strstr(err.remedy, "ulimit"));
  /* The first error stays, though there would be room by now. */
  memset(&err, 0, sizeof err);
  assert_int_equal(mt_output_write(o, "x", 1, &err), EFBIG);
  assert_int_equal(err.code, EFBIG);
  assert_int_equal(mt_output_position(o), sizeof block);
  memset(&err, 0, sizeof err);
  assert_int_equal(mt_output_commit(o, NULL, &err), EFBIG);
  assert_int_equal(err.code, EFBIG);
  assert_int_equal(entries(".", false), 0);
}

/* In a child with mounts of its own; 77 = not permitted, 0 = as it should be. */
static int fill_disk(void)
{
  static const char block[1 << 20];
  struct mt_output *o;
  struct mt_error err = {0};
  if (unshare(CLONE_NEWNS) != 0 || mount("", "/", "", MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount("memtop", folder, "tmpfs", 0, "size=64k") != 0 || chdir(folder) != 0)
    return 77;
  if (mt_output_open(&o, "out", NULL, false, NULL) != 0)
    return 1;
  if (mt_output_write(o, block, sizeof block, &err) != ENOSPC)
    return 2;
  if (!strstr(err.what, "960 KiB more") || !strstr(err.remedy, "space"))
    return 3;
  if (mt_output_commit(o, NULL, NULL) != ENOSPC)
    return 4;
  return entries(".", false) == 0 ? 0 : 5;
}

static void test_full_disk(void **state)
{
  (void)state;
  int status;
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0)
    _exit(fill_disk());
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77)
    skip();
  assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_read_only_folder(void **state)
{
  (void)state;
  if (geteuid() == 0)
    skip();
  assert_int_equal(mkdir("sub", 0500), 0);
  assert_refused("sub/out", NULL, false, EACCES);
}

/* A name of 255 bytes leaves no room for more; it is cut within a character. */
static void test_long_name(void **state)
{
  (void)state;
  char name[256];
  for (size_t i = 0; i < 254; i += 2)
    memcpy(name + i, "\xC3\xA9", 2);
  memcpy(name + 254, "x", 2);
  struct mt_output *o = open_output(name, false);
  const char *temporary = strrchr(mt_output_temporary(o), '/') + 1;
  assert_int_equal(strlen(temporary), 1 + 200 + strlen(".memtop-XXXXXX"));
  assert_int_equal(mt_output_commit(o, NULL, NULL), 0);
  assert_int_equal(access(name, F_OK), 0);
}

static void test_working_directory_changes(void **state)
{
  (void)state;
  struct mt_output *o = open_output("out", false);
  assert_int_equal(chdir("/"), 0);
  assert_int_equal(mt_output_write(o, "here", 4, NULL), 0);
  assert_int_equal(mt_output_commit(o, NULL, NULL), 0);
  assert_int_equal(chdir(folder), 0);
  assert_file("out", "here");
}

/* What a library does that takes a name. */
static void test_write_by_name(void **state)
{
  (void)state;
  uint64_t size = 0;
  struct mt_output *o = open_output("out", false);
  put_file(mt_output_temporary(o), "by name");
  assert_int_equal(mt_output_commit(o, &size, NULL), 0);
  assert_int_equal(size, 7);
  assert_file("out", "by name");
}

static void test_unnamed(void **state)
{
  (void)state;
  uint64_t size = 0;
  struct mt_output *o;
  assert_int_equal(mt_output_open_unnamed(&o, NULL), 0);
  assert_null(mt_output_temporary(o));
  assert_int_equal(mt_output_write(o, "unseen", 6, NULL), 0);
  assert_int_equal(mt_output_position(o), 6);
  assert_int_equal(mt_output_commit(o, &size, NULL), 0);
  assert_int_equal(size, 6);
  assert_int_equal(mt_output_open_unnamed(&o, NULL), 0);
  mt_output_abort(o);
  assert_int_equal(entries(".", false), 0);
}

static void test_emergency(void **state)
{
  (void)state;
  struct mt_output *o[6];
  put_file("done", "stays");
  for (int i = 0; i < 6; i++) {
    char name[8];
    snprintf(name, sizeof name, "out%d", i);
    o[i] = open_output(name, false);
  }
  mt_output_abort(o[0]);
  mt_output_emergency_unlink();
  assert_int_equal(entries(".", false), 3); /* done, and two beyond the table */
  for (int i = 1; i < 6; i++)
    mt_output_abort(o[i]);
  assert_int_equal(entries(".", false), 1);
  struct mt_output *again = open_output("again", false);
  mt_output_emergency_unlink();
  assert_int_equal(entries(".", false), 1);
  mt_output_abort(again);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(test_commit),          TEST(test_abort),
      TEST(test_many_writes),     TEST(test_existing_target),
      TEST(test_target_appears),  TEST(test_input_is_refused),
      TEST(test_input_at_commit), TEST(test_not_a_file),
      TEST(test_link_target),     TEST(test_size_limit),
      TEST(test_full_disk),       TEST(test_read_only_folder),
      TEST(test_long_name),       TEST(test_working_directory_changes),
      TEST(test_write_by_name),   TEST(test_unnamed),
      TEST(test_emergency),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
