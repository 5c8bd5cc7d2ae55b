#include "core/plan/evidence.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cells/datetime.h"
#include "core/cells/parse.h"
#include "core/engine/infer.h"

#define VALUE_COLUMNS 24 /* of a value in a sentence */

const char *mt_finding_name(enum mt_finding_kind k)
{
  static const char *const names[] = {
#define X(id, name) name,
      MT_FINDINGS(X)
#undef X
  };
  return names[k];
}

struct mt_finding *mt_findings_add(struct mt_findings *l, enum mt_finding_kind k,
                                   uint64_t count, const struct mt_place *place,
                                   const char *fmt, ...)
{
  struct mt_finding *f = &l->item[l->len++];
  va_list args;

  *f = (struct mt_finding){.kind = k, .count = count};
  if (place != NULL)
    f->place = *place;
  va_start(args, fmt);
  vsnprintf(f->text, sizeof f->text, fmt, args);
  va_end(args);
  return f;
}

/* ---- words --------------------------------------------------------------- */

static const char *count(char dst[MT_COUNT_TEXT], uint64_t n)
{
  return mt_format_count(dst, n);
}

static const char *wide(char dst[48], __int128 v)
{
  char back[48];
  size_t n = 0, at = 0;
  unsigned __int128 u = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;

  do {
    back[n++] = (char)('0' + (int)(u % 10));
    u /= 10;
  } while (u != 0);
  if (v < 0)
    dst[at++] = '-';
  while (n > 0)
    dst[at++] = back[--n];
  dst[at] = '\0';
  return dst;
}

static uint64_t values_of(const struct mt_facts *f)
{
  return f->rows - f->nulls;
}

/* "83 texts read as null, first "NA" on line 12"; nothing when there is none. */
static void find(struct mt_findings *l, enum mt_finding_kind k, uint64_t times,
                 const struct mt_place *p, const char *one, const char *many)
{
  char n[MT_COUNT_TEXT], line[MT_COUNT_TEXT], value[4 * VALUE_COLUMNS];

  if (times == 0)
    return;
  if (p->line == 0) {
    mt_findings_add(l, k, times, NULL, "%s %s", count(n, times), times == 1 ? one : many);
    return;
  }
  mt_sanitise(value, sizeof value, p->text, p->len, VALUE_COLUMNS);
  mt_findings_add(l, k, times, p, "%s %s, first \"%s%s\" on line %s", count(n, times),
                  times == 1 ? one : many, value, p->cut ? "..." : "",
                  count(line, p->line));
}

/* ---- warnings ------------------------------------------------------------ */

/* Whether pandas loses all values that it may make null, so that the first of them is
 * the first lost.  It decides that chunk by chunk: -2^63 is lost among integers alone. */
static bool loses_all(const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;

  return c->totals[0].chunks + (c->open.rows > 0) == 1 &&
         (f->integers == 0 || f->int_min != INT64_MIN || f->integers == values_of(f));
}

/* Nulls that pandas does not see, or sees where there are none.  Where it is not known
 * which of them those are, there is no first one. */
static void warn_nulls(struct mt_findings *l, const struct mt_column_profile *c,
                       const struct mt_inferred *now, bool pandas)
{
  static const struct mt_place nowhere = {.line = 0};
  const struct mt_facts *f = &c->facts;

  if (pandas && now->nulls < f->nulls)
    find(l, MT_FINDING_NULLS_KEPT, f->nulls - now->nulls,
         now->nulls == 0 ? mt_facts_place(f, MT_PLACE_NULL) : &nowhere,
         "null that pandas keeps as text", "nulls that pandas keeps as text");
  else
    find(l, MT_FINDING_NULL_WORDS, f->null_words - f->given_nulls,
         mt_facts_place(f, MT_PLACE_NULL_WORD), "text read as null",
         "texts read as null");
  if (pandas && now->nulls > f->nulls)
    find(l, MT_FINDING_LOST, now->nulls - f->nulls,
         loses_all(c) ? mt_facts_place(f, MT_PLACE_NULLED) : &nowhere,
         "value that pandas reads as null", "values that pandas reads as null");
}

