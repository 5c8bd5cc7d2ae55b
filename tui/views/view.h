/* What a screen is made of.
 *
 * Everything that is drawn follows from a struct mt_ui: the newest snapshot and the
 * state of the views.  Drawing reads it and fills a canvas; actions change it (or
 * the session) and answer with reactions; only the loop in app.c takes snapshots and
 * paints.
 *
 * Views lie on a stack above the table.  Each file view_*.c is one or more of them. */
#ifndef MT_TUI_VIEW_H
#define MT_TUI_VIEW_H

#include "core/session/session.h"
#include "formats/formats.h"
#include "tui/action.h"
#include "tui/screen/canvas.h"
#include "tui/screen/entry.h"
#include "tui/screen/mouse.h"
#include "tui/screen/theme_file.h"
#include "tui/views/command.h"
#include "tui/views/data.h"
#include "tui/views/export_form.h"
#include "tui/views/graphs.h"
#include "tui/views/listing.h"
#include "tui/views/portrait.h"
#include "tui/views/summary.h"
#include "tui/views/table.h"

struct mt_ui;

/* What an action asks the loop for. */
enum mt_reaction {
  MT_REACT_NONE = 0,
  MT_REACT_DRAW = 1,
  MT_REACT_SNAPSHOT = 2, /* the session changed: take a new one, then draw */
  MT_REACT_REPAINT = 4,  /* the terminal's contents are lost */
  MT_REACT_SUSPEND = 8,
  MT_REACT_QUIT = 16,
  MT_REACT_UNHANDLED = 32,
  MT_REACT_THEME = 64, /* ui->theme is another one */
  MT_REACT_COPY = 128  /* ui->clip is for the clipboard */
};

struct mt_view {
  enum mt_context context;
  bool covers; /* the whole screen: nothing below needs drawing */
  void (*draw)(const struct mt_ui *ui, struct mt_canvas *c);
  unsigned (*act)(struct mt_ui *ui, enum mt_action action);
  /* A key that is text first; MT_REACT_UNHANDLED passes it on to act.  May be NULL. */
  unsigned (*type)(struct mt_ui *ui, int key);
  /* May be NULL, and leave what it does not know UNHANDLED: the wheel moves then, and
   * clicks do nothing.  Clicks on cells that mt_canvas_link marked never come here. */
  unsigned (*mouse)(struct mt_ui *ui, const struct mt_mouse *m);
  /* Why an action of this view cannot be done now, as a sentence for people (static
   * text); NULL: it can.  May be NULL. */
  const char *(*why_not)(const struct mt_ui *ui, enum mt_action action);
  /* Follows a new snapshot.  May be NULL. */
  void (*refresh)(struct mt_ui *ui);
  /* Goes on with what takes long, for some milliseconds; whether there is more of it. May
   * be NULL. */
  bool (*work)(struct mt_ui *ui);
};

extern const struct mt_view mt_view_table, mt_view_search, mt_view_filter, mt_view_parts,
    mt_view_detail, mt_view_help, mt_view_picker, mt_view_question, mt_view_export,
    mt_view_progress, mt_view_outcome, mt_view_palette, mt_view_data, mt_view_cell,
    mt_view_faults, mt_view_code;

/* Detail view and dtype picker: one column and what it may become. */
struct mt_choices {
  size_t column;
  struct mt_column_detail detail;
  uint8_t order[MT_DTYPE_COUNT]; /* best first, blocked ones last */
  size_t cursor;                 /* row 0 = keep the engine's default */
  size_t many; /* marked columns that the choice is for; 0 = for `column` */
};

/* A filter being typed. */
struct mt_filtering {
  struct mt_entry entry;
  struct mt_filter before; /* what Esc goes back to */
  size_t column;           /* likewise */
};

struct mt_question {
  char title[40];
  char text[3][160]; /* sanitised */
  /* What a yes does. */
  unsigned (*yes)(struct mt_ui *ui);
};

