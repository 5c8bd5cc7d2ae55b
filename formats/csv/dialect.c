#include "formats/csv/dialect.h"

#include <csv.h>
#include <errno.h>
#include <string.h>

#define STRICT_SIZE ((size_t)64 << 10)

static const struct {
  uint8_t byte;
  const char *name;
} candidates[] = {{',', "comma"}, {';', "semicolon"}, {'\t', "tab"}, {'|', "bar"}};

/* What a candidate makes of the sample. */
struct trial {
  size_t width;   /* fields of the first record */
  size_t records; /* seen */
  size_t equal;   /* of those, as wide as the first */
  bool strict;    /* no quote in an odd place in the first STRICT_SIZE bytes */
};

static int no_space(unsigned char c)
{
  (void)c;
  return 0;
}

/* Feeds libcsv one record at a time; whether it accepts it as strict CSV. */
static bool strict_accepts(struct csv_parser *p, const uint8_t *text, size_t len)
{
  return csv_parse(p, text, len, NULL, NULL, NULL) == len;
}

static void run_trial(struct trial *t, struct csv_parser *judge,
                      const struct mt_csv_dialect *d, const uint8_t *text, size_t len,
                      bool last, uint64_t skip)
{
  struct mt_csv_cursor skim, split;
  size_t pos = 0;

  mt_csv_cursor_init(&skim, d, text, len, last);
  mt_csv_cursor_init(&split, d, text, len, last);
  split.fields = true;
  while (skip > 0 && mt_csv_skip_line(&skim, &pos, len) == MT_CSV_BLANK)
    skip--;
  while (!skip) {
    enum mt_csv_item item = mt_csv_start(&skim, &pos);
    if (item == MT_CSV_BLANK)
      continue;
    size_t end = pos;
    if (item != MT_CSV_RECORD || mt_csv_skim(&skim, &end, len) != MT_CSV_RECORD)
      break;
    if (t->strict && end <= STRICT_SIZE)
      t->strict = strict_accepts(judge, text + pos, end - pos);
    struct mt_csv_row row = {.cap = 0, .open = SIZE_MAX};
    mt_csv_split(&split, &pos, &row);
    if (!t->records)
      t->width = row.count;
    t->records++;
    t->equal += row.count == t->width;
  }
}

/* Splits without exception and without an odd quote. */
static bool is_clean(const struct trial *t)
{
  return t->strict && t->equal == t->records;
}

/* A clean split beats others, then more agreement, then more fields.  The
 * agreement is compared as equal / records without dividing. */
static bool is_better(const struct trial *a, const struct trial *b)
{
  if (a->width < 2 || a->equal < a->records / 2)
    return false;
  if (b->width < 2 || is_clean(a) != is_clean(b))
    return b->width < 2 || is_clean(a);
  uint64_t x = (uint64_t)a->equal * b->records, y = (uint64_t)b->equal * a->records;
  return x != y ? x > y : a->width > b->width;
}

void mt_csv_dialect_detect(struct mt_csv_dialect *d, const uint8_t *text, size_t len,
                           bool last, uint64_t skip)
{
  struct trial best = {0};

  d->delimiter = ',';
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
    struct mt_csv_dialect tried = *d;
    struct trial t = {.strict = true};
    struct csv_parser judge;
    tried.delimiter = candidates[i].byte;
    if (tried.delimiter == d->quote || tried.delimiter == d->comment)
      continue;
    if (csv_init(&judge, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL))
      continue;
    csv_set_delim(&judge, tried.delimiter);
    csv_set_quote(&judge, d->quote < 0 ? '\0' : (unsigned char)d->quote);
    csv_set_space_func(&judge, no_space);
    csv_set_blk_size(&judge, STRICT_SIZE);
    run_trial(&t, &judge, &tried, text, len, last, skip);
    csv_free(&judge);
    if (is_better(&t, &best)) {
      best = t;
      d->delimiter = tried.delimiter;
    }
  }
}

const char *mt_csv_delimiter_name(int delimiter)
{
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
    if (candidates[i].byte == delimiter)
      return candidates[i].name;
  return NULL;
}

/* --- not a text table -------------------------------------------------------- */

static const struct {
  const char *mark;
  size_t len;
  const char *what, *remedy;
} foreign[] = {
    {"ARROW1", 6, "an Arrow IPC (Feather) file", "export it as CSV first"},
    {"FEA1", 4, "a Feather V1 file", "export it as CSV first"},
    {"\x89HDF\r\n\x1a\n", 8, "an HDF5 file", "export its table as CSV first"},
    {"\xc2\x89HDF\r\n\x1a\n", 9, "an HDF5 file", "export its table as CSV first"},
    {"PAR1", 4, "a Parquet file", "export it as CSV first"},
    {"PK\x03\x04", 4, "a zip archive (or a spreadsheet)",
     "unpack it, or save the sheet as CSV"},
    {"\xd0\xcf\x11\xe0", 4, "an old Office document", "save the sheet as CSV"},
    {"SQLite format 3", 15, "an SQLite database", "export its table as CSV first"},
    {"\x7f"
     "ELF",
     4, "a program", "check the file's name"},
    {"%PDF-", 5, "a PDF document", "check the file's name"},
};

/* Runs of NULs and the NULs at odd and even places. */
struct nuls {
  size_t runs, at[2];
};

static struct nuls count_nuls(const uint8_t *text, size_t len)
{
  struct nuls n = {0};

  for (size_t i = 0; i < len; i++) {
    if (text[i])
      continue;
    n.at[i % 2]++;
    n.runs += i == 0 || text[i - 1];
  }
  return n;
}

/* A few NULs are a damaged table and are counted as faults of the data; NULs all
 * over are no table.  The thresholds were set on programs, images and UTF-16. */
int mt_csv_check_text(const char *path, const uint8_t *text, size_t len,
                      struct mt_error *err)
{
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
    if (len < foreign[i].len || memcmp(text, foreign[i].mark, foreign[i].len))
      continue;
    mt_fail(err, EINVAL, "%s is %s, not delimited text", path, foreign[i].what);
    mt_error_remedy(err, "%s", foreign[i].remedy);
    return EINVAL;
  }
  if (len > STRICT_SIZE)
    len = STRICT_SIZE;
  if (len < 256)
    return 0;
  struct nuls n = count_nuls(text, len);
  for (unsigned odd = 0; odd < 2; odd++) {
    if (n.at[odd] < len / 3 || n.at[!odd] > len / 32)
      continue;
    mt_fail(err, EINVAL, "%s looks like UTF-16 without a byte order mark", path);
    mt_error_remedy(err, "try --encoding %s", odd ? "UTF-16LE" : "UTF-16BE");
    return EINVAL;
  }
  if (n.runs < len / 64 && n.at[0] + n.at[1] < len)
    return 0;
  mt_fail(err, EINVAL, "%s looks binary: %zu of its first %zu bytes are NUL", path,
          n.at[0] + n.at[1], len);
  mt_error_remedy(err, "check the file's name, or give its --encoding");
  return EINVAL;
}
