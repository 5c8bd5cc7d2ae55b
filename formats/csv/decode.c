#include "formats/csv/decode.h"

#include <errno.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "formats/csv/regular.h"

#define ENDS 1024 /* looked for at a time, to stay in the nearest cache */

struct decoder {
  struct mt_csv_cursor cursor;
  const struct mt_block *block;
  struct mt_chunk *chunk;
  size_t row;        /* the next one to decode */
  size_t pos;        /* where it begins, or blank lines before it */
  size_t open_quote; /* index of the next one */
  uint32_t line;     /* of pos, from the block's start */
};

static void add_fault(struct decoder *d, enum mt_fault_kind kind, size_t offset,
                      uint64_t detail)
{
  const struct mt_block *b = d->block;

  mt_fault_add(&d->chunk->faults, kind, b->line + d->line, b->byte + offset, detail);
}

static uint8_t byte_before(const struct decoder *d)
{
  return d->pos ? d->block->text[d->pos - 1] : d->block->before;
}

/* A record that begins with a blank after a line that did not end in LF is read
 * twice or refused by pandas, whose tokenizer steps back to the last LF there. */
static bool begins_badly(const struct decoder *d)
{
  uint8_t b = d->block->text[d->pos];

  return (b == ' ' || b == '\t') && b != d->cursor.dialect.delimiter &&
         byte_before(d) != '\n';
}

/* Cells that a record lacks are empty ones at its start. */
static void fit_row(struct decoder *d, size_t fields)
{
  struct mt_chunk *c = d->chunk;
  bool is_short = fields < c->columns;

  for (size_t k = fields; k < c->columns; k++)
    c->cells[k * c->stride + d->row] = (struct mt_cell){.off = (uint32_t)d->pos};
  add_fault(d, is_short ? MT_FAULT_SHORT_ROW : MT_FAULT_LONG_ROW, d->pos, fields);
}

static void begin_row(struct decoder *d)
{
  d->chunk->row_byte[d->row] = (uint32_t)d->pos;
  d->chunk->row_line[d->row] = d->line;
}

/* --- regular records ----------------------------------------------------------- */

static void unescape_row(struct decoder *d)
{
  const struct mt_chunk *c = d->chunk;
  struct mt_cell *cell = c->cells + d->row;

  for (size_t k = 0; k < c->columns; k++, cell += c->stride)
    if (cell->quoted)
      cell->len = (uint32_t)mt_csv_unescape(d->block->text + cell->off, cell->len,
                                            d->cursor.dialect.quote) &
                  INT32_MAX;
}

/* The record whose last field has been stored ends before `next`. */
static void end_row(struct decoder *d, const struct mt_csv_run *seen, size_t fields,
                    size_t next)
{
  const struct mt_chunk *c = d->chunk;
  const uint8_t *text = d->block->text;

  begin_row(d);
  if (text[next - 2] == '\r' && fields <= c->columns)
    c->cells[(fields - 1) * c->stride + d->row].len--;
  if (fields != c->columns)
    fit_row(d, fields);
  d->line +=
      seen->multiline ? (uint32_t)mt_csv_count_lines(text + d->pos, next - d->pos) : 1;
  if (seen->escapes)
    unescape_row(d);
  d->pos = next;
  d->row++;
}

#if defined(__SSE2__)

/* As store_fields, four fields: each is its offset, then its length, which is what struct
 * mt_cell is here. */
static inline void store_four(struct mt_cell *cell, size_t stride, const uint32_t *ends)
{
  __m128i end = _mm_loadu_si128((const __m128i *)(const void *)ends);
  __m128i begin = _mm_add_epi32(
      _mm_loadu_si128((const __m128i *)(const void *)(ends - 1)), _mm_set1_epi32(1));
  __m128i len = _mm_sub_epi32(end, begin);
  __m128i a = _mm_unpacklo_epi32(begin, len), b = _mm_unpackhi_epi32(begin, len);

  _mm_storel_epi64((__m128i *)(void *)cell, a);
  _mm_storeh_pi((__m64 *)(void *)(cell + stride), _mm_castsi128_ps(a));
  _mm_storel_epi64((__m128i *)(void *)(cell + 2 * stride), b);
  _mm_storeh_pi((__m64 *)(void *)(cell + 3 * stride), _mm_castsi128_ps(b));
}

#endif

/* Stores fields that follow one another, quotes and all: number i is
 * text[ends[i - 1] + 1 .. ends[i]). */
