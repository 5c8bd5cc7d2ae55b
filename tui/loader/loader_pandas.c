/* Loader code for pandas 2 and 3.
 *
 * What pandas reads straight as planned is read so.  Everything else is read as something
 * wider, part by part, and then becomes what it is planned as, in a function that looks
 * whether a value has changed: pandas.read_csv(dtype="int8") would make 44 of 300. */
#include <string.h>

#include "tui/loader/loader_private.h"

enum how {
  DIRECT,   /* read_csv gives what is planned */
  NARROW,   /* a number, read wider */
  ROUND,    /* float32 of what it does not hold exactly */
  CATEGORY, /* whose values are spelled out */
  INFER,    /* a category whose values pandas finds */
  WORDS,    /* booleans in words */
  WHOLE,    /* integers that no read dtype holds exactly, read as texts */
  FLOATS,   /* floats with blanks in them, read as texts */
  DATES,
  FAR_DATES /* beyond what pandas 2 parses */
};

#define BIT(how) (1u << (how))
#define ALL (~0u)
/* What becomes something else by its entry in DTYPES. */
#define TYPED                                                                            \
  (BIT(NARROW) | BIT(ROUND) | BIT(CATEGORY) | BIT(WORDS) | BIT(WHOLE) | BIT(FLOATS))
#define CONVERTED (TYPED | BIT(DATES) | BIT(FAR_DATES))

static const struct mt_recipe_column *column_of(const struct mt_loader *l, size_t i)
{
  return &l->recipe.column[i];
}

static enum how how_integer(const struct mt_recipe_column *c)
{
  if ((c->points && (c->beyond_float || c->padded)) || c->beyond_int64)
    return WHOLE;
  return c->dtype == MT_INT64 ? DIRECT : NARROW;
}

static enum how how_float(const struct mt_recipe_column *c)
{
  if (c->padded)
    return FLOATS;
  if (c->dtype == MT_FLOAT64)
    return DIRECT;
  return c->rounded ? ROUND : NARROW;
}

static enum how how_bool(const struct mt_recipe_column *c)
{
  if (c->bool_family < 0)
    return NARROW;
  return c->bool_family == 0 && !c->nulls ? DIRECT : WORDS;
}

static enum how how_of(struct mt_loader *l, size_t i)
{
  const struct mt_recipe_column *c = column_of(l, i);

  switch (mt_dtype_kind(c->dtype)) {
  case MT_KIND_INT:
  case MT_KIND_UINT:
    return how_integer(c);
  case MT_KIND_FLOAT:
    return how_float(c);
  case MT_KIND_BOOL:
    return how_bool(c);
  case MT_KIND_CATEGORY:
    return mt_loader_spell_out(l, i) ? CATEGORY : INFER;
  case MT_KIND_TIME:
    return l->engine == MT_PANDAS2 && c->beyond_ns ? FAR_DATES : DATES;
  default:
    return DIRECT;
  }
}

/* Nullable integers up to 32 bits fit a float64, which pandas reads fast. */
static const char *wide_number(const struct mt_recipe_column *c)
{
  if (mt_dtype_kind(c->dtype) == MT_KIND_FLOAT)
    return "float64";
  if (!c->nulls)
    return "int64";
  return c->beyond_float || mt_dtype_width(c->dtype) == 8 ? "Int64" : "float64";
}

/* ---- the tables ---------------------------------------------------------- */

static void put_read(struct mt_loader *l, size_t i)
{
  const struct mt_recipe_column *c = column_of(l, i);
  const char *name = "str";

  if (l->how[i] == NARROW || l->how[i] == ROUND)
    name = wide_number(c);
  else if (l->how[i] == DIRECT && c->dtype != MT_STRING)
    name = mt_dtype_engine_name(l->engine, c->dtype, c->nulls, c->unit, c->utc);
  mt_python_put(&l->python, "\"%s\"", name);
}

static void put_dtype(struct mt_loader *l, size_t i)
{
  const struct mt_recipe_column *c = column_of(l, i);

  if (l->how[i] != CATEGORY) {
    mt_python_put(&l->python, "\"%s\"",
                  mt_dtype_engine_name(l->engine, c->dtype, c->nulls, c->unit, c->utc));
    return;
  }
  mt_python_put(&l->python, "pd.CategoricalDtype(");
  mt_loader_categories(l, i, 2);
  mt_python_put(&l->python, ")");
}

