/* SPDX-License-Identifier: BSD-2-Clause */
/* Brings the events to one sink, on a thread of its own: no sink holds up another. */
#ifndef AGENT_COURIER_H
#define AGENT_COURIER_H

#include "horizon.h"
#include "sink.h"

/* What is shown of it. */
struct courier_state {
  char sink[SINK_NAME_SIZE];
  int64_t cursor;       /* the last event that the sink has */
  uint64_t failures;    /* attempts, likewise */
  int64_t failing;      /* Unix seconds of the first failure since something worked; 0: it works */
  int64_t last_success; /* Unix seconds; 0: none yet */
  char reason[SINK_REASON_SIZE]; /* of the last failure; "" if it works */
};

/* What couriers share. */
struct courier_place {
  struct horizon *horizon;
  void (*changed)(void *context); /* some state did; from any thread */
  void *context;
};

struct courier;
/* Takes the sink. place stays the caller's, and there. On BG_ERR_NOMEM the sink is the caller's
 * still. */
BG_MUST_USE enum bg_error courier_start(const struct courier_place *place, struct sink *sink,
                                        struct courier **ret_courier);
void courier_state(struct courier *courier, struct courier_state *ret_state);
/* Once the horizon has ended: waits for the thread, which closes the sink, until then
 * (bg_clock_ms()). False: it does not end; it is left to itself, with all that it uses. */
BG_MUST_USE bool courier_stop(struct courier *courier, int64_t until);

#endif
