/* Blocks of whole records from an input: the serial part of reading.
 *
 *   mt_csv_source_open -> look_ahead, skip_lines -> (take -> give_back)* | block*
 *   -> [rewind -> block*] -> close
 *   mt_csv_source_share -> (move* -> block* | read*)* -> close
 *
 * Bytes are read straight into the block; what follows its last whole record is
 * given back and waits in `ahead` for the next one.  Blocks that have been reserved come
 * with bytes that fetch.h has read: what waits is put in front of them.
 *
 * Where a block ends depends on the text alone, not on who reads what when, or where the
 * text comes from: from `origin` on it is cut into steps, of block_size up to `later` and
 * of later_size from there on; a block has the records that end within its step, or the
 * one behind where little of its own is left.  It has fewer where these are too many;
 * where there is none, one is looked for in twice as many bytes. */
#ifndef MT_FORMATS_CSV_SOURCE_H
#define MT_FORMATS_CSV_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/cells/chunk.h"
#include "formats/csv/scan.h"
#include "formats/input.h"

#define MT_CSV_HERE UINT64_MAX

struct mt_csv_place {
  uint64_t byte, line; /* of the decoded file, lines from 1 */
  uint8_t before;      /* the byte that precedes it */
};

struct mt_csv_source {
  /* Set by the owner before open. */
  struct mt_csv_dialect dialect; /* the delimiter may follow after look_ahead */
  uint64_t max_field, max_columns;
  size_t block_size;
  /* Set by the owner after open, if at all.  later: bytes from origin on, a multiple of
   * block_size; later_size: block_size to twice that. */
  uint64_t later;
  size_t later_size;

  char *path;
  struct mt_input *input;
  struct mt_csv_place place; /* where the next block starts */
  /* Bytes read but not yet in a block: ahead.data[ahead_pos .. ahead.len). */
  struct mt_buffer ahead;
  size_t ahead_pos;
  uint64_t origin; /* place of the first record */
  bool steps;      /* as above; false: blocks are full of rows before they are of bytes */
  bool full;       /* the last block was full of rows */
  size_t aim;   /* bytes to look at first for the next one if it was, or where there are
                   no steps */
  size_t need;  /* the same where none held a whole record so far; 0: they did */
  bool fetched; /* the block at hand came with its bytes: no others are read */
  uint64_t reserved; /* where the next part begins (fetch.h); MT_CSV_HERE: at the input */
  atomic_bool sated; /* so much waits that no part is wanted */
  bool line_each;    /* the block that was taken has one line end for each row */
  bool input_end;
  bool over;  /* nothing but blanks was left */
  bool moved; /* place holds: move got there, and read has not been called since */
  atomic_bool irregular;  /* a line was met that is no regular record (regular.h) */
  struct mt_error failed; /* reported once the whole records before it are out */
};

int mt_csv_source_open(struct mt_csv_source *s, const char *path, const char *encoding,
                       struct mt_error *err) MT_MUST_CHECK;
/* A second way into an open source (input.h); the owner has set block_size. */
int mt_csv_source_share(struct mt_csv_source *s, const struct mt_csv_source *from,
                        struct mt_error *err) MT_MUST_CHECK;
/* Also after a failed open. */
void mt_csv_source_close(struct mt_csv_source *s);

/* Reads on until n bytes are ahead, followed by MT_CSV_PAD more, or the input ends. */
int mt_csv_source_look_ahead(struct mt_csv_source *s, size_t n,
                             struct mt_error *err) MT_MUST_CHECK;
/* Moves on by n bytes that are ahead. */
void mt_csv_source_pass(struct mt_csv_source *s, size_t n);
int mt_csv_source_skip_lines(struct mt_csv_source *s, uint64_t lines,
                             struct mt_error *err) MT_MUST_CHECK;

/* Fills the block with at most max_rows whole records; none at the end, and none where
 * those of a fetched one go on behind its bytes.  They end at *used.  An error in a later
 * record waits until that record is the first. */
int mt_csv_source_take(struct mt_csv_source *s, struct mt_block *b, size_t max_rows,
                       size_t *used, struct mt_error *err) MT_MUST_CHECK;
/* Hands the block's bytes from `used` on to the next take. */
int mt_csv_source_give_back(struct mt_csv_source *s, struct mt_block *b, size_t used,
                            struct mt_error *err) MT_MUST_CHECK;
/* Both, and says in the block where it lies. */
int mt_csv_source_block(struct mt_csv_source *s, struct mt_block *b, size_t max_rows,
                        struct mt_error *err) MT_MUST_CHECK;

/* Whether nothing is left to take. */
bool mt_csv_source_ended(const struct mt_csv_source *s);

/* A step of a shared source on the way to any place that once was `place`: *there once
 * it has arrived. */
int mt_csv_source_move(struct mt_csv_source *s, const struct mt_csv_place *to,
                       bool *there, struct mt_error *err) MT_MUST_CHECK;
/* The bytes from there on as they are, n of them or all there are.  Move comes next. */
int mt_csv_source_read(struct mt_csv_source *s, uint8_t *p, size_t n, size_t *got,
                       struct mt_error *err) MT_MUST_CHECK;

/* Back to a place that has been passed. */
int mt_csv_source_rewind(struct mt_csv_source *s, const struct mt_csv_place *place,
                         struct mt_error *err) MT_MUST_CHECK;

#endif
