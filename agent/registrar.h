/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps account of the host's life: says that it is new, how old it is, and that it has lived long
 * enough. On a thread of its own, since a disk may hang. */
#ifndef AGENT_REGISTRAR_H
#define AGENT_REGISTRAR_H

#include "breakglass/agent_conf.h"
#include "horizon.h"
#include "lifetime/lifetime.h"

struct registrar;
/* Horizon, conf and policy stay the caller's, and there: it ends with the horizon. `changed` is
 * called from its thread once registrar_show() says something else. After sodium_init().
 * BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error registrar_start(struct horizon *horizon, const struct bg_agent_conf *conf,
                                          const struct bg_policy *policy,
                                          void (*changed)(void *context), void *context,
                                          struct registrar **ret_registrar);
/* What was known at the last look; false: nothing is known. Never waits. */
bool registrar_show(struct registrar *registrar, struct lifetime_state *ret_state);
/* Once the horizon has ended: waits for its thread, which keeps the age once more, until then.
 * False: it does not end; it is left to itself, with all that it uses. */
BG_MUST_USE bool registrar_stop(struct registrar *registrar, int64_t until);

#endif
