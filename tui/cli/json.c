#include "tui/cli/json.h"

#include <errno.h>

#include "config.h"
#include "core/base/buffer.h"
#include "core/cells/json.h"

#define SCHEMA_VERSION 1
#define WRITE_BYTES ((size_t)64 << 10)
#define MOST_COLUMN ((size_t)64 << 20) /* and what is not written yet */

static void print_faults(struct mt_json *j, const struct mt_fault_list *l)
{
  mt_json_array(j, "faults");
  for (int k = 0; k < MT_FAULT_KINDS; k++) {
    if (l->count[k] == 0)
      continue;
    mt_json_object(j, NULL);
    mt_json_string(j, "kind", mt_fault_name((enum mt_fault_kind)k));
    mt_json_uint(j, "count", l->count[k]);
    mt_json_string(j, "text", mt_fault_text((enum mt_fault_kind)k, l->count[k]));
    mt_json_array(j, "first");
    for (int i = 0; i < mt_fault_places(l, (enum mt_fault_kind)k); i++) {
      mt_json_row(j, NULL);
      mt_json_uint(j, "line", l->first[k][i].line);
      mt_json_uint(j, "byte", l->first[k][i].byte);
      mt_json_uint(j, "detail", l->first[k][i].detail);
      mt_json_close(j);
    }
    mt_json_close(j);
    mt_json_close(j);
  }
  mt_json_close(j);
}

static void print_lengths(struct mt_json *j, const struct mt_column_statistics *s)
{
  if (s->values == 0) {
    mt_json_null(j, "lengths");
    return;
  }
  mt_json_object(j, "lengths");
  mt_json_uint(j, "min", s->length_min);
  mt_json_uint(j, "max", s->length_max);
  mt_json_double(j, "mean", s->length_mean);
  mt_json_array(j, "buckets");
  for (unsigned i = 0; i < MT_LENGTH_BUCKETS; i++) {
    bool last = i + 1 == MT_LENGTH_BUCKETS;
    if (s->length[i] == 0)
      continue;
    mt_json_row(j, NULL);
    mt_json_uint(j, "low", mt_length_bucket_low(i));
    mt_json_uint(j, "high", last ? s->length_max : mt_length_bucket_low(i + 1) - 1);
    mt_json_uint(j, "count", s->length[i]);
    mt_json_close(j);
  }
  mt_json_close(j);
  mt_json_close(j);
}

static void print_top(struct mt_json *j, const struct mt_column_statistics *s)
{
  mt_json_array(j, "top");
  for (size_t i = 0; i < s->top_len; i++) {
    const struct mt_top_value *v = &s->top[i];
    mt_json_row(j, NULL);
    mt_json_bytes(j, "value", v->text, v->len);
    mt_json_uint(j, "count", v->count);
    if (v->cut)
      mt_json_bool(j, "cut", true);
    mt_json_close(j);
  }
  mt_json_close(j);
  mt_json_bool(j, "top_exact", s->top_exact);
}

/* Within 64 bits, signed or not. */
static void print_integer(struct mt_json *j, const char *key, __int128 v)
{
  if (v > INT64_MAX)
    mt_json_uint(j, key, (uint64_t)v);
  else
    mt_json_int(j, key, (int64_t)v);
}

static void print_statistics(struct mt_json *j, struct mt_session *session, size_t i)
{
  struct mt_column_statistics s;
  char key[16];

  mt_session_statistics(session, i, &s);
  mt_json_object(j, "statistics");
  mt_json_uint(j, "count", s.count);
  if (s.integers) {
    print_integer(j, "min", s.int_min);
    print_integer(j, "max", s.int_max);
  } else {
    mt_json_double(j, "min", s.min);
    mt_json_double(j, "max", s.max);
  }
  mt_json_double(j, "mean", s.mean);
  mt_json_double(j, "stddev", s.stddev);
  mt_json_row(j, "quantiles");
  for (size_t k = 0; k < MT_QUANTILE_COUNT; k++) {
    snprintf(key, sizeof key, "%.2g", mt_quantile_shares[k]);
    mt_json_double(j, key, s.quantile[k]);
  }
  mt_json_close(j);
  mt_json_double(j, "quantile_error", s.quantile_error);
  mt_json_array(j, "histogram");
  for (size_t k = 0; k < s.bins; k++) {
    mt_json_row(j, NULL);
    mt_json_double(j, "low", s.edge[k]);
    mt_json_double(j, "high", s.edge[k + 1]);
    mt_json_uint(j, "count", s.bin[k]);
    mt_json_close(j);
  }
  mt_json_close(j);
  mt_json_bool(j, "histogram_exact", s.histogram_exact);
  print_top(j, &s);
  print_lengths(j, &s);
  mt_json_uint(j, "runs", s.runs);
  if (s.sorted == MT_SORTED_UNKNOWN)
    mt_json_null(j, "sorted");
  else
    mt_json_string(j, "sorted", mt_sorted_name(s.sorted));
  mt_json_close(j);
}

