/* What those share who take cells in bulk (plain.c, plain_numbers.c). */
#ifndef MT_CORE_PLAIN_PRIVATE_H
#define MT_CORE_PLAIN_PRIVATE_H

#include <string.h>

#include "core/column/code.h"
#include "core/column/plain.h"

/* What every cell is added to, copied to a local variable while many are: nothing else
 * points there, so that it can stay in registers. */
struct mt_pass {
  const uint8_t *text;
  const struct mt_cell *cells;
  uint64_t *code; /* of the row at hand */
  uint64_t last;  /* code of the cell before */
  size_t stretches, empties;
  bool nulls;
};

static inline struct mt_pass mt_pass_begin(const struct mt_plain *p, size_t r)
{
  return (struct mt_pass){.text = p->chunk->text,
                          .cells = p->cells,
                          .code = p->code + (r - p->from),
                          .last = p->last,
                          .stretches = p->stretches,
                          .empties = p->empties,
                          .nulls = p->nulls};
}

static inline void mt_pass_end(struct mt_plain *p, const struct mt_pass *t)
{
  p->last = t->last;
  p->stretches = t->stretches;
  p->empties = t->empties;
}

/* Whether the text of row r is that of the row before, which has the same code. */
static inline bool mt_pass_repeats(const struct mt_pass *t, size_t r)
{
  const struct mt_cell *cell = &t->cells[r], *last = cell - 1;

  return cell->len == last->len &&
         memcmp(t->text + cell->off, t->text + last->off, cell->len) == 0;
}

/* The value of row r is counted among stretches and noted. */
static inline void mt_pass_value(struct mt_pass *t, uint64_t code, size_t r)
{
  t->stretches += code != t->last || (!mt_code_is_whole(code) && !mt_pass_repeats(t, r));
  t->last = code;
  *t->code++ = code;
}

/* The same of a value whose code is the text. */
static inline void mt_pass_whole(struct mt_pass *t, uint64_t code)
{
  t->stretches += code != t->last;
  t->last = code;
  *t->code++ = code;
}

/* Whether an empty cell is plain; counts it. */
static inline bool mt_pass_empty(struct mt_pass *t, const struct mt_cell *cell)
{
  if (cell->quoted || !t->nulls)
    return false;
  t->empties++;
  t->stretches += t->last != 0;
  t->last = 0;
  *t->code++ = 0;
  return true;
}

/* Whether the values go on in order, as long as they do.  Once they are known not to, as
 * numbers and as bytes, the rest does not matter. */
static inline void mt_plain_follow(struct mt_plain *p, double v, uint32_t length,
                                   unsigned decimals)
{
  if (!p->ordered || !(p->up || p->down))
    return;
  p->ordered = length == p->length && decimals == p->decimals;
  p->up &= v >= p->last_number;
  p->down &= v <= p->last_number;
  p->last_number = v;
}

/* As mt_plain_take, numbers. */
size_t mt_plain_take_numbers(struct mt_plain *p, size_t r);

#endif
