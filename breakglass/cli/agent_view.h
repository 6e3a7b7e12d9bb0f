/* SPDX-License-Identifier: BSD-2-Clause */
/* What the agent says of itself, and whether it runs at all: for root. */
#ifndef BREAKGLASS_CLI_AGENT_VIEW_H
#define BREAKGLASS_CLI_AGENT_VIEW_H

#include <jansson.h>

/* {running, started, problem, sinks: [{sink, delivered, pending, failures, last_success,
 * failing_since, error}]}, with clean texts; what was last said where it does not run any more. */
json_t *agent_view_read(void);
void agent_view_print(const json_t *agent);

#endif
