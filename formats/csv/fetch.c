#include "formats/csv/fetch.h"

#include <string.h>

#include "formats/csv/regular.h"

void mt_csv_reserve(struct mt_csv_source *s, struct mt_block *b)
{
  const bool any = s->steps && mt_input_reads_anywhere(s->input);

  b->fetched = (struct mt_fetched){.any = any};
  if (!any)
    return;
  if (s->reserved == MT_CSV_HERE)
    s->reserved = mt_input_consumed(s->input);
  b->fetched.byte = s->reserved;
  if (!s->sated)
    b->fetched.wanted =
        s->block_size - (size_t)((s->reserved - s->origin) % s->block_size);
  s->reserved += b->fetched.wanted;
}

/* Not as many as the block can have: the part comes behind other records. */
static void count_records(const struct mt_csv_source *s, struct mt_fetched *f,
                          const uint8_t *text, size_t max_rows)
{
  const uint8_t *line_end = memchr(text, '\n', f->len);
  struct mt_csv_run run;

  if (line_end == NULL || max_rows < 2)
    return;
  f->run_from = f->run_to = (size_t)(line_end - text) + 1;
  const size_t left = f->len - f->run_from;
  mt_csv_run_begin(&run, &s->dialect, text,
                   f->run_from + (left < s->max_field ? left : (size_t)s->max_field),
                   f->run_from);
  f->run_rows = mt_csv_run_count(&run, max_rows - (max_rows + 15) / 16, &f->run_to);
  f->run_multiline = run.multiline;
}

void mt_csv_fetch(const struct mt_csv_source *s, struct mt_block *b, size_t max_rows)
{
  struct mt_fetched *f = &b->fetched;

  if (!f->any)
    return;
  b->len = 0;
  if (mt_csv_source_make_room(s, b, mt_csv_source_headroom(s), f->wanted)) {
    mt_fail_memory(&f->failed);
    return;
  }
  if (mt_input_read_at(s->input, f->byte, b->text, f->wanted, &f->len, &f->failed) == 0)
    f->end = f->len < f->wanted || f->byte + f->len >= mt_input_size(s->input);
  count_records(s, f, b->text, max_rows);
}
