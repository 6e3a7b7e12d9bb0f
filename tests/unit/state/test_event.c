/* SPDX-License-Identifier: BSD-2-Clause */
/* What an event says, and how it stands in the chain while all goes well. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/lock.h"
#include "breakglass/run_state.h"
#include "breakglass/taint.h"
#include "breakglass/verify.h"
#include "store_checks.h"
#include "test_paths.h"
#include "test_state.h"

static const char *text(const json_t *object, const char *key) {
  const char *found = json_string_value(json_object_get(object, key));
  assert_non_null(found);
  return found;
}

static int64_t seconds(const json_t *object, const char *key) {
  int64_t time = 0;
  assert_int_equal(bg_parse_time(bg_bytes_of(text(object, key)), &time), BG_OK);
  return time;
}

static void opened_says_who_and_why(void **state) {
  (void)state;
  test_root_write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  test_root_write(
      "/usr/lib/os-release",
      "PRETTY_NAME=\"x\"\nID=debian\nVERSION_ID=\"12\"\nIMAGE_ID='web'\nVARIANT_ID=a\n");
  struct bg_session session = test_session(0xab);
  assert_int_equal(test_record(&session), BG_DURABLE);
  json_t *event = checked_event(1);
  assert_string_equal(text(event, "specversion"), "1.0");
  assert_string_equal(text(event, "type"), "breakglass.taint.opened");
  assert_string_equal(text(event, "source"), "urn:breakglass:host:host-1");
  assert_string_equal(text(event, "subject"), "host-1");
  assert_int_equal(strlen(text(event, "id")), 32);
  assert_int_equal(seconds(event, "time"), session.accepted);
  const json_t *data = json_object_get(event, "data");
  const json_t *host = json_object_get(data, "host");
  assert_string_equal(text(host, "machine_id"), "0123456789abcdef0123456789abcdef");
  assert_string_equal(json_string_value(json_array_get(json_object_get(host, "groups"), 0)), "web");
  const json_t *image = json_object_get(host, "image");
  assert_string_equal(text(image, "os"), "debian");
  assert_string_equal(text(image, "os_version"), "12");
  assert_string_equal(text(image, "id"), "web");
  assert_true(json_is_null(json_object_get(image, "version")));
  assert_string_equal(text(data, "cause"), "token");
  assert_string_equal(text(data, "level"), "rebuild");
  assert_string_equal(text(data, "durability"), "durable");
  assert_string_equal(text(data, "audit"), "available");
  assert_string_equal(text(data, "revocations"), "fresh");
  assert_string_equal(text(data, "clock"), "trusted");
  assert_string_equal(text(json_object_get(data, "replace"), "after"), "closed");
  assert_int_equal(seconds(json_object_get(data, "replace"), "by"), session.deadline);
  const json_t *inside = json_object_get(data, "session");
  assert_string_equal(text(inside, "token_id"), "abababababababababababababababab");
  assert_string_equal(text(inside, "subject"), session.subject);
  assert_string_equal(text(inside, "reason"), session.reason);
  assert_string_equal(text(inside, "source"), "192.0.2.7");
  assert_true(json_is_null(json_object_get(inside, "tty")));
  assert_int_equal(seconds(inside, "deadline"), session.deadline);
  assert_int_equal(seconds(inside, "issued_at"), session.issued_at);
  json_decref(event);
}

static void closed_says_how_it_ended(void **state) {
  (void)state;
  const struct bg_session session = test_session(1);
  struct bg_grant grant = test_grant(&session);
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  grant.state = BG_GRANT_OPEN;
  grant.audit_session = 7;
  grant.opened = session.accepted + 1;
  event.type = BG_EVENT_TAINT_CLOSED;
  event.grant = &grant;
  event.ending = BG_ENDED_DEADLINE;
  event.time += 100;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  json_t *closed = checked_event(2);
  const json_t *inside = json_object_get(json_object_get(closed, "data"), "session");
  assert_string_equal(text(closed, "type"), "breakglass.taint.closed");
  assert_string_equal(text(inside, "ended"), "deadline");
  assert_int_equal(json_integer_value(json_object_get(inside, "audit_session")), 7);
  assert_int_equal(seconds(inside, "opened"), session.accepted + 1);
  assert_int_equal(seconds(inside, "closed"), session.accepted + 100);
  json_decref(closed);
  grant = test_grant(&session);
  event.ending = BG_ENDED_UNUSED;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  closed = checked_event(3);
  inside = json_object_get(json_object_get(closed, "data"), "session");
  assert_string_equal(text(inside, "ended"), "unused");
  assert_true(json_is_null(json_object_get(inside, "opened")));
  json_decref(closed);
}

static void each_ending_has_its_word(void **state) {
  (void)state;
  static const struct {
    enum bg_ending ending;
    const char *word;
  } endings[] = {
      {BG_ENDED_LOGOUT, "logout"},   {BG_ENDED_DEADLINE, "deadline"}, {BG_ENDED_UNUSED, "unused"},
      {BG_ENDED_REVOKED, "revoked"}, {BG_ENDED_KILLED, "killed"},     {BG_ENDED_LOST, "lost"},
      {BG_ENDED_REBOOT, "reboot"},
  };
  const struct bg_session session = test_session(1);
  const struct bg_grant grant = test_grant(&session);
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  event.type = BG_EVENT_TAINT_CLOSED;
  event.grant = &grant;
  for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
    event.ending = endings[i].ending;
    assert_int_equal(bg_event_record(&event, &durability), BG_OK);
    json_t *closed = checked_event((int64_t)i + 1);
    const json_t *inside = json_object_get(json_object_get(closed, "data"), "session");
    assert_string_equal(text(inside, "ended"), endings[i].word);
    json_decref(closed);
  }
}

static void manual_says_who_and_why(void **state) {
  (void)state;
  const struct bg_host host = {.id = "rack 7/\xc3\xa4"};
  const struct bg_event event = {.type = BG_EVENT_TAINT_MANUAL,
                                 .host = &host,
                                 .time = bg_clock_now(),
                                 .level = BG_LEVEL_REALLOCATE,
                                 .replace_by = bg_clock_now() + 60,
                                 .reason = "found a rootkit",
                                 .actor = "root"};
  enum bg_durability durability;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  json_t *found = checked_event(1);
  const json_t *data = json_object_get(found, "data");
  assert_string_equal(text(found, "source"), "urn:breakglass:host:rack%207%2F%C3%A4");
  assert_string_equal(text(found, "subject"), host.id);
  assert_string_equal(text(data, "cause"), "manual");
  assert_string_equal(text(data, "level"), "reallocate");
  assert_string_equal(text(json_object_get(data, "replace"), "after"), "now");
  assert_string_equal(text(json_object_get(data, "evidence"), "reason"), event.reason);
  assert_null(json_object_get(data, "session"));
  json_decref(found);
}

static const struct bg_lifetime test_life = {
    .born = 1790000000, .age = 86400, .polite = 1790100000, .forced = 1790200000};

static struct bg_event fresh_event(void) {
  return (struct bg_event){.type = BG_EVENT_HOST_FRESH,
                           .host = &test_host,
                           .time = bg_clock_now(),
                           .lifetime = &test_life,
                           .key = "ssh-ed25519 AAAA"};
}

static struct bg_event old_event(int64_t time, int64_t by) {
  return (struct bg_event){.type = BG_EVENT_TAINT_LIFETIME,
                           .host = &test_host,
                           .time = time,
                           .level = BG_LEVEL_REFRESH,
                           .replace_by = by,
                           .lifetime = &test_life,
                           .reason = "7d old"};
}

static void fresh_is_no_taint(void **state) {
  (void)state;
  const struct bg_event event = fresh_event();
  enum bg_durability durability;
  struct bg_taint taint;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  assert_int_equal(durability, BG_DURABLE);
  json_t *found = checked_event(1);
  const json_t *data = json_object_get(found, "data");
  const json_t *lifetime = json_object_get(data, "lifetime");
  assert_string_equal(text(found, "type"), "breakglass.host.fresh");
  assert_string_equal(text(data, "level"), "none");
  assert_string_equal(text(data, "key"), event.key);
  assert_int_equal(seconds(lifetime, "born"), test_life.born);
  assert_int_equal(seconds(lifetime, "polite"), test_life.polite);
  assert_int_equal(seconds(lifetime, "forced"), test_life.forced);
  assert_int_equal(json_integer_value(json_object_get(lifetime, "age")), test_life.age);
  assert_null(json_object_get(data, "cause"));
  assert_null(json_object_get(data, "replace"));
  assert_null(json_object_get(data, "evidence"));
  json_decref(found);
  assert_false(test_exists("/run/breakglass/tainted"));
  assert_int_equal(bg_taint_read(&taint), BG_OK);
  assert_int_equal(taint.level, BG_LEVEL_NONE);
  assert_chain(1);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0); /* from the disk alone */
  const struct bg_session session = test_session(1);
  (void)test_record(&session);
  assert_int_equal(bg_taint_read(&taint), BG_OK);
  assert_int_equal(taint.since, session.accepted);
  assert_chain(2);
}

