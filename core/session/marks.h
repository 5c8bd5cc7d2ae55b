/* Where rows begin in a file: few of them, whatever its size, and each exact.
 *
 *   mt_marks_init -> mt_marks_note (whoever passes over blocks) -> mt_marks_by_row ...
 *   -> mt_marks_reset
 *
 * Marks lie at least some number of bytes apart; when there are too many, that number is
 * doubled until half of them are enough.  Any thread: a lock of its own guards them. */
#ifndef MT_CORE_MARKS_H
#define MT_CORE_MARKS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/session/rows.h"

#define MT_MARKS_MOST 4096

struct mt_marks {
  pthread_mutex_t lock;
  struct mt_mark *mark; /* ascending; owned */
  size_t len, cap;
  uint64_t apart; /* bytes between two of them, at least */
  uint64_t rows;  /* before the end of what was passed */
};

void mt_marks_init(struct mt_marks *m);
void mt_marks_reset(struct mt_marks *m);
/* Notes a mark, behind which `rows` more have been passed, unless it is too near the last
 * one or before it.  (Without memory it is left out.) */
void mt_marks_note(struct mt_marks *m, const struct mt_mark *mark, uint64_t rows);
/* The last mark that is not behind a row, or a line; false when there is none. */
bool mt_marks_by_row(struct mt_marks *m, uint64_t row, struct mt_mark *out);
bool mt_marks_by_line(struct mt_marks *m, uint64_t line, struct mt_mark *out);
/* Rows that are known to be there. */
uint64_t mt_marks_rows(struct mt_marks *m);

#endif
