/* Numbers of one form, many at a time: of up to eight bytes without a sign, all with as
 * many digits after the point.  Most columns of numbers hold little else.
 *
 * What is read is what quick.h reads one by one; the work is done by the best variant
 * that the processor has. */
#ifndef MT_CORE_FORM_H
#define MT_CORE_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cells/chunk.h"

#define MT_FORM_BYTES 8
#define MT_FORM_DECIMALS (MT_FORM_BYTES - 2) /* at most */

struct mt_form {
  unsigned decimals, least; /* least: bytes of the shortest */
  unsigned point;           /* bit where it is, when the text is at the end of a word */
  uint64_t before, behind;  /* the point, in that word */
};

struct mt_form mt_form_of(unsigned decimals);

/* Reads cells up to the first that is no number of the form, n at most; how many.
 * number: of each, without its point, as "1.50" is 150.
 * *one_length: whether all that were read are as long as the first. */
size_t mt_form_read(const struct mt_form *form, const uint8_t *text,
                    const struct mt_cell *cells, size_t n, uint64_t *number,
                    bool *one_length);
/* The same in plain C; for tests. */
size_t mt_form_read_each(const struct mt_form *form, const uint8_t *text,
                         const struct mt_cell *cells, size_t n, uint64_t *number,
                         bool *one_length);

#endif
