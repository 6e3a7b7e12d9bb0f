/* SPDX-License-Identifier: BSD-2-Clause */
/* A new host says once that it is one. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/lock.h"
#include "breakglass/text.h"
#include "fake_host.h"
#include "test_paths.h"
#include "test_state.h"

#define FRESH "breakglass.host.fresh"

static int64_t seconds(const json_t *object, const char *key) {
  int64_t time = 0;
  const char *text = json_string_value(json_object_get(object, key));
  assert_non_null(text);
  assert_int_equal(bg_parse_time(bg_bytes_of(text), &time), BG_OK);
  return time;
}

static void assert_said_once(void) {
  assert_int_equal(fake_events(), 1);
  assert_string_equal(fake_event_type(1), FRESH);
}

static void assert_never_said(void) {
  for (int64_t number = 1; number <= fake_events(); number++) {
    assert_string_not_equal(fake_event_type(number), FRESH);
  }
}

static void a_new_host_says_what_it_is(void **state) {
  (void)state;
  lifetime_close(fake_start());
  json_t *event = fake_event(1);
  const json_t *data = json_object_get(event, "data");
  const json_t *lifetime = json_object_get(data, "lifetime");
  const json_t *image = json_object_get(json_object_get(data, "host"), "image");
  assert_string_equal(json_string_value(json_object_get(event, "type")), FRESH);
  assert_string_equal(json_string_value(json_object_get(event, "subject")), "host-1");
  assert_string_equal(json_string_value(json_object_get(image, "id")), "web");
  assert_string_equal(json_string_value(json_object_get(image, "version")), "7");
  assert_string_equal(json_string_value(json_object_get(data, "level")), "none");
  assert_string_equal(json_string_value(json_object_get(data, "key")), fake_config.event_key);
  assert_null(json_object_get(data, "replace"));
  assert_null(json_object_get(data, "cause"));
  assert_int_equal(seconds(lifetime, "born"), MADE);
  assert_in_range(seconds(lifetime, "polite"), MADE + 7 * DAY, MADE + 14 * DAY - 1);
  assert_in_range(seconds(lifetime, "forced"), seconds(lifetime, "polite"), MADE + 14 * DAY);
  json_decref(event);
  assert_false(test_exists("/run/breakglass/tainted"));
}

static void without_a_turnover_or_a_key_it_says_null(void **state) {
  (void)state;
  fake_config.polite = 0;
  fake_config.forced = 0;
  fake_config.event_key = NULL;
  fake_visit();
  json_t *event = fake_event(1);
  const json_t *data = json_object_get(event, "data");
  assert_true(json_is_null(json_object_get(data, "key")));
  assert_true(json_is_null(json_object_get(json_object_get(data, "lifetime"), "polite")));
  assert_true(json_is_null(json_object_get(json_object_get(data, "lifetime"), "forced")));
  json_decref(event);
}

static void it_says_so_once(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  assert_said_once();
  fake_live(lifetime, DAY);
  lifetime_close(lifetime);
  fake_visit();
  assert_said_once();
  fake_reboot(10);
  fake_visit();
  assert_said_once();
  assert_string_equal(fake.log, "");
}

static void who_is_killed_behind_the_event_does_not_say_it_again(void **state) {
  (void)state;
  fake.disk_fails = true; /* so that the first of its two writings is what is left */
  fake_records_keep();
  lifetime_close(fake_start());
  fake_records_put_back();
  fake.disk_fails = false;
  struct lifetime *lifetime = fake_start();
  struct lifetime_state shown;
  assert_said_once();
  assert_int_equal(lifetime_show(lifetime, &shown), BG_OK);
  assert_true(shown.said_fresh);
  lifetime_close(lifetime);
}

/* Its record says that it is the first boot, and no more. */
static void who_is_killed_before_the_event_says_it_then(void **state) {
  (void)state;
  int lock = -1;
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  lifetime_close(fake_start());
  assert_int_equal(fake_events(), 0);
  (void)close(lock);
  fake_visit();
  assert_said_once();
}

/* The event is the last that it did before a power cut. */
static void what_was_said_in_a_boot_that_broke_off_was_said(void **state) {
  (void)state;
  int lock = -1;
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  fake_visit();
  (void)close(lock);
  fake.log[0] = '\0';
  fake_records_keep();
  fake_visit();
  assert_said_once();
  fake_records_put_back();
  fake_reboot(10);
  struct lifetime *lifetime = fake_start();
  struct lifetime_state shown;
  assert_said_once();
  assert_string_equal(fake.log, "");
  assert_int_equal(lifetime_show(lifetime, &shown), BG_OK);
  assert_true(shown.said_fresh);
  lifetime_close(lifetime);
}

/* Otherwise the next boot would find an event and no record, and take it for a lost one. */
static void that_it_is_the_first_boot_is_on_disk_before_the_event(void **state) {
  (void)state;
  lifetime_close(fake_start());
  assert_said_once();
  assert_int_equal(fake.events_then, 0);
}

static void without_the_lock_it_is_said_later(void **state) {
  (void)state;
  int lock = -1;
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  struct lifetime *lifetime = fake_start();
  assert_int_equal(fake_events(), 0);
  assert_non_null(strstr(fake.log, "could not be recorded"));
  (void)close(lock);
  fake_live(lifetime, 2 * HOUR);
  assert_said_once();
  lifetime_close(lifetime);
}

