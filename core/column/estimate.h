/* How many different texts there were, about: HyperLogLog (Flajolet and others, 2007)
 * with 2^14 registers, standard error 0.81 %, over the texts' codes (code.h).
 *
 * Adding commutes and a text counts once.  Codes have no seed: the same texts give the
 * same estimate. */
#ifndef MT_CORE_ESTIMATE_H
#define MT_CORE_ESTIMATE_H

#include <stdint.h>

#include "core/column/code.h"

#define MT_ESTIMATE_BITS 14
#define MT_ESTIMATE_BYTES                                                                \
  (1u << MT_ESTIMATE_BITS) /* a register each; begin with zeros                          \
                            */

static inline void mt_estimate_add(uint8_t *registers, uint64_t code)
{
  uint64_t h = mt_code_is_whole(code) ? mt_code_mix(code) : code << 2;
  uint64_t rest = h << MT_ESTIMATE_BITS | 1ull << (MT_ESTIMATE_BITS - 1);
  uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
  uint8_t *r = &registers[h >> (64 - MT_ESTIMATE_BITS)];

  if (rank > *r)
    *r = rank;
}

uint64_t mt_estimate_count(const uint8_t *registers);

#endif
