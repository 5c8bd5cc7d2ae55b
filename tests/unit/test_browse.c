/* Rows, lines and texts anywhere in a file, against all of it read from front to back. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "core/session/browse.h"
#include "core/session/pipeline.h"
#include "formats/formats.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static char folder[] = "/tmp/memtop-browse-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
  (void)state;
  if (mkdtemp(folder) == NULL)
    return -1;
  snprintf(path, sizeof path, "%s/f.csv", folder);
  return 0;
}

static int remove_folder(void **state)
{
  (void)state;
  unlink(path);
  return rmdir(folder);
}

static void write_file(const char *text, size_t n)
{
  FILE *f = fopen(path, "wb");

  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

/* --- all of it, from front to back ------------------------------------------------- */

struct cell {
  size_t off, len;
  uint64_t byte;
  bool quoted;
};

struct whole {
  size_t rows, columns;
  struct mt_page_row *at;
  struct cell *cell;
  struct mt_buffer text;
};

static void *no_worker(void *context)
{
  return context;
}

static void no_free(void *context, void *worker)
{
  (void)context;
  (void)worker;
}

static int no_commit(void *context, void *worker, struct mt_error *err)
{
  (void)context;
  (void)worker;
  (void)err;
  return 0;
}

static int add_chunk(void *context, void *worker, struct mt_chunk *c,
                     struct mt_error *err)
{
  struct whole *w = context;

  (void)worker;
  (void)err;
  w->columns = c->columns;
  w->at = realloc(w->at, (w->rows + c->rows + 1) * sizeof *w->at);
  w->cell = realloc(w->cell, (w->rows + c->rows + 1) * c->columns * sizeof *w->cell);
  for (size_t r = 0; r < c->rows; r++, w->rows++) {
    w->at[w->rows] = (struct mt_page_row){mt_chunk_line(c, r), c->byte0 + c->row_byte[r]};
    for (size_t k = 0; k < c->columns; k++) {
      const struct mt_cell *cell = mt_chunk_column(c, k) + r;
      w->cell[w->rows * c->columns + k] = (struct cell){
          w->text.len, cell->len, mt_chunk_cell_byte(c, r, cell), cell->quoted};
      assert_int_equal(mt_buffer_append(&w->text, c->text + cell->off, cell->len), 0);
    }
  }
  return 0;
}

/* Reads it as a scan does, which notes marks. */
static void read_whole(struct mt_reader *reader, struct whole *w, struct mt_marks *marks)
{
  struct mt_bell cancel = MT_BELL_FLAG;
  atomic_ullong bytes = 0;
  struct mt_pipeline p = {.reader = reader,
                          .threads = 1,
                          .cancel = &cancel,
                          .bytes = &bytes,
                          .marks = marks,
                          .context = w,
                          .worker_new = no_worker,
                          .worker_free = no_free,
                          .work = add_chunk,
                          .commit = no_commit};

  *w = (struct whole){0};
  mt_buffer_init(&w->text, SIZE_MAX);
  assert_int_equal(mt_pipeline_run(&p, NULL), 0);
}

static void whole_reset(struct whole *w)
{
  free(w->at);
  free(w->cell);
  mt_buffer_reset(&w->text);
}

/* --- a file, open ----------------------------------------------------------------------
 */

struct world {
  struct mt_reader *reader;
  struct mt_marks marks;
  struct whole whole;
  struct mt_browser *browser;
};

/* scanned: the marks are those of all the file. */
static void open_world(struct world *w, const struct mt_read_options *o, bool scanned)
{
  struct mt_marks none;
  struct mt_error err = {0};

  assert_int_equal(mt_format_open(&w->reader, path, o, &err), 0);
  mt_marks_init(&w->marks);
  mt_marks_init(&none);
  read_whole(w->reader, &w->whole, scanned ? &w->marks : &none);
  mt_marks_reset(&none);
  assert_int_equal(mt_browser_new(&w->browser, w->reader, &w->marks, &err), 0);
}

static void close_world(struct world *w)
{
  mt_browser_free(w->browser);
  mt_marks_reset(&w->marks);
  whole_reset(&w->whole);
  w->reader->ops->free(w->reader);
}

static void finish(struct mt_browser *b)
{
  while (mt_browser_work(b, 0.01))
    ;
  assert_int_equal(mt_browser_error(b)->code, 0);
}

