#include "tui/cli/report.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#define NAME_COLUMNS 32

static size_t name_width(const struct mt_snapshot *snap)
{
  size_t widest = 4;

  for (size_t i = 0; i < snap->column_count && widest < NAME_COLUMNS; i++) {
    char name[4 * NAME_COLUMNS + 8];
    mt_sanitise(name, sizeof name, snap->names[i].text, snap->names[i].len, NAME_COLUMNS);
    size_t w = mt_text_width(name);
    if (w > widest)
      widest = w;
  }
  return widest;
}

static int pad(struct mt_buffer *out, const char *s, size_t columns)
{
  size_t w = mt_text_width(s);
  return mt_buffer_printf(out, "%s%*s", s, (int)(columns > w ? columns - w : 0), "");
}

static int print_column(struct mt_buffer *out, const struct mt_snapshot *snap, size_t i,
                        size_t width, bool ascii)
{
  const struct mt_column_view *v = &snap->columns[i];
  char name[4 * NAME_COLUMNS + 8], now[MT_SIZE_CELL], after[MT_SIZE_CELL];
  char saved[MT_SIZE_CELL], nulls[MT_COUNT_TEXT], distinct[MT_COUNT_TEXT];
  bool grows = v->after > v->now;
  int rc;

  mt_sanitise(name, sizeof name, snap->names[i].text, snap->names[i].len, NAME_COLUMNS);
  mt_format_size_cell(now, v->now);
  mt_format_size_cell(after, v->after);
  mt_format_size_cell(saved, grows ? v->after - v->now : v->now - v->after);
  rc = pad(out, name, width);
  if (rc == 0)
    rc = mt_buffer_printf(
        out, "  %-8s %s %12s %s%12s %7s  %s %-19s %7s %s%s\n", v->dtype,
        v->warn ? (ascii ? "X" : "⚠") : " ", mt_format_count(nulls, v->nulls),
        v->distinct_exact ? " " : "~", mt_format_count(distinct, v->distinct), now,
        mt_class_mark(v->changed ? (enum mt_class)v->planned_class : MT_CLASS_NONE,
                      ascii),
        v->planned, after, grows ? "-" : " ", v->after == v->now ? "" : saved);
  return rc;
}

/* With the option that makes them null. */
static int print_sentinels(struct mt_buffer *out, const char *name,
                           const struct mt_finding *f)
{
  const char *between = "";
  int rc = mt_buffer_printf(out, "%s: %s (--null \"%s=", name, f->text, name);

  for (int i = 0; i < MT_SENTINEL_COUNT && rc == 0; i++) {
    if (!(f->sentinel_words >> i & 1))
      continue;
    rc = mt_buffer_printf(out, "%s%s", between, mt_sentinel_text(i));
    between = ",";
  }
  return rc ? rc : mt_buffer_printf(out, "\" makes that null)\n");
}

static int print_column_remarks(struct mt_buffer *out, const char *name,
                                const struct mt_column_detail *d)
{
  const struct mt_column_view *v = &d->view;
  bool review = !v->changed && (v->suggested_class == MT_CLASS_REVIEW ||
                                v->suggested_class == MT_CLASS_ROUNDED);
  int rc = 0;

  for (size_t k = 0; k < d->warnings.len && rc == 0; k++)
    rc = mt_buffer_printf(out, "%s: %s\n", name, d->warnings.item[k].text);
  for (size_t k = 0; k < d->notes.len && rc == 0; k++) {
    const struct mt_finding *f = &d->notes.item[k];

    rc = f->kind == MT_FINDING_SENTINELS
             ? print_sentinels(out, name, f)
             : mt_buffer_printf(out, "%s: %s\n", name, f->text);
  }
  if (review && rc == 0)
    rc = mt_buffer_printf(out, "%s: %s would do (%s: %s)\n", name, v->suggested,
                          mt_class_name((enum mt_class)v->suggested_class),
                          d->candidate[v->suggested_dtype].reason);
  return rc;
}

/* What the default does to the data, what there is to know of the values, and suggestions
 * that are a person's to make. */
static int print_remarks(struct mt_buffer *out, struct mt_session *session,
                         const struct mt_snapshot *snap)
{
  size_t before;
  int rc = mt_buffer_printf(out, "\n");

  before = out->len;
  for (size_t i = 0; i < snap->column_count && rc == 0; i++) {
    struct mt_column_detail d;
    char name[4 * NAME_COLUMNS + 8];

    mt_sanitise(name, sizeof name, snap->names[i].text, snap->names[i].len, NAME_COLUMNS);
    mt_session_detail(session, i, &d);
    rc = print_column_remarks(out, name, &d);
  }
  if (rc == 0 && out->len == before)
    out->len--; /* nothing to set apart */
  return rc;
}

/* What a default load takes of the machine, and whether that fits; of some rows only
 * that it does not. */
