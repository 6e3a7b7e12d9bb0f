/* SPDX-License-Identifier: BSD-2-Clause */
/* What the agent says of itself and of the host, as Prometheus reads it. Pure. */
#ifndef AGENT_METRICS_H
#define AGENT_METRICS_H

#include "../breakglass/cli/revocations_look.h"
#include "sinks.h"
#include "state.h"

#define METRICS_MAX (SINKS_MAX * 6 * (SINK_NAME_SIZE + 96) + 8192) /* bytes of all of them */

struct metrics {
  const struct agent_state *agent;
  int64_t last;     /* number of the last event that was recorded; 0: none was */
  bool taint_known; /* otherwise the host's taint cannot be read, and is left out: */
  enum bg_level level;
  int64_t replace_by; /* Unix seconds; counts if it is tainted */
  int64_t sessions;   /* let in and not closed; -1: unknown, and left out */
  bool list_known; /* otherwise the host has no list that an issuer has signed, and none is told: */
  struct revocations_look list;
};

/* The text format 0.0.4, without times. What is not known, or is not so, has no line. */
void metrics_put(const struct metrics *metrics, struct bg_buf *buf);

#endif
