/* The grammar written down, a byte at a time and without a thought for speed, and what
 * the real thing makes of the same text compared with it.  For the unit tests and the
 * fuzzer. */
#ifndef MT_TESTS_CSV_MACHINE_H
#define MT_TESTS_CSV_MACHINE_H

#include <stdlib.h>
#include <string.h>

#include "formats/csv/decode.h"
#include "formats/csv/regular.h"
#include "formats/csv/scan.h"

enum { MACHINE_FIELDS = 1 << 14, MACHINE_BYTES = 1 << 17 };

struct machine_record {
  size_t begin, end, line; /* line: line ends before it */
  size_t first, fields;
  bool after_cr; /* begins with a blank where the line before did not end in LF */
};

struct machine_field {
  size_t off, len; /* in bytes[] */
  bool quoted;
};

struct machine {
  struct mt_csv_dialect dialect;
  const uint8_t *text;
  size_t len;
  size_t records, fields, used, lines;
  struct machine_record record[MACHINE_FIELDS];
  struct machine_field field[MACHINE_FIELDS];
  uint8_t bytes[MACHINE_BYTES];
  uint32_t open[MACHINE_FIELDS]; /* quotes that never close */
  size_t open_len;
};

static int machine_byte(const struct machine *m, size_t i)
{
  return i < m->len ? m->text[i] : -1;
}

static bool machine_ends_line(int c)
{
  return c < 0 || c == '\n' || c == '\r';
}

/* Past an empty, blanks-only or comment line; false if there is none at *pos. */
static bool machine_blank_line(struct machine *m, size_t *pos)
{
  const int delimiter = m->dialect.delimiter;
  size_t i = *pos;
  int c = machine_byte(m, i);

  if (c >= 0 && c == m->dialect.comment)
    while (!machine_ends_line(machine_byte(m, i)))
      i++;
  else
    while ((c = machine_byte(m, i)) == ' ' || c == '\t') {
      if (c == delimiter)
        break;
      i++;
    }
  c = machine_byte(m, i);
  if (!machine_ends_line(c))
    return false;
  m->lines += c >= 0;
  i += c >= 0;
  if (c == '\r' && (machine_byte(m, i) == '\n' || machine_byte(m, i) == delimiter))
    i++;
  *pos = i;
  return true;
}

static void machine_put(struct machine *m, int c)
{
  m->bytes[m->used++] = (uint8_t)c;
  m->field[m->fields].len++;
}

static void machine_begin_field(struct machine *m)
{
  m->field[m->fields] = (struct machine_field){.off = m->used};
}

static void machine_end_field(struct machine *m, struct machine_record *r)
{
  r->fields++;
  m->fields++;
  machine_begin_field(m);
}

/* One record, whose quote at `open` never closes.  Returns the quote that turns out
 * never to close, or SIZE_MAX. */
static size_t machine_record(struct machine *m, struct machine_record *r, size_t open)
{
  enum { START, PLAIN, QUOTED, QUOTE } state = START;
  const struct mt_csv_dialect *d = &m->dialect;
  size_t i = r->begin, quote = 0;
  int c;

  r->first = m->fields;
  machine_begin_field(m);
  for (;; i++) {
    c = machine_byte(m, i);
    bool is_quote = c >= 0 && c == d->quote;
    bool never = state != START && state != PLAIN && quote == open;
    if (state == QUOTED && c < 0 && !never)
      return quote;
    if (machine_ends_line(c) && (state != QUOTED || never))
      break;
    m->lines +=
        state == QUOTED && (c == '\r' || (c == '\n' && machine_byte(m, i - 1) != '\r'));
    if (state == QUOTED) {
      if (is_quote)
        state = QUOTE;
      else
        machine_put(m, c);
    } else if (is_quote && state == START) {
      state = QUOTED;
      quote = i;
      m->field[m->fields].quoted = true;
    } else if (state == QUOTE && (is_quote || never)) {
      machine_put(m, is_quote ? d->quote : c);
      state = QUOTED;
    } else if (c == d->delimiter) {
      machine_end_field(m, r);
      state = START;
    } else if (c >= 0 && c == d->comment && state != QUOTE) {
      while (!machine_ends_line(machine_byte(m, i)))
        i++;
      c = machine_byte(m, i);
      break;
    } else {
      machine_put(m, c);
      state = PLAIN;
    }
  }
  machine_end_field(m, r);
  m->lines += c >= 0;
  r->end = i + (c >= 0) + (c == '\r' && machine_byte(m, i + 1) == '\n');
  return SIZE_MAX;
}

