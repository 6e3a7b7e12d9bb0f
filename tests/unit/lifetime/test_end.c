/* SPDX-License-Identifier: BSD-2-Clause */
/* A host that has lived long enough is tainted for it, once, and in time. */
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
#include "breakglass/run_state.h"
#include "breakglass/taint.h"
#include "fake_host.h"
#include "test_paths.h"
#include "test_state.h"
#include "turnover.h"

#define OLD "breakglass.taint.lifetime"

static struct turnover ages(void) {
  const struct turnover policy = {.polite = fake_config.polite, .forced = fake_config.forced};
  struct turnover host;
  assert_int_equal(turnover_of(&policy, test_host.id, &host), BG_OK);
  return host;
}

static int64_t seconds(const json_t *object, const char *key) {
  int64_t time = 0;
  const char *text = json_string_value(json_object_get(object, key));
  assert_non_null(text);
  assert_int_equal(bg_parse_time(bg_bytes_of(text), &time), BG_OK);
  return time;
}

static struct bg_taint taint(void) {
  struct bg_taint found;
  assert_int_equal(bg_taint_read(&found), BG_OK);
  return found;
}

/* Lives up to the polite age, and opens it again there. */
static struct lifetime *live_to_the_end(void) {
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, ages().polite - 60);
  return lifetime;
}

static void assert_level(int64_t number, const char *level) {
  json_t *event = fake_event(number);
  const json_t *data = json_object_get(event, "data");
  assert_string_equal(json_string_value(json_object_get(event, "type")), OLD);
  assert_string_equal(json_string_value(json_object_get(data, "cause")), "lifetime");
  assert_string_equal(json_string_value(json_object_get(data, "level")), level);
  json_decref(event);
}

static void the_polite_age_taints_the_host(void **state) {
  (void)state;
  struct lifetime *lifetime = live_to_the_end();
  assert_int_equal(fake_events(), 2); /* at the very second: it asked to be called then */
  assert_level(2, "refresh");
  json_t *event = fake_event(2);
  const json_t *data = json_object_get(event, "data");
  const json_t *replace = json_object_get(data, "replace");
  const json_t *said = json_object_get(data, "lifetime");
  assert_string_equal(json_string_value(json_object_get(replace, "after")), "closed");
  assert_int_equal(seconds(event, "time"), MADE + ages().polite);
  assert_int_equal(seconds(replace, "by"), MADE + ages().forced);
  assert_int_equal(seconds(said, "forced"), MADE + ages().forced);
  assert_int_equal(seconds(said, "polite"), MADE + ages().polite);
  assert_int_equal(json_integer_value(json_object_get(said, "age")), ages().polite);
  assert_non_null(strstr(
      json_string_value(json_object_get(json_object_get(data, "evidence"), "reason")), "11d old"));
  json_decref(event);
  const struct bg_taint known = taint();
  assert_string_equal(known.who, BG_EVENT_AGE_ACTOR);
  assert_int_equal(known.level, BG_LEVEL_REFRESH);
  assert_int_equal(known.by, MADE + ages().forced);
  assert_true(test_exists("/run/breakglass/tainted"));
  struct lifetime_state shown;
  assert_int_equal(lifetime_show(lifetime, &shown), BG_OK);
  assert_int_equal(shown.level, BG_LEVEL_REFRESH);
  assert_int_equal(shown.age, ages().polite);
  assert_int_equal(shown.born, MADE);
  assert_int_equal(shown.polite, MADE + ages().polite);
  assert_int_equal(shown.forced, MADE + ages().forced);
  assert_true(shown.clock_counts);
  lifetime_close(lifetime);
}

static void before_it_the_host_is_left_alone(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, ages().polite - 61);
  assert_int_equal(fake_events(), 1);
  assert_false(test_exists("/run/breakglass/tainted"));
  lifetime_close(lifetime);
}

static void it_is_recorded_once(void **state) {
  (void)state;
  struct lifetime *lifetime = live_to_the_end();
  fake_live(lifetime, 2 * DAY);
  lifetime_close(lifetime);
  fake_visit();
  fake_reboot(10);
  fake_visit();
  assert_int_equal(fake_events(), 2);
}

static void who_is_killed_behind_the_event_does_not_record_it_again(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, ages().polite - 100);
  lifetime_close(lifetime);
  fake_records_keep();
  fake_run(100);
  fake_visit();
  assert_int_equal(fake_events(), 2);
  fake_records_put_back();
  fake_visit();
  fake_reboot(10);
  fake_records_put_back();
  fake_visit();
  assert_int_equal(fake_events(), 2);
}

/* The disk did not take the event, the next writer never came, and then the power went. */
static void an_event_that_was_lost_is_recorded_again(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, ages().polite - 100);
  fake_config.level = BG_LEVEL_REBUILD;
  lifetime_close(lifetime);
  fake_run(100);
  assert_int_equal(rename(test_path("/var/lib/breakglass/events"), test_path("/var/away")), 0);
  fake_visit();
  assert_int_equal(rename(test_path("/var/away"), test_path("/var/lib/breakglass/events")), 0);
  assert_int_equal(fake_events(), 2);
  fake_visit();
  assert_int_equal(fake_events(), 2); /* it waits: that is enough while the boot lasts */
  fake_reboot(10);
  fake_config.level = BG_LEVEL_REFRESH;
  fake_visit();
  assert_int_equal(fake_events(), 2);
  assert_level(2, "rebuild"); /* as it was */
  assert_true(test_exists("/run/breakglass/tainted"));
}

