#include "core/column/textsize.h"

#include <string.h>

#include "core/base/text.h"
#include "core/cells/quick.h"

static uint32_t load4(const uint8_t *s)
{
  uint32_t w;
  memcpy(&w, s, sizeof w);
  return w;
}

/* Most texts are short and ASCII: words, the last of which may overlap. */
static bool is_ascii(const uint8_t *s, size_t n)
{
  uint64_t any = 0;

  if (n >= 8) {
    for (size_t i = 0; i + 8 < n; i += 8)
      any |= mt_quick_load(s + i);
    any |= mt_quick_load(s + n - 8);
  } else if (n >= 4) {
    any = load4(s) | load4(s + n - 4);
  } else if (n > 0) {
    any = s[0] | s[n / 2] | s[n - 1];
  }
  return (any & 0x8080808080808080u) == 0;
}

/* How wide the widest code point of s is, as an index of what follows. */
static int measure(const uint8_t *s, size_t n, size_t *points)
{
  uint8_t widest = 0;

  *points = n;
  if (is_ascii(s, n))
    return 0;
  *points = 0;
  for (size_t i = 0; i < n; i++) {
    *points += (s[i] & 0xc0) != 0x80;
    if (s[i] > widest)
      widest = s[i];
  }
  return widest < 0xc4 ? 1 : widest < 0xf0 ? 2 : 3;
}

/* sizeof the object header and the closing NUL (>= 3.12, before), and bytes per code
 * point */
static const uint8_t header[2][4] = {{41, 57, 58, 60}, {49, 73, 74, 76}};
static const uint8_t unit[4] = {1, 1, 2, 4};

uint32_t mt_text_python_size(const uint8_t *s, size_t n, bool *wide)
{
  size_t points;
  int width = measure(s, n, &points);

  *wide = width > 0;
  return (uint32_t)(header[0][width] + points * unit[width]);
}

void mt_text_add_boxes(uint64_t boxes[2], const uint8_t *s, size_t n)
{
  bool wide;
  uint32_t size = mt_text_python_size(s, n, &wide);

  boxes[0] += mt_text_allocation(size, wide, false);
  boxes[1] += mt_text_allocation(size, wide, true);
}

bool mt_text_sizes_add(struct mt_text_sizes *z, const uint8_t *s, size_t n,
                       uint64_t times)
{
  size_t points;
  int width = measure(s, n, &points);

  z->count[width] += times;
  z->points[width] += points * times;
  z->bytes += n * times;
  z->long_bytes += n > MT_TEXT_SHORT ? n * times : 0;
  if (width == 1 && points == 1)
    z->single_latin1 += times;
  return width == 0 || mt_utf8_valid(s, n);
}

void mt_text_sizes_add_ascii(struct mt_text_sizes *z, size_t n, uint64_t times)
{
  mt_text_sizes_add_ascii_sum(z, times, n * times, n > MT_TEXT_SHORT ? n * times : 0);
}

void mt_text_sizes_add_ascii_sum(struct mt_text_sizes *z, uint64_t texts, uint64_t bytes,
                                 uint64_t long_bytes)
{
  z->count[0] += texts;
  z->points[0] += bytes;
  z->bytes += bytes;
  z->long_bytes += long_bytes;
}

void mt_text_sizes_merge(struct mt_text_sizes *into, const struct mt_text_sizes *z)
{
  for (int i = 0; i < 4; i++) {
    into->count[i] += z->count[i];
    into->points[i] += z->points[i];
  }
  into->bytes += z->bytes;
  into->long_bytes += z->long_bytes;
  into->single_latin1 += z->single_latin1;
}

uint64_t mt_text_sizes_cached(const struct mt_text_sizes *z, bool python311)
{
  uint64_t texts = z->count[1] + z->count[2] + z->count[3];
  uint64_t bytes = z->bytes - z->points[0];

  /* the static objects have it already: two bytes and a NUL */
  return bytes + texts - (python311 ? 0 : 3 * z->single_latin1);
}

uint64_t mt_text_sizes_python(const struct mt_text_sizes *z, bool python311)
{
  uint64_t sum = 0;

  for (int i = 0; i < 4; i++)
    sum += z->count[i] * header[python311][i] + z->points[i] * unit[i];
  /* static objects that carry their UTF-8: 61 bytes rather than 58 */
  return python311 ? sum : sum + z->single_latin1 * 3;
}
