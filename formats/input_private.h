/* The inside of an input, shared by input.c and input_share.c. */
#ifndef MT_FORMATS_INPUT_PRIVATE_H
#define MT_FORMATS_INPUT_PRIVATE_H

#include <archive.h>
#include <iconv.h>
#include <sys/stat.h>

#include "formats/input.h"
#include "formats/recent.h"

#define MT_INPUT_STORED ((size_t)128 << 10)
#define MT_INPUT_HEAD 4

/* Three layers, each pulling from the one before:
 * file (descriptor) -> stored (decompressed) -> text (UTF-8). */
struct mt_input {
  char *path;
  int fd;
  struct stat opened;
  uint64_t consumed;     /* bytes read from fd; of a regular file, where it goes on */
  struct mt_error error; /* latched; code 0 = none */
  const struct mt_bell *cancel; /* borrowed; NULL = waits are not to end */

  struct archive *archive; /* NULL = the file as it is */
  uint8_t *stored;         /* what libarchive reads from */
  char compression[16];

  uint8_t head[MT_INPUT_HEAD]; /* first bytes, read at open to know the encoding */
  size_t head_len, head_pos;

  iconv_t recode; /* (iconv_t)-1 = UTF-8 already */
  char encoding[32];
  size_t unit;  /* bytes a broken sequence takes */
  uint8_t *raw; /* bytes before recoding */
  size_t raw_len;
  uint8_t *text; /* bytes after it */
  size_t text_len, text_pos;
  bool raw_end, flushed;

  uint64_t at;              /* bytes handed out, or the place moved to */
  struct mt_recent *recent; /* a shared input that cannot be read anywhere; else NULL */
};

static inline bool mt_input_is_regular(const struct mt_input *in)
{
  return S_ISREG(in->opened.st_mode);
}

/* An input that nothing is known of; NULL: no memory. */
struct mt_input *mt_input_new(void);
/* From the first byte of fd on, which is open. */
int mt_input_begin(struct mt_input *in, const char *encoding);
/* Hands out the latched error: its code. */
int mt_input_latched(struct mt_input *in, struct mt_error *err);

#endif
