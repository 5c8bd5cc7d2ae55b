#include "tui/json.h"

#include "config.h"
#include "core/json.h"

#define SCHEMA_VERSION 1

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
    for (uint64_t i = 0; i < l->count[k] && i < MT_FAULT_KEPT; i++) {
      if (l->first[k][i].line == 0)
        break;
      mt_json_object(j, NULL);
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

static void print_column(struct mt_json *j, struct mt_session *session,
                         const struct mt_snapshot *snap, size_t i)
{
  const struct mt_column_view *v = &snap->columns[i];
  struct mt_column_detail d;

  mt_session_detail(session, i, &d);
  mt_json_object(j, NULL);
  mt_json_bytes(j, "name", snap->names[i].text, snap->names[i].len);
  mt_json_string(j, "dtype", v->dtype);
  mt_json_uint(j, "nulls", v->nulls);
  mt_json_uint(j, "plan_nulls", v->plan_nulls);
  mt_json_uint(j, "distinct", v->distinct);
  mt_json_bool(j, "distinct_exact", v->distinct_exact);
  mt_json_uint(j, "bytes", v->now);
  mt_json_object(j, "suggested");
  mt_json_string(j, "dtype", v->suggested);
  mt_json_uint(j, "bytes", v->suggested_bytes);
  mt_json_string(j, "class", mt_class_name((enum mt_class)v->suggested_class));
  mt_json_close(j);
  mt_json_object(j, "planned");
  mt_json_string(j, "dtype", v->planned);
  mt_json_string(j, "type", mt_dtype_name((enum mt_dtype)v->planned_dtype));
  mt_json_uint(j, "bytes", v->after);
  mt_json_string(j, "class", mt_class_name((enum mt_class)v->planned_class));
  mt_json_close(j);
  mt_json_array(j, "warnings");
  for (size_t k = 0; k < d.warnings_len; k++)
    mt_json_string(j, NULL, d.warnings[k]);
  mt_json_close(j);
  mt_json_close(j);
}

int mt_json_print(struct mt_buffer *out, struct mt_session *session,
                  const struct mt_snapshot *snap, const char *apply)
{
  const struct mt_reader_schema *schema = mt_session_schema(session);
  struct mt_json j;

  mt_json_begin(&j, out, true);
  mt_json_object(&j, NULL);
  mt_json_uint(&j, "schema_version", SCHEMA_VERSION);
  mt_json_string(&j, "memtop", PACKAGE_VERSION);
  mt_json_object(&j, "file");
  mt_json_string(&j, "path", schema->path);
  mt_json_string(&j, "format", schema->format);
  mt_json_uint(&j, "bytes", schema->size);
  mt_json_close(&j);
  mt_json_string(&j, "engine", mt_engine_name(snap->engine));
  mt_json_uint(&j, "rows", snap->rows);
  mt_json_string(&j, "scan", snap->scan == MT_SCAN_DONE ? "complete" : "partial");
  mt_json_uint(&j, "bytes", snap->now_total);
  mt_json_uint(&j, "index_bytes", snap->index_bytes);
  mt_json_uint(&j, "planned_bytes", snap->after_total);
  mt_json_string(&j, "apply", apply);
  print_faults(&j, &snap->faults);
  mt_json_array(&j, "columns");
  for (size_t i = 0; i < snap->column_count; i++)
    print_column(&j, session, snap, i);
  mt_json_close(&j);
  mt_json_close(&j);
  if (mt_json_end(&j) != 0)
    return mt_json_end(&j);
  return mt_buffer_append(out, "\n", 1);
}
