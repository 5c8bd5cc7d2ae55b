#include "core/engine/resident.h"

#include <string.h>

#include "core/engine/infer.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define POINTER 8
#define FLOAT_BOX 32 /* a Python float, as allocated */
#define ARROW_PADDING 64
#define POLARS_VIEW 16  /* texts of 12 bytes and less are inside */
#define DICT_COLUMNS 10 /* a dict of more keys comes from glibc's heap */
#define LONG_TEXT 400   /* bytes, from which on strings come from there too */
/* The hole that is there once all chunks are freed but not given back, at least. */
#define HOLE_CHUNKS 4
/* A chunk's array beside its values: the ndarray, its block's header, a dict's entry. */
#define ARRAY_BYTES 384
#define PAGE 4096
/* Per cell of a chunk: where its text is, twice; per row: where it begins, its length. */
#define TOKEN_BYTES 16
#define LINE_BYTES 16
/* A place of the table of a chunk's distinct texts; it grows by doubling, in copies. */
#define TABLE_BYTES 32
#define HUGE_PAGE (2 * MIB)
#define ARROW_PAGES 5 /* huge pages that the first texts of all sizes take */

/* Resident memory of the interpreter after the import and before any load, measured as
 * VmRSS on Linux x86-64 (python -c "import pandas" and so on): CPython 3.11, pandas
 * 3.0.6 and 2.3.3 with pyarrow 26.0, polars 2.1, pyarrow.csv 26.0. */
static const uint64_t engine_base[MT_ENGINE_COUNT] = {[MT_PANDAS3] = 99 * MIB,
                                                      [MT_PANDAS2] = 103 * MIB,
                                                      [MT_POLARS] = 45 * MIB,
                                                      [MT_ARROW] = 51 * MIB};

uint64_t mt_engine_base(enum mt_engine engine)
{
  return engine_base[engine];
}

static uint64_t padded(uint64_t bytes)
{
  return (bytes + ARROW_PADDING - 1) / ARROW_PADDING * ARROW_PADDING;
}

static uint64_t bitmap(uint64_t rows, uint64_t nulls)
{
  return nulls > 0 ? (rows + 7) / 8 : 0;
}

static uint64_t max(uint64_t a, uint64_t b)
{
  return a > b ? a : b;
}

static uint64_t min(uint64_t a, uint64_t b)
{
  return a < b ? a : b;
}

/* A column on its way through pandas' read_csv. */
struct column {
  struct mt_inferred as;
  uint64_t rows;
  uint64_t array;     /* the numpy array: of numbers, or of pointers */
  uint64_t objects;   /* what it points to */
  uint64_t boxed;     /* of those: made of numbers while chunks are joined */
  uint64_t utf8;      /* copies in UTF-8 that pandas 3 makes of its strings, for Arrow */
  uint64_t converted; /* pointers to the numbers that become objects while joined */
  uint64_t text;      /* bytes in the Arrow array; 0 = it stays a numpy array */
  uint64_t arrow;     /* the whole Arrow array */
};

/* The Python objects of a column of dtype object.  Numbers become objects one by one when
 * a chunk of them joins one of text; texts are shared within a chunk; True, False and
 * the null of a chunk of text exist once. */
static uint64_t object_bytes(const struct mt_chunk_totals *t, int version, bool python311)
{
  const uint64_t *rows = t->rows;
  uint64_t floats = rows[MT_CHUNK_FLOAT] + rows[MT_CHUNK_NA];
  bool mixed = rows[MT_CHUNK_INT] > 0 && rows[MT_CHUNK_UINT] > 0;

  if (version < 3 &&
      rows[MT_CHUNK_BOOL_NA] + rows[MT_CHUNK_PYINT] + rows[MT_CHUNK_TEXT] == 0 &&
      (floats > 0 || mixed)) /* pandas 2 joins those as floats first */
    return (floats + rows[MT_CHUNK_INT] + rows[MT_CHUNK_UINT] + rows[MT_CHUNK_BOOL]) *
           FLOAT_BOX;
  return t->int_boxes + floats * FLOAT_BOX + t->boxes[python311];
}

