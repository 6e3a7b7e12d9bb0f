/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a sink is: the number of the last event that it has. */
#ifndef AGENT_CURSOR_H
#define AGENT_CURSOR_H

#include "breakglass/event_store.h"

/* 0 if none is known, so that everything is delivered (again). */
int64_t cursor_read(const char *sink);
/* On run/ always; on disk too where the event is there, since a number that was seen on run/ alone
 * may be given again. *ret_forgetful: the disk did not take it. BG_ERR_IO, BG_ERR_DENIED: run/ did
 * not. */
BG_MUST_USE enum bg_error cursor_write(const char *sink, int64_t cursor, enum bg_event_place place,
                                       bool *ret_forgetful);

#endif
