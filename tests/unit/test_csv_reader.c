#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buffer.h"
#include "core/session/rows.h"
#include "formats/csv/reader.h"
#include "formats/csv/regular.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static int file = -1;
static char path[32];

static int make_file(void **state)
{
  (void)state;
  file = memfd_create("input", MFD_CLOEXEC);
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  return file < 0 ? -1 : 0;
}

static int close_file(void **state)
{
  (void)state;
  return close(file);
}

static void write_file(const char *text, size_t n)
{
  assert_int_equal(ftruncate(file, 0), 0);
  assert_int_equal(pwrite(file, text, n, 0), (ssize_t)n);
}

static struct mt_reader *open_reader(const struct mt_read_options *o)
{
  struct mt_reader *r;
  struct mt_error err = {0};
  int rc = mt_csv_open(&r, path, o, &err);

  assert_string_equal(err.what, "");
  assert_int_equal(rc, 0);
  return r;
}

static void print_rows(const struct mt_chunk *chunk, struct mt_buffer *b)
{
  for (size_t i = 0; i < chunk->rows; i++) {
    unsigned long long line = mt_chunk_line(chunk, i);
    unsigned long long byte = chunk->byte0 + chunk->row_byte[i];
    assert_int_equal(mt_buffer_printf(b, "%llu@%llu:", line, byte), 0);
    for (size_t c = 0; c < chunk->columns; c++) {
      const struct mt_cell *cell = mt_chunk_column(chunk, c) + i;
      if (c)
        assert_int_equal(mt_buffer_append(b, "|", 1), 0);
      assert_int_equal(mt_buffer_append(b, chunk->text + cell->off, cell->len), 0);
    }
    assert_int_equal(mt_buffer_append(b, "\n", 1), 0);
  }
}

#define MOST_UNDER_WAY 5

/* All rows as "line@byte:cell|cell\n", and after each block that has any "block" where
 * borders are asked for; the faults are added to *faults.  So many blocks are reserved
 * and fetched before the first of them is taken; 0: none ever is. */
static int dump_fetched(struct mt_reader *r, size_t under_way, struct mt_buffer *b,
                        bool borders, struct mt_fault_list *faults, size_t *blocks,
                        struct mt_error *err)
{
  struct mt_block block[MOST_UNDER_WAY + 1];
  struct mt_chunk chunk;
  bool end = false;
  int rc = 0;

  mt_chunk_init(&chunk);
  for (size_t i = 0; i <= under_way; i++) {
    mt_block_init(&block[i]);
    if (i < under_way)
      r->ops->reserve(r, &block[i]);
  }
  for (size_t i = under_way; i-- > 0;)
    r->ops->fetch(r, &block[i]);
  for (size_t i = 0;; i = (i + 1) % (under_way ? under_way : 1)) {
    rc = r->ops->next_block(r, &block[i], &end, err);
    if (rc || end)
      break;
    assert_int_equal(r->ops->decode(r, &block[i], &chunk, NULL), 0);
    assert_int_equal(block[i].rows, chunk.rows);
    *blocks += chunk.rows > 0;
    print_rows(&chunk, b);
    if (borders && chunk.rows > 0)
      assert_int_equal(mt_buffer_printf(b, "block\n"), 0);
    mt_fault_merge(faults, &chunk.faults);
    if (under_way) {
      r->ops->reserve(r, &block[i]);
      r->ops->fetch(r, &block[i]);
    }
  }
  for (size_t i = 0; i <= under_way; i++)
    mt_block_reset(&block[i]);
  mt_chunk_reset(&chunk);
  return rc;
}

/* The rows, read twice at every block size by every variant of the scan, in turn and with
 * blocks under way, are the expected ones. */
