/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said on a session's terminals, and on which. */
#include <config.h>

#include "session_test.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A pseudo-terminal; what is written to it is read at the other end. */
struct terminal {
  int master, slave;
  dev_t device;
  char text[4096];
};

static void open_terminal(struct terminal *terminal) {
  struct stat st;
  *terminal = (struct terminal){.master = -1};
  assert_int_equal(openpty(&terminal->master, &terminal->slave, NULL, NULL, NULL), 0);
  assert_int_equal(fstat(terminal->slave, &st), 0);
  assert_int_equal(fcntl(terminal->master, F_SETFL, O_NONBLOCK), 0);
  terminal->device = st.st_rdev;
  assert_true(!test_is_root() || fchown(terminal->slave, OPS_UID, (gid_t)-1) == 0);
}

static void close_terminal(const struct terminal *terminal) {
  (void)close(terminal->master);
  (void)close(terminal->slave);
}

/* All that has come so far. */
static const char *read_terminal(struct terminal *terminal) {
  size_t len = strlen(terminal->text);
  ssize_t n = read(terminal->master, terminal->text + len, sizeof terminal->text - 1 - len);
  if (n > 0) {
    terminal->text[len + (size_t)n] = '\0';
  }
  return terminal->text;
}

static int lines_with(struct terminal *terminal, const char *needle) {
  int count = 0;
  for (const char *at = read_terminal(terminal); (at = strstr(at, needle)) != NULL; at++) {
    count++;
  }
  return count;
}

/* The machine's own pseudo-terminals below the test's /dev. */
static int new_host_with_terminals(void **state) {
  int result = new_host(state);
  login_uid = test_is_root() ? OPS_UID : getuid(); /* whose pseudo-terminals are its own */
  return result == 0 ? symlink("/dev/pts", test_path("/dev/pts")) : result;
}

static void go_to(const struct bg_grant *grant, int64_t seconds_left) {
  pass_time((grant->session.deadline_boottime - seconds_left) * 1000 - now_ms());
}

static void each_warning_comes_once_on_every_terminal(void **state) {
  (void)state;
  struct terminal first;
  struct terminal second;
  struct terminal others;
  open_terminal(&first);
  open_terminal(&second);
  open_terminal(&others);
  pid_t owner = start_process(7);
  say_process(start_process(7), 7, first.device);
  say_process(start_process(7), 7, first.device);
  say_process(start_process(7), 7, second.device);
  say_process(start_process(8), 8, others.device);
  const struct bg_grant grant = open_grant(1, owner, 7, 1800);
  struct sessions *sessions = new_sessions();
  int64_t next = sessions_look(sessions);
  assert_int_equal(next, (grant.session.deadline_boottime - 300) * 1000);
  assert_string_equal(read_terminal(&first), "");
  go_to(&grant, 300);
  next = sessions_look(sessions);
  assert_int_equal(next, (grant.session.deadline_boottime - 60) * 1000);
  assert_int_equal(lines_with(&first, "this session ends in 5m"), 1);
  assert_int_equal(lines_with(&second, "this session ends in 5m"), 1);
  (void)sessions_look(sessions);
  sessions_close(sessions);
  sessions = new_sessions(); /* an agent that begins anew */
  (void)sessions_look(sessions);
  assert_int_equal(lines_with(&first, "this session ends"), 1);
  go_to(&grant, 60);
  next = sessions_look(sessions);
  assert_int_equal(next, grant.session.deadline_boottime * 1000);
  (void)sessions_look(sessions);
  assert_int_equal(lines_with(&first, "this session ends in 1m"), 1);
  assert_int_equal(lines_with(&first, "this session ends"), 2);
  assert_int_equal(lines_with(&second, "this session ends"), 2);
  assert_string_equal(read_terminal(&others), "");
  go_to(&grant, 0);
  (void)look_until_over(sessions);
  assert_int_equal(lines_with(&first, "this session ends now: its time is over"), 1);
  assert_false(grant_exists(1, ".warned-300"));
  sessions_close(sessions);
  close_terminal(&first);
  close_terminal(&second);
  close_terminal(&others);
}

/* An agent that was not there when it was time says how long there is, once. */
static void late_warning_is_one(void **state) {
  (void)state;
  struct terminal terminal;
  open_terminal(&terminal);
  pid_t owner = start_process(7);
  say_process(owner, 7, terminal.device);
  const struct bg_grant grant = open_grant(1, owner, 7, 1800);
  struct sessions *sessions = new_sessions();
  go_to(&grant, 40);
  (void)sessions_look(sessions);
  (void)sessions_look(sessions);
  assert_int_equal(lines_with(&terminal, "this session ends in 40s"), 1);
  assert_int_equal(lines_with(&terminal, "this session ends"), 1);
  sessions_close(sessions);
  close_terminal(&terminal);
}

/* It was told that much when it opened. */
static void short_session_is_not_warned_of_its_length(void **state) {
  (void)state;
  struct terminal terminal;
  open_terminal(&terminal);
  pid_t owner = start_process(7);
  say_process(owner, 7, terminal.device);
  struct bg_session session = test_session(1);
  struct bg_grant grant = test_grant(&session);
  assert_int_equal(bg_process_of(owner, &grant.owner), BG_OK);
  grant.session.deadline = grant.session.accepted + 300;
  grant.session.deadline_boottime -= 1500;
  assert_int_equal(bg_grant_create(&grant), BG_OK);
  assert_int_equal(bg_grant_open(&grant, 7, NULL, session.accepted), BG_OK);
  struct sessions *sessions = new_sessions();
  assert_int_equal(sessions_look(sessions), (grant.session.deadline_boottime - 60) * 1000);
  assert_string_equal(read_terminal(&terminal), "");
  sessions_close(sessions);
  close_terminal(&terminal);
}

