#include "tui/cli/plan_io.h"

#include <errno.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "formats/output.h"

#define MOST_PLAN ((size_t)256 << 20)

int mt_plan_load(struct mt_plan_file *f, const char *path, struct mt_error *err)
{
  struct mt_buffer b;
  int rc;

  mt_plan_file_init(f);
  mt_buffer_init(&b, MOST_PLAN);
  rc = mt_file_read(&b, path, true, err);
  if (rc == ENOENT || rc == EACCES)
    mt_fail(err, rc, "cannot open the plan %s: %s", path, strerror(rc));
  if (rc == 0)
    rc = mt_plan_file_parse(f, b.data, b.len, err);
  mt_buffer_reset(&b);
  return rc;
}

int mt_plan_save(struct mt_session *s, const char *path, bool force, struct mt_error *err)
{
  struct mt_output *out = NULL;
  struct mt_plan_file f;
  struct mt_buffer b;
  int rc;

  mt_buffer_init(&b, MOST_PLAN);
  rc = mt_session_plan_entries(s, &f);
  if (rc == 0)
    rc = mt_plan_file_print(&f, &b);
  if (rc == 0)
    rc = mt_buffer_append(&b, "\n", 1);
  mt_plan_file_reset(&f);
  if (rc != 0)
    mt_fail_memory(err);
  else
    rc = mt_output_open(&out, path, mt_session_schema(s)->path, force, err);
  if (rc == 0) {
    rc = mt_output_write(out, b.data, b.len, err);
    if (rc == 0)
      rc = mt_output_commit(out, NULL, err);
    else
      mt_output_abort(out);
  }
  mt_buffer_reset(&b);
  return rc;
}

void mt_plan_print_breaches(FILE *f, struct mt_session *s, const struct mt_breach_list *l)
{
  const struct mt_reader_schema *schema = mt_session_schema(s);
  char count[MT_COUNT_TEXT], line[MT_COUNT_TEXT], name[200];

  for (size_t i = 0; i < l->len; i++) {
    const struct mt_breach *b = &l->item[i];

    if (b->column >= schema->columns) {
      fprintf(f, "column \"%s\" %s\n", b->value, b->rule);
      continue;
    }
    mt_sanitise(name, sizeof name, schema->names[b->column].text,
                schema->names[b->column].len, 40);
    fprintf(f, "column \"%s\", line %s: \"%s\" %s (planned: %s)\n", name,
            mt_format_count(line, b->line), b->value, b->rule, mt_dtype_name(b->planned));
  }
  if (l->count > l->len)
    fprintf(f, "... and %s more\n", mt_format_count(count, l->count - l->len));
}
