#include "tui/views/filter.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

static const struct {
  const char *name;
  enum mt_filter_kind kind;
  const char *help;
} fields[MT_FILTER_FIELD_COUNT] = {
#define X(id, name, kind, help) {name, MT_FILTER_IS_##kind, help},
    MT_FILTER_FIELDS(X)
#undef X
};

/* Longer ones first, so that the first that fits is the one. */
static const struct {
  const char *text;
  enum mt_filter_op op;
} operators[] = {
    {"!=", MT_FILTER_NE}, {">=", MT_FILTER_GE},   {"<=", MT_FILTER_LE},
    {"==", MT_FILTER_EQ}, {"=", MT_FILTER_EQ},    {">", MT_FILTER_GT},
    {"<", MT_FILTER_LT},  {"~", MT_FILTER_HOLDS},
};

const char *mt_filter_field_name(enum mt_filter_field field)
{
  return fields[field].name;
}

enum mt_filter_kind mt_filter_field_kind(enum mt_filter_field field)
{
  return fields[field].kind;
}

const char *mt_filter_field_help(enum mt_filter_field field)
{
  return fields[field].help;
}

/* --- reading ------------------------------------------------------------------- */

struct parser {
  const char *text;
  size_t at;
  struct mt_filter *filter;
  struct mt_filter_fault *fault;
};

struct span {
  size_t from, len;
};

MT_PRINTF(3, 4)
static int fail(struct parser *p, size_t at, const char *format, ...)
{
  va_list args;
  p->fault->at = at;
  p->fault->unfinished = p->text[at] == '\0';
  va_start(args, format);
  vsnprintf(p->fault->text, sizeof p->fault->text, format, args);
  va_end(args);
  return EINVAL;
}

static void skip_blanks(struct parser *p)
{
  p->at += strspn(p->text + p->at, " ");
}

/* A run of what is neither a blank nor a sign of the language.  Values may hold more
 * signs than words. */
static struct span read_run(const struct parser *p, const char *end)
{
  size_t from = p->at + strspn(p->text + p->at, " ");
  return (struct span){from, strcspn(p->text + from, end)};
}

static struct span next_word(const struct parser *p)
{
  return read_run(p, " ()\",&|=!<>~");
}

static bool span_is(const struct parser *p, struct span s, const char *word)
{
  return s.len == strlen(word) && strncasecmp(p->text + s.from, word, s.len) == 0;
}

static const char *shown(char dst[64], const struct parser *p, struct span s)
{
  mt_sanitise(dst, 64, p->text + s.from, s.len, 24);
  return dst;
}

/* The operator at byte `at`, after blanks; its end in *end.  MT_FILTER_OPS: none. */
static enum mt_filter_op find_operator(const struct parser *p, size_t at, size_t *end)
{
  at += strspn(p->text + at, " ");
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    size_t len = strlen(operators[i].text);
    if (strncmp(p->text + at, operators[i].text, len) == 0) {
      *end = at + len;
      return operators[i].op;
    }
  }
  return MT_FILTER_OPS;
}

static bool begins_condition(const struct parser *p, struct span word)
{
  size_t end;
  return word.len > 0 && find_operator(p, word.from + word.len, &end) != MT_FILTER_OPS;
}

static enum mt_filter_field find_field(const struct parser *p, struct span word)
{
  int field = 0;
  while (field < MT_FILTER_FIELD_COUNT && !span_is(p, word, fields[field].name))
    field++;
  return (enum mt_filter_field)field;
}

static struct mt_filter_step *add_step(struct parser *p)
{
  struct mt_filter_step *step = &p->filter->step[p->filter->steps++];
  *step = (struct mt_filter_step){0};
  return step;
}

static void add_text(struct parser *p, enum mt_filter_field field, enum mt_filter_op op,
                     struct span s)
{
  struct mt_filter_step *step = add_step(p);
  step->field = field;
  step->op = op;
  step->text = (uint16_t)s.from;
  step->len = (uint16_t)s.len;
}

/* What stands between two quotes, of which the first is next. */
static int read_quoted(struct parser *p, struct span *s)
{
  s->from = p->at + 1;
  s->len = strcspn(p->text + s->from, "\"");
  p->at = s->from + s->len;
  if (p->text[p->at] == '\0')
    return fail(p, p->at, "the quote is not closed yet");
  p->at++;
  return 0;
}