static void fresh_is_the_first_or_none(void **state) {
  (void)state;
  const struct bg_event event = fresh_event();
  const struct bg_session session = test_session(1);
  enum bg_durability durability;
  (void)test_record(&session);
  assert_int_equal(bg_event_record(&event, &durability), BG_ERR_EXISTS);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0);
  assert_int_equal(bg_event_record(&event, &durability), BG_ERR_EXISTS);
  assert_chain(1);
}

/* It has no number yet, and becomes the first. */
static void fresh_comes_behind_no_event_that_waits(void **state) {
  (void)state;
  const struct bg_event event = fresh_event();
  const struct bg_session session = test_session(1);
  enum bg_durability durability;
  int lock = -1;
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  (void)test_record(&session);
  assert_int_equal(bg_event_record(&event, &durability), BG_ERR_BUSY);
  (void)close(lock);
  assert_int_equal(bg_event_record(&event, &durability), BG_ERR_EXISTS);
  assert_chain(1);
  assert_int_equal(test_record(&session), BG_DURABLE);
  assert_chain(2);
}

static void fresh_takes_no_other_number(void **state) {
  (void)state;
  const struct bg_event event = fresh_event();
  enum bg_durability durability;
  test_root_write("/var/lib/breakglass/events/0000000001.json", "not ours");
  assert_int_equal(bg_event_record(&event, &durability), BG_ERR_EXISTS);
  assert_int_equal(test_entries("/var/lib/breakglass/events"), 1);
  assert_int_equal(test_entries("/run/breakglass/events"), 0);
}

