/* SPDX-License-Identifier: BSD-2-Clause */
/* What a session would leave behind: control groups, its login's manager, jobs of cron and at; and
 * tokens that are taken back. */
#include <config.h>

#include "session_test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "test_revocations.h"

#define SLICE "/sys/fs/cgroup/user.slice/user-4242.slice"

static void make_group(const char *path) {
  char full[256];
  (void)snprintf(full, sizeof full, "%s/cgroup.kill", path);
  for (char *at = full + sizeof "/sys/fs/cgroup"; (at = strchr(at, '/')) != NULL; at++) {
    *at = '\0';
    (void)mkdir(test_path(full), 0755);
    *at = '/';
  }
  test_root_write(full, "");
}

static bool is_killed(const char *path) {
  char full[256];
  char text[8] = "";
  (void)snprintf(full, sizeof full, "%s/cgroup.kill", path);
  assert_int_equal(bg_proc_read(test_path(full), sizeof text, text), BG_OK);
  return strcmp(text, "1") == 0;
}

static void groups_are_killed(void **state) {
  (void)state;
  make_group(SLICE "/session-7.scope");
  make_group(SLICE "/session-8.scope");
  make_group(SLICE "/user@4242.service");
  (void)open_grant(1, start_process(7), 7, 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_true(is_killed(SLICE "/session-7.scope"));
  assert_true(is_killed(SLICE "/user@4242.service"));
  assert_false(is_killed(SLICE "/session-8.scope"));
  sessions_close(sessions);
}

/* A login that a directory knows, and an owner that was gone before the agent came. */
static void groups_of_a_login_that_is_not_local_are_killed(void **state) {
  (void)state;
  make_group(SLICE "/session-7.scope");
  test_root_write("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  pid_t owner = start_process(7);
  pid_t left = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  (void)kill(owner, SIGKILL);
  assert_true(has_gone(owner));
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_true(has_gone(left));
  assert_true(is_killed(SLICE "/session-7.scope"));
  assert_false(log_has("no local account"));
  sessions_close(sessions);
}

/* The scope has the owner in it: not before it had its moment. */
static void group_waits_for_the_owner(void **state) {
  (void)state;
  make_group(SLICE "/session-7.scope");
  (void)open_grant(1, start_process(7), 7, 0);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 1500);
  assert_false(is_killed(SLICE "/session-7.scope"));
  (void)look_until_over(sessions);
  assert_true(is_killed(SLICE "/session-7.scope"));
  sessions_close(sessions);
}

static void manager_stays_for_another_session(void **state) {
  (void)state;
  make_group(SLICE "/user@4242.service");
  (void)open_grant(1, start_process(7), 7, 0);
  (void)open_grant(2, start_process(8), 8, 600);
  struct sessions *sessions = new_sessions();
  look_for(sessions, 6000);
  assert_int_equal(sessions_count(sessions), 1);
  assert_int_equal(closed_events(1, "deadline"), 1);
  assert_false(is_killed(SLICE "/user@4242.service"));
  sessions_close(sessions);
}

/* root may have started the agent in a session, by hand. */
static void own_group_is_spared(void **state) {
  (void)state;
  make_group(SLICE "/session-7.scope");
  test_root_write("/proc/self/cgroup", "0::/user.slice/user-4242.slice/session-7.scope\n");
  (void)open_grant(1, start_process(7), 7, 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_false(is_killed(SLICE "/session-7.scope"));
  sessions_close(sessions);
}

/* A kernel without cgroup.kill, or the hierarchies of before: found one by one. */
static void groups_without_a_kill_are_walked(void **state) {
  (void)state;
  char path[64];
  assert_int_equal(unlink(test_path("/sys/fs/cgroup/cgroup.controllers")), 0);
  pid_t managed = start_process(BG_NO_AUDIT_SESSION);
  pid_t near = start_process(BG_NO_AUDIT_SESSION);
  (void)snprintf(path, sizeof path, "/proc/%d/cgroup", (int)managed);
  test_root_write(path, "3:cpu:/\n1:name=systemd:/user.slice/user-4242.slice/user@4242.service/"
                        "app.slice/run-1.service\n0::/\n");
  (void)snprintf(path, sizeof path, "/proc/%d/cgroup", (int)near);
  test_root_write(path, "0::/user.slice/user-4242.slice/user@4242.service-not\n");
  (void)open_grant(1, start_process(7), 7, 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_true(has_gone(managed));
  assert_true(is_running(near));
  sessions_close(sessions);
}

#define CRONTABS "/var/spool/cron/crontabs/"
#define AT_JOBS "/var/spool/cron/atjobs/"

#define THREE_DAYS (INT64_C(3) * 86400)

/* Their ctime is now: so the session's begin is moved instead; and the clock is set meanwhile. */
static void end_session_with_clock(int64_t seconds_ago, int64_t seconds_ahead) {
  struct bg_grant grant = accept_grant(1, start_process(7), 1800);
  age_grant(&grant, seconds_ago);
  grant.session.deadline_boottime = bg_clock_boottime();
  grant.session.deadline = grant.session.accepted + seconds_ago;
  assert_int_equal(unlink(test_path("/run/breakglass/grants/01010101010101010101010101010101")), 0);
  assert_int_equal(bg_grant_create(&grant), BG_OK);
  assert_int_equal(bg_grant_open(&grant, 7, NULL, grant.session.accepted), BG_OK);
  set_clock(seconds_ahead);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  sessions_close(sessions);
}

static void end_session_opened(int64_t seconds_ago) {
  end_session_with_clock(seconds_ago, 0);
}

static void own(const char *path, uid_t uid) {
  if (test_is_root()) {
    assert_int_equal(lchown(test_path(path), uid, uid), 0);
  }
}

static void jobs_of_the_session_are_removed(void **state) {
  (void)state;
  if (!test_is_root()) {
    skip(); /* files of other users are made */
  }
  test_root_write(CRONTABS "ops", "* * * * * ops\n");
  test_root_write(CRONTABS "root", "* * * * * root\n");
  test_root_write(CRONTABS "app", "* * * * * app\n");
  test_root_write("/etc/kept", "kept");
  test_root_write(AT_JOBS "a0000101c9b3f8", "");
  own(AT_JOBS "a0000101c9b3f8", OPS_UID);
  test_root_write(AT_JOBS "a0000201c9b3f8", "");
  assert_int_equal(symlink(test_path("/etc/kept"), test_path(AT_JOBS "a\n\x1b[2J")), 0);
  own(AT_JOBS "a\n\x1b[2J", OPS_UID);
  test_root_write(AT_JOBS "a0000301c9b3f8", "");
  own(AT_JOBS "a0000301c9b3f8", OPS_UID + 1);
  test_root_write(AT_JOBS ".SEQ", "");
  assert_int_equal(mkdir(test_path(AT_JOBS "folder"), 0700), 0);
  end_session_opened(100);
  assert_false(test_exists(CRONTABS "ops"));
  assert_false(test_exists(CRONTABS "root"));
  assert_true(test_exists(CRONTABS "app"));
  assert_false(test_exists(AT_JOBS "a0000101c9b3f8"));
  assert_false(test_exists(AT_JOBS "a0000201c9b3f8"));
  assert_int_equal(test_entries(AT_JOBS), 2); /* another's and the folder */
  assert_true(test_exists(AT_JOBS ".SEQ"));
  assert_true(test_exists("/etc/kept"));
  assert_true(log_has("the crontab of ops, made or changed meanwhile, is removed"));
  assert_true(log_has("the crontab of root, made or changed meanwhile, is removed"));
  assert_true(log_has("the at job a0000101c9b3f8, made or changed meanwhile, is removed"));
  assert_true(log_has("the at job of a name that is not shown, made"));
}

static void older_jobs_stay(void **state) {
  (void)state;
  test_root_write(CRONTABS "ops", "* * * * * ops\n");
  test_root_write(CRONTABS "root", "* * * * * root\n");
  test_root_write(AT_JOBS "a0000101c9b3f8", "");
  pass_time(200000);
  end_session_opened(100);
  assert_true(test_exists(CRONTABS "ops"));
  assert_true(test_exists(CRONTABS "root"));
  assert_true(test_exists(AT_JOBS "a0000101c9b3f8"));
}

static void write_jobs(void) {
  test_root_write(CRONTABS "ops", "* * * * * ops\n");
  test_root_write(CRONTABS "root", "* * * * * root\n");
  test_root_write(AT_JOBS "a0000101c9b3f8", "");
  own(AT_JOBS "a0000101c9b3f8", OPS_UID);
}

static void clock_that_is_set_touches_no_older_jobs(void **state) {
  (void)state;
  write_jobs();
  pass_time(200000);
  end_session_with_clock(100, -THREE_DAYS);
  assert_int_equal(test_entries(CRONTABS), 2);
  assert_int_equal(test_entries(AT_JOBS), 1);
}

/* The host came up with a clock of long ago, and that was set right. */
static void clock_that_is_set_right_touches_no_older_jobs(void **state) {
  (void)state;
  write_jobs();
  pass_time(200000);
  set_clock(-THREE_DAYS);
  end_session_with_clock(100, 0);
  assert_int_equal(test_entries(CRONTABS), 2);
  assert_int_equal(test_entries(AT_JOBS), 1);
}

static void clock_that_was_set_hides_no_jobs_made_before(void **state) {
  (void)state;
  write_jobs();
  end_session_with_clock(100, -THREE_DAYS);
  assert_int_equal(test_entries(CRONTABS), 0);
  assert_int_equal(test_entries(AT_JOBS), test_is_root() ? 0 : 1);
}

static void clock_that_was_set_hides_no_jobs_made_after(void **state) {
  (void)state;
  set_clock(THREE_DAYS);
  write_jobs();
  end_session_with_clock(100, 0);
  assert_int_equal(test_entries(CRONTABS), 0);
  assert_int_equal(test_entries(AT_JOBS), test_is_root() ? 0 : 1);
}

/* A crontab that is a link: the link goes, and nothing else. */
static void links_are_not_followed(void **state) {
  (void)state;
  test_root_write("/etc/kept", "kept");
  assert_int_equal(symlink(test_path("/etc/kept"), test_path(CRONTABS "ops")), 0);
  end_session_opened(100);
  assert_true(test_exists("/etc/kept"));
  assert_int_equal(test_entries(CRONTABS), 0);
}

static void more_jobs_than_one_look_takes(void **state) {
  (void)state;
  char path[64];
  if (!test_is_root()) {
    skip();
  }
  for (int i = 0; i < 1200; i++) {
    (void)snprintf(path, sizeof path, AT_JOBS "a%05x", i);
    test_root_write(path, "");
  }
  end_session_opened(100);
  assert_int_equal(test_entries(AT_JOBS), 0);
  assert_int_equal(closed_events(1, NULL), 1);
}

/* The tokens of the first so many sessions, at most two. */
static struct bg_revocations_content revoked_tokens(size_t count) {
  static uint8_t tokens[2][BG_TOKEN_ID_SIZE];
  struct bg_revocations_content content = test_revocations();
  for (uint8_t i = 0; i < 2; i++) {
    memset(tokens[i], i + 1, BG_TOKEN_ID_SIZE);
  }
  content.tokens = (const uint8_t(*)[BG_TOKEN_ID_SIZE])tokens;
  content.token_count = count;
  return content;
}

static size_t take_back(struct sessions *sessions, const struct bg_revocations_content *content) {
  struct bg_trusted_signers trusted = {0};
  struct bg_revocations list;
  test_host_write("");
  assert_int_equal(
      bg_trusted_signers_load(bg_paths()->trusted_signers, bg_paths()->owner, NULL, NULL, &trusted),
      BG_OK);
  assert_int_equal(bg_revocations_parse(test_revocation_list(content), &list), BG_OK);
  assert_int_equal(bg_revocations_verify(&list, &trusted), BG_OK);
  size_t ended = sessions_revoke(sessions, &list);
  bg_trusted_signers_free(&trusted);
  return ended;
}

static void token_that_is_taken_back_ends_its_session(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t other = start_process(7);
  pid_t foreign = start_process(8);
  (void)open_grant(1, owner, 7, 600);
  (void)open_grant(2, foreign, 8, 600);
  const struct bg_revocations_content content = revoked_tokens(1);
  struct sessions *sessions = new_sessions(); /* that has not looked yet */
  assert_int_equal(take_back(sessions, &content), 1);
  struct bg_grant found;
  assert_int_equal(bg_grant_of_session(7, &found), BG_ERR_NOT_FOUND); /* no sudo from now on */
  assert_int_equal(take_back(sessions, &content), 0);
  look_for(sessions, 5000);
  assert_true(has_gone(owner));
  assert_true(has_gone(other));
  assert_true(is_running(foreign));
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "revoked"), 1);
  assert_int_equal(closed_events(2, NULL), 0);
  assert_int_equal(take_back(sessions, &content), 0);
  sessions_close(sessions);
}

/* An agent that was killed while it ended one: the next one is told the list again. */
static void next_agent_says_that_it_was_taken_back(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  const struct bg_revocations_content content = revoked_tokens(1);
  struct sessions *sessions = new_sessions();
  assert_int_equal(take_back(sessions, &content), 1);
  sessions_close(sessions);
  sessions = new_sessions();
  assert_int_equal(take_back(sessions, &content), 0);
  look_for(sessions, 6000);
  assert_false(is_running(owner)); /* which would not have gone */
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "revoked"), 1);
  sessions_close(sessions);
}

