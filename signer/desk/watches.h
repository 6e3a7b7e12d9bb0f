/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that wait for a request to change. The writer's own. */
#ifndef SIGNER_DESK_WATCHES_H
#define SIGNER_DESK_WATCHES_H

#include "job.h"

struct watches {
  struct job *first;
  size_t count;
};

/* Takes the job. One too many is answered with what it shows now. */
void watches_add(struct watches *watches, struct job *job);
/* Answers those whose request has changed, or whose time is over; all: every one. */
void watches_look(struct watches *watches, struct desk *desk, struct ledger *ledger, bool all);

#endif
