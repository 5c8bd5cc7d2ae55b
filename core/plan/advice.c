#include "core/plan/advice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/budget.h"
#include "core/base/text.h"
#include "core/engine/footprint.h"
#include "core/engine/infer.h"

/* A category must cost less than this share of the text, and repeat itself. */
#define CATEGORY_GAIN 0.8
/* Savings below one percent are not worth a change. */
#define LEAST_GAIN 0.01

const char *mt_class_name(enum mt_class c)
{
  static const char *const names[] = {
#define X(id, name, mark, ascii) name,
      MT_CLASSES(X)
#undef X
  };
  return names[c];
}

const char *mt_class_mark(enum mt_class c, bool ascii)
{
  static const char *const marks[][2] = {
#define X(id, name, mark, ascii) {mark, ascii},
      MT_CLASSES(X)
#undef X
  };
  return marks[c][ascii];
}

/* ---- verdicts ----------------------------------------------------------- */

/* Where a verdict goes: the reason is only written when somebody asks. */
struct verdict {
  struct mt_candidate *out; /* may be NULL */
};

static enum mt_class settle(struct verdict v, enum mt_class class_,
                            const struct mt_place *place, const char *fmt, ...)
    MT_PRINTF(4, 5);
static enum mt_class settle(struct verdict v, enum mt_class class_,
                            const struct mt_place *place, const char *fmt, ...)
{
  char value[64];
  va_list args;
  int n;

  if (v.out == NULL)
    return class_;
  v.out->reason[0] = '\0';
  v.out->place = (struct mt_place){0};
  if (fmt[0] != '\0') {
    va_start(args, fmt);
    n = vsnprintf(v.out->reason, sizeof v.out->reason, fmt, args);
    va_end(args);
    if (place != NULL && place->line != 0 && n >= 0 && (size_t)n < sizeof v.out->reason) {
      mt_sanitise(value, sizeof value, place->text, place->len, 24);
      snprintf(v.out->reason + n, sizeof v.out->reason - (size_t)n, ": %s%s", value,
               place->cut ? "..." : "");
    }
  }
  if (place != NULL)
    v.out->place = *place;
  return class_;
}

static uint64_t values_of(const struct mt_facts *f)
{
  return f->rows - f->nulls;
}

static uint64_t numbers_of(const struct mt_facts *f)
{
  return f->integers + f->big_integers + f->floats;
}

/* One of the values that may rule a dtype out. */
struct blocker {
  const struct mt_place *place; /* line 0: there is none */
  const char *why;
};

static const char not_number[] = "not a number";
static const char identifier[] = "a number would not keep this text";

/* Blocked by the first of those values; MT_CLASS_NONE: there is none. */
static enum mt_class block(struct verdict v, const struct blocker *b, size_t n)
{
  const struct blocker *first = NULL;

  for (size_t i = 0; i < n; i++)
    if (b[i].place->line != 0 && (first == NULL || b[i].place->byte < first->place->byte))
      first = &b[i];
  return first == NULL ? MT_CLASS_NONE
                       : settle(v, MT_CLASS_BLOCKED, first->place, "%s", first->why);
}

static enum mt_class judge_integer(struct verdict v, const struct mt_facts *f,
                                   enum mt_dtype t)
{
  static const enum mt_place_kind out_of_range[] = {
      [MT_INT8] = MT_PLACE_NOT_INT8,     [MT_INT16] = MT_PLACE_NOT_INT16,
      [MT_INT32] = MT_PLACE_NOT_INT32,   [MT_INT64] = MT_PLACE_NOT_INT64,
      [MT_UINT8] = MT_PLACE_NOT_UINT8,   [MT_UINT16] = MT_PLACE_NOT_UINT16,
      [MT_UINT32] = MT_PLACE_NOT_UINT32, [MT_UINT64] = MT_PLACE_NOT_UINT64};
  const struct blocker blockers[] = {
      {mt_facts_place(f, MT_PLACE_NOT_NUMBER), not_number},
      {mt_facts_place(f, MT_PLACE_IDENTIFIER), identifier},
      {mt_facts_place(f, MT_PLACE_FRACTION), "not an integer"},
      {mt_facts_place(f, out_of_range[t]), "out of range"},
  };

