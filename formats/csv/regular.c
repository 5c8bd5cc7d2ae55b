#include "formats/csv/regular.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "core/cells/quick.h"

#define WINDOW 64

/* Of the lines that begin with a blank, a line end or another such byte, at these bits
 * from pos on, those that hold nothing else, or may hold nothing else. */
static uint64_t blank_lines(const uint8_t *text, size_t len, size_t pos, uint64_t starts,
                            uint8_t delimiter)
{
  uint64_t blank = 0;

  for (; starts; starts &= starts - 1) {
    size_t i = pos + (size_t)__builtin_ctzll(starts);
    while (i < len && (text[i] == ' ' || text[i] == '\t') && text[i] != delimiter)
      i++;
    if (i >= len || text[i] == '\n' || text[i] == '\r')
      blank |= starts & -starts;
  }
  return blank;
}

/* Of 64 bytes, a bit for each. */
struct window {
  uint64_t lf;     /* line ends, outside quotes */
  uint64_t inside; /* quotes */
  uint64_t odd;    /* what is not regular */
  uint64_t closed; /* after a quote, or after a CR that is: where fields in quotes end */
};

/* The quote; where there is none, what is looked for beside it. */
static inline int quote_of(const struct mt_csv_run *r)
{
  return r->dialect.quote < 0 ? '\r' : r->dialect.quote;
}

/* --- in plain C ---------------------------------------------------------------- */

#define NAME(x) x##_plain
#define TARGET
#define EACH(byte) MT_QUICK_EACH(byte)

/* The high bit of each byte, as 8 bits: the multiplication moves that of byte k to bit
 * 56 + k; no two meet. */
static inline uint64_t high_bits(uint64_t v)
{
  return (((v & EACH(0x80)) >> 7) * 0x0102040810204080u) >> 56;
}

static inline uint64_t equal_plain(const uint8_t *p, int byte)
{
  uint64_t m = 0;

  for (unsigned i = 0; i < WINDOW; i += 8) {
    uint64_t x = mt_quick_load(p + i) ^ EACH((uint8_t)byte);
    m |= high_bits(~(((x & EACH(0x7f)) + EACH(0x7f)) | x)) << i;
  }
  return m;
}

static inline uint64_t low_plain(const uint8_t *p)
{
  uint64_t m = 0;

  for (unsigned i = 0; i < WINDOW; i += 8) {
    uint64_t x = mt_quick_load(p + i);
    m |= high_bits(~(((x & EACH(0x7f)) + EACH(0x7f - ' ')) | x)) << i;
  }
  return m;
}

static inline bool either_plain(const uint8_t *p, int a, int b)
{
  return (equal_plain(p, a) | equal_plain(p, b)) != 0;
}

static inline bool special_plain(const uint8_t *p, int quote)
{
  const uint64_t after_line = equal_plain(p, '\n') & low_plain(p + 1);

  return after_line != 0 || either_plain(p, quote, '\r');
}

struct seen_plain {
  uint64_t nul, high;
};

static inline void see_plain(struct seen_plain *s, const uint8_t *p)
{
  s->nul |= equal_plain(p, 0);
  for (unsigned i = 0; i < WINDOW; i += 8)
    s->high |= mt_quick_load(p + i);
}

static inline uint64_t seen_nul_plain(const struct seen_plain *s)
{
  return s->nul;
}

static inline uint64_t seen_high_plain(const struct seen_plain *s)
{
  return s->high & EACH(0x80);
}

static inline uint64_t prefix_xor_plain(uint64_t m)
{
  for (unsigned i = 1; i < 64; i *= 2)
    m ^= m << i;
  return m;
}

static inline size_t put_plain(uint32_t *to, uint32_t base, uint64_t m)
{
  size_t n = 0;

  for (; m; m &= m - 1)
    to[n++] = base + (uint32_t)__builtin_ctzll(m);
  return n;
}

#include "formats/csv/regular_kernel.h"

#if defined(__x86_64__)

/* --- SSE2: every x86-64 has it -------------------------------------------------- */

