/* What a readable dataset is to core.  formats/ implements it.
 *
 *   reader->ops->reserve      serial: one caller at a time
 *   reader->ops->fetch        any thread, any number at once
 *   reader->ops->next_block   serial, in the order of reserve
 *   reader->ops->decode       pure: any thread, any number at once
 *   reader->ops->rewind       back to the first row, for another pass
 *   reader->ops->check        the input is still the one that was opened
 *   reader->ops->rows         a second way in, to rows anywhere (rows.h)
 *   reader->ops->free
 *
 * The reader is opened by formats/ (mt_format_open), which has then already
 * read the header: schema is valid and does not change. */
#ifndef MT_CORE_READER_H
#define MT_CORE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bell.h"
#include "core/base/error.h"
#include "core/cells/chunk.h"

struct mt_name {
  char *text; /* owned by the reader; NUL-terminated, may hold NULs before that */
  size_t len;
};

/* How a text table is written: what another program has to be told to read it. */
struct mt_reader_text {
  bool header;             /* the first record names the columns */
  int quote, comment;      /* bytes; -1 = none */
  bool names_made;         /* some name is not as it stands there: the second "a" is
                              "a.1", where there is none it is "Unnamed: 3" */
  uint64_t skip;           /* lines before the header */
  const char *encoding;    /* iconv's name in lower case; "utf-8" */
  const char *compression; /* "gzip"; NULL = none */
};

struct mt_reader_schema {
  struct mt_name *names; /* unique, as pandas would name them */
  size_t columns;
  size_t implicit_index; /* leading columns that pandas would take as the index
                            because rows are longer than the header; usually 0 */
  const char *path;      /* as given; for messages only */
  uint64_t size;         /* bytes of the file as stored; 0 = unknown */
  char format[96];       /* "csv, comma, utf-8, gzip": for people */
  char delimiter;        /* what was found or given */
  struct mt_reader_text text;
};

/* The column of that name, found by looking at all of them; schema->columns when there is
 * none. */
size_t mt_reader_find_column(const struct mt_reader_schema *schema, const char *name,
                             size_t n);

/* The same for whoever looks for many. */
struct mt_name_index {
  const struct mt_reader_schema *schema;
  uint32_t *slot; /* 1 + column; 0: free; owned */
  size_t mask;
  uint64_t seed;
};
/* Of a schema that stays as it is.  0 or ENOMEM. */
int mt_name_index_init(struct mt_name_index *x,
                       const struct mt_reader_schema *schema) MT_MUST_CHECK;
void mt_name_index_reset(struct mt_name_index *x);
size_t mt_name_index_find(const struct mt_name_index *x, const char *name, size_t n);

struct mt_reader_progress {
  uint64_t bytes; /* of the file as stored, consumed so far */
  uint64_t total; /* same unit; 0 = unknown */
  bool irregular; /* some line was blank or a comment, or ended in CR, or its quotes stand
                     elsewhere than around a field: not every program reads it alike */
};

struct mt_reader;
struct mt_rows;
struct mt_reader_ops {
  /* What can be read by many at once is so: the block gets a part of the file, which
   * fetch reads into it and next_block makes use of.  What goes wrong is told by
   * next_block. Both may be NULL, and a block that was not reserved may be filled too, as
   * long as none that was is waiting.  Who reserves a block and does not have it filled
   * has to rewind. */
  void (*reserve)(struct mt_reader *r, struct mt_block *block);
  void (*fetch)(const struct mt_reader *r, struct mt_block *block);
  /* Fills *block with the next whole records.  *end is set, and the block is
   * empty, when there are none left.  0 or an errno value. */
  int (*next_block)(struct mt_reader *r, struct mt_block *block, bool *end,
                    struct mt_error *err);
  /* Turns a block into columns of cells.  Missing trailing fields are empty
   * unquoted cells; each is counted as a fault of its row. */
  int (*decode)(const struct mt_reader *r, struct mt_block *block, struct mt_chunk *chunk,
                struct mt_error *err);
  /* Back to the first row; max_rows: give the first N data rows only (0 = all).
   * Call it before the first block as well when there is such a limit. */
  int (*rewind)(struct mt_reader *r, uint64_t max_rows, struct mt_error *err);
  /* Compares identity, size and times of the open file with those at open.
   * 0, or EIO with "changed while reading". */
  int (*check)(struct mt_reader *r, struct mt_error *err);
  void (*progress)(const struct mt_reader *r, struct mt_reader_progress *p);
  /* Also while another thread takes blocks.  0, or ESPIPE where rows that have been
   * passed are gone.  May be NULL. */
  int (*rows)(const struct mt_reader *r, struct mt_rows **out, struct mt_error *err);
  void (*free)(struct mt_reader *r);
};

struct mt_reader {
  const struct mt_reader_ops *ops;
  const struct mt_bell *cancel; /* once it rings, next_block waits for no more bytes of a
                                   pipe, and fails with ECANCELED; NULL: it waits */
  struct mt_reader_schema schema;
};

#endif
