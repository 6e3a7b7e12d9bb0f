/* SPDX-License-Identifier: BSD-2-Clause */
/* What is ended, when, and in which order; and what is not. */
#include <config.h>

#include "session_test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/gate.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

/* An owner as sshd's monitor is one: it waits for its child, and closes the session. */
struct monitor {
  uint8_t id;
  pid_t child;
  bool dies_midway; /* after the rename, before the event */
};

static void hex_of(uint8_t id, char ret_hex[static BG_TOKEN_ID_HEX]) {
  uint8_t token_id[BG_TOKEN_ID_SIZE];
  memset(token_id, id, sizeof token_id);
  bg_hex(bg_bytes(token_id, sizeof token_id), ret_hex);
}

/* A sibling, whom the test waits for. */
static bool is_alive(pid_t pid) {
  struct bg_process process;
  return bg_process_of(pid, &process) == BG_OK;
}

static void run_monitor(void *context) {
  const struct monitor *monitor = context;
  char hex[BG_TOKEN_ID_HEX];
  struct bg_grant grant;
  hex_of(monitor->id, hex);
  while (is_alive(monitor->child)) {
    (void)usleep(5000);
  }
  if (bg_grant_load(hex, &grant) == BG_OK && bg_grant_close(hex) == BG_OK &&
      !monitor->dies_midway) {
    (void)!bg_gate_record_closed(&test_host, 0, &grant, BG_ENDED_DEADLINE);
  }
  if (monitor->dies_midway) {
    (void)kill(getpid(), SIGKILL);
  }
}

static void deadline_lets_the_owner_close(void **state) {
  (void)state;
  struct monitor monitor = {.id = 1, .child = start_process(7)};
  pid_t other = start_process(7);
  pid_t owner = start_child(run_monitor, &monitor);
  say_process(owner, 7, 0);
  (void)open_grant(1, owner, 7, -1);
  struct sessions *sessions = new_sessions();
  in_real_time = true;
  (void)look_until_over(sessions);
  assert_true(has_gone(monitor.child));
  assert_true(has_gone(other));
  int status = 0;
  assert_int_equal(waitpid(owner, &status, 0), owner);
  assert_true(WIFEXITED(status)); /* was not killed */
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "deadline"), 1);
  assert_true(grant_exists(1, ".ended"));
  sessions_close(sessions);
}

static void stubborn_owner_is_killed_after_the_others(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  (void)open_grant(1, owner, 7, 0);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 1500);
  assert_true(has_gone(other));
  assert_true(is_running(owner)); /* it has its moment */
  assert_int_equal(closed_events(1, NULL), 0);
  assert_true(look_until_over(sessions) < 6000);
  assert_true(has_gone(owner));
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "deadline"), 1);
  sessions_close(sessions);
}

/* Between the look at a process and its end another one has got its pid. */
static pid_t changes;
static pid_t out_of_reach; /* no descriptors for this one */
static bool asked_for_init;
int __real_pidfd_open(pid_t pid, unsigned flags);
int __wrap_pidfd_open(pid_t pid, unsigned flags);
int __wrap_pidfd_open(pid_t pid, unsigned flags) {
  int fd = -1;
  errno = EMFILE;
  if (pid != out_of_reach) {
    fd = __real_pidfd_open(pid, flags);
  }
  if (pid == changes) {
    say_process(pid, 99, 0);
  }
  asked_for_init = asked_for_init || pid == 1;
  return fd;
}

/* What could not be killed before the owner's moment is killed in it, and the owner is not. */
static void others_are_not_left_alone_with_the_owner(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  out_of_reach = other;
  (void)open_grant(1, owner, 7, 0);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 1500);
  out_of_reach = 0;
  assert_true(is_running(other));
  look_for(sessions, 1000);
  assert_false(is_running(other));
  assert_true(is_running(owner));
  (void)look_until_over(sessions);
  assert_false(is_running(owner));
  sessions_close(sessions);
}

