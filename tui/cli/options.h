/* What the command line says, and below it the configuration file (settings.h). */
#ifndef MT_TUI_OPTIONS_H
#define MT_TUI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/session/session.h"
#include "formats/formats.h"
#include "tui/screen/theme.h"

enum mt_apply { MT_APPLY_DEFAULT, MT_APPLY_NONE, MT_APPLY_SAFE, MT_APPLY_ALL };
enum mt_color { MT_COLOR_AUTO, MT_COLOR_NEVER, MT_COLOR_16, MT_COLOR_256 };

/* --set COL=DTYPE and --drop COL, in the order given. */
struct mt_option_choice {
  char *column; /* owned */
  enum mt_dtype dtype;
};

struct mt_options {
  const char *path; /* borrowed from argv */
  bool report, json, help, version, strict;
  const char *export_path;                /* borrowed; NULL = none */
  const char *plan_path, *save_plan_path; /* borrowed; NULL = none */
  bool check;
  bool code; /* print the program that loads the dataset, for: */
  enum mt_engine code_engine;
  int snapshot_width, snapshot_height; /* 0 = not asked for */
  uint64_t fit;                        /* bytes; 0 = not asked for */
  enum mt_apply apply;
  struct mt_option_choice *choice; /* owned */
  size_t choices;
  const char **null_values; /* --null, as given; borrowed from argv, array owned */
  size_t nulls;
  struct mt_read_options read;
  struct mt_write_options write;
  struct mt_session_options session;
  enum mt_color color;
  bool ascii, no_mouse, no_config;
  enum mt_graph_style graph;
  struct mt_theme theme;
  char *config; /* the file's text, owned */
};

/* Fills *o from the command line, and from the configuration file what that leaves open.
 * 0, or an errno value with what is wrong: exit status 2. */
int mt_options_parse(struct mt_options *o, int argc, char **argv,
                     struct mt_error *err) MT_MUST_CHECK;
void mt_options_reset(struct mt_options *o);

/* Turns --null into tokens of *nulls: of one column, which what stands before an '=' has
 * to name, or of all where there is no '=' or nothing before it.  0 or EINVAL. */
int mt_options_nulls(const struct mt_options *o, const struct mt_reader_schema *schema,
                     struct mt_nulls *nulls, struct mt_error *err) MT_MUST_CHECK;

/* Colours that may be used: 0, 16 or 256.  NO_COLOR counts unless --color says how
 * many. */
int mt_options_colors(const struct mt_options *o);

/* Whether the options ask for output instead of the dashboard. */
bool mt_options_batch(const struct mt_options *o);

#endif
