/* The memory of sets: their tables, arrays of numbers that lie close together, texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/column/distinct_private.h"

#define FIRST_SLOTS 16
#define FEWEST_NEIGHBOURS 1024
#define SPARSEST 6 /* of so many, one is there: the table would not take less */
#define FIRST_BITS (UINT64_MAX << (64 - MT_DISTINCT_PLACE_BITS))
#define MOST_BY_KEYS ((size_t)1 << (MT_DISTINCT_PLACE_BITS - 1)) /* slots */
#define HUGE_PAGE ((size_t)2 << 20)

static size_t round_up(size_t n, size_t unit)
{
  return (n + unit - 1) / unit * unit;
}

/* Zeroed memory that is accessed here and there: in huge pages, where there are such, its
 * addresses are translated without waiting. */
static void *new_table(size_t n, size_t size)
{
  size_t bytes, before;
  uint8_t *all;

  if (!mt_size_mul(n, size, &bytes) || bytes < HUGE_PAGE)
    return mt_alloc(n, size);
  bytes = round_up(bytes, HUGE_PAGE);
  all = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
             -1, 0);
  if (all == MAP_FAILED)
    return NULL;
  before = round_up((uintptr_t)all, HUGE_PAGE) - (uintptr_t)all;
  if (before > 0)
    (void)munmap(all, before);
  if (before < HUGE_PAGE)
    (void)munmap(all + before + bytes, HUGE_PAGE - before);
  (void)madvise(all + before, n * size / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
  return all + before;
}

static void free_table(void *table, size_t n, size_t size)
{
  if (n * size < HUGE_PAGE)
    free(table);
  else if (table != NULL)
    (void)munmap(table, round_up(n * size, HUGE_PAGE));
}

int mt_distinct_resize_text(struct mt_distinct *d, size_t cap)
{
  uint8_t *text;

  if (cap < HUGE_PAGE) {
    text = realloc(d->text, cap);
    if (text == NULL)
      return ENOMEM;
  } else {
    text = new_table(cap, sizeof *text);
    if (text == NULL)
      return ENOMEM;
    if (d->text_len > 0)
      memcpy(text, d->text, d->text_len);
    free_table(d->text, d->text_cap, sizeof *text);
  }
  d->text = text;
  d->text_cap = cap;
  return 0;
}

void mt_distinct_free_tables(struct mt_distinct *d)
{
  free_table(d->slot, d->cap, sizeof *d->slot);
  free_table(d->few, d->span, sizeof *d->few);
  free_table(d->many, d->span, sizeof *d->many);
  free_table(d->text, d->text_cap, sizeof *d->text);
  d->text = NULL;
  d->text_len = d->text_cap = 0;
  d->slot = NULL;
  d->few = NULL;
  d->many = NULL;
  d->cap = d->used = d->span = 0;
}

/* The place of what is in a slot, or, where a table needs no more of it, its highest
 * bits. */
static uint64_t place_of_slot(const struct mt_distinct *d,
                              const struct mt_distinct_pool *p, uint64_t key)
{
  struct mt_distinct_stored t;

  if (mt_code_is_whole(key))
    return mt_distinct_place(p, key);
  if (d->place_bits == FIRST_BITS)
    return key >> MT_DISTINCT_OFFSET_BITS << (64 - MT_DISTINCT_PLACE_BITS);
  t = mt_distinct_text_at(d, key);
  return mt_distinct_place(p, mt_code_text(t.s, t.n, mt_text_head(t.s, t.n)));
}

/* Puts what is in no slot yet into one. */
static void put_slot(struct mt_distinct *d, const struct mt_distinct_pool *p,
                     const struct mt_distinct_slot *new)
{
  struct mt_distinct_slot *slot = mt_distinct_home(d, place_of_slot(d, p, new->key));

  while (slot->key != 0)
    slot = mt_distinct_beside(d, slot);
  *slot = *new;
  d->used++;
}

/* An empty table of so many slots.  Unless they are very many, what the keys of texts
 * have of their places is enough. */