static const struct mt_page *show(struct world *w, uint64_t row, size_t rows,
                                  size_t column, size_t columns, size_t keep)
{
  mt_browser_show(w->browser, &(struct mt_window){row, rows, column, columns, keep});
  finish(w->browser);
  assert_true(mt_browser_page(w->browser)->valid);
  assert_false(mt_browser_page(w->browser)->lines);
  return mt_browser_page(w->browser);
}

/* The page is what stands there in the whole. */
static void assert_page(const struct mt_page *p, const struct whole *w, size_t keep)
{
  for (size_t r = 0; r < p->rows; r++) {
    const struct mt_page_row *at = &w->at[p->row + r];
    assert_int_equal(p->at[r].line, at->line);
    assert_int_equal(p->at[r].byte, at->byte);
    for (size_t k = 0; k < p->columns; k++) {
      const struct mt_page_cell *got = &p->cell[r * p->columns + k];
      const struct cell *want = &w->cell[(p->row + r) * w->columns + p->column + k];
      assert_int_equal(got->len, want->len);
      assert_int_equal(got->kept, want->len < keep ? want->len : keep);
      assert_int_equal(got->quoted, want->quoted);
      assert_int_equal(got->byte, want->byte);
      if (got->kept > 0)
        assert_memory_equal(p->text.data + got->off, w->text.data + want->off, got->kept);
    }
  }
}

/* Every window of a few sizes, forwards and backwards. */
static void assert_rows(struct world *w)
{
  const struct whole *whole = &w->whole;

  for (size_t rows = 1; rows < 5; rows += 3) {
    for (size_t i = 0; i < 2 * whole->rows; i++) {
      size_t row = i < whole->rows ? i : 2 * whole->rows - 1 - i;
      const struct mt_page *p = show(w, row, rows, 0, SIZE_MAX, 1000);
      assert_int_equal(p->row, row);
      assert_int_equal(p->rows, row + rows < whole->rows ? rows : whole->rows - row);
      assert_int_equal(p->columns, whole->columns);
      assert_page(p, whole, 1000);
    }
  }
  const struct mt_page *p = show(w, UINT64_MAX, 3, whole->columns - 1, 7, 2);
  assert_int_equal(p->rows, whole->rows < 3 ? whole->rows : 3);
  assert_int_equal(p->row + p->rows, whole->rows);
  assert_int_equal(p->columns, 1);
  assert_page(p, whole, 2);
  assert_int_equal(mt_browser_rows(w->browser), whole->rows);
}

/* Each mark is where a row begins: the rows behind it are those of the whole. */
static void assert_marks(struct world *w)
{
  const struct mt_rows *rows;
  struct mt_rows *own;

  assert_int_equal(w->reader->ops->rows(w->reader, &own, NULL), 0);
  rows = own;
  assert_int_equal(mt_marks_rows(&w->marks), w->whole.rows);
  for (size_t i = 0; i < w->marks.len; i++) {
    const struct mt_mark *m = &w->marks.mark[i];
    struct mt_block b;
    struct mt_chunk c;
    bool there = false;
    mt_block_init(&b);
    mt_chunk_init(&c);
    while (!there)
      assert_int_equal(rows->ops->move(own, m, &there, NULL), 0);
    assert_int_equal(rows->ops->next(own, 2, &b, NULL), 0);
    assert_true(b.rows > 0);
    assert_int_equal(b.first_row, m->row);
    assert_int_equal(w->reader->ops->decode(w->reader, &b, &c, NULL), 0);
    for (size_t r = 0; r < c.rows; r++) {
      assert_int_equal(mt_chunk_line(&c, r), w->whole.at[m->row + r].line);
      for (size_t k = 0; k < c.columns; k++) {
        const struct cell *want = &w->whole.cell[(m->row + r) * c.columns + k];
        const struct mt_cell *got = mt_chunk_column(&c, k) + r;
        assert_int_equal(got->len, want->len);
        assert_memory_equal(c.text + got->off, w->whole.text.data + want->off, want->len);
      }
    }
    mt_block_reset(&b);
    mt_chunk_reset(&c);
  }
  rows->ops->free(own);
}

