/* SPDX-License-Identifier: BSD-2-Clause */
/* [taint] ack = delivered through the real module: who waits for whom, and what a login that
 * nobody acknowledges leaves behind. A child stands in for the agent, and moves cursors. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/file.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "driver.h"
#include "test_paths.h"
#include "test_revocations.h"
#include "test_token.h"

#define EVENTS "/var/lib/breakglass/events"
#define PENDING "/run/breakglass/events"
#define SINKS "/run/breakglass/sinks"
#define PATIENT "[taint]\nsinks = journal webhook\nack = delivered\nack_timeout = 60s\n"
#define SHORT "[taint]\nsinks = journal webhook\nack = delivered\nack_timeout = 1s\n"

static char token[BG_TOKEN_TEXT_MAX + 1];

static const char *below(const char *path) {
  static char full[2][1024];
  static unsigned next;
  char *text = full[next++ % 2];
  (void)snprintf(text, sizeof full[0], "%s%s", getenv("BREAKGLASS_TEST_ROOT"), path);
  return text;
}

static void make_host(const char *conf) {
  driver_host_create(conf);
  assert_int_equal(mkdir(below(SINKS), 0700), 0);
}

static int no_host(void **state) {
  (void)state;
  driver_host_remove();
  return 0;
}

static int log_in(void) {
  struct driver driver = {.text = token};
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  const int result = pam_authenticate(driver.pamh, 0);
  driver_end(&driver);
  return result;
}

static int log_in_anew(void) {
  struct bg_claims claims = test_console_claims();
  test_mint(&claims, token);
  return log_in();
}

static int log_in_offline(void) {
  static const enum test_person approvers[] = {TEST_BOB, TEST_CAROL, TEST_DAVE};
  struct bg_claims claims = test_console_claims();
  (void)strcpy(claims.issuer, "offline");
  test_sign(&claims, approvers, 3, token);
  return log_in();
}

/* -- the agent's stand-in ------------------------------------------------------------------------
 */

static bool nobody_is_in(void) {
  return driver_count_files("/run/breakglass/grants", "") == 0 && driver_recorded("accepted") == 0;
}

static void move_cursor(const char *sink, int64_t number) {
  char path[128];
  char text[32];
  (void)snprintf(path, sizeof path, SINKS "/%s", sink);
  (void)snprintf(text, sizeof text, "%lld", (long long)number);
  if (bg_file_replace(below(path), 0600, bg_bytes_of(text)) != BG_OK) {
    _exit(2);
  }
}

static void pause_ms(long ms) {
  const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  (void)nanosleep(&pause, NULL);
}

/* In a child. The number of the last, once so many are recorded. */
static int64_t await_events(int64_t count) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 0; i < 3000; i++) {
    uint8_t hash[BG_EVENT_HASH_SIZE];
    int64_t last = 0;
    if (bg_event_store_head(&last, hash) == BG_OK && last >= count) {
      return last;
    }
    pause_ms(10);
  }
  _exit(3);
}

/* Once so many events are recorded, the sink has them all. Ends with 1 if somebody is in before. */
static pid_t stand_in(const char *sink, int64_t count) {
  pid_t child = fork();
  assert_true(child >= 0);
  if (child > 0) {
    return child;
  }
  const int64_t last = await_events(count);
  pause_ms(50);
  const bool early = !nobody_is_in();
  move_cursor(sink, last);
  _exit(early ? 1 : 0);
}

