/* Small files that a program reads whole: settings, themes, plans.
 *
 * A pipe without a writer, or a device, would keep who opens it waiting for ever, also
 * one that a name turns out to be only then: such files are refused. */
#ifndef MT_CORE_FILE_H
#define MT_CORE_FILE_H

#include <stdbool.h>

#include "core/base/buffer.h"

/* Adds all bytes of a file to b, whose ceiling it has to fit into (EFBIG).  ENODEV: it is
 * no regular file.  `handed`: a pipe is read all the same where it was handed over open,
 * as /dev/fd/63 is by a shell's <(...): somebody writes to it.  Else what open and read
 * give. */
int mt_file_read(struct mt_buffer *b, const char *path, bool handed,
                 struct mt_error *err) MT_MUST_CHECK;

#endif