static void measure(struct column *k, const struct mt_column_profile *c, int version,
                    bool python311)
{
  struct mt_chunk_totals t = c->totals[version - 2];

  memset(k, 0, sizeof *k);
  mt_infer(&k->as, c, version == 3 ? MT_PANDAS3 : MT_PANDAS2, python311);
  if (c->open.rows > 0)
    mt_chunk_totals_add(&t, &c->open, version);
  k->rows = c->facts.rows;
  k->array = k->rows * (k->as.kind == MT_INFERRED_BOOL ? 1 : POINTER);
  if (k->as.kind != MT_INFERRED_TEXT && k->as.kind != MT_INFERRED_OBJECT)
    return;
  k->objects = object_bytes(&t, version, python311);
  k->boxed = k->objects - min(k->objects, t.boxes[python311]);
  if (k->as.kind == MT_INFERRED_OBJECT)
    k->converted = POINTER * (t.rows[MT_CHUNK_INT] + t.rows[MT_CHUNK_UINT] +
                              t.rows[MT_CHUNK_FLOAT] + t.rows[MT_CHUNK_BOOL]);
  if (version == 3 && k->as.kind == MT_INFERRED_TEXT && strcmp(k->as.dtype, "str") == 0) {
    k->utf8 = t.utf8;
    k->text = t.text.bytes;
    k->arrow = padded((k->rows + 1) * POINTER) + padded(k->text) +
               padded(bitmap(k->rows, k->as.nulls));
  }
}

static uint64_t resident_pandas(const struct column *k)
{
  if (k->as.reported != k->as.bytes) /* a RangeIndex, or codes and levels */
    return k->as.reported;
  return k->arrow > 0 ? k->arrow : k->array + k->objects;
}

static uint64_t resident_polars(const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;
  struct mt_inferred as;

  mt_infer(&as, c, MT_POLARS, false);
  if (as.kind != MT_INFERRED_TEXT)
    return as.bytes;
  return f->rows * POLARS_VIEW + f->sizes.long_bytes + bitmap(f->rows, as.nulls);
}

uint64_t mt_resident(const struct mt_column_profile *c, enum mt_engine engine,
                     bool python311)
{
  struct column k;

  switch (engine) {
  case MT_PANDAS2:
  case MT_PANDAS3:
    measure(&k, c, engine == MT_PANDAS3 ? 3 : 2, python311);
    return resident_pandas(&k);
  case MT_POLARS:
    return resident_polars(c);
  default: /* pyarrow's arrays keep the room they grew into */
    return MT_UNKNOWN;
  }
}

/* ---- the peak ----------------------------------------------------------- */

struct range {
  uint64_t low, high;
};

/* What the first load of a process adds, whatever the file: modules imported on the way,
 * for pandas 3 Arrow's allocator and functions.  Measured like the base. */
static const struct range first_load[MT_ENGINE_COUNT] = {
    [MT_PANDAS3] = {5 * MIB, 8 * MIB}, [MT_PANDAS2] = {0, 3 * MIB}};

/* The largest block that importing pandas gives back to glibc: from then on blocks up to
 * that size come from its heap, larger ones are mapped on their own. */
static const uint64_t map_threshold[MT_ENGINE_COUNT] = {
    [MT_PANDAS3] = 592 * KIB, [MT_PANDAS2] = 496 * KIB};

/* The columns of one dtype of pandas 2. */
struct dtype {
  const char *name; /* in the order in which they are put together */
  uint64_t bytes;
  size_t runs; /* of adjacent columns */
};

#define DTYPES 5

struct frame {
  size_t columns;
  uint64_t rows, chunk_rows;
  uint64_t arrays, objects, boxed, utf8, arrow; /* sums over the columns */
  uint64_t first, last;   /* joined before the heap had room for one: all, the last */
  size_t placed;          /* columns that it had room for */
  uint64_t run, small;    /* runs of one dtype: the current, all that fit into holes */
  uint64_t pages;         /* what Arrow's allocator adds to arrow */
  uint64_t outgrown;      /* the largest of what a column's text outgrew */
  uint64_t converted;     /* the largest of the columns' */
  uint64_t marked;        /* a text copied for its nulls, and their mask */
  uint64_t tokens, table; /* of one chunk: its cells, the texts of one column */
  bool integers;          /* there is nothing else */
  bool pinned;            /* the heap cannot shrink past the chunks */
  struct dtype dtype[DTYPES];
};

static uint64_t power_of_two_above(uint64_t n)
{
  return n > 1 ? UINT64_C(1) << (64 - __builtin_clzll(n - 1)) : n;
}

/* Of something that is spread evenly over all rows, what a chunk has. */
static uint64_t in_chunk(const struct frame *f, uint64_t bytes)
{
  return (uint64_t)((double)bytes * (double)f->chunk_rows / (double)f->rows);
}

/* What mimalloc adds to a buffer of Arrow's: its classes of sizes are an eighth apart,
 * and between them lie buffers that were outgrown; a large one takes huge pages of its
 * own. */
static uint64_t page_rest(uint64_t bytes)
{
  if (bytes < HUGE_PAGE / 2)
    return bytes / (bytes < HUGE_PAGE / 8 ? 4 : 2);
  return max(min(bytes, HUGE_PAGE) / 4, (HUGE_PAGE - bytes % HUGE_PAGE) % HUGE_PAGE);
}

