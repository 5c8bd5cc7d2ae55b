#include "tui/views/export_form.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

int mt_export_codec_count(const struct mt_write_options *o)
{
  int n = 0;
  while (mt_format_codecs(o->format)[n] != MT_CODEC_DEFAULT)
    n++;
  return n;
}

int mt_export_codec_index(const struct mt_write_options *o)
{
  const enum mt_codec *all = mt_format_codecs(o->format);
  for (int i = 0; all[i] != MT_CODEC_DEFAULT; i++)
    if (all[i] == o->codec)
      return i;
  return 0;
}

static void set_codec(struct mt_write_options *o, int index)
{
  o->codec = mt_format_codecs(o->format)[index];
  int most = mt_codec_max_level(o->codec);
  o->level = most == 0 ? 0 : mt_clamp(o->level, 1, most);
}

/* Length of path without the extension of a table and of its compression. */
static size_t stem_length(const char *path)
{
  static const char *const packed[] = {".gz", ".zst", ".xz", ".bz2", ".lz4"};
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  size_t n = strlen(path);
  for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
    size_t len = strlen(packed[i]);
    if (n > len && strncasecmp(path + n - len, packed[i], len) == 0) {
      n -= len;
      break;
    }
  }
  for (size_t at = n; path + at > name + 1; at--)
    if (path[at - 1] == '.')
      return at - 1;
  return n;
}

static void propose_path(struct mt_export_form *f, const char *path)
{
  char text[sizeof f->path.text];
  int stem = (int)stem_length(path);
  snprintf(text, sizeof text, "%.*s%s", stem, path,
           mt_format_extension(f->options.format));
  mt_entry_set(&f->path, text);
}

void mt_export_form_open(struct mt_export_form *f, const char *input)
{
  if (f->options.format >= MT_FORMAT_COUNT)
    f->options.format = MT_FORMAT_ARROW;
  set_codec(&f->options, mt_export_codec_index(&f->options));
  f->options.input = input;
  f->error.code = 0;
  f->focus = MT_FIELD_FORMAT;
  f->completion.count = 0;
  if (f->path.len == 0)
    propose_path(f, input);
  f->free_bytes = mt_path_free(f->path.text);
  f->measured = false;
}

static void set_format(struct mt_write_options *o, enum mt_format format)
{
  if (o->format == format)
    return;
  o->format = format;
  o->level = 0;
  set_codec(o, 0);
}

void mt_export_form_change(struct mt_export_form *f, int step, bool marked)
{
  struct mt_write_options *o = &f->options;
  f->error.code = 0;
  if (f->focus == MT_FIELD_FORMAT) {
    set_format(o, (o->format + MT_FORMAT_COUNT + (unsigned)step) % MT_FORMAT_COUNT);
    char path[sizeof f->path.text];
    memcpy(path, f->path.text, f->path.len + 1);
    propose_path(f, path);
  } else if (f->focus == MT_FIELD_CODEC) {
    int count = mt_export_codec_count(o);
    set_codec(o, (mt_export_codec_index(o) + count + step) % count);
  } else if (f->focus == MT_FIELD_LEVEL) {
    o->level += step;
    set_codec(o, mt_export_codec_index(o));
  } else if (marked) {
    f->marked_only = !f->marked_only;
  }
}

void mt_export_form_focus(struct mt_export_form *f, int step)
{
  f->focus = (enum mt_export_field)((f->focus + MT_FIELD_COUNT + step) % MT_FIELD_COUNT);
  f->completion.count = 0;
  f->free_bytes = mt_path_free(f->path.text);
}

void mt_export_form_tab(struct mt_export_form *f)
{
  if (f->focus == MT_FIELD_PATH && f->path.cursor == f->path.len) {
    bool listed = f->completion.count > 0;
    f->error.code = 0;
    if (mt_path_complete(&f->path, &f->completion) ||
        (f->completion.count > 0 && !listed))
      return;
  }
  mt_export_form_focus(f, 1);
}

bool mt_export_form_type(struct mt_export_form *f, int key)
{
  if (f->focus != MT_FIELD_PATH || !mt_entry_key(&f->path, key))
    return false;
  enum mt_format named = mt_format_by_extension(f->path.text);
  if (named != MT_FORMAT_COUNT)
    set_format(&f->options, named);
  f->error.code = 0;
  f->completion.count = 0;
  return true;
}
