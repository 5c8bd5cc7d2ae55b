#include "formats/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/buffer.h"
#include "core/base/text.h"

enum { BUFFER_SIZE = 1 << 20, MAX_OPEN = 4, MAX_ATTEMPTS = 100, MAX_NAME_PART = 200 };

struct mt_output {
  char *path;            /* the target as given: for messages */
  const char *name;      /* its last part, in path */
  char *temporary;       /* absolute path of the temporary file */
  const char *temp_name; /* its last part */
  int directory, fd;     /* -1 = not open */
  int slot;              /* in unlink_table; -1 = none */
  bool created;          /* the temporary file is there */
  bool force;
  bool has_input;
  dev_t input_device; /* identity of the file being read */
  ino_t input_inode;
  uint64_t position; /* bytes accepted */
  uint8_t *buffer;   /* BUFFER_SIZE bytes, made at the first write */
  size_t buffered;
  struct mt_error first; /* code 0 = no error yet */
};

/* ---- emergency ------------------------------------------------------------- */

/* Temporary files to remove when the process dies: fixed, so that a signal handler can
 * read it.  A path is whole while its state is SLOT_OPEN. */
enum { SLOT_FREE, SLOT_BUSY, SLOT_OPEN };
static struct {
  _Atomic int state;
  char path[PATH_MAX];
} unlink_table[MAX_OPEN];

static int slot_take(const char *path)
{
  size_t n = strlen(path) + 1;
  for (int i = 0; n <= PATH_MAX && i < MAX_OPEN; i++) {
    int expected = SLOT_FREE;
    if (!atomic_compare_exchange_strong(&unlink_table[i].state, &expected, SLOT_BUSY))
      continue;
    memcpy(unlink_table[i].path, path, n);
    atomic_store(&unlink_table[i].state, SLOT_OPEN);
    return i;
  }
  return -1; /* not worth refusing an export */
}

static void slot_give(int slot)
{
  if (slot >= 0)
    atomic_store(&unlink_table[slot].state, SLOT_FREE);
}

void mt_output_emergency_unlink(void)
{
  int saved = errno;
  for (int i = 0; i < MAX_OPEN; i++)
    if (atomic_load(&unlink_table[i].state) == SLOT_OPEN)
      unlink(unlink_table[i].path);
  errno = saved;
}

/* ---- errors ---------------------------------------------------------------- */

static const char *remedy_of(int code)
{
  switch (code) {
  case ENOSPC:
  case EDQUOT:
    return "free some space, or export to another disk";
  case EFBIG:
    return "raise the file size limit (ulimit -f), or export to another file system";
  case EACCES:
  case EPERM:
  case EROFS:
    return "export to a folder that you can write to";
  case ENOENT:
  case ENOTDIR:
    return "create the folder first";
  case EIO:
    return "check the disk, or export to another one";
  default:
    return "";
  }
}

/* Latches what happened to o as its error. */
static int output_fail(struct mt_output *o, int code, const char *doing)
{
  mt_fail(&o->first, code, "cannot %s \"%s\": %s", doing, o->path, strerror(code));
  mt_error_remedy(&o->first, "%s", remedy_of(code));
  return code;
}

/* The same for a write that stopped `needed` bytes before its end. */
static int write_fail(struct mt_output *o, int code, size_t needed)
{
  char need[MT_SIZE_PROSE], room[MT_SIZE_PROSE];
  uint64_t bytes = mt_output_free_space(o);
  if ((code != ENOSPC && code != EDQUOT) || bytes == UINT64_MAX)
    return output_fail(o, code, "write");
  mt_fail(&o->first, code,
          "\"%s\": no space left%s: at least %s more are needed, %s are free", o->path,
          code == EDQUOT ? " in the disk quota" : "", mt_format_size(need, needed),
          mt_format_size(room, bytes));
  mt_error_remedy(&o->first, "%s", remedy_of(code));
  return code;
}

/* ---- open ------------------------------------------------------------------ */

static int refuse(struct mt_output *o, int code, const char *why, const char *remedy)
{
  mt_fail(&o->first, code, "\"%s\" %s", o->path, why);
  mt_error_remedy(&o->first, "%s", remedy);
  return code;
}

