/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the events on disk within their bound: of the oldest that are no taint, that a host is new
 * and that a session is over, only a remnant stays. A taint is never given up. */
#ifndef AGENT_SPOOL_H
#define AGENT_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

struct spool {
  int64_t limit; /* bytes of the disk; 0: none. The caller's, as what follows is the spool's */
  int64_t goal;  /* bytes that it is on its way to; 0: it is not */
  int64_t again; /* the last event's number from which on it is worth its while to look */
  bool told;     /* that nothing more can be given up */
};

/* last: the number of the last event. True if there may be more to give up: call it again, once
 * others had their turn. Takes the store's lock for some files at a time, and reads the whole store
 * if that is beyond the limit. */
bool spool_bound(struct spool *spool, int64_t last);

#endif
