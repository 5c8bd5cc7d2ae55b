/* Paths as people type them: completed from what folders hold, `~/` for the home. */
#ifndef MT_TUI_PATH_H
#define MT_TUI_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/screen/entry.h"

/* Names that would continue a path. */
#define MT_COMPLETION_NAMES 8
#define MT_COMPLETION_TEXT 64
struct mt_completion {
  size_t count; /* of all of them; more than 10,000 names of a folder are not looked at */
  size_t len;   /* in name */
  /* The first ones by name, sanitised; folders end in a slash. */
  char name[MT_COMPLETION_NAMES][MT_COMPLETION_TEXT];
};

/* Adds to *path what all names that begin like its last part go on with, a slash where
 * one folder is left.  Hidden names only count where the last part begins with a dot.
 * Whether anything was added.  *c: the names, none where the text is complete. */
bool mt_path_complete(struct mt_entry *path, struct mt_completion *c);

/* The names, in the lines of r; those that find no room are counted. */
void mt_completion_draw(const struct mt_completion *names, struct mt_canvas *c,
                        struct mt_rect r);

/* The path that is meant: with the home folder for a leading `~/`. */
void mt_path_expand(char dst[PATH_MAX], const char *path);

/* Bytes free for ordinary users where the file would lie; UINT64_MAX = unknown. */
uint64_t mt_path_free(const char *path);

#endif
