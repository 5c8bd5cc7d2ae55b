/* The formats memtop reads and writes: one list, and how to open and create.
 *
 *   mt_format_open(path)    -> struct mt_reader (core/cells/reader.h)
 *   mt_format_create(path)  -> struct mt_writer (core/session/writer.h)  */
#ifndef MT_FORMATS_FORMATS_H
#define MT_FORMATS_FORMATS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cells/reader.h"
#include "core/engine/dtype.h"
#include "core/session/writer.h"

/* How to read a delimited text file.  Zero-initialised = detect everything. */
struct mt_read_options {
  int delimiter;          /* byte; 0 = find among , ; tab | */
  int quote;              /* byte; 0 = '"'; -1 = no quoting */
  int header;             /* 0 = first line is the header (pandas' default);
                             1 = it is (given); -1 = there is none */
  uint64_t skip;          /* lines to skip before the header */
  int comment;            /* byte that begins a comment; 0 = none */
  const char *encoding;   /* iconv name; NULL = UTF-8, or UTF-16 by its BOM */
  uint64_t max_field;     /* bytes of one field; 0 = 64 MiB */
  uint64_t max_columns;   /* 0 = 1,048,576 */
  size_t block_size;      /* bytes a block aims at; 0 = 2 MiB, wide: 4 */
};

/* Opens path for reading and reads its header.  EISDIR, ENOENT, ENODATA (empty),
 * EINVAL (not a text table) ... with what to do. */
int mt_format_open(struct mt_reader **out, const char *path,
                   const struct mt_read_options *options, struct mt_error *err)
    MT_MUST_CHECK;

enum mt_format { MT_FORMAT_ARROW, MT_FORMAT_HDF5, MT_FORMAT_COUNT };
enum mt_codec { MT_CODEC_DEFAULT, MT_CODEC_NONE, MT_CODEC_LZ4, MT_CODEC_ZSTD, MT_CODEC_GZIP };

struct mt_write_options {
  enum mt_format format;  /* MT_FORMAT_COUNT = by the extension of path */
  enum mt_codec codec;    /* DEFAULT: Arrow zstd:1, HDF5 gzip:1 */
  int level;              /* 0 = the codec's default here */
  bool force;             /* replace an existing target */
  const char *input;      /* path of the input: never written to; may be NULL */
  const char *key;        /* HDF5: name of the table; NULL = "df" */
};

const char *mt_format_name(enum mt_format f);             /* "arrow": options, JSON */
const char *mt_format_title(enum mt_format f);            /* "Arrow IPC (Feather V2)" */
enum mt_format mt_format_find(const char *name);          /* or MT_FORMAT_COUNT */
enum mt_format mt_format_by_extension(const char *path);  /* or MT_FORMAT_COUNT */
const char *mt_format_extension(enum mt_format f);        /* ".arrow" */
/* The line of Python that opens a file of this format, with that engine where it can:
 * %s is the path. */
const char *mt_format_python(enum mt_format f, enum mt_engine engine);
enum mt_codec mt_codec_find(const char *name);            /* or -1 */
const char *mt_codec_name(enum mt_codec c);
/* Levels go from 1, the fastest and the default here, to this; 0: there are none. */
int mt_codec_max_level(enum mt_codec c);
/* What a format can be compressed with, its default first; ended by MT_CODEC_DEFAULT. */
const enum mt_codec *mt_format_codecs(enum mt_format f);

/* A writer whose bytes stay in memory and go with it: to learn what a sample takes. */
int mt_format_create_unnamed(struct mt_writer **out,
                             const struct mt_write_options *options,
                             struct mt_error *err) MT_MUST_CHECK;

/* Makes a writer for path.  Checks at once what can be checked: EEXIST without
 * force, the target is the input, the folder cannot be written, the codec does
 * not fit the format. */
int mt_format_create(struct mt_writer **out, const char *path,
                     const struct mt_write_options *options, struct mt_error *err)
    MT_MUST_CHECK;

#endif