static struct mt_fault_list assert_rows(const char *text, struct mt_read_options o,
                                        const char *expected)
{
  enum { SIZES = 6 };
  const size_t sizes[SIZES] = {0, 1, 2, 3, 7, 64},
               under_way[] = {0, 1, 0, 2, MOST_UNDER_WAY};
  struct mt_fault_list first = {0};

  write_file(text, strlen(text));
  for (size_t i = 0; i < mt_csv_variants() * SIZES; i++) {
    mt_csv_use_variant(i / SIZES);
    o.block_size = sizes[i % SIZES];
    struct mt_reader *r = open_reader(&o);
    for (size_t pass = 0; pass < LENGTH(under_way); pass++) {
      struct mt_buffer b;
      struct mt_fault_list faults = {0};
      size_t blocks = 0;
      mt_buffer_init(&b, SIZE_MAX);
      assert_int_equal(
          dump_fetched(r, under_way[pass], &b, false, &faults, &blocks, NULL), 0);
      assert_int_equal(mt_buffer_append(&b, "", 1), 0);
      assert_string_equal((char *)b.data, expected);
      if (i == 0 && pass == 0)
        first = faults;
      assert_memory_equal(&faults, &first, sizeof faults);
      mt_buffer_reset(&b);
      assert_int_equal(r->ops->rewind(r, 0, NULL), 0);
    }
    r->ops->free(r);
  }
  return first;
}

static void assert_fault(const struct mt_fault_list *l, enum mt_fault_kind kind, size_t i,
                         uint64_t line, uint64_t byte, uint64_t detail)
{
  assert_true(i < l->count[kind]);
  assert_int_equal(l->first[kind][i].line, line);
  assert_int_equal(l->first[kind][i].byte, byte);
  assert_int_equal(l->first[kind][i].detail, detail);
}

static void test_rows(void **state)
{
  (void)state;
  struct mt_fault_list f = assert_rows(
      "a,b\n1,\"x \"\"y\"\"\"\n\n  \r\n\"2\r\n3\",\"p\"q\r4,",
      (struct mt_read_options){0}, "2@4:1|x \"y\"\n5@21:2\r\n3|pq\n7@33:4|\n");
  assert_int_equal(mt_fault_total(&f), 0);
}

static void test_widths(void **state)
{
  (void)state;
  struct mt_fault_list f = assert_rows(
      "a,b\n1\n1,2,3\n4,5\n", (struct mt_read_options){0}, "2@4:1|\n3@6:1|2\n4@12:4|5\n");
  assert_int_equal(mt_fault_total(&f), 2);
  assert_fault(&f, MT_FAULT_SHORT_ROW, 0, 2, 4, 1);
  assert_fault(&f, MT_FAULT_LONG_ROW, 0, 3, 6, 3);
}

static void test_implicit_index(void **state)
{
  (void)state;
  assert_rows("a,b\n1,2,3,4\n5,6,7\n", (struct mt_read_options){0},
              "2@4:1|2|3|4\n3@12:5|6|7|\n");
  struct mt_reader *r = open_reader(NULL);
  assert_int_equal(r->schema.implicit_index, 2);
  assert_int_equal(r->schema.columns, 4);
  assert_string_equal(r->schema.names[3].text, "Unnamed: 3");
  r->ops->free(r);
}

static void test_no_header(void **state)
{
  (void)state;
  struct mt_fault_list f = assert_rows(
      "1,2\n3,4,5\n", (struct mt_read_options){.header = -1}, "1@0:1|2\n2@4:3|4\n");
  assert_int_equal(f.count[MT_FAULT_LONG_ROW], 1);
  struct mt_reader *r = open_reader(&(struct mt_read_options){.header = -1});
  assert_string_equal(r->schema.names[1].text, "1");
  assert_int_equal(r->schema.implicit_index, 0);
  r->ops->free(r);
}

static void test_header_only(void **state)
{
  (void)state;
  assert_rows("a,b", (struct mt_read_options){0}, "");
  assert_rows("a,b\n\n \n", (struct mt_read_options){0}, "");
  /* what is wrong with it is still told */
  struct mt_fault_list f = assert_rows("a,\"b\n", (struct mt_read_options){0}, "");
  assert_fault(&f, MT_FAULT_OPEN_QUOTE, 0, 1, 2, 1);
}

static void test_byte_order_mark(void **state)
{
  (void)state;
  assert_rows("\xef\xbb\xbf\"a\",b\n1,2\n", (struct mt_read_options){0}, "2@9:1|2\n");
  struct mt_reader *r = open_reader(NULL);
  assert_string_equal(r->schema.names[0].text, "a");
  r->ops->free(r);
}

static void test_open_quote(void **state)
{
  (void)state;
  struct mt_fault_list f =
      assert_rows("a,b\n1,2\n3,\"x,y\n4,\"\"\n5,p\"\"\n", (struct mt_read_options){0},
                  "2@4:1|2\n3@8:3|x,y\n4@15:4|\n5@20:5|p\"\"\n");
  assert_int_equal(mt_fault_total(&f), 1);
  assert_fault(&f, MT_FAULT_OPEN_QUOTE, 0, 3, 10, 1);
}

