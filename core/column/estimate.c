#include "core/column/estimate.h"

#include <math.h>

#define RANKS (64 - MT_ESTIMATE_BITS + 2)

uint64_t mt_estimate_count(const uint8_t *registers)
{
  const double m = MT_ESTIMATE_BYTES, alpha = 0.7213 / (1 + 1.079 / m);
  unsigned with_rank[RANKS] = {0};
  double sum = 0, estimate;

  for (unsigned i = 0; i < MT_ESTIMATE_BYTES; i++)
    with_rank[registers[i]]++;
  for (int i = 0; i < RANKS; i++)
    sum += ldexp(with_rank[i], -i);
  estimate = alpha * m * m / sum;
  if (estimate <= 2.5 * m && with_rank[0] > 0)
    estimate = m * log(m / with_rank[0]);
  return (uint64_t)(estimate + 0.5);
}
