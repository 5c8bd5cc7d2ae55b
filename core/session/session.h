/* The one object that a screen or a command drives: a dataset being scanned,
 * what is known of it, the plan, and an export.
 *
 *   mt_session_new(reader)        the session owns the reader from here on
 *   mt_session_scan_start()       workers run behind; or mt_session_scan_wait()
 *   mt_session_snapshot()         any time, any number of times; draw that
 *   mt_session_apply() ...        change the plan
 *   mt_session_export_start()     runs behind as well
 *   mt_session_free()             stops what runs, waits, frees
 *
 * All functions are called from one thread (the "driver").  Snapshots never
 * wait for a scan: they take what the last block left. */
#ifndef MT_CORE_SESSION_H
#define MT_CORE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/sysmem.h"
#include "core/cells/fault.h"
#include "core/cells/nulls.h"
#include "core/cells/reader.h"
#include "core/column/statistics.h"
#include "core/engine/dtype.h"
#include "core/engine/resident.h"
#include "core/plan/advice.h"
#include "core/plan/breach.h"
#include "core/plan/evidence.h"
#include "core/plan/plan_file.h"
#include "core/plan/recipe.h"
#include "core/session/viewer.h"
#include "core/session/writer.h"

struct mt_session;

struct mt_session_options {
  unsigned threads;  /* workers; 0 = one per processor */
  uint64_t max_rows; /* profile the first N rows only; 0 = all */
  uint64_t memory;   /* that all may take, bytes; 0 = as budget.h says */
  enum mt_engine engine;
  bool python311;        /* string headers of CPython <= 3.11 */
  unsigned headroom;     /* integers must hold that many times the largest value; 0 = 1 */
  struct mt_nulls nulls; /* moved into the session */
};

enum mt_scan_state {
  MT_SCAN_IDLE, /* not started */
  MT_SCAN_RUNNING,
  MT_SCAN_DONE,    /* every row was read */
  MT_SCAN_PARTIAL, /* stopped, or --rows: first N rows; nothing is proven */
  MT_SCAN_FAILED   /* see snapshot.error */
};

enum mt_export_state {
  MT_EXPORT_NONE,
  MT_EXPORT_RUNNING,
  MT_EXPORT_DONE,
  MT_EXPORT_CANCELLED,
  MT_EXPORT_FAILED /* see snapshot.error */
};

/* The size of an export's file. */
enum mt_size_state {
  MT_SIZE_NONE, /* nobody asked, or the request was given up */
  MT_SIZE_MEASURING,
  MT_SIZE_KNOWN,
  MT_SIZE_FAILED /* see snapshot.size_error */
};

/* One column of a snapshot: what the table shows. */
struct mt_column_view {
  uint64_t nulls, distinct; /* as the engine counts them */
  uint64_t plan_nulls;      /* nulls of the dataset, whatever the engine */
  uint64_t now;             /* reported bytes with the engine's default reader, which
                               may make it part of the index */
  uint64_t resident;        /* what of them is there; MT_UNKNOWN */
  uint64_t suggested_bytes; /* reported under the suggestion */
  uint64_t after;           /* reported under the plan */
  uint64_t suggested_resident, after_resident; /* likewise what stays; MT_UNKNOWN */
  const char *dtype;                           /* as the engine infers it; static text */
  const char *suggested;   /* engine's name of the suggestion; static text */
  const char *planned;     /* engine's name of what the plan says; static text */
  uint8_t suggested_dtype; /* enum mt_dtype */
  uint8_t planned_dtype;   /* enum mt_dtype; MT_DROP when dropped */
  uint8_t suggested_class; /* enum mt_class; MT_CLASS_NONE = nothing better */
  uint8_t planned_class;   /* enum mt_class of the plan's choice */
  bool distinct_exact;
  bool is_index;   /* the engine's default load makes it (part of) the index */
  bool changed;    /* the plan has a choice other than the default, which may be the
                      suggestion: text where the engine would change it */
  bool null_added; /* its sentinels were made null */
  bool warn;       /* the engine's default changes the data */
  /* Where all but sentinels (nulls.h) are numbers: */
  uint16_t sentinel_words; /* bit i: sentinel i; 0 elsewhere */
  uint64_t sentinels;      /* cells; 0 elsewhere */
};