/* What already lies under the target's name decides whether it may be written. */
static int check_target(struct mt_output *o)
{
  struct stat s;
  if (o->name[0] == '\0' || strcmp(o->name, ".") == 0 || strcmp(o->name, "..") == 0)
    return refuse(o, EISDIR, "is not the name of a file", "name a file to write");
  if (fstatat(o->directory, o->name, &s, 0) == 0) {
    if (S_ISDIR(s.st_mode))
      return refuse(o, EISDIR, "is a folder", "name a file to write");
    if (!S_ISREG(s.st_mode))
      return refuse(o, EPERM, "is not a regular file", "name a file to write");
    if (o->has_input && s.st_dev == o->input_device && s.st_ino == o->input_inode)
      return refuse(o, EPERM, "is the input itself", "export to another name");
  } else if (fstatat(o->directory, o->name, &s, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? 0 : output_fail(o, errno, "write");
  }
  return o->force ? 0
                  : refuse(o, EEXIST, "exists", "choose another name, or give --force");
}

static int open_directory(struct mt_output *o)
{
  size_t n = (size_t)(o->name - o->path);
  char *folder = n ? strndup(o->path, n) : strdup(".");
  if (!folder)
    return mt_fail_memory(&o->first);
  char *real = realpath(folder, NULL);
  int code = real ? 0 : errno;
  free(folder);
  if (code)
    return output_fail(o, code, "write");
  /* A folder that can be searched and written but not read is good enough. */
  o->directory = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (o->directory < 0 && errno == EACCES)
    o->directory = open(real, O_PATH | O_DIRECTORY | O_CLOEXEC);
  code = o->directory < 0 ? errno : 0;
  o->temporary = real; /* completed by name_temporary */
  return code ? output_fail(o, code, "write") : 0;
}

/* Completes o->temporary with `/.<name>.memtop-XXXXXX`.  Names near the limit of 255
 * bytes are cut, at a character. */
static int name_temporary(struct mt_output *o)
{
  size_t part = strlen(o->name);
  if (part > MAX_NAME_PART)
    for (part = MAX_NAME_PART; part > 0 && (o->name[part] & 0xC0) == 0x80;)
      part--;
  size_t n = strlen(o->temporary);
  size_t size = n + part + sizeof "/..memtop-XXXXXX";
  char *path = realloc(o->temporary, size);
  if (!path)
    return mt_fail_memory(&o->first);
  o->temporary = path;
  const char *slash = n == 1 ? "" : "/"; /* the root has its own */
  snprintf(path + n, size - n, "%s.%.*s.memtop-XXXXXX", slash, (int)part, o->name);
  o->temp_name = path + n + strlen(slash);
  return 0;
}

static void draw_suffix(char suffix[6])
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  uint8_t random[6];
  if (getentropy(random, sizeof random) != 0) /* O_EXCL is what protects */
    for (size_t i = 0; i < sizeof random; i++)
      random[i] = (uint8_t)(getpid() >> i);
  for (size_t i = 0; i < sizeof random; i++)
    suffix[i] = alphabet[random[i] % (sizeof alphabet - 1)];
}

