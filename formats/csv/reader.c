#include "formats/csv/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/csv/decode.h"
#include "formats/csv/dialect.h"
#include "formats/csv/fetch.h"
#include "formats/csv/header.h"
#include "formats/csv/regular.h"
#include "formats/csv/rows.h"
#include "formats/csv/source.h"

#define SAMPLE_SIZE ((size_t)1 << 20)
#define BLOCK_SIZE ((size_t)2 << 20)
#define BLOCK_ROWS 65536
#define BLOCK_LEAST ((size_t)64 << 10)
#define BLOCK_MOST ((size_t)4 << 20) /* behind so many of the others: */
#define BLOCKS 32
#define BLOCK_CELLS ((size_t)1 << 19) /* bounds a chunk whose rows are all padding */
#define WIDE_CELLS ((size_t)1 << 20)
#define WIDE 1024 /* columns from which blocks are whole pandas chunks, */
#define WIDE_BLOCK ((size_t)6 << 20) /* ... as long as those are not larger than that */
#define MAX_FIELD ((uint64_t)64 << 20)
#define MAX_COLUMNS ((uint64_t)1 << 20)

struct csv_reader {
  struct mt_reader base;
  struct mt_csv_source source;
  struct mt_csv_place data;         /* where the first block starts */
  struct mt_fault_list head_faults; /* of the header; in the first chunk's list */
  uint64_t max_rows;                /* 0 = all */
  uint64_t row, seq;                /* of the next block */
  size_t block_rows;
  size_t line_bytes; /* of the first lines, on the average */
};

static struct csv_reader *reader_of(struct mt_reader *r)
{
  return (struct csv_reader *)r;
}

/* --- reading ------------------------------------------------------------------- */

static void reserve(struct mt_reader *reader, struct mt_block *b)
{
  mt_csv_reserve(&reader_of(reader)->source, b);
}

static void fetch(const struct mt_reader *reader, struct mt_block *b)
{
  const struct csv_reader *r = (const struct csv_reader *)reader;

  mt_csv_fetch(&r->source, b, r->block_rows);
}

static int next_block(struct mt_reader *reader, struct mt_block *b, bool *end,
                      struct mt_error *err)
{
  struct csv_reader *r = reader_of(reader);
  size_t rows = r->block_rows;

  if (r->max_rows && rows > r->max_rows - r->row)
    rows = (size_t)(r->max_rows - r->row);
  b->len = b->rows = 0;
  mt_input_heed(r->source.input, reader->cancel);
  if (rows) {
    int rc = mt_csv_source_block(&r->source, b, rows, err);
    if (rc)
      return rc;
  }
  /* A fetched block can be empty before the end.  Without rows, faults of the header get
   * a block that has nothing else. */
  const bool more = rows && b->fetched.any && !mt_csv_source_ended(&r->source);
  *end = b->rows == 0 && !more && (r->seq || mt_fault_total(&r->head_faults) == 0);
  b->fetched.any = false; /* it has been made use of */
  b->seq = r->seq;
  b->first_row = r->row;
  r->seq += !*end;
  r->row += b->rows;
  return 0;
}

static int decode(const struct mt_reader *reader, struct mt_block *b,
                  struct mt_chunk *chunk, struct mt_error *err)
{
  const struct csv_reader *r = (const struct csv_reader *)reader;

  if (mt_csv_decode(&r->source.dialect, b, r->base.schema.columns, chunk))
    return mt_fail_memory(err);
  if (b->seq == 0) {
    struct mt_fault_list faults = r->head_faults;
    mt_fault_merge(&faults, &chunk->faults);
    chunk->faults = faults;
  }
  return 0;
}

/* Before the first block has been taken there is nothing to go back over, which is
 * what lets a pipe have a limit. */
static int rewind_reader(struct mt_reader *reader, uint64_t max_rows,
                         struct mt_error *err)
{
  struct csv_reader *r = reader_of(reader);

