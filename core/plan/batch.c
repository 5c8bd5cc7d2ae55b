#include "core/plan/batch.h"

#include <stdlib.h>

void mt_batch_init(struct mt_batch *b)
{
  *b = (struct mt_batch){0};
}

void mt_batch_reset(struct mt_batch *b)
{
  for (size_t i = 0; i < b->columns; i++) {
    free(b->column[i].values);
    free(b->column[i].bytes);
    free(b->column[i].validity);
  }
  free(b->column);
  mt_batch_init(b);
}
