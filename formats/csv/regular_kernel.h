/* One variant of the search for regular records; regular.c includes this once for each,
 * having defined
 *
 *   NAME(x)            x_variant
 *   TARGET             attributes that let the compiler use its instructions
 *   NAME(equal)        (p, byte): a bit for each of the 64 bytes at p that is `byte`
 *   NAME(low)          (p): likewise, bytes up to and including the space
 *   NAME(either)       (p, a, b): whether one of them is a or b
 *   NAME(special)      (p, quote): whether one of them is a quote or a CR, or an LF that
 *                      is followed by such a byte as `low` finds; reads 65 bytes
 *   struct NAME(seen)  what bytes there were; all zeros where there were none
 *   NAME(see)          (seen, p): adds them
 *   NAME(seen_nul)     (seen): not 0 if one of them was 0
 *   NAME(seen_high)    (seen): not 0 if one of them was 0x80 or above
 *   NAME(prefix_xor)   (m): bit i is the parity of bits 0 .. i
 *   NAME(put)          (to, base, m): base + i for each bit i of m, in order; may
 *                      write 16 more */

/* What there is to do where there are quotes or CRs, or were just before.  w->lf is
 * known; line ends that are none are taken out of it. */
static inline __attribute__((always_inline)) TARGET void
NAME(quotes)(struct mt_csv_run *r, const uint8_t *p, bool records, struct window *w)
{
  const uint8_t delimiter = r->dialect.delimiter;
  const uint64_t quote = r->dialect.quote < 0 ? 0 : NAME(equal)(p, r->dialect.quote);
  uint64_t cr = NAME(equal)(p, '\r'), after_quote = 0;

  if (quote | r->inside | r->after_quote) {
    const uint64_t edges = NAME(equal)(p, delimiter) | w->lf;
    w->inside = NAME(prefix_xor)(quote) ^ r->inside;
    uint64_t opening = quote & w->inside, closing = quote & ~w->inside;
    uint64_t after_edge =
        edges << 1 | r->after_line | (r->pos > 0 && r->text[r->pos - 1] == delimiter);
    after_quote = quote << 1 | r->after_quote;
    w->odd |= opening & ~(after_edge | after_quote);
    if (!records) { /* what follows a closing quote moves no record's end */
      w->odd |= (closing << 1 | (r->after_quote & ~r->inside)) & ~(edges | cr | quote);
      r->escapes |= (opening & after_quote) != 0;
    }
    r->multiline |= ((w->lf | cr) & w->inside) != 0;
    r->inside = (uint64_t)((int64_t)w->inside >> 63);
    r->after_quote = quote >> 63;
    w->lf &= ~w->inside;
    cr &= ~w->inside;
  }
  w->odd |= (cr << 1 | r->after_cr) & ~w->lf;
  w->closed = after_quote | (cr & after_quote) << 1 | r->after_quote_cr;
  r->after_quote_cr = (cr & after_quote) >> 63;
  r->after_cr = cr >> 63;
}

/* The ends of fields among the next 64 bytes, or of records only, which takes less: where
 * there is no quote, delimiters are not looked for.  x << 1 | bit is what comes after x.
 */
static inline __attribute__((always_inline)) TARGET uint64_t NAME(window)(
    struct mt_csv_run *r, bool records, struct NAME(seen) * seen, struct window *w)
{
  const int quote = quote_of(r);
  const size_t left = r->len - r->pos;
  const uint8_t *p = r->text + r->pos;
  uint8_t tail[WINDOW];

  *w = (struct window){0};
  if (__builtin_expect(left < WINDOW, 0)) {
    memset(tail, 'x', sizeof tail);
    p = memcpy(tail, p, left);
    w->odd = ~(uint64_t)0 << left;
  }
  w->lf = NAME(equal)(p, '\n');
  if (NAME(either)(p, quote, '\r') | ((r->inside | r->after_quote | r->after_cr) != 0))
    NAME(quotes)(r, p, records, w);
  uint64_t starts = (w->lf << 1 | r->after_line) & NAME(low)(p);
  if (__builtin_expect(starts != 0, 0))
    w->odd |= blank_lines(r->text, r->len, r->pos, starts, r->dialect.delimiter);
  if (r->dialect.comment >= 0)
    w->odd |= NAME(equal)(p, r->dialect.comment) & ~w->inside;
  r->after_line = w->lf >> 63;
  r->pos += WINDOW;
  uint64_t ends = w->lf;
  if (!records) {
    NAME(see)(seen, p);
    ends |= NAME(equal)(p, r->dialect.delimiter) & ~w->inside;
  }
  if (__builtin_expect(w->odd != 0, 0)) {
    r->ended = true;
    ends &= (w->odd & -w->odd) - 1;
  }
  r->records += (uint64_t)__builtin_popcountll(ends & w->lf);
  return ends;
}

/* Most windows take fewer steps: plain ones, of which nothing is special, behind others
 * where nothing is open.  The next ones may be such. */