  if (block(v, blockers, sizeof blockers / sizeof *blockers) == MT_CLASS_BLOCKED)
    return MT_CLASS_BLOCKED;
  if (f->floats > 0 || f->padded > 0 || f->negative_zeros > 0)
    return settle(v, MT_CLASS_EQUAL, NULL, "%s",
                  f->floats > 0 ? "1.0 becomes 1" : "written with blanks or as -0");
  return settle(v, MT_CLASS_EXACT, NULL, "%s", "");
}

static enum mt_class judge_float32(struct verdict v, const struct mt_facts *f)
{
  const struct blocker blockers[] = {
      {mt_facts_place(f, MT_PLACE_NOT_NUMBER), not_number},
      {mt_facts_place(f, MT_PLACE_IDENTIFIER), identifier},
      {mt_facts_place(f, MT_PLACE_OVERFLOW), "too large for a float"},
      {mt_facts_place(f, MT_PLACE_NOT_FLOAT32), "float32 would change the text"},
  };

  if (block(v, blockers, sizeof blockers / sizeof *blockers) == MT_CLASS_BLOCKED)
    return MT_CLASS_BLOCKED;
  if (f->float32_inexact > 0)
    return settle(v, MT_CLASS_ROUNDED, NULL, "the shortest text is the file's");
  return settle(
      v, f->floats == values_of(f) && f->padded == 0 ? MT_CLASS_EXACT : MT_CLASS_EQUAL,
      NULL, "%s", "");
}

static enum mt_class judge_float64(struct verdict v, const struct mt_facts *f)
{
  static const char inexact[] = "float64 does not hold this integer";
  const bool review = f->floats > 0 && f->big_integers == 0; /* the default's own */
  const struct blocker blockers[] = {
      {mt_facts_place(f, MT_PLACE_NOT_NUMBER), not_number},
      {mt_facts_place(f, MT_PLACE_IDENTIFIER), identifier},
      {mt_facts_place(f, MT_PLACE_OVERFLOW), "too large for a float"},
      {mt_facts_place(f, MT_PLACE_INEXACT), inexact},
  };
  const size_t count = sizeof blockers / sizeof *blockers;

  if (block(v, blockers, review ? count - 1 : count) == MT_CLASS_BLOCKED)
    return MT_CLASS_BLOCKED;
  if (f->inexact > 0)
    return settle(v, MT_CLASS_REVIEW, mt_facts_place(f, MT_PLACE_INEXACT), "%s", inexact);
  return settle(v, f->floats > 0 && f->padded == 0 ? MT_CLASS_EXACT : MT_CLASS_EQUAL,
                NULL, "%s", "");
}

static enum mt_class judge_bool(struct verdict v, const struct mt_facts *f)
{
  static const char *const words[MT_BOOL_FAMILIES] = {
      "", "yes and no become true and false", "t and f become true and false",
      "y and n become true and false", "on and off become true and false"};
  const struct blocker blockers[] = {
      {mt_facts_place(f, MT_PLACE_NOT_BOOL), "not a boolean"},
      {mt_facts_place(f, MT_PLACE_OTHER_BOOL), "booleans spelled in several ways"},
  };
  uint64_t values = values_of(f);

  if (f->bools[0] == values)
    return settle(v, MT_CLASS_EXACT, NULL, "%s", "");
  for (int i = 1; i < MT_BOOL_FAMILIES; i++)
    if (f->bools[i] == values)
      return settle(v, MT_CLASS_REVIEW, NULL, "%s", words[i]);
  if (f->integers == values && f->int_min >= 0 && f->int_max <= 1 && f->identifiers == 0)
    return settle(v, MT_CLASS_REVIEW, NULL, "0 and 1 become false and true");
  return block(v, blockers, sizeof blockers / sizeof *blockers);
}

