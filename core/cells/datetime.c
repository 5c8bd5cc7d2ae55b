#include "core/cells/datetime.h"

#include <stdio.h>
#include <string.h>

/* --- the calendar --------------------------------------------------------- */

static const char *const month_names[12] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

static bool is_leap(int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool is_date(int year, int month, int day)
{
  static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12 || day < 1)
    return false;
  return day <= days[month - 1] + (month == 2 && is_leap(year));
}

/* The year is counted from March, so that the leap day comes last; 400 years
 * have 146,097 days. */
enum { DAYS_400_YEARS = 146097, DAYS_TO_1970 = 719468 };

int64_t mt_days_from_civil(int year, int month, int day)
{
  int64_t y = (int64_t)year - (month <= 2);
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * DAYS_400_YEARS + day_of_era - DAYS_TO_1970;
}

void mt_civil_from_days(int64_t days, int *year, int *month, int *day)
{
  days += DAYS_TO_1970;
  int64_t era = (days >= 0 ? days : days - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS;
  int64_t day_of_era = days - era * DAYS_400_YEARS;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t from_march = (5 * day_of_year + 2) / 153;
  *day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
  *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
  *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

bool mt_fits_nanoseconds(int64_t seconds, uint32_t nanoseconds)
{
  int64_t total;
  /* From the second's end for dates before 1970, or the product alone would
   * leave the range one second early. */
  bool before = seconds < 0;
  if (__builtin_mul_overflow(seconds + before, (int64_t)1000000000, &total) ||
      __builtin_add_overflow(total, (int64_t)nanoseconds - before * (int64_t)1000000000,
                             &total))
    return false;
  return total != INT64_MIN; /* NaT */
}

/* --- reading -------------------------------------------------------------- */

struct cursor {
  const uint8_t *p, *end;
};

static bool take(struct cursor *c, char wanted)
{
  if (c->p == c->end || *c->p != (uint8_t)wanted)
    return false;
  c->p++;
  return true;
}

/* Up to `most` digits; returns how many there were. */
static int take_number(struct cursor *c, int most, uint32_t *v)
{
  int digits = 0;
  *v = 0;
  for (; digits < most && c->p < c->end && (uint8_t)(*c->p - '0') < 10; digits++)
    *v = *v * 10 + (uint32_t)(*c->p++ - '0');
  return digits;
}

/* Evidence of a day, month or hour of `digits` digits. */
static uint8_t padding_of(uint32_t v, int digits)
{
  return v >= 10 ? 0 : digits == 2 ? 1 : 2;
}

/* A month's name as strftime writes it; *whole: in full. */
static int take_month(struct cursor *c, bool whole)
{
  for (int m = 0; m < 12; m++) {
    size_t len = whole ? strlen(month_names[m]) : 3;
    if ((size_t)(c->end - c->p) >= len && memcmp(c->p, month_names[m], len) == 0) {
      c->p += len;
      return m + 1;
    }
  }
  return 0;
}

static int pivot_year(int two_digits)
{
  return two_digits + (two_digits >= 69 ? 1900 : 2000);
}

/* Which of a text's three numbers is what, per layout. */
static const struct {
  uint8_t year, month, day;
} places[MT_DATE_LAYOUT_COUNT] = {
    [MT_DATE_YMD_DASH] = {0, 1, 2},   [MT_DATE_YMD_SLASH] = {0, 1, 2},
    [MT_DATE_DMY_SLASH] = {2, 1, 0},  [MT_DATE_MDY_SLASH] = {2, 0, 1},
    [MT_DATE_DMY_DOT] = {2, 1, 0},    [MT_DATE_DMY_DASH] = {2, 1, 0},
    [MT_DATE_MDY_DASH] = {2, 0, 1},   [MT_DATE_DMY2_SLASH] = {2, 1, 0},
    [MT_DATE_MDY2_SLASH] = {2, 0, 1}, [MT_DATE_DMY2_DOT] = {2, 1, 0},
    [MT_DATE_DMY2_DASH] = {2, 1, 0},  [MT_DATE_MDY2_DASH] = {2, 0, 1},
    [MT_DATE_D_MON_Y] = {2, 1, 0},    [MT_DATE_MON_D_Y] = {2, 0, 1},
    [MT_DATE_D_MONTH_Y] = {2, 1, 0},
};

static void civil_of(const struct mt_date_text *t, enum mt_date_layout layout, int *year,
                     int *month, int *day)
{
  *year = t->field[places[layout].year];
  *month = t->field[places[layout].month];
  *day = t->field[places[layout].day];
  if (MT_DATE_TWO_DIGIT_YEAR >> layout & 1)
    *year = pivot_year(*year);
}

/* Of the candidate layouts, those under which the numbers are a date. */
static uint32_t valid_layouts(const struct mt_date_text *t, uint32_t candidates)
{
  uint32_t valid = 0;
  for (uint32_t left = candidates; left != 0; left &= left - 1) {
    int layout = __builtin_ctz(left), year, month, day;
    civil_of(t, layout, &year, &month, &day);
    if (is_date(year, month, day))
      valid |= 1u << layout;
  }
  return valid;
}

#define BIT(layout) (1u << MT_DATE_##layout)

static uint32_t numeric_candidates(char separator, int first_digits, int last_digits)
{
  if (first_digits == 4 && last_digits <= 2)
    return separator == '-' ? BIT(YMD_DASH) : separator == '/' ? BIT(YMD_SLASH) : 0;
  if (first_digits > 2)
    return 0;
  if (last_digits == 4)
    return separator == '-'   ? BIT(DMY_DASH) | BIT(MDY_DASH)
           : separator == '/' ? BIT(DMY_SLASH) | BIT(MDY_SLASH)
                              : BIT(DMY_DOT);
  if (last_digits == 2)
    return separator == '-'   ? BIT(DMY2_DASH) | BIT(MDY2_DASH)
           : separator == '/' ? BIT(DMY2_SLASH) | BIT(MDY2_SLASH)
                              : BIT(DMY2_DOT);
  return 0;
}

static bool store_date(struct mt_date_text *t, uint32_t first, uint32_t middle,
                       uint32_t last, uint32_t candidates)
{
  t->field[0] = (uint16_t)first;
  t->field[1] = (uint16_t)middle;
  t->field[2] = (uint16_t)last;
  t->layouts = valid_layouts(t, candidates);
  return t->layouts != 0;
}

/* "Jan 5, 2020" */
static bool read_month_first(struct cursor *c, struct mt_date_text *t)
{
  uint32_t day, year, month = (uint32_t)take_month(c, false);
  if (month == 0 || !take(c, ' '))
    return false;
  int digits = take_number(c, 2, &day);
  t->padding |= padding_of(day, digits);
  if (digits == 0 || !take(c, ',') || !take(c, ' ') || take_number(c, 4, &year) != 4)
    return false;
  return store_date(t, month, day, year, BIT(MON_D_Y));
}

/* "-Jan-2020" or " January 2020", behind the day. */
static bool read_named_month(struct cursor *c, struct mt_date_text *t, uint32_t day)
{
  char separator = (char)*c->p++;
  uint32_t year, month = (uint32_t)take_month(c, separator == ' ');
  if (month == 0 || !take(c, separator) || take_number(c, 4, &year) != 4)
    return false;
  return store_date(t, day, month, year,
                    separator == ' ' ? BIT(D_MONTH_Y) : BIT(D_MON_Y));
}

static bool read_date(struct cursor *c, struct mt_date_text *t)
{
  uint32_t first, middle, last;
  int first_digits = take_number(c, 4, &first);
  if (first_digits == 0)
    return read_month_first(c, t);
  if (first_digits <= 2)
    t->padding |= padding_of(first, first_digits);
  if (c->end - c->p < 2)
    return false;
  char separator = (char)*c->p;
  if (first_digits <= 2 && (separator == ' ' || separator == '-') && c->p[1] >= 'A')
    return read_named_month(c, t, first);
  if (separator != '-' && separator != '/' && separator != '.')
    return false;
  c->p++;
  int middle_digits = take_number(c, 2, &middle);
  if (middle_digits == 0 || !take(c, separator))
    return false;
  int last_digits = take_number(c, 4, &last);
  t->padding |= padding_of(middle, middle_digits);
  if (last_digits == 0)
    return false;
  if (first_digits == 4)
    t->padding |= padding_of(last, last_digits);
  return store_date(t, first, middle, last,
                    numeric_candidates(separator, first_digits, last_digits));
}

static bool read_fraction(struct cursor *c, struct mt_date_text *t)
{
  int digits = take_number(c, 9, &t->nanosecond);
  if (digits == 0)
    return false;
  t->fraction_digits = (uint8_t)digits;
  for (; digits < 9; digits++)
    t->nanosecond *= 10;
  t->shape.time = 3;
  return true;
}

/* "AM" or " PM", if there is one; false when it does not go with the hour. */
static bool read_ampm(struct cursor *c, struct mt_date_text *t)
{
  const uint8_t *p = c->p;
  bool blank = p < c->end && *p == ' ';
  p += blank;
  if (c->end - p < 2 || (*p != 'A' && *p != 'P') || p[1] != 'M')
    return true;
  if (t->hour < 1 || t->hour > 12)
    return false;
  t->hour = (uint8_t)(t->hour % 12 + (*p == 'P' ? 12 : 0));
  t->shape.ampm = blank ? 1 : 2;
  c->p = p + 2;
  return true;
}

static bool read_offset(struct cursor *c, struct mt_date_text *t)
{
  if (take(c, 'Z')) {
    t->shape.offset = 1;
    return true;
  }
  bool west = take(c, '-');
  if (!west && !take(c, '+'))
    return true;
  uint32_t hours, minutes = 0;
  if (take_number(c, 2, &hours) != 2)
    return false;
  t->shape.offset = 4;
  if (c->p < c->end) {
    t->shape.offset = take(c, ':') ? 2 : 3;
    if (take_number(c, 2, &minutes) != 2)
      return false;
  }
  int total = (int)(hours * 60 + minutes);
  t->offset_minutes = (int16_t)(west ? -total : total);
  return hours < 24 && minutes < 60;
}

static bool read_time(struct cursor *c, struct mt_date_text *t)
{
  t->shape.separator = *c->p++;
  uint32_t hour, minute, second = 0;
  int digits = take_number(c, 2, &hour);
  if (digits == 0 || !take(c, ':') || take_number(c, 2, &minute) != 2)
    return false;
  t->padding |= padding_of(hour, digits);
  t->shape.time = 1;
  if (take(c, ':')) {
    if (take_number(c, 2, &second) != 2)
      return false;
    t->shape.time = 2;
    if (take(c, '.') && !read_fraction(c, t))
      return false;
  }
  if (hour > 23 || minute > 59 || second > 59)
    return false;
  t->hour = (uint8_t)hour;
  t->minute = (uint8_t)minute;
  t->second = (uint8_t)second;
  return read_ampm(c, t) && read_offset(c, t);
}

bool mt_date_read(const uint8_t *s, size_t n, struct mt_date_text *t)
{
  enum { SHORTEST = 6, LONGEST = 64 }; /* "1/1/20"; the longest text has 49 */
  if (n < SHORTEST || n > LONGEST)
    return false;
  *t = (struct mt_date_text){0};
  struct cursor c = {s, s + n};
  if (!read_date(&c, t))
    return false;
  if (c.p < c.end && (*c.p == 'T' || *c.p == ' ') && !read_time(&c, t))
    return false;
  return c.p == c.end;
}

/* --- values --------------------------------------------------------------- */

void mt_date_value(const struct mt_date_text *t, enum mt_date_layout layout,
                   int64_t *seconds, uint32_t *nanoseconds)
{
  int year, month, day;
  civil_of(t, layout, &year, &month, &day);
  *seconds = mt_days_from_civil(year, month, day) * 86400 + t->hour * 3600 +
             t->minute * 60 + t->second - t->offset_minutes * 60;
  *nanoseconds = t->nanosecond;
}

void mt_date_format(char *dst, size_t cap, enum mt_date_layout layout,
                    const struct mt_date_shape *shape)
{
  static const char *const dates[MT_DATE_LAYOUT_COUNT] = {
#define X(id, format) format,
      MT_DATE_LAYOUTS(X)
#undef X
  };
  static const char *const times[] = {"", ":%M", ":%M:%S", ":%M:%S.%f"};
  static const char *const halves[] = {"", " %p", "%p"};
  if (shape->time == 0) {
    snprintf(dst, cap, "%s", dates[layout]);
    return;
  }
  snprintf(dst, cap, "%s%c%s%s%s%s", dates[layout], shape->separator,
           shape->ampm ? "%I" : "%H", times[shape->time], halves[shape->ampm],
           shape->offset ? "%z" : "");
}
