/* What keys do: one table of actions, from which key lookup, the footer and the help
 * view are made.
 *
 * A key is a Unicode code point, a control code (Ctrl-A is 1) or one of MT_KEY_UP ...;
 * terminal.c translates to it. */
#ifndef MT_TUI_ACTION_H
#define MT_TUI_ACTION_H

#include <stdbool.h>
#include <stddef.h>

enum {
  MT_KEY_NONE = 0,
  MT_KEY_TAB = 9,
  MT_KEY_ENTER = 13,
  MT_KEY_ESC = 27,
  MT_KEY_UP = 0x110000,
  MT_KEY_DOWN,
  MT_KEY_LEFT,
  MT_KEY_RIGHT,
  MT_KEY_PAGE_UP,
  MT_KEY_PAGE_DOWN,
  MT_KEY_HOME,
  MT_KEY_END,
  MT_KEY_BACKSPACE,
  MT_KEY_DELETE,
  MT_KEY_F1,
  MT_KEY_F3,
  MT_KEY_F4,
  MT_KEY_F5,
  MT_KEY_F6,
  MT_KEY_F9,
  MT_KEY_F10,
  MT_KEY_RESIZE, /* not a key: the window has a new size */
  MT_KEY_MOUSE,  /* nor this: mouse.h */
  MT_KEY_UNKNOWN /* some key that nothing listens to */
};

#define MT_CTRL(letter) ((letter) - 'A' + 1)

/* Where keys are read.  The last ones hold text that is being typed: there a
 * printable key is a character first. */
enum mt_context {
  MT_IN_TABLE = 1,
  MT_IN_DETAIL = 2,
  MT_IN_PICKER = 4,
  MT_IN_HELP = 8,
  MT_IN_EXPORT = 16,   /* the form */
  MT_IN_PROGRESS = 32, /* of an export */
  MT_IN_OUTCOME = 64,  /* of an export */
  MT_IN_QUESTION = 128,
  MT_IN_SEARCH = 256,
  MT_IN_DATA = 512,     /* rows of the file */
  MT_IN_CODE = 1024,    /* that loads the dataset as planned */
  MT_IN_FAULTS = 2048,  /* of the data */
  MT_IN_PARTS = 4096,   /* which columns the table itself has */
  MT_IN_PALETTE = 8192, /* actions by name */
  MT_IN_FILTER = 16384,
  MT_IN_MEMORY = 32768, /* graphs on the whole screen */
  MT_IN_CELL = 65536    /* one of the file, as a whole */
};
#define MT_IN_ALL 131071
#define MT_IN_LISTS                                                                      \
  (MT_IN_TABLE | MT_IN_DETAIL | MT_IN_PICKER | MT_IN_HELP | MT_IN_OUTCOME | MT_IN_DATA | \
   MT_IN_CODE | MT_IN_FAULTS | MT_IN_PARTS | MT_IN_CELL)
#define MT_IN_VIEWS (MT_IN_LISTS | MT_IN_EXPORT | MT_IN_MEMORY)
#define MT_IN_COLUMN (MT_IN_TABLE | MT_IN_DETAIL)
#define MT_IN_OVERLAY (MT_IN_VIEWS & ~MT_IN_TABLE)

/* "the columns", "a column" ...: where the keys of a context work. */
const char *mt_context_title(enum mt_context context);

/* Headings of the help view. */
#define MT_ACTION_GROUPS(X)                                                              \
  X(MOVE, "moving")                                                                      \
  X(PLAN, "changing the plan")                                                           \
  X(LOOK, "looking")                                                                     \
  X(DIALOG, "in a dialog")                                                               \
  X(PROGRAM, "the program")

enum mt_action_group {
#define X(id, title) MT_GROUP_##id,
  MT_ACTION_GROUPS(X)
#undef X
      MT_GROUP_COUNT
};

/* id, name (what people type to run it), group, keys, contexts, footer label ("" = not
 * in the footer) and its rank (1 stays longest), help.  Order is the order of footer and
 * help. */