/* A row is on each line from its own to the next row's. */
static void assert_located(struct world *w)
{
  const struct whole *whole = &w->whole;

  for (size_t r = 0, line = 1; r < whole->rows; r++) {
    size_t to = r + 1 < whole->rows ? (size_t)whole->at[r + 1].line
                                    : (size_t)whole->at[r].line + 3;
    for (; line < to; line++) {
      mt_browser_locate(w->browser, line);
      finish(w->browser);
      assert_true(mt_browser_found(w->browser)->found);
      assert_int_equal(mt_browser_found(w->browser)->row, r);
    }
  }
}

static bool holds(const struct whole *w, size_t i, const char *text)
{
  return memmem(w->text.data + w->cell[i].off, w->cell[i].len, text, strlen(text)) !=
         NULL;
}

/* A search from every cell, in both directions. */
static void assert_searches(struct world *w, const char *text)
{
  const struct whole *whole = &w->whole;
  const size_t cells = whole->rows * whole->columns;

  for (size_t i = 0; i < cells; i++) {
    for (int step = -1; step <= 1; step += 2) {
      size_t want = step > 0 ? i : i - 1;
      while (want < cells && !holds(whole, want, text))
        want += (size_t)step;
      assert_int_equal(mt_browser_search(w->browser, text, strlen(text),
                                         i / whole->columns, i % whole->columns, step),
                       0);
      finish(w->browser);
      const struct mt_found *f = mt_browser_found(w->browser);
      assert_int_equal(f->found, want < cells);
      if (!f->found)
        continue;
      assert_int_equal(f->row * whole->columns + f->column, want);
      assert_int_equal(f->byte, whole->cell[want].byte);
      assert_int_equal(f->line, whole->at[f->row].line);
    }
  }
}

struct lines {
  struct mt_page_row at[64];
  size_t len[64], n;
};

static void split_lines(struct lines *l, const char *text, size_t n)
{
  size_t start = 0;

  l->n = 0;
  for (size_t i = 0; i <= n; i++) {
    if (i < n && text[i] != '\n' && text[i] != '\r')
      continue;
    if (i == n && start == n)
      break;
    l->at[l->n] = (struct mt_page_row){l->n + 1, start};
    l->len[l->n++] = i - start;
    if (i + 1 < n && text[i] == '\r' && text[i + 1] == '\n')
      i++;
    start = i + 1;
  }
}

/* Every window of lines, also with some bytes to the left of it. */
static void assert_lines(struct world *w, const char *text, size_t n)
{
  struct lines l;

  split_lines(&l, text, n);
  for (size_t first = 1; first <= l.n + 2; first++) {
    for (size_t skip = 0; skip < 5; skip += 2) {
      const size_t keep = 3, rows = 4;
      size_t want = first <= l.n ? first : l.n > rows ? l.n - rows + 1 : 1;
      mt_browser_lines(w->browser, &(struct mt_window){first, rows, skip, 0, keep});
      finish(w->browser);
      const struct mt_page *p = mt_browser_page(w->browser);
      assert_true(p->valid && p->lines);
      assert_int_equal(p->row, want);
      assert_int_equal(p->rows, want + rows <= l.n ? rows : l.n - want + 1);
      for (size_t r = 0; r < p->rows; r++) {
        const struct mt_page_cell *c = &p->cell[r];
        const size_t i = want - 1 + r, len = l.len[i];
        size_t seen = len < skip ? 0 : len - skip;
        assert_int_equal(p->at[r].line, i + 1);
        assert_int_equal(p->at[r].byte, l.at[i].byte);
        assert_int_equal(c->len, len);
        assert_int_equal(c->kept, seen < keep ? seen : keep);
        if (c->kept > 0)
          assert_memory_equal(p->text.data + c->off, text + l.at[i].byte + skip, c->kept);
      }
    }
  }
}

/* The line, from 1, of a byte; behind the end, that of what would come there. */
static uint64_t line_of(const struct lines *l, uint64_t byte)
{
  size_t i = 0;
  while (i + 1 < l->n && l->at[i + 1].byte <= byte)
    i++;
  return i + 1;
}

/* A text looked for in the lines as they are, from every byte, in both directions, and
 * from the beginning of each line. */
