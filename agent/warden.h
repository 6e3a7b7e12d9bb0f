/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends sessions (session/sessions.h) on a thread of its own: a host's processes, its disk and the
 * lock of the store hold up nobody else. One warden lives as long as the agent: what is half-way in
 * its end outlives a reading of the configuration. */
#ifndef AGENT_WARDEN_H
#define AGENT_WARDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "breakglass/error.h"

struct warden;

/* Follows the sessions of this host from now on; changed() is called, from its thread, whenever
 * their number is another. The thread keeps the capabilities that its caller has now.
 * BG_ERR_NOMEM: no more memory, threads or descriptors. */
BG_MUST_USE enum bg_error warden_start(void (*changed)(void *context), void *context,
                                       struct warden **ret_warden);
/* Reads gate.conf, trusted_signers and the list of what was taken back anew; soon, not now. */
void warden_reload(struct warden *warden);
/* How many sessions it follows; those count that are over and of which something is left. */
size_t warden_sessions(struct warden *warden);
/* Ends no session. Waits for the thread until then (horizon_clock()). False: it does not end; it is
 * left to itself, with all that it uses. */
BG_MUST_USE bool warden_stop(struct warden *warden, int64_t until);

#endif
