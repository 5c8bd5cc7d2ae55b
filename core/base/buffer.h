/* A growable byte buffer with a ceiling, and overflow-checked sizes. */
#ifndef MT_CORE_BUFFER_H
#define MT_CORE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

struct mt_buffer {
  uint8_t *data;   /* owned; may be NULL while cap == 0 */
  size_t len, cap; /* bytes used, bytes allocated */
  size_t max;      /* ceiling in bytes; growing past it is ENOMEM */
};

void mt_buffer_init(struct mt_buffer *b, size_t max);
void mt_buffer_reset(struct mt_buffer *b); /* frees; keeps max */
/* Room for `more` bytes past len.  0 or ENOMEM. */
int mt_buffer_reserve(struct mt_buffer *b, size_t more) MT_MUST_CHECK;
int mt_buffer_append(struct mt_buffer *b, const void *p, size_t n) MT_MUST_CHECK;
int mt_buffer_printf(struct mt_buffer *b, const char *fmt, ...) MT_MUST_CHECK
    MT_PRINTF(2, 3);

/* *out = a * b (or a + b); false when that overflows size_t. */
static inline bool mt_size_mul(size_t a, size_t b, size_t *out)
{
  return !__builtin_mul_overflow(a, b, out);
}
static inline bool mt_size_add(size_t a, size_t b, size_t *out)
{
  return !__builtin_add_overflow(a, b, out);
}
/* calloc(n, size) with the product checked; NULL when it does not fit. */
void *mt_alloc(size_t n, size_t size);

#endif