static void a_host_that_is_tainted_first_never_says_it(void **state) {
  (void)state;
  const struct bg_session session = test_session(1);
  (void)test_record(&session);
  fake_visit();
  assert_int_equal(fake_events(), 1);
  assert_never_said();
  assert_non_null(strstr(fake.log, "not said to be new"));
  fake_reboot(10);
  fake_visit();
  assert_never_said();
}

/* Its event is gone; the flag that it raised is not. */
static void a_flag_without_an_event_is_a_taint(void **state) {
  (void)state;
  test_root_write("/run/breakglass/tainted", "{}\n");
  fake_visit();
  assert_int_equal(fake_events(), 0);
  (void)unlink(test_path("/run/breakglass/tainted"));
  fake_visit();
  assert_int_equal(fake_events(), 0);
}

static void an_event_that_cannot_be_read_is_one(void **state) {
  (void)state;
  test_root_write("/var/lib/breakglass/events/0000000001.json", "?");
  fake_visit();
  assert_never_said();
  assert_int_equal(fake_events(), 1);
}

static void an_event_that_waits_is_one(void **state) {
  (void)state;
  test_root_write("/run/breakglass/events/0123456789abcdef0123456789abcdef.loose", "{\"data\":{");
  fake_visit();
  assert_never_said();
}

static void events_that_are_lost_make_no_host_new(void **state) {
  (void)state;
  fake_visit();
  assert_int_equal(unlink(test_path("/var/lib/breakglass/events/0000000001.json")), 0);
  (void)unlink(test_path("/run/breakglass/head"));
  fake_visit();
  fake_reboot(10);
  fake_visit();
  assert_int_equal(fake_events(), 0);
}

/* Whoever was in it in an earlier boot left nothing that is still there, perhaps. */
static void a_store_that_was_made_in_an_earlier_boot_is_not_new(void **state) {
  (void)state;
  fake_reboot(0);
  fake_visit();
  assert_int_equal(fake_events(), 0);
  assert_non_null(strstr(fake.log, "not found"));
}

static void a_boot_that_is_not_noted_is_not_the_first(void **state) {
  (void)state;
  assert_int_equal(unlink(test_path("/var/lib/breakglass/boots/last")), 0);
  fake_visit();
  assert_int_equal(fake_events(), 0);
}

static void after_the_first_boot_it_is_too_late(void **state) {
  (void)state;
  int lock = -1;
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  fake_visit();
  (void)close(lock);
  fake_reboot(0);
  fake_visit();
  assert_int_equal(fake_events(), 0);
  assert_non_null(strstr(fake.log, "its first boot ended before it was"));
}

/* A record that was lost with the notes of the boots, which were then made anew. */
static void an_event_of_an_earlier_boot_ends_the_first(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, 3 * DAY);
  lifetime_close(lifetime);
  fake_reboot(0);
  test_root_write("/var/lib/breakglass/boots/last",
                  "{\"boot_id\":\"00000000-0000-4000-8000-000000000002\",\"store_boot_id\":"
                  "\"00000000-0000-4000-8000-000000000002\",\"ended\":null,\"gap\":false}\n");
  (void)unlink(test_path("/var/lib/breakglass/born"));
  lifetime = fake_start();
  assert_in_range(fake_age(lifetime), 3 * DAY, 3 * DAY + 100);
  assert_said_once();
  lifetime_close(lifetime);
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  char longest[202];
  struct lifetime *lifetime = NULL;
  memset(longest, 'x', sizeof longest);
  longest[201] = '\0';
  static const char *const wrong[] = {"", "two\nlines", "\xff"};
  for (size_t i = 0; i < 3; i++) {
    fake_config.event_key = wrong[i];
    assert_int_equal(lifetime_open(&fake_config, &lifetime), BG_ERR_RANGE);
  }
  fake_config.event_key = longest;
  assert_int_equal(lifetime_open(&fake_config, &lifetime), BG_ERR_RANGE);
  longest[200] = '\0';
  assert_int_equal(lifetime_open(&fake_config, &lifetime), BG_OK);
  lifetime_close(lifetime);
  fake_config.polite = fake_config.forced + 1;
  lifetime = NULL;
  assert_int_equal(lifetime_open(&fake_config, &lifetime), BG_ERR_RANGE);
  assert_null(lifetime);
  lifetime_close(NULL);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_host_new, fake_host_end)
  const struct CMUnitTest tests[] = {
      TEST(a_new_host_says_what_it_is),
      TEST(without_a_turnover_or_a_key_it_says_null),
      TEST(it_says_so_once),
      TEST(who_is_killed_behind_the_event_does_not_say_it_again),
      TEST(who_is_killed_before_the_event_says_it_then),
      TEST(what_was_said_in_a_boot_that_broke_off_was_said),
      TEST(that_it_is_the_first_boot_is_on_disk_before_the_event),
      TEST(without_the_lock_it_is_said_later),
      TEST(a_host_that_is_tainted_first_never_says_it),
      TEST(a_flag_without_an_event_is_a_taint),
      TEST(an_event_that_cannot_be_read_is_one),
      TEST(an_event_that_waits_is_one),
      TEST(events_that_are_lost_make_no_host_new),
      TEST(a_store_that_was_made_in_an_earlier_boot_is_not_new),
      TEST(a_boot_that_is_not_noted_is_not_the_first),
      TEST(after_the_first_boot_it_is_too_late),
      TEST(an_event_of_an_earlier_boot_ends_the_first),
      TEST(what_cannot_be_is_refused),
  };
  if (sodium_init() < 0) {
    return 1;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
