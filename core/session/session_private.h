/* The inside of a session, shared by session.c (life, the background thread),
 * session_scan.c, session_export.c, session_check.c, session_plan.c, session_view.c and
 * the two for memory and statistics.
 *
 * Threads: the driver calls; one background thread runs scan, check and export; the
 * pipeline's workers run under it.  `lock` guards what commits change (profile
 * except distinct sets, states, counters).  Order: lock, then a stripe of the
 * profile, which guards the distinct sets.  Whatever asks mt_infer, mt_resident or
 * mt_advice_* of a column while a scan may run holds both. */
#ifndef MT_CORE_SESSION_PRIVATE_H
#define MT_CORE_SESSION_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/base/bell.h"
#include "core/base/budget.h"
#include "core/base/clock.h"
#include "core/column/profile.h"
#include "core/plan/convert.h"
#include "core/plan/plan.h"
#include "core/session/marks.h"
#include "core/session/session.h"

/* The views of all columns, and what they were made from. */
struct mt_session_views {
  struct mt_column_view *view; /* per column; owned */
  uint8_t *choice;             /* per column: what the plan says; owned */
  uint16_t *nulls;             /* likewise; owned */
  struct mt_load load;
  uint64_t after; /* reported under the plan, with the index */
  struct mt_null_words null_words;
  uint64_t rows;
  enum mt_engine engine;
  enum mt_scan_state scan;
};

/* What was worked out for the last snapshot (session_cache.c).  While a scan runs, its
 * own thread makes the views between two blocks, without the lock: a hundred thousand
 * columns take longer than a key may wait. */
struct mt_session_cache {
  struct mt_session_views front; /* for snapshots */
  struct mt_session_views back;  /* being made by the scan's thread */
  uint64_t plan_version;         /* that front has followed */
  bool filling;                  /* the driver is making front anew, */
  bool suggested;                /* with the suggestions that are there, */
  uint64_t following;            /* or has it follow this version of the plan: */
  size_t at;                     /* the columns before it are done */
  double begun;                  /* when the driver began to fill */
  uint64_t version;              /* of the snapshots made from it */
  uint64_t before;               /* the version that differs in `renewed` alone, or 0 */
  size_t renewed[MT_RENEWED_MOST];
  size_t renewed_len; /* one more than that: there were too many */
  bool listed;        /* all since `before`: the next one begins anew */
  bool valid;
  atomic_bool wanted; /* snapshots were taken since views were made */
  double made;        /* when */
  double cost;        /* seconds that it took */
};

/* What the tape has marks of. */
struct mt_session_marked {
  double scan, export; /* when the newest one started */
  bool scanning, exporting;
  uint64_t plan_version;
  size_t plan_done;
};

struct mt_session {
  struct mt_reader *reader;
  struct mt_session_options options;
  struct mt_budget budget;

  pthread_mutex_t lock;
  atomic_uint asked;   /* the driver waits for the lock */
  bool changed;        /* by the driver, since the last snapshot; the driver's own */
  double shown;        /* when that was taken; likewise */
  pthread_cond_t rest; /* signalled when the background thread ends */
  unsigned wanted;     /* jobs still to do, MT_JOB_ bits */
  bool running;        /* the background thread is at work */
  bool joinable;       /* it was started and not joined yet */
  struct mt_bell news; /* rings from the end of a job to the next snapshot */
  pthread_t thread;

  struct mt_profile *profile; /* a scan clears it; owned */
  size_t *twin; /* per column: 1 + the first one with the same cells, 0 = none is before
                   it.  Filled when a scan ends; owned. */
  enum mt_scan_state scan;
  struct mt_error error;
  double scan_start, scan_seconds;
  struct mt_bell stop_scan;
  atomic_ullong bytes_read;
  struct mt_marks marks; /* of the rows that were passed; has its own lock */

  struct mt_plan plan;
  enum mt_engine engine;

  enum mt_export_state export_state;
  struct mt_writer *writer;
  bool *export_only; /* per column: is written; NULL = all are; owned */
  struct mt_conversion conversion;
  char **note; /* per column: how it is stored instead, or NULL; owned */
  struct mt_bell stop_export;
  uint64_t export_rows, export_bytes;
  double export_start, export_seconds;

  /* The size of an export's file: asked for by the driver, guarded by the lock. */
  struct mt_writer *size_writer; /* of the newest request, until it is taken; owned */
  bool *size_only;               /* likewise */
  enum mt_size_state size_state;
  uint64_t size_bytes; /* MT_UNKNOWN until it is known */
  struct mt_error size_error;
  atomic_bool stop_size;

