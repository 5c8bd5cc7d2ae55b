#include "tui/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool mt_home_path(char path[PATH_MAX], const char *name)
{
  const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  int n = -1;
  if (base != NULL && base[0] == '/') /* a relative one is to be ignored, it says */
    n = snprintf(path, PATH_MAX, "%s/memtop/%s", base, name);
  else if (home != NULL && home[0] == '/')
    n = snprintf(path, PATH_MAX, "%s/.config/memtop/%s", home, name);
  return n > 0 && n < PATH_MAX;
}

bool mt_home_lacks(const char *path, int why)
{
  return why == ENOENT || why == ENOTDIR ||
         (why == EACCES && faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) != 0);
}
