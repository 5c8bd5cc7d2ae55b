#include "core/session/viewer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/thread.h"

/* Seconds of reading between two looks at what is wanted. */
#define STEP 0.003
/* Seconds that an end waits for the thread, whose steps are short unless a read hangs. */
#define FAREWELL 0.25

enum kind { NOTHING, SHOW, LINES, LOCATE, SEARCH, FIND };

struct request {
  enum kind kind;
  struct mt_window window;
  uint64_t row, line, byte;
  size_t column;
  int step;
  char *text; /* owned */
  size_t len;
};

struct mt_viewer {
  const struct mt_reader *reader;
  struct mt_marks *marks;
  atomic_bool *stuck;
  pthread_t thread;

  pthread_mutex_t lock; /* guards what follows; never held during a read */
  pthread_cond_t asked, answered;
  struct request wanted;   /* until the thread takes it */
  unsigned long number;    /* of the newest request; those before are given up */
  unsigned long done;      /* of the last one that was answered */
  bool check, stop, ended; /* wanted; wanted; the thread has come to its end */
  bool left;               /* nobody waits for the thread: it frees all this */
  uint64_t read, total;    /* progress of the newest request */
  uint64_t rows;
  struct mt_error error;
  /* The thread's while a request is unanswered, else the driver's, but for its error.
   * NULL: not made (yet); owned. */
  struct mt_browser *browser;

  /* The driver's. */
  bool busy;
  double since; /* when the newest request was made */
  enum kind kind;
  struct mt_page page;
  struct mt_found found;
  struct mt_error seen_error;
  uint64_t seen_rows;
};

/* --- the thread -------------------------------------------------------------------- */

static int begin(struct mt_browser *b, const struct request *r)
{
  switch (r->kind) {
  case SHOW:
    mt_browser_show(b, &r->window);
    return 0;
  case LINES:
    mt_browser_lines(b, &r->window);
    return 0;
  case LOCATE:
    mt_browser_locate(b, r->line);
    return 0;
  case SEARCH:
    return mt_browser_search(b, r->text, r->len, r->row, r->column, r->step);
  default:
    return mt_browser_find(b, r->text, r->len, r->line, r->byte, r->step);
  }
}

/* Does what is wanted, until something else is.  Without the lock. */
static void fulfil(struct mt_viewer *v, const struct request *r, unsigned long number)
{
  struct mt_browser *b = v->browser;
  bool more = b != NULL;
  struct mt_error err = {0};

  if (more && begin(b, r) != 0)
    mt_fail_memory(&err);
  while (more && err.code == 0) {
    uint64_t done, total;
    more = mt_browser_work(b, STEP);
    mt_browser_progress(b, &done, &total);
    pthread_mutex_lock(&v->lock);
    more &= number == v->number;
    if (more) {
      v->read = done;
      v->total = total;
    }
    pthread_mutex_unlock(&v->lock);
  }
  if (b != NULL)
    mt_browser_cancel(b);
  if (b != NULL && err.code == 0)
    err = *mt_browser_error(b);
  pthread_mutex_lock(&v->lock);
  if (v->error.code == 0)
    v->error = err;
  if (b != NULL)
    v->rows = mt_browser_rows(b);
  v->done = number;
  pthread_cond_signal(&v->answered);
  pthread_mutex_unlock(&v->lock);
}

static void look_at_file(struct mt_viewer *v)
{
  struct mt_error err = v->browser == NULL ? v->error : *mt_browser_error(v->browser);

  pthread_mutex_lock(&v->lock);
  v->error = err;
  pthread_mutex_unlock(&v->lock);
}

static void free_all(struct mt_viewer *v)
{
  mt_browser_free(v->browser);
  free(v->wanted.text);
  mt_page_reset(&v->page);
  pthread_cond_destroy(&v->asked);
  pthread_cond_destroy(&v->answered);
  pthread_mutex_destroy(&v->lock);
  free(v);
}

/* Takes what is wanted, and lets go of the lock; false: the end is. */
static bool take(struct mt_viewer *v, struct request *r, unsigned long *number)
{
  pthread_mutex_lock(&v->lock);
  while (!v->stop && !v->check && v->wanted.kind == NOTHING)
    pthread_cond_wait(&v->asked, &v->lock);
  bool goes_on = !v->stop;
  *r = v->wanted;
  *number = v->number;
  v->wanted = (struct request){0};
  v->check = false;
  pthread_mutex_unlock(&v->lock);
  return goes_on;
}

static void *read_behind(void *arg)
{
  struct mt_viewer *v = arg;
  struct request r;
  unsigned long number;
  struct mt_browser *b;
  struct mt_error err = {0};

  int rc = mt_browser_new(&b, v->reader, v->marks, &err);
  pthread_mutex_lock(&v->lock);
  v->browser = b;
  if (rc != 0)
    v->error = err;
  pthread_mutex_unlock(&v->lock);
  while (take(v, &r, &number)) {
    if (r.kind == NOTHING)
      look_at_file(v);
    else
      fulfil(v, &r, number);
    free(r.text);
  }
  free(r.text);
  pthread_mutex_lock(&v->lock);
  v->ended = true;
  bool left = v->left;
  pthread_cond_signal(&v->answered);
  pthread_mutex_unlock(&v->lock);
  if (left)
    free_all(v);
  return NULL;
}

/* --- life -------------------------------------------------------------------------- */

int mt_viewer_new(struct mt_viewer **out, const struct mt_reader *reader,
                  struct mt_marks *marks, atomic_bool *stuck, struct mt_error *err)
{
  struct mt_viewer *v = calloc(1, sizeof *v);

