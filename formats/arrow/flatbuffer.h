/* Builds the FlatBuffers that describe Arrow messages.
 *
 *   mt_fb_begin -> (mt_fb_table | mt_fb_vector | mt_fb_string | mt_fb_link)* -> mt_fb_end
 *
 * A forward builder: a parent is written first, with empty references, then its
 * children, then mt_fb_link fills the references in.  The first table is the root.
 * Positions count from the flatbuffer's first byte.  The first failure latches: later
 * calls do nothing and return 0, and mt_fb_end tells. */
#ifndef MT_FORMATS_ARROW_FLATBUFFER_H
#define MT_FORMATS_ARROW_FLATBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"

struct mt_fb {
  struct mt_buffer *out; /* borrowed; appended to */
  size_t base;           /* where in out the flatbuffer begins */
  bool has_root;
  int error; /* 0, ENOMEM or EOVERFLOW (over 2 GiB) */
};

/* One field of a table, in order of field ids: bytes it takes inline (0 = absent, 1, 2,
 * 4 or 8) and its value.  A reference is MT_FB_REF until it is linked. */
struct mt_fb_field {
  uint8_t width;
  int64_t value;
};
#define MT_FB_ABSENT                                                                     \
  {                                                                                      \
    0, 0                                                                                 \
  }
#define MT_FB_REF                                                                        \
  {                                                                                      \
    4, 0                                                                                 \
  }

void mt_fb_begin(struct mt_fb *fb, struct mt_buffer *out);
size_t mt_fb_table(struct mt_fb *fb, const struct mt_fb_field *fields, size_t n);
/* `count` zeroed elements of `size` bytes, which follow the returned position + 4. */
size_t mt_fb_vector(struct mt_fb *fb, size_t count, size_t size);
size_t mt_fb_string(struct mt_fb *fb, const void *s, size_t n);

/* Where a field of a table, or an element of a vector, lies. */
size_t mt_fb_field_at(const struct mt_fb *fb, size_t table, size_t field);
size_t mt_fb_element_at(size_t vector, size_t i, size_t size);

/* Makes the reference at `slot` point to `target`, which was written after it. */
void mt_fb_link(struct mt_fb *fb, size_t slot, size_t target);
/* Overwrites n bytes at a position. */
void mt_fb_put(struct mt_fb *fb, size_t at, const void *p, size_t n);
/* Pads to a multiple of 8 bytes.  0 or the error that latched. */
int mt_fb_end(struct mt_fb *fb) MT_MUST_CHECK;

#endif
