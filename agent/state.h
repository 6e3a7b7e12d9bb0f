/* SPDX-License-Identifier: BSD-2-Clause */
/* What the agent says of itself, in run/agent: for breakglass status. */
#ifndef AGENT_STATE_H
#define AGENT_STATE_H

#include "courier.h"
#include "fetcher.h"
#include "lifetime/lifetime.h"

struct agent_state {
  int64_t started;                       /* Unix seconds */
  enum bg_error problem;                 /* of the store; BG_OK if all events are on disk */
  const struct lifetime_state *lifetime; /* NULL: not known */
  const struct courier_state *sinks;
  size_t sink_count;
  const struct fetcher_state *fetcher; /* NULL: the list of what was taken back is not fetched */
};

/* One JSON object and a line end, mode 0600, replaced at once. Errors: of bg_file_replace(),
 * BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error agent_state_write(const struct agent_state *state);

#endif
