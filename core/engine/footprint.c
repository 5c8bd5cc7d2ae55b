#include "core/engine/footprint.h"

#define POINTER 8
#define PY_NONE 16 /* sys.getsizeof(None): nulls of text read from Arrow */

static uint64_t bitmap(uint64_t rows, uint64_t nulls)
{
  return nulls > 0 ? (rows + 7) / 8 : 0;
}

uint64_t mt_category_engine_bytes(uint64_t k)
{
  uint64_t buckets = 4;

  while (buckets < k)
    buckets *= 2;
  if (0.77 * (double)buckets + 0.5 < (double)k)
    buckets *= 2;
  return 40 + 16 * buckets + 4 * (buckets >> 5 ? buckets >> 5 : 1);
}

static uint64_t category(const struct mt_column_profile *c, enum mt_engine engine,
                         bool python311)
{
  const struct mt_text_sizes *z = &c->distinct.sizes;
  uint64_t rows = c->facts.rows, k = mt_distinct_count(&c->distinct);
  uint64_t codes = rows * mt_category_width(k);

  switch (engine) {
  case MT_PANDAS2:
    /* its lookup table is there as soon as it is */
    return codes + k * POINTER + mt_text_sizes_python(z, python311) +
           mt_category_engine_bytes(k);
  case MT_POLARS:
    return rows * 4 + bitmap(rows, c->facts.nulls);
  case MT_ARROW:
    return codes + bitmap(rows, c->facts.nulls) + k * 4 + z->bytes;
  default:
    return codes + k * POINTER + z->bytes;
  }
}

static uint64_t string(const struct mt_column_profile *c, enum mt_engine engine,
                       bool python311)
{
  const struct mt_facts *f = &c->facts;

  switch (engine) {
  case MT_PANDAS2:
    return f->rows * POINTER + mt_text_sizes_python(&f->sizes, python311) +
           f->nulls * PY_NONE;
  case MT_POLARS:
    return f->sizes.bytes;
  case MT_ARROW:
    return f->rows * 4 + f->sizes.bytes + bitmap(f->rows, f->nulls);
  default:
    return f->rows * POINTER + f->sizes.bytes + bitmap(f->rows, f->nulls);
  }
}

static uint64_t fixed(const struct mt_facts *f, enum mt_dtype t, enum mt_engine engine)
{
  uint64_t width = mt_dtype_width(t), mask = bitmap(f->rows, f->nulls);
  bool pandas = mt_engine_is_pandas(engine);

  switch (mt_dtype_kind(t)) {
  case MT_KIND_FLOAT: /* null is NaN in pandas */
    return f->rows * width + (pandas ? 0 : mask);
  case MT_KIND_TIME: /* NaT likewise */
    return f->rows * 8 + (pandas ? 0 : mask);
  case MT_KIND_BOOL:
    return pandas ? f->rows * (f->nulls > 0 ? 2 : 1) : (f->rows + 7) / 8 + mask;
  default: /* pandas' masked arrays keep a byte per row for null */
    return f->rows * width + (pandas ? (f->nulls > 0 ? f->rows : 0) : mask);
  }
}

uint64_t mt_footprint(const struct mt_column_profile *c, enum mt_dtype t,
                      enum mt_engine engine, bool python311)
{
  switch (mt_dtype_kind(t)) {
  case MT_KIND_CATEGORY:
    return category(c, engine, python311);
  case MT_KIND_STRING:
    return string(c, engine, python311);
  case MT_KIND_DROP:
    return 0;
  default:
    return fixed(&c->facts, t, engine);
  }
}
