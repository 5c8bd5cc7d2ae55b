/* Many cells of a column at a time: where memory is waited for, what comes next is
 * fetched while the values before it are dealt with. */
#include <errno.h>

#include "core/column/distinct_private.h"
#include "core/column/estimate.h"

#define AHEAD 32 /* values whose places are fetched at a time */
#define LINE 64  /* of the cache */

/* ---- texts that lie close together --------------------------------------- */

/* Counts a text again whose byte is full, or was. */
static void count_many(struct mt_distinct *d, size_t at)
{
  const uint32_t hits = mt_distinct_hit(mt_distinct_neighbour_hits(d, at));

  mt_distinct_set_hits(d, at, hits);
  d->saturated |= hits == UINT32_MAX;
}

/* What is counted in the array, from 0 or more on, or any numbers. */
enum counted { WORDS, INTEGERS, DECIMALS, ANY };

/* As mt_distinct_neighbour.  A number of another form differs in a high bit, or has one
 * for its sign, which makes it larger than any span. */
static inline uint64_t index_of(const struct mt_distinct *d, enum counted counted,
                                uint64_t code)
{
  const uint64_t number = code ^ d->form.rest, base = (uint64_t)d->base;

  switch (counted) {
  case WORDS:
    return mt_code_word_number(code, &d->form) - base;
  case INTEGERS:
    return (number >> 1 | number << 63) - base;
  case DECIMALS:
    return number - base;
  default:
    return mt_distinct_neighbour(d, code);
  }
}

/* Where the next texts are counted, from cell i on; these counts are fetched. */
static inline __attribute__((always_inline)) void
find_counts(uint64_t at[AHEAD], const struct mt_distinct *d,
            const struct mt_distinct_cells *c, size_t i, enum counted counted)
{
  const uint64_t *const code = c->code + i;
  const size_t n = c->n - i < AHEAD ? c->n - i : AHEAD;

  for (size_t k = 0; k < n; k++) {
    at[k] = index_of(d, counted, code[k]);
    __builtin_prefetch((const void *)((uintptr_t)d->few + at[k]), 1); /* or nothing */
  }
}

/* Counts texts that have a place in the array, up to the first value that has none, or
 * whose count has none.  What is new cannot be foreseen: it is no branch. */
static inline __attribute__((always_inline)) size_t
count_neighbours(struct mt_distinct *d, const struct mt_distinct_cells *c, size_t i,
                 enum counted counted)
{
  /* in registers, whatever counts may overlap */
  const struct mt_distinct_cells cells = *c;
  const struct mt_distinct to = {.few = d->few, .base = d->base, .form = d->form};
  const uint32_t *const many = d->many;
  const uint64_t span = d->span;
  uint64_t total = 0, fresh = 0, bytes = 0, long_bytes = 0, at[2][AHEAD];
  bool placed = true;

  find_counts(at[0], &to, &cells, i, counted);
  for (unsigned lot = 0; placed && i < cells.n; lot = 1 - lot) {
    const size_t end = cells.n - i < AHEAD ? cells.n : i + AHEAD;
    find_counts(at[1 - lot], &to, &cells, end, counted);
    for (const uint64_t *next = at[lot]; i < end; i++, next++) {
      const uint64_t now = *next;
      if (now >= span) {
        placed = cells.code[i] == 0;
        if (!placed)
          break;
        continue;
      }
      const uint8_t few = to.few[now];
      if (__builtin_expect(few == UINT8_MAX, 0)) {
        placed = many != NULL;
        if (!placed)
          break;
        count_many(d, now);
      } else {
        const bool new = few == 0 && (many == NULL || many[now] == 0);
        const uint64_t len = new ? cells.cell[i].len : 0;
        to.few[now] = few + 1;
        fresh += new;
        bytes += len;
        long_bytes += len > MT_TEXT_SHORT ? len : 0;
      }
      total++;
    }
  }
  d->total += total;
  d->count += fresh;
  mt_text_sizes_add_ascii_sum(&d->sizes, fresh, bytes, long_bytes);
  return i;
}

static size_t count_all_neighbours(struct mt_distinct *d,
                                   const struct mt_distinct_cells *c, size_t i)
{
  if (d->base < 0)
    return count_neighbours(d, c, i, ANY);
  switch (mt_code_kind(d->form.rest)) {
  case MT_CODE_INTEGER:
    return count_neighbours(d, c, i, INTEGERS);
  case MT_CODE_DECIMAL:
    return count_neighbours(d, c, i, DECIMALS);
  default:
    return count_neighbours(d, c, i, WORDS);
  }
}

/* ---- others -------------------------------------------------------------- */

/* Values of cells that follow one another. */
struct ahead {
  size_t n, at[AHEAD]; /* cells */
  uint64_t place[AHEAD], key[AHEAD];
  struct mt_distinct_slot *slot[AHEAD]; /* which may hold it, or free: it was new */
  size_t behind;                        /* the cell behind them */
};

/* The next values, from cell i on; their slots are fetched. */
static void look_ahead(struct ahead *a, const struct mt_distinct *d,
                       const struct mt_distinct_pool *p,
                       const struct mt_distinct_cells *c, size_t i)
{
  const uint64_t *code = c->code;
  const size_t n = c->n;
  size_t values = 0;

  for (; i < n && values < AHEAD; i++) { /* nulls are where nobody expects them */
    a->at[values] = i;
    values += code[i] != 0;
  }
  a->behind = i;
  a->n = values;
  for (size_t k = 0; k < values; k++) {
    a->place[k] = mt_distinct_place(p, code[a->at[k]]);
    a->key[k] = mt_distinct_key(code[a->at[k]], a->place[k]);
    __builtin_prefetch(mt_distinct_home(d, a->place[k]), 1);
  }
}

