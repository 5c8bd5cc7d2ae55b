#include "core/profile.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

/* Stretches after which a run that hardly repeats its texts is not searched any more. */
#define TRIAL 1024
/* Texts whose place in a large table is fetched before they are looked up. */
#define AHEAD 8

/* A text of a run of cells, and how often it occurs there: in all, or, in a run whose
 * texts hardly repeat, in a stretch of equal cells. */
struct entry {
  uint64_t head; /* first eight bytes, zero-padded */
  uint64_t hash;
  uint32_t off, len;
  uint32_t count;
  uint32_t quoted; /* of those, begun with a quote */
  uint32_t row;    /* of the first */
  uint32_t slot;   /* its place in the table, where it has one */
  bool null;
};

struct mt_part {
  size_t columns;
  uint64_t rows;
  struct mt_facts *facts;           /* one per column */
  struct mt_statistics *statistics; /* one per column */
  struct mt_segment *segment;       /* segments * columns, segment-major */
  size_t segments, segments_cap;
  /* Texts of the segments that hold text, most of them once, column-major; how many a
   * segment has, as in `segment`. */
  struct mt_shared_text *shared;
  size_t shared_len, shared_cap;
  uint32_t *shared_count;
  bool first_continues; /* segment 0 goes on with an open pandas chunk */
  struct mt_fault_list faults;
  /* scratch of the column at hand */
  struct entry *entry;
  size_t entries, entries_cap;
  size_t stretches;     /* of equal cells */
  uint64_t fingerprint; /* of the stretches and their rows */
  struct mt_run run;
  uint32_t *table; /* entry + 1, or 0 */
  size_t table_len, table_cap;
};

/* ---- a block ------------------------------------------------------------ */

struct mt_part *mt_part_new(const struct mt_profile *p)
{
  struct mt_part *part = calloc(1, sizeof *part);

  if (part == NULL)
    return NULL;
  part->columns = p->columns;
  part->facts = mt_alloc(p->columns, sizeof *part->facts);
  part->statistics = mt_alloc(p->columns, sizeof *part->statistics);
  if (part->facts == NULL || part->statistics == NULL) {
    mt_part_free(part);
    return NULL;
  }
  for (size_t i = 0; i < p->columns; i++)
    mt_statistics_init(&part->statistics[i], MT_QUANTILES_PART_GAPS);
  return part;
}

void mt_part_free(struct mt_part *part)
{
  if (part == NULL)
    return;
  for (size_t i = 0; part->statistics != NULL && i < part->columns; i++)
    mt_statistics_reset(&part->statistics[i]);
  for (size_t i = 0; part->facts != NULL && i < part->columns; i++)
    mt_facts_reset(&part->facts[i]);
  free(part->statistics);
  mt_run_reset(&part->run);
  free(part->facts);
  free(part->segment);
  free(part->shared);
  free(part->shared_count);
  free(part->entry);
  free(part->table);
  free(part);
}

/* mt_text_head, for a chunk's text, in fewer steps. */
static inline uint64_t load_head(const uint8_t *s, size_t n)
{
  uint64_t w;
  memcpy(&w, s, sizeof w); /* chunk text is readable past its end */
  return n >= 8 ? w : w & ((1ull << (8 * n)) - 1);
}

static int grow_table(struct mt_part *part)
{
  size_t len = part->table_len ? part->table_len * 4 : 256;
  uint32_t *table;

  if (len > part->table_cap) {
    table = realloc(part->table, len * sizeof *table);
    if (table == NULL)
      return ENOMEM;
    part->table = table;
    part->table_cap = len;
  }
  memset(part->table, 0, len * sizeof *part->table);
  part->table_len = len;
  for (size_t i = 0; i < part->entries; i++) {
    size_t at = part->entry[i].hash & (len - 1);
    while (part->table[at] != 0)
      at = (at + 1) & (len - 1);
    part->table[at] = (uint32_t)i + 1;
    part->entry[i].slot = (uint32_t)at;
  }
  return 0;
}

static void clear_table(struct mt_part *part)
{
  if (part->table_len > 256) {
    part->table_len = 256;
    memset(part->table, 0, part->table_len * sizeof *part->table);
  } else {
    for (size_t i = 0; i < part->entries; i++)
      part->table[part->entry[i].slot] = 0;
  }
  part->entries = 0;
}

