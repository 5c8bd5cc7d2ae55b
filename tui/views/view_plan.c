/* Actions that change the plan or the engine: the same in the table, where they may be
 * for several columns, and in the detail view. */
#include "core/base/text.h"
#include "tui/views/view.h"

static unsigned say_changed(struct mt_ui *ui, size_t columns, const char *done,
                            const char *nothing)
{
  char count[MT_COUNT_TEXT];
  if (columns == 0)
    mt_ui_say(ui, MT_ROLE_DIM, "%s", nothing);
  else
    mt_ui_say(ui, MT_ROLE_GOOD, "%s %s column%s", done, mt_format_count(count, columns),
              columns == 1 ? "" : "s");
  return MT_REACT_SNAPSHOT;
}

/* Of n columns, what was done to some. */
static unsigned say_of(struct mt_ui *ui, size_t changed, size_t n, const char *nothing)
{
  char count[MT_COUNT_TEXT], all[MT_COUNT_TEXT];
  if (n == 1 || changed == n || changed == 0)
    return say_changed(ui, changed, "applied to", nothing);
  mt_ui_say(ui, MT_ROLE_GOOD,
            "applied to %s of %s columns: for the others nothing better is known",
            mt_format_count(count, changed), mt_format_count(all, n));
  return MT_REACT_SNAPSHOT;
}

static unsigned step(struct mt_ui *ui,
                     size_t (*move)(struct mt_session *, struct mt_error *),
                     const char *done, const char *nothing)
{
  struct mt_error err = {0};
  size_t columns = move(ui->session, &err);
  if (err.code == 0)
    return say_changed(ui, columns, done, nothing);
  mt_ui_say_error(ui, &err);
  return MT_REACT_SNAPSHOT;
}

static unsigned null_sentinels(struct mt_ui *ui, const size_t *columns, size_t n)
{
  struct mt_error err = {0};
  char count[MT_COUNT_TEXT];
  size_t changed;
  if (mt_session_null_sentinels_of(ui->session, columns, n, &changed, &err) != 0)
    mt_ui_say_error(ui, &err);
  else if (n == 1)
    mt_ui_say(ui, MT_ROLE_GOOD, "its sentinels are null now; u takes it back");
  else
    mt_ui_say(ui, MT_ROLE_GOOD,
              "the sentinels of %s column%s are null now; u takes it back",
              mt_format_count(count, changed), changed == 1 ? "" : "s");
  return MT_REACT_SNAPSHOT;
}

static const char *nothing_better(const struct mt_ui *ui, size_t n)
{
  if (ui->snap->scan == MT_SCAN_RUNNING)
    return n == 1 ? "nothing to apply yet: the scan has found no better dtype so far"
                  : "nothing to apply yet: the scan has found no better dtypes so far";
  return n == 1 ? "nothing to apply: no better dtype is known for this column"
                : "nothing to apply: no better dtype is known for these columns";
}

unsigned mt_plan_act_on(struct mt_ui *ui, enum mt_action action, const size_t *columns,
                        size_t n)
{
  if (ui->session == NULL)
    return MT_REACT_NONE;
  switch (action) {
  case MT_ACTION_APPLY:
    return say_of(ui, mt_session_apply_to(ui->session, columns, n), n,
                  nothing_better(ui, n));
  case MT_ACTION_APPLY_ALL:
    return say_changed(ui, mt_session_apply_all(ui->session, false), "applied to",
                       ui->snap->scan == MT_SCAN_RUNNING
                           ? "nothing to apply yet that is exact or equal"
                           : "nothing left to apply that is exact or equal");
  case MT_ACTION_NULLS:
    return null_sentinels(ui, columns, n);
  case MT_ACTION_UNDO:
    return step(ui, mt_session_undo, "took back the change of", "nothing to undo");
  case MT_ACTION_REDO:
    return step(ui, mt_session_redo, "made again the change of", "nothing to redo");
  case MT_ACTION_ENGINE: {
    enum mt_engine next = (mt_session_engine(ui->session) + 1) % MT_ENGINE_COUNT;
    mt_session_set_engine(ui->session, next);
    mt_ui_say(ui, MT_ROLE_TEXT, "memory as %s counts it", mt_engine_title(next));
    return MT_REACT_SNAPSHOT;
  }
  default:
    return MT_REACT_UNHANDLED;
  }
}

unsigned mt_plan_act(struct mt_ui *ui, enum mt_action action, size_t column)
{
  return mt_plan_act_on(ui, action, &column, 1);
}

/* --- why not ------------------------------------------------------------------- */

/* A running scan may know more than the snapshot: then the session says. */
static const char *why_not_apply(const struct mt_ui *ui, const struct mt_column_view *v)
{
  const struct mt_snapshot *s = ui->snap;
  if (v->suggested_class == MT_CLASS_NONE && s->scan != MT_SCAN_RUNNING)
    return nothing_better(ui, 1);
  if (v->changed && v->planned_dtype == v->suggested_dtype)
    return mt_ui_has(ui, &mt_view_detail)
               ? "applied already: u takes the last change back, Enter chooses a dtype"
               : "applied already: u takes the last change back, t chooses another dtype";
  return NULL;
}

static bool can_read_again(const struct mt_ui *ui)
{
  struct mt_error err = {0};
  return ui->session == NULL || mt_session_can_read_again(ui->session, &err) == 0;
}

static const char *why_not_null(const struct mt_ui *ui, const struct mt_column_view *v)
{
  if (v->sentinels == 0)
    return NULL; /* the session knows more about it */
  if (ui->snap->scan == MT_SCAN_RUNNING || ui->snap->export_state == MT_EXPORT_RUNNING)
    return "the file has to be read again for that: wait until the scan or export is "
           "over";
  if (!can_read_again(ui))
    return "the file would have to be read again, and this input can be read only once";
  return NULL;
}

const char *mt_plan_why_not(const struct mt_ui *ui, enum mt_action action, size_t column)
{
  const struct mt_snapshot *s = ui->snap;
  switch (action) {
  case MT_ACTION_UNDO:
    return s->undo_depth == 0 ? "nothing to undo" : NULL;
  case MT_ACTION_REDO:
    return s->redo_depth == 0 ? "nothing to redo" : NULL;
  case MT_ACTION_EXPORT:
    return can_read_again(ui) ? NULL
                              : "an export reads the rows again, and those of a pipe are "
                                "gone: store it in a file first";
  case MT_ACTION_APPLY:
    return why_not_apply(ui, &s->columns[column]);
  case MT_ACTION_NULLS:
    return why_not_null(ui, &s->columns[column]);
  default:
    return NULL;
  }
}
