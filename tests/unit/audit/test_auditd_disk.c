/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "breakglass/audit.h"
#include "breakglass/audit/auditd_disk.h"
#include "breakglass/paths.h"
#include "test_paths.h"

static int host(void **state) {
  (void)state;
  (void)test_root_create();
  return 0;
}

static int no_host(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

/* Whether auditd would write, with its log below the test root. */
static bool writes_with(const char *rest) {
  char conf[2048];
  (void)snprintf(conf, sizeof conf, "# a comment\n log_file = %s/audit.log\n%s",
                 getenv("BREAKGLASS_TEST_ROOT"), rest);
  test_root_write("/etc/audit/auditd.conf", conf);
  return bg_auditd_disk_is_writable(bg_paths()->auditd_conf);
}

static void space_is_enough(void **state) {
  (void)state;
  assert_true(writes_with("admin_space_left = 1\nadmin_space_left_action = SUSPEND\n"));
  assert_true(writes_with("ADMIN_SPACE_LEFT=0\n"));
  assert_true(writes_with("admin_space_left = 0%\n"));
}

static void space_is_short(void **state) {
  (void)state;
  assert_false(writes_with("admin_space_left = 2000000000\nadmin_space_left_action = SUSPEND\n"
                           "disk_full_action = SUSPEND\n"));
  assert_false(writes_with("admin_space_left = 100%\ndisk_full_action = ROTATE\n"));
  assert_false(writes_with("admin_space_left = 100%\nadmin_space_left_action = rotate\n"));
}

static void rotation_makes_room(void **state) {
  (void)state;
  assert_true(writes_with("admin_space_left = 2000000000\nadmin_space_left_action = ROTATE\n"
                          "disk_full_action = rotate\n"));
  assert_true(writes_with("admin_space_left = 2000000000\nadmin_space_left_action = SYSLOG\n"
                          "disk_full_action = ROTATE\n"));
  assert_true(writes_with("admin_space_left = 100%\nadmin_space_left_action = exec /bin/x\n"
                          "disk_full_action = ROTATE\n"));
  assert_false(writes_with("admin_space_left = 100%\nadmin_space_left_action = single\n"
                           "disk_full_action = ROTATE\n"));
}

static bool makes_room_with(const char *conf) {
  test_root_write("/etc/audit/auditd.conf", conf);
  return bg_audit_makes_room();
}

static void room_is_made_or_not(void **state) {
  (void)state;
  assert_true(makes_room_with("admin_space_left_action = SYSLOG\ndisk_full_action = ROTATE\n"));
  assert_false(makes_room_with("admin_space_left = 0\nadmin_space_left_action = SUSPEND\n"
                               "disk_full_action = ROTATE\n"));
  assert_false(makes_room_with("admin_space_left = 0\nadmin_space_left_action = SYSLOG\n"
                               "disk_full_action = SUSPEND\n"));
  assert_false(makes_room_with(""));
}

static void unknown_is_not_writable(void **state) {
  (void)state;
  assert_false(writes_with(""));
  assert_false(writes_with("admin_space_left = much\n"));
  assert_false(writes_with("admin_space_left_action = ROTATE\n"));
  test_root_write("/etc/audit/auditd.conf", "log_file = relative\nadmin_space_left = 0\n");
  assert_false(bg_auditd_disk_is_writable(bg_paths()->auditd_conf));
  assert_true(writes_with("admin_space_left = 0\n"));
  assert_int_equal(chmod(bg_paths()->auditd_conf, 0666), 0);
  assert_false(bg_auditd_disk_is_writable(bg_paths()->auditd_conf));
  assert_int_equal(remove(bg_paths()->auditd_conf), 0);
  assert_false(bg_auditd_disk_is_writable(bg_paths()->auditd_conf));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(space_is_enough, host, no_host),
      cmocka_unit_test_setup_teardown(space_is_short, host, no_host),
      cmocka_unit_test_setup_teardown(rotation_makes_room, host, no_host),
      cmocka_unit_test_setup_teardown(room_is_made_or_not, host, no_host),
      cmocka_unit_test_setup_teardown(unknown_is_not_writable, host, no_host),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
