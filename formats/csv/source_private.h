/* What those share who make blocks (source.c) and who say where the next one begins
 * (source_place.c). */
#ifndef MT_FORMATS_CSV_SOURCE_PRIVATE_H
#define MT_FORMATS_CSV_SOURCE_PRIVATE_H

#include "formats/csv/source.h"

/* Bytes that have been read and are in no block. */
size_t mt_csv_source_ahead(const struct mt_csv_source *s);
/* Reads to p until n bytes are there or the input ends or fails; how many are there. */
size_t mt_csv_source_input(struct mt_csv_source *s, uint8_t *p, size_t n);
/* Hands out why it failed. */
int mt_csv_source_fail_input(struct mt_csv_source *s, struct mt_error *err);
/* The place moves on over n bytes of text with so many line ends. */
void mt_csv_source_advance(struct mt_csv_source *s, const uint8_t *text, size_t n,
                           uint64_t lines);
/* Whether a record is too long, or has too many fields.  The limits hold for a whole
 * record however much of it is in memory: whatever the beginning of a record breaks, the
 * record breaks.  0 or EFBIG. */
int mt_csv_source_check_limits(const struct mt_csv_source *s, const uint8_t *text,
                               size_t len, struct mt_error *err);

#endif
