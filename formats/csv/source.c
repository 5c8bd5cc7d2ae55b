#include "formats/csv/source_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD_KEPT ((size_t)256 << 10)
#define AIM_MIN ((size_t)64 << 10)
#define HEADROOM ((size_t)64 << 10)
#define RECORD_MAX ((size_t)INT32_MAX - 1024) /* cells have 31 bits for lengths */

static int begin(struct mt_csv_source *s, const char *path, struct mt_error *err)
{
  s->place = (struct mt_csv_place){.line = 1, .before = '\n'};
  mt_buffer_init(&s->ahead, SIZE_MAX);
  if (s->max_field > RECORD_MAX)
    s->max_field = RECORD_MAX;
  if (s->block_size > RECORD_MAX / 2)
    s->block_size = RECORD_MAX / 2;
  s->later = UINT64_MAX;
  s->aim = s->block_size;
  s->steps = true;
  s->reserved = MT_CSV_HERE;
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
  s->steps = false; /* a few rows from here and there: no more is read than they take */
  return rc ? rc : mt_input_share(&s->input, from->input, err);
}

void mt_csv_source_close(struct mt_csv_source *s)
{
  mt_input_free(s->input);
  mt_buffer_reset(&s->ahead);
  free(s->path);
}

/* --- bytes --------------------------------------------------------------------- */

void mt_csv_source_advance(struct mt_csv_source *s, const uint8_t *text, size_t n,
                           uint64_t lines)
{
  if (!n)
    return;
  s->place.byte += n;
  s->place.line += lines;
  s->place.before = text[n - 1];
}

size_t mt_csv_source_input(struct mt_csv_source *s, uint8_t *p, size_t n)
{
  size_t len = 0;

  while (len < n && !s->input_end && !s->failed.code && !s->fetched) {
    size_t got;
    if (mt_input_read(s->input, p + len, n - len, &got, &s->failed))
      break;
    s->input_end = got == 0;
    len += got;
  }
  return len;
}

size_t mt_csv_source_ahead(const struct mt_csv_source *s)
{
  return s->ahead.len - s->ahead_pos;
}

static void empty_ahead(struct mt_csv_source *s)
{
  if (s->ahead.cap > AHEAD_KEPT) /* it was the sample, or a long look ahead */
    mt_buffer_reset(&s->ahead);
  s->ahead.len = s->ahead_pos = 0;
}

int mt_csv_source_make_room(const struct mt_csv_source *s, struct mt_block *b, size_t at,
                            size_t bytes)
{
  const size_t need = at + bytes + MT_CSV_PAD;

  if (b->len == 0 && b->cap > 4 * (s->block_size + MT_CSV_PAD)) {
    free(b->room); /* a giant record is behind us */
    b->room = NULL;
    b->cap = 0;
  }
  if (b->cap < need) {
    uint8_t *room = realloc(b->room, need);
    if (!room)
      return ENOMEM;
    b->room = room;
    b->cap = need;
  }
  b->text = b->room + at;
  return 0;
}

/* Makes the block hold `want` bytes, or all there are. */
static int fill(struct mt_csv_source *s, struct mt_block *b, size_t want,
                struct mt_error *err)
{
  if (mt_csv_source_make_room(s, b, b->len ? (size_t)(b->text - b->room) : 0, want))
    return mt_fail_memory(err);
  size_t n = mt_csv_source_ahead(s);
  if (n > want - b->len)
    n = want - b->len;
  if (n)
    memcpy(b->text + b->len, s->ahead.data + s->ahead_pos, n);
  b->len += n;
  s->ahead_pos += n;
  if (b->len == want)
    return 0;
  b->len += mt_csv_source_input(s, b->text + b->len, want - b->len);
  empty_ahead(s);
  return 0;
}

static int append_ahead(struct mt_csv_source *s, const uint8_t *p, size_t n,
                        struct mt_error *err)
{
  const size_t waiting = mt_csv_source_ahead(s);

  if (s->ahead_pos && waiting)
    memmove(s->ahead.data, s->ahead.data + s->ahead_pos, waiting);
  s->ahead.len = waiting;
  s->ahead_pos = 0;
  return mt_buffer_append(&s->ahead, p, n) ? mt_fail_memory(err) : 0;
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
    return append_ahead(s, b->text + used, n, err);
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

/* The three bytes are a closing quote and a line end. */
int mt_csv_source_check_limits(const struct mt_csv_source *s, const uint8_t *text,
                               size_t len, struct mt_error *err)
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
  return *item == MT_CSV_RECORD
             ? mt_csv_source_check_limits(s, b->text + start, *pos - start, err)
             : 0;
}

