/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "session_test.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/run_state.h"
#include "breakglass/text.h"

#define CHILDREN_MAX 64
#define MOMENT_MS 20

static pid_t children[CHILDREN_MAX];
static size_t child_count;
static char logged[65536];
static _Atomic int64_t ahead;     /* ms, of the clocks of boot and of the day */
static _Atomic int64_t set_ahead; /* seconds, of the clock of the day alone */
bool in_real_time;
uid_t login_uid;

static void make_folder(const char *path) {
  if (mkdir(test_path(path), 0755) != 0) {
    perror(path);
    abort();
  }
}

int new_host(void **state) {
  (void)state;
  static const char *const folders[] = {
      "/proc",
      "/proc/self",
      "/dev",
      "/sys",
      "/sys/dev",
      "/sys/dev/char",
      "/sys/fs",
      "/sys/fs/cgroup",
      "/var/spool",
      "/var/spool/cron",
      "/var/spool/cron/crontabs",
      "/var/spool/cron/atjobs",
  };
  int64_t epoch;
  (void)test_root_create();
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
    make_folder(folders[i]);
  }
  login_uid = OPS_UID;
  say_process(1, BG_NO_AUDIT_SESSION, 0);
  test_root_write("/sys/fs/cgroup/cgroup.controllers", "");
  test_root_write("/proc/self/cgroup", "0::/system.slice/breakglass-agent.service\n");
  test_root_write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nops:x:4242:4242::/home/ops:/bin/sh\n");
  child_count = 0;
  in_real_time = false;
  ahead = 0;
  set_ahead = 0;
  logged[0] = '\0';
  return bg_run_state_prepare(bg_clock_now(), &epoch) == BG_OK ? 0 : -1;
}

int end_host(void **state) {
  (void)state;
  for (size_t i = 0; i < child_count; i++) {
    if (children[i] > 0 && waitpid(children[i], NULL, WNOHANG) == 0) {
      (void)kill(children[i], SIGKILL);
      (void)waitpid(children[i], NULL, 0);
    }
  }
  test_root_remove();
  return 0;
}

pid_t start_child(void (*run)(void *context), void *context) {
  (void)fflush(NULL);
  (void)signal(SIGTERM, SIG_IGN); /* of the child from its first moment */
  pid_t pid = fork();
  if (pid == 0) {
    run(context);
    _exit(0);
  }
  (void)signal(SIGTERM, SIG_DFL);
  if (pid < 0 || child_count == CHILDREN_MAX) {
    abort();
  }
  children[child_count++] = pid;
  return pid;
}

static void sleep_long(void *context) {
  (void)context;
  (void)sleep(60);
}

static void write_fact(pid_t pid, const char *name, const char *text) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
  test_root_write(path, text);
}

/* A name that looks like the end of it, as a hostile one may. */
static void write_stat(pid_t pid, dev_t tty) {
  struct bg_process process = {.start = 0};
  char text[256];
  unsigned packed = (minor(tty) & 0xff) | (major(tty) << 8) | ((minor(tty) & 0xfff00) << 12);
  (void)!bg_process_of(pid, &process); /* 0: it is gone */
  (void)snprintf(text, sizeof text,
                 "%d (x) S 1 0 0) S 1 2 3 %u 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %llu 1 2\n",
                 (int)pid, packed, (unsigned long long)process.start);
  write_fact(pid, "stat", text);
}

void say_process(pid_t pid, uint32_t audit_session, dev_t tty) {
  char text[64];
  (void)snprintf(text, sizeof text, "/proc/%d", (int)pid);
  if (mkdir(test_path(text), 0755) != 0 && errno != EEXIST) {
    abort();
  }
  (void)snprintf(text, sizeof text, "%u", audit_session);
  write_fact(pid, "sessionid", text);
  (void)snprintf(text, sizeof text, "%u",
                 audit_session == BG_NO_AUDIT_SESSION ? UINT32_MAX : (unsigned)login_uid);
  write_fact(pid, "loginuid", text);
  write_fact(pid, "cgroup", "0::/somewhere/else\n");
  write_stat(pid, tty);
}

pid_t start_process(uint32_t audit_session) {
  pid_t pid = start_child(sleep_long, NULL);
  say_process(pid, audit_session, 0);
  return pid;
}