struct mt_help {
  enum mt_context context; /* of the view it was asked from: its keys come first */
  size_t top;              /* first line shown */
  struct mt_entry find;    /* only lines that hold it are shown */
  bool typing;
};

#define MT_HISTORY 16

/* The palette: a command being typed, and what it may become. */
struct mt_prompt {
  struct mt_entry line;
  size_t cursor;                /* in the list of offers */
  bool cycling;                 /* Tab puts one offer after the other into the line, */
  struct mt_entry stem;         /* those for this text */
  struct mt_theme_names themes; /* that there are */
  struct mt_command_fault fault;
  char history[MT_HISTORY][256]; /* a ring of what was run */
  size_t past;                   /* how many were */
  size_t back;                   /* how far back the line is one of them; 0 = it is new */
};

/* The faults view: where its cursor is, and what it asked the session for. */
#define MT_WARNINGS_SHOWN 100
struct mt_faults {
  size_t cursor; /* among what one can jump to */
  struct mt_column_warning warning[MT_WARNINGS_SHOWN];
  size_t warnings, warned; /* there are; columns that have some */
  uint64_t rows, plan_version;
  enum mt_engine engine; /* of all that */
};

#define MT_VIEW_DEPTH 20 /* views that there are: each is on the stack at most once */

struct mt_ui {
  struct mt_session *session; /* NULL for a picture of a snapshot */
  const struct mt_reader_schema *schema;
  const struct mt_snapshot *snap;
  const char *path; /* the input */
  int width, height;
  const struct mt_view *stack[MT_VIEW_DEPTH];
  size_t depth;
  struct mt_table table;
  struct mt_entry search;
  size_t search_from; /* row where the search began */
  struct mt_filtering filtering;
  size_t parts_cursor;
  struct mt_choices choices;
  struct mt_summary summary;
  struct mt_portrait portrait; /* of the column that is looked at */
  size_t detail_step;          /* how often the detail view went on to the next pane */
  struct mt_graphs graphs;
  struct mt_export_form export;
  struct mt_question question;
  struct mt_theme theme;
  struct mt_help help;
  struct mt_data data;
  struct mt_faults faults;
  struct mt_listing listing;
  const uint8_t *clip; /* with MT_REACT_COPY: what is to be copied; the view's */
  size_t clip_len;
  struct mt_prompt prompt;
  enum mt_action unhandled; /* what MT_REACT_UNHANDLED was about */
  bool mouse;               /* the terminal tells of it */
  char message[400];        /* says what the last action did; "" = nothing; sanitised */
  enum mt_role message_role;
};

/* The table alone on the stack. */
void mt_ui_init(struct mt_ui *ui, const struct mt_reader_schema *schema,
                const struct mt_snapshot *snap);
void mt_ui_reset(struct mt_ui *ui);
/* Follows a new snapshot, and a new size.  0 or ENOMEM. */
int mt_ui_update(struct mt_ui *ui) MT_MUST_CHECK;
void mt_ui_draw(const struct mt_ui *ui, struct mt_canvas *c);
/* Lets the views on the stack work; whether one has more to do. */
bool mt_ui_work(struct mt_ui *ui);
/* Gives the top view a key, an action, or what the mouse did on the canvas that is on
 * the screen.  With MT_REACT_UNHANDLED, ui->unhandled is left for the loop to do. */
unsigned mt_ui_key(struct mt_ui *ui, int key);
unsigned mt_ui_act(struct mt_ui *ui, enum mt_action action);
unsigned mt_ui_mouse(struct mt_ui *ui, const struct mt_canvas *c,
                     const struct mt_mouse *m);
