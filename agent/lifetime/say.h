/* SPDX-License-Identifier: BSD-2-Clause */
/* The two events of a host's life. Reaches lifetime.h, event.h, run_state.h. */
#ifndef BREAKGLASS_AGENT_SAY_H
#define BREAKGLASS_AGENT_SAY_H

#include "lifetime.h"

/* breakglass.host.fresh, at the moment `now` (Unix seconds). BG_ERR_EXISTS if the host has an event
 * or a taint by now; other errors of bg_event_record() and bg_run_state_prepare(). */
BG_MUST_USE enum bg_error say_fresh(const struct lifetime_config *config,
                                    const struct bg_lifetime *lifetime, int64_t now);
/* breakglass.taint.lifetime; the same errors, but BG_ERR_EXISTS. */
BG_MUST_USE enum bg_error say_old(const struct lifetime_config *config, enum bg_level level,
                                  const struct bg_lifetime *lifetime, int64_t now);

#endif
