/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that wait on run/ for their seal, or for the disk. Under the store's lock. */
#ifndef BREAKGLASS_STATE_PENDING_H
#define BREAKGLASS_STATE_PENDING_H

#include "head.h"

/* Gives every waiting event its number, then brings them to disk in order, `most` of them.
 * BG_OK if nothing waits any more, or only what is beyond that: *ret_more then. BG_ERR_IO if the
 * disk does not take them. */
#define BG_PENDING_ALL SIZE_MAX
BG_MUST_USE enum bg_error bg_pending_settle(struct bg_head *head, size_t most, bool *ret_more);
/* Whether a sealed event's bytes are all there: a writer may have been killed. */
bool bg_pending_is_whole(struct bg_bytes event);
/* Whether nothing waits; a folder that cannot be read may hold something. */
bool bg_pending_is_empty(void);

/* What has an event's name in another folder. */
enum bg_twin {
  BG_TWIN_NONE,     /* nothing, or another event */
  BG_TWIN_SAME,     /* this very event */
  BG_TWIN_RESEALED, /* the same event, sealed otherwise: one of the two is an attempt that failed */
};
enum bg_twin bg_pending_twin(int dir, const char *name, struct bg_bytes event);

/* Writes the bytes to the folder of events. BG_ERR_EXISTS if an event has the name. */
BG_MUST_USE enum bg_error bg_pending_publish(const char *name, struct bg_bytes event);

#endif