static int create_temporary(struct mt_output *o)
{
  char *suffix = o->temporary + strlen(o->temporary) - 6;
  int code = EEXIST;

  for (int i = 0; i < MAX_ATTEMPTS; i++) {
    draw_suffix(suffix);
    o->slot = slot_take(o->temporary); /* first: the process may die in between */
    o->fd = openat(o->directory, o->temp_name,
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (o->fd >= 0) {
      o->created = true;
      return 0;
    }
    code = errno;
    slot_give(o->slot);
    o->slot = -1;
    if (code != EEXIST)
      break;
  }
  return output_fail(o, code, "create a temporary file beside");
}

static int output_prepare(struct mt_output *o, const char *path, const char *input)
{
  struct stat s;
  o->path = strdup(path);
  if (!o->path)
    return mt_fail_memory(&o->first);
  const char *slash = strrchr(o->path, '/');
  o->name = slash ? slash + 1 : o->path;
  if (input && stat(input, &s) == 0) {
    o->has_input = true;
    o->input_device = s.st_dev;
    o->input_inode = s.st_ino;
  }
  int rc = open_directory(o);
  if (!rc)
    rc = check_target(o);
  if (!rc)
    rc = name_temporary(o);
  return rc ? rc : create_temporary(o);
}

int mt_output_open(struct mt_output **out, const char *path, const char *input,
                   bool force, struct mt_error *err)
{
  *out = NULL;
  struct mt_output *o = mt_alloc(1, sizeof *o);
  if (!o)
    return mt_fail_memory(err);
  o->directory = o->fd = o->slot = -1;
  o->force = force;
  int rc = output_prepare(o, path, input);
  if (rc) {
    if (err)
      *err = o->first;
    mt_output_abort(o);
    return rc;
  }
  *out = o;
  return 0;
}

int mt_output_open_unnamed(struct mt_output **out, struct mt_error *err)
{
  *out = mt_alloc(1, sizeof **out);
  if (!*out)
    return mt_fail_memory(err);
  (*out)->directory = (*out)->fd = (*out)->slot = -1;
  return 0;
}

/* ---- write ----------------------------------------------------------------- */

static int write_all(struct mt_output *o, const uint8_t *p, size_t n)
{
  while (n > 0) {
    ssize_t done = write(o->fd, p, n);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return write_fail(o, done < 0 ? errno : ENOSPC, n);
    p += done;
    n -= (size_t)done;
  }
  return 0;
}

static int output_flush(struct mt_output *o)
{
  size_t n = o->buffered;
  o->buffered = 0;
  return write_all(o, o->buffer, n);
}

static int output_append(struct mt_output *o, const uint8_t *p, size_t n)
{
  if (!o->buffer && !(o->buffer = malloc(BUFFER_SIZE)))
    return mt_fail_memory(&o->first);
  if (n > BUFFER_SIZE - o->buffered) {
    int rc = output_flush(o);
    if (rc)
      return rc;
  }
  if (n >= BUFFER_SIZE)
    return write_all(o, p, n);
  if (n > 0)
    memcpy(o->buffer + o->buffered, p, n);
  o->buffered += n;
  return 0;
}

int mt_output_write(struct mt_output *o, const void *p, size_t n, struct mt_error *err)
{
  bool unnamed = o->fd < 0;
  if (!o->first.code && (unnamed || !output_append(o, p, n)))
    o->position += n;
  if (o->first.code && err)
    *err = o->first;
  return o->first.code;
}

uint64_t mt_output_position(const struct mt_output *o)
{
  return o->position;
}

const char *mt_output_temporary(const struct mt_output *o)
{
  return o->temporary;
}

uint64_t mt_output_free_space(const struct mt_output *o)
{
  struct statvfs v;
  if (fstatvfs(o->fd, &v) != 0)
    return UINT64_MAX;
  return (uint64_t)v.f_bavail * v.f_frsize;
}

/* ---- commit and abort ------------------------------------------------------ */

/* The rename for file systems without RENAME_NOREPLACE: a hard link does not replace
 * either; where there are none, a look and then a rename is the best there is. */
static int rename_by_link(const struct mt_output *o)
{
  struct stat s;
  if (linkat(o->directory, o->temp_name, o->directory, o->name, 0) == 0) {
    unlinkat(o->directory, o->temp_name, 0);
    return 0;
  }
  if (errno == EEXIST)
    return -1;
  if (fstatat(o->directory, o->name, &s, AT_SYMLINK_NOFOLLOW) == 0) {
    errno = EEXIST;
    return -1;
  }
  return renameat(o->directory, o->temp_name, o->directory, o->name);
}

static int output_rename(struct mt_output *o)
{
  int rc;
  if (o->force) {
    rc = renameat(o->directory, o->temp_name, o->directory, o->name);
  } else {
    rc = renameat2(o->directory, o->temp_name, o->directory, o->name, RENAME_NOREPLACE);
    if (rc != 0 && (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP))
      rc = rename_by_link(o);
  }
  if (rc == 0)
    return 0;
  if (errno == EEXIST)
    return refuse(o, EEXIST, "appeared during the export",
                  "choose another name, or give --force");
  return output_fail(o, errno, "give its name to");
}

/* Everything but the name: bytes on disk and the mode that the umask asks for. */
static int output_settle(struct mt_output *o, uint64_t *size)
{
  struct stat s;
  mode_t mask = umask(077);
  umask(mask);
  int rc = output_flush(o);
  if (rc)
    return rc;
  if (fchmod(o->fd, 0666 & ~mask) != 0 || fsync(o->fd) != 0 || fstat(o->fd, &s) != 0)
    return output_fail(o, errno, "finish");
  *size = (uint64_t)s.st_size;
  int fd = o->fd;
  o->fd = -1;
  return close(fd) == 0 ? 0 : output_fail(o, errno, "finish");
}

static void output_free(struct mt_output *o)
{
  slot_give(o->slot);
  if (o->fd >= 0)
    close(o->fd);
  if (o->directory >= 0)
    close(o->directory);
  free(o->temporary);
  free(o->buffer);
  free(o->path);
  free(o);
}

void mt_output_abort(struct mt_output *o)
{
  if (!o)
    return;
  if (o->created)
    unlinkat(o->directory, o->temp_name, 0);
  output_free(o);
}

int mt_output_commit(struct mt_output *o, uint64_t *size, struct mt_error *err)
{
  bool unnamed = o->fd < 0;
  uint64_t bytes = o->position;
  int rc = o->first.code;
  if (!rc && !unnamed)
    rc = output_settle(o, &bytes);
  if (!rc && !unnamed)
    rc = check_target(o); /* again: the export may have taken hours */
  if (!rc && !unnamed)
    rc = output_rename(o);
  if (rc) {
    if (err)
      *err = o->first;
    mt_output_abort(o);
    return rc;
  }
  if (!unnamed)
    (void)fsync(o->directory); /* the name; the file is whole by now, with or without */
  output_free(o);
  if (size)
    *size = bytes;
  return 0;
}