static void set_table(struct mt_distinct *d, struct mt_distinct_slot *slot, size_t cap)
{
  d->slot = slot;
  d->cap = cap;
  d->place_bits = cap <= MOST_BY_KEYS ? FIRST_BITS : UINT64_MAX;
  d->used = 0;
}

/* ---- neighbours ---------------------------------------------------------- */

/* Texts of one form, in the table or in the array. */
struct neighbours {
  struct mt_code_form form;
  int64_t least, greatest;
  size_t count;
  bool many; /* some occur more often than a byte tells */
};

static void meet(struct neighbours *n, int64_t v, size_t count)
{
  if (n->count == 0 || v < n->least)
    n->least = v;
  if (n->count == 0 || v > n->greatest)
    n->greatest = v;
  n->count += count;
}

static bool same_form(const struct mt_code_form *a, const struct mt_code_form *b)
{
  return a->rest == b->rest && a->digits == b->digits;
}

/* A form that is going to be the most frequent one, if any is: the form of more than half
 * of the texts that have one outlives all others (Boyer and Moore), and numbers, where
 * that is none of them, have few forms. */
struct favourites {
  struct mt_code_form majority, number[16];
  size_t votes, numbers[16];
};

static void vote(struct favourites *f, const struct mt_code_form *form)
{
  unsigned decimals = form->rest >> MT_CODE_MANTISSA_BITS & 15;

  if (form->digits == 0) {
    decimals = mt_code_kind(form->rest) == MT_CODE_DECIMAL ? decimals : 0;
    f->numbers[decimals]++;
    f->number[decimals] = *form;
  }
  if (f->votes == 0)
    f->majority = *form;
  f->votes += same_form(&f->majority, form) ? 1 : (size_t)-1;
}

/* The form that is most frequent in the table. */
static struct mt_code_form frequent_form(const struct mt_distinct *d)
{
  struct favourites f = {.votes = 0};
  struct mt_code_form form;
  unsigned most = 0;
  int64_t v;

  for (size_t i = 0; i < d->cap; i++)
    if (d->slot[i].key != 0 && mt_code_split(d->slot[i].key, &form, &v))
      vote(&f, &form);
  for (unsigned i = 1; i < 16; i++)
    most = f.numbers[i] > f.numbers[most] ? i : most;
  return f.votes > 0 && f.majority.digits > 0 ? f.majority : f.number[most];
}

/* All of the form of the array, or of the most frequent form when there is none yet. */
static struct neighbours find_neighbours(const struct mt_distinct *d)
{
  struct neighbours n = {.form = d->span > 0 ? d->form : frequent_form(d),
                         .many = d->many != NULL};
  struct mt_code_form form;
  int64_t v;

  if (d->span > 0) {
    meet(&n, d->base, d->count - d->used);
    meet(&n, d->base + (int64_t)d->span - 1, 0);
  }
  for (size_t i = 0; i < d->cap; i++)
    if (d->slot[i].key != 0 && mt_code_split(d->slot[i].key, &form, &v) &&
        same_form(&form, &n.form)) {
      meet(&n, v, 1);
      n.many |= d->slot[i].hits > UINT8_MAX;
    }
  return n;
}

/* Room for neighbours of the same form: an array that has grown goes on to grow. */
static bool plan_array(const struct mt_distinct *d, const struct neighbours *n,
                       int64_t *base, size_t *span)
{
  const int64_t reach = INT64_C(1) << 40;
  int64_t least = n->least, greatest = n->greatest, old = (int64_t)d->span;

  if (n->count < FEWEST_NEIGHBOURS || least < -reach || greatest > reach)
    return false;
  if (old > 0 && least < d->base)
    least -= old / 4;
  if (old > 0 && greatest >= d->base + old)
    greatest += old / 4;
  /* from 0 on they are found in fewer steps, and words have no sign */
  if (n->least >= 0 && least < 0)
    least = 0;
  *base = least;
  *span = (size_t)(greatest - least) + 1;
  return *span / SPARSEST <= n->count;
}

static size_t array_bytes(size_t span, bool many)
{
  return span * (sizeof(uint8_t) + (many ? sizeof(uint32_t) : 0));
}

