/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots: files in the folder of events that were written when nobody waited for them.
 * The next event is written into one: a full disk still takes it, and the person at the
 * prompt waits half as long for the disk. */
#ifndef BREAKGLASS_STATE_RESERVE_H
#define BREAKGLASS_STATE_RESERVE_H

#include "breakglass/file.h"

/* Makes the slots that are missing in the open folder; needs no lock. BG_ERR_IO if the
 * disk does not take them. */
BG_MUST_USE enum bg_error bg_reserve_fill(int dir);
/* Removes what stands in a slot's place and is none: one that a killed writer has cut, or
 * somebody has touched. Under the store's lock: a writer may be using it. */
void bg_reserve_clear(int dir);
/* Under the lock: at least count are left, or can be made: then the disk takes so many events more,
 * if they are no larger than a slot (4096 bytes) and the folder need not grow. BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_reserve_ensure(int dir, size_t count);
/* bg_file_publish() through one of the slots, under the store's lock. BG_ERR_NOT_FOUND and
 * BG_ERR_UNSAFE if none is left, or none is large enough. */
BG_MUST_USE enum bg_error bg_reserve_publish(int dir, const char *name, struct bg_bytes event);

#endif
