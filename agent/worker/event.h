/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker has to know of an event. Reaches core, service's JSON reading. */
#ifndef AGENT_WORKER_EVENT_H
#define AGENT_WORKER_EVENT_H

#include "breakglass/buf.h"

#define WORKER_ID_SIZE 65 /* an id goes into headers: 1 to 64 visible ASCII characters */

/* Whether the line is a CloudEvent 1.0 in JSON whose texts are clean (text.h); ret_id is untouched
 * if not. */
bool worker_event_read(struct bg_bytes line, char ret_id[static WORKER_ID_SIZE]);

#endif
