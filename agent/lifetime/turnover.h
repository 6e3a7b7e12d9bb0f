/* SPDX-License-Identifier: BSD-2-Clause */
/* At which ages one host of a fleet is replaced. A pure function of its id, so that a fleet that
 * was made in one minute is not replaced in one: the same at every look, and nothing to agree upon.
 * Reaches error.h, spread.h. */
#ifndef BREAKGLASS_AGENT_TURNOVER_H
#define BREAKGLASS_AGENT_TURNOVER_H

#include <stdint.h>

#include "breakglass/error.h"

#define TURNOVER_AGE_MAX INT32_MAX /* seconds: 68 years */

/* Ages of a host, in seconds. */
struct turnover {
  int64_t polite; /* to be replaced from then on, when nobody is in */
  int64_t forced; /* and at that age in any case; 0: there is no turnover, and polite is 0 too */
};

/* The policy's two ages say the window; where in it this host stands its id says, evenly:
 * share = BLAKE2b(id) as a fraction, 0 <= share < 1. The host's polite age is
 * polite + share * window: over a fleet they are spread over the whole window. Its forced age is
 * as far into the window's latter half: where nobody replaced politely, the forced turnover does
 * not come at once either, nobody is ever older than the policy's forced age, and a host's forced
 * age is never before its polite one. 0 <= polite - policy.polite < window, or 0 if window is 0.
 * BG_ERR_RANGE unless both are 0 or 0 < polite <= forced <= TURNOVER_AGE_MAX. */
BG_MUST_USE enum bg_error turnover_of(const struct turnover *policy, const char *host_id,
                                      struct turnover *ret_host);

#endif