static int print_load(struct mt_buffer *out, const struct mt_snapshot *snap)
{
  bool done = snap->scan == MT_SCAN_DONE;
  char bytes[MT_SIZE_PROSE], low[MT_SIZE_PROSE], high[MT_SIZE_PROSE];
  int rc = 0;

  if (snap->resident_total != MT_UNKNOWN)
    rc = mt_buffer_printf(out, "resident %s; ",
                          mt_format_size(bytes, snap->resident_total));
  if (rc == 0 && snap->peak_high == MT_UNKNOWN) {
    rc = mt_buffer_printf(out, "peak unknown");
  } else if (rc == 0) {
    mt_format_size(low, snap->base + snap->peak_low);
    mt_format_size(high, snap->base + snap->peak_high);
    rc = mt_buffer_printf(
        out, "peak %s%s%s, %s of it %s itself", low, strcmp(low, high) != 0 ? " to " : "",
        strcmp(low, high) != 0 ? high : "", mt_format_size(bytes, snap->base),
        mt_engine_title(snap->engine));
  }
  /* how much is free differs from run to run: said only where it decides */
  if (rc == 0 && snap->verdict == MT_VERDICT_NO)
    rc = mt_buffer_printf(out, ": does not fit, %s free",
                          mt_format_size(bytes, snap->memory.available));
  else if (rc == 0 && done && snap->verdict == MT_VERDICT_TIGHT)
    rc = mt_buffer_printf(out, ": tight, %s free",
                          mt_format_size(bytes, snap->memory.available));
  else if (rc == 0 && done && snap->verdict == MT_VERDICT_FITS)
    rc = mt_buffer_printf(out, ": fits");
  return rc ? rc : mt_buffer_printf(out, "\n\n");
}

int mt_report_print(struct mt_buffer *out, struct mt_session *session,
                    const struct mt_snapshot *snap, bool ascii)
{
  const struct mt_reader_schema *schema = mt_session_schema(session);
  char path[512], format[200], rows[MT_COUNT_TEXT], columns[MT_COUNT_TEXT];
  char now[MT_SIZE_PROSE], after[MT_SIZE_PROSE];
  char size[MT_SIZE_PROSE + 2] = "  ";
  size_t width = name_width(snap);
  double change = 0;
  int rc;

  if (snap->now_total > 0)
    change = 100 * ((double)snap->after_total / (double)snap->now_total - 1);
  mt_sanitise(path, sizeof path, schema->path, strlen(schema->path), 0);
  mt_sanitise(format, sizeof format, schema->format, strlen(schema->format), 0);
  if (schema->size > 0) /* a pipe does not tell */
    snprintf(size + 2, sizeof size - 2, "%s", mt_format_size(now, schema->size));
  rc = mt_buffer_printf(
      out, "%s  %s row%s x %s column%s%s  %s\n", path, mt_format_count(rows, snap->rows),
      snap->rows == 1 ? "" : "s", mt_format_count(columns, snap->column_count),
      snap->column_count == 1 ? "" : "s", schema->size > 0 ? size : "", format);
  if (rc == 0)
    rc = mt_buffer_printf(
        out, "%s: load %s -> planned %s (%+.1f %%)%s\n", mt_engine_title(snap->engine),
        mt_format_size(now, snap->now_total), mt_format_size(after, snap->after_total),
        change,
        snap->scan == MT_SCAN_PARTIAL ? "; first rows only: nothing is proven"
                                      : "; all rows scanned");
  if (rc == 0)
    rc = print_load(out, snap);
  if (rc == 0)
    rc = mt_buffer_printf(out, "%-*s  %-8s   %12s %13s %7s    %-19s %7s  %s\n",
                          (int)width, "name", "dtype", "nulls", "distinct", "now",
                          "planned", "after", "saving");
  for (size_t i = 0; i < snap->column_count && rc == 0; i++)
    rc = print_column(out, snap, i, width, ascii);
  return rc ? rc : print_remarks(out, session, snap);
}

void mt_report_faults(FILE *f, const struct mt_snapshot *snap)
{
  for (int k = 0; k < MT_FAULT_KINDS; k++) {
    char n[MT_COUNT_TEXT], line[MT_COUNT_TEXT];

    if (snap->faults.count[k] == 0)
      continue;
    fprintf(f, "memtop: %s %s; first on line %s, byte %llu\n",
            mt_format_count(n, snap->faults.count[k]),
            mt_fault_text((enum mt_fault_kind)k, snap->faults.count[k]),
            mt_format_count(line, snap->faults.first[k][0].line),
            (unsigned long long)snap->faults.first[k][0].byte);
  }
  if (mt_snapshot_hint(snap) != NULL)
    fprintf(f, "memtop: %s\n", mt_snapshot_hint(snap));
}

void mt_report_notes(FILE *f, const struct mt_snapshot *snap)
{
  const struct mt_null_words *w = &snap->null_words;
  char n[MT_COUNT_TEXT], m[MT_COUNT_TEXT], line[MT_COUNT_TEXT], value[80], name[160];

  if (snap->implicit_index > 0)
    fprintf(f,
            "memtop: rows have %zu more field%s than the header: pandas would take the "
            "first column%s as the index\n",
            snap->implicit_index, snap->implicit_index == 1 ? "" : "s",
            snap->implicit_index == 1 ? "" : "s");
  if (w->count == 0)
    return;
  mt_sanitise(value, sizeof value, w->first.text, w->first.len, 24);
  mt_sanitise(name, sizeof name, snap->names[w->first_column].text,
              snap->names[w->first_column].len, NAME_COLUMNS);
  fprintf(f,
          "memtop: %s text%s in %s column%s read as null; first \"%s%s\", column \"%s\", "
          "line %s\n",
          mt_format_count(n, w->count), w->count == 1 ? "" : "s",
          mt_format_count(m, w->columns), w->columns == 1 ? "" : "s", value,
          w->first.cut ? "..." : "", name, mt_format_count(line, w->first.line));
}