bool is_running(pid_t pid) {
  siginfo_t info = {0};
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

static void wait_ms(int64_t ms) {
  const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
  (void)nanosleep(&pause, NULL);
}

bool has_gone(pid_t pid) {
  for (int i = 0; i < 500 && is_running(pid); i++) {
    wait_ms(10);
  }
  return !is_running(pid);
}

static struct bg_grant grant_of(uint8_t id, pid_t owner, int64_t seconds) {
  struct bg_session session = test_session(id);
  struct bg_grant grant = test_grant(&session);
  struct bg_process process = {.pid = owner, .start = 1};
  (void)!bg_process_of(owner, &process);
  grant.owner = process;
  age_grant(&grant, 1800 - seconds);
  return grant;
}

void age_grant(struct bg_grant *grant, int64_t seconds) {
  grant->session.accepted -= seconds;
  grant->session.deadline -= seconds;
  grant->session.deadline_boottime -= seconds;
}

struct bg_grant accept_grant(uint8_t id, pid_t owner, int64_t seconds) {
  struct bg_grant grant = grant_of(id, owner, seconds);
  assert_int_equal(bg_grant_create(&grant), BG_OK);
  return grant;
}

struct bg_grant open_grant(uint8_t id, pid_t owner, uint32_t audit_session, int64_t seconds) {
  struct bg_grant grant = accept_grant(id, owner, seconds);
  assert_int_equal(bg_grant_open(&grant, audit_session, NULL, grant.session.accepted), BG_OK);
  return grant;
}

bool grant_exists(uint8_t id, const char *suffix) {
  uint8_t token_id[BG_TOKEN_ID_SIZE];
  char hex[BG_TOKEN_ID_HEX];
  char path[128];
  memset(token_id, id, sizeof token_id);
  bg_hex(bg_bytes(token_id, sizeof token_id), hex);
  (void)snprintf(path, sizeof path, "/run/breakglass/grants/%s%s", hex, suffix);
  return test_exists(path);
}

static void keep_line(void *context, const char *text) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  (void)context;
  (void)pthread_mutex_lock(&lock);
  size_t len = strlen(logged);
  (void)snprintf(logged + len, sizeof logged - len, "%s\n", text);
  print_message("  log: %s\n", text);
  (void)pthread_mutex_unlock(&lock);
}

bool log_has(const char *text) {
  return strstr(logged, text) != NULL;
}

struct sessions_config test_config(void) {
  return (struct sessions_config){.host = &test_host, .log = keep_line, .waits = true};
}

struct sessions *new_sessions(void) {
  const struct sessions_config config = test_config();
  return open_sessions(&config);
}

struct sessions *open_sessions(const struct sessions_config *wanted) {
  static struct sessions_config config;
  struct sessions *sessions = NULL;
  config = *wanted;
  assert_int_equal(sessions_open(&config, &sessions), BG_OK);
  return sessions;
}

int __real_clock_gettime(clockid_t clock, struct timespec *ret_now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now) {
  int result = __real_clock_gettime(clock, ret_now);
  if (result == 0 && (clock == CLOCK_BOOTTIME || clock == CLOCK_REALTIME)) {
    int64_t ns = ret_now->tv_nsec + (ahead % 1000) * 1000000;
    ret_now->tv_sec += ahead / 1000 + ns / 1000000000;
    ret_now->tv_nsec = ns % 1000000000;
    ret_now->tv_sec += clock == CLOCK_REALTIME ? set_ahead : 0;
  }
  return result;
}

int64_t now_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pass_time(int64_t ms) {
  ahead += ms;
}

void set_clock(int64_t seconds_ahead) {
  set_ahead = seconds_ahead;
}

/* What the agent does, inotify aside: instead of it, a look at least every half second. Where
 * nothing happens within a moment, the time that it would wait is over at once. */
static void look_once(struct sessions *sessions) {
  struct pollfd wait = {.fd = sessions_fd(sessions), .events = POLLIN};
  int64_t next = sessions_look(sessions);
  int64_t left = next == INT64_MAX ? 500 : next - now_ms();
  int64_t pause = left < 0 ? 0 : left > 500 ? 500 : left;
  int64_t moment = in_real_time || pause < MOMENT_MS ? pause : MOMENT_MS;
  if (poll(&wait, 1, (int)moment) == 0) {
    pass_time(pause - moment);
  }
}

int64_t look_until_over(struct sessions *sessions) {
  const int64_t begin = now_ms();
  do {
    look_once(sessions);
  } while (sessions_count(sessions) > 0 && now_ms() < begin + 10000);
  assert_int_equal(sessions_count(sessions), 0);
  return now_ms() - begin;
}

void look_for(struct sessions *sessions, int64_t ms) {
  const int64_t until = now_ms() + ms;
  do {
    look_once(sessions);
  } while (now_ms() < until);
}

int audited_ends(void) {
  char line[512];
  int count = 0;
  FILE *file = fopen(test_path("/audit.log"), "re");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    count += strncmp(line, "closed ", 7) == 0;
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  return count;
}

/* A lock that cannot be opened. */
void let_record(bool can) {
  const char *lock = test_path("/run/breakglass/lock");
  if (can) {
    assert_int_equal(rmdir(lock), 0);
  } else {
    (void)unlink(lock);
    make_folder("/run/breakglass/lock");
  }
}

struct count {
  char token[64];
  char ending[32];
  int found;
};

static bool has(struct bg_bytes event, const char *text) {
  return event.len > 0 && memmem(event.data, event.len, text, strlen(text)) != NULL;
}

static bool count_event(void *context, const struct bg_stored_event *event) {
  struct count *count = context;
  count->found += has(event->bytes, "\"type\":\"breakglass.taint.closed\"") &&
                  has(event->bytes, count->token) && has(event->bytes, count->ending);
  return true;
}

int closed_events(uint8_t id, const char *ending) {
  uint8_t token_id[BG_TOKEN_ID_SIZE];
  char hex[BG_TOKEN_ID_HEX];
  struct count count = {.found = 0};
  memset(token_id, id, sizeof token_id);
  bg_hex(bg_bytes(token_id, sizeof token_id), hex);
  (void)snprintf(count.token, sizeof count.token, "\"token_id\":\"%s\"", hex);
  if (ending != NULL) {
    (void)snprintf(count.ending, sizeof count.ending, "\"ended\":\"%s\"", ending);
  }
  assert_int_equal(bg_events_each(count_event, &count), BG_OK);
  return count.found;
}