static void warn_numbers(struct mt_findings *l, const struct mt_facts *f,
                         const struct mt_inferred *now, bool pandas)
{
  if (now->kind <= MT_INFERRED_FLOAT ||
      (now->kind == MT_INFERRED_OBJECT && now->strangers > 0))
    find(l, MT_FINDING_LEADING_ZEROS, f->identifiers,
         mt_facts_place(f, MT_PLACE_IDENTIFIER), "number with leading zeros or a plus",
         "numbers with leading zeros or a plus");
  if (now->kind != MT_INFERRED_FLOAT)
    return;
  find(l, MT_FINDING_INEXACT, f->inexact, mt_facts_place(f, MT_PLACE_INEXACT),
       "integer that float64 does not hold", "integers that float64 does not hold");
  find(l, MT_FINDING_OVERFLOW, f->overflows, mt_facts_place(f, MT_PLACE_OVERFLOW),
       "number too large for a float: it becomes inf",
       "numbers too large for a float: they become inf");
  if (pandas)
    find(l, MT_FINDING_STRAY, f->strays, mt_facts_place(f, MT_PLACE_STRAY),
         "number that pandas reads as another", "numbers that pandas reads as others");
}

static void warn_objects(struct mt_findings *l, const struct mt_facts *f,
                         const struct mt_inferred *now)
{
  const struct mt_place from = {.line = now->strangers_line};
  char n[MT_COUNT_TEXT], line[MT_COUNT_TEXT];

  if (now->strangers > 0)
    mt_findings_add(l, MT_FINDING_MIXED, now->strangers, &from,
                    "%s value%s of another Python type than the first ones, from line %s "
                    "on",
                    count(n, now->strangers), now->strangers == 1 ? "" : "s",
                    count(line, now->strangers_line));
  else
    find(l, MT_FINDING_MIXED, f->big_integers, mt_facts_place(f, MT_PLACE_NOT_INT64),
         "integer beyond 64 bits, which makes all of them Python objects",
         "integers beyond 64 bits, which make all of them Python objects");
}

void mt_evidence_warnings(struct mt_findings *l, const struct mt_column_profile *c,
                          enum mt_engine engine)
{
  const bool pandas = mt_engine_is_pandas(engine);
  const struct mt_facts *f = &c->facts;
  struct mt_inferred now;

  mt_infer(&now, c, engine, false);
  warn_nulls(l, c, &now, pandas);
  warn_numbers(l, f, &now, pandas);
  if (now.kind == MT_INFERRED_OBJECT)
    warn_objects(l, f, &now);
  find(l, MT_FINDING_BAD_UTF8, f->not_utf8, mt_facts_place(f, MT_PLACE_BAD_UTF8),
       "value that is not valid UTF-8", "values that are not valid UTF-8");
  find(l, MT_FINDING_NUL, f->nul, mt_facts_place(f, MT_PLACE_NUL), "value with NUL bytes",
       "values with NUL bytes");
}

/* ---- notes --------------------------------------------------------------- */

/* Whether all values are valid dates yyyymmdd of 1900 to 2099; known while the distinct
 * texts are. */
static bool are_dates(const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;
  struct mt_distinct_text t;
  size_t at = 0;

  if (f->integers == 0 || f->integers != values_of(f) || f->int_min < 19000101 ||
      f->int_max > 20991231 || f->identifiers > 0 || !mt_distinct_exact(&c->distinct))
    return false;
  while (mt_distinct_next(&c->distinct, &at, &t)) {
    char iso[11];
    struct mt_date_text date;

    if (t.n != 8)
      return false;
    snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", (const char *)t.s, (const char *)t.s + 4,
             (const char *)t.s + 6);
    if (!mt_date_read((const uint8_t *)iso, 10, &date))
      return false;
  }
  return true;
}

