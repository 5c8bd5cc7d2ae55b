/* The palette: commands typed by name, completed from a list of what they may become. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/views/view.h"

enum {
  WIDTH = 96,
  ROWS = 12,
  NAME_MOST = 30,
  NARROW = 60,
  NAMES_ALONE = 40,
  FAULT_LINES = 4
};

/* What the line may become, or what Tab goes through. */
static void list_offers(const struct mt_ui *ui, struct mt_offers *o)
{
  const struct mt_prompt *p = &ui->prompt;
  mt_command_list(ui, p->cycling ? p->stem.text : p->line.text, o);
}

/* --- drawing ---------------------------------------------------------------------- */

/* The first offer shown, so that the chosen one is. */
static size_t first_row(const struct mt_prompt *p, size_t rows)
{
  return rows > 0 && p->cursor >= rows ? p->cursor - rows + 1 : 0;
}

static void draw_name(struct mt_pen *pen, enum mt_role role, const struct mt_offer *offer)
{
  pen->x += mt_canvas_name(pen->canvas, pen->x, pen->y, pen->end - pen->x, role,
                           offer->text, offer->len);
  if (offer->argument[0] != '\0')
    mt_pen_write(pen, MT_ROLE_DIM, " %s", offer->argument);
}

/* Columns for the names and for the keys, with the blanks behind them. */
struct columns {
  int name, keys;
};

static struct columns measure(const struct mt_offers *o, int width)
{
  struct columns w = {0, 0};
  for (size_t i = 0; i < o->len; i++) {
    char text[4 * NAME_MOST + 8];
    const struct mt_offer *offer = &o->offer[i];
    mt_sanitise(text, sizeof text, offer->text, offer->len, NAME_MOST);
    int name = (int)(mt_text_width(text) + strlen(offer->argument)) + 3;
    int keys = offer->keys[0] == '\0' ? 0 : (int)strlen(offer->keys) + 2;
    w.name = name > w.name ? name : w.name;
    w.keys = keys > w.keys ? keys : w.keys;
  }
  w.name = width < NAMES_ALONE ? width : mt_clamp(w.name, 0, NAME_MOST);
  w.keys = width < NARROW ? 0 : w.keys;
  return w;
}

static const char *offer_says(const struct mt_offer *offer)
{
  return offer->why_not != NULL ? offer->why_not : offer->help;
}

/* Whether the list has no room for all that it says. */
static bool is_cut(const struct mt_canvas *c, const struct mt_offers *o,
                   const struct mt_offer *offer, int width)
{
  struct columns w = measure(o, width);
  return mt_canvas_columns(c, offer_says(offer)) > width - w.name - w.keys;
}

/* What cannot be done is dim, and says why instead of what it would do. */
static void draw_offer(struct mt_canvas *c, struct mt_rect r, struct columns w,
                       const struct mt_offer *offer)
{
  struct mt_pen pen = {c, r.x, r.y, r.x + w.name - 1};
  bool possible = offer->here && offer->why_not == NULL;
  enum mt_role role = possible ? MT_ROLE_TEXT : MT_ROLE_DIM;
  draw_name(&pen, role, offer);
  mt_canvas_text(c, r.x + w.name, r.y, w.keys - 1, possible ? MT_ROLE_KEY : MT_ROLE_DIM,
                 offer->keys);
  pen = (struct mt_pen){c, r.x + w.name + w.keys, r.y, r.x + r.w};
  mt_pen_write(&pen, role, "%s%s",
               offer->here ? "" : "in the columns: ", offer_says(offer));
}

