/* Texts looked for in the cells of all rows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/session/browse_private.h"

static uint8_t small(uint8_t c)
{
  return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static uint8_t capital(uint8_t c)
{
  return c >= 'a' && c <= 'z' ? (uint8_t)(c - ('a' - 'A')) : c;
}

static bool starts(const uint8_t *s, const struct mt_browse_search *q)
{
  size_t i = 1;

  while (i < q->len && small(s[i]) == (uint8_t)q->text[i])
    i++;
  return i == q->len;
}

/* The nearer of two bytes in s[0..n), or NULL. */
static const uint8_t *find_either(const uint8_t *s, size_t n, uint8_t a, uint8_t b)
{
  const uint8_t *first = memchr(s, a, n);
  const uint8_t *other = memchr(s, b, first == NULL ? n : (size_t)(first - s));

  return other != NULL ? other : first;
}

/* The first place of the text in s[0..n), whatever its case; NULL when there is none.
 * Both forms of its first letter are looked for, a stretch at a time: where one of them
 * is everywhere, the other is not looked for to the end each time. */
static const uint8_t *find_folded(const uint8_t *s, size_t n,
                                  const struct mt_browse_search *q)
{
  enum { STRETCH = 256 };
  const uint8_t first = (uint8_t)q->text[0], other = capital(first);
  const uint8_t *end = n >= q->len ? s + (n - q->len + 1) : s;

  while (s < end) {
    const size_t left = (size_t)(end - s), stretch = left < STRETCH ? left : STRETCH;
    const uint8_t *at = find_either(s, stretch, first, other);
    if (at != NULL && starts(at, q))
      return at;
    s = at != NULL ? at + 1 : s + stretch;
  }
  return NULL;
}

const uint8_t *mt_browse_find(const uint8_t *s, size_t n,
                              const struct mt_browse_search *q)
{
  return q->fold ? find_folded(s, n, q) : memmem(s, n, q->text, q->len);
}

/* The row of the chunk that holds the byte at an offset of its text. */
static size_t row_at(const struct mt_chunk *c, size_t offset)
{
  size_t low = 0, high = c->rows;

  while (low + 1 < high) {
    size_t middle = low + (high - low) / 2;
    if (c->row_byte[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Notes the first cell of a row that holds the text, or the last one, and is on the right
 * side of where the search began. */
static bool look_in_row(struct mt_browser *b, size_t r)
{
  const struct mt_browse_search *q = &b->search;
  const struct mt_chunk *c = &b->chunk;
  const uint64_t row = c->first_row + r;
  size_t from = 0, to = c->columns;
  bool found = false;

  if (q->backward ? row > q->row : row < q->row)
    return false;
  if (row == q->row && q->backward)
    to = q->column;
  else if (row == q->row)
    from = q->column;
  for (size_t k = from; k < to && !(found && !q->backward); k++) {
    const struct mt_cell *cell = mt_chunk_column(c, k) + r;
    if (mt_browse_find(c->text + cell->off, cell->len, q) == NULL)
      continue;
    found = true;
    b->found = (struct mt_found){true, row, k, mt_chunk_line(c, r),
                                 mt_chunk_cell_byte(c, r, cell)};
  }
  return found;
}

/* Looks through the block's cells: where its bytes do not hold the text, none does. */
static int look_in_block(struct mt_browser *b, bool *found)
{
  const struct mt_browse_search *q = &b->search;
  const uint8_t *text = b->block.text;
  const size_t len = b->block.len;
  const int quote = b->rows->quote;

  *found = false;
  if ((quote < 0 || memchr(text, quote, len) == NULL) &&
      mt_browse_find(text, len, q) == NULL)
    return 0;
  int rc = mt_browse_decode(b);
  if (rc != 0)
    return rc;
  text = b->chunk.text; /* quoted cells are as they are now */
  for (const uint8_t *at = text;
       (at = mt_browse_find(at, (size_t)(text + len - at), q)) != NULL;) {
    const size_t r = row_at(&b->chunk, (size_t)(at - text));
    *found |= look_in_row(b, r);
    if ((*found && !q->backward) || r + 1 == b->chunk.rows)
      break;
    at = text + b->chunk.row_byte[r + 1];
  }
  return 0;
}

static void done(struct mt_browser *b)
{
  b->job = MT_BROWSE_NONE;
}

/* Backwards, one stretch of the file after another is gone through forwards: what was
 * found last is the nearest.  Where going back means to begin anew, there is but one. */
static void begin_stretch(struct mt_browser *b)
{
  const struct mt_browse_search *q = &b->search;

  b->from = b->rows->first;
  if (!b->rows->direct) {
    b->job = MT_BROWSE_SEARCH;
    b->arrived = false;
  } else if (q->column == 0 && q->row > 0) { /* nothing of that row is looked at */
    mt_browse_begin_row(b, MT_BROWSE_SEARCH, q->row - 1);
  } else {
    mt_browse_begin_row(b, MT_BROWSE_SEARCH, q->row);
  }
}

static void end_stretch(struct mt_browser *b)
{
  struct mt_browse_search *q = &b->search;

  if (b->found.found || b->from.row == 0) {
    done(b);
    return;
  }
  q->row = b->from.row;
  q->column = 0;
  begin_stretch(b);
}

int mt_browse_step_search(struct mt_browser *b)
{
  const struct mt_browse_search *q = &b->search;
  const uint64_t at = b->rows->at.row, end = q->row + (q->column > 0);
  bool found;

  if (q->backward && at >= end) {
    end_stretch(b);
    return 0;
  }
  int rc = mt_browse_next(b, q->backward ? end - at : UINT64_MAX);
  if (rc == 0 && b->block.rows > 0)
    rc = look_in_block(b, &found);
  if (rc != 0)
    return rc;
  if (b->block.rows == 0 && q->backward)
    end_stretch(b);
  else if (b->block.rows == 0 || (found && !q->backward))
    done(b);
  return 0;
}

static bool has_capitals(const char *s, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (s[i] >= 'A' && s[i] <= 'Z')
      return true;
  return false;
}

int mt_browse_take_text(struct mt_browser *b, const char *text, size_t n)
{
  struct mt_browse_search *q = &b->search;
  char *copy = malloc(n + 1);

  if (copy == NULL)
    return mt_fail_memory(NULL);
  memcpy(copy, text, n);
  copy[n] = '\0';
  free(q->text);
  free(q->raw);
  *q = (struct mt_browse_search){.text = copy, .len = n, .fold = !has_capitals(text, n)};
  b->found = (struct mt_found){0};
  b->started = false;
  return 0;
}

int mt_browser_search(struct mt_browser *b, const char *text, size_t n, uint64_t row,
                      size_t column, int step)
{
  struct mt_browse_search *q = &b->search;

  if (mt_browse_take_text(b, text, n) != 0)
    return ENOMEM;
  q->backward = step < 0;
  q->row = row;
  q->column = column;
  if (n == 0) {
    done(b);
  } else if (q->backward) {
    begin_stretch(b);
    q->origin = b->from.byte;
  } else {
    mt_browse_begin_row(b, MT_BROWSE_SEARCH, row);
  }
  return 0;
}
