#include "core/column/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/column/code.h"

/* A run is given up, but for its beginning, if of the cells of a trial, of which a part
 * at least is not empty, most hold different texts. */
#define SHORTEST_RUN 128 /* worth a trial */
#define TRIAL_SHARE 8
#define SHORTEST_TRIAL 64
#define LONGEST_TRIAL 1024
#define REPEATS 8       /* of 32 values, at most, in the whole trial */
#define EARLY 256       /* cells of the trial after which it may end already: */
#define EARLY_REPEATS 1 /* of 32 values, at most, then */
#define BEGINNING 8
#define FIRST_SLOTS 256

void mt_gather_reset(struct mt_gather *g)
{
  free(g->entry);
  free(g->index);
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

static int grow_entries(struct mt_gather *g, size_t cells)
{
  free(g->entry);
  free(g->index);
  g->entries_cap = 0;
  g->entry = mt_alloc(cells, sizeof *g->entry);
  g->index = mt_alloc(cells, sizeof *g->index);
  if (g->entry == NULL || g->index == NULL)
    return ENOMEM;
  g->entries_cap = cells;
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
  g->entries = 0;
  g->longest = 0;
  if (g->table == NULL && grow_table(g) != 0)
    return ENOMEM;
  if (cells > g->entries_cap && grow_entries(g, cells) != 0)
    return ENOMEM;
  memset(g->lately, 0, sizeof g->lately); /* all lead to entry 0, which holds nothing */
  if (g->entries_cap > 0)
    g->entry[0].len = UINT32_MAX;
  return 0;
}

/* Where cells come from. */
struct source {
  const uint8_t *text;
  const struct mt_cell *cells;
  size_t first; /* row of the run */
  uint64_t seed;
};

/* What a cell's text is compared by. */
struct key {
  const uint8_t *s;
  uint64_t head, tail; /* as in struct mt_gathered */
  uint32_t len;
};

#define HEAD 8
#define SHORT 16 /* head and tail are all of it */

/* most: the text is not longer; all but the longest need fewer steps. */
static inline __attribute__((always_inline)) struct key
key_of(const uint8_t *s, uint32_t len, uint32_t most)
{
  static const uint64_t masks[HEAD + SHORT + 1] = {
      /* none of them is in the text */
      0, 0, 0, 0, 0, 0, 0, 0, 0,
      /* some are, or all */
      0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff,
      UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
      UINT64_MAX, UINT64_MAX};
  const uint32_t in = most <= SHORT || len < SHORT ? len : SHORT;
  uint64_t head, tail = 0;

  memcpy(&head, s, sizeof head); /* readable past its end */
  head = le64toh(head) & masks[HEAD + in];
  if (most > HEAD) {
    memcpy(&tail, s + (most <= SHORT || len < SHORT ? HEAD : len - HEAD), sizeof tail);
    tail = le64toh(tail) & masks[in];
  }
  return (struct key){s, head, tail, len};
}

static inline bool holds(const struct mt_gathered *e, const struct key *k,
                         const uint8_t *text)
{
  return e->head == k->head && e->len == k->len && e->tail == k->tail &&
         (k->len <= SHORT || memcmp(text + e->off, k->s, k->len) == 0);
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
                            .off = (uint32_t)(k->s - text),
                            .len = k->len,
                            .row = (uint32_t)r,
                            .slot = (uint32_t)at};
  g->table[at] = (uint32_t)++g->entries;
  return e;
}

static inline uint16_t *lately(struct mt_gather *g, struct key k)
{
  uint64_t mixed = k.head * 0x9e3779b97f4a7c15ull + k.tail * 0xd6e8feb86659fd93ull;
  return &g->lately[mixed >> (64 - MT_GATHER_LATELY_BITS)];
}

/* As holds, without a branch for each difference. */
static inline bool is_likely(const struct mt_gathered *e, struct key k, uint32_t most,
                             const uint8_t *text)
{
  const uint64_t tails = most <= HEAD ? 0 : e->tail ^ k.tail;

  return ((e->head ^ k.head) | tails | (e->len ^ k.len)) == 0 &&
         (most <= SHORT || k.len <= SHORT || memcmp(text + e->off, k.s, k.len) == 0);
}

/* Finds the entry of row r; *seen leads to it from now on, if it can tell it.  Seldom
 * called, and by itself, so that the registers are for the others.  NULL without memory.
 */
static __attribute__((noinline)) struct mt_gathered *
look_up(struct mt_gather *g, const uint8_t *text, const struct mt_cell *cells,
        uint16_t *seen, size_t r, uint64_t seed)
{
  const struct key k = key_of(text + cells[r].off, cells[r].len, UINT32_MAX);
  struct mt_gathered *e = find(g, text, &k, r, seed);

  if (e != NULL && e - g->entry <= UINT16_MAX)
    *seen = (uint16_t)(e - g->entry);
  return e;
}

/* Gathers rows from *r on up to `to`, or the first with a text longer than `most`; *r is
 * moved there. */
