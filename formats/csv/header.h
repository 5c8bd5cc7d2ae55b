/* Column names, made from the header as pandas.read_csv makes them. */
#ifndef MT_FORMATS_CSV_HEADER_H
#define MT_FORMATS_CSV_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cells/chunk.h"
#include "core/cells/reader.h"

/* Names for `columns` columns from the `cells` of the header (count of them, at
 * most columns; those that lack are taken as empty).  Cut at the first NUL; bytes
 * that are not UTF-8 become U+FFFD (*bad counts such cells; pandas refuses them);
 * then "Unnamed: 3" for the empty ones and "a.1" for the second "a".  *made: some name
 * was cut, or is one of those.  *names is an array of columns entries for
 * mt_csv_names_free.  0 or ENOMEM. */
int mt_csv_names_make(struct mt_name **names, size_t columns, const uint8_t *text,
                      const struct mt_cell *cells, size_t count, size_t *bad,
                      bool *made) MT_MUST_CHECK;
/* "0", "1", ... for a file without header.  0 or ENOMEM. */
int mt_csv_names_number(struct mt_name **names, size_t columns) MT_MUST_CHECK;
void mt_csv_names_free(struct mt_name *names, size_t columns);

#endif