static void draw_offers(const struct mt_prompt *p, const struct mt_offers *o,
                        struct mt_canvas *c, struct mt_rect r)
{
  size_t rows = r.h > 0 ? (size_t)r.h : 0, top = first_row(p, rows);
  struct columns w = measure(o, r.w);
  for (size_t i = 0; i < rows && top + i < o->len; i++) {
    struct mt_rect line = {r.x, r.y + (int)i, r.w, 1};
    draw_offer(c, line, w, &o->offer[top + i]);
    if (top + i == p->cursor)
      mt_canvas_restyle(c, r.x - 1, line.y, r.w + 2, MT_ROLE_SELECTED);
  }
}

/* What is wrong, below the place where it is; else how much there is to choose from, or
 * what the chosen one does where the list has no room for that. */
static void draw_remark(const struct mt_prompt *p, const struct mt_offers *o,
                        struct mt_canvas *c, struct mt_rect r)
{
  char before[sizeof p->line.text * 2], count[MT_COUNT_TEXT];
  if (p->fault.text[0] == '\0') {
    struct mt_pen pen = {c, r.x, r.y, r.x + r.w};
    if (o->count > o->len)
      mt_pen_write(&pen, MT_ROLE_DIM, "%s; type more to see the others",
                   mt_format_count(count, o->count));
    else if (o->len > 0 && is_cut(c, o, &o->offer[p->cursor], r.w - 2))
      mt_pen_write(&pen, MT_ROLE_DIM, "%s", offer_says(&o->offer[p->cursor]));
    return;
  }
  mt_sanitise(before, sizeof before, p->line.text, p->fault.at, 0);
  int at = 1 + mt_canvas_columns(c, before), room = r.w - 2 - at;
  if (mt_canvas_columns(c, p->fault.text) <= room) {
    mt_canvas_text(c, r.x + at, r.y, 1, MT_ROLE_BAD, "^");
    mt_canvas_text(c, r.x + at + 2, r.y, room, MT_ROLE_BAD, p->fault.text);
    return;
  }
  r.h = mt_clamp(mt_canvas_lines(c, p->fault.text, r.w), 1, FAULT_LINES);
  mt_canvas_clear(c, r); /* of the list */
  mt_canvas_paragraph(c, r, MT_ROLE_BAD, p->fault.text);
}

static struct mt_rect list_place(struct mt_rect inside)
{
  return (struct mt_rect){inside.x + 1, inside.y + 2, inside.w - 2, inside.h - 2};
}

static void palette_draw(const struct mt_ui *ui, struct mt_canvas *c)
{
  const struct mt_prompt *p = &ui->prompt;
  struct mt_offers o;
  list_offers(ui, &o);
  struct mt_rect r = mt_dialog_draw(c, WIDTH, ROWS + 2, "commands");
  if (o.len > 0 && (int)o.len > list_place(r).h)
    mt_place_draw(c, mt_dialog_place(c->width, c->height, WIDTH, ROWS + 2), p->cursor + 1,
                  o.count);
  mt_canvas_text(c, r.x, r.y, 1, MT_ROLE_KEY, ":");
  mt_entry_draw(&p->line, c, r.x + 1, r.y, r.w - 1, true);
  draw_offers(p, &o, c, list_place(r));
  draw_remark(p, &o, c, (struct mt_rect){r.x, r.y + 1, r.w, 1});
  mt_canvas_clear(c, (struct mt_rect){0, c->height - 1, c->width, 1});
  mt_footer_draw(ui, c, c->height - 1, c->width, MT_IN_PALETTE);
}

/* --- the line ---------------------------------------------------------------- */

void mt_palette_open(struct mt_ui *ui)
{
  struct mt_prompt *p = &ui->prompt;
  mt_entry_set(&p->line, "");
  p->cursor = p->back = 0;
  p->cycling = false;
  p->fault.text[0] = '\0';
  mt_theme_list(&p->themes);
  mt_ui_push(ui, &mt_view_palette);
}

/* Puts text[0..len) where the word stood that the offers are for. */
static void replace_word(struct mt_prompt *p, size_t word, const char *text, size_t len,
                         const char *after)
{
  char line[sizeof p->line.text];
  snprintf(line, sizeof line, "%.*s%.*s%s", (int)word, p->line.text, (int)len, text,
           after);
  mt_entry_set(&p->line, line);
  p->fault.text[0] = '\0';
}