static void print_known(struct mt_json *j, const char *key, uint64_t value)
{
  if (value == MT_UNKNOWN)
    mt_json_null(j, key);
  else
    mt_json_uint(j, key, value);
}

/* What a default load takes, engine by engine. */
static void print_memory(struct mt_json *j, struct mt_session *session,
                         const struct mt_snapshot *snap)
{
  mt_json_object(j, "memory");
  for (int e = 0; e < MT_ENGINE_COUNT; e++) {
    enum mt_engine engine = (enum mt_engine)e;
    struct mt_load load;

    mt_session_load(session, engine, &load);
    mt_json_row(j, mt_engine_name(engine));
    mt_json_uint(j, "reported", load.reported);
    print_known(j, "resident", load.resident);
    if (load.peak_high == MT_UNKNOWN) {
      mt_json_null(j, "peak");
    } else {
      mt_json_array(j, "peak");
      mt_json_uint(j, NULL, load.peak_low);
      mt_json_uint(j, NULL, load.peak_high);
      mt_json_close(j);
    }
    print_known(j, "base", load.base);
    mt_json_string(
        j, "verdict",
        mt_verdict_name(mt_verdict(load.peak_high, load.base, snap->memory.available)));
    mt_json_close(j);
  }
  mt_json_close(j);
}

static void print_column_memory(struct mt_json *j, struct mt_session *session,
                                size_t column)
{
  mt_json_object(j, "memory");
  for (int e = 0; e < MT_ENGINE_COUNT; e++) {
    struct mt_column_memory m;

    mt_session_column_memory(session, column, (enum mt_engine)e, &m);
    mt_json_row(j, mt_engine_name((enum mt_engine)e));
    mt_json_string(j, "dtype", m.dtype);
    mt_json_uint(j, "reported", m.reported);
    print_known(j, "resident", m.resident);
    mt_json_close(j);
  }
  mt_json_close(j);
}

/* Where a value is and how it begins; value: that is known. */
static void print_place(struct mt_json *j, const char *key, const struct mt_place *p,
                        bool value)
{
  if (p->line == 0)
    return;
  mt_json_row(j, key);
  mt_json_uint(j, "line", p->line);
  if (value) {
    mt_json_uint(j, "byte", p->byte);
    mt_json_bytes(j, "value", p->text, p->len);
    if (p->cut)
      mt_json_bool(j, "cut", true);
  }
  mt_json_close(j);
}

static void print_findings(struct mt_json *j, const char *key,
                           const struct mt_findings *l, const struct mt_snapshot *snap)
{
  mt_json_array(j, key);
  for (size_t i = 0; i < l->len; i++) {
    const struct mt_finding *f = &l->item[i];

    mt_json_row(j, NULL);
    mt_json_string(j, "kind", mt_finding_name(f->kind));
    mt_json_uint(j, "count", f->count);
    print_place(j, "first", &f->place, f->place.byte > 0 || f->place.len > 0);
    if (f->kind == MT_FINDING_DUPLICATE)
      mt_json_bytes(j, "of", snap->names[f->column].text, snap->names[f->column].len);
    if (f->kind == MT_FINDING_SENTINELS) {
      mt_json_array(j, "tokens");
      for (int k = 0; k < MT_SENTINEL_COUNT; k++)
        if (f->sentinel_words >> k & 1)
          mt_json_string(j, NULL, mt_sentinel_text(k));
      mt_json_close(j);
    }
    mt_json_string(j, "text", f->text);
    mt_json_close(j);
  }
  mt_json_close(j);
}

/* Every dtype the column could have: what it would take and why it may, or which value
 * rules it out. */
static void print_candidates(struct mt_json *j, const struct mt_column_detail *d)
{
  mt_json_array(j, "candidates");
  for (int t = 0; t < MT_DTYPE_COUNT; t++) {
    const struct mt_candidate *k = &d->candidate[t];

    mt_json_row(j, NULL);
    mt_json_string(j, "type", mt_dtype_name((enum mt_dtype)t));
    mt_json_string(j, "class", mt_class_name(k->class_));
    if (k->class_ != MT_CLASS_BLOCKED) {
      mt_json_string(j, "dtype", t == MT_DROP ? mt_dtype_name(MT_DROP) : k->name);
      mt_json_uint(j, "bytes", k->bytes);
    }
    if (k->proof[0] != '\0')
      mt_json_string(j, "proof", k->proof);
    if (k->reason[0] != '\0')
      mt_json_string(j, "reason", k->reason);
    print_place(j, k->class_ == MT_CLASS_BLOCKED ? "blocker" : "first", &k->place, true);
    mt_json_close(j);
  }
  mt_json_close(j);
}

