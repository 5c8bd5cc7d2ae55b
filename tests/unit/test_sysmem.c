#include <errno.h>
#include <ftw.h>
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

#include "core/base/sysmem.h"

#define MIB ((uint64_t)1 << 20)
#define STATUS "Name:\tx\nVmPeak:\t 9000 kB\nVmHWM:\t  3000 kB\nVmRSS:\t  2000 kB\n"
#define MEMINFO "MemTotal:       1048576 kB\nMemFree: 1 kB\nMemAvailable:    524288 kB\n"
#define V2_MOUNT "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"
#define V1_MOUNT                                                                         \
  "33 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"                          \
  "36 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"                    \
  "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

/* A root folder of our own. */
static char root[64];

static int set_up(void **state)
{
  (void)state;
  snprintf(root, sizeof root, "/tmp/memtop-test-XXXXXX");
  return mkdtemp(root) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *ftw)
{
  (void)st;
  (void)type;
  (void)ftw;
  return remove(path);
}

static int tear_down(void **state)
{
  (void)state;
  return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Writes root/path, with the folders it needs. */
static void put(const char *path, const char *text)
{
  char full[512];
  snprintf(full, sizeof full, "%s%s", root, path);
  for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); *p++ = '/') {
    *p = '\0';
    assert_true(mkdir(full, 0700) == 0 || errno == EEXIST);
  }
  FILE *f = fopen(full, "w");
  assert_non_null(f);
  fputs(text, f);
  assert_int_equal(fclose(f), 0);
}

static void put_process(const char *cgroup, const char *mountinfo)
{
  put("/proc/self/status", STATUS);
  put("/proc/meminfo", MEMINFO);
  put("/proc/self/cgroup", cgroup);
  put("/proc/self/mountinfo", mountinfo);
}

static void check(uint64_t limit, uint64_t used, uint64_t available, bool cgroup)
{
  struct mt_memory m;
  mt_memory_sample(&m, root);
  assert_true(m.limit == limit);
  assert_true(m.used == used);
  assert_true(m.available == available);
  assert_int_equal(m.cgroup, cgroup);
}

static void test_no_cgroup(void **state)
{
  (void)state;
  put("/proc/self/status", STATUS);
  put("/proc/meminfo", MEMINFO);
  struct mt_memory m;
  mt_memory_sample(&m, root);
  assert_true(m.rss == 2000 * 1024);
  assert_true(m.rss_peak == 3000 * 1024);
  check(1024 * MIB, 512 * MIB, 512 * MIB, false);
}

static void test_nothing_known(void **state)
{
  (void)state;
  struct mt_memory m;
  mt_memory_sample(&m, root);
  assert_true(m.rss == MT_UNKNOWN && m.rss_peak == MT_UNKNOWN);
  check(MT_UNKNOWN, MT_UNKNOWN, MT_UNKNOWN, false);
}

static void test_v2_nested(void **state)
{
  (void)state;
  put_process("0::/user.slice/app.scope\n", V2_MOUNT);
  put("/sys/fs/cgroup/cgroup.controllers", "memory\n"); /* the root has no limit */
  put("/sys/fs/cgroup/user.slice/memory.max", "268435456\n");
  put("/sys/fs/cgroup/user.slice/memory.current", "104857600\n");
  put("/sys/fs/cgroup/user.slice/memory.stat",
      "anon 1\ninactive_file_x 7\ninactive_file 20971520\nactive_file 5\n");
  put("/sys/fs/cgroup/user.slice/app.scope/memory.max", "max\n");
  put("/sys/fs/cgroup/user.slice/app.scope/memory.current", "1048576\n");
  check(256 * MIB, 80 * MIB, 176 * MIB, true);
  /* The process's own group now has the least. */
  put("/sys/fs/cgroup/user.slice/app.scope/memory.max", "134217728\n");
  check(128 * MIB, 1 * MIB, 127 * MIB, true);
}

static void test_v2_limit_beyond_ram(void **state)
{
  (void)state;
  put_process("0::/\n", V2_MOUNT);
  put("/sys/fs/cgroup/memory.max", "17179869184\n");
  put("/sys/fs/cgroup/memory.current", "1048576\n");
  check(1024 * MIB, 512 * MIB, 512 * MIB, false);
}

