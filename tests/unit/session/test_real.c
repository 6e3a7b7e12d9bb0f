/* SPDX-License-Identifier: BSD-2-Clause */
/* Audit sessions of the kernel's, and the machine's own /proc: whatever a process does to get away,
 * it keeps its session. Where loginuid cannot be set (no root, a container without audit) these are
 * skipped. A session is the kernel's next number, so nobody else's process is in it. */
#include <config.h>

#include "session_test.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/session/processes.h"

#define LIFE_S 20 /* of what a test starts, whatever becomes of the test */

static int report = -1; /* where a session's processes say that they are there */

/* Of an owner: a session of its own, and what runs in it. */
struct scene {
  void (*run)(void);
  int report[2];
  pid_t owner;
  uint32_t audit_session;
};

static void await_report(const struct scene *scene) {
  char byte;
  struct pollfd wait = {.fd = scene->report[0], .events = POLLIN};
  assert_true(poll(&wait, 1, 5000) > 0);
  if (read(scene->report[0], &byte, 1) != 1) {
    print_message("  no audit session can be begun here\n");
    skip();
  }
}

static bool begin_session(void) {
  int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
  bool begun = fd >= 0 && write(fd, "4242", 4) == 4;
  (void)close(fd);
  return begun;
}

static void say_there(void) {
  (void)!write(report, "x", 1);
}

static void live(void) {
  (void)signal(SIGHUP, SIG_IGN);
  (void)signal(SIGTERM, SIG_IGN);
  (void)alarm(LIFE_S);
  say_there();
  for (;;) {
    (void)pause();
  }
}

static void act(void *context) {
  const struct scene *scene = context;
  report = scene->report[1];
  if (!begin_session()) {
    _exit(1);
  }
  (void)alarm(LIFE_S);
  scene->run();
  for (;;) {
    (void)pause();
  }
}

static uint32_t session_of(pid_t pid) {
  int processes = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  uint32_t session = process_audit_session(processes, pid);
  (void)close(processes);
  return session;
}

/* Starts it, and waits until so many of its processes are there; opens its grant. */
static void start_scene(struct scene *scene, void (*run)(void), unsigned count) {
  if (!test_is_root()) {
    print_message("  only root begins audit sessions\n");
    skip();
  }
  scene->run = run;
  assert_int_equal(pipe2(scene->report, O_CLOEXEC), 0);
  scene->owner = start_child(act, scene);
  (void)close(scene->report[1]);
  for (unsigned i = 0; i < count; i++) {
    await_report(scene);
  }
  scene->audit_session = session_of(scene->owner);
  assert_int_not_equal(scene->audit_session, BG_NO_AUDIT_SESSION);
  assert_int_not_equal(scene->audit_session, session_of(getpid()));
}

struct count {
  uint32_t audit_session;
  unsigned found;
};

static void count_process(void *context, pid_t pid, uint32_t audit_session) {
  struct count *count = context;
  struct bg_process process;
  count->found += audit_session == count->audit_session && bg_process_of(pid, &process) == BG_OK;
}

static unsigned left_of(uint32_t audit_session) {
  int processes = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct count count = {.audit_session = audit_session};
  assert_int_equal(processes_each(processes, count_process, &count), BG_OK);
  (void)close(processes);
  return count.found;
}

static void end_scene(const struct scene *scene) {
  (void)open_grant(1, scene->owner, scene->audit_session, 0);
  struct sessions *sessions = new_sessions();
  (void)look_until_over(sessions);
  assert_int_equal(left_of(scene->audit_session), 0);
  assert_int_equal(closed_events(1, NULL), 1);
  assert_int_equal(closed_events(1, "deadline"), 1);
  assert_false(log_has("cannot be killed"));
  sessions_close(sessions);
}

