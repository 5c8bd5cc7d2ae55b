/* Loader code for polars.
 *
 * Its own reader is told every dtype, and refuses what does not fit; what it cannot read
 * so is read as text and converted after.  Where the file is written in a way that it
 * takes otherwise than memtop does (blank lines, comments, line ends of old), pandas,
 * which takes it likewise, reads the texts. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/loader/loader_private.h"

enum how {
  DIRECT,   /* the dtype that is planned */
  NARROW,   /* a number, or a truth in numbers, read as Float64 */
  ROUND,    /* likewise, float32 of what it does not hold exactly */
  CATEGORY, /* whose values are spelled out */
  INFER,    /* a category whose values polars finds */
  WORDS,    /* booleans in words */
  WHOLE,    /* integers that Float64 does not hold, some of them written as floats */
  DATES
};

#define BIT(how) (1u << (how))
#define ALL (~0u)

static const struct mt_recipe_column *column_of(const struct mt_loader *l, size_t i)
{
  return &l->recipe.column[i];
}

/* ---- the file ------------------------------------------------------------ */

static bool has_compression(const struct mt_loader *l)
{
  const char *c = l->schema->text.compression;

  return c == NULL || strcmp(c, "gzip") == 0 || strcmp(c, "zstd") == 0;
}

/* Whether polars reads the same records as memtop does. */
static bool reads_alike(const struct mt_loader *l)
{
  return !l->recipe.irregular && l->schema->text.comment < 0 &&
         l->schema->implicit_index == 0 && mt_loader_is_utf8(l) && has_compression(l) &&
         l->recipe.open_quotes == 0;
}

static bool needs_names(const struct mt_loader *l)
{
  const int quote = l->schema->text.quote;

  if (mt_loader_needs_names(l) || l->schema->text.names_made)
    return true;
  for (size_t i = 0; i < l->schema->columns; i++) {
    const struct mt_name *n = &l->schema->names[i];

    if (quote >= 0 && n->len > 0 && memchr(n->text, quote, n->len) != NULL)
      return true;
  }
  return false;
}

/* ---- how ----------------------------------------------------------------- */

static enum how how_of(struct mt_loader *l, size_t i, bool own_reader)
{
  const struct mt_recipe_column *c = column_of(l, i);
  size_t first;

  switch (mt_dtype_kind(c->dtype)) {
  case MT_KIND_INT:
  case MT_KIND_UINT:
    return !c->points ? DIRECT : c->beyond_float ? WHOLE : NARROW;
  case MT_KIND_FLOAT:
    return c->dtype == MT_FLOAT64 ? DIRECT : c->rounded ? ROUND : NARROW;
  case MT_KIND_BOOL:
    if (c->bool_family < 0) /* 0 may be written -0 */
      return NARROW;
    return own_reader && c->bool_family == 0 && mt_loader_own_nulls(l, i, &first) == 0
               ? DIRECT
               : WORDS;
  case MT_KIND_CATEGORY:
    return mt_loader_spell_out(l, i) ? CATEGORY : INFER;
  case MT_KIND_TIME:
    return DATES;
  default:
    return DIRECT;
  }
}

static bool is_number(const struct mt_recipe_column *c)
{
  return mt_dtype_kind(c->dtype) <= MT_KIND_FLOAT ||
         mt_dtype_kind(c->dtype) == MT_KIND_BOOL;
}

static bool is_padded(const struct mt_loader *l, size_t i)
{
  return is_number(column_of(l, i)) && column_of(l, i)->padded;
}

static bool has_own_nulls(const struct mt_loader *l, size_t i)
{
  size_t first;

  return mt_loader_own_nulls(l, i, &first) > 0;
}

static bool has_short_years(const struct mt_loader *l, size_t i)
{
  const struct mt_recipe_column *c = column_of(l, i);

  return mt_dtype_kind(c->dtype) == MT_KIND_TIME &&
         MT_DATE_TWO_DIGIT_YEAR >> c->layout & 1;
}

/* Whether its texts change before they are read. */
static bool is_text_first(const struct mt_loader *l, size_t i)
{
  return is_padded(l, i) || has_own_nulls(l, i);
}

static bool any(const struct mt_loader *l, bool (*is)(const struct mt_loader *, size_t))
{
  MT_LOADER_EACH(l, i)
  if (is(l, i))
    return true;
  return false;
}

/* ---- tables -------------------------------------------------------------- */

