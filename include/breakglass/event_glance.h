/* SPDX-License-Identifier: BSD-2-Clause */
/* What an event of this host says of a session, without reading all of it: keys are found by the
 * quotes around them, which are escaped inside of a text. Reaches core, event_store.h. */
#ifndef BREAKGLASS_EVENT_GLANCE_H
#define BREAKGLASS_EVENT_GLANCE_H

#include "breakglass/event_store.h"

struct bg_event_glance {
  bool opened; /* or closed */
  uint8_t token_id[BG_TOKEN_ID_SIZE];
  struct bg_bytes boot_id; /* in the event; empty if it does not say */
};

/* False for one that says of no session that it was opened or closed. */
bool bg_event_glance(struct bg_bytes event, struct bg_event_glance *ret_glance);

#endif
