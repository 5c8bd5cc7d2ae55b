/* Errors: what happened, where, and what to do next.
 *
 * Every function that can fail returns 0 or an errno value and fills a
 * caller-owned struct mt_error, which may be NULL.  The first error wins:
 * callers pass the struct through unchanged.  Texts may hold bytes from a
 * file: whoever prints them passes them through mt_sanitise (text.h).
 *
 * Faults in the data are not errors; see fault.h. */
#ifndef MT_CORE_ERROR_H
#define MT_CORE_ERROR_H

#include <stdint.h>

#define MT_MUST_CHECK __attribute__((warn_unused_result))
#define MT_PRINTF(f, a) __attribute__((format(printf, f, a)))

struct mt_error {
  int code;         /* errno value; ECANCELED after a cancel */
  uint64_t line;    /* line of the file, from 1; 0 = not about a line */
  uint64_t byte;    /* offset in the (decoded) file; valid when line != 0 */
  char what[400];   /* what happened, one sentence without a full stop */
  char remedy[240]; /* what to do next; "" when there is nothing to say */
};

/* Fills *err (when not NULL) and returns code, so that callers can write
 * `return mt_fail(err, EINVAL, "...")`.  The remedy and place are cleared. */
int mt_fail(struct mt_error *err, int code, const char *fmt, ...) MT_PRINTF(3, 4);
/* Adds the remedy to an error that mt_fail filled. */
void mt_error_remedy(struct mt_error *err, const char *fmt, ...) MT_PRINTF(2, 3);
/* Adds the place to an error that mt_fail filled. */
void mt_error_at(struct mt_error *err, uint64_t line, uint64_t byte);
/* mt_fail(err, ENOMEM, "out of memory") */
int mt_fail_memory(struct mt_error *err);

#endif