static void put_read(struct mt_loader *l, size_t i)
{
  const struct mt_recipe_column *c = column_of(l, i);

  if (l->how[i] == CATEGORY) {
    mt_python_put(&l->python, "pl.Enum(");
    mt_loader_categories(l, i, 2);
    mt_python_put(&l->python, ")");
    return;
  }
  mt_python_put(&l->python, "pl.%s",
                l->how[i] == NARROW || l->how[i] == ROUND ? "Float64"
                : l->how[i] == DIRECT || l->how[i] == INFER
                    ? mt_dtype_engine_name(MT_POLARS, c->dtype, c->nulls, c->unit, c->utc)
                    : "String");
}

static void put_dtype(struct mt_loader *l, size_t i)
{
  const struct mt_recipe_column *c = column_of(l, i);

  mt_python_put(&l->python, "pl.%s",
                mt_dtype_engine_name(MT_POLARS, c->dtype, c->nulls, c->unit, c->utc));
}

/* As chrono has it, which polars uses: the point belongs to the fraction; %#z takes Z and
 * +01 too. */
static void put_layout(struct mt_loader *l, size_t i)
{
  const struct mt_recipe_column *c = column_of(l, i);
  char format[64], text[64];
  size_t n = 0;

  mt_date_format(format, sizeof format, c->layout, &c->shape);
  for (const char *f = format; *f != '\0' && n + 4 < sizeof text; f++) {
    if (strncmp(f, ".%f", 3) == 0) {
      n += (size_t)snprintf(text + n, sizeof text - n, "%%.f");
      f += 2;
    } else if (strncmp(f, "%z", 2) == 0 &&
               (c->shape.offset == 1 || c->shape.offset == 4)) {
      n += (size_t)snprintf(text + n, sizeof text - n, "%%#z");
      f++;
    } else {
      text[n++] = f[0] == 'y' && f > format && f[-1] == '%' ? 'Y' : f[0];
    }
  }
  mt_python_string(&l->python, text, n);
}

static void list_columns(struct mt_loader *l, const char *name,
                         bool (*is)(const struct mt_loader *, size_t))
{
  struct mt_python *p = &l->python;

  if (!any(l, is))
    return;
  mt_python_put(p, "%s = ", name);
  mt_python_list_begin(p);
  MT_LOADER_EACH(l, i)
  if (is(l, i))
    mt_python_list_string(p, l->names[i].text, l->names[i].len);
  mt_python_list_end(p, 0, 0);
  mt_python_put(p, "\n");
}

static void put_own_nulls(struct mt_loader *l)
{
  struct mt_python *p = &l->python;

  if (!any(l, has_own_nulls))
    return;
  mt_python_put(p, "OWN_NULLS = {\n");
  MT_LOADER_EACH(l, i)
  {
    if (!has_own_nulls(l, i))
      continue;
    mt_python_put(p, "    ");
    mt_loader_name(l, i);
    mt_python_put(p, ": ");
    mt_loader_null_list(l, false, false, i, 4);
    mt_python_put(p, ",\n");
  }
  mt_python_put(p, "}\n");
}

static bool is_nanoseconds(const struct mt_loader *l, size_t i)
{
  return mt_dtype_kind(column_of(l, i)->dtype) == MT_KIND_TIME &&
         column_of(l, i)->unit == MT_UNIT_NS;
}

static void put_tables(struct mt_loader *l, bool own_reader)
{
  struct mt_python *p = &l->python;

  if (own_reader) {
    mt_python_put(p, "NULLS = ");
    mt_loader_null_list(l, true, true, MT_ALL_COLUMNS, 0);
    mt_python_put(p, "\n");
    put_own_nulls(l);
  } else {
    mt_loader_pandas_nulls(l);
  }
  mt_python_put(p, "\n");
  mt_python_comment(p, "What the columns are read as; what does not fit is an error.");
  if (mt_loader_any(l, BIT(INFER)))
    mt_loader_say_inferred(l);
  mt_loader_dict(l, "READ", ALL, put_read);
  mt_loader_dict(l, "NARROW", BIT(NARROW) | BIT(ROUND) | BIT(WHOLE), put_dtype);
  mt_loader_dict(l, "DATES", BIT(DATES), put_layout);
  list_columns(l, "NANOSECONDS", is_nanoseconds);
  list_columns(l, "SHORT_YEARS", has_short_years);
  mt_loader_dict(l, "WORDS", BIT(WORDS), mt_loader_bool_words);
  mt_loader_list(l, "CATEGORIES", BIT(CATEGORY));
  mt_loader_list(l, "ROUNDED", BIT(ROUND));
  mt_loader_list(l, "WHOLE", BIT(WHOLE));
  list_columns(l, "BLANKS", is_padded);
  if (own_reader)
    list_columns(l, "TEXTS", is_text_first);
  mt_loader_renamed(l);
}

