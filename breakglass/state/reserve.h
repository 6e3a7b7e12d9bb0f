/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots: files in the folder of events that were written when nobody waited for them.
 * The next event is written into one: a full disk still takes it, and the person at the
 * prompt waits half as long for the disk. Used only under the store's lock. */
#ifndef BREAKGLASS_STATE_RESERVE_H
#define BREAKGLASS_STATE_RESERVE_H

#include "breakglass/file.h"

/* Makes the slots that are missing in the open folder. BG_ERR_IO if the disk does not
 * take them. */
BG_MUST_USE enum bg_error bg_reserve_fill(int dir);
/* Whether at least one is left. */
bool bg_reserve_has_slot(int dir);
/* bg_file_publish() through a slot; BG_ERR_NOT_FOUND if none is left, or none is large enough. */
BG_MUST_USE enum bg_error bg_reserve_publish(int dir, const char *name, struct bg_bytes event);

#endif