static void lifetime_says_how_old_the_host_is(void **state) {
  (void)state;
  const int64_t now = bg_clock_now();
  const struct bg_event event = old_event(now, now + 86400);
  enum bg_durability durability;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  json_t *found = checked_event(1);
  const json_t *data = json_object_get(found, "data");
  assert_string_equal(text(found, "type"), "breakglass.taint.lifetime");
  assert_string_equal(text(data, "cause"), "lifetime");
  assert_string_equal(text(data, "level"), "refresh");
  assert_string_equal(text(json_object_get(data, "replace"), "after"), "closed");
  assert_int_equal(seconds(json_object_get(data, "replace"), "by"), now + 86400);
  assert_int_equal(seconds(json_object_get(data, "lifetime"), "forced"), test_life.forced);
  assert_string_equal(text(json_object_get(data, "evidence"), "reason"), "7d old");
  assert_true(json_is_null(json_object_get(json_object_get(data, "evidence"), "actor")));
  json_decref(found);
}

/* Whichever comes first, and whether the head remembers or the disk tells: the session's deadline
 * counts, and its limit begins with the session. */
static void age_moves_no_deadline(void **state) {
  (void)state;
  const int64_t now = bg_clock_now();
  const struct bg_session session = test_session(1);
  struct bg_event opened = test_opened(&session);
  struct bg_event old = old_event(now - 50000, now + 864000);
  struct bg_taint taint;
  enum bg_durability durability;
  opened.longest_tainted = 3600;
  assert_int_equal(bg_event_record(&old, &durability), BG_OK);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0);
  assert_int_equal(bg_event_record(&opened, &durability), BG_OK);
  json_t *found = checked_event(2);
  assert_int_equal(seconds(json_object_get(json_object_get(found, "data"), "replace"), "by"),
                   session.deadline);
  json_decref(found);
  old.time = now + 10;
  assert_int_equal(bg_event_record(&old, &durability), BG_OK);
  assert_int_equal(bg_taint_read(&taint), BG_OK);
  assert_int_equal(taint.by, session.deadline);
  assert_int_equal(taint.since, now - 50000);
  assert_int_equal(taint.level, BG_LEVEL_REBUILD);
}

