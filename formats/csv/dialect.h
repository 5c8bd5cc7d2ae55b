/* Whether bytes are a text table at all, and which byte separates the fields. */
#ifndef MT_FORMATS_CSV_DIALECT_H
#define MT_FORMATS_CSV_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "formats/csv/scan.h"

/* Tries comma, semicolon, tab and bar (in that order of preference) with the
 * quote and comment of *d on the first bytes of a file, which has `last` ended
 * there, after passing over `skip` lines.  Sets d->delimiter; comma when none
 * splits the records into several fields consistently, as in a file of one
 * column.  text is followed by MT_CSV_PAD readable bytes. */
void mt_csv_dialect_detect(struct mt_csv_dialect *d, const uint8_t *text, size_t len,
                           bool last, uint64_t skip);

/* 0, or EINVAL with what the first bytes of path say it is instead. */
int mt_csv_check_text(const char *path, const uint8_t *text, size_t len,
                      struct mt_error *err) MT_MUST_CHECK;

/* "comma", "semicolon", "tab", "bar"; else NULL. */
const char *mt_csv_delimiter_name(int delimiter);

#endif
