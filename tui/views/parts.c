#include "tui/views/parts.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/views/table.h"

enum { BAR_LEAST = 6, BAR_WIDE = 24, BAR_MOST = 60, NAME_LEAST = 12, NAME_MOST = 36 };

static const struct mt_table_part_info infos[MT_PART_COUNT] = {
#define X(id, title, sort, right, help) {title, MT_SORT_##sort, right, help},
    MT_PARTS(X)
#undef X
};

const struct mt_table_part_info *mt_table_part_info(enum mt_table_part part)
{
  return &infos[part];
}

const char *mt_sort_name(enum mt_sort sort)
{
  static const char *const names[MT_SORT_COUNT] = {
      [MT_SORT_FILE] = "order in the file",
      [MT_SORT_NAME] = "name",
      [MT_SORT_DTYPE] = "dtype",
      [MT_SORT_NULLS] = "nulls",
      [MT_SORT_DISTINCT] = "distinct",
      [MT_SORT_NOW] = "memory now",
      [MT_SORT_TARGET] = "suggested dtype",
      [MT_SORT_AFTER] = "memory after",
      [MT_SORT_SAVING] = "saving",
      [MT_SORT_RESIDENT] = "memory that really stays",
      [MT_SORT_CLASS] = "class",
  };
  return names[sort];
}

/* What yields when it gets narrow, after the bar.  The name and the saving stay. */
static const enum mt_table_part yields[] = {
    MT_PART_SHARE, MT_PART_CLASS, MT_PART_NULLS,  MT_PART_DISTINCT, MT_PART_RESIDENT,
    MT_PART_AFTER, MT_PART_DTYPE, MT_PART_TARGET, MT_PART_NOW};

#define YIELDS (sizeof yields / sizeof *yields)

static int at_most(int value, int limit)
{
  return value < limit ? value : limit;
}

static int at_least(int value, int limit)
{
  return value > limit ? value : limit;
}

static int text_width(const char *text)
{
  return text == NULL ? 0 : (int)strlen(text);
}

/* --- what the dataset asks for -------------------------------------------------- */

static int name_width(const struct mt_name *name)
{
  char text[4 * NAME_MOST + 8];
  size_t n = name->len < NAME_MOST ? name->len : NAME_MOST;
  mt_sanitise(text, sizeof text, name->text, n, NAME_MOST);
  return n < name->len ? NAME_MOST : (int)mt_text_width(text);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
  return a > b ? a : b;
}

/* What one column asks for, but for its name. */
static struct mt_extent extent_of(const struct mt_column_view *v)
{
  return (struct mt_extent){.dtype = text_width(v->dtype) + (v->warn ? 2 : 0),
                            .target = text_width(mt_column_target(v).name),
                            .nulls = v->nulls,
                            .distinct = v->distinct,
                            .scale = larger(v->now, v->after),
                            .now = v->now,
                            .resident = v->resident == MT_UNKNOWN ? v->now : v->resident};
}

static void widen(struct mt_extent *e, const struct mt_extent *one)
{
  e->dtype = at_least(e->dtype, one->dtype);
  e->target = at_least(e->target, one->target);
  e->nulls = larger(e->nulls, one->nulls);
  e->distinct = larger(e->distinct, one->distinct);
  e->scale = larger(e->scale, one->scale);
  e->now += one->now;
  e->resident += one->resident;
}

static void compare_resident(struct mt_extent *e)
{
  e->resident_differs =
      e->resident < e->now - e->now / 10 || e->resident > e->now + e->now / 10;
}

void mt_extent_measure(struct mt_extent *e, const struct mt_snapshot *s)
{
  *e = (struct mt_extent){.scale = 1};
  for (size_t i = 0; i < s->column_count; i++) {
    struct mt_extent one = extent_of(&s->columns[i]);
    if (s->names[i].len > (size_t)e->name && e->name < NAME_MOST)
      e->name = at_least(e->name, name_width(&s->names[i]));
    widen(e, &one);
  }
  compare_resident(e);
}

