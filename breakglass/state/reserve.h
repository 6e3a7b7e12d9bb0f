/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of the next events: blanks that were written when nobody waited for them.
 * A full disk still takes these events, and the person at the prompt waits for one write. */
#ifndef BREAKGLASS_STATE_RESERVE_H
#define BREAKGLASS_STATE_RESERVE_H

#include "breakglass/file.h"

/* Makes the files of the 16 events after a number in the open folder, where they are missing, and
 * waits for the disk: without the lock, since somebody may be logging in. *ret_unnamed: there are
 * some to confirm. BG_ERR_IO if the disk does not take them. */
BG_MUST_USE enum bg_error bg_reserve_make(int dir, int64_t number, bool *ret_unnamed);
/* Under the store's lock, after that: the next events need not wait for the folder. */
void bg_reserve_confirm(int dir, int64_t number);
/* Under the lock: the disk takes the event of that number. Makes its file if it is missing.
 * BG_ERR_EXISTS if another file has the name, BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_reserve_ensure(int dir, int64_t number);
/* Under the lock: bg_file_publish() of an event, into its blank if there is one. */
BG_MUST_USE enum bg_error bg_reserve_publish(int dir, const char *name, struct bg_bytes event);

#endif