/* Words that nobody asked for read as null: perhaps a country's NA. */
struct mt_null_words {
  uint64_t count;        /* cells */
  size_t columns;        /* that have some */
  size_t first_column;   /* the first of them; valid when count != 0 */
  struct mt_place first; /* its first such cell */
};

/* A column that differs from what the snapshot had before. */
#define MT_RENEWED_MOST 64
struct mt_renewed {
  size_t column;
  struct mt_column_view was;
};

struct mt_snapshot {
  const struct mt_name *names;    /* columns entries; valid until session_free */
  struct mt_column_view *columns; /* owned by the snapshot, reused */
  size_t column_count, column_cap;
  uint64_t version; /* changes whenever one of the columns may have */
  /* Of a hundred thousand columns a key mostly changes one: the columns of `version` are
   * those of version `before`, but for so many. */
  uint64_t before; /* 0: any may differ */
  struct mt_renewed renewed[MT_RENEWED_MOST];
  size_t renewed_len;
  bool behind;   /* columns, totals and engine are still those of before a change */
  uint64_t rows; /* read so far */
  enum mt_scan_state scan;
  struct mt_reader_progress progress;
  double scan_seconds; /* since the scan started; fixed at its end */
  enum mt_engine engine;
  uint64_t now_total, after_total; /* reported, with the index */
  uint64_t index_bytes;            /* of the default load's index, in now_total */
  uint64_t resident_total;         /* of a default load; MT_UNKNOWN, as the next three */
  uint64_t peak_low, peak_high;    /* of that load, above base */
  uint64_t base;                   /* of the engine before it */
  enum mt_verdict verdict;         /* peak_high and base against memory.available */
  struct mt_fault_list faults;
  struct mt_null_words null_words;
  size_t implicit_index; /* leading columns that pandas' default load would
                            take as the index (reader.h) */
  size_t undo_depth, redo_depth;
  uint64_t plan_version; /* changes with every change of the plan */
  enum mt_export_state export_state;
  uint64_t export_rows;  /* rows written so far */
  uint64_t export_bytes; /* bytes written so far, or the file's size */
  double export_seconds;
  enum mt_size_state size_state; /* of what mt_session_size_start asked for */
  uint64_t export_size;          /* MT_UNKNOWN unless it is known */
  struct mt_error size_error;    /* why it is not */
  struct mt_error error;         /* of the scan or the export; code 0 = none */
  struct mt_memory memory;       /* newest sample */
  struct mt_tape tape;
};

void mt_snapshot_init(struct mt_snapshot *s);
void mt_snapshot_reset(struct mt_snapshot *s);
/* What may be the reason for the faults, and what to do (static text); NULL: nothing is
 * known of that. */
const char *mt_snapshot_hint(const struct mt_snapshot *s);

/* Takes the reader over, also when it fails.  ENOBUFS: options->memory is too little for
 * so many columns. */
int mt_session_new(struct mt_session **out, struct mt_reader *reader,
                   struct mt_session_options *options,
                   struct mt_error *err) MT_MUST_CHECK;
void mt_session_free(struct mt_session *s);
/* Has all work stopped and waits for its end, at most so many seconds; then frees. False:
 * a read does not return, of a pipe or of a mount that is gone.  A thread in it cannot be
 * ended, and uses what the session has: nothing was freed, and the process should end. */
bool mt_session_end(struct mt_session *s, double seconds);

int mt_session_scan_start(struct mt_session *s, struct mt_error *err) MT_MUST_CHECK;
/* Asks the scan to stop; returns at once.  What was read stays. */
void mt_session_scan_stop(struct mt_session *s);
/* Waits at most `seconds` for the scan and the export to come to rest; whether
 * they have. */
