#include "tui/action.h"

#include <string.h>
#include <strings.h>

static const struct mt_action_info actions[MT_ACTION_COUNT] = {
#define X(id, name, group, keys, contexts, label, rank, help)                            \
  [MT_ACTION_##id] = {name, MT_GROUP_##group, keys, contexts, label, rank, help},
    MT_ACTIONS(X)
#undef X
};

const struct mt_action_info *mt_action_info(enum mt_action a)
{
  return &actions[a];
}

static const char *const group_titles[MT_GROUP_COUNT] = {
#define X(id, title) [MT_GROUP_##id] = title,
    MT_ACTION_GROUPS(X)
#undef X
};

const char *mt_action_group_title(enum mt_action_group g)
{
  return group_titles[g];
}

const char *mt_context_title(enum mt_context context)
{
  switch (context) {
  case MT_IN_TABLE:
    return "the columns";
  case MT_IN_DETAIL:
    return "the detail of a column";
  case MT_IN_PICKER:
    return "the list of dtypes";
  case MT_IN_HELP:
    return "this help";
  case MT_IN_EXPORT:
    return "the export form";
  case MT_IN_PROGRESS:
    return "a running export";
  case MT_IN_OUTCOME:
    return "a finished export";
  case MT_IN_QUESTION:
    return "a question";
  case MT_IN_SEARCH:
    return "a search";
  case MT_IN_DATA:
    return "the rows of the file";
  case MT_IN_CODE:
    return "the code";
  case MT_IN_FAULTS:
    return "the faults";
  case MT_IN_PARTS:
    return "the choice of what the table shows";
  case MT_IN_PALETTE:
    return "the palette";
  case MT_IN_FILTER:
    return "a filter";
  case MT_IN_MEMORY:
    return "the memory graphs";
  case MT_IN_CELL:
    return "a whole cell";
  }
  return "";
}

static const struct {
  const char *name;
  int code;
} named_keys[] = {
    {"Tab", MT_KEY_TAB},     {"Enter", MT_KEY_ENTER},  {"Esc", MT_KEY_ESC},
    {"Up", MT_KEY_UP},       {"Down", MT_KEY_DOWN},    {"Left", MT_KEY_LEFT},
    {"Right", MT_KEY_RIGHT}, {"PgUp", MT_KEY_PAGE_UP}, {"PgDn", MT_KEY_PAGE_DOWN},
    {"Home", MT_KEY_HOME},   {"End", MT_KEY_END},      {"F1", MT_KEY_F1},
    {"F3", MT_KEY_F3},       {"F4", MT_KEY_F4},        {"F5", MT_KEY_F5},
    {"F6", MT_KEY_F6},       {"F9", MT_KEY_F9},        {"F10", MT_KEY_F10},
    {"Space", ' '},
};

/* The code of a key's name, name[0..n): "a", "?", "Ctrl-R", "PgUp"; or MT_KEY_NONE. */
static int find_key(const char *name, size_t n)
{
  if (n == 1)
    return (unsigned char)name[0];
  if (n == 6 && strncmp(name, "Ctrl-", 5) == 0 && name[5] >= 'A' && name[5] <= 'Z')
    return MT_CTRL(name[5]);
  for (size_t i = 0; i < sizeof named_keys / sizeof *named_keys; i++)
    if (strlen(named_keys[i].name) == n && memcmp(named_keys[i].name, name, n) == 0)
      return named_keys[i].code;
  return MT_KEY_NONE;
}

int mt_action_next_key(const char **keys, const char **name, size_t *n)
{
  *name = *keys + strspn(*keys, " ");
  *n = strcspn(*name, " ");
  *keys = *name + *n;
  return *n == 0 ? MT_KEY_NONE : find_key(*name, *n);
}

enum mt_action mt_action_named(const char *name, size_t n)
{
  int a = 0;
  while (a < MT_ACTION_COUNT &&
         (strlen(actions[a].name) != n || strncasecmp(actions[a].name, name, n) != 0))
    a++;
  return (enum mt_action)a;
}

enum mt_action mt_action_find(enum mt_context context, int key)
{
  for (int a = 0; a < MT_ACTION_COUNT; a++) {
    if ((actions[a].contexts & context) == 0)
      continue;
    const char *keys = actions[a].keys, *name;
    size_t n;
    for (int code; (code = mt_action_next_key(&keys, &name, &n)) != MT_KEY_NONE;)
      if (code == key)
        return (enum mt_action)a;
  }
  return MT_ACTION_NONE;
}

static int footer_width(const struct mt_action_info *info)
{
  return (int)(strcspn(info->keys, " ") + 1 + strlen(info->label) + 2);
}

size_t mt_action_footer(enum mt_context context, int width,
                        enum mt_action out[MT_ACTION_COUNT])
{
  bool shown[MT_ACTION_COUNT] = {false};
  int left = width;
  for (int rank = 1; rank <= MT_ACTION_COUNT; rank++) {
    for (int a = 0; a < MT_ACTION_COUNT; a++) {
      const struct mt_action_info *info = &actions[a];
      if (info->rank != rank || (info->contexts & context) == 0)
        continue;
      left -= footer_width(info);
      if (left >= 0)
        shown[a] = true;
    }
  }
  size_t n = 0;
  for (int a = 0; a < MT_ACTION_COUNT; a++)
    if (shown[a])
      out[n++] = (enum mt_action)a;
  return n;
}
