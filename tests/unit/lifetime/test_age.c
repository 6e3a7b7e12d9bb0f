/* SPDX-License-Identifier: BSD-2-Clause */
/* How old a host is, whatever its clocks, its disk and its power do. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "breakglass/run_state.h"
#include "fake_host.h"
#include "test_paths.h"
#include "test_state.h"

static int64_t age_of_visit(void) {
  struct lifetime *lifetime = fake_start();
  int64_t age = fake_age(lifetime);
  lifetime_close(lifetime);
  return age;
}

static void uptimes_of_all_boots_add_up(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  assert_int_equal(fake_age(lifetime), 60); /* since the boot began, not the agent */
  fake_live(lifetime, 5 * HOUR);
  assert_int_equal(fake_age(lifetime), 5 * HOUR + 60);
  lifetime_close(lifetime);
  fake_reboot(3 * DAY);
  fake_run(100);
  assert_int_equal(age_of_visit(), 5 * HOUR + 160); /* nobody vouches for the days it was off */
  fake_run(50);
  assert_int_equal(age_of_visit(), 5 * HOUR + 210);
  fake_reboot(10);
  assert_int_equal(age_of_visit(), 5 * HOUR + 210);
}

static void a_power_cut_takes_an_hour_at_most(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, 5 * HOUR + 1800);
  fake_records_keep();
  lifetime_close(lifetime);
  fake_records_put_back(); /* nobody stopped it */
  fake_reboot(10);
  int64_t age = age_of_visit();
  assert_in_range(age, 4 * HOUR + 1800, 5 * HOUR + 1860);
}

static void the_disk_is_written_once_an_hour(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake.disk_writes = 0;
  fake_live(lifetime, 100 * HOUR);
  assert_in_range(fake.disk_writes, 99, 101);
  fake.disk_writes = 0;
  for (int i = 0; i < 60; i++) { /* whoever looks too often */
    (void)lifetime_look(lifetime);
    fake_run(10);
  }
  assert_in_range(fake.disk_writes, 0, 1);
  lifetime_close(lifetime);
  fake.disk_writes = 0;
  lifetime = fake_start(); /* and whoever starts again soon */
  assert_int_equal(fake.disk_writes, 0);
  lifetime_close(lifetime);
}

static void a_clock_set_far_forward_makes_nobody_old(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, HOUR);
  fake.now += 3650 * DAY;
  assert_int_equal(fake_age(lifetime), HOUR + 60);
  (void)lifetime_look(lifetime);
  assert_int_equal(fake_age(lifetime), HOUR + 60);
  lifetime_close(lifetime);
  fake_reboot(0);
  assert_int_equal(age_of_visit(), HOUR + 60);
  assert_int_equal(fake_events(), 1); /* that it is new */
}

static void a_voucher_alone_makes_nobody_old(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  assert_int_equal(bg_mark_raise(MADE + 1000 * DAY), BG_OK);
  struct lifetime_state shown;
  assert_int_equal(lifetime_show(lifetime, &shown), BG_OK);
  assert_false(shown.clock_counts); /* the host's clock says otherwise */
  assert_int_equal(shown.age, 60);
  lifetime_close(lifetime);
}

static void time_off_counts_once_it_is_vouched_for(void **state) {
  (void)state;
  fake_visit();
  fake_reboot(20 * DAY);
  fake_run(30);
  struct lifetime *lifetime = fake_start();
  assert_int_equal(fake_age(lifetime), 90);
  assert_int_equal(bg_mark_raise(MADE + 19 * DAY), BG_OK);
  (void)lifetime_look(lifetime);
  assert_int_equal(fake_age(lifetime), 19 * DAY);
  fake_live(lifetime, HOUR);
  assert_int_equal(fake_age(lifetime), 19 * DAY + HOUR);
  lifetime_close(lifetime);
}

