#include <string.h>

#include "core/cells/decimal.h"
#include "core/column/distinct_private.h"

/* The code of a text in the array. */
static uint64_t code_at(const struct mt_distinct *d, size_t i)
{
  return mt_code_join(&d->form, d->base + (int64_t)i);
}

/* Whether a slot holds a text, which is no single. */
static bool is_walked(const struct mt_distinct *d, const struct mt_distinct_slot *slot)
{
  return slot->key != 0 && (mt_code_is_whole(slot->key) || mt_distinct_singles(d) == 0);
}

/* Singles come first, then slots, then the array. */
bool mt_distinct_next_code(const struct mt_distinct *d, size_t *at,
                           struct mt_distinct_text *t)
{
  const size_t singles = mt_distinct_singles(d), array = singles + d->cap;

  if (*at < singles) {
    t->code = mt_code_hash(*at);
    t->hits = 1;
    *at += sizeof(uint32_t) + mt_distinct_stored(d, *at).n;
    return true;
  }
  while (*at < array && !is_walked(d, &d->slot[*at - singles]))
    ++*at;
  while (*at >= array && *at - array < d->span &&
         mt_distinct_neighbour_hits(d, *at - array) == 0)
    ++*at;
  if (*at >= array + d->span)
    return false;
  t->code = *at < array ? d->slot[*at - singles].key : code_at(d, *at - array);
  t->hits = *at < array ? d->slot[*at - singles].hits
                        : mt_distinct_neighbour_hits(d, *at - array);
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

/* The sum of n bytes, eight at a time: in four lanes, which hold that of so many. */
static uint64_t sum_bytes(const uint8_t *s, size_t n)
{
  const uint64_t lanes = 0x00ff00ff00ff00ff, pairs = 0x0000ffff0000ffff;
  const size_t most = 8 * (UINT16_MAX / (2 * UINT8_MAX));
  uint64_t sum = 0;

  for (size_t i = 0, to; i < n; i = to) {
    uint64_t part = 0, w;
    to = n - i < most ? n : i + most;
    for (; i + 8 <= to; i += 8) {
      memcpy(&w, s + i, sizeof w);
      part += (w & lanes) + (w >> 8 & lanes);
    }
    for (; i < to; i++)
      sum += s[i];
    part = (part & pairs) + (part >> 16 & pairs);
    sum += (uint32_t)part + (part >> 32);
  }
  return sum;
}

/* How often the numbers [from .. to) of the array occur. */
static uint64_t sum_hits(const struct mt_distinct *d, size_t from, size_t to)
{
  uint64_t hits = from < to ? sum_bytes(d->few + from, to - from) : 0;

  for (size_t i = from; i < to && d->many != NULL; i++)
    hits += d->many[i];
  return hits;
}

uint64_t mt_distinct_pass_numbers(const struct mt_distinct *d, size_t *at, double v,
                                  bool through)
{
  size_t low = *at, high = d->form.digits == 0 ? d->span : low;
  struct mt_distinct_text t = {.s = NULL};
  uint64_t hits;
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
  hits = sum_hits(d, *at, low);
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

#define HEAD sizeof(uint64_t)

/* The most frequent texts so far. */
struct top {
  struct mt_distinct_text *text;
  size_t len, most;
  uint32_t least; /* hits that a text needs to get in, or to be compared at least */
};

/* Whether a text that occurs as often as the last of them, of which there are enough,
 * comes behind it: by the bytes that they begin with, which is mostly enough. */
static bool comes_behind(const struct top *top, const struct mt_distinct *d,
                         const struct mt_distinct_text *t)
{
  const struct mt_distinct_text *last = &top->text[top->len - 1];
  struct mt_distinct_stored s, l;

  if (mt_code_is_whole(t->code) || mt_code_is_whole(last->code))
    return false;
  s = mt_distinct_text_at(d, t->code);
  l = mt_distinct_text_at(d, last->code);
  return s.n >= HEAD && l.n >= HEAD && memcmp(s.s, l.s, HEAD) > 0;
}

/* Puts a text among them if it belongs there. */
static bool offer(struct top *top, const struct mt_distinct *d,
                  const struct mt_distinct_text *t)
{
  size_t i = top->len;

  if (i == top->most && t->hits == top->least && comes_behind(top, d, t))
    return false;
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

typedef uint8_t counts __attribute__((vector_size(16)));

/* The first number of the array from i on that occurs so often, or its end. */
static size_t next_frequent(const struct mt_distinct *d, size_t i, uint32_t least)
{
  if (d->many == NULL && least > UINT8_MAX)
    return d->span;
  for (; d->many == NULL && i + sizeof(counts) <= d->span; i += sizeof(counts)) {
    uint64_t any[2];
    counts v;
    memcpy(&v, d->few + i, sizeof v);
    v = (counts)(v >= (uint8_t)least);
    memcpy(any, &v, sizeof any);
    if ((any[0] | any[1]) != 0)
      break;
  }
  while (i < d->span && mt_distinct_neighbour_hits(d, i) < least)
    i++;
  return i;
}

#define AHEAD 64 /* slots whose texts are fetched before they are compared */

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
  size_t at = 0;

  while (most > 0 && at < mt_distinct_singles(d) && mt_distinct_next_code(d, &at, &t))
    (void)offer(&top, d, &t);
  for (size_t i = 0; i < d->cap && most > 0; i++) {
    if (at == 0)
      fetch_text(d, i + AHEAD, &top);
    if (!is_walked(d, &d->slot[i]) || d->slot[i].hits < top.least)
      continue;
    t.code = d->slot[i].key;
    t.hits = d->slot[i].hits;
    (void)offer(&top, d, &t);
  }
  for (size_t i = 0; most > 0 && (i = next_frequent(d, i, top.least)) < d->span; i++) {
    t.hits = mt_distinct_neighbour_hits(d, i);
    t.code = code_at(d, i);
    if (!offer(&top, d, &t)) /* nor would those behind it, which are larger */
      top.least += top.least < UINT32_MAX;
  }
  for (size_t i = 0; i < top.len; i++)
    mt_distinct_spell(d, &text[i]);
  return top.len;
}
