/* Regular records, 64 bytes at a time: what nearly all of every file is.
 *
 *   mt_csv_run_begin -> mt_csv_run_count    how many records there are, and their end
 *                    -> mt_csv_run_ends*    where each of their fields ends
 *
 * A run ends before the first record that is not regular, which scan.h then reads a
 * byte at a time.  Regular is a record that ends in LF or CR LF, whose quotes open only
 * where a field begins, with nothing between the closing one and the field's end, and
 * that holds no comment; a blank line is none.  In such a text the quotes before a byte
 * say whether it is quoted, and whether a text is such a text is told by each byte and
 * the one before it.
 *
 * The work is done by one of several variants of the same code (regular_kernel.h), the
 * best that the processor has. */
#ifndef MT_FORMATS_CSV_REGULAR_H
#define MT_FORMATS_CSV_REGULAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/csv/scan.h"

struct mt_csv_run {
  struct mt_csv_dialect dialect;
  const uint8_t *text;
  size_t len;
  size_t pos; /* up to here it has been looked at */
  /* Whether text[pos] is inside quotes (all ones), and whether the byte before it is a
   * quote, a line end, or a CR outside quotes (1). */
  uint64_t inside, after_quote, after_line, after_cr;
  uint64_t after_quote_cr; /* whether that CR follows a quote */
  uint64_t records;        /* whose ends have been found */
  bool ended;              /* an irregular byte or len has been met */
  /* Set, never cleared, when mt_csv_run_ends has seen such a thing; perhaps a little
   * before it is needed. */
  bool escapes;       /* doubled quotes */
  bool multiline;     /* line ends inside quotes */
  uint64_t nul, high; /* not 0: such bytes, 0 and from 0x80 on */
};

/* Ends that mt_csv_run_ends must have room for. */
#define MT_CSV_ENDS_MIN 80

/* pos: where a record or a line begins. */
void mt_csv_run_begin(struct mt_csv_run *r, const struct mt_csv_dialect *d,
                      const uint8_t *text, size_t len, size_t pos);

/* The records from the beginning of the run, at most max (> 0) of them.  *end is moved
 * to where the last of them ends, if there are any. */
uint64_t mt_csv_run_count(struct mt_csv_run *r, uint64_t max, size_t *end);

/* The next offsets of delimiters and LFs that end fields, ascending: at most cap, as few
 * as none.  A CR before the LF still is part of the field.  Call it until r->ended; the
 * last record may be incomplete.
 * quoted: those of them that end fields in quotes, and UINT32_MAX behind them; it has
 * room for cap + 1. */
size_t mt_csv_run_ends(struct mt_csv_run *r, uint32_t *ends, uint32_t *quoted,
                       size_t cap);

/* Line ends in text, which is padded: LF, CR and CR LF count once each. */
uint64_t mt_csv_count_lines(const uint8_t *text, size_t len);

/* The variants that this processor has, the best one last; for tests. */
size_t mt_csv_variants(void);
const char *mt_csv_use_variant(size_t i);

#endif
