/* Dates and times in text: which layouts a text can be read as, and its value.
 *
 *   mt_date_read()   one text -> its shape and the layouts it may have
 *   a column keeps   the AND of the layout masks, and whether shapes agree
 *   mt_date_value()  text + chosen layout -> seconds and nanoseconds
 *
 * Proleptic Gregorian calendar, years 1 to 9999, no leap seconds. */
#ifndef MT_CORE_DATETIME_H
#define MT_CORE_DATETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* id, strftime format of the date part */
#define MT_DATE_LAYOUTS(X)                                                               \
  X(YMD_DASH, "%Y-%m-%d")                                                                \
  X(YMD_SLASH, "%Y/%m/%d")                                                               \
  X(DMY_SLASH, "%d/%m/%Y")                                                               \
  X(MDY_SLASH, "%m/%d/%Y")                                                               \
  X(DMY_DOT, "%d.%m.%Y")                                                                 \
  X(DMY_DASH, "%d-%m-%Y")                                                                \
  X(MDY_DASH, "%m-%d-%Y")                                                                \
  X(DMY2_SLASH, "%d/%m/%y")                                                              \
  X(MDY2_SLASH, "%m/%d/%y")                                                              \
  X(DMY2_DOT, "%d.%m.%y")                                                                \
  X(DMY2_DASH, "%d-%m-%y")                                                               \
  X(MDY2_DASH, "%m-%d-%y")                                                               \
  X(D_MON_Y, "%d-%b-%Y")                                                                 \
  X(MON_D_Y, "%b %d, %Y")                                                                \
  X(D_MONTH_Y, "%d %B %Y")

enum mt_date_layout {
#define X(id, format) MT_DATE_##id,
  MT_DATE_LAYOUTS(X)
#undef X
      MT_DATE_LAYOUT_COUNT
};

/* Layouts with two-digit years; a person has to confirm them. */
#define MT_DATE_TWO_DIGIT_YEAR                                                           \
  ((1u << MT_DATE_DMY2_SLASH) | (1u << MT_DATE_MDY2_SLASH) | (1u << MT_DATE_DMY2_DOT) |  \
   (1u << MT_DATE_DMY2_DASH) | (1u << MT_DATE_MDY2_DASH))

/* Everything about a text that must agree for one strftime format to restore a
 * column, packed so that shapes compare with ==. */
struct mt_date_shape {
  uint8_t time;      /* 0 none, 1 H:M, 2 H:M:S, 3 H:M:S.fraction */
  uint8_t separator; /* between date and time: 0, 'T' or ' ' */
  uint8_t ampm;      /* 0, 1 " AM", 2 "AM" */
  uint8_t offset;    /* 0 none, 1 Z, 2 +hh:mm, 3 +hhmm, 4 +hh */
};

struct mt_date_text {
  uint32_t layouts; /* bit per layout this text is a valid date of */
  struct mt_date_shape shape;
  uint8_t fraction_digits; /* 0 to 9 */
  /* Padding evidence over day, month and hour: some one-digit number below ten
   * was written with (bit 0) or without (bit 1) a leading zero. */
  uint8_t padding;
  uint16_t field[3]; /* the three date numbers in text order (months as 1..12) */
  uint8_t hour, minute, second;
  uint32_t nanosecond;
  int16_t offset_minutes;
};

/* Whether s[0..n) is a date or a date and time of some layout.  One- or two-digit
 * day and month, four-digit years except in the two-digit layouts, hours
 * H or HH, optional AM/PM, optional Z or +-hh[:]mm (only with a time). */
bool mt_date_read(const uint8_t *s, size_t n, struct mt_date_text *t);

/* Value under a layout that t->layouts has: seconds since 1970-01-01T00:00:00 (UTC
 * when there is an offset) and nanoseconds 0..999,999,999.  Two-digit years as
 * strptime: 69..99 -> 19xx, 00..68 -> 20xx. */
void mt_date_value(const struct mt_date_text *t, enum mt_date_layout layout,
                   int64_t *seconds, uint32_t *nanoseconds);

/* "%Y-%m-%d %H:%M:%S" for a layout and shape: for people and loader code. */
void mt_date_format(char *dst, size_t cap, enum mt_date_layout layout,
                    const struct mt_date_shape *shape);

/* Days since 1970-01-01 of a date. */
int64_t mt_days_from_civil(int year, int month, int day);
/* The reverse. */
void mt_civil_from_days(int64_t days, int *year, int *month, int *day);

/* Nanosecond timestamps reach from 1677-09-21T00:12:43.145224193 to
 * 2262-04-11T23:47:16.854775807. */
bool mt_fits_nanoseconds(int64_t seconds, uint32_t nanoseconds);

#endif