/* ---- functions ----------------------------------------------------------- */

static void put_functions(struct mt_loader *l)
{
  struct mt_python *p = &l->python;

  if (mt_loader_any(l, BIT(WHOLE)))
    mt_python_put(p, "\n\n"
                     "def whole(text):\n"
                     "    \"\"\"The integer that a text such as 12, 1.0 or 1e3 is, "
                     "exactly.\"\"\"\n"
                     "    number = Decimal(text)\n"
                     "    if number %% 1:\n"
                     "        raise ValueError(f\"{text!r} is not an integer\")\n"
                     "    return int(number)\n");
  if (!mt_loader_any(l, BIT(NARROW) | BIT(ROUND)))
    return;
  mt_python_put(p, "\n\n"
                   "def narrow(name, dtype):\n"
                   "    \"\"\"The column as dtype; raises where a value does not fit."
                   "\"\"\"\n"
                   "\n"
                   "    def convert(values):\n"
                   "        result = values.cast(dtype)\n"
                   "        changed = result.cast(values.dtype) != values\n");
  if (mt_loader_any(l, BIT(ROUND)))
    mt_python_put(p, "        if name in ROUNDED:\n"
                     "            changed &= ~((result - values).abs() < values.abs() * "
                     "1e-7)\n");
  mt_python_put(p, "        if changed.any():\n"
                   "            value = values.filter(changed)[0]\n"
                   "            raise ValueError(f\"{name!r}: {value!r} does not fit "
                   "{dtype}\")\n"
                   "        return result\n"
                   "\n"
                   "    return pl.col(name).map_batches(convert, return_dtype=dtype)\n");
}

/* ---- reading ------------------------------------------------------------- */

static bool has_glob(const char *path)
{
  return strpbrk(path, "*?[") != NULL;
}

static void put_option(struct mt_loader *l, const char *name, int byte)
{
  char c = (char)byte;

  mt_python_put(&l->python, "        %s=", name);
  mt_python_string(&l->python, &c, 1);
  mt_python_put(&l->python, ",\n");
}

static void put_scan(struct mt_loader *l)
{
  struct mt_python *p = &l->python;
  const struct mt_reader_text *t = &l->schema->text;
  const char *path = l->schema->path;

  mt_python_put(
      p, "df = (\n    pl.scan_csv(\n        %s,\n",
      mt_utf8_valid((const uint8_t *)path, strlen(path)) ? "PATH" : "open(PATH, \"rb\")");
  if (has_glob(path))
    mt_python_put(p, "        glob=False,\n");
  if (l->schema->delimiter != ',')
    put_option(l, "separator", l->schema->delimiter);
  if (t->quote < 0)
    mt_python_put(p, "        quote_char=None,\n");
  else if (t->quote != '"')
    put_option(l, "quote_char", t->quote);
  if (t->skip > 0)
    mt_python_put(p, "        skip_lines=%llu,\n", (unsigned long long)t->skip);
  if (!t->header)
    mt_python_put(p, "        has_header=False,\n");
  if (needs_names(l))
    mt_python_put(p, "        with_column_names=lambda names: NAMES,\n");
  if (l->recipe.bad_utf8 > 0)
    mt_python_put(p, "        encoding=\"utf8-lossy\",\n");
  if (l->recipe.long_rows > 0)
    mt_python_put(p, "        truncate_ragged_lines=True,\n");
  mt_python_put(p,
                "        infer_schema=False,\n"
                "        schema_overrides=READ%s,\n"
                "        null_values=NULLS,\n"
                "    )\n"
                "    .select(list(READ))\n",
                any(l, is_text_first) ? " | dict.fromkeys(TEXTS, pl.String)" : "");
}

static void put_pandas(struct mt_loader *l)
{
  struct mt_python *p = &l->python;

  mt_python_comment(p,
                    "pandas reads the texts: polars would take some lines otherwise, or "
                    "cannot open the file as it is.");
  mt_python_put(p, "with pd.read_csv(\n");
  mt_loader_read_csv(l, 4);
  mt_python_put(p,
                "    usecols=list(READ),\n"
                "    index_col=False,\n"
                "    dtype=\"str\",\n"
                "    chunksize=%u_000,\n"
                ") as parts:\n"
                "    texts = pl.concat(\n"
                "        pl.from_pandas(part, schema_overrides=dict.fromkeys(READ, "
                "pl.String))\n"
                "        for part in parts\n"
                "    )\n"
                "df = (\n"
                "    texts.lazy()\n",
                mt_loader_part_rows(l) / 1000);
}