static size_t table_bytes(size_t cap)
{
  return cap * sizeof(struct mt_distinct_slot);
}

/* An array of `span` counts from base on, which holds those of the old one. */
static int set_array(struct mt_distinct *d, int64_t base, size_t span, bool many)
{
  const struct mt_distinct old = *d;
  uint8_t *few = new_table(span, sizeof *few);
  uint32_t *more = many ? new_table(span, sizeof *more) : NULL;

  if (few == NULL || (many && more == NULL)) {
    free_table(few, span, sizeof *few);
    free_table(more, span, sizeof *more);
    return ENOMEM;
  }
  if (old.few != NULL)
    memcpy(few + (old.base - base), old.few, old.span * sizeof *few);
  if (old.many != NULL)
    memcpy(more + (old.base - base), old.many, old.span * sizeof *more);
  free_table(old.few, old.span, sizeof *few);
  free_table(old.many, old.span, sizeof *more);
  d->few = few;
  d->many = more;
  d->base = base;
  d->span = span;
  return 0;
}

/* Moves numbers that lie close together from the table to the array.  0, ENOMEM, or
 * EAGAIN: there is no room, or nothing to move. */
static int move_neighbours(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  const struct mt_distinct old = *d;
  struct neighbours n = {.count = 0};
  size_t span, cap = FIRST_SLOTS, bytes, old_bytes;
  struct mt_distinct_slot *slot;
  int64_t base;

  if (d->count >= FEWEST_NEIGHBOURS)
    n = find_neighbours(d);
  if (!plan_array(d, &n, &base, &span))
    return EAGAIN;
  while (cap / 2 < d->count - n.count)
    cap *= 2;
  bytes = array_bytes(span, n.many) + table_bytes(cap);
  old_bytes = array_bytes(old.span, old.many != NULL) + table_bytes(old.cap);
  if (!mt_distinct_take(d, p, bytes, old_bytes))
    return EAGAIN;
  slot = new_table(cap, sizeof *slot);
  if (slot == NULL || set_array(d, base, span, n.many) != 0) {
    free_table(slot, cap, sizeof *slot);
    mt_distinct_give(d, p, bytes);
    return ENOMEM;
  }
  mt_distinct_give(d, p, old_bytes);
  d->form = n.form;
  set_table(d, slot, cap);
  for (size_t i = 0; i < old.cap; i++) {
    if (old.slot[i].key == 0)
      continue;
    uint64_t at = mt_distinct_neighbour(d, old.slot[i].key);
    if (at < d->span)
      mt_distinct_set_hits(d, at, old.slot[i].hits);
    else
      put_slot(d, p, &old.slot[i]);
  }
  free_table(old.slot, old.cap, sizeof *slot);
  return 0;
}

int mt_distinct_grow_counts(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  const size_t bytes = d->span * sizeof *d->many;

  if (!mt_distinct_take(d, p, bytes, 0))
    return EAGAIN;
  d->many = new_table(d->span, sizeof *d->many);
  if (d->many != NULL)
    return 0;
  mt_distinct_give(d, p, bytes);
  return ENOMEM;
}

/* ---- the table ----------------------------------------------------------- */

static int double_table(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  const size_t old_cap = d->cap, cap = old_cap > 0 ? 2 * old_cap : FIRST_SLOTS;
  struct mt_distinct_slot *const old = d->slot, *slot;

  if (!mt_distinct_take(d, p, table_bytes(cap), table_bytes(old_cap)))
    return EAGAIN;
  slot = new_table(cap, sizeof *slot);
  if (slot == NULL) {
    mt_distinct_give(d, p, table_bytes(cap));
    return ENOMEM;
  }
  set_table(d, slot, cap);
  for (size_t i = 0; i < old_cap; i++)
    if (old[i].key != 0)
      put_slot(d, p, &old[i]);
  free_table(old, old_cap, sizeof *old);
  mt_distinct_give(d, p, table_bytes(old_cap));
  return 0;
}

int mt_distinct_grow(struct mt_distinct *d, struct mt_distinct_pool *p)
{
  int rc = move_neighbours(d, p);

  return rc != EAGAIN ? rc : double_table(d, p);
}