static void note_sentinels(struct mt_findings *l, const struct mt_facts *f)
{
  char n[MT_COUNT_TEXT], words[MT_SENTENCE] = "";
  struct mt_finding *finding;
  size_t len = 0;

  if (!mt_advice_sentinels(f))
    return;
  for (int i = 0; i < MT_SENTINEL_COUNT && len < sizeof words; i++)
    if (f->sentinel_words >> i & 1)
      len += (size_t)snprintf(words + len, sizeof words - len, "%s\"%s\"",
                              len > 0 ? ", " : "", mt_sentinel_text(i));
  finding = mt_findings_add(l, MT_FINDING_SENTINELS, f->sentinels,
                            mt_facts_place(f, MT_PLACE_NOT_NUMBER),
                            "numbers but for %s sentinel%s: %.100s",
                            count(n, f->sentinels), f->sentinels == 1 ? "" : "s", words);
  finding->sentinel_words = f->sentinel_words;
}

/* A number that may stand for null: the least or the largest of its column. */
struct suspect {
  long value; /* 0: none */
  uint64_t times;
};

/* The numbers of a column but for the suspects. */
struct others {
  double low, high;
  size_t distinct;
};

/* -1, or nothing but nines: -9, -99 ..., 99, 999 ...; a single 9 is a usual number.  The
 * number, or 0. */
static long suspected(double v)
{
  long n = v >= -999999999 && v <= 999999999 && v == (double)(long)v ? (long)v : 0;

  if (n == -1)
    return n;
  for (long nines = 9; nines <= 999999999; nines = nines * 10 + 9)
    if (n == -nines || (n == nines && nines > 9))
      return n;
  return 0;
}

/* Repeated, and farther from the others than these are apart; or -1 where the others are
 * above zero, or not below and many. */
static bool is_odd(const struct suspect *s, const struct others *rest)
{
  double v = (double)s->value, apart = v < rest->low ? rest->low - v : v - rest->high;

  if (s->value == 0 || s->times < 2 || rest->distinct < 3)
    return false;
  return apart > rest->high - rest->low ||
         (s->value == -1 && (rest->low > 0 || (rest->low == 0 && rest->distinct >= 10)));
}

/* Tells the suspects from the others; known while the distinct texts are. */
static void count_suspects(const struct mt_column_profile *c, struct suspect s[2],
                           struct others *rest)
{
  struct mt_distinct_text t;
  size_t at = 0;
  double v;

  while (mt_distinct_next(&c->distinct, &at, &t)) {
    if (!mt_parse_float(t.s, t.n, &v, NULL))
      continue;
    if (s[0].value != 0 && v == (double)s[0].value) {
      s[0].times += t.hits;
    } else if (s[1].value != 0 && v == (double)s[1].value) {
      s[1].times += t.hits;
    } else {
      rest->low = v < rest->low ? v : rest->low;
      rest->high = v > rest->high ? v : rest->high;
      rest->distinct++;
    }
  }
}

static void note_null_numbers(struct mt_findings *l, const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;
  struct suspect s[2] = {{.value = suspected(f->float_min)},
                         {.value = suspected(f->float_max)}};
  struct others rest = {INFINITY, -INFINITY, 0};
  char n[MT_COUNT_TEXT], m[MT_COUNT_TEXT];
  bool low, high;

  if (f->integers + f->big_integers + f->floats != values_of(f) ||
      (s[0].value == 0 && s[1].value == 0) || !mt_distinct_exact(&c->distinct))
    return;
  count_suspects(c, s, &rest);
  low = is_odd(&s[0], &rest);
  high = is_odd(&s[1], &rest);
  if (low && high)
    mt_findings_add(l, MT_FINDING_NULL_NUMBERS, s[0].times + s[1].times, NULL,
                    "%ld occurs %s times, %ld %s times: they may stand for null",
                    s[0].value, count(n, s[0].times), s[1].value, count(m, s[1].times));
  else if (low || high)
    mt_findings_add(l, MT_FINDING_NULL_NUMBERS, s[high].times, NULL,
                    "%ld occurs %s times and may stand for null", s[high].value,
                    count(n, s[high].times));
}

