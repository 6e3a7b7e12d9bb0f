/* SPDX-License-Identifier: BSD-2-Clause */
/* How far each sink is: the number of the last event that it has acknowledged. The agent moves
 * cursors; the gate waits for one where the policy says so. Reaches core, event_store.h. */
#ifndef BREAKGLASS_CURSOR_H
#define BREAKGLASS_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

/* The cursor of a sink in one of the folders of cursors. 0 if there is none, or none that is a
 * number and that only root can write: then nothing is known to be acknowledged. */
int64_t bg_cursor_read(const char *folder, const char *sink);

/* Whether this sink is asked for. */
typedef bool bg_sink_fn(const void *context, const char *sink);
/* Whether in this boot one of those sinks has acknowledged the event of this number, or a later one
 * of this host. Only a cursor that is not beyond the last recorded event says so: any other is of
 * other events, or damaged. False, too, if nobody knows. Whoever asks for an event and not for a
 * number reads it after that: events that waited for the disk may have been numbered anew. */
bool bg_event_is_acknowledged(int64_t number, bg_sink_fn *is_asked_for, const void *context);

#endif
