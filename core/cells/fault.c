#include "core/cells/fault.h"

void mt_fault_add(struct mt_fault_list *l, enum mt_fault_kind k, uint64_t line,
                  uint64_t byte, uint64_t detail)
{
  uint64_t i = l->count[k]++;
  if (i < MT_FAULT_KEPT)
    l->first[k][i] = (struct mt_fault){line, byte, detail};
}

void mt_fault_merge(struct mt_fault_list *into, const struct mt_fault_list *later)
{
  for (int k = 0; k < MT_FAULT_KINDS; k++) {
    for (uint64_t i = 0; i < later->count[k] && i < MT_FAULT_KEPT; i++) {
      uint64_t at = into->count[k] + i;
      if (at < MT_FAULT_KEPT)
        into->first[k][at] = later->first[k][i];
    }
    into->count[k] += later->count[k];
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
