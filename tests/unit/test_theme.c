/* Themes: the files that are shipped are legible, and the parser says what is wrong. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tui/screen/theme_file.h"

static const char *const shipped[] = {"dark",          "default", "deuteranopia",
                                      "high-contrast", "light",   "mono"};
#define SHIPPED (sizeof shipped / sizeof *shipped)

static void load(const char *name, struct mt_theme *t)
{
  const char *source = getenv("MEMTOP_SRCDIR");
  struct mt_error err = {0};
  char path[600];
  snprintf(path, sizeof path, "%s/assets/themes/%s.theme", source == NULL ? "." : source,
           name);
  if (mt_theme_load(t, path, &err) != 0)
    fail_msg("%s", err.what);
}

/* --- colours --------------------------------------------------------------------------
 */

struct rgb {
  double c[3]; /* linear, 0 to 1 */
};

static struct rgb linear(int r, int g, int b)
{
  const int v[3] = {r, g, b};
  struct rgb out;
  for (int i = 0; i < 3; i++) {
    double s = v[i] / 255.0;
    out.c[i] = s <= 0.03928 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
  }
  return out;
}

/* What xterm shows for a colour above the first 16. */
static struct rgb xterm(int color)
{
  static const int level[] = {0, 95, 135, 175, 215, 255};
  if (color >= 232)
    return linear(8 + 10 * (color - 232), 8 + 10 * (color - 232), 8 + 10 * (color - 232));
  assert_true(color >= 16);
  color -= 16;
  return linear(level[color / 36], level[color / 6 % 6], level[color % 6]);
}

static double luminance(struct rgb c)
{
  return 0.2126 * c.c[0] + 0.7152 * c.c[1] + 0.0722 * c.c[2];
}

/* As WCAG 2 has it, 1 to 21. */
static double contrast(struct rgb a, struct rgb b)
{
  double la = luminance(a) + 0.05, lb = luminance(b) + 0.05;
  return la > lb ? la / lb : lb / la;
}

/* What terminals paint behind their text: black and white, and what themes make of
 * them. */
static double least_contrast(struct mt_look look, unsigned on)
{
  const struct {
    unsigned on;
    struct rgb color;
  } behind[] = {
      {MT_ON_DARK, linear(0, 0, 0)},           {MT_ON_DARK, linear(0x1e, 0x1e, 0x1e)},
      {MT_ON_DARK, linear(0x28, 0x2c, 0x34)},  {MT_ON_LIGHT, linear(255, 255, 255)},
      {MT_ON_LIGHT, linear(0xf5, 0xf5, 0xf5)}, {MT_ON_LIGHT, linear(0xee, 0xee, 0xee)},
  };
  double least = 21;
  if (look.fg < 0)
    return least; /* the terminal's own */
  if (look.bg >= 0)
    return contrast(xterm(look.fg), xterm(look.bg));
  for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
    if (on & behind[i].on)
      least = fmin(least, contrast(xterm(look.fg), behind[i].color));
  return least;
}

static void test_contrast(void **state)
{
  (void)state;
  for (size_t i = 0; i < SHIPPED; i++) {
    struct mt_theme t;
    load(shipped[i], &t);
    assert_int_not_equal(t.backgrounds, 0);
    for (int role = 0; role < MT_ROLE_COUNT; role++) {
      struct mt_look look = t.look[role][MT_PALETTE_256];
      double found = least_contrast(look, t.backgrounds);
      /* One colour cannot have more on both dark and light ones: running text is in the
       * terminal's own there. */
      bool one = t.backgrounds != (MT_ON_DARK | MT_ON_LIGHT) || look.bg >= 0;
      enum mt_role_kind kind = mt_role_kind((enum mt_role)role);
      double wanted = kind == MT_ROLE_IS_WORDS && one ? 4.5 : 3;
      if (strcmp(shipped[i], "high-contrast") == 0)
        wanted = 7;
      if (kind == MT_ROLE_IS_FILL) /* its edge is what is read */
        continue;
      if (found < wanted)
        fail_msg("%s: %s has a contrast of %.2f", shipped[i],
                 mt_role_name((enum mt_role)role), found);
    }
  }
}

