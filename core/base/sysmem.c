#include "core/base/sysmem.h"

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"

/* --- small files, line by line, without stdio or malloc ------------------- */

struct lines {
  int fd;
  bool skip; /* the rest of a line that was too long */
  size_t len, pos;
  char buffer[4096];
};

static bool lines_open(struct lines *l, const char *path)
{
  l->fd = open(path, O_RDONLY | O_CLOEXEC);
  l->skip = false;
  l->len = l->pos = 0;
  return l->fd >= 0;
}

/* The next line without its newline, cut to what the buffer holds; NULL at the
 * end.  It lives until the next call. */
static char *lines_next(struct lines *l)
{
  for (;;) {
    char *line = l->buffer + l->pos;
    char *end = memchr(line, '\n', l->len - l->pos);
    if (end) {
      *end = '\0';
      l->pos = (size_t)(end + 1 - l->buffer);
      if (!l->skip)
        return line;
      l->skip = false;
      continue;
    }
    l->len -= l->pos;
    memmove(l->buffer, line, l->len);
    l->pos = 0;
    if (l->skip)
      l->len = 0;
    size_t room = sizeof l->buffer - 1 - l->len;
    ssize_t got = room ? read(l->fd, l->buffer + l->len, room) : 0;
    if (got > 0) {
      l->len += (size_t)got;
      continue;
    }
    if (l->len == 0)
      return NULL;
    l->skip = room == 0;
    l->buffer[l->len] = '\0';
    l->pos = l->len;
    return l->buffer;
  }
}

static bool MT_PRINTF(2, 3) make_path(char path[PATH_MAX], const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(path, PATH_MAX, fmt, ap);
  va_end(ap);
  return n >= 0 && n < PATH_MAX;
}

/* A number and perhaps a unit: "123 kB", "123"; unknown for "max". */
static uint64_t parse_amount(const char *s)
{
  s += strspn(s, " \t");
  if (*s < '0' || *s > '9')
    return MT_UNKNOWN;
  char *end;
  uint64_t v = strtoull(s, &end, 10);
  return strcmp(end, " kB") == 0 ? v * 1024 : v;
}

/* Fills *values[i] from the line "keys[i]: amount" or "keys[i] amount". */
static void read_fields(const char *path, size_t n, const char *const keys[],
                        uint64_t *const values[])
{
  struct lines l;
  if (!lines_open(&l, path))
    return;
  for (char *line; (line = lines_next(&l));) {
    size_t key_len = strcspn(line, ": ");
    for (size_t i = 0; i < n; i++)
      if (strlen(keys[i]) == key_len && strncmp(line, keys[i], key_len) == 0)
        *values[i] = parse_amount(line + key_len + (line[key_len] != '\0'));
  }
  close(l.fd);
}

static uint64_t read_amount(const char *path)
{
  struct lines l;
  if (!lines_open(&l, path))
    return MT_UNKNOWN;
  const char *line = lines_next(&l);
  uint64_t v = line ? parse_amount(line) : MT_UNKNOWN;
  close(l.fd);
  return v;
}

/* --- which cgroup --------------------------------------------------------- */

struct cgroup {
  bool v2;
  char dir[PATH_MAX]; /* the process's, as far as it is visible */
  size_t mount_len;   /* of the mount point, where its ancestors end */
};

static bool has_word(const char *list, const char *word)
{
  for (size_t len; *list; list += len + (list[len] != '\0')) {
    len = strcspn(list, ",");
    if (len == strlen(word) && strncmp(list, word, len) == 0)
      return true;
  }
  return false;
}

/* The path in the hierarchy that accounts memory, from lines like
 * "4:cpu,memory:/a/b" (v1) and "0::/a/b" (v2). */
static bool find_membership(const char *root, bool *v2, char group[PATH_MAX])
{
  struct lines l;
  char path[PATH_MAX];
  bool found = false;
  if (!make_path(path, "%s/proc/self/cgroup", root) || !lines_open(&l, path))
    return false;
  for (char *line; (line = lines_next(&l));) {
    char *controllers = strchr(line, ':');
    char *place = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!place)
      continue;
    *controllers++ = *place++ = '\0';
    bool unified = strcmp(line, "0") == 0 && *controllers == '\0';
    if (!unified && !has_word(controllers, "memory"))
      continue;
    if (found && unified) /* v1 has the memory then */
      continue;
    found = make_path(group, "%s", place);
    *v2 = unified;
  }
  close(l.fd);
  return found;
}

