/* Delimited text as a struct mt_reader (core/cells/reader.h). */
#ifndef MT_FORMATS_CSV_READER_H
#define MT_FORMATS_CSV_READER_H

#include "core/base/error.h"
#include "core/cells/reader.h"
#include "formats/formats.h"

/* Opens path, finds encoding, compression and delimiter where options (may be
 * NULL) do not say, and reads the header.  ENODATA: nothing in it; EINVAL: not a
 * text table, or options that contradict each other; E2BIG: too many columns;
 * and what mt_input_open gives. */
int mt_csv_open(struct mt_reader **out, const char *path,
                const struct mt_read_options *options,
                struct mt_error *err) MT_MUST_CHECK;

#endif
