/* Values that break a plan: counted, and the first of them kept. */
#ifndef MT_CORE_BREACH_H
#define MT_CORE_BREACH_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/engine/dtype.h"

struct mt_breach {
  size_t column; /* of the dataset */
  enum mt_dtype planned;
  uint64_t line, byte;
  const char *rule; /* static: "is out of range" */
  char value[48];   /* sanitised, may be cut */
};

#define MT_BREACHES_KEPT 1000

struct mt_breach_list {
  uint64_t count;         /* all of them */
  struct mt_breach *item; /* the first, in order of rows within a block; owned */
  size_t len, cap;
};

void mt_breach_list_init(struct mt_breach_list *l);
void mt_breach_list_reset(struct mt_breach_list *l);
/* 0 or ENOMEM. */
int mt_breach_add(struct mt_breach_list *l, const struct mt_breach *b) MT_MUST_CHECK;
/* Appends those of later rows. */
int mt_breach_merge(struct mt_breach_list *into,
                    const struct mt_breach_list *later) MT_MUST_CHECK;

#endif