static void test_long_quoted_field(void **state)
{
  struct mt_read_options o = {.max_field = 6};

  (void)state;
  assert_int_equal(
      mt_fault_total(&(struct mt_fault_list){0}),
      (assert_rows("a\n\"123456\"\n", o, "2@2:123456\n").count[MT_FAULT_LONG_FIELD]));
  struct mt_fault_list f =
      assert_rows("a,b\n\"1\n34567\",2\n8,9\n", o, "2@4:1|\n3@7:34567\"|2\n4@16:8|9\n");
  assert_int_equal(f.count[MT_FAULT_OPEN_QUOTE], 0);
  assert_fault(&f, MT_FAULT_LONG_FIELD, 0, 2, 4, 0);
  assert_int_equal(f.count[MT_FAULT_SHORT_ROW], 1);
}

static void test_lone_cr(void **state)
{
  (void)state;
  struct mt_fault_list f =
      assert_rows("a,b\r1,2\r 3,4\r", (struct mt_read_options){0}, "2@4:1|2\n3@8: 3|4\n");
  assert_int_equal(mt_fault_total(&f), 1);
  assert_fault(&f, MT_FAULT_CR_BLANK, 0, 3, 8, 0);
}

static void test_options(void **state)
{
  (void)state;
  assert_rows("made by hand\n# x\na;b\n# y\n1;'2;3' # z\n",
              (struct mt_read_options){
                  .skip = 1, .comment = '#', .delimiter = ';', .quote = '\''},
              "5@25:1|2;3 \n");
  assert_rows("a\tb\n\"1\t2\"\n", (struct mt_read_options){.quote = -1}, "2@4:\"1|2\"\n");
  struct mt_reader *r = open_reader(&(struct mt_read_options){.quote = -1});
  assert_int_equal(r->schema.delimiter, '\t');
  assert_string_equal(r->schema.format, "csv, tab, utf-8");
  r->ops->free(r);
}

static void test_first_rows(void **state)
{
  struct mt_buffer b;
  struct mt_fault_list f = {0};
  size_t blocks = 0;

  (void)state;
  write_file("a\n1\n2\n3\n", 8);
  struct mt_reader *r = open_reader(NULL);
  for (uint64_t i = 0; i < 9; i++) {
    const uint64_t limit = 1 + i % 3;
    mt_buffer_init(&b, SIZE_MAX);
    assert_int_equal(r->ops->rewind(r, limit, NULL), 0);
    assert_int_equal(dump_fetched(r, i / 3, &b, false, &f, &blocks, NULL), 0);
    assert_int_equal(b.len, limit * 6);
    mt_buffer_reset(&b);
  }
  r->ops->free(r);
}

static void assert_refused(const char *text, size_t n, struct mt_read_options o, int code)
{
  struct mt_reader *r;
  struct mt_error err = {0};

  write_file(text, n);
  assert_int_equal(mt_csv_open(&r, path, &o, &err), code);
  assert_null(r);
  assert_int_equal(err.code, code);
  assert_true(err.what[0] && err.remedy[0]);
}

static void test_refused(void **state)
{
  (void)state;
  assert_refused("", 0, (struct mt_read_options){0}, ENODATA);
  assert_refused("\n  \n\r\n", 6, (struct mt_read_options){0}, ENODATA);
  assert_refused("\xef\xbb\xbf", 3, (struct mt_read_options){0}, ENODATA);
  assert_refused("a\n", 2, (struct mt_read_options){.skip = 5}, ENODATA);
  assert_refused("ARROW1\0\0", 8, (struct mt_read_options){0}, EINVAL);
  assert_refused("a,b,c\n", 6, (struct mt_read_options){.max_columns = 2}, E2BIG);
  assert_refused("a\n", 2, (struct mt_read_options){.delimiter = '"'}, EINVAL);
  assert_refused("a\n", 2, (struct mt_read_options){.comment = ',', .delimiter = ','},
                 EINVAL);
  assert_refused("a\n", 2, (struct mt_read_options){.delimiter = '\n'}, EINVAL);
  assert_refused("a\n", 2, (struct mt_read_options){.encoding = "none such"}, EINVAL);
}

