#include "core/column/sharing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/column/code.h"
#include "core/column/textsize.h"

#define FIRST_SLOTS 64
#define AHEAD 32 /* texts whose slots are fetched before they are looked at */

/* ---- texts of a block ---------------------------------------------------- */

/* How a size lies in 31 bits: what an older CPython takes more, a copy in UTF-8, and what
 * a newer one takes. */
enum { MORE_SHIFT = 13, UTF8_SHIFT = 15, UNITS = (1 << MORE_SHIFT) - 1, MORE = 3 };
#define IS_LARGE 0x80000000u /* the rest is an index */

static uint32_t pack(const struct mt_shared_size *size)
{
  uint32_t more = size->taken[1] - size->taken[0];

  if (size->taken[0] > UNITS || size->utf8 > UNITS || more > MORE)
    return IS_LARGE;
  return size->taken[0] | more << MORE_SHIFT | size->utf8 << UTF8_SHIFT;
}

static inline struct mt_shared_size unpack(const struct mt_shared *s, uint32_t size)
{
  uint32_t taken = size & UNITS;

  if (size & IS_LARGE)
    return s->large[size & ~IS_LARGE];
  return (struct mt_shared_size){{taken, taken + (size >> MORE_SHIFT & MORE)},
                                 size >> UTF8_SHIFT};
}

/* All bits in all bits, one to one. */
static inline uint32_t mix(uint32_t mark, uint64_t seed)
{
  mark ^= (uint32_t)seed;
  mark = (mark ^ mark >> 16) * 0x85ebca6bu;
  mark = (mark ^ mark >> 13) * 0xc2b2ae35u;
  return mark ^ mark >> 16;
}

/* No mark is 0, neither before nor after: the one that would come to be 0 becomes what 0
 * would have been. */
static inline uint32_t mark_of(const struct mt_shared *s, uint64_t hash)
{
  uint32_t mark = (uint32_t)hash, mixed = mix(mark != 0 ? mark : 1, s->seed);
  return mixed != 0 ? mixed : mix(0, s->seed);
}

/* What a text takes as a Python string; ascii: it is known to be. */
static struct mt_shared_size python_string(const uint8_t *s, size_t n, bool ascii)
{
  bool wide = false;
  uint32_t size = ascii ? mt_text_ascii_python_size(n) : mt_text_python_size(s, n, &wide);

  return (struct mt_shared_size){
      .taken = {(uint32_t)(mt_text_allocation(size, wide, false) / MT_SHARED_UNIT),
                (uint32_t)(mt_text_allocation(size, wide, true) / MT_SHARED_UNIT)},
      .utf8 = wide ? (uint32_t)(mt_python_allocation(n + 1) / MT_SHARED_UNIT) : 0};
}

void mt_shared_init(struct mt_shared *s, uint64_t seed)
{
  *s = (struct mt_shared){.seed = seed};
  for (size_t n = 0; n < MT_SHARED_SHORT; n++) {
    struct mt_shared_size size = python_string(NULL, n, true);
    s->ascii[n] = size.taken[0] > 0 ? pack(&size) : 0;
  }
}

void mt_shared_reset(struct mt_shared *s)
{
  free(s->text);
  free(s->large);
  mt_shared_init(s, s->seed);
}

void mt_shared_clear(struct mt_shared *s)
{
  s->len = s->large_len = 0;
}

int mt_shared_reserve(struct mt_shared *s, size_t more)
{
  size_t cap = s->cap + s->cap / 2 + more;
  struct mt_shared_text *text;

  if (s->cap - s->len >= more)
    return 0;
  text = realloc(s->text, cap * sizeof *text);
  if (text == NULL)
    return ENOMEM;
  s->text = text;
  s->cap = cap;
  return 0;
}

/* *packed: its index. */
static int add_large(struct mt_shared *s, const struct mt_shared_size *size,
                     uint32_t *packed)
{
  if (s->large_len == s->large_cap) {
    size_t cap = s->large_cap ? 2 * s->large_cap : 16;
    struct mt_shared_size *large = realloc(s->large, cap * sizeof *large);
    if (large == NULL)
      return ENOMEM;
    s->large = large;
    s->large_cap = cap;
  }
  *packed = IS_LARGE | (uint32_t)s->large_len;
  s->large[s->large_len++] = *size;
  return 0;
}