static int fail_value(struct parser *p, enum mt_filter_field field, const char *wanted,
                      size_t after)
{
  char sign[64], found[64];
  size_t end;
  struct span before = {after, 0}, rest = read_run(p, " ,)");
  before.from -= after > 1 && strchr("<>!=", p->text[after - 2]) != NULL ? 2 : 1;
  before.len = after - before.from;
  shown(sign, p, before);
  if (p->text[rest.from] == '\0')
    return fail(p, rest.from, "%s follows %s%s", wanted, fields[field].name, sign);
  if (find_operator(p, rest.from, &end) != MT_FILTER_OPS)
    return fail(p, rest.from, "%s was expected after %s", wanted, sign);
  return fail(p, rest.from, "%s was expected after %s, not %s", wanted, sign,
              shown(found, p, rest));
}

static int read_text(struct parser *p, enum mt_filter_field field, enum mt_filter_op op)
{
  struct span value;
  size_t after = p->at;
  if (op != MT_FILTER_EQ && op != MT_FILTER_NE && op != MT_FILTER_HOLDS)
    return fail(p, after - 1, "%s is text, which = != and ~ compare", fields[field].name);
  skip_blanks(p);
  if (p->text[p->at] == '"') {
    if (read_quoted(p, &value) != 0)
      return EINVAL;
  } else {
    value = read_run(p, " ,()&|\"");
    if (value.len == 0)
      return fail_value(p, field, "a word", after);
    p->at = value.from + value.len;
  }
  add_text(p, field, op, value);
  return 0;
}

/* Digits with at most one point; at least one digit.  Independent of the locale. */
static bool read_digits(struct parser *p, double *number)
{
  double value = 0, unit = 1;
  bool point = false;
  size_t digits = 0;
  for (;; p->at++) {
    char c = p->text[p->at];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      unit *= point ? 10 : 1;
      digits++;
    } else if (c != '_') {
      break;
    }
  }
  *number = value / unit;
  return digits > 0;
}

static void read_unit(struct parser *p, bool size, struct mt_filter_step *step)
{
  static const char letters[] = "KMGT";
  double base = size ? 1024 : 1000;
  char c = p->text[p->at];
  const char *letter = c == '\0' ? NULL : strchr(letters, toupper((unsigned char)c));
  size_t blanks = strspn(p->text + p->at, " ");
  if (p->text[p->at + blanks] == '%') {
    step->percent = true;
    p->at += blanks + 1;
    return;
  }
  if (letter != NULL) {
    for (const char *l = letters; l <= letter; l++)
      step->number *= base;
    p->at++;
    if (size && p->text[p->at] == 'i')
      p->at++;
  }
  if (size && (p->text[p->at] | 0x20) == 'b')
    p->at++;
}

static int read_number(struct parser *p, enum mt_filter_field field, enum mt_filter_op op)
{
  bool size = fields[field].kind == MT_FILTER_IS_SIZE;
  const char *wanted = size ? "a size such as 100M" : "a number such as 10 or 5%";
  struct mt_filter_step step = {.field = field, .op = op};
  size_t after = p->at, start;
  if (op == MT_FILTER_HOLDS)
    return fail(p, after - 1, "%s is a number: = != > >= < <=", fields[field].name);
  skip_blanks(p);
  start = p->at;
  bool minus = p->text[p->at] == '-';
  p->at += minus;
  bool valid = read_digits(p, &step.number);
  if (valid)
    read_unit(p, size, &step);
  if (!valid || strchr(" ,()&|", p->text[p->at]) == NULL) {
    if (minus && p->text[p->at] == '\0')
      start = p->at;
    p->at = start;
    return fail_value(p, field, wanted, after);
  }
  if (minus)
    step.number = -step.number;
  *add_step(p) = step;
  return 0;
}

/* The classes that a word, or the beginning of one, stands for, as bits. */
static unsigned find_classes(const struct parser *p, struct span word)
{
  if (span_is(p, word, "safe"))
    return 1u << MT_CLASS_EXACT | 1u << MT_CLASS_EQUAL;
  for (int c = 0; c < MT_CLASS_BLOCKED; c++)
    if (span_is(p, word, mt_class_name((enum mt_class)c)))
      return 1u << c;
  return 0;
}

