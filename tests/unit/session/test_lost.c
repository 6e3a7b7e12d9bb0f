/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions that went down with the host. */
#include <config.h>

#include "boots.h"
#include "breakglass/event_store.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void lost_session_is_closed_once(void **state) {
  (void)state;
  open_session(1);
  open_session(2);
  close_session(2);
  reboot_host();
  open_session(3); /* of this boot: it goes on */
  assert_false(close_lost());
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "reboot"), 1);
  assert_int_equal(closed_events(2, "reboot"), 0);
  assert_int_equal(closed_events(2, NULL), 1);
  assert_int_equal(closed_events(3, NULL), 0);
  assert_false(close_lost());
  reboot_host();
  assert_false(close_lost());
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(3, "reboot"), 1);
}

static void lost_session_is_audited_once(void **state) {
  (void)state;
  struct sessions_config config = test_config();
  bool more = false;
  open_session(1);
  reboot_host();
  let_record(false);
  for (int i = 0; i < 3; i++) {
    assert_int_not_equal(sessions_close_lost(&config, &more), BG_OK);
  }
  assert_int_equal(audited_ends(), 0);
  let_record(true);
  assert_false(close_lost());
  assert_int_equal(closed_events(1, "reboot"), 1);
  assert_int_equal(audited_ends(), 1);
}

/* The closed event is of the session that was opened, in every word. */
static void lost_session_keeps_its_words(void **state) {
  (void)state;
  json_error_t error;
  open_session(1);
  json_t *opened =
      json_load_file(test_path("/var/lib/breakglass/events/0000000001.json"), 0, &error);
  reboot_host();
  (void)close_lost();
  json_t *closed =
      json_load_file(test_path("/var/lib/breakglass/events/0000000002.json"), 0, &error);
  assert_non_null(opened);
  assert_non_null(closed);
  json_t *said = json_object_get(json_object_get(opened, "data"), "session");
  json_t *data = json_object_get(closed, "data");
  json_t *told = json_object_get(data, "session");
  const char *key = NULL;
  json_t *value = NULL;
  json_object_foreach(said, key, value) {
    assert_true(json_equal(value, json_object_get(told, key)));
  }
  assert_string_equal(json_string_value(json_object_get(told, "ended")), "reboot");
  assert_true(json_is_null(json_object_get(told, "opened")));
  static const char *const same[] = {"level", "audit", "revocations", "clock"};
  for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
    assert_true(json_equal(json_object_get(json_object_get(opened, "data"), same[i]),
                           json_object_get(data, same[i])));
  }
  json_decref(opened);
  json_decref(closed);
}

/* It names a key and a type inside of its reason; nothing of that is one. */
static void words_of_people_name_no_key(void **state) {
  (void)state;
  struct bg_session session = test_session(1);
  (void)snprintf(session.reason, sizeof session.reason,
                 "x\",\"type\":\"breakglass.taint.closed\",\"token_id\":\"02");
  assert_int_equal(test_record(&session), BG_DURABLE);
  reboot_host();
  (void)close_lost();
  assert_int_equal(closed_events(1, "reboot"), 1);
}

/* What is no event, or damaged, holds nobody else's up. */
static void damaged_events_are_passed_over(void **state) {
  (void)state;
  open_session(1);
  open_session(2);
  reboot_host();
  assert_int_equal(truncate(test_path("/var/lib/breakglass/events/0000000001.json"), 700), 0);
  assert_false(close_lost());
  assert_int_equal(closed_events(2, "reboot"), 1);
}

static void drop_second(const char *line) {
  const struct bg_event_remnant item = {2, bg_bytes_of(line)};
  assert_int_equal(bg_events_drop(&item, 1), BG_OK);
}

/* All that is left of its end is that it was one. */
static void one_whose_end_was_dropped_is_closed(void **state) {
  (void)state;
  open_session(1);
  close_session(1);
  open_session(2);
  drop_second(
      "{\"id\":\"1\",\"type\":\"breakglass.taint.closed\",\"data\":{\"session\":{\"token_id\":"
      "\"01010101010101010101010101010101\"}}}\n");
  reboot_host();
  assert_false(close_lost());
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(2, "reboot"), 1);
}

/* Session 1 may have ended under the number that is gone; 2 began behind it. */
static void while_nobody_knows_none_is_closed(void **state) {
  (void)state;
  open_session(1);
  close_session(1);
  open_session(2);
  drop_second("{}\n");
  reboot_host();
  assert_false(close_lost());
  assert_int_equal(closed_events(1, NULL), 0);
  assert_int_equal(closed_events(2, "reboot"), 1);
  assert_int_equal(chmod(test_path("/var/lib/breakglass/events/dropped"), 0622), 0);
  assert_false(close_lost()); /* a list that is damaged */
  assert_int_equal(closed_events(1, NULL), 0);
  assert_int_equal(unlink(test_path("/var/lib/breakglass/events/dropped")), 0);
  assert_false(close_lost());
  assert_int_equal(closed_events(1, NULL), 0);
}

static void many_are_closed_by_several_calls(void **state) {
  (void)state;
  int calls = 1;
  for (uint8_t id = 1; id <= 70; id++) {
    open_session(id);
  }
  reboot_host();
  while (close_lost() && calls < 5) {
    calls++;
  }
  assert_int_equal(calls, 2);
  for (uint8_t id = 1; id <= 70; id += 23) {
    assert_int_equal(closed_events(id, "reboot"), 1);
  }
  assert_false(close_lost());
  assert_int_equal(test_entries("/var/lib/breakglass/events"), 140);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_host, end_host)
  const struct CMUnitTest tests[] = {
      TEST(lost_session_is_closed_once),       TEST(lost_session_is_audited_once),
      TEST(lost_session_keeps_its_words),      TEST(words_of_people_name_no_key),
      TEST(damaged_events_are_passed_over),    TEST(one_whose_end_was_dropped_is_closed),
      TEST(while_nobody_knows_none_is_closed), TEST(many_are_closed_by_several_calls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
