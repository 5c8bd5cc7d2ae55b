#include "formats/csv/source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats/csv/regular.h"

#define AHEAD_KEPT ((size_t)256 << 10)
#define AIM_MIN ((size_t)64 << 10)
#define AHEAD_STEP ((size_t)1 << 20)
#define RECORD_MAX ((size_t)INT32_MAX - 1024) /* cells have 31 bits for lengths */

static int begin(struct mt_csv_source *s, const char *path, struct mt_error *err)
{
  s->place = (struct mt_csv_place){.line = 1, .before = '\n'};
  mt_buffer_init(&s->ahead, SIZE_MAX);
  if (s->max_field > RECORD_MAX)
    s->max_field = RECORD_MAX;
  if (s->block_size > RECORD_MAX / 2)
    s->block_size = RECORD_MAX / 2;
  s->aim = s->block_size;
  s->path = strdup(path);
  return s->path ? 0 : mt_fail_memory(err);
}

int mt_csv_source_open(struct mt_csv_source *s, const char *path, const char *encoding,
                       struct mt_error *err)
{
  int rc = begin(s, path, err);

  return rc ? rc : mt_input_open(&s->input, path, encoding, err);
}

int mt_csv_source_share(struct mt_csv_source *s, const struct mt_csv_source *from,
                        struct mt_error *err)
{
  s->dialect = from->dialect;
  s->max_field = from->max_field;
  s->max_columns = from->max_columns;
  int rc = begin(s, from->path, err);
  return rc ? rc : mt_input_share(&s->input, from->input, err);
}

void mt_csv_source_close(struct mt_csv_source *s)
{
  mt_input_free(s->input);
  mt_buffer_reset(&s->ahead);
  free(s->path);
}

/* --- bytes --------------------------------------------------------------------- */

static void advance(struct mt_csv_source *s, const uint8_t *text, size_t n,
                    uint64_t lines)
{
  if (!n)
    return;
  s->place.byte += n;
  s->place.line += lines;
  s->place.before = text[n - 1];
}

/* Reads to p until n bytes are there or the input ends or fails. */
static size_t read_input(struct mt_csv_source *s, uint8_t *p, size_t n)
{
  size_t len = 0;

  while (len < n && !s->input_end && !s->failed.code) {
    size_t got;
    if (mt_input_read(s->input, p + len, n - len, &got, &s->failed))
      break;
    s->input_end = got == 0;
    len += got;
  }
  return len;
}

/* Makes the block hold `want` bytes, or all there are. */
static int fill(struct mt_csv_source *s, struct mt_block *b, size_t want,
                struct mt_error *err)
{
  if (b->cap < want + MT_CSV_PAD) {
    uint8_t *text = realloc(b->text, want + MT_CSV_PAD);
    if (!text)
      return mt_fail_memory(err);
    b->text = text;
    b->cap = want + MT_CSV_PAD;
  }
  size_t n = s->ahead.len - s->ahead_pos;
  if (n > want - b->len)
    n = want - b->len;
  if (n)
    memcpy(b->text + b->len, s->ahead.data + s->ahead_pos, n);
  b->len += n;
  s->ahead_pos += n;
  if (b->len == want)
    return 0;
  b->len += read_input(s, b->text + b->len, want - b->len);
  if (s->ahead.cap > AHEAD_KEPT) /* it was the sample, or a long look ahead */
    mt_buffer_reset(&s->ahead);
  s->ahead.len = s->ahead_pos = 0;
  return 0;
}

/* The bytes either all came from ahead and still lie before ahead_pos, or ahead has
 * been used up. */
int mt_csv_source_give_back(struct mt_csv_source *s, struct mt_block *b, size_t used,
                            struct mt_error *err)
{
  const size_t n = b->len - used;

  b->len = used;
  if (s->ahead_pos < n) {
    s->ahead.len = s->ahead_pos = 0;
    return mt_buffer_append(&s->ahead, b->text + used, n) ? mt_fail_memory(err) : 0;
  }
  s->ahead_pos -= n;
  return 0;
}

/* --- records ------------------------------------------------------------------- */

static void cursor_over(struct mt_csv_cursor *c, const struct mt_csv_source *s,
                        const struct mt_block *b)
{
  bool last = s->input_end && s->ahead_pos == s->ahead.len;

  mt_csv_cursor_init(c, &s->dialect, b->text, b->len, last);
}

static int push_open_quote(struct mt_block *b, uint32_t offset, struct mt_error *err)
{
  if (b->open_quotes_len == b->open_quotes_cap) {
    size_t cap = b->open_quotes_cap ? 2 * b->open_quotes_cap : 4;
    uint32_t *p = reallocarray(b->open_quotes, cap, sizeof *p);
    if (!p)
      return mt_fail_memory(err);
    b->open_quotes = p;
    b->open_quotes_cap = cap;
  }
  b->open_quotes[b->open_quotes_len++] = offset;
  return 0;
}