#define MT_ACTIONS(X)                                                                    \
  X(UP, "up", MOVE, "k Up", MT_IN_VIEWS | MT_IN_PALETTE, "", 0, "one row up")            \
  X(DOWN, "down", MOVE, "j Down", MT_IN_VIEWS | MT_IN_PALETTE, "", 0, "one row down")    \
  X(LEFT, "left", MOVE, "h Left", MT_IN_COLUMN | MT_IN_EXPORT | MT_IN_DATA | MT_IN_CODE, \
    "", 0, "scroll left; previous column; previous choice")                              \
  X(RIGHT, "right", MOVE, "l Right",                                                     \
    MT_IN_COLUMN | MT_IN_EXPORT | MT_IN_DATA | MT_IN_CODE, "", 0,                        \
    "scroll right; next column; next choice")                                            \
  X(HALF_UP, "half-page-up", MOVE, "Ctrl-U", MT_IN_LISTS, "", 0, "half a page up")       \
  X(HALF_DOWN, "half-page-down", MOVE, "Ctrl-D", MT_IN_LISTS, "", 0, "half a page down") \
  X(PAGE_UP, "page-up", MOVE, "PgUp", MT_IN_LISTS, "", 0, "one page up")                 \
  X(PAGE_DOWN, "page-down", MOVE, "PgDn", MT_IN_LISTS, "", 0, "one page down")           \
  X(FIRST, "first", MOVE, "g Home", MT_IN_LISTS, "", 0, "to the first row")              \
  X(LAST, "last", MOVE, "G End", MT_IN_LISTS, "", 0,                                     \
    "to the last row; after digits: to that one")                                        \
  X(ROW_BEGIN, "first-column", MOVE, "^", MT_IN_DATA, "", 0, "to the first column")      \
  X(ROW_END, "last-column", MOVE, "$", MT_IN_DATA, "", 0, "to the last column")          \
  X(PAGE_LEFT, "page-left", MOVE, "H", MT_IN_DATA, "", 0, "one page to the left")        \
  X(PAGE_RIGHT, "page-right", MOVE, "L", MT_IN_DATA, "", 0, "one page to the right")     \
  X(APPLY, "apply", PLAN, "a F5", MT_IN_COLUMN, "apply", 1,                              \
    "apply the suggestion (to all marked)")                                              \
  X(APPLY_ALL, "apply-all", PLAN, "A", MT_IN_TABLE | MT_IN_MEMORY, "all safe", 4,        \
    "apply every exact or equal suggestion")                                             \
  X(DTYPE, "dtype", PLAN, "t", MT_IN_TABLE, "dtype", 13,                                 \
    "choose a dtype, or drop the column")                                                \
  X(NULLS, "null-sentinels", PLAN, "0", MT_IN_COLUMN, "", 0,                             \
    "make sentinels such as - and N.A. null")                                            \
  X(UNDO, "undo", PLAN, "u", MT_IN_COLUMN | MT_IN_MEMORY, "undo", 6,                     \
    "take the last change back")                                                         \
  X(REDO, "redo", PLAN, "Ctrl-R", MT_IN_COLUMN | MT_IN_MEMORY, "", 0, "make it again")   \
  X(DETAIL, "detail", LOOK, "Enter", MT_IN_TABLE, "detail", 5,                           \
    "everything about this column")                                                      \
  X(DATA, "data", LOOK, "v", MT_IN_COLUMN, "rows", 7, "the rows of the file")            \
  X(FAULTS, "faults", LOOK, "f", MT_IN_COLUMN, "faults", 18,                             \
    "what is wrong in the file, and where")                                              \
  X(CODE, "code", LOOK, "y", MT_IN_COLUMN, "code", 10,                                   \
    "Python that loads the file as planned")                                             \
  X(COPY, "copy", PROGRAM, "y c", MT_IN_CODE | MT_IN_OUTCOME, "copy", 2,                 \
    "copy it to the terminal's clipboard")                                               \
  X(SAVE, "save-code", PROGRAM, "w", MT_IN_CODE, "save", 3, "save it to a file")         \
  X(EXPAND, "expand", LOOK, "Enter", MT_IN_DATA, "whole cell", 3, "all of this cell")    \
  X(RAW, "raw", LOOK, "r", MT_IN_DATA, "rows or lines", 4,                               \
    "the lines of the file as they are; the rows again")                                 \
  X(JUMP, "jump", DIALOG, "Enter", MT_IN_FAULTS, "to the line", 2,                       \
    "show the line of the file")                                                         \
  X(CHOOSE, "choose", DIALOG, "Enter", MT_IN_DETAIL | MT_IN_PICKER, "choose", 2,         \
    "take this dtype")                                                                   \
  X(FIELD, "next-field", DIALOG, "Tab", MT_IN_EXPORT, "next field", 3,                   \
    "to the next field")                                                                 \
  X(PANE, "next-pane", LOOK, "Tab", MT_IN_DETAIL, "more", 4,                             \
    "what else is known of the column")                                                  \
  X(START, "write", DIALOG, "Enter", MT_IN_EXPORT, "export", 1, "write the file")        \
  X(SORT, "sort", LOOK, "s F6", MT_IN_TABLE, "sort", 11, "sort by the next heading")     \
  X(MARK, "mark", LOOK, "Space", MT_IN_TABLE, "mark", 8, "mark this column and go down") \
  X(MARK_ALL, "mark-all", LOOK, "*", MT_IN_TABLE, "", 0,                                 \
    "mark all columns shown, or none")                                                   \
  X(FILTER, "filter", LOOK, "& F4", MT_IN_TABLE, "filter", 9,                            \
    "show some columns: by name, saving>100M, dtype=str")                                \
  X(HIDE, "hide", LOOK, "-", MT_IN_TABLE, "", 0, "hide this column, or the marked ones") \
  X(SHOW_ALL, "show-all", LOOK, "+", MT_IN_TABLE, "", 0, "show the hidden ones again")   \
  X(PARTS, "parts", LOOK, "c", MT_IN_TABLE, "", 0, "choose what the table shows")        \
  X(TOGGLE, "toggle", DIALOG, "Space Enter", MT_IN_PARTS, "show or hide", 2,             \
    "show or hide this part")                                                            \
  X(REVERSE, "reverse", LOOK, "S I", MT_IN_TABLE, "", 0, "reverse the order")            \
  X(SEARCH, "search", LOOK, "/ F3", MT_IN_TABLE | MT_IN_HELP | MT_IN_DATA, "search", 12, \
    "search")                                                                            \
  X(NEXT, "next-match", LOOK, "n", MT_IN_TABLE | MT_IN_DATA, "", 0,                      \
    "the next one found")                                                                \
  X(PREVIOUS, "previous-match", LOOK, "N", MT_IN_TABLE | MT_IN_DATA, "", 0,              \
    "the one found before")                                                              \
  X(ACCEPT, "accept", DIALOG, "Enter", MT_IN_SEARCH | MT_IN_FILTER, "keep", 1,           \
    "end the search here; keep the filter")                                              \
  X(ENGINE, "engine", LOOK, "m", MT_IN_COLUMN | MT_IN_MEMORY | MT_IN_CODE, "engine", 14, \
    "count memory as the next engine does")                                              \
  X(PAUSE, "pause", LOOK, "p", MT_IN_TABLE | MT_IN_MEMORY, "pause", 17,                  \
    "hold the memory graphs still, or let them go on")                                   \
  X(ZOOM, "zoom", LOOK, "z", MT_IN_TABLE | MT_IN_MEMORY, "zoom", 16,                     \
    "memory graphs on the whole screen, and back")                                       \
  X(EXPORT, "export", PROGRAM, "e F9", MT_IN_COLUMN | MT_IN_MEMORY, "export", 3,         \
    "write the planned dataset to a file")                                               \
  X(RUN, "run", DIALOG, "Enter", MT_IN_PALETTE, "run", 1, "do it")                       \
  X(COMPLETE, "complete", DIALOG, "Tab", MT_IN_PALETTE, "complete", 2,                   \
    "complete the text; again: the next one")                                            \
  X(YES, "yes", DIALOG, "y", MT_IN_QUESTION, "yes", 1, "yes")                            \
  X(NO, "no", DIALOG, "n Esc q", MT_IN_QUESTION, "no", 2, "no")                          \
  X(PALETTE, "palette", PROGRAM, ":", MT_IN_VIEWS, "commands", 15, "commands by name")   \
  X(HELP, "help", PROGRAM, "? F1", MT_IN_VIEWS & ~MT_IN_HELP, "help", 2,                 \
    "what the keys do")                                                                  \
  X(BACK, "back", DIALOG, "Esc q", MT_IN_OVERLAY | MT_IN_PALETTE | MT_IN_PROGRESS,       \
    "back", 1, "back to the view before")                                                \
  X(LEAVE, "leave", DIALOG, "Esc", MT_IN_TABLE | MT_IN_SEARCH | MT_IN_FILTER, "", 0,     \
    "end a search; clear the filter, then the marks")                                    \
  X(QUIT, "quit", PROGRAM, "q F10", MT_IN_TABLE, "quit", 2, "quit")                      \
  X(CANCEL, "cancel", PROGRAM, "Ctrl-C", MT_IN_ALL, "", 0,                               \
    "stop the scan or the export; twice: quit")                                          \
  X(MOUSE, "mouse", PROGRAM, "M", MT_IN_VIEWS, "", 0, "mouse on or off")                 \
  X(SUSPEND, "suspend", PROGRAM, "Ctrl-Z", MT_IN_ALL, "", 0, "suspend")                  \
  X(REPAINT, "repaint", PROGRAM, "Ctrl-L", MT_IN_ALL, "", 0, "paint the screen again")

