#include "core/resident.h"

#include <string.h>

#include "core/infer.h"

#define MIB (UINT64_C(1) << 20)
#define POINTER 8
#define FLOAT_BOX 32 /* a Python float, as allocated */
#define ARROW_PADDING 64
#define POLARS_VIEW 16  /* texts of 12 bytes and less are inside */
#define DICT_COLUMNS 10 /* a dict of more keys comes from glibc's heap */
/* A chunk's array beside its values: the ndarray, its block's header, a dict's entry. */
#define ARRAY_BYTES 256
/* The least length of column that glibc maps on its own: by the end of the file the
 * reader has freed a buffer of 2^20 pointers. */
#define MAPPED_ROWS MIB
/* Per cell of a chunk: where its text is, twice; per row: where it begins, its length. */
#define TOKEN_BYTES 16
#define LINE_BYTES 16
#define CHUNK_BYTES (8 * MIB) /* 2^20 cells of a chunk, as arrays */

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
  uint64_t utf8;      /* the copies in UTF-8 that pandas 3 makes of those, for Arrow */
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

/* What pandas 2 consolidates the columns of one dtype to. */
struct dtype {
  const char *name; /* in the order in which it does that */
  uint64_t bytes;
  size_t runs; /* of adjacent columns */
};

#define DTYPES 5

struct frame {
  size_t columns;
  uint64_t rows;
  uint64_t arrays, objects, utf8, arrow; /* sums over the columns */
  uint64_t outgrown, largest;            /* buffers that text outgrew: all, largest */
  uint64_t converted;                    /* the largest of the columns' */
  uint64_t marked;                       /* a text copied for its nulls, and their mask */
  uint64_t tokens;                       /* of one chunk */
  struct dtype dtype[DTYPES];
};

static uint64_t power_of_two_below(uint64_t n)
{
  return n > 0 ? UINT64_C(1) << (63 - __builtin_clzll(n)) : 0;
}

static void add_column(struct frame *f, const struct column *k, const char *before)
{
  f->arrays += k->array;
  f->objects += k->objects;
  f->utf8 += k->utf8;
  f->arrow += k->arrow;
  f->outgrown += power_of_two_below(k->text);
  f->largest = max(f->largest, power_of_two_below(k->text));
  f->converted = max(f->converted, k->converted);
  if (k->arrow > 0 && k->as.nulls > 0)
    f->marked = max(f->marked, k->array + k->rows);
  for (size_t i = 0; i < DTYPES; i++)
    if (strcmp(f->dtype[i].name, k->as.dtype) == 0) {
      f->dtype[i].bytes += k->array;
      f->dtype[i].runs += before == NULL || strcmp(before, k->as.dtype) != 0;
    }
}

static void sum_frame(struct frame *f, const struct mt_profile *p, int version,
                      bool python311)
{
  static const struct frame empty = {.dtype = {{.name = "bool"},
                                               {.name = "float64"},
                                               {.name = "int64"},
                                               {.name = "object"},
                                               {.name = "uint64"}}};
  const char *before = NULL;
  uint64_t text = 0, chunk_rows = min(p->rows, p->chunk_rows);
  struct column k;

  *f = empty;
  f->columns = p->columns;
  f->rows = p->rows;
  for (size_t i = 0; i < p->columns; i++) {
    measure(&k, &p->column[i], version, python311);
    add_column(f, &k, before);
    before = k.as.dtype;
    text += p->column[i].facts.sizes.bytes;
  }
  if (p->rows > 0)
    f->tokens = chunk_rows * (p->columns * TOKEN_BYTES + LINE_BYTES) +
                (uint64_t)((double)text * (double)chunk_rows / (double)p->rows) +
                chunk_rows * p->columns;
}

/* What consolidation holds beside the columns themselves: they are stacked by runs of
 * one dtype, then the runs of one dtype are joined, then put in order. */