/* Text that would be numbers; every value that is none yet is written that way. */
static void note_dress(struct mt_findings *l, const struct mt_facts *f)
{
  static const struct {
    enum mt_finding_kind kind;
    unsigned dress;
    const char *how;
  } known[] = {
      {MT_FINDING_THOUSANDS, MT_DRESS_THOUSANDS, "thousands separators"},
      {MT_FINDING_DECIMAL_COMMA, MT_DRESS_DECIMAL_COMMA, "a decimal comma"},
      {MT_FINDING_PERCENT, MT_DRESS_PERCENT, "a percent sign"},
      {MT_FINDING_CURRENCY, MT_DRESS_CURRENCY, "a currency sign"},
  };
  uint64_t texts = values_of(f) - f->integers - f->big_integers - f->floats;
  bool sure = (f->dress & (f->dress - 1)) == 0;

  if (texts == 0 || f->identifiers > 0)
    return;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    char one[64], many[64];

    if (!(f->dress & known[i].dress))
      continue;
    snprintf(one, sizeof one, "value %s a number with %s", sure ? "is" : "could be",
             known[i].how);
    snprintf(many, sizeof many, "values %s numbers with %s", sure ? "are" : "could be",
             known[i].how);
    find(l, known[i].kind, texts, mt_facts_place(f, MT_PLACE_NOT_NUMBER), one, many);
  }
}

void mt_evidence_notes(struct mt_findings *l, const struct mt_column_profile *c)
{
  const struct mt_facts *f = &c->facts;
  uint64_t values = values_of(f);
  char first[48];

  if (f->rows > 1 && values == 0)
    mt_findings_add(l, MT_FINDING_ALL_NULL, f->rows, NULL, "every row is null");
  else if (f->rows > 1 && values == f->rows && mt_distinct_exact(&c->distinct) &&
           mt_distinct_count(&c->distinct) == 1)
    mt_findings_add(l, MT_FINDING_CONSTANT, f->rows, NULL, "the same value in every row");
  else if (f->rows > 1 && f->integers == f->rows && f->steady && f->step == 1)
    mt_findings_add(l, MT_FINDING_ROW_NUMBER, f->rows, NULL,
                    "row numbers from %s: an index would do", wide(first, f->first_int));
  note_sentinels(l, f);
  note_null_numbers(l, c);
  note_dress(l, f);
  if (are_dates(c))
    mt_findings_add(l, MT_FINDING_DATE_NUMBERS, values, NULL,
                    "integers that are all dates (year, month, day) of 1900 to 2099: %s",
                    wide(first, f->first_int));
}

/* ---- proof --------------------------------------------------------------- */

static void prove_float32(char *dst, size_t cap, const struct mt_facts *f)
{
  char n[MT_COUNT_TEXT], m[MT_COUNT_TEXT];

  if (f->float32_inexact == 0)
    snprintf(dst, cap, "float32 holds all %s values exactly", count(n, values_of(f)));
  else
    snprintf(dst, cap,
             "the shortest text of each float32 is the file's: all %s values (%s are not "
             "the same as float64)",
             count(n, values_of(f)), count(m, f->float32_inexact));
}

static void prove_bool(char *dst, size_t cap, const struct mt_facts *f)
{
  static const char *const words[MT_BOOL_FAMILIES] = {"true or false", "yes or no",
                                                      "t or f", "y or n", "on or off"};
  char n[MT_COUNT_TEXT];
  int i = 0;

  while (i < MT_BOOL_FAMILIES && f->bools[i] == 0)
    i++;
  snprintf(dst, cap, "all %s values are %s", count(n, values_of(f)),
           i < MT_BOOL_FAMILIES ? words[i] : "0 or 1");
}

static void prove_date(char *dst, size_t cap, const struct mt_facts *f)
{
  char n[MT_COUNT_TEXT], format[64];

  mt_date_format(format, sizeof format, mt_advice_layout(f), &f->date_shape);
  snprintf(dst, cap, "all %s values are dates like %s%s", count(n, values_of(f)), format,
           (f->date_layouts & (f->date_layouts - 1)) != 0 ? ", or day and month swapped"
                                                          : "");
}

void mt_evidence_proof(char *dst, size_t cap, const struct mt_column_profile *c,
                       enum mt_dtype t)
{
  const struct mt_facts *f = &c->facts;
  char n[MT_COUNT_TEXT], k[MT_COUNT_TEXT], a[48], b[48];
  __int128 low, high;