static void put_layout(struct mt_loader *l, size_t i)
{
  const struct mt_recipe_column *c = column_of(l, i);
  char format[64];

  mt_date_format(format, sizeof format, c->layout, &c->shape);
  mt_python_string(&l->python, format, strlen(format));
}

/* ---- the function that converts ------------------------------------------ */

/* Whether some date of those kinds is what `is` says. */
static bool any_date(const struct mt_loader *l,
                     bool (*is)(const struct mt_recipe_column *))
{
  MT_LOADER_EACH(l, i)
  if (mt_dtype_kind(column_of(l, i)->dtype) == MT_KIND_TIME && is(column_of(l, i)))
    return true;
  return false;
}

static bool is_utc(const struct mt_recipe_column *c)
{
  return c->utc;
}

static bool is_nanoseconds(const struct mt_recipe_column *c)
{
  return c->unit == MT_UNIT_NS;
}

/* +01, which only ISO dates may have in pandas. */
static bool has_short_zone(const struct mt_recipe_column *c)
{
  return c->shape.offset == 4;
}

static const char add_zone[] = "        if name in SHORT_ZONES:\n"
                               "            values = values + \"00\"  # +01 is +0100\n";

static void put_date_code(struct mt_loader *l)
{
  struct mt_python *p = &l->python;
  bool zones = any_date(l, has_short_zone), utc = any_date(l, is_utc);

  if (!mt_loader_any(l, BIT(DATES)))
    return;
  mt_python_put(p, "    if name in DATES:\n");
  if (zones)
    mt_python_put(p, "%s", add_zone);
  if (!utc && !any_date(l, is_nanoseconds)) {
    mt_python_put(p, "        return pd.to_datetime(values, format=DATES[name])"
                     ".dt.as_unit(\"us\")\n");
    return;
  }
  mt_python_put(p, "        dates = pd.to_datetime(values, format=DATES[name]%s)\n",
                utc ? ", utc=\"%z\" in DATES[name]" : "");
  mt_python_put(p, "        return dates.dt.as_unit(%s)\n",
                any_date(l, is_nanoseconds) ? "\"ns\" if name in NANOSECONDS else \"us\""
                                            : "\"us\"");
}

/* pandas 2 parses dates as nanoseconds alone. */
static void put_far_code(struct mt_loader *l)
{
  struct mt_python *p = &l->python;
  bool utc = any_date(l, is_utc);

  if (!mt_loader_any(l, BIT(FAR_DATES)))
    return;
  mt_python_put(p,
                "    if name in FAR_DATES:  # beyond pandas' nanoseconds\n"
                "%s"
                "        dates = [\n"
                "            datetime.strptime(text, FAR_DATES[name])"
                " if isinstance(text, str) else None\n"
                "            for text in values\n"
                "        ]\n",
                any_date(l, has_short_zone) ? add_zone : "");
  if (utc)
    mt_python_put(p, "        zoned = \"%%z\" in FAR_DATES[name]\n"
                     "        if zoned:\n"
                     "            dates = [\n"
                     "                at and at.astimezone(timezone.utc).replace"
                     "(tzinfo=None) for at in dates\n"
                     "            ]\n");
  mt_python_put(p, "        dates = pd.Series(np.array(dates, \"datetime64[us]\"), "
                   "values.index)\n");
  mt_python_put(p,
                utc ? "        return dates.dt.tz_localize(\"UTC\") if zoned else dates\n"
                    : "        return dates\n");
}

static void put_text_code(struct mt_loader *l)
{
  struct mt_python *p = &l->python;

  if (mt_loader_any(l, BIT(WORDS)))
    mt_python_put(p, "    if name in WORDS:\n"
                     "        words = WORDS[name]\n"
                     "        values = values.map("
                     "lambda word: words[word.lower()], na_action=\"ignore\")\n");
  if (mt_loader_any(l, BIT(WHOLE)))
    mt_python_put(p, "    if name in WHOLE:\n"
                     "        numbers = [whole(text) for text in values]\n"
                     "        values = pd.Series(numbers, values.index, \"object\", "
                     "name)\n");
  if (mt_loader_any(l, BIT(FLOATS)))
    mt_python_put(p, "    if name in BLANKS:\n"
                     "        values = values.str.replace(r\"(?<=[eE])\\s+\", \"\", "
                     "regex=True)\n"
                     "        values = values.astype(\"object\").astype(\"float64\")\n");
}