static void print_column(struct mt_json *j, struct mt_session *session,
                         const struct mt_snapshot *snap, size_t i)
{
  const struct mt_column_view *v = &snap->columns[i];
  struct mt_column_detail d;

  mt_session_detail(session, i, &d);
  mt_json_object(j, NULL);
  mt_json_bytes(j, "name", snap->names[i].text, snap->names[i].len);
  mt_json_bool(j, "index", v->is_index);
  mt_json_string(j, "dtype", v->dtype);
  mt_json_uint(j, "nulls", v->nulls);
  mt_json_uint(j, "plan_nulls", v->plan_nulls);
  mt_json_uint(j, "distinct", v->distinct);
  mt_json_bool(j, "distinct_exact", v->distinct_exact);
  mt_json_uint(j, "bytes", v->now);
  mt_json_row(j, "suggested");
  mt_json_string(j, "dtype", v->suggested);
  mt_json_uint(j, "bytes", v->suggested_bytes);
  mt_json_string(j, "class", mt_class_name((enum mt_class)v->suggested_class));
  mt_json_close(j);
  mt_json_row(j, "planned");
  mt_json_string(j, "dtype", v->planned);
  mt_json_string(j, "type", mt_dtype_name((enum mt_dtype)v->planned_dtype));
  mt_json_uint(j, "bytes", v->after);
  mt_json_string(j, "class", mt_class_name((enum mt_class)v->planned_class));
  mt_json_close(j);
  print_column_memory(j, session, i);
  print_statistics(j, session, i);
  print_findings(j, "warnings", &d.warnings, snap);
  print_findings(j, "notes", &d.notes, snap);
  print_candidates(j, &d);
  mt_json_close(j);
}

static void print_dataset(struct mt_json *j, struct mt_session *session,
                          const struct mt_snapshot *snap, const char *apply)
{
  const struct mt_reader_schema *schema = mt_session_schema(session);

  mt_json_uint(j, "schema_version", SCHEMA_VERSION);
  mt_json_string(j, "memtop", PACKAGE_VERSION);
  mt_json_row(j, "file");
  mt_json_string(j, "path", schema->path);
  mt_json_string(j, "format", schema->format);
  mt_json_uint(j, "bytes", schema->size);
  mt_json_close(j);
  mt_json_string(j, "engine", mt_engine_name(snap->engine));
  mt_json_uint(j, "rows", snap->rows);
  mt_json_string(j, "scan", snap->scan == MT_SCAN_DONE ? "complete" : "partial");
  mt_json_uint(j, "bytes", snap->now_total);
  mt_json_uint(j, "index_bytes", snap->index_bytes);
  mt_json_uint(j, "planned_bytes", snap->after_total);
  mt_json_string(j, "apply", apply);
  print_memory(j, session, snap);
  print_faults(j, &snap->faults);
}

static int write_out(FILE *f, struct mt_buffer *b)
{
  size_t n = b->len;

  b->len = 0;
  return fwrite(b->data, 1, n, f) == n ? 0 : errno;
}

int mt_json_print(FILE *f, struct mt_session *session, const struct mt_snapshot *snap,
                  const char *apply)
{
  struct mt_buffer out;
  struct mt_json j;
  int rc = 0;

  mt_buffer_init(&out, MOST_COLUMN);
  mt_json_begin(&j, &out, true);
  mt_json_object(&j, NULL);
  print_dataset(&j, session, snap, apply);
  mt_json_array(&j, "columns");
  for (size_t i = 0; i < snap->column_count && rc == 0; i++) {
    print_column(&j, session, snap, i);
    rc = j.error != 0 ? j.error : out.len >= WRITE_BYTES ? write_out(f, &out) : 0;
  }
  if (rc == 0) {
    mt_json_close(&j);
    mt_json_close(&j);
    rc = mt_json_end(&j);
  }
  if (rc == 0)
    rc = mt_buffer_append(&out, "\n", 1);
  if (rc == 0)
    rc = write_out(f, &out);
  if (rc == 0 && fflush(f) != 0)
    rc = errno;
  mt_buffer_reset(&out);
  return rc;
}
