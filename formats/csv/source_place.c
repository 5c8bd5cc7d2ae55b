/* Where a source is: looking ahead, over lines that are no rows, going back, going to any
 * place. */
#include <string.h>

#include "formats/csv/source_private.h"

#define AHEAD_STEP ((size_t)1 << 20)

int mt_csv_source_look_ahead(struct mt_csv_source *s, size_t n, struct mt_error *err)
{
  size_t have = mt_csv_source_ahead(s);

  if (have >= n)
    return 0;
  if (s->ahead_pos) {
    memmove(s->ahead.data, s->ahead.data + s->ahead_pos, have);
    s->ahead.len = have;
    s->ahead_pos = 0;
  }
  if (mt_buffer_reserve(&s->ahead, n - have + MT_CSV_PAD))
    return mt_fail_memory(err);
  size_t got = mt_csv_source_input(s, s->ahead.data + have, n - have);
  s->ahead.len += got;
  memset(s->ahead.data + s->ahead.len, 0, MT_CSV_PAD);
  return got == 0 && s->failed.code ? mt_csv_source_fail_input(s, err) : 0;
}

void mt_csv_source_pass(struct mt_csv_source *s, size_t n)
{
  const uint8_t *text = s->ahead.data + s->ahead_pos;

  mt_csv_source_advance(s, text, n, mt_csv_count_lines(text, n));
  s->ahead_pos += n;
}

/* Whether a skipped line ends where others than pandas may not see its end. */
static bool is_odd_line(const struct mt_csv_cursor *c, size_t end)
{
  const int quote = c->dialect.quote;
  const uint8_t *cr = memchr(c->text, '\r', end);

  return (quote >= 0 && memchr(c->text, quote, end) != NULL) ||
         (cr != NULL && (cr + 2 != c->text + end || cr[1] != '\n'));
}

int mt_csv_source_skip_lines(struct mt_csv_source *s, uint64_t lines,
                             struct mt_error *err)
{
  while (lines) {
    struct mt_csv_cursor c;
    size_t have = s->ahead.len - s->ahead_pos, pos = 0;
    mt_csv_cursor_init(&c, &s->dialect, s->ahead.data + s->ahead_pos, have, s->input_end);
    enum mt_csv_item item = mt_csv_skip_line(&c, &pos, s->max_field);
    if (item == MT_CSV_END)
      return 0;
    if (item == MT_CSV_BLANK) {
      if (is_odd_line(&c, pos))
        s->irregular = true;
      mt_csv_source_pass(s, pos);
      lines--;
      continue;
    }
    int rc = mt_csv_source_check_limits(s, c.text, have, err);
    if (!rc)
      rc = mt_csv_source_look_ahead(s, have < AHEAD_STEP ? AHEAD_STEP : 2 * have, err);
    if (rc)
      return rc;
  }
  return 0;
}

/* The input is going to be somewhere else. */
static void forget(struct mt_csv_source *s)
{
  s->ahead.len = s->ahead_pos = 0;
  s->need = 0;
  s->input_end = s->over = s->fetched = false;
  atomic_store(&s->sated, false);
  s->reserved = MT_CSV_HERE;
  s->failed = (struct mt_error){0};
}

/* Back to a place that has been passed: `bytes` of the decoded file are read again
 * and dropped. */
static int drop_input(struct mt_csv_source *s, uint64_t bytes, struct mt_error *err)
{
  uint8_t waste[4096];

  while (bytes && !s->failed.code && !s->input_end)
    bytes -= mt_csv_source_input(s, waste,
                                 bytes < sizeof waste ? (size_t)bytes : sizeof waste);
  if (s->failed.code && err)
    *err = s->failed;
  return s->failed.code;
}

int mt_csv_source_rewind(struct mt_csv_source *s, const struct mt_csv_place *place,
                         struct mt_error *err)
{
  int rc = mt_input_rewind(s->input, err);

  if (rc)
    return rc;
  forget(s);
  s->place = *place;
  return drop_input(s, place->byte, err);
}

int mt_csv_source_move(struct mt_csv_source *s, const struct mt_csv_place *to,
                       bool *there, struct mt_error *err)
{
  const size_t have = s->ahead.len - s->ahead_pos;

  *there = true;
  if (s->moved && to->byte >= s->place.byte && to->byte - s->place.byte <= have) {
    s->ahead_pos += (size_t)(to->byte - s->place.byte);
    s->place = *to;
    return 0;
  }
  forget(s);
  int rc = mt_input_move(s->input, to->byte, there, err);
  s->moved = !rc && *there;
  if (s->moved)
    s->place = *to;
  return rc;
}

int mt_csv_source_read(struct mt_csv_source *s, uint8_t *p, size_t n, size_t *got,
                       struct mt_error *err)
{
  *got = s->ahead.len - s->ahead_pos;
  if (*got > n)
    *got = n;
  if (*got)
    memcpy(p, s->ahead.data + s->ahead_pos, *got);
  s->ahead_pos += *got;
  *got += mt_csv_source_input(s, p + *got, n - *got);
  s->moved = false; /* nobody counts these lines */
  return *got == 0 && s->failed.code ? mt_csv_source_fail_input(s, err) : 0;
}
