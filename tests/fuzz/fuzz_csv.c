/* Any text through every variant of the CSV tokenizer, compared with the machine.
 * `make fuzz` builds it; CONTRIBUTING.md says how to run it. */
#include "tests/unit/csv_machine.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first two bytes choose the dialect, the width of the table and the steps. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const struct mt_csv_dialect dialects[] = {
      {',', '"', -1}, {',', '"', '#'}, {'\t', '"', -1}, {';', '\'', '#'},
      {',', -1, -1},  {' ', '"', -1},  {'|', -1, '#'},  {'a', '"', -1},
  };
  static struct machine m;

  if (size < 2 || size > MACHINE_FIELDS)
    return 0;
  const struct mt_csv_dialect *d = &dialects[data[0] % 8];
  const size_t n = size - 2;
  uint8_t *text = calloc(1, n + MT_CSV_PAD);
  if (!text)
    abort();
  memcpy(text, data + 2, n);
  machine_read(&m, d, text, n);
  for (size_t i = 0; i < mt_csv_variants(); i++) {
    const char *name = mt_csv_use_variant(i);
    const char *what = machine_compare(&m, 1 + data[1] / 16, 1 + data[1] % 16);
    if (what) {
      fprintf(stderr, "%s: %s differs\n", name, what);
      abort();
    }
  }
  free(text);
  return 0;
}
