/* Sizes of texts by the widest code point they hold: CPython stores one, one, two
 * or four bytes per code point (PEP 393), Arrow and polars the UTF-8 bytes. */
#ifndef MT_CORE_TEXTSIZE_H
#define MT_CORE_TEXTSIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mt_text_sizes {
  uint64_t count[4];      /* texts: ASCII, Latin-1, UCS-2, UCS-4 */
  uint64_t points[4];     /* code points in them */
  uint64_t bytes;         /* UTF-8 bytes of all */
  uint64_t single_latin1; /* one-character texts U+0080..U+00FF */
  uint64_t long_bytes;    /* UTF-8 bytes of the texts longer than MT_TEXT_SHORT */
};
#define MT_TEXT_SHORT 12

/* Adds a text that occurs `times` times; false when it is not valid UTF-8. */
bool mt_text_sizes_add(struct mt_text_sizes *z, const uint8_t *s, size_t n,
                       uint64_t times);
/* Adds texts of n bytes that are ASCII. */
void mt_text_sizes_add_ascii(struct mt_text_sizes *z, size_t n, uint64_t times);
/* Adds ASCII texts that have so many bytes together, and those of more than
 * MT_TEXT_SHORT bytes so many. */
void mt_text_sizes_add_ascii_sum(struct mt_text_sizes *z, uint64_t texts, uint64_t bytes,
                                 uint64_t long_bytes);
void mt_text_sizes_merge(struct mt_text_sizes *into, const struct mt_text_sizes *z);
/* Sum of sys.getsizeof over all, on CPython >= 3.12 or (python311) before. */
uint64_t mt_text_sizes_python(const struct mt_text_sizes *z, bool python311);

/* What that grows by once all have been looked up by their UTF-8, which CPython keeps in
 * those that are not ASCII. */
uint64_t mt_text_sizes_cached(const struct mt_text_sizes *z, bool python311);

/* sys.getsizeof of one text on CPython >= 3.12; *wide: it is not ASCII. */
uint32_t mt_text_python_size(const uint8_t *s, size_t n, bool *wide);
/* The same of one known to be ASCII. */
static inline uint32_t mt_text_ascii_python_size(size_t n)
{
  return (uint32_t)(41 + n);
}
/* What CPython's allocator (glibc's, beyond 512 bytes) takes for an object. */
static inline uint64_t mt_python_allocation(uint64_t size)
{
  return (size + (size > 512 ? 8 : 0) + 15) / 16 * 16;
}
/* Adds what a text takes as a Python string: CPython >= 3.12, before. */
void mt_text_add_boxes(uint64_t boxes[2], const uint8_t *s, size_t n);
/* What a string takes, from mt_text_python_size.  Empty ones and single characters below
 * U+0100 exist once and for all. */
static inline uint64_t mt_text_allocation(uint32_t size, bool wide, bool python311)
{
  if (wide ? size == 58 : size <= 42)
    return 0;
  return mt_python_allocation(size + (!python311 ? 0 : wide ? 16 : 8));
}

#endif
