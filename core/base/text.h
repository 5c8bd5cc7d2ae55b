/* Text for people: the one function through which bytes from data reach a
 * terminal, and sizes and counts in memtop's notation. */
#ifndef MT_CORE_TEXT_H
#define MT_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes src[0..n) as printable UTF-8 to dst (cap bytes, always terminated)
 * and returns the length written.  Control characters (C0, DEL, C1), bidi
 * controls, U+2028/9, tags, non-characters and invalid UTF-8 become visible
 * escapes: \n \r \t \xNN for bytes, \u{NNNN} for code points.  A text that
 * does not fit is cut at a character and ends in "..." .  `columns` limits the
 * display width (wcwidth; combining marks clamped); 0 = no limit. */
size_t mt_sanitise(char *dst, size_t cap, const void *src, size_t n, size_t columns);
/* The same for a part of a longer text: as many whole characters as fit into cap bytes (at
 * least 1) and `columns`, without dots; *used: the bytes of src that they are. */
size_t mt_sanitise_part(char *dst, size_t cap, const void *src, size_t n, size_t columns,
                        size_t *used);
/* Whether a code point acts on a terminal or hides in a text without being seen: bidi
 * controls, line separators, invisible marks, tags, non-characters. */
bool mt_text_treacherous(uint32_t c);
/* Display columns of a text that mt_sanitise wrote. */
size_t mt_text_width(const char *s);

/* 1024 units, three significant figures: "512", "45.8M", "1.34G" (for cells). */
#define MT_SIZE_CELL 8
char *mt_format_size_cell(char dst[MT_SIZE_CELL], uint64_t bytes);
/* "512 B", "45.8 MiB", "1.34 GiB" (for prose). */
#define MT_SIZE_PROSE 16
char *mt_format_size(char dst[MT_SIZE_PROSE], uint64_t bytes);
/* Writes the digits of v so that they end before `end`, at most 20; where they begin. */
char *mt_digits_before(char *end, uint64_t v);
/* "6,000,000" */
#define MT_COUNT_TEXT 28
char *mt_format_count(char dst[MT_COUNT_TEXT], uint64_t n);
/* "1.235", "12,346", "1.235e-07", "-inf": four significant figures, or all digits of the
 * whole part; "?" for NaN. */
#define MT_NUMBER_TEXT 44
char *mt_format_number(char dst[MT_NUMBER_TEXT], double v);
/* All digits: "-1234", "12,346". */
char *mt_format_integer(char dst[MT_NUMBER_TEXT], __int128 v);
/* "1.5G", "64MiB", "1000": 1024 units.  0, or EINVAL. */
int mt_parse_size(const char *s, uint64_t *bytes);

/* Whether s[0..n) is well-formed UTF-8 (RFC 3629). */
int mt_utf8_valid(const uint8_t *s, size_t n);
/* Reads the code point at the front of s[0..n): its length in bytes, or 0 when
 * there is no well-formed one. */
size_t mt_utf8_decode(const uint8_t *s, size_t n, uint32_t *code);

#endif