/* The rows before it are read, then the error comes, wherever blocks end. */
static void test_field_too_long(void **state)
{
  const char *text = "a,b\n1,2\n3,4\n5,678901234567890\n7,8\n";
  const size_t sizes[] = {0, 1, 5, 16}, under_way[] = {0, 1, 3};

  (void)state;
  write_file(text, strlen(text));
  for (size_t i = 0; i < LENGTH(sizes) * LENGTH(under_way); i++) {
    struct mt_read_options o = {.max_field = 8, .block_size = sizes[i % LENGTH(sizes)]};
    struct mt_reader *r = open_reader(&o);
    struct mt_buffer b;
    struct mt_fault_list f = {0};
    struct mt_error err = {0};
    size_t blocks = 0;
    mt_buffer_init(&b, SIZE_MAX);
    assert_int_equal(
        dump_fetched(r, under_way[i / LENGTH(sizes)], &b, false, &f, &blocks, &err),
        EFBIG);
    assert_int_equal(err.line, 4);
    assert_int_equal(err.byte, 12);
    assert_int_equal(b.len, strlen("2@4:1|2\n3@8:3|4\n"));
    mt_buffer_reset(&b);
    r->ops->free(r);
  }
}

/* A quote that opens early and never closes: what was looked at is not looked at
 * again for every block, and not kept. */
static void test_open_quote_in_a_long_file(void **state)
{
  struct mt_buffer text, b;
  struct mt_fault_list f = {0};
  struct mt_read_options o = {.block_size = 64, .max_field = 1 << 20};
  size_t blocks = 0;

  (void)state;
  mt_buffer_init(&text, SIZE_MAX);
  assert_int_equal(mt_buffer_printf(&text, "a\n\"b\n"), 0);
  for (int i = 0; i < 400000; i++)
    assert_int_equal(mt_buffer_append(&text, "12345\n", 6), 0);
  write_file((char *)text.data, text.len);
  mt_buffer_reset(&text);
  for (size_t under_way = 0; under_way < 4; under_way++) {
    struct mt_reader *r = open_reader(&o);
    memset(&f, 0, sizeof f);
    mt_buffer_init(&b, SIZE_MAX);
    assert_int_equal(dump_fetched(r, under_way, &b, false, &f, &blocks, NULL), 0);
    assert_int_equal(f.count[MT_FAULT_LONG_FIELD], 1);
    assert_int_equal(mt_fault_total(&f), 1);
    assert_memory_equal(b.data, "2@2:b\n3@5:12345\n", 16);
    mt_buffer_reset(&b);
    r->ops->free(r);
  }
}

/* Memory that one long record needed is given back with the next block. */
static void test_long_record(void **state)
{
  struct mt_buffer text;
  struct mt_read_options o = {.block_size = 64};
  struct mt_block block;
  bool end;

  (void)state;
  mt_buffer_init(&text, SIZE_MAX);
  assert_int_equal(mt_buffer_printf(&text, "a\n1\n\"%0100000d\n\"\n", 0), 0);
  for (int i = 0; i < 100000; i++)
    assert_int_equal(mt_buffer_append(&text, "2\n", 2), 0);
  write_file((char *)text.data, text.len);
  mt_buffer_reset(&text);
  struct mt_reader *r = open_reader(&o);
  mt_block_init(&block);
  assert_int_equal(r->ops->next_block(r, &block, &end, NULL), 0);
  assert_int_equal(block.rows, 1);
  assert_int_equal(r->ops->next_block(r, &block, &end, NULL), 0);
  assert_true(block.len >= 100004);
  assert_int_equal(r->ops->next_block(r, &block, &end, NULL), 0);
  assert_false(end);
  assert_true(block.cap < 1000);
  mt_block_reset(&block);
  r->ops->free(r);
}

/* Short rows under a wide header do not make a giant chunk. */
static void test_padding_is_bounded(void **state)
{
  struct mt_buffer text;
  struct mt_block block;
  bool end;

  (void)state;
  mt_buffer_init(&text, SIZE_MAX);
  for (int i = 0; i < 100000; i++)
    assert_int_equal(mt_buffer_append(&text, ",", 1), 0);
  for (int i = 0; i < 1000; i++)
    assert_int_equal(mt_buffer_append(&text, "\n1", 2), 0);
  write_file((char *)text.data, text.len);
  mt_buffer_reset(&text);
  struct mt_reader *r = open_reader(NULL);
  assert_int_equal(r->schema.columns, 100001);
  mt_block_init(&block);
  assert_int_equal(r->ops->next_block(r, &block, &end, NULL), 0);
  assert_int_equal(block.rows, 8);
  mt_block_reset(&block);
  r->ops->free(r);
}

