#include "core/cells/form.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "core/cells/quick.h"

struct mt_form mt_form_of(unsigned decimals)
{
  const unsigned point = 8 * (MT_FORM_BYTES - 1 - decimals);

  if (decimals == 0)
    return (struct mt_form){.least = 1, .behind = UINT64_MAX};
  return (struct mt_form){.decimals = decimals,
                          .least = decimals + 2,
                          .point = point,
                          .before = ((uint64_t)1 << point) - 1,
                          .behind = UINT64_MAX << (point + 8)};
}

/* Reads from cell i on.  As mt_form_read, but *one_length is only set where it is false.
 * points: form->decimals > 0. */
static inline __attribute__((always_inline)) size_t
read_each(const struct mt_form *form, const uint8_t *text, const struct mt_cell *cells,
          size_t i, size_t n, uint64_t *number, bool *one_length, bool points)
{
  const uint64_t point = '.' ^ '0';
  uint32_t differ = 0;

  for (; i < n; i++) {
    const uint32_t len = cells[i].len;
    mt_chunk_ahead(text, &cells[i]);
    if (len - form->least > MT_FORM_BYTES - form->least)
      break;
    const uint64_t bytes = mt_quick_load(text + cells[i].off);
    uint64_t w = (bytes ^ MT_QUICK_EACH('0')) << (8 * (MT_FORM_BYTES - len)), odd = 0;
    if (points) {
      odd = (w >> form->point & 0xff) ^ point;
      w = (w & form->behind) | (w & form->before) << 8;
    }
    odd |= mt_quick_not_digits(w);
    odd |= ((uint8_t)bytes == '0') & (len != form->least);
    if (odd != 0)
      break;
    number[i] = mt_quick_eight_digits(w);
    differ |= len ^ cells[0].len;
  }
  *one_length &= differ == 0;
  return i;
}

size_t mt_form_read_each(const struct mt_form *form, const uint8_t *text,
                         const struct mt_cell *cells, size_t n, uint64_t *number,
                         bool *one_length)
{
  *one_length = true;
  return form->decimals > 0
             ? read_each(form, text, cells, 0, n, number, one_length, true)
             : read_each(form, text, cells, 0, n, number, one_length, false);
}

#if defined(__x86_64__)

#define TARGET __attribute__((target("avx2")))

/* Four texts, each in a word of its own. */
static inline TARGET __m256i load_four(const uint8_t *text, const struct mt_cell *cells)
{
  return _mm256_set_epi64x((int64_t)mt_quick_load(text + cells[3].off),
                           (int64_t)mt_quick_load(text + cells[2].off),
                           (int64_t)mt_quick_load(text + cells[1].off),
                           (int64_t)mt_quick_load(text + cells[0].off));
}

/* As mt_quick_eight_digits, four times: pairs of digits, fours, eights. */
static inline TARGET __m256i eight_digits(__m256i w)
{
  const __m256i pairs = _mm256_maddubs_epi16(w, _mm256_set1_epi16(10 | 1 << 8));
  const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(100 | 1 << 16));

  return _mm256_add_epi64(_mm256_mul_epu32(fours, _mm256_set1_epi64x(10000)),
                          _mm256_srli_epi64(fours, 32));
}

/* As read_each from the first cell on, four at a time as long as these are of the form.
 */
static inline __attribute__((always_inline)) TARGET size_t
read_fours(const struct mt_form *form, const uint8_t *text, const struct mt_cell *cells,
           size_t n, uint64_t *number, bool *one_length, bool points)
{
  const __m256i zeros = _mm256_set1_epi8('0'), nines = _mm256_set1_epi8(9);
  const __m256i least = _mm256_set1_epi64x(form->least);
  const __m256i most = _mm256_set1_epi64x(MT_FORM_BYTES);
  const __m256i first_len = _mm256_set1_epi64x(n > 0 ? cells[0].len : 0);
  const __m256i first_byte = _mm256_set1_epi64x(0xff);
  const __m256i before = _mm256_set1_epi64x((int64_t)form->before);
  const __m256i behind = _mm256_set1_epi64x((int64_t)form->behind);
  const __m256i point = _mm256_set1_epi64x((int64_t)(0xffull << form->point));
  const __m256i point_is =
      _mm256_set1_epi64x((int64_t)((uint64_t)('.' ^ '0') << form->point));
  __m256i differs = _mm256_setzero_si256();
  size_t i = 0;

  for (; i + 4 <= n; i += 4) {
    const __m256i cell = _mm256_loadu_si256((const __m256i *)(const void *)&cells[i]);
    const __m256i len =
        _mm256_srli_epi64(_mm256_slli_epi64(cell, 1), 33); /* less quoted */
    for (size_t k = 0; k < 4; k++)
      mt_chunk_ahead(text, &cells[i + k]);
    const __m256i bytes = _mm256_xor_si256(load_four(text, &cells[i]), zeros);
    __m256i w = _mm256_sllv_epi64(
        bytes, _mm256_slli_epi64(_mm256_sub_epi64(most, len), 3)); /* too long: gone */
    /* what is odd is not zero */
    __m256i odd =
        _mm256_or_si256(_mm256_cmpgt_epi64(least, len), _mm256_cmpgt_epi64(len, most));
    if (points) {
      odd = _mm256_or_si256(odd, _mm256_xor_si256(_mm256_and_si256(w, point), point_is));
      w = _mm256_or_si256(_mm256_and_si256(w, behind),
                          _mm256_slli_epi64(_mm256_and_si256(w, before), 8));
    }
    odd = _mm256_or_si256(odd, _mm256_subs_epu8(w, nines));
    odd = _mm256_or_si256(
        odd, _mm256_andnot_si256(_mm256_cmpeq_epi64(len, least),
                                 _mm256_cmpeq_epi64(_mm256_and_si256(bytes, first_byte),
                                                    _mm256_setzero_si256())));
    if (!_mm256_testz_si256(odd, odd))
      break;
    _mm256_storeu_si256((__m256i *)(void *)&number[i], eight_digits(w));
    differs = _mm256_or_si256(differs, _mm256_xor_si256(len, first_len));
  }
  *one_length &= _mm256_testz_si256(differs, differs) != 0;
  return read_each(form, text, cells, i, n, number, one_length, points);
}

static TARGET size_t read_avx2(const struct mt_form *form, const uint8_t *text,
                               const struct mt_cell *cells, size_t n, uint64_t *number,
                               bool *one_length)
{
  *one_length = true;
  return form->decimals > 0 ? read_fours(form, text, cells, n, number, one_length, true)
                            : read_fours(form, text, cells, n, number, one_length, false);
}

#endif

size_t mt_form_read(const struct mt_form *form, const uint8_t *text,
                    const struct mt_cell *cells, size_t n, uint64_t *number,
                    bool *one_length)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2"))
    return read_avx2(form, text, cells, n, number, one_length);
#endif
  return mt_form_read_each(form, text, cells, n, number, one_length);
}