/* Finds the slots with the right keys; the texts that they lead to are fetched. */
static void find_slots(struct ahead *a, const struct mt_distinct *d)
{
  for (size_t i = 0; i < a->n; i++) {
    const uint64_t mask = mt_code_is_whole(a->key[i]) ? UINT64_MAX : ~MT_DISTINCT_OFFSET;
    struct mt_distinct_slot *slot = mt_distinct_home(d, a->place[i]);

    while (slot->key != 0 && (slot->key & mask) != a->key[i])
      slot = mt_distinct_beside(d, slot);
    a->slot[i] = slot;
    if (slot->key != 0 && mask != UINT64_MAX) {
      const uint8_t *text = d->text + (slot->key & MT_DISTINCT_OFFSET);
      __builtin_prefetch(text);
      __builtin_prefetch(text + LINE - 1); /* most go on there */
    }
  }
}

/* Whether a slot holds the text that was looked for by that key: a free one may have been
 * taken by another since then. */
static inline bool is_same(const struct mt_distinct *d, uint64_t in_slot, uint64_t key,
                           const uint8_t *s, size_t n)
{
  struct mt_distinct_stored t;

  if (mt_code_is_whole(in_slot))
    return in_slot == key;
  if ((in_slot & ~MT_DISTINCT_OFFSET) != key)
    return false;
  t = mt_distinct_text_at(d, in_slot);
  return mt_distinct_same(&t, s, n);
}

/* Adds value i.  Its slot is still where its search ends: what was added since then is in
 * no slot before.  As mt_distinct_add_code. */
static int add_value(struct mt_distinct *d, struct mt_distinct_pool *p,
                     const struct ahead *a, size_t i, const struct mt_distinct_cells *c)
{
  const struct mt_cell cell = c->cell[a->at[i]];
  const uint8_t *s = c->text + cell.off;
  struct mt_distinct_slot *slot = a->slot[i];
  int rc;

  if (slot->key == 0) {
    if (d->span > 0 || mt_distinct_is_filled(d))
      return mt_distinct_add_code(d, p, c->code[a->at[i]], s, cell.len, 1);
    rc = mt_distinct_fill_slot(d, p, slot, a->key[i], s, cell.len);
    if (rc != 0)
      return rc;
  } else if (!is_same(d, slot->key, a->key[i], s, cell.len)) {
    return mt_distinct_add_code(d, p, c->code[a->at[i]], s, cell.len, 1);
  }
  slot->hits = mt_distinct_hit(slot->hits);
  d->saturated |= slot->hits == UINT32_MAX;
  d->total++;
  return 0;
}

/* Adds values, as long as the table is the same; *done: how many cells are dealt with.
 * As mt_distinct_add_code. */
static int add_found(struct mt_distinct *d, struct mt_distinct_pool *p,
                     const struct mt_distinct_cells *c, const struct ahead *a,
                     size_t *done)
{
  const struct mt_distinct_slot *table = d->slot;

  for (size_t i = 0; i < a->n; i++) {
    int rc = add_value(d, p, a, i, c);
    if (rc != 0 || d->slot != table) {
      *done = a->at[i] + (rc == 0);
      return rc;
    }
  }
  *done = a->behind;
  return 0;
}

/* Adds the next values as long as the table is the same, and one lot at a time where
 * there is an array too: while slots are fetched for some, texts are for those before,
 * and those before them are added. */
static int add_ahead(struct mt_distinct *d, struct mt_distinct_pool *p,
                     const struct mt_distinct_cells *c, size_t *done)
{
  const struct mt_distinct_slot *table = d->slot;
  const bool once = d->span > 0;
  struct ahead lot[3];
  int rc = 0;

  look_ahead(&lot[0], d, p, c, *done);
  look_ahead(&lot[1], d, p, c, once ? c->n : lot[0].behind);
  find_slots(&lot[0], d);
  for (unsigned i = 0; rc == 0 && d->slot == table && *done < c->n; i++) {
    const struct ahead *now = &lot[i % 3];
    struct ahead *next = &lot[(i + 1) % 3], *later = &lot[(i + 2) % 3];
    look_ahead(later, d, p, c, next->behind);
    find_slots(next, d);
    rc = add_found(d, p, c, now, done);
    if (once)
      break;
  }
  return rc;
}

static void estimate(uint8_t *hll, const struct mt_distinct_cells *c, size_t done)
{
  const uint64_t *code = c->code;
  const size_t n = c->n;

  for (size_t i = done; i < n; i++)
    if (code[i] != 0)
      mt_estimate_add(hll, code[i]);
}

int mt_distinct_add_cells(struct mt_distinct *d, struct mt_distinct_pool *p,
                          const struct mt_distinct_cells *c, size_t *done)
{
  int rc = 0;

  while (*done < c->n && rc == 0) {
    if (d->hll != NULL) {
      estimate(d->hll, c, *done);
      *done = c->n;
      return 0;
    }
    if (d->span > 0)
      *done = count_all_neighbours(d, c, *done);
    if (d->cap == 0)
      rc = mt_distinct_grow(d, p);
    if (rc == 0)
      rc = add_ahead(d, p, c, done);
    if (rc == ELOOP)
      rc = mt_distinct_evict(d, p);
  }
  d->full = rc == EAGAIN;
  return d->full ? 0 : rc;
}
