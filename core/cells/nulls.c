#include "core/cells/nulls.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/cells/parse.h"

static const struct {
  uint8_t len;
  char text[9];
} words[] = {
#define X(word) {sizeof word - 1, word},
    MT_NULL_WORDS(X)
#undef X
};
_Static_assert(sizeof words / sizeof *words == MT_NULL_WORD_COUNT, "count the words");

int mt_null_word(const uint8_t *s, size_t n)
{
  /* No word ends in a digit: most numbers leave here. */
  if (n < 2 || n > 8 || (s[n - 1] >= '0' && s[n - 1] <= '9'))
    return -1;
  for (int i = 0; i < MT_NULL_WORD_COUNT; i++)
    if (words[i].len == n && memcmp(words[i].text, s, n) == 0)
      return i;
  return -1;
}

const char *mt_null_word_text(int i)
{
  return words[i].text;
}

static const char *const sentinels[] = {
#define X(word) word,
    MT_SENTINELS(X)
#undef X
};
_Static_assert(sizeof sentinels / sizeof *sentinels == MT_SENTINEL_COUNT, "count them");

int mt_sentinel(const uint8_t *s, size_t n)
{
  for (int i = 0; n <= 7 && i < MT_SENTINEL_COUNT; i++)
    if (strlen(sentinels[i]) == n && memcmp(sentinels[i], s, n) == 0)
      return i;
  return -1;
}

const char *mt_sentinel_text(int i)
{
  return sentinels[i];
}

void mt_nulls_init(struct mt_nulls *n)
{
  *n = (struct mt_nulls){.defaults = true};
}

void mt_nulls_reset(struct mt_nulls *n)
{
  free(n->extra);
  mt_nulls_init(n);
}

/* Texts of whole numbers beyond are long, and other than one would think. */
#define MOST_PLAIN 1e18

static void note_number(struct mt_nulls *n, struct mt_null_token *t)
{
  double v;

  t->plain[0] = '\0';
  t->is_number = mt_parse_float((const uint8_t *)t->text, strlen(t->text), &v, NULL);
  if (!t->is_number)
    return;
  n->numbers = true;
  t->number = v;
  if (fabs(v) < MOST_PLAIN && v == trunc(v))
    snprintf(t->plain, sizeof t->plain, "%lld", (long long)v);
}

size_t mt_nulls_find(const struct mt_nulls *n, size_t column)
{
  size_t low = 0, high = n->extra_len;

  while (low < high) {
    size_t middle = low + (high - low) / 2;

    if (n->extra[middle].column < column)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The extra tokens that hold in a column, its own before those of all: the first, and
 * the one after i.  n->extra_len: there is none. */
static size_t first_token(const struct mt_nulls *n, size_t column)
{
  size_t i = mt_nulls_find(n, column);

  if (i < n->extra_len && n->extra[i].column == column)
    return i;
  return mt_nulls_find(n, MT_ALL_COLUMNS);
}

static size_t next_token(const struct mt_nulls *n, size_t column, size_t i)
{
  i++;
  if (i == n->extra_len || n->extra[i].column == column ||
      n->extra[i].column == MT_ALL_COLUMNS)
    return i;
  return mt_nulls_find(n, MT_ALL_COLUMNS);
}

int mt_nulls_add_token(struct mt_nulls *n, size_t column, const char *s, size_t len,
                       struct mt_error *err)
{
  struct mt_null_token *extra;
  size_t bytes, at;

  if (len == 0 || mt_nulls_has_slow(n, column, (const uint8_t *)s, len))
    return 0;
  if (len >= MT_NULL_TOKEN) {
    mt_fail(err, EINVAL, "the null token '%.20s...' is longer than %d bytes", s,
            MT_NULL_TOKEN - 1);
    mt_error_remedy(err, "give shorter tokens, separated by commas");
    return EINVAL;
  }
  if (!mt_size_mul(n->extra_len + 1, sizeof *extra, &bytes) ||
      (extra = realloc(n->extra, bytes)) == NULL)
    return mt_fail_memory(err);
  n->extra = extra;
  at = column == MT_ALL_COLUMNS ? n->extra_len : mt_nulls_find(n, column + 1);
  memmove(&extra[at + 1], &extra[at], (n->extra_len++ - at) * sizeof *extra);
  extra[at].column = column;
  memcpy(extra[at].text, s, len);
  extra[at].text[len] = '\0';
  note_number(n, &extra[at]);
  return 0;
}

int mt_nulls_add(struct mt_nulls *n, size_t column, const char *tokens,
                 struct mt_error *err)
{
  for (;;) {
    size_t len = strcspn(tokens, ",");
    int rc = mt_nulls_add_token(n, column, tokens, len, err);
    if (rc || tokens[len] == '\0')
      return rc;
    tokens += len + 1;
  }
}

bool mt_nulls_has_slow(const struct mt_nulls *n, size_t column, const uint8_t *s,
                       size_t len)
{
  if (len == 0 || (n->defaults && mt_null_word(s, len) >= 0))
    return true;
  if (n->sentinels != NULL && column != MT_ALL_COLUMNS && n->sentinels[column] != 0) {
    int i = mt_sentinel(s, len);
    if (i >= 0 && n->sentinels[column] >> i & 1)
      return true;
  }
  for (size_t i = first_token(n, column); i < n->extra_len; i = next_token(n, column, i))
    if (strlen(n->extra[i].text) == len && memcmp(n->extra[i].text, s, len) == 0)
      return true;
  return false;
}

bool mt_nulls_has_number_text(const struct mt_nulls *n, size_t column, const uint8_t *s,
                              size_t len)
{
  for (size_t i = first_token(n, column); i < n->extra_len;
       i = next_token(n, column, i)) {
    const struct mt_null_token *t = &n->extra[i];
    size_t plain = strlen(t->plain);

    if (plain > 0 && len >= plain && memcmp(t->plain, s, plain) == 0 &&
        (len == plain || (len == plain + 2 && memcmp(s + plain, ".0", 2) == 0)))
      return true;
  }
  return false;
}

bool mt_nulls_has_number(const struct mt_nulls *n, size_t column, double v)
{
  for (size_t i = first_token(n, column); i < n->extra_len; i = next_token(n, column, i))
    if (n->extra[i].is_number && n->extra[i].number == v)
      return true;
  return false;
}
