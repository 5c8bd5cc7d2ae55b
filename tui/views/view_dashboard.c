/* The dashboard: where its parts lie at each size.
 *
 * As the window shrinks, borders go first, then the graphs' height, then the table's
 * secondary columns (view_table.c), then the footer's labels; never the names and what
 * they save. */
#include "tui/views/view.h"

/* --- layout -------------------------------------------------------------------- */

/* A table of few columns leaves room for what is known of one. */
static int preview_height(const struct mt_ui *ui, int middle)
{
  enum { FRAME = 3, LEAST = 9 };
  bool known = ui->session != NULL || ui->portrait.drawn;
  size_t columns = ui->snap->column_count;
  if (!known || columns > (size_t)middle || middle - (int)columns - FRAME < LEAST)
    return 0;
  return middle - (columns < 4 ? 4 : (int)columns) - FRAME;
}

/* What the table shows beside graphs of that width. */
static struct mt_fit fit_beside(const struct mt_ui *ui, int width)
{
  enum { FRAME = 5 }; /* and the signs before a name */
  const struct mt_table *t = &ui->table;
  return mt_parts_fit(&t->parts, &t->extent, t->sort, ui->width - width - FRAME, 0);
}

/* Where the table had to go without its bars or for their sake without the nulls, the
 * graphs leave it more room: for all that it has and whole names, or at least for all of
 * it, or for the bars alone. */
static int side_width(const struct mt_ui *ui)
{
  enum { LEAST = 26, FEW = 32, MOST = 56, NAME = 16, WHOLE = 2 };
  int width = mt_clamp(ui->width * 28 / 100, FEW, MOST);
  struct mt_fit usual = fit_beside(ui, width);
  if (ui->table.parts.wish[MT_PART_BAR] == MT_PART_OFF ||
      (usual.complete && usual.width[MT_PART_BAR] > 0))
    return width;
  for (int wanted = WHOLE; wanted >= 0; wanted--)
    for (int less = width; less >= LEAST; less--) {
      struct mt_fit fit = fit_beside(ui, less);
      bool whole = fit.width[MT_PART_NAME] >= mt_clamp(ui->table.extent.name, 0, NAME);
      int got = !fit.complete ? 0 : whole ? WHOLE : 1;
      if (fit.width[MT_PART_BAR] > 0 && got >= wanted)
        return less;
    }
  return width;
}

struct mt_layout mt_dashboard_layout(const struct mt_ui *ui)
{
  struct mt_layout l = {0};
  int width = ui->width, height = ui->height;
  if (width < 20 || height < 5) {
    l.header = (struct mt_rect){0, 0, width, 1};
    return l;
  }
  bool side = width >= 110 && height >= 20;
  l.boxes = side;
  int header = height >= 20 ? 3 : height >= 12 ? 2 : 1;
  int graphs = side ? 0 : height >= 24 && width >= 50 ? 4 : height >= 14 && width >= 40;
  int strip = height < 8 ? 0 : height >= 24 ? 2 : 1;
  int middle = height - header - graphs - strip - 1, y = 0;
  int beside = side ? side_width(ui) : 0;
  int preview = side ? preview_height(ui, middle) : 0;
  l.header = (struct mt_rect){0, y, width, header};
  l.graphs = (struct mt_rect){0, y += header, width, graphs};
  l.table = (struct mt_rect){0, y += graphs, width - beside, middle - preview};
  l.preview = (struct mt_rect){0, y + middle - preview, width - beside, preview};
  l.side = (struct mt_rect){width - beside, y, beside, side ? middle : 0};
  l.strip = (struct mt_rect){0, y += middle, width, strip};
  l.footer = (struct mt_rect){0, y + strip, width, 1};
  return l;
}

int mt_table_rows(const struct mt_layout *l)
{
  int rows = l->table.h - 1 - (l->boxes ? 2 : 0);
  return rows > 0 ? rows : 0;
}

/* --- all of it ------------------------------------------------------------------- */

void mt_dashboard_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  struct mt_layout l = mt_dashboard_layout(ui);
  mt_header_draw(ui, c, l.header);
  if (l.graphs.h > 0)
    mt_graphs_draw(ui, c, l.graphs);
  if (l.side.h > 0)
    mt_side_draw(ui, c, l.side);
  if (l.table.h > 0 && l.boxes)
    mt_table_frame_draw(ui, c, l.table);
  else if (l.table.h > 0)
    mt_table_draw(ui, c, l.table);
  if (l.preview.h > 0)
    mt_preview_draw(ui, c, l.preview);
  if (l.strip.h > 0)
    mt_strip_draw(ui, c, l.strip);
  if (l.footer.h > 0) {
    int place =
        l.boxes || c->width < 40 ? 0 : mt_table_state_draw(ui, c, c->width, l.footer.y);
    mt_footer_draw(ui, c, l.footer.y, c->width - place, MT_IN_TABLE);
  }
}
