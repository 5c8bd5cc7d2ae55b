#include "tui/cli/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_BYTES (64 << 10)
#define BLANKS " \t\r"

/* Whether fopen failed because there is no file, or nobody here may know of one: another
 * user's home is no reason to refuse. */
static bool is_absent(const char *path, int why)
{
  return why == ENOENT || why == ENOTDIR ||
         (why == EACCES && faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) != 0);
}

int mt_settings_read(char **text, const char *path, struct mt_error *err)
{
  *text = NULL;
  FILE *f = fopen(path, "re");
  int why = f == NULL ? errno : 0;
  if (f == NULL && is_absent(path, why))
    return 0;
  char *bytes = malloc(MOST_BYTES + 1);
  size_t n = 0;
  int rc = bytes == NULL ? mt_fail_memory(err) : 0;
  if (rc == 0 && f != NULL)
    n = fread(bytes, 1, MOST_BYTES + 1, f);
  if (f != NULL && ferror(f))
    why = errno;
  if (rc == 0 && why != 0)
    rc = mt_fail(err, why, "cannot read %s: %s", path, strerror(why));
  else if (rc == 0 && n > MOST_BYTES)
    rc = mt_fail(err, EFBIG, "%s is longer than 64 KiB", path);
  else if (rc == 0 && memchr(bytes, '\0', n) != NULL)
    rc = mt_fail(err, EINVAL, "%s holds a NUL byte: it is no text", path);
  if (f != NULL)
    fclose(f);
  if (rc != 0) {
    mt_error_remedy(err, "--no-config ignores it");
    free(bytes);
    return rc;
  }
  bytes[n] = '\0';
  *text = bytes;
  return 0;
}

void mt_settings_begin(struct mt_settings_reader *r, char *text, const char *path)
{
  *r = (struct mt_settings_reader){.rest = text, .path = path};
}

void mt_settings_locate(const struct mt_settings_reader *r, struct mt_error *err)
{
  struct mt_error inner = *err;
  mt_fail(err, inner.code, "%s: line %u: %s", r->path, r->line, inner.what);
  mt_error_remedy(err, "%s", inner.remedy);
}

static char *trim(char *s)
{
  s += strspn(s, BLANKS);
  size_t n = strlen(s);
  while (n > 0 && strchr(BLANKS, s[n - 1]) != NULL)
    n--;
  s[n] = '\0';
  return s;
}

static const struct mt_option_info *find_option(const char *name)
{
  const struct mt_option_info *info;
  for (size_t i = 0; (info = mt_option_info(i)) != NULL; i++)
    if (strcmp(info->name, name) == 0)
      return info;
  return NULL;
}

/* For an error that mt_fail has just made. */
static int refuse(const struct mt_settings_reader *r, struct mt_error *err, int rc)
{
  mt_error_remedy(err, "memtop(1), FILES, has what can stand there");
  mt_settings_locate(r, err);
  return rc;
}

static int read_line(const struct mt_settings_reader *r, char *line, struct mt_setting *s,
                     struct mt_error *err)
{
  char *eq = strchr(line, '=');
  if (eq != NULL)
    *eq = '\0';
  const char *name = trim(line);
  s->value = eq == NULL ? NULL : trim(eq + 1);
  s->option = find_option(name);
  if (s->option == NULL)
    return refuse(r, err, mt_fail(err, EINVAL, "there is no option \"%s\"", name));
  if (s->option->place != MT_OPTION_KEPT)
    return refuse(r, err, mt_fail(err, EINVAL, "\"%s\" is for the command line", name));
  if (s->option->argument[0] != '\0' && (s->value == NULL || s->value[0] == '\0'))
    return refuse(r, err, mt_fail(err, EINVAL, "\"%s\" needs a value", name));
  if (s->option->argument[0] == '\0' && s->value != NULL)
    return refuse(r, err, mt_fail(err, EINVAL, "\"%s\" takes no value", name));
  return 0;
}

int mt_settings_next(struct mt_settings_reader *r, struct mt_setting *s,
                     struct mt_error *err)
{
  *s = (struct mt_setting){0};
  while (*r->rest != '\0') {
    char *line = r->rest, *end = strchrnul(line, '\n');
    r->rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    r->line++;
    line = trim(line);
    if (line[0] != '\0' && line[0] != '#')
      return read_line(r, line, s, err);
  }
  return 0;
}
