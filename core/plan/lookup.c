#include "core/plan/lookup.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct text {
  const uint8_t *s;
  size_t n;
};

static int compare_texts(const void *a, const void *b)
{
  const struct text *x = a, *y = b;
  int c = memcmp(x->s, y->s, x->n < y->n ? x->n : y->n);
  return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

/* Copies the texts of a set to raw and lists them, sorted. */
static void list_texts(struct text *text, uint8_t *raw, const struct mt_distinct *d)
{
  struct mt_distinct_text t;
  size_t at = 0, i = 0;

  while (mt_distinct_next(d, &at, &t)) {
    memcpy(raw, t.s, t.n);
    text[i++] = (struct text){raw, t.n};
    raw += t.n;
  }
  assert(i == d->count);
  qsort(text, i, sizeof *text, compare_texts);
}

static void fill_slots(struct mt_lookup *l)
{
  for (uint64_t i = 0; i < l->dictionary.count; i++) {
    const uint8_t *s = l->bytes + l->offsets[i];
    size_t n = (size_t)(l->offsets[i + 1] - l->offsets[i]);
    size_t at = XXH3_64bits_withSeed(s, n, l->seed) & l->mask;

    while (l->slot[at] != 0)
      at = (at + 1) & l->mask;
    l->slot[at] = (uint32_t)i + 1;
  }
}

int mt_lookup_init(struct mt_lookup *l, const struct mt_distinct *d, uint64_t seed)
{
  uint8_t *raw = malloc(d->sizes.bytes + 1);
  struct text *text = mt_alloc(d->count + 1, sizeof *text);
  size_t slots = 16, used = 0;

  while (slots < d->count * 2)
    slots *= 2;
  *l = (struct mt_lookup){.mask = slots - 1, .seed = seed};
  l->offsets = mt_alloc(d->count + 1, sizeof *l->offsets);
  l->bytes = malloc(d->sizes.bytes + 1);
  l->slot = mt_alloc(slots, sizeof *l->slot);
  if (raw == NULL || text == NULL || l->offsets == NULL || l->bytes == NULL ||
      l->slot == NULL) {
    free(raw);
    free(text);
    mt_lookup_reset(l);
    return ENOMEM;
  }
  list_texts(text, raw, d);
  for (size_t i = 0; i < d->count; i++) {
    memcpy(l->bytes + used, text[i].s, text[i].n);
    used += text[i].n;
    l->offsets[i + 1] = used;
  }
  free(raw);
  free(text);
  l->dictionary =
      (struct mt_dictionary){.count = d->count, .offsets = l->offsets, .bytes = l->bytes};
  fill_slots(l);
  return 0;
}

void mt_lookup_reset(struct mt_lookup *l)
{
  free(l->offsets);
  free(l->bytes);
  free(l->slot);
  *l = (struct mt_lookup){0};
}

int32_t mt_lookup_find(const struct mt_lookup *l, const uint8_t *s, size_t n)
{
  size_t at = XXH3_64bits_withSeed(s, n, l->seed) & l->mask;

  for (; l->slot[at] != 0; at = (at + 1) & l->mask) {
    uint32_t code = l->slot[at] - 1;
    if (l->offsets[code + 1] - l->offsets[code] == n &&
        memcmp(l->bytes + l->offsets[code], s, n) == 0)
      return (int32_t)code;
  }
  return -1;
}
