/* Rows anywhere in a delimited text, as a struct mt_rows (core/session/rows.h). */
#ifndef MT_FORMATS_CSV_ROWS_H
#define MT_FORMATS_CSV_ROWS_H

#include "core/base/error.h"
#include "core/session/rows.h"
#include "formats/csv/source.h"

/* first: where the first row begins.  Reads of `from` only what does not change once it
 * is open.  ESPIPE for pipes. */
int mt_csv_rows_open(struct mt_rows **out, const struct mt_csv_source *from,
                     const struct mt_csv_place *first,
                     struct mt_error *err) MT_MUST_CHECK;

#endif
