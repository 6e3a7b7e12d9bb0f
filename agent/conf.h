/* SPDX-License-Identifier: BSD-2-Clause */
/* What the agent reads of agent.conf for itself. */
#ifndef AGENT_CONF_H
#define AGENT_CONF_H

#include "breakglass/agent_conf.h"
#include "sinks.h"

/* To be freed with free(). NULL if it is wrong, or cannot be had: on_problem has got a line for
 * people for each reason. */
struct bg_agent_conf *conf_load(sink_problem_fn *on_problem, void *context);

#endif
