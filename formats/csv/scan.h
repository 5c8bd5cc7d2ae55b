/* The tokenizer: where records begin and end, and where their fields lie,
 * exactly as the C engine of pandas.read_csv sees them.
 *
 *   mt_csv_cursor_init       over bytes in memory, at a record's start or a line's
 *   mt_csv_start             what begins here: a record, or a line without one
 *   mt_csv_skim              where the record ends (cheap: looks at line ends,
 *                            quotes and comments only)
 *   mt_csv_split             its fields; the record must be complete
 *
 * The cursor looks at 64 bytes at a time as bit masks of the bytes that matter;
 * load_window in scan.c is the one place that depends on the machine. */
#ifndef MT_FORMATS_CSV_SCAN_H
#define MT_FORMATS_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cells/chunk.h"

/* Bytes that must be readable past the end of every text (their value does not
 * matter). */
#define MT_CSV_PAD 64

struct mt_csv_dialect {
  uint8_t delimiter;
  int quote;   /* byte, or -1 = none */
  int comment; /* byte, or -1 = none */
};

struct mt_csv_cursor {
  struct mt_csv_dialect dialect;
  const uint8_t *text;
  size_t len;
  bool last;   /* the file ends where the text ends */
  bool fields; /* stop at delimiters too: for mt_csv_split */
  bool broken; /* a line end has been passed inside quotes */
  size_t base; /* the window: text[base .. base + 64), a bit per byte */
  uint64_t stop, quote, newline;
};

enum mt_csv_item {
  MT_CSV_RECORD,
  MT_CSV_BLANK,      /* an empty, blanks-only or comment line; passed over */
  MT_CSV_END,        /* nothing but the end of the file */
  MT_CSV_MORE,       /* cannot tell without bytes that follow the text */
  MT_CSV_OPEN_QUOTE, /* a quote that the file never closes */
  MT_CSV_LONG_FIELD  /* a quote that does not close within max_field bytes */
};

void mt_csv_cursor_init(struct mt_csv_cursor *c, const struct mt_csv_dialect *d,
                        const uint8_t *text, size_t len, bool last);

/* RECORD (*pos stays), BLANK (*pos is moved past it), END or MORE. */
enum mt_csv_item mt_csv_start(const struct mt_csv_cursor *c, size_t *pos);
/* From a record's start to the next one's: RECORD; MORE; or OPEN_QUOTE,
 * LONG_FIELD with *pos at the quote: such a field ends at its own line's end. */
enum mt_csv_item mt_csv_skim(struct mt_csv_cursor *c, size_t *pos, uint64_t max_field);
/* Past the end of the line that *pos lies in: RECORD or MORE. */
enum mt_csv_item mt_csv_end_line(struct mt_csv_cursor *c, size_t *pos);
/* Past one line as pandas' skiprows counts them: BLANK, MORE or END. */
enum mt_csv_item mt_csv_skip_line(const struct mt_csv_cursor *c, size_t *pos,
                                  uint64_t max_field);

/* Where mt_csv_split puts fields: number k to cells[k * stride] while k < cap. */
struct mt_csv_row {
  struct mt_cell *cells;
  size_t stride, cap;
  size_t open;        /* offset of the quote that never closes; SIZE_MAX = none */
  size_t count;       /* out: fields seen, cap or not */
  size_t lines;       /* out: line ends inside quotes */
  size_t open_column; /* out, where open lies in this record: its field */
};

/* Splits the complete record at *pos and moves past it.  Quoted fields are
 * unescaped in place if they are stored (k < cap), so that a record can be split
 * with cap 0 to count its fields, and then once to have them. */
void mt_csv_split(struct mt_csv_cursor *c, size_t *pos, struct mt_csv_row *row);

/* Undoubles the quotes in a field's text, in place; returns its length. */
size_t mt_csv_unescape(uint8_t *text, size_t len, int quote);

/* Fields and longest field (bytes, about) of a record or of the beginning of one:
 * for limits. */
void mt_csv_measure(const struct mt_csv_dialect *d, const uint8_t *text, size_t len,
                    size_t *fields, size_t *longest);

#endif