int mt_advice_bool_family(const struct mt_facts *f)
{
  for (int i = 0; i < MT_BOOL_FAMILIES; i++)
    if (f->bools[i] > 0)
      return i;
  return f->integers > 0 ? -1 : 0;
}

enum mt_date_layout mt_advice_layout(const struct mt_facts *f)
{
  return f->date_layouts ? (enum mt_date_layout)__builtin_ctz(f->date_layouts) : 0;
}

enum mt_unit mt_advice_unit(const struct mt_facts *f)
{
  return f->dates > 0 && f->fraction_max > 6 ? MT_UNIT_NS : MT_UNIT_US;
}

static enum mt_class judge_date(struct verdict v, const struct mt_facts *f,
                                enum mt_dtype t)
{
  const struct mt_date_shape *shape = &f->date_shape;
  const struct mt_place none = {0};
  const struct blocker blockers[] = {
      {mt_facts_place(f, MT_PLACE_NOT_DATE), "not a date of one format"},
      {mt_facts_place(f, MT_PLACE_OTHER_SHAPE), "times written in several ways"},
      {t == MT_DATE ? mt_facts_place(f, MT_PLACE_TIME) : &none,
       shape->offset != 0 ? "has a time of day in UTC" : "has a time of day"},
      {f->fraction_max > 6 ? mt_facts_place(f, MT_PLACE_NOT_NS) : &none,
       "nanoseconds reach from 1677 to 2262"},
  };
  bool iso = f->date_layouts == 1u << MT_DATE_YMD_DASH;

  if (block(v, blockers, sizeof blockers / sizeof *blockers) == MT_CLASS_BLOCKED)
    return MT_CLASS_BLOCKED;
  if (f->dates == 0)
    return settle(v, MT_CLASS_BLOCKED, NULL, "there are no dates");
  if ((f->date_layouts & (f->date_layouts - 1)) != 0)
    return settle(v, MT_CLASS_REVIEW, NULL, "day and month could be either way round");
  if (f->date_layouts & MT_DATE_TWO_DIGIT_YEAR)
    return settle(v, MT_CLASS_REVIEW, NULL, "years of two digits");
  if (f->offset_low != f->offset_high)
    return settle(v, MT_CLASS_REVIEW, NULL, "several UTC offsets become UTC");
  if (f->date_padding == 3 || f->fraction_min != f->fraction_max)
    return settle(v, MT_CLASS_REVIEW, NULL, "one format would not restore every text");
  if (iso && shape->offset == 0 && shape->ampm == 0 && shape->separator != 'T' &&
      shape->time != 1 && f->fraction_max == 0 && f->date_padding != 2)
    return settle(v, MT_CLASS_EXACT, NULL, "%s", "");
  return settle(v, MT_CLASS_EQUAL, NULL, "%s", "");
}

static enum mt_class judge_category(struct verdict v, const struct mt_column_profile *c)
{
  char memory[MT_BUDGET_TEXT] = "";

  if (c->facts.not_utf8 > 0)
    return settle(v, MT_CLASS_BLOCKED, mt_facts_place(&c->facts, MT_PLACE_BAD_UTF8),
                  "not valid UTF-8; try --encoding latin1");
  if (!mt_distinct_exact(&c->distinct)) {
    if (c->memory_wanted != 0)
      mt_budget_text(memory, c->memory_wanted);
    return settle(v, MT_CLASS_BLOCKED, NULL,
                  "too many distinct values; needs --memory%s%s",
                  memory[0] != '\0' ? " " : "", memory);
  }
  return settle(v, MT_CLASS_EXACT, NULL, "%s", "");
}

static enum mt_class judge(struct verdict v, const struct mt_column_profile *c,
                           enum mt_dtype t)
{
  const struct mt_facts *f = &c->facts;

