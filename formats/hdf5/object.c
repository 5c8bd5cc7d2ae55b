#include "formats/hdf5/object.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- errors ---------------------------------------------------------------- */

static void first_call(void)
{
  /* After a failed write libhdf5 1.10 crashes in its own exit handler. */
  H5dont_atexit();
}

void mt_hdf5_enter(void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, first_call);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* is per thread */
}

/* Copies the description of the deepest error, which comes first. */
static herr_t deepest(unsigned n, const H5E_error2_t *e, void *text)
{
  if (n == 0)
    snprintf(text, sizeof((struct mt_error *)0)->what, "%s", e->desc ? e->desc : "");
  return 0;
}

int mt_hdf5_fail(struct mt_error *err, const char *doing)
{
  char text[sizeof err->what] = "";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, deepest, text);
  H5Eclear2(H5E_DEFAULT);

  static const char mark[] = "errno = ";
  const char *number = strstr(text, mark);
  int code = number ? (int)strtol(number + strlen(mark), NULL, 10) : 0;
  if (code <= 0) {
    mt_fail(err, EIO, "cannot %s: libhdf5 says \"%.300s\"", doing,
            text[0] ? text : "no reason given");
    mt_error_remedy(err, "export to an Arrow file (.arrow) instead");
    return EIO;
  }
  char reason[128];
  mt_fail(err, code, "cannot %s: %s", doing, strerror_r(code, reason, sizeof reason));
  if (code == ENOSPC || code == EDQUOT)
    mt_error_remedy(err, "free some space there, or export to another disk");
  else
    mt_error_remedy(err, "export to another folder or disk");
  return code;
}

/* --- attributes ------------------------------------------------------------ */

static void put(struct mt_hdf5_attributes *a, const char *name, hid_t type, hid_t space,
                const void *value)
{
  hid_t id = H5Acreate2(a->object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  if (id < 0 || (value && H5Awrite(id, type, value) < 0))
    a->rc = mt_hdf5_fail(a->err, "write an attribute of the HDF5 file");
  if (id >= 0 && H5Aclose(id) < 0 && !a->rc)
    a->rc = mt_hdf5_fail(a->err, "write an attribute of the HDF5 file");
}

/* An empty text has no value but a dataspace without elements, as in PyTables. */
static void put_string(struct mt_hdf5_attributes *a, const char *name, H5T_cset_t cset,
                       const void *text, size_t n)
{
  if (a->rc)
    return;
  hid_t type = H5Tcopy(H5T_C_S1);
  hid_t space = H5Screate(n ? H5S_SCALAR : H5S_NULL);
  if (type < 0 || space < 0 || H5Tset_size(type, n ? n : 1) < 0 ||
      H5Tset_cset(type, cset) < 0)
    a->rc = mt_hdf5_fail(a->err, "describe an attribute of the HDF5 file");
  else
    put(a, name, type, space, n ? text : NULL);
  H5Tclose(type);
  H5Sclose(space);
}

void mt_hdf5_put_text(struct mt_hdf5_attributes *a, const char *name, const char *text)
{
  put_string(a, name, H5T_CSET_UTF8, text, strlen(text));
}

void mt_hdf5_put_pickle(struct mt_hdf5_attributes *a, const char *name, int pickled,
                        const struct mt_buffer *pickle)
{
  if (pickled && !a->rc)
    a->rc = mt_fail_memory(a->err);
  put_string(a, name, H5T_CSET_ASCII, pickle->data, pickle->len);
}

void mt_hdf5_put_int(struct mt_hdf5_attributes *a, const char *name, int64_t value)
{
  if (a->rc)
    return;
  hid_t space = H5Screate(H5S_SCALAR);
  if (space < 0)
    a->rc = mt_hdf5_fail(a->err, "describe an attribute of the HDF5 file");
  else
    put(a, name, H5T_STD_I64LE, space, &value);
  H5Sclose(space);
}

void mt_hdf5_put_class(struct mt_hdf5_attributes *a, const char *class_,
                       const char *version)
{
  mt_hdf5_put_text(a, "CLASS", class_);
  mt_hdf5_put_text(a, "TITLE", "");
  mt_hdf5_put_text(a, "VERSION", version);
}

/* --- groups ---------------------------------------------------------------- */

int mt_hdf5_group_create(hid_t parent, const char *name, hid_t *group,
                         struct mt_error *err)
{
  /* No times: the same table gives the same file. */
  hid_t plist = H5Pcreate(H5P_GROUP_CREATE);
  *group = -1;
  if (plist >= 0 && H5Pset_obj_track_times(plist, false) >= 0)
    *group = H5Gcreate2(parent, name, H5P_DEFAULT, plist, H5P_DEFAULT);
  struct mt_hdf5_attributes a = {.object = *group, .err = err};
  if (*group < 0)
    a.rc = mt_hdf5_fail(err, "make a group in the HDF5 file");
  else
    mt_hdf5_put_class(&a, "GROUP", "1.0");
  H5Pclose(plist);
  if (a.rc && *group >= 0) {
    H5Gclose(*group);
    *group = -1;
  }
  return a.rc;
}