static void get_away(void) {
  if (fork() == 0) { /* a plain child */
    live();
  }
  if (fork() == 0) { /* a session of its own, and nobody's child */
    (void)setsid();
    if (fork() == 0) {
      live();
    }
    _exit(0);
  }
  if (fork() == 0) { /* another user */
    if (setgid(4242) == 0 && setuid(4242) == 0) {
      live();
    }
    _exit(1);
  }
  if (fork() == 0) { /* stopped */
    say_there();
    (void)raise(SIGSTOP);
    _exit(0);
  }
  (void)signal(SIGTERM, SIG_IGN);
  say_there();
}

static void all_who_got_away_are_found(void **state) {
  (void)state;
  struct scene scene;
  start_scene(&scene, get_away, 5);
  assert_true(left_of(scene.audit_session) >= 5);
  end_scene(&scene);
}

static void *live_thread(void *unused) {
  live();
  return unused;
}

/* Its first thread is gone: /proc says that it is a zombie, and it runs. */
static void leave_a_thread(void) {
  if (fork() == 0) {
    pthread_t thread;
    (void)pthread_create(&thread, NULL, live_thread, NULL);
    pthread_exit(NULL);
  }
}

/* It holds the other end of this pipe. */
static bool has_ended(const struct scene *scene) {
  struct pollfd wait = {.fd = scene->report[0], .events = POLLIN};
  return poll(&wait, 1, 2000) > 0 && (wait.revents & POLLHUP) != 0;
}

static void threads_without_a_leader_are_found(void **state) {
  (void)state;
  struct scene scene;
  start_scene(&scene, leave_a_thread, 1);
  end_scene(&scene);
  assert_true(has_ended(&scene));
}

/* Never the same pid for long. */
static void hop(void) {
  struct timespec begin;
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &begin);
  if (fork() != 0) {
    return;
  }
  (void)setsid();
  say_there();
  do {
    if (fork() > 0) {
      _exit(0);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
  } while (now.tv_sec < begin.tv_sec + LIFE_S);
  _exit(0);
}

static void who_hops_from_pid_to_pid_is_caught(void **state) {
  (void)state;
  struct scene scene;
  start_scene(&scene, hop, 1);
  in_real_time = true;
  end_scene(&scene);
}

/* More than are killed at once. */
static void multiply(void) {
  for (int i = 0; i < 200; i++) {
    if (fork() == 0) {
      (void)alarm(LIFE_S);
      for (;;) {
        (void)pause();
      }
    }
  }
  say_there();
}

static void crowd_is_ended(void **state) {
  (void)state;
  struct scene scene;
  start_scene(&scene, multiply, 1);
  end_scene(&scene);
}

static void open_a_terminal(void) {
  int master = -1;
  char text[512] = "";
  char name[64];
  if (forkpty(&master, NULL, NULL, NULL) == 0) {
    live();
  }
  if (ptsname_r(master, name, sizeof name) != 0 || chown(name, 4242, (gid_t)-1) != 0) {
    return; /* sshd gives it to the login, too */
  }
  for (size_t len = 0; strstr(text, "this session ends in 5m") == NULL;) {
    ssize_t n = read(master, text + len, sizeof text - 1 - len);
    if (n <= 0) {
      return;
    }
    len += (size_t)n;
  }
  say_there();
}

static void its_terminal_is_told(void **state) {
  (void)state;
  struct scene scene;
  start_scene(&scene, open_a_terminal, 1);
  (void)open_grant(1, scene.owner, scene.audit_session, 300);
  struct sessions *sessions = new_sessions();
  (void)sessions_look(sessions);
  await_report(&scene);
  sessions_close(sessions);
}

static int new_real_host(void **state) {
  int result = new_host(state);
  if (result == 0 && (rename(test_path("/proc"), test_path("/no-proc")) != 0 ||
                      symlink("/proc", test_path("/proc")) != 0 ||
                      symlink("/dev/pts", test_path("/dev/pts")) != 0)) {
    result = -1;
  }
  return result;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_real_host, end_host)
  const struct CMUnitTest tests[] = {
      TEST(all_who_got_away_are_found),
      TEST(threads_without_a_leader_are_found),
      TEST(who_hops_from_pid_to_pid_is_caught),
      TEST(crowd_is_ended),
      TEST(its_terminal_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
