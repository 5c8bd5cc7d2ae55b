/* Python values as pickle text (protocol 0), the form in which PyTables keeps
 * lists and dictionaries in attributes.  Only written, never read; no classes.
 *
 *   mt_pickle_begin -> values -> mt_pickle_end
 *
 *   list    mt_pickle_list,  then each item followed by mt_pickle_append
 *   tuple   mt_pickle_tuple, the items, mt_pickle_tuple_end
 *   dict    mt_pickle_dict,  then each key and value followed by mt_pickle_put
 *
 * The first failure (memory) latches; check mt_pickle_end. */
#ifndef MT_FORMATS_HDF5_PICKLE_H
#define MT_FORMATS_HDF5_PICKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"

struct mt_pickle {
  struct mt_buffer *out; /* borrowed */
  int error;
};

/* Empties *out. */
void mt_pickle_begin(struct mt_pickle *p, struct mt_buffer *out);
int mt_pickle_end(struct mt_pickle *p) MT_MUST_CHECK; /* 0 or ENOMEM */

void mt_pickle_none(struct mt_pickle *p);
void mt_pickle_bool(struct mt_pickle *p, bool v);
void mt_pickle_int(struct mt_pickle *p, int64_t v);
/* s[0..n) is UTF-8; what is not becomes U+FFFD.  The output is ASCII. */
void mt_pickle_text(struct mt_pickle *p, const char *s, size_t n);

void mt_pickle_list(struct mt_pickle *p);
void mt_pickle_append(struct mt_pickle *p);
void mt_pickle_tuple(struct mt_pickle *p);
void mt_pickle_tuple_end(struct mt_pickle *p);
void mt_pickle_dict(struct mt_pickle *p);
void mt_pickle_put(struct mt_pickle *p);

#endif
