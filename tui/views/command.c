#include "tui/views/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

static const struct {
  const char *name, *argument, *help;
} commands[MT_COMMAND_COUNT] = {
#define X(id, name, argument, help) [MT_COMMAND_##id] = {name, argument, help},
    MT_COMMANDS(X)
#undef X
};

static const struct {
  const char *name;
  enum mt_sort sort;
} sorts[] = {
    {"file", MT_SORT_FILE},         {"name", MT_SORT_NAME},
    {"dtype", MT_SORT_DTYPE},       {"nulls", MT_SORT_NULLS},
    {"distinct", MT_SORT_DISTINCT}, {"now", MT_SORT_NOW},
    {"suggested", MT_SORT_TARGET},  {"after", MT_SORT_AFTER},
    {"saving", MT_SORT_SAVING},     {"resident", MT_SORT_RESIDENT},
    {"class", MT_SORT_CLASS},
};
#define SORTS (sizeof sorts / sizeof *sorts)

/* --- reading a text --------------------------------------------------------------- */

/* "fit 2G": the first word, and what follows the blanks after it. */
struct words {
  size_t begin, end; /* of the word */
  size_t argument;   /* where it begins; the text's end when there is none */
  size_t stop;       /* where it ends: blanks at the end do not count */
};

static struct words split(const char *text)
{
  struct words w = {.begin = strspn(text, " :")};
  w.end = w.begin + strcspn(text + w.begin, " ");
  w.argument = w.end + strspn(text + w.end, " ");
  w.stop = strlen(text);
  while (w.stop > w.argument && text[w.stop - 1] == ' ')
    w.stop--;
  return w;
}

static bool is_word(const char *name, const char *text, size_t n)
{
  return strlen(name) == n && strncasecmp(name, text, n) == 0;
}

static enum mt_command find_command(const char *text, size_t n)
{
  int i = 0;
  while (i < MT_COMMAND_COUNT && !is_word(commands[i].name, text, n))
    i++;
  return (enum mt_command)i;
}

/* --- what a text may become --------------------------------------------------------- */

/* How well bytes match what was typed: 0 = they begin like it, 1 = they hold it. */
enum { BEGINS, HOLDS, STRANGE };

static int match(const char *bytes, size_t n, const char *text, size_t len)
{
  if (n >= len && strncasecmp(bytes, text, len) == 0)
    return BEGINS;
  for (size_t i = 1; i + len <= n; i++)
    if (strncasecmp(bytes + i, text, len) == 0)
      return HOLDS;
  return STRANGE;
}

static void add(struct mt_offers *o, const struct mt_offer *offer)
{
  if (o->len < MT_OFFERS)
    o->offer[o->len++] = *offer;
  o->count++;
}

static const struct mt_view *view_below(const struct mt_ui *ui)
{
  size_t at = ui->depth - 1;
  if (ui->stack[at]->context == MT_IN_PALETTE && at > 0)
    at--;
  return ui->stack[at];
}

/* The words of a help count as well, once no name begins like the text. */
static int match_named(const char *name, const char *help, const char *text, size_t len)
{
  int how = match(name, strlen(name), text, len);
  if (how == STRANGE && len >= 3 && match(help, strlen(help), text, len) != STRANGE)
    how = HOLDS;
  return how;
}

static void list_commands(struct mt_offers *o, const char *text, size_t len, int how)
{
  for (int i = 0; i < MT_COMMAND_COUNT; i++)
    if (match_named(commands[i].name, commands[i].help, text, len) == how)
      add(o, &(struct mt_offer){.command = (enum mt_command)i,
                                .action = MT_ACTION_NONE,
                                .text = commands[i].name,
                                .len = strlen(commands[i].name),
                                .argument = commands[i].argument,
                                .keys = "",
                                .help = commands[i].help,
                                .here = true});
}