/* pandas 3 makes Arrow's text of the Python strings of a column: the bytes grow by
 * doubling, and are copied once more into a buffer of their length. */
static void add_text(struct frame *f, const struct column *k)
{
  uint64_t outgrown = power_of_two_above(k->text) + k->text;

  f->utf8 += k->utf8;
  f->arrow += k->arrow;
  f->pages += page_rest(k->rows * POINTER) + page_rest(k->text);
  f->outgrown = max(f->outgrown, outgrown);
  if (k->as.nulls > 0)
    f->marked = max(f->marked, k->array + k->rows);
}

/* Where the joined column goes: into what the columns before it left free of a chunk,
 * if that is enough. */
static void place(struct frame *f, const struct column *k)
{
  if (in_chunk(f, f->arrays) >= k->array) {
    f->placed++;
    return;
  }
  f->first += k->array;
  f->last = k->array;
}

/* A run of columns of one dtype is complete, which pandas 2 stacks to a block. */
static void end_run(struct frame *f)
{
  if (f->run <= HOLE_CHUNKS * f->chunk_rows * f->columns * POINTER)
    f->small += f->run;
  f->run = 0;
}

static void add_to_dtype(struct frame *f, const struct column *k, const char *before)
{
  bool begins = before == NULL || strcmp(before, k->as.dtype) != 0;

  if (begins)
    end_run(f);
  f->run += k->array;
  for (size_t i = 0; i < DTYPES; i++)
    if (strcmp(f->dtype[i].name, k->as.dtype) == 0) {
      f->dtype[i].bytes += k->array;
      f->dtype[i].runs += begins;
    }
}

static void add_column(struct frame *f, const struct column *k)
{
  place(f, k);
  f->arrays += k->array;
  f->objects += k->objects;
  f->boxed += k->boxed;
  f->converted = max(f->converted, k->converted);
  if (k->arrow > 0)
    add_text(f, k);
  if (k->as.kind != MT_INFERRED_INT)
    f->integers = false;
  if (k->as.kind == MT_INFERRED_TEXT || k->as.kind == MT_INFERRED_OBJECT)
    f->table = TABLE_BYTES * power_of_two_above(f->chunk_rows * 13 / 10);
}

static void sum_frame(struct frame *f, struct mt_profile *p, int version, bool python311)
{
  static const struct frame empty = {.integers = true,
                                     .dtype = {{.name = "bool"},
                                               {.name = "float64"},
                                               {.name = "int64"},
                                               {.name = "object"},
                                               {.name = "uint64"}}};
  const char *before = NULL;
  uint64_t text = 0;
  struct column k;

  *f = empty;
  f->columns = p->columns;
  f->rows = p->rows;
  f->chunk_rows = min(p->rows, p->chunk_rows);
  for (size_t i = 0; i < p->columns; i++) {
    const struct mt_facts *facts = &p->column[i].facts;
    pthread_mutex_lock(&p->lock[i % MT_LOCK_STRIPES]);
    measure(&k, &p->column[i], version, python311);
    pthread_mutex_unlock(&p->lock[i % MT_LOCK_STRIPES]);
    add_column(f, &k);
    add_to_dtype(f, &k, before);
    before = k.as.dtype;
    text += facts->sizes.bytes;
    f->pinned |= k.objects > 0 && facts->longest >= LONG_TEXT;
  }
  end_run(f);
  if (f->arrow > 0)
    f->pages += ARROW_PAGES * HUGE_PAGE;
  f->tokens =
      f->chunk_rows * (p->columns * (TOKEN_BYTES + 1) + LINE_BYTES) + in_chunk(f, text);
}

/* What consolidation holds beside the columns themselves: they are stacked by runs of
 * one dtype, then the runs of one dtype are joined, then put in order. */
static uint64_t consolidated(const struct frame *f)
{
  uint64_t joined = 0, most = 0;

  for (size_t i = 0; i < DTYPES; i++) {
    if (f->dtype[i].runs < 2)
      continue;
    most = max(most, joined + 2 * f->dtype[i].bytes);
    joined += f->dtype[i].bytes;
  }
  return most;
}

/* Whether the arrays of chunks lie in glibc's heap, not in mappings of their own: all do
 * once an array was given back, as for any column that is not of integers. */
static bool in_heap(const struct frame *f, uint64_t threshold)
{
  return !f->integers || f->chunk_rows * POINTER < threshold;
}

/* What the heap keeps of the chunks' arrays once all are joined.  It shrinks from its
 * end, down to the last column that found room in a chunk: they take the lowest first,
 * or those next to them, but shorter ones (of bool) the last, which is not complete. */