static void test_running_text_is_the_terminals_own_or_painted(void **state)
{
  (void)state;
  static const enum mt_role running[] = {MT_ROLE_TEXT, MT_ROLE_STRONG, MT_ROLE_TITLE,
                                         MT_ROLE_INPUT};
  for (size_t i = 0; i < SHIPPED; i++) {
    struct mt_theme t;
    load(shipped[i], &t);
    for (size_t k = 0; k < sizeof running / sizeof *running; k++)
      assert_true(least_contrast(t.look[running[k]][MT_PALETTE_256], t.backgrounds) > 10);
    /* A background without its own foreground would meet any. */
    for (int role = 0; role < MT_ROLE_COUNT; role++)
      for (int palette = 0; palette < MT_PALETTE_COUNT; palette++) {
        struct mt_look look = t.look[role][palette];
        assert_true((look.bg >= 0) <= (look.fg >= 0));
        assert_true(look.fg < 0 || look.fg != look.bg);
      }
  }
}

/* How colours look to those whose eyes have two kinds of cones (Machado, Oliveira and
 * Fernandes 2009, severity 1). */
static const double eyes[][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
};

static double bend(double t)
{
  return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static void lab(const double eye[3][3], struct rgb c, double out[3])
{
  double v[3];
  for (int i = 0; i < 3; i++)
    v[i] = fmin(1, fmax(0, eye[i][0] * c.c[0] + eye[i][1] * c.c[1] + eye[i][2] * c.c[2]));
  double x = bend((0.4124 * v[0] + 0.3576 * v[1] + 0.1805 * v[2]) / 0.95047);
  double y = bend(0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]);
  double z = bend((0.0193 * v[0] + 0.1192 * v[1] + 0.9505 * v[2]) / 1.08883);
  out[0] = 116 * y - 16;
  out[1] = 500 * (x - y);
  out[2] = 200 * (y - z);
}

static double difference(struct rgb a, struct rgb b)
{
  double least = 1000;
  for (size_t i = 0; i < sizeof eyes / sizeof *eyes; i++) {
    double la[3], lb[3];
    lab(eyes[i], a, la);
    lab(eyes[i], b, lb);
    least = fmin(least, sqrt(pow(la[0] - lb[0], 2) + pow(la[1] - lb[1], 2) +
                             pow(la[2] - lb[2], 2)));
  }
  return least;
}

static void test_colours_stay_apart_for_all_eyes(void **state)
{
  (void)state;
  static const enum mt_role apart[] = {MT_ROLE_GOOD, MT_ROLE_ROUNDED, MT_ROLE_WARN,
                                       MT_ROLE_BAD};
  enum { APART = sizeof apart / sizeof *apart };
  for (size_t i = 0; i < SHIPPED; i++) {
    struct mt_theme t;
    load(shipped[i], &t);
    for (int a = 0; a < APART && strcmp(shipped[i], "mono") != 0; a++)
      for (int b = a + 1; b < APART; b++) {
        double found = difference(xterm(t.look[apart[a]][MT_PALETTE_256].fg),
                                  xterm(t.look[apart[b]][MT_PALETTE_256].fg));
        if (found < 15)
          fail_msg("%s: %s and %s differ by %.1f", shipped[i], mt_role_name(apart[a]),
                   mt_role_name(apart[b]), found);
      }
  }
}

static void test_the_file_of_the_default_is_the_default(void **state)
{
  (void)state;
  struct mt_theme t;
  load("default", &t);
  assert_int_equal(t.backgrounds, mt_theme_default.backgrounds);
  for (int role = 0; role < MT_ROLE_COUNT; role++)
    for (int palette = 0; palette < MT_PALETTE_COUNT; palette++) {
      struct mt_look a = t.look[role][palette], b = mt_theme_default.look[role][palette];
      if (a.fg != b.fg || a.bg != b.bg || a.attributes != b.attributes)
        fail_msg("%s differs", mt_role_name((enum mt_role)role));
    }
}