static void assert_finds(struct world *w, const char *text, size_t n, const char *what)
{
  const size_t len = strlen(what);
  struct lines l;

  split_lines(&l, text, n);
  for (size_t i = 0; i < n; i++) {
    for (int step = -1; step <= 1; step += 2) {
      const uint64_t line = line_of(&l, i);
      const bool begins = l.at[line - 1].byte == i;
      size_t want = step > 0 ? i : i - 1;
      while (want < n && (want + len > n || memcmp(text + want, what, len) != 0))
        want += (size_t)step;
      for (int how = 0; how < 1 + begins; how++) {
        assert_int_equal(
            mt_browser_find(w->browser, what, len, line, how == 0 ? i : 0, step), 0);
        finish(w->browser);
        const struct mt_found *f = mt_browser_found(w->browser);
        if (i == 0 && step < 0 && how == 0) /* byte 0 */
          want = n;
        assert_int_equal(f->found, want < n);
        if (f->found) {
          assert_int_equal(f->byte, want);
          assert_int_equal(f->line, line_of(&l, want));
        }
      }
    }
  }
}

/* --- tests -----------------------------------------------------------------------------
 */

static const struct {
  const char *text;
  struct mt_read_options options;
} files[] = {
    {"a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n", {0}},
    {"a,b\n1,\"x \"\"y\"\"\"\n\n  \r\n\"2\r\n3\",\"p\"q\r4,", {0}},
    {"a,b\r\n1,2\r\n\"x\r\n\r\ny\",4\r\n\r\n5,\"\"\r\n", {0}},
    {"\xef\xbb\xbf\"a\",b\n1,2\n3,4\n", {0}},
    {"a,b\r1,2\r 3,4\r\r5,6", {0}},
    {"a,b\n1\n1,2,3\n4,5\n\n\n6,7\n\n", {0}},
    {"a,b\n1,2\n3,\"x,y\n4,\"\"\n5,p\"\"\n", {0}},
    {"made by hand\n# x\na;b\n# y\n1;'2;3' # z\n4;5\n#\n6;7\n",
     {.skip = 1, .comment = '#', .delimiter = ';', .quote = '\''}},
    {"1,2\n3,4,5\n6,2\n", {.header = -1}},
    {"a\tb\n\"1\t2\"\n3\t4\n", {.quote = -1}},
    {"a,b\n\"1\n34567\",2\n8,9\n", {.max_field = 6}},
    {"a,b\n1,2\n\n\n\n", {0}},
};

static void test_every_place(void **state)
{
  static const size_t sizes[] = {1, 2, 3, 7, 64, 0};

  (void)state;
  for (size_t i = 0; i < LENGTH(files); i++) {
    const char *text = files[i].text;
    write_file(text, strlen(text));
    for (size_t k = 0; k <= LENGTH(sizes); k++) {
      struct mt_read_options o = files[i].options;
      struct world w;
      o.block_size = sizes[k % LENGTH(sizes)];
      open_world(&w, &o, k < LENGTH(sizes)); /* the last time without marks */
      if (k < LENGTH(sizes))
        assert_marks(&w);
      assert_rows(&w);
      assert_located(&w);
      assert_lines(&w, text, strlen(text));
      assert_searches(&w, "2");
      assert_searches(&w, "\"");
      assert_searches(&w, "5,6");
      assert_searches(&w, "nowhere");
      assert_finds(&w, text, strlen(text), "2");
      assert_finds(&w, text, strlen(text), "\"");
      assert_finds(&w, text, strlen(text), "5,6");
      assert_finds(&w, text, strlen(text), "nowhere");
      close_world(&w);
    }
  }
}

/* Encodings that have to be read from the front, and what the last bytes kept help with.
 */
static void test_recoded(void **state)
{
  static const char text[] = "name,n\r\nJos\u00e9,1\r\n\"a\r\nb\",2\r\nx,\r\n";
  char wide[2 * sizeof text];
  size_t n = 0;
  struct world w;

  (void)state;
  for (const char *c = text; *c != '\0'; c++) {
    bool two = (unsigned char)*c >= 0x80; /* the one letter of two bytes */
    wide[n++] = two ? '\xe9' : *c;
    wide[n++] = '\0';
    c += two;
  }
  write_file(wide, n);
  open_world(&w, &(struct mt_read_options){.encoding = "UTF-16LE", .block_size = 1},
             true);
  assert_int_equal(w.whole.rows, 3);
  assert_marks(&w);
  assert_rows(&w);
  assert_located(&w);
  assert_lines(&w, text, strlen(text));
  assert_searches(&w, "\u00e9");
  assert_searches(&w, "x");
  assert_finds(&w, text, strlen(text), "\u00e9");
  assert_finds(&w, text, strlen(text), "2");
  close_world(&w);
}

