#include "tui/screen/entry.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/action.h"

void mt_entry_set(struct mt_entry *f, const char *text)
{
  f->len = strnlen(text, sizeof f->text - 1);
  memcpy(f->text, text, f->len);
  f->text[f->len] = '\0';
  f->cursor = f->len;
}

static bool continues(char byte)
{
  return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t before(const struct mt_entry *f)
{
  size_t at = f->cursor;
  while (at > 0 && continues(f->text[--at]))
    ;
  return at;
}

static size_t after(const struct mt_entry *f)
{
  size_t at = f->cursor;
  if (at < f->len)
    at++;
  while (at < f->len && continues(f->text[at]))
    at++;
  return at;
}

static void cut(struct mt_entry *f, size_t from, size_t to)
{
  memmove(f->text + from, f->text + to, f->len - to + 1);
  f->len -= to - from;
  f->cursor = from;
}

static size_t encode(char out[4], int key)
{
  unsigned u = (unsigned)key;
  if (u < 0x80) {
    out[0] = (char)u;
    return 1;
  }
  size_t n = u < 0x800 ? 2 : u < 0x10000 ? 3 : 4;
  static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = n; i-- > 1; u >>= 6)
    out[i] = (char)(0x80 | (u & 0x3f));
  out[0] = (char)(lead[n] | u);
  return n;
}

static void insert(struct mt_entry *f, int key)
{
  char bytes[4];
  size_t n = encode(bytes, key);
  if (f->len + n >= sizeof f->text)
    return;
  memmove(f->text + f->cursor + n, f->text + f->cursor, f->len - f->cursor + 1);
  memcpy(f->text + f->cursor, bytes, n);
  f->len += n;
  f->cursor += n;
}

bool mt_entry_key(struct mt_entry *f, int key)
{
  switch (key) {
  case MT_KEY_LEFT:
    f->cursor = before(f);
    return true;
  case MT_KEY_RIGHT:
    f->cursor = after(f);
    return true;
  case MT_KEY_HOME:
  case MT_CTRL('A'):
    f->cursor = 0;
    return true;
  case MT_KEY_END:
  case MT_CTRL('E'):
    f->cursor = f->len;
    return true;
  case MT_KEY_BACKSPACE:
    cut(f, before(f), f->cursor);
    return true;
  case MT_KEY_DELETE:
    cut(f, f->cursor, after(f));
    return true;
  case MT_CTRL('U'):
    cut(f, 0, f->cursor);
    return true;
  default:
    if (key < ' ' || (key >= 0x7f && key < 0xa0) || key >= 0x110000)
      return false;
    insert(f, key);
    return true;
  }
}

void mt_entry_draw(const struct mt_entry *f, struct mt_canvas *c, int x, int y, int width,
                   bool focused)
{
  char left[sizeof f->text * 2], right[1024];
  if (!focused) {
    mt_canvas_name(c, x, y, width, MT_ROLE_TEXT, f->text, f->len);
    return;
  }
  /* Keep room for the cursor: the end of a long text is what is being typed. */
  size_t from = 0;
  do {
    mt_sanitise(left, sizeof left, f->text + from, f->cursor - from, 0);
  } while (mt_canvas_columns(c, left) >= width && ++from < f->cursor);
  while (from < f->cursor && continues(f->text[from]))
    from++;
  mt_sanitise(left, sizeof left, f->text + from, f->cursor - from, 0);
  mt_sanitise(right, sizeof right, f->text + f->cursor, f->len - f->cursor, 0);
  mt_canvas_repeat(c, x, y, width, MT_ROLE_INPUT, " ");
  int used = mt_canvas_text(c, x, y, width - 1, MT_ROLE_INPUT, left);
  mt_canvas_text(c, x + used, y, width - used, MT_ROLE_INPUT, right);
  mt_canvas_restyle(c, x + used, y, 1, MT_ROLE_SELECTED);
}
