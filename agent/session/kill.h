/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends all processes of audit sessions. Reaches core, processes.h. */
#ifndef BREAKGLASS_AGENT_KILL_H
#define BREAKGLASS_AGENT_KILL_H

#include <sys/types.h>

#include "breakglass/host_clock.h"

#define KILL_MS 50 /* how long kill_all() goes on, beside its last walk */

struct kill_target {
  uint32_t audit_session; /* BG_NO_AUDIT_SESSION: none */
  pid_t spared;           /* not this one; 0: nobody is */
  const char *cgroup;     /* those in it, too, whatever their session; NULL: none */
  unsigned left;          /* out: how many were there still in the last walk */
  bool found;             /* out: there was one in any walk; never made false */
};

/* KILLs the processes of these targets, walk by walk, until none is left or KILL_MS are over. pid 1
 * and the caller are never touched. A signal goes through a pidfd to a process that was asked for
 * its session after the pidfd was opened, so never to another one that was given its pid. BG_ERR_IO
 * if the processes cannot be looked at; left is untouched then. */
BG_MUST_USE enum bg_error kill_all(int processes, struct kill_target *targets, size_t count);

#endif