/* ---- blocks under way --------------------------------------------------------- */

static uint32_t next_random(uint64_t *x)
{
  *x = *x * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*x >> 33);
}

/* Rows of a table, most of them plain. */
static void write_table(uint64_t seed, bool plain)
{
  static const char *const odd[] = {
      "\n",        "  \n",        "\"x\ny\",3\n", "\"a\"b,1\n",
      "1,2,3\r\n", "p\"q,\"\"\n", "7,8\r",        "\"1\n\n\n\n\n\n\n\n\n\n2\",\n"};
  struct mt_buffer text;
  uint64_t x = seed;
  uint32_t rows = next_random(&x) % 80;

  mt_buffer_init(&text, SIZE_MAX);
  assert_int_equal(mt_buffer_printf(&text, "a,b\n"), 0);
  for (uint32_t i = 0; i < rows; i++) {
    uint32_t kind = next_random(&x) % 24;
    if (kind < LENGTH(odd) && !plain)
      assert_int_equal(mt_buffer_append(&text, odd[kind], strlen(odd[kind])), 0);
    else if (kind == 23)
      assert_int_equal(mt_buffer_printf(&text, "%0*u,1\n", next_random(&x) % 150, i), 0);
    else
      assert_int_equal(mt_buffer_printf(&text, "%u,x\n", i), 0);
  }
  if (next_random(&x) % 3 == 0)
    assert_int_equal(mt_buffer_printf(&text, "%s", plain ? "9,9" : "9,\"9"), 0);
  write_file((char *)text.data, text.len);
  mt_buffer_reset(&text);
}

/* However many blocks are under way, they are the same ones. */
static void test_blocks_under_way(void **state)
{
  const size_t sizes[] = {1, 2, 3, 10, 16, 33, 64, 100, 1000};

  (void)state;
  for (uint64_t seed = 0; seed < 600; seed++) {
    struct mt_read_options o = {.block_size = sizes[seed % LENGTH(sizes)],
                                .delimiter = ',',
                                .max_field = seed % 2 ? 0 : 160};
    write_table(seed, seed % 5 == 0);
    struct mt_reader *r = open_reader(&o);
    struct mt_buffer first;
    struct mt_fault_list faults = {0};
    size_t blocks = 0;
    mt_buffer_init(&first, SIZE_MAX);
    assert_int_equal(dump_fetched(r, 0, &first, true, &faults, &blocks, NULL), 0);
    for (size_t under_way = 1; under_way <= MOST_UNDER_WAY; under_way++) {
      struct mt_buffer b;
      struct mt_fault_list again = {0};
      size_t n = 0;
      mt_buffer_init(&b, SIZE_MAX);
      assert_int_equal(r->ops->rewind(r, 0, NULL), 0);
      assert_int_equal(dump_fetched(r, under_way, &b, true, &again, &n, NULL), 0);
      assert_int_equal(n, blocks);
      assert_int_equal(b.len, first.len);
      if (b.len)
        assert_memory_equal(b.data, first.data, b.len);
      assert_memory_equal(&again, &faults, sizeof faults);
      mt_buffer_reset(&b);
    }
    mt_buffer_reset(&first);
    r->ops->free(r);
  }
}

/* Blocks that are full of rows: the others of their part are no less regular. */
static void test_full_blocks_under_way(void **state)
{
  struct mt_reader_progress progress;
  struct mt_fault_list faults = {0};
  struct mt_buffer text, b;
  size_t blocks = 0;

  (void)state;
  mt_buffer_init(&text, SIZE_MAX);
  assert_int_equal(mt_buffer_printf(&text, "a,b\n"), 0);
  for (int i = 0; i < 10000; i++) /* the first lines are longer */
    assert_int_equal(mt_buffer_printf(&text, "%0100d,1\n", i), 0);
  for (int i = 0; i < 400000; i++)
    assert_int_equal(
        mt_buffer_append(&text, i % 9 ? "1,2\n" : "3,\"4\"\n", 4 + 2 * !(i % 9)), 0);
  write_file((char *)text.data, text.len);
  mt_buffer_reset(&text);
  struct mt_reader *r = open_reader(NULL);
  for (size_t under_way = 1; under_way < 4; under_way++) {
    mt_buffer_init(&b, SIZE_MAX);
    assert_int_equal(r->ops->rewind(r, 0, NULL), 0);
    assert_int_equal(dump_fetched(r, under_way, &b, false, &faults, &blocks, NULL), 0);
    r->ops->progress(r, &progress);
    assert_false(progress.irregular);
    mt_buffer_reset(&b);
  }
  assert_true(blocks > 3 * 6);
  r->ops->free(r);
}

