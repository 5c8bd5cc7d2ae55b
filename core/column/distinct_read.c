#include <string.h>

#include "core/cells/decimal.h"
#include "core/column/distinct_private.h"

/* The code of a text in the array. */
static uint64_t code_at(const struct mt_distinct *d, size_t i)
{
  return mt_code_join(&d->form, d->base + (int64_t)i);
}

/* Slots come first, then the array. */
bool mt_distinct_next_code(const struct mt_distinct *d, size_t *at,
                           struct mt_distinct_text *t)
{
  while (*at < d->cap && d->slot[*at].key == 0)
    ++*at;
  while (*at >= d->cap && *at - d->cap < d->span &&
         mt_distinct_neighbour_hits(d, *at - d->cap) == 0)
    ++*at;
  if (*at >= d->cap + d->span)
    return false;
  t->code = *at < d->cap ? d->slot[*at].key : code_at(d, *at - d->cap);
  t->hits =
      *at < d->cap ? d->slot[*at].hits : mt_distinct_neighbour_hits(d, *at - d->cap);
  ++*at;
  return true;
}

void mt_distinct_spell(const struct mt_distinct *d, struct mt_distinct_text *t)
{
  if (!mt_code_is_whole(t->code)) {
    struct mt_distinct_stored stored = mt_distinct_text_at(d, t->code);
    t->s = stored.s;
    t->n = stored.n;
  } else {
    t->n = mt_code_spell(t->code, t->small);
    t->s = t->small;
  }
}

bool mt_distinct_next(const struct mt_distinct *d, size_t *at, struct mt_distinct_text *t)
{
  if (!mt_distinct_next_code(d, at, t))
    return false;
  mt_distinct_spell(d, t);
  return true;
}

bool mt_distinct_number(const struct mt_distinct_text *t, double *v)
{
  unsigned decimals;
  int64_t mantissa;

  if (!mt_code_number(t->code, &mantissa, &decimals))
    return false;
  *v = (double)mantissa / mt_tens[decimals]; /* both exact, or one division by 1 */
  return true;
}

uint64_t mt_distinct_pass_numbers(const struct mt_distinct *d, size_t *at, double v,
                                  bool through)
{
  size_t low = *at, high = d->form.digits == 0 ? d->span : low;
  struct mt_distinct_text t = {.s = NULL};
  uint64_t hits = 0;
  double number;

  while (low < high) {
    size_t middle = low + (high - low) / 2;
    t.code = code_at(d, middle);
    (void)mt_distinct_number(&t, &number);
    if (number < v || (through && number == v))
      low = middle + 1;
    else
      high = middle;
  }
  for (size_t i = *at; i < low; i++)
    hits += mt_distinct_neighbour_hits(d, i);
  *at = low;
  return hits;
}

/* Which of two texts goes first, other things being equal: numbers by value, then other
 * texts by their bytes. */
static int compare(const struct mt_distinct *d, const struct mt_distinct_text *a,
                   const struct mt_distinct_text *b)
{
  struct mt_distinct_text s = *a, t = *b;
  double v, w;
  bool numbers[] = {mt_distinct_number(a, &v), mt_distinct_number(b, &w)};
  int c;

  if (numbers[0] && numbers[1])
    return v != w ? (v > w) - (v < w) : (a->code > b->code) - (a->code < b->code);
  if (numbers[0] || numbers[1])
    return numbers[1] - numbers[0];
  mt_distinct_spell(d, &s);
  mt_distinct_spell(d, &t);
  c = memcmp(s.s, t.s, s.n < t.n ? s.n : t.n);
  return c != 0 ? c : (s.n > t.n) - (s.n < t.n);
}

/* The most frequent texts so far. */
struct top {
  struct mt_distinct_text *text;
  size_t len, most;
  uint32_t least; /* hits that a text needs to get in, or to be compared at least */
};

/* Puts a text among them if it belongs there. */
static bool offer(struct top *top, const struct mt_distinct *d,
                  const struct mt_distinct_text *t)
{
  size_t i = top->len;

  while (i > 0 &&
         (t->hits != top->text[i - 1].hits ? t->hits > top->text[i - 1].hits
                                           : compare(d, t, &top->text[i - 1]) < 0))
    i--;
  if (i == top->most)
    return false;
  top->len += top->len < top->most;
  memmove(&top->text[i + 1], &top->text[i], (top->len - i - 1) * sizeof *t);
  top->text[i] = *t;
  if (top->len == top->most)
    top->least = (uint32_t)top->text[top->most - 1].hits;
  return true;
}

#define AHEAD 16 /* slots whose texts are fetched before they are compared */

/* Fetches the text of a slot, if it is going to be offered. */
static void fetch_text(const struct mt_distinct *d, size_t i, const struct top *top)
{
  if (i < d->cap && !mt_code_is_whole(d->slot[i].key) && d->slot[i].hits >= top->least)
    __builtin_prefetch(d->text + (d->slot[i].key & MT_DISTINCT_OFFSET));
}

size_t mt_distinct_top(const struct mt_distinct *d, struct mt_distinct_text *text,
                       size_t most)
{
  struct top top = {text, 0, most, 1};
  struct mt_distinct_text t;

  for (size_t i = 0; i < d->cap && most > 0; i++) {
    fetch_text(d, i + AHEAD, &top);
    if (d->slot[i].key == 0 || d->slot[i].hits < top.least)
      continue;
    t.code = d->slot[i].key;
    t.hits = d->slot[i].hits;
    (void)offer(&top, d, &t);
  }
  for (size_t i = 0; i < d->span && most > 0; i++) {
    t.hits = mt_distinct_neighbour_hits(d, i);
    if (t.hits < top.least)
      continue;
    t.code = code_at(d, i);
    if (!offer(&top, d, &t)) /* nor would those behind it, which are larger */
      top.least += top.least < UINT32_MAX;
  }
  for (size_t i = 0; i < top.len; i++)
    mt_distinct_spell(d, &text[i]);
  return top.len;
}
