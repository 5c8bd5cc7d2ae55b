#include "core/cells/chunk.h"

#include <errno.h>
#include <stdlib.h>

#include "core/base/buffer.h"

void mt_block_init(struct mt_block *b)
{
  *b = (struct mt_block){0};
}

void mt_block_reset(struct mt_block *b)
{
  free(b->room);
  free(b->open_quotes);
  mt_block_init(b);
}

void mt_chunk_init(struct mt_chunk *c)
{
  *c = (struct mt_chunk){0};
}

void mt_chunk_reset(struct mt_chunk *c)
{
  free(c->cells);
  free(c->row_byte);
  free(c->row_line);
  mt_chunk_init(c);
}

/* The old contents are worth nothing, so nothing is copied. */
static int grow_rows(struct mt_chunk *c, size_t rows)
{
  free(c->row_byte);
  free(c->row_line);
  c->rows_cap = 0;
  c->row_byte = mt_alloc(rows, sizeof *c->row_byte);
  c->row_line = mt_alloc(rows, sizeof *c->row_line);
  if (!c->row_byte || !c->row_line)
    return ENOMEM;
  c->rows_cap = rows;
  return 0;
}

static int grow_cells(struct mt_chunk *c, size_t cells)
{
  size_t all;

  free(c->cells);
  c->cells_cap = 0;
  c->cells =
      mt_size_add(cells, MT_CHUNK_AHEAD, &all) ? mt_alloc(all, sizeof *c->cells) : NULL;
  if (!c->cells)
    return ENOMEM;
  c->cells_cap = cells;
  return 0;
}

/* A row is written across all columns.  Where these lie a power of two apart they compete
 * for a few places in the caches, so they lie an odd number of lines apart. */
static size_t stride_of(size_t rows)
{
  const size_t line = 64 / sizeof(struct mt_cell);

  return rows < 8 * line ? rows : ((rows + line - 1) / line | 1) * line;
}

int mt_chunk_shape(struct mt_chunk *c, size_t rows, size_t columns)
{
  c->rows = c->columns = 0;
  size_t cells;
  c->stride = stride_of(rows);
  if (!mt_size_mul(c->stride, columns, &cells))
    return ENOMEM;
  if (rows > c->rows_cap && grow_rows(c, rows))
    return ENOMEM;
  if (cells > c->cells_cap && grow_cells(c, cells))
    return ENOMEM;
  c->rows = rows;
  c->columns = columns;
  return 0;
}

uint64_t mt_chunk_cell_byte(const struct mt_chunk *c, size_t row,
                            const struct mt_cell *cell)
{
  uint32_t record = c->row_byte[row];
  bool before = cell->off < record;
  bool behind = row + 1 < c->rows && cell->off >= c->row_byte[row + 1];
  return c->byte0 + (before || behind ? record : cell->off);
}
