/* A small streaming JSON writer.  Values from data are always strings; strings
 * are escaped, invalid UTF-8 becomes U+FFFD, so the output is always valid.
 * The first failure (memory) latches; check mt_json_end. */
#ifndef MT_CORE_JSON_H
#define MT_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"

struct mt_json {
  struct mt_buffer *out; /* borrowed */
  int error;
  int depth;
  bool pretty;       /* newlines and two blanks per level */
  int row;           /* depth of the outermost open row; 0 = none */
  uint8_t count[64]; /* members so far per level, saturating */
  bool is_array[64];
};

void mt_json_begin(struct mt_json *j, struct mt_buffer *out, bool pretty);
int mt_json_end(struct mt_json *j); /* 0 or ENOMEM; all levels must be closed */

/* key: NULL inside arrays and at the top. */
void mt_json_object(struct mt_json *j, const char *key);
void mt_json_array(struct mt_json *j, const char *key);
/* An object whose members all stay on its line. */
void mt_json_row(struct mt_json *j, const char *key);
void mt_json_close(struct mt_json *j); /* the innermost object or array */
void mt_json_string(struct mt_json *j, const char *key, const char *s);
void mt_json_bytes(struct mt_json *j, const char *key, const void *s, size_t n);
void mt_json_uint(struct mt_json *j, const char *key, uint64_t v);
void mt_json_int(struct mt_json *j, const char *key, int64_t v);
void mt_json_bool(struct mt_json *j, const char *key, bool v);
void mt_json_null(struct mt_json *j, const char *key);
/* Shortest text that reads back; NaN and infinities as null. */
void mt_json_double(struct mt_json *j, const char *key, double v);

#endif
