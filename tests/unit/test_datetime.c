#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/cells/datetime.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BIT(layout) (1u << MT_DATE_##layout)

static bool reads(const char *s, struct mt_date_text *t)
{
  return mt_date_read((const uint8_t *)s, strlen(s), t);
}

static struct mt_date_text date(const char *s)
{
  struct mt_date_text t;
  assert_true(reads(s, &t));
  return t;
}

static int64_t seconds(const char *s)
{
  struct mt_date_text t = date(s);
  int64_t v;
  uint32_t nanoseconds;
  mt_date_value(&t, __builtin_ctz(t.layouts), &v, &nanoseconds);
  return v;
}

static void test_layouts(void **state)
{
  (void)state;
  const struct {
    const char *text;
    uint32_t layouts;
  } cases[] = {
      {"2020-01-31", BIT(YMD_DASH)},
      {"2020/1/3", BIT(YMD_SLASH)},
      {"13/12/2020", BIT(DMY_SLASH)},
      {"12/13/2020", BIT(MDY_SLASH)},
      {"1/2/2020", BIT(DMY_SLASH) | BIT(MDY_SLASH)},
      {"31.12.1999", BIT(DMY_DOT)},
      {"01-02-2020", BIT(DMY_DASH) | BIT(MDY_DASH)},
      {"1-1-19", BIT(DMY2_DASH) | BIT(MDY2_DASH)},
      {"1/13/19", BIT(MDY2_SLASH)},
      {"13.1.19", BIT(DMY2_DOT)},
      {"5-Jan-2020", BIT(D_MON_Y)},
      {"Jan 5, 2020", BIT(MON_D_Y)},
      {"5 January 2020", BIT(D_MONTH_Y)},
      {"29/02/2020", BIT(DMY_SLASH)},
      {"29/02/00", BIT(DMY2_SLASH)}, /* 2000 has one, 1900 had none */
      {"9999-12-31", BIT(YMD_DASH)},
      {"0001-01-01", BIT(YMD_DASH)},
  };
  for (size_t i = 0; i < COUNT(cases); i++)
    assert_int_equal(date(cases[i].text).layouts, cases[i].layouts);
}

static void test_not_dates(void **state)
{
  (void)state;
  const char *texts[] = {"",
                         "2020",
                         "20200101",
                         "2020-13-01",
                         "2020-02-30",
                         "2021-02-29",
                         "1900-02-29",
                         "0000-00-00",
                         "0000-01-01",
                         "476-09-04",
                         "T00370201",
                         "2020-01/02",
                         "2020.01.02",
                         "2020-001-02",
                         "1/1/020",
                         "32/13/2020",
                         "00/01/2020",
                         "2020-01-",
                         "2020-01-01 ",
                         " 2020-01-01",
                         "2020-01-01T",
                         "2020-01-01x",
                         "1-1-1",
                         "5-JAN-2020",
                         "5-January-2020",
                         "5 Jan 2020",
                         "January 5, 2020",
                         "Jan 5 2020",
                         "Jan 32, 2020",
                         "10:00",
                         "2020-01-01 24:00",
                         "2020-01-01 10:60",
                         "2020-01-01 10:00:60",
                         "2020-01-01 10",
                         "2020-01-01 10:0",
                         "2020-01-01 10:00:0",
                         "2020-01-01 10:00:00.",
                         "2020-01-01 10:00:00.1234567890",
                         "2020-01-01 0:00 AM",
                         "2020-01-01 13:00 PM",
                         "2020-01-01 10:00 XM",
                         "2020-01-01 10:00+1",
                         "2020-01-01 10:00+24:00",
                         "2020-01-01 10:00+01:60",
                         "2020-01-01 10:00 +01:00",
                         "2020-01-01 10:00ZZ",
                         "2020-01-01Z",
                         "2020-01-01+01:00",
                         "1.2.3.4",
                         "2020-01-01--",
                         "555-12-1234"};
  struct mt_date_text t;
  for (size_t i = 0; i < COUNT(texts); i++)
    if (reads(texts[i], &t))
      fail_msg("'%s' was read as a date", texts[i]);
}

static void check_time(const char *s, int time, int separator, int ampm, int offset)
{
  struct mt_date_shape shape = date(s).shape;
  assert_int_equal(shape.time, time);
  assert_int_equal(shape.separator, separator);
  assert_int_equal(shape.ampm, ampm);
  assert_int_equal(shape.offset, offset);
}

static void test_times(void **state)
{
  (void)state;
  check_time("2020-01-02", 0, 0, 0, 0);
  check_time("2020-01-02T03:04", 1, 'T', 0, 0);
  check_time("1/2/2020 3:04:05", 2, ' ', 0, 0);
  check_time("2020-01-02 03:04:05.678", 3, ' ', 0, 0);
  check_time("1/2/2020 3:04 PM", 1, ' ', 1, 0);
  check_time("1/2/2020 3:04:05PM", 2, ' ', 2, 0);
  check_time("2020-01-02T03:04:05Z", 2, 'T', 0, 1);
  check_time("2020-01-02T03:04:05-05:30", 2, 'T', 0, 2);
  check_time("2020-01-02T03:04:05.1+0100", 3, 'T', 0, 3);
  check_time("2020-01-02 03:04+01", 1, ' ', 0, 4);
  struct mt_date_text t = date("2020-01-02 03:04:05.678");
  assert_int_equal(t.hour * 10000 + t.minute * 100 + t.second, 30405);
  assert_int_equal(t.nanosecond, 678000000);
  assert_int_equal(t.fraction_digits, 3);
  assert_int_equal(date("2020-01-02 03:04:05.123456789").nanosecond, 123456789);
  assert_int_equal(date("1/2/2020 12:00 AM").hour, 0);
  assert_int_equal(date("1/2/2020 12:00 PM").hour, 12);
  assert_int_equal(date("1/2/2020 11:59 PM").hour, 23);
  assert_int_equal(date("2020-01-02T03:04:05-05:30").offset_minutes, -330);
  assert_int_equal(date("2020-01-02T03:04:05+0530").offset_minutes, 330);
}

