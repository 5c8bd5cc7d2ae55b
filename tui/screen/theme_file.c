#include "tui/screen/theme_file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "core/base/file.h"
#include "tui/home.h"

#define MOST_BYTES (64 << 10)
#define SUFFIX ".theme"

/* --- reading a text ----------------------------------------------------------------- */

/* A part of a line. */
struct part {
  const char *text;
  size_t n;
};

static bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static struct part trim(struct part p)
{
  while (p.n > 0 && is_blank(p.text[0])) {
    p.text++;
    p.n--;
  }
  while (p.n > 0 && is_blank(p.text[p.n - 1]))
    p.n--;
  return p;
}

/* Takes what stands before the first `end` off *p, or all of it. */
static struct part cut(struct part *p, char end)
{
  const char *found = p->n == 0 ? NULL : memchr(p->text, end, p->n);
  struct part before = {p->text, found == NULL ? p->n : (size_t)(found - p->text)};
  size_t taken = before.n + (found != NULL);
  p->text += taken;
  p->n -= taken;
  return trim(before);
}

static bool is(struct part p, const char *word)
{
  return p.n == strlen(word) && memcmp(p.text, word, p.n) == 0;
}

static struct part next_word(struct part *p)
{
  *p = trim(*p);
  size_t n = 0;
  while (n < p->n && !is_blank(p->text[n]))
    n++;
  struct part word = {p->text, n};
  p->text += n;
  p->n -= n;
  return word;
}

struct place {
  const char *name; /* of the file */
  unsigned line;
};

static int refuse(struct mt_error *err, const struct place *at, const char *what,
                  struct part p, const char *remedy)
{
  int n = p.n > 40 ? 40 : (int)p.n;
  mt_fail(err, EINVAL, "%s: line %u: %s \"%.*s\"", at->name, at->line, what, n, p.text);
  mt_error_remedy(err, "%s", remedy);
  return EINVAL;
}

/* --- a look ------------------------------------------------------------------ */

static const char *const color_names[16] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white"};

/* A colour below `colors`; -2: it is none. */
static int read_color(struct part p, int colors)
{
  int value = 0;
  if (is(p, "-"))
    return -1;
  for (int i = 0; i < 16 && i < colors; i++)
    if (is(p, color_names[i]))
      return i;
  if (p.n == 0 || p.n > 3)
    return -2;
  for (size_t i = 0; i < p.n; i++) {
    if (p.text[i] < '0' || p.text[i] > '9')
      return -2;
    value = value * 10 + (p.text[i] - '0');
  }
  return value < colors ? value : -2;
}

static uint8_t read_attribute(struct part p)
{
  return is(p, "bold")        ? MT_ATTR_BOLD
         : is(p, "dim")       ? MT_ATTR_DIM
         : is(p, "reverse")   ? MT_ATTR_REVERSE
         : is(p, "underline") ? MT_ATTR_UNDERLINE
                              : 0;
}

static int read_look(struct mt_look *look, struct part p, enum mt_palette palette,
                     const struct place *at, struct mt_error *err)
{
  static const int colors[MT_PALETTE_COUNT] = {
      [MT_PALETTE_MONO] = 0, [MT_PALETTE_16] = 16, [MT_PALETTE_256] = 256};
  static const char *const wants[MT_PALETTE_COUNT] = {
      [MT_PALETTE_MONO] = "the third look has no colours: begin it with - -",
      [MT_PALETTE_16] = "the second look has colours from 0 to 15, names, or -",
      [MT_PALETTE_256] = "the first look has colours from 0 to 255, names, or -"};
  int color[2];
  for (int i = 0; i < 2; i++) {
    struct part word = next_word(&p);
    color[i] = read_color(word, colors[palette]);
    if (color[i] < -1)
      return refuse(err, at, "no colour:", word, wants[palette]);
  }
  *look = (struct mt_look){.fg = (int16_t)color[0], .bg = (int16_t)color[1]};
  for (struct part word; (word = next_word(&p)).n > 0;) {
    uint8_t attribute = read_attribute(word);
    if (attribute == 0)
      return refuse(err, at, "no attribute:", word, "use bold, dim, reverse, underline");
    look->attributes |= attribute;
  }
  return 0;
}

static int read_role(struct mt_theme *t, struct part name, struct part value,
                     const struct place *at, struct mt_error *err)
{
  static const enum mt_palette order[] = {MT_PALETTE_256, MT_PALETTE_16, MT_PALETTE_MONO};
  int role = 0, rc = 0;
  while (role < MT_ROLE_COUNT && !is(name, mt_role_name((enum mt_role)role)))
    role++;
  if (role == MT_ROLE_COUNT)
    return refuse(err, at, "there is no role", name, "see memtop(1), THEMES");
  for (size_t i = 0; rc == 0 && i < MT_PALETTE_COUNT; i++) {
    struct part look = cut(&value, '|');
    rc = read_look(&t->look[role][order[i]], look, order[i], at, err);
    if (rc == 0 && value.n == 0)
      return 0;
  }
  return rc != 0 ? rc
                 : refuse(err, at, "too many looks:", trim(value), "there are three");
}