#define NAME(x) x##_sse2
#define TARGET

static inline __m128i load_sse2(const uint8_t *p)
{
  return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline uint64_t equal_sse2(const uint8_t *p, int byte)
{
  const __m128i needle = _mm_set1_epi8((char)byte);
  uint64_t m = 0;

  for (unsigned i = 0; i < WINDOW; i += 16)
    m |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(load_sse2(p + i), needle)) << i;
  return m;
}

static inline uint64_t low_sse2(const uint8_t *p)
{
  const __m128i space = _mm_set1_epi8(' ');
  uint64_t m = 0;

  for (unsigned i = 0; i < WINDOW; i += 16) {
    __m128i v = load_sse2(p + i);
    m |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, space), v)) << i;
  }
  return m;
}

static inline bool either_sse2(const uint8_t *p, int a, int b)
{
  const __m128i one = _mm_set1_epi8((char)a), other = _mm_set1_epi8((char)b);
  __m128i any = _mm_setzero_si128();

  for (unsigned i = 0; i < WINDOW; i += 16) {
    __m128i v = load_sse2(p + i);
    any =
        _mm_or_si128(any, _mm_or_si128(_mm_cmpeq_epi8(v, one), _mm_cmpeq_epi8(v, other)));
  }
  return _mm_movemask_epi8(any) != 0;
}

static inline bool special_sse2(const uint8_t *p, int quote)
{
  const __m128i lf = _mm_set1_epi8('\n'), space = _mm_set1_epi8(' ');
  const __m128i one = _mm_set1_epi8((char)quote), other = _mm_set1_epi8('\r');
  __m128i any = _mm_setzero_si128();

  for (unsigned i = 0; i < WINDOW; i += 16) {
    __m128i v = load_sse2(p + i), next = load_sse2(p + i + 1);
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(next, space), next);
    __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(v, one), _mm_cmpeq_epi8(v, other));
    any =
        _mm_or_si128(any, _mm_or_si128(marks, _mm_and_si128(_mm_cmpeq_epi8(v, lf), low)));
  }
  return _mm_movemask_epi8(any) != 0;
}

/* nul: all ones for bytes that were 0. */
struct seen_sse2 {
  __m128i nul, any;
};

static inline void see_sse2(struct seen_sse2 *s, const uint8_t *p)
{
  __m128i least = load_sse2(p);

  s->any = _mm_or_si128(s->any, least);
  for (unsigned i = 16; i < WINDOW; i += 16) {
    least = _mm_min_epu8(least, load_sse2(p + i));
    s->any = _mm_or_si128(s->any, load_sse2(p + i));
  }
  s->nul = _mm_or_si128(s->nul, _mm_cmpeq_epi8(least, _mm_setzero_si128()));
}

static inline uint64_t seen_nul_sse2(const struct seen_sse2 *s)
{
  return (uint64_t)_mm_movemask_epi8(s->nul);
}

static inline uint64_t seen_high_sse2(const struct seen_sse2 *s)
{
  return (uint64_t)_mm_movemask_epi8(s->any);
}

#define prefix_xor_sse2 prefix_xor_plain
#define put_sse2 put_plain

#include "formats/csv/regular_kernel.h"

/* --- AVX2, and what came with it ------------------------------------------------ */

#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2,bmi,popcnt,pclmul")))

static inline TARGET __m256i load_avx2(const uint8_t *p)
{
  return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline TARGET uint64_t bits_avx2(__m256i a, __m256i b)
{
  return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b)
                                                 << 32;
}

static inline TARGET uint64_t equal_avx2(const uint8_t *p, int byte)
{
  const __m256i needle = _mm256_set1_epi8((char)byte);

  return bits_avx2(_mm256_cmpeq_epi8(load_avx2(p), needle),
                   _mm256_cmpeq_epi8(load_avx2(p + 32), needle));
}

static inline TARGET uint64_t low_avx2(const uint8_t *p)
{
  const __m256i space = _mm256_set1_epi8(' ');
  __m256i a = load_avx2(p), b = load_avx2(p + 32);

  return bits_avx2(_mm256_cmpeq_epi8(_mm256_min_epu8(a, space), a),
                   _mm256_cmpeq_epi8(_mm256_min_epu8(b, space), b));
}