/* The list may be gone, or a newer one be without what has run out. */
static void next_agent_goes_on_without_the_list(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t waits = start_process(BG_NO_AUDIT_SESSION);
  (void)open_grant(1, owner, 7, 600);
  (void)accept_grant(2, waits, 600);
  const struct bg_revocations_content content = revoked_tokens(2);
  struct sessions *sessions = new_sessions();
  assert_int_equal(take_back(sessions, &content), 2);
  sessions_close(sessions);
  sessions = new_sessions();
  look_for(sessions, 6000);
  assert_false(is_running(owner));
  assert_false(is_running(waits));
  assert_int_equal(closed_events(1, "revoked"), 1);
  assert_int_equal(closed_events(2, "revoked"), 1);
  sessions_close(sessions);
}

/* It has closed its session, and is slow to go. */
static void owner_of_a_token_that_is_taken_back_does_not_linger(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  (void)open_grant(1, owner, 7, 600);
  const struct bg_revocations_content content = revoked_tokens(1);
  struct sessions *sessions = new_sessions();
  assert_int_equal(bg_grant_close("01010101010101010101010101010101"), BG_OK);
  look_for(sessions, 1000);
  assert_true(is_running(owner));
  assert_int_equal(take_back(sessions, &content), 0);
  look_for(sessions, 6000);
  assert_false(is_running(owner));
  assert_int_equal(closed_events(1, NULL), 1);
  sessions_close(sessions);
}