static void a_clock_set_back_makes_nobody_younger(void **state) {
  (void)state;
  fake_visit();
  fake_reboot(20 * DAY);
  struct lifetime *lifetime = fake_start();
  assert_int_equal(bg_mark_raise(MADE + 19 * DAY), BG_OK);
  (void)lifetime_look(lifetime);
  fake.now = MADE - 400 * DAY;
  assert_int_equal(fake_age(lifetime), 19 * DAY);
  (void)lifetime_look(lifetime);
  fake_live(lifetime, HOUR);
  assert_int_equal(fake_age(lifetime), 19 * DAY + HOUR);
  lifetime_close(lifetime);
  fake_reboot(0); /* and its vouched time is forgotten */
  lifetime = fake_start();
  struct lifetime_state shown;
  assert_int_equal(lifetime_show(lifetime, &shown), BG_OK);
  assert_int_equal(shown.age, 19 * DAY + HOUR);
  assert_false(shown.clock_counts);
  lifetime_close(lifetime);
}

/* The clock of a new machine may be months behind until it is set. A fleet of such would be old at
 * the first vouched time. */
static void a_slow_clock_at_birth_makes_nobody_old(void **state) {
  (void)state;
  fake.now = MADE - 25 * DAY; /* later than the software, earlier than the truth */
  struct lifetime *lifetime = fake_start();
  fake_run(20);
  fake.now = MADE + 80;
  fake_live(lifetime, HOUR);
  lifetime_close(lifetime);
  fake_reboot(DAY);
  assert_int_equal(bg_mark_raise(MADE + DAY / 2), BG_OK);
  assert_int_equal(age_of_visit(), DAY / 2);
}

/* Before the software was built: nothing that it says counts, not later either. */
static void a_clock_that_was_never_set_is_no_birth(void **state) {
  (void)state;
  fake.now = 100;
  fake_visit();
  fake_reboot(0);
  fake.now = MADE + DAY;
  assert_int_equal(bg_mark_raise(MADE + DAY), BG_OK);
  assert_int_equal(age_of_visit(), 60);
}

static void a_mark_that_cannot_be_read_makes_nobody_old(void **state) {
  (void)state;
  fake_visit();
  fake_reboot(DAY);
  test_root_write("/run/breakglass/mark", "");
  assert_int_equal(chmod(test_path("/run/breakglass/mark"), 0666), 0);
  assert_int_equal(age_of_visit(), 60);
}

static void the_oldest_event_says_what_a_lost_record_said(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, 3 * DAY);
  lifetime_close(lifetime);
  fake_reboot(10);
  assert_int_equal(unlink(test_path("/var/lib/breakglass/born")), 0);
  lifetime = fake_start();
  assert_in_range(fake_age(lifetime), 3 * DAY, 3 * DAY + 100);
  assert_non_null(strstr(fake.log, "/born: not found; by its oldest event the host is 3d old\n"));
  fake.log[0] = '\0';
  lifetime_close(lifetime);
  fake_reboot(10);
  assert_in_range(age_of_visit(), 3 * DAY, 3 * DAY + 100); /* kept from now on */
  assert_string_equal(fake.log, "");
  assert_int_equal(fake_events(), 1);
}

static void damaged_as(const char *content) {
  fake_reboot(10);
  fake.log[0] = '\0';
  test_root_write("/var/lib/breakglass/born", content);
  assert_in_range(age_of_visit(), 3 * DAY, 3 * DAY + 200);
  assert_non_null(strstr(fake.log, "by its oldest event the host is 3d"));
  assert_int_equal(fake_events(), 1);
}

static void damage_makes_nobody_younger(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, 3 * DAY);
  lifetime_close(lifetime);
  damaged_as("");
  damaged_as("{\"born\":null,\"first_boot\":\"\",\"boot\":\"\",\"age\":5");
  damaged_as("{\"born\":null,\"first_boot\":\"\",\"boot\":\"\",\"age\":-5,\"at\":1,"
             "\"fresh\":\"said\",\"level\":null}");
  damaged_as("{\"born\":null,\"first_boot\":\"\",\"boot\":\"\",\"age\":5.5,\"at\":1,"
             "\"fresh\":\"said\",\"level\":null}");
  damaged_as("{\"born\":null,\"first_boot\":\"\",\"boot\":\"\",\"age\":5,\"at\":1,"
             "\"fresh\":\"maybe\",\"level\":null}");
  damaged_as("{\"born\":null,\"first_boot\":\"\",\"boot\":\"\",\"age\":5,\"at\":1,"
             "\"fresh\":\"said\",\"level\":\"none\"}");
  damaged_as("\xff\xfe\n");
}

