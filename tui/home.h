/* The user's folder: $XDG_CONFIG_HOME/memtop, else ~/.config/memtop.  It may hold a
 * configuration file and themes. */
#ifndef MT_TUI_HOME_H
#define MT_TUI_HOME_H

#include <limits.h>
#include <stdbool.h>

/* The path of `name` in it; false: there is no such place, or its path is too long. */
bool mt_home_path(char path[PATH_MAX], const char *name);

/* Whether that path could not be opened, with errno `why`, because there is no such file
 * or nobody here may know of one: another user's home is no reason to refuse. */
bool mt_home_lacks(const char *path, int why);

#endif
