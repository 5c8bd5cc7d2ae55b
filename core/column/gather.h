/* The texts of a run of cells, each once: where texts repeat, what follows from a text
 * is found out once and not cell by cell.
 *
 *   mt_gather_init; mt_gather_cells per run, then read entry[0 .. entries);
 *   mt_gather_reset
 *
 * A run that hardly repeats its texts is given up after its beginning: the cells from
 * `end` on are left to the caller (plain.h).  What is gathered depends on the cells and
 * on nothing else. */
#ifndef MT_CORE_GATHER_H
#define MT_CORE_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cells/chunk.h"

/* A text of the run. */
struct mt_gathered {
  /* Its first eight bytes, and those behind them, of which a text of more than 16 bytes
   * has its last eight here: with zeros where there are fewer. */
  uint64_t head, tail;
  uint64_t hash;     /* mt_text_hash, with the seed of the run */
  uint64_t count;    /* mt_gathered_count; << 32: those begun with a quote */
  uint32_t off, len; /* in the chunk's text */
  uint32_t row;      /* of the first cell */
  uint32_t slot;     /* its place in the table */
  bool null;         /* the caller's */
};

/* Cells that hold it; of those, begun with a quote. */
static inline uint32_t mt_gathered_count(const struct mt_gathered *e)
{
  return (uint32_t)e->count;
}
static inline uint32_t mt_gathered_quoted(const struct mt_gathered *e)
{
  return (uint32_t)(e->count >> 32);
}

#define MT_GATHER_LATELY_BITS 10

struct mt_gather {
  struct mt_gathered *entry; /* in order of appearance; owned */
  size_t entries, entries_cap;
  uint32_t *index;      /* the entry of each cell that was gathered; owned */
  size_t end;           /* the first row that was not gathered */
  uint32_t longest;     /* no text is longer */
  size_t stretches;     /* of equal cells, among those gathered */
  uint64_t fingerprint; /* of the gathered cells and their rows */
  uint32_t *table;      /* entry + 1, or 0; owned */
  size_t table_len, table_cap;
  uint16_t lately[1 << MT_GATHER_LATELY_BITS]; /* entries seen lately */
};

/* Begin with {0}. */
void mt_gather_reset(struct mt_gather *g);
/* Gathers rows [from .. to) of a column.  0 or ENOMEM. */
int mt_gather_cells(struct mt_gather *g, const struct mt_chunk *c,
                    const struct mt_cell *cells, size_t from, size_t to,
                    uint64_t seed) MT_MUST_CHECK;

/* What a cell adds to the fingerprint of its column: a sum, so that blocks can be merged.
 * code: the same for the same text, and hard to foresee. */
static inline uint64_t mt_cell_print(uint64_t code, uint64_t row)
{
  unsigned __int128 p = (unsigned __int128)(code ^ (row + 1) * 0x9e3779b97f4a7c15ull) *
                        0xd6e8feb86659fd93ull;
  return (uint64_t)p ^ (uint64_t)(p >> 64);
}

#endif
