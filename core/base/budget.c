#include "core/base/budget.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define FIXED (28 * MIB)
#define DEFAULT_POOL (36 * MIB)
#define LEAST_POOL MIB
#define WORKER (12 * MIB)
#define COLUMN (4 * KIB) /* without rows */
#define CELL 48
#define FIRST_ROWS KIB
#define WHOLE_COLUMN (32 * KIB) /* with any number of rows */
#define FEW_COLUMNS 1024        /* have that from the start */
#define MANY_COLUMNS 4096       /* what a worker holds of more is not worth its help */
#define MOST_WANTED ((uint64_t)1 << 60)

/* What is taken besides the pool, by one worker. */
static uint64_t besides(size_t columns, uint64_t per_column)
{
  uint64_t bytes;

  if (__builtin_mul_overflow((uint64_t)columns, per_column, &bytes) ||
      __builtin_add_overflow(bytes, FIXED + WORKER, &bytes))
    return UINT64_MAX;
  return bytes;
}

static unsigned most_workers(size_t columns, unsigned threads)
{
  return columns > MANY_COLUMNS || threads == 0 ? 1 : threads;
}

/* Everything above what is needed goes to the pool, but for up to half of it to workers.
 */
static void share_out(struct mt_budget *b, uint64_t spare, unsigned threads)
{
  uint64_t more = spare / 2 / WORKER;

  if (more > threads - 1)
    more = threads - 1;
  spare -= more * WORKER;
  b->workers = 1 + (unsigned)more;
  b->pool = spare < SIZE_MAX ? (size_t)spare : SIZE_MAX;
}

/* The file, or what of it is too much: "more than 5 rows of". */
static int fail(size_t columns, const char *rows, uint64_t least, struct mt_error *err)
{
  char text[MT_BUDGET_TEXT];

  mt_fail(err, ENOBUFS, "--memory is too little for %s%zu column%s", rows, columns,
          columns == 1 ? "" : "s");
  mt_error_remedy(err, "give --memory %s, or leave it out", mt_budget_text(text, least));
  return ENOBUFS;
}

int mt_budget_make(struct mt_budget *b, uint64_t memory, size_t columns, unsigned threads,
                   struct mt_error *err)
{
  uint64_t whole = besides(columns, WHOLE_COLUMN);
  uint64_t least =
      columns > FEW_COLUMNS ? besides(columns, COLUMN + FIRST_ROWS) : whole + LEAST_POOL;

  threads = most_workers(columns, threads);
  *b = (struct mt_budget){threads, DEFAULT_POOL, UINT64_MAX};
  if (memory == 0)
    return 0;
  if (memory < least)
    return fail(columns, "", least, err);
  if (memory >= whole && memory - whole >= LEAST_POOL) {
    share_out(b, memory - whole, threads);
    return 0;
  }
  *b = (struct mt_budget){.workers = 1};
  b->most_rows = (memory - besides(columns, COLUMN)) / columns / CELL;
  return 0;
}

int mt_budget_fail_rows(const struct mt_budget *b, size_t columns, struct mt_error *err)
{
  char rows[64];

  snprintf(rows, sizeof rows, "more than %" PRIu64 " rows of ", b->most_rows);
  return fail(columns, rows, besides(columns, WHOLE_COLUMN) + LEAST_POOL, err);
}

uint64_t mt_budget_wanted(uint64_t pool, size_t columns, unsigned workers)
{
  uint64_t bytes = besides(columns, WHOLE_COLUMN), round = 64 * MIB;

  if (__builtin_add_overflow(bytes, (workers - 1) * WORKER, &bytes) ||
      __builtin_add_overflow(bytes, pool, &bytes) || bytes > MOST_WANTED)
    return MOST_WANTED;
  while (round < bytes)
    round *= 2;
  return round;
}

char *mt_budget_text(char dst[MT_BUDGET_TEXT], uint64_t bytes)
{
  uint64_t mib = bytes / MIB + (bytes % MIB != 0);
  bool whole_gib = mib % 1024 == 0;

  snprintf(dst, MT_BUDGET_TEXT, "%" PRIu64 "%c", whole_gib ? mib / 1024 : mib,
           whole_gib ? 'G' : 'M');
  return dst;
}