  switch (mt_dtype_kind(t)) {
  case MT_KIND_INT:
  case MT_KIND_UINT:
    return judge_integer(v, f, t);
  case MT_KIND_FLOAT:
    return t == MT_FLOAT32 ? judge_float32(v, f) : judge_float64(v, f);
  case MT_KIND_BOOL:
    return judge_bool(v, f);
  case MT_KIND_TIME:
    return judge_date(v, f, t);
  case MT_KIND_CATEGORY:
    return judge_category(v, c);
  case MT_KIND_DROP:
    return settle(v, MT_CLASS_REVIEW, NULL, "the column disappears");
  default:
    if (f->not_utf8 > 0)
      return settle(v, MT_CLASS_REVIEW, mt_facts_place(f, MT_PLACE_BAD_UTF8),
                    "not valid UTF-8; try --encoding latin1");
    return settle(v, MT_CLASS_EXACT, NULL, "%s", "");
  }
}

void mt_advice_judge(struct mt_candidate *out, const struct mt_column_profile *c,
                     enum mt_dtype t)
{
  out->reason[0] = '\0';
  out->place = (struct mt_place){0};
  out->class_ = judge((struct verdict){out}, c, t);
}

enum mt_class mt_advice_class(const struct mt_column_profile *c, enum mt_dtype t)
{
  return judge((struct verdict){NULL}, c, t);
}

/* ---- suggestions -------------------------------------------------------- */

/* Numbers that a column of numbers can hold, all of them. */
static bool is_numeric(const struct mt_facts *f)
{
  return values_of(f) > 0 && numbers_of(f) == values_of(f) && f->identifiers == 0 &&
         f->overflows == 0 && f->big_integers == 0;
}

/* Integers, of which float64 would change some: the type that holds them. */
static enum mt_dtype keep_integers(const struct mt_facts *f)
{
  if (f->int_min < 0 && f->int_max > INT64_MAX)
    return MT_STRING;
  return f->int_max > INT64_MAX ? MT_UINT64 : MT_INT64;
}

enum mt_dtype mt_advice_keep(const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;
  struct mt_inferred now;

  if (f->nul > 0) /* pandas would cut them off */
    return MT_STRING;
  mt_infer(&now, c, MT_PANDAS3, false);
  switch (now.kind) {
  case MT_INFERRED_INT:
    return f->identifiers == 0 ? MT_INT64 : MT_STRING;
  case MT_INFERRED_UINT:
    return f->identifiers == 0 ? MT_UINT64 : MT_STRING;
  case MT_INFERRED_FLOAT:
    if (values_of(f) == 0)
      return MT_FLOAT64;
    if (!is_numeric(f))
      return MT_STRING;
    if (f->inexact == 0)
      return MT_FLOAT64;
    return f->floats == 0 ? keep_integers(f) : MT_STRING;
  case MT_INFERRED_BOOL:
    return MT_BOOL;
  default:
    return f->bools[0] > 0 && f->bools[0] == values_of(f) ? MT_BOOL : MT_STRING;
  }
}

/* Whether t holds `times` the range of the values. */
static bool has_room(const struct mt_facts *f, enum mt_dtype t, unsigned times)
{
  const bool is_signed = mt_dtype_kind(t) == MT_KIND_INT;
  const int bits = (int)mt_dtype_width(t) * 8;
  const __int128 most = ((__int128)1 << (bits - is_signed)) - 1;
  __int128 low, high;

  mt_facts_range(f, &low, &high);
  return high * times <= most && (low >= 0 || (is_signed && low * times >= -most - 1));
}

/* The narrowest integer; unsigned only where it is narrower than signed.  Where no
 * type has the headroom, the widest that holds the values. */
static enum mt_dtype narrowest_integer(const struct mt_facts *f, unsigned headroom)
{
  enum mt_dtype widest = MT_DTYPE_COUNT;

  static const enum mt_dtype order[] = {MT_INT8,  MT_UINT8,  MT_INT16, MT_UINT16,
                                        MT_INT32, MT_UINT32, MT_INT64, MT_UINT64};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
    if (judge_integer((struct verdict){NULL}, f, order[i]) == MT_CLASS_BLOCKED)
      continue;
    widest = order[i];
    if (headroom <= 1 || has_room(f, order[i], headroom))
      break;
  }
  return widest;
}

