#include "core/column/place.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 2 /* values by which the array grows: most columns have that few */

void mt_places_reset(struct mt_places *p)
{
  free(p->value);
  *p = (struct mt_places){0};
}

void mt_places_clear(struct mt_places *p)
{
  *p = (struct mt_places){.value = p->value, .cap = p->cap};
}

const struct mt_place *mt_places_get(const struct mt_places *p, enum mt_place_kind k)
{
  static const struct mt_place none = {.line = 0};
  return p->at[k] != 0 ? &p->value[p->at[k] - 1] : &none;
}

/* 1 + where the value is, be it new or there already; 0 without memory. */
static uint8_t find(struct mt_places *p, const struct mt_place *wanted)
{
  struct mt_place *value;

  for (uint8_t i = p->len; i > 0; i--)
    if (p->value[i - 1].byte == wanted->byte && p->value[i - 1].line == wanted->line &&
        p->value[i - 1].len == wanted->len && p->value[i - 1].cut == wanted->cut)
      return i;
  if (p->len == p->cap) {
    value = realloc(p->value, (p->cap + ROOM) * sizeof *value);
    if (value == NULL) {
      p->lost = true;
      return 0;
    }
    p->value = value;
    p->cap += ROOM;
  }
  p->value[p->len++] = *wanted;
  return p->len;
}

void mt_places_keep(struct mt_places *p, enum mt_place_kind k,
                    const struct mt_place *from)
{
  if (p->at[k] == 0 && from->line != 0)
    p->at[k] = find(p, from);
}

void mt_places_note(struct mt_places *p, enum mt_place_kind k,
                    const struct mt_occurrence *o)
{
  struct mt_place place = {.line = o->line, .byte = o->byte};

  if (p->at[k] != 0)
    return;
  place.cut = o->n > sizeof place.text;
  place.len = place.cut ? sizeof place.text : (uint8_t)o->n;
  memcpy(place.text, o->s, place.len);
  mt_places_keep(p, k, &place);
}
