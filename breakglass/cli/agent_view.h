/* SPDX-License-Identifier: BSD-2-Clause */
/* What the agent says of itself, and whether it runs at all: for root. */
#ifndef BREAKGLASS_CLI_AGENT_VIEW_H
#define BREAKGLASS_CLI_AGENT_VIEW_H

#include <jansson.h>

/* {running, warden (whether that runs), started, problem, sinks: [{sink, delivered, pending, failures, last_success,
 * failing_since, error}], revocations: {fetched, failures, failing_since, error} or null}, with
 * clean texts; what was last said where it does not run any more. */
json_t *agent_view_read(void);
/* How it fetches the revocation list; null if it does not, or does not run. Borrowed. */
const json_t *agent_view_fetching(const json_t *agent);
void agent_view_print(const json_t *agent);

#endif
