/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the store: numbers what waits, brings it to disk, provides files for the next events, keeps
 * all within its bound (spool.h), and moves the horizon. On a thread of its own, since a disk may
 * hang. */
#ifndef AGENT_KEEPER_H
#define AGENT_KEEPER_H

#include "horizon.h"

/* Once. Returns the number of the last event that counts as recorded, -1 if nobody knows;
 * *ret_problem: why the store could not be settled, BG_OK if all events are on disk. */
int64_t keeper_settle(enum bg_error *ret_problem);

struct keeper;
/* The horizon stays the caller's. limit: as in struct spool. `changed` is called from the keeper's
 * thread once keeper_problem() says something else. BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error keeper_start(struct horizon *horizon, int64_t limit,
                                       void (*changed)(void *context), void *context,
                                       struct keeper **ret_keeper);
/* Something was recorded; or, not now, somebody began to. */
void keeper_wake(struct keeper *keeper, bool now);
/* Why the store cannot be settled, BG_OK if all events are on disk. */
enum bg_error keeper_problem(struct keeper *keeper);
/* Its thread is to settle, to keep the cursors once more, and to end. */
void keeper_end(struct keeper *keeper);
/* After keeper_end(): waits for its thread until then (bg_clock_ms()). False: it does not end; it
 * is left to itself, with all that it uses. */
BG_MUST_USE bool keeper_stop(struct keeper *keeper, int64_t until);

#endif