static inline TARGET bool NAME(may_be_plain)(const struct mt_csv_run *r)
{
  return (r->inside | r->after_quote | r->after_cr) == 0 && r->dialect.comment < 0 &&
         r->pos + WINDOW < r->len && (!r->after_line || r->text[r->pos] > ' ');
}

/* Counts the records in the plain windows from r->pos on, as long as they are fewer than
 * max. */
static inline TARGET void NAME(count_plain)(struct mt_csv_run *r, uint64_t max,
                                            size_t *end)
{
  const int quote = quote_of(r);
  const uint8_t *const stop = r->text + r->len;
  const uint8_t *p = r->text + r->pos, *last = p;
  uint64_t records = r->records, lines = 0;

  for (; stop - p > WINDOW && !NAME(special)(p, quote); p += WINDOW) {
    const uint64_t lf = NAME(equal)(p, '\n');
    const uint64_t more = records + (uint64_t)__builtin_popcountll(lf);
    if (more >= max)
      break;
    records = more;
    last = lf ? p : last;
    lines = lf ? lf : lines;
    r->after_line = lf >> 63;
  }
  r->pos = (size_t)(p - r->text);
  r->records = records;
  if (lines)
    *end = (size_t)(last - r->text) + 64 - (size_t)__builtin_clzll(lines);
}

static TARGET uint64_t NAME(count)(struct mt_csv_run *run, uint64_t max, size_t *end)
{
  struct mt_csv_run r = *run; /* a copy that stays in registers */
  struct window w;

  while (!r.ended) {
    if (NAME(may_be_plain)(&r))
      NAME(count_plain)(&r, max, end);
    const size_t base = r.pos;
    uint64_t lines = NAME(window)(&r, true, NULL, &w);
    if (!lines)
      continue;
    if (__builtin_expect(r.records >= max, 0)) {
      r.ended = true;
      for (; r.records > max; r.records--)
        lines ^= (uint64_t)1 << (63 - __builtin_clzll(lines));
    }
    *end = base + 64 - (size_t)__builtin_clzll(lines);
  }
  *run = r;
  return r.records;
}

/* The ends in the plain windows from r->pos on, as long as there is room; how many. */
static inline TARGET size_t NAME(ends_plain)(struct mt_csv_run *r, uint32_t *ends,
                                             size_t cap, struct NAME(seen) * seen)
{
  const int quote = quote_of(r);
  const uint8_t delimiter = r->dialect.delimiter;
  const uint8_t *const stop = r->text + r->len;
  const uint8_t *p = r->text + r->pos;
  uint32_t base = (uint32_t)r->pos;
  uint64_t records = 0;
  size_t n = 0;

  for (; stop - p > WINDOW && n + MT_CSV_ENDS_MIN <= cap && !NAME(special)(p, quote);
       p += WINDOW, base += WINDOW) {
    const uint64_t lf = NAME(equal)(p, '\n');
    NAME(see)(seen, p);
    records += (uint64_t)__builtin_popcountll(lf);
    n += NAME(put)(ends + n, base, lf | NAME(equal)(p, delimiter));
    r->after_line = lf >> 63;
  }
  r->pos = (size_t)(p - r->text);
  r->records += records;
  return n;
}

static TARGET size_t NAME(ends)(struct mt_csv_run *run, uint32_t *ends, uint32_t *quoted,
                                size_t cap)
{
  struct mt_csv_run r = *run;
  struct NAME(seen) seen = {0};
  struct window w;
  size_t n = 0, in_quotes = 0;

  while (!r.ended && n + MT_CSV_ENDS_MIN <= cap) {
    if (NAME(may_be_plain)(&r))
      n += NAME(ends_plain)(&r, ends + n, cap - n, &seen);
    if (n + MT_CSV_ENDS_MIN > cap)
      break;
    const uint32_t base = (uint32_t)r.pos;
    const uint64_t found = NAME(window)(&r, false, &seen, &w);
    n += NAME(put)(ends + n, base, found);
    if (w.closed & found)
      in_quotes += put_plain(quoted + in_quotes, base, w.closed & found); /* few */
  }
  quoted[in_quotes] = UINT32_MAX;
  r.nul |= NAME(seen_nul)(&seen);
  r.high |= NAME(seen_high)(&seen);
  *run = r;
  return n;
}

static TARGET uint64_t NAME(lines)(const uint8_t *text, size_t len)
{
  uint64_t lines = 0, after_cr = 0;

  for (size_t i = 0; i < len; i += WINDOW) {
    uint64_t cr = NAME(equal)(text + i, '\r');
    uint64_t ends = cr | (NAME(equal)(text + i, '\n') & ~(cr << 1 | after_cr));
    if (len - i < WINDOW)
      ends &= ((uint64_t)1 << (len - i)) - 1;
    lines += (uint64_t)__builtin_popcountll(ends);
    after_cr = cr >> 63;
  }
  return lines;
}

#undef NAME
#undef TARGET
