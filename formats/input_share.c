/* A second way into an open input. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "formats/input_private.h"

#define STEP_SIZE ((size_t)256 << 10) /* of mt_input_move, where it has to read */

bool mt_input_reads_anywhere(const struct mt_input *in)
{
  return mt_input_is_regular(in) && !in->archive && in->recode == (iconv_t)-1;
}

/* What is read of `from` here does not change once it is open. */
static int share(struct mt_input *in, const struct mt_input *from)
{
  if (!mt_input_is_regular(from)) {
    mt_fail(&in->error, ESPIPE, "the rows of a pipe are gone once they are read");
    mt_error_remedy(&in->error, "store it in a file first");
    return ESPIPE;
  }
  in->opened = from->opened;
  in->path = strdup(from->path);
  if (!in->path)
    return mt_fail_memory(&in->error);
  in->fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);
  if (in->fd < 0)
    return mt_fail(&in->error, errno, "cannot read %s a second time: %s", in->path,
                   strerror(errno));
  int rc = mt_input_begin(in, from->encoding);
  if (rc || mt_input_reads_anywhere(in))
    return rc;
  in->recent = mt_recent_new();
  return in->recent ? 0 : mt_fail_memory(&in->error);
}

int mt_input_share(struct mt_input **out, const struct mt_input *from,
                   struct mt_error *err)
{
  struct mt_input *in = mt_input_new();

  *out = NULL;
  if (!in)
    return mt_fail_memory(err);
  int rc = share(in, from);
  if (rc) {
    mt_input_latched(in, err);
    mt_input_free(in);
    return rc;
  }
  *out = in;
  return 0;
}

int mt_input_move(struct mt_input *in, uint64_t to, bool *there, struct mt_error *err)
{
  uint8_t waste[4096];

  *there = true;
  if (in->error.code)
    return mt_input_latched(in, err);
  if (!in->recent) {
    in->consumed = in->at = to;
    in->head_pos = in->head_len;
    return 0;
  }
  if (to < mt_recent_begin(in->recent)) {
    int rc = mt_input_rewind(in, err);
    if (rc)
      return rc;
  }
  in->at = in->recent->end;
  for (size_t done = 0, got = 1; got && in->at < to && done < STEP_SIZE; done += got) {
    const uint64_t left = to - in->at;
    int rc = mt_input_read(in, waste, left < sizeof waste ? (size_t)left : sizeof waste,
                           &got, err);
    if (rc)
      return rc;
    if (!got)
      to = in->at;
  }
  *there = in->at >= to;
  in->at = *there ? to : in->at;
  return 0;
}