static void helper_of_the_owner_is_spared(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 0);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 500);
  pid_t helper = start_process(7);
  look_for(sessions, 1500);
  assert_true(is_running(helper));
  (void)look_until_over(sessions);
  assert_false(is_running(helper));
  sessions_close(sessions);
}

static void nothing_else_is_touched(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t foreign = start_process(8);
  pid_t daemon = start_process(BG_NO_AUDIT_SESSION);
  say_process(getpid(), 7, 0);
  say_process(1, 7, 0);
  asked_for_init = false;
  (void)open_grant(1, owner, 7, 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_true(has_gone(owner));
  assert_true(is_running(foreign));
  assert_true(is_running(daemon));
  assert_false(asked_for_init); /* whom the kernel would protect */
  sessions_close(sessions);
}

/* A grant that says so of itself, and nobody else: its session is not known to be its own. */
static void unbound_session_ends_nothing(void **state) {
  (void)state;
  pid_t other = start_process(7);
  pid_t owner = start_process(9);
  (void)open_grant(1, owner, 7, 0);
  assert_int_equal(unlink(test_path("/run/breakglass/sessions/7")), 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_true(is_running(other));
  assert_true(has_gone(owner)); /* named by the grant itself */
  assert_int_equal(closed_events(1, "deadline"), 1);
  sessions_close(sessions);
}

static void pid_of_another_is_spared(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  changes = other;
  (void)open_grant(1, owner, 7, 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  changes = 0;
  assert_true(has_gone(owner));
  assert_true(is_running(other));
  sessions_close(sessions);
}

/* The pid of the owner is another's now: the owner is gone, the other one is not meant. */
static void owner_with_another_start_is_gone(void **state) {
  (void)state;
  pid_t stranger = start_process(BG_NO_AUDIT_SESSION);
  struct bg_session session = test_session(1);
  struct bg_grant grant = test_grant(&session);
  grant.owner.pid = stranger;
  grant.owner.start = 1;
  assert_int_equal(bg_grant_create(&grant), BG_OK);
  assert_int_equal(bg_grant_open(&grant, 7, NULL, session.accepted), BG_OK);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_true(is_running(stranger));
  assert_int_equal(closed_events(1, "lost"), 1);
  assert_int_equal(closed_events(1, NULL), 1);
  sessions_close(sessions);
}

static void hide(pid_t pid) {
  char path[32];
  (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  assert_int_equal(unlink(test_path(path)), 0);
}

/* /proc with hidepid=, or a moment without descriptors: who cannot be seen may be there. */
static void owner_that_cannot_be_seen_is_not_gone(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  pid_t waits = start_process(BG_NO_AUDIT_SESSION);
  hide(owner);
  hide(waits);
  (void)open_grant(1, owner, 7, 600);
  (void)accept_grant(2, waits, 600);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 10000);
  assert_true(is_running(other));
  assert_int_equal(sessions_count(sessions), 2);
  assert_int_equal(closed_events(1, NULL) + closed_events(2, NULL), 0);
  say_process(owner, 7, 0); /* seen again */
  look_for(sessions, 1000);
  (void)kill(owner, SIGKILL);
  look_for(sessions, 2000);
  assert_int_equal(closed_events(1, "killed"), 1);
  assert_int_equal(closed_events(2, NULL), 0);
  assert_false(log_has("hides processes"));
  sessions_close(sessions);
}

static void hidden_processes_are_told(void **state) {
  (void)state;
  hide(1);
  sessions_close(new_sessions());
  assert_true(log_has("hides processes: sessions may go on"));
}

static void killed_owner_takes_its_session_along(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 150);
  assert_true(is_running(other));
  assert_int_equal(sessions_count(sessions), 1);
  (void)kill(owner, SIGKILL);
  assert_true(look_until_over(sessions) < 2000);
  assert_true(has_gone(other));
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "killed"), 1);
  sessions_close(sessions);
}