/* A file that changes when part of it has been fetched. */
static void test_change_under_way(void **state)
{
  struct mt_read_options o = {.block_size = 4};
  struct mt_error err;
  struct mt_block block;
  bool end;

  (void)state;
  write_file("a\n1\n2\n3\n4\n5\n6\n", 14);
  struct mt_reader *r = open_reader(&o);
  mt_block_init(&block);
  assert_int_equal(r->ops->next_block(r, &block, &end, &err), 0);
  assert_int_equal(r->ops->rewind(r, 0, NULL), 0); /* forgets the sample */
  r->ops->reserve(r, &block);
  r->ops->fetch(r, &block);
  assert_int_equal(r->ops->next_block(r, &block, &end, &err), 0);
  write_file("a\n1\n2\n3\n", 8);
  for (int rc = 0; rc == 0;) {
    r->ops->reserve(r, &block);
    r->ops->fetch(r, &block);
    rc = r->ops->next_block(r, &block, &end, &err);
    assert_false(end);
    if (rc != 0)
      assert_int_equal(rc, EIO);
  }
  assert_non_null(strstr(err.what, "it became shorter"));
  mt_block_reset(&block);
  r->ops->free(r);
}

/* The first blocks; of a file that has to be read, not of the sample. */
static void reserve_blocks(struct mt_reader *r, struct mt_block *block, size_t n)
{
  bool end;

  for (size_t i = 0; i < n; i++)
    mt_block_init(&block[i]);
  assert_int_equal(r->ops->next_block(r, &block[0], &end, NULL), 0);
  assert_int_equal(r->ops->rewind(r, 0, NULL), 0);
  for (size_t i = 0; i < n; i++)
    r->ops->reserve(r, &block[i]);
}

/* Of a part that could be read only so far, the records are taken, and nothing of the one
 * behind it. */
static void test_part_that_fails(void **state)
{
  enum { BLOCK = 64, LINE = 8, LINES = 40 };
  struct mt_read_options o = {.block_size = BLOCK};
  struct mt_error err;
  struct mt_block block[3];
  bool end = false;
  uint64_t rows = 0;
  char text[LINES * LINE + 1];
  int rc = 0;

  (void)state;
  for (size_t i = 0; i < LINES; i++)
    snprintf(text + i * LINE, LINE + 1, "%05zu,x\n", i);
  write_file(text, LINES * LINE);
  struct mt_reader *r = open_reader(&o);
  assert_int_equal(r->ops->rewind(r, 1, NULL), 0);
  reserve_blocks(r, block, LENGTH(block));
  for (size_t i = 0; i < LENGTH(block); i++)
    r->ops->fetch(r, &block[i]);
  block[1].fetched.len = BLOCK / 2 + 3;
  block[1].fetched.run_rows = 0;
  mt_fail(&block[1].fetched.failed, EIO, "worn out");
  for (size_t i = 0; rc == 0 && i < LENGTH(block); i++) {
    rc = r->ops->next_block(r, &block[i], &end, &err);
    assert_false(end);
    rows += rc ? 0 : block[i].rows;
  }
  assert_int_equal(rc, EIO);
  assert_string_equal(err.what, "worn out");
  assert_int_equal(rows, (BLOCK + BLOCK / 2) / LINE);
  for (size_t i = 0; i < LENGTH(block); i++)
    mt_block_reset(&block[i]);
  r->ops->free(r);
}

