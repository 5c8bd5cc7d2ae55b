/* Columns by their names, one way and the other. */
#include "tests/unit/fixture.h"

static struct mt_reader_schema schema;

/* Duplicates as pandas numbers them, pieces of one another, one with a NUL, none. */
static void make_schema(size_t columns)
{
  schema.columns = columns;
  schema.names = calloc(columns + 1, sizeof *schema.names);
  assert_non_null(schema.names);
  for (size_t i = 0; i < columns; i++) {
    struct mt_name *n = &schema.names[i];
    n->len = (size_t)asprintf(&n->text,
                              i % 3 == 0   ? "c.%zu"
                              : i % 3 == 1 ? "%zu"
                                           : "a longer name, %zu.1",
                              i);
  }
  if (columns > 7) {
    schema.names[5].len = 0;
    memcpy(schema.names[7].text, "\0x", 2);
    schema.names[7].len = 2;
  }
}

static void free_schema(void)
{
  for (size_t i = 0; i < schema.columns; i++)
    free(schema.names[i].text);
  free(schema.names);
}

static void check(size_t columns)
{
  struct mt_name_index x;
  make_schema(columns);
  assert_int_equal(mt_name_index_init(&x, &schema), 0);
  for (size_t i = 0; i < columns; i++) {
    const struct mt_name *n = &schema.names[i];
    assert_int_equal(mt_name_index_find(&x, n->text, n->len), i);
    assert_int_equal(mt_reader_find_column(&schema, n->text, n->len), i);
  }
  static const char *const others[] = {"c", "c.", "c.00", "a longer name, 2", "b"};
  for (size_t i = 0; i < LENGTH(others); i++) {
    assert_int_equal(mt_name_index_find(&x, others[i], strlen(others[i])), columns);
    assert_int_equal(mt_reader_find_column(&schema, others[i], strlen(others[i])),
                     columns);
  }
  mt_name_index_reset(&x);
  free_schema();
}

static void test_both_ways(void **state)
{
  (void)state;
  for (size_t columns = 0; columns < 70; columns++)
    check(columns);
}

/* None of a hundred thousand looks at all the others. */
static void test_many(void **state)
{
  (void)state;
  enum { MANY = 300000 };
  struct mt_name_index x;
  make_schema(MANY);
  assert_int_equal(mt_name_index_init(&x, &schema), 0);
  for (size_t i = 0; i < MANY; i++) {
    const struct mt_name *n = &schema.names[MANY - 1 - i];
    assert_int_equal(mt_name_index_find(&x, n->text, n->len), MANY - 1 - i);
  }
  mt_name_index_reset(&x);
  free_schema();
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_both_ways),
      cmocka_unit_test(test_many),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
