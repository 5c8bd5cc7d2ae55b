/* Pieces of screens that several views have: the first line, an error, a question. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

const char *mt_base_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

struct mt_pen mt_title_draw(const struct mt_ui *ui, struct mt_canvas *c, const char *view)
{
  const char *name = mt_base_name(ui->path);
  struct mt_pen pen = {c, 0, 0, c->width - 1};
  mt_pen_write(&pen, MT_ROLE_BRAND, " %s ", view);
  mt_pen_write(&pen, MT_ROLE_TEXT, "  ");
  mt_pen_name(&pen, mt_clamp(c->width / 3, 8, 60), MT_ROLE_STRONG, name, strlen(name));
  return pen;
}

void mt_message_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  enum { MOST = 3 };
  int width = c->width - 2;
  if (ui->message[0] == '\0')
    return;
  int lines = mt_clamp(mt_canvas_lines(c, ui->message, width), 1, MOST);
  struct mt_rect r = {1, c->height - 1 - lines, width, lines};
  mt_canvas_clear(c, (struct mt_rect){0, r.y, c->width, lines});
  mt_canvas_paragraph(c, r, ui->message_role, ui->message);
}

void mt_place_draw(struct mt_canvas *c, struct mt_rect box, size_t place, size_t count)
{
  char text[2 * MT_COUNT_TEXT + 8], a[MT_COUNT_TEXT], b[MT_COUNT_TEXT];
  snprintf(text, sizeof text, " %s of %s ", mt_format_count(a, place),
           mt_format_count(b, count));
  int width = mt_canvas_columns(c, text);
  mt_canvas_text(c, box.x + box.w - 2 - width, box.y + box.h - 1, width, MT_ROLE_DIM,
                 text);
}

int mt_error_lines(const struct mt_canvas *c, const struct mt_error *err, int width)
{
  return mt_canvas_lines(c, err->what, width) +
         (err->remedy[0] == '\0' ? 0 : mt_canvas_lines(c, err->remedy, width));
}

int mt_error_draw(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                  const struct mt_error *err)
{
  char text[sizeof err->what];
  mt_sanitise(text, sizeof text, err->what, strlen(err->what), 0);
  int used = mt_canvas_paragraph(c, r, role, text);
  mt_sanitise(text, sizeof text, err->remedy, strlen(err->remedy), 0);
  return used + mt_canvas_paragraph(c, (struct mt_rect){r.x, r.y + used, r.w, r.h - used},
                                    MT_ROLE_TEXT, text);
}

void mt_ui_ask_replace(struct mt_ui *ui, unsigned (*yes)(struct mt_ui *ui),
                       const struct mt_entry *path, const char *how)
{
  struct mt_question *q = &ui->question;
  mt_ui_ask(ui, yes, "replace");
  snprintf(q->text[0], sizeof q->text[0], "There is a file of that name already:");
  mt_sanitise(q->text[1], sizeof q->text[1], path->text, path->len, 72);
  snprintf(q->text[2], sizeof q->text[2], "%s", how);
}