static void holders_key_that_is_taken_back_ends_its_sessions(void **state) {
  (void)state;
  pid_t owner = start_process(7);
  pid_t foreign = start_process(8);
  struct bg_session session = test_session(1);
  session.has_holder = true;
  memset(session.holder, 0xab, sizeof session.holder);
  struct bg_grant grant = test_grant(&session);
  assert_int_equal(bg_process_of(owner, &grant.owner), BG_OK);
  assert_int_equal(bg_grant_create(&grant), BG_OK);
  assert_int_equal(bg_grant_open(&grant, 7, NULL, session.accepted), BG_OK);
  (void)open_grant(2, foreign, 8, 600); /* of a console: without a holder, whose bytes are zero */
  struct bg_revocations_content content = test_revocations();
  uint8_t holders[2][BG_SHA256_SIZE] = {{0}};
  memset(holders[1], 0xab, BG_SHA256_SIZE);
  content.holders = (const uint8_t(*)[BG_SHA256_SIZE])holders;
  content.holder_count = 2;
  struct sessions *sessions = new_sessions();
  assert_int_equal(take_back(sessions, &content), 1);
  look_for(sessions, 5000);
  assert_true(has_gone(owner));
  assert_true(is_running(foreign));
  assert_int_equal(closed_events(1, "revoked"), 1);
  assert_int_equal(closed_events(1, NULL), 1);
  sessions_close(sessions);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_host, end_host)
  const struct CMUnitTest tests[] = {
      TEST(groups_are_killed),
      TEST(groups_of_a_login_that_is_not_local_are_killed),
      TEST(group_waits_for_the_owner),
      TEST(manager_stays_for_another_session),
      TEST(own_group_is_spared),
      TEST(groups_without_a_kill_are_walked),
      TEST(jobs_of_the_session_are_removed),
      TEST(older_jobs_stay),
      TEST(clock_that_is_set_touches_no_older_jobs),
      TEST(clock_that_is_set_right_touches_no_older_jobs),
      TEST(clock_that_was_set_hides_no_jobs_made_before),
      TEST(clock_that_was_set_hides_no_jobs_made_after),
      TEST(links_are_not_followed),
      TEST(more_jobs_than_one_look_takes),
      TEST(token_that_is_taken_back_ends_its_session),
      TEST(holders_key_that_is_taken_back_ends_its_sessions),
      TEST(next_agent_says_that_it_was_taken_back),
      TEST(next_agent_goes_on_without_the_list),
      TEST(owner_of_a_token_that_is_taken_back_does_not_linger),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