  r->max_rows = max_rows;
  r->row = r->seq = 0;
  r->source.reserved = MT_CSV_HERE;
  if (r->source.place.byte == r->data.byte && !r->source.failed.code)
    return 0;
  return mt_csv_source_rewind(&r->source, &r->data, err);
}

static int check(struct mt_reader *reader, struct mt_error *err)
{
  return mt_input_check(reader_of(reader)->source.input, err);
}

static void progress(const struct mt_reader *reader, struct mt_reader_progress *p)
{
  const struct csv_reader *r = (const struct csv_reader *)reader;

  p->bytes = mt_input_consumed(r->source.input);
  p->total = mt_input_size(r->source.input);
  p->irregular = r->source.irregular;
}

static int open_rows(const struct mt_reader *reader, struct mt_rows **out,
                     struct mt_error *err)
{
  const struct csv_reader *r = (const struct csv_reader *)reader;

  return mt_csv_rows_open(out, &r->source, &r->data, err);
}

static void free_reader(struct mt_reader *reader)
{
  struct csv_reader *r = reader_of(reader);

  mt_csv_names_free(r->base.schema.names, r->base.schema.columns);
  mt_csv_source_close(&r->source);
  free(r);
}

static const struct mt_reader_ops ops = {.reserve = reserve,
                                         .fetch = fetch,
                                         .next_block = next_block,
                                         .decode = decode,
                                         .rewind = rewind_reader,
                                         .check = check,
                                         .progress = progress,
                                         .rows = open_rows,
                                         .free = free_reader};

/* --- opening ------------------------------------------------------------------- */

static bool ends_line(int byte)
{
  return byte == '\n' || byte == '\r';
}

static int set_options(struct mt_csv_source *s, const struct mt_read_options *o,
                       struct mt_error *err)
{
  struct mt_csv_dialect *d = &s->dialect;

  d->delimiter = (uint8_t)o->delimiter;
  d->quote = o->quote ? o->quote : '"';
  d->comment = o->comment ? o->comment : -1;
  s->max_field = o->max_field ? o->max_field : MAX_FIELD;
  s->max_columns = o->max_columns ? o->max_columns : MAX_COLUMNS;
  s->block_size = o->block_size ? o->block_size : BLOCK_SIZE;
  bool same = (o->delimiter && o->delimiter == d->quote) ||
              (o->delimiter && o->delimiter == d->comment) ||
              (d->comment >= 0 && d->comment == d->quote);
  if (!same && !ends_line(o->delimiter) && !ends_line(d->quote) && !ends_line(d->comment))
    return 0;
  mt_fail(err, EINVAL,
          "delimiter, quote and comment must be three different bytes, and "
          "none of them a line end");
  mt_error_remedy(err, "change --delimiter, --quote or --comment");
  return EINVAL;
}

/* Looks at the first bytes: what they are, the byte order mark, the delimiter. */
static int sniff(struct mt_csv_source *s, const struct mt_read_options *o,
                 struct mt_error *err)
{
  int rc = mt_csv_source_look_ahead(s, SAMPLE_SIZE, err);

  if (!rc && !s->ahead.len) {
    rc = mt_fail(err, ENODATA, "%s is empty", s->path);
    mt_error_remedy(err, "check that it is the right file, and that it is complete");
  }
  if (!rc)
    rc = mt_csv_check_text(s->path, s->ahead.data, s->ahead.len, err);
  if (rc)
    return rc;
  if (s->ahead.len >= 3 && !memcmp(s->ahead.data, "\xef\xbb\xbf", 3)) {
    mt_csv_source_pass(s, 3);
    s->place.before = '\n';
  }
  if (!o->delimiter)
    mt_csv_dialect_detect(&s->dialect, s->ahead.data + s->ahead_pos,
                          s->ahead.len - s->ahead_pos, s->input_end, o->skip);
  return 0;
}

static size_t line_bytes(const struct mt_csv_source *s)
{
  const size_t ahead = s->ahead.len - s->ahead_pos;
  const uint64_t lines = mt_csv_count_lines(s->ahead.data + s->ahead_pos, ahead);

  return ahead / (size_t)(lines ? lines : 1) + 1;
}

