/* Writes a table as HDF5 in pandas' "table" layout: pandas.read_hdf opens it with its
 * dtypes, PyTables and h5py with its columns by name.
 *
 * The file is made by libhdf5 under the output's temporary name; see core/session/writer.h for
 * the order of calls.  begin, write, finish and abort call libhdf5 and must not run at
 * the same time as any other such call in the process; encode does not. */
#ifndef MT_FORMATS_HDF5_WRITER_H
#define MT_FORMATS_HDF5_WRITER_H

#include "core/base/error.h"
#include "core/session/writer.h"
#include "formats/formats.h"
#include "formats/output.h"

/* Takes the output over, also when it fails.  Codecs: gzip (levels 1 to 9, default 1)
 * and none; EINVAL for others and for a key that is no path of names. */
int mt_hdf5_writer_new(struct mt_writer **out, struct mt_output *output,
                       const struct mt_write_options *options,
                       struct mt_error *err) MT_MUST_CHECK;

#endif
