/* SPDX-License-Identifier: BSD-2-Clause */
/* Which sinks this host has: the journal, and what gate.conf names. */
#ifndef AGENT_SINKS_H
#define AGENT_SINKS_H

#include "breakglass/policy.h"
#include "sink.h"

#define SINKS_MAX 64

/* Calls on_sink for each, which takes it or leaves it (then it is closed), and on_problem with a
 * line for people for each that cannot be had; both may be called any number of times. Without a
 * policy, since gate.conf is wrong, there is the journal alone, and a problem says so. BG_ERR_NOMEM
 * if it was for that that one cannot be had. */
typedef void sink_fn(void *context, struct sink *sink);
typedef void sink_problem_fn(void *context, const char *text);
enum bg_error sinks_each(const struct bg_policy *policy, sink_fn *on_sink,
                         sink_problem_fn *on_problem, void *context);

#endif