static void take_offer(struct mt_prompt *p, const struct mt_offers *o,
                       const struct mt_offer *offer)
{
  replace_word(p, o->word, offer->text, offer->len,
               offer->argument[0] != '\0' ? " " : "");
  p->cursor = 0;
}

/* Bytes that every offer has which begins like the first one; no half character. */
static size_t common_prefix(const struct mt_offers *o, size_t typed)
{
  const char *first = o->offer[0].text;
  size_t n = o->offer[0].len;
  for (size_t i = 1; i < o->len; i++) {
    size_t k = 0;
    const struct mt_offer *other = &o->offer[i];
    if (other->len < typed || strncasecmp(other->text, first, typed) != 0)
      break; /* from here on they only hold the text */
    while (k < n && k < other->len && other->text[k] == first[k])
      k++;
    n = k;
  }
  while (n > 0 && n < o->offer[0].len && ((unsigned char)first[n] & 0xc0) == 0x80)
    n--;
  return n;
}

/* Puts the cursor on an offer, and the offer into the line while Tab goes through them.
 */
static void choose(struct mt_prompt *p, const struct mt_offers *o, size_t row)
{
  p->cursor = row;
  if (p->cycling)
    replace_word(p, o->word, o->offer[row].text, o->offer[row].len, "");
}

/* As far as it is certain; then what is chosen in the list, and one after the other. */
static unsigned complete(struct mt_ui *ui)
{
  struct mt_prompt *p = &ui->prompt;
  struct mt_offers o;
  list_offers(ui, &o);
  if (o.len == 0)
    return MT_REACT_NONE;
  if (p->cycling) {
    choose(p, &o, (p->cursor + 1) % o.len);
    return MT_REACT_DRAW;
  }
  size_t typed = p->line.len - o.word, common = common_prefix(&o, typed);
  bool begins = strncasecmp(o.offer[0].text, p->line.text + o.word, typed) == 0;
  if (p->cursor == 0 && o.count > 1 && begins && common > typed)
    replace_word(p, o.word, o.offer[0].text, common, "");
  else if (o.len == 1 || o.offer[p->cursor].argument[0] != '\0')
    take_offer(p, &o, &o.offer[p->cursor]);
  else {
    p->stem = p->line;
    p->cycling = true;
    choose(p, &o, p->cursor);
  }
  return MT_REACT_DRAW;
}

static void remember(struct mt_prompt *p)
{
  char *place = p->history[p->past % MT_HISTORY];
  if (p->line.len == 0 || p->line.len >= sizeof p->history[0])
    return;
  if (p->past > 0 && strcmp(p->history[(p->past - 1) % MT_HISTORY], p->line.text) == 0)
    return;
  memcpy(place, p->line.text, p->line.len + 1);
  p->past++;
}

/* Whether a line from the past is shown now. */
static bool go_back(struct mt_prompt *p, size_t back)
{
  if (back > p->past || back > MT_HISTORY)
    return false;
  p->back = back;
  mt_entry_set(&p->line, back == 0 ? "" : p->history[(p->past - back) % MT_HISTORY]);
  p->cursor = 0;
  p->cycling = false;
  p->fault.text[0] = '\0';
  return true;
}

/* Whether the text is one of the offers, letter by letter. */
static bool is_offered(const struct mt_prompt *p, const struct mt_offers *o)
{
  const char *word = p->line.text + o->word;
  for (size_t i = 0; i < o->len; i++)
    if (o->offer[i].len == strlen(word) &&
        strncasecmp(o->offer[i].text, word, o->offer[i].len) == 0)
      return true;
  return false;
}

