/* Small files are read whole; what may give nothing for ever is refused, and at once. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"

#define MOST 200000

static char folder[] = "/tmp/memtop-file-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
  (void)state;
  alarm(60); /* where it does wait */
  snprintf(path, sizeof path, "%s/f", mkdtemp(folder));
  return 0;
}

static int remove_folder(void **state)
{
  (void)state;
  return rmdir(folder);
}

static void assert_refused(const char *name, bool handed, int code, const char *what)
{
  struct mt_error err = {0};
  struct mt_buffer b;
  mt_buffer_init(&b, MOST);
  assert_int_equal(mt_file_read(&b, name, handed, &err), code);
  assert_int_equal(err.code, code);
  if (strstr(err.what, what) == NULL)
    fail_msg("\"%s\" is not in \"%s\"", what, err.what);
  mt_buffer_reset(&b);
}

static void test_files(void **state)
{
  (void)state;
  static const size_t sizes[] = {0, 1, 65535, 65536, 65537, MOST - 1, MOST, MOST + 1};
  uint8_t *bytes = malloc(MOST + 1);
  for (size_t i = 0; i <= MOST; i++)
    bytes[i] = (uint8_t)(i * 7 + i / 251);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, sizes[i], f), sizes[i]);
    assert_int_equal(fclose(f), 0);
    struct mt_buffer b;
    mt_buffer_init(&b, MOST);
    assert_int_equal(mt_file_read(&b, path, false, NULL), sizes[i] > MOST ? EFBIG : 0);
    if (sizes[i] <= MOST) {
      assert_int_equal(b.len, sizes[i]);
      assert_memory_equal(b.data, bytes, sizes[i]);
    } else {
      assert_refused(path, false, EFBIG, "f is longer than 195 KiB");
    }
    mt_buffer_reset(&b);
  }
  free(bytes);
  unlink(path);
  assert_refused(path, false, ENOENT, "f: No such file or directory");
}

static void test_what_is_no_file(void **state)
{
  (void)state;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  assert_refused("/dev/null", true, ENODEV, "/dev/null is a device, and not a file");
  assert_refused("/dev/zero", true, ENODEV, "/dev/zero is a device, and not a file");
  assert_refused(folder, false, EISDIR, "Is a directory");
  assert_int_equal(mkfifo(path, 0600), 0);
  assert_refused(path, false, ENODEV, "f is a pipe, and not a file");
  assert_refused(path, true, ENODEV, "f is a pipe, and not a file"); /* nobody writes */
  unlink(path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  strcpy(address.sun_path, path);
  assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
  assert_refused(path, false, ENODEV, "f is a socket, and not a file");
  close(fd);
  unlink(path);
}

/* As from a shell's <(...). */
static void test_pipe_handed_over(void **state)
{
  (void)state;
  char name[32];
  int ends[2];
  struct mt_buffer b;
  assert_int_equal(pipe(ends), 0);
  snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
  assert_refused(name, false, ENODEV, "is a pipe, and not a file");
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    for (int i = 0; i < 3; i++) {
      usleep(20000); /* a reader that does not wait would have nothing */
      (void)!write(ends[1], "words ", 6);
    }
    _exit(0);
  }
  close(ends[1]);
  mt_buffer_init(&b, MOST);
  assert_int_equal(mt_file_read(&b, name, true, NULL), 0);
  assert_int_equal(b.len, 18);
  assert_memory_equal(b.data, "words words words ", 18);
  mt_buffer_reset(&b);
  close(ends[0]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_files),
      cmocka_unit_test(test_what_is_no_file),
      cmocka_unit_test(test_pipe_handed_over),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
