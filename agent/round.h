/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of a sink through the events: from its cursor on, in order, step by step. */
#ifndef AGENT_ROUND_H
#define AGENT_ROUND_H

#include "sink.h"

struct round {
  struct sink *sink;
  int64_t cursor;     /* the last event that it has; moves */
  int64_t last;       /* where it is to go */
  int cancel;         /* a descriptor that can be read once all is to end; -1: none */
  uint64_t delivered; /* by this round, in all steps */
  bool failed;        /* the last step, for the reason below: it goes on behind cursor next time */
  bool passed_over;   /* something that is no event, or that the disk does not give any more; stays
                         until the caller has told it */
  char reason[SINK_REASON_SIZE];
};

struct round round_begin(struct sink *sink, int cancel);
/* Delivers what the sink takes at once, not beyond `last`, the last event that counts as recorded.
 * True: it goes on with the next step; false: all is delivered, or it failed, or it is to end. */
bool round_step(struct round *round, int64_t last);

#endif