static void put_whole(struct mt_loader *l)
{
  if (mt_loader_any(l, BIT(WHOLE)))
    mt_python_put(&l->python,
                  "\n\n"
                  "def whole(text):\n"
                  "    \"\"\"The integer that a text such as 12, 1.0 or 1e3 is, "
                  "exactly.\"\"\"\n"
                  "    if not isinstance(text, str):\n"
                  "        return None\n"
                  "    number = Decimal(\"\".join(text.split()))\n"
                  "    if number %% 1:\n"
                  "        raise ValueError(f\"{text!r} is not an integer\")\n"
                  "    return int(number)\n");
}

static void put_convert(struct mt_loader *l)
{
  struct mt_python *p = &l->python;

  put_whole(l);
  mt_python_put(p, "\n\n"
                   "def convert(values):\n"
                   "    \"\"\"A column of a part as planned; raises where a value does "
                   "not fit.\"\"\"\n"
                   "    name = values.name\n");
  put_date_code(l);
  put_far_code(l);
  if (mt_loader_any(l, TYPED)) {
    put_text_code(l);
    if (mt_loader_any(l, ~TYPED & ~BIT(DATES) & ~BIT(FAR_DATES)))
      mt_python_put(p, "    if name not in DTYPES:\n"
                       "        return values\n");
    mt_python_put(p, "    result = values.astype(DTYPES[name])\n"
                     "    same = (result == values) | values.isna()\n");
    if (mt_loader_any(l, BIT(ROUND)))
      mt_python_put(p, "    if name in ROUNDED:\n"
                       "        same |= (result - values).abs() < values.abs() * 1e-7\n");
    mt_python_put(p, "    if not same.all():\n"
                     "        value = values[~same].iloc[0]\n"
                     "        raise ValueError(f\"{name!r}: {value!r} does not fit "
                     "{result.dtype}\")\n"
                     "    return result\n");
  } else {
    mt_python_put(p, "    return values\n");
  }
  mt_python_put(p, "\n\n");
}

/* ---- reading ------------------------------------------------------------- */

static bool is_careful(const struct mt_loader *l)
{
  MT_LOADER_EACH(l, i)
  if (mt_dtype_kind(column_of(l, i)->dtype) == MT_KIND_FLOAT &&
      column_of(l, i)->careful && l->how[i] != FLOATS)
    return true;
  return false;
}

static bool has_nul(const struct mt_loader *l)
{
  MT_LOADER_EACH(l, i)
  if (column_of(l, i)->nul)
    return true;
  return false;
}

static void put_reading(struct mt_loader *l, const char *table, bool parts)
{
  struct mt_python *p = &l->python;

  mt_python_put(p, "%spd.read_csv(\n", parts ? "with " : "df = ");
  mt_loader_read_csv(l, 4);
  mt_python_put(p, "    usecols=list(%s),\n    index_col=False,\n    dtype=%s,\n", table,
                table);
  if (is_careful(l) && !has_nul(l)) /* Python's own parser is exact */
    mt_python_put(p, "    float_precision=\"round_trip\",\n");
  if (!parts) {
    mt_python_put(p, ")\n");
    return;
  }
  mt_python_put(p,
                "    chunksize=%u_000,\n"
                ") as parts:\n"
                "    df = pd.concat(\n"
                "        (pd.DataFrame({name: convert(part[name]) for name in READ}) "
                "for part in parts),\n"
                "        ignore_index=True,\n"
                "    )\n",
                mt_loader_part_rows(l) / 1000);
}

