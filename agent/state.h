/* SPDX-License-Identifier: BSD-2-Clause */
/* What the agent says of itself, in run/agent: for breakglass status, and the metrics. */
#ifndef AGENT_STATE_H
#define AGENT_STATE_H

#include "courier.h"
#include "fetcher.h"
#include "lifetime/lifetime.h"
#include "sinks.h"

struct agent_state {
  int64_t started;       /* Unix seconds */
  enum bg_error problem; /* of the store; BG_OK if all events are on disk */
  bool has_lifetime;     /* otherwise it is not known */
  struct lifetime_state lifetime;
  bool fetches; /* otherwise the list of what was taken back is not fetched */
  struct fetcher_state fetcher;
  size_t sink_count;
  struct courier_state sinks[SINKS_MAX];
};

/* One JSON object and a line end, mode 0600, replaced at once. Errors: of bg_file_replace(),
 * BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error agent_state_write(const struct agent_state *state);

#endif