/* While the boot lasts, it remembers. */
static void a_record_damaged_in_this_boot_is_made_again(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, 3 * DAY);
  lifetime_close(lifetime);
  fake_reboot(40 * DAY);
  fake_visit();
  test_root_write("/var/lib/breakglass/born", "?");
  assert_int_equal(age_of_visit(), 3 * DAY + 60); /* by its events it would be 43 days old */
  assert_non_null(strstr(fake.log, "this boot remembers"));
  fake_reboot(1);
  fake.log[0] = '\0';
  assert_int_equal(age_of_visit(), 3 * DAY + 60);
  assert_string_equal(fake.log, "");
}

static void the_oldest_file_says_if_there_is_no_event(void **state) {
  (void)state;
  fake_reboot(0);
  fake_run(100);
  test_root_write("/var/lib/breakglass/sinks/journal", "0\n");
  const struct utimbuf times = {fake.now - 2 * DAY, fake.now - 2 * DAY};
  const struct utimbuf never = {5, 5};
  assert_int_equal(utime(test_path("/var/lib/breakglass/sinks/journal"), &times), 0);
  assert_int_equal(utime(test_path("/var/lib/breakglass/boots/last"), &never), 0);
  assert_int_equal(age_of_visit(), 2 * DAY);
  assert_non_null(strstr(fake.log, "by its oldest file the host is 2d old"));
  assert_int_equal(fake_events(), 0);
}

static void without_a_trace_it_is_counted_anew(void **state) {
  (void)state;
  fake_reboot(0);
  fake_run(100);
  assert_int_equal(unlink(test_path("/var/lib/breakglass/boots/last")), 0);
  assert_int_equal(age_of_visit(), 100);
  assert_non_null(strstr(fake.log, "nothing tells how old the host is: counted anew"));
  assert_int_equal(fake_events(), 0); /* and nobody says that it is new */
}

static void without_a_disk_the_boot_remembers(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, DAY);
  fake.disk_fails = true;
  assert_int_equal(bg_mark_raise(MADE + DAY / 2), BG_OK);
  fake_live(lifetime, DAY);
  lifetime_close(lifetime);
  const char *told = strstr(fake.log, "the host's age is not kept there for now");
  assert_non_null(told);
  assert_null(strstr(strchr(told, '\n'), "not kept there")); /* a failure is told once */
  assert_int_equal(age_of_visit(), 2 * DAY + 60);
  fake.disk_fails = false;
  fake_run(2 * HOUR);
  fake_visit();
  fake_reboot(1);
  assert_int_equal(age_of_visit(), 2 * DAY + 2 * HOUR + 60);
}

static void an_age_has_an_end(void **state) {
  (void)state;
  fake_visit();
  fake_reboot(1);
  test_root_write("/var/lib/breakglass/born",
                  "{\"born\":null,\"first_boot\":\"\",\"boot\":\"\",\"age\":3155760000,\"at\":"
                  "3155760000,\"fresh\":\"said\",\"level\":null}\n");
  fake_run(HOUR);
  assert_int_equal(age_of_visit(), INT64_C(3155760000));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_host_new, fake_host_end)
  const struct CMUnitTest tests[] = {
      TEST(uptimes_of_all_boots_add_up),
      TEST(a_power_cut_takes_an_hour_at_most),
      TEST(the_disk_is_written_once_an_hour),
      TEST(a_clock_set_far_forward_makes_nobody_old),
      TEST(a_voucher_alone_makes_nobody_old),
      TEST(time_off_counts_once_it_is_vouched_for),
      TEST(a_clock_set_back_makes_nobody_younger),
      TEST(a_slow_clock_at_birth_makes_nobody_old),
      TEST(a_clock_that_was_never_set_is_no_birth),
      TEST(a_mark_that_cannot_be_read_makes_nobody_old),
      TEST(the_oldest_event_says_what_a_lost_record_said),
      TEST(damage_makes_nobody_younger),
      TEST(a_record_damaged_in_this_boot_is_made_again),
      TEST(the_oldest_file_says_if_there_is_no_event),
      TEST(without_a_trace_it_is_counted_anew),
      TEST(without_a_disk_the_boot_remembers),
      TEST(an_age_has_an_end),
  };
  if (sodium_init() < 0) {
    return 1;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
