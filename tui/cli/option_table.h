/* The options as data: what the command line and the configuration file are read by, and
 * what --help, the man page and the completions of shells are made from. */
#ifndef MT_TUI_OPTION_TABLE_H
#define MT_TUI_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* id, name, argument ("" = none), its values ("" = many, "FILE" = the name of one), ONCE
 * or KEPT (the configuration file may have it), help (\n continues), group it opens or
 * NULL */
#define MT_OPTIONS(X)                                                                    \
  X(REPORT, "report", "", "", ONCE, "print the column table as text",                    \
    "Without a screen")                                                                  \
  X(JSON, "json", "", "", ONCE, "print everything known as JSON (docs/json.md)", NULL)   \
  X(EXPORT, "export", "FILE", "FILE", ONCE,                                              \
    "write the planned copy: .arrow .feather .ipc .h5 .hdf5", NULL)                      \
  X(CODE, "code", "ENGINE", "pandas3 pandas2 polars", ONCE,                              \
    "print Python that loads the file as planned, for pandas3,\n"                        \
    "pandas2 or polars",                                                                 \
    NULL)                                                                                \
  X(SNAPSHOT, "snapshot", "WxH", "80x24 120x30 200x60", ONCE,                            \
    "print the dashboard as text, as it is once all is read;\n"                          \
    "as on the screen, nothing is applied unless asked for",                             \
    NULL)                                                                                \
  X(STRICT, "strict", "", "", KEPT, "exit with 3 when the data has faults", NULL)        \
  X(APPLY, "apply", "WHICH", "safe all none", KEPT,                                      \
    "safe (exact and equal), all (and rounded) or none;\n"                               \
    "default: safe without a screen, none on it",                                        \
    "The plan")                                                                          \
  X(SET, "set", "COL=DTYPE", "", ONCE,                                                   \
    "give a column a dtype: int8 to int64, uint8 to uint64,\n"                           \
    "float32, float64, bool, category, date, datetime, string",                          \
    NULL)                                                                                \
  X(DROP, "drop", "COL", "", ONCE, "leave a column out", NULL)                           \
  X(HEADROOM, "headroom", "N", "", KEPT, "integers must hold N times the largest value", \
    NULL)                                                                                \
  X(FIT, "fit", "SIZE", "", ONCE,                                                        \
    "safe conversions, largest first, until the data fits in SIZE", NULL)                \
  X(PLAN, "plan", "FILE", "FILE", ONCE, "follow a plan that --save-plan wrote", NULL)    \
  X(SAVE_PLAN, "save-plan", "FILE", "FILE", ONCE,                                        \
    "write the plan as JSON (docs/plan.md)", NULL)                                       \
  X(CHECK, "check", "", "", ONCE,                                                        \
    "hold every value against --plan and list what breaks it;\n"                         \
    "exit with 3 when something does",                                                   \
    NULL)                                                                                \
  X(ENGINE, "engine", "NAME", "pandas3 pandas2 polars arrow", KEPT,                      \
    "whose memory to show: pandas3 (default), pandas2,\n"                                \
    "polars, arrow",                                                                     \
    NULL)                                                                                \
  X(PYTHON, "python", "VERSION", "3.12 3.11", KEPT,                                      \
    "3.12 (and later, default) or 3.11 (and earlier):\n"                                 \
    "sizes of Python strings",                                                           \
    NULL)                                                                                \
  X(DELIMITER, "delimiter", "CHAR", "", ONCE,                                            \
    "field separator, or 'tab' (default: found)", "Reading")                             \
  X(QUOTE, "quote", "CHAR", "none", ONCE, "quote character, or 'none' (default: \")",    \
    NULL)                                                                                \
  X(HEADER, "header", "", "", ONCE, "the first line names the columns (default)", NULL)  \
  X(NO_HEADER, "no-header", "", "", ONCE, "there is no header", NULL)                    \
  X(SKIP, "skip", "N", "", ONCE, "skip the first N lines", NULL)                         \
  X(COMMENT, "comment", "CHAR", "", ONCE,                                                \
    "ignore what follows this character in a line", NULL)                                \
  X(NULLS, "null", "[COL=]TOKENS", "", ONCE,                                             \
    "further texts that mean null, separated by\n"                                       \
    "commas; of one column, or of all (=TOKENS, where they\n"                            \
    "hold an '=')",                                                                      \
    NULL)                                                                                \
  X(ENCODING, "encoding", "NAME", "utf-8 latin1 utf-16", ONCE,                           \
    "utf-8 (default), latin1, utf-16, ...", NULL)                                        \
  X(ROWS, "rows", "N", "", ONCE,                                                         \
    "look at the first N rows only; nothing is then proven", NULL)                       \
  X(MAX_FIELD, "max-field", "SIZE", "", KEPT, "longest field (default: 64M)", NULL)      \
  X(MAX_COLUMNS, "max-columns", "N", "", KEPT, "most columns (default: 1048576)", NULL)  \
  X(FORMAT, "format", "NAME", "arrow hdf5", ONCE,                                        \
    "arrow or hdf5 (default: by the file's extension)", "Exporting")                     \
  X(COMPRESSION, "compression", "NAME", "zstd lz4 gzip none", ONCE,                      \
    "Arrow: zstd (default), lz4, none; HDF5: gzip\n"                                     \
    "(default), none; a level may follow: gzip:4",                                       \
    NULL)                                                                                \
  X(FORCE, "force", "", "", ONCE, "replace an existing file", NULL)                      \
  X(MEMORY, "memory", "SIZE", "", KEPT,                                                  \
    "most that memtop itself may take; less makes distinct\n"                            \
    "values estimates, never another figure (default: what\n"                            \
    "the columns ask for, 88M for a few and two workers)",                               \
    "Running")                                                                           \
  X(THREADS, "threads", "N", "", KEPT, "workers (default: one per processor)", NULL)     \
  X(COLOR, "color", "WHEN", "auto never 16 256", KEPT,                                   \
    "auto (default), never, 16, 256; NO_COLOR is honoured", NULL)                        \
  X(ASCII, "ascii", "", "", KEPT, "draw with ASCII only", NULL)                          \
  X(GRAPH, "graph", "STYLE", "block braille ascii", KEPT,                                \
    "what graphs are drawn with: block (default), braille,\n"                            \
    "ascii",                                                                             \
    NULL)                                                                                \
  X(THEME, "theme", "NAME", "default dark light high-contrast deuteranopia mono", KEPT,  \
    "colours: default, dark, light, high-contrast,\n"                                    \
    "deuteranopia, mono, or the path of a theme's file",                                 \
    NULL)                                                                                \
  X(NO_MOUSE, "no-mouse", "", "", KEPT,                                                  \
    "leave the mouse to the terminal (M on the screen)", NULL)                           \
  X(NO_CONFIG, "no-config", "", "", ONCE, "do not read the configuration file", NULL)    \
  X(HELP, "help", "", "", ONCE, "show this help", NULL)                                  \
  X(VERSION, "version", "", "", ONCE, "show the version", NULL)

enum {
  MT_FIRST_OPTION = 256, /* above the letters */
#define X(id, name, argument, values, place, help, group) OPT_##id,
  MT_OPTIONS(X)
#undef X
};

enum mt_option_place { MT_OPTION_ONCE, MT_OPTION_KEPT };

struct mt_option_info {
  int id; /* OPT_... */
  const char *name, *argument, *values;
  enum mt_option_place place;
  const char *help, *group;
};

/* Option i; NULL after the last one. */
const struct mt_option_info *mt_option_info(size_t i);
#define X(id, name, argument, values, place, help, group) +1
enum { MT_OPTION_COUNT = MT_OPTIONS(X) };
#undef X

void mt_options_usage(FILE *f); /* three lines */
void mt_options_help(FILE *f);  /* everything */

#endif
