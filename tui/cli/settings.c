#include "tui/cli/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "tui/home.h"

#define MOST_BYTES (64 << 10)
#define BLANKS " \t\r"

int mt_settings_read(char **text, const char *path, struct mt_error *err)
{
  struct mt_error why = {0};
  struct mt_buffer bytes;

  *text = NULL;
  mt_buffer_init(&bytes, MOST_BYTES);
  int rc = mt_file_read(&bytes, path, false, &why);
  bool absent = rc != 0 && mt_home_lacks(path, rc);
  if (rc == 0 && bytes.len > 0 && memchr(bytes.data, '\0', bytes.len) != NULL)
    rc = mt_fail(&why, EINVAL, "%s holds a NUL byte: it is no text", path);
  if (rc == 0) {
    *text = strndup(bytes.len > 0 ? (char *)bytes.data : "", bytes.len);
    rc = *text == NULL ? mt_fail_memory(&why) : 0;
  }
  mt_buffer_reset(&bytes);
  if (rc == 0 || absent)
    return 0;
  mt_fail(err, rc, "%s", why.what);
  mt_error_remedy(err, "--no-config ignores it");
  return rc;
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
