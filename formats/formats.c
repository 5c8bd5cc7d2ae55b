#include "formats/formats.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "formats/arrow/writer.h"
#include "formats/csv/reader.h"
#include "formats/hdf5/writer.h"
#include "formats/output.h"

static const struct format {
  const char *name, *title, *python[MT_ENGINE_COUNT]; /* python: NULL = as pandas 3 */
  const char *extensions[4]; /* the first one is the format's own */
  enum mt_codec codec[4];    /* the default first; ended by MT_CODEC_DEFAULT */
  int (*create)(struct mt_writer **out, struct mt_output *output,
                const struct mt_write_options *options, struct mt_error *err);
} formats[MT_FORMAT_COUNT] = {
    [MT_FORMAT_ARROW] = {"arrow",
                         "Arrow IPC (Feather V2)",
                         {[MT_PANDAS3] = "pandas.read_feather(\"%s\")",
                          [MT_POLARS] = "polars.read_ipc(\"%s\")",
                          [MT_ARROW] = "pyarrow.feather.read_table(\"%s\")"},
                         {".arrow", ".feather", ".ipc"},
                         {MT_CODEC_ZSTD, MT_CODEC_LZ4, MT_CODEC_NONE},
                         mt_arrow_writer_new},
    [MT_FORMAT_HDF5] = {"hdf5",
                        "HDF5 (pandas table)",
                        {[MT_PANDAS3] = "pandas.read_hdf(\"%s\")"},
                        {".h5", ".hdf5", ".hdf"},
                        {MT_CODEC_GZIP, MT_CODEC_NONE},
                        mt_hdf5_writer_new},
};

static const struct codec {
  const char *name;
  int max_level; /* 0 = has none */
} codecs[] = {
    [MT_CODEC_DEFAULT] = {"default", 0}, [MT_CODEC_NONE] = {"none", 0},
    [MT_CODEC_LZ4] = {"lz4", 12},        [MT_CODEC_ZSTD] = {"zstd", 22},
    [MT_CODEC_GZIP] = {"gzip", 9},
};

int mt_format_open(struct mt_reader **out, const char *path,
                   const struct mt_read_options *options, struct mt_error *err)
{
  return mt_csv_open(out, path, options, err);
}

const char *mt_format_name(enum mt_format f)
{
  return formats[f].name;
}

const char *mt_format_title(enum mt_format f)
{
  return formats[f].title;
}

const char *mt_format_extension(enum mt_format f)
{
  return formats[f].extensions[0];
}

const char *mt_format_python(enum mt_format f, enum mt_engine engine)
{
  const char *line = formats[f].python[engine];
  return line != NULL ? line : formats[f].python[MT_PANDAS3];
}

enum mt_format mt_format_find(const char *name)
{
  enum mt_format f = 0;
  while (f < MT_FORMAT_COUNT && strcmp(formats[f].name, name) != 0)
    f++;
  return f;
}

enum mt_format mt_format_by_extension(const char *path)
{
  const char *dot = strrchr(path, '.');
  for (enum mt_format f = 0; dot && f < MT_FORMAT_COUNT; f++)
    for (const char *const *e = formats[f].extensions; *e; e++)
      if (strcasecmp(*e, dot) == 0)
        return f;
  return MT_FORMAT_COUNT;
}

enum mt_codec mt_codec_find(const char *name)
{
  for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
    if (strcmp(codecs[i].name, name) == 0)
      return (enum mt_codec)i;
  return (enum mt_codec) - 1;
}

const char *mt_codec_name(enum mt_codec c)
{
  return codecs[c].name;
}

int mt_codec_max_level(enum mt_codec c)
{
  return codecs[c].max_level;
}

const enum mt_codec *mt_format_codecs(enum mt_format f)
{
  return formats[f].codec;
}

static bool has_codec(const struct format *f, enum mt_codec c)
{
  const enum mt_codec *has = f->codec;
  while (*has != MT_CODEC_DEFAULT && *has != c)
    has++;
  return *has == c;
}

static int check_codec(const struct format *f, const struct mt_write_options *o,
                       struct mt_error *err)
{
  int rc = 0;
  if (!has_codec(f, o->codec)) {
    rc = mt_fail(err, EINVAL, "%s has no compression \"%s\"", f->title,
                 mt_codec_name(o->codec));
    mt_error_remedy(err, "choose none%s%s%s", has_codec(f, MT_CODEC_LZ4) ? ", lz4" : "",
                    has_codec(f, MT_CODEC_ZSTD) ? ", zstd" : "",
                    has_codec(f, MT_CODEC_GZIP) ? ", gzip" : "");
  } else if (o->level < 0 || (o->level > 0 && o->level > codecs[o->codec].max_level)) {
    rc = mt_fail(err, EINVAL, "compression \"%s\" has no level %d",
                 mt_codec_name(o->codec), o->level);
    mt_error_remedy(err, "choose lz4:1 to lz4:12, zstd:1 to zstd:22 or gzip:1 to gzip:9");
  }
  return rc;
}

int mt_format_create(struct mt_writer **out, const char *path,
                     const struct mt_write_options *options, struct mt_error *err)
{
  *out = NULL;
  enum mt_format f = options->format;
  if (f == MT_FORMAT_COUNT)
    f = mt_format_by_extension(path);
  if (f == MT_FORMAT_COUNT) {
    int rc = mt_fail(err, EINVAL, "\"%s\": no format is known by this name", path);
    mt_error_remedy(err, "end the name in .arrow or .h5, or give --format");
    return rc;
  }
  struct mt_output *output;
  int rc = check_codec(&formats[f], options, err);
  if (!rc)
    rc = mt_output_open(&output, path, options->input, options->force, err);
  return rc ? rc : formats[f].create(out, output, options, err);
}

int mt_format_create_unnamed(struct mt_writer **out,
                             const struct mt_write_options *options, struct mt_error *err)
{
  const struct format *f = &formats[options->format];
  struct mt_output *output;
  *out = NULL;
  int rc = check_codec(f, options, err);
  if (!rc)
    rc = mt_output_open_unnamed(&output, err);
  return rc ? rc : f->create(out, output, options, err);
}
