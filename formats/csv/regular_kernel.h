/* One variant of the search for regular records; regular.c includes this once for each,
 * having defined
 *
 *   NAME(x)            x_variant
 *   TARGET             attributes that let the compiler use its instructions
 *   NAME(equal)        (p, byte): a bit for each of the 64 bytes at p that is `byte`
 *   NAME(low)          (p): likewise, bytes up to and including the space
 *   NAME(nul)          (p): not 0 if one of the 64 is 0
 *   NAME(high)         (p): not 0 if one of them is 0x80 or above
 *   NAME(prefix_xor)   (m): bit i is the parity of bits 0 .. i
 *   NAME(put)          (to, base, m): base + i for each bit i of m, in order; may
 *                      write 16 more */

/* The ends of fields among the next 64 bytes, or of records only, which takes less: where
 * there is no quote, delimiters are not looked for.  x << 1 | bit is what comes after x.
 */
static inline __attribute__((always_inline)) TARGET uint64_t
NAME(window)(struct mt_csv_run *r, bool records)
{
  const size_t left = r->len - r->pos;
  const uint8_t delimiter = r->dialect.delimiter;
  const uint8_t *p = r->text + r->pos;
  uint8_t tail[WINDOW];
  uint64_t odd = 0;

  if (__builtin_expect(left < WINDOW, 0)) {
    memset(tail, 'x', sizeof tail);
    p = memcpy(tail, p, left);
    odd = ~(uint64_t)0 << left;
  }
  if (!records) {
    r->nul |= NAME(nul)(p);
    r->high |= NAME(high)(p);
  }
  const uint64_t quote = r->dialect.quote < 0 ? 0 : NAME(equal)(p, r->dialect.quote);
  uint64_t lf = NAME(equal)(p, '\n'), cr = NAME(equal)(p, '\r'), inside = 0;

  if (quote | r->inside | r->after_quote) {
    const uint64_t edges = NAME(equal)(p, delimiter) | lf;
    inside = NAME(prefix_xor)(quote) ^ r->inside;
    uint64_t opening = quote & inside, closing = quote & ~inside;
    uint64_t after_quote = quote << 1 | r->after_quote;
    uint64_t after_edge =
        edges << 1 | r->after_line | (r->pos > 0 && r->text[r->pos - 1] == delimiter);
    odd |= opening & ~(after_edge | after_quote);
    if (!records) { /* what follows a closing quote moves no record's end */
      odd |= (closing << 1 | (r->after_quote & ~r->inside)) & ~(edges | cr | quote);
      r->quotes = true;
      r->escapes |= (opening & after_quote) != 0;
    }
    r->multiline |= ((lf | cr) & inside) != 0;
    r->inside = (uint64_t)((int64_t)inside >> 63);
    r->after_quote = quote >> 63;
    lf &= ~inside;
    cr &= ~inside;
  }
  odd |= (cr << 1 | r->after_cr) & ~lf;
  uint64_t starts = (lf << 1 | r->after_line) & NAME(low)(p);
  if (__builtin_expect(starts != 0, 0))
    odd |= blank_lines(r->text, r->len, r->pos, starts, delimiter);
  if (r->dialect.comment >= 0)
    odd |= NAME(equal)(p, r->dialect.comment) & ~inside;
  r->after_line = lf >> 63;
  r->after_cr = cr >> 63;
  r->pos += WINDOW;
  uint64_t ends = records ? lf : lf | (NAME(equal)(p, delimiter) & ~inside);
  if (__builtin_expect(odd != 0, 0)) {
    r->ended = true;
    ends &= (odd & -odd) - 1;
  }
  r->records += (uint64_t)__builtin_popcountll(ends & lf);
  return ends;
}

static TARGET uint64_t NAME(count)(struct mt_csv_run *run, uint64_t max, size_t *end)
{
  struct mt_csv_run r = *run; /* a copy that stays in registers */

  while (!r.ended) {
    const size_t base = r.pos;
    uint64_t lines = NAME(window)(&r, true);
    if (!lines)
      continue;
    r.ended |= r.records >= max;
    for (; r.records > max; r.records--)
      lines ^= (uint64_t)1 << (63 - __builtin_clzll(lines));
    *end = base + 64 - (size_t)__builtin_clzll(lines);
  }
  *run = r;
  return r.records;
}

static TARGET size_t NAME(ends)(struct mt_csv_run *run, uint32_t *ends, size_t cap)
{
  struct mt_csv_run r = *run;
  size_t n = 0;

  while (!r.ended && n + MT_CSV_ENDS_MIN <= cap) {
    const uint32_t base = (uint32_t)r.pos;
    n += NAME(put)(ends + n, base, NAME(window)(&r, false));
  }
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
