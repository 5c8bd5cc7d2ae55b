/* Makes the benchmark's data: the same bytes on every machine, from a fixed seed.
 *
 *   generate orders ROWS          14 columns of a shop; comments are quoted
 *   generate quoted ROWS          the same, every text quoted
 *   generate integers ROWS        one column of short integers
 *   generate strings ROWS         one column of long texts, no two the same
 *   generate wide ROWS COLUMNS    many columns of five kinds
 *
 * CSV to stdout. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 1 << 20, ROOM = 256 }; /* what is put between two put_char fits in ROOM */

static char buffer[BUFFER];
static size_t used;
static bool quote_all;

/* --- output ------------------------------------------------------------------ */

static void flush(void)
{
  if (fwrite(buffer, 1, used, stdout) != used) {
    perror("generate");
    exit(1);
  }
  used = 0;
}

static void put_char(char c)
{
  if (used >= BUFFER - ROOM)
    flush();
  buffer[used++] = c;
}

static void put_bytes(const char *text)
{
  size_t size = strlen(text);
  memcpy(buffer + used, text, size);
  used += size;
}

/* At least width digits. */
static void put_number(uint64_t value, int width)
{
  char digits[20];
  int n = 0;
  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0 || n < width);
  while (n > 0)
    buffer[used++] = digits[--n];
}

static void put_hex(uint64_t value)
{
  for (int shift = 60; shift >= 0; shift -= 4)
    buffer[used++] = "0123456789abcdef"[value >> shift & 15];
}

static void put_cents(uint64_t cents)
{
  put_number(cents / 100, 1);
  buffer[used++] = '.';
  put_number(cents % 100, 2);
}

static void put_quote(void)
{
  if (quote_all)
    put_char('"');
}

static void put_text(const char *text)
{
  put_quote();
  put_bytes(text);
  put_quote();
}

/* The day is counted from 1970-01-01 (proleptic Gregorian; years begin in March). */
static void put_date(uint64_t day)
{
  uint64_t z = day + 719468, era = z / 146097, of_era = z % 146097;
  uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  uint64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  uint64_t month = (5 * of_year + 2) / 153;
  put_number(era * 400 + year + (month >= 10), 4);
  buffer[used++] = '-';
  put_number(month < 10 ? month + 3 : month - 9, 2);
  buffer[used++] = '-';
  put_number(of_year - (153 * month + 2) / 5 + 1, 2);
}

/* Seconds from 1970 on. */
static void put_time(uint64_t second)
{
  put_date(second / 86400);
  buffer[used++] = 'T';
  put_number(second / 3600 % 24, 2);
  buffer[used++] = ':';
  put_number(second / 60 % 60, 2);
  buffer[used++] = ':';
  put_number(second % 60, 2);
}

/* --- chance ------------------------------------------------------------------ */