  /* A check: wanted by the driver, run on the background thread. */
  bool check_done;
  uint8_t *check_dtype;                  /* per column; owned */
  struct mt_plan_entry *check_entry;     /* per column: what the plan says; names unused;
                                            owned */
  struct mt_conversion check_conversion; /* not the export's, which may be asked for */
  struct mt_breach_list breaches;

  struct mt_session_cache cache;
  struct mt_tape tape;
  struct mt_session_marked marked;
  struct mt_memory memory;
  double start, next_sample;
  atomic_bool stuck; /* a viewer's thread had to be left behind */
};

/* Takes the lock for the driver, before a scan that is adding a block takes it again. */
static inline void mt_session_lock(struct mt_session *s)
{
  atomic_fetch_add(&s->asked, 1);
  pthread_mutex_lock(&s->lock);
  atomic_fetch_sub(&s->asked, 1);
}
/* What column i is by the plan: its choice or else the default. */
enum mt_dtype mt_session_planned(const struct mt_session *s, size_t i);
/* Reported bytes of column i stored as t, in the session's engine. */
uint64_t mt_session_bytes_as(const struct mt_session *s, size_t i, enum mt_dtype t);
/* What the session's engine calls it. */
const char *mt_session_name_as(const struct mt_session *s, size_t i, enum mt_dtype t);
/* The lock of column i's distinct set; the caller holds the session's lock, without which
 * a scan may begin anew. */
static inline pthread_mutex_t *mt_session_stripe(const struct mt_session *s, size_t i)
{
  return &s->profile->lock[i % MT_LOCK_STRIPES];
}
/* Fills *v for column i as that engine sees it, with that choice of the plan and those
 * sentinels made null; `suggested`: *v has its suggestion, which no engine changes.  The
 * caller holds the lock, or is the scan's thread between two blocks. */
void mt_session_view_column(struct mt_session *s, size_t i, enum mt_engine engine,
                            uint8_t choice, uint16_t nulls, bool suggested,
                            struct mt_column_view *v);

/* 0 or ENOMEM. */
int mt_session_cache_init(struct mt_session *s) MT_MUST_CHECK;
void mt_session_cache_reset(struct mt_session *s);
/* For a snapshot: the caller holds the lock.  Works until then; whether all is done. */
bool mt_session_refresh(struct mt_session *s, double until);
/* Whether the suggestions in cache.front are what is known; the caller holds the lock. */
bool mt_session_views_hold(const struct mt_session *s);
/* On the scan's thread, without the lock: makes the views if somebody looks on.  `scan`:
 * the state that they are for. */
void mt_session_make_views(struct mt_session *s, enum mt_scan_state scan);

/* Adds the nulls that were added to the defaults: given, and made of sentinels; the
 * caller holds the lock.  0 or ENOMEM. */
int mt_session_list_nulls(const struct mt_session *s, struct mt_nulls *out) MT_MUST_CHECK;

/* What the background thread does, in this order when several are wanted. */
enum { MT_JOB_SCAN = 1, MT_JOB_CHECK = 2, MT_JOB_EXPORT = 4, MT_JOB_SIZE = 8 };

/* Has a job done, by the running background thread or a new one. */
int mt_session_want(struct mt_session *s, unsigned job,
                    struct mt_error *err) MT_MUST_CHECK;

/* EBUSY, for what has to wait until the background thread is at rest. */
int mt_session_fail_busy(struct mt_error *err);

/* On the background thread: from the first row, with nothing known. */
int mt_session_run_scan(struct mt_session *s, uint64_t max_rows,
                        const struct mt_bell *cancel, struct mt_error *err);

/* The conversion that the plan asks for, of the columns i with only[i] (NULL: all); on
 * the background thread, after a complete scan. */
int mt_session_conversion(struct mt_session *s, const bool *only, struct mt_conversion *v,
                          struct mt_error *err) MT_MUST_CHECK;
/* On the background thread. */
void mt_session_run_size(struct mt_session *s);
/* On the background thread, after a complete scan. */
void mt_session_run_export(struct mt_session *s);
/* An export that cannot begin: gives the writer's file back. */
void mt_session_drop_export(struct mt_session *s, enum mt_export_state state,
                            const struct mt_error *e);
void mt_session_forget_export(struct mt_session *s);

/* On the background thread. */
void mt_session_run_check(struct mt_session *s);
void mt_session_forget_check(struct mt_session *s);

#endif