/* Whether it was as large as any, and is so no longer. */
static bool shrank(uint64_t most, uint64_t was, uint64_t is)
{
  return was == most && is < was;
}

bool mt_extent_follow(struct mt_extent *e, const struct mt_snapshot *s)
{
  for (size_t i = 0; i < s->renewed_len; i++) {
    const struct mt_renewed *r = &s->renewed[i];
    struct mt_extent was = extent_of(&r->was), is = extent_of(&s->columns[r->column]);
    if (shrank((uint64_t)e->dtype, (uint64_t)was.dtype, (uint64_t)is.dtype) ||
        shrank((uint64_t)e->target, (uint64_t)was.target, (uint64_t)is.target) ||
        shrank(e->nulls, was.nulls, is.nulls) ||
        shrank(e->distinct, was.distinct, is.distinct) ||
        shrank(e->scale, was.scale, is.scale))
      return false;
    e->now -= was.now;
    e->resident -= was.resident;
    widen(e, &is);
  }
  compare_resident(e);
  return true;
}

static void natural_widths(const struct mt_extent *e, enum mt_sort sort,
                           int width[MT_PART_COUNT])
{
  char text[MT_COUNT_TEXT];
  width[MT_PART_NAME] = at_least(at_most(e->name, NAME_MOST), NAME_LEAST);
  width[MT_PART_DTYPE] = at_least(at_most(e->dtype, 22), 7);
  width[MT_PART_NULLS] = at_least(text_width(mt_format_count(text, e->nulls)), 5);
  width[MT_PART_SHARE] = 6;
  width[MT_PART_DISTINCT] =
      at_least(text_width(mt_format_count(text, e->distinct)) + 1, 8);
  width[MT_PART_NOW] = 6;
  width[MT_PART_RESIDENT] = 8;
  width[MT_PART_BAR] = BAR_LEAST;
  width[MT_PART_TARGET] = at_least(at_most(e->target, 22), 9) + 2;
  width[MT_PART_CLASS] = 7;
  width[MT_PART_AFTER] = 6;
  width[MT_PART_SAVING] = 6;
  for (int p = 0; p < MT_PART_COUNT; p++) /* room for the sign of the order */
    if (infos[p].sort == sort && infos[p].right)
      width[p] = at_least(width[p], text_width(infos[p].title) + 1);
}

/* --- what fits ------------------------------------------------------------------- */

static int total_width(const struct mt_fit *fit)
{
  int total = 0;
  for (int p = 0; p < MT_PART_COUNT; p++)
    if (fit->width[p] > 0)
      total += fit->width[p] + (p == MT_PART_NAME ? 0 : fit->gap);
  return total;
}

/* What is of use only where nothing else needs the room. */
static bool is_extra(enum mt_table_part p, const struct mt_extent *e)
{
  return p == MT_PART_SHARE || p == MT_PART_CLASS ||
         (p == MT_PART_RESIDENT && !e->resident_differs);
}

/* A narrow part may fit where a wide one had to go. */
static void take_back(struct mt_fit *fit, const int wanted[MT_PART_COUNT], int room,
                      size_t skip)
{
  for (size_t i = YIELDS; i-- > 0;) {
    enum mt_table_part p = yields[i];
    if (fit->width[p] > 0 || (size_t)(p - MT_PART_DTYPE) < skip)
      continue;
    fit->width[p] = wanted[p];
    if (total_width(fit) > room)
      fit->width[p] = 0;
  }
}

/* Lets go of one part after the other: first those that nobody chose. */
static void let_go(struct mt_fit *fit, const struct mt_parts *parts, int room)
{
  for (int chosen = 0; chosen < 2; chosen++)
    for (size_t i = 0; i < YIELDS && total_width(fit) > room; i++)
      if ((parts->wish[yields[i]] == MT_PART_ON) == chosen)
        fit->width[yields[i]] = 0;
}