/* Puts a view on top; one that lies further down comes up from there. */
void mt_ui_push(struct mt_ui *ui, const struct mt_view *view);
void mt_ui_pop(struct mt_ui *ui);
/* Whether it is on the stack, seen or not. */
bool mt_ui_has(const struct mt_ui *ui, const struct mt_view *view);
const struct mt_view *mt_ui_top(const struct mt_ui *ui);
void mt_ui_say(struct mt_ui *ui, enum mt_role role, const char *format, ...)
    MT_PRINTF(3, 4);
void mt_ui_say_error(struct mt_ui *ui, const struct mt_error *err);
void mt_ui_ask(struct mt_ui *ui, unsigned (*yes)(struct mt_ui *ui), const char *title);
/* Quits, or asks first when there is something to lose. */
unsigned mt_ui_quit(struct mt_ui *ui);
/* Whether the plan has changes that no export holds. */
bool mt_ui_unsaved(const struct mt_ui *ui);

/* --- the dashboard around the table (view_dashboard.c) ----------------------- */

struct mt_layout {
  /* h = 0: absent; preview: of the selected column, where the table leaves room */
  struct mt_rect header, graphs, table, preview, side, strip, footer;
  bool boxes; /* the table has a border */
};
struct mt_layout mt_dashboard_layout(const struct mt_ui *ui);
/* Rows of columns that the table shows. */
int mt_table_rows(const struct mt_layout *layout);
void mt_dashboard_draw(const struct mt_ui *ui, struct mt_canvas *c);
/* Its parts (view_header.c; graphs.h has more). */
void mt_header_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
/* The table in its frame, or alone; the columns that it takes (view_table.c). */
void mt_table_frame_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
void mt_table_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
/* Where there is no frame: filter, marks and place at the end of line y, which ends at
 * x; the columns that it took. */
int mt_table_state_draw(const struct mt_ui *ui, struct mt_canvas *c, int x, int y);
/* What the table's cells are, at the size of the screen. */
struct mt_rect mt_table_area(const struct mt_ui *ui);
struct mt_fit mt_table_fit(const struct mt_ui *ui, size_t skip);
/* The part at column x of the screen; MT_PART_COUNT: none. */
enum mt_table_part mt_table_part_at(const struct mt_ui *ui, int x);
/* What is known of the selected column (view_preview.c): in lines, and in panes. */
void mt_strip_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
void mt_preview_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
/* The keys of a context, in line y: those that do nothing now are dim. */
void mt_footer_draw(const struct mt_ui *ui, struct mt_canvas *c, int y, int width,
                    enum mt_context context);

/* --- pieces that views share -------------------------------------------------- */

/* A path without its folders, where that leaves something. */
const char *mt_base_name(const char *path);
/* Begins the first line of a view on the whole screen: which one it is, and of what file.
 * The pen goes on behind it. */
struct mt_pen mt_title_draw(const struct mt_ui *ui, struct mt_canvas *c,
                            const char *view);
/* What the last action did, if anything, above the last line: in as many lines as it
 * needs, since what to do next is at its end. */
void mt_message_draw(const struct mt_ui *ui, struct mt_canvas *c);
/* Which one of how many it is, in the lower edge of a box. */
void mt_place_draw(struct mt_canvas *c, struct mt_rect box, size_t place, size_t count);
/* What happened, and what to do about it: lines of that width that it needs; the lines
 * that it took. */
int mt_error_lines(const struct mt_canvas *c, const struct mt_error *err, int width);
int mt_error_draw(struct mt_canvas *c, struct mt_rect r, enum mt_role role,
                  const struct mt_error *err);
/* Asks whether the file of that path is to be replaced; how: the question itself. */
void mt_ui_ask_replace(struct mt_ui *ui, unsigned (*yes)(struct mt_ui *ui),
                       const struct mt_entry *path, const char *how);
/* Where a dialog with such an inside lies on a screen of screen_width x screen_height. */
struct mt_rect mt_dialog_place(int screen_width, int screen_height, int width,
                               int height);
/* Clears the middle of the canvas and draws a border there; what lies around it recedes.
 * Returns the inside. */
