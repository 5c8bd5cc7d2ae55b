#include "formats/csv/decode.h"

#include <errno.h>
#include <string.h>

static bool has_non_ascii(const uint8_t *text, size_t len)
{
  uint64_t seen = 0, word;
  size_t i = 0;

  for (; i + sizeof word <= len; i += sizeof word) {
    memcpy(&word, text + i, sizeof word);
    seen |= word;
  }
  for (; i < len; i++)
    seen |= text[i];
  return (seen & 0x8080808080808080u) != 0;
}

struct decoder {
  struct mt_csv_cursor cursor;
  const struct mt_block *block;
  struct mt_chunk *chunk;
  size_t pos;
  size_t open_quote; /* index of the next one */
  uint32_t line;     /* of pos, from the block's start */
};

static void add_fault(struct decoder *d, enum mt_fault_kind kind, size_t offset,
                      uint64_t detail)
{
  const struct mt_block *b = d->block;

  mt_fault_add(&d->chunk->faults, kind, b->line + d->line, b->byte + offset, detail);
}

/* A record that begins with a blank after a line that did not end in LF is read
 * twice or refused by pandas, whose tokenizer steps back to the last LF there. */
static bool begins_badly(const struct decoder *d)
{
  const uint8_t *p = d->block->text + d->pos;
  uint8_t before = d->pos ? p[-1] : d->block->before;

  return (*p == ' ' || *p == '\t') && *p != d->cursor.dialect.delimiter && before != '\n';
}

static void pass_blank_lines(struct decoder *d)
{
  while (mt_csv_start(&d->cursor, &d->pos) == MT_CSV_BLANK)
    d->line++;
}

/* Cells that the record lacks are empty ones at its start. */
static void fit_row(struct decoder *d, const struct mt_csv_row *row, size_t start)
{
  bool is_short = row->count < row->cap;

  for (size_t k = row->count; k < row->cap; k++)
    row->cells[k * row->stride] = (struct mt_cell){.off = (uint32_t)start};
  add_fault(d, is_short ? MT_FAULT_SHORT_ROW : MT_FAULT_LONG_ROW, start, row->count);
}

static void decode_record(struct decoder *d, size_t i)
{
  const struct mt_block *b = d->block;
  struct mt_chunk *chunk = d->chunk;
  const size_t start = d->pos;
  bool any_open = d->open_quote < b->open_quotes_len;
  uint32_t open = any_open ? b->open_quotes[d->open_quote] : 0;
  struct mt_csv_row row = {.cells = chunk->cells + i,
                           .stride = chunk->rows,
                           .cap = chunk->columns,
                           .open = any_open ? open & ~MT_BLOCK_LONG : SIZE_MAX};

  chunk->row_byte[i] = (uint32_t)start;
  chunk->row_line[i] = d->line;
  if (begins_badly(d))
    add_fault(d, MT_FAULT_CR_BLANK, start, 0);
  mt_csv_split(&d->cursor, &d->pos, &row);
  if (row.count != row.cap)
    fit_row(d, &row, start);
  if (row.open < d->pos) {
    bool is_long = open & MT_BLOCK_LONG;
    add_fault(d, is_long ? MT_FAULT_LONG_FIELD : MT_FAULT_OPEN_QUOTE, row.open,
              row.open_column);
    d->open_quote++;
  }
  d->line += 1 + (uint32_t)row.lines;
}

int mt_csv_decode(const struct mt_csv_dialect *dialect, struct mt_block *b,
                  size_t columns, struct mt_chunk *chunk)
{
  struct decoder d = {.block = b, .chunk = chunk};

  if (mt_chunk_shape(chunk, b->rows, columns))
    return ENOMEM;
  chunk->first_row = b->first_row;
  chunk->text = b->text;
  chunk->byte0 = b->byte;
  chunk->line0 = b->line;
  chunk->has_nul = memchr(b->text, '\0', b->len) != NULL;
  chunk->has_non_ascii = has_non_ascii(b->text, b->len);
  chunk->faults = (struct mt_fault_list){0};
  mt_csv_cursor_init(&d.cursor, dialect, b->text, b->len, true);
  d.cursor.fields = true;
  for (size_t i = 0; i < chunk->rows; i++) {
    pass_blank_lines(&d);
    decode_record(&d, i);
  }
  return 0;
}
