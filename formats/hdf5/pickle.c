#include "formats/hdf5/pickle.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/text.h"

enum { REPLACEMENT = 0xfffd };

static void put(struct mt_pickle *p, const char *s)
{
  if (!p->error)
    p->error = mt_buffer_append(p->out, s, strlen(s));
}

void mt_pickle_begin(struct mt_pickle *p, struct mt_buffer *out)
{
  *p = (struct mt_pickle){.out = out};
  out->len = 0;
}

int mt_pickle_end(struct mt_pickle *p)
{
  put(p, ".");
  return p->error;
}

void mt_pickle_none(struct mt_pickle *p)
{
  put(p, "N");
}

void mt_pickle_bool(struct mt_pickle *p, bool v)
{
  put(p, v ? "I01\n" : "I00\n");
}

void mt_pickle_int(struct mt_pickle *p, int64_t v)
{
  if (!p->error)
    p->error = mt_buffer_printf(p->out, "I%" PRId64 "\n", v);
}

/* Python reads the text up to the line's end as "raw-unicode-escape". */
void mt_pickle_text(struct mt_pickle *p, const char *s, size_t n)
{
  put(p, "V");
  for (size_t i = 0, len; i < n && !p->error; i += len) {
    uint32_t c;
    len = mt_utf8_decode((const uint8_t *)s + i, n - i, &c);
    if (len == 0) {
      c = REPLACEMENT;
      len = 1;
    }
    if (c >= 0x20 && c < 0x7f && c != '\\')
      p->error = mt_buffer_append(p->out, s + i, 1);
    else
      p->error =
          mt_buffer_printf(p->out, c <= 0xffff ? "\\u%04" PRIx32 : "\\U%08" PRIx32, c);
  }
  put(p, "\n");
}

void mt_pickle_list(struct mt_pickle *p)
{
  put(p, "(l");
}

void mt_pickle_append(struct mt_pickle *p)
{
  put(p, "a");
}

void mt_pickle_tuple(struct mt_pickle *p)
{
  put(p, "(");
}

void mt_pickle_tuple_end(struct mt_pickle *p)
{
  put(p, "t");
}

void mt_pickle_dict(struct mt_pickle *p)
{
  put(p, "(d");
}

void mt_pickle_put(struct mt_pickle *p)
{
  put(p, "s");
}