static void list_actions(const struct mt_ui *ui, struct mt_offers *o, const char *text,
                         size_t len, int how)
{
  const struct mt_view *view = view_below(ui);
  enum mt_context below = view->context;
  static const enum mt_action_group order[] = {
      MT_GROUP_PLAN, MT_GROUP_LOOK, MT_GROUP_PROGRAM, MT_GROUP_DIALOG, MT_GROUP_MOVE};
  for (size_t g = 0; g < sizeof order / sizeof *order; g++) {
    for (int a = 0; a < MT_ACTION_COUNT; a++) {
      const struct mt_action_info *info = mt_action_info((enum mt_action)a);
      if (info->group != order[g] || a == MT_ACTION_PALETTE ||
          !(info->contexts & (below | MT_IN_TABLE)) ||
          find_command(info->name, strlen(info->name)) != MT_COMMAND_NONE ||
          match_named(info->name, info->help, text, len) != how)
        continue;
      bool here = info->contexts & below;
      const char *why =
          here && view->why_not != NULL ? view->why_not(ui, (enum mt_action)a) : NULL;
      add(o, &(struct mt_offer){.command = MT_COMMAND_NONE,
                                .action = (enum mt_action)a,
                                .text = info->name,
                                .len = strlen(info->name),
                                .argument = "",
                                .keys = info->keys,
                                .help = info->help,
                                .here = here,
                                .why_not = why});
    }
  }
}

/* Value i of a command's argument; false at the end. */
static bool value_at(const struct mt_ui *ui, enum mt_command command, size_t i,
                     struct mt_offer *offer)
{
  const struct mt_theme_names *themes = &ui->prompt.themes;
  const char *text = NULL, *help = "";
  if (command == MT_COMMAND_SORT && i < SORTS) {
    text = sorts[i].name;
    help = i == 0 ? "as in the file" : "";
  } else if (command == MT_COMMAND_ENGINE && i < MT_ENGINE_COUNT) {
    text = mt_engine_name((enum mt_engine)i);
    help = mt_engine_title((enum mt_engine)i);
  } else if (command == MT_COMMAND_THEME && i < themes->n) {
    text = themes->name[i];
  } else if (command == MT_COMMAND_GOTO && i < ui->snap->column_count) {
    text = ui->snap->names[i].text;
    help = ui->snap->columns[i].dtype == NULL ? "" : ui->snap->columns[i].dtype;
  }
  *offer = (struct mt_offer){.command = command,
                             .action = MT_ACTION_NONE,
                             .text = text,
                             .argument = "",
                             .keys = "",
                             .help = help,
                             .here = true};
  if (text == NULL)
    return false;
  offer->len = command == MT_COMMAND_GOTO ? ui->snap->names[i].len : strlen(text);
  return true;
}

static void list_values(const struct mt_ui *ui, struct mt_offers *o,
                        enum mt_command command, const char *text, size_t len)
{
  struct mt_offer offer;
  for (int how = BEGINS; how < STRANGE; how++)
    for (size_t i = 0; value_at(ui, command, i, &offer); i++)
      if (match(offer.text, offer.len, text, len) == how)
        add(o, &offer);
}

void mt_command_list(const struct mt_ui *ui, const char *text, struct mt_offers *o)
{
  struct words w = split(text);
  enum mt_command command = find_command(text + w.begin, w.end - w.begin);
  o->len = o->count = 0;
  o->values = command != MT_COMMAND_NONE && w.argument > w.end;
  o->word = o->values ? w.argument : w.begin;
  if (o->values) {
    list_values(ui, o, command, text + w.argument, w.stop - w.argument);
    return;
  }
  for (int how = BEGINS; how < STRANGE; how++) {
    list_commands(o, text + w.begin, w.end - w.begin, how);
    list_actions(ui, o, text + w.begin, w.end - w.begin, how);
  }
}

/* --- doing it ---------------------------------------------------------------- */

MT_PRINTF(3, 4)
static unsigned refuse(struct mt_command_fault *fault, size_t at, const char *format, ...)
{
  char text[sizeof fault->text];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  mt_sanitise(fault->text, sizeof fault->text, text, strlen(text), 0);
  fault->at = at;
  return MT_REACT_DRAW;
}

