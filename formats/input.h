/* The bytes of an input file: decompressed, and as UTF-8.
 *
 *   mt_input_open -> read* -> [mt_input_rewind -> read*] -> mt_input_free
 *   read: mt_input_read, or mt_input_read_at by others -> mt_input_pass
 *   mt_input_share -> (mt_input_move* -> mt_input_read*)* -> mt_input_free
 *
 * One descriptor, opened once, read with read(2) and never mapped: a file that
 * shrinks cannot kill the process, and a second pass reads the same file even
 * when its name has been taken by another.  Compressed input (gzip, zstd, xz,
 * bzip2, lz4, lzip, compress) goes through libarchive, other encodings
 * through iconv; both are found by content.  A byte sequence that the encoding
 * does not have becomes one 0xFF byte, which is no UTF-8 either, so that it is
 * counted and located where every other invalid byte is. */
#ifndef MT_FORMATS_INPUT_H
#define MT_FORMATS_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bell.h"
#include "core/base/error.h"

struct mt_input;

/* encoding: an iconv name, or NULL for UTF-8 (UTF-16 and UTF-32 by their byte
 * order mark).  ENOENT, EACCES, EISDIR, EINVAL (unknown encoding) ... */
int mt_input_open(struct mt_input **out, const char *path, const char *encoding,
                  struct mt_error *err) MT_MUST_CHECK;
/* Reads up to n bytes.  *got == 0 only at the end; otherwise it may be less than
 * n.  After an error the bytes before it have been handed out, and every further
 * call fails the same way. */
int mt_input_read(struct mt_input *in, void *p, size_t n, size_t *got,
                  struct mt_error *err) MT_MUST_CHECK;
/* Once the bell rings, further reads of pipes fail with ECANCELED, also those that wait
 * for bytes already.  NULL: they wait. */
void mt_input_heed(struct mt_input *in, const struct mt_bell *cancel);
/* Back to the first byte.  ESPIPE for pipes. */
int mt_input_rewind(struct mt_input *in, struct mt_error *err) MT_MUST_CHECK;
/* Whether the open file still is what it was at open: device, inode, size,
 * times.  0, or EIO. */
int mt_input_check(struct mt_input *in, struct mt_error *err) MT_MUST_CHECK;
/* A second way into an open input, which neither disturbs the first one nor is disturbed
 * by it, also in another thread.  ESPIPE for pipes. */
int mt_input_share(struct mt_input **out, const struct mt_input *from,
                   struct mt_error *err) MT_MUST_CHECK;
/* A step of a shared input on the way to a place of the decoded text, of a few ms at
 * most: *there once it has arrived, which is at once where a file is text as it is
 * stored.  In others it goes forward, or begins anew. */
int mt_input_move(struct mt_input *in, uint64_t to, bool *there,
                  struct mt_error *err) MT_MUST_CHECK;
/* Whether it is text as it is stored. */
bool mt_input_reads_anywhere(const struct mt_input *in);
/* Of an input that reads anywhere: n bytes from there on, or those up to its end, or up
 * to what fails; later calls may not.  Any number of threads at once, whatever others do
 * with it. */
int mt_input_read_at(const struct mt_input *in, uint64_t at, void *p, size_t n,
                     size_t *got, struct mt_error *err) MT_MUST_CHECK;
/* The next n bytes were read that way. */
void mt_input_pass(struct mt_input *in, size_t n);
void mt_input_free(struct mt_input *in);

uint64_t mt_input_size(const struct mt_input *in);           /* as stored; 0 = unknown */
uint64_t mt_input_consumed(const struct mt_input *in);       /* as stored */
const char *mt_input_encoding(const struct mt_input *in);    /* "utf-8": for people */
const char *mt_input_compression(const struct mt_input *in); /* "gzip"; NULL = none */

#endif