static void end_of_an_owner_is_noticed_at_once(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  struct sessions *sessions = new_sessions();
  /* Until the warning, and not before. */
  int64_t next = sessions_look(sessions);
  assert_true(next > 1000 * (bg_clock_boottime() + 200));
  (void)kill(owner, SIGKILL);
  assert_true(has_gone(owner));
  (void)sessions_look(sessions);
  assert_int_equal(closed_events(1, "lost"), 1);
  assert_int_equal(sessions_count(sessions), 0);
  assert_int_equal(sessions_look(sessions), INT64_MAX);
  sessions_close(sessions);
}

static void killed_owner_after_the_deadline_is_the_deadline(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, -1);
  (void)kill(owner, SIGKILL);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_int_equal(closed_events(1, "deadline"), 1);
  sessions_close(sessions);
}

/* Whoever renames it writes the event; one that cannot any more is made up for. */
static void owner_killed_midway_leaves_one_event(void **state) {
  (void)state;
  struct monitor monitor = {.id = 1, .child = start_process(7), .dies_midway = true};
  pid_t owner = start_child(run_monitor, &monitor);
  say_process(owner, 7, 0);
  (void)open_grant(1, owner, 7, 600);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 150);
  (void)kill(monitor.child, SIGKILL);
  (void)look_until_over(sessions);
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "logout"), 1);
  assert_true(grant_exists(1, ".ended"));
  sessions_close(sessions);
}

/* A process that cannot be killed: it is not let go of, and nothing else is done twice. */
static void stuck_session_outlives_the_agent(void **state) {
  (void)state;
  pid_t stuck = start_process(7);
  out_of_reach = stuck;
  (void)open_grant(1, start_process(7), 7, 0);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 20000);
  sessions_close(sessions);
  assert_true(log_has("1 of its processes cannot be killed"));
  assert_int_equal(closed_events(1, "deadline"), 1);
  assert_true(grant_exists(1, ".closed"));
  test_root_write("/var/spool/cron/crontabs/ops", "made later");
  sessions = new_sessions();
  look_for(sessions, 20000);
  assert_int_equal(sessions_count(sessions), 1);
  assert_true(is_running(stuck));
  out_of_reach = 0;
  look_for(sessions, 12000);
  assert_int_equal(sessions_count(sessions), 0);
  sessions_close(sessions);
  assert_true(has_gone(stuck));
  assert_true(grant_exists(1, ".ended"));
  assert_false(grant_exists(1, ".stuck"));
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(audited_ends(), 1);
  assert_true(test_exists("/var/spool/cron/crontabs/ops"));
}

/* The same, found by an agent that begins anew: and by no third one. */
static void next_agent_makes_up_for_it_once(void **state) {
  (void)state;
  char hex[BG_TOKEN_ID_HEX];
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  hex_of(1, hex);
  (void)kill(owner, SIGKILL);
  assert_true(has_gone(owner));
  assert_int_equal(bg_grant_close(hex), BG_OK);
  for (int i = 0; i < 2; i++) {
    struct sessions *sessions = new_sessions();
    (void)look_until_over(sessions);
    sessions_close(sessions);
    assert_int_equal(closed_events(1, NULL), 1);
    assert_int_equal(closed_events(1, "logout"), 1);
  }
}

static void run_agent(void *context) {
  (void)context;
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
}

/* The store's lock is another's: an agent waits for it, and is killed before it can record. */
static void next_agent_knows_how_it_ended(void **state) {
  (void)state;
  int lock = -1;
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  (void)kill(owner, SIGKILL);
  assert_true(has_gone(owner));
  assert_int_equal(bg_lock_take(bg_paths()->lock, &lock), BG_OK);
  pid_t agent = start_child(run_agent, NULL);
  while (!grant_exists(1, ".closed")) {
    assert_true(is_running(agent));
    (void)usleep(1000);
  }
  (void)kill(agent, SIGKILL);
  assert_true(has_gone(agent));
  assert_int_equal(close(lock), 0);
  assert_true(has_gone(other));
  assert_int_equal(closed_events(1, NULL), 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  sessions_close(sessions);
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "killed"), 1);
  assert_false(grant_exists(1, ".ended-killed"));
  assert_false(grant_exists(1, ".ended-lost"));
}

