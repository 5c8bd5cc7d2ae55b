/* Where people keep what is theirs: $XDG_CONFIG_HOME/memtop, else ~/.config/memtop. */
#ifndef MT_TUI_CONFIG_PATH_H
#define MT_TUI_CONFIG_PATH_H

#include <limits.h>
#include <stdbool.h>

/* The path of `name` there; false: there is no such place, or its path is too long. */
bool mt_config_path(char path[PATH_MAX], const char *name);

#endif