/* There is no memory for a part, while the beginning of a record waits for it. */
static void test_part_without_room(void **state)
{
  struct mt_read_options o = {.block_size = 64};
  struct mt_error err;
  struct mt_block block[2];
  bool end = false;
  const char *text = "a,b\n1,2222222222222222222222222222222222222222222222222222222222\n"
                     "3,4444444444444444444444444444444444444444444444444444444444\n";

  (void)state;
  write_file(text, strlen(text));
  struct mt_reader *r = open_reader(&o);
  reserve_blocks(r, block, LENGTH(block));
  r->ops->fetch(r, &block[0]);
  mt_fail_memory(&block[1].fetched.failed);
  assert_int_equal(r->ops->next_block(r, &block[0], &end, &err), 0);
  assert_int_equal(block[0].rows, 1);
  assert_int_equal(r->ops->next_block(r, &block[1], &end, &err), ENOMEM);
  for (size_t i = 0; i < LENGTH(block); i++)
    mt_block_reset(&block[i]);
  r->ops->free(r);
}

/* Blocks that are reserved and blocks that are not, by turns: no byte comes twice. */
static void test_reserved_by_turns(void **state)
{
  enum { LINE = 8, LINES = 40 };
  struct mt_read_options o = {.block_size = 64};
  struct mt_block block;
  char text[LINES * LINE + 1];
  uint64_t rows = 0;
  bool end = false;

  (void)state;
  for (size_t i = 0; i < LINES; i++)
    snprintf(text + i * LINE, LINE + 1, "%05zu,x\n", i);
  write_file(text, LINES * LINE);
  struct mt_reader *r = open_reader(&o);
  mt_block_init(&block);
  assert_int_equal(r->ops->next_block(r, &block, &end, NULL), 0);
  assert_int_equal(r->ops->rewind(r, 0, NULL), 0); /* forgets the sample */
  for (size_t i = 0; !end; i++) {
    if (i % 2 == 0) {
      r->ops->reserve(r, &block);
      r->ops->fetch(r, &block);
    }
    assert_int_equal(r->ops->next_block(r, &block, &end, NULL), 0);
    if (block.rows > 0)
      assert_memory_equal(block.text, text + (1 + rows) * LINE, block.len);
    rows += block.rows;
  }
  assert_int_equal(rows, LINES - 1);
  mt_block_reset(&block);
  r->ops->free(r);
}

/* Files of /proc have no size. */
static void test_no_size(void **state)
{
  struct mt_read_options o = {.block_size = 64, .delimiter = '|'};
  struct mt_error err = {0};
  struct mt_reader *r;

  (void)state;
  assert_int_equal(mt_csv_open(&r, "/proc/self/limits", &o, &err), 0);
  for (size_t under_way = 0; under_way <= MOST_UNDER_WAY; under_way++) {
    struct mt_buffer b;
    struct mt_fault_list faults = {0};
    size_t blocks = 0;
    mt_buffer_init(&b, SIZE_MAX);
    assert_int_equal(dump_fetched(r, under_way, &b, false, &faults, &blocks, &err), 0);
    assert_int_equal(mt_buffer_append(&b, "", 1), 0);
    assert_non_null(strstr((char *)b.data, "Max cpu time"));
    assert_non_null(strstr((char *)b.data, "Max realtime timeout"));
    mt_buffer_reset(&b);
    assert_int_equal(r->ops->rewind(r, 0, NULL), 0);
  }
  r->ops->free(r);
}

/* Where the blocks of a table end. */
static void note_ends(const char *name, struct mt_buffer *ends)
{
  struct mt_reader *r;
  struct mt_block block;
  bool end = false;

  assert_int_equal(mt_csv_open(&r, name, NULL, NULL), 0);
  mt_block_init(&block);
  for (;;) {
    r->ops->reserve(r, &block);
    r->ops->fetch(r, &block);
    assert_int_equal(r->ops->next_block(r, &block, &end, NULL), 0);
    if (end)
      break;
    const uint64_t at = block.byte + block.len;
    if (block.rows > 0)
      assert_int_equal(mt_buffer_append(ends, &at, sizeof at), 0);
  }
  mt_block_reset(&block);
  r->ops->free(r);
}