#define MANY 700000

static size_t many_row(char *dst, size_t i)
{
  return (size_t)sprintf(dst, "%zu,value %zu of many,%zu\n", i, i * 7919 % 100003, i % 7);
}

static void write_many(bool compress)
{
  char row[100];
  gzFile gz = gzopen(path, compress ? "wb1" : "wbT");

  assert_non_null(gz);
  assert_int_equal(gzputs(gz, "id,text,kind\n"), 13);
  for (size_t i = 0; i < MANY; i++)
    gzwrite(gz, row, (unsigned)many_row(row, i));
  assert_int_equal(gzclose(gz), Z_OK);
}

/* 20 MB of text, more than is kept of what was read. */
static void test_places_of_many(void **state)
{
  struct mt_marks marks;
  struct mt_reader *reader;
  struct mt_browser *b;

  (void)state;
  for (int pass = 0; pass < 3; pass++) { /* compressed; plain; plain, without marks */
    struct whole whole;
    write_many(pass == 0);
    mt_marks_init(&marks);
    assert_int_equal(mt_format_open(&reader, path, NULL, NULL), 0);
    if (pass < 2) {
      read_whole(reader, &whole, &marks);
      assert_int_equal(whole.rows, MANY);
      whole_reset(&whole);
      assert_in_range(marks.len, 8, 40);
    }
    assert_int_equal(mt_browser_new(&b, reader, &marks, NULL), 0);
    for (size_t i = 0; i < 40; i++) {
      size_t row = i < 4 ? MANY - 1 - i : i * 379009 % MANY;
      char want[100];
      many_row(want, row);
      mt_browser_show(b, &(struct mt_window){row, 1, 1, 1, 50});
      finish(b);
      const struct mt_page *p = mt_browser_page(b);
      assert_int_equal(p->rows, 1);
      assert_int_equal(p->at[0].line, row + 2);
      *strrchr(want, ',') = '\0';
      assert_int_equal(p->cell[0].kept, strlen(strchr(want, ',') + 1));
      assert_memory_equal(p->text.data + p->cell[0].off, strchr(want, ',') + 1,
                          p->cell[0].kept);
      mt_browser_locate(b, row + 2);
      finish(b);
      assert_int_equal(mt_browser_found(b)->row, row);
    }
    for (int i = 0; i < 2; i++) { /* one text far ahead, one far back */
      char text[100];
      size_t row = i == 0 ? MANY - 1234 : 4321;
      snprintf(text, sizeof text, "%zu", row);
      assert_int_equal(mt_browser_search(b, text, strlen(text), i == 0 ? 100000 : 600000,
                                         1, i == 0 ? 1 : -1),
                       0);
      finish(b);
      /* the digits may stand in a longer number as well: the row holds them all the same
       */
      const struct mt_found f = *mt_browser_found(b);
      char line[100];
      assert_true(f.found);
      many_row(line, (size_t)f.row);
      assert_non_null(strstr(line, text));
    }
    mt_browser_free(b);
    mt_marks_reset(&marks);
    reader->ops->free(reader);
  }
}

/* Lines of many steps: also texts that one step ends in the midst of, and one line that
 * is longer than a step. */
