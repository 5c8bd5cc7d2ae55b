/* Faults of the data: counted, located, never fatal.
 *
 * A list keeps the exact count of each kind and the first of the places that are known,
 * up to MT_FAULT_KEPT of each kind, in file order.  Some faults are counted without their
 * places, so that there may be fewer of these than faults.  Lists of consecutive blocks
 * merge in order. */
#ifndef MT_CORE_FAULT_H
#define MT_CORE_FAULT_H

#include <stdint.h>

/* id, text for people after "1", text after any other number */
#define MT_FAULTS(X)                                                                     \
  X(SHORT_ROW, "row with too few fields (padded with nulls)",                            \
    "rows with too few fields (padded with nulls)")                                      \
  X(LONG_ROW,                                                                            \
    "row with too many fields (the extra ones are ignored; pandas would fail)",          \
    "rows with too many fields (the extra ones are ignored; pandas would fail)")         \
  X(OPEN_QUOTE, "quote that never closes (ended at its line's end; pandas would fail)",  \
    "quotes that never close (ended at their line's end; pandas would fail)")            \
  X(NUL, "field with NUL bytes (pandas cuts it there)",                                  \
    "fields with NUL bytes (pandas cuts them there)")                                    \
  X(BAD_UTF8, "field that is not UTF-8 (pandas would fail; try --encoding latin1)",      \
    "fields that are not UTF-8 (pandas would fail; try --encoding latin1)")              \
  X(CR_BLANK, "line after a lone CR that begins with a blank (pandas misreads it)",      \
    "lines after a lone CR that begin with a blank (pandas misreads them)")              \
  X(LONG_FIELD, "field over --max-field (ended at its line's end)",                      \
    "fields over --max-field (ended at their line's end)")

enum mt_fault_kind {
#define X(id, one, many) MT_FAULT_##id,
  MT_FAULTS(X)
#undef X
      MT_FAULT_KINDS
};

#define MT_FAULT_KEPT 4

struct mt_fault {
  uint64_t line;   /* line of the file where the record starts, from 1 */
  uint64_t byte;   /* offset of the field, or of the record, in the decoded file */
  uint64_t detail; /* SHORT_ROW, LONG_ROW: fields seen; else the column, from 0 */
};

struct mt_fault_list {
  uint64_t count[MT_FAULT_KINDS];
  struct mt_fault first[MT_FAULT_KINDS][MT_FAULT_KEPT];
};

void mt_fault_add(struct mt_fault_list *l, enum mt_fault_kind k, uint64_t line,
                  uint64_t byte, uint64_t detail);
/* How many places of a kind are kept. */
int mt_fault_places(const struct mt_fault_list *l, enum mt_fault_kind k);
/* Appends the faults of a later part of the file. */
void mt_fault_merge(struct mt_fault_list *into, const struct mt_fault_list *later);
uint64_t mt_fault_total(const struct mt_fault_list *l);
/* "rows with too few fields ...", to follow the count. */
const char *mt_fault_text(enum mt_fault_kind k, uint64_t count);
const char *mt_fault_name(enum mt_fault_kind k); /* "short_row": JSON */

#endif
