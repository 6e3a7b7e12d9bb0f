/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "queue.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_MS 5000

struct slot *worker_slot(struct worker *worker, size_t index) {
  return &worker->slots[(worker->first + index) % WORKER_QUEUE];
}

void worker_queue(struct worker *worker, enum line kind, struct bg_bytes line) {
  struct slot *slot = worker_slot(worker, worker->count++);
  slot->state = SLOT_WAITING;
  slot->is_event = kind == LINE_WHOLE && worker_event_read(line, slot->id);
  slot->len = slot->is_event ? line.len : 0;
  memcpy(slot->line, line.data, slot->len);
}

static void refuse(struct worker *worker, struct slot *slot, const char *reason) {
  slot->state = SLOT_REFUSED;
  bg_text_fit(sizeof slot->reason, slot->reason, reason);
  worker->refused = true;
}

static bool goes_alone(const struct worker *worker, const struct slot *slot) {
  return !worker->proven || !slot->is_event || slot->len > worker->longest;
}

static bool has_to_wait(struct worker *worker, const struct slot *slot) {
  return worker->begun > 0 &&
         (goes_alone(worker, slot) || goes_alone(worker, worker_slot(worker, worker->begun - 1)));
}

struct slot *worker_begin(struct worker *worker) {
  if (worker->refused || worker->begun == worker->count) {
    return NULL;
  }
  struct slot *slot = worker_slot(worker, worker->begun);
  if (has_to_wait(worker, slot)) {
    return NULL;
  }
  worker->begun++;
  if (!slot->is_event) {
    refuse(worker, slot, "");
    return NULL;
  }
  slot->state = SLOT_UNDER_WAY;
  slot->due = bg_clock_ms() + WORKER_MS;
  return slot;
}

int64_t worker_due(struct worker *worker) {
  if (worker->connect_due != 0) {
    return worker->connect_due;
  }
  for (size_t i = 0; i < worker->begun; i++) {
    const struct slot *slot = worker_slot(worker, i);
    if (slot->state == SLOT_UNDER_WAY) {
      return slot->due;
    }
  }
  return worker->check_due;
}

/* Those that were taken, as far as all before them were. */
static void answer_taken(struct worker *worker) {
  size_t taken = 0;
  while (taken < worker->begun && worker_slot(worker, taken)->state == SLOT_TAKEN) {
    taken++;
  }
  if (taken > 0) {
    worker_tell_taken(taken);
    worker->first = (worker->first + taken) % WORKER_QUEUE;
    worker->count -= taken;
    worker->begun -= taken;
  }
}

void worker_answer(struct worker *worker) {
  answer_taken(worker);
  if (worker->begun > 0 && worker_slot(worker, 0)->state == SLOT_REFUSED) {
    worker_give_up(worker, NULL);
  }
}

/* What was handed and not even read. Whoever hands more before it has read our answers gets none.
 */
static void answer_unread(struct worker *worker) {
  struct bg_bytes line;
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  for (size_t told = 0; told < WORKER_QUEUE;) {
    if (lines_next(&worker->lines, &line) != LINE_NONE) {
      worker_tell("failed", "not tried");
      told++;
    } else if (worker->lines.ended || poll(&input, 1, 0) <= 0) {
      return;
    } else {
      lines_read(&worker->lines, STDIN_FILENO);
    }
  }
}

/* That it is no event is a word of its own, which no receiver's reason can be. */
static void tell_refused(const struct slot *slot) {
  if (!slot->is_event) {
    worker_tell("none", NULL);
  } else {
    worker_tell("failed", slot->reason);
  }
}

void worker_give_up(struct worker *worker, const char *reason) {
  answer_taken(worker);
  if (worker->count > 0 && reason != NULL) {
    worker_tell("failed", reason);
  } else if (worker->count > 0) {
    tell_refused(worker_slot(worker, 0));
  }
  /* The receiver may have those that were begun, and gets them once more then. */
  for (size_t i = 1; i < worker->count; i++) {
    worker_tell("failed", i < worker->begun ? "it is behind one that failed" : "not tried");
  }
  answer_unread(worker);
  _exit(WORKER_BROKEN);
}

void worker_connecting(struct worker *worker, bool is_begun) {
  (void)pthread_mutex_lock(&worker->lock);
  worker->connect_due = is_begun ? bg_clock_ms() + CONNECT_MS : 0;
  (void)pthread_mutex_unlock(&worker->lock);
  worker_wake(worker->wake_watcher);
}

void worker_acknowledge(struct worker *worker, size_t slot) {
  (void)pthread_mutex_lock(&worker->lock);
  if (worker->slots[slot].state == SLOT_UNDER_WAY) {
    worker->slots[slot].state = SLOT_TAKEN;
    worker->proven = true;
    if (worker->slots[slot].len > worker->longest) {
      worker->longest = worker->slots[slot].len;
    }
  }
  (void)pthread_mutex_unlock(&worker->lock);
  worker_wake(worker->wake_sender);
}

void worker_refuse(struct worker *worker, size_t slot, const char *reason) {
  (void)pthread_mutex_lock(&worker->lock);
  if (worker->slots[slot].state == SLOT_UNDER_WAY) {
    refuse(worker, &worker->slots[slot], reason);
  }
  (void)pthread_mutex_unlock(&worker->lock);
  worker_wake(worker->wake_sender);
}

void worker_refuse_all(struct worker *worker, const char *reason) {
  (void)pthread_mutex_lock(&worker->lock);
  for (size_t i = 0; i < worker->begun; i++) {
    struct slot *slot = worker_slot(worker, i);
    if (slot->state == SLOT_UNDER_WAY) {
      refuse(worker, slot, reason);
    }
  }
  (void)pthread_mutex_unlock(&worker->lock);
  worker_wake(worker->wake_sender);
}