/* One that was killed before it closed the grant: nothing of the session is left to be found. */
static void next_agent_knows_that_something_was_left(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  (void)kill(owner, SIGKILL);
  assert_true(has_gone(owner));
  test_root_write("/run/breakglass/grants/01010101010101010101010101010101.ended-lost", "");
  test_root_write("/run/breakglass/grants/01010101010101010101010101010101.ended-killed", "");
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  sessions_close(sessions);
  assert_int_equal(closed_events(1, "killed"), 1);
}

static void what_is_tried_again_is_audited_once(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  (void)kill(owner, SIGKILL);
  assert_true(has_gone(owner));
  struct sessions *sessions = new_sessions();
  let_record(false);
  look_for(sessions, 21000);
  assert_int_equal(audited_ends(), 1);
  assert_int_equal(closed_events(1, NULL), 0);
  assert_true(log_has("that it is closed cannot be recorded"));
  let_record(true);
  (void)look_until_over(sessions);
  assert_int_equal(audited_ends(), 1);
  assert_int_equal(closed_events(1, "lost"), 1);
  sessions_close(sessions);
}

/* An owner that lives may be about to write it. */
static void closed_by_a_living_owner_is_left_to_it(void **state) {
  (void)state;
  char hex[BG_TOKEN_ID_HEX];
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  hex_of(1, hex);
  assert_int_equal(bg_grant_close(hex), BG_OK);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 500);
  assert_true(is_running(owner));
  assert_int_equal(closed_events(1, NULL), 0);
  sessions_close(sessions);
}

static void logout_leaves_nothing_behind(void **state) {
  (void)state;
  char hex[BG_TOKEN_ID_HEX];
  pid_t owner = start_process(7);
  pid_t left = start_process(7);
  struct bg_grant grant = open_grant(1, owner, 7, 600);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 100);
  pass_time(120000); /* how long it went on shortens nobody's moment */
  hex_of(1, hex);
  assert_int_equal(bg_grant_close(hex), BG_OK);
  assert_int_equal(bg_gate_record_closed(&test_host, 0, &grant, BG_ENDED_LOGOUT), BG_OK);
  look_for(sessions, 1000);
  assert_true(is_running(owner));
  (void)kill(owner, SIGKILL);
  look_for(sessions, 1000);
  assert_true(is_running(left)); /* logind's turn */
  (void)look_until_over(sessions);
  assert_true(has_gone(left));
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "logout"), 1);
  sessions_close(sessions);
}

/* logind ends it at the same moment: the owner has renamed its grant, and is about to go. */
static void owner_that_closes_at_the_deadline_has_its_moment(void **state) {
  (void)state;
  char hex[BG_TOKEN_ID_HEX];
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  (void)open_grant(1, owner, 7, -1);
  hex_of(1, hex);
  assert_int_equal(bg_grant_close(hex), BG_OK);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 1500);
  assert_true(has_gone(other));
  assert_true(is_running(owner));
  assert_int_equal(closed_events(1, NULL), 0);
  (void)look_until_over(sessions);
  assert_true(has_gone(owner));
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "deadline"), 1);
  sessions_close(sessions);
}

static void unused_grant_of_a_gone_owner_is_closed(void **state) {
  (void)state;
  pid_t owner = start_process(BG_NO_AUDIT_SESSION);
  pid_t waits = start_process(BG_NO_AUDIT_SESSION);
  (void)accept_grant(1, owner, 600);
  (void)accept_grant(2, waits, 600);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 100);
  assert_int_equal(closed_events(1, NULL), 0);
  (void)kill(owner, SIGKILL);
  assert_true(has_gone(owner));
  look_for(sessions, 300);
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "unused"), 1);
  assert_int_equal(closed_events(2, NULL), 0);
  assert_true(is_running(waits));
  assert_int_equal(sessions_count(sessions), 1);
  sessions_close(sessions);
}

