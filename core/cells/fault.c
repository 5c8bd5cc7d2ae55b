#include "core/cells/fault.h"

int mt_fault_places(const struct mt_fault_list *l, enum mt_fault_kind k)
{
  int n = 0;
  while (n < MT_FAULT_KEPT && l->first[k][n].line != 0)
    n++;
  return n;
}

/* Keeps a place among those before it in the file; those that are later give way. */
static void keep(struct mt_fault_list *l, int k, const struct mt_fault *f)
{
  int at = mt_fault_places(l, (enum mt_fault_kind)k);
  while (at > 0 && l->first[k][at - 1].byte > f->byte) {
    if (at < MT_FAULT_KEPT)
      l->first[k][at] = l->first[k][at - 1];
    at--;
  }
  if (at < MT_FAULT_KEPT)
    l->first[k][at] = *f;
}

void mt_fault_add(struct mt_fault_list *l, enum mt_fault_kind k, uint64_t line,
                  uint64_t byte, uint64_t detail)
{
  l->count[k]++;
  keep(l, (int)k, &(struct mt_fault){line, byte, detail});
}

void mt_fault_merge(struct mt_fault_list *into, const struct mt_fault_list *later)
{
  for (int k = 0; k < MT_FAULT_KINDS; k++) {
    into->count[k] += later->count[k];
    for (int i = 0; i < mt_fault_places(later, (enum mt_fault_kind)k); i++)
      keep(into, k, &later->first[k][i]);
  }
}

uint64_t mt_fault_total(const struct mt_fault_list *l)
{
  uint64_t total = 0;
  for (int k = 0; k < MT_FAULT_KINDS; k++)
    total += l->count[k];
  return total;
}

const char *mt_fault_text(enum mt_fault_kind k, uint64_t count)
{
  static const char *const texts[][2] = {
#define X(id, one, many) {one, many},
      MT_FAULTS(X)
#undef X
  };
  return texts[k][count != 1];
}

const char *mt_fault_name(enum mt_fault_kind k)
{
  static const char *const names[] = {
      [MT_FAULT_SHORT_ROW] = "short_row",   [MT_FAULT_LONG_ROW] = "long_row",
      [MT_FAULT_OPEN_QUOTE] = "open_quote", [MT_FAULT_NUL] = "nul",
      [MT_FAULT_BAD_UTF8] = "bad_utf8",     [MT_FAULT_CR_BLANK] = "cr_blank",
      [MT_FAULT_LONG_FIELD] = "long_field",
  };
  _Static_assert(sizeof names / sizeof *names == MT_FAULT_KINDS, "a name per kind");
  return names[k];
}
