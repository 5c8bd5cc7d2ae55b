/* In which order the table has its columns: each is given a number, and the numbers are
 * sorted digit by digit, so that a hundred thousand columns take a few milliseconds
 * whatever they are sorted by. */
#include <stdlib.h>
#include <string.h>

#include "tui/views/table.h"

/* --- texts as numbers ------------------------------------------------------------ */

/* dtypes of a dataset, more than any engine has. */
#define TEXTS 64

struct texts {
  const char *text[TEXTS];
  size_t len;
};

static size_t find_text(const struct texts *t, const char *text)
{
  size_t at = 0;
  while (at < t->len && t->text[at] != text)
    at++;
  return at;
}

/* The texts are few and static: equal ones mostly are one pointer. */
static void add_text(struct texts *t, const char *text)
{
  size_t at = find_text(t, text);
  if (at < t->len || t->len == TEXTS)
    return;
  for (at = t->len++; at > 0 && strcmp(t->text[at - 1], text) > 0; at--)
    t->text[at] = t->text[at - 1];
  t->text[at] = text;
}

static const char *text_of(enum mt_sort sort, const struct mt_column_view *v)
{
  const char *text = sort == MT_SORT_DTYPE ? v->dtype : mt_column_target(v).name;
  return text == NULL ? "" : text;
}

static void number_texts(struct mt_table *t, const struct mt_snapshot *s)
{
  struct texts texts = {.len = 0};
  uint64_t rank[TEXTS + 1];
  for (size_t i = 0; i < t->columns; i++)
    add_text(&texts, text_of(t->sort, &s->columns[i]));
  for (size_t i = 0; i <= texts.len; i++)
    rank[i] = i > 0 && i < texts.len && strcmp(texts.text[i - 1], texts.text[i]) == 0
                  ? rank[i - 1]
                  : i;
  for (size_t i = 0; i < t->columns; i++)
    t->sorted[i].key = rank[find_text(&texts, text_of(t->sort, &s->columns[i]))];
}

/* --- names ----------------------------------------------------------------------- */

static size_t common_length(const struct mt_name *a, const struct mt_name *b, size_t n)
{
  size_t i = 0;
  while (i < n && i < b->len && a->text[i] == b->text[i])
    i++;
  return i;
}

/* Eight bytes after what all names begin with. */
static void number_names(struct mt_table *t, const struct mt_snapshot *s)
{
  size_t skip = t->columns > 0 ? s->names[0].len : 0;
  for (size_t i = 1; i < t->columns; i++)
    skip = common_length(&s->names[0], &s->names[i], skip);
  for (size_t i = 0; i < t->columns; i++) {
    const struct mt_name *name = &s->names[i];
    uint64_t key = 0;
    for (size_t k = skip; k < skip + 8; k++)
      key = key << 8 | (k < name->len ? (unsigned char)name->text[k] : 0);
    t->sorted[i].key = key;
  }
}

static int compare_names(const void *a, const void *b, void *names)
{
  const struct mt_table_key *ka = a, *kb = b;
  const struct mt_name *na = (const struct mt_name *)names + ka->column;
  const struct mt_name *nb = (const struct mt_name *)names + kb->column;
  size_t n = na->len < nb->len ? na->len : nb->len;
  int order = n == 0 ? 0 : memcmp(na->text, nb->text, n);
  if (order == 0)
    order = (na->len > nb->len) - (na->len < nb->len);
  return order != 0 ? order : (ka->column > kb->column) - (ka->column < kb->column);
}

/* Names that eight bytes do not tell apart. */
static void finish_names(struct mt_table *t, const struct mt_snapshot *s)
{
  for (size_t from = 0, to; from < t->columns; from = to) {
    for (to = from + 1; to < t->columns && t->sorted[to].key == t->sorted[from].key; to++)
      ;
    if (to - from > 1)
      qsort_r(t->sorted + from, to - from, sizeof *t->sorted, compare_names,
              (void *)s->names);
  }
}

/* --- numbers --------------------------------------------------------------------- */

/* Largest first. */
static uint64_t number_of(enum mt_sort sort, const struct mt_column_view *v)
{
  switch (sort) {
  case MT_SORT_NULLS:
    return ~v->nulls;
  case MT_SORT_DISTINCT:
    return ~v->distinct;
  case MT_SORT_NOW:
    return ~v->now;
  case MT_SORT_RESIDENT: /* unknown ones last */
    return v->resident == MT_UNKNOWN ? UINT64_MAX : ~v->resident;
  case MT_SORT_AFTER:
    return ~mt_column_target(v).bytes;
  case MT_SORT_CLASS: /* the safest first, nothing better last */
    return (uint64_t)mt_column_target(v).class_ - 1;
  case MT_SORT_SAVING:
    return ~((uint64_t)mt_column_relief(v) ^ (uint64_t)1 << 63);
  default:
    return 0;
  }
}

/* Stable; digits that are the same everywhere cost one look. */
static void sort_digits(struct mt_table *t)
{
  for (int shift = 0; shift < 64; shift += 8) {
    size_t start[256] = {0}, sum = 0;
    for (size_t i = 0; i < t->columns; i++)
      start[t->sorted[i].key >> shift & 0xff]++;
    if (t->columns == 0 || start[t->sorted[0].key >> shift & 0xff] == t->columns)
      continue;
    for (int digit = 0; digit < 256; digit++) {
      size_t count = start[digit];
      start[digit] = sum;
      sum += count;
    }
    for (size_t i = 0; i < t->columns; i++)
      t->spare[start[t->sorted[i].key >> shift & 0xff]++] = t->sorted[i];
    struct mt_table_key *sorted = t->spare;
    t->spare = t->sorted;
    t->sorted = sorted;
  }
}

void mt_table_sort(struct mt_table *t, const struct mt_snapshot *s)
{
  for (size_t i = 0; i < t->columns; i++)
    t->sorted[i] = (struct mt_table_key){number_of(t->sort, &s->columns[i]), i};
  if (t->sort == MT_SORT_NAME)
    number_names(t, s);
  else if (t->sort == MT_SORT_DTYPE || t->sort == MT_SORT_TARGET)
    number_texts(t, s);
  sort_digits(t);
  if (t->sort == MT_SORT_NAME)
    finish_names(t, s);
}