/* Whether the word may become one of those that are expected. */
static bool is_beginning(const struct parser *p, struct span word,
                         const char *const *words)
{
  for (; *words != NULL; words++)
    if (p->text[word.from + word.len] == '\0' && word.len < strlen(*words) &&
        strncasecmp(p->text + word.from, *words, word.len) == 0)
      return true;
  return false;
}

/* A value out of a few words. */
static int read_choice(struct parser *p, enum mt_filter_field field, enum mt_filter_op op)
{
  static const char *const classes[] = {"exact", "equal", "rounded", "review",
                                        "none",  "safe",  NULL};
  static const char *const answers[] = {"yes", "no", NULL};
  bool flag = fields[field].kind == MT_FILTER_IS_FLAG;
  const char *wanted = flag ? "yes or no" : "exact, equal, rounded, review, none or safe";
  size_t after = p->at;
  unsigned value;
  if (op != MT_FILTER_EQ && op != MT_FILTER_NE)
    return fail(p, after - 1, "%s is a word, which = and != compare", fields[field].name);
  struct span word = next_word(p);
  if (flag)
    value = span_is(p, word, "yes") ? 1 : span_is(p, word, "no") ? 2 : 0;
  else
    value = find_classes(p, word);
  if (value == 0 && is_beginning(p, word, flag ? answers : classes))
    return fail(p, word.from + word.len, "%s follows %s=", wanted, fields[field].name);
  if (value == 0)
    return fail_value(p, field, wanted, after);
  p->at = word.from + word.len;
  *add_step(p) = (struct mt_filter_step){
      .field = field, .op = op, .number = flag ? value == 1 : value};
  return 0;
}

static int fail_field(struct parser *p, struct span word)
{
  char name[64], list[100] = "";
  for (int i = 0; i < MT_FILTER_FIELD_COUNT; i++) {
    size_t used = strlen(list);
    if (i == MT_FILTER_BY_SENTINELS || i == MT_FILTER_BY_RESIDENT ||
        i == MT_FILTER_BY_PLANNED)
      continue;
    snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? " " : "", fields[i].name);
  }
  return fail(p, word.from, "there is no field %s, but %s", shown(name, p, word), list);
}

static int read_condition(struct parser *p, struct span word)
{
  enum mt_filter_field field = find_field(p, word);
  size_t end = p->at;
  enum mt_filter_op op = find_operator(p, word.from + word.len, &end);
  if (field == MT_FILTER_FIELD_COUNT)
    return fail_field(p, word);
  p->at = end;
  p->filter->asks_marks |= field == MT_FILTER_BY_MARKED;
  switch (fields[field].kind) {
  case MT_FILTER_IS_TEXT:
    return read_text(p, field, op);
  case MT_FILTER_IS_COUNT:
  case MT_FILTER_IS_SIZE:
    return read_number(p, field, op);
  default:
    return read_choice(p, field, op);
  }
}

static bool is_joint(const struct parser *p, struct span word)
{
  return span_is(p, word, "and") || span_is(p, word, "or") || span_is(p, word, "not");
}

/* Words side by side are one name with blanks in it. */
static void read_name(struct parser *p, struct span word)
{
  struct span name = word;
  for (;;) {
    p->at = name.from + name.len;
    word = next_word(p);
    if (word.len == 0 || is_joint(p, word) || begins_condition(p, word))
      break;
    name.len = word.from + word.len - name.from;
  }
  add_text(p, MT_FILTER_BY_NAME, MT_FILTER_HOLDS, name);
  if (p->text[p->at] != '\0')
    return;
  for (int i = 0; i < MT_FILTER_FIELD_COUNT; i++)
    p->filter->opens |= name.len <= strlen(fields[i].name) &&
                        strncasecmp(fields[i].name, p->text + name.from, name.len) == 0;
}

static int read_any(struct parser *p);

static int read_group(struct parser *p)
{
  p->at++;
  if (read_any(p) != 0)
    return EINVAL;
  skip_blanks(p);
  if (p->text[p->at] == '\0')
    return fail(p, p->at, "the ( is not closed yet");
  p->at++; /* read_any stops at nothing else */
  return 0;
}