static void machine_read(struct machine *m, const struct mt_csv_dialect *d,
                         const uint8_t *text, size_t len)
{
  size_t i = 0;

  m->dialect = *d;
  m->text = text;
  m->len = len;
  m->records = m->fields = m->used = m->lines = m->open_len = 0;
  while (i < len) {
    if (machine_blank_line(m, &i))
      continue;
    struct machine_record *r = &m->record[m->records++];
    *r = (struct machine_record){.begin = i, .line = m->lines};
    r->after_cr = (text[i] == ' ' || text[i] == '\t') && i > 0 && text[i - 1] != '\n' &&
                  text[i] != d->delimiter;
    size_t fields = m->fields, used = m->used, open = machine_record(m, r, SIZE_MAX);
    if (open != SIZE_MAX) {
      m->open[m->open_len++] = (uint32_t)open;
      m->fields = fields;
      m->used = used;
      m->lines = r->line;
      r->fields = 0;
      machine_record(m, r, open);
    }
    i = r->end;
  }
}

/* --- the real thing -------------------------------------------------------------- */

/* Records are passed over at most `step` at a time, as a block is filled. */
static const char *machine_compare_skim(const struct machine *m, size_t step)
{
  struct mt_csv_cursor c;
  struct mt_csv_run run;
  size_t pos = 0, k = 0;

  mt_csv_cursor_init(&c, &m->dialect, m->text, m->len, true);
  while (pos < m->len) {
    const size_t begin = pos;
    mt_csv_run_begin(&run, &m->dialect, m->text, m->len, pos);
    uint64_t rows = mt_csv_run_count(&run, step, &pos);
    if (rows > step || rows > m->records - k)
      return "too many records";
    if (!rows && pos != begin)
      return "moved without a record";
    for (size_t at = begin; rows; rows--, k++) {
      if (m->record[k].begin != at)
        return "a line was passed over with the records";
      at = m->record[k].end;
      if (rows == 1 && pos != at)
        return "where the records end";
    }
    enum mt_csv_item item = mt_csv_start(&c, &pos);
    if (item != MT_CSV_RECORD)
      continue;
    if (k == m->records || pos != m->record[k].begin)
      return "where a record begins";
    item = mt_csv_skim(&c, &pos, m->len);
    if (item == MT_CSV_OPEN_QUOTE)
      item = mt_csv_end_line(&c, &pos);
    if (item != MT_CSV_RECORD || pos != m->record[k++].end)
      return "where a record ends";
  }
  return k == m->records ? NULL : "the number of records";
}

static const char *machine_compare_row(const struct machine *m,
                                       const struct mt_chunk *chunk, size_t k)
{
  const struct machine_record *r = &m->record[k];

  if (chunk->row_byte[k] != r->begin)
    return "where a row begins";
  if (chunk->row_line[k] != r->line)
    return "the line of a row";
  for (size_t i = 0; i < chunk->columns; i++) {
    const struct mt_cell *cell = mt_chunk_column(chunk, i) + k;
    static const struct machine_field lacking;
    const struct machine_field *f = i < r->fields ? &m->field[r->first + i] : &lacking;
    if (cell->len != f->len || memcmp(chunk->text + cell->off, m->bytes + f->off, f->len))
      return "the text of a cell";
    if (cell->quoted != f->quoted)
      return "whether a cell is quoted";
  }
  return NULL;
}

static const char *machine_compare_chunk(const struct machine *m,
                                         const struct mt_chunk *chunk)
{
  const uint64_t *count = chunk->faults.count;
  uint64_t shorter = 0, longer = 0, after_cr = 0;
  const char *what = NULL;
  size_t end = m->record[m->records - 1].end;
  bool nul = memchr(m->text, 0, end) != NULL, high = false;

  for (size_t k = 0; k < m->records && !what; k++) {
    shorter += m->record[k].fields < chunk->columns;
    longer += m->record[k].fields > chunk->columns;
    after_cr += m->record[k].after_cr;
    what = machine_compare_row(m, chunk, k);
  }
  for (size_t i = 0; i < end; i++)
    high |= m->text[i] >= 0x80;
  if (what)
    return what;
  if (count[MT_FAULT_SHORT_ROW] != shorter || count[MT_FAULT_LONG_ROW] != longer)
    return "the number of short or long rows";
  if (count[MT_FAULT_CR_BLANK] != after_cr || count[MT_FAULT_OPEN_QUOTE] != m->open_len)
    return "the number of other faults";
  return chunk->has_nul != nul || chunk->has_non_ascii != high ? "the bytes seen" : NULL;
}

/* NULL, or what differs between the machine and the variant in use. */
static const char *machine_compare(const struct machine *m, size_t step, size_t columns)
{
  const char *what = machine_compare_skim(m, step);
  struct mt_block b = {.line = 1, .before = '\n', .rows = m->records};
  struct mt_chunk chunk;

  if (what || !m->records)
    return what;
  mt_chunk_init(&chunk);
  b.len = m->record[m->records - 1].end;
  b.text = calloc(1, b.len + MT_CSV_PAD);
  b.open_quotes = (uint32_t *)(uintptr_t)m->open;
  b.open_quotes_len = m->open_len;
  if (!b.text)
    abort();
  memcpy(b.text, m->text, b.len);
  if (mt_csv_decode(&m->dialect, &b, columns, &chunk))
    abort();
  what = machine_compare_chunk(m, &chunk);
  mt_chunk_reset(&chunk);
  free(b.text);
  return what;
}

#endif
