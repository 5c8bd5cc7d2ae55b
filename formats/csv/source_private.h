/* What those share who make blocks (source.c), who read parts for them (fetch.c) and who
 * say where the next one begins (source_place.c). */
#ifndef MT_FORMATS_CSV_SOURCE_PRIVATE_H
#define MT_FORMATS_CSV_SOURCE_PRIVATE_H

#include "formats/csv/regular.h"
#include "formats/csv/source.h"

/* Begins a run of regular records at pos, up to `end`, none of them longer than a field
 * may be. */
void mt_csv_source_run(const struct mt_csv_source *s, struct mt_csv_run *run,
                       const uint8_t *text, size_t pos, size_t end);
/* Where the step ends that a byte is in, both counted from origin. */
uint64_t mt_csv_source_step_end(const struct mt_csv_source *s, uint64_t at);
/* Room that is left in front of a block's text for what waits. */
size_t mt_csv_source_headroom(const struct mt_csv_source *s);
/* Room for `bytes` of text from `at` on in the block's memory; text that is there stays.
 * 0 or ENOMEM. */
int mt_csv_source_make_room(const struct mt_csv_source *s, struct mt_block *b, size_t at,
                            size_t bytes) MT_MUST_CHECK;
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
