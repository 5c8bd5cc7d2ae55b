#include "tests/unit/fixture.h"

#include "core/cells/form.h"
#include "core/cells/quick.h"

#define CELLS 70
#define WIDTH 16 /* of each cell's place */

struct column {
  uint8_t text[CELLS * WIDTH + TEXT_PADDING];
  struct mt_cell cell[CELLS + MT_CHUNK_AHEAD];
};

static void set(struct column *c, size_t i, const char *s)
{
  const size_t n = strlen(s);

  assert_true(n <= WIDTH);
  memcpy(c->text + i * WIDTH, s, n);
  c->cell[i] = (struct mt_cell){(uint32_t)(i * WIDTH), (uint32_t)n & INT32_MAX, false};
}

static void set_number(struct column *c, size_t i, unsigned decimals, unsigned wholes)
{
  static const uint32_t tens[] = {1,      10,      100,      1000,     10000,
                                  100000, 1000000, 10000000, 100000000};
  char s[32];

  if (decimals > 0)
    snprintf(s, sizeof s, "%u.%0*u", below(tens[wholes]), (int)decimals,
             below(tens[decimals]));
  else
    snprintf(s, sizeof s, "%u", below(tens[wholes]));
  set(c, i, s);
}

/* What both variants read is what is read one by one. */
static void check(const struct column *c, unsigned decimals, size_t n)
{
  size_t (*const variant[])(const struct mt_form *, const uint8_t *,
                            const struct mt_cell *, size_t, uint64_t *,
                            bool *) = {mt_form_read, mt_form_read_each};
  const struct mt_form form = mt_form_of(decimals);
  uint64_t expected[CELLS], number[CELLS];
  bool same = true;
  size_t read = 0;

  for (; read < n; read++) {
    const struct mt_cell cell = c->cell[read];
    struct mt_quick_number v;
    if (cell.len == 0 || cell.len > MT_FORM_BYTES ||
        !mt_quick_number(c->text + cell.off, cell.len, &v) || v.negative ||
        v.decimals != decimals)
      break;
    expected[read] = v.mantissa;
    same &= cell.len == c->cell[0].len;
  }
  for (size_t k = 0; k < LENGTH(variant); k++) {
    bool one_length = !same;
    assert_int_equal(variant[k](&form, c->text, c->cell, n, number, &one_length), read);
    assert_int_equal(one_length, same);
    for (size_t i = 0; i < read; i++)
      assert_int_equal(number[i], expected[i]);
  }
}

static void test_random_columns(void **unused)
{
  static const char *const odd[] = {
      "",     "007",  "00.5", "1.",    "-1",       "-1.5",      ".5",        "1e3", "1 ",
      " 1",   "12a4", "1..5", "1.5.5", "1.:5",     "123456789", "1234567.5", "/1",  ":",
      "\xb0", "0.0",  "0",    "1/5",   "99999999", "0.000000",  "x"};
  static struct column c;
  (void)unused;
  for (int round = 0; round < 40000; round++) {
    const unsigned decimals = below(MT_FORM_DECIMALS + 1);
    const unsigned most = decimals > 0 ? MT_FORM_BYTES - 1 - decimals : MT_FORM_BYTES;
    const unsigned wholes = 1 + below(most), kind = below(3);
    const size_t n = below(CELLS + 1);
    memset(c.text, "7. \xff"[below(4)], sizeof c.text); /* what lies behind */
    for (size_t i = 0; i < n; i++) {
      set_number(&c, i, decimals, kind == 0 ? wholes : 1 + below(most));
      c.cell[i].quoted = below(5) == 0;
    }
    if (n > 0 && kind != 0)
      set(&c, below((uint32_t)n), odd[below(LENGTH(odd))]);
    if (n > 0 && kind == 2) /* one digit more or fewer */
      set_number(&c, below((uint32_t)n), below(MT_FORM_DECIMALS + 1), 1);
    check(&c, decimals, n);
  }
}

/* Every byte at every place of a number. */
static void test_every_byte(void **unused)
{
  static struct column c;
  (void)unused;
  for (unsigned decimals = 0; decimals <= MT_FORM_DECIMALS; decimals++)
    for (uint32_t len = 1; len <= MT_FORM_BYTES + 1; len++)
      for (uint32_t at = 0; at < len; at++)
        for (int byte = 0; byte < 256; byte++) {
          for (size_t i = 0; i < 8; i++) {
            memset(c.text + i * WIDTH, '4', WIDTH);
            if (decimals > 0 && decimals < len)
              c.text[i * WIDTH + len - 1 - decimals] = '.';
            c.cell[i] = (struct mt_cell){(uint32_t)(i * WIDTH), len, false};
          }
          c.text[5 * WIDTH + at] = (uint8_t)byte;
          check(&c, decimals, 8);
        }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_random_columns),
      cmocka_unit_test(test_every_byte),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