bool mt_session_wait(struct mt_session *s, double seconds);
bool mt_session_busy(struct mt_session *s); /* a scan or an export runs */
/* Readable from the end of a scan or an export to the next snapshot: for poll only. */
int mt_session_fd(const struct mt_session *s);
/* Samples memory when it is time to (four times a second, if it is called as often) and
 * fills *snap.  0 or ENOMEM. */
int mt_session_snapshot(struct mt_session *s, struct mt_snapshot *snap) MT_MUST_CHECK;
/* The same, but works out what changed for at most so long, once *snap holds something:
 * where that was not enough it is `behind`, and the next call goes on. */
int mt_session_snapshot_within(struct mt_session *s, struct mt_snapshot *snap,
                               double seconds) MT_MUST_CHECK;
/* Seconds until the next sample is due; 0: it is. */
double mt_session_until_sample(const struct mt_session *s);

const struct mt_reader_schema *mt_session_schema(const struct mt_session *s);

/* What a default load takes in an engine, which need not be the session's. */
void mt_session_load(struct mt_session *s, enum mt_engine engine, struct mt_load *load);
struct mt_column_memory {
  const char *dtype; /* static text */
  uint64_t reported;
  uint64_t resident; /* MT_UNKNOWN */
};
void mt_session_column_memory(struct mt_session *s, size_t column, enum mt_engine engine,
                              struct mt_column_memory *m);

void mt_session_set_engine(struct mt_session *s, enum mt_engine engine);
/* The newest one; a snapshot that is behind has another one still. */
enum mt_engine mt_session_engine(const struct mt_session *s);

/* The plan.  Each returns how many columns changed (0 = nothing to do).
 * Changes made by one call are one step for undo. */
size_t mt_session_apply(struct mt_session *s, size_t column); /* the suggestion */
size_t mt_session_apply_to(struct mt_session *s, const size_t *columns, size_t n);
size_t mt_session_apply_all(struct mt_session *s, bool rounded); /* safe, or all */
/* A dtype by name of the user's choice; MT_DROP drops.  Refused (EINVAL) when a
 * value of the column rules it out: *err says which and on what line. */
int mt_session_choose(struct mt_session *s, size_t column, enum mt_dtype t,
                      struct mt_error *err) MT_MUST_CHECK;
/* The same for n columns, in ascending order.  *refused: how many of them it is refused
 * for; they stay as they are, and *err is about the first. */
size_t mt_session_choose_for(struct mt_session *s, const size_t *columns, size_t n,
                             enum mt_dtype t, size_t *refused, struct mt_error *err);
size_t mt_session_keep(struct mt_session *s, size_t column); /* back to the default */
size_t mt_session_keep_all(struct mt_session *s, const size_t *columns, size_t n);
/* Makes the sentinels of a column that is numeric but for them null, and begins to read
 * the input again; the column's choice, made for texts, goes back to the default.  One
 * step for undo.  EINVAL: there are none; EBUSY; ESPIPE. */
int mt_session_null_sentinels(struct mt_session *s, size_t column,
                              struct mt_error *err) MT_MUST_CHECK;
/* The same for those of n columns, in ascending order, that have some; *changed: how
 * many. */
int mt_session_null_sentinels_of(struct mt_session *s, const size_t *columns, size_t n,
                                 size_t *changed, struct mt_error *err) MT_MUST_CHECK;
/* Undo and redo of what is null begin to read the input again as well: 0 columns and
 * err->code EBUSY where that cannot be. */
size_t mt_session_undo(struct mt_session *s, struct mt_error *err);
size_t mt_session_redo(struct mt_session *s, struct mt_error *err);

/* The plan as loader code has to know it.  0 or ENOMEM.  This and the next one may be
 * called on another thread than the driver's, too. */