static bool category_pays(const struct mt_column_profile *c)
{
  uint64_t k, cost, plain;

  if (c->facts.rows == 0 || judge_category((struct verdict){NULL}, c) != MT_CLASS_EXACT)
    return false;
  k = mt_distinct_count(&c->distinct);
  cost = mt_footprint(c, MT_CATEGORY, MT_PANDAS3, false) + mt_category_engine_bytes(k);
  plain = mt_footprint(c, MT_STRING, MT_PANDAS3, false);
  return k <= c->facts.rows / 2 && (double)cost < CATEGORY_GAIN * (double)plain;
}

static enum mt_dtype propose_number(const struct mt_column_profile *c, unsigned headroom)
{
  enum mt_dtype t = narrowest_integer(&c->facts, headroom);

  if (t == MT_DTYPE_COUNT && mt_advice_class(c, MT_FLOAT32) != MT_CLASS_BLOCKED)
    t = MT_FLOAT32;
  if (t == MT_DTYPE_COUNT && mt_advice_class(c, MT_FLOAT64) == MT_CLASS_EXACT)
    t = MT_FLOAT64;
  return t != MT_DTYPE_COUNT ? t : mt_advice_keep(c);
}

static enum mt_dtype propose_text(const struct mt_column_profile *c)
{
  enum mt_dtype date = c->facts.date_shape.time == 0 ? MT_DATE : MT_DATETIME;

  if (mt_class_is_safe(mt_advice_class(c, date)))
    return date;
  if (category_pays(c))
    return MT_CATEGORY;
  if (mt_advice_class(c, date) != MT_CLASS_BLOCKED)
    return date;
  return mt_advice_class(c, MT_BOOL) != MT_CLASS_BLOCKED ? MT_BOOL : MT_STRING;
}

/* What the rules propose, whether or not it saves anything. */
static enum mt_dtype propose(const struct mt_column_profile *c, unsigned headroom)
{
  if (is_numeric(&c->facts))
    return propose_number(c, headroom);
  return mt_advice_keep(c) == MT_STRING ? propose_text(c) : mt_advice_keep(c);
}

struct mt_suggestion mt_advice_suggest(const struct mt_column_profile *c,
                                       unsigned headroom)
{
  struct mt_suggestion none = {mt_advice_keep(c), MT_CLASS_NONE}, s = none;
  struct mt_inferred now;
  uint64_t after;
  bool changes;

  if (values_of(&c->facts) == 0)
    return none;
  mt_infer(&now, c, MT_PANDAS3, false);
  /* the default reader would not keep this column's values */
  changes = mt_advice_warns(c, MT_PANDAS3) && now.kind != MT_INFERRED_TEXT;
  s.dtype = propose(c, headroom);
  s.class_ = mt_advice_class(c, s.dtype);
  after = mt_footprint(c, s.dtype, MT_PANDAS3, false);
  if (!changes && ((double)after > (double)now.bytes * (1 - LEAST_GAIN)))
    return none;
  if (s.dtype == none.dtype && mt_inferred_is(&now, s.dtype))
    return none;
  return s;
}

bool mt_advice_warns(const struct mt_column_profile *c, enum mt_engine engine)
{
  const struct mt_facts *f = &c->facts;
  struct mt_inferred now;

  mt_infer(&now, c, engine, false);
  switch (now.kind) {
  case MT_INFERRED_INT:
  case MT_INFERRED_UINT:
    return f->identifiers > 0;
  case MT_INFERRED_FLOAT:
    return f->identifiers > 0 || f->inexact > 0 || f->overflows > 0 ||
           (f->strays > 0 && mt_engine_is_pandas(engine)) || now.nulls > f->nulls;
  case MT_INFERRED_OBJECT: /* one column, several Python types */
    return f->rows > 0 && f->bools[0] != values_of(f);
  default:
    return f->nul > 0 || (mt_engine_is_pandas(engine) && now.nulls < f->nulls);
  }
}

bool mt_advice_sentinels(const struct mt_facts *f)
{
  return f->sentinels > 0 && numbers_of(f) > 0 && f->identifiers == 0 &&
         numbers_of(f) + f->sentinels == values_of(f);
}
