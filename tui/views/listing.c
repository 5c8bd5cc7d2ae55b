#include "tui/views/listing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/output.h"
#include "tui/loader/loader.h"
#include "tui/views/view.h"

void mt_listing_reset(struct mt_listing *l)
{
  mt_buffer_reset(&l->text);
  free(l->line);
  memset(l, 0, sizeof *l);
}

static int index_lines(struct mt_listing *l)
{
  size_t lines = 0, *line;

  for (size_t i = 0; i < l->text.len; i++)
    lines += l->text.data[i] == '\n';
  line = mt_alloc(lines + 1, sizeof *line);
  if (line == NULL)
    return ENOMEM;
  free(l->line);
  l->line = line;
  l->lines = 0;
  for (size_t i = 0; i < l->text.len; i++)
    if (l->text.data[i] == '\n')
      line[++l->lines] = i + 1;
  return 0;
}

static void write_program(struct mt_listing *l, const struct mt_ui *ui)
{
  mt_buffer_reset(&l->text);
  mt_buffer_init(&l->text, MT_LOADER_BYTES);
  l->lines = 0;
  l->error.code = 0;
  if (!mt_loader_has(ui->snap->engine)) {
    mt_fail(&l->error, ENOTSUP, "there is no code for %s yet",
            mt_engine_title(ui->snap->engine));
    mt_error_remedy(&l->error, "m shows that for %s", mt_engine_title(MT_PANDAS3));
    return;
  }
  if (mt_loader_write(&l->text, ui->session, ui->snap, ui->snap->engine, &l->error) ==
          0 &&
      index_lines(l) != 0)
    mt_fail_memory(&l->error);
}

void mt_listing_refresh(struct mt_ui *ui)
{
  struct mt_listing *l = &ui->listing;
  const struct mt_snapshot *s = ui->snap;
  const bool other = !l->written || l->engine != s->engine;

  if (ui->session == NULL || s->behind ||
      (!other && l->scan == s->scan && l->plan_version == s->plan_version))
    return;
  l->written = true;
  l->engine = s->engine;
  l->scan = s->scan;
  l->plan_version = s->plan_version;
  write_program(l, ui);
  if (other || l->top >= l->lines)
    l->top = l->left = 0;
}

/* "load_" and the name of the input without its ending, here. */
void mt_listing_propose(struct mt_listing *l, const char *input)
{
  const char *slash = strrchr(input, '/'), *name = slash == NULL ? input : slash + 1;
  char path[sizeof l->path.text];
  size_t stem = strcspn(name, ".");

  if (l->path.len > 0)
    return;
  snprintf(path, sizeof path, "load_%.*s.py", (int)(stem < 200 ? stem : 200), name);
  mt_entry_set(&l->path, path);
}

int mt_listing_save(struct mt_listing *l, const char *input, bool force)
{
  struct mt_output *out = NULL;
  char path[PATH_MAX];
  int rc;

  l->refused.code = 0;
  mt_path_expand(path, l->path.text);
  rc = mt_output_open(&out, path, input, force, &l->refused);
  if (rc != 0)
    return rc;
  rc = mt_output_write(out, l->text.data, l->text.len, &l->refused);
  if (rc != 0) {
    mt_output_abort(out);
    return rc;
  }
  return mt_output_commit(out, NULL, &l->refused);
}