/* Fields of the first record of a block whose records end at `used`. */
static size_t count_fields(const struct csv_reader *r, const struct mt_block *b,
                           size_t used)
{
  struct mt_csv_cursor c;
  struct mt_csv_row row = {.open = SIZE_MAX};
  size_t pos = 0;

  if (b->open_quotes_len)
    row.open = b->open_quotes[0] & ~MT_BLOCK_LONG;
  mt_csv_cursor_init(&c, &r->source.dialect, b->text, used, true);
  c.fields = true;
  while (mt_csv_start(&c, &pos) == MT_CSV_BLANK)
    ;
  mt_csv_split(&c, &pos, &row);
  return row.count;
}

static int fail_no_rows(const struct csv_reader *r, const struct mt_read_options *o,
                        struct mt_error *err)
{
  mt_fail(err, ENODATA, "%s holds no rows", r->source.path);
  mt_error_remedy(err, "%s",
                  o->skip || o->comment
                      ? "nothing is left after --skip and --comment: check them"
                      : "check that it is the right file, and that it is complete");
  return ENODATA;
}

/* The names, from the header if the block holds one. */
static int set_names(struct csv_reader *r, struct mt_block *head, size_t width,
                     struct mt_error *err)
{
  struct mt_reader_schema *s = &r->base.schema;
  struct mt_chunk chunk;
  size_t bad = 0;
  int rc;

  if (!width)
    return mt_csv_names_number(&s->names, s->columns) ? mt_fail_memory(err) : 0;
  mt_chunk_init(&chunk);
  rc = mt_csv_decode(&r->source.dialect, head, width, &chunk);
  if (!rc)
    rc = mt_csv_names_make(&s->names, s->columns, head->text, chunk.cells, width, &bad,
                           &s->text.names_made);
  while (bad--)
    mt_fault_add(&chunk.faults, MT_FAULT_BAD_UTF8, head->line, head->byte, 0);
  r->head_faults = chunk.faults;
  mt_chunk_reset(&chunk);
  return rc ? mt_fail_memory(err) : 0;
}

static size_t fit_block(const struct csv_reader *r, size_t size)
{
  const size_t rows = r->block_rows - r->block_rows / 16;

  if (r->line_bytes < size / rows)
    size = r->line_bytes * rows;
  return size < BLOCK_LEAST ? BLOCK_LEAST : size;
}

/* A block costs every column something, so that they become larger where there are enough
 * for all workers; a pipe does not say how many are to come.  They are full of bytes
 * before they are full of rows, as a rule: what is left over has to be moved. */
static void fit_blocks(struct csv_reader *r)
{
  r->source.block_size = fit_block(r, BLOCK_SIZE);
  r->source.later = (uint64_t)BLOCKS * r->source.block_size;
  r->source.later_size = fit_block(r, BLOCK_MOST);
}

/* Where rows are long, blocks should hold more than a few of them: as many as pandas'
 * chunks, a power of two. */
static void widen_blocks(struct csv_reader *r, size_t row_bytes)
{
  size_t row = row_bytes + row_bytes / 8;

  while (r->block_rows & (r->block_rows - 1))
    r->block_rows &= r->block_rows - 1;
  if (row > WIDE_BLOCK / r->block_rows)
    row = WIDE_BLOCK / r->block_rows;
  if (r->block_rows * row > BLOCK_SIZE)
    r->source.block_size = r->block_rows * row;
  r->source.steps = false;
}

/* The table is as wide as the wider of the header and the first row, which takes
 * `bytes`. */
