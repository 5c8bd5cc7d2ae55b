/* Blocks and chunks: a run of whole records, raw and decoded.
 *
 *   reader.fetch      -> mt_block.fetched  a part of the file, at once with others
 *   reader.next_block -> struct mt_block   bytes of whole records, serial, cheap
 *   reader.decode     -> struct mt_chunk   the same records as columns of cells
 *
 * A block's buffer is reused: mt_block_init once per worker, next_block fills
 * it again and again, mt_block_reset frees.  Cells point into the block's
 * buffer, so a chunk lives only until its block is filled again. */
#ifndef MT_CORE_CHUNK_H
#define MT_CORE_CHUNK_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/error.h"
#include "core/cells/fault.h"

#define MT_BLOCK_LONG 0x80000000u /* blocks are shorter than 2 GiB */

/* A part of the file, read by a worker before it is known where its records begin. */
struct mt_fetched {
  bool any;               /* there is such a part, though it may be empty */
  uint64_t byte;          /* where it begins in the file */
  size_t wanted, len;     /* bytes; fewer where the file ends, or cannot be read */
  bool end;               /* which it does there */
  struct mt_error failed; /* why no more could be read */
  /* If a record begins at run_from, so many plain ones follow one another from there on,
   * up to run_to: offsets from the part's beginning, then from that of the block's text.
   */
  size_t run_from, run_to;
  uint64_t run_rows;  /* 0: nobody knows */
  bool run_multiline; /* some have line ends inside quotes */
};

struct mt_block {
  uint64_t seq;       /* 0, 1, 2, ... in file order */
  uint64_t first_row; /* number of the first data row, from 0 */
  uint64_t rows;      /* data rows in this block, exact */
  uint64_t byte;      /* offset of text[0] in the decoded file */
  uint64_t line;      /* line number of text[0], from 1 */
  uint8_t before;     /* the byte before text[0]; LF at the file's start */
  uint8_t *text;      /* whole records, in `room` */
  size_t len;
  uint8_t *room; /* owned */
  size_t cap;    /* its bytes */
  struct mt_fetched fetched;
  /* Quotes in this block that never close, as offsets into text, ascending:
   * their field ends at its line's end.  MT_BLOCK_LONG is added to those that do
   * not close within max_field.  Owned by the block. */
  uint32_t *open_quotes;
  size_t open_quotes_len, open_quotes_cap;
};

void mt_block_init(struct mt_block *b);
void mt_block_reset(struct mt_block *b);

/* One decoded field: text[off .. off + len), quotes removed.  `quoted` says
 * that it began with a quote. */
struct mt_cell {
  uint32_t off;
  uint32_t len : 31;
  uint32_t quoted : 1;
};

struct mt_chunk {
  uint64_t first_row; /* of the dataset, from 0 */
  size_t rows, columns;
  const uint8_t *text;   /* what cells point into; readable 64 bytes past the end */
  struct mt_cell *cells; /* column-major: cells[column * stride + row]; owned */
  size_t stride, cells_cap;
  /* Where each record starts: offset into the decoded file and line number,
   * relative to byte0 and line0.  Owned, rows entries each. */
  uint64_t byte0, line0;
  uint32_t *row_byte, *row_line;
  size_t rows_cap;
  bool has_nul;                /* some field holds a NUL byte */
  bool has_non_ascii;          /* some byte of the block is >= 0x80 */
  bool irregular;              /* as of struct mt_reader_progress */
  struct mt_fault_list faults; /* of this block */
};

void mt_chunk_init(struct mt_chunk *c);
void mt_chunk_reset(struct mt_chunk *c);
/* Makes room for rows x columns cells and sets both.  0 or ENOMEM. */
int mt_chunk_shape(struct mt_chunk *c, size_t rows, size_t columns) MT_MUST_CHECK;

static inline const struct mt_cell *mt_chunk_column(const struct mt_chunk *c, size_t col)
{
  return c->cells + col * c->stride;
}
/* Cells behind the last one, for mt_chunk_ahead; they mean nothing. */
#define MT_CHUNK_AHEAD 64
/* Asks for what is going to be read soon of the column, and of its text, by one who is at
 * `cell` and reads one after another: a column touches most of the text of a chunk, which
 * does not fit the nearer caches. */
static inline void mt_chunk_ahead(const uint8_t *text, const struct mt_cell *cell)
{
  __builtin_prefetch(cell + MT_CHUNK_AHEAD);
  __builtin_prefetch(text + cell[MT_CHUNK_AHEAD / 2].off);
}
/* mt_text_head (hash.h) of a text of a chunk, in fewer steps. */
static inline uint64_t mt_chunk_head(const uint8_t *s, size_t n)
{
  uint64_t w;
  memcpy(&w, s, sizeof w); /* readable past its end */
  w = le64toh(w);
  return n >= 8 ? w : w & ((1ull << (8 * n)) - 1);
}
static inline uint64_t mt_chunk_line(const struct mt_chunk *c, size_t row)
{
  return c->line0 + c->row_line[row];
}
/* Offset of the last record in the decoded file; the chunk has rows. */
static inline uint64_t mt_chunk_last_byte(const struct mt_chunk *c)
{
  return c->byte0 + c->row_byte[c->rows - 1];
}
/* Offset of a cell's first byte in the decoded file (for unescaped cells: of
 * its record). */
uint64_t mt_chunk_cell_byte(const struct mt_chunk *c, size_t row,
                            const struct mt_cell *cell);

#endif