/* Undoes mountinfo's \ooo in place. */
static void unescape(char *s)
{
  char *out = s;
  while (*s) {
    if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
        s[3] >= '0' && s[3] <= '7') {
      *out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
      s += 4;
    } else {
      *out++ = *s++;
    }
  }
  *out = '\0';
}

/* Takes a line of mountinfo apart: the part of the hierarchy that is mounted,
 * and where.  False for other file systems. */
static bool parse_mount(char *line, bool v2, char **mounted, char **point)
{
  char *type = strstr(line, " - ");
  if (!type)
    return false;
  *type = '\0';
  type += 3;
  char *source = strchr(type, ' ');
  char *options = source ? strchr(source + 1, ' ') : NULL;
  if (!options)
    return false;
  *source = '\0';
  if (strcmp(type, v2 ? "cgroup2" : "cgroup") != 0 ||
      (!v2 && !has_word(options + 1, "memory")))
    return false;
  char *save;
  strtok_r(line, " ", &save); /* mount, parent, device */
  strtok_r(NULL, " ", &save);
  strtok_r(NULL, " ", &save);
  *mounted = strtok_r(NULL, " ", &save);
  *point = strtok_r(NULL, " ", &save);
  if (!*mounted || !*point)
    return false;
  unescape(*mounted);
  unescape(*point);
  return true;
}

/* What of `group` lies below a mount that shows `mounted`; "" when it is not
 * visible there, as in a container. */
static const char *below(const char *group, const char *mounted)
{
  size_t len = strcmp(mounted, "/") == 0 ? 0 : strlen(mounted);
  if (strncmp(group, mounted, len) != 0 || group[len] != '/' || group[len + 1] == '\0' ||
      strstr(group, "/.."))
    return "";
  return group + len;
}

/* Sets the directory for a mount; it is the mount's own when the group's cannot
 * be seen. */
static bool set_directory(struct cgroup *c, const char *root, const char *point,
                          const char *group)
{
  if (!make_path(c->dir, "%s%s", root, point))
    return false;
  c->mount_len = strlen(c->dir);
  if (!make_path(c->dir, "%s%s%s", root, point, group) || access(c->dir, F_OK) != 0)
    c->dir[c->mount_len] = '\0';
  return true;
}

static bool find_cgroup(struct cgroup *c, const char *root)
{
  struct lines l;
  char group[PATH_MAX], path[PATH_MAX];
  if (!find_membership(root, &c->v2, group))
    return false;
  if (make_path(path, "%s/proc/self/mountinfo", root) && lines_open(&l, path)) {
    char *mounted, *point;
    bool found = false;
    for (char *line; !found && (line = lines_next(&l));)
      found = parse_mount(line, c->v2, &mounted, &point) &&
              set_directory(c, root, point, below(group, mounted));
    close(l.fd);
    if (found)
      return true;
  }
  return set_directory(c, root, c->v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory",
                       below(group, "/"));
}

/* --- limits --------------------------------------------------------------- */

/* The least limit of the group and its ancestors; leaves c->dir at the group
 * that has it (the outermost, which has the most in use). */
static uint64_t least_limit(struct cgroup *c)
{
  const uint64_t none = (uint64_t)1 << 60; /* v1 rounds "no limit" somehow */
  uint64_t least = MT_UNKNOWN;
  size_t len = strlen(c->dir), holder = len;
  for (;;) {
    char path[PATH_MAX];
    if (make_path(path, "%.*s/%s", (int)len, c->dir,
                  c->v2 ? "memory.max" : "memory.limit_in_bytes")) {
      uint64_t limit = read_amount(path);
      if (limit < none && limit <= least) {
        least = limit;
        holder = len;
      }
    }
    if (len <= c->mount_len)
      break;
    while (len > c->mount_len && c->dir[--len] != '/')
      ;
  }
  c->dir[holder] = '\0';
  return least;
}

/* In use, less file pages that can be dropped at once. */
static uint64_t in_use(const struct cgroup *c)
{
  char path[PATH_MAX];
  if (!make_path(path, "%s/%s", c->dir,
                 c->v2 ? "memory.current" : "memory.usage_in_bytes"))
    return MT_UNKNOWN;
  uint64_t used = read_amount(path), inactive = MT_UNKNOWN;
  if (used == MT_UNKNOWN || !make_path(path, "%s/memory.stat", c->dir))
    return used;
  /* v1 counts its descendants under another name. */
  const char *const keys[] = {c->v2 ? "inactive_file" : "total_inactive_file"};
  read_fields(path, 1, keys, (uint64_t *[]){&inactive});
  if (inactive == MT_UNKNOWN)
    return used;
  return used > inactive ? used - inactive : 0;
}

