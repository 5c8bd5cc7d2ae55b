#include "core/base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256 };

void mt_buffer_init(struct mt_buffer *b, size_t max)
{
  *b = (struct mt_buffer){.max = max};
}

void mt_buffer_reset(struct mt_buffer *b)
{
  free(b->data);
  mt_buffer_init(b, b->max);
}

int mt_buffer_reserve(struct mt_buffer *b, size_t more)
{
  if (more <= b->cap - b->len)
    return 0;
  size_t need;
  if (!mt_size_add(b->len, more, &need) || need > b->max)
    return ENOMEM;
  size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;
  while (cap < need && mt_size_mul(cap, 2, &cap))
    ;
  if (cap < need || cap > b->max)
    cap = b->max;
  uint8_t *data = realloc(b->data, cap);
  if (!data)
    return ENOMEM;
  b->data = data;
  b->cap = cap;
  return 0;
}

int mt_buffer_append(struct mt_buffer *b, const void *p, size_t n)
{
  int rc = mt_buffer_reserve(b, n);
  if (rc || n == 0)
    return rc;
  memcpy(b->data + b->len, p, n);
  b->len += n;
  return 0;
}

int mt_buffer_printf(struct mt_buffer *b, const char *fmt, ...)
{
  for (;;) {
    size_t room = b->cap - b->len;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(room ? (char *)b->data + b->len : NULL, room, fmt, ap);
    va_end(ap);
    if (n < 0)
      return ENOMEM;
    if ((size_t)n < room) {
      b->len += (size_t)n;
      return 0;
    }
    int rc = mt_buffer_reserve(b, (size_t)n + 1); /* vsnprintf's NUL */
    if (rc)
      return rc;
  }
}

void *mt_alloc(size_t n, size_t size)
{
  size_t bytes;
  if (!mt_size_mul(n, size, &bytes) || bytes > PTRDIFF_MAX)
    return NULL;
  return calloc(1, bytes ? bytes : 1);
}
