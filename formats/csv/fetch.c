#include "formats/csv/fetch.h"

#include <errno.h>
#include <string.h>

#include "formats/csv/source_private.h"

void mt_csv_reserve(struct mt_csv_source *s, struct mt_block *b)
{
  /* A file of no size can be one that does not say it. */
  const bool any =
      s->steps && mt_input_reads_anywhere(s->input) && mt_input_size(s->input) > 0;

  b->fetched = (struct mt_fetched){.any = any};
  if (!any)
    return;
  if (s->reserved == MT_CSV_HERE)
    s->reserved = mt_input_consumed(s->input);
  b->fetched.byte = s->reserved;
  const uint64_t at = s->reserved - s->origin;
  if (!s->sated)
    b->fetched.wanted = (size_t)(mt_csv_source_step_end(s, at) - at);
  s->reserved += b->fetched.wanted;
}

/* Counts regular records up to where the part has been read, at most so many; whether it
 * is worth while to go on.  looked: where its first line end is not. */
static bool count_on(const struct mt_csv_source *s, struct mt_fetched *f,
                     const uint8_t *text, size_t looked, uint64_t most)
{
  struct mt_csv_run run;

  if (f->run_from == 0) {
    const uint8_t *line_end = memchr(text + looked, '\n', f->len - looked);
    if (line_end == NULL)
      return true;
    f->run_from = f->run_to = (size_t)(line_end - text) + 1;
  }
  mt_csv_source_run(s, &run, text, f->run_to, f->len);
  const uint64_t rows = mt_csv_run_count(&run, most - f->run_rows, &f->run_to);
  f->run_rows += rows;
  f->run_multiline |= run.multiline;
  return rows > 0 && f->run_rows < most;
}

/* Bytes that are counted while they are at hand in the caches. */
#define STEP ((size_t)128 << 10)
#define PAGE 4096

/* Room for the part that begins where a page does if it does so in the file: others are
 * copied up to four times slower. */
static int make_room(const struct mt_csv_source *s, struct mt_block *b)
{
  const size_t headroom = mt_csv_source_headroom(s);

  b->len = 0;
  if (mt_csv_source_make_room(s, b, headroom, PAGE + b->fetched.wanted) != 0)
    return ENOMEM;
  b->text += (b->fetched.byte - (uintptr_t)b->text) % PAGE;
  return 0;
}

void mt_csv_fetch(const struct mt_csv_source *s, struct mt_block *b, size_t max_rows)
{
  struct mt_fetched *f = &b->fetched;
  const uint64_t most =
      max_rows - max_rows / 16; /* the part comes behind other records */
  bool count = most > 0;
  size_t got = 1;

  if (!f->any)
    return;
  if (make_room(s, b) != 0) {
    mt_fail_memory(&f->failed);
    return;
  }
  while (f->len < f->wanted && got > 0) {
    const size_t left = f->wanted - f->len;
    const int rc = mt_input_read_at(s->input, f->byte + f->len, b->text + f->len,
                                    left < STEP ? left : STEP, &got, &f->failed);
    f->len += got;
    if (rc != 0)
      return;
    count = count && count_on(s, f, b->text, f->len - got, most);
  }
  f->end = f->len < f->wanted || f->byte + f->len >= mt_input_size(s->input);
}