static void unused_grant_ends_its_connection_at_the_deadline(void **state) {
  (void)state;
  pid_t owner = start_process(BG_NO_AUDIT_SESSION);
  (void)accept_grant(1, owner, 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_true(has_gone(owner));
  assert_int_equal(closed_events(1, "unused"), 1);
  assert_int_equal(closed_events(1, NULL), 1);
  sessions_close(sessions);
}

/* Root inside may take its grant away: it is remembered. */
static void removed_grant_ends_all_the_same(void **state) {
  (void)state;
  char path[128];
  char hex[BG_TOKEN_ID_HEX];
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  (void)open_grant(1, owner, 7, 1);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 100);
  hex_of(1, hex);
  (void)snprintf(path, sizeof path, "/run/breakglass/grants/%s", hex);
  assert_int_equal(unlink(test_path(path)), 0);
  assert_int_equal(unlink(test_path("/run/breakglass/sessions/7")), 0);
  (void)look_until_over(sessions);
  assert_true(has_gone(owner));
  assert_true(has_gone(other));
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "deadline"), 1);
  sessions_close(sessions);
}

/* Whoever makes a grant may not be done with it. */
static void half_written_grant_is_looked_at_again(void **state) {
  (void)state;
  test_root_write("/run/breakglass/grants/0123456789abcdef0123456789abcdef", "");
  struct sessions *sessions = new_sessions();
  assert_true(sessions_look(sessions) < INT64_MAX);
  assert_int_equal(unlink(test_path("/run/breakglass/grants/0123456789abcdef0123456789abcdef")), 0);
  (void)open_grant(1, start_process(7), 7, 0);
  (void)look_until_over(sessions);
  assert_false(log_has("no grants"));
  sessions_close(sessions);
}

static void damaged_grant_is_told_and_ends_nothing(void **state) {
  (void)state;
  test_root_write("/run/breakglass/grants/0123456789abcdef0123456789abcdef", "no grant");
  struct sessions *sessions = new_sessions();
  look_for(sessions, 1000);
  assert_true(log_has("1 files are no grants"));
  assert_int_equal(sessions_look(sessions), INT64_MAX);
  assert_int_equal(sessions_count(sessions), 0);
  sessions_close(sessions);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_host, end_host)
  const struct CMUnitTest tests[] = {
      TEST(deadline_lets_the_owner_close),
      TEST(stubborn_owner_is_killed_after_the_others),
      TEST(others_are_not_left_alone_with_the_owner),
      TEST(helper_of_the_owner_is_spared),
      TEST(nothing_else_is_touched),
      TEST(unbound_session_ends_nothing),
      TEST(pid_of_another_is_spared),
      TEST(owner_with_another_start_is_gone),
      TEST(owner_that_cannot_be_seen_is_not_gone),
      TEST(hidden_processes_are_told),
      TEST(killed_owner_takes_its_session_along),
      TEST(end_of_an_owner_is_noticed_at_once),
      TEST(killed_owner_after_the_deadline_is_the_deadline),
      TEST(owner_killed_midway_leaves_one_event),
      TEST(stuck_session_outlives_the_agent),
      TEST(next_agent_makes_up_for_it_once),
      TEST(next_agent_knows_how_it_ended),
      TEST(what_is_tried_again_is_audited_once),
      TEST(next_agent_knows_that_something_was_left),
      TEST(closed_by_a_living_owner_is_left_to_it),
      TEST(logout_leaves_nothing_behind),
      TEST(owner_that_closes_at_the_deadline_has_its_moment),
      TEST(unused_grant_of_a_gone_owner_is_closed),
      TEST(unused_grant_ends_its_connection_at_the_deadline),
      TEST(removed_grant_ends_all_the_same),
      TEST(half_written_grant_is_looked_at_again),
      TEST(damaged_grant_is_told_and_ends_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
