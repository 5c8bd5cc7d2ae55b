#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP 65536

static bool begins_with(const char *path, const char *with)
{
  return strncmp(path, with, strlen(with)) == 0;
}

static bool is_handed(const char *path)
{
  return begins_with(path, "/dev/fd/") || begins_with(path, "/proc/self/fd/") ||
         strcmp(path, "/dev/stdin") == 0;
}

static int refuse(const char *path, mode_t mode, struct mt_error *err)
{
  const char *what = S_ISFIFO(mode) ? "pipe" : S_ISSOCK(mode) ? "socket" : "device";
  mt_fail(err, ENODEV, "%s is a %s, and not a file", path, what);
  mt_error_remedy(err, "name a file");
  return ENODEV;
}

static int fail_read(const char *path, int why, struct mt_error *err)
{
  return mt_fail(err, why, "cannot read %s: %s", path, strerror(why));
}

/* Without O_NONBLOCK, a pipe's open would wait for somebody who writes. */
static int open_file(int *fd, const char *path, bool handed, struct mt_error *err)
{
  struct stat st;
  *fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (*fd < 0) {
    int why = errno; /* ENXIO: a socket */
    return why == ENXIO && stat(path, &st) == 0 ? refuse(path, st.st_mode, err)
                                                : fail_read(path, why, err);
  }
  if (fstat(*fd, &st) != 0)
    return fail_read(path, errno, err);
  if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) /* read will say that it is none */
    return 0;
  if (!handed || !S_ISFIFO(st.st_mode) || !is_handed(path))
    return refuse(path, st.st_mode, err);
  return fcntl(*fd, F_SETFL, 0) == 0 ? 0 : fail_read(path, errno, err);
}

int mt_file_read(struct mt_buffer *b, const char *path, bool handed, struct mt_error *err)
{
  int fd, rc = open_file(&fd, path, handed, err);
  ssize_t n = 1;
  while (rc == 0 && n != 0) {
    uint8_t beyond;
    size_t room = b->max - b->len > STEP ? STEP : b->max - b->len;
    if (mt_buffer_reserve(b, room) != 0)
      rc = mt_fail_memory(err);
    else
      n = read(fd, room > 0 ? b->data + b->len : &beyond, room > 0 ? room : 1);
    if (rc == 0 && n < 0 && errno != EINTR)
      rc = fail_read(path, errno, err);
    else if (rc == 0 && n > 0 && room == 0)
      rc = mt_fail(err, EFBIG, "%s is longer than %zu KiB", path, b->max >> 10);
    else if (rc == 0 && n > 0)
      b->len += (size_t)n;
  }
  if (fd >= 0)
    close(fd);
  return rc;
}