/* --- parsing --------------------------------------------------------------------------
 */

static void test_parse(void **state)
{
  (void)state;
  static const char text[] = "# mine\r\n\r\n  good = 22 231 bold underline\t| red - "
                             "|- - reverse\r\nbackground=light\nbar = bright-blue -";
  struct mt_theme t;
  struct mt_error err = {0};
  assert_int_equal(mt_theme_parse(&t, text, sizeof text - 1, "mine", &err), 0);
  const struct mt_look *good = t.look[MT_ROLE_GOOD];
  assert_int_equal(good[MT_PALETTE_256].fg, 22);
  assert_int_equal(good[MT_PALETTE_256].bg, 231);
  assert_int_equal(good[MT_PALETTE_256].attributes, MT_ATTR_BOLD | MT_ATTR_UNDERLINE);
  assert_int_equal(good[MT_PALETTE_16].fg, 1);
  assert_int_equal(good[MT_PALETTE_MONO].attributes, MT_ATTR_REVERSE);
  assert_int_equal(t.backgrounds, MT_ON_LIGHT);
  assert_int_equal(t.look[MT_ROLE_BAR][MT_PALETTE_256].fg, 12);
  assert_int_equal(t.look[MT_ROLE_BAR][MT_PALETTE_16].fg,
                   mt_theme_default.look[MT_ROLE_BAR][MT_PALETTE_16].fg);
  assert_int_equal(t.look[MT_ROLE_WARN][MT_PALETTE_256].fg,
                   mt_theme_default.look[MT_ROLE_WARN][MT_PALETTE_256].fg);
  assert_int_equal(mt_theme_parse(&t, "", 0, "empty", &err), 0);
}

