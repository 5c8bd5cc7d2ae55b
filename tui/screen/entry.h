/* A line of text being typed. */
#ifndef MT_TUI_ENTRY_H
#define MT_TUI_ENTRY_H

#include "tui/screen/canvas.h"

struct mt_entry {
  char text[4096]; /* NUL-terminated; as typed, not sanitised */
  size_t len;
  size_t cursor; /* byte before which the next character goes */
};

void mt_entry_set(struct mt_entry *f, const char *text);
/* Whether the key belonged to the text: a printable one, or one that edits. */
bool mt_entry_key(struct mt_entry *f, int key);
/* Draws the part around the cursor. */
void mt_entry_draw(const struct mt_entry *f, struct mt_canvas *c, int x, int y, int width,
                   bool focused);

#endif