static inline void store_fields(struct mt_cell *cell, size_t stride, const uint32_t *ends,
                                size_t n)
{
  size_t i = 0;

#if defined(__SSE2__)
  for (; i + 4 <= n; i += 4)
    store_four(cell + i * stride, stride, ends + i);
  if (i > 0 && i < n) { /* some of the last four once more */
    store_four(cell + (n - 4) * stride, stride, ends + n - 4);
    return;
  }
#endif
  for (; i < n; i++) {
    const uint32_t begin = *(ends + i - 1) + 1; /* not [i - 1]: i may be 0 */
    cell[i * stride] = (struct mt_cell){begin, (ends[i] - begin) & INT32_MAX, false};
  }
}

/* Of fields so stored, those that end where `quoted` says are what is between their first
 * and their last byte.  The next one that ends behind them all. */
static inline const uint32_t *take_quotes(struct mt_cell *cell, size_t stride,
                                          const uint32_t *ends, size_t n,
                                          const uint32_t *quoted)
{
  const uint32_t *const last = ends + n - 1;

  for (; *quoted <= *last; quoted++) {
    for (; *ends != *quoted; ends++)
      cell += stride;
    *cell = (struct mt_cell){cell->off + 1, (cell->len - 2) & INT32_MAX, true};
  }
  return quoted;
}

/* Whether all records have as many fields as there are columns: whether all fields that
 * would then end them end in LF, and no others.  (And whether there is room for them, as
 * there is in a block that counts its rows right.) */
static bool all_fit(const struct decoder *d, const struct mt_csv_run *run,
                    const uint32_t *ends, size_t n, size_t field)
{
  const size_t columns = d->chunk->columns;
  size_t records = 0;

  if (field >= columns)
    return false;
  for (size_t i = columns - field - 1; i < n; i += columns, records++)
    if (d->block->text[ends[i]] != '\n')
      return false;
  bool unfinished = records * columns < field + n;
  return records == run->records && records + unfinished <= d->chunk->rows - d->row;
}

static size_t count_to_line_end(const uint8_t *text, const uint32_t *ends, size_t n)
{
  size_t i = 0;

  while (i < n && text[ends[i++]] != '\n')
    ;
  return i;
}

/* Where fields end, as mt_csv_run_ends has found. */
struct ends {
  const uint32_t *end;
  size_t n;
  const uint32_t *quoted;
};

/* Stores fields of records, the first of which is number *field of its record.  All
 * records fit, and nothing in them needs a second look. */
static void add_fitting(struct decoder *d, const struct ends *e, size_t *field)
{
  const struct mt_chunk *c = d->chunk;
  const uint8_t *text = d->block->text;
  const uint32_t *ends = e->end, *quoted = e->quoted;
  const size_t n = e->n, columns = c->columns, stride = c->stride;
  struct mt_cell *cells = c->cells + d->row, *last = cells + (columns - 1) * stride;
  uint32_t *row_byte = c->row_byte + d->row, *row_line = c->row_line + d->row;
  uint32_t pos = (uint32_t)d->pos, line = d->line;
  size_t k = *field, m;

  for (size_t i = 0; i < n; i += m) {
    m = n - i < columns - k ? n - i : columns - k;
    store_fields(cells + k * stride, stride, ends + i, m);
    quoted = take_quotes(cells + k * stride, stride, ends + i, m, quoted);
    k += m;
    if (k < columns)
      break;
    k = 0;
    cells++;
    *row_byte++ = pos;
    *row_line++ = line++;
    pos = ends[i + m - 1] + 1;
    if (text[pos - 2] == '\r')
      last->len--;
    last++;
  }
  *field = k;
  d->row += line - d->line;
  d->line = line;
  d->pos = pos;
}

/* The same, one record after another. */
static size_t add_others(struct decoder *d, const struct mt_csv_run *seen,
                         const struct ends *e, size_t field)
{
  const struct mt_chunk *c = d->chunk;
  const uint8_t *text = d->block->text;
  const uint32_t *ends = e->end, *quoted = e->quoted;

  for (size_t i = 0, m; i < e->n && d->row < c->rows; i += m) {
    m = count_to_line_end(text, ends + i, e->n - i);
    if (field < c->columns) {
      struct mt_cell *cell = c->cells + field * c->stride + d->row;
      const size_t fields = m < c->columns - field ? m : c->columns - field;
      store_fields(cell, c->stride, ends + i, fields);
      quoted = take_quotes(cell, c->stride, ends + i, fields, quoted);
    }
    while (*quoted <= ends[i + m - 1]) /* of fields too many */
      quoted++;
    field += m;
    size_t next = (size_t)ends[i + m - 1] + 1;
    if (text[next - 1] == '\n') {
      end_row(d, seen, field, next);
      field = 0;
    }
  }
  return field;
}

/* As many records as are regular, one after another.  A field is stored once its end is
 * known, which harms nothing if its record turns out not to be regular: the text is
 * changed only when the record is complete. */
