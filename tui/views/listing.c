#include "tui/views/listing.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/thread.h"
#include "formats/output.h"
#include "tui/loader/loader.h"
#include "tui/views/view.h"

/* Columns from which writing takes longer than a key may wait. */
#define MANY 2000

/* A program being written, with the figures of a snapshot. */
struct mt_listing_job {
  struct mt_session *session;
  struct mt_snapshot snap; /* its columns are not used */
  struct mt_buffer text;
  size_t *line, lines;
  struct mt_error error;
  pthread_t thread;
  bool threaded;
  atomic_bool done;
};

static void free_job(struct mt_listing_job *j)
{
  if (j == NULL)
    return;
  if (j->threaded)
    pthread_join(j->thread, NULL);
  mt_buffer_reset(&j->text);
  free(j->line);
  free(j);
}

void mt_listing_reset(struct mt_listing *l)
{
  free_job(l->job);
  mt_buffer_reset(&l->text);
  free(l->line);
  memset(l, 0, sizeof *l);
}

static int index_lines(struct mt_listing_job *l)
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

/* On any thread. */
static void *write_program(void *arg)
{
  struct mt_listing_job *j = arg;
  enum mt_engine engine = j->snap.engine;

  if (!mt_loader_has(engine)) {
    mt_fail(&j->error, ENOTSUP, "there is no code for %s yet", mt_engine_title(engine));
    mt_error_remedy(&j->error, "m shows that for %s", mt_engine_title(MT_PANDAS3));
  } else if (mt_loader_write(&j->text, j->session, &j->snap, engine, &j->error) == 0 &&
             index_lines(j) != 0) {
    mt_fail_memory(&j->error);
  }
  atomic_store(&j->done, true);
  return NULL;
}

/* What was written takes the place of what is shown. */
static void take(struct mt_listing *l)
{
  struct mt_listing_job *j = l->job;

  mt_buffer_reset(&l->text);
  free(l->line);
  l->text = j->text;
  l->line = j->line;
  l->lines = j->lines;
  l->error = j->error;
  mt_buffer_init(&j->text, MT_LOADER_BYTES);
  j->line = NULL;
  free_job(j);
  l->job = NULL;
  if (l->other || l->top >= l->lines)
    l->top = l->left = 0;
  l->other = false;
}

static void begin(struct mt_listing *l, const struct mt_ui *ui)
{
  struct mt_listing_job *j = calloc(1, sizeof *j);

  if (j == NULL) {
    mt_fail_memory(&l->error);
    return;
  }
  mt_buffer_init(&j->text, MT_LOADER_BYTES);
  j->session = ui->session;
  j->snap = *ui->snap;
  l->job = j;
  j->threaded = ui->snap->column_count >= MANY &&
                mt_thread_start(&j->thread, write_program, j) == 0;
  if (!j->threaded)
    write_program(j);
}

void mt_listing_collect(struct mt_listing *l)
{
  if (l->job != NULL && atomic_load(&l->job->done))
    take(l);
}

void mt_listing_refresh(struct mt_ui *ui)
{
  struct mt_listing *l = &ui->listing;
  const struct mt_snapshot *s = ui->snap;
  const bool other = !l->written || l->engine != s->engine;

  mt_listing_collect(l);
  if (ui->session == NULL || s->behind || l->job != NULL ||
      (!other && l->scan == s->scan && l->plan_version == s->plan_version))
    return;
  l->written = true;
  l->other |= other;
  l->engine = s->engine;
  l->scan = s->scan;
  l->plan_version = s->plan_version;
  begin(l, ui);
  mt_listing_collect(l);
}

/* "load_" and the name of the input without its ending, here. */
void mt_listing_propose(struct mt_listing *l, const char *input)
{
  const char *name = mt_base_name(input);
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