/* The limits hold for a whole record however much of it is in memory: whatever
 * the beginning of a record breaks, the record breaks.  The three bytes are a
 * closing quote and a line end. */
static int check_limits(const struct mt_csv_source *s, const uint8_t *text, size_t len,
                        struct mt_error *err)
{
  size_t fields, longest;

  if (len <= s->max_field)
    return 0;
  mt_csv_measure(&s->dialect, text, len, &fields, &longest);
  if (longest > s->max_field + 3) {
    mt_fail(err, EFBIG, "%s: a field is longer than %" PRIu64 " bytes", s->path,
            s->max_field);
    mt_error_remedy(err, "check that it is a text table; --max-field raises the limit");
  } else if (fields > s->max_columns) {
    mt_fail(err, EFBIG, "%s: a row has more than %" PRIu64 " fields", s->path,
            s->max_columns);
    mt_error_remedy(err, "check that it is a text table; --max-columns raises the limit");
  } else if (len > RECORD_MAX) {
    mt_fail(err, EFBIG, "%s: a row is longer than 2 GiB", s->path);
  } else {
    return 0;
  }
  mt_error_at(err, s->place.line, s->place.byte);
  return EFBIG;
}

/* Passes over one record.  A quote that does not close costs one look ahead of at
 * most max_field bytes; all quotes in there are doubled ones, so that none of them
 * opens a field again and the next such look starts behind it. */
static int take_record(struct mt_csv_source *s, struct mt_block *b,
                       struct mt_csv_cursor *c, size_t *pos, enum mt_csv_item *item,
                       struct mt_error *err)
{
  const size_t start = *pos;

  *item = mt_csv_skim(c, pos, s->max_field);
  if (*item == MT_CSV_OPEN_QUOTE || *item == MT_CSV_LONG_FIELD) {
    uint32_t offset = (uint32_t)*pos | (*item == MT_CSV_LONG_FIELD ? MT_BLOCK_LONG : 0);
    *item = mt_csv_end_line(c, pos);
    if (*item == MT_CSV_RECORD) {
      int rc = push_open_quote(b, offset, err);
      if (rc)
        return rc;
    }
  }
  return *item == MT_CSV_RECORD ? check_limits(s, b->text + start, *pos - start, err) : 0;
}

/* Passes over regular records, but none that is longer than a field may be. */
static void take_regular(struct mt_csv_source *s, struct mt_block *b, size_t *pos,
                         size_t max_rows, size_t *used)
{
  const size_t left = b->len - *pos;
  struct mt_csv_run run;

  mt_csv_run_begin(&run, &s->dialect, b->text,
                   *pos + (left < s->max_field ? left : (size_t)s->max_field), *pos);
  uint64_t rows = mt_csv_run_count(&run, max_rows - b->rows, pos);
  if (rows)
    *used = *pos;
  b->rows += rows;
  s->line_each &= !run.multiline;
}

/* The record at start is the file's last, and irregular for want of a line end, if for
 * anything: what its quotes are like is not looked at, but that there are none. */
static bool is_last_line(const struct mt_csv_cursor *c, size_t start, size_t end)
{
  const int quote = c->dialect.quote;

  return c->last && end == c->len && c->text[end - 1] != '\n' &&
         c->text[end - 1] != '\r' &&
         (quote < 0 || memchr(c->text + start, quote, end - start) == NULL);
}

static int fail_input(struct mt_csv_source *s, struct mt_error *err)
{
  mt_error_at(&s->failed, s->place.line, s->place.byte);
  if (err)
    *err = s->failed;
  return s->failed.code;
}

/* The block holds no whole record: drops the blank lines before it, which end at
 * pos, and reads on. */
static int take_more(struct mt_csv_source *s, struct mt_block *b, size_t pos,
                     struct mt_error *err)
{
  advance(s, b->text, pos, mt_csv_count_lines(b->text, pos));
  b->len -= pos;
  memmove(b->text, b->text + pos, b->len);
  if (s->failed.code)
    return fail_input(s, err);
  int rc = check_limits(s, b->text, b->len, err);
  if (rc)
    return rc;
  size_t want = pos ? b->len : 2 * b->len;
  if (want > RECORD_MAX)
    want = RECORD_MAX + 1;
  return fill(s, b, want < s->block_size ? s->block_size : want, err);
}

static void empty(const struct mt_csv_source *s, struct mt_block *b)
{
  if (b->cap > 4 * (s->block_size + MT_CSV_PAD)) { /* a giant record is behind us */
    free(b->text);
    b->text = NULL;
    b->cap = 0;
  }
  b->len = b->rows = b->open_quotes_len = 0;
}

