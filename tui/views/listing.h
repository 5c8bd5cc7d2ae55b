/* The code view's state without its looks: a program, its lines, and the file that it is
 * saved to.
 *
 *   mt_code_open          from the table and the detail
 *   mt_listing_refresh    with every snapshot: writes the program anew where the plan,
 *                         the engine or what is known of the file has changed
 *   mt_listing_propose -> mt_listing_save   under the path typed
 *   mt_listing_reset */
#ifndef MT_TUI_LISTING_H
#define MT_TUI_LISTING_H

#include "core/base/buffer.h"
#include "core/session/session.h"
#include "tui/screen/entry.h"
#include "tui/views/path.h"

struct mt_ui;

/* What terminals take as one text for the clipboard: 100,000 characters, of base64. */
#define MT_COPY_MOST 74994

struct mt_listing {
  struct mt_buffer text; /* the program; owned */
  size_t *line;          /* where line i begins; lines + 1 entries; owned */
  size_t lines;
  size_t top, left; /* the first line and column shown */
  /* What it was written from. */
  bool written;
  enum mt_engine engine;
  enum mt_scan_state scan;
  uint64_t plan_version;
  bool other;                 /* it is for another engine than the one shown */
  struct mt_error error;      /* why there is none; code 0 = there is */
  struct mt_listing_job *job; /* writes the next one; NULL: none is being written */
  /* Saving. */
  bool saving; /* a path is being typed */
  struct mt_entry path;
  struct mt_completion names; /* what the last Tab found */
  struct mt_error refused;    /* why the last try failed; code 0 = it did not */
};

void mt_listing_reset(struct mt_listing *l);
/* Takes over what was written meanwhile. */
void mt_listing_collect(struct mt_listing *l);
/* Has the program written anew where it has changed: of many columns behind, so that the
 * old one stays for a while. */
void mt_listing_refresh(struct mt_ui *ui);
/* Proposes a path, where none was typed before. */
void mt_listing_propose(struct mt_listing *l, const char *input);
/* 0, or an errno value and why in l->refused; EEXIST without force. */
int mt_listing_save(struct mt_listing *l, const char *input, bool force) MT_MUST_CHECK;

#endif