static void assert_ended_well(pid_t child) {
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

/* -- granted -------------------------------------------------------------------------------------
 */

static void granted_once_a_sink_has_it(void **state) {
  (void)state;
  make_host(PATIENT);
  const pid_t agent = stand_in("webhook", 1);
  assert_int_equal(log_in_anew(), PAM_SUCCESS);
  assert_ended_well(agent);
  assert_int_equal(driver_recorded("accepted"), 1);
  assert_int_equal(driver_count_files(EVENTS, ".json"), 1);
}

static void each_program_of_exec_counts(void **state) {
  (void)state;
  make_host("[taint]\nack = delivered\nack_timeout = 60s\n");
  const pid_t agent = stand_in("exec.orchestrator", 1);
  assert_int_equal(log_in_anew(), PAM_SUCCESS);
  assert_ended_well(agent);
}

/* Each waits until both are tainted: neither keeps the other from that. */
static void two_at_once(void **state) {
  (void)state;
  make_host(PATIENT);
  const pid_t agent = stand_in("webhook", 2);
  pid_t people[2];
  for (size_t i = 0; i < 2; i++) {
    people[i] = fork();
    if (people[i] == 0) {
      _exit(log_in_anew());
    }
  }
  assert_ended_well(people[0]);
  assert_ended_well(people[1]);
  assert_ended_well(agent);
  assert_int_equal(driver_recorded("accepted"), 2);
}

static void hide_disk(void) {
  assert_int_equal(rename(below(EVENTS), below("/away")), 0);
}

static void an_event_that_no_disk_has_counts(void **state) {
  (void)state;
  make_host(PATIENT);
  hide_disk();
  const pid_t agent = stand_in("webhook", 1);
  assert_int_equal(log_in_anew(), PAM_SUCCESS);
  assert_ended_well(agent);
  assert_true(driver_files_hold(PENDING, "\"durability\":\"volatile\""));
}

static void show_disk(void) {
  if (rename(below("/away"), below(EVENTS)) != 0) {
    _exit(4);
  }
}

/* A host that was booted again, has three events on its disk, and cannot read that yet. */
static void late_disk(void) {
  make_host("[taint]\nsinks = journal webhook\n");
  for (int i = 0; i < 3; i++) {
    assert_int_equal(log_in_anew(), PAM_SUCCESS);
  }
  assert_int_equal(rename(below("/run/breakglass"), below("/run/before")), 0);
  assert_int_equal(mkdir(below("/run/breakglass"), 0755), 0);
  assert_int_equal(mkdir(below(PENDING), 0700), 0);
  driver_begin_boot();
  assert_int_equal(unlink(below("/audit.log")), 0);
  assert_int_equal(mkdir(below(SINKS), 0700), 0);
  test_host_write(PATIENT);
  hide_disk();
}

/* The disk comes back, and has another event under the number of the one that is waited for. */
static void another_event_of_its_number_is_not_its_own(void **state) {
  (void)state;
  late_disk();
  const pid_t agent = fork();
  if (agent == 0) {
    int64_t last = 0;
    await_events(1);
    show_disk();
    move_cursor("webhook", 1); /* has the other, while ours still has that number on run/ */
    pause_ms(400);
    bool early = !nobody_is_in();
    early = bg_event_store_settle(&last) != BG_OK || last != 4 || early;
    for (int64_t number = 1; number < last; number++) {
      move_cursor("webhook", number);
      pause_ms(200);
      early = early || !nobody_is_in();
    }
    move_cursor("webhook", last);
    _exit(early ? 1 : 0);
  }
  assert_int_equal(log_in_anew(), PAM_SUCCESS);
  assert_ended_well(agent);
  assert_int_equal(driver_recorded("accepted"), 1);
}

/* Somebody outside knows: that is what the disk was for. */
static void an_offline_quorum_needs_no_disk_then(void **state) {
  (void)state;
  make_host(PATIENT);
  hide_disk();
  const pid_t agent = stand_in("webhook", 1);
  assert_int_equal(log_in_offline(), PAM_SUCCESS);
  assert_ended_well(agent);
}

/* The store's lock was not to be had: its event has no number, until somebody can give it one. */
static void wait_without_a_number(void) {
  int lock = -1;
  assert_int_equal(bg_lock_take(below("/run/breakglass/lock"), &lock), BG_OK);
  const pid_t holder = fork();
  if (holder == 0) {
    while (driver_count_files(PENDING, ".loose") == 0) {
      pause_ms(10);
    }
    pause_ms(500);
    _exit(nobody_is_in() ? 0 : 1); /* the last that has the lock */
  }
  (void)close(lock);
  const pid_t agent = stand_in("webhook", 1);
  assert_int_equal(log_in_anew(), PAM_SUCCESS);
  assert_ended_well(agent);
  assert_ended_well(holder);
  assert_int_equal(driver_count_files(PENDING, ".loose"), 0);
}

static void an_event_without_a_number_is_waited_for(void **state) {
  (void)state;
  make_host(PATIENT);
  wait_without_a_number();
}

static void one_that_no_disk_has_either_too(void **state) {
  (void)state;
  make_host(PATIENT);
  hide_disk();
  wait_without_a_number();
  assert_int_equal(driver_count_files(PENDING, ".json"), 1);
}

/* -- refused -------------------------------------------------------------------------------------
 */

static void assert_timed_out(void) {
  assert_int_equal(driver_recorded("refused code=ack-timeout "), 1);
  assert_int_equal(driver_told("nobody has acknowledged the taint in time"), 1);
  assert_true(nobody_is_in());
}

static void refused_if_nobody_acknowledges(void **state) {
  (void)state;
  make_host(SHORT);
  assert_int_equal(log_in_anew(), PAM_AUTH_ERR);
  assert_timed_out();
  /* Tainted it stays, and says that no session came of it; the token is spent. */
  assert_int_equal(access(below("/run/breakglass/tainted"), F_OK), 0);
  assert_int_equal(driver_count_files(EVENTS, ".json"), 2);
  assert_true(driver_files_hold(EVENTS, "breakglass.taint.opened"));
  assert_true(driver_files_hold(EVENTS, "\"ended\":\"unused\""));
  assert_int_equal(log_in(), PAM_AUTH_ERR);
  assert_int_equal(driver_recorded("code=already-used"), 1);
}

static void refused_without_a_folder_of_cursors(void **state) {
  (void)state;
  driver_host_create(SHORT);
  assert_int_equal(log_in_anew(), PAM_AUTH_ERR);
  assert_timed_out();
}

/* The journal is this host's own; the others are no sinks of this policy; no cursor is honest. */
static void refused_if_only_others_acknowledge(void **state) {
  (void)state;
  make_host(SHORT);
  const char *const others[] = {"journal", "nats", "exec.orchestrator", "webhook2", ".tmp.webhook"};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    move_cursor(others[i], 1);
  }
  move_cursor("webhook", 2);
  assert_int_equal(log_in_anew(), PAM_AUTH_ERR);
  assert_timed_out();
}

