/* The export form's state without its looks: what is written, where, and how it is
 * compressed.
 *
 *   mt_export_form_open     each time it comes up
 *   mt_export_form_change | focus | tab | type   as keys come
 *
 * It holds nothing that has to be freed. */
#ifndef MT_TUI_EXPORT_FORM_H
#define MT_TUI_EXPORT_FORM_H

#include "core/base/error.h"
#include "formats/formats.h"
#include "tui/screen/entry.h"
#include "tui/views/path.h"

enum mt_export_field {
  MT_FIELD_FORMAT,
  MT_FIELD_PATH,
  MT_FIELD_CODEC,
  MT_FIELD_LEVEL,
  MT_FIELD_COLUMNS,
  MT_FIELD_COUNT
};

#define MT_OPEN_TEXT 4096
struct mt_export_form {
  struct mt_write_options options;
  enum mt_export_field focus;
  struct mt_entry path;
  bool marked_only;                /* of the columns, those that are marked */
  struct mt_completion completion; /* what the last Tab found */
  uint64_t free_bytes;             /* where the file would lie; UINT64_MAX = unknown */
  bool measured;                   /* the file's size was asked for, */
  struct mt_write_options sized;   /* with these options */
  uint64_t sized_plan;             /* this plan, */
  bool sized_marked;               /* and these columns, */
  struct mt_error unsized;         /* which it could not be; code 0: it could */
  struct mt_error error;           /* why the last try failed; code 0 = it did not */
  uint64_t plan_version;           /* of the plan being written */
  uint64_t saved_version;          /* of the plan that was last exported */
  bool saved;
  bool running;            /* its end has not been seen yet */
  char open[MT_OPEN_TEXT]; /* the line that opens the file, when it is copied */
  size_t top;              /* first line of the outcome shown */
};

/* Makes it fit for an export of the file `input`, which is borrowed: next to that file,
 * unless a path was given before. */
void mt_export_form_open(struct mt_export_form *f, const char *input);
/* The next choice of the field that has the focus (step 1), or the one before (-1);
 * marked: some columns are. */
void mt_export_form_change(struct mt_export_form *f, int step, bool marked);
void mt_export_form_focus(struct mt_export_form *f, int step);
/* In the path, goes on as far as the folder's names tell; elsewhere, and where they tell
 * nothing more, to the next field. */
void mt_export_form_tab(struct mt_export_form *f);
/* A key typed; the format follows the path's extension.  False: it is none of the text.
 */
bool mt_export_form_type(struct mt_export_form *f, int key);

/* Codecs of the format, and which of them is chosen; one that it lacks counts as the
 * first. */
int mt_export_codec_count(const struct mt_write_options *o);
int mt_export_codec_index(const struct mt_write_options *o);

#endif