struct mt_rect mt_dialog_draw(struct mt_canvas *c, int width, int height,
                              const char *title);
/* Moves a cursor or the top of a page in a list of n rows, of which `page` are
 * shown.  Whether the action was a movement. */
bool mt_list_move(size_t *position, size_t n, size_t page, enum mt_action action);
/* How a loss class looks; what is not proven on every row never looks safe. */
enum mt_role mt_class_role(enum mt_class c, const struct mt_snapshot *s);
/* Whether the load fits, in a word. */
struct mt_verdict_look {
  enum mt_role role;
  const char *mark, *text; /* "" where nothing can be said */
};
struct mt_verdict_look mt_verdict_look(const struct mt_snapshot *s,
                                       const struct mt_glyphs *g);
/* "−70.7 %" of before -> after; "" when there is no change. */
#define MT_PERCENT_TEXT 24
const char *mt_percent(char dst[MT_PERCENT_TEXT], uint64_t before, uint64_t after,
                       const struct mt_glyphs *g);
/* "-", or "-" and 2 more, each in its quotes: the sentinels of a column that has some. */
#define MT_SENTINELS_TEXT 40
const char *mt_sentinels(char dst[MT_SENTINELS_TEXT], const struct mt_column_view *v);
/* "3 s", "2 min", "1 h 5 min". */
#define MT_SECONDS_TEXT 32
const char *mt_seconds(char dst[MT_SECONDS_TEXT], double seconds);

/* What a column may become (view_choices.c). */
void mt_choices_open(struct mt_ui *ui, size_t column);
void mt_choices_refresh(struct mt_ui *ui);
/* Draws the list of dtypes; the detail view and the picker share it. */
void mt_choices_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
/* The heading of a list that is as wide as the screen. */
void mt_choices_heading_draw(struct mt_canvas *c, int y);
/* Why the selected row is a choice, or none: its reason and its proof. */
#define MT_CHOICE_TEXT 320
void mt_choices_explain(const struct mt_ui *ui, char *dst, size_t cap);
unsigned mt_choices_take(struct mt_ui *ui);
/* Actions that change the plan or the engine, for one column or several in ascending
 * order (view_plan.c); and why one cannot be done for a column. */
unsigned mt_plan_act(struct mt_ui *ui, enum mt_action action, size_t column);
unsigned mt_plan_act_on(struct mt_ui *ui, enum mt_action action, const size_t *columns,
                        size_t n);
const char *mt_plan_why_not(const struct mt_ui *ui, enum mt_action action, size_t column);
/* The form, or the progress of an export that runs. */
void mt_export_open(struct mt_ui *ui);
/* Shows or says how an export ended (view_exporting.c). */
void mt_export_follow(struct mt_ui *ui);
/* Commands for the view on top (view_palette.c). */
void mt_palette_open(struct mt_ui *ui);
/* Pieces of the data view (view_data.c, view_lines.c): how far what takes long is, and
 * whether anything does; what is known of a cell that begins on a line; the page's lines,
 * and the one under the cursor. */
bool mt_data_draw_progress(const struct mt_ui *ui, struct mt_pen *pen);
void mt_data_draw_facts(const struct mt_ui *ui, struct mt_pen *pen,
                        const struct mt_page_cell *cell, uint64_t line);
void mt_lines_draw(const struct mt_ui *ui, struct mt_canvas *c, struct mt_rect r);
void mt_lines_draw_facts(const struct mt_ui *ui, struct mt_pen *pen);
/* The cell under the data view's cursor as a whole (view_cell.c). */
void mt_cell_open(struct mt_ui *ui);
/* The code that loads the dataset as planned (view_code.c). */
unsigned mt_code_open(struct mt_ui *ui);
/* Everything that is wrong in the file (view_faults.c). */
unsigned mt_faults_open(struct mt_ui *ui);
/* Help for the view on top (view_help.c). */
void mt_help_open(struct mt_ui *ui);

#endif
