/* SPDX-License-Identifier: BSD-2-Clause */
/* Who brings events to one sink, in the order of the ledger, on a thread of its own. */
#ifndef SIGNER_LEASE_COURIER_H
#define SIGNER_LEASE_COURIER_H

#include <pthread.h>

#include "entry.h"
#include "sink.h"

/* What all couriers share. */
struct leases {
  struct leases_config config; /* its texts are these */
  char issuer[BG_NAME_SIZE], programs[256], webhook[512], webhook_ca[256];
  struct ledger *ledger; /* under ledger_lock */
  pthread_mutex_t ledger_lock;
  int stopping; /* an eventfd(2), to be read once it ends */
  struct courier *couriers[LEASE_SINKS_MAX];
  size_t courier_count;
};

#define COURIER_QUEUE 64

struct courier {
  struct leases *leases;
  struct sink sink;
  pthread_t thread;
  /* The thread's own. */
  int64_t done;                            /* the entry up to which all was delivered */
  int64_t seen;                            /* up to which all was counted */
  struct lease_entry queue[COURIER_QUEUE]; /* the next of them, in order */
  size_t queued, at;
  size_t host;             /* of the entry at the front: the next to be told */
  int64_t pause, next_try; /* seconds; CLOCK_BOOTTIME */
  uint64_t failed_in_a_row;
  char said[SINK_REASON_SIZE]; /* of a failure, last; and when */
  int64_t said_at;
  int64_t busy_since; /* another service holds the claim, and came no further; 0: none does */
  bool busy_said;
  bool ledger_failed; /* and was said to */
  bool ledger_fails;  /* in this pass */
  /* What is shown, and what others write down for it. */
  pthread_mutex_t state_lock;
  struct lease_state state;
  int64_t to_keep; /* the entry that the cursor is to name */
  int64_t kept;    /* the one that it names */
  int64_t put;     /* of whoever writes: what the transaction under way has put */
};

/* Takes the sink. The cursor is made if there is none. On failure the sink stays the caller's. */
BG_MUST_USE enum bg_error courier_start(struct leases *leases, struct sink *sink,
                                        struct courier **ret_courier);
void courier_join(struct courier *courier); /* once `stopping` can be read */
void courier_free(struct courier *courier);

#endif
