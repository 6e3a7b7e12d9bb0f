/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions end while the store of events answers nobody: its disk hangs, or another has its lock.
 */
#include <config.h>

#include "boots.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "breakglass/file.h"
#include "breakglass/gate.h"

static pthread_mutex_t store = PTHREAD_MUTEX_INITIALIZER; /* locked: it hangs */

enum bg_error __real_bg_gate_record_end(const struct bg_host *host, int64_t longest_tainted,
                                        const struct bg_grant *grant, enum bg_ending ending);
enum bg_error __wrap_bg_gate_record_end(const struct bg_host *host, int64_t longest_tainted,
                                        const struct bg_grant *grant, enum bg_ending ending);
enum bg_error __wrap_bg_gate_record_end(const struct bg_host *host, int64_t longest_tainted,
                                        const struct bg_grant *grant, enum bg_ending ending) {
  (void)pthread_mutex_lock(&store);
  (void)pthread_mutex_unlock(&store);
  return __real_bg_gate_record_end(host, longest_tainted, grant, ending);
}

static void let_store_answer(bool answers) {
  assert_int_equal(answers ? pthread_mutex_unlock(&store) : pthread_mutex_lock(&store), 0);
}

/* As the agent's: with threads. */
static struct sessions *agents_sessions(void) {
  struct sessions_config config = test_config();
  config.waits = false;
  config.closes_lost = true;
  return open_sessions(&config);
}

static void lose(uint8_t id, uint32_t audit_session) {
  pid_t owner = start_process(audit_session);
  (void)open_grant(id, owner, audit_session, 600);
  (void)kill(owner, SIGKILL);
  assert_true(has_gone(owner));
}

static void store_that_hangs_holds_up_no_end(void **state) {
  (void)state;
  pid_t owner = start_process(8);
  pid_t other = start_process(8);
  (void)open_grant(2, owner, 8, 300);
  test_root_write("/var/spool/cron/crontabs/ops", "* * * * * ops\n");
  lose(1, 7);
  let_store_answer(false);
  struct sessions *sessions = agents_sessions();
  look_for(sessions, 1000);
  assert_true(grant_exists(1, ".closed"));
  test_root_write("/var/spool/cron/crontabs/ops", "* * * * * ops\n"); /* of the other session */
  look_for(sessions, 306000);
  assert_true(has_gone(other));
  assert_true(has_gone(owner));
  assert_true(grant_exists(2, ".closed"));
  in_real_time = true;
  for (int i = 0; i < 100 && test_exists("/var/spool/cron/crontabs/ops"); i++) {
    look_for(sessions, 50);
  }
  in_real_time = false;
  assert_false(test_exists("/var/spool/cron/crontabs/ops"));
  assert_int_equal(sessions_look(sessions), INT64_MAX); /* and nothing is asked again and again */
  let_store_answer(true);
  in_real_time = true;
  (void)look_until_over(sessions);
  sessions_close(sessions);
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "lost"), 1);
  assert_int_equal(closed_events(2, NULL), 1);
  assert_int_equal(closed_events(2, "deadline"), 1);
  assert_int_equal(audited_ends(), 2);
  assert_true(grant_exists(1, ".ended"));
  assert_true(grant_exists(2, ".ended"));
}

/* What was under way when the agent was told to end is not left half done. */
static void end_of_the_agent_waits_for_what_is_under_way(void **state) {
  (void)state;
  lose(1, 7);
  struct sessions *sessions = agents_sessions();
  let_store_answer(false);
  in_real_time = true;
  look_for(sessions, 500);
  assert_int_equal(closed_events(1, NULL), 0);
  let_store_answer(true);
  sessions_close(sessions);
  assert_int_equal(closed_events(1, NULL), 1);
  assert_true(grant_exists(1, ".ended"));
}

/* Those of earlier boots are closed beside all that. */
static void lost_sessions_hold_up_no_end(void **state) {
  (void)state;
  open_session(3);
  reboot_host();
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 1);
  let_store_answer(false);
  struct sessions *sessions = agents_sessions();
  look_for(sessions, 10000);
  assert_true(has_gone(owner));
  assert_true(grant_exists(1, ".closed"));
  let_store_answer(true);
  in_real_time = true;
  (void)look_until_over(sessions);
  sessions_close(sessions);
  assert_int_equal(closed_events(1, "deadline"), 1);
  assert_int_equal(closed_events(3, "reboot"), 1);
  assert_int_equal(closed_events(3, NULL), 1);
}

/* The policy is read anew while the scribe has the old one. */
static void scribe_has_a_host_of_its_own(void **state) {
  (void)state;
  char(*groups)[BG_NAME_SIZE] = calloc(1, BG_NAME_SIZE);
  char *id = strdup("web-9");
  const struct bg_host host = {id, (const char(*)[BG_NAME_SIZE])groups, 1};
  struct sessions_config config = test_config();
  assert_non_null(groups);
  (void)snprintf(groups[0], BG_NAME_SIZE, "edge");
  config.waits = false;
  config.host = &host;
  lose(1, 7);
  let_store_answer(false);
  struct sessions *sessions = open_sessions(&config);
  in_real_time = true;
  look_for(sessions, 500);
  memset(groups[0], 'x', BG_NAME_SIZE - 1);
  memset(id, 'x', strlen(id));
  let_store_answer(true);
  (void)look_until_over(sessions);
  sessions_close(sessions);
  free(groups);
  free(id);
  assert_int_equal(closed_events(1, NULL), 1);
  char text[8192];
  assert_int_equal(
      bg_proc_read(test_path("/var/lib/breakglass/events/0000000001.json"), sizeof text, text),
      BG_OK);
  assert_non_null(strstr(text, "\"web-9\""));
  assert_non_null(strstr(text, "\"edge\""));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_host, end_host)
  const struct CMUnitTest tests[] = {
      TEST(store_that_hangs_holds_up_no_end),
      TEST(end_of_the_agent_waits_for_what_is_under_way),
      TEST(lost_sessions_hold_up_no_end),
      TEST(scribe_has_a_host_of_its_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
