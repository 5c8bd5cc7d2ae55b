#include "core/cells/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cells/parse.h"

enum { LEVELS = sizeof((struct mt_json *)0)->count };

/* Most of it comes in pieces of a few bytes. */
static inline void put(struct mt_json *j, const char *s, size_t n)
{
  struct mt_buffer *b = j->out;
  if (j->error)
    return;
  if (n > b->cap - b->len || n == 0) {
    j->error = mt_buffer_append(b, s, n);
    return;
  }
  memcpy(b->data + b->len, s, n);
  b->len += n;
}

static inline void put_text(struct mt_json *j, const char *s)
{
  put(j, s, strlen(s));
}

/* --- strings -------------------------------------------------------------- */

static void put_escape(struct mt_json *j, uint32_t c)
{
  char text[16];
  switch (c) {
  case '"':
    put_text(j, "\\\"");
    break;
  case '\\':
    put_text(j, "\\\\");
    break;
  case '\n':
    put_text(j, "\\n");
    break;
  case '\r':
    put_text(j, "\\r");
    break;
  case '\t':
    put_text(j, "\\t");
    break;
  default:
    if (c > 0xFFFF)
      snprintf(text, sizeof text, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
               0xDC00 + ((c - 0x10000) & 0x3FF));
    else
      snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
    put_text(j, text);
  }
}

/* Controls and the characters that act on a terminal are escaped too: the output
 * may be read on one. */
static bool needs_escape(uint32_t c)
{
  return c < 0x20 || c == '"' || c == '\\' || c == 0x7F || (c >= 0x80 && c <= 0x9F) ||
         mt_text_treacherous(c);
}

static bool is_plain(uint8_t c)
{
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void put_string(struct mt_json *j, const uint8_t *s, size_t n)
{
  put(j, "\"", 1);
  size_t plain = 0; /* s[plain..i) needs no escape */
  for (size_t i = 0; i < n;) {
    uint32_t code = 0;
    if (is_plain(s[i])) {
      i++;
      continue;
    }
    size_t len = mt_utf8_decode(s + i, n - i, &code);
    if (len > 0 && !needs_escape(code)) {
      i += len;
      continue;
    }
    put(j, (const char *)s + plain, i - plain);
    if (len == 0)
      put_text(j, "\xEF\xBF\xBD");
    else
      put_escape(j, code);
    i += len ? len : 1;
    plain = i;
  }
  put(j, (const char *)s + plain, n - plain);
  put(j, "\"", 1);
}

/* --- structure ------------------------------------------------------------ */

static void new_line(struct mt_json *j)
{
  if (!j->pretty || j->row > 0)
    return;
  char line[1 + 2 * LEVELS];
  size_t blanks = 2 * (size_t)j->depth;
  line[0] = '\n';
  memset(line + 1, ' ', blanks);
  put(j, line, 1 + blanks);
}

/* What stands before a value: the comma, the line and the key. */
static void member(struct mt_json *j, const char *key)
{
  if (j->depth > 0) {
    uint8_t *count = &j->count[j->depth];
    if (*count > 0)
      put_text(j, j->row > 0 && j->pretty ? ", " : ",");
    if (*count < UINT8_MAX)
      ++*count;
    new_line(j);
  }
  if (key) {
    put_string(j, (const uint8_t *)key, strlen(key));
    put_text(j, j->pretty ? ": " : ":");
  }
}

static void open_level(struct mt_json *j, const char *key, bool is_array)
{
  member(j, key);
  if (j->depth + 1 >= LEVELS) {
    j->error = j->error ? j->error : EOVERFLOW;
    return;
  }
  j->depth++;
  j->count[j->depth] = 0;
  j->is_array[j->depth] = is_array;
  put(j, is_array ? "[" : "{", 1);
}

void mt_json_begin(struct mt_json *j, struct mt_buffer *out, bool pretty)
{
  *j = (struct mt_json){.out = out, .pretty = pretty};
}

int mt_json_end(struct mt_json *j)
{
  if (!j->error && j->depth != 0)
    j->error = EINVAL;
  return j->error;
}

void mt_json_object(struct mt_json *j, const char *key)
{
  open_level(j, key, false);
}

void mt_json_row(struct mt_json *j, const char *key)
{
  open_level(j, key, false);
  if (j->row == 0)
    j->row = j->depth;
}

void mt_json_array(struct mt_json *j, const char *key)
{
  open_level(j, key, true);
}

void mt_json_close(struct mt_json *j)
{
  if (j->depth == 0)
    return;
  bool empty = j->count[j->depth] == 0, is_array = j->is_array[j->depth];
  bool row = j->row == j->depth;
  j->depth--;
  if (!empty)
    new_line(j);
  if (row)
    j->row = 0;
  put(j, is_array ? "]" : "}", 1);
}

/* --- values --------------------------------------------------------------- */

static void scalar(struct mt_json *j, const char *key, const char *text)
{
  member(j, key);
  put_text(j, text);
}

void mt_json_string(struct mt_json *j, const char *key, const char *s)
{
  mt_json_bytes(j, key, s, strlen(s));
}

void mt_json_bytes(struct mt_json *j, const char *key, const void *s, size_t n)
{
  member(j, key);
  put_string(j, s, n);
}

/* There are a hundred of them per column, for which printf takes longer than all else. */
static void integer(struct mt_json *j, const char *key, bool negative, uint64_t v)
{
  char text[32], *first = mt_digits_before(text + sizeof text, v);
  if (negative)
    *--first = '-';
  member(j, key);
  put(j, first, (size_t)(text + sizeof text - first));
}

void mt_json_uint(struct mt_json *j, const char *key, uint64_t v)
{
  integer(j, key, false, v);
}

void mt_json_int(struct mt_json *j, const char *key, int64_t v)
{
  integer(j, key, v < 0, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void mt_json_bool(struct mt_json *j, const char *key, bool v)
{
  scalar(j, key, v ? "true" : "false");
}

void mt_json_null(struct mt_json *j, const char *key)
{
  scalar(j, key, "null");
}

void mt_json_double(struct mt_json *j, const char *key, double v)
{
  if (!isfinite(v)) {
    mt_json_null(j, key);
    return;
  }
  char text[40];
  mt_format_double(text, sizeof text, v);
  scalar(j, key, text);
}