static void no_deadline_moves_age(void **state) {
  (void)state;
  const int64_t now = bg_clock_now();
  const struct bg_session session = test_session(1);
  const struct bg_event old = old_event(now, now + 60);
  struct bg_taint taint;
  enum bg_durability durability;
  assert_int_equal(bg_event_record(&old, &durability), BG_OK);
  (void)test_record(&session);
  assert_int_equal(bg_taint_read(&taint), BG_OK);
  assert_int_equal(taint.by, now + 60);
}

static void events_form_a_chain(void **state) {
  (void)state;
  for (uint8_t i = 1; i <= 5; i++) {
    struct bg_session session = test_session(i);
    assert_int_equal(test_record(&session), BG_DURABLE);
  }
  assert_chain(5);
  assert_int_equal(test_entries("/run/breakglass/events"), 0);
}

static json_t *tainted(void) {
  struct stat st;
  assert_int_equal(stat(test_path("/run/breakglass/tainted"), &st), 0);
  assert_int_equal(st.st_mode & 07777, 0644);
  json_t *root = json_load_file(test_path("/run/breakglass/tainted"), JSON_REJECT_DUPLICATES, NULL);
  assert_non_null(root);
  return root;
}

static void flag_tells_of_sessions(void **state) {
  (void)state;
  const struct bg_session first = test_session(1);
  const struct bg_session second = test_session(2);
  struct bg_event closed = test_opened(&first);
  enum bg_durability durability;
  assert_false(test_exists("/run/breakglass/tainted"));
  (void)test_record(&first);
  (void)test_record(&second);
  closed.type = BG_EVENT_TAINT_CLOSED;
  closed.ending = BG_ENDED_LOGOUT;
  assert_int_equal(bg_event_record(&closed, &durability), BG_OK);
  json_t *root = tainted();
  const json_t *sessions = json_object_get(root, "sessions");
  assert_int_equal(json_array_size(sessions), 1);
  assert_string_equal(text(json_array_get(sessions, 0), "token_id"),
                      "02020202020202020202020202020202");
  assert_string_equal(text(root, "who"), second.subject);
  assert_string_equal(text(root, "why"), second.reason);
  assert_string_equal(text(root, "level"), "rebuild");
  json_decref(root);
}

static void flag_takes_many_sessions(void **state) {
  (void)state;
  for (uint8_t i = 1; i <= 12; i++) {
    struct bg_session session = test_session(i);
    /* As long as claims can be, and each byte escaped. */
    memset(session.subject, '"', BG_NAME_MAX);
    memset(session.login, '\\', BG_NAME_MAX);
    memset(session.reason, '"', BG_REASON_SIZE - 1);
    memset(session.source, '"', sizeof session.source - 1);
    (void)test_record(&session);
  }
  json_t *root = tainted();
  const json_t *sessions = json_object_get(root, "sessions");
  assert_int_equal(json_array_size(sessions), BG_TAINT_SESSIONS_MAX);
  assert_string_equal(text(json_array_get(sessions, BG_TAINT_SESSIONS_MAX - 1), "token_id"),
                      "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c");
  json_decref(root);
}

static void taint_only_rises(void **state) {
  (void)state;
  struct bg_session session = test_session(1);
  int64_t first = session.accepted;
  session.level = BG_LEVEL_REALLOCATE;
  (void)test_record(&session);
  session = test_session(2);
  session.level = BG_LEVEL_REFRESH;
  session.accepted = first + 5;
  session.deadline = first + 60; /* earlier than the first one's */
  (void)test_record(&session);
  json_t *root = tainted();
  assert_string_equal(text(root, "level"), "reallocate");
  assert_int_equal(seconds(root, "since"), first);
  assert_int_equal(seconds(root, "by"), first + 1800);
  json_decref(root);
}