void mt_csv_source_run(const struct mt_csv_source *s, struct mt_csv_run *run,
                       const uint8_t *text, size_t pos, size_t end)
{
  const size_t left = end - pos;

  mt_csv_run_begin(run, &s->dialect, text,
                   pos + (left < s->max_field ? left : (size_t)s->max_field), pos);
}

/* Passes over regular records up to `end`. */
static void count_regular(struct mt_csv_source *s, struct mt_block *b, size_t *pos,
                          size_t end, size_t max_rows, size_t *used)
{
  struct mt_csv_run run;

  mt_csv_source_run(s, &run, b->text, *pos, end);
  uint64_t rows = mt_csv_run_count(&run, max_rows - b->rows, pos);
  if (rows)
    *used = *pos;
  b->rows += rows;
  s->line_each &= !run.multiline;
}

/* Passes over those that fetch.h has counted, if a record begins where they do. */
static void take_counted(struct mt_csv_source *s, struct mt_block *b, size_t *pos,
                         size_t max_rows, size_t *used)
{
  struct mt_fetched *f = &b->fetched;

  if (f->run_rows && *pos < f->run_from)
    count_regular(s, b, pos, f->run_from, max_rows, used);
  if (f->run_rows && *pos == f->run_from && f->run_rows <= max_rows - b->rows) {
    b->rows += f->run_rows;
    s->line_each &= !f->run_multiline;
    *pos = *used = f->run_to;
  }
  f->run_rows = 0;
}