static int set_columns(struct csv_reader *r, size_t columns, size_t bytes,
                       struct mt_error *err)
{
  if (columns > r->source.max_columns) {
    mt_fail(err, E2BIG, "%s has %zu columns, more than %" PRIu64, r->source.path, columns,
            r->source.max_columns);
    mt_error_remedy(err, "check that it is a text table; --max-columns raises the limit");
    return E2BIG;
  }
  r->base.schema.columns = columns;
  r->block_rows = (columns < WIDE ? BLOCK_CELLS : WIDE_CELLS) / columns;
  if (r->block_rows > BLOCK_ROWS)
    r->block_rows = BLOCK_ROWS;
  if (r->block_rows == 0)
    r->block_rows = 1;
  if (r->source.block_size == BLOCK_SIZE) {
    if (columns >= WIDE)
      widen_blocks(r, bytes);
    else
      fit_blocks(r);
  }
  r->source.aim = r->source.block_size;
  return 0;
}

/* Reads the header into the one block and looks at the first row in the other. */
static int read_head(struct csv_reader *r, const struct mt_read_options *o,
                     struct mt_block *head, struct mt_block *first, struct mt_error *err)
{
  size_t used = 0, width = 0, columns = 0;
  int rc = o->header >= 0 ? mt_csv_source_block(&r->source, head, 1, err) : 0;

  if (rc)
    return rc;
  if (head->rows)
    width = count_fields(r, head, head->len);
  rc = o->header < 0 || width ? mt_csv_source_take(&r->source, first, 1, &used, err) : 0;
  if (rc)
    return rc;
  if (first->rows)
    columns = count_fields(r, first, used);
  rc = mt_csv_source_give_back(&r->source, first, 0, err);
  if (!rc && !width && !columns)
    rc = fail_no_rows(r, o, err);
  if (!rc)
    rc = set_columns(r, columns > width ? columns : width, used, err);
  if (!rc)
    rc = set_names(r, head, width, err);
  if (width && columns > width)
    r->base.schema.implicit_index = columns - width;
  r->data = r->source.place;
  r->source.origin = r->data.byte;
  return rc;
}

static void describe(struct csv_reader *r, const struct mt_read_options *o)
{
  struct mt_reader_schema *s = &r->base.schema;
  const char *delimiter = mt_csv_delimiter_name(r->source.dialect.delimiter);
  const char *compression = mt_input_compression(r->source.input);
  char byte[4] = {'\'', (char)r->source.dialect.delimiter, '\'', '\0'};

  s->path = r->source.path;
  s->size = mt_input_size(r->source.input);
  s->delimiter = (char)r->source.dialect.delimiter;
  s->text = (struct mt_reader_text){.header = o->header >= 0,
                                    .names_made = s->text.names_made,
                                    .quote = r->source.dialect.quote,
                                    .comment = r->source.dialect.comment,
                                    .skip = o->skip,
                                    .encoding = mt_input_encoding(r->source.input),
                                    .compression = compression};
  snprintf(s->format, sizeof s->format, "csv, %s, %s%s%s", delimiter ? delimiter : byte,
           mt_input_encoding(r->source.input), compression ? ", " : "",
           compression ? compression : "");
}

static int open_reader(struct csv_reader *r, const char *path,
                       const struct mt_read_options *o, struct mt_error *err)
{
  struct mt_block head, first;
  int rc = set_options(&r->source, o, err);

  if (!rc)
    rc = mt_csv_source_open(&r->source, path, o->encoding, err);
  if (!rc)
    rc = sniff(&r->source, o, err);
  if (!rc)
    rc = mt_csv_source_skip_lines(&r->source, o->skip, err);
  if (rc)
    return rc;
  r->line_bytes = line_bytes(&r->source);
  mt_block_init(&head);
  mt_block_init(&first);
  rc = read_head(r, o, &head, &first, err);
  mt_block_reset(&head);
  mt_block_reset(&first);
  describe(r, o);
  return rc;
}

int mt_csv_open(struct mt_reader **out, const char *path, const struct mt_read_options *o,
                struct mt_error *err)
{
  static const struct mt_read_options defaults;
  struct csv_reader *r = calloc(1, sizeof *r);

  *out = NULL;
  if (!r)
    return mt_fail_memory(err);
  r->base.ops = &ops;
  int rc = open_reader(r, path, o ? o : &defaults, err);
  if (rc)
    free_reader(&r->base);
  else
    *out = &r->base;
  return rc;
}
