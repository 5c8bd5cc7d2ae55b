/* Themes as files.
 *
 *   # how each role looks in 256 colours | in 16 | without
 *   background = dark light
 *   dim = 244 - | - - dim | - - dim
 *
 * A look is the colour of the text, the colour behind it, and attributes: bold, dim,
 * reverse, underline.  A colour is a number, one of the 16 names, or - for the
 * terminal's own.  Roles and looks that a file leaves out are those of the default
 * theme. */
#ifndef MT_TUI_THEME_FILE_H
#define MT_TUI_THEME_FILE_H

#include <stddef.h>

#include "core/base/error.h"
#include "tui/screen/theme.h"

/* Fills *t from a file's text; `name` is for messages.  0, or EINVAL with the line and
 * what is wrong in it; *t is undefined then. */
int mt_theme_parse(struct mt_theme *t, const char *text, size_t n, const char *name,
                   struct mt_error *err) MT_MUST_CHECK;

/* Loads the theme of that name: a path when it has a slash in it, else a file of the
 * user's, of the installed ones, or the default.  0 or an errno value. */
int mt_theme_load(struct mt_theme *t, const char *name,
                  struct mt_error *err) MT_MUST_CHECK;

/* The names that mt_theme_load knows, sorted, each once. */
#define MT_THEME_NAMES 64
#define MT_THEME_NAME 32
struct mt_theme_names {
  char name[MT_THEME_NAMES][MT_THEME_NAME];
  size_t n;
};
void mt_theme_list(struct mt_theme_names *names);

#endif
