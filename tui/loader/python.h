/* Python source: literals that hold whatever a file can hold, and lists of them.
 *
 *   struct mt_python p = {.out = &buffer};
 *   mt_python_put ...;  mt_python_string ...;  mt_python_list_begin, _string ..., _end
 *
 * What is written is valid UTF-8 without control characters and without what hides in a
 * text (mt_text_treacherous), whatever the bytes given; it does not depend on the locale.
 * The first failure latches in `error`. */
#ifndef MT_TUI_PYTHON_H
#define MT_TUI_PYTHON_H

#include <stddef.h>

#include "core/base/buffer.h"
#include "core/base/error.h"

#define MT_PYTHON_COLUMNS 88 /* lists are wrapped there */

struct mt_python {
  struct mt_buffer *out;  /* borrowed */
  struct mt_buffer items; /* of the open list, each with a NUL behind it */
  int error;              /* 0 or ENOMEM */
};

void mt_python_init(struct mt_python *p, struct mt_buffer *out);
void mt_python_reset(struct mt_python *p);

void mt_python_put(struct mt_python *p, const char *format, ...) MT_PRINTF(2, 3);
/* A literal of a text.  A byte that is no UTF-8 is written as os.fsdecode reads it, which
 * is how Python is told a file's name. */
void mt_python_string(struct mt_python *p, const void *s, size_t n);

/* A list of literals: on the line it begins on when that has room for it and for the
 * `tail` bytes to follow, else in as few lines as they need, `indent` deep. */
void mt_python_list_begin(struct mt_python *p);
void mt_python_list_string(struct mt_python *p, const void *s, size_t n);
void mt_python_list_end(struct mt_python *p, size_t indent, size_t tail);

/* Comment lines of a text for people, wrapped at blanks; control characters of what was
 * put into it become escapes. */
void mt_python_comment(struct mt_python *p, const char *format, ...) MT_PRINTF(2, 3);

#endif