/* Nobody reads it, and it is full: whoever warns is not held up. */
static void stopped_terminal_holds_nobody_up(void **state) {
  (void)state;
  struct terminal terminal;
  char text[4096];
  open_terminal(&terminal);
  assert_int_equal(fcntl(terminal.slave, F_SETFL, O_NONBLOCK), 0);
  memset(text, 'x', sizeof text);
  while (write(terminal.slave, text, sizeof text) > 0) {
  }
  pid_t owner = start_process(7);
  say_process(owner, 7, terminal.device);
  const struct bg_grant grant = open_grant(1, owner, 7, 1800);
  struct sessions *sessions = new_sessions();
  go_to(&grant, 300);
  (void)alarm(5);
  (void)sessions_look(sessions);
  (void)alarm(0);
  sessions_close(sessions);
  close_terminal(&terminal);
}

/* Whatever lies where a terminal should. */
static void only_terminals_are_written_to(void **state) {
  (void)state;
  struct terminal terminal;
  char path[64];
  struct stat st;
  open_terminal(&terminal);
  assert_int_equal(unlink(test_path("/dev/pts")), 0);
  assert_int_equal(mkdir(test_path("/dev/pts"), 0755), 0);
  /* 1: a file; 2: a pipe; 3: a link to a terminal; 4: another device. */
  test_root_write("/dev/pts/1", "");
  assert_int_equal(mkfifo(test_path("/dev/pts/2"), 0600), 0);
  int pipe = open(test_path("/dev/pts/2"), O_RDONLY | O_NONBLOCK);
  (void)snprintf(path, sizeof path, "/dev/pts/%u", minor(terminal.device));
  assert_int_equal(symlink(path, test_path("/dev/pts/3")), 0);
  bool has_device = mknod(test_path("/dev/pts/4"), S_IFCHR | 0600, makedev(1, 3)) == 0;
  pid_t owner = start_process(7);
  for (unsigned i = 1; i <= 4; i++) {
    say_process(start_process(7), 7, makedev(136, i));
  }
  say_process(start_process(7), 7, makedev(10, 130)); /* a watchdog: opening it starts it */
  assert_int_equal(
      symlink("../../devices/virtual/misc/watchdog", test_path("/sys/dev/char/10:130")), 0);
  test_root_write("/dev/watchdog", "");
  const struct bg_grant grant = open_grant(1, owner, 7, 1800);
  struct sessions *sessions = new_sessions();
  go_to(&grant, 300);
  (void)sessions_look(sessions);
  assert_int_equal(stat(test_path("/dev/pts/1"), &st), 0);
  assert_int_equal(st.st_size, 0);
  char byte;
  assert_true(read(pipe, &byte, 1) <= 0);
  assert_string_equal(read_terminal(&terminal), "");
  assert_int_equal(stat(test_path("/dev/watchdog"), &st), 0);
  assert_int_equal(st.st_size, 0);
  (void)has_device;
  (void)close(pipe);
  sessions_close(sessions);
  close_terminal(&terminal);
}

/* A process of the session has one of that number in a devpts of its own. */
static void terminal_of_another_is_not_told(void **state) {
  (void)state;
  struct terminal terminal;
  if (!test_is_root()) {
    skip(); /* it is given to another user */
  }
  open_terminal(&terminal);
  pid_t owner = start_process(7);
  say_process(owner, 7, terminal.device);
  const struct bg_grant grant = open_grant(1, owner, 7, 1800);
  struct sessions *sessions = new_sessions();
  const uid_t others[] = {0, OPS_UID + 1};
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(fchown(terminal.slave, others[i], (gid_t)-1), 0);
    go_to(&grant, i == 0 ? 300 : 60);
    (void)sessions_look(sessions);
    assert_string_equal(read_terminal(&terminal), "");
  }
  assert_int_equal(fchown(terminal.slave, OPS_UID, (gid_t)-1), 0);
  go_to(&grant, 0);
  (void)sessions_look(sessions);
  assert_int_equal(lines_with(&terminal, "this session ends now"), 1);
  sessions_close(sessions);
  close_terminal(&terminal);
}

/* login's own, which the grant names; and no other file of that name. */
static void terminal_of_the_grant_is_told(void **state) {
  (void)state;
  struct terminal terminal;
  char name[32];
  open_terminal(&terminal);
  (void)snprintf(name, sizeof name, "pts/%u", minor(terminal.device));
  pid_t owner = start_process(7);
  struct bg_grant grant = accept_grant(1, owner, 1800);
  assert_int_equal(bg_grant_open(&grant, 7, name, grant.session.accepted), BG_OK);
  grant = accept_grant(2, owner, 1800);
  assert_int_equal(bg_grant_open(&grant, 8, "../etc/passwd", grant.session.accepted), BG_OK);
  struct sessions *sessions = new_sessions();
  go_to(&grant, 300);
  (void)sessions_look(sessions);
  assert_int_equal(lines_with(&terminal, "this session ends in 5m"), 1);
  sessions_close(sessions);
  close_terminal(&terminal);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_host_with_terminals, end_host)
  const struct CMUnitTest tests[] = {
      TEST(each_warning_comes_once_on_every_terminal),
      TEST(late_warning_is_one),
      TEST(short_session_is_not_warned_of_its_length),
      TEST(stopped_terminal_holds_nobody_up),
      TEST(only_terminals_are_written_to),
      TEST(terminal_of_another_is_not_told),
      TEST(terminal_of_the_grant_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