static void what_could_not_be_recorded_is_tried_again(void **state) {
  (void)state;
  int lock = -1;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, ages().polite - 100);
  /* A folder on run/ that is none: nothing can be recorded. */
  assert_int_equal(rename(test_path("/run/breakglass/events"), test_path("/run/away")), 0);
  fake_run(100);
  int64_t next = lifetime_look(lifetime);
  assert_non_null(strstr(fake.log, "lived long enough could not be recorded"));
  assert_int_equal(next, (fake.boottime + LIFETIME_STEP) * 1000);
  assert_int_equal(rename(test_path("/run/away"), test_path("/run/breakglass/events")), 0);
  fake_live(lifetime, 2 * HOUR);
  assert_int_equal(fake_events(), 2);
  /* The lock keeps no taint away. */
  fake_config.level = BG_LEVEL_REBUILD;
  lifetime_close(lifetime);
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  fake_visit();
  (void)close(lock);
  assert_int_equal(fake_events(), 3);
}

static void a_level_rises_and_never_sinks(void **state) {
  (void)state;
  lifetime_close(live_to_the_end());
  fake_config.level = BG_LEVEL_REALLOCATE;
  fake_visit();
  assert_int_equal(fake_events(), 3);
  assert_level(3, "reallocate");
  fake_config.level = BG_LEVEL_REBUILD;
  fake_visit();
  fake_config.level = BG_LEVEL_REFRESH;
  fake_reboot(10);
  fake_visit();
  assert_int_equal(fake_events(), 3);
}

static void a_host_that_is_too_old_when_it_boots_is_tainted_at_once(void **state) {
  (void)state;
  fake_visit();
  fake_reboot(100 * DAY);
  assert_int_equal(bg_mark_raise(MADE + 99 * DAY), BG_OK);
  fake_run(5);
  fake_visit();
  assert_int_equal(fake_events(), 2);
  int64_t vouched = MADE + ages().forced; /* and the day that nobody vouches for */
  assert_in_range(taint().by, vouched, vouched + DAY + 100);
}

static void with_a_clock_of_1970_it_is_tainted_too(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake.now = 5;
  fake_live(lifetime, ages().polite);
  json_t *event = fake_event(2);
  assert_string_equal(json_string_value(json_object_get(json_object_get(event, "data"), "clock")),
                      "untrusted");
  json_decref(event);
  lifetime_close(lifetime);
}

static void without_a_turnover_nobody_is_tainted(void **state) {
  (void)state;
  fake_config.polite = 0;
  fake_config.forced = 0;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, 400 * DAY);
  assert_int_equal(fake_events(), 1);
  struct lifetime_state shown;
  assert_int_equal(lifetime_show(lifetime, &shown), BG_OK);
  assert_int_equal(shown.forced, 0);
  assert_int_equal(shown.polite, 0);
  assert_int_equal(shown.age, 400 * DAY + 60);
  lifetime_close(lifetime);
}

static void record(const struct bg_session *session) {
  struct bg_event event = test_opened(session);
  enum bg_durability durability;
  event.longest_tainted = DAY;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
}

/* Days before anybody came: that is no reason to throw out who comes, nor to leave the host
 * standing until the forced age. */
static void a_session_on_an_old_host_has_its_time(void **state) {
  (void)state;
  struct lifetime *lifetime = live_to_the_end();
  fake_live(lifetime, 3 * HOUR);
  int64_t old_since = MADE + ages().polite;
  fake_run(DAY + HOUR); /* more than longest_tainted */
  const struct bg_session session = test_session(1);
  record(&session);
  json_t *event = fake_event(3);
  assert_int_equal(seconds(json_object_get(json_object_get(event, "data"), "replace"), "by"),
                   session.deadline);
  json_decref(event);
  assert_int_equal(taint().since, old_since);
  assert_int_equal(taint().by, session.deadline);
  lifetime_close(lifetime);
}

/* A host that is to be replaced by a session's deadline gets no days more for its age. */
static void age_gives_no_tainted_host_more_time(void **state) {
  (void)state;
  struct lifetime *lifetime = fake_start();
  fake_live(lifetime, ages().polite - 1000);
  const struct bg_session session = test_session(1);
  record(&session);
  fake_live(lifetime, 2 * HOUR);
  assert_int_equal(fake_events(), 3);
  assert_int_equal(taint().by, session.deadline);
  assert_int_equal(taint().level, BG_LEVEL_REBUILD);
  /* Nor does a session get more than the forced age. */
  fake.now = MADE + ages().forced - 10;
  const struct bg_session last = test_session(2);
  (void)test_record(&last);
  assert_int_equal(taint().by, MADE + ages().forced);
  lifetime_close(lifetime);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_host_new, fake_host_end)
  const struct CMUnitTest tests[] = {
      TEST(the_polite_age_taints_the_host),
      TEST(before_it_the_host_is_left_alone),
      TEST(it_is_recorded_once),
      TEST(who_is_killed_behind_the_event_does_not_record_it_again),
      TEST(an_event_that_was_lost_is_recorded_again),
      TEST(what_could_not_be_recorded_is_tried_again),
      TEST(a_level_rises_and_never_sinks),
      TEST(a_host_that_is_too_old_when_it_boots_is_tainted_at_once),
      TEST(with_a_clock_of_1970_it_is_tainted_too),
      TEST(without_a_turnover_nobody_is_tainted),
      TEST(a_session_on_an_old_host_has_its_time),
      TEST(age_gives_no_tainted_host_more_time),
  };
  if (sodium_init() < 0) {
    return 1;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