static inline TARGET bool either_avx2(const uint8_t *p, int a, int b)
{
  const __m256i one = _mm256_set1_epi8((char)a), other = _mm256_set1_epi8((char)b);
  __m256i v = load_avx2(p), w = load_avx2(p + 32);
  __m256i any = _mm256_or_si256(
      _mm256_or_si256(_mm256_cmpeq_epi8(v, one), _mm256_cmpeq_epi8(v, other)),
      _mm256_or_si256(_mm256_cmpeq_epi8(w, one), _mm256_cmpeq_epi8(w, other)));

  return !_mm256_testz_si256(any, any);
}

/* Of 32 bytes, all ones for what special_avx2 asks for. */
static inline TARGET __m256i specials_avx2(const uint8_t *p, int quote)
{
  const __m256i lf = _mm256_set1_epi8('\n'), space = _mm256_set1_epi8(' ');
  const __m256i one = _mm256_set1_epi8((char)quote), other = _mm256_set1_epi8('\r');
  __m256i v = load_avx2(p), next = load_avx2(p + 1);
  __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(next, space), next);
  __m256i marks = _mm256_or_si256(_mm256_cmpeq_epi8(v, one), _mm256_cmpeq_epi8(v, other));

  return _mm256_or_si256(marks, _mm256_and_si256(_mm256_cmpeq_epi8(v, lf), low));
}

static inline TARGET bool special_avx2(const uint8_t *p, int quote)
{
  __m256i any = _mm256_or_si256(specials_avx2(p, quote), specials_avx2(p + 32, quote));

  return !_mm256_testz_si256(any, any);
}

struct seen_avx2 {
  __m256i nul, any;
};

static inline TARGET void see_avx2(struct seen_avx2 *s, const uint8_t *p)
{
  __m256i v = load_avx2(p), w = load_avx2(p + 32);

  s->any = _mm256_or_si256(s->any, _mm256_or_si256(v, w));
  s->nul = _mm256_or_si256(
      s->nul, _mm256_cmpeq_epi8(_mm256_min_epu8(v, w), _mm256_setzero_si256()));
}

static inline TARGET uint64_t seen_nul_avx2(const struct seen_avx2 *s)
{
  return (uint32_t)_mm256_movemask_epi8(s->nul);
}

static inline TARGET uint64_t seen_high_avx2(const struct seen_avx2 *s)
{
  return (uint32_t)_mm256_movemask_epi8(s->any);
}

static inline TARGET uint64_t prefix_xor_avx2(uint64_t m)
{
  __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)m), _mm_set1_epi8((char)0xff), 0);

  return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Eight at a time: how many times is foreseen more easily. */
static inline TARGET size_t put_avx2(uint32_t *to, uint32_t base, uint64_t m)
{
  const size_t n = (size_t)__builtin_popcountll(m);

  for (size_t i = 0; i < n; i += 8)
#pragma GCC unroll 8
    for (size_t k = 0; k < 8; k++, m = _blsr_u64(m))
      to[i + k] = base + (uint32_t)_tzcnt_u64(m);
  return n;
}

#include "formats/csv/regular_kernel.h"

/* --- AVX-512, as processors since Ice Lake and Zen 4 have it ---------------------- */

#define NAME(x) x##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,popcnt,pclmul")))

static inline TARGET __m512i load_avx512(const uint8_t *p)
{
  return _mm512_loadu_si512(p);
}

static inline TARGET uint64_t equal_avx512(const uint8_t *p, int byte)
{
  return _mm512_cmpeq_epi8_mask(load_avx512(p), _mm512_set1_epi8((char)byte));
}

static inline TARGET uint64_t low_avx512(const uint8_t *p)
{
  return _mm512_cmple_epu8_mask(load_avx512(p), _mm512_set1_epi8(' '));
}