static uint64_t less(uint64_t a, uint64_t b)
{
  if (a == MT_UNKNOWN || b == MT_UNKNOWN)
    return MT_UNKNOWN;
  return a > b ? a - b : 0;
}

void mt_memory_sample(struct mt_memory *m, const char *root)
{
  *m = (struct mt_memory){.rss = MT_UNKNOWN, .rss_peak = MT_UNKNOWN};
  char path[PATH_MAX];
  if (make_path(path, "%s/proc/self/status", root)) {
    static const char *const keys[] = {"VmRSS", "VmHWM"};
    read_fields(path, 2, keys, (uint64_t *[]){&m->rss, &m->rss_peak});
  }
  uint64_t total = MT_UNKNOWN, available = MT_UNKNOWN;
  if (make_path(path, "%s/proc/meminfo", root)) {
    static const char *const keys[] = {"MemTotal", "MemAvailable"};
    read_fields(path, 2, keys, (uint64_t *[]){&total, &available});
  }
  m->limit = total;
  m->used = less(total, available);
  struct cgroup c;
  if (find_cgroup(&c, root)) {
    uint64_t limit = least_limit(&c);
    if (limit < total) {
      m->cgroup = true;
      m->limit = limit;
      m->used = in_use(&c);
    }
  }
  uint64_t left = less(m->limit, m->used); /* unknown is the largest */
  m->available = left < available ? left : available;
}

/* --- the tape ------------------------------------------------------------- */

static uint64_t larger(uint64_t a, uint64_t b)
{
  if (a == MT_UNKNOWN || b == MT_UNKNOWN)
    return a == MT_UNKNOWN ? b : a;
  return a > b ? a : b;
}

void mt_tape_init(struct mt_tape *t, double interval)
{
  *t = (struct mt_tape){.interval = interval > 0 ? interval : 1};
}

static void halve(struct mt_tape *t)
{
  size_t half = (t->len + 1) / 2;
  for (size_t i = 0; i < half; i++) {
    size_t second = 2 * i + 1 < t->len ? 2 * i + 1 : 2 * i;
    t->rss[i] = larger(t->rss[2 * i], t->rss[second]);
    t->used[i] = larger(t->used[2 * i], t->used[second]);
  }
  t->len = half;
  t->interval *= 2;
}

void mt_tape_add(struct mt_tape *t, double at, uint64_t rss, uint64_t used)
{
  if (!isfinite(at) || at < t->last)
    at = t->last;
  t->last = at;
  while (at / t->interval >= MT_TAPE_POINTS)
    halve(t);
  size_t point = (size_t)(at / t->interval);
  for (; t->len <= point; t->len++) { /* what was not sampled stayed as it was */
    bool fresh = t->len == point || t->len == 0;
    t->rss[t->len] = fresh ? rss : t->rss[t->len - 1];
    t->used[t->len] = fresh ? used : t->used[t->len - 1];
  }
  t->rss[point] = larger(t->rss[point], rss);
  t->used[point] = larger(t->used[point], used);
  if (rss != MT_UNKNOWN)
    t->rss_max = rss > t->rss_max ? rss : t->rss_max;
  if (used != MT_UNKNOWN)
    t->used_max = used > t->used_max ? used : t->used_max;
}

static struct mt_event *open_event(struct mt_tape *t, enum mt_event_kind kind)
{
  for (size_t i = t->events; i-- > 0;)
    if (t->event[i].kind == kind && isinf(t->event[i].to))
      return &t->event[i];
  return NULL;
}

static void drop_event(struct mt_tape *t)
{
  size_t drop = 0;
  while (drop < t->events && t->event[drop].kind < MT_EVENT_APPLY)
    drop++;
  if (drop == t->events)
    drop = 0;
  t->events--;
  memmove(t->event + drop, t->event + drop + 1, (t->events - drop) * sizeof *t->event);
}

void mt_tape_note(struct mt_tape *t, enum mt_event_kind kind, double from, double to)
{
  struct mt_event *m = open_event(t, kind);
  if (m == NULL) {
    if (t->events == MT_TAPE_EVENTS)
      drop_event(t);
    m = &t->event[t->events++];
  }
  *m = (struct mt_event){.kind = kind, .from = from, .to = to};
}