/* What was acknowledged before it says nothing of this one. */
static void refused_if_only_earlier_ones_are_acknowledged(void **state) {
  (void)state;
  make_host(PATIENT);
  const pid_t agent = stand_in("webhook", 1);
  assert_int_equal(log_in_anew(), PAM_SUCCESS);
  assert_ended_well(agent);
  test_host_write(SHORT);
  assert_int_equal(log_in_anew(), PAM_AUTH_ERR);
  assert_int_equal(driver_recorded("refused code=ack-timeout "), 1);
  assert_int_equal(driver_recorded("accepted"), 1);
}

/* The agent passes over what is no event, and cannot have told anybody. */
static void refused_if_the_event_cannot_be_read(void **state) {
  (void)state;
  make_host(SHORT);
  const pid_t agent = fork();
  if (agent == 0) {
    const int64_t last = await_events(1);
    if (chmod(below(EVENTS "/0000000001.json"), 0666) != 0) {
      _exit(4);
    }
    move_cursor("webhook", last);
    _exit(0);
  }
  assert_int_equal(log_in_anew(), PAM_AUTH_ERR);
  assert_ended_well(agent);
  assert_timed_out();
}

/* What is taken back before he is in, he does not get in by. */
static void refused_if_taken_back_while_he_waits(void **state) {
  (void)state;
  make_host(PATIENT);
  const struct bg_claims claims = test_console_claims();
  const pid_t agent = fork();
  if (agent == 0) {
    struct bg_revocations_content content = test_revocations();
    const int64_t last = await_events(1);
    content.tokens = &claims.id;
    content.token_count = 1;
    test_write_revoked(test_revocation_list(&content));
    move_cursor("webhook", last);
    _exit(0);
  }
  test_mint(&claims, token);
  assert_int_equal(log_in(), PAM_AUTH_ERR);
  assert_ended_well(agent);
  assert_int_equal(driver_recorded("refused code=revoked "), 1);
  assert_true(nobody_is_in());
  assert_true(driver_files_hold(EVENTS, "\"ended\":\"unused\""));
}

/* Whatever fails behind the taint: the host is not kept tainted for somebody who is not in. */
static void refused_if_the_grant_cannot_be_made(void **state) {
  (void)state;
  make_host("[taint]\nsinks = journal webhook\n");
  const struct bg_claims claims = test_console_claims();
  char hex[BG_TOKEN_ID_HEX];
  char path[128];
  bg_hex(bg_bytes(claims.id, sizeof claims.id), hex);
  (void)snprintf(path, sizeof path, "/run/breakglass/grants/%s", hex);
  assert_int_equal(mkdir(below(path), 0700), 0);
  test_mint(&claims, token);
  assert_int_equal(log_in(), PAM_AUTH_ERR);
  assert_int_equal(driver_recorded("refused code=state-failed "), 1);
  assert_true(driver_files_hold(EVENTS, "\"ended\":\"unused\""));
}

static void the_policy_may_want_the_disk_too(void **state) {
  (void)state;
  make_host(PATIENT "durability = require\n");
  hide_disk();
  move_cursor("webhook", 1);
  assert_int_equal(log_in_anew(), PAM_AUTH_ERR);
  assert_int_equal(driver_recorded("refused code=taint-failed "), 1);
  assert_int_equal(driver_count_files("/run/breakglass/spent", ""), 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, no_host)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(granted_once_a_sink_has_it),
      TEST(each_program_of_exec_counts),
      TEST(two_at_once),
      TEST(an_event_that_no_disk_has_counts),
      TEST(another_event_of_its_number_is_not_its_own),
      TEST(an_offline_quorum_needs_no_disk_then),
      TEST(an_event_without_a_number_is_waited_for),
      TEST(one_that_no_disk_has_either_too),
      TEST(refused_if_nobody_acknowledges),
      TEST(refused_without_a_folder_of_cursors),
      TEST(refused_if_only_others_acknowledge),
      TEST(refused_if_only_earlier_ones_are_acknowledged),
      TEST(refused_if_the_event_cannot_be_read),
      TEST(refused_if_taken_back_while_he_waits),
      TEST(refused_if_the_grant_cannot_be_made),
      TEST(the_policy_may_want_the_disk_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
