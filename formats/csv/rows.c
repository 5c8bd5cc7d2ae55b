#include "formats/csv/rows.h"

#include <stdlib.h>

#define BLOCK_SIZE ((size_t)1 << 20)

struct csv_rows {
  struct mt_rows base;
  struct mt_csv_source source;
};

static struct csv_rows *rows_of(struct mt_rows *r)
{
  return (struct csv_rows *)r;
}

static struct mt_mark mark_of(const struct mt_csv_place *p, uint64_t row)
{
  return (struct mt_mark){row, p->byte, p->line, p->before};
}

static int move(struct mt_rows *rows, const struct mt_mark *to, bool *there,
                struct mt_error *err)
{
  const struct mt_csv_place place = {to->byte, to->line, to->before};
  int rc = mt_csv_source_move(&rows_of(rows)->source, &place, there, err);

  if (!rc && *there)
    rows->at = *to;
  return rc;
}

static int next(struct mt_rows *rows, size_t max_rows, struct mt_block *b,
                struct mt_error *err)
{
  struct csv_rows *r = rows_of(rows);
  int rc = mt_csv_source_block(&r->source, b, max_rows, err);

  if (rc)
    return rc;
  b->seq = 1; /* the header's faults belong to block 0 */
  b->first_row = rows->at.row;
  rows->at = mark_of(&r->source.place, rows->at.row + b->rows);
  return 0;
}

static int read_bytes(struct mt_rows *rows, uint8_t *p, size_t n, size_t *got,
                      struct mt_error *err)
{
  return mt_csv_source_read(&rows_of(rows)->source, p, n, got, err);
}

static int check(struct mt_rows *rows, struct mt_error *err)
{
  return mt_input_check(rows_of(rows)->source.input, err);
}

static void progress(const struct mt_rows *rows, struct mt_reader_progress *p)
{
  const struct csv_rows *r = (const struct csv_rows *)rows;

  p->bytes = mt_input_consumed(r->source.input);
  p->total = mt_input_size(r->source.input);
}

static void free_rows(struct mt_rows *rows)
{
  struct csv_rows *r = rows_of(rows);

  mt_csv_source_close(&r->source);
  free(r);
}

static const struct mt_rows_ops ops = {.move = move,
                                       .next = next,
                                       .read = read_bytes,
                                       .check = check,
                                       .progress = progress,
                                       .free = free_rows};

int mt_csv_rows_open(struct mt_rows **out, const struct mt_csv_source *from,
                     const struct mt_csv_place *first, struct mt_error *err)
{
  struct csv_rows *r = calloc(1, sizeof *r);

  *out = NULL;
  if (!r)
    return mt_fail_memory(err);
  r->base.ops = &ops;
  r->base.first = mark_of(first, 0);
  r->base.quote = from->dialect.quote;
  r->source.block_size = BLOCK_SIZE;
  int rc = mt_csv_source_share(&r->source, from, err);
  if (rc) {
    free_rows(&r->base);
    return rc;
  }
  r->base.direct = mt_input_reads_anywhere(r->source.input);
  *out = &r->base;
  return 0;
}
