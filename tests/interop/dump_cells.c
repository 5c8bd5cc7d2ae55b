/* Prints what the CSV reader makes of inputs, as one line of JSON each, for
 * test_csv_cells.py to compare with pandas.
 *
 *   dump_cells [OPTION=VALUE ...] FILE      one file
 *   dump_cells [OPTION=VALUE ...] -         many: stdin holds, per input, its length
 *                                           (4 bytes, little-endian) and its bytes
 *
 * Texts are in hexadecimal.  "error" is an errno name's number, 0 otherwise. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/csv/reader.h"
#include "formats/csv/regular.h"

static void print_hex(const void *p, size_t n)
{
  static const char digits[] = "0123456789abcdef";
  const uint8_t *s = p;

  putchar('"');
  for (size_t i = 0; i < n; i++) {
    putchar(digits[s[i] >> 4]);
    putchar(digits[s[i] & 15]);
  }
  putchar('"');
}

static void print_names(const struct mt_reader_schema *s)
{
  printf("\"index\":%zu,\"delimiter\":%d,\"names\":[", s->implicit_index,
         (unsigned char)s->delimiter);
  for (size_t i = 0; i < s->columns; i++) {
    if (i)
      putchar(',');
    print_hex(s->names[i].text, s->names[i].len);
  }
  putchar(']');
}

static void print_rows(const struct mt_chunk *c)
{
  for (size_t row = 0; row < c->rows; row++) {
    fputs(c->first_row + row ? ",[" : "[", stdout);
    printf("%" PRIu64, mt_chunk_line(c, row));
    for (size_t col = 0; col < c->columns; col++) {
      const struct mt_cell *cell = mt_chunk_column(c, col) + row;
      putchar(',');
      print_hex(c->text + cell->off, cell->len);
    }
    putchar(']');
  }
}

static void print_faults(const struct mt_fault_list *l)
{
  fputs(",\"faults\":{", stdout);
  for (int k = 0; k < MT_FAULT_KINDS; k++) {
    printf("%s\"%s\":%" PRIu64, k ? "," : "", mt_fault_name(k), l->count[k]);
  }
  putchar('}');
}

static void fetch(struct mt_reader *r, struct mt_block *block)
{
  r->ops->reserve(r, block);
  r->ops->fetch(r, block);
}

/* As a scan reads, with some blocks under way. */
static int dump_rows(struct mt_reader *r, struct mt_error *err)
{
  enum { UNDER_WAY = 2 };
  struct mt_block block[UNDER_WAY];
  struct mt_chunk chunk;
  struct mt_fault_list faults = {0};
  bool end = false;
  int rc = 0;

  mt_chunk_init(&chunk);
  for (int i = 0; i < UNDER_WAY; i++) {
    mt_block_init(&block[i]);
    fetch(r, &block[i]);
  }
  fputs(",\"rows\":[", stdout);
  for (int i = 0; !rc; i = (i + 1) % UNDER_WAY) {
    rc = r->ops->next_block(r, &block[i], &end, err);
    if (!rc && !end)
      rc = r->ops->decode(r, &block[i], &chunk, err);
    if (rc || end)
      break;
    print_rows(&chunk);
    mt_fault_merge(&faults, &chunk.faults);
    fetch(r, &block[i]);
  }
  putchar(']');
  print_faults(&faults);
  mt_chunk_reset(&chunk);
  for (int i = 0; i < UNDER_WAY; i++)
    mt_block_reset(&block[i]);
  return rc;
}

static void dump(const char *path, const struct mt_read_options *o, uint64_t max_rows)
{
  struct mt_reader *r;
  struct mt_error err = {0};

  putchar('{');
  int rc = mt_csv_open(&r, path, o, &err);
  if (!rc) {
    print_names(&r->schema);
    rc = max_rows ? r->ops->rewind(r, max_rows, &err) : 0;
    if (!rc)
      rc = dump_rows(r, &err);
    r->ops->free(r);
    putchar(',');
  }
  printf("\"error\":%d}\n", rc);
  if (rc)
    fprintf(stderr, "%s (%s)\n", err.what, err.remedy);
}

static uint64_t number(const char *s)
{
  return strtoull(s, NULL, 0);
}

static void set_option(struct mt_read_options *o, uint64_t *max_rows, char *arg)
{
  char *value = strchr(arg, '=') + 1;

  if (!strncmp(arg, "delimiter=", 10))
    o->delimiter = (int)number(value);
  else if (!strncmp(arg, "quote=", 6))
    o->quote = (int)(int64_t)number(value);
  else if (!strncmp(arg, "header=", 7))
    o->header = (int)(int64_t)number(value);
  else if (!strncmp(arg, "comment=", 8))
    o->comment = (int)number(value);
  else if (!strncmp(arg, "skip=", 5))
    o->skip = number(value);
  else if (!strncmp(arg, "block=", 6))
    o->block_size = number(value);
  else if (!strncmp(arg, "field=", 6))
    o->max_field = number(value);
  else if (!strncmp(arg, "encoding=", 9))
    o->encoding = value;
  else if (!strncmp(arg, "variant=", 8))
    mt_csv_use_variant(number(value) % mt_csv_variants());
  else if (!strncmp(arg, "rows=", 5))
    *max_rows = number(value);
}

/* Each input becomes the content of one file in memory. */
static int dump_many(const struct mt_read_options *o, uint64_t max_rows)
{
  static uint8_t text[1 << 20];
  uint8_t head[4];
  char path[64];
  int fd = memfd_create("input", MFD_CLOEXEC);

  if (fd < 0)
    return 1;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  while (fread(head, 1, sizeof head, stdin) == sizeof head) {
    size_t n = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
    if (n > sizeof text || fread(text, 1, n, stdin) != n)
      return 1;
    if (ftruncate(fd, 0) || pwrite(fd, text, n, 0) != (ssize_t)n)
      return 1;
    dump(path, o, max_rows);
  }
  close(fd);
  return 0;
}

int main(int argc, char **argv)
{
  struct mt_read_options o = {0};
  uint64_t max_rows = 0;
  int i = 1;

  for (; i < argc && strchr(argv[i], '='); i++)
    set_option(&o, &max_rows, argv[i]);
  if (i + 1 != argc)
    return 2;
  if (!strcmp(argv[i], "-"))
    return dump_many(&o, max_rows);
  dump(argv[i], &o, max_rows);
  return 0;
}