static void test_finds_across_steps(void **state)
{
  enum { STEP = 256 << 10, STEPS = 30 };
  const size_t n = (size_t)STEPS * STEP + 1000;
  char *text = malloc(n + 1), row[100];
  struct mt_marks marks;
  struct mt_reader *reader;
  struct mt_browser *b;

  (void)state;
  assert_non_null(text);
  for (size_t at = 0, i = 0; at < n; i++) {
    size_t len = many_row(row, i);
    memcpy(text + at, row, len < n - at ? len : n - at);
    at += len;
  }
  for (size_t i = 20 * (size_t)STEP; i < 22 * (size_t)STEP; i++)
    if (text[i] == '\n')
      text[i] = ' ';
  text[n - 1] = '\n';
  text[n] = '\0';
  write_file(text, n);
  mt_marks_init(&marks);
  assert_int_equal(mt_format_open(&reader, path, NULL, NULL), 0);
  assert_int_equal(mt_browser_new(&b, reader, &marks, NULL), 0);
  for (size_t i = 1; i < STEPS; i++) {
    for (int step = -1; step <= 1; step += 2) {
      const char *what = text + i * STEP - 7;
      size_t len = strcspn(what, "\n");
      if (len < 8)
        continue;
      len = len < 14 ? len : 14;
      assert_int_equal(mt_browser_find(b, what, len, step > 0 ? 1 : UINT64_MAX, 0, step),
                       0);
      finish(b);
      const char *at = text, *next = text;
      while (step < 0 && (next = memmem(next, (size_t)(text + n - next), what, len)))
        at = next++;
      if (step > 0)
        at = memmem(text, n, what, len);
      size_t line = 1;
      for (const char *c = text; c < at; c++)
        line += *c == '\n';
      assert_true(mt_browser_found(b)->found);
      assert_int_equal(mt_browser_found(b)->byte, at - text);
      assert_int_equal(mt_browser_found(b)->line, line);
    }
  }
  mt_browser_free(b);
  mt_marks_reset(&marks);
  reader->ops->free(reader);
  free(text);
}

/* Looks backwards from the end for a letter of every row but the last. */
static void find_backwards(const char *letter, size_t rows)
{
  struct mt_marks marks;
  struct mt_reader *reader;
  struct mt_browser *b;

  mt_marks_init(&marks);
  assert_int_equal(mt_format_open(&reader, path, NULL, NULL), 0);
  assert_int_equal(mt_browser_new(&b, reader, &marks, NULL), 0);
  assert_int_equal(mt_browser_search(b, letter, 1, rows - 1, 0, -1), 0);
  finish(b);
  assert_true(mt_browser_found(b)->found);
  assert_int_equal(mt_browser_found(b)->row, rows - 2);
  assert_int_equal(mt_browser_find(b, letter, 1, rows, 0, -1), 0);
  finish(b);
  assert_true(mt_browser_found(b)->found);
  assert_int_equal(mt_browser_found(b)->line, rows - 1);
  mt_browser_free(b);
  mt_marks_reset(&marks);
  reader->ops->free(reader);
}

/* A letter that is everywhere, in one case alone, looked for whatever its case. */
static void test_letter_everywhere(void **state)
{
  enum { ROWS = 1 << 17 };
  static const char *const row[] = {"1,e\n", "1,E\n"};

  (void)state;
  for (int i = 0; i < 2; i++) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    for (size_t k = 0; k < ROWS; k++)
      assert_true(fputs(row[i], f) >= 0);
    assert_int_equal(fclose(f), 0);
    find_backwards("e", ROWS);
  }
  find_backwards("E", ROWS);
}

/* Steps are short, say how far they are, and can be given up. */
static void test_steps(void **state)
{
  struct mt_marks marks;
  struct mt_reader *reader;
  struct mt_browser *b;
  uint64_t done = 0, total = 0, before = 0;
  size_t steps = 0;
  struct stat st;

  (void)state;
  write_many(false);
  assert_int_equal(stat(path, &st), 0);
  mt_marks_init(&marks);
  assert_int_equal(mt_format_open(&reader, path, NULL, NULL), 0);
  assert_int_equal(mt_browser_new(&b, reader, &marks, NULL), 0);
  assert_false(mt_browser_busy(b));
  assert_int_equal(mt_browser_search(b, "not there", 9, 0, 0, 1), 0);
  for (; mt_browser_work(b, 0); steps++) {
    mt_browser_progress(b, &done, &total);
    assert_in_range(done, before, (uint64_t)st.st_size);
    assert_in_range(total, (uint64_t)st.st_size - 100, (uint64_t)st.st_size);
    before = done;
  }
  assert_in_range(steps, 15, 400);
  assert_false(mt_browser_found(b)->found);
  assert_int_equal(mt_browser_search(b, "not there", 9, 0, 0, 1), 0);
  assert_true(mt_browser_work(b, 0));
  mt_browser_cancel(b);
  assert_false(mt_browser_busy(b));
  assert_false(mt_browser_work(b, 1));
  for (int step = -1; step <= 1; step += 2) {
    steps = 0;
    assert_int_equal(mt_browser_find(b, "not there", 9, step > 0 ? 1 : MANY, 0, step), 0);
    for (before = 0; mt_browser_work(b, 0); steps++) {
      mt_browser_progress(b, &done, &total);
      assert_in_range(done, before, (uint64_t)st.st_size);
      assert_in_range(total, (uint64_t)st.st_size - 600000, (uint64_t)st.st_size);
      before = done;
    }
    assert_in_range(steps, 15, 400);
    assert_false(mt_browser_found(b)->found);
  }
  assert_int_equal(mt_browser_find(b, "not there", 9, 1, 0, 1), 0);
  assert_true(mt_browser_work(b, 0));
  mt_browser_cancel(b);
  assert_false(mt_browser_busy(b));
  mt_browser_free(b);
  mt_marks_reset(&marks);
  reader->ops->free(reader);
}

