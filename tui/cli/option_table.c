#include "tui/cli/option_table.h"

#include <string.h>

static const struct mt_option_info options[MT_OPTION_COUNT] = {
#define X(id, name, argument, values, place, help, group)                                \
  {OPT_##id, name, argument, values, MT_OPTION_##place, help, group},
    MT_OPTIONS(X)
#undef X
};

const struct mt_option_info *mt_option_info(size_t i)
{
  return i < MT_OPTION_COUNT ? &options[i] : NULL;
}

void mt_options_usage(FILE *f)
{
  fputs("usage: memtop [OPTION]... FILE.csv\n"
        "       command | memtop [OPTION]... -\n"
        "Shows the memory each column of a dataset takes once loaded, and what would do\n"
        "instead.  Try memtop --help.\n",
        f);
}

void mt_options_help(FILE *f)
{
  fputs(
      "usage: memtop [OPTION]... FILE.csv\n"
      "       command | memtop [OPTION]... -\n\n"
      "Opens a dashboard of the memory that every column of FILE will take once loaded,\n"
      "the dtype that would do instead, and what that saves.  Scans the whole file in\n"
      "bounded memory; the file is never changed.\n",
      f);
  for (size_t i = 0; i < MT_OPTION_COUNT; i++) {
    const struct mt_option_info *s = &options[i];
    char left[64];
    const char *help = s->help;

    if (s->group != NULL)
      fprintf(f, "\n%s:\n", s->group);
    snprintf(left, sizeof left, "--%s%s%s", s->name, s->argument[0] ? " " : "",
             s->argument);
    fprintf(f, "  %-22s ", left);
    for (const char *nl; (nl = strchr(help, '\n')) != NULL; help = nl + 1)
      fprintf(f, "%.*s\n%25s", (int)(nl - help), help, "");
    fprintf(f, "%s\n", help);
  }
  fputs("\nExit status: 0 done; 1 failed; 2 wrong usage; 3 faults with --strict, or\n"
        "--check found breaches; 128+n ended by signal n.  In the dashboard, ? shows the "
        "keys.\n",
        f);
}