/* A sign where a condition was expected. */
static int fail_term(struct parser *p)
{
  char sign[64];
  size_t end;
  skip_blanks(p);
  if (p->text[p->at] == '\0')
    return fail(p, p->at, "a name or a condition such as saving>100M follows");
  if (find_operator(p, p->at, &end) == MT_FILTER_OPS)
    end = p->at + 1;
  shown(sign, p, (struct span){p->at, end - p->at});
  return fail(p, p->at, "a name or a condition was expected before %s", sign);
}

static int read_term(struct parser *p)
{
  skip_blanks(p);
  struct span word = next_word(p), quoted;
  enum mt_filter_field field;
  bool bang = p->text[p->at] == '!' && p->text[p->at + 1] != '=';
  if (bang || (span_is(p, word, "not") && !begins_condition(p, word))) {
    p->at = bang ? p->at + 1 : word.from + word.len;
    if (read_term(p) != 0)
      return EINVAL;
    add_step(p)->what = MT_FILTER_NOT;
    return 0;
  }
  if (p->text[p->at] == '(')
    return read_group(p);
  if (p->text[p->at] == '"') {
    if (read_quoted(p, &quoted) != 0)
      return EINVAL;
    add_text(p, MT_FILTER_BY_NAME, MT_FILTER_HOLDS, quoted);
    return 0;
  }
  if (word.len == 0 || span_is(p, word, "and") || span_is(p, word, "or"))
    return fail_term(p);
  if (begins_condition(p, word))
    return read_condition(p, word);
  field = find_field(p, word);
  if (field < MT_FILTER_FIELD_COUNT && fields[field].kind == MT_FILTER_IS_FLAG) {
    p->at = word.from + word.len;
    p->filter->asks_marks |= field == MT_FILTER_BY_MARKED;
    *add_step(p) = (struct mt_filter_step){.field = field, .number = 1};
    return 0;
  }
  read_name(p, word);
  return 0;
}

/* Whether what comes next joins as `word` or `sign` do; takes it then. */
static bool take_joint(struct parser *p, const char *word, const char *signs)
{
  struct span next = next_word(p);
  skip_blanks(p);
  if (next.len > 0 && span_is(p, next, word)) {
    p->at = next.from + next.len;
    return true;
  }
  if (p->text[p->at] == '\0' || strchr(signs, p->text[p->at]) == NULL)
    return false;
  p->at++;
  if (p->text[p->at] == p->text[p->at - 1] && p->text[p->at] != ',')
    p->at++; /* && and || */
  return true;
}

static int read_all(struct parser *p)
{
  if (read_term(p) != 0)
    return EINVAL;
  for (;;) {
    bool joined = take_joint(p, "and", ",&");
    char next = p->text[p->at];
    if (!joined &&
        (next == '\0' || next == ')' || next == '|' || span_is(p, next_word(p), "or")))
      return 0; /* else they stand side by side */
    if (read_term(p) != 0)
      return EINVAL;
    add_step(p)->what = MT_FILTER_AND;
  }
}

static int read_any(struct parser *p)
{
  if (read_all(p) != 0)
    return EINVAL;
  while (take_joint(p, "or", "|")) {
    if (read_all(p) != 0)
      return EINVAL;
    add_step(p)->what = MT_FILTER_OR;
  }
  return 0;
}

int mt_filter_parse(struct mt_filter *f, const char *text, struct mt_filter_fault *fault)
{
  struct mt_filter made = {0};
  struct parser p = {.text = text, .filter = &made, .fault = fault};
  size_t len = strlen(text);
  memset(fault, 0, sizeof *fault);
  if (len >= sizeof made.text)
    return fail(&p, sizeof made.text - 1, "a filter has at most %zu bytes",
                sizeof made.text - 1);
  memcpy(made.text, text, len + 1);
  skip_blanks(&p);
  if (text[p.at] == '\0')
    made.text[0] = '\0';
  else if (read_any(&p) != 0)
    return EINVAL;
  else if (text[p.at] != '\0')
    return fail(&p, p.at, "a ) without its (");
  *f = made;
  return 0;
}
