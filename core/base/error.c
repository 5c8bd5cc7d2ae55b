#include "core/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int mt_fail(struct mt_error *err, int code, const char *fmt, ...)
{
  if (!err)
    return code;
  err->code = code;
  err->line = 0;
  err->byte = 0;
  err->remedy[0] = '\0';
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(err->what, sizeof err->what, fmt, ap);
  va_end(ap);
  return code;
}

void mt_error_remedy(struct mt_error *err, const char *fmt, ...)
{
  if (!err)
    return;
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(err->remedy, sizeof err->remedy, fmt, ap);
  va_end(ap);
}

void mt_error_at(struct mt_error *err, uint64_t line, uint64_t byte)
{
  if (!err)
    return;
  err->line = line;
  err->byte = byte;
}

int mt_fail_memory(struct mt_error *err)
{
  return mt_fail(err, ENOMEM, "out of memory");
}
