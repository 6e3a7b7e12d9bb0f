/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "kill.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include "processes.h"

#include "breakglass/host_clock.h"

#define PAUSE_NS 1000000 /* between two walks: who was killed needs a moment to go */

struct walk {
  int processes;
  struct kill_target *targets;
  size_t count;
};

static bool is_meant(const struct walk *walk, const struct kill_target *target, pid_t pid) {
  uint32_t session = process_audit_session(walk->processes, pid);
  return (session != BG_NO_AUDIT_SESSION && session == target->audit_session) ||
         (target->cgroup != NULL && process_is_in_cgroup(walk->processes, pid, target->cgroup));
}

/* False if it is gone, or was never meant. */
static bool end_process(const struct walk *walk, const struct kill_target *target, pid_t pid) {
  if (pid <= 1 || pid == getpid() || pid == target->spared) {
    return false;
  }
  int fd = pidfd_open(pid, 0);
  if (fd < 0) {
    return errno != ESRCH; /* out of descriptors: the next walk tries again */
  }
  bool meant = is_meant(walk, target, pid);
  bool left = meant && !process_has_ended(fd) &&
              (pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0 || errno != ESRCH);
  (void)close(fd);
  return left;
}

static void on_process(void *context, pid_t pid, uint32_t audit_session) {
  const struct walk *walk = context;
  for (size_t i = 0; i < walk->count; i++) {
    struct kill_target *target = &walk->targets[i];
    bool is_of_it = audit_session != BG_NO_AUDIT_SESSION && audit_session == target->audit_session;
    if ((is_of_it || target->cgroup != NULL) && end_process(walk, target, pid)) {
      target->left++;
      target->found = true;
    }
  }
}

static unsigned left_of(const struct walk *walk) {
  unsigned left = 0;
  for (size_t i = 0; i < walk->count; i++) {
    left += walk->targets[i].left;
  }
  return left;
}

enum bg_error kill_all(int processes, struct kill_target *targets, size_t count) {
  struct walk walk = {processes, targets, count};
  const struct timespec pause = {.tv_nsec = PAUSE_NS};
  const int64_t until = bg_clock_ms() + KILL_MS;
  enum bg_error err = BG_OK;
  for (;;) {
    for (size_t i = 0; i < count; i++) {
      targets[i].left = 0;
    }
    err = processes_each(processes, on_process, &walk);
    if (err != BG_OK || left_of(&walk) == 0 || bg_clock_ms() >= until) {
      return err;
    }
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
  }
}
