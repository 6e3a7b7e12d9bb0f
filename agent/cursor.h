/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a sink is: the number of the last event that it has. */
#ifndef AGENT_CURSOR_H
#define AGENT_CURSOR_H

#include "breakglass/event_store.h"

/* 0 if none is known, so that everything is delivered (again). */
int64_t cursor_read(const char *sink);
/* On run/. One that is ahead of it, and not beyond the last event, stays: a courier that nobody
 * waited for may come back when another one has gone on. From any thread. BG_ERR_IO, BG_ERR_DENIED.
 */
BG_MUST_USE enum bg_error cursor_write(const char *sink, int64_t cursor);
/* On run/: the events began anew, and the next one that is written counts, however small. */
void cursor_forget(const char *sink);
/* Brings to disk how far each sink is that is not beyond `last`, the last event on disk: a number
 * that was seen on run/ alone may be given again. Calls on_failure with each sink whose cursor the
 * disk does not take. Waits for the disk. */
typedef void cursor_failure_fn(void *context, const char *sink);
void cursors_keep(int64_t last, cursor_failure_fn *on_failure, void *context);

#endif
