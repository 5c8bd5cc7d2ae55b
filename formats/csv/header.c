#include "formats/csv/header.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/base/hash.h"
#include "core/base/text.h"

/* The names in use and how often each was asked for: pandas' `counts` and its
 * `col in this_header` in one table, since a name once used stays in the header.
 * Open addressing, never more than half full. */
struct name_slot {
  const char *text; /* NULL = free */
  size_t len;
  uint64_t count;
};

struct name_table {
  struct name_slot *slots;
  size_t mask;
  uint64_t seed; /* names come from the file */
};

static int table_init(struct name_table *t, size_t names)
{
  size_t size = 16;

  while (size / 4 < names)
    if (!mt_size_mul(size, 2, &size))
      return ENOMEM;
  t->mask = size - 1;
  t->slots = mt_alloc(size, sizeof *t->slots);
  t->seed = mt_hash_seed(t->slots);
  return t->slots ? 0 : ENOMEM;
}

/* The slot of a name, or the free one where it belongs. */
static struct name_slot *table_find(const struct name_table *t, const char *s, size_t len)
{
  size_t i = XXH3_64bits_withSeed(s, len, t->seed) & t->mask;

  while (t->slots[i].text && (t->slots[i].len != len || memcmp(t->slots[i].text, s, len)))
    i = (i + 1) & t->mask;
  return &t->slots[i];
}

static void table_add(struct name_slot *slot, const struct mt_name *n)
{
  if (!slot->text)
    *slot = (struct name_slot){.text = n->text, .len = n->len};
}

static size_t utf8_length(const uint8_t *s, size_t n)
{
  for (size_t len = 1; len <= 4 && len <= n; len++)
    if (mt_utf8_valid(s, len))
      return len;
  return 0;
}

/* A copy of s[0..n) with U+FFFD for every byte that is not part of a character. */
static int name_copy(struct mt_name *name, const uint8_t *s, size_t n, size_t *bad)
{
  static const char replacement[] = "\xef\xbf\xbd";
  bool valid = mt_utf8_valid(s, n);
  size_t room;

  if (!mt_size_mul(n, valid ? 1 : 3, &room) || !mt_size_add(room, 1, &room))
    return ENOMEM;
  name->text = malloc(room);
  if (!name->text)
    return ENOMEM;
  name->len = 0;
  *bad += !valid;
  for (size_t i = 0; i < n;) {
    size_t len = valid ? n : utf8_length(s + i, n - i);
    memcpy(name->text + name->len, len ? (const char *)s + i : replacement,
           len ? len : 3);
    name->len += len ? len : 3;
    i += len ? len : 1;
  }
  name->text[name->len] = '\0';
  return 0;
}

static int name_print(struct mt_name *name, const char *prefix, size_t prefix_len,
                      uint64_t number)
{
  size_t room;

  if (!mt_size_add(prefix_len, 24, &room))
    return ENOMEM;
  name->text = malloc(room);
  if (!name->text)
    return ENOMEM;
  if (prefix_len)
    memcpy(name->text, prefix, prefix_len);
  int n = snprintf(name->text + prefix_len, 24, "%llu", (unsigned long long)number);
  name->len = prefix_len + (size_t)n;
  return 0;
}

static int name_unnamed(struct mt_name *name, size_t column)
{
  static const char prefix[] = "Unnamed: ";

  return name_print(name, prefix, sizeof prefix - 1, column);
}

/* "a", asked for once more: the first of "a.1", "a.2", ... that is free. */
static int name_next(const struct name_table *t, struct mt_name *name,
                     struct name_slot *old)
{
  struct mt_name base = *name, next = {0};
  char *prefix = malloc(base.len + 2);
  struct name_slot *slot;
  int rc = prefix ? 0 : ENOMEM;

  if (!rc) {
    memcpy(prefix, base.text, base.len);
    prefix[base.len] = '.';
  }
  while (!rc) {
    free(next.text);
    next.text = NULL;
    rc = name_print(&next, prefix, base.len + 1, old->count++);
    if (rc)
      break;
    slot = table_find(t, next.text, next.len);
    if (!slot->text) {
      table_add(slot, &next);
      slot->count = 1;
      free(base.text);
      *name = next;
      break;
    }
  }
  free(prefix);
  return rc;
}

/* First every name is entered, then all but the first of each get a number.  The
 * first of each owns the text in the table, so it is never freed meanwhile. */
static int make_unique(struct mt_name *names, size_t columns, const size_t *order,
                       bool *made)
{
  struct name_table t = {0};
  int rc = table_init(&t, columns);

  for (size_t k = 0; k < columns && !rc; k++) {
    const struct mt_name *name = &names[order[k]];
    table_add(table_find(&t, name->text, name->len), name);
  }
  for (size_t k = 0; k < columns && !rc; k++) {
    struct mt_name *name = &names[order[k]];
    struct name_slot *slot = table_find(&t, name->text, name->len);
    if (slot->count == 0) {
      slot->count = 1;
      continue;
    }
    rc = name_next(&t, name, slot);
    *made = true;
  }
  free(t.slots);
  return rc;
}

/* Given names come before unnamed ones, so that a column really called
 * "Unnamed: 1" keeps its name. */
static void order_given_first(size_t *order, const struct mt_name *names, size_t columns)
{
  size_t k = 0;

  for (size_t i = 0; i < columns; i++)
    if (names[i].text)
      order[k++] = i;
  for (size_t i = 0; i < columns; i++)
    if (!names[i].text)
      order[k++] = i;
}

int mt_csv_names_make(struct mt_name **out, size_t columns, const uint8_t *text,
                      const struct mt_cell *cells, size_t count, size_t *bad, bool *made)
{
  struct mt_name *names = mt_alloc(columns, sizeof *names);
  size_t *order = mt_alloc(columns, sizeof *order);
  int rc = names && order ? 0 : ENOMEM;

  *bad = 0;
  *made = false;
  for (size_t i = 0; i < columns && i < count && !rc; i++) {
    const uint8_t *s = text + cells[i].off;
    size_t len = strnlen((const char *)s, cells[i].len);
    *made |= len < cells[i].len;
    if (len)
      rc = name_copy(&names[i], s, len, bad);
  }
  if (!rc)
    order_given_first(order, names, columns);
  for (size_t i = 0; i < columns && !rc; i++)
    if (!names[i].text) {
      rc = name_unnamed(&names[i], i);
      *made = true;
    }
  if (!rc)
    rc = make_unique(names, columns, order, made);
  free(order);
  if (rc && names) {
    mt_csv_names_free(names, columns);
    names = NULL;
  }
  *out = names;
  return rc;
}

int mt_csv_names_number(struct mt_name **out, size_t columns)
{
  struct mt_name *names = mt_alloc(columns, sizeof *names);
  int rc = names ? 0 : ENOMEM;

  for (size_t i = 0; i < columns && !rc; i++)
    rc = name_print(&names[i], NULL, 0, i);
  if (rc && names) {
    mt_csv_names_free(names, columns);
    names = NULL;
  }
  *out = names;
  return rc;
}

void mt_csv_names_free(struct mt_name *names, size_t columns)
{
  for (size_t i = 0; names && i < columns; i++)
    free(names[i].text);
  free(names);
}