static inline TARGET bool either_avx512(const uint8_t *p, int a, int b)
{
  return (equal_avx512(p, a) | equal_avx512(p, b)) != 0;
}

static inline TARGET bool special_avx512(const uint8_t *p, int quote)
{
  return (equal_avx512(p, quote) | equal_avx512(p, '\r') |
          (equal_avx512(p, '\n') & low_avx512(p + 1))) != 0;
}

struct seen_avx512 {
  uint64_t nul;
  __m512i any;
};

static inline TARGET void see_avx512(struct seen_avx512 *s, const uint8_t *p)
{
  s->nul |= equal_avx512(p, 0);
  s->any = _mm512_or_si512(s->any, load_avx512(p));
}

static inline TARGET uint64_t seen_nul_avx512(const struct seen_avx512 *s)
{
  return s->nul;
}

static inline TARGET uint64_t seen_high_avx512(const struct seen_avx512 *s)
{
  return _mm512_movepi8_mask(s->any);
}

#define prefix_xor_avx512 prefix_xor_avx2

/* Sixteen at a time. */
static inline TARGET size_t put_avx512(uint32_t *to, uint32_t base, uint64_t m)
{
  const size_t n = (size_t)__builtin_popcountll(m);
  uint8_t places[WINDOW];

  for (size_t i = 0; i < WINDOW; i++)
    places[i] = (uint8_t)i;
  __m512i found = _mm512_maskz_compress_epi8(m, load_avx512(places));
  __m512i bases = _mm512_set1_epi32((int)base);
  for (size_t i = 0; i < n; i += 16) {
    __m512i v = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(found));
    _mm512_storeu_si512(to + i, _mm512_add_epi32(v, bases));
    found = _mm512_alignr_epi32(found, found, 4);
  }
  return n;
}

#include "formats/csv/regular_kernel.h"

#endif

/* --- the choice ----------------------------------------------------------------- */

static const struct variant {
  const char *name;
  uint64_t (*count)(struct mt_csv_run *r, uint64_t max, size_t *end);
  size_t (*ends)(struct mt_csv_run *r, uint32_t *ends, uint32_t *quoted, size_t cap);
  uint64_t (*lines)(const uint8_t *text, size_t len);
} variants[] = {
    {"plain", count_plain, ends_plain, lines_plain},
#if defined(__x86_64__)
    {"sse2", count_sse2, ends_sse2, lines_sse2},
    {"avx2", count_avx2, ends_avx2, lines_avx2},
    {"avx512", count_avx512, ends_avx512, lines_avx512},
#endif
};

static _Atomic(const struct variant *) chosen;

size_t mt_csv_variants(void)
{
  size_t n = sizeof variants / sizeof *variants;

#if defined(__x86_64__)
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
              __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
  bool avx512 =
      avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2");
  n -= !avx2 + !avx512;
#endif
  return n;
}

const char *mt_csv_use_variant(size_t i)
{
  atomic_store_explicit(&chosen, &variants[i], memory_order_relaxed);
  return variants[i].name;
}

static const struct variant *variant(void)
{
  const struct variant *v = atomic_load_explicit(&chosen, memory_order_relaxed);

  if (!v) {
    v = &variants[mt_csv_variants() - 1];
    atomic_store_explicit(&chosen, v, memory_order_relaxed);
  }
  return v;
}

void mt_csv_run_begin(struct mt_csv_run *r, const struct mt_csv_dialect *d,
                      const uint8_t *text, size_t len, size_t pos)
{
  *r = (struct mt_csv_run){
      .dialect = *d, .text = text, .len = len, .pos = pos, .after_line = 1};
}

uint64_t mt_csv_run_count(struct mt_csv_run *r, uint64_t max, size_t *end)
{
  return variant()->count(r, max, end);
}

size_t mt_csv_run_ends(struct mt_csv_run *r, uint32_t *ends, uint32_t *quoted, size_t cap)
{
  return variant()->ends(r, ends, quoted, cap);
}

uint64_t mt_csv_count_lines(const uint8_t *text, size_t len)
{
  return variant()->lines(text, len);
}
