#include "tui/cli/snapshot.h"

#include <errno.h>
#include <stdlib.h>

#include "tui/screen/terminal.h"
#include "tui/views/view.h"

static int draw(struct mt_canvas *c, struct mt_session *session,
                const struct mt_snapshot *snap, const struct mt_options *o)
{
  struct mt_ui *ui = calloc(1, sizeof *ui);
  if (ui == NULL)
    return ENOMEM;
  mt_ui_init(ui, mt_session_schema(session), snap);
  ui->session = session;
  ui->graphs.style = o->graph;
  ui->width = c->width;
  ui->height = c->height;
  int rc = mt_ui_update(ui);
  if (rc == 0)
    mt_ui_draw(ui, c);
  mt_ui_reset(ui);
  free(ui);
  return rc;
}

/* What was asked for, or what the terminal that it goes to has. */
static int find_colors(FILE *out, const struct mt_options *o)
{
  int limit = mt_options_colors(o);
  if (o->color != MT_COLOR_AUTO || limit == 0)
    return limit;
  int colors = mt_terminal_colors(fileno(out));
  return colors < limit ? colors : limit;
}

int mt_snapshot_print(FILE *out, struct mt_session *session,
                      const struct mt_snapshot *snap, const struct mt_options *o)
{
  struct mt_canvas c;
  mt_canvas_init(&c, o->ascii || !mt_terminal_utf8());
  int rc = mt_canvas_resize(&c, o->snapshot_width, o->snapshot_height);
  if (rc == 0)
    rc = draw(&c, session, snap, o);
  enum mt_palette palette = mt_theme_palette(find_colors(out, o));
  if (rc == 0 && palette == MT_PALETTE_MONO)
    mt_canvas_print(&c, out);
  else if (rc == 0)
    mt_canvas_print_styled(&c, out, &o->theme, palette);
  mt_canvas_reset(&c);
  if (rc == 0 && (fflush(out) != 0 || ferror(out)))
    rc = errno != 0 ? errno : EIO;
  return rc;
}