static void test_what_is_wrong(void **state)
{
  (void)state;
  static const struct {
    const char *text, *says, *remedy;
  } cases[] = {
      {"\n\ngut = 1 -", "t: line 3: there is no role \"gut\"", "see memtop(1), THEMES"},
      {"good 1 -", "t: line 1: no role and look: \"good 1 -\"",
       "write ROLE = COLOUR COLOUR"},
      {"good = 256 -", "t: line 1: no colour: \"256\"",
       "the first look has colours from 0 to 255, names, or -"},
      {"#\ngood = 1", "t: line 2: no colour: \"\"",
       "the first look has colours from 0 to 255, names, or -"},
      {"good = 1 - | 16 -", "t: line 1: no colour: \"16\"",
       "the second look has colours from 0 to 15, names, or -"},
      {"good = 1 - | 1 - | 1 -", "t: line 1: no colour: \"1\"",
       "the third look has no colours: begin it with - -"},
      {"good = 1 - | 1 - | - - | - -", "t: line 1: too many looks: \"- -\"",
       "there are three"},
      {"good = 1 - blink", "t: line 1: no attribute: \"blink\"",
       "use bold, dim, reverse, underline"},
      {"good = -1 -", "t: line 1: no colour: \"-1\"",
       "the first look has colours from 0 to 255, names, or -"},
      {"background = grey", "t: line 1: no background: \"grey\"",
       "use dark, light or both"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct mt_theme t;
    struct mt_error err = {0};
    assert_int_equal(mt_theme_parse(&t, cases[i].text, strlen(cases[i].text), "t", &err),
                     EINVAL);
    assert_string_equal(err.what, cases[i].says);
    assert_string_equal(err.remedy, cases[i].remedy);
  }
}

/* Any text is a theme or is refused; what comes out can be painted. */
static void test_any_text(void **state)
{
  (void)state;
  static const char *const words[] = {
      "good", "=",   " ",    "|",   "-",    "255", "256", "\n",         "#",  "bold",
      "dark", "\0x", "\xff", "red", "text", "\r",  "bar", "background", "\t", "99999999"};
  unsigned seed = 1;
  char text[400];
  for (int round = 0; round < 20000; round++) {
    size_t n = 0;
    for (int i = 0; i < 30; i++) {
      seed = seed * 1103515245 + 12345;
      const char *word = words[(seed >> 16) % (sizeof words / sizeof *words)];
      size_t len = word[0] == '\0' ? 2 : strlen(word);
      memcpy(text + n, word, len);
      n += len;
    }
    struct mt_theme t;
    struct mt_error err = {0};
    int rc = mt_theme_parse(&t, text, n, "any", &err);
    assert_true(rc == 0 || (rc == EINVAL && err.what[0] != '\0'));
    for (int role = 0; rc == 0 && role < MT_ROLE_COUNT; role++) {
      struct mt_look look = t.look[role][MT_PALETTE_16];
      assert_true(look.fg >= -1 && look.fg < 16 && look.bg >= -1 && look.bg < 16);
    }
  }
}

/* --- finding ---------------------------------------------------------------------------
 */

static void write_file(const char *path, const char *text)
{
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  assert_int_equal(fclose(f), 0);
}

static void test_where_themes_are_found(void **state)
{
  (void)state;
  char home[] = "/tmp/memtop-themes-XXXXXX", path[100];
  struct mt_theme t;
  struct mt_error err = {0};
  assert_non_null(mkdtemp(home));
  setenv("XDG_CONFIG_HOME", home, 1);
  snprintf(path, sizeof path, "%s/memtop", home);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/memtop/themes", home);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/memtop/themes/mine.theme", home);
  write_file(path, "good = 99 -\n");
  assert_int_equal(mt_theme_load(&t, "mine", &err), 0);
  assert_int_equal(t.look[MT_ROLE_GOOD][MT_PALETTE_256].fg, 99);
  assert_int_equal(mt_theme_load(&t, path, &err), 0);
  assert_int_equal(mt_theme_load(&t, "default", &err), 0); /* nothing is installed */
  struct mt_theme_names names;
  mt_theme_list(&names);
  bool mine = false, sorted = true;
  for (size_t i = 0; i < names.n; i++) {
    mine |= strcmp(names.name[i], "mine") == 0;
    sorted &= i == 0 || strcmp(names.name[i - 1], names.name[i]) < 0;
  }
  assert_true(mine && sorted);
  write_file(path, "good = 99\n");
  assert_int_equal(mt_theme_load(&t, "mine", &err), EINVAL);
  assert_non_null(strstr(err.what, "mine.theme: line 1: no colour"));
  unlink(path);
  memset(&err, 0, sizeof err);
  assert_int_equal(mt_theme_load(&t, "mine", &err), ENOENT);
  assert_string_equal(err.what, "there is no theme \"mine\"");
  memset(&err, 0, sizeof err);
  assert_int_equal(mt_theme_load(&t, "./mine.theme", &err), ENOENT);
  assert_string_equal(err.what,
                      "cannot read the theme ./mine.theme: No such file or directory");
  snprintf(path, sizeof path, "%s/memtop/themes", home);
  assert_int_equal(rmdir(path), 0);
  write_file(path, "no folder");
  memset(&err, 0, sizeof err);
  assert_int_equal(mt_theme_load(&t, "default", &err), 0); /* as with HOME=/dev/null */
  assert_int_equal(mt_theme_load(&t, "mine", &err), ENOENT);
  assert_string_equal(err.what, "there is no theme \"mine\"");
  unlink(path);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/memtop/themes/", home);
  for (int up = 0; up < 2; up++) {
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0);
  }
  assert_int_equal(rmdir(home), 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_contrast),
      cmocka_unit_test(test_running_text_is_the_terminals_own_or_painted),
      cmocka_unit_test(test_colours_stay_apart_for_all_eyes),
      cmocka_unit_test(test_the_file_of_the_default_is_the_default),
      cmocka_unit_test(test_parse),
      cmocka_unit_test(test_what_is_wrong),
      cmocka_unit_test(test_any_text),
      cmocka_unit_test(test_where_themes_are_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
