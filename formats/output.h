/* The file an export writes: a temporary one beside the target that takes the
 * target's name at the very end.
 *
 *   mt_output_open -> mt_output_write* -> mt_output_commit | mt_output_abort
 *
 * The temporary file is `.<name>.memtop-XXXXXX` in the target's folder, made with
 * O_EXCL | O_NOFOLLOW, mode 0600 until commit.  commit: fsync, chmod per umask,
 * rename (RENAME_NOREPLACE unless force), fsync of the folder.  The first error
 * latches: everything after it fails with it. */
#ifndef MT_FORMATS_OUTPUT_H
#define MT_FORMATS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

struct mt_output;

/* input: the file being read (refused as a target, also through links); or NULL. */
int mt_output_open(struct mt_output **out, const char *path, const char *input, bool force,
                   struct mt_error *err) MT_MUST_CHECK;
/* An output that counts what it is given and keeps nothing: to learn how large a file
 * would be. */
int mt_output_open_unnamed(struct mt_output **out, struct mt_error *err) MT_MUST_CHECK;
int mt_output_write(struct mt_output *o, const void *p, size_t n, struct mt_error *err)
    MT_MUST_CHECK;
uint64_t mt_output_position(const struct mt_output *o);
/* For libraries that write by name (HDF5): the temporary file's path; NULL when nothing
 * is kept.  The file
 * exists and is empty.  Do not mix with mt_output_write. */
const char *mt_output_temporary(const struct mt_output *o);
/* Bytes free where the file lies; UINT64_MAX = unknown. */
uint64_t mt_output_free_space(const struct mt_output *o);
/* commit and abort free *o. */
int mt_output_commit(struct mt_output *o, uint64_t *size, struct mt_error *err) MT_MUST_CHECK;
void mt_output_abort(struct mt_output *o);

/* Removes the temporary files that are open now; async-signal-safe. */
void mt_output_emergency_unlink(void);

#endif
