/* Ready-to-run code that loads the dataset as planned: what memtop would export, read
 * straight from the file.  One table of engines; each has a file of its own.
 *
 *   mt_loader_write      the program, from what the session knows by now
 *
 * The code is valid and says the same whatever names and values the file holds
 * (python.h); a value of another file that does not fit the plan raises an error there.
 */
#ifndef MT_TUI_LOADER_H
#define MT_TUI_LOADER_H

#include <stdbool.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/session/session.h"

/* Categories are written out in full up to so many values, and bytes of text, of a
 * column, and so many bytes of all; beyond, the engine infers them. */
#define MT_LOADER_CATEGORIES 1000
#define MT_LOADER_TEXT ((uint64_t)16 << 10)
#define MT_LOADER_TEXTS ((uint64_t)16 << 20)

/* Most bytes of a program. */
#define MT_LOADER_BYTES ((size_t)256 << 20)

/* Whether there is code for an engine. */
bool mt_loader_has(enum mt_engine e);
/* "pandas3, pandas2 or polars": the names, for messages. */
const char *mt_loader_names(void);

/* Appends the program to *out.  snap: of the session, with `engine`, for the figures.
 * ENOMEM, or EINVAL: nothing is left to load. */
int mt_loader_write(struct mt_buffer *out, struct mt_session *s,
                    const struct mt_snapshot *snap, enum mt_engine engine,
                    struct mt_error *err) MT_MUST_CHECK;

#endif
