/* The inside of a browser, shared by browse.c (life, rows), browse_lines.c,
 * browse_search.c (in cells) and browse_find.c (in lines). */
#ifndef MT_CORE_BROWSE_PRIVATE_H
#define MT_CORE_BROWSE_PRIVATE_H

#include "core/session/browse.h"
#include "core/session/rows.h"

/* Marks of where one has just been, which may lie nearer than those of the scan. */
#define MT_NEAR 64
struct mt_near {
  struct mt_mark mark[MT_NEAR];
  size_t noted; /* ever */
};

enum mt_browse_job {
  MT_BROWSE_NONE,
  MT_BROWSE_SHOW,
  MT_BROWSE_LINES,
  MT_BROWSE_LOCATE,
  MT_BROWSE_SEARCH,
  MT_BROWSE_FIND
};

/* Where a walk over lines is. */
struct mt_line_walk {
  uint64_t byte, line; /* of the next byte */
  uint64_t start;      /* where its line begins */
  bool after_cr;
};

struct mt_browse_search {
  char *text; /* in small letters when case does not count; owned */
  size_t len;
  bool fold, backward;
  uint64_t row; /* the cell that the search begins at; backwards: its end, for now */
  size_t column;
  uint64_t line, byte; /* the same among lines */
  uint8_t *raw;        /* bytes of lines, from walk.byte on; owned */
  size_t held;         /* how many */
  uint64_t origin;     /* backwards: the byte where all of it began */
};

struct mt_browser {
  const struct mt_reader *reader;
  struct mt_marks *marks;
  struct mt_rows *rows;
  struct mt_block block;
  struct mt_chunk chunk;
  size_t step_rows; /* of a block, so that its cells stay few */
  struct mt_near near, near_lines;

  enum mt_browse_job job;
  struct mt_mark from; /* where it begins to read */
  bool arrived;
  bool started;   /* `begin` is known */
  uint64_t begin; /* bytes consumed then */
  struct mt_window window;
  struct mt_page page, making;
  struct mt_line_walk walk;
  uint8_t *raw;  /* bytes of lines; owned */
  uint64_t line; /* to be located */
  struct mt_browse_search search;
  struct mt_found found;
  uint64_t total, total_lines; /* UINT64_MAX: unknown */
  struct mt_error error;
};

/* Begins a job at the best mark before a row, or a line. */
void mt_browse_begin_row(struct mt_browser *b, enum mt_browse_job job, uint64_t row);
void mt_browse_begin_line(struct mt_browser *b, enum mt_browse_job job, uint64_t line);
void mt_browse_note(struct mt_near *n, const struct mt_mark *mark);

/* Takes the next rows, at most max of them, into b->block; none at the end. */
int mt_browse_next(struct mt_browser *b, uint64_t max);
/* Their cells. */
int mt_browse_decode(struct mt_browser *b);

/* Room for a page of that window, which is empty. */
int mt_browse_page_begin(struct mt_browser *b);
/* Adds to the text of the cell that was added last, as far as it is kept. */
int mt_browse_page_text(struct mt_browser *b, struct mt_page_cell *cell, const uint8_t *s,
                        size_t n);
/* The page is complete: the job is done. */
void mt_browse_page_end(struct mt_browser *b, bool end);

/* Takes the text that is looked for.  0 or ENOMEM. */
int mt_browse_take_text(struct mt_browser *b, const char *text, size_t n) MT_MUST_CHECK;
/* The first place of it in s[0..n); NULL when there is none. */
const uint8_t *mt_browse_find(const uint8_t *s, size_t n,
                              const struct mt_browse_search *q);

/* A step of a job; b->error on failure. */
int mt_browse_step_lines(struct mt_browser *b);
int mt_browse_step_search(struct mt_browser *b);
int mt_browse_step_find(struct mt_browser *b);

#endif
