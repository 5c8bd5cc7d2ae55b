/* Random columns with a fixed seed: texts of one kind, now and then of another. */
#ifndef TESTS_UNIT_RANDOM_COLUMN_H
#define TESTS_UNIT_RANDOM_COLUMN_H

#include "tests/unit/fixture.h"

static const char *const random_texts[][16] = {
    {"1", "2", "3", "4", "-7", "100", "127", "-128"},
    {"127", "128", "-129", "255", "256", "32767", "32768", "65535", "65536", "-32769",
     "2147483647", "2147483648", "4294967295", "4294967296", "-2147483649"},
    {"9007199254740992", "9007199254740993", "-9007199254740993", "9223372036854775807",
     "9223372036854775808", "18446744073709551615", "18446744073709551616",
     "-9223372036854775808", "-9223372036854775809", "340282366920938463463374607431768"},
    {"1.5", "2.25", "-0.5", "10.75", "100.125"},
    {"0.1", "10.8", "3.14", "2.000000001", "1e-50", "16777217", "123456.789", "1e400"},
    {"1.0", "2.0", "300.0", "1e3", "1E2", "-4.00", "16777216.0", "70000.0"},
    {"00501", "007", "+5", "007.1", " 5", "6 ", "-0", "-0.0", "0"},
    {"inf", "-inf", "Infinity", "1.5", "2"},
    {"true", "false", "True", "FALSE"},
    {"yes", "no", "Yes", "NO"},
    {"t", "f", "y", "n", "on", "off", "true"},
    {"2020-01-02", "2021-12-31", "1999-02-28", "0001-01-01", "9999-12-31"},
    {"01/02/2020", "03/04/2021", "12/12/2012"},
    {"13/02/2020", "31/12/1999", "02/01/2020"},
    {"02/13/2020", "12/31/1999", "01/02/2020"},
    {"2020-01-02 10:00:00", "2020-01-03 11:30:00", "2020-01-03T11:30:00",
     "2020-01-02 10:00:00.123456", "2020-01-02 10:00:00.123456789"},
    {"2020-01-02T10:00:00Z", "2020-01-02T10:00:00+02:00", "2020-01-02T10:00:00+0200"},
    {"01/02/20", "31/12/99", "1/2/03"},
    {"", "NA", "nan", "None", "#N/A"},
    {"apple", "pear", "fig", "plum and apple", "a\tb"},
    {"caf\xc3\xa9", "\xc3\xa9", "\xe2\x82\xac 5", "\xf0\x9f\x98\x80", "\xff"},
};

static UNUSED const char *random_text(uint64_t *x, size_t kind)
{
  size_t n = 0;
  while (n < LENGTH(random_texts[kind]) && random_texts[kind][n] != NULL)
    n++;
  return random_texts[kind][random_next(x) % n];
}

/* One column of 1 to `most` rows. */
static UNUSED void random_column(struct table *t, uint64_t *x, size_t most)
{
  size_t rows = 1 + random_next(x) % most;
  size_t kind = random_next(x) % LENGTH(random_texts);
  size_t other = random_next(x) % LENGTH(random_texts);
  uint32_t rare = random_next(x) % 3 == 0 ? 0 : 1 + random_next(x) % 20;
  bool nulls = random_next(x) % 3 == 0;

  table_init(t, 1);
  for (size_t r = 0; r < rows; r++) {
    uint32_t dice = random_next(x) % 100;
    if (nulls && dice >= 90)
      table_add(t, "");
    else
      table_add(t, random_text(x, dice < rare ? other : kind));
  }
}

static UNUSED void print_column(const struct table *t)
{
  print_message("column:");
  for (size_t r = 0; r < table_rows(t); r++) {
    const struct mt_cell *c = table_cell(t, r, 0);
    print_message(" \"%.*s\"", (int)c->len, (const char *)t->text.data + c->off);
  }
  print_message("\n");
}

#endif
