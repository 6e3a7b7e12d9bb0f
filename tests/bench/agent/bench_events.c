/* SPDX-License-Identifier: BSD-2-Clause */
/* The host agent's benchmark, on the host below $BREAKGLASS_TEST_ROOT:
 *
 *   bench_events record COUNT PAUSE PID...
 *     Records events, PAUSE ms apart, while an agent runs that tells NATS. Prints for each the us
 *     from when it is on disk until the agent has noted that NATS keeps it, and for how many us of
 *     that, and of the recording, threads of these processes were ready to run and did not.
 *   bench_events spool COUNT
 *     Makes the store hold that many events, of a login's size.
 *   bench_events last NUMBER
 *     Waits until NATS has that event.
 *   bench_events journal PATH
 *     Takes what the journal would, until it is killed.
 *   bench_events ready TURNS PROGRAM [WORD...]
 *     Starts it; prints the us until it is ready, each time.
 *   bench_events idle SETTLE SECONDS PROGRAM [WORD...]
 *     Once it was ready for that long, prints what it does in those seconds with nothing to do:
 *     wake-ups of all threads, those of them that the watchdog wants, KiB resident, ms of
 *     processor.
 */
#include <config.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../timing.h"
#include "breakglass/event_store.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "test_state.h"

#define SINK "nats"
#define WAIT_MS 60000

static void pause_ms(long ms) {
  const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

/* -- events -------------------------------------------------------------------------------------
 */

static int64_t cursor(void) {
  char path[BG_PATH_SIZE];
  struct bg_file file = {0};
  int64_t number = 0;
  (void)snprintf(path, sizeof path, "%s/" SINK, bg_paths()->run_cursors);
  if (bg_file_read(path, bg_paths()->owner, 32, &file) == BG_OK) {
    number = strtoll((const char *)file.data, NULL, 10);
  }
  bg_file_free(&file);
  return number;
}

static int watch_cursors(void) {
  const int watch = inotify_init1(IN_CLOEXEC);
  check(watch >= 0 && inotify_add_watch(watch, bg_paths()->run_cursors, IN_MOVED_TO) >= 0,
        bg_paths()->run_cursors);
  return watch;
}

static void await(int watch, int64_t number) {
  char changes[4096];
  struct pollfd ready = {.fd = watch, .events = POLLIN};
  while (cursor() < number) {
    check(poll(&ready, 1, WAIT_MS) > 0, "no acknowledgement");
    (void)!read(watch, changes, sizeof changes);
  }
}

/* Of one thread, by a line of numbers that the kernel keeps; 0 if it is gone. */
static double thread_waited_us(const char *threads, const char *thread) {
  char path[400];
  char line[80] = "";
  char *rest = line;
  (void)snprintf(path, sizeof path, "%s/%s/schedstat", threads, thread);
  FILE *file = fopen(path, "re");
  if (file == NULL) {
    return 0;
  }
  (void)!fgets(line, sizeof line, file);
  (void)fclose(file);
  (void)strtod(rest, &rest); /* how long it ran */
  return strtod(rest, NULL) / 1e3;
}

static double waited_us(char **processes) {
  double waited = 0;
  for (; *processes != NULL; processes++) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%s/task", *processes);
    DIR *threads = opendir(path);
    check(threads != NULL, path);
    for (const struct dirent *entry; (entry = readdir(threads)) != NULL;) {
      waited += entry->d_name[0] != '.' ? thread_waited_us(path, entry->d_name) : 0;
    }
    (void)closedir(threads);
  }
  return waited;
}

static int record(unsigned count, long pause, char **processes) {
  const int watch = watch_cursors();
  const struct bg_session session = test_session(7);
  for (unsigned i = 0; i < count; i++) {
    uint8_t hash[BG_EVENT_HASH_SIZE];
    int64_t number;
    const double waited = waited_us(processes);
    check(test_record(&session) == BG_DURABLE, "an event");
    const double begin = now_us();
    check(bg_event_store_head(&number, hash) == BG_OK, "the head");
    await(watch, number);
    const double took = now_us() - begin;
    printf("%.0f %.0f\n", took, waited_us(processes) - waited);
    pause_ms(pause);
  }
  return 0;
}

/* The text of an event with other values for id, number and hash of the one before. */
static void put_event(struct bg_buf *buf, const char *model, const char *id, unsigned number,
                      const char *previous) {
  const char *tail = strstr(model, "\"number\":");
  const char *head = strstr(model, "\"id\":\"");
  check(head != NULL && tail != NULL, "the event has no number");
  head += strlen("\"id\":\"");
  bg_buf_printf(buf, "%.*s%s%.*s\"number\":%u,\"previous\":\"%s\"}}\n", (int)(head - model), model,
                id, (int)(tail - head - 32), head + 32, number, previous);
}

/* Files that the disk need not have taken yet: what is measured reads them. */
static int spool(unsigned count) {
  const struct bg_session session = test_session(7);
  struct bg_file first = {0};
  enum bg_event_place place;
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t epoch;
  check(bg_run_state_prepare(session.accepted, &epoch) == BG_OK, "run");
  check(test_record(&session) == BG_DURABLE && bg_event_get(1, &first, &place) == BG_OK, "event 1");
  bg_event_hash(bg_bytes(first.data, first.len), hash);
  for (unsigned number = 2; number <= count; number++) {
    char text[BG_EVENT_MAX], path[BG_PATH_SIZE], id[33], previous[2 * BG_EVENT_HASH_SIZE + 1];
    uint8_t random[16];
    struct bg_buf buf = BG_BUF(text);
    randombytes_buf(random, sizeof random);
    bg_hex(bg_bytes(random, sizeof random), id);
    bg_hex(bg_bytes(hash, sizeof hash), previous);
    put_event(&buf, (const char *)first.data, id, number, previous);
    (void)snprintf(path, sizeof path, "%s/%010u.json", bg_paths()->events, number);
    (void)unlink(path); /* a blank */
    check(bg_file_create(path, bg_buf_view(&buf)) == BG_OK, path);
    bg_event_hash(bg_buf_view(&buf), hash);
  }
  check(unlink(bg_paths()->head) == 0, "head"); /* breakglass boot finds it out */
  bg_file_free(&first);
  return 0;
}

