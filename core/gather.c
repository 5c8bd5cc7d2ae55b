#include "core/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"
#include "core/hash.h"

/* A run is given up, but for its beginning, if of the cells of a trial, of which a part
 * at least is not empty, most hold different texts. */
#define SHORTEST_RUN 128 /* worth a trial */
#define TRIAL_SHARE 8
#define SHORTEST_TRIAL 64
#define LONGEST_TRIAL 1024
#define BEGINNING 32
#define FIRST_SLOTS 256

void mt_gather_reset(struct mt_gather *g)
{
  free(g->entry);
  free(g->table);
  memset(g, 0, sizeof *g);
}

static int grow_table(struct mt_gather *g)
{
  size_t len = g->table_len ? g->table_len * 4 : FIRST_SLOTS;
  uint32_t *table;

  if (len > g->table_cap) {
    table = realloc(g->table, len * sizeof *table);
    if (table == NULL)
      return ENOMEM;
    g->table = table;
    g->table_cap = len;
  }
  memset(g->table, 0, len * sizeof *g->table);
  g->table_len = len;
  for (size_t i = 0; i < g->entries; i++) {
    size_t at = g->entry[i].hash & (len - 1);
    while (g->table[at] != 0)
      at = (at + 1) & (len - 1);
    g->table[at] = (uint32_t)i + 1;
    g->entry[i].slot = (uint32_t)at;
  }
  return 0;
}

/* Empty, with room for as many entries as there are cells. */
static int begin(struct mt_gather *g, size_t cells)
{
  if (g->table_len > FIRST_SLOTS) {
    g->table_len = FIRST_SLOTS;
    memset(g->table, 0, g->table_len * sizeof *g->table);
  } else {
    for (size_t i = 0; i < g->entries; i++)
      g->table[g->entry[i].slot] = 0;
  }
  g->entries = g->stretches = 0;
  g->last = NULL;
  g->fingerprint = 0;
  if (g->table == NULL && grow_table(g) != 0)
    return ENOMEM;
  if (cells > g->entries_cap) {
    free(g->entry);
    g->entries_cap = 0;
    g->entry = mt_alloc(cells, sizeof *g->entry);
    if (g->entry == NULL)
      return ENOMEM;
    g->entries_cap = cells;
  }
  memset(g->cache, 0, sizeof g->cache); /* all lead to entry 0, which holds nothing yet */
  if (g->entries_cap > 0)
    g->entry[0].len = UINT32_MAX;
  return 0;
}

/* What a cell's text is compared by. */
struct key {
  const uint8_t *s;
  uint64_t head, tail;
  uint32_t len;
};

static inline struct key key_of(const uint8_t *s, uint32_t len)
{
  struct key k = {.s = s, .head = mt_chunk_head(s, len), .len = len};

  if (len > 8)
    memcpy(&k.tail, s + len - 8, sizeof k.tail);
  return k;
}

static inline bool holds(const struct mt_gathered *e, const struct key *k,
                         const uint8_t *text)
{
  return e->head == k->head && e->len == k->len && e->tail == k->tail &&
         (k->len <= 16 || memcmp(text + e->off, k->s, k->len) == 0);
}

/* The entry of row r: the one that is there, or a new one; NULL without memory. */
static struct mt_gathered *find(struct mt_gather *g, const uint8_t *text,
                                const struct key *k, size_t r, uint64_t seed)
{
  uint64_t hash = mt_text_hash(k->s, k->len, k->head, seed);
  struct mt_gathered *e;
  size_t at;

  if (g->entries * 2 >= g->table_len && grow_table(g) != 0)
    return NULL;
  for (at = hash & (g->table_len - 1); g->table[at] != 0;
       at = (at + 1) & (g->table_len - 1)) {
    e = &g->entry[g->table[at] - 1];
    if (holds(e, k, text))
      return e;
  }
  e = &g->entry[g->entries];
  *e = (struct mt_gathered){.head = k->head,
                            .tail = k->tail,
                            .hash = hash,
                            .print = hash + k->len,
                            .off = (uint32_t)(k->s - text),
                            .len = k->len,
                            .row = (uint32_t)r,
                            .slot = (uint32_t)at};
  g->table[at] = (uint32_t)++g->entries;
  return e;
}

static inline uint8_t cache_slot(const struct key *k)
{
  uint64_t mixed =
      (k->head ^ k->tail * 0x9e3779b97f4a7c15ull ^ k->len) * 0xd6e8feb86659fd93ull;
  return (uint8_t)(mixed >> 56);
}

/* Gathers rows from .. to. */
static int gather(struct mt_gather *g, const struct mt_chunk *c,
                  const struct mt_cell *cells, size_t from, size_t to, uint64_t seed)
{
  /* kept in registers: for all the compiler knows, g and text could overlap */
  const uint8_t *const text = c->text;
  struct mt_gathered *const entry = g->entry, *e;
  const struct mt_gathered *last = g->last;
  uint64_t fingerprint = g->fingerprint, first_row = c->first_row;
  size_t stretches = g->stretches;

  for (size_t r = from; r < to; r++) {
    const struct mt_cell cell = cells[r];
    const struct key k = key_of(text + cell.off, cell.len);
    uint32_t *cached = &g->cache[cache_slot(&k)];

    e = &entry[*cached];
    if (__builtin_expect(!holds(e, &k, text), 0)) {
      e = find(g, text, &k, r, seed);
      if (e == NULL)
        return ENOMEM;
      *cached = (uint32_t)(e - entry);
    }
    e->count += 1 + ((uint64_t)cell.quoted << 32);
    stretches += e != last;
    last = e;
    fingerprint += mt_cell_print(e->print, first_row + r);
  }
  g->last = last;
  g->stretches = stretches;
  g->fingerprint = fingerprint;
  g->end = to;
  return 0;
}

/* Whether a run that begins with such a trial hardly repeats its values. */
static bool is_diverse(const struct mt_gather *g, size_t trial)
{
  size_t values = trial;

  for (size_t i = 0; i < g->entries; i++)
    if (g->entry[i].len == 0)
      values -= mt_gathered_count(&g->entry[i]);
  return values >= trial / 16 * 3 && g->entries >= values / 4 * 3;
}

static size_t trial_of(size_t rows)
{
  size_t trial = rows / TRIAL_SHARE;

  return rows < SHORTEST_RUN      ? rows
         : trial < SHORTEST_TRIAL ? SHORTEST_TRIAL
         : trial > LONGEST_TRIAL  ? LONGEST_TRIAL
                                  : trial;
}

int mt_gather_cells(struct mt_gather *g, const struct mt_chunk *c,
                    const struct mt_cell *cells, size_t from, size_t to, uint64_t seed)
{
  size_t trial = trial_of(to - from);

  if (begin(g, to - from) != 0 || gather(g, c, cells, from, from + trial, seed) != 0)
    return ENOMEM;
  if (g->end == to || !is_diverse(g, trial))
    return gather(g, c, cells, g->end, to, seed);
  if (begin(g, 0) != 0)
    return ENOMEM;
  return gather(g, c, cells, from, from + BEGINNING, seed);
}
