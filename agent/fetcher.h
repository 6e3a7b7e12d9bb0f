/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetches the list of what was taken back, again and again, on a thread of its own: by the program
 * that people run, which judges the list and stores it. */
#ifndef AGENT_FETCHER_H
#define AGENT_FETCHER_H

#include "breakglass/program.h"
#include "horizon.h"

/* What is shown of it. */
struct fetcher_state {
  int64_t fetched;   /* Unix seconds of the last time that worked; 0: none yet */
  uint64_t failures; /* attempts, since it was started */
  int64_t failing;   /* Unix seconds of the first failure since it worked; 0: it works */
  char reason[BG_PROGRAM_REASON_SIZE]; /* of the last failure; "" if it works */
};

/* What it needs; the texts are borrowed, the horizon too. */
struct fetcher_place {
  struct horizon *horizon; /* once it ends, so does a program that runs */
  int64_t every;           /* seconds */
  const char *host_id;     /* by which hosts are spread over that; "": unknown, by chance then */
  bool with_others; /* other hosts may begin now: it begins within a minute, spread likewise */
  void (*changed)(void *context); /* its state did; from its thread */
  void *context;
};

struct fetcher;
/* Fetches at once, or when it is its turn, and from then on. BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error fetcher_start(const struct fetcher_place *place,
                                        struct fetcher **ret_fetcher);
void fetcher_state(struct fetcher *fetcher, struct fetcher_state *ret_state);
/* Once the horizon has ended: waits for the thread until then (bg_clock_ms()). False: it does not
 * end; it is left to itself, with all that it uses. */
BG_MUST_USE bool fetcher_stop(struct fetcher *fetcher, int64_t until);

#endif
