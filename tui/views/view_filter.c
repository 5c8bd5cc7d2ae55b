/* What is typed over the table's last line: the search for a name, and the filter.  Both
 * follow every letter; Enter keeps what they show, Esc goes back. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

enum { HINTS = 100 }; /* columns of a screen that has room for what the keys do */

/* Where the dashboard has no line for messages, they stand behind what is typed. */
static void draw_prompt(const struct mt_ui *ui, struct mt_canvas *c, const char *sign,
                        const struct mt_entry *entry, const char *hint)
{
  struct mt_layout l = mt_dashboard_layout(ui);
  int y = c->height - 1, room = c->width - 3;
  enum mt_role role = MT_ROLE_DIM;
  if (l.strip.h == 0 && ui->message[0] != '\0') {
    hint = ui->message;
    role = ui->message_role;
  }
  int width = mt_canvas_columns(c, hint);
  mt_canvas_clear(c, (struct mt_rect){0, y, c->width, 1});
  mt_canvas_text(c, 1, y, 1, MT_ROLE_KEY, sign);
  if (width > room / 2)
    width = room / 2;
  if (width > 0 && room - width > 10) {
    mt_canvas_right(c, c->width - 1 - width, y, width, role, hint);
    room -= width + 1;
  }
  mt_entry_draw(entry, c, 2, y, room, true);
}

/* --- search -------------------------------------------------------------------- */

static void search_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  draw_prompt(ui, c, "/", &ui->search,
              c->width < HINTS ? "" : "Enter stays here, Esc goes back");
}

/* The cursor follows while the text grows. */
static unsigned search_type(struct mt_ui *ui, int key)
{
  if (!mt_entry_key(&ui->search, key))
    return MT_REACT_UNHANDLED;
  ui->table.cursor = ui->search_from < ui->table.len ? ui->search_from : 0;
  ui->message[0] = '\0';
  if (ui->search.len > 0 &&
      !mt_table_search(&ui->table, ui->snap->names, ui->search.text, ui->table.cursor, 1))
    mt_ui_say(ui, MT_ROLE_WARN, "no column of that name%s",
              ui->table.len < ui->table.columns ? " among those shown" : "");
  return MT_REACT_DRAW;
}

static unsigned search_act(struct mt_ui *ui, enum mt_action action)
{
  if (action == MT_ACTION_LEAVE && ui->table.len > 0)
    ui->table.cursor = ui->search_from < ui->table.len ? ui->search_from : 0;
  if (action != MT_ACTION_LEAVE && action != MT_ACTION_ACCEPT)
    return MT_REACT_UNHANDLED;
  mt_ui_pop(ui);
  return MT_REACT_DRAW;
}

const struct mt_view mt_view_search = {
    .context = MT_IN_SEARCH,
    .draw = search_draw,
    .act = search_act,
    .type = search_type,
};

/* --- filter -------------------------------------------------------------------- */

static void filter_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  char hint[2 * MT_COUNT_TEXT + 48], shown[MT_COUNT_TEXT], all[MT_COUNT_TEXT];
  snprintf(hint, sizeof hint, "%s of %s%s", mt_format_count(shown, ui->table.len),
           mt_format_count(all, ui->table.columns),
           c->width < HINTS ? "" : "   Enter keeps it, Esc goes back");
  draw_prompt(ui, c, "&", &ui->filtering.entry, hint);
}

static unsigned put_filter(struct mt_ui *ui, const struct mt_filter *f)
{
  mt_table_filter(&ui->table, f);
  return mt_table_update(&ui->table, ui->snap) == 0 ? MT_REACT_DRAW : MT_REACT_NONE;
}

static void say_fault(struct mt_ui *ui, const struct mt_filter_fault *fault)
{
  char before[64];
  const struct mt_entry *e = &ui->filtering.entry;
  size_t from = 0;
  if (fault->unfinished) {
    mt_ui_say(ui, MT_ROLE_DIM, "%s", fault->text);
    return;
  }
  while (fault->at - from > 24 || ((unsigned char)e->text[from] & 0xc0) == 0x80)
    from++; /* the end of it is where the fault is */
  mt_sanitise(before, sizeof before, e->text + from, fault->at - from, 0);
  mt_ui_say(ui, MT_ROLE_WARN, "%s%s%s%s", before[0] == '\0' ? "" : "& ", before,
            before[0] == '\0' ? "" : ": ", fault->text);
}

/* What is no filter yet leaves the last one as it was; and so does a word that lets
 * nothing through but may become the name of a field. */
static unsigned filter_type(struct mt_ui *ui, int key)
{
  struct mt_filter f, last = ui->table.filter;
  struct mt_filter_fault fault;
  if (!mt_entry_key(&ui->filtering.entry, key))
    return MT_REACT_UNHANDLED;
  ui->message[0] = '\0';
  if (mt_filter_parse(&f, ui->filtering.entry.text, &fault) != 0) {
    say_fault(ui, &fault);
    return MT_REACT_DRAW;
  }
  put_filter(ui, &f);
  if (ui->table.len == 0 && f.opens) {
    put_filter(ui, &last);
    mt_ui_say(ui, MT_ROLE_DIM,
              "no column has that in its name; a field? = > < or ~ follows");
  }
  mt_table_select(&ui->table, ui->filtering.column);
  return MT_REACT_DRAW;
}

/* Enter means what is typed, also where that was not followed. */
static unsigned keep_filter(struct mt_ui *ui)
{
  struct mt_filter f;
  struct mt_filter_fault fault;
  if (mt_filter_parse(&f, ui->filtering.entry.text, &fault) != 0) {
    fault.unfinished = false;
    say_fault(ui, &fault);
    return MT_REACT_DRAW;
  }
  mt_ui_pop(ui);
  if (strcmp(f.text, ui->table.filter.text) == 0)
    return MT_REACT_DRAW;
  return put_filter(ui, &f);
}

static unsigned filter_act(struct mt_ui *ui, enum mt_action action)
{
  switch (action) {
  case MT_ACTION_ACCEPT:
    return keep_filter(ui);
  case MT_ACTION_LEAVE:
    mt_ui_pop(ui);
    put_filter(ui, &ui->filtering.before);
    mt_table_select(&ui->table, ui->filtering.column);
    return MT_REACT_DRAW;
  default:
    return MT_REACT_UNHANDLED;
  }
}

const struct mt_view mt_view_filter = {
    .context = MT_IN_FILTER,
    .draw = filter_draw,
    .act = filter_act,
    .type = filter_type,
};
