/* Parts of a file that workers read beside each other, before it is known where records
 * begin in them.
 *
 *   mt_csv_reserve -> mt_csv_fetch -> mt_csv_source_block   of a block
 *
 * Reserving is serial and only says which part; fetching is what takes time: reading, and
 * counting the regular records of the part as if one began behind its first line end.
 * The source, which knows what waits in front of the part, then looks whether one does.
 */
#ifndef MT_FORMATS_CSV_FETCH_H
#define MT_FORMATS_CSV_FETCH_H

#include "formats/csv/source.h"

/* The part of the file for the block that is taken after those reserved before; none
 * where the file's text is not what is stored. */
void mt_csv_reserve(struct mt_csv_source *s, struct mt_block *b);
/* Any thread.  max_rows: that the block is going to have at most.  What fails is noted in
 * the block, with the bytes that could be read before. */
void mt_csv_fetch(const struct mt_csv_source *s, struct mt_block *b, size_t max_rows);

#endif
