/* What is made from the tables when memtop is built: the manual page's lists, and the
 * completions of shells.  A program of its own, which is not installed:
 *
 *   manual man FILE.in     the file, each line @OPTIONS@, @SETTINGS@, @KEYS@, @COMMANDS@
 *                          or @ROLES@ replaced by its list
 *   manual bash|zsh|fish   a completion
 *   manual options|keys    the bare names, for tests */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/action.h"
#include "tui/cli/option_table.h"
#include "tui/screen/theme.h"
#include "tui/views/command.h"

static bool takes_file(const struct mt_option_info *info)
{
  return strcmp(info->values, "FILE") == 0;
}

static bool is_repeatable(const struct mt_option_info *info)
{
  return info->id == OPT_SET || info->id == OPT_DROP || info->id == OPT_NULLS;
}

/* --- the manual page: mdoc(7) ------------------------------------------------ */

/* Whether a text begins with one of the words. */
static bool begins_with_one_of(const char *text, const char *words)
{
  size_t n = strcspn(text, " ");
  for (const char *w = words; *w != '\0'; w += strcspn(w, " "), w += strspn(w, " "))
    if (strcspn(w, " ") == n && strncmp(w, text, n) == 0)
      return true;
  return false;
}

/* A sentence, which begins with a capital unless that is one of `words`, and ends with a
 * full stop. */
static void put_sentence(const char *text, const char *words)
{
  bool capital = !begins_with_one_of(text, words);
  size_t n = strlen(text);
  bool start = true;
  for (; *text != '\0'; text++) {
    char c = *text == '\n' ? ' ' : *text;
    if (start && (c == '.' || c == '\''))
      fputs("\\&", stdout); /* not a request */
    if (c == '\\')
      fputs("\\e", stdout);
    else if (c == '-' && (text[1] == '-' || (!start && text[-1] == '-')))
      fputs("\\-", stdout);
    else
      putchar(start && capital ? toupper((unsigned char)c) : c);
    start = false;
  }
  puts(n > 0 && text[-1] == '.' ? "" : ".");
}

static void list_options(void)
{
  for (size_t i = 0; i < MT_OPTION_COUNT; i++) {
    const struct mt_option_info *info = mt_option_info(i);
    if (info->group != NULL)
      printf("%s.Ss \\&%s\n.Bl -tag -width Ds\n", i == 0 ? "" : ".El\n", info->group);
    printf(".It Fl -%s", info->name);
    printf(info->argument[0] != '\0' ? " Ar %s\n" : "%s\n", info->argument);
    put_sentence(info->help, info->values);
  }
  puts(".El");
}

static void list_settings(void)
{
  const char *between = "";
  for (size_t i = 0; i < MT_OPTION_COUNT; i++) {
    const struct mt_option_info *info = mt_option_info(i);
    if (info->place != MT_OPTION_KEPT)
      continue;
    printf("%s.Cm %s", between, info->name);
    between = " ,\n";
  }
  puts(" .");
}

/* The names of an action's keys as one item. */
static void put_keys(const char *keys)
{
  const char *name, *between = ".It ";
  size_t n;
  while (mt_action_next_key(&keys, &name, &n) != MT_KEY_NONE) {
    printf("%sIc \\&%.*s", between, (int)n, name);
    between = " , ";
  }
  putchar('\n');
}

static void list_keys(void)
{
  for (int group = 0; group < MT_GROUP_COUNT; group++) {
    char title[40];
    snprintf(title, sizeof title, "%s",
             mt_action_group_title((enum mt_action_group)group));
    title[0] = (char)toupper((unsigned char)title[0]);
    printf(".Ss \\&%s\n.Bl -tag -width Ds\n", title);
    for (int a = 0; a < MT_ACTION_COUNT; a++) {
      const struct mt_action_info *info = mt_action_info((enum mt_action)a);
      char text[200];
      if ((int)info->group != group)
        continue;
      unsigned first = info->contexts & -info->contexts;
      snprintf(text, sizeof text, "%s%s%s%s", first == MT_IN_TABLE ? "" : "in ",
               first == MT_IN_TABLE ? "" : mt_context_title((enum mt_context)first),
               first == MT_IN_TABLE ? "" : ": ", info->help);
      put_keys(info->keys);
      put_sentence(text, "");
    }
    puts(".El");
  }
}

static void list_commands(void)
{
  puts(".Bl -tag -width Ds");
#define X(id, name, argument, help)                                                      \
  printf(".It Ic %s Ar %s\n", name, argument);                                           \
  put_sentence(help, "");
  MT_COMMANDS(X)
#undef X
  puts(".El");
}

static void list_roles(void)
{
  puts(".Bl -tag -width system-fill -compact");
#define X(id, name, kind, what)                                                          \
  printf(".It Cm %s\n", name);                                                           \
  put_sentence(what, "");
  MT_ROLES(X)
#undef X
  puts(".El");
}

static int print_manual(const char *path)
{
  static const struct {
    const char *line;
    void (*list)(void);
  } lists[] = {{"@OPTIONS@\n", list_options},
               {"@SETTINGS@\n", list_settings},
               {"@KEYS@\n", list_keys},
               {"@COMMANDS@\n", list_commands},
               {"@ROLES@\n", list_roles}};
  char line[1024];
  FILE *f = fopen(path, "r");
  if (f == NULL) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return 1;
  }
  while (fgets(line, sizeof line, f) != NULL) {
    size_t i = 0;
    while (i < sizeof lists / sizeof *lists && strcmp(lists[i].line, line) != 0)
      i++;
    if (i < sizeof lists / sizeof *lists)
      lists[i].list();
    else
      fputs(line, stdout);
  }
  int failed = ferror(f);
  fclose(f);
  return failed;
}