int mt_csv_source_take(struct mt_csv_source *s, struct mt_block *b, size_t max_rows,
                       size_t *used, struct mt_error *err)
{
  struct mt_csv_cursor c;
  enum mt_csv_item item = MT_CSV_BLANK;
  size_t pos = 0;

  empty(s, b);
  s->line_each = true;
  *used = 0;
  int rc = fill(s, b, s->aim, err);
  cursor_over(&c, s, b);
  while (!rc && b->rows < max_rows && item != MT_CSV_END) {
    take_regular(s, b, &pos, max_rows, used);
    if (b->rows == max_rows)
      break;
    size_t start = pos;
    item = mt_csv_start(&c, &pos);
    if (item == MT_CSV_RECORD)
      rc = take_record(s, b, &c, &pos, &item, err);
    if (item == MT_CSV_BLANK || (item == MT_CSV_RECORD && !is_last_line(&c, start, pos)))
      s->irregular = true;
    if (rc || item == MT_CSV_MORE) {
      if (b->rows > 0) {
        rc = 0;
        break;
      }
      rc = rc ? rc : take_more(s, b, start, err);
      cursor_over(&c, s, b);
      pos = 0;
    } else if (item == MT_CSV_RECORD) {
      b->rows++;
      *used = pos;
    }
    s->line_each &= item == MT_CSV_MORE || item == MT_CSV_END;
  }
  return rc;
}

/* Blocks that are full of rows before they are full of bytes: read little more than
 * the next one will take, since what is left over has to be moved. */
static void set_aim(struct mt_csv_source *s, size_t taken)
{
  s->aim = taken + taken / 8;
  if (s->aim < AIM_MIN)
    s->aim = AIM_MIN;
  if (s->aim > s->block_size)
    s->aim = s->block_size;
}

int mt_csv_source_block(struct mt_csv_source *s, struct mt_block *b, size_t max_rows,
                        struct mt_error *err)
{
  size_t used;
  int rc = mt_csv_source_take(s, b, max_rows, &used, err);

  if (!rc)
    rc = mt_csv_source_give_back(s, b, used, err);
  if (rc)
    return rc;
  set_aim(s, b->rows == max_rows ? b->len : s->block_size);
  b->byte = s->place.byte;
  b->line = s->place.line;
  b->before = s->place.before;
  memset(b->text + b->len, 0, MT_CSV_PAD);
  advance(s, b->text, b->len,
          s->line_each ? b->rows : mt_csv_count_lines(b->text, b->len));
  return 0;
}

int mt_csv_source_look_ahead(struct mt_csv_source *s, size_t n, struct mt_error *err)
{
  size_t have = s->ahead.len - s->ahead_pos;

  if (have >= n)
    return 0;
  if (s->ahead_pos) {
    memmove(s->ahead.data, s->ahead.data + s->ahead_pos, have);
    s->ahead.len = have;
    s->ahead_pos = 0;
  }
  if (mt_buffer_reserve(&s->ahead, n - have + MT_CSV_PAD))
    return mt_fail_memory(err);
  size_t got = read_input(s, s->ahead.data + have, n - have);
  s->ahead.len += got;
  memset(s->ahead.data + s->ahead.len, 0, MT_CSV_PAD);
  return got == 0 && s->failed.code ? fail_input(s, err) : 0;
}

void mt_csv_source_pass(struct mt_csv_source *s, size_t n)
{
  const uint8_t *text = s->ahead.data + s->ahead_pos;

  advance(s, text, n, mt_csv_count_lines(text, n));
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
    int rc = check_limits(s, c.text, have, err);
    if (!rc)
      rc = mt_csv_source_look_ahead(s, have < AHEAD_STEP ? AHEAD_STEP : 2 * have, err);
    if (rc)
      return rc;
  }
  return 0;
}

/* Back to a place that has been passed: `bytes` of the decoded file are read again
 * and dropped. */
static int drop_input(struct mt_csv_source *s, uint64_t bytes, struct mt_error *err)
{
  uint8_t waste[4096];

  while (bytes && !s->failed.code && !s->input_end)
    bytes -= read_input(s, waste, bytes < sizeof waste ? (size_t)bytes : sizeof waste);
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
  s->ahead.len = s->ahead_pos = 0;
  s->input_end = false;
  s->failed = (struct mt_error){0};
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
  s->ahead.len = s->ahead_pos = 0;
  s->input_end = false;
  s->failed = (struct mt_error){0};
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
  *got += read_input(s, p + *got, n - *got);
  s->moved = false; /* nobody counts these lines */
  return *got == 0 && s->failed.code ? fail_input(s, err) : 0;
}
