#include "formats/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "formats/input_private.h"

#define RAW_SIZE ((size_t)64 << 10)
#define OUT_SIZE (4 * RAW_SIZE) /* no encoding turns one byte into more than four */

static bool same_time(const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

int mt_input_latched(struct mt_input *in, struct mt_error *err)
{
  if (err)
    *err = in->error;
  return in->error.code;
}

static int changed(const struct mt_input *in, const char *how, struct mt_error *err)
{
  mt_fail(err, EIO, "%s changed while it was read: %s", in->path, how);
  mt_error_remedy(err, "wait until it is complete, then start again");
  return EIO;
}

/* A new link count is somebody renaming over or deleting the name: the open file
 * stays what it was, so that the time of that change says nothing. */
static int check_identity(const struct mt_input *in, struct mt_error *err)
{
  const struct stat *a = &in->opened;
  struct stat b;

  if (fstat(in->fd, &b))
    return mt_fail(err, errno, "cannot examine %s: %s", in->path, strerror(errno));
  if (!mt_input_is_regular(in))
    return 0;
  if (b.st_dev != a->st_dev || b.st_ino != a->st_ino)
    return changed(in, "it is another file now", err);
  if (b.st_size != a->st_size)
    return changed(in, b.st_size < a->st_size ? "it became shorter" : "it became longer",
                   err);
  if (!same_time(&a->st_mtim, &b.st_mtim) ||
      (!same_time(&a->st_ctim, &b.st_ctim) && a->st_nlink == b.st_nlink))
    return changed(in, "it was written to", err);
  return 0;
}

/* --- file ------------------------------------------------------------------ */

/* A pipe may have nothing to say for hours, or little at a time. */
static int await_bytes(struct mt_input *in)
{
  if (in->cancel == NULL || mt_input_is_regular(in))
    return 0;
  struct pollfd wanted[] = {{in->fd, POLLIN, 0}, {mt_bell_fd(in->cancel), POLLIN, 0}};
  while (poll(wanted, 2, -1) < 0 && errno == EINTR)
    ;
  return mt_bell_rings(in->cancel) ? mt_fail(&in->error, ECANCELED, "cancelled") : 0;
}

void mt_input_heed(struct mt_input *in, const struct mt_bell *cancel)
{
  in->cancel = cancel;
}

/* Bytes of the descriptor: from there on, where it has places. */
static int read_some(const struct mt_input *in, uint64_t at, void *p, size_t n,
                     size_t *got, struct mt_error *err)
{
  ssize_t len;

  *got = 0;
  do
    len = mt_input_is_regular(in) ? pread(in->fd, p, n, (off_t)at) : read(in->fd, p, n);
  while (len < 0 && errno == EINTR);
  if (len < 0)
    return mt_fail(err, errno, "cannot read %s: %s", in->path, strerror(errno));
  int rc = check_identity(in, err);
  if (rc == 0)
    *got = (size_t)len;
  return rc;
}

static int file_read(struct mt_input *in, void *p, size_t n, size_t *got)
{
  int rc = await_bytes(in);

  *got = 0;
  if (rc == 0)
    rc = read_some(in, in->consumed, p, n, got, &in->error);
  in->consumed += *got;
  return rc;
}

/* --- stored: decompression --------------------------------------------------- */

static la_ssize_t archive_pull(struct archive *a, void *client, const void **p)
{
  struct mt_input *in = client;
  size_t got;

  if (file_read(in, in->stored, MT_INPUT_STORED, &got)) {
    archive_set_error(a, in->error.code, "%s", in->error.what);
    return ARCHIVE_FATAL;
  }
  *p = in->stored;
  return (la_ssize_t)got;
}

static int archive_fail(struct mt_input *in)
{
  if (in->error.code)
    return in->error.code;
  const char *why = archive_error_string(in->archive);
  mt_fail(&in->error, EIO, "cannot decompress %s: %s", in->path,
          why ? why : "the data is damaged");
  mt_error_remedy(&in->error, "the file is damaged or incomplete: fetch it again");
  return EIO;
}

static void archive_close(struct mt_input *in)
{
  if (in->archive)
    archive_read_free(in->archive);
  in->archive = NULL;
}

/* Filters that are libraries only: those that start other programs, and those
 * that can take a text for theirs (lzma has no mark, uu is text), stay out. */
static int archive_begin(struct mt_input *in, int *header)
{
  struct archive *a = archive_read_new();

  if (!a)
    return mt_fail_memory(&in->error);
  in->archive = a;
  archive_read_support_filter_gzip(a);
  archive_read_support_filter_bzip2(a);
  archive_read_support_filter_compress(a);
  archive_read_support_filter_lzip(a);
  archive_read_support_filter_xz(a);
  archive_read_support_filter_lz4(a);
  archive_read_support_filter_zstd(a);
  archive_read_support_format_raw(a);
  archive_read_support_format_empty(a);
  struct archive_entry *entry;
  if (archive_read_open(a, in, NULL, archive_pull, NULL) != ARCHIVE_OK)
    return archive_fail(in);
  *header = archive_read_next_header(a, &entry);
  if (*header != ARCHIVE_OK && *header != ARCHIVE_WARN && *header != ARCHIVE_EOF)
    return archive_fail(in);
  return 0;
}

static int seek_start(struct mt_input *in)
{
  if (!mt_input_is_regular(in) && lseek(in->fd, 0, SEEK_SET) < 0) {
    mt_fail(&in->error, errno, "cannot read %s a second time: %s", in->path,
            strerror(errno));
    mt_error_remedy(&in->error, "store it in a file first");
    return in->error.code;
  }
  in->consumed = 0;
  return 0;
}

/* Starts reading at the first byte.  A file without compression is read without
 * libarchive, except a pipe, whose first bytes libarchive has taken. */
static int stored_begin(struct mt_input *in)
{
  int header;
  int rc = archive_begin(in, &header);

  if (rc)
    return rc;
  int filters = archive_filter_count(in->archive);
  if (filters > 1 && archive_filter_code(in->archive, 0) != ARCHIVE_FILTER_NONE) {
    const char *name = archive_filter_name(in->archive, 0);
    strncpy(in->compression, name, sizeof in->compression - 1);
    return 0;
  }
  if (!mt_input_is_regular(in))
    return 0;
  archive_close(in);
  return seek_start(in);
}

/* libarchive stops at whatever is not another compressed stream.  Zeros may fill up
 * the end of a file; anything else would be lost without a word. */
static int check_tail(struct mt_input *in)
{
  off_t at = archive_filter_bytes(in->archive, -1);
  ssize_t n;

  while (mt_input_is_regular(in) &&
         (n = pread(in->fd, in->stored, MT_INPUT_STORED, at)) > 0) {
    at += n;
    for (ssize_t i = 0; i < n; i++) {
      if (!in->stored[i])
        continue;
      mt_fail(&in->error, EIO, "%s goes on after the end of its compressed data",
              in->path);
      mt_error_remedy(&in->error, "the file is damaged: fetch it again");
      return EIO;
    }
  }
  return check_identity(in, &in->error);
}

static int stored_read(struct mt_input *in, void *p, size_t n, size_t *got)
{
  if (!in->archive)
    return file_read(in, p, n, got);
  *got = 0;
  la_ssize_t len = archive_read_data(in->archive, p, n);
  if (len < 0)
    return archive_fail(in);
  *got = (size_t)len;
  return len == 0 && n ? check_tail(in) : 0;
}

/* The bytes kept at open first, then those that follow. */
static int plain_read(struct mt_input *in, void *p, size_t n, size_t *got)
{
  if (in->head_pos == in->head_len)
    return stored_read(in, p, n, got);
  *got = in->head_len - in->head_pos;
  if (*got > n)
    *got = n;
  memcpy(p, in->head + in->head_pos, *got);
  in->head_pos += *got;
  return 0;
}

static int read_head(struct mt_input *in)
{
  size_t got = 1;

  in->head_len = in->head_pos = 0;
  while (in->head_len < MT_INPUT_HEAD && got) {
    int rc = stored_read(in, in->head + in->head_len, MT_INPUT_HEAD - in->head_len, &got);
    if (rc)
      return rc;
    in->head_len += got;
  }
  return 0;
}

/* --- text: encoding ---------------------------------------------------------- */

static bool head_is(const struct mt_input *in, const char *mark, size_t n)
{
  return in->head_len >= n && !memcmp(in->head, mark, n);
}

/* Names that Python knows and iconv does not. */
static const char *iconv_name(const char *encoding)
{
  static const char *const alias[][2] = {
      {"latin-1", "ISO-8859-1"}, {"latin_1", "ISO-8859-1"}, {"utf8", "UTF-8"},
      {"utf_8", "UTF-8"},        {"utf-8-sig", "UTF-8"},    {"utf_8_sig", "UTF-8"},
      {"utf_16", "UTF-16"},      {"utf-16-le", "UTF-16LE"}, {"utf-16-be", "UTF-16BE"},
      {"utf_16_le", "UTF-16LE"}, {"utf_16_be", "UTF-16BE"},
  };

  for (size_t i = 0; i < sizeof alias / sizeof *alias; i++)
    if (!strcasecmp(encoding, alias[i][0]))
      return alias[i][1];
  return encoding;
}

static int recode_begin(struct mt_input *in, const char *encoding)
{
  if (!encoding) {
    encoding = "UTF-8";
    if (head_is(in, "\xff\xfe\0\0", 4) || head_is(in, "\0\0\xfe\xff", 4))
      encoding = "UTF-32";
    else if (head_is(in, "\xff\xfe", 2) || head_is(in, "\xfe\xff", 2))
      encoding = "UTF-16";
  }
  const char *name = iconv_name(encoding);
  size_t len = strlen(name);
  for (size_t i = 0; i <= len && i + 1 < sizeof in->encoding; i++)
    in->encoding[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
  if (!strcasecmp(name, "UTF-8"))
    return 0;
  in->unit = !strncasecmp(name, "UTF-16", 6)                                     ? 2
             : !strncasecmp(name, "UTF-32", 6) || !strncasecmp(name, "UCS-4", 5) ? 4
                                                                                 : 1;
  in->recode = iconv_open("UTF-8", name);
  if (in->recode == (iconv_t)-1) {
    mt_fail(&in->error, EINVAL, "unknown encoding '%s'", encoding);
    mt_error_remedy(&in->error, "`iconv --list` prints the names; common ones are UTF-8, "
                                "ISO-8859-1, CP1252, UTF-16");
    return EINVAL;
  }
  in->raw = malloc(RAW_SIZE);
  in->text = malloc(OUT_SIZE);
  return in->raw && in->text ? 0 : mt_fail_memory(&in->error);
}

/* Puts one invalid byte in the place of one broken sequence. */
static void replace_sequence(struct mt_input *in, char **from, size_t *left, char **to,
                             size_t *room)
{
  size_t n = *left < in->unit ? *left : in->unit;

  *from += n;
  *left -= n;
  *(*to)++ = '\xff';
  (*room)--;
}

/* Recodes what is in raw; at least one byte of room per byte left is there. */
static void recode_raw(struct mt_input *in)
{
  char *from = (char *)in->raw, *to = (char *)in->text;
  size_t left = in->raw_len, room = OUT_SIZE;

  while (left && room >= MT_INPUT_HEAD) {
    if (iconv(in->recode, &from, &left, &to, &room) != (size_t)-1)
      break;
    if (errno == EILSEQ || (errno == EINVAL && in->raw_end))
      replace_sequence(in, &from, &left, &to, &room);
    else
      break; /* no room, or the rest of the sequence is still to be read */
  }
  if (!left && in->raw_end && !in->flushed) {
    iconv(in->recode, NULL, NULL, &to, &room);
    in->flushed = true;
  }
  memmove(in->raw, from, left);
  in->raw_len = left;
  in->text_len = OUT_SIZE - room;
  in->text_pos = 0;
}

static int recoded_read(struct mt_input *in, void *p, size_t n, size_t *got)
{
  while (in->text_pos == in->text_len && !in->flushed) {
    size_t more = 0;
    if (!in->raw_end && in->raw_len < RAW_SIZE) {
      int rc = plain_read(in, in->raw + in->raw_len, RAW_SIZE - in->raw_len, &more);
      if (rc)
        return rc;
      in->raw_end = more == 0;
      in->raw_len += more;
    }
    recode_raw(in);
  }
  *got = in->text_len - in->text_pos;
  if (*got > n)
    *got = n;
  if (*got)
    memcpy(p, in->text + in->text_pos, *got);
  in->text_pos += *got;
  return 0;
}

/* --- the input --------------------------------------------------------------- */

static int open_file(struct mt_input *in, const char *path)
{
  in->path = strdup(path);
  if (!in->path)
    return mt_fail_memory(&in->error);
  in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (in->fd < 0) {
    mt_fail(&in->error, errno, "cannot open %s: %s", path, strerror(errno));
    mt_error_remedy(&in->error, "%s",
                    in->error.code == ENOENT   ? "check the name and the folder"
                    : in->error.code == EACCES ? "you lack the permission to read it"
                                               : "");
    return in->error.code;
  }
  if (fstat(in->fd, &in->opened))
    return mt_fail(&in->error, errno, "cannot examine %s: %s", path, strerror(errno));
  if (S_ISDIR(in->opened.st_mode)) {
    mt_fail(&in->error, EISDIR, "%s is a directory", path);
    mt_error_remedy(&in->error, "name a file in it");
    return EISDIR;
  }
  if (S_ISCHR(in->opened.st_mode) || S_ISBLK(in->opened.st_mode)) {
    mt_fail(&in->error, ENODEV, "%s is a device", path);
    mt_error_remedy(&in->error, "name a file, or pipe data in");
    return ENODEV;
  }
  if (mt_input_is_regular(in))
    posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return 0;
}

struct mt_input *mt_input_new(void)
{
  struct mt_input *in = calloc(1, sizeof *in);

  if (!in)
    return NULL;
  in->fd = -1;
  in->recode = (iconv_t)-1;
  return in;
}

int mt_input_begin(struct mt_input *in, const char *encoding)
{
  in->stored = malloc(MT_INPUT_STORED);
  int rc = in->stored ? stored_begin(in) : mt_fail_memory(&in->error);
  if (!rc)
    rc = read_head(in);
  return rc ? rc : recode_begin(in, encoding);
}

int mt_input_open(struct mt_input **out, const char *path, const char *encoding,
                  struct mt_error *err)
{
  struct mt_input *in = mt_input_new();

  *out = NULL;
  if (!in)
    return mt_fail_memory(err);
  int rc = open_file(in, path);
  if (!rc)
    rc = mt_input_begin(in, encoding);
  if (rc) {
    mt_input_latched(in, err);
    mt_input_free(in);
    return rc;
  }
  *out = in;
  return 0;
}

static int text_read(struct mt_input *in, void *p, size_t n, size_t *got)
{
  if (in->recode == (iconv_t)-1)
    return plain_read(in, p, n, got);
  return recoded_read(in, p, n, got);
}

int mt_input_read(struct mt_input *in, void *p, size_t n, size_t *got,
                  struct mt_error *err)
{
  *got = 0;
  if (in->error.code)
    return mt_input_latched(in, err);
  if (in->recent)
    *got = mt_recent_get(in->recent, in->at, p, n);
  if (!*got) {
    if (text_read(in, p, n, got))
      return mt_input_latched(in, err);
    if (in->recent)
      mt_recent_add(in->recent, p, *got);
  }
  in->at += *got;
  return 0;
}

int mt_input_read_at(const struct mt_input *in, uint64_t at, void *p, size_t n,
                     size_t *got, struct mt_error *err)
{
  uint8_t *to = p;
  size_t some = 1;
  int rc = 0;

  *got = 0;
  while (*got < n && some > 0 && rc == 0) {
    rc = read_some(in, at + *got, to + *got, n - *got, &some, err);
    *got += some;
  }
  return rc;
}

void mt_input_pass(struct mt_input *in, size_t n)
{
  in->consumed += n;
  in->at += n;
}

int mt_input_rewind(struct mt_input *in, struct mt_error *err)
{
  int rc = in->error.code ? in->error.code : check_identity(in, &in->error);

  archive_close(in);
  if (!rc)
    rc = seek_start(in);
  if (!rc)
    rc = stored_begin(in);
  in->head_len = in->head_pos = 0;
  if (!rc && !mt_input_reads_anywhere(in))
    rc = read_head(in);
  if (rc)
    return mt_input_latched(in, err);
  if (in->recode != (iconv_t)-1)
    iconv(in->recode, NULL, NULL, NULL, NULL);
  in->raw_len = in->text_len = in->text_pos = 0;
  in->raw_end = in->flushed = false;
  in->at = 0;
  if (in->recent)
    in->recent->end = 0;
  return 0;
}

int mt_input_check(struct mt_input *in, struct mt_error *err)
{
  if (in->error.code || check_identity(in, &in->error))
    return mt_input_latched(in, err);
  return 0;
}

void mt_input_free(struct mt_input *in)
{
  if (!in)
    return;
  archive_close(in);
  if (in->recode != (iconv_t)-1)
    iconv_close(in->recode);
  if (in->fd >= 0)
    close(in->fd);
  free(in->stored);
  free(in->raw);
  free(in->text);
  free(in->recent);
  free(in->path);
  free(in);
}

uint64_t mt_input_size(const struct mt_input *in)
{
  return mt_input_is_regular(in) ? (uint64_t)in->opened.st_size : 0;
}

uint64_t mt_input_consumed(const struct mt_input *in)
{
  return in->consumed;
}

const char *mt_input_encoding(const struct mt_input *in)
{
  return in->encoding;
}

const char *mt_input_compression(const struct mt_input *in)
{
  return *in->compression ? in->compression : NULL;
}
