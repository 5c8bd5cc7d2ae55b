/* What the engines of loader.h share: the parts of a program that do not depend on what
 * the columns become. */
#ifndef MT_TUI_LOADER_PRIVATE_H
#define MT_TUI_LOADER_PRIVATE_H

#include "core/plan/recipe.h"
#include "tui/loader/loader.h"
#include "tui/loader/python.h"

struct mt_loader {
  struct mt_python python;
  struct mt_session *session;
  const struct mt_reader_schema *schema;
  const struct mt_name *names; /* per column: what it is called while it is loaded */
  struct mt_name *renamed;     /* these, when they are not the schema's; owned */
  struct mt_recipe recipe;
  enum mt_engine engine;
  uint8_t *how;   /* per column: how it is loaded, in the engine's own terms; owned */
  uint64_t texts; /* bytes of categories written so far */
};

/* The engines (loader_pandas.c, loader_polars.c). */
void mt_loader_pandas(struct mt_loader *l);
void mt_loader_polars(struct mt_loader *l);

/* Whether a category's values are to be written out; once per column, in order. */
bool mt_loader_spell_out(struct mt_loader *l, size_t column);
/* They, as a list on the line being written; tail: as of mt_python_list_end. */
void mt_loader_categories(struct mt_loader *l, size_t column, size_t tail);
/* Writes a dictionary from the two words of a column of truth values to those. */
void mt_loader_bool_words(struct mt_loader *l, size_t column);
/* A comment on those that are not. */
void mt_loader_say_inferred(struct mt_loader *l);
/* Whether `how` of some kept column is one of the bits of `kinds`. */
bool mt_loader_any(const struct mt_loader *l, unsigned kinds);

/* NAME = {"column": value, ...} for the columns whose `how` is among the bits of `kinds`;
 * nothing when there are none. */
void mt_loader_dict(struct mt_loader *l, const char *name, unsigned kinds,
                    void (*value)(struct mt_loader *l, size_t column));
/* NAME = ["column", ...] likewise. */
void mt_loader_list(struct mt_loader *l, const char *name, unsigned kinds);
/* Gives the kept columns whose names polars takes for patterns others; 0 or ENOMEM. */
int mt_loader_rename(struct mt_loader *l) MT_MUST_CHECK;
/* RENAMED = {...}: what they are called in the end; nothing when there are none. */
void mt_loader_renamed(struct mt_loader *l);
void mt_loader_forget_names(struct mt_loader *l);
/* The key of a column's entry, and what goes before its value. */
void mt_loader_name(struct mt_loader *l, size_t column);

/* PATH = "..." and, where the code has to give the columns their names, NAMES = [...]. */
void mt_loader_constants(struct mt_loader *l, bool names);
/* Those of one column alone: the first, and how many there are. */
size_t mt_loader_own_nulls(const struct mt_loader *l, size_t column, size_t *first);
/* The null tokens as a list: the defaults, those of all columns, a column's own. */
void mt_loader_null_list(struct mt_loader *l, bool defaults, bool common, size_t column,
                         size_t indent);

/* Whether the file itself does not give the names that the columns have. */
bool mt_loader_needs_names(const struct mt_loader *l);
/* NULLS = ... when pandas.read_csv has to be given some. */
void mt_loader_pandas_nulls(struct mt_loader *l);
/* pd.read_csv(PATH, ..., with all that is not about dtypes, each on its line. */
void mt_loader_read_csv(struct mt_loader *l, size_t indent);
/* Rows to read at a time, of pandas' texts. */
unsigned mt_loader_part_rows(const struct mt_loader *l);
bool mt_loader_is_utf8(const struct mt_loader *l);

#define MT_LOADER_EACH(l, i)                                                             \
  for (size_t i = 0; i < (l)->recipe.columns; i++)                                       \
    if ((l)->recipe.column[i].dtype != MT_DROP)

#endif
