/* SPDX-License-Identifier: BSD-2-Clause */
/* Which cursors say that an event was acknowledged, and which say nothing. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/cursor.h"
#include "test_paths.h"
#include "test_state.h"

#define SINKS "/run/breakglass/sinks"

/* A host whose last event is the third. */
static int host(void **state) {
  (void)state;
  test_host_of(3);
  assert_int_equal(mkdir(test_path(SINKS), 0700), 0);
  return 0;
}

static int no_host(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static bool is_wanted(const void *context, const char *sink) {
  return strcmp(sink, context) == 0;
}

static bool acknowledged(int64_t number, const char *sink) {
  return bg_event_is_acknowledged(number, is_wanted, sink);
}

static void the_event_or_a_later_one(void **state) {
  (void)state;
  test_root_write(SINKS "/nats", "2");
  assert_true(acknowledged(1, "nats"));
  assert_true(acknowledged(2, "nats"));
  assert_false(acknowledged(3, "nats"));
  test_root_write(SINKS "/nats", "3");
  assert_true(acknowledged(3, "nats"));
}

static void one_of_the_sinks_asked_for(void **state) {
  (void)state;
  test_root_write(SINKS "/journal", "3");
  test_root_write(SINKS "/webhook", "1");
  assert_false(acknowledged(3, "webhook"));
  assert_false(acknowledged(3, "nats"));
  test_root_write(SINKS "/webhook", "3");
  assert_true(acknowledged(3, "webhook"));
}

static void a_cursor_beyond_the_last_event_is_of_others(void **state) {
  (void)state;
  test_root_write(SINKS "/nats", "4");
  assert_false(acknowledged(3, "nats"));
  assert_false(acknowledged(4, "nats")); /* no such event */
  test_root_write(SINKS "/nats", "9223372036854775807");
  assert_false(acknowledged(3, "nats"));
}

static void what_is_no_number_says_nothing(void **state) {
  (void)state;
  static const char *const texts[] = {"",      " 3",
                                      "3\n",   "+3",
                                      "-3",    "0x3",
                                      "3.0",   "3 3",
                                      "three", "9223372036854775811",
                                      "0",     "00000000000000000000000000000000003"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    test_root_write(SINKS "/nats", texts[i]);
    assert_false(acknowledged(3, "nats"));
    assert_false(acknowledged(1, "nats"));
  }
}

static void what_others_can_write_says_nothing(void **state) {
  (void)state;
  test_root_write(SINKS "/nats", "3");
  assert_int_equal(chmod(test_path(SINKS "/nats"), 0620), 0);
  assert_false(acknowledged(3, "nats"));
  assert_int_equal(chmod(test_path(SINKS "/nats"), 0600), 0);
  assert_true(acknowledged(3, "nats"));
  assert_int_equal(chmod(test_path(SINKS), 0777), 0);
  assert_false(acknowledged(3, "nats"));
  assert_int_equal(chmod(test_path(SINKS), 0700), 0);
  test_root_write("/etc/number", "3");
  assert_int_equal(unlink(test_path(SINKS "/nats")), 0);
  assert_int_equal(symlink(test_path("/etc/number"), test_path(SINKS "/nats")), 0);
  assert_false(acknowledged(3, "nats"));
  if (test_is_root()) {
    test_root_write(SINKS "/webhook", "3");
    assert_int_equal(chown(test_path(SINKS "/webhook"), 65534, 65534), 0);
    assert_false(acknowledged(3, "webhook"));
  }
}

/* The disk's cursors may be of an earlier boot's events. */
static void only_this_boot_counts(void **state) {
  (void)state;
  test_root_write("/var/lib/breakglass/sinks/nats", "3");
  assert_false(acknowledged(3, "nats"));
  assert_int_equal(rmdir(test_path(SINKS)), 0);
  assert_false(acknowledged(3, "nats"));
}

static void without_a_head_nobody_knows(void **state) {
  (void)state;
  test_root_write(SINKS "/nats", "3");
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0);
  assert_false(acknowledged(3, "nats"));
}

static void no_number_is_acknowledged_by_nobody(void **state) {
  (void)state;
  test_root_write(SINKS "/nats", "3");
  assert_false(acknowledged(0, "nats"));
  assert_false(acknowledged(-1, "nats"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, host, no_host)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_event_or_a_later_one),
      TEST(one_of_the_sinks_asked_for),
      TEST(a_cursor_beyond_the_last_event_is_of_others),
      TEST(what_is_no_number_says_nothing),
      TEST(what_others_can_write_says_nothing),
      TEST(only_this_boot_counts),
      TEST(without_a_head_nobody_knows),
      TEST(no_number_is_acknowledged_by_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