/* Extra parts where a wide bar is left beside them. */
static void add_extras(struct mt_fit *fit, const struct mt_parts *parts,
                       const struct mt_extent *e, const int natural[MT_PART_COUNT],
                       int room)
{
  int name = fit->width[MT_PART_NAME], bar = fit->width[MT_PART_BAR];
  if (bar == 0)
    return;
  fit->width[MT_PART_NAME] = natural[MT_PART_NAME];
  fit->width[MT_PART_BAR] = BAR_WIDE;
  for (size_t i = YIELDS; i-- > 0;) {
    enum mt_table_part p = yields[i];
    if (!is_extra(p, e) || parts->wish[p] != MT_PART_AUTO ||
        (p == MT_PART_RESIDENT && !e->resident_differs))
      continue;
    fit->width[p] = natural[p];
    if (total_width(fit) > room)
      fit->width[p] = 0;
  }
  fit->width[MT_PART_NAME] = name;
  fit->width[MT_PART_BAR] = bar;
}

/* The rest goes to the name as far as it needs it, and to the bar. */
static void spread(struct mt_fit *fit, int name, int room)
{
  int left = room - total_width(fit);
  if (left < 0 || fit->width[MT_PART_BAR] == 0) {
    fit->width[MT_PART_NAME] += left; /* numbers end at the right edge */
    return;
  }
  int more = at_most(left, name - fit->width[MT_PART_NAME]);
  fit->width[MT_PART_NAME] += more;
  fit->width[MT_PART_BAR] = at_most(BAR_LEAST + left - more, BAR_MOST);
}

/* Three sizes in a row are easier to read with a bar than with the nulls beside them:
 * whether those alone have to go for it. */
static bool nulls_suffice(const struct mt_fit *fit, const struct mt_parts *parts,
                          const struct mt_extent *e, int room)
{
  int nulls = fit->width[MT_PART_NULLS];
  return e->resident_differs && parts->wish[MT_PART_NULLS] == MT_PART_AUTO && nulls > 0 &&
         total_width(fit) - nulls - fit->gap <= room;
}

struct mt_fit mt_parts_fit(const struct mt_parts *parts, const struct mt_extent *e,
                           enum mt_sort sort, int room, size_t skip)
{
  struct mt_fit fit = {.gap = 2};
  int natural[MT_PART_COUNT], wanted[MT_PART_COUNT];
  natural_widths(e, sort, natural);
  memcpy(wanted, natural, sizeof wanted);
  for (int p = 0; p < MT_PART_COUNT; p++)
    if (parts->wish[p] == MT_PART_OFF ||
        (parts->wish[p] == MT_PART_AUTO && is_extra((enum mt_table_part)p, e)))
      wanted[p] = 0;
  memcpy(fit.width, wanted, sizeof wanted);
  fit.width[MT_PART_NAME] = at_most(natural[MT_PART_NAME], NAME_LEAST + 4);
  if (total_width(&fit) > room) {
    fit.gap = 1;
    fit.width[MT_PART_NAME] = at_most(natural[MT_PART_NAME], NAME_LEAST);
  }
  if (total_width(&fit) > room && parts->wish[MT_PART_BAR] != MT_PART_ON &&
      !nulls_suffice(&fit, parts, e, room))
    fit.width[MT_PART_BAR] = 0;
  fit.complete = total_width(&fit) <= room;
  for (size_t i = 0; !fit.complete && i < skip; i++)
    fit.width[MT_PART_DTYPE + i] = 0;
  let_go(&fit, parts, room);
  if (total_width(&fit) > room)
    fit.width[MT_PART_BAR] = 0;
  take_back(&fit, wanted, room, fit.complete ? 0 : skip);
  if (fit.complete)
    add_extras(&fit, parts, e, natural, room);
  spread(&fit, natural[MT_PART_NAME], room);
  return fit;
}
