/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink's worker: a program that is handed a host's events on its standard input, one line each,
 * and answers each in its turn on standard output, "ok" or "failed REASON". It is started when
 * there is something to deliver, and ends when nothing has come for a while, or after the first
 * event that failed. Reaches core, service's JSON reading, agent_conf.h. */
#ifndef AGENT_WORKER_WORKER_H
#define AGENT_WORKER_WORKER_H

#include "breakglass/agent_conf.h"
#include "event.h"

#define WORKER_QUEUE 64        /* events that it has been handed and not answered, at most */
#define WORKER_REASON_SIZE 201 /* printable ASCII; whatever else is in one is told as '?' */
#define WORKER_TIMED_OUT "timed out"

/* The exit codes. */
enum { WORKER_DONE = 0, WORKER_BROKEN = 1, WORKER_CONFIG = 2 };

struct worker; /* one run of a sink */

struct worker_event {
  size_t slot; /* which it is of those under way: less than WORKER_QUEUE */
  const char *id;
  struct bg_bytes line; /* with its line end */
};

enum worker_sent {
  WORKER_ACKNOWLEDGED, /* the receiver has it */
  WORKER_SENT,         /* that will be told by worker_acknowledge() or worker_refuse() */
  WORKER_FAILED        /* ret_reason says why */
};

struct worker_sink {
  /* How many may be sent and not acknowledged; 1 to WORKER_QUEUE. The first of a run goes alone,
   * and so does one that is longer than all that were taken: what a receiver takes none of, or none
   * of that size, it refuses before it has anything that belongs behind it. */
  size_t window;
  /* Brings an event on its way, and connects before if need be. May block for as long as it likes:
   * it is ended from outside, 10 s after an event was begun, or 5 s after worker_connecting(). */
  enum worker_sent (*send)(void *own, struct worker *worker, const struct worker_event *event,
                           char ret_reason[static WORKER_REASON_SIZE]);
  /* Whether events would be taken, as far as can be told without sending one. Bounded likewise. */
  bool (*check)(void *own, struct worker *worker, char ret_reason[static WORKER_REASON_SIZE]);
  void *own;
};

/* For a sink's send and check, from their own thread: whether a connection is being made. */
void worker_connecting(struct worker *worker, bool is_begun);
/* From any thread, of an event under way. */
void worker_acknowledge(struct worker *worker, size_t slot);
void worker_refuse(struct worker *worker, size_t slot, const char *reason);
/* The same of whatever is under way; of no effect if nothing is. */
void worker_refuse_all(struct worker *worker, const char *reason);

/* Delivers until the end; does not return. Threads of the sink's library may still run then. */
_Noreturn void worker_run(const struct worker_sink *sink);
/* The one line of --check; does not return. */
_Noreturn void worker_check(const struct worker_sink *sink);

#endif