/* Enter does what the text says, or what is chosen where the text says too little. */
static unsigned run(struct mt_ui *ui)
{
  struct mt_prompt *p = &ui->prompt;
  struct mt_offers o;
  p->cursor = p->cycling ? 0 : p->cursor; /* the line has it */
  p->cycling = false;
  list_offers(ui, &o);
  const struct mt_offer *offer = o.len > 0 ? &o.offer[p->cursor] : NULL;
  if (offer != NULL && !(p->cursor == 0 && is_offered(p, &o)) &&
      (p->cursor > 0 || p->line.len > o.word || !o.values)) {
    take_offer(p, &o, offer);
    if (offer->argument[0] != '\0')
      return MT_REACT_DRAW; /* now say which */
  }
  unsigned reaction = mt_command_run(ui, p->line.text, &p->fault);
  if (p->fault.text[0] == '\0')
    remember(p);
  return reaction;
}

/* --- keys -------------------------------------------------------------------- */

static unsigned palette_type(struct mt_ui *ui, int key)
{
  struct mt_prompt *p = &ui->prompt;
  if (!mt_entry_key(&p->line, key))
    return MT_REACT_UNHANDLED;
  p->cursor = p->back = 0;
  p->cycling = false;
  p->fault.text[0] = '\0';
  return MT_REACT_DRAW;
}

/* Up from the first offer leads into what was typed before. */
static unsigned move(struct mt_ui *ui, bool up)
{
  struct mt_prompt *p = &ui->prompt;
  struct mt_offers o;
  list_offers(ui, &o);
  if (up && p->cursor > 0)
    choose(p, &o, p->cursor - 1);
  else if (up)
    (void)go_back(p, p->back + 1);
  else if (p->back > 0)
    (void)go_back(p, p->back - 1);
  else if (p->cursor + 1 < o.len)
    choose(p, &o, p->cursor + 1);
  return MT_REACT_DRAW;
}

static unsigned palette_act(struct mt_ui *ui, enum mt_action action)
{
  switch (action) {
  case MT_ACTION_UP:
  case MT_ACTION_DOWN:
    return move(ui, action == MT_ACTION_UP);
  case MT_ACTION_COMPLETE:
    return complete(ui);
  case MT_ACTION_RUN:
    return run(ui);
  case MT_ACTION_BACK:
    mt_ui_pop(ui);
    return MT_REACT_DRAW;
  default:
    return MT_REACT_UNHANDLED;
  }
}

static unsigned palette_mouse(struct mt_ui *ui, const struct mt_mouse *m)
{
  struct mt_prompt *p = &ui->prompt;
  struct mt_offers o;
  struct mt_rect box = mt_dialog_place(ui->width, ui->height, WIDTH, ROWS + 2);
  struct mt_rect r =
      list_place((struct mt_rect){box.x + 2, box.y + 1, box.w - 4, box.h - 2});
  list_offers(ui, &o);
  if (m->what == MT_MOUSE_UP || m->what == MT_MOUSE_DOWN) {
    if (m->what == MT_MOUSE_UP && p->cursor > 0)
      choose(p, &o, p->cursor - 1);
    else if (m->what == MT_MOUSE_DOWN && p->cursor + 1 < o.len)
      choose(p, &o, p->cursor + 1);
    return MT_REACT_DRAW;
  }
  size_t row = first_row(p, r.h > 0 ? (size_t)r.h : 0) + (size_t)(m->y - r.y);
  if (m->x < r.x || m->x >= r.x + r.w || m->y < r.y || m->y >= r.y + r.h || row >= o.len)
    return MT_REACT_NONE;
  choose(p, &o, row);
  return m->what == MT_MOUSE_DOUBLE ? run(ui) : MT_REACT_DRAW;
}

const struct mt_view mt_view_palette = {
    .context = MT_IN_PALETTE,
    .draw = palette_draw,
    .act = palette_act,
    .type = palette_type,
    .mouse = palette_mouse,
};
