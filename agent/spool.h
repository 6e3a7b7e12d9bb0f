/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the events on disk within their bound: of the oldest that are no taint, that a host is new
 * and that a session is over, only a remnant stays. A taint is never given up. */
#ifndef AGENT_SPOOL_H
#define AGENT_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

struct spool {
  int64_t limit;      /* bytes of the disk; 0: none. The caller's, as what follows is the spool's */
  int64_t useless_to; /* no look is worth its while before an event has this number */
  bool told;          /* that taints alone take more than the limit */
};

/* last: the number of the last event. True if there may be more to give up: call it again. Takes
 * the store's lock, and reads the whole store if it is beyond the limit. */
bool spool_bound(struct spool *spool, int64_t last);

#endif
