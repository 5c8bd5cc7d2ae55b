/* Everything a session knows of one column. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/session/session_private.h"

#define NAME_COLUMNS 40

static void judge_candidates(const struct mt_session *s, size_t column,
                             struct mt_column_detail *d)
{
  const struct mt_column_profile *c = &s->profile->column[column];

  for (int i = 0; i < MT_DTYPE_COUNT; i++) {
    struct mt_candidate *k = &d->candidate[i];
    enum mt_dtype t = (enum mt_dtype)i;

    mt_advice_judge(k, c, t);
    k->name = mt_session_name_as(s, column, t);
    k->suggested =
        d->view.suggested_class != MT_CLASS_NONE && t == d->view.suggested_dtype;
    if (k->class_ == MT_CLASS_BLOCKED)
      continue;
    k->bytes = mt_session_bytes_as(s, column, t);
    if (s->scan == MT_SCAN_DONE)
      mt_evidence_proof(k->proof, sizeof k->proof, c, t);
  }
}

/* A constant is not called a duplicate of the other constants. */
static void note_twin(const struct mt_session *s, size_t column, struct mt_findings *l)
{
  const struct mt_name *names = s->reader->schema.names;
  size_t twin = s->twin[column] - 1;
  char name[4 * NAME_COLUMNS];

  if (s->twin[column] == 0 || s->profile->rows < 2)
    return;
  for (size_t i = 0; i < l->len; i++)
    if (l->item[i].kind == MT_FINDING_ALL_NULL || l->item[i].kind == MT_FINDING_CONSTANT)
      return;
  mt_sanitise(name, sizeof name, names[twin].text, names[twin].len, NAME_COLUMNS);
  mt_findings_add(l, MT_FINDING_DUPLICATE, s->profile->rows, NULL,
                  "the same as column \"%.100s\" in every row", name)
      ->column = twin;
}

/* The most frequent values, which are the same ones every time. */
static void find_examples(struct mt_column_detail *d, const struct mt_column_profile *c)
{
  struct mt_distinct_text top[MT_EXAMPLES];
  char value[100], times[MT_COUNT_TEXT];
  bool exact;

  d->examples_len =
      mt_statistics_top(&c->statistics, &c->distinct, top, MT_EXAMPLES, &exact);
  for (size_t i = 0; i < d->examples_len; i++) {
    mt_sanitise(value, sizeof value, top[i].s, top[i].n, 24);
    snprintf(d->examples[i], sizeof d->examples[i], "%s  \u00d7 %s", value,
             mt_format_count(times, top[i].hits));
  }
}

static void count_nulls(struct mt_null_kinds *n, const struct mt_facts *f)
{
  n->empty = f->empties;
  n->quoted = f->quoted_empties;
  n->words = f->null_words - f->given_nulls;
  n->given = f->given_nulls;
}

void mt_session_detail(struct mt_session *s, size_t column, struct mt_column_detail *d)
{
  const struct mt_column_profile *c;
  pthread_mutex_t *stripe;

  memset(d, 0, sizeof *d);
  mt_session_lock(s); /* a scan may begin anew */
  c = &s->profile->column[column];
  stripe = mt_session_stripe(s, column);
  mt_session_view_column(s, column, s->engine, s->plan.choice[column],
                         s->plan.nulls[column], false, &d->view);
  pthread_mutex_lock(stripe);
  judge_candidates(s, column, d);
  d->evidence_len = mt_evidence_values(d->evidence, &c->facts);
  mt_evidence_warnings(&d->warnings, c, s->engine);
  mt_evidence_notes(&d->notes, c);
  note_twin(s, column, &d->notes);
  find_examples(d, c);
  count_nulls(&d->nulls, &c->facts);
  pthread_mutex_unlock(stripe);
  pthread_mutex_unlock(&s->lock);
}

size_t mt_session_warnings(struct mt_session *s, struct mt_column_warning *out,
                           size_t cap, size_t *columns)
{
  struct mt_findings l;
  size_t n = 0;

  *columns = 0;
  mt_session_lock(s);
  for (size_t i = 0; i < s->profile->columns; i++) {
    pthread_mutex_t *stripe = mt_session_stripe(s, i);
    l.len = 0;
    pthread_mutex_lock(stripe);
    mt_evidence_warnings(&l, &s->profile->column[i], s->engine);
    pthread_mutex_unlock(stripe);
    *columns += l.len > 0;
    for (size_t k = 0; k < l.len; k++, n++)
      if (n < cap)
        out[n] = (struct mt_column_warning){i, l.item[k]};
  }
  pthread_mutex_unlock(&s->lock);
  return n;
}
