/* SPDX-License-Identifier: BSD-2-Clause */
/* The bound of all that the libraries do: some of it has no bound of its own (a handshake of TLS, a
 * resolver), and none of it can be called off from another thread. So the process ends. */
#include <config.h>

#include <poll.h>
#include <unistd.h>

#include "queue.h"

void worker_wake(int event) {
  const uint64_t one = 1;
  (void)!write(event, &one, sizeof one);
}

static int64_t due_of(struct worker *worker) {
  (void)pthread_mutex_lock(&worker->lock);
  int64_t due = worker_due(worker);
  (void)pthread_mutex_unlock(&worker->lock);
  return due;
}

/* The sender may have become done meanwhile. */
static void end_if_late(struct worker *worker) {
  (void)pthread_mutex_lock(&worker->lock);
  int64_t due = worker_due(worker);
  if (due != 0 && due <= bg_clock_ms()) {
    if (worker->check_due != 0) {
      worker_tell(WORKER_TIMED_OUT, NULL);
      _exit(WORKER_BROKEN);
    }
    worker_give_up(worker, WORKER_TIMED_OUT);
  }
  (void)pthread_mutex_unlock(&worker->lock);
}

static int wait_ms(int64_t due) {
  int64_t left = due - bg_clock_ms();
  return due == 0 ? -1 : left > 0 ? (int)left : 0;
}

static void *watch(void *context) {
  struct worker *worker = context;
  for (;;) {
    uint64_t count;
    struct pollfd events[] = {{.fd = worker->wake_watcher, .events = POLLIN},
                              {.fd = STDOUT_FILENO}}; /* errors alone */
    (void)poll(events, 2, wait_ms(due_of(worker)));
    if ((events[1].revents & (POLLERR | POLLHUP)) != 0) {
      _exit(WORKER_BROKEN);
    }
    if (events[0].revents != 0) {
      (void)!read(worker->wake_watcher, &count, sizeof count);
    }
    end_if_late(worker);
  }
  return NULL;
}

bool worker_watch(struct worker *worker) {
  pthread_t thread;
  return pthread_create(&thread, NULL, watch, worker) == 0;
}