int mt_session_recipe(struct mt_session *s, struct mt_recipe *r) MT_MUST_CHECK;
/* The values of a column, sorted as in an export; mt_lookup_reset.  EINVAL: they are not
 * known exactly (any more). */
int mt_session_categories(struct mt_session *s, size_t column,
                          struct mt_lookup *out) MT_MUST_CHECK;

/* What the cells that are null hold. */
struct mt_null_kinds {
  uint64_t empty, quoted; /* nothing; nothing in quotes */
  uint64_t words;         /* NA and the like */
  uint64_t given;         /* texts that somebody asked to be null */
};

/* Everything about one column: evidence, inference, all candidates.  Texts are
 * sanitised. */
#define MT_EXAMPLES 8
struct mt_column_detail {
  struct mt_candidate candidate[MT_DTYPE_COUNT]; /* advice.h; by dtype */
  struct mt_column_view view;
  char evidence[MT_VALUE_SENTENCES][MT_SENTENCE]; /* what the values are */
  size_t evidence_len;
  struct mt_findings warnings; /* what a default load would change */
  struct mt_findings notes;
  struct mt_null_kinds nulls;      /* of the dataset */
  char examples[MT_EXAMPLES][128]; /* the most frequent values and their counts */
  size_t examples_len;
};
void mt_session_detail(struct mt_session *s, size_t column, struct mt_column_detail *d);

/* What a default load would change, of the columns in order: at most cap findings go to
 * out; returns how many there are, in *columns columns. */
struct mt_column_warning {
  size_t column;
  struct mt_finding finding;
};
size_t mt_session_warnings(struct mt_session *s, struct mt_column_warning *out,
                           size_t cap, size_t *columns);

/* What the values of a column are like, so far (statistics.h says what is exact).  Takes
 * a walk over the distinct values: not for every frame of a screen. */
#define MT_QUANTILE_COUNT 7
#define MT_HISTOGRAM_BINS 20
#define MT_TOP_VALUES 20
#define MT_TOP_TEXT 256

struct mt_top_value {
  uint64_t count; /* UINT32_MAX: that many or more */
  uint16_t len;
  bool cut;               /* the value is longer */
  char text[MT_TOP_TEXT]; /* as in the file: not sanitised, not terminated */
};

/* A histogram for people.  Integers share no part with half of another one; where few
 * numbers make the range very wide it reaches from the 1st percentile to the 99th. */
struct mt_picture {
  size_t bins; /* 0: no numbers, or only one */
  double edge[MT_HISTOGRAM_BINS + 1];
  uint64_t bin[MT_HISTOGRAM_BINS];
  double low, high;      /* what the ends are called */
  uint64_t below, above; /* numbers beyond them */
  bool exact;
};

struct mt_column_statistics {
  uint64_t count;  /* numbers; the figures are NaN where there are too few */
  double min, max; /* of the numbers */
  bool integers;   /* all of them are, within 64 bits: */
  __int128 int_min, int_max;
  double mean, stddev;                /* of a sample */
  double quantile[MT_QUANTILE_COUNT]; /* mt_quantile_shares */
  double quantile_error; /* share of the numbers by which they can be off; 0 = exact */
  size_t bins;           /* of the histogram; 0 = no numbers */
  double edge[MT_HISTOGRAM_BINS + 1];
  uint64_t bin[MT_HISTOGRAM_BINS];
  bool histogram_exact;
  struct mt_picture picture; /* for looking at */
  size_t top_len;
  struct mt_top_value top[MT_TOP_VALUES]; /* most frequent first */
  bool top_exact;
  uint64_t values; /* that are not null; the lengths are theirs, in bytes */
  uint32_t length_min, length_max;
  double length_mean;
  uint64_t length[MT_LENGTH_BUCKETS]; /* mt_length_bucket_low */
  uint64_t runs;                      /* stretches of equal cells */
  enum mt_sorted sorted;
};
extern const double mt_quantile_shares[MT_QUANTILE_COUNT];
void mt_session_statistics(struct mt_session *s, size_t column,
                           struct mt_column_statistics *out);