enum mt_action {
#define X(id, name, group, keys, contexts, label, rank, help) MT_ACTION_##id,
  MT_ACTIONS(X)
#undef X
      MT_ACTION_COUNT,
  MT_ACTION_NONE = MT_ACTION_COUNT
};

struct mt_action_info {
  const char *name;
  enum mt_action_group group;
  const char *keys; /* names, one blank between */
  unsigned contexts;
  const char *label;
  int rank;
  const char *help;
};

const struct mt_action_info *mt_action_info(enum mt_action a);
const char *mt_action_group_title(enum mt_action_group g);

/* Gives the codes of an action's keys one by one: start with *keys = info->keys;
 * MT_KEY_NONE at the end.  name, n: the key's name. */
int mt_action_next_key(const char **keys, const char **name, size_t *n);

/* The action of that name, name[0..n) in any case, or MT_ACTION_NONE. */
enum mt_action mt_action_named(const char *name, size_t n);

/* What a key does in a context, or MT_ACTION_NONE. */
enum mt_action mt_action_find(enum mt_context context, int key);

/* The actions of the footer in `context` that fit into `width` columns (" key label "
 * each), most important ones kept, in the table's order.  Returns how many. */
size_t mt_action_footer(enum mt_context context, int width,
                        enum mt_action out[MT_ACTION_COUNT]);

#endif