static unsigned run_action(struct mt_ui *ui, enum mt_action action, size_t at,
                           struct mt_command_fault *fault)
{
  const struct mt_action_info *info = mt_action_info(action);
  enum mt_context below = view_below(ui)->context;
  if (!(info->contexts & below)) {
    unsigned first = info->contexts & -info->contexts;
    return refuse(fault, at, "%s is for %s; this is %s", info->name,
                  mt_context_title((enum mt_context)first), mt_context_title(below));
  }
  mt_ui_pop(ui);
  return mt_ui_act(ui, action);
}

static unsigned run_fit(struct mt_ui *ui, const char *size, size_t at,
                        struct mt_command_fault *fault)
{
  struct mt_error err = {0};
  char text[MT_SIZE_PROSE];
  uint64_t bytes;
  if (mt_parse_size(size, &bytes) != 0 || bytes == 0)
    return refuse(fault, at, "\"%s\" is not a size such as 800M or 2G", size);
  if (ui->session == NULL || ui->snap->scan == MT_SCAN_RUNNING)
    return refuse(fault, 0, "what fits is known once the scan is over");
  mt_ui_pop(ui);
  if (mt_session_fit(ui->session, bytes, &err) != 0)
    mt_ui_say_error(ui, &err);
  else
    mt_ui_say(ui, MT_ROLE_GOOD, "the plan fits in %s; u takes it back",
              mt_format_size(text, bytes));
  return MT_REACT_SNAPSHOT;
}

static unsigned run_sort(struct mt_ui *ui, const char *name, size_t at,
                         struct mt_command_fault *fault)
{
  size_t i = 0;
  while (i < SORTS && strcasecmp(sorts[i].name, name) != 0)
    i++;
  if (i == SORTS)
    return refuse(fault, at, "there is no heading \"%s\"", name);
  mt_ui_pop(ui);
  ui->table.sort = sorts[i].sort;
  ui->table.reverse = false;
  mt_ui_say(ui, MT_ROLE_TEXT, i == 0 ? "in the order of the file" : "sorted by %s",
            sorts[i].name);
  return MT_REACT_DRAW;
}

static unsigned run_filter(struct mt_ui *ui, const char *text, size_t at,
                           struct mt_command_fault *fault)
{
  struct mt_filter_fault wrong;
  struct mt_filter filter;
  if (mt_filter_parse(&filter, text, &wrong) != 0)
    return refuse(fault, at + wrong.at, "%s", wrong.text);
  mt_ui_pop(ui);
  mt_table_filter(&ui->table, &filter);
  mt_entry_set(&ui->filtering.entry, text);
  return MT_REACT_DRAW;
}

static unsigned run_engine(struct mt_ui *ui, const char *name, size_t at,
                           struct mt_command_fault *fault)
{
  enum mt_engine engine = mt_engine_find(name);
  if (engine == MT_ENGINE_COUNT)
    return refuse(fault, at, "\"%s\" is not one of pandas3, pandas2, polars, arrow",
                  name);
  mt_ui_pop(ui);
  if (ui->session == NULL)
    return MT_REACT_DRAW;
  mt_session_set_engine(ui->session, engine);
  mt_ui_say(ui, MT_ROLE_TEXT, "memory as %s counts it", mt_engine_title(engine));
  return MT_REACT_SNAPSHOT;
}

static unsigned run_theme(struct mt_ui *ui, const char *name, size_t at,
                          struct mt_command_fault *fault)
{
  struct mt_error err = {0};
  struct mt_theme theme;
  char shown[120];
  if (mt_theme_load(&theme, name, &err) != 0)
    return refuse(fault, at, "%s", err.what);
  mt_ui_pop(ui);
  ui->theme = theme;
  mt_sanitise(shown, sizeof shown, name, strlen(name), 40);
  mt_ui_say(ui, MT_ROLE_TEXT, "theme %s", shown);
  return MT_REACT_THEME | MT_REACT_REPAINT;
}

