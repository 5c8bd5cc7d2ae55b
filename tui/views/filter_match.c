/* Which columns a filter lets through. */
#include <string.h>

#include "tui/views/filter.h"
#include "tui/views/table.h"

static bool same_letter(char given, char found)
{
  return given == found || (given >= 'a' && given <= 'z' && given == (found | 0x20) &&
                            found >= 'A' && found <= 'Z');
}

bool mt_text_holds(const char *bytes, size_t n, const char *text, size_t len)
{
  for (size_t from = 0; from + len <= n; from++) {
    size_t i = 0;
    while (i < len && same_letter(text[i], bytes[from + i]))
      i++;
    if (i == len)
      return true;
  }
  return false;
}

static double share(double part, double whole)
{
  return whole > 0 ? part * 100 / whole : 0;
}

/* The field as a number, in the unit that the step asks for; false: not known. */
static bool number_of(const struct mt_filter_step *step, const struct mt_snapshot *s,
                      const struct mt_column_view *v, double *number)
{
  double whole = (double)s->now_total;
  switch (step->field) {
  case MT_FILTER_BY_NULLS:
    *number = (double)v->nulls;
    whole = (double)s->rows;
    break;
  case MT_FILTER_BY_DISTINCT:
    *number = (double)v->distinct;
    whole = (double)s->rows;
    break;
  case MT_FILTER_BY_SENTINELS:
    *number = (double)v->sentinels;
    whole = (double)s->rows;
    break;
  case MT_FILTER_BY_NOW:
    *number = (double)v->now;
    break;
  case MT_FILTER_BY_RESIDENT:
    *number = (double)v->resident;
    if (v->resident == MT_UNKNOWN)
      return false;
    break;
  case MT_FILTER_BY_AFTER:
    *number = (double)mt_column_target(v).bytes;
    break;
  default:
    *number = (double)mt_column_saving(v);
    whole = (double)v->now;
  }
  if (step->percent)
    *number = share(*number, whole);
  return true;
}

static bool compare_numbers(enum mt_filter_op op, double a, double b)
{
  switch (op) {
  case MT_FILTER_EQ:
    return a == b;
  case MT_FILTER_NE:
    return a != b;
  case MT_FILTER_GE:
    return a >= b;
  case MT_FILTER_GT:
    return a > b;
  case MT_FILTER_LE:
    return a <= b;
  default:
    return a < b;
  }
}

static bool flag_of(enum mt_filter_field field, const struct mt_column_view *v,
                    bool marked)
{
  return field == MT_FILTER_BY_WARN     ? v->warn
         : field == MT_FILTER_BY_MARKED ? marked
                                        : mt_column_edited(v);
}

static bool compare_texts(const struct mt_filter *f, const struct mt_filter_step *step,
                          const char *bytes, size_t n)
{
  const char *text = f->text + step->text;
  bool holds = mt_text_holds(bytes, n, text, step->len);
  if (step->op == MT_FILTER_HOLDS)
    return holds;
  return (holds && n == step->len) == (step->op == MT_FILTER_EQ);
}

static bool test(const struct mt_filter *f, const struct mt_filter_step *step,
                 const struct mt_snapshot *s, size_t column, bool marked)
{
  const struct mt_column_view *v = &s->columns[column];
  const char *text;
  double number;
  switch (mt_filter_field_kind(step->field)) {
  case MT_FILTER_IS_TEXT:
    if (step->field == MT_FILTER_BY_NAME)
      return compare_texts(f, step, s->names[column].text, s->names[column].len);
    text = step->field == MT_FILTER_BY_DTYPE ? v->dtype : mt_column_target(v).name;
    if (text == NULL)
      text = "none";
    return compare_texts(f, step, text, strlen(text));
  case MT_FILTER_IS_CLASS:
    return ((unsigned)step->number >> mt_column_target(v).class_ & 1) ==
           (step->op == MT_FILTER_EQ);
  case MT_FILTER_IS_FLAG:
    return flag_of(step->field, v, marked) ==
           ((step->number == 1) == (step->op == MT_FILTER_EQ));
  default:
    return number_of(step, s, v, &number) &&
           compare_numbers(step->op, number, step->number);
  }
}

bool mt_filter_matches(const struct mt_filter *f, const struct mt_snapshot *s,
                       size_t column, bool marked)
{
  bool stack[MT_FILTER_TEXT];
  stack[0] = true;
  size_t n = 0;
  for (size_t i = 0; i < f->steps; i++) {
    const struct mt_filter_step *step = &f->step[i];
    switch (step->what) {
    case MT_FILTER_TEST:
      stack[n++] = test(f, step, s, column, marked);
      break;
    case MT_FILTER_NOT:
      stack[n - 1] = !stack[n - 1];
      break;
    case MT_FILTER_AND:
      n--;
      stack[n - 1] = stack[n - 1] && stack[n];
      break;
    default:
      n--;
      stack[n - 1] = stack[n - 1] || stack[n];
    }
  }
  return stack[0];
}
