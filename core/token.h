/* What the text of one cell is: null, an integer, a float, a boolean, or text. */
#ifndef MT_CORE_TOKEN_H
#define MT_CORE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/nulls.h"
#include "core/parse.h"

struct mt_token {
  bool null;
  enum mt_int_result int64;
  bool integer;  /* of any magnitude */
  bool is_float; /* integers too */
  bool overflow; /* finite, but too large for a float */
  int boolean;   /* 1 true, 0 false, -1 neither */
  int64_t i;     /* when int64 is MT_INT_OK */
  double d;      /* when is_float */
};

void mt_token_read(struct mt_token *t, const uint8_t *s, size_t n,
                   const struct mt_nulls *nulls, size_t column);

#endif
