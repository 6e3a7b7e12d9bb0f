/* SPDX-License-Identifier: BSD-2-Clause */
/* One round of a sink: from its cursor on, in order, until all is delivered or something fails. */
#ifndef AGENT_ROUND_H
#define AGENT_ROUND_H

#include "sink.h"

struct round {
  struct sink *sink;
  int64_t cursor;     /* the last event that it has; moves */
  int64_t last;       /* the last event that counts as recorded */
  int cancel;         /* a descriptor that can be read once all is to end; -1: none */
  uint64_t delivered; /* in this round */
  bool failed;        /* for the reason below; it goes on behind cursor next time */
  bool passed_over;   /* something that is no event, or that the disk does not give any more */
  bool forgetful;     /* the disk does not take the cursor: after a reboot it gets these again */
  char reason[SINK_REASON_SIZE];
};

/* Of a sink that was never asked. */
struct round round_begin(struct sink *sink, int64_t last, int cancel);
/* Goes on from where the last one ended, to `last`. */
void round_run(struct round *round);

#endif
