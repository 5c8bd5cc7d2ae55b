/* Texts looked for in the lines of the file as they are, whatever its cells. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/session/browse_private.h"

#define STEP_BYTES ((size_t)256 << 10)

/* Over text[0..n), which lies where the walk is. */
static void walk_on(struct mt_line_walk *w, const uint8_t *text, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const uint8_t c = text[i];
    if (c == '\n' || c == '\r') {
      w->line += !(c == '\n' && w->after_cr);
      w->start = w->byte + i + 1;
    }
    w->after_cr = c == '\r';
  }
  w->byte += n;
}

/* Whether the walk is before the place that the search began at. */
static bool is_before(const struct mt_browser *b)
{
  const struct mt_browse_search *q = &b->search;
  const struct mt_line_walk *w = &b->walk;

  return w->line < q->line || (w->line == q->line && w->byte < q->byte);
}

/* Looks through the bytes that are there, and walks on to behind them, but for those at
 * the end that a place may begin with.  *done: no more of them need be looked at. */
static void look(struct mt_browser *b, bool more, bool *done)
{
  struct mt_browse_search *q = &b->search;
  struct mt_line_walk *w = &b->walk;
  const uint8_t *s = q->raw, *end = s + q->held, *at;

  *done = false;
  while (!*done && (at = mt_browse_find(s, (size_t)(end - s), q)) != NULL) {
    walk_on(w, s, (size_t)(at - s));
    *done = !is_before(b);
    if (*done != q->backward)
      b->found = (struct mt_found){.found = true, .line = w->line, .byte = w->byte};
    walk_on(w, at, 1);
    s = at + 1;
  }
  size_t keep = more ? q->len - 1 : 0;
  if ((size_t)(end - s) > keep) {
    walk_on(w, s, (size_t)(end - s) - keep);
    s = end - keep;
  }
  q->held = (size_t)(end - s);
  memmove(q->raw, s, q->held);
  *done |= q->backward && !is_before(b);
}

/* Backwards, one stretch of the file after another, as in browse_search.c. */
static void begin_stretch(struct mt_browser *b)
{
  const struct mt_browse_search *q = &b->search;
  const bool whole_lines = q->byte == 0 && q->line > 1;

  b->search.held = 0;
  mt_browse_begin_line(b, MT_BROWSE_FIND, whole_lines ? q->line - 1 : q->line);
  if (!b->rows->direct)
    b->from = (struct mt_mark){.line = 1, .before = '\n'};
}

static void end_stretch(struct mt_browser *b)
{
  struct mt_browse_search *q = &b->search;

  if (b->found.found || b->from.byte == 0) {
    b->job = MT_BROWSE_NONE;
    return;
  }
  q->line = b->from.line;
  q->byte = 0;
  begin_stretch(b);
}

int mt_browse_step_find(struct mt_browser *b)
{
  struct mt_browse_search *q = &b->search;
  const struct mt_line_walk *w = &b->walk;
  size_t got = 0;
  bool done;

  int rc = b->rows->ops->read(b->rows, q->raw + q->held, STEP_BYTES, &got, &b->error);
  if (rc != 0)
    return rc;
  q->held += got;
  look(b, got > 0, &done);
  if (!w->after_cr && w->start > b->from.byte)
    mt_browse_note(&b->near_lines,
                   &(struct mt_mark){.byte = w->start, .line = w->line, .before = '\n'});
  if ((done || got == 0) && q->backward)
    end_stretch(b);
  else if (done || got == 0)
    b->job = MT_BROWSE_NONE;
  return 0;
}

int mt_browser_find(struct mt_browser *b, const char *text, size_t n, uint64_t line,
                    uint64_t byte, int step)
{
  struct mt_browse_search *q = &b->search;

  if (mt_browse_take_text(b, text, n) != 0)
    return ENOMEM;
  q->raw = malloc(STEP_BYTES + n);
  if (q->raw == NULL)
    return mt_fail_memory(NULL);
  q->backward = step < 0;
  q->line = line;
  q->byte = byte;
  if (n == 0) {
    b->job = MT_BROWSE_NONE;
  } else if (q->backward) {
    begin_stretch(b);
    q->origin = b->from.byte;
  } else {
    mt_browse_begin_line(b, MT_BROWSE_FIND, line);
  }
  return 0;
}
