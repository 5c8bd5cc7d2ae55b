/* The configuration file: lines of long options without their dashes.
 *
 *   # mine
 *   engine = polars
 *   no-mouse
 *
 *   mt_settings_read -> mt_settings_begin -> mt_settings_next ...
 *
 * It is `config` in the user's folder (home.h); memtop never writes it. */
#ifndef MT_TUI_SETTINGS_H
#define MT_TUI_SETTINGS_H

#include <stdbool.h>

#include "core/base/error.h"
#include "tui/cli/option_table.h"

/* Reads the file into *text (owned, NUL-terminated); NULL when there is none.  0 or an
 * errno value. */
int mt_settings_read(char **text, const char *path, struct mt_error *err) MT_MUST_CHECK;

struct mt_settings_reader {
  char *rest;       /* of the text, which is cut into pieces */
  const char *path; /* borrowed, as the text is */
  unsigned line;
};

struct mt_setting {
  const struct mt_option_info *option; /* NULL at the end */
  const char *value;                   /* NULL: it has none */
};

void mt_settings_begin(struct mt_settings_reader *r, char *text, const char *path);
/* The next setting.  0, or EINVAL with the line and what is wrong in it. */
int mt_settings_next(struct mt_settings_reader *r, struct mt_setting *s,
                     struct mt_error *err) MT_MUST_CHECK;
/* Says in *err that it is about the setting that was read last. */
void mt_settings_locate(const struct mt_settings_reader *r, struct mt_error *err);

#endif
