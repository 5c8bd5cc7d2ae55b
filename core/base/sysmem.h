/* Memory of this process and of the system, against the limit that holds.
 *
 * Limit: the least of MemTotal and the memory limits of the process's cgroup
 * and its visible ancestors (v2 memory.max, v1 memory.limit_in_bytes, where
 * >= 2^60 means none).  In use: when a cgroup's limit holds, its
 * memory.current (v1 memory.usage_in_bytes) less inactive_file; else
 * MemTotal - MemAvailable.  Every figure that cannot be read is MT_UNKNOWN. */
#ifndef MT_CORE_SYSMEM_H
#define MT_CORE_SYSMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MT_UNKNOWN UINT64_MAX

struct mt_memory {
  uint64_t rss;       /* VmRSS of this process */
  uint64_t rss_peak;  /* VmHWM */
  uint64_t limit;     /* bytes that may be used */
  uint64_t used;      /* in use against limit */
  uint64_t available; /* min(limit - used, MemAvailable) */
  bool cgroup;        /* limit comes from a cgroup */
};

/* Samples now.  root: "" for the real system, else a directory that holds
 * proc/ and sys/ (tests). */
void mt_memory_sample(struct mt_memory *m, const char *root);

/* What happened meanwhile: work that takes a while, or a change of the plan. */
enum mt_event_kind { MT_EVENT_SCAN, MT_EVENT_EXPORT, MT_EVENT_APPLY, MT_EVENT_UNDO };
struct mt_event {
  enum mt_event_kind kind;
  double from, to; /* seconds since the first sample; to = INFINITY: still going on */
};

/* The whole run in a fixed number of points: when full, neighbours are merged
 * (largest value wins) and the interval doubles, so nothing scrolls away. */
#define MT_TAPE_POINTS 512
#define MT_TAPE_EVENTS 64
struct mt_tape {
  uint64_t rss[MT_TAPE_POINTS];
  uint64_t used[MT_TAPE_POINTS];
  size_t len;      /* points in use */
  double interval; /* seconds a point covers */
  double last;     /* time of the newest sample, seconds since the first */
  uint64_t rss_max, used_max;
  struct mt_event event[MT_TAPE_EVENTS]; /* by the time they were added */
  size_t events;
};
void mt_tape_init(struct mt_tape *t, double interval);
/* Adds a sample taken `at` seconds after the start. */
void mt_tape_add(struct mt_tape *t, double at, uint64_t rss, uint64_t used);
/* Notes what goes on from then to then.  The same kind beginning again while it still
 * goes on is one event, and so is its end.  When there is no room the oldest change of
 * the plan goes, or else the oldest event. */
void mt_tape_note(struct mt_tape *t, enum mt_event_kind kind, double from, double to);

#endif