/* Splitmix64's finaliser: different for different values. */
static uint64_t mix(uint64_t x)
{
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

static uint64_t chance(void)
{
  static uint64_t state = 20260115;
  state += UINT64_C(0x9e3779b97f4a7c15);
  return mix(state);
}

static uint64_t below(uint64_t n)
{
  return (chance() >> 32) * n >> 32;
}

/* --- orders ------------------------------------------------------------------ */

static const char *const statuses[] = {"paid", "packed", "shipped", "delivered",
                                       "returned"};
static const char *const countries[] = {
    "Austria", "Belgium", "Brazil",   "Canada",  "Chile",  "Denmark",  "Finland",
    "France",  "Germany", "Iceland",  "Ireland", "Italy",  "Japan",    "Kenya",
    "Latvia",  "Mexico",  "Norway",   "Peru",    "Poland", "Portugal", "Romania",
    "Spain",   "Sweden",  "Thailand", "Türkiye", "Ukraine"};
static const char *const wishes[] = {"leave it at the door, please",
                                     "ring twice, then call", "gift wrapping, red",
                                     "no plastic, thanks"};

#define PICK(list) list[below(sizeof list / sizeof *list)]

static void put_comment(void)
{
  put_char('"');
  put_bytes(PICK(wishes));
  put_bytes(", box ");
  put_number(below(10000), 1);
  put_char('"');
}

static void put_order(uint64_t row)
{
  uint64_t second = UINT64_C(1672531200) + row * 13 + below(13); /* from 2023 on */
  put_number(1000001 + row, 1);
  put_char(',');
  put_number(1 + below(500000), 1);
  put_char(',');
  put_quote();
  put_time(second);
  put_quote();
  put_char(',');
  if (below(10) != 0) {
    put_quote();
    put_date(second / 86400 + below(9));
    put_quote();
  }
  put_char(',');
  put_text(PICK(statuses));
  put_char(',');
  put_text(PICK(countries));
  put_char(',');
  put_quote();
  put_bytes("PX-");
  put_number(below(200000), 6);
  put_quote();
  put_char(',');
  put_quote();
  put_hex(mix(row + 1));
  put_quote();
  put_char(',');
  put_number(1 + below(20), 1);
  put_char(',');
  put_cents(99 + below(99900));
  put_char(',');
  put_cents(below(7) * 5);
  put_char(',');
  put_bytes(below(4) == 0 ? "true" : "false");
  put_char(',');
  if (below(20) < 11)
    put_number(1 + below(5), 1);
  put_char(',');
  if (below(4) == 0)
    put_comment();
  put_char('\n');
}

static void put_orders(uint64_t rows)
{
  put_bytes("order_id,customer_id,ordered_at,shipped_on,status,country,product,reference,"
            "quantity,price,discount,gift,rating,comment\n");
  for (uint64_t row = 0; row < rows; row++)
    put_order(row);
}

/* --- the other shapes --------------------------------------------------------- */

static void put_integers(uint64_t rows)
{
  put_bytes("n\n");
  for (uint64_t row = 0; row < rows; row++) {
    put_number(below(1000), 1);
    put_char('\n');
  }
}

static void put_strings(uint64_t rows)
{
  put_bytes("text\n");
  for (uint64_t row = 0; row < rows; row++) {
    put_hex(mix(row + 1));
    for (int i = 0; i < 5; i++)
      put_hex(chance());
    put_char('\n');
  }
}

static void put_cell(uint64_t column)
{
  switch (column % 5) {
  case 0:
    put_number(below(100000), 1);
    break;
  case 1:
    put_cents(below(1000000));
    break;
  case 2:
    put_text(PICK(statuses));
    break;
  case 3:
    if (below(5) != 0)
      put_number(below(100), 1);
    break;
  default:
    put_date(19000 + below(1000));
  }
}

static void put_wide(uint64_t rows, uint64_t columns)
{
  for (uint64_t column = 0; column < columns; column++) {
    put_char('c');
    put_number(column, 1);
    put_char(column + 1 < columns ? ',' : '\n');
  }
  for (uint64_t row = 0; row < rows; row++)
    for (uint64_t column = 0; column < columns; column++) {
      put_cell(column);
      put_char(column + 1 < columns ? ',' : '\n');
    }
}

int main(int argc, char **argv)
{
  const char *kind = argc > 2 ? argv[1] : "";
  uint64_t rows = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
  quote_all = strcmp(kind, "quoted") == 0;
  if (argc == 3 && (quote_all || strcmp(kind, "orders") == 0))
    put_orders(rows);
  else if (argc == 3 && strcmp(kind, "integers") == 0)
    put_integers(rows);
  else if (argc == 3 && strcmp(kind, "strings") == 0)
    put_strings(rows);
  else if (argc == 4 && strcmp(kind, "wide") == 0)
    put_wide(rows, strtoull(argv[3], NULL, 10));
  else {
    fputs("usage: generate orders|quoted|integers|strings ROWS\n"
          "       generate wide ROWS COLUMNS\n",
          stderr);
    return 2;
  }
  flush();
  return fflush(stdout) == 0 ? 0 : 1;
}
