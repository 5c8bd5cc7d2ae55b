#include "tui/loader/python.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#define MOST_ITEMS ((size_t)64 << 20)

void mt_python_init(struct mt_python *p, struct mt_buffer *out)
{
  *p = (struct mt_python){.out = out};
  mt_buffer_init(&p->items, MOST_ITEMS);
}

void mt_python_reset(struct mt_python *p)
{
  mt_buffer_reset(&p->items);
}

static void latch(struct mt_python *p, int rc)
{
  if (p->error == 0)
    p->error = rc;
}

void mt_python_put(struct mt_python *p, const char *format, ...)
{
  char text[512];
  va_list args;
  int n;

  va_start(args, format);
  n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (n > 0)
    latch(p, mt_buffer_append(p->out, text,
                              (size_t)n < sizeof text ? (size_t)n : sizeof text - 1));
}

/* ---- literals ------------------------------------------------------------ */

/* Blanks that look like another one, or like nothing. */
static bool is_odd_blank(uint32_t c)
{
  return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200d) || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

/* quote: what ends the literal; '\0' in a comment, where a backslash is just that. */
static int append_byte(struct mt_buffer *b, uint8_t c, char quote)
{
  switch (c) {
  case '\n':
    return mt_buffer_append(b, "\\n", 2);
  case '\r':
    return mt_buffer_append(b, "\\r", 2);
  case '\t':
    return mt_buffer_append(b, "\\t", 2);
  default:
    if (c < 0x20 || c == 0x7f)
      return mt_buffer_printf(b, "\\x%02x", c);
    if (quote != '\0' && (c == (uint8_t)quote || c == '\\'))
      return mt_buffer_printf(b, "\\%c", c);
    return mt_buffer_append(b, &c, 1);
  }
}

static int append_code(struct mt_buffer *b, const uint8_t *s, size_t n, uint32_t code)
{
  if (!mt_text_treacherous(code) && !is_odd_blank(code))
    return mt_buffer_append(b, s, n);
  return mt_buffer_printf(b, code < 0x10000 ? "\\u%04x" : "\\U%08x", code);
}

/* Bytes at the front that stand for themselves. */
static size_t count_plain(const uint8_t *s, size_t n)
{
  size_t i = 0;

  while (i < n && s[i] >= ' ' && s[i] < 0x7f && s[i] != '"' && s[i] != '\'' &&
         s[i] != '\\')
    i++;
  return i;
}

static int append_escaped(struct mt_buffer *b, const uint8_t *s, size_t n, char quote)
{
  int rc = 0;

  while (n > 0 && rc == 0) {
    uint32_t code;
    size_t plain = count_plain(s, n);
    size_t len = plain > 0 ? plain : *s < 0x80 ? 1 : mt_utf8_decode(s, n, &code);

    if (plain > 0)
      rc = mt_buffer_append(b, s, plain);
    else if (*s < 0x80)
      rc = append_byte(b, *s, quote);
    else if (len == 0)
      rc = mt_buffer_printf(b, "\\udc%02x", *s);
    else
      rc = append_code(b, s, len, code);
    len += len == 0;
    s += len;
    n -= len;
  }
  return rc;
}

/* In the quotes that need fewer escapes, double ones when both do. */
static int append_literal(struct mt_buffer *b, const uint8_t *s, size_t n)
{
  bool doubles = n > 0 && memchr(s, '"', n) != NULL;
  bool singles = n > 0 && memchr(s, '\'', n) != NULL;
  char quote = doubles && !singles ? '\'' : '"';
  int rc = mt_buffer_append(b, &quote, 1);

  if (rc == 0)
    rc = append_escaped(b, s, n, quote);
  return rc != 0 ? rc : mt_buffer_append(b, &quote, 1);
}

void mt_python_string(struct mt_python *p, const void *s, size_t n)
{
  latch(p, append_literal(p->out, s, n));
}

/* ---- lists --------------------------------------------------------------- */

/* Characters, which is what Python's formatters count. */
static size_t count_characters(const uint8_t *s, size_t n)
{
  size_t count = 0;

  for (size_t i = 0; i < n; i++)
    count += (s[i] & 0xc0) != 0x80;
  return count;
}

/* Characters of the line that is being written. */
static size_t line_width(const struct mt_python *p)
{
  size_t begin = p->out->len;

  while (begin > 0 && p->out->data[begin - 1] != '\n')
    begin--;
  return count_characters(p->out->data + begin, p->out->len - begin);
}

void mt_python_list_begin(struct mt_python *p)
{
  p->items.len = 0;
  mt_python_put(p, "[");
}

void mt_python_list_string(struct mt_python *p, const void *s, size_t n)
{
  latch(p, append_literal(&p->items, s, n));
  latch(p, mt_buffer_append(&p->items, "", 1));
}

/* Writes the items one after another; within `width` when it is not 0. */
static void put_items(struct mt_python *p, size_t indent, size_t width)
{
  const char *item = (const char *)p->items.data;
  const char *end = item + p->items.len;
  size_t at = 0;

  for (; item < end; item += strlen(item) + 1) {
    bool last = item + strlen(item) + 1 == end;
    size_t characters = count_characters((const uint8_t *)item, strlen(item));

    if (width > 0 && (at == 0 || at + 2 + characters + 1 > width)) {
      mt_python_put(p, at == 0 ? "\n%*s" : ",\n%*s", (int)indent + 4, "");
      at = indent + 4;
    } else if (at > 0) {
      mt_python_put(p, ", ");
      at += 2;
    }
    latch(p, mt_buffer_append(p->out, item, strlen(item)));
    at += characters;
    if (width > 0 && last)
      mt_python_put(p, ",\n%*s", (int)indent, "");
  }
}

void mt_python_list_end(struct mt_python *p, size_t indent, size_t tail)
{
  const uint8_t *s = p->items.data;
  size_t items = 0, width = line_width(p) + 1 + tail;

  for (size_t i = 0; i < p->items.len; i++)
    items += s[i] == '\0';
  if (items > 0)
    width += count_characters(s, p->items.len) - items + 2 * (items - 1);
  put_items(p, indent, width > MT_PYTHON_COLUMNS ? MT_PYTHON_COLUMNS : 0);
  mt_python_put(p, "]");
}

/* ---- comments ------------------------------------------------------------ */

/* Bytes of the first line of s[0..n), at most `width` of them unless a word is longer. */
static size_t line_length(const char *s, size_t n, size_t width)
{
  size_t len = n < width ? n : width;

  if (len == n)
    return n;
  while (len > 0 && s[len] != ' ')
    len--;
  while (len == 0 || (len < n && s[len] != ' '))
    len++;
  return len;
}

void mt_python_comment(struct mt_python *p, const char *format, ...)
{
  char text[1024];
  va_list args;
  size_t n;

  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  p->items.len = 0;
  latch(p, append_escaped(&p->items, (const uint8_t *)text, strlen(text), '\0'));
  for (size_t at = 0; at < p->items.len; at += n) {
    const char *line = (const char *)p->items.data + at;

    n = line_length(line, p->items.len - at, MT_PYTHON_COLUMNS - 2);
    mt_python_put(p, "# ");
    latch(p, mt_buffer_append(p->out, line, n));
    mt_python_put(p, "\n");
    while (at + n < p->items.len && line[n] == ' ')
      n++;
  }
}