static void nothing_outlives_the_longest_taint(void **state) {
  (void)state;
  struct bg_session session = test_session(1);
  int64_t first = session.accepted;
  (void)test_record(&session);
  session = test_session(2);
  session.accepted = first + 3000;
  session.deadline = first + 4800;
  struct bg_event event = test_opened(&session);
  event.longest_tainted = 3600;
  enum bg_durability durability;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  json_t *found = checked_event(2);
  const json_t *replace = json_object_get(json_object_get(found, "data"), "replace");
  assert_int_equal(seconds(replace, "by"), first + 3600);
  json_decref(found);
  json_t *root = tainted();
  assert_int_equal(seconds(root, "by"), first + 3600);
  json_decref(root);
}

static void untrusted_clock_is_told(void **state) {
  (void)state;
  struct bg_session session = test_session(1);
  session.clock_trusted = false;
  session.audit_available = false;
  session.revocations_fresh = false;
  (void)test_record(&session);
  json_t *found = checked_event(1);
  const json_t *data = json_object_get(found, "data");
  assert_string_equal(text(data, "clock"), "untrusted");
  assert_string_equal(text(data, "audit"), "unavailable");
  assert_string_equal(text(data, "revocations"), "stale");
  json_decref(found);
}

/* The longest event there can be, all its texts made of one character. */
static enum bg_error record_longest(int character) {
  static char groups[BG_GROUPS_MAX][BG_NAME_SIZE];
  char id[BG_NAME_SIZE] = {0};
  struct bg_session session = test_session(1);
  enum bg_durability durability;
  memset(id, character, BG_NAME_MAX);
  for (size_t i = 0; i < BG_GROUPS_MAX; i++) {
    memset(groups[i], character, BG_NAME_MAX);
  }
  for (size_t i = 0; i < BG_SIGNATURES_MAX; i++) {
    memset(session.approvers[i], character, BG_NAME_MAX);
  }
  session.approver_count = BG_SIGNATURES_MAX;
  memset(session.issuer, character, BG_NAME_MAX);
  memset(session.subject, character, BG_NAME_MAX);
  memset(session.login, character, BG_NAME_MAX);
  memset(session.reason, character, BG_REASON_MAX);
  const struct bg_host host = {id, (const char(*)[BG_NAME_SIZE])groups, BG_GROUPS_MAX};
  struct bg_event event = test_opened(&session);
  event.host = &host;
  return bg_event_record(&event, &durability);
}

static void longest_event_fits(void **state) {
  (void)state;
  assert_int_equal(record_longest('x'), BG_OK);
  assert_chain(1);
}

static void too_large_is_recorded_nowhere(void **state) {
  (void)state;
  assert_int_equal(record_longest('"'), BG_ERR_TOO_LARGE);
  assert_int_equal(test_entries("/var/lib/breakglass/events"), 0);
  assert_false(test_exists("/run/breakglass/tainted"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_store, end_store)
  const struct CMUnitTest tests[] = {
      TEST(opened_says_who_and_why),
      TEST(closed_says_how_it_ended),
      TEST(each_ending_has_its_word),
      TEST(manual_says_who_and_why),
      TEST(fresh_is_no_taint),
      TEST(fresh_is_the_first_or_none),
      TEST(fresh_comes_behind_no_event_that_waits),
      TEST(fresh_takes_no_other_number),
      TEST(lifetime_says_how_old_the_host_is),
      TEST(age_moves_no_deadline),
      TEST(no_deadline_moves_age),
      TEST(events_form_a_chain),
      TEST(flag_tells_of_sessions),
      TEST(flag_takes_many_sessions),
      TEST(taint_only_rises),
      TEST(nothing_outlives_the_longest_taint),
      TEST(untrusted_clock_is_told),
      TEST(longest_event_fits),
      TEST(too_large_is_recorded_nowhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