static void put_imports(struct mt_loader *l)
{
  struct mt_python *p = &l->python;
  const char *compression = l->schema->text.compression;
  bool far = mt_loader_any(l, BIT(FAR_DATES));
  bool lz4 = compression != NULL && strcmp(compression, "lz4") == 0;

  if (far)
    mt_python_put(p, "from datetime import datetime%s\n",
                  any_date(l, is_utc) ? ", timezone" : "");
  if (mt_loader_any(l, BIT(WHOLE)))
    mt_python_put(p, "from decimal import Decimal\n");
  if (far || mt_loader_any(l, BIT(WHOLE)))
    mt_python_put(p, "\n");
  if (lz4)
    mt_python_put(p, "import lz4.frame\n");
  if (far)
    mt_python_put(p, "import numpy as np\n");
  mt_python_put(p, "import pandas as pd\n\n");
}

static void list_dates(struct mt_loader *l, const char *name,
                       bool (*is)(const struct mt_recipe_column *))
{
  struct mt_python *p = &l->python;

  if (!any_date(l, is))
    return;
  mt_python_put(p, "%s = ", name);
  mt_python_list_begin(p);
  MT_LOADER_EACH(l, i)
  if (mt_dtype_kind(column_of(l, i)->dtype) == MT_KIND_TIME && is(column_of(l, i)))
    mt_python_list_string(p, l->names[i].text, l->names[i].len);
  mt_python_list_end(p, 0, 0);
  mt_python_put(p, "\n");
}

static void put_tables(struct mt_loader *l)
{
  struct mt_python *p = &l->python;

  mt_python_put(p, "\n");
  mt_python_comment(p, "What pandas reads the columns as: wide enough for any value.");
  mt_loader_dict(l, "READ", ALL, put_read);
  if (mt_loader_any(l, TYPED)) {
    mt_python_comment(p, "What they become.");
    mt_loader_dict(l, "DTYPES", TYPED, put_dtype);
  }
  mt_loader_dict(l, "DATES", BIT(DATES), put_layout);
  mt_loader_dict(l, "FAR_DATES", BIT(FAR_DATES), put_layout);
  list_dates(l, "NANOSECONDS", is_nanoseconds);
  list_dates(l, "SHORT_ZONES", has_short_zone);
  mt_loader_dict(l, "WORDS", BIT(WORDS), mt_loader_bool_words);
  mt_loader_list(l, "ROUNDED", BIT(ROUND));
  mt_loader_list(l, "WHOLE", BIT(WHOLE));
  mt_loader_list(l, "BLANKS", BIT(FLOATS));
}

static void put_inferred(struct mt_loader *l)
{
  if (!mt_loader_any(l, BIT(INFER)))
    return;
  mt_loader_say_inferred(l);
  mt_loader_list(l, "INFERRED", BIT(INFER));
}

/* In one go: other integers than int64 would be floats, some of them. */
static void check_integers(struct mt_loader *l)
{
  MT_LOADER_EACH(l, i)
  if (column_of(l, i)->dtype == MT_INT64 && !column_of(l, i)->nulls) {
    mt_python_put(&l->python,
                  "for name, dtype in DTYPES.items():\n"
                  "    if dtype == \"int64\" and df[name].dtype != dtype:\n"
                  "        raise OverflowError(f\"{name!r}: some values do not fit "
                  "int64\")\n");
    return;
  }
}

void mt_loader_pandas(struct mt_loader *l)
{
  struct mt_python *p = &l->python;
  bool parts;

  MT_LOADER_EACH(l, i)
  l->how[i] = (uint8_t)how_of(l, i);
  parts = mt_loader_any(l, CONVERTED);
  put_imports(l);
  mt_loader_constants(l, mt_loader_needs_names(l));
  mt_loader_pandas_nulls(l);
  if (parts) {
    MT_LOADER_EACH(l, i) /* a part may need more than its neighbours */
    if (l->how[i] == DIRECT && column_of(l, i)->dtype == MT_INT64)
      l->how[i] = NARROW;
    put_tables(l);
    put_inferred(l);
    put_convert(l);
  } else {
    mt_loader_dict(l, "DTYPES", ALL, put_read);
    put_inferred(l);
    mt_python_put(p, "\n");
  }
  put_reading(l, parts ? "READ" : "DTYPES", parts);
  if (!parts)
    check_integers(l);
  if (mt_loader_any(l, BIT(INFER)))
    mt_python_put(p, "for name in INFERRED:\n"
                     "    df[name] = df[name].astype(\"category\")\n");
}