static void take_regular(struct mt_csv_source *s, struct mt_block *b, size_t *pos,
                         size_t max_rows, size_t *used)
{
  take_counted(s, b, pos, max_rows, used);
  if (b->rows < max_rows)
    count_regular(s, b, pos, b->len, max_rows, used);
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

int mt_csv_source_fail_input(struct mt_csv_source *s, struct mt_error *err)
{
  mt_error_at(&s->failed, s->place.line, s->place.byte);
  if (err)
    *err = s->failed;
  return s->failed.code;
}

/* What has been read ends with this block's bytes. */
static bool is_read_up(const struct mt_csv_source *s)
{
  return mt_csv_source_ahead(s) == 0 && (s->input_end || s->failed.code);
}

/* The block holds no whole record: drops the blank lines before it, which end at
 * pos, and reads on.  *none: a fetched block cannot. */
static int take_more(struct mt_csv_source *s, struct mt_block *b, size_t pos, bool *none,
                     struct mt_error *err)
{
  mt_csv_source_advance(s, b->text, pos, mt_csv_count_lines(b->text, pos));
  b->len -= pos;
  memmove(b->text, b->text + pos, b->len);
  if (s->failed.code && is_read_up(s))
    return mt_csv_source_fail_input(s, err);
  int rc = mt_csv_source_check_limits(s, b->text, b->len, err);
  if (rc)
    return rc;
  size_t want = pos ? b->len : 2 * b->len;
  if (want < s->block_size)
    want = s->block_size;
  if (want > RECORD_MAX)
    want = RECORD_MAX + 1;
  s->need = want;
  *none = s->fetched && b->len + mt_csv_source_ahead(s) < want && !s->input_end &&
          !s->failed.code;
  return *none ? 0 : fill(s, b, want, err);
}

/* ---- blocks ---------------------------------------------------------------------- */

static size_t step_size(const struct mt_csv_source *s, uint64_t at)
{
  return at < s->later ? s->block_size : s->later_size;
}

uint64_t mt_csv_source_step_end(const struct mt_csv_source *s, uint64_t at)
{
  const uint64_t first = at < s->later ? 0 : s->later, step = step_size(s, at);

  return first + ((at - first) / step + 1) * step;
}

/* Bytes to look at for the next block. */
static size_t next_want(const struct mt_csv_source *s)
{
  const uint64_t at = s->place.byte - s->origin;

  if (s->need || !s->steps)
    return s->need ? s->need : s->aim;
  return (size_t)(mt_csv_source_step_end(s, at + step_size(s, at) / 2) - at);
}

/* As much of them as is needed to fill the block with rows, if they filled the last one:
 * what is left over has to be moved. */
static size_t first_look(const struct mt_csv_source *s, size_t want)
{
  return s->full && !s->need && s->aim < want ? s->aim : want;
}

size_t mt_csv_source_headroom(const struct mt_csv_source *s)
{
  return s->block_size / 2 < HEADROOM ? s->block_size / 2 : HEADROOM;
}

/* The bytes of the block follow those that were read so far, unless the input has ended
 * already. */
static void receive(struct mt_csv_source *s, struct mt_fetched *f)
{
  if (s->input_end || s->failed.code) {
    f->len = 0;
    return;
  }
  mt_input_pass(s->input, f->len);
  s->input_end = f->end;
  s->failed = f->failed;
}

/* Puts what waits in front of the bytes of the block.  Where it is too long for that,
 * they wait behind it, and the block gets the first of all; none while these are too few.
 */
static int join(struct mt_csv_source *s, struct mt_block *b, struct mt_error *err)
{
  const size_t headroom = mt_csv_source_headroom(s), want = next_want(s);
  struct mt_fetched *f = &b->fetched;

  receive(s, f);
  const size_t waiting = mt_csv_source_ahead(s), all = waiting + f->len;
  const bool enough = all >= want || s->input_end || s->failed.code;
  if (f->len && enough && waiting <= headroom && all <= want) {
    b->text -= waiting;
    if (waiting)
      memcpy(b->text, s->ahead.data + s->ahead_pos, waiting);
    empty_ahead(s);
    f->run_from += waiting;
    f->run_to += waiting;
    b->len = all;
    return 0;
  }
  f->run_rows = 0;
  int rc = f->len ? append_ahead(s, b->text, f->len, err) : 0;
  return rc || !enough ? rc : fill(s, b, first_look(s, want), err);
}

static int begin_block(struct mt_csv_source *s, struct mt_block *b, struct mt_error *err)
{
  s->fetched = b->fetched.any;
  if (!s->fetched)
    s->reserved = MT_CSV_HERE; /* it is read from there on */
  s->line_each = true;
  b->len = b->rows = b->open_quotes_len = 0;
  return s->fetched ? join(s, b, err) : fill(s, b, first_look(s, next_want(s)), err);
}

int mt_csv_source_take(struct mt_csv_source *s, struct mt_block *b, size_t max_rows,
                       size_t *used, struct mt_error *err)
{
  struct mt_csv_cursor c;
  enum mt_csv_item item = MT_CSV_BLANK;
  size_t pos = 0;

  *used = 0;
  size_t want = next_want(s);
  int rc = begin_block(s, b, err);
  bool none = s->fetched && b->len == 0 && !is_read_up(s);
  cursor_over(&c, s, b);
  while (!rc && !none && b->rows < max_rows && item != MT_CSV_END) {
    take_regular(s, b, &pos, max_rows, used);
    if (b->rows == max_rows)
      break;
    size_t start = pos;
    item = mt_csv_start(&c, &pos);
    if (item == MT_CSV_RECORD)
      rc = take_record(s, b, &c, &pos, &item, err);
    if (item == MT_CSV_BLANK || (item == MT_CSV_RECORD && !is_last_line(&c, start, pos)))
      s->irregular = true;
    if (!rc && item == MT_CSV_MORE && b->len < want && !is_read_up(s)) {
      rc = fill(s, b, want, err);
      cursor_over(&c, s, b);
      pos = start;
    } else if (rc || item == MT_CSV_MORE) {
      if (b->rows > 0) {
        rc = 0;
        break;
      }
      rc = rc ? rc : take_more(s, b, start, &none, err);
      cursor_over(&c, s, b);
      pos = want = 0; /* that is all to look at */
    } else if (item == MT_CSV_RECORD) {
      b->rows++;
      *used = pos;
    }
    s->line_each &= item == MT_CSV_MORE || item == MT_CSV_END;
  }
  if (b->rows > 0)
    s->need = 0;
  s->over = item == MT_CSV_END && b->rows == 0;
  return rc;
}

bool mt_csv_source_ended(const struct mt_csv_source *s)
{
  return s->over || (s->input_end && mt_csv_source_ahead(s) == 0);
}

/* Little more than the next block will take. */
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
  s->full = b->rows == max_rows;
  set_aim(s, s->full ? b->len : s->block_size);
  b->byte = s->place.byte;
  b->line = s->place.line;
  b->before = s->place.before;
  memset(b->text + b->len, 0, MT_CSV_PAD);
  mt_csv_source_advance(s, b->text, b->len,
                        s->line_each ? b->rows : mt_csv_count_lines(b->text, b->len));
  s->sated =
      mt_csv_source_ahead(s) >= s->block_size && mt_csv_source_ahead(s) >= next_want(s);
  return 0;
}
