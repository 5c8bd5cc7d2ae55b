/* libhdf5 as this folder uses it: errors as struct mt_error, and groups and attributes
 * as PyTables expects them.
 *
 * libhdf5 is not for two threads at a time: its callers are serialised. */
#ifndef MT_FORMATS_HDF5_OBJECT_H
#define MT_FORMATS_HDF5_OBJECT_H

/* The calls of 1.10 whatever the installed version: 1.10 to 2.x. */
#define H5_USE_110_API
#include <hdf5.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/error.h"

/* Before the first call of libhdf5 in a function that any thread may run: keeps the
 * library from printing, and from crashing at exit after a full disk. */
void mt_hdf5_enter(void);

/* "cannot `doing`: ..." from libhdf5's error stack, with the errno found there (else
 * EIO) as the code, which is returned. */
int mt_hdf5_fail(struct mt_error *err, const char *doing);

/* A new group with PyTables' attributes; the caller closes it. */
int mt_hdf5_group_create(hid_t parent, const char *name, hid_t *group,
                         struct mt_error *err) MT_MUST_CHECK;

/* A run of attributes of one object.  The first failure latches in rc. */
struct mt_hdf5_attributes {
  hid_t object;
  struct mt_error *err;
  int rc;
};

void mt_hdf5_put_text(struct mt_hdf5_attributes *a, const char *name, const char *text);
void mt_hdf5_put_int(struct mt_hdf5_attributes *a, const char *name, int64_t value);
/* PyTables unpickles what is marked as ASCII and ends in a full stop.  pickled: what
 * filling the buffer returned. */
void mt_hdf5_put_pickle(struct mt_hdf5_attributes *a, const char *name, int pickled,
                        const struct mt_buffer *pickle);
/* CLASS, TITLE and VERSION. */
void mt_hdf5_put_class(struct mt_hdf5_attributes *a, const char *class_,
                       const char *version);

#endif
