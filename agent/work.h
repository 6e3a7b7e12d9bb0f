/* SPDX-License-Identifier: BSD-2-Clause */
/* What works from one reading of the configuration to the next: the keeper of the store, a courier
 * for each sink, the registrar and the fetcher, each on a thread of its own. */
#ifndef AGENT_WORK_H
#define AGENT_WORK_H

#include "state.h"

struct work;
/* again: there was one before it, and a whole fleet may begin again now. Reads gate.conf,
 * agent.conf and the folder of programs; what is wrong in them is said, and done without. `changed`
 * is called from any thread once work_describe() says something else. BG_ERR_NOMEM: then some
 * thread may have been left to itself, and what works with it. */
BG_MUST_USE enum bg_error work_start(bool again, void (*changed)(void *context), void *context,
                                     struct work **ret_work);
/* Waits until then (bg_clock_ms()) for all threads, for the sinks' a second less. False: some do
 * not end; what works is left to them. */
BG_MUST_USE bool work_stop(struct work *work, int64_t until);

/* Whether something is done without, since a configuration is wrong. */
bool work_is_partial(const struct work *work);
/* Whether one of those that were wrong is right by now. */
bool work_is_mended(const struct work *work);

/* An event was recorded, which the head says. Waits for nothing. */
void work_move(struct work *work);
/* There is something for the keeper: now, or a moment after the last time. */
void work_wake(struct work *work, bool now);
/* Whether each sink has all that is recorded, or fails. */
bool work_is_idle(struct work *work);
/* Its part of the state. */
void work_describe(struct work *work, struct agent_state *state);
/* The folder for metrics; "": none. Until work_stop(). */
const char *work_textfile(const struct work *work);

#endif