/* What a stretch of equal cells adds to its column's fingerprint: a sum, so that blocks
 * can be merged. */
static inline uint64_t stretch_print(const struct entry *e, uint64_t row)
{
  unsigned __int128 p =
      (unsigned __int128)((e->hash + e->len) ^ (row + 1) * 0x9e3779b97f4a7c15ull) *
      0xd6e8feb86659fd93ull;
  return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* The entry of a text: the one that is there, or a new one. */
static struct entry *find_entry(struct mt_part *part, const uint8_t *text,
                                const struct entry *wanted)
{
  const size_t mask = part->table_len - 1;
  const uint8_t *s = text + wanted->off;
  size_t at = wanted->hash & mask;

  for (; part->table[at] != 0; at = (at + 1) & mask) {
    struct entry *e = &part->entry[part->table[at] - 1];
    if (e->head == wanted->head && e->len == wanted->len &&
        (e->len <= 8 ||
         (e->hash == wanted->hash && memcmp(text + e->off, s, e->len) == 0)))
      return e;
  }
  part->entry[part->entries] = *wanted;
  part->entry[part->entries].slot = (uint32_t)at;
  part->table[at] = (uint32_t)part->entries + 1;
  return &part->entry[part->entries++];
}

/* Gathers the texts of cells[from .. to) in order of appearance. */
static int gather(struct mt_part *part, const struct mt_chunk *c,
                  const struct mt_cell *cells, size_t from, size_t to, uint64_t seed)
{
  struct entry *last = NULL;
  bool search = true;

  part->stretches = 0;
  part->fingerprint = 0;
  if (part->entries_cap < to - from) {
    struct entry *entry = realloc(part->entry, (to - from) * sizeof *entry);
    if (entry == NULL)
      return ENOMEM;
    part->entry = entry;
    part->entries_cap = to - from;
  }
  for (size_t r = from; r < to; r++) {
    const uint8_t *s = c->text + cells[r].off;
    struct entry e = {.off = cells[r].off, .len = cells[r].len, .row = (uint32_t)r};

    e.head = load_head(s, e.len);
    if (last == NULL || last->head != e.head || last->len != e.len ||
        (e.len > 8 && memcmp(c->text + last->off, s, e.len) != 0)) {
      part->stretches++;
      e.hash = mt_text_hash(s, e.len, e.head, seed);
      if (search && part->entries * 2 >= part->table_len && grow_table(part) != 0)
        return ENOMEM;
      if (search) {
        last = find_entry(part, c->text, &e);
        search = part->stretches != TRIAL || part->entries < TRIAL / 4 * 3;
      } else {
        last = &part->entry[part->entries++];
        *last = e;
      }
      part->fingerprint += stretch_print(last, c->first_row + r);
    }
    last->count++;
    last->quoted += cells[r].quoted;
  }
  return 0;
}

/* The pool is empty: makes room by giving up the largest set that can be had.  The
 * caller holds the lock of `column`.  A set that is itself a fair part of the pool goes
 * at once; a small one first looks for a large one. */
static int make_room(struct mt_profile *p, size_t column)
{
  const size_t large = p->pool.limit / 64;
  size_t largest = column, most = mt_distinct_bytes(&p->column[column].distinct);
  pthread_mutex_t *own = &p->lock[column % MT_LOCK_STRIPES], *lock;
  int rc;

  if (most < large && !atomic_load_explicit(&p->no_large_set, memory_order_relaxed)) {
    for (size_t i = 0; i < p->columns; i++) {
      size_t bytes = mt_distinct_bytes(&p->column[i].distinct);
      if (bytes > most) {
        largest = i;
        most = bytes;
      }
    }
    if (most < large) /* the pool is empty: none can become large any more */
      atomic_store_explicit(&p->no_large_set, true, memory_order_relaxed);
  }
  lock = &p->lock[largest % MT_LOCK_STRIPES];
  if (lock == own)
    return mt_distinct_evict(&p->column[largest].distinct, &p->pool);
  if (pthread_mutex_trylock(lock) != 0) /* waiting could deadlock */
    return mt_distinct_evict(&p->column[column].distinct, &p->pool);
  rc = mt_distinct_evict(&p->column[largest].distinct, &p->pool);
  pthread_mutex_unlock(lock);
  return rc;
}

static int add_distinct(struct mt_profile *p, size_t column, const struct mt_part *part,
                        const uint8_t *text)
{
  struct mt_distinct *d = &p->column[column].distinct;
  pthread_mutex_t *lock = &p->lock[column % MT_LOCK_STRIPES];
  int rc = 0;

  pthread_mutex_lock(lock);
  for (size_t i = 0; i < part->entries && rc == 0;) {
    const struct entry *e = &part->entry[i];
    if (i + AHEAD < part->entries)
      mt_distinct_prefetch(d, e[AHEAD].hash);
    if (!e->null)
      rc = mt_distinct_add(d, &p->pool, text + e->off, e->len, e->hash, e->count);
    if (rc == 0 && d->full) {
      d->full = false;
      rc = make_room(p, column);
      continue; /* this entry again */
    }
    i++;
  }
  pthread_mutex_unlock(lock);
  return rc;
}

/* Leaves what the texts of a segment take: text by text where they are text, so that the
 * chunk's other segments can share them; for numbers, which are strings only where
 * another segment makes the chunk one of text, their sum, repeated ones included where
 * nobody searched for them. */
static int note_shared(struct mt_part *part, const uint8_t *text, struct mt_segment *g,
                       uint32_t *count)
{
  bool raw, wide, texts = mt_segment_kind(g, 2, &raw) == MT_CHUNK_TEXT;

  if (texts && part->shared_cap - part->shared_len < part->entries) {
    size_t cap = part->shared_cap + part->shared_cap / 2 + part->entries;
    struct mt_shared_text *shared = realloc(part->shared, cap * sizeof *shared);
    if (shared == NULL)
      return ENOMEM;
    part->shared = shared;
    part->shared_cap = cap;
  }
  for (size_t i = 0; i < part->entries; i++) {
    const struct entry *e = &part->entry[i];
    struct mt_shared_text t = {.len = e->len};
    if (e->null)
      continue;
    t.size = mt_text_python_size(text + e->off, e->len, &wide) & INT32_MAX;
    t.wide = wide;
    if (texts) { /* the same marks for the same file: no random seed */
      t.mark = mt_sharing_mark(mt_text_hash(text + e->off, e->len, e->head, 0));
      part->shared[part->shared_len++] = t;
      ++*count;
    } else {
      g->boxes[0] += mt_text_allocation(t.size, t.wide, false);
      g->boxes[1] += mt_text_allocation(t.size, t.wide, true);
    }
  }
  return 0;
}

/* One column of one segment: cells [from, to) of the chunk. */
static int profile_cells(struct mt_part *part, struct mt_profile *p,
                         const struct mt_chunk *c, size_t column, struct mt_segment *g,
                         uint32_t *shared, size_t from, size_t to)
{
  const struct mt_cell *cells = mt_chunk_column(c, column);
  struct mt_facts *f = &part->facts[column];
  uint8_t settled = atomic_load_explicit(&p->settled[column], memory_order_relaxed);

  g->line = mt_chunk_line(c, from);
  if (gather(part, c, cells, from, to, p->pool.seed) != 0 ||
      mt_run_begin(&part->run, part->entries) != 0)
    return ENOMEM;
  f->fingerprint += part->fingerprint;
  for (size_t i = 0; i < part->entries; i++) {
    struct entry *e = &part->entry[i];
    struct mt_occurrence o = {.s = c->text + e->off,
                              .n = e->len,
                              .times = e->count,
                              .quoted = e->quoted,
                              .line = mt_chunk_line(c, e->row),
                              .byte = mt_chunk_cell_byte(c, e->row, &cells[e->row])};
    const uint8_t *nul = c->has_nul ? memchr(o.s, 0, o.n) : NULL;
    struct mt_token t;

    mt_token_read(&t, o.s, o.n, p->nulls, column);
    e->null = t.null;
    mt_facts_add(f, &o, &t, &settled);
    mt_run_add(&part->run, o.s, o.n, o.times, &t);
    if (nul != NULL) {
      mt_facts_note(f, MT_PLACE_NUL, &o);
      f->nul += o.times;
      o.n = (size_t)(nul - o.s); /* pandas sees no more of it */
    }
    if (nul != NULL || p->nulls->numbers)
      mt_token_read_pandas(&t, o.s, o.n, p->nulls, column);
    if (!e->null && (t.null || t.null_number))
      mt_facts_note(f, MT_PLACE_NULLED, &o);
    mt_segment_add(g, &t, o.s, o.n, o.times);
  }
  mt_run_end(&part->run,
             &(struct mt_run_cells){c, column, from, to, part->stretches, part->entries},
             p->nulls, &part->statistics[column]);
  if (note_shared(part, c->text, g, shared) != 0 ||
      add_distinct(p, column, part, c->text) != 0)
    return ENOMEM;
  clear_table(part);
  return 0;
}

static int shape_segments(struct mt_part *part, const struct mt_profile *p,
                          const struct mt_chunk *c)
{
  uint64_t into = c->first_row % p->chunk_rows;
  size_t segments = (size_t)((into + c->rows + p->chunk_rows - 1) / p->chunk_rows);
  size_t need;

  if (c->rows == 0)
    segments = 0;
  if (!mt_size_mul(segments, part->columns, &need))
    return ENOMEM;
  if (segments > part->segments_cap) {
    struct mt_segment *s = mt_alloc(need, sizeof *s);
    uint32_t *count = mt_alloc(need, sizeof *count);
    if (s == NULL || count == NULL) {
      free(s);
      free(count);
      return ENOMEM;
    }
    free(part->segment);
    free(part->shared_count);
    part->segment = s;
    part->shared_count = count;
    part->segments_cap = segments;
  } else if (need > 0) {
    memset(part->segment, 0, need * sizeof *part->segment);
    memset(part->shared_count, 0, need * sizeof *part->shared_count);
  }
  part->segments = segments;
  part->shared_len = 0;
  part->first_continues = into != 0;
  return 0;
}

static void count_text_faults(struct mt_part *part, const struct mt_chunk *c)
{
  for (size_t i = 0; i < part->columns && (c->has_nul || c->has_non_ascii); i++) {
    const struct mt_facts *f = &part->facts[i];
    const struct {
      enum mt_fault_kind kind;
      uint64_t count;
      const struct mt_place *place;
    } fault[] = {{MT_FAULT_NUL, f->nul, mt_facts_place(f, MT_PLACE_NUL)},
                 {MT_FAULT_BAD_UTF8, f->not_utf8, mt_facts_place(f, MT_PLACE_BAD_UTF8)}};
    for (size_t k = 0; k < 2; k++) {
      if (fault[k].count == 0)
        continue;
      mt_fault_add(&part->faults, fault[k].kind, fault[k].place->line,
                   fault[k].place->byte, i);
      part->faults.count[fault[k].kind] += fault[k].count - 1;
    }
  }
}

int mt_part_profile(struct mt_part *part, struct mt_profile *p, const struct mt_chunk *c,
                    struct mt_error *err)
{
  assert(c->columns == part->columns);
  if (shape_segments(part, p, c) != 0)
    return mt_fail_memory(err);
  part->rows = c->rows;
  part->faults = c->faults;
  for (size_t col = 0; col < part->columns; col++) {
    size_t from = 0, room = (size_t)(p->chunk_rows - c->first_row % p->chunk_rows);

    mt_facts_clear(&part->facts[col]);
    mt_statistics_clear(&part->statistics[col]);
    for (size_t s = 0; s < part->segments; s++) {
      size_t to = c->rows - from < room ? c->rows : from + room;
      size_t at = s * part->columns + col;
      if (profile_cells(part, p, c, col, &part->segment[at], &part->shared_count[at],
                        from, to) != 0)
        return mt_fail_memory(err);
      from = to;
      room = (size_t)p->chunk_rows;
    }
    if (part->facts[col].places.lost)
      return mt_fail_memory(err);
  }
  count_text_faults(part, c);
  return 0;
}

/* ---- the dataset -------------------------------------------------------- */

static void init_column(struct mt_column_profile *c, size_t index_levels)
{
  *c = (struct mt_column_profile){.distinct_values = MT_NOT_COUNTED,
                                  .distinct_kind = MT_NO_KIND,
                                  .index_levels = index_levels};
  mt_facts_init(&c->facts);
  mt_statistics_init(&c->statistics, MT_QUANTILES_GAPS);
  mt_distinct_init(&c->distinct);
}

static void reset_column(struct mt_column_profile *c, struct mt_distinct_pool *pool)
{
  mt_facts_reset(&c->facts);
  mt_distinct_reset(&c->distinct, pool);
  mt_sharing_reset(&c->sharing);
  mt_statistics_reset(&c->statistics);
}

int mt_profile_init(struct mt_profile *p, size_t columns, const struct mt_nulls *nulls,
                    size_t pool_bytes, struct mt_error *err)
{
  memset(p, 0, sizeof *p);
  p->columns = columns;
  p->chunk_rows = mt_pandas_chunk_rows(columns);
  p->nulls = nulls;
  mt_distinct_pool_init(&p->pool, pool_bytes);
  for (int i = 0; i < MT_LOCK_STRIPES; i++)
    pthread_mutex_init(&p->lock[i], NULL);
  p->column = mt_alloc(columns, sizeof *p->column);
  p->settled = mt_alloc(columns, sizeof *p->settled);
  if (p->column == NULL || p->settled == NULL) {
    mt_profile_reset(p);
    return mt_fail_memory(err);
  }
  for (size_t i = 0; i < columns; i++)
    init_column(&p->column[i], 0);
  return 0;
}

void mt_profile_clear(struct mt_profile *p)
{
  for (size_t i = 0; i < p->columns; i++) {
    size_t levels = p->column[i].index_levels;
    reset_column(&p->column[i], &p->pool);
    init_column(&p->column[i], levels);
    atomic_store(&p->settled[i], 0);
  }
  p->rows = 0;
  p->faults = (struct mt_fault_list){0};
  atomic_store(&p->no_large_set, false);
}

void mt_profile_reset(struct mt_profile *p)
{
  if (p->column != NULL)
    for (size_t i = 0; i < p->columns; i++)
      reset_column(&p->column[i], &p->pool);
  free(p->column);
  free(p->settled);
  for (int i = 0; i < MT_LOCK_STRIPES; i++)
    pthread_mutex_destroy(&p->lock[i]);
  memset(p, 0, sizeof *p);
}

static void close_chunk(struct mt_column_profile *c)
{
  if (c->open.rows == 0)
    return;
  mt_chunk_totals_add(&c->totals[0], &c->open, 2);
  mt_chunk_totals_add(&c->totals[1], &c->open, 3);
  memset(&c->open, 0, sizeof c->open);
  mt_sharing_clear(&c->sharing);
}

/* Appends a segment to the open chunk of its column, with the texts that are new there.
 */
static void merge_segment(struct mt_column_profile *c, const struct mt_segment *g,
                          const struct mt_shared_text *text, size_t texts)
{
  mt_segment_merge(&c->open, g);
  for (size_t i = 0; i < texts; i++) {
    if (i + AHEAD < texts)
      mt_sharing_prefetch(&c->sharing, text[i + AHEAD].mark);
    uint64_t taken = mt_text_allocation(text[i].size, text[i].wide, false);
    if (taken == 0 || !mt_sharing_add(&c->sharing, text[i].mark))
      continue;
    c->open.boxes[0] += taken;
    c->open.boxes[1] += mt_text_allocation(text[i].size, text[i].wide, true);
    c->open.utf8 += text[i].wide ? mt_python_allocation(text[i].len + 1ull) : 0;
  }
}

int mt_profile_merge(struct mt_profile *p, const struct mt_part *part,
                     struct mt_error *err)
{
  const struct mt_shared_text *shared = part->shared;
  bool lost = false;

  for (size_t i = 0; i < p->columns; i++) {
    struct mt_column_profile *c = &p->column[i];

    for (size_t s = 0; s < part->segments; s++) {
      if (s > 0 || !part->first_continues)
        close_chunk(c);
      size_t at = s * part->columns + i;
      merge_segment(c, &part->segment[at], shared, part->shared_count[at]);
      if (part->shared_count[at] > 0)
        shared += part->shared_count[at];
    }
    mt_facts_merge(&c->facts, &part->facts[i]);
    lost |= c->facts.places.lost;
    mt_statistics_merge(&c->statistics, &part->statistics[i]);
    atomic_store_explicit(&p->settled[i], mt_facts_settled(&c->facts),
                          memory_order_relaxed);
  }
  mt_fault_merge(&p->faults, &part->faults);
  p->rows += part->rows;
  return lost ? mt_fail_memory(err) : 0;
}

void mt_profile_finish(struct mt_profile *p)
{
  for (size_t i = 0; i < p->columns; i++)
    close_chunk(&p->column[i]);
}