static inline __attribute__((always_inline)) int gather_up_to(struct mt_gather *g,
                                                              const struct source *from,
                                                              size_t *r, size_t to,
                                                              uint32_t most)
{
  /* kept in registers: for all the compiler knows, g and text could overlap */
  const uint8_t *const text = from->text;
  const struct mt_cell *const cells = from->cells;
  struct mt_gathered *const entry = g->entry;
  uint32_t *index = g->index + (*r - from->first);
  size_t i = *r;

  for (; i < to; i++) {
    const struct mt_cell cell = cells[i];
    mt_chunk_ahead(text, &cells[i]);
    if (cell.len > most)
      break;
    const struct key k = key_of(text + cell.off, cell.len, most);
    uint16_t *seen = lately(g, k);
    uint32_t at = *seen;

    if (__builtin_expect(!is_likely(&entry[at], k, most, text), 0)) {
      const struct mt_gathered *e = look_up(g, text, cells, seen, i, from->seed);
      if (e == NULL)
        return ENOMEM;
      at = (uint32_t)(e - entry);
    }
    entry[at].count += 1 + ((uint64_t)cell.quoted << 32);
    *index++ = at;
  }
  *r = i;
  return 0;
}

/* Gathers rows [r .. to), those before them have been: the shorter the texts were so far,
 * the shorter the way. */
static int gather(struct mt_gather *g, const struct source *from, size_t r, size_t to)
{
  int rc = 0;

  while (rc == 0 && r < to) {
    rc = g->longest <= HEAD    ? gather_up_to(g, from, &r, to, HEAD)
         : g->longest <= SHORT ? gather_up_to(g, from, &r, to, SHORT)
                               : gather_up_to(g, from, &r, to, UINT32_MAX);
    if (r < to && from->cells[r].len > g->longest)
      g->longest = from->cells[r].len;
  }
  g->end = to;
  return rc;
}

typedef uint32_t numbers __attribute__((vector_size(16)));

/* How often neighbours differ. */
static size_t count_changes(const uint32_t *v, size_t n)
{
  numbers same = {0};
  size_t i = 0, equal;

  for (; i + 5 <= n; i += 4) {
    numbers a, b;
    memcpy(&a, v + i, sizeof a);
    memcpy(&b, v + i + 1, sizeof b);
    same -= (numbers)(a == b);
  }
  equal = (size_t)same[0] + same[1] + same[2] + same[3];
  for (; i + 1 < n; i++)
    equal += v[i] == v[i + 1];
  return n > 0 ? n - 1 - equal : 0;
}

/* The cells are known by which texts there are and where each is. */
static void sum_up(struct mt_gather *g, const struct source *from, uint64_t first_row)
{
  const size_t cells = g->end - from->first;

  g->stretches = cells > 0 ? 1 + count_changes(g->index, cells) : 0;
  g->fingerprint = mt_hash_long(g->index, cells * sizeof *g->index,
                                from->seed + mt_code_mix(first_row + from->first));
  for (size_t i = 0; i < g->entries; i++) {
    const struct mt_gathered *e = &g->entry[i];
    g->fingerprint += mt_cell_print(e->hash + e->len, first_row + e->row);
  }
}

/* Whether a run hardly repeats its values, of which these cells have been gathered: no
 * more than so many of 32. */
static bool is_diverse(const struct mt_gather *g, size_t cells, size_t repeats)
{
  size_t values = cells, texts = g->entries;

  for (size_t i = 0; i < g->entries; i++)
    if (g->entry[i].len == 0) {
      values -= mt_gathered_count(&g->entry[i]);
      texts--;
    }
  return values >= cells / 16 * 3 && (values - texts) * 32 <= values * repeats;
}

static size_t trial_of(size_t rows)
{
  size_t trial = rows / TRIAL_SHARE;

  return rows < SHORTEST_RUN      ? rows
         : trial < SHORTEST_TRIAL ? SHORTEST_TRIAL
         : trial > LONGEST_TRIAL  ? LONGEST_TRIAL
                                  : trial;
}

static int gather_run(struct mt_gather *g, const struct source *from, size_t to)
{
  const size_t first = from->first, trial = trial_of(to - first);
  const size_t early = trial < EARLY ? trial : EARLY;
  bool diverse;

  if (begin(g, to - first) != 0 || gather(g, from, first, first + early) != 0)
    return ENOMEM;
  diverse = early < trial && is_diverse(g, early, EARLY_REPEATS);
  if (!diverse) {
    if (gather(g, from, first + early, first + trial) != 0)
      return ENOMEM;
    diverse = first + trial < to && is_diverse(g, trial, REPEATS);
  }
  if (!diverse)
    return gather(g, from, first + trial, to);
  if (begin(g, 0) != 0)
    return ENOMEM;
  return gather(g, from, first, first + BEGINNING);
}

int mt_gather_cells(struct mt_gather *g, const struct mt_chunk *c,
                    const struct mt_cell *cells, size_t from, size_t to, uint64_t seed)
{
  const struct source source = {c->text, cells, from, seed};

  if (gather_run(g, &source, to) != 0)
    return ENOMEM;
  sum_up(g, &source, c->first_row);
  return 0;
}
