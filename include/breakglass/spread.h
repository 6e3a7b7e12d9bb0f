/* SPDX-License-Identifier: BSD-2-Clause */
/* Where in a span of time one host of a fleet stands: a pure function of its id, so that what was
 * begun in one minute does not come back in one; the same at every look, and nothing to agree upon.
 * Reaches libsodium. */
#ifndef BREAKGLASS_SPREAD_H
#define BREAKGLASS_SPREAD_H

#include <stdint.h>

/* share * span, rounded down, where share = BLAKE2b(id, with the use as its key) as a fraction,
 * 0 <= share < 1: evenly spread over ids. One use tells nothing of another: 16 to 64 bytes of text
 * that no other has. 0 <= span <= INT32_MAX. */
int64_t bg_spread(int64_t span, const char *id, const char *use);

#endif