static void test_available_is_scarcer(void **state)
{
  (void)state;
  put_process("0::/\n", V2_MOUNT);
  put("/sys/fs/cgroup/memory.max", "1000000000\n");
  put("/sys/fs/cgroup/memory.current", "1000\n");
  check(1000000000, 1000, 512 * MIB, true);
  put("/sys/fs/cgroup/memory.current", "1000000001\n"); /* over its limit */
  check(1000000000, 1000000001, 0, true);
}

static void test_v1_nested(void **state)
{
  (void)state;
  put_process("9:name=systemd:/\n5:cpu,memory:/a/b\n0::/other\n", V1_MOUNT);
  put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  put("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "268435456\n");
  put("/sys/fs/cgroup/memory/a/memory.usage_in_bytes", "104857600\n");
  put("/sys/fs/cgroup/memory/a/memory.stat",
      "inactive_file 1048576\ntotal_inactive_file 52428800\n");
  put("/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "268435456\n");
  put("/sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "1048576\n");
  check(256 * MIB, 50 * MIB, 206 * MIB, true); /* of equals, the outer one */
}

static void test_v1_without_limit(void **state)
{
  (void)state;
  put_process("5:memory:/a\n", V1_MOUNT);
  put("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1152921504606846976\n");
  check(1024 * MIB, 512 * MIB, 512 * MIB, false);
}

/* In a container the path is the host's, and the mount shows only our part. */
static void test_container(void **state)
{
  (void)state;
  put_process("0::/docker/1234\n", V2_MOUNT);
  put("/sys/fs/cgroup/memory.max", "134217728\n");
  put("/sys/fs/cgroup/memory.current", "1048576\n");
  check(128 * MIB, 1 * MIB, 127 * MIB, true);
  put("/proc/self/cgroup", "0::/../../sibling\n");
  check(128 * MIB, 1 * MIB, 127 * MIB, true);
}

static void test_mounted_subtree(void **state)
{
  (void)state;
  put_process("0::/docker/1234/inner\n",
              "30 23 0:26 /docker/1234 /mnt/with\\040blank rw - cgroup2 none rw\n");
  put("/mnt/with blank/memory.max", "max\n");
  put("/mnt/with blank/inner/memory.max", "134217728\n");
  put("/mnt/with blank/inner/memory.current", "1048576"); /* no newline */
  check(128 * MIB, 1 * MIB, 127 * MIB, true);
}

static void test_no_mountinfo(void **state)
{
  (void)state;
  put_process("0::/a\n", "");
  put("/sys/fs/cgroup/a/memory.max", "134217728\n");
  check(128 * MIB, MT_UNKNOWN, 512 * MIB, true); /* usage cannot be read */
}

/* Lines longer than any buffer are passed over whole. */
static void test_long_lines(void **state)
{
  (void)state;
  char mounts[12000];
  memset(mounts, 'x', sizeof mounts);
  memcpy(mounts, "29 23 0:25 / /overlay rw - overlay overlay ", 43);
  snprintf(mounts + 10000, sizeof mounts - 10000, "\n%s", V2_MOUNT);
  put_process("0::/\n", mounts);
  put("/sys/fs/cgroup/memory.max", "134217728\n");
  put("/sys/fs/cgroup/memory.current", "0\n");
  check(128 * MIB, 0, 128 * MIB, true);
}

static void test_this_system(void **state)
{
  (void)state;
  struct mt_memory m;
  mt_memory_sample(&m, "");
  assert_true(m.rss != MT_UNKNOWN && m.rss > 4096);
  assert_true(m.limit != MT_UNKNOWN && m.limit > m.rss);
  assert_true(m.available == MT_UNKNOWN || m.available <= m.limit);
}

static void test_tape(void **state)
{
  (void)state;
  struct mt_tape t;
  mt_tape_init(&t, 0.5);
  mt_tape_add(&t, 0, 10, 100);
  mt_tape_add(&t, 0.4, 30, 90); /* the same point: the largest stays */
  mt_tape_add(&t, 2.0, 20, 80); /* points 1 to 3 were not sampled */
  assert_int_equal(t.len, 5);
  assert_true(t.rss[0] == 30 && t.used[0] == 100);
  assert_true(t.rss[3] == 30 && t.used[3] == 100);
  assert_true(t.rss[4] == 20 && t.used[4] == 80);
  assert_true(t.rss_max == 30 && t.used_max == 100);
  mt_tape_add(&t, 2.1, MT_UNKNOWN, 85);
  assert_true(t.rss[4] == 20 && t.used[4] == 85);
  mt_tape_add(&t, 1.0, 25, 85); /* the clock never runs back */
  assert_true(t.rss[4] == 25 && t.last == 2.1);
}

static void test_tape_merges(void **state)
{
  (void)state;
  struct mt_tape t;
  mt_tape_init(&t, 1);
  for (int i = 0; i < 10 * MT_TAPE_POINTS; i++)
    mt_tape_add(&t, i, (uint64_t)i + 1, i == 100 ? 999 : 1);
  assert_true(t.interval == 16);
  assert_int_equal(t.len, 10 * MT_TAPE_POINTS / 16);
  for (size_t i = 0; i < t.len; i++) {
    assert_true(t.rss[i] == 16 * (i + 1));
    assert_true(t.used[i] == (i == 100 / 16 ? 999 : 1));
  }
  assert_true(t.rss_max == 10 * MT_TAPE_POINTS && t.used_max == 999);
  mt_tape_add(&t, 1e12, 5, 5); /* a year-long pause */
  assert_true(t.len <= MT_TAPE_POINTS && t.rss[t.len - 1] == 5);
  mt_tape_add(&t, INFINITY, 6, 6);
  assert_true(t.last == 1e12);
}

static void test_marks(void **state)
{
  (void)state;
  struct mt_tape t;
  mt_tape_init(&t, 1);
  mt_tape_note(&t, MT_EVENT_SCAN, 1, INFINITY);
  mt_tape_note(&t, MT_EVENT_APPLY, 2, 2);
  mt_tape_note(&t, MT_EVENT_SCAN, 1, 3); /* the end of the first */
  mt_tape_note(&t, MT_EVENT_SCAN, 4, 5); /* begins and ends unseen: another one */
  assert_int_equal(t.events, 3);
  assert_true(t.event[0].kind == MT_EVENT_SCAN && t.event[0].from == 1 &&
              t.event[0].to == 3);
  assert_true(t.event[1].kind == MT_EVENT_APPLY && t.event[1].from == 2);
  assert_true(t.event[2].from == 4 && t.event[2].to == 5);
  for (int i = 0; i < 3 * MT_TAPE_EVENTS; i++)
    mt_tape_note(&t, MT_EVENT_UNDO, 10 + i, 10 + i);
  assert_int_equal(t.events, MT_TAPE_EVENTS); /* scans stay, old changes go */
  assert_true(t.event[0].kind == MT_EVENT_SCAN && t.event[1].kind == MT_EVENT_SCAN);
  assert_true(t.event[2].from == 10 + 3 * MT_TAPE_EVENTS - (MT_TAPE_EVENTS - 2));
  assert_true(t.event[MT_TAPE_EVENTS - 1].from == 10 + 3 * MT_TAPE_EVENTS - 1);
  for (int i = 0; i < 2 * MT_TAPE_EVENTS; i++)
    mt_tape_note(&t, MT_EVENT_EXPORT, 1000 + i, 1001 + i);
  assert_int_equal(t.events, MT_TAPE_EVENTS);
  assert_true(t.event[0].from == 1000 + MT_TAPE_EVENTS);
}

#define SYSTEM_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {
      SYSTEM_TEST(test_no_cgroup),
      SYSTEM_TEST(test_nothing_known),
      SYSTEM_TEST(test_v2_nested),
      SYSTEM_TEST(test_v2_limit_beyond_ram),
      SYSTEM_TEST(test_available_is_scarcer),
      SYSTEM_TEST(test_v1_nested),
      SYSTEM_TEST(test_v1_without_limit),
      SYSTEM_TEST(test_container),
      SYSTEM_TEST(test_mounted_subtree),
      SYSTEM_TEST(test_no_mountinfo),
      SYSTEM_TEST(test_long_lines),
      cmocka_unit_test(test_this_system),
      cmocka_unit_test(test_tape),
      cmocka_unit_test(test_tape_merges),
      cmocka_unit_test(test_marks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