/* What texts become before they are read. */
static void put_text_steps(struct mt_loader *l, bool own_reader)
{
  struct mt_python *p = &l->python;

  if (own_reader && any(l, has_own_nulls))
    mt_python_put(p, "    .with_columns(\n"
                     "        pl.col(name).replace(tokens, None) for name, tokens in "
                     "OWN_NULLS.items()\n"
                     "    )\n");
  if (any(l, is_padded))
    mt_python_put(p,
                  "    .with_columns(\n"
                  "        pl.col(BLANKS).str.strip_chars().str.replace(r\"[eE]\\s+\", "
                  "\"e\")\n"
                  "    )\n");
  if (any(l, has_short_years))
    mt_python_put(p, "    .with_columns(\n"
                     "        pl.col(SHORT_YEARS)\n"
                     "        .str.replace(r\"^(\\d+\\D\\d+\\D)(69|[7-9]\\d)(\\D|$)\", "
                     "\"${1}19${2}${3}\")\n"
                     "        .str.replace(r\"^(\\d+\\D\\d+\\D)(\\d\\d)(\\D|$)\", "
                     "\"${1}20${2}${3}\")\n"
                     "    )\n");
  if (!own_reader)
    mt_python_put(p, "    .cast(READ)\n");
  else if (any(l, is_text_first))
    mt_python_put(p, "    .cast({name: READ[name] for name in TEXTS})\n");
}

static void put_step(struct mt_loader *l, unsigned kinds, const char *step)
{
  if (mt_loader_any(l, kinds))
    mt_python_put(&l->python, "    .with_columns(\n        %s\n    )\n", step);
}

static void put_steps(struct mt_loader *l)
{
  put_step(l, BIT(DATES),
           any(l, is_nanoseconds)
               ? "pl.col(name).str.to_datetime(\n"
                 "            layout, time_unit=\"ns\" if name in NANOSECONDS else "
                 "\"us\"\n"
                 "        )\n"
                 "        for name, layout in DATES.items()"
               : "pl.col(name).str.to_datetime(layout, time_unit=\"us\")\n"
                 "        for name, layout in DATES.items()");
  put_step(l, BIT(WORDS),
           "pl.col(name).str.to_lowercase().replace_strict(words, "
           "return_dtype=pl.Boolean)\n"
           "        for name, words in WORDS.items()");
  put_step(l, BIT(WHOLE),
           "pl.col(name).map_elements(whole, return_dtype=pl.Int128).cast(NARROW[name])\n"
           "        for name in WHOLE");
  put_step(l, BIT(NARROW) | BIT(ROUND),
           mt_loader_any(l, BIT(WHOLE))
               ? "narrow(name, dtype) for name, dtype in NARROW.items() if name not in "
                 "WHOLE"
               : "narrow(name, dtype) for name, dtype in NARROW.items()");
  if (mt_loader_any(l, BIT(CATEGORY)))
    mt_python_put(&l->python, "    .cast(dict.fromkeys(CATEGORIES, pl.Categorical))\n");
}

void mt_loader_polars(struct mt_loader *l)
{
  struct mt_python *p = &l->python;
  const char *compression = l->schema->text.compression;
  bool own_reader = reads_alike(l);

  int rc = mt_loader_rename(l);
  if (rc != 0) {
    p->error = rc;
    return;
  }
  MT_LOADER_EACH(l, i)
  l->how[i] = (uint8_t)how_of(l, i, own_reader);
  if (mt_loader_any(l, BIT(WHOLE)))
    mt_python_put(p, "from decimal import Decimal\n\n");
  if (compression != NULL && strcmp(compression, "lz4") == 0)
    mt_python_put(p, "import lz4.frame\n");
  mt_python_put(p, "%simport polars as pl\n\n",
                own_reader ? "" : "import pandas as pd\n");
  mt_loader_constants(l, own_reader ? needs_names(l) : mt_loader_needs_names(l));
  put_tables(l, own_reader);
  put_functions(l);
  mt_python_put(p,
                mt_loader_any(l, BIT(NARROW) | BIT(ROUND) | BIT(WHOLE)) ? "\n\n" : "\n");
  if (own_reader)
    put_scan(l);
  else
    put_pandas(l);
  put_text_steps(l, own_reader);
  put_steps(l);
  mt_python_put(p, "    .collect()\n%s)\n",
                l->renamed != NULL ? "    .rename(RENAMED)\n" : "");
}
