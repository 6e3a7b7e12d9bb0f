/* SPDX-License-Identifier: BSD-2-Clause */
/* The configurations that the agent reads for itself. */
#ifndef AGENT_CONF_H
#define AGENT_CONF_H

#include "breakglass/agent_conf.h"
#include "sinks.h"

/* To be freed with free(). NULL if it is wrong, or cannot be had: on_problem has got a line for
 * people for each reason. */
struct bg_agent_conf *conf_load(sink_problem_fn *on_problem, void *context);
/* gate.conf: likewise, without a word; breakglass policy check says why. */
struct bg_policy *conf_load_policy(void);

#endif
