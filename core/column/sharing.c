#include "core/column/sharing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/column/code.h"
#include "core/column/statistics.h"
#include "core/column/textsize.h"

#define AHEAD 32 /* texts whose buckets are fetched before they are looked at */

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

/* Mixed one to one; 0 would stay 0, which no mark is.  No file can foresee the high bits.
 */
static inline uint32_t mark_of(uint64_t seed, uint64_t hash)
{
  const uint32_t mark = (uint32_t)hash;

  return (mark != 0 ? mark : 1) * ((uint32_t)seed | 1);
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
  s->text[s->len++] = (struct mt_shared_text){mark_of(s->seed, hash), packed};
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
  const uint64_t seed = s->seed; /* in a register, whatever `to` may overlap */
  size_t i = from;

  for (; i < n; i++) {
    const uint32_t len = cell[i].len;
    if (len >= MT_SHARED_SHORT)
      break;
    const uint32_t size = s->ascii[len];
    *to = (struct mt_shared_text){mark_of(seed, mt_code_mix(code[i])), size};
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

/* Marks that a cache line holds: those whose place it is, and what no longer went into
 * full ones before it. */
#define BUCKET_MARKS 15
#define BUCKET_LOAD 12 /* on the average, at most */

struct mt_sharing_bucket {
  _Alignas(64) uint32_t len;
  uint32_t mark[BUCKET_MARKS]; /* beyond len: 0, or one that is anyway there */
};

typedef uint32_t four __attribute__((vector_size(16)));

/* Four words of a bucket: all ones where it is `mark`. */
static inline four equal_four(const struct mt_sharing_bucket *b, size_t from,
                              uint32_t mark)
{
  four word;
  memcpy(&word, (const uint8_t *)b + from * sizeof *b->mark, sizeof word);
  return (four)(word == mark);
}

static inline bool holds(const struct mt_sharing_bucket *b, uint32_t mark)
{
  const four no_len = {0, ~0u, ~0u, ~0u};
  four equal = (equal_four(b, 0, mark) & no_len) | equal_four(b, 4, mark) |
               equal_four(b, 8, mark) | equal_four(b, 12, mark);
  uint64_t any[2];

  memcpy(any, &equal, sizeof any);
  return (any[0] | any[1]) != 0;
}

/* Where the search for a mark begins. */
static inline struct mt_sharing_bucket *first_bucket(const struct mt_sharing *s,
                                                     uint32_t mark)
{
  return &s->bucket[(uint64_t)mark * s->cap >> 32];
}

/* Adds a mark to the buckets behind a full one; whether it is new. */
static bool add_beyond(struct mt_sharing *s, struct mt_sharing_bucket *full,
                       uint32_t mark)
{
  struct mt_sharing_bucket *b = full;

  do {
    b = b + 1 < s->bucket + s->cap ? b + 1 : s->bucket;
    if (holds(b, mark))
      return false;
  } while (b->len == BUCKET_MARKS);
  b->mark[b->len++] = mark;
  return true;
}

/* Whether it is new, which cannot be foreseen: it is no branch. */
static inline bool add(struct mt_sharing *s, uint32_t mark)
{
  struct mt_sharing_bucket *b = first_bucket(s, mark);
  bool new = !holds(b, mark);

  if (__builtin_expect(b->len == BUCKET_MARKS, 0))
    return new &&add_beyond(s, b, mark);
  b->mark[b->len] = mark;
  b->len += new;
  return new;
}

/* Room for so many more; false without memory. */
static bool reserve(struct mt_sharing *s, size_t more)
{
  struct mt_sharing wider = *s;
  size_t bytes;

  wider.cap = s->cap ? s->cap : 1;
  while (wider.cap * BUCKET_LOAD < s->count + more)
    wider.cap *= 2;
  if (wider.cap == s->cap)
    return true;
  if (!mt_size_mul(wider.cap, sizeof *wider.bucket, &bytes))
    return false;
  wider.bucket = aligned_alloc(sizeof *wider.bucket, bytes);
  if (wider.bucket == NULL)
    return false;
  memset(wider.bucket, 0, bytes);
  for (size_t i = 0; i < s->cap; i++)
    for (size_t k = 0; k < s->bucket[i].len; k++)
      (void)add(&wider, s->bucket[i].mark[k]);
  free(s->bucket);
  *s = wider;
  return true;
}

/* Adds the texts; *new: what those take that are new, in units. */
static void add_texts(struct mt_sharing *s, const struct mt_shared *texts,
                      const struct mt_shared_text *t, size_t n, uint64_t new[3])
{
  struct mt_sharing to = *s; /* a copy that stays in registers */
  uint64_t taken[2] = {0}, utf8 = 0;

  for (size_t i = 0; i < n; i++) {
    if (i + AHEAD < n)
      __builtin_prefetch(first_bucket(&to, t[i + AHEAD].mark), 1);
    const uint32_t is_new = add(&to, t[i].mark);
    const struct mt_shared_size size = unpack(texts, t[i].size & (0 - is_new));
    to.count += is_new;
    taken[0] += size.taken[0];
    taken[1] += size.taken[1];
    utf8 += size.utf8;
  }
  *s = to;
  new[0] += taken[0];
  new[1] += taken[1];
  new[2] += utf8;
}

/* The same where all of them are new. */
static void add_all(const struct mt_shared *texts, const struct mt_shared_text *t,
                    size_t n, uint64_t new[3])
{
  for (size_t i = 0; i < n; i++) {
    const struct mt_shared_size size = unpack(texts, t[i].size);
    new[0] += size.taken[0];
    new[1] += size.taken[1];
    new[2] += size.utf8;
  }
}

/* ---- texts in order ------------------------------------------------------ */

#define BYTES (MT_UP_BYTES | MT_DOWN_BYTES)
#define LISTED_UNITS 15u /* a longer text is not worth a copy of its end */

/* Whether the run goes on with the order of those before. */
static bool follows(struct mt_sharing *s, const struct mt_shared_run *run)
{
  const struct mt_order_end last = {.s = s->last, .n = s->last_len};
  const struct mt_order_end first = {.s = run->first, .n = run->first_len};

  s->may &= run->may;
  if (s->any && s->may != 0)
    s->may = mt_order_left(s->may, &last, &first);
  return s->may != 0;
}

static bool keep_last(struct mt_sharing *s, const struct mt_shared_run *run)
{
  if (run->last_len >= s->last_cap) {
    uint8_t *last = realloc(s->last, (size_t)run->last_len + 1);
    if (last == NULL)
      return false;
    s->last = last;
    s->last_cap = (size_t)run->last_len + 1;
  }
  if (run->last_len > 0)
    memcpy(s->last, run->last, run->last_len);
  s->last_len = run->last_len;
  s->any = true;
  return true;
}

/* Room for so many more; the table gives way to the list, and the other way round. */
static bool reserve_list(struct mt_sharing *s, size_t more)
{
  size_t need = s->list_len + more;
  struct mt_shared_text *list;

  if (need <= s->list_cap)
    return true;
  free(s->bucket);
  s->bucket = NULL;
  s->cap = s->count = 0;
  need += need / 8;
  list = realloc(s->list, need * sizeof *list);
  if (list == NULL)
    return false;
  s->list = list;
  s->list_cap = need;
  return true;
}

/* Adds the run's texts, which are in order, to the list; false when some are too long, or
 * there is no memory. */
static bool list_texts(struct mt_sharing *s, const struct mt_shared_run *run,
                       const struct mt_shared_text *t, uint64_t new[3])
{
  struct mt_shared_text *const list = s->list;
  size_t len = s->list_len;
  uint32_t last = len > 0 ? list[len - 1].mark : 0, any = 0;
  uint64_t taken = 0, more = 0, utf8 = 0;

  for (size_t i = 0; i < run->texts; i++) {
    const uint32_t size = t[i].mark != last ? t[i].size : 0;
    list[len] = t[i];
    len += t[i].mark != last;
    last = t[i].mark;
    any |= size;
    taken += size & UNITS;
    more += size >> MORE_SHIFT & MORE;
    utf8 += size >> UTF8_SHIFT;
  }
  if (any & (IS_LARGE | (UNITS & ~LISTED_UNITS)) || !keep_last(s, run))
    return false;
  s->list_len = len;
  new[0] += taken;
  new[1] += taken + more;
  new[2] += utf8;
  return true;
}

/* From now on the chunk has a table: some of those in the list may no longer be new. */
static void end_order(struct mt_sharing *s, uint64_t new[3])
{
  uint64_t all[3] = {0};

  s->may = 0;
  if (s->list_len > 0 && reserve(s, s->list_len)) {
    add_all(NULL, s->list, s->list_len, all);
    add_texts(s, NULL, s->list, s->list_len, new);
    for (int i = 0; i < 3; i++)
      new[i] -= all[i];
  }
  free(s->list);
  s->list = NULL;
  s->list_len = s->list_cap = 0;
}

/* ---- all of it ----------------------------------------------------------- */

void mt_sharing_init(struct mt_sharing *s)
{
  *s = (struct mt_sharing){.may = BYTES};
}

void mt_sharing_add(struct mt_sharing *s, const struct mt_shared *texts, size_t from,
                    const struct mt_shared_run *run, uint64_t taken[2], uint64_t *utf8)
{
  const struct mt_shared_text *t;
  const size_t n = run->texts;
  uint64_t new[3] = {0};

  if (!run->any)
    return;
  t = texts->text + from;
  if (!follows(s, run) || !reserve_list(s, n) || !list_texts(s, run, t, new)) {
    end_order(s, new);
    if (reserve(s, n))
      add_texts(s, texts, t, n, new);
    else
      add_all(texts, t, n, new);
  }
  taken[0] += new[0] * MT_SHARED_UNIT;
  taken[1] += new[1] * MT_SHARED_UNIT;
  *utf8 += new[2] * MT_SHARED_UNIT;
}

void mt_sharing_clear(struct mt_sharing *s)
{
  if (s->count > 0)
    memset(s->bucket, 0, s->cap * sizeof *s->bucket);
  s->count = s->list_len = 0;
  s->may = BYTES;
  s->any = false;
}

void mt_sharing_reset(struct mt_sharing *s)
{
  free(s->bucket);
  free(s->list);
  free(s->last);
  mt_sharing_init(s);
}
