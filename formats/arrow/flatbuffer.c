#include "formats/arrow/flatbuffer.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* Appends n zero bytes after as many as bring (position + n_before) to a multiple of
 * align.  Returns where the n bytes begin. */
static size_t fb_extend(struct mt_fb *fb, size_t n, size_t n_before, size_t align)
{
  if (fb->error)
    return 0;
  size_t pos = fb->out->len - fb->base;
  size_t pad = (align - (pos + n_before) % align) % align;
  size_t end;
  if (!mt_size_add(pos + pad, n, &end) || end > INT32_MAX) {
    fb->error = EOVERFLOW;
    return 0;
  }
  fb->error = mt_buffer_reserve(fb->out, pad + n);
  if (fb->error)
    return 0;
  memset(fb->out->data + fb->out->len, 0, pad + n);
  fb->out->len += pad + n;
  return pos + pad;
}

void mt_fb_put(struct mt_fb *fb, size_t at, const void *p, size_t n)
{
  if (!fb->error && n > 0)
    memcpy(fb->out->data + fb->base + at, p, n);
}

static void fb_put_u32(struct mt_fb *fb, size_t at, size_t v)
{
  uint32_t u = (uint32_t)v;
  mt_fb_put(fb, at, &u, sizeof u);
}

void mt_fb_begin(struct mt_fb *fb, struct mt_buffer *out)
{
  *fb = (struct mt_fb){.out = out, .base = out->len};
  fb_extend(fb, 4, 0, 1); /* the reference to the root */
}

/* Layout: u16 sizes of vtable and table, a u16 per field, then the table itself: its
 * distance to the vtable and the fields at their natural alignment. */
size_t mt_fb_table(struct mt_fb *fb, const struct mt_fb_field *fields, size_t n)
{
  enum { MAX_FIELDS = 8 };
  assert(n <= MAX_FIELDS);
  uint16_t vtable[2 + MAX_FIELDS] = {0};
  size_t vtable_size = 2 * (2 + n);
  size_t size = 4;
  for (size_t i = 0; i < n; i++) {
    if (fields[i].width == 0)
      continue;
    size = (size + fields[i].width - 1) / fields[i].width * fields[i].width;
    vtable[2 + i] = (uint16_t)size;
    size += fields[i].width;
  }
  vtable[0] = (uint16_t)vtable_size;
  vtable[1] = (uint16_t)size;

  size_t start = fb_extend(fb, vtable_size + size, vtable_size, 8);
  size_t table = start + vtable_size;
  mt_fb_put(fb, start, vtable, vtable_size);
  fb_put_u32(fb, table, vtable_size);
  for (size_t i = 0; i < n; i++)
    mt_fb_put(fb, table + vtable[2 + i], &fields[i].value, fields[i].width);
  if (!fb->has_root)
    mt_fb_link(fb, 0, table);
  fb->has_root = true;
  return fb->error ? 0 : table;
}

size_t mt_fb_vector(struct mt_fb *fb, size_t count, size_t size)
{
  size_t bytes;
  if (!mt_size_mul(count, size, &bytes) || bytes > INT32_MAX) {
    fb->error = fb->error ? fb->error : EOVERFLOW;
    return 0;
  }
  size_t vector = fb_extend(fb, 4 + bytes, 4, size % 8 == 0 ? 8 : 4);
  fb_put_u32(fb, vector, count);
  return vector;
}

size_t mt_fb_string(struct mt_fb *fb, const void *s, size_t n)
{
  if (n > INT32_MAX - 5) {
    fb->error = fb->error ? fb->error : EOVERFLOW;
    return 0;
  }
  size_t string = fb_extend(fb, 4 + n + 1, 0, 4);
  fb_put_u32(fb, string, n);
  mt_fb_put(fb, string + 4, s, n);
  return string;
}

size_t mt_fb_field_at(const struct mt_fb *fb, size_t table, size_t field)
{
  if (fb->error)
    return 0;
  const uint8_t *base = fb->out->data + fb->base;
  uint32_t back;
  uint16_t offset;
  memcpy(&back, base + table, sizeof back);
  memcpy(&offset, base + table - back + 2 * (2 + field), sizeof offset);
  return table + offset;
}

size_t mt_fb_element_at(size_t vector, size_t i, size_t size)
{
  return vector + 4 + i * size;
}

void mt_fb_link(struct mt_fb *fb, size_t slot, size_t target)
{
  fb_put_u32(fb, slot, target - slot);
}

int mt_fb_end(struct mt_fb *fb)
{
  fb_extend(fb, 0, 0, 8);
  return fb->error;
}