/* A pipe does not say how large it is: its blocks are those of the file all the same. */
static void test_pipe_has_the_same_blocks(void **state)
{
  enum { LINE = 1 << 10, LINES = 72 << 10 };
  static char line[LINE];
  struct mt_buffer of_file, of_pipe;
  int ends[2], status;

  (void)state;
  memset(line, 'x', LINE);
  line[1] = ',';
  line[LINE - 1] = '\n';
  assert_int_equal(ftruncate(file, 0), 0);
  for (size_t i = 0; i < LINES; i++)
    assert_int_equal(pwrite(file, line, LINE, (off_t)(i * LINE)), LINE);
  assert_int_equal(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    for (size_t i = 0; i < LINES; i++)
      if (write(ends[1], line, LINE) != LINE)
        _exit(1);
    _exit(0);
  }
  close(ends[1]);
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", ends[0]);
  mt_buffer_init(&of_file, SIZE_MAX);
  mt_buffer_init(&of_pipe, SIZE_MAX);
  note_ends(path, &of_file);
  note_ends(name, &of_pipe);
  close(ends[0]);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  assert_int_equal(of_pipe.len, of_file.len);
  assert_memory_equal(of_pipe.data, of_file.data, of_file.len);
  assert_in_range(of_file.len / sizeof(uint64_t), 34, 36);
  mt_buffer_reset(&of_file);
  mt_buffer_reset(&of_pipe);
  write_file("", 0);
}

/* Who wants a few rows from here and there does not wait for a MiB of each place. */
static void test_few_rows_read_little(void **state)
{
  enum { LINE = 64, LINES = 64 << 10, LITTLE = 128 << 10 };
  static char text[LINES * LINE + 1];
  struct mt_reader_progress p;
  struct mt_block block;
  struct mt_rows *rows;
  bool there;

  (void)state;
  for (size_t i = 0; i < LINES; i++)
    snprintf(text + i * LINE, LINE + 1, "%0*zu\n", LINE - 1, i);
  write_file(text, LINES * LINE);
  struct mt_reader *r = open_reader(NULL);
  assert_int_equal(r->ops->rows(r, &rows, NULL), 0);
  mt_block_init(&block);
  for (uint64_t row = 0; row < LINES - 1; row += LINES / 4) {
    struct mt_mark to = rows->first;
    to.row += row;
    to.byte += row * LINE;
    to.line += row;
    assert_int_equal(rows->ops->move(rows, &to, &there, NULL), 0);
    assert_true(there);
    assert_int_equal(rows->ops->next(rows, 10, &block, NULL), 0);
    assert_int_equal(block.rows, 10);
    assert_memory_equal(block.text, text + to.byte, block.len);
    rows->ops->progress(rows, &p);
    assert_true(row == 0 || p.bytes - to.byte <= LITTLE);
  }
  mt_block_reset(&block);
  rows->ops->free(rows);
  r->ops->free(r);
}

static void test_change_is_seen(void **state)
{
  struct mt_error err;

  (void)state;
  write_file("a\n1\n", 4);
  struct mt_reader *r = open_reader(NULL);
  assert_int_equal(r->ops->check(r, &err), 0);
  write_file("a\n1\n2\n", 6);
  assert_int_equal(r->ops->check(r, &err), EIO);
  assert_int_equal(r->ops->rewind(r, 0, &err), 0); /* nothing has been read yet */
  r->ops->free(r);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rows),
      cmocka_unit_test(test_widths),
      cmocka_unit_test(test_implicit_index),
      cmocka_unit_test(test_no_header),
      cmocka_unit_test(test_header_only),
      cmocka_unit_test(test_byte_order_mark),
      cmocka_unit_test(test_open_quote),
      cmocka_unit_test(test_long_quoted_field),
      cmocka_unit_test(test_lone_cr),
      cmocka_unit_test(test_options),
      cmocka_unit_test(test_first_rows),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_field_too_long),
      cmocka_unit_test(test_open_quote_in_a_long_file),
      cmocka_unit_test(test_long_record),
      cmocka_unit_test(test_padding_is_bounded),
      cmocka_unit_test(test_change_is_seen),
      cmocka_unit_test(test_blocks_under_way),
      cmocka_unit_test(test_full_blocks_under_way),
      cmocka_unit_test(test_change_under_way),
      cmocka_unit_test(test_part_that_fails),
      cmocka_unit_test(test_part_without_room),
      cmocka_unit_test(test_reserved_by_turns),
      cmocka_unit_test(test_no_size),
      cmocka_unit_test(test_pipe_has_the_same_blocks),
      cmocka_unit_test(test_few_rows_read_little),
  };

  return cmocka_run_group_tests(tests, make_file, close_file);
}
