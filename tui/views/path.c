#include "tui/views/path.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/base/text.h"

#define MOST_NAMES 10000

void mt_path_expand(char dst[PATH_MAX], const char *path)
{
  const char *home = path[0] == '~' && path[1] == '/' ? getenv("HOME") : NULL;
  snprintf(dst, PATH_MAX, "%s%s", home == NULL ? "" : home,
           home == NULL ? path : path + 1);
}

/* The folder of an expanded path, "." where it names none. */
static void folder_of(char dst[PATH_MAX], const char *path)
{
  const char *slash = strrchr(path, '/');
  int n = slash == NULL ? 0 : (int)(slash - path + 1);
  snprintf(dst, PATH_MAX, "%.*s", n == 0 ? 1 : n, n == 0 ? "." : path);
}

uint64_t mt_path_free(const char *path)
{
  char whole[PATH_MAX], folder[PATH_MAX];
  struct statvfs v;
  mt_path_expand(whole, path);
  folder_of(folder, whole);
  if (statvfs(folder, &v) != 0)
    return UINT64_MAX;
  return (uint64_t)v.f_bavail * v.f_frsize;
}

static bool is_folder(DIR *dir, const struct dirent *e)
{
  struct stat st;
  if (e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
    return e->d_type == DT_DIR;
  return fstatat(dirfd(dir), e->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* Puts a name among the first ones. */
static void list_name(struct mt_completion *c, const char *name, bool folder)
{
  char text[MT_COMPLETION_TEXT];
  mt_sanitise(text, sizeof text - 1, name, strlen(name), 0);
  if (folder)
    strcat(text, "/");
  size_t at = c->len;
  while (at > 0 && strcmp(c->name[at - 1], text) > 0)
    at--;
  if (at == MT_COMPLETION_NAMES)
    return;
  if (c->len < MT_COMPLETION_NAMES)
    c->len++;
  memmove(c->name[at + 1], c->name[at], (c->len - 1 - at) * sizeof c->name[0]);
  memcpy(c->name[at], text, sizeof text);
}

static size_t common_length(const char *a, const char *b)
{
  size_t n = 0;
  while (a[n] != '\0' && a[n] == b[n])
    n++;
  return n;
}

/* Cuts a text that ends within a character back to that character's beginning. */
static void cut_to_character(char *text, size_t n)
{
  while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
    n--;
  text[n] = '\0';
}

bool mt_path_complete(struct mt_entry *path, struct mt_completion *c)
{
  char whole[PATH_MAX], folder[PATH_MAX], common[NAME_MAX + 2] = "";
  memset(c, 0, sizeof *c);
  mt_path_expand(whole, path->text);
  folder_of(folder, whole);
  const char *slash = strrchr(whole, '/'), *part = slash == NULL ? whole : slash + 1;
  size_t typed = strlen(part);
  bool folder_only = false;
  DIR *dir = opendir(folder);
  if (dir == NULL)
    return false;
  struct dirent *e;
  for (int seen = 0; seen < MOST_NAMES && (e = readdir(dir)) != NULL; seen++) {
    if (strncmp(e->d_name, part, typed) != 0 || (e->d_name[0] == '.' && part[0] != '.') ||
        strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
      continue;
    folder_only = is_folder(dir, e);
    if (c->count++ == 0)
      snprintf(common, sizeof common - 1, "%s", e->d_name);
    else
      cut_to_character(common, common_length(common, e->d_name));
    list_name(c, e->d_name, folder_only);
  }
  closedir(dir);
  if (c->count == 1 && folder_only)
    strcat(common, "/");
  size_t added = strlen(common) > typed ? strlen(common) - typed : 0;
  if (c->count == 1) /* nothing is left to choose from */
    memset(c, 0, sizeof *c);
  if (added == 0 || path->len + added >= sizeof path->text)
    return false;
  memcpy(path->text + path->len, common + typed, added + 1);
  path->cursor = path->len += added;
  return true;
}

void mt_completion_draw(const struct mt_completion *names, struct mt_canvas *c,
                        struct mt_rect r)
{
  char count[MT_COUNT_TEXT];
  struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
  size_t shown = 0;
  for (; shown < names->len; shown++) {
    if (!mt_pen_fit(&pen, MT_ROLE_ACCENT, "%s  ", names->name[shown])) {
      pen = (struct mt_pen){c, r.x, pen.y + 1, r.x + r.w};
      if (pen.y >= r.y + r.h ||
          !mt_pen_fit(&pen, MT_ROLE_ACCENT, "%s  ", names->name[shown]))
        break;
    }
  }
  if (shown < names->count && pen.y < r.y + r.h)
    mt_pen_fit(&pen, MT_ROLE_DIM, "and %s more",
               mt_format_count(count, names->count - shown));
}
