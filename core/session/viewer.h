/* A browser (browse.h) that reads on a thread of its own: a read may hang, on a mount
 * that is gone, and whoever asked for rows stays free all the same.
 *
 *   mt_session_browse (session.h), or mt_viewer_new
 *   mt_viewer_show, _lines, _locate, _search, _find
 *                              what is wanted, as in browse.h; what was is given up
 *   mt_viewer_wait             as often as it takes: whether it is still on its way
 *   mt_viewer_page, _found     what came of it
 *   mt_viewer_free             before its session or reader
 *
 * One thread calls; the newest request is the one that is answered.  What mt_viewer_page
 * and mt_viewer_found give changes in mt_viewer_wait alone. */
#ifndef MT_CORE_VIEWER_H
#define MT_CORE_VIEWER_H

#include <stdatomic.h>

#include "core/session/browse.h"

struct mt_viewer;

/* Borrows both, and `stuck`, which mt_viewer_free may set.  The browser is made behind as
 * well: mt_viewer_error says why it could not be. */
int mt_viewer_new(struct mt_viewer **out, const struct mt_reader *reader,
                  struct mt_marks *marks, atomic_bool *stuck,
                  struct mt_error *err) MT_MUST_CHECK;
/* Returns soon, whatever is being read.  A thread that does not come back from a read
 * cannot be ended: it is left behind, and *stuck set.  The reader and the marks must not
 * be freed from then on; the process should end. */
void mt_viewer_free(struct mt_viewer *v);

void mt_viewer_show(struct mt_viewer *v, const struct mt_window *w);
void mt_viewer_lines(struct mt_viewer *v, const struct mt_window *w);
void mt_viewer_locate(struct mt_viewer *v, uint64_t line);
int mt_viewer_search(struct mt_viewer *v, const char *text, size_t n, uint64_t row,
                     size_t column, int step) MT_MUST_CHECK;
int mt_viewer_find(struct mt_viewer *v, const char *text, size_t n, uint64_t line,
                   uint64_t byte, int step) MT_MUST_CHECK;
/* Has the file looked at anew, unless something is wanted: mt_viewer_error. */
void mt_viewer_check(struct mt_viewer *v);

/* Waits for what is wanted, at most so many seconds; whether it is still on its way. */
bool mt_viewer_wait(struct mt_viewer *v, double seconds);
bool mt_viewer_busy(const struct mt_viewer *v);
/* Seconds since it was asked for; 0: nothing is on its way. */
double mt_viewer_waited(const struct mt_viewer *v);
void mt_viewer_cancel(struct mt_viewer *v);
void mt_viewer_progress(struct mt_viewer *v, uint64_t *done, uint64_t *total);

const struct mt_page *mt_viewer_page(const struct mt_viewer *v);
const struct mt_found *mt_viewer_found(const struct mt_viewer *v);
/* As the browser's, when it was last heard of. */
uint64_t mt_viewer_rows(const struct mt_viewer *v);
uint64_t mt_viewer_passed(const struct mt_viewer *v);
/* Code 0: nothing is wrong, as far as is known. */
const struct mt_error *mt_viewer_error(const struct mt_viewer *v);

#endif