/* A way to look at the rows themselves, wherever they are, also while they are scanned
 * (viewer.h); freed before the session.  ESPIPE for pipes. */
int mt_session_browse(struct mt_session *s, struct mt_viewer **out,
                      struct mt_error *err) MT_MUST_CHECK;
/* Whether the cell of a column is null by the plan. */
bool mt_session_reads_null(const struct mt_session *s, size_t column, const uint8_t *text,
                           size_t n);

/* When the values of a column of dates are, counted in equal parts of their range as in
 * a histogram: part i is [edge i, edge i + 1), the last one with its end. */
struct mt_column_dates {
  int64_t edge[MT_HISTOGRAM_BINS + 1]; /* seconds since 1970, UTC with an offset */
  uint64_t bin[MT_HISTOGRAM_BINS];
  bool times; /* some are not at midnight */
};
/* False where values are no dates, or there are too many distinct ones to walk over. */
bool mt_session_dates(struct mt_session *s, size_t column, struct mt_column_dates *out);

/* Whether the input can be read once more, as exports and checks do: ESPIPE for pipes. */
int mt_session_can_read_again(const struct mt_session *s,
                              struct mt_error *err) MT_MUST_CHECK;

/* Writes the planned dataset, or of its columns those i with only[i] (NULL: all).  The
 * session owns the writer from here on.  A stopped scan is completed first.  Progress and
 * the outcome are in snapshots; once DONE, mt_session_export_note tells how column i is
 * stored where that differs from the plan (NULL: as planned). */
int mt_session_export_start(struct mt_session *s, struct mt_writer *writer,
                            const bool *only, struct mt_error *err) MT_MUST_CHECK;
void mt_session_export_cancel(struct mt_session *s);
/* Has the size of an export's file estimated, behind, from a sample of the rows: exact
 * where that is all of them.  The session owns the writer, whose bytes should go nowhere
 * (mt_format_create_unnamed).  An earlier request is given up; so is this one when an
 * export begins. */
int mt_session_size_start(struct mt_session *s, struct mt_writer *writer,
                          const bool *only, struct mt_error *err) MT_MUST_CHECK;
void mt_session_size_stop(struct mt_session *s);
const char *mt_session_export_note(struct mt_session *s, size_t column);

/* The plan as a file's entries, one per column in order; dtypes resolved.  0 or
 * ENOMEM. */
int mt_session_plan_entries(struct mt_session *s, struct mt_plan_file *f) MT_MUST_CHECK;
/* Adds the nulls of a plan's columns that the file has; call it before the scan. */
int mt_session_add_nulls(struct mt_session *s, const struct mt_plan_file *f,
                         struct mt_error *err) MT_MUST_CHECK;
/* Takes a plan over as one step, at rest: every column it names is given its dtype.
 * EINVAL when a column is missing or a value rules a dtype out; nothing is changed then.
 */
int mt_session_load_plan(struct mt_session *s, const struct mt_plan_file *f,
                         struct mt_error *err) MT_MUST_CHECK;
/* Safe conversions, largest saving first, until the reported total is at most `bytes`;
 * choices made before stay.  ENOSPC when it cannot be: all were made, *err has the total,
 * and the columns that stand in the way. */
int mt_session_fit(struct mt_session *s, uint64_t bytes,
                   struct mt_error *err) MT_MUST_CHECK;

/* Holds every value against a plan, on the background thread; the scan must be
 * complete.  At rest, mt_session_breaches has the outcome; NULL when the check did not
 * come to its end (snapshot.error says why). */
int mt_session_check_start(struct mt_session *s, const struct mt_plan_file *f,
                           struct mt_error *err) MT_MUST_CHECK;
const struct mt_breach_list *mt_session_breaches(struct mt_session *s);

#endif