static void test_few_marks(void **state)
{
  struct mt_marks m;
  struct mt_mark mark, got;

  (void)state;
  mt_marks_init(&m);
  assert_false(mt_marks_by_row(&m, 7, &got));
  for (uint64_t i = 0; i < 1000000; i++) {
    mark = (struct mt_mark){.row = 10 * i, .byte = 20 + 1000 * i, .line = 2 + 11 * i};
    mt_marks_note(&m, &mark, 10);
    mt_marks_note(&m, &mark, 10); /* by somebody else */
  }
  assert_int_equal(mt_marks_rows(&m), 10000000);
  assert_in_range(m.len, MT_MARKS_MOST / 4, MT_MARKS_MOST);
  assert_in_range(m.cap, m.len, MT_MARKS_MOST);
  for (size_t i = 0; i < m.len; i++) {
    assert_int_equal(m.mark[i].row % 10, 0);
    assert_int_equal(m.mark[i].byte, 20 + 100 * m.mark[i].row);
    assert_int_equal(m.mark[i].line, 2 + 11 * (m.mark[i].row / 10));
    if (i > 0)
      assert_in_range(m.mark[i].byte - m.mark[i - 1].byte, m.apart, 3 * m.apart);
  }
  assert_true(mt_marks_by_row(&m, 0, &got));
  assert_int_equal(got.row, 0);
  assert_true(mt_marks_by_row(&m, UINT64_MAX, &got));
  assert_int_equal(got.row, m.mark[m.len - 1].row);
  for (uint64_t row = 1; row < 10000000; row += 7777) {
    assert_true(mt_marks_by_row(&m, row, &got));
    assert_in_range(got.row, row > m.apart / 50 ? row - m.apart / 50 : 0, row);
    assert_true(mt_marks_by_line(&m, got.line + 1, &mark));
    assert_int_equal(mark.row, got.row);
  }
  mt_marks_reset(&m);
}

/* Many columns: only those that are asked for are kept, and blocks stay small. */
static void test_wide(void **state)
{
  enum { COLUMNS = 100000, ROWS = 12 };
  struct mt_marks marks;
  struct mt_reader *reader;
  struct mt_browser *b;
  FILE *f = fopen(path, "wb");

  (void)state;
  assert_non_null(f);
  for (int r = -1; r < ROWS; r++)
    for (int k = 0; k < COLUMNS; k++)
      fprintf(f, r < 0 ? "c%d%c" : "%d%c", r < 0 ? k : r * k,
              k + 1 == COLUMNS ? '\n' : ',');
  assert_int_equal(fclose(f), 0);
  mt_marks_init(&marks);
  assert_int_equal(mt_format_open(&reader, path, NULL, NULL), 0);
  assert_int_equal(mt_browser_new(&b, reader, &marks, NULL), 0);
  mt_browser_show(b, &(struct mt_window){2, 20, 99990, 30, 100});
  finish(b);
  const struct mt_page *p = mt_browser_page(b);
  assert_int_equal(p->rows, ROWS - 2);
  assert_int_equal(p->columns, 10);
  assert_true(p->end);
  assert_in_range(p->text.cap, 1, 10000);
  for (size_t r = 0; r < p->rows; r++) {
    char want[20];
    size_t n = (size_t)sprintf(want, "%zu", (r + 2) * 99993);
    const struct mt_page_cell *c = &p->cell[r * p->columns + 3];
    assert_int_equal(c->len, n);
    assert_memory_equal(p->text.data + c->off, want, n);
  }
  mt_browser_free(b);
  mt_marks_reset(&marks);
  reader->ops->free(reader);
}