static unsigned run_goto(struct mt_ui *ui, const char *name, size_t at,
                         struct mt_command_fault *fault)
{
  for (size_t i = 0; i < ui->snap->column_count; i++) {
    const struct mt_name *n = &ui->snap->names[i];
    if (n->len != strlen(name) || memcmp(n->text, name, n->len) != 0)
      continue;
    if (view_below(ui)->context == MT_IN_DATA) {
      mt_ui_pop(ui);
      ui->data.at.column = i;
      return MT_REACT_DRAW;
    }
    if (!mt_table_select(&ui->table, i))
      return refuse(fault, at, "that column is not shown: hidden, or filtered out");
    while (ui->depth > 1)
      mt_ui_pop(ui);
    return MT_REACT_DRAW;
  }
  return refuse(fault, at, "there is no column \"%s\"", name);
}

/* "1,234,567"; 0: it is none, or too large. */
static uint64_t read_number(const char *s)
{
  uint64_t n = 0;
  for (; *s != '\0'; s++) {
    if (*s == ',' || *s == '_')
      continue;
    if (*s < '0' || *s > '9' || n > UINT64_MAX / 100)
      return 0;
    n = 10 * n + (uint64_t)(*s - '0');
  }
  return n;
}

static unsigned run_place(struct mt_ui *ui, enum mt_command command, const char *text,
                          size_t at, struct mt_command_fault *fault)
{
  uint64_t n = read_number(text);
  size_t column = ui->data.at.column;
  if (n == 0)
    return refuse(fault, at, "\"%s\" is not a number from 1 on", text);
  mt_ui_pop(ui);
  if (!mt_ui_has(ui, &mt_view_data))
    column = ui->table.len > 0 ? mt_table_column(&ui->table) : 0;
  return command == MT_COMMAND_LINE ? mt_data_open_lines(ui, column, n, UINT64_MAX)
                                    : mt_data_open_row(ui, column, n - 1);
}

static unsigned run_command(struct mt_ui *ui, enum mt_command command,
                            const char *argument, size_t at,
                            struct mt_command_fault *fault)
{
  if (argument[0] == '\0')
    return refuse(fault, at, "%s needs a %s", commands[command].name,
                  commands[command].argument);
  switch (command) {
  case MT_COMMAND_FIT:
    return run_fit(ui, argument, at, fault);
  case MT_COMMAND_SORT:
    return run_sort(ui, argument, at, fault);
  case MT_COMMAND_FILTER:
    return run_filter(ui, argument, at, fault);
  case MT_COMMAND_ENGINE:
    return run_engine(ui, argument, at, fault);
  case MT_COMMAND_THEME:
    return run_theme(ui, argument, at, fault);
  case MT_COMMAND_ROW:
  case MT_COMMAND_LINE:
    return run_place(ui, command, argument, at, fault);
  default:
    return run_goto(ui, argument, at, fault);
  }
}

unsigned mt_command_run(struct mt_ui *ui, const char *text,
                        struct mt_command_fault *fault)
{
  char argument[sizeof((struct mt_entry *)0)->text];
  struct words w = split(text);
  size_t n = w.end - w.begin;
  enum mt_command command = find_command(text + w.begin, n);
  enum mt_action action = mt_action_named(text + w.begin, n);
  bool alone = w.argument == w.stop;
  fault->text[0] = '\0';
  snprintf(argument, sizeof argument, "%.*s", (int)(w.stop - w.argument),
           text + w.argument);
  if (command != MT_COMMAND_NONE && (!alone || action == MT_ACTION_NONE))
    return run_command(ui, command, argument, w.argument, fault);
  if (action == MT_ACTION_NONE)
    return refuse(fault, w.begin, "there is no command \"%.*s\"", (int)n, text + w.begin);
  if (!alone)
    return refuse(fault, w.argument, "%s takes no argument",
                  mt_action_info(action)->name);
  return run_action(ui, action, w.begin, fault);
}
