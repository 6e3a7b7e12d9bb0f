/* SPDX-License-Identifier: BSD-2-Clause */
/* The sender: from standard input into the queue, out of it to the sink. */
#include <config.h>

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "queue.h"

#define IDLE_MS 30000

static struct worker *start(void) {
  struct worker *worker = calloc(1, sizeof *worker);
  if (worker == NULL) {
    _exit(WORKER_BROKEN);
  }
  (void)pthread_mutex_init(&worker->lock, NULL);
  worker->wake_sender = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  worker->wake_watcher = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (worker->wake_sender < 0 || worker->wake_watcher < 0 || !worker_watch(worker)) {
    _exit(WORKER_BROKEN);
  }
  return worker;
}

/* One that was begun, to its end or on its way. */
static void send_one(struct worker *worker, const struct worker_sink *sink, struct slot *slot) {
  char reason[WORKER_REASON_SIZE] = "";
  const struct worker_event event = {.slot = (size_t)(slot - worker->slots),
                                     .id = slot->id,
                                     .line = bg_bytes(slot->line, slot->len)};
  switch (sink->send(sink->own, worker, &event, reason)) {
  case WORKER_ACKNOWLEDGED:
    worker_acknowledge(worker, event.slot);
    break;
  case WORKER_FAILED:
    worker_refuse(worker, event.slot, reason);
    break;
  case WORKER_SENT:
    break;
  }
}

/* Answers what can be; the next that can be sent. */
static struct slot *next(struct worker *worker, const struct worker_sink *sink) {
  (void)pthread_mutex_lock(&worker->lock);
  worker_answer(worker);
  const bool was_idle = worker->begun == 0;
  struct slot *slot = worker->begun < sink->window ? worker_begin(worker) : NULL;
  worker_answer(worker); /* of one that is no event */
  (void)pthread_mutex_unlock(&worker->lock);
  if (slot != NULL && was_idle) {
    worker_wake(worker->wake_watcher);
  }
  return slot;
}

static bool has_room(const struct worker *worker) {
  return worker->count < WORKER_QUEUE;
}

/* As far as there is room; the rest stays in `lines`. Whether there was anything. */
static bool queue_lines(struct worker *worker) {
  struct bg_bytes line;
  enum line kind;
  const size_t before = worker->count;
  (void)pthread_mutex_lock(&worker->lock);
  while (has_room(worker) && (kind = lines_next(&worker->lines, &line)) != LINE_NONE) {
    worker_queue(worker, kind, kind == LINE_WHOLE ? line : bg_bytes("", 0));
  }
  (void)pthread_mutex_unlock(&worker->lock);
  return worker->count > before;
}

/* The end, where nothing is left to do and nothing comes. */
static void wait_for_more(struct worker *worker) {
  uint64_t count;
  const bool reads = has_room(worker) && !worker->lines.ended; /* the sender alone changes it */
  const bool idle = worker->count == 0;
  struct pollfd events[] = {{.fd = worker->wake_sender, .events = POLLIN},
                            {.fd = reads ? STDIN_FILENO : -1, .events = POLLIN}};
  if (idle && worker->lines.ended) {
    _exit(WORKER_DONE);
  }
  if (poll(events, 2, idle ? IDLE_MS : -1) == 0) {
    _exit(WORKER_DONE);
  }
  if (events[0].revents != 0) {
    (void)!read(worker->wake_sender, &count, sizeof count);
  }
  if (events[1].revents != 0) {
    (void)pthread_mutex_lock(&worker->lock);
    lines_read(&worker->lines, STDIN_FILENO);
    (void)pthread_mutex_unlock(&worker->lock);
  }
}

void worker_run(const struct worker_sink *sink) {
  struct worker *worker = start();
  for (;;) {
    struct slot *slot = next(worker, sink);
    if (slot != NULL) {
      send_one(worker, sink, slot);
    } else if (!queue_lines(worker)) {
      wait_for_more(worker);
    }
  }
}

void worker_check(const struct worker_sink *sink) {
  struct worker *worker = start();
  char reason[WORKER_REASON_SIZE] = "";
  (void)pthread_mutex_lock(&worker->lock);
  worker->check_due = bg_clock_ms() + WORKER_MS;
  (void)pthread_mutex_unlock(&worker->lock);
  worker_wake(worker->wake_watcher);
  bool good = sink->check(sink->own, worker, reason);
  (void)pthread_mutex_lock(&worker->lock); /* one of the two threads tells, and ends all */
  worker_tell(good ? "ok" : reason, NULL);
  _exit(good ? WORKER_DONE : WORKER_BROKEN);
}