static void decode_regular(struct decoder *d)
{
  const struct mt_block *b = d->block;
  bool any_open = d->open_quote < b->open_quotes_len;
  size_t len = any_open ? b->open_quotes[d->open_quote] & ~MT_BLOCK_LONG : b->len;
  uint32_t end[1 + ENDS], quoted[ENDS + 1]; /* the first end is that before */
  struct ends e = {end + 1, 0, quoted};
  struct mt_csv_run run, seen;
  size_t field = 0;

  mt_csv_run_begin(&run, &d->cursor.dialect, b->text, len, d->pos);
  seen = run;
  end[0] = (uint32_t)d->pos - 1;
  while (!run.ended && d->row < d->chunk->rows) {
    const size_t row = d->row;
    run.escapes = run.multiline = false;
    run.records = 0;
    end[0] = end[e.n];
    e.n = mt_csv_run_ends(&run, end + 1, quoted, ENDS);
    seen.escapes |= run.escapes;
    seen.multiline |= run.multiline;
    if (seen.escapes || seen.multiline || !all_fit(d, &run, e.end, e.n, field))
      field = add_others(d, &seen, &e, field);
    else
      add_fitting(d, &e, &field);
    if (d->row > row) /* what is unfinished began in these bytes */
      seen = run;
  }
  d->chunk->has_nul |= run.nul != 0;
  d->chunk->has_non_ascii |= run.high != 0;
}

/* --- others -------------------------------------------------------------------- */

static void pass_blank_lines(struct decoder *d)
{
  while (mt_csv_start(&d->cursor, &d->pos) == MT_CSV_BLANK)
    d->line++;
}

/* Undoubling quotes removes no other bytes, so that it may have been done. */
static void look_at_bytes(struct decoder *d, size_t begin)
{
  const uint8_t *text = d->block->text;
  bool nul = false, high = false;

  for (size_t i = begin; i < d->pos; i++) {
    nul |= text[i] == 0;
    high |= text[i] >= 0x80;
  }
  d->chunk->has_nul |= nul;
  d->chunk->has_non_ascii |= high;
}

/* Whether the record that begins at pos is the file's last, and no regular one for want
 * of a line end; what its quotes are like is not looked at, but that there are none. */
static bool lacks_line_end(const struct decoder *d, size_t end)
{
  const struct mt_block *b = d->block;
  const int quote = d->cursor.dialect.quote;

  return end == b->len && b->text[end - 1] != '\n' && b->text[end - 1] != '\r' &&
         (quote < 0 || memchr(b->text + d->pos, quote, end - d->pos) == NULL);
}

static void decode_record(struct decoder *d)
{
  const struct mt_block *b = d->block;
  const struct mt_chunk *chunk = d->chunk;
  bool any_open = d->open_quote < b->open_quotes_len;
  uint32_t open = any_open ? b->open_quotes[d->open_quote] : 0;
  struct mt_csv_row row = {.cells = chunk->cells + d->row,
                           .stride = chunk->stride,
                           .cap = chunk->columns,
                           .open = any_open ? open & ~MT_BLOCK_LONG : SIZE_MAX};
  size_t end = d->pos;

  begin_row(d);
  if (begins_badly(d))
    add_fault(d, MT_FAULT_CR_BLANK, d->pos, 0);
  mt_csv_split(&d->cursor, &end, &row);
  if (row.count != row.cap)
    fit_row(d, row.count);
  if (row.open < end) {
    bool is_long = open & MT_BLOCK_LONG;
    add_fault(d, is_long ? MT_FAULT_LONG_FIELD : MT_FAULT_OPEN_QUOTE, row.open,
              row.open_column);
    d->open_quote++;
  }
  d->chunk->irregular |= !lacks_line_end(d, end);
  d->line += 1 + (uint32_t)row.lines;
  d->pos = end;
  d->row++;
}

int mt_csv_decode(const struct mt_csv_dialect *dialect, struct mt_block *b,
                  size_t columns, struct mt_chunk *chunk)
{
  struct decoder d = {.block = b, .chunk = chunk};

  if (mt_chunk_shape(chunk, b->rows, columns))
    return ENOMEM;
  chunk->first_row = b->first_row;
  chunk->text = b->text;
  chunk->byte0 = b->byte;
  chunk->line0 = b->line;
  chunk->faults = (struct mt_fault_list){0};
  chunk->has_nul = chunk->has_non_ascii = chunk->irregular = false;
  mt_csv_cursor_init(&d.cursor, dialect, b->text, b->len, true);
  d.cursor.fields = true;
  while (d.row < chunk->rows) {
    if (byte_before(&d) == '\n')
      decode_regular(&d);
    if (d.row < chunk->rows) {
      const size_t begin = d.pos;
      pass_blank_lines(&d);
      decode_record(&d);
      look_at_bytes(&d, begin);
    }
  }
  return 0;
}
