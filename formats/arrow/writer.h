/* Writes a typed table as an Arrow IPC file, also known as Feather V2.
 *
 * Schema, one dictionary per category column, one record batch per mt_batch, end marker
 * and footer, in one pass without seeking.  Text is utf8, dates and datetimes are
 * timestamps, categories are dictionaries of utf8 with the index width of pandas.
 * Buffers begin at multiples of 64 bytes; each is compressed on its own. */
#ifndef MT_FORMATS_ARROW_WRITER_H
#define MT_FORMATS_ARROW_WRITER_H

#include "core/base/error.h"
#include "core/session/writer.h"
#include "formats/formats.h"
#include "formats/output.h"

/* Takes output over, also when it fails.  Of options: codec and level. */
int mt_arrow_writer_new(struct mt_writer **out, struct mt_output *output,
                        const struct mt_write_options *options,
                        struct mt_error *err) MT_MUST_CHECK;

#endif