/* What is not the file that was opened is told, and not shown. */
static void test_changed(void **state)
{
  static const char text[] = "a,b\n1,2\n3,4\n5,6\n";

  (void)state;
  for (int how = 0; how < 3; how++) {
    struct world w;
    write_file(text, strlen(text));
    open_world(&w, NULL, true);
    show(&w, 0, 1, 0, 2, 10);
    if (how == 0) {
      assert_int_equal(truncate(path, 9), 0);
    } else {
      FILE *f = fopen(path, how == 1 ? "ab" : "r+b");
      fputs("7,8\n", f);
      assert_int_equal(fclose(f), 0);
      struct timespec times[2] = {{.tv_sec = 5}, {.tv_sec = 5}};
      assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    }
    mt_browser_show(w.browser, &(struct mt_window){2, 1, 0, 2, 10});
    while (mt_browser_work(w.browser, 0.01))
      ;
    assert_int_equal(mt_browser_error(w.browser)->code, EIO);
    assert_non_null(strstr(mt_browser_error(w.browser)->what, "changed while"));
    assert_int_equal(mt_browser_page(w.browser)->row, 0); /* the one before */
    close_world(&w);
  }
}

static void test_pipe(void **state)
{
  struct mt_marks marks;
  struct mt_reader *reader;
  struct mt_browser *b;
  struct mt_error err = {0};

  (void)state;
  unlink(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    write_file("a,b\n1,2\n", 8);
    _exit(0);
  }
  mt_marks_init(&marks);
  assert_int_equal(mt_format_open(&reader, path, NULL, NULL), 0);
  assert_int_equal(mt_browser_new(&b, reader, &marks, &err), ESPIPE);
  assert_null(b);
  assert_string_equal(err.what, "the rows of a pipe are gone once they are read");
  assert_string_equal(err.remedy, "store it in a file first");
  reader->ops->free(reader);
  mt_marks_reset(&marks);
  assert_int_equal(waitpid(pid, NULL, 0), pid);
  unlink(path);
}

/* Any file of the folder that MEMTOP_TEST_DATA names: pages here and there are what the
 * scan has read. */
static void test_datasets(void **state)
{
  const char *data = getenv("MEMTOP_TEST_DATA");
  DIR *d = data == NULL ? NULL : opendir(data);
  char file[1024];

  (void)state;
  if (d == NULL)
    skip();
  for (struct dirent *e; (e = readdir(d)) != NULL;) {
    struct mt_marks marks;
    struct mt_reader *reader;
    struct mt_browser *b;
    struct whole whole;
    snprintf(file, sizeof file, "%s/%s", data, e->d_name);
    if (e->d_type != DT_REG || mt_format_open(&reader, file, NULL, NULL) != 0)
      continue;
    mt_marks_init(&marks);
    read_whole(reader, &whole, &marks);
    assert_int_equal(mt_browser_new(&b, reader, &marks, NULL), 0);
    for (size_t i = 0; i < 60 && whole.rows > 0; i++) {
      size_t row = i < 30 ? i : (i * 7919 + i * i * 104729) % whole.rows;
      struct mt_window w = {row, 20, i % whole.columns, 40, 60};
      mt_browser_show(b, &w);
      finish(b);
      assert_true(mt_browser_page(b)->rows > 0);
      assert_page(mt_browser_page(b), &whole, w.keep);
    }
    mt_browser_free(b);
    whole_reset(&whole);
    mt_marks_reset(&marks);
    reader->ops->free(reader);
  }
  closedir(d);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_place),
      cmocka_unit_test(test_recoded),
      cmocka_unit_test(test_places_of_many),
      cmocka_unit_test(test_steps),
      cmocka_unit_test(test_finds_across_steps),
      cmocka_unit_test(test_letter_everywhere),
      cmocka_unit_test(test_few_marks),
      cmocka_unit_test(test_wide),
      cmocka_unit_test(test_changed),
      cmocka_unit_test(test_pipe),
      cmocka_unit_test(test_datasets),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
