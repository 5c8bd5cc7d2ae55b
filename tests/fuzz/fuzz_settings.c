/* Any text as a theme and as a configuration file: read or refused, with a reason.
 * `make fuzz` builds it; CONTRIBUTING.md says how to run it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli/settings.h"
#include "tui/screen/theme_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_theme(const char *text, size_t n)
{
  struct mt_error err = {0};
  struct mt_theme t;
  int rc = mt_theme_parse(&t, text, n, "theme", &err);
  if (rc != 0 && err.what[0] == '\0')
    abort();
  for (int role = 0; rc == 0 && role < MT_ROLE_COUNT; role++)
    for (int palette = 0; palette < MT_PALETTE_COUNT; palette++)
      if (t.look[role][palette].fg < -1 || t.look[role][palette].fg > 255)
        abort();
}

static void read_settings(const char *text, size_t n)
{
  struct mt_settings_reader reader;
  struct mt_setting setting;
  struct mt_error err = {0};
  char *copy = malloc(n + 1);
  int rc;
  if (copy == NULL)
    abort();
  memcpy(copy, text, n);
  copy[n] = '\0';
  mt_settings_begin(&reader, copy, "config");
  do {
    rc = mt_settings_next(&reader, &setting, &err);
    if (rc != 0 && err.what[0] == '\0')
      abort();
  } while (rc == 0 && setting.option != NULL);
  free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  read_theme((const char *)data, size);
  read_settings((const char *)data, size);
  return 0;
}