static uint64_t consolidation(const struct frame *f)
{
  uint64_t joined = 0, most = 0;

  for (size_t i = 0; i < DTYPES; i++) {
    if (f->dtype[i].runs < 2)
      continue;
    most = max(most, joined + 2 * f->dtype[i].bytes);
    joined += f->dtype[i].bytes;
  }
  return f->arrays + most;
}

/* The columns joined before room for one is free within the heap, as a share of all: a
 * column needs as many freed neighbours as there are (complete) chunks. */
static double first_columns(const struct frame *f, const struct mt_profile *p)
{
  double share = (double)(f->rows / p->chunk_rows) / (double)f->columns;

  return share < 1 ? share : 1;
}

/* Memory of the chunks' arrays that the heap keeps once they are joined.
 *
 * Columns as long as MAPPED_ROWS are mapped on their own, and the heap shrinks.  Shorter
 * ones lie in the heap too.  With more than DICT_COLUMNS columns each chunk ends in the
 * table of a dict, and the heap cannot shrink; it keeps what the first columns did not
 * find room in, and some holes. */
static uint64_t kept_by_heap(const struct frame *f, double share)
{
  if (f->rows >= MAPPED_ROWS) /* but for columns of bool: one byte per row */
    return f->dtype[0].bytes > 0 && f->rows < 8 * MAPPED_ROWS ? f->arrays / 5 * 3 : 0;
  if (f->columns <= DICT_COLUMNS)
    return f->arrays / 5;
  if (share < 0.5)
    share = share < 0.25 ? 2 * share : 0.5;
  return (uint64_t)(share * (double)f->arrays);
}

static void estimate_pandas(struct mt_load *l, const struct mt_profile *p, int version,
                            bool python311)
{
  struct frame f;
  uint64_t live, read, joined, framed, kept, slack;
  double share;

  sum_frame(&f, p, version, python311);
  if (f.rows == 0)
    return;
  share = first_columns(&f, p);
  kept = kept_by_heap(&f, share);
  live = f.arrays + f.objects;
  slack = (f.rows / p->chunk_rows + 1) * f.columns * ARRAY_BYTES + f.objects / 16 +
          min(f.arrays, CHUNK_BYTES);
  read = live + f.tokens; /* all chunks, and the text of the last */
  joined = live + (uint64_t)(share * (double)f.arrays) + f.converted;
  if (version == 2) {
    framed = live + consolidation(&f);
    l->peak_low = max(read, framed);
    framed += min(kept, f.arrays / 2); /* some of it is used again */
  } else {
    /* the objects go when all text is Arrow's */
    framed = live + f.arrow;
    l->peak_low = max(read, framed);
    framed += f.utf8 + kept + f.outgrown + 2 * f.largest + f.marked;
  }
  l->peak_low -= l->peak_low / 16; /* the parts overlap by less than that */
  l->peak_high = max(max(read, joined), framed) + slack;
}

void mt_load_estimate(struct mt_load *l, const struct mt_profile *p,
                      enum mt_engine engine, bool python311)
{
  *l = (struct mt_load){.base = mt_engine_base(engine)};
  for (size_t i = 0; i < p->columns; i++) {
    uint64_t bytes = mt_resident(&p->column[i], engine, python311);
    struct mt_inferred as;

    mt_infer(&as, &p->column[i], engine, python311);
    l->reported += as.reported;
    l->index += p->column[i].index_levels > 0 ? as.reported : 0;
    l->resident = bytes == MT_UNKNOWN || l->resident == MT_UNKNOWN ? MT_UNKNOWN
                                                                   : l->resident + bytes;
  }
  if (!mt_engine_is_pandas(engine)) {
    l->index = 0;
  } else if (l->index == 0) { /* none of the columns */
    l->index = mt_index_bytes(engine);
    l->reported += l->index;
  }
  if (mt_engine_is_pandas(engine))
    estimate_pandas(l, p, engine == MT_PANDAS3 ? 3 : 2, python311);
  else /* depends on the number of threads and on what of the file stays mapped */
    l->peak_low = l->peak_high = MT_UNKNOWN;
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
