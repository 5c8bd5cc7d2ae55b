/* What a default load takes of the machine: memory that stays, the peak on the way,
 * and whether that fits.
 *
 * "Reported" (infer.h) counts a string once per cell; "resident" counts what is there:
 * pandas makes one string of equal cells of a chunk, allocators round up.  It is the
 * rise of the process's RSS once allocators have given back what is free.
 *
 * The peak is the sum of what lives at the worst moment of read_csv, as a range: what
 * allocators keep of freed memory on the way is bounded, not known.  base + peak is the
 * most (VmHWM) that a fresh process takes which imports the engine and reads the file.
 * docs/memory-model.md has the parts.  Unknown is MT_UNKNOWN (sysmem.h) everywhere. */
#ifndef MT_CORE_RESIDENT_H
#define MT_CORE_RESIDENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/sysmem.h"
#include "core/column/profile.h"
#include "core/engine/dtype.h"

/* Bytes that stay for a column as the engine's default reader makes it. */
uint64_t mt_resident(const struct mt_column_profile *c, enum mt_engine engine,
                     bool python311);

/* RSS of the engine's interpreter before the load: imported, nothing read. */
uint64_t mt_engine_base(enum mt_engine engine);

struct mt_load {
  uint64_t index;               /* reported bytes of the index */
  uint64_t reported;            /* all columns and the index */
  uint64_t resident;            /* all columns */
  uint64_t peak_low, peak_high; /* above the base */
  uint64_t base;
};

/* The profile need not be finished.  Takes the lock of each column's distinct set in its
 * turn; the caller keeps everything else from changing. */
void mt_load_estimate(struct mt_load *load, struct mt_profile *p, enum mt_engine engine,
                      bool python311);

/* The same for columns that were looked at already: begin, add each, end, which works
 * out the peak. */
void mt_load_begin(struct mt_load *load, enum mt_engine engine);
void mt_load_add(struct mt_load *load, uint64_t reported, uint64_t resident,
                 bool is_index);
void mt_load_end(struct mt_load *load, struct mt_profile *p, enum mt_engine engine,
                 bool python311);

enum mt_verdict { MT_VERDICT_UNKNOWN, MT_VERDICT_FITS, MT_VERDICT_TIGHT, MT_VERDICT_NO };

/* Whether peak and base together fit: below 60 % of what is available, below 90 %, or
 * not.  Pass the upper end of the peak. */
enum mt_verdict mt_verdict(uint64_t peak, uint64_t base, uint64_t available);
/* "fits", "tight", "no", "unknown" */
const char *mt_verdict_name(enum mt_verdict v);

#endif