static uint64_t kept_by_heap(const struct frame *f)
{
  if (f->pinned || (f->placed > 0 && f->dtype[0].bytes > 0))
    return f->arrays;
  if (f->placed > 0)
    return min(f->arrays, in_chunk(f, f->arrays) * (2 * f->placed + 1));
  return f->columns > DICT_COLUMNS ? f->arrays : 0;
}

/* What lives when all columns are read, joined, and made a frame. */
static uint64_t least(const struct frame *f, enum mt_engine engine)
{
  uint64_t live = f->arrays + f->objects, joined = live, framed = live;

  if (in_heap(f, map_threshold[engine] / 2))
    joined += f->first - f->last;
  framed += engine == MT_PANDAS2 ? f->arrays + consolidated(f) : f->arrow;
  return max(max(live - f->boxed + f->tokens, joined), framed + first_load[engine].low);
}

/* The same with what allocators keep of freed memory. */
static uint64_t most(const struct frame *f, enum mt_engine engine)
{
  uint64_t live = f->arrays + f->objects, joined = live + f->last, framed = live;
  uint64_t read = live - f->boxed + f->tokens + f->table, blocks = f->arrays;

  if (in_heap(f, map_threshold[engine])) {
    joined = live + f->first;
    framed = max(live, f->objects + f->first + kept_by_heap(f));
    if (f->placed == 0 && kept_by_heap(f) > 0) /* all of it is free */
      blocks -= min(f->small, f->arrays / 2);
  }
  if (engine == MT_PANDAS2)
    framed += blocks + consolidated(f);
  else
    framed += f->arrow + f->utf8 + f->marked + f->pages + f->outgrown;
  return max(max(read, joined + f->converted) + first_load[MT_PANDAS2].high,
             framed + first_load[engine].high) +
         (f->rows / f->chunk_rows + 1) * f->columns * ARRAY_BYTES + f->columns * PAGE +
         f->objects / 16; /* arenas in part */
}

static void estimate_pandas(struct mt_load *l, struct mt_profile *p,
                            enum mt_engine engine, bool python311)
{
  struct frame f;

  l->peak_low = first_load[engine].low;
  l->peak_high = first_load[engine].high;
  if (p->rows == 0)
    return;
  sum_frame(&f, p, engine == MT_PANDAS3 ? 3 : 2, python311);
  l->peak_low = least(&f, engine);
  l->peak_low -= l->peak_low / 64; /* some of it was free before */
  l->peak_high = most(&f, engine);
}

void mt_load_begin(struct mt_load *l, enum mt_engine engine)
{
  *l = (struct mt_load){.base = mt_engine_base(engine)};
}

void mt_load_add(struct mt_load *l, uint64_t reported, uint64_t resident, bool is_index)
{
  l->reported += reported;
  l->index += is_index ? reported : 0;
  l->resident = resident == MT_UNKNOWN || l->resident == MT_UNKNOWN
                    ? MT_UNKNOWN
                    : l->resident + resident;
}

void mt_load_end(struct mt_load *l, struct mt_profile *p, enum mt_engine engine,
                 bool python311)
{
  if (l->index == 0) { /* none of the columns */
    l->index = mt_index_bytes(engine);
    l->reported += l->index;
  }
  if (mt_engine_is_pandas(engine))
    estimate_pandas(l, p, engine, python311);
  else /* depends on the number of threads and on what of the file stays mapped */
    l->peak_low = l->peak_high = MT_UNKNOWN;
}

void mt_load_estimate(struct mt_load *l, struct mt_profile *p, enum mt_engine engine,
                      bool python311)
{
  mt_load_begin(l, engine);
  for (size_t i = 0; i < p->columns; i++) {
    struct mt_inferred as;
    uint64_t bytes;

    pthread_mutex_lock(&p->lock[i % MT_LOCK_STRIPES]);
    bytes = mt_resident(&p->column[i], engine, python311);
    mt_infer(&as, &p->column[i], engine, python311);
    pthread_mutex_unlock(&p->lock[i % MT_LOCK_STRIPES]);
    mt_load_add(l, as.reported, bytes,
                mt_engine_is_pandas(engine) && p->column[i].index_levels > 0);
  }
  mt_load_end(l, p, engine, python311);
}

enum mt_verdict mt_verdict(uint64_t peak, uint64_t base, uint64_t available)
{
  double need, have;

  if (peak == MT_UNKNOWN || base == MT_UNKNOWN || available == MT_UNKNOWN)
    return MT_VERDICT_UNKNOWN;
  need = (double)peak + (double)base;
  have = (double)available;
  if (need < 0.6 * have)
    return MT_VERDICT_FITS;
  return need < 0.9 * have ? MT_VERDICT_TIGHT : MT_VERDICT_NO;
}

const char *mt_verdict_name(enum mt_verdict v)
{
  static const char *const names[] = {"unknown", "fits", "tight", "no"};
  return names[v];
}
