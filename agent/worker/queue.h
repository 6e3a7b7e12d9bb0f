/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker has been handed and not answered, in order; and what two of its threads share: the
 * one that sends, and the one that watches the time. Inside agent/worker/ only. */
#ifndef AGENT_WORKER_QUEUE_H
#define AGENT_WORKER_QUEUE_H

#include <pthread.h>

#include "lines.h"
#include "worker.h"

#include "breakglass/host_clock.h"

enum slot_state {
  SLOT_WAITING,
  SLOT_UNDER_WAY,
  SLOT_TAKEN,
  SLOT_REFUSED /* its reason says why */
};

struct slot {
  enum slot_state state;
  bool is_event;
  int64_t due; /* of one under way: CLOCK_MONOTONIC, ms */
  char id[WORKER_ID_SIZE];
  char reason[WORKER_REASON_SIZE];
  size_t len;
  uint8_t line[LINE_MAX_BYTES];
};

struct worker {
  pthread_mutex_t lock;            /* over all below, and over standard input and output */
  struct slot slots[WORKER_QUEUE]; /* a ring */
  size_t first, count;
  size_t begun;                  /* of these, from the first on: not waiting any more */
  bool refused;                  /* one of them: nothing more is begun */
  bool proven;                   /* one was taken in this run */
  size_t longest;                /* of those taken, bytes */
  int64_t connect_due;           /* 0: no connection is being made */
  int64_t check_due;             /* not 0: there are no events, only a check */
  int wake_sender, wake_watcher; /* eventfd(2) */
  struct lines lines;
};

#define WORKER_MS 10000 /* for an event, and for a check */

/* All with the lock held. */
struct slot *worker_slot(struct worker *worker, size_t index); /* the index-th from the first on */
/* What was handed; a line that is no event has its place, too. There is room. */
void worker_queue(struct worker *worker, enum line kind, struct bg_bytes line);
/* The one that may be begun now; NULL: none. One that is no event is refused in its turn. */
struct slot *worker_begin(struct worker *worker);
/* When the sender has to be done with what it does; 0: whenever. */
int64_t worker_due(struct worker *worker);

/* Answers those that were taken, as far as all before them were; and does not return if one was
 * refused whose turn it is. */
void worker_answer(struct worker *worker);
/* Answers all that has been handed, the first that was not taken with this reason (NULL: its own),
 * and ends the process with exit code 1. */
_Noreturn void worker_give_up(struct worker *worker, const char *reason);

/* watch.c: the thread that ends the process when it is late, or when nobody reads what it says.
 * False if it cannot be had. */
bool worker_watch(struct worker *worker);
void worker_wake(int event);

/* tell.c: one line on standard output, the second part behind a blank (NULL: there is none). The
 * process ends if it cannot be written. */
void worker_tell(const char *word, const char *reason);
void worker_tell_taken(size_t count); /* as many lines "ok"; at most WORKER_QUEUE */

#endif