  dst[0] = '\0';
  if (t == MT_DROP)
    return;
  if (values_of(f) == 0) {
    snprintf(dst, cap, "there are no values");
    return;
  }
  switch (mt_dtype_kind(t)) {
  case MT_KIND_INT:
  case MT_KIND_UINT:
    mt_facts_range(f, &low, &high);
    snprintf(dst, cap, "all %s values are integers from %s to %s", count(n, values_of(f)),
             wide(a, low), wide(b, high));
    return;
  case MT_KIND_FLOAT:
    if (t == MT_FLOAT32)
      prove_float32(dst, cap, f);
    else if (f->inexact == 0)
      snprintf(dst, cap, "all %s values are numbers, no integer beyond float64",
               count(n, values_of(f)));
    return;
  case MT_KIND_BOOL:
    prove_bool(dst, cap, f);
    return;
  case MT_KIND_TIME:
    prove_date(dst, cap, f);
    return;
  case MT_KIND_CATEGORY:
    snprintf(dst, cap, "%s distinct in %s values, counted one by one",
             count(k, mt_distinct_count(&c->distinct)), count(n, values_of(f)));
    return;
  default:
    if (f->not_utf8 > 0)
      return;
    snprintf(dst, cap, "the text of all %s values as it is", count(n, values_of(f)));
  }
}

/* ---- values -------------------------------------------------------------- */

/* some: "", or "12 of them ". */
static void describe_floats(char dst[MT_SENTENCE], const char *some,
                            const struct mt_facts *f)
{
  uint32_t low = f->decimals_min == UINT32_MAX ? 0 : f->decimals_min;
  int n = snprintf(dst, MT_SENTENCE, "%snumbers from %.9g to %.9g, ", some, f->float_min,
                   f->float_max);
  if (low != f->decimals_max)
    n += snprintf(dst + n, MT_SENTENCE - (size_t)n, "%u to ", low);
  snprintf(dst + n, MT_SENTENCE - (size_t)n, "%u digit%s after the point",
           f->decimals_max, f->decimals_max == 1 && low == 1 ? "" : "s");
}

size_t mt_evidence_values(char (*line)[MT_SENTENCE], const struct mt_facts *f)
{
  char a[48], b[48], n[MT_COUNT_TEXT], m[MT_COUNT_TEXT], format[64];
  char some[MT_COUNT_TEXT + 16];
  uint64_t values = values_of(f), numbers;
  size_t len = 0;

  snprintf(line[len++], MT_SENTENCE, "%s value%s, %s null%s", count(n, values),
           values == 1 ? "" : "s", count(m, f->nulls), f->nulls == 1 ? "" : "s");
  numbers = f->integers + f->big_integers + f->floats;
  if (numbers == values || numbers == 0)
    snprintf(some, sizeof some, "%s", "");
  else
    snprintf(some, sizeof some, "%s of them ", count(n, numbers));
  if (f->big_integers > 0)
    snprintf(line[len++], MT_SENTENCE, "%snumbers, %s integer%s beyond 64 bits", some,
             count(m, f->big_integers), f->big_integers == 1 ? "" : "s");
  else if (f->integers > 0 && f->floats == 0)
    snprintf(line[len++], MT_SENTENCE, "%sintegers from %s to %s", some,
             wide(a, f->int_min), wide(b, f->int_max));
  else if (f->floats > f->infinities)
    describe_floats(line[len++], some, f);
  if (f->rounded > 0)
    snprintf(line[len++], MT_SENTENCE, "%s that pandas rounds only nearly right",
             count(n, f->rounded));
  if (f->integers + f->floats + f->big_integers < values) {
    if (f->shortest == f->longest)
      snprintf(line[len++], MT_SENTENCE, "text of %u byte%s", f->longest,
               f->longest == 1 ? "" : "s");
    else
      snprintf(line[len++], MT_SENTENCE, "text of %u to %u bytes", f->shortest,
               f->longest);
  }
  if (f->dates == values && values > 0 && f->date_layouts != 0) {
    mt_date_format(format, sizeof format, mt_advice_layout(f), &f->date_shape);
    snprintf(line[len++], MT_SENTENCE, "dates like %s", format);
  }
  return len;
}