int mt_shared_add(struct mt_shared *s, uint64_t hash, const struct mt_shared_size *size)
{
  uint32_t packed = pack(size);

  if (size->taken[0] == 0)
    return 0;
  if (packed & IS_LARGE && add_large(s, size, &packed) != 0)
    return ENOMEM;
  s->text[s->len++] = (struct mt_shared_text){mark_of(s, hash), packed};
  return 0;
}

int mt_shared_add_text(struct mt_shared *s, const uint8_t *text, size_t n, bool ascii,
                       uint64_t code)
{
  struct mt_shared_size size = python_string(text, n, ascii);
  return mt_shared_add(s, mt_code_mix(code), &size);
}

/* Short ASCII texts, as most are; the cell of the first that is not. */
static size_t add_short(struct mt_shared *s, const struct mt_cell *cell,
                        const uint64_t *code, size_t from, size_t n)
{
  struct mt_shared_text *to = s->text + s->len;
  size_t i = from;

  for (; i < n && cell[i].len < MT_SHARED_SHORT; i++) {
    const uint32_t size = s->ascii[cell[i].len];
    *to = (struct mt_shared_text){mark_of(s, mt_code_mix(code[i])), size};
    to += (code[i] != 0) & (size != 0);
  }
  s->len = (size_t)(to - s->text);
  return i;
}

int mt_shared_add_cells(struct mt_shared *s, const uint8_t *text,
                        const struct mt_cell *cell, const uint64_t *code, size_t n,
                        bool ascii)
{
  for (size_t i = 0; i < n; i++) {
    if (ascii)
      i = add_short(s, cell, code, i, n);
    if (i < n && code[i] != 0 &&
        mt_shared_add_text(s, text + cell[i].off, cell[i].len, ascii, code[i]) != 0)
      return ENOMEM;
  }
  return 0;
}

/* ---- texts of a chunk ---------------------------------------------------- */

void mt_sharing_init(struct mt_sharing *s)
{
  *s = (struct mt_sharing){0};
}

/* Where the search for a mark begins. */
static inline uint32_t *first_slot(const struct mt_sharing *s, uint32_t mark)
{
  return &s->slot[(uint64_t)mark * s->cap >> 32];
}

/* The slot of a mark: where it is, or where it would be. */
static inline uint32_t *find(const struct mt_sharing *s, uint32_t mark)
{
  uint32_t *slot = first_slot(s, mark), *end = s->slot + s->cap;

  while (*slot != 0 && *slot != mark)
    slot = slot + 1 < end ? slot + 1 : s->slot;
  return slot;
}

/* Room for so many more; false without memory. */
static bool reserve(struct mt_sharing *s, size_t more)
{
  struct mt_sharing wider = {.cap = s->cap ? s->cap : FIRST_SLOTS, .count = s->count};

  while (wider.cap / 4 * 3 < s->count + more)
    wider.cap *= 2;
  if (wider.cap == s->cap)
    return true;
  wider.slot = mt_alloc(wider.cap, sizeof *wider.slot);
  if (wider.slot == NULL)
    return false;
  for (size_t i = 0; i < s->cap; i++)
    if (s->slot[i] != 0)
      *find(&wider, s->slot[i]) = s->slot[i];
  free(s->slot);
  *s = wider;
  return true;
}

void mt_sharing_add(struct mt_sharing *s, const struct mt_shared *texts, size_t from,
                    size_t n, uint64_t taken[2], uint64_t *utf8)
{
  const struct mt_shared_text *t = texts->text + from, *const end = t + n;
  const bool room = reserve(s, n);
  uint64_t sum[3] = {0};

  for (; t < end; t++) {
    uint32_t *slot = room ? find(s, t->mark) : NULL;
    struct mt_shared_size size;

    if (room && t + AHEAD < end)
      __builtin_prefetch(first_slot(s, t[AHEAD].mark), 1);
    if (slot != NULL && *slot == t->mark)
      continue;
    if (slot != NULL) {
      *slot = t->mark;
      s->count++;
    }
    size = unpack(texts, t->size);
    sum[0] += size.taken[0];
    sum[1] += size.taken[1];
    sum[2] += size.utf8;
  }
  taken[0] += sum[0] * MT_SHARED_UNIT;
  taken[1] += sum[1] * MT_SHARED_UNIT;
  *utf8 += sum[2] * MT_SHARED_UNIT;
}

void mt_sharing_clear(struct mt_sharing *s)
{
  if (s->count > 0)
    memset(s->slot, 0, s->cap * sizeof *s->slot);
  s->count = 0;
}

void mt_sharing_reset(struct mt_sharing *s)
{
  free(s->slot);
  mt_sharing_init(s);
}
