/* A plan as JSON: to keep, to compare, and to hold other files against.  Described in
 * docs/plan.md.
 *
 *   mt_plan_file_parse   bytes -> entries
 *   mt_plan_file_print   entries -> bytes
 *
 * No file is touched here. */
#ifndef MT_CORE_PLAN_FILE_H
#define MT_CORE_PLAN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"
#include "core/cells/datetime.h"
#include "core/cells/nulls.h"
#include "core/engine/dtype.h"

#define MT_PLAN_VERSION 1

struct mt_plan_entry {
  char *name; /* owned; NUL-terminated, may hold NULs before that */
  size_t name_len;
  enum mt_dtype dtype;        /* MT_DROP: left out */
  bool nullable;              /* nulls were there when the plan was made */
  enum mt_date_layout layout; /* date, datetime: how they are written; else COUNT */
};

struct mt_plan_file {
  struct mt_plan_entry *entry; /* owned */
  size_t len;
  struct mt_nulls nulls; /* besides the defaults; their column is that of `entry` */
};

void mt_plan_file_init(struct mt_plan_file *f);
void mt_plan_file_reset(struct mt_plan_file *f);

/* EINVAL with what is wrong and where. */
int mt_plan_file_parse(struct mt_plan_file *f, const void *json, size_t n,
                       struct mt_error *err) MT_MUST_CHECK;
int mt_plan_file_print(const struct mt_plan_file *f, struct mt_buffer *out) MT_MUST_CHECK;

#endif
