#include "core/token.h"

#include <string.h>

void mt_token_read(struct mt_token *t, const uint8_t *s, size_t n,
                   const struct mt_nulls *nulls, size_t column)
{
  memset(t, 0, sizeof *t);
  t->boolean = -1;
  t->int64 = MT_INT_INVALID;
  t->null = mt_nulls_has(nulls, column, s, n);
  if (t->null)
    return;
  if (s[0] >= 'A' && (s[0] | 32) != 'i') {
    t->boolean = mt_parse_bool(s, n);
    return;
  }
  t->int64 = mt_parse_int64(s, n, &t->i);
  if (t->int64 == MT_INT_OK) {
    t->integer = t->is_float = true;
    t->d = (double)t->i;
    return;
  }
  t->is_float = mt_parse_float(s, n, &t->d, &t->overflow);
  t->integer = t->is_float && mt_is_integer_text(s, n);
}
