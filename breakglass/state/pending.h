/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that wait on run/ for their seal, or for the disk. Under the store's lock. */
#ifndef BREAKGLASS_STATE_PENDING_H
#define BREAKGLASS_STATE_PENDING_H

#include "head.h"

/* Gives every waiting event its number, then brings them to disk in order.
 * BG_OK if nothing waits any more; BG_ERR_IO if the disk does not take them. */
BG_MUST_USE enum bg_error bg_pending_settle(struct bg_head *head);
/* Whether a sealed event's bytes are all there: a writer may have been killed. */
bool bg_pending_is_whole(struct bg_bytes event);
/* Whether the open folder holds this very event. */
bool bg_pending_is_published(int dir, const char *name, struct bg_bytes event);
/* Writes the bytes to the folder of events; an equal event there already is fine.
 * BG_ERR_EXISTS if another event has the name. */
BG_MUST_USE enum bg_error bg_pending_publish(const char *name, struct bg_bytes event);

#endif
