/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the store: numbers what waits, brings it to disk, provides files for the next events, and
 * moves the horizon. On a thread of its own, since a disk may hang. */
#ifndef AGENT_KEEPER_H
#define AGENT_KEEPER_H

#include "horizon.h"

/* Once. Returns the number of the last event that counts as recorded; *ret_problem: why some are
 * not on disk, BG_OK if all are. */
int64_t keeper_settle(enum bg_error *ret_problem);

struct keeper;
/* The horizon stays the caller's. `changed` is called from the keeper's thread once
 * keeper_problem() says something else. BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error keeper_start(struct horizon *horizon, void (*changed)(void *context),
                                       void *context, struct keeper **ret_keeper);
/* Something was recorded; or, not now, somebody began to. */
void keeper_wake(struct keeper *keeper, bool now);
/* Why events are not on disk, BG_OK if all are. */
enum bg_error keeper_problem(struct keeper *keeper);
void keeper_stop(struct keeper *keeper); /* waits for its thread; takes NULL */

#endif