  *out = NULL;
  if (v == NULL)
    return mt_fail_memory(err);
  v->reader = reader;
  v->marks = marks;
  v->stuck = stuck;
  v->rows = v->seen_rows = UINT64_MAX;
  mt_page_init(&v->page);
  pthread_mutex_init(&v->lock, NULL);
  pthread_cond_init(&v->asked, NULL);
  mt_cond_init(&v->answered);
  int rc = mt_thread_start(&v->thread, read_behind, v);
  if (rc != 0) {
    free_all(v);
    return mt_fail(err, rc, "cannot start a thread: %s", strerror(rc));
  }
  *out = v;
  return 0;
}

void mt_viewer_free(struct mt_viewer *v)
{
  if (v == NULL)
    return;
  const double end = mt_now() + FAREWELL;
  pthread_mutex_lock(&v->lock);
  v->stop = true;
  v->number++;
  pthread_cond_signal(&v->asked);
  while (!v->ended && mt_cond_wait_until(&v->answered, &v->lock, end))
    ;
  const bool ended = v->ended;
  v->left = !ended;
  if (!ended) { /* it is in a read that does not return */
    pthread_detach(v->thread);
    atomic_store(v->stuck, true);
  }
  pthread_mutex_unlock(&v->lock);
  if (!ended) /* v is the thread's now */
    return;
  pthread_join(v->thread, NULL);
  free_all(v);
}

/* --- what is wanted ---------------------------------------------------------------- */

static void ask(struct mt_viewer *v, const struct request *r)
{
  v->busy = r->kind != NOTHING;
  v->kind = r->kind;
  v->since = mt_now();
  pthread_mutex_lock(&v->lock);
  free(v->wanted.text);
  v->wanted = *r;
  v->number++;
  v->read = v->total = 0;
  pthread_cond_signal(&v->asked);
  pthread_mutex_unlock(&v->lock);
}

static int ask_for_text(struct mt_viewer *v, struct request *r, const char *text)
{
  r->text = malloc(r->len + 1);
  if (r->text == NULL)
    return mt_fail_memory(NULL);
  memcpy(r->text, text, r->len);
  v->found = (struct mt_found){0};
  ask(v, r);
  return 0;
}

void mt_viewer_show(struct mt_viewer *v, const struct mt_window *w)
{
  ask(v, &(struct request){.kind = SHOW, .window = *w});
}

void mt_viewer_lines(struct mt_viewer *v, const struct mt_window *w)
{
  ask(v, &(struct request){.kind = LINES, .window = *w});
}

void mt_viewer_locate(struct mt_viewer *v, uint64_t line)
{
  v->found = (struct mt_found){0};
  ask(v, &(struct request){.kind = LOCATE, .line = line});
}

int mt_viewer_search(struct mt_viewer *v, const char *text, size_t n, uint64_t row,
                     size_t column, int step)
{
  struct request r = {
      .kind = SEARCH, .len = n, .row = row, .column = column, .step = step};

  return ask_for_text(v, &r, text);
}

int mt_viewer_find(struct mt_viewer *v, const char *text, size_t n, uint64_t line,
                   uint64_t byte, int step)
{
  struct request r = {.kind = FIND, .len = n, .line = line, .byte = byte, .step = step};

  return ask_for_text(v, &r, text);
}

void mt_viewer_cancel(struct mt_viewer *v)
{
  if (v->busy)
    ask(v, &(struct request){.kind = NOTHING});
}

void mt_viewer_check(struct mt_viewer *v)
{
  if (v->busy)
    return;
  pthread_mutex_lock(&v->lock);
  v->check = true;
  v->seen_error = v->error;
  pthread_cond_signal(&v->asked);
  pthread_mutex_unlock(&v->lock);
}

/* --- what came of it --------------------------------------------------------------- */

/* With the lock, and the newest request is answered: the browser is ours. */
static void take_answer(struct mt_viewer *v)
{
  v->busy = false;
  v->seen_error = v->error;
  v->seen_rows = v->rows;
  if (v->browser == NULL || v->error.code != 0)
    return;
  if (v->kind == SHOW || v->kind == LINES)
    mt_browser_swap_page(v->browser, &v->page);
  else
    v->found = *mt_browser_found(v->browser);
}

bool mt_viewer_wait(struct mt_viewer *v, double seconds)
{
  const double end = mt_now() + seconds;

  if (!v->busy)
    return false;
  pthread_mutex_lock(&v->lock);
  while (v->done != v->number && mt_cond_wait_until(&v->answered, &v->lock, end))
    ;
  if (v->done == v->number)
    take_answer(v);
  pthread_mutex_unlock(&v->lock);
  return v->busy;
}

bool mt_viewer_busy(const struct mt_viewer *v)
{
  return v->busy;
}

double mt_viewer_waited(const struct mt_viewer *v)
{
  return v->busy ? mt_now() - v->since : 0;
}

void mt_viewer_progress(struct mt_viewer *v, uint64_t *done, uint64_t *total)
{
  pthread_mutex_lock(&v->lock);
  *done = v->read;
  *total = v->total;
  pthread_mutex_unlock(&v->lock);
}

const struct mt_page *mt_viewer_page(const struct mt_viewer *v)
{
  return &v->page;
}

const struct mt_found *mt_viewer_found(const struct mt_viewer *v)
{
  return &v->found;
}

uint64_t mt_viewer_rows(const struct mt_viewer *v)
{
  return v->seen_rows;
}

uint64_t mt_viewer_passed(const struct mt_viewer *v)
{
  return mt_marks_rows(v->marks);
}

const struct mt_error *mt_viewer_error(const struct mt_viewer *v)
{
  return &v->seen_error;
}
