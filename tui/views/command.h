/* Commands: what can be typed in the palette.  Every action is one by its name; those
 * here take an argument besides.
 *
 *   mt_command_list   whenever the text changes: what it may become
 *   mt_command_run    once it is complete */
#ifndef MT_TUI_COMMAND_H
#define MT_TUI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/action.h"

struct mt_ui;

/* id, name, argument, help */
#define MT_COMMANDS(X)                                                                   \
  X(FIT, "fit", "SIZE", "safe conversions until it all fits")                            \
  X(SORT, "sort", "HEADING", "sort by that heading")                                     \
  X(FILTER, "filter", "TEXT", "columns by name, or saving>1M ...")                       \
  X(ENGINE, "engine", "NAME", "count memory as that engine does")                        \
  X(THEME, "theme", "NAME", "other colours: a theme's name or path")                     \
  X(GOTO, "goto", "COLUMN", "to the column of that name")                                \
  X(ROW, "row", "NUMBER", "the rows of the file, at that one")                           \
  X(LINE, "line", "NUMBER", "the lines of the file, at that one")

enum mt_command {
#define X(id, name, argument, help) MT_COMMAND_##id,
  MT_COMMANDS(X)
#undef X
      MT_COMMAND_COUNT,
  MT_COMMAND_NONE = MT_COMMAND_COUNT
};

/* One line of the list: a command, an action, or a value of a command's argument. */
struct mt_offer {
  enum mt_command command; /* MT_COMMAND_NONE: an action */
  enum mt_action action;   /* MT_ACTION_NONE: a command */
  const char *text;        /* name or value; values are bytes of data */
  size_t len;
  const char *argument, *keys, *help; /* "" = none */
  bool here;                          /* it is for the view below */
  const char *why_not;                /* it cannot be done there now; NULL: it can */
};

#define MT_OFFERS 64
struct mt_offers {
  struct mt_offer offer[MT_OFFERS]; /* what begins like the text comes first */
  size_t len, count;                /* kept, and all of them */
  bool values;                      /* of the argument of offer[].command */
  size_t word;                      /* where in the text they would stand */
};
/* Names of themes are those that ui->prompt has; what is offered points into *ui. */
void mt_command_list(const struct mt_ui *ui, const char *text, struct mt_offers *offers);

/* What is wrong with a text. */
struct mt_command_fault {
  size_t at;      /* byte of the text */
  char text[160]; /* sanitised; "" = nothing */
};

/* Does what a text says, in the view that lies below the palette: the palette is closed
 * then.  Answers with reactions; with *fault filled in, nothing was done. */
unsigned mt_command_run(struct mt_ui *ui, const char *text,
                        struct mt_command_fault *fault);

#endif