/* --- completions ------------------------------------------------------------- */

/* The names of options for which `wanted` holds, with what stands between them. */
static void put_names(bool (*wanted)(const struct mt_option_info *), const char *between)
{
  const char *before = "";
  for (size_t i = 0; i < MT_OPTION_COUNT; i++) {
    const struct mt_option_info *info = mt_option_info(i);
    if (!wanted(info))
      continue;
    printf("%s--%s", before, info->name);
    before = between;
  }
}

static bool any(const struct mt_option_info *info)
{
  return info != NULL;
}

static bool takes_any_text(const struct mt_option_info *info)
{
  return info->argument[0] != '\0' && info->values[0] == '\0';
}

static void print_bash(void)
{
  puts("# bash completion for memtop\n"
       "_memtop() {\n"
       "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
       "  if [[ $cur == = ]]; then\n"
       "    cur=\n"
       "  elif [[ $prev == = ]]; then\n"
       "    prev=${COMP_WORDS[COMP_CWORD-2]}\n"
       "  fi\n"
       "  COMPREPLY=()\n"
       "  case $prev in");
  for (size_t i = 0; i < MT_OPTION_COUNT; i++) {
    const struct mt_option_info *info = mt_option_info(i);
    if (info->values[0] != '\0' && !takes_file(info))
      printf("  --%s) mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\"); return ;;\n",
             info->name, info->values);
  }
  fputs("  ", stdout);
  put_names(takes_any_text, "|");
  puts(") return ;;");
  fputs("  ", stdout);
  put_names(takes_file, "|");
  fputs(") ;;\n"
        "  *)\n"
        "    if [[ $cur == -* ]]; then\n"
        "      mapfile -t COMPREPLY < <(compgen -W '",
        stdout);
  put_names(any, " ");
  puts("' -- \"$cur\")\n"
       "      return\n"
       "    fi ;;\n"
       "  esac\n"
       "  compopt -o filenames 2>/dev/null\n"
       "  mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
       "}\n"
       "complete -F _memtop memtop");
}

/* A text inside single quotes of a shell; `special` gets a backslash, a quote becomes
 * `quote`. */
static void put_quoted(const char *text, const char *special, const char *quote)
{
  for (; *text != '\0'; text++) {
    if (*text == '\'')
      fputs(quote, stdout);
    else if (strchr(special, *text) != NULL)
      printf("\\%c", *text);
    else
      putchar(*text == '\n' ? ' ' : *text);
  }
}

static void print_zsh(void)
{
  puts("#compdef memtop\n_arguments -s \\");
  for (size_t i = 0; i < MT_OPTION_COUNT; i++) {
    const struct mt_option_info *info = mt_option_info(i);
    printf("  '%s--%s%s[", is_repeatable(info) ? "*" : "", info->name,
           info->argument[0] == '\0' ? "" : "=");
    put_quoted(info->help, "[]\\:", "'\\''");
    putchar(']');
    if (info->argument[0] != '\0') {
      putchar(':');
      put_quoted(info->argument, "[]\\:", "'\\''");
      printf(takes_file(info)          ? ":_files"
             : info->values[0] != '\0' ? ":(%s)"
                                       : ": ",
             info->values);
    }
    puts("' \\");
  }
  puts("  '*:file:_files'");
}

static void print_fish(void)
{
  puts("# fish completion for memtop");
  for (size_t i = 0; i < MT_OPTION_COUNT; i++) {
    const struct mt_option_info *info = mt_option_info(i);
    printf("complete -c memtop -l %s", info->name);
    if (takes_file(info))
      fputs(" -r -F", stdout);
    else if (info->values[0] != '\0')
      printf(" -x -a '%s'", info->values);
    else if (info->argument[0] != '\0')
      fputs(" -x", stdout);
    fputs(" -d '", stdout);
    put_quoted(info->help, "\\", "\\'");
    puts("'");
  }
}

/* --- bare names -------------------------------------------------------------- */

static void print_options(void)
{
  for (size_t i = 0; i < MT_OPTION_COUNT; i++)
    printf("--%s\n", mt_option_info(i)->name);
}

static void print_keys(void)
{
  for (int a = 0; a < MT_ACTION_COUNT; a++) {
    const char *keys = mt_action_info((enum mt_action)a)->keys, *name;
    size_t n;
    while (mt_action_next_key(&keys, &name, &n) != MT_KEY_NONE)
      printf("%.*s\n", (int)n, name);
  }
}

int main(int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*print)(void);
  } others[] = {{"bash", print_bash},
                {"zsh", print_zsh},
                {"fish", print_fish},
                {"options", print_options},
                {"keys", print_keys}};
  int rc = 2;
  if (argc == 3 && strcmp(argv[1], "man") == 0)
    rc = print_manual(argv[2]);
  for (size_t i = 0; argc == 2 && i < sizeof others / sizeof *others; i++)
    if (strcmp(argv[1], others[i].name) == 0) {
      others[i].print();
      rc = 0;
    }
  if (rc == 2)
    fputs("usage: manual man FILE.in | bash | zsh | fish | options | keys\n", stderr);
  return fflush(stdout) != 0 ? 1 : rc;
}