static int read_backgrounds(struct mt_theme *t, struct part value, const struct place *at,
                            struct mt_error *err)
{
  t->backgrounds = 0;
  for (struct part word; (word = next_word(&value)).n > 0;) {
    if (!is(word, "dark") && !is(word, "light"))
      return refuse(err, at, "no background:", word, "use dark, light or both");
    t->backgrounds |= is(word, "dark") ? MT_ON_DARK : MT_ON_LIGHT;
  }
  return 0;
}

int mt_theme_parse(struct mt_theme *t, const char *text, size_t n, const char *name,
                   struct mt_error *err)
{
  struct place at = {.name = name};
  struct part rest = {text, n};
  int rc = 0;
  *t = mt_theme_default;
  while (rc == 0 && rest.n > 0) {
    struct part line = cut(&rest, '\n');
    at.line++;
    if (line.n == 0 || line.text[0] == '#')
      continue;
    if (memchr(line.text, '=', line.n) == NULL)
      return refuse(err, &at, "no role and look:", line, "write ROLE = COLOUR COLOUR");
    struct part key = cut(&line, '=');
    rc = is(key, "background") ? read_backgrounds(t, line, &at, err)
                               : read_role(t, key, line, &at, err);
  }
  return rc;
}

/* --- files ------------------------------------------------------------------- */

static int read_file(struct mt_theme *t, const char *path, struct mt_error *err)
{
  const char *slash = strrchr(path, '/');
  struct mt_buffer text;
  mt_buffer_init(&text, MOST_BYTES);
  int rc = mt_file_read(&text, path, false, err);
  if (rc == 0)
    rc = mt_theme_parse(t, (const char *)text.data, text.len,
                        slash == NULL ? path : slash + 1, err);
  mt_buffer_reset(&text);
  return rc;
}

/* A folder as it lies from the program's own: so themes are found where it was built, and
 * in an installation that was moved. */
static bool beside_program(char path[PATH_MAX], const char *from_there)
{
  char program[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
  if (n <= 0)
    return false;
  program[n] = '\0';
  *strrchr(program, '/') = '\0';
  return (size_t)snprintf(path, PATH_MAX, "%s/%s", program, from_there) < PATH_MAX;
}

enum { FOLDERS = 5 };

/* Folder i of those that may hold themes, the user's first; false when it is none. */
static bool theme_folder(char path[PATH_MAX], int i)
{
  switch (i) {
  case 0:
    return mt_home_path(path, "themes");
  case 1:
    return snprintf(path, PATH_MAX, "%s", PKGDATADIR "/themes") < PATH_MAX;
  case 2:
    return beside_program(path, "../share/" PACKAGE "/themes");
  case 3:
    return beside_program(path, "assets/themes");
  default:
    return beside_program(path, "../assets/themes");
  }
}

int mt_theme_load(struct mt_theme *t, const char *name, struct mt_error *err)
{
  char folder[PATH_MAX], path[PATH_MAX + NAME_MAX];
  int rc = ENOENT;
  if (strchr(name, '/') != NULL) {
    rc = read_file(t, name, err);
    if (rc == ENOENT)
      mt_fail(err, rc, "cannot read the theme %s: %s", name, strerror(rc));
    return rc;
  }
  for (int i = 0; rc == ENOENT && i < FOLDERS; i++) {
    if (!theme_folder(folder, i))
      continue;
    snprintf(path, sizeof path, "%s/%.*s%s", folder, NAME_MAX - 8, name, SUFFIX);
    rc = read_file(t, path, err);
    if (rc != 0 && mt_home_lacks(path, rc))
      rc = ENOENT;
  }
  if (rc == ENOENT && strcmp(name, "default") == 0) {
    *t = mt_theme_default;
    return 0;
  }
  if (rc == ENOENT) {
    mt_fail(err, rc, "there is no theme \"%s\"", name);
    mt_error_remedy(err, "a path needs a slash in it, as in ./%s%s", name, SUFFIX);
  }
  return rc;
}

static void add_name(struct mt_theme_names *names, const char *name, size_t n)
{
  if (n == 0 || n >= MT_THEME_NAME)
    return;
  for (size_t i = 0; i < names->n; i++)
    if (strncmp(names->name[i], name, n) == 0 && names->name[i][n] == '\0')
      return;
  if (names->n < MT_THEME_NAMES)
    snprintf(names->name[names->n++], MT_THEME_NAME, "%.*s", (int)n, name);
}

static int compare(const void *a, const void *b)
{
  return strcmp(a, b);
}

void mt_theme_list(struct mt_theme_names *names)
{
  char folder[PATH_MAX];
  names->n = 0;
  add_name(names, "default", strlen("default"));
  for (int i = 0; i < FOLDERS; i++) {
    DIR *d = theme_folder(folder, i) ? opendir(folder) : NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
      size_t n = strlen(e->d_name), suffix = strlen(SUFFIX);
      if (n > suffix && strcmp(e->d_name + n - suffix, SUFFIX) == 0)
        add_name(names, e->d_name, n - suffix);
    }
    if (d != NULL)
      closedir(d);
  }
  qsort(names->name, names->n, sizeof *names->name, compare);
}