static void test_padding(void **state)
{
  (void)state;
  const struct {
    const char *text;
    int padding;
  } cases[] = {
      {"2020-11-12", 0},      {"2020-01-12", 1},       {"2020-1-12", 2},
      {"2020-01-2", 3},       {"10/11/2020", 0},       {"1/12/2020", 2},
      {"01/12/2020", 1},      {"10/11/05", 0},         {"Jan 05, 2020", 1},
      {"5 January 2020", 2},  {"15-Jan-2020", 0},      {"2020-11-12 09:00", 1},
      {"2020-11-12 9:00", 2}, {"2020-11-12 10:05", 0}, {"2020-1-12 09:00", 3},
  };
  for (size_t i = 0; i < COUNT(cases); i++)
    assert_int_equal(date(cases[i].text).padding, cases[i].padding);
}

static void test_values(void **state)
{
  (void)state;
  assert_true(seconds("1970-01-01") == 0);
  assert_true(seconds("1969-12-31 23:59:59") == -1);
  assert_true(seconds("2000-02-29T12:34:56") == 951827696);
  assert_true(seconds("0001-01-01") == -62135596800);
  assert_true(seconds("9999-12-31 23:59:59") == 253402300799);
  assert_true(seconds("1066-10-14") == -28502755200);
  assert_true(seconds("1970-01-01T01:00:00+01:00") == 0);
  assert_true(seconds("1969-12-31T19:00-05") == 0);
  assert_true(seconds("31.12.68") == 3124137600); /* 2068 */
  assert_true(seconds("31.12.69") == -86400);     /* 1969 */
  assert_true(seconds("Mar 1, 1970") == 59 * 86400);
  assert_true(seconds("1-Mar-1970") == 59 * 86400);
  assert_true(seconds("1 March 1970") == 59 * 86400);
  struct mt_date_text t = date("03/04/2020 00:00:00.5");
  int64_t dmy, mdy;
  uint32_t nanoseconds;
  mt_date_value(&t, MT_DATE_DMY_SLASH, &dmy, &nanoseconds);
  mt_date_value(&t, MT_DATE_MDY_SLASH, &mdy, &nanoseconds);
  assert_true(dmy == mt_days_from_civil(2020, 4, 3) * 86400);
  assert_true(mdy == mt_days_from_civil(2020, 3, 4) * 86400);
  assert_int_equal(nanoseconds, 500000000);
}

/* Every day of ten thousand years, counted one by one. */
static void test_calendar(void **state)
{
  (void)state;
  static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t days = mt_days_from_civil(1, 1, 1);
  assert_true(days == -719162);
  for (int year = 1; year <= 9999; year++)
    for (int month = 1; month <= 12; month++) {
      bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      int length = lengths[month - 1] + (month == 2 && leap);
      for (int day = 1; day <= length; day++, days++) {
        int y, m, d;
        mt_civil_from_days(days, &y, &m, &d);
        if (y != year || m != month || d != day ||
            mt_days_from_civil(year, month, day) != days)
          fail_msg("day %lld is not %d-%d-%d", (long long)days, year, month, day);
      }
    }
}

static void test_format(void **state)
{
  (void)state;
  const struct {
    const char *text;
    enum mt_date_layout layout;
    const char *format;
  } cases[] = {
      {"2020-01-02", MT_DATE_YMD_DASH, "%Y-%m-%d"},
      {"2020-01-02 03:04:05", MT_DATE_YMD_DASH, "%Y-%m-%d %H:%M:%S"},
      {"2020-01-02T03:04:05.6Z", MT_DATE_YMD_DASH, "%Y-%m-%dT%H:%M:%S.%f%z"},
      {"1/2/20 3:04 PM", MT_DATE_MDY2_SLASH, "%m/%d/%y %I:%M %p"},
      {"1/2/2020 3:04:05PM", MT_DATE_DMY_SLASH, "%d/%m/%Y %I:%M:%S%p"},
      {"Jan 5, 2020", MT_DATE_MON_D_Y, "%b %d, %Y"},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    struct mt_date_text t = date(cases[i].text);
    char format[64];
    mt_date_format(format, sizeof format, cases[i].layout, &t.shape);
    assert_string_equal(format, cases[i].format);
  }
}

static void test_nanoseconds(void **state)
{
  (void)state;
  assert_true(mt_fits_nanoseconds(0, 0));
  assert_true(mt_fits_nanoseconds(9223372036, 854775807));
  assert_false(mt_fits_nanoseconds(9223372036, 854775808));
  assert_true(mt_fits_nanoseconds(-9223372037, 145224193));
  assert_false(mt_fits_nanoseconds(-9223372037, 145224192)); /* NaT */
  assert_false(mt_fits_nanoseconds(-9223372038, 999999999));
  assert_false(mt_fits_nanoseconds(seconds("9999-12-31"), 0));
  assert_false(mt_fits_nanoseconds(seconds("1066-10-14"), 0));
  assert_false(mt_fits_nanoseconds(INT64_MAX, 999999999));
  assert_false(mt_fits_nanoseconds(INT64_MIN, 0));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_layouts), cmocka_unit_test(test_not_dates),
      cmocka_unit_test(test_times),   cmocka_unit_test(test_padding),
      cmocka_unit_test(test_values),  cmocka_unit_test(test_calendar),
      cmocka_unit_test(test_format),  cmocka_unit_test(test_nanoseconds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
