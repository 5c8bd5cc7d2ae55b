#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/plan_file.h"

static int parse(struct mt_plan_file *f, const char *json, struct mt_error *e)
{
  memset(e, 0, sizeof *e);
  return mt_plan_file_parse(f, json, strlen(json), e);
}

static void test_reads_what_it_writes(void **state)
{
  static const char json[] =
      "{\n  \"memtop_plan\": 1,\n  \"columns\": [\n"
      "    {\n      \"name\": \"a \\\"b\\\" \\u00e9\",\n      \"dtype\": \"int8\",\n"
      "      \"nullable\": false\n    },\n"
      "    {\n      \"name\": \"day\",\n      \"dtype\": \"date\",\n"
      "      \"nullable\": true,\n      \"date_format\": \"%d/%m/%Y\"\n    }\n  ]\n}";
  struct mt_plan_file f, again;
  struct mt_buffer out;
  struct mt_error e;

  (void)state;
  assert_int_equal(parse(&f, json, &e), 0);
  assert_int_equal(f.len, 2);
  assert_string_equal(f.entry[0].name, "a \"b\" \xc3\xa9");
  assert_int_equal(f.entry[0].dtype, MT_INT8);
  assert_false(f.entry[0].nullable);
  assert_int_equal(f.entry[0].layout, MT_DATE_LAYOUT_COUNT);
  assert_int_equal(f.entry[1].dtype, MT_DATE);
  assert_true(f.entry[1].nullable);
  assert_int_equal(f.entry[1].layout, MT_DATE_DMY_SLASH);

  mt_buffer_init(&out, 1 << 20);
  assert_int_equal(mt_plan_file_print(&f, &out), 0);
  assert_int_equal(mt_plan_file_parse(&again, out.data, out.len, &e), 0);
  assert_int_equal(again.len, 2);
  assert_string_equal(again.entry[0].name, f.entry[0].name);
  assert_int_equal(again.entry[1].layout, MT_DATE_DMY_SLASH);
  mt_buffer_reset(&out);
  mt_plan_file_reset(&again);
  mt_plan_file_reset(&f);
}

static void test_nulls(void **state)
{
  static const char json[] = "{\n  \"memtop_plan\": 1,\n  \"columns\": [\n"
                             "    {\n      \"name\": \"a\",\n      \"dtype\": \"int8\",\n"
                             "      \"nullable\": true\n    },\n"
                             "    {\n      \"name\": \"b\",\n      \"dtype\": \"int8\",\n"
                             "      \"nullable\": true,\n      \"null_values\": [\n"
                             "        \"-\",\n        \"a,b\"\n      ]\n    }\n  ],\n"
                             "  \"null_values\": [\n    \"?\"\n  ]\n}";
  struct mt_plan_file f;
  struct mt_buffer out;
  struct mt_error e;

  (void)state;
  assert_int_equal(parse(&f, json, &e), 0);
  assert_int_equal(f.nulls.extra_len, 3);
  assert_true(mt_nulls_has(&f.nulls, 1, (const uint8_t *)"a,b", 3));
  assert_false(mt_nulls_has(&f.nulls, 0, (const uint8_t *)"-", 1));
  assert_true(mt_nulls_has(&f.nulls, 0, (const uint8_t *)"?", 1));
  mt_buffer_init(&out, 1 << 20);
  assert_int_equal(mt_plan_file_print(&f, &out), 0);
  assert_int_equal(out.len, strlen(json));
  assert_memory_equal(out.data, json, out.len);
  mt_buffer_reset(&out);
  mt_plan_file_reset(&f);
}

static void test_refuses_what_is_no_plan(void **state)
{
  static const struct {
    const char *json, *says;
  } bad[] = {
      {"", "not a plan"},
      {"[1]", "missing"},
      {"{\"memtop_plan\": 1, \"columns\": [], \"null_values\": \"-\"}", "null_values"},
      {"{\"memtop_plan\": 1, \"columns\": [], \"null_values\": [1]}", "null_values"},
      {"{\"memtop_plan\": 1, \"columns\": [], \"null_values\": [\"a\\u0000\"]}",
       "null_values"},
      {"{\"memtop_plan\": 2, \"columns\": []}", "version 2"},
      {"{\"memtop_plan\": 1, \"columns\": [{\"dtype\": \"int8\"}]}",
       "column 1 has no name"},
      {"{\"memtop_plan\": 1, \"columns\": [{\"name\": \"a\", \"dtype\": \"int7\"}]}",
       "column 1 has no dtype"},
      {"{\"memtop_plan\": 1, \"columns\": [{\"name\": \"a\", \"dtype\": \"int8\"},"
       "{\"name\": \"b\", \"dtype\": \"date\", \"date_format\": \"%Q\"}]}",
       "column 2 has a date_format"},
      {"{\"memtop_plan\": 1, \"columns\": [{\"name\": \"a\", \"dtype\": \"int8\","
       "\"nullable\": 3}]}",
       "nullable"},
  };

  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct mt_plan_file f;
    struct mt_error e;

    assert_int_equal(parse(&f, bad[i].json, &e), EINVAL);
    assert_non_null(strstr(e.what, bad[i].says));
    assert_null(f.entry);
  }
}

static void test_nullable_unless_said(void **state)
{
  struct mt_plan_file f;
  struct mt_error e;

  (void)state;
  assert_int_equal(
      parse(&f,
            "{\"memtop_plan\": 1, \"columns\": [{\"name\": \"\", \"dtype\": \"drop\"}]}",
            &e),
      0);
  assert_true(f.entry[0].nullable);
  assert_int_equal(f.entry[0].name_len, 0);
  assert_int_equal(f.entry[0].dtype, MT_DROP);
  mt_plan_file_reset(&f);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reads_what_it_writes),
      cmocka_unit_test(test_nulls),
      cmocka_unit_test(test_refuses_what_is_no_plan),
      cmocka_unit_test(test_nullable_unless_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
