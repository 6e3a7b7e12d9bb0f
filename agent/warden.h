/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends sessions (session/sessions.h) on a thread of its own: a host's processes, its disk and the
 * lock of the store hold up neither the end of the program nor its watchdog. */
#ifndef AGENT_WARDEN_H
#define AGENT_WARDEN_H

#include <stdbool.h>
#include <stdint.h>

#include "breakglass/error.h"

struct warden;

/* Follows the sessions of this host from now on. BG_ERR_NOMEM: no more memory, threads or
 * descriptors. */
BG_MUST_USE enum bg_error warden_start(struct warden **ret_warden);
/* Reads gate.conf, trusted_signers and the list of what was taken back anew; soon, not now. */
void warden_reload(struct warden *warden);
/* Ends no session. Waits for the thread until then (bg_clock_ms()). False: it does not end; it is
 * left to itself, with all that it uses. */
BG_MUST_USE bool warden_stop(struct warden *warden, int64_t until);

#endif