/* -- a journal, and a manager --------------------------------------------------------------------
 */

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  (void)unlink(path);
  check(fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0, path);
  return fd;
}

static int journal(const char *path) {
  char record[65536];
  const int fd = listen_at(path);
  while (recv(fd, record, sizeof record, 0) >= 0) {
  }
  return 1;
}

static pid_t start(char **words) {
  const pid_t child = fork();
  if (child == 0) {
    (void)execv(words[0], words);
    _exit(127);
  }
  check(child > 0, words[0]);
  return child;
}

static void stop(pid_t child) {
  int status;
  (void)kill(child, SIGTERM);
  (void)waitpid(child, &status, 0);
}

/* How many notices with this word come until then (now_us()); the first is enough if `one`. */
static unsigned hear(int fd, const char *word, double until, bool one) {
  unsigned count = 0;
  for (double left; (left = until - now_us()) > 0;) {
    char notice[4096];
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (poll(&ready, 1, (int)(left / 1000) + 1) > 0) {
      const ssize_t len = recv(fd, notice, sizeof notice - 1, 0);
      notice[len > 0 ? len : 0] = '\0';
      count += strncmp(notice, word, strlen(word)) == 0;
      if (one && count > 0) {
        break;
      }
    }
  }
  return count;
}

static int manager(void) {
  char path[BG_PATH_SIZE];
  (void)snprintf(path, sizeof path, "%s/notify", getenv("BREAKGLASS_TEST_ROOT"));
  check(setenv("NOTIFY_SOCKET", path, 1) == 0, path);
  return listen_at(path);
}

static int ready(unsigned turns, char **words) {
  const int notices = manager();
  for (unsigned i = 0; i < turns; i++) {
    const double begin = now_us();
    const pid_t child = start(words);
    check(hear(notices, "READY=1", begin + WAIT_MS * 1e3, true) == 1, "it is not ready");
    printf("%.0f\n", now_us() - begin);
    stop(child);
  }
  return 0;
}

/* The sum of a line's number over all threads. */
static long of_threads(pid_t process, const char *name) {
  char path[64];
  long sum = 0;
  (void)snprintf(path, sizeof path, "/proc/%d/task", process);
  DIR *threads = opendir(path);
  check(threads != NULL, path);
  for (const struct dirent *entry; (entry = readdir(threads)) != NULL;) {
    char file[400], line[200];
    (void)snprintf(file, sizeof file, "%s/%s/status", path, entry->d_name);
    FILE *status = entry->d_name[0] != '.' ? fopen(file, "re") : NULL;
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
      sum += strncmp(line, name, strlen(name)) == 0 ? strtol(line + strlen(name), NULL, 10) : 0;
    }
    if (status != NULL) {
      (void)fclose(status);
    }
  }
  (void)closedir(threads);
  return sum;
}

static long resident(pid_t process) {
  char path[64];
  char line[80] = "";
  char *rest = line;
  (void)snprintf(path, sizeof path, "/proc/%d/statm", process);
  FILE *file = fopen(path, "re");
  check(file != NULL && fgets(line, sizeof line, file) != NULL, path);
  (void)fclose(file);
  (void)strtol(rest, &rest, 10); /* what it could have */
  return strtol(rest, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024);
}

static double processor_ms(pid_t process) {
  clockid_t clock;
  struct timespec spent = {0};
  check(clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &spent) == 0, "clock");
  return (double)spent.tv_sec * 1e3 + (double)spent.tv_nsec / 1e6;
}

static int idle(unsigned settle, unsigned seconds, char **words) {
  check(setenv("WATCHDOG_USEC", "60000000", 1) == 0, "environment");
  const int notices = manager();
  const pid_t child = start(words);
  check(hear(notices, "READY=1", now_us() + WAIT_MS * 1e3, true) == 1, "it is not ready");
  (void)hear(notices, "WATCHDOG=1", now_us() + settle * 1e6, false);
  const long before = of_threads(child, "voluntary_ctxt_switches:");
  const double spent = processor_ms(child);
  const unsigned beats = hear(notices, "WATCHDOG=1", now_us() + seconds * 1e6, false);
  printf("%ld %u %ld %.2f\n", of_threads(child, "voluntary_ctxt_switches:") - before, beats,
         resident(child), processor_ms(child) - spent);
  stop(child);
  return 0;
}

static unsigned number_of(const char *text) {
  return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv) {
  const char *what = argc > 2 ? argv[1] : "";
  check(sodium_init() >= 0, "libsodium");
  if (strcmp(what, "record") == 0 && argc > 3) {
    return record(number_of(argv[2]), (long)number_of(argv[3]), argv + 4);
  }
  if (strcmp(what, "spool") == 0) {
    return spool(number_of(argv[2]));
  }
  if (strcmp(what, "last") == 0) {
    await(watch_cursors(), (int64_t)number_of(argv[2]));
    return 0;
  }
  if (strcmp(what, "journal") == 0) {
    return journal(argv[2]);
  }
  if (strcmp(what, "ready") == 0 && argc > 3) {
    return ready(number_of(argv[2]), argv + 3);
  }
  if (strcmp(what, "idle") == 0 && argc > 4) {
    return idle(number_of(argv[2]), number_of(argv[3]), argv + 4);
  }
  return 2;
}
